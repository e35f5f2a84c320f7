//! Every page that a person may see, wide and narrow, light and dark: drawn to be looked at, no wider
//! than the window, large enough for fingers, and without a finding of the accessibility checker.

use std::panic::{AssertUnwindSafe, catch_unwind};

use jiff::SignedDuration;
use pubwatch::db::DbError;
use pubwatch::mail::answers::{Answer, GOOD_FOR};
use serde_json::json;

use super::acting::Demo;
use super::answers::{Told, amazon_is_off};
use super::browser::{checker, drawn};
use super::chromium::Chromium;
use super::first_start::FirstStart;
use super::{ISBN, SALT_ROADS, TestSite, configuration, evidence, now, overview, shares};
use crate::home::isbn;

/// The source that says what is answered where.
const ROUTER: &str = include_str!("../../../src/web/server/router.rs");

/// What answers with no page, leads elsewhere, or is a page that may run nothing, not even the
/// checker: a letter (`letters_drawn.rs`), and a report, which is looked at from a disk.
const NO_PAGES: [&str; 12] = [
    "/calendar.ics",
    "/day",
    "/editions/{isbn}/evidence/{store}/{at}/picture.png",
    "/editions/{isbn}/{file}",
    "/feed.atom",
    "/healthz",
    "/letters/{id}/body",
    "/logout",
    "/metrics",
    "/settings/companion.zip",
    "/share/{secret}",
    "/share/{secret}/editions/{isbn}",
];

/// A page: its name, where it is, and what leads on from there to it, as a script.
type Page = (&'static str, String, String);

fn page(name: &'static str, address: String) -> Page {
    (name, address, String::new())
}

/// Sends a form from the page that is open.
fn sends(path: &str, fields: &[(&str, &str)]) -> String {
    format!(
        "const form = document.createElement('form'); form.method = 'post'; form.action = {}; \
         for (const [name, value] of {}) {{ const field = document.createElement('input'); \
         field.name = name; field.value = value; form.append(field); }} \
         document.body.append(form); form.submit();",
        json!(path),
        json!(fields)
    )
}

/// Presses what is there.
fn presses(selector: &str) -> String {
    format!("document.querySelector({}).click();", json!(selector))
}

/// Fills in a field.
fn fills(name: &str, value: &str) -> String {
    let field = format!("[name={name}]");
    format!(
        "document.querySelector({}).value = {};",
        json!(field),
        json!(value)
    )
}

/// Brings a list.
fn brings() -> String {
    let list = format!(
        "ISBN,Title,Publication date,Shelf\n{},Low Water,2027-03-02,A\n{},High Water,,B\n\
         {ISBN},Salt Roads,2027-02-16,C\n9780132350885,Wrong Number,2027-05-04,D\n",
        isbn(5001),
        isbn(5002)
    );
    format!(
        "const files = new DataTransfer(); files.items.add(new File([{}], 'list.csv')); \
         document.querySelector('[type=file]').files = files.files; {}",
        json!(list),
        presses("form[enctype] button")
    )
}

fn of_the_first_start(first: &FirstStart) -> Vec<Page> {
    let at = format!("http://{}/", first.address);
    let code = fills("code", &first.code) + &presses("button.main");
    let test = sends("/set-up", &[("wish", "test"), ("mail", "other")]);
    vec![
        page("set-up-code", at.clone()),
        ("set-up", at.clone(), code),
        ("set-up-wrong", at.clone(), test),
        page("set-up-404", format!("{at}nowhere")),
    ]
}

fn of_letters(told: &Told) -> Vec<Page> {
    let at = format!("http://{}", told.site.address);
    let good = format!("{at}{}", told.path(Answer::Later));
    let used = format!("{at}{}", told.path(Answer::AskedIngramspark));
    let late = now() - GOOD_FOR - SignedDuration::from_secs(1);
    let late = told.path_of(&amazon_is_off(), Answer::Expected, late);
    let wrong = good.replace("/later/", "/expected/");
    vec![
        page("answer", good),
        ("answer-used", used, presses("button")),
        page("answer-expired", format!("{at}{late}")),
        page("answer-wrong", wrong),
        page("login", format!("{at}/watch/login")),
        (
            "login-refused",
            format!("{at}/watch/login"),
            fills("password", "x") + &presses("button"),
        ),
    ]
}

fn of_refusals(site: &TestSite, broken: &TestSite) -> Vec<Page> {
    let at = format!("http://{}", site.address);
    let note = format!("{at}/editions/{ISBN}/note");
    let large = "x".repeat(70_000);
    vec![
        ("403", "about:blank".to_owned(), sends(&note, &[])),
        page("404", format!("{at}/nowhere")),
        page("405", format!("{at}/undo")),
        page("409", format!("{at}/books/new")),
        (
            "413",
            format!("{at}/"),
            sends(&note, &[("text", large.as_str())]),
        ),
        page("500", format!("http://{}/", broken.address)),
    ]
}

fn of_the_site(site: &TestSite, of_file: &TestSite, empty: &TestSite) -> Vec<Page> {
    let (at, file) = (
        format!("http://{}", site.address),
        format!("http://{}", of_file.address),
    );
    let empty = format!("http://{}", empty.address);
    let edition = format!("/editions/{ISBN}");
    let wrong = sends(
        "/books/new",
        &[("book", "9780132350885"), ("date", "Mayish")],
    );
    let section = [("section", "politeness"), ("pause", "5h"), ("was", "")];
    vec![
        page("overview-found", format!("{at}/?q=salt")),
        page("overview-none", format!("{at}/?q=pepper")),
        page("edition", format!("{at}{edition}")),
        page("stores", format!("{at}/stores")),
        page("windows", format!("{at}/windows")),
        page("overview-empty", format!("{empty}/")),
        page("alerts-empty", format!("{empty}/alerts")),
        page("letters-empty", format!("{empty}/letters")),
        page("edition-unseen", format!("{file}{edition}")),
        page("book-new", format!("{file}/books/new")),
        ("book-wrong", format!("{file}/"), wrong),
        page("book-edit", format!("{file}{edition}/edit")),
        page("list", format!("{file}/books/import")),
        ("list-preview", format!("{file}/books/import"), brings()),
        page("settings", format!("{file}/settings")),
        (
            "settings-code",
            format!("{file}/settings"),
            presses("form[action$='/companion'] button"),
        ),
        (
            "settings-link",
            format!("{file}/settings"),
            presses("form[action$='/share'] button"),
        ),
        page("settings-you", format!("{file}/settings/you")),
        page("settings-letters", format!("{file}/settings/letters")),
        page("settings-stores", format!("{file}/settings/stores")),
        (
            "settings-wrong",
            format!("{file}/settings/stores"),
            sends("/settings/stores", &section),
        ),
        page("settings-devices", format!("{file}/settings/devices")),
    ]
}

fn of_the_demo(demo: &Demo) -> Vec<Page> {
    let base = &demo.base;
    vec![
        page("demo-edition", demo.edition()),
        page("demo-day", format!("{base}/day/28/")),
        page("alerts", format!("{base}/alerts")),
        page("letters", format!("{base}/letters")),
        page("letter", format!("{base}/letters/1")),
    ]
}

/// The patterns of the addresses that are asked for with GET.
fn patterns() -> Vec<&'static str> {
    let routes = ROUTER.split(".route(").skip(1);
    let gets = routes.filter(|route| {
        let way = route.split("at(").nth(1);
        way.is_some_and(|way| way.starts_with("GET"))
    });
    let found: Vec<&str> = gets
        .filter_map(|route| route.trim_start().strip_prefix('"')?.split('"').next())
        .collect();
    assert!(30 < found.len(), "{found:?}");
    found
}

