//! How an edition stands where nothing needs the author, and the news about it. Pure.

#![expect(clippy::wildcard_enum_match_arm, reason = "only good news is named")]

use jiff::Timestamp;

use super::frame::Place;
use crate::book::{Edition, Launch};
use crate::history::{ListingView, View};
use crate::judge::text::{Voice, outlook, said};
use crate::judge::{Finding, FindingKind, Judgement, ListingOutlook, Outlook, Severity};
use crate::text::words;

/// How many pages the card names before it only counts.
const NAMED: usize = 6;

/// The card of an edition of which nothing is to be watched or acted on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Verdict {
    /// `good`, `usual` or `unseen`.
    pub(super) class: &'static str,
    /// What is so, and whether there is anything to do.
    pub(super) headline: String,
    /// Each page that is not simply as expected.
    pub(super) lines: Vec<String>,
}

/// 1. As expected, and green, only where every page was seen and shows what it should.
/// 2. Where no page was ever read it is unseen, and where one is not it is said how many.
/// 3. Else what is not yet as it should be is usual, and each such page says until when.
pub(super) fn verdict(place: &Place<'_>, view: &View, judgement: &Judgement) -> Verdict {
    let all = view.listings.len();
    let outlooks = || {
        let listings = view.listings.iter();
        listings.filter_map(|one| judgement.outlook(&one.store))
    };
    let seen = outlooks().filter(|one| one.outlook.is_seen()).count();
    let ever = outlooks()
        .filter(|one| !matches!(one.outlook, Outlook::NotSeen { .. }))
        .count();
    let expected = outlooks()
        .filter(|one| one.outlook.is_as_expected())
        .count();
    let (class, headline) = if 0 < all && expected == all {
        ("good", "All as expected. Nothing to do.".to_owned())
    } else if ever == 0 {
        ("unseen", not_seen_yet(place, view))
    } else if seen == 0 {
        ("unseen", "No page is seen at present.".to_owned())
    } else if seen < all {
        (
            "unseen",
            format!(
                "Nothing to do as far as we see; {} of {all} pages {} not seen.",
                all - seen,
                if all - seen == 1 { "is" } else { "are" }
            ),
        )
    } else {
        ("usual", "Nothing to do.".to_owned())
    };
    let lines = if ever == 0 {
        Vec::new()
    } else {
        named(place, view, judgement)
    };
    Verdict {
        class,
        headline,
        lines,
    }
}

fn not_seen_yet(place: &Place<'_>, view: &View) -> String {
    let since = view
        .listings
        .iter()
        .filter_map(|one| one.blind.as_ref().map(|blind| blind.since))
        .min();
    match since {
        Some(since) => format!(
            "Not seen yet: no store could be read since {}. Until one is, nobody knows how it \
             stands.",
            place.moment(since)
        ),
        None => "Not seen yet: no page could be read so far.".to_owned(),
    }
}

/// "Amazon: Unavailable since 09:58 EST, seen once, a second look counts from 15:58 EST on".
fn named(place: &Place<'_>, view: &View, judgement: &Judgement) -> Vec<String> {
    let voice = place.voice(&view.edition, &view.launch);
    let mut lines: Vec<String> = view
        .listings
        .iter()
        .filter_map(|listing| {
            let one = judgement.outlook(&listing.store)?;
            (!one.outlook.is_as_expected()).then(|| line(place, listing, one, &voice))
        })
        .collect();
    let more = lines.len().saturating_sub(NAMED);
    if 1 < more {
        lines.truncate(NAMED);
        lines.push(format!("{more} more pages, below"));
    }
    lines
}

fn line(
    place: &Place<'_>,
    listing: &ListingView,
    one: &ListingOutlook,
    voice: &Voice<'_>,
) -> String {
    let label = place.label(&listing.store);
    let normal = normal(one, voice);
    match listing.seen(place.now) {
        Some(spell) => format!(
            "{label}: {} since {}, {normal}",
            spell.availability.word(),
            place.moment(spell.since)
        ),
        None => format!("{label}: {normal}"),
    }
}

/// How loudly it is said whether a page is normal.
pub(super) fn class(outlook: &Outlook) -> &'static str {
    match outlook {
        Outlook::Act { .. } => "act",
        Outlook::Watch { .. } => "watch",
        Outlook::AsExpected { .. } | Outlook::SaidExpected { .. } => "good",
        Outlook::Usual { .. }
        | Outlook::SeenOnce { .. }
        | Outlook::NotSeen { .. }
        | Outlook::NotReadable { .. }
        | Outlook::LastSeen { .. } => "quiet",
    }
}

/// How loudly something is said of an edition.
pub(super) fn class_of(severity: Severity) -> &'static str {
    match severity {
        Severity::Act => "act",
        Severity::ToDo => "todo",
        Severity::Watch => "watch",
        Severity::GoodNews | Severity::Quiet => "good",
    }
}

/// Whether a page is normal and until when, without its price.
pub(super) fn normal(one: &ListingOutlook, voice: &Voice<'_>) -> String {
    let one = ListingOutlook {
        list_price: None,
        ..one.clone()
    };
    outlook(&one, voice)
}

/// The price of a page as a fact: "$15.49", and "$15.49, list $16.99" where they differ.
pub(super) fn price(one: Option<&ListingOutlook>, listing: &ListingView, now: Timestamp) -> String {
    let shown = listing
        .seen(now)
        .and_then(|spell| spell.says.price.as_ref());
    let list = one.and_then(|one| one.list_price.as_ref());
    match (shown, list) {
        (Some(price), Some(list)) => format!("{price}, list {list}"),
        (Some(price), None) => price.to_string(),
        (None, _) => String::new(),
    }
}

