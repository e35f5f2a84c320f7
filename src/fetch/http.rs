//! The only way out. Every request of the program's goes through [`Fetcher`], and the courtesies
//! are inside it, where nobody can forget them.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::Timestamp;
use url::Url;

use super::command::{self, Limits, browser};
use super::conditional::Validators;
use super::creators_http::Api;
use super::explain::{Failure, explain};
use super::politeness::{MOST_CRAWL_DELAY, later, pause};
use super::realm::{MOST_REDIRECTS, Outside, Realm};
use super::robots::{self, Robots};
use super::sqlite::{self, Claim, Hold, Passage, Wish};
use super::way::{Errand, Look, StillWanted, Way};
use super::weigh::{robots_of, weigh};
use super::wire::http::{Answer, Cap, Question, Wire};
use super::{Fetched, Got, HostKey, NoPage, Reception, charset, reasons, retry_after};
use crate::book::{Source, StoreId};
use crate::clock::Clock;
use crate::config::plan::{ListingPlan, Manners, StorePlan};
use crate::config::ways::{ApiPlan, Ways};
use crate::db::{Db, DbError};
use crate::lock::locked;

pub use super::wire::http::{NameTable, NoClient};

/// How often somebody who waits for another's lease looks whether it is over.
const POLL: Duration = Duration::from_millis(100);

/// Asks stores for pages. One per process; all that it must not forget is in the database.
#[derive(Debug)]
pub struct Fetcher {
    pub(super) db: Arc<Db>,
    clock: Clock,
    pub(super) manners: Manners,
    stores: Vec<StorePlan>,
    pub(super) wire: Wire,
    pub(super) api: Option<Api>,
    /// What is asked for are records for programs, and not pages.
    takes_records: bool,
    /// The name of this process in leases.
    name: String,
    looks: AtomicU64,
    queues: Mutex<BTreeMap<StoreId, Arc<tokio::sync::Mutex<()>>>>,
    /// A browser takes much of a machine: one runs at a time, whatever the store.
    browser: tokio::sync::Mutex<()>,
}

/// What ends a look without an answer.
pub(super) enum Stop {
    NoPage(NoPage),
    Database(DbError),
}

impl From<DbError> for Stop {
    fn from(error: DbError) -> Self {
        Self::Database(error)
    }
}

impl From<NoPage> for Stop {
    fn from(no_page: NoPage) -> Self {
        Self::NoPage(no_page)
    }
}

impl Fetcher {
    /// A fetcher with the manners of a plan, for its stores.
    ///
    /// # Errors
    ///
    /// [`NoClient`] when the machine's certificates or proxy settings cannot be read.
    pub fn new(
        db: Arc<Db>,
        clock: Clock,
        manners: &Manners,
        stores: &[StorePlan],
    ) -> Result<Self, NoClient> {
        let (process, salt) = (std::process::id(), fastrand::u32(..0x0100_0000));
        Ok(Self {
            db,
            clock,
            manners: manners.clone(),
            stores: stores.to_vec(),
            wire: Wire::new(&manners.contact)?,
            api: None,
            takes_records: false,
            name: format!("process {process}, {salt:06x}"),
            looks: AtomicU64::new(0),
            queues: Mutex::default(),
            browser: tokio::sync::Mutex::default(),
        })
    }

    /// The same fetcher, which also knows the user's account for Amazon's API.
    pub fn with_api(self, api: Option<&ApiPlan>) -> Self {
        Self {
            api: api.map(Api::new),
            ..self
        }
    }

    /// The same fetcher for a library that answers with records for programs, which are of a kind
    /// that no page is.
    pub fn taking_records(self) -> Self {
        Self {
            takes_records: true,
            ..self
        }
    }

    /// The same fetcher with another resolver: names lead where this table says. For tests of what
    /// a name may lead to, which must not depend on the machine's.
    pub fn resolving(self, table: NameTable) -> Self {
        self.wire.resolve_by(table);
        self
    }

    /// Asks for a listing's page by our own request, see [`Fetcher::fetch_by`].
    ///
    /// # Errors
    ///
    /// The database's: without a memory there is no politeness, so nothing is asked.
    pub async fn fetch(&self, listing: &ListingPlan) -> Result<Fetched, DbError> {
        self.fetch_by(Source::Http, listing, None, &|| Ok(true))
            .await
    }

