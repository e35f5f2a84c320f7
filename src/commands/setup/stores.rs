//! Where editions are usually watched. Pure.

use jiff::tz::TimeZone;

use crate::book::StoreId;
use crate::config::plan::Plan;

/// The stores of the last edition; for the first one those of the author's part of the world.
#[must_use]
pub fn usual_stores(plan: &Plan) -> Vec<StoreId> {
    match plan.editions.last() {
        Some(last) => last.listings.iter().map(|one| one.store.clone()).collect(),
        None => of_zone(&plan.author.zone),
    }
}

fn of_zone(zone: &TimeZone) -> Vec<StoreId> {
    let names: &[&str] = match zone.iana_name().unwrap_or_default() {
        "Europe/London" | "Europe/Jersey" | "Europe/Guernsey" | "Europe/Isle_of_Man" | "GB" => {
            &["amazon.co.uk", "uk.bookshop.org"]
        }
        _ => &["amazon.com", "barnesandnoble.com", "bookshop.org"],
    };
    names.iter().map(|name| StoreId::new(name)).collect()
}
