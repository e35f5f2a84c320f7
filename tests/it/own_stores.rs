//! Stores of one's own and those that are known by their address: named by their label wherever
//! people read, and known by the address of a page.

use std::fs;

use crate::home::Home;

const HARBOUR: &str = r#"
[[store]]
name = "harbour.example"
label = "Harbour Books"
host = "shop.harbour.example"
address = "/b/{isbn13}"
source = ["by-hand"]

[[edition]]
title = "Salt Roads"
isbn = "9781944098117"
publication_date = 2035-02-13
distribution_enabled = 2034-11-02
stores = ["harbour.example"]
"#;

fn home(more: &str) -> Home {
    let home = Home::with_configuration();
    let config = home.config();
    fs::write(home.path("pubwatch.toml"), format!("{config}{more}")).unwrap();
    home
}

#[test]
fn a_store_of_ones_own_is_called_by_its_label_wherever_people_read() {
    let home = home(HARBOUR);
    let isbn = "9781944098117";
    home.ok(&["look", isbn, "harbour.example", "--says", "pre_order"]);
    for arguments in [
        &["status"] as &[&str],
        &["history", isbn],
        &["calendar", isbn],
    ] {
        let said = home.ok(arguments);
        assert!(said.contains("Harbour Books"), "{arguments:?}:\n{said}");
    }
    let page = "https://shop.harbour.example/b/9780132350884";
    let more = [
        "--title",
        "Clear Water",
        "--date",
        "2035-03-06",
        "--no-look",
    ];
    let said = home.ok(&[&["add", page], &more[..]].concat());
    let line = said.lines().find(|line| line.contains(page)).unwrap();
    assert!(line.contains("Harbour Books"), "{said}");
    assert!(said.contains("watched at Amazon, Barnes & Noble, Bookshop.org and Harbour Books"));
}

#[test]
fn the_address_of_a_page_is_enough_for_a_store_that_is_known_by_it() {
    let home = home("");
    for (page, isbn, label) in [
        (
            "https://www.thalia.de/shop/home/artikeldetails/A1055500012",
            "9780132350884",
            "Thalia",
        ),
        (
            "https://play.google.com/store/books/details?id=ISBN_9780743273565",
            "9780743273565",
            "Google Play",
        ),
        (
            "https://www.waterstones.com/book/salt-roads/jane-roe/9781944098117",
            "9781944098117",
            "Waterstones",
        ),
    ] {
        let said = home.ok(&[
            "add",
            page,
            "--isbn",
            isbn,
            "--title",
            label,
            "--date",
            "2035-03-06",
            "--no-look",
        ]);
        let line = said.lines().find(|line| line.contains(page));
        assert!(line.is_some_and(|line| line.contains(label)), "{said}");
    }
    home.ok(&["config", "check"]);
}
