//! The service while its configuration changes: what a reload does to the page, over real
//! connections, and that nothing which makes it wait holds up a stop.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::Stdio;
use std::sync::mpsc::Receiver;
use std::time::Duration;

use tokio::time::Instant;

use pubwatch::web::security::hash_password;

use crate::service::{Service, configuration, follow, shops, signal, wait_for};
use crate::support::House;
use crate::web::sections::{self, form};
use crate::web::{Answered, asked_at};

/// A service, and what its log says.
struct Running {
    house: House,
    service: Service,
    log: Receiver<String>,
    plain: String,
}

impl Running {
    fn start(plain: String, web: &str) -> Self {
        let house = House::new(&with(&plain, web));
        let mut command = house.pubwatch(&["run"]);
        let started = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn();
        let mut service = Service(started.unwrap());
        let log = follow(&mut service.0);
        wait_for(&log, "keeping watch");
        Self {
            house,
            service,
            log,
            plain,
        }
    }

    /// Writes another [web] and has it read.
    fn reload(&self, web: &str, says: &str) {
        let file = self.house.path().join("pubwatch.toml");
        std::fs::write(file, with(&self.plain, web)).unwrap();
        signal(&self.service.0, "HUP");
        wait_for(&self.log, says);
    }

    /// How long the service takes to end once it is told to.
    fn stop(mut self) -> Duration {
        let told = Instant::now();
        signal(&self.service.0, "TERM");
        assert_eq!(self.service.0.wait().unwrap().code(), Some(0));
        told.elapsed()
    }
}

fn with(plain: &str, web: &str) -> String {
    plain.replace("listen = \"off\"", web)
}

fn free_port() -> u16 {
    let listener = TcpListener::bind("0.0.0.0:0").unwrap();
    listener.local_addr().unwrap().port()
}

fn hash(password: &str) -> String {
    hash_password(password, &[7; 16]).unwrap()
}

fn behind(place: &str, password: &str) -> String {
    format!(
        "listen = \"{place}\"\npassword_hash = \"{}\"",
        hash(password)
    )
}

/// The status line and the head of an answer; `None` when nobody listens.
fn ask(place: SocketAddr, request: &str) -> Option<String> {
    let mut stream = TcpStream::connect_timeout(&place, Duration::from_secs(5)).ok()?;
    write!(
        stream,
        "{request} HTTP/1.1\r\nHost: {place}\r\nConnection: close\r\n\r\n"
    )
    .unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).ok()?;
    text.split("\r\n\r\n").next().map(str::to_owned)
}

/// The session that a login opens.
fn login(place: SocketAddr, password: &str) -> Option<String> {
    let body = format!("password={password}");
    let mut stream = TcpStream::connect(place).unwrap();
    write!(
        stream,
        "POST /login HTTP/1.1\r\nHost: {place}\r\nOrigin: http://{place}\r\nConnection: close\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    let cookie = text
        .lines()
        .find_map(|line| line.strip_prefix("set-cookie: "))?;
    cookie.split(';').next().map(str::to_owned)
}

/// An address of this machine besides 127.0.0.1 that 0.0.0.0 answers as well.
fn beside(port: u16) -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 2], port))
}

