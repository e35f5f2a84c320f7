use std::collections::BTreeSet;
use std::str::FromStr as _;

use super::*;

const HOUR: SignedDuration = SignedDuration::from_hours(1);

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn rules() -> Rules {
    Rules {
        floor: SignedDuration::from_mins(30),
        confirm_after: HOUR * 6,
        awake_since: None,
    }
}

fn listing() -> (EditionId, StoreId) {
    ("9781944098117".parse().unwrap(), StoreId::new("amazon.com"))
}

/// Each line is a stored time by its name, or the clock; the last line is what is expected.
#[track_caller]
fn check(rhythm: Rhythm<'_>, script: &str, expected: &str) {
    let (edition, store) = listing();
    let mut times = Times::default();
    let mut rules = rules();
    let mut now = None;
    for line in script.trim().lines() {
        let (name, value) = line.trim().split_once(' ').unwrap();
        let value = at(value);
        match name {
            "tried" => times.last_try = Some(value),
            "changed" => times.unconfirmed_since = Some(value),
            "sister-changed" => times.sister_changed = Some(value),
            "retry" => times.retry_at = Some(value),
            "store-spent" => times.store_spent_until = Some(value),
            "spent" => times.spent_until = Some(value),
            "closed" => times.closed_until = Some(value),
            "awake" => rules.awake_since = Some(value),
            "now" => now = Some(value),
            other => panic!("{other}"),
        }
    }
    let due = due((&edition, &store), &times, rhythm, &rules, now.unwrap());
    assert_eq!(format!("{} {}", due.at, due.why.words()), expected);
}

fn hourly() -> Cron {
    Cron::from_str("0 */6 * * *").unwrap()
}

fn by_cron<'a>(cron: &'a Cron, zone: &'a TimeZone) -> Rhythm<'a> {
    Rhythm::Cron { cron, zone }
}

#[test]
fn a_change_at_another_marketplace_brings_the_look_forward_but_not_below_the_floor() {
    check(
        Rhythm::Every(HOUR * 24),
        "tried 2026-12-01T08:00:00Z
         sister-changed 2026-12-01T11:00:00Z
         now 2026-12-01T11:01:00Z",
        "2026-12-01T11:00:00Z as another marketplace has changed",
    );
    check(
        Rhythm::Every(HOUR * 24),
        "tried 2026-12-01T10:50:00Z
         sister-changed 2026-12-01T11:00:00Z
         now 2026-12-01T11:01:00Z",
        "2026-12-01T11:20:00Z not earlier, out of politeness",
    );
}

#[test]
fn a_new_listing_is_due_at_once_unless_its_store_is_closed() {
    check(
        Rhythm::Every(HOUR * 6),
        "now 2026-12-01T08:00:00Z",
        "2026-12-01T08:00:00Z never looked at",
    );
    check(
        Rhythm::Every(HOUR * 6),
        "now 2026-12-01T08:00:00Z
         closed 2026-12-01T09:00:00Z",
        "2026-12-01T09:00:00Z the store asked for quiet until then",
    );
}

#[test]
fn the_authors_schedule_counts_from_the_last_look() {
    let (cron, zone) = (hourly(), TimeZone::get("America/New_York").unwrap());
    check(
        by_cron(&cron, &zone),
        "tried 2026-12-01T11:00:20Z
         now 2026-12-01T12:00:00Z",
        "2026-12-01T17:00:00Z by its rhythm",
    );
    // The machine slept over two rounds: one look, not two.
    check(
        by_cron(&cron, &zone),
        "tried 2026-12-01T11:00:20Z
         now 2026-12-02T01:00:00Z",
        "2026-12-01T17:00:00Z by its rhythm",
    );
}

#[test]
fn a_change_brings_the_second_look_forward() {
    check(
        Rhythm::Every(HOUR * 24),
        "tried 2026-12-01T08:00:00Z
         changed 2026-12-01T08:00:00Z
         now 2026-12-01T09:00:00Z",
        "2026-12-01T14:00:00Z to confirm a change",
    );
    // The second look came and could not be read: again after a while, not every minute.
    check(
        Rhythm::Every(HOUR * 24),
        "tried 2026-12-01T14:00:30Z
         changed 2026-12-01T08:00:00Z
         now 2026-12-01T14:01:00Z",
        "2026-12-01T15:30:30Z to confirm a change",
    );
}

#[test]
fn a_failed_look_is_repeated_but_never_before_the_floor() {
    check(
        Rhythm::Every(HOUR * 24),
        "tried 2026-12-01T08:00:00Z
         retry 2026-12-01T09:00:00Z
         now 2026-12-01T08:10:00Z",
        "2026-12-01T09:00:00Z after a failed look",
    );
    check(
        Rhythm::Every(HOUR * 24),
        "tried 2026-12-01T08:00:00Z
         retry 2026-12-01T08:05:00Z
         now 2026-12-01T08:10:00Z",
        "2026-12-01T08:30:00Z not earlier, out of politeness",
    );
    // A retry that a later look has made needless is forgotten.
    let (cron, zone) = (hourly(), TimeZone::UTC);
    check(
        by_cron(&cron, &zone),
        "tried 2026-12-01T12:00:10Z
         retry 2026-12-01T09:00:00Z
         now 2026-12-01T12:10:00Z",
        "2026-12-01T18:00:00Z by its rhythm",
    );
}

#[test]
fn a_closed_store_is_left_alone_whatever_is_due() {
    check(
        Rhythm::Every(HOUR),
        "tried 2026-12-01T08:00:00Z
         changed 2026-12-01T01:00:00Z
         closed 2026-12-02T00:00:00Z
         now 2026-12-01T12:00:00Z",
        "2026-12-02T00:00:00Z the store asked for quiet until then",
    );
}

