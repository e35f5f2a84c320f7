//! Doors that must not stand open: who is told what without a password, and what many at once can
//! use up.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use tokio::time::Instant;

use pubwatch::book::{Note, NoteKind, StoreId};
use pubwatch::web::security::{PAGE_POLICY, hash_password};

use super::{ISBN, SALT_ROADS, TestSite, configuration, now};

pub(super) fn with_password() -> TestSite {
    let hash = hash_password("correct horse", &[7; 16]).unwrap();
    let site = TestSite::new(&configuration(&format!(
        "[web]\npassword_hash = \"{hash}\"\n{SALT_ROADS}"
    )));
    site.live_through_a_launch(ISBN);
    site
}

#[test]
fn what_programs_ask_for_is_refused_with_401_and_browsers_are_led_to_the_login() {
    let site = with_password();
    let files = [
        "/feed.atom".to_owned(),
        "/calendar.ics".to_owned(),
        format!("/editions/{ISBN}/changes.csv"),
        format!("/editions/{ISBN}/observations.csv"),
        format!("/editions/{ISBN}/timeline.svg"),
        "/metrics".to_owned(),
        "/api/v1/editions".to_owned(),
    ];
    for path in &files {
        let refused = site.get(path);
        assert_eq!(refused.status, 401, "{path}");
        assert_eq!(
            refused.header("www-authenticate"),
            Some("Basic realm=\"Pubwatch\""),
            "{path}"
        );
        // The password that comes with the next try opens it.
        let key = [("Authorization", "Basic OmNvcnJlY3QgaG9yc2U=")];
        assert_eq!(site.ask("GET", path, &key, "").status, 200, "{path}");
    }
    for path in &files[..5] {
        let browser = [("Sec-Fetch-Site", "none")];
        let led = site.ask("GET", path, &browser, "");
        assert_eq!((led.status, led.header("location")), (303, Some("/login")));
    }
    for path in ["/", &format!("/editions/{ISBN}"), "/letters"] {
        assert_eq!(site.get(path).header("location"), Some("/login"), "{path}");
    }
}

#[test]
fn sixty_wrong_passwords_at_the_same_moment_are_ten_tries() {
    let site = with_password();
    let statuses: Vec<u16> = std::thread::scope(|scope| {
        let asked: Vec<_> = (0..60)
            .map(|number| {
                let site = &site;
                scope.spawn(move || {
                    if number % 2 == 0 {
                        return site.post("/login", "password=wrong").status;
                    }
                    let key = [("Authorization", "Basic Ondyb25n")];
                    site.ask("GET", "/metrics", &key, "").status
                })
            })
            .collect();
        asked.into_iter().map(|one| one.join().unwrap()).collect()
    });
    let count = |status| statuses.iter().filter(|one| **one == status).count();
    // By a form 403 is "not the password" and 429 "not looked at"; a program is told 401 for both.
    assert!(count(403) <= 10, "{statuses:?}");
    assert_eq!((count(403) + count(429), count(401)), (30, 30));
    assert_eq!(site.post("/login", "password=correct+horse").status, 429);
}

#[test]
fn a_form_of_many_parts_is_read_in_a_time_that_grows_with_its_length_alone() {
    let site = TestSite::salt_roads();
    let action = format!("/editions/{ISBN}/page");
    let began = Instant::now();
    // Parts without an end of their head.
    let parts = "\r\n--x\r\nA".repeat(800_000) + "\r\n\r\n";
    assert_eq!(site.post_parts(&action, &parts).status, 400);
    // Parts without a name, and no page among them.
    let headed = "--x\r\nA: b\r\n\r\nc\r\n".repeat(400_000) + "--x--\r\n";
    assert_eq!(site.post_parts(&action, &headed).status, 400);
    let took = began.elapsed();
    assert!(took < Duration::from_secs(20), "{took:?}");
}

/// A visitor whose connection stays open, and who asks for the icon now and then.
fn visit(stream: &mut TcpStream) -> std::io::Result<String> {
    stream.write_all(b"GET /static/icon.svg HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")?;
    let mut bytes = [0; 4096];
    let read = stream.read(&mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes[..read]).to_lowercase())
}

#[test]
fn visitors_who_keep_their_connections_keep_nobody_out() {
    let site = with_password();
    let open = |_| {
        let stream = TcpStream::connect(site.address).unwrap();
        let patience = Some(Duration::from_secs(30));
        stream.set_read_timeout(patience).unwrap();
        stream
    };
    let mut visitors: Vec<TcpStream> = (0..64).map(open).collect();
    let mut sent_home = 0;
    for visitor in &mut visitors[..60] {
        let answer = visit(visitor).unwrap();
        assert!(answer.starts_with("http/1.1 200"), "{answer}");
        sent_home += usize::from(answer.contains("connection: close"));
    }
    assert!(10 <= sent_home, "{sent_home} of 60 had to make room");
    let began = Instant::now();
    assert_eq!(site.get("/login").status, 200);
    let took = began.elapsed();
    assert!(took < Duration::from_secs(5), "{took:?}");
}

