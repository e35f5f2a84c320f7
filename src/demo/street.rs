//! A street of bookshops: each is an HTTP server on a loopback port of its own, with a robots.txt
//! and the redirects that the real ones have. Also good for tests, with pages of their own.

use std::io;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::Response;
use axum::http::header::{CONTENT_TYPE, LOCATION};
use jiff::Timestamp;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinSet;
use url::Url;

use super::pages;
use super::script::{Script, Shows};
use crate::book::{Family, StoreId};
use crate::clock::Clock;
use crate::lock::locked;

/// A request as a shop sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// Which shop was asked.
    pub store: StoreId,
    /// The path and query.
    pub path: String,
    /// The value of `User-Agent`.
    pub agent: String,
    /// When, on the street's clock.
    pub at: Timestamp,
}

/// What a shop answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// The HTTP status.
    pub status: u16,
    /// Further headers.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
    /// It comes so much later, in real time.
    pub delay: Duration,
}

impl Shown {
    /// An HTML page.
    pub fn page(status: u16, body: impl Into<Vec<u8>>) -> Self {
        Self {
            status,
            headers: vec![header(CONTENT_TYPE.as_str(), "text/html; charset=utf-8")],
            body: body.into(),
            delay: Duration::ZERO,
        }
    }

    /// A text, as a robots.txt.
    pub fn text(body: &str) -> Self {
        Self {
            headers: vec![header(CONTENT_TYPE.as_str(), "text/plain; charset=utf-8")],
            ..Self::page(200, body)
        }
    }

    /// A permanent redirect.
    pub fn redirect(location: &str) -> Self {
        Self {
            headers: vec![header(LOCATION.as_str(), location)],
            ..Self::page(308, "")
        }
    }

    /// The same, so much later.
    pub fn after(self, delay: Duration) -> Self {
        Self { delay, ..self }
    }
}

fn header(name: &str, value: &str) -> (String, String) {
    (name.to_owned(), value.to_owned())
}

/// Who answers for all shops of the street.
pub type Keeper = Arc<dyn Fn(&Asked) -> Shown + Send + Sync>;

/// Bookshops on loopback, open until [`Street::stop`] or the end of the value.
#[derive(Debug)]
pub struct Street {
    shops: Vec<(StoreId, Url)>,
    visits: Visits,
    closing: watch::Sender<bool>,
    servers: JoinSet<io::Result<()>>,
}

type Visits = Arc<Mutex<Vec<Asked>>>;

#[derive(Clone)]
struct Shop {
    store: StoreId,
    clock: Clock,
    keeper: Keeper,
    visits: Visits,
}

impl Street {
    /// Opens the shops of a script, which show what it says at each moment of the clock.
    ///
    /// # Errors
    ///
    /// The system's, when there is no free port on loopback.
    pub async fn start(clock: Clock, script: Script) -> io::Result<Self> {
        let stores = script.stores.clone();
        let keeper = move |asked: &Asked| play(&script, asked);
        Self::serve(clock, &stores, Arc::new(keeper)).await
    }

    /// Opens a shop for each of the stores, each on a port of its own, for which `keeper` answers.
    ///
    /// # Errors
    ///
    /// The system's, when there is no free port on loopback.
    pub async fn serve(clock: Clock, stores: &[StoreId], keeper: Keeper) -> io::Result<Self> {
        let (closing, _) = watch::channel(false);
        let mut street = Self {
            shops: Vec::new(),
            visits: Visits::default(),
            closing,
            servers: JoinSet::new(),
        };
        for store in stores {
            let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
            let base = format!("http://{}/", listener.local_addr()?);
            let base = Url::parse(&base).map_err(io::Error::other)?;
            street.shops.push((store.clone(), base));
            let shop = Shop {
                store: store.clone(),
                clock: clock.clone(),
                keeper: Arc::clone(&keeper),
                visits: Arc::clone(&street.visits),
            };
            let router = Router::new().fallback(answer).with_state(shop);
            let mut closing = street.closing.subscribe();
            let closed = async move {
                // An error means that the street is gone, which closes its shops as well.
                let _ = closing.wait_for(|closing| *closing).await;
            };
            let server = axum::serve(listener, router).with_graceful_shutdown(closed);
            street.servers.spawn(async move { server.await });
        }
        Ok(street)
    }

