//! The history in the database: readings, observations, spells and notes.

mod blind;
mod drift;
mod looks;
mod evidence;
mod moved;
mod notes;
mod record;
mod set_aside;
mod shown;
pub mod transfer;
mod validators;
mod view;

use rusqlite::{Connection, OptionalExtension as _, Row, params};

pub use blind::{blind_pages, newest_good};
pub use drift::drifts;
pub use evidence::{damaged_bodies, evidence, evidence_at, keep_evidence};
pub use looks::{Looks, claim_look, looks};
pub use moved::{has_moved, is_known, note_moves, rename_edition, take_moves_back};
pub use notes::{Kept, add_note, all_notes, notes, standing_notes, take_note_back};
pub use record::{Recorded, keep_good_until, listing_row, record};
pub use set_aside::{Aside, newest_by_hand, set_aside};
pub use validators::{Recognised, recognise_by, recognised};
pub use view::{
    Depth, Glimpse, Seen, count_of_looks, each_view, glimpses, launch, listings_that_lost_looks,
    listings_to, look_at, observations, view, view_to,
};

use super::{ListingId, Source, Spell};
use crate::book::Availability;
use crate::db::column::{parsed, time, time_if, unreadable};
use crate::page::{Reading, Says};

fn listing_number(connection: &Connection, listing: &ListingId) -> rusqlite::Result<Option<i64>> {
    connection
        .prepare_cached("SELECT id FROM listing WHERE edition = ?1 AND store = ?2")?
        .query_row(
            params![listing.edition.as_str(), listing.store.as_str()],
            |row| row.get(0),
        )
        .optional()
}

fn spell_of(row: &Row<'_>) -> rusqlite::Result<Spell> {
    spell_with(row, parsed(row, 1)?, says_of(row, 6)?)
}

