//! What a rule finds, as data: a closed list of kinds with their facts as fields, and the one next
//! step. No sentence and no formatted date is in it; English is written in [`super::text`].

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr, VariantNames};

use super::rules::calendar::MilestoneId;
use super::windows::{Stage, Window};
use crate::book::{Availability, Format, Money, StoreId};
use crate::page::{Says, Unread, UnreadReason};

/// The form in which findings are kept; one more whenever a kept one could be misread.
pub const FACTS_VERSION: i64 = 1;

/// What a rule thinks now about an edition or some of its listings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// What it is, with its facts.
    #[serde(flatten)]
    pub kind: FindingKind,
    /// The stores that it is about, in the edition's order; empty when it is about the edition.
    pub stores: Vec<StoreId>,
    /// How much it matters now.
    pub severity: Severity,
    /// Since when the thing it is about has lasted.
    pub since: Timestamp,
    /// What the pages of `stores` say, where it rests on them.
    #[serde(default)]
    pub pages: Vec<PageFacts>,
    /// Where it lies in its window.
    #[serde(default)]
    pub stage: Option<Stage>,
    /// What is usual, and who says so.
    #[serde(default)]
    pub usual: Option<Usual>,
    /// Until when it is within what is usual.
    #[serde(default)]
    pub usual_until: Option<Timestamp>,
    /// The date from which acting is right; in the past once `severity` is Act.
    #[serde(default)]
    pub act_from: Option<Timestamp>,
    /// The one next step.
    pub next: NextStep,
}

/// What a page says, as the evidence of a finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageFacts {
    /// The store.
    pub store: StoreId,
    /// What it offers.
    pub state: Availability,
    /// Its own words.
    pub words: String,
    /// The first of the readings that say so.
    pub since: Timestamp,
    /// The newest of them: the evidence reaches so far and no further.
    pub seen: Timestamp,
}

