//! `pubwatch run` without a configuration: the page of the first start is served until there is one.

use std::io::Write as _;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::oneshot;

use super::following;
use crate::clock::Clock;
use crate::files::{LARGEST_TEXT, read_text};
use crate::web::server::ServeError;
use crate::web::server::first_start::FirstStart;

/// How often it is looked whether somebody else has written a configuration.
const EVERY: Duration = Duration::from_secs(1);

/// How long answers under way may take at the end.
const PATIENCE: Duration = Duration::from_secs(2);

/// What is wished of the first start.
#[derive(Debug, Clone, Default)]
pub struct Wish {
    /// The port of its page, and of the page afterwards; `None`: the usual one.
    pub port: Option<u16>,
    /// A file with what else is to stand in the new configuration.
    pub more: Option<PathBuf>,
}

/// Serves the page of the first start until `file` is there, written by it or by somebody else. Gives
/// the listener, on which whoever asks meanwhile waits for the service; `None`: it was stopped.
///
/// # Errors
///
/// When the address cannot be had, or the signals cannot be listened to.
pub(super) fn serve(file: &Path, wish: &Wish) -> anyhow::Result<Option<std::net::TcpListener>> {
    let more = match &wish.more {
        Some(path) => {
            read_text(path, LARGEST_TEXT).with_context(|| format!("reading {}", path.display()))?
        }
        None => String::new(),
    };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .context("starting the runtime")?;
    let ended = runtime.block_on(until_there(file, wish.port, more));
    runtime.shutdown_background();
    ended
}

async fn until_there(
    file: &Path,
    port: Option<u16>,
    more: String,
) -> anyhow::Result<Option<std::net::TcpListener>> {
    let mut terminate = signal(SignalKind::terminate()).context("listening to SIGTERM")?;
    let mut interrupt = signal(SignalKind::interrupt()).context("listening to SIGINT")?;
    let wanted = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), port.unwrap_or(7117));
    let listener = TcpListener::bind(wanted).await;
    let listener = listener.map_err(|source| ServeError::Taken {
        place: wanted,
        source,
    })?;
    let place = listener
        .local_addr()
        .context("asking for our own address")?;
    let listener = listener.into_std().context("keeping the listener")?;
    let kept = listener.try_clone().context("keeping the listener")?;
    let shown = file.display().to_string();
    let announce = move |code: &str| {
        // Whoever runs this reads it, whatever is logged.
        let _ = writeln!(
            anstream::stderr(),
            "There is no configuration at {shown} yet. To set Pubwatch up, open http://{place}/ in \
             a browser on this machine and give it this code: {code}"
        );
    };
    let first = FirstStart::new((file.to_owned(), place), more, Clock::System, announce)?;
    let first = Arc::new(first);
    let (stop, stopped) = oneshot::channel::<()>();
    let until = async {
        // The sender may be gone instead of speaking: that is a stop as well.
        let _ = stopped.await;
    };
    let work = Arc::clone(&first).serve(TcpListener::from_std(listener)?, until);
    let mut server = tokio::spawn(work);
    let is_there = tokio::select! {
        () = first.begun() => true,
        () = written(file) => true,
        _ = terminate.recv() => false,
        _ = interrupt.recv() => false,
        ended = &mut server => {
            ended.context("the set-up page broke down")??;
            false
        }
    };
    // A server that is gone already needs no word.
    let _ = stop.send(());
    if !server.is_finished() && tokio::time::timeout(PATIENCE, server).await.is_err() {
        tracing::warn!("a request was cut off at the end of the set-up");
    }
    Ok(is_there.then_some(kept))
}

/// Waits until somebody else has written the file, and rests.
async fn written(file: &Path) {
    let mut before = None;
    loop {
        tokio::time::sleep(EVERY).await;
        let now = following::stamp(file);
        if now.is_some() && now == before {
            return;
        }
        before = now;
    }
}
