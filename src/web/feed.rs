//! The feed of changes (Atom, RFC 4287).

use jiff::Timestamp;

use super::markup::text;
use crate::book::{Availability, Edition, EditionId, StoreId};
use crate::config::plan::{EditionPlan, StorePlan, label};
use crate::text::words;

/// A change, for the feed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// The edition.
    pub edition: EditionId,
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
pub fn atom(
    editions: &[EditionPlan],
    stores: &[StorePlan],
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
                .find(|plan| plan.edition.id == event.edition)?;
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
        "<entry><title>{title}</title><id>urn:pubwatch:{edition}:{store}:{since}</id>\
         <updated>{since}</updated><link href=\"{address}/editions/{edition}\"/>\
         <summary>{said}</summary></entry>",
        title = text(&title),
        edition = event.edition.as_str(),
        store = text(event.store.as_str()),
        since = event.since,
        address = text(address),
        said = text(&format!(
            "The page says “{}”.",
            words::clipped(&event.words, 300)
        )),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::tz::TimeZone;

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
    fn the_feed_tells_a_change_and_escapes_what_it_tells() {
        let events = [Event {
            edition: "9781944098117".parse().unwrap(),
            store: StoreId::new("amazon.com"),
            availability: Availability::PreOrder,
            since: at("2027-01-10T00:00:00Z"),
            words: "</summary><script>".to_owned(),
        }];
        let feed = atom(
            &plans(),
            &[],
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
