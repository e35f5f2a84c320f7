//! Composing: what is told about an edition becomes a letter. Pure.

use jiff::Timestamp;

use super::book::{Book, Topic};
use super::identity::{Identity, message_id};
use super::sheet::sheet;
use super::{Desk, Letter, LetterKind, Route, html, text};
use crate::alerts::{Occasion, Telling};
use crate::history::View;
use crate::judge::text::word;
use crate::text::words;

/// The most characters of a headline and of a title in a subject; together with the rest they stay
/// readable in a list of mails, and the whole below what mail programs cut off.
const SUBJECT_HEADLINE: usize = 90;
const SUBJECT_TITLE: usize = 60;

/// Writes the letter that tells all that is told of the editions of `topics`, which are formats of
/// one book, the most severe first. `None`: there is nothing to tell.
pub fn compose(desk: &Desk<'_>, topics: &[Topic<'_>], now: Timestamp) -> Option<Letter> {
    let book = Book::new(topics)?;
    let (place, first) = book.first()?;
    let view = book.topics.get(place)?.view;
    let sheet = sheet(desk, &book, now);
    let subject = subject(desk, &book, view, first, now);
    let told = || book.points.iter().flat_map(|point| &point.told);
    let rules: Vec<&str> = told()
        .map(|(_, telling)| telling.finding.kind.name())
        .collect();
    let mut stores = Vec::new();
    for store in told().flat_map(|(_, telling)| &telling.finding.stores) {
        if !stores.contains(store) {
            stores.push(store.clone());
        }
    }
    Some(Letter {
        route: Route::Mail,
        message_id: message_id(&Identity {
            about: view.edition.isbn.as_str(),
            rules: &rules,
            written: now,
            to: &desk.author.email,
            from: desk.from,
        }),
        references: told().find_map(|(_, telling)| telling.thread.clone()),
        written: now,
        kind: LetterKind::Alert,
        severity: Some(first.finding.severity),
        rule: Some(first.finding.kind.name().to_owned()),
        isbn: Some(view.edition.isbn.clone()),
        stores,
        to_name: words::one_line(&desk.author.name),
        to: desk.author.email.clone(),
        text: text::letter(&sheet),
        html: html::letter(&sheet, &subject),
        subject,
    })
}

/// `Act: Amazon shows "Currently unavailable", Salt Roads (paperback), 12 days before publication`.
fn subject(
    desk: &Desk<'_>,
    book: &Book<'_>,
    view: &View,
    first: &Telling,
    now: Timestamp,
) -> String {
    let today = now.to_zoned(desk.author.zone.clone()).date();
    let again = match first.occasion {
        Occasion::Reminded => " (reminder)",
        Occasion::Opened | Occasion::Escalated | Occasion::Closed { .. } | Occasion::News => "",
    };
    let more = match book.points.len() {
        0 | 1 => String::new(),
        count => format!(", and {} more", count - 1),
    };
    let said = book.points.first().map(|point| book.said(desk, point, now));
    format!(
        "{}{again}: {}{more}, {} ({}), {}",
        word(&first.finding),
        words::clipped(
            &book.headline(&said.unwrap_or_default(), true),
            SUBJECT_HEADLINE
        ),
        words::clipped(&view.edition.title, SUBJECT_TITLE),
        book.formats(),
        words::to_publication(today, view.launch.publication)
    )
}

#[cfg(test)]
mod tests;
