//! `pubwatch run` without a configuration: set up on its page, by whoever has the code.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::mpsc::Receiver;
use std::time::Duration;

use pubwatch::demo::street::Street;

use super::{Answered, asked_at};
use crate::home::isbn;
use crate::service::{STORES, Service, follow, shops, signal, wait_for};
use crate::smtp_server::{Behaviour, Line, TestServer};
use crate::support::House;

/// A program that waits to be set up, in a folder without a configuration.
pub(super) struct FirstStart {
    pub(super) house: House,
    pub(super) service: Service,
    pub(super) log: Receiver<String>,
    pub(super) address: SocketAddr,
    pub(super) code: String,
}

/// What else is to stand in the file, so that nothing leaves this machine.
fn more(street: Option<&Street>) -> String {
    let shops = street.map_or(&[][..], Street::shops).iter();
    let shops =
        shops.map(|(store, base)| format!("[[store]]\nname = \"{store}\"\nbase = \"{base}\"\n"));
    format!(
        "[data]\nfolder = \"data\"\n\n[politeness]\npause = \"1s\"\njitter = \"0s\"\n\
         deadline = \"2s\"\n\n{}\n",
        shops.collect::<String>()
    )
}

/// Where the page is and which code was said, of the next line that says so.
fn announced(log: &Receiver<String>) -> (SocketAddr, String) {
    let mut seen = Vec::new();
    while let Ok(line) = log.recv_timeout(Duration::from_secs(30)) {
        if let Some((before, code)) = line.split_once("give it this code: ") {
            let (_, rest) = before.split_once("http://").unwrap();
            let (address, _) = rest.split_once('/').unwrap();
            return (address.parse().unwrap(), code.trim().to_owned());
        }
        seen.push(line);
    }
    panic!("no code was said:\n{}", seen.join("\n"));
}

impl FirstStart {
    pub(super) fn new(street: Option<&Street>) -> Self {
        let house = House::new("");
        std::fs::remove_file(house.path().join("pubwatch.toml")).unwrap();
        std::fs::write(house.path().join("more.toml"), more(street)).unwrap();
        let mut command = house.pubwatch(&["run", "--port", "0", "--more", "more.toml"]);
        let started = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn();
        let mut service = Service(started.unwrap());
        let log = follow(&mut service.0);
        let (address, code) = announced(&log);
        Self {
            house,
            service,
            log,
            address,
            code,
        }
    }

    pub(super) fn file(&self) -> PathBuf {
        self.house.path().join("pubwatch.toml")
    }

    /// Asks as a browser does: who comes between the two pages is told to ask again.
    fn get(&self, path: &str, cookie: &str) -> Answered {
        for _ in 0..20 {
            let answered = self.ask("GET", path, &[("Cookie", cookie)], "");
            if answered.status != 307 {
                return answered;
            }
            assert_eq!(answered.header("location"), Some(path));
        }
        panic!("{path} leads to itself for ever");
    }

    fn post(&self, path: &str, cookie: &str, form: &[(&str, &str)]) -> Answered {
        let origin = format!("http://{}", self.address);
        self.ask(
            "POST",
            path,
            &[("Cookie", cookie), ("Origin", &origin)],
            &body(form),
        )
    }

    fn ask(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Answered {
        let lines = headers.iter();
        let lines = lines.map(|(name, value)| format!("{name}: {value}\r\n"));
        let headers = lines.collect::<Vec<_>>().concat();
        let request = format!(
            "{method} {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n{headers}Content-Type: \
             application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{body}",
            self.address,
            body.len()
        );
        asked_at(self.address, request.as_bytes())
    }

    /// The cookie of who has given the code.
    fn enter(&self) -> String {
        let answered = self.post("/set-up/code", "", &[("code", &self.code.to_lowercase())]);
        assert_eq!(answered.status, 303, "{}", answered.body);
        let cookie = answered.header("set-cookie").unwrap();
        assert!(
            cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"),
            "{cookie}"
        );
        cookie.split(';').next().unwrap().to_owned()
    }

    /// Waits until the page of an edition says something; it must within half a minute.
    fn wait_until_it_says(&self, path: &str, words: &str) {
        let mut last = String::new();
        for _ in 0..150 {
            last = self.get(path, "").body;
            if last.contains(words) {
                return;
            }
            std::thread::sleep(Duration::from_millis(200));
        }
        panic!("{path} never says {words}:\n{last}");
    }
}

fn body(form: &[(&str, &str)]) -> String {
    let mut body = url::form_urlencoded::Serializer::new(String::new());
    body.extend_pairs(form);
    body.finish()
}

const JANE: [(&str, &str); 3] = [
    ("name", "Jane Roe"),
    ("email", "jane@example.com"),
    ("timezone", "America/New_York"),
];

fn jane<'a>(more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    [&JANE[..], more].concat()
}

