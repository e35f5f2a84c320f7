//! Everything that is said of a page, in a language that nobody speaks: what is plain there stands
//! elsewhere than in `say/en`.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Value, json};
use strum::VariantNames as _;

use super::{Voice, outlook, said, word};
use crate::book::{Availability, Money, StoreId};
use crate::judge::Cause;
use crate::judge::finding::{Finding, NextStep, PageFacts, Party, Task};
use crate::judge::kind::FindingKind;
use crate::judge::outlook::{ListingOutlook, Outlook};
use crate::judge::script::{Script, time};
use crate::judge::windows::Stage;
use crate::page::UnreadReason;
use crate::say::pseudo::{plain, speaking};

/// What comes from elsewhere: names of stores and parties, zones, kinds of numbers, and what the
/// test calls a text from outside.
const DATA: &[&str] = &[
    "Amazon",
    "Barnes",
    "Noble",
    "IngramSpark",
    "KDP",
    "GMT",
    "UTC",
    "EST",
    "ISBN",
    "datum",
    "https",
    "test",
    "USD",
];

fn money(minor: i64) -> Money {
    let currency = "USD".to_owned();
    Money { minor, currency }
}

fn stores(names: &[&str]) -> Vec<StoreId> {
    names.iter().map(|name| StoreId::new(name)).collect()
}

