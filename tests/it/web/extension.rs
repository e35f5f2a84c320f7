//! The companion itself in a real browser: what a visit becomes, what crosses, and how it looks by
//! itself.

use std::fmt::Write as _;
use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use pubwatch::book::StoreId;
use pubwatch::page::{Page, Reading, Wanted};
use pubwatch::stores::{Lessons, parts_of, read};
use serde_json::{Value, json};

use super::chromium::Chromium;
use super::{ISBN, configuration};
use crate::fixtures::pairs;
use crate::loopback::{Reply, Server};
use crate::support::House;
use crate::ways::page;

/// Words that stand on the page and may not leave it.
const PRIVATE: [&str; 4] = [
    "Plantagenet",
    "Secret Diary",
    "jane@planted.example",
    "90210",
];

/// A product page as a signed-in person sees it.
fn signed_in(isbn: &str) -> String {
    let product = page("PreOrder", "<button>Pre-order</button>").replace(ISBN, isbn);
    let before = "<nav>Hello, Jane Plantagenet</nav><header id='nav-cart'>Basket: Secret Diary</header>\
                  <script>var me = 'jane@planted.example'</script>";
    let within = "<div id='glow-ingress-line2'>Deliver to Jane Plantagenet 90210</div>\
                  <div class='mini-cart'>Secret Diary</div>\
                  <input type='hidden' value='jane@planted.example'>\
                  <p class='shipping-address'>90210</p>";
    let filler = "<p>Lorem ipsum</p>".repeat(60_000);
    product
        .replace("<body>", &format!("<body>{before}"))
        .replace("<main>", &format!("<main>{within}"))
        .replace("</body>", &format!("<footer>{filler}</footer></body>"))
}

/// A line between the extension and Pubwatch on which everything is written down.
fn tapped(upstream: String) -> (String, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let heard = Arc::new(Mutex::new(Vec::new()));
    let kept = Arc::clone(&heard);
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let (upstream, kept) = (upstream.clone(), Arc::clone(&kept));
            std::thread::spawn(move || pass_on(stream.unwrap(), &upstream, &kept));
        }
    });
    (address, heard)
}

/// One request and its answer.
fn pass_on(mut from: TcpStream, upstream: &str, kept: &Mutex<Vec<String>>) {
    let mut bytes = Vec::new();
    let mut chunk = vec![0; 65536];
    loop {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, _)) = text.split_once("\r\n\r\n") {
            let length = head.lines().find_map(|line| {
                let (name, value) = line.split_once(':')?;
                let is_it = name.eq_ignore_ascii_case("content-length");
                is_it.then(|| value.trim().parse::<usize>().unwrap())
            });
            if head.len() + 4 + length.unwrap_or(0) <= bytes.len() {
                break;
            }
        }
        match from.read(&mut chunk) {
            Ok(0) | Err(_) => return,
            Ok(read) => bytes.extend_from_slice(&chunk[..read]),
        }
    }
    let text = String::from_utf8(bytes).unwrap();
    kept.lock().unwrap().push(text.clone());
    let text = text.replace("Connection: keep-alive", "Connection: close");
    let mut to = TcpStream::connect(upstream).unwrap();
    to.write_all(text.as_bytes()).unwrap();
    let mut answer = Vec::new();
    let _ = to.read_to_end(&mut answer);
    let _ = from.write_all(&answer);
}

/// A service that is stopped with the test.
struct Service(Child);

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A free port of this machine.
fn free() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().to_string()
}

/// Shows its pages to browsers, and refuses programs.
async fn for_browsers() -> Server {
    Server::minding_heads(|path, head| match path {
        "/robots.txt" => Reply::nothing(),
        _ if head.contains("pubwatch/") => Reply::page("403 Forbidden", "", "no programs"),
        _ => {
            let isbn = path.rsplit('/').next().unwrap();
            Reply::ok(&signed_in(isbn))
        }
    })
    .await
}

/// Shows everybody a captcha.
async fn for_nobody() -> Server {
    Server::start(|path| match path {
        "/robots.txt" => Reply::nothing(),
        _ => Reply::ok("<title>Just a moment...</title><body>Checking your browser</body>"),
    })
    .await
}

