//! Stores without a reader of their own: what a user, or a preset, says about one.

use std::sync::LazyLock;

use serde::Deserialize;

use crate::book::Availability;

/// How the pages of a store are to be read, and where they are. A `[[store]]` of the configuration
/// fills it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StoreRules {
    /// The store's name: its host without `www.`.
    pub id: String,
    /// How people call it.
    pub label: String,
    /// The host of its product pages.
    pub host: String,
    /// The path of a product page, with `{isbn13}` or `{isbn10}` in it.
    pub path: String,
    /// The currency of prices whose mark several currencies share, ISO 4217.
    pub currency: String,
    /// A CSS selector for the part of the page in which a copy is bought. Without it only
    /// structured data is believed.
    #[serde(default)]
    pub buy_area: Option<String>,
    /// Words of that part, and what they mean; looked for in the order given.
    #[serde(default)]
    pub words: Vec<StateWords>,
    /// Nobody has verified this against the store.
    #[serde(default)]
    pub unverified: bool,
}

/// A phrase of one store, and the state that it stands for.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StateWords {
    /// The state.
    pub state: Availability,
    /// The phrase, found in any case and with `{n}`, `{date}`, `{time}` for what they say.
    pub text: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Presets {
    store: Vec<StoreRules>,
}

/// The text of the shipped presets, in the form of the configuration.
pub const PRESETS: &str = include_str!("../../config/stores.toml");

static SHIPPED: LazyLock<Vec<StoreRules>> = LazyLock::new(|| {
    // The file is part of the program, and a test reads it.
    toml::from_str::<Presets>(PRESETS).map_or_else(|_| Vec::new(), |presets| presets.store)
});

/// The shipped presets, none of them verified against the stores.
#[must_use]
pub fn presets() -> &'static [StoreRules] {
    &SHIPPED
}

/// A CSS selector that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no CSS selector that can be used here: give one as `#buy-box` or `div.product`")]
pub struct BadSelector(pub String);

/// Checks a user's CSS selector, for both passes that use it.
///
/// # Errors
///
/// [`BadSelector`] when either pass does not understand it.
pub fn check_selector(selector: &str) -> Result<(), BadSelector> {
    let bad = || BadSelector(selector.to_owned());
    let plain = !selector.trim().is_empty() && !selector.contains(',');
    let sieve = selector.parse::<lol_html::Selector>().is_ok();
    let tree = scraper::Selector::parse(selector).is_ok();
    if plain && sieve && tree {
        Ok(())
    } else {
        Err(bad())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_presets_are_read_and_marked_unverified() {
        let presets: Presets = toml::from_str(PRESETS).unwrap();
        assert_eq!(presets.store.len(), 5);
        for store in presets.store {
            assert!(store.unverified, "{}", store.id);
            assert!(store.path.contains("{isbn13}"), "{}", store.id);
            if let Some(selector) = &store.buy_area {
                check_selector(selector).unwrap();
            }
        }
    }

    #[test]
    fn selectors_that_either_pass_refuses_are_refused() {
        assert!(check_selector("#buy .button[type='submit']").is_ok());
        for bad in ["", "  ", "a,b", "::before", "div:has(p)", "]["] {
            assert_eq!(
                check_selector(bad),
                Err(BadSelector(bad.to_owned())),
                "{bad}"
            );
        }
    }
}
