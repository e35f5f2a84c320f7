use super::*;

fn trouble(stage: Stage, code: u16) -> Trouble {
    Trouble {
        stage,
        code: (code != 0).then_some(code),
        retry_after: None,
        words: "words".to_owned(),
    }
}

#[test]
fn an_answer_means_something_only_with_its_question() {
    #[track_caller]
    fn check(stage: Stage, code: u16, expected: Meaning) {
        assert_eq!(meaning(&trouble(stage, code)), expected);
    }
    check(Stage::Connect, 0, Meaning::ServerLater);
    check(Stage::Connect, 554, Meaning::ServerLater);
    check(Stage::Tls, 0, Meaning::ServerLater);
    check(Stage::Login, 0, Meaning::ServerLater);
    check(Stage::Login, 454, Meaning::ServerLater);
    check(Stage::Login, 535, Meaning::LoginRefused);
    check(Stage::Sender, 530, Meaning::LoginRefused);
    check(Stage::Sender, 553, Meaning::ServerLater);
    check(Stage::Sender, 552, Meaning::Refused);
    check(Stage::Sender, 451, Meaning::LetterLater);
    check(Stage::Recipient, 450, Meaning::LetterLater);
    check(Stage::Recipient, 550, Meaning::Refused);
    check(Stage::Recipient, 504, Meaning::ServerLater);
    let said = |words: &str, expected| {
        let trouble = Trouble {
            words: words.to_owned(),
            ..trouble(Stage::Recipient, 554)
        };
        assert_eq!(meaning(&trouble), expected, "{words}");
    };
    said(
        "5.7.1 <jane@example.com>: Relay access denied",
        Meaning::ServerLater,
    );
    said(
        "5.7.1 Service unavailable; Client host [192.0.2.7] blocked",
        Meaning::ServerLater,
    );
    said(
        "5.5.0 Helo command rejected: need a full name",
        Meaning::ServerLater,
    );
    said(
        "5.7.1 this list takes no letters of strangers",
        Meaning::LetterLater,
    );
    said("5.1.1 no such user here", Meaning::Refused);
    check(Stage::Recipient, 421, Meaning::ServerLater);
    check(Stage::Recipient, 0, Meaning::ServerLater);
    check(Stage::Data, 554, Meaning::Refused);
    check(Stage::Data, 0, Meaning::ServerLater);
    check(Stage::Answer, 451, Meaning::LetterLater);
    check(Stage::Answer, 554, Meaning::Refused);
    check(Stage::Answer, 0, Meaning::Unknown);
    check(Stage::Prepare, 0, Meaning::Refused);
    check(Stage::Post, 0, Meaning::ServerLater);
    check(Stage::Post, 301, Meaning::ServerLater);
    check(Stage::Post, 400, Meaning::Refused);
    check(Stage::Post, 401, Meaning::LoginRefused);
    check(Stage::Post, 404, Meaning::ServerLater);
    check(Stage::Post, 410, Meaning::Refused);
    check(Stage::Post, 429, Meaning::ServerLater);
    check(Stage::Post, 500, Meaning::ServerLater);
}

#[test]
fn an_account_that_has_sent_enough_makes_all_letters_wait_and_a_full_mailbox_does_not() {
    #[track_caller]
    fn check(code: u16, words: &str, expected: Meaning) {
        let stages = [Stage::Sender, Stage::Recipient, Stage::Data, Stage::Answer];
        for stage in stages {
            let said = Trouble {
                words: words.to_owned(),
                ..trouble(stage, code)
            };
            assert_eq!(meaning(&said), expected, "{stage:?}: {words}");
        }
    }
    for (code, words) in [
        (550, "5.4.5 Daily user sending quota exceeded"),
        (550, "5.4.5 Daily SMTP relay limit exceeded for customer"),
        (550, "5.7.1 you have reached the daily limit of your plan"),
        (
            554,
            "5.1.90 Your message can't be sent: daily limit for message recipients",
        ),
        (
            550,
            "jane has exceeded its 24-hour sending limit. Relay quota will reset",
        ),
        (552, "sending quota exceeded"),
        (450, "4.7.0 Mail send limit exceeded"),
        (
            550,
            "Domain example.com has exceeded the max emails per hour (150/150)",
        ),
        (554, "too many messages, 500 messages per day are allowed"),
    ] {
        check(code, words, Meaning::ServerLater);
    }
    for words in [
        "5.2.2 mailbox quota exceeded",
        "5.2.2 over quota, too many messages",
        "Requested mail action aborted: exceeded storage allocation",
        "quota exceeded (mailbox for user is full)",
        "the mailbox holds too many messages",
        "too many messages for this recipient",
        "this user is receiving too many messages",
    ] {
        check(552, words, Meaning::Refused);
    }
    check(
        452,
        "4.2.2 mailbox full, too many messages",
        Meaning::LetterLater,
    );
}

