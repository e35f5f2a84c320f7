//! What a client sees who was given a link: the overview and the pages of his editions, as reports.
//! Nothing else is answered below such a link, and nothing can be changed.

use jiff::Timestamp;

use super::answer::{Answer, Asked, refusal};
use super::exports;
use super::site::{PageError, Site};
use crate::config::plan::EditionPlan;
use crate::db::DbError;
use crate::web::filter::Filter;
use crate::web::frame::Place;
use crate::web::overview;
use crate::web::shares::{hash, sqlite};

/// The page below a link.
pub(super) fn page(
    site: &Site,
    (secret, rest): (&str, &[&str]),
    asked: &Asked,
    now: Timestamp,
) -> Result<Answer, PageError> {
    let hash = hash(secret);
    let client = site
        .db
        .read(|connection| Ok::<_, DbError>(sqlite::client(connection, &hash)?))?;
    let Some(client) = client else {
        return Ok(refusal(404, "There is no such link, or it was withdrawn."));
    };
    let editions: Vec<EditionPlan> = site
        .plan
        .editions
        .iter()
        .filter(|plan| plan.edition.imprint.as_deref() == Some(client.as_str()))
        .cloned()
        .collect();
    let answer = match rest {
        [] => Answer::see_other(format!("{}/share/{secret}/", site.base)),
        [""] => Answer::page(listed(site, secret, &editions, asked, now)?),
        ["editions", isbn] => {
            let mine = editions.iter().find(|one| one.edition.id.as_str() == *isbn);
            match mine {
                Some(plan) => {
                    let overview = format!("{}/share/{secret}/", site.base);
                    let html = exports::report_below(site, (plan, &editions), &overview, now)?;
                    Answer::file("text/html; charset=utf-8", html, None)
                }
                None => refusal(404, "There is no such page."),
            }
        }
        _ => refusal(404, "There is no such page."),
    };
    // The address is the key: no search engine is to keep it.
    Ok(answer.with("x-robots-tag", "noindex, nofollow"))
}

fn listed(
    site: &Site,
    secret: &str,
    editions: &[EditionPlan],
    asked: &Asked,
    now: Timestamp,
) -> Result<String, PageError> {
    let base = format!("{}/share/{secret}", site.base);
    let place = Place {
        base: &base,
        may_log_out: false,
        ..site.place(now)
    };
    // Neither the stores of others nor how they are faring.
    let survey = site.survey(now)?.0.of_watched(editions);
    let pulse = survey.pulse(&site.plan.stores, site.board.next_look(), now);
    let judgements = site.judgements(&survey, now)?;
    let judgements = judgements
        .into_iter()
        .map(|(isbn, judgement)| (isbn, judgement.for_client()))
        .collect();
    Ok(overview::page(
        &place,
        &overview::Material {
            editions,
            survey: &survey,
            judgements: &judgements,
            pulse: &pulse,
            troubles: &[],
            is_shared: true,
        },
        &Filter::from_query(&asked.query),
    )?)
}
