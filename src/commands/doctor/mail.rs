//! Whether letters go out.

use jiff::Timestamp;

use super::look::Look;
use crate::config::Plan;
use crate::db::Db;
use crate::mail::deliver::Transport;
use crate::mail::outbox::explain;
use crate::mail::sqlite::counts;
use crate::setup::test_letter;

/// What waits, and what was refused.
pub(super) fn outbox(db: &Db) -> Vec<Look> {
    let counts = match db.read(counts) {
        Ok(counts) => counts,
        Err(error) => return vec![Look::wrong("outbox", format!("cannot be read: {error}"))],
    };
    let says = format!(
        "{} delivered, {} waiting, {} refused",
        counts.delivered, counts.waiting, counts.failed
    );
    if !counts.need_attention() {
        return vec![Look::good("outbox", says)];
    }
    let says = match counts.last_error {
        Some(error) => format!("{says}; {error}"),
        None => says,
    };
    vec![
        Look::wrong("outbox", says)
            .next("`pubwatch outbox` shows them, `pubwatch outbox retry` tries again"),
    ]
}

/// Connects, secures the line and logs in; with `letter`, sends one.
pub(in crate::commands) async fn server(plan: &Plan, letter: bool, now: Timestamp) -> Vec<Look> {
    let transport = match Transport::from_plan(plan).await {
        Ok(transport) => transport,
        Err(error) => {
            return vec![Look::wrong("mail", format!("{error:#}")).next("see the table [mail]")];
        }
    };
    let is_folder = matches!(transport, Transport::Folder { .. });
    let outcome = match &transport {
        _ if letter => test_letter::send(plan, &transport, now).await,
        Transport::Folder { folder, .. } => {
            let says = format!("letters are written to {}", folder.display());
            return vec![
                Look::note("mail", says)
                    .next("to get them by mail, add a table [mail]: see docs/configuration.md"),
            ];
        }
        // Letters go by mail or into a folder; the others are beside them.
        Transport::Hook(_) => return Vec::new(),
        Transport::Smtp { server, .. } => {
            let place = format!("{}:{}", server.host, server.port);
            let logged = if server.login.is_some() {
                " and the login is right"
            } else {
                ""
            };
            match server.greet().await {
                Ok(()) => Ok(format!(
                    "{place} answers{logged}; --letter sends a test letter"
                )),
                Err(trouble) => Err(format!("{place}: {}", explain(&trouble))),
            }
        }
    };
    vec![match outcome {
        Ok(says) => Look::good("mail", says),
        Err(why) if is_folder => Look::wrong("mail", why),
        Err(why) => Look::wrong("mail", why)
            .next("see the table [mail]; letters are kept until they can be sent"),
    }]
}
