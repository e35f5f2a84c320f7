//! Every kind of letter in a language that nobody speaks: what is plain there stands elsewhere than in
//! `say/en`.
//!
//! A letter with a text to send is not among them: those texts are still in `support/`.

use super::example;
use crate::say::fixed;
use crate::say::pseudo::{plain, speaking};

/// What comes from elsewhere.
const DATA: &[&str] = &[
    // Stores, parties, numbers, zones and the program itself.
    "Amazon",
    "Barnes",
    "Noble",
    "Bookshop",
    "org",
    "IngramSpark",
    "ISBN",
    "EST",
    "Pubwatch",
    // Titles and names.
    "Salt",
    "Roads",
    "Field",
    "Guide",
    "Tides",
    "Jane",
    "Roe",
    "Gull",
    "The",
    "Lamplighter",
    "Almanac",
    "House",
    // Markup.
    "nbsp",
    "amp",
];

/// Texts from outside: words of pages, what happened in the example's week, subjects of letters that
/// were written before.
const TEXTS: &[&str] = &[
    "Act: Amazon shows \"Currently unavailable\"",
    "Watch: Bookshop.org's page could not be read",
    "Barnes & Noble was out of stock for 3 hours on Mon 25 January, and came back by itself.",
    "Currently unavailable. We don't know when or if this item will be back in stock",
    "Currently unavailable",
    "This title will be released on February 9, 2027",
    "In Stock",
    "Pre-order now",
    "Pre-order",
    "New pages settle within about ten days of their appearance",
    "IngramSpark help, and other authors' accounts",
];

/// The windows' own sentences and sources: `config/windows.toml` holds these words.
fn windows() -> Vec<&'static str> {
    let lines = include_str!("../../config/windows.toml").lines();
    let values = lines.filter_map(|line| {
        let value = line
            .strip_prefix("usual = \"")
            .or_else(|| line.strip_prefix("source = \""));
        // A sentence begins with a capital where it stands alone.
        value.map(|value| &value.trim_end_matches('"')[1..])
    });
    values.collect()
}

/// Without the parts from `from` to `to`.
fn without(text: &str, from: &str, to: &str) -> String {
    let mut parts = text.split(from);
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |kept, part| {
        kept + " " + part.split_once(to).map_or("", |(_, after)| after)
    })
}

/// What a reader sees: no markup, no commands, no addresses, no strips, no texts from outside.
fn seen(text: &str) -> String {
    let text = without(text, "<style", "</style>");
    let text = without(&text, "<code", "</code>");
    let text = without(&without(&text, "<!--", "-->"), "<", ">");
    let text = without(&text, "pubwatch ", "\n");
    let mut text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    for (entity, character) in [
        ("&#39;", "'"),
        ("&#34;", "\""),
        ("&#38;", "&"),
        ("&amp;", "&"),
    ] {
        text = text.replace(entity, character);
    }
    for known in TEXTS.iter().copied().chain(windows()) {
        text = text.replace(known, " ");
    }
    let is_address = |word: &str| word.contains("://") || word.contains('@');
    let is_strip = |word: &str| word.chars().all(|one| "NPALBTOX.-?".contains(one));
    let words = text
        .split(' ')
        .filter(|word| !is_address(word) && !is_strip(word));
    words.collect::<Vec<_>>().join(" ")
}

#[test]
fn no_sentence_of_a_letter_stands_elsewhere() {
    let (letters, to_send) =
        speaking(|| (example::letters().unwrap(), fixed("heading-ready-text")));
    let mut faults = Vec::new();
    let mut checked = 0;
    for one in letters
        .iter()
        .filter(|one| !one.letter.html.contains(to_send))
    {
        let letter = &one.letter;
        for (part, text) in [
            ("subject", &letter.subject),
            ("text", &letter.text),
            ("html", &letter.html),
        ] {
            let seen = seen(text);
            let plain = plain(&seen, DATA);
            if !plain.is_empty() {
                faults.push(format!("{} {part}: {plain:?}", one.name));
            }
        }
        checked += 1;
    }
    assert_eq!(faults, [""; 0]);
    assert!(6 <= checked, "{checked}");
}
