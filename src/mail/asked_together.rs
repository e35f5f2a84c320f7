//! One text to send where a party is asked the same for several formats of a book: the first
//! format's, with what is true of each of the others. Pure.

use super::support::{Case, Paragraph, ReadyText, of_the_edition, paragraph, ready_text};
use crate::book::Making;
use crate::judge::{Party, SupportText};
use crate::say::{say, say_with};
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
    if !others.is_empty() {
        let names = words::list(others.iter().map(name));
        let also = |subject| say!("ready-subject-also", subject = subject, also = names);
        text.subject = text.subject.map(also);
    }
    let also = others.iter().map(|other| also(first, other));
    text.paragraphs.splice(place..place, also);
    Some(text)
}

/// "hardcover 978…".
fn name(case: &Case<'_>) -> String {
    let edition = &case.view.edition;
    say!(
        "ready-edition",
        format = edition.format.word(),
        number = edition.id.as_str()
    )
}

/// What is true of another format, as far as it is not what the text says of the first.
fn also(first: &Case<'_>, other: &Case<'_>) -> Paragraph {
    let (own, launch) = (&first.view.launch, &other.view.launch);
    let is_to_kdp = first.finding.ask() == Some(Party::Kdp);
    let has_isbn10 = other.view.edition.id.to_isbn10().is_some();
    let is_printed = launch.making != Making::Digital;
    let told = of_the_edition(other)
        // KDP knows print by it, and nobody an ebook.
        .so("tells_isbn10", is_to_kdp && is_printed && has_isbn10)
        .so("own_date", own.publication != launch.publication)
        .so(
            "own_click",
            is_to_kdp && first.published() != other.published(),
        )
        .so(
            "own_start",
            !is_to_kdp && own.enabled.is_some() && own.enabled != launch.enabled,
        );
    paragraph(&say_with("ready-also", &told.0).unwrap_or_default())
}
