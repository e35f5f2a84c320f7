//! A product of a page's data, its offers, and which of them speaks for an edition.
//!
//! What carries its own number speaks for that alone: an offer, a variant, an item. An offer that
//! names our edition wins, offers that name others are silent, and several that name nobody and
//! say different things are no evidence. One product with an offer for each of its formats is
//! common (spree/spree#13018, vtex-apps/store#457).

use crate::book::{Availability, Isbn13, Money};

use super::dom::{collapse, plain_digits};

/// Properties that hold a number.
pub const NUMBERS: &[&str] = &[
    "isbn",
    "gtin13",
    "gtin",
    "sku",
    "productID",
    "mpn",
    "identifier",
];

/// A longer value is no number, in bytes.
const LONGEST_NUMBER: usize = 200;

/// A product, book or variant of one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Product {
    /// Its name.
    pub name: Option<String>,
    /// Its valid ISBNs, from `isbn`, `gtin13`, `sku`, `productID`, `mpn`.
    pub isbns: Vec<Isbn13>,
    /// Every identifier as it was given.
    pub ids: Vec<String>,
    /// What is offered.
    pub offers: Vec<Offer>,
    /// When it was or will be published, as given.
    pub published: Option<String>,
    /// Its picture.
    pub image: Option<String>,
    /// `Paperback`, `EBook`, as given but without the address.
    pub format: Option<String>,
    /// What it is to the page.
    pub place: Place,
    /// Products of one number stand within each other: a work and its editions.
    pub family: usize,
    /// The heading of the page stands in it, or is its name. Only microdata tells.
    pub is_headed: bool,
}

/// What a product is to the page that names it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// The page calls it its main entity.
    Main,
    /// It stands by itself.
    #[default]
    Page,
    /// It is only mentioned: in a list, as related, in a review.
    Mentioned,
}

/// An offer of a product.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Offer {
    /// The ISBNs that it names itself.
    pub isbns: Vec<Isbn13>,
    /// The availability as given.
    pub availability: Option<String>,
    /// The price.
    pub price: Option<Money>,
    /// From when on it can be had, as given.
    pub starts: Option<String>,
    /// Who sells it.
    pub seller: Option<String>,
    /// The condition says that the copy is used.
    pub used: bool,
}

/// What offers say of an edition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Word {
    /// Nothing.
    Nothing,
    /// Different things, which are named here.
    Disagrees(String),
    /// One thing.
    Says(Box<Offer>),
}

impl Offer {
    /// The state that the availability names.
    pub fn state(&self) -> Option<Availability> {
        Availability::from_schema_org(self.availability.as_deref()?)
    }
}

impl Product {
    /// Whether it, or one of its offers, names that edition.
    pub fn names(&self, isbn: &Isbn13) -> bool {
        self.all_isbns().any(|own| own == isbn)
    }

    /// Every ISBN that it or one of its offers names.
    pub fn all_isbns(&self) -> impl Iterator<Item = &Isbn13> {
        let of_offers = self.offers.iter().flat_map(|offer| &offer.isbns);
        self.isbns.iter().chain(of_offers)
    }

    /// What its offers of new copies say of that edition; of the product where none is named.
    pub fn word(&self, isbn: Option<&Isbn13>) -> Word {
        let offers = || {
            self.offers
                .iter()
                .filter(|offer| !offer.used && offer.state().is_some())
        };
        let Some(isbn) = isbn else {
            return agreed(offers());
        };
        let only = std::slice::from_ref(isbn);
        let mut named = offers().filter(|offer| offer.isbns == only).peekable();
        if named.peek().is_some() {
            return agreed(named);
        }
        // Of a product that is several editions, an offer without a number may be of any.
        if self.isbns != only {
            return Word::Nothing;
        }
        agreed(offers().filter(|offer| offer.isbns.is_empty()))
    }
}

/// What offers say together. Their particulars count where they are the same.
pub fn agreed<'o>(offers: impl Iterator<Item = &'o Offer>) -> Word {
    let mut said: Option<Offer> = None;
    for offer in offers {
        let Some(first) = &mut said else {
            said = Some(offer.clone());
            continue;
        };
        if first.state() != offer.state() {
            let words = |offer: &Offer| offer.availability.clone().unwrap_or_default();
            return Word::Disagrees(format!("{}, {}", words(first), words(offer)));
        }
        if first.price != offer.price {
            first.price = None;
        }
        if first.starts != offer.starts {
            first.starts = None;
        }
        if first.seller != offer.seller {
            first.seller = None;
        }
    }
    said.map_or(Word::Nothing, |offer| Word::Says(Box::new(offer)))
}

/// The valid ISBN that an identifier is, by the name under which it stands.
///
/// What is called an ISBN there, or calls itself one (`urn:isbn:…`), may have ten digits. Anything
/// else must have thirteen: of item numbers and times with ten digits, one in eleven passes for an
/// ISBN.
pub fn isbn(name: &str, value: &str) -> Option<Isbn13> {
    if LONGEST_NUMBER < value.len() {
        return None;
    }
    let value = collapse(value).to_ascii_lowercase();
    let value = value.strip_prefix("urn:").unwrap_or(&value);
    let (number, is_called_so) = match value.strip_prefix("isbn") {
        Some(rest) => (rest.rsplit(':').next().unwrap_or_default(), true),
        None => (value, name.to_ascii_lowercase().contains("isbn")),
    };
    // A word beside the number says that it is that of something else: of a used copy, of a file.
    if number.chars().any(|one| one.is_alphabetic() && one != 'x') {
        return None;
    }
    let digits = plain_digits(number);
    let fits = is_called_so || digits.len() == 13;
    fits.then(|| digits.parse().ok()).flatten()
}

