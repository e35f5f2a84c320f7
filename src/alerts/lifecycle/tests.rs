//! Scripts: what is found at each look, and what is told of it.

mod again;
mod clocks;
mod paused;

use super::*;
use crate::book::{Availability, Note};
use crate::judge::kind::Blindness;
use crate::judge::script::{Script, time};
use crate::judge::{FindingKind, ListingOutlook};
use crate::page::{Unread, UnreadReason};
use crate::text::words;

/// Plays findings, one look a line, as `2027-01-01T09:00 act stuck amazon.com; good released x`.
/// `# note expected amazon.com` is a note of that time; `blind` after the time means that no page
/// could be read. What is told comes out as `time occasion severity rule stores`, one line each.
fn play(zone: &str, script: &str) -> Vec<String> {
    let pace = Pace {
        remind_every: SignedDuration::from_hours(7 * 24),
        zone: TimeZone::get(zone).unwrap(),
    };
    let mut view = Script::new("2027-06-01")
        .pages("2026-12-01T00:00 amazon.com in_stock..6*1")
        .pages("2026-12-01T00:00 bookshop.org in_stock..6*1")
        .view();
    let mut memory = Memory::default();
    let mut told = Vec::new();
    for line in script
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
    {
        let (at, rest) = line.split_once(' ').unwrap_or((line, ""));
        let now = time(at);
        if let Some(what) = rest.strip_prefix("note ") {
            view.notes.push(Note {
                kind: paused::said(what),
                at: now,
                store: None,
                ticket: None,
                text: None,
            });
            continue;
        }
        let is_blind = rest.starts_with("blind");
        let rest = rest.trim_start_matches("blind");
        if !is_blind {
            for listing in &mut view.listings {
                listing.last_good = Some(now);
            }
        }
        let findings = rest
            .split(';')
            .filter_map(|one| finding(one, now))
            .collect();
        let judgement = judged(&view, findings);
        let decisions = decide(&memory, &judgement, &view, &pace, now);
        for telling in &decisions.tellings {
            let occasion = match telling.occasion {
                Occasion::Opened => "opened".to_owned(),
                Occasion::Escalated => "escalated".to_owned(),
                Occasion::Reminded => "reminded".to_owned(),
                Occasion::Closed { lasted } => format!("over after {}", words::lasting(lasted)),
                Occasion::News => "news".to_owned(),
            };
            told.push(format!(
                "{at} {occasion}: {}",
                crate::judge::script::short(&telling.finding)
            ));
        }
        remember(&mut memory, decisions, now);
    }
    told
}

/// These findings, and pages that show what they should but where a finding is about them.
pub(super) fn judged(view: &View, findings: Vec<Finding>) -> Judgement {
    let outlooks = view.listings.iter().map(|listing| {
        let about = findings
            .iter()
            .find(|one| one.stores.contains(&listing.store));
        let (state, since) = (Availability::InStock, Timestamp::UNIX_EPOCH);
        let outlook = match about.filter(|one| one.severity.is_trouble()) {
            Some(finding) => Outlook::Act {
                state,
                since,
                cause: finding.kind.cause(),
            },
            None => Outlook::AsExpected { state, since },
        };
        ListingOutlook {
            seen_at: None,
            good_until: None,
            store: listing.store.clone(),
            outlook,
            price: None,
            list_price: None,
        }
    });
    Judgement {
        outlooks: outlooks.collect(),
        findings,
    }
}

fn kind(name: &str) -> FindingKind {
    let date = "2027-06-01".parse().unwrap();
    let address = String::new();
    match name {
        "stuck" => FindingKind::Stuck,
        "unavailable" => FindingKind::Unavailable,
        "stores-disagree" => FindingKind::StoresDisagree { others: Vec::new() },
        "missing" => FindingKind::Missing {
            counts_from: Timestamp::UNIX_EPOCH,
            enabled: true,
            others: Vec::new(),
        },
        "released-early" => FindingKind::ReleasedEarly { shown: date, date },
        "wrong-date" => FindingKind::WrongDate {
            shown: date,
            date,
            has_passed: false,
            moved: None,
        },
        "rights-query" => FindingKind::RightsQuery { until: None },
        "publish-at-kdp" => FindingKind::PublishAtKdp { date },
        "unread" => FindingKind::LineDown { hours: 14 },
        "blocked" => FindingKind::Unread(Blindness {
            unread: Unread {
                reason: UnreadReason::Blocked,
                rule: "test".into(),
                words: "captcha".into(),
            },
            last_good: None,
            address,
        }),
        "wrong-product" => FindingKind::WrongProduct {
            address,
            words: "another".into(),
        },
        "page-appeared" => FindingKind::PageAppeared { address },
        "released" => FindingKind::Released { address },
        "released-everywhere" => FindingKind::ReleasedEverywhere,
        _ => panic!("no such kind: {name}"),
    }
}

