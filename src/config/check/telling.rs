//! Who is told: `notify`, `[[client]]`, `[[webhook]]`, `[[ntfy]]`, and the ping after each round.

use serde_spanned::Spanned;
use toml::de::DeValue;
use url::Url;

use super::secret::{self, Keys};
use super::{NamedFile, Paths};
use crate::config::findings::{Findings, Kind};
use crate::config::plan::{EditionPlan, Secret};
use crate::config::problem::Problem;
use crate::config::table::{Table, Text, wrong_kind};
use crate::config::telling::{ClientPlan, HookKind, HookPlan, Least, PingPlan, Recipient};
use crate::config::values;
use crate::text::host::is_this_machine;

const SIGNATURE: Keys = Keys {
    what: "secret",
    file: "secret_file",
    env: "secret_env",
    command: "secret_command",
};

const TOKEN: Keys = Keys {
    what: "token",
    file: "token_file",
    env: "token_env",
    command: "token_command",
};

/// Reads `notify`: addresses, or tables with `to`, `name` and `severity`. Empty when it is not
/// written.
pub(super) fn notify(table: &mut Table<'_>) -> Vec<Recipient> {
    const EXAMPLE: &str =
        "[\"jane@example.com\", { to = \"press@example.com\", severity = \"act\" }]";
    let Some(value) = table.value("notify", Kind::Recipients) else {
        return Vec::new();
    };
    let findings = table.findings();
    let items = match value.get_ref() {
        DeValue::Array(items) => items.iter().as_slice(),
        DeValue::String(_) | DeValue::Table(_) => std::slice::from_ref(value),
        DeValue::Integer(_) | DeValue::Float(_) | DeValue::Boolean(_) | DeValue::Datetime(_) => {
            findings.add(wrong_kind("notify", value, "a list of addresses", EXAMPLE));
            return Vec::new();
        }
    };
    if items.is_empty() {
        findings.add(
            Problem::error("`notify` names nobody")
                .at(value.span(), "")
                .because("nobody would get the letters")
                .remedy("name somebody, or leave the line out: then they go to the author"),
        );
    }
    let mut recipients: Vec<Recipient> = Vec::new();
    for item in items {
        let Some(recipient) = recipient(table, item) else {
            continue;
        };
        let is_twice = recipients
            .iter()
            .any(|known| known.address.eq_ignore_ascii_case(&recipient.address));
        if is_twice {
            findings.add(
                Problem::error(format!("`{}` is named twice", recipient.address))
                    .at(item.span(), "again here")
                    .remedy("keep one of them"),
            );
        } else {
            recipients.push(recipient);
        }
    }
    recipients
}

fn recipient(table: &Table<'_>, item: &Spanned<DeValue<'_>>) -> Option<Recipient> {
    let findings = table.findings();
    if let Some(mut inner) = table.item_of("notify", item) {
        let to = inner.required("to", "\"press@example.com\"");
        let address = to.and_then(|text| findings.keep(values::email("to", &text)));
        let name = inner.text("name").map(Spanned::into_inner);
        let least = least(&mut inner);
        inner.finish();
        return Some(Recipient {
            name,
            address: address?,
            least,
        });
    }
    let text = findings.keep(crate::config::table::text_of("notify", item))?;
    Some(Recipient {
        name: None,
        address: findings.keep(values::email("notify", &text))?,
        least: Least::Good,
    })
}

fn least(table: &mut Table<'_>) -> Least {
    let least = table.choice(("severity", "severity"), &Least::NAMES, &[]);
    least.map_or(Least::Good, Spanned::into_inner)
}

/// Reads every `[[client]]`. A client that no edition names is a warning: it is most likely
/// mistyped.
pub(super) fn clients(root: &mut Table<'_>, editions: &[EditionPlan]) -> Vec<ClientPlan> {
    let mut clients: Vec<ClientPlan> = Vec::new();
    for mut table in root.tables("client") {
        let findings = table.findings();
        let name = table.required("name", "\"Lamplight Editions\"");
        let notify = notify(&mut table);
        table.finish();
        let Some(name) = name else { continue };
        if clients.iter().any(|client| client.name == *name.get_ref()) {
            findings.add(
                Problem::error(format!("there are two clients `{}`", name.get_ref()))
                    .at(name.span(), "again here")
                    .remedy("join the two tables"),
            );
            continue;
        }
        let is_known = editions
            .iter()
            .any(|plan| plan.edition.imprint.as_ref() == Some(name.get_ref()));
        if !is_known {
            findings.add(
                Problem::warning(format!("no edition belongs to `{}`", name.get_ref()))
                    .at(name.span(), "")
                    .because("an edition belongs to the client that its `imprint` names")
                    .remedy(format!(
                        "write `imprint = \"{}\"` below its editions",
                        name.get_ref()
                    )),
            );
        }
        clients.push(ClientPlan {
            name: name.into_inner(),
            notify,
        });
    }
    clients
}

