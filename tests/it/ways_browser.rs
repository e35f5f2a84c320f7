//! The way in through a real browser: headless Chromium against stores on loopback. Compiled with
//! the feature `browser`.

use std::sync::atomic::{AtomicUsize, Ordering};

use pubwatch::clock::Clock;

use crate::loopback::{Reply, Server};
use crate::support::House;
use crate::ways::{ISBN, Watch, page};

/// The page of a store whose button only a script puts there.
fn scripted(state: &str) -> String {
    let page = page(state, "");
    let (head, data) = page.split_once("<script type=").unwrap();
    let (data, body) = data.split_once("</script>").unwrap();
    let data = data.split_once('>').unwrap().1;
    let script = format!(
        "<script>setTimeout(() => {{ const data = document.createElement('script'); \
         data.type = 'application/ld+json'; data.text = {}; document.head.append(data); \
         const button = document.createElement('button'); button.id = 'buy'; \
         button.textContent = 'Pre-order'; document.querySelector('main').append(button); }}, \
         300)</script>",
        serde_json::to_string(data).unwrap()
    );
    format!("{head}{script}{body}<img src='/cover.png'>")
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium"]
async fn where_our_request_is_refused_a_real_browser_carries_the_spell_on() {
    let looks = AtomicUsize::new(0);
    let server = Server::start(move |path| match path {
        "/robots.txt" => Reply::nothing(),
        "/book/9781944098117" if looks.fetch_add(1, Ordering::SeqCst) == 0 => {
            Reply::ok(&page("PreOrder", "<button>Pre-order</button>"))
        }
        "/book/9781944098117" if looks.load(Ordering::SeqCst) == 2 => {
            Reply::page("403 Forbidden", "", "<title>Access denied</title>")
        }
        "/book/9781944098117" => Reply::ok(&scripted("PreOrder")),
        _ => Reply::nothing(),
    })
    .await;
    let watch = Watch::new(&server, |_| {
        "source = ['http', 'browser']
         selectors = { ready = '#buy' }"
            .to_owned()
    });
    watch.round().await;
    watch.round().await;
    assert_eq!(watch.seen(), ["http pre_order", "browser pre_order"]);
    assert_eq!(watch.spells(), ["pre_order x2"], "one unbroken spell");
    let paths = server.paths();
    assert!(!paths.contains(&"/cover.png".to_owned()), "{paths:?}");
    let seen = server.book.seen.lock().unwrap();
    let agent = seen
        .iter()
        .find(|seen| seen.head.contains("HeadlessChrome"));
    assert!(agent.is_some(), "the browser says what it is");
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium"]
async fn a_challenge_that_does_not_clear_is_a_refusal_and_a_tab_stays_at_its_host() {
    let other = Server::start(|_| Reply::ok("never asked")).await;
    let away = other.base.clone();
    let server = Server::start(move |path| match path {
        "/robots.txt" => Reply::nothing(),
        _ => Reply::ok("<title>Just a moment...</title><h1>bookshop.org</h1>"),
    })
    .await;
    let watch = Watch::new(&server, |_| "source = ['browser']".to_owned());
    watch.round().await;
    assert_eq!(watch.seen(), ["browser blocked"]);

    let server = Server::start(move |path| match path {
        "/robots.txt" => Reply::nothing(),
        _ => Reply::ok(&format!("<script>location.href = '{away}'</script>")),
    })
    .await;
    let watch = Watch::new(&server, |_| "source = ['browser']".to_owned());
    watch.round().await;
    assert_eq!(watch.seen(), ["browser unreachable"]);
    assert_eq!(other.paths(), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium"]
async fn the_whole_program_keeps_a_dated_picture_of_a_change() {
    let server = Server::start(|path| match path {
        "/robots.txt" => Reply::nothing(),
        _ => Reply::ok(&scripted("PreOrder")),
    })
    .await;
    let house = House::new(&format!(
        "[author]
         name = 'Jane Roe'
         email = 'jane@example.com'
         timezone = 'UTC'
         [data]
         folder = 'data'
         [browser]
         screenshots = true
         [[edition]]
         title = 'Salt Roads'
         isbn = '{ISBN}'
         publication_date = 2099-02-09
         stores = ['books.example.com']
         [[store]]
         name = 'books.example.com'
         address = '/book/{{isbn13}}'
         base = '{}'
         source = ['browser']
         selectors = {{ ready = '#buy' }}",
        server.base
    ));
    let (list, said, picture) = tokio::task::spawn_blocking(move || {
        house.said(&["check", "--quiet"], 0);
        let list = house.said(&["evidence", "salt"], 0);
        let picture = ["evidence", "salt", "books.example.com", "--png", "page.png"];
        let said = house.said(&picture, 0);
        let picture = std::fs::read(house.path().join("page.png")).unwrap();
        (list, said, picture)
    })
    .await
    .unwrap();
    assert!(list.contains("with a picture"), "{list}");
    let today = Clock::System.now().to_string();
    assert!(list.starts_with(&today[..8]), "it has its date: {list}");
    assert_eq!(said, "");
    assert!(picture.starts_with(b"\x89PNG\r\n\x1a\n"));
    assert!(picture.len() > 3000, "{} bytes", picture.len());
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium"]
async fn no_part_of_a_page_in_the_browser_reaches_for_another_machine_of_the_network() {
    let other = Server::start(|_| Reply::ok("a secret of this machine")).await;
    let away = other.base.clone();
    let server = Server::start(move |path| match path {
        "/robots.txt" => Reply::nothing(),
        "/own.js" => Reply::page(
            "200 OK",
            "Content-Type: text/javascript\r\n",
            "window.own = 1",
        ),
        _ => {
            let parts = format!(
                "<script src='/own.js'></script><script src='{away}a.js'></script>\
                 <iframe src='{away}frame'></iframe><link rel=stylesheet href='{away}b.css'>\
                 <script>fetch('{away}data')</script>"
            );
            Reply::ok(&scripted("PreOrder").replace("</main>", &format!("</main>{parts}")))
        }
    })
    .await;
    let watch = Watch::new(&server, |_| {
        "source = ['browser']
         selectors = { ready = '#buy' }"
            .to_owned()
    });
    watch.round().await;
    assert_eq!(watch.seen(), ["browser pre_order"]);
    assert!(server.paths().contains(&"/own.js".to_owned()));
    assert_eq!(other.paths(), Vec::<String>::new());
}
