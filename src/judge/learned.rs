//! How long things took for the user's own titles: times to an event, with those that still wait
//! counted as waiting (Kaplan–Meier), beside the shipped windows.

use std::borrow::Borrow;
use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use super::windows::WindowName;
use crate::book::Launch;
use crate::book::launch::begun_everywhere;
use crate::book::{Availability, Distribution};
use crate::history::{ListingView, View};
use crate::say::{say, yes};

/// So many titles must have come through before their times are told: with fewer, one odd title
/// is most of the picture.
pub const ENOUGH: usize = 5;

/// How long one title took, or has waited so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wait {
    /// From the start of the window to the event, or to the newest look without it.
    pub lasted: SignedDuration,
    /// The event has happened; without it the title still waits.
    pub is_over: bool,
}

/// What the user's own titles say about a window.
#[derive(Debug, Clone, PartialEq)]
pub struct Learned {
    /// Titles that have come through.
    pub over: usize,
    /// Titles that still wait.
    pub waiting: usize,
    /// Half of the titles have come through by then; `None` while fewer have.
    pub median: Option<SignedDuration>,
    /// Nine in ten have come through by then; `None` while fewer have.
    pub ninety: Option<SignedDuration>,
    /// The shortest and the longest of those that have come through.
    pub range: Option<(SignedDuration, SignedDuration)>,
    /// The curve: where titles came through, earliest first.
    pub steps: Vec<Step>,
}

/// A step of the curve of Kaplan and Meier.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Step {
    /// So long after the window began.
    pub after: SignedDuration,
    /// The share of titles that still wait from then on, of one.
    pub waiting: f64,
}

impl Learned {
    /// There is enough of it to tell: at least [`ENOUGH`] titles have come through, and half of
    /// all have.
    pub fn is_enough(&self) -> bool {
        ENOUGH <= self.over && self.median.is_some()
    }

    /// In whole days, by when half had come through and by when nine in ten had, the second at
    /// least a day after the first; `None` unless there is enough of it and nine in ten of all
    /// titles, with those that still wait, have come through.
    pub fn days(&self) -> Option<(i64, i64)> {
        let days = |length: SignedDuration| (length.as_hours() + 23) / 24;
        let (median, ninety) = self.median.zip(self.ninety).filter(|_| self.is_enough())?;
        Some((days(median), days(ninety).max(days(median) + 1)))
    }

    /// "Your last 9 titles took 6 to 15 days", when there is enough of it.
    pub fn sentence(&self) -> Option<String> {
        let (shortest, longest) = self.range.filter(|_| self.is_enough())?;
        let days = |length: SignedDuration| (length.as_hours() + 12) / 24;
        let (shortest, longest) = (days(shortest), days(longest));
        Some(say!(
            "own-titles",
            titles = self.over,
            shortest = shortest,
            longest = longest,
            is_one_length = yes(shortest == longest)
        ))
    }
}

/// Of a share, so much is rounding: a median is not missed by it.
const ROUNDING: f64 = 1e-9;

/// The estimate of Kaplan and Meier from waits that are over and waits that go on.
///
/// 1. At each time at which something was over, the share that still waits shrinks by the part of
///    those at risk that came through then. Who stopped being watched before is not at risk.
/// 2. The median is the first time at which at most half still wait; ninety likewise with a tenth.
pub fn estimate(waits: &[Wait]) -> Learned {
    let mut waits = waits.to_vec();
    waits.sort_by_key(|wait| wait.lasted);
    let over = |waits: &[Wait]| waits.iter().filter(|wait| wait.is_over).count();
    let mut at_risk = waits.len();
    let mut waiting = 1.0;
    let mut steps = Vec::new();
    for together in waits.chunk_by(|one, other| one.lasted == other.lasted) {
        if let (Some(first), through @ 1..) = (together.first(), over(together)) {
            waiting *= number(at_risk - through) / number(at_risk);
            let after = first.lasted;
            steps.push(Step { after, waiting });
        }
        at_risk -= together.len();
    }
    let until = |share: f64| {
        let step = steps.iter().find(|step| step.waiting <= share + ROUNDING)?;
        Some(step.after)
    };
    let ends = steps.first().zip(steps.last());
    Learned {
        over: over(&waits),
        waiting: waits.len() - over(&waits),
        median: until(0.5),
        ninety: until(0.1),
        range: ends.map(|(first, last)| (first.after, last.after)),
        steps,
    }
}

