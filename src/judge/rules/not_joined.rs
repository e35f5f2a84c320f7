//! Two formats of one book that are not linked on one page.

use jiff::Timestamp;

use super::formats::is_named;
use crate::book::{Availability, Distribution, Edition, Family, Format, Launch, StoreId};
use crate::history::{ListingView, Shown, Sibling, SiblingPage, View};
use crate::judge::case::Case;
use crate::judge::windows::WindowName;
use crate::judge::{Finding, FindingKind, NextStep, Party, SupportText};

/// Formats not joined.
///
/// 1. At one Amazon store two formats of the book have a page each, and both are on sale through
///    KDP: KDP joins only what is published in one account of its own. While a format comes from
///    Ingram it is no fault.
/// 2. Neither page names the other's format among the formats it offers, though ours, in readings
///    that lasted, offers some: a page that shows no formats at all says nothing about it.
/// 3. The clock starts when the later of the two went on sale at KDP. KDP says a week at the
///    longest; act on the eighth day.
/// 4. It is told once a book: of its paperback, before the hardcover, before the ebook.
/// 5. Next step: compare what must be identical, then ask KDP to link them (text F).
pub(crate) fn judge(case: &Case<'_>, listing: &ListingView) -> Option<Finding> {
    let store = &listing.store;
    if store.family() != Family::Amazon {
        return None;
    }
    let edition = &case.view.edition;
    let run = case.run(listing, Availability::is_released)?;
    let own = live_since(edition, &case.view.launch, store, run.since)?;
    let offered = case.particular(listing, |says| {
        let names = says.formats.iter().map(|other| other.name.as_str());
        names.collect::<Vec<_>>()
    })?;
    if offered.value.is_empty() {
        return None;
    }
    let mut apart: Vec<&Sibling> = Vec::new();
    let mut start = own;
    for (sibling, page) in at_store(case, store) {
        let launch = &sibling.launch;
        let live = page
            .on_sale_since
            .and_then(|since| live_since(&sibling.edition, launch, store, since));
        let Some(live) = live else { continue };
        if sibling.edition.format < edition.format {
            return None;
        }
        let is_joined = offered
            .value
            .iter()
            .any(|name| is_named(sibling.edition.format, name))
            || offers(page, edition.format);
        if !is_joined {
            start = start.max(live);
            apart.push(sibling);
        }
    }
    let others: Vec<Format> = apart.iter().map(|one| one.edition.format).collect();
    (!others.is_empty()).then(|| finding(case, store, others, (start, offered.seen)))
}

/// The page of another format offers this one beside its own.
fn offers(page: &SiblingPage, format: Format) -> bool {
    let mut formats = page.now.says.formats.iter();
    formats.any(|other| !other.selected && is_named(format, &other.name))
}

/// A page was seen to join the edition with another format.
///
/// It was among the formats that the edition's page offered last, twice, or the other's page offers
/// this one. A page that shows no formats, as one that is off sale, says nothing about it.
pub(crate) fn is_joined(view: &View, listing: &ListingView, other: Format) -> bool {
    let names_it = |run: &&Shown| {
        let mut formats = run.says.formats.iter();
        formats.any(|one| is_named(other, &one.name))
    };
    let newest = listing.shown.iter().rev();
    let readings: u32 = newest
        .filter(|run| !run.says.formats.is_empty())
        .take_while(names_it)
        .map(|run| run.readings)
        .sum();
    let siblings = view.siblings.iter();
    let of_it = siblings.filter(|sibling| sibling.edition.format == other);
    let mut pages = of_it.flat_map(|sibling| &sibling.pages);
    2 <= readings
        || pages.any(|page| page.store == listing.store && offers(page, view.edition.format))
}

/// The other formats with a page at the store.
fn at_store<'a>(
    case: &Case<'a>,
    store: &StoreId,
) -> impl Iterator<Item = (&'a Sibling, &'a SiblingPage)> {
    case.view.siblings.iter().filter_map(move |sibling| {
        let page = sibling.pages.iter().find(|page| page.store == *store)?;
        Some((sibling, page))
    })
}

/// Since when a format that is on sale has been so through KDP; `None` when another serves it.
///
/// An ebook at Amazon is KDP's, unless somebody else was named who brings it there.
fn live_since(
    edition: &Edition,
    launch: &Launch,
    store: &StoreId,
    on_sale: Timestamp,
) -> Option<Timestamp> {
    if let Some(published) = launch.published_at(store) {
        return Some(published.max(on_sale));
    }
    let is_kdp = match edition.distribution {
        Distribution::Kdp => true,
        Distribution::IngramSpark => !edition.format.is_printed(),
        Distribution::Draft2Digital | Distribution::PublishDrive | Distribution::Other => false,
    };
    is_kdp.then_some(on_sale)
}

