//! The settings that have sections: letters and stores; and what is not lost when two change the same.

use std::path::{Path, PathBuf};

use pubwatch::config::Plan;
use pubwatch::config::telling::Least;
use scraper::{ElementRef, Html, Selector};

use super::{ISBN, SALT_ROADS, TestSite, configuration, now};

const SECOND: &str = r#"
[[edition]]
title = "The Lamplighter"
isbn = "9780132350884"
publication_date = 2027-05-01
stores = ["amazon.com"]
"#;

pub(super) fn read(file: &Path) -> String {
    std::fs::read_to_string(file).unwrap()
}

/// What `config check` makes of the file.
pub(super) fn plan(file: &Path) -> Plan {
    let today = now().to_zoned(jiff::tz::TimeZone::UTC).date();
    let loaded = pubwatch::setup::loading::load(Some(file), today);
    loaded.unwrap().plan
}

/// The site of an author with two books, a comment and whatever else is given.
pub(super) fn two_books(more: &str) -> (TestSite, PathBuf) {
    let text = format!("# Mine, and to stay.\n{more}{SALT_ROADS}{SECOND}");
    TestSite::of_file(&configuration(&text))
}

/// A form of a page as a browser would send it: the one whose field `section` says so.
pub(crate) fn form(page: &str, section: &str) -> Vec<(String, String)> {
    let page = Html::parse_document(page);
    let select = |selector: &str| Selector::parse(selector).unwrap();
    let of = |form: &ElementRef<'_>| {
        let fields = select("input, select");
        let fields = form.select(&fields).filter_map(|field| {
            let name = field.attr("name")?.to_owned();
            if field.value().name() == "select" {
                let options: Vec<_> = field.select(&select("option")).collect();
                let chosen = options.iter().find(|one| one.attr("selected").is_some());
                let chosen = chosen.or(options.first())?;
                return Some((name, chosen.attr("value")?.to_owned()));
            }
            Some((name, field.attr("value").unwrap_or_default().to_owned()))
        });
        fields.collect::<Vec<_>>()
    };
    let forms = select("form");
    let forms: Vec<_> = page.select(&forms).map(|form| of(&form)).collect();
    let is_it = |fields: &&Vec<(String, String)>| {
        fields.contains(&("section".to_owned(), section.to_owned()))
    };
    let found = forms.iter().find(is_it);
    found
        .unwrap_or_else(|| panic!("no {section}: {forms:?}"))
        .clone()
}

/// The same with other values, as it is sent.
pub(crate) fn with(mut fields: Vec<(String, String)>, values: &[(&str, &str)]) -> String {
    for (name, value) in values {
        fields.retain(|(other, _)| other != name);
        fields.push(((*name).to_owned(), (*value).to_owned()));
    }
    let mut body = url::form_urlencoded::Serializer::new(String::new());
    body.extend_pairs(fields);
    body.finish()
}

/// Saves a section of a page, as it stands there, with other values in some fields.
#[track_caller]
pub(super) fn save(site: &TestSite, path: &str, section: &str, values: &[(&str, &str)]) -> String {
    let page = site.get(path).body;
    let bare = path.split('?').next().unwrap();
    let saved = site.post(bare, &with(form(&page, section), values));
    assert_eq!(saved.status, 303, "{}", saved.body);
    let there = format!("{path}#content");
    assert_eq!(saved.header("location"), Some(there.as_str()));
    site.get(path).body
}

/// The same, where it is refused with these words.
#[track_caller]
pub(super) fn refused(
    site: &TestSite,
    path: &str,
    section: &str,
    values: &[(&str, &str)],
    words: &str,
) {
    let page = site.get(path).body;
    let bare = path.split('?').next().unwrap();
    let refused = site.post(bare, &with(form(&page, section), values));
    assert_eq!(refused.status, 422, "{}", refused.body);
    assert!(refused.body.contains(words), "{words}: {}", refused.body);
}

