//! The English of findings: what happened, what it means, and the next step, once per kind. Letters,
//! digests, pages, the terminal and programs take their words from here.

#![expect(
    clippy::wildcard_enum_match_arm,
    clippy::too_many_lines,
    reason = "a table with an arm for each kind, in one file for each family of kinds"
)]

mod dates;
mod news;
mod outlook;
mod pages;
mod rest;

use jiff::Timestamp;
use jiff::tz::TimeZone;

pub use outlook::outlook;

use super::finding::{Finding, NextStep, Severity};
use super::kind::FindingKind;
use super::windows::Stage;
use crate::book::{Edition, Launch, StoreId};
use crate::config::plan::{StorePlan, label};
use crate::text::words;

/// For whom and of what is spoken.
#[derive(Debug, Clone, Copy)]
pub struct Voice<'a> {
    /// The author's zone.
    pub zone: &'a TimeZone,
    /// The moment of speaking.
    pub now: Timestamp,
    /// The stores of the configuration, for the names that the user gave them.
    pub stores: &'a [StorePlan],
    /// The edition, where it is about one.
    pub edition: Option<(&'a Edition, &'a Launch)>,
    /// Headlines in the fewest words, as a subject on a phone wants them.
    pub brief: bool,
}

/// A finding in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// What happened, for a subject line and a list: no end mark.
    pub headline: String,
    /// One or two sentences: what is seen, and whether that is within what is usual.
    pub verdict: String,
    /// The one next step, as sentences; how to reach whoever is to be asked is not among them.
    pub step: String,
}

/// Puts a finding into words.
pub fn said(finding: &Finding, voice: &Voice<'_>) -> Said {
    let (headline, verdict) = match &finding.kind {
        FindingKind::Unavailable
        | FindingKind::Stuck
        | FindingKind::StoresDisagree { .. }
        | FindingKind::StillPreOrder { .. }
        | FindingKind::ThirdPartyOnly
        | FindingKind::Missing { .. }
        | FindingKind::NotOnSale { .. }
        | FindingKind::Vanished { .. }
        | FindingKind::ShipsInWeeks
        | FindingKind::TemporarilyOutOfStock => pages::said(finding, voice),
        FindingKind::KdpNotLive(_)
        | FindingKind::KdpPastOuterLimit(_)
        | FindingKind::KindlePageGone { .. }
        | FindingKind::PublishAtKdp { .. }
        | FindingKind::PublishAtKdpMorning { .. }
        | FindingKind::RightsQuery { .. }
        | FindingKind::ReleasedEarly { .. }
        | FindingKind::LabelLost { .. }
        | FindingKind::WrongDate { .. }
        | FindingKind::OldDateOnSale { .. }
        | FindingKind::DateOneDayOff { .. }
        | FindingKind::DatesDiffer { .. } => dates::said(finding, voice),
        FindingKind::PageAppeared { .. }
        | FindingKind::Released { .. }
        | FindingKind::ReleasedEverywhere
        | FindingKind::LaunchReportDay(_)
        | FindingKind::LaunchReportThreeDays(_)
        | FindingKind::AllClear { .. } => news::said(finding, voice),
        FindingKind::PageBeforeEnabling
        | FindingKind::WrongProduct { .. }
        | FindingKind::PriceAboveList { .. }
        | FindingKind::StaleCover { .. }
        | FindingKind::StaleTitle { .. }
        | FindingKind::TwoPages
        | FindingKind::FormatsOutOfStep { .. }
        | FindingKind::FormatsNotJoined { .. }
        | FindingKind::Unread(_)
        | FindingKind::UnreadWithOthers(_)
        | FindingKind::StoresUnread { .. }
        | FindingKind::LineDown { .. }
        | FindingKind::LookByHand(_)
        | FindingKind::Milestone { .. } => rest::said(finding, voice),
    };
    let said = Said {
        headline,
        verdict,
        step: step(finding, voice),
    };
    match last_seen(finding, voice) {
        Some(last_seen) => as_of(said, &last_seen, finding),
        None => said,
    }
}

/// "last seen Fri 3 May, 08:12", where nobody sees now what the finding rests on; of several pages,
/// with the store.
fn last_seen(finding: &Finding, voice: &Voice<'_>) -> Option<String> {
    let moment = |at| {
        if voice.brief {
            voice.day(at)
        } else {
            words::brief_moment(at, voice.zone, voice.now)
        }
    };
    let unseen: Vec<_> = finding.unseen_pages(voice.now).collect();
    let newest = unseen.iter().map(|page| page.seen).max()?;
    if unseen.len() == finding.pages.len() {
        return Some(format!("last seen {}", moment(newest)));
    }
    let stores: Vec<StoreId> = unseen.iter().map(|page| page.store.clone()).collect();
    Some(format!(
        "{} last seen {}",
        voice.labels(&stores),
        moment(newest)
    ))
}

/// What was so when it was last seen, and may be so no more.
fn as_of(said: Said, last_seen: &str, finding: &Finding) -> Said {
    Said {
        headline: format!("{} ({last_seen})", said.headline),
        verdict: format!("This is as it was {last_seen}. {}", said.verdict),
        step: match &finding.next {
            NextStep::Ask { .. } => {
                format!("Open the page first: it may have changed. {}", said.step)
            }
            NextStep::Nothing
            | NextStep::Wait { .. }
            | NextStep::AwaitAnswer { .. }
            | NextStep::Do { .. } => said.step,
        },
    }
}

