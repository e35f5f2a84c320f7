//! A real browser as a way in: the Chromium of the user's machine, with a new profile every time,
//! one tab, without images and fonts, and without hiding that a program drives it.
//!
//! It shows its own User-Agent, which says that it has no window. Nothing here imitates a person.

use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chromiumoxide::cdp::browser_protocol::fetch::{
    ContinueRequestParams, EventRequestPaused, FailRequestParams,
};
use chromiumoxide::cdp::browser_protocol::network::{
    ErrorReason, EventResponseReceived, ResourceType,
};
use chromiumoxide::cdp::browser_protocol::page::CaptureScreenshotFormat;
use chromiumoxide::error::CdpError;
use chromiumoxide::page::ScreenshotParams;
use chromiumoxide::{Browser, BrowserConfig, Page};
use futures_util::StreamExt as _;
use url::{Host, Url};

use super::HELPFUL_HEADERS;
use super::address::is_public;
use super::command::Limits;
use super::explain::Failure;
use super::realm::Realm;
use super::wire::http::Answer;
use crate::config::ways::BrowserPlan;

/// How often the page is looked at while it is waited for.
const POLL: Duration = Duration::from_millis(150);

/// What is left of the deadline for reading the page out.
const READING: Duration = Duration::from_secs(3);

/// Where the browser may go.
pub(super) struct Bounds {
    /// The store's part of the internet.
    pub(super) realm: Realm,
    /// Whether the tab may go to an address: inside the host that was asked, and allowed by its
    /// robots.txt.
    pub(super) admits: Box<dyn Fn(&Url) -> bool + Send + Sync>,
}

/// What happened in the tab, gathered while it loads.
#[derive(Default)]
struct Log {
    /// The tab wanted to leave the bounds for this address.
    elsewhere: Option<Url>,
    status: Option<u16>,
    headers: Vec<(String, String)>,
    /// The page came from this machine.
    machine: Option<IpAddr>,
}

type Shared = Arc<Mutex<Log>>;

fn lock(log: &Shared) -> MutexGuard<'_, Log> {
    log.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Opens a page and gives it as it stands when `ready` is there, or when the time is over: then it
/// is a page that we do not know, or a challenge that did not clear by itself.
///
/// An address outside the bounds is not opened but given back, as a redirect.
pub(super) async fn exchange(
    plan: &BrowserPlan,
    ready: &str,
    address: &Url,
    bounds: Bounds,
    limits: Limits,
) -> Result<Answer, Failure> {
    let profile = tempfile::Builder::new()
        .prefix("pubwatch-browser-")
        .tempdir()
        .map_err(|error| ours(format!("no folder for the browser's profile: {error}")))?;
    let config = config(plan, profile.path(), limits.time)?;
    let launched = Browser::launch(config).await;
    let (mut browser, mut handler) = launched.map_err(|error| {
        ours(format!(
            "the browser could not be started ({}); set `path` in `[browser]`, or start it by \
             hand to see why",
            one_line(&error.to_string())
        ))
    })?;
    let driver = tokio::spawn(async move { while handler.next().await.is_some() {} });
    let visit = visit(&browser, plan, ready, (address, bounds), limits);
    let answer = tokio::time::timeout(limits.time, visit).await;
    // Whatever happened, the browser ends; a polite word first, so that it puts its things away.
    let closed = tokio::time::timeout(Duration::from_secs(2), async {
        browser.close().await.is_ok() && browser.wait().await.is_ok()
    });
    if !closed.await.unwrap_or(false) {
        let _ = browser.kill().await;
    }
    driver.abort();
    answer.unwrap_or(Err(Failure::Deadline(limits.time)))
}

fn config(
    plan: &BrowserPlan,
    profile: &std::path::Path,
    time: Duration,
) -> Result<BrowserConfig, Failure> {
    let mut builder = BrowserConfig::builder()
        .new_headless_mode()
        .user_data_dir(profile)
        .viewport(None)
        .window_size(1280, 1600)
        .respect_https_errors()
        .disable_https_first()
        .disable_cache()
        .enable_request_intercept()
        .launch_timeout(time)
        .request_timeout(time);
    if let Some(path) = &plan.path {
        builder = builder.chrome_executable(path);
    }
    if rustix::process::geteuid().is_root() {
        // Chromium refuses to run as root inside its sandbox.
        builder = builder.no_sandbox();
    }
    builder.build().map_err(|error| {
        ours(format!(
            "no browser was found ({}); install Chromium, or set `path` in `[browser]`",
            one_line(&error)
        ))
    })
}

async fn visit(
    browser: &Browser,
    plan: &BrowserPlan,
    ready: &str,
    (address, bounds): (&Url, Bounds),
    limits: Limits,
) -> Result<Answer, Failure> {
    let page = browser.new_page("about:blank").await.map_err(theirs)?;
    let log = Shared::default();
    let may_be_private = bounds.realm.may_be_private();
    let guard = tokio::spawn(guard(
        page.clone(),
        address.clone(),
        bounds,
        Arc::clone(&log),
    ));
    let listener = tokio::spawn(listen(page.clone(), Arc::clone(&log)));
    // The listeners must stand before the first request goes out.
    tokio::task::yield_now().await;
    let looked = look(&page, ready, address, &log, limits).await;
    let picture = match &looked {
        Ok(_) if plan.screenshots && lock(&log).elsewhere.is_none() => picture(&page).await,
        Ok(_) | Err(_) => None,
    };
    guard.abort();
    listener.abort();
    let mut log = lock(&log);
    if let Some(elsewhere) = log.elsewhere.take() {
        return Ok(Answer {
            status: 302,
            location: Some(elsewhere.to_string()),
            headers: Vec::new(),
            body: Vec::new(),
            picture: None,
        });
    }
    let body = looked?;
    if let Some(machine) = log
        .machine
        .filter(|machine| !may_be_private && !is_public(*machine))
    {
        return Err(theirs_in_words(format!(
            "the page came from {machine}, an address of a private network, and is not believed"
        )));
    }
    if limits.output < body.len() {
        return Err(Failure::TooLarge(limits.output));
    }
    Ok(Answer {
        status: log.status.unwrap_or(200),
        location: None,
        headers: std::mem::take(&mut log.headers),
        body: body.into_bytes(),
        picture,
    })
}

