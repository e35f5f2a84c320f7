//! The configuration in its checked form: nothing here can be ill-formed any more.

use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use jiff::SignedDuration;
use jiff::tz::TimeZone;
use serde::Deserialize;
use url::Url;

use super::origins::Origins;
use super::telling::{ClientPlan, HookPlan, PingPlan, Recipient};
use super::ways::{ApiPlan, Ways};
use crate::book::{Availability, Edition, EditionId, StoreId};
use crate::text::host::is_this_machine;

/// Everything the program was told to do.
#[derive(Debug, Clone)]
pub struct Plan {
    /// Who gets the letters.
    pub author: Author,
    /// The folder of the database, the letters and the logs.
    pub data: PathBuf,
    /// The folder into which the author saves pages; `None`: there is none.
    pub inbox: Option<PathBuf>,
    /// The mail server; `None`: letters are written to a folder.
    pub mail: Option<MailPlan>,
    /// When rounds and digests happen.
    pub schedule: SchedulePlan,
    /// How we behave towards the stores.
    pub manners: Manners,
    /// The stores that are asked, known or defined by the user, in the order of their first use.
    pub stores: Vec<StorePlan>,
    /// The editions, in the order of the file.
    pub editions: Vec<EditionPlan>,
    /// How judging counts.
    pub judging: Judging,
    /// Windows that replace the shipped ones, everywhere, at one store or for one edition.
    pub windows: Vec<WindowOverride>,
    /// The user's account for Amazon's API; `None`: nothing asks it.
    pub api: Option<ApiPlan>,
    /// The page.
    pub web: WebPlan,
    /// The clients of an imprint, in the order of the file.
    pub clients: Vec<ClientPlan>,
    /// The programs elsewhere that are told, webhooks before ntfy.
    pub hooks: Vec<HookPlan>,
    /// Who is told after every round that we are alive; `None`: nobody.
    pub ping: Option<PingPlan>,
    /// Where its values stand in the file.
    pub origins: Origins,
}

/// The page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebPlan {
    /// Where it is served; `None`: nowhere. Beyond this machine only with a password.
    pub listen: Option<SocketAddr>,
    /// Where people find it, when a reverse proxy stands before it; without a slash at its end.
    pub address: Option<Url>,
    /// The Argon2 hash of the password, in the PHC form; `None`: whoever is on this machine may
    /// see it.
    pub password_hash: Option<Secret>,
}

impl WebPlan {
    /// Where people find it, without a slash at its end; `None`: only whoever is on this machine
    /// does.
    pub fn site(&self) -> Option<&str> {
        let address = self.address.as_ref().filter(|_| self.listen.is_some())?;
        Some(address.as_str().trim_end_matches('/'))
    }

    /// People find it under a name that is not this machine's alone: something that stands before
    /// it shows it to others.
    pub fn is_public(&self) -> bool {
        let name = self.address.as_ref().and_then(Url::host_str);
        name.is_some_and(|name| !is_this_machine(name))
    }
}

impl Default for WebPlan {
    /// On this machine alone, without a password.
    fn default() -> Self {
        Self {
            listen: Some(SocketAddr::from(([127, 0, 0, 1], 7117))),
            address: None,
            password_hash: None,
        }
    }
}

/// Who gets the letters.
#[derive(Debug, Clone)]
pub struct Author {
    /// The name in the greeting.
    pub name: String,
    /// Where letters go, and the contact in the User-Agent.
    pub email: String,
    /// The author's time zone, used only at the edges: cron, letters, pages.
    pub zone: TimeZone,
}

/// The mail server.
#[derive(Debug, Clone)]
pub struct MailPlan {
    /// Its host name or address.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the line is protected.
    pub encryption: Encryption,
    /// The user name, where the server wants one.
    pub username: Option<String>,
    /// Where the password is, where the server wants one.
    pub password: Option<SecretSource>,
    /// The sender; the author's address unless given.
    pub from: String,
    /// A file with further certificates to trust (PEM), for a server of one's own.
    pub ca_file: Option<PathBuf>,
    /// By which name it is greeted; the machine's own unless given.
    pub hello: Option<String>,
    /// The most letters that it is asked to take within an hour.
    pub most_per_hour: u32,
}