fn number(titles: usize) -> f64 {
    u32::try_from(titles).unwrap_or(u32::MAX).into()
}

/// What the user's own history says, window by window.
pub fn learn(views: impl IntoIterator<Item: Borrow<View>>) -> BTreeMap<WindowName, Learned> {
    let mut waits: BTreeMap<WindowName, Vec<Wait>> = BTreeMap::new();
    for view in views {
        let view = view.borrow();
        let launch = &view.launch;
        for listing in &view.listings {
            for (name, start, belongs) in starts(view, launch, listing) {
                if let Some(wait) = wait(listing, start, belongs) {
                    waits.entry(name).or_default().push(wait);
                }
            }
        }
    }
    waits
        .into_iter()
        .map(|(name, waits)| (name, estimate(&waits)))
        .collect()
}

/// A class of states.
type Belongs = fn(Availability) -> bool;

/// The windows that a listing's history can tell of, with when each began and which states end it.
fn starts(
    view: &View,
    launch: &Launch,
    listing: &ListingView,
) -> Vec<(WindowName, Timestamp, Belongs)> {
    let store = &listing.store;
    let mut starts: Vec<(WindowName, Timestamp, Belongs)> = Vec::new();
    if let Some(enabled) = launch.enabled
        && view.edition.distribution != Distribution::Kdp
    {
        starts.push((
            WindowName::listing_at(store),
            begun_everywhere(enabled),
            |state| state != Availability::NotListed,
        ));
    }
    match launch.published_at(store) {
        Some(published) => {
            starts.push((WindowName::KdpClicked, published, Availability::is_released));
        }
        None if launch.is_kdp_store(store) => {}
        None => starts.push((
            WindowName::ReleaseIngramFed,
            launch.released_at(store),
            Availability::is_released,
        )),
    }
    starts
}

