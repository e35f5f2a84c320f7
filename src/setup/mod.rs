//! What the commands share that write the configuration: asking, and writing it safely.

pub mod ask;
pub mod details;
pub mod fresh;
pub mod library;
pub mod place;
pub mod short_link;
pub mod stores;
pub mod which_book;
