//! Planting a fault in a drawn launch, in the way in which it shows on pages.

#![expect(
    clippy::wildcard_enum_match_arm,
    clippy::too_many_lines,
    reason = "a table of courses and faults, with an arm for those that differ"
)]

use jiff::ToSpan as _;
use pubwatch::book::launch::begun_everywhere;
use pubwatch::book::{Availability, Distribution, NoteKind, StoreId};
use pubwatch::judge::Severity;
use pubwatch::judge::windows::{WindowName, Windows};
use pubwatch::page::{Reading, UnreadReason};

use crate::draw::{Course, draw};
use crate::fault::{Act, Kind, Planted, fixed, seen, seen_twice};
use crate::launch::{AMAZON, Launch, STORES, after, dated, priced, says};

/// Draws a launch of the course in which such a fault happens, and plants it there.
pub(crate) fn plant(kind: Kind, windows: &Windows, rng: &mut fastrand::Rng) -> (Launch, Planted) {
    let mut launch = draw(course(kind), rng);
    let index = store_for(&mut launch, kind, rng);
    let mut stores = vec![index];
    let act = match kind {
        Kind::UnavailableInPreOrder
        | Kind::NeverListed
        | Kind::WrongDate
        | Kind::LabelLostEarly
        | Kind::SoldOnOldDate => before_the_date(&mut launch, (kind, index), windows, rng),
        Kind::OffAfterDate | Kind::StillPreOrder | Kind::KdpForgotten | Kind::KdpNotLive => {
            on_the_date(&mut launch, (kind, index), windows)
        }
        Kind::NeverPublished | Kind::KindleGone | Kind::EbookNotLive => {
            at_kdp(&mut launch, kind, windows, rng)
        }
        Kind::OldDateOnSale | Kind::GoneWhenOnSale => {
            soon_after_the_date(&mut launch, (kind, index), rng)
        }
        Kind::NeverFollows => never_follows(&mut launch, index, windows),
        Kind::SeveralStores => {
            stores = vec![1, 2];
            let begins = after(launch.release_day(), 24 * rng.i64(20..24) + rng.i64(0..24));
            let second = after(begins, rng.i64(0..12));
            launch.then_on(1, begins, says(Availability::OutOfStock));
            launch.then_on(2, second, says(Availability::OutOfStock));
            seen_twice(begins)
        }
        Kind::TemporarilyOut
        | Kind::ShipsInWeeks
        | Kind::OtherSellers
        | Kind::Vanished
        | Kind::Unavailable
        | Kind::RevisionTooLong
        | Kind::RevisionNeverBack
        | Kind::OldCover
        | Kind::WrongProduct
        | Kind::PrintedRunOut
        | Kind::PriceAboveList => when_steady(&mut launch, (kind, index), windows, rng),
    };
    let severity = if kind == Kind::PriceAboveList {
        Severity::Watch
    } else {
        Severity::Act
    };
    let planted = Planted {
        kind,
        stores,
        act,
        severity,
    };
    (launch, planted)
}

fn course(kind: Kind) -> Course {
    match kind {
        Kind::NeverPublished | Kind::OldDateOnSale => Course::KdpOnly,
        Kind::KindleGone => Course::Kindle,
        Kind::EbookNotLive => Course::KindleAtOnce,
        Kind::NeverFollows => Course::Moved,
        Kind::PrintedRunOut => Course::Offset,
        _ => Course::Print,
    }
}

/// Amazon's page where KDP alone brings the book there.
fn at_kdp(launch: &mut Launch, kind: Kind, windows: &Windows, rng: &mut fastrand::Rng) -> Act {
    let date = launch.release_day();
    if kind == Kind::KindleGone {
        launch.notes.clear();
        let gone = after(date, rng.i64(-72..-48));
        launch.then_on(AMAZON, gone, says(Availability::NotListed));
        return seen_twice(gone);
    }
    launch.lines[AMAZON].clear();
    if kind == Kind::EbookNotLive {
        let published = launch.published().unwrap_or(date);
        return fixed(windows, WindowName::KdpClicked, published);
    }
    launch.notes.clear();
    let begun = begun_everywhere(launch.date);
    fixed(windows, WindowName::ReleaseAmazonNotKdp, begun)
}

