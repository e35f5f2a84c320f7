//! The dead-man's switch: after each round somebody else hears that we are alive, or what is wrong.

use crate::alerts;
use crate::mail::{http, ping, sqlite};
use crate::round::health::health;
use crate::round::sqlite::vitals;
use crate::round::{House, LINE_DOWN};

/// Asks the address that the configuration names, if it names one. Nothing depends on it, so it
/// fails nothing and is tried once.
///
/// `trouble` is what went wrong with the round or the mail, if something did. Beside it, letters
/// that did not get out and a line that is down are told, since no letter may be able to.
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
    let found = house.db.read(|connection| -> rusqlite::Result<_> {
        let health = health(&vitals(connection, &house.plan, now)?, now);
        let counts = sqlite::counts(connection)?;
        let line = alerts::sqlite::notice_is_open(connection, LINE_DOWN)?;
        Ok((health, counts, line))
    });
    match found {
        Ok((_, counts, _)) if counts.need_attention() => {
            let why = counts.last_error.unwrap_or_default();
            Some(format!("letters are not delivered: {why}"))
        }
        Ok((_, _, true)) => Some("no store can be reached".to_owned()),
        Ok((health, ..)) => {
            let first = health.ailments.first();
            first.map(|one| one.words(&house.plan.author.zone, now))
        }
        Err(error) => Some(format!("the database cannot be read: {error}")),
    }
}
