//! What the texts are put together from: pieces, and the facts of the case as phrases.

use super::{Case, Paragraph, Piece, ReadyText};
use crate::book::{Availability, Isbn10, NoteKind};
use crate::text::words;

pub(super) fn said(text: impl Into<String>) -> Piece {
    Piece::Said(text.into())
}

pub(super) fn complete(what: impl Into<String>) -> Piece {
    Piece::Complete(what.into())
}

pub(super) fn screenshot() -> Piece {
    Piece::Attach("a screenshot of the page, with the date".to_owned())
}

/// A fact, or the request to fill it in.
pub(super) fn fact(known: Option<String>, what: &str) -> Piece {
    known.map_or_else(|| complete(what), Piece::Said)
}

pub(super) fn paragraph(pieces: impl IntoIterator<Item = Piece>) -> Paragraph {
    pieces.into_iter().collect()
}

pub(super) fn text(
    subject: Option<String>,
    paragraphs: impl IntoIterator<Item = Paragraph>,
) -> ReadyText {
    ReadyText {
        subject,
        paragraphs: paragraphs
            .into_iter()
            .filter(|paragraph| !paragraph.is_empty())
            .collect(),
    }
}

impl Case<'_> {
    pub(super) fn number(&self) -> &str {
        self.view.edition.id.as_str()
    }

    pub(super) fn isbn10(&self) -> Option<String> {
        self.view
            .edition
            .id
            .to_isbn10()
            .as_ref()
            .map(Isbn10::to_string)
    }

    /// The stores of the finding in one phrase, as "Amazon and Bookshop.org".
    pub(super) fn where_it_is(&self) -> String {
        let listings = self.concerned().into_iter();
        words::list(listings.map(|listing| self.label(listing)))
    }

    /// "shown as unavailable", "still shown as pre-order", by the states that the stores of the
    /// finding have now; "shown as pre-order when last seen, on 14 May", where nobody sees them.
    pub(super) fn how_shown(&self) -> String {
        let mut states: Vec<Availability> = self
            .concerned()
            .into_iter()
            .filter_map(|listing| listing.confirmed().or_else(|| listing.now()))
            .map(|spell| spell.availability)
            .collect();
        states.dedup();
        let last_seen = self.last_seen();
        let is_out = self.view.launch.publication <= self.date_of(self.now);
        let still = is_out && last_seen.is_empty();
        let how = match states.as_slice() {
            [Availability::OutOfStock] => "shown as unavailable".to_owned(),
            [Availability::PreOrder] if still => "still shown as pre-order".to_owned(),
            [state] => format!("shown as “{}”", state.word().to_lowercase()),
            _ => "not shown as it should be".to_owned(),
        };
        how + &last_seen
    }

    /// Nothing, where every page of the finding is seen now; else "when last seen, on 14 May",
    /// with the earliest day from which on one of them was not.
    pub(super) fn last_seen(&self) -> String {
        self.concerned()
            .into_iter()
            .filter(|listing| listing.seen(self.now).is_none())
            .filter_map(|listing| Some(listing.confirmed().or_else(|| listing.now())?.last_seen))
            .min()
            .map_or_else(String::new, |at| {
                format!(" when last seen, on {}", self.day(at))
            })
    }

    /// "Paperback 978…, “Title” by Author".
    pub(super) fn book(&self) -> String {
        let edition = &self.view.edition;
        let by = edition
            .author
            .as_ref()
            .map(|author| format!(" by {}", words::clipped(author, 100)))
            .unwrap_or_default();
        format!(
            "{} {}, {}{by}",
            edition.format.word(),
            self.number(),
            self.title()
        )
    }

    pub(super) fn imprint(&self, what: &str) -> Piece {
        let imprint = self.view.edition.imprint.as_ref();
        fact(imprint.map(|name| words::clipped(name, 100)), what)
    }

    pub(super) fn dates(&self) -> Piece {
        let publication = words::short_date(self.view.launch.publication);
        said(
            if self.view.launch.publication == self.view.launch.on_sale {
                format!("Publication and on-sale date are both {publication}.")
            } else {
                format!(
                    "The publication date is {publication}, the on-sale date {}.",
                    words::short_date(self.view.launch.on_sale)
                )
            },
        )
    }

    pub(super) fn enabled_on(&self) -> Piece {
        fact(
            self.enabled().map(words::short_date),
            "the date on which you enabled distribution",
        )
    }

    /// What the stores of the finding have shown, a sentence each.
    pub(super) fn shown_there(&self) -> impl Iterator<Item = Piece> {
        self.concerned()
            .into_iter()
            .filter_map(|listing| self.shown(listing))
            .map(Piece::Said)
            .collect::<Vec<_>>()
            .into_iter()
    }

    /// "B&N (…) and Bookshop.org (…) list it for pre-order with that date.", where it is so.
    pub(super) fn others_take_orders(&self) -> Option<Piece> {
        let sentence = |passes: fn(Availability) -> bool, does: (&str, &str)| {
            let found = self.others(passes);
            if found.is_empty() {
                return None;
            }
            let dated = found
                .iter()
                .all(|(_, spell)| spell.says.date == Some(self.view.launch.publication));
            let names = found.iter().map(|(one, _)| self.with_address(one));
            let names = words::list(names);
            let does = if found.len() == 1 { does.0 } else { does.1 };
            let tail = if dated { " with the right date" } else { "" };
            Some(format!("{names} {does}{tail}."))
        };
        let sentences: Vec<String> = [
            sentence(
                |state| state == Availability::PreOrder,
                ("takes pre-orders", "take pre-orders"),
            ),
            sentence(Availability::is_released, ("sells it", "sell it")),
        ]
        .into_iter()
        .flatten()
        .collect();
        (!sentences.is_empty()).then(|| said(sentences.join(" ")))
    }

    /// What an account usually shows, less what the notes contradict.
    pub(super) fn account_is_in_order(&self) -> Piece {
        let changed = self.noted(|kind| {
            matches!(
                kind,
                NoteKind::RevisionStarted | NoteKind::RevisionDone | NoteKind::DateChanged { .. }
            )
        });
        let status = "The title status in my account is Title Available";
        Piece::OnlyIfTrue(match changed {
            Some(at) => format!(
                "{status}; my last change of files or dates was on {}.",
                self.day(at)
            ),
            None => format!("{status}, and I have made no file or date changes since enabling it."),
        })
    }
}