fn finding(text: &str, now: Timestamp) -> Option<Finding> {
    let mut parts = text.split_whitespace();
    let severity = Severity::from_name(parts.next()?).unwrap();
    let kind = kind(parts.next().unwrap());
    let stores = parts.next().unwrap_or_default().split('+');
    let stores = stores.map(StoreId::new).collect();
    let mut found = Finding::new(kind, stores, now).weighing(severity);
    for part in parts {
        match part.split_once('=').unwrap() {
            ("since", at) => found.since = time(at),
            ("act_from", at) => found.act_from = Some(time(at)),
            (key, _) => panic!("no such key: {key}"),
        }
    }
    Some(found)
}

/// What the database does, without one.
fn remember(memory: &mut Memory, decisions: Decisions, now: Timestamp) {
    if !decisions.tellings.is_empty() {
        memory.last_letter = Some(now);
    }
    memory.open = decisions.open;
    memory
        .lately_over
        .extend(decisions.over.into_iter().map(|alert| (alert, now)));
    memory.news.extend(decisions.news);
}

#[track_caller]
fn check(script: &str, expected: &[&str]) {
    assert_eq!(play("UTC", script), expected);
}

#[test]
fn a_worry_is_told_when_it_begins_when_it_is_time_to_act_weekly_and_when_it_is_over() {
    check(
        "2027-01-01T09:00 watch stuck amazon.com
         2027-01-02T09:00 watch stuck amazon.com
         2027-01-08T09:00 act stuck amazon.com
         2027-01-09T09:00 act stuck amazon.com
         2027-01-14T21:00 act stuck amazon.com
         2027-01-15T09:00 act stuck amazon.com
         2027-01-16T09:00 act stuck amazon.com
         2027-01-17T09:00",
        &[
            "2027-01-01T09:00 opened: watch stuck amazon.com",
            "2027-01-08T09:00 escalated: act stuck amazon.com",
            "2027-01-15T09:00 reminded: act stuck amazon.com",
            "2027-01-17T09:00 over after 16 days: good all-clear amazon.com",
        ],
    );
}

#[test]
fn a_late_listing_is_no_letter_until_it_is_time_to_act() {
    check(
        "2027-01-01T09:00 watch missing amazon.com
         2027-01-02T09:00
         2027-01-03T09:00 watch missing bookshop.org
         2027-01-08T09:00 act missing bookshop.org",
        &["2027-01-08T09:00 opened: act missing bookshop.org"],
    );
}

#[test]
fn one_letter_a_day_and_nothing_is_lost() {
    check(
        "2027-01-01T09:00 good page-appeared bookshop.org
         2027-01-01T15:00 good page-appeared bookshop.org; act stuck amazon.com
         2027-01-02T03:00 good page-appeared bookshop.org; act stuck amazon.com
         2027-01-02T09:00
         2027-01-03T09:00",
        &[
            "2027-01-01T09:00 news: good page-appeared bookshop.org",
            "2027-01-02T03:00 opened: act stuck amazon.com",
            "2027-01-03T09:00 over after 42 hours: good all-clear amazon.com",
        ],
    );
}

#[test]
fn the_day_is_the_authors_own() {
    let script = "2027-01-01T20:00 good page-appeared bookshop.org
         2027-01-02T01:00 act missing amazon.com
         2027-01-02T06:00 act missing amazon.com";
    assert_eq!(
        play("America/New_York", script)[1],
        "2027-01-02T06:00 opened: act missing amazon.com"
    );
    assert_eq!(
        play("UTC", script)[1],
        "2027-01-02T01:00 opened: act missing amazon.com"
    );
}

