//! The time. The only file that reads the machine's clock; everything else takes `now` as an
//! argument, or asks a [`Clock`] that a test or the demo can turn by hand.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::time::Instant;

use crate::lock::locked;

/// Before this day, 1 November 2026, this program was not made: Unix seconds.
const MADE: i64 = 1_793_491_200;

/// No clock that is right shows that.
fn is_before_us(now: Timestamp) -> bool {
    now.as_second() < MADE
}

/// What is left of a wait that was to be `whole` at first, lasts for `waited` already, and would last
/// for `shown` by what the clock shows now: no more than is left of the whole, since the clock may
/// have been set back meanwhile.
fn left(shown: SignedDuration, whole: Duration, waited: Duration) -> Duration {
    let shown = Duration::try_from(shown).unwrap_or_default();
    shown.min(whole.saturating_sub(waited))
}

/// A clock that tells the time and waits.
#[derive(Debug, Clone)]
pub enum Clock {
    /// The machine's clock.
    System,
    /// A clock that stands still until somebody waits on it or sets it: waiting takes no time, it
    /// only turns the hands.
    Virtual(Arc<Mutex<Timestamp>>),
}

impl Clock {
    /// A virtual clock that shows `start`.
    pub fn starting_at(start: Timestamp) -> Self {
        Self::Virtual(Arc::new(Mutex::new(start)))
    }

    /// What the clock shows.
    #[expect(clippy::disallowed_methods, reason = "this is the file that reads the clock")]
    pub fn now(&self) -> Timestamp {
        match self {
            Self::System => Timestamp::now(),
            Self::Virtual(hands) => *locked(hands),
        }
    }

    /// What the machine's clock shows where that cannot be: before this program was made. A machine
    /// without a clock of its own begins so, until it has asked for the time.
    pub fn wrong(&self) -> Option<Timestamp> {
        match self {
            Self::System => Some(self.now()).filter(|now| is_before_us(*now)),
            Self::Virtual(_) => None,
        }
    }

    /// Waits until the clock shows at least `moment`, but no longer than that was to take when the wait
    /// began: a clock that is set back makes nobody wait for it.
    pub async fn sleep_until(&self, moment: Timestamp) {
        match self {
            Self::System => {
                let begun = Instant::now();
                let shown = || moment.duration_since(self.now());
                let whole = left(shown(), Duration::MAX, Duration::ZERO);
                // In slices, so that a machine that slept or a clock that was set is noticed.
                loop {
                    let left = left(shown(), whole, begun.elapsed());
                    if left.is_zero() {
                        return;
                    }
                    tokio::time::sleep(left.min(Duration::from_secs(30))).await;
                }
            }
            Self::Virtual(_) => self.turn_to(moment),
        }
    }

    /// Waits for `pause`.
    pub async fn sleep(&self, pause: Duration) {
        let pause = SignedDuration::try_from(pause).unwrap_or(SignedDuration::MAX);
        let moment = self.now().checked_add(pause).unwrap_or(Timestamp::MAX);
        self.sleep_until(moment).await;
    }

    /// Turns a virtual clock forward to `moment`; never back. The machine's clock is not ours to
    /// turn.
    pub fn turn_to(&self, moment: Timestamp) {
        if let Self::Virtual(hands) = self {
            let mut hands = locked(hands);
            *hands = (*hands).max(moment);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_from_before_this_program_is_not_believed() {
        for (shown, is_wrong) in [
            ("1970-01-01T00:00:00Z", true),
            ("2021-03-01T08:00:00Z", true),
            ("2026-10-31T23:59:59Z", true),
            ("2026-11-01T00:00:00Z", false),
            ("2036-11-01T00:00:00Z", false),
        ] {
            assert_eq!(is_before_us(shown.parse().unwrap()), is_wrong, "{shown}");
        }
        assert_eq!(Clock::System.wrong(), None);
    }

    #[test]
    fn a_wait_ends_when_the_clock_says_so_or_when_it_has_lasted_for_as_long_as_it_was_to() {
        #[track_caller]
        fn check(shown: i64, whole: u64, waited: u64, expected: u64) {
            let secs = Duration::from_secs;
            let left = left(SignedDuration::from_secs(shown), secs(whole), secs(waited));
            assert_eq!(left, secs(expected));
        }
        check(60, 60, 0, 60);
        check(30, 60, 30, 30);
        // The machine slept, or its clock was set ahead.
        check(0, 60, 30, 0);
        check(-3600, 60, 30, 0);
        // It was set back by eight hours.
        check(8 * 3600 + 30, 60, 30, 30);
        check(8 * 3600, 60, 60, 0);
        check(8 * 3600, 60, 61, 0);
    }

    #[tokio::test]
    async fn a_virtual_clock_only_moves_when_told_and_never_back() {
        let clock = Clock::starting_at("2027-01-01T00:00:00Z".parse().unwrap());
        clock.sleep(Duration::from_secs(3600)).await;
        assert_eq!(clock.now().to_string(), "2027-01-01T01:00:00Z");
        clock.turn_to("2026-01-01T00:00:00Z".parse().unwrap());
        assert_eq!(clock.now().to_string(), "2027-01-01T01:00:00Z");
    }
}
