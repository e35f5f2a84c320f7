//! The timeline: an edition's life as a picture, one lane a store, made from spells. Pure.
//!
//! The same drawing stands in the page, in reports, and in the files that `pubwatch history --svg`
//! writes. A filled bar is a time in which a buyer could order, a hollow one a time in which none
//! could, hatching a time in which nobody could see: it reads without colour.

mod canvas;
mod lanes;
mod marks;
mod price;
mod scale;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::book::Money;
use crate::book::launch::day_begins;
use crate::config::plan::StorePlan;
use crate::history::View;
use crate::judge::Severity;
use crate::text::words;

pub use marks::words_of;
pub use scale::Range;

use super::face;
use super::markup::{text, width};
use canvas::Canvas;
use scale::{Scale, ticks};

/// What a timeline is drawn from.
#[derive(Debug, Clone)]
pub struct Picture<'a> {
    /// The edition with its spells.
    pub view: &'a View,
    /// When it is still quiet, when waiting is right, and when acting is, for each listing.
    pub grounds: &'a [Vec<Ground>],
    /// What each page asked over time, listing by listing; empty: the prices are not drawn.
    pub prices: &'a [Prices],
    /// The letters that were written about the edition.
    pub letters: &'a [Mark],
    /// The first and the last instant shown.
    pub range: (Timestamp, Timestamp),
    /// Now.
    pub now: Timestamp,
    /// Where days begin and end.
    pub zone: &'a TimeZone,
    /// How the stores are called.
    pub stores: &'a [StorePlan],
    /// How it is laid out.
    pub layout: Layout,
}

/// What a page asked, each price from its first look on, oldest first; `None`: it named none.
pub type Prices = Vec<(Timestamp, Option<Money>)>;

/// A stretch of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stretch {
    /// Its first instant.
    pub from: Timestamp,
    /// Its last instant.
    pub to: Timestamp,
}

/// How a timeline is laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    /// For screens and paper: 1,040 wide, the stores at the left.
    Wide,
    /// For phones: 358 wide, the stores above their lanes.
    Narrow,
}

/// A time in which a window says something other than "quiet", shown behind a lane.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ground {
    /// When.
    pub stretch: Stretch,
    /// What it says: Watch or Act.
    pub severity: Severity,
}

/// Something that happened at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// When.
    pub at: Timestamp,
    /// What, in a few words.
    pub words: String,
    /// How urgent it was, as the class of its colour; empty: it has none.
    pub class: &'static str,
    /// Where it leads, on a page.
    pub link: Option<String>,
}

/// The measures of a drawing, in pixels.
struct Frame<'a> {
    picture: &'a Picture<'a>,
    scale: Scale,
    /// Makes ids unique in a page with more than one drawing.
    name: String,
    width: i64,
    /// The top of the first lane's label or bar.
    top: i64,
    /// From one lane to the next.
    pitch: i64,
    /// From the top of a lane to the top of its bar.
    above_bar: i64,
    has_notes: bool,
}

/// How high a bar is.
const BAR: i64 = 28;

/// How much room the line of a price has below its bar.
const PRICE: i64 = 20;

impl<'a> Frame<'a> {
    fn new(picture: &'a Picture<'a>) -> Self {
        let (width, left, right, pitch, above_bar, top) = match picture.layout {
            Layout::Wide => (1040, 148, 1032, 40, 4, 52),
            Layout::Narrow => (358, 4, 354, 58, 24, 46),
        };
        let room = if picture.prices.is_empty() { 0 } else { PRICE };
        let layout = match picture.layout {
            Layout::Wide => 'w',
            Layout::Narrow => 'n',
        };
        Self {
            scale: Scale {
                from: picture.range.0,
                to: picture.range.1,
                left,
                width: right - left,
            },
            name: format!("{layout}{}", picture.view.edition.id.as_str()),
            picture,
            width,
            top,
            pitch: pitch + room,
            above_bar,
            has_notes: picture
                .view
                .notes
                .iter()
                .any(|note| picture.range.0 <= note.at && note.at <= picture.range.1),
        }
    }

    fn bar_top(&self, lane: usize) -> i64 {
        self.top + self.pitch * to_pixels(lane) + self.above_bar
    }

    /// Where the lanes end.
    fn bottom(&self) -> i64 {
        self.top + self.pitch * to_pixels(self.picture.view.listings.len()) + 4
    }

    /// Where the axis stands.
    fn axis(&self) -> i64 {
        self.bottom() + if self.has_notes { 26 } else { 0 }
    }

    fn height(&self) -> i64 {
        self.axis() + 24
    }
}

/// The drawing as an `<svg>` element for a page whose style sheet holds [`style`]; it brings no
/// style and no script of its own.
pub fn draw(picture: &Picture<'_>) -> String {
    let frame = Frame::new(picture);
    let mut canvas = Canvas::default();
    let edition = &picture.view.edition;
    canvas.put(format_args!(
        r#"<svg class="timeline" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {w} {h}" width="{w}" height="{h}" role="group" aria-label="{label}">"#,
        w = frame.width,
        h = frame.height(),
        label = text(&format!(
            "Timeline of {} ({}), {}",
            edition.title,
            edition.format.name(),
            said_range(picture)
        )),
    ));
    hatching(&mut canvas, &frame);
    axis(&mut canvas, &frame);
    dates(&mut canvas, &frame);
    marks::letters(&mut canvas, &frame);
    for lane in 0..picture.view.listings.len() {
        lanes::draw(&mut canvas, &frame, lane);
    }
    marks::notes(&mut canvas, &frame);
    canvas.put(format_args!("</svg>\n"));
    canvas.into_text()
}

