//! Companions: who may hand over what, and what becomes of it.

use pubwatch::db::DbError;
use pubwatch::web::passes::{hash, sqlite};
use serde_json::{Value, json};

use super::{Answered, ISBN, TestSite, configuration, now};
use crate::support::House;
use crate::ways::page;

const TOKEN: &str = "5ec4e7";
const ORIGIN: &str = "chrome-extension://abcdefghijklmnop";

const BOOK: &str = "
[[edition]]
title = 'Salt Roads'
isbn = '9781944098117'
publication_date = 2027-02-09
stores = ['books.example.com']

[[store]]
name = 'books.example.com'
address = '/book/{isbn13}'
source = ['by-hand']
";

/// Pairs a companion with the token.
pub(super) fn pair(site: &TestSite) {
    let added = site
        .db
        .write(|tx| Ok::<_, DbError>(sqlite::add(tx, (None, &hash(TOKEN)), now())?));
    assert_eq!(added.unwrap(), 1);
}

fn paired() -> TestSite {
    let site = TestSite::new(&configuration(BOOK));
    pair(&site);
    site
}

/// What a program with the token is answered.
pub(super) fn hand(site: &TestSite, (method, path): (&str, &str), body: &str) -> Value {
    let token = format!("Bearer {TOKEN}");
    let answered = site.ask(method, path, &[("Authorization", token.as_str())], body);
    assert_eq!(answered.status, 200, "{path}: {}", answered.body);
    serde_json::from_str(&answered.body).unwrap()
}

fn hand_over(site: &TestSite, (token, origin): (&str, &str), body: &str) -> Answered {
    let token = format!("Bearer {token}");
    let mut headers = vec![("Authorization", token.as_str())];
    if !origin.is_empty() {
        headers.push(("Origin", origin));
    }
    site.ask("POST", "/api/v1/observations", &headers, body)
}

fn seen(address: &str, html: &str, at: jiff::Timestamp) -> String {
    json!({ "address": address, "html": html, "seen_at": at }).to_string()
}

/// What comes of a page that is handed over now.
fn outcome(site: &TestSite, html: &str, at: jiff::Timestamp) -> Value {
    let address = format!("https://books.example.com/book/{ISBN}");
    let answered = hand_over(site, (TOKEN, ORIGIN), &seen(&address, html, at));
    assert_eq!(answered.status, 200, "{}", answered.body);
    serde_json::from_str(&answered.body).unwrap()
}

/// The sources of all looks at the edition.
fn sources(site: &TestSite) -> Vec<String> {
    let all = site.get(&format!("/editions/{ISBN}/observations.csv")).body;
    let mut lines = all.lines().map(|line| line.split(',').collect::<Vec<_>>());
    let head = lines.next().unwrap();
    let column = head.iter().position(|name| *name == "source").unwrap();
    lines.map(|line| line[column].to_owned()).collect()
}

#[test]
fn what_a_companion_hands_over_is_read_recorded_and_judged_like_every_look() {
    let site = paired();
    let html = page("PreOrder", "<button>Pre-order</button>");
    let first = outcome(&site, &html, now());
    assert_eq!(first["outcome"], "read", "{first}");
    assert_eq!(
        (&first["availability"], &first["changed"]),
        (&json!("pre_order"), &json!(true))
    );
    assert!(
        first["verdict"]
            .as_str()
            .is_some_and(|words| !words.is_empty()),
        "{first}"
    );
    assert_eq!(sources(&site), ["companion"]);
    // Once more, and what was seen before that.
    assert_eq!(outcome(&site, &html, now())["outcome"], "known");
    let earlier = now() - jiff::SignedDuration::from_hours(1);
    assert_eq!(outcome(&site, &html, earlier)["outcome"], "known");
    // What a clock that is ahead dates is of now.
    let later = now() + jiff::SignedDuration::from_hours(100);
    assert_eq!(outcome(&site, &html, later)["outcome"], "known");
    assert_eq!(sources(&site), ["companion"]);
    let edition = site.get(&format!("/api/v1/editions/{ISBN}")).body;
    let edition: Value = serde_json::from_str(&edition).unwrap();
    let spell = &edition["listings"][0]["spells"][0];
    assert_eq!(spell["source"], "companion");
    assert_eq!(
        spell["confirmed_at"],
        Value::Null,
        "what is read is read twice"
    );
}

#[test]
fn another_page_says_nothing_of_ours() {
    let site = paired();
    let other = page("InStock", "").replace(ISBN, "9780132350884");
    let mentions = format!("<title>9</title><main>{other}<p>ISBN {ISBN}</p></main>");
    for (html, why) in [
        (other.as_str(), "it is of no book that is watched"),
        (mentions.as_str(), "it is of another product"),
        ("<title>Just a moment...</title>", "it is of no book"),
    ] {
        let came = outcome(&site, html, now());
        assert_eq!(came["outcome"], "not_read", "{came}");
        assert!(came["why"].as_str().unwrap().contains(why), "{came}");
    }
    assert_eq!(sources(&site), Vec::<String>::new());
}

