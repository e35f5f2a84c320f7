//! The database of a configuration: opened, and told what was moved in the file.

use std::path::Path;
use std::sync::Arc;

use anyhow::Context as _;
use jiff::Timestamp;
use rusqlite::{Connection, Transaction};

use crate::alerts::pause;
use crate::book::{ConfiguredDates, EditionId, Note};
use crate::config::Plan;
use crate::config::plan::EditionPlan;
use crate::db::{Db, DbError};
use crate::history::sqlite::{add_note, has_moved, is_known, launch, note_moves, standing_notes};

/// Notes which dates were moved in the configuration since it was seen last, and gives the editions.
///
/// Where nothing was, which is nearly always, nothing is written. An edition that is new is paused
/// where all are.
pub fn note_moved_dates(db: &Db, plan: &Plan, now: Timestamp) -> anyhow::Result<Vec<EditionId>> {
    if db.read(|connection| has_moved(connection, &plan.editions))? {
        return Ok(db.write(|transaction| {
            pause_new(transaction, plan, now)?;
            note_moves(transaction, &plan.editions, now)
        })?);
    }
    Ok(Vec::new())
}

/// Notes that an edition was moved to the dates of its configuration, and gives it where it was.
///
/// Where a note had moved it away from these, who typed them anew has changed no text, and yet has
/// said the newer word.
///
/// # Errors
///
/// The database's.
pub fn note_dates_typed(
    db: &Db,
    plan: &EditionPlan,
    now: Timestamp,
) -> Result<Vec<EditionId>, DbError> {
    db.write(|transaction| {
        let before = with_dates_in_force(transaction, plan)?;
        note_moves(transaction, &[before], now)?;
        Ok(note_moves(transaction, std::slice::from_ref(plan), now)?)
    })
}

/// The edition as if its configuration had the dates that are in force. Once that was seen, other dates
/// there are a move.
///
/// # Errors
///
/// The database's.
pub fn with_dates_in_force(
    connection: &Connection,
    plan: &EditionPlan,
) -> rusqlite::Result<EditionPlan> {
    let launch = launch(connection, plan)?;
    let mut plan = plan.clone();
    plan.edition.dates =
        ConfiguredDates::new(launch.publication, Some(launch.on_sale), launch.enabled);
    Ok(plan)
}

/// Lets a pause of all editions count for those that nobody has seen yet.
fn pause_new(transaction: &Transaction<'_>, plan: &Plan, now: Timestamp) -> rusqlite::Result<()> {
    let told = standing_notes(transaction)?;
    let editions = plan.editions.iter();
    let told = editions.filter_map(|plan| told.get(&plan.edition.id).map(Vec::as_slice));
    let Some(pause) = pause::of_all(told, &plan.author.zone, now) else {
        return Ok(());
    };
    for edition in &plan.editions {
        let edition = &edition.edition.id;
        if !is_known(transaction, edition)? {
            let note = Note {
                at: now,
                ..pause.clone()
            };
            add_note(transaction, edition, &note, now)?;
        }
    }
    Ok(())
}

/// Opens the database of a data folder, which is created, for its owner only, when it is missing.
///
/// # Errors
///
/// When the folder cannot be created or the database cannot be used.
pub fn open_database(data: &Path) -> anyhow::Result<Arc<Db>> {
    use std::os::unix::fs::DirBuilderExt as _;

    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(data).with_context(|| {
        format!(
            "cannot create the data folder {}; create it yourself or choose another with `data`",
            data.display()
        )
    })?;
    let path = data.join("pubwatch.db");
    let db = Db::open(&path).with_context(|| format!("cannot use {}", path.display()))?;
    Ok(Arc::new(db))
}
