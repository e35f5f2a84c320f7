//! The price on the page.

use crate::book::Family;
use crate::history::ListingView;
use crate::judge::case::{Case, about, severity};
use crate::judge::windows::WindowName;
use crate::judge::{Finding, Party, words};
use crate::page::Says;

/// How long a changed price is worth a line.
const NEWS_DAYS: i64 = 7;

/// Price above list, below it, or changed (DOMAIN F30, F31, finding 12).
///
/// 1. The price that the page has asked, twice, against the list price of the edition, where both
///    are given in one currency.
/// 2. Above: a letter; at Bookshop.org it is the discount, and the author can raise it. Below: a
///    line in the digest, as the author's share is unchanged. Other sellers' prices do not count.
/// 3. No list price is given: a changed price is a line in the digest for a week.
pub(crate) fn judge(case: &Case<'_>) -> Vec<Finding> {
    case.view
        .listings
        .iter()
        .filter_map(|listing| judge_listing(case, listing))
        .collect()
}

fn judge_listing(case: &Case<'_>, listing: &ListingView) -> Option<Finding> {
    let store = &listing.store;
    let of_store = |says: &Says| {
        says.price
            .clone()
            .filter(|_| says.availability.is_orderable())
    };
    let known = case.particular(listing, of_store)?;
    let price = known.value?;
    let Some(list) = case
        .view
        .edition
        .list_price
        .as_ref()
        .filter(|list| list.currency == price.currency)
    else {
        let before = known.before.flatten()?;
        let is_news = known.seen.duration_since(known.since).as_hours() < NEWS_DAYS * 24;
        return (is_news && before.currency == price.currency).then(|| Finding {
            headline: format!("{} changed its price", store.label()),
            verdict: format!("{} asks {price} now; it was {before}.", store.label()),
            next_step: "Nothing to do, unless you did not expect it.".to_owned(),
            ..about("price-changed", store, known.since)
        });
    };
    if list.minor < price.minor {
        let window = case.window_at(WindowName::PriceAboveList, store);
        let is_bookshop = store.family() == Family::Bookshop;
        return Some(Finding {
            severity: severity(window.stage(known.since, known.seen))?,
            headline: format!("{} asks {price}, above the list price", store.label()),
            verdict: format!(
                "{}'s page has asked {price} since {}; your list price is {list}.",
                store.label(),
                words::day(known.since, case.zone())
            ),
            usual: is_bookshop.then(|| window.usual()),
            act_from: window.act_from(known.since),
            next_step: if is_bookshop {
                "Raise the wholesale discount at IngramSpark to 40 % or more, if you want the \
                 list price there. It is a setting, not a fault."
                    .to_owned()
            } else {
                "Check the list price in your account; the sale price is the store's own."
                    .to_owned()
            },
            ask: Some(Party::Author),
            text: None,
            ..about("price-above-list", store, known.since)
        });
    }
    (price.minor < list.minor).then(|| Finding {
        headline: format!("{} sells it for {price}", store.label()),
        verdict: format!(
            "{} asks {price}; your list price is {list}. A discount is the store's own, and your \
             share is unchanged.",
            store.label()
        ),
        next_step: "Nothing to do.".to_owned(),
        ..about("price-below-list", store, known.since)
    })
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
    fn above_the_list_price_is_told_and_below_it_noted() {
        priced("bookshop.org", 1699).check(&[]);
        priced("bookshop.org", 1899).check(&["watch price-above-list bookshop.org"]);
        priced("bookshop.org", 1499).check(&["watch price-below-list bookshop.org"]);
        let finding = &priced("bookshop.org", 1899).judge()[0];
        assert!(finding.next_step.contains("40 %"));
    }

    #[test]
    fn a_price_seen_once_is_nothing() {
        priced("bookshop.org", 1699)
            .pages("2023-09-05T09:00 bookshop.org in_stock price=2399")
            .check(&[]);
    }

    #[test]
    fn without_a_list_price_a_change_is_noted_for_a_week() {
        let script = |looks: i64| {
            Script::new("2023-03-01").pages(&format!(
                "2023-09-01T09:00 amazon.com in_stock price=1699..12*4
                 2023-09-05T09:00 amazon.com in_stock price=1599..12*{looks}"
            ))
        };
        script(2).check(&["watch price-changed amazon.com"]);
        script(14).check(&[]);
    }
}
