//! The address leads to another product.

use crate::history::ListingView;
use crate::judge::case::Case;
use crate::judge::windows::WindowName;
use crate::judge::{Finding, FindingKind, Task};
use crate::page::UnreadReason;

/// Wrong product at the URL.
///
/// 1. The newest looks, at least two of them far enough apart, found another product's page.
/// 2. Watch at once, act after a day.
/// 3. Next step: open the address; correct it in the configuration, or, where the address is made
///    from the ISBN, tell the store.
pub(crate) fn judge(case: &Case<'_>, listing: &ListingView) -> Option<Finding> {
    let store = &listing.store;
    let (blind, seen) = (listing.blind.as_ref()?, listing.last_try?);
    // What was not seen before was no other product either.
    let since = blind.alike_since;
    let lasted = seen.duration_since(since);
    if blind.unread.reason != UnreadReason::WrongProduct
        || lasted < case.settings.confirm_after
        || blind.alike < 2
    {
        return None;
    }
    let kind = FindingKind::WrongProduct {
        address: listing.address.clone(),
        words: blind.unread.words.clone(),
    };
    Some(
        Finding::new(kind, vec![store.clone()], since)
            .within(case.window_at(WindowName::WrongProduct, store), since, seen)
            .to_do(Task::CorrectAddress),
    )
}

#[cfg(test)]
mod tests {
    use crate::judge::script::Script;

    #[test]
    fn another_product_twice_is_watched_and_after_a_day_acted_on() {
        let script = |looks: i64| {
            Script::new("2027-06-09").pages(&format!(
                "2027-01-01T00:00 amazon.com wrong_product..6*{looks}"
            ))
        };
        script(0).check(&[]);
        script(1).check(&["watch wrong-product amazon.com"]);
        script(4).check(&["act wrong-product amazon.com"]);
    }

    #[test]
    fn looks_that_were_turned_away_before_say_nothing_of_the_product() {
        let script = |looks: i64| {
            Script::new("2027-06-09").pages(&format!(
                "2027-01-01T00:00 amazon.com blocked..6*8
                 2027-01-04T00:00 amazon.com wrong_product..6*{looks}"
            ))
        };
        script(0).check(&[]);
        script(1).check(&["watch wrong-product amazon.com"]);
        script(4).check(&["act wrong-product amazon.com"]);
    }
}
