//! Whether the watch itself is well: one function, for `status`, `doctor`, `/healthz`, `/metrics`,
//! the ping and the digest. Pure.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use strum::IntoStaticStr;

use crate::book::{EditionId, StoreId};
use crate::config::plan::Plan;
use crate::say::say;
use crate::text::words;

/// A page that was never read is given so long from its first look on: one or two retries.
const FIRST_SIGHT: SignedDuration = SignedDuration::from_hours(6);

/// What was seen by a build that kept no promise is good for two days of a steady page.
const UNKNOWN: SignedDuration = SignedDuration::from_hours(49);

/// A letter may wait so long: a mail server that is restarted is no trouble.
const LETTER: SignedDuration = SignedDuration::from_hours(1);

/// A clock may be so much behind the newest look: two machines are never of one second.
const CLOCK: SignedDuration = SignedDuration::from_mins(5);

/// So long it is said of a machine that it slept.
const WAKING: SignedDuration = SignedDuration::from_hours(48);

/// What is known of the watch.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Vitals {
    /// The pages that a program asks for, those that only the author looks at left out.
    pub pages: Vec<Asked>,
    /// When the newest check began, whatever it gave.
    pub last_check: Option<Timestamp>,
    /// When the newest check ended that read a page.
    pub last_read: Option<Timestamp>,
    /// When the newest check ended that could not read one.
    pub last_unread: Option<Timestamp>,
    /// The newest time in which nobody looked for longer than was to be, if it is over.
    pub slept: Option<(Timestamp, Timestamp)>,
    /// No store can be reached at all, which a notice has told.
    pub is_line_down: bool,
    /// The mail server does not take our user name or password.
    pub is_login_refused: bool,
    /// Letters that were refused or given up.
    pub letters_failed: u32,
    /// Letters that wait, after a try or without one.
    pub letters_waiting: u32,
    /// Since when the oldest of those that wait does.
    pub waiting_since: Option<Timestamp>,
    /// What the mail server said last.
    pub mail_error: Option<String>,
    /// Why the configuration in force is not the one in the file, where it is not.
    pub old_configuration: Option<String>,
}

/// A page that a program asks for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Asked {
    /// The first attempt, whatever it gave.
    pub first_try: Option<Timestamp>,
    /// Until when what was seen last may be spoken of as what is; `None` where nothing was.
    pub good_until: Option<Timestamp>,
    /// When it was read last, by a program or in the author's own eyes.
    pub last_good: Option<Timestamp>,
}

/// The pages of a configuration that a program asks for, with what is known of each at its store.
pub fn asked<Known>(plan: &Plan, known: impl Fn(&EditionId) -> Known) -> Vec<Asked>
where
    Known: Fn(&StoreId) -> Option<Asked>,
{
    let mut pages = Vec::new();
    for plan in &plan.editions {
        let known = known(&plan.edition.id);
        let listings = plan.listings.iter().filter(|one| !one.is_by_hand);
        pages.extend(listings.map(|one| known(&one.store).unwrap_or_default()));
    }
    pages
}

impl Asked {
    /// A page with its first attempt, the promise kept of it, and its newest reading.
    pub fn new(
        first_try: Option<Timestamp>,
        good_until: Option<Timestamp>,
        last_good: Option<Timestamp>,
    ) -> Self {
        let unknown = last_good.and_then(|at| at.checked_add(UNKNOWN).ok());
        Self {
            first_try,
            good_until: good_until.or(unknown),
            last_good,
        }
    }

    /// It was seen as lately as its rhythm promises, or has not had the time yet.
    fn is_within_promise(&self, now: Timestamp) -> bool {
        let first = || {
            self.first_try
                .and_then(|at| at.checked_add(FIRST_SIGHT).ok())
        };
        self.good_until
            .or_else(first)
            .is_some_and(|until| now <= until)
    }
}