    /// Asks for a listing's page by one of the ways in, politely:
    ///
    /// 1. One look at a time per store in this process, and per host one among all processes that
    ///    share the database.
    /// 2. robots.txt is asked first, at most once a day, and obeyed on every hop.
    /// 3. A host that turned us away is left alone until its time is over; then one page tries it.
    /// 4. The pause since its last answer is waited out, after a redirect too.
    /// 5. What came of it is written down before anybody may ask again.
    ///
    /// The browser and the user's program keep all of this for the page that they are sent to; what
    /// they ask for besides is their own. The API has its own pace, and no robots.txt.
    ///
    /// Our own request for a page that is `known` asks for it only if it has changed: then the
    /// answer may have status 304 and no body.
    ///
    /// When the turn has come, which may be a while later, `still_wanted` is asked first, with the
    /// host's lease in hand. It is the place to claim the listing, so that of two processes that
    /// found it due only one asks.
    ///
    /// # Errors
    ///
    /// The database's, also from `still_wanted`: without a memory there is no politeness, so
    /// nothing is asked.
    pub async fn fetch_by(
        &self,
        source: Source,
        listing: &ListingPlan,
        known: Option<&Validators>,
        still_wanted: StillWanted<'_>,
    ) -> Result<Fetched, DbError> {
        let way = match source {
            Source::Http => Way::Http,
            Source::Browser => Way::Browser,
            Source::Command => Way::Command(self.ways(listing).command.unwrap_or_default()),
            Source::Api => return self.item(listing, still_wanted).await,
            Source::ByHand | Source::Companion => return Ok(Fetched::Nothing(reasons::by_hand())),
        };
        let _one_browser = match way {
            Way::Browser => Some(self.browser.lock().await),
            Way::Http | Way::Command(_) | Way::Api => None,
        };
        match self.look_at(listing, way, known, still_wanted).await {
            Ok(got) => Ok(Fetched::Got(Box::new(got))),
            Err(Stop::NoPage(no_page)) => Ok(Fetched::Nothing(no_page)),
            Err(Stop::Database(error)) => Err(error),
        }
    }

    /// Takes note of what an answer turned out to be: a captcha with status 200 is known only
    /// once it was read. To report one twice does no harm.
    ///
    /// # Errors
    ///
    /// The database's.
    pub fn remember(&self, got: &Got, reception: Reception) -> Result<(), DbError> {
        sqlite::answered(&self.db, &got.host, None, |breaker| match reception {
            Reception::Welcome => breaker.welcomed(got.at),
            Reception::Refused => {
                let value = got.headers.iter().find(|(name, _)| name == "retry-after");
                let wait = value.and_then(|(_, value)| retry_after::parse(value, got.at));
                breaker.refused(got.at, wait, "its page was a bot check or a wall");
            }
        })
    }

    fn ways(&self, listing: &ListingPlan) -> Ways {
        let store = self.stores.iter().find(|store| store.id == listing.store);
        store.map(|store| store.ways.clone()).unwrap_or_default()
    }

    async fn look_at(
        &self,
        listing: &ListingPlan,
        way: Way,
        known: Option<&Validators>,
        still_wanted: StillWanted<'_>,
    ) -> Result<Got, Stop> {
        let look = self.look(listing, way, known, still_wanted);
        let mut address = listing.ask.clone();
        address.set_fragment(None);
        if let Err(outside) = look.realm.admit(&address) {
            return Err(reasons::astray(&address, &outside, false).into());
        }
        let queue = self.queue(&listing.store);
        let _turn = queue.lock().await;
        let mut passage = Passage::Trying;
        for _ in 0..=MOST_REDIRECTS {
            let crawl_delay = self.mind_robots(&look, &address).await?;
            let errand = Errand::Page {
                passage,
                crawl_delay,
            };
            let (answer, at) = self.ask(&look, &address, errand).await?;
            let Some(location) = &answer.location else {
                return got(address, answer, at, look.way.source());
            };
            address = look
                .realm
                .follow(&address, location)
                .map_err(|outside| reasons::astray(&address, &outside, true))?;
            passage = Passage::Free;
        }
        Err(reasons::circle(&listing.ask).into())
    }

