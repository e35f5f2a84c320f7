//! The feed of changes (Atom, RFC 4287) and the calendar of launches (iCalendar, RFC 5545).

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::markup::text;
use super::survey::Survey;
use crate::book::{Availability, Edition, Isbn13, StoreId};
use crate::config::plan::{EditionPlan, StorePlan, label};
use crate::judge::rules::calendar::MILESTONES;
use crate::text::words;

/// A change, for the feed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// The edition.
    pub isbn: Isbn13,
    /// The store.
    pub store: StoreId,
    /// The new state.
    pub availability: Availability,
    /// The first reading of it.
    pub since: Timestamp,
    /// The exact words.
    pub words: String,
}

/// The feed; newest change first. `address` is where people find the site, without a slash at its
/// end.
#[must_use]
pub fn atom(
    (editions, stores): (&[EditionPlan], &[StorePlan]),
    events: &[Event],
    address: &str,
    now: Timestamp,
) -> String {
    let updated = events.first().map_or(now, |event| event.since);
    let entries: String = events
        .iter()
        .filter_map(|event| {
            let edition = editions
                .iter()
                .find(|plan| plan.edition.isbn == event.isbn)?;
            let label = label(&event.store, stores);
            Some(entry(&edition.edition, (event, label), address))
        })
        .collect();
    format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\">\
         <title>Pubwatch: changes</title><id>urn:pubwatch:changes</id><updated>{updated}</updated>\
         <author><name>Pubwatch</name></author><link rel=\"self\" href=\"{address}/feed.atom\"/>\
         {entries}</feed>\n",
        address = text(address)
    )
}

fn entry(edition: &Edition, (event, label): (&Event, &str), address: &str) -> String {
    let title = format!(
        "{} ({}): {} at {}",
        words::clipped(&edition.title, 80),
        edition.format.name(),
        event.availability.word(),
        label
    );
    format!(
        "<entry><title>{title}</title><id>urn:pubwatch:{isbn}:{store}:{since}</id>\
         <updated>{since}</updated><link href=\"{address}/editions/{isbn}\"/>\
         <summary>{said}</summary></entry>",
        title = text(&title),
        isbn = event.isbn.as_str(),
        store = text(event.store.as_str()),
        since = event.since,
        address = text(address),
        said = text(&format!(
            "The page says “{}”.",
            words::clipped(&event.words, 300)
        )),
    )
}

/// The days of every launch, and the publication dates themselves, as the author moved them.
#[must_use]
pub fn ics(editions: &[EditionPlan], survey: &Survey, zone: &TimeZone, now: Timestamp) -> String {
    let mut lines = vec![
        "BEGIN:VCALENDAR".to_owned(),
        "VERSION:2.0".to_owned(),
        "PRODID:-//Pubwatch//Launch calendar//EN".to_owned(),
    ];
    for plan in editions {
        let edition = &plan.edition;
        let dates = survey.launch(edition, zone);
        let title = format!(
            "{} ({})",
            words::clipped(&edition.title, 80),
            edition.format.name()
        );
        lines.extend(event(
            &format!("{}-publication", edition.isbn.as_str()),
            dates.publication,
            (&format!("{title} is published"), ""),
            now,
        ));
        for milestone in MILESTONES
            .iter()
            .filter(|one| one.concerns(edition, &dates))
        {
            lines.extend(event(
                &format!("{}-{}", edition.isbn.as_str(), milestone.id.name()),
                milestone.day(dates.publication),
                (&format!("{title}: {}", milestone.what), milestone.why),
                now,
            ));
        }
    }
    lines.push("END:VCALENDAR".to_owned());
    lines.iter().map(|line| folded(line)).collect()
}

fn event(id: &str, day: Date, (what, why): (&str, &str), now: Timestamp) -> Vec<String> {
    let mut lines = vec![
        "BEGIN:VEVENT".to_owned(),
        format!("UID:{id}@pubwatch"),
        format!("DTSTAMP:{}", now.strftime("%Y%m%dT%H%M%SZ")),
        format!("DTSTART;VALUE=DATE:{}", day.strftime("%Y%m%d")),
        format!("SUMMARY:{}", escaped(what)),
    ];
    if !why.is_empty() {
        lines.push(format!("DESCRIPTION:{}", escaped(why)));
    }
    lines.push("TRANSP:TRANSPARENT".to_owned());
    lines.push("END:VEVENT".to_owned());
    lines
}

/// Text of iCalendar: backslash, semicolon and comma are escaped; there are no line breaks in it.
fn escaped(text: &str) -> String {
    words::one_line(text)
        .replace('\\', "\\\\")
        .replace(';', "\\;")
        .replace(',', "\\,")
}

/// A content line of at most 75 bytes, continued on lines that begin with a space.
fn folded(line: &str) -> String {
    let mut text = String::with_capacity(line.len() + 8);
    let mut length = 0;
    for character in line.chars() {
        if length + character.len_utf8() > 74 {
            text.push_str("\r\n ");
            length = 1;
        }
        text.push(character);
        length += character.len_utf8();
    }
    text.push_str("\r\n");
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::testing::{at, edition};

    fn plans() -> Vec<EditionPlan> {
        let mut edition = edition("2027-02-09");
        edition.title = "Salt; Roads, <b>é".to_owned();
        vec![EditionPlan {
            edition,
            listings: Vec::new(),
            siblings: Vec::new(),
            notify: Vec::new(),
            zone: TimeZone::UTC,
        }]
    }

    #[test]
    fn the_calendar_has_the_day_itself_and_what_leads_to_it() {
        let text = ics(
            &plans(),
            &Survey::default(),
            &TimeZone::UTC,
            at("2027-01-01T00:00:00Z"),
        );
        assert!(
            text.contains("UID:9781944098117-publication@pubwatch\r\n"),
            "{text}"
        );
        assert!(text.contains("SUMMARY:Salt\\; Roads\\, <b>é (paperback) is published\r\n"));
        assert!(
            text.contains("UID:9781944098117-calendar-freeze@pubwatch"),
            "{text}"
        );
        assert!(text.split("\r\n").all(|line| line.len() <= 75), "{text}");
        assert!(text.ends_with("END:VCALENDAR\r\n"));
    }

    #[test]
    fn the_feed_tells_a_change_and_escapes_what_it_tells() {
        let events = [Event {
            isbn: "9781944098117".parse().unwrap(),
            store: StoreId::new("amazon.com"),
            availability: Availability::PreOrder,
            since: at("2027-01-10T00:00:00Z"),
            words: "</summary><script>".to_owned(),
        }];
        let feed = atom(
            (&plans(), &[]),
            &events,
            "http://127.0.0.1:7117",
            at("2027-01-11T00:00:00Z"),
        );
        assert!(
            feed.contains("<updated>2027-01-10T00:00:00Z</updated>"),
            "{feed}"
        );
        assert!(
            feed.contains("&lt;b&gt;é (paperback): Pre-order at Amazon"),
            "{feed}"
        );
        assert!(!feed.contains("<script"), "{feed}");
        assert!(feed.contains("href=\"http://127.0.0.1:7117/editions/9781944098117\""));
    }
}
