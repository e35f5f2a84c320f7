//! `pubwatch completions` and `pubwatch man`: made from the command line's own definition.

use std::io::Write as _;
use std::path::PathBuf;

use anyhow::Context as _;
use clap::Command;
use clap_complete::Shell;

use crate::exit::Exit;

/// Print the completions for a shell.
///
/// For bash: `pubwatch completions bash > ~/.local/share/bash-completion/completions/pubwatch`
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The shell
    shell: Shell,
}

/// Prints the completions.
pub fn run(arguments: &Arguments, mut program: Command) -> anyhow::Result<Exit> {
    // Into a buffer first: the library panics when a pipe is closed.
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut program, "pubwatch", &mut script);
    anstream::stdout().write_all(&script)?;
    Ok(Exit::Done)
}

/// Write the man pages into a folder: one for the program, one for each command.
#[derive(Debug, clap::Args)]
pub struct ManArguments {
    /// The folder, as /usr/local/share/man/man1; it is created when it is missing
    folder: PathBuf,
}

/// Writes the man pages.
///
/// # Errors
///
/// When the folder cannot be written.
pub fn man(arguments: &ManArguments, mut program: Command) -> anyhow::Result<Exit> {
    let folder = &arguments.folder;
    std::fs::create_dir_all(folder)
        .with_context(|| format!("cannot create the folder {}", folder.display()))?;
    program.build();
    let mut pages = Vec::new();
    collect(&program, &mut pages);
    let mut out = anstream::stdout().lock();
    for (name, page) in pages {
        let path = folder.join(format!("{name}.1"));
        crate::files::write_openly(&path, &page)
            .with_context(|| format!("cannot write {}", path.display()))?;
        writeln!(out, "{}", path.display())?;
    }
    Ok(Exit::Done)
}

/// The pages of a command and of those below it, as `pubwatch-outbox-list`.
fn collect(command: &Command, pages: &mut Vec<(String, Vec<u8>)>) {
    let name = command.get_display_name().unwrap_or(command.get_name());
    let mut page = Vec::new();
    // Writing to a Vec cannot fail.
    let _ = clap_mangen::Man::new(command.clone()).render(&mut page);
    pages.push((name.to_owned(), page));
    for below in command.get_subcommands() {
        if !below.is_hide_set() && below.get_name() != "help" {
            collect(below, pages);
        }
    }
}
