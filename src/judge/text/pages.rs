//! Findings about what a page offers.

use super::{Voice, usual_words, verb};
use crate::book::{Availability, Family, Making};
use crate::judge::finding::{Finding, Party};
use crate::judge::kind::FindingKind;
use crate::text::words;

/// Headline and verdict.
pub(super) fn said(finding: &Finding, voice: &Voice<'_>) -> (String, String) {
    let stores = &finding.stores;
    let names = voice.labels(stores);
    let page = finding.pages.first();
    let usual = usual_words(finding);
    match &finding.kind {
        FindingKind::Missing {
            counts_from,
            enabled,
            others,
        } => {
            let seen = page.map_or(finding.since, |page| page.seen);
            let lasting = words::lasting(seen.duration_since(*counts_from));
            let since = if *enabled {
                "distribution was enabled"
            } else {
                "it was published at KDP"
            };
            (
                format!("{names} {} not list it yet", verb(stores, "does", "do")),
                format!(
                    "{names} {} no page for this {}, {lasting} after {since}.{}{usual}",
                    verb(stores, "has", "have"),
                    voice.number(),
                    witnesses(others, voice, "lists", "list"),
                ),
            )
        }
        FindingKind::NotOnSale { date, others } => (
            format!("{names} {} not sell it", verb(stores, "does", "do")),
            format!(
                "{names} {} no page for this {}, and the date was {}.{}{usual}",
                verb(stores, "has", "have"),
                voice.number(),
                words::short_date(*date),
                witnesses(others, voice, "sells", "sell"),
            ),
        ),
        FindingKind::Vanished { was, sold_at } => {
            let sold = was.is_some_and(Availability::is_released);
            let since = page.map_or(finding.since, |page| page.since);
            let before = if sold {
                format!("{names} sold it until {}", voice.day(since))
            } else {
                let state = was.map_or("there", Availability::word).to_lowercase();
                format!(
                    "The page at {names} was there ({state}) until {}",
                    voice.day(since)
                )
            };
            let headline = if voice.brief {
                format!("Gone from {names}")
            } else if sold {
                format!("{names} no longer {} it", verb(stores, "sells", "sell"))
            } else {
                format!("{names} no longer {} it", verb(stores, "shows", "show"))
            };
            (
                headline,
                format!(
                    "{before}; since then no look has found a page for this {}.{}",
                    voice.number(),
                    witnesses(sold_at, voice, "sells", "sell"),
                ),
            )
        }
        FindingKind::StillPreOrder { date, others } => {
            let seen = page.map_or(finding.since, |page| page.seen);
            let begun = crate::book::launch::begun_everywhere(*date);
            (
                format!(
                    "{names} still {} a pre-order",
                    verb(stores, "shows", "show")
                ),
                format!(
                    "{names} still {} pre-orders, {} after the date.{}{usual}",
                    verb(stores, "takes", "take"),
                    words::lasting(seen.duration_since(begun)),
                    witnesses(others, voice, "sells", "sell"),
                ),
            )
        }
        FindingKind::ThirdPartyOnly => (
            if voice.brief {
                format!("Only others sell at {names}")
            } else {
                format!("Only other sellers offer it at {names}")
            },
            format!(
                "Every look since {} has found only other sellers' copies at {names}.",
                voice.day(since(finding)),
            ),
        ),
        FindingKind::ShipsInWeeks | FindingKind::TemporarilyOutOfStock => (
            shows(finding, voice),
            format!(
                "{names} {} orders and {} said {} since {}.{usual}",
                verb(stores, "takes", "take"),
                verb(stores, "has", "have"),
                quoted(finding),
                voice.day(since(finding)),
            ),
        ),
        _ => (shows(finding, voice), off_sale(finding, voice)),
    }
}

/// A page without a buy button.
fn off_sale(finding: &Finding, voice: &Voice<'_>) -> String {
    let page = finding.pages.first();
    let lasting = page.map_or_else(String::new, |page| {
        format!(", {}", words::lasting(page.seen.duration_since(page.since)))
    });
    let others = match &finding.kind {
        FindingKind::StoresDisagree { others } => {
            witnesses(others, voice, "takes orders for", "take orders for")
        }
        _ => String::new(),
    };
    let making = voice
        .edition
        .map_or(Making::Unknown, |(_, launch)| launch.making);
    let meaning = if matches!(finding.kind, FindingKind::Unavailable) {
        match making {
            Making::OnDemand => " It is printed to order, so it cannot really be out of stock.",
            Making::Digital => " A file cannot be out of stock.",
            Making::Offset | Making::Unknown => usual_words(finding),
        }
    } else {
        usual_words(finding)
    };
    format!(
        "{} {} said {} at every look since {}{lasting}.{others}{meaning}",
        voice.labels(&finding.stores),
        verb(&finding.stores, "has", "have"),
        quoted(finding),
        voice.day(since(finding)),
    )
}

fn since(finding: &Finding) -> jiff::Timestamp {
    let first = finding.pages.iter().map(|page| page.since).min();
    first.unwrap_or(finding.since)
}

