//! A store on loopback that shows its books, or does what no store should.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::SignedDuration;
use jiff::civil::Date;
use pubwatch::book::StoreId;
use pubwatch::demo::pages::{Book, Offer, product};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// How a store behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mood {
    /// It shows its books, after a few milliseconds.
    Open,
    /// It takes the request, and says nothing.
    Hang,
    /// A byte now and then, for ever.
    Trickle,
    /// A small answer that unpacks to 200 MB.
    Bomb,
    /// From one address to the next, without end.
    Redirects,
    /// A page of random bytes above 127.
    Junk,
    /// Headers without end.
    HeaderFlood,
    /// It promises more than it sends.
    TooLong,
    /// It sends more than it promises.
    TooShort,
    /// It closes the line at once.
    HangUp,
    /// The page breaks off anywhere, without a length that would tell.
    Cut,
    /// It says that the page is packed, and it is not; or what is packed is damaged or cut.
    BadGzip,
    /// The page of another of its books.
    OtherBook,
}

impl Mood {
    /// Everything that a store should not do.
    pub(crate) const BAD: [Self; 12] = [
        Self::Hang,
        Self::Trickle,
        Self::Bomb,
        Self::Redirects,
        Self::Junk,
        Self::HeaderFlood,
        Self::TooLong,
        Self::TooShort,
        Self::HangUp,
        Self::Cut,
        Self::BadGzip,
        Self::OtherBook,
    ];
}

/// A store; it ends with the runtime.
pub(crate) struct Shop {
    pub(crate) store: StoreId,
    pub(crate) port: u16,
    mood: Arc<Mutex<Mood>>,
    day: Arc<Mutex<Option<Date>>>,
    asked: Arc<AtomicUsize>,
}

/// What the `number`-th book is on a day; every fiftieth is never released, every seventh six days
/// late. Without a day, all are pre-orders.
fn offer(number: usize, book: &Book, day: Option<Date>) -> Offer {
    let late = if number.is_multiple_of(7) { 6 } else { 0 };
    let released = book.publication_date + SignedDuration::from_hours(24 * late);
    if !number.is_multiple_of(50) && day.is_some_and(|day| released <= day) {
        Offer::InStock
    } else {
        Offer::PreOrder
    }
}

impl Shop {
    pub(crate) async fn open(store: &str, books: Arc<Vec<Book>>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let store = StoreId::new(store);
        let mood = Arc::new(Mutex::new(Mood::Open));
        let asked = Arc::new(AtomicUsize::new(0));
        let day = Arc::new(Mutex::new(None));
        let (ours, now, count) = (store.clone(), Arc::clone(&mood), Arc::clone(&asked));
        let today = Arc::clone(&day);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (store, books) = (ours.clone(), Arc::clone(&books));
                let (mood, day) = (*now.lock().unwrap(), *today.lock().unwrap());
                count.fetch_add(1, Ordering::Relaxed);
                // The client may hang up at any time, and then there is nobody to tell.
                tokio::spawn(async move { serve(stream, (mood, day), &store, &books).await });
            }
        });
        Self {
            store,
            port,
            mood,
            day,
            asked,
        }
    }

    /// From then on books are released on their days.
    pub(crate) fn set_day(&self, day: Date) {
        *self.day.lock().unwrap() = Some(day);
    }

    /// How many connections there were.
    pub(crate) fn asked(&self) -> usize {
        self.asked.load(Ordering::Relaxed)
    }

    pub(crate) fn be(&self, mood: Mood) {
        *self.mood.lock().unwrap() = mood;
    }
}

async fn serve(
    mut stream: TcpStream,
    (mood, day): (Mood, Option<Date>),
    store: &StoreId,
    books: &[Book],
) -> Option<()> {
    let path = request(&mut stream).await?;
    if path == "/robots.txt" {
        return answer(
            &mut stream,
            "200 OK",
            "",
            b"User-agent: *\nDisallow: /cart\n",
        )
        .await;
    }
    let shown = books
        .iter()
        .position(|book| path.contains(book.isbn.as_str()));
    let page = shown
        .map(|at| (at + usize::from(mood == Mood::OtherBook)) % books.len())
        .map(|at| product(store.family(), &books[at], offer(at, &books[at], day)));
    let page = page.unwrap_or_default().into_bytes();
    behave(&mut stream, mood, page).await
}

