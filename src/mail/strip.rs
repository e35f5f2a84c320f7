//! The strip: one cell a day and listing, made from its spells.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use crate::book::Availability;
use crate::history::{ListingView, Spell};
use crate::say::fixed;

/// What one day of a strip shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cell {
    /// The listing was not watched yet.
    Before,
    /// It was watched, but the page could not be read that day.
    Unseen,
    /// The state that held longest that day.
    State(Availability),
}

impl Cell {
    /// The letter in the terminal and in text letters.
    pub fn letter(self) -> char {
        match self {
            Self::Before => '.',
            Self::Unseen => '?',
            Self::State(state) => state.letter(),
        }
    }

    /// The word shown to people.
    pub fn word(self) -> &'static str {
        match self {
            Self::Before => fixed("state-before"),
            Self::Unseen => fixed("state-unseen"),
            Self::State(state) => state.word(),
        }
    }
}

/// A day in a zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Day {
    /// Which one.
    pub date: Date,
    /// Its first instant, and the first of the next one.
    span: (Timestamp, Timestamp),
}

/// The last `count` days in the author's zone, oldest first, today last: once for all the strips that
/// stand together.
pub fn days(now: Timestamp, zone: &TimeZone, count: u16) -> Vec<Day> {
    let today = now.to_zoned(zone.clone()).date();
    (0..i64::from(count))
        .rev()
        .filter_map(|back| {
            let date = today.checked_sub(SignedDuration::from_hours(24 * back));
            let date = date.ok()?;
            let begin = date.to_zoned(zone.clone()).ok()?.timestamp();
            let next = date.tomorrow().ok()?.to_zoned(zone.clone()).ok()?;
            Some(Day {
                date,
                span: (begin, next.timestamp()),
            })
        })
        .collect()
}

/// What these days show of a listing.
///
/// A state holds from its first reading until the first reading of the next one, but for the times in
/// which nobody saw the page; the last state holds until now, or until it was no longer seen. A day
/// shows the state that held longest on it, today the state that holds now; a day on which none held
/// is unseen once the listing is watched.
pub fn strip(listing: &ListingView, days: &[Day], now: Timestamp) -> Vec<Cell> {
    days.iter().map(|day| cell(listing, *day, now)).collect()
}

fn cell(listing: &ListingView, day: Day, now: Timestamp) -> Cell {
    let (begin, end) = day.span;
    match listing.watched_since {
        Some(watched) if watched < end => {}
        Some(_) | None => return Cell::Before,
    }
    if begin <= now
        && now < end
        && let Some(spell) = listing.seen(now)
    {
        return Cell::State(spell.availability);
    }
    let mut held: Vec<(SignedDuration, Availability)> = Vec::new();
    for spell in listing.spells.iter().filter(|spell| spell.since < end) {
        let time = seen_for(listing, spell, day.span, now);
        match held.iter_mut().find(|(_, of)| *of == spell.availability) {
            _ if !time.is_positive() => {}
            Some((held, _)) => *held += time,
            None => held.push((time, spell.availability)),
        }
    }
    // Of two that held as long the later in the order of the states.
    let longest = held.into_iter().max();
    longest.map_or(Cell::Unseen, |(_, state)| Cell::State(state))
}

/// How long a page was seen in a spell, within a stretch of time.
pub(super) fn seen_for(
    listing: &ListingView,
    spell: &Spell,
    within: (Timestamp, Timestamp),
    now: Timestamp,
) -> SignedDuration {
    let lasts_until = || listing.unseen_since(now).unwrap_or(now);
    // A single reading counts as a moment, so that the day it was made shows it.
    let moment = spell.last_seen + SignedDuration::from_secs(1);
    let until = spell.until.unwrap_or_else(lasts_until).max(moment);
    let gaps = listing.gaps.iter();
    let unseen: SignedDuration = gaps
        .map(|(from, to)| overlap(((*from).max(spell.since), (*to).min(until)), within))
        .sum();
    let held = overlap((spell.since, until), within);
    (held - unseen).max(SignedDuration::ZERO)
}

