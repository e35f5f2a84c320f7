//! The overview: what needs a look first, then every edition at every store.

use std::collections::{BTreeMap, BTreeSet};

use askama::Template;
use jiff::Timestamp;

use super::chosen::{Chosen, Dated};
use super::exceptions::{Exception, exceptions};
use super::face::{UNSEEN_CLASS, face};
use super::filter::{Filter, ORDERS, PHASES};
use super::frame::{Frame, Place, Pulse, shape};
use super::paused;
use super::rows::{Row, row};
use super::strips::Strips;
use super::survey::Survey;
use super::troubles::Trouble;
use crate::book::{Availability, Edition, EditionId, StoreId};
use crate::config::plan::EditionPlan;
use crate::judge::counted;
use crate::judge::{Judgement, Severity};
use crate::text::words;

/// What was thought of each edition when it was judged last.
pub type Judgements = BTreeMap<EditionId, Judgement>;

/// What the overview is made from.
#[derive(Debug, Clone, Copy)]
pub struct Material<'a> {
    /// The editions, as configured.
    pub editions: &'a [EditionPlan],
    /// What the database says of them, and perhaps of others.
    pub survey: &'a Survey,
    /// What there is to think of them.
    pub judgements: &'a Judgements,
    /// The last thirty days of the pages of those that are shown.
    pub strips: &'a Strips,
    /// Who is watching.
    pub pulse: &'a Pulse,
    /// What is wrong with watching itself.
    pub troubles: &'a [Trouble],
    /// It is for a client who was given a link, and may only look.
    pub is_shared: bool,
    /// What the last action did.
    pub said: Option<&'a str>,
    /// Somebody goes round when it is asked for.
    pub may_check: bool,
}

/// So many editions are seen at a glance.
const FEW: usize = 5;

#[derive(Template)]
#[template(path = "web/templates/overview.html")]
struct Overview {
    frame: Frame,
    filter: Filter,
    exceptions: Vec<Exception>,
    verdict: String,
    /// Which letters are paused, if any.
    paused: Option<String>,
    more_exceptions: usize,
    choices: Choices,
    stores: Vec<String>,
    rows: Vec<Row>,
    count: String,
    all: usize,
    has_filter: bool,
    /// The order's name, its query, and whether it is the one that is shown.
    orders: Vec<(&'static str, String, bool)>,
    /// What can be done with several editions at once.
    bulk: Option<Bulk>,
    said: Option<String>,
    pages: Vec<(usize, Option<String>)>,
    tally: Vec<Count>,
}

/// What can be done with several editions at once.
struct Bulk {
    /// The query of the overview that it is done on.
    query: String,
    /// How many editions fit it, on all its pages.
    fitting: usize,
    tomorrow: String,
    next_week: String,
    may_check: bool,
}

/// How many pages show a state.
struct Count {
    shape: String,
    word: &'static str,
    pages: usize,
    query: String,
    is_chosen: bool,
}

/// What there is to choose from.
struct Choices {
    imprints: Vec<String>,
    stores: Vec<(String, String)>,
    states: Vec<(&'static str, &'static str)>,
    phases: Vec<(&'static str, &'static str)>,
    months: Vec<String>,
}

/// The page.
pub fn page(
    place: &Place<'_>,
    material: &Material<'_>,
    filter: &Filter,
    chosen: &Chosen<'_>,
) -> askama::Result<String> {
    let (page, pages) = (chosen.page, chosen.pages());
    let shown: Vec<&Dated<'_>> = chosen.shown().collect();
    let stores = stores_of(place, &shown);
    let (exceptions, more_exceptions) = exceptions(place, material);
    let mut frame = Frame::new(place, "", "Overview", material.pulse);
    frame.is_shared = material.is_shared;
    // Few editions need no search.
    let has_filter = material.editions.len() > FEW || filter.is_narrow();
    Overview {
        frame,
        verdict: verdict(material),
        paused: paused::sentence(place, material.editions, &material.survey.notes)
            .filter(|_| !material.is_shared),
        exceptions,
        more_exceptions,
        choices: choices(place, &chosen.all),
        tally: if has_filter {
            tally(material, filter, place.now)
        } else {
            Vec::new()
        },
        rows: shown
            .iter()
            .map(|one| row(place, material, one, &stores))
            .collect(),
        stores: stores.iter().map(|store| place.label(store)).collect(),
        count: match (filter.is_narrow(), chosen.fitting.len()) {
            (true, 0) => "No edition fits this.".to_owned(),
            (true, some) => {
                let all = words::counted(material.editions.len(), "edition");
                format!("{some} of {all}")
            }
            (false, all) => words::counted(all, "edition"),
        },
        all: material.editions.len(),
        has_filter,
        orders: if has_filter {
            orders(filter)
        } else {
            Vec::new()
        },
        bulk: (has_filter && !material.is_shared).then(|| Bulk {
            query: filter.query_of_page(page),
            fitting: chosen.fitting.len(),
            tomorrow: place.in_days(1),
            next_week: place.in_days(7),
            may_check: material.may_check,
        }),
        said: material.said.map(str::to_owned),
        pages: links(filter, page, pages),
        filter: filter.clone(),
    }
    .render()
}

/// The orders, each with its query and whether it is the one that is shown.
fn orders(filter: &Filter) -> Vec<(&'static str, String, bool)> {
    let of = |(name, words)| (words, filter.query_of_order(name), name == filter.order);
    ORDERS.map(of).to_vec()
}

/// The numbers of the pages with their queries, where there are several; none at the one shown.
fn links(filter: &Filter, page: usize, pages: usize) -> Vec<(usize, Option<String>)> {
    let link = |number| (number != page).then(|| filter.query_of_page(number));
    (1..=pages)
        .filter(|_| pages > 1)
        .map(|number| (number, link(number)))
        .collect()
}

/// How many pages show each state, of all editions that are watched.
fn tally(material: &Material<'_>, filter: &Filter, now: Timestamp) -> Vec<Count> {
    let mut counts: BTreeMap<Availability, usize> = BTreeMap::new();
    let mut unseen = 0;
    for plan in material.editions {
        let pages = material.survey.glances.get(&plan.edition.id);
        for listing in &plan.listings {
            let glance = pages.and_then(|pages| pages.get(&listing.store));
            match glance.and_then(|glance| glance.seen(now)) {
                Some((state, _)) => *counts.entry(state).or_default() += 1,
                None => unseen += 1,
            }
        }
    }
    let states = Availability::ALL.into_iter().map(|state| {
        let some = counts.get(&state).copied().unwrap_or_default();
        (face(state).class, state.word(), state.name(), some)
    });
    states
        .chain([(UNSEEN_CLASS, "Not seen", "unseen", unseen)])
        .filter(|(_, _, _, some)| 0 < *some)
        .map(|(class, word, name, pages)| Count {
            shape: shape(class),
            word,
            pages,
            query: Filter::default().query_of_state(name),
            is_chosen: filter.state == name,
        })
        .collect()
}

/// The stores of these editions, in the order in which the configuration uses them.
fn stores_of(place: &Place<'_>, editions: &[&Dated<'_>]) -> Vec<StoreId> {
    let used: BTreeSet<&StoreId> = editions
        .iter()
        .flat_map(|one| one.plan.listings.iter().map(|listing| &listing.store))
        .collect();
    place
        .stores
        .iter()
        .map(|plan| plan.id.clone())
        .filter(|store| used.contains(store))
        .collect()
}

