//! A thousand editions: how long the overview takes, and how much it weighs.
//!
//! `cargo test --release --test it -- --ignored --nocapture a_thousand_editions`

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use pubwatch::db::DbError;

use super::{TestSite, configuration, now};

/// The `number`-th of a thousand valid ISBNs.
fn isbn(number: usize) -> String {
    let digits = format!("97819440{number:04}");
    let sum: u32 = digits
        .chars()
        .zip([1, 3].into_iter().cycle())
        .map(|(digit, weight)| digit.to_digit(10).unwrap() * weight)
        .sum();
    format!("{digits}{}", (10 - sum % 10) % 10)
}

/// Three years of daily looks at three stores each, in ten spells, and sixty open alerts.
fn a_thousand() -> TestSite {
    let mut editions = String::new();
    for number in 0..1000 {
        write!(
            editions,
            "[[edition]]\ntitle = \"The Lamplighter's Almanac, Volume {number}\"\nisbn = \"{}\"\n\
             publication_date = 20{}-0{}-15\nimprint = \"Imprint {}\"\n\
             stores = [\"amazon.com\", \"barnesandnoble.com\", \"bookshop.org\"]\n",
            isbn(number),
            24 + number % 4,
            1 + number % 9,
            number % 12
        )
        .unwrap();
    }
    let site = TestSite::new(&configuration(&editions));
    let day = 86_400_000_i64;
    let begin = now().as_millisecond() - 1095 * day;
    site.db
        .write(|tx| {
            for number in 0..1000 {
                for store in ["amazon.com", "barnesandnoble.com", "bookshop.org"] {
                    tx.execute(
                        "INSERT INTO listing (isbn, store, first_try, last_try, last_good) \
                         VALUES (?1, ?2, ?3, ?4, ?4)",
                        (isbn(number), store, begin, now().as_millisecond()),
                    )?;
                }
                if number % 16 == 0 {
                    tx.execute(
                        "INSERT INTO alert (rule, isbn, stores, headline, opened, since, severity) \
                         VALUES ('unavailable', ?1, '[\"amazon.com\"]', 'x', 0, 0, 'act')",
                        [isbn(number)],
                    )?;
                }
            }
            tx.execute_batch(&format!(
                "INSERT INTO reading (listing_id, body) SELECT id, json_object( \
                    'outcome', 'says', 'availability', 'in_stock', 'confidence', 'sure', \
                    'rule', 'test', 'words', 'In stock', 'place', '#availability', 'formats', \
                    json('[]')) FROM listing; \
                 WITH RECURSIVE days(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM days WHERE n < 1094) \
                 INSERT INTO observation (listing_id, at, reading_id, source) \
                    SELECT l.id, {begin} + n * {day}, r.id, 0 FROM listing l \
                    JOIN reading r ON r.listing_id = l.id, days; \
                 WITH RECURSIVE turns(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM turns WHERE n < 9) \
                 INSERT INTO spell SELECT l.id, {begin} + n * 109 * {day}, \
                    CASE n % 2 WHEN 0 THEN 'in_stock' ELSE 'out_of_stock' END, \
                    {begin} + (n * 109 + 108) * {day}, \
                    CASE n WHEN 9 THEN NULL ELSE {begin} + (n + 1) * 109 * {day} END, 109, \
                    {begin} + (n * 109 + 1) * {day}, r.id \
                    FROM listing l JOIN reading r ON r.listing_id = l.id, turns;"
            ))?;
            Ok::<_, DbError>(())
        })
        .unwrap();
    site
}

/// "Salt Roads" looked at every hour for a year at three stores, with a change every five days.
fn a_year_of_hours() -> TestSite {
    let site = TestSite::new(&configuration(super::SALT_ROADS));
    let hour = 3_600_000_i64;
    let begin = now().as_millisecond() - 8760 * hour;
    site.db
        .write(|tx| {
            for store in ["amazon.com", "barnesandnoble.com", "bookshop.org"] {
                tx.execute(
                    "INSERT INTO listing (isbn, store, first_try, last_try, last_good) \
                     VALUES (?1, ?2, ?3, ?4, ?4)",
                    (super::ISBN, store, begin, now().as_millisecond()),
                )?;
            }
            tx.execute_batch(&format!(
                "INSERT INTO reading (listing_id, body) SELECT id, json_object( \
                    'outcome', 'says', 'availability', 'in_stock', 'confidence', 'sure', \
                    'rule', 'test', 'words', 'In stock', 'place', '#availability', 'formats', \
                    json('[]')) FROM listing; \
                 WITH RECURSIVE hours(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM hours WHERE n < 8759) \
                 INSERT INTO observation (listing_id, at, reading_id, source) \
                    SELECT l.id, {begin} + n * {hour}, r.id, 0 FROM listing l \
                    JOIN reading r ON r.listing_id = l.id, hours; \
                 WITH RECURSIVE turns(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM turns WHERE n < 72) \
                 INSERT INTO spell SELECT l.id, {begin} + n * 120 * {hour}, \
                    CASE n % 2 WHEN 0 THEN 'in_stock' ELSE 'out_of_stock' END, \
                    {begin} + (n * 120 + 119) * {hour}, \
                    CASE n WHEN 72 THEN NULL ELSE {begin} + (n + 1) * 120 * {hour} END, 120, \
                    {begin} + (n * 120 + 1) * {hour}, r.id \
                    FROM listing l JOIN reading r ON r.listing_id = l.id, turns;"
            ))?;
            Ok::<_, DbError>(())
        })
        .unwrap();
    site
}

#[test]
fn a_year_of_hourly_checks_is_drawn_in_milliseconds() {
    let site = a_year_of_hours();
    let path = format!("/editions/{}/timeline.svg?range=year", super::ISBN);
    let (time, weight) = median(&site, &path);
    println!("a year of hourly checks: median {time:?}, {weight} bytes");
    assert!(weight < 200_000, "{weight} bytes");
    // A build for tests on a busy machine is many times slower than one for use.
    let most = if cfg!(debug_assertions) { 2000 } else { 50 };
    assert!(time < Duration::from_millis(most), "{time:?}");
}

#[expect(clippy::disallowed_methods, reason = "this test measures time")]
fn median(site: &TestSite, path: &str) -> (Duration, usize) {
    let mut times = Vec::new();
    let mut weight = 0;
    for _ in 0..21 {
        let begun = Instant::now();
        let page = site.get(path);
        times.push(begun.elapsed());
        assert_eq!(page.status, 200);
        weight = page.body.len();
    }
    times.sort();
    (times[times.len() / 2], weight)
}

#[test]
#[ignore = "builds three million observations"]
fn a_thousand_editions_are_shown_quickly_and_weigh_little() {
    let site = a_thousand();
    let (time, weight) = median(&site, "/");
    println!("overview: median {time:?}, {weight} bytes");
    let (edition, bytes) = median(&site, &format!("/editions/{}", isbn(1)));
    println!("edition: median {edition:?}, {bytes} bytes");
    assert!(weight < 300_000, "{weight} bytes");
    // A build for tests is several times slower than one for use.
    let most = if cfg!(debug_assertions) { 250 } else { 50 };
    assert!(time < Duration::from_millis(most), "{time:?}");
}
