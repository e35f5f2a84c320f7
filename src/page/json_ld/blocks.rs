//! From the text of a block to its JSON values, in all its untidy forms.

use serde_json::Value;

/// The JSON values of a block, as far as it can be read in any way we know, and whether that is
/// all of it.
pub(super) fn values(text: &str) -> (Vec<Value>, bool) {
    let text = text
        .trim()
        .trim_start_matches("<!--")
        .trim_end_matches("-->")
        .replace("//<![CDATA[", "")
        .replace("<![CDATA[", "")
        .replace("//]]>", "")
        .replace("]]>", "");
    let text: String = text
        .trim()
        .trim_end_matches(';')
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    let mut several = Vec::new();
    let mut is_whole = true;
    for value in serde_json::Deserializer::from_str(&text).into_iter::<Value>() {
        let Ok(value) = value else {
            is_whole = false;
            break;
        };
        several.push(value);
    }
    if is_whole || !several.is_empty() {
        return (several, is_whole);
    }
    let mended: Vec<Value> = [without_stray_commas(&text), unescape(&text)]
        .iter()
        .find_map(|text| serde_json::from_str(text).ok())
        .into_iter()
        .collect();
    let is_whole = !mended.is_empty();
    (mended, is_whole)
}

fn unescape(text: &str) -> String {
    text.replace("&quot;", "\"")
        .replace("&#34;", "\"")
        .replace("&#39;", "'")
        .replace("&amp;", "&")
}

/// Removes a comma that stands before a closing bracket, outside of strings.
fn without_stray_commas(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut in_string = false;
    let mut escaped = false;
    for character in text.chars() {
        if in_string {
            in_string = escaped || character != '"';
            escaped = character == '\\' && !escaped;
        } else if character == '"' {
            in_string = true;
        } else if matches!(character, '}' | ']') {
            let tight = plain.trim_end().trim_end_matches(',').len();
            plain.truncate(tight);
        }
        plain.push(character);
    }
    plain
}
