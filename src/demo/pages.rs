//! Product pages of an invented book, laid out as the stores lay theirs out in 2026, as far as
//! that is known. They are read by the ordinary rules: nothing in them is meant for the reader.

use askama::Template;
use jiff::civil::Date;

use crate::book::{Family, Isbn13};

/// What the pages say about the book.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Book {
    /// Its title.
    pub title: String,
    /// Its author.
    pub author: String,
    /// Its number; one that begins with 978, since Amazon's pages go by the ISBN-10.
    pub isbn: Isbn13,
    /// The date that the stores show.
    pub publication_date: Date,
    /// Its price, as `$18.99`.
    pub price: String,
    /// Who publishes it.
    pub publisher: String,
}

/// The ISBN-13 of the `number`-th invented book, with a check digit that holds.
pub fn isbn(number: usize) -> String {
    let digits = format!("9781944{number:05}");
    let sum: u32 = digits
        .bytes()
        .zip([1, 3].into_iter().cycle())
        .map(|(digit, weight)| u32::from(digit - b'0') * weight)
        .sum();
    format!("{digits}{}", (10 - sum % 10) % 10)
}

/// What a shop offers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Offer {
    /// A pre-order, for the book's date.
    PreOrder,
    /// The book, now.
    InStock,
    /// A page without a way to order.
    OutOfStock,
}

impl Book {
    /// The end of the page's address: the title in small letters with hyphens.
    pub fn slug(&self) -> String {
        let words = self
            .title
            .split(|character: char| !character.is_ascii_alphanumeric());
        let words: Vec<String> = words
            .filter(|word| !word.is_empty())
            .map(str::to_ascii_lowercase)
            .collect();
        words.join("-")
    }

    /// The date as American stores write it.
    pub fn long_date(&self) -> String {
        self.publication_date.strftime("%B %-d, %Y").to_string()
    }

    /// The ISBN-10, Amazon's number; empty for a 979 number, which has none.
    pub fn asin(&self) -> String {
        self.isbn
            .to_isbn10()
            .map(|isbn| isbn.to_string())
            .unwrap_or_default()
    }

    /// The ISBN-13 with a hyphen after its prefix, as stores write it.
    pub fn hyphenated(&self) -> String {
        let (prefix, rest) = self.isbn.as_str().split_at(3);
        format!("{prefix}-{rest}")
    }

    /// The title as a JSON string that may stand in a script.
    pub fn title_as_json(&self) -> String {
        in_script(&self.title)
    }

    /// The author as a JSON string that may stand in a script.
    pub fn author_as_json(&self) -> String {
        in_script(&self.author)
    }

    /// The price without its sign.
    pub fn amount(&self) -> &str {
        self.price.trim_start_matches('$')
    }
}

/// JSON in which nothing ends the script around it.
fn in_script(text: &str) -> String {
    let json = serde_json::Value::from(text).to_string();
    json.replace('<', "\\u003c")
}

/// Amazon: no structured data; the buy box says everything.
#[derive(Template)]
#[template(path = "demo/pages/amazon.html")]
struct Amazon<'a> {
    book: &'a Book,
    offer: Offer,
}

/// Barnes & Noble since 2026: a cart form, and a `ProductGroup` with variants.
#[derive(Template)]
#[template(path = "demo/pages/barnes_noble.html")]
struct BarnesNoble<'a> {
    book: &'a Book,
    offer: Offer,
}

/// Bookshop.org: a button after the title, and a `Book`.
#[derive(Template)]
#[template(path = "demo/pages/bookshop.html")]
struct Bookshop<'a> {
    book: &'a Book,
    offer: Offer,
}

/// The check that Amazon shows to some of those whom it takes for programs, with status 200.
#[derive(Template)]
#[template(path = "demo/pages/bot_check.html")]
struct BotCheck;

/// A page for an address that leads nowhere.
#[derive(Template)]
#[template(path = "demo/pages/missing.html")]
struct Missing;

/// The product page of a store of that family.
pub fn product(family: Family, book: &Book, offer: Offer) -> String {
    match family {
        Family::Amazon => rendered(&Amazon { book, offer }),
        Family::BarnesNoble => rendered(&BarnesNoble { book, offer }),
        Family::Bookshop | Family::Other => rendered(&Bookshop { book, offer }),
    }
}

/// A bot check instead of a page.
pub fn bot_check() -> String {
    rendered(&BotCheck)
}

/// A missing page.
pub fn missing() -> String {
    rendered(&Missing)
}

