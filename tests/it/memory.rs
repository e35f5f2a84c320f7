//! Whatever a page of 50 MB holds, the program reads it within a stated amount of memory: the real
//! one, under a limit of the system's own.
//!
//! `ulimit -v` limits the address space, so the bound counts also what is reserved and never
//! touched, and the program itself; what it really takes is less.

#![cfg(target_os = "linux")]

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

/// The size of the pages, in bytes.
const SIZE: usize = 50 << 20;

/// The bound, in MB, for a page that is UTF-8: the page, and twice the parts that are kept of it.
const UTF8_BOUND: usize = 320;

/// The bound, in MB, for a page in another charset. Each of its bytes becomes up to three.
const OTHER_BOUND: usize = 512;

/// What the program says of a page at a store, with so many MB at most.
fn read_within(megabytes: usize, store: &str, page: &Path) -> Result<String, String> {
    let child = Command::new("sh")
        .args(["-c", "ulimit -v \"$0\" && exec \"$@\""])
        .arg((megabytes << 10).to_string())
        .args([
            env!("CARGO_BIN_EXE_pubwatch"),
            "read",
            "--json",
            "--store",
            store,
        ])
        .arg(page)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    if child.status.success() {
        Ok(String::from_utf8(child.stdout).unwrap())
    } else {
        Err(String::from_utf8_lossy(&child.stderr).into_owned())
    }
}

#[track_caller]
fn check(what: &str, megabytes: usize, bytes: &[u8], expected: &str) {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(bytes).unwrap();
    for store in ["amazon.com", "barnesandnoble.com", "books.example.com"] {
        match read_within(megabytes, store, file.path()) {
            Ok(line) => assert!(
                store != "amazon.com" || line.contains(expected),
                "{what} at {store}: {line}"
            ),
            Err(error) => panic!("{what} at {store}, within {megabytes} MB: {error}"),
        }
    }
}

/// The opening, and the piece again and again, until the page has its size.
fn filled(opening: &str, piece: &[u8]) -> Vec<u8> {
    let mut page = opening.as_bytes().to_vec();
    while page.len() < SIZE {
        page.extend_from_slice(piece);
    }
    page
}

#[test]
fn pages_of_fifty_megabytes_are_read_within_the_bound() {
    let path = format!(
        "{}/fixtures/amazon/currently-unavailable.html",
        env!("CARGO_MANIFEST_DIR")
    );
    let real = std::fs::read_to_string(path).unwrap();
    let beside = filled(
        &real,
        b"<script>var filler = 'in stock';</script><p>Add to cart",
    );
    check("beside the parts", UTF8_BOUND, &beside, "\"out_of_stock\"");
    let box_ = "<main><div id='desktop_buybox'>";
    let data = "<script type='application/ld+json'>";
    for (what, opening, piece) in [
        ("words", box_, "in stock "),
        ("divs", box_, "<div>"),
        ("formatting", box_, "<p><b class=x>"),
        ("attributes", "<div id='desktop_buybox' ", "a=1 "),
        ("arrays", data, "["),
        (
            "objects",
            data,
            "{\"@type\":\"Book\",\"isbn\":\"9781944098117\"},",
        ),
        ("quotes", box_, "\"'<!--"),
    ] {
        check(
            what,
            UTF8_BOUND,
            &filled(opening, piece.as_bytes()),
            "no_evidence",
        );
    }
}

#[test]
fn pages_in_no_known_charset_are_read_within_the_bound() {
    let box_ = "<div id='desktop_buybox'>";
    check(
        "no charset",
        OTHER_BOUND,
        &filled(box_, b"\xff"),
        "no_evidence",
    );
    let declared = "<meta charset='shift_jis'><div id='desktop_buybox'>";
    check(
        "cut characters",
        OTHER_BOUND,
        &filled(declared, b"\x82\xa0\x82"),
        "no_evidence",
    );
}

#[test]
fn the_limit_is_one() {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(&filled("<p>", b"x")).unwrap();
    let less = SIZE >> 20;
    assert!(read_within(less, "amazon.com", file.path()).is_err());
}
