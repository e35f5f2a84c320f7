//! One letter: what became of it, the letter itself in a frame of its own, and its text.

use askama::Template;

use super::frame::{Frame, Place, Pulse};
use crate::mail::sqlite::{Entry, EntryState};
use crate::text::words;

#[derive(Template)]
#[template(path = "web/templates/letter.html")]
struct Page {
    frame: Frame,
    id: i64,
    subject: String,
    facts: Vec<(&'static str, String)>,
    text: String,
    is_waiting: bool,
    is_stuck: bool,
    said: Option<String>,
}

/// The page of a letter.
pub fn page(
    place: &Place<'_>,
    entry: &Entry,
    pulse: &Pulse,
    said: Option<&str>,
) -> askama::Result<String> {
    let letter = &entry.letter;
    let subject = words::one_line(&letter.subject);
    let state = match entry.state {
        EntryState::Waiting => format!("waiting, next try {}", place.moment(entry.next_try)),
        EntryState::Delivered(at) => format!("delivered {}", place.moment(at)),
        EntryState::Failed(at) => format!("given up {}", place.moment(at)),
        EntryState::Dropped(at) => format!("dropped {}", place.moment(at)),
    };
    let mut facts = vec![
        ("To", format!("{} <{}>", letter.to_name, letter.to)),
        ("Written", place.moment(letter.written)),
        ("State", state),
        ("Tries", entry.tries.to_string()),
        ("Message-ID", letter.message_id.clone()),
    ];
    if let Some(error) = &entry.last_error {
        facts.push(("Last trouble", words::clipped(error, 300)));
    }
    if let Some(answer) = &entry.answer {
        facts.push(("Answer", words::clipped(answer, 300)));
    }
    Page {
        frame: Frame::new(place, "letters", &subject, pulse),
        id: entry.id,
        subject,
        facts: facts
            .into_iter()
            .map(|(name, fact)| (name, words::one_line(&fact)))
            .collect(),
        text: letter.text.clone(),
        is_waiting: entry.state == EntryState::Waiting,
        is_stuck: matches!(entry.state, EntryState::Failed(_)),
        said: said.map(words::one_line),
    }
    .render()
}