fn soon_after_the_date(
    launch: &mut Launch,
    (kind, index): (Kind, usize),
    rng: &mut fastrand::Rng,
) -> Act {
    if kind == Kind::OldDateOnSale {
        let begins = launch.newest_state_since(index);
        let old = launch.date.saturating_sub(rng.i64(70..2000).days());
        launch.then_on(index, begins, dated(Availability::InStock, old));
        return seen(begins, WindowName::DateDiffers);
    }
    let begins = after(launch.release_day(), rng.i64(4 * 24..12 * 24));
    launch.then_on(index, begins, says(Availability::NotListed));
    seen(begins, WindowName::Delisted)
}

/// A page that was listed before the move shows the old date until the new one comes.
///
/// What is reckoned is the earliest of: the window of a changed record; a week before the store
/// sells on the old date, two weeks after the move at the earliest; the old date itself.
fn never_follows(launch: &mut Launch, index: usize, windows: &Windows) -> Act {
    let (date, end) = (launch.release_day(), launch.end);
    let Some((before, moved)) = launch.moved else {
        return Act::From(end);
    };
    let listed = after(moved, -5 * 24);
    launch.lines[index].clear();
    launch.lines[index].insert(listed, dated(Availability::PreOrder, before));
    launch.lines[index].insert(date, says(Availability::InStock));
    let old = pubwatch::book::launch::midnight_gmt(before);
    let comes = after(old, -7 * 24).max(after(moved, 14 * 24));
    let window = windows.window(WindowName::MetaIngramText);
    let late = window.act_from(moved).unwrap_or(end);
    Act::From(comes.min(late).min(old))
}

#[expect(clippy::wildcard_enum_match_arm, reason = "`plant` has sorted the kinds already")]
fn before_the_date(
    launch: &mut Launch,
    (kind, index): (Kind, usize),
    windows: &Windows,
    rng: &mut fastrand::Rng,
) -> Act {
    let date = launch.release_day();
    let early_ship = after(date, -14 * 24);
    match kind {
        Kind::NeverListed => {
            launch.lines[index].clear();
            let window = WindowName::listing_at(&StoreId::new(STORES[index]));
            fixed(
                windows,
                window,
                begun_everywhere(launch.enabled.unwrap_or(launch.date)),
            )
        }
        Kind::WrongDate => {
            let begins = launch.listed_at(index).max(after(launch.start, 24));
            let late = launch.date.saturating_add(30.days());
            launch.then_on(index, begins, dated(Availability::PreOrder, late));
            // It is sold on the date, or the fault would become another one.
            launch.lines[index].insert(date, says(Availability::InStock));
            seen(begins, WindowName::DateDiffers)
        }
        Kind::LabelLostEarly => {
            let begins = after(date, -24 * rng.i64(19..21));
            launch.lines[index].clear();
            let listed = after(launch.start, 24);
            launch.lines[index].insert(listed, says(Availability::PreOrder));
            launch.then_on(index, begins, says(Availability::InStock));
            seen(begins, WindowName::LabelLost)
        }
        Kind::SoldOnOldDate => {
            let begins = after(date, -24 * rng.i64(4..12));
            let old = launch.date.saturating_sub(20.days());
            launch.then_on(index, begins, dated(Availability::InStock, old));
            seen_twice(begins)
        }
        _ => {
            // Barnes & Noble takes orders before Amazon's page says that it cannot be had.
            let begins = after(launch.listed_at(1), 24).max(launch.listed_at(index));
            launch.then_on(index, begins, says(Availability::OutOfStock));
            // Amazon's page may have begun as unavailable, and then has said so for longer.
            let begins = launch.newest_state_since(index);
            Act::InPreOrder { begins, early_ship }
        }
    }
}