fn here(port: u16) -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], port))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_moves_home_leaves_no_door_open_behind_it() {
    let street = shops().await;
    let plain = configuration(&street, "");
    tokio::task::spawn_blocking(move || {
        let port = free_port();
        let running = Running::start(plain, &behind(&format!("0.0.0.0:{port}"), "secret"));
        wait_for(&running.log, "serving the page");
        let asked = ask(beside(port), "GET /").unwrap();
        assert!(asked.starts_with("HTTP/1.1 303"), "{asked}");
        // A connection that was there before sees nothing that is open only at home.
        let mut old = TcpStream::connect(beside(port)).unwrap();
        let home = format!("listen = \"127.0.0.1:{port}\"");
        running.reload(&home, "configuration read again");
        write!(old, "GET / HTTP/1.1\r\nHost: 127.0.0.2\r\n\r\n").ok();
        let mut text = String::new();
        let _ = old.read_to_string(&mut text);
        assert!(!text.starts_with("HTTP/1.1 200"), "{text}");
        assert_eq!(ask(beside(port), "GET /"), None, "the old door stands open");
        let asked = ask(here(port), "GET /").unwrap();
        assert!(asked.starts_with("HTTP/1.1 200"), "{asked}");
        // Off, and on again at another place.
        running.reload("listen = \"off\"", "configuration read again");
        assert_eq!(ask(here(port), "GET /"), None);
        let other = free_port();
        let elsewhere = format!("listen = \"127.0.0.1:{other}\"");
        running.reload(&elsewhere, "configuration read again");
        assert!(
            ask(here(other), "GET /")
                .unwrap()
                .starts_with("HTTP/1.1 200")
        );
        assert!(running.stop() < Duration::from_secs(5));
    })
    .await
    .unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn where_no_page_could_be_served_a_new_configuration_is_taken_over_all_the_same() {
    let street = shops().await;
    let plain = configuration(&street, "");
    tokio::task::spawn_blocking(move || {
        let [taken, other] = [(); 2].map(|()| TcpListener::bind("127.0.0.1:0").unwrap());
        let [before, after] = [&taken, &other].map(|taken| taken.local_addr().unwrap());
        let running = Running::start(plain, &format!("listen = \"{before}\""));
        wait_for(&running.log, "the page is not served");
        let moved = format!("listen = \"{after}\"");
        running.reload(&moved, "configuration read again");
        // Once both addresses are free, the page is where the new one wants it.
        drop((taken, other));
        wait_for(&running.log, "serving the page");
        let asked = ask(after, "GET /").unwrap();
        assert!(asked.starts_with("HTTP/1.1 200"), "{asked}");
        assert_eq!(ask(before, "GET /"), None);
        assert!(running.stop() < Duration::from_secs(5));
    })
    .await
    .unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_whose_address_was_taken_is_served_as_soon_as_it_is_free() {
    let street = shops().await;
    let plain = configuration(&street, "");
    tokio::task::spawn_blocking(move || {
        let taken = TcpListener::bind("127.0.0.1:0").unwrap();
        let place = taken.local_addr().unwrap();
        let running = Running::start(plain, &format!("listen = \"{place}\""));
        wait_for(&running.log, "the page is not served");
        // It is tried in vain meanwhile, which is not said again.
        std::thread::sleep(Duration::from_secs(3));
        drop(taken);
        let lines = std::iter::from_fn(|| running.log.recv_timeout(Duration::from_secs(30)).ok());
        let said = lines
            .take_while(|line| !line.contains("serving the page"))
            .collect::<Vec<_>>();
        assert!(
            !said.iter().any(|line| line.contains("not served")),
            "{said:#?}"
        );
        let asked = ask(place, "GET /").expect("the page is not there");
        assert!(asked.starts_with("HTTP/1.1 200"), "{asked}");
        assert!(running.stop() < Duration::from_secs(5));
    })
    .await
    .unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_cannot_be_served_as_the_file_says_stays_as_it_was() {
    let street = shops().await;
    let plain = configuration(&street, "");
    tokio::task::spawn_blocking(move || {
        let port = free_port();
        let running = Running::start(plain, &behind(&format!("127.0.0.1:{port}"), "secret"));
        wait_for(&running.log, "serving the page");
        let taken = TcpListener::bind("127.0.0.1:0").unwrap();
        let taken = taken.local_addr().unwrap();
        let refused = "the old one stays in force";
        for wrong in [
            format!("listen = \"0.0.0.0:{port}\""),
            format!("listen = \"127.0.0.1:{port}\"\naddress = \"https://books.example\""),
            format!("listen = \"127.0.0.1:{port}\"\npassword_hash = \"$argon2id$broken\""),
            format!("listen = \"{taken}\""),
            // Nobody has this address, and it wants the port at which we stand ourselves.
            behind(&format!("192.0.2.7:{port}"), "secret"),
        ] {
            running.reload(&wrong, refused);
            let asked = ask(here(port), "GET /").expect(&wrong);
            assert!(asked.starts_with("HTTP/1.1 303"), "{wrong}: {asked}");
        }
        assert!(running.stop() < Duration::from_secs(5));
    })
    .await
    .unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn sessions_end_with_the_password_that_opened_them() {
    let street = shops().await;
    let plain = configuration(&street, "");
    tokio::task::spawn_blocking(move || {
        let port = free_port();
        let place = format!("127.0.0.1:{port}");
        let running = Running::start(plain, &behind(&place, "first"));
        wait_for(&running.log, "serving the page");
        let session = login(here(port), "first").unwrap();
        let asked = format!("GET / HTTP/1.1\r\nCookie: {session}\r\nX:");
        let status = || ask(here(port), &asked).unwrap()[..12].to_owned();
        assert_eq!(status(), "HTTP/1.1 200");
        // What has nothing to do with the password keeps the session.
        let same = format!(
            "{}\naddress = \"http://localhost:{port}\"",
            behind(&place, "first")
        );
        running.reload(&same, "configuration read again");
        assert_eq!(status(), "HTTP/1.1 200");
        running.reload(&behind(&place, "second"), "configuration read again");
        assert_eq!(status(), "HTTP/1.1 303");
        assert_eq!(login(here(port), "first"), None);
        assert!(login(here(port), "second").is_some());
        assert!(running.stop() < Duration::from_secs(5));
    })
    .await
    .unwrap();
}

/// Sends a form, or asks for a page, with a session.
fn talk(port: u16, session: &str, path: &str, form: Option<&str>) -> Answered {
    let place = here(port);
    let (method, body) = form.map_or(("GET", ""), |form| ("POST", form));
    let request = format!(
        "{method} {path} HTTP/1.1\r\nHost: {place}\r\nOrigin: http://{place}\r\nCookie: {session}\r\n\
         Connection: close\r\nContent-Type: application/x-www-form-urlencoded\r\n\
         Content-Length: {}\r\n\r\n{body}",
        body.len()
    );
    asked_at(place, request.as_bytes())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_set_on_the_page_the_service_takes_over_by_itself_and_it_can_still_be_undone() {
    let street = shops().await;
    let plain = configuration(&street, "");
    tokio::task::spawn_blocking(move || {
        let port = free_port();
        let running = Running::start(plain, &format!("listen = \"127.0.0.1:{port}\""));
        wait_for(&running.log, "serving the page");
        let file = running.house.path().join("pubwatch.toml");
        let before = std::fs::read_to_string(&file).unwrap();
        let path = "/settings/devices";
        let page = talk(port, "", path, None).body;
        let new = [("password", "four+words"), ("again", "four+words")];
        let saved = talk(
            port,
            "",
            path,
            Some(&sections::with(form(&page, "web"), &new)),
        );
        assert_eq!(saved.status, 303, "{}", saved.body);
        wait_for(&running.log, "configuration read again");
        let closed = talk(port, "", "/", None);
        assert_eq!(
            closed.header("location"),
            Some("/login"),
            "the new password holds"
        );
        let session = login(here(port), "four%2Bwords").unwrap();
        let page = talk(port, &session, "/", None).body;
        assert!(page.contains("Saved: This page."), "{page}");
        let (_, rest) = page.split_once("name=\"mark\" value=\"").unwrap();
        let mark = format!("mark={}", rest.split('"').next().unwrap());
        assert_eq!(talk(port, &session, "/undo", Some(&mark)).status, 303);
        assert_eq!(std::fs::read_to_string(&file).unwrap(), before);
        wait_for(&running.log, "configuration read again");
        assert_eq!(talk(port, "", "/", None).status, 200, "there is none again");
        assert!(running.stop() < Duration::from_secs(5));
    })
    .await
    .unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_another_program_holds_keeps_no_reload_from_being_stopped() {
    let street = shops().await;
    let plain = configuration(&street, "");
    tokio::task::spawn_blocking(move || {
        let port = free_port();
        let running = Running::start(plain, &format!("listen = \"127.0.0.1:{port}\""));
        wait_for(&running.log, "round");
        let path = running.house.path().join("data/pubwatch.db");
        let holder = rusqlite::Connection::open(path).unwrap();
        holder.execute_batch("BEGIN IMMEDIATE").unwrap();
        signal(&running.service.0, "HUP");
        // A client that sends its request drop by drop meanwhile.
        let mut slow = TcpStream::connect(here(port)).unwrap();
        slow.write_all(b"POST /login HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 50\r\n\r\np")
            .unwrap();
        std::thread::sleep(Duration::from_secs(2));
        let took = running.stop();
        assert!(took < Duration::from_secs(5), "it took {took:?}");
        holder.execute_batch("ROLLBACK").unwrap();
    })
    .await
    .unwrap();
}

#[test]
fn a_public_address_without_a_password_is_refused_before_anything_starts() {
    let house = House::new(
        "[author]\nname = \"Jane Roe\"\nemail = \"jane@example.com\"\ntimezone = \"UTC\"\n\
         [web]\naddress = \"https://books.example.com\"\n",
    );
    let said = house.said(&["config", "check"], 3);
    assert!(said.contains("could see the page"), "{said}");
    let said = house.said(&["run"], 3);
    assert!(said.contains("could see the page"), "{said}");
}
