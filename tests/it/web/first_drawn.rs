//! The first start in a real browser: with the mouse, by keyboard, wide and narrow, light and dark.

use super::browser::{checker, drawn};
use super::chromium::Chromium;
use super::first_start::FirstStart;

/// Where the keyboard is: the name or the words of what has the focus.
fn focus(chromium: &mut Chromium) -> String {
    let focus = "(() => { const one = document.activeElement; return one.name ? \
                 one.name + '=' + one.value : one.textContent; })()";
    chromium.eval(focus).as_str().unwrap().to_owned()
}

/// Goes on by the tabulator until the field is there, and types.
fn type_into(chromium: &mut Chromium, field: &str, text: &str) {
    for _ in 0..40 {
        if focus(chromium).starts_with(&format!("{field}=")) {
            chromium.write(text);
            return;
        }
        chromium.press("Tab");
    }
    panic!(
        "no way to {field} by keyboard; it is at {}",
        focus(chromium)
    );
}

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
    chromium.click("input[name=stores]");
    chromium.write("Moonbooks");
    chromium.follow("button.main");
    says(&mut chromium, "There is no store");
    assert!(!first.file().exists());
}

#[test]
#[ignore = "needs Chromium"]
fn a_person_sets_it_up_by_keyboard_alone() {
    let mut chromium = Chromium::start();
    let first = FirstStart::new(None);
    chromium.open(&format!("http://{}/", first.address));
    type_into(&mut chromium, "code", &first.code);
    chromium.enter();
    type_into(&mut chromium, "name", "Jane Roe");
    type_into(&mut chromium, "email", "jane@example.com");
    // The first of the ways, and with the arrow to the left the last: not by mail yet.
    type_into(&mut chromium, "mail", "");
    chromium.press("ArrowLeft");
    assert_eq!(focus(&mut chromium), "mail=folder");
    type_into(&mut chromium, "name", "");
    chromium.enter();
    says(&mut chromium, "Nothing to watch yet");
    assert!(first.file().exists());
}
