//! The author's own eyes: pages saved into the inbox, and the check by hand on a terminal, with the
//! real program.

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, SystemTime};

use base64::Engine as _;

use crate::support::House;

const CONFIGURATION: &str = "
[author]
name = 'Jane Roe'
email = 'jane@example.com'
timezone = 'UTC'

[data]
folder = 'data'

[inbox]
folder = 'saved'

[[edition]]
title = 'Salt Roads'
isbn = '978-1-944098-11-7'
publication_date = 2027-02-09
stores = ['books.example.com', 'shop.example.org']

[[edition]]
title = 'Salt Marsh'
isbn = '978-0-13-235088-4'
format = 'hardcover'
publication_date = 2027-02-09
stores = ['books.example.com']

[[store]]
name = 'books.example.com'
address = '/book/{isbn13}'
source = ['by-hand']

[[store]]
name = 'shop.example.org'
address = '/item/{isbn13}'
source = ['by-hand']
";

const ROADS: &str = "9781944098117";
const MARSH: &str = "9780132350884";

fn page(host: &str, isbn: &str, state: &str, more: &str) -> String {
    format!(
        "<html><head><title>Salt</title><link rel='canonical' href='https://{host}/book/{isbn}'>\
         <script type='application/ld+json'>{{\"@context\": \"https://schema.org\", \
         \"@type\": \"Book\", \"name\": \"Salt\", \"isbn\": \"{isbn}\", \"offers\": \
         {{\"@type\": \"Offer\", \"availability\": \"https://schema.org/{state}\", \
         \"price\": \"16.99\", \"priceCurrency\": \"USD\"}}}}</script></head>\
         <body><main><h1>Salt — von der Küste</h1><p>ISBN {isbn}</p>{more}</main></body></html>"
    )
}

/// The page as Chrome saves it as a single file.
fn mhtml(page: &str) -> String {
    let lines: Vec<String> = base64::engine::general_purpose::STANDARD
        .encode(page)
        .as_bytes()
        .chunks(76)
        .map(|line| String::from_utf8(line.to_vec()).unwrap())
        .collect();
    format!(
        "From: <Saved by Blink>\r\nSnapshot-Content-Location: https://books.example.com/book/1\r\n\
         Subject: Salt\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related;\r\n\
         \ttype=\"text/html\";\r\n\tboundary=\"----MultipartBoundary--x----\"\r\n\r\n\r\n\
         ------MultipartBoundary--x----\r\nContent-Type: text/html\r\n\
         Content-Transfer-Encoding: base64\r\nContent-Location: https://books.example.com/book/1\
         \r\n\r\n{}\r\n------MultipartBoundary--x----\r\nContent-Type: text/css\r\n\r\na {{}}\r\n\
         ------MultipartBoundary--x------\r\n",
        lines.join("\r\n")
    )
}

/// The page as Safari saves it.
fn archive(page: &str, file: &Path) {
    let mut main = plist::Dictionary::new();
    let text = |text: &str| plist::Value::String(text.to_owned());
    main.insert(
        "WebResourceData".to_owned(),
        plist::Value::Data(page.into()),
    );
    main.insert("WebResourceTextEncodingName".to_owned(), text("UTF-8"));
    main.insert(
        "WebResourceURL".to_owned(),
        text("https://books.example.com/book/1"),
    );
    let mut all = plist::Dictionary::new();
    all.insert("WebMainResource".to_owned(), plist::Value::Dictionary(main));
    plist::Value::Dictionary(all).to_file_binary(file).unwrap();
}

struct Inbox {
    house: House,
}

impl Inbox {
    fn new() -> Self {
        let house = House::new(CONFIGURATION);
        fs::create_dir(house.path().join("saved")).unwrap();
        Self { house }
    }

    fn at(&self, name: &str) -> std::path::PathBuf {
        self.house.path().join("saved").join(name)
    }

    /// Puts a file there that was saved so many seconds ago.
    fn save(&self, name: &str, bytes: impl AsRef<[u8]>, seconds: i64) {
        fs::write(self.at(name), bytes).unwrap();
        self.age(name, seconds);
    }

    fn age(&self, name: &str, seconds: i64) {
        let length = Duration::from_secs(seconds.unsigned_abs());
        let now = SystemTime::from(pubwatch::clock::Clock::System.now());
        let time = if seconds < 0 {
            now + length
        } else {
            now - length
        };
        let file = fs::File::options()
            .append(true)
            .open(self.at(name))
            .unwrap();
        file.set_modified(time).unwrap();
    }

