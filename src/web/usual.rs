//! How long things usually take, beside how long they took for the user's own titles.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use askama::Template as _;
use jiff::SignedDuration;

use super::curve::curve;
use super::frame::{Frame, Place, Pulse};
use super::lists::{Field, List, plain};
use super::markup::coded;
use crate::judge::learned::Learned;
use crate::judge::length::Length;
use crate::judge::windows::{Window, WindowName, Windows};
use crate::text::words;

/// The columns, and which of them tells of the user's own titles.
const COLUMNS: [&str; 6] = [
    "Begins with",
    "Quiet until",
    "Still normal until",
    "Act after",
    "Your own titles",
    "Source",
];
const OWN_TITLES: usize = 4;

/// The columns before anything was learned.
const WITHOUT_OWN: [&str; 5] = [COLUMNS[0], COLUMNS[1], COLUMNS[2], COLUMNS[3], COLUMNS[5]];

/// The page: the shipped windows, the user's own numbers over them, and what was learned.
pub fn page(
    place: &Place<'_>,
    windows: &Windows,
    learned: &BTreeMap<WindowName, Learned>,
    pulse: &Pulse,
) -> askama::Result<String> {
    // A column in which nothing stands helps nobody.
    let has_own = WindowName::ALL
        .iter()
        .any(|name| learned.contains_key(name));
    let rows = WindowName::ALL
        .iter()
        .map(|name| {
            let mut fields = row(*name, windows.window(*name), learned.get(name));
            if !has_own {
                fields.remove(OWN_TITLES);
            }
            fields
        })
        .collect();
    List {
        frame: Frame::new(place, "windows", "Windows", pulse),
        lead: coded(
            "How long something usually takes before you are told, and how long it took for your \
               own titles: the line falls where they came through. A number of your own goes into \
               [windows] of the configuration; `pubwatch windows --toml` prints lines for it.",
        ),
        columns: if has_own { &COLUMNS } else { &WITHOUT_OWN },
        rows,
        pages: Vec::new(),
        empty: "",
    }
    .render()
}

fn row(name: WindowName, window: &Window, learned: Option<&Learned>) -> Vec<Field> {
    let act = window.act.map_or_else(|| "never".to_owned(), Length::words);
    let own = if window.is_own { ", set by you" } else { "" };
    vec![
        plain(&window.starts).beside(&format!("{}{own}", name.name())),
        plain(window.quiet.words()),
        plain(window.normal.map_or_else(String::new, Length::words)),
        plain(act),
        learned.map_or_else(Field::default, |learned| own_titles(window, learned)),
        Field {
            link: window
                .link
                .clone()
                .filter(|link| link.starts_with("https://")),
            ..plain(&window.source)
        }
        .beside(&format!("{}; {}", window.usual, window.grade.words())),
    ]
}

fn own_titles(window: &Window, learned: &Learned) -> Field {
    let said = in_words(learned);
    let length = |length: Option<Length>| match length {
        Some(Length::Hours(hours)) => Some(SignedDuration::from_hours(hours)),
        _ => None,
    };
    let marks: Vec<(&str, SignedDuration)> = [
        ("quiet", length(Some(window.quiet))),
        ("act", length(window.act)),
    ]
    .into_iter()
    .filter_map(|(name, length)| Some((name, length?)))
    .collect();
    Field {
        drawing: curve(&learned.steps, &marks, &said),
        ..plain(said)
    }
}

/// "9 came through, half by 9 days, nine in ten by 14 days; 2 still wait".
fn in_words(learned: &Learned) -> String {
    let mut said = format!("{} came through", learned.over);
    let by = |after: SignedDuration| match after.as_hours() {
        0 => "at once".to_owned(),
        _ => format!("by {}", words::lasting(after)),
    };
    match (learned.over, learned.median, learned.ninety) {
        // Of a single title there is no half.
        (1, Some(only), Some(_)) => {
            let _ = write!(said, " {}", by(only));
        }
        (_, median, ninety) => {
            if let Some(median) = median {
                let _ = write!(said, ", half {}", by(median));
            }
            if let Some(ninety) = ninety {
                let _ = write!(said, ", nine in ten {}", by(ninety));
            }
        }
    }
    if 0 < learned.waiting {
        let _ = write!(said, "; {} still wait", learned.waiting);
    }
    said
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judge::learned::{Wait, estimate};

    #[test]
    fn own_titles_are_told_in_words_and_drawn() {
        let wait = |days: i64, is_over: bool| Wait {
            lasted: SignedDuration::from_hours(days * 24),
            is_over,
        };
        let learned = estimate(&[wait(6, true), wait(8, true), wait(9, false)]);
        assert_eq!(
            in_words(&learned),
            "2 came through, half by 8 days; 1 still wait"
        );
        let learned_once = estimate(&[wait(6, true)]);
        assert_eq!(in_words(&learned_once), "1 came through by 6 days");
        let at_once = estimate(&[wait(0, true), wait(4, true)]);
        let said = "2 came through, half at once, nine in ten by 4 days";
        assert_eq!(in_words(&at_once), said);
        let windows = Windows::new(&[]).unwrap();
        let field = own_titles(windows.window(WindowName::ListAmazon), &learned);
        assert!(
            field.drawing.contains("class=\"quiet\""),
            "{}",
            field.drawing
        );
        assert!(field.drawing.contains("class=\"act\""), "{}", field.drawing);
    }
}