fn watching(stores: [&Server; 2], listen: &str) -> House {
    let mut text = configuration(&format!(
        "[data]\nfolder = 'data'\n[web]\nlisten = '{listen}'\n\
         [politeness]\npause = '2s'\njitter = '0s'\n"
    ));
    for isbn in [ISBN, "9780132350884", "9781944021030"] {
        write!(
            text,
            "[[edition]]\ntitle = 'Salt {isbn}'\nisbn = '{isbn}'\npublication_date = 2099-02-09\n\
             stores = ['books.example.com', 'shop.example.org']\n"
        )
        .unwrap();
    }
    for (name, server) in ["books.example.com", "shop.example.org"].iter().zip(stores) {
        write!(
            text,
            "[[store]]\nname = '{name}'\naddress = '/book/{{isbn13}}'\nbase = '{}'\n",
            server.base
        )
        .unwrap();
    }
    House::new(&text)
}

/// The looks in the history that the companion handed over, as `books.example.com pre_order`.
fn by_companion(house: &House) -> Vec<String> {
    let said = house.run(&["history", "--looks", "--json"]);
    let said = String::from_utf8(said.stdout).unwrap();
    let lines = said.lines().map(|line| serde_json::from_str(line).unwrap());
    lines
        .filter(|line: &Value| line["source"] == "companion")
        .map(|line| {
            let state = line["reading"]["availability"].as_str().unwrap_or("unread");
            format!("{} {state}", line["store"].as_str().unwrap())
        })
        .collect()
}

fn in_time(what: &str, is_so: impl Fn() -> bool) {
    for _ in 0..240 {
        if is_so() {
            return;
        }
        std::thread::sleep(Duration::from_millis(250));
    }
    panic!("{what} did not happen");
}

/// Two stores, a service, and a browser with its companion, with an ear on the line between them.
struct World {
    books: Server,
    shop: Server,
    house: House,
    heard: Arc<Mutex<Vec<String>>>,
    browser: Chromium,
    extension: String,
    _service: Service,
}

