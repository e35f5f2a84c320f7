//! Findings about the rest: prices, formats, covers, pages that cannot be read, and the calendar.

use super::{Voice, usual_words, verb};
use crate::book::Family;
use crate::judge::finding::{Finding, Task};
use crate::judge::kind::{Blindness, FindingKind, UnreadStore};
use crate::judge::other_ways;
use crate::judge::rules::by_hand::{HandDay, HandLook};
use crate::page::refused;
use crate::text::words;

/// Headline and verdict.
pub(super) fn said(finding: &Finding, voice: &Voice<'_>) -> (String, String) {
    let stores = &finding.stores;
    let names = voice.labels(stores);
    match &finding.kind {
        FindingKind::PageBeforeEnabling => (
            format!("{names} takes orders although distribution is not enabled"),
            format!(
                "{names}'s page takes orders since {}. You have not told us that distribution is \
                 enabled.",
                voice.day(finding.since),
            ),
        ),
        FindingKind::WrongProduct { address, words } => (
            format!("{names}'s address leads to another product"),
            format!(
                "At every look since {} the page at {address} was not of this {}: {words}.",
                voice.day(finding.since),
                voice.number(),
            ),
        ),
        FindingKind::PriceAboveList { price, list } => (
            format!("{names} asks {price}, above the list price"),
            format!(
                "{names}'s page has asked {price} since {}; your list price is {list}.",
                voice.day(finding.since)
            ),
        ),
        FindingKind::StaleCover { done } => stale(finding, "cover", *done, voice),
        FindingKind::StaleTitle { done } => stale(finding, "title", *done, voice),
        FindingKind::TwoPages => (
            format!("{names} has a second {} of it", voice.format()),
            format!(
                "{names}'s page offers two pages of one format, with different {}s. Are both \
                 yours?",
                voice.number()
            ),
        ),
        FindingKind::FormatsOutOfStep { behind } => (
            format!("{names} still offers the {behind} for pre-order"),
            format!(
                "The {} is on sale at {names} while the {behind} has been a pre-order since {}.",
                voice.format(),
                voice.day(finding.since),
            ),
        ),
        FindingKind::FormatsNotJoined { others } => {
            let others: Vec<&str> = others.iter().map(|format| format.name()).collect();
            let others = words::list(&others);
            let own = voice.format();
            (
                format!("{names} does not join the {own} and the {others}"),
                format!(
                    "Both have been on sale at {names} since {}, and the {own}'s page does not \
                     offer the {others}, nor the other way round.{}",
                    voice.day(finding.since),
                    usual_words(finding),
                ),
            )
        }
        FindingKind::Unread(blind) | FindingKind::UnreadWithOthers(blind) => {
            unread(finding, blind, voice)
        }
        FindingKind::StoresUnread { each } => stores_unread(finding, each, voice),
        FindingKind::LineDown { hours } => (
            "No store could be reached".to_owned(),
            format!(
                "No store has answered for {hours} hours, so it is probably our own line. Nothing \
                 is known of any page in that time, and nothing is taken as changed."
            ),
        ),
        FindingKind::LookByHand(look) => by_hand(look, &names, voice),
        FindingKind::Milestone { which, day } => which.milestone().map_or_else(
            || (String::new(), String::new()),
            |milestone| {
                let today = voice.now.to_zoned(voice.zone.clone()).date();
                let what = milestone.what_on(today, *day);
                let headline = format!("{what} ({})", words::short_date(*day));
                (headline, milestone.why.to_owned())
            },
        ),
        _ => (String::new(), String::new()),
    }
}

fn stale(
    finding: &Finding,
    what: &str,
    done: jiff::Timestamp,
    voice: &Voice<'_>,
) -> (String, String) {
    let stores = &finding.stores;
    let names = voice.labels(stores);
    let shows = verb(stores, "shows", "show");
    (
        format!("{names} still {shows} the old {what}"),
        format!(
            "You finished the revision on {}, and {names} still {shows} the old {what}.{}",
            voice.day(done),
            usual_words(finding),
        ),
    )
}

