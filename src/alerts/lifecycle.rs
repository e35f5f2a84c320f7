//! What becomes of findings: what is told now, what is only remembered, and what is over. Pure.
//!
//! # Rules of calm
//!
//! 1. One cause is one alert. A Watch finding is told by letter when it first appears (some kinds
//!    only in the digest, see [`FindingKind::manner`](crate::judge::FindingKind::manner)), again when it becomes Act, and an Act alert is recalled
//!    at most every `remind_every`, and only when its pages were read since.
//! 2. One letter an edition and day: the civil day of the author. What is due on a day that has had
//!    its letter waits, untold and unforgotten, for the first look of the next day. The days of
//!    the launch are excepted, up to the one on which what is late becomes something to act on.
//! 3. A letter without an Act in it waits for an Act that is due later the same day, so that the
//!    day's one letter is not spent on lesser things.
//! 4. Stores that change together are one letter: it waits, for half a day at most, for the looks
//!    at other pages that are about to show the same. A letter that recalls something recalls all
//!    that is half-way to being recalled.
//! 5. What is over and had been told is told as over, once, with how long it lasted and what the page
//!    shows now. It is over only when the page shows what it should: a note, a window or a revision
//!    that explains it makes it quiet, never clear, and so does a page that is off sale or cannot be
//!    read by now. That a page can be read again is told in the week around the date only. Silently
//!    over is what the author called expected, and what another finding about the same stores has
//!    taken the place of.
//!    A finding that several stores share is one alert; a store that joins it is told, and one that
//!    leaves it has an all-clear of its own.
//! 6. What comes back within the settling time is a flap, however often it does: Watch only in the
//!    digest, Act and what is to be done all the same, in the old thread.
//! 7. News is told once, a launch report once for each date.
//! 8. What the author muted opens and ends like all else, but is not told; what lasts longer than
//!    the mute is told when it ends.
//! 9. While letters are paused nothing is told and nothing counts as told, but Act where the author
//!    wants it. What is due then is due when the pause ends; what came and went in it is told as over.

mod news;
mod over;
mod waiting;

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use self::news::news;
use self::over::{
    all_clear, is_out_of_sight, is_said_expected, is_still_shown, is_taken_over, listings, trouble,
};
use super::pause::Pause;
use super::{Alert, AlertKey, Occasion, Telling, mute, pause};
use crate::book::{EditionId, StoreId};
use crate::config::plan::Plan;
use crate::history::View;
use crate::judge::{Finding, Judgement, Outlook, Severity};

/// What comes back within this time after it was over is the same thing flapping.
pub const SETTLING: SignedDuration = SignedDuration::from_hours(72);

/// How often and to whom it is told.
#[derive(Debug, Clone)]
pub struct Pace {
    /// An open alert is recalled at most this often.
    pub remind_every: SignedDuration,
    /// The author's zone, whose days count.
    pub zone: TimeZone,
}

impl Pace {
    /// The pace of a plan.
    pub fn of(plan: &Plan) -> Self {
        Self {
            remind_every: plan.judging.remind_every,
            zone: plan.author.zone.clone(),
        }
    }
}

/// What is remembered of an edition's alerts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Memory {
    /// The alerts that are open.
    pub open: Vec<Alert>,
    /// Those that were over within the settling time, with when.
    pub lately_over: Vec<(Alert, Timestamp)>,
    /// The news that was told, with when.
    pub news: BTreeMap<AlertKey, Timestamp>,
    /// When the newest letter about the edition was written.
    pub last_letter: Option<Timestamp>,
}

/// What is to be done, all of it in one transaction with the letter.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Decisions {
    /// The alerts that are open from now on, changed or not.
    pub open: Vec<Alert>,
    /// The alerts that are over from now on.
    pub over: Vec<Alert>,
    /// The news that counts as told from now on, with when.
    pub news: Vec<(AlertKey, Timestamp)>,
    /// What a letter tells now, the most severe first; empty: no letter.
    pub tellings: Vec<Telling>,
}

