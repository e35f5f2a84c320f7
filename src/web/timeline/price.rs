//! The price of a page as a thin line below its bars.

use std::fmt::Write as _;

use super::canvas::Canvas;
use super::{BAR, Frame, PRICE, Stretch};
use crate::book::Money;
use crate::web::markup::text;

/// One line for each currency that a page has named, over the range that this currency has on all
/// pages: the same place is the same price.
pub(super) fn draw(canvas: &mut Canvas, frame: &Frame<'_>, lane: usize) {
    let (Some(prices), Some(listing)) = (
        frame.picture.prices.get(lane),
        frame.picture.view.listings.get(lane),
    ) else {
        return;
    };
    let last = listing.last_good.unwrap_or(frame.picture.now);
    let mut path = String::new();
    let mut drawn: Option<(&Money, i64)> = None;
    for (index, (at, price)) in prices.iter().enumerate() {
        let until = prices.get(index + 1).map_or(last, |(next, _)| *next);
        let Some(stretch) = shown(frame, (*at, until)) else {
            continue;
        };
        let Some(price) = price else {
            drawn = None;
            continue;
        };
        let (from, to) = (frame.scale.x(stretch.from), frame.scale.x(stretch.to));
        let y = height(frame, lane, price);
        // Writing to a string cannot fail.
        let _ = match drawn {
            Some((before, _)) if before.currency == price.currency => {
                write!(path, "V{y}H{}", to.max(from + 1))
            }
            Some(_) | None => write!(path, "M{from} {y}H{}", to.max(from + 1)),
        };
        drawn = Some((price, y));
    }
    if !path.is_empty() {
        canvas.put(format_args!(r#"<path class="price" d="{path}"/>"#));
    }
    // The last one is named where its line ends.
    if let Some((price, y)) = drawn {
        let x = frame.scale.x(last.clamp(frame.scale.from, frame.scale.to));
        canvas.put(format_args!(
            r#"<text class="when" x="{}" y="{}" text-anchor="end">{}</text>"#,
            x.max(frame.scale.left + 60),
            if y < frame.bar_top(lane) + BAR + PRICE / 2 {
                y + 13
            } else {
                y - 4
            },
            text(&price.to_string())
        ));
    }
}

/// The part of a time that the range shows.
fn shown(frame: &Frame<'_>, (from, to): (jiff::Timestamp, jiff::Timestamp)) -> Option<Stretch> {
    let from = from.max(frame.scale.from);
    let to = to.min(frame.scale.to);
    (from <= to).then_some(Stretch { from, to })
}

/// How far down a price stands: the most of its currency on top, the least at the bottom.
fn height(frame: &Frame<'_>, lane: usize, price: &Money) -> i64 {
    let all = frame.picture.prices.iter().flatten();
    let same = all
        .filter_map(|(_, one)| one.as_ref())
        .filter(|one| one.currency == price.currency)
        .map(|one| one.minor);
    let (least, most) = same.fold((price.minor, price.minor), |(least, most), one| {
        (least.min(one), most.max(one))
    });
    let room = PRICE - 6;
    let down = match most - least {
        0 => room / 2,
        range => (most - price.minor) * room / range,
    };
    frame.bar_top(lane) + BAR + 5 + down
}
