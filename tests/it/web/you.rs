//! Who the author is and how letters go out, changed on the page.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use super::browser::{WIDE, checker, drawn};
use super::chromium::Chromium;
use super::{SALT_ROADS, TestSite, configuration, now};

const MAIL: &str = "\n# How letters go.\n[mail]\nhost = \"mail.example.com\" # ours\nport = 587\n\
                    encryption = \"starttls\"\nusername = \"jane\"\npassword_file = \"smtp-password\"\n\
                    most_per_hour = 20\n";

/// The site of an author with a mail server, whose password lies beside the file.
fn with_mail() -> (TestSite, std::path::PathBuf) {
    let (site, file) = TestSite::of_file(&configuration(SALT_ROADS));
    let secret = file.with_file_name("smtp-password");
    std::fs::write(&secret, "the old one\n").unwrap();
    std::fs::set_permissions(&secret, std::fs::Permissions::from_mode(0o600)).unwrap();
    std::fs::write(&file, configuration(&format!("{MAIL}{SALT_ROADS}"))).unwrap();
    (site, file)
}

fn read(file: &Path) -> String {
    std::fs::read_to_string(file).unwrap()
}

/// What `config check` makes of the file.
fn plan(file: &Path) -> pubwatch::config::Plan {
    let today = now().to_zoned(jiff::tz::TimeZone::UTC).date();
    pubwatch::setup::loading::load(Some(file), today)
        .unwrap()
        .plan
}

/// The form as it is filled, with other values in some fields.
fn form(site: &TestSite, fields: &[(&str, &str)]) -> String {
    let page = site.get("/settings/you").body;
    let (_, rest) = page.split_once("name=\"was\" value=\"").unwrap();
    let was = rest.split('"').next().unwrap().to_owned();
    let mut all = vec![
        ("was", was.as_str()),
        ("name", "Jane Roe"),
        ("email", "jane@example.com"),
        ("timezone", "America/New_York"),
        ("mail", "other"),
        ("host", "mail.example.com"),
        ("port", "587"),
        ("encryption", "starttls"),
        ("username", "jane"),
    ];
    for (name, value) in fields {
        all.retain(|(other, _)| other != name);
        all.push((name, value));
    }
    let mut body = url::form_urlencoded::Serializer::new(String::new());
    body.extend_pairs(all);
    body.finish()
}

#[test]
fn name_and_zone_are_changed_and_comments_and_the_password_stay() {
    let (site, file) = with_mail();
    let before = read(&file);
    let changed = site.post(
        "/settings/you",
        &form(&site, &[("name", "J. Roe"), ("timezone", "europe/london")]),
    );
    assert_eq!(changed.status, 303, "{}", changed.body);
    let expected = before
        .replace("\"Jane Roe\"\nemail", "\"J. Roe\"\nemail")
        .replace("America/New_York", "Europe/London");
    assert_eq!(read(&file), expected);
    assert!(
        site.get("/settings").body.contains("J. Roe"),
        "shown at once"
    );
    assert_eq!(read(&file.with_file_name("smtp-password")), "the old one\n");
}

#[test]
fn a_new_password_is_written_for_its_owner_alone_and_never_shown() {
    let (site, file) = with_mail();
    let sent = form(
        &site,
        &[
            ("mail", "gmail"),
            ("username", ""),
            ("password", "hunter two"),
        ],
    );
    let changed = site.post("/settings/you", &sent);
    assert_eq!(changed.status, 303, "{}", changed.body);
    let text = read(&file);
    for line in [
        "host = \"smtp.gmail.com\" # ours",
        "username = \"jane@example.com\"",
        "password_file = \"smtp-password-2\"",
        "most_per_hour = 20",
        "# How letters go.",
    ] {
        assert!(text.contains(line), "{line}: {text}");
    }
    assert!(!text.contains("hunter"));
    let secret = file.with_file_name("smtp-password-2");
    assert_eq!(read(&secret), "hunter two\n");
    let mode = std::fs::metadata(&secret).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    assert!(
        !file.with_file_name("smtp-password").exists(),
        "the old one is of no use"
    );
    for path in ["/settings", "/settings/you"] {
        let page = site.get(path).body;
        assert!(!page.contains("hunter"), "{path}");
    }
    let filled = site.get("/settings/you").body;
    assert!(
        filled.contains("value=\"gmail\" id=\"m-gmail\" class=\"with\" checked"),
        "{filled}"
    );
    assert_eq!(plan(&file).mail.unwrap().host, "smtp.gmail.com");
    // And back to files.
    let folder = site.post("/settings/you", &form(&site, &[("mail", "folder")]));
    assert_eq!(folder.status, 303, "{}", folder.body);
    assert!(plan(&file).mail.is_none());
}

