//! A small imprint in a folder of its own, with two stores and a mail server on loopback, and what
//! must be there when all is over: one look at each page, one letter about each edition.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use pubwatch::book::{Isbn13, StoreId};
use pubwatch::clock::Clock;
use pubwatch::db::Db;
use pubwatch::demo::pages::Book;
use pubwatch::history::ListingId;
use pubwatch::history::sqlite::{Seen, observations};
use pubwatch::page::Reading;
use rusqlite::Connection;

use super::faketime::clock_at;
use super::imprint::{STORES, book, configuration, seed};
use super::shop::{Mood, Shop};
use crate::smtp_server::{Behaviour, Line, TestServer};

pub(crate) const EDITIONS: usize = 4;

/// A page or a host that a killed process was asking is free again after this: the deadline of a
/// request (one second here) and five seconds of margin.
pub(crate) const CLAIMS_ARE_VOID: Duration = Duration::from_secs(7);

/// The real program: a file, and what must be in its environment for it to be `pubwatch`.
#[derive(Debug, Clone)]
pub(crate) struct Program {
    pub(crate) path: PathBuf,
    pub(crate) environment: Vec<(OsString, OsString)>,
}

/// When and where a world is, and by what rhythm its pages are looked at.
#[derive(Debug, Clone)]
pub(crate) struct Setting {
    /// When it begins.
    pub(crate) now: Timestamp,
    /// The author's zone, and the machine's.
    pub(crate) zone: &'static str,
    /// When pages are looked at, as `check = "30 2 * * *"`; or nothing.
    pub(crate) check: &'static str,
    /// When the digest comes.
    pub(crate) digest: Timestamp,
    /// How long a page may take.
    pub(crate) deadline: &'static str,
    /// How many books the imprint has.
    pub(crate) editions: usize,
    /// They are published over so many days, the first of them five days ago.
    pub(crate) over_days: usize,
}

impl Setting {
    /// Now, in UTC, with the next digest half a year away.
    pub(crate) fn here_and_now() -> Self {
        let now = Clock::System.now();
        Self {
            now,
            zone: "UTC",
            check: "",
            digest: now + SignedDuration::from_hours(183 * 24),
            deadline: "1s",
            editions: EDITIONS,
            over_days: 1,
        }
    }
}

pub(crate) struct World {
    pub(crate) folder: tempfile::TempDir,
    pub(crate) shops: Vec<Shop>,
    pub(crate) mail: TestServer,
    pub(crate) setting: Setting,
    pub(crate) books: Arc<Vec<Book>>,
    program: Program,
    /// Where the machine's clock stands for the program; without it, it is right.
    clock: Mutex<Option<Timestamp>>,
}

/// What was found when all was over.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Found {
    pub(crate) expected: usize,
    pub(crate) kept: usize,
    pub(crate) doubled: usize,
}

impl World {
    pub(crate) async fn new(program: &Program) -> Self {
        Self::set(program, Setting::here_and_now()).await
    }

    pub(crate) async fn set(program: &Program, setting: Setting) -> Self {
        let books = (0..setting.editions).map(|number| {
            let days = i64::try_from(number % setting.over_days).unwrap();
            book(number, setting.now + SignedDuration::from_hours(24 * days))
        });
        let books: Arc<Vec<Book>> = Arc::new(books.collect());
        let mut shops = Vec::new();
        for store in STORES {
            shops.push(Shop::open(store, Arc::clone(&books)).await);
        }
        let mail = TestServer::start(Line::Plain, vec![Behaviour::Accept]).await;
        let world = Self {
            folder: tempfile::tempdir().unwrap(),
            shops,
            mail,
            setting,
            program: program.clone(),
            books,
            clock: Mutex::new(None),
        };
        std::fs::write(world.config(), world.configuration(world.setting.deadline)).unwrap();
        seed(&world.data(), &world.books, world.setting.now);
        world
    }

