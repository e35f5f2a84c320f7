//! Other values for an edition, as changes to its table in the configuration. Pure.

use super::details::Details;
use crate::book::{Distribution, Format, StoreId};
use crate::config::edit::{self, Change};
use crate::config::plan::EditionPlan;

/// What the details that are given say anew, but for the stores.
pub fn values(details: &Details) -> Vec<Change> {
    let texts = [
        ("title", details.title.clone()),
        ("author", details.author.clone()),
        (
            "format",
            details.format.map(|it| Format::name(it).to_owned()),
        ),
        (
            "distribution",
            details
                .distribution
                .map(|it| Distribution::name(it).to_owned()),
        ),
        ("list_price", details.price.as_ref().map(edit::money)),
        ("imprint", details.imprint.clone()),
    ];
    let dates = [
        ("publication_date", details.date),
        ("on_sale_date", details.on_sale),
        ("distribution_enabled", details.enabled),
    ];
    let flags = [
        ("amazon_switch", details.amazon_switch),
        ("first_title", details.first_title),
    ];
    let texts = texts.into_iter();
    let texts = texts.filter_map(|(key, text)| Some(Change::text(key, &text?)));
    let dates = dates.into_iter();
    let dates = dates.filter_map(|(key, date)| Some(Change::date(key, date?)));
    let flags = flags.into_iter();
    let flags = flags.filter_map(|(key, flag)| Some(Change::flag(key, flag?)));
    texts.chain(dates).chain(flags).collect()
}

/// Where it is to be watched.
#[derive(Debug, Clone, Default)]
pub struct Places {
    /// There, in place of what holds; empty: as it is.
    pub whole: Vec<StoreId>,
    /// There too.
    pub add: Vec<StoreId>,
    /// There no longer.
    pub remove: Vec<StoreId>,
    /// At these addresses, and so at their stores.
    pub pages: Vec<(StoreId, String)>,
}

/// Where it is watched from then on, and at which addresses.
///
/// # Errors
///
/// A sentence, when it is not watched where it is to be watched no longer, or nowhere at all then.
pub fn places(plan: &EditionPlan, wanted: Places) -> Result<Vec<Change>, String> {
    let watched: Vec<StoreId> = plan.listings.iter().map(|one| one.store.clone()).collect();
    let mut stores = if wanted.whole.is_empty() {
        watched.clone()
    } else {
        wanted.whole
    };
    let pages = wanted.pages.iter().map(|(store, _)| store.clone());
    for store in wanted.add.into_iter().chain(pages) {
        if !stores.contains(&store) {
            stores.push(store);
        }
    }
    for store in wanted.remove {
        if !watched.contains(&store) {
            let known: Vec<&str> = watched.iter().map(StoreId::as_str).collect();
            return Err(format!(
                "it is not watched at {store}; it is watched at {}",
                known.join(", ")
            ));
        }
        stores.retain(|other| *other != store);
    }
    if stores.is_empty() {
        return Err(
            "no store is left to watch it at; `pubwatch remove` takes the edition out".to_owned(),
        );
    }
    let mut changes: Vec<Change> = wanted
        .pages
        .iter()
        .map(|(store, address)| Change::address(store, address))
        .collect();
    let gone = watched.iter().filter(|store| !stores.contains(store));
    changes.extend(gone.map(Change::no_address));
    if stores != watched {
        changes.push(Change::stores("stores", &stores));
    }
    Ok(changes)
}
