//! Dates that were moved in the configuration, by hand or by a command: each move becomes a note with
//! its day, so that whichever word is newer counts, and patience begins with it.

use jiff::Timestamp;
use jiff::civil::Date;
use rusqlite::{Connection, OptionalExtension as _, Transaction, params};

use super::{Kept, all_notes, launch, notes, take_note_back};
use crate::book::{EditionId, Note, NoteKind};
use crate::config::plan::EditionPlan;

/// Whether the configuration says other dates for one of these editions than when we saw it last, or
/// gives one that was known by its ASIN an ISBN.
pub fn has_moved(connection: &Connection, editions: &[EditionPlan]) -> rusqlite::Result<bool> {
    for plan in editions {
        let (publication, on_sale, _) = plan.edition.dates.as_written();
        if configured(connection, &plan.edition.id)? != Some((publication, on_sale))
            || former(connection, plan)?.is_some()
        {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The tables that name editions.
const TABLES: [&str; 8] = [
    "listing",
    "note",
    "alert",
    "judged",
    "configured",
    "news",
    "letter_day",
    "outbox",
];

/// Gives an edition another identity, with all that was seen, told and thought of it: an ISBN that was
/// given to what had an ASIN alone.
///
/// Where anything is there under the new one already, as of an edition
/// that was watched before, nothing is done, and it gives `false`: what was seen of one edition is never
/// mixed with what was seen of another.
///
/// # Errors
///
/// SQLite's.
pub fn rename_edition(
    transaction: &Transaction<'_>,
    from: &EditionId,
    to: &EditionId,
) -> rusqlite::Result<bool> {
    for table in TABLES {
        let known = format!("SELECT EXISTS (SELECT 1 FROM {table} WHERE edition = ?1)");
        if transaction.query_row(&known, [to.as_str()], |row| row.get(0))? {
            return Ok(false);
        }
    }
    for table in TABLES {
        transaction.execute(
            &format!("UPDATE {table} SET edition = ?2 WHERE edition = ?1"),
            [from.as_str(), to.as_str()],
        )?;
    }
    Ok(true)
}

/// The ASIN beside the ISBN of an edition, where it was known by that alone before.
fn former(connection: &Connection, plan: &EditionPlan) -> rusqlite::Result<Option<EditionId>> {
    let asin = plan.edition.asin.clone().map(EditionId::Asin);
    Ok(match asin {
        Some(asin) if is_known(connection, &asin)? => Some(asin),
        Some(_) | None => None,
    })
}

/// Whether an edition was seen in the configuration before.
///
/// # Errors
///
/// SQLite's.
pub fn is_known(connection: &Connection, edition: &EditionId) -> rusqlite::Result<bool> {
    connection
        .prepare_cached("SELECT EXISTS (SELECT 1 FROM configured WHERE edition = ?1)")?
        .query_row([edition.as_str()], |row| row.get(0))
}

/// Notes every date that was moved in the configuration since we saw it last, at `now`, and gives the
/// editions whose dates were. An edition that is new is only remembered.
///
/// 0. An edition that was known by the ASIN beside its ISBN is renamed first. Where the ISBN has a
///    history of its own, that goes on, and the other one is said to be left, once.
/// 1. The dates are those that were remembered: nothing.
/// 2. They are others, and are in force all the same, because a note had said so: nothing to note.
/// 3. Else a note that the date was moved, from the one in force.
pub fn note_moves(
    transaction: &Transaction<'_>,
    editions: &[EditionPlan],
    now: Timestamp,
) -> rusqlite::Result<Vec<EditionId>> {
    let mut moved = Vec::new();
    for plan in editions {
        let edition = &plan.edition.id;
        let (publication, on_sale, _) = plan.edition.dates.as_written();
        let mut known = configured(transaction, edition)?;
        if let Some(asin) = former(transaction, plan)? {
            if rename_edition(transaction, &asin, edition)? {
                known = configured(transaction, edition)?;
            } else {
                tracing::warn!(
                    "{edition} was watched before, and goes on from there; what was seen and noted \
                     of {asin} is kept under that number and not joined with it (`pubwatch export \
                     --all` has it)"
                );
                transaction
                    .execute("DELETE FROM configured WHERE edition = ?1", [asin.as_str()])?;
            }
        }
        if known == Some((publication, on_sale)) {
            continue;
        }
        let in_force = launch(transaction, plan)?;
        let before = match known {
            Some(known)
                if notes(transaction, edition)?
                    .iter()
                    .all(|note| !is_move(note)) =>
            {
                known
            }
            _ => (in_force.publication, in_force.on_sale),
        };
        if known.is_some() && before != (publication, on_sale) {
            let note = Note {
                kind: NoteKind::DateChanged {
                    to: publication,
                    on_sale: (on_sale != publication).then_some(on_sale),
                    from: Some(before.0),
                },
                at: now,
                store: None,
                ticket: None,
                text: Some(WHERE.to_owned()),
            };
            super::add_note(transaction, edition, &note, now)?;
            moved.push(edition.clone());
        }
        remember(transaction, edition, (publication, on_sale))?;
    }
    Ok(moved)
}

/// Of what a note of ours says that a date was moved there.
const WHERE: &str = "in the configuration";

fn remember(
    transaction: &Transaction<'_>,
    edition: &EditionId,
    (publication, on_sale): (Date, Date),
) -> rusqlite::Result<()> {
    transaction
        .prepare_cached(
            "INSERT INTO configured (edition, publication, on_sale) VALUES (?1, ?2, ?3) \
             ON CONFLICT (edition) DO UPDATE SET publication = ?2, on_sale = ?3",
        )?
        .execute(params![
            edition.as_str(),
            publication.to_string(),
            on_sale.to_string()
        ])?;
    Ok(())
}

/// Takes back, at `now`, what [`note_moves`] noted at `at` of these editions, whose configuration is as
/// it was before again: it is as if their dates had never been moved.
///
/// # Errors
///
/// SQLite's.
pub fn take_moves_back(
    transaction: &Transaction<'_>,
    editions: &[EditionPlan],
    (at, now): (Timestamp, Timestamp),
) -> rusqlite::Result<()> {
    for plan in editions {
        let edition = &plan.edition.id;
        let is_it = |kept: &Kept| {
            let note = &kept.note;
            note.at.as_millisecond() == at.as_millisecond()
                && is_move(note)
                && note.text.as_deref() == Some(WHERE)
        };
        let kept = all_notes(transaction, edition)?;
        for kept in kept.iter().filter(|kept| is_it(kept)) {
            if take_note_back(transaction, kept.number, now)? {
                let (publication, on_sale, _) = plan.edition.dates.as_written();
                remember(transaction, edition, (publication, on_sale))?;
            }
        }
    }
    Ok(())
}

fn is_move(note: &Note) -> bool {
    matches!(note.kind, NoteKind::DateChanged { .. })
}

fn configured(
    connection: &Connection,
    edition: &EditionId,
) -> rusqlite::Result<Option<(Date, Date)>> {
    let found: Option<(String, String)> = connection
        .prepare_cached("SELECT publication, on_sale FROM configured WHERE edition = ?1")?
        .query_row([edition.as_str()], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    Ok(found.and_then(|(publication, on_sale)| {
        Some((publication.parse().ok()?, on_sale.parse().ok()?))
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::book::ConfiguredDates;
    use crate::db::Db;
    use crate::history::sqlite::tests::{database, plan};

    /// Configured for that day, seen at noon of another.
    #[track_caller]
    fn seen(db: &Db, publication: &str, day: &str, expected: &str) {
        let mut plan = plan();
        plan.edition.dates = ConfiguredDates::new(publication.parse().unwrap(), None, None);
        let now: Timestamp = format!("{day}T12:00:00Z").parse().unwrap();
        let noted: rusqlite::Result<Vec<EditionId>> =
            db.write(|tx| note_moves(tx, std::slice::from_ref(&plan), now));
        noted.unwrap();
        let launch = db.read(|c| launch(c, &plan)).unwrap();
        let since = launch.moved.map_or_else(
            || "never moved".to_owned(),
            |moved| format!("moved {} from {}", moved.at, moved.from.unwrap()),
        );
        assert_eq!(format!("{}, {since}", launch.publication), expected);
        assert!(
            !db.read(|c| has_moved(c, std::slice::from_ref(&plan)))
                .unwrap()
        );
    }

    #[test]
    fn the_newer_word_counts_whether_it_stands_in_the_file_or_in_a_note() {
        let (_folder, db) = database();
        seen(&db, "2027-02-09", "2026-12-01", "2027-02-09, never moved");
        seen(&db, "2027-02-09", "2026-12-02", "2027-02-09, never moved");
        seen(
            &db,
            "2027-03-09",
            "2026-12-10",
            "2027-03-09, moved 2026-12-10T12:00:00Z from 2027-02-09",
        );
        let note = Note {
            kind: NoteKind::moved("2027-04-06".parse().unwrap()),
            at: "2026-12-20T12:00:00Z".parse().unwrap(),
            store: None,
            ticket: None,
            text: None,
        };
        let edition = plan().edition.id;
        db.write(|tx| super::super::add_note(tx, &edition, &note, note.at))
            .unwrap();
        seen(
            &db,
            "2027-03-09",
            "2026-12-21",
            "2027-04-06, moved 2026-12-20T12:00:00Z from 2027-03-09",
        );
        // The file catches up: nothing is moved by that.
        seen(
            &db,
            "2027-04-06",
            "2026-12-22",
            "2027-04-06, moved 2026-12-20T12:00:00Z from 2027-03-09",
        );
        seen(
            &db,
            "2027-02-23",
            "2026-12-23",
            "2027-02-23, moved 2026-12-23T12:00:00Z from 2027-04-06",
        );
    }

    #[test]
    fn a_move_that_is_taken_back_is_as_if_it_had_never_been_and_other_moves_stay() {
        let (_folder, db) = database();
        seen(&db, "2027-02-09", "2027-01-01", "2027-02-09, never moved");
        let at: Timestamp = "2027-01-02T12:00:00.0015Z".parse().unwrap();
        let plan = |date: &str| {
            let mut plan = plan();
            plan.edition.dates = ConfiguredDates::new(date.parse().unwrap(), None, None);
            plan
        };
        let (before, after) = (plan("2027-02-09"), plan("2027-03-09"));
        let noted = db.write(|tx| note_moves(tx, std::slice::from_ref(&after), at));
        assert_eq!(noted.unwrap().len(), 1);
        let take = |at: Timestamp| -> rusqlite::Result<()> {
            db.write(|tx| take_moves_back(tx, std::slice::from_ref(&before), (at, at)))
        };
        // Of another moment: nothing is taken back.
        take("2027-01-02T12:00:07Z".parse().unwrap()).unwrap();
        assert!(db.read(|c| launch(c, &after)).unwrap().moved.is_some());
        take(at).unwrap();
        seen(&db, "2027-02-09", "2027-01-03", "2027-02-09, never moved");
    }
}
