//! The history in the database: readings, observations, spells and notes.

use jiff::{SignedDuration, Timestamp};
use rusqlite::types::Type;
use rusqlite::{Connection, OptionalExtension as _, Row, Transaction, params};

use super::spells::{self, Step};
use super::{Blind, ListingId, ListingView, Observation, Shown, Source, Spell, View};
use crate::book::{Isbn13, Note, NoteKind, StoreId};
use crate::config::plan::{EditionPlan, ListingPlan};
use crate::page::{Reading, Says};

/// How many spells of a listing a view holds; older ones stay in the database.
const SPELLS_IN_A_VIEW: i64 = 200;

/// How many of a listing's newest looks a view goes over to tell since when the page has shown its
/// particulars; four a day make it three months.
const LOOKS_IN_A_VIEW: i64 = 360;

/// What recording an observation changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// The listing's state is another than before, or its first.
    pub changed: bool,
    /// A second look is due at this time, because the lasting spell is not confirmed.
    pub look_again_at: Option<Timestamp>,
}

/// Records what a look gave: the reading, the observation, the spell and the listing's times.
///
/// # Errors
///
/// SQLite's; then nothing is recorded, as the transaction is the caller's to roll back.
pub fn record(
    transaction: &Transaction<'_>,
    observation: &Observation,
    confirm_after: SignedDuration,
) -> rusqlite::Result<Recorded> {
    let listing = listing_row(transaction, &observation.listing)?;
    let reading = reading_row(transaction, listing, &observation.reading)?;
    // Two looks in one millisecond do not happen on purpose; the second is a copy of the first.
    transaction
        .prepare_cached(
            "INSERT OR IGNORE INTO observation (listing_id, at, reading_id, source) \
             VALUES (?1, ?2, ?3, ?4)",
        )?
        .execute(params![
            listing,
            observation.at.as_millisecond(),
            reading,
            number_of(observation.source)
        ])?;
    match &observation.reading {
        Reading::Says(says) => {
            remember_good(transaction, listing, observation.at)?;
            extend(
                transaction,
                listing,
                reading,
                observation.at,
                (says, confirm_after),
            )
        }
        Reading::Unread(_) => {
            remember_blind(transaction, listing, reading, observation.at)?;
            Ok(Recorded {
                changed: false,
                look_again_at: None,
            })
        }
    }
}

fn extend(
    transaction: &Transaction<'_>,
    listing: i64,
    reading: i64,
    at: Timestamp,
    (says, confirm_after): (&Says, SignedDuration),
) -> rusqlite::Result<Recorded> {
    let before = transaction
        .prepare_cached(include_str!("spells.sql"))?
        .query_row(params![listing, 1], spell_of)
        .optional()?;
    let (changed, spell) = match spells::step(before.as_ref(), at, says, confirm_after) {
        Step::Longer(spell) => (false, spell),
        Step::New(spell) => (true, spell),
    };
    if changed && let Some(ended) = &before {
        transaction
            .prepare_cached("UPDATE spell SET until = ?3 WHERE listing_id = ?1 AND since = ?2")?
            .execute(params![
                listing,
                ended.since.as_millisecond(),
                at.as_millisecond()
            ])?;
    }
    transaction
        .prepare_cached(
            "INSERT INTO spell (listing_id, since, availability, last_seen, until, readings, \
                                confirmed_at, reading_id) \
             VALUES (?1, ?2, ?3, ?4, NULL, ?5, ?6, ?7) \
             ON CONFLICT (listing_id, since) DO UPDATE SET availability = ?3, last_seen = ?4, \
                 until = NULL, readings = ?5, confirmed_at = ?6, reading_id = ?7",
        )?
        .execute(params![
            listing,
            spell.since.as_millisecond(),
            spell.availability.name(),
            spell.last_seen.as_millisecond(),
            spell.readings,
            spell.confirmed_at.map(Timestamp::as_millisecond),
            reading
        ])?;
    let look_again_at = match spell.confirmed_at {
        Some(_) => None,
        None => spell.since.checked_add(confirm_after).ok(),
    };
    Ok(Recorded {
        changed,
        look_again_at,
    })
}

