//! What scripts, feed readers, calendars and clients take along.

use std::io::{Read as _, Write as _};
use std::process::Stdio;

use pubwatch::db::packed::pack;
use pubwatch::web::security::{FILE_POLICY, LETTER_POLICY, is_password};
use serde_json::Value;

use super::acting::{Demo, get};
use super::{ISBN, SALT_ROADS, TestSite, configuration};
use crate::support::House;

pub(super) fn json(site: &TestSite, path: &str) -> Value {
    let answer = site.get(path);
    assert_eq!(answer.status, 200, "{path}: {}", answer.body);
    serde_json::from_str(&answer.body).unwrap()
}

#[test]
fn long_lists_come_in_pages() {
    let site = TestSite::new(&configuration(SALT_ROADS));
    site.db
        .write(|tx| {
            for number in 1..=401 {
                tx.execute(
                    "INSERT INTO outbox (message_id, written, kind, stores, to_name, to_address, \
                     subject, body_text, body_html, queued_at, next_try_at) VALUES \
                     (?1, 1800000000000, 'alert', '[]', 'Jane', 'jane@example.com', ?1, x'', x'', 0, 0)",
                    [format!("letter-{number}@example.com")],
                )?;
            }
            Ok::<_, pubwatch::db::DbError>(())
        })
        .unwrap();
    let check = |query: &str, first: &str, rows: usize| {
        let page = site.get(&format!("/letters{query}")).body;
        let body = page.split_once("<tbody>").unwrap().1;
        assert_eq!(body.matches("<tr>").count(), rows, "{query}");
        let (_, subject) = body.split_once("<a href=\"/letters/").unwrap();
        assert!(subject.contains(&format!("<bdi>{first}@")), "{subject}");
    };
    check("", "letter-401", 200);
    check("?page=2", "letter-201", 200);
    check("?page=3", "letter-1", 1);
    check("?page=900", "letter-1", 1);
    check("?page=-1", "letter-401", 200);
    assert!(
        site.get("/letters")
            .body
            .contains("href=\"/letters?page=3\"")
    );
    // By subject and state; the other pages stay so.
    check("?q=LETTER-40&state=waiting", "letter-401", 3);
    check("?q=letter-&state=waiting&page=3", "letter-1", 1);
    let filtered = site.get("/letters?q=letter-%26&state=").body;
    assert!(filtered.contains("No letter is so."), "{filtered}");
    assert!(filtered.contains("value=\"letter-&#38;\""), "{filtered}");
    let filtered = site.get("/letters?q=letter-&state=waiting").body;
    assert!(
        filtered.contains("href=\"/letters?q=letter-&#38;state=waiting&#38;page=3\""),
        "{filtered}"
    );
    assert!(
        site.get("/letters?state=delivered")
            .body
            .contains("No letter is so.")
    );
    assert_eq!(site.post("/letters/7/drop", "").status, 303);
    check("?state=dropped", "letter-7", 1);
}

#[test]
fn an_alert_that_is_over_stands_on_the_editions_page_and_in_no_report() {
    let demo = Demo::start();
    let page = get(&demo.edition());
    let (_, over) = page.split_once("Alerts that are over</h2>").unwrap();
    let (over, _) = over.split_once("</table>").unwrap();
    let rows = over.matches("<tr>").count();
    assert!(1 < rows, "{over}");
    assert!(over.contains("told as Act"), "{over}");
    assert!(over.contains("unavailable"), "{over}");
    let of_all = get(&format!("{}/alerts", demo.base));
    let (_, of_all) = of_all.split_once("<h2 id=\"over\">Over</h2>").unwrap();
    assert!(
        (1..=rows).contains(&of_all.matches("<tr>").count()),
        "{of_all}"
    );
    assert!(of_all.contains("#over\"><bdi>Salt Roads"), "{of_all}");
    let report = get(&format!("{}/report.html", demo.edition()));
    assert!(!report.contains("Alerts that are over"));
    // Before anything was over there is no such table.
    let early = Demo::halted("2026-12-20T12:00");
    assert!(!get(&early.edition()).contains("Alerts that are over"));
    assert!(!get(&format!("{}/alerts", early.base)).contains("<h2 id=\"over\">"));
}

#[test]
fn one_edition_has_its_spells_findings_and_notes() {
    let site = TestSite::salt_roads();
    let edition = json(&site, &format!("/api/v1/editions/{ISBN}"));
    assert_eq!(edition["title"], "Salt Roads");
    let amazon = &edition["listings"][0];
    assert_eq!(amazon["spells"].as_array().unwrap().len(), 3);
    assert_eq!(amazon["spells"][1]["availability"], "pre_order");
    assert_eq!(amazon["spells"][1]["source"], "http");
    assert_eq!(edition["listings"][2]["unread_reason"], "blocked");
    assert_eq!(edition["notes"][0]["kind"], "asked_ingramspark");
    let looks = json(&site, &format!("/api/v1/editions/{ISBN}/observations"));
    assert!(looks["observations"].as_array().unwrap().len() > 300);
}

