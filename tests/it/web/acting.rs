//! A person uses the page of the demo: every action with the mouse, and all of it by keyboard.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use super::ISBN;
use super::chromium::Chromium;

/// `pubwatch demo`, which has played its launch and serves its page.
pub(super) struct Demo {
    child: Child,
    pub(super) base: String,
    /// The shop that stands for Amazon.
    amazon: String,
    pub(super) folder: tempfile::TempDir,
    /// What the terminal says of the stores, at the end.
    pub(super) history: String,
}

impl Demo {
    pub(super) fn start() -> Self {
        Self::with(&[])
    }

    /// The launch as it stood at that moment in New York.
    pub(super) fn halted(moment: &str) -> Self {
        Self::with(&["--until", moment])
    }

    fn with(more: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut child = Command::new(env!("CARGO_BIN_EXE_pubwatch"))
            .args(["demo", "--data"])
            .arg(folder.path().join("data"))
            .args(more)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut after = |words: &str| {
            let mut line = lines.by_ref().map(Result::unwrap);
            let line = line.find(|line| line.contains(words)).unwrap();
            line.split_once(words).unwrap().1.to_owned()
        };
        let amazon = after("Amazon at ");
        let amazon = amazon.split([',', ' ']).next().unwrap();
        let amazon = amazon.trim_end_matches('/').to_owned();
        after("Salt Roads · paperback · ");
        let mut history = String::new();
        let page = loop {
            let line = lines.next().unwrap().unwrap();
            if let Some((_, page)) = line.split_once("The same on a web page: ") {
                break page.to_owned();
            }
            history.push_str(&line);
            history.push('\n');
        };
        // What it says later is heard, so that it never waits for us.
        std::thread::spawn(move || lines.for_each(drop));
        Self {
            child,
            base: page.trim().trim_end_matches('/').to_owned(),
            amazon,
            folder,
            history,
        }
    }

    /// The newest letter's text and page.
    pub(super) fn newest_letter(&self) -> String {
        let letters = get(&format!("{}/letters", self.base));
        let (_, newest) = letters.split_once("/letters/").unwrap();
        let number: String = newest.chars().take_while(char::is_ascii_digit).collect();
        get(&format!("{}/letters/{number}/body", self.base))
    }

    pub(super) fn edition(&self) -> String {
        format!("{}/editions/{ISBN}", self.base)
    }