/// Decides what becomes of what was thought of one edition.
///
/// 1. Each finding but news opens an alert or goes on with one, also with one of the same cause at
///    some of its stores.
/// 2. Each open alert without a finding is over, silently or with an all-clear, or goes on quietly.
/// 3. Each piece of news that was not told is due.
/// 4. If the day allows a letter, everything that is due is told in it; otherwise nothing is, and
///    nothing counts as told: an alert that owes an all-clear stays open until it can be told.
#[expect(clippy::too_many_lines, reason = "the whole life of an alert, read from top to bottom")]
pub fn decide(
    memory: &Memory,
    judgement: &Judgement,
    view: &View,
    pace: &Pace,
    now: Timestamp,
) -> Decisions {
    let edition = &view.edition.id;
    let findings = &judgement.findings;
    let is_muted = |key: &AlertKey| mute::until(key, &view.notes, &pace.zone, now).is_some();
    let pause = pause::in_force(&view.notes, &pace.zone, now);
    let mut decisions = Decisions::default();
    let mut due: Vec<Telling> = Vec::new();
    for finding in findings.iter().filter(|one| one.severity.is_trouble()) {
        let key = key(edition, finding);
        if decisions.open.iter().any(|alert| alert.key == key) {
            continue;
        }
        let was_quiet = memory
            .open
            .iter()
            .any(|alert| alert.key == key && alert.severity == Severity::Quiet);
        let alert = continue_alert(memory, finding, key, now);
        if let Some(occasion) = occasion(&alert, finding, was_quiet, (view, pace, now)) {
            due.push(Telling {
                occasion,
                finding: finding.clone(),
                thread: alert.thread.clone(),
            });
        }
        decisions.open.push(alert);
    }
    let mut waiting = Vec::new();
    for alert in &memory.open {
        if decisions.open.iter().any(|open| open.key == alert.key) {
            continue;
        }
        let goes_on = decisions.open.iter().any(|open| {
            open.key.cause == alert.key.cause && overlap(&open.key.stores, &alert.key.stores)
        });
        if !goes_on && is_only_quiet(alert, judgement, view) {
            let mut open = alert.clone();
            // What nobody could see since is as it was.
            if !is_out_of_sight(alert, view) {
                open.severity = Severity::Quiet;
                open.act_since = None;
            }
            decisions.open.push(open);
            continue;
        }
        let all_clear = all_clear(alert, judgement, view, (pace, now));
        if let Some(telling) = all_clear.filter(|_| !is_muted(&alert.key)) {
            waiting.push(owing(alert, &telling, pause.is_some()));
            due.push(telling);
        } else {
            decisions.over.push(alert.clone());
        }
    }
    let mut news = news(memory, findings, (view, now), &mut due);
    news.retain(|(key, _)| !is_muted(key));
    recall_together(&mut due, &decisions.open, findings, (view, pace, now));
    due.retain(|telling| !is_muted(&key(edition, &telling.finding)));
    due.retain(|telling| pause.is_none_or(|pause| lets_through(&pause, telling)));
    let may_write = view.launch.is_launch(now) || may_write(memory, &due, findings, pace, now);
    if !due.is_empty()
        && may_write
        && !waiting::is_worthwhile(&due, &decisions.open, findings, view, now)
    {
        due.sort_by_key(|telling| std::cmp::Reverse(telling.finding.severity));
        for alert in &mut decisions.open {
            remember_told(alert, &due, now);
        }
        if pause.is_some() {
            decisions.open.extend(waiting);
        } else {
            decisions.over.extend(waiting.into_iter().map(told_as_over));
            decisions.news = news;
        }
        decisions.tellings = due;
    } else {
        decisions.open.extend(waiting);
    }
    decisions
}

/// A pause lets nothing through but what is to be acted on, and that only where the author said so.
fn lets_through(pause: &Pause, telling: &Telling) -> bool {
    pause.but_act && telling.finding.severity == Severity::Act
}