/// The word before a headline: the severity's, but for a launch report, which is neither good nor bad
/// by itself.
pub fn word(finding: &Finding) -> &'static str {
    if finding.kind.launch_report().is_some() {
        "Launch report"
    } else {
        finding.severity.word()
    }
}

/// How much it weighs for whoever lists it: a launch report of a store that is behind, or that nobody
/// could see, is no good news.
pub fn weight(finding: &Finding) -> Severity {
    match finding.kind.launch_report() {
        Some(state) if !state.behind.is_empty() || !state.unseen.is_empty() => Severity::Watch,
        _ => finding.severity,
    }
}

/// The next step, as one or two sentences.
fn step(finding: &Finding, voice: &Voice<'_>) -> String {
    match &finding.next {
        NextStep::Nothing => "Nothing to do.".to_owned(),
        NextStep::Wait { until: None } => match finding.kind.launch_report() {
            Some(state) => news::after_report(finding, state, voice),
            None => "Nothing to do: it often passes by itself.".to_owned(),
        },
        NextStep::Wait { until: Some(until) } => format!(
            "Wait until {}. If it has not changed by then, we write again with the next step and \
             the text for it.",
            voice.day(*until)
        ),
        NextStep::AwaitAnswer {
            asked,
            ticket,
            until,
        } => {
            let ticket = ticket
                .as_ref()
                .map_or_else(String::new, |ticket| format!(" (ticket {ticket})"));
            format!(
                "You asked on {}{ticket}. Wait for the answer until {}; a second message before \
                 that usually slows things down.",
                voice.day(*asked),
                voice.day(*until),
            )
        }
        NextStep::Ask { whom, .. } => {
            let first = common_cause(finding, whom.label());
            let rest = match &finding.kind {
                FindingKind::RightsQuery { .. }
                | FindingKind::KdpNotLive(_)
                | FindingKind::KdpPastOuterLimit(_)
                | FindingKind::KindlePageGone { .. }
                | FindingKind::ReleasedEarly { .. }
                | FindingKind::LabelLost { .. }
                | FindingKind::WrongDate { .. }
                | FindingKind::OldDateOnSale { .. } => dates::to_ask(finding, *whom, voice),
                FindingKind::FormatsNotJoined { .. }
                | FindingKind::StaleCover { .. }
                | FindingKind::StaleTitle { .. } => rest::to_ask(finding),
                _ => pages::to_ask(finding, *whom, voice),
            };
            format!("{first}{rest}")
        }
        NextStep::Do { task } => rest::to_do(finding, *task, voice),
    }
}

/// Several pages that one party feeds show the same: its own record comes first.
fn common_cause(finding: &Finding, party: &str) -> String {
    if finding.stores.len() < 2 {
        return String::new();
    }
    format!(
        "Several pages show the same within days, usually from one cause: look first at the title's \
         status in your account, and for mail from {party}. "
    )
}

/// What stands in a verdict about being usual.
fn usual_words(finding: &Finding) -> &'static str {
    match finding.stage {
        None => "",
        Some(Stage::Quiet | Stage::Normal) => " This is still normal.",
        Some(Stage::Late) => " This is a little longer than usual; waiting is still right.",
        Some(Stage::Act) => " This is longer than usual, so it is worth asking.",
    }
}

impl Voice<'_> {
    /// A moment's day, as "Tue 4 May".
    fn day(&self, at: Timestamp) -> String {
        words::day(at, self.zone, self.now)
    }

    /// A moment, as "Tue 4 May, 09:00 EDT".
    fn moment(&self, at: Timestamp) -> String {
        let time = at
            .to_zoned(self.zone.clone())
            .strftime("%H:%M %Z")
            .to_string();
        format!("{}, {time}", self.day(at))
    }

    /// Both clocks: "00:00 GMT, which is Mon 8 February, 19:00 EST".
    fn both_clocks(&self, at: Timestamp) -> String {
        let gmt = at
            .to_zoned(TimeZone::UTC)
            .strftime("%a %-d %B, %H:%M GMT")
            .to_string();
        let own = self.moment(at);
        if at.to_zoned(self.zone.clone()).offset().is_zero() {
            gmt
        } else {
            format!("{gmt}, which is {own} in your zone")
        }
    }

    /// How people call a store.
    pub fn label(&self, store: &StoreId) -> String {
        words::clipped(label(store, self.stores), 40)
    }

    /// Stores in a sentence, as "Amazon and Barnes & Noble".
    fn labels(&self, stores: &[StoreId]) -> String {
        if self.brief && 1 < stores.len() {
            return format!("{} stores", stores.len());
        }
        words::list(stores.iter().map(|store| self.label(store)))
    }

    /// The format, as "paperback"; "book" where it is about no edition.
    fn format(&self) -> &'static str {
        self.edition
            .map_or("book", |(edition, _)| edition.format.name())
    }

    /// What its number is, as "ISBN" or "ASIN"; "number" where it is about no edition.
    fn number(&self) -> String {
        self.edition
            .map_or_else(|| "number".to_owned(), |(edition, _)| edition.id.kind())
    }

    fn has_isbn(&self) -> bool {
        self.edition
            .is_some_and(|(edition, _)| edition.id.isbn().is_some())
    }
}

/// "shows" for one, "show" for several.
fn verb(many: &[StoreId], one: &'static str, several: &'static str) -> &'static str {
    if many.len() == 1 { one } else { several }
}

#[cfg(test)]
mod tests;
