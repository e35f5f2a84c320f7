//! The other formats on the page.

use crate::book::launch::later;
use crate::book::{Availability, Format};
use crate::history::ListingView;
use crate::judge::case::Case;
use crate::judge::{Finding, FindingKind, Task};

/// Two pages for one book, and formats out of step.
///
/// 1. The page offers a second edition of the edition's own format: two pages with different
///    ISBNs. Both may be the author's; a line in the digest asks.
/// 2. The book is on sale, a day after its date, and the page still offers another format for
///    pre-order: a line in the digest, so that readers can be told.
/// 3. Both were seen in readings that lasted, not in one.
pub(crate) fn judge(case: &Case<'_>, listing: &ListingView) -> Vec<Finding> {
    let found = [two_pages(case, listing), out_of_step(case, listing)];
    found.into_iter().flatten().collect()
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
        Format::Audiobook => name.contains("audio") || name.contains("audible"),
    }
}

fn two_pages(case: &Case<'_>, listing: &ListingView) -> Option<Finding> {
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
    known.value.then(|| {
        Finding::new(
            FindingKind::TwoPages,
            vec![listing.store.clone()],
            known.since,
        )
        .to_do(Task::CheckAccount)
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
    let behind = known.value?.to_owned();
    (later(case.view.launch.released_at(store), 24) <= known.seen).then(|| {
        let kind = FindingKind::FormatsOutOfStep { behind };
        Finding::new(kind, vec![store.clone()], known.since).to_do(Task::TellReaders)
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
