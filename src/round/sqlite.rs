//! What a round reads from the database and writes to it.

use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, OptionalExtension as _, Transaction, params};

use super::look::NOT_MODIFIED;
use super::{House, Summary, Task};
use crate::alerts::Telling;
use crate::alerts::lifecycle::{Pace, decide, key};
use crate::alerts::sqlite as alerts;
use crate::book::{Source, StoreId};
use crate::config::plan::{EditionPlan, Plan};
use crate::db::{Db, DbError};
use crate::fetch::conditional::{Validators, may_be_spared};
use crate::history::evidence::Evidence;
use crate::history::sqlite::{
    Depth, Recognised, Recorded, blind_pages, claim_look, each_view, keep_evidence, looks,
    newest_good, recognise_by, recognised, record, view,
};
use crate::history::{ListingId, Observation};
use crate::judge::blind::{BlindStore, blind_stores, hand_over};
use crate::judge::learned::learn;
use crate::judge::{Settings, judge};
use crate::mail::Letter;
use crate::mail::addressee::{Audience, Weighed, write};
use crate::mail::sqlite::enqueue;
use crate::page::Reading;

mod agenda;

pub(crate) use agenda::due;
pub(super) use agenda::page_spent_until;
pub use agenda::{Agenda, NextLook, next_look_of_all};

/// How long the right to look at a listing outlives the deadline of its request.
const MARGIN: SignedDuration = SignedDuration::from_secs(5);

/// Takes the right to look at a listing now. False when somebody else has, or is.
pub(super) fn claim(house: &House, task: &Task) -> rusqlite::Result<bool> {
    let now = house.clock.now();
    // Every way in may take its whole time, and waits out the pause before it.
    let manners = &house.plan.manners;
    let ways = u32::try_from(house.sources(task).len()).unwrap_or(1);
    let hold = (manners.deadline + manners.pause + manners.jitter) * ways;
    let hold = SignedDuration::try_from(hold).unwrap_or(SignedDuration::from_mins(1));
    let until = now.saturating_add(hold + MARGIN).unwrap_or(Timestamp::MAX);
    house
        .db
        .write(|transaction| claim_look(transaction, &task.listing, task.last_try, now, until))
}

/// The page of a listing that need not be sent again where it has not changed.
pub(super) fn recognised_page(house: &House, task: &Task) -> Result<Option<Recognised>, DbError> {
    let now = house.clock.now();
    house.db.read(|connection| {
        let is_unconfirmed = looks(connection, &task.listing)?
            .unconfirmed_since
            .is_some();
        let known = recognised(connection, &task.listing)?;
        Ok(known.filter(|known| may_be_spared(known.read_at, is_unconfirmed, now)))
    })
}

/// Records what a look gave.
///
/// A change is recorded with its evidence. A page that our own request read is remembered by its
/// validators, until another look gave anything else; an answer "not modified" leaves it at that.
pub(crate) fn take_in(
    house: &House,
    observation: &Observation,
    evidence: Option<&Evidence>,
) -> rusqlite::Result<Recorded> {
    let confirm_after = house.plan.judging.confirm_after;
    house.db.write(|transaction| {
        let recorded = record(transaction, observation, confirm_after)?;
        if let Some(evidence) = evidence.filter(|_| recorded.changed) {
            keep_evidence(transaction, &observation.listing, evidence)?;
        }
        if evidence.and_then(|evidence| evidence.status) != Some(NOT_MODIFIED) {
            let validators = evidence
                .filter(|_| matches!(observation.reading, Reading::Says(_)))
                .filter(|evidence| evidence.source == Source::Http)
                .and_then(|it| Validators::of(it.status, &it.address, &it.headers));
            let (listing, at) = (&observation.listing, observation.at);
            recognise_by(transaction, listing, validators.as_ref(), at)?;
        }
        Ok(recorded)
    })
}

/// A letter that was queued, with what it tells.
#[derive(Debug, Clone)]
pub(crate) struct Queued {
    /// The letter as it tells everything.
    pub(crate) letter: Letter,
    /// How many were queued of it: one for each who hears of it.
    pub(crate) copies: usize,
    /// What it tells; nothing of an edition when it is a notice.
    pub(crate) tellings: Vec<Telling>,
}

/// The settings with how long things took for the user's own titles. It is judged by them all the
/// same when the history cannot be read: then whoever reads it next will say so.
pub(crate) fn with_own_titles(plan: &Plan, db: &Db, settings: Settings) -> Settings {
    let learned = db.read(|connection| {
        each_view(connection, &plan.editions, Depth::States, |views| {
            learn(views)
        })
    });
    match learned {
        Ok(learned) => {
            let all = plan.judging.learned_windows;
            let windows = settings.windows.with_own_titles(&learned, all);
            Settings {
                windows,
                ..settings
            }
        }
        Err(error) => {
            tracing::warn!(%error, "the times of the user's own titles cannot be told");
            settings
        }
    }
}

/// Judges editions, each in a transaction of its own: what is decided and the letter that tells
/// of it are there together or not at all. Gives the letters that were queued, each as soon as it
/// is: those of ten thousand titles are not held at once.
pub(crate) fn judge_editions<'a>(
    house: &'a House,
    editions: impl Iterator<Item = &'a EditionPlan> + 'a,
) -> impl Iterator<Item = rusqlite::Result<Queued>> + 'a {
    editions.filter_map(|plan| {
        let now = house.clock.now();
        let judged = house
            .db
            .write(|transaction| judge_edition(house, plan, transaction, now));
        judged.transpose()
    })
}

