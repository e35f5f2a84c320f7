//! Requests that are refused or bounded.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::Duration;

use pubwatch::clock::Clock;
use pubwatch::config::plan::Secret;
use pubwatch::db::Db;
use pubwatch::judge::Settings;
use pubwatch::web::security::{PAGE_POLICY, hash_password};
use pubwatch::web::server::answer::{Asked, answer};
use pubwatch::web::server::{Guard, ServeError, Site, listen};

use super::{ISBN, SALT_ROADS, TestSite, configuration, now};

#[test]
fn every_answer_is_under_a_policy_and_no_page_has_a_script() {
    let site = TestSite::salt_roads();
    for path in ["/", &format!("/editions/{ISBN}"), "/alerts", "/nowhere"] {
        let page = site.get(path);
        assert_eq!(
            page.header("content-security-policy"),
            Some(PAGE_POLICY),
            "{path}"
        );
        assert_eq!(
            page.header("x-content-type-options"),
            Some("nosniff"),
            "{path}"
        );
        assert!(!page.body.contains("<script"), "{path}");
        assert!(!page.body.contains(" style=\""), "{path}");
    }
}

#[test]
fn another_host_is_not_ours() {
    let site = TestSite::salt_roads();
    let asked = |host: &str| site.ask("GET", "/", &[("Host", host)], "").status;
    assert_eq!(asked("evil.example.net"), 421);
    assert_eq!(asked("localhost:7117"), 200);
    assert_eq!(
        site.raw(b"GET / HTTP/1.1\r\nConnection: close\r\n\r\n")
            .status,
        400
    );
}

#[test]
fn an_action_needs_our_origin_and_a_fresh_token() {
    let site = TestSite::salt_roads();
    let path = format!("/editions/{ISBN}");
    let action = format!("{path}/note");
    let form = |token: &str| format!("token={token}&kind=revision_done");
    let token = site.get(&path).token();
    let foreign = [("Origin", "https://evil.example.net")];
    assert_eq!(
        site.ask("POST", &action, &foreign, &form(&token)).status,
        403
    );
    let cross = [("Sec-Fetch-Site", "cross-site")];
    assert_eq!(site.ask("POST", &action, &cross, &form(&token)).status, 403);
    assert_eq!(site.post(&action, "kind=revision_done").status, 403);
    assert_eq!(site.post(&action, &form("1.2.3")).status, 403);
    assert_eq!(site.post(&action, &form(&token)).status, 303);
    let again = site.post(&action, &form(&token));
    assert_eq!(again.status, 403);
    assert!(
        again.body.contains("has been sent already"),
        "{}",
        again.body
    );
    // An action is never done by looking.
    assert_eq!(site.get(&format!("{action}?{}", form(&token))).status, 404);
}

#[test]
fn what_is_not_there_and_what_is_not_meant_is_refused() {
    let site = TestSite::salt_roads();
    for path in [
        "/editions/9780000000000",
        "/editions/../../etc/passwd",
        "/static/../site.rs",
        "/static/%2e%2e/%2e%2e/Cargo.toml",
        "/letters/99",
        "/letters/x/body",
        "/api/v1/nothing",
        "//evil.example.net/",
    ] {
        assert_eq!(site.get(path).status, 404, "{path}");
    }
    assert_eq!(site.ask("PUT", "/", &[], "").status, 405);
    assert_eq!(site.ask("DELETE", "/", &[], "").status, 405);
}

#[test]
fn bad_forms_change_nothing() {
    let site = TestSite::salt_roads();
    let path = format!("/editions/{ISBN}");
    for (what, form) in [
        ("note", "kind=nonsense"),
        ("note", "kind=revision_done&store=example.com"),
        ("note", "kind=expected"),
        ("look", "store=amazon.com&state=nonsense&words=x"),
        ("look", "store=amazon.com&state=in_stock&words=+"),
        ("look", "store=example.com&state=in_stock&words=x"),
    ] {
        let token = site.get(&path).token();
        let answer = site.post(&format!("{path}/{what}"), &format!("token={token}&{form}"));
        assert_eq!(answer.status, 400, "{form}: {}", answer.body);
    }
}

#[test]
fn an_oversized_body_is_cut_off() {
    let site = TestSite::salt_roads();
    let body = "a".repeat(1 << 20);
    assert_eq!(
        site.post(&format!("/editions/{ISBN}/note"), &body).status,
        413
    );
}

