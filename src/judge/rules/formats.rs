//! The other formats on the page.

use crate::book::launch::later;
use crate::book::{Availability, Family, Format};
use crate::history::ListingView;
use crate::judge::case::{Case, about};
use crate::judge::{Finding, Party, words};

/// Two pages for one book, and formats out of step (DOMAIN F17, F25).
///
/// 1. The page offers a second edition of the edition's own format: two pages with different
///    ISBNs. Both may be the author's; a line in the digest asks.
/// 2. The book is on sale, a day after its date, and the page still offers another format for
///    pre-order: a line in the digest, so that readers can be told.
/// 3. Both were seen in readings that lasted, not in one.
pub(crate) fn judge(case: &Case<'_>) -> Vec<Finding> {
    case.view
        .listings
        .iter()
        .flat_map(|listing| [two_pages(case, listing), out_of_step(case, listing)])
        .flatten()
        .collect()
}

/// A store's name for a format means this one, as "Kindle" means the ebook.
pub(super) fn is_named(format: Format, name: &str) -> bool {
    let name = name.to_lowercase();
    match format {
        Format::Paperback => name.contains("paperback"),
        Format::Hardcover => name.contains("hardcover") || name.contains("hardback"),
        Format::Ebook => ["kindle", "ebook", "nook"]
            .iter()
            .any(|known| name.contains(known)),
    }
}

fn two_pages(case: &Case<'_>, listing: &ListingView) -> Option<Finding> {
    let store = &listing.store;
    let format = case.view.edition.format;
    let known = case.particular(listing, |says| {
        let same = says
            .formats
            .iter()
            .filter(|other| is_named(format, &other.name));
        let is_one_ours = says
            .formats
            .iter()
            .any(|other| other.selected && is_named(format, &other.name));
        is_one_ours && 1 < same.count()
    })?;
    known.value.then(|| Finding {
        headline: format!("{} has a second {} of it", store.label(), format.name()),
        verdict: format!(
            "{}'s page offers two pages of one format, with different ISBNs. Are both yours?",
            store.label()
        ),
        next_step: if store.family() == Family::Amazon {
            "If one of them is yours by mistake, ask KDP to merge them; use one ISBN of your own \
             on both platforms."
        } else {
            "If one of them is yours by mistake, ask your distributor to correct it."
        }
        .to_owned(),
        ask: Some(Party::Author),
        ..about("two-pages", store, known.since)
    })
}

fn out_of_step(case: &Case<'_>, listing: &ListingView) -> Option<Finding> {
    let store = &listing.store;
    case.run(listing, Availability::is_released)?;
    let known = case.particular(listing, |says| {
        let behind = says
            .formats
            .iter()
            .find(|other| !other.selected && other.availability == Some(Availability::PreOrder));
        behind.map(|other| other.name.as_str())
    })?;
    let behind = known.value?;
    (later(case.view.launch.released_at(store), 24) <= known.seen).then(|| Finding {
        headline: format!("{} still offers the {behind} for pre-order", store.label()),
        verdict: format!(
            "The {} is on sale at {} while the {behind} has been a pre-order since {}.",
            case.view.edition.format.name(),
            store.label(),
            words::day(known.since, case.zone()),
        ),
        next_step: "Tell your readers which format is out; next time publish in the order in \
                    which you want them to appear."
            .to_owned(),
        ask: Some(Party::Author),
        ..about("formats-out-of-step", store, known.since)
    })
}

#[cfg(test)]
mod tests {
    use crate::judge::script::Script;

    #[test]
    fn a_second_page_of_one_format_is_asked_about() {
        let script = |formats: &str| {
            Script::new("2023-03-01").pages(&format!(
                "2023-09-01T00:00 amazon.com in_stock formats={formats}..24*2"
            ))
        };
        script("*Paperback:in_stock,Paperback:in_stock").check(&["watch two-pages amazon.com"]);
        script("*Paperback:in_stock,Hardcover:in_stock").check(&[]);
        script("*Paperback:in_stock,Kindle:pre_order")
            .check(&["watch formats-out-of-step amazon.com"]);
    }
}
