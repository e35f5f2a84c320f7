//! Whether webhooks and ntfy take what is told. What would be posted is never sent unasked: whoever
//! listens there may ring a phone.

use jiff::Timestamp;

use super::look::Look;
use crate::config::Plan;
use crate::config::telling::HookPlan;
use crate::db::Db;
use crate::mail::Route;
use crate::mail::deliver::Transport;
use crate::mail::sqlite::last_delivered;
use crate::setup::test_letter;
use crate::text::words;

/// Each webhook and each ntfy: whether its secret can be had, and when something was taken there
/// last; with `letter`, what it says to a test message.
pub(super) async fn look(db: &Db, plan: &Plan, letter: bool, now: Timestamp) -> Vec<Look> {
    let mut looks = Vec::new();
    for hook in &plan.hooks {
        looks.push(of(db, plan, hook, letter, now).await);
    }
    looks
}

async fn of(db: &Db, plan: &Plan, hook: &HookPlan, letter: bool, now: Timestamp) -> Look {
    let topic = format!("{} {}", hook.kind.name(), hook.name);
    let table = format!("see [[{}]] in the configuration", hook.kind.name());
    let way = match Transport::from_hook(hook).await {
        Ok(way) => way,
        Err(error) => return Look::wrong(&topic, error.to_string()).next(table),
    };
    if letter {
        return match test_letter::send(plan, &way, now).await {
            Ok(says) => Look::good(&topic, says),
            Err(why) => Look::wrong(&topic, why).next(table),
        };
    }
    let route = Route::Hook(hook.kind, hook.name.clone());
    match db.read(|connection| last_delivered(connection, &route)) {
        Ok(Some(at)) => {
            let ago = words::lasting(now.duration_since(at));
            let says = format!("it took a message {ago} ago; --letter sends a test message");
            Look::good(&topic, says)
        }
        Ok(None) => Look::note(&topic, "nothing was sent there yet")
            .next("`pubwatch doctor --letter` sends a test message"),
        Err(error) => Look::wrong(&topic, format!("the outbox cannot be read: {error}")),
    }
}
