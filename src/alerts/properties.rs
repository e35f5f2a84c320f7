//! What holds for every history, tried on histories made at random.

use jiff::{SignedDuration, Timestamp};
use proptest::prelude::{Just, ProptestConfig, Strategy, any, prop, proptest};
use proptest::{prop_assert, prop_assert_eq, prop_oneof};

use crate::alerts::Occasion;
use crate::alerts::lifecycle::{Memory, Pace, decide};
use crate::book::{Distribution, Edition, Format};
use crate::history::View;
use crate::judge::script::{Script, short, time};
use crate::judge::text::{Voice, said};
use crate::judge::{Finding, Judgement, Severity};

/// The stores of an edition that has an ISBN, and of one that has none.
const STORES: [[&str; 3]; 2] = [
    ["amazon.com", "barnesandnoble.com", "bookshop.org"],
    ["amazon.com", "amazon.co.uk", "books.example.com"],
];

/// A printed edition, or one without an ISBN: a Kindle book, an audiobook, what only one store has.
fn known_by(edition: &mut Edition, kind: usize) {
    let (id, format) = [
        ("9780132350884", Format::Paperback),
        ("B0EBOOK123", Format::Ebook),
        ("B0AUDIO123", Format::Audiobook),
        ("books.example.com:1230004567890", Format::Ebook),
    ][kind];
    edition.id = id.parse().unwrap();
    edition.format = format;
    edition.distribution = Distribution::usual(&edition.id, format);
}

/// A look: which store, hours after the one before, and what the page said.
fn look() -> impl Strategy<Value = (usize, i64, &'static str)> {
    let state = prop_oneof![
        4 => Just("pre_order"),
        4 => Just("in_stock"),
        2 => Just("out_of_stock"),
        2 => Just("not_listed"),
        1 => Just("back_order"),
        1 => Just("third_party_only"),
        2 => Just("blocked"),
        1 => Just("unreachable"),
        1 => Just("pre_order date=2026-12-31"),
        1 => Just("in_stock date=2026-12-31 price=1899"),
    ];
    (0..3_usize, 1..60_i64, state)
}

/// A launch on 9 February 2027, looked at from a while before on, with some notes.
fn history() -> impl Strategy<Value = (Script, Timestamp)> {
    let notes = prop::collection::vec((0..1500_i64, 0..5_usize), 0..3);
    let edition = (prop_oneof![3 => Just(0), 3 => 1..4_usize], any::<bool>());
    (prop::collection::vec(look(), 1..80), notes, edition).prop_map(
        |(looks, notes, (kind, is_switched))| {
            let start = time("2026-12-20T00:00");
            let stamp = |hours: i64| {
                let at = start + SignedDuration::from_hours(hours);
                at.strftime("%Y-%m-%dT%H:%M").to_string()
            };
            let mut script = Script::new("2027-02-09")
                .enabled("2026-12-01")
                .with(|edition| known_by(edition, kind))
                .with(|edition| edition.amazon_switch = is_switched && kind == 0);
            let stores = STORES[usize::from(0 < kind)];
            let mut hours = 0;
            for (store, later, what) in looks {
                hours += later;
                script = script.pages(&format!("{} {} {what}", stamp(hours), stores[store]));
            }
            let kinds = [
                "kdp_published",
                "revision_started",
                "expected",
                "asked_ingramspark",
                "date_changed=2027-03-09",
            ];
            let mut notes: Vec<_> = notes.into_iter().filter(|(at, _)| *at <= hours).collect();
            notes.sort_unstable();
            for (at, kind) in notes {
                script = script.notes(&format!("{} {}", stamp(at), kinds[kind]));
            }
            (script, start + SignedDuration::from_hours(hours))
        },
    )
}

/// The alarms: what is said of pages, not of the calendar.
fn alarms(findings: &[Finding]) -> Vec<String> {
    findings
        .iter()
        .filter(|one| !one.kind.goes_by_the_clock())
        .map(short)
        .collect()
}

/// These findings with the outlooks of the moment.
fn judged(script: &Script, view: &View, findings: Vec<Finding>, at: Timestamp) -> Judgement {
    Judgement {
        findings,
        outlooks: script.outlooks_at(view, at),
    }
}

