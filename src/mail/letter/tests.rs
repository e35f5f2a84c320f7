use super::*;
use crate::book::{Availability, StoreId};
use crate::judge::Severity;
use crate::mail::example;

/// Titles that have hurt other programs.
const HARD_TITLES: [&str; 8] = [
    "Salt\r\nBcc: everyone@example.com\r\n\r\nRoads",
    "<script>alert(1)</script><img src=x onerror=alert(2)>",
    "\"Quotes\" & 'apostrophes' <b>bold</b> {{ braces }} {% raw %}",
    "\u{202E}right to left override\u{202C} and عنوان الكتاب",
    "👩\u{200D}👩\u{200D}👧 family 📚 塩の道",
    "[please complete: a trap]",
    // 300 characters without a space, in three scripts.
    concat!(
        "WWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWW",
        "ßßßßßßßßßßßßßßßßßßßßßßßßßßßßßßßßßßßßßßßß塩塩塩塩塩塩塩塩塩塩塩塩塩塩塩塩塩塩塩塩",
        "عععععععععععععععععععععععععععععععععععععععععععععععععععععععععععع",
        "WWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWW",
        "éééééééééééééééééééééééééééééééééééééééééééééééééééééééééééé",
    ),
    "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft",
];

fn letters_about(title: &str) -> Letter {
    let author = example::author();
    let mut view = example::stuck().unwrap();
    view.edition.title = title.to_owned();
    let telling = Telling {
        occasion: Occasion::Opened,
        finding: example::finding(Severity::Act),
        thread: None,
    };
    compose(
        &example::desk(&author),
        &[Topic::new(&view, &[telling])],
        example::moment(0),
    )
    .unwrap()
}

#[test]
fn every_kind_reads_well_as_text() {
    for example in example::letters().unwrap() {
        let letter = &example.letter;
        let shown = format!("Subject: {}\n\n{}", letter.subject, letter.text);
        insta::assert_snapshot!(format!("{}.text", example.name), shown);
    }
}

#[test]
fn every_kind_reads_well_as_html() {
    for example in example::letters().unwrap() {
        insta::assert_snapshot!(format!("{}.html", example.name), example.letter.html);
    }
}

#[test]
fn nothing_is_fetched_from_outside_and_nothing_runs() {
    for example in example::letters().unwrap() {
        let html = example.letter.html.to_ascii_lowercase();
        for word in [
            "<img", "<script", "<link", "<iframe", "url(", "@import", "src=", "onerror",
        ] {
            assert!(!html.contains(word), "{}: {word}", example.name);
        }
    }
}

#[test]
fn hard_titles_are_safe_and_readable_everywhere() {
    let long = "A ".repeat(150) + "End";
    for title in HARD_TITLES.iter().copied().chain([long.as_str()]) {
        let letter = letters_about(title);
        assert!(!letter.subject.chars().any(char::is_control), "{title:?}");
        assert!(!letter.subject.contains('\u{202E}'), "{title:?}");
        assert!(letter.subject.chars().count() < 240, "{}", letter.subject);
        for tag in ["<script", "<img", "<b>bold"] {
            assert!(!letter.html.contains(tag), "{title:?}");
        }
        assert!(!letter.html.contains('\u{202E}') && !letter.text.contains('\u{202E}'));
        for line in letter.text.lines() {
            // A word that is longer has a line of its own: addresses, and German titles.
            let is_one_word = !line.trim().contains(' ');
            assert!(line.chars().count() <= 72 || is_one_word, "{line}");
        }
    }
}

#[test]
fn a_title_is_shown_as_it_is_written() {
    let letter = letters_about("Fish & <Chips>");
    assert!(letter.subject.contains("Fish & <Chips>"));
    assert!(letter.text.contains("Fish & <Chips>"));
    assert!(letter.html.contains("Fish &#38; &#60;Chips&#62;"));
}

