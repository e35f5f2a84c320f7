//! When a listing is due for a look: from stored times, a rhythm and the clock, and nothing else.

use croner::Cron;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::cron::next_after;
use crate::book::{Isbn13, StoreId};

/// What is stored of a listing, and of its store, about looks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Times {
    /// The newest look, whatever it gave.
    pub last_try: Option<Timestamp>,
    /// The first sight of a state that is not confirmed yet.
    pub unconfirmed_since: Option<Timestamp>,
    /// When a look that failed for a passing reason is to be repeated.
    pub retry_at: Option<Timestamp>,
    /// Until when the store does not want to be asked: an open breaker, a `Retry-After`.
    pub closed_until: Option<Timestamp>,
}

/// How often a listing is looked at when nothing in particular has happened.
#[derive(Debug, Clone, Copy)]
pub enum Rhythm<'a> {
    /// At this distance, each listing at a phase of its own.
    Every(SignedDuration),
    /// By the author's schedule, all listings together.
    Cron {
        /// The five-field expression.
        cron: &'a Cron,
        /// The author's zone.
        zone: &'a TimeZone,
    },
}

/// What holds for all listings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rules {
    /// The least time between two looks at one listing.
    pub floor: SignedDuration,
    /// A change is looked at again when this much time has passed.
    pub confirm_after: SignedDuration,
    /// When this program began to look, or went on after the machine slept. What became due
    /// before is spread over the minutes that follow, so that it does not come all at once.
    /// `None` for a round that a person or a system's cron asked for.
    pub awake_since: Option<Timestamp>,
}

/// Why a look is due when it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// It was never looked at.
    First,
    /// Its rhythm says so.
    Rhythm,
    /// A change wants a second look.
    Confirm,
    /// A look failed for a passing reason.
    Retry,
    /// The store does not want to be asked earlier.
    Closed,
    /// The least time between two looks is not over earlier.
    Floor,
    /// The stored time lies in a future that cannot be: the clock was set back.
    ClockSetBack,
}

impl Why {
    /// The reason in a few words, for `status`.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::First => "never looked at",
            Self::Rhythm => "by its rhythm",
            Self::Confirm => "to confirm a change",
            Self::Retry => "after a failed look",
            Self::Closed => "the store asked for quiet until then",
            Self::Floor => "not earlier, out of politeness",
            Self::ClockSetBack => "the clock was set back",
        }
    }
}

/// When a look is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Due {
    /// From then on; it may be past.
    pub at: Timestamp,
    /// Why then.
    pub why: Why,
}

impl Due {
    /// The look is due.
    #[must_use]
    pub fn is_now(&self, now: Timestamp) -> bool {
        self.at <= now
    }
}

/// Overdue looks are spread over so much time after a start.
const CATCH_UP: SignedDuration = SignedDuration::from_mins(10);

/// No store is left alone for longer than this, whatever is stored: a breaker opens for a day at
/// most. A later time means that the clock was set back.
const LONGEST_CLOSED: SignedDuration = SignedDuration::from_hours(25);

/// The phase of a listing within `interval`: stable, and spread evenly over all listings.
#[must_use]
pub fn phase(isbn: &Isbn13, store: &StoreId, interval: SignedDuration) -> SignedDuration {
    // FNV-1a with a final mix: the standard hasher may change between versions of Rust, and then
    // every phase would.
    let bytes = isbn
        .as_str()
        .bytes()
        .chain([0])
        .chain(store.as_str().bytes());
    let mut hash = bytes.fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    });
    hash ^= hash >> 33;
    hash = hash.wrapping_mul(0xff51_afd7_ed55_8ccd);
    hash ^= hash >> 33;
    let seconds = u64::try_from(interval.as_secs()).unwrap_or_default().max(1);
    SignedDuration::from_secs(i64::try_from(hash % seconds).unwrap_or_default())
}