fn remember_good(
    transaction: &Transaction<'_>,
    listing: i64,
    at: Timestamp,
) -> rusqlite::Result<()> {
    transaction
        .prepare_cached(
            "UPDATE listing SET first_try = coalesce(first_try, ?2), last_try = ?2, \
                 last_good = ?2, blind_since = NULL, blind_attempts = 0, blind_reading = NULL \
             WHERE id = ?1",
        )?
        .execute(params![listing, at.as_millisecond()])?;
    Ok(())
}

fn remember_blind(
    transaction: &Transaction<'_>,
    listing: i64,
    reading: i64,
    at: Timestamp,
) -> rusqlite::Result<()> {
    transaction
        .prepare_cached(
            "UPDATE listing SET first_try = coalesce(first_try, ?2), last_try = ?2, \
                 blind_since = coalesce(blind_since, ?2), blind_attempts = blind_attempts + 1, \
                 blind_reading = ?3 \
             WHERE id = ?1",
        )?
        .execute(params![listing, at.as_millisecond(), reading])?;
    Ok(())
}

/// The number of a listing, made when it is first needed.
///
/// # Errors
///
/// SQLite's.
pub fn listing_row(transaction: &Transaction<'_>, listing: &ListingId) -> rusqlite::Result<i64> {
    let found = listing_number(transaction, listing)?;
    if let Some(number) = found {
        return Ok(number);
    }
    transaction
        .prepare_cached("INSERT INTO listing (isbn, store) VALUES (?1, ?2)")?
        .insert(params![listing.isbn.as_str(), listing.store.as_str()])
}

fn listing_number(connection: &Connection, listing: &ListingId) -> rusqlite::Result<Option<i64>> {
    connection
        .prepare_cached("SELECT id FROM listing WHERE isbn = ?1 AND store = ?2")?
        .query_row(
            params![listing.isbn.as_str(), listing.store.as_str()],
            |row| row.get(0),
        )
        .optional()
}

fn reading_row(
    transaction: &Transaction<'_>,
    listing: i64,
    reading: &Reading,
) -> rusqlite::Result<i64> {
    let body = serde_json::to_string(reading)
        .map_err(|error| rusqlite::Error::ToSqlConversionFailure(Box::new(error)))?;
    let found = transaction
        .prepare_cached("SELECT id FROM reading WHERE listing_id = ?1 AND body = ?2")?
        .query_row(params![listing, body], |row| row.get(0))
        .optional()?;
    if let Some(number) = found {
        return Ok(number);
    }
    transaction
        .prepare_cached("INSERT INTO reading (listing_id, body) VALUES (?1, ?2)")?
        .insert(params![listing, body])
}

/// The view of an edition: its listings with their spells, and the notes that stand.
///
/// # Errors
///
/// SQLite's, also when a row does not hold what this program wrote.
pub fn view(connection: &Connection, plan: &EditionPlan) -> rusqlite::Result<View> {
    let listings = plan
        .listings
        .iter()
        .map(|listing| listing_view(connection, &plan.edition.isbn, listing))
        .collect::<rusqlite::Result<_>>()?;
    Ok(View {
        edition: plan.edition.clone(),
        listings,
        notes: notes(connection, &plan.edition.isbn)?,
    })
}

fn listing_view(
    connection: &Connection,
    isbn: &Isbn13,
    plan: &ListingPlan,
) -> rusqlite::Result<ListingView> {
    let mut view = ListingView {
        store: plan.store.clone(),
        address: plan.address.to_string(),
        watched_since: None,
        last_try: None,
        last_good: None,
        spells: Vec::new(),
        shown: Vec::new(),
        blind: None,
    };
    let listing = ListingId {
        isbn: isbn.clone(),
        store: plan.store.clone(),
    };
    let Some(number) = listing_number(connection, &listing)? else {
        return Ok(view);
    };
    connection
        .prepare_cached(include_str!("listing.sql"))?
        .query_row([number], |row| {
            view.watched_since = time_of(row, 0)?;
            view.last_try = time_of(row, 1)?;
            view.last_good = time_of(row, 2)?;
            if let (Some(since), Some(Reading::Unread(unread))) = (
                time_of(row, 3)?,
                row.get::<_, Option<String>>(5)?
                    .map(|b| reading_of(&b))
                    .transpose()?,
            ) {
                view.blind = Some(Blind {
                    since,
                    attempts: row.get(4)?,
                    unread,
                });
            }
            Ok(())
        })?;
    view.spells = connection
        .prepare_cached(include_str!("spells.sql"))?
        .query_map(params![number, SPELLS_IN_A_VIEW], spell_of)?
        .collect::<rusqlite::Result<_>>()?;
    view.spells.reverse();
    view.shown = connection
        .prepare_cached(include_str!("shown.sql"))?
        .query_map(params![number, LOOKS_IN_A_VIEW], shown_of)?
        .collect::<rusqlite::Result<_>>()?;
    Ok(view)
}

