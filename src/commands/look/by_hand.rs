//! A check by hand: one page after the other opens in the browser, and one key says what it shows.

use std::io::{IsTerminal as _, Write};

use anyhow::{Context as _, bail};
use console::{Key, Term};

use crate::book::{Availability, Source};
use crate::config::plan::{EditionPlan, ListingPlan};
use crate::exit::Exit;
use crate::history::sqlite::view;
use crate::history::{ListingId, ListingView};
use crate::page::{Reading, Says};
use crate::round::House;
use crate::round::by_hand::{keep, waiting};
use crate::terminal::face;
use crate::text::words;

/// A page to look at.
struct Page<'a> {
    plan: &'a EditionPlan,
    listing: &'a ListingPlan,
    view: ListingView,
}

/// What a key says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Answer {
    State(Availability),
    Same,
    Skip,
    Quit,
}

/// Goes through the pages of the edition, or that one of them; without an edition through those of
/// all that are to be looked at. What was told is recorded key by key, and judged at the end.
///
/// # Errors
///
/// When nobody is at the terminal: then it says what else there is.
pub(super) fn check(
    house: &House,
    only: Option<(&EditionPlan, Option<&ListingPlan>)>,
    opens: bool,
) -> anyhow::Result<Exit> {
    if !std::io::stdin().is_terminal() || !std::io::stdout().is_terminal() {
        bail!(
            "a check by hand asks on a terminal, and nobody is there; tell one page with \
             `pubwatch look EDITION STORE --says STATE`, name the file of a page that you saved, or \
             save pages into the folder of [inbox]"
        );
    }
    let pages = pages(house, only)?;
    let terminal = Term::stdout();
    let mut out = anstream::stdout();
    if pages.is_empty() {
        writeln!(
            out,
            "No page waits for your eyes. `pubwatch look EDITION` goes through all of one edition."
        )?;
        return Ok(Exit::Done);
    }
    let mut told: Vec<&EditionPlan> = Vec::new();
    for (index, page) in pages.iter().enumerate() {
        show(&mut out, house, page, (index + 1, pages.len()))?;
        if opens {
            open(&mut out, page)?;
        }
        let state = match answer(&mut out, &terminal, page)? {
            Answer::State(state) => state,
            Answer::Same => match page.view.now() {
                Some(spell) => spell.availability,
                None => continue,
            },
            Answer::Skip => continue,
            Answer::Quit => break,
        };
        record(house, page, state)?;
        told.push(page.plan);
    }
    let count = told.len();
    for queued in super::judge_editions(house, told.into_iter()) {
        let subject = queued.context("judging what was seen")?.letter.subject;
        writeln!(out, "Letter: {subject} (it goes out with the next round)")?;
    }
    let count = words::counted(count, "look");
    writeln!(out, "{count} of yours recorded.")?;
    Ok(Exit::Done)
}

/// The pages to look at, in the order of the configuration; without an edition those that wait.
fn pages<'a>(
    house: &'a House,
    only: Option<(&'a EditionPlan, Option<&'a ListingPlan>)>,
) -> anyhow::Result<Vec<Page<'a>>> {
    let now = house.clock.now();
    let mut pages = Vec::new();
    for plan in &house.plan.editions {
        if only.is_some_and(|(one, _)| one.edition.id != plan.edition.id) {
            continue;
        }
        let view = house.db.read(|connection| view(connection, plan));
        let view = view.context("reading what was seen last")?;
        let due = waiting(&view, &house.settings, now);
        for (listing, seen) in plan.listings.iter().zip(view.listings) {
            let is_due = only.map_or_else(
                || due.contains(&listing.store),
                |(_, one)| one.is_none_or(|one| one.store == listing.store),
            );
            if is_due {
                pages.push(Page {
                    plan,
                    listing,
                    view: seen,
                });
            }
        }
    }
    Ok(pages)
}

fn id(page: &Page<'_>) -> ListingId {
    ListingId::new(&page.plan.edition.id, &page.listing.store)
}

