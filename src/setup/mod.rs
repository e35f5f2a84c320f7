//! The configuration as everything that runs needs it: loaded with all of its checks, written safely,
//! its database; and what is asked of who adds an edition.

pub mod answers;
pub mod ask;
pub mod changed_edition;
pub mod data;
pub mod details;
pub mod fresh;
pub mod library;
pub mod loading;
pub mod new_edition;
pub mod place;
pub mod short_link;
pub mod stores;
pub mod test_letter;
pub mod which_book;
