//! The settings that have sections: letters, stores, phones and webhooks, the page itself; and undoing
//! what was changed.

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use pubwatch::config::Plan;
use pubwatch::config::telling::Least;
use pubwatch::web::security::is_password;
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
fn plan(file: &Path) -> Plan {
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
fn save(site: &TestSite, path: &str, section: &str, values: &[(&str, &str)]) -> String {
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
fn refused(site: &TestSite, path: &str, section: &str, values: &[(&str, &str)], words: &str) {
    let page = site.get(path).body;
    let bare = path.split('?').next().unwrap();
    let refused = site.post(bare, &with(form(&page, section), values));
    assert_eq!(refused.status, 422, "{}", refused.body);
    assert!(refused.body.contains(words), "{words}: {}", refused.body);
}

/// Presses Undo on a page.
fn undo(site: &TestSite, page: &str) -> super::Answered {
    let (_, rest) = page.split_once("name=\"mark\" value=\"").unwrap();
    let mark = rest.split('"').next().unwrap();
    site.post("/undo", &format!("mark={mark}"))
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
fn a_phone_is_added_changed_and_removed_and_its_address_and_token_are_never_shown() {
    let (site, file) = two_books("");
    let before = read(&file);
    let path = "/settings/devices";
    let page = save(
        &site,
        path,
        "ntfy",
        &[
            ("name", "phone"),
            ("address", "https://ntfy.example.com/hushed-topic"),
            ("secret", "tk_hushed"),
            ("severity", "watch"),
        ],
    );
    assert!(page.contains("Send a test message to phone"), "{page}");
    let secret = file.with_file_name("ntfy-token");
    assert_eq!(read(&secret), "tk_hushed\n");
    let mode = std::fs::metadata(&secret).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let text = read(&file);
    assert!(text.contains("token_file = \"ntfy-token\""), "{text}");
    assert_eq!(plan(&file).hooks[0].least, Least::Watch);
    // Its new topic at the same server keeps the token, another server does not get it.
    let other = [("address", "https://elsewhere.example.com/topic")];
    refused(
        &site,
        path,
        "ntfy phone",
        &other,
        "Another server does not get",
    );
    let same = [("address", "https://ntfy.example.com/other-topic")];
    let page = save(&site, path, "ntfy phone", &same);
    for shown in [&page, &site.get("/settings").body] {
        assert!(
            !shown.contains("hushed") && !shown.contains("other-topic"),
            "{shown}"
        );
    }
    let page = save(&site, path, "ntfy phone", &[("wish", "remove")]);
    assert_eq!(read(&file), before);
    assert!(!secret.exists(), "its token is of no use");
    // What was taken out comes back whole, with its token.
    assert_eq!(undo(&site, &page).status, 303);
    assert_eq!(read(&secret), "tk_hushed\n");
    assert_eq!(plan(&file).hooks[0].name, "phone");
}

#[test]
fn a_phone_that_is_wrong_is_said_to_be_at_its_field_and_leaves_no_token_behind() {
    let (site, file) = two_books("");
    let before = read(&file);
    let path = "/settings/devices";
    let phone = [("name", "phone"), ("address", "https://ntfy.example.com/a")];
    save(&site, path, "ntfy", &phone);
    let text = read(&file);
    refused(
        &site,
        path,
        "ntfy",
        &[("name", "phone"), ("address", "https://a.example/b")],
        "already",
    );
    refused(
        &site,
        path,
        "ntfy",
        &[("name", "desk"), ("address", "https://a.example")],
        "topic",
    );
    // What is wrong is said at its field; what was typed stays there, but for the secret.
    let page = site.get(path).body;
    let typed = [
        ("name", "desk"),
        ("address", "htps//a"),
        ("secret", "a key"),
    ];
    let wrong = site.post(path, &with(form(&page, "webhook"), &typed)).body;
    assert!(wrong.contains("`htps//a` is no web address"), "{wrong}");
    assert!(
        wrong.contains("value=\"desk\"") && wrong.contains("value=\"htps//a\""),
        "{wrong}"
    );
    assert!(!wrong.contains("a key"), "{wrong}");
    assert!(
        !file.with_file_name("webhook-secret").exists(),
        "nothing is left of it"
    );
    assert_eq!(read(&file), text);
    save(&site, path, "ntfy phone", &[("wish", "remove")]);
    assert_eq!(read(&file), before);
}

#[test]
fn a_key_that_is_typed_again_takes_the_place_of_the_one_before_and_undo_brings_that_back() {
    let hook = "[[webhook]]\nname = \"desk\"\naddress = \"https://hooks.example.com/a\" # mine\n\
                secret_file = \"webhook-secret\"\n";
    let (site, file) = TestSite::of_file(&configuration(SALT_ROADS));
    let old = file.with_file_name("webhook-secret");
    std::fs::write(&old, "the old key\n").unwrap();
    std::fs::set_permissions(&old, std::fs::Permissions::from_mode(0o600)).unwrap();
    let before = configuration(&format!("{hook}{SALT_ROADS}"));
    std::fs::write(&file, &before).unwrap();
    let page = save(
        &site,
        "/settings/devices",
        "webhook desk",
        &[("secret", "the new key")],
    );
    let new = file.with_file_name("webhook-secret-2");
    assert_eq!(
        (read(&new).as_str(), old.exists()),
        ("the new key\n", false)
    );
    assert!(read(&file).contains("webhook-secret-2") && read(&file).contains("# mine"));
    assert_eq!(undo(&site, &page).status, 303);
    assert_eq!(
        (read(&old).as_str(), new.exists()),
        ("the old key\n", false)
    );
    assert_eq!(read(&file), before);
}

#[test]
fn the_password_of_the_page_is_changed_by_who_knows_the_old_one() {
    let path = "/settings/devices";
    let (site, file) = two_books("");
    let new = [
        ("password", "four words go badly"),
        ("again", "four words go badly"),
    ];
    refused(
        &site,
        path,
        "web",
        &[("password", "short")],
        "at least 10 characters",
    );
    refused(&site, path, "web", &[new[0]], "The two are not the same.");
    let public = [("address", "https://books.example.com")];
    refused(&site, path, "web", &public, "could see the page");
    save(&site, path, "web", &[new[0], new[1], public[0]]);
    let web = plan(&file).web;
    let hash = web.password_hash.as_ref().unwrap();
    assert!(is_password(new[0].1, hash.reveal()));
    assert_eq!(web.site(), Some("https://books.example.com"));
    assert!(!read(&file).contains("four words"));
    // Now there is one, and it is asked for.
    let other = [
        ("password", "another four words"),
        ("again", "another four words"),
    ];
    refused(&site, path, "web", &other, "This is not the password.");
    let before = read(&file);
    let guess = [other[0], other[1], ("old", "a wrong guess")];
    for _ in 0..9 {
        refused(&site, path, "web", &guess, "This is not the password.");
    }
    let right = [other[0], other[1], ("old", new[0].1)];
    refused(&site, path, "web", &right, "too many wrong passwords");
    assert_eq!(
        read(&file),
        before,
        "guesses are counted, and write nothing"
    );
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

/// The form of a book.
fn form_of(page: &str) -> Vec<(String, String)> {
    let whole = page.replace(
        "name=\"was\"",
        "name=\"section\" value=\"book\"><input type=\"hidden\" name=\"was\"",
    );
    form(&whole, "book")
}
