//! How many of the user's own titles still waited, day by day: the steps of Kaplan and Meier as a
//! small drawing beside the shipped window. Pure.

use std::fmt::Write as _;

use jiff::SignedDuration;

use crate::judge::learned::Step;
use crate::web::markup::text;

/// The size of the drawing, in pixels.
const SIZE: (i64, i64) = (220, 72);

/// Where the curve begins, and the height of a share of one.
const TOP: f64 = 4.0;
const HEIGHT: f64 = 48.0;

/// Draws the steps, with the shipped window's quiet and act as marks. `label` says the same in
/// words, for who cannot see it.
pub fn curve(steps: &[Step], marks: &[(&str, SignedDuration)], label: &str) -> String {
    let longest = steps
        .iter()
        .map(|step| step.after)
        .chain(marks.iter().map(|(_, at)| *at))
        .max()
        .unwrap_or(SignedDuration::ZERO);
    let hours = longest.as_hours().max(24);
    let across = |at: SignedDuration| at.as_hours().clamp(0, hours) * (SIZE.0 - 24) / hours;
    let mut line = format!("M0 {TOP}");
    for step in steps {
        let down = TOP + HEIGHT * (1.0 - step.waiting);
        let point = format!("H{}V{down:.0}", across(step.after));
        // Steps smaller than a pixel are drawn once.
        if !line.ends_with(&point) {
            line.push_str(&point);
        }
    }
    let _ = write!(line, "H{}", SIZE.0 - 8);
    let mut drawing = format!(
        "<svg class=\"curve\" width=\"{}\" height=\"{}\" role=\"img\" aria-label=\"{}\">\
         <path class=\"axis\" d=\"M0 {bottom}H{}\"/>",
        SIZE.0,
        SIZE.1,
        text(label),
        SIZE.0,
        bottom = TOP + HEIGHT,
    );
    for (name, at) in marks {
        let x = across(*at);
        let _ = write!(
            drawing,
            "<path class=\"{name}\" d=\"M{x} {TOP}V{}\"/><text x=\"{x}\" y=\"{}\">{name}</text>",
            TOP + HEIGHT,
            SIZE.1 - 6
        );
    }
    let _ = write!(drawing, "<path class=\"line\" d=\"{line}\"/></svg>");
    drawing
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(days: i64, waiting: f64) -> Step {
        Step {
            after: SignedDuration::from_hours(24 * days),
            waiting,
        }
    }

    #[test]
    fn the_curve_goes_down_where_titles_came_through() {
        let marks = [("quiet", SignedDuration::from_hours(24 * 14))];
        let drawn = curve(
            &[step(7, 0.5), step(7, 0.499), step(14, 0.0)],
            &marks,
            "half by day 7 & all by day 14",
        );
        assert!(drawn.contains("d=\"M0 4H98V28H196V52H212\""), "{drawn}");
        assert!(drawn.contains("class=\"quiet\" d=\"M196 4V52\""), "{drawn}");
        assert!(drawn.contains("half by day 7 &amp; all"), "{drawn}");
    }

    #[test]
    fn without_titles_everybody_waits() {
        assert!(curve(&[], &[], "").contains("d=\"M0 4H212\""));
    }
}
