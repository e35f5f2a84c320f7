//! What the author waits to hear.

use crate::book::Availability;
use crate::book::launch::midnight_gmt;
use crate::history::ListingView;
use crate::judge::case::{Case, Run};
use crate::judge::{Finding, FindingKind, Severity, Task};

/// Good news: a page takes orders, the book is out, it is out everywhere.
///
/// 1. Each needs two readings like any change, and that we saw it change: what was so at our first
///    look is no news. The newest reading must say so too, be it only one: good news that a page
///    contradicts is none.
/// 2. Before its date a listing takes orders for the first time: *page appeared*, with the clean
///    address to share.
/// 3. From its date on a listing sells: *released*. Early sales become news on the date.
/// 4. All listings sell: *released everywhere*, instead of one by one.
/// 5. News is true for as long as it is; that it is told once is the alerts' business.
pub(crate) fn judge(case: &Case<'_>) -> Vec<Finding> {
    let released: Vec<(&ListingView, Run<'_>)> = case
        .view
        .listings
        .iter()
        .filter_map(|listing| Some((listing, released(case, listing)?)))
        .collect();
    let is_everywhere = 1 < released.len() && released.len() == case.view.listings.len();
    let seen_changing = |(listing, run): &&(&ListingView, Run<'_>)| {
        let date = midnight_gmt(case.view.launch.date_at(&listing.store));
        changed_under_our_eyes(listing, run)
            || listing.watched_since.is_some_and(|since| since < date)
    };
    if is_everywhere {
        if !released.iter().any(|one| seen_changing(&one)) {
            return Vec::new();
        }
        return everywhere(case, &released).into_iter().collect();
    }
    let mut news: Vec<Finding> = released
        .iter()
        .filter(seen_changing)
        .map(|(listing, run)| {
            let address = listing.address.clone();
            good(listing, run, FindingKind::Released { address })
        })
        .collect();
    news.extend(
        case.view
            .listings
            .iter()
            .filter_map(|listing| appeared(case, listing)),
    );
    news
}

/// The listing sells, and was seen so on or after its date.
fn released<'a>(case: &Case<'a>, listing: &'a ListingView) -> Option<Run<'a>> {
    let date = midnight_gmt(case.view.launch.date_at(&listing.store));
    let steady = case.view.launch.steady_from(&listing.store);
    case.run(listing, Availability::is_released)
        .filter(|_| says_so_still(listing, Availability::is_released))
        .filter(|run| date <= run.seen)
        // What comes back on sale after months is an all-clear, not a release.
        .filter(|run| run.since < steady)
}

fn says_so_still(listing: &ListingView, belongs: impl Fn(Availability) -> bool) -> bool {
    let newest = listing.now().filter(|_| listing.blind.is_none());
    newest.is_some_and(|spell| belongs(spell.availability))
}

fn changed_under_our_eyes(listing: &ListingView, run: &Run<'_>) -> bool {
    listing.spells.iter().any(|spell| spell.since < run.since)
}

fn good(listing: &ListingView, run: &Run<'_>, kind: FindingKind) -> Finding {
    Finding::new(kind, vec![listing.store.clone()], run.since)
        .weighing(Severity::GoodNews)
        .seen_on(&listing.store, run.says, run.span())
        .to_do(Task::Share)
}

fn everywhere(case: &Case<'_>, released: &[(&ListingView, Run<'_>)]) -> Option<Finding> {
    let since = released.iter().map(|(_, run)| run.since).max()?;
    let listings = case.view.listings.iter();
    let stores = listings.map(|listing| listing.store.clone()).collect();
    let mut found =
        Finding::new(FindingKind::ReleasedEverywhere, stores, since).weighing(Severity::GoodNews);
    for (listing, run) in released {
        found = found.seen_on(&listing.store, run.says, run.span());
    }
    Some(found)
}

fn appeared(case: &Case<'_>, listing: &ListingView) -> Option<Finding> {
    let store = &listing.store;
    let run = case.run(listing, Availability::is_orderable)?;
    let is_before = run.since < midnight_gmt(case.view.launch.date_at(store));
    let is_first = !Case::was_ever(listing, run.since, Availability::is_orderable);
    let is_so = says_so_still(listing, Availability::is_orderable);
    (is_before && is_first && is_so && changed_under_our_eyes(listing, &run)).then(|| {
        let address = listing.address.clone();
        good(listing, &run, FindingKind::PageAppeared { address })
    })
}

#[cfg(test)]
mod tests {
    use crate::judge::script::Script;

    #[test]
    fn a_page_that_appears_is_news_and_one_that_was_there_is_not() {
        let script = Script::new("2027-06-09").enabled("2027-01-01");
        script
            .clone()
            .pages("2027-01-05T00:00 bookshop.org pre_order..6*1")
            .check(&[]);
        let appeared = script.pages(
            "2027-01-05T00:00 bookshop.org not_listed
             2027-01-06T00:00 bookshop.org pre_order..6*1",
        );
        appeared.check(&["good page-appeared bookshop.org"]);
        assert!(appeared.step().contains("https://bookshop.org/book/"));
        // A newer look that contradicts it, be it only one, takes the news back at once.
        appeared
            .pages("2027-01-06T12:00 bookshop.org out_of_stock")
            .check(&[]);
    }

    #[test]
    fn one_look_is_no_news() {
        Script::new("2027-06-09")
            .pages(
                "2027-01-05T00:00 bookshop.org not_listed
                 2027-01-06T00:00 bookshop.org pre_order",
            )
            .check(&[]);
    }

    #[test]
    fn released_one_by_one_and_then_everywhere() {
        let script = Script::new("2027-02-09")
            .with(|edition| edition.amazon_switch = false)
            .pages(
                "2027-02-01T00:00 amazon.com pre_order..24*8
                 2027-02-01T00:00 bookshop.org pre_order..24*7
                 2027-02-09T00:00 bookshop.org in_stock..6*2",
            );
        script.check(&["good released bookshop.org"]);
        script
            .pages("2027-02-09T12:00 amazon.com in_stock..6*1")
            .check(&["good released-everywhere amazon.com+bookshop.org"]);
    }

    #[test]
    fn early_sales_become_news_on_the_date() {
        let script = |looks: i64| {
            Script::new("2027-02-09").pages(&format!(
                "2027-01-20T00:00 bookshop.org pre_order..24*8
                 2027-02-01T00:00 bookshop.org in_stock..12*{looks}"
            ))
        };
        script(15).check(&[]);
        script(16).check(&["good released bookshop.org"]);
    }

    #[test]
    fn a_book_that_has_long_been_out_is_no_news() {
        Script::new("2026-02-09")
            .pages("2027-02-01T00:00 bookshop.org in_stock..24*8")
            .check(&[]);
        Script::new("2026-02-09")
            .pages(
                "2027-02-01T00:00 bookshop.org out_of_stock..24*8
                 2027-03-01T00:00 bookshop.org in_stock..24*8",
            )
            .check(&[]);
    }
}