fn finding(
    case: &Case<'_>,
    store: &StoreId,
    others: Vec<Format>,
    (start, seen): (Timestamp, Timestamp),
) -> Finding {
    let window = case.window_at(WindowName::MetaKdpLink, store);
    Finding::new(
        FindingKind::FormatsNotJoined { others },
        vec![store.clone()],
        start,
    )
    .within(window, start, seen)
    .then(NextStep::ask(Party::Kdp, SupportText::FormatsNotLinked))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judge::script::Script;

    /// A paperback by KDP, on sale since 1 September, whose page offers these formats.
    fn paperback(formats: &str, days: i64) -> Script {
        Script::new("2023-09-01")
            .notes("2023-09-01T00:00 kdp_published")
            .pages(&format!(
                "2023-09-01T12:00 amazon.com in_stock formats={formats}..24*{days}"
            ))
    }

    /// The ebook, on sale since 3 September.
    fn ebook(formats: &str) -> Script {
        Script::new("2023-09-01")
            .with(|edition| {
                edition.format = Format::Ebook;
                edition.distribution = Distribution::Kdp;
            })
            .pages(&format!(
                "2023-09-03T12:00 amazon.com in_stock formats={formats}..24*40"
            ))
    }

    const ALONE: &str = "*Paperback:in_stock";
    const KINDLE: &str = "*Kindle:in_stock";

    #[test]
    fn formats_apart_are_watched_after_a_week_and_acted_on_the_day_after() {
        for (days, expected) in [
            (8, None),
            (9, Some("watch formats-not-joined amazon.com")),
            (10, Some("act formats-not-joined amazon.com")),
        ] {
            paperback(ALONE, days)
                .sibling(ebook(KINDLE))
                .check(expected.as_slice());
        }
        let finding = paperback(ALONE, 20)
            .sibling(ebook(KINDLE))
            .judge()
            .remove(0);
        assert_eq!(finding.ask(), Some(Party::Kdp));
        assert_eq!(finding.support_text(), Some(SupportText::FormatsNotLinked));
    }

    #[test]
    fn one_page_that_names_the_other_is_enough() {
        paperback("*Paperback:in_stock,Kindle:in_stock", 40)
            .sibling(ebook(KINDLE))
            .check(&[]);
        paperback(ALONE, 40)
            .sibling(ebook("*Kindle:in_stock,Paperback:in_stock"))
            .check(&[]);
    }

    #[test]
    fn they_are_joined_once_a_page_says_so_twice_and_not_by_being_off_sale() {
        let seen = |script: &Script| {
            let view = script.view();
            is_joined(&view, &view.listings[0], Format::Ebook)
        };
        let apart = paperback(ALONE, 20).sibling(ebook(KINDLE));
        assert!(!seen(&apart));
        let gone = apart.pages("2023-09-22T12:00 amazon.com out_of_stock..6*2");
        let names: Vec<&str> = gone.judge().iter().map(|one| one.kind.name()).collect();
        assert!(!names.contains(&"formats-not-joined"), "{names:?}");
        assert!(!seen(&gone));
        let shown = |looks: i64| {
            gone.clone().pages(&format!(
                "2023-09-23T12:00 amazon.com in_stock \
                 formats=*Paperback:in_stock,Kindle:in_stock..6*{looks}"
            ))
        };
        assert!(!seen(&shown(0)));
        assert!(seen(&shown(1)));
        assert!(seen(
            &shown(1).pages("2023-09-24T12:00 amazon.com out_of_stock")
        ));
        let by_the_other = ebook("*Kindle:in_stock,Paperback:in_stock");
        assert!(seen(&paperback(ALONE, 20).sibling(by_the_other)));
    }

    #[test]
    fn a_page_that_shows_no_formats_says_nothing() {
        Script::new("2023-09-01")
            .notes("2023-09-01T00:00 kdp_published")
            .pages("2023-09-01T12:00 amazon.com in_stock..24*40")
            .sibling(ebook(KINDLE))
            .check(&[]);
    }

    #[test]
    fn while_ingram_serves_a_format_it_is_no_fault() {
        paperback(ALONE, 40)
            .with(|edition| edition.amazon_switch = false)
            .sibling(ebook(KINDLE))
            .check(&[]);
        paperback(ALONE, 40)
            .sibling(
                ebook(KINDLE).with(|edition| edition.distribution = Distribution::Draft2Digital),
            )
            .check(&[]);
    }

    #[test]
    fn it_is_told_of_the_paperback_and_not_again_of_the_ebook() {
        let ebook = ebook(KINDLE).sibling(paperback(ALONE, 40));
        ebook.check(&[]);
    }

    #[test]
    fn a_format_that_is_not_out_yet_is_waited_for() {
        let behind = Script::new("2023-09-01")
            .with(|edition| {
                edition.format = Format::Ebook;
                edition.distribution = Distribution::Kdp;
            })
            .pages("2023-09-01T12:00 amazon.com pre_order formats=*Kindle:pre_order..24*40");
        paperback(ALONE, 40).sibling(behind).check(&[]);
    }
}
