//! Findings about dates, and about publishing at KDP.

use super::{Voice, usual_words, verb};
use crate::book::{Availability, Making, launch};
use crate::judge::finding::{Finding, Party};
use crate::judge::kind::{FindingKind, KdpWait};
use crate::text::words;

/// Headline and verdict.
pub(super) fn said(finding: &Finding, voice: &Voice<'_>) -> (String, String) {
    let stores = &finding.stores;
    let names = voice.labels(stores);
    let date = |date| words::short_date(date);
    match &finding.kind {
        FindingKind::KdpNotLive(wait) | FindingKind::KdpPastOuterLimit(wait) => {
            kdp_not_live(finding, wait, voice)
        }
        FindingKind::KindlePageGone { date: day, was } => {
            let begins = launch::midnight_gmt(*day);
            let was = was.map_or("there", Availability::word).to_lowercase();
            let since = finding
                .pages
                .first()
                .map_or(finding.since, |page| page.since);
            (
                format!("{names} no longer shows the Kindle page"),
                format!(
                    "The page was there ({was}) until {}, and the date is {}. KDP takes the page \
                     of a Kindle pre-order down, and cancels its orders, when the final file is not \
                     there 72 hours before {}.",
                    voice.moment(since),
                    date(*day),
                    voice.both_clocks(begins),
                ),
            )
        }
        FindingKind::PublishAtKdp { date: day }
        | FindingKind::PublishAtKdpMorning { date: day } => (
            "Today is the day to publish at KDP".to_owned(),
            format!(
                "KDP's clock is GMT: there, {} begins on {}. You have not told us that the {} is \
                 published.",
                date(*day),
                voice.both_clocks(launch::midnight_gmt(*day)),
                voice.format(),
            ),
        ),
        FindingKind::RightsQuery { until } => {
            let until = until.map_or_else(String::new, |until| {
                format!(", until {}", voice.moment(until))
            });
            (
                "KDP asks for proof of your rights".to_owned(),
                format!(
                    "KDP asked on {}. There are five days to answer{until}.",
                    voice.day(finding.since)
                ),
            )
        }
        FindingKind::ReleasedEarly { shown, date: own } => (
            if voice.brief {
                format!("{names} {} early", verb(stores, "sells", "sell"))
            } else {
                format!(
                    "{names} {} it before its date",
                    verb(stores, "sells", "sell")
                )
            },
            format!(
                "{names} {} orders as for a published book and {} {}; your date is {}. The store \
                 holds an old date.",
                verb(stores, "takes", "take"),
                verb(stores, "shows", "show"),
                date(*shown),
                date(*own),
            ),
        ),
        FindingKind::LabelLost { date: own } => {
            let page = finding.pages.first();
            let (since, seen) = page.map_or((finding.since, finding.since), |page| {
                (page.since, page.seen)
            });
            let left = launch::begun_everywhere(*own).duration_since(seen);
            (
                format!(
                    "{names} no longer {} pre-order",
                    verb(stores, "says", "say")
                ),
                format!(
                    "{names} said pre-order until {} and now {} orders without that word, {} \
                     before the date. Ingram holds the orders anyway.",
                    voice.day(since),
                    verb(stores, "takes", "take"),
                    words::lasting(left),
                ),
            )
        }
        FindingKind::WrongDate {
            shown,
            date: own,
            has_passed,
            moved,
        } => {
            let passed = if *has_passed {
                ", which has passed"
            } else {
                ""
            };
            let moved = moved.map_or_else(String::new, |moved| {
                format!(
                    " You moved the date on {}; a new date usually takes one to six weeks to show.",
                    voice.day(moved)
                )
            });
            (
                if voice.brief {
                    format!("{names} {} another date", verb(stores, "shows", "show"))
                } else {
                    format!(
                        "{names} {} another date, {}",
                        verb(stores, "shows", "show"),
                        date(*shown)
                    )
                },
                format!(
                    "{names} {} {}{passed}; your date is {}.{moved}",
                    verb(stores, "shows", "show"),
                    date(*shown),
                    date(*own),
                ),
            )
        }
        FindingKind::OldDateOnSale { shown, date: own } => (
            if voice.brief {
                format!("{names} {} an old date", verb(stores, "shows", "show"))
            } else {
                format!(
                    "{names} {} it with the date {}",
                    verb(stores, "sells", "sell"),
                    date(*shown)
                )
            },
            format!(
                "{names} {} it and {} {} as its publication date; yours is {}. That is no time \
                 zone: a title that is set up as published before keeps the old date.",
                verb(stores, "sells", "sell"),
                verb(stores, "shows", "show"),
                date(*shown),
                date(*own),
            ),
        ),
        FindingKind::DateOneDayOff { shown, date: own } => (
            format!(
                "{names} {} a date one day apart",
                verb(stores, "shows", "show")
            ),
            format!(
                "{names} {} {}; your date is {}. One day apart is probably a time zone.",
                verb(stores, "shows", "show"),
                date(*shown),
                date(*own),
            ),
        ),
        FindingKind::DatesDiffer {
            publication,
            on_sale,
        } => (
            "Two dates that differ".to_owned(),
            format!(
                "The publication date is {} and the on-sale date {}. Amazon reads the publication \
                 date only, and Lightning Source says to make them equal.",
                date(*publication),
                date(*on_sale),
            ),
        ),
        _ => (String::new(), usual_words(finding).trim().to_owned()),
    }
}

