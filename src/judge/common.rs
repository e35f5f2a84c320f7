//! One cause, one finding: what several pages that one party feeds show alike, within days.

#![expect(clippy::wildcard_enum_match_arm, reason = "only some kinds show a date")]

use std::mem::discriminant;

use jiff::SignedDuration;

use super::case::Case;
use super::finding::{Finding, NextStep, Severity};
use super::kind::FindingKind;
use crate::book::StoreId;

/// Pages that one party feeds change alike within this time, if they do so for one cause.
const TOGETHER: SignedDuration = SignedDuration::from_hours(72);

/// The findings, with those of one cause joined.
///
/// 1. They are of one kind, about pages that the same party feeds, and began within three days; of
///    dates, the same one is shown. Where one is to be acted on, the others join it when they would
///    be within three days.
/// 2. The joined one names all the stores and asks once. A store with the same trouble is never a
///    witness against another.
pub(super) fn joined(case: &Case<'_>, findings: Vec<Finding>) -> Vec<Finding> {
    let mut joined: Vec<Finding> = Vec::new();
    for finding in findings {
        match joined
            .iter_mut()
            .find(|one| is_one_cause(case, one, &finding))
        {
            Some(one) => join(one, finding),
            None => joined.push(finding),
        }
    }
    joined
}

fn is_one_cause(case: &Case<'_>, one: &Finding, other: &Finding) -> bool {
    let (Some(first), Some(second)) = (one.stores.first(), other.stores.first()) else {
        return false;
    };
    one.kind.is_joined_by_cause()
        && discriminant(&one.kind) == discriminant(&other.kind)
        && are_due_together(one, other)
        && first != second
        && case.party_for(first) == case.party_for(second)
        && one.since.duration_since(other.since).abs() <= TOGETHER
        && shown(&one.kind) == shown(&other.kind)
}

/// Of one severity, or to be acted on within days of each other.
fn are_due_together(one: &Finding, other: &Finding) -> bool {
    if one.severity == other.severity {
        return one.next == other.next || one.severity != Severity::Act;
    }
    match (one.act_from, other.act_from) {
        (Some(one), Some(other)) => one.duration_since(other).abs() <= TOGETHER,
        _ => false,
    }
}

fn shown(kind: &FindingKind) -> Option<jiff::civil::Date> {
    match kind {
        FindingKind::WrongDate { shown, .. }
        | FindingKind::ReleasedEarly { shown, .. }
        | FindingKind::OldDateOnSale { shown, .. } => Some(*shown),
        _ => None,
    }
}

fn join(one: &mut Finding, other: Finding) {
    one.since = one.since.min(other.since);
    if one.severity < other.severity {
        one.severity = other.severity;
        one.stage = other.stage;
        one.usual = other.usual;
        one.next = other.next;
    }
    one.act_from = [one.act_from, other.act_from].into_iter().flatten().min();
    one.pages.extend(other.pages);
    one.stores.extend(other.stores);
    if let (NextStep::Wait { until }, Some(act)) = (&mut one.next, one.act_from) {
        *until = Some(act);
    }
    let stores = one.stores.clone();
    if let Some(others) = one.kind.witnesses_mut() {
        others.retain(|store: &StoreId| !stores.contains(store));
    }
}
