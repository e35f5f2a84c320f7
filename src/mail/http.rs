//! Posting to webhooks and ntfy, and the ping after a round. Never for a store's page: those are
//! asked by the fetcher alone, with its courtesies.

use std::time::Duration;

use reqwest::header::{HeaderName, HeaderValue, LOCATION, RETRY_AFTER};
use reqwest::{Client, Response, redirect};
use tokio::time::timeout;
use url::Url;

use super::outbox::{Stage, Trouble};
use crate::config::plan::Secret;
use crate::text::words::{clipped, one_line, starred};
use crate::tls;

/// How long a post may take, from the connection to the last byte of the answer.
const PATIENCE: Duration = Duration::from_secs(20);

/// How long a ping may take. Nothing depends on it, and a round waits for it.
const PING_PATIENCE: Duration = Duration::from_secs(10);

/// So much of an answer is kept.
const LONGEST_ANSWER: usize = 4 << 10;

/// Something to post.
#[derive(Debug, Clone)]
pub struct Post {
    /// Where to.
    pub address: Secret,
    /// The headers; what is secret in them prints as stars.
    pub headers: Vec<(&'static str, Secret)>,
    /// The body, as JSON.
    pub body: String,
    /// What else is secret in it: what of it comes back is starred, as the address and the headers
    /// are.
    pub secrets: Vec<Secret>,
    /// A shorter limit than the usual one, for tests.
    pub patience: Option<Duration>,
}

/// Posts, and gives the answer in a few words when it is one of success (2xx).
///
/// A redirect is not followed: the letter and its token would go to somebody whom the configuration
/// does not name.
///
/// # Errors
///
/// [`Trouble`] says what was answered, or what the line did. It never holds the address, which may
/// be a secret.
pub async fn post(post: &Post) -> Result<String, Trouble> {
    let address = address(&post.address)?;
    let mut hidden = parts_of(&address);
    let told = post.headers.iter().map(|(_, value)| value);
    for secret in told.chain(&post.secrets) {
        let words = secret.reveal();
        hidden.push(words.strip_prefix("Bearer ").unwrap_or(words).to_owned());
    }
    let mut request = client(&address)?
        .post(address)
        .header(reqwest::header::CONTENT_TYPE, "application/json")
        .body(post.body.clone());
    for (name, value) in &post.headers {
        let name = HeaderName::from_static(name);
        let mut value = HeaderValue::from_str(value.reveal())
            .map_err(|_| broken(Stage::Prepare, "the secret does not fit into a header"))?;
        value.set_sensitive(true);
        request = request.header(name, value);
    }
    let limit = post.patience.unwrap_or(PATIENCE);
    let answered =
        async { judged(request.send().await.map_err(|error| line(&error))?, &hidden).await };
    timeout(limit, answered)
        .await
        .unwrap_or_else(|_| Err(silence(limit)))
}

/// Asks an address, and gives the status of the answer when it is one of success (2xx).
pub async fn ping(to: &Secret, patience: Option<Duration>) -> Result<String, Trouble> {
    let address = address(to)?;
    let hidden = parts_of(&address);
    let request = client(&address)?.get(address);
    let limit = patience.unwrap_or(PING_PATIENCE);
    let answered =
        async { judged(request.send().await.map_err(|error| line(&error))?, &hidden).await };
    timeout(limit, answered)
        .await
        .unwrap_or_else(|_| Err(silence(limit)))
}

/// A client that follows no redirect. A proxy of the system's is used, but not for this machine.
#[expect(
    clippy::disallowed_methods,
    reason = "this is the file that posts to what the user configured, never to a store"
)]
fn client(address: &Url) -> Result<Client, Trouble> {
    tls::by_ring();
    let agent = concat!("Pubwatch/", env!("CARGO_PKG_VERSION"));
    let mut builder = Client::builder()
        .user_agent(agent)
        .redirect(redirect::Policy::none())
        .pool_max_idle_per_host(0);
    let host = address.host_str().unwrap_or_default();
    if host == "localhost" || host.starts_with("127.") || host == "[::1]" {
        builder = builder.no_proxy();
    }
    builder
        .build()
        .map_err(|error| broken(Stage::Connect, &cause(&error)))
}

fn address(secret: &Secret) -> Result<Url, Trouble> {
    Url::parse(secret.reveal()).map_err(|_| broken(Stage::Prepare, "the address is none"))
}

/// A part of an address so short is a word of everybody's, as `api` or `services`.
const SHORTEST_KEY: usize = 9;

/// What of an address may be secret: all of it, its path, and whatever in it is as long as a key.
pub(super) fn parts_of(address: &Url) -> Vec<String> {
    let mut parts = vec![address.to_string(), address.path().to_owned()];
    let values = address.query_pairs().map(|(_, value)| value.into_owned());
    let segments = address.path().split('/').map(str::to_owned);
    parts.extend(
        segments
            .chain(values)
            .filter(|part| SHORTEST_KEY <= part.len()),
    );
    parts
}

/// What an answer means: success in a few words, or a trouble.
async fn judged(mut response: Response, hidden: &[String]) -> Result<String, Trouble> {
    let status = response.status();
    if status.is_redirection() {
        let to = response
            .headers()
            .get(LOCATION)
            .and_then(|value| value.to_str().ok())
            .map_or_else(|| "another address".to_owned(), whereto);
        return Err(Trouble {
            stage: Stage::Post,
            code: Some(status.as_u16()),
            retry_after: None,
            words: format!("it points to {to}, and redirects are not followed"),
        });
    }
    let mut body = Vec::new();
    while body.len() < LONGEST_ANSWER {
        match response.chunk().await {
            Ok(Some(chunk)) => body.extend_from_slice(&chunk),
            // The status has decided; what is missing of the words is no loss.
            Ok(None) | Err(_) => break,
        }
    }
    let said = one_line(&String::from_utf8_lossy(&body));
    let words = clipped(&starred(&said, hidden.iter().map(String::as_str)), 200);
    if status.is_success() {
        return Ok(format!("{} {words}", status.as_u16()).trim_end().to_owned());
    }
    let wish = response.headers().get(RETRY_AFTER);
    Err(Trouble {
        stage: Stage::Post,
        code: Some(status.as_u16()),
        retry_after: wish.and_then(|wish| wish.to_str().ok()).map(str::to_owned),
        words: if words.is_empty() {
            status.canonical_reason().unwrap_or("no words").to_owned()
        } else {
            words
        },
    })
}

/// The scheme and host of a redirect, without the path, which may be a secret.
fn whereto(location: &str) -> String {
    match Url::parse(location) {
        Ok(url) => format!("{}://{}", url.scheme(), url.host_str().unwrap_or_default()),
        Err(_) => "another path of its own".to_owned(),
    }
}

fn silence(limit: Duration) -> Trouble {
    broken(
        Stage::Post,
        &format!("no answer within {} seconds", limit.as_secs()),
    )
}

/// What the line did, without the address.
fn line(error: &reqwest::Error) -> Trouble {
    let stage = if error.is_connect() {
        Stage::Connect
    } else {
        Stage::Post
    };
    broken(stage, &cause(error))
}

/// The innermost words of an error, which are the operating system's or the other side's. The
/// outermost ones hold the address.
fn cause(error: &reqwest::Error) -> String {
    let mut words = "the line failed".to_owned();
    let mut source = std::error::Error::source(error);
    while let Some(inner) = source {
        words = inner.to_string();
        source = inner.source();
    }
    one_line(&words)
}

fn broken(stage: Stage, words: &str) -> Trouble {
    Trouble {
        stage,
        code: None,
        retry_after: None,
        words: words.to_owned(),
    }
}