fn kdp_not_live(finding: &Finding, wait: &KdpWait, voice: &Voice<'_>) -> (String, String) {
    let names = voice.labels(&finding.stores);
    let page = finding.pages.first();
    let seen = page.map_or(finding.since, |page| page.seen);
    let state = match page {
        Some(page) if page.state != Availability::NotListed => {
            format!("shows {}", words::quoted(&page.words))
        }
        _ => "shows no page for it".to_owned(),
    };
    let begun = wait.scheduled.map_or_else(
        || format!("You published at KDP on {}", voice.moment(wait.clicked)),
        |day| {
            format!(
                "The release was scheduled at KDP for {}",
                words::short_date(day)
            )
        },
    );
    let is_ebook = voice
        .edition
        .is_some_and(|(_, launch)| launch.making == Making::Digital);
    let offers = if is_ebook { "offer" } else { "sell" };
    let outer = if matches!(finding.kind, FindingKind::KdpPastOuterLimit(_)) {
        " This is past KDP's outer limit of 10 business days."
    } else {
        ""
    };
    (
        if voice.brief {
            format!("Not at {names} yet")
        } else {
            format!("{names} does not {offers} it yet, published at KDP")
        },
        format!(
            "{begun}; {} later {names} still {state}.{outer}",
            words::lasting(seen.duration_since(wait.counts_from)),
        ),
    )
}

/// What to do before asking, and what to ask.
pub(super) fn to_ask(finding: &Finding, whom: Party, voice: &Voice<'_>) -> String {
    match &finding.kind {
        FindingKind::RightsQuery { .. } => format!(
            "Answer that very message of KDP's, with the proof attached: {}invoices, a copyright \
             registration or a letter of reversion. Then tell us.",
            if voice.has_isbn() {
                "the ISBN account, "
            } else {
                ""
            }
        ),
        FindingKind::KdpNotLive(wait) | FindingKind::KdpPastOuterLimit(wait)
            if !wait.sold_at.is_empty() =>
        {
            format!(
                "{} {} it, so look in your account at the territories, at the price for {}, and \
                 whether the {} is sold there at all; then ask.",
                voice.labels(&wait.sold_at),
                verb(&wait.sold_at, "sells", "sell"),
                voice.labels(&finding.stores),
                voice.format()
            )
        }
        FindingKind::KdpNotLive(_) | FindingKind::KdpPastOuterLimit(_) => {
            let ordinary = match voice.edition.map(|(_, launch)| launch.making) {
                Some(Making::Digital) => "a review that is not through, or an open mail from KDP",
                _ => {
                    "the ISBN inside the book differs from the one entered, the cover or interior \
                      was sent back, or a mail from KDP waits for an answer"
                }
            };
            format!(
                "Look at the title's status in your Bookshelf. The ordinary causes come first: \
                 {ordinary}. If it says Live, or nothing is asked, write to them; a review cannot \
                 be hurried."
            )
        }
        FindingKind::KindlePageGone { .. } => "Open your KDP Bookshelf now: upload the final file \
                                               if it is missing, click through to the last step, \
                                               and tell us. If the file is there, write to KDP at \
                                               once."
            .to_owned(),
        FindingKind::ReleasedEarly { .. } if whom == Party::Kdp => {
            "Look at the dates in your KDP account, and ask for the page's date to be corrected."
                .to_owned()
        }
        FindingKind::ReleasedEarly { .. } => {
            "The date cannot be changed in your account any more: \
                                              only support can help now. Ask also whether copies \
                                              have been ordered or shipped."
                .to_owned()
        }
        FindingKind::LabelLost { .. } => "Open the page and look at the delivery date. If it \
                                          promises delivery before your date, ask which date the \
                                          store holds."
            .to_owned(),
        FindingKind::OldDateOnSale { .. } if whom == Party::Kdp => {
            "Ask KDP to correct the publication date while the page is new; check first whether \
             “previously published” is ticked in the title's details."
                .to_owned()
        }
        _ => "Check the dates in your account first. If they are right, only support can correct \
              the store's record now."
            .to_owned(),
    }
}
