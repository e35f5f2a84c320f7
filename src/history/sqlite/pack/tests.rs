//! Packing seen from outside: whoever asks gets the same answers before and after.

use jiff::ToSpan as _;
use proptest::prelude::*;

use super::*;
use crate::book::{Availability, ConfiguredDates, Distribution, Edition, Format, Source, StoreId};
use crate::config::plan::{EditionPlan, ListingPlan};
use crate::db::Db;
use crate::history::sqlite::transfer::{every_look, last_look};
use crate::history::sqlite::{count_of_looks, glimpses, observations, record, view};
use crate::history::{ListingId, Observation, View};
use crate::page::{Reading, Says, UnreadReason};

fn start() -> Timestamp {
    "2026-12-01T08:00:00Z".parse().unwrap()
}

fn listing() -> ListingId {
    ListingId {
        isbn: "9780132350884".parse().unwrap(),
        store: StoreId::new("amazon.com"),
    }
}

fn plan() -> EditionPlan {
    let date = "2027-02-09".parse().unwrap();
    let address: url::Url = "https://www.amazon.com/dp/0132350882".parse().unwrap();
    EditionPlan {
        edition: Edition {
            isbn: listing().isbn,
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
            store: listing().store,
            address: address.clone(),
            ask: address,
            asin: None,
        }],
        siblings: Vec::new(),
        notify: Vec::new(),
        zone: jiff::tz::TimeZone::UTC,
    }
}

/// A look of so many minutes after the one before; what it gave, and how.
type Drawn = (i64, u8, bool);

fn reading(kind: u8) -> Reading {
    let states = [
        Availability::PreOrder,
        Availability::InStock,
        Availability::OutOfStock,
    ];
    match states.get(usize::from(kind)) {
        Some(state) => Reading::Says(Box::new(Says::new(*state, "test", state.word(), "test"))),
        None => Reading::unread(UnreadReason::Blocked, "test", "captcha"),
    }
}

fn play(db: &Db, looks: &[Drawn]) -> Timestamp {
    let mut at = start();
    for (minutes, kind, by_hand) in looks {
        at += minutes.minutes();
        let observation = Observation {
            listing: listing(),
            at,
            source: if *by_hand {
                Source::ByHand
            } else {
                Source::Http
            },
            reading: reading(*kind),
        };
        db.write(|tx| record(tx, &observation, SignedDuration::from_hours(6)))
            .unwrap();
    }
    at
}

/// Everything that anybody asks of a history.
#[derive(Debug, PartialEq)]
struct Answers {
    view: Vec<crate::history::ListingView>,
    all: Vec<super::super::Seen>,
    since: Vec<super::super::Seen>,
    glimpses: Vec<super::super::Glimpse>,
    told: Vec<(ListingId, Timestamp, Source, String)>,
    last: Option<Timestamp>,
    count: i64,
}

fn answers(db: &Db, since: Timestamp) -> Answers {
    db.read(|c| -> rusqlite::Result<Answers> {
        let View { listings, .. } = view(c, &plan())?;
        let mut told = Vec::new();
        every_look(c, |look| {
            let reading = look.reading.to_owned();
            told.push((look.listing.clone(), look.at, look.source, reading));
            Ok::<_, rusqlite::Error>(())
        })?;
        Ok(Answers {
            view: listings,
            all: observations(c, &listing(), Timestamp::MIN)?,
            since: observations(c, &listing(), since)?,
            glimpses: glimpses(c, &listing())?,
            told,
            last: last_look(c, &listing())?,
            count: count_of_looks(c)?,
        })
    })
    .unwrap()
}