fn overlap(one: (Timestamp, Timestamp), other: (Timestamp, Timestamp)) -> SignedDuration {
    one.1
        .min(other.1)
        .duration_since(one.0.max(other.0))
        .max(SignedDuration::ZERO)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::book::StoreId;
    use crate::history::Blind;
    use crate::page::{Says, Unread, UnreadReason};

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    /// Spells, one a line: state, first and last reading, first reading of the next or `-`.
    fn listing(watched: &str, spells: &str, blind: Option<&str>) -> ListingView {
        let spells = spells
            .lines()
            .map(|line| {
                let parts: Vec<&str> = line.split_whitespace().collect();
                let availability: Availability = parts[0].parse().unwrap();
                Spell {
                    availability,
                    since: at(parts[1]),
                    last_seen: at(parts[2]),
                    until: (parts[3] != "-").then(|| at(parts[3])),
                    readings: 2,
                    confirmed_at: None,
                    says: Says::new(availability, "test", "words", "place"),
                }
            })
            .collect();
        ListingView {
            store: StoreId::new("amazon.com"),
            address: String::new(),
            is_by_hand: false,
            watched_since: Some(at(watched)),
            last_try: None,
            last_good: None,
            good_until: None,
            gaps: Vec::new(),
            spells,
            shown: Vec::new(),
            blind: blind.map(|since| Blind {
                since: at(since),
                attempts: 3,
                alike_since: at(since),
                alike: 3,
                unread: Unread {
                    reason: UnreadReason::Blocked,
                    rule: String::new(),
                    words: String::new(),
                },
            }),
        }
    }

    #[track_caller]
    fn check(listing: &ListingView, now: &str, zone: &str, expected: &str) {
        let zone = TimeZone::get(zone).unwrap();
        let days = days(at(now), &zone, 10);
        let cells = strip(listing, &days, at(now)).into_iter();
        let letters: String = cells.map(Cell::letter).collect();
        assert_eq!(letters, expected);
    }

    #[test]
    fn a_day_shows_the_state_that_held_longest() {
        let changing = listing(
            "2027-01-03T08:00:00Z",
            "not_listed 2027-01-03T08:00:00Z 2027-01-05T08:00:00Z 2027-01-05T14:00:00Z\n\
             pre_order 2027-01-05T14:00:00Z 2027-01-08T08:00:00Z 2027-01-08T09:00:00Z\n\
             out_of_stock 2027-01-08T09:00:00Z 2027-01-10T08:00:00Z -",
            None,
        );
        check(&changing, "2027-01-10T12:00:00Z", "UTC", "..---PPOOO");
    }

    #[test]
    fn days_that_nobody_saw_are_unseen_and_days_before_are_neither() {
        let lost = listing(
            "2027-01-03T08:00:00Z",
            "pre_order 2027-01-05T14:00:00Z 2027-01-07T08:00:00Z -",
            Some("2027-01-07T10:00:00Z"),
        );
        check(&lost, "2027-01-10T12:00:00Z", "UTC", "..??PPP???");
    }

    #[test]
    fn days_in_which_nobody_looked_are_unseen_though_the_state_was_the_same_after_them() {
        let mut away = listing(
            "2027-01-03T08:00:00Z",
            "pre_order 2027-01-03T14:00:00Z 2027-01-09T08:00:00Z -",
            None,
        );
        away.gaps = vec![(at("2027-01-05T00:00:00Z"), at("2027-01-08T06:00:00Z"))];
        check(&away, "2027-01-10T12:00:00Z", "UTC", "..PP???PPP");
        away.good_until = Some(at("2027-01-09T12:00:00Z"));
        check(&away, "2027-01-10T12:00:00Z", "UTC", "..PP???PP?");
    }

    #[test]
    fn today_shows_what_holds_now() {
        let fresh = listing(
            "2027-01-09T00:00:00Z",
            "out_of_stock 2027-01-09T00:00:00Z 2027-01-10T10:00:00Z 2027-01-10T11:00:00Z\n\
             pre_order 2027-01-10T11:00:00Z 2027-01-10T11:00:00Z -",
            None,
        );
        check(&fresh, "2027-01-10T12:00:00Z", "UTC", "........OP");
        check(&fresh, "2027-01-11T12:00:00Z", "UTC", ".......OPP");
    }

    #[test]
    fn one_reading_is_enough_to_show_its_day() {
        let once = listing(
            "2027-01-10T11:59:59Z",
            "in_stock 2027-01-10T12:00:00Z 2027-01-10T12:00:00Z -",
            None,
        );
        check(&once, "2027-01-10T12:00:00Z", "UTC", ".........A");
    }

    #[test]
    fn days_are_the_authors() {
        let late = listing(
            "2027-01-09T08:00:00Z",
            "pre_order 2027-01-10T03:00:00Z 2027-01-10T04:00:00Z -",
            None,
        );
        // In Los Angeles it is still the evening of the 9th.
        check(
            &late,
            "2027-01-10T07:00:00Z",
            "America/Los_Angeles",
            ".........P",
        );
        check(&late, "2027-01-10T07:00:00Z", "UTC", "........?P");
    }
}
