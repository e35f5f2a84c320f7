//! Amazon's Creators API, against a double on loopback that behaves as its documentation says.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use pubwatch::book::{Source, StoreId};
use pubwatch::clock::Clock;
use pubwatch::config::plan::{ListingPlan, SecretSource, StorePlan};
use pubwatch::config::ways::{ApiPlan, CredentialVersion, Region};
use pubwatch::fetch::{Fetched, Fetcher, NoPageReason};
use pubwatch::page::{Reading, Wanted};
use pubwatch::stores::{Lessons, creators_api};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::time::Instant;
use url::Url;

use crate::loopback::{House, got, nothing};

/// What the double has seen, and how it behaves.
#[derive(Default)]
struct Double {
    tokens: Mutex<Vec<String>>,
    asked: Mutex<Vec<(Instant, HeaderMap, Value)>>,
    /// Answers to give before the usual one, the first one last.
    before: Mutex<Vec<(u16, Value)>>,
}

async fn token(State(double): State<Arc<Double>>, body: String) -> String {
    let mut tokens = double.tokens.lock().unwrap();
    tokens.push(body);
    json!({ "access_token": format!("token-{}", tokens.len()), "expires_in": 3600,
            "token_type": "bearer" })
    .to_string()
}

async fn items(
    State(double): State<Arc<Double>>,
    headers: HeaderMap,
    body: String,
) -> (StatusCode, String) {
    let body: Value = serde_json::from_str(&body).unwrap();
    let asked = body["itemIds"].as_array().unwrap().clone();
    double
        .asked
        .lock()
        .unwrap()
        .push((Instant::now(), headers, body));
    if let Some((status, answer)) = double.before.lock().unwrap().pop() {
        return (StatusCode::from_u16(status).unwrap(), answer.to_string());
    }
    // Every other item is not accessible, as the documentation puts it.
    let (found, missing): (Vec<_>, Vec<_>) = asked
        .iter()
        .map(|asin| asin.as_str().unwrap())
        .partition(|asin| asin.as_bytes()[8].is_multiple_of(2));
    let items: Vec<Value> = found
        .iter()
        .map(|asin| {
            json!({ "asin": asin, "offersV2": { "listings": [{
                "isBuyBoxWinner": true,
                "condition": { "value": "New" },
                "availability": { "type": "PREORDER", "message": "Pre-order now" },
            }] } })
        })
        .collect();
    let errors: Vec<Value> = missing
        .iter()
        .map(|asin| {
            json!({ "code": "ItemNotAccessible",
                    "message": format!("The ItemId {asin} is not accessible through the API.") })
        })
        .collect();
    let answer = json!({ "itemsResult": { "items": items }, "errors": errors });
    (StatusCode::OK, answer.to_string())
}

struct Api {
    house: House,
    double: Arc<Double>,
    plan: ApiPlan,
}

impl Api {
    async fn start() -> Self {
        let double = Arc::new(Double::default());
        let router = Router::new()
            .route("/auth/o2/token", post(token))
            .route("/catalog/v1/getItems", post(items))
            .with_state(Arc::clone(&double));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}/", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, router).await });
        let plan = ApiPlan {
            credential_id: "amzn1.application-oa2-client.example".to_owned(),
            secret: SecretSource::Command(["echo", "hush"].map(str::to_owned).to_vec()),
            version: CredentialVersion::Three(Region::NorthAmerica),
            partner_tag: "example-20".to_owned(),
            partner_tags: BTreeMap::new(),
            base: Some(Url::parse(&base).unwrap()),
        };
        Self {
            house: House::new(Clock::System),
            double,
            plan,
        }
    }

    fn fetcher(&self) -> Fetcher {
        let store = StorePlan::plain(StoreId::new("amazon.com"));
        let (db, clock) = (self.house.db(), self.house.clock.clone());
        Fetcher::new(db, clock, &self.house.manners, &[store])
            .unwrap()
            .with_api(Some(&self.plan))
    }

    fn say_first(&self, status: u16, answer: Value) {
        self.double.before.lock().unwrap().push((status, answer));
    }
}

fn listing(asin: &str) -> ListingPlan {
    let address = Url::parse(&format!("https://www.amazon.com/dp/{asin}")).unwrap();
    ListingPlan {
        store: StoreId::new("amazon.com"),
        ask: address.clone(),
        address,
        asin: Some(asin.to_owned()),
        is_by_hand: false,
    }
}

async fn ask(fetcher: &Fetcher, asin: &str) -> Fetched {
    let wanted = || Ok(true);
    fetcher
        .fetch_by(Source::Api, &listing(asin), None, &wanted)
        .await
        .unwrap()
}

fn reading(fetched: Fetched, asin: &str) -> Reading {
    let wanted = Wanted {
        asin: Some(asin.to_owned()),
        ..Wanted::default()
    };
    let body = got(fetched).body;
    creators_api::read(
        &StoreId::new("amazon.com"),
        &body,
        &wanted,
        &Lessons::default(),
    )
}

fn asin(number: usize) -> String {
    format!("B0EXAMPL{number:02}")
}