/// How the line to the mail server is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encryption {
    /// STARTTLS, required.
    StartTls,
    /// TLS from the first byte.
    Tls,
    /// None; allowed on loopback only.
    None,
}

/// Where a secret is kept. Never the secret itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SecretSource {
    /// The first line of a file.
    File(PathBuf),
    /// An environment variable.
    Env(String),
    /// The first line that a command prints; the command and its arguments.
    Command(Vec<String>),
}

/// A secret. It prints as stars, whoever prints it.
#[derive(Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    /// Wraps a secret.
    pub fn new(secret: String) -> Self {
        Self(secret)
    }

    /// The secret itself, for the one place that needs it.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

/// When rounds and digests happen.
#[derive(Debug, Clone)]
pub struct SchedulePlan {
    /// Five-field cron in the author's zone; `None`: by the phase of each edition.
    pub check: Option<croner::Cron>,
    /// The time between two looks at a page of which nothing is expected, when the phase decides.
    pub steady: SignedDuration,
    /// Five-field cron in the author's zone.
    pub digest: croner::Cron,
    /// A digest comes also when all is as expected and nothing is near; otherwise one a month.
    pub digest_always: bool,
}

/// How we behave towards the stores.
#[derive(Debug, Clone)]
pub struct Manners {
    /// The least time between two requests to one host.
    pub pause: Duration,
    /// Up to so much is added to every pause, at random.
    pub jitter: Duration,
    /// The least time between two looks at one listing.
    pub floor: SignedDuration,
    /// The most requests that one host gets in a UTC day, robots.txt and redirects among them.
    pub requests_per_day: u32,
    /// The most looks at one listing in a UTC day.
    pub looks_per_day: u32,
    /// The most time that one request may take in all.
    pub deadline: Duration,
    /// The most bytes of a decoded body that are read.
    pub body_cap: usize,
    /// How long a robots.txt is believed; at most a day.
    pub robots_age: SignedDuration,
    /// The contact in the User-Agent and in `From`.
    pub contact: String,
}

impl Default for Manners {
    /// The manners of considerate tools (STORES §5.3), and no contact yet.
    fn default() -> Self {
        Self {
            pause: Duration::from_secs(10),
            jitter: Duration::from_secs(5),
            floor: SignedDuration::from_mins(30),
            requests_per_day: 2000,
            looks_per_day: 30,
            deadline: Duration::from_secs(30),
            body_cap: 8 << 20,
            robots_age: SignedDuration::from_hours(24),
            contact: String::new(),
        }
    }
}

/// A store that is asked.
#[derive(Debug, Clone)]
pub struct StorePlan {
    /// Its name.
    pub id: StoreId,
    /// How people call it.
    pub label: String,
    /// Its pages come from here instead, as `http://127.0.0.1:8080`; for tests and mirrors.
    pub base: Option<Url>,
    /// A pause of its own.
    pub pause: Option<Duration>,
    /// What the user said about a store that we do not know; `None` for the known ones.
    pub own: Option<OwnStore>,
    /// A CSS selector, known to parse, of the part of the page that holds the book's own price
    /// and buttons; the user's, for stores whose pages the default reader takes too wide.
    pub buy_area: Option<String>,
    /// Phrases that the user adds to the shipped ones, in the order of the file; never empty, and
    /// none for two states.
    pub phrases: Vec<Phrase>,
    /// By which ways its pages are had.
    pub ways: Ways,
}

/// How people call a store: as the configuration does, otherwise by its own label.
pub fn label<'a>(store: &'a StoreId, stores: &'a [StorePlan]) -> &'a str {
    stores
        .iter()
        .find(|plan| plan.id == *store)
        .map_or_else(|| store.label(), |plan| plan.label.as_str())
}

