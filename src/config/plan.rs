//! The configuration in its checked form: nothing here can be ill-formed any more.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use jiff::SignedDuration;
use jiff::tz::TimeZone;
use url::Url;

use crate::book::{Edition, StoreId};

/// Everything the program was told to do.
#[derive(Debug, Clone)]
pub struct Plan {
    /// Who gets the letters.
    pub author: Author,
    /// The folder of the database, the letters and the logs.
    pub data: PathBuf,
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
    /// Windows that replace the shipped ones, by name as `list.amazon`.
    pub windows: Vec<WindowOverride>,
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
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Wraps a secret.
    #[must_use]
    pub fn new(secret: String) -> Self {
        Self(secret)
    }

    /// The secret itself, for the one place that needs it.
    #[must_use]
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
    /// Five-field cron in the author's zone.
    pub digest: croner::Cron,
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
    /// The most time that one request may take in all.
    pub deadline: Duration,
    /// The most bytes of a decoded body that are read.
    pub body_cap: usize,
    /// How long a robots.txt is believed; at most a day.
    pub robots_age: SignedDuration,
    /// The contact in the User-Agent and in `From`.
    pub contact: String,
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
}

/// An edition with its listings.
#[derive(Debug, Clone)]
pub struct EditionPlan {
    /// The edition.
    pub edition: Edition,
    /// Its listings, in the order of the configuration.
    pub listings: Vec<ListingPlan>,
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
}

/// How judging counts.
#[derive(Debug, Clone)]
pub struct Judging {
    /// A change counts when seen a second time at least this much later.
    pub confirm_after: SignedDuration,
    /// An open alert is recalled at most this often.
    pub remind_every: SignedDuration,
}

/// A window that the user set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WindowOverride {
    /// The window's name, as `list.amazon`.
    pub name: String,
    /// No message until then, in hours.
    pub quiet_hours: Option<i64>,
    /// Acting is right from then, in hours.
    pub act_hours: Option<i64>,
}
