//! For tests: a launch as a script, turned into the view that a rule looks at.

use std::sync::LazyLock;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::text::{Voice, outlook, said};
use super::windows::Windows;
use super::{Finding, ListingOutlook, Settings, judge};
use crate::book::{
    ConfiguredDates, Distribution, Edition, Format, Launch, Note, NoteKind, StoreId,
};
use crate::history::spells::{Step, on_sale_since, step};
use crate::history::{Blind, ListingView, Shown, Sibling, SiblingPage, View};
use crate::page::{OtherFormat, Says, Unread, UnreadReason};

/// The shipped windows, read once for all tests.
static WINDOWS: LazyLock<Windows> = LazyLock::new(|| Windows::new(&[]).unwrap());

/// Changes count when seen again this much later.
pub(crate) const CONFIRM: SignedDuration = SignedDuration::from_hours(6);

/// A launch in words.
#[derive(Debug, Clone)]
pub(crate) struct Script {
    pub(crate) edition: Edition,
    pages: String,
    notes: String,
    zone: TimeZone,
    siblings: Vec<Script>,
}

/// `2027-02-09T09:00`, in UTC.
#[track_caller]
pub(crate) fn time(text: &str) -> Timestamp {
    format!("{text}:00Z").parse().unwrap()
}

impl Script {
    /// An edition with that date for both dates, by IngramSpark, with the switch to KDP.
    pub(crate) fn new(date: &str) -> Self {
        let date = date.parse().unwrap();
        Self {
            edition: Edition {
                id: "9780132350884".parse().unwrap(),
                asin: None,
                title: "Salt Roads".into(),
                author: Some("Jane Roe".into()),
                format: Format::Paperback,
                dates: ConfiguredDates::new(date, None, None),
                distribution: Distribution::IngramSpark,
                printing: None,
                amazon_switch: true,
                first_title: false,
                list_price: None,
                imprint: None,
            },
            pages: String::new(),
            notes: String::new(),
            zone: TimeZone::UTC,
            siblings: Vec::new(),
        }
    }

    /// Another format of the same book, with its own pages and notes.
    pub(crate) fn sibling(mut self, other: Script) -> Self {
        self.siblings.push(other);
        self
    }

    pub(crate) fn enabled(mut self, date: &str) -> Self {
        let (publication, on_sale, _) = self.edition.dates.as_written();
        let enabled = date.parse().unwrap();
        self.edition.dates = ConfiguredDates::new(publication, Some(on_sale), Some(enabled));
        self
    }

    /// Configured for these two dates.
    pub(crate) fn dated(mut self, publication: &str, on_sale: &str) -> Self {
        let (_, _, enabled) = self.edition.dates.as_written();
        let [publication, on_sale] = [publication, on_sale].map(|date| date.parse().unwrap());
        self.edition.dates = ConfiguredDates::new(publication, Some(on_sale), enabled);
        self
    }

    pub(crate) fn with(mut self, change: impl FnOnce(&mut Edition)) -> Self {
        change(&mut self.edition);
        self
    }

    pub(crate) fn zone(mut self, zone: &str) -> Self {
        self.zone = TimeZone::get(zone).unwrap();
        self
    }

    /// One look a line: `2027-02-09T09:00 amazon.com pre_order date=2027-02-09`. Keys: `date`,
    /// `price` (cents), `cover`, `title`, `formats` (`Name:state` with commas; `*` marks the
    /// selected one), `words` with `_` for spaces. A state may be followed by `..hours*times`:
    /// so many more looks, so many hours apart.
    pub(crate) fn pages(mut self, pages: &str) -> Self {
        self.pages.push_str(pages);
        self.pages.push('\n');
        self
    }

    /// One note a line: `2027-02-09T00:30 kdp_published`, `… date_changed=2027-03-09`,
    /// `… expected amazon.com`, `… revision_done "new cover"`.
    pub(crate) fn notes(mut self, notes: &str) -> Self {
        self.notes.push_str(notes);
        self.notes.push('\n');
        self
    }

