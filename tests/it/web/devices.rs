//! Phones, webhooks and the page itself, set on the page: addresses, tokens and passwords are written and
//! never shown.

use std::os::unix::fs::PermissionsExt as _;

use pubwatch::config::telling::Least;
use pubwatch::web::security::is_password;

use super::sections::{form, plan, read, refused, save, two_books, with};
use super::undone::undo;
use super::{SALT_ROADS, TestSite, configuration};

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
    // Its test goes out with whatever else stands in the form, and nobody is there to answer.
    let nowhere = [("address", "http://127.0.0.1:1/topic")];
    let page = save(&site, path, "ntfy phone", &nowhere);
    let pressed = [("way", "ntfy phone"), ("address", "https://a.example/b")];
    let tried = site.post("/settings/test", &with(form(&page, "ntfy phone"), &pressed));
    assert_eq!(tried.status, 200, "{}", tried.body);
    assert!(tried.body.contains("says wrong"), "{}", tried.body);
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
fn what_cannot_be_undone_for_the_database_leaves_configuration_and_keys_as_they_are() {
    let hook = "[[webhook]]\nname = \"desk\"\naddress = \"https://hooks.example.com/a\"\n\
                secret_file = \"webhook-secret\"\n";
    let (site, file) = TestSite::of_file(&configuration(SALT_ROADS));
    let old = file.with_file_name("webhook-secret");
    std::fs::write(&old, "the old key\n").unwrap();
    std::fs::set_permissions(&old, std::fs::Permissions::from_mode(0o600)).unwrap();
    std::fs::write(&file, configuration(&format!("{hook}{SALT_ROADS}"))).unwrap();
    let desk = ("/settings/devices", "webhook desk");
    let page = save(&site, desk.0, desk.1, &[("secret", "the new key")]);
    let after = read(&file);
    let new = file.with_file_name("webhook-secret-2");
    let rename = |from: &str, to: &str| {
        let sql = format!("ALTER TABLE {from} RENAME TO {to}");
        site.db
            .write(|database| database.execute_batch(&sql))
            .unwrap();
    };
    rename("note", "elsewhere");
    let failed = undo(&site, &page);
    assert_eq!(failed.status, 500, "{}", failed.body);
    assert_eq!(read(&file), after);
    assert_eq!(
        (read(&new).as_str(), old.exists()),
        ("the new key\n", false)
    );
    rename("elsewhere", "note");
    assert_eq!(undo(&site, &page).status, 303);
    assert_eq!(
        (read(&old).as_str(), new.exists()),
        ("the old key\n", false)
    );
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
