//! The texts A, B, C and H, to the distributor, and G, to Barnes & Noble.

use super::pieces::{complete, fact, paragraph, said, screenshot, text};
use super::{Case, Piece, ReadyText};
use crate::book::{Availability, Making, NoteKind};
use crate::judge::{FindingKind, Party};
use crate::text::words;

/// A: to the distributor.
pub(super) fn resend_unavailable(case: &Case<'_>) -> ReadyText {
    let place = case.where_it_is();
    let number = case.number();
    let others = case.others_take_orders();
    let tail = if others.is_some() {
        ", other stores take orders"
    } else {
        ""
    };
    text(
        Some(format!(
            "Please re-send {number} to {place}: {}{tail}",
            case.how_shown()
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
#[expect(clippy::too_many_lines, reason = "one text, read from top to bottom")]
pub(super) fn not_listed(case: &Case<'_>) -> ReadyText {
    let place = case.where_it_is();
    let number = case.number();
    let today = case.date_of(case.now);
    let was_listed = matches!(case.finding.kind, FindingKind::Vanished { .. });
    let days = case
        .enabled()
        .filter(|_| !was_listed)
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
                "On {seen} {} had no page for this {}.",
                case.label(listing),
                case.view.edition.id.kind()
            ))
        })
    });
    let before = case
        .finding
        .pages
        .iter()
        .filter(|_| was_listed)
        .map(|page| {
            said(format!(
                "It was listed there until {}.",
                words::short_date(case.date_of(page.since))
            ))
        });
    let price = case.view.edition.list_price.as_ref();
    let mut record = vec![
        said(format!(
            "Could you tell me whether {place} receives this title in your feed, and if so re-send \
             it? I know that each store decides what to list; I only want to be sure that the \
             record is complete: cover, price"
        )),
        fact(price.map(ToString::to_string), "your list price"),
    ];
    if case.view.launch.making == Making::Digital {
        record.push(said(", territories"));
    } else {
        record.extend([
            said(", discount"),
            complete("your wholesale discount"),
            said(", returns"),
            complete("yes or no"),
        ]);
    }
    record.push(said(". Thank you."));
    text(
        Some(if was_listed {
            format!("{number} is no longer listed at {place}")
        } else {
            format!("{number} not listed at {place}{late}")
        }),
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
            paragraph(missing.chain(before).chain(case.others_take_orders())),
            record,
        ],
    )
}

/// C: to the distributor, and after the switch to KDP.
pub(super) fn wrong_date(case: &Case<'_>) -> ReadyText {
    let right = words::short_date(case.view.launch.publication);
    let shown = case.concerned().into_iter().filter_map(|listing| {
        let spell = listing.now()?;
        let place = case.with_address(listing);
        let state = spell.availability.word().to_lowercase();
        let (shows, when) = match listing.seen(case.now) {
            Some(_) => ("shows", String::new()),
            None => ("showed", format!(" on {}", case.day(spell.last_seen))),
        };
        Some(said(match spell.says.date {
            Some(date) if date != case.view.launch.publication => format!(
                "{place} {shows} {} and the state “{state}” ({}){when}.",
                words::short_date(date),
                words::clipped(&spell.says.words, 200)
            ),
            _ => format!(
                "{place} {shows} “{}”{when}, as if it were out already.",
                words::clipped(&spell.says.words, 200)
            ),
        }))
    });
    let launch = &case.view.launch;
    let moved = launch.moved.into_iter().flat_map(|moved| {
        [
            said("Earlier the date was"),
            fact(moved.from.map(words::short_date), "the earlier date"),
            said(format!(
                ", and I moved it to {right} on {}.",
                case.day(moved.at)
            )),
        ]
    });
    text(
        Some(format!(
            "Wrong publication date at {} for {}: should be {right}",
            case.where_it_is(),
            case.number()
        )),
        [
            paragraph([
                said(format!("Hello, this is about the {}.", case.book())),
                case.dates(),
            ]),
            paragraph(shown.chain([screenshot()]).chain(moved)),
            paragraph([said(if case.finding.ask() == Some(Party::Kdp) {
                "Could you correct the publication date of the page, or tell me which setting of \
                 mine makes it show this one? Thank you."
            } else if case.view.edition.id.isbn().is_some() {
                "Could you check which date is in the record that the stores hold, correct it, \
                 and send it out again? Please tell me whether any copies have been ordered or \
                 shipped, since that decides whether I can keep this ISBN. Thank you."
            } else {
                "Could you check which date is in the record that the stores hold, correct it, \
                 and send it out again? Thank you."
            })]),
        ],
    )
}

/// G: to Barnes & Noble's title desk.
pub(super) fn barnes_noble_fault(case: &Case<'_>) -> ReadyText {
    let edition = &case.view.edition;
    let ahead = case.date_of(case.now) < case.view.launch.publication;
    let right = if ahead {
        format!(
            "a pre-order, for {}",
            words::short_date(case.view.launch.publication)
        )
    } else {
        "an Add to Cart button".to_owned()
    };
    let printed_to_order =
        edition.distribution.is_ingram_fed() && case.view.launch.making == Making::OnDemand;
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
            case.number()
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
    let pages = case.concerned().into_iter();
    let pages = words::list(pages.map(|listing| case.with_address(listing)));
    let last_seen = case.last_seen();
    let weeks = changed.map(|at| case.now.duration_since(at).as_hours() / (24 * 7));
    let late = match weeks {
        Some(weeks @ 1..) => format!(", {} later", words::count(weeks, "week")),
        _ => String::new(),
    };
    text(
        Some(format!(
            "Please re-send {} to {place}: old data shown",
            case.number()
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
                said(if last_seen.is_empty() {
                    format!("{pages} still shows the old state{late}.")
                } else {
                    format!("{pages} showed the old state{last_seen}.")
                }),
                screenshot(),
                Piece::OnlyIfTrue("Other stores show the new one.".to_owned()),
            ]),
            paragraph([said(format!(
                "Could you re-send the record and the image to {place}? Thank you."
            ))]),
        ],
    )
}
