//! The page over real connections: who is answered, what an action does, what is taken along.

mod acting;
mod answers;
mod books;
mod browser;
mod chromium;
mod companion;
mod cut;
mod described;
mod devices;
mod doors;
mod evidence;
mod every_page;
mod exports;
mod extension;
mod firefox;
mod first_drawn;
mod first_start;
mod keyboard;
mod keys;
mod list;
mod looked_up;
mod looks;
mod many;
mod overview;
mod paused;
mod refusals;
mod screens;
pub(crate) mod sections;
mod settings;
mod shares;
mod tapped;
mod undone;
mod you;

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp, ToSpan as _};
use pubwatch::book::{Availability, Money, Note, NoteKind, StoreId};
use pubwatch::clock::Clock;
use pubwatch::config::Plan;
use pubwatch::db::{Db, DbError};
use pubwatch::history::sqlite::record;
use pubwatch::history::{ListingId, Observation, Source};
use pubwatch::judge::Settings;
use pubwatch::page::{Reading, Says, UnreadReason};
use pubwatch::web::server::{Guard, Live, Site, listen, serve};

/// A site with a database of its own, served on a free loopback port until it is dropped.
pub(crate) struct TestSite {
    pub(crate) address: SocketAddr,
    pub(crate) db: Arc<Db>,
    live: Arc<Live>,
    _folder: tempfile::TempDir,
    _runtime: tokio::runtime::Runtime,
}

/// What was answered.
pub(crate) struct Answered {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Answered {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| {
            let (key, value) = line.split_once(": ")?;
            key.eq_ignore_ascii_case(name).then_some(value)
        })
    }
}

pub(crate) const ISBN: &str = "9781944098117";

/// When the tests look at the page.
pub(crate) fn now() -> Timestamp {
    "2027-01-25T17:30:00Z".parse().unwrap()
}

pub(crate) fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// An author, and whatever else is given.
pub(crate) fn configuration(more: &str) -> String {
    format!(
        "[author]\nname = \"Jane Roe\"\nemail = \"jane@example.com\"\n\
         timezone = \"America/New_York\"\n{more}"
    )
}

pub(crate) const SALT_ROADS: &str = r#"
[[edition]]
title = "Salt Roads"
author = "Jane Roe"
isbn = "9781944098117"
publication_date = 2027-02-09
distribution_enabled = 2026-12-28
amazon_switch = true
stores = ["amazon.com", "barnesandnoble.com", "bookshop.org"]
"#;

impl TestSite {
    pub(crate) fn new(configuration: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("pubwatch.toml");
        let db = Db::open(&folder.path().join("pubwatch.db")).unwrap();
        Self::serve(configuration, &file, db, (now(), folder))
    }

    /// The site of a configuration that lies in a file, and what that file is.
    pub(crate) fn of_file(configuration: &str) -> (Self, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("pubwatch.toml");
        std::fs::write(&file, configuration).unwrap();
        let db = Db::open(&folder.path().join("pubwatch.db")).unwrap();
        let today = now().to_zoned(jiff::tz::TimeZone::UTC).date();
        let loaded = pubwatch::setup::loading::load(Some(&file), today).unwrap();
        (Self::of_plan(loaded.plan, db, (now(), folder)), file)
    }

    /// The site of a folder that holds a configuration and a database, at the time of its newest
    /// look. The database is not written to.
    pub(crate) fn of(folder: &Path) -> Self {
        let file = folder.join("pubwatch.toml");
        let configuration = std::fs::read_to_string(&file).unwrap();
        let db = Db::open(&folder.join("data/pubwatch.db")).unwrap();
        let newest = db.read(|connection| {
            let newest = "SELECT max(last_try) FROM listing";
            connection.query_row(newest, [], |row| row.get(0))
        });
        let newest: Result<i64, DbError> = newest.map_err(DbError::from);
        let now = Timestamp::from_millisecond(newest.unwrap()).unwrap();
        let unused = tempfile::tempdir().unwrap();
        Self::serve(&configuration, &file, db, (now, unused))
    }

