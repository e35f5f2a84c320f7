//! The page of `pubwatch run`: opened with the service, moved with its configuration, closed with it.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::{Mutex, oneshot};
use tokio::task::JoinHandle;

use crate::round::House;
use crate::web::server::{Guard, Live, ServeError, Site, check, listen, serve};

/// How long requests under way may take when the service stops.
const PATIENCE: Duration = Duration::from_secs(2);

/// The pause between two tries to listen where our own listener is just being closed.
const PAUSE: Duration = Duration::from_millis(20);

/// The page, whether it is being served or not.
#[derive(Debug)]
pub struct Page {
    guard: Arc<Guard>,
    served: Mutex<Option<Served>>,
}

/// A page that is being served.
#[derive(Debug)]
struct Served {
    /// Where the configuration wants it.
    wanted: SocketAddr,
    /// Where it is: the port may be one that the system chose.
    place: SocketAddr,
    /// What it shows. A listener has one of its own, so that a connection to an old one never sees
    /// what is open only behind the new one.
    live: Arc<Live>,
    stop: oneshot::Sender<()>,
    server: JoinHandle<()>,
}

/// Serves the page of a house where its configuration says. When it says "off", or the address
/// cannot be had, nothing is served: a page that is missing is no reason not to keep watch.
///
/// # Errors
///
/// [`ServeError`] when everybody in the network could see it, or the password cannot be checked.
///
/// `listener` listens already, since the first start: where it is at the right place it is taken
/// over, so that nobody who asks meanwhile finds the door shut.
pub async fn open(house: &House, listener: Option<TcpListener>) -> Result<Page, ServeError> {
    let page = Page {
        guard: Arc::default(),
        served: Mutex::default(),
    };
    match page.show(house, house.plan.web.listen, listener).await {
        Err(error @ ServeError::Listen { .. }) => {
            tracing::error!(%error, "the page is not served");
        }
        shown => shown?,
    }
    Ok(page)
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
    /// Where it is served.
    pub async fn place(&self) -> Option<SocketAddr> {
        self.served.lock().await.as_ref().map(|served| served.place)
    }

    /// Takes the configuration of a house that was read again, all of it or nothing: what it says
    /// of the page is checked as at a start, and a new address is listened at before the old one
    /// is left. Connections to the old one end with the answer under way. Where no page was served,
    /// there is none to lose: an address that still cannot be had keeps no new book out.
    ///
    /// # Errors
    ///
    /// [`ServeError`]; then the page is served as before.
    pub async fn reload(&self, house: &House) -> Result<(), ServeError> {
        let is_served = self.place().await.is_some();
        match self.show(house, house.plan.web.listen, None).await {
            Err(error @ ServeError::Listen { .. }) if !is_served => {
                tracing::error!(%error, "the page is not served");
                Ok(())
            }
            shown => shown,
        }
    }

    async fn show(
        &self,
        house: &House,
        wanted: Option<SocketAddr>,
        listens: Option<TcpListener>,
    ) -> Result<(), ServeError> {
        let site = site_of(house, Arc::clone(&self.guard));
        let mut served = self.served.lock().await;
        let Some(wanted) = wanted else {
            self.change(served.take(), None);
            return Ok(());
        };
        check(&site, wanted)?;
        if let Some(served) = served.as_ref().filter(|served| served.wanted == wanted) {
            let before = served.live.now();
            self.guard.mind_password(&before, &site);
            served.live.replace(site.after(&before));
            return Ok(());
        }
        let is_there = |one: &TcpListener| one.local_addr().is_ok_and(|place| place == wanted);
        let found = match listens.filter(is_there) {
            Some(listener) => Ok(listener),
            None => listen(&site, wanted).await,
        };
        let listener = match found {
            Ok(listener) => listener,
            Err(error) => match served.take() {
                // Our own listener may be what is in the way, as when 0.0.0.0 becomes 127.0.0.1.
                Some(old) if old.place.port() == wanted.port() => {
                    match self.instead(old, &site, wanted).await {
                        Ok(listener) => listener,
                        Err((error, old)) => {
                            *served = old;
                            return Err(error);
                        }
                    }
                }
                old => {
                    *served = old;
                    return Err(error);
                }
            },
        };
        let new = serving(site, wanted, listener);
        self.change(served.take(), Some(&new));
        *served = Some(new);
        Ok(())
    }

    /// The listener at a new place that the old listener stands in the way of: the old one is
    /// closed first, and opened again when that was of no use.
    async fn instead(
        &self,
        old: Served,
        site: &Site,
        wanted: SocketAddr,
    ) -> Result<TcpListener, (ServeError, Option<Served>)> {
        let (place, wanted_before) = (old.place, old.wanted);
        let before = old.live.now();
        self.guard.mind_password(&before, site);
        // A server that is gone already needs no word.
        let _ = old.stop.send(());
        match soon(site, wanted).await {
            Ok(listener) => Ok(listener),
            Err(error) => {
                let again = soon(&before, place).await.ok();
                let again = again.map(|listener| serving_live(old.live, wanted_before, listener));
                Err((error, again))
            }
        }
    }

    /// Leaves the old listener.
    fn change(&self, old: Option<Served>, new: Option<&Served>) {
        let Some(old) = old else { return };
        if let Some(new) = new {
            self.guard.mind_password(&old.live.now(), &new.live.now());
        }
        tracing::info!(address = %old.place, "no longer serving the page there");
        // A server that is gone already needs no word.
        let _ = old.stop.send(());
    }

    /// Answers what is under way, and stops.
    pub async fn close(&self) {
        let Some(served) = self.served.lock().await.take() else {
            return;
        };
        // A server that is gone already needs no word.
        let _ = served.stop.send(());
        if tokio::time::timeout(PATIENCE, served.server).await.is_err() {
            tracing::warn!("a request was cut off by the stop");
        }
    }
}

/// Listens as soon as a listener of our own is gone.
async fn soon(site: &Site, place: SocketAddr) -> Result<TcpListener, ServeError> {
    for _ in 0..50 {
        match listen(site, place).await {
            Err(ServeError::Listen { .. }) => tokio::time::sleep(PAUSE).await,
            listened => return listened,
        }
    }
    listen(site, place).await
}

fn serving(site: Site, wanted: SocketAddr, listener: TcpListener) -> Served {
    serving_live(Arc::new(Live::new(site)), wanted, listener)
}

fn serving_live(live: Arc<Live>, wanted: SocketAddr, listener: TcpListener) -> Served {
    let place = listener.local_addr().unwrap_or(wanted);
    let address = live.now().address(&place.to_string());
    tracing::info!(%address, "serving the page");
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
    Served {
        wanted,
        place,
        live,
        stop,
        server,
    }
}
