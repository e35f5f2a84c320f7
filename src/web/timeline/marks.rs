//! What stands beside the lanes: letters above them, notes below, and the tips that hovering or
//! focusing shows.

use std::fmt::Write as _;

use super::canvas::Canvas;
use super::{Frame, Mark};
use crate::book::{Note, NoteKind};
use crate::config::plan::{StorePlan, label};
use crate::text::words;
use crate::web::markup::{text, width};

/// A tip over a place: two lines, shown by the style sheet while its group is hovered or focused.
///
/// It opens upwards, over what has been drawn before it, and so is never covered.
pub(super) fn tip(
    canvas: &mut Canvas,
    frame: &Frame<'_>,
    (x, bottom): (i64, i64),
    (first, second): (&str, &str),
) {
    let most = if frame.width > 400 { 90 } else { 44 };
    let (first, second) = (words::clipped(first, most), words::clipped(second, most));
    let wide = (width(&first).max(width(&second)) * 13 / 100 + 20).min(frame.width - 4);
    let left = (x - wide / 2).clamp(2, (frame.width - wide - 2).max(2));
    canvas.put(format_args!(
        r#"<g class="tip" aria-hidden="true"><rect x="{left}" y="{}" width="{wide}" height="42" rx="6"/><text x="{}" y="{}">{}</text><text x="{}" y="{}">{}</text></g>"#,
        bottom - 42,
        left + 10,
        bottom - 25,
        text(&first),
        left + 10,
        bottom - 9,
        text(&second),
    ));
}

/// Letters are envelopes above the lanes.
pub(super) fn letters(canvas: &mut Canvas, frame: &Frame<'_>) {
    let y = frame.top - 16;
    for letter in frame.picture.letters {
        if !frame.scale.shows(letter.at) {
            continue;
        }
        let x = frame.scale.x(letter.at);
        let (first, second) = said(frame, letter, "Letter");
        let (begin, end) = match &letter.link {
            Some(link) => (format!("<a href=\"{}\"", text(link)), "</a>"),
            None => (r#"<g role="img" tabindex="0""#.to_owned(), "</g>"),
        };
        canvas.put(format_args!(
            r#"{begin} class="mark letter {class}" aria-label="{label}"><title>{label}</title><path class="body" d="M{} {y}h16v12h-16z"/><path class="fold" d="M{} {y}l8 7 8-7"/>{end}"#,
            x - 8,
            x - 8,
            class = letter.class,
            label = text(&format!("{first}. {second}")),
        ));
    }
}

/// Notes are flags under the lanes.
pub(super) fn notes(canvas: &mut Canvas, frame: &Frame<'_>) {
    if !frame.has_notes {
        return;
    }
    let y = frame.bottom() + 4;
    for note in &frame.picture.view.notes {
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
        canvas.put(format_args!(
            r#"<g class="mark note" role="img" tabindex="0" aria-label="{label}"><rect class="veil" x="{}" y="{y}" width="24" height="19"/><path class="pole" d="M{x} {y}v18"/><path class="body" d="M{x} {y}l10 4.5-10 4.5z"/>"#,
            x - 12,
            label = text(&format!("{first}. {second}")),
        ));
        tip(canvas, frame, (x, y - 2), (&first, &second));
        canvas.put(format_args!("</g>"));
    }
}

fn said(frame: &Frame<'_>, mark: &Mark, kind: &str) -> (String, String) {
    (
        format!("{kind}: {}", words::clipped(&mark.words, 80)),
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