/// The same view with its stores in the other order.
fn reversed(view: &View) -> View {
    let mut view = view.clone();
    view.listings.reverse();
    view
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 100,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn judging_twice_gives_the_same((script, now) in history()) {
        let view = script.view();
        prop_assert_eq!(script.judge_at(&view, now), script.judge_at(&view, now));
    }

    #[test]
    fn the_order_of_the_stores_changes_the_order_of_the_findings_only((script, now) in history()) {
        let view = script.view();
        let mut one = alarms(&script.judge_at(&view, now));
        let mut other = alarms(&script.judge_at(&reversed(&view), now));
        one.retain(|line| !line.contains('+'));
        other.retain(|line| !line.contains('+'));
        one.sort();
        other.sort();
        prop_assert_eq!(one, other);
    }

    #[test]
    fn time_alone_opens_nothing_forward_or_back((script, now) in history(), days in -40..400_i64) {
        let view = script.view();
        let later = now + SignedDuration::from_hours(days * 24);
        let known = |at| {
            let found = script.judge_at(&view, at);
            // What waits for an answer may become Act again when the answer is overdue.
            let mut rules: Vec<_> = found
                .into_iter()
                .filter(|one| one.severity != Severity::GoodNews)
                .filter(|one| !one.kind.goes_by_the_clock())
                .map(|one| (one.kind.name(), one.stores, one.since))
                .collect();
            rules.sort();
            rules
        };
        prop_assert_eq!(known(now), known(later));
    }

    #[test]
    fn no_alarm_rests_on_one_look((script, now) in history()) {
        let view = script.view();
        for finding in script.judge_at(&view, now) {
            if finding.severity != Severity::Act {
                continue;
            }
            for listing in view.listings.iter().filter(|one| finding.stores.contains(&one.store)) {
                let looks: u32 = listing.spells.iter().map(|spell| spell.readings).sum();
                let blind = listing.blind.as_ref().map_or(0, |blind| blind.attempts);
                prop_assert!(2 <= looks.max(blind), "{finding:?}");
            }
        }
    }

    #[test]
    fn every_alarm_says_what_to_do_and_every_watch_what_to_wait_for((script, now) in history()) {
        for finding in script.judge_at(&script.view(), now) {
            let view = script.view();
            let voice = Voice {
                zone: &jiff::tz::TimeZone::UTC,
                now,
                stores: &[],
                edition: Some((&view.edition, &view.launch)),
                brief: false,
            };
            let said = said(&finding, &voice);
            prop_assert!(!said.headline.is_empty() && !said.verdict.is_empty(), "{finding:?}");
            prop_assert!(finding.kind.goes_by_the_clock() || !said.step.is_empty(), "{finding:?}");
            prop_assert!(finding.severity == Severity::Act || finding.support_text().is_none());
            if view.edition.id.isbn().is_none() {
                let words = format!("{} {} {}", said.headline, said.verdict, said.step);
                prop_assert!(!words.contains("ISBN"), "{words}");
            }
            // Its facts are what is kept: they come back as they were.
            let kept = serde_json::to_string(&finding).unwrap();
            prop_assert_eq!(serde_json::from_str::<Finding>(&kept).unwrap(), finding);
        }
    }

    #[test]
    fn a_closed_alert_stays_closed_until_a_page_was_read_again((script, now) in history()) {
        let view = script.view();
        let pace = Pace {
            remind_every: SignedDuration::from_hours(168),
            zone: jiff::tz::TimeZone::UTC,
        };
        let mut memory = Memory::default();
        let mut keys = Vec::new();
        for days in 0..40 {
            let at = now + SignedDuration::from_hours(days * 24);
            let findings: Vec<Finding> = script
                .judge_at(&view, at)
                .into_iter()
                .filter(|one| !one.kind.goes_by_the_clock())
                .collect();
            let decisions = decide(&memory, &judged(&script, &view, findings, at), &view, &pace, at);
            for telling in &decisions.tellings {
                if telling.occasion == Occasion::Opened {
                    let key = (telling.finding.kind.name(), telling.finding.stores.clone());
                    prop_assert!(!keys.contains(&key), "{key:?} was told twice");
                    keys.push(key);
                }
                prop_assert!(telling.occasion != Occasion::Reminded, "nobody has looked since");
            }
            if !decisions.tellings.is_empty() {
                memory.last_letter = Some(at);
            }
            memory.open = decisions.open;
            memory.lately_over.extend(decisions.over.into_iter().map(|alert| (alert, at)));
            memory.news.extend(decisions.news);
        }
    }

    #[test]
    fn a_clock_that_is_set_back_tells_nothing_twice((script, now) in history(), back in 1..40_i64) {
        let view = script.view();
        let pace = Pace {
            remind_every: SignedDuration::from_hours(168),
            zone: jiff::tz::TimeZone::UTC,
        };
        let pages = |at| -> Vec<Finding> {
            let found = script.judge_at(&view, at).into_iter();
            found
                .filter(|one| !one.kind.goes_by_the_clock())
                .collect()
        };
        let first = decide(&Memory::default(), &judged(&script, &view, pages(now), now), &view, &pace, now);
        let told: Vec<_> = first.tellings.iter().map(|one| &one.finding.stores).collect();
        let memory = Memory {
            open: first.open,
            lately_over: Vec::new(),
            news: first.news.into_iter().collect(),
            last_letter: (!told.is_empty()).then_some(now),
        };
        let earlier = now - SignedDuration::from_hours(back);
        let again = decide(&memory, &judged(&script, &view, pages(earlier), earlier), &view, &pace, earlier);
        for telling in again.tellings {
            prop_assert!(
                telling.occasion != Occasion::Reminded && !told.contains(&&telling.finding.stores),
                "{telling:?}"
            );
        }
    }
}
