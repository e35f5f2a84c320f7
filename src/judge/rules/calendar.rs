//! What the calendar asks for, whatever the pages say.

use fluent_bundle::FluentArgs;
use jiff::ToSpan as _;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr, VariantArray};

use crate::book::launch::{day_begins, midnight_gmt};
use crate::book::{Distribution, Edition, Launch, Making};
use crate::judge::case::Case;
use crate::judge::{Finding, FindingKind, Severity, Task};
use crate::say::{fixed, say_with};

/// How long a reminder stands in the digest.
const SHOWN_DAYS: i64 = 7;

/// Every milestone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[derive(Serialize, Deserialize, EnumString, IntoStaticStr, VariantArray, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "each is described in `MILESTONES`")]
pub enum MilestoneId {
    #[strum(serialize = "calendar-earliest")]
    #[serde(rename = "calendar-earliest")]
    Earliest,
    #[strum(serialize = "calendar-trade")]
    #[serde(rename = "calendar-trade")]
    Trade,
    #[strum(serialize = "calendar-worthwhile")]
    #[serde(rename = "calendar-worthwhile")]
    Worthwhile,
    #[strum(serialize = "calendar-enable")]
    #[serde(rename = "calendar-enable")]
    Enable,
    #[strum(serialize = "calendar-last-print-change")]
    #[serde(rename = "calendar-last-print-change")]
    LastPrintChange,
    #[strum(serialize = "calendar-last-date-change")]
    #[serde(rename = "calendar-last-date-change")]
    LastDateChange,
    #[strum(serialize = "calendar-freeze")]
    #[serde(rename = "calendar-freeze")]
    Freeze,
    #[strum(serialize = "calendar-early-ship")]
    #[serde(rename = "calendar-early-ship")]
    EarlyShip,
    #[strum(serialize = "calendar-final-files")]
    #[serde(rename = "calendar-final-files")]
    FinalFiles,
    #[strum(serialize = "calendar-kdp-draft")]
    #[serde(rename = "calendar-kdp-draft")]
    KdpDraft,
    #[strum(serialize = "calendar-dry-run")]
    #[serde(rename = "calendar-dry-run")]
    DryRun,
    #[strum(serialize = "calendar-decide")]
    #[serde(rename = "calendar-decide")]
    Decide,
    #[strum(serialize = "calendar-publish")]
    #[serde(rename = "calendar-publish")]
    Publish,
    #[strum(serialize = "calendar-first-report")]
    #[serde(rename = "calendar-first-report")]
    FirstReport,
    #[strum(serialize = "calendar-linked")]
    #[serde(rename = "calendar-linked")]
    Linked,
    #[strum(serialize = "calendar-soft-launch-ends")]
    #[serde(rename = "calendar-soft-launch-ends")]
    SoftLaunchEnds,
    #[strum(serialize = "calendar-kindle-file")]
    #[serde(rename = "calendar-kindle-file")]
    KindleFile,
}

impl MilestoneId {
    /// Its name, as `calendar-freeze`.
    pub fn name(self) -> &'static str {
        self.into()
    }

    /// What it is.
    pub fn milestone(self) -> Option<&'static Milestone> {
        MILESTONES.iter().find(|one| one.id == self)
    }
}

/// A day of the launch on which something is right to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Milestone {
    /// Which it is.
    pub id: MilestoneId,
    /// Days before the publication date; negative: after it.
    pub days_before: i64,
    /// It becomes a line in the digest when its day comes; the others stand in the calendar only.
    pub reminds: bool,
    /// Whose editions it concerns.
    pub concerns: Concerns,
}

/// Whose editions a milestone concerns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Concerns {
    /// All.
    All,
    /// Those that reach the stores through Ingram.
    IngramFed,
    /// Those that are not enabled yet.
    NotEnabled,
    /// Those whose Amazon page KDP takes over, while that was not clicked yet.
    Switch,
    /// Those whose Amazon page KDP takes over, also afterwards.
    Switched,
    /// Those of Draft2Digital.
    Draft2Digital,
    /// Kindle books that were not sent off yet.
    Kindle,
}

