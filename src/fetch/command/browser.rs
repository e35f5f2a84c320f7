//! The Chromium of this machine as a way in: run headless for one page, with a profile of its own, it
//! runs the page's scripts and prints what the page has become.
//!
//! Nothing hides that a program drives it: its User-Agent says `HeadlessChrome`. Nothing is clicked.
//! What the store answered stands in the log of its network (`--log-net-log`), so that a refusal and a
//! page that is not there are known as they are for our own request.

use std::path::{Path, PathBuf};

use tokio::net::lookup_host;
use url::{Host, Url};

use super::{Limits, run_at_home};
use crate::fetch::HELPFUL_HEADERS;
use crate::fetch::address::is_public;
use crate::fetch::explain::Failure;
use crate::fetch::realm::{Outside, Realm};
use crate::fetch::wire::http::Answer;
use crate::files;

/// The names by which Chromium and what is made of it go, best known first.
const NAMES: [&str; 7] = [
    "chromium",
    "chromium-browser",
    "google-chrome-stable",
    "google-chrome",
    "chrome",
    "microsoft-edge",
    "brave-browser",
];

/// How it runs. The last one but the address prints the page, five seconds of its own time after it
/// was loaded.
const ARGUMENTS: [&str; 16] = [
    "--headless",
    "--disable-gpu",
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-sync",
    "--disable-extensions",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-quic",
    "--mute-audio",
    "--blink-settings=imagesEnabled=false",
    "--hide-scrollbars",
    "--window-size=1024,1400",
    "--virtual-time-budget=5000",
    "--dump-dom",
];

/// What a new profile knows: nothing is downloaded, passwords and forms are not kept.
const PREFERENCES: &str = r#"{"download_restrictions": 3, "credentials_enable_service": false}"#;

/// The most of the log of the network that is read, in bytes: what the store answered stands early in
/// it, after some hundred kilobytes of names.
const LONGEST_LOG: u64 = 4 << 20;

/// The largest picture of a page that is kept, in bytes; a page in one window has some 100,000.
const LARGEST_PICTURE: u64 = 1 << 20;

/// The Chromium of this machine.
pub(super) fn program() -> Option<PathBuf> {
    files::program(&NAMES)
}

/// Opens the page in a browser of its own, which is ended with all that it started.
pub(in crate::fetch) async fn exchange(
    realm: &Realm,
    address: &Url,
    limits: Limits,
) -> Result<Answer, Failure> {
    let ours = |words: String| Failure::Way { ours: true, words };
    let program = program().ok_or_else(|| {
        ours(
            "no Chromium is on this machine: install it (`apt install chromium`), or take \
             `\"browser\"` out of `source`"
                .to_owned(),
        )
    })?;
    let rules = rules(realm, address).await?;
    let home = files::scratch(&[("profile/Default/Preferences", PREFERENCES)]);
    let home = home.map_err(|error| {
        ours(format!(
            "no folder can be made for the browser ({error}); make room in the folder for \
             temporary files"
        ))
    })?;
    let (log, picture) = (home.path().join("net.json"), home.path().join("page.png"));
    let mut words = vec![program.to_string_lossy().into_owned()];
    words.push(format!(
        "--user-data-dir={}",
        home.path().join("profile").display()
    ));
    words.push(format!("--host-resolver-rules={rules}"));
    words.push(format!("--log-net-log={}", log.display()));
    words.push(format!("--screenshot={}", picture.display()));
    words.extend(ARGUMENTS.map(str::to_owned));
    let body = run_at_home(&words, address, limits, Some(home.path())).await;
    let body = body.map_err(|failure| Failure::Way {
        ours: failure.is_ours(),
        words: failure.to_string(),
    })?;
    let (status, headers) = answered(&log).ok_or_else(|| Failure::Way {
        ours: false,
        words: "the browser could not reach it; open the address in yours".to_owned(),
    })?;
    Ok(Answer {
        status,
        location: None,
        headers,
        no_page: None,
        picture: picture_at(&picture),
        body,
    })
}

