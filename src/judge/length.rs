//! Lengths of time as the trade counts them: hours, days, business days.

use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan as _};
use serde::{Deserialize, Serialize};

use crate::text::words;

/// A length of time in the trade's units.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Length {
    /// Hours of the clock.
    Hours(i64),
    /// Monday to Friday; holidays are not known here.
    BusinessDays(u16),
}

impl From<Length> for String {
    fn from(length: Length) -> Self {
        length.words()
    }
}

impl TryFrom<String> for Length {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let wrong = || format!("`{text}` is no length: write `72h`, `14d` or `10bd`");
        let unit = text.trim_start_matches(|digit: char| digit.is_ascii_digit());
        let number: u16 = text
            .strip_suffix(unit)
            .and_then(|number| number.parse().ok())
            .ok_or_else(wrong)?;
        match unit {
            "h" => Ok(Self::Hours(number.into())),
            "d" => Ok(Self::Hours(i64::from(number) * 24)),
            "bd" => Ok(Self::BusinessDays(number)),
            _ => Err(wrong()),
        }
    }
}

impl Length {
    /// The moment this long after `start`. A business day is counted by its date in UTC.
    pub fn after(self, start: Timestamp) -> Timestamp {
        match self {
            Self::Hours(hours) => start
                .checked_add(SignedDuration::from_hours(hours))
                .unwrap_or(Timestamp::MAX),
            Self::BusinessDays(days) => {
                let begun = start.to_zoned(TimeZone::UTC);
                let passed = begun
                    .date()
                    .duration_until(business_days_after(begun.date(), days));
                start.checked_add(passed).unwrap_or(Timestamp::MAX)
            }
        }
    }

    /// So many hours longer; business days stay as they are.
    pub(crate) fn plus(self, hours: i64) -> Self {
        match self {
            Self::Hours(own) => Self::Hours(own + hours),
            Self::BusinessDays(_) => self,
        }
    }

    /// The length in words, as "14 days" or "72 hours".
    pub fn words(self) -> String {
        match self {
            Self::Hours(hours) if 72 < hours && hours % 24 == 0 => words::count(hours / 24, "day"),
            Self::Hours(hours) => words::count(hours, "hour"),
            Self::BusinessDays(days) => words::count(i64::from(days), "business day"),
        }
    }
}

/// The date that comes `days` business days after `date`. Holidays are not known here.
pub fn business_days_after(date: Date, days: u16) -> Date {
    let mut date = date;
    let mut left = days;
    while 0 < left {
        date = date.saturating_add(1.day());
        if !matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday) {
            left -= 1;
        }
    }
    date
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[track_caller]
    fn check(text: &str, expected: Option<(Length, &str)>) {
        let length = Length::try_from(text.to_owned()).ok();
        assert_eq!(length, expected.map(|(length, _)| length));
        assert_eq!(
            length.map(Length::words).as_deref(),
            expected.map(|(_, words)| words)
        );
    }

    #[test]
    fn lengths_are_written_with_a_unit() {
        check("72h", Some((Length::Hours(72), "72 hours")));
        check("14d", Some((Length::Hours(14 * 24), "14 days")));
        check("10bd", Some((Length::BusinessDays(10), "10 business days")));
        for wrong in ["", "h", "14", "-1d", "1.5d", "14 d", "14w"] {
            check(wrong, None);
        }
    }

    #[test]
    fn business_days_leave_the_weekend_out() {
        for (start, days, expected) in [
            ("2026-12-04", 1, "2026-12-07"),
            ("2026-12-04", 10, "2026-12-18"),
            ("2026-12-05", 1, "2026-12-07"),
            ("2026-12-07", 0, "2026-12-07"),
        ] {
            assert_eq!(
                business_days_after(start.parse().unwrap(), days),
                expected.parse().unwrap(),
                "{start} + {days}"
            );
        }
        let friday_noon = at("2026-12-04T12:00:00Z");
        assert_eq!(
            Length::BusinessDays(2).after(friday_noon),
            at("2026-12-08T12:00:00Z")
        );
    }
}