#[test]
fn files_are_of_their_kind_and_stand_under_the_strictest_policy() {
    let site = TestSite::salt_roads();
    for (path, kind) in [
        ("changes.csv", "text/csv; charset=utf-8"),
        ("observations.csv", "text/csv; charset=utf-8"),
        ("timeline.svg", "image/svg+xml"),
        ("badge.svg", "image/svg+xml"),
        ("report.html", "text/html; charset=utf-8"),
    ] {
        let file = site.get(&format!("/editions/{ISBN}/{path}"));
        assert_eq!(file.status, 200, "{path}");
        assert_eq!(file.header("content-type"), Some(kind));
        assert_eq!(file.header("content-security-policy"), Some(FILE_POLICY));
    }
    for path in ["/feed.atom", "/calendar.ics", "/metrics", "/healthz"] {
        assert_eq!(site.get(path).status, 200, "{path}");
    }
    assert!(
        site.get("/feed.atom")
            .body
            .contains("Salt Roads (paperback): Unavailable at Amazon")
    );
    assert!(
        site.get("/metrics")
            .body
            .contains("pubwatch_listings_blind 1")
    );
}

#[test]
fn a_report_asks_nothing_of_the_network_and_offers_no_action() {
    let site = TestSite::salt_roads();
    let report = site.get(&format!("/editions/{ISBN}/report.html")).body;
    for absent in [
        "<form",
        "<script",
        "<link rel=\"stylesheet\"",
        "src=",
        "@import",
        "href=\"/",
    ] {
        assert!(!report.contains(absent), "{absent}");
    }
    assert!(report.contains("<style>"));
    assert!(
        report.contains("Made by Pubwatch on Mon 25 January 2027, 12:30 EST"),
        "{report}"
    );
}

#[test]
fn a_letter_stands_in_a_frame_that_may_do_nothing() {
    let site = TestSite::salt_roads();
    site.db
        .write(|tx| {
            tx.execute(
                "INSERT INTO outbox (message_id, written, kind, stores, to_name, to_address, subject, \
                 body_text, body_html, queued_at, next_try_at) VALUES \
                 ('one@example.com', 1800000000000, 'alert', '[]', 'Jane', 'jane@example.com', \
                  'Act: <b>Salt Roads</b>', ?1, ?2, 0, 0)",
                [
                    pack(b"Dear Jane").unwrap(),
                    pack(b"<p>Dear <script>1</script></p>").unwrap(),
                ],
            )?;
            Ok::<_, pubwatch::db::DbError>(())
        })
        .unwrap();
    let page = site.get("/letters/1");
    assert!(
        page.body
            .contains("<iframe class=\"letter\" sandbox src=\"/letters/1/body\"")
    );
    assert!(!page.body.contains("<b>Salt"), "{}", page.body);
    // The letter first; how it was sent is folded.
    let (before, after) = page.body.split_once("<iframe").unwrap();
    assert!(before.contains("For jane@example.com: waiting"), "{before}");
    assert!(
        !before.contains("Message-ID") && after.contains("Message-ID"),
        "{before}"
    );
    assert!(!page.body.contains("<details open"), "{}", page.body);
    let body = site.get("/letters/1/body");
    assert_eq!(body.header("content-security-policy"), Some(LETTER_POLICY));
    assert_eq!(site.post("/letters/1/drop", "").status, 303);
    assert!(site.get("/letters").body.contains("dropped"));
}

#[test]
fn the_command_line_writes_the_same_files() {
    let house = House::new(&configuration(&format!(
        "[data]\nfolder = \"data\"\n{SALT_ROADS}"
    )));
    house.said(&["report", "--all", "--out", "reports"], 0);
    let report =
        std::fs::read_to_string(house.path().join(format!("reports/{ISBN}.html"))).unwrap();
    assert!(report.contains("Salt Roads"), "{report}");
    house.said(
        &["history", "salt", "--svg", "salt.svg", "--range", "year"],
        0,
    );
    let svg = std::fs::read_to_string(house.path().join("salt.svg")).unwrap();
    assert!(svg.starts_with("<?xml"), "{svg}");
    assert!(svg.contains("Timeline of Salt Roads (paperback)"));
    house.said(
        &["history", "salt", "--svg", "salt.svg", "--range", "week"],
        2,
    );
    house.said(&["report", "pepper"], 5);
}

#[test]
fn the_hash_of_a_password_is_printed_as_the_configuration_wants_it() {
    let house = House::new("");
    let mut command = house.pubwatch(&["password"]);
    command.stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.spawn().unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(b"correct horse\n")
        .unwrap();
    let said = String::from_utf8(child.wait_with_output().unwrap().stdout).unwrap();
    let hash = said
        .trim()
        .strip_prefix("password_hash = \"")
        .unwrap()
        .trim_end_matches('"');
    assert!(is_password("correct horse", hash), "{said}");
}

#[test]
fn run_serves_the_page_and_stops_when_told() {
    let place = {
        let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        free.local_addr().unwrap()
    };
    let house = House::new(&configuration(&format!(
        "[data]\nfolder = \"data\"\n[web]\nlisten = \"{place}\"\n{}",
        SALT_ROADS.replace(
            "amazon.com\", \"barnesandnoble.com\", \"bookshop.org",
            "shop.test"
        ) + "[[store]]\nname = \"shop.test\"\naddress = \"https://shop.test/{isbn13}\"\n\
               base = \"http://127.0.0.1:9\"\n"
    )));
    let mut child = house
        .pubwatch(&["run"])
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut answer = String::new();
    for _ in 0..100 {
        std::thread::sleep(std::time::Duration::from_millis(100));
        let Ok(mut stream) = std::net::TcpStream::connect(place) else {
            continue;
        };
        write!(
            stream,
            "GET / HTTP/1.1\r\nHost: {place}\r\nConnection: close\r\n\r\n"
        )
        .unwrap();
        stream.read_to_string(&mut answer).unwrap();
        break;
    }
    let stopped = std::process::Command::new("kill")
        .arg(child.id().to_string())
        .status()
        .unwrap();
    assert!(stopped.success());
    assert!(child.wait().unwrap().success());
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
}