#[test]
fn the_digest_gets_a_day_and_a_time_and_comments_stay() {
    let schedule = "[schedule] # mine\ndigest = \"30 7 * * TUE\" # early\n";
    let (site, file) = two_books(schedule);
    let before = read(&file);
    let page = save(
        &site,
        "/settings/letters",
        "digest",
        &[("day", "FRI"), ("time", "18:05"), ("digest_when", "always")],
    );
    assert!(page.contains("Saved: Digest."), "{page}");
    assert!(page.contains("value=\"18:05\""), "{page}");
    let expected = before.replace(
        "\"30 7 * * TUE\" # early\n",
        "\"5 18 * * FRI\" # early\ndigest_when = \"always\"\n",
    );
    assert_eq!(read(&file), expected);
    refused(
        &site,
        "/settings/letters",
        "digest",
        &[("time", "at noon")],
        "Write hours and minutes",
    );
    assert_eq!(read(&file), expected);
}

#[test]
fn a_digest_that_the_form_cannot_say_is_left_as_the_file_has_it() {
    let (site, file) = two_books("[schedule]\ndigest = \"0 8 1 * *\"\n");
    let page = save(
        &site,
        "/settings/letters",
        "digest",
        &[("digest_when", "always")],
    );
    assert!(page.contains("as the file has it: 0 8 1 * *"), "{page}");
    assert!(read(&file).contains("digest = \"0 8 1 * *\"\ndigest_when"));
}

#[test]
fn a_recipient_of_all_books_is_added_changed_and_removed_wherever_he_is() {
    let (site, file) = two_books("");
    let before = read(&file);
    let path = "/settings/letters";
    save(
        &site,
        path,
        "to",
        &[
            ("to", "pat@example.com"),
            ("name", "Pat"),
            ("severity", "act"),
        ],
    );
    let of = |file: &Path| {
        let plan = plan(file);
        let all = plan.editions.iter().map(|one| {
            let all = plan.recipients(one);
            all.into_iter()
                .map(|one| (one.address, one.least))
                .collect::<Vec<_>>()
        });
        all.collect::<Vec<_>>()
    };
    let jane = ("jane@example.com".to_owned(), Least::Good);
    let both = vec![jane.clone(), ("pat@example.com".to_owned(), Least::Act)];
    assert_eq!(of(&file), [both.clone(), both.clone()]);
    refused(&site, path, "to", &[("to", "PAT@example.com")], "already");
    refused(&site, path, "to", &[("to", "pat")], "is no email address");
    refused(&site, path, "to", &[("to", "")], "This is needed.");
    // Of one book only something else.
    let one = format!("{path}?about={ISBN}");
    save(&site, &one, "to pat@example.com", &[("severity", "watch")]);
    let watch = vec![jane.clone(), ("pat@example.com".to_owned(), Least::Watch)];
    assert_eq!(of(&file), [watch, both]);
    save(&site, &one, "to jane@example.com", &[("wish", "remove")]);
    let page = site.get(path).body;
    assert!(page.contains("Of 1 out of 2."), "{page}");
    save(&site, path, "to pat@example.com", &[("wish", "remove")]);
    assert_eq!(of(&file), [vec![jane.clone()], vec![jane]]);
    assert_eq!(read(&file), before, "nothing is left of it");
}

#[test]
fn recipients_of_a_client_stand_at_the_client() {
    let client = "[[client]]\nname = \"Saltmarsh Press\" # theirs\n";
    let (site, file) = two_books(client);
    let text = read(&file).replacen("stores =", "imprint = \"Saltmarsh Press\"\nstores =", 1);
    std::fs::write(&file, &text).unwrap();
    save(
        &site,
        "/settings/letters?about=client+Saltmarsh+Press",
        "to",
        &[("to", "office@example.com")],
    );
    let plan = plan(&file);
    let count = |number: usize| plan.recipients(&plan.editions[number]).len();
    assert_eq!((count(0), count(1)), (2, 1));
    assert!(
        read(&file).contains("# theirs\nnotify = ["),
        "{}",
        read(&file)
    );
    let unknown = site.get("/settings/letters?about=client+Nobody");
    assert_eq!(unknown.status, 404);
}

