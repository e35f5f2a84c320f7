//! Answers that are packed, in all the ways in which servers pack them, and answers that are no
//! page: what is not undone to its end is unread, never text.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::{DeflateEncoder, GzEncoder, ZlibEncoder};
use pubwatch::clock::Clock;
use pubwatch::fetch::{Fetched, NoPageReason};

use crate::loopback::{House, Reply, Server, look};

const HTML: &str = "Content-Type: text/html\r\n";

pub(crate) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn zlib(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn deflate(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn zstd(bytes: &[u8]) -> Vec<u8> {
    zstd::encode_all(bytes, 3).unwrap()
}

/// Bytes as one uncompressed part of a brotli stream (RFC 7932, section 9.2), at most 65,536.
fn brotli(bytes: &[u8]) -> Vec<u8> {
    // A window of 16 bits, not the last part, four nibbles of its length, uncompressed.
    let length = bytes.len() - 1;
    let head = length << 4 | 1 << 20;
    let mut stream = head.to_le_bytes()[..3].to_vec();
    stream.extend_from_slice(bytes);
    stream.push(0b11);
    stream
}

/// What came of a page that is answered with these bytes.
async fn fetched(reply: Vec<u8>) -> Fetched {
    let server = Server::start(move |path| match path {
        "/robots.txt" => Reply::nothing(),
        _ => Reply::Cut(reply.clone()),
    })
    .await;
    let mut house = House::new(Clock::System);
    house.manners.deadline = std::time::Duration::from_secs(20);
    look(&house.fetcher(&server), &server, "/book/1").await
}

async fn packed(codings: &str, body: &[u8]) -> Fetched {
    let headers = format!("{HTML}Content-Encoding: {codings}\r\n");
    let Reply::Bytes(reply) = Reply::page("200 OK", &headers, body) else {
        unreachable!("a page is bytes");
    };
    fetched(reply).await
}

#[track_caller]
fn is_page(fetched: Fetched, body: &str) {
    match fetched {
        Fetched::Got(got) => assert!(got.body == body, "{:.80}", got.body),
        Fetched::Nothing(no_page) => panic!("no page: {}", no_page.explanation),
    }
}

#[track_caller]
fn is_unread(fetched: Fetched, part: &str) {
    let Fetched::Nothing(no_page) = fetched else {
        panic!("a page, where it should say: {part}");
    };
    assert_eq!(no_page.reason, NoPageReason::Unreachable);
    assert!(
        no_page.explanation.contains(part),
        "{}",
        no_page.explanation
    );
}

fn page() -> String {
    let words = "In Stock. Ships tomorrow. ".repeat(400);
    format!("<html><p>{words}</p><p>Out of stock</p></html>")
}

#[tokio::test]
async fn every_coding_is_undone_however_its_name_is_written() {
    let page = page();
    let bytes = page.as_bytes();
    for (codings, body) in [
        ("GZIP", gzip(bytes)),
        ("x-gzip", gzip(bytes)),
        ("X-GZip", gzip(bytes)),
        ("deflate", zlib(bytes)),
        ("Deflate", deflate(bytes)),
        ("br", brotli(bytes)),
        ("BR", brotli(bytes)),
        ("ZSTD", zstd(bytes)),
        ("identity", bytes.to_vec()),
        ("", bytes.to_vec()),
        ("identity, gzip", gzip(bytes)),
    ] {
        is_page(packed(codings, &body).await, &page);
    }
}

#[tokio::test]
async fn several_codings_are_undone_from_the_last_to_the_first() {
    let page = page();
    let twice = zstd(&gzip(page.as_bytes()));
    is_page(packed("gzip, zstd", &twice).await, &page);
    let lines = "gzip\r\nContent-Encoding: zstd";
    is_page(packed(lines, &twice).await, &page);
    is_unread(packed("zstd, gzip", &twice).await, "packed wrongly");
    is_unread(
        packed("gzip, gzip, gzip, gzip, gzip", &twice).await,
        "packed 5 times",
    );
}

#[tokio::test]
async fn a_page_in_several_members_is_read_whole() {
    let page = page();
    let (first, second) = page.as_bytes().split_at(5000);
    let members = [gzip(first), gzip(b""), gzip(second)].concat();
    is_page(packed("gzip", &members).await, &page);
    let frames = [zstd(first), zstd(second)].concat();
    is_page(packed("zstd", &frames).await, &page);
    let cut = &members[..members.len() - 3];
    is_unread(packed("gzip", cut).await, "breaks off before its end");
}

/// The bytes in every coding, by its name.
fn packed_each_way(bytes: &[u8]) -> [(&'static str, Vec<u8>); 5] {
    [
        ("gzip", gzip(bytes)),
        ("deflate", zlib(bytes)),
        ("deflate", deflate(bytes)),
        ("br", brotli(bytes)),
        ("zstd", zstd(bytes)),
    ]
}

#[tokio::test]
async fn what_is_packed_and_breaks_off_anywhere_is_unread() {
    let page = page();
    let bytes = page.as_bytes();
    for (codings, body) in packed_each_way(bytes) {
        for cut in [0, 1, 5, body.len() / 2, body.len() - 1] {
            is_unread(packed(codings, &body[..cut]).await, "packed");
        }
    }
}

#[tokio::test]
async fn nothing_but_zeros_may_follow_what_is_packed() {
    let page = page();
    let bytes = page.as_bytes();
    for (codings, body) in packed_each_way(bytes) {
        let more = [&body[..], b"<p>Out of stock"].concat();
        is_unread(packed(codings, &more).await, "packed");
    }
    let filled = [&gzip(bytes)[..], &[0; 300]].concat();
    is_page(packed("gzip", &filled).await, &page);
}

#[tokio::test]
async fn what_we_cannot_undo_is_never_taken_for_text() {
    let page = page();
    for codings in ["compress", "utf-8", "gzip, compress", "none", "aes128gcm"] {
        is_unread(packed(codings, page.as_bytes()).await, "cannot");
    }
    let lie = packed("gzip", page.as_bytes()).await;
    is_unread(lie, "packed wrongly");
    let silent = packed("identity", &gzip(page.as_bytes())).await;
    is_unread(silent, "still packed with gzip, and does not say so");
}

#[tokio::test]
async fn the_bound_on_what_is_unpacked_holds_for_every_coding_and_in_between() {
    let zeros = vec![b' '; 60_000_000];
    let many = vec![gzip(b""); 2_000_000].concat();
    for (codings, body) in [
        ("gzip", gzip(&zeros)),
        ("deflate", zlib(&zeros)),
        ("deflate", deflate(&zeros)),
        ("zstd", zstd(&zeros)),
        // In between it is 40 MB of members in which there is nothing.
        ("gzip, gzip", gzip(&many)),
    ] {
        assert!(body.len() < 900_000, "{codings}: {}", body.len());
        is_unread(packed(codings, &body).await, "longer than 1000 kB");
    }
}

#[tokio::test]
async fn what_its_headers_call_no_page_is_unread() {
    let page = page();
    for (headers, part) in [
        ("Content-Type: application/pdf\r\n", "`application/pdf`"),
        (
            "Content-Type: Application/Octet-Stream\r\n",
            "`application/octet-stream`",
        ),
        ("Content-Type: image/png; charset=utf-8\r\n", "`image/png`"),
        ("Content-Type: text/plain\r\n", "`text/plain`"),
        (
            "Content-Type: text/html\r\nContent-Disposition: Attachment; filename=a.html\r\n",
            "a file to save",
        ),
    ] {
        let Reply::Bytes(reply) = Reply::page("200 OK", headers, &page) else {
            unreachable!("a page is bytes");
        };
        is_unread(fetched(reply).await, part);
    }
    for headers in [
        "",
        "Content-Type: TEXT/HTML;charset=utf-8\r\n",
        "Content-Type: application/xhtml+xml\r\n",
        "Content-Type: ; charset=utf-8\r\n",
        "Content-Type: text/html\r\nContent-Disposition: inline; filename=a.html\r\n",
    ] {
        let Reply::Bytes(reply) = Reply::page("200 OK", headers, &page) else {
            unreachable!("a page is bytes");
        };
        is_page(fetched(reply).await, &page);
    }
}

#[tokio::test]
async fn an_answer_without_a_length_counts_only_with_the_end_of_a_page() {
    let page = page();
    let open = |body: &str| format!("HTTP/1.1 200 OK\r\n{HTML}\r\n{body}").into_bytes();
    is_page(fetched(open(&page)).await, &page);
    let half = &page[..5000];
    is_unread(
        fetched(open(half)).await,
        "neither a length nor the end of a page",
    );
    let head = format!("HTTP/1.1 200 OK\r\n{HTML}Content-Encoding: gzip\r\n\r\n");
    let whole = [head.as_bytes(), &gzip(half.as_bytes())].concat();
    is_page(fetched(whole).await, half);
}

#[tokio::test]
async fn a_refusal_is_one_however_it_is_packed_and_whatever_its_kind() {
    let headers = "Content-Type: application/json\r\nContent-Encoding: compress\r\n";
    for status in [
        "429 Too Many Requests",
        "403 Forbidden",
        "503 Service Unavailable",
    ] {
        let Reply::Bytes(reply) = Reply::page(status, headers, "no") else {
            unreachable!("a page is bytes");
        };
        let Fetched::Got(got) = fetched(reply).await else {
            panic!("{status} was not had");
        };
        assert_eq!(got.status.to_string(), status[..3]);
    }
}
