//! The listings of an edition: its stores, and the address of its page at each of them.

use serde_spanned::Spanned;
use url::Url;

use super::store::Defined;
use super::ways::{self, Means};
use crate::book::storefront::NoAddress;
use crate::book::{Edition, Family, StoreId, storefront};
use crate::config::address::{self, Cleaned};
use crate::config::findings::{Findings, Kind};
use crate::config::plan::{ListingPlan, StorePlan};
use crate::config::presets::{preset, presets};
use crate::config::problem::{Problem, did_you_mean};
use crate::config::table::{Table, Text, text_of};

/// Reads `stores` and `addresses`. Stores that are named here for the first time join `used`,
/// also when their listing is wrong. Without an edition, because its own keys are wrong, the
/// stores are checked all the same.
pub(super) fn listings(
    table: &mut Table<'_>,
    edition: Option<&Edition>,
    defined: &[Defined],
    used: &mut Vec<StorePlan>,
    means: Means,
) -> Vec<ListingPlan> {
    let findings = table.findings();
    let stores = stores(table, defined);
    let mut addresses = addresses(table);
    let mut listings = Vec::new();
    let here: Vec<StoreId> = stores.iter().map(|(plan, _)| plan.id.clone()).collect();
    for (plan, name) in stores {
        let given = addresses
            .iter()
            .position(|(store, _)| StoreId::new(store.get_ref()) == plan.id)
            .map(|index| addresses.remove(index).1);
        if let Some(edition) = edition {
            listings.extend(listing(&plan, edition, &name, given.as_ref(), findings));
        }
        if !used.iter().any(|store| store.id == plan.id) {
            used.push(plan);
        }
    }
    for (store, _) in addresses {
        findings.add(not_in_stores("an address", "the address", &store));
    }
    for (store, order) in ways::by_store(table) {
        let id = StoreId::new(store.get_ref());
        let plan = used.iter_mut().find(|plan| plan.id == id);
        match plan.filter(|_| here.contains(&id)) {
            Some(plan) => {
                ways::check_means(table, plan, &order, means);
                if let Some(edition) = edition {
                    let order = order.into_iter().map(Spanned::into_inner).collect();
                    plan.ways.by_edition.insert(edition.id.clone(), order);
                }
            }
            None => findings.add(not_in_stores("sources", "the sources", &store)),
        }
    }
    for listing in &mut listings {
        let store = used.iter().find(|plan| plan.id == listing.store);
        let ways = edition.zip(store.map(|plan| &plan.ways));
        listing.is_by_hand = ways.is_some_and(|(edition, ways)| ways.is_by_hand(&edition.id));
    }
    listings
}

fn not_in_stores(what: &str, which: &str, store: &Text) -> Problem {
    let name = store.get_ref();
    Problem::error(format!("{what} for `{name}`, which is not in `stores`"))
        .at(store.span(), "")
        .remedy(format!("add \"{name}\" to `stores`, or leave {which} out"))
}

/// The stores that the edition names, each once, and where it names them.
fn stores(table: &mut Table<'_>, defined: &[Defined]) -> Vec<(StorePlan, Text)> {
    const EXAMPLE: &str = "[\"amazon.com\", \"barnesandnoble.com\", \"bookshop.org\"]";
    table.require("stores", EXAMPLE);
    let findings = table.findings();
    let Some(names) = table.texts("stores", Kind::Text, EXAMPLE) else {
        return Vec::new();
    };
    if names.is_empty() {
        findings.add(
            Problem::error("`stores` names no store")
                .at(table.key_span("stores"), "")
                .remedy(format!("write it as `stores = {EXAMPLE}`")),
        );
    }
    let mut stores: Vec<(StorePlan, Text)> = Vec::new();
    for name in names {
        let Some(plan) = findings.keep(store_named(&name, defined)) else {
            continue;
        };
        if let Some((_, first)) = stores.iter().find(|(other, _)| other.id == plan.id) {
            findings.add(
                Problem::error(format!("the store `{}` is named twice", plan.id))
                    .at(name.span(), "again here")
                    .at(first.span(), "first here")
                    .remedy("keep one"),
            );
            continue;
        }
        stores.push((plan, name));
    }
    stores
}

