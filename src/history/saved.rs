//! A page that the user saved in the browser, read as if it had just been asked for: taken out of
//! what a browser wraps it in, and where nobody says so, found among the pages that are watched.

use jiff::Timestamp;
use url::Url;

use super::ListingId;
use super::evidence::Evidence;
use crate::book::{Isbn10, Isbn13, Source, StoreId};
use crate::config::plan::{EditionPlan, ListingPlan, Plan, label};
use crate::fetch::charset;
use crate::page::{Page, Reading, UnreadReason, Wanted};
use crate::stores::{self, Lessons};
use crate::text::words;

/// So much of the beginning of a file tells what kind it is, in bytes.
const BEGINNING: usize = 4096;

/// How what is no page begins, and what it is.
const NO_PAGES: &[(&[u8], &str)] = &[
    (b"%PDF", "a PDF"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"PK\x03\x04", "a ZIP file"),
];

/// A saved page without its wrapping.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Saved {
    /// The HTML.
    pub body: String,
    /// Where the browser had it from, as it noted in the file.
    pub address: Option<String>,
}

/// Why a file holds no page.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}; save the page as \"Webpage, HTML only\" or as a single file")]
pub struct NoPage(String);

/// Takes a saved page out of its file: HTML as it is, MHTML (RFC 2557, "single file"), and Safari's
/// web archive, which is a property list.
///
/// # Errors
///
/// [`NoPage`] says what the file is instead.
pub fn unwrapped(bytes: &[u8]) -> Result<Saved, NoPage> {
    if let Some((_, what)) = NO_PAGES.iter().find(|(mark, _)| bytes.starts_with(mark)) {
        return Err(NoPage(format!("the file is {what} and no web page")));
    }
    let beginning = bytes.get(..BEGINNING).unwrap_or(bytes);
    let beginning = String::from_utf8_lossy(beginning).to_ascii_lowercase();
    let is_list = beginning.starts_with("<?xml") && beginning.contains("<!doctype plist");
    if beginning.starts_with("bplist0") || is_list {
        return of_archive(bytes)
            .ok_or_else(|| NoPage("the web archive has no page in it".to_owned()));
    }
    let head = beginning.trim_start();
    if !head.starts_with('<') && head.contains("multipart/related") {
        return of_mhtml(bytes).ok_or_else(|| NoPage("the MHTML has no page in it".to_owned()));
    }
    let body = charset::decode(bytes, None).into_owned();
    // As `<!-- saved from url=(0036)https://… -->`, by Chrome and Edge.
    let noted = body.get(..BEGINNING.min(body.len())).unwrap_or(&body);
    let address = noted
        .split_once("saved from url=(")
        .and_then(|(_, rest)| rest.split_once(')')?.1.split_whitespace().next())
        .map(str::to_owned);
    Ok(Saved { body, address })
}

/// The first part of HTML: browsers put the page before all that belongs to it.
fn of_mhtml(bytes: &[u8]) -> Option<Saved> {
    let mail = mailparse::parse_mail(bytes).ok()?;
    let part = mail
        .parts()
        .find(|part| part.ctype.mimetype == "text/html")?;
    let header = |name: &str| {
        let found = part.headers.iter().chain(&mail.headers);
        let mut found = found.filter(|header| header.get_key_ref().eq_ignore_ascii_case(name));
        found.next().map(mailparse::MailHeader::get_value)
    };
    let body = charset::decoded(part.get_body_raw().ok()?, header("Content-Type").as_deref());
    let address = header("Content-Location").or_else(|| header("Snapshot-Content-Location"));
    Some(Saved { body, address })
}

fn of_archive(bytes: &[u8]) -> Option<Saved> {
    let list = plist::Value::from_reader(std::io::Cursor::new(bytes)).ok()?;
    let page = list
        .as_dictionary()?
        .get("WebMainResource")?
        .as_dictionary()?;
    let text = |key: &str| page.get(key).and_then(plist::Value::as_string);
    let kind = text("WebResourceTextEncodingName").map(|name| format!("text/html; charset={name}"));
    let bytes = page.get("WebResourceData")?.as_data()?;
    Some(Saved {
        body: charset::decode(bytes, kind.as_deref()).into_owned(),
        address: text("WebResourceURL").map(str::to_owned),
    })
}

