//! One look at one listing: the ways in that the user chose, one after the other, until one of
//! them reads the page.

use std::sync::atomic::{AtomicBool, Ordering};

use jiff::Timestamp;

use super::{House, RoundError, Task, sqlite};
use crate::book::Source;
use crate::fetch::{Fetched, Got, NoPage, NoPageReason, Reception, reasons};
use crate::history::Observation;
use crate::history::evidence::Evidence;
use crate::history::sqlite::Recognised;
use crate::page::{Page, Reading, UnreadReason};
use crate::stores::{self, Read};

/// The status of a page that has not changed since it was read.
pub(super) const NOT_MODIFIED: u16 = 304;

/// What a look came to.
pub(super) enum Asked {
    /// Something was seen, or the failure to see it was.
    Seen {
        at: Timestamp,
        reading: Reading,
        changed: bool,
    },
    /// Nothing new is known, and why.
    Passed(String),
}

/// What one way in gave.
struct Tried {
    source: Source,
    at: Timestamp,
    reading: Reading,
    evidence: Option<Evidence>,
    /// The host asks to be left in peace, whoever asks.
    wants_quiet: bool,
}

/// Asks one page, reads it, records it, and tells the fetcher how it was received.
///
/// A page that has had its looks of the day is left alone, however much somebody wants to know.
///
/// 1. The ways in are tried in the user's order. One that reads the page, or finds it to be of
///    another product, is the last.
/// 2. A host that answered "too many requests" is asked no more, by any way.
/// 3. One look is one observation: what the page said, or else why the first way that was tried
///    could not read it. What is known of a page does not get worse by asking twice.
pub(super) async fn ask(house: &House, task: &Task) -> Result<Asked, RoundError> {
    if let Some(until) = sqlite::page_spent_until(house, task)? {
        let spent = reasons::looked_enough(house.plan.manners.looks_per_day, until);
        return Ok(Asked::Passed(spent.explanation));
    }
    let claimed = AtomicBool::new(false);
    let claim = || {
        // It is claimed once a look, by whichever way comes first.
        if !claimed.load(Ordering::Relaxed) {
            claimed.store(sqlite::claim(house, task)?, Ordering::Relaxed);
        }
        Ok(claimed.load(Ordering::Relaxed))
    };
    let (mut failed, mut passed) = (None, None);
    let mut wants_quiet = false;
    let known = sqlite::recognised_page(house, task)?;
    for source in house.sources(task) {
        if source == Source::ByHand || (wants_quiet && source != Source::Api) {
            continue;
        }
        let validators = known.as_ref().map(|known| &known.validators);
        let fetched = house
            .fetcher
            .fetch_by(source, &task.plan, validators, &claim);
        let tried = match fetched.await? {
            Fetched::Got(got) => read(house, task, source, (*got, known.as_ref()))?,
            Fetched::Nothing(nothing) if nothing.reason == NoPageReason::Busy => {
                return Ok(Asked::Passed(nothing.explanation));
            }
            Fetched::Nothing(nothing) => {
                let Some(reason) = unread_reason(&nothing) else {
                    passed = passed.or(Some(nothing.explanation));
                    continue;
                };
                not_had(source, house.clock.now(), reason, &nothing)
            }
        };
        if !is_worth_another_way(&tried.reading) {
            return record(house, task, tried);
        }
        wants_quiet |= tried.wants_quiet;
        failed = failed.or(Some(tried));
    }
    match (failed, passed) {
        (Some(tried), _) => record(house, task, tried),
        (None, Some(why)) => Ok(Asked::Passed(why)),
        (None, None) => Ok(Asked::Passed(
            "nobody asks for this page; tell what it says with `pubwatch look`".to_owned(),
        )),
    }
}

fn read(
    house: &House,
    task: &Task,
    source: Source,
    (got, known): (Got, Option<&Recognised>),
) -> Result<Tried, RoundError> {
    let lessons = &house.lessons;
    let is_known = |known: &&Recognised| known.validators.address == got.address.as_str();
    let read = if got.status == NOT_MODIFIED
        && source == Source::Http
        && let Some(known) = known.filter(is_known)
    {
        Read {
            reading: known.reading.clone(),
            kept: String::new(),
            trace: crate::page::trace::Trace::default(),
        }
    } else if source == Source::Api {
        Read {
            reading: stores::creators_api::read(&task.plan.store, &got.body, &task.wanted, lessons),
            kept: got.body.clone(),
            trace: crate::page::trace::Trace::default(),
        }
    } else {
        let page = Page {
            store: &task.plan.store,
            address: Some(got.address.as_str()),
            status: got.status,
            headers: &got.headers,
            body: &got.body,
        };
        stores::read_closely(&page, &task.wanted, lessons)
    };
    house.fetcher.remember(&got, reception(&read.reading))?;
    let wants_quiet = matches!(got.status, 429 | 503)
        || got.headers.iter().any(|(name, _)| name == "retry-after");
    Ok(Tried {
        source,
        at: got.at,
        reading: read.reading,
        evidence: Some(Evidence {
            at: got.at,
            source,
            status: Some(got.status),
            address: got.address.to_string(),
            headers: got.headers,
            parts: read.kept,
            picture: got.picture,
        }),
        wants_quiet,
    })
}

fn not_had(source: Source, at: Timestamp, reason: UnreadReason, nothing: &NoPage) -> Tried {
    Tried {
        source,
        at,
        reading: Reading::unread(reason, nothing.rule, &nothing.explanation),
        evidence: None,
        wants_quiet: false,
    }
}

fn record(house: &House, task: &Task, tried: Tried) -> Result<Asked, RoundError> {
    let observation = Observation {
        listing: task.listing.clone(),
        at: tried.at,
        source: tried.source,
        reading: tried.reading,
    };
    let evidence = tried.evidence.as_ref();
    Ok(
        match sqlite::take_in_claimed(house, task, &observation, evidence)? {
            Some(recorded) => Asked::Seen {
                at: observation.at,
                reading: observation.reading,
                changed: recorded.changed,
            },
            None => Asked::Passed("somebody else has looked at it meanwhile".to_owned()),
        },
    )
}

/// Another way in may read what this one could not. A page of another product, and one that is
/// not offered to our location, are the same by every way.
fn is_worth_another_way(reading: &Reading) -> bool {
    let Reading::Unread(unread) = reading else {
        return false;
    };
    match unread.reason {
        UnreadReason::Blocked
        | UnreadReason::Robots
        | UnreadReason::Unreachable
        | UnreadReason::NoEvidence => true,
        UnreadReason::WrongProduct | UnreadReason::NotOfferedHere => false,
    }
}

/// Why a page that was not had counts as unread. `None` where the store was not asked for it and
/// robots.txt is not the reason: nothing is known that was not known before.
fn unread_reason(nothing: &NoPage) -> Option<UnreadReason> {
    if !nothing.asked && !nothing.rule.starts_with("fetch/robots") {
        return None;
    }
    match nothing.reason {
        NoPageReason::Robots => Some(UnreadReason::Robots),
        NoPageReason::Unreachable => Some(UnreadReason::Unreachable),
        NoPageReason::Blocked => Some(UnreadReason::Blocked),
        NoPageReason::Spent | NoPageReason::Busy => None,
    }
}

/// How the store received us: only the reader can tell a captcha that came with a 200.
fn reception(reading: &Reading) -> Reception {
    match reading {
        Reading::Unread(unread) if unread.reason == UnreadReason::Blocked => Reception::Refused,
        Reading::Says(_) | Reading::Unread(_) => Reception::Welcome,
    }
}
