//! What the pages are made from, and what the server remembers between requests.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use jiff::Timestamp;
use ring::rand::SecureRandom as _;

use super::ServeError;
use super::change::Undoable;
use crate::alerts::sqlite::judgements;
use crate::book::EditionId;
use crate::clock::Clock;
use crate::config::Plan;
use crate::config::plan::EditionPlan;
use crate::db::{Db, DbError};
use crate::history::View;
use crate::history::sqlite::{Depth, each_view, listings_to, view};
use crate::judge::learned::{Learned, learn};
use crate::judge::windows::WindowName;
use crate::judge::{Judgement, Settings, judge};
use crate::lock::locked;
use crate::round::Board;
use crate::round::judge_edition::JudgeContext;
use crate::setup::library::OPEN_LIBRARY;
use crate::stores::Lessons;
use crate::web::companion::Pace;
use crate::web::filter::Filter;
use crate::web::frame::{Day, Place, Pulse};
use crate::web::overview::Judgements;
use crate::web::security::{Origin, Sessions, Throttle, is_password};
use crate::web::sqlite;
use crate::web::strips::{Strips, begins, strips};
use crate::web::survey::Survey;

/// The site: the plan, the database, the clock, and who is logged in.
#[derive(Debug)]
pub struct Site {
    /// What to watch.
    pub plan: Plan,
    /// What is known.
    pub db: Arc<Db>,
    /// The time.
    pub clock: Clock,
    /// How judging goes.
    pub settings: Settings,
    /// The path below which the site lives: empty, or as `/pubwatch`.
    pub base: String,
    /// Who may do what.
    pub guard: Arc<Guard>,
    /// What is asked of the service, and told by it.
    pub board: Arc<Board>,
    /// How pages are read that the user saved.
    pub lessons: Lessons,
    /// What was changed here last, and how it was before.
    pub last: Option<Arc<Undoable>>,
    /// Where books are looked up, when somebody wishes it.
    pub library: String,
    /// Which day of the demo it shows.
    pub day: Option<Day>,
}

/// Who is logged in, and what was handed out to them. It outlives a new configuration.
#[derive(Debug, Default)]
pub struct Guard {
    /// Who is logged in.
    pub sessions: Mutex<Sessions>,
    /// Wrong passwords of late.
    pub throttle: Mutex<Throttle>,
    /// How much companions hand over.
    pub pace: Mutex<Pace>,
    /// Held by the one who has a password compared: Argon2 takes 19 MB each time.
    pub comparing: Mutex<()>,
    /// Held by the one who writes the configuration: of two forms at the same moment the second sees
    /// what the first has written.
    pub writing: Mutex<()>,
}

impl Guard {
    /// Ends all sessions when the password is another than before: who knew only the old one is
    /// not to stay.
    pub fn mind_password(&self, before: &Site, after: &Site) {
        if before.plan.web.password_hash != after.plan.web.password_hash {
            self.end_sessions();
        }
    }

    /// Ends all sessions.
    pub fn end_sessions(&self) {
        *locked(&self.sessions) = Sessions::default();
    }

    /// Whether this is the password; `from` says whose tries are counted with it. `None`: it was not
    /// looked at, because there were too many wrong ones. One is compared at a time, and how many were
    /// wrong is asked when the turn has come: who sends many at once has no more tries than who sends
    /// one after the other.
    pub fn is_password(
        &self,
        password: &str,
        hash: &str,
        (from, now): (Origin, Timestamp),
    ) -> Option<bool> {
        if locked(&self.throttle).wait(from, now).is_some() {
            return None;
        }
        let _turn = locked(&self.comparing);
        if locked(&self.throttle).wait(from, now).is_some() {
            return None;
        }
        let is_right = is_password(password, hash);
        if !is_right {
            locked(&self.throttle).note_wrong(from, now);
        }
        Some(is_right)
    }
}

/// The site of the configuration in force, which a reload replaces while requests go on.
#[derive(Debug)]
pub struct Live {
    now: RwLock<Arc<Site>>,
    /// The days of a demo that are over, from the first on, each as it stood at its end.
    days: Vec<Arc<Site>>,
}