/// Whether the watch is well.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Health {
    /// When the newest check began, whatever it gave.
    pub last_check: Option<Timestamp>,
    /// When it was last checked with success: a check in which nothing was due counts only while
    /// something is seen.
    pub last_good_check: Option<Timestamp>,
    /// A time in which nobody looked, that is over since a short while.
    pub slept: Option<(Timestamp, Timestamp)>,
    /// What is wrong, the gravest first.
    pub ailments: Vec<Ailment>,
}

/// What can be wrong with the watch.
#[derive(Debug, Clone, PartialEq, Eq, IntoStaticStr)]
#[strum(serialize_all = "kebab-case")]
pub enum Ailment {
    /// Nobody has ever looked.
    NotBegun,
    /// No page was read for longer than the rhythm promises.
    NothingRead {
        /// When one was read last.
        since: Option<Timestamp>,
        /// Pages were asked for since, and could not be read.
        is_tried: bool,
    },
    /// No store can be reached: it is this machine's own line.
    LineDown,
    /// The newest look lies in the future.
    ClockSetBack {
        /// The newest look.
        newest: Timestamp,
    },
    /// The configuration in force is not the one in the file.
    OldConfiguration(String),
    /// Letters were refused or given up.
    LettersRefused {
        /// How many.
        count: u32,
        /// What the mail server said last.
        said: Option<String>,
    },
    /// Letters wait for longer than an hour.
    LettersWait {
        /// How many.
        count: u32,
        /// Since when.
        since: Timestamp,
        /// What the mail server said last.
        said: Option<String>,
    },
}

impl Ailment {
    /// Letters do not reach the author.
    pub fn is_about_letters(&self) -> bool {
        matches!(self, Self::LettersRefused { .. } | Self::LettersWait { .. })
    }

    /// The name for programs.
    pub fn name(&self) -> &'static str {
        self.into()
    }

    /// What is wrong, in a line.
    pub fn words(&self, zone: &TimeZone, now: Timestamp) -> String {
        let said = |said: &Option<String>| {
            let said = said.as_deref().map(words::one_line);
            said.map_or_else(String::new, |said| {
                format!(": {}", words::clipped(&said, 160))
            })
        };
        let letters = |count: u32| words::count(i64::from(count), "letter");
        match self {
            Self::NotBegun => "nobody has looked yet".to_owned(),
            Self::NothingRead { since: None, .. } => "no look so far could read a page".to_owned(),
            Self::NothingRead {
                since: Some(since),
                is_tried,
            } => format!(
                "no page {} since {}, {} ago",
                if *is_tried {
                    "could be read"
                } else {
                    "was read"
                },
                words::brief_moment(*since, zone, now),
                words::lasting(now.duration_since(*since))
            ),
            Self::LineDown => "no store can be reached".to_owned(),
            Self::ClockSetBack { newest } => format!(
                "the newest check lies ahead, at {}: the clock was set back",
                words::brief_moment(*newest, zone, now)
            ),
            Self::OldConfiguration(why) => words::one_line(why),
            Self::LettersRefused { count, said: why } => {
                format!("{} refused or given up{}", letters(*count), said(why))
            }
            Self::LettersWait {
                count,
                since,
                said: why,
            } => format!(
                "{} not delivered for {}{}",
                letters(*count),
                words::lasting(now.duration_since(*since)),
                said(why)
            ),
        }
    }

    /// What to do about it.
    pub fn next_step(&self) -> &'static str {
        match self {
            Self::NotBegun => "`pubwatch check` takes the first look",
            Self::NothingRead { is_tried: true, .. } => {
                "`pubwatch status` says why, and how else to look; `pubwatch doctor` tries every store"
            }
            Self::NothingRead { .. } | Self::LineDown => {
                "see that `pubwatch run` or the cron line still runs and that this machine is on \
                 the network; `pubwatch doctor` tries every store"
            }
            Self::ClockSetBack { .. } => "set the clock right",
            Self::OldConfiguration(_) => "`pubwatch config check` says what is wrong with the file",
            Self::LettersRefused { .. } | Self::LettersWait { .. } => {
                "`pubwatch outbox list` shows them, `pubwatch doctor` tries the mail server"
            }
        }
    }
}

