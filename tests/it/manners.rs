//! Manners, measured at the other end: a server on loopback writes down when it is asked, for
//! what, and over how many connections at once.

use std::collections::BTreeSet;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::SignedDuration;
use pubwatch::book::Source;
use pubwatch::clock::Clock;
use pubwatch::config::plan::ListingPlan;
use pubwatch::fetch::sqlite::{Claim, Hold, Passage, Wish, answered, memories, rations};
use pubwatch::fetch::{Fetched, Fetcher, NoPageReason, Reception};

use tokio::time::Instant;

use crate::loopback::{House, PAUSE, Reply, Server, got, look, nothing, time};

/// The pause is counted from the end of an answer as we see it, which is a little later than the
/// server's; what a gap may fall short of it is the rounding to whole milliseconds.
const ROUNDING: Duration = Duration::from_millis(2);

#[tokio::test]
async fn we_say_who_we_are_and_nothing_else() {
    let server = Server::start(|_| Reply::ok("<title>Salt Roads</title>")).await;
    let house = House::new(Clock::System);
    got(look(&house.fetcher(&server), &server, "/book/9780132350884").await);
    let seen = server.book.seen.lock().unwrap();
    let mut lines: Vec<String> = seen[1].head.lines().map(str::to_lowercase).collect();
    lines.retain(|line| !line.is_empty() && !line.starts_with("host:"));
    lines.sort();
    let version = env!("CARGO_PKG_VERSION");
    let project = env!("CARGO_PKG_REPOSITORY");
    assert_eq!(
        lines,
        [
            "accept-encoding: zstd,gzip,br".to_owned(),
            "accept: text/html,application/xhtml+xml".to_owned(),
            "from: jane@example.com".to_owned(),
            "get /book/9780132350884 http/1.1".to_owned(),
            format!("user-agent: pubwatch/{version} (+{project}; jane@example.com)"),
        ]
    );
}

#[tokio::test]
async fn requests_to_one_host_keep_the_pause_apart() {
    let server = Server::start(|path| match path {
        "/book/2" => Reply::redirect("/p/2"),
        _ => Reply::ok("a page"),
    })
    .await;
    let house = House::new(Clock::System);
    let fetcher = house.fetcher(&server);
    for path in ["/book/1", "/book/2", "/book/3"] {
        got(look(&fetcher, &server, path).await);
    }
    assert_eq!(
        server.paths(),
        ["/robots.txt", "/book/1", "/book/2", "/p/2", "/book/3"]
    );
    for gap in server.gaps() {
        assert!(PAUSE <= gap + ROUNDING, "{gap:?}");
    }
}

#[tokio::test]
async fn two_processes_on_one_database_share_the_pause_and_never_ask_at_once() {
    let server = Server::start(|_| Reply::ok("a page")).await;
    let house = House::new(Clock::System);
    let one = house.fetcher(&server);
    let other = house.fetcher(&server);
    let round = |fetcher: Fetcher, name: &'static str| {
        let listings: Vec<ListingPlan> = (1..=4)
            .map(|number| server.listing(&format!("/{name}/{number}")))
            .collect();
        tokio::spawn(async move {
            for listing in listings {
                // A busy host means: come again.
                while let Fetched::Nothing(no_page) = fetcher.fetch(&listing).await.unwrap() {
                    assert_eq!(no_page.reason, NoPageReason::Busy);
                }
            }
        })
    };
    let (one, other) = tokio::join!(round(one, "one"), round(other, "other"));
    one.unwrap();
    other.unwrap();
    let pages = server
        .paths()
        .iter()
        .filter(|path| *path != "/robots.txt")
        .count();
    assert_eq!(pages, 8);
    assert_eq!(server.book.most_at_once.load(Ordering::SeqCst), 1);
    for gap in server.gaps() {
        assert!(PAUSE <= gap + ROUNDING, "{gap:?}");
    }
}

