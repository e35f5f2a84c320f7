//! A client who was given a link sees his editions, and nothing else.

use pubwatch::book::Availability;
use pubwatch::db::DbError;
use pubwatch::page::{Reading, UnreadReason};
use pubwatch::web::passes::{hash, sqlite};
use pubwatch::web::security::hash_password;

use super::{ISBN, SALT_ROADS, TestSite, configuration, now, says};
use crate::support::House;

const SECRET: &str = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
const OTHERS: &str = "9781944021597";

/// The same, with the secret of the link.
pub(super) fn of_one_client() -> (TestSite, &'static str) {
    (shared().0, SECRET)
}

/// Two imprints behind a password, and a link for one of them.
fn shared() -> (TestSite, i64) {
    let password = hash_password("correct horse", &[7; 16]).unwrap();
    let site = TestSite::new(&configuration(&format!(
        "[web]\npassword_hash = \"{password}\"\n{}\nimprint = \"Saltmarsh\"\n\
         [[edition]]\ntitle = \"The Orchard Ledger\"\nisbn = \"{OTHERS}\"\n\
         publication_date = 2027-06-15\nimprint = \"Hillside\"\n\
         stores = [\"amazon.com\", \"amazon.co.uk\"]\n",
        SALT_ROADS.trim_end()
    )));
    site.live_through_a_launch(ISBN);
    let wall = Reading::unread(UnreadReason::Blocked, "refusal/challenge", "Just a moment…");
    site.see(OTHERS, "amazon.co.uk", now(), wall);
    let state = Availability::OutOfStock;
    site.see(
        OTHERS,
        "amazon.com",
        now(),
        says(state, "Currently unavailable"),
    );
    let number = site
        .db
        .write(|tx| Ok::<_, DbError>(sqlite::add(tx, (Some("Saltmarsh"), &hash(SECRET)), now())?))
        .unwrap();
    (site, number)
}

#[test]
fn a_link_shows_the_editions_of_its_client_and_no_others() {
    let (site, _) = shared();
    let base = format!("/share/{SECRET}");
    let page = site.get(&format!("{base}/"));
    assert_eq!(page.status, 200, "{}", page.body);
    assert!(page.body.contains("Salt Roads"), "{}", page.body);
    assert!(
        page.body
            .contains(&format!("href=\"{base}/editions/{ISBN}\""))
    );
    for absent in [
        "Orchard",
        "co.uk",
        OTHERS,
        "Settings",
        "Log out",
        "feed.atom",
        "<form method",
    ] {
        assert!(!page.body.contains(absent), "{absent}\n{}", page.body);
    }
    assert_eq!(page.header("x-robots-tag"), Some("noindex, nofollow"));
    let (_, sheet) = page.body.split_once("stylesheet\" href=\"").unwrap();
    let sheet = sheet.split('"').next().unwrap();
    assert!(sheet.starts_with(&base), "{sheet}");
    assert_eq!(site.get(sheet).status, 200);
    let edition = site.get(&format!("{base}/editions/{ISBN}"));
    assert_eq!(edition.status, 200);
    assert!(edition.body.contains("Currently unavailable"));
    assert!(!edition.body.contains("co.uk"), "{}", edition.body);
    assert!(
        page.body.contains("cannot see Bookshop.org"),
        "{}",
        page.body
    );
    assert!(!edition.body.contains("<form"), "{}", edition.body);
}

#[test]
fn a_link_opens_no_other_door() {
    let (site, _) = shared();
    let base = format!("/share/{SECRET}");
    for path in [
        format!("{base}/editions/{OTHERS}"),
        format!("{base}/alerts"),
        format!("{base}/letters"),
        format!("{base}/settings"),
        format!("{base}/metrics"),
        format!("{base}/feed.atom"),
        format!("{base}/api/v1/editions"),
        format!("{base}/editions/{ISBN}/report.html"),
        format!("{base}/editions/{ISBN}/note"),
        format!("{base}/../settings"),
        format!("{base}/share/{SECRET}/"),
        "/share/".to_owned(),
        format!("/share/{}/", &SECRET[..63]),
        format!("/share/{}/", hash(SECRET)),
    ] {
        assert_eq!(site.get(&path).status, 404, "{path}");
    }
    for path in [format!("{base}/"), format!("{base}/editions/{ISBN}/note")] {
        assert_eq!(site.post(&path, "kind=revision_done").status, 405, "{path}");
    }
    // The link is no session: everything else still asks for the password.
    assert_eq!(site.get("/").status, 303);
    assert_eq!(site.get("/api/v1/editions").status, 401);
}

