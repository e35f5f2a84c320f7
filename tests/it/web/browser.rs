//! What a person sees, in a real browser: pictures to look at, nothing hostile that comes alive,
//! and what a checker for accessibility says.
//!
//! The pictures lie in the build folder. With `PUBWATCH_PICTURES=docs/pictures` those of the manual
//! are drawn anew:
//! `PUBWATCH_PICTURES=docs/pictures cargo test --test it pictures_of_the -- --include-ignored`

use std::path::PathBuf;

use pubwatch::book::Availability;
use serde_json::json;

use super::acting::Demo;
use super::chromium::Chromium;
use super::{ISBN, SALT_ROADS, TestSite, configuration, now, says};

/// A desk, and a phone.
pub(super) const WIDE: (u32, u32) = (1280, 900);
pub(super) const NARROW: (u32, u32) = (390, 844);

/// Where pictures are left to be looked at.
pub(super) fn pictures() -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("pictures");
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

/// Nothing is wider than the window, so that nobody scrolls sideways; tables scroll in themselves.
#[track_caller]
pub(super) fn fits(chromium: &mut Chromium, what: &str) {
    let over = chromium
        .eval("document.documentElement.scrollWidth - document.documentElement.clientWidth");
    assert_eq!(over, 0, "{what} is wider than the window");
}

#[test]
#[ignore = "needs Chromium"]
fn the_pages_of_the_demo_are_drawn_wide_and_narrow_light_and_dark() {
    let demo = Demo::start();
    let mut chromium = Chromium::start();
    let pages = [
        ("overview", format!("{}/", demo.base)),
        ("edition", demo.edition()),
        ("alerts", format!("{}/alerts", demo.base)),
        ("letters", format!("{}/letters", demo.base)),
        ("stores", format!("{}/stores", demo.base)),
        ("windows", format!("{}/windows", demo.base)),
        ("settings", format!("{}/settings", demo.base)),
    ];
    for (size, width) in [(WIDE, "wide"), (NARROW, "phone")] {
        for (is_dark, colours) in [(false, "light"), (true, "dark")] {
            chromium.look(size, is_dark);
            for (name, address) in &pages {
                let name = format!("{name}-{width}-{colours}");
                chromium.open(address);
                fits(&mut chromium, &name);
                chromium.picture(&pictures().join(format!("{name}.png")), true);
            }
        }
    }
}

#[test]
#[ignore = "needs Chromium"]
fn pages_with_much_to_tell_are_drawn_as_well() {
    let site = super::overview::eight();
    let form = "client=Saltmarsh+Press";
    assert_eq!(site.post("/settings/share", form).status, 200);
    let mut chromium = Chromium::start();
    for (size, width, is_dark) in [(WIDE, "wide", false), (NARROW, "phone", true)] {
        chromium.look(size, is_dark);
        for (name, path) in [
            ("overview", "/"),
            ("alerts", "/alerts"),
            ("stores", "/stores"),
            ("windows", "/windows"),
            ("settings", "/settings"),
        ] {
            let name = format!("much-{name}-{width}");
            chromium.open(&format!("http://{}{path}", site.address));
            fits(&mut chromium, &name);
            chromium.picture(&pictures().join(format!("{name}.png")), true);
        }
    }
}

#[test]
#[ignore = "needs Chromium"]
fn the_pictures_of_the_manual_are_drawn() {
    let folder = std::env::var("PUBWATCH_PICTURES").map_or_else(|_| pictures(), PathBuf::from);
    let site = TestSite::salt_roads();
    let base = format!("http://{}", site.address);
    let edition = format!("{base}/editions/{ISBN}");
    let mut chromium = Chromium::start();
    for (name, address, size, is_dark) in [
        ("overview", format!("{base}/"), (1000, 500), false),
        ("edition", edition, (1000, 2090), false),
        ("phone", format!("{base}/"), (390, 900), true),
    ] {
        chromium.look(size, is_dark);
        chromium.open(&address);
        chromium.picture(&folder.join(format!("{name}.png")), false);
    }
}

