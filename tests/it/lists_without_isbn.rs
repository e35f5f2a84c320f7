//! Lists of what has no ISBN, from the file to the page of a store and back into a list: Kindle books
//! and audiobooks by their ASIN, others by a store's own number, and both kinds beside an ISBN.

use std::fs;
use std::io::Write as _;
use std::sync::Arc;

use pubwatch::book::StoreId;
use pubwatch::clock::Clock;
use pubwatch::demo::pages::{Book, Offer, product};
use pubwatch::demo::street::{Asked, Shown, Street};

use crate::lists::watched;
use crate::support::House;

const OWN: &str = "books.example.com";

/// Amazon, and a store that the user has defined by its own number.
async fn street() -> Street {
    let keeper = |asked: &Asked| {
        if asked.path == "/robots.txt" {
            return Shown::text("User-agent: *\nDisallow: /cart\n");
        }
        let number = asked.path.rsplit('/').next().unwrap_or_default();
        let book = Book {
            title: "Salt Roads".to_owned(),
            author: "Jane Roe".to_owned(),
            isbn: "9781944098117".parse().unwrap(),
            publication_date: jiff::civil::date(2035, 2, 13),
            price: "$4.99".to_owned(),
            publisher: "Lantern Hill Press".to_owned(),
        };
        let page = product(asked.store.family(), &book, Offer::PreOrder);
        let page = page.replace("1944098119", number);
        Shown::page(200, page.replace("978-1944098117", ""))
    };
    let stores = ["amazon.com", OWN].map(StoreId::new);
    Street::serve(Clock::System, &stores, Arc::new(keeper))
        .await
        .unwrap()
}

fn configuration(street: &Street) -> String {
    let base = |store: &str| street.base(&StoreId::new(store)).unwrap();
    format!(
        "[author]\nname = \"Jane Roe\"\nemail = \"jane@example.com\"\ntimezone = \"UTC\"\n\n\
         [data]\nfolder = \"data\"\n\n[politeness]\npause = \"1s\"\njitter = \"0s\"\n\n\
         [[store]]\nname = \"amazon.com\"\nbase = \"{}\"\n\n[[store]]\nname = \"{OWN}\"\n\
         address = \"/item/{{number}}\"\nbase = \"{}\"\n",
        base("amazon.com"),
        base(OWN)
    )
}

/// A workbook of one sheet.
fn workbook(rows: &[&[&str]]) -> Vec<u8> {
    let row = |row: &&[&str]| {
        let cells = row.iter().map(|cell| {
            let cell = cell.replace('&', "&amp;");
            format!("<c t=\"inlineStr\"><is><t>{cell}</t></is></c>")
        });
        format!("<row>{}</row>", cells.collect::<String>())
    };
    let sheet: String = rows.iter().map(row).collect();
    let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    let office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let package = "http://schemas.openxmlformats.org/package/2006/relationships";
    let files = [
        (
            "_rels/.rels",
            format!(
                "<Relationships xmlns=\"{package}\"><Relationship Id=\"rId1\" \
                 Type=\"{office}/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"
            ),
        ),
        (
            "xl/workbook.xml",
            format!(
                "<workbook xmlns=\"{main}\" xmlns:r=\"{office}\"><sheets><sheet name=\"Titles\" \
                 sheetId=\"1\" r:id=\"rId1\"/></sheets></workbook>"
            ),
        ),
        (
            "xl/_rels/workbook.xml.rels",
            format!(
                "<Relationships xmlns=\"{package}\"><Relationship Id=\"rId1\" \
                 Type=\"{office}/worksheet\" Target=\"worksheets/sheet1.xml\"/></Relationships>"
            ),
        ),
        (
            "xl/worksheets/sheet1.xml",
            format!("<worksheet xmlns=\"{main}\"><sheetData>{sheet}</sheetData></worksheet>"),
        ),
    ];
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, text) in files {
        let options = zip::write::SimpleFileOptions::default();
        writer.start_file(name, options).unwrap();
        writer.write_all(text.as_bytes()).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn csv(rows: &[&[&str]]) -> Vec<u8> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    for row in rows {
        writer.write_record(*row).unwrap();
    }
    writer.into_inner().unwrap()
}

