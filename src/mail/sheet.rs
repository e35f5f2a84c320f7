//! What a letter says of an edition, in words: one sheet, from which the text part and the HTML
//! part are both made, so that they never differ.

use jiff::{SignedDuration, Timestamp};

use super::Desk;
use super::asked_together::text_for;
use super::book::{Book, Point, Topic};
use super::controls::{Control, add_controls, link, pages};
use super::shorter::shortened;
use super::strip::{Cell, days, seen_for, strip};
use super::support::{Case, ReadyText};
use super::text::why_you_get_this;
use crate::alerts::{Occasion, Telling, pause};
use crate::book::Availability;
use crate::history::{ListingView, Spell, View};
use crate::judge::contacts::SupportContact;
use crate::judge::text::{Said, outlook, weight, word};
use crate::judge::{FindingKind, NextStep, Party, Severity, Usual};
use crate::say::say;
use crate::text::words;

/// How many days a strip shows.
const STRIP_DAYS: u16 = 30;

/// What one page says, as a row of the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoreLine {
    /// How people call the store.
    pub label: String,
    /// The product page.
    pub address: String,
    /// What the page offers now; `None` while it cannot be read, or was never.
    pub state: Option<Availability>,
    /// The exact words of the page.
    pub quote: Option<String>,
    /// For how long it has offered that; `None` while it is not seen.
    pub length: Option<String>,
    /// Since when, how long, how many readings; or since when it cannot be read, and why.
    pub since: String,
    /// For a page that cannot be read: what it last said, and when.
    pub last_read: Option<String>,
    /// The date on the page.
    pub date: Option<String>,
    /// The price on the page.
    pub price: Option<String>,
    /// When it was last tried, in the author's zone.
    pub checked: String,
    /// The letter is about this store.
    pub concerned: bool,
    /// Whether it is normal, and until when.
    pub normal: Option<String>,
    /// The last thirty days, oldest first.
    pub strip: Vec<StripCell>,
}

/// One day of a strip.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StripCell {
    /// What it shows.
    pub cell: Cell,
    /// The day and the state in words, as "Thu 4 May: Unavailable".
    pub words: String,
    /// It is the publication date.
    pub publication: bool,
}

/// One thing that the letter tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// How much it matters.
    pub severity: Severity,
    /// The word for it, as "Act" or "Launch report".
    pub word: &'static str,
    /// What happened, in a line.
    pub headline: String,
    /// One or two sentences; where the formats differ, for each.
    pub verdict: Vec<String>,
    /// Why it is told now, when that is not self-evident; how long it lasted, when it is over.
    pub occasion: Vec<String>,
    /// What is usual.
    pub usual: Option<Usual>,
    /// It tells that a page could not be read.
    pub is_unread: bool,
    /// The one next step; where the formats differ, for each. Empty where there is none.
    pub step: Vec<String>,
    /// The stores that sell it, with their clean links; in a launch report.
    pub links: Vec<(String, String)>,
    /// Whom to write to.
    pub contact: Option<SupportContact>,
    /// What to write.
    pub text: Option<ReadyText>,
}

/// How much a text says of the stores.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Places {
    /// Their strips, and what each page says.
    InFull,
    /// A line for each.
    InLines,
    /// Nothing: its text to send names them, or the page does.
    Elsewhere,
}

/// Everything that a letter about an edition, or about formats of one book, says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sheet {
    /// The name in the greeting.
    pub greeting: String,
    /// The small print: why this reader gets it.
    pub why: String,
    /// The title.
    pub title: String,
    /// "paperback, ISBN 978…, publishes Tue 9 February 2027, in 12 days"; of several formats, each.
    pub about: String,
    /// What is to be said of the watch itself, and that letters were paused until now, or are.
    pub remarks: Vec<String>,
    /// What it tells, most severe first; never empty.
    pub parts: Vec<Part>,
    /// The stores, in the order of the configuration.
    pub stores: Vec<StoreLine>,
    /// The states that the strips show, for the legend.
    pub legend: Vec<Cell>,
    /// A worry stands open, so the caution belongs into the letter.
    pub open: bool,
    /// How to answer.
    pub controls: Vec<Control>,
    /// The editions' pages, where this reader finds them, each with its format if there are several.
    pub pages: Vec<(String, String)>,
    /// All that it tells was told before.
    pub is_reminder: bool,
    /// There is something to do about a worry that stands open.
    pub is_to_act: bool,
    /// How much the text says of the stores.
    pub places: Places,
    /// What shows the rest, for whoever has the machine and no page: a command for each edition.
    pub histories: Vec<String>,
    /// What happens next.
    pub next: String,
}

