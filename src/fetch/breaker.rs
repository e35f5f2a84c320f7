//! Staying away from a host that turned us away, and how we come back: with one page.

use std::time::Duration;

use jiff::Timestamp;

use super::politeness::later;

/// How long we stay away after the first refusal; twice as long after each further one.
pub const FIRST_REFUSAL: Duration = Duration::from_secs(60 * 60);

/// How long we stay away from a host that does not answer, once [`PATIENCE`] is at an end; twice
/// as long after each further failure.
pub const FIRST_SILENCE: Duration = Duration::from_secs(10 * 60);

/// Failures in a row that we put up with before staying away: one slow page is no dead host.
pub const PATIENCE: u32 = 3;

/// The longest that we stay away, as long as it is worth another try soon.
pub const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);

/// Refusals in a row after which a host counts as one that always refuses: some days of hours that
/// double, and a week of one try a day.
pub const ALWAYS: u32 = 12;

/// How long we stay away from a host that always refuses.
pub const LONG_AWAY: Duration = Duration::from_secs(7 * 24 * 60 * 60);

/// How long nobody else asks while the one page that tries the host is out.
pub const ONE_TRY: Duration = Duration::from_secs(10 * 60);

/// What a host has done to us lately.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Breaker {
    /// Refusals since the host last showed us a page.
    pub refusals: u32,
    /// Failures since the host last answered at all.
    pub failures: u32,
    /// Nobody asks before this moment.
    pub shut_until: Option<Timestamp>,
    /// What happened, in words, while there is trouble.
    pub why: Option<String>,
    /// The moment of the newest page that counted as a refusal, so that none counts twice.
    pub refused_at: Option<Timestamp>,
}

/// Whether a host may be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gate {
    /// It may.
    Free,
    /// It may, with one page, to see whether it lets us in again.
    OneTry,
    /// It may not.
    Shut {
        /// Until when.
        until: Timestamp,
    },
}

impl Breaker {
    /// Whether the host may be asked now. A moment further ahead than [`LONG_AWAY`] was written by a
    /// clock that has been set back since, and does not count.
    pub fn gate(&self, now: Timestamp) -> Gate {
        match self.shut_until {
            Some(until) if now < until && until <= later(now, LONG_AWAY) => Gate::Shut { until },
            _ if 0 < self.refusals || PATIENCE <= self.failures => Gate::OneTry,
            _ => Gate::Free,
        }
    }

    /// The one page that tries the host goes out: nobody else asks until its fate is known or
    /// [`ONE_TRY`] is over, whichever comes first. So a crash in between costs little.
    pub fn try_once(&mut self, now: Timestamp) {
        self.shut_until = Some(later(now, ONE_TRY));
    }

    /// The page of the moment `at` was a refusal; it counts once, however often it is reported.
    /// We stay away for as long as the host asked, and at least for the next step of the ladder.
    pub fn refused(&mut self, at: Timestamp, retry_after: Option<Duration>, why: &str) {
        if self.refused_at == Some(at) {
            return;
        }
        self.failures = 0;
        self.refusals = self.refusals.saturating_add(1);
        self.refused_at = Some(at);
        self.why = Some(why.to_owned());
        let wait = if ALWAYS < self.refusals {
            LONG_AWAY
        } else {
            ladder(FIRST_REFUSAL, self.refusals)
        };
        self.stay_away(at, wait, retry_after);
    }

    /// The host did not answer, or only with an error of its own.
    pub fn failed(&mut self, at: Timestamp, retry_after: Option<Duration>, why: &str) {
        self.failures = self.failures.saturating_add(1);
        self.why = Some(why.to_owned());
        let silence = match self.failures.checked_sub(PATIENCE) {
            Some(beyond) => ladder(FIRST_SILENCE, beyond.saturating_add(1)),
            None => Duration::ZERO,
        };
        self.stay_away(at, silence, retry_after);
    }

    /// The host answered with a page, though nobody has read it yet.
    pub fn answered(&mut self) {
        self.failures = 0;
        if self.refusals == 0 {
            self.shut_until = None;
            self.why = None;
        }
    }

    /// The page of the moment `at` was read and was no refusal: everything is forgiven, unless a
    /// later page was refused meanwhile.
    pub fn welcomed(&mut self, at: Timestamp) {
        if self.refused_at.is_none_or(|refused_at| refused_at < at) {
            *self = Self::default();
        }
    }

    fn stay_away(&mut self, at: Timestamp, wait: Duration, retry_after: Option<Duration>) {
        let wait = wait.max(retry_after.unwrap_or_default().min(LONGEST));
        if !wait.is_zero() {
            self.shut_until = Some(later(at, wait));
        }
    }
}

