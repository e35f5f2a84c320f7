//! A list of books brought to the page: shown first, written when that is accepted.

use std::path::Path;

use super::browser::{WIDE, checker, drawn};
use super::chromium::Chromium;
use super::{Answered, SALT_ROADS, TestSite, configuration};
use crate::home::isbn;

/// The site of an author with one book and a comment in the file.
fn one_book() -> (TestSite, std::path::PathBuf) {
    TestSite::of_file(&configuration(&format!(
        "# Mine, and to stay.\n{SALT_ROADS}"
    )))
}

fn read(file: &Path) -> String {
    std::fs::read_to_string(file).unwrap()
}

/// Two new books, one that is there with another date, one without a date, one with a wrong number.
fn list() -> String {
    format!(
        "ISBN,Title,Publication date,Shelf\n{},Low <b>Water</b>,2027-03-02,A\n{},High Water,2027-04-06,B\n\
         9781944098117,Salt Roads,2027-02-16,C\n9780132350885,Wrong Number,2027-05-04,D\n",
        isbn(5001),
        isbn(5002)
    )
}

fn upload(site: &TestSite, list: &str, more: &[(&str, &str)]) -> Answered {
    let mut parts = format!(
        "--x\r\nContent-Disposition: form-data; name=\"list\"; filename=\"list.csv\"\r\n\r\n{list}\r\n"
    );
    for (name, value) in more {
        let head = format!("--x\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n");
        parts = [parts.as_str(), &head, value, "\r\n"].concat();
    }
    site.post_parts("/books/import", &format!("{parts}--x--\r\n"))
}

/// The form by which what is shown is accepted, with more in it.
fn accepted(page: &str, more: &str) -> String {
    let mut form = String::new();
    for name in ["list", "was", "dates", "distribution", "enabled", "stores"] {
        let (_, rest) = page
            .split_once(&format!("type=\"hidden\" name=\"{name}\" value=\""))
            .unwrap();
        let value: String = rest.chars().take_while(|sign| *sign != '"').collect();
        form = [form.as_str(), name, "=", &value, "&"].concat();
    }
    form + more
}

#[test]
fn a_list_is_shown_first_and_written_when_that_is_accepted() {
    let (site, file) = one_book();
    let before = read(&file);
    let shown = upload(&site, &list(), &[("distribution", "draft2digital")]);
    assert_eq!(shown.status, 200, "{}", shown.body);
    for words in [
        "2 editions can be written, 1 in the configuration already, 0 left out, 1 line wrong.",
        "Low &#60;b&#62;Water&#60;/b&#62;",
        "2 pages of Amazon, 2 pages of Barnes &#38; Noble, 2 pages of Bookshop.org",
        "Line 5: ",
        "check digit",
        "Line 4: ",
        "<code>Shelf</code> is not used",
        "Add 2 editions, leave out the wrong line",
    ] {
        assert!(shown.body.contains(words), "{words}: {}", shown.body);
    }
    assert_eq!(read(&file), before, "nothing is written yet");
    let taken = site.post("/books/import/take", &accepted(&shown.body, ""));
    assert_eq!(taken.status, 303, "{}", taken.body);
    assert_eq!(taken.header("location"), Some("/books/import?said=taken"));
    let text = read(&file);
    assert!(text.starts_with(&before), "comments and order stay: {text}");
    assert_eq!(text.matches("[[edition]]").count(), 3);
    assert_eq!(
        text.matches("distribution = \"draft2digital\"").count(),
        2,
        "{text}"
    );
    assert!(site.get("/").body.contains("High Water"), "shown at once");
    // The date of the list was not asked for.
    assert!(text.contains("publication_date = 2027-02-09"), "{text}");
    // Accepted once more, as by the way back of a browser: nothing is doubled.
    let again = site.post("/books/import/take", &accepted(&shown.body, ""));
    assert_eq!(again.status, 422);
    assert_eq!(read(&file), text);
}

