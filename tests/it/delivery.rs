//! Delivery against a mail server that misbehaves: nothing is lost, and nothing is doubled but in
//! the one case that SMTP cannot tell, which keeps its Message-ID.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use pubwatch::clock::Clock;
use pubwatch::config::plan::{Encryption, Secret};
use pubwatch::db::Db;
use pubwatch::mail::deliver::{Summary, Transport, deliver_due};
use pubwatch::mail::message::Sender;
use pubwatch::mail::smtp::SmtpServer;
use pubwatch::mail::sqlite::{self, Entry, EntryState, Show};
use pubwatch::mail::{Letter, LetterKind, Route};

use crate::smtp_server::{Behaviour, Line, TestServer};

pub(crate) fn start() -> Timestamp {
    "2027-01-28T12:00:00Z".parse().unwrap()
}

pub(crate) fn letter(name: &str, to: &str) -> Letter {
    Letter {
        route: Route::Mail,
        message_id: format!("{name}@example.com"),
        references: None,
        written: start(),
        kind: LetterKind::Alert,
        severity: None,
        rule: None,
        edition: None,
        stores: Vec::new(),
        to_name: "Zoë Ångström".to_owned(),
        to: to.to_owned(),
        subject: format!("Act: 塩の道 {name}"),
        text: "Hello\n.\n.. a line of dots begins here\n".to_owned(),
        html: "<p>Hello</p>\n".to_owned(),
    }
}

/// An outbox, a clock that a test turns, and the way to the test server.
pub(crate) struct Desk {
    folder: tempfile::TempDir,
    pub(crate) db: Db,
    pub(crate) clock: Clock,
    pub(crate) transport: Transport,
}

impl Desk {
    pub(crate) fn with(transport: Transport, letters: &[Letter]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let db = Db::open(&folder.path().join("pubwatch.db")).unwrap();
        queue(&db, letters);
        Self {
            folder,
            db,
            clock: Clock::starting_at(start()),
            transport,
        }
    }

    pub(crate) fn writing_to(
        server: &TestServer,
        encryption: Encryption,
        letters: &[Letter],
    ) -> Self {
        Self::with(smtp(server, encryption, "secret"), letters)
    }

    pub(crate) async fn drain(&self) -> Summary {
        deliver_due(&self.db, &self.transport, &self.clock, 1000, || false)
            .await
            .unwrap()
    }

    /// Drains every ten minutes until `hours` have passed.
    pub(crate) async fn drain_for(&self, hours: i64) {
        let end = self.clock.now() + SignedDuration::from_hours(hours);
        while self.clock.now() < end {
            self.drain().await;
            self.clock.sleep(Duration::from_secs(600)).await;
        }
    }

    pub(crate) fn entries(&self) -> Vec<Entry> {
        self.db
            .read(|connection| sqlite::entries(connection, Show::All))
            .unwrap()
    }

    fn entry(&self, index: usize) -> Entry {
        self.entries().swap_remove(index)
    }

    #[track_caller]
    fn all_delivered(&self) {
        for entry in self.entries() {
            assert!(
                matches!(entry.state, EntryState::Delivered(_)),
                "{entry:#?}"
            );
        }
    }
}

pub(crate) fn queue(db: &Db, letters: &[Letter]) {
    db.write(|tx| -> rusqlite::Result<()> {
        for letter in letters {
            assert!(sqlite::enqueue(tx, letter, start())?);
        }
        Ok(())
    })
    .unwrap();
}

pub(crate) fn smtp(server: &TestServer, encryption: Encryption, password: &str) -> Transport {
    Transport::Smtp {
        server: SmtpServer {
            host: "localhost".to_owned(),
            port: server.port,
            encryption,
            login: (encryption != Encryption::None)
                .then(|| ("jane".to_owned(), Secret::new(password.to_owned()))),
            certificates: Some(server.ca.clone()),
            hello: None,
            most_per_hour: None,
            patience: Some(Duration::from_millis(1500)),
        },
        sender: Sender::new("watch@example.com", &jiff::tz::TimeZone::UTC),
    }
}

fn one() -> Vec<Letter> {
    vec![letter("one", "jane@example.com")]
}

pub(crate) fn many(count: usize) -> Vec<Letter> {
    (0..count)
        .map(|number| letter(&format!("letter-{number}"), "jane@example.com"))
        .collect()
}