/// What a saved page says of a listing, with the parts that were read.
pub fn read(
    body: &str,
    plan: &EditionPlan,
    listing: &ListingPlan,
    at: Timestamp,
    lessons: &Lessons,
) -> (Reading, Evidence) {
    let page = Page {
        store: &listing.store,
        address: None,
        status: 200,
        headers: &[],
        body,
    };
    let wanted = Wanted::of(&plan.edition, listing.asin.as_deref());
    let read = stores::read_closely(&page, &wanted, lessons);
    let evidence = Evidence {
        at,
        source: Source::ByHand,
        status: None,
        address: listing.address.to_string(),
        headers: Vec::new(),
        parts: read.kept,
        picture: None,
    };
    (read.reading, evidence)
}

/// A saved page that was found among those that are watched.
#[derive(Debug)]
pub struct Found {
    /// Whose page it is.
    pub listing: ListingId,
    /// What it says: always a state.
    pub reading: Reading,
    /// The parts that were read.
    pub evidence: Evidence,
}

/// The number of the edition stands in the page; of one that no page of the store could be compared
/// with, the address is that of its page.
fn is_named(edition: &EditionPlan, listing: &ListingPlan, (address, plain): (&Url, &str)) -> bool {
    let numbers = numbers(edition, listing);
    if numbers.is_empty() {
        return address.path() == listing.address.path();
    }
    numbers.iter().any(|number| plain.contains(number))
}

/// The numbers by which a page of the edition is known at the store, without hyphens.
#[must_use]
pub fn numbers(edition: &EditionPlan, listing: &ListingPlan) -> Vec<String> {
    let wanted = Wanted::of(&edition.edition, listing.asin.as_deref());
    let tenth = wanted.isbn.as_ref().and_then(Isbn13::to_isbn10);
    let numbers = [
        wanted.isbn.as_ref().map(Isbn13::as_str),
        tenth.as_ref().map(Isbn10::as_str),
        wanted.asin.as_deref(),
    ];
    numbers.into_iter().flatten().map(str::to_owned).collect()
}

/// Finds the page among those that are watched.
///
/// 1. The store is that of the address which the page gives itself, or else of the one that the
///    browser noted.
/// 2. Of the editions that are watched there, those count whose number stands in the page; each is
///    read as its own reader reads it, which knows one edition from another.
/// 3. One that names a state is the one. Nothing is guessed between two.
///
/// # Errors
///
/// A sentence without a full stop that says whose page it is instead, or why it says nothing. It is
/// never a word about the store.
pub fn find(saved: &Saved, plan: &Plan, at: Timestamp, lessons: &Lessons) -> Result<Found, String> {
    let address = stores::canonical_of(&saved.body).or_else(|| saved.address.clone());
    let address = address.and_then(|address| Url::parse(&address).ok());
    let (address, host) = address
        .as_ref()
        .and_then(|address| Some((address, address.host_str()?)))
        .ok_or("it does not say which store it is from")?;
    let store = StoreId::new(host);
    let of_store = |listing: &&ListingPlan| {
        let hosts = [listing.address.host_str(), listing.ask.host_str()];
        listing.store == store || hosts.contains(&Some(host))
    };
    let joins_nothing = |c: &char| !"- \u{a0}\u{2010}\u{2011}\u{2013}".contains(*c);
    let squeezed: String = saved.body.chars().filter(joins_nothing).collect();
    let mut is_watched = false;
    let (mut found, mut unread) = (Vec::new(), None);
    for edition in &plan.editions {
        let Some(listing) = edition.listings.iter().find(of_store) else {
            continue;
        };
        is_watched = true;
        if !is_named(edition, listing, (address, &squeezed)) {
            continue;
        }
        let (reading, evidence) = read(&saved.body, edition, listing, at, lessons);
        let id = ListingId::new(&edition.edition.id, &listing.store);
        let title = words::clipped(&edition.edition.title, 40);
        let name = format!("{title} ({})", edition.edition.format.name());
        match &reading {
            Reading::Says(_) => {
                let is_it = Found {
                    listing: id,
                    reading,
                    evidence,
                };
                found.push((name, is_it));
            }
            Reading::Unread(no) if no.reason == UnreadReason::WrongProduct => {
                unread.get_or_insert(format!("it is of another product: {}", no.words));
            }
            Reading::Unread(no) => {
                let why = format!("{} ({})", no.reason.words(), no.words);
                unread = Some(format!("it seems to be of {name}, but {why}"));
            }
        }
    }
    let names: Vec<&str> = found.iter().map(|(name, _)| name.as_str()).collect();
    if 1 < names.len() {
        return Err(format!("it may be of {}", names.join(" or of ")));
    }
    let store = label(&store, &plan.stores);
    let found = found.pop().map(|(_, found)| found);
    found.ok_or_else(|| match unread {
        Some(unread) => unread,
        None if is_watched => format!("it is of no book that is watched at {store}"),
        None => format!("it is of {host}, where nothing is watched"),
    })
}