fn show(
    out: &mut impl Write,
    house: &House,
    page: &Page<'_>,
    (number, of): (usize, usize),
) -> std::io::Result<()> {
    let name = face::bold(&house.name_of(&id(page)));
    writeln!(out, "\n{name}, {number} of {of}")?;
    writeln!(out, "  {}", page.listing.address)?;
    if let Some(spell) = page.view.now() {
        let now = house.clock.now();
        let seen = words::brief_moment(spell.last_seen, &house.plan.author.zone, now);
        let state = face::state(spell.availability);
        writeln!(out, "  last seen {seen}: {state} “{}”", spell.says.words)?;
    }
    Ok(())
}

/// The page opens beside the terminal. Where no browser does, the address stands there.
fn open(out: &mut impl Write, page: &Page<'_>) -> std::io::Result<()> {
    match open::that_detached(page.listing.address.as_str()) {
        Ok(()) => Ok(()),
        Err(error) => writeln!(
            out,
            "  no browser opens it here ({error}); open it yourself"
        ),
    }
}

/// One key, asked for until it is one that says something. A state has the letter that it has in
/// strips.
fn answer(out: &mut impl Write, terminal: &Term, page: &Page<'_>) -> anyhow::Result<Answer> {
    let states: Vec<String> = Availability::ALL
        .iter()
        .map(|state| format!("{} {}", key_of(*state), state.word().to_lowercase()))
        .collect();
    let same = match page.view.now() {
        Some(spell) => format!(
            "Enter still {} · ",
            spell.availability.word().to_lowercase()
        ),
        None => String::new(),
    };
    writeln!(out, "  {}", face::faint(&states.join(" · ")))?;
    write!(out, "  {same}s skip · q quit: ")?;
    out.flush()?;
    loop {
        let key = terminal.read_key().context("reading a key")?;
        let Some(answer) = meant(&key, page.view.now().is_some()) else {
            continue;
        };
        let said = match answer {
            Answer::State(state) => face::state(state),
            Answer::Same => "as before".to_owned(),
            Answer::Skip => "skipped".to_owned(),
            Answer::Quit => "the rest another time".to_owned(),
        };
        writeln!(out, "{said}")?;
        return Ok(answer);
    }
}

fn key_of(state: Availability) -> char {
    state.letter().to_ascii_lowercase()
}

fn meant(key: &Key, was_seen: bool) -> Option<Answer> {
    if *key == Key::Enter && was_seen {
        return Some(Answer::Same);
    }
    let Key::Char(character) = key else {
        return (*key == Key::Escape).then_some(Answer::Quit);
    };
    match character.to_ascii_lowercase() {
        's' => Some(Answer::Skip),
        'q' => Some(Answer::Quit),
        character => Availability::ALL
            .into_iter()
            .find(|state| key_of(*state) == character)
            .map(Answer::State),
    }
}

fn record(house: &House, page: &Page<'_>, state: Availability) -> anyhow::Result<()> {
    let says = Says::new(state, "by-hand/told", state.word(), "seen by you");
    let reading = Reading::Says(Box::new(says));
    let listing = id(page);
    house
        .db
        .write(|transaction| {
            let at = house.clock.now();
            keep(
                transaction,
                &house.plan,
                (&listing, at, Source::ByHand),
                reading,
                None,
            )
        })
        .context("recording the look")?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_state_has_a_key_of_its_own_that_means_nothing_else() {
        let keys: BTreeSet<char> = Availability::ALL.into_iter().map(key_of).collect();
        assert_eq!(keys.len(), Availability::ALL.len());
        for state in Availability::ALL {
            for key in [key_of(state), key_of(state).to_ascii_uppercase()] {
                assert_eq!(meant(&Key::Char(key), true), Some(Answer::State(state)));
            }
        }
        assert_eq!(meant(&Key::Enter, true), Some(Answer::Same));
        assert_eq!(meant(&Key::Enter, false), None, "nothing was seen before");
        assert_eq!(meant(&Key::Char('s'), true), Some(Answer::Skip));
        assert_eq!(meant(&Key::Char('?'), true), None);
    }
}
