//! An edition that is added: what nobody says of it follows from its format, its number and the
//! addresses of its pages. The editions before have no say in it. Pure.

use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::details::Details;
use super::{stores, which_book};
use crate::book::{ConfiguredDates, Distribution, Edition, EditionId, Family, Format, StoreId};
use crate::config::address::unknown_page;
use crate::config::edit::Entry;

/// Pages that were given: a store, and the address as it was written.
pub type Pages = [(StoreId, String)];

/// What an edition cannot do without, once it is decided.
#[derive(Debug, Clone)]
pub struct Decided {
    /// The title.
    pub title: String,
    /// The format.
    pub format: Format,
    /// The publication date.
    pub publication_date: Date,
    /// Who carries it to the stores.
    pub distribution: Distribution,
    /// Since when.
    pub distribution_enabled: Option<Date>,
    /// KDP Print takes Amazon over on the publication date.
    pub amazon_switch: bool,
    /// Where it is watched.
    pub stores: Vec<StoreId>,
}

/// Who distributes it: an ebook with a page at Amazon comes from KDP, and an audiobook from neither
/// KDP nor Ingram.
pub fn usual_distribution(id: &EditionId, format: Format, pages: &Pages) -> Distribution {
    let is_at_amazon = pages
        .iter()
        .any(|(store, _)| store.family() == Family::Amazon);
    match format {
        Format::Ebook if is_at_amazon => Distribution::Kdp,
        Format::Audiobook => Distribution::Other,
        Format::Paperback | Format::Hardcover | Format::Ebook => Distribution::usual(id, format),
    }
}

/// Where it is watched: an ebook at the pages that were given, what has an ASIN at Amazon, everything
/// else at the stores of the author's part of the world.
pub fn usual_stores(
    zone: &TimeZone,
    id: &EditionId,
    format: Format,
    pages: &Pages,
) -> Vec<StoreId> {
    let mut usual = if !format.is_printed() && !pages.is_empty() {
        Vec::new()
    } else {
        stores::of_zone(zone)
    };
    if id.isbn().is_none() {
        usual.retain(|store| store.family() == Family::Amazon);
    }
    with_those_of(&mut usual, pages);
    usual
}

/// Adds the stores of the pages that were given.
pub fn with_those_of(stores: &mut Vec<StoreId>, pages: &Pages) {
    for (store, _) in pages {
        if !stores.contains(store) {
            stores.push(store.clone());
        }
    }
}

/// Takes out the stores whose page cannot be known yet, and gives their labels with the reason.
///
/// A 979 number and an ebook have no predictable address at Amazon, and what has no ISBN has none at the
/// stores whose addresses have that.
pub fn leave_out_unknown_pages(
    stores: &mut Vec<StoreId>,
    id: &EditionId,
    format: Format,
    pages: &Pages,
) -> Vec<(String, String)> {
    let mut left_out = Vec::new();
    stores.retain(|store| {
        let is_given = pages.iter().any(|(other, _)| other == store);
        let unknown = unknown_page(store, &[], (id, None), format).filter(|_| !is_given);
        let is_known = unknown.is_none();
        left_out.extend(unknown.map(|why| (store.label().to_owned(), why)));
        is_known
    });
    left_out
}

/// What is to be written of it.
pub fn entry(id: EditionId, pages: &Pages, decided: Decided, details: &Details) -> Entry {
    let must_be_written = |(store, page): &&(StoreId, String)| {
        which_book::must_be_written(store, &id, decided.format, page)
    };
    let addresses = pages.iter().filter(must_be_written).cloned().collect();
    Entry {
        edition: Edition {
            id,
            asin: None,
            title: decided.title,
            author: details.author.clone(),
            format: decided.format,
            dates: ConfiguredDates::new(
                decided.publication_date,
                details.on_sale,
                decided.distribution_enabled,
            ),
            distribution: decided.distribution,
            printing: None,
            amazon_switch: decided.amazon_switch,
            first_title: details.first_title.unwrap_or(false),
            list_price: details.price.clone(),
            imprint: details.imprint.clone(),
        },
        stores: decided.stores,
        addresses,
    }
}
