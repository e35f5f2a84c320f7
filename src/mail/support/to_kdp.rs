//! The texts D, E and F, to KDP.

use super::pieces::{complete, fact, paragraph, said, screenshot, text};
use super::{Case, Paragraph, Piece, ReadyText};
use crate::book::{Asin, Availability, Edition, EditionId, Family, Making, NoteKind};
use crate::judge::FindingKind;
use crate::text::words;

/// D: to KDP, when it is not live, and in other words when it was and is no longer sold as it was.
#[expect(clippy::too_many_lines, reason = "one text, read from top to bottom")]
pub(super) fn kdp_not_live(case: &Case<'_>) -> ReadyText {
    let edition = &case.view.edition;
    let published = case
        .noted(|kind| matches!(kind, NoteKind::KdpPublished { .. }))
        .map(|at| format!("{} GMT", at.strftime("%-d %B %Y, %H:%M")));
    let subject_date = published
        .clone()
        .map_or_else(String::new, |at| format!(" on {at}"));
    let at_amazon = case
        .concerned()
        .into_iter()
        .filter(|listing| listing.store.family() == Family::Amazon);
    let is_new = matches!(
        case.finding.kind,
        FindingKind::KdpNotLive(_) | FindingKind::KdpPastOuterLimit(_)
    );
    let was_live = !is_new
        && at_amazon
            .clone()
            .flat_map(|listing| &listing.spells)
            .any(|spell| spell.is_confirmed() && spell.availability.is_released());
    let marketplaces: Vec<&str> = at_amazon
        .clone()
        .map(|listing| listing.store.as_str())
        .collect();
    let marketplaces = (!marketplaces.is_empty()).then(|| words::list(&marketplaces));
    let was_pre_order = at_amazon
        .flat_map(|listing| &listing.spells)
        .any(|spell| spell.is_confirmed() && spell.availability == Availability::PreOrder);
    let proof = if case.view.launch.making == Making::Digital || edition.id.isbn().is_none() {
        Vec::new()
    } else {
        planned_change_of_printer(was_pre_order && edition.distribution.is_ingram_fed())
    };
    let is_gone = matches!(case.finding.kind, FindingKind::KindlePageGone { .. });
    let trouble = if is_gone {
        ": the page is gone before its publication date".to_owned()
    } else if was_live {
        format!(" at Amazon: {}", case.how_shown())
    } else {
        format!(" submitted{subject_date}: not available after 72 hours")
    };
    text(
        Some(format!(
            "{} {}{trouble}",
            words::capital(edition.format.word()),
            case.number()
        )),
        [
            greeting(case, marketplaces),
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
            paragraph([said(if was_live {
                sold_as_before(edition)
            } else {
                when_to_order(case)
            })]),
        ],
    )
}

fn greeting(case: &Case<'_>, marketplaces: Option<String>) -> Paragraph {
    if case.view.launch.making == Making::Digital {
        return paragraph([
            said(format!("Hello, this is about the {}, at", case.book())),
            fact(marketplaces, "the Amazon marketplace"),
            said(". Its ASIN is"),
            fact(case.view.edition.asin().map(Asin::to_string), "the ASIN"),
            said("."),
        ]);
    }
    let isbn10 = case
        .isbn10()
        .map_or_else(String::new, |isbn10| format!(", ISBN-10 {isbn10}"));
    paragraph([
        said(format!(
            "Hello, this is about the {}{isbn10}, at",
            case.book()
        )),
        fact(marketplaces, "the Amazon marketplace"),
        said("."),
        said("The ebook's ASIN is"),
        complete("the ASIN; leave this sentence out if there is no ebook"),
        said("."),
    ])
}

fn sold_as_before(edition: &Edition) -> String {
    format!(
        "It was on sale there before. Could you tell me whether a review or a question about the \
         rights is open, and what has to happen for the {} to be sold as before? Thank you.",
        edition.format.word(),
    )
}

