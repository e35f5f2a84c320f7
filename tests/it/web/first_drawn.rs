//! The first start in a real browser: with the mouse, by keyboard, wide and narrow, light and dark.

use super::browser::{NARROW, WIDE, checker, fits, is_accessible, pictures};
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

#[test]
#[ignore = "needs Chromium, and axe-core at PUBWATCH_AXE"]
fn a_person_sets_it_up_with_the_mouse_and_another_by_keyboard_alone() {
    let checker = checker();
    let looks = [(WIDE, false), (WIDE, true), (NARROW, false), (NARROW, true)];
    let mut chromium = Chromium::start();
    // No script runs in a page that a person sees.
    let mut shown = |chromium: &mut Chromium, what: &str| {
        for (size, is_dark) in looks {
            chromium.look(size, is_dark);
            let name = format!(
                "first-{what}-{}-{}",
                size.0,
                if is_dark { "dark" } else { "light" }
            );
            fits(chromium, &name);
            chromium.picture(&pictures().join(format!("{name}.png")), true);
            if let Some(checker) = &checker {
                is_accessible(chromium, checker, &name);
            }
        }
        chromium.look(WIDE, false);
    };
    let by_mouse = FirstStart::new(None);
    chromium.open(&format!("http://{}/", by_mouse.address));
    shown(&mut chromium, "code");
    chromium.write("AAAAAAAA");
    chromium.enter();
    assert!(chromium.words().contains("This is not the code"));
    chromium.click("input[name=code]");
    chromium.write(&by_mouse.code);
    chromium.follow("button.main");
    shown(&mut chromium, "empty");
    chromium.click("label[for=m-gmail]");
    assert!(chromium.words().contains("Gmail wants an app password"));
    shown(&mut chromium, "gmail");
    for (field, text) in [("name", "Jane Roe"), ("email", "jane@fastmail.com")] {
        chromium.click(&format!("input[name={field}]"));
        chromium.write(text);
    }
    chromium.click("label[for=m-other]");
    shown(&mut chromium, "other");
    chromium.follow("button[value=test]");
    assert!(
        chromium
            .words()
            .contains("Write the host of the mail server")
    );
    chromium.click("input[name=title]");
    chromium.write("Salt Roads");
    chromium.follow("button.main");
    assert!(
        chromium.words().contains("3 fields need another look"),
        "{}",
        chromium.words()
    );
    shown(&mut chromium, "wrong");
    chromium.click("label[for=m-folder]");
    chromium.follow("button[value=test]");
    assert!(
        chromium.words().contains("Wrote a test letter"),
        "{}",
        chromium.words()
    );
    shown(&mut chromium, "tested");
    drop(by_mouse);

    let by_keys = FirstStart::new(None);
    chromium.open(&format!("http://{}/", by_keys.address));
    type_into(&mut chromium, "code", &by_keys.code);
    chromium.enter();
    type_into(&mut chromium, "name", "Jane Roe");
    type_into(&mut chromium, "email", "jane@example.com");
    // The first of the ways, and with the arrow to the left the last: not by mail yet.
    type_into(&mut chromium, "mail", "");
    chromium.press("ArrowLeft");
    assert_eq!(focus(&mut chromium), "mail=folder");
    type_into(&mut chromium, "name", "");
    chromium.enter();
    assert!(
        chromium.words().contains("Nothing to watch yet"),
        "{}",
        chromium.words()
    );
    assert!(by_keys.file().exists());
}
