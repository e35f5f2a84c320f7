//! The addresses that are asked after a round, so that somebody notices when no round comes any
//! more. Pure.

use url::Url;

use crate::config::plan::Secret;
use crate::config::telling::PingPlan;

/// The most characters of a failure that go into an address.
const LONGEST_WORDS: usize = 120;

/// The address to ask: the one for success when `failure` is `None`.
///
/// 1. Uptime Kuma's push monitors, known by `/api/push/` in the path, get `status=up&msg=OK`, or
///    `status=down` with what is wrong.
/// 2. Everybody else is asked as Healthchecks is: the address itself, or `/fail` behind its path;
///    `ping_fail_url` replaces the latter.
pub fn address(plan: &PingPlan, failure: Option<&str>) -> Secret {
    let given = plan.address.reveal();
    let Ok(mut url) = Url::parse(given) else {
        return plan.address.clone();
    };
    if url.path().contains("/api/push/") {
        let (status, words) = match failure {
            None => ("up", "OK".to_owned()),
            Some(words) => ("down", crate::text::words::clipped(words, LONGEST_WORDS)),
        };
        let kept: Vec<(String, String)> = url
            .query_pairs()
            .filter(|(key, _)| !matches!(key.as_ref(), "status" | "msg" | "ping"))
            .map(|(key, value)| (key.into_owned(), value.into_owned()))
            .collect();
        url.query_pairs_mut()
            .clear()
            .extend_pairs(kept)
            .append_pair("status", status)
            .append_pair("msg", &words);
        return Secret::new(url.to_string());
    }
    match (failure, &plan.failure) {
        (None, _) => plan.address.clone(),
        (Some(_), Some(address)) => address.clone(),
        (Some(_), None) => {
            let path = format!("{}/fail", url.path().trim_end_matches('/'));
            url.set_path(&path);
            Secret::new(url.to_string())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(given: &str, failure: Option<&str>, expected: &str) {
        let plan = PingPlan {
            address: Secret::new(given.to_owned()),
            failure: None,
        };
        assert_eq!(address(&plan, failure).reveal(), expected);
    }

    #[test]
    fn healthchecks_hears_of_failure_behind_its_path() {
        check("https://hc-ping.com/5d1f", None, "https://hc-ping.com/5d1f");
        check(
            "https://hc-ping.com/5d1f",
            Some("x"),
            "https://hc-ping.com/5d1f/fail",
        );
        check(
            "https://hc.example.com/ping/key/slug?create=1",
            Some("x"),
            "https://hc.example.com/ping/key/slug/fail?create=1",
        );
    }

    #[test]
    fn uptime_kuma_hears_of_it_in_the_query() {
        let given = "https://kuma.example.com/api/push/abc?status=up&msg=OK&ping=";
        check(
            given,
            None,
            "https://kuma.example.com/api/push/abc?status=up&msg=OK",
        );
        check(
            given,
            Some("no page & no luck\r\nX: y"),
            "https://kuma.example.com/api/push/abc?status=down&msg=no+page+%26+no+luck+X%3A+y",
        );
    }

    #[test]
    fn an_address_for_failures_is_used_as_it_is() {
        let plan = PingPlan {
            address: Secret::new("https://x.example.com/a".to_owned()),
            failure: Some(Secret::new("https://x.example.com/b?state=fail".to_owned())),
        };
        assert_eq!(
            address(&plan, Some("x")).reveal(),
            "https://x.example.com/b?state=fail"
        );
        assert_eq!(address(&plan, None).reveal(), "https://x.example.com/a");
    }
}