fn spell_with(row: &Row<'_>, availability: Availability, says: Says) -> rusqlite::Result<Spell> {
    Ok(Spell {
        since: time(row, 0)?,
        availability,
        last_seen: time(row, 2)?,
        until: time_if(row, 3)?,
        readings: row.get(4)?,
        confirmed_at: time_if(row, 5)?,
        says,
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
    // A tagged value is parsed twice, once to find its tag. Ours begins with it, so most of what a
    // thousand histories cost is spared here; any other order is read all the same.
    let reading = if body.starts_with(r#"{"outcome":"says","#) {
        serde_json::from_str(body).map(|says| Reading::Says(Box::new(says)))
    } else {
        serde_json::from_str(body)
    };
    reading.map_err(|error| unreadable(0, error))
}

fn number_of(source: Source) -> i64 {
    match source {
        Source::Http => 0,
        Source::Browser => 1,
        Source::Command => 2,
        Source::Api => 3,
        Source::ByHand => 4,
        Source::Companion => 5,
    }
}

pub(crate) fn source_of(number: i64) -> rusqlite::Result<Source> {
    Source::ALL
        .into_iter()
        .find(|source| number_of(*source) == number)
        .ok_or_else(|| unreadable(0, format!("there is no source {number}")))
}

#[cfg(test)]
pub(super) mod tests {
    use jiff::ToSpan as _;

    use jiff::SignedDuration;

    use super::*;
    use crate::book::{Availability, Note, NoteKind, StoreId};
    use crate::config::plan::{EditionPlan, ListingPlan};
    use crate::db::Db;
    use crate::history::Observation;
    use crate::page::UnreadReason;
    use jiff::Timestamp;

    fn listing() -> ListingId {
        ListingId {
            edition: "9780132350884".parse().unwrap(),
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

    pub(in crate::history) fn database() -> (tempfile::TempDir, Db) {
        let folder = tempfile::tempdir().unwrap();
        let db = Db::open(&folder.path().join("pubwatch.db")).unwrap();
        (folder, db)
    }

    #[test]
    fn a_reading_comes_back_whatever_the_order_of_its_fields() {
        let mut says = Says::new(Availability::PreOrder, "test", "Pre-order now", "#buy");
        says.date = Some("2027-02-09".parse().unwrap());
        says.seller = Some("Example Books".to_owned());
        let blocked = Reading::unread(UnreadReason::Blocked, "refusal/captcha", "Type the letters");
        for reading in [Reading::Says(Box::new(says)), blocked] {
            let body = serde_json::to_string(&reading).unwrap();
            assert!(body.starts_with("{\"outcome\":"), "{body}");
            assert_eq!(reading_of(&body).unwrap(), reading);
            let fields: serde_json::Value = serde_json::from_str(&body).unwrap();
            let backwards: Vec<String> = fields
                .as_object()
                .unwrap()
                .iter()
                .rev()
                .map(|(name, value)| format!("{name:?}:{value}"))
                .collect();
            let backwards = format!("{{{}}}", backwards.join(","));
            assert_eq!(reading_of(&backwards).unwrap(), reading, "{backwards}");
        }
        assert!(reading_of(r#"{"outcome":"says","words":"x"}"#).is_err());
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
                look_again_at: None,
                is_first_not_understood: false,
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
    fn what_a_person_saw_ends_no_blindness_of_the_program() {
        let (_folder, db) = database();
        let blocked = || Reading::unread(UnreadReason::Blocked, "test", "captcha");
        let by_hand = |hour: i64| {
            let observation = Observation {
                listing: listing(),
                at: start() + hour.hours(),
                source: Source::ByHand,
                reading: says(Availability::InStock),
            };
            db.write(|tx| {
                record(tx, &observation, SignedDuration::from_hours(6))?;
                keep_good_until(tx, &observation.listing, start() + (hour + 72).hours())
            })
            .unwrap();
        };
        let look = || db.read(|c| view(c, &plan())).unwrap().listings.remove(0);
        let state = |hour: i64| {
            let seen = look();
            let seen = seen.seen(start() + hour.hours());
            seen.map(|spell| spell.availability)
        };
        see(&db, 0, says(Availability::PreOrder));
        see(&db, 12, blocked());
        see(&db, 24, blocked());
        assert_eq!(state(25), None);
        by_hand(30);
        assert_eq!(look().blind.map(|blind| blind.attempts), Some(2));
        assert_eq!(state(31), Some(Availability::InStock));
        assert_eq!(state(30 + 73), None);
        see(&db, 36, blocked());
        assert_eq!(look().blind.map(|blind| blind.attempts), Some(3));
        assert_eq!(state(37), Some(Availability::InStock));
        see(&db, 48, says(Availability::InStock));
        assert_eq!(look().blind, None);
        let hours = |at: Timestamp| at.duration_since(start()).as_hours();
        let gaps = look().gaps;
        let gaps: Vec<_> = gaps.iter().map(|(a, b)| (hours(*a), hours(*b))).collect();
        assert_eq!(gaps, [(12, 30)]);
    }

    #[test]
    fn time_in_which_nobody_looked_is_a_gap() {
        let (_folder, db) = database();
        see(&db, 0, says(Availability::PreOrder));
        db.write(|tx| keep_good_until(tx, &listing(), start() + 13.hours()))
            .unwrap();
        let view = db.read(|c| view(c, &plan())).unwrap();
        let listing = &view.listings[0];
        let since = |hour: i64| listing.unseen_since(start() + hour.hours());
        assert_eq!(since(13), None);
        assert_eq!(since(14), Some(start() + 13.hours()));
        see(&db, 100, says(Availability::PreOrder));
        let view = db.read(|c| super::view(c, &plan())).unwrap();
        assert_eq!(
            view.listings[0].gaps,
            [(start() + 13.hours(), start() + 100.hours())]
        );
    }

    #[test]
    fn of_a_part_of_the_history_what_lasted_into_it_is_there() {
        let (_folder, db) = database();
        let states = [Availability::PreOrder, Availability::OutOfStock];
        for hour in (0..240).step_by(12) {
            let at = start() + hour.hours();
            let is_blind = hour % 60 == 36;
            let reading = if is_blind {
                Reading::unread(UnreadReason::Blocked, "test", "captcha")
            } else {
                says(states[usize::from(96 <= hour % 192)])
            };
            see(&db, hour, reading);
            db.write(|tx| keep_good_until(tx, &listing(), at + 13.hours()))
                .unwrap();
        }
        let whole = db.read(|c| view(c, &plan())).unwrap().listings.remove(0);
        assert!(2 < whole.spells.len() && 2 < whole.gaps.len(), "{whole:?}");
        for hour in -1..250 {
            let from = start() + hour.hours();
            let part = db.read(|c| listings_to(c, &plan(), Depth::Since(from)));
            let part = part.unwrap().remove(0);
            let since = |spells: &[Spell]| spells.iter().map(|it| it.since).collect::<Vec<_>>();
            let lasted = whole
                .spells
                .iter()
                .filter(|it| it.until.is_none_or(|end| from <= end));
            let lasted: Vec<Spell> = lasted.cloned().collect();
            assert_eq!(since(&part.spells), since(&lasted), "{hour}");
            let gaps = whole.gaps.iter().filter(|(_, end)| from <= *end);
            assert_eq!(part.gaps, gaps.copied().collect::<Vec<_>>(), "{hour}");
        }
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
                look_again_at: Some(start() + 30.hours()),
                is_first_not_understood: false,
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
            kind: NoteKind::moved("2027-03-02".parse().unwrap()),
            at: start(),
            store: None,
            ticket: Some("IS-4711".into()),
            text: None,
        };
        let edition = listing().edition;
        let number = db
            .write(|tx| add_note(tx, &edition, &note, start()))
            .unwrap();
        assert_eq!(db.read(|c| notes(c, &edition)).unwrap(), [note]);
        assert!(db.write(|tx| take_note_back(tx, number, start())).unwrap());
        assert!(!db.write(|tx| take_note_back(tx, number, start())).unwrap());
        assert_eq!(db.read(|c| notes(c, &edition)).unwrap(), []);
    }

    pub(in crate::history) fn plan() -> EditionPlan {
        use crate::book::{ConfiguredDates, Distribution, Edition, Format};
        let listing = listing();
        let date = "2027-02-09".parse().unwrap();
        EditionPlan {
            edition: Edition {
                id: listing.edition,
                asin: None,
                title: "Salt Roads".into(),
                author: None,
                format: Format::Paperback,
                dates: ConfiguredDates::new(date, None, None),
                distribution: Distribution::IngramSpark,
                printing: None,
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
                is_by_hand: false,
            }],
            siblings: Vec::new(),
            notify: Vec::new(),
            zone: jiff::tz::TimeZone::UTC,
        }
    }
}
