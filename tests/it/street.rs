//! The demonstration's street: the real fetcher and reader look at it through a whole launch, on a
//! virtual clock.

use std::sync::Arc;
use std::time::Duration;

use jiff::SignedDuration;
use pubwatch::book::StoreId;
use pubwatch::clock::Clock;
use pubwatch::config::plan::{ListingPlan, Manners, StorePlan};
use pubwatch::db::Db;
use pubwatch::demo::pages::Book;
use pubwatch::demo::street::{Asked, Shown};
use pubwatch::demo::{Script, Street};
use pubwatch::fetch::{Fetched, Fetcher, Reception};
use pubwatch::page::{Page, Reading, UnreadReason, Wanted};
use pubwatch::stores::read;

fn book() -> Book {
    Book {
        title: "The Tidewrack Almanac".to_owned(),
        author: "Mara Ellison".to_owned(),
        isbn: "9780000011770".parse().unwrap(),
        publication_date: jiff::civil::date(2027, 2, 9),
        price: "$18.99".to_owned(),
        publisher: "Lantern Hill Press".to_owned(),
    }
}

/// A reader who walks the street with all the manners of the program.
struct Walker {
    _folder: tempfile::TempDir,
    fetcher: Fetcher,
    listings: Vec<ListingPlan>,
}

impl Walker {
    fn new(street: &Street, clock: &Clock) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let db = Arc::new(Db::open(&folder.path().join("pubwatch.db")).unwrap());
        let plan = |(store, base): &(StoreId, url::Url)| StorePlan {
            base: Some(base.clone()),
            ..StorePlan::plain(store.clone())
        };
        let stores: Vec<StorePlan> = street.shops().iter().map(plan).collect();
        let listing = |(store, base): &(StoreId, url::Url)| {
            let front = pubwatch::book::storefront::find(store.as_str()).unwrap();
            let format = pubwatch::book::Format::Paperback;
            let path = front.path_for(&book().isbn.into(), None, format).unwrap();
            ListingPlan {
                store: store.clone(),
                address: format!("https://{}{path}", front.host).parse().unwrap(),
                ask: base.join(&path).unwrap(),
                asin: None,
                is_by_hand: false,
            }
        };
        Self {
            fetcher: Fetcher::new(db, clock.clone(), &Manners::default(), &stores).unwrap(),
            listings: street.shops().iter().map(listing).collect(),
            _folder: folder,
        }
    }

    /// What a listing says in one word.
    async fn look(&self, listing: &ListingPlan) -> String {
        let got = match self.fetcher.fetch(listing).await.unwrap() {
            Fetched::Got(got) => got,
            Fetched::Nothing(no_page) => return no_page.rule.to_owned(),
        };
        let page = Page {
            store: &listing.store,
            address: Some(got.address.as_str()),
            status: got.status,
            headers: &got.headers,
            body: &got.body,
        };
        let wanted = Wanted {
            isbn: Some(book().isbn),
            ..Wanted::default()
        };
        let reading = read(&page, &wanted);
        let reception = match &reading {
            Reading::Unread(unread) if unread.reason == UnreadReason::Blocked => Reception::Refused,
            Reading::Unread(_) | Reading::Says(_) => Reception::Welcome,
        };
        self.fetcher.remember(&got, reception).unwrap();
        match reading {
            Reading::Says(says) => says.availability.name().to_owned(),
            Reading::Unread(unread) => unread.reason.name().to_owned(),
        }
    }
}

/// Looks at every shop every six hours, and notes each change with its day.
async fn walk(walker: &Walker, clock: &Clock, script: &Script) -> Vec<String> {
    let mut seen = Vec::new();
    let mut last = vec![String::new(); walker.listings.len()];
    let mut now = script.begins;
    while now < script.ends {
        clock.turn_to(now);
        for (listing, last) in walker.listings.iter().zip(&mut last) {
            let word = walker.look(listing).await;
            if word != *last {
                let day = clock.now().strftime("%m-%d");
                seen.push(format!("{day} {} {word}", listing.store));
                *last = word;
            }
        }
        now = now.checked_add(SignedDuration::from_hours(6)).unwrap();
    }
    seen
}

#[track_caller]
fn check_manners(street: &Street) {
    let visits = street.visits();
    for (store, _) in street.shops() {
        let visits: Vec<&Asked> = visits
            .iter()
            .filter(|asked| asked.store == *store)
            .collect();
        for pair in visits.windows(2) {
            let gap = pair[1].at.duration_since(pair[0].at);
            assert!(SignedDuration::from_secs(10) <= gap, "{pair:?}");
        }
        let robots = visits
            .iter()
            .filter(|asked| asked.path == "/robots.txt")
            .count();
        assert!(
            (55..=75).contains(&robots),
            "at most once a day, and it was {robots}"
        );
    }
    assert!(
        visits
            .iter()
            .all(|asked| asked.agent.starts_with("pubwatch/"))
    );
}

#[tokio::test]
async fn the_launch_plays_as_it_is_written() {
    let script = Script::launch(book());
    let clock = Clock::starting_at(script.begins);
    let street = Street::start(clock.clone(), script.clone()).await.unwrap();
    let walker = Walker::new(&street, &clock);
    assert_eq!(
        walk(&walker, &clock, &script).await,
        [
            "12-07 amazon.com not_listed",
            "12-07 barnesandnoble.com not_listed",
            "12-07 bookshop.org not_listed",
            "12-13 barnesandnoble.com pre_order",
            "12-23 amazon.com out_of_stock",
            "12-27 bookshop.org pre_order",
            "01-06 amazon.com pre_order",
            "01-15 amazon.com blocked",
            // It lets us in again, but after four refusals we keep away for eight hours.
            "01-16 amazon.com fetch/refused",
            "01-16 amazon.com pre_order",
            "01-29 barnesandnoble.com in_stock",
            "02-09 amazon.com out_of_stock",
            "02-11 amazon.com in_stock",
            "02-14 bookshop.org in_stock",
        ]
    );
    check_manners(&street);
    street.stop().await;
}

#[tokio::test]
async fn a_street_serves_whatever_pages_a_test_gives_it() {
    let stores = [StoreId::new("bookshop.org")];
    let keeper = |asked: &Asked| match asked.path.as_str() {
        "/robots.txt" => Shown::page(404, ""),
        _ => Shown::page(503, "later").after(Duration::from_millis(20)),
    };
    let clock = Clock::System;
    let street = Street::serve(clock.clone(), &stores, Arc::new(keeper))
        .await
        .unwrap();
    let clock = Clock::starting_at("2027-01-01T00:00:00Z".parse().unwrap());
    let walker = Walker::new(&street, &clock);
    assert_eq!(walker.look(&walker.listings[0]).await, "unreachable");
    assert_eq!(walker.look(&walker.listings[0]).await, "fetch/refused");
    let base = street.base(&stores[0]).unwrap().clone();
    street.stop().await;
    let address = base.socket_addrs(|| None).unwrap()[0];
    assert!(
        tokio::net::TcpStream::connect(address).await.is_err(),
        "closed"
    );
}