impl Health {
    /// The same for programs.
    pub fn facts(&self, zone: &TimeZone, now: Timestamp) -> HealthFacts {
        let ailments = self.ailments.iter().map(|one| AilmentFacts {
            name: one.name(),
            words: one.words(zone, now),
        });
        HealthFacts {
            last_check: self.last_check,
            last_good_check: self.last_good_check,
            ailments: ailments.collect(),
        }
    }

    /// Nothing is wrong.
    pub fn is_good(&self) -> bool {
        self.ailments.is_empty()
    }

    /// The last good check is older than that, or there was none.
    pub fn is_older_than(&self, age: SignedDuration, now: Timestamp) -> bool {
        let last = self.last_good_check;
        last.is_none_or(|last| age < now.duration_since(last))
    }
}

/// What programs are told of the watch, by `status --json` and by `/healthz`.
#[derive(Debug, Serialize)]
pub struct HealthFacts {
    last_check: Option<Timestamp>,
    last_good_check: Option<Timestamp>,
    ailments: Vec<AilmentFacts>,
}

#[derive(Debug, Serialize)]
struct AilmentFacts {
    name: &'static str,
    words: String,
}

/// "Nobody looked from … to …", and why that may be.
pub fn nobody_looked(stretch: (Timestamp, Timestamp), zone: &TimeZone, now: Timestamp) -> String {
    say!("nobody-looked", span = words::span(stretch, zone, now))
}

