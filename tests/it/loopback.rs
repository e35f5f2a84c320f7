//! A store on loopback that says what a test wants it to say, and writes down how it was asked.

use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use pubwatch::book::StoreId;
use pubwatch::clock::Clock;
use pubwatch::config::plan::{ListingPlan, Manners, StorePlan};
use pubwatch::db::Db;
use pubwatch::fetch::{Fetched, Fetcher, Got, HostKey, NoPage};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::Instant;
use url::Url;

/// The pause between two requests: short, so that the tests are.
pub(crate) const PAUSE: Duration = Duration::from_millis(80);

/// What the server says to a request.
pub(crate) enum Reply {
    /// These bytes, then silence until the client hangs up.
    Bytes(Vec<u8>),
    /// These bytes, then the end.
    Cut(Vec<u8>),
    /// A head, then a byte now and then for ever.
    Trickle,
}

impl Reply {
    pub(crate) fn page(status: &str, headers: &str, body: impl AsRef<[u8]>) -> Self {
        let body = body.as_ref();
        let head = format!(
            "HTTP/1.1 {status}\r\nContent-Length: {}\r\n{headers}\r\n",
            body.len()
        );
        Self::Bytes([head.as_bytes(), body].concat())
    }

    pub(crate) fn ok(body: &str) -> Self {
        Self::page("200 OK", "Content-Type: text/html; charset=utf-8\r\n", body)
    }

    pub(crate) fn redirect(location: &str) -> Self {
        Self::page(
            "308 Permanent Redirect",
            &format!("Location: {location}\r\n"),
            "",
        )
    }

    pub(crate) fn nothing() -> Self {
        Self::page("404 Not Found", "", "")
    }
}

pub(crate) struct Seen {
    pub(crate) at: Instant,
    pub(crate) path: String,
    pub(crate) head: String,
}

#[derive(Default)]
pub(crate) struct Book {
    pub(crate) seen: Mutex<Vec<Seen>>,
    pub(crate) live: AtomicUsize,
    pub(crate) most_at_once: AtomicUsize,
}

/// A store on loopback.
pub(crate) struct Server {
    pub(crate) base: Url,
    pub(crate) book: Arc<Book>,
    pub(crate) task: tokio::task::JoinHandle<()>,
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Server {
    pub(crate) async fn start(reply: impl Fn(&str) -> Reply + Send + Sync + 'static) -> Self {
        Self::minding_heads(move |path, _| reply(path)).await
    }

    /// One that looks at the whole head of a request.
    pub(crate) async fn minding_heads(
        reply: impl Fn(&str, &str) -> Reply + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}/", listener.local_addr().unwrap());
        let book = Arc::new(Book::default());
        let (reply, ours) = (Arc::new(reply), Arc::clone(&book));
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (reply, book) = (Arc::clone(&reply), Arc::clone(&ours));
                tokio::spawn(async move {
                    let live = book.live.fetch_add(1, Ordering::SeqCst) + 1;
                    book.most_at_once.fetch_max(live, Ordering::SeqCst);
                    serve(stream, &book, reply.as_ref()).await;
                    book.live.fetch_sub(1, Ordering::SeqCst);
                });
            }
        });
        Self {
            base: Url::parse(&base).unwrap(),
            book,
            task,
        }
    }

    pub(crate) fn paths(&self) -> Vec<String> {
        let seen = self.book.seen.lock().unwrap();
        seen.iter().map(|seen| seen.path.clone()).collect()
    }

    pub(crate) fn gaps(&self) -> Vec<Duration> {
        let seen = self.book.seen.lock().unwrap();
        seen.windows(2)
            .map(|pair| pair[1].at - pair[0].at)
            .collect()
    }

    pub(crate) fn listing(&self, path: &str) -> ListingPlan {
        let ask = self.base.join(path).unwrap();
        ListingPlan {
            store: StoreId::new("bookshop.org"),
            address: Url::parse("https://bookshop.org/")
                .unwrap()
                .join(path)
                .unwrap(),
            ask,
            asin: None,
            is_by_hand: false,
        }
    }

    pub(crate) fn host(&self) -> HostKey {
        HostKey::of(&self.base).unwrap()
    }
}

async fn serve(
    mut stream: TcpStream,
    book: &Book,
    reply: &(dyn Fn(&str, &str) -> Reply + Send + Sync),
) {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        match stream.read_u8().await {
            Ok(byte) => head.push(byte),
            Err(_) => return,
        }
    }
    let head = String::from_utf8(head).unwrap();
    let path = head.split(' ').nth(1).unwrap().to_owned();
    let answer = reply(&path, &head.to_lowercase());
    let at = Instant::now();
    book.seen.lock().unwrap().push(Seen { at, path, head });
    match answer {
        Reply::Cut(bytes) => {
            let _ = stream.write_all(&bytes).await;
            return;
        }
        Reply::Bytes(bytes) => {
            let _ = stream.write_all(&bytes).await;
        }
        Reply::Trickle => {
            let head = b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n";
            let mut alive = stream.write_all(head).await.is_ok();
            while alive {
                tokio::time::sleep(Duration::from_millis(20)).await;
                alive = stream.write_all(b"<").await.is_ok();
            }
        }
    }
    let _ = stream.read_u8().await;
}

/// A data folder, so that a fetcher can be begun again where another ended.
pub(crate) struct House {
    folder: tempfile::TempDir,
    pub(crate) clock: Clock,
    pub(crate) manners: Manners,
}

impl House {
    pub(crate) fn new(clock: Clock) -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
            clock,
            manners: Manners {
                pause: PAUSE,
                jitter: Duration::ZERO,
                floor: SignedDuration::from_hours(6),
                requests_per_day: 2000,
                looks_per_day: 30,
                deadline: Duration::from_millis(400),
                body_cap: 1_000_000,
                robots_age: SignedDuration::from_hours(24),
                contact: "jane@example.com".to_owned(),
            },
        }
    }

    /// One whose clock shows midnight of the first day of 2027, and turns when waited on.
    pub(crate) fn in_2027() -> Self {
        Self::new(Clock::starting_at(time("2027-01-01T00:00:00Z")))
    }

    pub(crate) fn db(&self) -> Arc<Db> {
        let path: &Path = self.folder.path();
        Arc::new(Db::open(&path.join("pubwatch.db")).unwrap())
    }

    /// A fetcher with a database connection of its own, as another process would have.
    pub(crate) fn fetcher(&self, server: &Server) -> Fetcher {
        let store = StorePlan {
            base: Some(server.base.clone()),
            ..StorePlan::plain(StoreId::new("bookshop.org"))
        };
        Fetcher::new(self.db(), self.clock.clone(), &self.manners, &[store]).unwrap()
    }
}

pub(crate) fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}

#[track_caller]
pub(crate) fn got(fetched: Fetched) -> Got {
    match fetched {
        Fetched::Got(got) => *got,
        Fetched::Nothing(no_page) => panic!("no page: {}", no_page.explanation),
    }
}

#[track_caller]
pub(crate) fn nothing(fetched: Fetched) -> NoPage {
    match fetched {
        Fetched::Nothing(no_page) => no_page,
        Fetched::Got(got) => panic!("a page with status {}", got.status),
    }
}

pub(crate) async fn look(fetcher: &Fetcher, server: &Server, path: &str) -> Fetched {
    fetcher.fetch(&server.listing(path)).await.unwrap()
}
