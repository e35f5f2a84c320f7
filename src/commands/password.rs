//! `pubwatch password`: the hash of a password, for the page.

use std::io::{IsTerminal as _, Write as _};

use anyhow::{Context as _, bail};

use crate::exit::Exit;
use crate::files::read_line;
use crate::web::security::{hash_password, wrong_password};
use crate::web::server::site::random;

/// Print the hash of a password, for `password_hash` in the table `web`
///
/// At a terminal it asks, without showing what is typed; otherwise it reads the first line of
/// standard input.
#[derive(Debug, clap::Args)]
pub struct Arguments {}

/// Asks for a password and prints its hash.
///
/// # Errors
///
/// When none is given, or it is too short.
pub fn run(_arguments: &Arguments) -> anyhow::Result<Exit> {
    let password = ask()?;
    wrong_password(&password).map_or(Ok(()), |why| Err(anyhow::anyhow!(why)))?;
    let hash = hash_password(&password, &random()?)
        .map_err(|error| anyhow::anyhow!("the password cannot be hashed: {error}"))?;
    writeln!(anstream::stdout(), "password_hash = \"{hash}\"")?;
    Ok(Exit::Done)
}

fn ask() -> anyhow::Result<String> {
    if std::io::stdin().is_terminal() {
        let first = rpassword::prompt_password("Password for the page: ")
            .context("reading the password")?;
        let second = rpassword::prompt_password("Once more: ").context("reading the password")?;
        if first != second {
            bail!("the two are not the same; run it again");
        }
        return Ok(first);
    }
    let line = read_line(&mut std::io::stdin().lock())
        .context("reading the password from standard input")?;
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}
