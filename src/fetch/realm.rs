//! Where a redirect may lead: inside the store, and nowhere else.

use url::{Host, Origin, Url};

use super::address::is_public;
use crate::book::storefront::STOREFRONTS;
use crate::book::{Family, StoreId};

/// The most redirects that one page may take.
pub const MOST_REDIRECTS: usize = 5;

/// The part of the internet that belongs to a store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Realm {
    /// One origin: the base address that the user set in the store's place. It may be a machine of
    /// a private network.
    Here(Origin),
    /// One origin on the public internet: a store of the user's own, or one of which nothing more
    /// is known.
    Site(Origin),
    /// A known store: its host, and what lies below it, on the public internet.
    Store(StoreId),
}

/// Why a redirect is not followed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Outside {
    /// The `Location` is no address.
    #[error("it redirects to `{0}`, which is no address")]
    NoAddress(String),
    /// It leads to another site.
    #[error("it redirects to {0}, which is not the store's")]
    OtherSite(String),
    /// It leads from a protected line to an open one.
    #[error("it redirects to {0}, which is not encrypted")]
    Downgrade(String),
    /// It leads to a machine of a private network.
    #[error(
        "it leads to {0}, which is an address of a private network; a store of your own that stands \
         there is asked when its place is set as `base` under [[store]]"
    )]
    Private(String),
}

impl Realm {
    /// The realm of a store whose pages are asked at `ask`.
    pub fn new(store: &StoreId, ask: &Url, overridden: bool) -> Self {
        if overridden {
            Self::Here(ask.origin())
        } else if store.family() == Family::Other {
            Self::Site(ask.origin())
        } else {
            Self::Store(store.clone())
        }
    }

    /// Whether machines of a private network may answer here.
    pub fn may_be_private(&self) -> bool {
        matches!(self, Self::Here(_))
    }

    /// Whether an address may be asked at all.
    ///
    /// # Errors
    ///
    /// [`Outside`] says where it leads instead.
    pub fn admit(&self, address: &Url) -> Result<(), Outside> {
        match self {
            Self::Here(origin) if address.origin() == *origin => Ok(()),
            Self::Site(origin) if address.origin() == *origin => public(address),
            Self::Here(_) | Self::Site(_) => Err(Outside::OtherSite(site(address))),
            Self::Store(store) => admit_to_store(store, address),
        }
    }

    /// The address that a redirect leads to from `from`.
    ///
    /// # Errors
    ///
    /// [`Outside`] when it leads out of the realm or out of an encrypted line.
    pub fn follow(&self, from: &Url, location: &str) -> Result<Url, Outside> {
        let mut target = from
            .join(location.trim())
            .map_err(|_| Outside::NoAddress(location.chars().take(80).collect()))?;
        target.set_fragment(None);
        if from.scheme() == "https" && target.scheme() == "http" {
            return Err(Outside::Downgrade(site(&target)));
        }
        self.admit(&target)?;
        Ok(target)
    }
}

fn admit_to_store(store: &StoreId, address: &Url) -> Result<(), Outside> {
    public(address)?;
    let standard = address.port().is_none() && address.scheme().starts_with("http");
    match address.host() {
        Some(Host::Domain(host)) if standard && owner(host) == Some(store.as_str()) => Ok(()),
        _ => Err(Outside::OtherSite(site(address))),
    }
}

/// An address that is a number is a public one. Where a name leads is seen when it is resolved.
fn public(address: &Url) -> Result<(), Outside> {
    match address.host() {
        Some(Host::Ipv4(ip)) if !is_public(ip.into()) => Err(Outside::Private(ip.to_string())),
        Some(Host::Ipv6(ip)) if !is_public(ip.into()) => Err(Outside::Private(ip.to_string())),
        Some(Host::Domain(_) | Host::Ipv4(_) | Host::Ipv6(_)) | None => Ok(()),
    }
}

/// The known store to which a host belongs: the most particular one, since `uk.bookshop.org` is a
/// store of its own and not a part of `bookshop.org`.
fn owner(host: &str) -> Option<&'static str> {
    STOREFRONTS
        .iter()
        .map(|store| store.id)
        .filter(|id| {
            host == *id
                || host
                    .strip_suffix(id)
                    .is_some_and(|rest| rest.ends_with('.'))
        })
        .max_by_key(|id| id.len())
}