/// Rendering into memory fails for want of memory only; a page that broke off says so.
fn rendered(page: &impl Template) -> String {
    page.render()
        .unwrap_or_else(|error| format!("<!doctype html><title>{error}</title>"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::book::{Availability, StoreId};
    use crate::page::{Confidence, Page, Reading, UnreadReason, Wanted};
    use crate::stores::read;

    #[test]
    fn the_numbers_of_invented_books_are_valid() {
        for number in [0, 1, 9, 10, 999, 99_999] {
            let parsed: Result<Isbn13, _> = isbn(number).parse();
            assert!(parsed.is_ok(), "{number}");
        }
    }

    fn book() -> Book {
        Book {
            title: "Tidewrack & Other Weathers".to_owned(),
            author: "Mara O'Ellison".to_owned(),
            isbn: "9780000011770".parse().unwrap(),
            publication_date: jiff::civil::date(2027, 2, 9),
            price: "$18.99".to_owned(),
            publisher: "Lantern Hill Press".to_owned(),
        }
    }

    fn read_at(store: &str, status: u16, body: &str) -> Reading {
        let book = book();
        let page = Page {
            store: &StoreId::new(store),
            address: None,
            status,
            headers: &[],
            body,
        };
        let wanted = Wanted {
            isbn: Some(book.isbn),
            ..Wanted::default()
        };
        read(&page, &wanted)
    }

    #[test]
    fn the_page_of_another_book_is_no_page_of_ours_whatever_its_address() {
        let other = Book {
            isbn: isbn(3).parse().unwrap(),
            ..book()
        };
        let wanted = Wanted {
            isbn: Some(book().isbn),
            ..Wanted::default()
        };
        for store in ["amazon.com", "barnesandnoble.com", "bookshop.org"] {
            let store = StoreId::new(store);
            for offer in [Offer::PreOrder, Offer::InStock, Offer::OutOfStock] {
                let body = product(store.family(), &other, offer);
                for address in [
                    None,
                    Some("https://example.com/w/salt-roads?ean=9780000011770"),
                    Some("https://example.com/book/9780000011770"),
                    Some("https://example.com/dp/0000011770"),
                ] {
                    let page = Page {
                        store: &store,
                        address,
                        status: 200,
                        headers: &[],
                        body: &body,
                    };
                    let reading = read(&page, &wanted);
                    let Reading::Unread(unread) = &reading else {
                        panic!("{store} at {address:?}: {reading:?}");
                    };
                    assert_eq!(unread.reason, UnreadReason::WrongProduct, "{reading:?}");
                }
            }
        }
    }

    #[track_caller]
    fn check(store: &str, offer: Offer, rule: &str, words: &str) {
        let body = product(StoreId::new(store).family(), &book(), offer);
        let Reading::Says(says) = read_at(store, 200, &body) else {
            panic!("unread: {:?}", read_at(store, 200, &body));
        };
        let expected = match offer {
            Offer::PreOrder => Availability::PreOrder,
            Offer::InStock => Availability::InStock,
            Offer::OutOfStock => Availability::OutOfStock,
        };
        assert_eq!(says.availability, expected, "{says:?}");
        assert_eq!((says.rule.as_str(), says.words.as_str()), (rule, words));
        assert_eq!(says.title.as_deref(), Some("Tidewrack & Other Weathers"));
        assert_eq!(says.isbn, Some(book().isbn));
        assert_eq!(says.confidence, Confidence::Sure, "{says:?}");
        if offer != Offer::OutOfStock {
            let price = says.price.map(|price| price.minor);
            assert_eq!(price, Some(1899));
        }
        if offer == Offer::PreOrder {
            assert_eq!(says.date, Some(book().publication_date));
        }
    }

    #[test]
    fn the_reader_reads_amazon_by_its_ordinary_rules() {
        check(
            "amazon.com",
            Offer::PreOrder,
            "amazon/pre-order-button",
            "This title will be released on February 9, 2027. Pre-order now.",
        );
        check("amazon.com", Offer::InStock, "amazon/in-stock", "In Stock");
        check(
            "amazon.com",
            Offer::OutOfStock,
            "amazon/unavailable",
            "Currently unavailable. We don't know when or if this item will be back in stock.",
        );
    }

    #[test]
    fn the_reader_reads_barnes_and_noble_by_its_ordinary_rules() {
        check(
            "barnesandnoble.com",
            Offer::PreOrder,
            "bn/pre-order-button",
            "Pre-Order · This item will be released on February 9, 2027 Pre-Order",
        );
        check(
            "barnesandnoble.com",
            Offer::InStock,
            "bn/add-to-cart-button",
            "Add to Cart",
        );
        check(
            "barnesandnoble.com",
            Offer::OutOfStock,
            "bn/out-of-stock",
            "Currently out of stock online Notify Me",
        );
    }

    #[test]
    fn the_reader_reads_bookshop_by_its_ordinary_rules() {
        check(
            "bookshop.org",
            Offer::PreOrder,
            "bookshop/pre-order-button",
            "Pre-order · Pre-order. Ships on or after February 9, 2027.",
        );
        check(
            "bookshop.org",
            Offer::InStock,
            "bookshop/in-stock",
            "Add to Cart · In stock",
        );
        check(
            "bookshop.org",
            Offer::OutOfStock,
            "bookshop/no-order-button",
            "Out of Stock · Currently unavailable",
        );
    }

    #[test]
    fn a_bot_check_is_no_page_and_a_missing_one_is_not_listed() {
        let Reading::Unread(unread) = read_at("amazon.com", 200, &bot_check()) else {
            panic!("read");
        };
        assert_eq!(unread.reason, UnreadReason::Blocked);
        for store in ["amazon.com", "barnesandnoble.com", "bookshop.org"] {
            let reading = read_at(store, 404, &missing());
            assert_eq!(
                reading.availability(),
                Some(Availability::NotListed),
                "{store}"
            );
        }
    }

    #[test]
    fn a_page_is_of_its_own_book_only() {
        let other = Book {
            isbn: "9780132350884".parse().unwrap(),
            ..book()
        };
        for store in ["amazon.com", "barnesandnoble.com", "bookshop.org"] {
            let family = StoreId::new(store).family();
            let body = product(family, &other, Offer::InStock);
            let Reading::Unread(unread) = read_at(store, 200, &body) else {
                panic!("{store}");
            };
            assert_eq!(unread.reason, UnreadReason::WrongProduct, "{store}");
        }
    }
}
