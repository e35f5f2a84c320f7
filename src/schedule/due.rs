//! When a listing is due for a look: from stored times, a rhythm and the clock, and nothing else.

use croner::Cron;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::cron::next_after;
use crate::book::{EditionId, StoreId};

/// What is stored of a listing, and of its store, about looks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Times {
    /// The newest look, whatever it gave.
    pub last_try: Option<Timestamp>,
    /// The first sight of a state that is not confirmed yet.
    pub unconfirmed_since: Option<Timestamp>,
    /// The first sight of such a state at another marketplace of the same shop, since the newest
    /// look here: what changes together is looked at together.
    pub sister_changed: Option<Timestamp>,
    /// When a look that failed for a passing reason is to be repeated.
    pub retry_at: Option<Timestamp>,
    /// Until when the store does not want to be asked: an open breaker, a `Retry-After`.
    pub closed_until: Option<Timestamp>,
    /// Until when the store gets no more requests, because those of the day are used up.
    pub store_spent_until: Option<Timestamp>,
    /// Until when the page gets no more looks, because those of the day are used up.
    pub spent_until: Option<Timestamp>,
}

/// How often a listing is looked at when nothing in particular has happened.
#[derive(Debug, Clone, Copy)]
pub enum Rhythm<'a> {
    /// At this distance, each book at a phase of its own at each store.
    Every(SignedDuration),
    /// By the author's schedule, all listings together.
    Cron {
        /// The five-field expression.
        cron: &'a Cron,
        /// The author's zone.
        zone: &'a TimeZone,
    },
}

/// A look that is due comes within this time, politeness and retries included.
const SLACK: SignedDuration = SignedDuration::from_hours(1);

/// What was seen is good for this long at least: on the date, pages are asked every hour, and a store
/// that is closed for a few of them says nothing about the book.
pub const GOOD_FOR: SignedDuration = SignedDuration::from_hours(6);

impl Rhythm<'_> {
    /// Until when what a look at `at` saw may be spoken of as what is: until two more looks were
    /// due and missed.
    pub fn good_until(&self, at: Timestamp) -> Timestamp {
        let second = match self {
            Self::Every(interval) => at.checked_add(interval.saturating_mul(2)).ok(),
            Self::Cron { cron, zone } => {
                let next = next_after(cron, zone, at);
                next.and_then(|next| next_after(cron, zone, next))
            }
        };
        let late = second.and_then(|second| second.checked_add(SLACK).ok());
        let least = at.checked_add(GOOD_FOR).unwrap_or(Timestamp::MAX);
        late.unwrap_or(Timestamp::MAX).max(least)
    }
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
    /// Another marketplace of the same shop has changed.
    Sister,
    /// A look failed for a passing reason.
    Retry,
    /// The store does not want to be asked earlier.
    Closed,
    /// The store has had its requests of the day.
    StoreSpent,
    /// The page has had its looks of the day.
    Spent,
    /// The least time between two looks is not over earlier.
    Floor,
    /// The stored time lies in a future that cannot be: the clock was set back.
    ClockSetBack,
}

impl Why {
    /// The reason in a few words, for `status`.
    pub fn words(self) -> &'static str {
        match self {
            Self::First => "never looked at",
            Self::Rhythm => "by its rhythm",
            Self::Confirm => "to confirm a change",
            Self::Sister => "as another marketplace has changed",
            Self::Retry => "after a failed look",
            Self::Closed => "the store asked for quiet until then",
            Self::StoreSpent => "the store has had its requests of the day",
            Self::Spent => "it has had its looks of the day",
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
    pub fn is_now(&self, now: Timestamp) -> bool {
        self.at <= now
    }
}

/// Overdue looks are spread over so much time after a start.
const CATCH_UP: SignedDuration = SignedDuration::from_mins(10);

/// No store is left alone for longer than this, whatever is stored: a breaker opens for a day at
/// most. A later time means that the clock was set back.
const LONGEST_CLOSED: SignedDuration = SignedDuration::from_hours(25);

/// The phase of a book's listings at a store within `interval`: stable, and spread evenly.
///
/// The formats of one book have one phase, so that what is true of several of
/// them is seen at once; `book` is the least of their ISBNs.
pub fn phase(book: &EditionId, store: &StoreId, interval: SignedDuration) -> SignedDuration {
    // FNV-1a with a final mix: the standard hasher may change between versions of Rust, and then
    // every phase would.
    let bytes = book
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
/// 3. Never before the store wants to be asked again, nor before the floor is over, nor more often
///    in a day than page and store are asked.
/// 4. What became due while nobody was awake is spread over the first minutes.
/// 5. A stored time that lies further ahead than any rhythm reaches is not believed: the clock
///    was set back, and the look is due.
pub fn due(
    (book, store): (&EditionId, &StoreId),
    times: &Times,
    rhythm: Rhythm<'_>,
    rules: &Rules,
    now: Timestamp,
) -> Due {
    let when_open = |due| open(due, times, now);
    let Some(last_try) = times.last_try else {
        return when_open(Due {
            at: now,
            why: Why::First,
        });
    };
    if later(now, rhythm.reach(now)) < last_try {
        return when_open(Due {
            at: now,
            why: Why::ClockSetBack,
        });
    }
    let mut due = Due {
        at: rhythm.after(book, store, last_try),
        why: Why::Rhythm,
    };
    due = no_later(due, confirmation(times, last_try, rules), Why::Confirm);
    due = no_later(due, times.sister_changed, Why::Sister);
    let retry = times.retry_at.filter(|retry| last_try < *retry);
    due = no_later(due, retry, Why::Retry);
    if let Some(awake) = rules.awake_since
        && due.at < awake
    {
        due.at = later(awake, phase(book, store, CATCH_UP));
    }
    due = no_earlier(due, Some(later(last_try, rules.floor)), Why::Floor);
    when_open(due)
}

/// A look that is put off while its store is closed, or what there is for a day is used up.
fn open(due: Due, times: &Times, now: Timestamp) -> Due {
    let limits = [
        (times.spent_until, Why::Spent),
        (times.store_spent_until, Why::StoreSpent),
        (times.closed_until, Why::Closed),
    ];
    limits.into_iter().fold(due, |due, (until, why)| {
        let believed = until.filter(|until| *until <= later(now, LONGEST_CLOSED));
        no_earlier(due, believed, why)
    })
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
    fn after(self, book: &EditionId, store: &StoreId, last: Timestamp) -> Timestamp {
        match self {
            Self::Every(interval) => {
                // The first place of the listing's own phase that is not too near: between half
                // an interval and one and a half after the last look, and from then on exactly
                // one interval apart.
                let interval = interval.as_secs().max(1);
                let phase = phase(book, store, SignedDuration::from_secs(interval)).as_secs();
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
mod tests;