/// One observation of a listing, as people and scripts read it back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// When.
    pub at: Timestamp,
    /// How it was had.
    pub source: Source,
    /// What it said.
    pub reading: Reading,
}

/// The observations of a listing since `from`, oldest first.
///
/// # Errors
///
/// SQLite's.
pub fn observations(
    connection: &Connection,
    listing: &ListingId,
    from: Timestamp,
) -> rusqlite::Result<Vec<Seen>> {
    let Some(number) = listing_number(connection, listing)? else {
        return Ok(Vec::new());
    };
    connection
        .prepare_cached(
            "SELECT o.at, o.source, r.body FROM observation o JOIN reading r ON r.id = o.reading_id \
             WHERE o.listing_id = ?1 AND o.at >= ?2 ORDER BY o.at",
        )?
        .query_map(params![number, from.as_millisecond()], |row| {
            Ok(Seen {
                at: time(row.get(0)?)?,
                source: source_of(row.get(1)?)?,
                reading: reading_of(&row.get::<_, String>(2)?)?,
            })
        })?
        .collect()
}

/// The notes of an edition that have not been taken back, oldest first.
///
/// # Errors
///
/// SQLite's.
pub fn notes(connection: &Connection, isbn: &Isbn13) -> rusqlite::Result<Vec<Note>> {
    connection
        .prepare_cached(
            "SELECT kind, at, store, ticket, words FROM note \
             WHERE isbn = ?1 AND taken_back_at IS NULL ORDER BY at, id",
        )?
        .query_map([isbn.as_str()], |row| {
            let kind: NoteKind = serde_json::from_str(&row.get::<_, String>(0)?)
                .map_err(|error| unreadable(0, error))?;
            Ok(Note {
                kind,
                at: time(row.get(1)?)?,
                store: row
                    .get::<_, Option<String>>(2)?
                    .map(|store| StoreId::new(&store)),
                ticket: row.get(3)?,
                text: row.get(4)?,
            })
        })?
        .collect()
}

