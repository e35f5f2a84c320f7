use super::*;

const ISBN: &str = "9780132350884";

#[track_caller]
fn cleaned(store: &str, host: &str, written: &str) -> Result<Cleaned, AddressError> {
    clean(
        &StoreId::new(store),
        host,
        ISBN.parse().ok().as_ref(),
        written,
    )
}

#[track_caller]
fn check(store: &str, written: &str, expected: &str) {
    let host = storefront::find(store).map_or("books.example.com", |known| known.host);
    let cleaned = cleaned(store, host, written).unwrap();
    assert_eq!(cleaned.address.as_str(), expected);
    assert_eq!(cleaned.other_isbn, None, "{written}");
}

#[track_caller]
fn check_error(store: &str, written: &str, message: &str) {
    let host = storefront::find(store).map_or("books.example.com", |known| known.host);
    let error = cleaned(store, host, written).unwrap_err();
    assert_eq!(error.to_string(), message);
    assert!(!error.remedy().is_empty());
}

#[test]
fn every_form_of_an_amazon_address_is_rebuilt() {
    for path in [
        "/dp/0132350882",
        "/Salt-Roads-Jane-Roe/dp/0132350882/ref=sr_1_1?crid=2X&dib_tag=se&keywords=salt",
        "/gp/product/0132350882?tag=friend-20&linkCode=ogi",
        "/gp/aw/d/0132350882",
        "/product-reviews/0132350882/",
        "/-/en/Salt-Roads/dp/0132350882?language=en_US",
        "/exec/obidos/ASIN/0132350882/friend-20",
        "/o/ASIN/0132350882",
        "/dp/0132350882#customerReviews",
    ] {
        check(
            "amazon.com",
            &format!("https://www.amazon.com{path}"),
            "https://www.amazon.com/dp/0132350882",
        );
    }
    check(
        "amazon.co.uk",
        "amazon.co.uk/dp/0132350882?th=1&psc=1",
        "https://www.amazon.co.uk/dp/0132350882",
    );
    check(
        "amazon.com",
        "http://smile.amazon.com/dp/0132350882",
        "https://www.amazon.com/dp/0132350882",
    );
}

#[test]
fn an_asin_that_is_no_isbn_is_taken_as_it_is() {
    let page = cleaned(
        "amazon.de",
        "www.amazon.de",
        "https://www.amazon.de/dp/b0dq1abcde",
    )
    .unwrap();
    assert_eq!(page.asin.as_deref(), Some("B0DQ1ABCDE"));
    assert_eq!(page.other_isbn, None);
}

#[test]
fn an_address_of_another_edition_is_noticed() {
    for (store, written) in [
        ("amazon.com", "https://www.amazon.com/dp/0743273567"),
        (
            "barnesandnoble.com",
            "https://www.barnesandnoble.com/w/x/1?ean=9780743273565",
        ),
        ("bookshop.org", "https://bookshop.org/a/12/9780743273565"),
    ] {
        let host = storefront::find(store).unwrap().host;
        let other = cleaned(store, host, written).unwrap().other_isbn;
        assert_eq!(other.unwrap().as_str(), "9780743273565", "{store}");
    }
}

#[test]
fn barnes_and_noble_keeps_the_number_of_the_edition_only() {
    check(
        "barnesandnoble.com",
        "https://www.barnesandnoble.com/w/salt-roads-jane-roe/1144556677?ean=9780132350884&\
         st=AFF&sourceId=x",
        "https://www.barnesandnoble.com/w/salt-roads-jane-roe/1144556677?ean=9780132350884",
    );
    check(
        "barnesandnoble.com",
        "https://www.barnesandnoble.com/w/salt-roads/1144556677;jsessionid=1",
        "https://www.barnesandnoble.com/w/salt-roads/1144556677?ean=9780132350884",
    );
}

#[test]
fn bookshop_loses_the_affiliate() {
    check(
        "bookshop.org",
        "https://bookshop.org/a/12476/9780132350884",
        "https://bookshop.org/book/9780132350884",
    );
    check(
        "bookshop.org",
        "https://www.bookshop.org/a/12476/p/books/salt-roads/9f8e7d6c5b4a3210?\
         ean=9780132350884&next=t&utm_source=x",
        "https://bookshop.org/p/books/salt-roads/9f8e7d6c5b4a3210?ean=9780132350884",
    );
    check(
        "uk.bookshop.org",
        "https://uk.bookshop.org/book/0132350882",
        "https://uk.bookshop.org/book/9780132350884",
    );
}

#[test]
fn other_stores_lose_what_is_surely_tracking() {
    check(
        "books.example.com",
        "https://books.example.com/item?id=7&utm_source=mail&gclid=1#top",
        "https://books.example.com/item?id=7",
    );
}

#[test]
fn what_cannot_be_used_says_why() {
    check_error(
        "amazon.com",
        "https://a.co/d/0abcDEF",
        "`a.co` is a short link, which does not say to which page it leads",
    );
    check_error(
        "amazon.com",
        "https://www.amazon.de/dp/0132350882",
        "`www.amazon.de` is not a page of amazon.com",
    );
    check_error(
        "amazon.com",
        "https://www.amazon.com.example.net/dp/0132350882",
        "`www.amazon.com.example.net` is not a page of amazon.com",
    );
    check_error(
        "amazon.com",
        "https://www.amazon.com/s?k=salt+roads",
        "this is a page of search results at amazon.com, not of a book",
    );
    check_error(
        "bookshop.org",
        "https://bookshop.org/lists/summer",
        "this is not the address of a product page at bookshop.org",
    );
    check_error(
        "barnesandnoble.com",
        "https://jane:secret@www.barnesandnoble.com/w/x/1",
        "a name or a password does not belong in an address",
    );
    check_error("amazon.com", "the page", "`the page` is no web address");
}

#[test]
fn a_base_takes_the_place_of_the_host() {
    let address = Url::parse("https://www.barnesandnoble.com/w/?ean=1").unwrap();
    let base = Url::parse("http://127.0.0.1:8080/bn/").unwrap();
    assert_eq!(
        rebase(&address, &base).as_str(),
        "http://127.0.0.1:8080/bn/w/?ean=1"
    );
}

#[track_caller]
fn check_unknown(store: &str, id: &str, expected: Option<&str>) {
    let id: EditionId = id.parse().unwrap();
    let why = unknown_page(&StoreId::new(store), &[], (&id, None), Format::Paperback);
    assert_eq!(why.as_deref(), expected, "{store} {id}");
}

#[test]
fn a_page_that_nobody_can_know_yet_is_told_at_every_store() {
    check_unknown("amazon.com", ISBN, None);
    check_unknown("amazon.com", "B0EXAMPLE1", None);
    check_unknown("waterstones.com", ISBN, None);
    check_unknown(
        "waterstones.com",
        "B0EXAMPLE1",
        Some("this store's addresses have an ISBN, and this edition has none"),
    );
    check_unknown("kobo.com", ISBN, None);
    check_unknown("books.example.com", ISBN, None);
}