    fn check(&self) {
        self.house.said(&["check", "--due"], 0);
    }

    /// The looks at an edition's pages in the history.
    fn looks(&self, edition: &str) -> Vec<serde_json::Value> {
        let said = self.house.run(&["history", edition, "--looks", "--json"]);
        let said = String::from_utf8(said.stdout).unwrap();
        let lines = said.lines().map(|line| serde_json::from_str(line).unwrap());
        lines
            .filter(|line: &serde_json::Value| line["kind"] == "look")
            .collect()
    }

    /// What was seen of an edition, as `books.example.com pre_order by_hand`.
    fn seen(&self, edition: &str) -> Vec<String> {
        let looks = self.looks(edition);
        let said = looks.iter().map(|look| {
            let state = look["reading"]["availability"].as_str().unwrap_or("unread");
            let text = |key: &str| look[key].as_str().unwrap().to_owned();
            format!("{} {state} {}", text("store"), text("source"))
        });
        said.collect()
    }

    /// Why a file was not read.
    fn why(&self, name: &str) -> String {
        assert!(self.at(&format!("not-read/{name}")).exists(), "{name}");
        fs::read_to_string(self.at(&format!("not-read/{name}.txt"))).unwrap()
    }
}

#[test]
fn a_page_saved_in_any_form_is_a_look_of_the_time_at_which_it_was_saved() {
    for name in ["salt.html", "salt.MHTML", "salt.webarchive"] {
        let inbox = Inbox::new();
        let saved = page("books.example.com", ROADS, "PreOrder", "");
        match name {
            "salt.html" => fs::write(inbox.at(name), saved).unwrap(),
            "salt.MHTML" => fs::write(inbox.at(name), mhtml(&saved)).unwrap(),
            _ => archive(&saved, &inbox.at(name)),
        }
        inbox.age(name, 7200);
        inbox.check();
        assert_eq!(
            inbox.seen("roads"),
            ["books.example.com pre_order by_hand"],
            "{name}"
        );
        assert_eq!(inbox.seen("marsh"), [""; 0], "{name}");
        assert!(inbox.at(&format!("read/{name}")).exists(), "{name}");
        let at: jiff::Timestamp = inbox.looks("roads")[0]["at"]
            .as_str()
            .unwrap()
            .parse()
            .unwrap();
        let ago = pubwatch::clock::Clock::System.now().duration_since(at);
        assert!((7200..7300).contains(&ago.as_secs()), "{name}: {ago:?}");
        let evidence = inbox.house.said(&["evidence", "roads"], 0);
        assert!(
            evidence.contains("https://books.example.com/book/"),
            "{evidence}"
        );
    }
}

#[test]
fn a_file_that_is_no_look_is_moved_aside_with_the_reason_and_says_nothing_of_a_store() {
    let inbox = Inbox::new();
    let roads = |state| page("books.example.com", ROADS, state, "");
    let other = page("books.example.com", "9780000011770", "InStock", "");
    let elsewhere = page("elsewhere.example.net", ROADS, "InStock", "");
    inbox.save("other book.html", other, 60);
    inbox.save("elsewhere.html", elsewhere, 60);
    inbox.save("wall.html", "<title>Just a moment...</title>", 60);
    inbox.save("old.html", roads("PreOrder"), 8 * 24 * 3600);
    inbox.save("paper.html", "%PDF-1.7 …", 60);
    inbox.save(
        "silent.html",
        roads("PreOrder").replace("schema.org/PreOrder", "x"),
        60,
    );
    inbox.save(
        "broken.mhtml",
        "Content-Type: multipart/related; boundary=x\r\n\r\n--y",
        60,
    );
    inbox.save("broken.webarchive", b"bplist00\xff\xff\xff\xff", 60);
    inbox.check();
    for (name, why) in [
        (
            "other book.html",
            "it is of no book that is watched at books.example.com",
        ),
        (
            "elsewhere.html",
            "it is of elsewhere.example.net, where nothing is watched",
        ),
        ("wall.html", "it does not say which store it is from"),
        (
            "old.html",
            "it was saved 8 days ago, which says nothing of today",
        ),
        ("paper.html", "the file is a PDF and no web page"),
        (
            "silent.html",
            "it seems to be of Salt Roads (paperback), but",
        ),
        ("broken.mhtml", "the MHTML has no page in it"),
        ("broken.webarchive", "the web archive has no page in it"),
    ] {
        let said = inbox.why(name);
        assert!(
            said.starts_with(&format!("Not read: {why}")),
            "{name}: {said}"
        );
    }
    assert_eq!(inbox.seen("roads"), [""; 0]);
    let status = inbox.house.run(&["status"]);
    let status = String::from_utf8(status.stdout).unwrap();
    assert!(!status.contains("not read since"), "{status}");
}

