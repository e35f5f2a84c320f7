//! The table of `docs/imprints.md`, which says how everything in a list is read, made by the readers
//! themselves. For tests.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::build::price;
use super::columns::{QUALIFIERS, all_names};
use super::forms::{self, Form};
use super::{Field, dates, isbn};

const ISBNS: [&str; 10] = [
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
const ONIX_DATES: [(&str, &str); 11] = [
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
    ("20", "14480902"),
];

const CODES: [&str; 33] = [
    "BA", "BB", "BC", "BD", "BE", "BF", "BG", "BH", "BI", "BJ", "BK", "BL", "BM", "BN", "BO", "BP",
    "BZ", "EA", "EB", "EC", "ED", "AC", "AJ", "CB", "DB", "FC", "LB", "MB", "PC", "SA", "VI", "XA",
    "ZZ",
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
        Err(why) => panic!("{why}"),
    }
}

fn table() -> String {
    let mut text = "| what | as it is written | what it is |\n| --- | --- | --- |\n".to_owned();
    let mut columns: BTreeMap<Field, Vec<String>> = BTreeMap::new();
    for (field, name) in all_names() {
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
    numbers_and_forms(&mut text);
    days_and_prices(&mut text);
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
    for code in CODES {
        rows.add(code, form(code));
    }
    rows.write("form (ONIX list 150)", text);
    let mut rows = Rows::default();
    for word in forms::all_words() {
        rows.add(word, form(word));
    }
    rows.write("form, a word within", text);
}

fn days_and_prices(text: &mut String) {
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
    for written in PRICES {
        let read = price(written).map(|price| price.to_string());
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
    rows.write("status (ONIX lists 64 and 68)", text);
    let mut rows = Rows::default();
    for code in [
        1, 10, 11, 12, 20, 21, 22, 23, 30, 31, 32, 33, 34, 40, 41, 42, 43, 44, 45, 46, 47, 48, 49,
        50, 51, 52, 97, 98, 99,
    ] {
        let code = format!("{code:02}");
        rows.add(&code, left_out(forms::is_unavailable(&code)));
    }
    rows.write("availability (ONIX list 65)", text);
}

#[test]
fn the_table_of_the_documentation_is_what_the_readers_do() {
    let table = table();
    let documented = include_str!("../../../docs/imprints.md");
    assert!(
        documented.contains(&table),
        "docs/imprints.md has to have this table:\n{table}"
    );
}
