//! Books added, changed and taken out on the page, and the file that is behind it.

use std::path::Path;

use pubwatch::setup::loading::load;

use super::chromium::Chromium;
use super::{SALT_ROADS, TestSite, configuration, now};

const PRINTED: &str = "9780132350884";

fn read(file: &Path) -> String {
    std::fs::read_to_string(file).unwrap()
}

/// The file is one that `config check` accepts; gives its editions by number and title.
fn editions(file: &Path) -> Vec<(String, String)> {
    let today = now().to_zoned(jiff::tz::TimeZone::UTC).date();
    let plan = load(Some(file), today).unwrap().plan;
    let editions = plan.editions.iter().map(|plan| &plan.edition);
    editions
        .map(|edition| (edition.id.to_string(), edition.title.clone()))
        .collect()
}

/// The site of an author with one book and a comment in the file.
fn one_book() -> (TestSite, std::path::PathBuf) {
    TestSite::of_file(&configuration(&format!(
        "# Mine, and to stay.\n{SALT_ROADS}"
    )))
}

/// The value of the hidden field that says what the form was filled with.
fn was(page: &str) -> String {
    let (_, rest) = page.split_once("name=\"was\" value=\"").unwrap();
    rest.split('"').next().unwrap().to_owned()
}

/// The form of Salt Roads with other values in some fields.
fn changed(site: &TestSite, fields: &[(&str, &str)]) -> String {
    let page = site.get("/editions/9781944098117/edit").body;
    let was = was(&page);
    let mut all = vec![
        ("was", was.as_str()),
        ("title", "Salt Roads"),
        ("author", "Jane Roe"),
        ("format", "paperback"),
        ("date", "2027-02-09"),
        ("distribution", "ingramspark"),
        ("enabled", "2026-12-28"),
        ("stores", "amazon.com, barnesandnoble.com, bookshop.org"),
    ];
    for (name, value) in fields {
        all.retain(|(other, _)| other != name);
        all.push((name, value));
    }
    let pairs = all.iter().map(|(name, value)| {
        let value = url::form_urlencoded::byte_serialize(value.as_bytes());
        format!("{name}={}", value.collect::<String>())
    });
    pairs.collect::<Vec<_>>().join("&")
}

#[test]
fn a_book_is_added_by_its_number_and_a_date_and_shown_at_once() {
    let (site, file) = TestSite::of_file(&configuration(""));
    assert!(
        site.get("/").body.contains("/books/new"),
        "the empty page leads there"
    );
    let form = "book=978-0-13-235088-4&title=Clean+Water&date=2027-05-04";
    let answered = site.post("/books/new", form);
    assert_eq!(answered.status, 303, "{}", answered.body);
    let there = format!("/editions/{PRINTED}?said=added");
    assert_eq!(answered.header("location"), Some(there.as_str()));
    let page = site.get(&there);
    assert!(page.body.contains("Clean Water") && page.body.contains("Added."));
    assert_eq!(
        editions(&file),
        [(PRINTED.to_owned(), "Clean Water".to_owned())]
    );
    let text = read(&file);
    assert!(text.starts_with("[author]"), "{text}");
    for store in ["amazon.com", "barnesandnoble.com", "bookshop.org"] {
        assert!(text.contains(store), "{text}");
    }
}

#[test]
fn a_kindle_book_is_added_by_the_address_of_its_page_and_comes_from_kdp() {
    let (site, file) = one_book();
    let form = "book=https%3A%2F%2Fwww.amazon.com%2FSalt%2Fdp%2FB0EXAMPLE1%3Ftag%3Dx\
                &title=Salt+Roads&format=ebook&date=2027-02-09";
    assert_eq!(site.post("/books/new", form).status, 303);
    let text = read(&file);
    let (_, added) = text.split_once("bookshop.org\"]").unwrap();
    assert!(added.contains("asin = \"B0EXAMPLE1\""), "{added}");
    assert!(added.contains("distribution = \"kdp\""), "{added}");
    assert!(added.contains("stores = [\"amazon.com\"]"), "{added}");
    assert!(text.contains("# Mine, and to stay."), "{text}");
}

