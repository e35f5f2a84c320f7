//! Addresses of product pages, made clean: rebuilt from what identifies the page, without the
//! tracking that links carry.
//!
//! Sources for the forms: STORES §1.1 (Amazon's paths and short links), §2.1 (Barnes & Noble's
//! `/w/…?ean=`), §3.1 (Bookshop.org's `/a/<affiliate>/` prefix).

mod pasted;

use url::Url;

pub use pasted::{Pasted, leads_elsewhere, pasted, short_link};

use crate::book::{Asin, EditionId, Family, Format, Isbn13, StoreId, storefront};
use crate::config::plan::StorePlan;
use crate::config::presets::preset;

/// A product page's address, clean.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cleaned {
    /// The address at the store's own host, without tracking.
    pub address: Url,
    /// Amazon's identifier, where the page is at Amazon.
    pub asin: Option<String>,
    /// The ISBN that the address itself names, where it names one that is not the edition's.
    pub other_isbn: Option<Isbn13>,
}

/// Why an address cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// It is no web address at all.
    #[error("`{0}` is no web address")]
    NotAnAddress(String),
    /// A short link hides which page it leads to.
    #[error("`{0}` is a short link, which does not say to which page it leads")]
    ShortLink(String),
    /// A page of some other place.
    #[error("`{found}` is not a page of {store}")]
    OtherHost {
        /// The host of the address.
        found: String,
        /// The store that it was given for.
        store: StoreId,
    },
    /// A search, whose first result may be any book.
    #[error("this is a page of search results at {0}, not of a book")]
    Search(StoreId),
    /// An author's page, a shopping cart.
    #[error("this is not the address of a product page at {0}")]
    NotAProduct(StoreId),
    /// A store that nobody has defined.
    #[error("`{0}` is no store that Pubwatch knows")]
    UnknownStore(String),
    /// The address carries a user name or a password.
    #[error("a name or a password does not belong in an address")]
    Credentials,
}

impl AddressError {
    /// What to do about it.
    pub fn remedy(&self) -> String {
        match self {
            Self::NotAnAddress(_) => {
                "copy it in full from the address bar, from `https://` on".to_owned()
            }
            Self::ShortLink(_) => "open it in a browser, and copy the address of the page that \
                                   appears"
                .to_owned(),
            Self::OtherHost { found, .. } => match storefront::find(found) {
                Some(other) => format!("give it for the store `{}`, or correct it", other.id),
                None => "give the address of the book's page at that store".to_owned(),
            },
            Self::Search(_) => {
                "open the book itself from the results, and give the address of its page".to_owned()
            }
            Self::UnknownStore(host) => format!(
                "define it as a [[store]] in the configuration (see docs/configuration.md), and \
                 give the ISBN with `--store {host}`"
            ),
            Self::NotAProduct(store) => match store.family() {
                Family::Amazon => {
                    "open the book's own page there: its address has `/dp/` and ten letters or \
                     digits behind it"
                        .to_owned()
                }
                Family::BarnesNoble => {
                    "open the book's own page there: its address begins with `/w/`".to_owned()
                }
                Family::Bookshop => {
                    "open the book's own page there: its address has `/p/books/` or `/book/`"
                        .to_owned()
                }
                Family::Other => "give the address of the book's own page".to_owned(),
            },
            Self::Credentials => "leave out what stands before the `@`".to_owned(),
        }
    }
}

/// Short-link hosts of the stores we know. Matched whole, because look-alikes exist.
const SHORT_LINKS: [&str; 9] = [
    "a.co",
    "amzn.to",
    "amzn.eu",
    "amzn.asia",
    "amzn.com",
    "bit.ly",
    "tinyurl.com",
    "geni.us",
    "books2read.com",
];

/// Parameters that say who sent the visitor and nothing about the page.
const TRACKING: [&str; 14] = [
    "aff",
    "affiliate",
    "aid",
    "fbclid",
    "gad_source",
    "gclid",
    "mc_cid",
    "mc_eid",
    "msclkid",
    "ref",
    "ref_",
    "source",
    "srsltid",
    "tag",
];

/// Makes an address clean, as the page of an edition with `isbn`, or without one, at `store`, whose
/// pages live at `host`.
///
/// # Errors
///
/// [`AddressError`], each with its remedy, when the address is not one of a product page of that
/// store.
pub fn clean(
    store: &StoreId,
    host: &str,
    isbn: Option<&Isbn13>,
    written: &str,
) -> Result<Cleaned, AddressError> {
    let url = parse(written)?;
    let found = url.host_str().unwrap_or_default().to_ascii_lowercase();
    if SHORT_LINKS.contains(&found.as_str()) {
        return Err(AddressError::ShortLink(found));
    }
    if !is_host_of(&found, store, host) || url.port().is_some() {
        return Err(AddressError::OtherHost {
            found,
            store: store.clone(),
        });
    }
    if is_search(store.family(), &url) {
        return Err(AddressError::Search(store.clone()));
    }
    let page = match store.family() {
        Family::Amazon => amazon(&url),
        Family::BarnesNoble => barnes_noble(&url, isbn),
        Family::Bookshop => bookshop(&url, isbn),
        Family::Other => Some(other(&url)),
    };
    let page = page.ok_or_else(|| AddressError::NotAProduct(store.clone()))?;
    let address = Url::parse(&format!("https://{host}{}", page.path))
        .map_err(|_| AddressError::NotAnAddress(written.to_owned()))?;
    Ok(Cleaned {
        address,
        asin: page.asin,
        other_isbn: page
            .isbn
            .filter(|named| isbn.is_some_and(|isbn| named != isbn)),
    })
}

