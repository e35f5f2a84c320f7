//! What findings say, by format, printer and cause.

use jiff::tz::TimeZone;

use super::{Said, Voice, said};
use crate::book::{Distribution, Edition, Format, Making};
use crate::judge::Severity;
use crate::judge::script::Script;

fn kindle(edition: &mut Edition) {
    edition.format = Format::Ebook;
    edition.distribution = Distribution::Kdp;
    edition.amazon_switch = false;
}

#[track_caller]
fn never(words: &str, forbidden: &[&str]) {
    for one in forbidden {
        assert!(!words.to_lowercase().contains(one), "{one:?} in {words}");
    }
}

/// What is said of a book on sale for long, at Amazon and Barnes & Noble, since Amazon shows this.
fn steady(change: impl FnOnce(&mut Edition), state: &str, days: i64, name: &str) -> String {
    Script::new("2026-01-05")
        .with(change)
        .pages(&format!(
            "2027-01-01T00:00 amazon.com in_stock..24*9
             2027-01-01T00:00 barnesandnoble.com in_stock..24*40
             2027-01-11T00:00 amazon.com {state}..24*{days}"
        ))
        .said_of(name)
}

#[test]
fn an_ebook_has_no_returns_no_discount_and_is_not_printed() {
    let print = ["print", "returns", "discount", "isbn-10", "ingram"];
    never(&steady(kindle, "out_of_stock", 2, "unavailable"), &print);
    never(
        &steady(kindle, "back_order", 25, "temporarily-out-of-stock"),
        &print,
    );
    never(&steady(kindle, "not_listed", 2, "vanished"), &print);
}

#[test]
fn a_printed_run_can_be_out_of_stock_and_what_is_printed_to_order_cannot() {
    let offset = |edition: &mut Edition| {
        edition.printing = Some(Making::Offset);
        edition.amazon_switch = false;
    };
    let words = steady(offset, "out_of_stock", 22, "unavailable");
    never(&words, &["printed to order", "cannot"]);
    assert!(words.contains("wholesaler"), "{words}");
    let on_demand = |edition: &mut Edition| edition.amazon_switch = false;
    let words = steady(on_demand, "out_of_stock", 2, "unavailable");
    assert!(words.contains("It is printed to order"), "{words}");
}

#[test]
fn what_was_on_sale_and_is_gone_says_so_with_the_day() {
    let words = steady(|_| (), "not_listed", 2, "vanished");
    assert!(
        words.contains("Amazon sold it until Mon 11 January"),
        "{words}"
    );
    never(&words, &["not list it yet", "after distribution"]);
}

#[test]
fn sold_at_one_amazon_and_gone_at_another_is_about_territories_and_price() {
    let words = Script::new("2026-01-05")
        .pages(
            "2027-01-01T00:00 amazon.com in_stock..24*9
             2027-01-01T00:00 amazon.co.uk in_stock..24*40
             2027-01-11T00:00 amazon.com not_listed..24*2",
        )
        .said_of("vanished");
    assert!(words.contains("territories"), "{words}");
    assert!(words.contains("Amazon.co.uk sells it"), "{words}");
}