fn store_named(name: &Text, defined: &[Defined]) -> Result<StorePlan, Problem> {
    let id = StoreId::new(name.get_ref());
    if let Some(store) = defined.iter().find(|store| store.plan.id == id) {
        return Ok(store.plan.clone());
    }
    if storefront::find(id.as_str()).is_some() {
        return Ok(StorePlan::plain(id));
    }
    if let Some(shipped) = preset(&id) {
        return Ok(shipped.clone());
    }
    let own: Vec<&str> = defined.iter().map(|one| one.plan.id.as_str()).collect();
    Err(unknown_store(name, &own))
}

fn addresses(table: &mut Table<'_>) -> Vec<(Text, Text)> {
    let Some(addresses) = table.table("addresses") else {
        return Vec::new();
    };
    let findings = addresses.findings();
    addresses
        .entries(Kind::Text, &[])
        .into_iter()
        .filter_map(|(store, value)| {
            if value.get_ref().is_table() {
                findings.add(
                    Problem::error("the name of the store needs quotes")
                        .at(store.span(), "")
                        .because("a dot in a bare key begins a table within a table")
                        .remedy("write it as `\"amazon.com\" = \"https://…\"`"),
                );
                return None;
            }
            let text = findings.keep(text_of(store.get_ref(), value))?;
            Some((store, text))
        })
        .collect()
}

fn listing(
    store: &StorePlan,
    edition: &Edition,
    name: &Text,
    given: Option<&Text>,
    findings: &Findings,
) -> Option<ListingPlan> {
    let cleaned = match given {
        Some(text) => given_address(store, edition, text, findings)?,
        None => findings.keep(made_address(store, edition, name))?,
    };
    let ask = match &store.base {
        Some(base) => address::rebase(&cleaned.address, base),
        None => cleaned.address.clone(),
    };
    Some(ListingPlan {
        store: store.id.clone(),
        address: cleaned.address,
        ask,
        asin: cleaned.asin,
        is_by_hand: false,
    })
}

/// The host of a store's pages.
fn host_of(store: &StorePlan) -> &str {
    match &store.own {
        Some(own) => &own.host,
        None => storefront::find(store.id.as_str()).map_or(store.id.as_str(), |known| known.host),
    }
}

fn given_address(
    store: &StorePlan,
    edition: &Edition,
    text: &Text,
    findings: &Findings,
) -> Option<Cleaned> {
    let cleaned = address::clean(&store.id, host_of(store), edition.id.isbn(), text.get_ref())
        .map_err(|error| {
            Problem::error(error.to_string())
                .at(text.span(), "")
                .remedy(error.remedy())
        });
    let cleaned = findings.keep(told_by_isbn(store, edition, text).and(cleaned))?;
    if let (Some(asin), Some(other)) = (edition.id.asin(), &cleaned.asin)
        && asin.as_str() != other
    {
        findings.add(
            Problem::warning(format!("this is the page of {other}, not of ASIN {asin}"))
                .because("the page is checked, and what is of another ASIN is not believed")
                .at(text.span(), "")
                .remedy("leave the address out: it is made from the ASIN"),
        );
    }
    if let Some(other) = &cleaned.other_isbn {
        let message = format!("this is the page of ISBN {other}, not of {}", edition.id);
        // A print page at Amazon may carry the number of an older edition; elsewhere the number
        // in the address is the number of the page.
        let problem = if cleaned.asin.is_some() {
            Problem::warning(message)
                .because("the page is checked, and what is of another ISBN is not believed")
        } else {
            Problem::error(message)
        };
        findings.add(
            problem
                .at(text.span(), "")
                .remedy("open the address, and compare the number under the product details"),
        );
    }
    Some(cleaned)
}

