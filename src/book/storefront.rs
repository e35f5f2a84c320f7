//! Where a book is sold: the stores we know, by name, and how an ISBN or an ASIN becomes the
//! address of a product page there.
//!
//! This is the list of the stores that have a reader of their own. A new one is a line here and a file
//! in `stores/`; one whose pages the generic reader can read is a table in `config/stores.toml`. Sources for hosts and address forms: Amazon's
//! marketplaces as in kovidgoyal/calibre, `sources/amazon.py`; Barnes & Noble's and Bookshop.org's
//! redirects from an ISBN as several public tools use them in 2026.

use std::fmt;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Asin, EditionId, Format};

/// A store's name: its host without `www.`, as `amazon.co.uk`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
pub struct StoreId(String);

impl StoreId {
    /// A store's name, in lower case and without `www.`.
    pub fn new(host: &str) -> Self {
        let host = host.trim().to_ascii_lowercase();
        Self(host.strip_prefix("www.").unwrap_or(&host).to_owned())
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// How people call the store: the label of a known one, otherwise its name.
    pub fn label(&self) -> &str {
        find(&self.0).map_or(self.as_str(), |store| store.label)
    }

    /// Which kind of store it is.
    pub fn family(&self) -> Family {
        find(&self.0).map_or(Family::Other, |store| store.family)
    }
}

impl fmt::Display for StoreId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Stores of one family have one kind of page, and one reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Family {
    /// Any marketplace of Amazon's.
    Amazon,
    /// Barnes & Noble.
    BarnesNoble,
    /// Bookshop.org, in the US or the UK.
    Bookshop,
    /// A store that the user defined.
    Other,
}

/// A store that Pubwatch knows from the start.
#[derive(Debug, PartialEq, Eq)]
pub struct Storefront {
    /// Its name, see [`StoreId`].
    pub id: &'static str,
    /// How people call it.
    pub label: &'static str,
    /// Which kind of page it has.
    pub family: Family,
    /// The host of its product pages.
    pub host: &'static str,
    /// The language of its pages, ISO 639-1, which picks the wording files.
    pub language: &'static str,
    /// The currency of its prices, ISO 4217.
    pub currency: &'static str,
}

macro_rules! storefronts {
    ($($family:ident $id:literal $host:literal $label:literal $language:literal $currency:literal)*) => {
        /// Every known store, in the order in which people see them.
        pub const STOREFRONTS: &[Storefront] = &[$(Storefront {
            id: $id,
            label: $label,
            family: Family::$family,
            host: $host,
            language: $language,
            currency: $currency,
        }),*];
    };
}

storefronts! {
    Amazon "amazon.com"          "www.amazon.com"          "Amazon"           "en" "USD"
    Amazon "amazon.co.uk"        "www.amazon.co.uk"        "Amazon.co.uk"     "en" "GBP"
    Amazon "amazon.ca"           "www.amazon.ca"           "Amazon.ca"        "en" "CAD"
    Amazon "amazon.com.au"       "www.amazon.com.au"       "Amazon.com.au"    "en" "AUD"
    Amazon "amazon.de"           "www.amazon.de"           "Amazon.de"        "de" "EUR"
    Amazon "amazon.fr"           "www.amazon.fr"           "Amazon.fr"        "fr" "EUR"
    Amazon "amazon.it"           "www.amazon.it"           "Amazon.it"        "it" "EUR"
    Amazon "amazon.es"           "www.amazon.es"           "Amazon.es"        "es" "EUR"
    Amazon "amazon.nl"           "www.amazon.nl"           "Amazon.nl"        "nl" "EUR"
    Amazon "amazon.se"           "www.amazon.se"           "Amazon.se"        "sv" "SEK"
    Amazon "amazon.pl"           "www.amazon.pl"           "Amazon.pl"        "pl" "PLN"
    Amazon "amazon.com.be"       "www.amazon.com.be"       "Amazon.com.be"    "fr" "EUR"
    Amazon "amazon.ie"           "www.amazon.ie"           "Amazon.ie"        "en" "EUR"
    Amazon "amazon.co.jp"        "www.amazon.co.jp"        "Amazon.co.jp"     "ja" "JPY"
    Amazon "amazon.in"           "www.amazon.in"           "Amazon.in"        "en" "INR"
    Amazon "amazon.com.br"       "www.amazon.com.br"       "Amazon.com.br"    "pt" "BRL"
    Amazon "amazon.com.mx"       "www.amazon.com.mx"       "Amazon.com.mx"    "es" "MXN"
    Amazon "amazon.sg"           "www.amazon.sg"           "Amazon.sg"        "en" "SGD"
    Amazon "amazon.ae"           "www.amazon.ae"           "Amazon.ae"        "en" "AED"
    Amazon "amazon.sa"           "www.amazon.sa"           "Amazon.sa"        "en" "SAR"
    Amazon "amazon.eg"           "www.amazon.eg"           "Amazon.eg"        "en" "EGP"
    Amazon "amazon.com.tr"       "www.amazon.com.tr"       "Amazon.com.tr"    "tr" "TRY"
    BarnesNoble "barnesandnoble.com" "www.barnesandnoble.com" "Barnes & Noble" "en" "USD"
    Bookshop "bookshop.org"      "bookshop.org"            "Bookshop.org"     "en" "USD"
    Bookshop "uk.bookshop.org"   "uk.bookshop.org"         "Bookshop.org UK"  "en" "GBP"
}

/// The known store of that name (with or without `www.`).
pub fn find(name: &str) -> Option<&'static Storefront> {
    let id = StoreId::new(name);
    STOREFRONTS.iter().find(|store| store.id == id.as_str())
}

