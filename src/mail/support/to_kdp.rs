//! The texts D, E and F, to KDP.

use super::pieces::{complete, fact, paragraph, said, screenshot, text};
use super::{Case, Piece, ReadyText};
use crate::book::{Availability, Edition, Family, Format, NoteKind};
use crate::mail::words;

/// D: to KDP.
pub(super) fn kdp_not_live(case: &Case<'_>) -> ReadyText {
    let edition = &case.view.edition;
    let published = case
        .noted(|kind| *kind == NoteKind::KdpPublished)
        .map(|at| format!("{} GMT", at.strftime("%-d %B %Y, %H:%M")));
    let subject_date = published
        .clone()
        .map_or_else(String::new, |at| format!(" on {at}"));
    let at_amazon = case
        .concerned()
        .into_iter()
        .filter(|listing| listing.store.family() == Family::Amazon);
    let marketplaces: Vec<&str> = at_amazon
        .clone()
        .map(|listing| listing.store.as_str())
        .collect();
    let was_pre_order = at_amazon
        .flat_map(|listing| &listing.spells)
        .any(|spell| spell.is_confirmed() && spell.availability == Availability::PreOrder);
    let proof = planned_change_of_printer(was_pre_order && edition.distribution.is_ingram_fed());
    let isbn10 = case
        .isbn10()
        .map_or_else(String::new, |isbn| format!(", ISBN-10 {isbn}"));
    text(
        Some(format!(
            "{} {} submitted{subject_date}: not available after 72 hours",
            capital(edition.format.name()),
            case.isbn()
        )),
        [
            paragraph([
                said(format!(
                    "Hello, this is about the {}{isbn10}, at",
                    case.book()
                )),
                fact(
                    (!marketplaces.is_empty()).then(|| words::list(&marketplaces)),
                    "the Amazon marketplace",
                ),
                said("."),
                said("The ebook's ASIN is"),
                complete("the ASIN; leave this sentence out if there is no ebook"),
                said("."),
            ]),
            paragraph(
                [
                    said("I clicked Publish on"),
                    fact(published, "date and time, in GMT"),
                    said("."),
                    said("The Bookshelf status is"),
                    complete("the status, in its exact words"),
                    said("."),
                ]
                .into_iter()
                .chain(case.shown_there())
                .chain([screenshot()])
                .chain(proof),
            ),
            paragraph([said(when_to_order(edition))]),
        ],
    )
}

fn when_to_order(edition: &Edition) -> String {
    format!(
        "Could you tell me whether a review or a question about the rights is open, and when the \
         {} should become available to order? My publication date is {}. Thank you.",
        edition.format.name(),
        words::short_date(edition.publication_date)
    )
}

fn planned_change_of_printer(was_on_pre_order_through_ingram: bool) -> Vec<Piece> {
    let own = Piece::OnlyIfTrue("I own the ISBN.".to_owned());
    let planned = said(
        "The same ISBN was listed for pre-order through Ingram before publication; this is the \
         planned change of printer.",
    );
    if was_on_pre_order_through_ingram {
        vec![planned, own]
    } else {
        vec![own]
    }
}

/// E: the answer to KDP's own mail.
pub(super) fn rights_query(case: &Case<'_>) -> ReadyText {
    let edition = &case.view.edition;
    // An imprint in the configuration need not be the one that the ISBN agency has on its list.
    let registered = edition.imprint.as_ref().map_or_else(
        || "the name it is registered to".to_owned(),
        |imprint| {
            format!(
                "the name it is registered to, perhaps {}",
                words::clipped(imprint, 100)
            )
        },
    );
    let mut sold = Vec::new();
    if let (true, Some(date)) = (edition.distribution.is_ingram_fed(), case.enabled()) {
        sold.push(said(format!(
            "The same edition has been distributed through {} since {}.",
            edition.distribution.label(),
            words::short_date(date)
        )));
        sold.push(Piece::Attach(
            "the confirmation from that account".to_owned(),
        ));
    }
    sold.push(Piece::Attach(
        "what proves your rights: copyright registration, invoices for editing and cover, a \
         signed statement, or the letter that gave the rights back"
            .to_owned(),
    ));
    sold.push(Piece::OnlyIfTrue(
        "My website shows the book, and this e-mail address is the one given there.".to_owned(),
    ));
    text(
        None,
        [
            paragraph([
                Piece::OnlyIfTrue(format!(
                    "I am the author and publisher of {} and hold all rights.",
                    case.title()
                )),
                said(format!("ISBN {} is registered to", case.isbn())),
                complete(registered),
                said("at"),
                complete("the ISBN agency"),
                said("."),
                Piece::Attach("a screenshot of your ISBN account".to_owned()),
            ]),
            paragraph(sold),
            paragraph([said(format!(
                "Please let me know if you need a different document. My publication date is {}.",
                words::short_date(edition.publication_date)
            ))]),
        ],
    )
}

/// F: to KDP, not before the eighth day.
pub(super) fn formats_not_linked(case: &Case<'_>) -> ReadyText {
    let edition = &case.view.edition;
    let own = match (edition.format, case.isbn10()) {
        (Format::Ebook, _) => format!("ebook {}", case.isbn()),
        (format, Some(isbn10)) => format!("{} ISBN-10 {isbn10} ({})", format.name(), case.isbn()),
        (format, None) => format!("{} ISBN-13 {}", format.name(), case.isbn()),
    };
    let pages = case
        .concerned()
        .into_iter()
        .map(|listing| words::one_line(&listing.address))
        .collect::<Vec<_>>()
        .join(", ");
    text(
        None,
        [
            paragraph([
                said(format!(
                    "Please link the editions of {}: {own} and",
                    case.title()
                )),
                complete("the other editions: Kindle ASIN, ISBN-10 of the print books"),
                said("."),
            ]),
            paragraph([
                Piece::OnlyIfTrue(
                    "All are live in my account, and title, subtitle, author, contributors, \
                     edition and language are identical."
                        .to_owned(),
                ),
                said("They have been live since"),
                complete("the dates"),
                said("."),
                said(format!("Pages: {pages},")),
                complete("the pages of the other editions"),
            ]),
        ],
    )
}

fn capital(word: &str) -> String {
    let mut characters = word.chars();
    characters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(characters).collect()
    })
}