#[test]
fn of_two_editions_on_one_page_it_is_the_one_whose_page_it_is() {
    let inbox = Inbox::new();
    let beside = format!("<aside>Also as hardcover: ISBN {MARSH}</aside>");
    inbox.save(
        "a.html",
        page("books.example.com", ROADS, "PreOrder", &beside),
        60,
    );
    inbox.check();
    assert_eq!(inbox.seen("roads"), ["books.example.com pre_order by_hand"]);
    assert_eq!(inbox.seen("marsh"), [""; 0]);
}

#[test]
fn no_link_is_followed_no_end_is_waited_for_and_nothing_is_written_over() {
    let inbox = Inbox::new();
    let roads = page("books.example.com", ROADS, "PreOrder", "");
    fs::write(inbox.house.path().join("theirs.html"), &roads).unwrap();
    symlink(
        inbox.house.path().join("theirs.html"),
        inbox.at("link.html"),
    )
    .unwrap();
    symlink("/dev/zero", inbox.at("endless.html")).unwrap();
    fs::create_dir(inbox.at("folder.html")).unwrap();
    inbox.save("large.html", vec![b'a'; (64 << 20) + 1], 60);
    inbox.save("new.html", &roads, 0);
    fs::create_dir(inbox.at("not-read")).unwrap();
    fs::write(inbox.at("not-read/large.html"), "older").unwrap();
    inbox.check();
    assert_eq!(
        inbox.seen("roads"),
        [""; 0],
        "what is still being written waits"
    );
    for left in ["link.html", "endless.html", "folder.html", "new.html"] {
        assert!(inbox.at(left).symlink_metadata().is_ok(), "{left}");
    }
    assert_eq!(fs::read(inbox.at("not-read/large.html")).unwrap(), b"older");
    assert!(
        inbox
            .why("large (2).html")
            .contains("it is larger than 64 MB")
    );
    // A clock elsewhere that is ahead dates nothing in the future.
    inbox.age("new.html", -3600);
    inbox.check();
    assert_eq!(inbox.seen("roads"), ["books.example.com pre_order by_hand"]);
    let told = ["look", "roads", "books.example.com", "--says", "in_stock"];
    inbox.house.said(&told, 0);
}

#[test]
fn a_page_that_was_saved_before_it_was_seen_last_changes_nothing() {
    let inbox = Inbox::new();
    let told = ["look", "roads", "books.example.com", "--says", "in_stock"];
    inbox.house.said(&told, 0);
    inbox.save(
        "a.html",
        page("books.example.com", ROADS, "PreOrder", ""),
        3600,
    );
    inbox.check();
    assert_eq!(inbox.seen("roads"), ["books.example.com in_stock by_hand"]);
    assert!(
        inbox
            .why("a.html")
            .contains("was read later than it was saved")
    );
}

#[test]
fn a_file_that_cannot_be_moved_counts_once() {
    if rustix::process::geteuid().is_root() {
        // Root may move anything: a file stands in the place of the folder.
        let inbox = Inbox::new();
        fs::write(inbox.at("read"), "").unwrap();
        inbox.save(
            "a.html",
            page("books.example.com", ROADS, "PreOrder", ""),
            60,
        );
        inbox.check();
        inbox.check();
        assert_eq!(inbox.seen("roads"), ["books.example.com pre_order by_hand"]);
        assert!(inbox.at("a.html").exists());
    }
}

