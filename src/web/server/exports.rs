//! What scripts, spreadsheets, feed readers and calendars take along.

use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::json;

use super::answer::{Answered, PageError, Visit, bad_request, file, not_found, refusal};
use super::pages::{Dossier, Shown};
use super::router::Wished;
use super::site::Site;
use crate::alerts::sqlite::open_by_severity;
use crate::book::Edition;
use crate::config::plan::EditionPlan;
use crate::db::DbError;
use crate::history::sqlite::{Seen, observations as sqlite_looks};
use crate::history::{ListingId, View};
use crate::judge::agenda::{Entry, watched_agenda};
use crate::mail;
use crate::round::health::HealthFacts;
use crate::web::edition::marks;
use crate::web::filter::Filter;
use crate::web::grounds::grounds;
use crate::web::timeline::{self, Layout, Picture, Range};
use crate::web::{api, companion, export, feed, ics, metrics, sqlite};

const SVG: &str = "image/svg+xml";

/// How many changes the feed tells.
const CHANGES: u32 = 100;

#[derive(Serialize)]
struct Healthz {
    status: &'static str,
    #[serde(flatten)]
    health: Option<HealthFacts>,
}

/// Is it alive, and does it watch? 503 when something is wrong with the watch, with what.
pub(super) fn health(visit: &Visit, (): ()) -> Response {
    let (site, now) = (&visit.site, visit.now);
    let unwell = StatusCode::SERVICE_UNAVAILABLE;
    let (code, status, health) = match site.survey(now) {
        Ok((_, pulse)) => {
            let health = &pulse.health;
            let facts = Some(health.facts(&site.plan.author.zone, now));
            if health.is_good() {
                (StatusCode::OK, "ok", facts)
            } else {
                (unwell, "unwell", facts)
            }
        }
        Err(error) => {
            tracing::error!(%error, "the database cannot be read");
            (unwell, "database", None)
        }
    };
    (code, told(&Healthz { status, health })).into_response()
}

/// What Prometheus collects.
pub(super) fn metrics(visit: &Visit, (): ()) -> Answered {
    let (site, now) = (&visit.site, visit.now);
    let (survey, pulse) = site.survey(now)?;
    let (counts, alerts) = site.db.read(|connection| {
        let alerts = open_by_severity(connection)?;
        Ok::<_, DbError>((mail::sqlite::counts(connection)?, alerts))
    })?;
    let text = metrics::metrics(&pulse, &survey.glances, &counts, &alerts, now);
    Ok(file("text/plain; version=0.0.4; charset=utf-8", text, None))
}

/// The feed of changes.
pub(super) fn feed(visit: &Visit, (): ()) -> Answered {
    let (site, now) = (&visit.site, visit.now);
    let events = site
        .db
        .read(|connection| Ok::<_, DbError>(sqlite::newest_changes(connection, CHANGES)?))?;
    let text = feed::atom(
        &site.plan.editions,
        &site.plan.stores,
        &events,
        &site.address(&visit.host),
        now,
    );
    Ok(file("application/atom+xml; charset=utf-8", text, None))
}

/// The calendar of launches.
pub(super) fn calendar(visit: &Visit, (): ()) -> Answered {
    let (site, now) = (&visit.site, visit.now);
    let (survey, _) = site.survey(now)?;
    let agendas: Vec<(&Edition, Vec<Entry>)> = site
        .plan
        .editions
        .iter()
        .map(|plan| {
            let launch = survey.launch(&plan.edition, &plan.zone);
            (
                &plan.edition,
                watched_agenda(plan, &site.plan.stores, &launch, &site.settings),
            )
        })
        .collect();
    let text = ics::calendar(&agendas, now);
    Ok(file(
        "text/calendar; charset=utf-8",
        text,
        Some("pubwatch.ics"),
    ))
}

/// What a program is told.
pub(super) fn told(value: &impl Serialize) -> Response {
    file("application/json", json!(value).to_string(), None)
}

/// The companion, to be paired by a code.
pub(super) fn companion(visit: &Visit, (): ()) -> Answered {
    let failed = |why: String| refusal(StatusCode::INTERNAL_SERVER_ERROR, &why);
    let address = visit.site.address(&visit.host).parse();
    let address = address.map_err(|_| bad_request("The name of this site is no address."))?;
    let files = companion::files(&visit.site.plan.editions, (&address, None))
        .map_err(|error| failed(format!("The companion cannot be written: {error}.")))?;
    let archive = companion::archive(&files)
        .map_err(|error| failed(format!("The companion cannot be packed: {error}.")))?;
    Ok(file(
        "application/zip",
        archive,
        Some("pubwatch-companion.zip"),
    ))
}

/// The description of the interface.
pub(super) fn openapi(_: &Visit, (): ()) -> Response {
    told(&api::description())
}

/// Every edition, and how it stands at its stores.
pub(super) fn editions(visit: &Visit, (): ()) -> Answered {
    let (site, now) = (&visit.site, visit.now);
    let (survey, _, judgements) = site.surveyed(&Filter::default(), now)?;
    let place = site.place(now);
    Ok(told(&api::editions(
        &site.plan.editions,
        &survey,
        &judgements,
        &place,
    )))
}

