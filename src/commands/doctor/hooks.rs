//! Whether webhooks and ntfy take what is told. What would be posted is never sent unasked: whoever
//! listens there may ring a phone.

use jiff::Timestamp;
use serde_json::Value;

use super::look::Look;
use super::mail::notice;
use crate::config::Plan;
use crate::config::telling::{HookKind, HookPlan};
use crate::db::Db;
use crate::mail::deliver::{Hook, Transport};
use crate::mail::outbox::{Trouble, explain};
use crate::mail::sqlite::last_delivered;
use crate::mail::{Letter, Route, ntfy, webhook};
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
        Ok(Transport::Hook(way)) => way,
        Ok(Transport::Smtp { .. } | Transport::Folder { .. }) => {
            return Look::wrong(&topic, "it is no way to a program");
        }
        Err(error) => return Look::wrong(&topic, error.to_string()).next(table),
    };
    if letter {
        return match test(&way, plan, now).await {
            Ok(answer) => Look::good(&topic, format!("it took a test message: {answer}")),
            Err(trouble) => Look::wrong(&topic, said(&trouble)).next(table),
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

/// What the other side said, or what the line did; a test message is not sent again.
fn said(trouble: &Trouble) -> String {
    match trouble.code {
        Some(_) => explain(trouble),
        None => format!("it took no test message: {}", trouble.words),
    }
}

/// Posts a notice that says what it is, past the outbox: it is not to be tried again.
async fn test(way: &Hook, plan: &Plan, now: Timestamp) -> Result<String, Trouble> {
    let line = "This is the test message that you asked for with `pubwatch doctor --letter`.";
    let from = &plan.author.email;
    let letter = Letter {
        route: Route::Hook(way.kind, way.name.clone()),
        to_name: String::new(),
        to: way.name.clone(),
        subject: "A test message from Pubwatch".to_owned(),
        text: line.to_owned(),
        html: String::new(),
        ..notice(plan, from, now)
    };
    let body: Value = match way.kind {
        HookKind::Webhook => webhook::about(&letter),
        HookKind::Ntfy => ntfy::about(&letter, &[line.to_owned()]),
    };
    let letter = Letter {
        text: body.to_string(),
        ..letter
    };
    way.send(&letter, now).await
}
