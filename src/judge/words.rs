//! The words that findings are made of: dates, lengths of time, names of stores.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use crate::book::StoreId;

/// A moment's day in the author's zone, as "Tue 4 May".
#[must_use]
pub fn day(at: Timestamp, zone: &TimeZone) -> String {
    at.to_zoned(zone.clone()).strftime("%a %-d %B").to_string()
}

/// A moment in the author's zone, as "Tue 4 May, 09:00".
#[must_use]
pub fn moment(at: Timestamp, zone: &TimeZone) -> String {
    at.to_zoned(zone.clone())
        .strftime("%a %-d %B, %H:%M")
        .to_string()
}

/// A date, as "27 June 2023".
#[must_use]
pub fn date(date: Date) -> String {
    date.strftime("%-d %B %Y").to_string()
}

/// A length of time, as "11 days" or "7 hours"; never more than one unit.
#[must_use]
pub fn length(length: SignedDuration) -> String {
    let hours = length.as_hours().abs();
    let (number, unit) = match hours {
        0 => (length.as_mins().abs(), "minute"),
        1..48 => (hours, "hour"),
        _ => (hours / 24, "day"),
    };
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {unit}{plural}")
}

/// Names in a sentence, as "Amazon, Barnes & Noble and Bookshop.org".
#[must_use]
pub fn stores<'a>(stores: impl IntoIterator<Item = &'a StoreId>) -> String {
    let labels: Vec<&str> = stores.into_iter().map(StoreId::label).collect();
    list(&labels)
}

/// Things in a sentence, as "paperback, hardcover and ebook".
#[must_use]
pub fn list(things: &[&str]) -> String {
    match things.split_last() {
        None => String::new(),
        Some((last, [])) => (*last).to_owned(),
        Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
    }
}

/// A page's words in quotes, cut at a sentence's end where they run long.
#[must_use]
pub fn quoted(words: &str) -> String {
    const LONGEST: usize = 60;
    let words = words.trim().trim_matches('"');
    let first = words.split_inclusive(". ").next().unwrap_or(words).trim();
    let short: String = first.trim_end_matches('.').chars().take(LONGEST).collect();
    if short.chars().count() == LONGEST {
        format!("\"{}…\"", short.trim_end())
    } else {
        format!("\"{short}\"")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_have_one_unit() {
        for (minutes, expected) in [
            (1, "1 minute"),
            (59, "59 minutes"),
            (60, "1 hour"),
            (47 * 60, "47 hours"),
            (48 * 60, "2 days"),
            (11 * 24 * 60 + 300, "11 days"),
        ] {
            assert_eq!(length(SignedDuration::from_mins(minutes)), expected);
        }
    }

    #[test]
    fn stores_are_named_as_in_a_sentence() {
        let [a, b, c] = ["amazon.com", "barnesandnoble.com", "example.com"].map(StoreId::new);
        assert_eq!(stores([&a]), "Amazon");
        assert_eq!(stores([&a, &b]), "Amazon and Barnes & Noble");
        assert_eq!(
            stores([&a, &b, &c]),
            "Amazon, Barnes & Noble and example.com"
        );
    }

    #[test]
    fn long_words_of_a_page_are_cut() {
        assert_eq!(
            quoted("Currently unavailable. We don't know when or if this item will be back."),
            "\"Currently unavailable\""
        );
        assert_eq!(
            quoted("Usually ships within one to two months from the day on which you order it"),
            "\"Usually ships within one to two months from the day on which…\""
        );
    }

    #[test]
    fn days_are_the_authors_own() {
        let at: Timestamp = "2023-05-04T03:00:00Z".parse().unwrap();
        let new_york = TimeZone::get("America/New_York").unwrap();
        assert_eq!(day(at, &TimeZone::UTC), "Thu 4 May");
        assert_eq!(moment(at, &new_york), "Wed 3 May, 23:00");
    }
}
