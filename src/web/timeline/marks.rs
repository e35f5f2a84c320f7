//! What stands beside the lanes: letters above them, notes below, and the tips that hovering or
//! focusing shows.

use std::fmt::Write as _;

use super::canvas::Canvas;
use super::{Frame, Mark, to_pixels};
use crate::book::{Note, NoteKind};
use crate::config::plan::{StorePlan, label};
use crate::text::words;
use crate::web::markup::{text, width};

/// How high a line of a tip is, and how far its words stand from its edges.
const LINE: i64 = 16;
const EDGE: i64 = 10;

/// What has a tip is a link: it can be focused and tapped, and where the browser knows what has
/// somebody's interest, Escape closes the tip without a script. One that leads nowhere leads to
/// itself. Gives what comes before its drawing; [`tip`] ends it.
pub(super) fn begin(
    canvas: &mut Canvas,
    (id, class): (&str, &str),
    link: Option<&str>,
    (first, second): (&str, &str),
) {
    let own = format!("#{id}");
    canvas.put(format_args!(
        r#"<a id="{id}" class="{class}" href="{}" interestfor="{id}t" aria-label="{}">"#,
        text(link.unwrap_or(&own)),
        text(&format!("{first}. {second}")),
    ));
}

/// The tip of what was begun, around `x`: shown by the style sheet while it is hovered or focused. Its
/// words are broken into lines, and none is cut.
///
/// It opens upwards, over what has been drawn before it, and so is never covered.
pub(super) fn tip(
    canvas: &mut Canvas,
    frame: &Frame<'_>,
    id: &str,
    (x, bottom): (i64, i64),
    (first, second): (&str, &str),
) {
    let most = (frame.width - 4 - 2 * EDGE).min(900);
    let mut lines = broken(first, most);
    lines.extend(broken(second, most));
    let widest = lines.iter().map(|line| measured(line)).max().unwrap_or(0);
    let wide = (widest + 2 * EDGE).min(frame.width - 4);
    let high = LINE * to_pixels(lines.len()) + EDGE;
    let left = (x - wide / 2).clamp(2, (frame.width - wide - 2).max(2));
    let top = bottom - high;
    canvas.put(format_args!(
        r#"<g class="tip" id="{id}t" aria-hidden="true"><rect x="{left}" y="{top}" width="{wide}" height="{high}" rx="6"/>"#
    ));
    for (index, line) in lines.iter().enumerate() {
        canvas.put(format_args!(
            r#"<text x="{}" y="{}">{}</text>"#,
            left + EDGE,
            top + LINE * to_pixels(index + 1) + 1,
            text(line),
        ));
    }
    canvas.put(format_args!("</g></a>"));
}

/// How wide a line of a tip is, in wide fonts as well.
fn measured(line: &str) -> i64 {
    width(line) * 15 / 100
}

/// Words in lines of at most so many pixels; a word that is longer is broken as well.
fn broken(words: &str, most: i64) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in words.split_whitespace() {
        for (index, character) in word.chars().enumerate() {
            let Some(line) = lines.last_mut() else { break };
            let is_first = index == 0 && !line.is_empty();
            if is_first && measured(&format!("{line} {word}")) <= most {
                line.push(' ');
                line.push(character);
            } else if is_first || measured(&format!("{line}{character}")) > most {
                lines.push(character.to_string());
            } else {
                line.push(character);
            }
        }
    }
    lines
}

/// Letters are envelopes above the lanes.
pub(super) fn letters(canvas: &mut Canvas, frame: &Frame<'_>) {
    let y = frame.top - 16;
    for (index, letter) in frame.picture.letters.iter().enumerate() {
        if !frame.scale.shows(letter.at) {
            continue;
        }
        let x = frame.scale.x(letter.at);
        let (first, second) = said(frame, letter, "Letter");
        let id = format!("{}e{index}", frame.name);
        let class = format!("mark letter {}", letter.class);
        let told = (first.as_str(), second.as_str());
        begin(canvas, (&id, &class), letter.link.as_deref(), told);
        canvas.put(format_args!(
            r#"<path class="body" d="M{left} {y}h16v12h-16z"/><path class="fold" d="M{left} {y}l8 7 8-7"/>"#,
            left = x - 8,
        ));
        tip(canvas, frame, &id, (x, y - 4), told);
    }
}

/// Notes are flags under the lanes.
pub(super) fn notes(canvas: &mut Canvas, frame: &Frame<'_>) {
    if !frame.has_notes {
        return;
    }
    let y = frame.bottom() + 4;
    for (index, note) in frame.picture.view.notes.iter().enumerate() {
        if !frame.scale.shows(note.at) {
            continue;
        }
        let x = frame.scale.x(note.at);
        let mark = Mark {
            at: note.at,
            words: words_of(note, frame.picture.stores),
            class: "",
            link: None,
        };
        let (first, second) = said(frame, &mark, "You told us");
        let told = (first.as_str(), second.as_str());
        let id = format!("{}f{index}", frame.name);
        begin(canvas, (&id, "mark note"), None, told);
        canvas.put(format_args!(
            r#"<rect class="veil" x="{}" y="{y}" width="24" height="19"/><path class="pole" d="M{x} {y}v18"/><path class="body" d="M{x} {y}l10 4.5-10 4.5z"/>"#,
            x - 12,
        ));
        tip(canvas, frame, &id, (x, y - 2), told);
    }
}

fn said(frame: &Frame<'_>, mark: &Mark, kind: &str) -> (String, String) {
    (
        format!("{kind}: {}", words::clipped(&mark.words, 160)),
        words::moment(mark.at, frame.picture.zone),
    )
}

/// What a note says, in a few words.
pub fn words_of(note: &Note, stores: &[StorePlan]) -> String {
    let mut said = note.kind.words();
    if let NoteKind::DateChanged { to, .. } = &note.kind {
        let _ = write!(said, " to {}", words::date(*to));
    } else if let NoteKind::Muted { until, cause } = &note.kind {
        if let Some(cause) = cause {
            let _ = write!(said, " about “{cause}”");
        }
        let _ = write!(said, " until {}", words::date(*until));
    } else if let NoteKind::Paused { until, but_act, .. } = &note.kind {
        let but_act = if *but_act { ", but not Act" } else { "" };
        let _ = write!(said, " until {}{but_act}", words::date(*until));
    }
    if let Some(store) = &note.store {
        let _ = write!(said, " ({})", label(store, stores));
    }
    if let Some(ticket) = &note.ticket {
        let _ = write!(said, ", request {ticket}");
    }
    if let Some(free) = &note.text {
        let _ = write!(said, ": {free}");
    }
    said
}

#[cfg(test)]
mod tests {
    use super::{broken, measured};

    #[test]
    fn words_are_broken_into_lines_that_fit_and_none_is_lost() {
        let longest = "W".repeat(90);
        for words in [
            "",
            "Available",
            "Unavailable: “Currently unavailable. We don't know when or if this item will be back.”",
            longest.as_str(),
            "ab 五十音五十音五十音五十音五十音五十音五十音五十音五十音五十音 cd",
        ] {
            let lines = broken(words, 334);
            for line in &lines {
                assert!(measured(line) <= 334, "{line}");
            }
            let bare = |text: &str| text.replace(' ', "");
            assert_eq!(bare(&lines.concat()), bare(words));
        }
        assert_eq!(broken("one two", 334), ["one two"]);
        assert_eq!(broken("one two", 40), ["one", "two"]);
    }
}
