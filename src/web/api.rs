//! The JSON of `/api/v1/` and its description, made from the same types. Fields are only ever added.

use jiff::Timestamp;
use serde::Serialize;
use utoipa::{OpenApi, ToSchema};

use super::changes::Sources;
use super::frame::Place;
use super::overview::Judgements;
use super::server;
use super::survey::Survey;
use crate::alerts::facts::{EditionFacts, FindingFacts, NoteFacts, Numbers, PageState};
use crate::book::{Source, StoreId};
use crate::config::plan::EditionPlan;
use crate::history::sqlite::Seen;
use crate::history::{ListingView, Spell, View};
use crate::judge::text::{Voice, outlook};
use crate::judge::{Judgement, ListingOutlook};
use crate::page::UnreadReason;

/// Every edition.
#[derive(Serialize, ToSchema)]
pub struct Editions<'a> {
    editions: Vec<EditionNow<'a>>,
}

#[derive(Serialize, ToSchema)]
struct EditionNow<'a> {
    #[serde(flatten)]
    edition: EditionFacts<'a>,
    listings: Vec<ListingNow<'a>>,
}

/// A page, and whether that is normal.
#[derive(Serialize, ToSchema)]
pub struct ListingNow<'a> {
    #[serde(flatten)]
    page: PageState<'a>,
    /// null while it was never judged
    outlook: Option<OutlookNow<'a>>,
}

impl<'a> ListingNow<'a> {
    /// How a page stands in the time of `voice`, as it was judged.
    pub fn of(listing: &'a ListingView, judgement: &'a Judgement, voice: &Voice<'_>) -> Self {
        Self {
            page: PageState::of(listing, voice.now),
            outlook: OutlookNow::of(judgement, &listing.store, voice),
        }
    }
}

/// Is the page normal, and until when? As it was judged last.
#[derive(Serialize, ToSchema)]
struct OutlookNow<'a> {
    #[serde(flatten)]
    outlook: &'a ListingOutlook,
    /// The same as people read it
    words: String,
}

impl<'a> OutlookNow<'a> {
    fn of(judgement: &'a Judgement, store: &StoreId, voice: &Voice<'_>) -> Option<Self> {
        let one = judgement.outlook(store)?;
        Some(Self {
            outlook: one,
            words: outlook(one, voice),
        })
    }
}

/// Every edition with the state of its pages
#[utoipa::path(get, path = "/api/v1/editions", responses(
    (status = 200, description = "Every edition", body = Editions<'_>),
))]
pub fn editions<'a>(
    editions: &'a [EditionPlan],
    survey: &'a Survey,
    judgements: &'a Judgements,
    place: &Place<'_>,
) -> Editions<'a> {
    let listings = |plan: &'a EditionPlan, voice: &Voice<'_>| {
        let judgement = judgements.get(&plan.edition.id);
        let listings = plan.listings.iter().map(|listing| {
            let glance = survey.glance(&plan.edition.id, &listing.store);
            let glance = glance.copied().unwrap_or_default();
            let state = glance.seen(place.now);
            ListingNow {
                page: PageState {
                    store: &listing.store,
                    address: listing.address.as_str(),
                    availability: state.map(|(state, _)| state),
                    since: state.map(|(_, since)| since),
                    last_try: glance.last_try,
                    last_good: glance.last_good,
                    last_availability: glance.state.map(|(state, _)| state),
                    unseen_since: glance.unseen_since(place.now),
                    unread_since: glance.blind_since,
                },
                outlook: judgement.and_then(|one| OutlookNow::of(one, &listing.store, voice)),
            }
        });
        listings.collect()
    };
    let editions = editions.iter().map(|plan| {
        let launch = survey.launch(&plan.edition, &plan.zone);
        let notes = survey.notes.get(&plan.edition.id);
        let notes = notes.map_or(&[][..], Vec::as_slice);
        EditionNow {
            edition: EditionFacts::of((&plan.edition, &launch), notes, place.zone, place.now),
            listings: listings(plan, &place.voice(&plan.edition, &launch)),
        }
    });
    Editions {
        editions: editions.collect(),
    }
}

/// One edition: its pages with their spells, findings, notes.
#[derive(Serialize, ToSchema)]
pub struct OneEdition<'a> {
    #[serde(flatten)]
    edition: EditionFacts<'a>,
    listings: Vec<OneListing<'a>>,
    findings: Vec<FindingFacts<'a>>,
    /// Those that stand, oldest first
    notes: Vec<NoteFacts<'a>>,
}

#[derive(Serialize, ToSchema)]
struct OneListing<'a> {
    #[serde(flatten)]
    now: ListingNow<'a>,
    /// The first attempt, whatever it gave
    watched_since: Option<Timestamp>,
    /// Why it cannot be read
    unread_reason: Option<UnreadReason>,
    /// Oldest first, the newest 200
    spells: Vec<SpellOf<'a>>,
}

