//! Forty files of the shapes that stores have, and what each says of a page: as it lies there, and
//! over a real connection, also in UTF-16 and packed.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use pubwatch::fetch::robots::{self, Answer, Robots, Verdict};
use pubwatch::fetch::{Fetched, NoPageReason};
use url::Url;

use crate::loopback::{House, Reply, Server, look, time};
use crate::packed::gzip;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/robots")
}

/// The files by their names, each with the paths and what they must be told.
fn expected() -> BTreeMap<String, Vec<(String, String)>> {
    let text = std::fs::read_to_string(folder().join("expected")).unwrap();
    let mut files: BTreeMap<String, Vec<_>> = BTreeMap::new();
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let [file, path, verdict] = line.splitn(3, ' ').collect::<Vec<_>>()[..] else {
            panic!("{line}");
        };
        let told = files.entry(file.to_owned()).or_default();
        told.push((path.to_owned(), verdict.to_owned()));
    }
    files
}

fn bytes_of(file: &str) -> Vec<u8> {
    std::fs::read(folder().join(format!("{file}.txt"))).unwrap()
}

fn told(text: &[u8], path: &str) -> String {
    let robots = Robots {
        answer: robots::answer(200, || robots::decoded(text)),
        fetched_at: time("2027-01-01T00:00:00Z"),
    };
    let address = Url::parse("https://books.example").unwrap();
    match robots.verdict(&address.join(path).unwrap()) {
        Verdict::Allowed => "allowed".to_owned(),
        Verdict::Forbidden { line, agent } => format!("{line} ({agent})"),
        Verdict::Unknown { why } => format!("unknown: {why}"),
    }
}

fn utf_16(bytes: &[u8], unit: fn(u16) -> [u8; 2]) -> Vec<u8> {
    let text = std::str::from_utf8(bytes).unwrap();
    text.encode_utf16().flat_map(unit).collect()
}

#[test]
fn forty_files_say_what_they_mean() {
    let files = expected();
    assert_eq!(files.len(), 40);
    for (file, cases) in &files {
        for (path, verdict) in cases {
            assert_eq!(told(&bytes_of(file), path), *verdict, "{file} {path}");
        }
    }
}

#[test]
fn a_file_in_utf_16_says_the_same_with_a_mark_and_without() {
    for (file, cases) in &expected() {
        let bytes = bytes_of(file);
        let little = utf_16(&bytes, u16::to_le_bytes);
        let big = utf_16(&bytes, u16::to_be_bytes);
        let forms = [
            [&b"\xff\xfe"[..], &little].concat(),
            [&b"\xfe\xff"[..], &big].concat(),
            little,
            big,
        ];
        for (path, verdict) in cases {
            for (number, form) in forms.iter().enumerate() {
                // Without a mark, what begins with letters outside ASCII is not known.
                if number < 2 || bytes.first().is_some_and(u8::is_ascii) {
                    assert_eq!(told(form, path), *verdict, "{file} {path} {number}");
                }
            }
        }
    }
}

/// What came of asking for `/dp/1` where robots.txt is this answer, and what was asked.
async fn asked(reply: impl Fn() -> Reply + Send + Sync + 'static) -> (Fetched, Vec<String>) {
    let server = Server::start(move |path| match path {
        "/robots.txt" => reply(),
        _ => Reply::ok("<html>a page</html>"),
    })
    .await;
    let house = House::in_2027();
    let fetched = look(&house.fetcher(&server), &server, "/dp/1").await;
    (fetched, server.paths())
}

fn forbids() -> Vec<u8> {
    bytes_of("05-name-with-version")
}

#[tokio::test]
async fn a_robots_txt_is_obeyed_in_every_coding_that_we_undo_and_in_utf_16() {
    let (first, second) = (b"User-agent: pubwatch/1\n", b"Disallow: /\n");
    let members = [gzip(first), gzip(second)].concat();
    let mut wide = b"\xff\xfe".to_vec();
    wide.extend(utf_16(&forbids(), u16::to_le_bytes));
    for (headers, body) in [
        ("", forbids()),
        ("Content-Encoding: GZIP\r\n", gzip(&forbids())),
        ("Content-Encoding: x-gzip\r\n", members),
        ("Content-Type: text/plain\r\n", wide),
    ] {
        let (fetched, paths) = asked(move || Reply::page("200 OK", headers, &body)).await;
        let Fetched::Nothing(no_page) = fetched else {
            panic!("{headers}: the page was asked");
        };
        assert_eq!(no_page.reason, NoPageReason::Robots, "{headers}");
        assert_eq!(paths, ["/robots.txt"]);
    }
}

#[tokio::test]
async fn a_robots_txt_whose_coding_is_not_undone_could_not_be_had() {
    let half = gzip(&forbids())[..20].to_vec();
    for (headers, body) in [
        ("Content-Encoding: compress\r\n", forbids()),
        ("Content-Encoding: gzip\r\n", forbids()),
        ("Content-Encoding: gzip\r\n", half),
        ("", gzip(&forbids())),
    ] {
        let (fetched, paths) = asked(move || Reply::page("200 OK", headers, &body)).await;
        let Fetched::Nothing(no_page) = fetched else {
            panic!("{headers}: the page was asked");
        };
        assert_eq!(no_page.reason, NoPageReason::Unreachable, "{headers}");
        assert!(no_page.explanation.contains("packed"), "{no_page:?}");
        assert_eq!(paths, ["/robots.txt"]);
    }
}

#[test]
fn the_crawl_delay_of_a_group_with_a_version_is_ours() {
    let text = "User-agent: pubwatch/0.1.0\nCrawl-delay: 30\n";
    let delay = Answer::File(text.to_owned()).crawl_delay();
    assert_eq!(delay, Some(std::time::Duration::from_secs(30)));
}