#[test]
fn that_kdp_takes_amazon_over_on_the_date_is_said_on_the_page_and_taken_back_there() {
    let (site, file) = TestSite::of_file(&configuration(""));
    let form = format!("book={PRINTED}&title=Clean+Water&date=2027-05-04&switch=yes");
    assert_eq!(site.post("/books/new", &form).status, 303);
    assert!(
        read(&file).contains("amazon_switch = true"),
        "{}",
        read(&file)
    );
    let address = format!("/editions/{PRINTED}/edit");
    let page = site.get(&address).body;
    assert!(page.contains("<option value=\"yes\" selected>"), "{page}");
    // A form without the field, as one that was filled by a program, leaves it as it is.
    let rest = "title=Clean+Water&format=paperback&date=2027-05-04&distribution=ingramspark\
                &stores=amazon.com,+barnesandnoble.com,+bookshop.org";
    let (was, text) = (was(&page), read(&file));
    assert_eq!(
        site.post(&address, &format!("was={was}&{rest}")).status,
        303
    );
    assert_eq!(read(&file), text);
    let form = format!("was={was}&{rest}&switch=no");
    assert_eq!(site.post(&address, &form).status, 303);
    assert!(
        read(&file).contains("amazon_switch = false"),
        "{}",
        read(&file)
    );
    let answered = site.post(
        "/books/new",
        "book=1&title=x&date=2027-05-04&switch=perhaps",
    );
    assert!(
        answered.body.contains("Say yes or no."),
        "{}",
        answered.body
    );
}

#[test]
fn what_is_wrong_stands_at_its_field_and_what_was_typed_is_kept() {
    let (site, file) = one_book();
    let before = read(&file);
    for (form, words) in [
        (
            "book=9780132350885&title=Clean+Water&date=2027-05-04",
            "check digit",
        ),
        (
            "book=&title=Clean+Water&date=2027-05-04",
            "Which book is it?",
        ),
        (
            "book=9780132350884&title=&date=2027-05-04",
            "This is needed.",
        ),
        ("book=9780132350884&title=Clean+Water&date=Mayish", "Mayish"),
        (
            "book=9781944098117&title=Clean+Water&date=2027-05-04",
            "is watched already",
        ),
        (
            "book=9780132350884&title=Clean+Water&date=2027-05-04&stores=Moonbooks",
            "There is no store `Moonbooks`",
        ),
        (
            "book=9780132350884&title=Clean+Water&date=2027-05-04&price=12",
            "price",
        ),
    ] {
        let answered = site.post("/books/new", form);
        assert_eq!(answered.status, 422, "{form}");
        let body = answered.body.replace("&#39;", "'").replace("&#96;", "`");
        assert!(body.contains(words), "{form}: {body}");
        if form.contains("Clean") {
            assert!(body.contains("value=\"Clean Water\""), "{form}");
        }
    }
    assert_eq!(read(&file), before);
}

#[test]
fn a_date_that_is_moved_on_the_page_is_noted_and_everything_else_stays() {
    let (site, file) = one_book();
    let form = changed(&site, &[("date", "2027-03-16"), ("author", "")]);
    let answered = site.post("/editions/9781944098117/edit", &form);
    assert_eq!(answered.status, 303, "{}", answered.body);
    let text = read(&file);
    let expected = configuration(&format!("# Mine, and to stay.\n{SALT_ROADS}"))
        .replace(
            "publication_date = 2027-02-09",
            "publication_date = 2027-03-16",
        )
        .replace("author = \"Jane Roe\"\n", "");
    assert_eq!(text, expected);
    let page = site.get("/editions/9781944098117").body;
    assert!(page.contains("16 March 2027"), "{page}");
    assert!(
        page.contains("was moved") || page.contains("moved to"),
        "{page}"
    );
    // A form that is sent as it was filled changes nothing.
    let same = site.get("/editions/9781944098117/edit").body;
    assert!(same.contains("value=\"2027-03-16\""), "{same}");
    let form = changed(&site, &[("date", "2027-03-16"), ("author", "")]);
    assert_eq!(site.post("/editions/9781944098117/edit", &form).status, 303);
    assert_eq!(read(&file), expected);
}

