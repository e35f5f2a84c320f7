//! Faults of DOMAIN §2 that a page can show, planted in a drawn launch, each with the moment from
//! which acting on it is right.

use jiff::{SignedDuration, Timestamp, ToSpan as _};

use crate::launch::{AMAZON, Launch, STORES, after, dated, priced, says};
use pubwatch::book::launch::begun_everywhere;
use pubwatch::book::{Availability, NoteKind, StoreId};
use pubwatch::judge::Severity;
use pubwatch::judge::windows::{WindowName, Windows};
use pubwatch::page::{Reading, UnreadReason};

macro_rules! kinds {
    ($($variant:ident $name:literal $source:literal)*) => {
        /// A kind of fault.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub(crate) enum Kind {
            $(#[doc = concat!("DOMAIN ", $source)] $variant,)*
        }

        impl Kind {
            /// Every kind.
            pub(crate) const ALL: &[Self] = &[$(Self::$variant),*];

            /// The name in the report.
                    pub(crate) fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),* }
            }
        }
    };
}

kinds! {
    UnavailableInPreOrder "unavailable-in-pre-order" "F1"
    NeverListed "never-listed" "F2"
    TemporarilyOut "temporarily-out-of-stock" "F4"
    ShipsInWeeks "ships-in-weeks" "F5"
    OtherSellers "other-sellers-only" "F6"
    Vanished "vanished" "F7"
    Unavailable "unavailable-when-steady" "F8, F35"
    RevisionTooLong "revision-too-long" "F9"
    OffAfterDate "off-after-the-date" "F13"
    StillPreOrder "still-pre-order" "F14"
    SoldOnOldDate "sold-on-an-old-date" "F15"
    WrongDate "wrong-date" "F16"
    LabelLostEarly "label-lost-early" "F19"
    KdpForgotten "kdp-forgotten" "F20"
    OldCover "old-cover" "F23"
    WrongProduct "wrong-product" "F25"
    PriceAboveList "price-above-list" "F30"
    KdpNotLive "kdp-not-live" "F38"
}

/// A fault that was planted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Planted {
    /// Its kind.
    pub(crate) kind: Kind,
    /// Where the store whose page shows it stands in [`STORES`].
    pub(crate) index: usize,
    /// When acting on it becomes right.
    pub(crate) act: Act,
    /// What a letter must tell of it at least.
    pub(crate) severity: Severity,
}

/// When acting on a fault becomes right.
///
/// It is reckoned from the windows and the planted times, not asked of the rules: it is what they
/// are held against.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Act {
    /// A window that began with a date or a note, and so is known beforehand.
    From(Timestamp),
    /// So long after the first look that can have seen it, but not before some moment.
    AfterFirstSight {
        /// The page shows it from then on.
        begins: Timestamp,
        /// The window; without one a second sighting is enough.
        window: Option<WindowName>,
        /// Acting is not right before that.
        not_before: Option<Timestamp>,
    },
    /// Unavailable in the pre-order: ten days after the first sight, or three once the last two
    /// weeks before the date have begun.
    InPreOrder {
        /// The page shows it from then on.
        begins: Timestamp,
        /// When the last two weeks begin.
        early_ship: Timestamp,
    },
}

/// Changes are looked at again after this time.
const CONFIRM: SignedDuration = SignedDuration::from_hours(6);

impl Planted {
    /// The store whose page shows it.
    pub(crate) fn store(&self) -> StoreId {
        StoreId::new(STORES[self.index])
    }

    /// The moment from which acting is right, when the page was looked at at `looks`; `None` when
    /// nobody has looked since it began.
    pub(crate) fn act_from(&self, looks: &[Timestamp], windows: &Windows) -> Option<Timestamp> {
        let first_sight = |begins: Timestamp| looks.iter().copied().find(|look| begins <= *look);
        let act = |name: WindowName, start: Timestamp| {
            windows.window(name).act_from(start).unwrap_or(start)
        };
        match self.act {
            Act::From(moment) => Some(moment),
            Act::AfterFirstSight {
                begins,
                window,
                not_before,
            } => {
                let seen = first_sight(begins)?;
                // Whatever the window, a change counts only when it was seen twice.
                let counts = seen + CONFIRM;
                let from = window.map_or(counts, |name| act(name, seen).max(counts));
                Some(not_before.map_or(from, |moment| moment.max(from)))
            }
            Act::InPreOrder { begins, early_ship } => {
                let seen = first_sight(begins)?;
                let usual = act(WindowName::PreOrderUnavailable, seen);
                let late = act(WindowName::PreOrderUnavailableLate, seen);
                Some(usual.min(late.max(early_ship)))
            }
        }
    }
}

