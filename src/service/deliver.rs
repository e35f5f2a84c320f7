//! Sending what is queued, as the configuration says.

use anyhow::Context as _;
use jiff::SignedDuration;

use crate::config::telling::HookPlan;
use crate::mail::Route;
use crate::mail::deliver::{self, Summary, Transport, deliver_due};
use crate::mail::notice::{Late, missed};
use crate::mail::sqlite::{self, Entry, EntryState};
use crate::round::{House, Stop, desk};

/// The most letters of one drain, so that a full outbox does not keep a round waiting for ever.
const MOST_AT_ONCE: u32 = 500;

/// Mail that is this late comes with a word about it.
const LATE: SignedDuration = SignedDuration::from_hours(3 * 24);

/// Delivers what is due: by mail, then to each program elsewhere. When letters go out that could
/// not for three days, a notice that says so goes with them.
///
/// # Errors
///
/// When the password or the database cannot be used. A mail server in trouble is in the summary.
pub async fn deliver(house: &House, stop: &Stop) -> anyhow::Result<Summary> {
    if house.clock.wrong().is_some() {
        // The round has said so.
        return Ok(Summary::default());
    }
    give_up_unknown_ways(house)?;
    let mail = by_mail(house, stop).await;
    let mut elsewhere = Summary::default();
    for hook in &house.plan.hooks {
        elsewhere.add(to_hook(house, hook, stop).await?);
    }
    // A password that cannot be had stops the mail, not the rest.
    let mut summary = mail?;
    summary.add(elsewhere);
    Ok(summary)
}

async fn by_mail(house: &House, stop: &Stop) -> anyhow::Result<Summary> {
    if !is_due(house, &Route::Mail)? {
        return Ok(Summary::default());
    }
    let transport = tokio::select! {
        transport = Transport::from_plan(&house.plan) => transport?,
        () = stop.wait() => return Ok(Summary::default()),
    };
    let before = house.clock.now().checked_sub(LATE)?;
    let late = house
        .db
        .read(|connection| sqlite::waiting_since_before(connection, before))
        .context("reading the outbox")?;
    let mut summary = drain(house, &transport, stop).await?;
    if queue_word_about_late(house, &late)? && summary.trouble.is_none() {
        summary.add(drain(house, &transport, stop).await?);
    }
    Ok(summary)
}

/// Posts what is due. A secret that cannot be read leaves all of it waiting, and is said.
async fn to_hook(house: &House, hook: &HookPlan, stop: &Stop) -> anyhow::Result<Summary> {
    if !is_due(house, &Route::Hook(hook.kind, hook.name.clone()))? {
        return Ok(Summary::default());
    }
    let transport = tokio::select! {
        transport = Transport::from_hook(hook) => transport,
        () = stop.wait() => return Ok(Summary::default()),
    };
    let transport = match transport {
        Ok(transport) => transport,
        Err(error) => {
            let place = format!("[[{}]] `{}`", hook.kind.name(), hook.name);
            tracing::warn!("{place}: {error}");
            return Ok(Summary {
                later: 1,
                trouble: Some(format!("{place}: {error}")),
                ..Summary::default()
            });
        }
    };
    drain(house, &transport, stop).await
}

fn is_due(house: &House, route: &Route) -> anyhow::Result<bool> {
    deliver::is_due(&house.db, &house.plan, route, house.clock.now()).context("reading the outbox")
}

async fn drain(house: &House, transport: &Transport, stop: &Stop) -> anyhow::Result<Summary> {
    let stopped = || stop.is_set();
    deliver_due(&house.db, transport, &house.clock, MOST_AT_ONCE, stopped)
        .await
        .context("using the outbox")
}

/// What waits for a webhook that is no longer in the configuration is kept and shown. It may also be one
/// that came into the configuration while this turn was under way: its letters are new, and left alone.
fn give_up_unknown_ways(house: &House) -> anyhow::Result<()> {
    let now = house.clock.now();
    let hooks = house.plan.hooks.iter();
    let mut known: Vec<Route> = hooks
        .map(|hook| Route::Hook(hook.kind, hook.name.clone()))
        .collect();
    known.push(Route::Mail);
    let given_up = house
        .db
        .write(|transaction| sqlite::give_up_unknown_ways(transaction, &known, now))
        .context("writing the outbox")?;
    if given_up > 0 {
        tracing::warn!(
            letters = given_up,
            "given up: the configuration no longer has their webhook"
        );
    }
    Ok(())
}

/// Queues the notice about those of `late` that went out now, and says whether there is one.
fn queue_word_about_late(house: &House, late: &[Entry]) -> anyhow::Result<bool> {
    let now = house.clock.now();
    house
        .db
        .write(|transaction| -> rusqlite::Result<bool> {
            let mut arrived = Vec::new();
            let is_the_authors = |entry: &&Entry| {
                entry.letter.route == Route::Mail && entry.letter.to == house.plan.author.email
            };
            for entry in late.iter().filter(is_the_authors) {
                let now = sqlite::entry(transaction, entry.id)?;
                if now.is_some_and(|now| matches!(now.state, EntryState::Delivered(_))) {
                    arrived.push(Late {
                        written: entry.letter.written,
                        subject: entry.letter.subject.clone(),
                    });
                }
            }
            let desk = desk(&house.plan, None);
            match missed(&desk, &arrived, now) {
                Some(letter) => sqlite::enqueue(transaction, &letter, now),
                None => Ok(false),
            }
        })
        .context("writing the outbox")
}
