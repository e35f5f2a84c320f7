//! The invented digest and the invented notices.

use jiff::SignedDuration;
use jiff::civil::{Date, date};
use jiff::tz::TimeZone;
use ring::hmac;

use super::{
    Example, finding, half_blind, listing, moment, news, recovered, spell, stuck, telling,
};
use crate::alerts::Occasion;
use crate::book::{Availability, ConfiguredDates, EditionIdError, Launch, StoreId};
use crate::config::plan::Author;
use crate::history::View;
use crate::judge::kind::{Behind, LaunchState};
use crate::judge::{Finding, FindingKind, NextStep, Severity, Task};
use crate::mail::addressee::desk_for;
use crate::mail::book::Topic;
use crate::mail::digest::{Item, digest};
use crate::mail::letter::compose;
use crate::mail::notice::{Late, missed, notice};
use crate::mail::{Desk, Letter};

pub(super) fn letters(desk: &Desk<'_>) -> Result<Vec<Example>, EditionIdError> {
    let mut letters = vec![
        example("digest", "once a week", weekly(desk, None)?),
        example(
            "digest-of-a-client",
            "once a week, for a client of an imprint",
            weekly(desk, Some("Gull House"))?,
        ),
        example(
            "line-down",
            "no store could be reached",
            notice(desk, &line_down(), moment(0)),
        ),
    ];
    let report = launch_report(desk)?;
    let copy = copy(desk)?;
    letters.extend(report.map(|letter| example("launch-report", "a day after the date", letter)));
    letters.extend(copy.map(|letter| example("copy", "something to do, for a publicist", letter)));
    letters.extend(with_a_page(desk)?);
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

fn weekly(desk: &Desk<'_>, client: Option<&str>) -> Result<Letter, EditionIdError> {
    let mut blind = half_blind()?;
    "A Field Guide to Tides".clone_into(&mut blind.edition.title);
    blind.edition.id = "9781944098223".parse()?;
    let items = [
        Item {
            view: old_title()?,
            findings: Vec::new(),
            outlooks: Vec::new(),
            lines: Vec::new(),
        },
        Item {
            view: blind,
            findings: vec![finding(Severity::Watch)],
            outlooks: Vec::new(),
            lines: vec![
                "Barnes & Noble was out of stock for 3 hours on Mon 25 January, and came back by \
                 itself."
                    .to_owned(),
            ],
        },
        Item {
            view: stuck()?,
            findings: vec![finding(Severity::Act)],
            outlooks: Vec::new(),
            lines: Vec::new(),
        },
    ];
    Ok(digest(desk, client, &items, moment(0)))
}

/// As if it had been configured for another day.
fn redate(view: &mut View, date: Date) {
    let (.., enabled) = view.edition.dates.as_written();
    view.edition.dates = ConfiguredDates::new(date, None, enabled);
    view.launch = Launch::new(&view.edition, &view.notes, &TimeZone::UTC);
}

/// The day after the date: two stores sell it, one is behind.
fn launch_report(desk: &Desk<'_>) -> Result<Option<Letter>, EditionIdError> {
    let mut view = recovered()?;
    redate(&mut view, date(2027, 1, 27));
    for listing in view.listings.iter_mut().take(2) {
        if let Some(last) = listing.spells.last_mut() {
            last.until = Some(moment(-28));
            last.says.date = Some(date(2027, 1, 27));
        }
        listing
            .spells
            .push(spell(Availability::InStock, "In Stock", -28, None));
    }
    if let Some(last) = view
        .listings
        .last_mut()
        .and_then(|one| one.spells.last_mut())
    {
        last.says.date = Some(date(2027, 1, 27));
    }
    let state = LaunchState {
        selling: vec![
            StoreId::new("amazon.com"),
            StoreId::new("barnesandnoble.com"),
        ],
        behind: vec![Behind {
            store: StoreId::new("bookshop.org"),
            state: Availability::PreOrder,
            since: moment(-13 * 24),
        }],
        unseen: Vec::new(),
        to_act_on: Vec::new(),
        is_settled: false,
    };
    let mut finding = news(FindingKind::LaunchReportDay(state), &[]);
    finding.next = NextStep::Wait { until: None };
    let told = [telling(Occasion::News, finding)];
    Ok(compose(desk, &[Topic::new(&view, &told)], moment(0)))
}

/// The letter with something to do, as a publicist gets it.
fn copy(desk: &Desk<'_>) -> Result<Option<Letter>, EditionIdError> {
    let reader = Author {
        name: "Pat Lund".to_owned(),
        email: "press@example.com".to_owned(),
        zone: desk.author.zone.clone(),
    };
    let desk = desk_for(desk, &reader, &[]);
    let told = [telling(Occasion::Opened, finding(Severity::Act))];
    Ok(compose(&desk, &[Topic::new(&stuck()?, &told)], moment(0)))
}

/// What is to be done, where the page has an address: first, and as a reminder.
fn with_a_page(desk: &Desk<'_>) -> Result<impl Iterator<Item = Example>, EditionIdError> {
    let signs = hmac::Key::new(hmac::HMAC_SHA256, &[7; 32]);
    let desk = Desk {
        site: Some("https://books.example.com"),
        signs: Some(&signs),
        ..*desk
    };
    let view = stuck()?;
    let both = [
        ("act-with-a-page", Occasion::Opened),
        ("reminder-with-a-page", Occasion::Reminded),
    ]
    .map(|(name, occasion)| {
        let told = [telling(occasion, finding(Severity::Act))];
        let letter = compose(&desk, &[Topic::new(&view, &told)], moment(0));
        let about = "the same, where `address` in [web] says where the page is";
        letter.map(|letter| example(name, about, letter))
    });
    Ok(both.into_iter().flatten())
}

/// A book that has been out for years.
fn old_title() -> Result<View, EditionIdError> {
    let mut view = stuck()?;
    "The Lamplighter's Almanac".clone_into(&mut view.edition.title);
    view.edition.id = "9780132350884".parse()?;
    redate(&mut view, date(2022, 3, 5));
    view.listings = ["amazon.com", "barnesandnoble.com"]
        .map(|store| {
            let spells = vec![spell(Availability::InStock, "In Stock", -4000, None)];
            listing(store, "https://example.com/9780132350884", spells)
        })
        .into();
    Ok(view)
}

fn line_down() -> Finding {
    let since = moment(0) - SignedDuration::from_hours(14);
    Finding::new(FindingKind::LineDown { hours: 14 }, Vec::new(), since).to_do(Task::CheckNetwork)
}
