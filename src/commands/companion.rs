//! `pubwatch companion`: the browser extension that hands over what its owner sees.

use std::collections::BTreeSet;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use serde_json::json;

use crate::exit::Exit;
use crate::files;
use crate::service::context::Context;
use crate::terminal::face;
use crate::text::words;
use crate::web::companion::sqlite;
use crate::web::security::hex;
use crate::web::server::site::random;
use crate::web::shares::hash;

/// The files of the extension, as they are but for the hosts of the manifest.
const FILES: [(&str, &str); 6] = [
    (
        "manifest.json",
        include_str!("../../companion/manifest.json"),
    ),
    (
        "background.js",
        include_str!("../../companion/background.js"),
    ),
    ("cut.js", include_str!("../../companion/cut.js")),
    ("panel.css", include_str!("../../companion/panel.css")),
    ("panel.html", include_str!("../../companion/panel.html")),
    ("panel.js", include_str!("../../companion/panel.js")),
];

/// Let your own browser hand over the pages of your books when you open them.
///
/// With a folder the extension is written there, paired with this Pubwatch and allowed at the stores of
/// the configuration only. Without one the companions are shown that were paired.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    pubwatch companion ~/pubwatch-companion\n  \
    pubwatch companion --withdraw 1\n\n\
    Chrome and Edge: open chrome://extensions, switch on the developer mode, “Load unpacked”, and \
    choose the folder.\nFirefox: open about:debugging, “This Firefox”, “Load Temporary Add-on”, and \
    choose its manifest.json.")]
pub struct Arguments {
    /// The folder for the extension; what lies there of an older one is replaced
    folder: Option<PathBuf>,

    /// Withdraw the companion with this number
    #[arg(long, value_name = "NUMBER", conflicts_with = "folder")]
    withdraw: Option<i64>,
}

/// Writes a companion, withdraws one, or shows them.
///
/// # Errors
///
/// When the page is off, the folder cannot be written, there is no such companion, or the database
/// cannot be used.
pub fn run(arguments: &Arguments, config: Option<&Path>) -> anyhow::Result<Exit> {
    let context = Context::open(config)?;
    match (&arguments.folder, arguments.withdraw) {
        (Some(folder), _) => install(&context, folder),
        (None, Some(number)) => withdraw(&context, number),
        (None, None) => show(&context),
    }
}

fn install(context: &Context, folder: &Path) -> anyhow::Result<Exit> {
    let web = &context.plan.web;
    let base = match (&web.address, web.listen) {
        (Some(address), _) => address.as_str().trim_end_matches('/').to_owned(),
        (None, Some(place)) => format!("http://{place}"),
        (None, None) => bail!("the page is off; set `listen` in [web] first"),
    };
    let secret = hex(&random::<32>()?);
    let hosts = hosts(context, &base);
    std::fs::create_dir_all(folder)
        .with_context(|| format!("cannot create {}", folder.display()))?;
    let pairing = json!({ "address": base, "token": secret }).to_string();
    let pairing = [("pairing.json", pairing.as_str())];
    for (name, text) in FILES.into_iter().chain(pairing) {
        let place = folder.join(name);
        let text = text
            .replace("[\"HOSTS\"]", &json!(hosts).to_string())
            .replace("PUBWATCH", &reached(&base));
        files::write_whole(&place, text.as_bytes(), 0o600)
            .with_context(|| format!("cannot write {}", place.display()))?;
    }
    // Paired when it is there: who has no folder has no companion.
    let now = context.clock.now();
    let number = context
        .db
        .write(|transaction| sqlite::add(transaction, &hash(&secret), now))
        .context("pairing the companion")?;
    writeln!(
        anstream::stdout(),
        "Companion {number} stands in {}, paired with {base}. Load it in your browser: `pubwatch \
         companion --help` says how. It works while `pubwatch run` serves the page.\nWithdraw it \
         with: pubwatch companion --withdraw {number}",
        folder.display()
    )?;
    Ok(Exit::Done)
}

/// Whom the extension may speak with: this Pubwatch. An address of IPv6 has no form in such a policy, so
/// there it is anybody.
fn reached(base: &str) -> String {
    let base = url::Url::parse(base).ok();
    base.filter(|base| matches!(base.host(), Some(url::Host::Domain(_) | url::Host::Ipv4(_))))
        .map_or_else(
            || "*".to_owned(),
            |base| base.origin().ascii_serialization(),
        )
}

/// Where the extension may look: the hosts of the pages that are watched, and this Pubwatch.
fn hosts(context: &Context, base: &str) -> BTreeSet<String> {
    let listings = context.plan.editions.iter().flat_map(|plan| &plan.listings);
    let stores = listings.map(|listing| listing.ask.clone());
    let own = url::Url::parse(base).ok();
    stores
        .chain(own)
        .filter_map(|address| {
            // Patterns know no ports.
            let host = address.host_str()?;
            Some(format!("{}://{host}/*", address.scheme()))
        })
        .collect()
}

fn withdraw(context: &Context, number: i64) -> anyhow::Result<Exit> {
    let now = context.clock.now();
    let is_done = context
        .db
        .write(|transaction| sqlite::withdraw(transaction, number, now))
        .context("withdrawing the companion")?;
    if !is_done {
        bail!("there is no companion number {number} that holds; `pubwatch companion` shows them");
    }
    writeln!(anstream::stdout(), "Companion {number} is withdrawn.")?;
    Ok(Exit::Done)
}

fn show(context: &Context) -> anyhow::Result<Exit> {
    let all = context.db.read(sqlite::all)?;
    let mut out = anstream::stdout().lock();
    if all.is_empty() {
        let how = "`pubwatch companion FOLDER` writes one for your browser.";
        writeln!(out, "No companion was paired so far. {how}")?;
        return Ok(Exit::Done);
    }
    let moment = |at| words::moment(at, &context.plan.author.zone);
    let mut table = face::table(&["Number", "Paired", "Heard last", "Withdrawn"]);
    for one in all {
        table.add_row([
            one.number.to_string(),
            moment(one.made),
            one.heard.map_or_else(String::new, moment),
            one.withdrawn.map_or_else(String::new, moment),
        ]);
    }
    writeln!(out, "{}", face::lines(&table))?;
    Ok(Exit::Done)
}
