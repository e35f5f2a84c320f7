//! The face in the terminal: the states' colours and shapes, and columns that line up.
//!
//! Colours are written always and taken away by `anstream` where they do not belong: in a file, in
//! a pipe, under `NO_COLOR`.

use std::fmt::Write as _;

use anstyle::{AnsiColor, Color, Style};
use comfy_table::{Cell, ContentArrangement, Table, presets};

use crate::book::Availability;
use crate::judge::Severity;
use crate::mail::strip::Cell as Day;

/// The colour of a state. Never the only sign: the word or the letter stands beside it.
pub fn style_of(state: Availability) -> Style {
    let colour = match state {
        Availability::PreOrder => AnsiColor::BrightBlue,
        Availability::InStock => AnsiColor::Green,
        Availability::ShipsLater | Availability::BackOrder => AnsiColor::Yellow,
        Availability::OutOfStock => AnsiColor::Red,
        Availability::ThirdPartyOnly => AnsiColor::Magenta,
        Availability::Announced | Availability::NotListed | Availability::Discontinued => {
            AnsiColor::BrightBlack
        }
    };
    Style::new().fg_color(Some(Color::Ansi(colour)))
}

/// The colour of a severity.
pub fn style_of_severity(severity: Severity) -> Style {
    let colour = match severity {
        Severity::Act => AnsiColor::Red,
        Severity::Watch | Severity::ToDo => AnsiColor::Yellow,
        Severity::GoodNews | Severity::Quiet => AnsiColor::Green,
    };
    Style::new().bold().fg_color(Some(Color::Ansi(colour)))
}

/// Text in a style.
pub fn painted(style: Style, text: &str) -> String {
    format!("{style}{text}{style:#}")
}

/// Text in bold.
pub fn bold(text: &str) -> String {
    painted(Style::new().bold(), text)
}

/// Text that stands back.
pub fn faint(text: &str) -> String {
    painted(Style::new().dimmed(), text)
}

/// A state's word in its colour.
pub fn state(state: Availability) -> String {
    painted(style_of(state), state.word())
}

/// A strip of days as letters, each in its state's colour.
pub fn strip(days: &[Day]) -> String {
    let mut text = String::new();
    for day in days {
        let letter = day.letter();
        // Writing to a String cannot fail.
        let _ = match day {
            Day::State(state) => write!(text, "{}", painted(style_of(*state), &letter.to_string())),
            Day::Before | Day::Unseen => write!(text, "{}", faint(&letter.to_string())),
        };
    }
    text
}

/// A table without lines, as wide as its content, for a terminal and for a pipe alike.
pub fn table(header: &[&str]) -> Table {
    let mut table = Table::new();
    table
        .load_style(presets::NOTHING)
        .set_content_arrangement(ContentArrangement::Disabled);
    if !header.is_empty() {
        table.set_header(header.iter().map(|name| Cell::new(faint(name))));
    }
    table
}

/// A table as text, without the blanks that the layout leaves at the ends of lines.
pub fn lines(table: &Table) -> String {
    let mut text = String::new();
    for line in table.lines() {
        // One blank belongs to the layout; more are an empty cell.
        text.push_str(line.strip_prefix(' ').unwrap_or(&line).trim_end());
        text.push('\n');
    }
    text
}
