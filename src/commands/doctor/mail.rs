//! Whether letters go out.

use jiff::Timestamp;

use super::look::Look;
use crate::config::Plan;
use crate::db::Db;
use crate::mail::deliver::Transport;
use crate::mail::identity::{Identity, message_id};
use crate::mail::message::{Parcel, message};
use crate::mail::outbox::{Trouble, explain};
use crate::mail::smtp::SmtpServer;
use crate::mail::sqlite::counts;
use crate::mail::{Letter, LetterKind, Route, files};

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
    match transport {
        Transport::Folder { folder, sender } => {
            let says = format!("letters are written to {}", folder.display());
            if !letter {
                return vec![
                    Look::note("mail", says)
                        .next("to get them by mail, add a table [mail]: see docs/configuration.md"),
                ];
            }
            let letter = test_letter(plan, &sender.from, now);
            let written = message(&letter, &sender)
                .map_err(|error| error.to_string())
                .and_then(|parcel| {
                    files::write(&folder, &letter, &parcel).map_err(|error| error.to_string())
                });
            vec![match written {
                Ok(path) => Look::good("mail", format!("wrote a test letter: {}", path.display())),
                Err(error) => Look::wrong("mail", format!("{says}, but: {error}")),
            }]
        }
        // Letters go by mail or into a folder; the others are beside them.
        Transport::Hook(_) => Vec::new(),
        Transport::Smtp { server, sender } => {
            let place = format!("{}:{}", server.host, server.port);
            let outcome = if letter {
                match message(&test_letter(plan, &sender.from, now), &sender) {
                    Ok(parcel) => send(&server, &parcel)
                        .await
                        .map(|answer| format!("{place} took a test letter: {answer}")),
                    Err(error) => return vec![Look::wrong("mail", error.to_string())],
                }
            } else {
                let logged = if server.login.is_some() {
                    " and the login is right"
                } else {
                    ""
                };
                let says = format!("{place} answers{logged}; --letter sends a test letter");
                server.greet().await.map(|()| says)
            };
            vec![match outcome {
                Ok(says) => Look::good("mail", says),
                Err(trouble) => Look::wrong("mail", format!("{place}: {}", explain(&trouble)))
                    .next("see the table [mail]; letters are kept until they can be sent"),
            }]
        }
    }
}

/// Sends a letter that is nobody else's; gives the server's answer.
async fn send(server: &SmtpServer, parcel: &Parcel) -> Result<String, Trouble> {
    let Some(sent) = server.send(parcel, async || true).await? else {
        return Ok(String::new());
    };
    let answer = sent.answer.clone();
    sent.goodbye().await;
    Ok(answer)
}

fn test_letter(plan: &Plan, from: &str, now: Timestamp) -> Letter {
    let author = &plan.author;
    let when = now.to_zoned(author.zone.clone());
    let text = format!(
        "Dear {},\n\nthis is the test letter that you asked for on {}. Letters from Pubwatch reach \
         you.\n\nIf it lay in the spam folder, tell your mail program that {from} is welcome.\n\n\
         Pubwatch\n",
        author.name,
        when.strftime("%-d %B %Y at %H:%M %Z")
    );
    let escaped = text
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('\n', "<br>\n");
    Letter {
        html: format!("<!doctype html>\n<p>{escaped}</p>\n"),
        text,
        ..notice(plan, from, now)
    }
}

/// A notice to the author without words, as tests of the ways have it.
pub(super) fn notice(plan: &Plan, from: &str, now: Timestamp) -> Letter {
    let author = &plan.author;
    Letter {
        route: Route::Mail,
        message_id: message_id(&Identity {
            about: "test",
            rules: &[],
            written: now,
            to: &author.email,
            from,
        }),
        references: None,
        written: now,
        kind: LetterKind::Notice,
        severity: None,
        rule: None,
        edition: None,
        stores: Vec::new(),
        to_name: author.name.clone(),
        to: author.email.clone(),
        subject: "A test letter from Pubwatch".to_owned(),
        text: String::new(),
        html: String::new(),
    }
}
