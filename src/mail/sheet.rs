//! What a letter says of an edition, in words: one sheet, from which the text part and the HTML
//! part are both made, so that they never differ.

use jiff::{SignedDuration, Timestamp};

use super::Desk;
use super::controls::{Control, controls};
use super::strip::{Cell, strip};
use super::support::{Case, ReadyText, label, ready_text};
use super::text::why_you_get_this;
use super::words;
use crate::alerts::{Occasion, Telling};
use crate::book::Availability;
use crate::history::{ListingView, Spell, View};
use crate::judge::doors::Door;
use crate::judge::rules::is_launch_report;
use crate::judge::rules::launch_report::sells;
use crate::judge::{Finding, Party, Severity, Usual};

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
    /// Until when waiting is right.
    pub wait_until: Option<String>,
    /// The stores that sell it, with their clean links; in a launch report.
    pub links: Vec<(String, String)>,
    /// Whom to write to.
    pub door: Option<Door>,
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
    let case = Case {
        view,
        finding,
        stores: desk.stores,
        zone,
        now,
    };
    let wait_until = finding
        .act_from
        .filter(|from| open && *from > now)
        .map(|from| words::date(from.to_zoned(zone.clone()).date()));
    // A text in hand would be sent at once: it comes only when sending it is right.
    let text = finding
        .text
        .filter(|_| open && finding.severity == Severity::Act && wait_until.is_none())
        .map(|text| ready_text(text, &case));
    let door = finding
        .ask
        .filter(|_| open && wait_until.is_none())
        .and_then(Party::door);
    let step = step(finding, door.as_ref(), open);
    // Some steps name the day themselves.
    let wait_until = wait_until.filter(|_| !step.starts_with("Wait "));
    let is_report = is_launch_report(finding.rule);
    let is_complete = view.listings.iter().all(sells);
    let links = if is_report {
        links(desk, view)
    } else {
        Vec::new()
    };
    Part {
        severity: if is_report && !is_complete {
            Severity::Watch
        } else {
            finding.severity
        },
        word: word(finding),
        links,
        headline: words::clipped(&finding.headline, 160),
        verdict: words::one_line(&finding.verdict),
        occasion: occasion(telling, view, zone, now),
        usual: finding.usual.clone(),
        step,
        wait_until,
        door,
        text,
    }
}

/// The word before a headline: the severity's, but for a launch report, which is neither good nor bad
/// by itself.
#[must_use]
pub(super) fn word(finding: &Finding) -> &'static str {
    if is_launch_report(finding.rule) {
        "Launch report"
    } else {
        finding.severity.word()
    }
}

/// The stores that sell the book, with their clean links.
fn links(desk: &Desk<'_>, view: &View) -> Vec<(String, String)> {
    view.listings
        .iter()
        .filter(|listing| sells(listing))
        .map(|listing| {
            let label = words::clipped(label(&listing.store, desk.stores), 40);
            (label, words::one_line(&listing.address))
        })
        .collect()
}

/// The next step. How to write to the party is left out where the door says it, with its address;
/// and that there is nothing to do needs no box.
fn step(finding: &Finding, door: Option<&Door>, open: bool) -> String {
    let mut step = words::one_line(&finding.next_step);
    if let (Some(party), Some(_)) = (finding.ask, door) {
        step = words::one_line(&step.replace(&party.how(), ""));
    }
    if !open && step.starts_with("Nothing to do") {
        step.clear();
    }
    step
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
            let mut sentences = Vec::new();
            if !finding.verdict.contains("It lasted ") {
                sentences.push(format!("It lasted {}.", words::lasting(*lasted)));
            }
            if closed >= SignedDuration::from_hours(24) {
                let all = closed + SignedDuration::from_hours(24) > *lasted;
                sentences.push(if all {
                    "All that time the page took no orders.".to_owned()
                } else {
                    let closed = words::lasting(closed);
                    format!("For {closed} of that the page took no orders.")
                });
            }
            Some(sentences.join(" ")).filter(|text| !text.is_empty())
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
        label: words::clipped(label(&listing.store, desk.stores), 40),
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
            words::count(i64::from(blind.attempts), "try").replace("trys", "tries"),
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
