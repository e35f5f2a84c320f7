//! The interface answers what its description (OpenAPI) says, field by field.

use std::collections::BTreeMap;

use pubwatch::book::NoteKind;
use serde_json::{Value, json};

use super::companion::{hand, pair};
use super::exports::json as answer;
use super::{ISBN, TestSite};

/// The fields that a description gives an object, whichever of its parts gives them.
fn fields<'a>(schema: &'a Value, all: &'a Value) -> BTreeMap<&'a str, &'a Value> {
    if let Some(name) = schema["$ref"].as_str() {
        return fields(&all[name.rsplit('/').next().unwrap()], all);
    }
    let parts = ["allOf", "oneOf"].into_iter();
    let parts = parts.flat_map(|of| schema[of].as_array().into_iter().flatten());
    let mut known: BTreeMap<&str, &Value> = parts.flat_map(|part| fields(part, all)).collect();
    let own = schema["properties"].as_object().into_iter().flatten();
    known.extend(own.map(|(name, schema)| (name.as_str(), schema)));
    known
}

/// What an answer has that its description does not, and the other way round.
fn differences(value: &Value, schema: &Value, all: &Value, place: &str) -> Vec<String> {
    if let Some(name) = schema["$ref"].as_str() {
        return differences(value, &all[name.rsplit('/').next().unwrap()], all, place);
    }
    let mut found = Vec::new();
    for part in schema["allOf"].as_array().into_iter().flatten() {
        found.extend(differences(value, part, all, place));
    }
    let choices = schema["oneOf"].as_array().into_iter().flatten();
    let choices = choices.map(|choice| differences(value, choice, all, place));
    found.extend(choices.min_by_key(Vec::len).into_iter().flatten());
    let kind = match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    let is_of = |one: &Value| one == kind;
    let kinds = &schema["type"];
    let may_be = kinds.as_array().is_some_and(|all| all.iter().any(is_of));
    if !kinds.is_null() && !is_of(kinds) && !may_be {
        found.push(format!("{place} is {kind}, not {kinds}"));
    }
    if let Some(names) = schema["enum"].as_array()
        && !names.contains(value)
    {
        found.push(format!("{place} is {value}"));
    }
    if schema["format"] == "date-time" && !value.is_null() {
        let is_one = value.as_str().unwrap().parse::<jiff::Timestamp>();
        found.extend(is_one.err().map(|error| format!("{place}: {error}")));
    }
    for name in schema["required"].as_array().into_iter().flatten() {
        if value.get(name.as_str().unwrap()).is_none() {
            found.push(format!("{place} has no {name}"));
        }
    }
    for (name, schema) in schema["properties"].as_object().into_iter().flatten() {
        if let Some(one) = value.get(name) {
            found.extend(differences(one, schema, all, &format!("{place}.{name}")));
        }
    }
    for one in value.as_array().into_iter().flatten() {
        found.extend(differences(one, &schema["items"], all, place));
    }
    found
}

/// The fields of an answer that are described nowhere. What is described as any object at all may
/// have any.
fn not_described(value: &Value, schema: &Value, all: &Value, place: &str) -> Vec<String> {
    let mut found = Vec::new();
    let known = fields(schema, all);
    for (name, one) in value.as_object().into_iter().flatten() {
        let place = format!("{place}.{name}");
        match known.get(name.as_str()) {
            Some(schema) => found.extend(not_described(one, schema, all, &place)),
            None if known.is_empty() => {}
            None => found.push(format!("{place} is not described")),
        }
    }
    for one in value.as_array().into_iter().flatten() {
        found.extend(not_described(one, &schema["items"], all, place));
    }
    found
}

#[test]
fn the_description_is_made_from_the_types_and_changes_only_with_them() {
    let site = TestSite::salt_roads();
    let description = site.get("/api/v1/openapi.json");
    assert_eq!(description.header("content-type"), Some("application/json"));
    let value: Value = serde_json::from_str(&description.body).unwrap();
    insta::assert_snapshot!(format!("{value:#}"));
}

#[test]
fn every_answer_is_as_the_description_says() {
    let site = TestSite::salt_roads();
    let until = "2027-02-20".parse().unwrap();
    let cause = Some("unavailable".to_owned());
    site.note(ISBN, NoteKind::Muted { until, cause }, super::now());
    let description = answer(&site, "/api/v1/openapi.json");
    let schemas = &description["components"]["schemas"];
    let mut found = Vec::new();
    pair(&site);
    let watched = hand(&site, ("GET", "/api/v1/watched"), "");
    let seen = json!({
        "address": watched["pages"][0]["address"], "state": "in_stock", "seen_at": super::now(),
    });
    let paths = description["paths"].as_object().unwrap();
    assert_eq!(paths.len(), 7);
    for (path, operation) in paths {
        let (method, body) = if operation["get"].is_null() {
            ("post", seen.to_string())
        } else {
            ("get", String::new())
        };
        let answer = &operation[method]["responses"]["200"]["content"]["application/json"];
        let asked = (method.to_uppercase(), path.replace("{isbn}", ISBN));
        let value = hand(&site, (&asked.0, &asked.1), &body);
        found.extend(differences(&value, &answer["schema"], schemas, path));
        found.extend(not_described(&value, &answer["schema"], schemas, path));
    }
    found.dedup();
    assert_eq!(found, [""; 0]);
    let wrong = json!({ "alerts": [{ "rule": 7, "more": 1 }] });
    let path = &description["paths"]["/api/v1/alerts"]["get"]["responses"]["200"];
    let schema = &path["content"]["application/json"]["schema"];
    found.extend(differences(&wrong, schema, schemas, "x"));
    found.extend(not_described(&wrong, schema, schemas, "x"));
    assert!(
        found.contains(&"x.alerts.more is not described".to_owned()),
        "{found:?}"
    );
    assert!(
        found.contains(&"x.alerts.rule is integer, not \"string\"".to_owned()),
        "{found:?}"
    );
    let notes = answer(&site, &format!("/api/v1/editions/{ISBN}"))["notes"].clone();
    assert_eq!(notes[1]["until"], "2027-02-20");
    assert_eq!(notes[1]["cause"], "unavailable");
}