impl StorePlan {
    /// A store of which the user said nothing but the name.
    pub fn plain(id: StoreId) -> Self {
        Self {
            label: id.label().to_owned(),
            id,
            base: None,
            pause: None,
            own: None,
            buy_area: None,
            phrases: Vec::new(),
            ways: Ways::default(),
        }
    }

    /// Its pages come from this very machine: a test, a demo, a mirror.
    pub fn is_on_loopback(&self) -> bool {
        let name = self.base.as_ref().and_then(Url::host_str);
        name.is_some_and(is_this_machine)
    }
}

/// A store that the user defines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnStore {
    /// The host of its product pages, as `www.example.com`.
    pub host: String,
    /// The path and query of a product page, with `{isbn13}` or `{isbn10}` where the number
    /// stands; `None` when every edition gives its own address.
    pub pattern: Option<String>,
    /// The currency of prices whose mark several currencies share (ISO 4217).
    pub currency: String,
}

/// A phrase that stands for a state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Phrase {
    /// What a page offers that says so.
    pub availability: Availability,
    /// The words.
    pub words: String,
    /// Where they stand in the file, in bytes.
    pub span: std::ops::Range<usize>,
}

/// An edition with its listings.
#[derive(Debug, Clone)]
pub struct EditionPlan {
    /// The edition.
    pub edition: Edition,
    /// Its listings, in the order of the configuration.
    pub listings: Vec<ListingPlan>,
    /// The other formats of the same book (the same title and author), in the order of the
    /// configuration; their own siblings are left out.
    pub siblings: Vec<EditionPlan>,
    /// Who gets its letters, when the edition itself names them; see [`Plan::recipients`].
    pub notify: Vec<Recipient>,
    /// The author's zone, in which days of the notes are counted.
    pub zone: TimeZone,
}

impl EditionPlan {
    /// The name of the book that the edition is a format of: the least ISBN of them all.
    pub fn book(&self) -> &EditionId {
        let others = self.siblings.iter().map(|other| &other.edition.id);
        others.fold(&self.edition.id, std::cmp::min)
    }
}

/// A listing to watch.
#[derive(Debug, Clone)]
pub struct ListingPlan {
    /// The store.
    pub store: StoreId,
    /// The address to show people: clean of tracking, at the store's own host.
    pub address: Url,
    /// The address to ask: the same, unless the store's base address is overridden.
    pub ask: Url,
    /// Amazon's identifier, where the page is at Amazon.
    pub asin: Option<String>,
    /// Only the user looks at it: nothing asks the store.
    pub is_by_hand: bool,
}

/// How judging counts.
#[derive(Debug, Clone)]
pub struct Judging {
    /// A change counts when seen a second time at least this much later.
    pub confirm_after: SignedDuration,
    /// An open alert is recalled at most this often.
    pub remind_every: SignedDuration,
    /// The times of the user's own titles take the place of the shipped windows, once there are
    /// enough of them: `learned` of `[windows]`.
    pub learned_windows: bool,
}

impl Default for Judging {
    /// Two looks six hours apart, a reminder a week, and the shipped windows.
    fn default() -> Self {
        Self {
            confirm_after: SignedDuration::from_hours(6),
            remind_every: SignedDuration::from_hours(7 * 24),
            learned_windows: false,
        }
    }
}

/// A window that the user set.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WindowOverride {
    /// The window's name, as `list.amazon`.
    pub name: String,
    /// For this edition only; `None`: for all.
    pub edition: Option<EditionId>,
    /// At this store only; `None`: at all.
    pub store: Option<StoreId>,
    /// No message until then, in hours.
    pub quiet_hours: Option<i64>,
    /// Acting is right from then, in hours.
    pub act_hours: Option<i64>,
    /// Whether the times of the user's own titles take its place; `None`: as for all windows. Only
    /// where it is for all editions and stores.
    pub learned: Option<bool>,
}