#[test]
fn a_link_that_was_withdrawn_is_dead_and_its_secret_was_never_kept() {
    let (site, number) = shared();
    let path = format!("/share/{SECRET}/");
    assert_eq!(site.get(&path).status, 200);
    let kept: String = site
        .db
        .read(|connection| {
            Ok::<_, DbError>(connection.query_row("SELECT hash FROM pass", [], |row| row.get(0))?)
        })
        .unwrap();
    assert_ne!(kept, SECRET);
    let withdraw = || {
        site.db
            .write(|tx| Ok::<_, DbError>(sqlite::withdraw(tx, number, now())?))
            .unwrap()
    };
    assert!(withdraw());
    assert_eq!(site.get(&path).status, 404);
    assert!(!withdraw());
}

/// One imprint, without a password.
pub(super) fn open() -> TestSite {
    let site = TestSite::new(&configuration(&format!(
        "{}\nimprint = \"Saltmarsh\"\n",
        SALT_ROADS.trim_end()
    )));
    site.live_through_a_launch(ISBN);
    site
}

#[test]
fn the_settings_give_a_link_list_it_and_withdraw_it() {
    let site = open();
    let page = site.get("/settings");
    assert!(!page.body.contains("Withdraw"), "{}", page.body);
    let given = site.post("/settings/share", "client=Saltmarsh");
    assert_eq!(given.status, 200, "{}", given.body);
    assert_eq!(given.header("cache-control"), Some("no-store"));
    let base = format!("http://{}", site.address);
    let (_, rest) = given.body.split_once(&format!("{base}/share/")).unwrap();
    let link = format!("/share/{}", rest.split('<').next().unwrap());
    assert_eq!(site.get(&link).status, 200);
    let page = site.get("/settings");
    assert_eq!(
        page.body.matches("Withdraw link").count(),
        1,
        "{}",
        page.body
    );
    assert!(!page.body.contains(&link), "{}", page.body);
    assert_eq!(site.post("/settings/withdraw", "number=1").status, 303);
    assert_eq!(site.get(&link).status, 404);
    let page = site.get("/settings");
    assert!(page.body.contains("withdrawn 12:30 EST"), "{}", page.body);
    assert_eq!(site.post("/settings/withdraw", "number=1").status, 409);
}

#[test]
fn a_link_is_given_only_to_a_client_and_only_by_the_page_itself() {
    let site = open();
    assert_eq!(site.post("/settings/share", "client=Pepper").status, 400);
    let nowhere: &[(&str, &str)] = &[];
    for from in [nowhere, &[("Origin", "https://elsewhere.example")]] {
        let refused = site.ask("POST", "/settings/share", from, "client=Saltmarsh");
        assert_eq!(refused.status, 403, "{from:?}");
    }
    let kept = site.db.read(sqlite::all).unwrap();
    assert_eq!(kept, []);
    let nobody = TestSite::salt_roads().get("/settings").body;
    assert!(
        nobody.contains("No edition names an <code>imprint</code>"),
        "{nobody}"
    );
    assert!(!nobody.contains("Give a link"), "{nobody}");
}

#[test]
fn a_clients_page_of_an_edition_leads_back_and_a_report_to_nowhere() {
    let (site, _) = shared();
    let back = format!("<a href=\"/share/{SECRET}/\">← All editions</a>");
    let page = site.get(&format!("/share/{SECRET}/editions/{ISBN}")).body;
    assert!(page.contains(&back), "{page}");
    let report = TestSite::salt_roads()
        .get(&format!("/editions/{ISBN}/report.html"))
        .body;
    assert!(!report.contains("All editions"), "{report}");
}

#[test]
fn the_command_gives_a_link_shows_it_and_withdraws_it() {
    let house = House::new(&configuration(&format!(
        "[data]\nfolder = \"data\"\n{}\nimprint = \"Saltmarsh\"\n",
        SALT_ROADS.trim_end()
    )));
    let given = house.said(&["share", "saltmarsh"], 0);
    let link = given.lines().next().unwrap();
    let secret = link.trim_end_matches('/').rsplit('/').next().unwrap();
    assert_eq!(secret.len(), 64, "{given}");
    let shown = house.said(&["share"], 0);
    assert!(
        shown.contains("Saltmarsh") && !shown.contains(secret),
        "{shown}"
    );
    house.said(&["share", "--withdraw", "1"], 0);
    let pepper = house.run(&["share", "pepper"]);
    assert!(!pepper.status.success());
    let said = String::from_utf8(pepper.stderr).unwrap();
    assert!(said.contains("there are Saltmarsh"), "{said}");
}