/// An address is one of a pattern, below whatever path the site has.
fn is_of(pattern: &str, address: &str) -> bool {
    let address = address.split('?').next().unwrap_or_default();
    let parts: Vec<&str> = pattern.split('/').skip(1).collect();
    let rest: Vec<&str> = address.split('/').skip(3).collect();
    rest.len() >= parts.len() && {
        let rest = &rest[rest.len() - parts.len()..];
        parts
            .iter()
            .zip(rest)
            .all(|(part, one)| part == one || (part.starts_with('{') && !one.is_empty()))
    }
}

#[test]
#[ignore = "needs Chromium, and axe-core at PUBWATCH_AXE"]
fn an_accessibility_checker_finds_nothing() {
    let checker = checker().expect("PUBWATCH_AXE names axe-core's axe.min.js");
    let (site, broken) = (TestSite::salt_roads(), TestSite::salt_roads());
    let broke = broken
        .db
        .write(|tx| Ok::<_, DbError>(tx.execute_batch("DROP TABLE round")?));
    broke.unwrap();
    let salt_roads = format!("{}\nimprint = \"Saltmarsh\"\n", SALT_ROADS.trim_end());
    let (of_file, _) = TestSite::of_file(&configuration(&salt_roads));
    let (empty, _) = TestSite::of_file(&configuration(""));
    let (sold, eight) = (evidence::sold_for_less(), overview::eight());
    let (told, first, demo) = (Told::new(), FirstStart::new(None), Demo::start());
    let (client, secret) = shares::of_one_client();
    // On the site a report may run nothing, not even the checker; it is made to lie on a disk.
    let report = demo.folder.path().join("report.html");
    let path = format!("/editions/{ISBN}/report.html");
    std::fs::write(&report, site.get(&path).body).unwrap();
    let at = |site: &TestSite, path: &str| format!("http://{}{path}", site.address);
    let mut pages = vec![
        page("overview", at(&eight, "/?order=title")),
        page("evidence", at(&sold, &evidence::path())),
        page(
            "prices",
            at(&sold, &format!("/editions/{ISBN}?range=all&price=on")),
        ),
        page("share", at(&client, &format!("/share/{secret}/"))),
        page("share-404", at(&client, &format!("/share/{secret}/alerts"))),
        page("report", format!("file://{}", report.display())),
    ];
    pages.extend(of_the_first_start(&first));
    pages.extend(of_letters(&told));
    pages.extend(of_refusals(&site, &broken));
    pages.extend(of_the_site(&site, &of_file, &empty));
    pages.extend(of_the_demo(&demo));
    let unseen = patterns().into_iter().filter(|pattern| {
        let is_no_page = NO_PAGES.iter().any(|one| {
            pattern == one || pattern.starts_with("/api/") || pattern.contains("/static/")
        });
        !is_no_page && !pages.iter().any(|(_, address, _)| is_of(pattern, address))
    });
    assert_eq!(unseen.collect::<Vec<_>>(), [""; 0], "pages nobody looks at");
    let mut chromium = Chromium::start();
    // All of them are looked at, whatever is found.
    let ugly = pages.iter().filter(|(name, address, script)| {
        let looked = catch_unwind(AssertUnwindSafe(|| {
            chromium.open(address);
            if !script.is_empty() {
                chromium.leave_with(script);
            }
            drawn(&mut chromium, Some(&checker), &format!("page-{name}"));
        }));
        looked.is_err()
    });
    let ugly: Vec<_> = ugly.map(|(name, ..)| name).collect();
    assert_eq!(ugly, [&""; 0], "what is wrong with them stands above");
}
