//! `pubwatch doctor`: what it names as wrong, and what it sends when it is asked to.

use std::fs;
use std::sync::Arc;

use crate::home::Home;
use crate::hook_server::{Act, HookServer};

type Finding = (String, String, String, String);

/// The findings of `doctor --json`, as topic, state, words and next step.
fn findings(said: &str) -> Vec<Finding> {
    let parsed: serde_json::Value = serde_json::from_str(said).unwrap();
    let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    parsed["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| {
            (
                text(&one["topic"]),
                text(&one["state"]),
                text(&one["says"]),
                text(&one["next"]),
            )
        })
        .collect()
}

#[track_caller]
fn of(findings: &[Finding], topic: &str) -> Finding {
    let found = findings.iter().find(|(name, ..)| name == topic);
    found
        .unwrap_or_else(|| panic!("{topic}: {findings:?}"))
        .clone()
}

#[test]
fn the_doctor_names_what_is_wrong_with_the_next_step() {
    let home = Home::new();
    let said = home.ends(1, &["doctor", "--offline"]);
    assert!(said.contains("`pubwatch init` writes a new one"), "{said}");

    // A port that nobody listens on: bound once, and given back.
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = closed.local_addr().unwrap().port();
    drop(closed);
    let home = Home::with_configuration();
    let with_store = format!(
        "{}\n[mail]\nhost = \"127.0.0.1\"\nport = {port}\nencryption = \"none\"\n\
         [politeness]\npause = \"0s\"\njitter = \"0s\"\n\
         [[edition]]\ntitle = \"Salt Roads\"\nisbn = \"9781944098117\"\n\
         publication_date = 2027-02-09\nstores = [\"bookshop.org\"]\n\
         [[store]]\nname = \"bookshop.org\"\nbase = \"http://127.0.0.1:{port}\"\n",
        home.config()
    );
    fs::write(home.path("pubwatch.toml"), with_store).unwrap();
    let findings = findings(&home.ends(1, &["doctor", "--json"]));
    let of = |topic: &str| of(&findings, topic);
    assert_eq!(of("database").1, "good");
    assert_eq!(of("data").1, "good");
    let (_, state, says, next) = of("mail");
    assert_eq!(state, "wrong");
    assert!(says.contains("while connecting"), "{says}");
    assert!(next.contains("[mail]"), "{next}");
    let (_, state, says, next) = of("Bookshop.org");
    assert_eq!(state, "wrong");
    assert!(says.contains("not read"), "{says}");
    assert!(next.contains("on the network"), "{next}");
}

#[test]
fn the_doctor_writes_a_test_letter_where_letters_go() {
    let home = Home::with_configuration();
    let said = home.ok(&["doctor", "--letter"]);
    assert!(said.contains("wrote a test letter"), "{said}");
    assert_eq!(fs::read_dir(home.path("data/letters")).unwrap().count(), 1);
    let said = home.ok(&["doctor", "--offline"]);
    assert!(said.contains("not asked (--offline)"), "{said}");
}

/// A webhook that answers, and a phone whose server wants a token.
#[tokio::test(flavor = "multi_thread")]
async fn the_doctor_rings_webhooks_and_phones_only_when_it_is_asked_to() {
    let server = HookServer::start(vec![
        Act::Answer(200, "thank you"),
        Act::Answer(401, "who?"),
    ]);
    let server = server.await;
    let home = Arc::new(Home::with_configuration());
    let ways = format!(
        "{}\n[[webhook]]\nname = \"mine\"\naddress = \"{base}/secret-path\"\n\
         [[ntfy]]\nname = \"phone\"\naddress = \"{base}/secret-topic\"\n",
        home.config(),
        base = server.base
    );
    fs::write(home.path("pubwatch.toml"), ways).unwrap();
    let asked = Arc::clone(&home);
    let quiet = tokio::task::spawn_blocking(move || asked.ok(&["doctor", "--json"]));
    let quiet = findings(&quiet.await.unwrap());
    assert_eq!(of(&quiet, "webhook mine").1, "note");
    assert!(server.seen().is_empty(), "nothing was sent unasked");

    let asked = Arc::clone(&home);
    let said =
        tokio::task::spawn_blocking(move || asked.ends(1, &["doctor", "--letter", "--json"]));
    let said = said.await.unwrap();
    assert!(!said.contains("secret-"), "addresses are secrets: {said}");
    let said = findings(&said);
    let (_, state, says, _) = of(&said, "webhook mine");
    assert_eq!(state, "good");
    assert_eq!(says, "it took a test message: 200 thank you");
    let (_, state, says, next) = of(&said, "ntfy phone");
    assert_eq!(state, "wrong");
    assert!(says.contains("it answered 401 to the post: who?"), "{says}");
    assert!(next.contains("[[ntfy]]"), "{next}");
    let seen = server.seen();
    assert_eq!(seen.len(), 2);
    assert!(
        seen[0].body.contains("\"kind\":\"notice\""),
        "{}",
        seen[0].body
    );
    assert!(
        seen[1].body.contains("\"topic\":\"secret-topic\""),
        "{}",
        seen[1].body
    );
}