/// The valid ISBN-13s in a value under some name: the one that it is, else those that stand in it as
/// in an address.
pub fn isbns_of_value(name: &str, value: &str) -> Vec<Isbn13> {
    let own = isbn(name, value);
    own.map_or_else(|| isbns_of_address(value), |isbn| vec![isbn])
}

/// The valid ISBN-13s in an address: thirteen digits between marks, as `/book/9780132350884` or
/// `?ean=9780132350884`.
pub fn isbns_of_address(address: &str) -> Vec<Isbn13> {
    let pieces = address.split(|character: char| !character.is_ascii_digit());
    let mut found: Vec<Isbn13> = Vec::new();
    for piece in pieces.filter(|piece| piece.len() == 13) {
        if let Ok(isbn) = piece.parse()
            && !found.contains(&isbn)
        {
            found.push(isbn);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    const OURS: &str = "9781944098117";
    const OTHER: &str = "9781944098124";

    fn offer(number: &str, availability: &str) -> Offer {
        Offer {
            isbns: isbn("sku", number).into_iter().collect(),
            availability: Some(availability.to_owned()),
            ..Offer::default()
        }
    }

    #[track_caller]
    fn check(product: &[&str], offers: &[(&str, &str)], expected: &str) {
        let product = Product {
            isbns: product.iter().filter_map(|own| isbn("sku", own)).collect(),
            offers: offers
                .iter()
                .map(|(number, availability)| offer(number, availability))
                .collect(),
            ..Product::default()
        };
        let said = match product.word(OURS.parse().ok().as_ref()) {
            Word::Nothing => "-".to_owned(),
            Word::Disagrees(words) => format!("disagrees: {words}"),
            Word::Says(offer) => offer.state().map_or("?", Availability::name).to_owned(),
        };
        assert_eq!(said, expected, "{offers:?}");
    }

    #[test]
    fn the_offer_that_names_the_edition_wins() {
        check(
            &[OURS],
            &[(OTHER, "InStock"), (OURS, "OutOfStock")],
            "out_of_stock",
        );
        check(
            &[OURS],
            &[("", "InStock"), (OURS, "OutOfStock")],
            "out_of_stock",
        );
        check(&[OTHER], &[(OURS, "PreOrder")], "pre_order");
    }

    #[test]
    fn offers_that_name_others_are_silent() {
        check(&[OURS], &[(OTHER, "InStock")], "-");
        check(
            &[OURS],
            &[(OTHER, "InStock"), ("", "OutOfStock")],
            "out_of_stock",
        );
    }

    #[test]
    fn offers_without_names_speak_where_they_agree() {
        check(&[OURS], &[("", "InStock"), ("", "InStock")], "in_stock");
        check(
            &[OURS],
            &[("", "InStock"), ("", "OutOfStock")],
            "disagrees: InStock, OutOfStock",
        );
    }

    #[test]
    fn of_a_product_that_is_several_editions_an_offer_without_a_name_is_anybody_s() {
        check(&[OURS, OTHER], &[("", "InStock")], "-");
    }

    #[test]
    fn ten_digits_are_an_isbn_only_where_they_are_called_so() {
        let check = |name: &str, value: &str, expected: Option<&str>| {
            let found = isbn(name, value);
            let found = found.as_ref().map(Isbn13::as_str);
            assert_eq!(found, expected, "{name}: {value}");
        };
        let ours = Some("9780132350884");
        for value in ["0132350882", "978-0-13-235088-4", "urn:isbn:0132350882"] {
            check("isbn", value, ours);
        }
        check("isbn", "043942089X", Some("9780439420891"));
        check("isbn", "9780132350884 (paperback)", None);
        for name in ["sku", "mpn", "productID", "gtin13", "data-added"] {
            check(name, "0132350882", None);
            check(name, "9780132350884", ours);
            check(name, "978-0-13-235088-4", ours);
            check(name, "ISBN: 0132350882", ours);
            check(name, "ISBN-13: 9780132350884", ours);
            check(name, "9780132350884-USED", None);
            check(name, "B0132350882", None);
            check(name, "4006381333931", None);
        }
    }

    #[test]
    fn a_value_may_be_a_number_or_an_address() {
        let check = |name: &str, value: &str, expected: &[&str]| {
            let found = isbns_of_value(name, value);
            let found: Vec<_> = found.iter().map(Isbn13::as_str).collect();
            assert_eq!(found, expected, "{value}");
        };
        check("data-isbn", "1944098119", &[OURS]);
        check("data-time", "1944098119", &[]);
        check("href", "/book/9781944098124?from=1944098119", &[OTHER]);
        check("data-ean", "978-1-944098-12-4", &[OTHER]);
    }

    #[test]
    fn a_price_that_differs_is_none() {
        let priced = |cents: &str| Offer {
            price: crate::text::money::amount(cents, "USD"),
            ..offer("", "InStock")
        };
        let offers = [priced("1.00"), priced("2.00")];
        let Word::Says(said) = agreed(offers.iter()) else {
            panic!("they agree")
        };
        assert_eq!(said.price, None);
    }
}
