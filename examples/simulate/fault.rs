//! Faults of DOMAIN §2 that a page can show, and the moment from which acting on each is right.

use jiff::{SignedDuration, Timestamp};
use pubwatch::judge::Severity;
use pubwatch::judge::windows::{WindowName, Windows};

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
    NeverPublished "never-published-at-kdp" "F20, F13"
    KindleGone "kindle-page-gone" "§9"
    EbookNotLive "kdp-ebook-not-live" "F38, §9"
    OldDateOnSale "old-date-on-sale" "F16, §9"
    SeveralStores "several-stores-at-once" "F11"
    GoneWhenOnSale "gone-soon-after-the-date" "F7"
    NeverFollows "old-date-after-a-move" "F15, §1.1 B"
    RevisionNeverBack "revision-never-back" "F9"
    PrintedRunOut "printed-run-out" "§1.2"
}

/// A fault that was planted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Planted {
    /// Its kind.
    pub(crate) kind: Kind,
    /// Where the stores whose pages show it stand among the launch's.
    pub(crate) stores: Vec<usize>,
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

/// By a window that counts from the first look that can have seen it.
pub(crate) fn seen(begins: Timestamp, window: WindowName) -> Act {
    Act::AfterFirstSight {
        begins,
        window: Some(window),
        not_before: None,
    }
}

/// Once it was seen twice.
pub(crate) fn seen_twice(begins: Timestamp) -> Act {
    Act::AfterFirstSight {
        begins,
        window: None,
        not_before: None,
    }
}

/// By a window that began with a date or a note.
pub(crate) fn fixed(windows: &Windows, window: WindowName, start: Timestamp) -> Act {
    Act::From(windows.window(window).act_from(start).unwrap_or(start))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::launch::after;

    #[test]
    fn a_second_sighting_counts_from_the_first_look_not_from_the_fault() {
        let windows = Windows::new(&[]).unwrap();
        let at = |hours| after(Timestamp::UNIX_EPOCH, hours);
        let planted = |act| Planted {
            kind: Kind::Vanished,
            stores: vec![0],
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
