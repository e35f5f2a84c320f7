//! The first start in a real browser, with the mouse: wide and narrow, light and dark.

use super::browser::{checker, drawn};
use super::chromium::Chromium;
use super::first_start::FirstStart;

/// The page says so.
#[track_caller]
fn says(chromium: &mut Chromium, words: &str) {
    let page = chromium.words();
    assert!(page.contains(words), "{words}: {page}");
}

#[test]
#[ignore = "needs Chromium, and axe-core at PUBWATCH_AXE"]
fn a_person_sets_it_up_with_the_mouse() {
    let checker = checker();
    let mut chromium = Chromium::start();
    let shown = |chromium: &mut Chromium, what: &str| {
        drawn(chromium, checker.as_deref(), &format!("first-{what}"));
    };
    let first = FirstStart::new(None);
    chromium.open(&format!("http://{}/", first.address));
    shown(&mut chromium, "code");
    chromium.write("AAAAAAAA");
    chromium.enter();
    says(&mut chromium, "This is not the code");
    chromium.click("input[name=code]");
    chromium.write(&first.code);
    chromium.follow("button.main");
    shown(&mut chromium, "empty");
    chromium.click("label[for=m-gmail]");
    says(&mut chromium, "Gmail wants an app password");
    shown(&mut chromium, "gmail");
    for (field, text) in [("name", "Jane Roe"), ("email", "jane@fastmail.com")] {
        chromium.click(&format!("input[name={field}]"));
        chromium.write(text);
    }
    chromium.click("label[for=m-other]");
    shown(&mut chromium, "other");
    chromium.follow("button[value=test]");
    says(&mut chromium, "Write the host of the mail server");
    chromium.click("input[name=title]");
    chromium.write("Salt Roads");
    chromium.follow("button.main");
    says(&mut chromium, "3 fields need another look");
    shown(&mut chromium, "wrong");
    chromium.click("label[for=m-folder]");
    chromium.follow("button[value=test]");
    says(&mut chromium, "Wrote a test letter");
    shown(&mut chromium, "tested");
    for (field, text) in [("book", "9781944098117"), ("date", "02092035")] {
        chromium.click(&format!("input[name={field}]"));
        chromium.write(text);
    }
    chromium.click("[name=stores]");
    chromium.write("Moonbooks");
    chromium.follow("button.main");
    says(&mut chromium, "There is no store");
    assert!(!first.file().exists());
}