/// The launch calendar, in the order of the days.
pub const MILESTONES: &[Milestone] = &[
    Milestone {
        id: MilestoneId::Earliest,
        days_before: 365,
        reminds: false,
        concerns: Concerns::IngramFed,
    },
    Milestone {
        id: MilestoneId::Trade,
        days_before: 180,
        reminds: false,
        concerns: Concerns::IngramFed,
    },
    Milestone {
        id: MilestoneId::Worthwhile,
        days_before: 90,
        reminds: false,
        concerns: Concerns::IngramFed,
    },
    Milestone {
        id: MilestoneId::Enable,
        days_before: 60,
        reminds: true,
        concerns: Concerns::NotEnabled,
    },
    Milestone {
        id: MilestoneId::LastPrintChange,
        days_before: 42,
        reminds: true,
        concerns: Concerns::IngramFed,
    },
    Milestone {
        id: MilestoneId::LastDateChange,
        days_before: 37,
        reminds: true,
        concerns: Concerns::IngramFed,
    },
    Milestone {
        id: MilestoneId::Freeze,
        days_before: 30,
        reminds: true,
        concerns: Concerns::IngramFed,
    },
    Milestone {
        id: MilestoneId::EarlyShip,
        days_before: 14,
        reminds: false,
        concerns: Concerns::IngramFed,
    },
    Milestone {
        id: MilestoneId::FinalFiles,
        days_before: 14,
        reminds: true,
        concerns: Concerns::Draft2Digital,
    },
    Milestone {
        id: MilestoneId::KdpDraft,
        days_before: 14,
        reminds: true,
        concerns: Concerns::Switch,
    },
    Milestone {
        id: MilestoneId::DryRun,
        days_before: 7,
        reminds: true,
        concerns: Concerns::All,
    },
    Milestone {
        id: MilestoneId::KindleFile,
        days_before: 7,
        reminds: true,
        concerns: Concerns::Kindle,
    },
    Milestone {
        id: MilestoneId::Decide,
        days_before: 3,
        reminds: true,
        concerns: Concerns::Switch,
    },
    Milestone {
        id: MilestoneId::Publish,
        days_before: 0,
        reminds: false,
        concerns: Concerns::Switch,
    },
    Milestone {
        id: MilestoneId::FirstReport,
        days_before: -1,
        reminds: false,
        concerns: Concerns::All,
    },
    Milestone {
        id: MilestoneId::Linked,
        days_before: -7,
        reminds: false,
        concerns: Concerns::Switched,
    },
    Milestone {
        id: MilestoneId::SoftLaunchEnds,
        days_before: -14,
        reminds: false,
        concerns: Concerns::All,
    },
];

impl Milestone {
    /// What it is, for a headline.
    pub fn what(&self) -> &'static str {
        fixed(self.id.name())
    }

    /// Why, and who says so.
    pub fn why(&self) -> &'static str {
        fixed(&format!("{}.why", self.id.name()))
    }

    /// Its day for an edition with that publication date.
    pub fn day(&self, publication: Date) -> Date {
        publication.saturating_sub(self.days_before.days())
    }

    /// What it is on a day, of a milestone on `day`: a last day that is over is said as past, and
    /// what holds from a day on is no longer said of "today".
    pub fn what_on(&self, today: Date, day: Date) -> String {
        let over = || say_with(&format!("{}.over", self.id.name()), &FluentArgs::new());
        let over = (day < today).then(over).flatten();
        over.unwrap_or_else(|| self.what().to_owned())
    }

    /// It concerns that edition.
    pub fn concerns(&self, edition: &Edition, launch: &Launch) -> bool {
        match self.concerns {
            Concerns::All => true,
            Concerns::IngramFed => edition.distribution.is_ingram_fed(),
            Concerns::NotEnabled => {
                edition.distribution.is_ingram_fed() && launch.enabled.is_none()
            }
            Concerns::Switch => edition.amazon_switch && launch.kdp.is_none(),
            Concerns::Switched => edition.amazon_switch,
            Concerns::Draft2Digital => edition.distribution == Distribution::Draft2Digital,
            Concerns::Kindle => {
                launch.making == Making::Digital && launch.amazon_by_kdp && launch.kdp.is_none()
            }
        }
    }
}

