//! Reviewing: the availability history on pages, in pictures, and in the forms that scripts want.
//!
//! What is shown is made by pure functions from values; `sqlite.rs` gathers the values, `server.rs`
//! answers requests, `security.rs` says whom it answers.

pub mod face;
pub mod markup;
pub mod timeline;
pub mod grounds;
pub mod frame;
pub mod overview;
pub mod changes;
pub mod edition;

#[cfg(test)]
mod testing;
