//! The dead-man's switch: after each round somebody else hears that we are alive, or what is wrong.

use crate::mail::{http, ping};
use crate::round::House;
use crate::round::health::health;
use crate::round::sqlite::vitals;

/// Asks the address that the configuration names, if it names one. Nothing depends on it, so it
/// fails nothing and is tried once.
///
/// `trouble` is what went wrong with the round or the mail, if something did. Beside it, what is wrong
/// with the watch is told, since no letter may be able to.
pub async fn ping(house: &House, trouble: Option<&str>) {
    let Some(plan) = &house.plan.ping else {
        return;
    };
    let failure = trouble.map(str::to_owned).or_else(|| standing(house));
    let address = ping::address(plan, failure.as_deref());
    match http::ping(&address, None).await {
        Ok(answer) => tracing::debug!(answer, "the ping was heard"),
        Err(trouble) => tracing::warn!("the ping was not heard: {}", trouble.words),
    }
}

/// What stands wrong, whatever this round was like.
fn standing(house: &House) -> Option<String> {
    let now = house.clock.now();
    let vitals = house
        .db
        .read(|connection| vitals(connection, &house.plan, now));
    match vitals {
        Ok(vitals) => {
            let health = health(&vitals, now);
            let first = health.ailments.first();
            first.map(|one| one.words(&house.plan.author.zone, now))
        }
        Err(error) => Some(format!("the database cannot be read: {error}")),
    }
}
