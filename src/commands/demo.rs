//! `pubwatch demo`: a launch of ten weeks in a few seconds, with nothing configured.
//!
//! Only the shops and the clock are make-believe. Fetching, reading, judging, the outbox and the
//! mail folder are the ones that watch a real book.

mod days;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use tokio::sync::mpsc;

use self::days::Ended;
use super::history;
use crate::alerts::sqlite::judgement;
use crate::book::{Note, NoteKind};
use crate::clock::Clock;
use crate::config::{self, Plan};
use crate::demo::pages::Book;
use crate::demo::{Script, Street};
use crate::exit::Exit;
use crate::history::sqlite::{add_note, view};
use crate::judge::Severity;
use crate::page::Reading;
use crate::round::{self, House, Step, Stop, Which};
use crate::service::context::Context;
use crate::service::{deliver, signals};
use crate::setup::data::open_database;
use crate::terminal::columns::{self, Columns};
use crate::terminal::face;
use crate::text::words;
use crate::web::server::serve;

/// Where the author of the demo lives.
const ZONE: &str = "America/New_York";

/// The clock never goes further than this at once, so that notes and letters come in time.
const LONGEST_STEP: SignedDuration = SignedDuration::from_hours(6);

/// See a launch of ten weeks in a few seconds: no configuration, no network.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Draw another launch: other times that the stores take, the same for the same number
    #[arg(long, value_name = "NUMBER")]
    seed: Option<u64>,

    /// How many days of the launch pass in a second [default: as many as there can]
    #[arg(long, value_name = "DAYS", value_parser = speed)]
    speed: Option<f64>,

    /// Halt the launch at this moment, New York time, as 2027-02-09T16:00: the page then shows it as it
    /// stood, and stays so
    #[arg(long, value_name = "MOMENT")]
    until: Option<jiff::civil::DateTime>,

    /// Halt the launch at the first letter so urgent, as `act`: the page then shows the moment in which
    /// something is to be done
    #[arg(long, value_name = "SEVERITY", value_parser = urgency, conflicts_with = "until")]
    stop_at: Option<Severity>,

    /// End when the launch is over, instead of staying until Ctrl-C
    #[arg(long)]
    exit: bool,

    /// Keep the database and the letters in this folder
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
}

/// Reads a speed.
fn speed(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(days) if days > 0.0 && days.is_finite() => Ok(days),
        Ok(_) | Err(_) => Err(format!(
            "`{text}` is no number of days; write one such as 2 or 0.5"
        )),
    }
}

/// Reads how urgent a letter is.
fn urgency(text: &str) -> Result<Severity, String> {
    text.parse()
        .map_err(|_| format!("`{text}` is no severity; write good, watch, to-do or act"))
}

/// Plays the launch.
///
/// # Errors
///
/// When the data folder cannot be written, or no port on loopback is free.
pub fn run(arguments: &Arguments) -> anyhow::Result<Exit> {
    let runtime = tokio::runtime::Runtime::new().context("starting the runtime")?;
    let temporary;
    let folder: &Path = if let Some(folder) = &arguments.data {
        folder
    } else {
        temporary = tempfile::Builder::new()
            .prefix("pubwatch-demo-")
            .tempdir()
            .context("making a folder for the demo's data")?;
        temporary.path()
    };
    anyhow::ensure!(
        !folder.join("pubwatch.db").exists(),
        "{} holds a database already, and the demo begins with none; name another folder",
        folder.display()
    );
    runtime.block_on(play(arguments, folder))
}

