//! The HTTP client, and one exchange with it.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::header::{
    ACCEPT, ACCEPT_ENCODING, CONTENT_DISPOSITION, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE,
    FROM, HeaderMap, HeaderName, HeaderValue, LOCATION, TRANSFER_ENCODING,
};
use reqwest::{Client, RequestBuilder, Response, Version};
use url::Url;

use super::kind;
use super::unpack::{self, Unpacking, unpacked};
use crate::fetch::HELPFUL_HEADERS;
use crate::fetch::address::{PrivateAddress, is_public};
use crate::fetch::creators_api::Message;
use crate::fetch::explain::Failure;
use crate::fetch::realm::Realm;
use crate::lock::locked;
use crate::tls;

/// Two clients that differ in one thing, and the names that must not lead to a private address.
#[derive(Debug)]
pub(in crate::fetch) struct Wire {
    /// Goes through the system's proxy, where there is one.
    outside: Client,
    /// Goes straight to the machines that the user set in a store's place.
    here: Client,
    guarded: Guarded,
}

/// What the resolver goes by, shared with it.
type Guarded = Arc<Mutex<Names>>;

#[derive(Debug, Default)]
struct Names {
    /// These must not lead to a private address.
    guarded: BTreeSet<String>,
    /// Where names lead, in place of what the system says.
    known: Option<NameTable>,
}

/// Where names lead, as a resolver would say. A port that is not 0 takes the place of the scheme's.
pub type NameTable = BTreeMap<String, Vec<SocketAddr>>;

/// Why there is no client.
#[derive(Debug, thiserror::Error)]
#[error("the HTTP client cannot be set up; check the machine's certificates and proxy settings")]
pub struct NoClient(#[from] reqwest::Error);

/// The answer to one request.
#[derive(Debug)]
pub(in crate::fetch) struct Answer {
    /// The HTTP status.
    pub(in crate::fetch) status: u16,
    /// Where a redirect leads.
    pub(in crate::fetch) location: Option<String>,
    /// The helpful headers.
    pub(in crate::fetch) headers: Vec<(String, String)>,
    /// The decompressed body; empty for a redirect, and where a status that is no success says all
    /// that its body, which cannot be unpacked, could say.
    pub(in crate::fetch) body: Vec<u8>,
    /// Why what came with a status of success is no page, in words.
    pub(in crate::fetch) no_page: Option<String>,
    /// A picture of the page, as PNG, where a browser drew it.
    pub(in crate::fetch) picture: Option<Vec<u8>>,
}

impl Answer {
    /// The value of a helpful header, by its name in lower case.
    pub(in crate::fetch) fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    }
}

/// What is asked.
#[derive(Debug, Clone, Copy)]
pub(in crate::fetch) struct Question<'a> {
    /// Where the answer may come from.
    pub(in crate::fetch) realm: &'a Realm,
    /// The address.
    pub(in crate::fetch) address: &'a Url,
    /// The header that says "only if it has changed", and its value.
    pub(in crate::fetch) condition: Option<(&'static str, &'a str)>,
}

impl<'a> Question<'a> {
    /// Whatever the page is.
    pub(in crate::fetch) fn plain(realm: &'a Realm, address: &'a Url) -> Self {
        Self {
            realm,
            address,
            condition: None,
        }
    }
}

/// How much of a body is wanted.
#[derive(Debug, Clone, Copy)]
pub(in crate::fetch) enum Cap {
    /// All of it: a longer one than this many bytes is a failure.
    Whole(usize),
    /// The first so many bytes.
    First(usize),
}

impl Wire {
    /// The clients; `contact` goes into the User-Agent and into `From`.
    pub(in crate::fetch) fn new(contact: &str) -> Result<Self, NoClient> {
        let guarded = Guarded::default();
        Ok(Self {
            outside: client(contact, &guarded, true)?,
            here: client(contact, &guarded, false)?,
            guarded,
        })
    }

    /// From now on names lead where this table says, and those that it lacks nowhere.
    pub(in crate::fetch) fn resolve_by(&self, table: NameTable) {
        let mut names = locked(&self.guarded);
        names.known = Some(table);
    }

