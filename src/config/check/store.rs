//! `[[store]]`: a known store at another base, or a store that the user defines.

use std::ops::Range;

use scraper::Selector;
use serde_spanned::Spanned;
use url::Url;

use super::manners::store_pause;
use super::ways::{self, Means};
use super::windows;
use crate::book::{Availability, StoreId, storefront};
use crate::config::findings::{Findings, Kind};
use crate::config::plan::{OwnStore, Phrase, StorePlan, WindowOverride};
use crate::config::presets::preset;
use crate::config::problem::{Problem, did_you_mean, one_of};
use crate::config::table::{Table, Text, text_of};
use crate::config::values;

/// A store that has a `[[store]]` table.
#[derive(Debug)]
pub(super) struct Defined {
    /// What the table says.
    pub(super) plan: StorePlan,
    /// Where its name stands.
    pub(super) span: Range<usize>,
}

/// Reads every `[[store]]`.
pub(super) fn stores(
    root: &mut Table<'_>,
    means: Means,
    own_windows: &mut Vec<WindowOverride>,
) -> Vec<Defined> {
    let mut defined: Vec<Defined> = Vec::new();
    for mut table in root.tables("store") {
        let findings = table.findings();
        let only_here = windows::of_one(&mut table);
        let Some(store) = store(table, means) else {
            continue;
        };
        if let Some(first) = defined.iter().find(|first| first.plan.id == store.plan.id) {
            findings.add(
                Problem::error(format!("the store `{}` is there twice", store.plan.id))
                    .at(store.span.clone(), "again here")
                    .at(first.span.clone(), "first here")
                    .remedy("join the two tables"),
            );
            continue;
        }
        own_windows.extend(only_here.into_iter().map(|window| WindowOverride {
            store: Some(store.plan.id.clone()),
            ..window
        }));
        defined.push(store);
    }
    defined
}

fn store(mut table: Table<'_>, means: Means) -> Option<Defined> {
    let findings = table.findings();
    let name = table.required("name", "\"books.example.com\"");
    let id = name.as_ref().and_then(|name| findings.keep(name_of(name)));
    let base = table
        .text("base")
        .and_then(|text| findings.keep(values::web_address(&text)));
    let label = table.text("label");
    let own = own_store(&mut table, id.as_ref());
    let buy_area = buy_area(&mut table, id.as_ref());
    let phrases = phrases(&mut table);
    if own.is_some() && buy_area.is_none() && !phrases.is_empty() {
        findings.add(
            Problem::warning("these words have no effect")
                .at(table.key_span("words"), "")
                .because(
                    "words are looked for in the part of the page in which the book is bought, \
                     and nothing says which part that is",
                )
                .remedy("add `[store.selectors]`, and below it `buy_area = \"…\"`"),
        );
    }
    let mut plan = StorePlan {
        base,
        own,
        buy_area,
        phrases,
        ..StorePlan::plain(id.unwrap_or_else(|| StoreId::new("")))
    };
    if let Some(shipped) = preset(&plan.id) {
        plan.label.clone_from(&shipped.label);
    }
    if let Some(label) = label {
        plan.label = label.into_inner();
    }
    plan.pause = store_pause(&mut table, plan.is_on_loopback());
    plan.ways.command = ways::command(&mut table);
    if let Some(sources) = ways::sources(&mut table) {
        // A wrong `command` has been reported, and its absence is no second fault.
        if plan.ways.command.is_some() || !table.has("command") {
            ways::check_means(&table, &plan, &sources, means);
        }
        plan.ways.order = sources.into_iter().map(Spanned::into_inner).collect();
    }
    table.finish();
    if plan.id.as_str().is_empty() {
        return None;
    }
    Some(Defined {
        plan,
        span: name?.span(),
    })
}

/// A store is named by its host, so that its addresses can be told from others.
fn name_of(name: &Text) -> Result<StoreId, Problem> {
    let id = StoreId::new(name.get_ref());
    if is_host(id.as_str()) {
        return Ok(id);
    }
    let problem = Problem::error(format!("`{}` is no name of a store", name.get_ref()))
        .at(name.span(), "")
        .because("a store is named by the host of its pages");
    Err(match did_you_mean(name.get_ref(), labels()) {
        Some(label) => {
            let known = storefront::STOREFRONTS
                .iter()
                .find(|store| store.label == label);
            problem.remedy(format!(
                "did you mean `{}`?",
                known.map_or(label, |store| store.id)
            ))
        }
        None => problem.remedy("write it as `name = \"books.example.com\"`"),
    })
}

