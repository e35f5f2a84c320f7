//! What a round reads from the database and writes to it.

use jiff::{SignedDuration, Timestamp};
use rusqlite::{OptionalExtension as _, Transaction, params};

use super::look::NOT_MODIFIED;
use super::{House, Summary, Task};
use crate::book::Source;
use crate::config::plan::Plan;
use crate::db::{Db, DbError};
use crate::fetch::conditional::{Validators, may_be_spared};
use crate::history::evidence::Evidence;
use crate::history::sqlite::{
    Aside, Depth, Recognised, Recorded, each_view, glimpses, keep_evidence, looks, newest_by_hand,
    observations, recognise_by, recognised, record, set_aside,
};
use crate::history::{ListingId, Observation};
use crate::judge::Settings;
use crate::judge::learned::learn;
use crate::page::Reading;

pub(super) mod agenda;
mod claims;
mod health;
pub mod running;

pub(super) use agenda::page_spent_until;
pub use agenda::{Agenda, NextLook, next_look_of_all};
pub(crate) use agenda::{due, promise};
pub(super) use claims::{claim, take_in_claimed};
pub use health::{remark, vitals, vitals_of};

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

/// No rhythm lets a page rest for so long: two looks of a week each.
const AHEAD: SignedDuration = SignedDuration::from_hours(15 * 24);

/// Records what a look gave.
///
/// A change is recorded with its evidence, and so is the first look at a page that is no longer
/// understood. A page that our own request read is remembered by its
/// validators, until another look gave anything else; an answer "not modified" leaves it at that.
pub(crate) fn take_in(
    house: &House,
    observation: &Observation,
    evidence: Option<&Evidence>,
) -> rusqlite::Result<Recorded> {
    house
        .db
        .write(|transaction| remember(transaction, house, observation, evidence))
}

fn remember(
    transaction: &Transaction<'_>,
    house: &House,
    observation: &Observation,
    evidence: Option<&Evidence>,
) -> rusqlite::Result<Recorded> {
    let recorded = record_look(transaction, &house.plan, observation, evidence)?;
    if evidence.and_then(|evidence| evidence.status) != Some(NOT_MODIFIED) {
        let validators = evidence
            .filter(|_| matches!(observation.reading, Reading::Says(_)))
            .filter(|evidence| evidence.source == Source::Http)
            .and_then(|it| Validators::of(it.status, &it.address, &it.headers));
        let (listing, at) = (&observation.listing, observation.at);
        recognise_by(transaction, listing, validators.as_ref(), at)?;
    }
    Ok(recorded)
}

/// Records a look, ours or a person's, and with a change its evidence.
pub(super) fn record_look(
    transaction: &Transaction<'_>,
    plan: &Plan,
    observation: &Observation,
    evidence: Option<&Evidence>,
) -> rusqlite::Result<Recorded> {
    let listing = &observation.listing;
    set_future_aside(transaction, plan, (listing, observation.at))?;
    let recorded = count(transaction, plan, observation)?;
    let is_worth_it = recorded.changed || recorded.is_first_not_understood;
    if let Some(evidence) = evidence.filter(|_| is_worth_it) {
        keep_evidence(transaction, listing, evidence)?;
    }
    Ok(recorded)
}

/// Records what a page says, and until when that is expected to hold.
fn count(
    transaction: &Transaction<'_>,
    plan: &Plan,
    observation: &Observation,
) -> rusqlite::Result<Recorded> {
    let recorded = record(transaction, observation, plan.judging.confirm_after)?;
    if matches!(observation.reading, Reading::Says(_)) {
        promise(transaction, plan, observation)?;
    }
    Ok(recorded)
}

/// Takes back what a person told last of a page, and counts the other looks anew. Gives when that look
/// was; `None`: nobody told of the page.
///
/// # Errors
///
/// SQLite's; then nothing is taken back, as the transaction is the caller's to roll back.
pub fn take_look_back(
    transaction: &Transaction<'_>,
    plan: &Plan,
    listing: &ListingId,
    now: Timestamp,
) -> rusqlite::Result<Option<Timestamp>> {
    let Some((at, _)) = newest_by_hand(transaction, listing)? else {
        return Ok(None);
    };
    set_aside(transaction, listing, Aside::At(at), now)?;
    count_anew(transaction, plan, listing)?;
    Ok(Some(at))
}

