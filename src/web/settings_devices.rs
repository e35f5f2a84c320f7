//! Settings of what else is told, webhooks and phones, and of the page itself: where people find it, and
//! its password. Addresses and secrets are written, and never shown. Pure.

use std::path::Path;

use toml_edit::Value;
use url::Url;

use super::book_form::{Field, Wrong};
use super::new_book::{at, whole};
use super::sections::{Asked, Section, Topic, field, needed};
use super::settings::way;
use super::settings_letters::{least_choices, least_name};
use crate::config::Loaded;
use crate::config::edit::named::{NewValue, Place, with_values, without_named, written};
use crate::config::plan::{Secret, SecretSource};
use crate::config::telling::{HookKind, HookPlan, Least};

/// The page.
pub const DEVICES: Topic = Topic {
    path: "/settings/devices",
    title: "Phones, webhooks and this page",
    lead: "What else is told when a letter goes out, and who may open this page. Addresses, keys and \
           passwords are written and never shown.",
    sections,
};

/// The section of the page itself.
pub const PAGE: &str = "web";

fn sections(loaded: &Loaded, _: &str) -> Vec<Section> {
    let hooks = loaded.plan.hooks.iter().map(known);
    let new = [HookKind::Ntfy, HookKind::Webhook].map(new);
    hooks.chain(new).chain([this_page(loaded)]).collect()
}

/// The table of a kind, with the keys of its secret: the file, and what is taken out where a file is
/// written.
fn keys(kind: HookKind) -> (&'static str, &'static str, [&'static str; 2]) {
    match kind {
        HookKind::Webhook => ("webhook", "secret_file", ["secret_env", "secret_command"]),
        HookKind::Ntfy => ("ntfy", "token_file", ["token_env", "token_command"]),
    }
}

/// How the file of a secret is called.
fn secret_file(kind: HookKind) -> &'static str {
    match kind {
        HookKind::Webhook => "webhook-secret",
        HookKind::Ntfy => "ntfy-token",
    }
}

fn fields(kind: HookKind, known: Option<&HookPlan>) -> Vec<Field> {
    let address = match (kind, known) {
        (_, Some(_)) => "Empty: the one that holds.",
        (HookKind::Ntfy, None) => {
            "The server and the topic, as https://ntfy.sh/a-name-that-nobody-guesses. Whoever knows the \
             topic can read along."
        }
        (HookKind::Webhook, None) => {
            "Where the program listens, as https://hooks.example.com/pubwatch."
        }
    };
    let (label, none) = match kind {
        HookKind::Webhook => ("Key of the signature", "Empty: without a signature."),
        HookKind::Ntfy => ("Access token", "Empty: the topic needs none."),
    };
    let has_secret = known.is_some_and(|hook| hook.secret.is_some());
    let holds = "Empty: the one that holds, as long as the server is the same.";
    let mut severity = field(
        ("severity", "select"),
        "Gets",
        "",
        least_name(known.map_or(Least::Act, |hook| hook.least)),
    );
    severity.choices = least_choices();
    let hint = if has_secret { holds } else { none };
    vec![
        field(("address", "text"), "Address", address, ""),
        severity,
        field(("secret", "password"), label, hint, ""),
    ]
}

fn known(hook: &HookPlan) -> Section {
    let (table, ..) = keys(hook.kind);
    let file = match &hook.secret {
        Some(SecretSource::File(file)) => Some(file.clone()),
        _ => None,
    };
    Section {
        id: way(hook),
        heading: hook.name.clone(),
        place: Place::Named(table, hook.name.clone()),
        remove: Some("Remove"),
        test: Some(way(hook)),
        secret: Some((secret_file(hook.kind), file)),
        write: hook_written,
        ..Section::of_keys(
            table,
            "",
            kind_label(hook.kind),
            fields(hook.kind, Some(hook)),
        )
    }
}

fn kind_label(kind: HookKind) -> &'static str {
    match kind {
        HookKind::Webhook => "For programs: each notice is sent as JSON to an address of yours.",
        HookKind::Ntfy => {
            "Notices on a phone come through ntfy, a free app (ntfy.sh): install it, subscribe \
             there to a name that nobody guesses, and write the same here."
        }
    }
}

fn new(kind: HookKind) -> Section {
    let (table, ..) = keys(kind);
    let mut name = field(
        ("name", "text"),
        "Name",
        "As it is called here, and among the letters.",
        "",
    );
    name.is_required = true;
    let mut all = vec![name];
    all.extend(fields(kind, None));
    let heading = match kind {
        HookKind::Webhook => "Add a webhook",
        HookKind::Ntfy => "Add a phone",
    };
    Section {
        thing: "name",
        button: "Add",
        secret: Some((secret_file(kind), None)),
        write: new_hook_written,
        ..Section::of_keys(table, heading, kind_label(kind), all)
    }
}

