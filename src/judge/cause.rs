//! What several kinds of findings have in common, which makes them one alert.

#![expect(clippy::wildcard_enum_match_arm, reason = "only milestones have names of their own")]

use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr, VariantNames};
use utoipa::ToSchema;

use super::kind::FindingKind;
use super::rules::by_hand::HandDay;
use super::rules::calendar::MilestoneId;

/// What several findings have in common: findings with one cause about the same stores are one
/// alert, whatever their kind at the time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[derive(Serialize, Deserialize, EnumString, IntoStaticStr, VariantNames, ToSchema)]
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
    LookByHand,
    LookByHandWeekBefore,
    LookByHandDate,
    LookByHandDayAfter,
    LookByHandThreeDaysAfter,
    #[strum(disabled)]
    Milestone(MilestoneId),
    DatesDiffer,
    PageAppeared,
    Released,
    ReleasedEverywhere,
    LaunchReportDay,
    LaunchReportThreeDays,
}

impl Cause {
    /// The name in notes, programs and tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Milestone(which) => which.name(),
            other => other.into(),
        }
    }

    /// What a page offers is wrong, so that it is over only when the page offers what it should.
    pub fn is_about_the_state(self) -> bool {
        matches!(
            self,
            Self::KindlePageGone
                | Self::KdpNotLive
                | Self::KdpPastOuterLimit
                | Self::ReleasedEarly
                | Self::LabelLost
                | Self::Vanished
                | Self::Unavailable
                | Self::StillPreOrder
                | Self::ThirdPartyOnly
                | Self::Missing
                | Self::ShipsInWeeks
                | Self::TemporarilyOutOfStock
        )
    }

    /// The cause of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        let milestone = || name.parse().ok().map(Self::Milestone);
        milestone().or_else(|| name.parse().ok())
    }
}

impl FindingKind {
    /// What it has in common with other kinds.
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
            // Each day around the date is a cause of its own, so that each is told.
            Self::LookByHand(look) => match look.day {
                HandDay::Week => Cause::LookByHand,
                HandDay::WeekBefore => Cause::LookByHandWeekBefore,
                HandDay::Date => Cause::LookByHandDate,
                HandDay::DayAfter => Cause::LookByHandDayAfter,
                HandDay::ThreeDaysAfter => Cause::LookByHandThreeDaysAfter,
            },
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
}
