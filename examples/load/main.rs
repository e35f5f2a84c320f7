//! How much of a machine Pubwatch takes: rounds over very many pages, and the idle service.
//!
//! ```text
//! cargo run --release --example load -- --listings 10000     rounds over so many pages
//! cargo run --release --example load -- --listings 100000 --page-kb 30    with small pages
//! cargo run --release --example load -- --idle 60            a service with nothing to do
//! cargo run --release --example load -- --start 10000        start-up with so many editions
//! ```
//!
//! The stores are servers on loopback in this process; the program that is measured is a process
//! of its own: this executable again, as `pubwatch`. Its figures come from the kernel (`/proc`).

mod street;
mod watched;

use std::fmt::Write as _;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, bail};
use clap::Parser;
use pubwatch::db::Db;
use serde_json::json;
use tokio::time::Instant;

use street::{STORES, Street};
use watched::{AS_PUBWATCH, Usage, Watched};

#[derive(Debug, Parser)]
struct Arguments {
    /// Rounds over so many pages at three stores
    #[arg(long)]
    listings: Option<usize>,

    /// How large the largest pages are, in kilobytes
    #[arg(long, default_value_t = 3000, requires = "listings")]
    page_kb: usize,

    /// How many rounds; the first writes every page's first reading, the others find nothing new
    #[arg(long, default_value_t = 2)]
    rounds: usize,

    /// Fail when a round takes more memory than this, in kilobytes
    #[arg(long, requires = "listings")]
    most_kb: Option<u64>,

    /// A service with nothing to do, for so many seconds
    #[arg(long)]
    idle: Option<u64>,

    /// Start-up with so many editions, of which none was ever looked at
    #[arg(long)]
    start: Option<usize>,
}

/// How large the largest pages are where their size does not matter, in kilobytes.
const SMALL: usize = 30;

fn main() -> anyhow::Result<()> {
    if std::env::var_os(AS_PUBWATCH).is_some() {
        return watched::be_pubwatch();
    }
    let arguments = Arguments::parse();
    let runtime = tokio::runtime::Runtime::new()?;
    if let Some(listings) = arguments.listings {
        runtime.block_on(rounds(listings, &arguments))?;
    }
    if let Some(seconds) = arguments.idle {
        runtime.block_on(idle(seconds))?;
    }
    if let Some(editions) = arguments.start {
        runtime.block_on(start(editions))?;
    }
    Ok(())
}

/// A folder with a configuration of `editions` editions at the stores of a street.
fn house(editions: usize, street: &Street, more: &str) -> anyhow::Result<tempfile::TempDir> {
    let folder = tempfile::tempdir()?;
    let mut text = "[author]\nname = \"Jane Roe\"\nemail = \"jane@example.com\"\n\
         timezone = \"UTC\"\n\n[data]\nfolder = \"data\"\n\n[politeness]\npause = \"0s\"\n\
         jitter = \"0s\"\nfloor = \"0s\"\nrequests_per_day = 1000000\nlooks_per_day = 1000\n"
        .to_owned();
    text.push_str(more);
    for (store, base) in street.shops() {
        write!(text, "\n[[store]]\nname = \"{store}\"\nbase = \"{base}\"\n")?;
    }
    for number in 0..editions {
        let book = street::book(number);
        write!(
            text,
            "\n[[edition]]\ntitle = \"{}\"\nisbn = \"{}\"\nformat = \"paperback\"\n\
             publication_date = {}\ndistribution = \"ingramspark\"\n\
             distribution_enabled = 2020-01-01\nstores = [\"{}\"]\n",
            book.title,
            book.isbn,
            book.publication_date,
            STORES.join("\", \"")
        )?;
    }
    std::fs::write(folder.path().join("pubwatch.toml"), text)?;
    Ok(folder)
}

fn database_bytes(house: &Path) -> anyhow::Result<u64> {
    let db = Db::open(&house.join("data/pubwatch.db"))?;
    let pages: Result<(i64, i64), rusqlite::Error> = db.read(|connection| {
        connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
        let count = |pragma| connection.query_row(pragma, [], |row| row.get(0));
        // Free pages are used before the file grows.
        Ok((
            count("PRAGMA page_count")? - count("PRAGMA freelist_count")?,
            count("PRAGMA page_size")?,
        ))
    });
    let (pages, size) = pages?;
    Ok(u64::try_from(pages * size)?)
}