fn labels() -> impl Iterator<Item = &'static str> {
    storefront::STOREFRONTS.iter().map(|store| store.label)
}

fn is_host(text: &str) -> bool {
    text.contains('.')
        && text.split('.').all(|label| {
            !label.is_empty()
                && label
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        })
}

/// The keys that only a store of the user's own may have.
const OWN: [&str; 3] = ["host", "address", "currency"];

fn own_store(table: &mut Table<'_>, id: Option<&StoreId>) -> Option<OwnStore> {
    let findings = table.findings();
    let host = table.text("host");
    let address = table.text("address");
    let currency = table.text("currency");
    // What is shipped of a store that is known by its address only stands for what is not said.
    let id = id?;
    let shipped = preset(id).and_then(|store| store.own.clone());
    if let Some(known) = storefront::find(id.as_str()) {
        for key in OWN.into_iter().filter(|key| table.has(key)) {
            findings.add(built_in(known.label, key, table));
        }
        return None;
    }
    let host = match host {
        Some(text) => findings.keep(host_of(&text))?,
        None => match &shipped {
            Some(shipped) => shipped.host.clone(),
            None => id.as_str().to_owned(),
        },
    };
    let pattern = match address {
        Some(text) => Some(findings.keep(pattern(&text, &host))?),
        None => shipped.as_ref().and_then(|own| own.pattern.clone()),
    };
    if let Some(text) = &currency
        && !(text.get_ref().len() == 3 && text.get_ref().bytes().all(|b| b.is_ascii_alphabetic()))
    {
        findings.add(
            Problem::error(format!("`{}` is no currency", text.get_ref()))
                .at(text.span(), "")
                .remedy("write its three letters, as \"USD\" or \"GBP\""),
        );
    }
    Some(OwnStore {
        host,
        pattern,
        currency: match (currency, shipped) {
            (Some(text), _) => text.into_inner().to_ascii_uppercase(),
            (None, Some(shipped)) => shipped.currency,
            (None, None) => "USD".to_owned(),
        },
    })
}

fn built_in(label: &str, key: &str, table: &Table<'_>) -> Problem {
    Problem::error(format!("`{key}` cannot be set for {label}"))
        .at(table.key_span(key), "")
        .because("this store is known: its addresses and its reader are built in")
        .remedy("leave it out; `base` gives its pages another origin, for tests")
}

fn host_of(text: &Text) -> Result<String, Problem> {
    let host = text.get_ref().to_ascii_lowercase();
    if is_host(&host) {
        return Ok(host);
    }
    Err(
        Problem::error(format!("`{}` is no host name", text.get_ref()))
            .at(text.span(), "")
            .remedy("write the host alone, without `https://` and path, as \"www.example.com\""),
    )
}