#[test]
fn a_state_is_told_of_a_watched_address_only() {
    let site = paired();
    let tell = |address: &str| {
        let body = json!({ "address": address, "state": "in_stock", "seen_at": now() });
        let said = hand_over(&site, (TOKEN, ""), &body.to_string());
        serde_json::from_str::<Value>(&said.body).unwrap()
    };
    assert_eq!(tell("https://books.example.com/")["outcome"], "not_read");
    let told = tell(&format!("https://books.example.com/book/{ISBN}"));
    assert_eq!(
        (&told["outcome"], &told["state"]),
        (&json!("read"), &json!("Available"))
    );
}

#[test]
fn nobody_hands_anything_over_but_a_companion_that_is_paired() {
    let site = paired();
    let body = seen("https://books.example.com/", "<html>", now());
    let status = |from: (&str, &str)| hand_over(&site, from, &body).status;
    let unnamed = [("Origin", ORIGIN)];
    assert_eq!(
        site.ask("POST", "/api/v1/observations", &unnamed, &body)
            .status,
        401
    );
    assert_eq!(site.get("/api/v1/watched").status, 401);
    assert_eq!(status(("wrong", ORIGIN)), 401);
    // A site that has got hold of the token, and this site itself.
    assert_eq!(status((TOKEN, "https://evil.example.net")), 403);
    assert_eq!(status((TOKEN, &format!("http://{}", site.address))), 403);
    let html = page("PreOrder", "<button>Pre-order</button>");
    assert_eq!(outcome(&site, &html, now())["outcome"], "read");
    assert_eq!(
        status((TOKEN, "chrome-extension://another")),
        403,
        "the first one stays"
    );
    let came = hand_over(&site, (TOKEN, ORIGIN), &body);
    assert_eq!(came.status, 200);
    assert_eq!(came.header("access-control-allow-origin"), None);
    let preflight = site.ask("OPTIONS", "/api/v1/observations", &unnamed, "");
    assert!(preflight.header("access-control-allow-origin").is_none());
    // The token is for nothing else.
    let token = format!("Bearer {TOKEN}");
    let with = [("Authorization", token.as_str())];
    assert_eq!(site.ask("POST", "/settings/pause", &with, "").status, 403);
    let withdrawn = site
        .db
        .write(|tx| Ok::<_, DbError>(sqlite::withdraw(tx, 1, now())?));
    assert!(withdrawn.unwrap());
    assert_eq!(status((TOKEN, ORIGIN)), 401);
}

#[test]
fn what_is_too_much_or_no_observation_is_refused() {
    let site = paired();
    let status = |body: &str| hand_over(&site, (TOKEN, ORIGIN), body).status;
    let large = seen("https://books.example.com/", &"a".repeat(50 << 20), now());
    assert_eq!(status(&large), 413);
    let old = now() - jiff::SignedDuration::from_hours(8 * 24);
    for body in [
        "{",
        "{}",
        &seen("https://books.example.com/", "", old),
        r#"{"address": "x", "seen_at": "2027-01-25T17:30:00Z"}"#,
        r#"{"address": "x", "html": "", "seen_at": "2027-01-25T17:30:00Z", "more": 1}"#,
    ] {
        assert_eq!(status(body), 400, "{body}");
    }
    let fine = seen("https://books.example.com/", "<html>", now());
    let mut taken = 0;
    while status(&fine) == 200 {
        taken += 1;
    }
    assert!((230..=240).contains(&taken), "{taken}");
    assert_eq!(status(&fine), 429);
}

#[test]
fn a_companion_is_told_which_pages_are_watched_and_which_parts_of_them_are_read() {
    let site = paired();
    let said = hand(&site, ("GET", "/api/v1/watched"), "");
    let page = &said["pages"][0];
    assert_eq!(
        page["address"],
        format!("https://books.example.com/book/{ISBN}")
    );
    assert_eq!(page["due"], true);
    assert!(
        page["parts"].as_array().unwrap().contains(&json!("h1")),
        "{page}"
    );
    assert!(
        page["numbers"].as_array().unwrap().contains(&json!(ISBN)),
        "{page}"
    );
    assert_eq!(said["pause_seconds"], 10);
}