/// An alert that owes an all-clear. Through a pause it may owe it for weeks: it is quiet meanwhile,
/// and keeps until when it lasted.
fn owing(alert: &Alert, all_clear: &Telling, is_paused: bool) -> Alert {
    let alert = alert.clone();
    if is_paused {
        Alert {
            finding: all_clear.finding.clone(),
            severity: Severity::Quiet,
            act_since: None,
            ..alert
        }
    } else {
        alert
    }
}

/// An alert that is told as over: what came and went while letters were paused is told by that.
fn told_as_over(alert: Alert) -> Alert {
    Alert {
        told: alert.told.or(Some(trouble(&alert).0.severity)),
        ..alert
    }
}

/// The identity of what a finding is about.
pub fn key(edition: &EditionId, finding: &Finding) -> AlertKey {
    AlertKey {
        cause: finding.kind.cause(),
        edition: edition.clone(),
        stores: finding.stores.clone(),
    }
}

/// Some store is among both.
pub fn overlap(one: &[StoreId], other: &[StoreId]) -> bool {
    one.iter().any(|store| other.contains(store))
}

/// The alert of a finding: the open one as it is now, one of the same cause at some of its stores,
/// or a new one.
fn continue_alert(memory: &Memory, finding: &Finding, key: AlertKey, now: Timestamp) -> Alert {
    let is_act = finding.severity == Severity::Act;
    let same = memory.open.iter().find(|alert| alert.key == key);
    let shared = || {
        memory
            .open
            .iter()
            .find(|alert| alert.key.cause == key.cause && overlap(&alert.key.stores, &key.stores))
    };
    if let Some(open) = same.or_else(shared) {
        // A store that joins is told, once it is to be acted on.
        let joins = key
            .stores
            .iter()
            .any(|store| !open.key.stores.contains(store));
        return Alert {
            finding: finding.clone(),
            severity: finding.severity,
            act_since: is_act.then(|| open.act_since.filter(|_| !joins).unwrap_or(now)),
            since: open.since.min(finding.since),
            told: open.told.filter(|_| !(joins && is_act)),
            key,
            ..open.clone()
        };
    }
    let before = memory
        .lately_over
        .iter()
        .find(|(alert, over)| alert.key == key && now.duration_since(*over) < SETTLING)
        .map(|(alert, _)| alert);
    Alert {
        key,
        finding: finding.clone(),
        opened: now,
        since: finding.since,
        severity: finding.severity,
        act_since: is_act.then_some(now),
        told: None,
        last_told: None,
        thread: before.and_then(|alert| alert.thread.clone()),
        is_flap: before.is_some_and(|alert| alert.told.is_some() || alert.is_flap),
    }
}

/// Nothing is said of it any more, and it is not over: it was told, the page does not show what it
/// should or was not read since, and neither the author's word nor another finding has ended it.
fn is_only_quiet(alert: &Alert, judgement: &Judgement, view: &View) -> bool {
    let (stores, kind) = (&alert.key.stores, &trouble(alert).0.kind);
    if alert.told.is_none()
        || is_taken_over(alert, &judgement.findings)
        || is_said_expected(alert, view)
    {
        return false;
    }
    if is_out_of_sight(alert, view) || is_still_shown(kind, stores, view) {
        return true;
    }
    let mut of_its_stores = judgement
        .outlooks
        .iter()
        .filter(|one| stores.contains(&one.store));
    let is_of_its_cause = |outlook: &Outlook| matches!(outlook, Outlook::Usual { cause, .. } if *cause == Some(alert.key.cause));
    of_its_stores.any(|one| {
        let is_open = kind.is_about_the_state() && !one.outlook.offers_what_it_should();
        is_open || is_of_its_cause(&one.outlook)
    })
}

