//! What was changed last is undone with one button: once, and only where nobody changed the file since.

use jiff::ToSpan as _;

use super::sections::{form, plan, read, save, two_books, with};
use super::{Answered, ISBN, TestSite, now};

/// Presses Undo on a page.
pub(super) fn undo(site: &TestSite, page: &str) -> Answered {
    let (_, rest) = page.split_once("name=\"mark\" value=\"").unwrap();
    let mark = rest.split('"').next().unwrap();
    site.post("/undo", &format!("mark={mark}"))
}

#[test]
fn a_setting_is_undone_once_and_only_where_nobody_changed_the_file_since() {
    let (site, file) = two_books("");
    let before = read(&file);
    let path = "/settings/stores";
    let first = save(&site, path, "politeness", &[("pause", "30s")]);
    let second = save(&site, path, "politeness", &[("pause", "40s")]);
    let after = read(&file);
    // An older tab undoes nothing that came after it.
    let stale = undo(&site, &first);
    assert_eq!(
        (stale.status, read(&file) == after),
        (409, true),
        "{}",
        stale.body
    );
    let undone = undo(&site, &second);
    assert_eq!(undone.header("location"), Some(path), "{}", undone.body);
    assert_eq!(plan(&file).manners.pause.as_secs(), 30);
    let page = site.get("/").body;
    assert!(page.contains("Undone: Saved: Politeness."), "{page}");
    assert!(!page.contains("name=\"mark\""), "once");
    assert_eq!(undo(&site, &second).status, 409);
    let third = save(&site, path, "politeness", &[("pause", "45s")]);
    let same = save(&site, path, "politeness", &[]);
    assert_eq!(third, same, "what was saved as it stood is no change");
    let third = save(&site, path, "politeness", &[("pause", "50s")]);
    let by_hand = format!("{}# by hand\n", read(&file));
    std::fs::write(&file, &by_hand).unwrap();
    let refused = undo(&site, &third);
    assert_eq!(refused.status, 409);
    assert!(
        refused.body.contains("was changed since, by hand"),
        "{}",
        refused.body
    );
    assert_eq!(read(&file), by_hand);
    assert_ne!(before, by_hand);
}

#[test]
fn a_change_is_undone_within_ten_minutes_and_no_later() {
    let (site, file) = two_books("");
    let path = "/settings/stores";
    let clock = site.live.now().clock.clone();
    save(&site, path, "politeness", &[("pause", "30s")]);
    clock.turn_to(now() + 599.seconds());
    let page = site.get("/").body;
    assert!(page.contains("Saved: Politeness."), "{page}");
    let text = read(&file);
    clock.turn_to(now() + 600.seconds());
    assert!(!site.get("/").body.contains("Saved: Politeness."));
    let late = undo(&site, &page);
    assert_eq!(late.status, 409);
    assert!(late.body.contains("ten minutes are over"), "{}", late.body);
    assert_eq!(read(&file), text);
    // What is asked without a mark, or with another one, undoes nothing either.
    for form in ["", "mark=", "mark=x"] {
        assert_eq!(site.post("/undo", form).status, 409, "{form}");
    }
}

#[test]
fn a_book_added_changed_or_taken_out_is_undone_with_the_date_that_was_moved() {
    let (site, file) = two_books("");
    let before = read(&file);
    let added = site.post(
        "/books/new",
        "book=9780306406157&title=Clean+Water&date=2027-05-04",
    );
    assert_eq!(added.status, 303, "{}", added.body);
    let page = site.get("/editions/9780306406157?said=added").body;
    assert!(page.contains("Added Clean Water."), "{page}");
    let undone = undo(&site, &page);
    assert_eq!(
        undone.header("location"),
        Some("/"),
        "its page is gone with it"
    );
    assert_eq!(read(&file), before);
    let stopped = site.post(&format!("/editions/{ISBN}/stop"), "sure=yes");
    assert_eq!(stopped.status, 303);
    let page = site.get("/").body;
    assert!(page.contains("Salt Roads is watched no more."), "{page}");
    let there = format!("/editions/{ISBN}");
    assert_eq!(undo(&site, &page).header("location"), Some(there.as_str()));
    assert_eq!(read(&file), before);
    // A date that was moved by mistake leaves no trace in what is judged.
    let launch = || {
        let api = site.get(&format!("/api/v1/editions/{ISBN}")).body;
        (
            api.contains("\"2027-02-09\""),
            api.matches("date_changed").count(),
        )
    };
    let was = launch();
    let edit = form_of(&site.get(&format!("{there}/edit")).body);
    let moved = site.post(
        &format!("{there}/edit"),
        &with(edit, &[("date", "2027-04-20")]),
    );
    assert_eq!(moved.status, 303, "{}", moved.body);
    let page = site.get(&there).body;
    assert!(page.contains("moved"), "{page}");
    assert_eq!(undo(&site, &page).status, 303);
    assert_eq!(read(&file), before);
    assert_eq!(launch(), was);
    let page = site.get(&there).body;
    assert!(
        !page.contains("2027-04-20") && !page.contains("20 April 2027"),
        "{page}"
    );
}

#[test]
fn a_book_that_is_saved_as_it_stands_takes_no_undo_away() {
    let (site, file) = two_books("");
    let before = read(&file);
    save(&site, "/settings/stores", "politeness", &[("pause", "30s")]);
    let there = format!("/editions/{ISBN}");
    let edit = form_of(&site.get(&format!("{there}/edit")).body);
    let same = site.post(&format!("{there}/edit"), &with(edit, &[]));
    assert_eq!(same.status, 303, "{}", same.body);
    let page = site.get(&there).body;
    assert_eq!(undo(&site, &page).status, 303);
    assert_eq!(read(&file), before);
}

#[test]
fn a_noted_date_holds_again_when_the_change_back_from_it_is_undone() {
    let (site, file) = two_books("");
    let before = read(&file);
    let there = format!("/editions/{ISBN}");
    let note = "kind=date_changed&to=2027-04-20&store=&ticket=&text=";
    assert_eq!(site.post(&format!("{there}/note"), note).status, 303);
    let date_is = |day: &str| {
        let page = site.get(&format!("{there}/edit")).body;
        assert!(page.contains(&format!("value=\"{day}\"")), "{day}: {page}");
        form_of(&page)
    };
    let edit = with(
        date_is("2027-04-20"),
        &[("title", "Salt Ways"), ("date", "2027-02-09")],
    );
    let saved = site.post(&format!("{there}/edit"), &edit);
    assert_eq!(saved.status, 303, "{}", saved.body);
    date_is("2027-02-09");
    let page = site.get(&there).body;
    assert_eq!(undo(&site, &page).status, 303);
    assert_eq!(read(&file), before);
    date_is("2027-04-20");
}

/// The form of a book.
fn form_of(page: &str) -> Vec<(String, String)> {
    let whole = page.replace(
        "name=\"was\"",
        "name=\"section\" value=\"book\"><input type=\"hidden\" name=\"was\"",
    );
    form(&whole, "book")
}