#[test]
fn lesser_things_wait_for_an_act_of_the_same_day() {
    check(
        "2027-01-01T09:00 watch stuck amazon.com act_from=2027-01-11T12:00
         2027-01-11T09:00 watch stuck amazon.com act_from=2027-01-11T12:00; good page-appeared bookshop.org
         2027-01-11T15:00 act stuck amazon.com act_from=2027-01-11T12:00; good page-appeared bookshop.org",
        &[
            "2027-01-01T09:00 opened: watch stuck amazon.com",
            "2027-01-11T15:00 escalated: act stuck amazon.com",
            "2027-01-11T15:00 news: good page-appeared bookshop.org",
        ],
    );
}

#[test]
fn what_is_recalled_is_recalled_together() {
    check(
        "2027-01-01T09:00 act missing bookshop.org
         2027-01-04T09:00 act missing bookshop.org; act stuck amazon.com
         2027-01-08T09:00 act missing bookshop.org; act stuck amazon.com
         2027-01-11T09:00 act missing bookshop.org; act stuck amazon.com
         2027-01-15T09:00 act missing bookshop.org; act stuck amazon.com",
        &[
            "2027-01-01T09:00 opened: act missing bookshop.org",
            "2027-01-04T09:00 opened: act stuck amazon.com",
            "2027-01-08T09:00 reminded: act missing bookshop.org",
            "2027-01-08T09:00 reminded: act stuck amazon.com",
            "2027-01-15T09:00 reminded: act missing bookshop.org",
            "2027-01-15T09:00 reminded: act stuck amazon.com",
        ],
    );
}

#[test]
fn a_letter_waits_for_the_second_look_at_another_page_unless_it_is_urgent() {
    let view = Script::new("2027-06-01")
        .pages("2027-01-01T00:00 amazon.com pre_order..6*1")
        .pages("2027-01-01T04:00 bookshop.org pre_order")
        .view();
    let pace = Pace {
        remind_every: SignedDuration::from_hours(168),
        zone: TimeZone::UTC,
    };
    let tells = |at: &str, what: &str| {
        let now = time(at);
        let findings = [finding(what, now).unwrap()];
        decide(
            &Memory::default(),
            &judged(&view, findings.into()),
            &view,
            &pace,
            now,
        )
        .tellings
        .len()
    };
    assert_eq!(
        tells("2027-01-01T06:00", "good page-appeared amazon.com"),
        0
    );
    assert_eq!(tells("2027-01-01T06:00", "act missing amazon.com"), 0);
    assert_eq!(tells("2027-01-01T06:00", "act rights-query amazon.com"), 1);
    assert_eq!(
        tells("2027-01-01T16:00", "good page-appeared amazon.com"),
        1
    );
}

#[test]
fn launch_days_are_not_rationed() {
    check(
        "2027-06-01T00:00 to-do publish-at-kdp amazon.com
         2027-06-01T09:00 good released bookshop.org
         2027-06-01T15:00 good released bookshop.org; good released amazon.com",
        &[
            "2027-06-01T00:00 opened: to-do publish-at-kdp amazon.com",
            "2027-06-01T09:00 news: good released bookshop.org",
            "2027-06-01T15:00 news: good released amazon.com",
        ],
    );
}

#[test]
fn news_is_told_once_and_what_is_sold_everywhere_is_sold_at_each() {
    check(
        "2027-07-01T09:00 good released bookshop.org
         2027-07-02T09:00 good released bookshop.org
         2027-07-03T09:00 good released-everywhere amazon.com+bookshop.org
         2027-07-04T09:00 good released amazon.com; good released bookshop.org
         2027-07-05T09:00 good released-everywhere amazon.com+bookshop.org",
        &[
            "2027-07-01T09:00 news: good released bookshop.org",
            "2027-07-03T09:00 news: good released-everywhere amazon.com+bookshop.org",
        ],
    );
}

#[test]
fn an_all_clear_says_what_the_news_would_say() {
    check(
        "2027-01-01T09:00 watch stuck amazon.com
         2027-01-09T09:00 good page-appeared amazon.com
         2027-01-10T09:00 good page-appeared amazon.com",
        &[
            "2027-01-01T09:00 opened: watch stuck amazon.com",
            "2027-01-09T09:00 over after 8 days: good all-clear amazon.com",
        ],
    );
}