#[test]
fn a_date_that_is_moved_takes_an_on_sale_date_along_that_the_form_did_not_show() {
    let on_sale = SALT_ROADS.replace("2027-02-09\n", "2027-02-09\non_sale_date = 2027-02-16\n");
    let (site, file) = TestSite::of_file(&configuration(&on_sale));
    let there = "/editions/9781944098117";
    let note = |to: &str| {
        let form = format!("kind=date_changed&to={to}&store=&ticket=&text=");
        assert_eq!(site.post(&format!("{there}/note"), &form).status, 303);
    };
    let edit = |fields: &[(&str, &str)]| {
        let answered = site.post(&format!("{there}/edit"), &changed(&site, fields));
        assert_eq!(answered.status, 303, "{}", answered.body);
        read(&file)
    };
    note("2027-03-16");
    let text = edit(&[("date", "2027-03-23")]);
    let moved = SALT_ROADS.replace("2027-02-09", "2027-03-23");
    assert_eq!(text, configuration(&moved));
    // The other way round: the publication date that the form shows is not the one of the file.
    note("2027-04-06");
    let text = edit(&[("date", "2027-04-06"), ("on_sale", "2027-04-13")]);
    for line in [
        "publication_date = 2027-04-06\n",
        "on_sale_date = 2027-04-13\n",
    ] {
        assert!(text.contains(line), "{line}: {text}");
    }
    let page = site.get(&format!("{there}/edit")).body;
    for day in ["2027-04-06", "2027-04-13"] {
        assert!(page.contains(&format!("value=\"{day}\"")), "{day}: {page}");
    }
}

#[test]
fn the_date_of_the_file_is_typed_over_one_that_was_noted_and_holds_again() {
    let (site, file) = one_book();
    let before = read(&file);
    let there = "/editions/9781944098117";
    let note = "kind=date_changed&to=2027-03-16&store=&ticket=&text=";
    assert_eq!(site.post(&format!("{there}/note"), note).status, 303);
    let page = site.get(&format!("{there}/edit")).body;
    assert!(page.contains("value=\"2027-03-16\""), "{page}");
    let form = changed(&site, &[("date", "2027-02-09")]);
    let answered = site.post(&format!("{there}/edit"), &form);
    assert_eq!(answered.status, 303, "{}", answered.body);
    assert_eq!(read(&file), before);
    let page = site.get(&format!("{there}/edit")).body;
    assert!(page.contains("value=\"2027-02-09\""), "{page}");
}

#[test]
fn two_tabs_and_a_file_changed_by_hand_lose_nothing() {
    let (site, file) = one_book();
    let first = changed(&site, &[("imprint", "Saltmarsh")]);
    let second = changed(&site, &[("title", "Salt Road")]);
    assert_eq!(
        site.post("/editions/9781944098117/edit", &first).status,
        303
    );
    let answered = site.post("/editions/9781944098117/edit", &second);
    assert_eq!(answered.status, 422);
    assert!(
        answered.body.contains("was changed elsewhere"),
        "{}",
        answered.body
    );
    assert!(
        answered.body.contains("value=\"Salt Road\""),
        "what was typed is kept"
    );
    assert!(read(&file).contains("Saltmarsh"));
    // By hand, meanwhile: another table and a comment.
    let by_hand = format!(
        "{}\n# By hand.\n[schedule]\ndigest_when = \"always\"\n",
        read(&file)
    );
    std::fs::write(&file, &by_hand).unwrap();
    let third = changed(&site, &[("imprint", "Saltmarsh"), ("title", "Salt Ways")]);
    assert_eq!(
        site.post("/editions/9781944098117/edit", &third).status,
        303
    );
    assert_eq!(read(&file), by_hand.replace("Salt Roads", "Salt Ways"));
    // One that cannot be read any more is left alone.
    std::fs::write(&file, format!("{by_hand}\ncolour = 3\n[")).unwrap();
    let broken = read(&file);
    let answered = site.post(
        "/books/new",
        "book=9780132350884&title=Water&date=2027-05-04",
    );
    assert_eq!(answered.status, 409, "{}", answered.body);
    assert_eq!(read(&file), broken);
}

