//! What is over: whether it is told, and as what. Pure.

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};

use super::Pace;
use crate::alerts::{Alert, Occasion, Telling, pause};
use crate::book::launch::midnight_gmt;
use crate::book::{NoteKind, StoreId};
use crate::history::{ListingView, View};
use crate::judge::rules::{not_joined, price, stale};
use crate::judge::{Cause, Finding, FindingKind, Judgement, Outlook, Severity};

/// The all-clear that an alert owes now that its finding is gone; `None` when it ends silently. Where
/// the finding goes on at other stores, it is the all-clear of those that left it.
pub(super) fn all_clear(
    alert: &Alert,
    judgement: &Judgement,
    view: &View,
    (pace, now): (&Pace, Timestamp),
) -> Option<Telling> {
    let goes_on: Vec<&Finding> = judgement
        .findings
        .iter()
        .filter(|one| one.severity.is_trouble() && one.kind.cause() == alert.key.cause)
        .collect();
    let mut stores = alert.key.stores.clone();
    stores.retain(|store| goes_on.iter().all(|one| !one.stores.contains(store)));
    let is_nothing_left = stores.is_empty() && !alert.key.stores.is_empty();
    let (trouble, known_end) = trouble(alert);
    let is_unheard = alert.told.is_none() && !was_held_back(alert, view, pace, now);
    let is_silent = is_unheard
        || !trouble.kind.manner().has_all_clear
        || is_sight_again(alert) && !is_launch_week(view, now)
        || !goes_on.is_empty() && is_a_mere_watch(alert);
    let is_taken_over = is_taken_over(alert, &judgement.findings);
    let is_shown = is_still_shown(&trouble.kind, &stores, view);
    if is_silent || is_nothing_left || is_taken_over || is_shown || is_said_expected(alert, view) {
        return None;
    }
    let all_are = |is: fn(&Outlook) -> bool| {
        let outlooks = |store| judgement.outlook(store).map(|one| &one.outlook);
        stores.iter().all(|store| outlooks(store).is_some_and(is))
    };
    let is_over = all_are(Outlook::offers_what_it_should);
    // What nobody sees by now is no news.
    let is_seen = listings(view, &stores).all(|listing| listing.seen(now).is_some());
    if !is_seen || trouble.kind.is_about_the_state() && !is_over {
        return None;
    }
    // A page that is not there, though it need not be yet, is nothing to be glad of.
    let is_offered = |listing: &ListingView| {
        let now = listing.confirmed();
        now.is_some_and(|spell| spell.availability.is_orderable())
    };
    let is_clear = all_are(Outlook::is_as_expected) && listings(view, &stores).all(is_offered);
    let ends = listings(view, &stores).filter_map(|listing| end(&trouble.kind, listing));
    let ended = ends.filter(|end| alert.since < *end).max();
    let ended = known_end.or(ended).unwrap_or(now);
    let states = listings(view, &stores)
        .filter_map(|listing| Some((listing.store.clone(), listing.seen(now)?.availability)))
        .collect();
    let was = Finding {
        since: alert.since,
        stores: stores.clone(),
        ..trouble.clone()
    };
    let kind = FindingKind::AllClear {
        was: Box::new(was),
        ended,
        now: states,
        is_clear,
    };
    Some(Telling {
        occasion: Occasion::Closed {
            lasted: ended.duration_since(alert.since),
        },
        finding: Finding::new(kind, stores, alert.since).weighing(Severity::GoodNews),
        thread: alert.thread.clone(),
    })
}

/// When a page came to show what it should, as far as that can be told.
fn end(kind: &FindingKind, listing: &ListingView) -> Option<Timestamp> {
    if kind.is_about_the_state() {
        return listing.confirmed().map(|spell| spell.since);
    }
    let wrong = kind.wrong_date()?;
    let last = listing
        .shown
        .iter()
        .rposition(|run| run.says.date == Some(wrong))?;
    listing.shown.get(last + 1).map(|run| run.since)
}

