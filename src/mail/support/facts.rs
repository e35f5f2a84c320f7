//! What the ready texts are told of a case, by the names that `say/en/ready` gives.

use fluent_bundle::FluentArgs;
use jiff::Timestamp;

use super::{Case, MARKS};
use crate::book::{Availability, Family, Making, NoteKind};
use crate::judge::{FindingKind, Party};
use crate::say::{Value, say, yes};
use crate::text::words;

/// Named values, growing.
pub(in crate::mail) struct Told(pub(in crate::mail) FluentArgs<'static>);

impl Told {
    /// A value; whatever it is, it does not wait for the author.
    pub(in crate::mail) fn with(
        mut self,
        name: &'static str,
        value: impl Into<Value<'static>>,
    ) -> Self {
        let mut value = value.into();
        if let Value::String(text) = &mut value
            && text.contains(MARKS)
        {
            *text = text.replace(MARKS, "").into();
        }
        self.0.set(name, value);
        self
    }

    pub(in crate::mail) fn so(self, name: &'static str, is_so: bool) -> Self {
        self.with(name, yes(is_so))
    }

    /// A value that may be unknown, and whether it is known.
    fn known(self, has: &'static str, name: &'static str, value: Option<String>) -> Self {
        self.so(has, value.is_some()).with(name, value)
    }
}

pub(super) fn told(case: &Case<'_>) -> Told {
    of_the_notes(of_the_pages(of_the_edition(case), case), case)
}

/// What the edition is, and what its pages show.
pub(in crate::mail) fn of_the_edition(case: &Case<'_>) -> Told {
    let (edition, launch) = (&case.view.edition, &case.view.launch);
    let format = edition.format.word();
    let making = match launch.making {
        Making::OnDemand => "on-demand",
        Making::Offset => "offset",
        Making::Digital => "digital",
        Making::Unknown => "unknown",
    };
    let clipped = |name: &Option<String>| name.as_ref().map(|name| words::clipped(name, 100));
    let price = edition.list_price.as_ref().map(ToString::to_string);
    let isbn10 = edition.id.to_isbn10().map(|isbn10| isbn10.to_string());
    let asin = edition.asin().map(ToString::to_string);
    let enabled = launch.enabled;
    let is_fed = edition.distribution.is_ingram_fed();
    Told(FluentArgs::new())
        .with("number", edition.id.as_str().to_owned())
        .with("format", format)
        .with("format_first", words::capital(format))
        .with("title", words::clipped(&edition.title, 200))
        .with("making", making)
        .with("distributor", edition.distribution.label())
        .known("has_author", "author", clipped(&edition.author))
        .known("has_imprint", "imprint", clipped(&edition.imprint))
        .known("has_price", "price", price)
        .known("has_isbn10", "isbn10", isbn10)
        .known("has_asin", "asin", asin)
        .known("has_enabled", "enabled", enabled.map(words::short_date))
        .so("own_isbn", edition.id.isbn().is_some())
        .so("is_distributed", is_fed && enabled.is_some())
        .so(
            "is_printed_to_order",
            is_fed && launch.making == Making::OnDemand,
        )
        .with("publication", words::short_date(launch.publication))
        .with("on_sale", words::short_date(launch.on_sale))
        .so("is_one_date", launch.publication == launch.on_sale)
        .so("is_ahead", case.date_of(case.now) < launch.publication)
        .known("has_published", "published", case.published())
        .with("shown", case.shown())
}

/// What is found of which pages.
fn of_the_pages(told: Told, case: &Case<'_>) -> Told {
    let last_seen = case.last_seen();
    let asked = match case.finding.ask() {
        Some(Party::Kdp) => "kdp",
        _ => "other",
    };
    let others = case.others();
    let (editions, addresses) = case.formats();
    let pages = case.concerned().map(|listing| case.with_address(listing));
    let place = case.concerned().map(|listing| case.label(listing));
    let told = told
        .with("place", words::list(place))
        .with("pages", words::list(pages))
        .with("pages_many", case.concerned().count())
        .with("since", case.day(case.finding.since))
        .with("asked", asked)
        .so("is_seen", last_seen.is_none())
        .with("last_seen", last_seen.map(|at| case.day(at)))
        .so("has_others", !others.is_empty())
        .with("others", others)
        .with("dates", case.dates())
        .with("not_listed", case.not_listed())
        .with("listed_until", case.listed_until())
        .so("knows_others", 1 < editions.len())
        .with("editions", words::list(editions))
        .with("addresses", in_a_row(addresses));
    of_the_states(told, case, last_seen.is_none())
}

/// In which states the pages are and were.
fn of_the_states(told: Told, case: &Case<'_>, is_seen: bool) -> Told {
    let spells = case
        .concerned()
        .filter_map(|listing| listing.confirmed().or_else(|| listing.now()));
    let mut states: Vec<Availability> = spells.map(|spell| spell.availability).collect();
    states.dedup();
    let is_out = case.view.launch.publication <= case.date_of(case.now);
    let state = match states.as_slice() {
        [Availability::PreOrder] if is_out && is_seen => "still_pre_order",
        [state] => state.name(),
        _ => "several",
    };
    let word = states.first().map_or("", |state| state.word());
    let at_amazon = case
        .concerned()
        .filter(|listing| listing.store.family() == Family::Amazon);
    let marketplaces: Vec<&str> = at_amazon.clone().map(|one| one.store.as_str()).collect();
    let marketplaces = (!marketplaces.is_empty()).then(|| words::list(&marketplaces));
    let was = |passes: fn(Availability) -> bool| {
        let mut spells = at_amazon.clone().flat_map(|listing| &listing.spells);
        spells.any(|spell| spell.is_confirmed() && passes(spell.availability))
    };
    let kind = &case.finding.kind;
    let is_new = matches!(
        kind,
        FindingKind::KdpNotLive(_) | FindingKind::KdpPastOuterLimit(_)
    );
    let was_live = !is_new && was(Availability::is_released);
    let trouble = if matches!(kind, FindingKind::KindlePageGone { .. }) {
        "gone"
    } else if was_live {
        "was_live"
    } else {
        "new"
    };
    let edition = &case.view.edition;
    let proves_isbn = edition.id.isbn().is_some() && case.view.launch.making != Making::Digital;
    let was_pre_order = was(|state| state == Availability::PreOrder);
    told.with("state", state)
        .with("state_word", word.to_lowercase())
        .known("has_marketplaces", "marketplaces", marketplaces)
        .so("was_listed", matches!(kind, FindingKind::Vanished { .. }))
        .so("was_live", was_live)
        .with("trouble", trouble)
        .so("proves_isbn", proves_isbn)
        .so(
            "changes_printer",
            proves_isbn && was_pre_order && edition.distribution.is_ingram_fed(),
        )
}

/// What the author did, and how long ago.
fn of_the_notes(told: Told, case: &Case<'_>) -> Told {
    let launch = &case.view.launch;
    let revised =
        |kind: &NoteKind| matches!(kind, NoteKind::RevisionStarted | NoteKind::RevisionDone);
    let changed = case.noted(|kind| revised(kind) || matches!(kind, NoteKind::DateChanged { .. }));
    let revised = case.noted(revised);
    let weeks = revised.map_or(0, |at| case.now.duration_since(at).as_hours() / (24 * 7));
    let today = case.date_of(case.now);
    let days = launch.enabled.and_then(|date| date.until(today).ok());
    let moved_from = launch.moved.and_then(|moved| moved.from);
    told.known("has_changed", "changed", changed.map(|at| case.day(at)))
        .known("has_revised", "revised", revised.map(|at| case.day(at)))
        .with("weeks", weeks.max(0))
        .with("days", days.map_or(0, |span| span.get_days()))
        .known(
            "was_moved",
            "moved",
            launch.moved.map(|moved| case.day(moved.at)),
        )
        .known(
            "has_moved_from",
            "moved_from",
            moved_from.map(words::short_date),
        )
}

impl Case<'_> {
    /// The newest note of a kind.
    fn noted(&self, is: impl Fn(&NoteKind) -> bool) -> Option<Timestamp> {
        let mut notes = self.view.notes.iter().rev();
        notes.find(|note| is(&note.kind)).map(|note| note.at)
    }

    /// When the author clicked Publish, as KDP's clock has it.
    pub(in crate::mail) fn published(&self) -> Option<String> {
        self.noted(|kind| matches!(kind, NoteKind::KdpPublished { .. }))
            .map(|at| words::in_gmt(at, true))
    }
}

/// Addresses one after the other.
fn in_a_row(addresses: Vec<String>) -> String {
    let next = |front, next| say!("ready-addresses", front = front, next = next);
    addresses.into_iter().reduce(next).unwrap_or_default()
}
