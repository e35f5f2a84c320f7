//! Others that do what they should not: stores, and a mail server.

use std::time::Duration;

use jiff::SignedDuration;
use pubwatch::clock::Clock;
use pubwatch::db::Db;
use tokio::time::Instant;

use super::faketime::is_there;
use super::inject::{Episode, end, explained, good};
use super::shop::Mood;
use super::tally::Tally;
use super::world::{EDITIONS, World};
use crate::smtp_server::Behaviour;

pub(crate) fn bad_store(world: &World, episode: &mut Episode, tally: &mut Tally) {
    let mood = Mood::BAD[episode.first % Mood::BAD.len()];
    world.be(mood);
    let began = Instant::now();
    let output = world.run(&["check", "--json"]);
    explained(tally, &format!("{mood:?}"), &output);
    if Duration::from_secs(40) < began.elapsed() {
        let line = format!("{mood:?}: the round took {:?}", began.elapsed());
        tally.unexplained.push(line);
    }
    let summary: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap_or_default();
    let of = |key: &str| usize::try_from(summary[key].as_u64().unwrap_or(0)).unwrap();
    // Every page that was due is accounted for, and nothing that a page did not say is believed.
    if of("due") == 0 || of("due") != of("read") + of("unread") + of("passed") {
        tally.unexplained.push(format!("{mood:?}: {summary}"));
    }
    if 0 < of("read") {
        tally
            .unexplained
            .push(format!("{mood:?}: a page was read: {summary}"));
    }
    let unsure: rusqlite::Result<i64> = Db::open(&world.database()).unwrap().read(|c| {
        c.query_row(
            "SELECT count(*) FROM spell WHERE until IS NOT NULL",
            [],
            |row| row.get(0),
        )
    });
    if unsure.unwrap() != 0 {
        let line = format!("{mood:?}: what no page said has ended a state");
        tally.unexplained.push(line);
    }
    if is_there() {
        // A day later the stores are themselves again, and nobody holds the day before against
        // them.
        world.be(Mood::Open);
        world.be_patient();
        let later = Clock::System.now() + SignedDuration::from_hours(26);
        good(
            tally,
            "a day later",
            &world.run_at(later, &["check", "--quiet"]),
        );
        let found = world.good_looks(1);
        if found.kept < found.expected {
            let line = format!(
                "{mood:?}: a day later {} of {} pages were read",
                found.kept, found.expected
            );
            tally.unexplained.push(line);
        }
        tally.add_looks(found);
        // The launch report of the day, which says what could not be read, and what is known now.
        tally.add_letters(world, (2, 0));
    }
}

/// A mail server that says something else each time: at any point of the dialogue, any temporary
/// trouble, what is no answer, and a yes to another question. It never refuses for good, so nothing may
/// be given up; and it never says that it took what it did not.
pub(crate) fn mail_at_random(world: &World, episode: &mut Episode, tally: &mut Tally) {
    for _ in 0..episode.injections {
        let behaviour = any_trouble(&mut episode.rng);
        world.mail.behave(vec![behaviour.clone()]);
        let output = world.run(&["check", "--quiet"]);
        explained(tally, &format!("{behaviour:?}"), &output);
        explained(tally, "retry", &world.run(&["outbox", "retry"]));
    }
    world.mail.behave(vec![Behaviour::Accept]);
    end(world, tally);
}

/// Trouble of a mail server, drawn at random.
pub(crate) fn any_trouble(rng: &mut fastrand::Rng) -> Behaviour {
    let places = ["EHLO", "MAIL", "RCPT", "DATA", "."];
    let troubles = [
        "421 4.3.2 busy",
        "450-4.2.0 wait\r\n450 a little",
        "451",
        "452 4.3.1 no room",
        "454 4.7.0 no certificate",
        "354 go on",
        "334 ",
        "HTTP/1.1 400 Bad Request",
        "25",
        "\u{fc}\u{fc}",
    ];
    let place = places[rng.usize(..places.len())];
    match rng.u8(..8) {
        0 => Behaviour::HangUp,
        1 => Behaviour::DropInData,
        2 => Behaviour::Slow(Duration::from_millis(rng.u64(1..60))),
        // A letter may come where it is asked for, and there alone.
        _ => match troubles[rng.usize(..troubles.len())] {
            "354 go on" if place == "DATA" => Behaviour::Answer("DATA", "250 ok"),
            trouble => Behaviour::Answer(place, trouble),
        },
    }
}

pub(crate) fn bad_mail(world: &World, episode: &mut Episode, tally: &mut Tally) {
    let bad = [
        Behaviour::HangUp,
        Behaviour::Answer("RCPT", "450 4.2.0 come back later"),
        Behaviour::Answer("DATA", "452 4.3.1 no room"),
        Behaviour::Answer(".", "451 4.3.0 try again"),
        Behaviour::Answer("MAIL", "421 4.3.2 busy"),
        Behaviour::DropInData,
        Behaviour::TakeAndDrop,
        Behaviour::Slow(Duration::from_millis(20)),
    ];
    for number in episode.first..episode.first + episode.injections {
        let behaviour = bad[number % bad.len()].clone();
        if behaviour == Behaviour::TakeAndDrop {
            // The one case in which nobody can know.
            tally.may_double += EDITIONS;
        }
        world.mail.behave(vec![behaviour]);
        let output = world.run(&["check", "--quiet"]);
        explained(tally, "a bad mail server", &output);
        // What waits is tried again at once instead of in minutes.
        explained(tally, "retry", &world.run(&["outbox", "retry"]));
    }
    world.mail.behave(vec![Behaviour::Accept]);
    end(world, tally);
}