#[tokio::test]
async fn of_two_processes_that_want_the_same_pages_each_is_asked_once_and_nobody_is_held_up() {
    let server = Server::start(|_| Reply::ok("a page")).await;
    let mut house = House::new(Clock::System);
    // As in life: what another has taken must not cost this long.
    house.manners.deadline = Duration::from_secs(30);
    let taken = Arc::new(Mutex::new(BTreeSet::new()));
    let began = Instant::now();
    let round = |fetcher: Fetcher| {
        let listings: Vec<ListingPlan> = (1..=6)
            .map(|number| server.listing(&format!("/book/{number}")))
            .collect();
        let taken = Arc::clone(&taken);
        tokio::spawn(async move {
            for listing in listings {
                let claim = || Ok(taken.lock().unwrap().insert(listing.ask.clone()));
                let fetched = fetcher.fetch_by(Source::Http, &listing, None, &claim).await;
                if let Fetched::Nothing(no_page) = fetched.unwrap() {
                    assert_eq!(
                        no_page.explanation,
                        "another Pubwatch has just looked at it"
                    );
                }
            }
        })
    };
    let (one, other) = (house.fetcher(&server), house.fetcher(&server));
    let (one, other) = tokio::join!(round(one), round(other));
    one.unwrap();
    other.unwrap();
    let mut paths = server.paths();
    paths.sort();
    let pages = (1..=6).map(|number| format!("/book/{number}"));
    let expected: Vec<String> = pages.chain(["/robots.txt".to_owned()]).collect();
    assert_eq!(paths, expected);
    let counted = rations(&house.db(), 2000, house.clock.now()).unwrap();
    assert_eq!(counted[0].used, 7, "what never went out does not count");
    for gap in server.gaps() {
        assert!(PAUSE <= gap + ROUNDING, "{gap:?}");
    }
    let took = began.elapsed();
    assert!(took < Duration::from_secs(10), "it took {took:?}");
}

#[tokio::test]
async fn a_turn_that_is_not_used_leaves_the_one_try_of_a_host_that_turned_us_away() {
    let server = Server::start(|_| Reply::ok("a page")).await;
    let house = House::in_2027();
    let fetcher = house.fetcher(&server);
    let page = got(look(&fetcher, &server, "/dp/1").await);
    fetcher.remember(&page, Reception::Refused).unwrap();
    house.clock.turn_to(time("2027-01-01T02:00:00Z"));
    let listing = server.listing("/dp/2");
    let unwanted = fetcher.fetch_by(Source::Http, &listing, None, &|| Ok(false));
    let no_page = nothing(unwanted.await.unwrap());
    assert_eq!(no_page.reason, NoPageReason::Busy);
    got(look(&fetcher, &server, "/dp/3").await);
}

#[tokio::test]
async fn who_waits_for_another_process_is_told_who_it_is_and_until_when() {
    let server = Server::start(|_| Reply::ok("a page")).await;
    let house = House::new(Clock::System);
    let (db, host) = (house.db(), server.host());
    let hold = Hold::new(&db, &host, &host, "process 1, abcdef, look 0");
    let now = house.clock.now();
    let claimed = hold.claim(|| Wish {
        now,
        hold: Duration::from_secs(600),
        pause: PAUSE,
        longest: PAUSE,
        passage: Passage::Trying,
        cap: 2000,
    });
    assert_eq!(claimed.unwrap(), Claim::Ours);
    let no_page = nothing(look(&house.fetcher(&server), &server, "/book/1").await);
    assert_eq!(no_page.reason, NoPageReason::Busy);
    assert!(!no_page.asked);
    let words = &no_page.explanation;
    assert!(words.contains("process 1, abcdef, look 0"), "{words}");
    let left = no_page.retry_at.unwrap().duration_since(now).as_secs();
    assert!((598..=600).contains(&left), "{left}");
    // The other one comes home, and its answer is there.
    answered(&db, &host, Some(now), |_| ()).unwrap();
    drop(hold);
    got(look(&house.fetcher(&server), &server, "/book/1").await);
}

#[tokio::test]
async fn a_lease_of_a_dead_process_ends_by_itself() {
    let server = Server::start(|_| Reply::ok("a page")).await;
    let house = House::in_2027();
    let (db, host) = (house.db(), server.host());
    let hold = Hold::new(&db, &host, &host, "the dead one");
    let claimed = hold.claim(|| Wish {
        now: house.clock.now(),
        hold: Duration::from_secs(45),
        pause: PAUSE,
        longest: Duration::from_secs(60),
        passage: Passage::Trying,
        cap: 2000,
    });
    assert_eq!(claimed.unwrap(), Claim::Ours);
    std::mem::forget(hold);
    house.clock.turn_to(time("2027-01-01T00:00:45Z"));
    got(look(&house.fetcher(&server), &server, "/book/1").await);
    // Its pause was written down before it died, and was kept.
    assert!(time("2027-01-01T00:00:45.08Z") <= house.clock.now());
}