async fn play(arguments: &Arguments, folder: &Path) -> anyhow::Result<Exit> {
    // The pauses between two pages have a random part; here that is the same from run to run.
    fastrand::seed(arguments.seed.unwrap_or_default());
    let mut script = match arguments.seed {
        Some(seed) => Script::drawn(book()?, seed),
        None => Script::launch(book()?),
    };
    if let Some(until) = arguments.until {
        let until = until.in_tz(ZONE).context("reading the moment")?.timestamp();
        script.ends = script.ends.min(until);
    }
    let clock = Clock::starting_at(script.begins);
    let street = Street::start(clock.clone(), script.clone())
        .await
        .context("opening the shops")?;
    let plan = plan(&script, &street, folder)?;
    let db = open_database(folder)?;
    let context = Context {
        plan,
        config: folder.join("pubwatch.toml"),
        db,
        clock,
        moved: Vec::new(),
    };
    let house = Arc::new(context.into_house()?);
    let stop = Stop::default();
    signals::stop_on_signal(&stop)?;

    let mut out = columns::out();
    opening(&mut out, &script, &street)?;
    let stage = Stage {
        script: &script,
        house: &house,
        stop: &stop,
        speed: arguments.speed,
        stop_at: arguments.stop_at,
    };
    // Nobody goes through the days of a demo that ends.
    let copies = tempfile::tempdir().context("making a folder for the days of the demo")?;
    let kept = (!arguments.exit).then(|| copies.path());
    let days = stage.launch(&mut out, kept).await?;
    stage.curtain(&mut out, folder)?;
    if !arguments.exit && !stop.is_set() {
        stay(&mut out, &stage, days, arguments.data.is_some()).await?;
    }
    street.stop().await;
    Ok(Exit::Done)
}

/// Serves the web page on the demo's data until Ctrl-C.
async fn stay(
    out: &mut impl Write,
    stage: &Stage<'_>,
    days: Vec<Ended>,
    is_kept: bool,
) -> anyhow::Result<()> {
    let house = stage.house;
    let (bell, mut rung) = mpsc::unbounded_channel();
    house.board.ring_with(move || {
        // Nobody hears it when the demo is over.
        let _ = bell.send(());
    });
    let (live, listener) = days::opened(house, &stage.script.book.isbn, days).await?;
    let place = listener.local_addr().context("finding the page")?;
    let stop = stage.stop.clone();
    let page =
        tokio::spawn(async move { serve(live, listener, async move { stop.wait().await }).await });
    writeln!(
        out,
        "\nThe same on a web page: {}",
        face::bold(&format!("http://{place}/"))
    )?;
    let kept = if is_kept {
        ""
    } else {
        " and takes the files away"
    };
    writeln!(out, "\nCtrl-C ends the demo{kept}.")?;
    loop {
        tokio::select! {
            () = stage.stop.wait() => break,
            // Somebody clicks "Check now".
            Some(()) = rung.recv() => {
                stage.round(out).await?;
            }
        }
    }
    // Who still reads an answer may read it to its end, but not for ever.
    let _ = tokio::time::timeout(Duration::from_secs(2), page).await;
    Ok(())
}

/// The book of the demo. Title, author and number are invented; the number is valid.
fn book() -> anyhow::Result<Book> {
    Ok(Book {
        title: "Salt Roads".to_owned(),
        author: "Jane Roe".to_owned(),
        publisher: "Saltmarsh Press".to_owned(),
        isbn: "978-1-944098-11-7".parse()?,
        price: "$16.99".to_owned(),
        publication_date: jiff::civil::date(2027, 2, 9),
    })
}

