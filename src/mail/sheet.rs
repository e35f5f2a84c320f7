//! What a letter says of an edition, in words: one sheet, from which the text part and the HTML
//! part are both made, so that they never differ.

use jiff::{SignedDuration, Timestamp};

use super::Desk;
use super::controls::{Control, controls};
use super::strip::{Cell, strip};
use super::support::{Case, ReadyText, ready_text};
use super::text::why_you_get_this;
use crate::alerts::{Occasion, Telling};
use crate::book::Availability;
use crate::history::{ListingView, Spell, View};
use crate::judge::contacts::SupportContact;
use crate::judge::text::{outlook, said, weight, word};
use crate::judge::{NextStep, Party, Severity, Usual};
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
    /// One or two sentences.
    pub verdict: String,
    /// Why it is told now, when that is not self-evident; how long it lasted, when it is over.
    pub occasion: Option<String>,
    /// What is usual.
    pub usual: Option<Usual>,
    /// The one next step.
    pub step: String,
    /// The stores that sell it, with their clean links; in a launch report.
    pub links: Vec<(String, String)>,
    /// Whom to write to.
    pub contact: Option<SupportContact>,
    /// What to write.
    pub text: Option<ReadyText>,
}

/// Everything that a letter about an edition says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sheet {
    /// The name in the greeting.
    pub greeting: String,
    /// The small print: why this reader gets it.
    pub why: String,
    /// The title.
    pub title: String,
    /// "paperback, ISBN 978…, publishes Tue 9 February 2027, in 12 days".
    pub about: String,
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
    /// What happens next.
    pub next: String,
}

/// Fills the sheet. `tellings` is in the order in which it is told.
#[must_use]
pub fn sheet(desk: &Desk<'_>, view: &View, tellings: &[&Telling], now: Timestamp) -> Sheet {
    let zone = &desk.author.zone;
    let edition = &view.edition;
    let today = now.to_zoned(zone.clone()).date();
    let stores: Vec<StoreLine> = view
        .listings
        .iter()
        .map(|listing| {
            let concerned = tellings
                .iter()
                .any(|telling| telling.finding.stores.contains(&listing.store));
            store_line(desk, view, listing, concerned, now)
        })
        .collect();
    let open: Vec<&Telling> = tellings
        .iter()
        .copied()
        .filter(|telling| is_open(&telling.occasion))
        .collect();
    let mut legend: Vec<Cell> = Vec::new();
    for cell in stores.iter().flat_map(|store| &store.strip) {
        if !legend.contains(&cell.cell) {
            legend.push(cell.cell);
        }
    }
    Sheet {
        greeting: words::clipped(&desk.author.name, 60),
        why: why_you_get_this(desk),
        title: words::clipped(&edition.title, 120),
        about: format!(
            "{}, ISBN {}, {}",
            edition.format.name(),
            edition.isbn,
            words::countdown(today, view.launch.publication)
        ),
        parts: tellings
            .iter()
            .map(|telling| part(desk, view, telling, now))
            .collect(),
        stores,
        legend,
        open: !open.is_empty(),
        // The commands are for whoever has the machine.
        controls: if desk.copy_of.is_none() {
            controls(view, &open)
        } else {
            Vec::new()
        },
        next: next(desk, tellings, now),
    }
}

fn is_open(occasion: &Occasion) -> bool {
    match occasion {
        Occasion::Opened | Occasion::Escalated | Occasion::Reminded => true,
        Occasion::Closed { .. } | Occasion::News => false,
    }
}

fn part(desk: &Desk<'_>, view: &View, telling: &Telling, now: Timestamp) -> Part {
    let finding = &telling.finding;
    let zone = &desk.author.zone;
    let open = is_open(&telling.occasion);
    let said = said(finding, &desk.voice(view, now));
    let case = Case {
        view,
        finding,
        stores: desk.stores,
        zone,
        now,
    };
    // A text in hand would be sent at once: it comes only when sending it is right.
    let is_to_ask = open && finding.severity == Severity::Act;
    let text = finding
        .support_text()
        .filter(|_| is_to_ask)
        .map(|text| ready_text(text, &case));
    // That there is nothing to do needs no box.
    let is_nothing = matches!(
        finding.next,
        NextStep::Nothing | NextStep::Wait { until: None }
    );
    let step = if is_nothing && finding.kind.launch_report().is_none() && !open {
        String::new()
    } else {
        words::one_line(&said.step)
    };
    let links = if finding.kind.launch_report().is_some() {
        links(desk, view)
    } else {
        Vec::new()
    };
    Part {
        severity: weight(finding),
        word: word(finding),
        links,
        headline: words::clipped(&said.headline, 160),
        verdict: words::one_line(&said.verdict),
        occasion: occasion(telling, view, zone, now),
        usual: finding.usual.clone(),
        step,
        contact: finding.ask().filter(|_| is_to_ask).map(Party::contact),
        text,
    }
}

