//! Others that do what they should not: stores, and a mail server.

use std::time::Duration;

use pubwatch::db::Db;
use tokio::time::Instant;

use super::inject::{Episode, end, explained};
use super::shop::Mood;
use super::tally::Tally;
use super::world::{EDITIONS, World};
use crate::smtp_server::Behaviour;

pub(crate) fn bad_store(world: &World, episode: &mut Episode, tally: &mut Tally) {
    for _ in 0..episode.injections {
        let mood = Mood::BAD[episode.rng.usize(0..Mood::BAD.len())];
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
        // Every page that was due is accounted for.
        tally.looks.expected += of("due");
        tally.looks.kept += of("read") + of("unread") + of("passed");
    }
    let unsure: rusqlite::Result<i64> = Db::open(&world.database()).unwrap().read(|c| {
        c.query_row(
            "SELECT count(*) FROM spell WHERE until IS NOT NULL",
            [],
            |row| row.get(0),
        )
    });
    if unsure.unwrap() != 0 {
        tally
            .unexplained
            .push("what no page said has ended a state".to_owned());
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
    for _ in 0..episode.injections {
        let behaviour = bad[episode.rng.usize(0..bad.len())].clone();
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