/// The configuration of the demo goes through the same check as everybody's. The shops' addresses
/// are on loopback; the pause between two pages stays ten seconds, on the virtual clock.
fn plan(script: &Script, street: &Street, folder: &Path) -> anyhow::Result<Plan> {
    let book = &script.book;
    let stores: Vec<String> = script
        .stores
        .iter()
        .map(|store| format!("\"{store}\""))
        .collect();
    let bases: Vec<String> = street
        .shops()
        .iter()
        .map(|(store, base)| format!("[[store]]\nname = \"{store}\"\nbase = \"{base}\"\n"))
        .collect();
    let text = format!(
        "[author]\nname = \"{author}\"\nemail = \"jane@example.com\"\n\
         timezone = \"{ZONE}\"\n\n[data]\nfolder = {folder:?}\n\n{bases}\n[[edition]]\n\
         title = \"{title}\"\nauthor = \"{author}\"\nisbn = \"{isbn}\"\nformat = \"paperback\"\n\
         publication_date = {date}\ndistribution = \"ingramspark\"\n\
         distribution_enabled = {enabled}\namazon_switch = true\nlist_price = \"16.99 USD\"\n\
         stores = [{stores}]\n",
        author = book.author,
        folder = folder.display().to_string(),
        bases = bases.concat(),
        title = book.title,
        isbn = book.isbn,
        date = book.publication_date,
        enabled = script.enabled,
        stores = stores.join(", "),
    );
    let today = script.begins.to_zoned(TimeZone::UTC).date();
    match config::check(&text, "demo.toml", today) {
        Ok((plan, _warnings)) => Ok(plan),
        Err(problems) => {
            let shown = config::problem::render_all(&problems, "demo.toml", &text, false);
            anyhow::bail!("the demo's configuration is wrong, which is our mistake:\n{shown}")
        }
    }
}

fn opening(out: &mut impl Write, script: &Script, street: &Street) -> std::io::Result<()> {
    let book = &script.book;
    writeln!(
        out,
        "{} by {}, paperback, {}",
        face::bold(&book.title),
        book.author,
        book.isbn
    )?;
    writeln!(
        out,
        "Enabled at IngramSpark on {}, publishes {}.",
        words::date(script.enabled),
        words::date(book.publication_date)
    )?;
    let shops: Vec<String> = street
        .shops()
        .iter()
        .map(|(store, base)| format!("{} at {base}", store.label()))
        .collect();
    writeln!(
        out,
        "Three shops are open on this machine: {}.\n",
        shops.join(", ")
    )?;
    writeln!(
        out,
        "{}",
        face::faint("What happens stands in grey; what Pubwatch sees and writes stands below it.")
    )
}

/// The launch under way.
struct Stage<'a> {
    script: &'a Script,
    house: &'a Arc<House>,
    stop: &'a Stop,
    /// Days of the launch in a second of ours.
    speed: Option<f64>,
    /// The launch halts at the first letter so urgent.
    stop_at: Option<Severity>,
}

