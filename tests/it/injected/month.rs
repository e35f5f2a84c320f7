//! A month of an imprint by a clock of its own: a round in the morning, under a fault drawn at
//! random, and one in the evening, when all is mended. Beside it stands the same month without a
//! fault: what was looked at and told there must have been looked at and told here.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use pubwatch::db::Db;
use pubwatch::demo::pages::isbn;

use super::bad::any_trouble;
use super::damage::{PAGE, damage, rows};
use super::disk::{cut_copy, while_held, with_small_files};
use super::ends::kill_a_round;
use super::inject::{Episode, Fault, explained, good, said};
use super::posts::{Posted, count, post_until_killed, serve_the_page};
use super::shop::Mood;
use super::tally::Tally;
use super::world::{Program, Setting, World};
use crate::smtp_server::Behaviour;

/// What may go wrong in a morning.
const WRONG: [Fault; 10] = [
    Fault::Kill,
    Fault::TruncatedLog,
    Fault::Posts,
    Fault::BadStore,
    Fault::MailAtRandom,
    Fault::BadMail,
    Fault::DiskFull,
    Fault::Locked,
    Fault::DamagedPage,
    Fault::Clock,
];

/// So many quiet days follow, for what a fault of the last morning put off.
const AFTER: usize = 2;

/// A month to play.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Month {
    pub(crate) days: usize,
    pub(crate) editions: usize,
    pub(crate) seed: u64,
    /// With faults, or as it should be.
    pub(crate) is_disturbed: bool,
}

/// What became of it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Lived {
    pub(crate) tally: Tally,
    /// What letters were about, as an ISBN, with how many came.
    pub(crate) letters: BTreeMap<String, usize>,
    /// The most memory of each evening's round, in kB, where the program says it.
    pub(crate) peaks: Vec<u64>,
}

impl Month {
    pub(crate) async fn live(self, program: &Program) -> Lived {
        let setting = Setting {
            editions: self.editions,
            over_days: 25,
            deadline: "2s",
            ..Setting::here_and_now()
        };
        let world = World::set(program, setting).await;
        let mut lived = Lived::default();
        tokio::task::block_in_place(|| self.days_of(&world, &mut lived));
        lived
    }

    fn days_of(self, world: &World, lived: &mut Lived) {
        let mut rng = fastrand::Rng::with_seed(self.seed);
        let mut order = WRONG;
        let posted = Mutex::new(Posted::default());
        let port = serve_the_page(world);
        let began = world.setting.now;
        let tally = &mut lived.tally;
        for day in 0..self.days + AFTER {
            let morning = began + SignedDuration::from_hours(24 * i64::try_from(day).unwrap());
            let evening = morning + SignedDuration::from_hours(12);
            world.set_clock(morning);
            // Each of them once before any comes again.
            if day % order.len() == 0 {
                rng.shuffle(&mut order);
            }
            let wrong = order[day % order.len()];
            if self.is_disturbed && day < self.days {
                let mut morning = Morning {
                    world,
                    at: morning,
                    rng: &mut rng,
                };
                morning.of(wrong, (port, &posted), tally);
                tally.injections += 1;
            } else {
                good(tally, "a quiet morning", &world.run(&["check", "--quiet"]));
            }
            world.be(Mood::Open);
            world.mail.behave(vec![Behaviour::Accept]);
            world.set_clock(evening);
            let output = world.run(&["check", "--quiet"]);
            good(tally, &format!("the evening after {wrong:?}"), &output);
            let hours = SignedDuration::from_hours(6);
            let found = world.good_looks_within((evening - hours, evening + hours));
            if found.kept != found.expected || found.doubled != 0 {
                let line = format!("the evening of day {day}, after {wrong:?}: {found:?}");
                tally.unexplained.push(line);
            }
            tally.add_looks(found);
            lived.peaks.extend(peak(world.folder.path()));
        }
        if self.is_disturbed {
            count(world, &posted.into_inner().unwrap(), tally);
        }
        lived.letters = letters(world, tally);
    }
}

/// A morning, and the world it dawns on.
struct Morning<'a> {
    world: &'a World,
    at: Timestamp,
    rng: &'a mut fastrand::Rng,
}

