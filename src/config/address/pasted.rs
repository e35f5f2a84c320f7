//! Addresses as people paste them, when nobody has said at which store or of which book. Pure.

use url::Url;

use super::{AddressError, SUBDOMAINS, amazon, clean, is_asin, parse};
use crate::book::{Asin, EditionId, Format, Isbn13, StoreId, storefront};
use crate::config::plan::StorePlan;

/// Amazon's own short links, which lead to a page of one of its stores. Matched whole, because
/// look-alikes exist.
const AMAZON_SHORT: [&str; 5] = ["a.co", "amzn.to", "amzn.eu", "amzn.asia", "amzn.com"];

/// What an address names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pasted {
    /// The store.
    pub store: StoreId,
    /// The number that it tells: an ISBN, or Amazon's own.
    pub id: Option<EditionId>,
    /// The address as it was written, in full.
    pub address: String,
}

/// Reads an address; `own` are the stores that the user has defined, whose pages are at the host of
/// that name or at the one that they say.
///
/// # Errors
///
/// [`AddressError`], each with its remedy, when it is no address of a book's page at a store.
pub fn pasted(words: &str, own: &[StorePlan]) -> Result<Pasted, AddressError> {
    let written = parse(words)?;
    let url = straight(written.clone());
    let host = url.host_str().unwrap_or_default().to_ascii_lowercase();
    let in_path = url.path().split(['/', ';']).map(str::to_owned);
    let id = in_path
        .chain(url.query_pairs().map(|(_, value)| value.into_owned()))
        .chain(amazon(&url).and_then(|page| page.asin))
        .find_map(|part| number(&part))
        .map(EditionId::Isbn);
    let of_host = |host: &str| {
        let known =
            storefront::find(host).map(|known| (StoreId::new(known.id), known.host.to_owned()));
        let own = || {
            let is_it = |store: &&StorePlan| {
                let own = store.own.as_ref();
                store.id == StoreId::new(host) || own.is_some_and(|own| own.host == host)
            };
            own.iter().find(is_it).map(|store| store.id.clone())
        };
        known.or_else(|| own().map(|store| (store, host.to_owned())))
    };
    let mut hosts = SUBDOMAINS
        .iter()
        .filter_map(|prefix| host.strip_prefix(prefix));
    let found = of_host(&host).or_else(|| hosts.find_map(of_host));
    let Some((store, store_host)) = found else {
        let is_short = super::SHORT_LINKS.contains(&host.as_str());
        return Err(if is_short {
            AddressError::ShortLink(host)
        } else {
            AddressError::UnknownStore(host)
        });
    };
    // The address is made clean when the configuration is read; here only what is no page of a
    // book at all is refused. Where the address has no ISBN, any will do for that.
    let stand_in = "9780000000002".parse().ok();
    let stand_in = id.as_ref().and_then(EditionId::isbn).or(stand_in.as_ref());
    let cleaned = clean(&store, &store_host, stand_in, url.as_str())?;
    let asin = || cleaned.asin?.parse().ok().map(EditionId::Asin);
    Ok(Pasted {
        store,
        id: id.or_else(asin),
        address: if url == written {
            words.trim().to_owned()
        } else {
            url.into()
        },
    })
}

/// A short link of Amazon's that does not say itself where it leads: it can be followed.
pub fn short_link(words: &str) -> Option<Url> {
    let url = straight(parse(words).ok()?);
    let host = url.host_str()?.to_ascii_lowercase();
    (AMAZON_SHORT.contains(&host.as_str()) && 1 < url.path().len()).then_some(url)
}

/// The address leads to another page than the one that follows from the numbers of the edition.
pub fn leads_elsewhere(
    store: &StoreId,
    (id, asin): (&EditionId, Option<&Asin>),
    format: Format,
    written: &str,
) -> bool {
    let Some(known) = storefront::find(store.as_str()) else {
        return true;
    };
    let (Ok(made), Ok(cleaned)) = (
        known.path_for(id, asin, format),
        clean(store, known.host, id.isbn(), written),
    ) else {
        return true;
    };
    cleaned.address.as_str() != format!("https://{}{made}", known.host)
}

/// `amzn.com/ASIN` says itself where it leads.
fn straight(url: Url) -> Url {
    let asin = url
        .path()
        .trim_matches('/')
        .trim_start_matches("dp/")
        .to_ascii_uppercase();
    if url.host_str() == Some("amzn.com") && is_asin(&asin) {
        return Url::parse(&format!("https://www.amazon.com/dp/{asin}")).unwrap_or(url);
    }
    url
}

