//! The links in letters: each shows what it would say, behind one button, and says it when the
//! button is pressed. Programs that follow the links of a mail change nothing.

use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::IntoResponse as _;

use super::answer::{Answered, Visit, page};
use super::shared::unindexed;
use crate::config::plan::EditionPlan;
use crate::db::DbError;
use crate::history::sqlite::add_note;
use crate::judge::text::said;
use crate::mail::answers::Link;
use crate::mail::sqlite::{Standing, standing, use_up};
use crate::round::judge_edition::judge_book;
use crate::text::words;

#[derive(Template)]
#[template(path = "web/templates/answer.html")]
struct AnswerPage<'a> {
    base: &'a str,
    headline: String,
    line: String,
    /// There is a button.
    is_open: bool,
    /// The edition, once the link has proved to be ours.
    edition: Option<&'a str>,
}

type Parts = (String, String, String, String);

/// Shows what a link would say. Nothing changes by it.
pub(super) fn asked(visit: &Visit, Path(parts): Path<Parts>) -> Answered {
    let Some((plan, link)) = read(visit, &parts) else {
        return wrong(visit);
    };
    let (db, id) = (&visit.site.db, &plan.edition.id);
    let stands = db.read(|one| Ok::<_, DbError>(standing(one, id, &link, visit.now)?))?;
    shown(visit, plan, &link, &stands)
}

/// Says it, in one transaction, and leads back to the link, which then shows that it was used.
pub(super) fn told(visit: &Visit, Path(parts): Path<Parts>) -> Answered {
    let Some((plan, link)) = read(visit, &parts) else {
        return wrong(visit);
    };
    let (site, now, id) = (&visit.site, visit.now, &plan.edition.id);
    let stands = site.db.write(|tx| {
        let stands = standing(tx, id, &link, now)?;
        if let Standing::Open(alert, _) = &stands {
            let today = now.to_zoned(site.plan.author.zone.clone()).date();
            for note in link.answer.notes(alert, today, now) {
                add_note(tx, id, &note, now)?;
            }
            use_up(tx, &link.tag, now)?;
            judge_book(&site.judge_context(), plan, tx, now)?;
        }
        Ok::<_, DbError>(stands)
    })?;
    if matches!(stands, Standing::Open(..)) {
        return Ok(visit.see_other(&link.path()));
    }
    shown(visit, plan, &link, &stands)
}

/// The link of an address, and the edition that it is about.
fn read<'a>(
    visit: &'a Visit,
    (edition, answer, written, tag): &Parts,
) -> Option<(&'a EditionPlan, Link)> {
    let link = Link::from_path(edition, answer, written, tag)?;
    Some((visit.site.edition(edition)?, link))
}

fn wrong(visit: &Visit) -> Answered {
    let says = "Nothing was changed. It is incomplete, or too old: take it from the letter whole, or \
                answer on the edition's page.";
    let headline = "There is no such link".to_owned();
    written(
        visit,
        StatusCode::NOT_FOUND,
        (headline, says.to_owned()),
        None,
    )
}

fn shown(visit: &Visit, plan: &EditionPlan, link: &Link, stands: &Standing) -> Answered {
    let place = visit.site.place(visit.now);
    let then = link.answer.then();
    let answer = link.answer.words(link.answer.whom());
    let (status, headline, says) = match stands {
        Standing::Open(_, alert) => {
            let view = visit.site.view(plan)?;
            let voice = place.voice(&view.edition, &view.launch);
            let headline = said(&alert.finding, &voice).headline;
            let (title, format) = (&view.edition.title, view.edition.format.name());
            let title = words::clipped(title, 120);
            let says = format!("{title}, {format}: {headline}. If you say so, {then}.");
            (StatusCode::OK, answer, says)
        }
        Standing::Used(at) => {
            let at = place.moment(*at);
            let says = format!(
                "Noted {at}: {then}. This link is used up; the edition's page takes it back."
            );
            (StatusCode::OK, answer, says)
        }
        Standing::Expired => {
            let day = words::day(link.ends(), place.zone, visit.now);
            let says =
                format!("It was good until {day}. The edition's page takes the same answer.");
            (StatusCode::GONE, "This link is too old".to_owned(), says)
        }
        Standing::Over => {
            let says = "What the letter told is over, so there is nothing to answer.".to_owned();
            (StatusCode::GONE, "It is over".to_owned(), says)
        }
        Standing::Wrong => return wrong(visit),
    };
    let is_open = matches!(stands, Standing::Open(..));
    let edition = plan.edition.id.as_str();
    written(visit, status, (headline, says), Some((edition, is_open)))
}

fn written(
    visit: &Visit,
    status: StatusCode,
    (headline, line): (String, String),
    ours: Option<(&str, bool)>,
) -> Answered {
    let base = visit.site.base.as_str();
    let html = AnswerPage {
        base,
        headline,
        line,
        is_open: ours.is_some_and(|(_, is_open)| is_open),
        edition: ours.map(|(edition, _)| edition),
    };
    Ok(unindexed((status, page(html.render()?)).into_response()))
}
