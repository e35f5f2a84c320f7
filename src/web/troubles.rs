//! What is wrong with watching itself: pages that cannot be read for long, letters that do not go
//! out, a round that does not come. Pure.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use super::frame::Place;
use super::overview::Judgements;
use super::survey::{Glances, each};
use crate::judge::{FindingKind, Severity};
use crate::round::health::{Ailment, Health};
use crate::text::words;

/// Pages that cannot be read for longer than this are told of; a day without a page is no news.
const BLIND: SignedDuration = SignedDuration::from_hours(3 * 24);

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble {
    /// How much it matters.
    pub severity: Severity,
    /// The page that says more, below the site.
    pub page: &'static str,
    /// What it is about.
    pub what: String,
    /// What is wrong.
    pub headline: String,
    /// What to do.
    pub next_step: String,
}

/// Everything that is wrong, the most severe first.
pub fn troubles(
    place: &Place<'_>,
    glances: &Glances,
    judgements: &Judgements,
    health: &Health,
) -> Vec<Trouble> {
    let mut all: Vec<Trouble> = unwell(place, health)
        .into_iter()
        .chain(blind(place, glances, judgements))
        .collect();
    all.sort_by_key(|one| std::cmp::Reverse(one.severity));
    all
}

/// What is wrong with the watch itself.
fn unwell(place: &Place<'_>, health: &Health) -> Vec<Trouble> {
    let trouble = |one: &Ailment| {
        let (page, what) = match one {
            Ailment::NotBegun | Ailment::NothingRead { .. } | Ailment::LineDown => {
                ("stores", "Nobody is watching")
            }
            Ailment::ClockSetBack { .. } => ("settings", "The clock"),
            Ailment::OldConfiguration(_) => ("settings", "The configuration"),
            Ailment::LettersRefused { .. } | Ailment::LettersWait { .. } => ("letters", "Mail"),
        };
        Trouble {
            severity: Severity::Act,
            page,
            what: what.to_owned(),
            headline: one.words(place.zone, place.now),
            next_step: sentence(one.next_step()),
        }
    };
    // The page has words of its own for a watch that has not begun, and for pages that cannot be read.
    let is_ours = |one: &&Ailment| {
        !matches!(
            one,
            Ailment::NotBegun | Ailment::NothingRead { is_tried: true, .. }
        )
    };
    health
        .ailments
        .iter()
        .filter(is_ours)
        .map(trouble)
        .collect()
}

/// A next step of the terminal as a sentence of the page.
fn sentence(step: &str) -> String {
    let mut letters = step.chars();
    let first = letters.next().map(|first| first.to_uppercase().to_string());
    format!("{}{}.", first.unwrap_or_default(), letters.as_str())
}

/// The pages that cannot be read, but not those of which an alert speaks already.
fn blind(place: &Place<'_>, glances: &Glances, judgements: &Judgements) -> Vec<Trouble> {
    let mut stores: BTreeMap<_, (usize, Timestamp)> = BTreeMap::new();
    for (edition, store, glance) in each(glances) {
        let Some(since) = glance.blind_since else {
            continue;
        };
        let is_told = judgements.get(edition).is_some_and(|all| {
            all.findings
                .iter()
                .any(|one| matches!(one.kind, FindingKind::Unread(_)) && one.stores.contains(store))
        });
        if is_told || place.now.duration_since(since) <= BLIND {
            continue;
        }
        let entry = stores.entry(store).or_insert((0, since));
        entry.0 += 1;
        entry.1 = entry.1.min(since);
    }
    stores
        .into_iter()
        .map(|(store, (pages, since))| Trouble {
            severity: Severity::Watch,
            page: "stores",
            what: place.label(store),
            headline: format!(
                "{} could not be read, the first for {}",
                words::counted(pages, "page"),
                place.ago(since)
            ),
            next_step:
                "Save the page in your browser and drop it on the edition's page, or choose \
                        another way in."
                    .to_owned(),
        })
        .collect()
}

#[cfg(test)]
mod tests {

    use super::*;
    use crate::book::StoreId;
    use crate::web::survey::Glance;
    use crate::web::testing::{at, place};

    #[track_caller]
    fn check(blind: Option<&str>, ailment: Option<Ailment>, expected: &[&str]) {
        let place = place("2027-01-25T12:00:00Z");
        let glance = Glance {
            blind_since: blind.map(at),
            ..Glance::default()
        };
        let edition = "9781944098117".parse().unwrap();
        let health = Health {
            ailments: ailment.into_iter().collect(),
            ..Health::default()
        };
        let glances = [(edition, [(StoreId::new("amazon.com"), glance)].into())].into();
        let found: Vec<String> = troubles(&place, &glances, &Judgements::new(), &health)
            .into_iter()
            .map(|one| format!("{}: {}", one.what, one.headline))
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn what_is_wrong_with_watching_is_said_and_a_short_trouble_is_not() {
        check(None, None, &[]);
        check(Some("2027-01-23T12:00:00Z"), None, &[]);
        check(
            Some("2027-01-20T12:00:00Z"),
            None,
            &["Amazon: 1 page could not be read, the first for 5 days"],
        );
        let since = Some(at("2027-01-23T12:00:00Z"));
        check(
            None,
            Some(Ailment::NothingRead {
                since,
                is_tried: false,
            }),
            &["Nobody is watching: no page was read since Sat 23 January, 12:00 UTC, 2 days ago"],
        );
        let waiting = Ailment::LettersWait {
            count: 2,
            since: at("2027-01-24T12:00:00Z"),
            said: None,
        };
        let expected = ["Mail: 2 letters not delivered for 24 hours"];
        check(None, Some(waiting), &expected);
    }
}
