//! Requests that are refused or bounded.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::Duration;

use pubwatch::clock::Clock;
use pubwatch::config::plan::Secret;
use pubwatch::db::Db;
use pubwatch::judge::Settings;
use pubwatch::web::security::{Origin, PAGE_POLICY, hash_password};
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

/// What a browser may say of where a form comes from, and what is answered.
#[test]
fn an_action_needs_our_origin_and_a_browser_that_names_it() {
    let site = TestSite::salt_roads();
    let action = format!("/editions/{ISBN}/note");
    let form = "kind=revision_done";
    let bulk = format!("do=mute&until=2027-02-20&edition={ISBN}");
    let ours = format!("http://{}", site.address);
    let ours = ("Origin", ours.as_str());
    let refused: [&[(&str, &str)]; 9] = [
        &[],
        &[("Origin", "https://evil.example.net")],
        &[("Origin", "null")],
        &[("Origin", "")],
        &[("Sec-Fetch-Site", "cross-site")],
        &[("Sec-Fetch-Site", "same-site")],
        &[ours, ("Sec-Fetch-Site", "cross-site")],
        &[
            ("Origin", "https://evil.example.net"),
            ("Sec-Fetch-Site", "same-origin"),
        ],
        &[("Referer", ours.1)],
    ];
    let notes = || {
        let page = site.get(&format!("/api/v1/editions/{ISBN}"));
        page.body.matches("revision_done").count()
    };
    let before = notes();
    for headers in refused {
        let answer = site.ask("POST", &action, headers, form);
        assert_eq!(answer.status, 403, "{headers:?}");
        assert!(answer.body.contains("another site"), "{}", answer.body);
        let answer = site.ask("POST", "/chosen", headers, &bulk);
        assert_eq!(answer.status, 403, "{headers:?}");
    }
    assert!(
        !site
            .get(&format!("/editions/{ISBN}"))
            .body
            .contains("Unmute")
    );
    // An action is never done by looking.
    assert_eq!(site.get(&format!("{action}?{form}")).status, 405);
    assert_eq!(site.get(&format!("/chosen?{bulk}")).status, 405);
    assert_eq!(notes(), before);
    let let_in: [&[(&str, &str)]; 3] = [
        &[ours],
        &[("Sec-Fetch-Site", "same-origin")],
        &[ours, ("Sec-Fetch-Site", "same-origin")],
    ];
    for headers in let_in {
        let answer = site.ask("POST", &action, headers, form);
        assert_eq!(answer.status, 303, "{headers:?}");
    }
    assert_eq!(notes(), before + let_in.len());
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
        ("look", "store=amazon.com&state=&words=x"),
        ("look", "store=example.com&state=in_stock&words=x"),
    ] {
        let answer = site.post(&format!("{path}/{what}"), form);
        assert_eq!(answer.status, 400, "{form}: {}", answer.body);
    }
    let one = format!("edition={ISBN}");
    for (status, form) in [
        (400, format!("do=mute&until=2027-01-25&{one}")),
        (400, format!("do=mute&{one}")),
        (
            400,
            format!("do=mute&until=2027-02-20&{one}&edition=9780000000000"),
        ),
        (400, format!("do=nonsense&until=2027-02-20&{one}")),
        (400, one.clone()),
        (409, format!("do=check&{one}")),
        (
            413,
            format!("do=mute&until=2027-02-20&{one}&{}", "a".repeat(1 << 17)),
        ),
    ] {
        let answer = site.post("/chosen", &form);
        assert_eq!(answer.status, status, "{:.60}: {}", form, answer.body);
    }
    assert!(!site.get(&path).body.contains("Unmute"));
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
    let form = |bytes: usize| {
        let page = "a".repeat(bytes);
        format!(
            "--x\r\nContent-Disposition: form-data; name=\"store\"\r\n\r\namazon.com\r\n\
             --x\r\nContent-Disposition: form-data; name=\"page\"; filename=\"a.html\"\r\n\
             Content-Type: text/html\r\n\r\n{page}\r\n--x--\r\n"
        )
    };
    assert_eq!(site.post_parts(&path, &form(9 << 20)).status, 413);
    let read = site.post_parts(&path, &form(2 << 20));
    assert_eq!(read.status, 303, "{}", read.body);
    assert!(read.header("location").unwrap().ends_with("said=unread"));
    assert_eq!(site.post_parts(&path, &form(0)).status, 400);
    // A form that was cut off, and one that has no parts.
    let cut = form(1 << 10);
    let cut = site.post_parts(&path, cut.trim_end_matches("\r\n--x--\r\n"));
    assert_eq!(cut.status, 400, "{}", cut.body);
    assert_eq!(site.post(&path, "store=amazon.com&page=a").status, 400);
    // Who may not send one is turned away before any of it is read.
    let foreign = [
        ("Origin", "https://evil.example.net"),
        ("Expect", "100-continue"),
    ];
    assert_eq!(site.ask("POST", &path, &foreign, "").status, 403);
    let locked = with_password();
    let ours = [
        ("Host", "books.example.com"),
        ("Origin", "https://books.example.com"),
    ];
    let answer = locked.ask("POST", &format!("/pubwatch{path}"), &ours, "");
    assert_eq!(answer.header("location"), Some("/pubwatch/login"));
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

