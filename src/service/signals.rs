//! What the operating system may ask of a running program.

use anyhow::Context as _;
use tokio::signal::unix::{SignalKind, signal};

use crate::round::Stop;

/// From here on a file that may not grow further (`ulimit -f`) is an error of its write.
///
/// It is told then, and no longer the death of the program by SIGXFSZ. Programs that we start are
/// not touched by it: a signal that is caught, unlike one that is ignored, is itself again for them.
///
/// # Errors
///
/// When the signal cannot be listened to.
pub fn survive_full_files() -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_io()
        .build()
        .context("listening to SIGXFSZ")?;
    let _inside = runtime.enter();
    // It stays caught when nobody listens any more.
    let full = SignalKind::from_raw(rustix::process::Signal::XFSZ.as_raw());
    drop(signal(full).context("listening to SIGXFSZ")?);
    Ok(())
}

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

/// Does `work`, unless SIGTERM or SIGINT comes first: then it is dropped, and with it the programs
/// that it has started, which the signal of a terminal does not reach.
///
/// # Errors
///
/// When the signals cannot be listened to, and when one came.
pub async fn unless_interrupted<T>(work: impl Future<Output = T>) -> anyhow::Result<T> {
    let mut terminate = signal(SignalKind::terminate()).context("listening to SIGTERM")?;
    let mut interrupt = signal(SignalKind::interrupt()).context("listening to SIGINT")?;
    tokio::select! {
        done = work => Ok(done),
        _ = terminate.recv() => anyhow::bail!("stopped by SIGTERM"),
        _ = interrupt.recv() => anyhow::bail!("stopped by SIGINT"),
    }
}
