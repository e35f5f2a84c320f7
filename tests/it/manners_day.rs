//! What a day of watching costs the stores, counted and timed at their side: three stores on
//! loopback, on the clock of the watch. `docs/politeness.md` has the figures, and is held to them.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::sync::{Arc, Mutex};

use jiff::civil::{Date, date};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};
use pubwatch::clock::Clock;
use pubwatch::config;
use pubwatch::db::Db;
use pubwatch::fetch::Fetcher;
use pubwatch::judge::Settings;
use pubwatch::round::{House, Stop, Which, round};

use crate::home::isbn;
use crate::loopback::{Reply, Server, time};

/// The day that is counted; the day before it is for settling in.
const DAY: Date = date(2027, 2, 9);

/// How often the watch looks whether anything is due: half an hour is as good as a minute here.
const TICK_MINUTES: i64 = 30;

/// A catalogue by what is expected of its titles.
#[derive(Clone, Copy)]
struct Catalogue {
    steady: usize,
    on_pre_order: usize,
    launch_week: usize,
    published_today: usize,
}

impl Catalogue {
    /// The publication dates of its titles.
    fn dates(self) -> Vec<Date> {
        let of = |count, date| std::iter::repeat_n(date, count);
        of(self.steady, date(2026, 6, 1))
            .chain(of(self.on_pre_order, date(2027, 5, 4)))
            .chain(of(self.launch_week, date(2027, 2, 14)))
            .chain(of(self.published_today, DAY))
            .collect()
    }
}

pub(crate) fn page(path: &str) -> String {
    let isbn: String = path.chars().filter(char::is_ascii_digit).collect();
    format!(
        "<html><head><title>A Book</title><script type='application/ld+json'>{{\"@type\": \
         \"Book\", \"name\": \"A Book\", \"isbn\": \"{isbn}\", \"offers\": {{\"@type\": \"Offer\", \
         \"availability\": \"https://schema.org/PreOrder\", \"price\": \"16.99\", \
         \"priceCurrency\": \"USD\"}}}}</script></head><body>ISBN {isbn}</body></html>"
    )
}

/// When each store was asked, by the clock of the watch.
type Asked = Arc<Mutex<BTreeMap<usize, Vec<Timestamp>>>>;

/// Three stores; the third one redirects to another address of its own, as Bookshop.org does.
async fn stores(clock: &Clock, asked: &Asked) -> Vec<Server> {
    let mut servers = Vec::new();
    for number in 0..3 {
        let (clock, asked) = (clock.clone(), Arc::clone(asked));
        let server = Server::start(move |path| {
            asked
                .lock()
                .unwrap()
                .entry(number)
                .or_default()
                .push(clock.now());
            match path {
                "/robots.txt" => Reply::nothing(),
                path if number == 2 && path.starts_with("/book/") => {
                    Reply::redirect(&path.replace("/book/", "/p/"))
                }
                path => Reply::ok(&page(path)),
            }
        });
        servers.push(server.await);
    }
    servers
}

/// An author, and each server as a store of the configuration.
pub(crate) fn configured(servers: &[Server]) -> String {
    let mut text =
        "[author]\nname = 'Jane Roe'\nemail = 'jane@example.com'\ntimezone = 'UTC'\n".to_owned();
    for (number, server) in servers.iter().enumerate() {
        let _ = write!(
            text,
            "[[store]]\nname = 'store{number}.example'\naddress = '/book/{{isbn13}}'\nbase = '{}'\n",
            server.base
        );
    }
    text
}

/// A house of this configuration, with a database of its own.
pub(crate) fn house(text: &str, folder: &Path, clock: &Clock) -> Arc<House> {
    let today = clock.now().to_zoned(TimeZone::UTC).date();
    let (plan, _) = config::check(text, "pubwatch.toml", today)
        .unwrap_or_else(|problems| panic!("{problems:#?}"));
    let db = Arc::new(Db::open(&folder.join("pubwatch.db")).unwrap());
    let settings = Settings::of(&plan).unwrap();
    let fetcher =
        Fetcher::new(Arc::clone(&db), clock.clone(), &plan.manners, &plan.stores).unwrap();
    Arc::new(House::new(plan, db, clock.clone(), settings, fetcher))
}

/// Goes round whenever something is due, until `end`. A round may take longer than a tick; a tick that
/// is late is not made up for.
pub(crate) async fn go_round(house: &Arc<House>, end: Timestamp) {
    let mut tick = house.clock.now();
    while tick < end {
        house.clock.turn_to(tick);
        let (steps, _listener) = tokio::sync::mpsc::unbounded_channel();
        let gone = round(house, Which::Due, &Stop::default(), &steps).await;
        gone.unwrap();
        while tick <= house.clock.now() && tick < end {
            tick += TICK_MINUTES.minutes();
        }
    }
}

