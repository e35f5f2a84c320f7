//! The links in letters: opening one changes nothing, its button says one thing, once, and whoever
//! has it can do nothing else.

use jiff::{SignedDuration, Timestamp};
use pubwatch::alerts::AlertKey;
use pubwatch::book::{Availability, Note, NoteKind, StoreId};
use pubwatch::db::{Db, DbError};
use pubwatch::history::sqlite::notes;
use pubwatch::judge::Cause;
use pubwatch::mail::answers::{Answer, GOOD_FOR, Link};
use pubwatch::mail::sqlite::{Show, answer_key, entries};
use pubwatch::web::passes::{hash, sqlite};
use pubwatch::web::security::hash_password;
use rusqlite::types::Value;

use super::{Answered, ISBN, SALT_ROADS, TestSite, at, configuration, now, says};
use crate::support::House;

const SITE: &str = "https://books.example.com/watch";

/// "Salt Roads", which Amazon does not sell since twelve days; the author has a letter of it, and
/// the page an address and a password.
pub(super) struct Told {
    pub(super) site: TestSite,
    letter: String,
}

impl Told {
    pub(super) fn new() -> Self {
        let password = hash_password("correct horse", &[7; 16]).unwrap();
        let site = TestSite::new(&configuration(&format!(
            "[web]\naddress = \"{SITE}\"\npassword_hash = \"{password}\"\n{}\nimprint = \"Saltmarsh\"\n",
            SALT_ROADS.trim_end()
        )));
        for look in 0..108 {
            let moment = at("2026-12-29T13:00:00Z") + SignedDuration::from_hours(6 * look);
            let amazon = match look {
                0..60 => says(Availability::PreOrder, "Pre-order now"),
                _ => says(Availability::OutOfStock, "Currently unavailable."),
            };
            site.see(ISBN, "amazon.com", moment, amazon);
            for store in ["barnesandnoble.com", "bookshop.org"] {
                site.see(
                    ISBN,
                    store,
                    moment,
                    says(Availability::PreOrder, "Pre-order"),
                );
            }
        }
        site.judge();
        let letters = site
            .db
            .read(|connection| entries(connection, Show::All))
            .unwrap();
        let [entry] = &letters[..] else {
            panic!("{} letters", letters.len());
        };
        let letter = entry.letter.text.clone();
        Self { site, letter }
    }

    /// The path of the letter's link for an answer, as a browser asks for it.
    pub(super) fn path(&self, answer: Answer) -> String {
        let begin = format!("{SITE}/answer/{ISBN}/{}/", answer.name());
        let mut words = self.letter.split_whitespace();
        let link = words.find(|word| word.starts_with(&begin));
        let link = link.unwrap_or_else(|| panic!("{answer:?}\n{}", self.letter));
        link.strip_prefix("https://books.example.com")
            .unwrap()
            .to_owned()
    }

    /// The link of a letter that was written then.
    pub(super) fn path_of(&self, alert: &AlertKey, answer: Answer, written: Timestamp) -> String {
        let key = self.site.db.read(answer_key).unwrap().unwrap();
        format!("/watch{}", Link::new(&key, alert, answer, written).path())
    }

    /// Every row of every table.
    fn rows(&self) -> Vec<(String, Vec<Value>)> {
        let all = self.site.db.read(|connection| {
            let mut tables = connection
                .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")?;
            let tables: Vec<String> = tables
                .query_map([], |row| row.get(0))?
                .collect::<Result<_, _>>()?;
            let mut all = Vec::new();
            for table in tables {
                let mut rows =
                    connection.prepare(&format!("SELECT * FROM {table} ORDER BY 1, 2"))?;
                let columns = rows.column_count();
                let mut rows = rows.query([])?;
                while let Some(row) = rows.next()? {
                    let values = (0..columns).map(|index| row.get::<_, Value>(index));
                    all.push((table.clone(), values.collect::<Result<_, _>>()?));
                }
            }
            Ok::<_, DbError>(all)
        });
        all.unwrap()
    }

    fn notes(&self) -> Vec<Note> {
        let edition = ISBN.parse().unwrap();
        self.site
            .db
            .read(|connection| notes(connection, &edition))
            .unwrap()
    }

