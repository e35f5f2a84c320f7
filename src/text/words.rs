//! How times and lengths of time are put into words, the same in letters, in the terminal and on
//! the web page; and how text from outside becomes safe to show.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

/// A date as "Tue 27 June 2023".
pub fn date(date: Date) -> String {
    date.strftime("%a %-d %B %Y").to_string()
}

/// A date without its weekday, as "27 June 2023", for tables.
pub fn short_date(date: Date) -> String {
    date.strftime("%-d %B %Y").to_string()
}

/// The day of an instant in a zone, as "Thu 4 May"; with its year when that is not `now`'s.
pub fn day(at: Timestamp, zone: &TimeZone, now: Timestamp) -> String {
    let local = at.to_zoned(zone.clone());
    let form = if local.year() == now.to_zoned(zone.clone()).year() {
        "%a %-d %B"
    } else {
        "%a %-d %B %Y"
    };
    local.strftime(form).to_string()
}

/// An instant as "Tue 27 June 2023, 08:10 EDT".
pub fn moment(at: Timestamp, zone: &TimeZone) -> String {
    at.to_zoned(zone.clone())
        .strftime("%a %-d %B %Y, %H:%M %Z")
        .to_string()
}

/// An instant as briefly as it is clear: "08:10 EDT" on the day of `now`, otherwise
/// "Mon 26 June, 08:10 EDT", with the year when it is another one.
pub fn brief_moment(at: Timestamp, zone: &TimeZone, now: Timestamp) -> String {
    let local = at.to_zoned(zone.clone());
    let time = local.strftime("%H:%M %Z").to_string();
    if local.date() == now.to_zoned(zone.clone()).date() {
        time
    } else {
        format!("{}, {time}", day(at, zone, now))
    }
}

/// A length of time in its one best unit, rounded down: "11 days", "30 hours", "25 minutes". Below
/// two days it is hours, below two hours minutes.
pub fn lasting(length: SignedDuration) -> String {
    let minutes = length.as_mins();
    let (number, unit) = match minutes {
        ..1 => return "less than a minute".to_owned(),
        1..120 => (minutes, "minute"),
        120..2880 => (minutes / 60, "hour"),
        _ => (minutes / 1440, "day"),
    };
    count(number, unit)
}

/// [`count`] of what lies in memory.
pub fn counted(count: usize, what: &str) -> String {
    self::count(i64::try_from(count).unwrap_or(i64::MAX), what)
}

/// A number with its noun: "1 day", "11 days".
pub fn count(number: i64, noun: &str) -> String {
    if number == 1 {
        format!("1 {noun}")
    } else {
        format!("{number} {noun}s")
    }
}

/// How a day lies to the publication date: "12 days before publication", "on publication day",
/// "1 day after publication".
pub fn to_publication(today: Date, publication: Date) -> String {
    let days = today
        .until(publication)
        .map_or(0, |span| i64::from(span.get_days()));
    match days {
        0 => "on publication day".to_owned(),
        1.. => format!("{} before publication", count(days, "day")),
        ..0 => format!("{} after publication", count(-days, "day")),
    }
}

/// The same for a subject: "12 days to go", "out today", "3 days after"; `None` where nobody counts
/// any more.
pub fn days_to_go(today: Date, publication: Date) -> Option<String> {
    let days = today
        .until(publication)
        .map_or(0, |span| i64::from(span.get_days()));
    match days {
        0 => Some("out today".to_owned()),
        1.. => Some(format!("{} to go", count(days, "day"))),
        -60..0 => Some(format!("{} after", count(-days, "day"))),
        ..-60 => None,
    }
}

/// The publication date and how far it is: "publishes Tue 9 February 2027, in 12 days",
/// "publishes today, Tue 9 February 2027", "published Tue 9 February 2027, 3 days ago".
pub fn countdown(today: Date, publication: Date) -> String {
    let days = today
        .until(publication)
        .map_or(0, |span| i64::from(span.get_days()));
    let date = date(publication);
    match days {
        0 => format!("publishes today, {date}"),
        1.. => format!("publishes {date}, in {}", count(days, "day")),
        // Nobody counts days by the thousand.
        ..-365 => format!("published {date}"),
        -365..0 => format!("published {date}, {} ago", count(-days, "day")),
    }
}

