//! What the pages need from the database, gathered with few statements.

use std::collections::BTreeSet;

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, Row, params};

use super::changes::Sources;
use super::edition::LetterLine;
use super::feed::Event;
use super::hand_looks::HandLook;
use super::letter::LetterFilter;
use super::lists::ROWS;
use super::survey::{Glance, Glances, Survey};
use crate::alerts::sqlite::judgement;
use crate::book::{EditionId, StoreId};
use crate::config::plan::{EditionPlan, Plan};
use crate::db::column::{parsed, parsed_if, time, time_if};
use crate::history::sqlite::{newest_by_hand, source_of, standing_notes, view};
use crate::history::{ListingId, ListingView, View};
use crate::judge::{Judgement, Settings, judge};
use crate::mail::files::is_file;
use crate::round::health::{asked, health};
use crate::round::sqlite::vitals_of;

/// What the database says of all editions together.
pub fn survey(connection: &Connection, plan: &Plan, now: Timestamp) -> rusqlite::Result<Survey> {
    let glances = glances(connection)?;
    let pages = asked(plan, |edition| {
        let pages = glances.get(edition);
        move |store| Some(pages?.get(store)?.asked())
    });
    Ok(Survey {
        glances,
        took_orders: BTreeSet::new(),
        notes: standing_notes(connection)?,
        health: health(&vitals_of(connection, pages, now)?, now),
    })
}

fn glances(connection: &Connection) -> rusqlite::Result<Glances> {
    let mut glances = Glances::new();
    let mut listings = connection.prepare_cached(include_str!("glances.sql"))?;
    let mut rows = listings.query([])?;
    // Listings of an edition mostly lie beside each other, so that its number is read once.
    let mut edition: Option<EditionId> = None;
    while let Some(row) = rows.next()? {
        let text = row.get_ref(0)?.as_str()?;
        let of = match edition.take().filter(|known| known.as_str() == text) {
            Some(known) => known,
            None => parsed(row, 0)?,
        };
        let of = edition.insert(of);
        let glance = Glance {
            state: parsed_if(row, 2)?.zip(time_if(row, 3)?),
            last_try: time_if(row, 4)?,
            last_good: time_if(row, 5)?,
            blind_since: time_if(row, 6)?,
            good_until: time_if(row, 7)?,
            first_try: time_if(row, 8)?,
        };
        let store = StoreId::new(row.get_ref(1)?.as_str()?);
        match glances.get_mut(of) {
            Some(pages) => {
                pages.insert(store, glance);
            }
            None => {
                glances.insert(of.clone(), [(store, glance)].into());
            }
        }
    }
    Ok(glances)
}

/// The pages that have shown a confirmed state in which they took orders.
pub fn took_orders(connection: &Connection) -> rusqlite::Result<BTreeSet<(EditionId, StoreId)>> {
    connection
        .prepare_cached(
            "SELECT l.edition, l.store FROM listing l WHERE EXISTS ( \
                 SELECT 1 FROM spell s WHERE s.listing_id = l.id AND s.confirmed_at IS NOT NULL \
                 AND s.availability IN ('pre_order', 'in_stock', 'ships_later', 'back_order'))",
        )?
        .query_map([], |row| {
            Ok((parsed(row, 0)?, StoreId::new(row.get_ref(1)?.as_str()?)))
        })?
        .collect()
}

/// What is thought of an edition: as it was judged last or, where it never was or was looked at since,
/// as in a round that still goes on, as it is judged now: what is said of a page never contradicts what
/// stands beside it.
pub(crate) fn judged(
    connection: &Connection,
    plan: &EditionPlan,
    settings: &Settings,
    listings: &[ListingView],
    now: Timestamp,
) -> rusqlite::Result<Judgement> {
    match kept(connection, &plan.edition.id, listings, now)? {
        Some(kept) => Ok(kept),
        None => Ok(judge(&view(connection, plan)?, settings, now)),
    }
}

/// What was thought of an edition when it was judged last, unless one of its pages was looked at since.
pub(crate) fn kept(
    connection: &Connection,
    edition: &EditionId,
    listings: &[ListingView],
    now: Timestamp,
) -> rusqlite::Result<Option<Judgement>> {
    let looked = listings.iter().filter_map(|one| one.last_try).max();
    let judged = judgement(connection, edition, now)?;
    Ok(judged.and_then(|(kept, at)| (looked <= Some(at)).then_some(kept)))
}

/// The letters about an edition, oldest first, without their bodies.
pub fn letters_about(
    connection: &Connection,
    edition: &EditionId,
) -> rusqlite::Result<Vec<LetterLine>> {
    connection
        .prepare_cached(&format!("{LETTERS} WHERE edition = ?1 ORDER BY id"))?
        .query_map([edition.as_str()], letter_line)?
        .collect()
}

