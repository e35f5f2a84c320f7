//! The letters, by subject and state; and one of them: the letter itself in a frame of its own, then its
//! text and what became of it.

use askama::Template;

use super::edition::LetterLine;
use super::frame::{Frame, Place, Pulse};
use super::lists::{Field, linked, pages, plain};
use super::markup::coded;
use crate::mail::sqlite::{Entry, EntryState};
use crate::text::words;

/// Which letters are shown.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LetterFilter {
    /// Their subject has these words in it; empty: any.
    pub words: String,
    /// They stand so; empty: any.
    pub state: String,
}

impl LetterFilter {
    /// How a letter may stand.
    pub const STATES: [&str; 5] = ["waiting", "delivered", Self::AS_A_FILE, "failed", "dropped"];

    /// Without a mail server.
    pub const AS_A_FILE: &str = "written to a file";

    /// The filter as the beginning of a query, for the links to other pages.
    fn query(&self) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        for (name, value) in [("q", &self.words), ("state", &self.state)] {
            if !value.is_empty() {
                query.append_pair(name, value);
            }
        }
        let query = query.finish();
        if query.is_empty() { query } else { query + "&" }
    }
}

#[derive(Template)]
#[template(path = "web/templates/letters.html")]
struct List<'a> {
    frame: Frame,
    /// As markup.
    lead: String,
    columns: &'static [&'static str],
    rows: Vec<Vec<Field>>,
    empty: &'static str,
    pages: Vec<(usize, bool)>,
    filter: &'a LetterFilter,
    query: String,
}

/// One page of the letters, newest first; there are `all` of them that the filter lets through.
pub fn list(
    place: &Place<'_>,
    letters: &[LetterLine],
    (goes_to, filter): (&str, &LetterFilter),
    pulse: &Pulse,
    (all, page): (usize, usize),
) -> askama::Result<String> {
    let row = |letter: &LetterLine| {
        let address = format!("{}/letters/{}", place.base, letter.id);
        vec![
            plain(place.moment(letter.written)),
            linked(&letter.subject, address),
            plain(letter.state),
        ]
    };
    List {
        frame: Frame::new(place, "letters", "Letters", pulse),
        lead: coded(goes_to),
        columns: &["Written", "Subject", "State"],
        rows: letters.iter().map(row).collect(),
        pages: pages(all, page),
        empty: if *filter == LetterFilter::default() {
            "No letter so far. The first one comes when there is something to know."
        } else {
            "No letter is so."
        },
        filter,
        query: filter.query(),
    }
    .render()
}

#[derive(Template)]
#[template(path = "web/templates/letter.html")]
struct Page {
    frame: Frame,
    id: i64,
    subject: String,
    /// To whom it goes, and how that stands.
    stands: String,
    trouble: Option<String>,
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
        EntryState::Delivered(at) if entry.is_file() => {
            format!(
                "{}, not mailed, {}",
                LetterFilter::AS_A_FILE,
                place.moment(at)
            )
        }
        EntryState::Delivered(at) => format!("delivered {}", place.moment(at)),
        EntryState::Failed(at) => format!("given up {}", place.moment(at)),
        EntryState::Dropped(at) => format!("dropped {}", place.moment(at)),
    };
    let mut facts = vec![
        ("To", format!("{} <{}>", letter.to_name, letter.to)),
        ("Written", place.moment(letter.written)),
        ("Tries", entry.tries.to_string()),
        ("Message-ID", letter.message_id.clone()),
    ];
    if let Some(answer) = &entry.answer {
        facts.push(("Answer", words::clipped(answer, 300)));
    }
    Page {
        frame: Frame::new(place, "letters", &subject, pulse),
        id: entry.id,
        subject,
        stands: words::one_line(&format!("For {}: {state}.", letter.to)),
        trouble: entry
            .last_error
            .as_ref()
            .map(|error| words::clipped(error, 300)),
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