/// When a listing is due for a look.
///
/// 1. Never looked at: at once.
/// 2. Otherwise by its rhythm, or earlier to confirm a change or to repeat a failed look.
/// 3. Never before the store wants to be asked again, nor before the floor is over.
/// 4. What became due while nobody was awake is spread over the first minutes.
/// 5. A stored time that lies further ahead than any rhythm reaches is not believed: the clock
///    was set back, and the look is due.
#[must_use]
pub fn due(
    (isbn, store): (&Isbn13, &StoreId),
    times: &Times,
    rhythm: Rhythm<'_>,
    rules: &Rules,
    now: Timestamp,
) -> Due {
    let closed = times
        .closed_until
        .filter(|until| *until <= later(now, LONGEST_CLOSED));
    let Some(last_try) = times.last_try else {
        return no_earlier(
            Due {
                at: now,
                why: Why::First,
            },
            closed,
            Why::Closed,
        );
    };
    if later(now, rhythm.reach(now)) < last_try {
        return no_earlier(
            Due {
                at: now,
                why: Why::ClockSetBack,
            },
            closed,
            Why::Closed,
        );
    }
    let mut due = Due {
        at: rhythm.after(isbn, store, last_try),
        why: Why::Rhythm,
    };
    due = no_later(due, confirmation(times, last_try, rules), Why::Confirm);
    let retry = times.retry_at.filter(|retry| last_try < *retry);
    due = no_later(due, retry, Why::Retry);
    if let Some(awake) = rules.awake_since
        && due.at < awake
    {
        due.at = later(awake, phase(isbn, store, CATCH_UP));
    }
    due = no_earlier(due, Some(later(last_try, rules.floor)), Why::Floor);
    no_earlier(due, closed, Why::Closed)
}

/// When the second look at a change is due. When it was tried already and could not be read, it
/// is repeated, at longer distances than the floor.
fn confirmation(times: &Times, last_try: Timestamp, rules: &Rules) -> Option<Timestamp> {
    let first = later(times.unconfirmed_since?, rules.confirm_after);
    if last_try < first {
        return Some(first);
    }
    Some(later(last_try, rules.floor.max(rules.confirm_after / 4)))
}

impl Rhythm<'_> {
    /// The regular look after one at `last`.
    fn after(self, isbn: &Isbn13, store: &StoreId, last: Timestamp) -> Timestamp {
        match self {
            Self::Every(interval) => {
                // The first place of the listing's own phase that is not too near: between half
                // an interval and one and a half after the last look, and from then on exactly
                // one interval apart.
                let interval = interval.as_secs().max(1);
                let phase = phase(isbn, store, SignedDuration::from_secs(interval)).as_secs();
                let earliest = last.as_second().saturating_add(interval / 2);
                let beyond = (earliest - phase).rem_euclid(interval);
                let wait = if beyond == 0 { 0 } else { interval - beyond };
                Timestamp::from_second(earliest.saturating_add(wait)).unwrap_or(Timestamp::MAX)
            }
            Self::Cron { cron, zone } => next_after(cron, zone, last).unwrap_or(Timestamp::MAX),
        }
    }

    /// The longest time that this rhythm lets pass.
    fn reach(self, now: Timestamp) -> SignedDuration {
        match self {
            Self::Every(interval) => interval,
            Self::Cron { cron, zone } => {
                let second = next_after(cron, zone, now)
                    .and_then(|first| next_after(cron, zone, first))
                    .unwrap_or(Timestamp::MAX);
                second.duration_since(now)
            }
        }
    }
}

fn no_later(due: Due, limit: Option<Timestamp>, why: Why) -> Due {
    match limit {
        Some(at) if at < due.at => Due { at, why },
        Some(_) | None => due,
    }
}

fn no_earlier(due: Due, limit: Option<Timestamp>, why: Why) -> Due {
    match limit {
        Some(at) if due.at < at => Due { at, why },
        Some(_) | None => due,
    }
}

