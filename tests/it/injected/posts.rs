//! Kill -9 while the author posts notes and looks on the page: what was answered is there, once.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::Mutex;
use std::time::Duration;

use jiff::SignedDuration;
use pubwatch::book::{EditionId, StoreId};
use pubwatch::db::Db;
use pubwatch::history::ListingId;
use pubwatch::history::sqlite::{all_notes, observations};
use tokio::time::Instant;

use super::faketime::clear_up_after;
use super::imprint::STORES;
use super::inject::{Episode, good};
use super::tally::Tally;
use super::world::{CLAIMS_ARE_VOID, World};

/// What was posted: each edit has a number, and says it.
#[derive(Debug, Default)]
pub(crate) struct Posted {
    /// The next number.
    next: usize,
    /// Those that the page said it had taken.
    answered: Vec<usize>,
}

/// So that "edit 1" is no part of another.
fn words(number: usize) -> String {
    format!("edit {number} of them")
}

pub(crate) fn posts(world: &World, episode: &mut Episode, tally: &mut Tally) {
    let port = serve_the_page(world);
    let posted = Mutex::new(Posted::default());
    for number in 0..episode.injections {
        if 0 < number {
            std::thread::sleep(CLAIMS_ARE_VOID);
        }
        post_until_killed(world, (port, &posted), &mut episode.rng, tally);
    }
    std::thread::sleep(CLAIMS_ARE_VOID);
    good(tally, "the last round", &world.run(&["check", "--quiet"]));
    count(world, &posted.into_inner().unwrap(), tally);
}

/// Edits are posted one after the other to a service that is killed at any moment, but not before
/// one edit was answered in this world: on a busy machine it may be long until then.
pub(crate) fn post_until_killed(
    world: &World,
    (port, posted): (u16, &Mutex<Posted>),
    rng: &mut fastrand::Rng,
    tally: &mut Tally,
) {
    let mut service = world.start(&["run"]);
    if !is_up(port) {
        tally
            .unexplained
            .push("the page was never served".to_owned());
    }
    std::thread::scope(|scope| {
        scope.spawn(|| while post(world, port, posted).is_some() {});
        let is_answered = || !posted.lock().unwrap().answered.is_empty();
        wait_until(is_answered);
        std::thread::sleep(Duration::from_millis(rng.u64(0..600)));
        service.kill().unwrap();
        service.wait().unwrap();
        clear_up_after(service.id());
    });
}

/// Lets the page be served, and gives its port.
pub(crate) fn serve_the_page(world: &World) -> u16 {
    let free = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = free.local_addr().unwrap().port();
    let text = std::fs::read_to_string(world.config()).unwrap();
    let listen = format!("listen = \"127.0.0.1:{port}\"");
    std::fs::write(world.config(), text.replace("listen = \"off\"", &listen)).unwrap();
    port
}

fn is_up(port: u16) -> bool {
    wait_until(|| TcpStream::connect(("127.0.0.1", port)).is_ok())
}

/// Waits until it is so, or for twenty seconds; whether it is.
fn wait_until(is_so: impl Fn() -> bool) -> bool {
    let began = Instant::now();
    while !is_so() {
        if Duration::from_secs(20) < began.elapsed() {
            return false;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    true
}

/// Posts a form to the page; `None` where no whole answer came.
fn ask(port: u16, path: &str, form: &str) -> Option<String> {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).ok()?;
    let length = form.len();
    let request = format!(
        "POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nOrigin: http://127.0.0.1:{port}\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {length}\r\n\
         Connection: close\r\n\r\n{form}"
    );
    stream.write_all(request.as_bytes()).ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    answer.contains("\r\n\r\n").then_some(answer)
}

/// Posts a note, and in turn a look; `None` when the service is gone.
fn post(world: &World, port: u16, posted: &Mutex<Posted>) -> Option<()> {
    let isbn = world.isbn();
    let number = {
        let mut posted = posted.lock().unwrap();
        posted.next += 1;
        posted.next
    };
    let store = STORES[0];
    let said = words(number).replace(' ', "+");
    let (what, fields) = if is_note(number) {
        ("note", format!("kind=asked_store&text={said}"))
    } else {
        ("look", format!("state=pre_order&words={said}"))
    };
    let form = format!("store={store}&{fields}");
    let answer = ask(port, &format!("/editions/{isbn}/{what}"), &form)?;
    if answer.starts_with("HTTP/1.1 303") {
        posted.lock().unwrap().answered.push(number);
    }
    Some(())
}

fn is_note(number: usize) -> bool {
    number.is_multiple_of(2)
}

/// What was answered must be there, and nothing twice. What was not may be.
pub(crate) fn count(world: &World, posted: &Posted, tally: &mut Tally) {
    let edition = EditionId::from(world.isbn());
    let db = Db::open(&world.database()).unwrap();
    let notes = db
        .read(|connection| all_notes(connection, &edition))
        .unwrap();
    let listing = ListingId {
        edition,
        store: StoreId::new(STORES[0]),
    };
    let since = world.setting.now - SignedDuration::from_hours(1);
    let seen = db.read(|connection| observations(connection, &listing, since));
    let notes = notes.iter().map(|kept| format!("{:?}", kept.note));
    let looks = seen.unwrap();
    let looks = looks.iter().map(|look| format!("{:?}", look.reading));
    let kept: Vec<String> = notes.chain(looks).collect();
    for number in 1..=posted.next {
        let words = words(number);
        let found = kept.iter().filter(|one| one.contains(&words)).count();
        let is_answered = posted.answered.contains(&number);
        tally.looks.expected += usize::from(is_answered);
        tally.looks.kept += usize::from(is_answered && 0 < found);
        tally.looks.doubled += found.saturating_sub(1);
        if !is_answered {
            tally.count("edits that no answer came to");
        }
    }
    if posted.answered.is_empty() {
        tally
            .unexplained
            .push("no edit was answered at all".to_owned());
    }
}
