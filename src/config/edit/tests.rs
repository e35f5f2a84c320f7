use super::*;
use crate::book::ConfiguredDates;

const FILE: &str = r#"# My books.

[author]
name = "Jane Roe"   # that is me
email = "jane@example.com"
timezone = "Europe/London"

# The first one.
[[edition]]
title = "Salt Roads"
isbn = "978-1-944098-11-7"   # from the barcode
publication_date = 2027-02-09 # a Tuesday
stores = [
    "amazon.com",
    "bookshop.org", # slow
]
# format = "hardcover"

# Kept: it stands apart.

# The second one.
[[edition]]
title = "The Lamplighter"
isbn = "0132350882"
publication_date = 2027-05-01
stores = ["amazon.com"]
[edition.addresses]
"amazon.com" = "https://www.amazon.com/dp/B0EXAMPLE1" # by hand

# [[store]]
# name = "books.example.com"
"#;

fn isbn(text: &str) -> EditionId {
    text.parse().unwrap()
}

fn entry() -> Entry {
    let date = jiff::civil::date(2027, 2, 9);
    Entry {
        edition: Edition {
            asin: None,
            id: isbn("9781944098117"),
            title: "Salt \"Roads\"".to_owned(),
            author: None,
            format: Format::Hardcover,
            dates: ConfiguredDates::new(date, None, Some(jiff::civil::date(2026, 12, 1))),
            distribution: Distribution::IngramSpark,
            printing: None,
            amazon_switch: true,
            first_title: false,
            list_price: Some(Money::new(1699, "USD")),
            imprint: None,
        },
        stores: vec![StoreId::new("amazon.com"), StoreId::new("bookshop.org")],
        addresses: vec![(
            StoreId::new("amazon.com"),
            "https://www.amazon.com/dp/B0EXAMPLE1".to_owned(),
        )],
    }
}

#[test]
fn an_entry_is_written_without_its_defaults_and_is_a_working_configuration() {
    let author = &FILE[..FILE.find("# The first").unwrap()];
    let text = with_entries(author, &[entry()]).unwrap();
    assert!(text.starts_with(author.trim_end()), "{text}");
    assert!(!text.contains("first_title"), "{text}");
    let today = jiff::civil::date(2026, 11, 22);
    let (plan, _) = crate::config::check(&text, "pubwatch.toml", today).unwrap();
    assert_eq!(plan.editions[0].edition, entry().edition);
    assert_eq!(
        plan.editions[0].listings[0].asin.as_deref(),
        Some("B0EXAMPLE1")
    );
}

#[test]
fn taking_out_and_putting_in_again_leaves_the_rest_byte_by_byte() {
    let without_first = without(FILE, &isbn("9781944098117")).unwrap();
    let expected = format!(
        "{}{}",
        &FILE[..FILE.find("# The first").unwrap()],
        &FILE[FILE.find("# Kept").unwrap()..]
    );
    assert_eq!(without_first, expected);
    let without_second = without(FILE, &isbn("9780132350884")).unwrap();
    let expected = format!(
        "{}{}",
        &FILE[..FILE.find("# The second").unwrap()],
        &FILE[FILE.find("# [[store]]").unwrap()..]
    );
    assert_eq!(without_second, expected);
}

#[test]
fn setting_a_value_changes_that_value_and_nothing_else() {
    let changed = with_changes(
        FILE,
        &isbn("978-1-944098-11-7"),
        &[
            Change::date("publication_date", jiff::civil::date(2027, 3, 1)),
            Change::text("format", "hardcover"),
        ],
    )
    .unwrap();
    let expected = FILE
        .replace("2027-02-09", "2027-03-01")
        .replace(" # slow\n]\n", " # slow\n]\nformat = \"hardcover\"\n");
    assert_eq!(changed, expected);
    let address = Change::address(&StoreId::new("amazon.com"), "https://example.com/");
    let changed = with_changes(FILE, &isbn("0132350882"), &[address]).unwrap();
    assert_eq!(
        changed,
        FILE.replace(
            "https://www.amazon.com/dp/B0EXAMPLE1",
            "https://example.com/"
        )
    );
    let unset = with_changes(FILE, &isbn("0132350882"), &[Change::unset("stores")]).unwrap();
    assert_eq!(unset, FILE.replace("stores = [\"amazon.com\"]\n", ""));
}

#[test]
fn what_cannot_be_done_is_said() {
    let other = isbn("9780306406157");
    assert_eq!(
        without(FILE, &other),
        Err(EditError::NoSuchEdition(other.clone()))
    );
    assert_eq!(without("x =", &other), Err(EditError::Syntax));
    assert_eq!(
        with_changes(FILE, &isbn("0132350882"), &[Change::unset("imprint")]),
        Err(EditError::NoSuchKey("imprint".to_owned()))
    );
    let inline = "edition = [{ isbn = \"9780306406157\" }]\n";
    assert_eq!(without(inline, &other), Err(EditError::Inline));
    assert_eq!(with_entries(inline, &[entry()]), Err(EditError::Inline));
}

#[test]
fn an_address_that_goes_takes_an_empty_table_with_it_and_one_that_is_not_there_is_no_fault() {
    let (amazon, other) = (StoreId::new("amazon.com"), StoreId::new("bookshop.org"));
    let gone = [Change::no_address(&amazon), Change::no_address(&other)];
    let text = with_changes(FILE, &isbn("0132350882"), &gone).unwrap();
    assert!(
        !text.contains("addresses") && !text.contains("B0EXAMPLE1"),
        "{text}"
    );
    assert!(text.contains("# name = \"books.example.com\""), "{text}");
    let same = with_changes(FILE, &isbn("9781944098117"), &gone).unwrap();
    assert_eq!(same, FILE);
}
