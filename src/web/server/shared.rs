//! What a client sees who was given a link: the overview and the pages of his editions, as reports.
//! Nothing else is answered below such a link, and nothing can be changed.

use axum::extract::{Path, RawQuery};
use axum::http::{HeaderName, HeaderValue};
use axum::response::Response;

use super::answer::{Answered, PageError, Visit, file, not_found, page};
use super::exports;
use super::pages::overview_of;
use super::router::fixed_file;
use crate::config::plan::EditionPlan;
use crate::db::DbError;
use crate::web::filter::Filter;
use crate::web::frame::Place;
use crate::web::overview;
use crate::web::passes::{hash, sqlite};
use crate::web::strips::Strips;

/// The editions of the client whose link it is.
fn editions(visit: &Visit, secret: &str) -> Result<Vec<EditionPlan>, PageError> {
    let hash = hash(secret);
    let pass = visit
        .site
        .db
        .read(|connection| Ok::<_, DbError>(sqlite::holding(connection, &hash)?))?;
    let client = pass
        .and_then(|pass| pass.client)
        .ok_or_else(|| not_found("There is no such link, or it was withdrawn."))?;
    let all = visit.site.plan.editions.iter();
    let his = all.filter(|plan| plan.edition.imprint.as_deref() == Some(client.as_str()));
    Ok(his.cloned().collect())
}

/// The address is the key: no search engine is to keep it.
pub(super) fn unindexed(mut response: Response) -> Response {
    let value = HeaderValue::from_static("noindex, nofollow");
    let name = HeaderName::from_static("x-robots-tag");
    response.headers_mut().insert(name, value);
    response
}

/// A link of which somebody has lost the slash at the end.
pub(super) fn to_overview(visit: &Visit, Path(secret): Path<String>) -> Answered {
    editions(visit, &secret)?;
    Ok(unindexed(visit.see_other(&format!("/share/{secret}/"))))
}

/// The overview of his editions.
pub(super) fn overview(
    visit: &Visit,
    (Path(secret), RawQuery(query)): (Path<String>, RawQuery),
) -> Answered {
    let editions = editions(visit, &secret)?;
    let html = listed(visit, &secret, &editions, &query.unwrap_or_default())?;
    Ok(unindexed(page(html)))
}

/// One of his editions, as a report.
pub(super) fn edition(visit: &Visit, Path((secret, isbn)): Path<(String, String)>) -> Answered {
    let editions = editions(visit, &secret)?;
    let mut all = editions.iter();
    let plan = all
        .find(|one| one.edition.id.as_str() == isbn)
        .ok_or_else(|| not_found("There is no such page."))?;
    let overview = format!("{}/share/{secret}/", visit.site.base);
    let html = exports::report_below(visit, (plan, &editions), &overview)?;
    Ok(unindexed(file("text/html; charset=utf-8", html, None)))
}

/// The style sheet.
pub(super) fn fixed(_: &Visit, Path((_, name)): Path<(String, String)>) -> Answered {
    fixed_file(&name)
}

fn listed(
    visit: &Visit,
    secret: &str,
    editions: &[EditionPlan],
    query: &str,
) -> Result<String, PageError> {
    let (site, now) = (&visit.site, visit.now);
    let base = format!("{}/share/{secret}", site.base);
    let place = Place {
        base: &base,
        may_log_out: false,
        may_edit: false,
        last: None,
        day: None,
        ..site.place(now)
    };
    // Neither the stores of others nor how they are faring.
    let filter = Filter::from_query(query);
    let (survey, _, judgements) = site.surveyed(&filter, now)?;
    let survey = survey.of_watched(editions);
    let pulse = survey.pulse(&site.plan.stores, site.board.next_look(), now);
    let judgements = judgements
        .into_iter()
        .map(|(isbn, judgement)| (isbn, judgement.for_client()))
        .collect();
    overview_of(
        visit,
        &place,
        &overview::Material {
            editions,
            survey: &survey,
            judgements: &judgements,
            strips: &Strips::new(),
            pulse: &pulse,
            troubles: &[],
            is_shared: true,
            said: None,
            may_check: false,
        },
        &filter,
    )
}
