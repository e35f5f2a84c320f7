//! `pubwatch status`: what needs you, and where everything stands.

mod json;
mod paused;
mod watch;

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;

use anyhow::Context as _;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::history;
use crate::alerts::Alert;
use crate::config::plan::label;
use crate::db::DbError;
use crate::exit::Exit;
use crate::fetch::ration::Ration;
use crate::fetch::sqlite::rations;
use crate::history::drift::Drift;
use crate::history::sqlite::{Depth, drifts, view_to};
use crate::history::{ListingView, Sight, View};
use crate::judge::counted;
use crate::judge::text::{Voice, outlook, said};
use crate::judge::{Judgement, Settings};
use crate::mail::sqlite::{Counts, counts};
use crate::round::health::{Ailment, Health, health};
use crate::round::sqlite::{Agenda, NextLook, vitals};
use crate::service::context::Context;
use crate::terminal::columns::Columns;
use crate::terminal::coming::Coming;
use crate::terminal::face;
use crate::terminal::sight::{self, Here};
use crate::text::words;
use crate::web::sqlite::judged;

/// Show what needs you, where every edition stands, and whether the watch itself is well.
#[derive(Debug, Default, clap::Args)]
pub struct Arguments {
    /// Exit with 1 when the last good check is older than this, as 12h or "2 days", or anything is
    /// wrong with the watch
    #[arg(long, value_name = "DURATION")]
    pub max_age: Option<SignedDuration>,

    /// Everything as one JSON object
    #[arg(long)]
    pub json: bool,
}

/// So many editions have a block each; more are a table.
const FEW: usize = 8;

/// What there is to show.
struct Status {
    columns: Columns,
    now: Timestamp,
    health: Health,
    views: Vec<View>,
    next: Vec<NextLook>,
    drifts: Vec<Drift>,
    rations: Vec<Ration>,
    alerts: Vec<Alert>,
    /// What was thought of each edition, in their order.
    judgements: Vec<Judgement>,
    outbox: Counts,
}

/// Prints the status.
pub fn run(arguments: &Arguments, config: Option<&Path>) -> anyhow::Result<Exit> {
    let context = Context::open(config)?;
    let shown = shown(&context, arguments, Columns::of_stdout())?;
    anstream::stdout().write_all(shown.out.as_bytes())?;
    anstream::stderr().write_all(shown.err.as_bytes())?;
    Ok(shown.exit)
}

/// What the command prints, and how it ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// To standard output.
    pub out: String,
    /// To standard error.
    pub err: String,
    /// The exit code.
    pub exit: Exit,
}

/// What the command prints of a configuration and its database in so many columns, and how it ends.
pub fn shown(context: &Context, arguments: &Arguments, columns: Columns) -> anyhow::Result<Shown> {
    let settings = context.settings()?;
    let status = gather(context, &settings, columns).context("reading the history")?;
    let health = &status.health;
    let too_old = arguments
        .max_age
        .is_some_and(|most| health.is_older_than(most, status.now));
    let since = health
        .last_good_check
        .map_or("there has been none".to_owned(), |last| {
            format!(
                "the last one was {} ago",
                words::lasting(status.now.duration_since(last))
            )
        });
    let is_unwell = arguments.max_age.is_some() && !health.is_good();
    let are_letters_stuck = health.ailments.iter().any(Ailment::is_about_letters);
    let attention = too_old || is_unwell || are_letters_stuck;
    Ok(Shown {
        out: if arguments.json {
            format!("{}\n", serde_json::to_string(&status.facts(context))?)
        } else {
            columns.prose(&status.text(context))
        },
        err: if too_old {
            format!("pubwatch: no good check lately: {since}\n")
        } else {
            String::new()
        },
        exit: Exit::attention_if(attention),
    })
}

fn gather(context: &Context, settings: &Settings, columns: Columns) -> Result<Status, DbError> {
    let now = context.clock.now();
    let agenda = Agenda {
        plan: &context.plan,
        db: &context.db,
        awake_since: None,
    };
    let next = agenda.next_looks(now)?;
    let cap = context.plan.manners.requests_per_day;
    let rations = rations(&context.db, cap, now)?;
    context.db.read(|connection| {
        let mut views = Vec::new();
        let mut alerts = Vec::new();
        let mut judgements = Vec::new();
        for plan in &context.plan.editions {
            let view = view_to(connection, plan, Depth::Newest)?;
            judgements.push(judged(connection, plan, settings, &view.listings, now)?);
            views.push(view);
            alerts.extend(crate::alerts::sqlite::open_alerts(
                connection,
                &plan.edition.id,
            )?);
        }
        alerts.sort_by_key(|alert| (std::cmp::Reverse(alert.severity), alert.since));
        Ok(Status {
            columns,
            now,
            drifts: drifts(connection, now)?,
            health: health(&vitals(connection, &context.plan, now)?, now),
            views,
            next,
            rations,
            alerts,
            judgements,
            outbox: counts(connection)?,
        })
    })
}