#[test]
fn a_flap_is_a_line_in_the_digest_but_an_act_is_told_all_the_same() {
    check(
        "2027-01-01T09:00 watch stuck amazon.com
         2027-01-03T09:00
         2027-01-04T09:00 watch stuck amazon.com
         2027-01-05T09:00
         2027-01-06T09:00 act stuck amazon.com
         2027-01-09T09:00
         2027-01-20T09:00 watch stuck amazon.com",
        &[
            "2027-01-01T09:00 opened: watch stuck amazon.com",
            "2027-01-03T09:00 over after 2 days: good all-clear amazon.com",
            "2027-01-06T09:00 opened: act stuck amazon.com",
            "2027-01-09T09:00 over after 3 days: good all-clear amazon.com",
            "2027-01-20T09:00 opened: watch stuck amazon.com",
        ],
    );
}

#[test]
fn one_cause_in_two_lights_is_one_alert() {
    check(
        "2027-01-01T09:00 watch stuck amazon.com
         2027-01-04T09:00 watch stores-disagree amazon.com
         2027-01-08T09:00 act stores-disagree amazon.com
         2027-01-09T09:00 act unavailable amazon.com",
        &[
            "2027-01-01T09:00 opened: watch stuck amazon.com",
            "2027-01-08T09:00 escalated: act stores-disagree amazon.com",
        ],
    );
}

#[test]
fn what_another_worry_takes_the_place_of_ends_silently() {
    check(
        "2027-01-01T09:00 act wrong-date amazon.com
         2027-01-08T08:00 act released-early amazon.com",
        &[
            "2027-01-01T09:00 opened: act wrong-date amazon.com",
            "2027-01-08T08:00 opened: act released-early amazon.com",
        ],
    );
}

#[test]
fn what_the_author_expects_ends_silently() {
    check(
        "2027-01-01T09:00 act stuck amazon.com
         2027-01-02T08:00 note expected
         2027-01-02T09:00",
        &["2027-01-01T09:00 opened: act stuck amazon.com"],
    );
}

#[test]
fn nothing_is_recalled_that_nobody_has_seen_since() {
    check(
        "2027-01-01T09:00 act stuck amazon.com
         2027-01-09T09:00 blind act stuck amazon.com
         2027-01-20T09:00 blind act stuck amazon.com
         2027-01-21T09:00 act stuck amazon.com",
        &[
            "2027-01-01T09:00 opened: act stuck amazon.com",
            "2027-01-21T09:00 reminded: act stuck amazon.com",
        ],
    );
}

#[test]
fn after_asking_it_is_quiet_and_acting_again_is_a_reminder_not_a_new_alarm() {
    check(
        "2027-01-01T09:00 act stuck amazon.com
         2027-01-03T09:00 watch stuck amazon.com
         2027-01-07T09:00 act stuck amazon.com
         2027-01-08T09:00 act stuck amazon.com",
        &[
            "2027-01-01T09:00 opened: act stuck amazon.com",
            "2027-01-08T09:00 reminded: act stuck amazon.com",
        ],
    );
}

#[test]
fn the_same_findings_twice_change_nothing() {
    let view = Script::new("2027-06-01")
        .pages("2026-12-01T00:00 amazon.com out_of_stock")
        .view();
    assert_eq!(
        view.listings[0].spells[0].availability,
        Availability::OutOfStock
    );
    let pace = Pace {
        remind_every: SignedDuration::from_hours(168),
        zone: TimeZone::UTC,
    };
    let now = time("2027-01-01T09:00");
    let findings = judged(&view, vec![finding("act stuck amazon.com", now).unwrap()]);
    let mut memory = Memory::default();
    let first = decide(&memory, &findings, &view, &pace, now);
    remember(&mut memory, first, now);
    let again = decide(&memory, &findings, &view, &pace, now);
    assert_eq!(again.tellings, []);
    assert_eq!(again.open, memory.open);
}

#[test]
fn our_own_line_is_one_notice_however_long_it_lasts() {
    let script = Script::new("2027-06-01").pages("2026-12-01T00:00 amazon.com in_stock");
    let down = finding("watch unread amazon.com", time("2026-12-01T00:00"));
    assert_eq!(script.view().listings.len(), 1);
    assert_eq!(line_step(false, None), LineStep::Nothing);
    assert_eq!(line_step(false, down.as_ref()), LineStep::Tell);
    assert_eq!(line_step(true, down.as_ref()), LineStep::Nothing);
    assert_eq!(line_step(true, None), LineStep::Over);
}
