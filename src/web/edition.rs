//! One edition: the answer first, then the evidence, then what one may do.

use askama::Template;
use jiff::Timestamp;

use super::changes::{self, Change, Sources};
use super::evidence;
use super::face::{UNSEEN_CLASS, face};
use super::frame::{Frame, Place, Pulse, shape};
use super::grounds::grounds;
use super::hand_looks::{HandLook, hand_looks};
use super::legend::legend;
use super::over::{Over, over};
use super::overview::address;
use super::paused;
use super::prices;
use super::timeline::{self, Layout, Mark, Picture, Range};
use super::told::{Told, told};
use super::verdict::{self, Verdict, verdict};
use crate::alerts::Alert;
use crate::book::{Availability, NoteKind};
use crate::history::sqlite::Kept;
use crate::history::{ListingView, Sight, View};
use crate::judge::rules::calendar::MILESTONES;
use crate::judge::windows::Windows;
use crate::judge::{Judgement, Severity};
use crate::text::words;

/// What the page is made from.
#[derive(Debug, Clone, Copy)]
pub struct Material<'a> {
    /// The edition with its spells and notes.
    pub view: &'a View,
    /// How the first reading of each spell was had.
    pub sources: &'a Sources,
    /// What there is to think of it.
    pub judgement: &'a Judgement,
    /// How long things usually take.
    pub windows: &'a Windows,
    /// Its letters, oldest first.
    pub letters: &'a [LetterLine],
    /// Its notes that stand, with their numbers.
    pub notes: &'a [Kept],
    /// Its alerts that are over, with when, the newest first.
    pub over: &'a [(Alert, Timestamp)],
    /// What the author told last of each page, where he told of it.
    pub hand_looks: &'a [HandLook],
    /// The range of the timeline.
    pub range: Option<Range>,
    /// What each page asked over time, where that is wanted.
    pub prices: Option<&'a [timeline::Prices]>,
    /// Who is watching.
    pub pulse: &'a Pulse,
    /// What the last action did, or why it did nothing.
    pub said: Option<&'a str>,
    /// Somebody goes round when it is asked for.
    pub may_check: bool,
    /// It is to stand alone, as a report for a client.
    pub is_report: bool,
    /// The overview that a report below a link for a client belongs to.
    pub back: Option<&'a str>,
}

/// A letter in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LetterLine {
    /// Its number.
    pub id: i64,
    /// When it was written.
    pub written: Timestamp,
    /// Its subject.
    pub subject: String,
    /// How urgent it was; `None`: it was no alert.
    pub severity: Option<Severity>,
    /// What has become of it, as "delivered".
    pub state: &'static str,
}

