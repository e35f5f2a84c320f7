//! The new ways through the page by keyboard alone, on a phone's width.

use std::time::Duration;

use serde_json::json;
use tokio::time::Instant;

use super::ISBN;
use super::browser::{NARROW, fits};
use super::chromium::Chromium;

/// Nobody tabs longer than this.
const PATIENCE: Duration = Duration::from_secs(60);

/// Presses Tab until what has the focus fits a selector.
#[track_caller]
fn tab_to(chromium: &mut Chromium, selector: &str) {
    let until = Instant::now() + PATIENCE;
    let is_it = format!(
        "!!document.activeElement && document.activeElement.matches({})",
        json!(selector)
    );
    for _ in 0..300 {
        chromium.press("Tab");
        if chromium.eval(&is_it) == true {
            let shown = "(() => { const box = document.activeElement.getBoundingClientRect(); \
                 return 0 <= box.top && box.bottom <= innerHeight; })()";
            assert_eq!(
                chromium.eval(shown),
                true,
                "{selector} is not in the window"
            );
            return;
        }
        assert!(Instant::now() < until, "{selector} is not reached in time");
    }
    panic!("{selector} is not reached by Tab");
}

#[test]
#[ignore = "needs Chromium"]
fn by_keyboard_one_opens_evidence_and_goes_back_and_sorts_and_mutes_two() {
    let site = super::overview::eight();
    let base = format!("http://{}", site.address);
    let mut chromium = Chromium::start();
    chromium.look(NARROW, false);
    chromium.open(&format!("{base}/"));
    fits(&mut chromium, "the overview");
    tab_to(&mut chromium, &format!(".editions a[href$='{ISBN}']"));
    chromium.enter();
    tab_to(&mut chromium, ".changes a[href*='/evidence/amazon.com/']");
    chromium.enter();
    let words = chromium.words();
    for said in ["What Amazon’s page said", "What changed", "Pre-order now"] {
        assert!(words.contains(said), "{said}\n{words}");
    }
    tab_to(&mut chromium, &format!("main a[href$='/editions/{ISBN}']"));
    chromium.enter();
    tab_to(
        &mut chromium,
        "header a[href='/'][aria-current], header nav a[href='/']",
    );
    chromium.enter();
    tab_to(&mut chromium, ".ranges a[href*='order=title']");
    chromium.enter();
    let first = chromium.eval("document.querySelector('.editions th a').textContent");
    assert_eq!(first, "A Field Guide to Forgetting");
    for _ in 0..2 {
        tab_to(&mut chromium, "input[name=edition]");
        chromium.press(" ");
    }
    let ticked = "document.querySelectorAll('input[name=edition]:checked').length";
    assert_eq!(chromium.eval(ticked), 2);
    tab_to(&mut chromium, "button[value=mute]");
    chromium.enter();
    let here = chromium.eval("location.search");
    assert_eq!(here, "?order=title&said=muted");
    let words = chromium.words();
    assert!(
        words.contains("Muted. No letters about it until then"),
        "{words}"
    );
    let muted = (0..7).map(super::many::isbn).filter(|isbn| {
        let page = site.get(&format!("/editions/{isbn}"));
        page.body.contains("Unmute")
    });
    assert_eq!(muted.count(), 2);
}
