use super::*;

#[test]
fn a_sentence_has_its_values_and_its_plural_on_one_line() {
    let said = |days: i64| say!("publishes", days = days, date = "Tue 9 February 2027");
    assert_eq!(said(1), "publishes Tue 9 February 2027, in 1 day");
    assert_eq!(said(2), "publishes Tue 9 February 2027, in 2 days");
}
