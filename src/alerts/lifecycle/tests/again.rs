//! What comes back, and what was only out of sight.

use super::check;

#[test]
fn a_flap_that_flaps_is_still_one() {
    check(
        "2027-01-01T09:00 watch stuck amazon.com
         2027-01-03T09:00
         2027-01-05T09:00 watch stuck amazon.com
         2027-01-07T09:00
         2027-01-09T09:00 watch stuck amazon.com
         2027-01-11T09:00
         2027-01-20T09:00 watch stuck amazon.com",
        &[
            "2027-01-01T09:00 opened: watch stuck amazon.com",
            "2027-01-03T09:00 over after 2 days: good all-clear amazon.com",
            "2027-01-20T09:00 opened: watch stuck amazon.com",
        ],
    );
}

#[test]
fn another_product_is_not_over_because_the_next_look_was_turned_away() {
    check(
        "2027-01-02T09:00 blind act wrong-product amazon.com
         2027-01-03T09:00 blind
         2027-01-04T09:00 blind watch blocked amazon.com
         2027-01-05T09:00 blind act wrong-product amazon.com
         2027-01-06T09:00",
        &[
            "2027-01-02T09:00 opened: act wrong-product amazon.com",
            "2027-01-06T09:00 over after 4 days: good all-clear amazon.com",
        ],
    );
}