/// The ISBN that a part of an address is, as a whole.
fn number(part: &str) -> Option<Isbn13> {
    let digits = part
        .chars()
        .filter(|one| one.is_ascii_digit() || matches!(one, 'X' | 'x'))
        .count();
    if digits == part.len() && matches!(digits, 10 | 13) {
        part.parse().ok()
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::plan::OwnStore;

    /// Two stores of a user's: at the host of its name, and at another.
    fn own() -> Vec<StorePlan> {
        let plain = |id| StorePlan::plain(StoreId::new(id));
        let elsewhere = OwnStore {
            host: "shop.harbour.example".to_owned(),
            pattern: None,
            currency: "GBP".to_owned(),
        };
        let mut harbour = plain("harbour.example");
        harbour.own = Some(elsewhere);
        vec![plain("books.example.com"), harbour]
    }

    #[track_caller]
    fn check(words: &str, store: &str, isbn: Option<&str>) {
        let pasted = pasted(words, &own()).unwrap();
        assert_eq!(pasted.store.as_str(), store, "{words}");
        assert_eq!(pasted.id.as_ref().map(EditionId::as_str), isbn, "{words}");
    }

    #[test]
    fn addresses_are_read_as_people_paste_them() {
        let ours = Some("9780132350884");
        for path in [
            "www.amazon.com/Salt-Roads/dp/0132350882/ref=sr_1_1?crid=1",
            "https://smile.amazon.com/gp/product/0132350882",
            "https://m.amazon.com/gp/aw/d/0132350882?psc=1",
            "https://www.amazon.com/gp/offer-listing/0132350882/ref=dp",
            "https://www.amazon.com/exec/obidos/tg/detail/-/0132350882/friend-20",
            "https://www.amazon.com/review/create-review?asin=0132350882",
            "amzn.com/0132350882",
        ] {
            check(path, "amazon.com", ours);
        }
        check(
            "https://www.amazon.de/dp/B0EXAMPLE1",
            "amazon.de",
            Some("B0EXAMPLE1"),
        );
        check(
            "https://bookshop.org/a/12476/9780132350884",
            "bookshop.org",
            ours,
        );
        check(
            "https://bookshop.org/p/books/salt/9?ean=9780132350884",
            "bookshop.org",
            ours,
        );
        check("https://bookshop.org/p/books/salt/9", "bookshop.org", None);
        check(
            "https://bookshop.org/books/salt-roads/9780132350884",
            "bookshop.org",
            ours,
        );
        let barnes = "barnesandnoble.com";
        check(
            "https://www.barnesandnoble.com/w/salt/11?ean=9780132350884&st=AFF",
            barnes,
            ours,
        );
        check(
            "https://m.barnesandnoble.com/w/salt/1144556677;jsessionid=1",
            barnes,
            None,
        );
        check(
            "https://shop.harbour.example/item/9780132350884",
            "harbour.example",
            ours,
        );
        check(
            "https://books.example.com/item/7",
            "books.example.com",
            None,
        );
    }

    #[track_caller]
    fn refused(words: &str, why: &str) {
        let error = pasted(words, &[]).unwrap_err();
        assert!(error.to_string().contains(why), "{error}");
        assert!(!error.remedy().is_empty());
    }

    #[test]
    fn what_leads_to_no_book_says_what_to_paste_instead() {
        for search in [
            "https://www.amazon.com/s?k=salt+roads",
            "https://www.amazon.com/s/ref=nb?field-keywords=0132350882",
            "https://www.barnesandnoble.com/s/9780132350884",
            "https://bookshop.org/search?keywords=9780132350884",
            "https://bookshop.org/books?keywords=salt",
        ] {
            refused(search, "a page of search results");
        }
        refused(
            "https://www.amazon.com/stores/author/B0EXAMPLE1",
            "not the address of a product",
        );
        refused(
            "https://read.amazon.com/?asin=B0EXAMPLE1",
            "no store that Pubwatch knows",
        );
        refused("https://bit.ly/3abc", "a short link");
        refused(
            "https://www.amazon.com.example.net/dp/0132350882",
            "no store that Pubwatch knows",
        );
        refused("salt roads", "no web address");
    }

    #[test]
    fn only_amazon_s_own_short_links_can_be_followed() {
        for short in [
            "https://a.co/d/0abcDEF",
            "amzn.to/3abc",
            "https://amzn.eu/d/1x",
        ] {
            assert!(short_link(short).is_some(), "{short}");
        }
        for other in [
            "https://bit.ly/3abc",
            "https://a.co/",
            "https://a.co.example/d/1",
            "amzn.com/0132350882",
        ] {
            assert!(short_link(other).is_none(), "{other}");
        }
    }
}
