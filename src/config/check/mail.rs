//! `[mail]`: the mail server, and where its password is kept.

use serde_spanned::Spanned;

use super::secret::{self, Keys};
use super::{NamedFile, Paths};
use crate::config::plan::{Encryption, MailPlan, SecretSource};
use crate::config::problem::Problem;
use crate::config::table::{Table, Text};
use crate::config::values;
use crate::text::host::is_this_machine;

/// Providers of mailboxes commonly take 100 to 500 letters an hour; beyond that they refuse the rest
/// for a day, or close the account.
const MOST_PER_HOUR: i64 = 100;

const PASSWORDS: Keys = Keys {
    what: "password",
    file: "password_file",
    env: "password_env",
    command: "password_command",
};

/// Reads the table; `None` when something in it is wrong.
pub(super) fn mail(
    mut table: Table<'_>,
    author: Option<&str>,
    paths: &Paths<'_>,
    files: &mut Vec<NamedFile>,
) -> Option<MailPlan> {
    let findings = table.findings();
    let before = findings.errors();
    let host = table.required("host", "\"smtp.example.com\"");
    let encryption = encryption(&mut table, host.as_ref());
    let port = port(&mut table, encryption);
    let username = table.text("username");
    let password = password(&mut table, paths, files);
    check_pair(&table, username.as_ref(), password.as_ref());
    let from = table
        .text("from")
        .and_then(|text| findings.keep(values::email("from", &text)));
    let ca_file = table.text("ca_file").and_then(|text| {
        let path = findings.keep(paths.resolve(&text))?;
        files.push(NamedFile {
            key: "ca_file",
            span: text.span(),
            path: path.clone(),
        });
        Some(path)
    });
    let hello = table
        .text("hello")
        .and_then(|text| findings.keep(values::mail_name(&text)));
    let most_per_hour = table
        .whole("most_per_hour", 1..=100_000, MOST_PER_HOUR)
        .and_then(|number| u32::try_from(number.into_inner()).ok());
    table.finish();
    if findings.errors() > before {
        return None;
    }
    Some(MailPlan {
        host: host?.into_inner(),
        port,
        encryption,
        username: username.map(Spanned::into_inner),
        password: password.map(Spanned::into_inner),
        from: from.or_else(|| author.map(str::to_owned))?,
        ca_file,
        hello,
        most_per_hour: most_per_hour.unwrap_or(100),
    })
}

fn encryption(table: &mut Table<'_>, host: Option<&Text>) -> Encryption {
    let choices = [
        ("starttls", Encryption::StartTls),
        ("tls", Encryption::Tls),
        ("none", Encryption::None),
    ];
    let written = table.choice(("encryption", "encryption"), &choices, &[]);
    let Some((span, encryption)) = written.map(|one| (one.span(), one.into_inner())) else {
        return Encryption::StartTls;
    };
    if let Some(host) = host
        && encryption == Encryption::None
        && !is_this_machine(host.get_ref())
    {
        table.findings().add(
            Problem::error("letters and the password would travel unprotected")
                .at(span, "no encryption")
                .at(host.span(), "to another machine")
                .because("`none` is for a mail server on this very machine")
                .remedy(
                    "write `encryption = \"starttls\"` (port 587) or \"tls\" (port 465); every \
                     provider has one of them",
                ),
        );
    }
    encryption
}

fn port(table: &mut Table<'_>, encryption: Encryption) -> u16 {
    let default = match encryption {
        Encryption::StartTls => 587,
        Encryption::Tls => 465,
        Encryption::None => 25,
    };
    let Some(number) = table.whole("port", 1..=65_535, i64::from(default)) else {
        return default;
    };
    if number.get_ref() == &465 && encryption == Encryption::StartTls {
        table.findings().add(
            Problem::warning("port 465 is usually encrypted from the first byte")
                .at(number.span(), "")
                .because("STARTTLS begins in the clear, and a server on port 465 waits for TLS")
                .remedy("write `encryption = \"tls\"`, or `port = 587`"),
        );
    }
    u16::try_from(number.into_inner()).unwrap_or(default)
}

/// The source of the password; a password in clear, or two sources, are refused.
fn password(
    table: &mut Table<'_>,
    paths: &Paths<'_>,
    files: &mut Vec<NamedFile>,
) -> Option<Spanned<SecretSource>> {
    for key in ["password", "pass", "smtp_password"] {
        table.refuse(key, |span| {
            Problem::error("a password does not belong in this file")
                .at(span, "")
                .because(
                    "configurations are copied, mailed and put under version control, and \
                     passwords with them",
                )
                .remedy(
                    "put it alone into a file that only you can read (`chmod 600`), and write \
                     `password_file = \"smtp-password\"`",
                )
                .remedy("or use `password_env` or `password_command`")
        });
    }
    secret::source(table, &PASSWORDS, paths, files)
}

/// A name without a password, or a password without a name.
fn check_pair(
    table: &Table<'_>,
    username: Option<&Text>,
    password: Option<&Spanned<SecretSource>>,
) {
    let password_written = PASSWORDS.are_in(table) || table.has("password");
    if let Some(username) = username
        && !password_written
    {
        table.findings().add(
            Problem::error("there is a user name and no password")
                .at(username.span(), "")
                .remedy(
                    "add `password_file`, `password_env` or `password_command`, or leave \
                     `username` out when the server wants no login",
                ),
        );
    }
    if let Some(password) = password
        && !table.has("username")
    {
        table.findings().add(
            Problem::error("there is a password and no user name")
                .at(password.span(), "")
                .remedy("add `username = \"jane@example.com\"`"),
        );
    }
}
