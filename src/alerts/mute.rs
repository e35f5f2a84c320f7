//! What the author does not want to be told for a while. Nothing is forgotten meanwhile.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::AlertKey;
use crate::book::{Note, NoteKind};
use crate::judge::Cause;

/// Until which day nothing is told of an alert; `None`: it is told.
///
/// A mute is a note: of the edition as a whole or of one cause, at one store or at all. It counts
/// from the moment it was given to the beginning of its day in the author's zone. The longest one
/// counts.
pub fn until(key: &AlertKey, notes: &[Note], zone: &TimeZone, now: Timestamp) -> Option<Date> {
    in_force(notes, zone, now)
        .filter(|(note, _, cause)| {
            let is_cause = cause.is_none_or(|cause| Cause::from_name(cause) == Some(key.cause));
            let is_there = note.store.as_ref().is_none_or(|store| {
                !key.stores.is_empty() && key.stores.iter().all(|one| one == store)
            });
            is_cause && is_there
        })
        .map(|(_, until, _)| until)
        .max()
}

/// The mutes that count now, each with its end and its cause.
pub fn in_force<'a>(
    notes: &'a [Note],
    zone: &'a TimeZone,
    now: Timestamp,
) -> impl Iterator<Item = (&'a Note, Date, Option<&'a str>)> {
    let today = now.to_zoned(zone.clone()).date();
    notes.iter().filter_map(move |note| {
        let NoteKind::Muted { until, cause } = &note.kind else {
            return None;
        };
        (note.at <= now && today < *until).then_some((note, *until, cause.as_deref()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::book::StoreId;

    fn mute(until: &str, cause: Option<&str>, store: Option<&str>) -> Note {
        Note {
            kind: NoteKind::Muted {
                until: until.parse().unwrap(),
                cause: cause.map(str::to_owned),
            },
            at: "2027-01-10T12:00:00Z".parse().unwrap(),
            store: store.map(StoreId::new),
            ticket: None,
            text: None,
        }
    }

    /// An alert `unavailable` at Amazon, in New York.
    #[track_caller]
    fn check(notes: &[Note], now: &str, expected: Option<&str>) {
        let key = AlertKey {
            cause: Cause::Unavailable,
            edition: "9781944098117".parse().unwrap(),
            stores: vec![StoreId::new("amazon.com")],
        };
        let zone = TimeZone::get("America/New_York").unwrap();
        let found = until(&key, notes, &zone, now.parse().unwrap());
        assert_eq!(found.map(|day| day.to_string()).as_deref(), expected);
    }

    #[test]
    fn a_mute_counts_until_its_day_begins_where_the_author_lives() {
        let all = [mute("2027-01-20", None, None)];
        check(&all, "2027-01-10T11:59:00Z", None);
        check(&all, "2027-01-10T12:00:00Z", Some("2027-01-20"));
        check(&all, "2027-01-20T04:59:00Z", Some("2027-01-20"));
        check(&all, "2027-01-20T05:00:00Z", None);
    }

    #[test]
    fn a_mute_is_about_its_cause_and_its_store() {
        let now = "2027-01-12T00:00:00Z";
        let day = "2027-01-20";
        check(&[mute(day, Some("unavailable"), None)], now, Some(day));
        check(&[mute(day, Some("missing"), None)], now, None);
        check(&[mute(day, None, Some("amazon.com"))], now, Some(day));
        check(&[mute(day, None, Some("bookshop.org"))], now, None);
        let longest = [mute("2027-01-15", None, None), mute(day, None, None)];
        check(&longest, now, Some(day));
    }
}
