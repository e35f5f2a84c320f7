//! The help as a table of contents: the commands in groups, in the order in which people need
//! them. The words are those of the commands themselves.

use std::fmt::Write as _;

use clap::Command;

use crate::terminal::columns::Columns;

/// The groups. A command that stands in none comes last, under "More".
const GROUPS: &[(&str, &[&str])] = &[
    (
        "Begin",
        &["demo", "init", "add", "import", "edit", "remove"],
    ),
    (
        "Look",
        &[
            "check", "run", "status", "history", "evidence", "report", "read",
        ],
    ),
    ("Tell", &["look", "companion", "note"]),
    ("Letters", &["pause", "outbox", "letters"]),
    (
        "Look after it",
        &[
            "doctor", "service", "config", "password", "share", "backup", "restore",
        ],
    ),
    ("Know what is usual", &["calendar", "windows", "replay"]),
    ("Data", &["export"]),
];

/// The command line with its help in groups.
pub(super) fn grouped(mut command: Command) -> Command {
    let groups = Columns::of_stdout().prose(&contents(&command));
    let template = format!(
        "{{about-with-newline}}\n{{usage-heading}} {{usage}}\n\n{groups}Options:\n\
         {{options}}{{after-help}}"
    );
    command = command.help_template(template);
    command
}

fn contents(command: &Command) -> String {
    let commands: Vec<&Command> = command
        .get_subcommands()
        .filter(|one| !one.is_hide_set() && one.get_name() != "help")
        .collect();
    let width = commands
        .iter()
        .map(|one| one.get_name().len())
        .max()
        .unwrap_or_default();
    let mut text = String::new();
    let mut group = |title: &str, members: &[&&Command]| {
        if members.is_empty() {
            return;
        }
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{title}:");
        for one in members {
            let about = one.get_about().map(ToString::to_string).unwrap_or_default();
            let _ = writeln!(
                text,
                "  {:<width$}  {}",
                one.get_name(),
                about.trim_end_matches('.')
            );
        }
        text.push('\n');
    };
    for (title, names) in GROUPS {
        let members: Vec<&&Command> = names
            .iter()
            .filter_map(|name| commands.iter().find(|one| one.get_name() == *name))
            .collect();
        group(title, &members);
    }
    let rest: Vec<&&Command> = commands
        .iter()
        .filter(|one| {
            GROUPS
                .iter()
                .all(|(_, names)| !names.contains(&one.get_name()))
        })
        .collect();
    group("More", &rest);
    text
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;
    use crate::cli::Cli;

    #[test]
    fn every_command_stands_in_the_contents_once_and_fits_the_line() {
        let command = Cli::command();
        let text = contents(&command);
        for one in command.get_subcommands() {
            let start = format!("\n  {} ", one.get_name());
            assert_eq!(
                text.matches(&start).count(),
                1,
                "{}\n{text}",
                one.get_name()
            );
        }
        for name in GROUPS.iter().flat_map(|(_, names)| *names) {
            assert!(command.find_subcommand(name).is_some(), "{name}");
        }
        for line in text.lines() {
            assert!(line.chars().count() <= 100, "{line}");
        }
    }
}