/// The known store that a person calls so: by its name, its host, or as we print it, with an `and`
/// for the `&` and in any case; also by what people call it for short.
pub fn called(words: &str) -> Option<&'static Storefront> {
    const SHORT: [(&str, &str); 7] = [
        ("barnesnoble", "barnesandnoble.com"),
        ("bandn", "barnesandnoble.com"),
        ("bn", "barnesandnoble.com"),
        ("amazonus", "amazon.com"),
        ("amazonuk", "amazon.co.uk"),
        ("bookshop", "bookshop.org"),
        ("bookshopuk", "uk.bookshop.org"),
    ];
    let plain = |text: &str| -> String {
        let text = text.to_lowercase().replace('&', "and");
        text.chars().filter(|one| one.is_alphanumeric()).collect()
    };
    let wanted = plain(words);
    let short = SHORT.iter().find(|(short, _)| *short == wanted);
    let is_it = |store: &&Storefront| {
        [store.id, store.host, store.label]
            .into_iter()
            .any(|name| plain(name) == wanted)
    };
    find(words)
        .or_else(|| find(short?.1))
        .or_else(|| STOREFRONTS.iter().find(is_it))
}

/// Why the numbers of an edition make no address at a store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoAddress {
    /// A 979 number has no ISBN-10, and so no predictable address at Amazon.
    #[error(
        "an ISBN that begins with 979 has no ISBN-10, so its Amazon address cannot be made from it"
    )]
    No979AtAmazon,
    /// The Kindle edition's address is an ASIN of Amazon's own.
    #[error(
        "Amazon gives ebooks an identifier of its own, so the address cannot be made from the ISBN"
    )]
    EbookAtAmazon,
    /// Audible and Amazon give audiobooks an identifier of their own.
    #[error(
        "Amazon gives audiobooks an identifier of its own, so the address cannot be made from the \
         ISBN"
    )]
    AudiobookAtAmazon,
    /// The store tells books by their ISBN.
    #[error("this store tells its pages by their ISBN, and this edition has none")]
    NoIsbn,
    /// It has neither an ISBN nor an ASIN.
    #[error("it has neither an ISBN nor an ASIN, from which its Amazon address could be made")]
    NoNumberAtAmazon,
}

impl Storefront {
    /// The country that it sells in first, ISO 3166.
    pub fn country(&self) -> String {
        match self.id.rsplit('.').next().unwrap_or_default() {
            "com" | "org" if !self.id.starts_with("uk.") => "US".to_owned(),
            "org" | "uk" => "GB".to_owned(),
            end => end.to_ascii_uppercase(),
        }
    }

