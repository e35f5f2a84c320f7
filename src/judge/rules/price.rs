//! The price on the page.

use crate::book::{Edition, Money};
use crate::history::ListingView;
use crate::judge::case::Case;
use crate::judge::windows::WindowName;
use crate::judge::{Finding, FindingKind, Task};
use crate::page::Says;

/// Price above list.
///
/// 1. The price that the page has asked, twice, against the list price of the edition, where both
///    are given in one currency. Other sellers' prices do not count.
/// 2. Above: Watch, and at Bookshop.org it is the discount that the author can set.
/// 3. Below, or changed without a list price: a fact in the column of prices, and nothing to be told.
pub(crate) fn judge(case: &Case<'_>, listing: &ListingView) -> Option<Finding> {
    let store = &listing.store;
    let known = case.particular(listing, asked)?;
    let price = known.value?;
    let list = case.view.edition.list_price.clone()?;
    if !is_above(&price, &list) {
        return None;
    }
    let window = case.window_at(WindowName::PriceAboveList, store);
    let kind = FindingKind::PriceAboveList { price, list };
    Some(
        Finding::new(kind, vec![store.clone()], known.since)
            .within(window, known.since, known.seen)
            .to_do(Task::CheckAccount),
    )
}

/// What the store itself asks.
fn asked(says: &Says) -> Option<Money> {
    let price = says.price.clone();
    price.filter(|_| says.availability.is_orderable())
}

fn is_above(price: &Money, list: &Money) -> bool {
    list.currency == price.currency && list.minor < price.minor
}

/// The price that the page asked last is above the list price: one that takes no orders asks none.
pub(crate) fn was_above(listing: &ListingView, edition: &Edition) -> bool {
    let mut newest = listing.shown.iter().rev();
    let price = newest.find_map(|run| asked(&run.says));
    let known = price.zip(edition.list_price.as_ref());
    known.is_some_and(|(price, list)| is_above(&price, list))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judge::script::Script;

    fn priced(store: &str, cents: i64) -> Script {
        Script::new("2023-03-01")
            .with(|edition| edition.list_price = Some(Money::new(1699, "USD")))
            .pages(&format!(
                "2023-09-01T09:00 {store} in_stock price={cents}..12*4"
            ))
    }

    #[test]
    fn a_page_that_asks_no_price_is_no_cheaper() {
        let asks_more = |pages: &str| {
            let view = priced("bookshop.org", 1899).pages(pages).view();
            was_above(&view.listings[0], &view.edition)
        };
        assert!(asks_more("2023-09-04T09:00 bookshop.org out_of_stock..6*2"));
        assert!(!asks_more(
            "2023-09-04T09:00 bookshop.org in_stock price=1699"
        ));
    }

    #[test]
    fn above_the_list_price_is_told_and_below_it_is_a_fact_beside_the_price() {
        priced("bookshop.org", 1699).check(&[]);
        priced("bookshop.org", 1899).check(&["watch price-above-list bookshop.org"]);
        priced("bookshop.org", 1499).check(&[]);
        assert_eq!(
            priced("bookshop.org", 1499).normal_at("2023-09-03T09:00"),
            "bookshop.org: as expected · $14.99, list $16.99"
        );
        assert!(priced("bookshop.org", 1899).step().contains("53 to 55 %"));
    }

    #[test]
    fn a_price_seen_once_is_nothing() {
        priced("bookshop.org", 1699)
            .pages("2023-09-05T09:00 bookshop.org in_stock price=2399")
            .check(&[]);
    }

    #[test]
    fn without_a_list_price_nothing_is_said_of_a_change() {
        let script = |looks: i64| {
            Script::new("2023-03-01").pages(&format!(
                "2023-09-01T09:00 amazon.com in_stock price=1699..12*4
                 2023-09-05T09:00 amazon.com in_stock price=1599..12*{looks}"
            ))
        };
        script(2).check(&[]);
        script(14).check(&[]);
    }
}
