//! The log, on standard error: what the service does, and what a command has to warn of.

use std::io::{IsTerminal as _, stderr};

use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

/// The environment variable that says how much is logged, as `debug` or `pubwatch=debug`.
pub const VARIABLE: &str = "PUBWATCH_LOG";

/// Starts the log. `usual` is how much is logged unless the environment says otherwise: `info` for
/// a service, `warn` for a command that prints its answer.
pub fn start(usual: &str) {
    let wanted = std::env::var(VARIABLE).ok();
    let asked: Option<Targets> = wanted.as_deref().and_then(|wanted| wanted.parse().ok());
    let not_understood = wanted.filter(|_| asked.is_none());
    let filter = asked.or_else(|| format!("warn,pubwatch={usual}").parse().ok());
    let lines = tracing_subscriber::fmt::layer()
        .with_writer(stderr)
        .with_ansi(stderr().is_terminal())
        .with_target(false);
    // A second start changes nothing: a test may have started it.
    let _ = tracing_subscriber::registry()
        .with(lines)
        .with(filter)
        .try_init();
    if let Some(wanted) = not_understood {
        tracing::warn!(
            "{VARIABLE}={wanted} is not understood and counts for nothing; it takes a level, as \
             `debug`, or one of Pubwatch's own, as `pubwatch=debug`"
        );
    }
}