/// Only the host of the page has an address. It leads where it leads when it is looked at: to a public
/// one, but for a place that the user set himself.
async fn rules(realm: &Realm, address: &Url) -> Result<String, Failure> {
    let host = address.host_str().unwrap_or_default();
    let is_name = matches!(address.host(), Some(Host::Domain(_)));
    if realm.may_be_private() || !is_name {
        return Ok(format!("MAP * ~NOTFOUND, EXCLUDE {host}"));
    }
    let port = address.port_or_known_default().unwrap_or(443);
    let found = lookup_host((host, port)).await;
    let found: Vec<_> = found
        .map_err(|error| Failure::Client(error.into()))?
        .collect();
    if let Some(private) = found.iter().find(|one| !is_public(one.ip())) {
        let outside = Outside::Private(private.ip().to_string());
        let words = outside.to_string();
        return Err(Failure::Way { ours: false, words });
    }
    // An IPv4 address where there is one: not every machine that has names for IPv6 has a way there.
    let one = found.iter().find(|one| one.is_ipv4()).or(found.first());
    let one = one.map_or_else(
        || "~NOTFOUND".to_owned(),
        |one| match one.ip() {
            std::net::IpAddr::V4(ip) => ip.to_string(),
            std::net::IpAddr::V6(ip) => format!("[{ip}]"),
        },
    );
    Ok(format!("MAP {host} {one}, MAP * ~NOTFOUND"))
}

/// The picture that the browser drew, when it is one, and not too large.
fn picture_at(file: &Path) -> Option<Vec<u8>> {
    let bytes = files::read_beginning(file, LARGEST_PICTURE + 1).ok()?;
    let is_one = bytes.starts_with(b"\x89PNG") && bytes.len() as u64 <= LARGEST_PICTURE;
    is_one.then_some(bytes)
}

/// The status with which the page came, after redirects, and its helpful headers.
fn answered(log: &Path) -> Option<(u16, Vec<(String, String)>)> {
    let bytes = files::read_beginning(log, LONGEST_LOG).ok()?;
    of_log(&String::from_utf8_lossy(&bytes))
}

/// The first answer in the log that is no redirect: a page asks for nothing before it is there.
fn of_log(log: &str) -> Option<(u16, Vec<(String, String)>)> {
    log.match_indices("[\"HTTP/").find_map(|(at, _)| {
        let mut lists = serde_json::Deserializer::from_str(log.get(at..)?).into_iter();
        let lines: Vec<String> = lists.next()?.ok()?;
        let status = lines.first()?.split(' ').nth(1)?.parse().ok()?;
        if !(200..600).contains(&status) || (300..400).contains(&status) {
            return None;
        }
        let mut headers: Vec<(String, String)> = lines
            .iter()
            .filter_map(|line| line.split_once(':'))
            .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
            // What is printed is UTF-8, whatever came.
            .filter(|(name, _)| HELPFUL_HEADERS.contains(&&**name) && name != "content-type")
            .collect();
        headers.sort();
        Some((status, headers))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_answer_is_the_first_one_in_the_log_that_leads_nowhere_else() {
        let log = r#"{"constants": {"HTTP/": 1}, "events": [
            {"params":{"headers":["Host: a","User-Agent: HeadlessChrome"],"line":"GET / HTTP/1.1"}},
            {"params":{"headers":["HTTP/1.1 301 Moved","Location: /b"]},"type":1},
            {"params":{"headers":["HTTP/1.1 403 Forbidden","Server: cloudflare",
                "CF-Mitigated: challenge","Content-Type: text/html; charset=latin1","X-Own: 1"]}},
            {"params":{"headers":["HTTP/1.1 200 OK"]}}"#;
        let (status, headers) = of_log(log).unwrap();
        assert_eq!(status, 403);
        let expected = [("cf-mitigated", "challenge"), ("server", "cloudflare")];
        assert_eq!(headers, expected.map(|(a, b)| (a.to_owned(), b.to_owned())));
        assert_eq!(of_log("{\"events\": []}"), None, "nothing answered");
        assert_eq!(of_log("[\"HTTP/1.1 200 O"), None, "it was cut off");
    }

    #[tokio::test]
    async fn no_name_but_that_of_the_page_leads_anywhere() {
        let page = Url::parse("http://localhost:8080/dp/1").unwrap();
        let here = Realm::Here(page.origin());
        let rules_of = rules(&here, &page).await;
        assert_eq!(rules_of.unwrap(), "MAP * ~NOTFOUND, EXCLUDE localhost");
        let site = Realm::Site(page.origin());
        let refused = rules(&site, &page).await;
        let Err(Failure::Way { words, .. }) = refused else {
            panic!("{refused:?}");
        };
        assert!(words.contains("a private network"), "{words}");
    }
}