#[test]
fn a_letter_is_given_up_when_it_is_old_and_was_tried_often() {
    #[track_caller]
    fn check(tries: u32, days: i64, is_kept: bool) {
        let queued: Timestamp = "2027-01-01T00:00:00Z".parse().unwrap();
        let now = queued + SignedDuration::from_hours(days * 24);
        let fate = fate(&trouble(Stage::Connect, 0), tries, queued, now);
        assert_eq!(fate == Fate::Kept, is_kept, "{tries} tries, {days} days");
    }
    check(30, 13, false);
    check(8, 14, true);
    // The machine slept for three weeks.
    check(1, 21, false);
    check(7, 21, false);
    check(8, 21, true);
}

#[test]
fn pauses_grow_and_go_on_for_at_least_four_days() {
    let queued: Timestamp = "2027-01-01T00:00:00Z".parse().unwrap();
    let mut now = queued;
    let mut last = SignedDuration::ZERO;
    let mut tries = 0;
    loop {
        tries += 1;
        match fate(&trouble(Stage::Connect, 0), tries, queued, now) {
            Fate::Again(next) => {
                let pause = next.duration_since(now);
                assert!(pause >= last, "try {tries}: {pause} after {last}");
                last = pause;
                now = next;
            }
            Fate::Kept => break,
        }
    }
    assert!(now.duration_since(queued) >= SignedDuration::from_hours(4 * 24));
    assert!((20..60).contains(&tries), "{tries} tries");
}

#[test]
fn a_refusal_is_kept_at_once_and_a_wrong_password_waits_an_hour() {
    #[track_caller]
    fn check(stage: Stage, code: u16, pause: Option<i64>) {
        let now: Timestamp = "2027-01-01T00:00:00Z".parse().unwrap();
        let expected = pause.map_or(Fate::Kept, |minutes| {
            Fate::Again(now + SignedDuration::from_mins(minutes))
        });
        assert_eq!(fate(&trouble(stage, code), 1, now, now), expected);
    }
    check(Stage::Recipient, 550, None);
    check(Stage::Login, 535, Some(60));
    check(Stage::Recipient, 450, Some(1));
}

#[test]
fn a_wish_for_quiet_makes_a_pause_longer_but_not_shorter_and_not_endless() {
    #[track_caller]
    fn check(wish: &str, tries: u32, minutes: i64) {
        let now: Timestamp = "2027-01-01T00:00:00Z".parse().unwrap();
        let trouble = Trouble {
            retry_after: Some(wish.to_owned()),
            ..trouble(Stage::Post, 429)
        };
        let pause = SignedDuration::from_mins(minutes);
        assert_eq!(pause_for(&trouble, tries, now), pause, "{wish}");
    }
    check("600", 1, 10);
    check("Fri, 01 Jan 2027 00:10:00 GMT", 1, 10);
    check("600", 4, 60);
    check("0", 1, 1);
    check("soon", 1, 1);
    check("31536000", 1, 24 * 60);
}

#[test]
fn logs_show_no_whole_address() {
    assert_eq!(masked("jane@example.com"), "j***@example.com");
    assert_eq!(masked("éva@example.com"), "é***@example.com");
    assert_eq!(masked("nothing"), "***");
}

#[test]
fn an_explanation_says_what_to_do() {
    let text = explain(&trouble(Stage::Login, 535));
    assert!(text.contains("535 while logging in"), "{text}");
    assert!(text.ends_with("`pubwatch outbox retry`"), "{text}");
    let text = explain(&Trouble {
        words: "5.4.5 daily user sending quota exceeded".to_owned(),
        ..trouble(Stage::Recipient, 550)
    });
    assert!(text.ends_with("quota exceeded"), "{text}");
}