    /// It is refused, in a page that says so, and nothing has changed.
    #[track_caller]
    fn check_refused(&self, path: &str, status: u16, words: &str) {
        let before = self.rows();
        for answered in [self.site.get(path), self.site.post(path, "")] {
            assert_eq!(answered.status, status, "{path}: {}", answered.body);
            assert!(answered.body.contains(words), "{path}: {}", answered.body);
            assert!(answered.body.contains("<main class=\"login\">"), "{path}");
            assert!(!answered.body.contains("<form"), "{path}");
        }
        assert_eq!(self.rows(), before, "{path}");
    }
}

pub(super) fn amazon_is_off() -> AlertKey {
    AlertKey {
        cause: Cause::Unavailable,
        edition: ISBN.parse().unwrap(),
        stores: vec![StoreId::new("amazon.com")],
    }
}

#[test]
fn opening_a_link_shows_one_button_and_changes_nothing() {
    let told = Told::new();
    let before = told.rows();
    for answer in [Answer::AskedIngramspark, Answer::Expected, Answer::Later] {
        let path = told.path(answer);
        let page = told.site.get(&path);
        assert_eq!(page.status, 200, "{}", page.body);
        for words in [
            "Salt Roads, paperback: Amazon shows",
            &answer.words("IngramSpark"),
        ] {
            assert!(page.body.contains(words), "{words}\n{}", page.body);
        }
        assert_eq!(page.body.matches("<button").count(), 1, "{}", page.body);
        assert!(
            page.body.contains("<form method=\"post\">"),
            "{}",
            page.body
        );
        assert_eq!(page.header("x-robots-tag"), Some("noindex, nofollow"));
        assert_eq!(page.header("cache-control"), Some("no-store"));
        assert_eq!(told.site.ask("HEAD", &path, &[], "").status, 200);
    }
    assert_eq!(told.rows(), before);
}

#[test]
fn the_button_says_it_once_for_the_store_of_the_alert() {
    #[track_caller]
    fn check(answer: Answer, kind: &NoteKind) {
        let told = Told::new();
        let path = told.path(answer);
        let done = told.site.post(&path, "");
        assert_eq!(
            (done.status, done.header("location")),
            (303, Some(path.as_str()))
        );
        let [note] = &told.notes()[..] else {
            panic!("{:?}", told.notes());
        };
        assert_eq!((&note.kind, note.at), (kind, now()));
        assert_eq!(note.store, Some(StoreId::new("amazon.com")));
        let after = told.rows();
        for again in [told.site.get(&path), told.site.post(&path, "")] {
            assert_eq!(again.status, 200);
            assert!(
                again.body.contains("This link is used up"),
                "{}",
                again.body
            );
            assert!(!again.body.contains("<button"), "{}", again.body);
        }
        assert_eq!(told.rows(), after);
    }
    check(Answer::AskedIngramspark, &NoteKind::AskedIngramSpark);
    check(Answer::Expected, &NoteKind::Expected);
    let later = NoteKind::Muted {
        until: "2027-01-28".parse().unwrap(),
        cause: Some("unavailable".to_owned()),
    };
    check(Answer::Later, &later);
}

#[test]
fn a_link_that_was_changed_is_no_link() {
    let told = Told::new();
    let path = told.path(Answer::Expected);
    let (start, tag) = path.rsplit_once('/').unwrap();
    let other = if tag.starts_with('A') { "B" } else { "A" };
    let wrong = "There is no such link";
    for path in [
        format!("{start}/{other}{}", &tag[1..]),
        format!("{start}/{}", &tag[..20]),
        format!("{start}/%00"),
        path.replace("/expected/", "/later/"),
        path.replace("/expected/", "/resumed/"),
        path.replace(
            &now().as_second().to_string(),
            &(now().as_second() + 1).to_string(),
        ),
        path.replace(&now().as_second().to_string(), "99999999999999999999"),
        path.replace(ISBN, "9781944021597"),
        told.path_of(
            &AlertKey {
                stores: vec![StoreId::new("bookshop.org")],
                ..amazon_is_off()
            },
            Answer::Expected,
            now(),
        ),
        told.path_of(
            &amazon_is_off(),
            Answer::Expected,
            now() - SignedDuration::from_secs(1),
        ),
    ] {
        told.check_refused(&path, 404, wrong);
    }
    assert_eq!(told.site.get(&path).status, 200);
}

