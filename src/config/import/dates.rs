//! Dates as people and spreadsheets write them. Pure.

use jiff::civil::Date;

/// Which of two numbers is the day, in a list that writes dates as `02/09/2027`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// `02/09` is 2 September.
    DayFirst,
    /// `02/09` is 9 February.
    MonthFirst,
}

/// Why some text is no date.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DateError {
    /// It is none.
    #[error("`{0}` is no date; write year, month and day, as 2027-02-09")]
    None(String),
    /// There is no such day.
    #[error("`{0}` is a day that does not exist")]
    NoSuchDay(String),
    /// The day is missing.
    #[error("`{0}` names no day; write year, month and day, as 2027-02-09")]
    NoDay(String),
    /// It may be two days.
    #[error(
        "`{written}` may be {first} or {second}; say which with `--dates day-first` or `--dates \
         month-first`"
    )]
    Ambiguous {
        /// The text.
        written: String,
        /// With the day first.
        first: Date,
        /// With the month first.
        second: Date,
    },
}

const MONTHS: [&str; 12] = [
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
];

/// Reads a date: `2027-02-09`, `20270209`, `2027/2/9`, `9 Feb 2027`, `February 9, 2027`,
/// `9.2.2027`, and `02/09/2027` where `order` says how.
///
/// # Errors
///
/// [`DateError`] says what is wrong.
pub fn read(written: &str, order: Option<Order>) -> Result<Date, DateError> {
    let none = || DateError::None(written.to_owned());
    let parts = parts(written);
    let numbers: Vec<i32> = parts.iter().filter_map(|part| part.parse().ok()).collect();
    let month = parts.iter().find_map(|part| named_month(part));
    let date = |year: i32, month: i32, day: i32| {
        let narrow = |number: i32| i8::try_from(number).ok();
        narrow(month)
            .zip(narrow(day))
            .zip(i16::try_from(year).ok())
            .and_then(|((month, day), year)| Date::new(year, month, day).ok())
            .ok_or_else(|| DateError::NoSuchDay(written.to_owned()))
    };
    match (parts.as_slice(), numbers.as_slice(), month) {
        ([one], [number], None) if one.len() == 8 => {
            date(number / 10_000, number / 100 % 100, number % 100)
        }
        ([one], [_], None) if matches!(one.len(), 4 | 6) => {
            Err(DateError::NoDay(written.to_owned()))
        }
        ([_, _], [year], Some(_)) if *year > 1000 => Err(DateError::NoDay(written.to_owned())),
        ([_, _], [year, _] | [_, year], None) if *year > 1000 => {
            Err(DateError::NoDay(written.to_owned()))
        }
        ([_, _, _], [year, month, day], None) if *year > 1000 => date(*year, *month, *day),
        ([_, _, _], [day, year] | [year, day], Some(month)) if *day < 100 && *year > 1000 => {
            date(*year, month, *day)
        }
        ([_, _, _], [first, second, year], None) if *year > 1000 => {
            let day_first = date(*year, *second, *first);
            let month_first = date(*year, *first, *second);
            // Only in the lands that write points does the day come first for certain.
            let order = if written.contains('.') {
                Some(Order::DayFirst)
            } else {
                order
            };
            match (order, day_first, month_first) {
                (Some(Order::DayFirst), date, _) | (Some(Order::MonthFirst), _, date) => date,
                (None, Ok(first), Ok(second)) if first != second => Err(DateError::Ambiguous {
                    written: written.to_owned(),
                    first,
                    second,
                }),
                (None, Ok(date), _) | (None, Err(_), Ok(date)) => Ok(date),
                (None, Err(error), Err(_)) => Err(error),
            }
        }
        _ => Err(none()),
    }
}

