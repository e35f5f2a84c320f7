//! Settings of the stores: by which way each is asked, how slowly, and which there are. Pure.

use jiff::SignedDuration;
use toml_edit::{Array, Value};

use super::book_form::{Field, Wrong};
use super::new_book::{at, whole};
use super::sections::{Asked, Section, Topic, changed_keys, field, needed};
use crate::book::storefront::STOREFRONTS;
use crate::book::{EditionId, Family, Source, StoreId};
use crate::config::edit::named::{Place, written};
use crate::config::edit::with_changes_of;
use crate::config::manners::{
    LEAST_FLOOR, LEAST_PAUSE, LONGEST_DEADLINE, LONGEST_PAUSE, LONGEST_ROBOTS_AGE, MOST_LOOKS,
    MOST_REQUESTS,
};
use crate::config::plan::{EditionPlan, StorePlan};
use crate::config::presets::presets;
use crate::config::ways;
use crate::config::{Loaded, Plan};
use crate::setup::changed_edition::{self, Places};
use crate::setup::new_edition::leave_out_unknown_pages;
use crate::text::words;

/// The page.
pub const STORES: Topic = Topic {
    path: "/settings/stores",
    title: "Stores",
    lead: "By which way each store is asked, and how slowly. The terms of some stores forbid automated \
           access by any means; which ways to use is your decision.",
    sections,
};

/// The fields of the ways, in the order in which they are tried.
const WAYS: [(&str, &str); 5] = [
    ("way1", "It is asked by"),
    ("way2", "Where that is of no use, by"),
    ("way3", "Then by"),
    ("way4", "Then by"),
    ("way5", "Then by"),
];

/// How many ways are offered at least.
const OFFERED: usize = 3;

fn sections(loaded: &Loaded, _: &str) -> Vec<Section> {
    let plan = &loaded.plan;
    let stores = plan.stores.iter().map(|store| store_form(loaded, store));
    let others = [another(plan), politeness(loaded)];
    stores.chain(others).collect()
}

/// What a store's terms say, as far as `docs/politeness.md` knows them.
fn terms(family: Family) -> &'static str {
    match family {
        Family::Amazon => {
            "Amazon’s Conditions of Use (of 30 May 2025) grant no right to use “data mining, robots, or \
             similar data gathering and extraction tools”."
        }
        Family::BarnesNoble => {
            "The terms of Barnes & Noble’s corporate site forbid “any robot, spider, data miner, \
             crawler, scraper or other automated means”; we have not seen those of its shop."
        }
        Family::Bookshop | Family::Other => "We have not seen its terms.",
    }
}

fn watched_at<'a>(plan: &'a Plan, store: &StoreId) -> Vec<&'a EditionPlan> {
    let is_there = |one: &&EditionPlan| one.listings.iter().any(|one| one.store == *store);
    plan.editions.iter().filter(is_there).collect()
}

fn store_form(loaded: &Loaded, store: &StorePlan) -> Section {
    let place = Place::Named("store", store.id.to_string());
    let order = &store.ways.order;
    let way = |((name, label), number): ((&'static str, &'static str), usize)| {
        let way = order
            .get(number)
            .map(|way| ways::written(*way))
            .unwrap_or_default();
        let mut field = field((name, "select"), label, "", way);
        let nothing = (0 < number).then(|| ("", "nothing more".to_owned()));
        field.choices = nothing
            .into_iter()
            .chain(choices(&loaded.plan, store))
            .collect();
        field
    };
    let shown = order.len().max(OFFERED);
    let mut fields: Vec<Field> = WAYS.into_iter().zip(0..shown).map(way).collect();
    let pause = written(&loaded.text, &place, "pause").unwrap_or_default();
    let hint = format!(
        "{} Empty: as below for all.",
        between(LEAST_PAUSE, LONGEST_PAUSE)
    );
    fields.push(field(
        ("pause", "text"),
        "Pause between two requests",
        hint,
        pause,
    ));
    let watched = watched_at(&loaded.plan, &store.id);
    let lead = format!(
        "Watched for {} of {}. {}",
        watched.len(),
        words::counted(loaded.plan.editions.len(), "edition"),
        terms(store.id.family())
    );
    Section {
        id: format!("store {}", store.id),
        lead,
        place,
        remove: Some("Watch no more"),
        write: store_written,
        judged: watched.iter().map(|plan| plan.edition.id.clone()).collect(),
        ..Section::of_keys("store", &store.label, "", fields)
    }
}

/// The ways that can work at a store. The program of `command` and the account of `api` are named in
/// the file alone: what the page is told must never be run.
fn choices(plan: &Plan, store: &StorePlan) -> Vec<(&'static str, String)> {
    let mut ways = vec![
        (Source::Http, "a request of Pubwatch’s own"),
        (Source::Browser, "the Chromium of this machine"),
    ];
    if store.ways.command.is_some() {
        ways.push((Source::Command, "your own program"));
    }
    if store.id.family() == Family::Amazon && plan.api.is_some() {
        ways.push((Source::Api, "Amazon’s API"));
    }
    ways.push((Source::ByHand, "nobody: you look"));
    let named = ways.into_iter();
    named
        .map(|(way, label)| (ways::written(way), label.to_owned()))
        .collect()
}