/// Plants a fault, in the way in which it shows on pages.
pub(crate) fn plant(
    launch: &mut Launch,
    kind: Kind,
    windows: &Windows,
    rng: &mut fastrand::Rng,
) -> Planted {
    let index = store_for(launch, kind, rng);
    let act = match kind {
        Kind::UnavailableInPreOrder
        | Kind::NeverListed
        | Kind::WrongDate
        | Kind::LabelLostEarly
        | Kind::SoldOnOldDate => before_the_date(launch, (kind, index), windows, rng),
        Kind::OffAfterDate | Kind::StillPreOrder | Kind::KdpForgotten | Kind::KdpNotLive => {
            on_the_date(launch, (kind, index), windows)
        }
        Kind::TemporarilyOut
        | Kind::ShipsInWeeks
        | Kind::OtherSellers
        | Kind::Vanished
        | Kind::Unavailable
        | Kind::RevisionTooLong
        | Kind::OldCover
        | Kind::WrongProduct
        | Kind::PriceAboveList => when_steady(launch, (kind, index), windows, rng),
    };
    let severity = if kind == Kind::PriceAboveList {
        Severity::Watch
    } else {
        Severity::Act
    };
    Planted {
        kind,
        index,
        act,
        severity,
    }
}

fn seen(begins: Timestamp, window: WindowName) -> Act {
    Act::AfterFirstSight {
        begins,
        window: Some(window),
        not_before: None,
    }
}

fn seen_twice(begins: Timestamp) -> Act {
    Act::AfterFirstSight {
        begins,
        window: None,
        not_before: None,
    }
}

fn fixed(windows: &Windows, window: WindowName, start: Timestamp) -> Act {
    Act::From(windows.window(window).act_from(start).unwrap_or(start))
}

#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "`plant` has sorted the kinds already"
)]
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
            fixed(windows, window, begun_everywhere(launch.enabled))
        }
        Kind::WrongDate => {
            let begins = launch.listed_at(index).max(after(launch.start, 24));
            let late = launch.date.saturating_add(30.days());
            launch.from_then_on(index, begins, dated(Availability::PreOrder, late));
            // It is sold on the date, or the fault would become another one.
            launch.lines[index].insert(date, says(Availability::InStock));
            seen(begins, WindowName::DateDiffers)
        }
        Kind::LabelLostEarly => {
            let begins = after(date, -24 * rng.i64(19..21));
            launch.lines[index].clear();
            let listed = after(launch.start, 24);
            launch.lines[index].insert(listed, says(Availability::PreOrder));
            launch.from_then_on(index, begins, says(Availability::InStock));
            seen(begins, WindowName::LabelLost)
        }
        Kind::SoldOnOldDate => {
            let begins = after(date, -24 * rng.i64(4..12));
            let old = launch.date.saturating_sub(20.days());
            launch.from_then_on(index, begins, dated(Availability::InStock, old));
            seen_twice(begins)
        }
        _ => {
            // Barnes & Noble takes orders before Amazon's page says that it cannot be had.
            let begins = after(launch.listed_at(1), 24).max(launch.listed_at(index));
            launch.from_then_on(index, begins, says(Availability::OutOfStock));
            // Amazon's page may have begun as unavailable, and then has said so for longer.
            let begins = launch.newest_state_since(index);
            Act::InPreOrder { begins, early_ship }
        }
    }
}