fn pack_all(db: &Db, now: Timestamp) -> Packed {
    let mut all = Packed::default();
    for _ in 0..1000 {
        let step: rusqlite::Result<_> = db.write(|tx| pack_some(tx, now));
        let Some(step) = step.unwrap() else {
            return all;
        };
        all.looks += step.looks;
        all.rows += step.rows;
    }
    panic!("packing does not come to an end");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn whoever_asks_gets_the_same_answers_before_and_after(
        runs in prop::collection::vec((0_u8..4, any::<bool>(), 1_usize..200, 1_i64..2000), 1..12),
        days in 0_i64..400,
        since in 0_i64..20_000,
    ) {
        let looks: Vec<Drawn> = runs
            .iter()
            .flat_map(|(kind, by_hand, count, minutes)| {
                std::iter::repeat_n((*minutes, *kind, *by_hand), *count)
            })
            .collect();
        let db = Db::in_memory().unwrap();
        let end = play(&db, &looks);
        let since = start() + since.hours();
        let before = answers(&db, since);
        pack_all(&db, end + (days * 24).hours());
        prop_assert_eq!(&answers(&db, since), &before);
        // And again when time has gone on and more was seen.
        play_later(&db, end + (days * 24 + 1).hours());
        let before = answers(&db, since);
        pack_all(&db, end + ((days + 500) * 24).hours());
        prop_assert_eq!(&answers(&db, since), &before);
    }
}

fn play_later(db: &Db, from: Timestamp) {
    for hour in 0..50 {
        let observation = Observation {
            listing: listing(),
            at: from + hour.hours(),
            source: Source::Http,
            reading: reading(1),
        };
        db.write(|tx| record(tx, &observation, SignedDuration::from_hours(6)))
            .unwrap();
    }
}

fn rows(db: &Db, table: &str) -> i64 {
    db.read(|c| {
        c.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| {
            row.get(0)
        })
    })
    .unwrap()
}

#[test]
fn a_year_of_the_same_is_a_few_rows_and_the_last_month_stays_as_it_is() {
    let db = Db::in_memory().unwrap();
    let end = play(&db, &vec![(360, 1, false); 1460]);
    let done = pack_all(&db, end);
    // 124 looks of the last month, and those that no full row holds yet.
    assert_eq!((done.looks, done.rows), (1280, 10));
    assert_eq!(rows(&db, "observation"), 180);
    assert_eq!(rows(&db, "packed_look"), 10);
    // It is not due again for a week, and then there is nothing to do.
    assert_eq!(pack_all(&db, end + (24 * 6).hours()), Packed::default());
}

#[test]
fn a_clock_that_was_wrong_puts_nothing_off_for_long() {
    let db = Db::in_memory().unwrap();
    let end = play(&db, &vec![(360, 1, false); 200]);
    let far = end + (24 * 3000).hours();
    pack_all(&db, far);
    assert_eq!(rows(&db, "packed_look"), 1);
    play_later(&db, end + 1.hours());
    // Set right again, the listing is gone over at once instead of in eight years.
    let again: rusqlite::Result<_> = db.write(|tx| pack_some(tx, end));
    assert!(again.unwrap().is_some());
}

#[test]
fn no_look_goes_that_no_packed_row_stands_for() {
    let db = Db::in_memory().unwrap();
    let end = play(&db, &vec![(360, 1, false); 400]);
    pack_all(&db, end);
    let refused = [
        ("DELETE FROM observation", "only appended"),
        ("DELETE FROM packed_look", "only appended"),
        ("UPDATE packed_look SET looks = 2", "only appended"),
        (
            // A row that claims looks which are not there.
            "INSERT INTO packed_look SELECT listing_id, at, at + 1000, reading_id, source, 2, x'e807' \
             FROM observation LIMIT 1",
            "stands for",
        ),
    ];
    for (statement, words) in refused {
        let result: rusqlite::Result<usize> = db.write(|tx| tx.execute(statement, []));
        let error = result.unwrap_err().to_string();
        assert!(error.contains(words), "{statement}: {error}");
    }
}

#[test]
fn damaged_times_are_told_and_not_guessed() {
    let db = Db::in_memory().unwrap();
    let end = play(&db, &vec![(360, 1, false); 400]);
    pack_all(&db, end);
    let result: rusqlite::Result<()> = db.write(|tx| {
        tx.execute_batch(
            "DROP TRIGGER packed_look_is_never_changed; \
             UPDATE packed_look SET gaps = zeroblob(length(gaps))",
        )
    });
    result.unwrap();
    let error = db.read(|c| glimpses(c, &listing())).unwrap_err();
    assert!(error.to_string().contains("damaged"), "{error}");
}
