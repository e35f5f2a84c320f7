//! The ways through the page by keyboard alone, on a phone's width and on a desk: what Tab, Enter and
//! Space do, and that the focus is seen wherever it is and goes as the page does.

use std::path::Path;
use std::time::Duration;

use pubwatch::book::Availability;
use serde_json::{Value, json};
use tokio::time::Instant;

use super::browser::{NARROW, WIDE, fits};
use super::chromium::Chromium;
use super::first_start::FirstStart;
use super::{ISBN, SALT_ROADS, TestSite, at, configuration, now, says};
use crate::home::isbn;
use crate::service::shops;

/// Nobody tabs longer than this.
const PATIENCE: Duration = Duration::from_secs(60);

/// What is wrong with where the focus is, as a person sees it; `null`: it is nowhere.
///
/// It must be marked, in the window and under nothing, and after what had it before: in the page, and
/// not above it on the screen unless it begins another column. Only from the end does it go back to
/// the beginning.
const STOP: &str = r"(() => {
  const one = document.activeElement, last = window.lastStop;
  window.lastStop = one;
  if (!one || one === document.body) { return null; }
  const body = one.querySelector(':scope > .body');
  const shown = one.matches('.choices > input') ? one.nextElementSibling : body || one;
  const box = shown.getBoundingClientRect(), style = getComputedStyle(shown), wrong = [];
  const ring = style.outlineStyle !== 'none' && 2 <= parseFloat(style.outlineWidth);
  const within = one.matches(':focus-within') && getComputedStyle(one).outlineStyle !== 'none';
  if (!ring && !within && !(body && style.strokeWidth === '4px')) { wrong.push('is not marked'); }
  // Of a long text its beginning is seen.
  const fitsIn = box.height <= innerHeight / 2 && one.tagName !== 'TEXTAREA';
  if (fitsIn ? box.top < -1 || innerHeight + 1 < box.bottom : box.bottom < 0 || innerHeight < box.top) {
    wrong.push('is not in the window');
  }
  if (box.width <= innerWidth && (box.left < -1 || innerWidth + 1 < box.right)) {
    wrong.push('is beside the window');
  }
  const y = fitsIn ? box.y + box.height / 2 : Math.max(box.top, 0) + 8;
  const over = document.elementFromPoint(box.x + box.width / 2, y);
  const apart = over && !over.contains(shown) && !one.contains(over) && !shown.contains(over);
  if (apart && !over.closest('svg.timeline')) { wrong.push('is under ' + over.outerHTML.slice(0, 80)); }
  const can = 'a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex]';
  const first = [...document.querySelectorAll(can)].find(other => other.checkVisibility());
  if (last && last !== one && last.isConnected && last !== document.body && one !== first) {
    if (!(last.compareDocumentPosition(one) & 4)) { wrong.push('stands before what was left'); }
    const from = last.getBoundingClientRect();
    if (box.bottom < from.top && box.left < from.right) { wrong.push('is above what was left'); }
  }
  return [one.outerHTML.slice(0, 120), ...wrong];
})()";

/// Presses Tab until what has the focus fits a selector; every stop on the way is looked at.
#[track_caller]
pub(super) fn tab_to(chromium: &mut Chromium, selector: &str) {
    let until = Instant::now() + PATIENCE;
    let is_it = format!(
        "!!document.activeElement && document.activeElement.matches({})",
        json!(selector)
    );
    let (mut before, mut same) = (Value::Null, 0);
    for _ in 0..300 {
        chromium.press("Tab");
        let stop = chromium.eval(STOP);
        if let Some([what, wrong @ ..]) = stop.as_array().map(Vec::as_slice) {
            assert!(
                wrong.is_empty(),
                "{what}: {wrong:?} on the way to {selector}"
            );
        }
        if chromium.eval(&is_it) == true {
            return;
        }
        // A date has a stop for its day, month, year and calendar each.
        same = if stop == before { same + 1 } else { 0 };
        assert!(same < 5, "no way on from {stop}");
        assert!(Instant::now() < until, "{selector} is not reached in time");
        before = stop;
    }
    panic!("{selector} is not reached by Tab\n{}", chromium.words());
}

/// What a person does, and with what: `to` a place by Tab, `write`, `press`, a `file` that the system's
/// own window gives, `enter` and `space` where they lead to another page, and what it then `says`.
type Step<'a> = (&'a str, &'a str);