#[test]
fn a_page_that_cannot_be_read_is_never_called_unavailable() {
    let author = example::author();
    let mut view = example::stuck().unwrap();
    let amazon = view.listings.first_mut().unwrap();
    amazon.spells.clear();
    amazon.blind = Some(crate::history::Blind {
        since: example::moment(-30),
        attempts: 5,
        alike_since: example::moment(-30),
        alike: 5,
        unread: crate::page::Unread {
            reason: crate::page::UnreadReason::Blocked,
            rule: "refusal/captcha".to_owned(),
            words: "Enter the characters".to_owned(),
        },
    });
    let mut finding = example::blind();
    finding.stores = vec![StoreId::new("amazon.com")];
    let telling = Telling {
        occasion: Occasion::Opened,
        finding,
        thread: None,
    };
    let letter = compose(
        &example::desk(&author),
        &[Topic::new(&view, &[telling])],
        example::moment(0),
    )
    .unwrap();
    for part in [&letter.text, &letter.html] {
        assert!(part.contains("Not seen"));
        assert!(part.contains("We could not read the page since Wed 27 January, 06:00 EST"));
        assert!(!part.contains(Availability::OutOfStock.word()));
    }
}

#[test]
fn a_watch_letter_gives_the_date_and_no_text_to_send() {
    let letters = example::letters().unwrap();
    let watch = &letters
        .iter()
        .find(|example| example.name == "watch")
        .unwrap()
        .letter;
    assert!(watch.text.contains("Wait until Tue 2 February."));
    assert!(!watch.text.contains("ready to paste"));
    assert!(!watch.text.contains("Whom to write to"));
}

fn example(name: &str) -> Letter {
    let mut letters = example::letters().unwrap().into_iter();
    letters.find(|example| example.name == name).unwrap().letter
}

#[test]
fn with_a_page_a_letter_with_something_to_do_has_at_most_sixty_lines_and_leads_there() {
    for (name, most) in [("act-with-a-page", 60), ("reminder-with-a-page", 45)] {
        let letter = example(name);
        let lines = letter.text.lines().count();
        assert!(lines <= most, "{name}: {lines}");
        for words in ["pubwatch note", "mailto:", "What is usual"] {
            assert!(!letter.text.contains(words), "{name}: {words}");
        }
        let site = "https://books.example.com";
        for path in [
            "/editions/9781944098117",
            "/answer/9781944098117/asked-ingramspark/1801155600/",
            "/answer/9781944098117/expected/1801155600/",
            "/answer/9781944098117/later/1801155600/",
        ] {
            assert_eq!(letter.text.matches(path).count(), 1, "{name}: {path}");
            let link = format!("href=\"{site}{path}");
            assert_eq!(letter.html.matches(&link).count(), 1, "{name}: {path}");
        }
    }
    let without = example("act");
    for words in ["mailto:", "/answer/"] {
        assert!(!without.text.contains(words), "{words}");
    }
    assert!(
        without
            .text
            .contains("pubwatch note 9781944098117 asked-ingramspark")
    );
}

#[test]
fn of_two_formats_each_has_its_own_links_and_page() {
    let author = example::author();
    let signs = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, &[7; 32]);
    let desk = Desk {
        site: Some("https://books.example.com"),
        signs: Some(&signs),
        ..example::desk(&author)
    };
    let [paperback, hardcover] = [example::stuck().unwrap(), example::hardcover().unwrap()];
    let told = [Telling {
        occasion: Occasion::Opened,
        finding: example::finding(Severity::Act),
        thread: None,
    }];
    let topics = [Topic::new(&paperback, &told), Topic::new(&hardcover, &told)];
    let letter = compose(&desk, &topics, example::moment(0)).unwrap();
    for (line, path) in [
        (
            "I have asked IngramSpark (Amazon (paperback))<",
            "/answer/9781944098117/asked-",
        ),
        (
            "I have asked IngramSpark (Amazon (hardcover))<",
            "/answer/9781944098230/asked-",
        ),
        ("All of the paperback<", "/editions/9781944098117"),
        ("All of the hardcover<", "/editions/9781944098230"),
    ] {
        let (before, _) = letter
            .html
            .split_once(line)
            .unwrap_or_else(|| panic!("{line}"));
        let (_, link) = before.rsplit_once("href=\"").unwrap();
        assert!(link.contains(path), "{link}");
    }
}