/// A list as a sentence wants it: "A", "A and B", "A, B and C".
pub fn list<T: AsRef<str>>(items: impl IntoIterator<Item = T>) -> String {
    let mut items: Vec<T> = items.into_iter().collect();
    let Some(last) = items.pop() else {
        return String::new();
    };
    let last = last.as_ref();
    let front: Vec<&str> = items.iter().map(T::as_ref).collect();
    if front.is_empty() {
        return last.to_owned();
    }
    format!("{} and {last}", front.join(", "))
}

/// Text from outside on one line, safe in a header.
///
/// Line breaks, tabs and other control characters become spaces, runs of white space become one
/// space, and the characters that turn the direction of what follows are left out (Arabic and
/// Hebrew need none of them to read right).
pub fn one_line(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for character in text.chars() {
        if turns_direction(character) {
            continue;
        }
        if character.is_whitespace() || character.is_control() {
            if !line.is_empty() && !line.ends_with(' ') {
                line.push(' ');
            }
        } else {
            line.push(character);
        }
    }
    line.truncate(line.trim_end().len());
    line
}

/// The bidirectional embeddings, overrides and isolates of Unicode (UAX #9), and the byte order
/// mark.
fn turns_direction(character: char) -> bool {
    matches!(character, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{FEFF}')
}

/// The text with stars where one of `secrets` stands, plain or in base64 as logins carry it.
///
/// What somebody else says is passed through this before it is shortened or kept: a server may
/// repeat what it was told. Secrets of fewer than four bytes would star half of every text and
/// protect nothing; they stay.
pub fn starred<'a>(text: &str, secrets: impl IntoIterator<Item = &'a str>) -> String {
    let mut forms: Vec<String> = secrets
        .into_iter()
        .filter(|secret| 4 <= secret.len())
        .flat_map(|secret| [secret.to_owned(), STANDARD_NO_PAD.encode(secret)])
        .collect();
    // The longest first: a shorter one may stand in it.
    forms.sort_by_key(|form| std::cmp::Reverse(form.len()));
    forms
        .iter()
        .fold(text.to_owned(), |text, form| text.replace(form, "***"))
}

/// At most `most` characters of one line; what is cut off leaves "…", at a word's end where one
/// is near, and never a joiner or an accent without its letter.
pub fn clipped(text: &str, most: usize) -> String {
    let line = one_line(text);
    if line.chars().count() <= most {
        return line;
    }
    let mut kept: String = line.chars().take(most.saturating_sub(1)).collect();
    if let Some(space) = kept.rfind(' ')
        && kept.len() - space <= 16
        && space > 0
    {
        kept.truncate(space);
    }
    while kept.ends_with(hangs_on) {
        kept.pop();
    }
    kept.push('…');
    kept
}

/// A joiner, a variation selector or a combining accent of the common blocks.
fn hangs_on(character: char) -> bool {
    matches!(character, '\u{200D}' | '\u{FE00}'..='\u{FE0F}' | '\u{0300}'..='\u{036F}' | ' ' | ',')
}

/// With a capital first letter.
pub fn capital(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(characters).collect()
    })
}

/// A page's words in quotes, cut at a sentence's end where they run long.
pub fn quoted(words: &str) -> String {
    const LONGEST: usize = 60;
    let words = words.trim().trim_matches('"');
    let first = words.split_inclusive(". ").next().unwrap_or(words).trim();
    let short: String = first.trim_end_matches('.').chars().take(LONGEST).collect();
    if short.chars().count() == LONGEST {
        format!("“{}…”", short.trim_end())
    } else {
        format!("“{short}”")
    }
}

