//! The editions of a configuration as a list again, which imports to the same editions. Pure.

use super::Field;
use crate::book::{Asin, Making, StoreId};
use crate::config::address::{leads_elsewhere, own_path};
use crate::config::edit;
use crate::config::plan::{EditionPlan, ListingPlan, Plan};

/// The columns, in their order.
const COLUMNS: [Field; 15] = [
    Field::Isbn,
    Field::Title,
    Field::Author,
    Field::Format,
    Field::PublicationDate,
    Field::OnSaleDate,
    Field::Distribution,
    Field::DistributionEnabled,
    Field::AmazonSwitch,
    Field::FirstTitle,
    Field::Printing,
    Field::Price,
    Field::Imprint,
    Field::Stores,
    Field::Address,
];

/// The editions as CSV, in the order of the configuration.
///
/// # Errors
///
/// The writer's, which has no reason to fail.
pub fn csv_of(plan: &Plan) -> Result<String, csv::Error> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(COLUMNS.map(Field::label))?;
    for edition in &plan.editions {
        writer.write_record(COLUMNS.map(|field| masked(value(field, edition, plan))))?;
    }
    let bytes = writer
        .into_inner()
        .map_err(|error| csv::Error::from(error.into_error()))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// What the editions have that no list does, in words with their number; it stays in the
/// configuration alone.
#[must_use]
pub fn not_in_a_list(plan: &Plan) -> Vec<(&'static str, usize)> {
    let notified = plan
        .editions
        .iter()
        .filter(|one| !one.notify.is_empty())
        .count();
    let windows = plan
        .windows
        .iter()
        .filter(|one| one.edition.is_some())
        .count();
    let sources = plan
        .stores
        .iter()
        .map(|store| store.ways.by_edition.len())
        .sum();
    [
        ("`notify` of an edition", notified),
        ("window of an edition", windows),
        ("`sources` of an edition", sources),
    ]
    .into_iter()
    .filter(|(_, count)| 0 < *count)
    .collect()
}

fn value(field: Field, plan: &EditionPlan, whole: &Plan) -> String {
    let edition = &plan.edition;
    let (publication, on_sale, enabled) = edition.dates.as_written();
    let flag = |flag: bool| if flag { "yes" } else { "" }.to_owned();
    match field {
        Field::Isbn => edition.id.as_str().to_owned(),
        Field::Title => edition.title.clone(),
        Field::Author => edition.author.clone().unwrap_or_default(),
        Field::Format => edition.format.name().to_owned(),
        Field::PublicationDate => publication.to_string(),
        Field::OnSaleDate if on_sale == publication => String::new(),
        Field::OnSaleDate => on_sale.to_string(),
        Field::Distribution => edition.distribution.name().to_owned(),
        Field::DistributionEnabled => enabled.map(|day| day.to_string()).unwrap_or_default(),
        Field::AmazonSwitch => flag(edition.amazon_switch),
        Field::FirstTitle => flag(edition.first_title),
        Field::Printing => {
            let name = edition.printing.and_then(Making::name);
            name.unwrap_or_default().to_owned()
        }
        Field::Price => edition
            .list_price
            .as_ref()
            .map(edit::money)
            .unwrap_or_default(),
        Field::Imprint => edition.imprint.clone().unwrap_or_default(),
        Field::Stores => {
            let stores = plan.listings.iter().map(|listing| listing.store.as_str());
            stores.collect::<Vec<&str>>().join("; ")
        }
        Field::Address => {
            let own = plan
                .listings
                .iter()
                .filter(|one| is_its_own(one, plan, whole));
            let own = own.map(|listing| listing.address.as_str());
            let asin = edition.asin.as_ref().map(Asin::as_str);
            asin.into_iter().chain(own).collect::<Vec<&str>>().join(" ")
        }
        Field::Status | Field::Availability | Field::Announcement | Field::PreOrders => {
            String::new()
        }
    }
}

/// The address of this page does not follow from its number.
fn is_its_own(listing: &ListingPlan, plan: &EditionPlan, whole: &Plan) -> bool {
    let edition = &plan.edition;
    let of_store = |id: &StoreId| whole.stores.iter().find(|store| store.id == *id);
    let own = of_store(&listing.store).and_then(|store| store.own.as_ref());
    let Some((host, pattern)) = own.and_then(|own| Some((&own.host, own.pattern.as_ref()?))) else {
        let written = listing.address.as_str();
        let numbers = (&edition.id, edition.asin());
        return leads_elsewhere(&listing.store, numbers, edition.format, written);
    };
    own_path(pattern, &listing.store, &edition.id).map_or(true, |path| {
        listing.address.as_str() != format!("https://{host}{path}")
    })
}

/// A value that no spreadsheet takes for a formula; what would be taken for a mask is masked.
fn masked(value: String) -> String {
    let is_risky = value.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let looks_masked = super::table::cell(&value) != value && value.starts_with('\'');
    if is_risky || looks_masked {
        format!("'{value}")
    } else {
        value
    }
}
