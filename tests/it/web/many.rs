//! A thousand editions: how long the pages take, and how much they weigh.
//!
//! `cargo test --profile dist --test it a_thousand -- --ignored --nocapture`
//!
//! Over ten years of a thousand editions, as `examples/years` writes them:
//! `PUBWATCH_IMPRINT=FOLDER cargo test --profile dist --test it ten_years -- --ignored --nocapture`

use std::fmt::Write as _;
use std::path::Path;
use std::sync::mpsc;
use std::time::{Duration, Instant};

use cpu_time::ProcessTime;
use pubwatch::db::DbError;

use super::{ISBN, SALT_ROADS, TestSite, configuration, now, says};

const STORES: [&str; 3] = ["amazon.com", "barnesandnoble.com", "bookshop.org"];

const HOUR: i64 = 3_600_000;

/// The `number`-th of a thousand valid ISBNs.
pub(crate) fn isbn(number: usize) -> String {
    let digits = format!("97819440{number:04}");
    let sum: u32 = digits
        .chars()
        .zip([1, 3].into_iter().cycle())
        .map(|(digit, weight)| digit.to_digit(10).unwrap() * weight)
        .sum();
    format!("{digits}{}", (10 - sum % 10) % 10)
}

/// A history of looks at a steady pace up to now, in spells of equal length.
struct History {
    /// Milliseconds from one look to the next.
    pace: i64,
    looks: i64,
    /// How many of the looks make a spell.
    spell: i64,
}

impl History {
    /// Writes it for these editions at all three stores, as it is recorded look by look.
    fn write(&self, site: &TestSite, isbns: &[String]) {
        let Self { pace, looks, spell } = self;
        let begin = now().as_millisecond() - looks * pace;
        let (last, last_spell) = (looks - 1, (looks - 1) / spell);
        let history = format!(
            "INSERT INTO reading (listing_id, body) SELECT id, json_object( \
                'outcome', 'says', 'availability', 'in_stock', 'confidence', 'sure', \
                'rule', 'test', 'words', 'In stock', 'place', '#availability', 'formats', \
                json('[]')) FROM listing; \
             WITH RECURSIVE looks(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM looks WHERE n < {last}) \
             INSERT INTO observation (listing_id, at, reading_id, source) \
                SELECT l.id, {begin} + n * {pace}, r.id, 0 FROM listing l \
                JOIN reading r ON r.listing_id = l.id, looks; \
             WITH RECURSIVE \
                turns(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM turns WHERE n < {last_spell}) \
             INSERT INTO spell SELECT l.id, {begin} + n * {spell} * {pace}, \
                CASE n % 2 WHEN 0 THEN 'in_stock' ELSE 'out_of_stock' END, \
                {begin} + (n * {spell} + {spell} - 1) * {pace}, \
                CASE n WHEN {last_spell} THEN NULL ELSE {begin} + (n + 1) * {spell} * {pace} END, \
                {spell}, {begin} + (n * {spell} + 1) * {pace}, r.id \
                FROM listing l JOIN reading r ON r.listing_id = l.id, turns;"
        );
        site.db
            .write(|tx| {
                for (isbn, store) in isbns.iter().flat_map(|isbn| STORES.map(|one| (isbn, one))) {
                    tx.execute(
                        "INSERT INTO listing (edition, store, first_try, last_try, last_good) \
                         VALUES (?1, ?2, ?3, ?4, ?4)",
                        (isbn, store, begin, now().as_millisecond()),
                    )?;
                }
                tx.execute_batch(&history)?;
                Ok::<_, DbError>(())
            })
            .unwrap();
    }
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
    let isbns: Vec<String> = (0..1000).map(isbn).collect();
    let three_years = History {
        pace: 24 * HOUR,
        looks: 1095,
        spell: 109,
    };
    three_years.write(&site, &isbns);
    site
}

/// "Salt Roads" looked at every hour for a year at three stores, with a change every five days.
fn a_year_of_hours() -> TestSite {
    let site = TestSite::new(&configuration(SALT_ROADS));
    let a_year = History {
        pace: HOUR,
        looks: 8760,
        spell: 120,
    };
    a_year.write(&site, &[ISBN.to_owned()]);
    site
}

/// What it costs to ask for a page.
struct Cost {
    /// By the clock, from the request to the last byte.
    median: Duration,
    first: Duration,
    weight: usize,
}

impl Cost {
    #[expect(clippy::disallowed_methods, reason = "this test measures time")]
    fn of(site: &TestSite, what: &str, path: &str, before: impl Fn()) -> Self {
        let mut times = Vec::new();
        let mut weight = 0;
        let mut processor = Vec::new();
        for _ in 0..21 {
            before();
            let (begun, spent) = (Instant::now(), ProcessTime::now());
            let page = site.get(path);
            times.push(begun.elapsed());
            processor.push(spent.elapsed());
            assert_eq!(page.status, 200, "{path}");
            weight = page.body.len();
        }
        let (first, first_processor) = (times[0], processor[0]);
        times.sort();
        processor.sort();
        let cost = Self {
            median: times[times.len() / 2],
            first,
            weight,
        };
        println!(
            "{what}: {weight} bytes; median {:.1?} by the clock, {:.1?} of processor; \
             the first {first:.1?} and {first_processor:.1?}",
            cost.median,
            processor[processor.len() / 2],
        );
        cost
    }
}

