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

/// A file with a comment above each of its keys.
const COMMENTED: &str = r#"# Mine.
[mail]
# Of my own.
host = "mail.example.com"

# As they said.
port = 587
# From the letter.
username = "jane"

# When I am up.
[schedule]
digest = "0 8 * * MON"

[[edition]]
title = "Salt Roads"
isbn = "9781944098117"
# A guess.
imprint = "Lantern" # gone with it
# Found by hand.
[edition.addresses]
# Of the paperback.
"amazon.com" = "https://www.amazon.com/dp/B0EXAMPLE1"
# The end.
"#;

/// What is taken out of the mail server.
#[track_caller]
fn check_mail(key: &str, gone: &str) {
    let text = with_settings(COMMENTED, &[Change::setting("mail", key, None)]).unwrap();
    assert_eq!(text, COMMENTED.replace(gone, ""), "{key}");
}

#[test]
fn comments_above_a_key_that_is_taken_out_stay_where_they_are() {
    check_mail("host", "host = \"mail.example.com\"\n");
    check_mail("port", "port = 587\n");
    check_mail("username", "username = \"jane\"\n");
    let whole = Change::unset("mail").only_where_written();
    let text = with_settings(COMMENTED, &[whole]).unwrap();
    let (_, rest) = COMMENTED.split_once("\"jane\"\n").unwrap();
    assert_eq!(text, format!("# Mine.\n{rest}"));
    let id = isbn("9781944098117");
    let text = with_changes(COMMENTED, &id, &[Change::unset("imprint")]).unwrap();
    let gone = "imprint = \"Lantern\" # gone with it\n";
    assert_eq!(text, COMMENTED.replace(gone, ""));
    let address = Change::no_address(&StoreId::new("amazon.com"));
    let text = with_changes(COMMENTED, &id, &[address]).unwrap();
    let gone = [
        "[edition.addresses]\n",
        "\"amazon.com\" = \"https://www.amazon.com/dp/B0EXAMPLE1\"\n",
    ];
    let expected = gone
        .iter()
        .fold(COMMENTED.to_owned(), |text, line| text.replace(line, ""));
    assert_eq!(text, expected);
}

#[test]
fn what_stands_between_an_edition_and_its_addresses_is_not_cut_out_with_it() {
    let torn = "[[edition]]\nisbn = \"9781944098117\"\n[mail]\nhost = \"mail.example.com\"\n\
                [edition.addresses]\n\"amazon.com\" = \"https://www.amazon.com/dp/B0EXAMPLE1\"\n";
    let id = isbn("9781944098117");
    assert_eq!(without(torn, &id), Err(EditError::Torn("edition")));
    let notify = "[[edition]]\nisbn = \"9781944098117\"\n[[edition.notify]]\nemail = \"a@example.com\"\n\
                  [edition.windows]\n\"list.amazon\" = \"3d\"\n[[edition.notify]]\n\
                  email = \"b@example.com\"\n\n[mail]\nhost = \"mail.example.com\"\n";
    let rest = "[mail]\nhost = \"mail.example.com\"\n";
    assert_eq!(without(notify, &id).as_deref(), Ok(rest));
}