fn made_address(store: &StorePlan, edition: &Edition, name: &Text) -> Result<Cleaned, Problem> {
    let host = host_of(store);
    let folder = match store.id.family() {
        Family::Amazon => "dp/",
        Family::BarnesNoble | Family::Bookshop | Family::Other => "",
    };
    let wrong = |message: String| {
        Problem::error(message).at(name.span(), "").remedy(format!(
            "find the book's page in a browser, and add its address below the edition: \
             `[edition.addresses]`, then `\"{}\" = \"https://{host}/{folder}…\"`",
            store.id
        ))
    };
    let path = match &store.own {
        Some(own) => own
            .pattern
            .as_deref()
            .ok_or("this store has no address pattern, and the edition no address")
            .and_then(|pattern| address::own_path(pattern, &store.id, &edition.id))
            .map_err(|why| wrong(why.to_owned()))?,
        None => storefront::find(store.id.as_str())
            .ok_or_else(|| wrong(format!("{} has no addresses", store.label)))?
            .path_for(&edition.id, edition.asin(), edition.format)
            .map_err(|error| match error {
                NoAddress::NoIsbn => no_isbn(store, name),
                NoAddress::No979AtAmazon
                | NoAddress::EbookAtAmazon
                | NoAddress::AudiobookAtAmazon
                | NoAddress::NoNumberAtAmazon => wrong(error.to_string()).remedy(
                    "while there is no page yet, leave the store out of `stores`, and add it \
                     when there is",
                ),
            })?,
    };
    let address = Url::parse(&format!("https://{host}{path}"))
        .map_err(|error| wrong(format!("`https://{host}{path}` is no address: {error}")))?;
    Ok(Cleaned {
        asin: path.strip_prefix("/dp/").map(str::to_owned),
        address,
        other_isbn: None,
    })
}

/// The stores that tell their pages by the ISBN have none for an edition without: not even under an
/// address of its own could anybody tell that the page is the right one.
fn told_by_isbn(store: &StorePlan, edition: &Edition, at: &Text) -> Result<(), Problem> {
    match store.id.family() {
        Family::BarnesNoble | Family::Bookshop if edition.id.isbn().is_none() => {
            Err(no_isbn(store, at))
        }
        Family::Amazon | Family::BarnesNoble | Family::Bookshop | Family::Other => Ok(()),
    }
}

fn no_isbn(store: &StorePlan, at: &Text) -> Problem {
    Problem::error(NoAddress::NoIsbn.to_string())
        .at(at.span(), "")
        .remedy(format!(
            "leave {} out, or give the edition its `isbn` if it has one there",
            store.label
        ))
}

/// What to say about a store that is not known.
fn unknown_store(text: &Text, own: &[&str]) -> Problem {
    let written = text.get_ref();
    let shipped = presets().map(|store| (store.label.as_str(), store.id.as_str()));
    let labels = storefront::STOREFRONTS
        .iter()
        .map(|store| (store.label, store.id))
        .chain(shipped);
    let names = labels.clone().map(|(_, id)| id).chain(own.iter().copied());
    let by_label = labels
        .clone()
        .find(|(label, _)| label.eq_ignore_ascii_case(written))
        .map(|(_, id)| id);
    let meant = by_label
        .or_else(|| did_you_mean(written, names))
        .or_else(|| {
            let meant = did_you_mean(written, labels.clone().map(|(label, _)| label))?;
            labels
                .clone()
                .find(|(label, _)| *label == meant)
                .map(|(_, id)| id)
        });
    let problem = Problem::error(format!("there is no store `{written}`")).at(text.span(), "");
    match meant {
        Some(meant) => problem.remedy(format!("did you mean `{meant}`?")),
        None => problem.remedy(format!(
            "define it: `[[store]]`, and below it `name = \"{written}\"` and \
             `address = \"https://…/{{isbn13}}\"`"
        )),
    }
}
