//! Webhooks and ntfy through the outbox, against real HTTP servers on loopback that misbehave.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::SignedDuration;
use pubwatch::config::plan::{Encryption, Secret};
use pubwatch::config::telling::HookKind;
use pubwatch::mail::deliver::{Hook, Transport, deliver_due};
use pubwatch::mail::sqlite::EntryState;
use pubwatch::mail::{Letter, Route};
use ring::hmac;
use serde_json::Value;

use crate::delivery::{Desk, letter, smtp, start};
use crate::hook_server::{Act, HookServer};
use crate::smtp_server::{Behaviour, Line, TestServer};

const OK: Act = Act::Answer(200, "ok");

fn post(name: &str, kind: HookKind) -> Letter {
    Letter {
        route: Route::Hook(kind, "mine".to_owned()),
        text: format!("{{\"title\":\"Act: 塩の道 {name}\"}}"),
        html: String::new(),
        ..letter(name, "mine")
    }
}

fn hook(kind: HookKind, address: &str, secret: Option<&str>) -> Transport {
    Transport::Hook(Hook {
        kind,
        name: "mine".to_owned(),
        address: Secret::new(address.to_owned()),
        secret: secret.map(|secret| Secret::new(secret.to_owned())),
        patience: Some(Duration::from_secs(1)),
    })
}

/// Two posts, and the way to this server.
fn desk(server: &HookServer) -> Desk {
    let address = format!("{}/hook", server.base);
    Desk::with(
        hook(HookKind::Webhook, &address, Some("secret")),
        &[
            post("one", HookKind::Webhook),
            post("two", HookKind::Webhook),
        ],
    )
}

fn delivered(desk: &Desk) -> usize {
    desk.entries()
        .iter()
        .filter(|entry| matches!(entry.state, EntryState::Delivered(_)))
        .count()
}

#[tokio::test]
async fn a_webhook_gets_each_post_once_signed_over_id_time_and_body() {
    let server = HookServer::start(vec![OK]).await;
    let desk = desk(&server);
    assert_eq!(desk.drain().await.delivered, 2);
    assert_eq!(desk.drain().await.delivered, 0);
    let seen = server.seen();
    assert_eq!(seen.len(), 2);
    for (request, name) in seen.iter().zip(["one", "two"]) {
        assert_eq!(request.line, "POST /hook");
        assert_eq!(request.headers["content-type"], "application/json");
        assert!(request.headers["user-agent"].starts_with("Pubwatch/"));
        assert_eq!(request.headers["webhook-id"], format!("{name}@example.com"));
        let time = &request.headers["webhook-timestamp"];
        assert_eq!(*time, start().as_second().to_string());
        let signed = format!("{name}@example.com.{time}.{}", request.body);
        let key = hmac::Key::new(hmac::HMAC_SHA256, b"secret");
        let tag = hmac::sign(&key, signed.as_bytes());
        assert_eq!(
            request.headers["webhook-signature"],
            format!("v1,{}", STANDARD.encode(tag.as_ref()))
        );
        let body: Value = serde_json::from_str(&request.body).unwrap();
        assert_eq!(body["title"], format!("Act: 塩の道 {name}"));
    }
    assert_eq!(desk.entries()[0].answer.as_deref(), Some("200 ok"));
}

#[tokio::test]
async fn ntfy_gets_its_topic_and_token_and_the_outbox_has_neither() {
    let server = HookServer::start(vec![OK]).await;
    let address = format!("{}/push/salt-roads", server.base);
    let desk = Desk::with(
        hook(HookKind::Ntfy, &address, Some("tk_abc")),
        &[post("one", HookKind::Ntfy)],
    );
    assert_eq!(desk.drain().await.delivered, 1);
    let seen = server.seen();
    assert_eq!(seen[0].line, "POST /push/");
    assert_eq!(seen[0].headers["authorization"], "Bearer tk_abc");
    let body: Value = serde_json::from_str(&seen[0].body).unwrap();
    assert_eq!(body["topic"], "salt-roads");
    let kept = format!("{:?}", desk.entries());
    assert!(
        !kept.contains("salt-roads") && !kept.contains("tk_abc"),
        "{kept}"
    );
}

