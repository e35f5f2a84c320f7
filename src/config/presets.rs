//! Stores that are known by their address only: `config/stores.toml`. How their pages are read is
//! the business of a later stage; here they are places where an edition may be watched.

use std::sync::LazyLock;

use serde::Deserialize;

use super::plan::{OwnStore, StorePlan};
use crate::book::StoreId;

/// A store of the file, as far as the configuration needs it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Preset {
    id: String,
    label: String,
    host: String,
    path: Option<String>,
    currency: String,
    #[serde(default)]
    unverified: bool,
}

#[derive(Debug, Deserialize)]
struct Presets {
    store: Vec<Preset>,
}

/// Each with whether nobody has verified how its pages read.
static SHIPPED: LazyLock<Vec<(StorePlan, bool)>> = LazyLock::new(|| {
    // The file is part of the program, and a test reads it.
    toml::from_str::<Presets>(include_str!("../../config/stores.toml")).map_or_else(
        |_| Vec::new(),
        |presets| presets.store.into_iter().map(plan).collect(),
    )
});

fn plan(preset: Preset) -> (StorePlan, bool) {
    let plan = StorePlan {
        label: preset.label,
        own: Some(OwnStore {
            host: preset.host,
            pattern: preset.path,
            currency: preset.currency,
        }),
        ..StorePlan::plain(StoreId::new(&preset.id))
    };
    (plan, preset.unverified)
}

/// The stores that are known by their address only, in the order of the file.
pub fn presets() -> impl Iterator<Item = &'static StorePlan> + Clone {
    SHIPPED.iter().map(|(store, _)| store)
}

/// The one of that name.
pub fn preset(id: &StoreId) -> Option<&'static StorePlan> {
    presets().find(|store| store.id == *id)
}

/// Nobody has verified how the pages of that store read.
pub fn is_unverified(id: &StoreId) -> bool {
    SHIPPED
        .iter()
        .any(|(store, is_unverified)| store.id == *id && *is_unverified)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_preset_is_read_and_named_by_its_host() {
        let mut ids: Vec<&str> = presets().map(|store| store.id.as_str()).collect();
        assert!(14 < ids.len());
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), presets().count());
        for store in presets() {
            let own = store.own.as_ref().unwrap();
            assert_eq!(StoreId::new(&own.host), store.id);
            let pattern = own.pattern.as_deref();
            assert!(pattern.is_none_or(|path| path.starts_with('/') && path.contains("{isbn13}")));
            assert_ne!(store.label, store.id.as_str());
            assert_eq!(own.currency.len(), 3);
        }
    }

    #[test]
    fn a_preset_is_unverified_until_a_page_of_it_was_kept() {
        assert!(is_unverified(&StoreId::new("thalia.de")));
        assert!(!is_unverified(&StoreId::new("bookshop.org")));
    }
}