#[test]
fn the_most_severe_comes_first() {
    let letters = example::letters().unwrap();
    let several = &letters
        .iter()
        .find(|example| example.name == "several")
        .unwrap()
        .letter;
    assert_eq!(several.severity, Some(Severity::Act));
    assert_eq!(several.rule.as_deref(), Some("stores-disagree"));
    assert_eq!(
        several.subject,
        "Act: Salt Roads: Amazon unavailable, 12 days to go"
    );
}

#[test]
fn later_letters_thread_with_the_first_and_nothing_is_told_of_nothing() {
    for example in example::letters().unwrap() {
        let later = ["reminder", "reminder-with-a-page", "escalated", "all-clear"];
        let later = later.contains(&example.name);
        assert_eq!(
            example.letter.references.is_some(),
            later,
            "{}",
            example.name
        );
    }
    let author = example::author();
    let view = example::stuck().unwrap();
    assert_eq!(
        compose(
            &example::desk(&author),
            &[Topic::new(&view, &[])],
            example::moment(0)
        ),
        None
    );
}

#[test]
fn words_that_must_not_be_said_are_not_said() {
    for example in example::letters().unwrap() {
        let letter = &example.letter;
        for word in [
            "Your book is out of stock",
            "Author Central",
            "uaranteed",
            "ONIX",
            "parse",
            "!\n",
            "removed your book",
        ] {
            assert!(!letter.text.contains(word), "{}: {word}", example.name);
        }
    }
}

fn about_two(change: impl Fn(&mut Telling)) -> Letter {
    let author = example::author();
    let [paperback, hardcover] = [example::stuck().unwrap(), example::hardcover().unwrap()];
    let own = [Telling {
        occasion: Occasion::Opened,
        finding: example::finding(Severity::Act),
        thread: None,
    }];
    let mut other = own.clone();
    other.iter_mut().for_each(change);
    let topics = [Topic::new(&paperback, &own), Topic::new(&hardcover, &other)];
    compose(&example::desk(&author), &topics, example::moment(0)).unwrap()
}

#[test]
fn the_same_of_two_formats_is_said_once_and_asked_once() {
    let letter = about_two(|_| {});
    let flat = letter.text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert_eq!(
        letter.subject,
        "Act: Salt Roads (2 formats): Amazon unavailable"
    );
    assert_eq!(flat.matches("Whom to write to").count(), 1);
    assert_eq!(flat.matches("Hello, I am the account holder").count(), 1);
    assert!(flat.contains("The same holds for the hardcover 9781944098230"));
    for store in ["Amazon (paperback)", "Amazon (hardcover)"] {
        assert!(letter.html.contains(store), "{store}");
    }
    for edition in ["9781944098117", "9781944098230"] {
        let command = format!("pubwatch note {edition} asked-ingramspark");
        assert!(letter.text.contains(&command), "{command}");
    }
}

#[test]
fn what_is_true_of_one_format_only_is_said_of_that_one() {
    let letter = about_two(|telling| telling.finding = example::appeared());
    assert!(
        letter
            .text
            .contains("1. Act: Amazon shows “Currently unavailable” (paperback).")
    );
    assert!(
        letter
            .text
            .contains("2. Good news: Amazon takes orders (hardcover).")
    );
    assert!(!letter.text.contains("The same holds"));
    assert_eq!(
        letter.subject,
        "Act: Salt Roads (paperback): Amazon unavailable"
    );
}

#[test]
fn where_the_words_differ_each_format_has_its_own() {
    let letter = about_two(|telling| {
        telling.finding.since = example::moment(-3 * 24);
        for page in &mut telling.finding.pages {
            page.since = example::moment(-3 * 24);
        }
    });
    let flat = letter.text.split_whitespace().collect::<Vec<_>>().join(" ");
    for said in ["Paperback: Amazon has said", "Hardcover: Amazon has said"] {
        assert!(flat.contains(said), "{}", letter.text);
    }
}
