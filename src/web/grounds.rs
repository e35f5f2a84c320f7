//! Where a window stops being quiet: the grounds behind a lane. Pure.

use jiff::Timestamp;

use super::timeline::{Ground, Stretch};
use crate::book::Family;
use crate::book::Launch;
use crate::book::launch::midnight_gmt;
use crate::history::{ListingView, View};
use crate::judge::windows::{Window, WindowName, Windows};
use crate::judge::{Finding, Severity};

/// The grounds of every listing, in the order of the view.
///
/// 1. From enabling to a page that takes orders, or to the date: the window of the store.
/// 2. From the date to a page that sells: the window of the release, or of KDP's switch.
/// 3. For what is found now: from its beginning to the day from which acting is right, and on.
pub fn grounds(
    view: &View,
    windows: &Windows,
    (findings, now): (&[Finding], Timestamp),
) -> Vec<Vec<Ground>> {
    let launch = &view.launch;
    view.listings
        .iter()
        .map(|listing| {
            let mut grounds = before(view, windows, launch, listing);
            grounds.extend(after(view, windows, launch, listing));
            grounds.extend(of_findings(findings, listing, now));
            grounds
        })
        .collect()
}

fn of_findings(findings: &[Finding], listing: &ListingView, now: Timestamp) -> Vec<Ground> {
    findings
        .iter()
        .filter(|finding| finding.stores.contains(&listing.store))
        .filter_map(|finding| Some((finding.since, finding.act_from?)))
        .flat_map(|(since, act)| {
            [
                ground(since, act.min(now), Severity::Watch),
                ground(act, now, Severity::Act),
            ]
        })
        .flatten()
        .collect()
}

fn before(view: &View, windows: &Windows, launch: &Launch, listing: &ListingView) -> Vec<Ground> {
    let Some(enabled) = launch.enabled else {
        return Vec::new();
    };
    let name = WindowName::listing_at(&listing.store);
    let window = windows.listing(name, &view.edition, &listing.store);
    let released = midnight_gmt(launch.date_at(&listing.store));
    let end = first_seen(listing, midnight_gmt(enabled), |spell| {
        spell.availability.is_orderable()
    });
    of_window(
        &window,
        midnight_gmt(enabled),
        end.unwrap_or(released).min(released),
    )
}

fn after(view: &View, windows: &Windows, launch: &Launch, listing: &ListingView) -> Vec<Ground> {
    let (name, start) = match launch.published_at(&listing.store) {
        Some(published) => (WindowName::KdpClicked, published),
        None if listing.store.family() == Family::Amazon && !launch.amazon_by_kdp => (
            WindowName::ReleaseAmazonNotKdp,
            launch.released_at(&listing.store),
        ),
        None => (
            WindowName::ReleaseIngramFed,
            launch.released_at(&listing.store),
        ),
    };
    let window = windows.at(name, &view.edition.id, Some(&listing.store));
    let end = first_seen(listing, start, |spell| spell.availability.is_released());
    let week = jiff::SignedDuration::from_hours(14 * 24);
    of_window(window, start, end.unwrap_or(start + week).min(start + week))
}

/// When the first such state was to be seen at or after `start`; a state that held before counts
/// from `start`.
fn first_seen(
    listing: &ListingView,
    start: Timestamp,
    is_it: impl Fn(&crate::history::Spell) -> bool,
) -> Option<Timestamp> {
    listing
        .spells
        .iter()
        .filter(|spell| is_it(spell) && spell.until.is_none_or(|until| start < until))
        .map(|spell| spell.since.max(start))
        .next()
}

fn of_window(window: &Window, start: Timestamp, end: Timestamp) -> Vec<Ground> {
    let watch = window.quiet.after(start);
    let act = window.act_from(start);
    [
        ground(watch, act.unwrap_or(end).min(end), Severity::Watch),
        act.and_then(|act| ground(act, end, Severity::Act)),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// A ground, unless it is over before it begins.
fn ground(from: Timestamp, to: Timestamp, severity: Severity) -> Option<Ground> {
    (from < to).then_some(Ground {
        stretch: Stretch { from, to },
        severity,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::testing::view;

    #[track_caller]
    fn check(spells: &str, expected: &str) {
        let mut view = view("2027-02-09", spells);
        view.launch.enabled = Some("2026-12-01".parse().unwrap());
        let windows = Windows::new(&[]).unwrap();
        let found: Vec<String> = grounds(&view, &windows, (&[], view.listings[0].spells[0].since))
            .concat()
            .iter()
            .map(|ground| {
                let day = |at: Timestamp| at.strftime("%m-%d").to_string();
                format!(
                    "{} {} to {}",
                    ground.severity.name(),
                    day(ground.stretch.from),
                    day(ground.stretch.to)
                )
            })
            .collect();
        assert_eq!(found.join(", "), expected);
    }

    #[test]
    fn a_page_that_never_takes_orders_goes_through_the_whole_window() {
        check(
            "amazon.com not_listed 2026-12-01T00:00:00Z ..",
            "watch 12-15 to 12-31, act 12-31 to 02-09, watch 02-10 to 02-12, act 02-12 to 02-23",
        );
    }

    #[test]
    fn a_page_that_takes_orders_in_time_stays_quiet() {
        check(
            "amazon.com not_listed 2026-12-01T00:00:00Z .. 2026-12-08T00:00:00Z
             amazon.com pre_order 2026-12-08T00:00:00Z .. 2027-02-09T00:00:00Z
             amazon.com in_stock 2027-02-09T00:00:00Z ..",
            "",
        );
    }

    #[test]
    fn a_late_page_ends_its_ground() {
        check(
            "amazon.com not_listed 2026-12-01T00:00:00Z .. 2026-12-20T00:00:00Z
             amazon.com pre_order 2026-12-20T00:00:00Z .. 2027-02-11T00:00:00Z
             amazon.com in_stock 2027-02-11T00:00:00Z ..",
            "watch 12-15 to 12-20, watch 02-10 to 02-11",
        );
    }
}