impl Status {
    fn text(&self, context: &Context) -> String {
        let mut parts = vec![self.watch(context)];
        if self.views.is_empty() {
            parts.push(format!(
                "No edition is watched yet. `pubwatch add ISBN` adds one to {}.\n",
                context.config.display()
            ));
            parts.push(self.mail());
            return parts.concat();
        }
        parts.push(self.exceptions(context));
        for drift in &self.drifts {
            let label = label(&drift.store, &context.plan.stores);
            let said = drift.words(label, &context.plan.author.zone, self.now);
            let next = words::capital(&drift.next_step());
            parts.push(format!("\n{said}.\n  → {next}.\n"));
        }
        parts.push(paused::lines(
            &self.views,
            &context.plan.author.zone,
            self.now,
        ));
        parts.push(self.overview(context));
        let here = Here {
            zone: &context.plan.author.zone,
            now: self.now,
            stores: &context.plan.stores,
        };
        let views: Vec<&View> = self.views.iter().collect();
        let blind = sight::blind(&views, &self.next, here);
        if !blind.is_empty() {
            parts.push(format!("\n{blind}"));
        }
        if self.health.last_check.is_some() {
            parts.push(sight::next_looks(&self.next, &views, here));
        }
        let coming = Coming::of(&context.plan, self.now);
        parts.push(format!("\n{}", coming.lines(&context.plan, self.now)));
        parts.push(self.mail());
        parts.concat()
    }

    /// What needs the author, most severe first.
    fn exceptions(&self, context: &Context) -> String {
        let outlooks = || self.judgements.iter().flat_map(|one| &one.outlooks);
        let pages: usize = self.views.iter().map(|view| view.listings.len()).sum();
        let seen = outlooks().filter(|one| one.outlook.is_seen()).count();
        let counted = counted(self.alerts.iter().map(|one| one.severity));
        if counted.is_empty() {
            // Silence is no news: what nobody has read cannot be well.
            return match seen {
                0 if self.health.last_check.is_none() && !self.was_ever_seen() => String::new(),
                0 => "\nNothing is known: no page is seen at present.\n".to_owned(),
                seen if seen < pages => {
                    format!(
                        "\nNothing needs you as far as we see; {} of {pages} pages {} not seen.\n",
                        pages - seen,
                        if pages - seen == 1 { "is" } else { "are" }
                    )
                }
                _ => "\nNothing needs you.\n".to_owned(),
            };
        }
        let mut lines = vec![format!("\n{counted}\n")];
        for alert in self
            .alerts
            .iter()
            .filter(|alert| alert.severity.is_trouble())
        {
            let view = self
                .views
                .iter()
                .find(|view| view.edition.id == alert.key.edition);
            let Some(view) = view else { continue };
            let said = said(&alert.finding, &self.voice(context, view));
            lines.push(format!(
                "  {} {}: {} ({})\n",
                face::painted(
                    face::style_of_severity(alert.severity),
                    alert.severity.word()
                ),
                words::clipped(&view.edition.title, 40),
                words::one_line(&said.headline),
                words::lasting(self.now.duration_since(alert.since)),
            ));
        }
        lines.concat()
    }

    fn was_ever_seen(&self) -> bool {
        let mut listings = self.views.iter().flat_map(|view| &view.listings);
        listings.any(|listing| listing.now().is_some())
    }

    fn overview(&self, context: &Context) -> String {
        if self.views.len() <= FEW {
            return self.blocks(context);
        }
        let mut stores: Vec<&crate::book::StoreId> = Vec::new();
        for listing in self.views.iter().flat_map(|view| &view.listings) {
            if !stores.contains(&&listing.store) {
                stores.push(&listing.store);
            }
        }
        let labels = stores
            .iter()
            .map(|store| label(store, &context.plan.stores).to_owned());
        let mut header = vec![String::new(), String::new(), "date".to_owned()];
        header.extend(labels);
        let header: Vec<&str> = header.iter().map(String::as_str).collect();
        let mut table = face::table(&header);
        let today = self.now.to_zoned(context.plan.author.zone.clone()).date();
        for view in &self.views {
            let edition = &view.edition;
            let mut row = vec![
                words::clipped(&edition.title, 32),
                edition.format.name().to_owned(),
                format!(
                    "{}, {}",
                    words::short_date(view.launch.publication),
                    days_to(today, view.launch.publication)
                ),
            ];
            for store in &stores {
                let listing = view
                    .listings
                    .iter()
                    .find(|listing| listing.store == **store);
                row.push(listing.map_or_else(String::new, |listing| self.cell(listing)));
            }
            table.add_row(row);
        }
        format!(
            "\n{}{}",
            self.columns.table(&table),
            self.not_as_expected(context)
        )
    }

    /// A block for each edition: its dates, and a line a page, with whether it is normal at the right.
    fn blocks(&self, context: &Context) -> String {
        let zone = &context.plan.author.zone;
        let mut text = String::new();
        for (view, judgement) in self.views.iter().zip(&self.judgements) {
            let mut table = face::table(&[]);
            for listing in &view.listings {
                table.add_row([
                    format!("  {}", self.voice(context, view).label(&listing.store)),
                    self.standing(zone, listing),
                    self.normal(context, (view, judgement), listing),
                ]);
            }
            // Writing to a string cannot fail.
            let _ = write!(text, "\n{}\n", history::heading(view, zone, self.now));
            text.push_str(&self.columns.table(&table));
        }
        text
    }

