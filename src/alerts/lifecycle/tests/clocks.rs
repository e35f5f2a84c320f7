//! Clocks that were set.

use super::check;

#[test]
fn a_clock_set_back_does_not_make_a_second_letter() {
    check(
        "2027-01-02T00:30 good page-appeared bookshop.org
         2027-01-01T23:30 act missing amazon.com
         2027-01-02T02:00 act missing amazon.com
         2027-01-03T02:00 act missing amazon.com",
        &[
            "2027-01-02T00:30 news: good page-appeared bookshop.org",
            "2027-01-03T02:00 opened: act missing amazon.com",
        ],
    );
}

#[test]
fn a_clock_that_was_years_ahead_does_not_silence_what_it_told() {
    check(
        "2031-01-02T09:00 act stuck amazon.com
         2027-01-02T09:00 act stuck amazon.com
         2027-01-03T09:00 act stuck amazon.com
         2027-01-09T09:00 act stuck amazon.com",
        &[
            "2031-01-02T09:00 opened: act stuck amazon.com",
            "2027-01-02T09:00 reminded: act stuck amazon.com",
            "2027-01-09T09:00 reminded: act stuck amazon.com",
        ],
    );
}
