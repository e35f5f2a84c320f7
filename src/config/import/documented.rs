//! The table of `docs/imprints.md`, which says how everything in a list is read, made by the readers
//! themselves. For tests.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::columns::{KNOWN, QUALIFIERS, all_names, currency_in, named};
use super::forms::{self, Form};
use super::{Field, dates, isbn, months};

const ISBNS: [&str; 12] = [
    "9781944098117",
    "978-1-944098-11-7",
    "978 1 944098 11 7",
    "1-944098-11-9",
    "09781944098117",
    "ISBN-13: 9781944098117",
    "9781944098117 (pbk.)",
    "9781944098117.0",
    "9,781,944,098,117",
    "9.78194E+12",
    "B0EXAMPLE1",
    "books.example.com:1230004567890",
];

const DATES: [&str; 19] = [
    "2027-02-09",
    "20270209",
    "2027/2/9",
    "2027-02-09 00:00:00",
    "9.2.2027",
    "9 Feb 2027",
    "9-Feb-2027",
    "February 9, 2027",
    "Feb 9th 2027",
    "9. Februar 2027",
    "9 de febrero de 2027",
    "le 9 février 2027",
    "den 9 februari 2027",
    "9 lutego 2027",
    "9. marraskuuta 2027",
    "2027年2月9日",
    "02/23/2027",
    "02/09/2027",
    "Feb 2027",
];

const PRICES: [&str; 8] = [
    "16.99 USD",
    "$16.99",
    "£8.90",
    "24,95 €",
    "EUR 24,95",
    "1.234,50 EUR",
    "16.99",
    "129 kr",
];

/// List 55: each form, with a date in it.
const ONIX_DATES: [(&str, &str); 19] = [
    ("00", "20270209"),
    ("13", "20270209T0900"),
    ("14", "20270209T090000Z"),
    ("12", "9 February 2027"),
    ("01", "202702"),
    ("02", "202706"),
    ("03", "20271"),
    ("04", "20271"),
    ("05", "2027"),
    ("06", "2027020920270210"),
    ("07", "202702202703"),
    ("08", "202706202707"),
    ("09", "2027120272"),
    ("10", "2027120272"),
    ("11", "20272028"),
    ("20", "14480902"),
    ("21", "144809"),
    ("25", "1448"),
    ("32", "2 Ramadan 1448"),
];

/// List 150.
const CODES: &str = "00 AA AB AC AD AE AF AG AH AI AJ AK AL AM AN AO AZ BA BB BC BD BE BF BG BH BI BJ BK BL BM BN \
    BO BP BZ CA CB CC CD CE CZ DA DB DC DE DF DI DJ DK DL DM DN DO DZ EA EB EC ED FA FB FC FD FE \
    FF FZ LA LB LC MA MB MC MZ PA PB PC PD PE PF PG PH PI PJ PK PL PM PN PO PP PQ PR PS PT PU PV \
    PZ SA SB SC SD SE SF SG VA VB VF VI VJ VK VL VM VN VO VP VZ XA XB XC XD XE XF XG XH XI XJ XK \
    XL XM XY XZ ZA ZB ZC ZD ZE ZF ZG ZH ZI ZJ ZX ZY ZZ";

/// Forms in short, as people write them.
const SHORT_FORMS: [&str; 8] = ["PB", "TP", "TB", "MM", "B1", "HB", "HC", "CD"];

/// Who carries a book, as people write it.
const CARRIERS: [&str; 12] = [
    "IngramSpark",
    "Ingram",
    "Lightning Source",
    "Ingram Content Group",
    "Draft2Digital",
    "D2D",
    "PublishDrive",
    "KDP",
    "KDP Print",
    "Kindle Direct Publishing",
    "Amazon",
    "Other",
];

/// Yes and no.
const FLAGS: &str = "y yes true 1 x ja oui si sim n no false 0 nein non nao";

/// Names of columns of prices.
const PRICE_COLUMNS: [&str; 9] = [
    "US List Price",
    "Price ($)",
    "Price USD",
    "UK List Price",
    "Price (£)",
    "Preis EUR",
    "Prix (€)",
    "Price CAD",
    "Price AUD",
];

