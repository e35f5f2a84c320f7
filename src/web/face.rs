//! The face of the states: for each a letter, a shape, a word and two colours, the same on pages
//! and in pictures. Never colour alone: every mark carries its letter, its shape or its word.

use crate::book::Availability;

/// What a bar, a cell or a mark stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Face {
    /// The name of its class in style sheets, as `s-p`.
    pub class: &'static str,
    /// The colour on a white ground.
    pub light: &'static str,
    /// The colour on a dark ground.
    pub dark: &'static str,
    /// Its shape, in a box of 12 by 12, drawn with `currentColor`.
    pub shape: &'static str,
}

/// The ground of pages and pictures, light and dark.
pub const GROUND: (&str, &str) = ("#ffffff", "#0d1117");

/// Everything on the ground that is not a state: its name in style sheets, light, dark.
pub const COLOURS: [(&str, &str, &str); 10] = [
    ("ground", GROUND.0, GROUND.1),
    ("ink", "#1f2328", "#e6edf3"),
    ("quiet", "#59636e", "#9aa4ae"),
    ("line", "#d1d9e0", "#3d444d"),
    ("panel", "#f6f8fa", "#151b23"),
    ("act", "#b3261e", "#ff7b72"),
    ("watch", "#7a5b00", "#e3b341"),
    ("good", "#116329", "#56d364"),
    ("link", "#0b5cad", "#6cb2ff"),
    ("hatch", "#8c959f", "#6e7681"),
];

/// The face of a state.
pub const fn face(state: Availability) -> Face {
    let (class, light, dark) = match state {
        Availability::PreOrder => ("s-p", "#0b5cad", "#6cb2ff"),
        Availability::InStock => ("s-a", "#116329", "#56d364"),
        Availability::ShipsLater => ("s-l", "#7a5b00", "#e3b341"),
        Availability::BackOrder => ("s-b", "#9a4a00", "#f0883e"),
        Availability::OutOfStock => ("s-o", "#b3261e", "#ff7b72"),
        Availability::ThirdPartyOnly => ("s-t", "#6f42c1", "#c297ff"),
        Availability::Announced => ("s-n", "#57606a", "#9ea7b3"),
        Availability::NotListed => ("s-m", "#646d76", "#8b949e"),
        Availability::Discontinued => ("s-x", "#24292f", "#c9d1d9"),
    };
    Face {
        class,
        light,
        dark,
        shape: shape(state),
    }
}

/// A half disc, a disc, a disc with a notch, a ring, a square, a diamond, a small ring, a dot and a
/// cross.
const fn shape(state: Availability) -> &'static str {
    match state {
        Availability::PreOrder => {
            r#"<circle cx="6" cy="6" r="4.6" fill="none" stroke="currentColor" stroke-width="1.4"/><path d="M6 1.4a4.6 4.6 0 0 0 0 9.2z" fill="currentColor"/>"#
        }
        Availability::InStock => r#"<circle cx="6" cy="6" r="5.2" fill="currentColor"/>"#,
        Availability::ShipsLater => {
            r#"<path d="M6 6V.8A5.2 5.2 0 1 0 11.2 6z" fill="currentColor"/>"#
        }
        Availability::BackOrder => {
            r#"<circle cx="6" cy="6" r="4.2" fill="none" stroke="currentColor" stroke-width="2.4"/>"#
        }
        Availability::OutOfStock => {
            r#"<path d="M1.8 1.8h8.4v8.4H1.8z" fill="none" stroke="currentColor" stroke-width="2"/>"#
        }
        Availability::ThirdPartyOnly => {
            r#"<path d="M6 .4 11.6 6 6 11.6.4 6z" fill="currentColor"/>"#
        }
        Availability::Announced => {
            r#"<circle cx="6" cy="6" r="2.6" fill="none" stroke="currentColor" stroke-width="1.6"/>"#
        }
        Availability::NotListed => r#"<circle cx="6" cy="6" r="1.7" fill="currentColor"/>"#,
        Availability::Discontinued => {
            r#"<path d="m2 2 8 8m0-8-8 8" stroke="currentColor" stroke-width="2.2"/>"#
        }
    }
}