    pub(super) fn look<'a>(
        &self,
        listing: &ListingPlan,
        way: Way,
        known: Option<&'a Validators>,
        still_wanted: StillWanted<'a>,
    ) -> Look<'a> {
        let store = self.stores.iter().find(|store| store.id == listing.store);
        let overridden = store.is_some_and(|store| store.base.is_some());
        Look {
            realm: Realm::new(&listing.store, &listing.ask, overridden),
            pause: store
                .and_then(|store| store.pause)
                .unwrap_or(self.manners.pause),
            holder: self.next_holder(),
            still_wanted,
            known,
            way,
        }
    }

    /// A name that no other look has.
    pub(super) fn next_holder(&self) -> String {
        let number = self.looks.fetch_add(1, Ordering::Relaxed);
        format!("{}, look {number}", self.name)
    }

    pub(super) fn queue(&self, store: &StoreId) -> Arc<tokio::sync::Mutex<()>> {
        let mut queues = locked(&self.queues);
        Arc::clone(queues.entry(store.clone()).or_default())
    }

    /// Obeys the host's robots.txt; gives the pause that it asks for, where the page may be asked.
    pub(super) async fn mind_robots(
        &self,
        look: &Look<'_>,
        address: &Url,
    ) -> Result<Option<Duration>, Stop> {
        let age = self.manners.robots_age;
        let robots = match self.known_robots(address)? {
            Some(robots) => robots,
            None => match self.ask_robots(look, address).await {
                Ok(answer) => {
                    let fetched_at = self.now();
                    let robots = Robots { answer, fetched_at };
                    let origin = address.origin().ascii_serialization();
                    sqlite::save_robots(&self.db, &origin, &robots)?;
                    robots
                }
                // Somebody else has asked for it while we waited for our turn.
                Err(stop) => self.known_robots(address)?.ok_or(stop)?,
            },
        };
        match reasons::robots(address, robots.verdict(address), robots.stale_at(age)) {
            Some(no_page) => Err(no_page.into()),
            None => Ok(robots.answer.crawl_delay()),
        }
    }

    /// The robots.txt of the address's host, where it may still be believed.
    fn known_robots(&self, address: &Url) -> Result<Option<Robots>, DbError> {
        let origin = address.origin().ascii_serialization();
        let (now, age) = (self.now(), self.manners.robots_age);
        let known = sqlite::robots(&self.db, &origin)?;
        Ok(known.filter(|robots| robots.is_fresh(now, age)))
    }

    async fn ask_robots(&self, look: &Look<'_>, address: &Url) -> Result<robots::Answer, Stop> {
        let mut address = robots::address_for(address);
        let mut status = 0;
        for _ in 0..=MOST_REDIRECTS {
            let answer = match self.ask(look, &address, Errand::Robots).await {
                Ok((answer, _)) => answer,
                Err(Stop::NoPage(no_page)) if no_page.asked => {
                    let why = no_page.explanation;
                    return Ok(robots::Answer::Unreachable { why });
                }
                Err(stop) => return Err(stop),
            };
            status = answer.status;
            let Some(location) = &answer.location else {
                return Ok(robots_of(&answer));
            };
            address = match look.realm.follow(&address, location) {
                Ok(address) => address,
                Err(outside) => {
                    let why = outside.to_string();
                    return Ok(robots::Answer::Unreachable { why });
                }
            };
        }
        // RFC 9309, section 2.3.1.2: after five redirects it may count as missing.
        Ok(robots::Answer::Missing { status })
    }

    /// One request, when it is its turn, and what came of it written down.
    pub(super) async fn ask(
        &self,
        look: &Look<'_>,
        address: &Url,
        errand: Errand,
    ) -> Result<(Answer, Timestamp), Stop> {
        let Some(host) = HostKey::of(address) else {
            let outside = Outside::NoAddress(address.to_string());
            return Err(reasons::astray(address, &outside, false).into());
        };
        let way = host.through(look.way.source());
        let hold = Hold::new(&self.db, &host, &way, &look.holder);
        self.take_turn(look, &host, &hold, errand).await?;
        let is_wanted = match errand {
            Errand::Page { passage, .. } => passage != Passage::Trying || (look.still_wanted)()?,
            Errand::Robots => self.known_robots(address)?.is_none(),
        };
        if !is_wanted {
            hold.give_back(self.now())?;
            return Err(reasons::not_wanted().into());
        }
        let outcome = self.exchange(look, address, errand).await;
        let at = self.now();
        let crawl_delay = match (errand, &outcome) {
            (Errand::Page { crawl_delay, .. }, _) => crawl_delay,
            (Errand::Robots, Ok(answer)) => robots_of(answer).crawl_delay(),
            (Errand::Robots, Err(_)) => None,
        };
        let pause = pause(
            look.pause,
            crawl_delay,
            self.manners.jitter,
            fastrand::f64(),
        );
        let words = outcome
            .as_ref()
            .err()
            .map(|failure| explain(host.as_str(), failure));
        sqlite::answered(&self.db, &host, Some(later(at, pause)), |_| {})?;
        sqlite::answered(&self.db, &way, None, |breaker| {
            weigh(
                breaker,
                &outcome,
                at,
                errand,
                words.as_deref().unwrap_or_default(),
            );
        })?;
        match outcome {
            Ok(answer) => Ok((answer, at)),
            Err(_) => Err(reasons::no_answer(words.unwrap_or_default()).into()),
        }
    }

    /// One exchange with the host, by the way in that the look has. robots.txt is always asked
    /// for by ourselves.
    async fn exchange(
        &self,
        look: &Look<'_>,
        address: &Url,
        errand: Errand,
    ) -> Result<Answer, Failure> {
        let (time, output) = (self.manners.deadline, self.manners.body_cap);
        let limits = Limits { time, output };
        match (&look.way, errand) {
            (Way::Browser, Errand::Page { .. }) => {
                browser::exchange(&look.realm, address, limits).await
            }
            (Way::Command(words), Errand::Page { .. }) => {
                command::exchange(words, address, limits).await
            }
            (_, Errand::Robots) => {
                let cap = Cap::First(robots::BYTE_LIMIT);
                let question = Question::plain(&look.realm, address);
                self.wire.exchange(question, cap, time).await
            }
            (Way::Http | Way::Api, Errand::Page { .. }) => {
                let question = Question {
                    condition: look.known.and_then(|known| known.header(address)),
                    ..Question::plain(&look.realm, address)
                };
                let answer = self
                    .wire
                    .exchange(question, Cap::Whole(output), time)
                    .await?;
                match &answer.no_page {
                    Some(words) if !self.takes_records => Err(Failure::NoPage(words.clone())),
                    Some(_) | None => Ok(answer),
                }
            }
        }
    }

    /// Waits until this look may ask the host, and claims it.
    pub(super) async fn take_turn(
        &self,
        look: &Look<'_>,
        host: &HostKey,
        hold: &Hold<'_>,
        errand: Errand,
    ) -> Result<(), Stop> {
        // A little longer than a request may last, so that nobody alive loses it.
        let lease = self.manners.deadline * 3 / 2;
        let most = look.pause + self.manners.jitter;
        let patience = later(self.now(), (lease + most) * 2);
        loop {
            let wish = || Wish {
                now: self.now(),
                hold: lease,
                pause: look.pause,
                longest: (lease + most).max(MOST_CRAWL_DELAY + self.manners.jitter),
                passage: match errand {
                    Errand::Robots => Passage::Gated,
                    Errand::Page { passage, .. } => passage,
                },
                cap: self.manners.requests_per_day,
            };
            let claim = hold.claim(wish)?;
            let now = self.now();
            match claim {
                Claim::Ours => return Ok(()),
                Claim::NotYet(at) => self.clock.sleep_until(at).await,
                Claim::Shut { until, breaker } => {
                    return Err(reasons::shut(host, look.way.source(), until, &breaker).into());
                }
                Claim::Spent(until) => {
                    let cap = self.manners.requests_per_day;
                    return Err(reasons::spent(host, cap, until).into());
                }
                Claim::Theirs(lease) if patience < now => {
                    return Err(reasons::busy(host, &lease).into());
                }
                Claim::Theirs(lease) => {
                    let poll = later(now, POLL).min(lease.until);
                    self.clock.sleep_until(poll).await;
                }
            }
        }
    }

    /// The time in whole milliseconds, as the database keeps it.
    pub(super) fn now(&self) -> Timestamp {
        let now = self.clock.now();
        Timestamp::from_millisecond(now.as_millisecond()).unwrap_or(now)
    }
}

fn got(address: Url, answer: Answer, at: Timestamp, source: Source) -> Result<Got, Stop> {
    let Some(host) = HostKey::of(&address) else {
        let outside = Outside::NoAddress(address.to_string());
        return Err(reasons::astray(&address, &outside, true).into());
    };
    let content_type = answer.header("content-type").map(str::to_owned);
    Ok(Got {
        host: host.through(source),
        status: answer.status,
        body: charset::decoded(answer.body, content_type.as_deref()),
        headers: answer.headers,
        picture: answer.picture,
        address,
        at,
    })
}
