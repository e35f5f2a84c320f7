//! A small imprint in a folder of its own, with two stores and a mail server on loopback, and what
//! must be there when all is over: one look at each page, one letter about each edition.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use pubwatch::book::{Availability, StoreId};
use pubwatch::clock::Clock;
use pubwatch::commands::simulate::title::isbn;
use pubwatch::db::Db;
use pubwatch::demo::pages::Book;
use pubwatch::history::sqlite::{observations, record};
use pubwatch::history::{ListingId, Observation, Source};
use pubwatch::page::{Reading, Says};

use super::shop::{Mood, Shop};
use crate::smtp_server::{Behaviour, Line, TestServer};

pub(crate) const EDITIONS: usize = 4;
pub(crate) const STORES: [&str; 2] = ["barnesandnoble.com", "bookshop.org"];

/// A page or a host that a killed process was asking is free again after this: the deadline of a
/// request (one second here) and five seconds of margin.
pub(crate) const CLAIMS_ARE_VOID: Duration = Duration::from_secs(7);

/// The real program: a file, and what must be in its environment for it to be `pubwatch`.
#[derive(Debug, Clone)]
pub(crate) struct Program {
    pub(crate) path: PathBuf,
    pub(crate) environment: Vec<(OsString, OsString)>,
}

pub(crate) struct World {
    pub(crate) folder: tempfile::TempDir,
    pub(crate) shops: Vec<Shop>,
    pub(crate) mail: TestServer,
    pub(crate) now: Timestamp,
    program: Program,
    books: Arc<Vec<Book>>,
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
        let now = Clock::System.now();
        let books: Arc<Vec<Book>> =
            Arc::new((0..EDITIONS).map(|number| book(number, now)).collect());
        let mut shops = Vec::new();
        for store in STORES {
            shops.push(Shop::open(store, Arc::clone(&books)).await);
        }
        let mail = TestServer::start(Line::Plain, vec![Behaviour::Accept]).await;
        let world = Self {
            folder: tempfile::tempdir().unwrap(),
            shops,
            mail,
            now,
            program: program.clone(),
            books,
        };
        std::fs::write(world.config(), world.configuration()).unwrap();
        world.seed();
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

    pub(crate) fn be(&self, mood: Mood) {
        for shop in &self.shops {
            shop.be(mood);
        }
    }

    /// A call of the program, behind another program if need be, as `faketime -f +1d`.
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
            .envs(self.program.environment.iter().cloned())
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

    /// The looks since the beginning, of which there must be `each` of every listing.
    pub(crate) fn looks(&self, each: usize) -> Found {
        let db = Db::open(&self.database()).unwrap();
        let mut found = Found::default();
        for book in self.books.iter() {
            for store in STORES {
                let listing = ListingId {
                    isbn: book.isbn.clone(),
                    store: StoreId::new(store),
                };
                let since = self.now - SignedDuration::from_hours(48);
                let seen = db.read(|c| observations(c, &listing, since)).unwrap().len();
                found.expected += each;
                found.kept += seen.min(each);
                found.doubled += seen.saturating_sub(each);
            }
        }
        found
    }

    /// The letters that the mail server took: one about each edition, each once.
    pub(crate) fn letters(&self) -> Found {
        let mut letters: BTreeMap<String, usize> = BTreeMap::new();
        for id in self.mail.seen().message_ids() {
            *letters.entry(id).or_default() += 1;
        }
        Found {
            expected: EDITIONS,
            kept: letters.len(),
            doubled: letters.values().map(|count| count - 1).sum(),
        }
    }

    fn configuration(&self) -> String {
        let mut text = format!(
            "[author]\nname = \"Jane Roe\"\nemail = \"jane@example.com\"\ntimezone = \"UTC\"\n\n\
             [data]\nfolder = \"data\"\n\n[mail]\nhost = \"127.0.0.1\"\nport = {}\n\
             encryption = \"none\"\n\n[politeness]\npause = \"0s\"\njitter = \"0s\"\n\
             deadline = \"1s\"\n\n[web]\nlisten = \"off\"\n",
            self.mail.port
        );
        for shop in &self.shops {
            write!(
                text,
                "\n[[store]]\nname = \"{}\"\nbase = \"http://127.0.0.1:{}\"\n",
                shop.store, shop.port
            )
            .unwrap();
        }
        for book in self.books.iter() {
            write!(
                text,
                "\n[[edition]]\ntitle = \"{}\"\nisbn = \"{}\"\nformat = \"paperback\"\n\
                 publication_date = {}\ndistribution = \"ingramspark\"\n\
                 distribution_enabled = 2020-01-01\nstores = [\"{}\"]\n",
                book.title,
                book.isbn,
                book.publication_date,
                STORES.join("\", \"")
            )
            .unwrap();
        }
        text
    }

    /// A fortnight of looks, all of which found a pre-order: the next one is a reason to write.
    fn seed(&self) {
        std::fs::create_dir(self.data()).unwrap();
        let db = Db::open(&self.database()).unwrap();
        for book in self.books.iter() {
            for store in STORES {
                for days in [14, 10, 4] {
                    let mut says = Says::new(Availability::PreOrder, "seed", "Pre-order", "seed");
                    says.date = Some(book.publication_date);
                    let observation = Observation {
                        listing: ListingId {
                            isbn: book.isbn.clone(),
                            store: StoreId::new(store),
                        },
                        at: self.now - SignedDuration::from_hours(24 * days),
                        source: Source::Http,
                        reading: Reading::Says(Box::new(says)),
                    };
                    db.write(|tx| record(tx, &observation, SignedDuration::from_hours(6)))
                        .unwrap();
                }
            }
        }
    }
}

/// A book that was published five days ago.
fn book(number: usize, now: Timestamp) -> Book {
    let five_days_ago = now - SignedDuration::from_hours(5 * 24);
    Book {
        title: format!("The Tide Tables, volume {number}"),
        author: "Jane Roe".to_owned(),
        publisher: "Saltmarsh Press".to_owned(),
        isbn: isbn(number).parse().unwrap(),
        price: "$16.99".to_owned(),
        publication_date: five_days_ago.to_zoned(jiff::tz::TimeZone::UTC).date(),
    }
}
