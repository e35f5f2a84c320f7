//! Three mornings on which the page once said what was not so: page, terminal and letter agree.

use super::acting::{Demo, get};
use super::chromium::Chromium;
use super::{ISBN, TestSite, configuration};
use crate::support::House;

/// Text as a reader sees it: no tags, no entities, no folds of a letter.
fn plain(text: &str) -> String {
    let mut plain = String::new();
    let mut is_tag = false;
    for character in text.chars() {
        match character {
            '<' => is_tag = true,
            '>' => is_tag = false,
            other if !is_tag => plain.push(other),
            _ => {}
        }
    }
    let plain = plain.replace("&#39;", "'").replace("&#38;", "&");
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[track_caller]
fn says(what: &str, text: &str, expected: &[&str], absent: &[&str]) {
    let text = plain(text);
    for words in expected {
        assert!(
            text.contains(words),
            "{what} does not say {words:?}:\n{text}"
        );
    }
    for words in absent {
        assert!(!text.contains(words), "{what} says {words:?}:\n{text}");
    }
}

#[test]
fn on_publication_day_a_page_that_was_seen_once_is_no_good_news() {
    let demo = Demo::halted("2027-02-09T11:30");
    let normal = "seen once, a second look counts from 15:58 EST on";
    let bookshop = "usual in the days after the date, until Fri 12 February";
    let absent = [
        "All as expected",
        "Amazon began to take orders",
        "Amazon takes orders",
    ];
    let overview = get(&format!("{}/", demo.base));
    says(
        "overview",
        &overview,
        &["Unavailable", normal, bookshop],
        &absent,
    );
    let edition = get(&demo.edition());
    says(
        "edition",
        &edition,
        &[
            "Nothing to do.",
            &format!("Amazon: Unavailable since 09:58 EST, {normal}"),
            bookshop,
            "Barnes & Noble",
        ],
        &absent,
    );
    assert!(edition.contains("class=\"box usual\""), "{edition}");
    says("terminal", &demo.history, &[normal, bookshop], &absent);
}

#[test]
fn on_the_day_after_every_page_says_until_when_it_is_usual() {
    let demo = Demo::halted("2027-02-10T14:00");
    let normal = "usual after publishing at KDP, until Fri 12 February";
    let bookshop = "usual in the days after the date, until Fri 12 February";
    let absent = ["All as expected", "longer than usual"];
    let overview = get(&format!("{}/", demo.base));
    says("overview", &overview, &[normal, bookshop], &absent);
    says(
        "edition",
        &get(&demo.edition()),
        &[normal, bookshop],
        &absent,
    );
    says("terminal", &demo.history, &[normal, bookshop], &absent);
    let letter = demo.newest_letter();
    says("letter", &letter, &["This is still normal"], &absent);
}

#[test]
fn one_goes_through_the_days_of_the_demo_and_sees_each_as_it_stood() {
    let demo = Demo::start();
    let base = &demo.base;
    let path = format!("/editions/{ISBN}");
    let last = get(&format!("{base}/"));
    says(
        "last day",
        &last,
        &["← Day before", "Day 75 of 75: Fri 19 February"],
        &["Day after"],
    );
    assert!(last.contains("<input type=\"range\" name=\"to\" min=\"1\" max=\"75\" value=\"75\">"));
    // 3 January: Amazon shows no way to order, and what came later is not known.
    let act = get(&format!("{base}/day/28{path}"));
    says(
        "the day of the act",
        &act,
        &[
            "Day 28 of 75: Sun 3 January",
            "Unavailable",
            "something to do",
        ],
        &["All clear", "14 January", "Sold", "Thu 11 February"],
    );
    assert!(act.contains(&format!("href=\"/day/27{path}\"")), "{act}");
    assert!(act.contains(&format!("href=\"/day/29{path}\"")));
    let eased = get(&format!("{base}/day/33{path}"));
    says(
        "five days later",
        &eased,
        &["since Wed 6 January, ", "Nothing to do."],
        &["something to do"],
    );
    // What the page said on that day, and its evidence, stay on that day.
    let link = act
        .split("href=\"")
        .find(|link| link.contains("/evidence/"))
        .unwrap();
    let link = link.split('"').next().unwrap();
    assert!(link.starts_with("/day/28/"), "{link}");
    says(
        "evidence",
        &get(&format!("{base}{link}")),
        &["Day 28 of 75", "What changed"],
        &[],
    );
    assert!(get(&format!("{base}/day/1/")).contains("Day after"));
    let address = base.strip_prefix("http://").unwrap();
    let goes = |to: &str| {
        let asked =
            format!("GET /day?to={to} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
        let answer = super::asked_at(address.parse().unwrap(), asked.as_bytes());
        assert_eq!(answer.status, 303);
        answer.header("location").unwrap().to_owned()
    };
    assert_eq!(goes("28"), format!("/day/28{path}"));
    for odd in ["75", "76", "0", "-1", "x"] {
        assert_eq!(goes(odd), path, "{odd}");
    }
}

#[test]
fn a_real_watch_has_no_days_to_go_through() {
    let site = TestSite::salt_roads();
    for path in ["/day?to=3", "/day/3/"] {
        assert_eq!(site.get(path).status, 404, "{path}");
    }
    assert!(!site.get("/").body.contains("Day before"));
}

/// A book that was just added on a machine without a network.
fn offline() -> House {
    let stores = ["amazon.com", "bookshop.org"]
        .map(|store| format!("[[store]]\nname = \"{store}\"\nbase = \"http://127.0.0.1:1\"\n"));
    let house = House::new(&configuration(&format!(
        "[data]\nfolder = \"data\"\n{}[[edition]]\ntitle = \"Salt Roads\"\nisbn = \"{ISBN}\"\n\
         publication_date = 2027-02-09\nstores = [\"amazon.com\", \"bookshop.org\"]\n",
        stores.concat()
    )));
    house.run(&["check"]);
    house
}

#[test]
fn what_no_store_has_shown_is_grey_and_says_so() {
    let house = offline();
    let absent = ["All as expected", "Nothing needs you", "as expected"];
    says(
        "status",
        &house.said(&["status"], 0),
        &[
            "? Not seen since",
            "not seen yet, tried since",
            "no page is seen",
        ],
        &absent,
    );
    let site = TestSite::of(house.path());
    let overview = site.get("/").body;
    says(
        "overview",
        &overview,
        &["Nothing has been seen yet.", "not seen yet, tried since"],
        &absent,
    );
    let edition = site.get(&format!("/editions/{ISBN}")).body;
    says(
        "edition",
        &edition,
        &[
            "Not seen yet: no store could be read since",
            "look yourself",
            "Worth a look, and waiting is right",
            "Acting is right",
        ],
        &absent,
    );
    assert!(edition.contains("class=\"box unseen\""), "{edition}");
    assert!(house.letters().is_empty());
}

#[test]
#[ignore = "needs Chromium"]
fn the_three_mornings_are_drawn() {
    let folder = super::browser::pictures();
    let house = offline();
    let site = TestSite::of(house.path());
    let day = Demo::halted("2027-02-09T11:30");
    let after = Demo::halted("2027-02-10T14:00");
    let offline = format!("http://{}", site.address);
    let mut chromium = Chromium::start();
    for (size, width) in [
        (super::browser::WIDE, "wide"),
        (super::browser::NARROW, "phone"),
    ] {
        for (is_dark, colours) in [(false, "light"), (true, "dark")] {
            chromium.look(size, is_dark);
            for (name, base) in [
                ("day", &day.base),
                ("after", &after.base),
                ("offline", &offline),
            ] {
                for (page, path) in [
                    ("overview", "/".to_owned()),
                    ("edition", format!("/editions/{ISBN}")),
                ] {
                    let name = format!("morning-{name}-{page}-{width}-{colours}");
                    chromium.open(&format!("{base}{path}"));
                    super::browser::fits(&mut chromium, &name);
                    chromium.picture(&folder.join(format!("{name}.png")), false);
                }
            }
        }
    }
}
