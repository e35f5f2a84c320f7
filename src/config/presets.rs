//! Stores that are known by their address only: `config/stores.toml`. How their pages are read is
//! the business of a later stage; here they are places where an edition may be watched.

use std::sync::LazyLock;

use serde::Deserialize;

use super::plan::{OwnStore, StorePlan};
use crate::book::StoreId;

/// A store of the file, as far as the configuration needs it.
#[derive(Debug, Deserialize)]
struct Preset {
    id: String,
    label: String,
    host: String,
    path: String,
    currency: String,
}

#[derive(Debug, Deserialize)]
struct Presets {
    store: Vec<Preset>,
}

static SHIPPED: LazyLock<Vec<StorePlan>> = LazyLock::new(|| {
    // The file is part of the program, and a test reads it.
    toml::from_str::<Presets>(include_str!("../../config/stores.toml")).map_or_else(
        |_| Vec::new(),
        |presets| presets.store.into_iter().map(plan).collect(),
    )
});

fn plan(preset: Preset) -> StorePlan {
    StorePlan {
        label: preset.label,
        own: Some(OwnStore {
            host: preset.host,
            pattern: Some(preset.path),
            currency: preset.currency,
        }),
        ..StorePlan::plain(StoreId::new(&preset.id))
    }
}

/// The stores that are known by their address only.
pub(super) fn presets() -> &'static [StorePlan] {
    &SHIPPED
}

/// The one of that name.
pub(super) fn preset(id: &StoreId) -> Option<&'static StorePlan> {
    presets().iter().find(|store| store.id == *id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_preset_is_read_and_named_by_its_host() {
        assert!(!presets().is_empty());
        for store in presets() {
            let own = store.own.as_ref().unwrap();
            assert_eq!(StoreId::new(&own.host), store.id);
            assert!(own.pattern.as_ref().unwrap().starts_with('/'));
            assert_ne!(store.label, store.id.as_str());
        }
    }
}