#[test]
#[ignore = "needs Chromium"]
fn hostile_titles_and_words_are_drawn_as_text() {
    let title = format!(
        "</title><script>document.title='owned'</script>{}\u{202e}gnitirw",
        "W".repeat(300)
    );
    let text = SALT_ROADS.replace("Salt Roads", &title.replace('"', "'"));
    let site = TestSite::new(&configuration(&text));
    site.live_through_a_launch(ISBN);
    let words = format!(
        "<img src=x onerror=\"document.title='owned'\">{} \u{202e}{{{{7*7}}}}",
        "ب".repeat(300)
    );
    let state = Availability::InStock;
    site.see(ISBN, "amazon.com", now(), says(state, &words));
    let base = format!("http://{}", site.address);
    let mut chromium = Chromium::start();
    for (name, path) in [
        ("overview", "/".to_owned()),
        ("edition", format!("/editions/{ISBN}")),
        ("alerts", "/alerts".to_owned()),
    ] {
        for (size, width) in [(WIDE, "wide"), (NARROW, "phone")] {
            chromium.look(size, false);
            chromium.open(&format!("{base}{path}"));
            let title = chromium.eval("document.title");
            assert!(!title.as_str().unwrap().starts_with("owned"), "{title}");
            let alive = "document.querySelectorAll('img, script, main h1 script, iframe').length";
            assert_eq!(chromium.eval(alive), 0, "{name}");
            // What turns the direction of writing stays inside of its element, or is gone.
            let turned = chromium.eval("document.body.textContent.includes('\\u202e')");
            assert_eq!(turned, false, "{name}");
            fits(&mut chromium, name);
            let file = pictures().join(format!("hostile-{name}-{width}.png"));
            chromium.picture(&file, true);
        }
        let asked = chromium.asked_for();
        assert!(asked.iter().all(|one| one.starts_with(&base)), "{asked:?}");
    }
}

/// What the accessibility checker says of the page that is open, in the window and the colours that
/// it has: nothing.
pub(super) fn is_accessible(chromium: &mut Chromium, checker: &str, what: &str) {
    let run = "axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', \
         'wcag22aa', 'best-practice']}).then(found => ({ passes: found.passes.length, \
         violations: found.violations.map(one => one.impact + ' ' + one.id + ': ' + \
         one.nodes.map(node => node.html.slice(0, 160)).join(' | ')) }))";
    chromium.eval("document.querySelectorAll('details').forEach(one => one.open = true)");
    // The debugger is above the page's policy, which allows no script at all.
    chromium.call("Runtime.evaluate", &json!({ "expression": checker }));
    let found = chromium.eval(run);
    let passes = found["passes"].as_u64().unwrap();
    println!("{what}: {passes} rules pass");
    assert!(passes > 10, "{what}: {found}");
    assert_eq!(found["violations"], json!([]), "{what}");
}

/// What can be pressed is as large as a finger needs. A tick is pressed on its words, and a link in a
/// sentence is as high as its line.
#[track_caller]
pub(super) fn is_pressed_with_a_finger(chromium: &mut Chromium, what: &str) {
    let small = chromium.eval(
        "[...document.querySelectorAll('button, a.button, input:not([type=hidden]), select, \
         textarea, summary, header a, .ranges a, .tally a, .pages a, .days a')]\
         .map(one => ['checkbox', 'radio'].includes(one.type) \
         ? one.closest('label') || (one.labels && one.labels[0]) || one : one)\
         .filter(one => one.checkVisibility() && !one.matches('.skip'))\
         .filter(one => { const box = one.getBoundingClientRect(); \
         return Math.round(box.height) < 40 || Math.round(box.width) < 40; })\
         .map(one => one.outerHTML.slice(0, 160))",
    );
    assert_eq!(small, json!([]), "{what}: too small");
}

/// Draws the page that is open, wide and narrow, light and dark; each time it fits the window and the
/// checker finds nothing, and on a phone a finger finds what can be pressed.
pub(super) fn drawn(chromium: &mut Chromium, checker: Option<&str>, what: &str) {
    for (size, is_dark) in [(WIDE, false), (WIDE, true), (NARROW, false), (NARROW, true)] {
        chromium.look(size, is_dark);
        let colours = if is_dark { "dark" } else { "light" };
        let name = format!("{what}-{}-{colours}", size.0);
        fits(chromium, &name);
        chromium.picture(&pictures().join(format!("{name}.png")), true);
        if let Some(checker) = checker {
            is_accessible(chromium, checker, &name);
        }
        if size == NARROW {
            is_pressed_with_a_finger(chromium, &name);
        }
    }
    chromium.look(WIDE, false);
}

/// The checker; `None`: nobody says where it is.
pub(super) fn checker() -> Option<String> {
    let Ok(checker) = std::env::var("PUBWATCH_AXE") else {
        println!("Without the accessibility checker: PUBWATCH_AXE would name it");
        return None;
    };
    Some(std::fs::read_to_string(checker).unwrap())
}