/// Why an alert is told now; `None` when it is not.
fn occasion(
    alert: &Alert,
    finding: &Finding,
    was_quiet: bool,
    (view, pace, now): (&View, &Pace, Timestamp),
) -> Option<Occasion> {
    match (alert.told, finding.severity) {
        (None, Severity::Act) => Some(Occasion::Opened),
        // What is to be done on a day is to be done, also when it was off for a moment.
        (None, Severity::ToDo) => {
            let is_a_letter = finding.kind.manner().watch_is_a_letter;
            is_a_letter.then_some(Occasion::Opened)
        }
        (None, _) => {
            (finding.kind.manner().watch_is_a_letter && !alert.is_flap).then_some(Occasion::Opened)
        }
        (Some(Severity::Act), Severity::Act) if was_quiet => Some(Occasion::Escalated),
        (Some(Severity::Act), Severity::Act) => {
            let last = alert.last_told?;
            // One that was told far ahead was told by a clock that has been set back since.
            let is_time = pace.remind_every <= now.duration_since(last).abs();
            let is_seen = now < last || is_seen_since(view, finding, last);
            (is_time && is_seen).then_some(Occasion::Reminded)
        }
        (Some(_), Severity::Act) => Some(Occasion::Escalated),
        (Some(_), _) => None,
    }
}

fn is_seen_since(view: &View, finding: &Finding, told: Timestamp) -> bool {
    listings(view, &finding.stores)
        .all(|listing| listing.blind.is_none() && listing.last_good > Some(told))
}

/// When one alert is recalled, those that were told more than half the time ago are too: one letter
/// a week, not one for each.
fn recall_together(
    due: &mut Vec<Telling>,
    open: &[Alert],
    findings: &[Finding],
    (view, pace, now): (&View, &Pace, Timestamp),
) {
    if !due
        .iter()
        .any(|telling| telling.occasion == Occasion::Reminded)
    {
        return;
    }
    for finding in findings.iter().filter(|one| one.severity == Severity::Act) {
        let key = key(&view.edition.id, finding);
        let Some(alert) = open.iter().find(|alert| alert.key == key) else {
            continue;
        };
        let is_half_way = alert.told == Some(Severity::Act)
            && alert.last_told.is_some_and(|last| {
                pace.remind_every <= now.duration_since(last) * 2
                    && is_seen_since(view, finding, last)
            });
        let is_due = due.iter().any(|telling| telling.finding == *finding);
        if is_half_way && !is_due {
            due.push(Telling {
                occasion: Occasion::Reminded,
                finding: finding.clone(),
                thread: alert.thread.clone(),
            });
        }
    }
}

/// An ordinary day allows a letter with this in it.
fn may_write(
    memory: &Memory,
    due: &[Telling],
    findings: &[Finding],
    pace: &Pace,
    now: Timestamp,
) -> bool {
    let day = |at: Timestamp| at.to_zoned(pace.zone.clone()).date();
    let has_had_its_letter = memory.last_letter.is_some_and(|last| {
        // A letter from the near future was written before the clock was set back.
        day(last) == day(now)
            || now < last && last.duration_since(now) < SignedDuration::from_hours(48)
    });
    let has_an_act = due
        .iter()
        .any(|telling| telling.finding.severity == Severity::Act);
    let an_act_comes_today = findings.iter().any(|finding| {
        finding.severity == Severity::Watch
            && finding
                .act_from
                .is_some_and(|act| now < act && day(act) == day(now))
    });
    !has_had_its_letter && (has_an_act || !an_act_comes_today)
}

fn remember_told(alert: &mut Alert, told: &[Telling], now: Timestamp) {
    let is_told = told.iter().any(|telling| {
        !matches!(telling.occasion, Occasion::Closed { .. } | Occasion::News)
            && key(&alert.key.edition, &telling.finding) == alert.key
    });
    if is_told {
        alert.told = alert.told.max(Some(alert.severity));
        alert.last_told = Some(now);
    }
}

/// What the state of our own line calls for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LineStep {
    /// It went down: one notice.
    Tell,
    /// It is back: nothing to say, as nothing was lost.
    Over,
    /// Nothing new.
    Nothing,
}

/// One notice when our own line goes down, however long it lasts.
pub fn line_step(is_known: bool, finding: Option<&Finding>) -> LineStep {
    match (is_known, finding) {
        (false, Some(_)) => LineStep::Tell,
        (true, None) => LineStep::Over,
        (true, Some(_)) | (false, None) => LineStep::Nothing,
    }
}

#[cfg(test)]
mod tests;