#[test]
fn dates_that_moved_are_taken_over_when_that_is_ticked_and_noted() {
    let (site, file) = one_book();
    let list = "ISBN,Title,Publication date\n9781944098117,Salt Roads,2027-02-16\n";
    let shown = upload(&site, list, &[]);
    assert!(
        shown
            .body
            .contains("Also move the dates of 1 edition to those in the list"),
        "{}",
        shown.body
    );
    let not_ticked = site.post("/books/import/take", &accepted(&shown.body, ""));
    assert!(
        not_ticked.body.contains("There is nothing to write."),
        "{}",
        not_ticked.body
    );
    let taken = site.post("/books/import/take", &accepted(&shown.body, "update=yes"));
    assert_eq!(taken.status, 303, "{}", taken.body);
    assert!(read(&file).contains("publication_date = 2027-02-16"));
    let page = site.get("/editions/9781944098117").body;
    assert!(
        page.contains("was moved") || page.contains("moved to"),
        "{page}"
    );
}

#[test]
fn what_changed_since_it_was_shown_is_shown_again_and_nothing_is_lost() {
    let (site, file) = one_book();
    let shown = upload(&site, &list(), &[]);
    let by_hand = format!(
        "{}\n[[edition]]\ntitle = \"Low Water\"\nisbn = \"{}\"\npublication_date = 2027-03-09\n\
         stores = [\"bookshop.org\"]\n",
        read(&file),
        isbn(5001)
    );
    std::fs::write(&file, &by_hand).unwrap();
    let taken = site.post("/books/import/take", &accepted(&shown.body, ""));
    assert_eq!(taken.status, 422, "{}", taken.body);
    assert!(
        taken.body.contains("Nothing was written: look once more"),
        "{}",
        taken.body
    );
    assert!(
        taken
            .body
            .contains("1 edition can be written, 2 in the configuration"),
        "{}",
        taken.body
    );
    assert_eq!(read(&file), by_hand);
    let accepted = accepted(&taken.body, "");
    assert_eq!(site.post("/books/import/take", &accepted).status, 303);
    assert!(read(&file).starts_with(&by_hand));
}

#[test]
fn what_is_no_list_is_said_at_its_field_and_nobody_else_brings_one() {
    let (site, file) = one_book();
    let before = read(&file);
    for (list, more, words) in [
        ("", ("stores", ""), "Choose a file."),
        ("\u{0}\u{1}", ("stores", ""), "class=\"wrong\""),
        (
            "ISBN,Title\n",
            ("stores", "Moonbooks"),
            "There is no store `Moonbooks`",
        ),
        ("ISBN,Title\n", ("enabled", "Mayish"), "Mayish"),
    ] {
        let answered = upload(&site, list, &[more]);
        let body = answered.body.replace("&#96;", "`");
        assert_eq!(answered.status, 422, "{more:?}: {body}");
        assert!(body.contains(words), "{words}: {body}");
    }
    let large = "x".repeat((2 << 20) + (65 << 10));
    assert_eq!(upload(&site, &large, &[]).status, 413);
    let form = accepted(&upload(&site, &list(), &[]).body, "update=yes");
    for path in ["/books/import", "/books/import/take"] {
        let elsewhere = [("Origin", "https://evil.example")];
        assert_eq!(
            site.ask("POST", path, &elsewhere, &form).status,
            403,
            "{path}"
        );
        let shared = format!("/share/x{path}");
        assert_eq!(site.post(&shared, &form).status, 405, "{path}");
    }
    assert_eq!(
        site.get("/books/import/take").status,
        405,
        "a look changes nothing"
    );
    assert_eq!(read(&file), before);
}

#[test]
#[ignore = "needs Chromium, and axe-core at PUBWATCH_AXE"]
fn a_person_brings_a_list_with_the_mouse() {
    let (site, file) = one_book();
    let checker = checker();
    let csv = file.with_file_name("books.csv");
    std::fs::write(&csv, list()).unwrap();
    let mut chromium = Chromium::start();
    chromium.look(WIDE, false);
    chromium.open(&format!("http://{}/", site.address));
    chromium.follow("a[href='/books/import']");
    chromium.drop_file("input[type=file]", &csv);
    chromium.follow("form[enctype] button");
    drawn(&mut chromium, checker.as_deref(), "list");
    chromium.click("input[name=update]");
    chromium.follow("form[action$=take] button");
    assert!(
        chromium.words().contains("The list was taken over"),
        "{}",
        chromium.words()
    );
    assert!(read(&file).contains("publication_date = 2027-02-16"));
    assert!(read(&file).contains("High Water"));
}
