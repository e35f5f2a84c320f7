//! Composing: what is told about an edition becomes a letter. Pure.

use jiff::Timestamp;

use super::book::{Book, Topic};
use super::identity::{Identity, message_id};
use super::sheet::sheet;
use super::shorter::for_text;
use super::{Desk, Letter, LetterKind, Route, html, text};
use crate::alerts::{Occasion, Telling};
use crate::history::View;
use crate::judge::text::word;
use crate::say::say;
use crate::text::words;

/// So many characters of a subject are to be seen in a list of mails on a phone.
const SUBJECT: usize = 60;

/// The most characters of a title in a subject, and those that stay of it in any case.
const SUBJECT_TITLE: usize = 48;
const SUBJECT_TITLE_LEAST: usize = 20;

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
            about: view.edition.id.as_str(),
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
        edition: Some(view.edition.id.clone()),
        stores,
        to_name: words::one_line(&desk.author.name),
        to: desk.author.email.clone(),
        html: html::letter(&sheet, &subject),
        text: text::letter(&for_text(sheet)),
        subject,
    })
}

/// `Act: Salt Roads: Amazon unavailable, 12 days to go`: in the order in which a phone cuts it off.
/// Where it would be longer than a phone shows, the days are left out, then which formats it is about,
/// and then the end of the title.
fn subject(
    desk: &Desk<'_>,
    book: &Book<'_>,
    view: &View,
    first: &Telling,
    now: Timestamp,
) -> String {
    let word = match first.occasion {
        Occasion::Reminded => say!("letter-again", word = word(&first.finding)),
        Occasion::Opened | Occasion::Escalated | Occasion::Closed { .. } | Occasion::News => {
            word(&first.finding).to_owned()
        }
    };
    // Where the book has one format only, nobody asks which.
    let is_only = book.topics.len() == 1 && view.siblings.is_empty();
    let named = |title: String, in_short| {
        if is_only {
            title
        } else {
            let formats = book.formats_of_first(in_short);
            say!("with-more", what = title, more = formats)
        }
    };
    let headline = book.brief_headline(desk, now);
    let today = now.to_zoned(desk.author.zone.clone()).date();
    let days = words::days_to_go(today, view.launch.publication);
    let with_days = match days {
        Some(days) => say!("subject-days", headline = headline.as_str(), days = days),
        None => headline.clone(),
    };
    let with = |most: usize, in_short: bool, headline: &str| {
        let title = named(words::clipped(&view.edition.title, most), in_short);
        let word = word.as_str();
        say!("subject", word = word, title = title, headline = headline)
    };
    let longest = with(SUBJECT_TITLE, false, &with_days);
    let shorter = [
        with(SUBJECT_TITLE, false, &headline),
        with(SUBJECT_TITLE, true, &headline),
    ];
    let fits = |subject: &String| subject.chars().count() <= SUBJECT;
    if let Some(subject) = std::iter::once(longest).chain(shorter).find(fits) {
        return subject;
    }
    // Of a title without room one character is left, the ellipsis.
    let rest = with(0, true, &headline).chars().count().saturating_sub(1);
    let most = SUBJECT.saturating_sub(rest).max(SUBJECT_TITLE_LEAST);
    with(most, true, &headline)
}

#[cfg(test)]
mod tests;
