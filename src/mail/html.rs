//! The HTML part: tables and inline styles, which hold in every mail program; dark mode where
//! `prefers-color-scheme` is known. Nothing is fetched from anywhere. askama escapes every value.

use askama::Template;

use super::digest::{DigestSheet, Point, State};
use super::notice::NoticeSheet;
use super::sheet::{Part, Sheet, StoreLine, StripCell};
use super::strip::Cell;
use super::text::page_label;
use crate::book::Availability;
use crate::judge::Severity;
use crate::say::fixed;
use crate::text::words;

/// A letter about an edition as HTML.
pub fn letter(sheet: &Sheet, subject: &str) -> String {
    LetterTemplate {
        sheet,
        subject,
        why: &sheet.why,
    }
    .render()
    // Rendering into memory fails only when a value's own formatting does, and ours never do. The
    // text part says everything, so an empty HTML part would lose nothing.
    .unwrap_or_default()
}

/// A digest as HTML.
pub(super) fn digest(sheet: &DigestSheet, subject: &str) -> String {
    DigestTemplate {
        sheet,
        subject,
        why: &sheet.why,
    }
    .render()
    .unwrap_or_default()
}

/// A notice as HTML.
pub(super) fn notice(sheet: &NoticeSheet, subject: &str) -> String {
    NoticeTemplate {
        sheet,
        subject,
        why: &sheet.why,
    }
    .render()
    .unwrap_or_default()
}

#[derive(Template)]
#[template(path = "mail/templates/digest.html")]
struct DigestTemplate<'a> {
    sheet: &'a DigestSheet,
    subject: &'a str,
    why: &'a str,
}

#[derive(Template)]
#[template(path = "mail/templates/notice.html")]
struct NoticeTemplate<'a> {
    sheet: &'a NoticeSheet,
    subject: &'a str,
    why: &'a str,
}

#[derive(Template)]
#[template(path = "mail/templates/letter.html")]
struct LetterTemplate<'a> {
    sheet: &'a Sheet,
    subject: &'a str,
    why: &'a str,
}

/// How a state or a day looks: its class, its colour on light ground, its letter and its word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Look {
    /// The class that dark mode speaks of.
    pub class: &'static str,
    /// The colour on light ground; white text on it has a contrast of at least 4.5:1.
    pub colour: &'static str,
    /// The colour on dark ground; dark text on it has a contrast of at least 4.5:1.
    pub dark: &'static str,
    /// The letter.
    pub letter: char,
    /// The word.
    pub word: &'static str,
}

/// How a cell looks.
pub(super) fn look(cell: Cell) -> Look {
    let (class, colour, dark) = match cell {
        Cell::Before => ("s-before", "#ffffff", "#0d1117"),
        Cell::Unseen => ("s-unseen", "#57606a", "#9ea7b3"),
        Cell::State(Availability::PreOrder) => ("s-p", "#0b5cad", "#6cb2ff"),
        Cell::State(Availability::InStock) => ("s-a", "#116329", "#56d364"),
        Cell::State(Availability::ShipsLater) => ("s-l", "#7a5b00", "#e3b341"),
        Cell::State(Availability::BackOrder) => ("s-b", "#9a4a00", "#f0883e"),
        Cell::State(Availability::OutOfStock) => ("s-o", "#b3261e", "#ff7b72"),
        Cell::State(Availability::ThirdPartyOnly) => ("s-t", "#6f42c1", "#c297ff"),
        Cell::State(Availability::Announced) => ("s-n", "#57606a", "#9ea7b3"),
        Cell::State(Availability::NotListed) => ("s-none", "#6e7781", "#8b949e"),
        Cell::State(Availability::Discontinued) => ("s-x", "#24292f", "#c9d1d9"),
    };
    Look {
        class,
        colour,
        dark,
        letter: cell.letter(),
        word: cell.word(),
    }
}

/// Every look, for the dark half of the style sheet.
pub(super) fn looks() -> Vec<Look> {
    let mut looks = vec![look(Cell::Before), look(Cell::Unseen)];
    looks.extend(Availability::ALL.map(|state| look(Cell::State(state))));
    looks
}

/// The colour of a severity on light ground, and the class that dark mode speaks of.
fn severity_look(severity: Severity) -> (&'static str, &'static str) {
    match severity {
        Severity::Act => ("#b3261e", "v-act"),
        Severity::Watch | Severity::ToDo => ("#7a5b00", "v-watch"),
        Severity::GoodNews | Severity::Quiet => ("#116329", "v-good"),
    }
}

/// Some strip shows the publication date.
fn shows_publication(stores: &[StoreLine]) -> bool {
    stores
        .iter()
        .flat_map(|store| &store.strip)
        .any(|cell| cell.publication)
}

