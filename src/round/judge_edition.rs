//! The heart: what is known of an edition is judged, and what follows from it is written down and
//! told, all in one transaction.

use std::collections::BTreeSet;

use jiff::Timestamp;
use rusqlite::{Connection, Transaction};

use super::House;
use super::post::desk;
use super::sqlite::agenda::{listing_id, next_look_at_any};
use super::sqlite::{Agenda, remark};
use crate::alerts::Telling;
use crate::alerts::lifecycle::{Decisions, Pace, decide, key};
use crate::alerts::sqlite as alerts;
use crate::book::{Note, NoteKind, StoreId};
use crate::config::plan::{EditionPlan, Plan};
use crate::config::telling::Recipient;
use crate::db::Db;
use crate::history::sqlite::{add_note, blind_pages, newest_good, take_note_back, view};
use crate::history::{ListingId, View};
use crate::judge::blind::{BlindStore, blind_stores, mark_shared_blindness};
use crate::judge::{Finding, FindingKind, Judgement, Settings, judge};
use crate::mail::addressee::{Audience, Matter, Weighed, write};
use crate::mail::sqlite::{answer_key, enqueue};
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
    pub fn of(house: &'a House) -> Self {
        Self {
            plan: &house.plan,
            settings: &house.settings,
            db: &house.db,
            awake_since: house.awake_since(),
        }
    }

    /// Writes down what the author told us, and judges the book by it, in one transaction. Gives
    /// the number of the note.
    pub fn take_note(
        &self,
        plan: &EditionPlan,
        note: &Note,
        now: Timestamp,
    ) -> rusqlite::Result<i64> {
        self.db.write(|transaction| {
            let number = add_note(transaction, &plan.edition.id, note, now)?;
            judge_book(self, plan, transaction, now)?;
            Ok(number)
        })
    }

    /// Writes the same note down for several editions, and judges their books by it, each once: what
    /// is due of several formats when a pause ends is one letter.
    pub fn take_note_of_each(
        &self,
        plans: &[&EditionPlan],
        kind: NoteKind,
        now: Timestamp,
    ) -> rusqlite::Result<()> {
        let note = Note::new(kind, now);
        self.db.write(|transaction| {
            for plan in plans {
                add_note(transaction, &plan.edition.id, &note, now)?;
            }
            Ok::<_, rusqlite::Error>(())
        })?;
        self.judge_again(plans.iter().copied(), now)
    }

    /// Takes a note of the edition back, and judges its book as if it had never been said. False when there
    /// is no such note, or it was taken back before.
    pub fn take_note_back(
        &self,
        plan: &EditionPlan,
        number: i64,
        now: Timestamp,
    ) -> rusqlite::Result<bool> {
        self.db.write(|transaction| {
            let is_taken = take_note_back(transaction, number, now)?;
            if is_taken {
                judge_book(self, plan, transaction, now)?;
            }
            Ok(is_taken)
        })
    }

    /// Judges editions by what is known now, as after a configuration was changed.
    pub fn judge_again<'b>(
        &self,
        editions: impl IntoIterator<Item = &'b EditionPlan>,
        now: Timestamp,
    ) -> rusqlite::Result<()> {
        let mut judged = BTreeSet::new();
        for plan in editions {
            if !judged.contains(&plan.edition.id) {
                let book = book_of(self.plan, plan);
                judged.extend(book.iter().map(|plan| plan.edition.id.clone()));
                self.db
                    .write(|transaction| judge_together(self, &book, transaction, now))?;
            }
        }
        Ok(())
    }
}

/// Judges books, each in a transaction of its own: what is decided and the letter that tells
/// of it are there together or not at all. Gives the letters that were queued, each as soon as it
/// is: those of ten thousand titles are not held at once. With an edition its book is judged, once.
pub(crate) fn judge_editions<'a>(
    house: &'a House,
    editions: impl Iterator<Item = &'a EditionPlan> + 'a,
) -> impl Iterator<Item = rusqlite::Result<Queued>> + 'a {
    let mut judged = BTreeSet::new();
    editions.flat_map(move |plan| {
        if judged.contains(&plan.edition.id) {
            return Vec::new();
        }
        let book = book_of(&house.plan, plan);
        judged.extend(book.iter().map(|plan| plan.edition.id.clone()));
        let now = house.clock.now();
        let context = JudgeContext::of(house);
        let queued = house
            .db
            .write(|transaction| judge_together(&context, &book, transaction, now));
        match queued {
            Ok(queued) => queued.into_iter().map(Ok).collect(),
            Err(error) => vec![Err(error)],
        }
    })
}

/// Judges an edition and the other formats of its book in a transaction of the caller's, and gives
/// the letters that were queued.
pub fn judge_book(
    context: &JudgeContext<'_>,
    plan: &EditionPlan,
    transaction: &Transaction<'_>,
    now: Timestamp,
) -> rusqlite::Result<Vec<Queued>> {
    let book = book_of(context.plan, plan);
    judge_together(context, &book, transaction, now)
}

