//! Is the page about the edition that was asked for?
//!
//! Stores redirect from one edition to another, serve stale addresses, and put the data of one
//! product on the page of another. So the page's own identifiers are gathered and held against the
//! edition before anything else is believed.

use super::dom::plain_digits;
use super::product::{isbn, isbns_of_value};
use super::{Reading, UnreadReason, Wanted};
use crate::book::Isbn13;

/// The identifiers that a page gives for its own product.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Found {
    /// Amazon's identifiers, in capitals.
    pub asins: Vec<String>,
    /// ISBNs, valid ones only.
    pub isbns: Vec<Isbn13>,
}

/// What the comparison says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Identity {
    /// Nothing was asked for.
    NotAsked,
    /// The page is of that edition.
    Right,
    /// The page is of another one, which it names.
    Wrong(String),
    /// The page gives no identifier that could be compared.
    Unknown,
}

impl Found {
    /// Adds an identifier, if it is an ASIN: ten capitals and digits.
    pub fn add_asin(&mut self, text: &str) {
        let asin = text.trim().to_ascii_uppercase();
        let valid = asin.len() == 10 && asin.chars().all(|c| c.is_ascii_alphanumeric());
        if valid && !self.asins.contains(&asin) {
            self.asins.push(asin);
        }
    }

    /// Adds an identifier, if it is a valid ISBN of either length.
    pub fn add_isbn(&mut self, text: &str) {
        self.add_each(plain_digits(text).parse().ok());
    }

    /// Adds an identifier that stands under some name, if it is a valid ISBN: of either length where
    /// it is called one, else of thirteen digits.
    pub fn add_number(&mut self, name: &str, value: &str) {
        self.add_each(isbn(name, value));
    }

    fn add_each(&mut self, isbns: impl IntoIterator<Item = Isbn13>) {
        for isbn in isbns {
            if !self.isbns.contains(&isbn) {
                self.isbns.push(isbn);
            }
        }
    }

    /// Adds what an address of a product says: `/dp/<ASIN>`, `?ean=<ISBN>`, `/book/<ISBN>`.
    pub fn add_address(&mut self, address: &str) {
        for mark in ["/dp/", "/gp/product/", "/gp/aw/d/", "/ASIN/"] {
            if let Some((_, after)) = address.split_once(mark) {
                self.add_asin(after.split(['/', '?', '#']).next().unwrap_or_default());
            }
        }
        for mark in ["ean=", "isbn=", "/book/", "/isbn/"] {
            if let Some((_, after)) = address.split_once(mark) {
                let piece = after.split(['/', '?', '#', '&']).next().unwrap_or_default();
                self.add_each(isbns_of_value(mark, piece));
            }
        }
    }

    /// Nothing was found.
    pub fn is_empty(&self) -> bool {
        self.asins.is_empty() && self.isbns.is_empty()
    }

    /// The identifiers, for people.
    pub fn words(&self) -> String {
        let isbns = self.isbns.iter().map(|isbn| format!("ISBN {isbn}"));
        let asins = self.asins.iter().map(|asin| format!("ASIN {asin}"));
        isbns.chain(asins).collect::<Vec<_>>().join(", ")
    }

    /// Holds the page's identifiers against the edition.
    pub fn compare(&self, wanted: &Wanted) -> Identity {
        if wanted.isbn.is_none() && wanted.asin.is_none() {
            return Identity::NotAsked;
        }
        let same_isbn = wanted
            .isbn
            .as_ref()
            .is_some_and(|isbn| self.isbns.contains(isbn));
        let asin = expected_asin(wanted);
        let same_asin = asin.as_ref().is_some_and(|asin| self.asins.contains(asin));
        // The number of the buy box, where it is that of another printed book, outranks an ISBN
        // further down.
        let is_of_another = asin.is_some()
            && !self.asins.is_empty()
            && self.asins.iter().all(|asin| asin.parse::<Isbn13>().is_ok());
        if same_asin || (same_isbn && !is_of_another) {
            return Identity::Right;
        }
        let comparable = (asin.is_some() && !self.asins.is_empty())
            || (wanted.isbn.is_some() && !self.isbns.is_empty());
        if comparable {
            Identity::Wrong(self.words())
        } else {
            Identity::Unknown
        }
    }
}

/// The identifier under which Amazon lists the edition, when it can be known: a print edition's is
/// its ISBN-10, that of any other is
/// Amazon's own.
fn expected_asin(wanted: &Wanted) -> Option<String> {
    if let Some(asin) = &wanted.asin {
        return Some(asin.trim().to_ascii_uppercase());
    }
    if wanted.format.is_some_and(|format| !format.is_printed()) {
        return None;
    }
    let isbn = wanted.isbn.as_ref()?;
    Some(isbn.to_isbn10()?.as_str().to_owned())
}

