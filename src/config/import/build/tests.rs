use super::*;
use crate::config::import::{How, read};

fn defaults() -> Defaults {
    Defaults {
        stores: ["amazon.com", "bookshop.org"].map(StoreId::new).to_vec(),
        own: vec![StorePlan::plain(StoreId::new("books.example.com"))],
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
    let built = build(
        &read(text.as_bytes(), &How::default()).unwrap(),
        &[],
        &defaults(),
    );
    let mut found: Vec<String> = Vec::new();
    for (_, entry) in &built.entries {
        let edition = &entry.edition;
        let stores: Vec<&str> = entry.stores.iter().map(StoreId::as_str).collect();
        found.push(format!(
            "{} {} {} at {}",
            edition.id,
            edition.format.name(),
            edition.dates.as_written().0,
            stores.join("+")
        ));
        let asin = edition.asin.iter();
        found.extend(asin.map(|asin| format!("ASIN {asin}")));
        found.extend(entry.addresses.iter().map(|(_, address)| address.clone()));
    }
    let said = built
        .troubles
        .iter()
        .map(|one| format!("! {}", one.message));
    found.extend(said);
    found.extend(
        built
            .left_out
            .iter()
            .map(|one| format!("x {}", one.message)),
    );
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
        "9798896757733 paperback 2027-02-09 at amazon.com+bookshop.org\nASIN B0EXAMPLE1",
    );
    check(
        "9798896757733,Salt Roads,,2027-02-09,,,B0EXAMPLE1 B0EXAMPLE2,,",
        "9798896757733 paperback 2027-02-09 at amazon.com+bookshop.org\nASIN B0EXAMPLE1\n\
         - B0EXAMPLE2 is the ASIN of another edition; left out",
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
        "x its status is `07`, out of print",
    );
    check(
        "9781944098117,Salt Roads,Digital Audio,2027-02-09,,,,,",
        "9781944098117 audiobook 2027-02-09 at bookshop.org\n\
         - Amazon is left out: Amazon gives audiobooks an identifier of its own, so the address \
         cannot be made from the ISBN",
    );
    check(
        "9781944098117,Salt Roads,BH,2027-02-09,,bookshop,,,",
        "9781944098117 hardcover 2027-02-09 at bookshop.org\n\
         - `BH` is a board book, and is watched as a hardcover",
    );
}

#[test]
fn everything_wrong_in_a_row_is_said_at_once() {
    check(
        "9.78194E+12,,vellum,soon,,nowhere,,,",
        "! `vellum` is no format that Pubwatch knows; write paperback, hardcover, ebook or \
         audiobook\n\
         ! `9.78194E+12` is an ISBN whose last digits the spreadsheet has lost; format the column \
         as text there, enter it again, and save the file once more\n\
         ! the title is missing\n\
         ! the publication date: `soon` is no date; write year, month and day, as 2027-02-09",
    );
    check(
        "9781944098117,Salt Roads,,2027-02-09,,nowhere,,,",
        "! there is no store `nowhere`",
    );
    check(
        "9781944098117,Salt \u{fffd}oads,,2027-02-09,,,,,",
        "! the title has characters that cannot be read, `Salt \u{fffd}oads`; save the file as UTF-8",
    );
    check(
        "9781944098117,Salt Roads,,9999-12-31,,,,,",
        "! the publication date: `9999-12-31` is no day that a book lives by; years from 1450 to \
         2199 are taken",
    );
    check(
        "9781944098117,Salt \u{1b}[2JRoads,,2027-02-09,,,,,",
        "! the title has a control character, `Salt \\u{1b}[2JRoads`; write it anew",
    );
}

#[test]
fn what_an_edition_can_do_without_is_left_out_and_said() {
    check(
        "9781944098117,Salt Roads,,2027-02-09,,\"Barnes & Noble; nowhere\",ten,16.99,perhaps",
        "9781944098117 paperback 2027-02-09 at barnesandnoble.com\n\
         - `perhaps` is neither yes nor no; left out\n\
         - `16.99` is no price; write it with its currency, as 16.99 USD; left out\n\
         - there is no store `nowhere`; left out\n\
         - `ten`: `ten` is no web address; copy it in full from the address bar, from `https://` \
         on; left out",
    );
}

#[test]
fn a_store_of_one_s_own_and_pasted_addresses_are_taken() {
    check(
        "9781944098117,Salt Roads,,2027-02-09,,books.example.com,\
         https://books.example.com/7 https://smile.amazon.de/dp/1944098119?tag=x,,",
        "9781944098117 paperback 2027-02-09 at books.example.com+amazon.de\n\
         https://books.example.com/7",
    );
    check(
        "9781944098117,Salt Roads,,2027-02-09,,bn,https://www.barnesandnoble.com/s/9781944098117,,",
        "9781944098117 paperback 2027-02-09 at barnesandnoble.com\n\
         - `https://www.barnesandnoble.com/s/9781944098117`: this is a page of search results at \
         barnesandnoble.com, not of a book; open the book itself from the results, and give the \
         address of its page; left out",
    );
}

#[test]
fn an_address_with_a_control_character_is_left_out_and_said() {
    check(
        "9798896757733,Salt Roads,,2027-02-09,,,https://www.amazon.com/dp/B0EXAMPLE1\u{7}?tag=x,,",
        "9798896757733 paperback 2027-02-09 at bookshop.org\n\
         - the address `https://www.amazon.com/dp/B0EXAMPLE1\\u{7}?tag=x` has a control character; \
         copy it anew from the address bar; left out\n\
         - Amazon is left out: an ISBN that begins with 979 has no ISBN-10, so its Amazon \
         address cannot be made from it",
    );
}

