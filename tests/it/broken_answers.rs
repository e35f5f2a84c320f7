//! Answers that are no page: each ends soon, is held to its size, and is explained in a sentence.

use std::fmt::Write as _;
use std::io::Write as _;
use std::time::Duration;

use pubwatch::clock::Clock;
use pubwatch::fetch::{NoPage, NoPageReason};
use tokio::net::TcpStream;
use tokio::time::Instant;

use crate::loopback::{House, Reply, Server, got, look, nothing};

#[tokio::test]
async fn an_endless_redirect_ends_after_five() {
    let server = Server::start(|path| match path.strip_prefix("/book/") {
        Some(number) => Reply::redirect(&format!("/book/{}", number.parse::<u32>().unwrap() + 1)),
        None => Reply::nothing(),
    })
    .await;
    let house = House::in_2027();
    let no_page = nothing(look(&house.fetcher(&server), &server, "/book/0").await);
    assert_eq!(no_page.rule, "fetch/too-many-redirects");
    assert_eq!(server.paths().len(), 1 + 1 + 5);
}

/// The one sentence that a broken answer is explained with.
#[track_caller]
fn check_explained(no_page: &NoPage, part: &str) {
    assert_eq!(no_page.reason, NoPageReason::Unreachable);
    assert!(no_page.asked);
    assert!(
        no_page.explanation.contains(part),
        "{}",
        no_page.explanation
    );
}

async fn explained(reply: impl Fn() -> Reply + Send + Sync + 'static) -> NoPage {
    let server = Server::start(move |path| match path {
        "/robots.txt" => Reply::nothing(),
        _ => reply(),
    })
    .await;
    let house = House::new(Clock::System);
    nothing(look(&house.fetcher(&server), &server, "/book/1").await)
}

#[tokio::test]
async fn a_small_body_that_unpacks_to_a_huge_one_is_dropped_at_the_cap() {
    let level = flate2::Compression::best();
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), level);
    let megabyte = vec![b' '; 1_000_000];
    for _ in 0..200 {
        encoder.write_all(&megabyte).unwrap();
    }
    let bomb = encoder.finish().unwrap();
    assert!(bomb.len() < 250_000, "{}", bomb.len());
    let no_page =
        explained(move || Reply::page("200 OK", "Content-Encoding: gzip\r\n", &bomb)).await;
    check_explained(&no_page, "longer than 1000 kB");
}

#[tokio::test]
async fn a_trickling_answer_ends_at_the_deadline() {
    let began = Instant::now();
    let no_page = explained(|| Reply::Trickle).await;
    check_explained(&no_page, "did not answer in full within 400 ms");
    assert!(
        began.elapsed() < Duration::from_secs(3),
        "{:?}",
        began.elapsed()
    );
}

#[tokio::test]
async fn an_answer_shorter_than_it_said_is_no_page() {
    let head = b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n<html>In Stock";
    let no_page = explained(|| Reply::Cut(head.to_vec())).await;
    check_explained(&no_page, "broke off in the middle of its answer");
}

#[tokio::test]
async fn a_flood_of_headers_is_no_page() {
    let mut flood = "HTTP/1.1 200 OK\r\n".to_owned();
    for number in 0..10_000 {
        write!(flood, "X-Header-{number}: {}\r\n", "x".repeat(100)).unwrap();
    }
    flood.push_str("\r\n");
    let no_page = explained(move || Reply::Bytes(flood.clone().into_bytes())).await;
    check_explained(&no_page, "its answer has too many headers");
}

#[tokio::test]
async fn what_is_not_http_is_no_page() {
    let no_page = explained(|| Reply::Cut(b"220 mail.example ESMTP\r\n".to_vec())).await;
    check_explained(&no_page, "its answer is not HTTP");
}

#[tokio::test]
async fn a_host_that_is_down_is_no_page_and_its_robots_txt_is_not_taken_for_missing() {
    let server = Server::start(|_| Reply::ok("a page")).await;
    server.task.abort();
    while TcpStream::connect(server.base.socket_addrs(|| None).unwrap()[0])
        .await
        .is_ok()
    {
        tokio::task::yield_now().await;
    }
    let house = House::new(Clock::System);
    let no_page = nothing(look(&house.fetcher(&server), &server, "/book/1").await);
    assert_eq!(no_page.reason, NoPageReason::Unreachable);
    let words = &no_page.explanation;
    assert!(words.contains("refused the connection"), "{words}");
}

#[tokio::test]
async fn a_page_is_decoded_by_its_header_and_keeps_only_helpful_headers() {
    let server = Server::start(|path| match path {
        "/robots.txt" => Reply::nothing(),
        _ => Reply::page(
            "403 Forbidden",
            "Content-Type: text/html; charset=iso-8859-1\r\nServer: cloudflare\r\n\
             Set-Cookie: id=1\r\nCF-Mitigated: challenge\r\n",
            b"caf\xe9",
        ),
    })
    .await;
    let house = House::new(Clock::System);
    let page = got(look(&house.fetcher(&server), &server, "/book/1").await);
    assert_eq!((page.status, page.body.as_str()), (403, "café"));
    let names: Vec<&str> = page.headers.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["cf-mitigated", "content-type", "server"]);
    let no_page = nothing(look(&house.fetcher(&server), &server, "/book/2").await);
    assert_eq!(
        no_page.reason,
        NoPageReason::Blocked,
        "403 is a refusal at once"
    );
}