/// Every kind of finding. Names are in kebab case, as `stores-disagree`, in stories, programs and
/// the database.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, IntoStaticStr, VariantNames)]
#[serde(
    tag = "kind",
    rename_all = "kebab-case",
    rename_all_fields = "snake_case"
)]
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
    /// A day of the launch calendar has come.
    Milestone {
        /// Which.
        which: MilestoneId,
        /// Its day.
        day: Date,
    },
    /// The publication date and the on-sale date differ.
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
    /// Something that was told is over: the pages show what they should.
    AllClear {
        /// What it was.
        was: Box<Finding>,
        /// Until when it lasted.
        ended: Timestamp,
        /// What the pages offer now.
        now: Vec<(StoreId, Availability)>,
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

/// What several findings have in common: findings with one cause about the same stores are one
/// alert, whatever their kind at the time.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    EnumString,
    IntoStaticStr,
    VariantNames,
)]
#[serde(rename_all = "kebab-case")]
#[strum(serialize_all = "kebab-case")]
#[expect(missing_docs, reason = "each is named as its kinds")]
pub enum Cause {
    RightsQuery,
    KindlePageGone,
    KdpNotLive,
    KdpPastOuterLimit,
    PublishAtKdp,
    PublishAtKdpMorning,
    ReleasedEarly,
    LabelLost,
    PageBeforeEnabling,
    WrongDate,
    DateOneDayOff,
    Vanished,
    Unavailable,
    StillPreOrder,
    ThirdPartyOnly,
    Missing,
    WrongProduct,
    ShipsInWeeks,
    TemporarilyOutOfStock,
    PriceAboveList,
    StaleCover,
    StaleTitle,
    TwoPages,
    FormatsOutOfStep,
    FormatsNotJoined,
    Unread,
    StoresUnread,
    LineDown,
    #[strum(disabled)]
    Milestone(MilestoneId),
    DatesDiffer,
    PageAppeared,
    Released,
    ReleasedEverywhere,
    LaunchReportDay,
    LaunchReportThreeDays,
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
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Milestone { which, .. } => which.name(),
            other => other.into(),
        }
    }

    /// What it has in common with other kinds.
    #[must_use]
    pub fn cause(&self) -> Cause {
        match self {
            Self::RightsQuery { .. } => Cause::RightsQuery,
            Self::KindlePageGone { .. } => Cause::KindlePageGone,
            Self::KdpNotLive(_) => Cause::KdpNotLive,
            Self::KdpPastOuterLimit(_) => Cause::KdpPastOuterLimit,
            Self::PublishAtKdp { .. } => Cause::PublishAtKdp,
            Self::PublishAtKdpMorning { .. } => Cause::PublishAtKdpMorning,
            Self::ReleasedEarly { .. } => Cause::ReleasedEarly,
            Self::LabelLost { .. } => Cause::LabelLost,
            Self::PageBeforeEnabling => Cause::PageBeforeEnabling,
            Self::WrongDate { .. } | Self::OldDateOnSale { .. } => Cause::WrongDate,
            Self::DateOneDayOff { .. } => Cause::DateOneDayOff,
            Self::Vanished { .. } => Cause::Vanished,
            Self::Unavailable | Self::Stuck | Self::StoresDisagree { .. } => Cause::Unavailable,
            Self::StillPreOrder { .. } => Cause::StillPreOrder,
            Self::ThirdPartyOnly => Cause::ThirdPartyOnly,
            Self::Missing { .. } | Self::NotOnSale { .. } => Cause::Missing,
            Self::WrongProduct { .. } => Cause::WrongProduct,
            Self::ShipsInWeeks => Cause::ShipsInWeeks,
            Self::TemporarilyOutOfStock => Cause::TemporarilyOutOfStock,
            Self::PriceAboveList { .. } => Cause::PriceAboveList,
            Self::StaleCover { .. } => Cause::StaleCover,
            Self::StaleTitle { .. } => Cause::StaleTitle,
            Self::TwoPages => Cause::TwoPages,
            Self::FormatsOutOfStep { .. } => Cause::FormatsOutOfStep,
            Self::FormatsNotJoined { .. } => Cause::FormatsNotJoined,
            Self::Unread(_) | Self::UnreadWithOthers(_) => Cause::Unread,
            Self::StoresUnread { .. } => Cause::StoresUnread,
            Self::LineDown { .. } => Cause::LineDown,
            Self::Milestone { which, .. } => Cause::Milestone(*which),
            Self::DatesDiffer { .. } => Cause::DatesDiffer,
            Self::PageAppeared { .. } => Cause::PageAppeared,
            Self::Released { .. } => Cause::Released,
            Self::ReleasedEverywhere => Cause::ReleasedEverywhere,
            Self::LaunchReportDay(_) => Cause::LaunchReportDay,
            Self::LaunchReportThreeDays(_) => Cause::LaunchReportThreeDays,
            Self::AllClear { was, .. } => was.kind.cause(),
        }
    }

    /// How it is told. A listing that is late but still within what is usual is the ordinary case
    /// in a launch, so it is no letter; nor are other formats and dates one day apart.
    #[must_use]
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
    #[must_use]
    pub fn goes_by_the_clock(&self) -> bool {
        self.launch_report().is_some()
            || matches!(
                self,
                Self::Milestone { .. }
                    | Self::DatesDiffer { .. }
                    | Self::PublishAtKdp { .. }
                    | Self::PublishAtKdpMorning { .. }
            )
    }

    /// How it stands at the stores, where it is a launch report.
    #[must_use]
    pub fn launch_report(&self) -> Option<&LaunchState> {
        match self {
            Self::LaunchReportDay(state) | Self::LaunchReportThreeDays(state) => Some(state),
            _ => None,
        }
    }

    /// Pages that one party feeds may show it alike for one cause.
    #[must_use]
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
    #[must_use]
    pub fn is_about_the_state(&self) -> bool {
        matches!(
            self,
            Self::KindlePageGone { .. }
                | Self::KdpNotLive(_)
                | Self::KdpPastOuterLimit(_)
                | Self::ReleasedEarly { .. }
                | Self::LabelLost { .. }
                | Self::Vanished { .. }
                | Self::Unavailable
                | Self::Stuck
                | Self::StoresDisagree { .. }
                | Self::StillPreOrder { .. }
                | Self::ThirdPartyOnly
                | Self::Missing { .. }
                | Self::NotOnSale { .. }
                | Self::ShipsInWeeks
                | Self::TemporarilyOutOfStock
        )
    }
}