#[track_caller]
fn walk(chromium: &mut Chromium, steps: &[Step<'_>]) {
    for (verb, what) in steps {
        match *verb {
            "to" => tab_to(chromium, what),
            "write" => chromium.write(what),
            "press" => chromium.press(what),
            "file" => chromium.drop_file(":focus", Path::new(what)),
            "enter" => chromium.enter(),
            "space" => chromium.leave_by("Space"),
            "says" => {
                let words = chromium.words();
                assert!(words.contains(what), "{what}: {words}");
            }
            other => panic!("{other} is no verb"),
        }
    }
}

/// Goes the same way on a phone and at a desk.
fn on_both(way: impl Fn(&mut Chromium)) {
    let mut chromium = Chromium::start();
    for size in [NARROW, WIDE] {
        chromium.look(size, false);
        way(&mut chromium);
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium"]
async fn by_keyboard_it_is_set_up_with_a_first_book_that_is_looked_at_at_once() {
    let street = shops().await;
    tokio::task::block_in_place(|| {
        on_both(|chromium| {
            let first = FirstStart::new(Some(&street));
            chromium.open(&format!("http://{}/", first.address));
            walk(
                chromium,
                &[
                    ("write", first.code.as_str()),
                    ("enter", ""),
                    ("to", "input[name=name]"),
                    ("write", "Jane Roe"),
                    ("to", "input[name=email]"),
                    ("write", "jane@example.com"),
                    ("to", "input[name=timezone]"),
                    ("write", "America/New_York"),
                    ("to", "input[name=mail]"),
                    ("press", "ArrowLeft"),
                    ("to", "input[name=book]"),
                    ("write", isbn(4001).as_str()),
                    ("to", "input[name=title]"),
                    ("write", "Salt Roads"),
                    ("to", "input[name=date]"),
                    ("write", "02092035"),
                    ("to", "button.main"),
                    ("space", ""),
                    ("says", "Added."),
                    ("says", "9 February 2035"),
                    ("to", "form[action$='/check'] button"),
                    ("enter", ""),
                    ("says", "At the stores now"),
                ],
            );
            assert!(first.file().exists());
        });
    });
}

#[test]
#[ignore = "needs Chromium"]
fn by_keyboard_a_book_is_added_changed_moved_paused_stopped_and_taken_back() {
    on_both(|chromium| {
        let (site, file) = TestSite::of_file(&configuration(""));
        chromium.open(&format!("http://{}/", site.address));
        walk(
            chromium,
            &[
                ("to", "a.button"),
                ("enter", ""),
                ("to", "input[name=book]"),
                ("write", "978-0-13-235088-4"),
                ("to", "input[name=title]"),
                ("write", "Clean Water"),
                ("to", "input[name=date]"),
                ("write", "05042027"),
                ("to", "form.card button.main"),
                ("space", ""),
                ("says", "Added."),
                ("to", "main a[href$='/edit']"),
                ("enter", ""),
                ("to", "input[name=date]"),
                ("write", "06012027"),
                ("to", "input[name=imprint]"),
                ("write", "Saltmarsh"),
                ("enter", ""),
                ("says", "Changed, here"),
                ("says", "1 June 2027"),
                ("to", "form[action$='/pause'] input[name=but_act]"),
                ("press", " "),
                ("to", "form[action$='/pause'] button"),
                ("enter", ""),
                ("says", "Letters are paused."),
                ("to", "form[action$='/resume'] button"),
                ("space", ""),
                ("says", "Letters go out again."),
                ("to", "main a[href$='/edit']"),
                ("enter", ""),
                ("to", "input[name=sure]"),
                ("press", " "),
                ("to", "form[action$='/stop'] button"),
                ("enter", ""),
                ("says", "Clean Water is watched no more."),
                ("to", "form[action$='/undo'] button"),
                ("enter", ""),
                ("says", "Undone: Clean Water is watched no more."),
            ],
        );
        let text = std::fs::read_to_string(&file).unwrap();
        for written in ["publication_date = 2027-06-01", "imprint = \"Saltmarsh\""] {
            assert!(text.contains(written), "{written}: {text}");
        }
    });
}

#[test]
#[ignore = "needs Chromium"]
fn by_keyboard_a_list_is_brought_looked_over_and_taken_over() {
    on_both(|chromium| {
        let (site, file) = TestSite::of_file(&configuration(SALT_ROADS));
        let list = file.with_file_name("books.csv");
        let text = format!(
            "ISBN,Title,Publication date\n{},Low Water,2027-03-02\n{ISBN},Salt Roads,2027-02-16\n",
            isbn(5001)
        );
        std::fs::write(&list, text).unwrap();
        chromium.open(&format!("http://{}/", site.address));
        walk(
            chromium,
            &[
                ("to", "a[href='/books/import']"),
                ("enter", ""),
                ("to", "input[type=file]"),
                ("file", list.to_str().unwrap()),
                ("to", "form[enctype] button"),
                ("enter", ""),
                ("says", "What it would become"),
                ("to", "details:not([open]) summary"),
                ("press", "Enter"),
                ("to", "input[name=update]"),
                ("press", " "),
                ("to", "form[action$=take] button"),
                ("enter", ""),
                ("says", "The list was taken over"),
            ],
        );
        let text = std::fs::read_to_string(&file).unwrap();
        for written in ["Low Water", "publication_date = 2027-02-16"] {
            assert!(text.contains(written), "{written}: {text}");
        }
    });
}

/// What Ctrl+A chooses in the field that has the focus.
fn chosen_whole(chromium: &mut Chromium) -> String {
    let all = json!({
        "type": "keyDown", "key": "a", "modifiers": 2, "commands": ["selectAll"],
    });
    chromium.call("Input.dispatchKeyEvent", &all);
    let chosen = "(one => one.value.slice(one.selectionStart, one.selectionEnd))\
                  (document.activeElement)";
    chromium.eval(chosen).as_str().unwrap().to_owned()
}

#[test]
#[ignore = "needs Chromium"]
fn by_keyboard_what_is_to_be_acted_on_is_copied_and_answered() {
    on_both(|chromium| {
        let site = TestSite::salt_roads();
        chromium.open(&format!("http://{}/editions/{ISBN}", site.address));
        walk(
            chromium,
            &[
                ("to", ".box.act summary"),
                ("press", "Enter"),
                ("to", ".box.act details p:last-child textarea"),
            ],
        );
        let text = chosen_whole(chromium);
        assert!(text.contains(ISBN) && text.contains("\n\n"), "{text}");
        walk(
            chromium,
            &[
                ("to", ".box.act button[value=later]"),
                ("enter", ""),
                ("says", "Muted: no letters about it until"),
                ("to", "button[aria-label^=Unmute]"),
                ("space", ""),
                ("to", ".box.act button[value=asked-ingramspark]"),
                ("enter", ""),
                ("says", "Noted."),
                ("to", ".box button[value=expected]"),
                ("space", ""),
                ("says", "Noted."),
            ],
        );
        let overview = site.get("/").body;
        assert!(overview.contains("as you said it should be"), "{overview}");
        let page = site.get(&format!("/editions/{ISBN}")).body;
        assert_eq!(page.matches("<bdi>asked IngramSpark").count(), 2, "{page}");
    });
}

#[test]
#[ignore = "needs Chromium"]
fn by_keyboard_one_searches_filters_sorts_and_looks_and_mutes_many() {
    on_both(|chromium| {
        let site = super::overview::eight();
        let board = site.live.now().board.clone();
        board.ring_with(|| ());
        chromium.open(&format!("http://{}/", site.address));
        fits(chromium, "the overview");
        walk(
            chromium,
            &[
                ("to", "input[name=q]"),
                ("write", "salt roads"),
                ("enter", ""),
                ("says", "1 of 8 editions"),
                ("to", "header nav a[href='/']"),
                ("enter", ""),
                ("to", "select[name=state]"),
                ("write", "Una"),
                ("to", "form.filter button"),
                ("space", ""),
                ("says", "1 of 8 editions"),
                ("to", "header nav a[href='/']"),
                ("enter", ""),
                ("to", ".ranges a[href*='order=title']"),
                ("enter", ""),
            ],
        );
        let first = chromium.eval("document.querySelector('.editions th a').textContent");
        assert_eq!(first, "A Field Guide to Forgetting");
        walk(
            chromium,
            &[
                ("to", "input[name=edition]"),
                ("press", " "),
                ("to", "input[name=edition]"),
                ("press", " "),
                ("to", "button[value=mute]"),
                ("enter", ""),
                ("says", "Muted. No letters about it until then"),
            ],
        );
        assert_eq!(chromium.eval("location.search"), "?order=title&said=muted");
        let muted = (0..7).map(super::many::isbn).filter(|isbn| {
            let page = site.get(&format!("/editions/{isbn}"));
            page.body.contains("Unmute")
        });
        assert_eq!(muted.count(), 2);
        walk(
            chromium,
            &[
                ("to", "input[name=edition]"),
                ("press", " "),
                ("to", "button[value=check]"),
                ("enter", ""),
                ("says", "It is looked at now."),
            ],
        );
        assert!(board.is_wanted());
    });
}

#[test]
#[ignore = "needs Chromium"]
fn by_keyboard_one_opens_evidence_and_goes_back() {
    on_both(|chromium| {
        let site = super::overview::eight();
        chromium.open(&format!("http://{}/", site.address));
        let edition = format!(".editions a[href$='{ISBN}']");
        let back = format!("main a[href$='/editions/{ISBN}']");
        walk(
            chromium,
            &[
                ("to", edition.as_str()),
                ("enter", ""),
                ("to", ".changes a[href*='/evidence/amazon.com/']"),
                ("enter", ""),
                ("says", "What Amazon’s page said"),
                ("says", "What changed"),
                ("says", "Pre-order now"),
                ("to", back.as_str()),
                ("enter", ""),
                ("says", "At the stores now"),
            ],
        );
    });
}

/// The tip of what has the focus: whether it is shown, and what of it is cut.
const TIP: &str = "(() => { const tip = document.activeElement.querySelector('.tip'); \
     const box = tip.querySelector('rect').getBoundingClientRect(), cut = []; \
     if (box.left < 0 || innerWidth < box.right || box.top < 0 || innerHeight < box.bottom) { \
     cut.push('the window cuts it: ' + JSON.stringify(box)); } \
     for (const line of tip.querySelectorAll('text')) { const words = line.getBoundingClientRect(); \
     if (words.left < box.left || box.right < words.right || words.bottom > box.bottom + 1) { \
     cut.push(line.textContent); } if (line.textContent.endsWith('…')) { cut.push('…'); } } \
     return [getComputedStyle(tip).display, ...cut]; })()";

/// The same, as soon as the browser knows what has somebody's interest.
fn tip(chromium: &mut Chromium) -> Value {
    chromium.eval("new Promise(done => setTimeout(done, 50))");
    chromium.eval(TIP)
}

/// A timeline with the longest words that a page has had, from edge to edge.
fn with_long_words() -> TestSite {
    let site = TestSite::salt_roads();
    let words = "Currently unavailable. We don't know when or if this item will be back in stock, \
                 WWW nor does the warehouse, which was asked.";
    for (when, state) in [
        ("2027-01-25T16:00:00Z", Availability::BackOrder),
        ("2027-01-25T17:00:00Z", Availability::OutOfStock),
    ] {
        site.see(ISBN, "barnesandnoble.com", at(when), says(state, words));
    }
    assert!(at("2027-01-25T17:00:00Z") < now());
    site.judge();
    site
}

#[test]
#[ignore = "needs Chromium"]
fn the_tips_of_a_timeline_are_whole_and_shown_by_tab_and_tap_until_escape() {
    let site = with_long_words();
    let mut chromium = Chromium::start();
    for size in [NARROW, (320, 640), WIDE] {
        chromium.look(size, false);
        chromium.open(&format!(
            "http://{}/editions/{ISBN}?range=all",
            site.address
        ));
        fits(&mut chromium, "the timeline");
        tab_to(&mut chromium, ".ranges a:last-child");
        let mut seen = 0;
        loop {
            chromium.press("Tab");
            if chromium.eval("document.activeElement.matches('.timeline a')") == false {
                break;
            }
            let what = chromium.eval("document.activeElement.getAttribute('aria-label')");
            assert_eq!(tip(&mut chromium), json!(["inline"]), "{size:?} {what}");
            chromium.press("Escape");
            assert_eq!(tip(&mut chromium)[0], "none", "{size:?} {what}");
            seen += 1;
        }
        assert!(8 < seen, "{seen}");
        let place = chromium.eval(
            "(() => { const all = [...document.querySelectorAll('.timeline .bar .body')]; \
             const one = all.filter(one => one.checkVisibility()).at(-1); \
             one.scrollIntoView({ block: 'center', behavior: 'instant' }); \
             const box = one.getBoundingClientRect(); \
             return [box.x + box.width / 2, box.y + box.height / 2]; })()",
        );
        chromium.tap((place[0].as_f64().unwrap(), place[1].as_f64().unwrap()));
        assert_eq!(tip(&mut chromium), json!(["inline"]), "{size:?} tapped");
        chromium.press("Escape");
        assert_eq!(tip(&mut chromium)[0], "none", "{size:?} tapped");
    }
}