fn configuration(catalogue: Catalogue, servers: &[Server]) -> String {
    let mut text = configured(servers);
    for (number, date) in catalogue.dates().into_iter().enumerate() {
        let _ = write!(
            text,
            "[[edition]]\ntitle = 'Book {number}'\nisbn = '{}'\npublication_date = {date}\n\
             distribution_enabled = 2026-04-01\n\
             stores = ['store0.example', 'store1.example', 'store2.example']\n",
            isbn(u32::try_from(number).unwrap())
        );
    }
    text
}

/// Watches the catalogue for two days; gives when each store was asked on the second.
async fn watch(catalogue: Catalogue) -> Vec<Vec<Timestamp>> {
    let begin = time("2027-02-08T00:00:00Z");
    let (clock, asked) = (Clock::starting_at(begin), Asked::default());
    let servers = stores(&clock, &asked).await;
    let text = configuration(catalogue, &servers);
    let folder = tempfile::tempdir().unwrap();
    let house = house(&text, folder.path(), &clock);
    go_round(&house, begin + 48.hours()).await;
    for server in &servers {
        assert_eq!(
            server
                .book
                .most_at_once
                .load(std::sync::atomic::Ordering::SeqCst),
            1,
            "never two connections to one host"
        );
    }
    let asked = asked.lock().unwrap();
    let second_day = begin + 24.hours();
    let end = begin + 48.hours();
    asked
        .values()
        .map(|all| {
            all.iter()
                .copied()
                .filter(|at| (second_day..end).contains(at))
                .collect()
        })
        .collect()
}

/// Watches, checks the pauses, and counts the requests to a store, and to one that redirects.
async fn count(titles: &str, catalogue: Catalogue) -> [usize; 2] {
    let asked = watch(catalogue).await;
    for times in &asked {
        for pair in times.windows(2) {
            let gap = pair[1].duration_since(pair[0]);
            assert!(10 <= gap.as_secs(), "{titles}: {pair:?}");
        }
    }
    let counts: Vec<usize> = asked.iter().map(Vec::len).collect();
    assert!(counts.iter().all(|count| *count <= 2000), "{counts:?}");
    [counts[0], counts[2]]
}

/// A catalogue without a title.
const NOTHING: Catalogue = Catalogue {
    steady: 0,
    on_pre_order: 0,
    launch_week: 0,
    published_today: 0,
};

/// The catalogues of the documentation, by the words of its table.
const CATALOGUES: [(&str, Catalogue); 6] = [
    (
        "1, nothing expected",
        Catalogue {
            steady: 1,
            ..NOTHING
        },
    ),
    (
        "1, on pre-order",
        Catalogue {
            on_pre_order: 1,
            ..NOTHING
        },
    ),
    (
        "1, in its launch week",
        Catalogue {
            launch_week: 1,
            ..NOTHING
        },
    ),
    (
        "1, on its publication date",
        Catalogue {
            published_today: 1,
            ..NOTHING
        },
    ),
    (
        "20: 16 without news, 3 on pre-order, 1 published today",
        Catalogue {
            steady: 16,
            on_pre_order: 3,
            published_today: 1,
            ..NOTHING
        },
    ),
    (
        "300: 270 without news, 25 on pre-order, 4 in their launch week, 1 published today",
        Catalogue {
            steady: 270,
            on_pre_order: 25,
            launch_week: 4,
            published_today: 1,
        },
    ),
];

#[tokio::test]
async fn a_day_of_watching_costs_the_stores_what_the_documentation_says() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/politeness.md");
    let documented = std::fs::read_to_string(path).unwrap();
    for (titles, catalogue) in CATALOGUES {
        let counted = count(titles, catalogue).await;
        println!("| {titles} | {} | {} |", counted[0], counted[1]);
        for (said, counted) in said(&documented, titles).into_iter().zip(counted) {
            // The pauses are partly random, so a look or two may fall beyond midnight.
            let most = (counted / 50).max(1);
            let off = said.abs_diff(counted);
            assert!(
                off <= most,
                "docs/politeness.md says {said} for {titles}: {counted}"
            );
        }
    }
}

/// What the documentation says of a catalogue.
#[track_caller]
fn said(documented: &str, titles: &str) -> [usize; 2] {
    let row = format!("| {titles} | ");
    let line = documented.lines().find_map(|line| line.strip_prefix(&row));
    let line = line.unwrap_or_else(|| panic!("docs/politeness.md has no row for {titles}"));
    let cells: Vec<usize> = line
        .split('|')
        .filter_map(|cell| cell.trim().parse().ok())
        .collect();
    cells.try_into().unwrap()
}
