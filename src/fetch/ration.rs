//! How much may be asked in a day: so many requests of a host, so many looks at a page.
//!
//! The pause bounds how fast we ask, the ration how much. What is used up is counted in the
//! database, so that a restart gives none back. A day is one of UTC, for everybody alike.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};

use super::HostKey;

/// What one host has been asked today, and the most that it is asked.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Ration {
    /// The host.
    pub host: HostKey,
    /// The requests of this UTC day, robots.txt and redirects among them.
    pub used: u32,
    /// The most there are in a day.
    pub cap: u32,
}

/// The UTC day of a moment.
pub fn day_of(moment: Timestamp) -> Date {
    moment.to_zoned(TimeZone::UTC).date()
}

/// What is used up at `now` of what was counted on `day`: nothing, where that was another day.
pub fn used_on(day: Option<Date>, counted: u32, now: Timestamp) -> u32 {
    if day == Some(day_of(now)) { counted } else { 0 }
}

/// Until when nothing is left; `None` while something is.
pub fn spent_until(used: u32, cap: u32, now: Timestamp) -> Option<Timestamp> {
    (cap <= used).then(|| next_day(now))
}

/// The next midnight of UTC.
fn next_day(now: Timestamp) -> Timestamp {
    let tomorrow = day_of(now).checked_add(1.day());
    tomorrow
        .and_then(|day| day.to_zoned(TimeZone::UTC))
        .map_or(Timestamp::MAX, |zoned| zoned.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each line is a moment at which a request is wanted, and whether it is had or put off; two
    /// are had in a day.
    #[test]
    fn what_is_used_up_comes_back_at_midnight_and_never_earlier() {
        let (mut day, mut counted) = (None, 0);
        for line in [
            "2027-02-08T23:59:58Z had",
            "2027-02-08T23:59:59Z had",
            "2027-02-08T23:59:59.999Z 2027-02-09T00:00:00Z",
            "2027-02-09T00:00:00Z had",
            "2027-02-09T12:00:00Z had",
            "2027-02-09T12:00:10Z 2027-02-10T00:00:00Z",
            // The clock was set back to another day: that day has a count of its own.
            "2027-02-08T12:00:10Z had",
        ] {
            let (now, expected) = line.split_once(' ').unwrap();
            let now: Timestamp = now.parse().unwrap();
            let used = used_on(day, counted, now);
            let said = if let Some(until) = spent_until(used, 2, now) {
                until.to_string()
            } else {
                (day, counted) = (Some(day_of(now)), used + 1);
                "had".to_owned()
            };
            assert_eq!(said, expected, "{now}");
        }
    }
}
