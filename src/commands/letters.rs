//! `pubwatch letters`: what letters look like, from invented data.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};

use crate::exit::Exit;
use crate::mail::example;
use crate::text::words;

/// See what the letters look like, before there is a reason for one.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// Print invented letters of every kind; needs no configuration
    Preview {
        /// The kind, as `act` [default: all of them]
        kind: Option<String>,
        /// Write each as an HTML file into this folder, to open in a browser
        #[arg(long, value_name = "FOLDER")]
        html: Option<PathBuf>,
    },
}

/// Shows the invented letters.
///
/// # Errors
///
/// When there is no such kind, or the folder cannot be written.
pub fn run(arguments: &Arguments) -> anyhow::Result<Exit> {
    let What::Preview { kind, html } = &arguments.what;
    let mut examples = example::letters().context("making the examples")?;
    if let Some(kind) = kind {
        let names: Vec<&str> = examples.iter().map(|example| example.name).collect();
        if !names.contains(&kind.as_str()) {
            bail!(
                "there is no kind `{kind}`; there are {}",
                words::list(&names)
            );
        }
        examples.retain(|example| example.name == kind);
    }
    match html {
        Some(folder) => write_pages(folder, &examples)?,
        None => print(&examples)?,
    }
    Ok(Exit::Done)
}

fn write_pages(folder: &Path, examples: &[example::Example]) -> anyhow::Result<()> {
    std::fs::create_dir_all(folder)
        .with_context(|| format!("cannot create the folder {}", folder.display()))?;
    for example in examples {
        let path = folder.join(format!("{}.html", example.name));
        crate::files::write_openly(&path, example.letter.html.as_bytes())
            .with_context(|| format!("cannot write {}", path.display()))?;
        writeln!(
            anstream::stdout(),
            "{}  ({})",
            path.display(),
            example.about
        )?;
    }
    Ok(())
}

fn print(examples: &[example::Example]) -> anyhow::Result<()> {
    let mut out = anstream::stdout().lock();
    for (index, example) in examples.iter().enumerate() {
        if index > 0 {
            writeln!(out, "\n{}\n", "=".repeat(72))?;
        }
        writeln!(out, "[{}: {}]", example.name, example.about)?;
        writeln!(out, "Subject: {}\n", example.letter.subject)?;
        write!(out, "{}", example.letter.text)?;
    }
    Ok(())
}
