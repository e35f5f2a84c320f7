//! Where Amazon's short links lead: asked once, with all the courtesies that stores get, and believed
//! only when it is a page of Amazon's.

use std::sync::Arc;

use anyhow::{Context as _, bail};
use url::Url;

use crate::book::{Family, StoreId, storefront};
use crate::clock::Clock;
use crate::config::address;
use crate::config::plan::{ListingPlan, Plan, StorePlan};
use crate::fetch::Fetcher;
use crate::setup::data::open_database;

/// The address that somebody pasted, or where it leads when it is a short link of Amazon's. `base`
/// takes the place of the short link's host; for tests.
///
/// # Errors
///
/// A sentence with what to paste instead, when the link cannot be followed or leads elsewhere.
pub fn followed(plan: &Plan, written: &str, base: Option<&Url>) -> anyhow::Result<String> {
    let Some(link) = address::short_link(written) else {
        return Ok(written.to_owned());
    };
    let instead = "open it in a browser, and paste the address of the page that appears";
    let host = link.host_str().unwrap_or_default().to_owned();
    let db = open_database(&plan.data)?;
    let store = StoreId::new(&host);
    let listing = ListingPlan {
        store: store.clone(),
        ask: base.map_or_else(|| link.clone(), |base| address::rebase(&link, base)),
        address: link,
        asin: None,
        is_by_hand: false,
    };
    let store = StorePlan {
        base: base.cloned(),
        ..StorePlan::plain(store)
    };
    let fetcher = Fetcher::new(Arc::clone(&db), Clock::System, &plan.manners, &[store])?;
    let runtime = tokio::runtime::Runtime::new().context("starting the runtime")?;
    let led = match runtime.block_on(fetcher.leads_to(&listing))? {
        Ok(led) => led,
        Err(why) => bail!(
            "`{written}` could not be followed: {}; {instead}",
            why.explanation
        ),
    };
    let Some(led) = led else {
        bail!("`{written}` leads nowhere; {instead}");
    };
    let host = led.host_str().unwrap_or_default();
    let known = storefront::find(host).filter(|store| store.family == Family::Amazon);
    if known.is_none() || led.scheme() != "https" {
        bail!("`{written}` leads to {host}, which is no store of Amazon's; {instead}");
    }
    Ok(led.into())
}
