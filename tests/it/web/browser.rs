//! What a person sees, in a real browser: no overflow, no outside, pictures to look at.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::{ISBN, SALT_ROADS, TestSite, configuration};

/// Where pictures are left to be looked at.
fn pictures() -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("pictures");
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

fn chromium(arguments: &[&str]) -> std::process::Output {
    let profile = tempfile::tempdir().unwrap();
    let output = Command::new("chromium")
        .args([
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-background-networking",
        ])
        .arg(format!("--user-data-dir={}", profile.path().display()))
        .args(["--hide-scrollbars", "--virtual-time-budget=2000"])
        .args(arguments)
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    output
}

fn picture(url: &str, name: &str, (width, height): (u32, u32), dark: bool) -> PathBuf {
    let file = pictures().join(format!("{name}.png"));
    let mut arguments = vec![
        format!("--screenshot={}", file.display()),
        format!("--window-size={width},{height}"),
    ];
    if dark {
        arguments.push("--force-dark-mode".to_owned());
    }
    arguments.push(url.to_owned());
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    chromium(&arguments);
    assert!(file.metadata().unwrap().len() > 2000, "{}", file.display());
    file
}

fn say(file: &Path) {
    println!("{}", file.display());
}

#[test]
#[ignore = "needs Chromium"]
fn the_pages_are_drawn_wide_and_narrow_light_and_dark() {
    let site = TestSite::salt_roads();
    site.alert(ISBN, "Amazon is unavailable");
    let base = format!("http://{}", site.address);
    for (name, path) in [
        ("overview", "/".to_owned()),
        ("edition", format!("/editions/{ISBN}")),
    ] {
        let url = format!("{base}{path}");
        let heights = if name == "overview" {
            (640, 900)
        } else {
            (2400, 4200)
        };
        say(&picture(
            &url,
            &format!("{name}-wide-light"),
            (1280, heights.0),
            false,
        ));
        say(&picture(
            &url,
            &format!("{name}-wide-dark"),
            (1280, heights.0),
            true,
        ));
        say(&picture(
            &url,
            &format!("{name}-phone-light"),
            (390, heights.1),
            false,
        ));
        say(&picture(
            &url,
            &format!("{name}-phone-dark"),
            (390, heights.1),
            true,
        ));
    }
    let filtered = format!("{base}/?q=salt");
    say(&picture(&filtered, "filter", (1280, 640), false));
    say(&picture(
        &format!("{base}/editions/{ISBN}"),
        "edition-top",
        (1280, 1760),
        false,
    ));
    for name in ["alerts", "stores", "windows", "settings"] {
        say(&picture(
            &format!("{base}/{name}"),
            name,
            (1280, 800),
            false,
        ));
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
        "<img src=x onerror=\"document.title='owned'\">{}",
        "ب".repeat(300)
    );
    site.see(
        ISBN,
        "amazon.com",
        super::now(),
        super::says(pubwatch::book::Availability::InStock, &words),
    );
    let base = format!("http://{}", site.address);
    for (name, path) in [
        ("overview", "/".to_owned()),
        ("edition", format!("/editions/{ISBN}")),
    ] {
        let url = format!("{base}{path}");
        say(&picture(
            &url,
            &format!("hostile-{name}"),
            (1280, 2400),
            false,
        ));
        let dom = String::from_utf8(chromium(&["--dump-dom", &url]).stdout).unwrap();
        let (_, rest) = dom.split_once("<title>").unwrap();
        assert!(
            !rest.split("</title>").next().unwrap().starts_with("owned"),
            "{rest}"
        );
        assert!(!dom.contains("<img"), "{name}");
        assert!(!dom.contains("<script"), "{name}");
    }
}

#[test]
#[ignore = "needs Chromium"]
fn a_report_opened_from_the_disk_shows_everything() {
    let site = TestSite::salt_roads();
    let html = site.get(&format!("/editions/{ISBN}/report.html")).body;
    let file = site.folder.path().join("report.html");
    std::fs::write(&file, html).unwrap();
    // Every address but the file itself leads nowhere.
    let offline = "--host-resolver-rules=MAP * 0.0.0.0";
    let url = format!("file://{}", file.display());
    let dom = String::from_utf8(chromium(&[offline, "--dump-dom", &url]).stdout).unwrap();
    assert!(dom.contains("Currently unavailable"), "{dom}");
    say(&picture(&url, "report", (1280, 2000), false));
}

/// The page as a file with the checker in it, whose findings become the page's title.
fn with_checker(site: &TestSite, path: &str, checker: &str) -> String {
    let page = site.get(path).body;
    let (before, rest) = page.split_once("<link rel=\"stylesheet\" href=\"").unwrap();
    let (sheet, after) = rest.split_once("\">").unwrap();
    let style = site.get(sheet).body;
    let run = "axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa', \
               'best-practice']}).then(found => { document.title = 'axe ' + found.passes.length + \
               ' passes; ' + found.violations.map(one => one.impact + ' ' + one.id + ' ' + \
               one.nodes.map(node => node.html.slice(0, 120)).join(' | ')).join('; '); });";
    format!("{before}<style>{style}</style>{after}<script>{checker}</script><script>{run}</script>")
}

#[test]
#[ignore = "needs Chromium, and axe-core at PUBWATCH_AXE"]
fn an_accessibility_checker_finds_nothing() {
    let Ok(checker) = std::env::var("PUBWATCH_AXE") else {
        println!("NOT RUN: set PUBWATCH_AXE to axe-core's axe.min.js");
        return;
    };
    let checker = std::fs::read_to_string(checker).unwrap();
    let site = TestSite::salt_roads();
    site.alert(ISBN, "Amazon is unavailable");
    let edition = format!("/editions/{ISBN}");
    for path in [
        "/",
        &edition,
        "/alerts",
        "/letters",
        "/stores",
        "/windows",
        "/settings",
    ] {
        for mode in ["--disable-extensions", "--force-dark-mode"] {
            let file = site.folder.path().join("page.html");
            std::fs::write(&file, with_checker(&site, path, &checker)).unwrap();
            let url = format!("file://{}", file.display());
            let dom = chromium(&[mode, "--window-size=1280,2000", "--dump-dom", &url]).stdout;
            let dom = String::from_utf8(dom).unwrap();
            let (_, rest) = dom.split_once("<title>").unwrap();
            let found = rest.split("</title>").next().unwrap();
            println!("{path} {mode}: {found}");
            assert!(
                found.starts_with("axe ") && found.ends_with("passes; "),
                "{path}: {found}"
            );
        }
    }
}
