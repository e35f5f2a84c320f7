//! Where editions are watched when nobody says so, and which stores there are. Pure.

use jiff::tz::TimeZone;
use toml_edit::{Document, Item};

use crate::book::{StoreId, storefront};
use crate::config::{self, Loaded};

/// The stores of the author's part of the world.
pub fn of_zone(zone: &TimeZone) -> Vec<StoreId> {
    let names: &[&str] = match zone.iana_name().unwrap_or_default() {
        "Europe/London" | "Europe/Jersey" | "Europe/Guernsey" | "Europe/Isle_of_Man" | "GB" => {
            &["amazon.co.uk", "uk.bookshop.org"]
        }
        _ => &["amazon.com", "barnesandnoble.com", "bookshop.org"],
    };
    names.iter().map(|name| StoreId::new(name)).collect()
}

/// The stores that the configuration defines or uses besides those that are known from the start.
pub fn own(loaded: &Loaded) -> Vec<StoreId> {
    let document = Document::parse(loaded.text.as_str()).ok();
    let tables = document
        .as_ref()
        .and_then(|document| document.get("store")?.as_array_of_tables());
    let names = tables
        .into_iter()
        .flatten()
        .filter_map(|table| table.get("name").and_then(Item::as_str));
    let used = loaded.plan.stores.iter().map(|store| store.id.clone());
    let all = names
        .map(StoreId::new)
        .chain(used)
        .chain(config::shipped_stores());
    let mut own: Vec<StoreId> = all
        .filter(|id| storefront::find(id.as_str()).is_none())
        .collect();
    own.sort();
    own.dedup();
    own
}

/// Names of stores as people write them, separated by commas: each once.
///
/// # Errors
///
/// A sentence about the first that is none, with those that there are.
pub fn named(names: &[String], own: &[StoreId]) -> Result<Vec<StoreId>, String> {
    let mut stores: Vec<StoreId> = Vec::new();
    for name in names
        .iter()
        .flat_map(|names| names.split(','))
        .map(str::trim)
    {
        let id = StoreId::new(name);
        let known = storefront::called(name).map(|store| StoreId::new(store.id));
        let store = known.or_else(|| own.contains(&id).then_some(id)).ok_or_else(|| {
            format!(
                "there is no store `{name}`; write its name, as amazon.com, barnesandnoble.com or \
                 bookshop.org, or define it as a [[store]]"
            )
        })?;
        if !stores.contains(&store) {
            stores.push(store);
        }
    }
    Ok(stores)
}