async fn rounds(listings: usize, arguments: &Arguments) -> anyhow::Result<()> {
    let editions = listings.div_ceil(STORES.len());
    let street = Street::open(arguments.page_kb).await?;
    let house = house(editions, &street, "\n[web]\nlisten = \"off\"\n")?;
    let mut before = 0;
    for round in 1..=arguments.rounds {
        let asked = street.served();
        let began = Instant::now();
        let pubwatch = Watched::start(house.path(), &["check", "--json"])?;
        let (usage, said) = pubwatch.finish().await?;
        let wall = began.elapsed();
        let summary: serde_json::Value = serde_json::from_str(said.trim())
            .with_context(|| format!("`check --json` said: {said}"))?;
        let read = summary["read"].as_u64().unwrap_or_default();
        if read != (editions * STORES.len()) as u64 {
            bail!("only {read} pages were read: {summary}");
        }
        let bytes = database_bytes(house.path())?;
        let served = street.served() - asked;
        report(round, read, (&usage, wall), (served, bytes - before))?;
        before = bytes;
        let most_kb = arguments.most_kb;
        if most_kb.is_some_and(|most| most < usage.peak_kb) {
            bail!("a round took {} kB of memory", usage.peak_kb);
        }
    }
    street.close().await;
    Ok(())
}

#[expect(
    clippy::cast_precision_loss,
    reason = "figures for people, to three digits"
)]
fn report(
    round: usize,
    read: u64,
    (usage, wall): (&Usage, Duration),
    (served, grown): (u64, u64),
) -> anyhow::Result<()> {
    let pages = read as f64;
    print(&json!({
        "round": round,
        "pages": read,
        "megabytes": served / 1_000_000,
        "seconds": rounded(wall.as_secs_f64()),
        "pages_per_second": rounded(pages / wall.as_secs_f64()),
        "cpu_ms_per_page": rounded(usage.cpu.as_secs_f64() * 1000.0 / pages),
        "cpu_ms_per_megabyte": rounded(usage.cpu.as_secs_f64() * 1e9 / served as f64),
        "peak_memory_kb": usage.peak_kb,
        "database_bytes_per_look": rounded(grown as f64 / pages),
    }))
}

fn rounded(number: f64) -> f64 {
    (number * 100.0).round() / 100.0
}

async fn idle(seconds: u64) -> anyhow::Result<()> {
    let street = Street::open(SMALL).await?;
    let house = house(100, &street, "\n[web]\nlisten = \"127.0.0.1:0\"\n")?;
    // After this round nothing is due for hours.
    Watched::start(house.path(), &["check", "--quiet"])?
        .finish()
        .await?;
    let service = Watched::start(house.path(), &["run"])?;
    tokio::time::sleep(Duration::from_secs(10)).await;
    let before = service.now()?;
    tokio::time::sleep(Duration::from_secs(seconds)).await;
    let after = service.now()?;
    let (usage, _) = service.stop().await?;
    print(&json!({
        "idle_seconds": seconds,
        "memory_kb": after.resident_kb,
        "own_memory_kb": after.own_kb,
        "peak_memory_kb": usage.peak_kb,
        "threads": after.threads,
        "wake_ups": after.switches - before.switches,
        "cpu_ms": after.cpu.saturating_sub(before.cpu).as_millis(),
    }))?;
    street.close().await;
    Ok(())
}

/// From the start of the process to its page being there.
async fn start(editions: usize) -> anyhow::Result<()> {
    let street = Street::open(SMALL).await?;
    let port = std::net::TcpListener::bind("127.0.0.1:0")?
        .local_addr()?
        .port();
    let web = format!("\n[web]\nlisten = \"127.0.0.1:{port}\"\n");
    // Nothing is asked: the pages are to be told by hand.
    let house = house(editions, &street, &web)?;
    let file = house.path().join("pubwatch.toml");
    let text = std::fs::read_to_string(&file)?;
    let by_hand = text.replace("\nbase = ", "\nsource = [\"by-hand\"]\nbase = ");
    std::fs::write(&file, by_hand)?;
    for attempt in ["first", "second"] {
        let began = Instant::now();
        let service = Watched::start(house.path(), &["run"])?;
        while tokio::net::TcpStream::connect(("127.0.0.1", port))
            .await
            .is_err()
        {
            if Duration::from_secs(120) < began.elapsed() {
                bail!("the service does not come up");
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        let wall = began.elapsed();
        let now = service.now()?;
        service.stop().await?;
        print(&json!({
            "editions": editions,
            "start": attempt,
            "seconds": rounded(wall.as_secs_f64()),
            "cpu_ms": now.cpu.as_millis(),
            "memory_kb": now.resident_kb,
            "own_memory_kb": now.own_kb,
        }))?;
    }
    street.close().await;
    Ok(())
}

fn print(line: &serde_json::Value) -> anyhow::Result<()> {
    use std::io::Write as _;
    Ok(writeln!(std::io::stdout(), "{line}")?)
}