/// What a page showed last of it is still what was wrong, though no rule speaks of it any more: its
/// time to be mended has passed, the book's own date has come, or the page has gone off sale since.
#[expect(clippy::wildcard_enum_match_arm, reason = "only these are about what a page shows")]
pub(super) fn is_still_shown(kind: &FindingKind, stores: &[StoreId], view: &View) -> bool {
    listings(view, stores).any(|listing| match kind {
        FindingKind::WrongDate { shown, .. } | FindingKind::OldDateOnSale { shown, .. } => {
            let ours = [view.launch.publication, view.launch.on_sale];
            !ours.contains(shown) && last_date(listing) == Some(*shown)
        }
        FindingKind::PriceAboveList { .. } => price::was_above(listing, &view.edition),
        FindingKind::StaleCover { done } => stale::was_cover_old(listing, *done),
        FindingKind::StaleTitle { .. } => stale::was_title_old(listing, &view.edition),
        FindingKind::FormatsNotJoined { others } => {
            let mut others = others.iter();
            others.any(|other| !not_joined::is_joined(view, listing, *other))
        }
        _ => false,
    })
}

/// The date that a page showed last. One that takes orders may show none; one that takes none and shows
/// none has mended nothing.
fn last_date(listing: &ListingView) -> Option<Date> {
    let mut newest = listing.shown.iter().rev().map(|run| &run.says);
    let says = newest.find(|says| says.date.is_some() || says.availability.is_orderable())?;
    says.date
}

/// No look has read the page since: that it answers something else than before, as a captcha after
/// another product, mends nothing.
pub(super) fn is_out_of_sight(alert: &Alert, view: &View) -> bool {
    let is_of_sight = matches!(alert.key.cause, Cause::Unread | Cause::WrongProduct);
    let mut pages = listings(view, &alert.key.stores);
    is_of_sight && pages.any(|listing| listing.last_good < Some(alert.since))
}

/// Nothing was to be done: where some stores follow and others are still to, the last one tells of it.
fn is_a_mere_watch(alert: &Alert) -> bool {
    alert.told == Some(Severity::Watch)
}

/// A page that could not be read can be read again: what it shows stands in the next letter anyway.
fn is_sight_again(alert: &Alert) -> bool {
    matches!(trouble(alert).0.kind, FindingKind::Unread(_))
}

/// The days in which every page counts.
fn is_launch_week(view: &View, now: Timestamp) -> bool {
    let week = SignedDuration::from_hours(7 * 24);
    let begin = midnight_gmt(view.launch.publication.min(view.launch.on_sale));
    now.duration_since(begin).abs() < week
}

/// What an alert is about; and until when it lasted, where its all-clear has waited since.
pub(super) fn trouble(alert: &Alert) -> (&Finding, Option<Timestamp>) {
    if let FindingKind::AllClear { was, ended, .. } = &alert.finding.kind {
        (was, Some(*ended))
    } else {
        (&alert.finding, None)
    }
}

/// It would have been told when it opened, had letters not been paused.
fn was_held_back(alert: &Alert, view: &View, pace: &Pace, now: Timestamp) -> bool {
    let finding = trouble(alert).0;
    let is_a_letter = finding.severity == Severity::Act
        || finding.kind.manner().watch_is_a_letter && !alert.is_flap;
    is_a_letter && pause::was_in_force(&view.notes, &pace.zone, (alert.opened, now))
}

/// Another finding has taken its place: a graver or other one about all its stores, or one of the
/// same cause at some of them. That a page cannot be read takes the place of nothing that it showed.
pub(super) fn is_taken_over(alert: &Alert, findings: &[Finding]) -> bool {
    let stores = &alert.key.stores;
    // That a page offers again what it should is news beside whatever else is wrong with it.
    let is_of_the_state = trouble(alert).0.kind.is_about_the_state();
    findings.iter().any(|finding| {
        let counts = finding.severity == Severity::Act
            || finding.severity == Severity::Watch && finding.kind.manner().watch_is_a_letter;
        let is_of_all =
            !stores.is_empty() && stores.iter().all(|store| finding.stores.contains(store));
        let is_sight = finding.kind.cause() == Cause::Unread;
        counts && !is_sight && is_of_all && (finding.kind.is_about_the_state() || !is_of_the_state)
    })
}

pub(super) fn is_said_expected(alert: &Alert, view: &View) -> bool {
    let stores = &alert.key.stores;
    view.notes.iter().any(|note| {
        note.kind == NoteKind::Expected
            && alert.opened <= note.at
            && note
                .store
                .as_ref()
                .is_none_or(|store| stores.contains(store))
    })
}

pub(super) fn listings<'a>(
    view: &'a View,
    stores: &'a [StoreId],
) -> impl Iterator<Item = &'a ListingView> {
    view.listings
        .iter()
        .filter(|listing| stores.contains(&listing.store))
}
