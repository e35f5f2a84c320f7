//! The rules, one file each. A rule looks at one case and says what it finds; it knows nothing of
//! other rules, of letters or of what was said before.
//!
//! Availability is divided so that at most one rule speaks of a store's state at a time:
//!
//! | state | before the date | from the date on | once steady |
//! | --- | --- | --- | --- |
//! | never listed | [`missing`] | [`missing`] | [`missing`] |
//! | listed, then gone | [`vanished`] | [`vanished`] | [`vanished`] |
//! | no order | [`unavailable`] | [`unavailable`] | [`unavailable`] |
//! | pre-order | [`wrong_date`] | [`still_pre_order`] | [`still_pre_order`] |
//! | on sale | [`released_early`] | [`slow`] | [`slow`] |
//! | other sellers | – | [`third_party`] | [`third_party`] |
//! | Amazon after "Publish" at KDP | | [`kdp_not_live`] instead of all these | |

pub mod calendar;
pub mod formats;
pub mod good_news;
pub mod kdp_not_live;
pub mod kdp_publish;
pub mod launch_report;
pub mod missing;
pub mod not_joined;
pub mod price;
pub mod released_early;
pub mod rights_query;
pub mod slow;
pub mod stale;
pub mod still_pre_order;
pub mod third_party;
pub mod unavailable;
pub mod unread;
pub mod vanished;
pub mod wrong_date;
pub mod wrong_product;

use super::Finding;
use super::blind::UNREAD_WITH_OTHERS;
use super::case::Case;

/// The name of the rule that is never put back by having asked: it has a limit of five days.
pub(crate) const RIGHTS_QUERY: &str = "rights-query";

/// News: the book is on sale at a store.
pub const RELEASED: &str = "released";

/// News: the book is on sale at every store.
pub const RELEASED_EVERYWHERE: &str = "released-everywhere";

/// News: how the book stands at every store, so many hours after its date has begun everywhere.
pub const LAUNCH_REPORTS: [(&str, i64); 2] = [("launch-report-24h", 24), ("launch-report-72h", 72)];

/// The name is that of a launch report.
#[must_use]
pub fn is_launch_report(rule: &str) -> bool {
    LAUNCH_REPORTS.iter().any(|(name, _)| *name == rule)
}

/// Every name that a finding about an edition may have, and every cause that several of them share.
const NAMES: &[&str] = &[
    RIGHTS_QUERY,
    "kdp-not-live",
    "kdp-past-outer-limit",
    "publish-at-kdp",
    "publish-at-kdp-morning",
    "released-early",
    "label-lost",
    "page-before-enabling",
    "wrong-date",
    "date-one-day-off",
    "vanished",
    "unavailable",
    "stuck",
    "stores-disagree",
    "still-pre-order",
    "third-party-only",
    "missing",
    "wrong-product",
    "ships-in-weeks",
    "temporarily-out-of-stock",
    "price-above-list",
    "price-below-list",
    "price-changed",
    "stale-cover",
    "stale-title",
    "two-pages",
    "formats-out-of-step",
    "formats-not-joined",
    "unread",
    UNREAD_WITH_OTHERS,
    "page-appeared",
    RELEASED,
    RELEASED_EVERYWHERE,
];

/// Every name of a finding that is neither of the calendar nor news, for the table of the manual.
pub fn names_of_troubles() -> impl Iterator<Item = &'static str> {
    let news = ["page-appeared", RELEASED, RELEASED_EVERYWHERE];
    NAMES
        .iter()
        .copied()
        .filter(move |name| !news.contains(name))
}

/// The name as it is known here; `None` for one that no rule uses any more.
#[must_use]
pub fn static_name(name: &str) -> Option<&'static str> {
    NAMES
        .iter()
        .copied()
        .chain(calendar::MILESTONES.iter().map(|milestone| milestone.name))
        .chain(["calendar-dates-differ"])
        .chain(LAUNCH_REPORTS.map(|(name, _)| name))
        .find(|known| *known == name)
}