#[track_caller]
fn price_of(written: &str, expected: &str) {
    let text =
        format!("isbn,title,date of release,price\n9781944098117,A,2027-02-09,\"{written}\"\n");
    let built = build(
        &read(text.as_bytes(), &How::default()).unwrap(),
        &[],
        &defaults(),
    );
    let price = built.entries[0].1.edition.list_price.as_ref();
    assert_eq!(
        price.map(ToString::to_string).unwrap_or_default(),
        expected,
        "{written}"
    );
}

#[test]
fn prices_are_read_as_people_of_any_country_write_them() {
    price_of("16.99 USD", "$16.99");
    price_of("$1,016.99", "$1,016.99");
    price_of("24,95 €", "€24.95");
    price_of("EUR 24,95", "€24.95");
    price_of("£8.90", "£8.90");
    price_of("1.234,50 EUR", "€1,234.50");
    price_of("129 kr", "");
    price_of("16.99", "");
}

#[test]
fn the_same_line_twice_is_one_edition_and_another_of_its_number_is_a_fault() {
    let text = "isbn,title,publication date\n9781944098117,A,2027-02-09\n\
                9781944098117,A,2027-02-09\n9781944098117,B,2027-02-09\n";
    let built = build(
        &read(text.as_bytes(), &How::default()).unwrap(),
        &[],
        &defaults(),
    );
    assert_eq!(built.entries.len(), 1);
    assert!(
        built.left_out[0].message.contains("the same as line 2"),
        "{built:?}"
    );
    assert!(
        built.troubles[0].message.contains("stands on line 2"),
        "{built:?}"
    );
}

#[test]
fn each_column_of_dates_has_its_own_order() {
    let text = "isbn,title,publication date,on sale date,enabled\n\
                9781944098117,A,09/02/2027,02/09/2027,01/02/2027\n\
                9780132350884,B,23/02/2027,02/23/2027,02/02/2027\n";
    let built = build(
        &read(text.as_bytes(), &How::default()).unwrap(),
        &[],
        &defaults(),
    );
    let dates = built.entries[0].1.edition.dates.as_written();
    assert_eq!(dates.0, jiff::civil::date(2027, 2, 9));
    assert_eq!(dates.1, jiff::civil::date(2027, 2, 9));
    // Its own column does not tell, and the others are not of one mind.
    assert_eq!(dates.2, None);
    assert!(
        built.notes[0].message.contains("distribution enabled"),
        "{built:?}"
    );
}

#[test]
fn a_first_day_of_sale_alone_is_the_publication_date() {
    let text = "isbn,title,release date\n9781944098117,A,2027-02-09\n";
    let built = build(
        &read(text.as_bytes(), &How::default()).unwrap(),
        &[],
        &defaults(),
    );
    let dates = built.entries[0].1.edition.dates.as_written();
    assert_eq!(
        (dates.0, dates.1),
        (jiff::civil::date(2027, 2, 9), jiff::civil::date(2027, 2, 9))
    );
}

#[test]
fn the_order_of_day_and_month_comes_from_the_list_or_is_asked_for() {
    let rows = "isbn,title,publication date\n9781944098117,A,02/09/2027\n";
    let built = build(
        &read(rows.as_bytes(), &How::default()).unwrap(),
        &[],
        &defaults(),
    );
    assert!(built.troubles[0].message.contains("--dates"), "{built:?}");
    let rows = format!("{rows}9780132350884,B,02/25/2027\n");
    let built = build(
        &read(rows.as_bytes(), &How::default()).unwrap(),
        &[],
        &defaults(),
    );
    assert_eq!(built.troubles, []);
    let date = built.entries[0].1.edition.dates.as_written().0;
    assert_eq!(date, jiff::civil::date(2027, 2, 9));
}

#[test]
fn an_asin_is_of_one_edition_whether_it_stands_alone_or_beside_an_isbn() {
    let text = "isbn,title,publication date,asin\n\
                9798896757733,Salt Roads,2027-02-09,B0EXAMPLE1\n\
                9780132350884,Clear Water,2027-02-09,B0EXAMPLE1\n\
                ,Salt Roads,2027-02-09,b0example1\n\
                ,Harbour Lights,2027-02-09,B0EXAMPLE3\n\
                9780306406157,Tide,2027-02-09,B0EXAMPLE3\n";
    let list = read(text.as_bytes(), &How::default()).unwrap();
    let first = build(&list, &[], &defaults());
    let mut known = first.entries[0].1.edition.clone();
    known.asin = "B0EXAMPLE3".parse().ok();
    known.id = "9781944098117".parse().unwrap();
    known.title = "Harbour Lights".to_owned();
    known.format = Format::Ebook;
    let built = build(&list, &[known], &defaults());
    let told = |lines: &[Trouble]| -> Vec<String> {
        let told = lines.iter();
        told.map(|one| format!("{}: {}", one.line, one.message))
            .collect()
    };
    assert_eq!(
        told(&built.notes),
        [
            "3: B0EXAMPLE1 is the ASIN of another edition; left out",
            "6: B0EXAMPLE3 is the ASIN of another edition; left out"
        ]
    );
    assert_eq!(
        told(&built.troubles),
        ["4: the ASIN B0EXAMPLE1 stands on line 2 already; it belongs to one edition"]
    );
    assert_eq!((built.known, built.entries.len()), (1, 3));
    assert!(built.differences.is_empty(), "{:?}", built.differences);
}
