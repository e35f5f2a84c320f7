//! Dates as people and spreadsheets write them. Pure.

use jiff::ToSpan as _;
use jiff::civil::Date;

use super::months::MONTHS;

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

/// Reads a date as people write it.
///
/// `2027-02-09`, `20270209`, `2027/2/9`, `9 Feb 2027`, `February 9, 2027`,
/// `9.2.2027`, `9 de febrero de 2027`, `2027年2月9日`, and `02/09/2027` where `order` says how. Months
/// are known in the languages of the stores.
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

/// A date that a spreadsheet saved as its number of days since the end of 1899: `46427`. Between
/// 1954 and 2119, so that no year and no price is taken for one.
#[must_use]
pub fn serial(written: &str) -> Option<Date> {
    let (days, of_day) = written.split_once('.').unwrap_or((written, "0"));
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if days.len() != 5 || !is_number(days) || !is_number(of_day) {
        return None;
    }
    let days: i64 = days
        .parse()
        .ok()
        .filter(|days| (20_000..80_000).contains(days))?;
    jiff::civil::date(1899, 12, 30)
        .checked_add(days.days())
        .ok()
}

/// Reads a date of ONIX by list 55: 00 is a day, 13 and 14 a day with a time, 12 is text; the others
/// name no day, or more than one.
///
/// # Errors
///
/// A sentence that says what it is instead.
pub fn of_onix(format: Option<&str>, written: &str) -> Result<Date, String> {
    let what = match format.unwrap_or("00") {
        "00" | "12" | "13" | "14" => {
            return read(written, None).map_err(|error| error.to_string());
        }
        "01" => "a month",
        "02" => "a week",
        "03" => "a quarter",
        "04" => "a season",
        "05" => "a year",
        "06" | "07" | "08" | "09" | "10" | "11" => "a span of time",
        "20" | "21" | "25" | "32" => "a date of the Hijri calendar",
        _ => "a date in a form that list 55 does not have",
    };
    Err(format!("`{written}` is {what}; give the day, as 20270209"))
}

/// The small words of dates: `9 de febrero`, `den 9 februari`.
const SMALL: [&str; 16] = [
    "de", "del", "of", "the", "den", "der", "dem", "le", "la", "el", "il", "di", "em", "d", "r",
    "am",
];

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
    day.split(|one: char| !one.is_alphanumeric() || matches!(one, '年' | '月' | '日' | 'º' | 'ª'))
        .filter(|part| !part.is_empty())
        .map(|part| {
            let digits = part.trim_end_matches(char::is_alphabetic);
            let is_ordinal =
                ["st", "nd", "rd", "th", "er", "ème", "e"].contains(&&part[digits.len()..]);
            if is_ordinal && !digits.is_empty() {
                digits.to_owned()
            } else {
                part.to_lowercase()
            }
        })
        .filter(|part| !SMALL.contains(&part.as_str()))
        .collect()
}

fn named_month(part: &str) -> Option<i32> {
    let is_it = |names: &str| names.split(' ').any(|name| name == part);
    let index = MONTHS.iter().position(|names| is_it(names))?;
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
            "9. Februar 2027",
            "9 de febrero de 2027",
            "le 9 février 2027",
            "9 febbraio 2027",
            "9 de fevereiro de 2027",
            "den 9 februari 2027",
            "9 lutego 2027 r.",
            "9. února 2027",
            "9 Şubat 2027",
            "9. helmikuuta 2027",
            "2027年2月9日",
            "9 FEB 2027",
        ] {
            check(written, None, "2027-02-09");
        }
        check("1er mai 2027", None, "2027-05-01");
        check("9. marraskuuta 2027", None, "2027-11-09");
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
    fn no_word_is_of_two_months_and_those_of_the_stores_pages_are_all_known() {
        let mut words: Vec<&str> = MONTHS.iter().flat_map(|names| names.split(' ')).collect();
        let all = words.len();
        words.sort_unstable();
        words.dedup();
        assert_eq!(words.len(), all);
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("config/wording");
        let mut languages = 0;
        for entry in std::fs::read_dir(folder).unwrap() {
            let text = std::fs::read_to_string(entry.unwrap().path()).unwrap();
            let wording: toml::Table = text.parse().unwrap();
            let months = wording["months"].as_array().unwrap();
            for (index, names) in months.iter().enumerate() {
                for name in names.as_str().unwrap().split(' ') {
                    let found = read(&format!("2027 {name} 9"), None)
                        .or_else(|_| read(&format!("2027年{name}9日"), None));
                    let month = found.map(|date| usize::try_from(date.month()).unwrap());
                    assert_eq!(month, Ok(index + 1), "{name}");
                }
            }
            languages += 1;
        }
        assert!(12 <= languages);
    }

    #[test]
    fn a_spreadsheet_s_number_of_days_is_a_date() {
        assert_eq!(serial("46427"), Some(jiff::civil::date(2027, 2, 9)));
        assert_eq!(serial("46427.0"), Some(jiff::civil::date(2027, 2, 9)));
        for written in ["2027", "16990", "99999", "464270", "46427.x", "-46427", ""] {
            assert_eq!(serial(written), None, "{written}");
        }
    }

    #[track_caller]
    fn onix(format: Option<&str>, written: &str, expected: &str) {
        let found = of_onix(format, written).map_or_else(|why| why, |date| date.to_string());
        assert!(found.contains(expected), "{found}");
    }

    #[test]
    fn every_form_of_a_date_in_onix_is_read_or_named() {
        onix(None, "20270209", "2027-02-09");
        onix(Some("00"), "2027-02-09", "2027-02-09");
        onix(Some("12"), "9 February 2027", "2027-02-09");
        onix(Some("13"), "20270209T0900Z", "2027-02-09");
        onix(Some("14"), "20270209T090000+0100", "2027-02-09");
        onix(Some("01"), "202702", "is a month");
        onix(Some("02"), "202706", "is a week");
        onix(Some("03"), "20271", "is a quarter");
        onix(Some("04"), "20271", "is a season");
        onix(Some("05"), "2027", "is a year");
        for span in ["06", "07", "08", "09", "10", "11"] {
            onix(Some(span), "2027020920270210", "a span of time");
        }
        for hijri in ["20", "21", "25", "32"] {
            onix(Some(hijri), "14480902", "Hijri");
        }
        onix(Some("99"), "20270209", "list 55 does not have");
        onix(None, "202702", "names no day");
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