fn when_to_order(case: &Case<'_>) -> String {
    format!(
        "Could you tell me whether a review or a question about the rights is open, and when the \
         {} should become available to order? My publication date is {}. Thank you.",
        case.view.edition.format.word(),
        words::short_date(case.view.launch.publication)
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
    let mut claim = vec![Piece::OnlyIfTrue(format!(
        "I am the author and publisher of {} and hold all rights.",
        case.title()
    ))];
    if let EditionId::Isbn(isbn) = &edition.id {
        claim.extend([
            said(format!("ISBN {isbn} is registered to")),
            complete(registered),
            said("at"),
            complete("the ISBN agency"),
            said("."),
            Piece::Attach("a screenshot of your ISBN account".to_owned()),
        ]);
    } else {
        claim.push(said(format!("It is {}.", case.book())));
    }
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
            paragraph(claim),
            paragraph(sold),
            paragraph([said(format!(
                "Please let me know if you need a different document. My publication date is {}.",
                words::short_date(case.view.launch.publication)
            ))]),
        ],
    )
}

/// F: to KDP, not before the eighth day. The other formats are named as far as they are known:
/// those of the book that are watched at a store of the finding.
pub(super) fn formats_not_linked(case: &Case<'_>) -> ReadyText {
    let edition = &case.view.edition;
    let own: Vec<_> = case.concerned();
    let siblings = || {
        let pages = case.view.siblings.iter().flat_map(|sibling| {
            let edition = &sibling.edition;
            sibling.pages.iter().map(move |page| (edition, page))
        });
        pages.filter(|(_, page)| own.iter().any(|listing| listing.store == page.store))
    };
    let mut editions = vec![number_of(edition)];
    for (other, _) in siblings() {
        let number = number_of(other);
        if !editions.contains(&number) {
            editions.push(number);
        }
    }
    let addresses = own.iter().map(|listing| listing.address.as_str());
    let addresses: Vec<String> = addresses
        .chain(siblings().map(|(_, page)| page.address.as_str()))
        .map(words::one_line)
        .collect();
    let is_known = 1 < editions.len();
    let editions = words::list(&editions);
    let pages = addresses.join(", ");
    let title = case.title();
    let (named, live, shown) = if is_known {
        (
            vec![said(format!("{editions}."))],
            vec![said(format!("{}.", case.day(case.finding.since)))],
            vec![said(format!("Pages: {pages}"))],
        )
    } else {
        let others = complete("the other editions, each with its number on its page at Amazon");
        (
            vec![said(format!("{editions} and")), others, said(".")],
            vec![complete("the dates"), said(".")],
            vec![
                said(format!("Pages: {pages},")),
                complete("the pages of the other editions"),
            ],
        )
    };
    let identical = Piece::OnlyIfTrue(
        "All are live in my account, and title, subtitle, author, contributors, edition and \
         language are identical."
            .to_owned(),
    );
    let linking = [said(format!("Please link the editions of {title}:"))];
    let since = [identical, said("They have been live since")];
    text(
        None,
        [
            paragraph(linking.into_iter().chain(named)),
            paragraph(since.into_iter().chain(live).chain(shown)),
        ],
    )
}

/// An edition as KDP knows it: print by its ISBN-10 where there is one, all else by its ASIN where
/// that is known.
fn number_of(edition: &Edition) -> String {
    let format = edition.format.word();
    match (edition.format.is_printed(), edition.id.to_isbn10()) {
        (false, _) => match edition.asin() {
            Some(asin) => format!("{format} ASIN {asin}"),
            None => format!("{format} {}", edition.id),
        },
        (true, Some(isbn10)) => format!("{format} ISBN-10 {isbn10} ({})", edition.id),
        (true, None) if edition.id.isbn().is_some() => format!("{format} ISBN-13 {}", edition.id),
        (true, None) => format!("{format} {}", edition.id.named()),
    }
}
