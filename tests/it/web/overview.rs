//! The overview: never older than the database, and only what is asked for.

use std::fmt::Write as _;

use pubwatch::book::{Availability, Note, NoteKind, StoreId};
use pubwatch::db::{Db, DbError};

use super::{ISBN, SALT_ROADS, TestSite, at, configuration, now, says};

const LEDGER: &str = "9781944021597";

fn noted(site: &TestSite, kind: NoteKind) -> i64 {
    site.take_note(&Note {
        kind,
        at: now(),
        store: Some(StoreId::new("amazon.com")),
        ticket: None,
        text: None,
    })
}

#[track_caller]
fn shows(site: &TestSite, expected: &str) {
    let page = site.get("/").body;
    assert!(page.contains(expected), "{expected}\n{page}");
}

#[track_caller]
fn hides(site: &TestSite, gone: &str) {
    let page = site.get("/").body;
    assert!(!page.contains(gone), "{gone}\n{page}");
}

#[test]
fn a_change_shows_at_once_whoever_wrote_it() {
    let site = TestSite::salt_roads();
    shows(&site, "class=\"act\"");
    // A look of a round that still goes on: nobody has judged it yet.
    let state = Availability::BackOrder;
    let newer = at("2027-01-25T17:30:01Z");
    site.see(ISBN, "barnesandnoble.com", newer, says(state, "Backorder"));
    shows(&site, "Backorder");
    shows(&site, "seen once, a second look counts from");
    // A note, and taking it back.
    let number = noted(&site, NoteKind::Expected);
    hides(&site, "class=\"act\"");
    shows(&site, "as you said it should be");
    site.take_note_back(number);
    shows(&site, "class=\"act\"");
}

#[test]
fn the_last_thirty_days_of_each_page_stand_in_its_row_as_a_drawing_and_in_words() {
    let site = TestSite::salt_roads();
    let page = site.get("/").body;
    let strips: Vec<&str> = page
        .split("<svg class=\"strip\"")
        .skip(1)
        .filter_map(|rest| rest.split_once("</svg>"))
        .map(|(strip, _)| strip)
        .collect();
    assert_eq!(strips.len(), 3, "{page}");
    let amazon = strips.iter().find(|one| one.contains("s-o")).unwrap();
    assert!(amazon.contains("Unavailable "), "{amazon}");
    // An edition that nobody looked at has none.
    let fresh = TestSite::new(&configuration(SALT_ROADS));
    assert!(!fresh.get("/").body.contains("class=\"strip\""));
}

#[test]
fn what_another_format_shows_is_judged_again_as_well() {
    let hardcover = "9781944021665";
    let site = TestSite::new(&configuration(&format!(
        "{SALT_ROADS}[[edition]]\ntitle = \"Salt Roads\"\nauthor = \"Jane Roe\"\n\
         isbn = \"{hardcover}\"\nformat = \"hardcover\"\npublication_date = 2027-01-05\n\
         stores = [\"amazon.com\"]\n"
    )));
    let see = |isbn: &str, times: [&str; 2], state: Availability| {
        for when in times {
            site.see(isbn, "amazon.com", at(when), says(state, state.word()));
        }
    };
    let times = ["2027-01-05T13:00:00Z", "2027-01-24T13:00:00Z"];
    see(ISBN, times, Availability::PreOrder);
    let times = ["2027-01-06T13:00:00Z", "2027-01-24T13:00:00Z"];
    see(hardcover, times, Availability::InStock);
    site.judge();
    let rules = |path: &str| -> Vec<String> {
        let value: serde_json::Value = serde_json::from_str(&site.get(path).body).unwrap();
        let all = value.get("alerts").or(value.get("findings")).unwrap();
        let all = all.as_array().unwrap().iter();
        all.map(|one| one["rule"].as_str().unwrap().to_owned())
            .collect()
    };
    // What the page of an edition thinks, the list thinks too.
    let mut alone = rules(&format!("/api/v1/editions/{ISBN}"));
    alone.extend(rules(&format!("/api/v1/editions/{hardcover}")));
    assert_eq!(rules("/api/v1/alerts"), alone);
}

