//! Companions: browser extensions of the author's that hand over the watched pages which he opens. Each
//! has a pass.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Cursor, Write as _};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use url::{Host, Url};
use utoipa::ToSchema;
use zip::ZipWriter;
use zip::result::ZipResult;
use zip::write::SimpleFileOptions;

use crate::book::Availability;
use crate::config::plan::EditionPlan;

/// The manifest of the extension.
const MANIFEST: &str = include_str!("../../companion/manifest.json");

/// Its other files.
const FILES: [(&str, &str); 5] = [
    (
        "background.js",
        include_str!("../../companion/background.js"),
    ),
    ("cut.js", include_str!("../../companion/cut.js")),
    ("panel.css", include_str!("../../companion/panel.css")),
    ("panel.html", include_str!("../../companion/panel.html")),
    ("panel.js", include_str!("../../companion/panel.js")),
];

/// What the extension is told of us.
#[derive(Serialize)]
struct Pairing<'a> {
    address: &'a str,
    token: Option<&'a str>,
}

/// The files of the extension for a Pubwatch at that address, by their names; with a token it is paired.
///
/// They are those of `companion/`, with a narrower manifest: the extension may speak with this Pubwatch
/// alone, and ask for the stores of the configuration alone. An address of IPv6 has no form in a policy,
/// so there it may speak with anybody.
///
/// # Errors
///
/// When the manifest is no JSON.
pub fn files(
    editions: &[EditionPlan],
    (own, token): (&Url, Option<&str>),
) -> serde_json::Result<Vec<(&'static str, String)>> {
    let mut manifest: Value = serde_json::from_str(MANIFEST)?;
    let has_form = matches!(own.host(), Some(Host::Domain(_) | Host::Ipv4(_)));
    let reached = if has_form {
        own.origin().ascii_serialization()
    } else {
        "*".to_owned()
    };
    // Patterns know no ports.
    let pattern = |address: &Url| Some(format!("{}://{}/*", address.scheme(), address.host_str()?));
    let listings = editions.iter().flat_map(|plan| &plan.listings);
    let stores: BTreeSet<String> = listings.filter_map(|one| pattern(&one.ask)).collect();
    let policy = format!("default-src 'self'; connect-src 'self' {reached}");
    manifest["content_security_policy"]["extension_pages"] = policy.into();
    manifest["host_permissions"] = json!([pattern(own)]);
    manifest["optional_host_permissions"] = json!(stores);
    let address = own.as_str().trim_end_matches('/');
    let pairing = serde_json::to_string(&Pairing { address, token })?;
    let fixed = FILES.map(|(name, text)| (name, text.to_owned()));
    Ok(fixed
        .into_iter()
        .chain([
            ("manifest.json", serde_json::to_string_pretty(&manifest)?),
            ("pairing.json", pairing),
        ])
        .collect())
}

/// The same in one archive, in a folder of their own.
///
/// # Errors
///
/// When it cannot be packed.
pub fn archive(files: &[(&str, String)]) -> ZipResult<Vec<u8>> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in files {
        archive.start_file(
            format!("pubwatch-companion/{name}"),
            SimpleFileOptions::default(),
        )?;
        archive.write_all(text.as_bytes())?;
    }
    Ok(archive.finish()?.into_inner())
}

/// The pages that are watched.
#[derive(Debug, Serialize, ToSchema)]
pub struct Watched<'a> {
    /// The least time between two pages of a store, in seconds
    pub pause_seconds: u64,
    /// Every page
    pub pages: Vec<WatchedPage<'a>>,
}

/// A page that is watched.
#[derive(Debug, Serialize, ToSchema)]
pub struct WatchedPage<'a> {
    /// What the edition is known by
    pub edition: &'a str,
    /// Its title
    pub title: &'a str,
    /// Its format in words
    pub format: &'static str,
    /// The store in words
    pub store: &'a str,
    /// Where the page is
    pub address: &'a str,
    /// The numbers of the edition that stand in addresses of its page
    pub numbers: Vec<String>,
    /// The parts of the page that are read, as selectors
    pub parts: Vec<&'a str>,
    /// It waits for the author's eyes
    pub due: bool,
    /// What it showed when it was read last
    pub last: Option<&'static str>,
    /// When that was
    pub last_seen: Option<Timestamp>,
}

/// What a companion hands over.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Handed {
    /// The address at which the page was seen
    pub address: String,
    /// The parts of the page that its reader looks at, as HTML
    pub html: Option<String>,
    /// What the author says that it offers, in place of its parts
    pub state: Option<Availability>,
    /// When it was seen: within the last seven days
    pub seen_at: Timestamp,
}

/// What became of it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum Outcome<'a> {
    /// It was recorded
    Read(Heard<'a>),
    /// It was handed over before, or is older than what was read last, and changes nothing
    Known(Heard<'a>),
    /// It says nothing of a page that is watched, and counts for nothing
    NotRead {
        /// Why
        why: String,
    },
}

/// What a page that was handed over says.
#[derive(Debug, Serialize, ToSchema)]
pub struct Heard<'a> {
    /// What the edition is known by
    pub edition: &'a str,
    /// Its title
    pub title: &'a str,
    /// The store in words
    pub store: String,
    /// What it offers
    pub availability: Availability,
    /// The same in words
    pub state: &'static str,
    /// The words of the page that say so
    pub words: String,
    /// It said something else before
    pub changed: bool,
    /// Whether that is normal, in a sentence
    pub verdict: Option<String>,
}

/// How often each companion has handed something over within its hour.
#[derive(Debug, Default)]
pub struct Pace(BTreeMap<i64, (Timestamp, u32)>);

impl Pace {
    /// Whether a companion may once more, at most `most` times an hour; if so it is counted.
    pub fn may(&mut self, number: i64, most: u32, now: Timestamp) -> bool {
        let (since, count) = self.0.entry(number).or_insert((now, 0));
        let hour = SignedDuration::from_hours(1);
        if !(SignedDuration::ZERO..hour).contains(&now.duration_since(*since)) {
            (*since, *count) = (now, 0);
        }
        let may = *count < most;
        *count += u32::from(may);
        may
    }
}

/// Whether a request with this `Origin` may be a companion's: a browser's extension, and the one that
/// spoke first with this token. A program that is no browser names none.
#[must_use]
pub fn is_its_origin(named: Option<&str>, first: Option<&str>) -> bool {
    let Some(named) = named else {
        return true;
    };
    let is_extension = ["chrome-extension://", "moz-extension://"]
        .iter()
        .any(|kind| named.starts_with(kind));
    is_extension && first.is_none_or(|first| first == named)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn so_much_is_taken_in_an_hour_of_each_and_no_more() {
        let mut pace = Pace::default();
        let at = |minutes| Timestamp::UNIX_EPOCH + SignedDuration::from_mins(minutes);
        assert!(pace.may(1, 2, at(0)) && pace.may(1, 2, at(59)));
        assert!(!pace.may(1, 2, at(59)) && pace.may(2, 2, at(59)));
        assert!(pace.may(1, 2, at(60)));
        assert!(
            pace.may(1, 2, at(-60)),
            "a clock that was set back counts anew"
        );
    }

    #[test]
    fn a_companion_is_an_extension_and_always_the_same() {
        let ours = Some("chrome-extension://abc");
        assert!(is_its_origin(ours, None));
        assert!(is_its_origin(ours, ours));
        assert!(!is_its_origin(Some("moz-extension://abc"), ours));
        assert!(!is_its_origin(Some("https://evil.example"), None));
        assert!(!is_its_origin(Some("null"), None));
        assert!(is_its_origin(None, ours));
    }
}