#[tokio::test]
async fn robots_txt_is_obeyed_and_the_rule_is_shown() {
    let server = Server::start(|path| match path {
        "/robots.txt" => Reply::ok("User-agent: *\nDisallow: /secret/*.html$\nCrawl-delay: 30\n"),
        _ => Reply::ok("a page"),
    })
    .await;
    let house = House::in_2027();
    let fetcher = house.fetcher(&server);
    let no_page = nothing(look(&fetcher, &server, "/secret/1.html").await);
    assert_eq!(no_page.reason, NoPageReason::Robots);
    assert!(!no_page.asked);
    let words = &no_page.explanation;
    assert!(
        words.contains("`Disallow: /secret/*.html$` for `*`"),
        "{words}"
    );
    assert_eq!(no_page.retry_at, Some(time("2027-01-02T00:00:00Z")));
    let page = got(look(&fetcher, &server, "/secret/1.html?x").await);
    // The pause that robots.txt asks for replaced our own.
    assert_eq!(page.at, time("2027-01-01T00:00:30Z"));
    assert_eq!(server.paths(), ["/robots.txt", "/secret/1.html?x"]);
}

#[tokio::test]
async fn robots_txt_is_obeyed_on_a_redirect_too() {
    let server = Server::start(|path| match path {
        "/robots.txt" => Reply::ok("User-agent: pubwatch\nDisallow: /p/\n"),
        "/book/1" => Reply::redirect("/p/books/salt-roads"),
        _ => Reply::ok("a page"),
    })
    .await;
    let house = House::new(Clock::System);
    let no_page = nothing(look(&house.fetcher(&server), &server, "/book/1").await);
    assert_eq!(no_page.reason, NoPageReason::Robots);
    assert_eq!(server.paths(), ["/robots.txt", "/book/1"]);
}

#[tokio::test]
async fn robots_txt_is_asked_once_a_day_whoever_starts_again() {
    let server = Server::start(|_| Reply::ok("a page")).await;
    let house = House::in_2027();
    for path in ["/book/1", "/book/2"] {
        got(look(&house.fetcher(&server), &server, path).await);
    }
    house.clock.turn_to(time("2027-01-02T00:00:01Z"));
    got(look(&house.fetcher(&server), &server, "/book/3").await);
    assert_eq!(
        server.paths(),
        [
            "/robots.txt",
            "/book/1",
            "/book/2",
            "/robots.txt",
            "/book/3"
        ]
    );
}

#[tokio::test]
async fn no_robots_txt_allows_and_a_broken_one_forbids() {
    for (status, pages) in [("404 Not Found", 1), ("403 Forbidden", 1), ("500 Oops", 0)] {
        let server = Server::start(move |path| match path {
            "/robots.txt" => Reply::page(status, "", ""),
            _ => Reply::ok("a page"),
        })
        .await;
        let house = House::in_2027();
        let fetched = look(&house.fetcher(&server), &server, "/book/1").await;
        assert_eq!(server.paths().len(), 1 + pages, "{status}");
        if let Fetched::Nothing(no_page) = fetched {
            assert_eq!(no_page.reason, NoPageReason::Unreachable);
            assert_eq!(no_page.retry_at, Some(time("2027-01-01T00:30:00Z")));
        }
    }
}

#[tokio::test]
async fn retry_after_is_honoured_across_a_restart_and_one_page_comes_back() {
    let server = Server::start(|path| match path {
        "/book/1" => Reply::page(
            "429 Too Many Requests",
            "Retry-After: 7200\r\n",
            "slow down",
        ),
        _ => Reply::ok("a page"),
    })
    .await;
    let house = House::in_2027();
    let refused = got(look(&house.fetcher(&server), &server, "/book/1").await);
    assert_eq!(refused.status, 429);
    house
        .fetcher(&server)
        .remember(&refused, Reception::Refused)
        .unwrap();
    house.clock.turn_to(time("2027-01-01T01:59:59Z"));
    let no_page = nothing(look(&house.fetcher(&server), &server, "/book/2").await);
    assert_eq!(no_page.reason, NoPageReason::Blocked);
    assert_eq!(
        no_page.retry_at,
        Some(refused.at + SignedDuration::from_hours(2)),
        "reported twice, counted once"
    );
    house.clock.turn_to(time("2027-01-01T02:00:01Z"));
    let fetcher = house.fetcher(&server);
    let page = got(look(&fetcher, &server, "/book/2").await);
    let no_page = nothing(look(&fetcher, &server, "/book/3").await);
    assert_eq!(no_page.reason, NoPageReason::Blocked, "one page only");
    fetcher.remember(&page, Reception::Welcome).unwrap();
    got(look(&fetcher, &server, "/book/3").await);
    assert_eq!(
        server.paths(),
        ["/robots.txt", "/book/1", "/book/2", "/book/3"]
    );
}