/// Fills the sheet.
pub(super) fn sheet(desk: &Desk<'_>, book: &Book<'_>, now: Timestamp) -> Sheet {
    let mut stores: Vec<StoreLine> = Vec::new();
    let mut controls: Vec<Control> = Vec::new();
    for (place, topic) in book.topics.iter().enumerate() {
        let lines = topic.view.listings.iter().map(|listing| {
            let line = store_line(desk, topic, listing, now);
            StoreLine {
                label: book.label(place, line.label),
                ..line
            }
        });
        stores.extend(lines);
        let open = topic.tellings.iter();
        for telling in open.filter(|telling| is_open(&telling.occasion)) {
            // The answers are for whoever has the machine.
            if desk.copy_of.is_none() {
                let link = |answer| link(desk, book, (place, telling), answer, now);
                add_controls(&mut controls, topic.view, &telling.finding, link);
            }
        }
    }
    let told = || book.points.iter().flat_map(|point| &point.told);
    let is_reminder = told().all(|(_, telling)| matches!(telling.occasion, Occasion::Reminded));
    let open = told().any(|(_, telling)| is_open(&telling.occasion));
    let title = book.topics.first().map(|topic| &topic.view.edition.title);
    let paused = book
        .topics
        .iter()
        .find_map(|topic| pause::remark(&topic.view.notes, &desk.author.zone, now));
    let sheet = Sheet {
        greeting: words::clipped(&desk.author.name, 60),
        why: why_you_get_this(desk),
        title: title.map_or_else(String::new, |title| words::clipped(title, 120)),
        about: about(desk, book, now),
        remarks: desk.remarks.iter().cloned().chain(paused).collect(),
        parts: book
            .points
            .iter()
            .filter_map(|point| part(desk, book, point, now))
            .collect(),
        stores,
        legend: Vec::new(),
        open,
        controls,
        pages: pages(desk, book),
        is_reminder,
        is_to_act: false,
        places: Places::InFull,
        histories: histories(desk, book),
        next: next(desk, open, now),
    };
    shortened(sheet)
}

/// "paperback, ISBN 978…, publishes Tue 9 February 2027, in 12 days"; a date that several formats
/// have is said once.
fn about(desk: &Desk<'_>, book: &Book<'_>, now: Timestamp) -> String {
    let today = now.to_zoned(desk.author.zone.clone()).date();
    let mut parts: Vec<String> = Vec::new();
    let mut topics = book.topics.iter().peekable();
    while let Some(topic) = topics.next() {
        let (edition, date) = (&topic.view.edition, topic.view.launch.publication);
        let one = format!("{}, {}", edition.format.word(), edition.id.named());
        let next = topics.peek().map(|next| next.view.launch.publication);
        let countdown = words::countdown(today, date);
        parts.push(match next {
            Some(next) if next == date => one,
            // Behind several formats it is the book that publishes.
            None if !parts.is_empty() => format!("{one}; {countdown}"),
            Some(_) | None => format!("{one}, {countdown}"),
        });
    }
    parts.join("; ")
}

/// The commands that show everything of the editions, for the author without a page.
fn histories(desk: &Desk<'_>, book: &Book<'_>) -> Vec<String> {
    if desk.copy_of.is_some() || desk.site.is_some() {
        return Vec::new();
    }
    let topics = book.topics.iter();
    topics
        .map(|topic| format!("pubwatch history {}", topic.view.edition.id))
        .collect()
}

fn is_open(occasion: &Occasion) -> bool {
    match occasion {
        Occasion::Opened | Occasion::Escalated | Occasion::Reminded => true,
        Occasion::Closed { .. } | Occasion::News => false,
    }
}