    /// The path and query of an edition's product page, from its numbers alone; `asin` is the one
    /// beside an identity that is another.
    ///
    /// # Errors
    ///
    /// [`NoAddress`] when the store's addresses do not follow from these numbers.
    pub fn path_for(
        &self,
        id: &EditionId,
        asin: Option<&Asin>,
        format: Format,
    ) -> Result<String, NoAddress> {
        let isbn = id.isbn().ok_or(NoAddress::NoIsbn);
        match self.family {
            Family::Amazon => {
                if let Some(asin) = id.asin().or(asin) {
                    return Ok(format!("/dp/{asin}"));
                }
                let isbn = isbn.map_err(|_| NoAddress::NoNumberAtAmazon)?;
                match format {
                    Format::Ebook => Err(NoAddress::EbookAtAmazon),
                    Format::Audiobook => Err(NoAddress::AudiobookAtAmazon),
                    Format::Paperback | Format::Hardcover => {
                        let isbn10 = isbn.to_isbn10().ok_or(NoAddress::No979AtAmazon)?;
                        Ok(format!("/dp/{isbn10}"))
                    }
                }
            }
            Family::BarnesNoble => Ok(format!("/w/?ean={}", isbn?)),
            Family::Bookshop | Family::Other => Ok(format!("/book/{}", isbn?)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(store: &str, isbn: &str, format: Format, expected: Result<&str, NoAddress>) {
        let path = find(store)
            .unwrap()
            .path_for(&isbn.parse().unwrap(), None, format);
        assert_eq!(path.as_deref(), expected.as_ref().map(|path| *path));
    }

    #[test]
    fn addresses_follow_from_the_isbn() {
        check(
            "amazon.co.uk",
            "9780132350884",
            Format::Paperback,
            Ok("/dp/0132350882"),
        );
        check(
            "www.barnesandnoble.com",
            "9798896757733",
            Format::Hardcover,
            Ok("/w/?ean=9798896757733"),
        );
        check(
            "bookshop.org",
            "9780132350884",
            Format::Paperback,
            Ok("/book/9780132350884"),
        );
        for format in Format::ALL {
            check("amazon.de", "B0EBOOK123", format, Ok("/dp/B0EBOOK123"));
        }
        let (id, asin) = ("9798896757733".parse().unwrap(), "B0EBOOK123".parse().ok());
        let path = |store: &str| {
            find(store)
                .unwrap()
                .path_for(&id, asin.as_ref(), Format::Ebook)
        };
        assert_eq!(path("amazon.com").as_deref(), Ok("/dp/B0EBOOK123"));
        assert_eq!(path("bookshop.org").as_deref(), Ok("/book/9798896757733"));
    }

    #[test]
    fn where_they_do_not_it_is_said() {
        check(
            "amazon.com",
            "9798896757733",
            Format::Paperback,
            Err(NoAddress::No979AtAmazon),
        );
        check(
            "amazon.com",
            "9780132350884",
            Format::Ebook,
            Err(NoAddress::EbookAtAmazon),
        );
        check(
            "amazon.com",
            "9780132350884",
            Format::Audiobook,
            Err(NoAddress::AudiobookAtAmazon),
        );
        for store in ["barnesandnoble.com", "bookshop.org"] {
            check(store, "B0EBOOK123", Format::Ebook, Err(NoAddress::NoIsbn));
        }
        let own = "kobo.com:12";
        check(
            "amazon.com",
            own,
            Format::Ebook,
            Err(NoAddress::NoNumberAtAmazon),
        );
    }

    #[test]
    fn stores_are_known_as_people_call_them() {
        for (words, id) in [
            ("Barnes & Noble", "barnesandnoble.com"),
            ("barnes and noble", "barnesandnoble.com"),
            ("B&N", "barnesandnoble.com"),
            ("www.barnesandnoble.com", "barnesandnoble.com"),
            ("Amazon", "amazon.com"),
            ("AMAZON.CO.UK", "amazon.co.uk"),
            ("Bookshop.org UK", "uk.bookshop.org"),
            ("bookshop", "bookshop.org"),
        ] {
            assert_eq!(called(words).map(|store| store.id), Some(id), "{words}");
        }
        assert_eq!(called("nowhere.example"), None);
        let countries = |id: &str| find(id).unwrap().country();
        assert_eq!(countries("amazon.com"), "US");
        assert_eq!(countries("amazon.com.br"), "BR");
        assert_eq!(countries("uk.bookshop.org"), "GB");
        assert_eq!(countries("bookshop.org"), "US");
        assert_eq!(countries("amazon.de"), "DE");
    }

    #[test]
    fn names_are_unique_and_are_their_hosts() {
        for (index, store) in STOREFRONTS.iter().enumerate() {
            assert_eq!(StoreId::new(store.host).as_str(), store.id);
            assert!(
                STOREFRONTS[..index]
                    .iter()
                    .all(|other| other.id != store.id)
            );
        }
    }
}
