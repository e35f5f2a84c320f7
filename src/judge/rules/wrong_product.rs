//! The address leads to another product.

use crate::judge::case::{Case, about, severity};
use crate::judge::windows::WindowName;
use crate::judge::{Finding, Party, Severity, words};
use crate::page::UnreadReason;

/// Wrong product at the URL.
///
/// 1. The newest looks, at least two of them far enough apart, found another product's page.
/// 2. Watch at once, act after a day.
/// 3. Next step: open the address; correct it in the configuration, or, where the address is made
///    from the ISBN, tell the store.
pub(crate) fn judge(case: &Case<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for listing in &case.view.listings {
        let store = &listing.store;
        let (Some(blind), Some(seen)) = (&listing.blind, listing.last_try) else {
            continue;
        };
        let lasted = seen.duration_since(blind.since);
        if blind.unread.reason != UnreadReason::WrongProduct
            || lasted < case.settings.confirm_after
            || blind.attempts < 2
        {
            continue;
        }
        let window = case.window_at(WindowName::WrongProduct, store);
        let Some(severity) = severity(window.stage(blind.since, seen)) else {
            continue;
        };
        findings.push(Finding {
            severity,
            headline: format!("{}'s address leads to another product", store.label()),
            verdict: format!(
                "At every look since {} the page at {} was not of this ISBN: {}.",
                words::day(blind.since, case.zone()),
                listing.address,
                blind.unread.words,
            ),
            usual: Some(window.usual()),
            act_from: window.act_from(blind.since),
            next_step: "Open the address yourself. If it is wrong, set the right one in the \
                        configuration; if the store leads this ISBN to another product, tell the \
                        store."
                .to_owned(),
            ask: (severity == Severity::Act).then_some(Party::Store),
            text: None,
            ..about("wrong-product", store, blind.since)
        });
    }
    findings
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
