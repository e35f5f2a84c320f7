//! robots.txt, as RFC 9309 has it.

use std::fmt::Write as _;
use std::time::Duration;

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};
use jiff::{SignedDuration, Timestamp};
pub use robotxt::BYTE_LIMIT;
use robotxt::{AccessResult, Rule};
use url::{Position, Url};

/// The name by which robots.txt files may speak to us.
pub const PRODUCT: &str = "pubwatch";

/// The longest that a robots.txt is believed (RFC 9309, section 2.4).
pub const LONGEST_AGE: SignedDuration = SignedDuration::from_hours(24);

/// How long we do without a host whose robots.txt could not be had, before we ask for it again.
pub const UNREACHABLE_AGE: SignedDuration = SignedDuration::from_mins(30);

/// What asking for a robots.txt gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// The file.
    File(String),
    /// There is none (4xx, or more than five redirects): every page may be asked.
    Missing {
        /// The HTTP status.
        status: u16,
    },
    /// It could not be had (5xx, 429, no connection, a redirect out of the store): no page may be
    /// asked.
    Unreachable {
        /// Why, in words.
        why: String,
    },
}

/// A host's robots.txt and when it was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Robots {
    /// What asking gave.
    pub answer: Answer,
    /// When.
    pub fetched_at: Timestamp,
}

/// Whether a page may be asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It may.
    Allowed,
    /// A rule forbids it.
    Forbidden {
        /// The rule as the file has it, as `Disallow: /dp/`.
        line: String,
        /// Whom the rule addresses: `*` or our own name.
        agent: String,
    },
    /// Nobody knows, so it may not.
    Unknown {
        /// Why the file could not be had.
        why: String,
    },
}

/// What an HTTP status means when it answers a request for a robots.txt.
///
/// RFC 9309 lets every 4xx count as "there is none". 429 is the exception we make: a host that
/// says "too many requests" is not inviting more of them.
pub fn answer(status: u16, body: impl FnOnce() -> String) -> Answer {
    match status {
        200..=299 => Answer::File(body()),
        400..=499 if status != 429 => Answer::Missing { status },
        _ => Answer::Unreachable {
            why: format!("the host answered {status} to the request for it"),
        },
    }
}

/// The text of a file, which is UTF-8 (RFC 9309, section 2.3). Some editors save it as UTF-16, most
/// with a byte order mark; without one its letters of ASCII are known by the zeros beside them.
pub fn decoded(body: &[u8]) -> String {
    let encoding = match (Encoding::for_bom(body), body) {
        (Some((encoding, _)), _) => encoding,
        (None, [1..=127, 0, 1..=127, 0, ..]) => UTF_16LE,
        (None, [0, 1..=127, 0, 1..=127, ..]) => UTF_16BE,
        _ => UTF_8,
    };
    encoding.decode_with_bom_removal(body).0.into_owned()
}

impl Robots {
    /// The moment from which this answer is too old: `age` after it was had, at most a day, and
    /// half an hour if it was none.
    pub fn stale_at(&self, age: SignedDuration) -> Timestamp {
        let age = match self.answer {
            Answer::File(_) | Answer::Missing { .. } => age.min(LONGEST_AGE),
            Answer::Unreachable { .. } => age.min(UNREACHABLE_AGE),
        };
        self.fetched_at.checked_add(age).unwrap_or(Timestamp::MAX)
    }

    /// The answer may still be believed. One from the future was written by a clock that has been
    /// set back since, and may not.
    pub fn is_fresh(&self, now: Timestamp, age: SignedDuration) -> bool {
        self.fetched_at <= now && now < self.stale_at(age)
    }

    /// Whether the page at `address` may be asked, and if not, the rule that says so.
    pub fn verdict(&self, address: &Url) -> Verdict {
        match &self.answer {
            Answer::Missing { .. } => Verdict::Allowed,
            Answer::Unreachable { why } => Verdict::Unknown { why: why.clone() },
            Answer::File(text) => verdict_of(text, address),
        }
    }
}

impl Answer {
    /// The pause that the file asks of us, where it asks for one.
    pub fn crawl_delay(&self) -> Option<Duration> {
        match self {
            Self::File(text) => parse(text).crawl_delay(),
            Self::Missing { .. } | Self::Unreachable { .. } => None,
        }
    }
}

/// Where the robots.txt for an address is.
pub fn address_for(address: &Url) -> Url {
    let mut robots = address.clone();
    robots.set_path("/robots.txt");
    robots.set_query(None);
    robots.set_fragment(None);
    robots
}

fn parse(text: &str) -> robotxt::Robots {
    let text = by_tokens(text);
    robotxt::Robots::from_access(AccessResult::Successful(text.as_bytes()), PRODUCT)
}

/// The file with every `User-agent` line cut to its product token (RFC 9309, section 2.2.1): files
/// name a crawler by all that it sends, as `pubwatch/0.1.0 (+https://…)`, and mean its name. robotxt
/// compares the whole value. Several names in a line are one value, which begins with the first.
fn by_tokens(text: &str) -> String {
    let mut file = String::with_capacity(text.len());
    for line in text.split(['\n', '\r', '\0']) {
        match agent_of(line) {
            Some(value) => _ = writeln!(file, "User-agent: {}", token(value)),
            None => _ = writeln!(file, "{line}"),
        }
    }
    file
}

/// The value of a `User-agent` line, in the spellings that robotxt takes for one.
fn agent_of(line: &str) -> Option<&str> {
    let blank = |character| matches!(character, ' ' | '\t' | '\u{feff}');
    let line = line.trim_start_matches(blank);
    let rest = ["user-agent", "user agent", "useragent"]
        .iter()
        .find_map(|key| {
            let (start, rest) = line.split_at_checked(key.len())?;
            start.eq_ignore_ascii_case(key).then_some(rest)
        })?;
    let value = rest.trim_start_matches(blank);
    match value.strip_prefix(':') {
        Some(value) => Some(value.trim()),
        None => (value.len() < rest.len()).then_some(value.trim()),
    }
}

