//! Whether a letter waits for looks at other pages that are about to show the same.

use jiff::{SignedDuration, Timestamp};

use super::key;
use crate::alerts::{Alert, Occasion, Telling};
use crate::history::{ListingView, View};
use crate::judge::rules::manner;
use crate::judge::{Finding, Severity};

/// A letter waits at most so long for looks at other pages.
const PATIENCE: SignedDuration = SignedDuration::from_hours(12);

/// Others are about to be told of the same thing: waiting makes one letter of several.
///
/// 1. What is urgent does not wait, and nothing waits for longer than half a day after it could
///    first have been told, so that a flapping page cannot hold a letter back for ever.
/// 2. It waits while another page's new state waits for its second look.
/// 3. It waits while another finding becomes Act at the very next look at its page.
/// 4. A letter without an Act waits until every page was looked at since its worry began.
pub(super) fn is_worthwhile(
    due: &[Telling],
    open: &[Alert],
    findings: &[Finding],
    view: &View,
    now: Timestamp,
) -> bool {
    let opened = |telling: &Telling| {
        let key = key(&view.edition.isbn, &telling.finding);
        let alert = open.iter().find(|alert| alert.key == key);
        alert.map_or(telling.finding.since, |alert| alert.opened)
    };
    let is_over =
        |telling: &Telling| is_urgent(telling) || has_waited(telling, opened(telling), now);
    if due.iter().any(is_over) {
        return false;
    }
    let has_an_act = due
        .iter()
        .any(|telling| telling.finding.severity == Severity::Act);
    let first_opened = due
        .iter()
        .filter(|telling| telling.occasion == Occasion::Opened && !has_an_act)
        .map(opened)
        .min();
    let readable = view
        .listings
        .iter()
        .filter(|listing| listing.blind.is_none());
    readable.into_iter().any(|listing| {
        is_second_look_due(listing, now)
            || acts_at_next_look(listing, findings, now)
            || first_opened.is_some_and(|opened| listing.last_good < Some(opened))
    })
}

fn is_urgent(telling: &Telling) -> bool {
    let is_new = match telling.occasion {
        Occasion::Opened | Occasion::Escalated | Occasion::News => true,
        Occasion::Reminded | Occasion::Closed { .. } => false,
    };
    is_new && manner(telling.finding.rule).is_urgent
}

/// It could have been told long enough ago; `opened` is when its alert opened.
fn has_waited(telling: &Telling, opened: Timestamp, now: Timestamp) -> bool {
    let finding = &telling.finding;
    let (known_since, patience) = match telling.occasion {
        Occasion::Opened | Occasion::Escalated => {
            let act = finding
                .act_from
                .filter(|_| finding.severity == Severity::Act);
            (act.map_or(opened, |act| act.max(opened)), PATIENCE)
        }
        Occasion::Reminded => (finding.since, PATIENCE),
        // An all-clear and news are known from the second sighting on, and dated from the first.
        Occasion::Closed { lasted } => (finding.since + lasted, PATIENCE + PATIENCE / 2),
        Occasion::News => (finding.since, PATIENCE + PATIENCE / 2),
    };
    patience <= now.duration_since(known_since)
}

fn is_second_look_due(listing: &ListingView, now: Timestamp) -> bool {
    listing
        .now()
        .is_some_and(|spell| !spell.is_confirmed() && now.duration_since(spell.since) < PATIENCE)
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
