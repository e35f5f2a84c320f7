//! What nearly every command needs: the checked configuration, the database, the clock.

use std::io::{IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::book::EditionId;
use crate::clock::Clock;
use crate::config::Plan;
use crate::db::Db;
use crate::fetch::Fetcher;
use crate::judge::Settings;
use crate::round::House;
use crate::round::judge_edition::JudgeContext;
use crate::round::sqlite::with_own_titles;
use crate::setup::data::{note_moved_dates, open_database};
use crate::setup::loading::load;

/// The configuration, the database and the clock.
#[derive(Debug)]
pub struct Context {
    /// The checked configuration.
    pub plan: Plan,
    /// The file it came from.
    pub config: PathBuf,
    /// The database in the data folder.
    pub db: Arc<Db>,
    /// The machine's clock.
    pub clock: Clock,
    /// The editions whose dates were moved in the configuration since it was seen last.
    pub moved: Vec<EditionId>,
}

impl Context {
    /// Loads the configuration, prints its warnings, and opens the database.
    ///
    /// # Errors
    ///
    /// When the configuration is wrong, or the database cannot be used.
    pub fn open(config: Option<&Path>) -> anyhow::Result<Self> {
        let clock = Clock::System;
        let today = clock.now().to_zoned(jiff::tz::TimeZone::system()).date();
        let loaded = load(config, today)?;
        // Warnings are for a person at a terminal: from cron they would come as a mail every time.
        // `pubwatch config check` prints them always.
        if !loaded.warnings.is_empty() && std::io::stderr().is_terminal() {
            write!(anstream::stderr(), "{}", loaded.render_warnings(true))?;
        }
        let db = open_database(&loaded.plan.data)?;
        let moved = note_moved_dates(&db, &loaded.plan, clock.now())?;
        let context = Self {
            plan: loaded.plan,
            config: loaded.path,
            db,
            clock,
            moved,
        };
        if !context.moved.is_empty() {
            // What every face shows is judged by the new dates at once.
            let settings = context.settings()?;
            let editions = context.plan.editions.iter();
            let editions = editions.filter(|plan| context.moved.contains(&plan.edition.id));
            let now = context.clock.now();
            context
                .judge_context(&settings)
                .judge_again(editions, now)?;
        }
        Ok(context)
    }
}

impl Context {
    /// How a round would judge: as the configuration says, with how long things took for the
    /// user's own titles. Whatever shows or draws what is thought goes by the same.
    ///
    /// # Errors
    ///
    /// When a window of the configuration does not exist.
    pub fn settings(&self) -> anyhow::Result<Settings> {
        let settings = Settings::of(&self.plan)?;
        Ok(with_own_titles(&self.plan, &self.db, settings))
    }

    /// What judging an edition needs, as after a note.
    pub fn judge_context<'a>(&'a self, settings: &'a Settings) -> JudgeContext<'a> {
        JudgeContext {
            plan: &self.plan,
            settings,
            db: &self.db,
            awake_since: None,
        }
    }

    /// Everything that one round needs.
    ///
    /// # Errors
    ///
    /// When a window of the configuration does not exist, or no HTTP client can be made.
    pub fn into_house(self) -> anyhow::Result<House> {
        let settings = Settings::of(&self.plan)?;
        let fetcher = Fetcher::new(
            Arc::clone(&self.db),
            self.clock.clone(),
            &self.plan.manners,
            &self.plan.stores,
        )?
        .with_api(self.plan.api.as_ref());
        Ok(House::new(
            self.plan, self.db, self.clock, settings, fetcher,
        ))
    }

    /// Everything that a service needs, which has kept watch since now.
    pub fn into_watch(self) -> anyhow::Result<House> {
        let house = self.into_house()?;
        house.wake(house.clock.now());
        Ok(house)
    }
}
