//! A client who was given a link sees his editions, and nothing else.

use pubwatch::db::DbError;
use pubwatch::web::security::hash_password;
use pubwatch::web::shares::{hash, sqlite};

use super::{ISBN, SALT_ROADS, TestSite, configuration, now};
use crate::support::House;

const SECRET: &str = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
const OTHERS: &str = "9781944021597";

/// Two imprints behind a password, and a link for one of them.
fn shared() -> (TestSite, i64) {
    let password = hash_password("correct horse", &[7; 16]).unwrap();
    let site = TestSite::new(&configuration(&format!(
        "[web]\npassword_hash = \"{password}\"\n{}\nimprint = \"Saltmarsh\"\n\
         [[edition]]\ntitle = \"The Orchard Ledger\"\nisbn = \"{OTHERS}\"\n\
         publication_date = 2027-06-15\nimprint = \"Hillside\"\nstores = [\"amazon.com\"]\n",
        SALT_ROADS.trim_end()
    )));
    site.live_through_a_launch(ISBN);
    site.alert(ISBN, "Amazon is unavailable");
    site.alert(OTHERS, "Amazon is unavailable there too");
    let number = site
        .db
        .write(|tx| Ok::<_, DbError>(sqlite::add(tx, "Saltmarsh", &hash(SECRET), now())?))
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
            Ok::<_, DbError>(connection.query_row("SELECT hash FROM share", [], |row| row.get(0))?)
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
