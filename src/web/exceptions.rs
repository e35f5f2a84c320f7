//! What needs a look, at the head of the overview.

use std::cmp::Reverse;

use super::frame::Place;
use super::markup::coded;
use super::overview::{Material, address, book};
use super::troubles::Trouble;
use super::verdict::class_of;
use crate::book::{Edition, StoreId};
use crate::judge::text::said;
use crate::judge::{Finding, Severity};
use crate::text::words;

/// How many exceptions stand above them.
const EXCEPTIONS: usize = 10;

/// A line of it.
pub(super) struct Exception {
    pub class: &'static str,
    pub severity: &'static str,
    pub address: String,
    pub book: String,
    pub headline: String,
    /// As markup.
    pub next_step: String,
}

/// The exceptions, most severe first, and how many more there are. Good news is told on the edition's
/// page.
pub(super) fn exceptions(place: &Place<'_>, material: &Material<'_>) -> (Vec<Exception>, usize) {
    let troubles = material.troubles.iter();
    let mut all: Vec<(Severity, Cause<'_>)> = troubles
        .map(|trouble| (trouble.severity, Cause::Trouble(trouble)))
        .collect();
    for plan in material.editions {
        let judgement = material.judgements.get(&plan.edition.id);
        let findings = judgement.map_or(&[][..], |judgement| &judgement.findings);
        let findings = findings.iter().filter(|one| one.severity.is_trouble());
        all.extend(findings.map(|one| (one.severity, Cause::Finding(&plan.edition, one))));
    }
    all.sort_by_key(|(severity, _)| Reverse(*severity));
    let mut lines: Vec<Line<'_>> = Vec::new();
    let mut more = 0;
    for (_, cause) in all {
        let is_told = lines
            .iter_mut()
            .any(|line| line.takes(place, material, &cause));
        if !is_told && lines.len() < EXCEPTIONS {
            lines.push(Line::of(place, material, cause));
        } else if !is_told {
            more += 1;
        }
    }
    let told = lines.into_iter().map(|line| line.told(place));
    (told.collect(), more)
}

/// What an exception is about.
enum Cause<'a> {
    Trouble(&'a Trouble),
    Finding(&'a Edition, &'a Finding),
}

/// An exception, with the other stores at which the same was found.
struct Line<'a> {
    cause: Cause<'a>,
    told: Exception,
    others: Vec<&'a StoreId>,
}

impl<'a> Line<'a> {
    fn of(place: &Place<'_>, material: &Material<'_>, cause: Cause<'a>) -> Self {
        let told = match cause {
            Cause::Trouble(trouble) => of_trouble(place, trouble),
            Cause::Finding(edition, finding) => of_finding(place, material, edition, finding),
        };
        Self {
            cause,
            told,
            others: Vec::new(),
        }
    }

    /// Takes what would be told in the same words at its own store. Its facts may differ, as by the
    /// seconds between two looks.
    fn takes(&mut self, place: &Place<'_>, material: &Material<'_>, cause: &Cause<'a>) -> bool {
        let (Cause::Finding(edition, own), Cause::Finding(of, other)) = (&self.cause, cause) else {
            return false;
        };
        let ([store], [there]) = (&own.stores[..], &other.stores[..]) else {
            return false;
        };
        let may_be_alike = edition.id == of.id
            && store != there
            && !self.others.contains(&there)
            && own.severity == other.severity
            && own.kind.name() == other.kind.name();
        let is_alike = may_be_alike && {
            let here = moved(other, store);
            let said = of_finding(place, material, edition, &here);
            said.headline == self.told.headline
        };
        if is_alike {
            self.others.extend(&other.stores);
        }
        is_alike
    }

    /// "Amazon shows out of stock; the same at Bookshop.org".
    fn told(self, place: &Place<'_>) -> Exception {
        let mut told = self.told;
        if !self.others.is_empty() {
            let others: Vec<String> = self.others.iter().map(|one| place.label(one)).collect();
            told.headline = format!("{}; the same at {}", told.headline, words::list(&others));
        }
        told
    }
}

/// A finding as if it were one at another store.
fn moved(finding: &Finding, store: &StoreId) -> Finding {
    let mut moved = finding.clone();
    for page in &mut moved.pages {
        page.store = store.clone();
    }
    moved.stores = vec![store.clone()];
    moved
}

fn of_finding(
    place: &Place<'_>,
    material: &Material<'_>,
    edition: &Edition,
    finding: &Finding,
) -> Exception {
    let launch = material.survey.launch(edition, place.zone);
    let said = said(finding, &place.voice(edition, &launch));
    Exception {
        class: class_of(finding.severity),
        severity: finding.severity.word(),
        address: address(place, edition),
        book: book(edition),
        headline: words::one_line(&said.headline),
        next_step: coded(&first_sentences(&said.step)),
    }
}

fn of_trouble(place: &Place<'_>, trouble: &Trouble) -> Exception {
    Exception {
        class: class_of(trouble.severity),
        severity: trouble.severity.word(),
        address: format!("{}/{}", place.base, trouble.page),
        book: words::one_line(&trouble.what),
        headline: words::one_line(&trouble.headline),
        next_step: coded(&words::clipped(&trouble.next_step, 240)),
    }
}

