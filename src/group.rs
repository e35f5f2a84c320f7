//! Programs of the user's that we start: ended with what they started, and told no secret of ours.
//!
//! What a program starts may leave its process group (`setsid`, a browser that detaches itself) and
//! lose its parent. So it is also known by a variable that it inherits, and by its parents as long as
//! they live. What takes both from itself, an empty environment and no parent, is known by nothing.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::io;
use std::path::Path;
use std::process::Stdio;

use rustix::process::{Pid, Signal, kill_process, kill_process_group};
use tokio::process::{Child, Command};

use crate::files;

/// What begins the names of our environment variables.
const OURS: &str = "PUBWATCH_";

/// The variable by which what a program started is known, wherever it went.
const MARK: &str = "PUBWATCH_STARTED";

/// More than the environment and the arguments of a process may be together, in bytes (`ARG_MAX` of
/// Linux is 6 MB at most: execve(2)).
const LARGEST_ENVIRONMENT: u64 = 8 << 20;

/// How often it is looked whether what is being ended has started something meanwhile.
const WALKS: usize = 10;

/// A running program and all that it started, in whatever group: ended as a whole when dropped.
#[derive(Debug)]
pub struct Group {
    /// Leads a process group; `None`: it has ended by itself.
    leader: Option<Pid>,
    /// What stands in the environment of all that it started.
    mark: String,
}

/// Starts a program with nothing to read, in a process group of its own.
///
/// # Errors
///
/// The system's, when it cannot be started.
pub fn start(command: &mut Command) -> io::Result<(Child, Group)> {
    let name = format!("{:032x}", fastrand::u128(..));
    let child = command
        .env(MARK, &name)
        .stdin(Stdio::null())
        .process_group(0)
        .kill_on_drop(true)
        .spawn()?;
    let number = child.id().and_then(|id| i32::try_from(id).ok());
    let leader = number.and_then(Pid::from_raw);
    let mark = format!("{MARK}={name}");
    Ok((child, Group { leader, mark }))
}

impl Group {
    /// The leader has ended by itself: its number may soon be somebody else's, and what it left
    /// running was meant to go on.
    pub fn dissolve(&mut self) {
        self.leader = None;
    }
}

impl Group {
    /// The leader has ended by itself, and nothing that it left running is to go on.
    pub fn end_rest(&mut self) {
        self.leader = None;
        self.end();
    }

    fn end(&self) {
        let mut told = BTreeSet::new();
        for _ in 0..WALKS {
            // Before anything ends: afterwards nobody's parent tells whose it was.
            let found = started(self.leader, self.mark.as_bytes());
            // Each may have ended meanwhile, and then there is nobody to end.
            if let Some(leader) = self.leader {
                let _ = kill_process_group(leader, Signal::KILL);
            }
            let before = told.len();
            for process in found {
                if told.insert(process.as_raw_nonzero()) {
                    let _ = kill_process(process, Signal::KILL);
                }
            }
            if told.len() == before {
                return;
            }
        }
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        if self.leader.is_some() {
            self.end();
        }
    }
}

/// What runs with `mark` in its environment, and what that and `leader` have started. Nothing where
/// the system has no `/proc`.
fn started(leader: Option<Pid>, mark: &[u8]) -> Vec<Pid> {
    let processes = processes();
    let mut found: BTreeSet<_> = processes
        .iter()
        .map(|(process, _)| *process)
        .filter(|process| Some(*process) == leader || has(*process, mark))
        .map(Pid::as_raw_nonzero)
        .collect();
    loop {
        let before = found.len();
        for (process, parent) in &processes {
            if found.contains(&parent.as_raw_nonzero()) {
                found.insert(process.as_raw_nonzero());
            }
        }
        if found.len() == before {
            let mut all = processes;
            all.retain(|(process, _)| found.contains(&process.as_raw_nonzero()));
            return all.into_iter().map(|(process, _)| process).collect();
        }
    }
}

/// All processes that run, each with its parent.
fn processes() -> Vec<(Pid, Pid)> {
    std::fs::read_dir("/proc")
        .into_iter()
        .flatten()
        .filter_map(|entry| {
            let folder = entry.ok()?;
            let stat = files::read(&folder.path().join("stat"), 4096).ok()?;
            let stat = String::from_utf8_lossy(&stat);
            // "7 (a name) S 1 …": the name may have anything in it (proc(5)).
            let mut rest = stat.rsplit_once(") ")?.1.split(' ');
            let lives = rest.next()? != "Z";
            let number = |text: &str| text.parse().ok().and_then(Pid::from_raw);
            let both = (number(folder.file_name().to_str()?)?, number(rest.next()?)?);
            lives.then_some(both)
        })
        .collect()
}

/// The environment of a process has this in it. Not that of another user, whom we cannot end either.
fn has(process: Pid, mark: &[u8]) -> bool {
    let path = format!("/proc/{}/environ", process.as_raw_nonzero());
    files::read(Path::new(&path), LARGEST_ENVIRONMENT)
        .is_ok_and(|all| all.split(|byte| *byte == 0).any(|one| one == mark))
}

/// The environment variables that may hold secrets of ours, with their values: all `PUBWATCH_…` but
/// the three that hold none.
pub fn secrets_of_ours() -> Vec<(OsString, String)> {
    std::env::vars_os()
        .filter(|(name, _)| {
            let name = name.to_string_lossy();
            let open = ["PUBWATCH_CONFIG", "PUBWATCH_LOG", MARK];
            name.starts_with(OURS) && !open.contains(&&*name)
        })
        .map(|(name, value)| (name, value.to_string_lossy().into_owned()))
        .collect()
}