    /// One request and its whole answer, within `deadline`.
    pub(in crate::fetch) async fn exchange(
        &self,
        question: Question<'_>,
        cap: Cap,
        deadline: Duration,
    ) -> Result<Answer, Failure> {
        let client = self.client(question.realm, question.address);
        let mut request = client.get(question.address.clone());
        if let Some((name, value)) = question.condition
            && let Ok(value) = HeaderValue::from_str(value)
        {
            request = request.header(name, value);
        }
        self.run(request, cap, deadline).await
    }

    /// One message by POST and its whole answer, within `deadline`.
    pub(in crate::fetch) async fn post(
        &self,
        realm: &Realm,
        message: &Message,
        cap: Cap,
        deadline: Duration,
    ) -> Result<Answer, Failure> {
        let address = &message.address;
        let mut request = self
            .client(realm, address)
            .post(address.clone())
            .body(message.body.reveal().to_owned());
        for (name, value) in &message.headers {
            if let Ok(mut value) = HeaderValue::from_str(value.reveal()) {
                value.set_sensitive(true);
                request = request.header(*name, value);
            }
        }
        self.run(request, cap, deadline).await
    }

    fn client(&self, realm: &Realm, address: &Url) -> &Client {
        if realm.may_be_private() {
            return &self.here;
        }
        let mut names = locked(&self.guarded);
        names.guarded.extend(address.host_str().map(str::to_owned));
        drop(names);
        &self.outside
    }

    async fn run(
        &self,
        request: RequestBuilder,
        cap: Cap,
        deadline: Duration,
    ) -> Result<Answer, Failure> {
        let whole = async {
            let response = request.send().await.map_err(failure)?;
            receive(response, cap).await
        };
        tokio::time::timeout(deadline, whole)
            .await
            .unwrap_or(Err(Failure::Deadline(deadline)))
    }
}

async fn receive(response: Response, cap: Cap) -> Result<Answer, Failure> {
    let status = response.status().as_u16();
    let location = match status {
        301 | 302 | 303 | 307 | 308 => text_of(response.headers(), LOCATION.as_str()),
        _ => None,
    };
    let headers = HELPFUL_HEADERS
        .iter()
        .filter_map(|name| Some(((*name).to_owned(), text_of(response.headers(), name)?)))
        .collect();
    let values = |name: HeaderName| all_of(response.headers(), &name);
    let codings = values(CONTENT_ENCODING).join(",");
    let is_success = response.status().is_success();
    let mut no_page = is_success
        .then(|| kind::no_page(&values(CONTENT_TYPE), &values(CONTENT_DISPOSITION)))
        .flatten();
    // It is told where the body ends, so that one that breaks off is noticed.
    let has_end = response.version() == Version::HTTP_2
        || response.headers().contains_key(CONTENT_LENGTH)
        || response.headers().contains_key(TRANSFER_ENCODING);
    let packed = match location {
        None => packed_body(response, cap).await?,
        Some(_) => Vec::new(),
    };
    let (Cap::Whole(most) | Cap::First(most)) = cap;
    let is_start = matches!(cap, Cap::First(_));
    let body = match unpacked(packed, &codings, most, is_start) {
        Ok(body) => body,
        // Its status speaks for itself.
        Err(_) if !is_success => Vec::new(),
        Err(Unpacking::TooLarge) => return Err(Failure::TooLarge(most)),
        Err(Unpacking::Not(words)) => {
            let words = format!("its answer is {words}; it will be asked again");
            return Err(Failure::NoPage(words));
        }
    };
    if is_success && !has_end && codings.is_empty() && !kind::ends_as_a_page(&body) {
        no_page = no_page.or_else(|| Some(kind::CUT.to_owned()));
    }
    Ok(Answer {
        status,
        location,
        headers,
        body,
        no_page,
        picture: None,
    })
}

/// The body as it comes, chunk by chunk, so that one that passes the cap is dropped and never held
/// whole. What is packed may be a little longer than what it unpacks to.
async fn packed_body(mut response: Response, cap: Cap) -> Result<Vec<u8>, Failure> {
    let (Cap::Whole(most) | Cap::First(most)) = cap;
    let most = most + most / 64 + 1024;
    let announced = response
        .content_length()
        .and_then(|bytes| usize::try_from(bytes).ok());
    // Room for what is announced, so that a page is not moved again and again while it grows.
    let mut body = Vec::with_capacity(announced.unwrap_or_default().min(most));
    while let Some(chunk) = response.chunk().await.map_err(failure)? {
        let room = most - body.len();
        if chunk.len() <= room {
            body.extend_from_slice(&chunk);
            continue;
        }
        match cap {
            Cap::Whole(most) => return Err(Failure::TooLarge(most)),
            Cap::First(_) => body.extend_from_slice(&chunk[..room]),
        }
        break;
    }
    Ok(body)
}

