//! Composing: what is told about an edition becomes a letter. Pure.

use jiff::Timestamp;

use super::identity::{Identity, message_id};
use super::sheet::sheet;
use super::{Desk, Letter, LetterKind, Route, html, text};
use crate::alerts::{Occasion, Telling};
use crate::history::View;
use crate::judge::text::{said, word};
use crate::text::words;

/// The most characters of a headline and of a title in a subject; together with the rest they stay
/// readable in a list of mails, and the whole below what mail programs cut off.
const SUBJECT_HEADLINE: usize = 90;
const SUBJECT_TITLE: usize = 60;

/// Writes the letter that tells all of `tellings` about one edition, the most severe first.
/// `None`: there is nothing to tell.
#[must_use]
pub fn compose(
    desk: &Desk<'_>,
    view: &View,
    tellings: &[Telling],
    now: Timestamp,
) -> Option<Letter> {
    let mut ordered: Vec<&Telling> = tellings.iter().collect();
    // The sort is stable: equals stay in the order in which the rules are.
    ordered.sort_by_key(|telling| std::cmp::Reverse(telling.finding.severity));
    let first = *ordered.first()?;
    let sheet = sheet(desk, view, &ordered, now);
    let subject = subject(desk, view, &ordered, now);
    let rules: Vec<&str> = ordered
        .iter()
        .map(|telling| telling.finding.kind.name())
        .collect();
    let mut stores = Vec::new();
    for store in ordered.iter().flat_map(|telling| &telling.finding.stores) {
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
        references: ordered.iter().find_map(|telling| telling.thread.clone()),
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
fn subject(desk: &Desk<'_>, view: &View, ordered: &[&Telling], now: Timestamp) -> String {
    let Some(first) = ordered.first() else {
        return String::new();
    };
    let today = now.to_zoned(desk.author.zone.clone()).date();
    let again = match first.occasion {
        Occasion::Reminded => " (reminder)",
        Occasion::Opened | Occasion::Escalated | Occasion::Closed { .. } | Occasion::News => "",
    };
    let more = match ordered.len() {
        0 | 1 => String::new(),
        count => format!(", and {} more", count - 1),
    };
    format!(
        "{}{again}: {}{more}, {} ({}), {}",
        word(&first.finding),
        words::clipped(
            &said(&first.finding, &desk.voice(view, now)).headline,
            SUBJECT_HEADLINE
        ),
        words::clipped(&view.edition.title, SUBJECT_TITLE),
        view.edition.format.name(),
        words::to_publication(today, view.launch.publication)
    )
}

#[cfg(test)]
mod tests;
