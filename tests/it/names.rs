//! Where a name may lead: a store's to the internet, and never to a machine of one's own.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use pubwatch::book::StoreId;
use pubwatch::clock::Clock;
use pubwatch::config::plan::{ListingPlan, StorePlan};
use pubwatch::fetch::{Fetched, Fetcher};
use url::Url;

use crate::loopback::{House, Reply, Server, got, nothing};

/// Asks `http://<name>/p/book` while the resolver says that the name leads to `machines`; without
/// any, to the server on loopback.
async fn ask(server: &Server, name: &str, machines: &[&str]) -> Fetched {
    ask_at(server, (name, None), machines).await
}

/// The same for a store whose place may be set.
async fn ask_at(server: &Server, (name, base): (&str, Option<Url>), machines: &[&str]) -> Fetched {
    let house = House::new(Clock::System);
    let here = SocketAddr::from(([127, 0, 0, 1], server.base.port().unwrap()));
    let mut found: Vec<SocketAddr> = machines.iter().map(|one| one.parse().unwrap()).collect();
    found.push(here);
    let store = StoreId::new(name);
    let table = BTreeMap::from([(name.to_owned(), found)]);
    let plan = StorePlan {
        base,
        ..StorePlan::plain(store.clone())
    };
    let fetcher = Fetcher::new(house.db(), Clock::System, &house.manners, &[plan])
        .unwrap()
        .resolving(table);
    let address = Url::parse(&format!("http://{name}/p/book")).unwrap();
    let listing = ListingPlan {
        store,
        ask: address.clone(),
        address,
        asin: None,
        is_by_hand: false,
    };
    fetcher.fetch(&listing).await.unwrap()
}

#[tokio::test]
async fn a_name_of_a_store_that_leads_to_a_private_address_is_not_asked() {
    let server = Server::start(|_| Reply::ok("<p>not a bookshop</p>")).await;
    for (name, machines) in [
        ("bookshop.org", &[][..]),
        // One public address beside it makes it no better.
        ("bookshop.org", &["192.0.66.1:80"]),
        ("bookshop.org", &["10.0.0.7:80"]),
        ("www.amazon.com", &["[::1]:80", "169.254.169.254:80"]),
        // Nor does a store of which we know nothing more than its name stand at home.
        ("waterstones.com", &[]),
        ("shop.example", &["192.0.66.1:80"]),
    ] {
        let no_page = nothing(ask(&server, name, machines).await);
        let words = no_page.explanation;
        assert!(words.contains("leads to the private address"), "{words}");
    }
    assert_eq!(server.paths(), [""; 0], "somebody was asked");
}

#[tokio::test]
async fn a_store_whose_place_is_set_may_stand_on_ones_own_machine() {
    let server = Server::start(|_| Reply::ok("<p>our own shop</p>")).await;
    let base = Url::parse("http://shop.example/").unwrap();
    let page = got(ask_at(&server, ("shop.example", Some(base)), &[]).await);
    assert_eq!(page.status, 200);
    assert_eq!(server.paths(), ["/robots.txt", "/p/book"]);
}