fn store_written(asked: &Asked<'_>) -> Result<String, Wrong> {
    let plan = &asked.loaded.plan;
    let Place::Named(_, name) = &asked.section.place else {
        return Err(whole(&"there is no such store any more"));
    };
    let id = StoreId::new(name);
    if asked.is_removal {
        return watched(asked, &watched_at(plan, &id), |_| Places {
            remove: vec![id.clone()],
            ..Places::default()
        });
    }
    let mut order: Vec<&str> = Vec::new();
    for (name, _) in WAYS {
        let way = asked.text(name);
        if order.contains(&way) {
            return Err(at(name)("this way is there twice".to_owned()));
        }
        if !way.is_empty() {
            order.push(way);
        }
    }
    let mut values = changed_keys(asked);
    let is_new = values.iter().any(|(key, _)| key.starts_with("way"));
    values.retain(|(key, _)| !key.starts_with("way"));
    if is_new {
        let usual = order.is_empty() || order == [ways::written(Source::Http)];
        let order = Value::Array(order.into_iter().collect::<Array>());
        values.push(("source", (!usual).then_some(order)));
    }
    asked.with(&values)
}

/// The text with other places for these editions.
fn watched(
    asked: &Asked<'_>,
    editions: &[&EditionPlan],
    wanted: impl Fn(&EditionPlan) -> Places,
) -> Result<String, Wrong> {
    let mut changes = Vec::new();
    for plan in editions {
        let places = changed_edition::places(plan, wanted(plan));
        let places = places.map_err(|_| {
            let title = &plan.edition.title;
            whole(&format!(
                "{title} is watched nowhere else; stop watching it on its page instead"
            ))
        })?;
        changes.push((plan.edition.id.clone(), places));
    }
    with_changes_of(&asked.loaded.text, &changes).map_err(|why| whole(&why))
}

fn another(plan: &Plan) -> Section {
    let known = STOREFRONTS
        .iter()
        .map(|store| (store.id, store.label.to_owned()));
    let by_address = presets().map(|store| (store.id.as_str(), store.label.clone()));
    let is_new = |id: &str| plan.stores.iter().all(|store| store.id.as_str() != id);
    let all = known.chain(by_address).filter(|(id, _)| is_new(id));
    let mut store = field(
        ("store", "select"),
        "Store",
        "For a single book, change it on its page.",
        "",
    );
    store.choices = std::iter::once(("", "choose".to_owned()))
        .chain(all)
        .collect();
    Section {
        id: "another".to_owned(),
        thing: "store",
        button: "Watch there too",
        write: another_written,
        judged: plan
            .editions
            .iter()
            .map(|plan| plan.edition.id.clone())
            .collect(),
        ..Section::of_keys(
            "store",
            "Another store",
            "All books are watched there whose page follows from their number.",
            vec![store],
        )
    }
}

fn another_written(asked: &Asked<'_>) -> Result<String, Wrong> {
    let id = StoreId::new(needed(asked, "store")?);
    let mut choices = asked.section.fields.iter().flat_map(|field| &field.choices);
    if !choices.any(|(one, _)| *one == id.as_str()) {
        return Err(at("store")(
            "it is no store that can be added here".to_owned(),
        ));
    }
    let follows = |plan: &&EditionPlan| {
        let edition = &plan.edition;
        // Beside an ISBN the number of Amazon's own makes the addresses there.
        let number = edition
            .asin
            .clone()
            .filter(|_| id.family() == Family::Amazon);
        let number = number.map_or_else(|| edition.id.clone(), EditionId::Asin);
        let mut stores = vec![id.clone()];
        leave_out_unknown_pages(&mut stores, &number, edition.format, &[]);
        !stores.is_empty()
    };
    let editions: Vec<&EditionPlan> = asked.loaded.plan.editions.iter().filter(follows).collect();
    if editions.is_empty() {
        let why = "no book’s page there follows from its number; paste its address on the page of the \
                   book";
        return Err(at("store")(why.to_owned()));
    }
    watched(asked, &editions, |_| Places {
        add: vec![id.clone()],
        ..Places::default()
    })
}

/// "From 1s to 1h."
fn between(least: SignedDuration, most: SignedDuration) -> String {
    format!("From {least:#} to {most:#}.")
}

fn politeness(loaded: &Loaded) -> Section {
    let place = Place::Top("politeness");
    let rows = [
        (
            "pause",
            "Pause between two requests to one store",
            format!("{} Empty: 10s.", between(LEAST_PAUSE, LONGEST_PAUSE)),
        ),
        (
            "jitter",
            "Added to every pause, at random",
            format!("At most {LONGEST_PAUSE:#}. Empty: up to 5s."),
        ),
        (
            "floor",
            "Least time between two looks at one page",
            format!("At least {LEAST_FLOOR:#}. Empty: 30 min."),
        ),
        (
            "requests_per_day",
            "Most requests to one store in a day",
            format!("From 1 to {MOST_REQUESTS}. Empty: 2000."),
        ),
        (
            "looks_per_day",
            "Most looks at one page in a day",
            format!("From 1 to {MOST_LOOKS}. Empty: 30."),
        ),
        (
            "deadline",
            "Most time for one request",
            format!(
                "{} Empty: 30s.",
                between(SignedDuration::from_secs(1), LONGEST_DEADLINE)
            ),
        ),
        (
            "robots_age",
            "How long a store’s robots.txt is believed",
            format!("At most {LONGEST_ROBOTS_AGE:#}. Empty: 24h."),
        ),
        (
            "contact",
            "Whom a store can write to",
            "Every request names this email address. Empty: yours.".to_owned(),
        ),
    ];
    let fields = rows.map(|(name, label, hint)| {
        let value = written(&loaded.text, &place, name).unwrap_or_default();
        field((name, "text"), label, hint, value)
    });
    Section::of_keys(
        "politeness",
        "Politeness",
        "The stores are other people’s machines: you may change these within the bounds that stand \
         at each, and never lift them.",
        fields.into(),
    )
}
