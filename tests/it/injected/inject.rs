//! The faults. Each plays so many injections into a world of its own, mends what it broke, lets a
//! last round go through, and counts.

use std::process::Output;
use std::time::Duration;

use jiff::SignedDuration;
use pubwatch::clock::Clock;
use tokio::time::Instant;

use super::bad::{bad_mail, bad_store, mail_at_random};
use super::clocks::{TURNS, clock, turn, year_ahead};
use super::damage::damaged_page;
use super::disk::{disk_full, locked, read_only, truncated_log};
use super::ends::{crowd, kill, terminate, terminate_while_others_hang};
use super::faketime::is_there;
use super::posts::posts;
use super::tally::Tally;
use super::world::{CLAIMS_ARE_VOID, Program, Setting, World};

/// A kind of fault, and how many of a thousand injections are of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    Kill,
    Terminate,
    TerminateWhileOthersHang,
    TruncatedLog,
    DiskFull,
    ReadOnly,
    Locked,
    DamagedPage,
    Clock,
    SummerTime,
    Crowd,
    BadStore,
    BadMail,
    MailAtRandom,
    YearAhead,
    Posts,
}

/// What an episode may need to know.
#[derive(Debug, Clone)]
pub(crate) struct Episode {
    pub(crate) fault: Fault,
    pub(crate) injections: usize,
    /// Which of the fault's injections is the first of these.
    pub(crate) first: usize,
    pub(crate) rng: fastrand::Rng,
    /// How long an undisturbed round takes.
    pub(crate) round: Duration,
    /// Also what takes minutes.
    pub(crate) at_length: bool,
}

impl Fault {
    pub(crate) const ALL: [(Self, &str, usize); 16] = [
        (Self::Kill, "kill -9 in a round", 680),
        (Self::Terminate, "SIGTERM to the service", 80),
        (
            Self::TerminateWhileOthersHang,
            "SIGTERM while stores or mail hang",
            24,
        ),
        (
            Self::TruncatedLog,
            "kill -9, and the log cut off anywhere",
            60,
        ),
        (Self::DiskFull, "no more room on the disk", 30),
        (Self::ReadOnly, "data folder read-only", 10),
        (Self::Locked, "database held by another program", 10),
        (Self::DamagedPage, "a page of the database damaged", 40),
        (Self::Clock, "clock set by an hour, a day", 16),
        (Self::SummerTime, "summer time begins, ends", 8),
        (Self::Crowd, "two services and ten rounds at once", 10),
        (
            Self::BadStore,
            "stores that hang, trickle, bomb, flood …",
            24,
        ),
        (
            Self::BadMail,
            "a mail server that refuses, hangs, hangs up",
            16,
        ),
        (
            Self::MailAtRandom,
            "what a mail server says, drawn at random",
            60,
        ),
        (Self::YearAhead, "clock a year ahead for one round", 12),
        (Self::Posts, "kill -9 while edits are posted", 40),
    ];

    pub(crate) fn name(self) -> &'static str {
        let known = Self::ALL.iter().find(|(fault, ..)| *fault == self);
        known.map_or("", |(_, name, _)| name)
    }

    /// At most so many injections go into one world: few where each is to meet a round that has
    /// something to do.
    pub(crate) fn in_one_world(self) -> usize {
        match self {
            Self::BadStore
            | Self::SummerTime
            | Self::Crowd
            | Self::TerminateWhileOthersHang
            | Self::YearAhead => 1,
            Self::Kill | Self::TruncatedLog | Self::Posts => 2,
            Self::Terminate | Self::BadMail => 3,
            Self::Clock => 4,
            Self::MailAtRandom => 6,
            Self::DiskFull | Self::ReadOnly | Self::Locked | Self::DamagedPage => 10,
        }
    }

    /// `injections` of this kind, in episodes of a world each.
    pub(crate) fn episodes(
        self,
        injections: usize,
        (seed, round, at_length): (u64, Duration, bool),
    ) -> Vec<Episode> {
        let kind = Self::ALL.iter().position(|(fault, ..)| *fault == self);
        let own = seed * 100_000 + kind.unwrap_or_default() as u64 * 1000;
        let firsts = (0..injections).step_by(self.in_one_world());
        firsts
            .map(|first| Episode {
                fault: self,
                injections: self.in_one_world().min(injections - first),
                first,
                rng: fastrand::Rng::with_seed(own + first as u64),
                round,
                at_length,
            })
            .collect()
    }
}