#[test]
fn a_saved_page_may_be_large_and_only_from_who_may_send_one() {
    let site = TestSite::salt_roads();
    let path = format!("/editions/{ISBN}/page");
    let token = site.get(&format!("/editions/{ISBN}")).token();
    let form = |bytes: usize| format!("token={token}&store=amazon.com&page={}", "a".repeat(bytes));
    let foreign = [("Origin", "https://evil.example.net")];
    assert_eq!(
        site.ask("POST", &path, &foreign, &form(1 << 20)).status,
        413
    );
    assert_eq!(site.post(&path, &form(9 << 20)).status, 413);
    let read = site.post(&path, &form(2 << 20));
    assert_eq!(read.status, 303, "{}", read.body);
    assert!(read.header("location").unwrap().ends_with("said=unread"));
    // Without a session behind a password: no room for a page.
    let locked = with_password();
    let ours = [
        ("Host", "books.example.com"),
        ("Origin", "https://books.example.com"),
    ];
    let answer = locked.ask("POST", &format!("/pubwatch{path}"), &ours, &form(1 << 20));
    assert_eq!(answer.status, 413);
}

#[test]
fn a_client_that_never_ends_its_request_is_let_go_and_keeps_nobody_out() {
    let site = TestSite::salt_roads();
    let mut slow = TcpStream::connect(site.address).unwrap();
    slow.write_all(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ")
        .unwrap();
    assert_eq!(site.get("/").status, 200);
    slow.set_read_timeout(Some(Duration::from_secs(40)))
        .unwrap();
    let mut bytes = [0; 64];
    // Let go: the end of the stream, a reset, or an answer that says so; not our own time-out.
    let let_go = match slow.read(&mut bytes) {
        Ok(_) => true,
        Err(error) => error.kind() == std::io::ErrorKind::ConnectionReset,
    };
    assert!(let_go);
}

fn with_password() -> TestSite {
    let hash = hash_password("correct horse", &[7; 16]).unwrap();
    TestSite::new(&configuration(&format!(
        "[web]\npassword_hash = \"{hash}\"\naddress = \"https://books.example.com/pubwatch/\"\n{SALT_ROADS}"
    )))
}

#[test]
fn behind_a_password_there_is_a_door_and_below_a_path_everything_stays_there() {
    let site = with_password();
    let host = ("Host", "books.example.com");
    let door = site.ask("GET", "/pubwatch/", &[host], "");
    assert_eq!(
        (door.status, door.header("location")),
        (303, Some("/pubwatch/login"))
    );
    assert_eq!(site.ask("GET", "/", &[host], "").status, 404);
    assert_eq!(
        site.ask("GET", "/pubwatch/api/v1/editions", &[host], "")
            .status,
        401
    );
    // Whether it is well or not: it says so without a password.
    let health = site.ask("GET", "/pubwatch/healthz", &[host], "");
    assert!(
        health.body.contains("\"last_good_check\""),
        "{}",
        health.body
    );
    let origin = ("Origin", "https://books.example.com");
    let wrong = site.ask("POST", "/pubwatch/login", &[host, origin], "password=guess");
    assert_eq!(wrong.status, 403);
    assert!(
        wrong.body.contains("This is not the password."),
        "{}",
        wrong.body
    );
    let login = site.ask(
        "POST",
        "/pubwatch/login",
        &[host, origin],
        "password=correct+horse",
    );
    assert_eq!(login.status, 303);
    let cookie = login.header("set-cookie").unwrap().to_owned();
    for part in ["Path=/pubwatch/", "HttpOnly", "SameSite=Lax", "Secure"] {
        assert!(cookie.contains(part), "{cookie}");
    }
    let session = ("Cookie", cookie.split(';').next().unwrap());
    let page = site.ask("GET", "/pubwatch/", &[host, session], "");
    assert_eq!(page.status, 200);
    assert!(
        page.body
            .contains(&format!("href=\"/pubwatch/editions/{ISBN}\""))
    );
    assert!(!page.body.contains("href=\"/editions"));
    let cross = ("Sec-Fetch-Site", "cross-site");
    assert_eq!(
        site.ask("GET", "/pubwatch/logout", &[host, session, cross], "")
            .status,
        403
    );
    let out = site.ask("GET", "/pubwatch/logout", &[host, session], "");
    assert_eq!(out.status, 303);
    assert_eq!(
        site.ask("GET", "/pubwatch/", &[host, session], "").status,
        303
    );
}

#[test]
fn a_program_brings_the_password_with_it_and_may_only_look() {
    let site = with_password();
    let host = ("Host", "books.example.com");
    // "x:correct horse" and "x:guess" in base64.
    let right = ("Authorization", "Basic eDpjb3JyZWN0IGhvcnNl");
    let wrong = ("Authorization", "Basic eDpndWVzcw==");
    let path = "/pubwatch/api/v1/editions";
    assert_eq!(site.ask("GET", path, &[host, right], "").status, 200);
    assert_eq!(site.ask("GET", path, &[host, wrong], "").status, 401);
    let action = format!("/pubwatch/editions/{ISBN}/note");
    assert_eq!(
        site.ask("POST", &action, &[host, right], "kind=revision_done")
            .status,
        303
    );
}

#[test]
fn guessing_is_slowed_down() {
    let site = with_password();
    let headers = [
        ("Host", "books.example.com"),
        ("Origin", "https://books.example.com"),
    ];
    let login = |password: &str| {
        site.ask(
            "POST",
            "/pubwatch/login",
            &headers,
            &format!("password={password}"),
        )
    };
    for _ in 0..10 {
        assert_eq!(login("guess").status, 403);
    }
    let closed = login("correct+horse");
    assert_eq!(closed.status, 429);
    assert_eq!(closed.header("retry-after"), Some("900"));
}

#[test]
fn a_stranger_who_guesses_locks_himself_out_and_nobody_else() {
    let folder = tempfile::tempdir().unwrap();
    let today = jiff::civil::date(2027, 1, 25);
    let file = folder.path().join("pubwatch.toml");
    let text = configuration(SALT_ROADS);
    let (mut plan, _) = pubwatch::config::check(&text, file.to_str().unwrap(), today).unwrap();
    let hash = hash_password("correct horse", &[7; 16]).unwrap();
    plan.web.password_hash = Some(Secret::new(hash));
    let db = Arc::new(Db::open(&folder.path().join("pubwatch.db")).unwrap());
    let settings = Settings::of(&plan).unwrap();
    let guard = Arc::new(Guard::new().unwrap());
    let site = Site::new(plan, db, Clock::starting_at(now()), settings, guard);
    let login = |peer: &str, password: &str| {
        let asked = Asked {
            method: "POST".to_owned(),
            path: "/login".to_owned(),
            peer: Some(peer.parse().unwrap()),
            host: Some("192.0.2.80:7117".to_owned()),
            body: format!("password={password}").into_bytes(),
            ..Asked::default()
        };
        answer(&site, &asked).status
    };
    for host in 1..=10 {
        let stranger = format!("2001:db8:0:7::{host}");
        assert_eq!(login(&stranger, "guess"), 403);
    }
    assert_eq!(login("2001:db8:0:7:8::1", "correct+horse"), 429);
    for peer in ["2001:db8:0:8::1", "192.0.2.1", "127.0.0.1", "::1"] {
        assert_eq!(login(peer, "correct+horse"), 303, "{peer}");
    }
}

#[test]
fn beyond_this_machine_it_is_not_served_without_a_password_that_can_be_checked() {
    let folder = tempfile::tempdir().unwrap();
    let today = jiff::civil::date(2027, 1, 25);
    let file = folder.path().join("pubwatch.toml");
    let text = configuration(SALT_ROADS);
    let (plan, _) = pubwatch::config::check(&text, file.to_str().unwrap(), today).unwrap();
    let db = Arc::new(Db::open(&folder.path().join("pubwatch.db")).unwrap());
    let settings = Settings::of(&plan).unwrap();
    let guard = Arc::new(Guard::new().unwrap());
    let mut site = Site::new(plan, db, Clock::starting_at(now()), settings, guard);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let everywhere = SocketAddr::from(([0, 0, 0, 0], 0));
    let error = runtime.block_on(listen(&site, everywhere)).unwrap_err();
    assert!(matches!(error, ServeError::NoPassword(_)), "{error}");
    site.plan.web.password_hash = Some(Secret::new("$argon2id$nonsense".to_owned()));
    let error = runtime.block_on(listen(&site, everywhere)).unwrap_err();
    assert!(matches!(error, ServeError::BadHash), "{error}");
}