#[tokio::test]
async fn a_captcha_that_looks_like_success_keeps_us_away_for_an_hour() {
    let server = Server::start(|_| Reply::ok("Enter the characters you see below")).await;
    let house = House::in_2027();
    let fetcher = house.fetcher(&server);
    let page = got(look(&fetcher, &server, "/dp/1").await);
    fetcher.remember(&page, Reception::Refused).unwrap();
    let no_page = nothing(look(&fetcher, &server, "/dp/2").await);
    assert_eq!(no_page.reason, NoPageReason::Blocked);
    assert_eq!(
        no_page.retry_at,
        Some(page.at + SignedDuration::from_hours(1))
    );
    let [(host, memory)] = &memories(&house.db()).unwrap()[..] else {
        panic!("one host");
    };
    assert_eq!((host, memory.requests), (&server.host(), 2));
    assert_eq!(
        memory.breaker.why.as_deref(),
        Some("its page was a bot check or a wall")
    );
}

#[tokio::test]
async fn a_host_that_keeps_failing_is_left_alone_for_a_while() {
    let server = Server::start(|path| match path {
        "/robots.txt" => Reply::nothing(),
        _ => Reply::page("500 Internal Server Error", "", ""),
    })
    .await;
    let house = House::in_2027();
    let fetcher = house.fetcher(&server);
    for _ in 0..3 {
        assert_eq!(got(look(&fetcher, &server, "/dp/1").await).status, 500);
    }
    let no_page = nothing(look(&fetcher, &server, "/dp/1").await);
    assert_eq!(no_page.reason, NoPageReason::Unreachable);
    assert!(!no_page.asked);
    assert_eq!(server.paths().len(), 4);
}

#[tokio::test]
async fn a_redirect_out_of_the_store_is_not_followed() {
    let elsewhere = Server::start(|_| Reply::ok("a secret of this machine")).await;
    let target = elsewhere.base.join("/admin").unwrap().to_string();
    let server = Server::start(move |path| match path {
        "/robots.txt" => Reply::nothing(),
        _ => Reply::redirect(&target),
    })
    .await;
    let house = House::new(Clock::System);
    let no_page = nothing(look(&house.fetcher(&server), &server, "/book/1").await);
    assert_eq!(no_page.rule, "fetch/outside");
    assert!(elsewhere.paths().is_empty());
}

#[tokio::test]
async fn a_host_gets_its_requests_of_the_day_and_no_more_whoever_starts_again() {
    let server = Server::start(|path| match path {
        "/book/3" => Reply::redirect("/p/3"),
        _ => Reply::ok("a page"),
    })
    .await;
    let mut house = House::in_2027();
    house.manners.requests_per_day = 4;
    got(look(&house.fetcher(&server), &server, "/book/1").await);
    got(look(&house.fetcher(&server), &server, "/book/2").await);
    // A hop counts like any other request, and is not made when there is none left.
    let no_page = nothing(look(&house.fetcher(&server), &server, "/book/3").await);
    assert_eq!(no_page.reason, NoPageReason::Spent);
    let midnight = time("2027-01-02T00:00:00Z");
    for path in ["/book/4", "/book/5"] {
        let no_page = nothing(look(&house.fetcher(&server), &server, path).await);
        assert_eq!(no_page.rule, "fetch/spent");
        assert!(!no_page.asked);
        assert_eq!(no_page.retry_at, Some(midnight));
        let words = &no_page.explanation;
        assert!(
            words.contains("4 requests that it gets in a day"),
            "{words}"
        );
        assert!(words.contains("raise `requests_per_day`"), "{words}");
    }
    let used = |now| {
        let rations = rations(&house.db(), house.manners.requests_per_day, now).unwrap();
        let [ration] = &rations[..] else {
            panic!("one host: {rations:?}");
        };
        (ration.host.clone(), ration.used, ration.cap - ration.used)
    };
    assert_eq!(used(house.clock.now()), (server.host(), 4, 0));
    house.clock.turn_to(midnight);
    assert_eq!(used(midnight), (server.host(), 0, 4));
    got(look(&house.fetcher(&server), &server, "/book/4").await);
    assert_eq!(
        server.paths(),
        [
            "/robots.txt",
            "/book/1",
            "/book/2",
            "/book/3",
            "/robots.txt",
            "/book/4"
        ]
    );
}