    fn serve(
        configuration: &str,
        file: &Path,
        db: Db,
        (now, folder): (Timestamp, tempfile::TempDir),
    ) -> Self {
        let today = now.to_zoned(jiff::tz::TimeZone::UTC).date();
        let (plan, _) =
            pubwatch::config::check(configuration, file.to_str().unwrap(), today).unwrap();
        Self::of_plan(plan, db, (now, folder))
    }

    fn of_plan(plan: Plan, db: Db, (now, folder): (Timestamp, tempfile::TempDir)) -> Self {
        let db = Arc::new(db);
        let settings = Settings::of(&plan).unwrap();
        let guard = Arc::<Guard>::default();
        let clock = Clock::starting_at(now);
        let site = Site::new(plan, Arc::clone(&db), clock, settings, guard);
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .unwrap();
        let place = SocketAddr::from(([127, 0, 0, 1], 0));
        let listener = runtime.block_on(listen(&site, place)).unwrap();
        let address = listener.local_addr().unwrap();
        let live = Arc::new(Live::new(site));
        runtime.spawn(serve(Arc::clone(&live), listener, std::future::pending()));
        Self {
            address,
            db,
            live,
            _folder: folder,
            _runtime: runtime,
        }
    }

    /// Books are looked up there.
    pub(crate) fn with_library(&self, base: &str) {
        let old = self.live.now();
        let (plan, settings) = (old.plan.clone(), old.settings.clone());
        let (db, guard) = (Arc::clone(&old.db), Arc::clone(&old.guard));
        let mut site = Site::new(plan, db, old.clock.clone(), settings, guard);
        base.clone_into(&mut site.library);
        self.live.replace(site);
    }

    /// What a round does at its end: every edition is judged, and the judgement kept.
    pub(crate) fn judge(&self) {
        let site = self.live.now();
        let judged = site
            .judge_context()
            .judge_again(site.plan.editions.iter(), now());
        judged.unwrap();
    }

    /// "Salt Roads" as it stands four weeks after enabling: Amazon is off, Barnes & Noble takes
    /// orders, Bookshop.org turns us away since four days.
    pub(crate) fn salt_roads() -> Self {
        let site = Self::new(&configuration(SALT_ROADS));
        site.live_through_a_launch(ISBN);
        site
    }

    pub(crate) fn live_through_a_launch(&self, isbn: &str) {
        let begin = at("2026-12-29T13:00:00Z");
        for look in 0..112 {
            let moment = begin + SignedDuration::from_hours(6 * look);
            if now() < moment {
                break;
            }
            let day = look / 4;
            let amazon = match day {
                0..7 => says(Availability::NotListed, "No results for this ISBN"),
                7..9 => says(Availability::PreOrder, "Pre-order now"),
                _ => says(
                    Availability::OutOfStock,
                    "Currently unavailable. We don't know when or if this item will be back in stock.",
                ),
            };
            self.see(isbn, "amazon.com", moment, amazon);
            let noble = if day < 4 {
                Availability::NotListed
            } else {
                Availability::PreOrder
            };
            self.see(
                isbn,
                "barnesandnoble.com",
                moment,
                says(noble, noble.word()),
            );
            let bookshop = match day {
                0..11 => says(Availability::NotListed, "Page not found"),
                11..23 => says(Availability::PreOrder, "Pre-order. Ships February 9, 2027"),
                _ => Reading::unread(UnreadReason::Blocked, "refusal/challenge", "Just a moment…"),
            };
            self.see(isbn, "bookshop.org", moment, bookshop);
        }
        self.db
            .write(|tx| {
                tx.execute(
                    "INSERT INTO round (began, ended, asked, read, unread) VALUES (?1, ?2, 3, 2, 1)",
                    [
                        (now() - 5.hours()).as_millisecond(),
                        (now() - 4.hours()).as_millisecond(),
                    ],
                )?;
                Ok::<_, DbError>(())
            })
            .unwrap();
        self.note(isbn, NoteKind::AskedIngramSpark, at("2027-01-18T15:00:00Z"));
        self.judge();
    }

