//! What the operating system may ask of a running program.

use anyhow::Context as _;
use tokio::signal::unix::{SignalKind, signal};

use crate::round::Stop;

/// Sets `stop` at the first SIGTERM or SIGINT. A second one ends the program at once.
///
/// # Errors
///
/// When the signals cannot be listened to.
pub fn stop_on_signal(stop: &Stop) -> anyhow::Result<()> {
    let mut terminate = signal(SignalKind::terminate()).context("listening to SIGTERM")?;
    let mut interrupt = signal(SignalKind::interrupt()).context("listening to SIGINT")?;
    let stop = stop.clone();
    tokio::spawn(async move {
        for _ in 0..2 {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
            }
            if stop.is_set() {
                std::process::exit(i32::from(crate::exit::Exit::Failure.code()));
            }
            tracing::info!("stopping");
            stop.set();
        }
    });
    Ok(())
}
