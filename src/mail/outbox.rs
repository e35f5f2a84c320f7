//! What an answer of the mail server means, and when to try again. Pure.

use jiff::{SignedDuration, Timestamp};
use strum::{EnumString, IntoStaticStr};

use crate::fetch::retry_after;
use crate::say::{fixed, say};

/// How far a try came before it ended. An SMTP answer means nothing without the question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// Before anything was asked: the letter itself, or our own settings.
    Prepare,
    /// The connection and the server's greeting.
    Connect,
    /// The protection of the line: STARTTLS, certificates.
    Tls,
    /// User name and password.
    Login,
    /// `MAIL FROM`: who sends.
    Sender,
    /// `RCPT TO`: who receives.
    Recipient,
    /// `DATA`, before the letter itself has been sent to its end.
    Data,
    /// The letter has been sent; the answer to it.
    Answer,
    /// A post to a webhook or to ntfy, and the answer to it.
    Post,
}

impl Stage {
    /// What was being done, for messages.
    pub fn doing(self) -> &'static str {
        match self {
            Self::Prepare => fixed("doing-prepare"),
            Self::Connect => fixed("doing-connect"),
            Self::Tls => fixed("doing-tls"),
            Self::Login => fixed("doing-login"),
            Self::Sender => fixed("doing-sender"),
            Self::Recipient => fixed("doing-recipient"),
            Self::Data => fixed("doing-data"),
            Self::Answer => fixed("doing-answer"),
            Self::Post => fixed("doing-post"),
        }
    }
}

/// How a try ended that did not deliver.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble {
    /// How far it came.
    pub stage: Stage,
    /// The server's code, when it answered.
    pub code: Option<u16>,
    /// Its wish to be left alone for a while: the header `Retry-After`, as it came.
    pub retry_after: Option<String>,
    /// The server's words, or what the line did, on one line.
    pub words: String,
}

/// What a trouble means for the letter and for the others that wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, IntoStaticStr, EnumString)]
#[strum(serialize_all = "snake_case")]
pub enum Meaning {
    /// This letter later; the others may go on (greylisting, a full mailbox).
    LetterLater,
    /// It may or may not have arrived. Again later, under the same Message-ID.
    Unknown,
    /// The server, or how we are set up to use it, is in trouble: all letters later.
    ServerLater,
    /// The server does not believe the user name or the password. Not the letter's fault, and
    /// trying often may lock the account: all letters later, and people are told loudly.
    LoginRefused,
    /// The server will never take this letter. It is kept and shown.
    Refused,
}

impl Meaning {
    /// The name in the database and in JSON.
    pub fn name(self) -> &'static str {
        self.into()
    }

    /// The meaning of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        name.parse().ok()
    }

    /// It is not about this one letter, so the others wait as well.
    pub fn is_about_the_server(self) -> bool {
        matches!(self, Self::ServerLater | Self::LoginRefused)
    }
}

/// What a trouble means.
///
/// Sources: RFC 5321 §4.2.1 (4yz transient, 5yz permanent), §3.8 (421 may answer anything),
/// §4.2.5 (the answer to the end of data decides who is responsible for the letter); RFC 4954 §6
/// (530, 534, 535, 538 speak of the login). A refusal at a recipient is final only where it is the
/// recipient's: 504, and codes of policy (5.7.x of RFC 3463), are often about the client, its name or
/// relaying. For posts RFC 9110 §15: 408, 425, 429 and 5xx pass, and
/// so, for a person, do redirects and 404, which a new address or a program that is switched on
/// again mends; 401 and 403 speak of the token; every other 4xx, as 410, is for good. A post without
/// an answer may have arrived, and is sent again under the same id.
pub fn meaning(trouble: &Trouble) -> Meaning {
    let code = trouble.code.unwrap_or(0);
    if trouble.stage == Stage::Post {
        return match code {
            401 | 403 | 407 => Meaning::LoginRefused,
            0..400 | 404 | 408 | 421 | 425 | 429 | 500.. => Meaning::ServerLater,
            400.. => Meaning::Refused,
        };
    }
    match (trouble.stage, code) {
        (Stage::Prepare, _) => Meaning::Refused,
        (Stage::Login, 500..) | (_, 530 | 534 | 535 | 538) => Meaning::LoginRefused,
        (Stage::Answer, 0) => Meaning::Unknown,
        (Stage::Connect | Stage::Tls | Stage::Login, _) | (_, 0 | 421) => Meaning::ServerLater,
        // "Message too big", or a letter that the server can never store.
        (_, 552) => Meaning::Refused,
        // Who we are, or what this server may do for us: no letter is to blame.
        (Stage::Recipient, 500..) if code == 504 || refuses_us(&trouble.words) => {
            Meaning::ServerLater
        }
        // A matter of policy, of which only this recipient's letters are known to suffer.
        (Stage::Recipient, 500..) if is_policy(&trouble.words) => Meaning::LetterLater,
        // A sender that the server does not accept is a matter of `from`, which all letters share.
        (Stage::Sender, 500..) => Meaning::ServerLater,
        (_, 500..) => Meaning::Refused,
        (_, _) => Meaning::LetterLater,
    }
}

