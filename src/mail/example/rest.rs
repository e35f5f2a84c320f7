//! The invented digest and the invented notices.

use jiff::SignedDuration;
use jiff::civil::date;

use super::{Example, finding, half_blind, listing, moment, spell, stuck};
use crate::book::{Availability, IsbnError};
use crate::history::View;
use crate::judge::{Finding, Severity};
use crate::mail::digest::{Item, digest};
use crate::mail::notice::{Late, missed, notice};
use crate::mail::{Desk, Letter};

pub(super) fn letters(desk: &Desk<'_>) -> Result<Vec<Example>, IsbnError> {
    let mut letters = vec![
        example("digest", "once a week", weekly(desk)?),
        example(
            "line-down",
            "no store could be reached",
            notice(desk, &line_down(), moment(0)),
        ),
    ];
    let late = [
        (72, "Watch: Bookshop.org's page could not be read"),
        (30, "Act: Amazon shows \"Currently unavailable\""),
    ]
    .map(|(hours, subject)| Late {
        written: moment(-hours),
        subject: subject.to_owned(),
    });
    if let Some(letter) = missed(desk, &late, moment(0)) {
        letters.push(example("mail-was-late", "mail goes out again", letter));
    }
    Ok(letters)
}

fn example(name: &'static str, about: &'static str, letter: Letter) -> Example {
    Example {
        name,
        about,
        letter,
    }
}

fn weekly(desk: &Desk<'_>) -> Result<Letter, IsbnError> {
    let mut blind = half_blind()?;
    "A Field Guide to Tides".clone_into(&mut blind.edition.title);
    blind.edition.isbn = "9781944098223".parse()?;
    let items = [
        Item {
            view: old_title()?,
            findings: Vec::new(),
            lines: Vec::new(),
        },
        Item {
            view: blind,
            findings: vec![finding(Severity::Watch)],
            lines: vec![
                "Barnes & Noble was out of stock for 3 hours on Mon 25 January, and came back by \
                 itself."
                    .to_owned(),
            ],
        },
        Item {
            view: stuck()?,
            findings: vec![finding(Severity::Act)],
            lines: Vec::new(),
        },
    ];
    Ok(digest(desk, None, &items, moment(0)))
}

/// A book that has been out for years.
fn old_title() -> Result<View, IsbnError> {
    let mut view = stuck()?;
    "The Lamplighter's Almanac".clone_into(&mut view.edition.title);
    view.edition.isbn = "9780132350884".parse()?;
    view.edition.publication_date = date(2022, 3, 5);
    view.edition.on_sale_date = date(2022, 3, 5);
    view.listings = ["amazon.com", "barnesandnoble.com"]
        .map(|store| {
            let spells = vec![spell(Availability::InStock, "In Stock", -4000, None)];
            listing(store, "https://example.com/9780132350884", spells)
        })
        .into();
    Ok(view)
}

fn line_down() -> Finding {
    Finding {
        rule: "line-down",
        stores: Vec::new(),
        severity: Severity::Watch,
        since: moment(0) - SignedDuration::from_hours(14),
        headline: "No store could be reached".to_owned(),
        verdict: "No store has answered for 14 hours, so it is probably our own line. Nothing is \
                  known of any page in that time, and nothing is taken as changed."
            .to_owned(),
        usual: None,
        act_from: None,
        next_step: "Check this machine's network. Watching goes on by itself when it is back."
            .to_owned(),
        ask: None,
        text: None,
    }
}
