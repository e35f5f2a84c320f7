//! What the calendar asks for, whatever the pages say.

use jiff::ToSpan as _;
use jiff::civil::Date;

use crate::book::Launch;
use crate::book::launch::midnight_gmt;
use crate::book::{Distribution, Edition};
use crate::judge::case::Case;
use crate::judge::{Finding, Party, Severity, words};

/// How long a reminder stands in the digest.
const SHOWN_DAYS: i64 = 7;

/// A day of the launch on which something is right to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Milestone {
    /// Its name, as `calendar-freeze`.
    pub name: &'static str,
    /// Days before the publication date; negative: after it.
    pub days_before: i64,
    /// What it is, for a headline.
    pub what: &'static str,
    /// Why, and who says so.
    pub why: &'static str,
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
    /// Those whose Amazon page KDP takes over.
    Switch,
    /// Those of Draft2Digital.
    Draft2Digital,
}

/// The launch calendar (DOMAIN §3), in the order of the days.
pub const MILESTONES: &[Milestone] = &[
    Milestone {
        name: "calendar-earliest",
        days_before: 365,
        what: "The earliest day for a pre-order",
        why: "IngramSpark and Draft2Digital take print pre-orders up to a year ahead.",
        reminds: false,
        concerns: Concerns::IngramFed,
    },
    Milestone {
        name: "calendar-trade",
        days_before: 180,
        what: "What the trade calls early enough",
        why: "Barnes & Noble wants the record 180 days before.",
        reminds: false,
        concerns: Concerns::IngramFed,
    },
    Milestone {
        name: "calendar-worthwhile",
        days_before: 90,
        what: "The shortest pre-order that is worth it",
        why: "Ingram's own people say three months.",
        reminds: false,
        concerns: Concerns::IngramFed,
    },
    Milestone {
        name: "calendar-enable",
        days_before: 60,
        what: "Enable distribution now, at the latest",
        why: "Stores usually take up to four weeks to list a title; before you enable, have the \
              final files, a printed proof, equal dates and KDP's Expanded Distribution off: the \
              on-sale date locks then.",
        reminds: true,
        concerns: Concerns::NotEnabled,
    },
    Milestone {
        name: "calendar-last-print-change",
        days_before: 42,
        what: "The last safe day to change the print files",
        why: "Ingram may print up to six weeks ahead, so the file that is there now may be the \
              file that ships.",
        reminds: true,
        concerns: Concerns::IngramFed,
    },
    Milestone {
        name: "calendar-last-date-change",
        days_before: 37,
        what: "The last comfortable day to move the publication date",
        why: "IngramSpark locks it 30 days before.",
        reminds: true,
        concerns: Concerns::IngramFed,
    },
    Milestone {
        name: "calendar-freeze",
        days_before: 30,
        what: "No more changes at Ingram from today",
        why: "Within 30 days there is a high risk that the newest files are not used, and a \
              change takes the book off sale.",
        reminds: true,
        concerns: Concerns::IngramFed,
    },
    Milestone {
        name: "calendar-early-ship",
        days_before: 14,
        what: "Stores may drop the pre-order label from today",
        why: "Ingram ships pre-orders up to 10 business days ahead; it is normal.",
        reminds: true,
        concerns: Concerns::IngramFed,
    },
    Milestone {
        name: "calendar-final-files",
        days_before: 14,
        what: "Draft2Digital wants the final files",
        why: "They are due 10 business days before.",
        reminds: true,
        concerns: Concerns::Draft2Digital,
    },
    Milestone {
        name: "calendar-kdp-draft",
        days_before: 14,
        what: "Check the KDP draft against Ingram's record",
        why: "Title, subtitle, author, ISBN, price, trim and cover must be the same. Leave it in \
              draft, with the publication date empty: \"Schedule a release\" hides the page until \
              the day and is no pre-order.",
        reminds: true,
        concerns: Concerns::Switch,
    },
    Milestone {
        name: "calendar-dry-run",
        days_before: 7,
        what: "Dry run: all pages up, links right, proof of rights in one folder",
        why: "KDP may ask for proof on the eve of a launch, and gives five days.",
        reminds: true,
        concerns: Concerns::All,
    },
    Milestone {
        name: "calendar-decide",
        days_before: 3,
        what: "Decide when to publish at KDP",
        why: "KDP can take 72 hours. Publishing early ends Amazon's pre-order and puts the book \
              on sale; publishing at 00:00 GMT on the day keeps the date, and the buy button may \
              lag.",
        reminds: true,
        concerns: Concerns::Switch,
    },
    Milestone {
        name: "calendar-publish",
        days_before: 0,
        what: "Publish at KDP, 00:00 GMT",
        why: "Enter the date and click \"Publish your paperback\".",
        reminds: false,
        concerns: Concerns::Switch,
    },
    Milestone {
        name: "calendar-first-report",
        days_before: -1,
        what: "The first day is over",
        why: "Any mixture of states is normal until here.",
        reminds: false,
        concerns: Concerns::All,
    },
    Milestone {
        name: "calendar-linked",
        days_before: -7,
        what: "Formats should be joined at Amazon",
        why: "KDP says 48 hours to a week after each of them is live.",
        reminds: false,
        concerns: Concerns::Switch,
    },
    Milestone {
        name: "calendar-soft-launch-ends",
        days_before: -14,
        what: "The soft launch ends",
        why: "Now money for promotion is well spent.",
        reminds: false,
        concerns: Concerns::All,
    },
];

