//! Good news, launch reports and all-clears.

use super::{Voice, said as said_of, verb};
use crate::judge::finding::Finding;
use crate::judge::kind::{Behind, FindingKind, LaunchState};
use crate::text::words;

/// Headline and verdict.
pub(super) fn said(finding: &Finding, voice: &Voice<'_>) -> (String, String) {
    let stores = &finding.stores;
    let names = voice.labels(stores);
    match &finding.kind {
        FindingKind::LaunchReportDay(state) | FindingKind::LaunchReportThreeDays(state) => {
            report(state, voice)
        }
        FindingKind::AllClear {
            was,
            ended,
            now,
            is_clear,
        } => {
            let shown: Vec<String> = now
                .iter()
                .map(|(store, state)| {
                    let (label, word) = (voice.label(store), state.word());
                    if voice.brief {
                        format!("{label} {}", word.to_lowercase())
                    } else {
                        format!("{label} shows {word}")
                    }
                })
                .collect();
            let headline = if shown.is_empty() {
                "It is over".to_owned()
            } else {
                let over = if *is_clear { "All clear" } else { "It is over" };
                if voice.brief && 1 < shown.len() {
                    format!("{over} at {} stores", shown.len())
                } else {
                    format!("{over}, {}", shown.join(", "))
                }
            };
            let then = Voice {
                now: was.since,
                ..*voice
            };
            let verdict = format!(
                "This is over: {}. It lasted {}.",
                said_of(was, &then).headline,
                words::lasting(ended.duration_since(was.since))
            );
            (headline, verdict)
        }
        FindingKind::ReleasedEverywhere => (
            "It is on sale everywhere".to_owned(),
            format!("{names} {} it.", verb(stores, "sells", "sell")),
        ),
        FindingKind::PageAppeared { .. } => (
            format!("{names} {} orders", verb(stores, "takes", "take")),
            since(finding, &names, voice),
        ),
        _ => (
            format!("{names} {} it", verb(stores, "sells", "sell")),
            since(finding, &names, voice),
        ),
    }
}

fn since(finding: &Finding, names: &str, voice: &Voice<'_>) -> String {
    let page = finding.pages.first();
    page.map_or_else(String::new, |page| {
        format!(
            "{names}'s page has said {} since {}.",
            words::quoted(&page.words),
            voice.moment(page.since)
        )
    })
}

/// 1. What was seen to sell it, what was seen not to, and what nobody could see are three things.
/// 2. Nothing is said of a store that nobody could see but that, and where to look.
fn report(state: &LaunchState, voice: &Voice<'_>) -> (String, String) {
    let all = state.selling.len() + state.behind.len() + state.unseen.len();
    let seen = state.selling.len() + state.behind.len();
    let unseen: Vec<_> = state
        .unseen
        .iter()
        .map(|(store, ..)| store.clone())
        .collect();
    let behind: Vec<_> = state.behind.iter().map(|one| one.store.clone()).collect();
    let headline = match (state.selling.len(), seen) {
        (0, 0) if all == 1 => format!("We could not see {}", voice.labels(&unseen)),
        (0, 0) => format!("We could see none of the {all} stores"),
        (0, _) if all == 1 && voice.brief => format!("Not at {} yet", voice.labels(&behind)),
        (0, _) if all == 1 => format!("{} does not sell it yet", voice.labels(&behind)),
        (0, _) if seen == all => "No store sells it yet".to_owned(),
        (0, _) => format!("None of the {seen} of {all} stores that we could see sells it yet"),
        (1, _) if all == 1 => format!("{} sells it", voice.labels(&state.selling)),
        (2, _) if all == 2 => "Both stores sell it".to_owned(),
        (some, _) if some == all => format!("All {all} stores sell it"),
        (some, _) if unseen.is_empty() => format!("{some} of {all} stores sell it"),
        (some, _) => format!("{some} of {all} stores sell it, {} not seen", unseen.len()),
    };
    let mut verdict = Vec::new();
    if !state.selling.is_empty() {
        verdict.push(format!(
            "{} {} it.",
            voice.labels(&state.selling),
            verb(&state.selling, "sells", "sell")
        ));
    }
    if !state.behind.is_empty() {
        let each: Vec<String> = state.behind.iter().map(|one| still(one, voice)).collect();
        let each: Vec<&str> = each.iter().map(String::as_str).collect();
        verdict.push(format!("Still behind: {}.", words::list(&each)));
    }
    for (store, since, address) in &state.unseen {
        let since = since.map_or_else(
            || "has not been seen yet".to_owned(),
            |since| format!("has not been seen since {}", voice.day(since)),
        );
        verdict.push(format!("{} {since}: open {address}", voice.label(store)));
    }
    (headline, verdict.join(" "))
}

/// "Barnes & Noble (Pre-order since Tue 9 February)".
fn still(one: &Behind, voice: &Voice<'_>) -> String {
    format!(
        "{} ({} since {})",
        voice.label(&one.store),
        one.state.word(),
        voice.day(one.since)
    )
}

/// What follows from a report of stores that are behind.
pub(super) fn after_report(finding: &Finding, state: &LaunchState, voice: &Voice<'_>) -> String {
    let rest = if matches!(finding.kind, FindingKind::LaunchReportDay(_)) {
        "Stores usually follow within three days of the date. Wait for the next report; if \
         something needs you before, we write."
    } else {
        "For each store that is behind, we write what is usual there and when there is something \
         to do."
    };
    if state.to_act_on.is_empty() {
        return rest.to_owned();
    }
    let acts = voice.labels(&state.to_act_on);
    let acts =
        format!("There is something to do about {acts}; that has its own place in our letters.");
    if state.to_act_on.len() == state.behind.len() {
        acts
    } else {
        format!("{acts} {rest}")
    }
}