    /// "O Unavailable since Thu 4 May, 11 days".
    fn standing(&self, zone: &TimeZone, listing: &ListingView) -> String {
        match (listing.sight(self.now), listing.not_seen_since(self.now)) {
            (Sight::Seen(spell), _) => {
                let state = spell.availability;
                format!(
                    "{} since {}, {}",
                    face::painted(
                        face::style_of(state),
                        &format!("{} {}", state.letter(), state.word())
                    ),
                    words::day(spell.since, zone, self.now),
                    words::lasting(self.now.duration_since(spell.since))
                )
            }
            (Sight::LastSeen(_) | Sight::Never, Some(since)) => face::faint(&format!(
                "? Not seen since {}, {}",
                words::day(since, zone, self.now),
                words::lasting(self.now.duration_since(since))
            )),
            (Sight::LastSeen(_) | Sight::Never, None) => face::faint("? Not looked at yet"),
        }
    }

    /// Whether a page is normal, and until when; nothing before the first look.
    fn normal(
        &self,
        context: &Context,
        (view, judgement): (&View, &Judgement),
        listing: &ListingView,
    ) -> String {
        let known = judgement.outlook(&listing.store);
        known
            .filter(|_| listing.last_try.is_some())
            .map_or_else(String::new, |one| outlook(one, &self.voice(context, view)))
    }

    /// Of many editions: each page that does not just show what it should, and how many do.
    fn not_as_expected(&self, context: &Context) -> String {
        let mut table = face::table(&[]);
        let mut expected = 0;
        for (view, judgement) in self.views.iter().zip(&self.judgements) {
            let voice = self.voice(context, view);
            for listing in &view.listings {
                match judgement.outlook(&listing.store) {
                    Some(one) if one.outlook.is_as_expected() && one.list_price.is_none() => {
                        expected += 1;
                    }
                    Some(_) | None if listing.last_try.is_none() => {}
                    Some(_) | None => {
                        table.add_row([
                            words::clipped(&view.edition.title, 32),
                            voice.label(&listing.store),
                            self.normal(context, (view, judgement), listing),
                        ]);
                    }
                }
            }
        }
        let rest = match (expected, table.is_empty()) {
            (0, _) => String::new(),
            (all, true) => format!("All {} that were seen are as expected.\n", pages(all)),
            (some, false) => format!("{} as expected.\n", are(some)),
        };
        if table.is_empty() && rest.is_empty() {
            return String::new();
        }
        format!(
            "\n{}\n{}{rest}",
            face::bold("Is it normal?"),
            if table.is_empty() {
                String::new()
            } else {
                self.columns.table(&table)
            }
        )
    }

    fn voice<'a>(&'a self, context: &'a Context, view: &'a View) -> Voice<'a> {
        Voice {
            zone: &context.plan.author.zone,
            now: self.now,
            stores: &context.plan.stores,
            edition: Some((&view.edition, &view.launch)),
            brief: false,
        }
    }

    /// "O Unavailable 11 days"; what is not seen is that, whatever it was before.
    fn cell(&self, listing: &ListingView) -> String {
        match (listing.sight(self.now), &listing.blind) {
            (Sight::LastSeen(_), _) | (Sight::Never, Some(_)) => face::faint("? Not seen"),
            (Sight::Never, None) => face::faint("not looked yet"),
            (Sight::Seen(spell), _) => {
                let state = spell.availability;
                let shown = format!("{} {}", state.letter(), state.word());
                let length = words::lasting(self.now.duration_since(spell.since));
                format!("{} {length}", face::painted(face::style_of(state), &shown))
            }
        }
    }

    fn mail(&self) -> String {
        let waiting = self.outbox.waiting + self.outbox.failed;
        if waiting == 0 {
            return String::new();
        }
        let why = self
            .outbox
            .last_error
            .as_ref()
            .map_or(String::new(), |error| format!(": {error}"));
        format!(
            "\n{} not delivered{why}. `pubwatch outbox list` shows them.\n",
            words::count(i64::from(waiting), "letter")
        )
    }
}

/// "12 pages".
fn pages(number: i64) -> String {
    words::count(number, "page")
}

/// "1 page is", "12 pages are".
fn are(number: i64) -> String {
    let verb = if number == 1 { "is" } else { "are" };
    format!("{} {verb}", pages(number))
}

/// "43 days to go", "today", "2 days ago".
fn days_to(today: jiff::civil::Date, publication: jiff::civil::Date) -> String {
    let days = (publication - today).get_days();
    match days {
        0 => "today".to_owned(),
        1.. => format!("{} to go", words::count(i64::from(days), "day")),
        _ => format!("{} ago", words::count(-i64::from(days), "day")),
    }
}