/// Reads every `[[webhook]]` and `[[ntfy]]`.
pub(super) fn hooks(
    root: &mut Table<'_>,
    paths: &Paths<'_>,
    files: &mut Vec<NamedFile>,
) -> Vec<HookPlan> {
    let mut hooks: Vec<HookPlan> = Vec::new();
    for (key, kind, keys) in [
        ("webhook", HookKind::Webhook, &SIGNATURE),
        ("ntfy", HookKind::Ntfy, &TOKEN),
    ] {
        for mut table in root.tables(key) {
            let findings = table.findings();
            let name = table.required("name", "\"mine\"");
            let address = table.required(
                "address",
                match kind {
                    HookKind::Webhook => "\"https://hooks.example.com/pubwatch\"",
                    HookKind::Ntfy => "\"https://ntfy.sh/a-name-that-nobody-guesses\"",
                },
            );
            let address = address.and_then(|text| hook_address(kind, &text, findings));
            let secret = secret::source(&mut table, keys, paths, files).map(Spanned::into_inner);
            let least = least(&mut table);
            table.finish();
            let (Some(name), Some(address)) = (name, address) else {
                continue;
            };
            let is_twice = hooks
                .iter()
                .any(|hook| hook.kind == kind && hook.name == *name.get_ref());
            if is_twice {
                findings.add(
                    Problem::error(format!("there are two [[{key}]] `{}`", name.get_ref()))
                        .at(name.span(), "again here")
                        .remedy("give each a name of its own: the outbox goes by it"),
                );
                continue;
            }
            hooks.push(HookPlan {
                kind,
                name: name.into_inner(),
                address,
                secret,
                least,
            });
        }
    }
    hooks
}

fn hook_address(kind: HookKind, text: &Text, findings: &Findings) -> Option<Secret> {
    let url = findings.keep(values::web_address(text))?;
    warn_of_plain(&url, text, findings);
    let has_topic = url
        .path_segments()
        .and_then(|mut parts| parts.next_back())
        .is_some_and(|topic| !topic.is_empty());
    if kind == HookKind::Ntfy && !has_topic {
        findings.add(
            Problem::error("this ntfy address names no topic")
                .at(text.span(), "")
                .because("the topic is the last part of the address")
                .remedy(
                    "write it as \"https://ntfy.sh/a-name-that-nobody-guesses\": whoever knows a \
                     topic can read it",
                ),
        );
        return None;
    }
    Some(Secret::new(url.to_string()))
}

/// What goes over a line without encryption can be read on its way.
fn warn_of_plain(url: &Url, text: &Text, findings: &Findings) {
    let host = url.host_str().unwrap_or_default();
    if url.scheme() == "http" && !is_this_machine(host) {
        findings.add(
            Problem::warning("what is sent there can be read on its way")
                .at(text.span(), "not encrypted")
                .remedy("write `https://`, unless it stays within your own house"),
        );
    }
}

/// Reads `ping_url` and `ping_fail_url`.
pub(super) fn ping(table: &mut Table<'_>) -> Option<PingPlan> {
    let findings = table.findings();
    let mut read = |key: &'static str| {
        let text = table.text(key)?;
        let url = findings.keep(values::web_address(&text))?;
        warn_of_plain(&url, &text, findings);
        Some((text.span(), Secret::new(url.to_string())))
    };
    let address = read("ping_url");
    let failure = read("ping_fail_url");
    match (address, failure) {
        (Some((_, address)), failure) => Some(PingPlan {
            address,
            failure: failure.map(|(_, address)| address),
        }),
        (None, Some((span, _))) if !table.has("ping_url") => {
            findings.add(
                Problem::error("there is a `ping_fail_url` and no `ping_url`")
                    .at(span, "")
                    .remedy("add the `ping_url` that is asked when all is well"),
            );
            None
        }
        (None, _) => None,
    }
}
