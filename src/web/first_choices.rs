//! What the form of the first start lets one choose from: time zones, and ways for letters. Pure.

use crate::config::providers::{self, Provider};

/// Letters are written as files.
pub(super) const FOLDER: &str = "folder";

/// The mail server is none of those that are known.
pub(super) const OTHER: &str = "other";

/// A way for letters.
pub(super) struct Choice {
    pub(super) name: String,
    pub(super) label: String,
    pub(super) note: String,
    pub(super) page: Option<String>,
    pub(super) is_chosen: bool,
    pub(super) wants_login: bool,
    pub(super) is_other: bool,
}

/// The zones that a browser offers: regions with cities, without the names of old.
pub(super) fn zones() -> Vec<String> {
    let old = [
        "Etc/", "US/", "Canada/", "Brazil/", "Chile/", "Mexico/", "SystemV/", "posix/", "right/",
    ];
    let known = jiff::tz::db().available();
    let is_city =
        |name: &String| name.contains('/') && !old.iter().any(|region| name.starts_with(region));
    known.map(|name| name.to_string()).filter(is_city).collect()
}

/// The ways for letters. Where none is chosen yet, that of the address.
pub(super) fn choices(email: &str, mail: &str) -> Vec<Choice> {
    let guess = providers::of_address(email).map(|one| one.name);
    let chosen = match mail {
        "" => guess.unwrap_or_default(),
        mail => mail.to_owned(),
    };
    let known = |provider: Provider| Choice {
        is_chosen: provider.name == chosen,
        wants_login: provider.login && provider.refused.is_none(),
        note: provider.refused.unwrap_or(provider.note),
        name: provider.name,
        label: provider.label,
        page: provider.page,
        is_other: false,
    };
    let own = |name: &str, label: &str, note: &str| Choice {
        name: name.to_owned(),
        label: label.to_owned(),
        note: note.to_owned(),
        page: None,
        is_chosen: chosen == name,
        wants_login: name == OTHER,
        is_other: name == OTHER,
    };
    let mut all: Vec<Choice> = providers::all().into_iter().map(known).collect();
    all.push(own(OTHER, "Another mail server", ""));
    all.push(own(
        FOLDER,
        "Not by mail yet",
        "They are written as files into the data folder and shown on the page.",
    ));
    all
}