/// Plays one act for a while and then success, and says what came of the two posts: delivered,
/// requests in all, and the words of the first trouble.
async fn check(act: Act, expected: (usize, usize), words: &str) {
    let server = HookServer::start(vec![act.clone(), OK]).await;
    let desk = desk(&server);
    let summary = desk.drain().await;
    let said = summary.trouble.unwrap_or_default();
    let kept = desk.entries()[0].last_error.clone().unwrap_or_default();
    assert!(kept.contains(words), "{act:?}: {kept}");
    assert!(
        !kept.contains(&server.base),
        "the address is a secret: {kept}"
    );
    desk.drain_for(24).await;
    assert_eq!(
        (delivered(&desk), server.seen().len()),
        expected,
        "{act:?}: {said}"
    );
}

#[tokio::test]
async fn what_passes_is_tried_again_and_what_is_for_good_is_kept() {
    check(
        Act::Answer(500, "boom"),
        (2, 3),
        "answered 500 to the post: boom",
    )
    .await;
    check(Act::Answer(429, "slowly"), (2, 3), "answered 429").await;
    check(Act::Answer(404, ""), (2, 3), "check its `address`").await;
    check(Act::Answer(401, ""), (2, 3), "check its secret or token").await;
    check(Act::Answer(410, "gone"), (1, 2), "answered 410").await;
    check(Act::Answer(400, ""), (1, 2), "answered 400").await;
    check(Act::Hang, (2, 3), "no answer within 1 seconds").await;
    check(Act::Drop, (2, 3), "sent again under the same id").await;
    let slow = Act::Slow(Duration::from_millis(300));
    check(slow, (2, 2), "").await;
}

#[tokio::test]
async fn a_hook_that_asks_for_quiet_is_left_alone_for_as_long() {
    let server = HookServer::start(vec![Act::Busy(429, 3 * 3600), Act::Busy(503, 2), OK]).await;
    let desk = desk(&server);
    // Every ten minutes: three hours of quiet instead of a minute, and then the five minutes that
    // are ours, since two seconds are shorter.
    desk.drain_for(3).await;
    assert_eq!(server.seen().len(), 1);
    desk.drain().await;
    assert_eq!(server.seen().len(), 2);
    desk.clock.sleep(Duration::from_secs(60)).await;
    desk.drain().await;
    assert_eq!(server.seen().len(), 2);
    desk.clock.sleep(Duration::from_secs(4 * 60)).await;
    assert_eq!(desk.drain().await.delivered, 2);
}

#[tokio::test]
async fn a_redirect_is_not_followed_and_nothing_goes_elsewhere() {
    let elsewhere = HookServer::start(vec![OK]).await;
    let to = format!("{}/secret-path", elsewhere.base);
    let server = HookServer::start(vec![Act::Redirect(to)]).await;
    let desk = desk(&server);
    desk.drain_for(3).await;
    assert_eq!(elsewhere.seen().len(), 0);
    assert_eq!(delivered(&desk), 0);
    let error = desk.entries()[0].last_error.clone().unwrap();
    assert!(error.contains("redirects are not followed"), "{error}");
    assert!(!error.contains("secret-path"), "{error}");
}

#[tokio::test]
async fn a_server_that_is_down_for_a_day_is_asked_seldom_and_loses_nothing() {
    let server = HookServer::start(vec![Act::Drop]).await;
    let desk = desk(&server);
    desk.drain_for(24).await;
    let asked = server.seen().len();
    assert!(asked < 20, "{asked} posts in a day are too many");
    server.behave(vec![OK]);
    desk.drain_for(13).await;
    assert_eq!(delivered(&desk), 2);
    // Nobody listens at all.
    let closed = hook(HookKind::Webhook, "http://127.0.0.1:1/hook", None);
    let desk = Desk::with(closed, &[post("three", HookKind::Webhook)]);
    let trouble = desk.drain().await.trouble.unwrap();
    assert!(trouble.contains("while connecting"), "{trouble}");
    assert!(!trouble.contains("127.0.0.1:1/"), "{trouble}");
}

