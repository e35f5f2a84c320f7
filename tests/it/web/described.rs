//! The interface answers what its description (OpenAPI) says, field by field.

use pubwatch::book::NoteKind;
use serde_json::Value;

use super::exports::json;
use super::{ISBN, TestSite};

/// What an answer has that its description does not, and the other way round.
fn differences(value: &Value, schema: &Value, all: &Value, place: &str, found: &mut Vec<String>) {
    let schema = match schema["$ref"].as_str() {
        Some(name) => &all[name.rsplit('/').next().unwrap()],
        None => schema,
    };
    if let Some(choices) = schema["oneOf"].as_array() {
        let is_null = |one: &&Value| one["type"] == "null";
        if !(value.is_null() && choices.iter().any(|one| is_null(&one))) {
            let choice = choices.iter().find(|one| !is_null(one)).unwrap();
            differences(value, choice, all, place, found);
        }
        return;
    }
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
    if !is_of(kinds) && !kinds.as_array().is_some_and(|all| all.iter().any(is_of)) {
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
    if let (Some(values), Some(fields)) = (value.as_object(), schema["properties"].as_object()) {
        for (name, one) in values {
            let place = format!("{place}.{name}");
            match fields.get(name) {
                Some(schema) => differences(one, schema, all, &place, found),
                None => found.push(format!("{place} is not described")),
            }
        }
        for name in schema["required"].as_array().into_iter().flatten() {
            if !values.contains_key(name.as_str().unwrap()) {
                found.push(format!("{place} has no {name}"));
            }
        }
    }
    for one in value.as_array().into_iter().flatten() {
        differences(one, &schema["items"], all, place, found);
    }
}

#[test]
fn every_answer_is_as_the_description_says() {
    let site = TestSite::salt_roads();
    let until = "2027-02-20".parse().unwrap();
    let cause = Some("unavailable".to_owned());
    site.note(ISBN, NoteKind::Muted { until, cause }, super::now());
    let description = json(&site, "/api/v1/openapi.json");
    let schemas = &description["components"]["schemas"];
    let mut found = Vec::new();
    for (path, operation) in description["paths"].as_object().unwrap() {
        let answer = &operation["get"]["responses"]["200"]["content"]["application/json"];
        let value = json(&site, &path.replace("{isbn}", ISBN));
        differences(&value, &answer["schema"], schemas, path, &mut found);
    }
    found.dedup();
    assert_eq!(found, [""; 0]);
    let wrong = serde_json::json!({ "alerts": [{ "rule": 7, "more": 1 }] });
    let path = &description["paths"]["/api/v1/alerts"]["get"]["responses"]["200"];
    let schema = &path["content"]["application/json"]["schema"];
    differences(&wrong, schema, schemas, "x", &mut found);
    assert!(
        found.contains(&"x.alerts.more is not described".to_owned()),
        "{found:?}"
    );
    assert!(
        found.contains(&"x.alerts.rule is integer, not \"string\"".to_owned()),
        "{found:?}"
    );
    let notes = json(&site, &format!("/api/v1/editions/{ISBN}"))["notes"].clone();
    assert_eq!(notes[1]["until"], "2027-02-20");
    assert_eq!(notes[1]["cause"], "unavailable");
}
