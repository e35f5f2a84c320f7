//! Clocks: set ahead and back, and turned with summer time.

use jiff::{SignedDuration, Timestamp};

use super::inject::{Episode, explained, good};
use super::tally::Tally;
use super::world::{Setting, World};
use crate::smtp_server::Behaviour;

/// By how many hours the clock is wrong in the rounds of an episode; then it is right again.
const WRONG: [[i64; 4]; 4] = [
    [24, -24, 24, 0],
    [-24, 24, 0, -24],
    [1, -1, 1, -1],
    [24, 1, -1, -24],
];

/// A round at each time of a clock that is set again and again. The mail server is in trouble now
/// and then, so that letters wait for times that are not to come for a day.
pub(crate) fn clock(world: &World, episode: &Episode, tally: &mut Tally) {
    let script = episode.first / 4;
    let wrong = &WRONG[script % WRONG.len()][..episode.injections];
    for (number, hours) in wrong.iter().enumerate() {
        let is_busy = script.is_multiple_of(2) && number == 0;
        world.mail.behave(vec![if is_busy {
            Behaviour::Answer("MAIL", "421 4.3.2 busy")
        } else {
            Behaviour::Accept
        }]);
        // A minute apart, so that each round has a time of its own.
        let minutes = SignedDuration::from_mins(i64::try_from(number).unwrap());
        let time = world.setting.now + SignedDuration::from_hours(*hours) + minutes;
        let output = world.run_at(time, &["check", "--quiet"]);
        explained(tally, "a clock that was set", &output);
    }
    world.mail.behave(vec![Behaviour::Accept]);
    // It is right again, for good: an hour later, and when the digest has long been due.
    for hours in [2, 14] {
        let time = world.setting.now + SignedDuration::from_hours(hours);
        good(
            tally,
            "the last rounds",
            &world.run_at(time, &["check", "--quiet"]),
        );
    }
    tally.add_looks(world.looks(wrong.len() + 2));
    // The digest of the day came once, whether it was written before its time or at it.
    tally.add_letters(world, (1, 1));
}

/// One round, or two, while the clock is a year ahead; then it is right again.
///
/// What the wrong clock has told is told once more by the right one, since what was told a year from now
/// may silence nothing; and then no more.
pub(crate) fn year_ahead(world: &World, episode: &mut Episode, tally: &mut Tally) {
    let ahead = SignedDuration::from_hours(24 * episode.rng.i64(300..400));
    let wrong = episode.rng.usize(1..3);
    for number in 0..wrong {
        let minutes = SignedDuration::from_mins(i64::try_from(number).unwrap());
        let output = world.run_at(world.setting.now + ahead + minutes, &["check", "--quiet"]);
        explained(tally, "a clock a year ahead", &output);
    }
    for hours in [1, 8, 16] {
        let time = world.setting.now + SignedDuration::from_hours(hours);
        good(
            tally,
            "with the right clock",
            &world.run_at(time, &["check", "--quiet"]),
        );
    }
    tally.add_looks(world.looks_until(3, world.setting.now + SignedDuration::from_hours(17)));
    tally.add_letters(world, (2, 1));
}

/// A night in which the clocks are turned, seen by a service that looks once a night.
pub(crate) struct Turn {
    zone: &'static str,
    check: &'static str,
    /// When rounds are called that look at what is due, and whether that is anything.
    calls: &'static [(&'static str, bool)],
}

/// New York, Berlin, Lord Howe (by half an hour), each in spring and in autumn, at an hour that
/// the night leaves out or has twice.
pub(crate) const TURNS: [Turn; 6] = [
    Turn {
        zone: "America/New_York",
        check: "check = \"30 2 * * *\"",
        calls: &[
            ("2027-03-13T02:45:00-05:00", true),
            ("2027-03-14T01:59:00-05:00", false),
            ("2027-03-14T03:01:00-04:00", true),
            ("2027-03-14T03:45:00-04:00", false),
            ("2027-03-15T02:31:00-04:00", true),
        ],
    },
    Turn {
        zone: "America/New_York",
        check: "check = \"30 1 * * *\"",
        calls: &[
            ("2027-11-06T01:45:00-04:00", true),
            ("2027-11-07T01:31:00-04:00", true),
            ("2027-11-07T01:31:00-05:00", false),
            ("2027-11-07T02:31:00-05:00", false),
            ("2027-11-08T01:31:00-05:00", true),
        ],
    },
    Turn {
        zone: "Europe/Berlin",
        check: "check = \"30 2 * * *\"",
        calls: &[
            ("2027-03-27T02:45:00+01:00", true),
            ("2027-03-28T01:59:00+01:00", false),
            ("2027-03-28T03:01:00+02:00", true),
            ("2027-03-29T02:31:00+02:00", true),
        ],
    },
    Turn {
        zone: "Europe/Berlin",
        check: "check = \"30 2 * * *\"",
        calls: &[
            ("2027-10-30T02:45:00+02:00", true),
            ("2027-10-31T02:31:00+02:00", true),
            ("2027-10-31T02:31:00+01:00", false),
            ("2027-10-31T03:01:00+01:00", false),
            ("2027-11-01T02:31:00+01:00", true),
        ],
    },
    Turn {
        zone: "Australia/Lord_Howe",
        check: "check = \"15 2 * * *\"",
        calls: &[
            ("2027-10-02T02:45:00+10:30", true),
            ("2027-10-03T01:59:00+10:30", false),
            ("2027-10-03T02:31:00+11:00", true),
            ("2027-10-04T02:16:00+11:00", true),
        ],
    },
    Turn {
        zone: "Australia/Lord_Howe",
        check: "check = \"45 1 * * *\"",
        calls: &[
            ("2027-04-03T01:50:00+11:00", true),
            ("2027-04-04T01:46:00+11:00", true),
            ("2027-04-04T01:46:00+10:30", false),
            ("2027-04-05T01:46:00+10:30", true),
        ],
    },
];

impl Turn {
    pub(crate) fn setting(&self) -> Setting {
        let now: Timestamp = self.calls[0].0.parse().unwrap();
        Setting {
            now,
            zone: self.zone,
            check: self.check,
            digest: now + SignedDuration::from_hours(183 * 24),
            // A busy machine is no fault of the clock's.
            deadline: "20s",
            ..Setting::here_and_now()
        }
    }
}

pub(crate) fn turn(world: &World, turn: &Turn, tally: &mut Tally) {
    let mut looks = 0;
    for (time, is_due) in turn.calls {
        let output = world.run_at(time.parse().unwrap(), &["check", "--due", "--quiet"]);
        good(tally, &format!("{} at {time}", turn.zone), &output);
        looks += usize::from(*is_due);
        let found = world.looks(looks);
        if found.kept != found.expected || found.doubled != 0 {
            let line = format!("{} at {time}: {found:?}", turn.zone);
            tally.unexplained.push(line);
        }
    }
    tally.add_looks(world.looks(looks));
    tally.add_letters(world, (1, 0));
}
