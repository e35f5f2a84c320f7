//! What the sentences about a finding are told of it, by the names that `say/en/findings` gives.

#![expect(
    clippy::wildcard_enum_match_arm,
    clippy::too_many_lines,
    reason = "a table with an arm for each kind"
)]

use fluent_bundle::FluentArgs;
use jiff::{SignedDuration, Timestamp};

use super::{Voice, news, unread};
use crate::book::{Availability, Family, Making, StoreId, launch};
use crate::judge::finding::{Finding, NextStep, Party};
use crate::judge::kind::{FindingKind, KdpWait};
use crate::judge::rules::calendar::Milestone;
use crate::judge::windows::Stage;
use crate::say::{Value, fixed, yes};
use crate::text::words;

/// Named values, growing.
pub(super) struct Facts(pub(super) FluentArgs<'static>);

impl Facts {
    pub(super) fn with(mut self, name: &'static str, value: impl Into<Value<'static>>) -> Self {
        self.0.set(name, value);
        self
    }

    pub(super) fn so(self, name: &'static str, is_so: bool) -> Self {
        self.with(name, yes(is_so))
    }

    fn lasting(self, length: SignedDuration) -> Self {
        self.with("lasting", words::lasting(length))
    }

    /// Stores that bear witness.
    fn others(self, others: &[StoreId], voice: &Voice<'_>) -> Self {
        self.with("others", voice.labels(others))
            .with("others_many", others.len())
    }

    fn was(self, was: Option<Availability>) -> Self {
        let was = was.map_or(fixed("was-there"), Availability::word);
        self.with("was", was.to_lowercase())
    }
}

/// What every finding has, and what its kind has.
pub(super) fn facts(finding: &Finding, voice: &Voice<'_>) -> Facts {
    of_kind(of_all(finding, voice), finding, voice)
}

fn of_all(finding: &Finding, voice: &Voice<'_>) -> Facts {
    let page = finding.pages.first();
    let pages = finding.pages.iter().map(|page| page.since);
    let usual = match finding.stage {
        None => "none",
        Some(Stage::Quiet | Stage::Normal) => "normal",
        Some(Stage::Late) => "late",
        Some(Stage::Act) => "act",
    };
    let making = match voice.edition.map(|(_, launch)| launch.making) {
        Some(Making::OnDemand) => "on-demand",
        Some(Making::Offset) => "offset",
        Some(Making::Digital) => "digital",
        Some(Making::Unknown) | None => "unknown",
    };
    let asked = match finding.next {
        NextStep::Ask {
            whom: Party::Kdp, ..
        } => "kdp",
        _ => "other",
    };
    let is = |family| finding.stores.iter().any(|store| store.family() == family);
    let first = finding.stores.first().map(StoreId::family);
    Facts(FluentArgs::new())
        .with("stores", voice.labels(&finding.stores))
        .with("many", finding.stores.len())
        .with("since", voice.day(finding.since))
        .with(
            "pages_since",
            voice.day(pages.min().unwrap_or(finding.since)),
        )
        .with("format", voice.format())
        .with("number", voice.number())
        .with("usual", usual)
        .with("making", making)
        .with("asked", asked)
        .with("words", quoted(finding))
        .with("state", page.map_or("not_listed", |page| page.state.name()))
        .so("has_page", page.is_some())
        .so("own_isbn", voice.has_isbn())
        .so("amazon", is(Family::Amazon))
        .so("bookshop", first == Some(Family::Bookshop))
}

fn of_kind(told: Facts, finding: &Finding, voice: &Voice<'_>) -> Facts {
    let page = finding.pages.first();
    let (since, seen) = page.map_or((finding.since, finding.since), |page| {
        (page.since, page.seen)
    });
    let date = |date| words::short_date(date);
    match &finding.kind {
        FindingKind::KdpNotLive(wait) | FindingKind::KdpPastOuterLimit(wait) => {
            kdp_not_live(told, finding, wait, voice)
        }
        FindingKind::KindlePageGone { date: day, was } => told
            .was(*was)
            .with("seen_until", voice.moment(since))
            .with("date", date(*day))
            .with("clocks", voice.both_clocks(launch::midnight_gmt(*day))),
        FindingKind::PublishAtKdp { date: day }
        | FindingKind::PublishAtKdpMorning { date: day } => told
            .with("date", date(*day))
            .with("clocks", voice.both_clocks(launch::midnight_gmt(*day))),
        FindingKind::RightsQuery { until } => told
            .so("has_limit", until.is_some())
            .with("until", until.map(|until| voice.moment(until))),
        FindingKind::ReleasedEarly { shown, date: own }
        | FindingKind::OldDateOnSale { shown, date: own }
        | FindingKind::DateOneDayOff { shown, date: own } => {
            told.with("shown", date(*shown)).with("date", date(*own))
        }
        FindingKind::LabelLost { date } => {
            let left = launch::begun_everywhere(*date).duration_since(seen);
            told.with("seen_until", voice.day(since))
                .with("left", words::lasting(left))
        }
        FindingKind::WrongDate {
            shown,
            date: own,
            has_passed,
            moved,
        } => told
            .with("shown", date(*shown))
            .with("date", date(*own))
            .so("passed", *has_passed)
            .so("was_moved", moved.is_some())
            .with("moved", moved.map(|moved| voice.day(moved))),
        FindingKind::DatesDiffer {
            publication,
            on_sale,
        } => told
            .with("date", date(*publication))
            .with("on_sale", date(*on_sale)),
        FindingKind::Missing {
            counts_from,
            enabled,
            others,
        } => told
            .lasting(seen.duration_since(*counts_from))
            .so("enabled", *enabled)
            .others(others, voice),
        FindingKind::NotOnSale { date: day, others } => {
            let amazon = |store: &StoreId| store.family() == Family::Amazon;
            let amazons = finding.stores.iter().any(amazon) && others.iter().any(amazon);
            told.with("date", date(*day))
                .so("amazons", amazons)
                .others(others, voice)
        }
        FindingKind::Vanished { was, sold_at } => told
            .was(*was)
            .so("sold", was.is_some_and(Availability::is_released))
            .with("seen_until", voice.day(since))
            .others(sold_at, voice),
        FindingKind::StillPreOrder { date, others } => told
            .lasting(seen.duration_since(launch::begun_everywhere(*date)))
            .others(others, voice),
        FindingKind::Unavailable | FindingKind::Stuck => told
            .with("kind", finding.kind.name())
            .lasting(seen.duration_since(since))
            .others(&[], voice),
        FindingKind::StoresDisagree { others } => told
            .with("kind", finding.kind.name())
            .lasting(seen.duration_since(since))
            .others(others, voice),
        FindingKind::StaleCover { done } | FindingKind::StaleTitle { done } => {
            told.with("done", voice.day(*done))
        }
        FindingKind::WrongProduct { address, words } => told
            .with("address", address.clone())
            .with("words", words.clone()),
        FindingKind::PriceAboveList { price, list } => told
            .with("price", price.to_string())
            .with("list", list.to_string()),
        FindingKind::FormatsOutOfStep { behind } => told.with("behind", behind.clone()),
        FindingKind::FormatsNotJoined { others } => {
            let others: Vec<&str> = others.iter().map(|format| format.word()).collect();
            told.with("formats_many", others.len())
                .with("formats", words::list(&others))
        }
        FindingKind::LineDown { hours } => told.with("hours", *hours),
        FindingKind::Milestone { which, day } => {
            let milestone = which.milestone();
            let today = voice.now.to_zoned(voice.zone.clone()).date();
            told.with("what", milestone.map(|one| one.what_on(today, *day)))
                .with("why", milestone.map(Milestone::why))
                .with("date", date(*day))
        }
        FindingKind::Unread(blind) | FindingKind::UnreadWithOthers(blind) => {
            unread::page(told, finding, blind, voice)
        }
        FindingKind::StoresUnread { each } => unread::stores(told, each, voice),
        FindingKind::LookByHand(look) => unread::by_hand(told, look, voice),
        FindingKind::PageAppeared { address } | FindingKind::Released { address } => {
            let words = page.map_or_else(String::new, |page| words::quoted(&page.words));
            told.with("address", address.clone())
                .with("words", words)
                .with("seen_until", voice.moment(since))
        }
        FindingKind::LaunchReportDay(state) | FindingKind::LaunchReportThreeDays(state) => {
            news::report(told, state, voice)
        }
        FindingKind::AllClear {
            was,
            ended,
            now,
            is_clear,
        } => news::all_clear(told, was, now, voice)
            .lasting(ended.duration_since(was.since))
            .so("clear", *is_clear),
        FindingKind::ReleasedEverywhere
        | FindingKind::ThirdPartyOnly
        | FindingKind::ShipsInWeeks
        | FindingKind::TemporarilyOutOfStock
        | FindingKind::PageBeforeEnabling
        | FindingKind::TwoPages => told,
    }
}

fn kdp_not_live(told: Facts, finding: &Finding, wait: &KdpWait, voice: &Voice<'_>) -> Facts {
    let page = finding.pages.first();
    let seen: Timestamp = page.map_or(finding.since, |page| page.seen);
    let is_late = matches!(finding.kind, FindingKind::KdpPastOuterLimit(_));
    told.so("scheduled", wait.scheduled.is_some())
        .with("date", wait.scheduled.map(words::short_date))
        .with("clicked", voice.moment(wait.clicked))
        .with("words", page.map(|page| words::quoted(&page.words)))
        .lasting(seen.duration_since(wait.counts_from))
        .so("past_limit", is_late)
        .others(&wait.sold_at, voice)
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