/// The letters of a page of the list that a filter lets through, newest first, without their bodies;
/// how many there are, and which page it is: the last one where there is none of that number.
pub fn letters_of_page(
    connection: &Connection,
    filter: &LetterFilter,
    page: usize,
) -> rusqlite::Result<(Vec<LetterLine>, usize, usize)> {
    // All of them are counted without a look into any: letters are long.
    let all: u32 = if *filter == LetterFilter::default() {
        connection
            .prepare_cached("SELECT count(*) FROM outbox")?
            .query_row([], |row| row.get(0))?
    } else {
        connection
            .prepare_cached(&format!("SELECT count(*) FROM outbox {SHOWN}"))?
            .query_row(params![filter.words, filter.state], |row| row.get(0))?
    };
    let all = usize::try_from(all).unwrap_or(usize::MAX);
    let page = page.min(all.div_ceil(ROWS)).max(1);
    let letters = connection
        .prepare_cached(&format!(
            "{LETTERS} {SHOWN} ORDER BY id DESC LIMIT ?3 OFFSET ?4"
        ))?
        .query_map(
            params![
                filter.words,
                filter.state,
                rows(ROWS),
                rows((page - 1) * ROWS)
            ],
            letter_line,
        )?
        .collect::<rusqlite::Result<_>>()?;
    Ok((letters, all, page))
}

/// A number of rows as SQLite counts them.
fn rows(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

const LETTERS: &str = "SELECT id, written, subject, delivered_at, dropped_at, failed_at, severity, \
     answer FROM outbox";

/// Those of the words ?1 and the state ?2, where one is given.
const SHOWN: &str = "WHERE instr(lower(subject), lower(?1)) > 0 AND (?2 = '' OR ?2 = \
     CASE WHEN delivered_at IS NOT NULL AND answer LIKE '%.eml' THEN 'written to a file' \
     WHEN delivered_at IS NOT NULL THEN 'delivered' WHEN dropped_at IS NOT NULL THEN 'dropped' \
     WHEN failed_at IS NOT NULL THEN 'failed' ELSE 'waiting' END)";

fn letter_line(row: &Row<'_>) -> rusqlite::Result<LetterLine> {
    let is_set = |column: usize| Ok::<_, rusqlite::Error>(time_if(row, column)?.is_some());
    let answer: Option<String> = row.get(7)?;
    let state = if answer.is_some_and(|answer| is_file(&answer)) {
        LetterFilter::AS_A_FILE
    } else if is_set(3)? {
        "delivered"
    } else if is_set(4)? {
        "dropped"
    } else if is_set(5)? {
        "failed"
    } else {
        "waiting"
    };
    Ok(LetterLine {
        id: row.get(0)?,
        written: time(row, 1)?,
        subject: row.get(2)?,
        severity: parsed_if(row, 6)?,
        state,
    })
}

/// The newest changes of all listings, newest first.
pub fn newest_changes(connection: &Connection, most: u32) -> rusqlite::Result<Vec<Event>> {
    connection
        .prepare_cached(
            "SELECT l.edition, l.store, s.availability, s.since, \
                    coalesce(json_extract(r.body, '$.words'), '') \
             FROM spell s JOIN listing l ON l.id = s.listing_id JOIN reading r ON r.id = s.reading_id \
             ORDER BY s.since DESC, l.edition, l.store LIMIT ?1",
        )?
        .query_map([most], |row| {
            Ok(Event {
                edition: parsed(row, 0)?,
                store: StoreId::new(&row.get::<_, String>(1)?),
                availability: parsed(row, 2)?,
                since: time(row, 3)?,
                words: row.get(4)?,
            })
        })?
        .collect()
}

/// What the author told last of each of these pages, where he told of it.
pub fn hand_looks(
    connection: &Connection,
    edition: &EditionId,
    listings: &[ListingView],
) -> rusqlite::Result<Vec<HandLook>> {
    let mut looks = Vec::new();
    for listing in listings {
        let id = ListingId::new(edition, &listing.store);
        looks.extend(
            newest_by_hand(connection, &id)?.map(|(at, reading)| HandLook {
                store: id.store,
                at,
                reading,
            }),
        );
    }
    Ok(looks)
}

/// How the first reading of each spell of a view was had.
pub fn sources(connection: &Connection, view: &View) -> rusqlite::Result<Sources> {
    let mut sources = Sources::new();
    let mut source = connection.prepare_cached(
        "SELECT o.source FROM observation o JOIN listing l ON l.id = o.listing_id \
         WHERE l.edition = ?1 AND l.store = ?2 AND o.at = ?3",
    )?;
    for listing in &view.listings {
        for spell in &listing.spells {
            let (edition, store) = (view.edition.id.as_str(), listing.store.as_str());
            let number = source
                .query_row(
                    params![edition, store, spell.since.as_millisecond()],
                    |row| row.get(0),
                )
                .optional()?;
            if let Some(number) = number {
                sources.insert((listing.store.clone(), spell.since), source_of(number)?);
            }
        }
    }
    Ok(sources)
}