/// Rows by what they are read as, each with what is read so, in the order of the first.
#[derive(Default)]
struct Rows(Vec<(String, Vec<String>)>);

impl Rows {
    fn add(&mut self, written: &str, read: String) {
        let written = format!("`{written}`");
        match self.0.iter_mut().find(|(known, _)| *known == read) {
            Some((_, all)) => all.push(written),
            None => self.0.push((read, vec![written])),
        }
    }

    fn write(self, what: &str, text: &mut String) {
        for (read, written) in self.0 {
            writeln!(text, "| {what} | {} | {read} |", written.join(", ")).unwrap();
        }
    }
}

fn form(written: &str) -> String {
    match forms::form(written) {
        Ok(Form::Is(format)) => format.name().to_owned(),
        Ok(Form::Nearest(what, format)) => format!("{} ({what}), and said", format.name()),
        Ok(Form::NoBook(what)) => format!("left out: {what}"),
        Err(_) => "a fault: no format".to_owned(),
    }
}

/// What a product of ONIX with this in it tells of a field.
fn onix(field: Field, within: &str) -> Option<String> {
    let text = format!("<ONIXMessage release=\"3.0\"><Product>{within}</Product></ONIXMessage>");
    let list = super::onix::read(&text, &[]).unwrap();
    list.rows[0].values.get(&field).cloned()
}

fn table() -> String {
    let mut text = "| what | as it is written | what it is |\n| --- | --- | --- |\n".to_owned();
    let mut rows = Rows::default();
    for (list, names) in KNOWN {
        rows.add(&names.join("` and `"), list.to_owned());
    }
    rows.write("columns together", &mut text);
    let mut columns: BTreeMap<Field, Vec<String>> = BTreeMap::new();
    for (_, name) in all_names() {
        let (field, ..) = named(name).unwrap();
        columns.entry(field).or_default().push(format!("`{name}`"));
    }
    for (field, names) in columns {
        let (names, name) = (names.join(", "), field.name());
        writeln!(
            text,
            "| column | {names} | {}; `--column {name}=NAME` |",
            field.label()
        )
        .unwrap();
    }
    let mut rows = Rows::default();
    for (word, format) in QUALIFIERS {
        rows.add(word, format!("the ISBN or address of the {format}"));
    }
    rows.write("within the name of a column", &mut text);
    let mut rows = Rows::default();
    for name in PRICE_COLUMNS {
        let currency = currency_in(name).unwrap_or("no currency");
        rows.add(name, format!("list price in {currency}"));
    }
    rows.write("column of prices", &mut text);
    numbers_and_forms(&mut text);
    days(&mut text);
    onix_dates(&mut text);
    prices(&mut text);
    states(&mut text);
    text
}

fn numbers_and_forms(text: &mut String) {
    let mut rows = Rows::default();
    for written in ISBNS {
        rows.add(
            written,
            isbn::read(written).map_or("a fault".to_owned(), |one| one.to_string()),
        );
    }
    rows.write("ISBN", text);
    let mut rows = Rows::default();
    for code in CODES.split(' ') {
        let within =
            format!("<DescriptiveDetail><ProductForm>{code}</ProductForm></DescriptiveDetail>");
        rows.add(code, form(&onix(Field::Format, &within).unwrap()));
    }
    rows.write("form (ONIX list 150)", text);
    let mut rows = Rows::default();
    for short in SHORT_FORMS {
        rows.add(short, form(short));
    }
    rows.write("form, in short", text);
    let mut rows = Rows::default();
    for word in forms::all_words() {
        rows.add(word, form(word));
    }
    rows.write("form, a word within", text);
}

fn days(text: &mut String) {
    let mut rows = Rows::default();
    for written in DATES {
        rows.add(
            written,
            dates::read(written, None).map_or_else(
                |error| match error {
                    dates::DateError::Ambiguous { .. } => {
                        "as the other dates of its column say, or `--dates`".to_owned()
                    }
                    dates::DateError::None(_)
                    | dates::DateError::NoSuchDay(_)
                    | dates::DateError::NoDay(_) => "a fault: it names no day".to_owned(),
                },
                |date| date.to_string(),
            ),
        );
    }
    rows.add(
        "46427",
        dates::serial("46427")
            .map(|date| date.to_string())
            .unwrap_or_default(),
    );
    rows.write("date", text);
    let mut rows = Rows::default();
    for name in months::MONTHS.iter().flat_map(|names| names.split(' ')) {
        let read = dates::read(&format!("9 {name} 2027"), None).unwrap();
        rows.add(name, read.strftime("%B").to_string());
    }
    rows.write("month", text);
}