    #[track_caller]
    pub(crate) fn view(&self) -> View {
        let notes: Vec<Note> = self.notes.lines().filter_map(note).collect();
        let mut view = View {
            launch: Launch::new(&self.edition, &notes, &self.zone),
            edition: self.edition.clone(),
            listings: Vec::new(),
            notes,
            siblings: self.siblings.iter().map(Script::as_sibling).collect(),
        };
        let mut looks: Vec<(Timestamp, &str, &str)> = Vec::new();
        for line in self
            .pages
            .lines()
            .map(str::trim)
            .filter(|line| !line.is_empty())
        {
            let (at, rest) = line.split_once(' ').unwrap();
            let (store, rest) = rest.split_once(' ').unwrap();
            let (what, times) = rest.split_once("..").unwrap_or((rest, "0*0"));
            let (hours, times) = times.split_once('*').unwrap();
            let (hours, times): (i64, i64) = (hours.parse().unwrap(), times.parse().unwrap());
            for number in 0..=times {
                let at = time(at) + SignedDuration::from_hours(hours * number);
                looks.push((at, store, what));
            }
        }
        for (at, store, what) in looks {
            let store = StoreId::new(store);
            let known = view
                .listings
                .iter()
                .position(|listing| listing.store == store);
            let index = known.unwrap_or_else(|| {
                view.listings.push(empty(&store));
                view.listings.len() - 1
            });
            look(&mut view.listings[index], at, what);
        }
        view
    }

    #[track_caller]
    fn as_sibling(&self) -> Sibling {
        let view = self.view();
        Sibling {
            launch: view.launch,
            edition: view.edition,
            notes: view.notes,
            seen_until: view.listings.iter().filter_map(|one| one.last_good).min(),
            pages: view
                .listings
                .into_iter()
                .filter_map(|listing| {
                    Some(SiblingPage {
                        on_sale_since: on_sale_since(&listing.spells),
                        now: listing.spells.last()?.clone(),
                        store: listing.store,
                        address: listing.address,
                    })
                })
                .collect(),
        }
    }

    /// What there is to think, at the time of the newest look or note.
    #[track_caller]
    pub(crate) fn judge(&self) -> Vec<Finding> {
        let view = self.view();
        let looks = view.listings.iter().filter_map(|listing| listing.last_try);
        let notes = view.notes.iter().map(|note| note.at);
        let now = looks.chain(notes).max().unwrap();
        self.judge_at(&view, now)
    }

    pub(crate) fn judge_at(&self, view: &View, now: Timestamp) -> Vec<Finding> {
        let settings = Settings {
            windows: WINDOWS.clone(),
            confirm_after: CONFIRM,
            zone: self.zone.clone(),
        };
        judge(view, &settings, now).findings
    }

    /// Whether each page is normal.
    pub(crate) fn outlooks_at(&self, view: &View, now: Timestamp) -> Vec<ListingOutlook> {
        let settings = Settings {
            windows: WINDOWS.clone(),
            confirm_after: CONFIRM,
            zone: self.zone.clone(),
        };
        judge(view, &settings, now).outlooks
    }

    /// The next step of the gravest finding, in words.
    #[track_caller]
    pub(crate) fn step(&self) -> String {
        let view = self.view();
        let findings = self.judge();
        let voice = Voice {
            zone: &self.zone,
            now: Timestamp::MAX,
            stores: &[],
            edition: Some((&view.edition, &view.launch)),
            brief: false,
        };
        said(&findings[0], &voice).step
    }

    /// Headline, verdict and step of the first finding of that name, a line each.
    #[track_caller]
    pub(crate) fn said_of(&self, name: &str) -> String {
        let view = self.view();
        let looks = view.listings.iter().filter_map(|listing| listing.last_try);
        let notes = view.notes.iter().map(|note| note.at);
        let (seen, known) = (
            looks.clone().max().unwrap(),
            looks.chain(notes).max().unwrap(),
        );
        self.said(&view, (known, seen), name)
    }

    /// The same of a view, at that time.
    #[track_caller]
    pub(crate) fn said_at(&self, view: &View, now: &str, name: &str) -> String {
        self.said(view, (time(now), time(now)), name)
    }

    /// What is judged at the first time and spoken of at the second.
    #[track_caller]
    fn said(&self, view: &View, (judged, now): (Timestamp, Timestamp), name: &str) -> String {
        let findings = self.judge_at(view, judged);
        let finding = findings.iter().find(|one| one.kind.name() == name).unwrap();
        let voice = Voice {
            zone: &self.zone,
            now,
            stores: &[],
            edition: Some((&view.edition, &view.launch)),
            brief: false,
        };
        let said = said(finding, &voice);
        format!("{}\n{}\n{}", said.headline, said.verdict, said.step)
    }

    /// Is each page normal, and until when? As the terminal says it, one a line.
    #[track_caller]
    pub(crate) fn normal_at(&self, now: &str) -> String {
        let view = self.view();
        let now = time(now);
        let settings = Settings {
            windows: WINDOWS.clone(),
            confirm_after: CONFIRM,
            zone: self.zone.clone(),
        };
        let voice = Voice {
            zone: &self.zone,
            now,
            stores: &[],
            edition: Some((&view.edition, &view.launch)),
            brief: false,
        };
        let judged = judge(&view, &settings, now);
        let lines = judged.outlooks.iter();
        let lines = lines.map(|one| format!("{}: {}", one.store, outlook(one, &voice)));
        lines.collect::<Vec<_>>().join("\n")
    }