#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "`plant` has sorted the kinds already"
)]
fn on_the_date(launch: &mut Launch, (kind, index): (Kind, usize), windows: &Windows) -> Act {
    let date = begun_everywhere(launch.date);
    match kind {
        Kind::OffAfterDate => {
            let begins = launch.release_day();
            launch.from_then_on(index, begins, says(Availability::OutOfStock));
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
            launch.from_then_on(index, after(published, 2), says(Availability::OutOfStock));
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

#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "`plant` has sorted the kinds already"
)]
fn when_steady(
    launch: &mut Launch,
    (kind, index): (Kind, usize),
    windows: &Windows,
    rng: &mut fastrand::Rng,
) -> Act {
    let begins = after(launch.release_day(), 24 * rng.i64(20..24) + rng.i64(0..24));
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
            launch.from_then_on(index, sold, priced(Availability::InStock, 1699, cover));
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
        Kind::PriceAboveList => (
            priced(Availability::InStock, 1999, "https://img.example/cover"),
            seen_twice(begins),
        ),
        _ => (says(Availability::OutOfStock), seen_twice(begins)),
    };
    launch.from_then_on(index, begins, reading);
    act
}

/// The store whose page shows the fault, and what else the kind needs of the launch.
fn store_for(launch: &mut Launch, kind: Kind, rng: &mut fastrand::Rng) -> usize {
    match kind {
        Kind::KdpForgotten | Kind::KdpNotLive => {
            if !launch.is_switched {
                launch.is_switched = true;
                launch.distribution = pubwatch::book::Distribution::IngramSpark;
                let published = after(launch.release_day(), rng.i64(0..12));
                launch.note(NoteKind::KdpPublished { on: None }, published);
            }
            AMAZON
        }
        Kind::UnavailableInPreOrder => AMAZON,
        Kind::PriceAboveList => 2,
        Kind::OffAfterDate
        | Kind::StillPreOrder
        | Kind::SoldOnOldDate
        | Kind::LabelLostEarly
        | Kind::OldCover => rng.usize(1..STORES.len()),
        Kind::NeverListed
        | Kind::TemporarilyOut
        | Kind::ShipsInWeeks
        | Kind::OtherSellers
        | Kind::Vanished
        | Kind::Unavailable
        | Kind::RevisionTooLong
        | Kind::WrongDate
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
    use super::*;

    #[test]
    fn every_kind_can_be_planted_in_every_launch() {
        let windows = Windows::new(&[]).unwrap();
        for seed in 0..40 {
            for kind in Kind::ALL {
                let mut rng = fastrand::Rng::with_seed(seed);
                let mut launch = Launch::draw(&mut rng);
                let planted = plant(&mut launch, *kind, &windows, &mut rng);
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
        let mut launch = Launch::draw(&mut rng);
        let (began, elsewhere) = (after(launch.start, 48), after(launch.start, 50));
        let takes_orders = after(began, 7 * 24);
        launch.lines[AMAZON] = [
            (began, says(Availability::OutOfStock)),
            (takes_orders, says(Availability::PreOrder)),
        ]
        .into();
        launch.lines[1] = [(elsewhere, says(Availability::PreOrder))].into();
        let kind = Kind::UnavailableInPreOrder;
        let planted = plant(&mut launch, kind, &windows, &mut rng);
        let Act::InPreOrder { begins, .. } = planted.act else {
            panic!("{planted:?}");
        };
        assert_eq!(begins, began);
    }

    #[test]
    fn a_second_sighting_counts_from_the_first_look_not_from_the_fault() {
        let windows = Windows::new(&[]).unwrap();
        let at = |hours| after(Timestamp::UNIX_EPOCH, hours);
        let planted = |act| Planted {
            kind: Kind::Vanished,
            index: 0,
            act,
            severity: Severity::Act,
        };
        let looks = [at(0), at(24), at(30), at(48)];
        let vanished = planted(seen_twice(at(5)));
        assert_eq!(vanished.act_from(&looks, &windows), Some(at(30)));
        assert_eq!(vanished.act_from(&looks[..1], &windows), None);
        let slow = planted(seen(at(5), WindowName::ShipsInWeeks));
        assert_eq!(slow.act_from(&looks, &windows), Some(at(24 + 21 * 24)));
    }
}