/// Words of refusals that speak of the client, of relaying or of the login, as Postfix, Exim, Sendmail
/// and Exchange write them.
const OF_US: &[&str] = &[
    "relay",
    "client host",
    "helo",
    "ehlo",
    "authentication required",
    "not authenticated",
    "sender verify failed",
    "must authenticate",
    "dynamic ip",
    "blocked using",
    "blacklist",
    "blocklist",
    "reputation",
];

/// The refusal of a recipient names us and not the recipient.
fn refuses_us(words: &str) -> bool {
    let words = words.to_ascii_lowercase();
    OF_US.iter().any(|one| words.contains(one))
}

/// The enhanced code is one of policy or security, 5.7.x (RFC 3463 §3.8).
fn is_policy(words: &str) -> bool {
    words.trim_start().starts_with("5.7.")
}

/// The pauses after the first, second, … try, in minutes; the last one repeats.
const PAUSES: &[i64] = &[1, 5, 15, 60, 240, 480, 720];

/// A letter that nobody would take for this long is given up: kept and shown, as a refusal is.
///
/// RFC 5321 §4.5.4.1 asks for at least four to five days; a mail server of one's own may be down
/// for a holiday.
pub const GIVE_UP_AFTER: SignedDuration = SignedDuration::from_hours(14 * 24);

/// The least pause after a refused login: trying again and again may lock the account.
const LOGIN_PAUSE: SignedDuration = SignedDuration::from_hours(1);

/// How long to wait after the `tries`-th try (from 1).
pub fn pause_after(tries: u32, meaning: Meaning) -> SignedDuration {
    let index = usize::try_from(tries.saturating_sub(1)).unwrap_or(usize::MAX);
    let minutes = PAUSES
        .get(index)
        .or(PAUSES.last())
        .copied()
        .unwrap_or_default();
    let pause = SignedDuration::from_mins(minutes);
    if meaning == Meaning::LoginRefused {
        pause.max(LOGIN_PAUSE)
    } else {
        pause
    }
}

/// How long to wait after the `tries`-th try, when it ended in `trouble` at `now`: what the server
/// wishes where that is longer than our own pause, but no longer than a day.
pub fn pause_for(trouble: &Trouble, tries: u32, now: Timestamp) -> SignedDuration {
    let pause = pause_after(tries, meaning(trouble));
    let wish = trouble.retry_after.as_deref();
    let wish = wish.and_then(|value| retry_after::parse(value, now));
    // At most a day, which every duration holds.
    wish.and_then(|wish| SignedDuration::try_from(wish).ok())
        .map_or(pause, |wish| pause.max(wish))
}

/// What becomes of a letter after a try that did not deliver it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It is tried again then.
    Again(Timestamp),
    /// It is kept and shown, and not tried again unless someone says so.
    Kept,
}

/// What becomes of a letter that was queued at `queued` and whose `tries`-th try just failed.
pub fn fate(trouble: &Trouble, tries: u32, queued: Timestamp, now: Timestamp) -> Fate {
    if meaning(trouble) == Meaning::Refused || now.duration_since(queued) >= GIVE_UP_AFTER {
        Fate::Kept
    } else {
        let pause = pause_for(trouble, tries, now);
        Fate::Again(now.checked_add(pause).unwrap_or(Timestamp::MAX))
    }
}

/// What people read of a trouble: "550 while naming the recipient: no such user".
pub fn explain(trouble: &Trouble) -> String {
    if trouble.stage == Stage::Post {
        return explain_post(trouble);
    }
    let what = happened(trouble);
    match meaning(trouble) {
        Meaning::LoginRefused => say!("trouble-login", what = what),
        Meaning::Unknown => say!("trouble-unknown", what = what),
        Meaning::ServerLater if trouble.stage == Stage::Recipient && trouble.code >= Some(500) => {
            say!("trouble-of-this-machine", what = what)
        }
        Meaning::LetterLater | Meaning::ServerLater | Meaning::Refused => what,
    }
}

/// What people read of a trouble with the mail server, without what becomes of the letter.
pub fn happened(trouble: &Trouble) -> String {
    let (doing, words) = (trouble.stage.doing(), trouble.words.as_str());
    match trouble.code {
        Some(code) => say!(
            "trouble-answered",
            code = code,
            doing = doing,
            words = words
        ),
        None => say!("trouble-while", doing = doing, words = words),
    }
}

/// What people read of a post that failed.
fn explain_post(trouble: &Trouble) -> String {
    let words = trouble.words.as_str();
    let Some(code) = trouble.code else {
        return say!("post-unanswered", words = words);
    };
    let what = say!("post-answered", code = code, words = words);
    match (meaning(trouble), code) {
        (Meaning::LoginRefused, _) => say!("post-login", what = what),
        (_, 300..400 | 404) => say!("post-address", what = what),
        (_, _) => what,
    }
}

/// An address as logs show it: enough to recognise, not enough to use.
pub fn masked(address: &str) -> String {
    match address.rsplit_once('@') {
        Some((user, domain)) => {
            let first: String = user.chars().take(1).collect();
            format!("{first}***@{domain}")
        }
        None => "***".to_owned(),
    }
}

#[cfg(test)]
mod tests {
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
    }
}