/// The product token that a value begins with; `*` alone, or with something after a blank, is
/// everybody.
fn token(value: &str) -> &str {
    let value = value.split('#').next().unwrap_or(value).trim();
    if value.split_whitespace().next() == Some("*") {
        return "*";
    }
    let is_ours = |character: char| character.is_ascii_alphabetic() || "_-".contains(character);
    match value.find(|character| !is_ours(character)) {
        None | Some(0) => value,
        Some(end) => &value[..end],
    }
}

fn verdict_of(text: &str, address: &Url) -> Verdict {
    let robots = parse(text);
    if robots.is_url_allowed(address) {
        return Verdict::Allowed;
    }
    let path = &address[Position::BeforePath..Position::AfterQuery];
    let line = match robots.matching_rule(path) {
        Some(rule) => line_of(text, rule),
        None => "Disallow: /".to_owned(),
    };
    Verdict::Forbidden {
        line,
        agent: robots.user_agent().to_owned(),
    }
}

/// The line that gave a rule, as it is written in the file. Rules are kept in normal form, so the
/// line is the one that parses to the same rule.
fn line_of(text: &str, rule: &Rule) -> String {
    text.split(['\n', '\r'])
        .map(|line| line.split('#').next().unwrap_or(line).trim())
        .find(|line| {
            let alone = format!("User-agent: {PRODUCT}\n{line}\n");
            parse(&alone).rules().first() == Some(rule)
        })
        .map_or_else(|| format!("Disallow: {}", rule.pattern()), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An invented robots.txt with the shapes that the stores' own files have.
    const FILE: &str = "\
User-agent: *
Disallow: /gp/cart
Disallow: /-/           # languages
Allow: /-/es/
Disallow: /*/offers/*.html$
Crawl-delay: 20

User-agent: GreedyBot
User-agent: GreedierBot
Allow: /$
Disallow: /
";

    #[track_caller]
    fn check(file: &str, path: &str, expected: &str) {
        let robots = had(answer(200, || file.to_owned()));
        assert_eq!(told(&robots, path), expected, "{path}");
    }

    fn had(answer: Answer) -> Robots {
        Robots {
            answer,
            fetched_at: "2026-11-22T00:00:00Z".parse().unwrap(),
        }
    }

    fn told(robots: &Robots, path: &str) -> String {
        let address = Url::parse("https://books.example").unwrap();
        match robots.verdict(&address.join(path).unwrap()) {
            Verdict::Allowed => "allowed".to_owned(),
            Verdict::Forbidden { line, agent } => format!("{line} ({agent})"),
            Verdict::Unknown { why } => format!("unknown: {why}"),
        }
    }

    #[test]
    fn the_longest_rule_wins_and_the_rule_that_forbids_is_shown_as_written() {
        check(FILE, "/dp/0132350882", "allowed");
        check(FILE, "/gp/cart/view", "Disallow: /gp/cart (*)");
        check(FILE, "/-/en/dp/0132350882", "Disallow: /-/ (*)");
        check(FILE, "/-/es/dp/0132350882", "allowed");
    }

    #[test]
    fn stars_and_anchors_are_understood() {
        check(FILE, "/b/offers/7.html", "Disallow: /*/offers/*.html$ (*)");
        check(FILE, "/b/offers/7.html?page=2", "allowed");
    }

    #[test]
    fn a_group_of_our_own_name_replaces_the_general_one() {
        let file = format!("{FILE}\nUser-Agent: PubWatch\nAllow: /$\nDisallow: /\n");
        check(&file, "/dp/0132350882", "Disallow: / (pubwatch)");
        check(&file, "/", "allowed");
        check(&file, "/robots.txt", "allowed");
    }

    #[test]
    fn a_page_that_is_no_robots_file_forbids_nothing() {
        check("<!doctype html><title>Oops</title>", "/dp/1", "allowed");
        check("", "/dp/1", "allowed");
    }

    #[test]
    fn no_file_allows_and_a_file_that_cannot_be_had_forbids() {
        for status in [401, 403, 404, 410] {
            let robots = had(answer(status, String::new));
            assert_eq!(told(&robots, "/dp/1"), "allowed", "{status}");
        }
        for status in [429, 500, 503, 304] {
            let robots = had(answer(status, String::new));
            assert_eq!(
                told(&robots, "/dp/1"),
                format!("unknown: the host answered {status} to the request for it")
            );
        }
    }

    #[test]
    fn the_crawl_delay_of_our_group_is_read() {
        let delay = |file: &str| answer(200, || file.to_owned()).crawl_delay();
        assert_eq!(delay(FILE), Some(Duration::from_secs(20)));
        assert_eq!(delay("User-agent: Other\nCrawl-delay: 9"), None);
    }

    #[test]
    fn a_file_is_believed_for_at_most_a_day_and_a_failure_for_half_an_hour() {
        let week = SignedDuration::from_hours(24 * 7);
        let file = had(answer(200, String::new));
        assert_eq!(file.stale_at(week).to_string(), "2026-11-23T00:00:00Z");
        let failure = had(answer(500, String::new));
        assert_eq!(failure.stale_at(week).to_string(), "2026-11-22T00:30:00Z");
        assert!(file.is_fresh("2026-11-22T23:59:59Z".parse().unwrap(), week));
        assert!(!file.is_fresh("2026-11-23T00:00:00Z".parse().unwrap(), week));
        assert!(!file.is_fresh("2026-11-21T23:59:59Z".parse().unwrap(), week));
    }
}
