//! What is done with several editions of the overview at once.

use std::collections::BTreeSet;

use axum::extract::RawForm;

use super::actions::day_to_come;
use super::answer::{Answered, PageError, Visit, bad_request};
use super::looks::{heard, is_rested};
use super::pages::surveyed;
use crate::book::NoteKind;
use crate::config::plan::EditionPlan;
use crate::db::DbError;
use crate::web::chosen::Chosen as Fitting;
use crate::web::filter::Filter;

/// The form, in which one name may stand several times.
struct Chosen(Vec<(String, String)>);

impl Chosen {
    fn values<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        let named = self.0.iter().filter(move |(key, _)| key == name);
        named.map(|(_, value)| value.as_str())
    }

    fn value<'a>(&'a self, name: &'a str) -> &'a str {
        self.values(name).last().unwrap_or_default()
    }
}

/// Mutes the chosen editions or asks for a look at them: those that are ticked, or all that the
/// filter lets through. Back to the overview as it was, which says what was done.
pub(super) fn act(visit: &Visit, RawForm(body): RawForm) -> Answered {
    let form = Chosen(url::form_urlencoded::parse(&body).into_owned().collect());
    let filter = Filter::from_query(form.value("filter"));
    let editions = meant(visit, &form, &filter)?;
    let said = match form.value("do") {
        "mute" => mute(visit, &editions, form.value("until"))?,
        "check" => check(visit, &editions)?,
        _ => return Err(bad_request("There is no such action.")),
    };
    let mut query = filter.query_of_page(filter.page);
    if !query.is_empty() {
        query.push('&');
    }
    Ok(visit.see_other(&format!("/?{query}said={said}#editions")))
}

fn meant<'a>(
    visit: &'a Visit,
    form: &Chosen,
    filter: &Filter,
) -> Result<Vec<&'a EditionPlan>, PageError> {
    let known = &visit.site.plan.editions;
    let ids: BTreeSet<String> = if form.value("all") == "yes" {
        surveyed(visit, None, filter, |place, material| {
            let fitting = Fitting::new(place, material, filter);
            fitting
                .plans()
                .map(|plan| plan.edition.id.as_str().to_owned())
                .collect()
        })?
    } else {
        form.values("edition").map(str::to_owned).collect()
    };
    let is_meant = |plan: &&EditionPlan| ids.contains(plan.edition.id.as_str());
    let meant: Vec<&EditionPlan> = known.iter().filter(is_meant).collect();
    if meant.len() < ids.len() {
        return Err(bad_request("One of these editions is not watched."));
    }
    Ok(meant)
}

fn mute(visit: &Visit, editions: &[&EditionPlan], until: &str) -> Result<&'static str, PageError> {
    let until = day_to_come(visit, until)
        .ok_or_else(|| bad_request("A mute needs a day to come, on which it ends."))?;
    if editions.is_empty() {
        return Ok("none-chosen");
    }
    let kind = NoteKind::Muted { until, cause: None };
    let judging = visit.site.judge_context();
    let told = judging.take_note_of_each(editions, kind, visit.now);
    told.map_err(DbError::from)?;
    Ok("muted")
}

fn check(visit: &Visit, editions: &[&EditionPlan]) -> Result<&'static str, PageError> {
    heard(&visit.site)?;
    let mut said = if editions.is_empty() {
        "none-chosen"
    } else {
        "too-soon"
    };
    for plan in editions {
        if is_rested(visit, plan)? {
            visit.site.board.want(&plan.edition.id);
            said = "asked";
        }
    }
    Ok(said)
}
