//! What Prometheus collects (text format 0.0.4). Pure.

use std::collections::BTreeMap;
use std::fmt::{Display, Write as _};

use jiff::Timestamp;

use super::frame::Pulse;
use super::survey::{Glances, each};
use crate::book::StoreId;
use crate::mail::sqlite::Counts;

/// The gauges: the watch itself, its pages, its letters and its open alerts.
pub fn metrics(
    pulse: &Pulse,
    glances: &Glances,
    counts: &Counts,
    alerts: &[(String, u32)],
    now: Timestamp,
) -> String {
    let mut text = String::new();
    of_the_watch(&mut text, pulse, now);
    of_pages(&mut text, glances, now);
    let alerts = alerts
        .iter()
        .map(|(severity, count)| (format!("severity=\"{severity}\""), *count));
    gauge(
        &mut text,
        ("alerts_open", "Alerts that are open, by severity."),
        alerts,
    );
    gauge(
        &mut text,
        ("letters_waiting", "Letters that wait for delivery."),
        one(counts.waiting),
    );
    gauge(
        &mut text,
        ("letters_failed", "Letters that were refused or given up."),
        one(counts.failed),
    );
    text
}

fn of_the_watch(text: &mut String, pulse: &Pulse, now: Timestamp) {
    let age = |last: Timestamp| one(now.duration_since(last).as_secs());
    gauge(
        text,
        (
            "healthy",
            "1 while nothing is wrong with the watch, as /healthz says.",
        ),
        one(u8::from(pulse.health.is_good())),
    );
    gauge(
        text,
        (
            "last_good_check_age_seconds",
            "Time since the last good check.",
        ),
        pulse.health.last_good_check.into_iter().flat_map(age),
    );
}

fn of_pages(text: &mut String, glances: &Glances, now: Timestamp) {
    let unseen = each(glances).filter(|(_, _, one)| one.seen(now).is_none());
    let states = each(glances).filter_map(|(edition, store, glance)| {
        let (state, _) = glance.seen(now)?;
        let (edition, store, state) = (edition.as_str(), label(store), state.name());
        Some((
            format!("id=\"{edition}\",store=\"{store}\",state=\"{state}\""),
            1,
        ))
    });
    gauge(
        text,
        ("listings", "Listings that have been looked at."),
        one(each(glances).count()),
    );
    let help = "Listings of which nothing is seen: unread, or not looked at for too long.";
    gauge(text, ("listings_blind", help), one(unseen.count()));
    let help = "Listings that the store refused, or that could not be read.";
    gauge(text, ("listings_unread", help), unread(glances));
    let help = "The state of a listing: 1 for the one that it is in.";
    gauge(text, ("listing_state", help), states);
}

/// One row without labels.
fn one<Value>(value: Value) -> [(String, Value); 1] {
    [(String::new(), value)]
}

/// A gauge with its rows, each with its labels; without rows there is none.
fn gauge<Value: Display>(
    text: &mut String,
    (name, help): (&str, &str),
    rows: impl IntoIterator<Item = (String, Value)>,
) {
    let mut rows = rows.into_iter().peekable();
    if rows.peek().is_none() {
        return;
    }
    // Writing to a string cannot fail.
    let _ = writeln!(
        text,
        "# HELP pubwatch_{name} {help}\n# TYPE pubwatch_{name} gauge"
    );
    for (labels, value) in rows {
        let _ = if labels.is_empty() {
            writeln!(text, "pubwatch_{name} {value}")
        } else {
            writeln!(text, "pubwatch_{name}{{{labels}}} {value}")
        };
    }
}

/// How many listings of each store cannot be read.
fn unread(glances: &Glances) -> Vec<(String, u32)> {
    let mut unread: BTreeMap<&StoreId, u32> = BTreeMap::new();
    for (_, store, glance) in each(glances) {
        *unread.entry(store).or_default() += u32::from(glance.blind_since.is_some());
    }
    let rows = unread.into_iter();
    rows.map(|(store, count)| (format!("store=\"{}\"", label(store)), count))
        .collect()
}

fn label(store: &StoreId) -> String {
    store.as_str().replace(['"', '\\', '\n'], "_")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::testing::at;

    #[test]
    fn metrics_name_every_listing() {
        let edition: crate::book::EditionId = "9781944098117".parse().unwrap();
        let glance = crate::web::survey::Glance {
            state: Some((
                crate::book::Availability::PreOrder,
                at("2027-01-02T00:00:00Z"),
            )),
            ..crate::web::survey::Glance::default()
        };
        let glances = Glances::from([(edition, [(StoreId::new("amazon.com"), glance)].into())]);
        let text = metrics(
            &Pulse::default(),
            &glances,
            &Counts::default(),
            &[("act".to_owned(), 2)],
            at("2027-01-03T00:00:00Z"),
        );
        assert!(text.contains(
            "pubwatch_listing_state{id=\"9781944098117\",store=\"amazon.com\",state=\"pre_order\"} 1\n"
        ), "{text}");
        assert!(text.contains("pubwatch_listings 1\n"));
        assert!(text.contains("pubwatch_alerts_open{severity=\"act\"} 2\n"));
        assert!(text.contains("pubwatch_listings_unread{store=\"amazon.com\"} 0\n"));
    }
}