#[expect(clippy::wildcard_enum_match_arm, reason = "`plant` has sorted the kinds already")]
fn on_the_date(launch: &mut Launch, (kind, index): (Kind, usize), windows: &Windows) -> Act {
    let date = begun_everywhere(launch.date);
    match kind {
        Kind::OffAfterDate => {
            let begins = launch.release_day();
            launch.then_on(index, begins, says(Availability::OutOfStock));
            // The clock runs from the date, or from when the page was first seen so, if later.
            Act::AfterFirstSight {
                begins: begins.max(date),
                window: Some(WindowName::ReleaseIngramFed),
                not_before: None,
            }
        }
        Kind::KdpNotLive => {
            let published = launch
                .notes
                .iter()
                .find(|note| note.kind == NoteKind::KdpPublished { on: None })
                .map_or(date, |note| note.at);
            launch.then_on(index, after(published, 2), says(Availability::OutOfStock));
            fixed(windows, WindowName::KdpClicked, published)
        }
        _ => {
            launch.notes.retain(|note| {
                kind != Kind::KdpForgotten || note.kind != NoteKind::KdpPublished { on: None }
            });
            stay_pre_order(launch, index);
            fixed(windows, WindowName::ReleaseIngramFed, date)
        }
    }
}

#[expect(clippy::wildcard_enum_match_arm, reason = "`plant` has sorted the kinds already")]
fn when_steady(
    launch: &mut Launch,
    (kind, index): (Kind, usize),
    windows: &Windows,
    rng: &mut fastrand::Rng,
) -> Act {
    let begins = after(launch.release_day(), 24 * rng.i64(20..24) + rng.i64(0..24));
    // What is out already, as a printed run may be, is so since then.
    let begins = launch.out_since(index, begins).unwrap_or(begins);
    let (reading, act) = match kind {
        Kind::TemporarilyOut => {
            let by_kdp = launch.is_switched && index == AMAZON;
            let window = if by_kdp {
                WindowName::TempOosKdp
            } else {
                WindowName::TempOosIngram
            };
            (says(Availability::BackOrder), seen(begins, window))
        }
        Kind::ShipsInWeeks => (
            says(Availability::ShipsLater),
            seen(begins, WindowName::ShipsInWeeks),
        ),
        Kind::OtherSellers => (
            says(Availability::ThirdPartyOnly),
            seen(begins, WindowName::ThirdPartyOnly),
        ),
        Kind::Vanished => (says(Availability::NotListed), seen_twice(begins)),
        Kind::RevisionTooLong => {
            let started = after(begins, -2);
            launch.note(NoteKind::RevisionStarted, started);
            (
                says(Availability::OutOfStock),
                fixed(windows, WindowName::Revision, started),
            )
        }
        Kind::OldCover => {
            let cover = "https://img.example/old";
            let sold = launch.release_day();
            launch.then_on(index, sold, priced(Availability::InStock, 1699, cover));
            launch.note(NoteKind::RevisionDone, begins);
            for note in launch.notes.iter_mut().filter(|note| note.at == begins) {
                note.text = Some("new cover".to_owned());
            }
            (
                priced(Availability::InStock, 1699, cover),
                fixed(windows, WindowName::MetaIngramCover, begins),
            )
        }
        Kind::WrongProduct => (
            Reading::unread(UnreadReason::WrongProduct, "simulate", "another ISBN"),
            seen(begins, WindowName::WrongProduct),
        ),
        Kind::RevisionNeverBack => {
            launch.note(NoteKind::RevisionStarted, after(begins, -2));
            let done = after(begins, rng.i64(24..4 * 24));
            launch.note(NoteKind::RevisionDone, done);
            (
                says(Availability::OutOfStock),
                fixed(windows, WindowName::RevisionDone, done),
            )
        }
        Kind::PrintedRunOut => (
            says(Availability::OutOfStock),
            seen(begins, WindowName::PrintedRunOut),
        ),
        Kind::PriceAboveList => (
            priced(Availability::InStock, 1999, "https://img.example/cover"),
            seen_twice(begins),
        ),
        _ => (says(Availability::OutOfStock), seen_twice(begins)),
    };
    launch.then_on(index, begins, reading);
    act
}