/// The stores that sell the book, with their clean links.
fn links(desk: &Desk<'_>, view: &View) -> Vec<(String, String)> {
    view.listings
        .iter()
        .filter(|listing| listing.sells())
        .map(|listing| {
            let label = desk.plain_voice(Timestamp::MIN).label(&listing.store);
            (label, words::one_line(&listing.address))
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
        Occasion::Escalated => Some(
            "We wrote of this before, when waiting was right. Now there is something to do."
                .to_owned(),
        ),
        Occasion::Reminded => Some(format!(
            "This is a reminder: it has lasted since {}, {}.",
            words::day(finding.since, zone, now),
            words::lasting(now.duration_since(finding.since))
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
                "All that time the page took no orders.".to_owned()
            } else {
                let closed = words::lasting(closed);
                format!("For {closed} of that the page took no orders.")
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
        .map(|spell| {
            let until = spell.until.unwrap_or(now);
            until
                .min(now)
                .duration_since(spell.since.max(begin))
                .max(SignedDuration::ZERO)
        })
        .sum()
}

fn next(desk: &Desk<'_>, tellings: &[&Telling], now: Timestamp) -> String {
    let look = desk.next_look.map_or_else(
        || "We keep looking".to_owned(),
        |at| {
            format!(
                "We look again at about {}",
                words::brief_moment(at, &desk.author.zone, now)
            )
        },
    );
    let open = tellings.iter().any(|telling| is_open(&telling.occasion));
    if open {
        format!(
            "{look}. We write when it changes, with an all-clear when it is over; while it lasts, \
             not more often than every {}.",
            words::lasting(desk.remind_every)
        )
    } else {
        format!("{look}. We write when there is something to know; nothing is asked of you.")
    }
}

fn store_line(
    desk: &Desk<'_>,
    view: &View,
    listing: &ListingView,
    concerned: bool,
    now: Timestamp,
) -> StoreLine {
    let zone = &desk.author.zone;
    let newest = listing.now();
    let readable = newest.filter(|_| listing.blind.is_none());
    StoreLine {
        label: desk.plain_voice(now).label(&listing.store),
        address: words::one_line(&listing.address),
        state: readable.map(|spell| spell.availability),
        quote: readable
            .map(|spell| words::clipped(&spell.says.words, 160))
            .filter(|quote| !quote.is_empty()),
        since: since(listing, zone, now),
        last_read: newest
            .filter(|_| listing.blind.is_some())
            .map(|spell| last_read(spell, zone, now)),
        date: readable
            .and_then(|spell| spell.says.date)
            .map(words::short_date),
        price: readable
            .and_then(|spell| spell.says.price.as_ref())
            .map(ToString::to_string),
        checked: listing.last_try.map_or_else(
            || "not yet".to_owned(),
            |at| words::brief_moment(at, zone, now),
        ),
        concerned,
        normal: desk
            .outlooks
            .iter()
            .find(|one| one.store == listing.store)
            .map(|one| outlook(one, &desk.voice(view, now))),
        strip: strip(listing, now, zone, STRIP_DAYS)
            .into_iter()
            .map(|(date, cell)| StripCell {
                cell,
                words: format!("{}: {}", words::date(date), cell.word()),
                publication: date == view.launch.publication,
            })
            .collect(),
    }
}

fn since(listing: &ListingView, zone: &jiff::tz::TimeZone, now: Timestamp) -> String {
    if let Some(blind) = &listing.blind {
        return format!(
            "We could not read the page since {} ({}): {}.",
            words::brief_moment(blind.since, zone, now),
            tries(blind.attempts),
            blind.unread.reason.words()
        );
    }
    let Some(spell) = listing.now() else {
        return "We have not looked yet.".to_owned();
    };
    let readings = words::count(i64::from(spell.readings), "reading");
    if spell.is_confirmed() {
        format!(
            "Since {}, {}, {readings}.",
            words::day(spell.since, zone, now),
            words::lasting(now.duration_since(spell.since))
        )
    } else {
        format!(
            "Since {}, {readings}: a second look will confirm it.",
            words::brief_moment(spell.since, zone, now)
        )
    }
}

fn tries(attempts: u32) -> String {
    match attempts {
        1 => "1 try".to_owned(),
        several => format!("{several} tries"),
    }
}

fn last_read(spell: &Spell, zone: &jiff::tz::TimeZone, now: Timestamp) -> String {
    let quote = words::clipped(&spell.says.words, 120);
    let quote = if quote.is_empty() {
        String::new()
    } else {
        format!(", “{quote}”")
    };
    format!(
        "Last read {}: {}{quote}.",
        words::brief_moment(spell.last_seen, zone, now),
        spell.availability.word()
    )
}
