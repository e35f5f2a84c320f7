//! Every kind of letter in a real browser, as wide as a desk and as narrow as a phone, light and
//! dark: nothing runs over, nothing is fetched, and pictures are left to be looked at.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use pubwatch::mail::example;

/// The widths of a mail program on a desk, of a phone and of the narrowest phone.
const WIDTHS: [u32; 3] = [600, 360, 320];

/// The fonts in which every letter is drawn besides the machine's own: wide ones, so that it is not
/// for the machine to say what fits.
const WIDE: [&str; 2] = ["DejaVu Sans Mono", "DejaVu Serif"];

/// The pictures of the manual: which letter, its width, from where and how much of it, dark.
const OF_THE_MANUAL: [(&str, (u32, u32, u32), bool); 5] = [
    ("act", (600, 0, 460), false),
    ("digest", (600, 0, 400), true),
    ("launch-report", (600, 0, 440), false),
    ("good-news", (360, 0, 560), false),
    ("reminder-with-a-page", (360, 1225, 560), false),
];

/// Where pictures are left: the folder that `PUBWATCH_PICTURES` names, as docs/pictures.
fn pictures() -> PathBuf {
    let named = std::env::var_os("PUBWATCH_PICTURES").map(PathBuf::from);
    let folder =
        named.unwrap_or_else(|| PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("letters"));
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

fn chromium(arguments: &[String]) -> String {
    let profile = tempfile::tempdir().unwrap();
    let output = Command::new("chromium")
        .args(["--headless", "--no-sandbox", "--disable-gpu"])
        .args(["--hide-scrollbars", "--virtual-time-budget=3000"])
        .args(["--no-first-run", "--disable-sync", "--disable-quic"])
        .args([
            "--disable-background-networking",
            "--disable-component-update",
        ])
        .arg(format!("--user-data-dir={}", profile.path().display()))
        .args(arguments)
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

fn attribute(html: &str) -> String {
    html.replace('&', "&amp;").replace('"', "&quot;")
}

/// A letter as mail programs show it: as it is, in the wide fonts, and by those that drop its style
/// sheet.
fn dressed(html: &str) -> Vec<(String, String)> {
    let mut dressed = vec![("as-it-is".to_owned(), html.to_owned())];
    let (head, rest) = html.split_once("<style>").unwrap();
    let (_, body) = rest.split_once("</style>").unwrap();
    for font in WIDE {
        let name = font.replace(' ', "-");
        let style = format!("<style>* {{ font-family: '{font}' !important; }}</style>");
        dressed.push((
            name.clone(),
            html.replace("</head>", &format!("{style}</head>")),
        ));
        dressed.push((format!("bare-{name}"), format!("{head}{style}{body}")));
    }
    dressed
}

/// A page with every letter in a frame of every width in every dress, and a script that says of
/// each how wide it came out and what it fetched.
fn page() -> String {
    let mut page = String::from("<!DOCTYPE html><meta charset=\"utf-8\"><body>");
    for example in example::letters().unwrap() {
        for (dress, html) in dressed(&example.letter.html) {
            for width in WIDTHS {
                write!(
                    page,
                    "<iframe data-name=\"{} {dress}\" width=\"{width}\" height=\"800\" \
                     style=\"border:0\" srcdoc=\"{}\"></iframe>",
                    example.name,
                    attribute(&html)
                )
                .unwrap();
            }
        }
    }
    page + "<pre id=\"said\"></pre><script>addEventListener('load', () => {
        const said = [];
        for (const frame of document.querySelectorAll('iframe')) {
            const root = frame.contentDocument.documentElement;
            const over = [...root.querySelectorAll('body *')]
                .filter(one => one.getBoundingClientRect().right > frame.width + 0.5).length;
            const fetched = frame.contentWindow.performance.getEntriesByType('resource').length;
            const ground = frame.contentWindow.getComputedStyle(
                root.querySelector('table.page')).backgroundColor;
            const step = [...root.querySelectorAll('h2')]
                .find(one => one.textContent.startsWith('Your next step'));
            const top = step ? Math.round(step.getBoundingClientRect().top) : 'none';
            said.push(['SAID', frame.dataset.name, frame.width, root.scrollWidth, over, fetched,
                ground.replaceAll(' ', ''), top].join(' '));
        }
        document.getElementById('said').textContent = said.join('\\n') + '\\nEND';
    })</script>"
}