#[derive(Template)]
#[template(path = "web/templates/edition.html")]
struct Page {
    frame: Frame,
    title: String,
    meta: String,
    address: String,
    id: String,
    said: Option<String>,
    /// Until when letters about it are paused, if they are.
    paused: Option<String>,
    findings: Vec<Told>,
    /// How it stands, where nothing is to be watched or acted on.
    verdict: Option<Verdict>,
    good_news: Vec<(String, String)>,
    is_watched: bool,
    /// "Next try 18:04", where a service keeps watch.
    next_try: Option<String>,
    columns: Columns,
    listings: Vec<Listing>,
    ranges: Vec<(&'static str, &'static str, bool)>,
    range: &'static str,
    /// The least and the most of each currency, where prices are wanted.
    prices: Option<Vec<String>>,
    wide: String,
    narrow: String,
    legend: Vec<(String, &'static str)>,
    changes: Vec<Change>,
    notes: Vec<Said>,
    over: Vec<Over>,
    may_check: bool,
    tomorrow: String,
    next_week: String,
    calendar: Vec<Milestone>,
    letters: Vec<(i64, String, String, &'static str)>,
    is_report: bool,
    made: String,
    stores: Vec<(String, String)>,
    kinds: Vec<(&'static str, String)>,
    states: Vec<(&'static str, &'static str)>,
    /// Store, its label, and what the author told last of its page.
    hand_looks: Vec<(String, String, String)>,
}

/// What at least one of the pages says now; a column in which nothing stands is left out.
struct Columns {
    dates: bool,
    prices: bool,
    sellers: bool,
}

impl Columns {
    fn of(listings: &[Listing]) -> Self {
        Self {
            dates: listings.iter().any(|one| !one.date.is_empty()),
            prices: listings.iter().any(|one| !one.price.is_empty()),
            sellers: listings.iter().any(|one| !one.seller.is_empty()),
        }
    }
}

/// What the author said.
struct Said {
    number: i64,
    when: String,
    what: String,
    /// What taking it back is called.
    take_back: &'static str,
}

struct Listing {
    /// Whether it is normal, and until when.
    normal: String,
    /// How loudly that is said.
    class: &'static str,
    store: String,
    link: Option<String>,
    shape: String,
    word: &'static str,
    since: String,
    says: String,
    /// Where the evidence of the newest look is, below the page of the edition.
    evidence: Option<String>,
    date: String,
    price: String,
    seller: String,
    last_look: String,
    trouble: String,
}

struct Milestone {
    day: String,
    what: &'static str,
    why: &'static str,
    is_past: bool,
}

/// The notes that a form offers.
const NOTES: [NoteKind; 9] = [
    NoteKind::DistributionEnabled,
    NoteKind::AskedIngramSpark,
    NoteKind::AskedStore,
    NoteKind::AskedKdp,
    NoteKind::RevisionStarted,
    NoteKind::RevisionDone,
    NoteKind::KdpPublished { on: None },
    NoteKind::KdpRightsQuery,
    NoteKind::Expected,
];

/// The name of the note that the publication date was moved, which needs the new date.
pub const DATE_CHANGED: &str = "date_changed";

/// The page.
#[expect(clippy::too_many_lines, reason = "one page, field by field")]
pub fn page(place: &Place<'_>, material: &Material<'_>) -> askama::Result<String> {
    let edition = &material.view.edition;
    let range = material
        .range
        .unwrap_or_else(|| Range::fitting(material.view, place.now));
    let title = words::clipped(&edition.title, 200);
    let mut frame = Frame::new(place, "editions", &title, material.pulse);
    frame.back = material.back.map(str::to_owned);
    frame.report = material.is_report.then(super::frame::style_sheet);
    let shown = material.view.listings.iter();
    let listings: Vec<Listing> = shown.map(|one| listing(place, material, one)).collect();
    let wide = drawing(place, material, range, Layout::Wide);
    Page {
        meta: meta(place, material.view),
        address: address(place, edition),
        id: edition.id.as_str().to_owned(),
        said: material.said.map(words::one_line),
        paused: paused::of_one(place, &material.view.notes).filter(|_| !material.is_report),
        findings: material
            .judgement
            .findings
            .iter()
            .filter(|one| one.severity.is_trouble())
            .map(|one| told(place, material, one))
            .collect(),
        good_news: verdict::events(place, (edition, &material.view.launch), material.judgement),
        verdict: is_calm(material).then(|| verdict(place, material.view, material.judgement)),
        next_try: material
            .pulse
            .next_look
            .filter(|next| place.now < *next)
            .map(|next| format!("We look again at {}.", place.moment(next))),
        is_watched: material
            .view
            .listings
            .iter()
            .any(|one| one.watched_since.is_some()),
        columns: Columns::of(&listings),
        listings,
        ranges: Range::ALL
            .into_iter()
            .map(|one| (one.name(), one.label(), one == range))
            .collect(),
        range: range.name(),
        prices: material
            .prices
            .map(|prices| prices::extremes(place, material.view, prices)),
        legend: legend(material.view, &wide),
        wide,
        narrow: drawing(place, material, range, Layout::Narrow),
        changes: changes::of(place, material.view, material.sources),
        notes: notes(place, material.notes),
        over: over(place, material.view, material.over),
        hand_looks: hand_looks(place, material.hand_looks),
        may_check: material.may_check,
        tomorrow: place.in_days(1),
        next_week: place.in_days(7),
        calendar: calendar(place, material.view),
        letters: letters(place, material.letters),
        is_report: material.is_report,
        made: words::moment(place.now, place.zone),
        stores: stores(place, material.view),
        kinds: NOTES
            .iter()
            .map(|kind| (kind.name(), said_kind(kind)))
            .chain([(DATE_CHANGED, "The publication date was moved".to_owned())])
            .collect(),
        states: Availability::ALL
            .map(|state| (state.name(), state.word()))
            .to_vec(),
        title,
        frame,
    }
    .render()
}

/// Nothing is to be watched or acted on; a day of the calendar says nothing of the pages.
fn is_calm(material: &Material<'_>) -> bool {
    let findings = &material.judgement.findings;
    let mut severities = findings.iter().map(|finding| finding.severity);
    !severities.any(|one| matches!(one, Severity::Act | Severity::Watch))
}

fn notes(place: &Place<'_>, notes: &[Kept]) -> Vec<Said> {
    notes
        .iter()
        .map(|kept| Said {
            number: kept.number,
            when: place.moment(kept.note.at),
            what: words::clipped(&timeline::words_of(&kept.note, place.stores), 400),
            take_back: if matches!(kept.note.kind, NoteKind::Muted { .. }) {
                "Unmute"
            } else {
                "Take back"
            },
        })
        .collect()
}

fn letters(place: &Place<'_>, letters: &[LetterLine]) -> Vec<(i64, String, String, &'static str)> {
    let newest_first = letters.iter().rev();
    newest_first
        .map(|letter| {
            let subject = words::one_line(&letter.subject);
            (
                letter.id,
                place.moment(letter.written),
                subject,
                letter.state,
            )
        })
        .collect()
}

fn stores(place: &Place<'_>, view: &View) -> Vec<(String, String)> {
    view.listings
        .iter()
        .map(|listing| (listing.store.to_string(), place.label(&listing.store)))
        .collect()
}

/// What a note says, in a form.
fn said_kind(kind: &NoteKind) -> String {
    match kind {
        NoteKind::DistributionEnabled => "I enabled distribution",
        NoteKind::KdpPublished { .. } => "I clicked “Publish your paperback” at KDP",
        NoteKind::KdpRightsQuery => "KDP asks for proof of my rights",
        NoteKind::RevisionStarted => "New files are being processed",
        NoteKind::RevisionDone => "The new files are through",
        NoteKind::AskedIngramSpark => "I asked IngramSpark",
        NoteKind::AskedKdp => "I asked KDP",
        NoteKind::AskedStore => "I asked the store or my distributor",
        NoteKind::Expected => "What the page shows is as it should be",
        NoteKind::DateChanged { .. } => "The publication date was moved",
        NoteKind::Muted { .. } => "No letters for a while",
        NoteKind::Paused { .. } => "Letters are paused",
        NoteKind::Resumed => "The pause is over",
    }
    .to_owned()
}

fn meta(place: &Place<'_>, view: &View) -> String {
    let edition = &view.edition;
    let today = place.now.to_zoned(place.zone.clone()).date();
    let date = view.launch.publication;
    let verb = if today < date {
        "publishes"
    } else {
        "published"
    };
    let author = edition
        .author
        .as_deref()
        .map(|name| words::clipped(name, 80));
    let imprint = edition
        .imprint
        .as_deref()
        .map(|name| words::clipped(name, 80));
    [
        author,
        Some(edition.format.name().to_owned()),
        imprint,
        Some(edition.id.named()),
        Some(format!("{verb} {}", words::date(date))),
        Some(words::to_publication(today, date)),
    ]
    .into_iter()
    .flatten()
    .collect::<Vec<_>>()
    .join(" · ")
}

fn listing(place: &Place<'_>, material: &Material<'_>, listing: &ListingView) -> Listing {
    let view = material.view;
    let known = material.judgement.outlook(&listing.store);
    let normal = known
        .map(|one| verdict::normal(one, &place.voice(&view.edition, &view.launch)))
        .filter(|_| listing.last_try.is_some());
    let spell = listing.seen(place.now);
    let says = spell.map(|spell| &spell.says);
    let link = Some(listing.address.clone())
        .filter(|address| address.starts_with("https://") || address.starts_with("http://"));
    Listing {
        class: known.map_or("", |one| verdict::class(&one.outlook)),
        store: place.label(&listing.store),
        link,
        shape: shape(spell.map_or(UNSEEN_CLASS, |spell| face(spell.availability).class)),
        word: match listing.sight(place.now) {
            Sight::Seen(spell) => spell.availability.word(),
            Sight::LastSeen(_) => "Not seen",
            Sight::Never => "No state seen yet",
        },
        since: spell.map_or_else(String::new, |spell| {
            let day = words::day(spell.since, place.zone, place.now);
            format!("since {day}, {}", place.ago(spell.since))
        }),
        evidence: spell.map(|spell| evidence::place_of(&listing.store, spell.last_seen)),
        says: says.map_or_else(String::new, |says| {
            format!("“{}”", words::clipped(&says.words, 120))
        }),
        date: says
            .and_then(|says| says.date)
            .map_or_else(String::new, words::short_date),
        price: verdict::price(known, listing, place.now),
        seller: says
            .and_then(|says| says.seller.as_ref())
            .map_or_else(String::new, |seller| words::clipped(seller, 60)),
        normal: normal.unwrap_or_else(|| "not seen yet".to_owned()),
        last_look: listing
            .last_try
            .map_or_else(|| "never".to_owned(), |at| place.moment(at)),
        trouble: match (&listing.blind, listing.not_seen_since(place.now)) {
            (Some(blind), _) => format!(
                "Could not be read since {}: {}",
                place.moment(blind.since),
                blind.unread.reason.words()
            ),
            (None, Some(since)) => format!("Nobody has looked since {}", place.moment(since)),
            (None, None) => String::new(),
        },
    }
}

/// The drawing for a page, or for a file.
pub fn picture<'a>(
    place: &'a Place<'_>,
    material: &'a Material<'_>,
    grounds: &'a [Vec<timeline::Ground>],
    letters: &'a [Mark],
    (range, layout): (Range, Layout),
) -> Picture<'a> {
    Picture {
        view: material.view,
        grounds,
        prices: material.prices.unwrap_or_default(),
        letters,
        range: range.bounds(material.view, place.now, place.zone),
        now: place.now,
        zone: place.zone,
        stores: place.stores,
        layout,
    }
}

fn drawing(place: &Place<'_>, material: &Material<'_>, range: Range, layout: Layout) -> String {
    let grounds = grounds(
        material.view,
        material.windows,
        (&material.judgement.findings, place.now),
    );
    // On a phone an envelope is too small to be touched; the list of letters leads there.
    let is_linked = !material.is_report && layout == Layout::Wide;
    let base = is_linked.then_some(place.base);
    let letters = marks(material.letters, base);
    timeline::draw(&picture(
        place,
        material,
        &grounds,
        &letters,
        (range, layout),
    ))
}

/// Letters as marks over a timeline, each leading to its page below `base`, where there is one.
pub fn marks(letters: &[LetterLine], base: Option<&str>) -> Vec<Mark> {
    letters
        .iter()
        .map(|letter| Mark {
            at: letter.written,
            words: letter.subject.clone(),
            class: letter.severity.map_or("", verdict::class_of),
            link: base.map(|base| format!("{base}/letters/{}", letter.id)),
        })
        .collect()
}

fn calendar(place: &Place<'_>, view: &View) -> Vec<Milestone> {
    let today = place.now.to_zoned(place.zone.clone()).date();
    let dates = &view.launch;
    let mut days: Vec<_> = MILESTONES
        .iter()
        .filter(|milestone| milestone.concerns(&view.edition, dates))
        .map(|milestone| (milestone.day(dates.publication), milestone))
        .collect();
    days.sort_by_key(|(day, _)| *day);
    days.into_iter()
        .map(|(day, milestone)| Milestone {
            day: words::date(day),
            what: milestone.what(),
            why: milestone.why(),
            is_past: day < today,
        })
        .collect()
}
