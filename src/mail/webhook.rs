//! What a webhook is told, as JSON, and how it knows that it comes from us. Pure.
//!
//! The headers are those of the Standard Webhooks specification 1.0, for which there are ready
//! verifiers in most languages: `webhook-id`, `webhook-timestamp`, `webhook-signature`.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use jiff::civil::Date;
use ring::hmac;
use serde::Serialize;
use serde_json::json;

use super::book::Book;
use super::{Desk, Letter};
use crate::alerts::Occasion;
use crate::alerts::facts::{EditionFacts, FindingFacts, Numbers, PageState};
use crate::book::Edition;
use crate::config::plan::{Secret, label};
use crate::history::{ListingView, View};
use crate::judge::Severity;

/// The version of the schema. It grows only when a field changes its meaning or goes away.
pub const VERSION: u32 = 1;

/// What a letter says, for a program. `docs/webhook.md` is its schema.
#[derive(Serialize)]
struct Message<'a> {
    version: u32,
    id: &'a str,
    thread: Option<&'a str>,
    kind: &'static str,
    severity: Option<Severity>,
    written: Timestamp,
    subject: &'a str,
    text: &'a str,
    #[serde(flatten)]
    book: Option<Told<'a>>,
}

/// What is told of an edition, or of the formats of one book.
#[derive(Serialize)]
struct Told<'a> {
    edition: Option<EditionFacts<'a>>,
    editions: Vec<EditionFacts<'a>>,
    findings: Vec<Found<'a>>,
    pages: Vec<Page<'a>>,
}

/// What a letter about an edition, or about formats of one book, says, for a program.
pub(super) fn about_book<'a>(letter: &Letter, desk: &Desk<'a>, book: &Book<'a>) -> String {
    let first = book.first().and_then(|(place, _)| book.topics.get(place));
    let told = book.points.iter().flat_map(|point| &point.told);
    let findings = told.filter_map(|(place, telling)| {
        let view = book.topics.get(*place)?.view;
        let voice = desk.voice(view, letter.written);
        Some(Found {
            edition: Numbers::of(&view.edition),
            finding: FindingFacts::of(&telling.finding, &voice),
            occasion: occasion(&telling.occasion),
            lasted_seconds: lasted(&telling.occasion),
        })
    });
    let pages = book.topics.iter().flat_map(|topic| {
        let edition = &topic.view.edition;
        let listings = topic.view.listings.iter();
        listings.map(move |listing| Page::of(edition, listing, desk, letter.written))
    });
    let edition = |view: &'a View| {
        let edition = (&view.edition, &view.launch);
        let zone = &desk.author.zone;
        EditionFacts::of(edition, &view.notes, zone, letter.written)
    };
    let told = Told {
        edition: first.map(|topic| edition(topic.view)),
        editions: book
            .topics
            .iter()
            .map(|topic| edition(topic.view))
            .collect(),
        findings: findings.collect(),
        pages: pages.collect(),
    };
    message(letter, Some(told))
}

#[derive(Serialize)]
struct Found<'a> {
    #[serde(flatten)]
    edition: Numbers<'a>,
    #[serde(flatten)]
    finding: FindingFacts<'a>,
    occasion: &'static str,
    lasted_seconds: Option<i64>,
}

#[derive(Serialize)]
struct Page<'a> {
    #[serde(flatten)]
    edition: Numbers<'a>,
    label: &'a str,
    #[serde(flatten)]
    state: PageState<'a>,
    words: Option<&'a str>,
    date: Option<Date>,
    price: Option<String>,
}

impl<'a> Page<'a> {
    fn of(edition: &'a Edition, listing: &'a ListingView, desk: &Desk<'a>, now: Timestamp) -> Self {
        let says = listing.seen(now).map(|spell| &spell.says);
        Self {
            edition: Numbers::of(edition),
            label: label(&listing.store, desk.stores),
            state: PageState::of(listing, now),
            words: says.map(|says| says.words.as_str()),
            date: says.and_then(|says| says.date),
            price: says.and_then(|says| says.price.as_ref().map(ToString::to_string)),
        }
    }
}

fn lasted(occasion: &Occasion) -> Option<i64> {
    match occasion {
        Occasion::Closed { lasted } => Some(lasted.as_secs()),
        Occasion::Opened | Occasion::Escalated | Occasion::Reminded | Occasion::News => None,
    }
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
pub fn about(letter: &Letter) -> String {
    message(letter, None)
}

fn message(letter: &Letter, book: Option<Told<'_>>) -> String {
    json!(Message {
        version: VERSION,
        id: &letter.message_id,
        thread: letter.references.as_deref(),
        kind: letter.kind.name(),
        severity: letter.severity,
        written: letter.written,
        subject: &letter.subject,
        text: &letter.text,
        book,
    })
    .to_string()
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