impl Episode {
    pub(crate) async fn play(mut self, program: &Program) -> Tally {
        let mut tally = Tally {
            injections: self.injections,
            ..Tally::default()
        };
        let turns_the_clock = [Fault::Clock, Fault::SummerTime, Fault::YearAhead];
        if turns_the_clock.contains(&self.fault) && !is_there() {
            tally.injections = 0;
            tally.not_played = Some("not played: this machine has no faketime".to_owned());
            return tally;
        }
        let here = Setting::here_and_now();
        let setting = if self.fault == Fault::SummerTime {
            TURNS[self.first % TURNS.len()].setting()
        } else if matches!(self.fault, Fault::Clock | Fault::YearAhead) {
            // Between now and where the clock is set to.
            let digest = here.now + SignedDuration::from_hours(12);
            Setting {
                digest,
                deadline: "20s",
                ..here
            }
        } else {
            here
        };
        let world = World::set(program, setting).await;
        // The servers go on answering on the runtime's other threads.
        tokio::task::block_in_place(|| self.inject(&world, &mut tally));
        tally
    }

    fn inject(&mut self, world: &World, tally: &mut Tally) {
        match self.fault {
            Fault::Kill => kill(world, self, tally),
            Fault::Terminate => terminate(world, self, tally),
            Fault::TerminateWhileOthersHang => terminate_while_others_hang(world, self, tally),
            Fault::TruncatedLog => truncated_log(world, self, tally),
            Fault::DiskFull => disk_full(world, self, tally),
            Fault::ReadOnly => read_only(world, self, tally),
            Fault::Locked => locked(world, self, tally),
            Fault::DamagedPage => damaged_page(world, self, tally),
            Fault::Clock => clock(world, self, tally),
            Fault::SummerTime => turn(world, &TURNS[self.first % TURNS.len()], tally),
            Fault::Crowd => crowd(world, self, tally),
            Fault::BadStore => bad_store(world, self, tally),
            Fault::BadMail => bad_mail(world, self, tally),
            Fault::MailAtRandom => mail_at_random(world, self, tally),
            Fault::YearAhead => year_ahead(world, self, tally),
            Fault::Posts => posts(world, self, tally),
        }
    }

    /// Waits for a random part of a round, or a little longer.
    pub(crate) fn wait_a_part_of_a_round(&mut self) {
        let most = u64::try_from(self.round.as_micros()).unwrap() * 5 / 4;
        std::thread::sleep(Duration::from_micros(self.rng.u64(0..most.max(1000))));
    }
}

/// How long an undisturbed round takes here.
pub(crate) async fn length_of_a_round(program: &Program) -> Duration {
    let world = World::new(program).await;
    tokio::task::block_in_place(|| {
        let began = Instant::now();
        let output = world.run(&["check", "--quiet"]);
        assert!(output.status.success(), "{}", said(&output));
        began.elapsed()
    })
}

pub(crate) fn said(output: &Output) -> String {
    let text = String::from_utf8_lossy(&output.stderr);
    text.trim().replace('\n', " / ")
}

/// An end is explained when it is a good one, or a code with a sentence; never a panic, never a
/// signal that nobody sent, and never a program that did not begin because its clock could not be set.
pub(crate) fn explained(tally: &mut Tally, what: &str, output: &Output) {
    let words = said(output);
    let is_good = match output.status.code() {
        Some(0 | 1) => true,
        Some(3..=5) => words.contains("pubwatch: "),
        Some(_) | None => false,
    };
    if !is_good || words.contains("panicked") || words.contains("faketime: ") {
        tally
            .unexplained
            .push(format!("{what}: {}: {words}", output.status));
    }
}

/// Must have gone well.
pub(crate) fn good(tally: &mut Tally, what: &str, output: &Output) {
    if !output.status.success() {
        let line = format!("{what}: {}: {}", output.status, said(output));
        tally.unexplained.push(line);
    }
}

/// The last round, when everything is as it should be again: one look at each page and one letter
/// about each edition.
pub(crate) fn end(world: &World, tally: &mut Tally) {
    std::thread::sleep(CLAIMS_ARE_VOID);
    good(tally, "the last round", &world.run(&["check", "--quiet"]));
    if is_there() {
        // Of a killed process a letter may still be claimed, for a quarter of an hour.
        let then = Clock::System.now() + SignedDuration::from_mins(16);
        let output = world.run_at(then, &["check", "--quiet"]);
        good(tally, "a quarter of an hour later", &output);
    }
    tally.add_looks(world.looks(1));
    tally.add_letters(world, (1, 0));
}