/// A rule and how it is told of.
#[derive(Debug)]
pub struct Rule {
    /// Its name in alerts, letters and stories. A rule may say several things; see [`Manner`].
    pub name: &'static str,
    /// What it finds.
    pub(crate) judge: fn(&Case<'_>) -> Vec<Finding>,
}

/// Every rule, in the order in which findings of one severity are told.
pub const RULES: &[Rule] = &[
    Rule {
        name: RIGHTS_QUERY,
        judge: rights_query::judge,
    },
    Rule {
        name: "kdp-not-live",
        judge: kdp_not_live::judge,
    },
    Rule {
        name: "publish-at-kdp",
        judge: kdp_publish::judge,
    },
    Rule {
        name: "released-early",
        judge: released_early::judge,
    },
    Rule {
        name: "wrong-date",
        judge: wrong_date::judge,
    },
    Rule {
        name: "vanished",
        judge: vanished::judge,
    },
    Rule {
        name: "unavailable",
        judge: unavailable::judge,
    },
    Rule {
        name: "still-pre-order",
        judge: still_pre_order::judge,
    },
    Rule {
        name: "third-party-only",
        judge: third_party::judge,
    },
    Rule {
        name: "missing",
        judge: missing::judge,
    },
    Rule {
        name: "wrong-product",
        judge: wrong_product::judge,
    },
    Rule {
        name: "slow",
        judge: slow::judge,
    },
    Rule {
        name: "price",
        judge: price::judge,
    },
    Rule {
        name: "stale",
        judge: stale::judge,
    },
    Rule {
        name: "formats",
        judge: formats::judge,
    },
    Rule {
        name: "formats-not-joined",
        judge: not_joined::judge,
    },
    Rule {
        name: "unread",
        judge: unread::judge,
    },
    Rule {
        name: "calendar",
        judge: calendar::judge,
    },
    Rule {
        name: "launch-report",
        judge: launch_report::judge,
    },
    Rule {
        name: "good-news",
        judge: good_news::judge,
    },
];

/// How findings of one name are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Manner {
    /// Findings with one cause are one alert, whatever name they have at the time.
    pub cause: &'static str,
    /// A Watch finding is told in a letter when it first appears; otherwise only in the digest.
    pub watch_is_a_letter: bool,
    /// When it is over, an all-clear says so, if a letter had told of it.
    pub has_all_clear: bool,
    /// Its hour matters: its letter never waits for others.
    pub is_urgent: bool,
}

/// How findings of that name are told. What is not named here has a letter and an all-clear.
///
/// A listing that is late but still within what is usual is the ordinary case in a launch, so it
/// is no letter; nor are prices, other formats and dates one day apart.
#[must_use]
pub fn manner(name: &str) -> Manner {
    let usual = Manner {
        cause: "",
        watch_is_a_letter: true,
        has_all_clear: true,
        is_urgent: false,
    };
    match name {
        "stuck" | "stores-disagree" | "unavailable" => Manner {
            cause: "unavailable",
            ..usual
        },
        UNREAD_WITH_OTHERS => Manner {
            cause: "unread",
            watch_is_a_letter: false,
            ..usual
        },
        "missing" => Manner {
            cause: "missing",
            watch_is_a_letter: false,
            ..usual
        },
        "publish-at-kdp" | "publish-at-kdp-morning" | RIGHTS_QUERY => Manner {
            has_all_clear: false,
            is_urgent: true,
            ..usual
        },
        "date-one-day-off"
        | "page-before-enabling"
        | "price-below-list"
        | "price-changed"
        | "formats-out-of-step"
        | "two-pages" => Manner {
            watch_is_a_letter: false,
            has_all_clear: false,
            ..usual
        },
        "temporarily-out-of-stock" | "ships-in-weeks" | "stale-cover" | "stale-title" => Manner {
            watch_is_a_letter: false,
            ..usual
        },
        _ if name.starts_with("calendar-") => Manner {
            watch_is_a_letter: false,
            has_all_clear: false,
            ..usual
        },
        _ => usual,
    }
}
