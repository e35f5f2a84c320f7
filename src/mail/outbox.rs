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
/// relaying; where our account may send no more for now, nothing is final at all. For posts RFC 9110
/// §15: 408, 425, 429 and 5xx pass, and so, for a person, do redirects and 404, which a new address or
/// a program that is switched on again mends; 401 and 403 speak of the token; every other 4xx, as 410,
/// is for good. A post without an answer may have arrived, and is sent again under the same id.
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
        // Our account has sent enough for now, whatever the code: no letter is to blame.
        (_, _) if has_sent_enough(&trouble.words) => Meaning::ServerLater,
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

/// Words of refusals that say that an account has sent enough for now, as Gmail, Exchange Online,
/// hosters and cPanel write them.
const OF_OUR_SENDING: &[&str] = &[
    "daily user sending",
    "sending quota",
    "sending limit",
    "send limit",
    "relay quota",
];

/// Words of the same, which may also speak of what somebody receives.
const OF_SOMEBODYS_LIMIT: &[&str] = &[
    "daily limit",
    "messages per day",
    "emails per day",
    "messages per hour",
    "emails per hour",
    "too many messages",
];

/// Words that name who receives.
const OF_A_MAILBOX: &[&str] = &[
    "mailbox",
    "inbox",
    "the recipient",
    "this recipient",
    "recipient has",
    "receiving",
    "has received",
];

/// The refusal is of our account, which may send no more for now. A recipient's mailbox that may hold no
/// more is another matter: its enhanced code is x.2.x (RFC 3463 §3.3), or the words name it. 5.4.5 is
/// Gmail's code for it, 5.1.90 that of Exchange Online.
fn has_sent_enough(words: &str) -> bool {
    let words = words.to_ascii_lowercase();
    let has = |one: &&str| words.contains(*one);
    let code = words.split_whitespace().next().unwrap_or_default();
    if code.starts_with("4.2.") || code.starts_with("5.2.") {
        return false;
    }
    matches!(code, "5.4.5" | "5.1.90")
        || OF_OUR_SENDING.iter().any(has)
        || (OF_SOMEBODYS_LIMIT.iter().any(has) && !OF_A_MAILBOX.iter().any(has))
}

/// The enhanced code is one of policy or security, 5.7.x (RFC 3463 §3.8).
fn is_policy(words: &str) -> bool {
    words.trim_start().starts_with("5.7.")
}

/// The pauses after the first, second, … try, in minutes; the last one repeats.
const PAUSES: &[i64] = &[1, 5, 15, 60, 240, 480, 720];

/// A letter that nobody would take for this long is given up: kept and shown, as a refusal is. It must
/// have been tried after each of the pauses as well, since a machine may have slept meanwhile.
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
    let is_old = now.duration_since(queued) >= GIVE_UP_AFTER;
    let is_tried = usize::try_from(tries).is_ok_and(|tries| PAUSES.len() < tries);
    if meaning(trouble) == Meaning::Refused || (is_old && is_tried) {
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
        Meaning::ServerLater
            if trouble.stage == Stage::Recipient
                && trouble.code >= Some(500)
                && !has_sent_enough(&trouble.words) =>
        {
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
mod tests;
