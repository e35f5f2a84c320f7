//! The pages that are one table: stores, settings; and what a table is.

use askama::Template;
use jiff::Timestamp;

use super::frame::{Frame, Place, Pulse};
use super::markup::coded;
use super::survey::{Glance, Glances, each};
use crate::config::plan::Plan;
use crate::history::drift::Drift;
use crate::text::words;

/// A page with one table.
#[derive(Template)]
#[template(path = "web/templates/list.html")]
pub(super) struct List {
    pub(super) frame: Frame,
    /// As markup.
    pub(super) lead: String,
    pub(super) columns: &'static [&'static str],
    pub(super) rows: Vec<Vec<Field>>,
    pub(super) empty: &'static str,
    pub(super) pages: Vec<(usize, bool)>,
}

/// How many rows a page of a list shows.
pub const ROWS: usize = 200;

/// The numbers of the pages of a list of so many rows, each with whether it is this one; none when
/// one page shows all.
pub(super) fn pages(rows: usize, page: usize) -> Vec<(usize, bool)> {
    let last = rows.div_ceil(ROWS);
    (1..=last)
        .filter(|_| 1 < last)
        .map(|number| (number, number == page))
        .collect()
}

/// A field of the table.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Field {
    pub(super) text: String,
    pub(super) quiet: String,
    pub(super) link: Option<String>,
    /// Markup of ours, drawn below the text.
    pub(super) drawing: String,
    pub(super) class: &'static str,
}

impl Field {
    /// The text as markup, in which what stands between backticks is code.
    pub(super) fn coded(&self) -> String {
        coded(&self.text)
    }
}

pub(super) fn plain(text: impl AsRef<str>) -> Field {
    Field {
        text: words::one_line(text.as_ref()),
        ..Field::default()
    }
}

pub(super) fn linked(text: &str, link: String) -> Field {
    Field {
        link: Some(link),
        ..plain(text)
    }
}

impl Field {
    pub(super) fn beside(mut self, quiet: &str) -> Self {
        self.quiet = words::one_line(quiet);
        self
    }
}

/// How a host has received us.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostLine {
    /// The host.
    pub host: String,
    /// Nobody asks it before, while the breaker is shut.
    pub shut_until: Option<Timestamp>,
    /// What happened, in words.
    pub why: Option<String>,
    /// The newest page that was a refusal.
    pub refused_at: Option<Timestamp>,
    /// Requests of today.
    pub requests: u32,
    /// The most there are in a day.
    pub most: u32,
    /// What robots.txt says about the pages that are watched there, in words.
    pub robots: String,
}

/// How each store receives us.
pub fn stores(
    place: &Place<'_>,
    plan: &Plan,
    glances: &Glances,
    (hosts, drifts): (&[HostLine], &[Drift]),
    pulse: &Pulse,
) -> askama::Result<String> {
    let mut rows = Vec::new();
    for store in &plan.stores {
        let here: Vec<&Glance> = each(glances)
            .filter(|(_, one, _)| **one == store.id)
            .map(|(_, _, glance)| glance)
            .collect();
        let blind = here
            .iter()
            .filter(|glance| glance.seen(place.now).is_none())
            .count();
        let last_good = here.iter().filter_map(|glance| glance.last_good).max();
        let host = hosts_of(plan, store)
            .into_iter()
            .find_map(|name| hosts.iter().find(|line| line.host == name));
        let health = health(here.len(), blind);
        let drift = drifts.iter().find(|drift| drift.store == store.id);
        let rest = lately(place, drift, host);
        rows.push(vec![
            plain(place.label(&store.id)).beside(store.id.as_str()),
            health.beside(&words::clipped(&rest, 400)),
            plain(last_good.map_or_else(|| "never".to_owned(), |at| place.moment(at))),
            plain(
                host.and_then(|host| host.refused_at)
                    .map_or_else(|| "none".to_owned(), |at| place.moment(at)),
            ),
            plain(here.len().to_string()),
            plain(format!(
                "{} of {}",
                host.map_or(0, |host| host.requests),
                host.map_or(plan.manners.requests_per_day, |host| host.most)
            )),
            plain(host.map_or("not asked for yet", |host| host.robots.as_str())),
        ]);
    }
    List {
        frame: Frame::new(place, "stores", "Stores", pulse),
        lead: coded(&format!(
            "At most one request every {} seconds to each store, as {}. What a store refuses is \
             left alone.",
            plan.manners.pause.as_secs(),
            words::one_line(&plan.manners.contact)
        )),
        columns: &[
            "Store",
            "Health",
            "Last good look",
            "Last refusal",
            "Pages",
            "Requests today",
            "robots.txt",
        ],
        rows,
        pages: Vec::new(),
        empty: "No store is watched yet.",
    }
    .render()
}

/// How many of the pages cannot be seen, in words.
fn health(all: usize, blind: usize) -> Field {
    match (all, blind) {
        (0, _) => plain("not looked at yet"),
        (_, 0) => plain("fine"),
        (all, some) if all == some => plain("cannot be seen"),
        (all, some) => plain(format!("{some} of {all} pages cannot be seen")),
    }
}

/// That its pages have changed, else what its host did to us lately.
fn lately(place: &Place<'_>, drift: Option<&Drift>, host: Option<&HostLine>) -> String {
    match (drift, host) {
        (Some(drift), _) => {
            let said = drift.words(&place.label(&drift.store), place.zone, place.now);
            format!("{said}; {}", drift.next_step())
        }
        (None, Some(host)) => at_rest(place, host),
        (None, None) => String::new(),
    }
}

/// What a host did to us lately, and until when it is left in peace.
fn at_rest(place: &Place<'_>, host: &HostLine) -> String {
    let why = host.why.as_deref().unwrap_or_default();
    match host.shut_until.filter(|until| place.now < *until) {
        Some(until) => format!("resting until {}: {why}", place.moment(until)),
        None => why.to_owned(),
    }
}

/// The hosts of a store's pages, as the fetcher names them.
fn hosts_of(plan: &Plan, store: &crate::config::plan::StorePlan) -> Vec<String> {
    let mut hosts: Vec<String> = plan
        .editions
        .iter()
        .flat_map(|edition| &edition.listings)
        .filter(|listing| listing.store == store.id)
        .filter_map(|listing| {
            let host = listing.ask.host_str()?;
            Some(match listing.ask.port() {
                Some(port) => format!("{host}:{port}"),
                None => host.to_owned(),
            })
        })
        .collect();
    hosts.sort();
    hosts.dedup();
    hosts
}