    pub(crate) fn note(&self, isbn: &str, kind: NoteKind, when: Timestamp) {
        assert_eq!(isbn, ISBN);
        self.take_note(&Note {
            kind,
            at: when,
            store: Some(StoreId::new("amazon.com")),
            ticket: Some("4711".to_owned()),
            text: None,
        });
    }

    /// What the author tells about "Salt Roads", as the command and the page take it.
    pub(crate) fn take_note(&self, note: &Note) -> i64 {
        let site = self.live.now();
        let plan = site.edition(ISBN).unwrap();
        site.judge_context().take_note(plan, note, now()).unwrap()
    }

    pub(crate) fn take_note_back(&self, number: i64) {
        let site = self.live.now();
        let plan = site.edition(ISBN).unwrap();
        let taken = site.judge_context().take_note_back(plan, number, now());
        assert!(taken.unwrap());
    }

    pub(crate) fn see(&self, isbn: &str, store: &str, when: Timestamp, reading: Reading) {
        let observation = Observation {
            listing: ListingId {
                edition: isbn.parse().unwrap(),
                store: StoreId::new(store),
            },
            at: when,
            source: Source::Http,
            reading,
        };
        let confirm_after = SignedDuration::from_hours(6);
        self.db
            .write(|tx| Ok::<_, DbError>(record(tx, &observation, confirm_after)?))
            .unwrap();
    }

    /// Sends bytes and reads until the server closes the connection.
    pub(crate) fn raw(&self, request: &[u8]) -> Answered {
        asked_at(self.address, request)
    }