/// An edition and the other formats of its book, in the order of the configuration.
fn book_of<'a>(plan: &'a Plan, edition: &'a EditionPlan) -> Vec<&'a EditionPlan> {
    if edition.siblings.is_empty() {
        return vec![edition];
    }
    let is_of_it = |other: &&EditionPlan| {
        let mut siblings = edition.siblings.iter();
        other.edition.id == edition.edition.id
            || siblings.any(|sibling| sibling.edition.id == other.edition.id)
    };
    let book: Vec<&EditionPlan> = plan.editions.iter().filter(is_of_it).collect();
    if book.is_empty() { vec![edition] } else { book }
}

/// 1. Decide for each format by itself, see [`decide_of`].
/// 2. Compose one letter of what is told of those that have the same recipients, and queue it.
/// 3. Write down the decisions, with the letter that tells of them, and what was thought, which is
///    what pages, `status` and digests show.
fn judge_together(
    context: &JudgeContext<'_>,
    book: &[&EditionPlan],
    transaction: &Transaction<'_>,
    now: Timestamp,
) -> rusqlite::Result<Vec<Queued>> {
    let decided: Vec<Decided<'_>> = book
        .iter()
        .map(|plan| decide_of(context, plan, transaction, now))
        .collect::<rusqlite::Result<_>>()?;
    let mut queued = Vec::new();
    let mut groups: Vec<(Vec<Recipient>, Vec<&Decided<'_>>)> = Vec::new();
    for one in &decided {
        let recipients = context.plan.recipients(one.plan);
        match groups.iter_mut().find(|(known, _)| *known == recipients) {
            Some((_, group)) => group.push(one),
            None => groups.push((recipients, vec![one])),
        }
    }
    for (recipients, group) in groups {
        let letter = letter_about(context, &recipients, &group, transaction, now)?;
        for one in group {
            let edition = &one.plan.edition.id;
            let is_told = !one.decisions.tellings.is_empty();
            let letter = letter.as_ref().filter(|_| is_told);
            let message_id = letter.map(|queued| queued.letter.message_id.as_str());
            alerts::apply(transaction, edition, &one.decisions, message_id, now)?;
            alerts::keep_judgement(transaction, edition, &one.judgement, now)?;
        }
        queued.extend(letter);
    }
    Ok(queued)
}

/// What is decided of one edition, before it is written down.
struct Decided<'a> {
    plan: &'a EditionPlan,
    view: View,
    judgement: Judgement,
    decisions: Decisions,
}

/// 1. Load what is known of the edition.
/// 2. Run the rules over it.
/// 3. Decide what becomes of the findings: what opens, is over, and is told now.
fn decide_of<'a>(
    context: &JudgeContext<'_>,
    plan: &'a EditionPlan,
    transaction: &Transaction<'_>,
    now: Timestamp,
) -> rusqlite::Result<Decided<'a>> {
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
    let memory = alerts::memory(transaction, &plan.edition.id, now)?;
    let decisions = decide(&memory, &judgement, &view, &Pace::of(context.plan), now);
    Ok(Decided {
        plan,
        view,
        judgement,
        decisions,
    })
}

/// Queues the one letter of what is told of editions that have the same recipients; `None` when
/// nothing is.
fn letter_about(
    context: &JudgeContext<'_>,
    recipients: &[Recipient],
    group: &[&Decided<'_>],
    transaction: &Transaction<'_>,
    now: Timestamp,
) -> rusqlite::Result<Option<Queued>> {
    let agenda = Agenda {
        plan: context.plan,
        db: context.db,
        awake_since: context.awake_since,
    };
    let told = group
        .iter()
        .filter(|one| !one.decisions.tellings.is_empty());
    let mut next_look: Option<Timestamp> = None;
    let mut weighed: Vec<(&Decided<'_>, Vec<Weighed>)> = Vec::new();
    for one in told {
        let at = next_look_at_any(&agenda, one.plan, transaction, now)?;
        next_look = [next_look, at].into_iter().flatten().min();
        weighed.push((one, one.weighed()));
    }
    let matters: Vec<Matter<'_>> = weighed
        .iter()
        .map(|(one, weighed)| Matter {
            view: &one.view,
            outlooks: &one.judgement.outlooks,
            weighed,
        })
        .collect();
    let audience = Audience {
        recipients,
        hooks: &context.plan.hooks,
    };
    let remark = remark(transaction, &context.plan.author.zone, now)?;
    let signs = answer_key(transaction)?;
    let desk = Desk {
        remarks: remark.as_slice(),
        signs: signs.as_ref(),
        ..desk(context.plan, next_look)
    };
    let written = write(&desk, audience, &matters, now);
    for letter in written.iter().flat_map(|written| &written.all) {
        enqueue(transaction, letter, now)?;
    }
    Ok(written.map(|written| Queued {
        copies: written.all.len(),
        letter: written.whole,
        tellings: weighed
            .iter()
            .flat_map(|(one, _)| one.decisions.tellings.clone())
            .collect(),
    }))
}

impl Decided<'_> {
    fn weighed(&self) -> Vec<Weighed> {
        let edition = &self.plan.edition.id;
        let weighed = self.decisions.tellings.iter().map(|telling| {
            let key = key(edition, &telling.finding);
            let over = self.decisions.over.iter().find(|alert| alert.key == key);
            Weighed::new(telling.clone(), over.and_then(|alert| alert.told))
        });
        weighed.collect()
    }
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
