//! The page still shows the old cover or title after a revision.

use jiff::Timestamp;

use crate::book::NoteKind;
use crate::history::ListingView;
use crate::judge::case::{Case, about, severity};
use crate::judge::windows::{Stage, WindowName};
use crate::judge::{Finding, SupportText, words};

/// Cover or title still old after a revision (DOMAIN F23, S 24).
///
/// 1. The author told us that a revision is done, and the note's words name the cover or the title:
///    a revision of the inside changes nothing on the page.
/// 2. Cover: the page's image is the one that it showed before the note. Title: the page's title
///    does not hold the edition's title.
/// 3. The clock starts with the note: a cover by Ingram is late after two weeks and worth asking
///    about after three, text after six weeks; KDP takes days.
/// 4. Next step: ask for the record and the image to be sent again.
pub(crate) fn judge(case: &Case<'_>) -> Vec<Finding> {
    let done = case
        .view
        .notes
        .iter()
        .rev()
        .find(|note| note.kind == NoteKind::RevisionDone);
    let Some(done) = done else { return Vec::new() };
    let text = done.text.as_deref().unwrap_or_default().to_lowercase();
    let mut findings = Vec::new();
    for listing in &case.view.listings {
        if text.contains("cover") {
            findings.extend(stale_cover(case, listing, done.at));
        }
        if text.contains("title") {
            findings.extend(stale_title(case, listing, done.at));
        }
    }
    findings
}

fn stale_cover(case: &Case<'_>, listing: &ListingView, done: Timestamp) -> Option<Finding> {
    let known = case.particular(listing, |says| says.cover.as_ref())?;
    known.value?;
    if done < known.since || known.seen <= done {
        return None;
    }
    let by_kdp = case.view.launch.published_at(&listing.store).is_some();
    let name = if by_kdp {
        WindowName::MetaKdpCover
    } else {
        WindowName::MetaIngramCover
    };
    stale(
        case,
        listing,
        ("stale-cover", "cover", name),
        (done, known.seen),
    )
}

fn stale_title(case: &Case<'_>, listing: &ListingView, done: Timestamp) -> Option<Finding> {
    let known = case.particular(listing, |says| says.title.as_ref())?;
    let shown = known.value?;
    if plain(shown).contains(&plain(&case.view.edition.title)) || known.seen <= done {
        return None;
    }
    let by_kdp = case.view.launch.published_at(&listing.store).is_some();
    let name = if by_kdp {
        WindowName::MetaKdpText
    } else {
        WindowName::MetaIngramText
    };
    stale(
        case,
        listing,
        ("stale-title", "title", name),
        (done, known.seen),
    )
}

fn stale(
    case: &Case<'_>,
    listing: &ListingView,
    (rule, what, name): (&'static str, &str, WindowName),
    (done, seen): (Timestamp, Timestamp),
) -> Option<Finding> {
    let store = &listing.store;
    let window = case.window_at(name, store);
    let stage = window.stage(done, seen);
    let party = case.party_for(store);
    let act_from = window.act_from(done);
    Some(Finding {
        severity: severity(stage)?,
        headline: format!("{} still shows the old {what}", store.label()),
        verdict: format!(
            "You finished the revision on {}; {} later {} still shows the old {what}.",
            words::day(done, case.zone()),
            words::length(seen.duration_since(done)),
            store.label()
        ),
        usual: Some(window.usual()),
        act_from,
        next_step: if stage == Stage::Act {
            format!(
                "Ask for the record and the image to be sent again. {}",
                party.how()
            )
        } else {
            case.wait_words(act_from)
        },
        ask: (stage == Stage::Act).then_some(party),
        text: (stage == Stage::Act).then_some(SupportText::StaleMetadata),
        ..about(rule, store, done)
    })
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
    use crate::judge::script::Script;

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
