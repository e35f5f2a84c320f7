//! Through a real mail server: Postfix on loopback, with STARTTLS, TLS and AUTH, started and
//! stopped by `scripts/mta`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use jiff::SignedDuration;
use pubwatch::clock::Clock;
use pubwatch::config::plan::{Encryption, Secret};
use pubwatch::db::Db;
use pubwatch::mail::Letter;
use pubwatch::mail::deliver::{Summary, Transport, deliver_due};
use pubwatch::mail::example;
use pubwatch::mail::message::Sender;
use pubwatch::mail::smtp::SmtpServer;
use pubwatch::mail::sqlite::{self, Entry, EntryState, Show};

use crate::delivery::{letter, queue, start};

/// A running Postfix; it is stopped when this is dropped.
pub(crate) struct Mta {
    folder: tempfile::TempDir,
    facts: BTreeMap<String, String>,
}

impl Mta {
    /// It needs Postfix and root: where this machine cannot run one, the test says so and fails.
    pub(crate) fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let output = Self::script("start", folder.path());
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        let facts = String::from_utf8(output.stdout)
            .unwrap()
            .lines()
            .filter_map(|line| line.split_once('='))
            .map(|(key, value)| (key.to_owned(), value.to_owned()))
            .collect();
        Self { folder, facts }
    }

    fn script(what: &str, folder: &Path) -> std::process::Output {
        Command::new(Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts/mta"))
            .arg(what)
            .arg(folder)
            .output()
            .unwrap()
    }

    pub(crate) fn fact(&self, name: &str) -> &str {
        &self.facts[name]
    }

    fn transport(&self, encryption: Encryption, password: &str) -> Transport {
        let port = match encryption {
            Encryption::Tls => "MTA_TLS_PORT",
            Encryption::StartTls | Encryption::None => "MTA_STARTTLS_PORT",
        };
        Transport::Smtp {
            server: SmtpServer {
                host: self.fact("MTA_HOST").to_owned(),
                port: self.fact(port).parse().unwrap(),
                encryption,
                login: Some((
                    self.fact("MTA_USERNAME").to_owned(),
                    Secret::new(password.to_owned()),
                )),
                certificates: Some(std::fs::read(self.fact("MTA_CA_FILE")).unwrap()),
                hello: None,
                most_per_hour: None,
                patience: None,
            },
            sender: Sender::new("watch@example.com", &jiff::tz::TimeZone::UTC),
        }
    }

    fn password(&self) -> String {
        let text = std::fs::read_to_string(self.fact("MTA_PASSWORD_FILE")).unwrap();
        text.trim_end().to_owned()
    }

    /// The letters in the mailbox, once there are `count` of them.
    pub(crate) fn mailbox(&self, count: usize) -> Vec<String> {
        let folder = PathBuf::from(self.fact("MTA_MAILBOX")).join("new");
        for _ in 0..200 {
            let paths: Vec<PathBuf> = std::fs::read_dir(&folder)
                .into_iter()
                .flatten()
                .map(|entry| entry.unwrap().path())
                .collect();
            if paths.len() >= count {
                return paths
                    .iter()
                    .map(|path| std::fs::read_to_string(path).unwrap())
                    .collect();
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        let log = std::fs::read_to_string(self.folder.path().join("log/mail.log"));
        panic!("the letters did not arrive: {}", log.unwrap_or_default());
    }
}

impl Drop for Mta {
    fn drop(&mut self) {
        Self::script("stop", self.folder.path());
    }
}

async fn send(transport: &Transport, letters: &[Letter]) -> (Summary, Vec<Entry>) {
    let folder = tempfile::tempdir().unwrap();
    let db = Db::open(&folder.path().join("pubwatch.db")).unwrap();
    queue(&db, letters);
    let clock = Clock::starting_at(start() + SignedDuration::from_mins(1));
    let summary = deliver_due(&db, transport, &clock, 100, || false)
        .await
        .unwrap();
    let entries = db
        .read(|connection| sqlite::entries(connection, Show::All))
        .unwrap();
    (summary, entries)
}

fn header<'a>(letter: &'a str, name: &str) -> Vec<&'a str> {
    letter
        .lines()
        .take_while(|line| !line.is_empty())
        .filter_map(|line| line.strip_prefix(name))
        .map(str::trim)
        .collect()
}

#[tokio::test]
#[ignore = "needs Postfix and root"]
async fn a_real_server_takes_every_kind_of_letter_and_hands_it_to_the_mailbox() {
    let mta = Mta::start();
    let to = mta.fact("MTA_ADDRESS").to_owned();
    let mut letters: Vec<Letter> = example::letters()
        .unwrap()
        .into_iter()
        .map(|example| {
            let mut letter = example.letter;
            letter.message_id = format!("{}.{}", example.name, letter.message_id);
            letter.to.clone_from(&to);
            letter
        })
        .collect();
    let half = letters.split_off(letters.len() / 2);
    let count = letters.len() + half.len();
    for (encryption, letters) in [(Encryption::StartTls, letters), (Encryption::Tls, half)] {
        let (summary, entries) = send(&mta.transport(encryption, &mta.password()), &letters).await;
        assert_eq!(summary.trouble, None);
        assert_eq!(summary.delivered as usize, letters.len(), "{entries:#?}");
    }
    let arrived = mta.mailbox(count);
    assert_eq!(arrived.len(), count);
    let mut ids: Vec<&str> = arrived
        .iter()
        .flat_map(|one| header(one, "Message-ID:"))
        .collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(
        ids.len(),
        count,
        "each has its own Message-ID, which the server left alone"
    );
    for letter in &arrived {
        assert_eq!(header(letter, "Auto-Submitted:"), ["auto-generated"]);
        assert_eq!(header(letter, "Delivered-To:"), [to.as_str()]);
        assert!(letter.contains("using TLS"), "the line was secured");
    }
}

#[tokio::test]
#[ignore = "needs Postfix and root"]
async fn a_real_server_says_no_in_the_ways_that_are_told_apart() {
    let mta = Mta::start();
    let mut big = letter("big", mta.fact("MTA_ADDRESS"));
    big.text = "A long line of text that makes the letter too large.\n".repeat(8000);
    let letters = [
        letter("gone", "nobody-here@example.com"),
        big,
        letter("fine", mta.fact("MTA_ADDRESS")),
    ];
    let transport = mta.transport(Encryption::StartTls, &mta.password());
    let (summary, entries) = send(&transport, &letters).await;
    assert_eq!((summary.refused, summary.delivered), (2, 1), "{entries:#?}");
    for (entry, words) in entries.iter().zip(["550", "552"]) {
        assert!(matches!(entry.state, EntryState::Failed(_)));
        assert!(
            entry.last_error.as_deref().unwrap().contains(words),
            "{entry:#?}"
        );
    }
    assert!(header(&mta.mailbox(1)[0], "Message-ID:")[0].starts_with("<fine@"));

    let transport = mta.transport(Encryption::StartTls, "not the password");
    let (summary, entries) = send(&transport, &[letter("late", mta.fact("MTA_ADDRESS"))]).await;
    assert!(summary.login_refused, "{entries:#?}");
    assert_eq!(entries[0].state, EntryState::Waiting);
}