/// The path of an edition's page at a store of the user's, from the pattern of its addresses.
///
/// # Errors
///
/// Which number the pattern has and the edition has not.
pub(super) fn own_path(
    pattern: &str,
    store: &StoreId,
    id: &EditionId,
) -> Result<String, &'static str> {
    let mut path = pattern.to_owned();
    if path.contains("{isbn13}") {
        let isbn = id
            .isbn()
            .ok_or("this store's addresses have an ISBN, and this edition has none")?;
        path = path.replace("{isbn13}", isbn.as_str());
    }
    if path.contains("{isbn10}") {
        let isbn10 = id.to_isbn10().ok_or(match id.isbn() {
            Some(_) => "this store's addresses have an ISBN-10, and a number with 979 has none",
            None => "this store's addresses have an ISBN, and this edition has none",
        })?;
        path = path.replace("{isbn10}", isbn10.as_str());
    }
    if path.contains("{number}") {
        let EditionId::Own(own) = id else {
            return Err("this store's addresses have a number of its own, which is not given");
        };
        if own.store() != *store {
            return Err(
                "this store's addresses have a number of its own, and that of the edition \
                        is another store's",
            );
        }
        path = path.replace("{number}", own.number());
    }
    Ok(path)
}

/// Why nobody can know yet where a store has the page of an edition with these numbers; `own` are the
/// stores that the user has defined. `None`: its address follows from them, or only the user can tell.
pub fn unknown_page(
    store: &StoreId,
    own: &[StorePlan],
    (id, asin): (&EditionId, Option<&Asin>),
    format: Format,
) -> Option<String> {
    if let Some(known) = storefront::find(store.as_str()) {
        let path = known.path_for(id, asin, format);
        return path.err().map(|why| why.to_string());
    }
    let own = own.iter().find(|one| one.id == *store);
    let place = own.or_else(|| preset(store))?.own.as_ref()?;
    let path = own_path(place.pattern.as_deref()?, store, id);
    path.err().map(str::to_owned)
}

/// The same page at another base, which replaces scheme, host and port; a path of the base stands
/// before the page's own.
pub fn rebase(address: &Url, base: &Url) -> Url {
    let mut moved = base.clone();
    let folder = base.path().trim_end_matches('/');
    moved.set_path(&format!("{folder}{}", address.path()));
    moved.set_query(address.query());
    moved
}

fn parse(written: &str) -> Result<Url, AddressError> {
    let wrong = || AddressError::NotAnAddress(written.to_owned());
    let written = written.trim();
    // As copied from an address bar that hides the scheme.
    let with_scheme = if written.contains("://") {
        written.to_owned()
    } else {
        format!("https://{written}")
    };
    let url = Url::parse(&with_scheme).map_err(|_| wrong())?;
    let host = url.host_str().unwrap_or_default();
    if !matches!(url.scheme(), "http" | "https") || !host.contains('.') {
        return Err(wrong());
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(AddressError::Credentials);
    }
    Ok(url)
}

fn is_host_of(found: &str, store: &StoreId, host: &str) -> bool {
    found == host
        || StoreId::new(found) == *store
        || (store.family() != Family::Other
            && SUBDOMAINS
                .iter()
                .any(|prefix| found.strip_prefix(prefix) == Some(store.as_str())))
}

/// Names before a store's own whose pages are the same.
const SUBDOMAINS: [&str; 3] = ["smile.", "m.", "mobile."];

fn is_search(family: Family, url: &Url) -> bool {
    let mut segments = url.path_segments().into_iter().flatten();
    let (first, second) = (segments.next().unwrap_or_default(), segments.next());
    match family {
        Family::Amazon => first == "s" || (first == "gp" && second == Some("search")),
        Family::BarnesNoble => matches!(first, "s" | "b" | "noblesearch"),
        Family::Bookshop => {
            first == "search" || (matches!(first, "books" | "beta-search") && second.is_none())
        }
        Family::Other => false,
    }
}

/// What an address says about its page.
struct Page {
    /// The path and query to ask.
    path: String,
    asin: Option<String>,
    isbn: Option<Isbn13>,
}