#[tokio::test]
async fn a_letter_arrives_whole_over_every_kind_of_line() {
    for (line, encryption) in [
        (Line::Plain, Encryption::None),
        (Line::StartTls, Encryption::StartTls),
        (Line::Tls, Encryption::Tls),
    ] {
        let server = TestServer::start(line, vec![Behaviour::Accept]).await;
        let desk = Desk::writing_to(&server, encryption, &one());
        let summary = desk.drain().await;
        assert_eq!(summary.delivered, 1, "{line:?}: {summary:?}");
        let seen = server.seen();
        assert_eq!(seen.message_ids(), ["one@example.com"]);
        assert!(
            seen.letters[0].contains("\r\n.\r\n.. a line of dots"),
            "{}",
            seen.letters[0]
        );
        assert!(
            seen.commands
                .contains(&"MAIL FROM:<watch@example.com>".to_owned())
        );
        let logged_in = seen
            .commands
            .iter()
            .any(|command| command.starts_with("AUTH"));
        assert_eq!(logged_in, encryption != Encryption::None);
        assert_eq!(desk.entry(0).answer.as_deref(), Some("250 taken"));
    }
}

#[tokio::test]
async fn a_server_that_is_down_for_a_day_costs_nothing_but_time() {
    let server = TestServer::start(Line::Tls, vec![Behaviour::HangUp]).await;
    let desk = Desk::writing_to(&server, Encryption::Tls, &many(20));
    desk.drain_for(24).await;
    assert_eq!(server.seen().letters.len(), 0);
    let knocks = server.seen().connections;
    assert!(knocks < 40, "{knocks} connections in a day are too many");
    server.behave(vec![Behaviour::Accept]);
    desk.drain_for(13).await;
    desk.all_delivered();
    assert_eq!(server.seen().letters.len(), 20);
}

#[tokio::test]
async fn nobody_listening_is_a_trouble_of_the_server() {
    let server = TestServer::start(Line::Tls, vec![Behaviour::Accept]).await;
    let mut desk = Desk::writing_to(&server, Encryption::Tls, &one());
    // A port that was free a moment ago.
    let free = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    if let Transport::Smtp { server, .. } = &mut desk.transport {
        server.port = free;
    }
    let summary = desk.drain().await;
    assert!(
        summary.trouble.unwrap().contains("connecting"),
        "{:?}",
        desk.entry(0)
    );
}

#[tokio::test]
async fn greylisting_is_waited_out() {
    let again = Behaviour::Answer("RCPT", "450 4.2.0 greylisted, come back later");
    let script = vec![again.clone(), again, Behaviour::Accept];
    let server = TestServer::start(Line::StartTls, script).await;
    let desk = Desk::writing_to(&server, Encryption::StartTls, &one());
    let summary = desk.drain().await;
    assert_eq!((summary.later, summary.trouble), (1, None));
    desk.drain_for(2).await;
    desk.all_delivered();
    assert_eq!(desk.entry(0).tries, 3);
    assert_eq!(server.seen().letters.len(), 1);
}

#[tokio::test]
async fn one_refused_recipient_of_two_is_kept_and_the_other_gets_the_letter() {
    let refuse = Behaviour::RefuseAddress("gone@", "550 5.1.1 no such user");
    let server = TestServer::start(Line::StartTls, vec![refuse]).await;
    let letters = [
        letter("a", "gone@example.com"),
        letter("b", "jane@example.com"),
    ];
    let desk = Desk::writing_to(&server, Encryption::StartTls, &letters);
    let summary = desk.drain().await;
    assert_eq!((summary.refused, summary.delivered), (1, 1));
    desk.drain_for(48).await;
    assert_eq!(server.seen().message_ids(), ["b@example.com"]);
    let kept = desk.entry(0);
    assert!(matches!(kept.state, EntryState::Failed(_)));
    assert_eq!(kept.tries, 1);
    assert!(kept.last_error.unwrap().contains("no such user"));
}

#[tokio::test]
async fn a_line_dropped_before_the_answer_doubles_the_letter_under_one_message_id() {
    let script = vec![Behaviour::TakeAndDrop, Behaviour::Accept];
    let server = TestServer::start(Line::StartTls, script).await;
    let desk = Desk::writing_to(&server, Encryption::StartTls, &one());
    desk.drain_for(2).await;
    desk.all_delivered();
    let seen = server.seen();
    assert_eq!(seen.message_ids(), ["one@example.com", "one@example.com"]);
    assert_eq!(
        seen.letters[0], seen.letters[1],
        "the second try sends the same bytes"
    );
}

#[tokio::test]
async fn a_line_dropped_inside_the_letter_doubles_nothing() {
    let script = vec![Behaviour::DropInData, Behaviour::Accept];
    let server = TestServer::start(Line::StartTls, script).await;
    let desk = Desk::writing_to(&server, Encryption::StartTls, &one());
    desk.drain_for(2).await;
    desk.all_delivered();
    assert_eq!(server.seen().letters.len(), 1);
}

