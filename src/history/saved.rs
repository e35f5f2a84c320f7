//! A page that the user saved in the browser, read as if it had just been asked for.

use jiff::Timestamp;

use super::evidence::Evidence;
use crate::book::Source;
use crate::config::plan::{EditionPlan, ListingPlan};
use crate::fetch::charset;
use crate::page::{Page, Reading, Wanted};
use crate::stores::{self, Lessons};

/// What the bytes of a saved page say of a listing, with the parts that were read.
pub fn read(
    bytes: &[u8],
    plan: &EditionPlan,
    listing: &ListingPlan,
    at: Timestamp,
    lessons: &Lessons,
) -> (Reading, Evidence) {
    let body = charset::decode(bytes, None);
    let page = Page {
        store: &listing.store,
        address: None,
        status: 200,
        headers: &[],
        body: &body,
    };
    let wanted = Wanted::of(&plan.edition, listing.asin.as_deref());
    let read = stores::read_closely(&page, &wanted, lessons);
    let evidence = Evidence {
        at,
        source: Source::ByHand,
        status: None,
        address: listing.address.to_string(),
        headers: Vec::new(),
        parts: read.kept,
    };
    (read.reading, evidence)
}