/// Imports a list into a configuration without editions, checks and looks, writes the list again, and
/// imports that into another configuration without editions. The paths that the stores were asked for.
async fn there_and_back(name: &str, list: Vec<u8>, editions: &[&str]) -> Vec<String> {
    let street = street().await;
    let empty = configuration(&street);
    let house = House::new(&empty);
    let file = house.path().join("pubwatch.toml");
    fs::write(house.path().join(name), list).unwrap();
    let (name, numbers) = (name.to_owned(), editions.join("\n"));
    let ran = tokio::task::spawn_blocking(move || {
        house.said(&["import", &name, "--yes"], 0);
        let text = fs::read_to_string(&file).unwrap();
        let keys = ["isbn = ", "asin = ", "number = "];
        let written: Vec<&str> = text
            .lines()
            .filter(|line| keys.iter().any(|key| line.starts_with(key)))
            .collect();
        assert_eq!(written.join("\n"), numbers, "{text}");
        assert!(!text.contains("[edition.addresses]"), "{text}");
        house.said(&["config", "check"], 0);
        house.said(&["check"], 0);
        let status = house.said(&["status"], 0);
        assert_eq!(
            status.matches("Pre-order").count(),
            written_in(&text),
            "{status}"
        );
        let expected = watched(&file);
        house.said(&["export", "--editions", "--output", "out.csv"], 0);
        fs::write(&file, empty).unwrap();
        house.said(&["import", "out.csv", "--yes"], 0);
        assert_eq!(watched(&file), expected);
        let said = house.said(&["import", "out.csv", "--yes"], 0);
        let is_same = said.contains("There is nothing to write") && !said.contains("differs");
        assert!(is_same, "{said}");
    });
    ran.await.unwrap();
    let mut paths: Vec<String> = street
        .visits()
        .into_iter()
        .map(|asked| asked.path)
        .collect();
    paths.retain(|path| path != "/robots.txt");
    paths.sort();
    paths
}

fn written_in(text: &str) -> usize {
    text.matches("[[edition]]").count()
}

const KINDLE: &[&[&str]] = &[
    &["ASIN", "Title", "Author", "Format", "Publish Date", "Price"],
    &[
        "B0EBOOK123",
        "Salt Roads",
        "Jane Roe",
        "Kindle eBook",
        "13 Feb 2035",
        "4.99 USD",
    ],
    &[
        "b0audio123",
        "Salt Roads",
        "Jane Roe",
        "Audiobook",
        "20 Feb 2035",
        "",
    ],
];

#[tokio::test(flavor = "multi_thread")]
async fn a_list_of_asins_goes_from_the_file_to_the_store_and_back() {
    let numbers = ["asin = \"B0EBOOK123\"", "asin = \"B0AUDIO123\""];
    for (name, list) in [("list.csv", csv(KINDLE)), ("list.xlsx", workbook(KINDLE))] {
        let paths = there_and_back(name, list, &numbers).await;
        assert_eq!(paths, ["/dp/B0AUDIO123", "/dp/B0EBOOK123"]);
    }
}

const OWN_NUMBERS: &[&[&str]] = &[
    &["ISBN", "Title", "Format", "Pub Date", "Stores"],
    &[
        "books.example.com:123-a",
        "Salt Roads",
        "ebook",
        "2035-02-13",
        OWN,
    ],
    &["", "Harbour Lights", "ebook", "2035-02-13", OWN],
];

#[tokio::test(flavor = "multi_thread")]
async fn a_list_of_a_store_s_own_numbers_goes_from_the_file_to_the_store_and_back() {
    let numbers = ["number = \"books.example.com:123-a\""];
    for (name, list) in [
        ("list.csv", csv(&OWN_NUMBERS[..2])),
        ("list.xlsx", workbook(&OWN_NUMBERS[..2])),
    ] {
        let paths = there_and_back(name, list, &numbers).await;
        assert_eq!(paths, ["/item/123-a"]);
    }
}