/// Writes a note down and gives its number, by which it can be taken back.
///
/// # Errors
///
/// SQLite's.
pub fn add_note(
    transaction: &Transaction<'_>,
    isbn: &Isbn13,
    note: &Note,
    now: Timestamp,
) -> rusqlite::Result<i64> {
    let kind = serde_json::to_string(&note.kind)
        .map_err(|error| rusqlite::Error::ToSqlConversionFailure(Box::new(error)))?;
    transaction
        .prepare_cached(
            "INSERT INTO note (isbn, at, written_at, kind, store, ticket, words) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        )?
        .insert(params![
            isbn.as_str(),
            note.at.as_millisecond(),
            now.as_millisecond(),
            kind,
            note.store.as_ref().map(StoreId::as_str),
            note.ticket,
            note.text
        ])
}

/// Takes a note back. False when there is no such note, or it was taken back before.
///
/// # Errors
///
/// SQLite's.
pub fn take_note_back(
    transaction: &Transaction<'_>,
    number: i64,
    now: Timestamp,
) -> rusqlite::Result<bool> {
    let rows = transaction
        .prepare_cached(
            "UPDATE note SET taken_back_at = ?2 WHERE id = ?1 AND taken_back_at IS NULL",
        )?
        .execute(params![number, now.as_millisecond()])?;
    Ok(rows == 1)
}

fn spell_of(row: &Row<'_>) -> rusqlite::Result<Spell> {
    Ok(Spell {
        since: time(row.get(0)?)?,
        availability: row.get::<_, String>(1)?.parse().map_err(
            |error: crate::book::availability::UnknownAvailability| unreadable(1, error),
        )?,
        last_seen: time(row.get(2)?)?,
        until: time_of(row, 3)?,
        readings: row.get(4)?,
        confirmed_at: time_of(row, 5)?,
        says: says_of(row, 6)?,
    })
}

fn shown_of(row: &Row<'_>) -> rusqlite::Result<Shown> {
    Ok(Shown {
        since: time(row.get(0)?)?,
        last_seen: time(row.get(1)?)?,
        readings: row.get(2)?,
        says: says_of(row, 3)?,
    })
}

fn says_of(row: &Row<'_>, column: usize) -> rusqlite::Result<Says> {
    match reading_of(&row.get::<_, String>(column)?)? {
        Reading::Says(says) => Ok(*says),
        Reading::Unread(_) => Err(unreadable(
            column,
            "a spell rests on a reading that says nothing",
        )),
    }
}

fn reading_of(body: &str) -> rusqlite::Result<Reading> {
    serde_json::from_str(body).map_err(|error| unreadable(0, error))
}

fn time_of(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<Timestamp>> {
    row.get::<_, Option<i64>>(column)?.map(time).transpose()
}

fn time(milliseconds: i64) -> rusqlite::Result<Timestamp> {
    Timestamp::from_millisecond(milliseconds).map_err(|error| unreadable(0, error))
}

fn unreadable(
    column: usize,
    error: impl Into<Box<dyn std::error::Error + Send + Sync>>,
) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(column, Type::Text, error.into())
}

fn number_of(source: Source) -> i64 {
    match source {
        Source::Http => 0,
        Source::Browser => 1,
        Source::Command => 2,
        Source::Api => 3,
        Source::ByHand => 4,
    }
}

fn source_of(number: i64) -> rusqlite::Result<Source> {
    Source::ALL
        .into_iter()
        .find(|source| number_of(*source) == number)
        .ok_or_else(|| unreadable(0, format!("there is no source {number}")))
}

#[cfg(test)]
mod tests {
    use jiff::ToSpan as _;

    use super::*;
    use crate::book::Availability;
    use crate::db::Db;
    use crate::page::UnreadReason;

    fn listing() -> ListingId {
        ListingId {
            isbn: "9780132350884".parse().unwrap(),
            store: StoreId::new("amazon.com"),
        }
    }

    fn start() -> Timestamp {
        "2026-12-01T08:00:00Z".parse().unwrap()
    }

    fn see(db: &Db, hours: i64, reading: Reading) -> Recorded {
        let at = start() + hours.hours();
        let observation = Observation {
            listing: listing(),
            at,
            source: Source::Http,
            reading,
        };
        db.write(|tx| record(tx, &observation, SignedDuration::from_hours(6)))
            .unwrap()
    }

    fn says(state: Availability) -> Reading {
        Reading::Says(Box::new(Says::new(
            state,
            "test",
            state.word(),
            "#availability",
        )))
    }

    fn database() -> (tempfile::TempDir, Db) {
        let folder = tempfile::tempdir().unwrap();
        let db = Db::open(&folder.path().join("pubwatch.db")).unwrap();
        (folder, db)
    }

    #[test]
    fn an_unread_page_changes_no_state_and_a_good_one_ends_the_blindness() {
        let (_folder, db) = database();
        assert!(see(&db, 0, says(Availability::PreOrder)).changed);
        see(&db, 6, says(Availability::PreOrder));
        let recorded = see(
            &db,
            12,
            Reading::unread(UnreadReason::Blocked, "test", "captcha"),
        );
        assert_eq!(
            recorded,
            Recorded {
                changed: false,
                look_again_at: None
            }
        );
        see(
            &db,
            18,
            Reading::unread(UnreadReason::Blocked, "test", "captcha"),
        );
        let plan = plan();
        let view = db.read(|c| view(c, &plan)).unwrap();
        let blind = view.listings[0].blind.clone().unwrap();
        assert_eq!((blind.since, blind.attempts), (start() + 12.hours(), 2));
        assert_eq!(view.listings[0].spells.len(), 1);
        assert_eq!(view.listings[0].last_good, Some(start() + 6.hours()));

        assert!(!see(&db, 24, says(Availability::PreOrder)).changed);
        let view = db.read(|c| super::view(c, &plan)).unwrap();
        assert_eq!(view.listings[0].blind, None);
        assert_eq!(view.listings[0].spells.len(), 1);
        assert_eq!(view.listings[0].spells[0].readings, 3);
    }

    #[test]
    fn a_change_asks_for_a_second_look_until_it_is_confirmed() {
        let (_folder, db) = database();
        see(&db, 0, says(Availability::PreOrder));
        let recorded = see(&db, 24, says(Availability::OutOfStock));
        assert_eq!(
            recorded,
            Recorded {
                changed: true,
                look_again_at: Some(start() + 30.hours())
            }
        );
        assert_eq!(
            see(&db, 30, says(Availability::OutOfStock)).look_again_at,
            None
        );
    }

    #[test]
    fn observations_cannot_be_changed_or_deleted() {
        let (_folder, db) = database();
        see(&db, 0, says(Availability::PreOrder));
        for statement in ["UPDATE observation SET at = 0", "DELETE FROM observation"] {
            let result: rusqlite::Result<usize> = db.write(|tx| tx.execute(statement, []));
            assert!(
                result.unwrap_err().to_string().contains("only appended"),
                "{statement}"
            );
        }
    }

    #[test]
    fn the_view_tells_since_when_a_page_has_shown_what_it_shows() {
        let (_folder, db) = database();
        let dated = |date: &str| {
            let mut says = Says::new(Availability::PreOrder, "test", "Pre-order", "test");
            says.date = Some(date.parse().unwrap());
            Reading::Says(Box::new(says))
        };
        see(&db, 0, dated("2027-02-09"));
        see(&db, 6, dated("2027-03-09"));
        see(
            &db,
            12,
            Reading::unread(UnreadReason::Blocked, "test", "captcha"),
        );
        see(&db, 18, dated("2027-03-09"));
        see(&db, 24, dated("2027-02-09"));
        let view = db.read(|c| view(c, &plan())).unwrap();
        let runs: Vec<_> = view.listings[0]
            .shown
            .iter()
            .map(|run| {
                let hours = |at: Timestamp| at.duration_since(start()).as_hours();
                let date = run.says.date.unwrap().month();
                (
                    hours(run.since),
                    hours(run.last_seen),
                    run.readings,
                    i64::from(date),
                )
            })
            .collect();
        assert_eq!(runs, [(0, 0, 1, 2), (6, 18, 2, 3), (24, 24, 1, 2)]);
    }

    #[test]
    fn an_unchanged_page_is_stored_once() {
        let (_folder, db) = database();
        for hour in 0..50 {
            see(&db, hour, says(Availability::InStock));
        }
        let rows: (i64, i64) = db
            .read(|c| {
                c.query_row(
                    "SELECT (SELECT count(*) FROM reading), (SELECT count(*) FROM observation)",
                    [],
                    |row| Ok((row.get(0)?, row.get(1)?)),
                )
            })
            .unwrap();
        assert_eq!(rows, (1, 50));
    }

    #[test]
    fn a_note_stands_until_it_is_taken_back() {
        let (_folder, db) = database();
        let note = Note {
            kind: NoteKind::DateChanged {
                to: "2027-03-02".parse().unwrap(),
            },
            at: start(),
            store: None,
            ticket: Some("IS-4711".into()),
            text: None,
        };
        let isbn = listing().isbn;
        let number = db.write(|tx| add_note(tx, &isbn, &note, start())).unwrap();
        assert_eq!(db.read(|c| notes(c, &isbn)).unwrap(), [note]);
        assert!(db.write(|tx| take_note_back(tx, number, start())).unwrap());
        assert!(!db.write(|tx| take_note_back(tx, number, start())).unwrap());
        assert_eq!(db.read(|c| notes(c, &isbn)).unwrap(), []);
    }

    fn plan() -> EditionPlan {
        use crate::book::{Distribution, Edition, Format};
        let listing = listing();
        let date = "2027-02-09".parse().unwrap();
        EditionPlan {
            edition: Edition {
                isbn: listing.isbn,
                title: "Salt Roads".into(),
                author: None,
                format: Format::Paperback,
                publication_date: date,
                on_sale_date: date,
                distribution: Distribution::IngramSpark,
                distribution_enabled: None,
                amazon_switch: true,
                first_title: false,
                list_price: None,
                imprint: None,
            },
            listings: vec![ListingPlan {
                store: listing.store,
                address: "https://www.amazon.com/dp/0132350882".parse().unwrap(),
                ask: "https://www.amazon.com/dp/0132350882".parse().unwrap(),
                asin: Some("0132350882".into()),
            }],
        }
    }
}
