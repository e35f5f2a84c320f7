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
    let lasted = seen.duration_since(blind.since);
    if blind.unread.reason != UnreadReason::WrongProduct
        || lasted < case.settings.confirm_after
        || blind.attempts < 2
    {
        return None;
    }
    let kind = FindingKind::WrongProduct {
        address: listing.address.clone(),
        words: blind.unread.words.clone(),
    };
    Some(
        Finding::new(kind, vec![store.clone()], blind.since)
            .within(
                case.window_at(WindowName::WrongProduct, store),
                blind.since,
                seen,
            )
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
}
