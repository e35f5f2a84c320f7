//! The program as a process of its own, and what the kernel says that it took.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context as _, bail};
use rustix::process::{Pid, Signal, kill_process};
use tokio::process::{Child, Command};

/// Set: this executable is `pubwatch`, and leaves its peak of memory in the file named so.
pub(crate) const AS_PUBWATCH: &str = "LOAD_AS_PUBWATCH";

/// The unit of the times in `/proc/PID/stat`: a hundredth of a second on every Linux.
const TICK: Duration = Duration::from_millis(10);

/// The file of the service, which says in what environment it runs.
const UNIT: &str = include_str!("../../packaging/systemd/pubwatch.service");

/// The variables that the file of the service sets, and their values.
fn environment_of_the_unit() -> impl Iterator<Item = (&'static str, &'static str)> {
    let lines = UNIT
        .lines()
        .filter_map(|line| line.strip_prefix("Environment="));
    lines
        .flat_map(str::split_whitespace)
        .filter_map(|variable| variable.split_once('='))
}

/// What a whole life took.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Usage {
    pub(crate) cpu: Duration,
    pub(crate) peak_kb: u64,
}

/// What a process has taken until now.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Now {
    pub(crate) cpu: Duration,
    pub(crate) resident_kb: u64,
    pub(crate) peak_kb: u64,
    /// Of it, what is the program's own, and not its file, which the kernel may let go.
    pub(crate) own_kb: u64,
    pub(crate) threads: u64,
    /// Times that a thread was given a processor, all threads together.
    pub(crate) switches: u64,
}

/// Runs as `pubwatch`, and writes down at the end what it took.
pub(crate) fn be_pubwatch() -> anyhow::Result<()> {
    let exit = pubwatch::cli::run();
    if let Some(file) = std::env::var_os(AS_PUBWATCH) {
        let status = std::fs::read_to_string("/proc/self/status")?;
        let stat = std::fs::read_to_string("/proc/self/stat")?;
        let usage = format!("{} {}", value(&status, "VmHWM:")?, ticks(&stat)?);
        std::fs::write(file, usage)?;
    }
    std::process::exit(i32::from(exit.code()));
}

/// A running `pubwatch`.
pub(crate) struct Watched {
    child: Child,
    pid: u32,
    usage: PathBuf,
}

impl Watched {
    /// This executable, which leaves at its end what it took.
    pub(crate) fn start(house: &Path, arguments: &[&str]) -> anyhow::Result<Self> {
        Self::spawn(
            Command::new(std::env::current_exe()?).env_clear(),
            house,
            arguments,
        )
    }

    /// A program as the unit starts it. It says nothing of what it took; the kernel does while it
    /// runs.
    pub(crate) fn start_service(program: &Path, house: &Path) -> anyhow::Result<Self> {
        let mut command = Command::new(program);
        command.env_clear().envs(environment_of_the_unit());
        Self::spawn(&mut command, house, &["run"])
            .with_context(|| format!("starting {}", program.display()))
    }

    fn spawn(command: &mut Command, house: &Path, arguments: &[&str]) -> anyhow::Result<Self> {
        let usage = house.join("usage");
        let child = command
            .env("HOME", house)
            .env(AS_PUBWATCH, &usage)
            .arg("--config")
            .arg(house.join("pubwatch.toml"))
            .args(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        let pid = child.id().context("the program ended at once")?;
        Ok(Self { child, pid, usage })
    }

    /// Waits for its end: what it took, and what it said.
    pub(crate) async fn finish(self) -> anyhow::Result<(Usage, String)> {
        let written = self.usage.clone();
        let said = self.ended().await?;
        let usage = std::fs::read_to_string(written)?;
        let (peak, ticks) = usage.split_once(' ').context("no usage was written")?;
        Ok((
            Usage {
                peak_kb: peak.parse()?,
                cpu: TICK * ticks.parse()?,
            },
            said,
        ))
    }

    /// Waits for its end: what it said.
    async fn ended(self) -> anyhow::Result<String> {
        let output = self.child.wait_with_output().await?;
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        if !output.status.success() {
            bail!(
                "pubwatch ended with {}: {said}{}",
                output.status,
                String::from_utf8_lossy(&output.stderr)
            );
        }
        Ok(said)
    }

    /// Stops it as a system does, and waits.
    pub(crate) async fn stop(self) -> anyhow::Result<()> {
        let pid = i32::try_from(self.pid).ok().and_then(Pid::from_raw);
        kill_process(pid.context("no such process")?, Signal::TERM)?;
        self.ended().await.map(drop)
    }

    /// What it has taken until now.
    pub(crate) fn now(&self) -> anyhow::Result<Now> {
        let folder = PathBuf::from(format!("/proc/{}", self.pid));
        let status = std::fs::read_to_string(folder.join("status"))?;
        let stat = std::fs::read_to_string(folder.join("stat"))?;
        let mut switches = 0;
        for task in std::fs::read_dir(folder.join("task"))? {
            let status = std::fs::read_to_string(task?.path().join("status"))?;
            switches += value(&status, "voluntary_ctxt_switches:")?;
            switches += value(&status, "nonvoluntary_ctxt_switches:")?;
        }
        Ok(Now {
            cpu: TICK * ticks(&stat)?,
            peak_kb: value(&status, "VmHWM:")?,
            resident_kb: value(&status, "VmRSS:")?,
            own_kb: value(&status, "RssAnon:")?,
            threads: value(&status, "Threads:")?,
            switches,
        })
    }
}

/// The number behind a name in `/proc/PID/status`.
fn value(status: &str, name: &str) -> anyhow::Result<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix(name));
    let number = line.and_then(|line| line.split_whitespace().next());
    Ok(number
        .with_context(|| format!("/proc knows no {name}"))?
        .parse()?)
}

/// User and system time of a process, in ticks: the 14th and 15th field of `/proc/PID/stat`,
/// counted behind the name, which may hold blanks.
fn ticks(stat: &str) -> anyhow::Result<u32> {
    let (_, fields) = stat.rsplit_once(')').context("/proc/PID/stat is odd")?;
    let fields: Vec<&str> = fields.split_whitespace().collect();
    let time = |index: usize| -> anyhow::Result<u32> {
        Ok(fields
            .get(index)
            .context("/proc/PID/stat is short")?
            .parse()?)
    };
    Ok(time(11)? + time(12)?)
}