impl World {
    async fn new() -> Self {
        let (books, shop) = (for_browsers().await, for_nobody().await);
        let listen = free();
        let house = watching([&books, &shop], &listen);
        let folder = house.path().join("companion");
        house.said(&["companion", folder.to_str().unwrap()], 0);
        // What crosses is read on its way.
        let (tap, heard) = tapped(listen.clone());
        // It may speak with nobody else than whom it was paired with, as the manifest says.
        for name in ["pairing.json", "manifest.json"] {
            let paired = fs::read_to_string(folder.join(name)).unwrap();
            let tapped = paired.replace(&format!("http://{listen}"), &tap);
            assert_ne!(tapped, paired);
            fs::write(folder.join(name), tapped).unwrap();
        }
        let service = house
            .pubwatch(&["run"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        in_time("the page", || TcpStream::connect(&listen).is_ok());
        let load = format!("--load-extension={}", folder.display());
        let mut browser = Chromium::start_with(&["--headless=new", &load]);
        let extension = browser.extension();
        // Until its script has run to its end it hears of nothing.
        browser.open(&format!("{extension}/panel.html"));
        while browser.eval("chrome.alarms.get('remind')").is_null() {
            std::thread::sleep(Duration::from_millis(50));
        }
        Self {
            books,
            shop,
            house,
            heard,
            browser,
            extension,
            _service: Service(service),
        }
    }

    /// What was handed over, as it crossed.
    fn posts(&self) -> Vec<String> {
        let all = self.heard.lock().unwrap().clone();
        all.into_iter()
            .filter(|one| one.starts_with("POST"))
            .collect()
    }

    /// Nothing of hers has crossed, and little else.
    fn kept_to_itself(&self) {
        for post in self.posts() {
            assert!(post.len() < 200_000, "{}", post.len());
            println!("{} bytes crossed", post.len());
            for word in PRIVATE {
                assert!(!post.contains(word), "{word} in {post}");
            }
        }
    }
}

/// When a store was asked for a page by a browser.
fn by_browser(server: &Server) -> Vec<tokio::time::Instant> {
    let seen = server.book.seen.lock().unwrap();
    seen.iter()
        .filter(|seen| seen.path.starts_with("/book/") && !seen.head.contains("pubwatch/"))
        .map(|seen| seen.at)
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium"]
async fn what_the_author_opens_counts_and_nothing_of_hers_leaves_the_page() {
    let mut world = World::new().await;
    world
        .browser
        .open(&format!("{}book/{ISBN}?ref=mail", world.books.base));
    in_time("a visit is a look", || {
        by_companion(&world.house) == ["books.example.com pre_order"]
    });
    // A page that is not watched is nobody's business.
    world.browser.open(&format!("{}about", world.books.base));
    std::thread::sleep(Duration::from_secs(2));
    assert_eq!(world.posts().len(), 1);
    world.kept_to_itself();
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium"]
async fn on_a_click_what_waits_is_opened_with_pauses_and_a_store_that_refuses_is_left_alone() {
    let mut world = World::new().await;
    let panel = format!("{}/panel.html", world.extension);
    world.browser.open(&panel);
    world.browser.click("#look");
    for _ in 0..240 {
        if world.browser.words().contains("were read") {
            break;
        }
        std::thread::sleep(Duration::from_millis(250));
    }
    let words = world.browser.words();
    assert!(words.contains("3 of your pages were read"), "{words}");
    assert!(words.contains("Pre-order"), "{words}");
    assert!(words.contains("showed no page of yours"), "{words}");
    assert_eq!(
        by_companion(&world.house),
        vec!["books.example.com pre_order"; 3]
    );
    let times = by_browser(&world.books);
    assert_eq!(times.len(), 3);
    for pair in times.windows(2) {
        let gap = pair[1] - pair[0];
        assert!(Duration::from_secs(2) <= gap, "{gap:?}");
    }
    let asked = by_browser(&world.shop).len();
    assert_eq!(asked, 1, "at the first refusal the store is left alone");
    assert_eq!(world.posts().len(), 4);
    world.kept_to_itself();
}

/// Where what is cut reads otherwise than the page, and why that is right.
const OTHERWISE: [(&str, &str); 2] = [
    // Which words stand on a page without a product is not for the companion to send.
    ("amazon/missing-page-saved", "unread"),
    // What a browser shows as loaded it has had to its end; how a file was cut off is not seen in it.
    ("barnesandnoble/cut-off-before-the-button", "in_stock"),
];

/// What a page says, in a word.
fn said(body: &str, (store, address): (&StoreId, Option<&str>), wanted: &Wanted) -> String {
    let page = Page {
        store,
        address,
        status: 200,
        headers: &[],
        body,
    };
    match read(&page, wanted) {
        Reading::Says(says) => says.availability.name().to_owned(),
        Reading::Unread(_) => "unread".to_owned(),
    }
}

#[test]
#[ignore = "needs Chromium"]
fn what_is_cut_out_of_a_page_reads_as_the_page_did() {
    let mut browser = Chromium::start();
    let cut = include_str!("../../../companion/cut.js");
    let (mut count, mut problems) = (0, Vec::new());
    for pair in pairs() {
        if pair.case.status.is_some_and(|status| status != 200) {
            continue;
        }
        let store = StoreId::new(&pair.case.store);
        let wanted = Wanted {
            isbn: pair.case.isbn.as_ref().map(|isbn| isbn.parse().unwrap()),
            asin: pair.case.asin.clone(),
            format: None,
        };
        let of = (&store, pair.case.address.as_deref());
        let otherwise = OTHERWISE.iter().find(|(name, _)| *name == pair.name);
        let whole = said(&pair.html, of, &wanted);
        let whole = otherwise.map_or(whole, |(_, said)| (*said).to_owned());
        let parts = json!(parts_of(&store, &Lessons::default()));
        let page = browser.eval(&format!(
            "(() => {{ const document = new DOMParser().parseFromString({}, 'text/html'); {cut}; \
             return cut({parts}); }})()",
            json!(pair.html)
        ));
        let part = said(page.as_str().unwrap(), of, &wanted);
        count += 1;
        if part != whole {
            problems.push(format!("{}: {part}, and the page {whole}", pair.name));
        }
    }
    println!("{count} pages");
    assert!(problems.is_empty(), "\n{}", problems.join("\n"));
}
