//! Three stores on loopback with a product page for every book, as large as the real ones are.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use anyhow::Context as _;
use jiff::civil::date;
use pubwatch::book::StoreId;
use pubwatch::clock::Clock;
use pubwatch::demo::pages::{Book, Offer, isbn, product};
use pubwatch::demo::street::{Asked, Keeper, Shown, Street as Shops};
use url::Url;

/// The stores.
pub(crate) const STORES: [&str; 3] = ["amazon.com", "barnesandnoble.com", "bookshop.org"];

/// How large the pages of each are, in parts of the largest: Amazon's have up to three megabytes.
const PARTS: [usize; 3] = [30, 7, 3];

/// A street whose shops have every book.
pub(crate) struct Street {
    shops: Shops,
    served: Arc<AtomicU64>,
}

impl Street {
    /// Opens it; the largest pages have so many kilobytes.
    pub(crate) async fn open(page_kb: usize) -> anyhow::Result<Self> {
        let served = Arc::new(AtomicU64::new(0));
        let count = Arc::clone(&served);
        let filler = PARTS.map(|part| filler(page_kb * 1000 * part / PARTS[0]));
        let keeper: Keeper = Arc::new(move |asked: &Asked| {
            let shown = answer(asked, &filler);
            count.fetch_add(shown.body.len() as u64, Ordering::Relaxed);
            shown
        });
        let stores = STORES.map(StoreId::new);
        let shops = Shops::serve(Clock::System, &stores, keeper)
            .await
            .context("opening the street")?;
        Ok(Self { shops, served })
    }

    pub(crate) fn shops(&self) -> &[(StoreId, Url)] {
        self.shops.shops()
    }

    /// So many bytes of pages have been served.
    pub(crate) fn served(&self) -> u64 {
        self.served.load(Ordering::Relaxed)
    }

    /// Waits until nothing has been asked for so long, after something was.
    pub(crate) async fn is_quiet(&self, for_so_long: Duration) {
        let mut before = 0;
        loop {
            tokio::time::sleep(for_so_long).await;
            let served = self.served();
            if 0 < served && served == before {
                return;
            }
            before = served;
        }
    }

    pub(crate) async fn close(self) {
        self.shops.stop().await;
    }
}

/// The `number`-th book, published long ago.
pub(crate) fn book(number: usize) -> Book {
    Book {
        title: format!("The Tide Tables, volume {number}"),
        author: "Jane Roe".to_owned(),
        publisher: "Saltmarsh Press".to_owned(),
        isbn: isbn(number)
            .parse()
            .unwrap_or_else(|error| unreachable!("the number of a title is an ISBN: {error}")),
        price: "$16.99".to_owned(),
        publication_date: date(2024, 2, 9),
    }
}

fn answer(asked: &Asked, filler: &[String; 3]) -> Shown {
    if asked.path == "/robots.txt" {
        return Shown::text("User-agent: *\nDisallow: /cart\n");
    }
    let store = STORES
        .iter()
        .position(|store| *store == asked.store.as_str());
    let (Some(book), Some(store)) = (asked_for(&asked.path), store) else {
        return Shown::page(404, "");
    };
    let page = product(asked.store.family(), &book, Offer::InStock);
    let (head, tail) = page.split_once("</body>").unwrap_or((&page, ""));
    let mut body = String::with_capacity(page.len() + filler[store].len() + 7);
    body.push_str(head);
    body.push_str(&filler[store]);
    body.push_str("</body>");
    body.push_str(tail);
    Shown::page(200, body)
}

/// The book whose ISBN-13 or ISBN-10 stands in a path: both hold the number of the title.
fn asked_for(path: &str) -> Option<Book> {
    let is_ean = path.find("9781944").map(|at| at + 7);
    let at = is_ean.or_else(|| path.find("1944").map(|at| at + 4))?;
    let number = path.get(at..at + 5)?;
    Some(book(number.parse().ok()?))
}

/// What makes a page large and is none of the reader's business: scripts with data in them, style
/// sheets, and rows upon rows of other books.
fn filler(size: usize) -> String {
    let mut text = String::with_capacity(size);
    let mut number = 0_u32;
    while text.len() < size {
        number += 1;
        match number % 4 {
            0 => text.push_str(&script(number)),
            1 => text.push_str(&style(number)),
            _ => text.push_str(&shelf(number)),
        }
    }
    text
}

fn script(number: u32) -> String {
    let data: Vec<String> = (0..200)
        .map(|item| {
            format!(
                "{{\"id\":\"B0{number:05}{item:03}\",\"w\":[{item},{number}],\"u\":\"/x/{item}\"}}"
            )
        })
        .collect();
    format!(
        "<script>window.state{number}={{\"items\":[{}]}};</script>\n",
        data.join(",")
    )
}

fn style(number: u32) -> String {
    let rules: Vec<String> = (0..150)
        .map(|rule| format!(".c{number}-{rule}>.a-row{{margin:0 {rule}px;color:#{rule:06x}}}"))
        .collect();
    format!("<style>{}</style>\n", rules.concat())
}

/// A carousel of other books, each with a price and a button of its own.
fn shelf(number: u32) -> String {
    let books: Vec<String> = (0..40)
        .map(|item| {
            format!(
                "<li class=\"card\"><a href=\"/x/{number}-{item}\" title=\"Another book {item}\">\
                 <img alt=\"\" src=\"https://images.example/{number}/{item}.jpg\"></a>\
                 <span class=\"price\">$1{item}.99</span><button>See it</button></li>"
            )
        })
        .collect();
    format!(
        "<div class=\"carousel\" data-index=\"{number}\"><h2>More like this</h2><ul>{}</ul></div>\n",
        books.concat()
    )
}