/// Days of the calendar, as things to do.
///
/// 1. Each milestone that concerns the edition stands for a week from its day on, in the author's
///    zone, but not beyond the publication date.
/// 2. Two dates that differ: a line until the date, because Amazon reads the publication date only.
pub(crate) fn judge(case: &Case<'_>) -> Vec<Finding> {
    let today = case.now.to_zoned(case.zone().clone()).date();
    let launch = &case.view.launch;
    let (publication, on_sale) = (launch.publication, launch.on_sale);
    let mut findings: Vec<Finding> = MILESTONES
        .iter()
        .filter(|milestone| milestone.reminds)
        .filter(|milestone| milestone.concerns(&case.view.edition, launch))
        .map(|milestone| (milestone.id, milestone.day(publication)))
        .filter(|(_, day)| {
            let ends = day.saturating_add(SHOWN_DAYS.days());
            *day <= today && today < ends && today < publication
        })
        .map(|(which, day)| {
            let kind = FindingKind::Milestone { which, day };
            // KDP's clock is GMT; every other day of the calendar is the author's.
            let begins = if which == MilestoneId::Publish {
                midnight_gmt(day)
            } else {
                day_begins(day, case.zone())
            };
            Finding::new(kind, Vec::new(), begins)
                .weighing(Severity::ToDo)
                .to_do(Task::Calendar)
        })
        .collect();
    if publication != on_sale && today < publication {
        let kind = FindingKind::DatesDiffer {
            publication,
            on_sale,
        };
        let found = Finding::new(kind, Vec::new(), day_begins(today, case.zone()));
        findings.push(found.to_do(Task::CheckAccount));
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judge::script::{Script, time};

    #[track_caller]
    fn check(script: &Script, at: &str, expected: &[&str]) {
        let found: Vec<&str> = script
            .judge_at(&script.view(), time(at))
            .iter()
            .map(|finding| finding.kind.name())
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn each_day_stands_in_the_digest_for_a_week() {
        let script = Script::new("2027-03-31").enabled("2027-01-01");
        check(&script, "2027-02-16T12:00", &[]);
        check(&script, "2027-02-17T00:00", &["calendar-last-print-change"]);
        check(
            &script,
            "2027-02-23T00:00",
            &["calendar-last-print-change", "calendar-last-date-change"],
        );
        check(&script, "2027-03-01T00:00", &["calendar-freeze"]);
        check(&script, "2027-03-31T00:00", &[]);
    }

    #[test]
    fn the_day_is_the_authors_own() {
        let script = Script::new("2027-03-31")
            .enabled("2027-01-01")
            .zone("Australia/Sydney");
        check(&script, "2027-02-16T12:59", &[]);
        check(&script, "2027-02-16T13:00", &["calendar-last-print-change"]);
    }

    #[test]
    fn two_dates_and_a_late_start_are_warned_of() {
        let script = Script::new("2027-03-31").dated("2027-03-31", "2027-03-24");
        check(
            &script,
            "2027-01-30T00:00",
            &["calendar-enable", "calendar-dates-differ"],
        );
    }

    #[test]
    fn a_last_day_that_is_over_is_said_as_past_and_today_is_said_on_its_day_only() {
        let said = |which: MilestoneId, today: &str| {
            let day = "2027-02-17".parse().unwrap();
            let milestone = which.milestone().unwrap();
            milestone.what_on(today.parse().unwrap(), day)
        };
        let print = "The last safe day to change the print files";
        assert_eq!(said(MilestoneId::LastPrintChange, "2027-02-17"), print);
        assert_eq!(
            said(MilestoneId::LastPrintChange, "2027-02-18"),
            format!("{print} has passed")
        );
        assert_eq!(
            said(MilestoneId::Freeze, "2027-02-18"),
            "No more changes at Ingram"
        );
        assert_eq!(
            said(MilestoneId::DryRun, "2027-02-18"),
            MilestoneId::DryRun.milestone().unwrap().what()
        );
    }

    #[test]
    fn the_milestones_are_in_the_order_of_their_days() {
        assert!(MILESTONES.is_sorted_by(|left, right| left.days_before >= right.days_before));
        let days = |number| Milestone {
            days_before: number,
            ..MILESTONES[0]
        };
        let date = "2027-03-01".parse().unwrap();
        assert_eq!(days(1).day(date).to_string(), "2027-02-28");
        assert_eq!(days(-1).day(date).to_string(), "2027-03-02");
    }
}