/// `/dp/X`, `/<slug>/dp/X`, `/gp/product/X`, `/gp/aw/d/X`, `/gp/offer-listing/X`, `/gp/reader/X`,
/// `/product-reviews/X`, `/-/<language>/…/dp/X`, `/exec/obidos/ASIN/X`, `/o/ASIN/X`,
/// `/exec/obidos/tg/detail/-/X`, and wherever the query has `asin=X`. Everything behind the ASIN is
/// tracking, or pins a seller or a variant, which a book does not need.
fn amazon(url: &Url) -> Option<Page> {
    let segments: Vec<&str> = url.path_segments()?.collect();
    let in_path = segments.iter().enumerate().find_map(|(index, segment)| {
        let before = segments[..index].last().copied().unwrap_or_default();
        let marker = match before {
            "dp" | "product" | "product-reviews" | "offer-listing" | "reader" | "ASIN" | "asin" => {
                true
            }
            "-" => segments[..index].ends_with(&["tg", "detail", "-"]),
            "d" => segments[..index].ends_with(&["gp", "aw", "d"]),
            _ => false,
        };
        let asin = segment.to_ascii_uppercase();
        (marker && is_asin(&asin)).then_some(asin)
    });
    let in_query = || {
        let asin = parameter(url, "asin")
            .or_else(|| parameter(url, "ASIN"))?
            .to_ascii_uppercase();
        is_asin(&asin).then_some(asin)
    };
    let asin = in_path.or_else(in_query)?;
    Some(Page {
        path: format!("/dp/{asin}"),
        // A print book's ASIN is its ISBN-10; one with a right check digit names an edition.
        isbn: asin.parse().ok(),
        asin: Some(asin),
    })
}

fn is_asin(text: &str) -> bool {
    text.len() == 10
        && text
            .bytes()
            .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
}

/// `/w/<slug>/<work>?ean=<ISBN-13>`: the work has several editions, so the number stays, and is
/// added when it is missing.
fn barnes_noble(url: &Url, isbn: Option<&Isbn13>) -> Option<Page> {
    let segments: Vec<&str> = url.path_segments()?.collect();
    if segments.first() != Some(&"w") {
        return None;
    }
    let ean = parameter(url, "ean").and_then(|ean| ean.parse::<Isbn13>().ok());
    let shown = ean.as_ref().or(isbn)?;
    Some(Page {
        // A session id may hang on the path behind a semicolon.
        path: format!("/{}?ean={shown}", segments.join("/").split(';').next()?),
        asin: None,
        isbn: ean,
    })
}

/// `/book/<ISBN-13>`, `/p/books/<slug>/<id>?ean=<ISBN-13>`, both also behind `/a/<affiliate>`;
/// `/a/<affiliate>/<ISBN-13>` alone; `/books/<slug>/<ISBN-13>` in older links.
fn bookshop(url: &Url, isbn: Option<&Isbn13>) -> Option<Page> {
    let segments: Vec<&str> = url
        .path_segments()?
        .filter(|segment| !segment.is_empty())
        .collect();
    let (behind_affiliate, rest) = match segments.as_slice() {
        ["a", _, rest @ ..] => (true, rest),
        rest => (false, rest),
    };
    match rest {
        ["book" | "books", number] | ["books", _, number] => by_number(number),
        [number] if behind_affiliate => by_number(number),
        ["p", "books", _, ..] => {
            let ean = parameter(url, "ean").and_then(|ean| ean.parse::<Isbn13>().ok());
            let shown = ean.as_ref().or(isbn)?;
            Some(Page {
                path: format!("/{}?ean={shown}", rest.join("/")),
                asin: None,
                isbn: ean,
            })
        }
        _ => None,
    }
}

/// The store knows thirteen digits only; an ISBN-10 in an address answers 404 there.
fn by_number(number: &str) -> Option<Page> {
    let isbn: Isbn13 = number.parse().ok()?;
    Some(Page {
        path: format!("/book/{isbn}"),
        asin: None,
        isbn: Some(isbn),
    })
}

/// Any other store: the address as it is, without what is surely tracking.
fn other(url: &Url) -> Page {
    let kept: Vec<(String, String)> = url
        .query_pairs()
        .filter(|(name, _)| {
            let name = name.to_ascii_lowercase();
            !name.starts_with("utm_") && !TRACKING.contains(&name.as_str())
        })
        .map(|(name, value)| (name.into_owned(), value.into_owned()))
        .collect();
    let mut clean = url.clone();
    clean.set_fragment(None);
    clean.set_query(None);
    if !kept.is_empty() {
        clean.query_pairs_mut().extend_pairs(kept);
    }
    Page {
        path: match clean.query() {
            Some(query) => format!("{}?{query}", clean.path()),
            None => clean.path().to_owned(),
        },
        asin: None,
        isbn: None,
    }
}

fn parameter(url: &Url, name: &str) -> Option<String> {
    url.query_pairs()
        .find(|(key, _)| key == name)
        .map(|(_, value)| value.into_owned())
}

#[cfg(test)]
mod tests;