#[derive(Serialize, ToSchema)]
struct SpellOf<'a> {
    #[serde(flatten)]
    spell: &'a Spell,
    /// How its first reading was had
    source: Option<Source>,
}

/// One edition: its pages with their spells, findings, notes
#[utoipa::path(get, path = "/api/v1/editions/{isbn}", responses(
    (status = 200, description = "The edition", body = OneEdition<'_>),
    (status = 404, description = "No such edition is watched", body = String, content_type = "text/plain"),
), params(("isbn" = String, Path, description = "What the edition is known by, as `id`")))]
pub fn one_edition<'a>(
    view: &'a View,
    sources: &Sources,
    judgement: &'a Judgement,
    place: &Place<'_>,
) -> OneEdition<'a> {
    let voice = place.voice(&view.edition, &view.launch);
    let listings = view.listings.iter().map(|listing| OneListing {
        now: ListingNow::of(listing, judgement, &voice),
        watched_since: listing.watched_since,
        unread_reason: listing.blind.as_ref().map(|blind| blind.unread.reason),
        spells: listing
            .spells
            .iter()
            .map(|spell| SpellOf {
                spell,
                source: sources.get(&(listing.store.clone(), spell.since)).copied(),
            })
            .collect(),
    });
    let findings = judgement.findings.iter();
    let edition = (&view.edition, &view.launch);
    OneEdition {
        edition: EditionFacts::of(edition, &view.notes, place.zone, place.now),
        listings: listings.collect(),
        findings: findings.map(|one| FindingFacts::of(one, &voice)).collect(),
        notes: view.notes.iter().map(NoteFacts::of).collect(),
    }
}

/// Every look at an edition, store by store, oldest first.
#[derive(Serialize, ToSchema)]
pub struct Observations<'a> {
    #[serde(flatten)]
    edition: Numbers<'a>,
    observations: Vec<Observation<'a>>,
}

#[derive(Serialize, ToSchema)]
struct Observation<'a> {
    store: &'a StoreId,
    #[serde(flatten)]
    seen: &'a Seen,
}

/// Every look at an edition, store by store, oldest first
#[utoipa::path(get, path = "/api/v1/editions/{isbn}/observations", responses(
    (status = 200, description = "The looks", body = Observations<'_>),
    (status = 404, description = "No such edition is watched", body = String, content_type = "text/plain"),
), params(("isbn" = String, Path, description = "What the edition is known by, as `id`")))]
pub fn observations<'a>(view: &'a View, looks: &'a [Vec<Seen>]) -> Observations<'a> {
    let all = view
        .listings
        .iter()
        .zip(looks)
        .flat_map(|(listing, looks)| {
            let store = &listing.store;
            looks.iter().map(move |seen| Observation { store, seen })
        });
    Observations {
        edition: Numbers::of(&view.edition),
        observations: all.collect(),
    }
}

/// What is open now, edition by edition.
#[derive(Serialize, ToSchema)]
pub struct Alerts<'a> {
    alerts: Vec<Alert<'a>>,
}

#[derive(Serialize, ToSchema)]
struct Alert<'a> {
    #[serde(flatten)]
    finding: FindingFacts<'a>,
    #[serde(flatten)]
    edition: Numbers<'a>,
    title: &'a str,
}

/// What is open now, edition by edition
#[utoipa::path(get, path = "/api/v1/alerts", responses(
    (status = 200, description = "What is open", body = Alerts<'_>),
))]
pub fn alerts<'a>(
    editions: &'a [EditionPlan],
    survey: &Survey,
    judgements: &'a Judgements,
    place: &Place<'_>,
) -> Alerts<'a> {
    let all = editions.iter().flat_map(|plan| {
        let launch = survey.launch(&plan.edition, &plan.zone);
        let found = judgements.get(&plan.edition.id).into_iter();
        let found = found.flat_map(|judgement| &judgement.findings);
        found.map(move |one| Alert {
            finding: FindingFacts::of(one, &place.voice(&plan.edition, &launch)),
            edition: Numbers::of(&plan.edition),
            title: &plan.edition.title,
        })
    });
    Alerts {
        alerts: all.collect(),
    }
}

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Pubwatch",
        version = "1",
        description = "What the stores say about your editions. Every time is UTC in RFC 3339, every date ISO 8601. Fields are only ever added. Where the page has a password, bring it by HTTP Basic, with any user name. What companions ask needs their token: `Authorization: Bearer TOKEN`."
    ),
    paths(
        editions,
        one_edition,
        observations,
        alerts,
        server::observations::watched,
        server::observations::observe,
        description
    )
)]
struct Interface;

/// This description
#[utoipa::path(get, path = "/api/v1/openapi.json", responses(
    (status = 200, description = "OpenAPI 3.1", body = Object),
))]
pub fn description() -> utoipa::openapi::OpenApi {
    Interface::openapi()
}