impl Stage<'_> {
    /// Turns the clock from look to look until the launch is over, and tells what happens. Gives the
    /// days that ended, with a copy of the database of each in `copies`.
    async fn launch(
        &self,
        out: &mut impl Write,
        copies: Option<&Path>,
    ) -> anyhow::Result<Vec<Ended>> {
        let mut days = Vec::new();
        let clock = &self.house.clock;
        let mut told = self.script.begins;
        let mut published = false;
        while clock.now() < self.script.ends && !self.stop.is_set() {
            let now = clock.now();
            if !published && self.script.kdp_published <= now {
                self.publish(out)?;
                published = true;
            }
            for scene in self.script.scenes_between(told, now) {
                let line = format!("{}  {}", self.moment(scene.from), scene.caption);
                writeln!(out, "\n{}", face::faint(&line))?;
            }
            told = now;
            let most_urgent = self.round(out).await?;
            if self
                .stop_at
                .is_some_and(|wanted| Some(wanted) <= most_urgent)
            {
                break;
            }
            let next = round::sqlite::next_look_of_all(self.house, clock.now())?;
            let latest = clock.now().saturating_add(LONGEST_STEP)?;
            let now = next.map_or(latest, |next| next.min(latest));
            let now = now.min(self.script.ends);
            if let Some(copies) = copies.filter(|_| self.day(told) < self.day(now)) {
                let folder = copies.join(self.day(told).to_string());
                days.push(Ended::keep(self.house, folder)?);
            }
            self.let_pass(now.duration_since(told)).await;
            clock.turn_to(now);
        }
        Ok(days)
    }

    fn day(&self, at: Timestamp) -> Date {
        at.to_zoned(self.house.plan.author.zone.clone()).date()
    }

    /// Waits as long as the time of the launch takes at the chosen speed, or until Ctrl-C.
    async fn let_pass(&self, time: SignedDuration) {
        let Some(speed) = self.speed else { return };
        let days = time.as_secs_f64() / (24.0 * 3600.0);
        let Ok(wait) = Duration::try_from_secs_f64(days / speed) else {
            return;
        };
        tokio::select! {
            () = tokio::time::sleep(wait) => {}
            () = self.stop.wait() => {}
        }
    }

    /// The author clicks "Publish" at KDP and tells Pubwatch.
    fn publish(&self, out: &mut impl Write) -> anyhow::Result<()> {
        let at = self.script.kdp_published;
        let note = Note::new(NoteKind::KdpPublished { on: None }, at);
        let id = self.script.book.isbn.clone().into();
        self.house
            .db
            .write(|tx| add_note(tx, &id, &note, self.house.clock.now()))?;
        let line = format!(
            "{}  The author clicks “Publish” at KDP, and makes a note of it",
            self.moment(at)
        );
        writeln!(out, "\n{}", face::faint(&line))?;
        Ok(())
    }

    /// One round and one drain of the outbox, told as they go. Gives how urgent its letters were.
    async fn round(&self, out: &mut impl Write) -> anyhow::Result<Option<Severity>> {
        let mut most_urgent = None;
        let (steps, mut heard) = mpsc::unbounded_channel();
        round::round(self.house, Which::Due, self.stop, &steps).await?;
        drop(steps);
        while let Some(step) = heard.recv().await {
            match step {
                Step::Seen {
                    listing,
                    at,
                    reading: Reading::Says(says),
                    changed: true,
                } => {
                    writeln!(
                        out,
                        "{}  {}: {} “{}”",
                        self.moment(at),
                        listing.store.label(),
                        face::state(says.availability),
                        words::clipped(&says.words, 60)
                    )?;
                }
                Step::Seen {
                    listing,
                    at,
                    reading: Reading::Unread(unread),
                    ..
                } => {
                    writeln!(
                        out,
                        "{}  {}: not read, {}",
                        self.moment(at),
                        listing.store.label(),
                        unread.reason.words()
                    )?;
                }
                Step::Queued { subject, severity } => {
                    most_urgent = most_urgent.max(severity);
                    let now = self.moment(self.house.clock.now());
                    writeln!(out, "{now}  {} {subject}", face::bold("Letter:"))?;
                }
                Step::Seen { .. }
                | Step::Begun { .. }
                | Step::Passed { .. }
                | Step::Opened { .. } => {}
            }
        }
        deliver::deliver(self.house, self.stop).await?;
        Ok(most_urgent)
    }

    /// The history, and the letters.
    fn curtain(&self, out: &mut impl Write, folder: &Path) -> anyhow::Result<()> {
        let now = self.house.clock.now();
        for plan in &self.house.plan.editions {
            let id = &plan.edition.id;
            let (view, thought) = self.house.db.read(|connection| {
                Ok::<_, rusqlite::Error>((view(connection, plan)?, judgement(connection, id, now)?))
            })?;
            let thought = thought.map(|(thought, _)| thought).unwrap_or_default();
            let wide = (now, 75, Columns::of_stdout());
            let shown = history::edition(&view, &thought, &self.house.plan, wide);
            writeln!(out, "\n{shown}")?;
        }
        let letters = folder.join("letters");
        let mut names: Vec<PathBuf> = std::fs::read_dir(&letters)
            .with_context(|| format!("looking at the letters in {}", letters.display()))?
            .filter_map(|entry| entry.ok().map(|entry| entry.path()))
            .collect();
        names.sort();
        writeln!(
            out,
            "{} written to {}:",
            words::counted(names.len(), "letter"),
            letters.display()
        )?;
        for name in names {
            let name = name
                .file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned();
            writeln!(out, "  {name}")?;
        }
        Ok(())
    }

    fn moment(&self, at: Timestamp) -> String {
        let zone = self.house.plan.author.zone.clone();
        at.to_zoned(zone).strftime("%a %e %b %H:%M").to_string()
    }
}