#[test]
fn who_is_to_look_by_hand_has_every_link_and_command() {
    let script = Script::new("2027-02-09").pages(
        "2027-01-01T00:00 amazon.com pre_order
         2027-01-01T00:00 bookshop.org not_listed",
    );
    let mut view = script.view();
    for listing in &mut view.listings {
        listing.is_by_hand = true;
    }
    insta::assert_snapshot!(script.said_at(&view, "2027-02-09T09:00", "look-by-hand"), @r"
    Look at the pages of Amazon and Bookshop.org yourself
    It is out today. Does the page sell it yet? Amazon: https://amazon.com/book/9780132350884 (looked at last on Fri 1 January), Bookshop.org: https://bookshop.org/book/9780132350884 (looked at last on Fri 1 January).
    Open each, and tell us what it says with `pubwatch look 9780132350884 amazon.com --says …` and `pubwatch look 9780132350884 bookshop.org --says …`, or on the web page of the edition, under “You looked yourself”. `pubwatch look 9780132350884` opens them and takes a key for an answer. A page that you saved is read like one of ours.
    ");
}

#[test]
fn forty_percent_is_never_advised() {
    let words = steady(
        |edition| edition.amazon_switch = false,
        "ships_later",
        25,
        "ships-in-weeks",
    );
    assert!(words.contains("53 to 55 %"), "{words}");
    never(&words, &["to 40 %"]);
}

#[test]
fn kdps_ordinary_causes_come_first() {
    let words = Script::new("2023-06-27")
        .notes("2023-06-27T00:30 kdp_published")
        .pages("2023-06-27T06:30 amazon.com not_listed..6*14")
        .said_of("kdp-not-live");
    let ordinary = words.find("the ISBN inside the book differs").unwrap();
    assert!(ordinary < words.find("write to them").unwrap(), "{words}");
}

#[test]
fn several_stores_of_one_party_are_one_finding_that_asks_once() {
    let script = Script::new("2026-01-05")
        .with(|edition| edition.amazon_switch = false)
        .pages(
            "2027-01-01T00:00 amazon.com in_stock..24*9
             2027-01-01T00:00 bookshop.org in_stock..24*9
             2027-01-01T00:00 barnesandnoble.com in_stock..24*40
             2027-01-11T00:00 amazon.com not_listed..24*3
             2027-01-12T00:00 bookshop.org not_listed..24*2",
        );
    script.check(&["act vanished amazon.com+bookshop.org"]);
    let words = script.said_of("vanished");
    assert!(
        words.starts_with("Amazon and Bookshop.org no longer sell it"),
        "{words}"
    );
    assert!(
        words.contains("look first at the title's status in your account"),
        "{words}"
    );
}

#[test]
fn every_page_has_its_line_normal_or_not() {
    let script = Script::new("2027-02-09")
        .enabled("2026-12-01")
        .notes("2027-02-09T00:30 kdp_published")
        .pages(
            "2027-02-01T00:00 amazon.com pre_order..12*15
             2027-02-01T00:00 bookshop.org pre_order..12*16
             2027-02-01T00:00 barnesandnoble.com blocked..12*18
             2027-02-09T06:00 amazon.com out_of_stock..6*2
             2027-02-09T06:00 bookshop.org pre_order..6*2
             2027-02-09T19:00 bookshop.org in_stock",
        );
    insta::assert_snapshot!(script.normal_at("2027-02-09T19:00"), @r"
    amazon.com: usual after publishing at KDP, until Fri 12 February
    bookshop.org: seen once, a second look counts from Wed 10 February, 01:00 UTC on
    barnesandnoble.com: not seen yet, tried since Mon 1 February, 00:00 UTC
    ");
}

#[test]
fn what_two_pages_say_in_words_of_their_own_is_quoted_of_both() {
    let script = Script::new("2027-02-09").pages(
        "2027-03-01T00:00 amazon.co.uk ships_later..24*40
         2027-03-01T00:00 amazon.de ships_later..24*40",
    );
    let mut finding = script
        .judge()
        .into_iter()
        .find(|one| one.stores.len() == 2)
        .expect("one finding of both");
    let quotes = [
        "Dispatched within 4 to 6 weeks",
        "Versandfertig in 12 Tagen",
    ];
    for (page, words) in finding.pages.iter_mut().zip(quotes) {
        page.words = words.to_owned();
    }
    let zone = TimeZone::UTC;
    let voice = Voice {
        zone: &zone,
        now: finding.since,
        stores: &[],
        edition: None,
        brief: false,
    };
    let Said {
        headline, verdict, ..
    } = said(&finding, &voice);
    let both = "“Dispatched within 4 to 6 weeks” and “Versandfertig in 12 Tagen”";
    let said = format!("{headline}. {verdict}");
    assert_eq!(said.matches(both).count(), 2, "{said}");
}

#[test]
fn a_launch_report_knows_where_there_is_something_to_do() {
    let script = Script::new("2027-02-09")
        .with(|edition| edition.amazon_switch = false)
        .pages(
            "2027-02-01T00:00 amazon.com pre_order..6*51
             2027-02-01T00:00 bookshop.org pre_order..12*16
             2027-02-09T06:00 bookshop.org in_stock..6*18",
        );
    let findings = script.judge();
    let report = findings
        .iter()
        .find(|one| one.kind.launch_report().is_some());
    let state = report
        .and_then(|one| one.kind.launch_report())
        .expect("a report");
    assert_eq!(state.behind.len(), 1);
    let acts = findings.iter().filter(|one| one.severity == Severity::Act);
    assert_eq!(acts.count(), 1);
    assert_eq!(state.to_act_on, [state.behind[0].store.clone()]);
}
