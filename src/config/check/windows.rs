//! `[windows]`: windows of the user's own in place of the shipped ones.

use serde_spanned::Spanned;

use crate::config::plan::WindowOverride;
use crate::config::problem::Problem;
use crate::config::table::{Table, wrong_kind};

/// `"list.amazon" = { quiet = "14 days", act = "30 days" }`, with the name in quotes or not.
pub(super) fn windows(root: &mut Table<'_>) -> Vec<WindowOverride> {
    let Some(table) = root.table("windows") else {
        return Vec::new();
    };
    let mut windows = Vec::new();
    collect_windows(&table, "", &mut windows);
    windows
}

fn collect_windows(table: &Table<'_>, prefix: &str, windows: &mut Vec<WindowOverride>) {
    for (key, value) in table.entries() {
        let name = format!("{prefix}{}", key.get_ref());
        let Some(mut inner) = table.within(value) else {
            table.findings().add(wrong_kind(
                &name,
                value,
                "a table in braces",
                "{ quiet = \"14 days\", act = \"30 days\" }",
            ));
            continue;
        };
        if !inner.has("quiet") && !inner.has("act") {
            // A dotted name without quotes is a table within a table.
            collect_windows(&inner, &format!("{name}."), windows);
            continue;
        }
        let quiet = limit(&mut inner, "quiet");
        let act = limit(&mut inner, "act");
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
        inner.finish();
        windows.push(WindowOverride {
            name,
            quiet_hours: quiet.map(Spanned::into_inner),
            act_hours: act.map(Spanned::into_inner),
        });
    }
}

fn limit(table: &mut Table<'_>, key: &'static str) -> Option<Spanned<i64>> {
    let duration = table.duration(key)?;
    Some(Spanned::new(duration.span(), duration.get_ref().as_hours()))
}