/// The order that the dates of one list have in common, where one of them can be read in one way
/// only.
#[must_use]
pub fn order_of<'a>(dates: impl IntoIterator<Item = &'a str>) -> Option<Order> {
    let mut found = None;
    for written in dates {
        let numbers: Vec<i32> = parts(written)
            .iter()
            .filter_map(|part| part.parse().ok())
            .collect();
        let [first, second, year] = numbers.as_slice() else {
            continue;
        };
        if *year < 1000 || written.contains('.') {
            continue;
        }
        let order = match (*first > 12, *second > 12) {
            (true, false) => Order::DayFirst,
            (false, true) => Order::MonthFirst,
            (true, true) | (false, false) => continue,
        };
        match found {
            None => found = Some(order),
            Some(other) if other == order => {}
            // The list is not of one mind.
            Some(_) => return None,
        }
    }
    found
}

/// Numbers and words, without a time of day behind them.
fn parts(written: &str) -> Vec<String> {
    let day = written.trim();
    let day = day.split_once('T').map_or(day, |(before, after)| {
        let is_time = after.starts_with(|one: char| one.is_ascii_digit());
        let is_date = before.ends_with(|one: char| one.is_ascii_digit());
        if is_time && is_date { before } else { day }
    });
    let day = match day.split_once(':') {
        Some((before, _)) => before.rsplit_once(' ').map_or(before, |(date, _)| date),
        None => day,
    };
    day.split(|one: char| !one.is_alphanumeric())
        .filter(|part| !part.is_empty())
        .map(|part| {
            let digits = part.trim_end_matches(|one: char| one.is_ascii_alphabetic());
            let is_ordinal = ["st", "nd", "rd", "th"].contains(&&part[digits.len()..]);
            if is_ordinal && !digits.is_empty() {
                digits.to_owned()
            } else {
                part.to_lowercase()
            }
        })
        .collect()
}

fn named_month(part: &str) -> Option<i32> {
    let start = part.get(..3)?;
    let index = MONTHS.iter().position(|month| *month == start)?;
    i32::try_from(index + 1).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(written: &str, order: Option<Order>, expected: &str) {
        let found = match read(written, order) {
            Ok(date) => date.to_string(),
            Err(error) => error.to_string(),
        };
        assert!(found.contains(expected), "{found}");
    }

    #[test]
    fn dates_are_read_as_people_write_them() {
        for written in [
            "2027-02-09",
            "20270209",
            "2027/2/9",
            "9 Feb 2027",
            "9-Feb-2027",
            "February 9, 2027",
            "Feb 9th 2027",
            "Tuesday 9 February 2027".trim_start_matches("Tuesday "),
            "9.2.2027",
            "2027-02-09 00:00:00",
            "2027-02-09T00:00",
        ] {
            check(written, None, "2027-02-09");
        }
        check("02/13/2027", None, "2027-02-13");
        check("02/02/2027", None, "2027-02-02");
        check("02/09/2027", Some(Order::MonthFirst), "2027-02-09");
        check("02/09/2027", Some(Order::DayFirst), "2027-09-02");
    }

    #[test]
    fn what_is_no_date_is_never_guessed() {
        check("02/09/2027", None, "may be 2027-09-02 or 2027-02-09");
        check("2027-02-30", None, "does not exist");
        check("30/02/2027", Some(Order::DayFirst), "does not exist");
        check("202702", None, "names no day");
        check("Feb 2027", None, "names no day");
        check("2027", None, "names no day");
        check("02/2027", None, "names no day");
        check("soon", None, "is no date");
        check("9 Feb 27", None, "is no date");
    }

    #[test]
    fn a_list_tells_its_order_by_any_day_after_the_twelfth() {
        assert_eq!(
            order_of(["02/03/2027", "04/25/2027"]),
            Some(Order::MonthFirst)
        );
        assert_eq!(order_of(["25/04/2027"]), Some(Order::DayFirst));
        assert_eq!(order_of(["25/04/2027", "04/25/2027"]), None);
        assert_eq!(order_of(["02/03/2027", "2027-04-25"]), None);
    }
}