fn part(desk: &Desk<'_>, book: &Book<'_>, point: &Point<'_>, now: Timestamp) -> Option<Part> {
    let telling = point.first()?;
    let finding = &telling.finding;
    let zone = &desk.author.zone;
    let open = is_open(&telling.occasion);
    let said = book.said(desk, point, now);
    let told = || {
        let told = point.told.iter();
        told.filter_map(|(place, telling)| Some((*place, book.topics.get(*place)?, *telling)))
    };
    // A text in hand would be sent at once: it comes only when sending it is right.
    let is_to_ask = open && finding.severity == Severity::Act;
    let cases: Vec<Case<'_>> = told()
        .map(|(_, topic, telling)| Case {
            view: topic.view,
            finding: &telling.finding,
            stores: desk.stores,
            zone,
            now,
        })
        .collect();
    // That there is nothing to do needs no box.
    let is_nothing = matches!(
        finding.next,
        NextStep::Nothing | NextStep::Wait { until: None }
    );
    let is_report = finding.kind.launch_report().is_some();
    let lines = |of: fn(&Said) -> &String| -> Vec<String> {
        let lines = said
            .iter()
            .map(|(place, said)| (*place, words::one_line(of(said))));
        book.by_format(&lines.collect::<Vec<_>>())
    };
    let occasions = told().map(|(place, topic, telling)| {
        let occasion = occasion(telling, topic.view, zone, now);
        (place, occasion.unwrap_or_default())
    });
    Some(Part {
        severity: weightiest(point).unwrap_or(finding.severity),
        word: word(finding),
        links: told()
            .filter(|_| is_report)
            .flat_map(|(place, topic, _)| links(desk, book, (place, topic.view), now))
            .collect(),
        headline: words::clipped(&book.headline(&said), 160),
        verdict: lines(|said| &said.verdict),
        occasion: book.by_format(&occasions.collect::<Vec<_>>()),
        usual: finding.usual.clone(),
        is_unread: matches!(
            finding.kind,
            FindingKind::Unread(_) | FindingKind::UnreadWithOthers(_)
        ),
        step: if is_nothing && !is_report && !open {
            Vec::new()
        } else {
            lines(|said| &said.step)
        },
        contact: finding.ask().filter(|_| is_to_ask).map(Party::contact),
        text: is_to_ask.then(|| text_for(&cases)).flatten(),
    })
}

/// How much the gravest of what is told together weighs.
fn weightiest(point: &Point<'_>) -> Option<Severity> {
    let told = point.told.iter();
    told.map(|(_, telling)| weight(&telling.finding)).max()
}

/// The stores that sell the book, with their clean links.
fn links(
    desk: &Desk<'_>,
    book: &Book<'_>,
    (place, view): (usize, &View),
    now: Timestamp,
) -> Vec<(String, String)> {
    view.listings
        .iter()
        .filter(|listing| listing.sells(now))
        .map(|listing| {
            let label = desk.plain_voice(Timestamp::MIN).label(&listing.store);
            (book.label(place, label), words::one_line(&listing.address))
        })
        .collect()
}

fn occasion(
    telling: &Telling,
    view: &View,
    zone: &jiff::tz::TimeZone,
    now: Timestamp,
) -> Option<String> {
    let finding = &telling.finding;
    match &telling.occasion {
        Occasion::Opened | Occasion::News => None,
        Occasion::Escalated => Some(say!("occasion-escalated")),
        Occasion::Reminded => Some(say!(
            "occasion-reminded",
            since = words::day(finding.since, zone, now),
            lasting = words::lasting(now.duration_since(finding.since))
        )),
        Occasion::Closed { lasted } => {
            let closed: SignedDuration = finding
                .stores
                .iter()
                .filter_map(|store| view.listings.iter().find(|one| one.store == *store))
                .map(|listing| not_buyable(listing, now, *lasted))
                .max()
                .unwrap_or_default();
            if closed < SignedDuration::from_hours(24) {
                return None;
            }
            let all = closed + SignedDuration::from_hours(24) > *lasted;
            Some(if all {
                say!("occasion-closed-all")
            } else {
                say!("occasion-closed", lasting = words::lasting(closed))
            })
        }
    }
}

