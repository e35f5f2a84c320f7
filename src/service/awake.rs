//! Whether the machine slept: told from the times of two ticks of the heartbeat.

use jiff::{SignedDuration, Timestamp};

/// The heartbeat ticks every minute; a busy machine may be late by one or two.
const LONGEST_SILENCE: SignedDuration = SignedDuration::from_mins(3);

/// Since when the watch has been awake, when that is other than it was.
///
/// `now`, where more time than a tick's lies between the last tick and this one (the machine
/// slept), or less than none (its clock was set back). `None`: nothing has happened.
pub(super) fn woke(last_tick: Option<Timestamp>, now: Timestamp) -> Option<Timestamp> {
    let since = now.duration_since(last_tick?);
    (since.is_negative() || LONGEST_SILENCE < since).then_some(now)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each line is the time of a tick; what is expected is the line at which the watch woke.
    #[track_caller]
    fn check(ticks: &str, expected: &[&str]) {
        let mut last = None;
        let mut woken = Vec::new();
        for line in ticks.lines() {
            let now: Timestamp = line.trim().parse().unwrap();
            woken.extend(woke(last, now).map(|at| at.to_string()));
            last = Some(now);
        }
        assert_eq!(woken, expected);
    }

    #[test]
    fn a_night_asleep_is_told_from_a_tick_that_was_late() {
        check(
            "2027-02-08T22:00:00Z
             2027-02-08T22:01:00Z
             2027-02-08T22:03:40Z
             2027-02-09T07:12:31Z
             2027-02-09T07:13:00Z",
            &["2027-02-09T07:12:31Z"],
        );
    }

    #[test]
    fn a_clock_that_was_set_back_does_not_put_everything_off_until_it_was() {
        check(
            "2028-02-08T22:00:00Z
             2027-02-08T22:01:00Z
             2027-02-08T22:02:00Z",
            &["2027-02-08T22:01:00Z"],
        );
    }
}
