//! The settings by keyboard alone, on a phone, in a real Chromium; and what the accessibility checker
//! says of them.

use std::path::PathBuf;

use super::TestSite;
use super::browser::{NARROW, checker, drawn, is_pressed_with_a_finger};
use super::chromium::Chromium;
use super::keys::tab_to;
use super::sections::{read, two_books};

/// A person with a phone and a keyboard.
struct Person {
    site: TestSite,
    file: PathBuf,
    chromium: Chromium,
    checker: Option<String>,
}

impl Person {
    fn opens(&mut self, path: &str) {
        self.chromium.look(NARROW, false);
        self.chromium
            .open(&format!("http://{}{path}", self.site.address));
        is_pressed_with_a_finger(&mut self.chromium, path);
    }

    fn goes_to(&mut self, selector: &str) {
        tab_to(&mut self.chromium, selector);
    }

    #[track_caller]
    fn reads(&mut self, words: &str) {
        let all = self.chromium.words();
        assert!(all.contains(words), "{words}: {all}");
    }

    #[track_caller]
    fn has_written(&self, words: &str) {
        let text = read(&self.file);
        assert!(text.contains(words), "{words}: {text}");
    }

    fn looks_at(&mut self, what: &str) {
        drawn(&mut self.chromium, self.checker.as_deref(), what);
        self.chromium.look(NARROW, false);
    }

    /// The digest on Fridays, and a recipient, with a mistake first.
    fn sets_the_letters(&mut self) {
        self.opens("/settings");
        self.goes_to("a[href='/settings/letters']");
        self.chromium.enter();
        is_pressed_with_a_finger(&mut self.chromium, "letters");
        self.goes_to("select[name=day]");
        self.chromium.write("Fri");
        self.goes_to("form[aria-label=Digest] button.main");
        self.chromium.enter();
        self.has_written("digest = \"0 8 * * FRI\"");
        self.reads("Saved: Digest.");
        self.goes_to("form[aria-label='Somebody else'] input[name=to]");
        self.chromium.write("pat@example");
        self.chromium.press("Tab");
        self.chromium.write("Pat");
        self.chromium.enter();
        self.reads("`pat@example` is no email address: what stands behind the `@` is no domain.");
        let is_seen = "document.querySelector('[aria-invalid]').getBoundingClientRect().top";
        let top = self.chromium.eval(is_seen).as_f64().unwrap();
        assert!(
            (0.0..844.0).contains(&top),
            "the wrong field is seen at once: {top}"
        );
        self.looks_at("settings-letters");
        self.goes_to("input[aria-invalid]");
        // What stands in a field is chosen when Tab comes to it.
        self.chromium.write("pat@example.com");
        self.chromium.enter();
        self.has_written("to = \"pat@example.com\", name = \"Pat\"");
    }

    /// A store that nobody but the author looks at, and a pause beyond its bounds.
    fn sets_the_stores(&mut self) {
        self.opens("/settings/stores");
        self.goes_to("form[aria-label='Bookshop.org'] select[name=way1]");
        self.chromium.write("nobody");
        self.goes_to("form[aria-label='Bookshop.org'] button.main");
        self.chromium.leave_by("Space");
        self.reads("Saved: Bookshop.org.");
        self.has_written("source = [\"by-hand\"]");
        self.goes_to("form[aria-label=Politeness] input[name=pause]");
        self.chromium.write("5h");
        self.chromium.enter();
        self.reads("This is more than 1h.");
        self.looks_at("settings-stores");
    }

    /// A phone, which is taken back.
    fn adds_a_phone_and_undoes_it(&mut self) {
        self.opens("/settings/devices");
        let before = read(&self.file);
        self.goes_to("form[aria-label='Add a phone'] input[name=name]");
        self.chromium.write("phone");
        self.chromium.press("Tab");
        self.chromium.write("https://ntfy.example.com/topic");
        self.chromium.enter();
        self.has_written("[[ntfy]]\nname = \"phone\"");
        self.looks_at("settings-devices");
        self.opens("/settings/devices");
        self.goes_to("form[action='/undo'] button");
        self.chromium.enter();
        assert_eq!(read(&self.file), before);
        self.reads("Undone: Saved: phone.");
    }

    /// A book is looked up by Space on the box, and nobody is there to answer.
    fn looks_a_book_up(&mut self) {
        self.site.with_library("http://127.0.0.1:1");
        self.opens("/books/new");
        self.goes_to("input[name=book]");
        self.chromium.write("9780306406157");
        self.goes_to("input[name=lookup]");
        self.chromium.press("Space");
        self.chromium.enter();
        self.reads("Open Library could not be reached just now");
        self.looks_at("book-looked-up");
    }
}

#[test]
#[ignore = "needs Chromium, and axe-core at PUBWATCH_AXE"]
fn a_person_makes_the_settings_by_keyboard_alone_on_a_phone() {
    let (site, file) = two_books("");
    let mut person = Person {
        site,
        file,
        chromium: Chromium::start(),
        checker: checker(),
    };
    person.sets_the_letters();
    person.sets_the_stores();
    person.adds_a_phone_and_undoes_it();
    person.looks_a_book_up();
}