#[test]
fn what_own_titles_took_is_learned_again_after_a_look() {
    let site = TestSite::new(&configuration(SALT_ROADS));
    let look = |when: &str, state: Availability| {
        site.see(ISBN, "amazon.com", at(when), says(state, state.word()));
    };
    look("2026-12-29T13:00:00Z", Availability::NotListed);
    let before = site.get("/windows").body;
    assert!(before.contains("0 came through; 1 still wait"), "{before}");
    look("2027-01-06T13:00:00Z", Availability::PreOrder);
    look("2027-01-07T13:00:00Z", Availability::PreOrder);
    let after = site.get("/windows").body;
    assert!(after.contains("1 came through by 9 days"), "{after}");
    let other = Db::open(site.db.path()).unwrap();
    other
        .write(|tx| Ok::<_, DbError>(tx.execute("UPDATE spell SET confirmed_at = NULL", [])?))
        .unwrap();
    let unconfirmed = site.get("/windows").body;
    assert!(
        !unconfirmed.contains("1 came through by 9 days"),
        "{unconfirmed}"
    );
}

#[test]
fn a_date_that_was_moved_is_the_date_of_the_overview() {
    let site = TestSite::salt_roads();
    shows(&site, "9 Feb");
    let to = "2027-03-16".parse().unwrap();
    noted(&site, NoteKind::moved(to));
    shows(&site, "16 Mar");
    shows(&site, "in 50 d");
    let moved = site.get("/?month=2027-03").body;
    assert!(moved.contains("1 of 1 edition"), "{moved}");
    let page = site.get(&format!("/editions/{ISBN}")).body;
    assert!(page.contains("publishes Tue 16 March 2027"), "{page}");
}

/// Eight editions of two imprints in several phases, the first of them as "Salt Roads" stands.
pub(super) fn eight() -> TestSite {
    let titles = [
        ("The Orchard Ledger", "2027-02-12", "Hillside Editions"),
        ("Night Ferry to Arran", "2027-02-16", "Saltmarsh Press"),
        (
            "A Field Guide to Forgetting",
            "2027-03-02",
            "Saltmarsh Press",
        ),
        ("Bread and Weather", "2027-05-18", "Hillside Editions"),
        ("The Lamplighter's Almanac", "2026-10-06", "Saltmarsh Press"),
        ("Small Hours", "2026-03-10", "Hillside Editions"),
        (
            "What the Tide Kept, and Other Stories from a Harbour Town",
            "2027-09-14",
            "Hillside Editions",
        ),
    ];
    let mut text = format!("{}\nimprint = \"Saltmarsh Press\"\n", SALT_ROADS.trim_end());
    for (number, (title, date, imprint)) in titles.iter().enumerate() {
        let isbn = super::many::isbn(number);
        let _ = write!(
            text,
            "[[edition]]\ntitle = \"{title}\"\nisbn = \"{isbn}\"\npublication_date = {date}\n\
             imprint = \"{imprint}\"\n\
             stores = [\"amazon.com\", \"barnesandnoble.com\", \"bookshop.org\"]\n"
        );
    }
    let site = TestSite::new(&configuration(&text));
    site.live_through_a_launch(ISBN);
    let states = [
        Availability::PreOrder,
        Availability::PreOrder,
        Availability::InStock,
        Availability::NotListed,
        Availability::InStock,
        Availability::ShipsLater,
    ];
    for (number, state) in states.into_iter().enumerate() {
        for (store, days) in [
            ("amazon.com", 30),
            ("barnesandnoble.com", 19),
            ("bookshop.org", 6),
        ] {
            let isbn = super::many::isbn(number);
            for hours in [days * 24, 20, 2] {
                let when = now() - jiff::SignedDuration::from_hours(hours);
                site.see(&isbn, store, when, says(state, state.word()));
            }
        }
    }
    site.judge();
    site
}

