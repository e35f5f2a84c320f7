//! What a person can do about a page that Pubwatch cannot read: look, hand over a saved page, or
//! choose another way in. One wording for letters and commands.

use crate::book::{Family, Isbn13, StoreId};

/// The command that tells what a person saw.
#[must_use]
pub fn command(isbn: &Isbn13, store: &StoreId) -> String {
    format!("pubwatch look {isbn} {store} --says …")
}

/// A line for the store's `[[store]]` table, as an example of another way in: at Amazon its own
/// API, elsewhere the user's browser.
#[must_use]
pub fn source_line(store: &StoreId) -> &'static str {
    match store.family() {
        Family::Amazon => "source = [\"api\", \"http\", \"by-hand\"]",
        Family::BarnesNoble | Family::Bookshop | Family::Other => {
            "source = [\"http\", \"browser\", \"by-hand\"]"
        }
    }
}

/// What the other ways are, in words.
#[must_use]
pub fn names(store: &StoreId) -> &'static str {
    match store.family() {
        Family::Amazon => "Amazon's own API, your browser, or a program of your own",
        Family::BarnesNoble | Family::Bookshop | Family::Other => {
            "your browser, or a program of your own"
        }
    }
}
