//! What a person can do about a page that Pubwatch cannot read: look, hand over a saved page, or
//! choose another way in. One wording for letters and commands.

use crate::book::{Family, Isbn13, Source, StoreId};
use crate::page::UnreadReason;

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

/// The way in that would work best where those of `tried` did not, in their order, with the
/// `source` line that has it. `None`: only looking by hand is left.
///
/// 1. Amazon's own API comes first: it is asked instead of the page, so that no robots.txt and no
///    bot check is in its way.
/// 2. A page that robots.txt forbids is forbidden to the browser and to the user's program as well.
/// 3. A browser passes what only a script completes; a program of the user's is the last of all.
#[must_use]
pub fn better(store: &StoreId, tried: &[Source], reason: UnreadReason) -> Option<(Source, String)> {
    let of_store: &[Source] = match store.family() {
        Family::Amazon => &[Source::Api, Source::Browser, Source::Command],
        Family::BarnesNoble | Family::Bookshop | Family::Other => {
            &[Source::Browser, Source::Command]
        }
    };
    let is_open = |way: Source| way == Source::Api || !matches!(reason, UnreadReason::Robots);
    let next = of_store
        .iter()
        .copied()
        .find(|way| !tried.contains(way) && is_open(*way))?;
    let mut order: Vec<Source> = tried.to_vec();
    let hand = order.iter().position(|way| *way == Source::ByHand);
    let place = if next == Source::Api {
        0
    } else {
        hand.unwrap_or(order.len())
    };
    order.insert(place, next);
    Some((next, line(&order)))
}

/// The `source` line of ways in this order.
#[must_use]
pub fn line(order: &[Source]) -> String {
    let names: Vec<String> = order
        .iter()
        .map(|way| format!("\"{}\"", way.name().replace('_', "-")))
        .collect();
    format!("source = [{}]", names.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(store: &str, tried: &[Source], reason: UnreadReason, expected: Option<&str>) {
        let found = better(&StoreId::new(store), tried, reason);
        assert_eq!(found.map(|(_, line)| line).as_deref(), expected);
    }

    #[test]
    fn the_next_way_is_one_that_was_not_tried_and_is_not_forbidden() {
        use Source::{Api, Browser, ByHand, Command, Http};
        use UnreadReason::{Blocked, NoEvidence, Robots};
        check(
            "amazon.com",
            &[Http],
            Blocked,
            Some("source = [\"api\", \"http\"]"),
        );
        check(
            "amazon.de",
            &[Api, Http, ByHand],
            Blocked,
            Some("source = [\"api\", \"http\", \"browser\", \"by-hand\"]"),
        );
        check("amazon.com", &[Api, Http], Robots, None);
        check(
            "bookshop.org",
            &[Http],
            NoEvidence,
            Some("source = [\"http\", \"browser\"]"),
        );
        check(
            "bookshop.org",
            &[Http, Browser],
            Blocked,
            Some("source = [\"http\", \"browser\", \"command\"]"),
        );
        check("bookshop.org", &[Http], Robots, None);
        check("bookshop.org", &[Http, Browser, Command], Blocked, None);
    }
}