#[test]
fn an_answer_from_another_site_or_to_another_name_is_refused() {
    let told = Told::new();
    let path = told.path(Answer::Expected);
    let before = told.rows();
    let nothing: &[(&str, &str)] = &[];
    for (from, status) in [
        (nothing, 403),
        (&[("Origin", "https://evil.example.net")], 403),
        (&[("Origin", "null")], 403),
        (&[("Sec-Fetch-Site", "cross-site")], 403),
        (
            &[
                ("Host", "evil.example.net"),
                ("Origin", "https://evil.example.net"),
            ],
            421,
        ),
    ] {
        assert_eq!(
            told.site.ask("POST", &path, from, "").status,
            status,
            "{from:?}"
        );
    }
    assert_eq!(told.rows(), before);
    let from = [
        ("Host", "books.example.com"),
        ("Origin", "https://books.example.com"),
        ("Sec-Fetch-Site", "same-origin"),
    ];
    assert_eq!(told.site.ask("POST", &path, &from, "").status, 303);
}

#[test]
fn a_link_is_good_for_sixty_days() {
    let told = Told::new();
    let opened = "UPDATE alert SET opened = opened - 6000000000";
    told.site.db.write(|tx| tx.execute(opened, [])).unwrap();
    let path = |before| told.path_of(&amazon_is_off(), Answer::Expected, now() - before);
    let second = SignedDuration::from_secs(1);
    told.check_refused(&path(GOOD_FOR + second), 410, "This link is too old");
    assert_eq!(told.site.post(&path(GOOD_FOR), "").status, 303);
}

#[test]
fn what_is_over_is_not_answered() {
    let told = Told::new();
    let path = told.path(Answer::Expected);
    let over = format!("UPDATE alert SET over = {}", now().as_millisecond());
    told.site.db.write(|tx| tx.execute(&over, [])).unwrap();
    told.check_refused(&path, 410, "It is over");
}

#[test]
fn who_has_a_link_has_that_answer_and_nothing_else() {
    let told = Told::new();
    let path = told.path(Answer::Expected);
    let closed = |answered: &Answered| answered.header("location") == Some("/watch/login");
    for path in [
        "/watch/",
        "/watch/settings",
        &format!("/watch/editions/{ISBN}"),
    ] {
        assert!(closed(&told.site.get(path)), "{path}");
    }
    let note = format!("/watch/editions/{ISBN}/note");
    assert!(closed(&told.site.post(&note, "kind=expected")));
    let page = told.site.get(&path).body;
    let (_, sheet) = page.split_once("stylesheet\" href=\"").unwrap();
    let sheet = sheet.split('"').next().unwrap();
    assert_eq!(told.site.get(sheet).status, 200);
}

#[test]
fn a_client_with_a_link_to_look_finds_no_answer() {
    const SECRET: &str = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
    let told = Told::new();
    let give = told
        .site
        .db
        .write(|tx| sqlite::add(tx, (Some("Saltmarsh"), &hash(SECRET)), now()));
    give.unwrap();
    let shared = format!("/watch/share/{SECRET}");
    for path in [format!("{shared}/"), format!("{shared}/editions/{ISBN}")] {
        let page = told.site.get(&path);
        assert_eq!(page.status, 200, "{path}");
        assert!(!page.body.contains("/answer/"), "{path}");
    }
    let path = told
        .path(Answer::Expected)
        .replace("/watch/answer", &format!("{shared}/answer"));
    let before = told.rows();
    assert_eq!(told.site.get(&path).status, 404);
    assert_eq!(told.site.post(&path, "").status, 405);
    assert_eq!(told.rows(), before);
}

#[test]
fn the_key_that_signs_answers_is_in_no_export() {
    let house = House::new(&configuration(&format!(
        "[data]\nfolder = \"data\"\n{SALT_ROADS}"
    )));
    house.said(&["note", ISBN, "revision-started"], 0);
    let db = Db::open(&house.path().join("data/pubwatch.db")).unwrap();
    let key = db.read(|connection| {
        let key = "SELECT lower(hex(key)) FROM answer_key";
        Ok::<String, DbError>(connection.query_row(key, [], |row| row.get(0))?)
    });
    let key = key.unwrap();
    assert_eq!(key.len(), 64);
    let all = house.said(&["export", "--all"], 0);
    assert!(all.contains("\"note\""), "{all}");
    assert!(!all.contains(&key) && !all.contains("answer_key"), "{all}");
}
