//! Letters as short as they can be: what is said once is not said again, and what is worth least goes
//! first. Pure.

use super::answers::Answer;
use super::sheet::{Part, Places, Sheet};
use super::text;
use crate::judge::Severity;
use crate::say::say;

/// The most lines of text in a letter with something to do.
const MOST_LINES: usize = 60;

/// Who is reminded has read the rest before, and who is to act has it on the edition's page: what
/// goes on, and what to do about it.
pub(super) fn shortened(mut sheet: Sheet) -> Sheet {
    named_once(&mut sheet.parts);
    advised_once(&mut sheet.parts);
    let mut parts = sheet.parts.iter();
    let is_reminder = sheet.is_reminder;
    sheet.is_to_act = sheet.open && parts.any(|part| part.severity == Severity::Act);
    let is_brief = sheet.is_to_act && !sheet.pages.is_empty();
    if is_brief {
        sheet.places = Places::InLines;
    }
    if is_reminder || is_brief {
        for part in &mut sheet.parts {
            part.usual = None;
        }
        sheet.stores.retain(|store| store.concerned);
        sheet.open = false;
    }
    if is_reminder && !is_brief {
        sheet.controls.truncate(1);
    }
    if is_reminder && is_brief {
        text_elsewhere(&mut sheet.parts, "letter-text-is-on-the-page");
    }
    for day in sheet.stores.iter().flat_map(|store| &store.strip) {
        if !sheet.legend.contains(&day.cell) {
            sheet.legend.push(day.cell);
        }
    }
    sheet
}

/// What the text part of a letter says. One with something to do leaves out what is worth least until
/// it is short enough, as far as that goes; the HTML part, which folds nothing into lines, has it all.
pub(super) fn for_text(mut sheet: Sheet) -> Sheet {
    if !sheet.is_to_act {
        return sheet;
    }
    for shorten in LESS {
        if text::letter(&sheet).lines().count() <= MOST_LINES {
            break;
        }
        shorten(&mut sheet);
    }
    sheet
}

/// What is left out of a text that is too long, what is worth least first.
const LESS: [fn(&mut Sheet); 11] = [
    |sheet| {
        for part in sheet.parts.iter_mut().skip(1) {
            part.usual = None;
        }
    },
    |sheet| sheet.stores.retain(|store| store.concerned),
    |sheet| {
        let controls = &mut sheet.controls;
        controls.retain(|control| control.answer != Answer::RevisionStarted);
    },
    |sheet| sheet.places = Places::InLines,
    |sheet| sheet.open = false,
    // What is only to be waited for is told in a line or two.
    |sheet| {
        let others = sheet.parts.iter_mut().skip(1);
        for part in others.filter(|part| part.severity != Severity::Act) {
            part.step.clear();
            part.links.clear();
        }
    },
    // The answers to the first; the page takes those to the rest.
    |sheet| {
        for control in &mut sheet.controls {
            control.links.truncate(1);
        }
    },
    // The text to send names them, and the page does.
    |sheet| {
        let is_named = |part: &Part| part.text.is_some();
        if !sheet.pages.is_empty() || sheet.parts.iter().any(is_named) {
            sheet.places = Places::Elsewhere;
        }
    },
    |sheet| {
        let controls = &mut sheet.controls;
        controls.retain(|control| control.answer != Answer::Later || control.links.is_empty());
    },
    |sheet| {
        for part in &mut sheet.parts {
            part.usual = None;
        }
    },
    |sheet| {
        if sheet.is_reminder {
            text_elsewhere(&mut sheet.parts, "letter-text-is-there");
        } else if !sheet.pages.is_empty() {
            let rest = sheet.parts.iter_mut().skip(1);
            text_elsewhere(rest, "letter-text-is-on-the-page");
        }
    },
];

/// Whoever is to be written to again stands above.
fn named_once(parts: &mut [Part]) {
    let mut known: Vec<&str> = Vec::new();
    for part in parts {
        let Some(contact) = &part.contact else {
            continue;
        };
        if known.contains(&contact.who) {
            let above = say!("letter-as-above", who = contact.who);
            part.step.push(above);
            part.contact = None;
        } else {
            known.push(contact.who);
        }
    }
}

/// What can be done about pages that we cannot read is the same for each: where it stands above, only
/// what is of this page is said.
fn advised_once(parts: &mut [Part]) {
    let mut known: Vec<String> = Vec::new();
    for part in parts.iter_mut().filter(|part| part.is_unread) {
        for step in &mut part.step {
            let all: Vec<String> = step.split_inclusive(". ").map(str::to_owned).collect();
            let new: Vec<&str> = all
                .iter()
                .filter(|one| !known.contains(one))
                .map(String::as_str)
                .collect();
            let new = new.concat();
            new.trim_end().clone_into(step);
            known.extend(all);
        }
        part.step.retain(|step| !step.is_empty());
    }
}

/// Leaves the texts to another place, and says which.
fn text_elsewhere<'s>(parts: impl IntoIterator<Item = &'s mut Part>, place: &str) {
    for part in parts {
        if part.text.take().is_some() {
            part.step.push(say!(place));
        }
    }
}
