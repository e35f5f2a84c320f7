//! Programs of the user's that we start: ended with what they started, and told no secret of ours.

use std::ffi::OsString;

use rustix::process::{Pid, Signal, kill_process_group};
use tokio::process::Child;

/// What begins the names of our environment variables.
const OURS: &str = "PUBWATCH_";

/// The process group of a running child that leads one: ended as a whole when dropped.
#[derive(Debug)]
pub struct Group(Option<Pid>);

impl Group {
    /// The group that `child` leads.
    #[must_use]
    pub fn of(child: &Child) -> Self {
        let number = child.id().and_then(|id| i32::try_from(id).ok());
        Self(number.and_then(Pid::from_raw))
    }

    /// The leader has ended by itself: its number may soon be somebody else's.
    pub fn dissolve(&mut self) {
        self.0 = None;
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        if let Some(leader) = self.0 {
            // It may have ended meanwhile, and then there is nobody to end.
            let _ = kill_process_group(leader, Signal::KILL);
        }
    }
}

/// The environment variables that may hold secrets of ours, with their values: all `PUBWATCH_…` but
/// the two that name the configuration and what is logged.
#[must_use]
pub fn secrets_of_ours() -> Vec<(OsString, String)> {
    std::env::vars_os()
        .filter(|(name, _)| {
            let name = name.to_string_lossy();
            name.starts_with(OURS) && !matches!(&*name, "PUBWATCH_CONFIG" | "PUBWATCH_LOG")
        })
        .map(|(name, value)| (name, value.to_string_lossy().into_owned()))
        .collect()
}