/// The greeting; without a name it greets all the same.
pub fn hello(name: &str) -> String {
    if name.is_empty() {
        "Hello,".to_owned()
    } else {
        format!("Hello {name},")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_starred_in_every_form_in_which_it_was_sent() {
        #[track_caller]
        fn check(text: &str, expected: &str) {
            assert_eq!(starred(text, ["hunter22", "hunter2", "abc"]), expected);
        }
        check("no such login: hunter2", "no such login: ***");
        check("hunter22 and hunter2", "*** and ***");
        check("AUTH aHVudGVyMg== refused", "AUTH ***== refused");
        check("abc stays", "abc stays");
    }

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn lengths_are_told_in_one_unit() {
        #[track_caller]
        fn check(seconds: i64, expected: &str) {
            assert_eq!(lasting(SignedDuration::from_secs(seconds)), expected);
        }
        check(30, "less than a minute");
        check(60, "1 minute");
        check(119 * 60, "119 minutes");
        check(120 * 60, "2 hours");
        check(47 * 3600, "47 hours");
        check(48 * 3600, "2 days");
        check(8 * 86_400 + 3600, "8 days");
        check(-5, "less than a minute");
    }

    #[test]
    fn long_words_of_a_page_are_cut() {
        assert_eq!(
            quoted("Currently unavailable. We don't know when or if this item will be back."),
            "“Currently unavailable”"
        );
        assert_eq!(
            quoted("Usually ships within one to two months from the day on which you order it"),
            "“Usually ships within one to two months from the day on which…”"
        );
    }

    #[test]
    fn days_to_publication_are_told_from_the_authors_day() {
        #[track_caller]
        fn check(today: &str, expected: &str) {
            let publication = "2027-02-09".parse().unwrap();
            assert_eq!(
                to_publication(today.parse().unwrap(), publication),
                expected
            );
        }
        check("2027-01-28", "12 days before publication");
        check("2027-02-08", "1 day before publication");
        check("2027-02-09", "on publication day");
        check("2027-02-10", "1 day after publication");
        check("2028-02-09", "365 days after publication");
        let publication = "2027-02-09".parse().unwrap();
        assert_eq!(
            countdown("2027-02-12".parse().unwrap(), publication),
            "published Tue 9 February 2027, 3 days ago"
        );
    }

    #[test]
    fn times_are_the_authors_and_say_the_zone() {
        let zone = TimeZone::get("America/New_York").unwrap();
        let now = at("2023-06-27T20:00:00Z");
        assert_eq!(
            moment(at("2023-06-27T12:10:00Z"), &zone),
            "Tue 27 June 2023, 08:10 EDT"
        );
        assert_eq!(
            brief_moment(at("2023-06-27T12:10:00Z"), &zone, now),
            "08:10 EDT"
        );
        assert_eq!(
            brief_moment(at("2023-06-27T03:59:00Z"), &zone, now),
            "Mon 26 June, 23:59 EDT"
        );
        assert_eq!(
            day(at("2022-12-31T12:00:00Z"), &zone, now),
            "Sat 31 December 2022"
        );
    }

    #[test]
    fn one_line_is_one_line_whatever_comes_in() {
        #[track_caller]
        fn check(text: &str, expected: &str) {
            assert_eq!(one_line(text), expected);
        }
        check(
            "Salt\r\nBcc: all@example.com\r\n\r\nRoads",
            "Salt Bcc: all@example.com Roads",
        );
        check(
            "  tabs\t\tand\u{2028}separators\u{0}  ",
            "tabs and separators",
        );
        check("a\u{202E}b\u{2066}c", "abc");
        check("عنوان الكتاب", "عنوان الكتاب");
    }

    #[test]
    fn clipping_keeps_words_and_letters_whole() {
        #[track_caller]
        fn check(text: &str, most: usize, expected: &str) {
            let clipped = clipped(text, most);
            assert_eq!(clipped, expected);
            assert!(clipped.chars().count() <= most);
        }
        check("Salt Roads", 10, "Salt Roads");
        check("Salt Roads and Other Stories", 12, "Salt Roads…");
        check("Donaudampfschifffahrtsgesellschaft", 10, "Donaudamp…");
        check("👩\u{200D}👩\u{200D}👧 family", 5, "👩\u{200D}👩…");
    }
}
