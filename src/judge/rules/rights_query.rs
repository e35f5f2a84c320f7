//! KDP asks for proof of the rights.

use crate::book::{Family, NoteKind};
use crate::judge::case::Case;
use crate::judge::windows::WindowName;
use crate::judge::{Finding, FindingKind, NextStep, Party, Severity, SupportText};

/// A question about the rights.
///
/// 1. The author told us that KDP asked, and has not told us since that it was answered
///    (a note that KDP was asked or written to).
/// 2. Act at once: there are five days to answer, and the words say until when.
/// 3. Next step: answer that very message; text E.
pub(crate) fn judge(case: &Case<'_>) -> Vec<Finding> {
    let newest = |kind: &NoteKind| {
        let found = case.view.notes.iter().rev().find(|note| note.kind == *kind);
        found.map(|note| note.at)
    };
    let Some(asked) = newest(&NoteKind::KdpRightsQuery).filter(|at| *at <= case.now) else {
        return Vec::new();
    };
    if newest(&NoteKind::AskedKdp).is_some_and(|answered| asked <= answered) {
        return Vec::new();
    }
    let until = case.window(WindowName::RightsQueryLimit).act_from(asked);
    let amazon = case
        .view
        .listings
        .iter()
        .filter(|listing| listing.store.family() == Family::Amazon)
        .map(|listing| listing.store.clone())
        .collect();
    let mut found = Finding::new(FindingKind::RightsQuery { until }, amazon, asked)
        .weighing(Severity::Act)
        .then(NextStep::ask(Party::Kdp, SupportText::RightsQuery));
    found.usual = Some(case.window(WindowName::RightsQuery).usual());
    found.act_from = Some(asked);
    vec![found]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judge::script::Script;

    #[test]
    fn it_is_acted_on_at_once_and_ends_when_answered() {
        let script = Script::new("2027-02-09")
            .pages("2027-02-08T00:00 amazon.com pre_order..6*2")
            .notes("2027-02-08T10:00 kdp_rights_query");
        script.check(&["act rights-query amazon.com"]);
        let finding = &script.judge()[0];
        let words = script.said_of("rights-query");
        assert!(
            words.contains("until Sat 13 February, 10:00 UTC"),
            "{words}"
        );
        assert_eq!(finding.support_text(), Some(SupportText::RightsQuery));
        script.notes("2027-02-08T11:00 asked_kdp").check(&[]);
    }
}
