//! What ntfy is told: a few lines for a phone. Pure.

use serde::Serialize;
use serde_json::{Value, json};
use url::Url;

use super::book::Book;
use super::{Desk, Letter, LetterKind};
use crate::config::plan::Secret;
use crate::judge::Severity;
use crate::judge::text::Said;
use crate::say::say;
use crate::text::words;

/// A title on a phone is cut after fewer, and ntfy takes 250 bytes.
const LONGEST_TITLE: usize = 120;

/// ntfy makes an attachment of what is longer than 4,096 bytes, and a character has up to four.
const LONGEST_MESSAGE: usize = 900;

/// What a letter about an edition, or about formats of one book, says, for a phone: the first thing
/// in words, the others by name. A tap opens the page of the first store that it is about.
pub(super) fn about_book(letter: &Letter, desk: &Desk<'_>, book: &Book<'_>) -> String {
    let mut lines: Vec<String> = Vec::new();
    for (index, point) in book.points.iter().enumerate() {
        let said = book.said(desk, point, letter.written);
        let texts = |of: fn(&Said) -> &String| -> Vec<String> {
            let texts = said.iter();
            let texts = texts.map(|(place, said)| (*place, words::one_line(of(said))));
            book.by_format(&texts.collect::<Vec<_>>())
        };
        if index == 0 {
            lines.extend(texts(|said| &said.verdict));
            lines.extend(texts(|said| &said.step));
        } else if let Some(telling) = point.first() {
            lines.push(say!(
                "letter-point",
                word = telling.finding.severity.word(),
                headline = words::one_line(&book.headline(&said))
            ));
        }
    }
    lines.retain(|line| !line.is_empty());
    let first = book.first().and_then(|(place, _)| book.topics.get(place));
    let mut listings = first.into_iter().flat_map(|topic| &topic.view.listings);
    let click = listings
        .find(|listing| {
            letter
                .stores
                .first()
                .is_none_or(|store| *store == listing.store)
        })
        .map(|listing| words::one_line(&listing.address));
    message(letter, &lines, click)
}

/// What any other letter says, for a phone.
pub fn about(letter: &Letter, lines: &[String]) -> String {
    message(letter, lines, None)
}

/// A message as ntfy takes it, but for its topic.
#[derive(Serialize)]
struct Post<'a> {
    title: String,
    message: String,
    priority: u8,
    tags: [&'a str; 1],
    #[serde(skip_serializing_if = "Option::is_none")]
    click: Option<String>,
}

fn message(letter: &Letter, lines: &[String], click: Option<String>) -> String {
    let (priority, tag) = weight(letter);
    let lines: Vec<String> = lines
        .iter()
        .map(|line| words::clipped(line, LONGEST_MESSAGE / 2))
        .collect();
    json!(Post {
        title: words::clipped(&letter.subject, LONGEST_TITLE),
        message: lines.join("\n").chars().take(LONGEST_MESSAGE).collect(),
        priority,
        tags: [tag],
        click,
    })
    .to_string()
}

/// ntfy's priority (1 to 5, 3 is usual, from 4 on a phone vibrates at length), and the name of the
/// sign before the title.
fn weight(letter: &Letter) -> (u8, &'static str) {
    match (letter.kind, letter.severity) {
        (_, Some(Severity::Act)) => (4, "warning"),
        (LetterKind::Notice, _) => (3, "satellite"),
        (_, Some(Severity::ToDo)) => (3, "calendar"),
        (_, Some(Severity::Watch)) => (3, "eyes"),
        (_, Some(Severity::GoodNews)) => (3, "white_check_mark"),
        (_, None | Some(Severity::Quiet)) => (2, "books"),
    }
}

/// Where ntfy takes messages as JSON, and the topic to name in them: the address without its last
/// part, and that part.
pub fn root_and_topic(address: &Secret) -> Option<(Secret, String)> {
    let mut url = Url::parse(address.reveal()).ok()?;
    let topic = url.path_segments()?.next_back()?.to_owned();
    url.path_segments_mut().ok()?.pop().push("");
    url.set_query(None);
    url.set_fragment(None);
    (!topic.is_empty()).then(|| (Secret::new(url.to_string()), topic))
}

/// The message of the outbox with its topic, which stands in no letter: whoever knows it can read
/// along.
pub fn with_topic(text: &str, topic: &str) -> Option<String> {
    let mut value: Value = serde_json::from_str(text).ok()?;
    value
        .as_object_mut()?
        .insert("topic".to_owned(), Value::String(topic.to_owned()));
    Some(value.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_part_of_the_address_is_the_topic() {
        #[track_caller]
        fn check(address: &str, expected: Option<(&str, &str)>) {
            let found = root_and_topic(&Secret::new(address.to_owned()));
            let found = found
                .as_ref()
                .map(|(root, topic)| (root.reveal(), topic.as_str()));
            assert_eq!(found, expected);
        }
        check(
            "https://ntfy.sh/salt-roads",
            Some(("https://ntfy.sh/", "salt-roads")),
        );
        check(
            "http://127.0.0.1:8080/push/salt-roads",
            Some(("http://127.0.0.1:8080/push/", "salt-roads")),
        );
        check("https://ntfy.sh/", None);
    }

    #[test]
    fn the_topic_comes_in_when_it_is_sent() {
        let whole = with_topic("{\"title\":\"a\"}", "salt-roads").unwrap();
        assert_eq!(whole, "{\"title\":\"a\",\"topic\":\"salt-roads\"}");
        assert_eq!(with_topic("no json", "x"), None);
    }
}
