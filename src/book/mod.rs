//! What a book is, to everybody: editions, where they are sold, what a page may offer, and what
//! the author told us. Nothing here touches the outside.

pub mod availability;
pub mod day;
pub mod edition;
pub mod id;
pub mod isbn;
pub mod launch;
pub mod money;
pub mod note;
pub mod source;
pub mod storefront;

pub use availability::Availability;
pub use edition::{Distribution, Edition, Format};
pub use id::{Asin, EditionId, EditionIdError, OwnNumber};
pub use isbn::{Isbn10, Isbn13, IsbnError};
pub use launch::{ConfiguredDates, Feeder, Launch, Making, Phase};
pub use money::Money;
pub use note::{Note, NoteKind};
pub use source::Source;
pub use storefront::{Family, StoreId, Storefront};

/// Every variant of an enum, of which there are `N`: another number does not compile.
pub(crate) const fn every<T: Copy, const N: usize>(variants: &[T]) -> [T; N] {
    match variants.first_chunk() {
        Some(all) if variants.len() == N => *all,
        Some(_) | None => panic!("a list of variants is as long as the enum"),
    }
}