fn onix_dates(text: &mut String) {
    let mut rows = Rows::default();
    for (form, written) in ONIX_DATES {
        let read = dates::of_onix(Some(form), written);
        let read = read.map(|date| date.to_string());
        rows.add(
            form,
            read.unwrap_or_else(|why| {
                let what = why
                    .split(" is ")
                    .nth(1)
                    .and_then(|rest| rest.split(';').next());
                format!("a fault: {}", what.unwrap_or_default())
            }),
        );
    }
    rows.write("form of a date (ONIX list 55)", text);
    let mut rows = Rows::default();
    for role in 1..=35 {
        let role = format!("{role:02}");
        let within = format!(
            "<PublishingDetail><PublishingDate><PublishingDateRole>{role}</PublishingDateRole>\
             <Date dateformat=\"00\">20270209</Date></PublishingDate></PublishingDetail>"
        );
        let dates = [
            Field::PublicationDate,
            Field::OnSaleDate,
            Field::Announcement,
            Field::PreOrders,
        ];
        let field = dates
            .into_iter()
            .find(|field| onix(*field, &within).is_some());
        rows.add(
            &role,
            field.map_or_else(|| "not read".to_owned(), |field| field.label().to_owned()),
        );
    }
    rows.write("role of a date (ONIX list 163)", text);
}

fn prices(text: &mut String) {
    let mut rows = Rows::default();
    for written in PRICES {
        let read = forms::price(written).map(|price| price.to_string());
        rows.add(
            written,
            read.unwrap_or_else(|_| "left out: it names no currency".to_owned()),
        );
    }
    rows.write("price", text);
}

fn states(text: &mut String) {
    let left_out = |why: Option<String>| match why {
        Some(why) => format!("left out: {}", why.rsplit(", ").next().unwrap_or_default()),
        None => "kept".to_owned(),
    };
    let mut rows = Rows::default();
    for code in 0..=17 {
        let code = format!("{code:02}");
        rows.add(&code, left_out(forms::is_over(&code)));
    }
    for word in forms::all_over().filter(|word| 2 < word.len()) {
        rows.add(word, left_out(forms::is_over(word)));
    }
    rows.write("status (ONIX lists 64 and 68, and in words)", text);
    let mut rows = Rows::default();
    for code in [
        1, 9, 10, 11, 12, 20, 21, 22, 23, 30, 31, 32, 33, 34, 40, 41, 42, 43, 44, 45, 46, 47, 48,
        49, 50, 51, 52, 97, 98, 99,
    ] {
        let code = format!("{code:02}");
        rows.add(&code, left_out(forms::is_unavailable(&code)));
    }
    rows.write("availability (ONIX list 65)", text);
    let mut rows = Rows::default();
    for written in CARRIERS {
        let read = forms::distribution(written).unwrap();
        rows.add(written, read.name().to_owned());
    }
    rows.write("distribution", text);
    let mut rows = Rows::default();
    for written in FLAGS.split(' ') {
        let read = forms::flag(written).unwrap();
        rows.add(written, if read { "yes" } else { "no" }.to_owned());
    }
    rows.write("yes or no", text);
}

/// The table as a whole, so that nothing stands in it that the readers do not do any more.
#[test]
fn the_table_of_the_documentation_is_what_the_readers_do() {
    let table = table();
    let documented = include_str!("../../../docs/imprints.md");
    let (first, _) = table.split_once('\n').unwrap();
    let (_, rest) = documented.split_once(first).unwrap();
    let (rows, _) = rest.split_once("\n\n").unwrap();
    assert_eq!(
        format!("{first}{rows}\n"),
        table,
        "docs/imprints.md has to have this table:\n{table}"
    );
}
