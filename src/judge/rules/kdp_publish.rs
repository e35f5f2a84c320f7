//! The day has come, and the paperback is not published at KDP.

use jiff::civil::time;
use jiff::{SignedDuration, Timestamp, ToSpan as _};

use crate::book::launch::{LAUNCH_HOURS, later, midnight_gmt};
use crate::book::{Availability, Family, StoreId};
use crate::judge::case::Case;
use crate::judge::{Finding, FindingKind, Severity, Task};

/// KDP not yet published on the day.
///
/// 1. KDP Print is to take Amazon over, and the author has not told us that it was published.
/// 2. Amazon does not sell the book yet.
/// 3. A thing to do when the date begins in KDP's clock, 00:00 GMT, shown in both clocks.
/// 4. Once more at the next 9 o'clock of the author's that is at least six hours later.
/// 5. Neither is an alarm: we do not know that it was not done, only that nobody told us. After
///    72 hours the rules that look at Amazon's page take over.
pub(crate) fn judge(case: &Case<'_>) -> Vec<Finding> {
    let date = case.view.launch.publication;
    let begin = midnight_gmt(date);
    let is_day = begin <= case.now && case.now < later(begin, LAUNCH_HOURS);
    let amazon: Vec<StoreId> = case
        .view
        .listings
        .iter()
        .filter(|listing| listing.store.family() == Family::Amazon)
        .filter(|listing| case.run(listing, Availability::is_released).is_none())
        .map(|listing| listing.store.clone())
        .collect();
    let wanted = case.view.edition.amazon_switch && case.view.launch.kdp.is_none();
    if !is_day || !wanted || amazon.is_empty() {
        return Vec::new();
    }
    let morning = next_morning(case, later(begin, 6));
    let (kind, since) = match morning {
        Some(morning) if morning <= case.now => {
            (FindingKind::PublishAtKdpMorning { date }, morning)
        }
        _ => (FindingKind::PublishAtKdp { date }, begin),
    };
    let mut found = Finding::new(kind, amazon, since)
        .weighing(Severity::ToDo)
        .to_do(Task::PublishAtKdp);
    found.act_from = Some(begin);
    vec![found]
}

/// The next 9 o'clock of the author's at or after `from`.
fn next_morning(case: &Case<'_>, from: Timestamp) -> Option<Timestamp> {
    let day = from.to_zoned(case.zone().clone()).date();
    [day, day.saturating_add(1.day())]
        .into_iter()
        .filter_map(|day| {
            let nine = day.to_datetime(time(9, 0, 0, 0));
            nine.to_zoned(case.zone().clone()).ok()
        })
        .map(|nine| nine.timestamp())
        .find(|nine| SignedDuration::ZERO <= nine.duration_since(from))
}

#[cfg(test)]
mod tests {
    use crate::judge::Severity;
    use crate::judge::script::{Script, time};

    #[track_caller]
    fn check(zone: &str, at: &str, expected: Option<&str>) {
        let script = Script::new("2027-02-09")
            .zone(zone)
            .pages("2027-02-01T00:00 amazon.com pre_order..12*4");
        let found: Vec<&str> = script
            .judge_at(&script.view(), time(at))
            .iter()
            .map(|finding| finding.kind.name())
            .filter(|rule| rule.starts_with("publish"))
            .collect();
        assert_eq!(found, expected.as_slice());
    }

    #[test]
    fn the_day_begins_at_midnight_gmt_and_again_at_nine_oclock() {
        let (first, again) = (Some("publish-at-kdp"), Some("publish-at-kdp-morning"));
        check("UTC", "2027-02-08T23:59", None);
        check("UTC", "2027-02-09T00:00", first);
        check("UTC", "2027-02-09T08:59", first);
        check("UTC", "2027-02-09T09:00", again);
        check("America/New_York", "2027-02-09T13:59", first);
        check("America/New_York", "2027-02-09T14:00", again);
        // In Sydney it is 11 o'clock when the day begins in GMT: the next morning.
        check("Australia/Sydney", "2027-02-09T21:59", first);
        check("Australia/Sydney", "2027-02-09T22:00", again);
        check("UTC", "2027-02-12T00:00", None);
    }

    #[test]
    fn the_time_is_shown_in_the_authors_zone() {
        let script = Script::new("2027-02-09")
            .zone("America/New_York")
            .pages("2027-02-01T00:00 amazon.com pre_order..12*4");
        let findings = script.judge_at(&script.view(), time("2027-02-09T00:00"));
        assert_eq!(findings[0].severity, Severity::ToDo);
        let words = script
            .pages("2027-02-09T00:00 amazon.com pre_order")
            .said_of("publish-at-kdp");
        assert!(words.contains("Tue 9 February, 00:00 GMT"), "{words}");
        assert!(
            words.contains("Mon 8 February, 19:00 EST in your zone"),
            "{words}"
        );
    }

    #[test]
    fn who_has_published_is_not_reminded() {
        let script = Script::new("2027-02-09")
            .pages("2027-02-08T00:00 amazon.com pre_order..12*4")
            .notes("2027-02-09T00:20 kdp_published");
        script.check(&[]);
    }
}