impl Morning<'_> {
    fn of(&mut self, wrong: Fault, edits: (u16, &Mutex<Posted>), tally: &mut Tally) {
        let world = self.world;
        tally.count(wrong.name());
        match wrong {
            Fault::Kill => self.kill(tally),
            Fault::TruncatedLog => {
                self.kill(tally);
                tally
                    .unexplained
                    .extend(cut_copy(world, &mut self.episode()));
            }
            Fault::Posts => post_until_killed(world, edits, self.rng, tally),
            Fault::BadStore => {
                let mood = Mood::BAD[self.rng.usize(..Mood::BAD.len())];
                world.shops[self.rng.usize(..world.shops.len())].be(mood);
                self.round(&format!("{mood:?}"), tally);
            }
            Fault::MailAtRandom => {
                let trouble = any_trouble(self.rng);
                world.mail.behave(vec![trouble.clone()]);
                self.round(&format!("{trouble:?}"), tally);
            }
            Fault::BadMail => {
                world.mail.behave(vec![Behaviour::TakeAndDrop]);
                let before = world.mail.seen().letters.len();
                self.round("a mail server that takes and drops", tally);
                // The one case in which nobody can know.
                tally.may_double += world.mail.seen().letters.len() - before;
            }
            Fault::DiskFull => {
                let output = with_small_files(world, &mut self.episode());
                explained(tally, "a full disk", &output);
                // What was taken, and no room for the note of it.
                tally.may_double += 1;
            }
            Fault::Locked => {
                let hold = Duration::from_millis(self.rng.u64(100..3000));
                explained(tally, "a held database", &while_held(world, hold));
            }
            Fault::DamagedPage => self.damage(tally),
            Fault::Clock => {
                let hours = [-24, -1, 1, 24][self.rng.usize(..4)];
                world.set_clock(self.at + SignedDuration::from_hours(hours));
                self.round("a clock that was set", tally);
            }
            Fault::Terminate
            | Fault::TerminateWhileOthersHang
            | Fault::ReadOnly
            | Fault::SummerTime
            | Fault::Crowd
            | Fault::YearAhead => unreachable!("no morning is of it"),
        }
    }

    /// What the parts of other episodes want to know.
    fn episode(&mut self) -> Episode {
        Episode {
            fault: Fault::Kill,
            injections: 1,
            first: 0,
            rng: self.rng.fork(),
            round: Duration::from_millis(10 + 12 * self.world.books.len() as u64),
            at_length: false,
        }
    }

    fn round(&self, what: &str, tally: &mut Tally) {
        explained(tally, what, &self.world.run(&["check", "--quiet"]));
    }

    fn kill(&mut self, tally: &mut Tally) {
        kill_a_round(self.world, &mut self.episode(), tally);
        // Killed between the server's "taken" and the note of it.
        tally.may_double += 1;
    }

    /// A page of the file is damaged over night; it is recognised, and a backup goes back over it.
    fn damage(&mut self, tally: &mut Tally) {
        let world = self.world;
        let sound = world.folder.path().join("sound.db");
        let sound_text = sound.to_str().unwrap();
        good(tally, "a backup", &world.run(&["backup", sound_text]));
        let kept = rows(&sound).unwrap();
        let mut bytes = std::fs::read(&sound).unwrap();
        let page = self.rng.usize(1..bytes.len() / PAGE);
        let how = damage(&mut bytes, page, self.rng.usize(..3), self.rng);
        for ending in ["-wal", "-shm"] {
            let beside = world.data().join(format!("pubwatch.db{ending}"));
            // It is there only when the last process was killed.
            let _ = std::fs::remove_file(beside);
        }
        std::fs::write(world.database(), bytes).unwrap();
        let doctor = world.run(&["doctor", "--offline"]);
        let words = String::from_utf8_lossy(&doctor.stdout).into_owned() + &said(&doctor);
        let is_as_before = || rows(&world.database()).is_ok_and(|now| now == kept);
        if !words.contains("damaged") && !is_as_before() {
            let line = format!("page {page} {how}, and the doctor says: {words}");
            tally.unexplained.push(line);
        }
        let output = world.run(&["restore", "--yes", sound_text]);
        good(tally, "a backup put back", &output);
        std::fs::remove_file(sound).unwrap();
        self.round("a restored database", tally);
    }
}

/// The most memory that the newest call of the program had, in kB, where it leaves that in a file.
fn peak(folder: &Path) -> Option<u64> {
    let text = std::fs::read_to_string(peak_file(folder)).ok()?;
    text.trim().parse().ok()
}

/// Where the program may leave how much memory it had.
pub(crate) fn peak_file(folder: &Path) -> PathBuf {
    folder.join("peak")
}

/// What letters came, by what they were about. What came twice is counted, and what never went out.
fn letters(world: &World, tally: &mut Tally) -> BTreeMap<String, usize> {
    let mut letters = BTreeMap::new();
    for (about, ids) in world.letters_by_subject() {
        tally.letters.doubled += ids.values().map(|count| count - 1).sum::<usize>();
        letters.insert(about, ids.len());
    }
    let waiting: rusqlite::Result<i64> = Db::open(&world.database()).unwrap().read(|c| {
        let sql = "SELECT count(*) FROM outbox WHERE delivered_at IS NULL";
        c.query_row(sql, [], |row| row.get(0))
    });
    let waiting = waiting.unwrap();
    if waiting != 0 {
        tally
            .unexplained
            .push(format!("{waiting} letters never went out"));
    }
    letters
}

/// Puts a month beside the same one without faults: about every edition as many letters must have
/// come here as there. A clock that was ahead may have told something in other company, and once
/// more.
///
/// Left out are the first edition, which edits are about, and what is about no edition.
pub(crate) fn compare(disturbed: &mut Lived, quiet: &Lived) {
    let first = isbn(0);
    for (about, expected) in &quiet.letters {
        if *about == first || !about.starts_with("978") {
            continue;
        }
        let came = disturbed.letters.get(about).copied().unwrap_or_default();
        let tally = &mut disturbed.tally;
        tally.letters.expected += expected;
        tally.letters.kept += came.min(*expected);
        tally.count_many(
            "letters more than without faults",
            came.saturating_sub(*expected),
        );
    }
}
