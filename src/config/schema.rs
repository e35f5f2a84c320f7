//! A JSON Schema of the configuration, for completion and hints in editors. It is what the check asks
//! for, table by table, while it reads the example with every key; the words are the example's.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::findings::{Asked, Kind, Place, below};
use super::{EXAMPLE, check};

/// The schema, as draft 7 has it, which Taplo and with it most editors read for TOML.
pub fn schema() -> Value {
    let text = every_key();
    let asked = check::asked(&text);
    let words = words();
    let mut kinds: BTreeMap<Place, &Kind> = BTreeMap::new();
    for (place, asked) in &asked {
        let keys = asked.keys.iter();
        kinds.extend(keys.map(|(key, kind)| (below(place, key), kind)));
    }
    let mut root = Value::Null;
    let mut definitions = Map::new();
    for (place, asked) in &asked {
        let mut table = table(place, asked, &words);
        if place.0.is_empty() {
            table["$schema"] = "http://json-schema.org/draft-07/schema#".into();
            table["title"] = "The configuration of Pubwatch".into();
            root = table;
        } else {
            // What may be several is its own list: an editor then says what is wrong at its place, and
            // not that none of several schemas fits.
            if let Some(types) = kinds.get(place).and_then(|kind| several(kind)) {
                table["type"] = types.into();
                table["items"] = reference(place);
            }
            definitions.insert(name(place), table);
        }
    }
    root["definitions"] = definitions.into();
    root
}

/// The kind of a table of the file; `None`: there is none of that name.
pub(super) fn of_table(name: &str) -> Option<Kind> {
    let mut asked = check::asked(&every_key());
    asked.remove(&Place::default())?.keys.remove(name)
}

/// The example with the `# ` before every key and table taken away.
pub fn every_key() -> String {
    let lines = EXAMPLE.lines().map(|line| code(line).unwrap_or(line));
    lines.flat_map(|line| [line, "\n"]).collect()
}

/// The key or the header on a line of the example, without the `#` before it.
fn code(line: &str) -> Option<&str> {
    let bare = line.strip_prefix("# ").unwrap_or(line);
    let is_key = bare
        .split_once(" = ")
        .is_some_and(|(key, _)| !key.contains(' '));
    (is_key || bare.starts_with('[')).then_some(bare)
}

/// What the example says right before a key or a header, by table and key; a table's own words have no
/// key.
fn words() -> BTreeMap<(String, String), String> {
    let mut words = BTreeMap::new();
    let mut table = String::new();
    let mut said: Vec<&str> = Vec::new();
    for line in EXAMPLE.lines() {
        let Some(code) = code(line) else {
            match line.strip_prefix("# ") {
                Some(line) => said.push(line),
                None => said.clear(),
            }
            continue;
        };
        let key = if code.starts_with('[') {
            code.trim_matches(['[', ']']).clone_into(&mut table);
            ""
        } else {
            code.split(' ').next().unwrap_or_default()
        };
        if !said.is_empty() {
            words.insert((table.clone(), key.to_owned()), said.join(" "));
        }
        said.clear();
    }
    words
}

fn table(place: &Place, asked: &Asked, words: &BTreeMap<(String, String), String>) -> Value {
    let mut properties = Map::new();
    for (key, kind) in &asked.keys {
        let mut value = value(kind, &below(place, key));
        let said = words.get(&(place.0.clone(), (*key).to_owned()));
        if let (Some(said), None) = (said, value.get("$ref")) {
            value["description"] = said.as_str().into();
        }
        properties.insert((*key).to_owned(), value);
    }
    let others = match &asked.free {
        // A dotted name without quotes is a table within a table.
        _ if place.1 => reference(place),
        Some((kind, names)) if names.is_empty() => value(kind, &(place.0.clone(), true)),
        Some((kind, names)) => {
            let those = names
                .iter()
                .map(|name| ((*name).to_owned(), value(kind, place)));
            properties.extend(those);
            false.into()
        }
        None => false.into(),
    };
    let mut table = json!({
        "type": "object",
        "properties": properties,
        "additionalProperties": others,
    });
    if !asked.required.is_empty() {
        let mut required = asked.required.clone();
        required.sort_unstable();
        required.dedup();
        table["required"] = required.into();
    }
    if let (Some(said), false) = (words.get(&(place.0.clone(), String::new())), place.1) {
        table["description"] = said.as_str().into();
    }
    table
}

/// What a value of that kind may be; `place` is the table that it is, where it is one.
fn value(kind: &Kind, place: &Place) -> Value {
    match kind {
        // A date of TOML is a text to JSON.
        Kind::Text | Kind::Duration | Kind::Date => json!({ "type": "string", "minLength": 1 }),
        Kind::Flag => json!({ "type": "boolean" }),
        Kind::Whole(least, most) => {
            json!({ "type": "integer", "minimum": least, "maximum": most })
        }
        Kind::Size => json!({ "type": ["integer", "string"] }),
        Kind::Choice(names, habits) => json!({ "anyOf": [
            { "enum": names },
            { "type": "string", "pattern": in_any_case(names.iter().chain(habits)) },
        ] }),
        Kind::List(kind) if **kind == Kind::Text => {
            json!({ "type": ["array", "string"], "minLength": 1, "items": value(kind, place) })
        }
        Kind::List(kind) => {
            let one = value(kind, place);
            json!({ "anyOf": [{ "type": "array", "items": one }, one] })
        }
        Kind::Program => json!({ "type": "array", "items": { "type": "string" }, "minItems": 1 }),
        Kind::Table | Kind::Tables | Kind::Recipients => reference(place),
        Kind::Entry => reference(&(place.0.clone(), true)),
    }
}

/// What stands in the place of a table, where that is not a table alone.
fn several(kind: &Kind) -> Option<Vec<&'static str>> {
    if *kind == Kind::Recipients {
        return Some(vec!["array", "object", "string"]);
    }
    (*kind == Kind::Tables).then(|| vec!["array", "object"])
}

/// A pattern that takes the names in whatever case, as the check does.
fn in_any_case<'a>(names: impl Iterator<Item = &'a &'static str>) -> String {
    let letter = |letter: char| match letter {
        'a'..='z' => format!("[{letter}{}]", letter.to_ascii_uppercase()),
        letter => format!("[{letter}]"),
    };
    let names: Vec<String> = names
        .map(|name| name.chars().map(letter).collect())
        .collect();
    format!("^({})$", names.join("|"))
}

fn reference(place: &Place) -> Value {
    json!({ "$ref": format!("#/definitions/{}", name(place)) })
}

fn name((name, is_entry): &Place) -> String {
    format!("{name}{}", if *is_entry { ".entry" } else { "" })
}
