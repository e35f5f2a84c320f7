//! What the history means: is this still normal, and what should the author do? Pure.
//!
//! [`judge`] is the way in. The windows are in [`windows`], the phases in [`phase`], and each rule
//! is a file in [`rules`].

pub mod agenda;
pub mod blind;
mod case;
pub mod doors;
pub mod learned;
pub mod length;
pub mod line;
pub mod other_ways;
pub mod rules;
#[cfg(test)]
pub(crate) mod script;
pub mod windows;
pub mod words;

use std::cmp::Reverse;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use crate::book::{NoteKind, StoreId};
use crate::config::plan::Plan;
use crate::history::View;
use case::Case;
use windows::{Stage, WindowName, Windows, WindowsError};

/// What judging goes by, beside the view.
#[derive(Debug, Clone)]
pub struct Settings {
    /// How long things usually take.
    pub windows: Windows,
    /// A change counts when seen a second time at least this much later.
    pub confirm_after: SignedDuration,
    /// The author's zone, for the dates in the words.
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

/// What there is to think of an edition now.
///
/// 1. Every rule looks at the case by itself. What it says of a page rests on the newest reading
///    of that page, not on the clock: time alone changes nothing, and time in which nobody could
///    look is no evidence. Only reminders of the calendar go by `now`.
/// 2. What the author called expected is left out, unless it began after the author said so.
/// 3. What the author has asked support about is put back to Watch until an answer is due.
/// 4. The order is that of the severities, then of the rules, then of the stores.
#[must_use]
pub fn judge(view: &View, settings: &Settings, now: Timestamp) -> Vec<Finding> {
    let case = Case {
        view,
        settings,
        now,
    };
    let mut findings: Vec<Finding> = rules::RULES
        .iter()
        .flat_map(|rule| (rule.judge)(&case))
        .filter(|finding| !is_expected(view, finding))
        .map(|finding| after_asking(&case, finding))
        .collect();
    // The sort is stable: rules and stores keep their order within a severity.
    findings.sort_by_key(|finding| Reverse(finding.severity));
    findings
}

fn is_expected(view: &View, finding: &Finding) -> bool {
    finding.severity != Severity::GoodNews
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
    let asks = finding.text.is_some() || finding.ask.is_some_and(|party| party != Party::Author);
    if finding.severity != Severity::Act || !asks || finding.rule == rules::RIGHTS_QUERY {
        return finding;
    }
    let asked = case.view.notes.iter().rev().find(|note| {
        let is_about = match &note.store {
            Some(store) => finding.stores.contains(store),
            None => true,
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
    let answer_due = window.quiet.after(note.at);
    let ticket = note
        .ticket
        .as_ref()
        .map_or_else(String::new, |ticket| format!(" (ticket {ticket})"));
    finding.severity = Severity::Watch;
    finding.text = None;
    finding.act_from = Some(answer_due);
    finding.next_step = format!(
        "You asked on {}{ticket}. Wait for the answer until {}; a second message before that \
         usually slows things down.",
        words::day(note.at, case.zone()),
        words::day(answer_due, case.zone()),
    );
    finding
}

/// How much a finding matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// A page appeared, a book is released everywhere, a worry is over.
    GoodNews,
    /// Unusual, but waiting is right.
    Watch,
    /// Money or a date is at risk, and there is something to do.
    Act,
}

impl Severity {
    /// The name in tables, commands and stories.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::GoodNews => "good",
            Self::Watch => "watch",
            Self::Act => "act",
        }
    }

    /// The word in subjects and on pages.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::GoodNews => "Good news",
            Self::Watch => "Watch",
            Self::Act => "Act",
        }
    }

    /// The severity of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::GoodNews, Self::Watch, Self::Act]
            .into_iter()
            .find(|one| one.name() == name)
    }
}

/// What a rule thinks now about an edition or some of its listings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The rule, as `still-pre-order`.
    pub rule: &'static str,
    /// The stores that it is about, in the edition's order; empty when it is about the edition.
    pub stores: Vec<StoreId>,
    /// How much it matters now.
    pub severity: Severity,
    /// Since when the thing it is about has lasted.
    pub since: Timestamp,
    /// What happened, for a subject line, as `Amazon shows "Currently unavailable"`.
    pub headline: String,
    /// One or two sentences: what is seen, and whether that is within what is usual.
    pub verdict: String,
    /// What is usual, with its number, where the number comes from, and how good it is.
    pub usual: Option<Usual>,
    /// The date from which acting is right; in the past once `severity` is Act.
    pub act_from: Option<Timestamp>,
    /// The one next step.
    pub next_step: String,
    /// Whom to ask, when the next step is to ask.
    pub ask: Option<Party>,
    /// The text to paste, when there is one.
    pub text: Option<SupportText>,
}

/// What is usual, and who says so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Usual {
    /// The sentence, as "Ingram says most sites list within 4 weeks".
    pub sentence: String,
    /// The short name of the source, as "IngramSpark help".
    pub source: String,
    /// Its address.
    pub link: Option<String>,
}

/// Who can help, by the official doors only (DOMAIN §2.5).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Party {
    /// IngramSpark support.
    IngramSpark,
    /// Draft2Digital support.
    Draft2Digital,
    /// PublishDrive support.
    PublishDrive,
    /// The distributor, whoever it is.
    Distributor,
    /// KDP support.
    Kdp,
    /// Barnes & Noble's title desk.
    BarnesNoble,
    /// Bookshop.org support.
    Bookshop,
    /// The store itself.
    Store,
    /// Nobody: the author can do it.
    Author,
}

impl Party {
    /// The name in a sentence, as in "write to IngramSpark".
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::IngramSpark => "IngramSpark",
            Self::Draft2Digital => "Draft2Digital",
            Self::PublishDrive => "PublishDrive",
            Self::Distributor => "your distributor",
            Self::Kdp => "KDP",
            Self::BarnesNoble => "Barnes & Noble",
            Self::Bookshop => "Bookshop.org",
            Self::Store => "the store",
            Self::Author => "nobody",
        }
    }
}

/// The ready texts A to H (DOMAIN §6.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum SupportText {
    /// A: unavailable at one store while others take orders, to the distributor.
    ResendUnavailable,
    /// B: not listed after the usual time, to the distributor.
    NotListed,
    /// C: wrong date, or on sale too early.
    WrongDate,
    /// D: published at KDP, not live after 72 hours.
    KdpNotLive,
    /// E: the answer to KDP's question about the rights.
    RightsQuery,
    /// F: formats not joined.
    FormatsNotLinked,
    /// G: a data fault at Barnes & Noble.
    BarnesNobleFault,
    /// H: old cover or text.
    StaleMetadata,
}