/// Whether the watch is well.
///
/// 1. A clock that was set back makes every time doubtful.
/// 2. Nobody ever looked; or of all pages that a program asks for, none was read for as long as its
///    rhythm promises. One that is seen shows that somebody watches: what else cannot be read is
///    told by letter.
///    No store being reached at all is told before that.
/// 3. The newest check is the last good one while a page is seen; else it is the newest that read
///    one. So many idle checks beside a wall are no good ones.
/// 4. The file has another configuration than the service runs.
/// 5. Letters were refused, or wait for longer than an hour, or for a password that is taken.
pub fn health(vitals: &Vitals, now: Timestamp) -> Health {
    let newest = vitals.last_check;
    let is_seen = vitals.pages.iter().any(|page| page.is_within_promise(now));
    let is_read = vitals.pages.iter().any(|page| Some(now) <= page.good_until);
    let is_idle = vitals.pages.is_empty();
    let mut ailments = Vec::new();
    if let Some(newest) = newest.filter(|at| CLOCK < at.duration_since(now)) {
        ailments.push(Ailment::ClockSetBack { newest });
    }
    let has_begun = newest.is_some() || vitals.pages.iter().any(|one| one.first_try.is_some());
    if !has_begun && !is_idle {
        ailments.push(Ailment::NotBegun);
    } else if !is_seen && !is_idle {
        let by_anybody = vitals.pages.iter().map(|page| page.last_good).max();
        ailments.push(Ailment::NothingRead {
            since: vitals.last_read.max(by_anybody.flatten()),
            is_tried: vitals.last_read < vitals.last_unread,
        });
    } else if vitals.is_line_down {
        ailments.push(Ailment::LineDown);
    }
    if let Some(why) = &vitals.old_configuration {
        ailments.push(Ailment::OldConfiguration(why.clone()));
    }
    if 0 < vitals.letters_failed {
        ailments.push(Ailment::LettersRefused {
            count: vitals.letters_failed,
            said: vitals.mail_error.clone(),
        });
    }
    let is_late =
        |since: &Timestamp| vitals.is_login_refused || LETTER < now.duration_since(*since);
    let late = vitals.waiting_since.filter(is_late);
    if let Some(since) = late {
        ailments.push(Ailment::LettersWait {
            count: vitals.letters_waiting,
            since,
            said: vitals.mail_error.clone(),
        });
    }
    Health {
        last_check: newest,
        last_good_check: if is_read || is_idle {
            newest
        } else {
            vitals.last_read
        },
        slept: vitals
            .slept
            .filter(|(_, to)| now.duration_since(*to) < WAKING),
        ailments,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(hours: i64) -> Timestamp {
        "2027-02-01T00:00:00Z".parse::<Timestamp>().unwrap() + SignedDuration::from_hours(hours)
    }

    fn page(first_try: i64, good_until: Option<i64>) -> Asked {
        Asked {
            first_try: Some(at(first_try)),
            good_until: good_until.map(at),
            last_good: None,
        }
    }

    #[track_caller]
    fn check(vitals: &Vitals, now: i64, ailments: &[&str], last_good: Option<i64>) {
        let health = health(vitals, at(now));
        let names: Vec<_> = health.ailments.iter().map(Ailment::name).collect();
        assert_eq!(names, ailments);
        assert_eq!(health.last_good_check, last_good.map(at));
        for one in &health.ailments {
            let words = one.words(&TimeZone::UTC, at(now));
            assert!(!words.is_empty() && !one.next_step().is_empty(), "{one:?}");
        }
    }

    #[test]
    fn what_the_author_saw_herself_was_read() {
        let page = Asked {
            last_good: Some(at(30)),
            ..page(0, Some(60))
        };
        let vitals = Vitals {
            pages: vec![page],
            last_check: Some(at(99)),
            last_unread: Some(at(99)),
            ..Vitals::default()
        };
        let said = health(&vitals, at(100)).ailments[0].words(&TimeZone::UTC, at(100));
        assert!(said.contains("since Tue 2 February, 06:00 UTC"), "{said}");
    }

    #[test]
    fn a_check_in_which_nothing_was_due_is_good_only_while_something_is_seen() {
        let vitals = |until: i64| Vitals {
            pages: vec![page(0, Some(until)), page(0, None)],
            last_check: Some(at(100)),
            last_read: Some(at(20)),
            ..Vitals::default()
        };
        check(&vitals(120), 100, &[], Some(100));
        check(&vitals(69), 100, &["nothing-read"], Some(20));
    }

    #[test]
    fn a_store_that_refuses_from_the_first_look_on_is_no_good_watch() {
        let checked = |last: i64| Vitals {
            pages: vec![page(0, None)],
            last_check: Some(at(last)),
            ..Vitals::default()
        };
        check(&checked(2), 2, &[], None);
        check(&checked(9 * 24), 9 * 24, &["nothing-read"], None);
        let health = health(&checked(9 * 24), at(9 * 24));
        assert!(health.is_older_than(SignedDuration::from_hours(12), at(9 * 24)));
    }

    #[test]
    fn nobody_having_looked_is_said_but_not_of_pages_that_only_the_author_sees() {
        let never = Vitals {
            pages: vec![Asked::default()],
            ..Vitals::default()
        };
        check(&never, 0, &["not-begun"], None);
        check(&Vitals::default(), 0, &[], None);
    }

    #[test]
    fn letters_that_wait_for_an_hour_and_refused_ones_are_trouble() {
        let vitals = |waiting_since: i64, letters_failed| Vitals {
            pages: vec![page(0, Some(100))],
            last_check: Some(at(10)),
            letters_failed,
            letters_waiting: 2,
            waiting_since: Some(at(waiting_since)),
            ..Vitals::default()
        };
        check(&vitals(9, 0), 10, &[], Some(10));
        check(&vitals(8, 0), 10, &["letters-wait"], Some(10));
        check(&vitals(9, 1), 10, &["letters-refused"], Some(10));
    }

    #[test]
    fn a_clock_and_a_file_that_do_not_fit_are_trouble() {
        let vitals = Vitals {
            pages: vec![page(0, Some(100))],
            last_check: Some(at(10)),
            old_configuration: Some("line 3 is wrong".to_owned()),
            ..Vitals::default()
        };
        check(&vitals, 10, &["old-configuration"], Some(10));
        check(
            &vitals,
            8,
            &["clock-set-back", "old-configuration"],
            Some(10),
        );
    }
}
