//! The English of findings: what happened, what it means, and the next step, once per kind. Letters,
//! digests, pages, the terminal and programs take their words from here.

mod facts;
mod news;
mod outlook;
mod unread;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use facts::{Facts, facts};
pub use outlook::outlook;

use super::finding::{Finding, NextStep, Severity, Task};
use super::kind::FindingKind;
use crate::book::{Edition, Launch, StoreId};
use crate::config::plan::{StorePlan, label};
use crate::say::{fixed, say, say_with, yes};
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
    let told = facts(finding, voice);
    let part = |part: &str| of_kind(finding, part, &told);
    let said = Said {
        headline: part("brief")
            .filter(|_| voice.brief)
            .or_else(|| part("headline"))
            .unwrap_or_default(),
        verdict: part("verdict").unwrap_or_default(),
        step: step(finding, voice, &told),
    };
    match last_seen(finding, voice) {
        Some(last_seen) => as_of(said, &last_seen, finding),
        None => said,
    }
}

/// A part of what its kind says, if it has that.
fn of_kind(finding: &Finding, part: &str, told: &Facts) -> Option<String> {
    say_with(&format!("{}.{part}", sentences(&finding.kind)), &told.0)
}

/// What a task says where the kind says nothing of its own.
fn of_task(task: Task) -> Option<&'static str> {
    match task {
        Task::PublishAtKdp => Some("publish-at-kdp.do"),
        Task::Share => Some("released-everywhere.do"),
        Task::LookYourself => Some("step-look"),
        Task::CheckAccount
        | Task::CorrectAddress
        | Task::Calendar
        | Task::TellUs
        | Task::TellReaders
        | Task::CheckNetwork => None,
    }
}

/// The sentences that tell it: kinds that differ in a word have the same.
#[expect(clippy::wildcard_enum_match_arm, reason = "the others go by their own names")]
fn sentences(kind: &FindingKind) -> &'static str {
    match kind {
        FindingKind::KdpPastOuterLimit(_) => "kdp-not-live",
        FindingKind::PublishAtKdpMorning { .. } => "publish-at-kdp",
        FindingKind::Stuck | FindingKind::StoresDisagree { .. } => "unavailable",
        FindingKind::ShipsInWeeks | FindingKind::TemporarilyOutOfStock => "delayed",
        FindingKind::UnreadWithOthers(_) => "unread",
        FindingKind::LaunchReportDay(_) | FindingKind::LaunchReportThreeDays(_) => "launch-report",
        FindingKind::Milestone { .. } => "milestone",
        other => other.name(),
    }
}

/// "last seen Fri 3 May, 08:12", where nobody sees now what the finding rests on; of several pages,
/// with the store.
fn last_seen(finding: &Finding, voice: &Voice<'_>) -> Option<String> {
    let unseen: Vec<_> = finding.unseen_pages(voice.now).collect();
    let newest = unseen.iter().map(|page| page.seen).max()?;
    let moment = if voice.brief {
        voice.day(newest)
    } else {
        words::brief_moment(newest, voice.zone, voice.now)
    };
    if unseen.len() == finding.pages.len() {
        return Some(say!("last-seen", moment = moment));
    }
    let stores: Vec<StoreId> = unseen.iter().map(|page| page.store.clone()).collect();
    let stores = voice.labels(&stores);
    Some(say!("last-seen-at", stores = stores, moment = moment))
}

/// What was so when it was last seen, and may be so no more.
fn as_of(said: Said, last_seen: &str, finding: &Finding) -> Said {
    Said {
        headline: say!(
            "as-last-seen.headline",
            said = said.headline,
            last_seen = last_seen
        ),
        verdict: say!(
            "as-last-seen.verdict",
            said = said.verdict,
            last_seen = last_seen
        ),
        step: match &finding.next {
            NextStep::Ask { .. } => say!("as-last-seen.ask", said = said.step),
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
        fixed("launch-report-word")
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
fn step(finding: &Finding, voice: &Voice<'_>, told: &Facts) -> String {
    let part = |part: &str| of_kind(finding, part, told);
    match &finding.next {
        NextStep::Nothing => say!("step-nothing"),
        NextStep::Wait { until: None } => match finding.kind.launch_report() {
            Some(state) => news::after_report(finding, state, voice),
            None => say!("step-wait"),
        },
        NextStep::Wait { until: Some(until) } => say!("step-wait-until", until = voice.day(*until)),
        NextStep::AwaitAnswer {
            asked,
            ticket,
            until,
        } => say!(
            "step-await-answer",
            asked = voice.day(*asked),
            has_ticket = yes(ticket.is_some()),
            ticket = ticket.as_deref(),
            until = voice.day(*until)
        ),
        NextStep::Ask { whom, .. } => {
            let step = part("ask")
                .or_else(|| say_with("unavailable.ask", &told.0))
                .unwrap_or_default();
            if finding.stores.len() < 2 {
                return step;
            }
            // Several pages that one party feeds show the same: its own record comes first.
            say!("step-common-cause", party = whom.label(), step = step)
        }
        // How to look at a page of an edition cannot be said without one.
        NextStep::Do { .. }
            if voice.edition.is_none() && finding.kind.is_of_a_page_to_look_at() =>
        {
            String::new()
        }
        NextStep::Do { task } => part("do")
            .or_else(|| say_with(of_task(*task)?, &told.0))
            .unwrap_or_default(),
    }
}

impl Voice<'_> {
    /// A moment's day, as "Tue 4 May".
    fn day(&self, at: Timestamp) -> String {
        words::day(at, self.zone, self.now)
    }

    /// A moment, as "Tue 4 May, 09:00 EDT".
    fn moment(&self, at: Timestamp) -> String {
        words::day_and_clock(&self.day(at), &words::clock(at, self.zone))
    }

    /// Both clocks: "00:00 GMT, which is Mon 8 February, 19:00 EST".
    fn both_clocks(&self, at: Timestamp) -> String {
        let gmt = words::in_gmt(at, false);
        if at.to_zoned(self.zone.clone()).offset().is_zero() {
            gmt
        } else {
            say!("both-clocks", gmt = gmt, own = self.moment(at))
        }
    }

    /// How people call a store.
    pub fn label(&self, store: &StoreId) -> String {
        words::clipped(label(store, self.stores), 40)
    }

    /// Stores in a sentence, as "Amazon and Barnes & Noble".
    fn labels(&self, stores: &[StoreId]) -> String {
        if self.brief && 1 < stores.len() {
            return say!("so-many-stores", many = stores.len());
        }
        words::list(stores.iter().map(|store| self.label(store)))
    }

    /// The format, as "paperback"; "book" where it is about no edition.
    fn format(&self) -> &'static str {
        self.edition.map_or_else(
            || fixed("format-of-none"),
            |(edition, _)| edition.format.word(),
        )
    }

    /// What its number is, as "ISBN" or "ASIN"; "number" where it is about no edition.
    fn number(&self) -> String {
        self.edition
            .map_or_else(|| say!("number-of-none"), |(edition, _)| edition.id.kind())
    }

    fn has_isbn(&self) -> bool {
        self.edition
            .is_some_and(|(edition, _)| edition.id.isbn().is_some())
    }
}

#[cfg(test)]
mod foreign;
#[cfg(test)]
mod tests;
