//! What scripts, spreadsheets, feed readers and calendars take along.

use jiff::Timestamp;

use super::answer::{Answer, Asked, refusal};
use super::pages::{Dossier, Visit};
use super::site::{PageError, Site};
use crate::alerts::sqlite::open_by_severity;
use crate::config::plan::EditionPlan;
use crate::db::DbError;
use crate::history::sqlite::{Seen, observations};
use crate::history::{ListingId, View};
use crate::mail;
use crate::web::edition::marks;
use crate::web::grounds::grounds;
use crate::web::timeline::{self, Layout, Picture, Range};
use crate::web::{api, export, feed, metrics, sqlite};

const JSON: &str = "application/json";
const SVG: &str = "image/svg+xml";

/// How many changes the feed tells.
const CHANGES: u32 = 100;

/// Is it alive, and does it watch? 503 when something is wrong with the watch, with what.
pub(super) fn health(site: &Site, now: Timestamp) -> Answer {
    match site.survey(now) {
        Ok((_, pulse)) => {
            let health = &pulse.health;
            let zone = &site.plan.author.zone;
            let ailments = health.ailments.iter().map(
                |one| serde_json::json!({ "name": one.name(), "words": one.words(zone, now) }),
            );
            let body = serde_json::json!({
                "status": if health.is_good() { "ok" } else { "unwell" },
                "last_check": health.last_check,
                "last_good_check": health.last_good_check,
                "ailments": ailments.collect::<Vec<_>>(),
            });
            let status = if health.is_good() { 200 } else { 503 };
            Answer::new(status, JSON, body.to_string()).with("cache-control", "no-store")
        }
        Err(error) => {
            tracing::error!(%error, "the database cannot be read");
            Answer::new(503, JSON, r#"{"status":"database"}"#).with("cache-control", "no-store")
        }
    }
}

/// What Prometheus collects.
pub(super) fn metrics(site: &Site, now: Timestamp) -> Result<Answer, PageError> {
    let (survey, pulse) = site.survey(now)?;
    let (counts, alerts) = site.db.read(|connection| {
        let alerts = open_by_severity(connection)?;
        Ok::<_, DbError>((mail::sqlite::counts(connection)?, alerts))
    })?;
    let text = metrics::metrics(&pulse, &survey.glances, (&counts, &alerts), now);
    Ok(Answer::file(
        "text/plain; version=0.0.4; charset=utf-8",
        text,
        None,
    ))
}

/// The feed of changes.
pub(super) fn feed(site: &Site, host: &str, now: Timestamp) -> Result<Answer, PageError> {
    let events = site
        .db
        .read(|connection| Ok::<_, DbError>(sqlite::newest_changes(connection, CHANGES)?))?;
    let text = feed::atom(
        (&site.plan.editions, &site.plan.stores),
        &events,
        &site.address(host),
        now,
    );
    Ok(Answer::file(
        "application/atom+xml; charset=utf-8",
        text,
        None,
    ))
}

/// The calendar of launches.
pub(super) fn calendar(site: &Site, now: Timestamp) -> Result<Answer, PageError> {
    let (survey, _) = site.survey(now)?;
    let text = feed::ics(&site.plan.editions, &survey, &site.plan.author.zone, now);
    Ok(Answer::file(
        "text/calendar; charset=utf-8",
        text,
        Some("pubwatch.ics"),
    ))
}

/// The JSON of `/api/v1/`.
pub(super) fn api(site: &Site, parts: &[&str], now: Timestamp) -> Result<Answer, PageError> {
    let value = match parts {
        ["api", "v1", "openapi.json"] => {
            return Ok(Answer::file(JSON, api::OPENAPI.to_owned(), None));
        }
        ["api", "v1", "editions"] => {
            let (survey, _) = site.survey(now)?;
            api::editions(
                &site.plan.editions,
                &survey,
                (&site.judgements(&survey, now)?, &site.place(now)),
            )
        }
        ["api", "v1", "alerts"] => {
            let (survey, _) = site.survey(now)?;
            api::alerts(
                &site.plan.editions,
                &survey,
                &site.judgements(&survey, now)?,
                &site.place(now),
            )
        }
        ["api", "v1", "editions", isbn, rest @ ..] => {
            let Some(plan) = site.edition(isbn) else {
                return Ok(refusal(404, "No such edition is watched."));
            };
            match rest {
                [] => {
                    let dossier = dossier(site, plan, now)?;
                    let judgement = site.judgement(&dossier.view, now)?;
                    api::one_edition(
                        &dossier.view,
                        &dossier.sources,
                        &judgement,
                        &site.place(now),
                    )
                }
                ["observations"] => {
                    let view = site.view(plan)?;
                    api::observations(&view, &looks(site, &view)?)
                }
                _ => return Ok(refusal(404, "There is no such thing in the interface.")),
            }
        }
        _ => return Ok(refusal(404, "There is no such thing in the interface.")),
    };
    Ok(Answer::file(JSON, value.to_string(), None))
}

fn dossier(site: &Site, plan: &EditionPlan, now: Timestamp) -> Result<Dossier, PageError> {
    let (_, pulse) = site.survey(now)?;
    Dossier::read(site, plan, pulse, now)
}

fn looks(site: &Site, view: &View) -> Result<Vec<Vec<Seen>>, PageError> {
    view.listings
        .iter()
        .map(|listing| {
            let id = ListingId {
                isbn: view.edition.isbn.clone(),
                store: listing.store.clone(),
            };
            let read = site.db.read(|connection| {
                Ok::<_, DbError>(observations(connection, &id, Timestamp::MIN)?)
            })?;
            Ok(read)
        })
        .collect()
}

/// The files of one edition.
pub(super) fn edition(
    site: &Site,
    isbn: &str,
    file: &str,
    asked: &Asked,
    now: Timestamp,
) -> Result<Answer, PageError> {
    let Some(plan) = site.edition(isbn) else {
        return Ok(refusal(404, "No such edition is watched."));
    };
    let csv = "text/csv; charset=utf-8";
    Ok(match file {
        "changes.csv" => {
            let dossier = dossier(site, plan, now)?;
            let text = export::changes_csv(&dossier.view, &dossier.sources);
            Answer::file(csv, text, Some(&format!("{isbn}-changes.csv")))
        }
        "observations.csv" => {
            let view = site.view(plan)?;
            let text = export::observations_csv(&view, &looks(site, &view)?);
            Answer::file(csv, text, Some(&format!("{isbn}-observations.csv")))
        }
        "timeline.svg" => {
            let range = Range::from_name(&asked.value("range"));
            Answer::file(SVG, drawing(site, plan, range, now)?, None)
        }
        "badge.svg" => Answer::file(SVG, export::badge(&site.view(plan)?, now), None),
        "report.html" => Answer::file("text/html; charset=utf-8", report(site, plan, now)?, None),
        _ => refusal(404, "There is no such file."),
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
        letters: &marks(&dossier.letters),
        range: range.bounds(&dossier.view, now, zone),
        now,
        zone,
        stores: &site.plan.stores,
        layout: Layout::Wide,
    })
}

/// The timeline of an edition as a file that stands alone.
///
/// # Errors
///
/// When the database says no.
pub fn drawing(
    site: &Site,
    plan: &EditionPlan,
    range: Option<Range>,
    now: Timestamp,
) -> Result<String, PageError> {
    Ok(svg(site, &dossier(site, plan, now)?, range, now))
}

/// A page that stands alone, for a client or a publicist.
///
/// # Errors
///
/// When the database or the template says no.
pub fn report(site: &Site, plan: &EditionPlan, now: Timestamp) -> Result<String, PageError> {
    dossier(site, plan, now)?.page(site, Visit::default(), now)
}

/// The report for a client, with a way back to the overview of his link. It shows what is his: how
/// his own stores are faring, and none of the author's notes, which may hold numbers of requests and
/// words that were meant for nobody else.
pub(super) fn report_below(
    site: &Site,
    (plan, his): (&EditionPlan, &[EditionPlan]),
    back: &str,
    now: Timestamp,
) -> Result<String, PageError> {
    let survey = site.survey(now)?.0.of_watched(his);
    let pulse = survey.pulse(&site.plan.stores, site.board.next_look(), now);
    let visit = Visit {
        back: Some(back),
        ..Visit::default()
    };
    let dossier = Dossier::read(site, plan, pulse, now)?.for_client();
    dossier.page(site, visit, now)
}
