//! Ends that come from outside: kill -9, SIGTERM, and many processes at once.

use std::process::Child;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};
use rustix::process::{Pid, Signal, kill_process};
use tokio::time::Instant;

use super::faketime::end_of;
use super::inject::{Episode, end, explained};
use super::shop::Mood;
use super::tally::Tally;
use super::world::{CLAIMS_ARE_VOID, World};
use crate::smtp_server::Behaviour;

/// A stop may take so long.
const PATIENCE: Duration = Duration::from_secs(5);

pub(crate) fn kill(world: &World, episode: &mut Episode, tally: &mut Tally) {
    for number in 0..episode.injections {
        if 0 < number {
            // So that the next kill meets a round that asks, and none that waits for a dead one.
            std::thread::sleep(CLAIMS_ARE_VOID);
        }
        kill_a_round(world, episode, tally);
        tally.count(phase(world));
    }
    end(world, tally);
    // Killed between the server's "taken" and the note of it: sent again under the same name.
    tally.may_double = episode.injections;
}

pub(crate) fn kill_a_round(world: &World, episode: &mut Episode, tally: &mut Tally) {
    let mut child = world.start(&["check", "--quiet"]);
    episode.wait_a_part_of_a_round();
    child.kill().unwrap();
    let output = end_of(child);
    if output.status.code().is_some() {
        explained(tally, "a round that was quicker than its killer", &output);
    }
}

/// How far the round had come that was killed.
fn phase(world: &World) -> &'static str {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE;
    let connection = Connection::open_with_flags(world.database(), flags).unwrap();
    let is = |question: &str| -> bool {
        let sql = format!("SELECT EXISTS ({question})");
        connection.query_row(&sql, [], |row| row.get(0)).unwrap()
    };
    let waits = "SELECT 1 FROM outbox WHERE delivered_at IS NULL";
    if is(&format!("{waits} AND claimed_by IS NOT NULL")) {
        "kills while a letter was on its way"
    } else if is(waits) {
        "kills while letters waited"
    } else if is("SELECT 1 FROM listing WHERE asking_until IS NOT NULL") {
        "kills while pages were asked"
    } else if is("SELECT 1 FROM outbox") {
        "kills after the letters were out"
    } else {
        "kills before a page was asked, or between two"
    }
}

fn signal(child: &Child, signal: Signal) {
    let pid = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
    kill_process(pid.unwrap(), signal).unwrap();
}

/// Tells a service to stop, and waits until it has.
fn stop(child: Child, tally: &mut Tally) {
    signal(&child, Signal::TERM);
    let began = Instant::now();
    let output = child.wait_with_output().unwrap();
    let took = began.elapsed();
    tally.slowest_stop = tally.slowest_stop.max(Some(took.as_millis()));
    if PATIENCE < took {
        tally.unexplained.push(format!("it took {took:?} to stop"));
    }
    // Before it listens to signals, a signal ends it as it ends any program.
    let is_too_early = std::os::unix::process::ExitStatusExt::signal(&output.status)
        == Some(Signal::TERM.as_raw());
    if is_too_early {
        tally.count("stops before it listened to signals");
    } else {
        explained(tally, "the service", &output);
    }
}

pub(crate) fn terminate(world: &World, episode: &mut Episode, tally: &mut Tally) {
    world.all_is_due();
    for _ in 0..episode.injections {
        let child = world.start(&["run"]);
        episode.wait_a_part_of_a_round();
        stop(child, tally);
    }
    end(world, tally);
    tally.may_double = episode.injections;
}

/// What it waits for never comes: a page, or the mail server's answer.
pub(crate) fn terminate_while_others_hang(world: &World, episode: &mut Episode, tally: &mut Tally) {
    let moods = [Mood::Hang, Mood::Trickle, Mood::HeaderFlood, Mood::Open];
    let mood = moods[episode.first % moods.len()];
    world.be(mood);
    if mood == Mood::Open {
        let silent = ["MAIL", "RCPT", "."];
        let at = silent[episode.first / moods.len() % silent.len()];
        world.mail.behave(vec![Behaviour::FallSilent(at)]);
    }
    world.all_is_due();
    let child = world.start(&["run"]);
    // Long enough for the first page to be asked, or the first letter to be under way.
    let is_under_way = || {
        let asked = world.shops.iter().any(|shop| 0 < shop.asked());
        asked && (mood != Mood::Open || 0 < world.mail.seen().connections)
    };
    let began = Instant::now();
    while !is_under_way() && began.elapsed() < Duration::from_secs(20) {
        std::thread::sleep(Duration::from_millis(5));
    }
    if !is_under_way() {
        tally
            .unexplained
            .push(format!("{mood:?}: nobody was asked"));
    }
    std::thread::sleep(Duration::from_millis(episode.rng.u64(0..800)));
    stop(child, tally);
}

pub(crate) fn crowd(world: &World, episode: &Episode, tally: &mut Tally) {
    world.all_is_due();
    for _ in 0..episode.injections {
        let services: Vec<Child> = (0..2).map(|_| world.start(&["run"])).collect();
        let rounds: Vec<Child> = (0..10)
            .map(|_| world.start(&["check", "--quiet"]))
            .collect();
        for round in rounds {
            explained(
                tally,
                "one of ten rounds",
                &round.wait_with_output().unwrap(),
            );
        }
        for service in services {
            stop(service, tally);
        }
    }
    end(world, tally);
}
