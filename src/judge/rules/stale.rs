//! The page still shows the old cover or title after a revision.

use jiff::Timestamp;

use crate::book::{Edition, Feeder, NoteKind};
use crate::history::ListingView;
use crate::judge::case::Case;
use crate::judge::windows::WindowName;
use crate::judge::{Finding, FindingKind, NextStep, SupportText};

/// Cover or title still old after a revision.
///
/// 1. The author told us that a revision is done, and the note's words name the cover or the title:
///    a revision of the inside changes nothing on the page.
/// 2. Cover: the page's image is the one that it showed before the note. Title: the page's title
///    does not hold the edition's title.
/// 3. The clock starts with the note: a cover by Ingram is late after two weeks and worth asking
///    about after three, text after six weeks; KDP takes days.
/// 4. Next step: ask for the record and the image to be sent again.
pub(crate) fn judge(case: &Case<'_>, listing: &ListingView) -> Vec<Finding> {
    let cover = revised(case, "cover").and_then(|done| stale_cover(case, listing, done));
    let title = revised(case, "title").and_then(|done| stale_title(case, listing, done));
    [cover, title].into_iter().flatten().collect()
}

/// When the newest revision was done whose note names that.
fn revised(case: &Case<'_>, what: &str) -> Option<Timestamp> {
    let mut notes = case.view.notes.iter().rev();
    let names = |text: &str| text.to_lowercase().contains(what);
    let done = notes.find(|note| {
        note.kind == NoteKind::RevisionDone && note.text.as_deref().is_some_and(names)
    });
    done.map(|note| note.at)
}

fn stale_cover(case: &Case<'_>, listing: &ListingView, done: Timestamp) -> Option<Finding> {
    let known = case.particular(listing, |says| says.cover.as_ref())?;
    known.value?;
    if done < known.since || known.seen <= done {
        return None;
    }
    let name = if is_by_kdp(case, listing) {
        WindowName::MetaKdpCover
    } else {
        WindowName::MetaIngramCover
    };
    let kind = FindingKind::StaleCover { done };
    Some(stale(case, listing, (kind, name), (done, known.seen)))
}

fn stale_title(case: &Case<'_>, listing: &ListingView, done: Timestamp) -> Option<Finding> {
    let known = case.particular(listing, |says| says.title.as_ref())?;
    let shown = known.value?;
    if is_title_of(&case.view.edition, shown) || known.seen <= done {
        return None;
    }
    let name = if is_by_kdp(case, listing) {
        WindowName::MetaKdpText
    } else {
        WindowName::MetaIngramText
    };
    let kind = FindingKind::StaleTitle { done };
    Some(stale(case, listing, (kind, name), (done, known.seen)))
}

/// The cover that the page showed last is one of those before the revision was done.
pub(crate) fn was_cover_old(listing: &ListingView, done: Timestamp) -> bool {
    let mut newest = listing.shown.iter().rev();
    let Some(cover) = newest.find_map(|run| run.says.cover.as_ref()) else {
        return false;
    };
    let mut before = listing.shown.iter().filter(|run| run.since <= done);
    before.any(|run| run.says.cover.as_ref() == Some(cover))
}

/// The title that the page showed last is not the edition's.
pub(crate) fn was_title_old(listing: &ListingView, edition: &Edition) -> bool {
    let mut newest = listing.shown.iter().rev();
    let title = newest.find_map(|run| run.says.title.as_ref());
    title.is_some_and(|shown| !is_title_of(edition, shown))
}

fn is_title_of(edition: &Edition, shown: &str) -> bool {
    plain(shown).contains(&plain(&edition.title))
}

fn is_by_kdp(case: &Case<'_>, listing: &ListingView) -> bool {
    let launch = &case.view.launch;
    launch.feeder(&listing.store) == Feeder::Kdp && launch.is_kdp_store(&listing.store)
}

fn stale(
    case: &Case<'_>,
    listing: &ListingView,
    (kind, name): (FindingKind, WindowName),
    (done, seen): (Timestamp, Timestamp),
) -> Finding {
    let store = &listing.store;
    Finding::new(kind, vec![store.clone()], done)
        .within(case.window_at(name, store), done, seen)
        .then(NextStep::ask(
            case.party_for(store),
            SupportText::StaleMetadata,
        ))
}

/// Letters and digits in lower case, so that punctuation and case make no difference.
fn plain(text: &str) -> String {
    text.chars()
        .filter(|character| character.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judge::script::{Script, time};

    fn revised(note: &str, particulars: &str, days: i64) -> Script {
        Script::new("2023-03-01").notes(note).pages(&format!(
            "2023-08-30T00:00 bookshop.org in_stock {particulars}..24*{}",
            days + 2
        ))
    }

    #[test]
    fn an_old_cover_is_asked_about_after_three_weeks() {
        let note = "2023-09-01T00:00 revision_done \"new cover\"";
        revised(note, "cover=old.jpg", 13).check(&[]);
        revised(note, "cover=old.jpg", 14).check(&["watch stale-cover bookshop.org"]);
        revised(note, "cover=old.jpg", 21).check(&["act stale-cover bookshop.org"]);
        revised(note, "cover=old.jpg", 13)
            .pages("2023-09-20T00:00 bookshop.org in_stock cover=new.jpg..24*9")
            .check(&[]);
    }

    #[test]
    fn a_page_that_shows_no_cover_and_no_title_has_not_got_new_ones() {
        let done = time("2023-09-01T00:00");
        let is_old = |pages: &str| {
            let old = revised("", "cover=old.jpg title=Salt_Rods", 30);
            let view = old.pages(pages).view();
            let page = &view.listings[0];
            [
                was_cover_old(page, done),
                was_title_old(page, &view.edition),
            ]
        };
        let later = |what: &str| is_old(&format!("2023-10-10T00:00 bookshop.org {what}..6*2"));
        assert_eq!(later("in_stock cover=old.jpg title=Salt_Rods"), [true; 2]);
        assert_eq!(later("not_listed"), [true; 2]);
        assert_eq!(later("in_stock cover=new.jpg title=Salt_Roads"), [false; 2]);
    }

    #[test]
    fn a_later_revision_of_something_else_does_not_end_it() {
        let notes = "2023-09-01T00:00 revision_done \"new cover\"
             2023-09-25T00:00 revision_done \"typos\"";
        revised(notes, "cover=old.jpg", 30).check(&["act stale-cover bookshop.org"]);
    }

    #[test]
    fn a_revision_of_the_inside_changes_nothing_on_the_page() {
        revised("2023-09-01T00:00 revision_done", "cover=old.jpg", 60).check(&[]);
    }

    #[test]
    fn an_old_title_has_six_weeks() {
        let note = "2023-09-01T00:00 revision_done \"Title\"";
        revised(note, "title=Salt_Rods", 41).check(&["watch stale-title bookshop.org"]);
        revised(note, "title=Salt_Rods", 42).check(&["act stale-title bookshop.org"]);
        revised(note, "title=SALT_ROADS:_a_novel", 42).check(&[]);
    }
}
