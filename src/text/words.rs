//! How times and lengths of time are put into words, the same in letters, in the terminal and on
//! the web page; and how text from outside becomes safe to show.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use crate::say::say;

/// A date as "Tue 27 June 2023".
pub fn date(date: Date) -> String {
    dated("date", date)
}

/// A date without its weekday, as "27 June 2023", for tables.
pub fn short_date(date: Date) -> String {
    dated("short-date", date)
}

fn dated(id: &str, date: Date) -> String {
    say!(
        id,
        weekday = date.weekday().to_monday_one_offset(),
        day = date.day(),
        month = date.month(),
        year = date.year()
    )
}

/// The day of an instant in a zone, as "Thu 4 May"; with its year when that is not `now`'s.
pub fn day(at: Timestamp, zone: &TimeZone, now: Timestamp) -> String {
    let local = at.to_zoned(zone.clone());
    if local.year() == now.to_zoned(zone.clone()).year() {
        dated("day-of-this-year", local.date())
    } else {
        date(local.date())
    }
}

/// An instant as "Tue 27 June 2023, 08:10 EDT".
pub fn moment(at: Timestamp, zone: &TimeZone) -> String {
    let local = at.to_zoned(zone.clone());
    day_and_clock(&date(local.date()), &clock(at, zone))
}

/// A day and a time, as "Mon 26 June, 08:10 EDT".
pub fn day_and_clock(day: &str, clock: &str) -> String {
    say!("day-and-clock", day = day, clock = clock)
}

/// The time of an instant with its zone, as "08:10 EDT".
pub fn clock(at: Timestamp, zone: &TimeZone) -> String {
    at.to_zoned(zone.clone()).strftime("%H:%M %Z").to_string()
}

/// An instant in UTC, as "Mon 26 June, 12:10 GMT", or with the year instead of the weekday, as
/// "26 June 2023, 12:10 GMT".
pub fn in_gmt(at: Timestamp, with_year: bool) -> String {
    let utc = at.to_zoned(TimeZone::UTC);
    let form = if with_year {
        "short-date"
    } else {
        "day-of-this-year"
    };
    let clock = utc.strftime("%H:%M GMT").to_string();
    day_and_clock(&dated(form, utc.date()), &clock)
}

/// An instant as briefly as it is clear: "08:10 EDT" on the day of `now`, otherwise
/// "Mon 26 June, 08:10 EDT", with the year when it is another one.
pub fn brief_moment(at: Timestamp, zone: &TimeZone, now: Timestamp) -> String {
    let date = |at: Timestamp| at.to_zoned(zone.clone()).date();
    let clock = clock(at, zone);
    if date(at) == date(now) {
        clock
    } else {
        day_and_clock(&day(at, zone, now), &clock)
    }
}

/// A stretch of time, as "Sun 16 May, 18:00 EDT to Thu 20 May, 08:10 EDT"; its end has no day where it
/// is that of its beginning.
pub fn span((from, to): (Timestamp, Timestamp), zone: &TimeZone, now: Timestamp) -> String {
    let date = |at: Timestamp| at.to_zoned(zone.clone()).date();
    let end = clock(to, zone);
    let end = if date(from) == date(to) {
        end
    } else {
        day_and_clock(&day(to, zone, now), &end)
    };
    say!("span", from = brief_moment(from, zone, now), to = end)
}

/// A length of time in its one best unit, rounded down: "11 days", "30 hours", "25 minutes". Below
/// two days it is hours, below two hours minutes.
pub fn lasting(length: SignedDuration) -> String {
    let minutes = length.as_mins();
    match minutes {
        ..1 => say!("less-than-a-minute"),
        1..120 => count(minutes, "minute"),
        120..2880 => count(minutes / 60, "hour"),
        _ => count(minutes / 1440, "day"),
    }
}

/// [`count`] of what lies in memory.
pub fn counted(count: usize, what: &str) -> String {
    self::count(i64::try_from(count).unwrap_or(i64::MAX), what)
}

/// A number with its noun: "1 day", "11 days". The noun is one of `say/en/words.ftl`.
pub fn count(number: i64, noun: &str) -> String {
    say!(&format!("count-{}", noun.replace(' ', "-")), n = number)
}

/// The days from one date to another; negative when that is over.
fn days(today: Date, publication: Date) -> i64 {
    let span = today.until(publication);
    span.map_or(0, |span| i64::from(span.get_days()))
}

/// How a day lies to the publication date: "12 days before publication", "on publication day",
/// "1 day after publication".
pub fn to_publication(today: Date, publication: Date) -> String {
    match days(today, publication) {
        days @ 0.. => say!("before-publication", days = days),
        days => say!("after-publication", days = -days),
    }
}

/// The same for a subject: "12 days to go", "out today", "3 days after"; `None` where nobody counts
/// any more.
pub fn days_to_go(today: Date, publication: Date) -> Option<String> {
    match days(today, publication) {
        days @ 0.. => Some(say!("days-to-go", days = days)),
        days @ -60..0 => Some(say!("days-after", days = -days)),
        ..-60 => None,
    }
}

/// The publication date and how far it is: "publishes Tue 9 February 2027, in 12 days",
/// "publishes today, Tue 9 February 2027", "published Tue 9 February 2027, 3 days ago".
pub fn countdown(today: Date, publication: Date) -> String {
    let date = date(publication);
    match days(today, publication) {
        0 => say!("publishes-today", date = date),
        days @ 1.. => say!("publishes", days = days, date = date),
        // Nobody counts days by the thousand.
        ..-365 => say!("published", date = date),
        days => say!("published-ago", days = -days, date = date),
    }
}

/// A list as a sentence wants it: "A", "A and B", "A, B and C".
pub fn list<T: AsRef<str>>(items: impl IntoIterator<Item = T>) -> String {
    let items: Vec<T> = items.into_iter().collect();
    let Some((last, [first, more @ ..])) = items.split_last() else {
        return items
            .first()
            .map_or_else(String::new, |one| one.as_ref().to_owned());
    };
    let next = |front: String, next: &T| say!("list-more", front = front, next = next.as_ref());
    let front = more.iter().fold(first.as_ref().to_owned(), next);
    say!("list-end", front = front, last = last.as_ref())
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
        say!("hello-nobody")
    } else {
        say!("hello", name = name)
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
    fn the_end_of_a_stretch_has_its_day_unless_it_began_on_it() {
        let zone = TimeZone::get("America/New_York").unwrap();
        let now = at("2023-06-27T20:00:00Z");
        for (from, to, expected) in [
            (
                "2023-06-23T22:57:00Z",
                "2023-06-27T12:10:00Z",
                "Fri 23 June, 18:57 EDT to Tue 27 June, 08:10 EDT",
            ),
            (
                "2023-06-23T12:00:00Z",
                "2023-06-23T22:57:00Z",
                "Fri 23 June, 08:00 EDT to 18:57 EDT",
            ),
            (
                "2023-06-27T12:00:00Z",
                "2023-06-27T12:10:00Z",
                "08:00 EDT to 08:10 EDT",
            ),
        ] {
            assert_eq!(span((at(from), at(to)), &zone, now), expected);
        }
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