/// Goes to the address and waits until the page is ready, the store has clearly said no, the tab
/// wants to leave, or the time is nearly over.
async fn look(
    page: &Page,
    ready: &str,
    address: &Url,
    log: &Shared,
    limits: Limits,
) -> Result<String, Failure> {
    let patience = limits.time.saturating_sub(READING).max(limits.time / 2);
    let wait = async {
        page.goto(address.as_str()).await?;
        loop {
            let state = {
                let log = lock(log);
                (log.elsewhere.is_some(), log.status)
            };
            let said_no = matches!(state.1, Some(404 | 410 | 451 | 500..=502 | 504..));
            if state.0 || said_no || page.find_element(ready).await.is_ok() {
                return Ok(());
            }
            tokio::time::sleep(POLL).await;
        }
    };
    match tokio::time::timeout(patience, wait).await {
        // What is there when the patience ends is read as it is.
        Ok(Ok(())) | Err(_) => {}
        Ok(Err(_)) if lock(log).elsewhere.is_some() => return Ok(String::new()),
        Ok(Err(error)) => return Err(theirs(error)),
    }
    page.content().await.map_err(theirs)
}

/// Lets every request of the tab pass or not:
///
/// 1. Pictures, fonts and films are not needed.
/// 2. The tab itself stays within its bounds.
/// 3. No part of the page reaches for this machine or the local network by its number.
async fn guard(page: Page, address: Url, bounds: Bounds, log: Shared) {
    let Ok(mut paused) = page.event_listener::<EventRequestPaused>().await else {
        return;
    };
    let main = page.mainframe().await.ok().flatten();
    while let Some(event) = paused.next().await {
        let id = event.request_id.clone();
        let target = Url::parse(&event.request.url).ok();
        let is_tab = event.resource_type == ResourceType::Document
            && main.as_ref().is_none_or(|main| *main == event.frame_id);
        let may = match (&target, &event.resource_type) {
            (None, _)
            | (Some(_), ResourceType::Image | ResourceType::Media | ResourceType::Font) => false,
            (Some(target), _) if is_tab => *target == address || (bounds.admits)(target),
            (Some(target), _) => target.origin() == address.origin() || !is_private(target),
        };
        if !may && is_tab {
            lock(&log).elsewhere = target;
        }
        // A tab that is gone needs no answer.
        let _ = if may {
            page.execute(ContinueRequestParams::new(id)).await.map(drop)
        } else {
            let reason = ErrorReason::BlockedByClient;
            page.execute(FailRequestParams::new(id, reason))
                .await
                .map(drop)
        };
    }
}

/// Writes down what the tab's own page came with; the last one counts.
async fn listen(page: Page, log: Shared) {
    let Ok(mut answers) = page.event_listener::<EventResponseReceived>().await else {
        return;
    };
    let main = page.mainframe().await.ok().flatten();
    while let Some(event) = answers.next().await {
        let is_tab =
            event.r#type == ResourceType::Document && (main.is_none() || main == event.frame_id);
        if !is_tab || event.response.url == "about:blank" {
            continue;
        }
        let mut log = lock(&log);
        log.status = u16::try_from(event.response.status).ok();
        let machine = event.response.remote_ip_address.as_deref();
        log.machine = machine.and_then(|text| text.trim_matches(['[', ']']).parse().ok());
        log.headers = helpful(event.response.headers.inner());
    }
}

fn helpful(headers: &serde_json::Value) -> Vec<(String, String)> {
    let headers = headers.as_object().into_iter().flatten();
    let mut kept: Vec<(String, String)> = headers
        .filter_map(|(name, value)| Some((name.to_ascii_lowercase(), value.as_str()?.to_owned())))
        .filter(|(name, _)| HELPFUL_HEADERS.contains(&name.as_str()))
        // The browser gives text, whatever the store sent.
        .filter(|(name, _)| name != "content-type")
        .collect();
    kept.sort();
    kept
}

/// A machine of the local network, named by its number.
fn is_private(address: &Url) -> bool {
    match address.host() {
        Some(Host::Ipv4(ip)) => !is_public(ip.into()),
        Some(Host::Ipv6(ip)) => !is_public(ip.into()),
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        None => false,
    }
}

async fn picture(page: &Page) -> Option<Vec<u8>> {
    let wish = ScreenshotParams::builder()
        .format(CaptureScreenshotFormat::Png)
        .build();
    // The picture is an extra: the page counts without it.
    let picture = tokio::time::timeout(READING, page.screenshot(wish)).await;
    picture.ok()?.ok()
}

fn ours(words: String) -> Failure {
    Failure::Way { ours: true, words }
}

fn theirs_in_words(words: String) -> Failure {
    Failure::Way { ours: false, words }
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "it is the last that is heard of the error, and so it fits map_err"
)]
fn theirs(error: CdpError) -> Failure {
    theirs_in_words(format!(
        "the page could not be opened ({}); it will be tried again",
        one_line(&error.to_string())
    ))
}

fn one_line(text: &str) -> String {
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    words.chars().take(200).collect()
}