impl Live {
    /// Begins with a site.
    pub fn new(site: Site) -> Self {
        Self {
            now: RwLock::new(Arc::new(site)),
            days: Vec::new(),
        }
    }

    /// The site of a demo's last day, and those of the days before, which are below `/day/`.
    pub fn with_days(site: Site, days: Vec<Site>, page: &str) -> Self {
        let last = days.len() + 1;
        let day = |number| {
            Some(Day {
                number,
                last,
                page: page.to_owned(),
            })
        };
        let over = days.into_iter().zip(1..).map(|(site, number)| {
            Arc::new(Site {
                base: Day::base(number),
                day: day(number),
                ..site
            })
        });
        Self {
            days: over.collect(),
            ..Self::new(Site {
                day: day(last),
                ..site
            })
        }
    }

    /// The site that answers at a path.
    pub(super) fn at(&self, path: &str) -> Arc<Site> {
        let named = path.strip_prefix("/day/");
        let number = named.and_then(|rest| rest.split('/').next()?.parse::<usize>().ok());
        let over = number.and_then(|number| self.days.get(number.checked_sub(1)?));
        over.map_or_else(|| self.now(), Arc::clone)
    }

    /// The site in force.
    pub fn now(&self) -> Arc<Site> {
        Arc::clone(&self.now.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Puts the one in its place that follows from the one in force then, which may be another than when
    /// the request began.
    pub fn update(&self, next: impl FnOnce(&Site) -> Site) {
        let mut now = self.now.write().unwrap_or_else(PoisonError::into_inner);
        *now = Arc::new(next(&now));
    }

    /// Puts another one in its place.
    pub fn replace(&self, site: Site) {
        *self.now.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(site);
    }
}

impl Site {
    /// The site of a configuration.
    pub fn new(
        plan: Plan,
        db: Arc<Db>,
        clock: Clock,
        settings: Settings,
        guard: Arc<Guard>,
    ) -> Self {
        let base = plan
            .web
            .address
            .as_ref()
            .map_or_else(String::new, |address| {
                address.path().trim_end_matches('/').to_owned()
            });
        Self {
            lessons: Lessons::of(&plan.stores),
            plan,
            db,
            clock,
            settings,
            base,
            guard,
            board: Arc::default(),
            last: None,
            library: OPEN_LIBRARY.to_owned(),
            day: None,
        }
    }

    /// The site of a service that goes round when its board asks for it.
    pub fn with_board(self, board: Arc<Board>) -> Self {
        Self { board, ..self }
    }

    /// The site that follows another one: what was changed last can still be undone.
    pub fn after(self, before: &Self) -> Self {
        Self {
            last: before.last.clone(),
            library: before.library.clone(),
            ..self
        }
    }

    /// Where and when a page is made.
    pub fn place(&self, now: Timestamp) -> Place<'_> {
        Place {
            base: &self.base,
            zone: &self.plan.author.zone,
            now,
            stores: &self.plan.stores,
            may_log_out: self.plan.web.password_hash.is_some(),
            may_edit: self.plan.origins.file.is_some(),
            last: self.last.as_ref().and_then(|last| last.told(now)),
            day: self.day.as_ref(),
        }
    }

    /// Where people find the site, without a slash at its end.
    pub fn address(&self, host: &str) -> String {
        match &self.plan.web.address {
            Some(address) => address.as_str().trim_end_matches('/').to_owned(),
            None => format!("http://{host}"),
        }
    }

    /// The name of the public address, if there is one.
    pub fn public_name(&self) -> Option<&str> {
        self.plan
            .web
            .address
            .as_ref()
            .and_then(|address| address.host_str())
    }

    /// The edition with that ISBN.
    pub fn edition(&self, isbn: &str) -> Option<&EditionPlan> {
        self.plan
            .editions
            .iter()
            .find(|plan| plan.edition.id.as_str() == isbn)
    }

    /// What the database says of all editions together, and who is watching. What the
    /// configuration no longer names is left out.
    pub fn survey(&self, now: Timestamp) -> Result<(Survey, Pulse), DbError> {
        let survey = self.db.read(|connection| {
            let survey = sqlite::survey(connection, &self.plan, now)?;
            Ok::<_, DbError>(survey.of_watched(&self.plan.editions))
        })?;
        let pulse = survey.pulse(&self.plan.stores, self.board.next_look(), now);
        Ok((survey, pulse))
    }

    /// The same with what choosing by this filter needs besides, and what is thought of every edition.
    ///
    /// What was thought when it was judged last is read beside the rest, by a second connection: the two
    /// are most of the work for an overview.
    pub fn surveyed(
        &self,
        filter: &Filter,
        now: Timestamp,
    ) -> Result<(Survey, Pulse, Judgements), DbError> {
        let (surveyed, kept) = std::thread::scope(|scope| {
            let read = || self.db.read(|connection| judgements(connection, now));
            let kept = scope.spawn(read);
            (self.survey(now), kept.join())
        });
        let (mut survey, pulse) = surveyed?;
        let kept = kept.unwrap_or_else(|panic| std::panic::resume_unwind(panic))?;
        if filter.phase().is_some() {
            survey.took_orders = self.db.read(sqlite::took_orders)?;
        }
        let judgements = self.borne_out(kept, &survey, now)?;
        Ok((survey, pulse, judgements))
    }

    /// The view of an edition.
    pub fn view(&self, plan: &EditionPlan) -> Result<View, DbError> {
        self.db.read(|connection| Ok(view(connection, plan)?))
    }

    /// What there is to think of an edition.
    pub fn judged(
        &self,
        plan: &EditionPlan,
        view: &View,
        now: Timestamp,
    ) -> Result<Judgement, DbError> {
        self.db.read(|connection| {
            Ok(sqlite::judged(
                connection,
                plan,
                &self.settings,
                &view.listings,
                now,
            )?)
        })
    }

    /// The last thirty days of the pages of these editions.
    pub fn strips(&self, editions: &[&EditionPlan], now: Timestamp) -> Result<Strips, DbError> {
        let depth = Depth::Since(begins(now));
        self.db.read(|connection| {
            let mut listings = Vec::with_capacity(editions.len());
            for plan in editions {
                listings.push((&plan.edition.id, listings_to(connection, plan, depth)?));
            }
            Ok(strips(&listings, &self.plan.author.zone, now))
        })
    }

    /// How long things took for the user's own titles.
    pub fn learned(&self) -> Result<BTreeMap<WindowName, Learned>, DbError> {
        self.db.read(|connection| {
            Ok(each_view(
                connection,
                &self.plan.editions,
                Depth::States,
                |views| learn(views),
            )?)
        })
    }

    /// What was thought of every edition; one that never was judged, or of which a page has changed
    /// since, is judged now.
    fn borne_out(
        &self,
        mut kept: BTreeMap<EditionId, (Judgement, Timestamp)>,
        survey: &Survey,
        now: Timestamp,
    ) -> Result<Judgements, DbError> {
        let mut all = Judgements::new();
        for plan in &self.plan.editions {
            let edition = &plan.edition.id;
            let judgement = match kept.remove(edition) {
                Some((kept, at)) if survey.bears_out(plan, &kept, at, now) => kept,
                Some(_) | None => judge(&self.view(plan)?, &self.settings, now),
            };
            all.insert(edition.clone(), judgement);
        }
        Ok(all)
    }

    /// What judging an edition needs, as after a note.
    pub fn judge_context(&self) -> JudgeContext<'_> {
        JudgeContext {
            plan: &self.plan,
            settings: &self.settings,
            db: &self.db,
            awake_since: None,
        }
    }
}

/// Random bytes of the system.
///
/// # Errors
///
/// [`ServeError::Random`].
pub fn random<const N: usize>() -> Result<[u8; N], ServeError> {
    let mut bytes = [0; N];
    let system = ring::rand::SystemRandom::new();
    system.fill(&mut bytes).map_err(|_| ServeError::Random)?;
    Ok(bytes)
}