impl Milestone {
    /// Its day for an edition with that publication date.
    #[must_use]
    pub fn day(&self, publication: Date) -> Date {
        publication.saturating_sub(self.days_before.days())
    }

    /// It concerns that edition.
    #[must_use]
    pub fn concerns(&self, edition: &Edition, calendar: &Launch) -> bool {
        match self.concerns {
            Concerns::All => true,
            Concerns::IngramFed => edition.distribution.is_ingram_fed(),
            Concerns::NotEnabled => {
                edition.distribution.is_ingram_fed() && calendar.enabled.is_none()
            }
            Concerns::Switch => edition.amazon_switch,
            Concerns::Draft2Digital => edition.distribution == Distribution::Draft2Digital,
        }
    }
}

/// Calendar reminders (DOMAIN §3), as lines of the digest.
///
/// 1. Each milestone that concerns the edition stands for a week from its day on, in the author's
///    zone, but not beyond the publication date.
/// 2. Two dates that differ: a line until the date, because Amazon reads the publication date only.
pub(crate) fn judge(case: &Case<'_>) -> Vec<Finding> {
    let today = case.now.to_zoned(case.zone().clone()).date();
    let calendar = &case.view.launch;
    let mut findings: Vec<Finding> = MILESTONES
        .iter()
        .filter(|milestone| milestone.reminds)
        .filter(|milestone| milestone.concerns(&case.view.edition, calendar))
        .filter(|milestone| {
            let day = milestone.day(calendar.publication);
            day <= today
                && today < day.saturating_add(SHOWN_DAYS.days())
                && today < calendar.publication
        })
        .map(|milestone| {
            let day = milestone.day(calendar.publication);
            line(milestone.name, day, milestone.what, milestone.why)
        })
        .collect();
    if calendar.publication != calendar.on_sale && today < calendar.publication {
        let why = format!(
            "The publication date is {} and the on-sale date {}. Amazon reads the publication \
             date only, and Lightning Source says to make them equal.",
            words::date(calendar.publication),
            words::date(calendar.on_sale)
        );
        findings.push(line(
            "calendar-dates-differ",
            today,
            "Two dates that differ",
            &why,
        ));
    }
    findings
}

fn line(rule: &'static str, day: Date, what: &str, why: &str) -> Finding {
    Finding {
        rule,
        stores: Vec::new(),
        severity: Severity::Watch,
        since: midnight_gmt(day),
        headline: what.to_owned(),
        verdict: why.to_owned(),
        usual: None,
        act_from: None,
        next_step: String::new(),
        ask: Some(Party::Author),
        text: None,
    }
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
            .map(|finding| finding.rule)
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