    /// A request with these lines in its head; every header that the test does not give is right.
    pub(crate) fn ask(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Answered {
        let mut head = vec![
            format!("{method} {path} HTTP/1.1"),
            "Connection: close".to_owned(),
        ];
        if !headers.iter().any(|(name, _)| *name == "Host") {
            head.push(format!("Host: {}", self.address));
        }
        head.extend(
            headers
                .iter()
                .map(|(name, value)| format!("{name}: {value}")),
        );
        if method == "POST" {
            head.push("Content-Type: application/x-www-form-urlencoded".to_owned());
            head.push(format!("Content-Length: {}", body.len()));
        }
        let request = format!("{}\r\n\r\n{body}", head.join("\r\n"));
        self.raw(request.as_bytes())
    }

    pub(crate) fn get(&self, path: &str) -> Answered {
        self.ask("GET", path, &[], "")
    }

    /// A form with files, in parts between lines of `--x`.
    pub(crate) fn post_parts(&self, path: &str, parts: &str) -> Answered {
        let head = format!(
            "POST {path} HTTP/1.1\r\nHost: {0}\r\nOrigin: http://{0}\r\nConnection: close\r\n\
             Content-Type: multipart/form-data; boundary=x\r\nContent-Length: {1}\r\n\r\n",
            self.address,
            parts.len()
        );
        self.raw((head + parts).as_bytes())
    }

    pub(crate) fn post(&self, path: &str, body: &str) -> Answered {
        let origin = format!("http://{}", self.address);
        self.ask("POST", path, &[("Origin", &origin)], body)
    }
}

/// What a server at that address answers to these bytes.
pub(crate) fn asked_at(address: SocketAddr, request: &[u8]) -> Answered {
    let mut stream = TcpStream::connect(address).unwrap();
    stream
        .set_read_timeout(Some(std::time::Duration::from_secs(60)))
        .unwrap();
    // The server may have refused and gone before everything is sent.
    let _ = stream.write_all(request);
    let mut bytes = Vec::new();
    let _ = stream.read_to_end(&mut bytes);
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
    Answered {
        status: head
            .split(' ')
            .nth(1)
            .and_then(|code| code.parse().ok())
            .unwrap_or(0),
        head: head.to_owned(),
        body: body.to_owned(),
    }
}

pub(crate) fn says(state: Availability, words: &str) -> Reading {
    let mut says = Says::new(state, "test/buy-box", words, "#availability");
    if state == Availability::PreOrder {
        says.date = Some("2027-02-09".parse().unwrap());
        says.price = Some(Money::new(1699, "USD"));
    }
    Reading::Says(Box::new(says))
}

#[test]
fn the_overview_says_what_needs_a_look_and_where_everything_stands() {
    let site = TestSite::salt_roads();
    let page = site.get("/");
    assert_eq!(page.status, 200, "{}", page.head);
    for expected in [
        "Salt Roads",
        "Unavailable",
        "Pre-order",
        "last seen Thu 21 January, 02:00 EST as pre-order",
        "cannot see Bookshop.org",
        "last good check",
    ] {
        assert!(page.body.contains(expected), "{expected}\n{}", page.body);
    }
}

#[test]
fn the_filters_show_what_fits_and_say_how_many() {
    let site = TestSite::salt_roads();
    assert!(site.get("/?q=salt").body.contains("1 of 1 edition"));
    assert!(
        site.get("/?q=pepper")
            .body
            .contains("No edition fits this.")
    );
    assert!(site.get("/?state=out_of_stock").body.contains("1 of 1"));
    assert!(
        site.get("/?state=out_of_stock&store=bookshop.org")
            .body
            .contains("No edition fits")
    );
    assert!(site.get("/?when=out").body.contains("No edition fits"));
    assert!(
        site.get("/?q=%3Cscript%3E&page=-1")
            .body
            .contains("value=\"&#60;script&#62;\"")
    );
}

#[test]
fn the_page_of_an_edition_answers_first_and_shows_the_evidence() {
    let site = TestSite::salt_roads();
    let page = site.get(&format!("/editions/{ISBN}"));
    assert_eq!(page.status, 200);
    for expected in [
        "Publishes Tue 9 February 2027",
        "We don&#39;t know when or if this item",
        "Could not be read since",
        "request 4711",
        "$16.99",
        "our request",
        "Not seen: nobody could read the page. ",
    ] {
        assert!(page.body.contains(expected), "{expected}\n{}", page.body);
    }
    let range = site.get(&format!("/editions/{ISBN}?range=year"));
    assert!(
        range
            .body
            .contains("range=year#timeline\" aria-current=\"true\"")
    );
}

#[test]
fn without_editions_the_page_says_how_to_begin() {
    let site = TestSite::new(&configuration(SALT_ROADS));
    assert!(site.get("/").body.contains("Nothing has been seen yet."));
    let page = site.get(&format!("/editions/{ISBN}"));
    assert!(page.body.contains("takes a first look"), "{}", page.body);
}

#[test]
fn every_page_of_the_navigation_is_there() {
    let site = TestSite::salt_roads();
    for path in ["/alerts", "/letters", "/stores", "/windows", "/settings"] {
        let page = site.get(path);
        assert_eq!(page.status, 200, "{path}: {}", page.body);
        assert!(page.body.contains("aria-current=\"page\""), "{path}");
    }
    assert!(site.get("/stores").body.contains("cannot be seen"));
    assert!(site.get("/windows").body.contains("list.amazon"));
    assert!(site.get("/settings").body.contains("America/New_York"));
}

#[test]
fn a_note_is_written_once_and_shown() {
    let site = TestSite::salt_roads();
    let path = format!("/editions/{ISBN}");
    let form = "kind=revision_started&store=&ticket=&text=new+cover";
    let done = site.post(&format!("{path}/note"), form);
    assert_eq!(done.status, 303, "{}", done.body);
    assert_eq!(
        done.header("location"),
        Some(format!("{path}?said=noted").as_str())
    );
    let page = site.get(&format!("{path}?said=noted"));
    assert!(
        page.body.contains("revision started: new cover"),
        "{}",
        page.body
    );
    assert!(page.body.contains("Noted."));
}
