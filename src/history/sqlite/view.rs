//! Reading the history back: the view of an edition, and its observations one by one.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, params};
use serde::Serialize;
use utoipa::ToSchema;

use super::shown::shown;
use super::{listing_number, notes, reading_of, source_of, spell_of, spell_with};
use crate::book::{EditionId, Family, Launch, NoteKind};
use crate::config::plan::{EditionPlan, ListingPlan};
use crate::db::column::{parsed, time, time_if};
use crate::history::spells::on_sale_since;
use crate::history::{Blind, ListingId, ListingView, Sibling, SiblingPage, Source, Spell, View};
use crate::page::{Reading, Says};

/// How many spells of a listing a view holds; older ones stay in the database.
const SPELLS_IN_A_VIEW: i64 = 200;

/// How many of another format's: enough to see since when it has been on sale, blips included.
const SPELLS_OF_A_SIBLING: i64 = 20;

/// How much of the history a view holds. What is left out is empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Depth {
    /// All that judging looks at.
    Whole,
    /// Not what each page showed besides its state, and nothing of the other formats.
    States,
    /// Of the states only those that lasted at that time or later, without what the pages said.
    Since(Timestamp),
    /// Of the states only the newest.
    Newest,
}

/// The view of an edition: its listings with their spells, and the notes that stand.
pub fn view(connection: &Connection, plan: &EditionPlan) -> rusqlite::Result<View> {
    view_to(connection, plan, Depth::Whole)
}

/// The view of an edition, as deep as it is needed.
pub fn view_to(
    connection: &Connection,
    plan: &EditionPlan,
    depth: Depth,
) -> rusqlite::Result<View> {
    let listings = listings_to(connection, plan, depth)?;
    let siblings = plan.siblings.iter().filter(|_| depth == Depth::Whole);
    let notes = notes(connection, &plan.edition.id)?;
    Ok(View {
        launch: Launch::new(&plan.edition, &notes, &plan.zone),
        edition: plan.edition.clone(),
        listings,
        notes,
        siblings: siblings
            .map(|other| sibling(connection, plan, other))
            .collect::<rusqlite::Result<_>>()?,
    })
}

/// The listings of such a view alone.
pub fn listings_to(
    connection: &Connection,
    plan: &EditionPlan,
    depth: Depth,
) -> rusqlite::Result<Vec<ListingView>> {
    plan.listings
        .iter()
        .map(|listing| listing_view(connection, &plan.edition.id, listing, depth))
        .collect()
}

/// Shows the views of editions to `look`, one after the other: those of ten thousand titles are
/// not held at once.
///
/// # Errors
///
/// As [`view`]; `look` has then seen the views before it.
pub fn each_view<T>(
    connection: &Connection,
    plans: &[EditionPlan],
    depth: Depth,
    look: impl FnOnce(&mut dyn Iterator<Item = View>) -> T,
) -> rusqlite::Result<T> {
    let mut failed = None;
    let looked = look(&mut plans.iter().map_while(|plan| {
        view_to(connection, plan, depth)
            .map_err(|error| failed = Some(error))
            .ok()
    }));
    failed.map_or(Ok(looked), Err)
}

/// What is in force for an edition: its configuration with the notes about it.
pub fn launch(connection: &Connection, plan: &EditionPlan) -> rusqlite::Result<Launch> {
    let notes = notes(connection, &plan.edition.id)?;
    Ok(Launch::new(&plan.edition, &notes, &plan.zone))
}

/// What judging an edition needs to know of another format of its book: until when its pages were
/// seen, and of the Amazon stores that watch both their newest spells.
fn sibling(
    connection: &Connection,
    plan: &EditionPlan,
    other: &EditionPlan,
) -> rusqlite::Result<Sibling> {
    let edition = &other.edition.id;
    let mut pages = Vec::new();
    let mut seen_until: Option<Timestamp> = None;
    for listing in &other.listings {
        let id = ListingId::new(edition, &listing.store);
        let Some(number) = listing_number(connection, &id)? else {
            continue;
        };
        let seen = connection
            .prepare_cached("SELECT last_good FROM listing WHERE id = ?1 AND blind_since IS NULL")?
            .query_row([number], |row| time_if(row, 0))
            .optional()?;
        seen_until = [seen_until, seen.flatten()].into_iter().flatten().min();
        let watches_both = plan.listings.iter().any(|own| own.store == listing.store);
        if !watches_both || listing.store.family() != Family::Amazon {
            continue;
        }
        let spells = spells(connection, number, SPELLS_OF_A_SIBLING)?;
        let on_sale_since = on_sale_since(&spells);
        pages.extend(spells.into_iter().next_back().map(|now| SiblingPage {
            store: listing.store.clone(),
            address: listing.address.to_string(),
            now,
            on_sale_since,
        }));
    }
    let notes = notes(connection, edition)?;
    Ok(Sibling {
        launch: Launch::new(&other.edition, &notes, &other.zone),
        edition: other.edition.clone(),
        notes,
        seen_until,
        pages,
    })
}

