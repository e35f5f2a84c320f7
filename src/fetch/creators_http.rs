//! Asking Amazon's Creators API: its token, its pace, and up to ten items at a time.

use std::collections::BTreeMap;
use std::mem;
use std::sync::{Mutex, MutexGuard};
use std::time::Duration;

use jiff::Timestamp;
use serde_json::json;

use super::creators_api::{
    self, ApiFailure, Item, MOST_ITEMS, Message, PAUSE, Token, items_of, items_request,
};
use super::explain::explain;
use super::http::{Fetcher, Stop};
use super::politeness::later;
use super::realm::Realm;
use super::sqlite::{self, Hold, Passage};
use super::way::{Errand, Look, StillWanted, Way};
use super::wire::http::Cap;
use super::{Fetched, Got, HostKey, reasons};
use crate::book::{Source, StoreId};
use crate::config::command;
use crate::config::plan::ListingPlan;
use crate::config::ways::ApiPlan;
use crate::db::DbError;
use crate::lock::locked;
use crate::text::words::starred;

/// How long an item that came along with another one may be used instead of asking again.
const FRESH: Duration = Duration::from_secs(10 * 60);

/// What is known of the API between two requests. The token stays in memory and is never stored.
#[derive(Debug)]
pub(super) struct Api {
    plan: ApiPlan,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    token: Option<Token>,
    /// Items that will be asked for soon, and so may come along with another one.
    expected: BTreeMap<StoreId, Vec<String>>,
    /// Items that came along.
    had: BTreeMap<(StoreId, String), (Timestamp, Item)>,
}

impl Api {
    pub(super) fn new(plan: &ApiPlan) -> Self {
        Self {
            plan: plan.clone(),
            state: Mutex::default(),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        locked(&self.state)
    }
}

impl Fetcher {
    /// Tells which listings will be asked for through the API in this round, so that up to ten of
    /// them come with one request. Replaces what was told before.
    pub fn expect<'a>(&self, listings: impl IntoIterator<Item = &'a ListingPlan>) {
        let Some(api) = &self.api else { return };
        let mut expected: BTreeMap<StoreId, Vec<String>> = BTreeMap::new();
        for listing in listings {
            if let Some(asin) = &listing.asin {
                let asins = expected.entry(listing.store.clone()).or_default();
                asins.push(asin.clone());
            }
        }
        api.state().expected = expected;
    }

    /// What the API says of a listing.
    pub(super) async fn item(
        &self,
        listing: &ListingPlan,
        still_wanted: StillWanted<'_>,
    ) -> Result<Fetched, DbError> {
        match self.item_or_stop(listing, still_wanted).await {
            Ok(got) => Ok(Fetched::Got(Box::new(got))),
            Err(Stop::NoPage(no_page)) => Ok(Fetched::Nothing(no_page)),
            Err(Stop::Database(error)) => Err(error),
        }
    }

    async fn item_or_stop(
        &self,
        listing: &ListingPlan,
        still_wanted: StillWanted<'_>,
    ) -> Result<Got, Stop> {
        let (Some(api), Some(asin)) = (&self.api, &listing.asin) else {
            let words = "the API needs an `[amazon_api]` table and the listing's ASIN; add what \
                         is missing";
            return Err(reasons::api(words.to_owned(), false, None).into());
        };
        // One request at a time, and whoever waited finds what came along with the other's.
        let queue = self.queue(&StoreId::new("creatorsapi.amazon"));
        let _turn = queue.lock().await;
        if !still_wanted()? {
            return Err(reasons::not_wanted().into());
        }
        let key = (listing.store.clone(), asin.clone());
        let had = api.state().had.remove(&key);
        let had = had.filter(|(at, _)| self.now() < later(*at, FRESH));
        if let Some((at, item)) = had {
            return got_item(api, listing, item, at);
        }
        let (items, at) = self.ask_items(api, &listing.store, asin).await?;
        let mut state = api.state();
        for (asin, item) in items {
            state.had.insert((listing.store.clone(), asin), (at, item));
        }
        let item = state.had.remove(&key);
        drop(state);
        let missing = || (at, Item::Missing("nothing was said of it".to_owned()));
        let (at, item) = item.unwrap_or_else(missing);
        got_item(api, listing, item, at)
    }

    /// Asks for an item and for others that are expected; a token that was refused is replaced
    /// once.
    async fn ask_items(
        &self,
        api: &Api,
        store: &StoreId,
        asin: &str,
    ) -> Result<(BTreeMap<String, Item>, Timestamp), Stop> {
        let asins = company(&mut api.state(), store, asin);
        let asked: Vec<&str> = asins.iter().map(String::as_str).collect();
        let mut second = false;
        loop {
            let token = self.token(api).await?;
            let message = items_request(&api.plan, &token, store, &asked)
                .ok_or_else(|| reasons::api(no_marketplace(store), false, None))?;
            let read = |status, body: &str, _| items_of(status, body, &asked);
            match self.send(api, &message, read).await? {
                (Ok(items), at) => return Ok((items, at)),
                (Err(ApiFailure::Token(_)), _) if !second => {
                    api.state().token = None;
                    second = true;
                }
                (Err(failure), at) => return Err(no_page(&failure, at).into()),
            }
        }
    }

