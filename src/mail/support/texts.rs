//! The eight texts. Each says what is asked, from which facts, and what only the author knows.

use super::{Case, Paragraph, Piece, ReadyText};
use crate::book::{Availability, Edition, Family, Format, Isbn10, NoteKind};
use crate::mail::words;

fn said(text: impl Into<String>) -> Piece {
    Piece::Said(text.into())
}

fn complete(what: impl Into<String>) -> Piece {
    Piece::Complete(what.into())
}

fn screenshot() -> Piece {
    Piece::Attach("a screenshot of the page, with the date".to_owned())
}

/// A fact, or the request to fill it in.
fn fact(known: Option<String>, what: &str) -> Piece {
    known.map_or_else(|| complete(what), Piece::Said)
}

fn paragraph(pieces: impl IntoIterator<Item = Piece>) -> Paragraph {
    pieces.into_iter().collect()
}

fn text(subject: Option<String>, paragraphs: impl IntoIterator<Item = Paragraph>) -> ReadyText {
    ReadyText {
        subject,
        paragraphs: paragraphs
            .into_iter()
            .filter(|paragraph| !paragraph.is_empty())
            .collect(),
    }
}

impl Case<'_> {
    fn isbn(&self) -> &str {
        self.view.edition.isbn.as_str()
    }

    fn isbn10(&self) -> Option<String> {
        self.view
            .edition
            .isbn
            .to_isbn10()
            .as_ref()
            .map(Isbn10::to_string)
    }

    /// The stores of the finding in one phrase, as "Amazon and Bookshop.org".
    fn where_it_is(&self) -> String {
        let labels: Vec<String> = self
            .concerned()
            .into_iter()
            .map(|listing| self.label(listing))
            .collect();
        words::list(&labels.iter().map(String::as_str).collect::<Vec<_>>())
    }

    /// "Paperback 978…, “Title” by Author".
    fn book(&self) -> String {
        let edition = &self.view.edition;
        let by = edition
            .author
            .as_ref()
            .map(|author| format!(" by {}", words::clipped(author, 100)))
            .unwrap_or_default();
        format!(
            "{} {}, {}{by}",
            edition.format.name(),
            self.isbn(),
            self.title()
        )
    }

    fn imprint(&self, what: &str) -> Piece {
        let imprint = self.view.edition.imprint.as_ref();
        fact(imprint.map(|name| words::clipped(name, 100)), what)
    }

    fn dates(&self) -> Piece {
        let edition = &self.view.edition;
        let publication = words::short_date(edition.publication_date);
        said(if edition.publication_date == edition.on_sale_date {
            format!("Publication and on-sale date are both {publication}.")
        } else {
            format!(
                "The publication date is {publication}, the on-sale date {}.",
                words::short_date(edition.on_sale_date)
            )
        })
    }

    fn enabled_on(&self) -> Piece {
        fact(
            self.enabled().map(words::short_date),
            "the date on which you enabled distribution",
        )
    }

    /// What the stores of the finding have shown, a sentence each.
    fn shown_there(&self) -> impl Iterator<Item = Piece> {
        self.concerned()
            .into_iter()
            .filter_map(|listing| self.shown(listing))
            .map(Piece::Said)
            .collect::<Vec<_>>()
            .into_iter()
    }

    /// "B&N (…) and Bookshop.org (…) list it for pre-order with that date.", where it is so.
    fn others_take_orders(&self) -> Option<Piece> {
        let sentence = |passes: fn(Availability) -> bool, does: (&str, &str)| {
            let found = self.others(passes);
            if found.is_empty() {
                return None;
            }
            let dated = found
                .iter()
                .all(|(_, spell)| spell.says.date == Some(self.view.edition.publication_date));
            let names: Vec<String> = found
                .iter()
                .map(|(listing, _)| self.with_address(listing))
                .collect();
            let names = words::list(&names.iter().map(String::as_str).collect::<Vec<_>>());
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
    fn account_is_in_order(&self) -> Piece {
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

/// A: to the distributor.
pub(super) fn resend_unavailable(case: &Case<'_>) -> ReadyText {
    let place = case.where_it_is();
    let isbn = case.isbn();
    let others = case.others_take_orders();
    let tail = if others.is_some() {
        ", other stores take orders"
    } else {
        ""
    };
    text(
        Some(format!(
            "Please re-send {isbn} to {place}: shown as unavailable{tail}"
        )),
        [
            paragraph([
                said("Hello, I am the account holder for"),
                case.imprint("the name of your account or imprint"),
                said(format!(
                    ". The {}, was enabled for distribution on",
                    case.book()
                )),
                case.enabled_on(),
                said("."),
                case.dates(),
            ]),
            paragraph(
                others
                    .into_iter()
                    .chain(case.shown_there())
                    .chain([screenshot(), case.account_is_in_order()]),
            ),
            paragraph([said(format!(
                "Could you confirm that the record sent to {place} carries the right publication \
                 date and an orderable status, and re-send it? If something on my side blocks it, \
                 please tell me what to change. Thank you."
            ))]),
        ],
    )
}

/// B: to the distributor.
pub(super) fn not_listed(case: &Case<'_>) -> ReadyText {
    let place = case.where_it_is();
    let isbn = case.isbn();
    let today = case.date_of(case.now);
    let days = case
        .enabled()
        .and_then(|date| date.until(today).ok())
        .map(|span| i64::from(span.get_days()));
    let late = days.map_or_else(String::new, |days| {
        format!(", {} after enabling", words::count(days, "day"))
    });
    let missing = case.concerned().into_iter().filter_map(|listing| {
        let spell = listing.confirmed()?;
        let is_missing = spell.availability == Availability::NotListed && spell.until.is_none();
        let seen = words::short_date(case.date_of(spell.last_seen));
        is_missing.then(|| {
            said(format!(
                "On {seen} {} had no page for this ISBN.",
                case.label(listing)
            ))
        })
    });
    let price = case.view.edition.list_price.as_ref();
    text(
        Some(format!("{isbn} not listed at {place}{late}")),
        [
            paragraph([
                said(format!(
                    "Hello, this is about the {}, enabled for distribution on",
                    case.book()
                )),
                case.enabled_on(),
                said("."),
                case.dates(),
            ]),
            paragraph(missing.chain(case.others_take_orders())),
            paragraph([
                said(format!(
                    "Could you tell me whether {place} receives this title in your feed, and if \
                     so re-send it? I know that each store decides what to list; I only want to \
                     be sure that the record is complete: cover, price"
                )),
                fact(price.map(ToString::to_string), "your list price"),
                said(", discount"),
                complete("your wholesale discount"),
                said(", returns"),
                complete("yes or no"),
                said(". Thank you."),
            ]),
        ],
    )
}

/// C: to the distributor, and after the switch to KDP.
pub(super) fn wrong_date(case: &Case<'_>) -> ReadyText {
    let edition = &case.view.edition;
    let right = words::short_date(edition.publication_date);
    let shown = case.concerned().into_iter().filter_map(|listing| {
        let spell = listing.now()?;
        let place = case.with_address(listing);
        let state = spell.availability.word().to_lowercase();
        Some(said(match spell.says.date {
            Some(date) if date != edition.publication_date => format!(
                "{place} shows {} and the state “{state}” ({}).",
                words::short_date(date),
                words::clipped(&spell.says.words, 200)
            ),
            _ => format!(
                "{place} shows “{}”, as if it were out already.",
                words::clipped(&spell.says.words, 200)
            ),
        }))
    });
    let moved = case.view.notes.iter().rev().find_map(|note| {
        if let NoteKind::DateChanged { to } = note.kind {
            Some((to, note.at))
        } else {
            None
        }
    });
    let moved = moved.into_iter().flat_map(|(to, at)| {
        [
            said("Earlier the date was"),
            complete("the earlier date"),
            said(format!(
                ", and I moved it to {} on {}.",
                words::short_date(to),
                case.day(at)
            )),
        ]
    });
    text(
        Some(format!(
            "Wrong publication date at {} for {}: should be {right}",
            case.where_it_is(),
            case.isbn()
        )),
        [
            paragraph([
                said(format!("Hello, this is about the {}.", case.book())),
                case.dates(),
            ]),
            paragraph(shown.chain([screenshot()]).chain(moved)),
            paragraph([said(
                "Could you check which date is in the record that the stores hold, correct it, \
                 and send it out again? Please tell me whether any copies have been ordered or \
                 shipped, since that decides whether I can keep this ISBN. Thank you.",
            )]),
        ],
    )
}

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

/// G: to Barnes & Noble's title desk.
pub(super) fn barnes_noble_fault(case: &Case<'_>) -> ReadyText {
    let edition = &case.view.edition;
    let ahead = case.date_of(case.now) < edition.publication_date;
    let right = if ahead {
        format!(
            "a pre-order, for {}",
            words::short_date(edition.publication_date)
        )
    } else {
        "an Add to Cart button".to_owned()
    };
    let printed_to_order = edition.distribution.is_ingram_fed() && edition.format != Format::Ebook;
    let rule = printed_to_order.then(|| {
        said(
            "It is a print-on-demand title from Ingram. Your help page on out-of-stock titles \
             says that such titles should always show an Add to Cart button, and that titles with \
             a future date are generally available for pre-order.",
        )
    });
    text(
        Some(format!(
            "{}: wrong availability on the product page",
            case.isbn()
        )),
        [
            paragraph(
                [said(format!("Hello, this is about the {}.", case.book()))]
                    .into_iter()
                    .chain(case.shown_there())
                    .chain([said(format!("It should show {right}."))])
                    .chain(rule),
            ),
            paragraph([
                Piece::OnlyIfTrue("I am the publisher.".to_owned()),
                said("The imprint is"),
                case.imprint("your imprint"),
                said("."),
                Piece::Attach("the cover, and the data of the title".to_owned()),
                said("Could you correct the page? Thank you."),
            ]),
        ],
    )
}

/// H: to the distributor.
pub(super) fn stale_metadata(case: &Case<'_>) -> ReadyText {
    let place = case.where_it_is();
    let changed =
        case.noted(|kind| matches!(kind, NoteKind::RevisionDone | NoteKind::RevisionStarted));
    let pages = case
        .concerned()
        .into_iter()
        .map(|listing| case.with_address(listing))
        .collect::<Vec<_>>();
    let pages = words::list(&pages.iter().map(String::as_str).collect::<Vec<_>>());
    let weeks = changed.map(|at| case.now.duration_since(at).as_hours() / (24 * 7));
    let late = match weeks {
        Some(weeks @ 1..) => format!(", {} later", words::count(weeks, "week")),
        _ => String::new(),
    };
    text(
        Some(format!(
            "Please re-send {} to {place}: old data shown",
            case.isbn()
        )),
        [
            paragraph([
                said("Hello, I changed"),
                complete("what you changed: the cover, the description, the price"),
                said("on"),
                fact(changed.map(|at| case.day(at)), "the date"),
                said(format!("for the {}.", case.book())),
            ]),
            paragraph([
                said(format!("{pages} still shows the old state{late}.")),
                screenshot(),
                Piece::OnlyIfTrue("Other stores show the new one.".to_owned()),
            ]),
            paragraph([said(format!(
                "Could you re-send the record and the image to {place}? Thank you."
            ))]),
        ],
    )
}

fn capital(word: &str) -> String {
    let mut characters = word.chars();
    characters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(characters).collect()
    })
}
