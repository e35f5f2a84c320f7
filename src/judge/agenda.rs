//! The agenda of an edition: every day of its launch on which something is right to do or to be
//! expected, and what its dates make unlikely (DOMAIN §3).

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan as _};
use serde::Serialize;

use super::Settings;
use super::rules::calendar::{MILESTONES, MilestoneId};
use super::rules::launch_report::REPORTS;
use super::windows::WindowName;
use crate::book::Launch;
use crate::book::launch::{begun_everywhere, midnight_gmt};
use crate::book::{Distribution, Edition};
use crate::config::plan::{EditionPlan, StorePlan};
use crate::say::say;
use crate::text::words;

/// A day of the launch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Entry {
    /// The day, in the author's zone.
    pub day: Date,
    /// The very moment, where there is one.
    pub moment: Option<Timestamp>,
    /// A name that stays the same, as `calendar-freeze`.
    pub name: String,
    /// What it is.
    pub what: String,
    /// Why, and who says so.
    pub why: String,
}

/// The days of a launch at the stores where the edition is watched.
pub fn watched_agenda(
    plan: &EditionPlan,
    stores: &[StorePlan],
    calendar: &Launch,
    settings: &Settings,
) -> Vec<Entry> {
    let watched = plan.listings.iter();
    let watched: Vec<StorePlan> = watched
        .filter_map(|listing| stores.iter().find(|one| one.id == listing.store))
        .cloned()
        .collect();
    agenda(&plan.edition, &watched, calendar, settings)
}

/// The days of a launch, in their order.
///
/// 1. The milestones that concern the edition, counted back from its publication date. The day
///    begins at KDP at 00:00 GMT, so that one is a moment, on the author's own day.
/// 2. The days of the launch reports.
/// 3. For each store, once distribution is enabled: when it usually lists the title, and from when
///    asking is right.
fn agenda(
    edition: &Edition,
    stores: &[StorePlan],
    calendar: &Launch,
    settings: &Settings,
) -> Vec<Entry> {
    let mut entries: Vec<Entry> = MILESTONES
        .iter()
        .filter(|milestone| milestone.concerns(edition, calendar))
        .map(|milestone| {
            let day = milestone.day(calendar.publication);
            let moment = (milestone.id == MilestoneId::Publish).then(|| midnight_gmt(day));
            Entry {
                day: moment.map_or(day, |at| at.to_zoned(settings.zone.clone()).date()),
                moment,
                name: milestone.id.name().to_owned(),
                what: milestone.what().to_owned(),
                why: milestone.why().to_owned(),
            }
        })
        .collect();
    entries.push(Entry {
        day: calendar.publication,
        moment: None,
        name: "publication".to_owned(),
        what: say!("calendar-publication"),
        why: say!("calendar-publication.why"),
    });
    if calendar.on_sale != calendar.publication {
        entries.push(Entry {
            day: calendar.on_sale,
            moment: None,
            name: "on-sale".to_owned(),
            what: say!("calendar-on-sale"),
            why: say!("calendar-on-sale.why"),
        });
    }
    let last = calendar.publication.max(calendar.on_sale);
    for (hours, _) in REPORTS {
        entries.push(Entry {
            day: last.saturating_add((hours / 24).days()),
            moment: None,
            name: format!("launch-report-{hours}h"),
            what: say!("agenda-report.what"),
            why: say!("agenda-report.why", hours = hours),
        });
    }
    if edition.distribution != Distribution::Kdp
        && let Some(enabled) = calendar.enabled
    {
        for store in stores {
            entries.extend(listing_days(store, enabled, edition, settings));
        }
    }
    // The sort is stable: what falls on one day stays in the order of the launch.
    entries.sort_by_key(|entry| entry.day);
    entries
}

fn listing_days(
    plan: &StorePlan,
    enabled: Date,
    edition: &Edition,
    settings: &Settings,
) -> Vec<Entry> {
    let store = &plan.id;
    let window = settings
        .windows
        .listing(WindowName::listing_at(store), edition, store);
    let start = begun_everywhere(enabled);
    let day = |at: Timestamp| at.to_zoned(settings.zone.clone()).date();
    let label = &plan.label;
    let mut entries = vec![Entry {
        day: day(window.quiet.after(start)),
        moment: None,
        name: format!("listed-{store}"),
        what: say!("agenda-listed", store = label.as_str()),
        why: window.usual().sentence,
    }];
    if let Some(act) = window.act_from(start) {
        entries.push(Entry {
            day: day(act),
            moment: None,
            name: format!("ask-{store}"),
            what: say!("agenda-ask.what", store = label.as_str()),
            why: say!("agenda-ask.why"),
        });
    }
    entries
}