#[test]
fn what_is_used_up_for_the_day_is_asked_the_next_and_the_longest_reason_is_told() {
    check(
        Rhythm::Every(HOUR),
        "tried 2026-12-01T20:00:00Z
         spent 2026-12-02T00:00:00Z
         now 2026-12-01T22:30:00Z",
        "2026-12-02T00:00:00Z it has had its looks of the day",
    );
    check(
        Rhythm::Every(HOUR),
        "store-spent 2026-12-02T00:00:00Z
         spent 2026-12-02T00:00:00Z
         now 2026-12-01T22:30:00Z",
        "2026-12-02T00:00:00Z it has had its looks of the day",
    );
    check(
        Rhythm::Every(HOUR),
        "tried 2026-12-01T20:00:00Z
         store-spent 2026-12-02T00:00:00Z
         closed 2026-12-02T03:00:00Z
         now 2026-12-01T22:30:00Z",
        "2026-12-02T03:00:00Z the store asked for quiet until then",
    );
    check(
        Rhythm::Every(HOUR),
        "tried 2026-12-01T20:00:00Z
         store-spent 2026-12-02T00:00:00Z
         now 2026-12-01T22:30:00Z",
        "2026-12-02T00:00:00Z the store has had its requests of the day",
    );
}

#[test]
fn a_clock_that_was_set_back_does_not_stop_the_looks() {
    check(
        Rhythm::Every(HOUR * 6),
        "tried 2027-12-01T08:00:00Z
         closed 2027-12-01T09:00:00Z
         now 2026-12-01T08:00:00Z",
        "2026-12-01T08:00:00Z the clock was set back",
    );
    let (cron, zone) = (hourly(), TimeZone::UTC);
    check(
        by_cron(&cron, &zone),
        "tried 2026-12-03T08:00:00Z
         now 2026-12-01T08:00:00Z",
        "2026-12-01T08:00:00Z the clock was set back",
    );
    // A little ahead is believed: the floor and the rhythm bound what it can cost.
    check(
        by_cron(&cron, &zone),
        "tried 2026-12-01T08:10:00Z
         now 2026-12-01T08:00:00Z",
        "2026-12-01T12:00:00Z by its rhythm",
    );
}

#[test]
fn an_interval_settles_at_a_phase_of_its_own() {
    let (edition, store) = listing();
    let rhythm = Rhythm::Every(HOUR * 6);
    let mut last = at("2026-12-01T08:00:00Z");
    let mut gaps = Vec::new();
    for _ in 0..4 {
        let times = Times {
            last_try: Some(last),
            ..Times::default()
        };
        let next = due((&edition, &store), &times, rhythm, &rules(), last).at;
        gaps.push(next.duration_since(last));
        // The look itself comes a little later than it was due.
        last = later(next, SignedDuration::from_secs(40));
    }
    assert!((HOUR * 3..=HOUR * 9).contains(&gaps[0]), "{gaps:?}");
    let settled = HOUR * 6 - SignedDuration::from_secs(40);
    assert_eq!(gaps[1..], [settled; 3]);
}

#[test]
fn a_restart_spreads_what_became_due_meanwhile() {
    let awake = at("2026-12-08T08:00:00Z");
    let rules = Rules {
        awake_since: Some(awake),
        ..rules()
    };
    let times = Times {
        last_try: Some(at("2026-12-01T08:00:00Z")),
        ..Times::default()
    };
    let mut moments = BTreeSet::new();
    for number in 0..300_u32 {
        let edition = isbn_of(number);
        let store = StoreId::new("bookshop.org");
        let due = due(
            (&edition, &store),
            &times,
            Rhythm::Every(HOUR * 6),
            &rules,
            awake,
        );
        assert!(awake <= due.at && due.at <= later(awake, CATCH_UP));
        moments.insert(due.at.as_second() / 60);
    }
    assert_eq!(
        moments.len(),
        10,
        "300 looks should come in each of ten minutes"
    );
}

#[test]
fn phases_are_spread_over_the_whole_interval() {
    let mut hours = [0_u32; 24];
    for number in 0..2400_u32 {
        let phase = phase(&isbn_of(number), &StoreId::new("amazon.com"), HOUR * 24);
        hours[usize::try_from(phase.as_hours()).unwrap()] += 1;
    }
    assert!(
        hours.iter().all(|count| (60..=140).contains(count)),
        "{hours:?}"
    );
}

fn isbn_of(number: u32) -> EditionId {
    let core = format!("978{number:09}");
    (0..10)
        .find_map(|digit| format!("{core}{digit}").parse().ok())
        .unwrap()
}

#[test]
fn what_was_seen_is_good_until_two_more_looks_were_missed() {
    #[track_caller]
    fn check(rhythm: &Rhythm<'_>, expected: &str) {
        assert_eq!(rhythm.good_until(at("2027-01-04T10:00:00Z")), at(expected));
    }
    check(&Rhythm::Every(HOUR * 24), "2027-01-06T11:00:00Z");
    check(&Rhythm::Every(HOUR * 6), "2027-01-04T23:00:00Z");
    check(&Rhythm::Every(HOUR), "2027-01-04T16:00:00Z");
    let cron = Cron::from_str("0 8 * * 1").unwrap();
    let zone = &TimeZone::UTC;
    check(&Rhythm::Cron { cron: &cron, zone }, "2027-01-18T09:00:00Z");
}