fn later(at: Timestamp, duration: SignedDuration) -> Timestamp {
    at.checked_add(duration).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::str::FromStr as _;

    use super::*;

    const HOUR: SignedDuration = SignedDuration::from_hours(1);

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn rules() -> Rules {
        Rules {
            floor: SignedDuration::from_mins(30),
            confirm_after: HOUR * 6,
            awake_since: None,
        }
    }

    fn listing() -> (Isbn13, StoreId) {
        ("9781944098117".parse().unwrap(), StoreId::new("amazon.com"))
    }

    /// Each line is a stored time by its name, or the clock; the last line is what is expected.
    #[track_caller]
    fn check(rhythm: Rhythm<'_>, script: &str, expected: &str) {
        let (isbn, store) = listing();
        let mut times = Times::default();
        let mut rules = rules();
        let mut now = None;
        for line in script.trim().lines() {
            let (name, value) = line.trim().split_once(' ').unwrap();
            let value = at(value);
            match name {
                "tried" => times.last_try = Some(value),
                "changed" => times.unconfirmed_since = Some(value),
                "retry" => times.retry_at = Some(value),
                "closed" => times.closed_until = Some(value),
                "awake" => rules.awake_since = Some(value),
                "now" => now = Some(value),
                other => panic!("{other}"),
            }
        }
        let due = due((&isbn, &store), &times, rhythm, &rules, now.unwrap());
        assert_eq!(format!("{} {}", due.at, due.why.words()), expected);
    }

    fn hourly() -> Cron {
        Cron::from_str("0 */6 * * *").unwrap()
    }

    fn by_cron<'a>(cron: &'a Cron, zone: &'a TimeZone) -> Rhythm<'a> {
        Rhythm::Cron { cron, zone }
    }

    #[test]
    fn a_new_listing_is_due_at_once_unless_its_store_is_closed() {
        check(
            Rhythm::Every(HOUR * 6),
            "now 2026-12-01T08:00:00Z",
            "2026-12-01T08:00:00Z never looked at",
        );
        check(
            Rhythm::Every(HOUR * 6),
            "now 2026-12-01T08:00:00Z
             closed 2026-12-01T09:00:00Z",
            "2026-12-01T09:00:00Z the store asked for quiet until then",
        );
    }

    #[test]
    fn the_authors_schedule_counts_from_the_last_look() {
        let (cron, zone) = (hourly(), TimeZone::get("America/New_York").unwrap());
        check(
            by_cron(&cron, &zone),
            "tried 2026-12-01T11:00:20Z
             now 2026-12-01T12:00:00Z",
            "2026-12-01T17:00:00Z by its rhythm",
        );
        // The machine slept over two rounds: one look, not two.
        check(
            by_cron(&cron, &zone),
            "tried 2026-12-01T11:00:20Z
             now 2026-12-02T01:00:00Z",
            "2026-12-01T17:00:00Z by its rhythm",
        );
    }

    #[test]
    fn a_change_brings_the_second_look_forward() {
        check(
            Rhythm::Every(HOUR * 24),
            "tried 2026-12-01T08:00:00Z
             changed 2026-12-01T08:00:00Z
             now 2026-12-01T09:00:00Z",
            "2026-12-01T14:00:00Z to confirm a change",
        );
        // The second look came and could not be read: again after a while, not every minute.
        check(
            Rhythm::Every(HOUR * 24),
            "tried 2026-12-01T14:00:30Z
             changed 2026-12-01T08:00:00Z
             now 2026-12-01T14:01:00Z",
            "2026-12-01T15:30:30Z to confirm a change",
        );
    }

    #[test]
    fn a_failed_look_is_repeated_but_never_before_the_floor() {
        check(
            Rhythm::Every(HOUR * 24),
            "tried 2026-12-01T08:00:00Z
             retry 2026-12-01T09:00:00Z
             now 2026-12-01T08:10:00Z",
            "2026-12-01T09:00:00Z after a failed look",
        );
        check(
            Rhythm::Every(HOUR * 24),
            "tried 2026-12-01T08:00:00Z
             retry 2026-12-01T08:05:00Z
             now 2026-12-01T08:10:00Z",
            "2026-12-01T08:30:00Z not earlier, out of politeness",
        );
        // A retry that a later look has made needless is forgotten.
        let (cron, zone) = (hourly(), TimeZone::UTC);
        check(
            by_cron(&cron, &zone),
            "tried 2026-12-01T12:00:10Z
             retry 2026-12-01T09:00:00Z
             now 2026-12-01T12:10:00Z",
            "2026-12-01T18:00:00Z by its rhythm",
        );
    }

    #[test]
    fn a_closed_store_is_left_alone_whatever_is_due() {
        check(
            Rhythm::Every(HOUR),
            "tried 2026-12-01T08:00:00Z
             changed 2026-12-01T01:00:00Z
             closed 2026-12-02T00:00:00Z
             now 2026-12-01T12:00:00Z",
            "2026-12-02T00:00:00Z the store asked for quiet until then",
        );
    }

    #[test]
    fn a_clock_that_was_set_back_does_not_stop_the_looks() {
        check(
            Rhythm::Every(HOUR * 6),
            "tried 2027-12-01T08:00:00Z
             closed 2027-12-01T09:00:00Z
             now 2026-12-01T08:00:00Z",
            "2026-12-01T08:00:00Z the clock was set back",
        );
        let (cron, zone) = (hourly(), TimeZone::UTC);
        check(
            by_cron(&cron, &zone),
            "tried 2026-12-03T08:00:00Z
             now 2026-12-01T08:00:00Z",
            "2026-12-01T08:00:00Z the clock was set back",
        );
        // A little ahead is believed: the floor and the rhythm bound what it can cost.
        check(
            by_cron(&cron, &zone),
            "tried 2026-12-01T08:10:00Z
             now 2026-12-01T08:00:00Z",
            "2026-12-01T12:00:00Z by its rhythm",
        );
    }

    #[test]
    fn an_interval_settles_at_a_phase_of_its_own() {
        let (isbn, store) = listing();
        let rhythm = Rhythm::Every(HOUR * 6);
        let mut last = at("2026-12-01T08:00:00Z");
        let mut gaps = Vec::new();
        for _ in 0..4 {
            let times = Times {
                last_try: Some(last),
                ..Times::default()
            };
            let next = due((&isbn, &store), &times, rhythm, &rules(), last).at;
            gaps.push(next.duration_since(last));
            // The look itself comes a little later than it was due.
            last = later(next, SignedDuration::from_secs(40));
        }
        assert!((HOUR * 3..=HOUR * 9).contains(&gaps[0]), "{gaps:?}");
        let settled = HOUR * 6 - SignedDuration::from_secs(40);
        assert_eq!(gaps[1..], [settled; 3]);
    }

    #[test]
    fn a_restart_spreads_what_became_due_meanwhile() {
        let awake = at("2026-12-08T08:00:00Z");
        let rules = Rules {
            awake_since: Some(awake),
            ..rules()
        };
        let times = Times {
            last_try: Some(at("2026-12-01T08:00:00Z")),
            ..Times::default()
        };
        let mut moments = BTreeSet::new();
        for number in 0..300_u32 {
            let isbn = isbn_of(number);
            let store = StoreId::new("bookshop.org");
            let due = due(
                (&isbn, &store),
                &times,
                Rhythm::Every(HOUR * 6),
                &rules,
                awake,
            );
            assert!(awake <= due.at && due.at <= later(awake, CATCH_UP));
            moments.insert(due.at.as_second() / 60);
        }
        assert_eq!(
            moments.len(),
            10,
            "300 looks should come in each of ten minutes"
        );
    }

    #[test]
    fn phases_are_spread_over_the_whole_interval() {
        let mut hours = [0_u32; 24];
        for number in 0..2400_u32 {
            let phase = phase(&isbn_of(number), &StoreId::new("amazon.com"), HOUR * 24);
            hours[usize::try_from(phase.as_hours()).unwrap()] += 1;
        }
        assert!(
            hours.iter().all(|count| (60..=140).contains(count)),
            "{hours:?}"
        );
    }

    fn isbn_of(number: u32) -> Isbn13 {
        let core = format!("978{number:09}");
        (0..10)
            .find_map(|digit| format!("{core}{digit}").parse().ok())
            .unwrap()
    }
}