#[tokio::test]
async fn a_webhook_in_trouble_holds_up_no_mail() {
    let mta = TestServer::start(Line::Tls, vec![Behaviour::Accept]).await;
    let server = HookServer::start(vec![Act::Answer(500, "")]).await;
    let desk = desk(&server);
    crate::delivery::queue(&desk.db, &[letter("mail", "jane@example.com")]);
    assert_eq!(desk.drain().await.delivered, 0);
    let mail = smtp(&mta, Encryption::Tls, "secret");
    let summary = deliver_due(&desk.db, &mail, &desk.clock, 10, || false)
        .await
        .unwrap();
    assert_eq!(summary.delivered, 1);
    assert_eq!(mta.seen().message_ids(), ["mail@example.com"]);
}

#[tokio::test]
async fn a_mail_server_is_asked_for_so_many_letters_an_hour_and_a_restart_counts_on() {
    let mta = TestServer::start(Line::Tls, vec![Behaviour::Accept]).await;
    let mut mail = smtp(&mta, Encryption::Tls, "secret");
    if let Transport::Smtp { server, .. } = &mut mail {
        server.most_per_hour = Some(4);
    }
    let desk = Desk::with(mail, &crate::delivery::many(10));
    assert_eq!(desk.drain().await.delivered, 4);
    // Each drain has a name and a count of its own, as a new process has.
    assert_eq!(desk.drain().await.delivered, 0);
    desk.clock.sleep(Duration::from_secs(3_599)).await;
    assert_eq!(desk.drain().await.delivered, 0);
    desk.clock.sleep(Duration::from_secs(1)).await;
    assert_eq!(desk.drain().await.delivered, 4);
    desk.drain_for(2).await;
    assert_eq!(delivered(&desk), 10);
    assert_eq!(mta.seen().letters.len(), 10);
    let took = desk.clock.now().duration_since(start());
    assert!(took >= SignedDuration::from_hours(2));
}

/// What a way keeps when the other side repeats what it was told.
async fn kept_of(kind: HookKind, address: &str, secret: &str, act: Act) -> (Vec<String>, String) {
    let server = HookServer::start(vec![act]).await;
    let transport = hook(kind, &format!("{}/{address}", server.base), Some(secret));
    let desk = Desk::with(transport, &[post("one", kind)]);
    desk.drain().await;
    let entries = desk.entries();
    let kept = format!("{entries:?}");
    let words = entries[0].last_error.clone().into_iter().collect();
    (words, kept)
}

#[tokio::test]
async fn what_the_other_side_repeats_of_our_secrets_is_starred_before_it_is_kept() {
    const PATH: &str = "quayside-3390-hook-path";
    const KEY: &str = "harbour-glass-0815-key";
    // Long enough that what is cut off at 200 characters would cut the secret in two.
    let long = format!("{}{PATH} and {KEY}", "x".repeat(185));
    for (kind, address, said) in [
        (
            HookKind::Webhook,
            format!("in/{PATH}?v=1"),
            format!("no hook /in/{PATH}?v=1, {KEY}"),
        ),
        (
            HookKind::Webhook,
            format!("in/{PATH}"),
            format!("no hook called {PATH}"),
        ),
        (HookKind::Webhook, PATH.to_owned(), long),
        (
            HookKind::Ntfy,
            PATH.to_owned(),
            format!("Bearer {KEY} may not write to {PATH}"),
        ),
    ] {
        for status in [200, 401, 500] {
            let said: &'static str = said.clone().leak();
            let (words, kept) = kept_of(kind, &address, KEY, Act::Answer(status, said)).await;
            for secret in [PATH, KEY, "quayside", "harbour"] {
                assert!(!kept.contains(secret), "{status} {said}: {kept}");
            }
            assert!(
                kept.contains("***") || said.len() > 200,
                "{status} {said}: {words:?}"
            );
        }
    }
}