fn unread(finding: &Finding, blind: &Blindness, voice: &Voice<'_>) -> (String, String) {
    let names = voice.labels(&finding.stores);
    let last = blind.last_good.map_or_else(
        || "It has never been readable.".to_owned(),
        |good| {
            format!(
                "The last look that could read it was on {}.",
                voice.day(good)
            )
        },
    );
    let why = refused::explain(&blind.unread).unwrap_or_else(|| blind.unread.reason.words());
    if blind.last_good.is_none() {
        return (
            if voice.brief {
                format!("{names} never seen so far")
            } else {
                format!("We could not read {names}'s page at any look so far")
            },
            format!(
                "No look since {} could read it: {why}. Until one can, nobody knows how the book \
                 stands there; this says nothing about it. We go on trying, gently.",
                voice.moment(finding.since)
            ),
        );
    }
    let since = voice.day(finding.since);
    (
        if voice.brief {
            format!("{names} not seen since {since}")
        } else {
            format!("We could not read {names}'s page since {since}")
        },
        format!(
            "We could not read the page at any look since {}: {why}. {last} This says nothing about \
             the book; we keep what we knew, and go on trying, gently.",
            voice.moment(finding.since),
        ),
    )
}

fn stores_unread(finding: &Finding, each: &[UnreadStore], voice: &Voice<'_>) -> (String, String) {
    let pages: usize = each.iter().map(|store| store.pages).sum();
    let names = voice.labels(&finding.stores);
    let each: Vec<String> = each
        .iter()
        .map(|store| {
            let never = if store.is_never_read {
                " None was ever read, so nobody knows how the books stand there."
            } else {
                ""
            };
            format!(
                "At {}, {} of {} pages could not be read at any look since {}: {}.{never}",
                voice.label(&store.store),
                store.pages,
                store.of,
                voice.day(store.since),
                store.reason.words(),
            )
        })
        .collect();
    (
        format!("We could not read {pages} pages of {names}"),
        format!(
            "{} This says nothing about the books; we keep what we knew, and go on trying, gently.",
            each.join(" ")
        ),
    )
}

/// "Look at Amazon’s page yourself", and each page with its link.
fn by_hand(look: &HandLook, names: &str, voice: &Voice<'_>) -> (String, String) {
    let headline = match look.addresses.as_slice() {
        [_] => format!("Look at {names}'s page yourself"),
        _ => format!("Look at the pages of {names} yourself"),
    };
    let days = voice.edition.map(|(_, launch)| {
        let today = voice.now.to_zoned(voice.zone.clone()).date();
        i64::from((launch.publication - today).get_days())
    });
    let why = match (look.day, days) {
        (HandDay::Week, _) | (_, None) => {
            "You look there by hand, and it is time for the look of the week.".to_owned()
        }
        (_, Some(0)) => "It is out today. Does the page sell it yet?".to_owned(),
        (_, Some(ahead @ 1..)) => format!(
            "It is out in {}. Does the page take orders, and show the right date?",
            words::count(ahead, "day")
        ),
        (_, Some(-2..)) => "It came out just now. Does the page sell it?".to_owned(),
        (_, Some(out)) => format!(
            "It has been out for {}. A page that does not sell it now is late.",
            words::count(-out, "day")
        ),
    };
    let pages = look.addresses.iter().zip(&look.last_looks);
    let pages: Vec<String> = pages
        .map(|((store, address), last)| {
            let last = last.map_or_else(
                || "not looked at yet".to_owned(),
                |last| format!("looked at last on {}", voice.day(last)),
            );
            format!("{}: {address} ({last})", voice.label(store))
        })
        .collect();
    (headline, format!("{why} {}.", pages.join(", ")))
}

/// What to do before asking.
pub(super) fn to_ask(finding: &Finding) -> String {
    match &finding.kind {
        FindingKind::FormatsNotJoined { .. } => {
            "Compare title, subtitle, author, contributors, \
                                                 edition and language in your KDP account: they \
                                                 must be identical. If they are, ask for the \
                                                 formats to be linked."
        }
        _ => "Ask for the record and the image to be sent again.",
    }
    .to_owned()
}