/// The store whose page shows the fault, and what else the kind needs of the launch.
fn store_for(launch: &mut Launch, kind: Kind, rng: &mut fastrand::Rng) -> usize {
    match kind {
        Kind::KdpForgotten | Kind::KdpNotLive => {
            if !launch.is_switched {
                launch.is_switched = true;
                launch.distribution = Distribution::IngramSpark;
                let published = after(launch.release_day(), rng.i64(0..12));
                launch.note(NoteKind::KdpPublished { on: None }, published);
            }
            AMAZON
        }
        Kind::UnavailableInPreOrder
        | Kind::NeverPublished
        | Kind::KindleGone
        | Kind::EbookNotLive
        | Kind::OldDateOnSale => AMAZON,
        Kind::NeverFollows => {
            // Only a date that was moved to a later day is one on which a store would sell too early.
            while launch.moved.is_none_or(|(before, _)| launch.date < before) {
                *launch = draw(Course::Moved, rng);
            }
            rng.usize(1..STORES.len())
        }
        Kind::PriceAboveList => 2,
        Kind::OffAfterDate
        | Kind::StillPreOrder
        | Kind::SoldOnOldDate
        | Kind::LabelLostEarly
        | Kind::GoneWhenOnSale
        | Kind::SeveralStores
        | Kind::RevisionNeverBack
        | Kind::OldCover => rng.usize(1..STORES.len()),
        Kind::NeverListed
        | Kind::TemporarilyOut
        | Kind::ShipsInWeeks
        | Kind::OtherSellers
        | Kind::Vanished
        | Kind::Unavailable
        | Kind::RevisionTooLong
        | Kind::WrongDate
        | Kind::PrintedRunOut
        | Kind::WrongProduct => rng.usize(0..STORES.len()),
    }
}

fn stay_pre_order(launch: &mut Launch, index: usize) {
    let sold = launch.release_day();
    launch.lines[index].retain(|at, reading| {
        *at < sold
            && !reading
                .availability()
                .is_some_and(Availability::is_released)
    });
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;

    #[test]
    fn every_kind_can_be_planted_in_every_launch() {
        let windows = Windows::new(&[]).unwrap();
        for seed in 0..40 {
            for kind in Kind::ALL {
                let mut rng = fastrand::Rng::with_seed(seed);
                let (launch, planted) = plant(*kind, &windows, &mut rng);
                assert_eq!(planted.kind, *kind);
                let daily: Vec<Timestamp> =
                    (0..200).map(|day| after(launch.start, day * 24)).collect();
                let act_from = planted.act_from(&daily, &windows).unwrap();
                assert!(
                    launch.start < act_from && act_from < launch.end,
                    "{kind:?} with seed {seed}: {act_from}"
                );
            }
        }
    }

    #[test]
    fn a_page_that_began_as_unavailable_has_been_so_since_it_began() {
        let windows = Windows::new(&[]).unwrap();
        let mut rng = fastrand::Rng::with_seed(1);
        let mut launch = draw(Course::Print, &mut rng);
        let (began, elsewhere) = (after(launch.start, 48), after(launch.start, 50));
        let takes_orders = after(began, 7 * 24);
        launch.lines[AMAZON] = [
            (began, says(Availability::OutOfStock)),
            (takes_orders, says(Availability::PreOrder)),
        ]
        .into();
        launch.lines[1] = [(elsewhere, says(Availability::PreOrder))].into();
        let kind = Kind::UnavailableInPreOrder;
        let act = before_the_date(&mut launch, (kind, AMAZON), &windows, &mut rng);
        let Act::InPreOrder { begins, .. } = act else {
            panic!("{act:?}");
        };
        assert_eq!(begins, began);
    }
}
