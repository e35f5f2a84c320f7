//! Sending what is queued, as the configuration says.

use anyhow::Context as _;

use crate::config::{Plan, files};
use crate::mail::deliver::{Summary, Transport, deliver_due};
use crate::mail::smtp::SmtpServer;
use crate::round::{House, Stop};

/// The most letters of one drain, so that a full outbox does not keep a round waiting for ever.
const MOST_AT_ONCE: u32 = 500;

/// Delivers what is due.
///
/// # Errors
///
/// When the database cannot be used. A mail server in trouble is in the summary.
pub async fn deliver(house: &House, stop: &Stop) -> anyhow::Result<Summary> {
    let transport = transport(&house.plan)?;
    deliver_due(&house.db, &transport, &house.clock, MOST_AT_ONCE, || {
        stop.is_set()
    })
    .await
    .context("using the outbox")
}

/// Where letters go, as the configuration says; the password is fetched for it.
pub(super) fn transport(plan: &Plan) -> anyhow::Result<Transport> {
    let author = &plan.author;
    let Some(mail) = &plan.mail else {
        let folder = plan.data.join("letters");
        return Ok(Transport::Folder {
            folder,
            from: author.email.clone(),
        });
    };
    let login = match (&mail.username, &mail.password) {
        (Some(username), Some(password)) => Some((username.clone(), files::secret(password)?)),
        (Some(_) | None, _) => None,
    };
    let certificates = match &mail.ca_file {
        Some(path) => Some(std::fs::read(path).with_context(|| {
            format!(
                "cannot read the certificates in {} (mail.ca_file)",
                path.display()
            )
        })?),
        None => None,
    };
    let server = SmtpServer {
        host: mail.host.clone(),
        port: mail.port,
        encryption: mail.encryption,
        login,
        certificates,
        patience: None,
    };
    Ok(Transport::Smtp {
        server,
        from: mail.from.clone(),
    })
}
