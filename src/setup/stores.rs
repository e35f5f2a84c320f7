//! Where editions are watched when nobody says so, and which stores there are. Pure.

use jiff::tz::TimeZone;
use toml_edit::{Document, Item};

use crate::book::{StoreId, storefront};
use crate::config::Loaded;
use crate::config::plan::{OwnStore, StorePlan};
use crate::config::presets::{preset, presets};

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

/// The stores that the configuration defines or uses, and those that are known by their address,
/// besides those that are known from the start.
pub fn own(loaded: &Loaded) -> Vec<StorePlan> {
    let document = Document::parse(loaded.text.as_str()).ok();
    let tables = document
        .as_ref()
        .and_then(|document| document.get("store")?.as_array_of_tables());
    let defined = tables.into_iter().flatten().filter_map(|table| {
        let text = |key| table.get(key).and_then(Item::as_str);
        let id = StoreId::new(text("name")?);
        let mut plan = preset(&id).cloned().unwrap_or_else(|| StorePlan::plain(id));
        if let Some(label) = text("label") {
            label.clone_into(&mut plan.label);
        }
        if let Some(host) = text("host") {
            plan.own = Some(OwnStore {
                host: host.to_ascii_lowercase(),
                pattern: None,
                currency: String::new(),
            });
        }
        Some(plan)
    });
    let used = loaded.plan.stores.iter().cloned();
    let mut own: Vec<StorePlan> = used.chain(defined).chain(presets().cloned()).collect();
    own.retain(|store| storefront::find(store.id.as_str()).is_none());
    own.sort_by(|one, other| one.id.cmp(&other.id));
    own.dedup_by(|one, other| one.id == other.id);
    own
}

/// Names of stores as people write them, separated by commas or on lines of their own: each once.
///
/// # Errors
///
/// A sentence about the first that is none, with those that there are; or that there is none at all.
pub fn named(names: &[String], own: &[StorePlan]) -> Result<Vec<StoreId>, String> {
    let mut stores: Vec<StoreId> = Vec::new();
    for name in names
        .iter()
        .flat_map(|names| names.split([',', '\n']))
        .map(str::trim)
        .filter(|name| !name.is_empty())
    {
        let id = StoreId::new(name);
        let known = storefront::called(name).map(|store| StoreId::new(store.id));
        let of_own = || {
            let is_it =
                |store: &&StorePlan| store.id == id || store.label.eq_ignore_ascii_case(name);
            own.iter().find(is_it).map(|store| store.id.clone())
        };
        let store = known.or_else(of_own).ok_or_else(|| {
            format!(
                "there is no store `{name}`; write its name, as amazon.com, barnesandnoble.com or \
                 bookshop.org, or define it as a [[store]]"
            )
        })?;
        if !stores.contains(&store) {
            stores.push(store);
        }
    }
    if stores.is_empty() && !names.is_empty() {
        return Err("name a store, as amazon.com".to_owned());
    }
    Ok(stores)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Result<&[&str], &str>) {
        let stores = named(&[text.to_owned()], &[]);
        let stores = stores.map(|all| all.iter().map(ToString::to_string).collect::<Vec<_>>());
        let expected = expected.map(|all| all.iter().map(|one| (*one).to_owned()).collect());
        assert_eq!(stores, expected.map_err(str::to_owned), "{text:?}");
    }

    #[test]
    fn stores_stand_beside_each_other_or_on_lines_of_their_own() {
        check("Amazon, bookshop.org", Ok(&["amazon.com", "bookshop.org"]));
        check(
            " Amazon,\r\nbookshop.org,\n",
            Ok(&["amazon.com", "bookshop.org"]),
        );
        check("amazon.com\nAmazon", Ok(&["amazon.com"]));
    }

    #[test]
    fn what_names_no_store_is_refused_and_where_nothing_is_said_nothing_is_meant() {
        check(" , \n", Err("name a store, as amazon.com"));
        let unknown = named(&["Amazon, Moonbooks".to_owned()], &[]).unwrap_err();
        assert!(unknown.contains("`Moonbooks`"), "{unknown}");
        assert_eq!(named(&[], &[]), Ok(Vec::new()));
    }
}