/// The step of the ladder: `first`, twice that, four times that … at most [`LONGEST`].
fn ladder(first: Duration, step: u32) -> Duration {
    let doublings = step.saturating_sub(1).min(16);
    first.saturating_mul(1 << doublings).min(LONGEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each line of the script is a moment and what happens then; `try` and `ask` say whether the
    /// host may be asked (and `try` sends the page). `expected` is a line for each of those.
    #[track_caller]
    fn check(script: &str, expected: &str) {
        let mut breaker = Breaker::default();
        let mut said = Vec::new();
        for line in script.lines() {
            let (time, event) = line.trim().split_once(' ').unwrap();
            let at: Timestamp = time.parse().unwrap();
            match event {
                "ask" | "try" => {
                    let gate = breaker.gate(at);
                    said.push(match gate {
                        Gate::Free => "free".to_owned(),
                        Gate::OneTry => "one try".to_owned(),
                        Gate::Shut { until } => format!("shut until {until}"),
                    });
                    if event == "try" && gate == Gate::OneTry {
                        breaker.try_once(at);
                    }
                }
                "refused" => breaker.refused(at, None, "403"),
                "failed" => breaker.failed(at, None, "timed out"),
                "answered" => breaker.answered(),
                "welcomed" => breaker.welcomed(at),
                other => {
                    let seconds = other.strip_prefix("refused, retry after ").unwrap();
                    let wait = Duration::from_secs(seconds.parse().unwrap());
                    breaker.refused(at, Some(wait), "429");
                }
            }
        }
        let expected: Vec<&str> = expected.lines().map(str::trim).collect();
        assert_eq!(said, expected);
    }

    #[test]
    fn refusals_keep_us_away_for_one_hour_then_two_then_four_at_most_a_day() {
        check(
            "2026-11-22T00:00:00Z ask
             2026-11-22T00:00:00Z refused
             2026-11-22T00:59:59Z ask
             2026-11-22T01:00:00Z try
             2026-11-22T01:00:00Z refused
             2026-11-22T01:00:01Z ask
             2026-11-22T03:00:00Z refused
             2026-11-22T03:00:01Z ask
             2026-11-22T07:00:00Z refused
             2026-11-22T15:00:00Z refused
             2026-11-23T07:00:00Z refused
             2026-11-23T07:00:01Z ask",
            "free
             shut until 2026-11-22T01:00:00Z
             one try
             shut until 2026-11-22T03:00:00Z
             shut until 2026-11-22T07:00:00Z
             shut until 2026-11-24T07:00:00Z",
        );
    }

    #[test]
    fn a_host_that_always_refuses_is_tried_once_a_week_until_it_lets_us_in() {
        let mut breaker = Breaker::default();
        let mut at: Timestamp = "2026-11-22T00:00:00Z".parse().unwrap();
        let mut hours = Vec::new();
        for _ in 0..15 {
            breaker.refused(at, None, "403");
            let until = breaker.shut_until.unwrap();
            hours.push(until.duration_since(at).as_hours());
            assert_eq!(breaker.gate(at), Gate::Shut { until });
            at = until;
            assert_eq!(breaker.gate(at), Gate::OneTry);
        }
        let (days, weeks) = ([24; 7], [168; 3]);
        assert_eq!(hours, [&[1, 2, 4, 8, 16][..], &days, &weeks].concat());
        breaker.welcomed(at);
        assert_eq!(breaker.gate(at), Gate::Free);
        breaker.refused(later(at, Duration::from_secs(60)), None, "403");
        let until = breaker.shut_until.unwrap();
        assert_eq!(until.duration_since(at).as_mins(), 61, "from the beginning");
    }

    #[test]
    fn we_come_back_with_one_page_and_its_welcome_opens_the_gate() {
        check(
            "2026-11-22T00:00:00Z refused
             2026-11-22T01:00:00Z try
             2026-11-22T01:00:10Z ask
             2026-11-22T01:00:11Z answered
             2026-11-22T01:00:12Z ask
             2026-11-22T01:00:13Z welcomed
             2026-11-22T01:00:14Z ask",
            "one try
             shut until 2026-11-22T01:10:00Z
             shut until 2026-11-22T01:10:00Z
             free",
        );
    }

    #[test]
    fn a_try_whose_fate_was_lost_in_a_crash_is_made_again() {
        check(
            "2026-11-22T00:00:00Z refused
             2026-11-22T01:00:00Z try
             2026-11-22T01:10:00Z ask",
            "one try
             one try",
        );
    }

    #[test]
    fn one_page_counts_once_and_an_older_page_forgives_nothing() {
        check(
            "2026-11-22T00:00:05Z refused
             2026-11-22T00:00:05Z refused
             2026-11-22T00:00:04Z welcomed
             2026-11-22T00:00:06Z ask",
            "shut until 2026-11-22T01:00:05Z",
        );
    }

    #[test]
    fn a_host_that_asks_for_more_time_gets_it_and_one_that_asks_for_less_does_not() {
        check(
            "2026-11-22T00:00:00Z refused, retry after 7200
             2026-11-22T00:00:01Z ask",
            "shut until 2026-11-22T02:00:00Z",
        );
        check(
            "2026-11-22T00:00:00Z refused, retry after 60
             2026-11-22T00:00:01Z ask",
            "shut until 2026-11-22T01:00:00Z",
        );
    }

    #[test]
    fn two_failures_are_borne_and_the_third_keeps_us_away() {
        check(
            "2026-11-22T00:00:00Z failed
             2026-11-22T00:01:00Z failed
             2026-11-22T00:02:00Z ask
             2026-11-22T00:02:00Z failed
             2026-11-22T00:02:01Z ask
             2026-11-22T00:12:00Z try
             2026-11-22T00:12:30Z failed
             2026-11-22T00:12:31Z ask
             2026-11-22T00:32:30Z try
             2026-11-22T00:32:31Z answered
             2026-11-22T00:32:32Z ask",
            "free
             shut until 2026-11-22T00:12:00Z
             one try
             shut until 2026-11-22T00:32:30Z
             one try
             free",
        );
    }

    #[test]
    fn a_clock_that_was_set_back_does_not_keep_us_away_for_a_year() {
        check(
            "2027-11-22T00:00:00Z refused
             2026-11-22T00:00:00Z ask",
            "one try",
        );
    }
}
