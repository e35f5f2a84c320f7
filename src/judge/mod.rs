//! What the history means: is this still normal, and what should the author do? Pure.
//!
//! [`judge`] is the way in. The windows are in [`windows`], each rule is a file in [`rules`], what
//! they find is data ([`finding`], [`kind`]), and English is written in [`text`].

pub mod agenda;
pub mod blind;
mod case;
pub mod cause;
mod common;
pub mod contacts;
pub mod finding;
pub mod kind;
pub mod learned;
pub mod length;
pub mod line;
pub mod other_ways;
pub mod outlook;
pub mod rules;
#[cfg(test)]
pub(crate) mod script;
pub mod text;
pub mod windows;

use std::cmp::Reverse;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use crate::book::{NoteKind, StoreId};
use crate::config::plan::Plan;
use crate::history::View;
use case::Case;
pub use cause::Cause;
pub use finding::{
    Finding, NextStep, PageFacts, Party, Severity, SupportText, Task, Usual, counted,
};
pub use kind::FindingKind;
pub use outlook::{ListingOutlook, Outlook};
use windows::{Stage, WindowName, Windows, WindowsError};

/// What judging goes by, beside the view.
#[derive(Debug, Clone)]
pub struct Settings {
    /// How long things usually take.
    pub windows: Windows,
    /// A change counts when seen a second time at least this much later.
    pub confirm_after: SignedDuration,
    /// The author's zone, whose mornings count.
    pub zone: TimeZone,
}

impl Settings {
    /// The settings of a plan.
    ///
    /// # Errors
    ///
    /// [`WindowsError::Unknown`] when the plan sets a window that does not exist.
    pub fn of(plan: &Plan) -> Result<Self, WindowsError> {
        Ok(Self {
            windows: Windows::new(&plan.windows)?,
            confirm_after: plan.judging.confirm_after,
            zone: plan.author.zone.clone(),
        })
    }
}

/// What there is to think of an edition.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Judgement {
    /// What is to be said, the gravest first.
    pub findings: Vec<Finding>,
    /// For every page: is it normal, and until when?
    pub outlooks: Vec<ListingOutlook>,
}

impl Judgement {
    /// How the page at a store is to be taken.
    pub fn outlook(&self, store: &StoreId) -> Option<&ListingOutlook> {
        self.outlooks.iter().find(|one| one.store == *store)
    }

    /// As it is to be taken at a later time: what nobody has looked at since grows old.
    pub fn aged(mut self, at: Timestamp) -> Self {
        let outlooks = self.outlooks.into_iter();
        self.outlooks = outlooks.map(|one| one.aged(at)).collect();
        self
    }

    /// As it is shown to a client: without the numbers of the author's requests.
    pub fn for_client(mut self) -> Self {
        for finding in &mut self.findings {
            if let NextStep::AwaitAnswer { ticket, .. } = &mut finding.next {
                *ticket = None;
            }
        }
        self
    }
}

/// What there is to think of an edition now.
///
/// 1. Every rule looks at the case by itself. What it says of a page rests on the newest reading
///    of that page, not on the clock: time alone changes nothing, and time in which nobody could
///    look is no evidence. Only reminders of the calendar go by `now`.
/// 2. Each page gets its outlook from what was found of it, also where that is within what is usual.
/// 3. What the author called expected is left out, unless it began after the author said so.
/// 4. What several pages that one party feeds show alike is one finding.
/// 5. What the author has asked support about is put back to Watch until an answer is due.
/// 6. Each finding knows until when its pages may be spoken of as what is, and a launch report at
///    which stores there is something to do.
/// 7. The order is that of the severities, then of the rules, then of the stores.
pub fn judge(view: &View, settings: &Settings, now: Timestamp) -> Judgement {
    let case = Case {
        view,
        settings,
        now,
    };
    let mut all = rules::all(&case);
    let outlooks = outlook::outlooks(&case, &all);
    all.retain(|finding| finding.severity != Severity::Quiet && !is_expected(view, finding));
    let mut findings: Vec<Finding> = common::joined(&case, all)
        .into_iter()
        .map(|finding| resting_on(view, after_asking(&case, finding), now))
        .collect();
    tell_reports(&mut findings);
    // The sort is stable: rules and stores keep their order within a severity.
    findings.sort_by_key(|finding| Reverse(finding.severity));
    Judgement { findings, outlooks }
}

/// A launch report knows of what there is to do at the stores that are behind.
fn tell_reports(findings: &mut [Finding]) {
    let acts = findings.iter().filter(|one| one.severity == Severity::Act);
    let stores: Vec<StoreId> = acts.flat_map(|one| one.stores.clone()).collect();
    for finding in findings {
        if let FindingKind::LaunchReportDay(state) | FindingKind::LaunchReportThreeDays(state) =
            &mut finding.kind
        {
            let behind = state.behind.iter().map(|one| &one.store);
            state.to_act_on = behind.filter(|one| stores.contains(one)).cloned().collect();
        }
    }
}

fn resting_on(view: &View, mut finding: Finding, now: Timestamp) -> Finding {
    for page in &mut finding.pages {
        let listing = view.listings.iter().find(|one| one.store == page.store);
        page.good_until = listing.and_then(|one| match one.unseen_since(now) {
            Some(_) => Some(page.seen),
            None => one.good_until,
        });
    }
    finding
}

fn is_expected(view: &View, finding: &Finding) -> bool {
    finding.severity.is_trouble()
        && !finding.stores.is_empty()
        && finding.stores.iter().all(|store| {
            view.notes.iter().any(|note| {
                note.kind == NoteKind::Expected
                    && note.store.as_ref().is_none_or(|about| about == store)
                    && finding.since <= note.at
            })
        })
}

fn after_asking(case: &Case<'_>, mut finding: Finding) -> Finding {
    let is_limited = matches!(finding.kind, FindingKind::RightsQuery { .. });
    if finding.severity != Severity::Act || finding.ask().is_none() || is_limited {
        return finding;
    }
    let asked = case.view.notes.iter().rev().find(|note| {
        let is_about = match &note.store {
            Some(store) => finding.stores.contains(store),
            // What KDP was asked nobody else has heard, nor the other way round.
            None => (note.kind == NoteKind::AskedKdp) == (finding.ask() == Some(Party::Kdp)),
        };
        let is_asking = matches!(
            note.kind,
            NoteKind::AskedIngramSpark | NoteKind::AskedKdp | NoteKind::AskedStore
        );
        is_about && is_asking && finding.since <= note.at
    });
    let window = case.window(WindowName::Asked);
    let Some(note) = asked.filter(|note| window.stage(note.at, case.now) < Stage::Act) else {
        return finding;
    };
    let until = window.quiet.after(note.at);
    finding.severity = Severity::Watch;
    finding.act_from = Some(until);
    finding.next = NextStep::AwaitAnswer {
        asked: note.at,
        ticket: note.ticket.clone(),
        until,
    };
    finding
}