/// The words of the pages; where they differ, of each, in the order of the stores.
fn quoted(finding: &Finding) -> String {
    let mut quotes: Vec<String> = Vec::new();
    for page in &finding.pages {
        let quote = if page.words.trim().is_empty() {
            format!("“{}”", page.state.word())
        } else {
            words::quoted(&page.words)
        };
        if !quotes.contains(&quote) {
            quotes.push(quote);
        }
    }
    words::list(&quotes)
}

/// `Amazon shows “Currently unavailable”`; where it has to be brief, "Amazon unavailable".
fn shows(finding: &Finding, voice: &Voice<'_>) -> String {
    let state = finding.pages.first().map(|page| page.state);
    let brief = match state.filter(|_| voice.brief) {
        Some(Availability::OutOfStock) => Some("unavailable"),
        Some(Availability::ShipsLater) => Some(verb(&finding.stores, "ships later", "ship later")),
        Some(_) | None => None,
    };
    if let Some(brief) = brief {
        return format!("{} {brief}", voice.labels(&finding.stores));
    }
    format!(
        "{} {} {}",
        voice.labels(&finding.stores),
        verb(&finding.stores, "shows", "show"),
        quoted(finding)
    )
}

/// " Barnes & Noble takes orders for it.", or nothing when there is no such store.
fn witnesses(
    others: &[crate::book::StoreId],
    voice: &Voice<'_>,
    one: &'static str,
    several: &'static str,
) -> String {
    if others.is_empty() {
        return String::new();
    }
    format!(
        " {} {} it.",
        voice.labels(others),
        verb(others, one, several)
    )
}

/// What to do before asking, and what to ask.
pub(super) fn to_ask(finding: &Finding, whom: Party, voice: &Voice<'_>) -> String {
    let names = voice.labels(&finding.stores);
    let is_amazon = finding
        .stores
        .iter()
        .any(|store| store.family() == Family::Amazon);
    let making = voice
        .edition
        .map_or(Making::Unknown, |(_, launch)| launch.making);
    match &finding.kind {
        FindingKind::NotOnSale { others, .. }
            if is_amazon && others.iter().any(|store| store.family() == Family::Amazon) =>
        {
            format!(
                "Another Amazon sells it, so look in your account at the territories, at the price \
                 for {names}, and whether the {} is sold there at all; then ask.",
                voice.format()
            )
        }
        FindingKind::NotOnSale { .. } if whom == Party::Kdp => {
            "Look at the title's status in your KDP Bookshelf. If it is a draft, publish it and tell \
             us; if it is blocked or in review, a message from KDP is waiting for an answer; if it \
             says Live, ask KDP why there is no page."
                .to_owned()
        }
        FindingKind::Missing { .. } | FindingKind::NotOnSale { .. } => format!(
            "Search {names} by {} yourself, and check in your account that the title's status is \
             enabled for distribution. If both are as they should be, ask whether {names} {} this \
             title.",
            voice.number(),
            verb(&finding.stores, "receives", "receive")
        ),
        FindingKind::Vanished { sold_at, .. } if !sold_at.is_empty() => format!(
            "{} {} it, so look in your account at the territories, at the price for {names}, and \
             whether the {} is sold there at all; then ask.",
            voice.labels(sold_at),
            verb(sold_at, "sells", "sell"),
            voice.format()
        ),
        FindingKind::Vanished { .. } => format!(
            "Search {names} by {} yourself: is the page gone, or only no longer joined to the \
             other formats? If it is gone, look at the title's status in your account, and ask.",
            voice.number(),
        ),
        FindingKind::StillPreOrder { .. } if whom == Party::Kdp => {
            "Look at the title's status in your KDP Bookshelf; if it says Live, ask KDP.".to_owned()
        }
        FindingKind::StillPreOrder { .. } => "Ask for the record to be sent again.".to_owned(),
        FindingKind::ThirdPartyOnly => {
            let report = if is_amazon {
                " Copies that are offered as new and are used can be reported on the page."
            } else {
                ""
            };
            format!("Ask why only other sellers offer it at {names}.{report}")
        }
        FindingKind::ShipsInWeeks | FindingKind::TemporarilyOutOfStock => match (making, whom) {
            (Making::Digital, _) => "Ask why a file takes time to deliver.".to_owned(),
            (_, Party::Kdp) => "Ask why: a title that KDP prints is usually back within a day or \
                                so. Meanwhile it can still be ordered."
                .to_owned(),
            (Making::Offset | Making::Unknown, _) => "Ask whether the wholesaler has copies, and \
                                                      when the next ones come."
                .to_owned(),
            (Making::OnDemand, _) => "Check the wholesale discount and returns, which decide how \
                                      stores stock a title (53 to 55 % or returns are the lever). \
                                      Then ask for it to be sent again."
                .to_owned(),
        },
        _ if whom == Party::Kdp => "Open the page yourself. If it says the same, look at the title's \
                                    status in your KDP Bookshelf and for a message from KDP; if \
                                    nothing is asked there, write to them."
            .to_owned(),
        _ if making == Making::Offset => "Open the page yourself. If it says the same, ask whether \
                                          the wholesaler has copies, and for the title's record to \
                                          be sent again."
            .to_owned(),
        _ => "Open the page yourself. If it says the same, ask for the title to be sent again. If \
              you have just uploaded new files, tell us instead, and we will stay quiet for 10 \
              business days."
            .to_owned(),
    }
}