fn choices(place: &Place<'_>, editions: &[Dated<'_>]) -> Choices {
    let imprints: BTreeSet<&str> = editions
        .iter()
        .filter_map(|one| one.plan.edition.imprint.as_deref())
        .collect();
    let months: BTreeSet<(i16, i8)> = editions
        .iter()
        .map(|one| {
            (
                one.launch.publication.year(),
                one.launch.publication.month(),
            )
        })
        .collect();
    Choices {
        imprints: imprints.into_iter().map(str::to_owned).collect(),
        stores: place
            .stores
            .iter()
            .map(|plan| (plan.id.to_string(), place.label(&plan.id)))
            .collect(),
        states: Availability::ALL
            .into_iter()
            .map(|state| (state.name(), state.word()))
            .chain([("unseen", "Not seen")])
            .collect(),
        phases: PHASES.map(|(phase, words)| (phase.name(), words)).to_vec(),
        months: months
            .into_iter()
            .map(|(year, month)| format!("{year:04}-{month:02}"))
            .collect(),
    }
}

/// What there is to do, over all editions: "All as expected" only where every page was seen, and shows
/// what it should.
fn verdict(material: &Material<'_>) -> String {
    let judgements = || {
        let isbns = material.editions.iter().map(|plan| &plan.edition.id);
        isbns.filter_map(|edition| material.judgements.get(edition))
    };
    let findings = judgements().flat_map(|judgement| &judgement.findings);
    let troubles = material.troubles.iter().map(|trouble| trouble.severity);
    let all = findings.map(|finding| finding.severity).chain(troubles);
    let counted = counted(all.clone());
    if !counted.is_empty() {
        let is_watched_only = all.clone().all(|one| one <= Severity::Watch);
        return if is_watched_only {
            format!("Nothing to act on, {counted}")
        } else {
            counted
        };
    }
    let pages: usize = material
        .editions
        .iter()
        .map(|plan| plan.listings.len())
        .sum();
    let outlooks = || judgements().flat_map(|judgement| &judgement.outlooks);
    let seen = outlooks().filter(|one| one.outlook.is_seen()).count();
    let expected = outlooks()
        .filter(|one| one.outlook.is_as_expected())
        .count();
    match (seen, expected) {
        (0, _) if outlooks().any(|one| one.seen_at.is_some()) => {
            "No page is seen at present.".to_owned()
        }
        (0, _) => "Nothing has been seen yet.".to_owned(),
        _ if expected == pages => "All as expected. Nothing to do.".to_owned(),
        _ if seen < pages => {
            format!(
                "Nothing to do; {} of {pages} pages {} not seen",
                pages - seen,
                if pages - seen == 1 { "is" } else { "are" }
            )
        }
        _ => "Nothing to do; some pages are still on their usual way".to_owned(),
    }
}

/// "Salt Roads (paperback)".
pub fn book(edition: &Edition) -> String {
    format!(
        "{} ({})",
        words::clipped(&edition.title, 80),
        edition.format.name()
    )
}

/// The address of an edition's page.
pub fn address(place: &Place<'_>, edition: &Edition) -> String {
    format!("{}/editions/{}", place.base, edition.id.as_str())
}