const BESIDE: &[&[&str]] = &[
    &["ISBN", "ASIN", "Title", "Format", "Pub Date", "Stores"],
    &[
        "9798890000019",
        "B0BESIDE01",
        "Salt Roads",
        "ebook",
        "2035-02-13",
        "amazon.com",
    ],
];

#[tokio::test(flavor = "multi_thread")]
async fn an_asin_beside_an_isbn_is_written_as_such_and_comes_back() {
    let numbers = ["isbn = \"9798890000019\"", "asin = \"B0BESIDE01\""];
    let paths = there_and_back("list.csv", csv(BESIDE), &numbers).await;
    assert_eq!(paths, ["/dp/B0BESIDE01"]);
}

#[test]
fn a_line_without_any_number_is_named_and_nothing_is_written() {
    let house = House::new(&format!(
        "{PLAIN}[[store]]\nname = \"{OWN}\"\naddress = \"/item/{{number}}\"\n"
    ));
    fs::write(house.path().join("list.csv"), csv(OWN_NUMBERS)).unwrap();
    let before = fs::read(house.path().join("pubwatch.toml")).unwrap();
    let said = house.said(&["import", "list.csv", "--yes"], 1);
    assert!(
        said.contains("line 3: the ISBN is missing, and so is an ASIN"),
        "{said}"
    );
    assert_eq!(
        fs::read(house.path().join("pubwatch.toml")).unwrap(),
        before
    );
}

const PLAIN: &str = "[author]\nname = \"Jane Roe\"\nemail = \"jane@example.com\"\n\
                     timezone = \"UTC\"\n\n[data]\nfolder = \"data\"\n\n";

#[test]
fn stores_that_go_by_the_isbn_are_refused_for_an_edition_without_one() {
    for (store, label) in [
        ("barnesandnoble.com", "Barnes & Noble"),
        ("bookshop.org", "Bookshop.org"),
        ("uk.bookshop.org", "Bookshop.org UK"),
    ] {
        for number in ["asin = \"B0EBOOK123\"", "number = \"books.example.com:12\""] {
            let address = format!("\"{store}\" = \"https://{store}/book/9781944098117\"\n");
            for addresses in ["", &format!("[edition.addresses]\n{address}")] {
                let house = House::new(&format!(
                    "{PLAIN}[[edition]]\ntitle = \"Salt Roads\"\n{number}\n\
                     publication_date = 2035-02-13\nstores = [\"{store}\"]\n{addresses}"
                ));
                let said = house.said(&["config", "check"], 3);
                let said = said.split_whitespace().collect::<Vec<_>>().join(" ");
                let why = "this store tells its pages by their ISBN, and this edition has none";
                let next = format!("leave {label} out, or give the edition its `isbn`");
                assert!(said.contains(why) && said.contains(&next), "{said}");
            }
        }
    }
}

#[test]
fn an_asin_is_of_one_edition() {
    let edition = |number: &str, format: &str| {
        format!(
            "[[edition]]\ntitle = \"Salt Roads\"\n{number}\nformat = \"{format}\"\n\
             publication_date = 2035-02-13\nstores = [\"amazon.com\"]\n\n"
        )
    };
    let kindle = edition("asin = \"B0EBOOK123\"", "ebook");
    let beside = "isbn = \"9781944098117\"\nasin = \"B0EBOOK123\"";
    let twice = House::new(&format!("{PLAIN}{kindle}{}", edition(beside, "ebook")));
    let said = twice.said(&["config", "check"], 3);
    assert!(said.contains("two editions have the same ASIN"), "{said}");
    let mixed = House::new(&format!("{PLAIN}{}{kindle}", edition(beside, "paperback")));
    let said = mixed.said(&["config", "check"], 0);
    assert!(said.contains("two formats have the same ASIN"), "{said}");
}