/// What the dates of an edition make unlikely or impossible, a sentence each.
pub fn warnings(edition: &Edition, calendar: &Launch, today: Date) -> Vec<String> {
    let mut warnings = Vec::new();
    let days = |from: Date, to: Date| from.duration_until(to).as_hours() / 24;
    let is_ahead = today < calendar.publication;
    if calendar.publication != calendar.on_sale {
        warnings.push(say!(
            "dates-differ-warning",
            publication = words::short_date(calendar.publication),
            on_sale = words::short_date(calendar.on_sale)
        ));
    }
    if !edition.distribution.is_ingram_fed() || !is_ahead {
        return warnings;
    }
    match calendar.enabled {
        Some(enabled) if days(enabled, calendar.publication) < 42 => warnings.push(say!(
            "enabled-late-warning",
            days = days(enabled, calendar.publication)
        )),
        None if days(today, calendar.publication) < 60 => warnings.push(say!(
            "not-enabled-warning",
            days = days(today, calendar.publication)
        )),
        Some(_) | None => {}
    }
    if days(today, calendar.publication) <= 30 {
        warnings.push(say!("freeze-warning"));
    }
    warnings
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::book::StoreId;
    use crate::judge::script::{CONFIRM, Script};
    use crate::judge::windows::Windows;
    use jiff::tz::TimeZone;

    fn settings(zone: &str) -> Settings {
        Settings {
            windows: Windows::new(&[]).unwrap(),
            confirm_after: CONFIRM,
            zone: TimeZone::get(zone).unwrap(),
        }
    }

    #[track_caller]
    fn check(script: &Script, zone: &str, name: &str, day: &str) {
        let settings = settings(zone);
        let view = script.view();
        let calendar = &view.launch;
        let stores = [StorePlan::plain(StoreId::new("amazon.com"))];
        let entries = agenda(&view.edition, &stores, calendar, &settings);
        assert!(entries.is_sorted_by_key(|entry| entry.day));
        let found = entries.iter().find(|entry| entry.name == name);
        assert_eq!(
            found.map(|entry| entry.day.to_string()).as_deref(),
            Some(day)
        );
    }

    #[test]
    fn the_day_at_kdp_begins_on_the_evening_before_in_america() {
        let script = Script::new("2027-02-09").enabled("2026-12-01");
        check(&script, "UTC", "calendar-publish", "2027-02-09");
        check(
            &script,
            "America/Los_Angeles",
            "calendar-publish",
            "2027-02-08",
        );
        check(
            &script,
            "Australia/Sydney",
            "calendar-publish",
            "2027-02-09",
        );
        check(&script, "America/Los_Angeles", "publication", "2027-02-09");
    }

    #[test]
    fn each_store_has_its_days_from_enabling_on() {
        let script = Script::new("2027-02-09").enabled("2026-12-01");
        check(&script, "UTC", "listed-amazon.com", "2026-12-15");
        check(&script, "UTC", "ask-amazon.com", "2026-12-31");
        check(&script, "UTC", "calendar-freeze", "2027-01-10");
    }

    #[track_caller]
    fn warned(script: &Script, today: &str, expected: &[&str]) {
        let view = script.view();
        let found = warnings(&view.edition, &view.launch, today.parse().unwrap());
        assert_eq!(found.len(), expected.len(), "{found:?}");
        for (warning, words) in found.iter().zip(expected) {
            assert!(warning.contains(words), "{warning}");
        }
    }

    #[test]
    fn what_the_dates_make_unlikely_is_said() {
        warned(
            &Script::new("2027-02-09").enabled("2026-12-01"),
            "2026-12-10",
            &[],
        );
        warned(
            &Script::new("2027-02-09").enabled("2027-01-05"),
            "2027-01-06",
            &["35 days before"],
        );
        warned(&Script::new("2027-02-09"), "2027-01-01", &["not enabled"]);
        warned(
            &Script::new("2027-02-09").enabled("2026-12-01"),
            "2027-01-15",
            &["Within 30 days"],
        );
        let two_dates = Script::new("2027-02-09")
            .enabled("2026-12-01")
            .dated("2027-02-09", "2027-02-02");
        warned(&two_dates, "2026-12-10", &["on-sale date 2 February 2027"]);
        warned(&Script::new("2026-02-09"), "2027-01-15", &[]);
    }
}
