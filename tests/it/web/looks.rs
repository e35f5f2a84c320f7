//! What the author saw herself, told on the page.

use super::{ISBN, TestSite};

#[test]
fn a_look_of_ones_own_is_an_observation_with_its_words_if_they_are_told() {
    let site = TestSite::salt_roads();
    let path = format!("/editions/{ISBN}");
    let form = "store=bookshop.org&state=pre_order&words=Pre-order+%3Cb%3E";
    assert_eq!(site.post(&format!("{path}/look"), form).status, 303);
    let csv = site.get(&format!("{path}/observations.csv"));
    assert!(
        csv.body
            .contains("bookshop.org,2027-01-25T17:30:00Z,by_hand,says,pre_order,Pre-order <b>,"),
        "{}",
        csv.body
    );

    // One tap is enough.
    let tap = "store=amazon.com&state=out_of_stock&words=";
    assert_eq!(site.post(&format!("{path}/look"), tap).status, 303);
    let csv = site.get(&format!("{path}/observations.csv")).body;
    assert!(
        csv.contains(",by_hand,says,out_of_stock,Unavailable,"),
        "{csv}"
    );
    let no_state = "store=bookshop.org&state=sold&words=";
    assert_eq!(site.post(&format!("{path}/look"), no_state).status, 400);

    let page = site.get(&path);
    assert!(
        page.body.contains("You told of Bookshop.org"),
        "{}",
        page.body
    );
    let form = "store=bookshop.org";
    assert_eq!(site.post(&format!("{path}/untell"), form).status, 303);
    let csv = site.get(&format!("{path}/observations.csv"));
    assert_eq!(csv.body.matches("by_hand").count(), 1, "{}", csv.body);
    assert!(!site.get(&path).body.contains("You told of Bookshop.org"));
}