#[expect(clippy::too_many_lines, reason = "a table with an arm for each mood")]
async fn behave(stream: &mut TcpStream, mood: Mood, page: Vec<u8>) -> Option<()> {
    let html = "Content-Type: text/html; charset=utf-8\r\n";
    match mood {
        Mood::Open | Mood::OtherBook => {
            tokio::time::sleep(Duration::from_millis(8)).await;
            answer(stream, "200 OK", html, &page).await
        }
        Mood::Hang => forever().await,
        Mood::Trickle => {
            write(stream, b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n").await?;
            loop {
                write(stream, b"<").await?;
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
        Mood::Bomb => {
            let headers = format!("{html}Content-Encoding: gzip\r\n");
            answer(stream, "200 OK", &headers, &bomb()).await
        }
        Mood::Redirects => {
            let next = format!("Location: /next{}\r\n", fastrand::u64(..));
            answer(stream, "302 Found", &next, b"").await
        }
        Mood::Junk => {
            let junk: Vec<u8> = (0..50_000).map(|_| fastrand::u8(128..)).collect();
            answer(stream, "200 OK", html, &junk).await
        }
        Mood::HeaderFlood => {
            write(stream, b"HTTP/1.1 200 OK\r\n").await?;
            loop {
                write(stream, b"X-More: and more, and more, and more\r\n").await?;
            }
        }
        Mood::TooLong => {
            let head = format!(
                "HTTP/1.1 200 OK\r\n{html}Content-Length: {}\r\n\r\n",
                page.len() * 2
            );
            write(stream, head.as_bytes()).await?;
            write(stream, &page).await
        }
        Mood::TooShort => {
            let head = format!(
                "HTTP/1.1 200 OK\r\n{html}Content-Length: {}\r\n\r\n",
                page.len() / 9
            );
            write(stream, head.as_bytes()).await?;
            write(stream, &page).await
        }
        Mood::HangUp => None,
        Mood::Cut => {
            write(stream, format!("HTTP/1.1 200 OK\r\n{html}\r\n").as_bytes()).await?;
            // Never the last tag, which is what shows that nothing is missing.
            let end = page
                .len()
                .saturating_sub(fastrand::usize(20..page.len().max(21)));
            write(stream, &page[..end]).await
        }
        Mood::BadGzip => {
            let packed = match fastrand::u8(..3) {
                0 => page,
                1 => packed(&page).split_last_chunk::<12>().unwrap().0.to_vec(),
                _ => {
                    let mut packed = packed(&page);
                    let middle = packed.len() / 2;
                    packed[middle] ^= 0xff;
                    packed
                }
            };
            let headers = format!("{html}Content-Encoding: gzip\r\n");
            answer(stream, "200 OK", &headers, &packed).await
        }
    }
}

fn packed(bytes: &[u8]) -> Vec<u8> {
    use std::io::Write as _;

    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    packed.write_all(bytes).unwrap();
    packed.finish().unwrap()
}

async fn request(stream: &mut TcpStream) -> Option<String> {
    let mut head = Vec::new();
    while !head.windows(4).any(|end| end == b"\r\n\r\n") {
        let mut some = [0; 4096];
        let count = stream
            .read(&mut some)
            .await
            .ok()
            .filter(|count| 0 < *count)?;
        head.extend_from_slice(&some[..count]);
    }
    let head = String::from_utf8_lossy(&head).into_owned();
    head.split(' ').nth(1).map(ToOwned::to_owned)
}

async fn answer(stream: &mut TcpStream, status: &str, headers: &str, body: &[u8]) -> Option<()> {
    let head = format!(
        "HTTP/1.1 {status}\r\n{headers}Content-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    write(stream, head.as_bytes()).await?;
    write(stream, body).await
}

async fn write(stream: &mut TcpStream, bytes: &[u8]) -> Option<()> {
    stream.write_all(bytes).await.ok()
}

async fn forever() -> Option<()> {
    tokio::time::sleep(Duration::from_secs(3600)).await;
    None
}

/// 200 MB of blanks, packed.
fn bomb() -> Vec<u8> {
    packed(&vec![b' '; 200 << 20])
}
