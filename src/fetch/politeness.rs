//! When a host may be asked next.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

/// The most that a `Crawl-delay` raises the pause. A host that wants more gets this: its rules
/// still say which pages it shows us.
pub const MOST_CRAWL_DELAY: Duration = Duration::from_secs(5 * 60);

/// The pause after an answer: the configured one or the host's `Crawl-delay`, whichever is longer,
/// and up to `jitter` more. `chance` is the random part, from 0 to 1.
pub fn pause(
    configured: Duration,
    crawl_delay: Option<Duration>,
    jitter: Duration,
    chance: f64,
) -> Duration {
    let wanted = crawl_delay.unwrap_or_default().min(MOST_CRAWL_DELAY);
    configured.max(wanted) + jitter.mul_f64(chance.clamp(0.0, 1.0))
}

/// The moment at which a host may be asked: at once, or at `next_allowed` if that is ahead.
///
/// No pause is longer than `longest`, so a stored moment further ahead than that was written by a
/// clock that has been set back since, and counts as `longest` from now.
pub fn ask_at(next_allowed: Option<Timestamp>, now: Timestamp, longest: Duration) -> Timestamp {
    let next_allowed = next_allowed.unwrap_or(now).max(now);
    next_allowed.min(later(now, longest))
}

/// `moment` plus `wait`; the end of time when that is later still.
pub fn later(moment: Timestamp, wait: Duration) -> Timestamp {
    SignedDuration::try_from(wait)
        .ok()
        .and_then(|wait| moment.checked_add(wait).ok())
        .unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEN: Duration = Duration::from_secs(10);

    /// Each line of `wanted` is a moment at which somebody wants a page; the host takes two
    /// seconds to answer. `asked` is when it is really asked.
    #[track_caller]
    fn check(crawl_delay: Option<u64>, chance: f64, wanted: &str, asked: &str) {
        let mut next_allowed = None;
        let mut said = Vec::new();
        for line in wanted.lines() {
            let now: Timestamp = line.trim().parse().unwrap();
            let asked = ask_at(next_allowed, now, MOST_CRAWL_DELAY);
            let answered = later(asked, Duration::from_secs(2));
            let delay = crawl_delay.map(Duration::from_secs);
            next_allowed = Some(later(answered, pause(TEN, delay, TEN / 2, chance)));
            said.push(asked.to_string());
        }
        let asked: Vec<&str> = asked.lines().map(str::trim).collect();
        assert_eq!(said, asked);
    }

    #[test]
    fn the_pause_begins_when_the_answer_is_there() {
        check(
            None,
            0.0,
            "2026-11-22T08:00:00Z
             2026-11-22T08:00:03Z
             2026-11-22T09:00:00Z",
            "2026-11-22T08:00:00Z
             2026-11-22T08:00:12Z
             2026-11-22T09:00:00Z",
        );
    }

    #[test]
    fn jitter_only_ever_lengthens_it() {
        check(
            None,
            1.0,
            "2026-11-22T08:00:00Z
             2026-11-22T08:00:03Z",
            "2026-11-22T08:00:00Z
             2026-11-22T08:00:17Z",
        );
    }

    #[test]
    fn a_crawl_delay_raises_it_and_never_lowers_it() {
        check(
            Some(30),
            0.0,
            "2026-11-22T08:00:00Z
             2026-11-22T08:00:03Z",
            "2026-11-22T08:00:00Z
             2026-11-22T08:00:32Z",
        );
        check(
            Some(1),
            0.0,
            "2026-11-22T08:00:00Z
             2026-11-22T08:00:03Z",
            "2026-11-22T08:00:00Z
             2026-11-22T08:00:12Z",
        );
    }

    #[test]
    fn a_crawl_delay_of_a_day_is_met_with_five_minutes() {
        assert_eq!(
            pause(TEN, Some(Duration::from_secs(86_400)), TEN, 0.0),
            MOST_CRAWL_DELAY
        );
    }

    #[test]
    fn a_clock_that_was_set_back_does_not_silence_us_for_a_year() {
        let next_allowed = Some("2027-11-22T08:00:00Z".parse().unwrap());
        let now = "2026-11-22T08:00:00Z".parse().unwrap();
        assert_eq!(
            ask_at(next_allowed, now, TEN).to_string(),
            "2026-11-22T08:00:10Z"
        );
    }
}