#[tokio::test]
async fn a_server_that_hangs_is_left_in_time_at_every_step() {
    for step in ["any", "EHLO", "AUTH", "MAIL", "RCPT", "DATA"] {
        let script = vec![Behaviour::FallSilent(step), Behaviour::Accept];
        let server = TestServer::start(Line::Tls, script).await;
        let desk = Desk::writing_to(&server, Encryption::Tls, &one());
        let summary = desk.drain().await;
        assert!(
            summary.trouble.unwrap().contains("no answer within"),
            "{step}"
        );
        desk.drain_for(1).await;
        desk.all_delivered();
        assert_eq!(server.seen().letters.len(), 1, "{step}");
    }
}

#[tokio::test]
async fn a_wrong_password_is_said_loudly_and_not_tried_for_every_letter() {
    let wrong = Behaviour::Answer("AUTH", "535 5.7.8 authentication failed");
    let server = TestServer::start(Line::StartTls, vec![wrong]).await;
    let desk = Desk::writing_to(&server, Encryption::StartTls, &many(30));
    let summary = desk.drain().await;
    assert!(summary.login_refused);
    desk.drain_for(1).await;
    assert_eq!(
        server.seen().connections,
        1,
        "a locked account helps nobody"
    );
    let counts = desk.db.read(sqlite::counts).unwrap();
    assert!(counts.login_refused && counts.need_attention());
    assert!(!counts.last_error.unwrap().contains("secret"));
    // Corrected: one command, and all of them go out.
    server.behave(vec![Behaviour::Accept]);
    let now = desk.clock.now();
    desk.db.write(|tx| sqlite::retry(tx, None, now)).unwrap();
    desk.drain().await;
    desk.all_delivered();
    assert_eq!(server.seen().letters.len(), 30);
}

#[tokio::test]
async fn letters_that_come_while_the_password_is_refused_do_not_have_it_tried_more_often() {
    let wrong = Behaviour::Answer("AUTH", "535 5.7.8 authentication failed");
    let server = TestServer::start(Line::StartTls, vec![wrong]).await;
    let desk = Desk::writing_to(&server, Encryption::StartTls, &[]);
    for number in 0..18 {
        let new = letter(&format!("letter-{number}"), "jane@example.com");
        let now = desk.clock.now();
        let queued = desk.db.write(|tx| sqlite::enqueue(tx, &new, now));
        assert!(queued.unwrap());
        desk.drain().await;
        desk.clock.sleep(Duration::from_secs(600)).await;
    }
    assert_eq!(server.seen().connections, 3, "once an hour");
    server.behave(vec![Behaviour::Accept]);
    desk.drain().await;
    desk.all_delivered();
    assert_eq!(server.seen().letters.len(), 18);
}

#[tokio::test]
async fn an_account_that_has_sent_enough_loses_no_letter() {
    let enough = Behaviour::Answer("MAIL", "550 5.4.5 Daily user sending quota exceeded");
    let server = TestServer::start(Line::StartTls, vec![enough]).await;
    let desk = Desk::writing_to(&server, Encryption::StartTls, &many(5));
    let summary = desk.drain().await;
    assert_eq!((summary.later, summary.refused), (1, 0));
    assert!(summary.trouble.unwrap().contains("quota exceeded"));
    assert_eq!(server.seen().connections, 1);
    server.behave(vec![Behaviour::Accept]);
    desk.drain_for(1).await;
    desk.all_delivered();
}

#[tokio::test]
async fn no_letter_and_no_password_go_over_a_line_that_cannot_be_trusted() {
    let other = TestServer::start(Line::Tls, vec![Behaviour::Accept]).await;
    for (line, encryption) in [
        (Line::Tls, Encryption::Tls),
        (Line::StartTls, Encryption::StartTls),
        // STARTTLS is required, not tried: a line without it carries nothing.
        (Line::Plain, Encryption::StartTls),
    ] {
        let server = TestServer::start(line, vec![Behaviour::Accept]).await;
        let mut desk = Desk::writing_to(&server, encryption, &one());
        if let Transport::Smtp { server, .. } = &mut desk.transport {
            server.certificates = Some(other.ca.clone());
        }
        let summary = desk.drain().await;
        assert!(summary.trouble.is_some(), "{line:?}");
        let seen = server.seen();
        assert_eq!(seen.letters.len(), 0);
        assert!(
            !seen
                .commands
                .iter()
                .any(|command| command.starts_with("AUTH")),
            "{seen:?}"
        );
    }
}

