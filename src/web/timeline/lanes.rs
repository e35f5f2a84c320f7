//! One lane: the store's name, the windows' grounds, the bars, and the gaps.

use std::fmt::Write as _;

use jiff::Timestamp;

use super::canvas::Canvas;
use super::marks::{begin, tip};
use super::price;
use super::{BAR, Frame, Layout, Stretch};
use crate::book::Availability;
use crate::config::plan::label;
use crate::history::{ListingView, Spell};
use crate::judge::Severity;
use crate::text::words;
use crate::web::face::face;
use crate::web::markup::{clipped, text, width};

/// Bars and gaps narrower than this are drawn this wide: a short spell must not vanish.
const LEAST: i64 = 3;

pub(super) fn draw(canvas: &mut Canvas, frame: &Frame<'_>, lane: usize) {
    let Some(listing) = frame.picture.view.listings.get(lane) else {
        return;
    };
    let store = label(&listing.store, frame.picture.stores);
    let is_shown = |spell: &Spell| {
        let until = holds_until(frame, listing, spell);
        frame.scale.touches(spell.since, until)
    };
    let mut unseen = listing.unseen(frame.picture.now);
    // A list without an item is none.
    let role = if listing.spells.iter().any(is_shown)
        || unseen.any(|(from, to)| frame.scale.touches(from, to))
    {
        "list"
    } else {
        "group"
    };
    canvas.put(format_args!(
        r#"<g role="{role}" aria-label="{}">"#,
        text(store)
    ));
    name(canvas, frame, lane, store);
    grounds(canvas, frame, lane);
    let y = frame.bar_top(lane);
    canvas.put(format_args!(
        r#"<path class="rail" d="M{} {middle}H{}"/>"#,
        frame.scale.left,
        frame.scale.right(),
        middle = y + BAR / 2
    ));
    for (index, spell) in listing.spells.iter().enumerate() {
        bar(canvas, frame, lane, (listing, index, spell));
    }
    let unseen = listing.unseen(frame.picture.now).enumerate();
    for (index, (from, to)) in unseen {
        gap(canvas, frame, (lane, index), Stretch { from, to });
    }
    price::draw(canvas, frame, lane);
    canvas.put(format_args!("</g>"));
}

fn name(canvas: &mut Canvas, frame: &Frame<'_>, lane: usize, store: &str) {
    let (y, most) = match frame.picture.layout {
        Layout::Wide => (frame.bar_top(lane) + BAR / 2 + 5, 19),
        Layout::Narrow => (frame.bar_top(lane) - 6, 44),
    };
    canvas.put(format_args!(
        r#"<text class="store" x="4" y="{y}" aria-hidden="true">{}</text>"#,
        clipped(store, most)
    ));
}

fn grounds(canvas: &mut Canvas, frame: &Frame<'_>, lane: usize) {
    for ground in frame.picture.grounds.get(lane).into_iter().flatten() {
        let (class, words) = match ground.severity {
            Severity::GoodNews | Severity::Quiet => continue,
            Severity::Watch | Severity::ToDo => (
                "ground-watch",
                "worth a look from here, and waiting is right",
            ),
            Severity::Act => ("ground-act", "acting is right from here"),
        };
        let (from, to) = (
            frame.scale.x(ground.stretch.from),
            frame.scale.x(ground.stretch.to),
        );
        if to > from {
            canvas.put(format_args!(
                r#"<rect class="{class}" x="{from}" y="{}" width="{}" height="{}"><title>{words}</title></rect>"#,
                frame.bar_top(lane) - 4,
                to - from,
                BAR + 8
            ));
        }
    }
}

/// Until when the last reading of a spell is taken to hold.
fn holds_until(frame: &Frame<'_>, listing: &ListingView, spell: &Spell) -> Timestamp {
    spell.until.unwrap_or_else(|| {
        let now = frame.picture.now;
        let unseen = listing.unseen_since(now);
        unseen.unwrap_or(now).max(spell.last_seen)
    })
}

