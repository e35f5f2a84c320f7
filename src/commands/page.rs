//! The page of `pubwatch run`: opened with the service, closed with it.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::round::House;
use crate::web::server::{Guard, Live, ServeError, Site, listen, serve};

/// How long requests under way may take when the service stops.
const PATIENCE: Duration = Duration::from_secs(2);

/// A page that is being served.
#[derive(Debug)]
pub struct Page {
    /// Where it is served.
    pub place: SocketAddr,
    live: Arc<Live>,
    stop: oneshot::Sender<()>,
    server: JoinHandle<()>,
}

/// Serves the page of a house where its configuration says; `None` when it says "off", or the
/// address cannot be had: a page that is missing is no reason not to keep watch.
///
/// # Errors
///
/// [`ServeError`] when everybody in the network could see it, or the password cannot be checked.
pub async fn open(house: &House) -> Result<Option<Page>, ServeError> {
    match house.plan.web.listen {
        Some(place) => open_at(house, place).await,
        None => Ok(None),
    }
}

/// Serves the page of a house at `place`; `None` when the address cannot be had.
///
/// # Errors
///
/// As [`open`].
pub async fn open_at(house: &House, place: SocketAddr) -> Result<Option<Page>, ServeError> {
    let site = site_of(house, Arc::new(Guard::new()?));
    let listener = match listen(&site, place).await {
        Ok(listener) => listener,
        Err(error @ ServeError::Listen { .. }) => {
            tracing::error!(%error, "the page is not served");
            return Ok(None);
        }
        Err(error) => return Err(error),
    };
    let place = listener.local_addr().unwrap_or(place);
    let address = site.address(&place.to_string());
    tracing::info!(%address, "serving the page");
    let live = Arc::new(Live::new(site));
    let (stop, stopped) = oneshot::channel();
    let shown = Arc::clone(&live);
    let server = tokio::spawn(async move {
        let until = async {
            // The sender may be gone instead of speaking: that is a stop as well.
            let _ = stopped.await;
        };
        if let Err(error) = serve(shown, listener, until).await {
            tracing::error!(%error, "the page is no longer served");
        }
    });
    Ok(Some(Page {
        place,
        live,
        stop,
        server,
    }))
}

/// Takes the configuration of a house that was read again. Where it listens changes only with a
/// new start.
pub fn reload(live: &Live, house: &House) {
    live.replace(site_of(house, Arc::clone(&live.now().guard)));
}

fn site_of(house: &House, guard: Arc<Guard>) -> Site {
    Site::new(
        house.plan.clone(),
        Arc::clone(&house.db),
        house.clock.clone(),
        house.settings.clone(),
        guard,
    )
    .with_board(Arc::clone(&house.board))
}

impl Page {
    /// What is served, for a reload.
    #[must_use]
    pub fn live(&self) -> Arc<Live> {
        Arc::clone(&self.live)
    }

    /// Answers what is under way, and stops.
    pub async fn close(self) {
        // A server that is gone already needs no word.
        let _ = self.stop.send(());
        if tokio::time::timeout(PATIENCE, self.server).await.is_err() {
            tracing::warn!("a request was cut off by the stop");
        }
    }
}
