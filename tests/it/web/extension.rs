//! The companion itself in a real browser: what a visit becomes, what crosses, and how it looks by
//! itself.

use std::fmt::Write as _;
use std::fs;
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::Instant;

use super::chromium::Chromium;
use super::tapped::tapped;
use super::{ISBN, configuration};
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

/// A service that is stopped with the test.
pub(super) struct Service(pub(super) Child);

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A free port of this machine.
pub(super) fn free() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().to_string()
}

/// Shows its pages to browsers, and refuses programs.
pub(super) async fn for_browsers() -> Server {
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
pub(super) async fn for_nobody() -> Server {
    Server::start(|path| match path {
        "/robots.txt" => Reply::nothing(),
        _ => Reply::ok("<title>Just a moment...</title><body>Checking your browser</body>"),
    })
    .await
}

pub(super) fn watching(stores: [&str; 2], listen: &str) -> House {
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
    for (name, base) in ["books.example.com", "shop.example.org"].iter().zip(stores) {
        write!(
            text,
            "[[store]]\nname = '{name}'\naddress = '/book/{{isbn13}}'\nbase = '{base}'\n"
        )
        .unwrap();
    }
    House::new(&text)
}

/// The looks in the history that the companion handed over, as `books.example.com pre_order`.
pub(super) fn by_companion(house: &House) -> Vec<String> {
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

pub(super) fn in_time(what: &str, is_so: impl Fn() -> bool) {
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
    /// The manifest as it was written.
    asking: String,
    listen: String,
    _service: Service,
}

impl World {
    async fn new() -> Self {
        Self::with_shop_at("127.0.0.1").await
    }

    /// The extension may see what is at 127.0.0.1, where its Pubwatch is, and has yet to ask for all else.
    async fn with_shop_at(host: &str) -> Self {
        let (books, shop) = (for_browsers().await, for_nobody().await);
        let listen = free();
        let other = shop.base.as_str().replace("127.0.0.1", host);
        let house = watching([books.base.as_str(), &other], &listen);
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
        // Nobody can answer the browser's question in a test, so that the stores are demanded at first.
        let manifest = folder.join("manifest.json");
        let asking = fs::read_to_string(&manifest).unwrap();
        let mut demanding: Value = serde_json::from_str(&asking).unwrap();
        demanding["host_permissions"] = demanding["optional_host_permissions"].clone();
        fs::write(&manifest, demanding.to_string()).unwrap();
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
        let begun = Instant::now();
        while browser.eval("chrome.alarms.get('remind')").is_null() {
            assert!(begun.elapsed() < Duration::from_secs(60), "it does not run");
            std::thread::sleep(Duration::from_millis(50));
        }
        Self {
            books,
            shop,
            house,
            heard,
            browser,
            extension,
            asking,
            listen,
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

    /// Loads the extension anew with the manifest as it was written. What it was let see it may see on.
    fn load_as_written(&mut self) {
        let place = self.house.path().join("companion/manifest.json");
        fs::write(place, &self.asking).unwrap();
        let id = self.extension.rsplit('/').next().unwrap().to_owned();
        self.browser.open("chrome://extensions/");
        self.browser.eval(&format!(
            "chrome.developerPrivate.updateProfileConfiguration({{ inDeveloperMode: true }})\
             .then(() => chrome.developerPrivate.reload('{id}'))"
        ));
        std::thread::sleep(Duration::from_secs(2));
    }

    /// Opens the panel, and waits until it has these words.
    fn panel(&mut self, words: &str) {
        self.browser.open(&format!("{}/panel.html", self.extension));
        self.comes_to_say(words);
    }

    fn comes_to_say(&mut self, words: &str) {
        for _ in 0..240 {
            if self.browser.words().contains(words) {
                return;
            }
            std::thread::sleep(Duration::from_millis(250));
        }
        panic!("no “{words}” in {}", self.browser.words());
    }

    /// Lets the extension's alarm ring, and waits until what follows is over.
    fn ring(&mut self) {
        self.browser.eval(
            "chrome.storage.session.remove('list').then(() => \
             chrome.alarms.create('remind', { when: Date.now(), periodInMinutes: 60 }))",
        );
        // The list of the pages is had anew at each ringing; a look begins with one more.
        for _ in 0..240 {
            if !self
                .browser
                .eval("chrome.storage.session.get('list').then((all) => all.list)")
                .is_null()
            {
                break;
            }
            std::thread::sleep(Duration::from_millis(250));
        }
        std::thread::sleep(Duration::from_secs(2));
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
pub(super) fn by_browser(server: &Server) -> Vec<Instant> {
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
    world.panel("Pre-order. Seen once");
    let badge = world.browser.eval("chrome.action.getBadgeText({})");
    assert_eq!(badge, "✓");
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium"]
async fn on_a_click_what_waits_is_opened_with_pauses_and_a_store_that_refuses_is_left_alone() {
    let mut world = World::new().await;
    world.panel("6 of your pages wait for your eyes");
    world.browser.click("#look");
    world.comes_to_say("were read");
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

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium"]
async fn once_a_day_it_looks_by_itself_if_it_may_and_leaves_a_store_that_refused_alone() {
    let mut world = World::new().await;
    world.panel("6 of your pages wait for your eyes");
    world.ring();
    let badge = world.browser.eval("chrome.action.getBadgeText({})");
    assert_eq!(badge, "6", "what waits is on the button");
    assert!(
        by_browser(&world.books).is_empty(),
        "nothing is opened unasked"
    );
    world.browser.click("#daily");
    world.ring();
    in_time("the look of the day", || {
        by_companion(&world.house).len() == 3 && by_browser(&world.shop).len() == 1
    });
    let times = by_browser(&world.books);
    let is_apart = |pair: &[Instant]| Duration::from_secs(2) <= pair[1] - pair[0];
    assert!(times.windows(2).all(is_apart), "{times:?}");
    // It rings every hour, and once a day is enough.
    world.ring();
    assert_eq!(by_browser(&world.shop).len(), 1);
    // A day later, to the extension's knowledge; the store refused it a shorter while ago.
    world
        .browser
        .eval("chrome.storage.local.set({ lookedAt: Date.now() - 25 * 3600 * 1000 })");
    world.ring();
    assert_eq!(by_browser(&world.shop).len(), 1);
    let past = "chrome.storage.local.set({ lookedAt: 0, refused: {} })";
    world.browser.eval(past);
    world.ring();
    in_time("the next day", || by_browser(&world.shop).len() == 2);
    world.browser.click("#daily");
    world.browser.eval(past);
    world.ring();
    assert_eq!(by_browser(&world.shop).len(), 2, "it was switched off");
    world.kept_to_itself();
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium"]
async fn a_store_is_seen_only_where_the_person_let_it_be() {
    let mut world = World::with_shop_at("localhost").await;
    world.load_as_written();
    let manifest: Value = serde_json::from_str(&world.asking).unwrap();
    assert_eq!(manifest["host_permissions"], json!(["http://127.0.0.1/*"]));
    let stores = ["http://127.0.0.1/*", "http://localhost/*"];
    assert_eq!(manifest["optional_host_permissions"], json!(stores));
    world.panel("6 of your pages wait for your eyes");
    world.browser.click("#look");
    world.comes_to_say("3 of your pages were read.");
    assert_eq!((by_browser(&world.shop).len(), world.posts().len()), (1, 4));
    assert!(!world.browser.words().contains("Let it see"));
    // She takes it back.
    let remove = "chrome.permissions.remove({ origins: ['http://localhost/*'] })";
    assert_eq!(world.browser.eval(remove), true);
    world.panel("Let it see shop.example.org");
    assert!(
        !world
            .browser
            .words()
            .contains("Let it see books.example.com")
    );
    world.browser.click("#look");
    world.comes_to_say("0 of your pages were read. It may not see shop.example.org yet.");
    assert_eq!(by_browser(&world.shop).len(), 1);
    // And what she opens there is not looked at.
    let shop = world.shop.base.as_str().replace("127.0.0.1", "localhost");
    world.browser.open(&format!("{shop}book/{ISBN}"));
    std::thread::sleep(Duration::from_secs(2));
    assert_eq!((by_browser(&world.shop).len(), world.posts().len()), (2, 4));
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium"]
async fn a_code_of_the_settings_pairs_a_companion_anew() {
    let mut world = World::new().await;
    world.house.said(&["companion", "--withdraw", "1"], 0);
    world.panel("pair anew");
    let settings = format!("http://{}/settings", world.listen);
    world.browser.open(&settings);
    world
        .browser
        .follow("form[action='/settings/companion'] button");
    let code = world
        .browser
        .eval("document.querySelector('.says .ready').textContent");
    world.panel("The code from Pubwatch");
    world.browser.click("#code");
    world.browser.write("no code");
    world.browser.click("#pair button");
    world.comes_to_say("This is no code");
    world
        .browser
        .eval("document.querySelector('#code').value = ''");
    world.browser.click("#code");
    world.browser.write(code.as_str().unwrap());
    world.browser.click("#pair button");
    world.comes_to_say("6 of your pages wait for your eyes");
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium"]
async fn pictures_of_the_manual_show_the_companion() {
    let Some(folder) = std::env::var_os("PUBWATCH_PICTURES").map(std::path::PathBuf::from) else {
        return;
    };
    let mut world = World::new().await;
    world.browser.look((380, 420), false);
    world.panel("6 of your pages wait for your eyes");
    world.browser.click("#look");
    world.comes_to_say("were read");
    world.browser.picture(&folder.join("companion.png"), false);
    world.browser.look((900, 420), false);
    world.browser.open("chrome://extensions/");
    let bar = "document.querySelector('extensions-manager').shadowRoot\
               .querySelector('extensions-toolbar').shadowRoot";
    world
        .browser
        .eval(&format!("{bar}.querySelector('#devMode').click()"));
    std::thread::sleep(Duration::from_secs(2));
    let loads = world
        .browser
        .eval(&format!("{bar}.querySelector('#loadUnpacked').offsetWidth"));
    assert!(loads.as_i64().is_some_and(|width| 0 < width), "{loads}");
    world
        .browser
        .picture(&folder.join("companion-loaded.png"), false);
}
