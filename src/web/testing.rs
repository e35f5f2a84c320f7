//! Values for the tests of pages and pictures.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::frame::Place;
use crate::book::{Availability, ConfiguredDates, Distribution, Edition, Format, Launch, StoreId};
use crate::history::{Blind, ListingView, Spell, View};
use crate::page::{Says, Unread, UnreadReason};

/// An instant.
pub(crate) fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// A site at its own root, in UTC, with nothing configured.
pub(crate) fn place(now: &str) -> Place<'static> {
    static UTC: TimeZone = TimeZone::UTC;
    Place {
        base: "",
        zone: &UTC,
        now: at(now),
        stores: &[],
        may_log_out: false,
        may_edit: false,
        last: None,
        day: None,
    }
}

/// An edition of "Salt Roads", published on that date.
pub(crate) fn edition(publication_date: &str) -> Edition {
    let date = publication_date.parse().unwrap();
    Edition {
        id: "9781944098117".parse().unwrap(),
        asin: None,
        title: "Salt Roads".to_owned(),
        author: Some("Jane Roe".to_owned()),
        format: Format::Paperback,
        dates: ConfiguredDates::new(date, None, None),
        distribution: Distribution::IngramSpark,
        printing: None,
        amazon_switch: true,
        first_title: false,
        list_price: None,
        imprint: None,
    }
}

/// A view from spells, one a line: store, state, first reading, "..", first reading of the next.
pub(crate) fn view(publication_date: &str, spells: &str) -> View {
    let mut listings: Vec<ListingView> = Vec::new();
    for line in spells.lines() {
        let parts: Vec<&str> = line.split_whitespace().collect();
        let store = StoreId::new(parts[0]);
        let availability: Availability = parts[1].parse().unwrap();
        let since = at(parts[2]);
        if !listings.iter().any(|listing| listing.store == store) {
            listings.push(listing(&store, since));
        }
        let listing = listings.iter_mut().find(|one| one.store == store).unwrap();
        listing.spells.push(Spell {
            availability,
            since,
            last_seen: since,
            until: parts.get(4).map(|until| at(until)),
            readings: 2,
            confirmed_at: Some(since),
            says: Says::new(availability, "test", availability.word(), "#availability"),
        });
    }
    let edition = edition(publication_date);
    View {
        launch: Launch::new(&edition, &[], &TimeZone::UTC),
        edition,
        listings,
        notes: Vec::new(),
        siblings: Vec::new(),
    }
}

fn listing(store: &StoreId, since: Timestamp) -> ListingView {
    ListingView {
        store: store.clone(),
        address: format!("https://{store}/9781944098117"),
        is_by_hand: false,
        watched_since: Some(since),
        last_try: Some(since),
        last_good: Some(since),
        good_until: None,
        gaps: Vec::new(),
        spells: Vec::new(),
        shown: Vec::new(),
        blind: None,
    }
}

/// The store turns us away since then.
pub(crate) fn go_blind(listing: &mut ListingView, since: &str) {
    listing.blind = Some(Blind {
        since: at(since),
        attempts: 3,
        alike_since: at(since),
        alike: 3,
        unread: Unread {
            reason: UnreadReason::Blocked,
            rule: "refusal/captcha".to_owned(),
            words: "Enter the characters you see".to_owned(),
        },
    });
}