/// What the author can do herself.
pub(super) fn to_do(finding: &Finding, task: Task, voice: &Voice<'_>) -> String {
    let store = finding.stores.first();
    match task {
        Task::PublishAtKdp => format!(
            "Enter the publication date and click “Publish your {0}” at KDP; then tell us. If you \
             have done it already, tell us too: KDP can take 72 hours, and we go by that.",
            voice.format()
        ),
        Task::CheckAccount => match &finding.kind {
            FindingKind::PriceAboveList { .. }
                if store.is_some_and(|store| store.family() == Family::Bookshop) =>
            {
                "It is a setting, not a fault: a wholesale discount of 53 to 55 % at IngramSpark, \
                 or returns, bring the list price back. 40 % is the least that IngramSpark takes in \
                 the US, so it is not enough."
                    .to_owned()
            }
            FindingKind::PriceAboveList { .. } => "Check the list price in your account; the sale \
                                                   price is the store's own."
                .to_owned(),
            FindingKind::DatesDiffer { .. } => "Make the two equal at the distributor, while they \
                                                can be changed."
                .to_owned(),
            _ if store.is_some_and(|store| store.family() == Family::Amazon) => {
                let one = "If one of them is yours by mistake, ask KDP to merge them";
                if voice.has_isbn() {
                    format!("{one}; use one ISBN of your own on both platforms.")
                } else {
                    format!("{one}.")
                }
            }
            _ => "If one of them is yours by mistake, ask your distributor to correct it.".to_owned(),
        },
        Task::LookYourself => look_yourself(finding, voice),
        Task::CorrectAddress => format!(
            "Open the address yourself. If it is wrong, set the right one in the configuration; if \
             the store leads this {} to another product, tell the store.",
            voice.number()
        ),
        Task::Calendar => String::new(),
        Task::Share => match &finding.kind {
            FindingKind::PageAppeared { address } => format!(
                "The address to share, which stays the same after the release: {address}"
            ),
            FindingKind::Released { address } => format!("The address to share: {address}"),
            _ => "Nothing to do. These are the links to share.".to_owned(),
        },
        Task::TellUs => "If you have enabled it, tell us the day; if not, look into your account: it \
                         may have been published by accident."
            .to_owned(),
        Task::TellReaders => "Tell your readers which format is out; next time publish in the order \
                              in which you want them to appear."
            .to_owned(),
        Task::CheckNetwork => "Check this machine's network. Watching goes on by itself when it is \
                               back."
            .to_owned(),
    }
}

fn look_yourself(finding: &Finding, voice: &Voice<'_>) -> String {
    match &finding.kind {
        FindingKind::Unread(blind) | FindingKind::UnreadWithOthers(blind) => {
            let (Some(store), Some((edition, _))) = (finding.stores.first(), voice.edition) else {
                return String::new();
            };
            format!(
                "Open the page yourself now and then: {}. Your own browser can hand it over: \
                 `pubwatch companion FOLDER` writes an extension for it. Or tell us what it says \
                 with `{}`, or save it and name the file in place of `--says`.{}",
                blind.address,
                other_ways::command(&edition.id, store),
                other_ways::another(&[(store, blind.unread.reason)])
            )
        }
        FindingKind::LookByHand(look) => {
            let Some((edition, _)) = voice.edition else {
                return String::new();
            };
            let told: Vec<String> = look
                .addresses
                .iter()
                .map(|(store, _)| format!("`{}`", other_ways::command(&edition.id, store)))
                .collect();
            let told: Vec<&str> = told.iter().map(String::as_str).collect();
            let (open, them) = match look.addresses.as_slice() {
                [_] => ("Open it, and tell us what it says", "it"),
                _ => ("Open each, and tell us what it says", "them"),
            };
            format!(
                "{open} with {}, or on the web page of the edition, under \
                 “You looked yourself”. `pubwatch look {}` opens {them} and takes a key for an answer. A \
                 page that you saved is read like one of ours.",
                words::list(&told),
                edition.id
            )
        }
        FindingKind::StoresUnread { each } => {
            let pages: Vec<_> = each.iter().map(|one| (&one.store, one.reason)).collect();
            format!(
                "You can see the pages at any time. Let your own browser hand over those that you \
                 open: `pubwatch companion FOLDER` writes an extension for it. Or let `pubwatch look` \
                 open one after the other, with one key for each.{}",
                other_ways::another(&pages)
            )
        }
        _ => "Open the pages that we could not see, and tell us what they say.".to_owned(),
    }
}