#[test]
fn a_book_is_taken_out_when_it_is_meant_and_what_was_seen_is_kept() {
    let (site, file) = one_book();
    site.live_through_a_launch("9781944098117");
    assert_eq!(site.post("/editions/9781944098117/stop", "").status, 400);
    assert_eq!(editions(&file).len(), 1);
    let answered = site.post("/editions/9781944098117/stop", "sure=yes");
    assert_eq!(answered.status, 303, "{}", answered.body);
    assert_eq!(editions(&file).len(), 0);
    assert_eq!(site.get("/editions/9781944098117").status, 404);
    let form = "book=9781944098117&title=Salt+Roads&date=2027-02-09";
    assert_eq!(site.post("/books/new", form).status, 303);
    let page = site.get("/editions/9781944098117").body;
    assert!(page.contains("Currently unavailable."), "{page}");
}

#[test]
fn what_is_to_be_acted_on_is_answered_where_it_stands() {
    let site = TestSite::salt_roads();
    let page = site.get("/editions/9781944098117").body;
    for words in [
        "I have asked IngramSpark",
        "It is meant to be so",
        "Remind me in 3 days",
    ] {
        assert!(page.contains(words), "{words}: {page}");
    }
    let answer = |answer: &str, stores: &str| {
        let form = format!("answer={answer}&cause=unavailable&stores={stores}");
        site.post("/editions/9781944098117/answer", &form).status
    };
    assert_eq!(answer("asked-ingramspark", "amazon.com"), 303);
    let page = site.get("/editions/9781944098117").body;
    assert!(page.contains("asked IngramSpark (Amazon)"), "{page}");
    assert_eq!(answer("later", "amazon.com"), 303);
    let page = site.get("/editions/9781944098117").body;
    assert!(page.contains("Muted: no letters about it until"), "{page}");
    // What is not open cannot be answered, and there are no other answers.
    assert_eq!(answer("later", "bookshop.org"), 409);
    assert_eq!(answer("sing", "amazon.com"), 400);
}

#[test]
fn nobody_else_adds_or_changes_a_book() {
    let (site, file) = one_book();
    let before = read(&file);
    let form = "book=9780132350884&title=Clean+Water&date=2027-05-04";
    for headers in [
        vec![],
        vec![("Origin", "https://evil.example")],
        vec![("Origin", "null")],
    ] {
        for path in [
            "/books/new",
            "/editions/9781944098117/edit",
            "/editions/9781944098117/stop",
        ] {
            let answered = site.ask("POST", path, &headers, form);
            assert_eq!(answered.status, 403, "{path} {headers:?}");
        }
    }
    assert_eq!(read(&file), before);
    // What comes from no file can be changed in none.
    let demo = TestSite::salt_roads();
    assert_eq!(demo.get("/books/new").status, 409);
    assert!(!demo.get("/").body.contains("/books/new"));
}

#[test]
#[ignore = "needs Chromium"]
fn a_book_is_added_and_changed_by_hand_in_a_browser() {
    let (site, file) = TestSite::of_file(&configuration(""));
    let base = format!("http://{}", site.address);
    let mut chromium = Chromium::start();
    for (size, width) in [
        (super::browser::WIDE, "wide"),
        (super::browser::NARROW, "phone"),
    ] {
        for is_dark in [false, true] {
            chromium.look(size, is_dark);
            chromium.open(&format!("{base}/books/new"));
            super::browser::fits(&mut chromium, "a new book");
            let name = format!(
                "book-{width}-{}.png",
                if is_dark { "dark" } else { "light" }
            );
            chromium.picture(&super::browser::pictures().join(name), true);
        }
    }
    chromium.open(&format!("{base}/"));
    chromium.follow("a.button");
    for (field, text) in [("book", "978-0-13-235088-4"), ("title", "Clean Water")] {
        chromium.click(&format!("[name={field}]"));
        chromium.write(text);
    }
    chromium.eval("document.querySelector('[name=date]').value = '2027-05-04'");
    chromium.follow("button.main");
    assert!(chromium.words().contains("Added."), "{}", chromium.words());
    chromium.follow("a[href$='/edit']");
    chromium.click("[name=imprint]");
    chromium.write("Saltmarsh");
    chromium.follow("button.main");
    assert!(
        chromium.words().contains("Changed, here"),
        "{}",
        chromium.words()
    );
    assert_eq!(editions(&file).len(), 1);
    assert!(read(&file).contains("imprint = \"Saltmarsh\""));
}