/// Every address to which a form is sent, as the router has it, with the edition of the test.
fn actions() -> Vec<String> {
    let routes = include_str!("../../../src/web/server/router.rs").split(".route(");
    let one = |route: &'static str| route.split("\n}").next().unwrap_or_default();
    let sent = routes
        .skip(1)
        .map(one)
        .filter(|route| route.contains("at(POST"));
    let paths = sent.filter_map(|route| route.trim().strip_prefix('"')?.split('"').next());
    let filled = paths.map(|path| path.replace("{isbn}", ISBN).replace("{id}", "1"));
    let sections = ["letters", "stores", "devices"].map(|name| format!("/settings/{name}"));
    filled.chain(sections).collect()
}

#[test]
fn every_action_needs_a_session_and_our_origin_and_no_link_of_a_client_does_it() {
    let hash = hash_password("correct horse", &[7; 16]).unwrap();
    let text = format!("[web]\npassword_hash = \"{hash}\"\n{SALT_ROADS}");
    let (site, file) = TestSite::of_file(&configuration(&text));
    let mut actions = actions();
    // The door itself, signed answers, and what companions bring with their own token.
    let open = ["/login", "/answer/", "/api/v1/observations"];
    actions.retain(|path| !open.iter().any(|open| path.starts_with(open)));
    assert!(28 <= actions.len(), "{actions:?}");
    let before = std::fs::read_to_string(&file).unwrap();
    let elsewhere = [("Origin", "https://evil.example")];
    for path in &actions {
        let form = "section=politeness&pause=30s&wish=save&mark=x&lookup=yes&book=9780306406157\
                    &title=x&date=2027-05-04&sure=yes&until=2027-02-20&kind=revision_done";
        let refused = site.post(path, form);
        let (status, place) = (refused.status, refused.header("location"));
        assert_eq!((status, place), (303, Some("/login")), "{path}");
        let refused = site.ask("POST", path, &elsewhere, form);
        assert_eq!(refused.status, 403, "{path}");
        let refused = site.post(&format!("/share/x{path}"), form);
        assert_eq!(refused.status, 405, "{path}");
        let looked = site.get(&format!("/share/x{path}"));
        assert_eq!(looked.status, 404, "{path}");
    }
    assert_eq!(std::fs::read_to_string(&file).unwrap(), before);
    let notes = site.db.read(|connection| {
        let count = "SELECT count(*) FROM note";
        let count = connection.query_row(count, [], |row| row.get::<_, i64>(0));
        count.map_err(pubwatch::db::DbError::from)
    });
    assert_eq!(notes.unwrap(), 0);
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
    let form = "kind=revision_done";
    assert_eq!(site.ask("POST", &action, &[host, right], form).status, 403);
    let origin = ("Origin", "https://books.example.com");
    let answer = site.ask("POST", &action, &[host, origin, right], form);
    assert_eq!(answer.header("location"), Some("/pubwatch/login"));
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
    let guard = Arc::<Guard>::default();
    let site = Site::new(plan, db, Clock::starting_at(now()), settings, guard);
    let hash = site.plan.web.password_hash.as_ref().unwrap().reveal();
    // Every connection of this test comes from this machine, so the guard is asked itself.
    let login = |peer: &str, password: &str| {
        let from = Origin::new(Some(peer.parse().unwrap()));
        site.guard.is_password(password, hash, (from, now()))
    };
    for host in 1..=10 {
        let stranger = format!("2001:db8:0:7::{host}");
        assert_eq!(login(&stranger, "guess"), Some(false));
    }
    assert_eq!(login("2001:db8:0:7:8::1", "correct horse"), None);
    for peer in ["2001:db8:0:8::1", "192.0.2.1", "127.0.0.1", "::1"] {
        assert_eq!(login(peer, "correct horse"), Some(true), "{peer}");
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
    let guard = Arc::<Guard>::default();
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
