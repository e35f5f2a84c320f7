//! The page of all alerts: what is open, and what is over. Pure.

use askama::Template;
use jiff::Timestamp;

use super::frame::{Frame, Place, Pulse};
use super::lists::{Field, ROWS, linked, pages, plain};
use super::over::{Over, ended as over};
use super::overview::{Judgements, address, book};
use super::survey::Survey;
use crate::alerts::Alert;
use crate::config::plan::EditionPlan;
use crate::judge::Severity;
use crate::judge::text::said;
use crate::text::words;

#[derive(Template)]
#[template(path = "web/templates/alerts.html")]
struct Alerts {
    frame: Frame,
    /// As markup.
    lead: String,
    columns: &'static [&'static str],
    rows: Vec<Vec<Field>>,
    empty: &'static str,
    pages: Vec<(usize, bool)>,
    /// Each with its edition, and where that is.
    over: Vec<(String, String, Over)>,
}

/// What is over of the editions that are still watched.
fn over_of_all(
    place: &Place<'_>,
    editions: &[EditionPlan],
    survey: &Survey,
    ended: &[(Alert, Timestamp)],
) -> Vec<(String, String, Over)> {
    let of_watched = ended.iter().filter_map(|(alert, at)| {
        let mut all = editions.iter();
        let plan = all.find(|one| one.edition.id == alert.key.edition)?;
        let launch = survey.launch(&plan.edition, &plan.zone);
        let voice = place.voice(&plan.edition, &launch);
        let over = over(place, &voice, alert, *at);
        Some((book(&plan.edition), address(place, &plan.edition), over))
    });
    of_watched.collect()
}

/// One page of what is open, the loudest first; on the first also what is over.
pub fn alerts(
    place: &Place<'_>,
    editions: &[EditionPlan],
    (survey, judgements): (&Survey, &Judgements),
    ended: &[(Alert, Timestamp)],
    pulse: &Pulse,
    page: usize,
) -> askama::Result<String> {
    let mut rows: Vec<(Severity, Vec<Field>)> = Vec::new();
    for plan in editions {
        let launch = survey.launch(&plan.edition, &plan.zone);
        let judgement = judgements.get(&plan.edition.id);
        for finding in judgement.map_or(&[][..], |judgement| &judgement.findings) {
            let said = said(finding, &place.voice(&plan.edition, &launch));
            let class = match finding.severity {
                Severity::Act => "tag act",
                Severity::ToDo => "tag todo",
                Severity::Watch => "tag watch",
                Severity::GoodNews | Severity::Quiet => "tag good",
            };
            let tag = Field {
                class,
                ..plain(finding.severity.word())
            };
            let act = finding
                .act_from
                .filter(|at| place.now < *at)
                .map_or_else(String::new, |at| {
                    format!("act from {}", words::day(at, place.zone, place.now))
                });
            rows.push((
                finding.severity,
                vec![
                    tag,
                    linked(&book(&plan.edition), address(place, &plan.edition)),
                    plain(&said.headline).beside(&said.verdict),
                    plain(place.ago(finding.since)),
                    plain(&said.step).beside(&act),
                ],
            ));
        }
    }
    rows.sort_by_key(|(severity, _)| std::cmp::Reverse(*severity));
    let page = page.min(rows.len().div_ceil(ROWS)).max(1);
    Alerts {
        frame: Frame::new(place, "alerts", "Alerts", pulse),
        lead: String::new(),
        over: if page == 1 {
            over_of_all(place, editions, survey, ended)
        } else {
            Vec::new()
        },
        columns: &["Severity", "Edition", "What", "For", "Next step"],
        pages: pages(rows.len(), page),
        rows: rows
            .into_iter()
            .skip((page - 1) * ROWS)
            .take(ROWS)
            .map(|(_, row)| row)
            .collect(),
        empty: "Nothing is open. When something lasts longer than is usual, it stands here.",
    }
    .render()
}
