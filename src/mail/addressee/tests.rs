use jiff::SignedDuration;

use super::*;
use crate::config::plan::Secret;
use crate::mail::example;

fn recipient(address: &str, least: Least) -> Recipient {
    Recipient {
        name: None,
        address: address.to_owned(),
        least,
    }
}

fn hook(kind: HookKind, least: Least) -> HookPlan {
    HookPlan {
        kind,
        name: "mine".to_owned(),
        address: Secret::new("https://example.com/secret".to_owned()),
        secret: None,
        least,
    }
}

fn act(occasion: Occasion) -> Weighed {
    Weighed::new(
        Telling {
            occasion,
            finding: example::finding(Severity::Act),
            thread: Some("first@example.com".to_owned()),
        },
        None,
    )
}

/// The end of a worry that letters had told of as `told`.
fn over(told: Severity) -> Weighed {
    let telling = Telling {
        occasion: Occasion::Closed {
            lasted: SignedDuration::from_hours(48),
        },
        finding: example::over(),
        thread: Some("first@example.com".to_owned()),
    };
    Weighed::new(telling, Some(told))
}

fn news() -> Weighed {
    let telling = Telling {
        occasion: Occasion::News,
        finding: example::appeared(),
        thread: None,
    };
    Weighed::new(telling, None)
}

/// What everybody gets, a line each: who, of how many things.
#[track_caller]
fn check(
    recipients: &[(&str, Least)],
    hooks: &[HookPlan],
    weighed: &[Weighed],
    expected: &[&str],
) -> Vec<Letter> {
    let author = example::author();
    let recipients: Vec<Recipient> = recipients
        .iter()
        .map(|(address, least)| recipient(address, *least))
        .collect();
    let audience = Audience {
        recipients: &recipients,
        hooks,
    };
    let view = example::stuck().unwrap();
    let written = write(
        &example::desk(&author),
        audience,
        &[Matter {
            view: &view,
            outlooks: &[],
            weighed,
        }],
        example::moment(0),
    );
    let all = written.map_or_else(Vec::new, |written| written.all);
    let found: Vec<String> = all
        .iter()
        .map(|letter| format!("{} {} by {}", letter.to, word(letter), letter.route.name()))
        .collect();
    assert_eq!(found, expected);
    all
}

fn word(letter: &Letter) -> &'static str {
    letter.severity.map_or("-", Severity::name)
}

#[test]
fn everybody_hears_what_weighs_enough_for_them() {
    let three = [
        ("jane@example.com", Least::Good),
        ("joe@example.com", Least::Watch),
        ("press@example.com", Least::Act),
    ];
    check(
        &three,
        &[],
        &[act(Occasion::Opened)],
        &[
            "jane@example.com act by mail",
            "joe@example.com act by mail",
            "press@example.com act by mail",
        ],
    );
    check(&three, &[], &[news()], &["jane@example.com good by mail"]);
    check(&[("press@example.com", Least::Act)], &[], &[news()], &[]);
    check(&three, &[], &[], &[]);
}

#[test]
fn who_heard_of_a_worry_hears_of_its_end() {
    let two = [
        ("joe@example.com", Least::Watch),
        ("press@example.com", Least::Act),
    ];
    check(
        &two,
        &[],
        &[over(Severity::Act)],
        &[
            "joe@example.com good by mail",
            "press@example.com good by mail",
        ],
    );
    check(
        &two,
        &[],
        &[over(Severity::Watch)],
        &["joe@example.com good by mail"],
    );
}

#[test]
fn one_letter_tells_each_only_what_is_theirs() {
    let letters = check(
        &[
            ("jane@example.com", Least::Good),
            ("press@example.com", Least::Act),
        ],
        &[],
        &[act(Occasion::Opened), news()],
        &[
            "jane@example.com act by mail",
            "press@example.com act by mail",
        ],
    );
    for (letter, tells_the_news) in letters.iter().zip([true, false]) {
        let has_two = letter.text.contains("1. Act: ") && letter.text.contains("2. Good news: ");
        assert_eq!(has_two, tells_the_news, "{}", letter.text);
    }
}

#[test]
fn a_copy_says_why_it_comes_and_has_no_commands() {
    let letters = check(
        &[
            ("jane@example.com", Least::Good),
            ("press@example.com", Least::Good),
        ],
        &[],
        &[act(Occasion::Opened)],
        &[
            "jane@example.com act by mail",
            "press@example.com act by mail",
        ],
    );
    let [own, copy] = &letters[..] else {
        panic!("two letters");
    };
    let flat = |letter: &Letter| letter.text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(own.text.starts_with("Hello Jane Roe,\n"));
    assert!(own.text.contains("  pubwatch note "));
    assert!(flat(own).contains("It also wrote to press@example.com."));
    assert!(copy.text.starts_with("Hello,\n"));
    assert!(!copy.text.contains("pubwatch note"));
    assert!(!copy.html.contains("pubwatch note"));
    assert!(flat(copy).contains("Jane Roe, for whom Pubwatch keeps watch, wants you to know"));
    assert!(!flat(copy).contains("nobody else"));
}

