use super::*;
use crate::config::import::read;

fn defaults() -> Defaults {
    Defaults {
        stores: ["amazon.com", "bookshop.org"].map(StoreId::new).to_vec(),
        distribution: Distribution::IngramSpark,
        enabled: None,
        amazon_switch: false,
        order: None,
    }
}

#[track_caller]
fn check(row: &str, expected: &str) {
    let text =
        format!("isbn,title,format,publication date,status,stores,amazon,price,kdp\n{row}\n");
    let built = build(&read(text.as_bytes()).unwrap(), &[], &defaults());
    let mut found: Vec<String> = Vec::new();
    for (_, entry) in &built.entries {
        let edition = &entry.edition;
        let stores: Vec<&str> = entry.stores.iter().map(StoreId::as_str).collect();
        found.push(format!(
            "{} {} {} at {}",
            edition.isbn,
            edition.format.name(),
            edition.dates.as_written().0,
            stores.join("+")
        ));
        found.extend(entry.addresses.iter().map(|(_, address)| address.clone()));
    }
    let said = built
        .troubles
        .iter()
        .map(|one| format!("! {}", one.message));
    found.extend(said);
    found.extend(built.notes.iter().map(|one| format!("- {}", one.message)));
    assert_eq!(found.join("\n"), expected);
}

#[test]
fn a_good_row_is_an_edition() {
    check(
        "978-1-944098-11-7,Salt Roads,Case Laminate,2027-02-09,04,,,16.99 USD,yes",
        "9781944098117 hardcover 2027-02-09 at amazon.com+bookshop.org",
    );
    check(
        "9798896757733,Salt Roads,,2027-02-09,,,B0EXAMPLE1,,",
        "9798896757733 paperback 2027-02-09 at amazon.com+bookshop.org\n\
         https://www.amazon.com/dp/B0EXAMPLE1",
    );
    check(
        "9798896757733,Salt Roads,,2027-02-09,,,,,",
        "9798896757733 paperback 2027-02-09 at bookshop.org\n\
         - Amazon is left out: an ISBN that begins with 979 has no ISBN-10, so its Amazon \
         address cannot be made from it",
    );
}

#[test]
fn what_is_over_or_no_book_is_left_out_with_the_reason() {
    check(
        "9781944098117,Salt Roads,,2027-02-09,07,,,,",
        "- left out: its status is `07`, out of print",
    );
    check(
        "9781944098117,Salt Roads,Audiobook,2027-02-09,,,,,",
        "- left out: `Audiobook` is no book",
    );
}

#[test]
fn everything_wrong_in_a_row_is_said_at_once() {
    check(
        "9.78194E+12,,vellum,soon,,,nowhere,16.99,perhaps",
        "! `vellum` is no format that Pubwatch knows; write paperback, hardcover or ebook\n\
         ! `9.78194E+12` is an ISBN that the spreadsheet has rounded; format the column as \
         text there, and save it again\n\
         ! the title is missing\n\
         ! the publication date: `soon` is no date; write year, month and day, as 2027-02-09\n\
         ! `perhaps` is neither yes nor no\n\
         ! `16.99` is no price; write it with its currency, as 16.99 USD",
    );
}

#[test]
fn the_order_of_day_and_month_comes_from_the_list_or_is_asked_for() {
    let rows = "isbn,title,publication date\n9781944098117,A,02/09/2027\n";
    let built = build(&read(rows.as_bytes()).unwrap(), &[], &defaults());
    assert!(built.troubles[0].message.contains("--dates"), "{built:?}");
    let rows = format!("{rows}9780132350884,B,02/25/2027\n");
    let built = build(&read(rows.as_bytes()).unwrap(), &[], &defaults());
    assert_eq!(built.troubles, []);
    let date = built.entries[0].1.edition.dates.as_written().0;
    assert_eq!(date, jiff::civil::date(2027, 2, 9));
}
