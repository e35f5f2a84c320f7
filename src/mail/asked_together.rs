//! One text to send where a party is asked the same for several formats of a book: the first
//! format's, with what is true of each of the others. Pure.

use jiff::Timestamp;

use super::support::{Case, Paragraph, Piece, ReadyText, ready_text};
use crate::book::{Making, NoteKind};
use crate::judge::{Party, SupportText};
use crate::text::words;

/// The text for all of `cases`; `None` when there is none, or no text is to be sent.
pub(super) fn text_for(cases: &[Case<'_>]) -> Option<ReadyText> {
    let (first, others) = cases.split_first()?;
    let kind = first.finding.support_text()?;
    let mut text = ready_text(kind, first);
    // That formats are not joined is said of all of them at once already.
    if kind == SupportText::FormatsNotLinked {
        return Some(text);
    }
    // Before the question, with which a text ends.
    let place = text.paragraphs.len().saturating_sub(1).max(1);
    let place = place.min(text.paragraphs.len());
    let names = words::list(others.iter().map(name));
    text.subject = text.subject.map(|subject| match names.as_str() {
        "" => subject,
        names => format!("{subject}; also {names}"),
    });
    let also = others.iter().map(|other| also(first, other));
    text.paragraphs.splice(place..place, also);
    Some(text)
}

/// "hardcover 978…".
fn name(case: &Case<'_>) -> String {
    let edition = &case.view.edition;
    format!("{} {}", edition.format.word(), edition.id)
}

/// What is true of another format, as far as it is not what the text says of the first.
fn also(first: &Case<'_>, other: &Case<'_>) -> Paragraph {
    // KDP knows print by it, and nobody an ebook.
    let has_isbn10 =
        first.finding.ask() == Some(Party::Kdp) && other.view.launch.making != Making::Digital;
    let isbn10 = other.view.edition.id.to_isbn10().filter(|_| has_isbn10);
    let isbn10 = isbn10.map_or_else(String::new, |isbn10| format!(", ISBN-10 {isbn10}"));
    let said = |text: String| Piece::Said(text);
    let mut paragraph = vec![said(format!(
        "The same holds for the {}{isbn10}.",
        name(other)
    ))];
    let (own, launch) = (&first.view.launch, &other.view.launch);
    if own.publication != launch.publication {
        let date = words::short_date(launch.publication);
        paragraph.push(said(format!("Its publication date is {date}.")));
    }
    if first.finding.ask() == Some(Party::Kdp) {
        let clicked = published(other);
        if published(first) != clicked {
            paragraph.push(said("I clicked Publish for it on".to_owned()));
            paragraph.push(clicked.map_or_else(
                || Piece::Complete("date and time, in GMT".to_owned()),
                |at| said(format!("{} GMT", at.strftime("%-d %B %Y, %H:%M"))),
            ));
            paragraph.push(said(".".to_owned()));
        }
    } else if own.enabled.is_some() && own.enabled != launch.enabled {
        paragraph.push(said("It was enabled for distribution on".to_owned()));
        paragraph.push(launch.enabled.map_or_else(
            || Piece::Complete("the date on which you enabled its distribution".to_owned()),
            |date| said(words::short_date(date)),
        ));
        paragraph.push(said(".".to_owned()));
    }
    let listings = other.view.listings.iter().filter(|listing| {
        other.finding.stores.is_empty() || other.finding.stores.contains(&listing.store)
    });
    paragraph.extend(
        listings
            .filter_map(|listing| other.shown(listing))
            .map(said),
    );
    paragraph
}

/// When the author clicked, by the newest note.
fn published(case: &Case<'_>) -> Option<Timestamp> {
    let mut notes = case.view.notes.iter().rev();
    notes
        .find(|note| matches!(note.kind, NoteKind::KdpPublished { .. }))
        .map(|note| note.at)
}