/// The first sentence, and the next one where the first is a mere beginning, so that the list stays
/// a list; the edition's page has the rest.
fn first_sentences(text: &str) -> String {
    const BEGINNING: usize = 40;
    let line = words::one_line(text);
    let mut end = 0;
    while end < line.len() && end < BEGINNING {
        end = line[end..].find(". ").map_or(line.len(), |at| end + at + 2);
    }
    words::clipped(&line[..end], 180)
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;
    use jiff::tz::TimeZone;

    use super::*;
    use crate::config::plan::EditionPlan;
    use crate::judge::Judgement;
    use crate::mail::example::finding;
    use crate::web::frame::Pulse;
    use crate::web::strips::Strips;
    use crate::web::survey::Survey;
    use crate::web::testing::{at, edition, place};

    /// What is found at a store, seen on its page until an instant and since another.
    fn found(store: &str, severity: Severity, since: &str, seen: &str) -> Finding {
        let store = StoreId::new(store);
        let mut finding = finding(severity);
        finding.since = at(since);
        for page in &mut finding.pages {
            (page.since, page.seen) = (at(since), at(seen));
            page.good_until = Some(at(seen) + SignedDuration::from_hours(12));
        }
        moved(&finding, &store)
    }

    /// What stands at the head of the overview.
    #[track_caller]
    fn check(findings: Vec<Finding>, expected: &[&str], more: usize) {
        let edition = edition("2027-02-09");
        let judgement = Judgement {
            findings,
            outlooks: Vec::new(),
        };
        let plan = EditionPlan {
            edition: edition.clone(),
            listings: Vec::new(),
            siblings: Vec::new(),
            notify: Vec::new(),
            zone: TimeZone::UTC,
        };
        let material = Material {
            editions: &[plan],
            survey: &Survey::default(),
            judgements: &[(edition.id, judgement)].into(),
            strips: &Strips::new(),
            pulse: &Pulse::default(),
            troubles: &[],
            is_shared: false,
            said: None,
            may_check: false,
        };
        let (lines, others) = exceptions(&place("2027-01-28T20:00:00Z"), &material);
        let lines: Vec<String> = lines
            .iter()
            .map(|line| format!("{}: {}", line.severity, line.headline))
            .collect();
        assert_eq!(lines, expected);
        assert_eq!(others, more);
    }

    #[test]
    fn what_is_told_of_several_stores_in_the_same_words_is_one_line() {
        use Severity::{Act, GoodNews, Watch};
        const UNAVAILABLE: &str = "Act: Amazon shows “Currently unavailable”";
        let (since, seen) = ("2027-01-17T12:00:00Z", "2027-01-28T18:00:00Z");
        let amazon = || found("amazon.com", Act, since, seen);
        let seconds_later = found("bookshop.org", Act, "2027-01-17T12:00:07Z", seen);
        let of_less_weight = found("bookshop.org", Watch, since, seen);
        let mut in_other_words = found("bookshop.org", Act, since, seen);
        in_other_words.pages[0].words = "Backordered".to_owned();
        let good_news = found("bookshop.org", GoodNews, since, seen);
        let both = format!("{UNAVAILABLE}; the same at Bookshop.org");
        check(vec![amazon(), seconds_later], &[&both], 0);
        let watched = "Watch: Bookshop.org shows “Currently unavailable”";
        check(vec![of_less_weight, amazon()], &[UNAVAILABLE, watched], 0);
        let others = "Act: Bookshop.org shows “Backordered”";
        check(vec![amazon(), in_other_words], &[UNAVAILABLE, others], 0);
        check(vec![amazon(), good_news], &[UNAVAILABLE], 0);
        check(vec![amazon(), amazon()], &[UNAVAILABLE, UNAVAILABLE], 0);
    }

    #[test]
    fn what_nobody_sees_now_is_one_line_only_where_it_was_last_seen_at_once() {
        const AMAZON: &str =
            "Act: Amazon shows “Currently unavailable” (last seen Tue 26 January, 12:00 UTC)";
        let since = "2027-01-17T12:00:00Z";
        let last_seen = |store, seen| found(store, Severity::Act, since, seen);
        let unseen = || last_seen("amazon.com", "2027-01-26T12:00:07Z");
        let at_once = last_seen("bookshop.org", "2027-01-26T12:00:31Z");
        let both = format!("{AMAZON}; the same at Bookshop.org");
        check(vec![unseen(), at_once], &[&both], 0);
        let an_hour_later = last_seen("bookshop.org", "2027-01-26T13:00:00Z");
        let other = AMAZON
            .replace("Amazon", "Bookshop.org")
            .replace("12:00", "13:00");
        check(vec![unseen(), an_hour_later], &[AMAZON, &other], 0);
        let seen_now = last_seen("bookshop.org", "2027-01-28T18:00:00Z");
        let other = "Act: Bookshop.org shows “Currently unavailable”";
        check(vec![unseen(), seen_now], &[AMAZON, other], 0);
    }

    #[test]
    fn ten_lines_are_told_and_what_joins_none_of_them_is_counted() {
        let (since, seen) = ("2027-01-17T12:00:00Z", "2027-01-28T18:00:00Z");
        let at_two_stores = |number: usize| {
            ["amazon.com", "bookshop.org"].map(|store| {
                let mut one = found(store, Severity::Watch, since, seen);
                one.pages[0].words = format!("Copy {number}");
                one
            })
        };
        let expected: Vec<String> = (0..10)
            .map(|number| format!("Watch: Amazon shows “Copy {number}”; the same at Bookshop.org"))
            .collect();
        let expected: Vec<&str> = expected.iter().map(String::as_str).collect();
        check((0..12).flat_map(at_two_stores).collect(), &expected, 4);
    }

    #[test]
    fn a_next_step_is_told_in_its_first_words() {
        #[track_caller]
        fn check(text: &str, expected: &str) {
            assert_eq!(first_sentences(text), expected);
        }
        check("", "");
        check("Wait.", "Wait.");
        check(
            "Open the page yourself. If it says the same, ask for it to be sent again. Then wait.",
            "Open the page yourself. If it says the same, ask for it to be sent again.",
        );
        check(
            "Enter the date at KDP and click \"Publish your paperback\". Not before.",
            "Enter the date at KDP and click \"Publish your paperback\".",
        );
    }
}
