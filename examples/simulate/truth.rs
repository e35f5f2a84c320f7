//! Whether a page is as it should be, by the truth of a script: what no look, window or rule decides.

use jiff::Timestamp;
use jiff::civil::Date;
use pubwatch::book::launch::begun_everywhere;
use pubwatch::book::{Availability, NoteKind};
use pubwatch::page::{Reading, Says};
use pubwatch::story::expect::Sent;
use pubwatch::story::play::Played;

use crate::launch::{Launch, after};

/// A listing is steady so long after its date: until then any wording that takes orders will do.
const STEADY_HOURS: i64 = 17 * 24;

/// The list price of every edition.
const LIST_CENTS: i64 = 1699;

/// The all-clears that were none, each in a line: at the newest look before the letter, the page of
/// a store that it names did not show what it should.
pub(crate) fn wrong_all_clears(played: &Played, editions: &[(String, Launch)]) -> Vec<String> {
    let letters = played.sent.iter();
    letters
        .flat_map(|letter| wrong_in(letter, played, editions))
        .collect()
}

fn wrong_in(letter: &Sent, played: &Played, editions: &[(String, Launch)]) -> Vec<String> {
    let is_its = |isbn: &str| {
        letter
            .edition
            .as_ref()
            .is_some_and(|own| own.as_str() == isbn)
    };
    let Some((isbn, launch)) = editions.iter().find(|(isbn, _)| is_its(isbn)) else {
        return Vec::new();
    };
    let mut wrong = Vec::new();
    for store in letter
        .tells
        .iter()
        .filter(|told| told.is_clear)
        .flat_map(|told| &told.stores)
    {
        let mut looks = played.looks.iter().rev();
        let look = looks.find(|look| {
            look.at <= letter.at
                && look.listing.store == *store
                && look.listing.edition.as_str() == isbn
        });
        let index = launch
            .stores
            .iter()
            .position(|name| *name == store.as_str());
        let (Some(look), Some(index)) = (look, index) else {
            continue;
        };
        if !is_right(launch, index, look.at) {
            let shown = launch.page(index, look.at);
            let shown = match &shown {
                Reading::Says(says) => format!("{} {:?}", says.availability.name(), says.date),
                Reading::Unread(unread) => unread.reason.words().to_owned(),
            };
            wrong.push(format!("{}\n  {store} showed: {shown}", letter.line()));
        }
    }
    wrong
}

/// The page shows what it should at that moment.
///
/// 1. Before the date has begun everywhere: it takes orders, with the date in force or none, and
///    has not lost its label more than two weeks ahead.
/// 2. From then on: it sells; once steady, without a wait; and with no date months off.
/// 3. Always: no price above the list, and no old cover after new files.
pub(crate) fn is_right(launch: &Launch, index: usize, at: Timestamp) -> bool {
    let Reading::Says(says) = launch.page(index, at) else {
        return false;
    };
    let date = launch.date_at(at);
    let begun = begun_everywhere(date);
    let apart = |shown: Date| (shown - date).get_days().abs();
    let offers = if at < begun {
        let was_pre_order = launch.lines[index]
            .range(..=at)
            .any(|(_, before)| before.availability() == Some(Availability::PreOrder));
        let is_label_lost = at < after(launch.release_day(), -14 * 24)
            && was_pre_order
            && says.availability != Availability::PreOrder;
        says.availability.is_orderable()
            && !is_label_lost
            && says.date.is_none_or(|shown| apart(shown) <= 1)
    } else {
        let is_steady = after(begun, STEADY_HOURS) <= at;
        let sells = if is_steady {
            says.availability == Availability::InStock
        } else {
            says.availability.is_released()
        };
        sells && says.date.is_none_or(|shown| apart(shown) < 60)
    };
    offers
        && says
            .price
            .as_ref()
            .is_none_or(|price| price.minor <= LIST_CENTS)
        && !is_old(launch, &says, at)
}

fn is_old(launch: &Launch, says: &Says, at: Timestamp) -> bool {
    let is_done = launch
        .notes
        .iter()
        .any(|note| note.kind == NoteKind::RevisionDone && note.at <= at);
    is_done
        && says
            .cover
            .as_ref()
            .is_some_and(|cover| cover.ends_with("/old"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draw::{Course, draw};
    use crate::launch::{dated, priced, says};
    use jiff::ToSpan as _;

    #[test]
    fn a_page_is_right_when_it_offers_the_book_with_its_date_and_price() {
        let mut launch = draw(Course::Print, &mut fastrand::Rng::with_seed(1));
        let date = launch.release_day();
        let other = launch.date.saturating_add(5.days());
        for (hours, reading, expected) in [
            (-500, dated(Availability::PreOrder, launch.date), true),
            (-500, dated(Availability::PreOrder, other), false),
            (-500, says(Availability::OutOfStock), false),
            (11, says(Availability::PreOrder), true),
            (13, says(Availability::PreOrder), false),
            (13, says(Availability::BackOrder), true),
            (18 * 24, says(Availability::BackOrder), false),
            (18 * 24, says(Availability::InStock), true),
            (18 * 24, priced(Availability::InStock, 1999, "/new"), false),
        ] {
            let at = after(date, hours);
            launch.lines[1] = [(at, reading)].into();
            assert_eq!(is_right(&launch, 1, at), expected, "{:?}", launch.lines[1]);
        }
    }
}