impl Cause {
    /// The name in notes, programs and tables.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Milestone(which) => which.name(),
            other => other.into(),
        }
    }

    /// The cause of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        let milestone = || name.parse().ok().map(Self::Milestone);
        milestone().or_else(|| name.parse().ok())
    }
}

/// The one next step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    tag = "what",
    rename_all = "snake_case",
    rename_all_fields = "snake_case"
)]
pub enum NextStep {
    /// There is nothing to do.
    Nothing,
    /// Waiting is right, until then where there is such a time; else it usually passes by itself.
    Wait {
        /// Until when.
        until: Option<Timestamp>,
    },
    /// The author has asked; the answer is waited for.
    AwaitAnswer {
        /// When she asked.
        asked: Timestamp,
        /// The number of the request.
        ticket: Option<String>,
        /// When an answer is due.
        until: Timestamp,
    },
    /// Ask somebody.
    Ask {
        /// Whom.
        whom: Party,
        /// What to send.
        text: Option<SupportText>,
    },
    /// Do it yourself.
    Do {
        /// What.
        task: Task,
    },
}

/// What an author can do herself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Task {
    /// Publish at KDP, and tell us.
    PublishAtKdp,
    /// Look at the dates, the discount or the price in the account.
    CheckAccount,
    /// Look at the pages, and tell us what they say.
    LookYourself,
    /// Set the right address in the configuration.
    CorrectAddress,
    /// What the calendar says.
    Calendar,
    /// Share the address.
    Share,
    /// Tell us what we do not know.
    TellUs,
    /// Tell readers.
    TellReaders,
    /// Look at this machine's network.
    CheckNetwork,
}

/// What is usual, and who says so.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Usual {
    /// The sentence of the window, as "Ingram says most sites list within 4 weeks".
    pub sentence: String,
    /// The short name of the source, as "IngramSpark help".
    pub source: String,
    /// Its address.
    pub link: Option<String>,
}

/// How much a finding matters.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    EnumString,
    IntoStaticStr,
)]
#[serde(rename_all = "kebab-case")]
#[strum(serialize_all = "kebab-case")]
pub enum Severity {
    /// Within what is usual: nothing is said, but that it is usual, and until when.
    Quiet,
    /// A page appeared, a book is released everywhere, a worry is over.
    #[serde(rename = "good")]
    #[strum(serialize = "good")]
    GoodNews,
    /// Unusual, but waiting is right.
    Watch,
    /// A day of the calendar on which something is right to do.
    ToDo,
    /// Money or a date is at risk, and there is something to do.
    Act,
}

impl Severity {
    /// The name in tables, commands and stories.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.into()
    }

    /// The word in subjects and on pages.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Quiet => "Usual",
            Self::GoodNews => "Good news",
            Self::Watch => "Watch",
            Self::ToDo => "To do",
            Self::Act => "Act",
        }
    }

    /// The severity of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        name.parse().ok()
    }

    /// Something is wrong or to be done: it opens an alert.
    #[must_use]
    pub fn is_trouble(self) -> bool {
        Self::Watch <= self
    }
}

impl From<Stage> for Severity {
    /// The severity that goes with a place in a window.
    fn from(stage: Stage) -> Self {
        match stage {
            Stage::Quiet => Self::Quiet,
            Stage::Normal | Stage::Late => Self::Watch,
            Stage::Act => Self::Act,
        }
    }
}

/// Who can help, by the official contacts only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Party {
    /// IngramSpark support.
    IngramSpark,
    /// Draft2Digital support.
    Draft2Digital,
    /// PublishDrive support.
    PublishDrive,
    /// The distributor, whoever it is.
    Distributor,
    /// KDP support.
    Kdp,
    /// Barnes & Noble's title desk.
    BarnesNoble,
    /// Bookshop.org support.
    Bookshop,
    /// The store itself.
    Store,
}