/// How long a listing waited for such a state.
///
/// 1. It is over with the first confirmed reading of such a state; before the start counts as no
///    time at all.
/// 2. What was so at our very first look may have been so for long: it says nothing, unless we
///    looked before the start.
/// 3. Without such a reading it has waited until the newest good look.
fn wait(listing: &ListingView, start: Timestamp, belongs: Belongs) -> Option<Wait> {
    let found = listing.spells.iter().position(|spell| {
        spell.is_confirmed() && belongs(spell.availability) && start < spell.last_seen
    });
    let Some(index) = found else {
        let seen = listing.last_good.filter(|seen| start < *seen)?;
        return Some(Wait {
            lasted: seen.duration_since(start),
            is_over: false,
        });
    };
    let since = listing.spells.get(index)?.since;
    let was_first_look = index == 0 && listing.watched_since.is_none_or(|first| start < first);
    (!was_first_look).then(|| Wait {
        lasted: since.duration_since(start).max(SignedDuration::ZERO),
        is_over: true,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judge::script::Script;

    /// Days; a `+` marks one that still waits. What comes out is `median ninety over waiting`.
    #[track_caller]
    fn check(waits: &str, expected: &str) {
        let waits: Vec<Wait> = waits
            .split_whitespace()
            .map(|word| Wait {
                lasted: SignedDuration::from_hours(
                    24 * word.trim_end_matches('+').parse::<i64>().unwrap(),
                ),
                is_over: !word.ends_with('+'),
            })
            .collect();
        let learned = estimate(&waits);
        let days = |length: Option<SignedDuration>| {
            length.map_or("-".to_owned(), |length| {
                (length.as_hours() / 24).to_string()
            })
        };
        let found = format!(
            "{} {} {} {}",
            days(learned.median),
            days(learned.ninety),
            learned.over,
            learned.waiting
        );
        assert_eq!(found, expected, "{learned:?}");
    }

    #[test]
    fn without_anybody_waiting_it_is_the_plain_median() {
        check("", "- - 0 0");
        check("7", "7 7 1 0");
        check("3 5 7 9", "5 9 4 0");
        check("1 2 3 4 5 6 7 8 9 10", "5 9 10 0");
    }

    #[test]
    fn those_that_wait_push_the_median_out() {
        // The textbook's example: Kaplan and Meier's own remission times, in weeks as days.
        check(
            "6 6 6 6+ 7 9+ 10 10+ 11+ 13 16 17+ 19+ 20+ 22 23 25+ 32+ 32+ 34+ 35+",
            "23 - 9 12",
        );
        check("3 5+ 5+ 5+", "- - 1 3");
        check("2+ 2+ 4 6", "4 6 2 2");
    }

    /// 3,000 titles, of which `a_day` come through each day, and as many that still wait as `still`
    /// says for a day.
    #[track_caller]
    fn check_many(a_day: usize, still: impl Fn(usize) -> usize, expected: &str) {
        let waits: Vec<String> = (1..=3000 / a_day)
            .flat_map(|day| {
                let over = vec![format!("{day}"); a_day];
                over.into_iter().chain(vec![format!("{day}+"); still(day)])
            })
            .collect();
        check(&waits.join(" "), expected);
    }

    #[test]
    fn three_thousand_titles_are_not_too_many() {
        check_many(1, |_| 0, "1500 2700 3000 0");
        // What comes out of the same with exact fractions.
        check_many(1, |day| usize::from(day % 100 == 0), "1511 2708 3000 30");
        check_many(3, |_| 1, "604 954 3000 1000");
    }

    #[test]
    fn it_is_told_when_there_is_enough_of_it() {
        let wait = |days: i64| Wait {
            lasted: SignedDuration::from_hours(days * 24),
            is_over: true,
        };
        let few: Vec<Wait> = (6..10).map(wait).collect();
        assert_eq!(estimate(&few).sentence(), None);
        let enough: Vec<Wait> = (6..15).map(wait).collect();
        assert_eq!(
            estimate(&enough).sentence().as_deref(),
            Some("Your last 9 titles took 6 to 14 days.")
        );
    }

    #[track_caller]
    fn waits(script: &Script, name: WindowName, expected: Option<(i64, bool)>) {
        let learned = learn([&script.view()]);
        let found = learned.get(&name).map(|learned| {
            let hours = learned
                .range
                .map_or(-1, |(shortest, _)| shortest.as_hours());
            (hours, 0 < learned.over)
        });
        assert_eq!(found, expected);
    }

    #[test]
    fn the_history_tells_how_long_it_took() {
        let script = Script::new("2027-02-09").enabled("2026-12-01");
        let listed = script.clone().pages(
            "2026-12-01T00:00 bookshop.org not_listed..24*9
             2026-12-11T12:00 bookshop.org pre_order..24*2",
        );
        waits(&listed, WindowName::ListBookshop, Some((240, true)));
        let waiting = script
            .clone()
            .pages("2026-12-01T00:00 bookshop.org not_listed..24*9");
        waits(&waiting, WindowName::ListBookshop, Some((-1, false)));
        // It was there when we first looked: nobody knows since when.
        let unknown = script
            .clone()
            .pages("2026-12-20T00:00 bookshop.org pre_order..24*9");
        waits(&unknown, WindowName::ListBookshop, None);
        let live = script.notes("2027-02-09T00:00 kdp_published").pages(
            "2027-02-08T00:00 amazon.com out_of_stock..6*6
                 2027-02-10T06:00 amazon.com in_stock..6*2",
        );
        waits(&live, WindowName::KdpClicked, Some((30, true)));
        waits(&live, WindowName::ReleaseIngramFed, None);
    }
}
