//! The database: one SQLite file that opens, migrates and locks in one place. What is in it
//! belongs to the stages, each in its own `sqlite.rs`.

pub mod backup;
pub(crate) mod column;
mod migrate;
pub mod packed;
pub mod sqlite;

pub use sqlite::Db;
pub use sqlite::error::{DbError, advice};
