//! What the server keeps between requests, so that a page of a thousand editions is made at once.
//!
//! Nothing kept is ever older than the database: each time it is asked what version it has, which
//! costs microseconds. While that is the same, everything is; when it is another, all editions are
//! read again at a glance, and only those are judged again whose pages or notes have changed.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use jiff::Timestamp;

use super::site::locked;
use crate::book::Isbn13;
use crate::config::plan::{EditionPlan, Plan};
use crate::db::{Db, DbError, Version, version};
use crate::history::sqlite::{Depth, view, view_to};
use crate::judge::learned::{Learned, learn};
use crate::judge::windows::WindowName;
use crate::judge::{Settings, judge};
use crate::web::overview::Findings;
use crate::web::sqlite;
use crate::web::survey::{Mark, Survey};

/// The calendar's reminders go by the clock, and a round judges all editions this often; a quarter
/// of an hour is where days begin in every time zone.
const QUARTER: i64 = 15 * 60;

/// What was read and thought last.
#[derive(Debug, Default)]
pub(super) struct Memory {
    survey: Mutex<Option<(Version, Arc<Survey>)>>,
    found: Mutex<Option<Found>>,
    learned: Mutex<Option<(Arc<Survey>, Arc<OwnTitles>)>>,
}

/// How long things took for the user's own titles.
pub(super) type OwnTitles = BTreeMap<WindowName, Learned>;

/// What was thought of the editions with an open alert.
#[derive(Debug)]
struct Found {
    survey: Arc<Survey>,
    quarter: i64,
    /// What each of them rested on.
    marks: BTreeMap<Isbn13, Mark>,
    findings: Arc<Findings>,
}

impl Memory {
    /// What the database says of these editions together, now.
    ///
    /// # Errors
    ///
    /// The database's.
    pub(super) fn survey(&self, db: &Db, editions: &[EditionPlan]) -> Result<Arc<Survey>, DbError> {
        // Nobody writes over this connection between the two, and what another one writes makes the
        // version that is kept too old, never too new.
        db.read(|connection| {
            let now = version(connection)?;
            let mut kept = locked(&self.survey);
            if let Some((_, survey)) = kept.as_ref().filter(|(then, _)| *then == now) {
                return Ok(Arc::clone(survey));
            }
            let survey = Arc::new(sqlite::survey(connection)?.of_watched(editions));
            *kept = Some((now, Arc::clone(&survey)));
            Ok(survey)
        })
    }

    /// How long things took for these editions so far.
    ///
    /// # Errors
    ///
    /// The database's.
    pub(super) fn learned(&self, db: &Db, plan: &Plan) -> Result<Arc<OwnTitles>, DbError> {
        let editions = &plan.editions;
        let survey = self.survey(db, editions)?;
        let mut kept = locked(&self.learned);
        if let Some((_, learned)) = kept.as_ref().filter(|(then, _)| Arc::ptr_eq(then, &survey)) {
            return Ok(Arc::clone(learned));
        }
        let views = db.read(|connection| {
            let all = editions.iter();
            all.map(|plan| Ok(view_to(connection, plan, Depth::States)?))
                .collect::<Result<Vec<_>, DbError>>()
        })?;
        let learned = Arc::new(learn(&views));
        *kept = Some((survey, Arc::clone(&learned)));
        Ok(learned)
    }

    /// What there is to think of every edition with an open alert, now.
    ///
    /// # Errors
    ///
    /// The database's.
    pub(super) fn findings(
        &self,
        db: &Db,
        editions: &[EditionPlan],
        settings: &Settings,
        now: Timestamp,
    ) -> Result<Arc<Findings>, DbError> {
        let survey = self.survey(db, editions)?;
        let quarter = now.as_second().div_euclid(QUARTER);
        let mut kept = locked(&self.found);
        let before = kept.take().filter(|found| found.quarter == quarter);
        if let Some(found) = before
            .as_ref()
            .filter(|found| Arc::ptr_eq(&found.survey, &survey))
        {
            let findings = Arc::clone(&found.findings);
            *kept = before;
            return Ok(findings);
        }
        let alerted = editions
            .iter()
            .filter(|plan| survey.alerted.contains(&plan.edition.isbn));
        let (mut marks, mut findings) = (BTreeMap::new(), Findings::new());
        for plan in alerted {
            let isbn = &plan.edition.isbn;
            let mark = survey.mark(plan);
            let known = before
                .as_ref()
                .filter(|found| found.marks.get(isbn) == Some(&mark))
                .and_then(|found| found.findings.get(isbn));
            let thought = if let Some(known) = known {
                known.clone()
            } else {
                let view = db.read(|connection| Ok::<_, DbError>(view(connection, plan)?))?;
                judge(&view, settings, now)
            };
            findings.insert(isbn.clone(), thought);
            marks.insert(isbn.clone(), mark);
        }
        let findings = Arc::new(findings);
        *kept = Some(Found {
            survey,
            quarter,
            marks,
            findings: Arc::clone(&findings),
        });
        Ok(findings)
    }
}