/// What needs a look.
pub(super) fn alerts(visit: &Visit, (): ()) -> Answered {
    let (site, now) = (&visit.site, visit.now);
    let (survey, _, judgements) = site.surveyed(&Filter::default(), now)?;
    let place = site.place(now);
    Ok(told(&api::alerts(
        &site.plan.editions,
        &survey,
        &judgements,
        &place,
    )))
}

/// One edition with its spells, findings and notes.
pub(super) fn one_edition(visit: &Visit, Path(isbn): Path<String>) -> Answered {
    let (site, now) = (&visit.site, visit.now);
    let of = dossier(site, visit.edition(&isbn)?, now)?;
    let place = site.place(now);
    Ok(told(&api::one_edition(
        &of.view,
        &of.sources,
        &of.judgement,
        &place,
    )))
}

/// Every look at one edition.
pub(super) fn observations(visit: &Visit, Path(isbn): Path<String>) -> Answered {
    let view = visit.site.view(visit.edition(&isbn)?)?;
    let looks = looks(&visit.site, &view)?;
    Ok(told(&api::observations(&view, &looks)))
}

fn dossier(site: &Site, plan: &EditionPlan, now: Timestamp) -> Result<Dossier, PageError> {
    let (_, pulse) = site.survey(now)?;
    Dossier::read(site, plan, pulse, now)
}

pub(super) fn looks(site: &Site, view: &View) -> Result<Vec<Vec<Seen>>, PageError> {
    view.listings
        .iter()
        .map(|listing| {
            let id = ListingId::new(&view.edition.id, &listing.store);
            let read = site.db.read(|connection| {
                Ok::<_, DbError>(sqlite_looks(connection, &id, Timestamp::MIN)?)
            })?;
            Ok(read)
        })
        .collect()
}

/// The files of one edition.
pub(super) fn edition(
    visit: &Visit,
    (Path((isbn, name)), Query(wished)): (Path<(String, String)>, Query<Wished>),
) -> Answered {
    let (site, now) = (&visit.site, visit.now);
    let plan = visit.edition(&isbn)?;
    let csv = "text/csv; charset=utf-8";
    Ok(match name.as_str() {
        "changes.csv" => {
            let dossier = dossier(site, plan, now)?;
            let text = export::changes_csv(&dossier.view, &dossier.sources);
            file(csv, text, Some(&format!("{isbn}-changes.csv")))
        }
        "observations.csv" => {
            let view = site.view(plan)?;
            let text = export::observations_csv(&view, &looks(site, &view)?);
            file(csv, text, Some(&format!("{isbn}-observations.csv")))
        }
        "timeline.svg" => {
            let range = Range::from_name(&wished.range);
            file(SVG, drawing(site, plan, range, now)?, None)
        }
        "badge.svg" => file(SVG, export::badge(&site.view(plan)?, now), None),
        "report.html" => file("text/html; charset=utf-8", report(site, plan, now)?, None),
        _ => return Err(not_found("There is no such file.")),
    })
}

fn svg(site: &Site, dossier: &Dossier, range: Option<Range>, now: Timestamp) -> String {
    let zone = &site.plan.author.zone;
    let range = range.unwrap_or_else(|| Range::fitting(&dossier.view, now));
    timeline::standalone(&Picture {
        view: &dossier.view,
        grounds: &grounds(
            &dossier.view,
            &site.settings.windows,
            (&dossier.judgement.findings, now),
        ),
        prices: &[],
        letters: &marks(&dossier.letters, None),
        range: range.bounds(&dossier.view, now, zone),
        now,
        zone,
        stores: &site.plan.stores,
        layout: Layout::Wide,
    })
}

/// The timeline of an edition as a file that stands alone.
pub fn drawing(
    site: &Site,
    plan: &EditionPlan,
    range: Option<Range>,
    now: Timestamp,
) -> Result<String, PageError> {
    Ok(svg(site, &dossier(site, plan, now)?, range, now))
}

/// A page that stands alone, for a client or a publicist.
pub fn report(site: &Site, plan: &EditionPlan, now: Timestamp) -> Result<String, PageError> {
    dossier(site, plan, now)?.page(site, Shown::Report { back: None }, now)
}

/// The report for a client, with a way back to the overview of his link. It shows what is his: how
/// his own stores are faring, and none of the author's notes, which may hold numbers of requests and
/// words that were meant for nobody else.
pub(super) fn report_below(
    visit: &Visit,
    (plan, his): (&EditionPlan, &[EditionPlan]),
    back: &str,
) -> Result<String, PageError> {
    let (site, now) = (&visit.site, visit.now);
    let survey = site.survey(now)?.0.of_watched(his);
    let pulse = survey.pulse(&site.plan.stores, site.board.next_look(), now);
    let dossier = Dossier::read(site, plan, pulse, now)?.for_client();
    dossier.page(site, Shown::Report { back: Some(back) }, now)
}
