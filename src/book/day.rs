//! Days that a book may live by.

use std::ops::RangeInclusive;

use jiff::civil::Date;
use serde::{Deserialize as _, Deserializer};

/// The years that are taken for a book's: from the printing press to this century's planning.
///
/// Some write 9999-12-31 where they mean "never" or "not known", and no calendar
/// can count on from there.
pub const YEARS: RangeInclusive<i16> = 1450..=2199;

/// The day, where a book can live by it.
pub fn believable(day: Date) -> Option<Date> {
    YEARS.contains(&day.year()).then_some(day)
}

/// Reads a day that somebody writes.
///
/// # Errors
///
/// A sentence that says how to write it.
pub fn day(text: &str) -> Result<Date, String> {
    let day = text
        .trim()
        .parse()
        .map_err(|_| format!("`{text}` is no date; write year, month and day, as 2027-02-09"))?;
    in_a_life(text, day)
}

/// The day that was written so, where a book can live by it.
///
/// # Errors
///
/// A sentence that says which years are taken.
pub fn in_a_life(text: &str, day: Date) -> Result<Date, String> {
    believable(day).ok_or_else(|| {
        let (first, last) = (YEARS.start(), YEARS.end());
        format!("`{text}` is no day that a book lives by; years from {first} to {last} are taken")
    })
}

/// A day that was kept: what no book can live by counts as none.
///
/// # Errors
///
/// The format's.
pub fn kept<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Date>, D::Error> {
    Ok(Option::<Date>::deserialize(from)?.and_then(believable))
}

/// The nearest day that a book can live by, for one that was kept and must be some day.
pub fn nearest(day: Date) -> Date {
    let year = day.year().clamp(*YEARS.start(), *YEARS.end());
    // The 29th of February may be missing there.
    let clamped = day.with().year(year).build();
    clamped.unwrap_or_else(|_| Date::constant(*YEARS.end(), 12, 31))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_that_no_book_lives_by_are_refused_with_a_sentence() {
        assert_eq!(day(" 2027-02-09 ").unwrap().to_string(), "2027-02-09");
        assert!(day("1450-01-01").is_ok() && day("2199-12-31").is_ok());
        for far in ["9999-12-31", "2200-01-01", "0001-01-01", "-009999-01-01"] {
            let said = day(far).unwrap_err();
            assert!(said.contains("years from 1450 to 2199"), "{said}");
        }
        assert!(day("soon").unwrap_err().contains("is no date"));
        assert_eq!(nearest(Date::MAX).to_string(), "2199-12-31");
        assert_eq!(nearest(Date::MIN).to_string(), "1450-01-01");
        assert_eq!(
            nearest("2028-02-29".parse().unwrap()).to_string(),
            "2028-02-29"
        );
    }
}
