//! The kinds of findings: a closed list with its facts, what they have in common, and how each is
//! told.

#![expect(clippy::wildcard_enum_match_arm, reason = "a question about a few kinds names those")]

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use strum::{IntoStaticStr, VariantNames};

use super::finding::Finding;
use super::rules::by_hand::{HandDay, HandLook};
use super::rules::calendar::MilestoneId;
use crate::book::{Availability, Format, Money, StoreId};
use crate::page::{Unread, UnreadReason};

/// Every kind of finding. Names are in kebab case, as `stores-disagree`, in stories, programs and
/// the database.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, IntoStaticStr, VariantNames)]
#[serde(tag = "kind", rename_all = "kebab-case", rename_all_fields = "snake_case")]
#[strum(serialize_all = "kebab-case")]
pub enum FindingKind {
    /// KDP asks for proof of the rights.
    RightsQuery {
        /// Until when to answer.
        until: Option<Timestamp>,
    },
    /// A Kindle page is gone before its date.
    KindlePageGone {
        /// The publication date.
        date: Date,
        /// What the page offered before.
        was: Option<Availability>,
    },
    /// Published at KDP, and Amazon does not offer it after 72 hours.
    KdpNotLive(KdpWait),
    /// The same, past KDP's outer limit of ten business days.
    KdpPastOuterLimit(KdpWait),
    /// The day has come, and nobody told us that it is published at KDP.
    PublishAtKdp {
        /// The publication date.
        date: Date,
    },
    /// The same, in the author's morning.
    PublishAtKdpMorning {
        /// The publication date.
        date: Date,
    },
    /// A page sells it before its date, and shows an old one.
    ReleasedEarly {
        /// The date on the page.
        shown: Date,
        /// The edition's.
        date: Date,
    },
    /// A page no longer says pre-order, weeks before the date.
    LabelLost {
        /// The edition's date.
        date: Date,
    },
    /// A page takes orders although distribution is not enabled.
    PageBeforeEnabling,
    /// A page shows another date before the edition's has begun.
    WrongDate {
        /// The date on the page.
        shown: Date,
        /// The edition's.
        date: Date,
        /// It has passed: the store may sell it any day.
        has_passed: bool,
        /// When the author moved the date.
        moved: Option<Timestamp>,
    },
    /// A page that sells it shows a date months or years off.
    OldDateOnSale {
        /// The date on the page.
        shown: Date,
        /// The edition's.
        date: Date,
    },
    /// A page shows a date one day apart: a time zone.
    DateOneDayOff {
        /// The date on the page.
        shown: Date,
        /// The edition's.
        date: Date,
    },
    /// A page that was there is gone.
    Vanished {
        /// What it offered before.
        was: Option<Availability>,
        /// Amazon stores that sell the edition.
        sold_at: Vec<StoreId>,
    },
    /// A page has no buy button although the book has long been out.
    Unavailable,
    /// No store takes orders before the date.
    Stuck,
    /// One store takes no orders, others do.
    StoresDisagree {
        /// Those that take orders.
        others: Vec<StoreId>,
    },
    /// A page takes pre-orders after the date.
    StillPreOrder {
        /// The edition's date at that store.
        date: Date,
        /// Stores that sell it.
        others: Vec<StoreId>,
    },
    /// Only other sellers offer it.
    ThirdPartyOnly,
    /// A store has never listed it, before its date.
    Missing {
        /// The window counts from then.
        counts_from: Timestamp,
        /// Distribution was enabled then.
        enabled: bool,
        /// Stores that list it.
        others: Vec<StoreId>,
    },
    /// A store has never listed it, and its date has passed.
    NotOnSale {
        /// The edition's date at that store.
        date: Date,
        /// Stores that sell it.
        others: Vec<StoreId>,
    },
    /// The address leads to another product.
    WrongProduct {
        /// The address.
        address: String,
        /// What the page said of itself.
        words: String,
    },
    /// Orders are taken, and delivery takes weeks.
    ShipsInWeeks,
    /// Orders are taken although it is out of stock for now.
    TemporarilyOutOfStock,
    /// A page asks more than the list price.
    PriceAboveList {
        /// What it asks.
        price: Money,
        /// The list price.
        list: Money,
    },
    /// A page shows the old cover after a revision.
    StaleCover {
        /// When the revision was done.
        done: Timestamp,
    },
    /// A page shows the old title after a revision.
    StaleTitle {
        /// When the revision was done.
        done: Timestamp,
    },
    /// A page offers two pages of one format.
    TwoPages,
    /// A page offers another format for pre-order while this one is out.
    FormatsOutOfStep {
        /// The other format, as the page calls it.
        behind: String,
    },
    /// Formats that are on sale are not joined.
    FormatsNotJoined {
        /// The other formats.
        others: Vec<Format>,
    },
    /// A page cannot be read.
    Unread(Blindness),
    /// A page cannot be read, and a notice about its store says so.
    UnreadWithOthers(Blindness),
    /// Several pages at some stores cannot be read.
    StoresUnread {
        /// Each store.
        each: Vec<UnreadStore>,
    },
    /// No store could be reached: our own line.
    LineDown {
        /// For so many hours.
        hours: i64,
    },
    /// Pages that only the author looks at are to be looked at.
    LookByHand(HandLook),
    /// A day of the launch calendar has come.
    Milestone {
        /// Which.
        which: MilestoneId,
        /// Its day.
        day: Date,
    },
    /// The publication date and the on-sale date differ.
    #[strum(serialize = "calendar-dates-differ")]
    #[serde(rename = "calendar-dates-differ")]
    DatesDiffer {
        /// The publication date.
        publication: Date,
        /// The on-sale date.
        on_sale: Date,
    },
    /// A page takes orders for the first time.
    PageAppeared {
        /// The address to share.
        address: String,
    },
    /// A page sells it.
    Released {
        /// The address to share.
        address: String,
    },
    /// Every page sells it.
    ReleasedEverywhere,
    /// How it stands a day after the date.
    #[strum(serialize = "launch-report-24h")]
    #[serde(rename = "launch-report-24h")]
    LaunchReportDay(LaunchState),
    /// How it stands three days after the date.
    #[strum(serialize = "launch-report-72h")]
    #[serde(rename = "launch-report-72h")]
    LaunchReportThreeDays(LaunchState),
    /// Something that was told is over.
    AllClear {
        /// What it was.
        was: Box<Finding>,
        /// Until when it lasted.
        ended: Timestamp,
        /// What the pages offer now.
        now: Vec<(StoreId, Availability)>,
        /// All of them show what they should. What is no question of the state, as a page that
        /// could not be read, may be over before.
        is_clear: bool,
    },
}