#[test]
fn editions_are_found_by_the_phase_of_their_launch() {
    let site = TestSite::new(&configuration(&format!(
        "{SALT_ROADS}[[edition]]\ntitle = \"The Orchard Ledger\"\nisbn = \"{LEDGER}\"\n\
         publication_date = 2027-06-15\nstores = [\"amazon.com\"]\n"
    )));
    site.live_through_a_launch(ISBN);
    let found = |query: &str| -> Vec<&str> {
        let page = site.get(&format!("/?{query}")).body;
        let titles = ["Salt Roads", "The Orchard Ledger"];
        let row = |title: &str| format!("<bdi>{title}</bdi></a> <span");
        let all = titles.into_iter();
        all.filter(|title| page.contains(&row(title))).collect()
    };
    assert_eq!(found("when=early-ship"), [""; 0]);
    assert_eq!(found("when=pre-order"), ["Salt Roads"]);
    assert_eq!(found("when=pre-order&store=bookshop.org"), ["Salt Roads"]);
    assert_eq!(found("when=set-up"), ["The Orchard Ledger"]);
    assert_eq!(found("when=release+day"), [""; 0]);
    assert_eq!(found("when=coming").len(), 2);
    assert_eq!(found("when=nonsense").len(), 2);
}

#[test]
fn pages_are_counted_by_what_they_show_and_each_count_leads_there() {
    let editions: Vec<String> = (1..=6)
        .map(|number| {
            let isbn = super::many::isbn(number);
            format!(
                "[[edition]]\ntitle = \"Volume {number}\"\nisbn = \"{isbn}\"\n\
                 publication_date = 2027-02-09\nstores = [\"amazon.com\"]\n"
            )
        })
        .collect();
    let site = TestSite::new(&configuration(&editions.concat()));
    for number in 1..=4 {
        let state = if number == 1 {
            Availability::OutOfStock
        } else {
            Availability::PreOrder
        };
        site.see(
            &super::many::isbn(number),
            "amazon.com",
            now(),
            says(state, "x"),
        );
    }
    for (count, query, editions) in [
        ("3 Pre-order", "state=pre_order", "3 of 6 editions"),
        ("1 Unavailable", "state=out_of_stock", "1 of 6 editions"),
        ("2 Not seen", "state=unseen", "2 of 6 editions"),
    ] {
        shows(&site, &format!("</svg>{count}</a>"));
        shows(&site, &format!("href=\"/?{query}\""));
        let page = site.get(&format!("/?{query}")).body;
        assert!(page.contains(editions), "{editions}\n{page}");
    }
}

