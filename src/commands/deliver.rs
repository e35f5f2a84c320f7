//! Sending what is queued, as the configuration says.

use anyhow::Context as _;
use jiff::SignedDuration;

use crate::mail::deliver::{Summary, Transport, deliver_due};
use crate::mail::notice::{Late, missed};
use crate::mail::sqlite::{self, Entry, EntryState};
use crate::round::{House, Stop, desk};

/// The most letters of one drain, so that a full outbox does not keep a round waiting for ever.
const MOST_AT_ONCE: u32 = 500;

/// Mail that is this late comes with a word about it.
const LATE: SignedDuration = SignedDuration::from_hours(3 * 24);

/// Delivers what is due. When letters go out that could not for three days, a notice that says so
/// goes with them.
///
/// # Errors
///
/// When the password or the database cannot be used. A mail server in trouble is in the summary.
pub async fn deliver(house: &House, stop: &Stop) -> anyhow::Result<Summary> {
    let transport = Transport::from_plan(&house.plan)?;
    let before = house.clock.now().checked_sub(LATE)?;
    let late = house
        .db
        .read(|connection| sqlite::waiting_since_before(connection, before))
        .context("reading the outbox")?;
    let stopped = || stop.is_set();
    let mut summary = deliver_due(&house.db, &transport, &house.clock, MOST_AT_ONCE, stopped)
        .await
        .context("using the outbox")?;
    if queue_word_about_late(house, &late)? && summary.trouble.is_none() {
        let more = deliver_due(&house.db, &transport, &house.clock, MOST_AT_ONCE, stopped)
            .await
            .context("using the outbox")?;
        summary.delivered += more.delivered;
        summary.later += more.later;
        summary.trouble = more.trouble;
    }
    Ok(summary)
}

/// Queues the notice about those of `late` that went out now, and says whether there is one.
fn queue_word_about_late(house: &House, late: &[Entry]) -> anyhow::Result<bool> {
    let now = house.clock.now();
    house
        .db
        .write(|transaction| -> rusqlite::Result<bool> {
            let mut arrived = Vec::new();
            for entry in late {
                let now = sqlite::entry(transaction, entry.id)?;
                if now.is_some_and(|now| matches!(now.state, EntryState::Delivered(_))) {
                    arrived.push(Late {
                        written: entry.letter.written,
                        subject: entry.letter.subject.clone(),
                    });
                }
            }
            let desk = desk(house, None);
            match missed(&desk, &arrived, now) {
                Some(letter) => sqlite::enqueue(transaction, &letter, now),
                None => Ok(false),
            }
        })
        .context("writing the outbox")
}
