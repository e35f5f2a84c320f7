//! Whether a letter waits for looks at other pages that are about to show the same.

use jiff::{SignedDuration, Timestamp};

use super::key;
use crate::alerts::{Alert, Occasion, Telling};
use crate::book::launch::begun_everywhere;
use crate::history::{ListingView, Spell, View};
use crate::judge::{Finding, FindingKind, Severity};

/// A letter waits at most so long for looks at other pages.
const PATIENCE: SignedDuration = SignedDuration::from_hours(12);

/// Another format's page that was not read for so long is not waited for.
const OUT_OF_SIGHT: SignedDuration = SignedDuration::from_hours(48);

/// Others are about to be told of the same thing: waiting makes one letter of several.
///
/// 1. What is urgent does not wait, an Act for a few hours at most, and nothing for longer than
///    half a day after it could first have been told, so that a flapping page cannot hold a letter
///    back for ever.
/// 2. It waits while another page's new state waits for its second look.
/// 3. It waits while another finding becomes Act at the very next look at its page.
/// 4. A letter without an Act waits until every page was looked at since its worry began.
/// 5. The other formats of the book are waited for as other stores are: what is true of several is
///    one letter.
pub(super) fn is_worthwhile(
    due: &[Telling],
    open: &[Alert],
    findings: &[Finding],
    view: &View,
    now: Timestamp,
) -> bool {
    let alert = |telling: &Telling| {
        let key = key(&view.edition.id, &telling.finding);
        open.iter().find(|alert| alert.key == key)
    };
    let is_over =
        |telling: &Telling| is_urgent(telling) || has_waited(telling, alert(telling), view, now);
    if due.iter().any(is_over) {
        return false;
    }
    let has_an_act = due
        .iter()
        .any(|telling| telling.finding.severity == Severity::Act);
    let first_opened = due
        .iter()
        .filter(|telling| telling.occasion == Occasion::Opened && !has_an_act)
        .filter_map(alert)
        .map(|alert| alert.opened)
        .min();
    let readable = view
        .listings
        .iter()
        .filter(|listing| listing.blind.is_none() && !listing.is_by_hand);
    readable.into_iter().any(|listing| {
        listing
            .now()
            .is_some_and(|spell| is_second_look_due(spell, now))
            || acts_at_next_look(listing, findings, now)
            || first_opened.is_some_and(|opened| listing.last_good < Some(opened))
    }) || of_other_formats(view, now).any(|spell| {
        is_second_look_due(spell, now)
            || first_opened.is_some_and(|opened| spell.last_seen < opened)
    })
}

/// The newest spells of the other formats' pages that can be read.
fn of_other_formats(view: &View, now: Timestamp) -> impl Iterator<Item = &Spell> {
    let pages = view.siblings.iter().flat_map(|other| &other.pages);
    pages
        .map(|page| &page.now)
        .filter(move |spell| now.duration_since(spell.last_seen) < OUT_OF_SIGHT)
}

fn is_urgent(telling: &Telling) -> bool {
    let is_new = match telling.occasion {
        Occasion::Opened | Occasion::Escalated | Occasion::News => true,
        Occasion::Reminded | Occasion::Closed { .. } => false,
    };
    is_new && telling.finding.kind.manner().is_urgent
}

/// It could have been told long enough ago.
fn has_waited(telling: &Telling, alert: Option<&Alert>, view: &View, now: Timestamp) -> bool {
    let finding = &telling.finding;
    let opened = alert.map_or(finding.since, |alert| alert.opened);
    let act_since = alert
        .and_then(|alert| alert.act_since)
        .filter(|_| finding.severity == Severity::Act);
    let (known_since, patience) = match (&telling.occasion, act_since) {
        (Occasion::Opened | Occasion::Escalated, Some(act_since)) => {
            (act_since, patience_of_an_act(finding, view, now))
        }
        (Occasion::Opened | Occasion::Escalated, None) => (opened, PATIENCE),
        (Occasion::Reminded, _) => (finding.since, PATIENCE),
        // An all-clear and news are known from the second sighting on, and dated from the first.
        (Occasion::Closed { lasted }, _) => (finding.since + *lasted, PATIENCE + PATIENCE / 2),
        (Occasion::News, _) => (finding.since, PATIENCE + PATIENCE / 2),
    };
    patience <= now.duration_since(known_since)
}

/// What is to be acted on is told before its own page is looked at again: while KDP takes over
/// every hour, every three hours in the weeks around the date, and every six hours or less
/// otherwise.
fn patience_of_an_act(finding: &Finding, view: &View, now: Timestamp) -> SignedDuration {
    if matches!(finding.kind, FindingKind::KdpNotLive(_)) {
        return SignedDuration::from_mins(50);
    }
    let dates = [view.launch.publication, view.launch.on_sale];
    let is_near = dates.iter().any(|date| {
        let begin = begun_everywhere(*date);
        now.duration_since(begin).abs() < SignedDuration::from_hours(9 * 24)
    });
    SignedDuration::from_hours(if is_near { 2 } else { 5 })
}

fn is_second_look_due(spell: &Spell, now: Timestamp) -> bool {
    !spell.is_confirmed() && now.duration_since(spell.since) < PATIENCE
}

fn acts_at_next_look(listing: &ListingView, findings: &[Finding], now: Timestamp) -> bool {
    findings.iter().any(|finding| {
        finding.severity == Severity::Watch
            && finding.stores.contains(&listing.store)
            && finding
                .act_from
                .is_some_and(|act| act <= now && now.duration_since(act) < PATIENCE)
    })
}
