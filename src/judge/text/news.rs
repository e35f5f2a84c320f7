//! What is told of a launch report, and of what is over.

use super::{Facts, Voice, said as said_of};
use crate::book::{Availability, StoreId};
use crate::judge::finding::Finding;
use crate::judge::kind::{FindingKind, LaunchState};
use crate::say::{say, yes};
use crate::text::words;

pub(super) fn all_clear(
    told: Facts,
    was: &Finding,
    now: &[(StoreId, Availability)],
    voice: &Voice<'_>,
) -> Facts {
    let shown: Vec<String> = now
        .iter()
        .map(|(store, state)| {
            let (store, word) = (voice.label(store), state.word());
            if voice.brief {
                say!(
                    "all-clear-shows.brief",
                    store = store,
                    state = word.to_lowercase()
                )
            } else {
                say!("all-clear-shows", store = store, state = word)
            }
        })
        .collect();
    let then = Voice {
        now: was.since,
        ..*voice
    };
    told.with("shown", shown.join(", "))
        .with("shown_many", shown.len())
        .with("was", said_of(was, &then).headline)
}

/// 1. What was seen to sell it, what was seen not to, and what nobody could see are three things.
/// 2. Nothing is said of a store that nobody could see but that, and where to look.
pub(super) fn report(told: Facts, state: &LaunchState, voice: &Voice<'_>) -> Facts {
    let seen = state.selling.len() + state.behind.len();
    let all = seen + state.unseen.len();
    let unseen = state.unseen.iter().map(|(store, ..)| store);
    let behind = state.behind.iter().map(|one| &one.store);
    let one = state.selling.iter().chain(behind).chain(unseen).next();
    let case = match (state.selling.len(), seen) {
        (0, 0) if all == 1 => "one-not-seen",
        (0, 0) => "none-seen",
        (0, _) if all == 1 => "one-behind",
        (0, _) if seen == all => "none",
        (0, _) => "none-of-seen",
        (1, _) if all == 1 => "one",
        (2, _) if all == 2 => "both",
        (some, _) if some == all => "all",
        (_, seen) if seen == all => "some",
        _ => "some-and-unseen",
    };
    told.with("case", case)
        .with("names", one.map(|store| voice.label(store)))
        .with("all", all)
        .with("seen", seen)
        .with("selling", state.selling.len())
        .with("unseen", state.unseen.len())
        .with("sentences", sentences(state, voice).join(" "))
}

fn sentences(state: &LaunchState, voice: &Voice<'_>) -> Vec<String> {
    let mut verdict = Vec::new();
    if !state.selling.is_empty() {
        let (stores, many) = (voice.labels(&state.selling), state.selling.len());
        verdict.push(say!("launch-report-sells", stores = stores, many = many));
    }
    let behind = state.behind.iter().map(|one| {
        say!(
            "launch-report-behind-each",
            store = voice.label(&one.store),
            state = one.state.word(),
            since = voice.day(one.since)
        )
    });
    let behind: Vec<String> = behind.collect();
    if !behind.is_empty() {
        let each: Vec<&str> = behind.iter().map(String::as_str).collect();
        verdict.push(say!("launch-report-behind", each = words::list(&each)));
    }
    verdict.extend(state.unseen.iter().map(|(store, since, address)| {
        say!(
            "launch-report-unseen",
            store = voice.label(store),
            ever = yes(since.is_some()),
            since = since.map(|since| voice.day(since)),
            address = address.as_str()
        )
    }));
    verdict
}

/// What follows from a report of stores that are behind.
pub(super) fn after_report(finding: &Finding, state: &LaunchState, voice: &Voice<'_>) -> String {
    let rest = if matches!(finding.kind, FindingKind::LaunchReportDay(_)) {
        say!("launch-report-wait")
    } else {
        say!("launch-report-wait-each")
    };
    if state.to_act_on.is_empty() {
        return rest;
    }
    let acts = say!("launch-report-act", stores = voice.labels(&state.to_act_on));
    if state.to_act_on.len() == state.behind.len() {
        acts
    } else {
        format!("{acts} {rest}")
    }
}
