//! Letters that are paused.

use super::{check, play};
use crate::book::NoteKind;

/// `expected`, or `paused 2027-01-20 but-act`.
pub(super) fn said(what: &str) -> NoteKind {
    let mut words = what.split(' ');
    let name = words.next().unwrap();
    let kind = NoteKind::from_name(name, words.next().map(|day| day.parse().unwrap())).unwrap();
    match (kind, words.next()) {
        (NoteKind::Paused { until, .. }, Some("but-act")) => NoteKind::Paused {
            until,
            but_act: true,
            all: false,
        },
        (kind, _) => kind,
    }
}

#[test]
fn what_is_due_while_letters_are_paused_is_one_letter_when_the_pause_ends() {
    check(
        "2027-01-01T09:00 note paused 2027-01-10
         2027-01-02T09:00 act stuck amazon.com
         2027-01-05T09:00 act stuck amazon.com; good released bookshop.org
         2027-01-09T23:59 act stuck amazon.com; good released bookshop.org
         2027-01-10T00:00 act stuck amazon.com; good released bookshop.org
         2027-01-11T09:00 act stuck amazon.com; good released bookshop.org",
        &[
            "2027-01-10T00:00 opened: act stuck amazon.com",
            "2027-01-10T00:00 news: good released bookshop.org",
        ],
    );
}

#[test]
fn a_pause_ends_with_the_day_where_the_author_lives() {
    let script = "2027-01-01T09:00 note paused 2027-01-10
         2027-01-02T09:00 act stuck amazon.com
         2027-01-10T04:59 act stuck amazon.com
         2027-01-10T05:00 act stuck amazon.com";
    assert_eq!(
        play("America/New_York", script),
        ["2027-01-10T05:00 opened: act stuck amazon.com"]
    );
}

#[test]
fn act_comes_through_where_the_author_wants_it_and_all_else_waits() {
    check(
        "2027-01-01T09:00 note paused 2027-01-10 but-act
         2027-01-02T09:00 watch stuck amazon.com; good released bookshop.org
         2027-01-04T09:00 act stuck amazon.com; good released bookshop.org
         2027-01-06T09:00 good released bookshop.org
         2027-01-10T09:00 good released bookshop.org",
        &[
            "2027-01-04T09:00 opened: act stuck amazon.com",
            "2027-01-10T09:00 over after 4 days: good all-clear amazon.com",
            "2027-01-10T09:00 news: good released bookshop.org",
        ],
    );
}

#[test]
fn an_all_clear_that_comes_while_letters_are_paused_waits_and_is_told() {
    check(
        "2027-01-01T09:00 act stuck amazon.com
         2027-01-02T09:00 note paused 2027-01-20
         2027-01-05T09:00
         2027-01-10T09:00
         2027-01-20T09:00
         2027-01-21T09:00",
        &[
            "2027-01-01T09:00 opened: act stuck amazon.com",
            "2027-01-20T09:00 over after 4 days: good all-clear amazon.com",
        ],
    );
}

#[test]
fn what_came_and_went_while_letters_were_paused_is_told_once_when_it_ends() {
    check(
        "2027-01-01T09:00 note paused 2027-01-20
         2027-01-02T09:00 act stuck amazon.com
         2027-01-05T09:00
         2027-01-07T09:00 act stuck amazon.com
         2027-01-10T09:00
         2027-01-20T09:00
         2027-01-21T09:00",
        &["2027-01-20T09:00 over after 8 days: good all-clear amazon.com"],
    );
}

#[test]
fn what_would_have_been_no_letter_is_none_when_a_pause_ends() {
    check(
        "2027-01-01T09:00 note paused 2027-01-20
         2027-01-02T09:00 watch missing amazon.com
         2027-01-05T09:00
         2027-01-20T09:00",
        &[],
    );
}

#[test]
fn nothing_is_recalled_while_letters_are_paused() {
    check(
        "2027-01-01T09:00 act stuck amazon.com
         2027-01-02T09:00 note paused 2027-01-20
         2027-01-09T09:00 act stuck amazon.com
         2027-01-16T09:00 act stuck amazon.com
         2027-01-20T09:00 act stuck amazon.com",
        &[
            "2027-01-01T09:00 opened: act stuck amazon.com",
            "2027-01-20T09:00 reminded: act stuck amazon.com",
        ],
    );
}

#[test]
fn a_pause_that_is_ended_is_summed_up_at_once() {
    check(
        "2027-01-01T09:00 note paused 2027-01-20
         2027-01-02T09:00 act stuck amazon.com
         2027-01-04T09:00
         2027-01-05T09:00 note resumed
         2027-01-05T09:00
         2027-01-06T09:00",
        &["2027-01-05T09:00 over after 2 days: good all-clear amazon.com"],
    );
}