    pub(crate) fn config(&self) -> PathBuf {
        self.folder.path().join("pubwatch.toml")
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    pub(crate) fn database(&self) -> PathBuf {
        self.data().join("pubwatch.db")
    }

    /// From now on a page may take longer than any busy machine makes it wait. Before, a store that
    /// hangs is given up soon.
    pub(crate) fn be_patient(&self) {
        std::fs::write(self.config(), self.configuration("20s")).unwrap();
    }

    pub(crate) fn be(&self, mood: Mood) {
        for shop in &self.shops {
            shop.be(mood);
        }
    }

    /// Every page is due at once, for a service too, which spreads what became due in its absence.
    pub(crate) fn all_is_due(&self) {
        Connection::open(self.database())
            .unwrap()
            .execute("UPDATE listing SET last_try = NULL", [])
            .unwrap();
    }

    /// A call of the program, behind another program if need be, as `setpriv`.
    pub(crate) fn command(&self, behind: &[&str], arguments: &[&str]) -> Command {
        self.command_in(self.folder.path(), behind, arguments)
    }

    pub(crate) fn command_in(&self, folder: &Path, behind: &[&str], arguments: &[&str]) -> Command {
        let mut command = match behind.split_first() {
            Some((first, rest)) => {
                let mut command = Command::new(first);
                command.args(rest).arg(&self.program.path);
                command
            }
            None => Command::new(&self.program.path),
        };
        command
            .env_clear()
            .env("HOME", folder)
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("TZ", self.setting.zone)
            .envs(self.program.environment.iter().cloned())
            .envs(self.clock.lock().unwrap().into_iter().flat_map(clock_at))
            .arg("--config")
            .arg(folder.join("pubwatch.toml"))
            .args(arguments)
            .current_dir(folder)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    pub(crate) fn start(&self, arguments: &[&str]) -> Child {
        self.command(&[], arguments).spawn().unwrap()
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Output {
        self.command(&[], arguments).output().unwrap()
    }

    /// The same with the machine's clock at another time.
    pub(crate) fn run_at(&self, time: Timestamp, arguments: &[&str]) -> Output {
        let mut command = self.command(&[], arguments);
        command.envs(clock_at(time)).output().unwrap()
    }

    /// From now on the program's clock goes on from there.
    pub(crate) fn set_clock(&self, time: Timestamp) {
        *self.clock.lock().unwrap() = Some(time);
        for shop in &self.shops {
            shop.set_day(time.to_zoned(TimeZone::UTC).date());
        }
    }

    /// The looks since the beginning, of which there must be `each` of every listing.
    pub(crate) fn looks(&self, each: usize) -> Found {
        self.found(each, |_| true)
    }

    /// The looks until then, of which there must be `each` of every listing.
    pub(crate) fn looks_until(&self, each: usize, until: Timestamp) -> Found {
        self.found(each, |seen| seen.at < until)
    }

    /// The looks that could read the page, of which there must be `each` of every listing.
    pub(crate) fn good_looks(&self, each: usize) -> Found {
        self.found(each, |seen| matches!(seen.reading, Reading::Says(_)))
    }

    /// The looks that could read the page, from then until then, of which there must be one of every
    /// listing.
    pub(crate) fn good_looks_within(&self, (from, to): (Timestamp, Timestamp)) -> Found {
        let is_good = |seen: &Seen| matches!(seen.reading, Reading::Says(_));
        self.found(1, |seen| is_good(seen) && from <= seen.at && seen.at < to)
    }

    fn found(&self, each: usize, counts: impl Fn(&Seen) -> bool) -> Found {
        let db = Db::open(&self.database()).unwrap();
        let mut found = Found::default();
        for (book, store) in self
            .books
            .iter()
            .flat_map(|book| STORES.map(|store| (book, store)))
        {
            let listing = ListingId {
                edition: book.isbn.clone().into(),
                store: StoreId::new(store),
            };
            let since = self.setting.now - SignedDuration::from_hours(48);
            let seen = db.read(|c| observations(c, &listing, since)).unwrap();
            let seen = seen.iter().filter(|seen| counts(seen)).count();
            found.expected += each;
            found.kept += seen.min(each);
            found.doubled += seen.saturating_sub(each);
        }
        found
    }

    /// The first edition's.
    pub(crate) fn isbn(&self) -> Isbn13 {
        self.books[0].isbn.clone()
    }

    /// It is the ISBN of an edition.
    pub(crate) fn has(&self, isbn: &str) -> bool {
        self.books.iter().any(|book| book.isbn.as_str() == isbn)
    }

    /// The letters that the mail server took, by what they are about (an ISBN, or a word such as
    /// `digest`), with how often each came under its Message-ID.
    pub(crate) fn letters_by_subject(&self) -> BTreeMap<String, BTreeMap<String, usize>> {
        let mut letters: BTreeMap<String, BTreeMap<String, usize>> = BTreeMap::new();
        for id in self.mail.seen().message_ids() {
            let about = id.split('.').nth(1).unwrap_or_default().to_owned();
            *letters.entry(about).or_default().entry(id).or_default() += 1;
        }
        letters
    }

    fn configuration(&self, deadline: &str) -> String {
        let digest = self
            .setting
            .digest
            .to_zoned(TimeZone::get(self.setting.zone).unwrap());
        let more = format!(
            "[schedule]\n{}\ndigest = \"{}\"\n\n[mail]\nhost = \"127.0.0.1\"\nport = {}\n\
             encryption = \"none\"\nmost_per_hour = 10000\n\n[web]\nlisten = \"off\"\n",
            self.setting.check,
            digest.strftime("%-M %-H %-d %-m *"),
            self.mail.port
        );
        let shops = self
            .shops
            .iter()
            .map(|shop| (&shop.store, format!("http://127.0.0.1:{}", shop.port)));
        let text = configuration(&self.books, shops, self.setting.zone, &more);
        let deadline = format!("deadline = \"{deadline}\"");
        text.replace("deadline = \"1s\"", &deadline)
    }
}