#[test]
fn a_service_that_has_nothing_to_ask_for_days_is_well_while_something_is_seen() {
    let site = TestSite::salt_roads();
    let health = |good_until: &str| {
        let good_until = at(good_until).as_millisecond();
        site.db
            .write(|tx| {
                tx.execute("UPDATE listing SET good_until = ?1", [good_until])?;
                tx.execute("DELETE FROM round", [])?;
                for (ended, asked, read) in [
                    ("2027-01-20T08:00:00Z", 3, 2),
                    ("2027-01-25T08:00:00Z", 3, 0),
                    ("2027-01-25T17:29:00Z", 0, 0),
                ] {
                    let ended = at(ended).as_millisecond();
                    tx.execute(
                        "INSERT INTO round (began, ended, asked, read) VALUES (?1, ?1, ?2, ?3)",
                        (ended, asked, read),
                    )?;
                }
                Ok::<_, DbError>(())
            })
            .unwrap();
        let answer = site.get("/healthz");
        (answer.status, answer.body)
    };
    let (status, body) = health("2027-01-26T00:00:00Z");
    assert_eq!(status, 200, "{body}");
    assert!(
        body.contains(r#""last_good_check":"2027-01-25T17:29:00Z""#),
        "{body}"
    );
    let (status, body) = health("2027-01-22T00:00:00Z");
    assert_eq!(status, 503, "{body}");
    assert!(body.contains("nothing-read"), "{body}");
    assert!(
        body.contains(r#""last_good_check":"2027-01-20T08:00:00Z""#),
        "{body}"
    );
}

/// The titles that the overview shows, in their order.
fn titles(page: &str) -> Vec<String> {
    let document = scraper::Html::parse_document(page);
    let link = scraper::Selector::parse(".editions tbody th a").unwrap();
    let links = document.select(&link);
    links.map(|one| one.text().collect()).collect()
}

#[test]
fn editions_are_ordered_by_title_by_date_or_worst_first_and_the_filter_keeps_its_order() {
    let site = eight();
    let worst = titles(&site.get("/").body);
    let by_title = titles(&site.get("/?order=title").body);
    let by_date = titles(&site.get("/?order=date").body);
    let mut sorted = by_title.clone();
    sorted.sort_by_key(|title| title.to_lowercase());
    assert_eq!(by_title, sorted);
    assert_ne!(by_title, worst);
    assert_ne!(by_date, by_title);
    let api: serde_json::Value = serde_json::from_str(&site.get("/api/v1/editions").body).unwrap();
    let date = |title: &String| {
        let all = api["editions"].as_array().unwrap().iter();
        let of = |one: &&serde_json::Value| one["title"].as_str() == Some(title);
        let mut dates = all
            .filter(of)
            .map(|one| one["publication_date"].to_string());
        dates.next().unwrap()
    };
    let dates: Vec<String> = by_date.iter().map(date).collect();
    assert!(dates.is_sorted(), "{dates:?}");
    // What is not understood is the usual order.
    assert_eq!(titles(&site.get("/?order=nonsense").body), worst);
    let narrow = site.get("/?when=coming&order=title").body;
    assert!(
        narrow.contains("href=\"/?when=coming&#38;order=date#editions\""),
        "{narrow}"
    );
    assert!(narrow.contains("name=\"order\" value=\"title\""));
}

#[test]
fn several_editions_are_muted_at_once_those_that_are_ticked_or_all_that_fit() {
    let site = eight();
    let page = site.get("/").body;
    let document = scraper::Html::parse_document(&page);
    let tick = scraper::Selector::parse("input[name=edition]").unwrap();
    let ids: Vec<&str> = document
        .select(&tick)
        .map(|one| one.attr("value").unwrap())
        .collect();
    assert_eq!(ids.len(), 8);
    let muted = || {
        let is_muted = |id: &&&str| site.get(&format!("/editions/{id}")).body.contains("Unmute");
        ids.iter().filter(is_muted).count()
    };
    assert_eq!(muted(), 0);
    let form = "filter=order%3Dtitle&do=mute&until=2027-02-20";
    let none = site.post("/chosen", form);
    assert_eq!(
        none.header("location"),
        Some("/?order=title&said=none-chosen#editions")
    );
    let done = site.post(
        "/chosen",
        &format!("{form}&edition={}&edition={}", ids[1], ids[4]),
    );
    assert_eq!(
        (done.status, done.header("location")),
        (303, Some("/?order=title&said=muted#editions"))
    );
    assert_eq!(muted(), 2);
    assert!(
        site.get("/?order=title&said=muted")
            .body
            .contains("Muted. No letters")
    );
    // All that fit a filter, whatever is ticked.
    let title = titles(&page)[0].replace(' ', "+");
    let fit = titles(&site.get(&format!("/?q={title}")).body).len();
    let before = muted();
    let form = format!(
        "filter=q%3D{}&all=yes&do=mute&until=2027-02-20",
        title.replace('+', "%2B")
    );
    assert_eq!(site.post("/chosen", &form).status, 303);
    assert!(
        before < muted() && muted() <= before + fit,
        "{fit} of {title}"
    );
    let form = "filter=&all=yes&do=mute&until=2027-02-20";
    assert_eq!(site.post("/chosen", form).status, 303);
    assert_eq!(muted(), 8);
}
