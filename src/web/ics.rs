//! The agenda as an iCalendar file (RFC 5545), for the calendar that the author already has.

use std::fmt::Write as _;

use jiff::{Timestamp, ToSpan as _};

use crate::book::Edition;
use crate::judge::agenda::Entry;

/// The longest line in octets, without its end (RFC 5545 §3.1).
const LONGEST: usize = 75;

/// A calendar of the agendas of editions, written at `now`.
///
/// Each event's identity is made of the ISBN and the entry's name, and its sequence grows from minute
/// to minute (RFC 5545 §3.8.7.4), so that importing it again, or subscribing to it, moves events and
/// doubles none.
pub fn calendar(agendas: &[(&Edition, Vec<Entry>)], now: Timestamp) -> String {
    let mut text = String::new();
    for content in [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Pubwatch//Pubwatch//EN",
        "CALSCALE:GREGORIAN",
    ] {
        line(&mut text, content);
    }
    for (edition, entries) in agendas {
        for entry in entries {
            event(&mut text, edition, entry, now);
        }
    }
    line(&mut text, "END:VCALENDAR");
    text
}

fn event(text: &mut String, edition: &Edition, entry: &Entry, now: Timestamp) {
    line(text, "BEGIN:VEVENT");
    line(text, &format!("UID:{}-{}@pubwatch", edition.id, entry.name));
    let written = now.strftime("%Y%m%dT%H%M%SZ");
    line(text, &format!("DTSTAMP:{written}"));
    line(text, &format!("LAST-MODIFIED:{written}"));
    line(text, &format!("SEQUENCE:{}", now.as_second() / 60));
    if let Some(moment) = entry.moment {
        line(
            text,
            &format!("DTSTART:{}", moment.strftime("%Y%m%dT%H%M%SZ")),
        );
        line(text, "DURATION:PT30M");
    } else {
        let next = entry.day.saturating_add(1.day());
        line(
            text,
            &format!("DTSTART;VALUE=DATE:{}", entry.day.strftime("%Y%m%d")),
        );
        line(
            text,
            &format!("DTEND;VALUE=DATE:{}", next.strftime("%Y%m%d")),
        );
        line(text, "TRANSP:TRANSPARENT");
    }
    let summary = format!(
        "{}: {} ({})",
        edition.title,
        entry.what,
        edition.format.name()
    );
    line(text, &format!("SUMMARY:{}", escaped(&summary)));
    line(text, &format!("DESCRIPTION:{}", escaped(&entry.why)));
    line(text, "END:VEVENT");
}

/// Text as a value (RFC 5545 §3.3.11).
fn escaped(text: &str) -> String {
    let mut value = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\\' | ';' | ',' => {
                value.push('\\');
                value.push(character);
            }
            '\n' => value.push_str("\\n"),
            control if control.is_control() => {}
            other => value.push(other),
        }
    }
    value
}

/// Writes a content line, folded where it is too long, never inside a character.
fn line(text: &mut String, content: &str) {
    let mut room = LONGEST;
    let mut folded = String::with_capacity(content.len());
    for character in content.chars() {
        if room < character.len_utf8() {
            folded.push_str("\r\n ");
            room = LONGEST - 1;
        }
        room -= character.len_utf8();
        folded.push(character);
    }
    // Writing to a string cannot fail.
    let _ = write!(text, "{folded}\r\n");
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(entry: &Entry, title: &str) -> String {
        written_at(entry, title, "2026-12-01T08:00:00Z")
    }

    fn written_at(entry: &Entry, title: &str, now: &str) -> String {
        let edition = crate::config::check(
            &format!(
                "[author]\nname = \"J\"\nemail = \"j@example.com\"\ntimezone = \"UTC\"\n\
                 [[edition]]\ntitle = \"{title}\"\nisbn = \"9781944098117\"\n\
                 publication_date = 2027-02-09\nstores = [\"bookshop.org\"]\n"
            ),
            "test",
            jiff::civil::date(2026, 12, 1),
        )
        .unwrap()
        .0
        .editions[0]
            .edition
            .clone();
        calendar(&[(&edition, vec![entry.clone()])], now.parse().unwrap())
    }

    fn entry() -> Entry {
        Entry {
            day: jiff::civil::date(2027, 1, 10),
            moment: None,
            name: "calendar-freeze".into(),
            what: "No more changes".into(),
            why: "High risk; changes, too".into(),
        }
    }

    #[test]
    fn a_day_that_was_moved_moves_the_event_that_a_calendar_already_has() {
        let find = |text: &str, name: &str| {
            let mut lines = text.split("\r\n");
            lines
                .find_map(|line| line.strip_prefix(name))
                .unwrap()
                .to_owned()
        };
        let before = written(&entry(), "Salt Roads");
        let moved = Entry {
            day: jiff::civil::date(2027, 2, 14),
            ..entry()
        };
        let after = written_at(&moved, "Salt Roads", "2026-12-01T08:01:00Z");
        assert_eq!(find(&before, "UID:"), find(&after, "UID:"));
        let sequence = |text: &str| find(text, "SEQUENCE:").parse::<i32>().unwrap();
        assert_eq!(sequence(&before) + 1, sequence(&after));
        assert_eq!(find(&after, "LAST-MODIFIED:"), "20261201T080100Z");
        assert_eq!(find(&after, "DTSTART;VALUE=DATE:"), "20270214");
    }

    #[test]
    fn a_day_is_a_whole_day_and_words_are_escaped() {
        let text = written(&entry(), "Salt, Roads");
        assert!(text.contains("UID:9781944098117-calendar-freeze@pubwatch\r\n"));
        assert!(text.contains("DTSTART;VALUE=DATE:20270110\r\nDTEND;VALUE=DATE:20270111\r\n"));
        assert!(text.contains("SUMMARY:Salt\\, Roads: No more changes (paperback)\r\n"));
        assert!(text.contains("DESCRIPTION:High risk\\; changes\\, too\r\n"));
        assert!(text.lines().count() > 8 && !text.replace("\r\n", "").contains('\n'));
    }

    #[test]
    fn a_moment_is_in_utc() {
        let moment = Entry {
            moment: Some("2027-02-09T00:00:00Z".parse().unwrap()),
            ..entry()
        };
        let text = written(&moment, "Salt Roads");
        assert!(text.contains("DTSTART:20270209T000000Z\r\n"));
    }

    #[test]
    fn long_lines_are_folded_between_characters() {
        let text = written(&entry(), &"Straße der Wörter ".repeat(12));
        for line in text.split("\r\n") {
            assert!(line.len() <= LONGEST, "{line}");
        }
        let unfolded = text.replace("\r\n ", "");
        assert!(unfolded.contains(&"Straße der Wörter ".repeat(12).trim_end().to_owned()));
    }
}