fn bar(
    canvas: &mut Canvas,
    frame: &Frame<'_>,
    lane: usize,
    (listing, index, spell): (&ListingView, usize, &Spell),
) {
    let until = holds_until(frame, listing, spell);
    if !frame.scale.touches(spell.since, until) {
        return;
    }
    let (from, to) = (frame.scale.x(spell.since), frame.scale.x(until));
    let wide = (to - from - 1).max(LEAST);
    let y = frame.bar_top(lane);
    let face = face(spell.availability);
    let doubt = if spell.is_confirmed() { "" } else { " once" };
    let (first, second) = told(frame, listing, spell);
    let told = (first.as_str(), second.as_str());
    let id = format!("{}l{lane}s{index}", frame.name);
    let class = format!("bar {}{doubt}", face.class);
    canvas.put(format_args!(r#"<g role="listitem">"#));
    begin(canvas, (&id, &class), None, told);
    let (top, high) = if spell.availability == Availability::NotListed {
        // Nothing there: a line, not a bar.
        (y + BAR / 2 - 3, 6)
    } else {
        (y + 1, BAR - 2)
    };
    canvas.put(format_args!(
        r#"<rect class="body" x="{from}" y="{top}" width="{wide}" height="{high}" rx="{}"/>"#,
        (high / 2).min(wide / 2).min(8),
    ));
    if frame.picture.layout == Layout::Wide || spell.availability != Availability::NotListed {
        word(canvas, spell.availability, (from, wide), y);
    }
    tip(canvas, frame, &id, (from + wide / 2, y - 5), told);
    canvas.put(format_args!("</g>"));
}

/// The state's word inside its bar where it fits, otherwise its letter.
fn word(canvas: &mut Canvas, state: Availability, (from, wide): (i64, i64), y: i64) {
    let letter = state.letter().to_string();
    let word = state.word();
    let fits = width(word) * 13 / 100 + 12 <= wide;
    let (label, class, y) = match (state, fits) {
        // Above its line.
        (Availability::NotListed, true) => (word, "word under", y + 6),
        (Availability::NotListed, false) => return,
        (_, true) => (word, "word", y + BAR / 2 + 5),
        (_, false) if wide >= 13 => (letter.as_str(), "word", y + BAR / 2 + 5),
        (_, false) => return,
    };
    canvas.put(format_args!(
        r#"<text class="{class}" x="{}" y="{y}" text-anchor="middle" aria-hidden="true">{label}</text>"#,
        from + wide / 2
    ));
}

/// What hovering or focusing a bar tells: the exact words, and the two times.
fn told(frame: &Frame<'_>, listing: &ListingView, spell: &Spell) -> (String, String) {
    let zone = frame.picture.zone;
    let now = frame.picture.now;
    let mut first = format!(
        "{}: “{}”",
        spell.availability.word(),
        words::clipped(&spell.says.words, 160)
    );
    if let Some(date) = spell.says.date {
        let _ = write!(first, ", {}", words::short_date(date));
    }
    let since = words::brief_moment(spell.since, zone, now);
    let length = listing.known_length(spell, now);
    let mut second = match spell.until {
        Some(until) => format!(
            "{}, {}",
            words::span((spell.since, until), zone, now),
            words::lasting(length)
        ),
        None if listing.not_seen_since(now).is_some() => format!(
            "since {since}, {}, last seen {}",
            words::lasting(length),
            words::brief_moment(spell.last_seen, zone, now)
        ),
        None => format!("since {since}, {}", words::lasting(length)),
    };
    if !spell.is_confirmed() {
        second.push_str(", not confirmed by a second look");
    }
    (first, second)
}

fn gap(canvas: &mut Canvas, frame: &Frame<'_>, (lane, index): (usize, usize), stretch: Stretch) {
    if !frame.scale.touches(stretch.from, stretch.to) {
        return;
    }
    let (from, to) = (frame.scale.x(stretch.from), frame.scale.x(stretch.to));
    let wide = (to - from).max(LEAST);
    let y = frame.bar_top(lane);
    let zone = frame.picture.zone;
    let now = frame.picture.now;
    let second = format!(
        "{}, {}",
        words::span((stretch.from, stretch.to), zone, now),
        words::lasting(stretch.to.duration_since(stretch.from))
    );
    let told = ("Not seen: nobody could read the page", second.as_str());
    let id = format!("{}l{lane}g{index}", frame.name);
    canvas.put(format_args!(r#"<g role="listitem">"#));
    begin(canvas, (&id, "bar gap"), None, told);
    canvas.put(format_args!(
        r#"<rect class="veil" x="{from}" y="{top}" width="{wide}" height="{high}"/><rect class="body" x="{from}" y="{top}" width="{wide}" height="{high}" fill="url(#h{name})"/>"#,
        top = y + 1,
        high = BAR - 2,
        name = frame.name,
    ));
    let label = "Not seen";
    if wide > width(label) * 13 / 100 + 20 {
        let middle = from + wide / 2;
        let half = width(label) * 13 / 200 + 6;
        canvas.put(format_args!(
            r#"<rect class="veil" x="{}" y="{}" width="{}" height="18" rx="4"/><text class="word" x="{middle}" y="{}" text-anchor="middle" aria-hidden="true">{label}</text>"#,
            middle - half,
            y + BAR / 2 - 9,
            half * 2,
            y + BAR / 2 + 5,
        ));
    }
    tip(canvas, frame, &id, (from + wide / 2, y - 5), told);
    canvas.put(format_args!("</g>"));
}
