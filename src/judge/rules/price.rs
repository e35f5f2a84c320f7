//! The price on the page.

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
    let of_store = |says: &Says| {
        says.price
            .clone()
            .filter(|_| says.availability.is_orderable())
    };
    let known = case.particular(listing, of_store)?;
    let price = known.value?;
    let list = case.view.edition.list_price.clone()?;
    if list.currency != price.currency || price.minor <= list.minor {
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

#[cfg(test)]
mod tests {
    use crate::book::Money;
    use crate::judge::script::Script;

    fn priced(store: &str, cents: i64) -> Script {
        Script::new("2023-03-01")
            .with(|edition| edition.list_price = Some(Money::new(1699, "USD")))
            .pages(&format!(
                "2023-09-01T09:00 {store} in_stock price={cents}..12*4"
            ))
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
