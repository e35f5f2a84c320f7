//! A new book looked up at Open Library: only when that is ticked, and added only when it is accepted.

use std::path::PathBuf;
use std::sync::Arc;

use pubwatch::book::StoreId;
use pubwatch::clock::Clock;
use pubwatch::demo::street::{Asked, Shown, Street};

use super::sections::read;
use super::{SALT_ROADS, TestSite, configuration};

/// A library with two records, one of which knows no day.
async fn library() -> Street {
    let keeper = |asked: &Asked| {
        let record = match asked.path.as_str() {
            "/robots.txt" => return Shown::text("User-agent: *\nDisallow: /api\n"),
            "/isbn/9780132350884.json" => {
                r#"{"title": "Clean <Water>", "physical_format": "Hardcover", "publish_date": "May 4, 2027"}"#
            }
            "/isbn/9780306406157.json" => r#"{"title": "Salt", "publish_date": "2027"}"#,
            _ => return Shown::page(404, "no such record"),
        };
        Shown {
            headers: vec![("content-type".to_owned(), "application/json".to_owned())],
            ..Shown::text(record)
        }
    };
    let stores = [StoreId::new("library.example")];
    Street::serve(Clock::System, &stores, Arc::new(keeper))
        .await
        .unwrap()
}

/// A site whose books are looked up there.
fn site(street: &Street) -> (TestSite, PathBuf) {
    let more = "[politeness]\npause = \"1s\"\n";
    let (site, file) = TestSite::of_file(&configuration(&format!("{more}{SALT_ROADS}")));
    let base = street.base(&StoreId::new("library.example")).unwrap();
    site.with_library(base.as_str());
    (site, file)
}

/// What the library was asked for.
fn asked(street: &Street) -> Vec<String> {
    let visits = street.visits().into_iter();
    visits.map(|visit| visit.path).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_book_is_looked_up_only_when_that_is_ticked_and_added_only_when_it_is_accepted() {
    let street = library().await;
    tokio::task::block_in_place(|| {
        let (site, file) = site(&street);
        let before = read(&file);
        let page = site.get("/books/new").body;
        let off = "name=\"lookup\" value=\"yes\" aria";
        assert!(page.contains(off), "off by default: {page}");
        let without = site.post("/books/new", "book=9780132350884&title=x");
        assert_eq!(without.status, 422);
        assert!(street.visits().is_empty(), "nobody was asked");
        let found = site.post("/books/new", "book=9780132350884&lookup=yes&imprint=Mine");
        assert_eq!(found.status, 200, "{}", found.body);
        for kept in [
            "value=\"Clean &#60;Water&#62;\"",
            "value=\"2027-05-04\"",
            "<option value=\"hardcover\" selected>",
            "value=\"9780132350884\"",
            "value=\"Mine\"",
            "Open Library has: Clean &#60;Water&#62;, hardcover, 2027-05-04.",
        ] {
            assert!(found.body.contains(kept), "{kept}: {}", found.body);
        }
        let on = "value=\"yes\" checked";
        assert!(!found.body.contains(on), "the next press adds it");
        assert_eq!(read(&file), before, "nothing is added by looking");
        let there = ["/robots.txt", "/isbn/9780132350884.json"];
        assert_eq!(asked(&street), there);
        let form = "book=9780132350884&title=Clean+%3CWater%3E&format=hardcover&date=2027-05-04";
        assert_eq!(site.post("/books/new", form).status, 303);
        assert!(read(&file).contains("title = \"Clean <Water>\""));
        assert_eq!(asked(&street), there, "nobody was asked again");
    });
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_library_does_not_know_is_said_at_the_field_and_what_was_typed_is_kept() {
    let street = library().await;
    tokio::task::block_in_place(|| {
        let (site, file) = site(&street);
        let before = read(&file);
        let partly = site.post("/books/new", "book=9780306406157&lookup=yes&title=Mine");
        let kept = "value=\"Mine\"";
        assert!(partly.body.contains(kept), "{}", partly.body);
        let said = "Its date, “2027”, names no single day. Look it over";
        assert!(partly.body.contains(said), "{}", partly.body);
        let no_day = "name=\"date\" value=\"\"";
        assert!(partly.body.contains(no_day), "{}", partly.body);
        for (form, words) in [
            ("book=9781944098118&title=Mine", "check digit"),
            (
                "book=9781944098124&title=Mine",
                "open library does not know 9781944098124.",
            ),
            ("book=B0EXAMPLE1&title=Mine", "it is asked by the isbn"),
        ] {
            let refused = site.post("/books/new", &format!("{form}&lookup=yes"));
            assert_eq!(refused.status, 422, "{form}");
            let body = refused.body.to_lowercase();
            assert!(body.contains(words), "{words}: {}", refused.body);
            assert!(refused.body.contains(kept), "{}", refused.body);
        }
        assert_eq!(read(&file), before);
        let there = [
            "/robots.txt",
            "/isbn/9780306406157.json",
            "/isbn/9781944098124.json",
        ];
        assert_eq!(asked(&street), there, "and nothing for what is no ISBN");
    });
}