/// The good news that holds, as what happened on which day, oldest first: (day, what).
pub(super) fn events(
    place: &Place<'_>,
    (edition, launch): (&Edition, &Launch),
    judgement: &Judgement,
) -> Vec<(String, String)> {
    let voice = place.voice(edition, launch);
    let mut news: Vec<&Finding> = judgement
        .findings
        .iter()
        .filter(|one| one.severity == Severity::GoodNews)
        .collect();
    news.sort_by_key(|one| one.since);
    news.iter()
        .map(|one| {
            let day = words::day(one.since, place.zone, place.now);
            (day, words::one_line(&event(place, one, &voice)))
        })
        .collect()
}

/// What happened, in the past tense.
fn event(place: &Place<'_>, finding: &Finding, voice: &Voice<'_>) -> String {
    let stores = finding.stores.iter();
    let names = words::list(stores.map(|store| place.label(store)));
    match &finding.kind {
        FindingKind::PageAppeared { .. } => format!("{names} began to take orders"),
        FindingKind::Released { .. } => format!("{names} began to sell it"),
        FindingKind::ReleasedEverywhere => match finding.stores.len() {
            2 => "both stores sold it".to_owned(),
            all => format!("all {all} stores sold it"),
        },
        FindingKind::LaunchReportDay(_) | FindingKind::LaunchReportThreeDays(_) => {
            format!("launch report: {}", said(finding, voice).headline)
        }
        _ => said(finding, voice).headline,
    }
}

#[cfg(test)]
mod tests {

    use super::*;
    use crate::judge::script::Script;
    use crate::web::testing::{at, place};

    fn judged(script: &Script, now: &str) -> Judgement {
        let view = script.view();
        Judgement {
            findings: script.judge_at(&view, at(now)),
            outlooks: script.outlooks_at(&view, at(now)),
        }
    }

    /// The card, its class first.
    fn card(script: &Script, now: &str) -> String {
        let found = verdict(&place(now), &script.view(), &judged(script, now));
        let title = format!("{}: {}", found.class, found.headline);
        let lines = found.lines.iter().map(|line| format!("- {line}"));
        std::iter::once(title)
            .chain(lines)
            .collect::<Vec<_>>()
            .join("\n")
    }

    fn launch() -> Script {
        Script::new("2027-02-09").enabled("2026-12-01").pages(
            "2026-12-10T00:00 amazon.com pre_order..24*60
             2026-12-10T00:00 bookshop.org pre_order..24*60",
        )
    }

    #[test]
    fn it_is_green_only_where_every_page_shows_what_it_should() {
        let script = launch();
        assert_eq!(
            card(&script, "2027-02-08T01:00:00Z"),
            "good: All as expected. Nothing to do."
        );
        let refused = script.pages("2027-02-08T00:30 bookshop.org blocked");
        assert_eq!(
            card(&refused, "2027-02-08T01:00:00Z"),
            "unseen: Nothing to do as far as we see; 1 of 2 pages is not seen.\n\
             - Bookshop.org: last seen 00:00 UTC as pre-order"
        );
    }

    #[test]
    fn on_the_day_of_the_switch_the_card_says_what_is_seen_and_until_when_it_is_usual() {
        let script = launch()
            .notes("2027-02-09T00:30 kdp_published")
            .pages("2027-02-09T10:00 amazon.com out_of_stock");
        assert_eq!(
            card(&script, "2027-02-09T10:30:00Z"),
            "usual: Nothing to do.\n\
             - Amazon: Unavailable since 10:00 UTC, seen once, a second look counts from 16:00 UTC on"
        );
        let confirmed = script.pages("2027-02-09T16:00 amazon.com out_of_stock");
        assert_eq!(
            card(&confirmed, "2027-02-09T17:00:00Z"),
            "usual: Nothing to do.\n\
             - Amazon: Unavailable since 10:00 UTC, usual after publishing at KDP, until Fri 12 February"
        );
    }

    #[test]
    fn what_nobody_has_seen_is_no_good_news() {
        let script = Script::new("2027-02-09").pages(
            "2026-12-10T17:04 amazon.com unreachable
             2026-12-10T17:05 bookshop.org unreachable",
        );
        assert_eq!(
            card(&script, "2026-12-10T18:00:00Z"),
            "unseen: Not seen yet: no store could be read since 17:04 UTC. Until one is, nobody \
             knows how it stands."
        );
    }

    #[test]
    fn news_is_dated_and_goes_when_a_newer_look_contradicts_it() {
        let told = |script: &Script, now: &str| {
            let view = script.view();
            let place = place(now);
            let edition = (&view.edition, &view.launch);
            let events = events(&place, edition, &judged(script, now));
            let lines: Vec<String> = events
                .into_iter()
                .map(|(day, what)| format!("{day}: {what}"))
                .collect();
            lines.join("\n")
        };
        let script = Script::new("2027-02-09").enabled("2026-12-01").pages(
            "2027-01-05T00:00 amazon.com not_listed
             2027-01-06T00:00 amazon.com pre_order..6*2",
        );
        assert_eq!(
            told(&script, "2027-01-07T00:00:00Z"),
            "Wed 6 January: Amazon began to take orders"
        );
        let off = script.pages("2027-01-07T06:00 amazon.com out_of_stock");
        assert_eq!(told(&off, "2027-01-07T07:00:00Z"), "");
    }
}
