//! The links in letters: each shows what it would say, behind one button, and says it when the
//! button is pressed. Programs that follow the links of a mail change nothing.

use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::IntoResponse as _;
use jiff::Timestamp;
use rusqlite::Connection;

use super::answer::{Answered, Visit, page};
use super::shared::unindexed;
use crate::alerts::AlertKey;
use crate::alerts::lifecycle::overlap;
use crate::alerts::sqlite::opened_by;
use crate::config::plan::EditionPlan;
use crate::db::DbError;
use crate::history::sqlite::{add_note, view};
use crate::judge::text::said;
use crate::mail::answers::Link;
use crate::mail::sqlite::{answer_key, answered, use_up};
use crate::round::judge_edition::judge_book;
use crate::text::words;
use crate::web::frame::style_name;

#[derive(Template)]
#[template(path = "web/templates/answer.html")]
struct AnswerPage<'a> {
    base: &'a str,
    style: String,
    headline: String,
    line: String,
    /// There is a button.
    is_open: bool,
    /// The edition, once the link has proved to be ours.
    edition: Option<&'a str>,
}

/// How a link stands.
enum Standing<'a> {
    /// Its alert is open: the answer is taken. With the alert as it was signed, and its headline.
    Open(&'a EditionPlan, AlertKey, String),
    /// It was used.
    Used(Timestamp),
    /// It is too old.
    Expired,
    /// Its alert is over.
    Over,
    /// It is none of ours.
    Wrong,
}

type Parts = (String, String, String, String);

/// Shows what a link would say. Nothing changes by it.
pub(super) fn asked(visit: &Visit, Path(parts): Path<Parts>) -> Answered {
    let link = read(&parts);
    let db = &visit.site.db;
    let stands = db.read(|connection| standing(visit, connection, link.as_ref()))?;
    shown(visit, link.as_ref(), &stands)
}

/// Says it, in one transaction, and leads back to the link, which then shows that it was used.
pub(super) fn told(visit: &Visit, Path(parts): Path<Parts>) -> Answered {
    let (site, now) = (&visit.site, visit.now);
    let link = read(&parts);
    let stands = site.db.write(|tx| {
        let stands = standing(visit, tx, link.as_ref())?;
        if let (Standing::Open(plan, alert, _), Some(link)) = (&stands, &link) {
            let today = now.to_zoned(site.plan.author.zone.clone()).date();
            for note in link.answer.notes(alert, today, now) {
                add_note(tx, &plan.edition.id, &note, now)?;
            }
            use_up(tx, &link.tag, now)?;
            judge_book(&site.judge_context(), plan, tx, now)?;
        }
        Ok::<_, DbError>(stands)
    })?;
    match (&stands, &link) {
        (Standing::Open(..), Some(link)) => Ok(visit.see_other(&link.path())),
        _ => shown(visit, link.as_ref(), &stands),
    }
}

fn read((edition, answer, written, tag): &Parts) -> Option<Link> {
    Link::from_path(edition, answer, written, tag)
}

/// The alert that a link was made for is found by the signature, among those that had been opened
/// when the letter was written; what goes on of it may be about other stores by now.
fn standing<'a>(
    visit: &'a Visit,
    connection: &Connection,
    link: Option<&Link>,
) -> Result<Standing<'a>, DbError> {
    let known = link.and_then(|link| Some((link, visit.site.edition(&link.edition)?)));
    let Some((link, plan)) = known else {
        return Ok(Standing::Wrong);
    };
    let secret = answer_key(connection)?;
    let alerts = opened_by(connection, &plan.edition.id, link.written)?;
    let mut keys = alerts.iter().map(|(alert, _)| &alert.key);
    let Some(key) = keys.find(|key| link.is_about(&secret, key)) else {
        return Ok(Standing::Wrong);
    };
    if let Some(at) = answered(connection, &link.tag)? {
        return Ok(Standing::Used(at));
    }
    if link.ends() < visit.now {
        return Ok(Standing::Expired);
    }
    let goes_on = |other: &AlertKey| {
        other == key || other.cause == key.cause && overlap(&other.stores, &key.stores)
    };
    let mut open = alerts.iter().filter(|(_, is_over)| !is_over);
    let Some((alert, _)) = open.find(|(alert, _)| goes_on(&alert.key)) else {
        return Ok(Standing::Over);
    };
    let view = view(connection, plan)?;
    let place = visit.site.place(visit.now);
    let headline = said(&alert.finding, &place.voice(&view.edition, &view.launch)).headline;
    Ok(Standing::Open(plan, key.clone(), headline))
}

fn shown(visit: &Visit, link: Option<&Link>, stands: &Standing<'_>) -> Answered {
    let place = visit.site.place(visit.now);
    let answer = |link: &Link| link.answer.words(link.answer.whom());
    let day = |at: Timestamp| words::day(at, place.zone, visit.now);
    let (status, headline, says) = match (stands, link) {
        (Standing::Open(plan, _, headline), Some(link)) => {
            let edition = &plan.edition;
            let title = words::clipped(&edition.title, 120);
            let (format, then) = (edition.format.name(), link.answer.then());
            let says = format!("{title}, {format}: {headline}. Your answer: {then}.");
            (StatusCode::OK, answer(link), says)
        }
        (Standing::Used(at), Some(link)) => {
            let at = place.moment(*at);
            let then = link.answer.then();
            let says = format!(
                "Noted {at}: {then}. This link is used up; the edition's page takes it back."
            );
            (StatusCode::OK, answer(link), says)
        }
        (Standing::Expired, Some(link)) => {
            let says = format!(
                "It was good until {}. The edition's page takes the same answer.",
                day(link.ends())
            );
            (StatusCode::GONE, "This link is too old".to_owned(), says)
        }
        (Standing::Over, Some(_)) => {
            let says = "What the letter told is over, so there is nothing to answer.".to_owned();
            (StatusCode::GONE, "It is over".to_owned(), says)
        }
        (_, _) => {
            let says =
                "Nothing was changed. Take the link from the letter whole, or answer on the \
                        edition's page."
                    .to_owned();
            (
                StatusCode::NOT_FOUND,
                "There is no such link".to_owned(),
                says,
            )
        }
    };
    let is_ours = !matches!(stands, Standing::Wrong);
    let html = AnswerPage {
        base: place.base,
        style: format!("{}/static/{}", place.base, style_name()),
        headline,
        line: says,
        is_open: matches!(stands, Standing::Open(..)),
        edition: link.filter(|_| is_ours).map(|link| link.edition.as_str()),
    };
    Ok(unindexed((status, page(html.render()?)).into_response()))
}