#[test]
fn a_store_gets_its_ways_and_its_pause_within_the_bounds() {
    let store = "[[store]]\nname = \"amazon.com\" # mine\nlabel = \"The river\"\n";
    let (site, file) = two_books(store);
    let path = "/settings/stores";
    let river = "store amazon.com";
    let page = save(
        &site,
        path,
        river,
        &[("way1", "http"), ("way2", "by-hand"), ("pause", "20s")],
    );
    assert!(
        page.contains("data mining, robots"),
        "its terms are told: {page}"
    );
    let text = read(&file);
    assert!(text.contains("source = [\"http\", \"by-hand\"]"), "{text}");
    assert!(
        text.contains("pause = \"20s\"") && text.contains("# mine"),
        "{text}"
    );
    refused(&site, path, river, &[("pause", "0.5s")], "is less than 1s");
    refused(
        &site,
        path,
        river,
        &[("way2", "http")],
        "This way is there twice.",
    );
    refused(
        &site,
        path,
        river,
        &[("way1", "command")],
        "needs a program",
    );
    assert_eq!(read(&file), text);
    save(&site, path, river, &[("way2", ""), ("pause", "")]);
    assert_eq!(
        read(&file),
        text.replace("pause = \"20s\"\n", "")
            .replace("source = [\"http\", \"by-hand\"]\n", "")
    );
    // A store that the file says nothing of yet.
    save(&site, path, "store bookshop.org", &[("way1", "by-hand")]);
    assert!(read(&file).ends_with("[[store]]\nname = \"bookshop.org\"\nsource = [\"by-hand\"]\n"));
}

#[test]
fn politeness_is_set_within_its_bounds_which_are_shown() {
    let (site, file) = two_books("");
    let path = "/settings/stores";
    let page = site.get(path).body;
    for bound in [
        "From 1s to 1h.",
        "From 1 to 8640.",
        "From 1 to 48.",
        "At least 1m",
        "At most 24h",
    ] {
        assert!(page.contains(bound), "{bound}: {page}");
    }
    for (field, value, words) in [
        ("pause", "0s", "This is less than 1s; the stores are other"),
        ("pause", "2h", "is more than 1h"),
        ("requests_per_day", "9000", "8640"),
        ("looks_per_day", "many", "from 1 to 48."),
        ("contact", "nobody", "is no email address"),
    ] {
        refused(&site, path, "politeness", &[(field, value)], words);
        let page = site.post(
            path,
            &with(form(&site.get(path).body, "politeness"), &[(field, value)]),
        );
        assert!(
            page.body.contains(&format!("value=\"{value}\"")),
            "{field} is kept"
        );
        assert!(
            page.body.contains("aria-invalid=\"true\""),
            "{field}: {}",
            page.body
        );
    }
    let before = read(&file);
    save(
        &site,
        path,
        "politeness",
        &[("pause", "30s"), ("requests_per_day", "100")],
    );
    let manners = plan(&file).manners;
    assert_eq!(
        (manners.pause.as_secs(), manners.requests_per_day),
        (30, 100)
    );
    let page = save(
        &site,
        path,
        "politeness",
        &[("pause", ""), ("requests_per_day", "")],
    );
    assert_eq!(plan(&file).manners.pause.as_secs(), 10);
    assert!(page.contains("Saved: Politeness."), "{page}");
    assert!(read(&file).starts_with(&before), "{}", read(&file));
}

#[test]
fn books_are_watched_at_another_store_and_at_one_no_more() {
    let (site, file) = two_books("");
    let path = "/settings/stores";
    save(&site, path, "another", &[("store", "waterstones.com")]);
    let at = |file: &Path, store: &str| {
        let plan = plan(file);
        let all = plan.editions.iter().map(|one| {
            one.listings
                .iter()
                .any(|listing| listing.store.as_str() == store)
        });
        all.collect::<Vec<_>>()
    };
    assert_eq!(at(&file, "waterstones.com"), [true, true]);
    save(&site, path, "store bookshop.org", &[("wish", "remove")]);
    assert_eq!(at(&file, "bookshop.org"), [false, false]);
    save(&site, path, "store waterstones.com", &[("wish", "remove")]);
    let last = [("wish", "remove")];
    refused(
        &site,
        path,
        "store amazon.com",
        &last,
        "The Lamplighter is watched nowhere else",
    );
    refused(
        &site,
        path,
        "another",
        &[("store", "example.com")],
        "no store that can be added",
    );
}

