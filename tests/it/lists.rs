//! Lists of books that are imported: a spreadsheet with planted faults, and an ONIX file.

use std::fmt::Write as _;
use std::fs;

use pubwatch::clock::Clock;

use crate::home::{Home, isbn};

/// Twelve wrong rows: where, what, and a word of what must be said of it. The last is the sixth row
/// with another title. A price that cannot be read is left out, and the row is written.
const FAULTS: [(usize, &str, &str); 12] = [
    (
        10,
        "T,9781944098118,Perfectbound,01/20/2027,9.99,L",
        "check digit",
    ),
    (
        33,
        "T,9.78194E+12,Perfectbound,01/20/2027,9.99,L",
        "has lost",
    ),
    (
        57,
        "T,97819400005,Perfectbound,01/20/2027,9.99,L",
        "it has 11 digits",
    ),
    (
        80,
        ",9780132350884,Perfectbound,01/20/2027,9.99,L",
        "title is missing",
    ),
    (
        99,
        "T,9780132350884,Perfectbound,,9.99,L",
        "date is missing",
    ),
    (
        120,
        "T,9780132350884,Perfectbound,02/30/2027,9.99,L",
        "does not exist",
    ),
    (
        150,
        "T,9780132350884,Perfectbound,soon,9.99,L",
        "is no date",
    ),
    (180, "T,9780132350884,Vellum,01/20/2027,9.99,L", "no format"),
    (
        200,
        "T,9780132350884,Perfectbound,01/20/2027,cheap,L",
        "no price",
    ),
    (
        222,
        "T, or not,9780132350884,Perfectbound,01/20/2027,9.99,L",
        "needs quotes",
    ),
    (250, "T,,Perfectbound,01/20/2027,9.99,L", "ISBN is missing"),
    (299, "", "stands on line"),
];