#[tokio::test]
async fn twelve_items_come_with_two_requests_and_half_of_them_are_missing() {
    let api = Api::start().await;
    let fetcher = api.fetcher();
    let listings: Vec<ListingPlan> = (0..12)
        .map(|number| listing(&asin(number * 10 % 97)))
        .collect();
    fetcher.expect(&listings);
    let mut states = BTreeMap::new();
    for listing in &listings {
        let asin = listing.asin.clone().unwrap();
        let state = match reading(ask(&fetcher, &asin).await, &asin) {
            Reading::Says(says) => says.availability.name().to_owned(),
            Reading::Unread(unread) => unread.words.split(':').next().unwrap().to_owned(),
        };
        *states.entry(state).or_insert(0) += 1;
    }
    let expected = [
        ("ItemNotAccessible".to_owned(), 6),
        ("pre_order".to_owned(), 6),
    ];
    assert_eq!(states, BTreeMap::from(expected));
    let asked = api.double.asked.lock().unwrap();
    let sizes: Vec<usize> = asked
        .iter()
        .map(|(_, _, body)| body["itemIds"].as_array().unwrap().len())
        .collect();
    assert_eq!(sizes, [10, 2]);
    assert!(
        1.0 <= (asked[1].0 - asked[0].0).as_secs_f64(),
        "one request a second"
    );
    let (_, headers, body) = &asked[0];
    assert_eq!(headers["authorization"], "Bearer token-1");
    assert_eq!(headers["x-marketplace"], "www.amazon.com");
    assert_eq!(headers["content-type"], "application/json");
    assert_eq!(body["partnerTag"], "example-20");
    let tokens = api.double.tokens.lock().unwrap();
    assert_eq!(tokens.len(), 1, "the token is kept");
    let token: Value = serde_json::from_str(&tokens[0]).unwrap();
    assert_eq!(token["client_secret"], "hush");
    assert_eq!(token["scope"], "creatorsapi::default");
}

#[tokio::test]
async fn a_token_that_expired_is_replaced_once() {
    let api = Api::start().await;
    let expired = json!({ "message": "The token has expired.", "reason": "TokenExpired",
                          "type": "UnauthorizedException" });
    api.say_first(401, expired.clone());
    let fetcher = api.fetcher();
    let item = ask(&fetcher, "B0EXAMPL00").await;
    assert!(matches!(reading(item, "B0EXAMPL00"), Reading::Says(_)));
    assert_eq!(api.double.tokens.lock().unwrap().len(), 2);
    assert_eq!(
        api.double.asked.lock().unwrap()[1].1["authorization"],
        "Bearer token-2"
    );

    api.say_first(401, expired.clone());
    api.say_first(401, expired);
    let refused = nothing(ask(&fetcher, "B0EXAMPL00").await);
    assert!(
        refused.explanation.contains("TokenExpired"),
        "{}",
        refused.explanation
    );
    assert_eq!(
        api.double.asked.lock().unwrap().len(),
        4,
        "not a third time"
    );
}

#[tokio::test]
async fn throttling_is_obeyed_for_as_long_as_it_says() {
    let api = Api::start().await;
    api.say_first(
        429,
        json!({ "type": "ThrottleException", "retryAfterSeconds": 2 }),
    );
    let fetcher = api.fetcher();
    let throttled = nothing(ask(&fetcher, "B0EXAMPL00").await);
    assert_eq!(
        throttled.explanation,
        "Amazon's API asks for fewer requests; it is left alone for 2 seconds"
    );
    let shut = nothing(ask(&fetcher, "B0EXAMPL00").await);
    assert!(!shut.asked);
    // Another process on the same data keeps away as well.
    assert!(!nothing(ask(&api.fetcher(), "B0EXAMPL00").await).asked);
    assert_eq!(api.double.asked.lock().unwrap().len(), 1);
    tokio::time::sleep(std::time::Duration::from_millis(2100)).await;
    got(ask(&fetcher, "B0EXAMPL00").await);
}

#[tokio::test]
async fn an_account_that_is_not_eligible_is_explained_and_not_pestered() {
    let api = Api::start().await;
    api.say_first(
        403,
        json!({ "message": "Your account does not currently meet the eligibility requirements.",
                "reason": "AssociateNotEligible", "type": "AccessDeniedException" }),
    );
    let fetcher = api.fetcher();
    let refused = nothing(ask(&fetcher, "B0EXAMPL00").await);
    assert_eq!(refused.reason, NoPageReason::Blocked);
    assert!(
        refused.explanation.contains("10 qualified sales"),
        "{}",
        refused.explanation
    );
    assert!(!nothing(ask(&fetcher, "B0EXAMPL00").await).asked);
    assert_eq!(api.double.asked.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn a_secret_that_cannot_be_had_is_said_and_nothing_is_asked() {
    let mut api = Api::start().await;
    api.plan.secret = SecretSource::Env("PUBWATCH_TEST_NOT_SET".to_owned());
    let refused = nothing(ask(&api.fetcher(), "B0EXAMPL00").await);
    assert!(
        refused.explanation.contains("PUBWATCH_TEST_NOT_SET"),
        "{}",
        refused.explanation
    );
    assert!(api.double.tokens.lock().unwrap().is_empty());
}
