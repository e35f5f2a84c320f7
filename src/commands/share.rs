//! `pubwatch share`: read-only links for clients.

use std::io::Write as _;
use std::path::Path;

use anyhow::bail;

use crate::exit::Exit;
use crate::service::context::Context;
use crate::terminal::columns::{self, Columns};
use crate::terminal::{face, passes};
use crate::text::words;
use crate::web::passes::{clients, sqlite};

/// Give a client a link to the page, which shows the editions of that client and nothing else.
///
/// Whoever has the link may look, without a password, and change nothing. It is printed once: of
/// its secret only a hash is kept. Without a CLIENT the links that were given are shown.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    pubwatch share \"Saltmarsh Press\"\n  \
    pubwatch share --withdraw 3")]
pub struct Arguments {
    /// The imprint or client, as the editions name it
    client: Option<String>,

    /// Withdraw the link with this number
    #[arg(long, value_name = "NUMBER", conflicts_with = "client")]
    withdraw: Option<i64>,
}

/// Gives a link, withdraws one, or shows them.
///
/// # Errors
///
/// When no edition is of that client, there is no such link, or the database cannot be used.
pub fn run(arguments: &Arguments, config: Option<&Path>) -> anyhow::Result<Exit> {
    let context = Context::open(config)?;
    match (&arguments.client, arguments.withdraw) {
        (Some(client), _) => give(&context, client),
        (None, Some(number)) => withdraw(&context, number),
        (None, None) => show(&context),
    }
}

fn give(context: &Context, wanted: &str) -> anyhow::Result<Exit> {
    let clients = clients(&context.plan.editions);
    let Some(client) = clients.iter().find(|one| one.eq_ignore_ascii_case(wanted)) else {
        let known: Vec<&str> = clients.into_iter().collect();
        if known.is_empty() {
            bail!("no edition names an `imprint`; write the client's name there first");
        }
        bail!(
            "no edition is of `{wanted}`; there are {}",
            words::list(&known)
        );
    };
    let base = passes::page(&context.plan)?;
    let secret = passes::secret()?;
    let number = passes::keep(context, Some(client), &secret)?;
    writeln!(
        anstream::stdout(),
        "{base}/share/{secret}/\n\nNumber {number}. It shows the editions of {client} to whoever \
         has it, and is printed only now. Withdraw it with: pubwatch share --withdraw {number}"
    )?;
    Ok(Exit::Done)
}

fn withdraw(context: &Context, number: i64) -> anyhow::Result<Exit> {
    if !passes::withdraw(context, number, false)? {
        bail!("there is no link number {number} that holds; `pubwatch share` shows them");
    }
    writeln!(anstream::stdout(), "Link {number} is withdrawn.")?;
    Ok(Exit::Done)
}

fn show(context: &Context) -> anyhow::Result<Exit> {
    let mut all = context.db.read(sqlite::all)?;
    all.retain(|pass| pass.client.is_some());
    let mut out = columns::out();
    if all.is_empty() {
        writeln!(
            out,
            "No link was given so far. `pubwatch share CLIENT` gives one."
        )?;
        return Ok(Exit::Done);
    }
    let zone = &context.plan.author.zone;
    let mut table = face::table(&["Number", "Client", "Given", "Withdrawn"]);
    for one in all {
        table.add_row([
            one.number.to_string(),
            words::one_line(&one.client.unwrap_or_default()),
            words::moment(one.made, zone),
            one.withdrawn
                .map_or_else(String::new, |at| words::moment(at, zone)),
        ]);
    }
    writeln!(out, "{}", Columns::of_stdout().table(&table))?;
    Ok(Exit::Done)
}