/// 300 rows, 12 of them wrong, and the line of each with a word of what must be said of it.
fn catalogue() -> (String, Vec<(usize, &'static str)>) {
    let mut rows: Vec<String> = (0..300)
        .map(|number| {
            format!(
                "\"Title {number}, a novel\",{},Perfectbound,{:02}/{:02}/2027,16.99,Lamplight",
                isbn(number),
                number % 12 + 1,
                number % 28 + 1
            )
        })
        .collect();
    let mut expected = Vec::new();
    for (index, row, word) in FAULTS {
        rows[index] = if row.is_empty() {
            rows[5].replace("Title 5", "Another")
        } else {
            row.to_owned()
        };
        // The first line has the names of the columns.
        expected.push((index + 2, word));
    }
    let header = "Title,ISBN,Binding Type,Publication Date,US List Price,Imprint";
    (format!("{header}\n{}\n", rows.join("\n")), expected)
}

#[test]
fn of_300_rows_every_planted_fault_is_named_by_its_line_and_nothing_is_written() {
    let home = Home::with_configuration();
    let (text, faults) = catalogue();
    fs::write(home.path("list.csv"), text).unwrap();
    let before = home.config();
    for arguments in [
        &["import", "list.csv"][..],
        &["import", "list.csv", "--yes"],
    ] {
        let said = home.ends(1, arguments);
        assert!(said.contains("`Binding Type` is the format"), "{said}");
        for (line, word) in &faults {
            let named = said
                .lines()
                .any(|said| said.contains(&format!("line {line}:")) && said.contains(word));
            assert!(named, "line {line}, {word}: {said}");
        }
        assert!(said.contains("289 editions can be written"), "{said}");
        assert!(said.contains("11 lines are wrong"), "{said}");
        assert_eq!(home.config(), before);
    }
    home.ends(1, &["import", "list.csv", "--skip-faulty"]);
    assert_eq!(home.config(), before);

    home.ends(1, &["import", "list.csv", "--skip-faulty", "--yes"]);
    assert_eq!(home.config().matches("[[edition]]").count(), 289);
    assert!(home.config().starts_with(before.trim_end()));
    home.ok(&["config", "check"]);

    let said = home.ends(1, &["import", "list.csv", "--skip-faulty", "--yes"]);
    assert!(
        said.contains("289 are in the configuration already"),
        "{said}"
    );
    assert_eq!(home.config().matches("[[edition]]").count(), 289);
}

/// An ONIX 3 message of so many products; every tenth is cancelled.
fn onix(products: u32) -> String {
    let mut text = "<?xml version=\"1.0\"?>\n<ONIXMessage release=\"3.0\">\n<Header/>\n".to_owned();
    for number in 0..products {
        let status = if number % 10 == 9 { "01" } else { "02" };
        write!(
            text,
            "<Product><RecordReference>r{number}</RecordReference>\
             <NotificationType>03</NotificationType>\
             <ProductIdentifier><ProductIDType>15</ProductIDType><IDValue>{}</IDValue>\
             </ProductIdentifier>\n<DescriptiveDetail><ProductForm>{}</ProductForm><TitleDetail>\
             <TitleType>01</TitleType><TitleElement><TitleElementLevel>01</TitleElementLevel>\
             <TitleText>Book &amp; Number {number}</TitleText></TitleElement></TitleDetail>\
             </DescriptiveDetail>\n<PublishingDetail><PublishingStatus>{status}\
             </PublishingStatus><PublishingDate><PublishingDateRole>01</PublishingDateRole>\
             <Date dateformat=\"00\">202703{:02}</Date></PublishingDate></PublishingDetail>\
             </Product>\n",
            isbn(number),
            if number % 2 == 0 { "BC" } else { "BB" },
            number % 28 + 1
        )
        .unwrap();
    }
    text.push_str("</ONIXMessage>\n");
    text
}

/// A configuration with everything that a list can tell, and more.
const EVERYTHING: &str = r#"
[[store]]
name = "books.example.com"
address = "https://books.example.com/item/{isbn13}"

[[edition]]
title = "'Twas the \"Salt\", a novel; 1984"
author = "Jane Röe & Max Pen"
isbn = "9781944098117"
publication_date = 2027-02-09
on_sale_date = 2027-02-10
distribution = "draft2digital"
distribution_enabled = 2026-11-02
printing = "offset"
amazon_switch = true
first_title = true
list_price = "1016.99 USD"
imprint = "Lamplight Editions"
stores = ["amazon.com", "barnesandnoble.com", "books.example.com", "waterstones.com"]
notify = ["office@example.com"]

[edition.addresses]
"barnesandnoble.com" = "https://www.barnesandnoble.com/w/salt-roads/1144556677?ean=9781944098117"

[[edition]]
title = "=SUM(A1)"
isbn = "9798896757733"
format = "hardcover"
publication_date = 2027-05-09
stores = ["amazon.de", "books.example.com"]

[edition.addresses]
"amazon.de" = "https://www.amazon.de/dp/B0EXAMPLE1"
"books.example.com" = "https://books.example.com/other?id=7"

[[edition]]
title = "'1984"
isbn = "9780132350884"
format = "ebook"
publication_date = 2027-05-09
distribution = "kdp"
list_price = "980 JPY"
stores = ["bookshop.org"]
"#;

/// What a configuration watches, from its file.
pub(crate) fn watched(path: &std::path::Path) -> Vec<String> {
    let text = fs::read_to_string(path).unwrap();
    let (plan, _) =
        pubwatch::config::check(&text, "pubwatch.toml", jiff::civil::date(2026, 12, 1)).unwrap();
    let told = plan.editions.iter().map(|one| {
        let listings: Vec<_> = one
            .listings
            .iter()
            .map(|one| (&one.store, &one.address))
            .collect();
        format!("{:?} {listings:?}", one.edition)
    });
    told.collect()
}

#[test]
fn the_editions_written_as_a_list_import_to_the_same_editions() {
    let home = Home::with_configuration();
    let stores = EVERYTHING.split("\n[[edition]]").next().unwrap();
    let (before, fresh) = (home.config() + EVERYTHING, home.config() + stores);
    fs::write(home.path("pubwatch.toml"), before).unwrap();
    let expected = watched(&home.path("pubwatch.toml"));
    assert_eq!(expected.len(), 3);
    let said = home.ok(&["export", "--editions", "--output", "list.csv"]);
    assert!(said.contains("`notify` of an edition (1)"), "{said}");
    home.ends(5, &["export", "--editions", "--output", "list.csv"]);
    fs::write(home.path("pubwatch.toml"), fresh).unwrap();
    let said = home.ok(&["import", "list.csv", "--yes"]);
    assert!(said.contains("This looks like our own list"), "{said}");
    assert_eq!(watched(&home.path("pubwatch.toml")), expected);
    // The list of the list is the same list.
    home.ok(&["export", "--editions", "--output", "again.csv"]);
    let [one, two] = ["list.csv", "again.csv"].map(|name| fs::read(home.path(name)).unwrap());
    assert_eq!(one, two);
    let said = home.ok(&["import", "again.csv", "--yes"]);
    assert!(
        said.contains("There is nothing to write") && !said.contains("differs"),
        "{said}"
    );
}

#[test]
fn ten_thousand_titles_are_imported_and_written_out_in_seconds() {
    let home = Home::with_configuration();
    let mut text = "ISBN,Title,Pub Date,Imprint\n".to_owned();
    for number in 0..10_000 {
        let day = number % 28 + 1;
        writeln!(
            text,
            "{},Title {number},2027-03-{day:02},L{}",
            isbn(number),
            number % 40
        )
        .unwrap();
    }
    fs::write(home.path("list.csv"), &text).unwrap();
    let begun = Clock::System.now();
    let passed = || Clock::System.now().duration_since(begun);
    home.ok(&["import", "list.csv", "--yes", "--store", "bookshop.org"]);
    let imported = passed();
    home.ok(&["export", "--editions", "--output", "out.csv"]);
    let exported = passed() - imported;
    fs::write(home.path("list.csv"), text.replace("2027-03-", "2027-04-")).unwrap();
    let said = home.ok(&["import", "list.csv", "--yes", "--update"]);
    let updated = passed() - imported - exported;
    assert!(
        said.contains("Wrote 10000 moved dates"),
        "{}",
        &said[said.len().min(500)..]
    );
    println!("imported in {imported:?}, written out in {exported:?}, moved in {updated:?}");
    for took in [imported, exported, updated] {
        assert!(took.as_secs() < 60, "{took:?}");
    }
}

#[test]
fn a_report_for_programs_says_everything_and_writes_only_with_yes() {
    let home = Home::with_configuration();
    let (a, b) = (isbn(1), isbn(2));
    let list = format!(
        "Werk,ISBN (pb),Pub Date,Client\nRye,{a},2027-05-04,Lamplight\nOats,{b},soon,Lamplight\n"
    );
    fs::write(home.path("list.csv"), list).unwrap();
    let before = home.config();
    let json = |code: i32, more: &[&str]| -> serde_json::Value {
        let column = ["import", "list.csv", "--json", "--column", "title=Werk"];
        let output = home.run(&[&column[..], more].concat());
        assert_eq!(output.status.code(), Some(code));
        serde_json::from_slice(&output.stdout).unwrap()
    };
    for report in [
        json(1, &[]),
        json(1, &["--yes"]),
        json(1, &["--skip-faulty"]),
    ] {
        assert_eq!(report["is_written"], false);
        assert_eq!(report["columns"][1]["tells"], "ISBN of the paperback");
        assert_eq!(report["editions"][0]["imprint"], "Lamplight");
        assert_eq!(report["asked"]["bookshop.org"], 1);
        assert_eq!(report["wrong"][0]["line"], 3);
        assert_eq!(home.config(), before);
    }
    let report = json(1, &["--skip-faulty", "--yes"]);
    assert_eq!(report["is_written"], true);
    assert!(home.config().contains("title = \"Rye\""));
    assert_eq!(json(1, &[])["known"], 1);
}

#[test]
fn an_onix_file_of_50_products_is_imported() {
    let home = Home::with_configuration();
    fs::write(home.path("list.xml"), onix(50)).unwrap();
    let said = home.ok(&["import", "list.xml", "--yes"]);
    assert!(said.contains("ONIX 3.0, reference names"), "{said}");
    assert_eq!(said.matches("cancelled").count(), 5, "{said}");
    let config = home.config();
    assert_eq!(config.matches("[[edition]]").count(), 45);
    assert_eq!(config.matches("format = \"hardcover\"").count(), 20);
    assert!(config.contains("title = \"Book & Number 0\""), "{config}");
    home.ok(&["config", "check"]);
}

/// Three titles, the second with another date and the third with another title.
fn three(second: &str, third: &str) -> String {
    let [a, b, c] = [isbn(1), isbn(2), isbn(3)];
    format!(
        "ISBN,Title,Publication Date\n{a},Rye,2027-05-04\n{b},Barley,{second}\n\
         {c},{third},2027-05-18\n"
    )
}

#[test]
fn a_list_that_comes_again_with_another_date_says_so_and_takes_it_over_when_asked() {
    let home = Home::with_configuration();
    fs::write(home.path("list.csv"), three("2027-05-07", "Oats")).unwrap();
    home.ok(&["import", "list.csv", "--yes"]);
    // What is watched is remembered with its dates.
    home.ok(&["status"]);
    let before = home.config();
    let said = home.ok(&["import", "list.csv", "--yes", "--update"]);
    assert!(said.contains("There is nothing to write."), "{said}");
    assert!(!said.contains("differs"), "{said}");

    fs::write(home.path("list.csv"), three("2027-05-21", "Wild Oats")).unwrap();
    for arguments in [
        &["import", "list.csv"][..],
        &["import", "list.csv", "--yes"],
    ] {
        let said = home.ends(1, arguments);
        assert!(
            said.contains(
                "line 3: Barley differs: publication date 2027-05-07 → 2027-05-21; `--update` \
                 takes it over"
            ),
            "{said}"
        );
        assert!(
            said.contains(
                "line 4: Oats differs: title “Oats” → “Wild Oats”; `pubwatch edit` changes it"
            ),
            "{said}"
        );
        assert!(!said.contains("line 2:"), "{said}");
        assert_eq!(home.config(), before);
    }
    // Nobody is there to accept it.
    home.ends(1, &["import", "list.csv", "--update"]);
    assert_eq!(home.config(), before);

    let said = home.ok(&["import", "list.csv", "--update", "--yes"]);
    assert!(said.contains("Wrote 1 moved date to"), "{said}");
    assert!(
        said.contains("Noted: Barley was moved from Fri 7 May 2027 to Fri 21 May 2027"),
        "{said}"
    );
    assert_eq!(home.config(), before.replace("2027-05-07", "2027-05-21"));
    let notes = home.ok(&["note", "Barley"]);
    assert!(
        notes.contains("date changed, to Fri 21 May 2027"),
        "{notes}"
    );

    // A title is the author's to change, and no reason to come back with a failure every night.
    let said = home.ok(&["import", "list.csv", "--yes"]);
    assert!(said.contains("line 4: Oats differs"), "{said}");
    assert!(!said.contains("line 3:"), "{said}");
}
