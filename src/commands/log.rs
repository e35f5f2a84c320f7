//! The log, on standard error: what the service does, and what a command has to warn of.

use std::io::{IsTerminal as _, stderr};

use tracing_subscriber::EnvFilter;

/// The environment variable that says how much is logged, as `debug` or `pubwatch=debug`.
pub const VARIABLE: &str = "PUBWATCH_LOG";

/// Starts the log. `usual` is how much is logged unless the environment says otherwise: `info` for
/// a service, `warn` for a command that prints its answer.
pub fn start(usual: &str) {
    let filter = EnvFilter::try_from_env(VARIABLE)
        .unwrap_or_else(|_| EnvFilter::new(format!("warn,pubwatch={usual}")));
    // A second start changes nothing: a test may have started it.
    let _ = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(stderr)
        .with_ansi(stderr().is_terminal())
        .with_target(false)
        .try_init();
}
