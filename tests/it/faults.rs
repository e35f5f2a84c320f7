//! The table of faults in `docs/reliability.md` is what happens: each row is played, and counted.

use std::time::Duration;

use jiff::SignedDuration;
use pubwatch::config::plan::Encryption;
use pubwatch::mail::deliver::Transport;
use pubwatch::mail::sqlite::{self, EntryState};
use pubwatch::mail::{Letter, LetterKind};

use crate::delivery::{Desk, many, smtp, start};
use crate::smtp_server::{Behaviour, Line, TestServer};

const LETTERS: usize = 10;

/// A fault, as a person knows it and as the server plays it.
struct Fault {
    name: &'static str,
    script: Vec<Behaviour>,
    line: Line,
    encryption: Encryption,
    /// After so many hours the fault is gone, or the author has mended it and said so.
    mended_after: Option<i64>,
}

impl Fault {
    fn new(name: &'static str, script: Vec<Behaviour>) -> Self {
        Self {
            name,
            script,
            line: Line::StartTls,
            encryption: Encryption::StartTls,
            mended_after: None,
        }
    }

    fn mended_after(self, hours: i64) -> Self {
        Self {
            mended_after: Some(hours),
            ..self
        }
    }
}

fn once(behaviour: Behaviour) -> Vec<Behaviour> {
    vec![behaviour, Behaviour::Accept]
}

fn faults() -> Vec<Fault> {
    let answer = Behaviour::Answer;
    let grey = answer("RCPT", "450 4.2.0 come back later");
    let greylisting = vec![grey; LETTERS]
        .into_iter()
        .chain([Behaviour::Accept])
        .collect();
    let gone = Behaviour::RefuseAddress("gone@", "550 5.1.1 no such user");
    let enough = answer("MAIL", "550 5.4.5 Daily user sending quota exceeded");
    let slow = Behaviour::Slow(Duration::from_millis(20));
    vec![
        Fault::new("none", vec![Behaviour::Accept]),
        Fault::new("the server is down for a day", vec![Behaviour::HangUp]).mended_after(24),
        Fault::new("greylisting: every first try is put off (450)", greylisting),
        Fault::new("one recipient of two is refused (550)", vec![gone]),
        Fault::new("the account may send no more for now (550)", once(enough)),
        Fault::new(
            "the mailbox is full (452)",
            once(answer("RCPT", "452 4.2.2 mailbox full")),
        ),
        Fault::new(
            "the server is too busy (421)",
            once(answer("RCPT", "421 4.3.2 busy")),
        ),
        Fault::new(
            "the server falls silent",
            once(Behaviour::FallSilent("RCPT")),
        ),
        Fault::new(
            "the line drops inside a letter",
            once(Behaviour::DropInData),
        ),
        Fault::new(
            "the line drops before the answer to a letter",
            once(Behaviour::TakeAndDrop),
        ),
        Fault::new(
            "the password is wrong (535), corrected after 2 hours",
            vec![answer("AUTH", "535 5.7.8 authentication failed")],
        )
        .mended_after(2),
        Fault {
            line: Line::Plain,
            ..Fault::new(
                "the server offers no STARTTLS for 2 hours",
                vec![Behaviour::Accept],
            )
        }
        .mended_after(2),
        Fault::new(
            "the letters are refused for their content (554)",
            vec![answer(".", "554 5.7.1 no")],
        ),
        Fault::new(
            "the letters are too large (552)",
            vec![answer(".", "552 5.3.4 too big")],
        ),
        Fault::new("the server is slow", vec![slow]),
    ]
}

/// Half of the letters go to an address that a server may refuse.
fn letters() -> Vec<Letter> {
    many(LETTERS)
        .into_iter()
        .enumerate()
        .map(|(index, letter)| Letter {
            kind: LetterKind::Alert,
            to: if index % 2 == 0 {
                "jane@example.com"
            } else {
                "gone@example.com"
            }
            .to_owned(),
            ..letter
        })
        .collect()
}

/// Plays a fault over three days and counts: `| name | queued | delivered | doubled | kept |`.
async fn row(fault: Fault) -> String {
    let server = TestServer::start(fault.line, fault.script.clone()).await;
    let mut desk = Desk::writing_to(&server, fault.encryption, &letters());
    let mut seen = 0;
    let mut letters_seen = Vec::new();
    if let Some(hours) = fault.mended_after {
        desk.drain_for(hours).await;
        assert_eq!(server.seen().letters.len(), 0, "{}", fault.name);
        seen += server.seen().letters.len();
        let mended = TestServer::start(Line::StartTls, vec![Behaviour::Accept]).await;
        desk.transport = smtp(&mended, Encryption::StartTls, "secret");
        let now = desk.clock.now();
        desk.db.write(|tx| sqlite::retry(tx, None, now)).unwrap();
        desk.drain_for(48).await;
        letters_seen.extend(mended.seen().message_ids());
    } else {
        desk.drain_for(72).await;
    }
    letters_seen.extend(server.seen().message_ids());
    seen += letters_seen.len();
    letters_seen.sort();
    letters_seen.dedup();
    let doubled = seen - letters_seen.len();
    let count = |is: fn(EntryState) -> bool| {
        desk.entries()
            .into_iter()
            .filter(|entry| is(entry.state))
            .count()
    };
    let delivered = count(|state| matches!(state, EntryState::Delivered(_)));
    let kept = count(|state| matches!(state, EntryState::Failed(_)));
    assert_eq!(delivered, letters_seen.len(), "{}", fault.name);
    assert_eq!(
        delivered + kept,
        LETTERS,
        "{}: nothing is lost, nothing still waits",
        fault.name
    );
    format!(
        "| {} | {LETTERS} | {delivered} | {doubled} | {kept} |",
        fault.name
    )
}

#[tokio::test]
async fn the_table_of_faults_in_the_docs_is_what_happens() {
    let docs = include_str!("../../docs/reliability.md");
    let mut missing = Vec::new();
    for fault in faults() {
        let row = row(fault).await;
        if !docs.lines().any(|line| line.starts_with(&row)) {
            missing.push(row);
        }
    }
    assert!(
        missing.is_empty(),
        "docs/reliability.md lacks:\n{}",
        missing.join("\n")
    );
}

#[tokio::test]
async fn a_letter_that_nobody_takes_for_a_fortnight_is_given_up_and_shown() {
    let server = TestServer::start(Line::StartTls, vec![Behaviour::HangUp]).await;
    let desk = Desk::writing_to(&server, Encryption::StartTls, &many(1));
    let Transport::Smtp { .. } = &desk.transport else {
        panic!("the desk writes to a server");
    };
    desk.drain_for(4 * 24).await;
    assert_eq!(
        desk.entries()[0].state,
        EntryState::Waiting,
        "four days are no reason to give up"
    );
    desk.drain_for(11 * 24).await;
    let entry = &desk.entries()[0];
    let EntryState::Failed(at) = entry.state else {
        panic!("{entry:#?}");
    };
    assert!(at.duration_since(start()) >= SignedDuration::from_hours(14 * 24));
    assert!(desk.db.read(sqlite::counts).unwrap().need_attention());
}
