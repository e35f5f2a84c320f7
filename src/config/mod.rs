//! What a user writes, and how it becomes a [`plan::Plan`]: everything wrong is reported at once,
//! with its place, its cause and its remedy.
//!
//! `files.rs` finds and reads the file, `check/` walks it table by table with `table.rs` and
//! `values.rs`, `problem.rs` renders what is wrong.

pub mod plan;
pub mod ways;

pub mod command;
pub mod files;
mod findings;
pub mod origins;

mod check;

pub mod address;
pub mod edit;
pub mod presets;
pub mod import;
pub mod problem;
pub mod providers;
pub mod schema;
mod syntax;
mod table;
pub mod telling;
mod times;
mod values;

use std::path::Path;

use jiff::civil::Date;

pub use check::{Surroundings, manners};
pub use files::{ConfigError, Loaded, load};
pub use plan::Plan;
pub use problem::Problem;

/// The example configuration, with every key and what it means.
pub const EXAMPLE: &str = include_str!("../../config/pubwatch.example.toml");

/// A price as the configuration has it, `16.99 USD`; `None` when it is none.
pub fn price(text: &str) -> Option<crate::book::Money> {
    values::parse_money(text)
}

/// Checks a configuration: the plan and the warnings, or everything that is wrong.
///
/// `file_name` is shown in problems, and the paths in the file are taken from its folder; without
/// a `[data]` table the data go beside it, into `pubwatch-data`.
///
/// # Errors
///
/// All problems, warnings included, in the order of the file.
pub fn check(
    text: &str,
    file_name: &str,
    today: Date,
) -> Result<(Plan, Vec<Problem>), Vec<Problem>> {
    let folder = Path::new(file_name).parent().unwrap_or(Path::new(""));
    let checked = check::check(
        text,
        &Surroundings {
            folder,
            data: &folder.join("pubwatch-data"),
            home: None,
            today,
        },
    );
    match checked.plan {
        Some(plan) => Ok((plan, checked.problems)),
        None => Err(checked.problems),
    }
}