/// The path and query of a pattern, which may be written as a whole address.
fn pattern(text: &Text, host: &str) -> Result<String, Problem> {
    let written = text.get_ref();
    let wrong = |message: String| Problem::error(message).at(text.span(), "");
    for part in written.split('{').skip(1) {
        let name = part.split('}').next().unwrap_or_default();
        if !part.contains('}') || !matches!(name, "isbn13" | "isbn10" | "number") {
            return Err(wrong(format!("`{{{name}}}` stands for nothing"))
                .remedy("write `{isbn13}` or `{isbn10}` where the number stands")
                .remedy("or `{number}`, where the store has numbers of its own"));
        }
    }
    if !written.contains('{') {
        return Err(wrong("this address has no place for the ISBN".to_owned())
            .remedy("write `{isbn13}` or `{isbn10}` where the number stands")
            .remedy("or leave it out, and give each edition an address in `[edition.addresses]`"));
    }
    let path = match written.split_once("://") {
        Some((_, rest)) => {
            let (found, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
            if !found.eq_ignore_ascii_case(host) {
                return Err(
                    wrong(format!("this address is at `{found}`, not at `{host}`"))
                        .remedy(format!("add `host = \"{found}\"`, or correct the address")),
                );
            }
            path
        }
        None => written,
    };
    let sample = path.replace(['{', '}'], "");
    if !path.starts_with('/') || Url::parse(&format!("https://{host}{sample}")).is_err() {
        return Err(wrong(format!("`{written}` is no address"))
            .remedy(format!("write it as \"https://{host}/book/{{isbn13}}\"")));
    }
    Ok(path.to_owned())
}

/// `[store.selectors]`.
fn buy_area(table: &mut Table<'_>, id: Option<&StoreId>) -> Option<String> {
    let mut selectors = table.table("selectors")?;
    let read = selector(&mut selectors, "buy_area");
    if let Some(known) = id.and_then(|id| storefront::find(id.as_str()))
        && selectors.has("buy_area")
    {
        selectors
            .findings()
            .add(built_in(known.label, "buy_area", &selectors));
    }
    selectors.finish();
    read
}

fn selector(table: &mut Table<'_>, key: &'static str) -> Option<String> {
    let text = table.text(key)?;
    let selector = text.get_ref();
    if Selector::parse(selector).is_err() {
        table.findings().add(
            Problem::error(format!(
                "`{selector}` is no CSS selector that can be used here"
            ))
            .at(text.span(), "")
            .remedy("write one as \"#product .purchase\" or \"div.buy-box\""),
        );
        return None;
    }
    Some(text.into_inner())
}

/// `[store.words]`: phrases by state. A phrase stands for one state only.
fn phrases(table: &mut Table<'_>) -> Vec<Phrase> {
    let Some(words) = table.table("words") else {
        return Vec::new();
    };
    let findings = words.findings();
    let mut phrases: Vec<Phrase> = Vec::new();
    let states = Availability::ALL.map(Availability::name);
    for (state, value) in words.entries(Kind::List(Box::new(Kind::Text)), &states) {
        let Ok(availability) = state.get_ref().parse::<Availability>() else {
            findings.add(unknown_state(&state));
            continue;
        };
        let one = std::slice::from_ref(value);
        let items = value
            .get_ref()
            .as_array()
            .map_or(one, |array| array.iter().as_slice());
        for item in items {
            let Some(text) = findings.keep(text_of(state.get_ref(), item)) else {
                continue;
            };
            if let Some(problem) = wrong_phrase(&text, availability, &phrases) {
                findings.add(problem);
                continue;
            }
            phrases.push(Phrase {
                availability,
                words: text.get_ref().clone(),
                span: text.span(),
            });
        }
    }
    phrases
}

fn unknown_state(state: &Text) -> Problem {
    let names = Availability::ALL.into_iter().map(Availability::name);
    let problem =
        Problem::error(format!("there is no state `{}`", state.get_ref())).at(state.span(), "");
    match did_you_mean(state.get_ref(), names.clone()) {
        Some(meant) => problem.remedy(format!("did you mean `{meant}`?")),
        None => problem.remedy(format!("write {}", one_of(names))),
    }
}

fn wrong_phrase(text: &Text, availability: Availability, phrases: &[Phrase]) -> Option<Problem> {
    let written = text.get_ref();
    let letters = written.chars().filter(|c| c.is_alphanumeric()).count();
    if letters < 3 {
        return Some(
            Problem::error(format!("`{written}` would be found on every page"))
                .at(text.span(), "")
                .remedy("write the whole phrase, as it stands beside the button"),
        );
    }
    let other = phrases.iter().find(|other| {
        other.availability != availability && other.words.eq_ignore_ascii_case(written)
    })?;
    Some(
        Problem::error(format!("`{written}` would stand for two states"))
            .at(text.span(), availability.name())
            .at(other.span.clone(), other.availability.name())
            .remedy("keep it in one of them"),
    )
}

/// A store that is defined and that no edition names.
pub(super) fn warn_of_unused(defined: &[Defined], used: &[StorePlan], findings: &Findings) {
    for store in defined {
        if !used.iter().any(|used| used.id == store.plan.id) {
            findings.add(
                Problem::warning(format!("no edition is watched at `{}`", store.plan.id))
                    .at(store.span.clone(), "defined here")
                    .remedy(format!(
                        "add \"{}\" to the `stores` of an edition, or leave the table out",
                        store.plan.id
                    )),
            );
        }
    }
}
