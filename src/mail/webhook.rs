//! What a webhook is told, as JSON, and how it knows that it comes from us. Pure.
//!
//! The headers are those of the Standard Webhooks specification 1.0, for which there are ready
//! verifiers in most languages: `webhook-id`, `webhook-timestamp`, `webhook-signature`.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use ring::hmac;
use serde_json::{Value, json};

use super::book::Book;
use super::{Desk, Letter};
use crate::alerts::{Occasion, Telling};
use crate::book::EditionId;
use crate::config::plan::{Secret, label};
use crate::history::{ListingView, View};
use crate::judge::text::{Voice, said};

/// The version of the schema. It grows only when a field changes its meaning or goes away.
pub const VERSION: u32 = 1;

/// What a letter about an edition, or about formats of one book, says, for a program.
/// `docs/webhook.md` is its schema.
pub(super) fn about_book(letter: &Letter, desk: &Desk<'_>, book: &Book<'_>) -> Value {
    let mut value = about(letter);
    let first = book.first().and_then(|(place, _)| book.topics.get(place));
    let told = book.points.iter().flat_map(|point| &point.told);
    let findings = told.filter_map(|(place, telling)| {
        let view = book.topics.get(*place)?.view;
        let edition = &view.edition.id;
        Some(finding(edition, telling, &desk.voice(view, letter.written)))
    });
    let pages = book.topics.iter().flat_map(|topic| {
        let edition = &topic.view.edition.id;
        let listings = topic.view.listings.iter();
        listings.map(move |listing| page(edition, listing, desk, letter.written))
    });
    let editions = book.topics.iter().map(|topic| edition(topic.view));
    if let Some(object) = value.as_object_mut() {
        object.insert(
            "edition".to_owned(),
            first.map_or(Value::Null, |topic| edition(topic.view)),
        );
        object.insert("editions".to_owned(), editions.collect());
        object.insert("findings".to_owned(), findings.collect());
        object.insert("pages".to_owned(), pages.collect());
    }
    value
}

fn edition(view: &View) -> Value {
    let edition = &view.edition;
    json!({
        "id": edition.id,
        "isbn": edition.id.isbn(),
        "asin": edition.asin(),
        "title": edition.title,
        "format": edition.format,
        "publication_date": view.launch.publication,
        "on_sale_date": view.launch.on_sale,
        "imprint": edition.imprint,
    })
}

fn page(edition: &EditionId, listing: &ListingView, desk: &Desk<'_>, now: Timestamp) -> Value {
    let spell = listing.seen(now);
    json!({
        "id": edition,
        "isbn": edition.isbn(),
        "asin": edition.asin(),
        "store": listing.store,
        "label": label(&listing.store, desk.stores),
        "address": listing.address,
        "availability": spell.map(|spell| spell.availability),
        "words": spell.map(|spell| &spell.says.words),
        "date": spell.and_then(|spell| spell.says.date),
        "price": spell.and_then(|spell| spell.says.price.as_ref().map(ToString::to_string)),
        "since": spell.map(|spell| spell.since),
        "last_availability": listing.now().map(|spell| spell.availability),
        "last_good": listing.last_good,
        "unseen_since": listing.unseen_since(now),
        "unread_since": listing.blind.as_ref().map(|blind| blind.since),
    })
}

fn finding(edition: &EditionId, telling: &Telling, voice: &Voice<'_>) -> Value {
    let finding = &telling.finding;
    let said = said(finding, voice);
    let lasted = match &telling.occasion {
        Occasion::Closed { lasted } => Some(lasted.as_secs()),
        Occasion::Opened | Occasion::Escalated | Occasion::Reminded | Occasion::News => None,
    };
    json!({
        "id": edition,
        "isbn": edition.isbn(),
        "asin": edition.asin(),
        "rule": finding.kind.name(),
        "occasion": occasion(&telling.occasion),
        "severity": finding.severity.name(),
        "stores": finding.stores,
        "since": finding.since,
        "headline": said.headline,
        "verdict": said.verdict,
        "next_step": said.step,
        "act_from": finding.act_from,
        "lasted_seconds": lasted,
    })
}

fn occasion(occasion: &Occasion) -> &'static str {
    match occasion {
        Occasion::Opened => "opened",
        Occasion::Escalated => "escalated",
        Occasion::Reminded => "reminded",
        Occasion::Closed { .. } => "over",
        Occasion::News => "news",
    }
}

/// What any letter says, for a program.
pub fn about(letter: &Letter) -> Value {
    json!({
        "version": VERSION,
        "id": letter.message_id,
        "thread": letter.references,
        "kind": letter.kind.name(),
        "severity": letter.severity.map(crate::judge::Severity::name),
        "written": letter.written,
        "subject": letter.subject,
        "text": letter.text,
    })
}

/// The headers that name a post and prove that it is ours.
///
/// `id` names the letter and stays the same over every try, so that a receiver knows what it has
/// had. The signature is an HMAC-SHA256 over `id.timestamp.body`, so that an old post cannot be
/// played again later.
pub fn headers(
    id: &str,
    body: &str,
    secret: Option<&Secret>,
    now: Timestamp,
) -> Vec<(&'static str, Secret)> {
    let id: String = id.chars().filter(char::is_ascii_graphic).collect();
    let timestamp = now.as_second().to_string();
    let signature = secret.map(|secret| {
        let key = hmac::Key::new(hmac::HMAC_SHA256, &key_bytes(secret.reveal()));
        let tag = hmac::sign(&key, format!("{id}.{timestamp}.{body}").as_bytes());
        format!("v1,{}", STANDARD.encode(tag.as_ref()))
    });
    let mut headers = vec![
        ("webhook-id", Secret::new(id)),
        ("webhook-timestamp", Secret::new(timestamp)),
    ];
    headers.extend(signature.map(|signature| ("webhook-signature", Secret::new(signature))));
    headers
}

/// The bytes of the key: what is behind `whsec_` as base64, as the specification has it; otherwise
/// the secret as it is.
fn key_bytes(secret: &str) -> Vec<u8> {
    secret
        .strip_prefix("whsec_")
        .and_then(|encoded| STANDARD.decode(encoded).ok())
        .unwrap_or_else(|| secret.as_bytes().to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signature(secret: &str, body: &str, second: i64) -> String {
        let secret = Secret::new(secret.to_owned());
        let now = Timestamp::from_second(second).unwrap();
        let headers = headers("msg_p5jXN8AQM9LWM0D4loKWxJek", body, Some(&secret), now);
        headers[2].1.reveal().to_owned()
    }

    #[test]
    fn the_signature_is_that_of_the_specification() {
        // The example of the Standard Webhooks libraries' own tests.
        assert_eq!(
            signature(
                "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
                "{\"test\": 2432232314}",
                1_614_265_330
            ),
            "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
        );
    }

    #[test]
    fn another_body_second_or_key_is_another_signature() {
        let one = signature("secret", "{}", 1);
        for other in [
            signature("secret", "{ }", 1),
            signature("secret", "{}", 2),
            signature("Secret", "{}", 1),
        ] {
            assert_ne!(one, other);
        }
    }

    #[test]
    fn without_a_secret_there_is_no_signature_and_headers_print_as_stars() {
        let headers = headers("a b\r\nc", "{}", None, Timestamp::UNIX_EPOCH);
        assert_eq!(headers.len(), 2);
        assert_eq!(headers[0].1.reveal(), "abc");
        assert!(!format!("{headers:?}").contains("abc"));
    }
}