/// A kind with all that it can be told.
fn kind(name: &str) -> FindingKind {
    let at = "2027-02-01T08:00:00Z";
    let mut facts = json!({
        "kind": name, "date": "2027-02-09", "shown": "2026-02-09", "has_passed": true, "moved": at,
        "publication": "2027-02-09", "on_sale": "2027-02-16", "until": at, "was": "in_stock",
        "clicked": at, "scheduled": null, "counts_from": at, "sold_at": ["amazon.de"],
        "enabled": true, "others": ["barnesandnoble.com"], "address": "https://datum.test",
        "words": "datum", "price": {"minor": 1699, "currency": "USD"},
        "list": {"minor": 1599, "currency": "USD"}, "done": at, "behind": "datum",
        "unread": {"reason": "blocked", "rule": "refusal/datum", "words": "datum"}, "last_good": at,
        "each": [{"store": "amazon.com", "pages": 3, "of": 4, "since": at, "reason": "blocked",
            "is_never_read": true}],
        "hours": 5, "day": "date", "addresses": [["amazon.com", "https://datum.test"]],
        "last_looks": [at], "which": "calendar-freeze"
    });
    let mut set = |field: &str, value: Value| facts[field] = value;
    match name {
        "formats-not-joined" => set("others", json!(["hardcover", "ebook"])),
        "milestone" => set("day", json!("2027-01-10")),
        "launch-report-24h" | "launch-report-72h" => {
            set("selling", json!(["amazon.com"]));
            set(
                "behind",
                json!([{"store": "amazon.de", "state": "pre_order", "since": at}]),
            );
            set(
                "unseen",
                json!([["barnesandnoble.com", at, "https://datum.test"]]),
            );
            set("to_act_on", json!(["amazon.de"]));
        }
        "all-clear" => {
            let was = Finding::new(
                FindingKind::Unavailable,
                stores(&["amazon.com"]),
                time("2027-01-20T08:00"),
            );
            set("was", serde_json::to_value(was).unwrap());
            set("now", json!([["amazon.com", "in_stock"]]));
            set("ended", json!(at));
            set("is_clear", json!(true));
        }
        _ => {}
    }
    serde_json::from_value(facts).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn steps(at: Timestamp) -> Vec<NextStep> {
    let tasks = [
        Task::PublishAtKdp,
        Task::CheckAccount,
        Task::LookYourself,
        Task::Share,
    ];
    let ask = |whom| NextStep::Ask { whom, text: None };
    let others = [
        NextStep::Nothing,
        NextStep::Wait { until: None },
        NextStep::Wait { until: Some(at) },
        NextStep::AwaitAnswer {
            asked: at,
            ticket: Some("123".to_owned()),
            until: at,
        },
        ask(Party::Kdp),
        ask(Party::IngramSpark),
        ask(Party::Distributor),
    ];
    let tasks = tasks.map(|task| NextStep::Do { task });
    others.into_iter().chain(tasks).collect()
}

/// A finding of every kind, at one store and at two, with every step, early and late.
fn findings() -> Vec<Finding> {
    let (since, seen) = (time("2027-01-20T08:00"), time("2027-02-01T08:00"));
    let mut all = Vec::new();
    for name in FindingKind::VARIANTS {
        for names in [&["amazon.com"][..], &["amazon.com", "barnesandnoble.com"]] {
            let places = [
                None,
                Some(Stage::Normal),
                Some(Stage::Late),
                Some(Stage::Act),
            ];
            for (place, next) in places.into_iter().cycle().zip(steps(seen)) {
                let mut finding = Finding::new(kind(name), stores(names), since);
                finding.pages = finding
                    .stores
                    .iter()
                    .map(|store| PageFacts {
                        store: store.clone(),
                        state: Availability::OutOfStock,
                        words: "datum".to_owned(),
                        since,
                        seen,
                        good_until: (names.len() == 1).then_some(seen),
                    })
                    .collect();
                finding.stage = place;
                finding.next = next;
                all.push(finding);
            }
        }
    }
    all
}

#[test]
fn no_sentence_of_a_finding_stands_elsewhere() {
    let view = Script::new("2027-02-09").view();
    let zone = TimeZone::get("America/New_York").unwrap();
    for finding in findings() {
        for brief in [false, true] {
            let voice = Voice {
                zone: &zone,
                now: time("2027-02-11T08:00"),
                stores: &[],
                edition: Some((&view.edition, &view.launch)),
                brief,
            };
            let (said, before) = speaking(|| (said(&finding, &voice), word(&finding)));
            let all = format!("{before} {} {} {}", said.headline, said.verdict, said.step);
            let plain = plain(&all, DATA);
            assert_eq!(plain, [""; 0], "{}: {all}", finding.kind.name());
            let asked = matches!(finding.next, NextStep::Ask { .. });
            assert!(
                !said.headline.is_empty() && !said.verdict.is_empty(),
                "{finding:?}"
            );
            assert!(!asked || !said.step.is_empty(), "{finding:?}");
        }
    }
}

/// What is said of a page for every cause.
fn of_causes() -> impl Iterator<Item = Outlook> {
    let (state, since) = (Availability::PreOrder, time("2027-01-20T08:00"));
    let later = time("2027-03-01T08:00");
    let causes = Cause::VARIANTS
        .iter()
        .filter_map(|name| Cause::from_name(name));
    causes.flat_map(move |cause| {
        let watch = |usual_until, act_from| Outlook::Watch {
            state,
            since,
            cause,
            usual_until,
            act_from,
        };
        [
            Outlook::Usual {
                state,
                since,
                cause: Some(cause),
                until: Some(later),
            },
            watch(Some(later), None),
            watch(None, Some(later)),
            watch(None, None),
            Outlook::Act {
                state,
                since,
                cause,
            },
        ]
    })
}

/// And without one.
fn without_causes() -> Vec<Outlook> {
    let (state, last) = (Availability::PreOrder, Availability::InStock);
    let (since, last_seen) = (time("2027-01-20T08:00"), time("2027-02-01T08:00"));
    let later = time("2027-03-01T08:00");
    vec![
        Outlook::NotSeen {
            since: None,
            reason: None,
        },
        Outlook::NotSeen {
            since: Some(since),
            reason: None,
        },
        Outlook::NotReadable {
            since,
            reason: UnreadReason::Blocked,
            last,
            last_seen,
        },
        Outlook::LastSeen { last, last_seen },
        Outlook::SeenOnce {
            state,
            since,
            confirmed_from: later,
        },
        Outlook::AsExpected { state, since },
        Outlook::SaidExpected { state, since },
        Outlook::Usual {
            state,
            since,
            cause: None,
            until: None,
        },
    ]
}

#[test]
fn no_outlook_stands_elsewhere() {
    let zone = TimeZone::UTC;
    let voice = Voice {
        zone: &zone,
        now: time("2027-02-11T08:00"),
        stores: &[],
        edition: None,
        brief: false,
    };
    for one in of_causes().chain(without_causes()) {
        let one = ListingOutlook {
            store: StoreId::new("amazon.com"),
            outlook: one,
            seen_at: None,
            good_until: None,
            price: Some(money(1699)),
            list_price: Some(money(1599)),
        };
        let line = speaking(|| outlook(&one, &voice));
        assert_eq!(plain(&line, DATA), [""; 0], "{line}");
    }
}