#[test]
fn the_settings_pair_a_companion_show_its_code_once_and_withdraw_it() {
    let site = TestSite::new(&configuration(BOOK));
    let given = site.post("/settings/companion", "");
    assert_eq!(given.status, 200, "{}", given.body);
    assert_eq!(given.header("cache-control"), Some("no-store"));
    let base = format!("http://{} ", site.address);
    let (_, rest) = given.body.split_once(&base).expect(&given.body);
    let token = rest.split('<').next().unwrap();
    assert_eq!(token.len(), 64, "{token}");
    let body = seen("https://books.example.com/", "<html>", now());
    assert_eq!(hand_over(&site, (token, ORIGIN), &body).status, 200);
    let page = site.get("/settings").body;
    assert!(
        page.contains("Withdraw companion 1") && !page.contains(token),
        "{page}"
    );
    assert_eq!(site.post("/settings/withdraw", "number=1").status, 303);
    assert_eq!(hand_over(&site, (token, ORIGIN), &body).status, 401);
    assert!(!site.get("/settings").body.contains("Withdraw companion"));
}

#[test]
fn the_settings_give_the_companion_packed_for_this_pubwatch_and_unpaired() {
    let site = TestSite::new(&configuration(BOOK));
    assert!(
        site.get("/settings")
            .body
            .contains("href=\"/settings/companion.zip\"")
    );
    let address = (site.address.ip(), site.address.port());
    let mut stream = std::net::TcpStream::connect(address).unwrap();
    let host = site.address;
    let asked = format!(
        "GET /settings/companion.zip HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"
    );
    std::io::Write::write_all(&mut stream, asked.as_bytes()).unwrap();
    let mut bytes = Vec::new();
    std::io::Read::read_to_end(&mut stream, &mut bytes).unwrap();
    let end = bytes.windows(4).position(|one| one == b"\r\n\r\n").unwrap() + 4;
    let head = String::from_utf8_lossy(&bytes[..end]).to_lowercase();
    assert!(head.contains("content-type: application/zip"), "{head}");
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(&bytes[end..])).unwrap();
    let mut file = |name: &str| {
        let file = archive
            .by_name(&format!("pubwatch-companion/{name}"))
            .unwrap();
        std::io::read_to_string(file).unwrap()
    };
    let manifest: Value = serde_json::from_str(&file("manifest.json")).unwrap();
    assert_eq!(
        manifest["optional_host_permissions"],
        json!(["https://books.example.com/*"])
    );
    let policy = &manifest["content_security_policy"]["extension_pages"];
    let only = format!("default-src 'self'; connect-src 'self' http://{host}");
    assert_eq!(*policy, only);
    let pairing: Value = serde_json::from_str(&file("pairing.json")).unwrap();
    assert_eq!(
        pairing,
        json!({ "address": format!("http://{host}"), "token": null })
    );
    assert!(file("background.js").contains("importScripts"));
    assert_eq!(site.db.read(sqlite::all).unwrap(), []);
}

#[test]
fn a_companion_is_paired_by_the_page_itself_and_by_who_is_logged_in() {
    let (site, secret) = super::shares::of_one_client();
    let pairs = |path: &str, headers: &[(&str, &str)]| site.ask("POST", path, headers, "").status;
    let own = format!("http://{}", site.address);
    assert_eq!(
        pairs("/settings/companion", &[("Origin", &own)]),
        303,
        "to the login"
    );
    assert_eq!(pairs("/settings/companion", &[]), 403);
    let elsewhere = [("Origin", "https://elsewhere.example")];
    assert_eq!(pairs("/settings/companion", &elsewhere), 403);
    let shared = format!("/share/{secret}/settings/companion");
    assert_eq!(pairs(&shared, &[("Origin", &own)]), 405);
    // Nor is a client's link a token.
    let token = format!("Bearer {secret}");
    let watched = site.ask("GET", "/api/v1/watched", &[("Authorization", &token)], "");
    assert_eq!(watched.status, 401);
    let kept = site.db.read(sqlite::all).unwrap();
    assert!(kept.iter().all(|pass| pass.client.is_some()), "{kept:?}");
}

#[test]
#[ignore = "needs web-ext at PUBWATCH_WEB_EXT"]
fn firefox_has_nothing_against_the_companion() {
    let checker = std::env::var_os("PUBWATCH_WEB_EXT").expect("PUBWATCH_WEB_EXT names web-ext");
    let house = House::new(&configuration(&format!("[data]\nfolder = 'data'\n{BOOK}")));
    house.said(&["companion", "written"], 0);
    let source = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("companion");
    for folder in [source, house.path().join("written")] {
        let mut lint = std::process::Command::new("timeout");
        lint.arg("120")
            .arg(&checker)
            .args(["lint", "--no-config-discovery", "--output=json"]);
        let said = lint.arg("--source-dir").arg(&folder).output().unwrap();
        let said: Value = serde_json::from_slice(&said.stdout)
            .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&said.stderr)));
        assert_eq!(said["errors"], json!([]), "{said:#}");
        // What Chromium needs and Firefox leaves unread; its own stands beside it.
        let warnings = said["warnings"].as_array().unwrap();
        let is_known = |one: &Value| one["message"].as_str().unwrap().contains("service_worker");
        assert!(warnings.iter().all(is_known), "{said:#}");
    }
}