/// Waiting for KDP.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KdpWait {
    /// When the author clicked.
    pub clicked: Timestamp,
    /// The day the release was scheduled for.
    pub scheduled: Option<Date>,
    /// From when KDP's time counts.
    pub counts_from: Timestamp,
    /// Amazon stores that sell the edition.
    #[serde(default)]
    pub sold_at: Vec<StoreId>,
}

/// A page that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Blindness {
    /// Why.
    pub unread: Unread,
    /// The newest look that could read it.
    pub last_good: Option<Timestamp>,
    /// Its address.
    pub address: String,
}

/// A store at which several pages cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnreadStore {
    /// The store.
    pub store: StoreId,
    /// How many pages cannot be read.
    pub pages: usize,
    /// Of how many.
    pub of: usize,
    /// Since when.
    pub since: Timestamp,
    /// The commonest reason.
    pub reason: UnreadReason,
    /// None of them was ever read.
    #[serde(default)]
    pub is_never_read: bool,
}

/// How an edition stands at its stores after the date.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LaunchState {
    /// Stores that were seen to sell it.
    pub selling: Vec<StoreId>,
    /// Stores that were seen not to.
    pub behind: Vec<Behind>,
    /// Stores that could not be seen, with since when, and their addresses.
    pub unseen: Vec<(StoreId, Option<Timestamp>, String)>,
    /// Stores about which there is something to do, as a letter of its own says.
    #[serde(default)]
    pub to_act_on: Vec<StoreId>,
    /// All of them have sold it since before the first report was due: a second one has nothing to
    /// add.
    #[serde(default)]
    pub is_settled: bool,
}

/// A store that is behind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Behind {
    /// The store.
    pub store: StoreId,
    /// What its page offers.
    pub state: Availability,
    /// Since when.
    pub since: Timestamp,
}

/// How findings of one kind are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Manner {
    /// A Watch finding is told in a letter when it first appears; otherwise only in the digest.
    pub watch_is_a_letter: bool,
    /// When it is over, an all-clear says so, if a letter had told of it.
    pub has_all_clear: bool,
    /// Its hour matters: its letter never waits for others.
    pub is_urgent: bool,
}

