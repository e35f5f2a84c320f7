//! Letters are paused and go out again, by the forms of the page.

use pubwatch::db::DbError;

use super::undone::undo;
use super::{Answered, ISBN, SALT_ROADS, TestSite, configuration};

const UNTIL: &str = "Letters are paused until Sat 20 February 2027";

/// Fills in a form that stands on a page.
fn fill(site: &TestSite, page: &str, action: &str, fields: &str) -> Answered {
    let shown = site.get(page).body;
    assert!(shown.contains(&format!("action=\"{action}\"")), "{shown}");
    site.post(action, fields)
}

fn letters(site: &TestSite) -> i64 {
    let count = site.db.read(|connection| {
        let count = "SELECT count(*) FROM outbox";
        let count = connection.query_row(count, [], |row| row.get(0));
        count.map_err(DbError::from)
    });
    count.unwrap()
}

#[track_caller]
fn is_paused(site: &TestSite, is_paused: bool) {
    for page in ["/", "/settings", &format!("/editions/{ISBN}")] {
        let body = site.get(page).body;
        assert_eq!(body.contains(UNTIL), is_paused, "{page}: {body}");
    }
    let api = site.get(&format!("/api/v1/editions/{ISBN}")).body;
    let api: serde_json::Value = serde_json::from_str(&api).unwrap();
    let until = if is_paused {
        "2027-02-20".into()
    } else {
        serde_json::Value::Null
    };
    assert_eq!(api["paused_until"], until);
}

#[test]
fn letters_about_an_edition_are_paused_shown_and_resumed() {
    let site = TestSite::new(&configuration(SALT_ROADS));
    let page = format!("/editions/{ISBN}");
    is_paused(&site, false);
    let done = fill(&site, &page, &format!("{page}/pause"), "until=2027-02-20");
    assert_eq!(done.status, 303, "{}", done.body);
    is_paused(&site, true);
    // What stands is judged, and no letter is written.
    site.live_through_a_launch(ISBN);
    assert_eq!(letters(&site), 0);
    let done = fill(&site, &page, &format!("{page}/resume"), "");
    assert_eq!(done.status, 303, "{}", done.body);
    is_paused(&site, false);
    assert_eq!(letters(&site), 1);
}

#[test]
fn letters_about_every_edition_are_paused_on_the_page_of_the_settings() {
    let site = TestSite::salt_roads();
    let form = "until=2027-02-20&but_act=yes";
    let done = fill(&site, "/settings", "/settings/pause", form);
    assert_eq!(done.status, 303, "{}", done.body);
    is_paused(&site, true);
    let said = site.get("/settings").body;
    assert!(said.contains("but for what is to be acted on"), "{said}");
    let done = fill(&site, "/settings", "/settings/resume", "");
    assert_eq!(done.status, 303, "{}", done.body);
    is_paused(&site, false);
}

#[test]
fn a_pause_is_undone_as_if_it_had_never_been_until_it_is_ended_otherwise() {
    let (site, file) = TestSite::of_file(&configuration(SALT_ROADS));
    let before = std::fs::read_to_string(&file).unwrap();
    let page = format!("/editions/{ISBN}");
    for (action, says) in [
        (
            format!("{page}/pause"),
            "Letters about Salt Roads are paused.",
        ),
        ("/settings/pause".to_owned(), "All letters are paused."),
    ] {
        assert_eq!(site.post(&action, "until=2027-02-20").status, 303);
        let shown = site.get("/").body;
        assert!(shown.contains(says), "{shown}");
        is_paused(&site, true);
        assert_eq!(undo(&site, &shown).status, 303);
        is_paused(&site, false);
        let said = site.get("/").body;
        assert!(said.contains(&format!("Undone: {says}")), "{said}");
        let api = site.get(&format!("/api/v1/editions/{ISBN}")).body;
        assert!(!api.contains("resumed"), "no note is left: {api}");
    }
    assert_eq!(
        site.post(&format!("{page}/pause"), "until=2027-02-20")
            .status,
        303
    );
    let shown = site.get("/").body;
    assert_eq!(site.post(&format!("{page}/resume"), "").status, 303);
    assert_eq!(
        undo(&site, &shown).status,
        409,
        "there is nothing to undo any more"
    );
    assert_eq!(std::fs::read_to_string(&file).unwrap(), before);
}

#[test]
fn a_pause_needs_a_day_to_come_and_an_end_needs_a_pause() {
    let site = TestSite::salt_roads();
    let page = format!("/editions/{ISBN}");
    for (form, status) in [
        ("pause until=2020-02-20", 400),
        ("pause until=soon", 400),
        ("pause", 400),
        ("resume", 409),
    ] {
        let (what, fields) = form.split_once(' ').unwrap_or((form, ""));
        for action in [format!("{page}/{what}"), format!("/settings/{what}")] {
            let answer = site.post(&action, fields);
            assert_eq!(answer.status, status, "{action} {fields}: {}", answer.body);
        }
    }
    is_paused(&site, false);
}