impl Identity {
    /// The reading of a page that is not, or may not be, of the edition. `None` to read on.
    pub fn refusal(&self, rule: &str, wanted: &Wanted) -> Option<Reading> {
        match self {
            Self::NotAsked | Self::Right => None,
            Self::Wrong(found) => {
                let words = format!("the page is of {found}, not of {}", asked(wanted));
                Some(Reading::unread(UnreadReason::WrongProduct, rule, &words))
            }
            Self::Unknown => {
                let words = format!("the page gives nothing to compare with {}", asked(wanted));
                Some(Reading::unread(UnreadReason::NoEvidence, rule, &words))
            }
        }
    }

    /// What the comparison says, for people.
    pub fn words(&self) -> String {
        match self {
            Self::NotAsked => "not checked: no ISBN was given".to_owned(),
            Self::Right => "it is the edition that was asked for".to_owned(),
            Self::Wrong(found) => format!("another product: {found}"),
            Self::Unknown => "nothing to compare".to_owned(),
        }
    }
}

fn asked(wanted: &Wanted) -> String {
    match (&wanted.isbn, &wanted.asin) {
        (Some(isbn), Some(asin)) => format!("ISBN {isbn} (ASIN {asin})"),
        (Some(isbn), None) => format!("ISBN {isbn}"),
        (None, Some(asin)) => format!("ASIN {asin}"),
        (None, None) => "anything".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(asin: &str, isbn: &str) -> Found {
        let mut found = Found::default();
        found.add_asin(asin);
        found.add_isbn(isbn);
        found
    }

    fn wanted(isbn: &str, asin: &str) -> Wanted {
        Wanted {
            isbn: isbn.parse().ok(),
            asin: (!asin.is_empty()).then(|| asin.to_owned()),
            format: None,
        }
    }

    #[track_caller]
    fn check(found: &Found, wanted: &Wanted, expected: &Identity) {
        assert_eq!(found.compare(wanted), *expected);
    }

    #[test]
    fn the_isbn_10_is_amazon_s_number_for_a_print_edition() {
        let page = found("0132350882", "");
        check(&page, &wanted("9780132350884", ""), &Identity::Right);
        let other = Identity::Wrong("ASIN 0132350882".to_owned());
        check(&page, &wanted("9780743273565", ""), &other);
        check(&page, &wanted("", ""), &Identity::NotAsked);
    }

    #[test]
    fn a_979_number_has_nothing_to_compare_with_an_asin() {
        let page = found("B0ABCDEFGH", "");
        check(&page, &wanted("9798896757733", ""), &Identity::Unknown);
        check(
            &page,
            &wanted("9798896757733", "b0abcdefgh"),
            &Identity::Right,
        );
        let page = found("B0ABCDEFGH", "979-8896757733");
        check(&page, &wanted("9798896757733", ""), &Identity::Right);
    }

    #[test]
    fn the_buy_box_outranks_an_isbn_further_down() {
        let page = found("0743273567", "9780132350884");
        let other = Identity::Wrong("ISBN 9780132350884, ASIN 0743273567".to_owned());
        check(&page, &wanted("9780132350884", ""), &other);
        // Amazon lists some printed books under numbers of its own.
        let page = found("B0ABCDEFGH", "9780132350884");
        check(&page, &wanted("9780132350884", ""), &Identity::Right);
    }

    #[test]
    fn addresses_carry_identifiers() {
        let mut page = Found::default();
        page.add_address("https://www.amazon.com/Clean-Code/dp/0132350882/ref=x?th=1");
        page.add_address("https://www.barnesandnoble.com/w/x/1136810577?ean=9780743273565&a=b");
        assert_eq!(page.words(), "ISBN 9780743273565, ASIN 0132350882");
    }

    #[test]
    fn a_store_s_own_number_of_ten_digits_in_an_address_is_no_isbn() {
        let check = |address: &str, expected: &str| {
            let mut page = Found::default();
            page.add_address(address);
            assert_eq!(page.words(), expected, "{address}");
        };
        check("https://books.example.com/book/0132350882", "");
        check(
            "https://books.example.com/isbn/0132350882",
            "ISBN 9780132350884",
        );
        check(
            "https://books.example.com/book/x-9780132350884",
            "ISBN 9780132350884",
        );
    }

    #[test]
    fn invalid_numbers_are_no_identifiers() {
        assert!(found("short", "9780132350885").is_empty());
    }
}