#[test]
fn a_visitor_alone_keeps_its_connection() {
    let site = with_password();
    let mut stream = TcpStream::connect(site.address).unwrap();
    for _ in 0..3 {
        let answer = visit(&mut stream).unwrap();
        assert!(!answer.contains("connection: close"), "{answer}");
    }
}

#[test]
fn the_words_and_numbers_of_notes_are_the_authors_and_no_part_of_a_clients_report() {
    let (site, secret) = super::shares::of_one_client();
    site.take_note(&Note {
        kind: NoteKind::AskedIngramSpark,
        at: now(),
        store: Some(StoreId::new("amazon.com")),
        ticket: Some("IS-90210".to_owned()),
        text: Some("They were rude on the phone".to_owned()),
    });
    let report = site.get(&format!("/share/{secret}/editions/{ISBN}"));
    assert_eq!(report.status, 200);
    let list = site.get(&format!("/share/{secret}/"));
    for absent in ["90210", "4711", "rude", "What you told us"] {
        assert!(!report.body.contains(absent), "{absent}");
        assert!(!list.body.contains(absent), "{absent}");
    }
    for shown in ["Currently unavailable", "Timeline", "Calendar"] {
        assert!(report.body.contains(shown), "{shown}");
    }
}

#[test]
fn a_day_from_which_no_calendar_can_count_on_is_refused_and_one_that_is_kept_breaks_nothing() {
    let site = TestSite::salt_roads();
    let path = format!("/editions/{ISBN}");
    let form = "kind=date_changed&to=9999-12-31";
    assert_eq!(site.post(&format!("{path}/note"), form).status, 400);
    // As an earlier version wrote it.
    site.db
        .write(|tx| {
            tx.execute(
                "INSERT INTO note (edition, at, written_at, kind) VALUES (?1, ?2, ?2, ?3)",
                rusqlite::params![
                    ISBN,
                    now().as_millisecond(),
                    r#"{"what":"date_changed","to":"9999-12-31"}"#
                ],
            )
        })
        .unwrap();
    for path in [
        path.clone(),
        format!("{path}?range=launch"),
        format!("{path}/timeline.svg"),
        format!("{path}/report.html"),
        "/".to_owned(),
        "/calendar.ics".to_owned(),
        "/feed.atom".to_owned(),
        format!("/api/v1/editions/{ISBN}"),
    ] {
        assert_eq!(site.get(&path).status, 200, "{path}");
    }
    site.judge();
}

#[test]
fn a_person_is_refused_on_a_page_with_a_way_back_and_a_program_in_one_sentence() {
    let site = TestSite::salt_roads();
    let person = ("Accept", "text/html,application/xhtml+xml,*/*;q=0.8");
    let ours = format!("http://{}", site.address);
    let ours = ("Origin", ours.as_str());
    let note = format!("/editions/{ISBN}/note");
    let large = format!("text={}", "x".repeat(70_000));
    let back = "<a href=\"/\">To the overview</a>";
    for (method, path, headers, body, status, headline, why, may_go_back) in [
        (
            "GET",
            "/nowhere",
            &[person][..],
            "",
            404,
            "Not found",
            "There is no such page.",
            true,
        ),
        (
            "GET",
            "/books/new",
            &[person],
            "",
            409,
            "Not shown",
            "comes from no file",
            true,
        ),
        (
            "POST",
            &note,
            &[person],
            "",
            403,
            "Nothing was changed",
            "another site",
            true,
        ),
        (
            "POST",
            &note,
            &[person, ours],
            &large,
            413,
            "Nothing was changed",
            "too large",
            true,
        ),
        (
            "GET",
            "/share/x/",
            &[person],
            "",
            404,
            "Not found",
            "no such link",
            false,
        ),
    ] {
        let page = site.ask(method, path, headers, body);
        assert_eq!(page.status, status, "{path}");
        assert_eq!(
            page.header("content-type"),
            Some("text/html; charset=utf-8")
        );
        assert_eq!(page.header("content-security-policy"), Some(PAGE_POLICY));
        for words in [&format!("<h1>{headline}</h1>"), why, "rel=\"stylesheet\""] {
            assert!(page.body.contains(words), "{words}: {}", page.body);
        }
        assert_eq!(page.body.contains(back), may_go_back, "{path}");
        let program = site.ask(method, path, &headers[1..], body);
        assert_eq!(program.status, status, "{path}");
        assert!(!program.body.contains('<'), "{path}: {}", program.body);
    }
}
