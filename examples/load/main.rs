//! How much of a machine Pubwatch takes: rounds over very many pages, and the idle service.
//!
//! ```text
//! cargo run --profile dist --example load -- --listings 10000     rounds over so many pages
//! cargo run --profile dist --example load -- --listings 100000 --page-kb 30    with small pages
//! cargo run --profile dist --example load -- --idle 60            a service with nothing to do
//! cargo run --profile dist --example load -- --start 10000        start-up with so many editions
//! ```
//!
//! The stores are servers on loopback in this process; the program that is measured is a process
//! of its own: this executable again, as `pubwatch`, or for the idle service, where megabytes count,
//! the program itself, which `cargo build --profile dist` builds. The figures come from the kernel
//! (`/proc`).

mod street;
mod watched;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, bail};
use clap::Parser;
use pubwatch::db::Db;
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::Instant;

use street::{STORES, Street};
use watched::{AS_PUBWATCH, Usage, Watched};

#[derive(Debug, Parser)]
struct Arguments {
    /// Rounds over so many pages at three stores
    #[arg(long)]
    listings: Option<usize>,

    /// How large the largest pages are, in kilobytes
    #[arg(long, default_value_t = LARGE, requires = "listings")]
    page_kb: usize,

    /// How many rounds; the first writes every page's first reading, the others find nothing new
    #[arg(long, default_value_t = 2)]
    rounds: usize,

    /// Fail when a round takes more memory than this, in kilobytes, or the idle service more of its
    /// own
    #[arg(long)]
    most_kb: Option<u64>,

    /// A service with nothing to do, for so many seconds, after its start and after a round
    #[arg(long)]
    idle: Option<u64>,

    /// The program whose idle service is measured, instead of this one, which has the stores in it
    #[arg(long, requires = "idle", default_value = "target/dist/pubwatch")]
    program: PathBuf,

    /// Start-up with so many editions, of which none was ever looked at
    #[arg(long)]
    start: Option<usize>,
}

/// How large the largest pages are where their size does not matter, in kilobytes.
const SMALL: usize = 30;

/// How large the largest pages are that a store of today serves, in kilobytes.
const LARGE: usize = 3000;

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
        runtime.block_on(idle(seconds, &arguments))?;
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

#[expect(clippy::cast_precision_loss, reason = "figures for people, to three digits")]
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

/// A service that waits: once it has been started, and once it has had a round over pages of up to
/// three megabytes and its own page was looked at.
async fn idle(seconds: u64, arguments: &Arguments) -> anyhow::Result<()> {
    let street = Street::open(LARGE).await?;
    let port = free_port()?;
    let web = format!("\n[web]\nlisten = \"127.0.0.1:{port}\"\n");
    let house = house(100, &street, &web)?;
    for after in ["a round", "the start"] {
        let service = Watched::start_service(&arguments.program, house.path())?;
        // The first life begins with a round; in the second nothing is due for hours.
        if after == "a round" {
            street.is_quiet(Duration::from_secs(10)).await;
            visit(port).await?;
        }
        let own_kb = wait(service, after, seconds).await?;
        if arguments.most_kb.is_some_and(|most| most < own_kb) {
            bail!("the service holds {own_kb} kB of memory after {after}");
        }
    }
    street.close().await;
    Ok(())
}

/// Looks at the page of the service.
async fn visit(port: u16) -> anyhow::Result<()> {
    for page in ["/", "/alerts", "/windows"] {
        let mut stream = TcpStream::connect(("127.0.0.1", port)).await?;
        let request =
            format!("GET {page} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).await?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await?;
        if !answer.starts_with(b"HTTP/1.1 200") {
            bail!("{page} is not there");
        }
    }
    Ok(())
}

/// What the service takes while nothing happens, after `after`; gives what it holds of its own.
async fn wait(service: Watched, after: &str, seconds: u64) -> anyhow::Result<u64> {
    tokio::time::sleep(Duration::from_secs(10)).await;
    let before = service.now()?;
    tokio::time::sleep(Duration::from_secs(seconds)).await;
    let now = service.now()?;
    service.stop().await?;
    print(&json!({
        "idle_after": after,
        "idle_seconds": seconds,
        "memory_kb": now.resident_kb,
        "own_memory_kb": now.own_kb,
        "peak_memory_kb": now.peak_kb,
        "threads": now.threads,
        "wake_ups": now.switches - before.switches,
        "cpu_ms": now.cpu.saturating_sub(before.cpu).as_millis(),
    }))?;
    Ok(now.own_kb)
}

/// A port on loopback at which nobody listens now.
fn free_port() -> std::io::Result<u16> {
    let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
    Ok(listener.local_addr()?.port())
}

/// From the start of the process to its page being there.
async fn start(editions: usize) -> anyhow::Result<()> {
    let street = Street::open(SMALL).await?;
    let port = free_port()?;
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
        while TcpStream::connect(("127.0.0.1", port)).await.is_err() {
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