fn site(address: &Url) -> String {
    match address.host_str() {
        Some(_) => address.origin().ascii_serialization(),
        None => format!("a `{}` address", address.scheme()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(store: &str, from: &str, location: &str, expected: Result<&str, &str>) {
        let from = Url::parse(from).unwrap();
        let overridden = from.host_str() == Some("127.0.0.1");
        let realm = Realm::new(&StoreId::new(store), &from, overridden);
        let target = realm
            .follow(&from, location)
            .map(String::from)
            .map_err(|outside| outside.to_string());
        assert_eq!(target.as_deref().map_err(String::as_str), expected);
    }

    #[test]
    fn redirects_inside_the_store_are_followed() {
        check(
            "bookshop.org",
            "https://bookshop.org/book/9780132350884",
            "/p/books/x/8f?ean=9780132350884#top",
            Ok("https://bookshop.org/p/books/x/8f?ean=9780132350884"),
        );
        check(
            "amazon.com",
            "http://amazon.com/dp/0132350882",
            "https://www.amazon.com/dp/0132350882",
            Ok("https://www.amazon.com/dp/0132350882"),
        );
    }

    #[test]
    fn redirects_out_of_the_store_are_not() {
        let from = "https://bookshop.org/book/9780132350884";
        check(
            "bookshop.org",
            from,
            "https://uk.bookshop.org/book/1",
            Err("it redirects to https://uk.bookshop.org, which is not the store's"),
        );
        check(
            "bookshop.org",
            from,
            "https://notbookshop.org/",
            Err("it redirects to https://notbookshop.org, which is not the store's"),
        );
        check(
            "bookshop.org",
            from,
            "https://bookshop.org:8443/",
            Err("it redirects to https://bookshop.org:8443, which is not the store's"),
        );
        check(
            "bookshop.org",
            from,
            "file:///etc/passwd",
            Err("it redirects to a `file` address, which is not the store's"),
        );
        check(
            "bookshop.org",
            from,
            "http://bookshop.org/book/9780132350884",
            Err("it redirects to http://bookshop.org, which is not encrypted"),
        );
        check(
            "bookshop.org",
            from,
            "https://[oops",
            Err("it redirects to `https://[oops`, which is no address"),
        );
    }

    #[test]
    fn redirects_to_private_machines_are_not() {
        let from = "http://www.amazon.com/dp/0132350882";
        for (location, address) in [
            ("http://127.0.0.1:8080/admin", "127.0.0.1"),
            ("http://169.254.169.254/latest/meta-data", "169.254.169.254"),
            ("http://0x7f.1/", "127.0.0.1"),
            ("http://[::ffff:10.0.0.1]/", "::ffff:10.0.0.1"),
        ] {
            let words = Outside::Private(address.to_owned()).to_string();
            check("amazon.com", from, location, Err(&words));
        }
    }

    #[test]
    fn a_store_of_ones_own_is_one_origin_of_the_public_internet() {
        let admits = |ask: &str, overridden| {
            let ask = Url::parse(ask).unwrap();
            let realm = Realm::new(&StoreId::new("shop.example"), &ask, overridden);
            (realm.admit(&ask).is_ok(), realm.may_be_private())
        };
        assert_eq!(admits("https://shop.example/1", false), (true, false));
        assert_eq!(admits("http://93.184.216.34:8080/1", false), (true, false));
        for own in [
            "http://127.0.0.1:8080/1",
            "http://10.0.0.7/",
            "http://[::1]/",
        ] {
            assert_eq!(admits(own, false), (false, false), "{own}");
            assert_eq!(admits(own, true), (true, true), "{own}");
        }
    }

    #[test]
    fn a_base_of_the_users_own_is_the_whole_realm() {
        let from = "http://127.0.0.1:8080/dp/1";
        check(
            "amazon.com",
            from,
            "/dp/2",
            Ok("http://127.0.0.1:8080/dp/2"),
        );
        check(
            "amazon.com",
            from,
            "http://127.0.0.1:8081/dp/2",
            Err("it redirects to http://127.0.0.1:8081, which is not the store's"),
        );
        check(
            "amazon.com",
            from,
            "https://www.amazon.com/dp/2",
            Err("it redirects to https://www.amazon.com, which is not the store's"),
        );
    }
}
