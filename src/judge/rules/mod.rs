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

pub mod by_hand;
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
use super::case::Case;
use crate::history::ListingView;

/// What a rule looks at.
#[derive(Debug, Clone, Copy)]
enum Rule {
    /// One page, of which it says one thing at most.
    Page(fn(&Case<'_>, &ListingView) -> Option<Finding>),
    /// One page, of which it may say several things.
    PageAll(fn(&Case<'_>, &ListingView) -> Vec<Finding>),
    /// The edition.
    Edition(fn(&Case<'_>) -> Vec<Finding>),
}

/// Every rule, in the order in which findings of one severity are told.
const RULES: &[Rule] = &[
    Rule::Edition(rights_query::judge),
    Rule::Page(kdp_not_live::judge),
    Rule::Edition(kdp_publish::judge),
    Rule::Page(released_early::judge),
    Rule::Page(wrong_date::judge),
    Rule::Page(vanished::judge),
    Rule::Page(unavailable::judge),
    Rule::Page(still_pre_order::judge),
    Rule::Page(third_party::judge),
    Rule::Page(missing::judge),
    Rule::Page(wrong_product::judge),
    Rule::Page(slow::judge),
    Rule::Page(price::judge),
    Rule::PageAll(stale::judge),
    Rule::PageAll(formats::judge),
    Rule::Page(not_joined::judge),
    Rule::Edition(unread::judge),
    Rule::Edition(by_hand::judge),
    Rule::Edition(calendar::judge),
    Rule::Edition(launch_report::judge),
    Rule::Edition(good_news::judge),
];

/// What every rule finds, those things among it that are within what is usual.
pub(super) fn all(case: &Case<'_>) -> Vec<Finding> {
    let listings = &case.view.listings;
    let of = |rule: &Rule| -> Vec<Finding> {
        match rule {
            Rule::Page(judge) => listings.iter().filter_map(|one| judge(case, one)).collect(),
            Rule::PageAll(judge) => listings.iter().flat_map(|one| judge(case, one)).collect(),
            Rule::Edition(judge) => judge(case),
        }
    };
    RULES.iter().flat_map(of).collect()
}