impl Party {
    /// The name in a sentence, as in "write to IngramSpark".
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::IngramSpark => "IngramSpark",
            Self::Draft2Digital => "Draft2Digital",
            Self::PublishDrive => "PublishDrive",
            Self::Distributor => "your distributor",
            Self::Kdp => "KDP",
            Self::BarnesNoble => "Barnes & Noble",
            Self::Bookshop => "Bookshop.org",
            Self::Store => "the store",
        }
    }
}

/// The ready texts A to H.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SupportText {
    /// A: unavailable at one store while others take orders, to the distributor.
    ResendUnavailable,
    /// B: not listed after the usual time, to the distributor.
    NotListed,
    /// C: wrong date, or on sale too early.
    WrongDate,
    /// D: published at KDP, not live after 72 hours.
    KdpNotLive,
    /// E: the answer to KDP's question about the rights.
    RightsQuery,
    /// F: formats not joined.
    FormatsNotLinked,
    /// G: a data fault at Barnes & Noble.
    BarnesNobleFault,
    /// H: old cover or text.
    StaleMetadata,
}

impl Finding {
    /// A finding to be completed: Watch, with nothing to do.
    #[must_use]
    pub fn new(kind: FindingKind, stores: Vec<StoreId>, since: Timestamp) -> Self {
        Self {
            kind,
            stores,
            severity: Severity::Watch,
            since,
            pages: Vec::new(),
            stage: None,
            usual: None,
            usual_until: None,
            act_from: None,
            next: NextStep::Nothing,
        }
    }

    /// With a severity that no window gives.
    #[must_use]
    pub fn weighing(mut self, severity: Severity) -> Self {
        self.severity = severity;
        self
    }

    /// In a window that counts from `start`, last seen at `seen`: its severity, what is usual, and
    /// when acting is right.
    #[must_use]
    pub fn within(mut self, window: &Window, start: Timestamp, seen: Timestamp) -> Self {
        let stage = window.stage(start, seen);
        self.stage = Some(stage);
        self.severity = stage.into();
        self.usual = Some(window.usual());
        self.usual_until = Some(window.quiet.after(start));
        self.act_from = window.act_from(start);
        self
    }

    /// Acting is right from `act_from` on, if that is earlier than its window says.
    #[must_use]
    pub fn at_the_latest(mut self, act_from: Timestamp, seen: Timestamp) -> Self {
        if self.act_from.is_none_or(|known| act_from < known) {
            self.act_from = Some(act_from);
            if act_from <= seen {
                self.stage = Some(Stage::Act);
                self.severity = Severity::Act;
            }
        }
        self
    }

    /// With what the page says.
    #[must_use]
    pub(crate) fn seen_on(
        mut self,
        store: &StoreId,
        says: &Says,
        span: (Timestamp, Timestamp),
    ) -> Self {
        self.pages.push(PageFacts {
            store: store.clone(),
            state: says.availability,
            words: says.words.clone(),
            since: span.0,
            seen: span.1,
        });
        self
    }

    /// With a thing to do.
    #[must_use]
    pub fn to_do(mut self, task: Task) -> Self {
        self.next = NextStep::Do { task };
        self
    }

    /// With the step to take once acting is right; until then it is to wait.
    #[must_use]
    pub fn then(mut self, step: NextStep) -> Self {
        self.next = if self.severity == Severity::Act {
            step
        } else {
            NextStep::Wait {
                until: self.act_from,
            }
        };
        self
    }

    /// Whom to ask, when the next step is to ask.
    #[must_use]
    pub fn ask(&self) -> Option<Party> {
        match &self.next {
            NextStep::Ask { whom, .. } => Some(*whom),
            NextStep::Nothing
            | NextStep::Wait { .. }
            | NextStep::AwaitAnswer { .. }
            | NextStep::Do { .. } => None,
        }
    }

    /// The text to send, when there is one.
    #[must_use]
    pub fn support_text(&self) -> Option<SupportText> {
        match &self.next {
            NextStep::Ask { text, .. } => *text,
            NextStep::Nothing
            | NextStep::Wait { .. }
            | NextStep::AwaitAnswer { .. }
            | NextStep::Do { .. } => None,
        }
    }
}