#[tokio::test]
async fn a_plain_line_leads_only_to_this_machine() {
    let server = TestServer::start(Line::Plain, vec![Behaviour::Accept]).await;
    let mut desk = Desk::writing_to(&server, Encryption::None, &one());
    if let Transport::Smtp { server, .. } = &mut desk.transport {
        "mail.example.com".clone_into(&mut server.host);
    }
    let summary = desk.drain().await;
    assert!(
        summary
            .trouble
            .unwrap()
            .contains("only for a server on this machine")
    );
}

#[tokio::test]
async fn a_slow_server_is_waited_for() {
    let slow = Behaviour::Slow(Duration::from_millis(120));
    let server = TestServer::start(Line::StartTls, vec![slow]).await;
    let desk = Desk::writing_to(&server, Encryption::StartTls, &one());
    assert_eq!(desk.drain().await.delivered, 1);
}

#[tokio::test]
async fn a_letter_too_large_or_refused_for_its_content_is_kept() {
    for answer in ["552 5.3.4 message too big", "554 5.7.1 looks like spam"] {
        let script = vec![Behaviour::Answer(".", answer)];
        let server = TestServer::start(Line::StartTls, script).await;
        let desk = Desk::writing_to(&server, Encryption::StartTls, &one());
        assert_eq!(desk.drain().await.refused, 1);
        assert!(matches!(desk.entry(0).state, EntryState::Failed(_)));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_processes_at_once_send_each_letter_once() {
    let server = TestServer::start(Line::Plain, vec![Behaviour::Accept]).await;
    let desk = Desk::writing_to(&server, Encryption::None, &many(60));
    let path = desk.folder.path().join("pubwatch.db");
    let other = Db::open(&path).unwrap();
    let (one, two) = tokio::join!(
        deliver_due(&desk.db, &desk.transport, &desk.clock, 1000, || false),
        deliver_due(&other, &desk.transport, &desk.clock, 1000, || false),
    );
    let (one, two) = (one.unwrap(), two.unwrap());
    assert_eq!(one.delivered + two.delivered, 60);
    assert!(one.delivered > 0 && two.delivered > 0, "{one:?} {two:?}");
    assert_eq!(server.seen().letters.len(), 60);
    desk.all_delivered();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_process_that_was_held_up_until_another_took_its_letter_sends_nothing() {
    let slow = Behaviour::Slow(Duration::from_millis(200));
    let slow = TestServer::start(Line::Plain, vec![slow]).await;
    let quick = TestServer::start(Line::Plain, vec![Behaviour::Accept]).await;
    let desk = Desk::writing_to(&slow, Encryption::None, &one());
    let other = Db::open(&desk.folder.path().join("pubwatch.db")).unwrap();
    let overtaking = async {
        while !slow.seen().commands.iter().any(|it| it.starts_with("MAIL")) {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        // The first one sleeps for a quarter of an hour, with its letter announced.
        desk.clock.sleep(Duration::from_secs(16 * 60)).await;
        let way = smtp(&quick, Encryption::None, "secret");
        deliver_due(&other, &way, &desk.clock, 1000, || false).await
    };
    let (held_up, overtaking) = tokio::join!(desk.drain(), overtaking);
    assert_eq!((held_up.delivered, overtaking.unwrap().delivered), (0, 1));
    assert_eq!(quick.seen().letters.len(), 1);
    assert_eq!(slow.seen().letters.len(), 0);
    desk.all_delivered();
}

#[tokio::test]
async fn a_request_to_stop_is_heard_between_two_letters() {
    let server = TestServer::start(Line::Plain, vec![Behaviour::Accept]).await;
    let desk = Desk::writing_to(&server, Encryption::None, &many(5));
    let asked = AtomicU32::new(0);
    let stop = || asked.fetch_add(1, Ordering::Relaxed) >= 2;
    let summary = deliver_due(&desk.db, &desk.transport, &desk.clock, 1000, stop)
        .await
        .unwrap();
    assert_eq!(summary.delivered, 2);
    desk.drain().await;
    desk.all_delivered();
    assert_eq!(server.seen().letters.len(), 5);
}

#[tokio::test]
async fn a_folder_that_cannot_be_written_keeps_the_letters_for_later() {
    let place = tempfile::tempdir().unwrap();
    let blocked = place.path().join("letters");
    std::fs::write(&blocked, "a file where the folder should be").unwrap();
    let transport = Transport::Folder {
        folder: blocked.clone(),
        sender: Sender::new("jane@example.com", &jiff::tz::TimeZone::UTC),
    };
    let desk = Desk::with(transport, &many(3));
    assert!(
        desk.drain()
            .await
            .trouble
            .unwrap()
            .contains("cannot write to")
    );
    std::fs::remove_file(&blocked).unwrap();
    desk.drain_for(1).await;
    desk.all_delivered();
    assert_eq!(std::fs::read_dir(&blocked).unwrap().count(), 3);
}