/// The spells of a listing that lasted at `from` or later, oldest first, without what the page said.
///
/// Spells follow each other, and so do gaps: of those that began before `from` only the newest can
/// last until then. To ask the index for that one spares reading all the others, which lie far apart
/// in the file.
fn bare_spells(
    connection: &Connection,
    number: i64,
    from: Timestamp,
) -> rusqlite::Result<Vec<Spell>> {
    connection
        .prepare_cached(
            "SELECT since, availability, last_seen, until, readings, confirmed_at FROM spell \
             WHERE listing_id = ?1 AND coalesce(until, ?2) >= ?2 AND since >= coalesce( \
             (SELECT max(since) FROM spell WHERE listing_id = ?1 AND since < ?2), ?2) ORDER BY since",
        )?
        .query_map([number, from.as_millisecond()], |row| {
            let availability = parsed(row, 1)?;
            spell_with(row, availability, Says::new(availability, "", "", ""))
        })?
        .collect()
}

/// The newest spells of a listing, oldest first.
fn spells(connection: &Connection, number: i64, most: i64) -> rusqlite::Result<Vec<Spell>> {
    let mut spells: Vec<Spell> = connection
        .prepare_cached(include_str!("spells.sql"))?
        .query_map(params![number, most], spell_of)?
        .collect::<rusqlite::Result<_>>()?;
    spells.reverse();
    Ok(spells)
}

/// The times in which a page was not seen and that lasted at `from` or later, oldest first.
fn gaps(
    connection: &Connection,
    number: i64,
    from: Timestamp,
) -> rusqlite::Result<Vec<(Timestamp, Timestamp)>> {
    connection
        .prepare_cached(
            "SELECT since, until FROM gap WHERE listing_id = ?1 AND until >= ?2 AND since >= coalesce( \
             (SELECT max(since) FROM gap WHERE listing_id = ?1 AND since < ?2), ?2) ORDER BY since",
        )?
        .query_map([number, from.as_millisecond()], |row| {
            Ok((time(row, 0)?, time(row, 1)?))
        })?
        .collect()
}

fn listing_view(
    connection: &Connection,
    edition: &EditionId,
    plan: &ListingPlan,
    depth: Depth,
) -> rusqlite::Result<ListingView> {
    let mut view = ListingView {
        store: plan.store.clone(),
        address: plan.address.to_string(),
        is_by_hand: plan.is_by_hand,
        watched_since: None,
        last_try: None,
        last_good: None,
        good_until: None,
        gaps: Vec::new(),
        spells: Vec::new(),
        shown: Vec::new(),
        blind: None,
    };
    let number: Option<i64> = connection
        .prepare_cached(include_str!("listing.sql"))?
        .query_row(params![edition.as_str(), plan.store.as_str()], |row| {
            view.watched_since = time_if(row, 0)?;
            view.last_try = time_if(row, 1)?;
            view.last_good = time_if(row, 2)?;
            view.good_until = time_if(row, 6)?;
            if let (Some(since), Some(Reading::Unread(unread))) = (
                time_if(row, 3)?,
                row.get::<_, Option<String>>(5)?
                    .map(|b| reading_of(&b))
                    .transpose()?,
            ) {
                view.blind = Some(Blind {
                    since,
                    attempts: row.get(4)?,
                    unread,
                    alike_since: since,
                    alike: row.get(4)?,
                });
            }
            row.get(7)
        })
        .optional()?;
    let Some(number) = number else {
        return Ok(view);
    };
    view.spells = match depth {
        Depth::Whole | Depth::States => spells(connection, number, SPELLS_IN_A_VIEW)?,
        Depth::Since(from) => bare_spells(connection, number, from)?,
        Depth::Newest => spells(connection, number, 1)?,
    };
    view.gaps = match depth {
        Depth::Whole | Depth::States => gaps(connection, number, Timestamp::MIN)?,
        Depth::Since(from) => gaps(connection, number, from)?,
        Depth::Newest => Vec::new(),
    };
    if depth == Depth::Whole {
        view.shown = shown(connection, number, spoken_of(connection, edition)?)?;
    }
    if let Some(blind) = &mut view.blind {
        (blind.alike_since, blind.alike) = alike(connection, number, blind)?;
    }
    Ok(view)
}

/// Since when an author's word says something of what pages show, be it that it is expected or that it
/// was revised: what was shown then must be known.
fn spoken_of(connection: &Connection, edition: &EditionId) -> rusqlite::Result<Option<Timestamp>> {
    let notes = notes(connection, edition)?;
    let says = |kind: &NoteKind| matches!(kind, NoteKind::Expected | NoteKind::RevisionDone);
    Ok(notes
        .iter()
        .filter(|note| says(&note.kind))
        .map(|note| note.at)
        .min())
}