/// Runs the program on a terminal of its own, types the keys, and gives what stood there. What opens
/// pages is a program that writes the addresses down.
fn on_a_terminal(house: &House, arguments: &str, keys: &[u8]) -> (String, String) {
    let browser = house.path().join("xdg-open");
    let opened = house.path().join("opened");
    let script = format!("#!/bin/sh\necho \"$1\" >> {}\n", opened.display());
    fs::write(&browser, script).unwrap();
    fs::set_permissions(&browser, fs::Permissions::from_mode(0o755)).unwrap();
    let path = std::env::var("PATH").unwrap();
    let line = format!(
        "{} --config {}/pubwatch.toml {arguments}",
        env!("CARGO_BIN_EXE_pubwatch"),
        house.path().display()
    );
    let mut terminal = Command::new("script")
        .args(["--quiet", "--return", "--command", &line, "/dev/null"])
        .env("PATH", format!("{}:{path}", house.path().display()))
        .env("HOME", house.path())
        .env("NO_COLOR", "1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    terminal.stdin.take().unwrap().write_all(keys).unwrap();
    let said = terminal.wait_with_output().unwrap();
    assert!(said.status.success(), "{said:?}");
    let opened = fs::read_to_string(opened).unwrap_or_default();
    (String::from_utf8_lossy(&said.stdout).into_owned(), opened)
}

#[test]
fn a_check_by_hand_opens_each_page_and_takes_one_key_for_it() {
    let inbox = Inbox::new();
    let (said, opened) = on_a_terminal(&inbox.house, "look roads", b"pzo");
    assert!(said.contains("2 looks of yours recorded"), "{said}");
    assert_eq!(
        opened,
        format!("https://books.example.com/book/{ROADS}\nhttps://shop.example.org/item/{ROADS}\n")
    );
    let mut seen = inbox.seen("roads");
    seen.sort();
    assert_eq!(
        seen,
        [
            "books.example.com pre_order by_hand",
            "shop.example.org out_of_stock by_hand"
        ]
    );
    // As before, for the one, and the other another time: what was told is kept.
    let (said, opened) = on_a_terminal(&inbox.house, "look roads --no-open", b"\rq");
    assert!(said.contains("1 look of yours recorded"), "{said}");
    assert!(said.contains("Enter still pre-order"), "{said}");
    assert_eq!(opened.lines().count(), 2, "nothing more was opened");
    assert_eq!(inbox.seen("roads").len(), 3);
}

#[test]
fn alone_it_asks_only_for_the_pages_that_wait() {
    let inbox = Inbox::new();
    let (said, opened) = on_a_terminal(&inbox.house, "look", b"sss");
    assert!(said.contains("3 of 3"), "{said}");
    assert!(said.contains("0 looks of yours recorded"), "{said}");
    assert_eq!(opened.lines().count(), 3);
    let told = ["look", "roads", "books.example.com", "--says", "pre_order"];
    inbox.house.said(&told, 0);
    let (said, _) = on_a_terminal(&inbox.house, "look --no-open", b"ss");
    assert!(
        said.contains("2 of 2") && !said.contains("/book/9781944098117"),
        "{said}"
    );
}

#[test]
fn without_a_terminal_it_says_what_to_do() {
    let inbox = Inbox::new();
    for arguments in [&["look"][..], &["look", "roads"]] {
        let said = inbox.house.said(arguments, 5);
        assert!(
            said.contains("--says STATE") && said.contains("[inbox]"),
            "{said}"
        );
    }
}

#[test]
fn the_doctor_looks_into_the_inbox() {
    let house = House::new(CONFIGURATION);
    let inbox = |code: i32| {
        let said = house.said(&["doctor", "--offline"], code);
        let lines: Vec<&str> = said.lines().collect();
        let at = lines.iter().position(|line| line.contains(" inbox "));
        let at = at.unwrap_or_else(|| panic!("{said}"));
        lines[at..at + 2].join("\n")
    };
    assert!(inbox(0).contains("saved: nothing waits"));
    let saved = house.path().join("saved");
    fs::write(
        saved.join("a.html"),
        page("books.example.com", ROADS, "PreOrder", ""),
    )
    .unwrap();
    assert!(
        inbox(0).contains("1 saved page for the next round"),
        "{}",
        inbox(0)
    );
    fs::create_dir(saved.join("not-read")).unwrap();
    fs::write(saved.join("not-read/b.html"), "").unwrap();
    let said = inbox(0);
    assert!(
        said.starts_with("note") && said.contains("say why"),
        "{said}"
    );
    fs::remove_dir_all(&saved).unwrap();
    fs::write(&saved, "no folder").unwrap();
    let said = inbox(1);
    assert!(
        said.starts_with("wrong") && said.contains("name another"),
        "{said}"
    );
}