#[test]
fn a_book_without_an_isbn_keeps_no_other_from_being_watched_at_another_store() {
    let kindle = "[[edition]]\ntitle = \"Clean Water\"\nasin = \"B0EXAMPLE1\"\nformat = \"ebook\"\n\
                  distribution = \"kdp\"\npublication_date = 2027-05-04\nstores = [\"amazon.com\"]\n";
    let (site, file) = two_books(kindle);
    let store = [("store", "waterstones.com")];
    save(&site, "/settings/stores", "another", &store);
    let plan = plan(&file);
    let watched = plan.editions.iter().map(|one| {
        let mut listings = one.listings.iter();
        listings.any(|listing| listing.store.as_str() == "waterstones.com")
    });
    assert_eq!(watched.collect::<Vec<_>>(), [false, true, true]);
}

#[test]
fn what_was_changed_elsewhere_meanwhile_is_not_overwritten() {
    let (site, file) = two_books("[schedule]\ndigest = \"0 8 * * MON\"\n");
    let path = "/settings/letters";
    let first = site.get(path).body;
    // Another tab, and then the first one.
    save(&site, path, "digest", &[("day", "FRI")]);
    let text = read(&file);
    let late = with(form(&first, "digest"), &[("time", "10:10")]);
    let late = site.post(path, &late);
    assert_eq!(late.status, 422);
    assert!(
        late.body.contains("It was changed elsewhere"),
        "{}",
        late.body
    );
    assert!(
        late.body.contains("value=\"10:10\""),
        "what was typed is kept"
    );
    assert_eq!(read(&file), text);
    // Whoever has compared them saves again, with the day of the other tab or another one.
    let again = with(form(&late.body, "digest"), &[]);
    assert_eq!(site.post(path, &again).status, 303);
    assert!(read(&file).contains("\"10 10 * * MON\""), "{}", read(&file));
    std::fs::write(&file, &text).unwrap();
    // By hand, somewhere else in the file: both are kept.
    let by_hand = text.replace("# Mine, and to stay.", "# Mine, changed by hand.");
    std::fs::write(&file, &by_hand).unwrap();
    save(&site, path, "digest", &[("day", "SAT")]);
    assert_eq!(read(&file), by_hand.replace("FRI", "SAT"));
    // By hand, so that nothing can be told any more.
    std::fs::write(&file, "author = 3\n").unwrap();
    let broken = site.post(path, &with(form(&first, "digest"), &[]));
    assert_eq!(broken.status, 409, "{}", broken.body);
    assert_eq!(read(&file), "author = 3\n");
}

#[test]
fn of_forms_that_come_at_the_same_moment_none_is_lost_without_a_word() {
    let (site, file) = two_books("");
    let path = "/settings/letters";
    let page = site.get(path).body;
    let statuses: Vec<u16> = std::thread::scope(|scope| {
        let sent: Vec<_> = (0..8)
            .map(|number| {
                let (site, page) = (&site, &page);
                let to = format!("reader{number}@example.com");
                scope.spawn(move || {
                    let body = with(form(page, "to"), &[("to", &to)]);
                    site.post(path, &body).status
                })
            })
            .collect();
        sent.into_iter().map(|one| one.join().unwrap()).collect()
    });
    let taken = statuses.iter().filter(|status| **status == 303).count();
    let text = read(&file);
    let written = (0..8).filter(|number| text.contains(&format!("reader{number}@")));
    assert_eq!(written.count(), taken, "{statuses:?}: {text}");
    assert!(
        0 < taken && statuses.iter().all(|one| [303, 422].contains(one)),
        "{statuses:?}"
    );
}
