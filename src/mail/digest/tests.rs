use super::*;
use crate::mail::example;

fn item(title: &str, severity: Option<Severity>) -> Item {
    let mut view = example::stuck().unwrap();
    title.clone_into(&mut view.edition.title);
    Item {
        view,
        findings: severity.map(example::finding).into_iter().collect(),
        outlooks: Vec::new(),
        lines: Vec::new(),
    }
}

fn written(items: &[Item]) -> Letter {
    let author = example::author();
    digest(&example::desk(&author), None, items, example::moment(0))
}

#[track_caller]
fn check_order(text: &str, words: &[&str]) {
    let mut from = 0;
    for word in words {
        let found = text[from..].find(word);
        from += found.unwrap_or_else(|| panic!("{word} is not after the others in {text}"));
    }
}

#[test]
fn what_is_to_be_acted_on_comes_first_and_what_is_quiet_last() {
    let letter = written(&[
        item("Quiet", None),
        item("Watched", Some(Severity::Watch)),
        item("Acted on", Some(Severity::Act)),
    ]);
    assert_eq!(
        letter.subject,
        "Digest: 1 to act on, 1 to watch, 3 editions"
    );
    check_order(
        &letter.text,
        &[
            "*Acted on*\n",
            "*Watched*\n",
            "*Nothing to do*\n",
            "Quiet (",
        ],
    );
}

#[test]
fn a_digest_without_news_still_says_that_we_are_watching() {
    let letter = written(&[item("Quiet", None)]);
    assert_eq!(letter.subject, "Digest: all as expected, 1 edition");
    assert!(letter.text.contains("All as expected, 1 edition."));
    assert!(letter.text.contains("Amazon: 08:00 EST, 1 page"));
}

#[test]
fn who_has_nothing_to_hear_reads_a_few_lines() {
    let mut item = item("Quiet", None);
    // Long out, so that no day of a launch is near.
    item.view.launch.publication = "2026-02-09".parse().unwrap();
    item.outlooks = item
        .view
        .listings
        .iter()
        .map(|listing| ListingOutlook {
            store: listing.store.clone(),
            outlook: crate::judge::Outlook::AsExpected {
                state: crate::book::Availability::InStock,
                since: example::moment(-1000),
            },
            seen_at: Some(example::moment(-4)),
            good_until: None,
            price: None,
            list_price: None,
        })
        .collect();
    let author = example::author();
    let desk = example::desk(&author);
    assert!(is_quiet(
        &desk,
        std::slice::from_ref(&item),
        example::moment(0)
    ));
    let letter = digest(&desk, None, &[item.clone()], example::moment(0));
    let body = letter.text.split("\n-- \n").next().unwrap();
    let lines: Vec<&str> = body.lines().filter(|line| !line.is_empty()).collect();
    assert_eq!(letter.subject, "Digest: all as expected, 1 edition");
    // The greeting, the verdict, the looks and what comes next.
    assert_eq!(lines.len(), 7, "{body}");
    assert_eq!(lines[1], "All as expected, 1 edition: Quiet.");
    assert!(lines.join(" ").contains("this comes once in four weeks"));
    // A line about what happened, or a day that is near, is worth a digest.
    let happened = Item {
        lines: vec!["It was away for two hours.".to_owned()],
        ..item.clone()
    };
    let mut near = item;
    near.view.launch.publication = "2027-02-09".parse().unwrap();
    for one in [happened, near] {
        assert!(!is_quiet(&desk, &[one], example::moment(0)));
    }
}

#[test]
fn a_store_that_nobody_has_seen_for_days_is_out_of_sight() {
    let mut item = item("Quiet", None);
    item.view.listings[1].last_good = Some(example::moment(-49));
    item.view.listings[2].last_good = None;
    let text = written(&[item]).text;
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        text.contains("Barnes & Noble: Tue 26 January, 11:00 EST (out of sight)"),
        "{text}"
    );
    assert!(
        text.contains("Bookshop.org: no good look yet (out of sight)"),
        "{text}"
    );
}

#[test]
fn an_imprint_with_hundreds_of_titles_gets_a_digest_that_can_be_read() {
    let items: Vec<Item> = (0..300)
        .map(|number| item(&format!("Title {number}"), None))
        .collect();
    let letter = written(&items);
    assert!(
        letter.text.lines().count() < 300,
        "{} lines",
        letter.text.lines().count()
    );
    assert!(letter.text.contains("And 270 more."));
    assert!(
        letter.text.contains("Title 3 and 296 more:"),
        "{}",
        letter.text
    );
    // Gmail clips a mail beyond 102 kB.
    assert!(letter.html.len() < 100_000, "{} bytes", letter.html.len());
}

#[test]
fn a_title_cannot_begin_a_tag_or_a_line() {
    let letter = written(&[item("<b>x</b>\r\nBcc: y", Some(Severity::Act))]);
    assert!(!letter.html.contains("<b>x"));
    assert!(
        letter.text.contains("*<b>x</b> Bcc: y*\n"),
        "{}",
        letter.text
    );
}

#[test]
fn a_digest_about_a_hostile_title_is_a_letter_like_any_other() {
    let evil = "Tide<script>alert(1)</script>\r\n.\r\nBcc: all@example.com\r\n\u{202e}\u{1b}[2J\0\
                <img src=x onerror=alert(1)>\"'&";
    let mut items = [
        item(evil, Some(Severity::Act)),
        item(evil, Some(Severity::Watch)),
        item(evil, None),
    ];
    for item in &mut items {
        item.view.edition.author = Some(evil.to_owned());
        item.lines.push(evil.to_owned());
        for page in item.findings.iter_mut().flat_map(|one| &mut one.pages) {
            evil.clone_into(&mut page.words);
        }
        for listing in &mut item.view.listings {
            evil.clone_into(&mut listing.address);
        }
    }
    let author = example::author();
    let desk = example::desk(&author);
    for client in [None, Some(evil)] {
        let letter = digest(&desk, client, &items, example::moment(0));
        crate::mail::message::no_harm(&letter);
        assert!(letter.text.contains("Tide<script>"), "{}", letter.text);
    }
}