/// 1. Load what is known of the edition.
/// 2. Run the rules over it.
/// 3. Decide what becomes of the findings: what opens, is over, and is told now.
/// 4. Compose the letter and queue it, and write the decisions down.
pub(crate) fn judge_edition(
    house: &House,
    plan: &EditionPlan,
    transaction: &Transaction<'_>,
    now: Timestamp,
) -> rusqlite::Result<Option<Queued>> {
    let isbn = &plan.edition.isbn;
    let view = view(transaction, plan)?;
    let mut findings = judge(&view, &house.settings, now);
    if findings.iter().any(|finding| finding.rule == "unread") {
        let good = newest_good(transaction)?;
        let read_since = |store: &StoreId| {
            let tried = view.listings.iter().find(|listing| listing.store == *store);
            tried.and_then(|listing| listing.last_try) < good.get(store).copied()
        };
        hand_over(
            &mut findings,
            &blind_at_stores(house, transaction)?,
            read_since,
        );
    }
    let memory = alerts::memory(transaction, isbn, now)?;
    let decisions = decide(&memory, &findings, &view, &Pace::of(&house.plan), now);
    let desk = super::post::desk(
        house,
        agenda::next_look_at_any(house, plan, transaction, now)?,
    );
    let weighed: Vec<Weighed> = decisions
        .tellings
        .iter()
        .map(|telling| {
            let key = key(isbn, &telling.finding);
            let over = decisions.over.iter().find(|alert| alert.key == key);
            Weighed::new(telling.clone(), over.and_then(|alert| alert.told))
        })
        .collect();
    let audience = Audience {
        recipients: &house.plan.recipients(plan),
        hooks: &house.plan.hooks,
    };
    let written = write(&desk, audience, &view, &weighed, now);
    for letter in written.iter().flat_map(|written| &written.all) {
        enqueue(transaction, letter, now)?;
    }
    let message_id = written
        .as_ref()
        .map(|written| written.whole.message_id.as_str());
    alerts::apply(transaction, isbn, &decisions, message_id, now)?;
    Ok(written.map(|written| Queued {
        copies: written.all.len(),
        letter: written.whole,
        tellings: decisions.tellings,
    }))
}

/// The stores at which several editions cannot be read.
pub(super) fn blind_at_stores(
    house: &House,
    connection: &Connection,
) -> rusqlite::Result<Vec<BlindStore>> {
    Ok(blind_stores(&blind_pages(connection)?, &watched(house)))
}

/// Every listing of the configuration.
pub(super) fn watched(house: &House) -> Vec<ListingId> {
    let editions = house.plan.editions.iter();
    editions
        .flat_map(|plan| {
            plan.listings
                .iter()
                .map(|listing| agenda::listing_id(plan, listing))
        })
        .collect()
}

/// Notes that a round has begun, and gives its number. Rounds that had nothing to ask share one
/// row while nothing else comes between: a service makes one every minute.
pub(crate) fn begin(house: &House, began: Timestamp, tasks: usize) -> rusqlite::Result<i64> {
    house.db.write(|transaction| {
        let idle: Option<i64> = transaction
            .prepare_cached(
                "SELECT id FROM round WHERE id = (SELECT max(id) FROM round) \
                     AND ended IS NOT NULL AND asked = 0",
            )?
            .query_row([], |row| row.get(0))
            .optional()?;
        match idle {
            Some(number) if tasks == 0 => Ok(number),
            Some(_) | None => transaction
                .prepare_cached("INSERT INTO round (began) VALUES (?1)")?
                .insert([began.as_millisecond()]),
        }
    })
}

/// Notes what a round came to.
pub(crate) fn end(house: &House, number: i64, summary: &Summary) -> rusqlite::Result<()> {
    let ended = house.clock.now().as_millisecond();
    let count = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
    house.db.write(|transaction| -> rusqlite::Result<()> {
        transaction
            .prepare_cached(
                "UPDATE round SET ended = ?2, asked = ?3, read = ?4, unread = ?5 WHERE id = ?1",
            )?
            .execute(params![
                number,
                ended,
                count(summary.read + summary.unread),
                count(summary.read),
                count(summary.unread)
            ])?;
        Ok(())
    })
}

/// When we last looked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LastRound {
    /// When the newest round began, whatever it gave.
    pub began: Timestamp,
    /// When the newest round ended that read at least one page, or had nothing to ask.
    pub last_good: Option<Timestamp>,
}

/// When we last looked; `None` before the first round.
///
/// # Errors
///
/// SQLite's.
pub fn last_round(connection: &Connection) -> rusqlite::Result<Option<LastRound>> {
    let (began, good): (Option<i64>, Option<i64>) = connection.query_row(
        "SELECT (SELECT began FROM round ORDER BY id DESC LIMIT 1), \
             (SELECT ended FROM round WHERE ended IS NOT NULL AND (read > 0 OR asked = 0) \
              ORDER BY id DESC LIMIT 1)",
        [],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    let time = |milliseconds| Timestamp::from_millisecond(milliseconds).ok();
    let Some(began) = began.and_then(time) else {
        return Ok(None);
    };
    Ok(Some(LastRound {
        began,
        last_good: good.and_then(time),
    }))
}