/// For how long a listing could not be ordered within the last `lasted` before `now`.
fn not_buyable(listing: &ListingView, now: Timestamp, lasted: SignedDuration) -> SignedDuration {
    let begin = now.checked_sub(lasted).unwrap_or(Timestamp::MIN);
    listing
        .spells
        .iter()
        .filter(|spell| spell.availability.is_off())
        .map(|spell| seen_for(listing, spell, (begin, now), now))
        .sum()
}

fn next(desk: &Desk<'_>, open: bool, now: Timestamp) -> String {
    let look = desk.next_look.map_or_else(
        || say!("next-look-unknown"),
        |at| {
            say!(
                "next-look",
                at = words::brief_moment(at, &desk.author.zone, now)
            )
        },
    );
    if open {
        say!(
            "next-open",
            look = look,
            every = words::lasting(desk.remind_every)
        )
    } else {
        say!("next-closed", look = look)
    }
}

fn store_line(
    desk: &Desk<'_>,
    topic: &Topic<'_>,
    listing: &ListingView,
    now: Timestamp,
) -> StoreLine {
    let zone = &desk.author.zone;
    let view = topic.view;
    let mut tellings = topic.tellings.iter();
    let concerned = tellings.any(|telling| telling.finding.stores.contains(&listing.store));
    let newest = listing.now();
    let readable = listing.seen(now);
    let days = days(now, zone, STRIP_DAYS);
    StoreLine {
        label: desk.plain_voice(now).label(&listing.store),
        address: words::one_line(&listing.address),
        state: readable.map(|spell| spell.availability),
        quote: readable
            .map(|spell| words::clipped(&spell.says.words, 160))
            .filter(|quote| !quote.is_empty()),
        length: readable.map(|spell| words::lasting(now.duration_since(spell.since))),
        since: since(listing, zone, now),
        last_read: newest
            .filter(|_| readable.is_none())
            .map(|spell| last_read(spell, zone, now)),
        date: readable
            .and_then(|spell| spell.says.date)
            .map(words::short_date),
        price: readable
            .and_then(|spell| spell.says.price.as_ref())
            .map(ToString::to_string),
        checked: listing.last_try.map_or_else(
            || say!("page-not-checked"),
            |at| words::brief_moment(at, zone, now),
        ),
        concerned,
        normal: topic
            .outlooks
            .iter()
            .find(|one| one.store == listing.store)
            .map(|one| outlook(one, &desk.voice(view, now))),
        strip: days
            .iter()
            .zip(strip(listing, &days, now))
            .map(|(day, cell)| StripCell {
                cell,
                words: format!("{}: {}", words::date(day.date), cell.word()),
                publication: day.date == view.launch.publication,
            })
            .collect(),
    }
}

fn since(listing: &ListingView, zone: &jiff::tz::TimeZone, now: Timestamp) -> String {
    if let Some(blind) = listing
        .blind
        .as_ref()
        .filter(|_| listing.seen(now).is_none())
    {
        return say!(
            "page-unread",
            at = words::brief_moment(blind.since, zone, now),
            tries = blind.attempts,
            why = blind.unread.reason.words()
        );
    }
    let Some(spell) = listing.now() else {
        return say!("page-never");
    };
    if let Some(since) = listing.not_seen_since(now) {
        return say!(
            "page-nobody-looked",
            at = words::brief_moment(since, zone, now)
        );
    }
    let looks = words::count(i64::from(spell.readings), "look");
    if spell.is_confirmed() {
        say!(
            "page-since",
            at = words::day(spell.since, zone, now),
            lasting = words::lasting(now.duration_since(spell.since)),
            looks = looks
        )
    } else {
        let at = words::brief_moment(spell.since, zone, now);
        say!("page-since-once", at = at, looks = looks)
    }
}

fn last_read(spell: &Spell, zone: &jiff::tz::TimeZone, now: Timestamp) -> String {
    let quote = words::clipped(&spell.says.words, 120);
    let (at, state) = (
        words::brief_moment(spell.last_seen, zone, now),
        spell.availability.word(),
    );
    if quote.is_empty() {
        say!("page-last-read", at = at, state = state)
    } else {
        say!(
            "page-last-read-saying",
            at = at,
            state = state,
            words = quote
        )
    }
}