/// Of the attempts that could not read a page, the newest that failed for one reason: since when, and
/// how many.
fn alike(
    connection: &Connection,
    listing: i64,
    blind: &Blind,
) -> rusqlite::Result<(Timestamp, u32)> {
    let mut statement = connection.prepare_cached(
        "SELECT o.at, r.body FROM observation o JOIN reading r ON r.id = o.reading_id \
         WHERE o.listing_id = ?1 AND ?2 <= o.at ORDER BY o.at DESC",
    )?;
    let mut rows = statement.query(params![listing, blind.since.as_millisecond()])?;
    let (mut since, mut count) = (blind.since, 0);
    while let Some(row) = rows.next()? {
        match reading_of(&row.get::<_, String>(1)?)? {
            Reading::Unread(unread) if unread.reason == blind.unread.reason => {
                since = time(row, 0)?;
                count += 1;
            }
            Reading::Unread(_) | Reading::Says(_) => break,
        }
    }
    Ok((since, count))
}

/// One observation of a listing, as people and scripts read it back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Seen {
    /// When.
    pub at: Timestamp,
    /// How it was had.
    pub source: Source,
    /// What it said.
    pub reading: Reading,
}

/// The observations of a listing since `from`, oldest first.
pub fn observations(
    connection: &Connection,
    listing: &ListingId,
    from: Timestamp,
) -> rusqlite::Result<Vec<Seen>> {
    let mut readings: BTreeMap<i64, Reading> = BTreeMap::new();
    glimpses(connection, listing, from)?
        .into_iter()
        .map(|look| {
            let reading = match readings.entry(look.reading) {
                Entry::Occupied(known) => known.into_mut(),
                Entry::Vacant(new) => new.insert(reading_at(connection, look.reading)?),
            };
            Ok(Seen {
                at: look.at,
                source: look.source,
                reading: reading.clone(),
            })
        })
        .collect()
}

/// The observation of a listing at that instant, and the newest one before it that named a state.
pub fn look_at(
    connection: &Connection,
    listing: &ListingId,
    at: Timestamp,
) -> rusqlite::Result<Option<(Seen, Option<Seen>)>> {
    let Some(number) = listing_number(connection, listing)? else {
        return Ok(None);
    };
    let one = |which: &str| {
        let sql = format!(
            "SELECT o.at, o.source, r.body FROM observation o JOIN reading r ON r.id = o.reading_id \
             WHERE o.listing_id = ?1 AND {which}"
        );
        let mut found = connection.prepare_cached(&sql)?;
        let found = found.query_row(params![number, at.as_millisecond()], |row| {
            Ok(Seen {
                at: time(row, 0)?,
                source: source_of(row.get(1)?)?,
                reading: reading_of(&row.get::<_, String>(2)?)?,
            })
        });
        found.optional()
    };
    let Some(look) = one("o.at = ?2")? else {
        return Ok(None);
    };
    let says = "json_extract(r.body, '$.outcome') = 'says'";
    let before = one(&format!("o.at < ?2 AND {says} ORDER BY o.at DESC LIMIT 1"))?;
    Ok(Some((look, before)))
}

fn reading_at(connection: &Connection, number: i64) -> rusqlite::Result<Reading> {
    let body: String = connection
        .prepare_cached("SELECT body FROM reading WHERE id = ?1")?
        .query_row([number], |row| row.get(0))?;
    reading_of(&body)
}

/// One observation of a listing without what it said: that is the reading of this number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Glimpse {
    /// When.
    pub at: Timestamp,
    /// How it was had.
    pub source: Source,
    /// The row in `reading`.
    pub reading: i64,
}

/// The observations of a listing since `from`, oldest first, by the numbers of their readings.
pub fn glimpses(
    connection: &Connection,
    listing: &ListingId,
    from: Timestamp,
) -> rusqlite::Result<Vec<Glimpse>> {
    let Some(number) = listing_number(connection, listing)? else {
        return Ok(Vec::new());
    };
    connection
        .prepare_cached(
            "SELECT at, source, reading_id FROM observation \
             WHERE listing_id = ?1 AND at >= ?2 ORDER BY at",
        )?
        .query_map([number, from.as_millisecond()], |row| {
            Ok(Glimpse {
                at: time(row, 0)?,
                source: source_of(row.get(1)?)?,
                reading: row.get(2)?,
            })
        })?
        .collect()
}

/// How many listings have fewer observations than their spells have counted: a page of the file that
/// held some of them is empty, where SQLite sees nothing wrong.
pub fn listings_that_lost_looks(connection: &Connection) -> rusqlite::Result<i64> {
    connection.query_row(
        "SELECT count(*) FROM listing l \
             WHERE (SELECT sum(readings) FROM spell WHERE listing_id = l.id) \
                 > (SELECT count(*) FROM observation WHERE listing_id = l.id)",
        [],
        |row| row.get(0),
    )
}

/// How many observations there are.
pub fn count_of_looks(connection: &Connection) -> rusqlite::Result<i64> {
    connection.query_row("SELECT count(*) FROM observation", [], |row| row.get(0))
}
