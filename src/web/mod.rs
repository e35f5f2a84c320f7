//! Reviewing: the availability history on pages, in pictures, and in the forms that scripts want.
//!
//! What is shown is made by pure functions from values; `sqlite.rs` gathers the values, `server/`
//! answers requests, `security.rs` says whom it answers.

pub mod face;
pub mod markup;
pub mod metrics;
pub mod timeline;
pub mod frame;
pub mod grounds;
pub mod hand_looks;
pub mod ics;
pub mod changes;
pub mod evidence;
mod legend;
pub mod prices;
pub mod curve;
pub mod strips;
pub mod survey;
pub mod filter;
mod chosen;
pub mod paused;
mod rows;
mod exceptions;
pub mod overview;
pub mod troubles;
mod over;
pub mod edition;
pub(crate) mod told;
mod verdict;
pub mod lists;
pub mod settings;
pub mod book_form;
pub(crate) mod new_book;
pub mod sections;
pub mod settings_letters;
pub mod settings_stores;
pub mod settings_devices;
mod first_choices;
pub mod first_form;
pub mod list_form;
pub mod usual;
pub mod letter;
pub mod alerts;
pub mod api;
pub mod export;
pub mod feed;
pub mod sqlite;
pub mod security;
pub mod companion;
pub mod passes;
pub mod server;

#[cfg(test)]
mod testing;