/// A test letter goes out and is told in the server's own words; nothing is written.
fn sends_a_test_letter(first: &FirstStart, session: &str, form: &[(&str, &str)]) {
    let tried = first.post("/set-up", session, &[form, &[("wish", "test")]].concat());
    assert_eq!(tried.status, 200, "{}", tried.body);
    assert!(tried.body.contains("took a test letter"), "{}", tried.body);
    assert!(
        tried.body.contains("value=\"Jane Roe\""),
        "what was typed is kept"
    );
    assert!(!first.file().exists(), "a test writes nothing");
}

/// Adds two formats more, and waits until all three were looked at.
fn add_two_formats(first: &FirstStart) {
    for (number, format) in [(4002, "hardcover"), (4003, "ebook")] {
        let number = isbn(number);
        let book = [
            ("book", number.as_str()),
            ("title", "Salt Roads"),
            ("format", format),
            ("date", "2035-02-09"),
        ];
        let added = first.post("/books/new", "", &book);
        assert_eq!(added.status, 303, "{}", added.body);
    }
    for number in [4001, 4002, 4003] {
        first.wait_until_it_says(&format!("/editions/{}", isbn(number)), "Not listed");
    }
}

/// It starts again where it was, and knows what it saw.
fn start_again(first: &mut FirstStart, edition: &str) {
    signal(&first.service.0, "TERM");
    assert_eq!(first.service.0.wait().unwrap().code(), Some(0));
    let mut again = first.house.pubwatch(&["run"]);
    let again = again.stdout(Stdio::null()).stderr(Stdio::piped()).spawn();
    first.service = Service(again.unwrap());
    let log = follow(&mut first.service.0);
    wait_for(&log, "serving the page");
    let page = first.get(&format!("/editions/{edition}"), "");
    assert!(page.body.contains("Not listed"), "{}", page.body);
    assert_eq!(first.get("/set-up", "").status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn by_page_alone_it_is_set_up_sends_a_letter_watches_three_formats_and_starts_again() {
    let street = shops().await;
    let mail = TestServer::start(Line::Plain, vec![Behaviour::Accept]).await;
    tokio::task::block_in_place(|| {
        let mut first = FirstStart::new(Some(&street));
        let session = first.enter();
        let port = mail.port.to_string();
        let server = [
            ("mail", "other"),
            ("host", "127.0.0.1"),
            ("port", &port),
            ("encryption", "none"),
        ];
        let form = jane(&server);
        sends_a_test_letter(&first, &session, &form);
        let letters = mail.seen().letters;
        assert_eq!(letters.len(), 1);
        assert!(letters[0].contains("test letter that you asked for"));
        // The first book, and the watch begins.
        let paperback = isbn(4001);
        let book = [
            ("book", paperback.as_str()),
            ("title", "Salt Roads"),
            ("date", "9 Feb 2035"),
        ];
        let begun = first.post(
            "/set-up",
            &session,
            &[&form[..], &book, &[("wish", "begin")]].concat(),
        );
        assert_eq!(begun.status, 303, "{}", begun.body);
        let there = format!("/editions/{paperback}?said=added");
        assert_eq!(begun.header("location"), Some(there.as_str()));
        // Asked at once, without a pause: nobody finds the door shut.
        let page = first.get(&there, "");
        assert_eq!(page.status, 200, "{}", page.body);
        assert!(page.body.contains("Salt Roads") && page.body.contains("Added."));
        for path in ["/set-up", "/set-up/code"] {
            assert_eq!(first.get(path, &session).status, 404, "{path}");
        }
        assert_eq!(first.post("/set-up", &session, &form).status, 404);
        add_two_formats(&first);
        let said = first.house.said(&["config", "check"], 0);
        assert!(said.contains("3 editions"), "{said}");
        let text = std::fs::read_to_string(first.file()).unwrap();
        assert!(text.contains("# Where letters go."), "{text}");
        start_again(&mut first, &paperback);
    });
    assert!(
        street
            .visits()
            .iter()
            .any(|asked| asked.store.as_str() == STORES[0])
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_password_is_told_in_the_words_of_the_server_and_never_shown() {
    let refuses = Behaviour::Answer("AUTH", "535 5.7.8 Username and Password not accepted");
    let mail = TestServer::start(Line::Plain, vec![refuses, Behaviour::Accept]).await;
    tokio::task::block_in_place(|| {
        let first = FirstStart::new(None);
        let session = first.enter();
        let port = mail.port.to_string();
        let form = jane(&[
            ("mail", "other"),
            ("host", "127.0.0.1"),
            ("port", &port),
            ("encryption", "none"),
            ("username", "jane"),
        ]);
        let secret = [("password", "hunter two"), ("wish", "test")];
        let tried = first.post("/set-up", &session, &[&form[..], &secret].concat());
        assert!(
            tried
                .body
                .contains("535 while logging in: 5.7.8 Username and Password not accepted"),
            "{}",
            tried.body
        );
        assert!(!tried.body.contains("hunter"), "{}", tried.body);
        assert!(
            tried.body.contains("kept from a moment ago"),
            "{}",
            tried.body
        );
        // Not typed again, it still counts; a try that took it is the proof.
        let again = first.post(
            "/set-up",
            &session,
            &[&form[..], &[("wish", "test")]].concat(),
        );
        assert!(again.body.contains("took a test letter"), "{}", again.body);
        // A file of an earlier try stays as it is.
        let earlier = first.house.path().join("smtp-password");
        std::fs::write(&earlier, "theirs\n").unwrap();
        assert_eq!(first.post("/set-up", &session, &form).status, 303);
        wait_for(&first.log, "serving the page");
        assert_eq!(std::fs::read_to_string(earlier).unwrap(), "theirs\n");
        let written = first.house.path().join("smtp-password-2");
        assert_eq!(std::fs::read_to_string(written).unwrap(), "hunter two\n");
        let text = std::fs::read_to_string(first.file()).unwrap();
        assert!(
            text.contains("password_file = \"smtp-password-2\""),
            "{text}"
        );
        assert!(!text.contains("hunter"), "{text}");
    });
}

/// What a person may get wrong, beside or in place of what is right, and the words that say so.
const WRONG: [(&str, &str); 12] = [
    ("name=&mail=folder", "This is needed."),
    ("email=jane&mail=folder", "is no email address"),
    ("timezone=Atlantis&mail=folder", "is no time zone"),
    ("", "Choose how letters reach you."),
    ("mail=gmail", "only with a password"),
    ("mail=outlook", "takes no password"),
    (
        "mail=other&host=pigeon",
        "neither a known provider nor a host",
    ),
    ("mail=other&host=mail.example.com&port=many", "is no port"),
    (
        "mail=other&host=mail.example.com&encryption=none",
        "would travel unprotected",
    ),
    (
        "mail=folder&book=9780132350885&title=A&date=2035-01-01",
        "check digit",
    ),
    (
        "mail=folder&book=9780132350884&title=A&date=Mayish",
        "Mayish",
    ),
    (
        "mail=folder&book=9780132350884&date=2035-01-01",
        "This is needed.",
    ),
];

#[test]
fn what_is_wrong_stands_at_its_field_and_nothing_is_written() {
    let first = FirstStart::new(None);
    let session = first.enter();
    for (other, words) in WRONG {
        let other: Vec<(&str, &str)> = other
            .split('&')
            .filter_map(|one| one.split_once('='))
            .collect();
        let mut form = jane(&[]);
        form.retain(|(name, _)| !other.iter().any(|(field, _)| field == name));
        form.extend(&other);
        let is_of_book = other.iter().any(|(name, _)| *name == "book");
        for wish in ["begin", "test"] {
            let form = [&form[..], &[("wish", wish)]].concat();
            let answered = first.post("/set-up", &session, &form);
            // What is wrong with the book alone holds up no test letter.
            if wish == "test" && is_of_book {
                assert_eq!(answered.status, 200, "{form:?}");
                continue;
            }
            assert_eq!(answered.status, 422, "{form:?}");
            assert!(answered.body.contains(words), "{words}: {}", answered.body);
            for (name, value) in form.iter().filter(|(name, _)| *name != "wish") {
                let is_kept = answered.body.contains(&format!("value=\"{value}\""));
                assert!(is_kept, "{name} of {form:?}");
            }
        }
    }
    assert!(!first.file().exists());
    assert!(!first.house.path().join("smtp-password").exists());
}

#[test]
fn three_wrong_codes_make_the_code_worthless_and_another_one_is_said() {
    let first = FirstStart::new(None);
    let wrong = [("code", "AAAA-AAAA")];
    for _ in 0..3 {
        assert_eq!(first.post("/set-up/code", "", &wrong).status, 403);
    }
    let (_, new) = announced(&first.log);
    assert_ne!(new, first.code);
    let old = first.post("/set-up/code", "", &[("code", &first.code)]);
    assert_eq!(old.status, 403, "the old code counts no more");
    let right = first.post("/set-up/code", "", &[("code", &new)]);
    assert_eq!(right.status, 303);
    // A code counts once; who comes without the session is given another one.
    assert_eq!(
        first.post("/set-up/code", "", &[("code", &new)]).status,
        403
    );
    let (_, third) = announced(&first.log);
    assert_ne!(third, new);
}

#[test]
fn nothing_is_done_for_who_has_no_code_or_comes_from_another_site() {
    let first = FirstStart::new(None);
    let form = jane(&[("mail", "folder")]);
    for cookie in ["", "pubwatch_setup=0000", "pubwatch=0000"] {
        assert_eq!(first.post("/set-up", cookie, &form).status, 403, "{cookie}");
        let page = first.get("/set-up", cookie).body;
        assert!(
            page.contains("name=\"code\"") && !page.contains("name=\"email\""),
            "{page}"
        );
    }
    let session = first.enter();
    let elsewhere = [
        ("Cookie", session.as_str()),
        ("Origin", "http://evil.example"),
    ];
    let nowhere = [("Cookie", session.as_str())];
    for headers in [&elsewhere[..], &nowhere] {
        for path in ["/set-up", "/set-up/code"] {
            assert_eq!(
                first.ask("POST", path, headers, &body(&form)).status,
                403,
                "{path}"
            );
        }
    }
    // A name that leads here by somebody's name server.
    let request = "GET /set-up HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n";
    assert_eq!(asked_at(first.address, request.as_bytes()).status, 421);
    for path in ["/settings", "/healthz", "/share/x/"] {
        assert_eq!(first.get(path, &session).status, 404, "{path}");
    }
    let page = first.get("/set-up", &session);
    let policy = page.header("content-security-policy").unwrap();
    assert!(policy.starts_with("default-src 'none'"), "{policy}");
    assert!(!first.file().exists());
}

#[test]
fn a_file_that_appears_meanwhile_is_never_overwritten_and_the_service_goes_on_with_it() {
    let first = FirstStart::new(None);
    let session = first.enter();
    let theirs = format!(
        "# Theirs.\n[author]\nname = \"J\"\nemail = \"j@example.com\"\ntimezone = \"UTC\"\n\
         [data]\nfolder = \"data\"\n[web]\nlisten = \"{}\"\n",
        first.address
    );
    std::fs::write(first.file(), &theirs).unwrap();
    let form = jane(&[("mail", "folder")]);
    let answered = first.post("/set-up", &session, &form);
    assert_eq!(answered.status, 422, "{}", answered.body);
    assert!(
        answered.body.contains("is there already"),
        "{}",
        answered.body
    );
    wait_for(&first.log, "serving the page");
    assert_eq!(first.get("/set-up", &session).status, 404);
    assert!(first.get("/", "").body.contains("Nothing to watch yet"));
    assert_eq!(std::fs::read_to_string(first.file()).unwrap(), theirs);
}

#[test]
fn it_can_be_stopped_before_it_is_set_up_and_a_link_that_leads_nowhere_is_no_first_start() {
    let mut first = FirstStart::new(None);
    signal(&first.service.0, "TERM");
    assert_eq!(first.service.0.wait().unwrap().code(), Some(0));
    assert!(!first.file().exists());
    std::os::unix::fs::symlink("/nowhere/at/all", first.file()).unwrap();
    let said = first.house.said(&["run", "--port", "0"], 3);
    assert!(said.contains("cannot read the configuration"), "{said}");
}