    /// The findings but for those that go by the clock, the calendar's and the launch reports, as `act stores-disagree amazon.com`, one a line.
    #[track_caller]
    pub(crate) fn check(&self, expected: &[&str]) {
        let found: Vec<String> = self
            .judge()
            .iter()
            .filter(|finding| !finding.kind.goes_by_the_clock())
            .map(short)
            .collect();
        assert_eq!(found, expected);
    }
}

/// A finding in short.
pub(crate) fn short(finding: &Finding) -> String {
    let stores: Vec<&str> = finding.stores.iter().map(StoreId::as_str).collect();
    format!(
        "{} {} {}",
        finding.severity.name(),
        finding.kind.name(),
        stores.join("+")
    )
    .trim()
    .to_owned()
}

fn empty(store: &StoreId) -> ListingView {
    ListingView {
        store: store.clone(),
        address: format!("https://{store}/book/9780132350884"),
        is_by_hand: false,
        watched_since: None,
        last_try: None,
        last_good: None,
        good_until: None,
        gaps: Vec::new(),
        spells: Vec::new(),
        shown: Vec::new(),
        blind: None,
    }
}

#[track_caller]
fn look(listing: &mut ListingView, at: Timestamp, what: &str) {
    listing.watched_since.get_or_insert(at);
    listing.last_try = Some(at);
    let mut parts = what.split_whitespace();
    let state = parts.next().unwrap();
    if let Some(reason) = UnreadReason::from_name(state) {
        let unread = Unread {
            reason,
            rule: "test".into(),
            words: state.into(),
        };
        let blind = listing.blind.get_or_insert(Blind {
            since: at,
            attempts: 0,
            unread: unread.clone(),
            alike_since: at,
            alike: 0,
        });
        blind.attempts += 1;
        if blind.unread.reason != unread.reason {
            (blind.alike_since, blind.alike) = (at, 0);
        }
        blind.alike += 1;
        blind.unread = unread;
        return;
    }
    let mut says = Says::new(state.parse().unwrap(), "test", state, "test");
    for part in parts {
        particular(&mut says, part);
    }
    listing.blind = None;
    listing.last_good = Some(at);
    match step(listing.spells.last(), at, &says, CONFIRM) {
        Step::Longer(spell) => *listing.spells.last_mut().unwrap() = spell,
        Step::New(spell) => {
            if let Some(ended) = listing.spells.last_mut() {
                ended.until = Some(at);
            }
            listing.spells.push(spell);
        }
    }
    match listing.shown.last_mut().filter(|run| run.says == says) {
        Some(run) => {
            run.last_seen = at;
            run.readings += 1;
        }
        None => listing.shown.push(Shown {
            since: at,
            last_seen: at,
            readings: 1,
            says,
        }),
    }
}

#[track_caller]
fn particular(says: &mut Says, part: &str) {
    let (key, value) = part.split_once('=').unwrap();
    match key {
        "date" => says.date = Some(value.parse().unwrap()),
        "price" => says.price = Some(crate::book::Money::new(value.parse().unwrap(), "USD")),
        "cover" => says.cover = Some(value.into()),
        "title" => says.title = Some(value.replace('_', " ")),
        "words" => says.words = value.replace('_', " "),
        "formats" => {
            says.formats = value
                .split(',')
                .map(|format| {
                    let (name, state) = format.split_once(':').unwrap();
                    OtherFormat {
                        name: name.trim_start_matches('*').into(),
                        words: state.into(),
                        availability: state.parse().ok(),
                        selected: name.starts_with('*'),
                    }
                })
                .collect();
        }
        _ => panic!("no such key: {key}"),
    }
}

#[track_caller]
fn note(line: &str) -> Option<Note> {
    let line = line.trim();
    if line.is_empty() {
        return None;
    }
    let (line, text) = match line.split_once('"') {
        Some((line, text)) => (line.trim(), Some(text.trim_end_matches('"').to_owned())),
        None => (line, None),
    };
    let (at, rest) = line.split_once(' ').unwrap();
    let (what, store) = match rest.split_once(' ') {
        Some((what, store)) => (what, Some(StoreId::new(store))),
        None => (rest, None),
    };
    let kind = match what.split_once('=') {
        Some(("date_changed", to)) => NoteKind::moved(to.parse().unwrap()),
        Some(("kdp_published", on)) => NoteKind::KdpPublished {
            on: Some(on.parse().unwrap()),
        },
        Some(_) => panic!("no such note: {what}"),
        None => serde_json::from_value(serde_json::json!({ "what": what })).unwrap(),
    };
    Some(Note {
        kind,
        at: time(at),
        store,
        ticket: None,
        text,
    })
}