/// The class of what nobody could see.
pub const UNSEEN_CLASS: &str = "s-q";

/// The shape of what nobody could see: hatching, in a box of 12 by 12.
pub const UNSEEN_SHAPE: &str = r#"<path d="M.5 8 8 .5M.5 11.5l11-11M4 11.5 11.5 4" stroke="currentColor" stroke-width="1.4"/>"#;

/// The colours as declarations of a style sheet: light ones first, dark ones for whoever prefers
/// them.
pub fn declarations() -> String {
    let all = |declaration: fn((&str, &str, &str)) -> String| -> String {
        palette().map(declaration).collect()
    };
    let light = all(|(name, light, _)| format!("--{name}:{light};"));
    let dark = all(|(name, _, dark)| format!("--{name}:{dark};"));
    format!(
        ":root{{color-scheme:light dark;{light}}}\n\
         @media (prefers-color-scheme:dark){{:root{{{dark}}}}}\n"
    )
}

/// What colours the bars, cells and shapes of every state.
pub fn state_rules() -> String {
    Availability::ALL
        .into_iter()
        .map(|state| {
            let class = face(state).class;
            // Filled where a buyer can order, hollow where none can.
            let (body, word) = if state.is_orderable() {
                (class, "ground")
            } else {
                ("ground", class)
            };
            [
                format!(".{class}{{color:var(--{class})}}"),
                format!(".bar.{class} .body{{fill:var(--{body});stroke:var(--{class})}}"),
                format!(".bar.{class} .word{{fill:var(--{word})}}\n"),
            ]
            .concat()
        })
        .collect()
}

fn palette() -> impl Iterator<Item = (&'static str, &'static str, &'static str)> {
    COLOURS
        .into_iter()
        .chain(Availability::ALL.into_iter().map(|state| {
            let face = face(state);
            (face.class, face.light, face.dark)
        }))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// The relative luminance of WCAG 2.2.
    fn luminance(colour: &str) -> f64 {
        let channel = |from: usize| {
            let value = f64::from(u8::from_str_radix(&colour[from..from + 2], 16).unwrap()) / 255.0;
            if value <= 0.04045 {
                value / 12.92
            } else {
                ((value + 0.055) / 1.055).powf(2.4)
            }
        };
        0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5)
    }

    fn contrast(one: &str, other: &str) -> f64 {
        let (one, other) = (luminance(one), luminance(other));
        (one.max(other) + 0.05) / (one.min(other) + 0.05)
    }

    #[test]
    fn every_colour_of_text_stands_out_from_its_ground_and_its_panel() {
        let panel = COLOURS.iter().find(|colour| colour.0 == "panel").unwrap();
        for (name, light, dark) in palette() {
            if ["ground", "panel", "line", "hatch"].contains(&name) {
                continue;
            }
            for (colour, grounds) in [(light, [GROUND.0, panel.1]), (dark, [GROUND.1, panel.2])] {
                for ground in grounds {
                    let found = contrast(colour, ground);
                    assert!(found >= 4.5, "{name} {colour} on {ground}: {found:.2}");
                }
            }
        }
    }

    #[test]
    fn hatching_stands_out_as_a_drawing_must() {
        let hatch = COLOURS.iter().find(|colour| colour.0 == "hatch").unwrap();
        assert!(contrast(hatch.1, GROUND.0) >= 3.0);
        assert!(contrast(hatch.2, GROUND.1) >= 3.0);
    }

    #[test]
    fn no_two_states_share_a_class_or_a_shape() {
        let mut classes = BTreeSet::from([UNSEEN_CLASS]);
        let mut shapes = BTreeSet::from([UNSEEN_SHAPE]);
        for state in Availability::ALL {
            assert!(classes.insert(face(state).class));
            assert!(shapes.insert(face(state).shape));
        }
    }
}