/// A font that is not installed would be drawn as another, and nothing would be held.
fn the_wide_fonts_are_here() {
    for font in WIDE {
        let output = Command::new("fc-match")
            .args(["--format=%{family[0]}", font])
            .output();
        let found = String::from_utf8(output.unwrap().stdout).unwrap();
        assert_eq!(found, font, "it is in Debian's fonts-dejavu-core");
    }
}

#[test]
#[ignore = "needs Chromium, and the fonts of DejaVu"]
fn no_letter_runs_over_or_fetches_anything_wide_and_narrow_light_and_dark() {
    the_wide_fonts_are_here();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("letters.html");
    std::fs::write(&file, page()).unwrap();
    let frames: usize = example::letters()
        .unwrap()
        .iter()
        .map(|example| dressed(&example.letter.html).len() * WIDTHS.len())
        .sum();
    for (dark, ground) in [(false, "rgb(255,255,255)"), (true, "rgb(13,17,23)")] {
        let mut arguments = vec!["--dump-dom".to_owned(), "--window-size=800,900".to_owned()];
        if dark {
            arguments.push("--force-dark-mode".to_owned());
        }
        arguments.push(format!("file://{}", file.display()));
        let dom = chromium(&arguments);
        let (_, said) = dom.split_once("<pre id=\"said\">").unwrap();
        let lines: Vec<&str> = said
            .lines()
            .take_while(|line| !line.starts_with("END"))
            .collect();
        assert_eq!(lines.len(), frames, "{said}");
        let mut with_a_step = 0;
        for line in lines {
            let fields: Vec<&str> = line.split(' ').collect();
            let [_, name, dress, width, came, over, fetched, found, step] = fields[..] else {
                panic!("{line}");
            };
            assert_eq!(came, width, "{name} {dress} is wider than its window");
            assert_eq!(over, "0", "{name} {dress} at {width}: something runs over");
            assert_eq!(fetched, "0", "{name} fetches something");
            // On a phone it can be seen without scrolling.
            if let Ok(step) = step.parse::<u32>() {
                with_a_step += 1;
                let is_on_a_phone = width != "600";
                assert!(
                    !is_on_a_phone || step < 700,
                    "{name} {dress}: its step is at {step}"
                );
            }
            if !dress.starts_with("bare-") {
                assert_eq!(found, ground, "{name}: its ground when dark is {dark}");
            }
        }
        assert!(with_a_step > frames / 3, "{with_a_step} of {frames}");
    }
}

#[test]
#[ignore = "needs Chromium"]
fn pictures_are_made_of_the_real_letters() {
    let folder = tempfile::tempdir().unwrap();
    let examples = example::letters().unwrap();
    for (name, (width, from, height), dark) in OF_THE_MANUAL {
        let example = examples.iter().find(|example| example.name == name);
        let html = attribute(&example.unwrap().letter.html);
        let page = folder.path().join(format!("{name}.html"));
        let window = format!(
            "<body style=\"margin:0\"><iframe width=\"{width}\" height=\"4000\" \
             style=\"border:0;margin-top:-{from}px\" srcdoc=\"{html}\"></iframe>"
        );
        std::fs::write(&page, window).unwrap();
        let picture = pictures().join(format!("letter-{name}.png"));
        draw(&page, &picture, (width, height), dark);
        let bytes = picture.metadata().unwrap().len();
        assert!((2_000..=80_000).contains(&bytes), "{name}: {bytes} bytes");
        println!("{}", picture.display());
    }
}

fn draw(page: &Path, picture: &Path, (width, height): (u32, u32), dark: bool) {
    let mut arguments = vec![
        format!("--screenshot={}", picture.display()),
        format!("--window-size={width},{height}"),
    ];
    if dark {
        arguments.push("--force-dark-mode".to_owned());
    }
    arguments.push(format!("file://{}", page.display()));
    chromium(&arguments);
}
