//! Walls, error pages and missing pages, told from pages of books.

use super::*;
use crate::book::StoreId;

#[track_caller]
fn check(store: &str, status: u16, body: &str, expected: &str) {
    let store = StoreId::new(store);
    let page = Page {
        store: &store,
        address: None,
        status,
        headers: &[],
        body,
    };
    let reading = read(&page, Wording::shipped(), &mut Trace::default());
    let name = match &reading {
        None => "page",
        Some(Reading::Unread(unread)) => unread.reason.name(),
        Some(Reading::Says(says)) => says.availability.name(),
    };
    assert_eq!(name, expected, "{reading:?}");
}

#[test]
fn walls_are_told_whatever_the_status() {
    for status in [200, 202, 403, 404, 503] {
        check(
            "amazon.com",
            status,
            "<form action=\"/errors/validateCaptcha\">In stock</form>",
            "blocked",
        );
    }
    check(
        "bookshop.org",
        403,
        "<title>Just a moment...</title>",
        "blocked",
    );
    check(
        "bookshop.org",
        200,
        "<title> Just a\nmoment... </title>",
        "blocked",
    );
    check(
        "barnesandnoble.com",
        200,
        "<title>Access Denied</title>",
        "blocked",
    );
    check(
        "amazon.it",
        200,
        "<p>Fai clic sul pulsante qui sotto per continuare</p>",
        "blocked",
    );
}

#[test]
fn the_status_alone_says_what_it_can() {
    check("amazon.com", 403, "", "blocked");
    check("amazon.com", 429, "<p>In stock</p>", "blocked");
    check("amazon.com", 500, "<p>In stock</p>", "unreachable");
    check("amazon.com", 301, "", "no_evidence");
    check("amazon.com", 202, "", "no_evidence");
    check("amazon.com", 200, "", "page");
}

#[test]
fn a_missing_page_is_the_store_s_own() {
    let dogs = "<title>Page Not Found</title><!-- To discuss automated access to Amazon data \
                please contact api-services-support@amazon.com --><a href=/dogsofamazon>";
    check("amazon.com", 404, dogs, "not_listed");
    check("amazon.com", 200, dogs, "not_listed");
    for (status, expected) in [(403, "blocked"), (429, "blocked"), (503, "unreachable")] {
        check("amazon.com", status, dogs, expected);
    }
    check("amazon.com", 404, "", "no_evidence");
    check("amazon.com", 404, "nginx", "no_evidence");
    check(
        "bookshop.org",
        404,
        "<title>Not here - Bookshop.org US</title>",
        "not_listed",
    );
    check(
        "barnesandnoble.com",
        404,
        "<p>Barnes &amp; Noble</p>",
        "not_listed",
    );
}

#[test]
fn a_book_with_the_title_of_a_wall_is_a_page() {
    let long = format!("<title>Access Denied</title>{}", "<p>x</p>".repeat(10_000));
    check("amazon.com", 200, &long, "page");
    check(
        "amazon.com",
        200,
        "<title>Page Not Found: a novel</title>",
        "page",
    );
}

#[test]
fn a_captcha_beside_the_data_of_a_book_is_that_of_a_form() {
    let captchas = [
        "<div class='g-recaptcha'></div>",
        "<script src='https://js.hcaptcha.com/1/api.js'></script>",
    ];
    let json = "<script type='application/ld+json'>{\"@type\":\"Book\",\"isbn\":";
    for captcha in captchas {
        for data in [
            format!("{json}\"9781944098117\"}}</script>"),
            "<p itemscope itemtype='x/Book'><b itemprop=isbn>9781944098117</b></p>".to_owned(),
            "<meta property='book:isbn' content='9781944098117'>".to_owned(),
        ] {
            check(
                "books.example.com",
                200,
                &format!("{data}{captcha}"),
                "page",
            );
            check(
                "books.example.com",
                403,
                &format!("{data}{captcha}"),
                "blocked",
            );
            let wall = format!("<title>Just a moment...</title>{data}{captcha}");
            check("books.example.com", 200, &wall, "blocked");
            let wall = format!("{data}{captcha}<p>make sure you're not a robot</p>");
            check("books.example.com", 200, &wall, "blocked");
        }
        for data in [
            "",
            "<p>In stock: 9781944098117</p>",
            &format!("{json}\"1\"}}</script>"),
        ] {
            check(
                "books.example.com",
                200,
                &format!("{data}{captcha}"),
                "blocked",
            );
        }
    }
}
