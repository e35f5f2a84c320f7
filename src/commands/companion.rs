//! `pubwatch companion`: the browser extension that hands over what its owner sees.

use std::collections::BTreeSet;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use serde_json::{Value, json};
use url::{Host, Url};

use crate::exit::Exit;
use crate::files;
use crate::service::context::Context;
use crate::terminal::{face, passes};
use crate::text::words;
use crate::web::passes::sqlite;

/// The manifest of the extension.
const MANIFEST: &str = include_str!("../../companion/manifest.json");

/// Its other files.
const FILES: [(&str, &str); 5] = [
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
    let base = passes::page(&context.plan)?;
    let secret = passes::secret()?;
    std::fs::create_dir_all(folder)
        .with_context(|| format!("cannot create {}", folder.display()))?;
    let pairing = json!({ "address": base, "token": secret }).to_string();
    let manifest = manifest(context, &base)?;
    let own = [
        ("pairing.json", pairing.as_str()),
        ("manifest.json", &manifest),
    ];
    for (name, text) in FILES.into_iter().chain(own) {
        let place = folder.join(name);
        files::write_whole(&place, text.as_bytes(), 0o600)
            .with_context(|| format!("cannot write {}", place.display()))?;
    }
    // Paired when it is there: who has no folder has no companion.
    let number = passes::keep(context, None, &secret)?;
    writeln!(
        anstream::stdout(),
        "Companion {number} stands in {}, paired with {base}. Load it in your browser: `pubwatch \
         companion --help` says how. It works while `pubwatch run` serves the page.\nWithdraw it \
         with: pubwatch companion --withdraw {number}",
        folder.display()
    )?;
    Ok(Exit::Done)
}

/// The manifest as it lies in `companion/`, narrowed: it may speak with this Pubwatch alone, and ask for
/// the stores of the configuration alone. An address of IPv6 has no form in a policy, so there it is
/// anybody.
fn manifest(context: &Context, base: &str) -> anyhow::Result<String> {
    let mut manifest: Value = serde_json::from_str(MANIFEST).context("reading the manifest")?;
    let own = Url::parse(base).context("reading the address of the page")?;
    let has_form = matches!(own.host(), Some(Host::Domain(_) | Host::Ipv4(_)));
    let reached = if has_form {
        own.origin().ascii_serialization()
    } else {
        "*".to_owned()
    };
    // Patterns know no ports.
    let pattern = |address: &Url| Some(format!("{}://{}/*", address.scheme(), address.host_str()?));
    let listings = context.plan.editions.iter().flat_map(|plan| &plan.listings);
    let stores: BTreeSet<String> = listings.filter_map(|one| pattern(&one.ask)).collect();
    let policy = format!("default-src 'self'; connect-src 'self' {reached}");
    manifest["content_security_policy"]["extension_pages"] = policy.into();
    manifest["host_permissions"] = json!([pattern(&own)]);
    manifest["optional_host_permissions"] = json!(stores);
    serde_json::to_string_pretty(&manifest).context("writing the manifest")
}

fn withdraw(context: &Context, number: i64) -> anyhow::Result<Exit> {
    if !passes::withdraw(context, number, true)? {
        bail!("there is no companion number {number} that holds; `pubwatch companion` shows them");
    }
    writeln!(anstream::stdout(), "Companion {number} is withdrawn.")?;
    Ok(Exit::Done)
}

fn show(context: &Context) -> anyhow::Result<Exit> {
    let mut all = context.db.read(sqlite::all)?;
    all.retain(|pass| pass.client.is_none());
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
