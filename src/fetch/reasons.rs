//! The sentences that say why there is no page, one for each thing that can stop us.

use jiff::Timestamp;
use url::Url;

use super::breaker::Breaker;
use super::realm::{MOST_REDIRECTS, Outside};
use super::robots::Verdict;
use super::{HostKey, Lease, NoPage, NoPageReason};
use crate::book::Source;

/// robots.txt forbids the page, or could not be had; `None` when it allows it. The answer is
/// believed until `stale_at`.
#[must_use]
pub fn robots(address: &Url, verdict: Verdict, stale_at: Timestamp) -> Option<NoPage> {
    let (reason, rule, explanation) = match verdict {
        Verdict::Allowed => return None,
        Verdict::Forbidden { line, agent } => (
            NoPageReason::Robots,
            "fetch/robots",
            format!(
                "the robots.txt of {} asks programs not to look at this page (`{line}` for \
                 `{agent}`), so it was not asked; open the page in a browser instead",
                site(address)
            ),
        ),
        Verdict::Unknown { why } => (
            NoPageReason::Unreachable,
            "fetch/robots-unreachable",
            format!("no page was asked, as the robots.txt could not be had: {why}"),
        ),
    };
    Some(NoPage {
        reason,
        rule,
        asked: false,
        explanation,
        retry_at: Some(stale_at),
    })
}

/// Somebody else has looked in the meantime.
#[must_use]
pub fn not_wanted() -> NoPage {
    NoPage {
        reason: NoPageReason::Busy,
        rule: "fetch/busy",
        asked: false,
        explanation: "another Pubwatch has just looked at it".to_owned(),
        retry_at: None,
    }
}

/// The breaker is shut.
#[must_use]
pub fn shut(host: &HostKey, source: Source, until: Timestamp, breaker: &Breaker) -> NoPage {
    let why = breaker.why.as_deref().unwrap_or("no reason is known");
    let (reason, rule, what) = if breaker.refusals == 0 {
        (NoPageReason::Unreachable, "fetch/silent", "does not answer")
    } else {
        (NoPageReason::Blocked, "fetch/refused", "turned us away")
    };
    let who = match source {
        Source::Http => host.to_string(),
        Source::Browser => format!("{host}, asked through the browser of this machine,"),
        Source::Command => format!("{host}, asked through your own program,"),
        Source::Api => format!("Amazon's API at {host}"),
        Source::ByHand | Source::Companion => format!("{host}, looked at by hand,"),
    };
    NoPage {
        reason,
        rule,
        asked: false,
        explanation: format!(
            "{who} {what} ({why}), so it is left alone until {}; until then open the page in a \
             browser",
            until.strftime("%Y-%m-%d %H:%M UTC")
        ),
        retry_at: Some(until),
    }
}

/// The host has had all the requests that it gets today.
#[must_use]
pub fn spent(host: &HostKey, cap: u32, until: Timestamp) -> NoPage {
    NoPage {
        reason: NoPageReason::Spent,
        rule: "fetch/spent",
        asked: false,
        explanation: format!(
            "{host} has had the {cap} requests that it gets in a day, so it is left alone until \
             {}; until then open the page in a browser, or raise `requests_per_day` in \
             `[politeness]`",
            until.strftime("%Y-%m-%d %H:%M UTC")
        ),
        retry_at: Some(until),
    }
}

/// The page has been looked at as often as it may be today.
#[must_use]
pub fn looked_enough(cap: u32, until: Timestamp) -> NoPage {
    NoPage {
        reason: NoPageReason::Spent,
        rule: "fetch/looked-enough",
        asked: false,
        explanation: format!(
            "this page has had the {cap} looks that it gets in a day, so it is left alone until \
             {}; until then open it in a browser, or raise `looks_per_day` in `[politeness]`",
            until.strftime("%Y-%m-%d %H:%M UTC")
        ),
        retry_at: Some(until),
    }
}

/// Nobody asks: the user looks.
#[must_use]
pub fn by_hand() -> NoPage {
    NoPage {
        reason: NoPageReason::Blocked,
        rule: "fetch/by-hand",
        asked: false,
        explanation: "no program asks for this page; open it in a browser and tell what it says \
                      with `pubwatch look`"
            .to_owned(),
        retry_at: None,
    }
}

/// The API gave nothing; the explanation says why.
#[must_use]
pub fn api(explanation: String, asked: bool, retry_at: Option<Timestamp>) -> NoPage {
    NoPage {
        reason: NoPageReason::Blocked,
        rule: "fetch/api",
        asked,
        explanation,
        retry_at,
    }
}

/// Another look has the host.
#[must_use]
pub fn busy(host: &HostKey, lease: &Lease) -> NoPage {
    NoPage {
        reason: NoPageReason::Busy,
        rule: "fetch/busy",
        asked: false,
        explanation: format!(
            "another Pubwatch ({}) is asking {host}, until {} at the latest; this look is put off",
            lease.holder,
            lease.until.strftime("%H:%M:%S UTC")
        ),
        retry_at: Some(lease.until),
    }
}

/// A redirect leads out of the store; or, when nothing was `asked` yet, the address itself does.
#[must_use]
pub fn astray(address: &Url, outside: &Outside, asked: bool) -> NoPage {
    NoPage {
        reason: NoPageReason::Unreachable,
        rule: "fetch/outside",
        asked,
        explanation: format!(
            "{} was not followed: {outside}; open the address in a browser and see where it ends",
            site(address)
        ),
        retry_at: None,
    }
}

/// More redirects than anybody needs.
#[must_use]
pub fn circle(address: &Url) -> NoPage {
    NoPage {
        reason: NoPageReason::Unreachable,
        rule: "fetch/too-many-redirects",
        asked: true,
        explanation: format!(
            "{} redirects more than {MOST_REDIRECTS} times; open the address in a browser and use \
             the one where it ends",
            site(address)
        ),
        retry_at: None,
    }
}

/// No answer came; the explanation says why.
#[must_use]
pub fn no_answer(explanation: String) -> NoPage {
    NoPage {
        reason: NoPageReason::Unreachable,
        rule: "fetch/no-answer",
        asked: true,
        explanation,
        retry_at: None,
    }
}

fn site(address: &Url) -> String {
    HostKey::of(address).map_or_else(|| address.to_string(), |host| host.to_string())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_refusal_is_told_from_a_silence() {
        let host = HostKey::of(&Url::parse("https://books.example/").unwrap()).unwrap();
        let at: Timestamp = "2027-02-09T12:00:00Z".parse().unwrap();
        let mut breaker = Breaker::default();
        breaker.refused(at, None, "it answered 403");
        let no_page = shut(&host, Source::Http, breaker.shut_until.unwrap(), &breaker);
        assert_eq!(no_page.reason, NoPageReason::Blocked);
        assert_eq!(
            no_page.explanation,
            "books.example turned us away (it answered 403), so it is left alone until \
             2027-02-09 13:00 UTC; until then open the page in a browser"
        );
        let mut breaker = Breaker::default();
        breaker.failed(at, Some(Duration::from_secs(60)), "it answered 500");
        let no_page = shut(&host, Source::Http, breaker.shut_until.unwrap(), &breaker);
        assert_eq!(no_page.reason, NoPageReason::Unreachable);
        assert!(
            no_page
                .explanation
                .starts_with("books.example does not answer")
        );
    }
}