/// The values of a hook that were typed.
fn values(asked: &Asked<'_>, kind: HookKind) -> Vec<NewValue> {
    let (_, file, others) = keys(kind);
    let mut values = Vec::new();
    let address = asked.text("address");
    if !address.is_empty() {
        values.push(("address", Some(Value::from(address))));
    }
    if let Some(severity) = asked.changed("severity") {
        values.push(("severity", Some(Value::from(severity))));
    }
    let name = asked.secret.and_then(Path::file_name);
    if let Some(name) = name {
        values.push((file, Some(Value::from(name.to_string_lossy().as_ref()))));
        values.extend(others.map(|key| (key, None)));
    }
    values
}

fn hook_written(asked: &Asked<'_>) -> Result<String, Wrong> {
    let hooks = &asked.loaded.plan.hooks;
    let hook = hooks.iter().find(|hook| way(hook) == asked.section.id);
    let hook = hook.ok_or_else(|| whole(&"there is no such device any more"))?;
    let (table, ..) = keys(hook.kind);
    if asked.is_removal {
        return without_named(&asked.loaded.text, table, &hook.name).map_err(|why| whole(&why));
    }
    let place = |address: &str| Url::parse(address).ok().map(|url| url.origin());
    let typed = asked.text("address");
    let is_elsewhere = !typed.is_empty() && place(typed) != place(hook.address.reveal());
    if is_elsewhere && hook.secret.is_some() && asked.secret.is_none() {
        return Err(at("secret")(
            "another server does not get the one that holds: type it, or remove this and add it \
             without one"
                .to_owned(),
        ));
    }
    asked.with(&values(asked, hook.kind))
}

fn new_hook_written(asked: &Asked<'_>) -> Result<String, Wrong> {
    let kind = if asked.section.id == "ntfy" {
        HookKind::Ntfy
    } else {
        HookKind::Webhook
    };
    let (table, ..) = keys(kind);
    let name = needed(asked, "name")?;
    needed(asked, "address")?;
    let plan = &asked.loaded.plan;
    if plan
        .hooks
        .iter()
        .any(|hook| hook.kind == kind && hook.name == name)
    {
        return Err(at("name")(format!("there is one called {name} already")));
    }
    let mut values = values(asked, kind);
    if !values.iter().any(|(key, _)| *key == "severity") {
        values.insert(1, ("severity", Some(Value::from(asked.text("severity")))));
    }
    let place = Place::Named(table, name.to_owned());
    with_values(&asked.loaded.text, &place, &values).map_err(|why| whole(&why))
}

fn this_page(loaded: &Loaded) -> Section {
    let web = &loaded.plan.web;
    let address = written(&loaded.text, &Place::Top("web"), "address").unwrap_or_default();
    let has_password = web.password_hash.is_some();
    let mut fields = vec![field(
        ("address", "text"),
        "Its public address",
        "Where others reach it, as https://books.example.com. Empty: this machine alone.",
        address,
    )];
    if has_password {
        let hint = "Needed for a new one.";
        fields.push(Field {
            filled_as: "current-password",
            ..field(("old", "password"), "Password that holds", hint, "")
        });
    }
    let hint = "At least ten characters. Empty: as it is.";
    fields.push(field(("password", "password"), "New password", hint, ""));
    fields.push(field(
        ("again", "password"),
        "New password once more",
        "",
        "",
    ));
    let lead = if has_password {
        "With a new password all logins end: the page asks for it within seconds."
    } else {
        "It has no password: whoever uses this machine may open it. With one, the page asks for it \
         within seconds. A public address needs one."
    };
    Section {
        write: page_written,
        ..Section::of_keys(PAGE, "This page", lead, fields)
    }
}

fn page_written(asked: &Asked<'_>) -> Result<String, Wrong> {
    let mut values: Vec<NewValue> = Vec::new();
    if let Some(address) = asked.changed("address") {
        let address = Some(address).filter(|address| !address.is_empty());
        values.push(("address", address.map(Value::from)));
    }
    if let Some(hash) = asked.hash {
        values.push(("password_hash", Some(Value::from(hash))));
    }
    asked.with(&values)
}

/// The password that a form brings for the page, which is another one than before; `None`: it brings
/// none.
///
/// # Errors
///
/// What is wrong with it, at its field.
pub fn new_password(typed: &super::sections::Typed) -> Result<Option<Secret>, Wrong> {
    let text = |name| typed.get(name).map_or("", String::as_str);
    let password = text("password");
    if password.is_empty() {
        return Ok(None);
    }
    if let Some(why) = super::security::wrong_password(password) {
        return Err(at("password")(why));
    }
    if text("again") != password {
        return Err(at("again")("the two are not the same".to_owned()));
    }
    Ok(Some(Secret::new(password.to_owned())))
}
