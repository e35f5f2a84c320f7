//! The heart: what is known of an edition is judged, and what follows from it is written down and
//! told, all in one transaction.

use jiff::Timestamp;
use rusqlite::{Connection, Transaction};

use super::House;
use super::post::desk;
use super::sqlite::Agenda;
use super::sqlite::agenda::{listing_id, next_look_at_any};
use crate::alerts::Telling;
use crate::alerts::lifecycle::{Pace, decide, key};
use crate::alerts::sqlite as alerts;
use crate::book::{Note, StoreId};
use crate::config::plan::{EditionPlan, Plan};
use crate::db::Db;
use crate::history::ListingId;
use crate::history::sqlite::{add_note, blind_pages, newest_good, take_note_back, view};
use crate::judge::blind::{BlindStore, blind_stores, mark_shared_blindness};
use crate::judge::{Finding, FindingKind, Settings, judge};
use crate::mail::addressee::{Audience, Weighed, write};
use crate::mail::sqlite::enqueue;
use crate::mail::{Desk, Letter};

/// What judging an edition needs.
#[derive(Debug, Clone, Copy)]
pub struct JudgeContext<'a> {
    /// What to watch, and whom to tell.
    pub plan: &'a Plan,
    /// What is usual.
    pub settings: &'a Settings,
    /// What is known.
    pub db: &'a Db,
    /// Since when a service has kept watch; `None` for everybody else.
    pub awake_since: Option<Timestamp>,
}

/// A letter that was queued, with what it tells.
#[derive(Debug, Clone)]
pub struct Queued {
    /// The letter as it tells everything.
    pub letter: Letter,
    /// How many were queued of it: one for each who hears of it.
    pub copies: usize,
    /// What it tells; nothing of an edition when it is a notice.
    pub tellings: Vec<Telling>,
}

impl<'a> JudgeContext<'a> {
    /// What a house judges by.
    #[must_use]
    pub fn of(house: &'a House) -> Self {
        Self {
            plan: &house.plan,
            settings: &house.settings,
            db: &house.db,
            awake_since: house.awake_since(),
        }
    }

    /// Writes down what the author told us, and judges the edition by it, in one transaction. Gives
    /// the number of the note.
    ///
    /// # Errors
    ///
    /// SQLite's.
    pub fn take_note(
        &self,
        plan: &EditionPlan,
        note: &Note,
        now: Timestamp,
    ) -> rusqlite::Result<i64> {
        self.db.write(|transaction| {
            let number = add_note(transaction, &plan.edition.isbn, note, now)?;
            judge_edition(self, plan, transaction, now)?;
            Ok(number)
        })
    }

    /// Takes a note of the edition back, and judges it as if it had never been said. False when there
    /// is no such note, or it was taken back before.
    ///
    /// # Errors
    ///
    /// SQLite's.
    pub fn take_note_back(
        &self,
        plan: &EditionPlan,
        number: i64,
        now: Timestamp,
    ) -> rusqlite::Result<bool> {
        self.db.write(|transaction| {
            let is_taken = take_note_back(transaction, number, now)?;
            if is_taken {
                judge_edition(self, plan, transaction, now)?;
            }
            Ok(is_taken)
        })
    }

    /// Judges editions by what is known now, as after a configuration was changed.
    ///
    /// # Errors
    ///
    /// SQLite's.
    pub fn judge_again<'b>(
        &self,
        editions: impl IntoIterator<Item = &'b EditionPlan>,
        now: Timestamp,
    ) -> rusqlite::Result<()> {
        for plan in editions {
            self.db
                .write(|transaction| judge_edition(self, plan, transaction, now))?;
        }
        Ok(())
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
        let context = JudgeContext::of(house);
        let judged = house
            .db
            .write(|transaction| judge_edition(&context, plan, transaction, now));
        judged.transpose()
    })
}

/// Judges one edition in a transaction of the caller's, and gives the letter that was queued.
///
/// 1. Load what is known of the edition.
/// 2. Run the rules over it.
/// 3. Decide what becomes of the findings: what opens, is over, and is told now.
/// 4. Compose the letter and queue it, and write down the decisions and what was thought, which is
///    what pages, `status` and digests show.
///
/// # Errors
///
/// SQLite's.
pub fn judge_edition(
    context: &JudgeContext<'_>,
    plan: &EditionPlan,
    transaction: &Transaction<'_>,
    now: Timestamp,
) -> rusqlite::Result<Option<Queued>> {
    let isbn = &plan.edition.isbn;
    let view = view(transaction, plan)?;
    let mut judgement = judge(&view, context.settings, now);
    let is_blind = |finding: &Finding| matches!(finding.kind, FindingKind::Unread(_));
    if judgement.findings.iter().any(is_blind) {
        let good = newest_good(transaction)?;
        let read_since = |store: &StoreId| {
            let tried = view.listings.iter().find(|listing| listing.store == *store);
            tried.and_then(|listing| listing.last_try) < good.get(store).copied()
        };
        mark_shared_blindness(
            &mut judgement.findings,
            &blind_at_stores(context.plan, transaction)?,
            read_since,
        );
    }
    let memory = alerts::memory(transaction, isbn, now)?;
    let decisions = decide(&memory, &judgement, &view, &Pace::of(context.plan), now);
    let agenda = Agenda {
        plan: context.plan,
        db: context.db,
        awake_since: context.awake_since,
    };
    let desk = Desk {
        outlooks: &judgement.outlooks,
        ..desk(
            context.plan,
            next_look_at_any(&agenda, plan, transaction, now)?,
        )
    };
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
        recipients: &context.plan.recipients(plan),
        hooks: &context.plan.hooks,
    };
    let written = write(&desk, audience, &view, &weighed, now);
    for letter in written.iter().flat_map(|written| &written.all) {
        enqueue(transaction, letter, now)?;
    }
    let message_id = written
        .as_ref()
        .map(|written| written.whole.message_id.as_str());
    alerts::apply(transaction, isbn, &decisions, message_id, now)?;
    alerts::keep_judgement(transaction, isbn, &judgement, now)?;
    Ok(written.map(|written| Queued {
        copies: written.all.len(),
        letter: written.whole,
        tellings: decisions.tellings,
    }))
}

/// The stores at which several editions cannot be read.
pub(super) fn blind_at_stores(
    plan: &Plan,
    connection: &Connection,
) -> rusqlite::Result<Vec<BlindStore>> {
    Ok(blind_stores(&blind_pages(connection)?, &watched(plan)))
}

/// Every listing of the configuration.
pub(super) fn watched(plan: &Plan) -> Vec<ListingId> {
    let editions = plan.editions.iter();
    editions
        .flat_map(|plan| {
            plan.listings
                .iter()
                .map(|listing| listing_id(plan, listing))
        })
        .collect()
}