/// The drawing as a file that stands alone, light or dark as its reader prefers.
pub fn standalone(picture: &Picture<'_>) -> String {
    with_style(
        picture,
        &format!("{}{}", face::declarations(), style_alone()),
    )
}

/// The rules that the drawing needs in a page.
pub fn style() -> String {
    format!(
        "{}{}",
        include_str!("../static/timeline.css"),
        face::state_rules()
    )
}

fn style_alone() -> String {
    format!(
        "svg.timeline{{background:var(--ground)}}.paper{{fill:var(--ground)}}\n{}",
        style()
    )
}

fn with_style(picture: &Picture<'_>, style: &str) -> String {
    let drawing = draw(picture);
    let Some(end_of_tag) = drawing.find('>') else {
        return drawing;
    };
    let (tag, rest) = drawing.split_at(end_of_tag + 1);
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{tag}<style>{style}</style>\
         <path class=\"paper\" d=\"M0 0h10000v10000H0z\"/>{rest}"
    )
}

fn said_range(picture: &Picture<'_>) -> String {
    let day = |at: Timestamp| words::short_date(at.to_zoned(picture.zone.clone()).date());
    format!("{} to {}", day(picture.range.0), day(picture.range.1))
}

fn hatching(canvas: &mut Canvas, frame: &Frame<'_>) {
    canvas.put(format_args!(
        r#"<defs><pattern id="h{}" width="7" height="7" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><path class="hatch" d="M0 0v7"/></pattern></defs>"#,
        frame.name
    ));
}

fn axis(canvas: &mut Canvas, frame: &Frame<'_>) {
    let y = frame.axis();
    canvas.put(format_args!(
        r#"<g aria-hidden="true"><path class="axis" d="M{} {y}H{}"/>"#,
        frame.scale.left,
        frame.scale.right()
    ));
    for tick in ticks(&frame.scale, frame.picture.zone) {
        let x = frame.scale.x(tick.at);
        canvas.put(format_args!(
            r#"<path class="tick" d="M{x} {}V{}"/>"#,
            frame.top,
            y + 4
        ));
        // A label that would run over the edge is left out: its line says enough.
        if x + pixels(&tick.label) <= frame.width {
            canvas.put(format_args!(
                r#"<text class="when" x="{}" y="{}">{}</text>"#,
                x + 3,
                y + 16,
                tick.label
            ));
        }
    }
    canvas.put(format_args!("</g>"));
}

/// The publication date, the on-sale date where it differs, and today.
fn dates(canvas: &mut Canvas, frame: &Frame<'_>) {
    let view = frame.picture.view;
    let dates = &view.launch;
    let now = frame.picture.now;
    let zone = frame.picture.zone;
    if frame.scale.shows(now) {
        let x = frame.scale.x(now);
        canvas.put(format_args!(
            r#"<g class="today"><title>Now: {}</title><path d="M{x} {}V{}"/><path class="point" d="M{x} {}l-4-6h8z"/></g>"#,
            words::moment(now, zone),
            frame.top,
            frame.axis(),
            frame.top,
        ));
    }
    if dates.on_sale != dates.publication {
        let words = format!("On sale {}", words::date(dates.on_sale));
        date(
            canvas,
            frame,
            "on-sale",
            day_begins(dates.on_sale, zone),
            (&words, 28),
        );
    }
    let published = day_begins(dates.publication, zone);
    let verb = if published <= now {
        "Published"
    } else {
        "Publishes"
    };
    let words = format!("{verb} {}", words::date(dates.publication));
    date(canvas, frame, "published", published, (&words, 14));
}

fn date(
    canvas: &mut Canvas,
    frame: &Frame<'_>,
    class: &str,
    at: Timestamp,
    (words, y): (&str, i64),
) {
    if !frame.scale.shows(at) {
        return;
    }
    let x = frame.scale.x(at);
    // A label that would run over an edge of the drawing stands at that edge.
    let half = pixels(words) * 5 / 8;
    let (x_of_words, anchor) = if x + half > frame.width {
        (frame.width - 2, "end")
    } else if x < half {
        (2, "start")
    } else {
        (x, "middle")
    };
    canvas.put(format_args!(
        r#"<g class="{class}"><path d="M{x} {}V{}"/><text class="date" x="{x_of_words}" y="{y}" text-anchor="{anchor}">{words}</text></g>"#,
        y + 5,
        frame.axis(),
    ));
}

/// About how wide a label is, at the 12 pixels of labels.
fn pixels(label: &str) -> i64 {
    width(label) * 13 / 100
}

fn to_pixels(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX / 1000)
}

#[cfg(test)]
mod tests;
