//! The letter that shows whether letters get through, and the message that shows whether a program
//! elsewhere takes what is told.

use std::time::Duration;

use jiff::Timestamp;

use crate::config::Plan;
use crate::config::telling::HookKind;
use crate::mail::deliver::{Hook, Transport};
use crate::mail::identity::{Identity, message_id};
use crate::mail::message::{Parcel, message};
use crate::mail::outbox::{Trouble, explain, happened};
use crate::mail::smtp::SmtpServer;
use crate::mail::{Letter, LetterKind, Route, files, ntfy, webhook};

/// How long whoever waits at a page waits: less than a visitor is waited for.
const AT_A_PAGE: Duration = Duration::from_secs(8);

/// [`send`] for who waits at a page.
///
/// # Errors
///
/// Those of [`send`], and that it took longer than eight seconds.
pub async fn send_soon(
    plan: &Plan,
    transport: &Transport,
    now: Timestamp,
) -> Result<String, String> {
    let sent = tokio::time::timeout(AT_A_PAGE, send(plan, transport, now)).await;
    sent.unwrap_or_else(|_| {
        Err(format!(
            "no answer came within {} seconds: host, port and encryption may be wrong, or the other \
             side is slow; `pubwatch doctor --letter` waits longer",
            AT_A_PAGE.as_secs()
        ))
    })
}

/// Sends a test letter to the author, or a test message to a program elsewhere, and gives what was
/// answered, or where it was written.
///
/// # Errors
///
/// A sentence that says what went wrong, in the server's words where it said something.
pub async fn send(plan: &Plan, transport: &Transport, now: Timestamp) -> Result<String, String> {
    match transport {
        Transport::Folder { folder, sender } => {
            let letter = letter(plan, &sender.from, now);
            let parcel = message(&letter, sender).map_err(|error| error.to_string())?;
            let written = files::write(folder, &letter, &parcel);
            let says = |error| format!("letters are written to {}, but: {error}", folder.display());
            let path = written.map_err(says)?;
            Ok(format!("wrote a test letter: {}", path.display()))
        }
        Transport::Smtp { server, sender } => {
            let place = format!("{}:{}", server.host, server.port);
            let letter = letter(plan, &sender.from, now);
            let parcel = message(&letter, sender).map_err(|error| error.to_string())?;
            match through(server, &parcel).await {
                Ok(answer) => Ok(format!("{place} took a test letter: {answer}")),
                Err(trouble) => Err(format!("{place}: {}", happened(&trouble))),
            }
        }
        Transport::Hook(way) => match way.send(&for_program(way, plan, now), now).await {
            Ok(answer) => Ok(format!("it took a test message: {answer}")),
            // A test message is not sent again: what is said of a second try does not hold.
            Err(trouble) => Err(match trouble.code {
                Some(_) => explain(&trouble),
                None => format!("it took no test message: {}", trouble.words),
            }),
        },
    }
}

/// A notice that says what it is, past the outbox: it is not to be tried again.
fn for_program(way: &Hook, plan: &Plan, now: Timestamp) -> Letter {
    let line = "This is the test message that you asked for.";
    let letter = Letter {
        route: Route::Hook(way.kind, way.name.clone()),
        to_name: String::new(),
        to: way.name.clone(),
        subject: "A test message from Pubwatch".to_owned(),
        text: line.to_owned(),
        ..notice(plan, &plan.author.email, now)
    };
    let text = match way.kind {
        HookKind::Webhook => webhook::about(&letter),
        HookKind::Ntfy => ntfy::about(&letter, &[line.to_owned()]),
    };
    Letter { text, ..letter }
}

/// Sends a letter that is nobody else's; gives the server's answer.
async fn through(server: &SmtpServer, parcel: &Parcel) -> Result<String, Trouble> {
    let Some(sent) = server.send(parcel, async || true).await? else {
        return Ok(String::new());
    };
    let answer = sent.answer.clone();
    sent.goodbye().await;
    Ok(answer)
}

fn letter(plan: &Plan, from: &str, now: Timestamp) -> Letter {
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

/// A notice to the author without words.
fn notice(plan: &Plan, from: &str, now: Timestamp) -> Letter {
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