impl FindingKind {
    /// The name in stories, programs and tables.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Milestone { which, .. } => which.name(),
            other => other.into(),
        }
    }

    /// How it is told. A listing that is late but still within what is usual is the ordinary case
    /// in a launch, so it is no letter; nor are other formats and dates one day apart.
    #[expect(clippy::too_many_lines, reason = "an arm for each kind")]
    pub fn manner(&self) -> Manner {
        let usual = Manner {
            watch_is_a_letter: true,
            has_all_clear: true,
            is_urgent: false,
        };
        match self {
            Self::UnreadWithOthers(_)
            | Self::Missing { .. }
            | Self::NotOnSale { .. }
            | Self::TemporarilyOutOfStock
            | Self::ShipsInWeeks
            | Self::StaleCover { .. }
            | Self::StaleTitle { .. } => Manner {
                watch_is_a_letter: false,
                ..usual
            },
            Self::PublishAtKdp { .. }
            | Self::PublishAtKdpMorning { .. }
            | Self::RightsQuery { .. } => Manner {
                has_all_clear: false,
                is_urgent: true,
                ..usual
            },
            Self::KindlePageGone { .. } => Manner {
                is_urgent: true,
                ..usual
            },
            // Once a week is a line in the digest, and around the date a letter.
            Self::LookByHand(look) => Manner {
                watch_is_a_letter: look.day != HandDay::Week,
                has_all_clear: false,
                is_urgent: true,
            },
            Self::DateOneDayOff { .. }
            | Self::PageBeforeEnabling
            | Self::FormatsOutOfStep { .. }
            | Self::TwoPages
            | Self::Milestone { .. }
            | Self::DatesDiffer { .. } => Manner {
                watch_is_a_letter: false,
                has_all_clear: false,
                ..usual
            },
            Self::KdpNotLive(_)
            | Self::KdpPastOuterLimit(_)
            | Self::ReleasedEarly { .. }
            | Self::LabelLost { .. }
            | Self::WrongDate { .. }
            | Self::OldDateOnSale { .. }
            | Self::Vanished { .. }
            | Self::Unavailable
            | Self::Stuck
            | Self::StoresDisagree { .. }
            | Self::StillPreOrder { .. }
            | Self::ThirdPartyOnly
            | Self::WrongProduct { .. }
            | Self::PriceAboveList { .. }
            | Self::FormatsNotJoined { .. }
            | Self::Unread(_)
            | Self::StoresUnread { .. }
            | Self::LineDown { .. }
            | Self::PageAppeared { .. }
            | Self::Released { .. }
            | Self::ReleasedEverywhere
            | Self::LaunchReportDay(_)
            | Self::LaunchReportThreeDays(_)
            | Self::AllClear { .. } => usual,
        }
    }

    /// It goes by the clock and not by a page: reminders and launch reports.
    pub fn goes_by_the_clock(&self) -> bool {
        self.launch_report().is_some()
            || matches!(
                self,
                Self::Milestone { .. }
                    | Self::LookByHand(_)
                    | Self::DatesDiffer { .. }
                    | Self::PublishAtKdp { .. }
                    | Self::PublishAtKdpMorning { .. }
            )
    }

    /// Its step is to look at a page of one edition.
    pub(super) fn is_of_a_page_to_look_at(&self) -> bool {
        matches!(
            self,
            Self::Unread(_) | Self::UnreadWithOthers(_) | Self::LookByHand(_)
        )
    }

    /// How it stands at the stores, where it is a launch report.
    pub fn launch_report(&self) -> Option<&LaunchState> {
        match self {
            Self::LaunchReportDay(state) | Self::LaunchReportThreeDays(state) => Some(state),
            _ => None,
        }
    }

    /// Pages that one party feeds may show it alike for one cause.
    pub(super) fn is_joined_by_cause(&self) -> bool {
        self.is_about_the_state()
            || matches!(
                self,
                Self::WrongDate { .. }
                    | Self::OldDateOnSale { .. }
                    | Self::StaleCover { .. }
                    | Self::StaleTitle { .. }
            )
    }

    /// Stores that are named as witnesses.
    pub(super) fn witnesses_mut(&mut self) -> Option<&mut Vec<StoreId>> {
        match self {
            Self::StoresDisagree { others }
            | Self::StillPreOrder { others, .. }
            | Self::Missing { others, .. }
            | Self::NotOnSale { others, .. }
            | Self::Vanished {
                sold_at: others, ..
            } => Some(others),
            _ => None,
        }
    }

    /// What a page offers is wrong, so that it is over only when the page offers what it should.
    pub fn is_about_the_state(&self) -> bool {
        self.cause().is_about_the_state()
    }

    /// The date on a page that is not the edition's, where it is about one.
    pub fn wrong_date(&self) -> Option<Date> {
        match self {
            Self::WrongDate { shown, .. } | Self::OldDateOnSale { shown, .. } => Some(*shown),
            _ => None,
        }
    }
}