    /// Amazon's page, as a browser saves it.
    fn save_page(&self) -> std::path::PathBuf {
        let page = get(&format!("{}/dp/1944098119", self.amazon));
        let file = self.folder.path().join("Salt Roads.html");
        std::fs::write(&file, page).unwrap();
        file
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The body at an address on this machine.
pub(super) fn get(address: &str) -> String {
    let rest = address.strip_prefix("http://").unwrap();
    let (host, path) = rest.split_once('/').unwrap();
    let mut stream = TcpStream::connect(host).unwrap();
    let asked = format!("GET /{path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
    stream.write_all(asked.as_bytes()).unwrap();
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).unwrap();
    let text = String::from_utf8_lossy(&bytes).into_owned();
    assert!(text.starts_with("HTTP/1.1 200"), "{address}: {text}");
    text.split_once("\r\n\r\n").unwrap().1.to_owned()
}

fn looks(demo: &Demo) -> usize {
    get(&format!("{}/observations.csv", demo.edition()))
        .lines()
        .count()
}

#[track_caller]
fn says(chromium: &mut Chromium, expected: &str) {
    let words = chromium.words();
    assert!(words.contains(expected), "{expected}\n{words}");
}

#[track_caller]
fn says_no_more(chromium: &mut Chromium, gone: &str) {
    let words = chromium.words();
    assert!(!words.contains(gone), "{gone}\n{words}");
}

#[test]
#[ignore = "needs Chromium"]
fn every_action_is_done_by_clicking() {
    let demo = Demo::start();
    let mut chromium = Chromium::start();
    chromium.look((1280, 900), false);
    chromium.open(&format!("{}/", demo.base));
    chromium.follow("table.editions a");
    says(&mut chromium, "At the stores now");

    let note = "form[action$='/note']";
    chromium.choose(&format!("{note} select[name=kind]"), "New files");
    chromium.choose(&format!("{note} select[name=store]"), "Amazon");
    chromium.click(&format!("{note} input[name=text]"));
    chromium.write("a <b>new</b> cover");
    chromium.follow(&format!("{note} button"));
    says(&mut chromium, "Noted.");
    says(
        &mut chromium,
        "revision started (Amazon): a <b>new</b> cover",
    );
    chromium.follow("button[aria-label^='Take back: revision started']");
    says(&mut chromium, "Taken back.");
    says_no_more(&mut chromium, "revision started (Amazon)");

    chromium.choose(".forms form[action$='/mute'] select", "Bookshop");
    chromium.follow(".forms form[action$='/mute'] button");
    says(&mut chromium, "Muted. No letters");
    says(&mut chromium, "2027 (Bookshop.org)");
    chromium.follow("button[aria-label^='Unmute']");
    says_no_more(&mut chromium, "2027 (Bookshop.org)");

    let look = "form[aria-label='You looked at Barnes & Noble yourself']";
    chromium.click(&format!("{look} input[name=words]"));
    chromium.write("Backordered: leaves in 9 days");
    // The Enter key says no state.
    chromium.press("Enter");
    says_no_more(&mut chromium, "It counts as a look of yours");
    chromium.follow(&format!("{look} button[value=back_order]"));
    says(&mut chromium, "It counts as a look of yours");
    says(&mut chromium, "Backordered: leaves in 9 days");

    let page = "form[action$='/page']";
    let before = looks(&demo);
    chromium.choose(&format!("{page} select[name=store]"), "Amazon");
    chromium.drop_file(&format!("{page} input[type=file]"), &demo.save_page());
    chromium.follow(&format!("{page} button"));
    says(&mut chromium, "The saved page was read.");
    assert_eq!(looks(&demo), before + 1);

    chromium.follow("form[action$='/check'] button");
    says(&mut chromium, "It is looked at now.");
    // The shops are on this machine and the clock is the demo's: it takes a moment.
    let looked = (0..200).any(|_| {
        std::thread::sleep(std::time::Duration::from_millis(100));
        before + 1 < looks(&demo)
    });
    assert!(looked, "nobody has looked");
}

#[test]
#[ignore = "needs Chromium"]
fn one_alert_is_muted_and_unmuted_by_clicking() {
    let site = super::TestSite::salt_roads();
    let mut chromium = Chromium::start();
    chromium.look((1280, 900), false);
    chromium.open(&format!("http://{}/editions/{ISBN}", site.address));
    let this = "section.box details form[action$='/mute']";
    let cause = chromium.eval("document.querySelector('section.box h2').innerText");
    chromium.click("section.box details:has(form[action$='/mute']) summary");
    chromium.follow(&format!("{this} button"));
    says(&mut chromium, "Muted. No letters");
    says(&mut chromium, "Muted: no letters about it until");
    let still = chromium.eval("document.querySelector('section.box h2').innerText");
    assert_eq!(still, cause, "it is shown as ever");
    chromium.follow("button[aria-label^='Unmute']");
    says_no_more(&mut chromium, "Muted: no letters about it until");
}

#[test]
#[ignore = "needs Chromium"]
fn a_link_for_a_client_is_given_used_and_withdrawn_by_clicking() {
    let site = super::shares::open();
    let base = format!("http://{}", site.address);
    let mut chromium = Chromium::start();
    chromium.look((1280, 900), false);
    chromium.open(&format!("{base}/settings"));
    chromium.follow("form[action$='/share'] button");
    let link = chromium.eval("document.querySelector('.says .ready').textContent");
    let link = link.as_str().unwrap().to_owned();
    chromium.open(&link);
    says(&mut chromium, "Salt Roads");
    chromium.follow("table.editions a");
    says(&mut chromium, "At the stores now");
    assert_eq!(chromium.eval("document.querySelectorAll('form').length"), 0);
    // The page of a client leads back to his editions.
    chromium.follow("header a");
    assert_eq!(chromium.eval("location.href"), link.as_str());
    chromium.open(&format!("{base}/settings"));
    chromium.follow("form[action$='/withdraw'] button");
    says(&mut chromium, "withdrawn");
    chromium.open(&link);
    says(&mut chromium, "There is no such link, or it was withdrawn.");
}

#[test]
#[ignore = "needs Chromium"]
fn the_whole_page_is_used_by_keyboard() {
    let demo = Demo::start();
    let mut chromium = Chromium::start();
    chromium.look((1280, 900), false);
    chromium.open(&demo.edition());
    let all = chromium.eval(
        "[...document.querySelectorAll('a[href], button, input:not([type=hidden]), select, \
         summary, [tabindex=\"0\"]')].filter(one => one.checkVisibility({visibilityProperty: true})\
         ).map((one, index) => { one.dataset.place = index; return index; }).length",
    );
    let all = all.as_u64().unwrap();
    assert!(all > 40, "{all}");
    let mut reached = std::collections::BTreeSet::new();
    // A date has three fields of its own, and the browser's frame takes its turn.
    for _ in 0..all * 2 + 20 {
        chromium.press("Tab");
        let here = chromium.eval(
            "(() => { const one = document.activeElement; if (!one.dataset.place) return null; \
             const look = getComputedStyle(one), body = one.querySelector('.body'); \
             const ring = look.outlineStyle !== 'none' && parseFloat(look.outlineWidth) > 1; \
             const stroke = body && parseFloat(getComputedStyle(body).strokeWidth) >= 4; \
             return [Number(one.dataset.place), Boolean(ring || stroke), one.outerHTML.slice(0, 120)]; })()",
        );
        if let Some(place) = here[0].as_u64() {
            assert!(
                here[1].as_bool().unwrap(),
                "focused and not to be seen: {}",
                here[2]
            );
            reached.insert(place);
        }
    }
    let missed: Vec<u64> = (0..all).filter(|place| !reached.contains(place)).collect();
    assert_eq!(missed, [0; 0], "not to be reached by Tab");

    // From the top: the skip link, then the first note, without a mouse.
    chromium.open(&demo.edition());
    chromium.press("Tab");
    let first = chromium.eval("document.activeElement.textContent");
    assert_eq!(first, "Skip to the content");
    chromium.press("Enter");
    for _ in 0..all * 2 {
        chromium.press("Tab");
        let name = chromium.eval("document.activeElement.closest('form[action$=\"/note\"]') && document.activeElement.name");
        if name == "text" {
            break;
        }
    }
    chromium.write("by keyboard");
    chromium.enter();
    says(&mut chromium, "Noted.");
    says(&mut chromium, "by keyboard");
}

#[test]
#[ignore = "needs Chromium"]
fn a_report_of_the_demo_shows_everything_with_the_network_off() {
    let demo = Demo::start();
    let report = get(&format!("{}/report.html", demo.edition()));
    let file = demo.folder.path().join("report.html");
    std::fs::write(&file, report).unwrap();
    let edition = demo.edition();
    let mut chromium = Chromium::start();
    chromium.look((1280, 900), false);
    chromium.open(&edition);
    let bars = "document.querySelectorAll('.wide .bar').length";
    // The alerts that are over are the author's, as the letters are, and in no report.
    let rows = "[...document.querySelectorAll('table.cards tbody tr')].filter(row => \
                !row.closest('[aria-label=\"Alerts that are over\"]')).length";
    let (drawn, told) = (chromium.eval(bars), chromium.eval(rows));
    chromium.call(
        "Network.emulateNetworkConditions",
        &serde_json::json!({
            "offline": true, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1,
        }),
    );
    chromium.asked_for();
    let address = format!("file://{}", file.display());
    chromium.open(&address);
    assert_eq!(chromium.eval(bars), drawn);
    assert_eq!(chromium.eval(rows), told);
    says(&mut chromium, "Made by Pubwatch on");
    let asked: Vec<String> = chromium.asked_for();
    assert!(asked.iter().all(|one| *one == address), "{asked:?}");
    let style = chromium.eval("getComputedStyle(document.querySelector('h1')).fontSize");
    assert_eq!(style, "28px");
    chromium.picture(
        &Path::new(env!("CARGO_TARGET_TMPDIR")).join("report.png"),
        true,
    );
}
