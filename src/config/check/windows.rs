//! `[windows]`, and the same for one edition or one store: windows of the user's own in place of
//! the shipped ones.

use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::LazyLock;

use serde_spanned::Spanned;

use crate::config::findings::Kind;
use crate::config::plan::WindowOverride;
use crate::config::problem::{Problem, did_you_mean, one_of};
use crate::config::table::{Table, wrong_kind};

/// The names of the shipped windows: the tables of `config/windows.toml` that say `quiet`.
static SHIPPED: LazyLock<BTreeSet<String>> = LazyLock::new(|| {
    let mut names = BTreeSet::new();
    // The file is part of the program, and a test reads it.
    if let Ok(windows) = include_str!("../../../config/windows.toml").parse::<toml::Table>() {
        collect_names(&windows, "", &mut names);
    }
    names
});

fn collect_names(table: &toml::Table, prefix: &str, names: &mut BTreeSet<String>) {
    for (key, value) in table {
        let Some(inner) = value.as_table() else {
            continue;
        };
        let name = format!("{prefix}{key}");
        collect_names(inner, &format!("{name}."), names);
        if inner.contains_key("quiet") {
            names.insert(name);
        }
    }
}

/// `[windows]`: `learned`, and windows as `"list.amazon" = { quiet = "14 days", act = "30 days" }`,
/// with the name in quotes or not. Gives whether the user's own times replace the shipped ones.
pub(super) fn windows(root: &mut Table<'_>, windows: &mut Vec<WindowOverride>) -> bool {
    let Some(mut table) = root.table("windows") else {
        return false;
    };
    let learned = table.flag("learned").unwrap_or(false);
    collect_windows(&table, "", Scope::Everywhere, windows);
    learned
}

/// `[edition.windows]`, `[store.windows]`: the same for one edition or one store.
pub(super) fn of_one(table: &mut Table<'_>) -> Vec<WindowOverride> {
    let mut windows = Vec::new();
    if let Some(table) = table.table("windows") {
        collect_windows(&table, "", Scope::One, &mut windows);
    }
    windows
}

/// Where windows are set.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Scope {
    /// For all editions and stores; here the user's own times may take a window's place.
    Everywhere,
    /// For one edition or one store.
    One,
}

fn collect_windows(
    table: &Table<'_>,
    prefix: &str,
    scope: Scope,
    windows: &mut Vec<WindowOverride>,
) {
    for (key, value) in table.entries(Kind::Entry, &[]) {
        let name = format!("{prefix}{}", key.get_ref());
        if scope == Scope::Everywhere && name == "learned" {
            continue;
        }
        let Some(mut inner) = table.within(value) else {
            table.findings().add(wrong_kind(
                &name,
                value,
                "a table in braces",
                "{ quiet = \"14 days\", act = \"30 days\" }",
            ));
            continue;
        };
        let is_window = ["quiet", "act", "learned"].iter().any(|key| inner.has(key));
        if !is_window {
            // A dotted name without quotes is a table within a table.
            collect_windows(&inner, &format!("{name}."), scope, windows);
            continue;
        }
        if !SHIPPED.contains(&name) {
            table.findings().add(unknown(&name, key.span()));
        }
        windows.push(window(&mut inner, name, scope));
        inner.finish();
    }
}

fn window(table: &mut Table<'_>, name: String, scope: Scope) -> WindowOverride {
    let quiet = limit(table, "quiet");
    let act = limit(table, "act");
    if let (Some(quiet), Some(act)) = (&quiet, &act)
        && act.get_ref() < quiet.get_ref()
    {
        table.findings().add(
            Problem::error("acting would come before the quiet time ends")
                .at(act.span(), "`act` is earlier")
                .at(quiet.span(), "than `quiet`")
                .remedy("make `act` the longer of the two"),
        );
    }
    let learned = match scope {
        Scope::Everywhere => table.flag("learned"),
        Scope::One => None,
    };
    if learned == Some(true) && (quiet.is_some() || act.is_some()) {
        table.findings().add(
            Problem::error("numbers of your own and `learned` contradict each other")
                .at(table.key_span("learned"), "")
                .remedy("leave out `learned`, or `quiet` and `act`"),
        );
    }
    WindowOverride {
        name,
        edition: None,
        store: None,
        quiet_hours: quiet.map(Spanned::into_inner),
        act_hours: act.map(Spanned::into_inner),
        learned,
    }
}

fn unknown(name: &str, span: Range<usize>) -> Problem {
    let problem = Problem::error(format!("there is no window `{name}`")).at(span, "");
    let shipped = SHIPPED.iter().map(String::as_str);
    if let Some(meant) = did_you_mean(name, shipped.clone()) {
        return problem.remedy(format!("did you mean `\"{meant}\"`?"));
    }
    let near: Vec<&str> = shipped.filter(|shipped| shipped.contains(name)).collect();
    if near.is_empty() {
        problem.remedy("write the name of a shipped window, as `\"list.amazon\"`")
    } else {
        problem.remedy(format!("write {}", one_of(near)))
    }
}

fn limit(table: &mut Table<'_>, key: &'static str) -> Option<Spanned<i64>> {
    let duration = table.duration(key)?;
    Some(Spanned::new(duration.span(), duration.get_ref().as_hours()))
}

#[cfg(test)]
mod tests {
    use super::SHIPPED;

    #[test]
    fn the_names_of_the_shipped_windows_are_known() {
        for name in ["first_title", "list.amazon", "list.bookshop"] {
            assert!(SHIPPED.contains(name), "{name}");
        }
        assert!(!SHIPPED.contains("list"));
    }
}