/// Sets aside what a clock that was ahead has dated after a look of now, which it came before: it would
/// never be confirmed, or hide for as long what is seen.
///
/// Which of two clocks is wrong shows in the looks between: there are some before a clock that was set
/// back, and none for weeks before one that was ahead. What is ahead by less is over by itself soon.
pub(super) fn set_future_aside(
    transaction: &Transaction<'_>,
    plan: &Plan,
    (listing, at): (&ListingId, Timestamp),
) -> rusqlite::Result<()> {
    let newest = looks(transaction, listing)?.last_try;
    if newest.is_none_or(|newest| newest <= at) {
        return Ok(());
    }
    let later = glimpses(transaction, listing, at)?.into_iter();
    let next = later.map(|look| look.at).find(|look| at < *look);
    if next.is_some_and(|next| AHEAD < next.duration_since(at)) {
        tracing::warn!(%listing.edition, store = %listing.store, "looks of a clock that was ahead are set aside");
        set_aside(transaction, listing, Aside::After(at), at)?;
        count_anew(transaction, plan, listing)?;
    }
    Ok(())
}

/// Records the looks at a page once more, of which what followed was forgotten.
fn count_anew(
    transaction: &Transaction<'_>,
    plan: &Plan,
    listing: &ListingId,
) -> rusqlite::Result<()> {
    for look in observations(transaction, listing, Timestamp::MIN)? {
        let observation = Observation {
            listing: listing.clone(),
            at: look.at,
            source: look.source,
            reading: look.reading,
        };
        count(transaction, plan, &observation)?;
    }
    Ok(())
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

/// Notes that a round has begun, and since when nobody had looked where that was too long; gives its
/// number. Rounds that had nothing to ask share one row while nothing else comes between: a service
/// makes one every minute.
pub(crate) fn begin(house: &House, began: Timestamp, tasks: usize) -> rusqlite::Result<i64> {
    house.db.write(|transaction| {
        let newest: Option<(i64, bool, i64)> = transaction
            .prepare_cached(
                "SELECT id, ended IS NOT NULL AND asked = 0, coalesce(ended, began) FROM round \
                     WHERE id = (SELECT max(id) FROM round)",
            )?
            .query_row([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
            .optional()?;
        let last = newest.and_then(|(.., at)| Timestamp::from_millisecond(at).ok());
        let mut slept_since = None;
        if let Some(last) = last
            && agenda::is_too_late(transaction, &house.plan, (last, began))?
        {
            slept_since = Some(last.as_millisecond());
        }
        match newest {
            Some((number, true, _)) if tasks == 0 && slept_since.is_none() => Ok(number),
            Some(_) | None => transaction
                .prepare_cached("INSERT INTO round (began, slept_since) VALUES (?1, ?2)")?
                .insert(params![began.as_millisecond(), slept_since]),
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::book::{Availability, StoreId};
    use crate::config;
    use crate::history::ListingView;
    use crate::history::sqlite::view;
    use crate::page::{Says, UnreadReason};

    const CONFIGURATION: &str = "[author]
name = 'Jane Roe'
email = 'jane@example.com'
timezone = 'UTC'
[[edition]]
title = 'Salt Roads'
isbn = '9780132350884'
publication_date = 2027-05-18
distribution_enabled = 2027-01-02
stores = ['amazon.com']
";

    /// Looks as "hour state", by hand with `!`, `blocked` for one that was turned away.
    fn see(db: &Db, plan: &Plan, looks: &str) {
        let start: Timestamp = "2027-02-01T08:00:00Z".parse().unwrap();
        for look in looks.split(", ") {
            let (hour, state) = look.split_once(' ').unwrap();
            let is_by_hand = hour.ends_with('!');
            let hour: i64 = hour.trim_end_matches('!').parse().unwrap();
            let reading = state.parse::<Availability>().map_or_else(
                |_| Reading::unread(UnreadReason::Blocked, "test", "captcha"),
                |state| Reading::Says(Box::new(Says::new(state, "test", state.word(), "#buy"))),
            );
            let observation = Observation {
                listing: listing(),
                at: start + SignedDuration::from_hours(hour),
                source: if is_by_hand {
                    Source::ByHand
                } else {
                    Source::Http
                },
                reading,
            };
            db.write(|tx| {
                set_future_aside(tx, plan, (&observation.listing, observation.at))?;
                record(tx, &observation, plan.judging.confirm_after)?;
                match &observation.reading {
                    Reading::Says(_) => promise(tx, plan, &observation),
                    Reading::Unread(_) => Ok(()),
                }
            })
            .unwrap();
        }
    }

    fn listing() -> ListingId {
        ListingId {
            edition: "9780132350884".parse().unwrap(),
            store: StoreId::new("amazon.com"),
        }
    }

    /// The page is known, after the newest look by hand is taken back, as if it had never been told.
    #[track_caller]
    fn check(looks: &str, without: &str) {
        let today = "2027-02-01".parse().unwrap();
        let (plan, _) = config::check(CONFIGURATION, "pubwatch.toml", today).unwrap();
        let known = |looks: &str, is_taken_back: bool| -> ListingView {
            let db = Db::in_memory().unwrap();
            see(&db, &plan, looks);
            if is_taken_back {
                let now = "2027-03-01T08:00:00Z".parse().unwrap();
                let taken = db.write(|tx| take_look_back(tx, &plan, &listing(), now));
                assert!(taken.unwrap().is_some());
            }
            let view = db.read(|connection| view(connection, &plan.editions[0]));
            view.unwrap().listings.remove(0)
        };
        assert_eq!(known(looks, true), known(without, false), "{looks}");
    }

    #[test]
    fn a_look_that_is_taken_back_is_as_if_it_had_never_been_told() {
        check(
            "0 pre_order, 12 pre_order, 20! out_of_stock",
            "0 pre_order, 12 pre_order",
        );
        check(
            "0 pre_order, 20! out_of_stock, 24 pre_order, 200 pre_order",
            "0 pre_order, 24 pre_order, 200 pre_order",
        );
        check(
            "0 pre_order, 12 blocked, 20! in_stock, 24 blocked",
            "0 pre_order, 12 blocked, 24 blocked",
        );
        check(
            "0 pre_order, 20! in_stock, 30! in_stock",
            "0 pre_order, 20! in_stock",
        );
    }

    #[test]
    fn looks_of_a_clock_that_was_ahead_count_no_more_once_it_is_right() {
        let today = "2027-02-01".parse().unwrap();
        let (plan, _) = config::check(CONFIGURATION, "pubwatch.toml", today).unwrap();
        let known = |looks: &str| {
            let db = Db::in_memory().unwrap();
            see(&db, &plan, looks);
            let view = db.read(|connection| view(connection, &plan.editions[0]));
            view.unwrap().listings.remove(0)
        };
        let right = "0 pre_order, 6 out_of_stock, 12 out_of_stock";
        let ahead =
            "0 pre_order, 8760 out_of_stock, 8766 in_stock, 6 out_of_stock, 12 out_of_stock";
        assert_eq!(known(ahead), known(right));
        // A clock that was set back takes nothing from the looks that were right.
        let back = "0 pre_order, 24 pre_order, 48 pre_order, 72 in_stock, 30 in_stock";
        let spells = known(back).spells;
        let readings: u32 = spells.iter().map(|spell| spell.readings).sum();
        assert_eq!(readings, 5, "{spells:#?}");
    }

    #[test]
    fn nothing_told_is_nothing_to_take_back() {
        let today = "2027-02-01".parse().unwrap();
        let (plan, _) = config::check(CONFIGURATION, "pubwatch.toml", today).unwrap();
        let db = Db::in_memory().unwrap();
        see(&db, &plan, "0 pre_order");
        let now = "2027-03-01T08:00:00Z".parse().unwrap();
        let taken = db.write(|tx| take_look_back(tx, &plan, &listing(), now));
        assert_eq!(taken.unwrap(), None);
    }
}