/// The text in pieces, each with where it leads if it is an address, of the web or of mail.
///
/// What stands in quotation marks is a store's, and nothing that a store says becomes a link.
fn linked(text: &str) -> Vec<(&str, Option<String>)> {
    let mut pieces = Vec::new();
    let mut is_quoted = false;
    for word in text.split_inclusive(char::is_whitespace) {
        is_quoted |= word.contains('“');
        let start = word.trim_start_matches(['(', '“']);
        let address =
            start.trim_end_matches(|one: char| one.is_whitespace() || ".,;:!?)”".contains(one));
        match link(address).filter(|_| !is_quoted) {
            Some(link) => {
                pieces.extend([
                    (&word[..word.len() - start.len()], None),
                    (address, Some(link)),
                    (&start[address.len()..], None),
                ]);
            }
            None => pieces.push((word, None)),
        }
        is_quoted &= !word.contains('”');
    }
    pieces
}

/// Where a word leads, if it is an address.
fn link(word: &str) -> Option<String> {
    if word.starts_with("https://") {
        return Some(word.to_owned());
    }
    let (name, host) = word.split_once('@')?;
    let is_plain = |part: &str, more: &str| {
        !part.is_empty()
            && part
                .chars()
                .all(|one| one.is_ascii_alphanumeric() || more.contains(one))
    };
    (is_plain(name, "._+-") && is_plain(host, ".-") && host.contains('.'))
        .then(|| format!("mailto:{word}"))
}

impl Sheet {
    /// Some answer is a link.
    pub(super) fn has_taps(&self) -> bool {
        self.controls
            .iter()
            .any(|control| !control.links.is_empty())
    }
}

impl StoreLine {
    /// How the state looks; a page that cannot be read is not seen.
    pub(super) fn look(&self) -> Look {
        look(self.state.map_or(Cell::Unseen, Cell::State))
    }
}

impl StripCell {
    /// How the day looks.
    pub(super) fn look(&self) -> Look {
        look(self.cell)
    }
}

impl State {
    /// How the state looks.
    pub(super) fn look(&self) -> Look {
        look(self.cell)
    }
}

impl Point {
    /// See [`severity_look`].
    pub(super) fn severity_look(&self) -> (&'static str, &'static str) {
        severity_look(self.severity)
    }
}

impl Part {
    /// The colour of the severity on light ground, and the class that dark mode speaks of.
    pub(super) fn severity_look(&self) -> (&'static str, &'static str) {
        severity_look(self.severity)
    }

    /// There is a next step to show.
    pub(super) fn has_step(&self) -> bool {
        !self.step.is_empty() || self.contact.is_some()
    }

    /// How to reach the contact, as a sentence.
    pub(super) fn how(&self) -> String {
        self.contact
            .as_ref()
            .map(|contact| words::capital(contact.how))
            .unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Contrast of two colours, WCAG 2.2 §1.4.3.
    fn contrast(one: &str, other: &str) -> f64 {
        let (one, other) = (luminance(one), luminance(other));
        (one.max(other) + 0.05) / (one.min(other) + 0.05)
    }

    fn luminance(colour: &str) -> f64 {
        let channel = |from: usize| {
            let value = u8::from_str_radix(&colour[from..from + 2], 16).unwrap();
            let value = f64::from(value) / 255.0;
            if value <= 0.04045 {
                value / 12.92
            } else {
                ((value + 0.055) / 1.055).powf(2.4)
            }
        };
        0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5)
    }

    #[test]
    fn every_state_can_be_read_on_light_and_on_dark_ground() {
        for look in looks() {
            if look.class == "s-before" {
                continue;
            }
            let light = contrast(look.colour, "#ffffff");
            let dark = contrast(look.dark, "#0d1117");
            assert!(light >= 4.5, "{}: {light:.2} on white", look.word);
            assert!(dark >= 4.5, "{}: {dark:.2} on dark", look.word);
        }
    }
    /// Links are in square brackets, with where they lead when that is not what is shown.
    #[track_caller]
    fn check(text: &str, expected: &str) {
        let shown = |(shown, link): (&str, Option<String>)| match link {
            Some(link) if link == shown => format!("[{shown}]"),
            Some(link) => format!("[{shown} {link}]"),
            None => shown.to_owned(),
        };
        let found: String = linked(text).into_iter().map(shown).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn an_address_is_a_link_without_the_marks_around_it() {
        check("", "");
        check("Nothing is left to do. ", "Nothing is left to do. ");
        check("Share https://a.test/dp/1", "Share [https://a.test/dp/1]");
        check(
            "It (https://a.test/w/?ean=1), or\nhttps://b.test/.",
            "It ([https://a.test/w/?ean=1]), or\n[https://b.test/].",
        );
        check(
            "at help.a.test, or Desk@a.test. Write",
            "at help.a.test, or [Desk@a.test mailto:Desk@a.test]. Write",
        );
    }

    #[test]
    fn what_is_no_address_and_what_a_store_says_is_no_link() {
        check(
            "http://a.test @ a@b a@b@c.test x?y@c.test javascript:a",
            "http://a.test @ a@b a@b@c.test x?y@c.test javascript:a",
        );
        check(
            "It says “go to https://a.test now or ask b@c.test” (https://d.test).",
            "It says “go to https://a.test now or ask b@c.test” ([https://d.test]).",
        );
    }
}
