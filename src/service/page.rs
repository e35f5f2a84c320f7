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

/// How often a page is tried again whose address could not be had.
const AGAIN: Duration = Duration::from_secs(2);

/// The page, whether it is being served or not.
#[derive(Debug)]
pub struct Page {
    guard: Arc<Guard>,
    wanted: Mutex<Option<Wanted>>,
}

/// A page that the configuration wants.
#[derive(Debug)]
struct Wanted {
    /// Where it wants it.
    at: SocketAddr,
    /// What it shows. A listener has one of its own, so that a connection to an old one never sees
    /// what is open only behind the new one.
    live: Arc<Live>,
    /// What serves it: nothing, as long as its address cannot be had.
    server: Option<Server>,
}

/// What serves a page.
#[derive(Debug)]
struct Server {
    /// Where it is: the port may be one that the system chose.
    place: SocketAddr,
    stop: oneshot::Sender<()>,
    task: JoinHandle<()>,
}

/// Serves the page of a house where its configuration says.
///
/// When it says "off", nothing is served; nor when the address cannot be had, until it can: a page
/// that is missing is no reason not to keep watch.
///
/// # Errors
///
/// [`ServeError`] when everybody in the network could see it, or the password cannot be checked.
///
/// `listener` listens already, since the first start: where it is at the right place it is taken
/// over, so that nobody who asks meanwhile finds the door shut.
pub async fn open(house: &House, listener: Option<TcpListener>) -> Result<Arc<Page>, ServeError> {
    let page = Arc::new(Page {
        guard: Arc::default(),
        wanted: Mutex::default(),
    });
    page.show(house, listener).await?;
    mind(&page);
    Ok(page)
}

/// Tries again and again to serve a page that is wanted and not served, as long as there is one.
fn mind(page: &Arc<Page>) {
    let page = Arc::downgrade(page);
    tokio::spawn(async move {
        loop {
            tokio::time::sleep(AGAIN).await;
            let Some(page) = page.upgrade() else { return };
            page.retry().await;
        }
    });
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
    /// Takes the configuration of a house that was read again, all of it or nothing: what it says
    /// of the page is checked as at a start, and a new address is listened at before the old one
    /// is left. Connections to the old one end with the answer under way. Where no page was served,
    /// there is none to lose: an address that still cannot be had keeps no new book out.
    ///
    /// # Errors
    ///
    /// [`ServeError`]; then the page is served as before.
    pub async fn reload(&self, house: &House) -> Result<(), ServeError> {
        self.show(house, None).await
    }

    async fn show(&self, house: &House, listens: Option<TcpListener>) -> Result<(), ServeError> {
        let site = site_of(house, Arc::clone(&self.guard));
        let mut page = self.wanted.lock().await;
        let Some(at) = house.plan.web.listen else {
            self.change(page.take(), None);
            return Ok(());
        };
        check(&site, at)?;
        if let Some(page) = page.as_ref().filter(|page| page.is_served_for(at)) {
            let before = page.live.now();
            self.guard.mind_password(&before, &site);
            page.live.replace(site.after(&before));
            return Ok(());
        }
        let is_there = |one: &TcpListener| one.local_addr().is_ok_and(|place| place == at);
        let found = match listens.filter(is_there) {
            Some(listener) => Ok(listener),
            None => listen(&site, at).await,
        };
        let listener = match found {
            Ok(listener) => Some(listener),
            Err(error) => match page.take() {
                // Our own listener may be what is in the way, as when 0.0.0.0 becomes 127.0.0.1.
                Some(old) if old.place().is_some_and(|place| place.port() == at.port()) => {
                    match self.instead(old, &site, at).await {
                        Ok(listener) => Some(listener),
                        Err((error, old)) => {
                            *page = Some(old);
                            return Err(error);
                        }
                    }
                }
                old if old.as_ref().and_then(Wanted::place).is_some() => {
                    *page = old;
                    return Err(error);
                }
                old => {
                    *page = old;
                    tracing::error!(%error, "the page is not served");
                    None
                }
            },
        };
        let new = Wanted::new(site, at, listener);
        self.change(page.take(), Some(&new));
        *page = Some(new);
        Ok(())
    }

    /// Serves a page that is wanted and not served, where its address can be had by now. What is in
    /// the way was said once, and is not said again.
    async fn retry(&self) {
        let mut page = self.wanted.lock().await;
        let Some(page) = page.as_mut().filter(|page| page.place().is_none()) else {
            return;
        };
        let found = listen(&page.live.now(), page.at).await;
        if let Ok(listener) = found {
            page.serve(listener);
        }
    }

    /// The listener at a new place that the old listener stands in the way of: the old one is
    /// closed first, and opened again when that was of no use, now or as soon as it can be.
    async fn instead(
        &self,
        mut old: Wanted,
        site: &Site,
        at: SocketAddr,
    ) -> Result<TcpListener, (ServeError, Wanted)> {
        let before = old.live.now();
        self.guard.mind_password(&before, site);
        let place = old.server.take().map_or(old.at, Server::leave);
        match soon(site, at).await {
            Ok(listener) => Ok(listener),
            Err(error) => {
                if let Ok(listener) = soon(&before, place).await {
                    old.serve(listener);
                }
                Err((error, old))
            }
        }
    }

    /// Leaves the old listener. What was open behind it is not open behind one that comes later.
    fn change(&self, old: Option<Wanted>, new: Option<&Wanted>) {
        let Some(old) = old else { return };
        match new {
            Some(new) => self.guard.mind_password(&old.live.now(), &new.live.now()),
            None => self.guard.end_sessions(),
        }
        if let Some(server) = old.server {
            let place = server.leave();
            tracing::info!(address = %place, "no longer serving the page there");
        }
    }

    /// Answers what is under way, and stops.
    pub async fn close(&self) {
        let closed = self.wanted.lock().await.take();
        let Some(server) = closed.and_then(|page| page.server) else {
            return;
        };
        // A server that is gone already needs no word.
        let _ = server.stop.send(());
        if tokio::time::timeout(PATIENCE, server.task).await.is_err() {
            tracing::warn!("a request was cut off by the stop");
        }
    }
}

impl Wanted {
    fn new(site: Site, at: SocketAddr, listener: Option<TcpListener>) -> Self {
        let mut new = Self {
            at,
            live: Arc::new(Live::new(site)),
            server: None,
        };
        if let Some(listener) = listener {
            new.serve(listener);
        }
        new
    }

    /// Where it is served.
    fn place(&self) -> Option<SocketAddr> {
        let server = self.server.as_ref();
        let running = server.filter(|server| !server.task.is_finished());
        running.map(|server| server.place)
    }

    /// Whether it is served because it is wanted there.
    fn is_served_for(&self, at: SocketAddr) -> bool {
        self.at == at && self.place().is_some()
    }

    fn serve(&mut self, listener: TcpListener) {
        let place = listener.local_addr().unwrap_or(self.at);
        let address = self.live.now().address(&place.to_string());
        tracing::info!(%address, "serving the page");
        let (stop, stopped) = oneshot::channel();
        let shown = Arc::clone(&self.live);
        let task = tokio::spawn(async move {
            let until = async {
                // The sender may be gone instead of speaking: that is a stop as well.
                let _ = stopped.await;
            };
            if let Err(error) = serve(shown, listener, until).await {
                tracing::error!(%error, "the page is no longer served");
            }
        });
        self.server = Some(Server { place, stop, task });
    }
}

impl Server {
    /// Tells it to stop, and gives where it was.
    fn leave(self) -> SocketAddr {
        // A server that is gone already needs no word.
        let _ = self.stop.send(());
        self.place
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