/// A build for tests on a busy machine is many times slower than one for use.
fn bound(milliseconds: u64) -> Duration {
    let slower = if cfg!(debug_assertions) { 40 } else { 1 };
    Duration::from_millis(milliseconds * slower)
}

/// Does something while a round writes, and while somebody learns from all titles over and over.
fn while_others_work<T>(site: &TestSite, work: impl FnOnce() -> T) -> T {
    let (begun, both_begun) = mpsc::channel();
    std::thread::scope(|scope| {
        let (over, ended) = mpsc::channel::<()>();
        let (stop, learn_on) = mpsc::channel::<()>();
        let writes = begun.clone();
        scope.spawn(move || {
            let held = site.db.write(|transaction| {
                transaction.execute("UPDATE listing SET last_try = last_try", [])?;
                writes.send(()).unwrap();
                // Not for ever: who waits for it is to be seen to, and not to hang.
                let _ = ended.recv_timeout(Duration::from_secs(30));
                Ok::<_, DbError>(())
            });
            held.unwrap();
        });
        scope.spawn(move || {
            begun.send(()).unwrap();
            while learn_on.try_recv() == Err(mpsc::TryRecvError::Empty) {
                site.live.now().learned().unwrap();
            }
        });
        both_begun.recv().unwrap();
        both_begun.recv().unwrap();
        let done = work();
        drop((over, stop));
        done
    })
}

#[test]
#[expect(clippy::disallowed_methods, reason = "this test measures time")]
fn pages_and_the_interface_wait_for_no_change_and_no_learning() {
    let site = TestSite::salt_roads();
    for path in ["/", "/api/v1/editions", "/healthz"] {
        let taken = while_others_work(&site, || {
            let begun = Instant::now();
            assert_eq!(site.get(path).status, 200, "{path}");
            begun.elapsed()
        });
        assert!(taken < Duration::from_secs(10), "{path} took {taken:?}");
    }
}

#[test]
fn a_year_of_hourly_checks_is_drawn_in_milliseconds() {
    let site = a_year_of_hours();
    let path = format!("/editions/{ISBN}/timeline.svg?range=year");
    let cost = Cost::of(&site, "a year of hourly checks", &path, || {});
    assert!(cost.weight < 200_000, "{} bytes", cost.weight);
    assert!(cost.median < bound(50), "{:?}", cost.median);
}

#[test]
#[ignore = "builds three million observations"]
fn a_thousand_editions_are_shown_quickly_and_weigh_little() {
    let site = a_thousand();
    site.judge();
    let overview = Cost::of(&site, "overview", "/", || {});
    assert!(overview.first < bound(50), "{:?}", overview.first);
    let seen = std::cell::Cell::new(now());
    // As during a round: before every look at the page one of the listings has changed.
    let changing = Cost::of(&site, "overview, after a look at a page", "/", || {
        seen.set(seen.get() + jiff::SignedDuration::from_secs(10));
        let state = pubwatch::book::Availability::InStock;
        site.see(&isbn(16), "amazon.com", seen.get(), says(state, "In stock"));
    });
    Cost::of(&site, "edition", &format!("/editions/{}", isbn(1)), || {});
    let busy = while_others_work(&site, || {
        let what = "overview, while a round writes and all titles are learned from";
        Cost::of(&site, what, "/", || {})
    });
    for one in [overview, changing, busy] {
        assert!(one.weight <= 200_000, "{} bytes", one.weight);
        assert!(one.median < bound(50), "{:?}", one.median);
    }
    // Found in two actions: its words, and the only link of the list.
    let found = Cost::of(&site, "one of a thousand", "/?q=Volume+731", || {});
    assert!(found.median < bound(50), "{:?}", found.median);
    let page = site.get("/?q=Volume+731").body;
    assert!(page.contains("1 of 1000 editions"));
    let list = page.split_once("<tbody>").unwrap().1;
    assert_eq!(
        list.matches("<a href=").count(),
        1 + list.matches("?q=").count()
    );
}

#[test]
#[ignore = "needs what `cargo run --profile dist --example years -- --years 10 --editions 1000 --into FOLDER` writes, at PUBWATCH_IMPRINT"]
fn ten_years_of_a_thousand_editions_are_shown_quickly() {
    let folder = std::env::var("PUBWATCH_IMPRINT").expect("PUBWATCH_IMPRINT names their folder");
    let site = TestSite::of(Path::new(&folder));
    site.judge();
    let overview = Cost::of(&site, "overview", "/", || {});
    assert!(overview.weight < 300_000, "{} bytes", overview.weight);
    // Also who opens it first waits for nothing.
    assert!(overview.first < bound(50), "{:?}", overview.first);
    assert!(overview.median < bound(50), "{:?}", overview.median);
    let page = site.get("/").body;
    let (_, link) = page
        .split_once("<tbody>")
        .unwrap()
        .1
        .split_once("href=\"")
        .unwrap();
    let edition = link.split('"').next().unwrap();
    let edition = Cost::of(&site, "edition", edition, || {});
    assert!(edition.median < bound(50), "{:?}", edition.median);
    for path in [
        "/alerts",
        "/letters",
        "/stores",
        "/windows",
        "/feed.atom",
        "/api/v1/editions",
    ] {
        Cost::of(&site, path, path, || {});
    }
}
