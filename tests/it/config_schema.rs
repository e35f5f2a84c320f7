//! The JSON Schema of the configuration: it takes what the check takes, and finds unknown keys, wrong
//! kinds and names, and what is missing.

use std::fs;
use std::path::Path;

use boon::{Compiler, Schemas};
use jiff::civil::date;
use pubwatch::config::schema::{every_key, schema};
use pubwatch::config::{EXAMPLE, check};
use serde_json::{Map, Value};

/// Whether an editor would find nothing wrong with a configuration.
#[track_caller]
fn takes(text: &str) -> Result<(), String> {
    let (mut schemas, mut compiler) = (Schemas::new(), Compiler::new());
    compiler.add_resource("schema.json", schema()).unwrap();
    let index = compiler.compile("schema.json", &mut schemas).unwrap();
    let value = as_json(text.parse::<toml::Table>().unwrap().into());
    let verdict = schemas.validate(&value, index);
    verdict.map_err(|error| format!("{error:#}"))
}

/// A date is a text, as editors have it.
fn as_json(value: toml::Value) -> Value {
    match value {
        toml::Value::Datetime(moment) => moment.to_string().into(),
        toml::Value::Table(table) => table
            .into_iter()
            .map(|(key, value)| (key, as_json(value)))
            .collect::<Map<_, _>>()
            .into(),
        toml::Value::Array(items) => items.into_iter().map(as_json).collect(),
        toml::Value::String(text) => text.into(),
        toml::Value::Integer(number) => number.into(),
        toml::Value::Float(number) => number.into(),
        toml::Value::Boolean(flag) => flag.into(),
    }
}

const LEAST: &str = "
    [author]
    name = 'Jane Roe'
    email = 'jane@example.com'
    timezone = 'UTC'
    [[edition]]
    title = 'Salt Roads'
    isbn = '9781944098117'
    publication_date = 2027-02-09
    stores = ['amazon.com']
";

#[test]
fn what_the_check_takes_the_schema_takes() {
    for more in [
        "",
        "format = 'Hardback'\ndistribution = 'KDP'\nprinting = 'Print on demand'",
        "notify = 'jane@example.com'",
        "notify = [{ to = 'jane@example.com', severity = 'act' }]",
        "sources = { 'amazon.com' = 'by-hand' }",
        "windows = { list.amazon = { quiet = '20 days' } }",
        "[politeness]\nbody_cap = 4_000_000\nrequests_per_day = 200",
        "[mail]\nhost = 'smtp.example.com'\nencryption = 'STARTTLS'",
        "[windows]\nlearned = true\nlist.bookshop = { learned = false }",
        "[store]\nname = 'amazon.com'\nsource = 'browser'\nwords = { in_stock = 'to be had' }",
    ] {
        let text = format!("{LEAST}{more}");
        let checked = check(&text, "pubwatch.toml", date(2026, 11, 22));
        assert!(checked.is_ok(), "{more}: {checked:?}");
        assert_eq!(takes(&text), Ok(()), "{more}");
    }
}

#[test]
fn the_example_is_right_by_the_schema_with_every_key_and_without() {
    assert_eq!(takes(EXAMPLE), Ok(()));
    assert_eq!(takes(&every_key()), Ok(()));
}

#[test]
fn an_unknown_key_a_wrong_kind_and_a_missing_key_are_wrong_by_the_schema() {
    for more in [
        "publisher = 'Lamplight'",
        "amazon_switch = 'yes'",
        "format = 'scroll'",
        "sources = { 'amazon.com' = 'pigeon' }",
        "windows = { 'list.amazon' = { calm = '20 days' } }",
        "notify = [{ name = 'Pat' }]",
        "[mail]\nhost = 'smtp.example.com'\nport = 70_000",
        "[mail]\nport = 25",
        "[pigeons]",
        "[[store]]\nname = 'books.example.com'\nwords = { sold = 'sold' }",
        "[[webhook]]\nname = 'mine'",
    ] {
        assert!(takes(&format!("{LEAST}{more}")).is_err(), "{more}");
    }
    assert!(takes("").is_err());
}

#[test]
fn the_words_are_those_of_the_example() {
    let schema = schema();
    let said = |pointer: &str| schema.pointer(pointer).and_then(Value::as_str);
    let mail = "/definitions/mail/properties";
    assert_eq!(
        said(&format!("{mail}/host/description")),
        Some("The mail server of your provider.")
    );
    assert_eq!(
        said("/definitions/client/description"),
        Some(
            "A client of an imprint: a digest of its own for the editions whose `imprint` names it."
        )
    );
}

#[test]
fn of_the_configurations_of_the_tests_the_right_ones_are_right_by_the_schema() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/config");
    let mut right = 0;
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let Ok(text) = fs::read_to_string(&path) else {
            continue;
        };
        if check(&text, "pubwatch.toml", date(2026, 11, 22)).is_ok() {
            assert_eq!(takes(&text), Ok(()), "{}", path.display());
            right += 1;
        } else if path.ends_with("unknown_keys.toml") || path.ends_with("wrong_choices.toml") {
            assert!(takes(&text).is_err(), "{}", path.display());
        }
    }
    assert!(2 <= right, "{right} are right");
}