#[test]
fn a_password_is_never_given_to_another_server_than_the_one_that_it_is_for() {
    let (site, file) = with_mail();
    let before = read(&file);
    for (fields, words) in [
        (&[("mail", "gmail")][..], "only with a password"),
        (
            &[("host", "evil.example.com")],
            "with a name goes a password",
        ),
    ] {
        let refused = site.post("/settings/you", &form(&site, fields));
        assert_eq!(refused.status, 422, "{}", refused.body);
        assert!(
            refused.body.to_lowercase().contains(words),
            "{words}: {}",
            refused.body
        );
    }
    assert_eq!(read(&file), before);
}

#[test]
fn what_is_wrong_or_was_changed_elsewhere_writes_nothing_and_leaves_no_password() {
    let (site, file) = with_mail();
    let before = read(&file);
    let secrets = || {
        let beside = std::fs::read_dir(file.parent().unwrap()).unwrap();
        let names = beside.map(|one| one.unwrap().file_name().to_string_lossy().into_owned());
        names
            .filter(|name| name.starts_with("smtp-password"))
            .count()
    };
    for (field, value, words) in [
        ("email", "jane", "is no email address"),
        ("timezone", "Atlantis", "is no time zone"),
        ("port", "many", "is no port"),
        ("name", "", "This is needed."),
    ] {
        let refused = site.post(
            "/settings/you",
            &form(&site, &[(field, value), ("password", "x")]),
        );
        assert_eq!(refused.status, 422, "{field}");
        assert!(refused.body.contains(words), "{words}: {}", refused.body);
        assert!(
            refused.body.contains(&format!("value=\"{value}\"")),
            "{field} is kept"
        );
    }
    let sent = form(&site, &[("name", "J."), ("password", "x")]);
    let by_hand = before.replace("mail.example.com\" # ours", "smtp.example.com\" # ours");
    std::fs::write(&file, &by_hand).unwrap();
    let refused = site.post("/settings/you", &sent);
    assert_eq!(refused.status, 422);
    assert!(
        refused.body.contains("was changed elsewhere"),
        "{}",
        refused.body
    );
    assert!(
        refused.body.contains("value=\"J.\""),
        "what was typed is kept"
    );
    let elsewhere = [("Origin", "https://evil.example")];
    assert_eq!(
        site.ask("POST", "/settings/you", &elsewhere, &sent).status,
        403
    );
    assert_eq!(site.post("/share/x/settings/you", &sent).status, 405);
    assert_eq!(read(&file), by_hand);
    assert_eq!(secrets(), 1);
}

#[test]
#[ignore = "needs Chromium, and axe-core at PUBWATCH_AXE"]
fn a_person_changes_it_with_the_mouse() {
    let (site, file) = with_mail();
    let checker = checker();
    let mut chromium = Chromium::start();
    chromium.look(WIDE, false);
    chromium.open(&format!("http://{}/settings", site.address));
    drawn(&mut chromium, checker.as_deref(), "settings-of-one");
    chromium.follow("a[href='/settings/you']");
    drawn(&mut chromium, checker.as_deref(), "you");
    chromium.click("input[name=name]");
    chromium.write(" the Younger");
    chromium.follow("form.first button.main");
    assert!(
        chromium.words().contains("the Younger"),
        "{}",
        chromium.words()
    );
    assert!(read(&file).contains("the Younger"));
}