    /// The shops with the addresses at which they stand, in the order in which they were opened.
    pub fn shops(&self) -> &[(StoreId, Url)] {
        &self.shops
    }

    /// The address at which a store's shop stands.
    pub fn base(&self, store: &StoreId) -> Option<&Url> {
        let shop = self.shops.iter().find(|(known, _)| known == store);
        shop.map(|(_, base)| base)
    }

    /// Every request so far, in the order in which they came.
    pub fn visits(&self) -> Vec<Asked> {
        let visits = locked(&self.visits);
        visits.clone()
    }

    /// Closes the shops and waits until the last answer is out.
    pub async fn stop(mut self) {
        self.closing.send_replace(true);
        while self.servers.join_next().await.is_some() {}
    }
}

async fn answer(State(shop): State<Shop>, request: Request) -> Response<Body> {
    let agent = request.headers().get("user-agent");
    let asked = Asked {
        path: request
            .uri()
            .path_and_query()
            .map(ToString::to_string)
            .unwrap_or_default(),
        agent: agent
            .and_then(|agent| agent.to_str().ok())
            .unwrap_or_default()
            .to_owned(),
        at: shop.clock.now(),
        store: shop.store,
    };
    let shown = (shop.keeper)(&asked);
    locked(&shop.visits).push(asked);
    if !shown.delay.is_zero() {
        tokio::time::sleep(shown.delay).await;
    }
    let builder = shown.headers.iter().fold(
        Response::builder().status(shown.status),
        |builder, (name, value)| builder.header(name, value),
    );
    builder
        .body(Body::from(shown.body))
        .unwrap_or_else(|error| {
            let mut response = Response::new(Body::from(error.to_string()));
            *response.status_mut() = axum::http::StatusCode::INTERNAL_SERVER_ERROR;
            response
        })
}

/// What a shop of the script answers: its robots.txt; its redirect from the number to the page,
/// where the real store has one and the page is there; the page.
fn play(script: &Script, asked: &Asked) -> Shown {
    if asked.path == "/robots.txt" {
        return Shown::text("User-agent: *\nDisallow: /cart\nDisallow: /search\n");
    }
    let family = asked.store.family();
    let (short, page) = addresses(script, family);
    let shows = script.shown(&asked.store, asked.at);
    let is_ours = asked.path == short || asked.path == page;
    match shows {
        Shows::BotCheck if is_ours => Shown::page(200, pages::bot_check()),
        Shows::Product(_) if asked.path == short && short != page => Shown::redirect(&page),
        Shows::Product(offer) if asked.path == page => {
            Shown::page(200, pages::product(family, &script.book, offer))
        }
        Shows::Product(_) | Shows::BotCheck | Shows::Missing => Shown::page(404, pages::missing()),
    }
}

/// The address that follows from the book's number, and that of the page.
fn addresses(script: &Script, family: Family) -> (String, String) {
    let (isbn, slug) = (&script.book.isbn, script.book.slug());
    match family {
        Family::Amazon => {
            let address = format!("/dp/{}", script.book.asin());
            (address.clone(), address)
        }
        Family::BarnesNoble => (
            format!("/w/?ean={isbn}"),
            format!("/w/{slug}/1149000001?ean={isbn}"),
        ),
        Family::Bookshop | Family::Other => (
            format!("/book/{isbn}"),
            format!("/p/books/{slug}/8f0c5a1be2d34c67?ean={isbn}&next=t"),
        ),
    }
}
