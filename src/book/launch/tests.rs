use super::*;
use crate::book::Format;
use crate::judge::script::{self, Script};

/// A listing that has taken orders since 10 December, published on 9 February 2027.
#[track_caller]
fn check(store: &str, notes: &str, at: &str, expected: Phase) {
    let view = Script::new("2027-02-09")
        .enabled("2026-12-01")
        .pages(&format!(
            "2026-12-10T00:00 {store} pre_order
             2026-12-10T06:00 {store} pre_order"
        ))
        .notes(notes)
        .view();
    let at = script::time(at);
    assert_eq!(
        view.listings[0].phase(&view.launch, at),
        expected,
        "at {at}"
    );
}

#[test]
fn the_phases_follow_the_dates() {
    check("bookshop.org", "", "2027-01-25T23:59", Phase::PreOrder);
    check("bookshop.org", "", "2027-01-26T00:00", Phase::EarlyShip);
    check("bookshop.org", "", "2027-02-08T23:59", Phase::EarlyShip);
    check("bookshop.org", "", "2027-02-09T00:00", Phase::ReleaseDay);
    check("bookshop.org", "", "2027-02-10T11:59", Phase::ReleaseDay);
    check("bookshop.org", "", "2027-02-10T12:00", Phase::Settling);
    check("bookshop.org", "", "2027-02-26T11:59", Phase::Settling);
    check("bookshop.org", "", "2027-02-26T12:00", Phase::Steady);
}

#[test]
fn without_a_page_it_propagates_and_without_distribution_it_is_set_up() {
    let at = script::time("2027-01-28T00:00");
    let listed = Script::new("2027-02-09").pages("2027-01-01T00:00 bookshop.org not_listed");
    for (script, expected) in [
        (listed.clone(), Phase::SetUp),
        (listed.clone().enabled("2026-12-01"), Phase::Propagating),
        (listed.enabled("2027-01-29"), Phase::SetUp),
    ] {
        let view = script.view();
        assert_eq!(view.listings[0].phase(&view.launch, at), expected);
    }
}

#[test]
fn the_switchover_is_amazons_and_begins_with_the_click() {
    let notes = "2027-02-09T00:30 kdp_published";
    check("amazon.com", notes, "2027-02-09T00:29", Phase::ReleaseDay);
    check("amazon.com", notes, "2027-02-09T00:30", Phase::Switchover);
    check("amazon.com", notes, "2027-02-12T00:29", Phase::Switchover);
    check("amazon.com", notes, "2027-02-12T00:30", Phase::Settling);
    check("bookshop.org", notes, "2027-02-09T00:30", Phase::ReleaseDay);
}

#[test]
fn a_moved_date_moves_the_phases() {
    let notes = "2027-01-20T00:00 date_changed=2027-03-09";
    check("bookshop.org", notes, "2027-02-09T12:00", Phase::PreOrder);
    check("bookshop.org", notes, "2027-03-09T12:00", Phase::ReleaseDay);
}

#[test]
fn an_authors_day_of_enabling_is_the_authors_own() {
    let view = Script::new("2027-02-09")
        .notes("2026-12-01T03:00 distribution_enabled")
        .view();
    let new_york = TimeZone::get("America/New_York").unwrap();
    let launch = Launch::new(&view.edition, &view.notes, &new_york);
    assert_eq!(launch.enabled, Some("2026-11-30".parse().unwrap()));
}

#[test]
fn the_newest_move_is_in_force_and_says_what_was_before() {
    let view = Script::new("2027-02-09")
        .notes(
            "2027-01-04T00:00 date_changed=2027-03-16
             2027-01-20T00:00 date_changed=2027-02-23",
        )
        .view();
    let launch = &view.launch;
    assert_eq!(launch.publication.to_string(), "2027-02-23");
    assert_eq!(launch.on_sale, launch.publication);
    let moved = launch.moved.unwrap();
    assert_eq!(moved.at, script::time("2027-01-20T00:00"));
    assert_eq!(moved.from, Some("2027-03-16".parse().unwrap()));
}

#[test]
fn sent_to_kdp_before_the_date_it_is_scheduled_unless_it_is_an_ebook() {
    let script = Script::new("2027-02-09").notes("2027-02-01T15:00 kdp_published");
    let from = |script: &Script| script.view().launch.kdp.unwrap().counts_from();
    assert_eq!(from(&script), script::time("2027-02-09T00:00"));
    let named = Script::new("2027-02-09").notes("2027-02-01T15:00 kdp_published=2027-02-12");
    assert_eq!(from(&named), script::time("2027-02-12T00:00"));
    let ebook = script.with(|edition| edition.format = Format::Ebook);
    assert_eq!(from(&ebook), script::time("2027-02-01T15:00"));
}

#[test]
fn who_feeds_amazon_changes_with_the_click() {
    let amazon = StoreId::new("amazon.com");
    let script = Script::new("2027-02-09");
    let ingram = Feeder::Distributor(Distribution::IngramSpark);
    assert_eq!(script.view().launch.feeder(&amazon), ingram);
    let clicked = script.notes("2027-02-09T00:30 kdp_published");
    assert_eq!(clicked.view().launch.feeder(&amazon), Feeder::Kdp);
    assert_eq!(
        clicked.view().launch.feeder(&StoreId::new("bookshop.org")),
        ingram
    );
}