    /// The token, a new one where there is none that is good.
    async fn token(&self, api: &Api) -> Result<Token, Stop> {
        let now = self.now();
        let known = api.state().token.clone();
        if let Some(token) = known.filter(|token| token.is_good(now)) {
            return Ok(token);
        }
        let secret = command::secret(&api.plan.secret)
            .await
            .map_err(|error| reasons::api(error.to_string(), false, None))?;
        let message = creators_api::token_request(&api.plan, &secret)
            .ok_or_else(|| reasons::api("the API has no address".to_owned(), false, None))?;
        match self.send(api, &message, creators_api::token_of).await? {
            (Ok(token), _) => {
                api.state().token = Some(token.clone());
                Ok(token)
            }
            (Err(failure), at) => Err(no_page(&failure, at).into()),
        }
    }

    /// One message, when it is its turn, and what came of it written down.
    async fn send<T>(
        &self,
        api: &Api,
        message: &Message,
        read: impl FnOnce(u16, &str, Timestamp) -> Result<T, ApiFailure>,
    ) -> Result<(Result<T, ApiFailure>, Timestamp), Stop> {
        let host = HostKey::of(&message.address)
            .ok_or_else(|| reasons::api("the API has no host".to_owned(), false, None))?;
        let way = host.through(Source::Api);
        let look = Look {
            known: None,
            realm: realm(api, message),
            pause: PAUSE,
            holder: self.next_holder(),
            still_wanted: &|| Ok(true),
            way: Way::Api,
        };
        let hold = Hold::new(&self.db, &host, &way, &look.holder);
        let errand = Errand::Page {
            passage: Passage::Trying,
            crawl_delay: None,
        };
        self.take_turn(&look, &host, &hold, errand).await?;
        let cap = Cap::Whole(self.manners.body_cap);
        let outcome = self
            .wire
            .post(&look.realm, message, cap, self.manners.deadline)
            .await;
        let at = self.now();
        let outcome = match outcome {
            Ok(answer) => {
                let body = String::from_utf8_lossy(&answer.body);
                let body = starred(&body, [message.secret.reveal()]);
                read(answer.status, &body, at)
            }
            Err(failure) => Err(ApiFailure::Theirs(explain(host.as_str(), &failure))),
        };
        sqlite::answered(&self.db, &host, Some(later(at, PAUSE)), |_| {})?;
        sqlite::answered(&self.db, &way, None, |breaker| match &outcome {
            Ok(_) | Err(ApiFailure::Token(_)) => breaker.welcomed(at),
            Err(failure @ ApiFailure::Throttled { wait }) => {
                breaker.failed(at, Some(*wait), &failure.to_string());
            }
            Err(failure @ ApiFailure::Theirs(_)) => breaker.failed(at, None, &failure.to_string()),
            Err(failure @ (ApiFailure::Account(_) | ApiFailure::Unknown(_))) => {
                breaker.refused(at, None, &failure.to_string());
            }
        })?;
        Ok((outcome, at))
    }
}

/// An item as if it were a page, so that what follows treats all ways in alike.
fn got_item(api: &Api, listing: &ListingPlan, item: Item, at: Timestamp) -> Result<Got, Stop> {
    let body = match item {
        Item::Found(item) => item,
        Item::Missing(why) => json!({ "asin": listing.asin, "missing": why }),
    };
    let host = creators_api::host(&api.plan)
        .ok_or_else(|| reasons::api("the API has no host".to_owned(), false, None))?;
    Ok(Got {
        host,
        status: 200,
        address: listing.address.clone(),
        headers: vec![("content-type".to_owned(), "application/json".to_owned())],
        body: format!("{body:#}"),
        picture: None,
        at,
    })
}

/// The item that is asked for, and up to nine that are expected at the same marketplace.
fn company(state: &mut State, store: &StoreId, asin: &str) -> Vec<String> {
    let mut asins = vec![asin.to_owned()];
    let expected = state.expected.get_mut(store).map(mem::take);
    let mut later_ones = Vec::new();
    for other in expected.into_iter().flatten().filter(|other| other != asin) {
        if asins.contains(&other) {
            continue;
        }
        if asins.len() < MOST_ITEMS {
            asins.push(other);
        } else {
            later_ones.push(other);
        }
    }
    state.expected.insert(store.clone(), later_ones);
    asins
}

fn realm(api: &Api, message: &Message) -> Realm {
    if api.plan.base.is_some() {
        Realm::Here(message.address.origin())
    } else {
        // Not a store's, but held to the same rule: no private address may answer for it.
        Realm::Store(StoreId::new(message.address.host_str().unwrap_or_default()))
    }
}

fn no_marketplace(store: &StoreId) -> String {
    format!("{store} is no marketplace of Amazon's API; leave `api` out of its `source`")
}

fn no_page(failure: &ApiFailure, at: Timestamp) -> super::NoPage {
    let retry_at = match failure {
        ApiFailure::Throttled { wait } => Some(later(at, *wait)),
        ApiFailure::Token(_)
        | ApiFailure::Account(_)
        | ApiFailure::Theirs(_)
        | ApiFailure::Unknown(_) => None,
    };
    reasons::api(failure.to_string(), true, retry_at)
}
