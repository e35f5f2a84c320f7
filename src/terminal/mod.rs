//! How commands show things, and understand whom a person means.

pub mod columns;
pub mod coming;
pub mod face;
pub(crate) mod passes;
pub mod sight;
pub mod which;