#[test]
fn copies_make_threads_of_their_own() {
    let both = [
        ("jane@example.com", Least::Good),
        ("press@example.com", Least::Good),
    ];
    let first = check(
        &both,
        &[],
        &[act(Occasion::Opened)],
        &[
            "jane@example.com act by mail",
            "press@example.com act by mail",
        ],
    );
    assert_ne!(first[0].message_id, first[1].message_id);
    assert_eq!(first[0].references.as_deref(), Some("first@example.com"));
    assert_eq!(
        first[1].references,
        Some(copy_id("first@example.com", "press@example.com"))
    );
    assert_eq!(
        first[1].message_id,
        copy_id(&first[0].message_id, "press@example.com")
    );
}

#[test]
fn a_webhook_is_told_everything_in_fields_and_a_phone_in_a_few_lines() {
    let hooks = [
        hook(HookKind::Webhook, Least::Good),
        hook(HookKind::Ntfy, Least::Act),
    ];
    let posts = check(
        &[],
        &hooks,
        &[act(Occasion::Opened)],
        &[
            "webhook:mine act by webhook:mine",
            "ntfy:mine act by ntfy:mine",
        ],
    );
    let body: serde_json::Value = serde_json::from_str(&posts[0].text).unwrap();
    insta::assert_snapshot!(serde_json::to_string_pretty(&body).unwrap());
    assert_eq!(body["id"], posts[0].message_id.as_str());
    // By this name the first message of the thread came here.
    assert_eq!(body["thread"], copy_id("first@example.com", "webhook:mine"));
    let phone: serde_json::Value = serde_json::from_str(&posts[1].text).unwrap();
    insta::assert_snapshot!(serde_json::to_string_pretty(&phone).unwrap());
    check(
        &[],
        &hooks,
        &[news()],
        &["webhook:mine good by webhook:mine"],
    );
}

#[test]
fn nothing_from_a_page_breaks_what_is_posted() {
    let mut view = example::stuck().unwrap();
    view.edition.title = format!("\"Salt\r\n</script>\u{202E} 📚 {}", "x".repeat(3_000));
    let hooks = [
        hook(HookKind::Webhook, Least::Good),
        hook(HookKind::Ntfy, Least::Good),
    ];
    let author = example::author();
    let audience = Audience {
        recipients: &[],
        hooks: &hooks,
    };
    let written = write(
        &example::desk(&author),
        audience,
        &[Matter {
            view: &view,
            outlooks: &[],
            weighed: &[act(Occasion::Opened)],
        }],
        example::moment(0),
    )
    .unwrap();
    let webhook: serde_json::Value = serde_json::from_str(&written.all[0].text).unwrap();
    assert_eq!(webhook["edition"]["title"], view.edition.title.as_str());
    let phone: serde_json::Value = serde_json::from_str(&written.all[1].text).unwrap();
    let title = phone["title"].as_str().unwrap();
    assert!(
        !title.contains(char::is_control) && title.chars().count() <= 120,
        "{title}"
    );
    assert!(written.all[1].text.len() < 4_096);
}

#[test]
fn the_answers_of_the_author_are_in_nobody_elses_letter_and_in_nothing_that_is_posted() {
    let author = example::author();
    let signs = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, &[7; 32]);
    let desk = Desk {
        site: Some("https://books.example.com"),
        signs: Some(&signs),
        ..example::desk(&author)
    };
    let audience = Audience {
        recipients: &[
            recipient(&author.email, Least::Good),
            recipient("press@example.com", Least::Good),
        ],
        hooks: &[
            hook(HookKind::Webhook, Least::Good),
            hook(HookKind::Ntfy, Least::Good),
        ],
    };
    let view = example::stuck().unwrap();
    let matter = Matter {
        view: &view,
        outlooks: &[],
        weighed: &[act(Occasion::Opened)],
    };
    let written = write(&desk, audience, &[matter], example::moment(0)).unwrap();
    assert_eq!(written.all.len(), 4);
    for letter in &written.all {
        let is_authors = letter.to == author.email;
        for part in [&letter.text, &letter.html] {
            let is_posted_html = part.is_empty();
            assert!(is_posted_html || part.contains("books.example.com/answer/") == is_authors);
            assert!(
                is_authors || !part.contains("books.example.com"),
                "{}",
                letter.to
            );
        }
    }
}