/// A header's value; bytes that are no text are read as Latin-1, as browsers do.
fn text_of(headers: &HeaderMap, name: &str) -> Option<String> {
    let value = headers.get(name)?.as_bytes();
    let text = std::str::from_utf8(value).map(str::to_owned);
    Some(text.unwrap_or_else(|_| value.iter().copied().map(char::from).collect()))
}

/// Every value of a header.
fn all_of(headers: &HeaderMap, name: &HeaderName) -> Vec<String> {
    let values = headers.get_all(name).iter();
    values
        .map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
        .collect()
}

fn failure(error: reqwest::Error) -> Failure {
    Failure::Client(Box::new(error.without_url()))
}

/// A client that sends what we are and nothing else, keeps no cookies, follows no redirects and
/// repeats nothing by itself. It closes each connection after its answer: over the pause between
/// two requests an open one would only burden the host, and two processes would have two.
#[expect(clippy::disallowed_methods, reason = "this is the file that reaches the outside")]
fn client(contact: &str, guarded: &Guarded, proxied: bool) -> Result<Client, NoClient> {
    tls::by_ring();
    let contact = printable(contact);
    let mut headers = HeaderMap::new();
    headers.insert(
        ACCEPT,
        HeaderValue::from_static("text/html,application/xhtml+xml"),
    );
    headers.insert(ACCEPT_ENCODING, HeaderValue::from_static(unpack::ACCEPTED));
    if let Ok(contact) = HeaderValue::from_str(&contact) {
        headers.insert(FROM, contact);
    }
    let builder = Client::builder()
        .user_agent(format!(
            "pubwatch/{} (+{}; {contact})",
            env!("CARGO_PKG_VERSION"),
            env!("CARGO_PKG_REPOSITORY")
        ))
        .default_headers(headers)
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .referer(false)
        .pool_max_idle_per_host(0)
        .dns_resolver(Guard(Arc::clone(guarded)));
    let builder = if proxied { builder } else { builder.no_proxy() };
    Ok(builder.build()?)
}

/// A contact as it may stand in a header, inside brackets.
fn printable(contact: &str) -> String {
    let fits = |character: &char| (' '..='~').contains(character) && !"()\\".contains(*character);
    contact.chars().filter(fits).collect()
}

/// The system's resolver, which lets no guarded name lead to a private address. As the connection
/// goes to the very addresses that were looked at, a name cannot change its mind in between.
struct Guard(Guarded);

impl Resolve for Guard {
    fn resolve(&self, name: Name) -> Resolving {
        let names = locked(&self.0);
        let guarded = names.guarded.contains(name.as_str());
        let known = names.known.as_ref();
        let known = known.map(|table| table.get(name.as_str()).cloned().unwrap_or_default());
        drop(names);
        Box::pin(async move {
            let found: Vec<_> = match known {
                Some(known) => known,
                None => tokio::net::lookup_host((name.as_str(), 0)).await?.collect(),
            };
            let private = found.iter().find(|address| !is_public(address.ip()));
            match private {
                Some(address) if guarded => Err(PrivateAddress {
                    name: name.as_str().to_owned(),
                    address: address.ip(),
                }
                .into()),
                _ => Ok(Box::new(found.into_iter()) as Addrs),
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_contact_cannot_break_out_of_its_header() {
        assert_eq!(printable("jane@example.com"), "jane@example.com");
        assert_eq!(printable("Jané (x)\r\nCookie: a"), "Jan xCookie: a");
    }

    #[tokio::test]
    async fn a_guarded_name_that_leads_to_this_machine_is_refused() {
        let guarded = Guarded::default();
        let guard = Guard(Arc::clone(&guarded));
        let name = || "localhost".parse::<Name>().unwrap();
        assert!(guard.resolve(name()).await.is_ok());
        let guard_it = |name: &str| guarded.lock().unwrap().guarded.insert(name.to_owned());
        assert!(guard_it("localhost"));
        let error = guard.resolve(name()).await.err().unwrap();
        assert!(error.is::<PrivateAddress>(), "{error}");
    }
}
