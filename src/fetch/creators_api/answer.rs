//! What the API's answers mean.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;

use super::{ApiFailure, Item, MARGIN, Token};
use crate::config::plan::Secret;
use crate::fetch::politeness::later;
use crate::fetch::retry_after::MOST;

/// How long we wait when the API says "too many" and not for how long.
const THROTTLED: Duration = Duration::from_secs(60);

/// The token in the answer to a token request.
///
/// # Errors
///
/// [`ApiFailure`] when there is none.
pub fn token_of(status: u16, body: &str, now: Timestamp) -> Result<Token, ApiFailure> {
    #[derive(Deserialize)]
    struct Answer {
        access_token: String,
        #[serde(default = "an_hour")]
        expires_in: u64,
    }
    if status == 200
        && let Ok(answer) = serde_json::from_str::<Answer>(body)
    {
        let life = Duration::from_secs(answer.expires_in);
        return Ok(Token {
            value: Secret::new(answer.access_token),
            good_until: later(now, life.saturating_sub(MARGIN)),
        });
    }
    let what = Complaint::of(status, body);
    Err(match status {
        400 | 401 | 403 => ApiFailure::Account(format!(
            "Amazon gives no token for this credential ({what}); compare `credential_id`, the \
             secret and `version` with what Associates Central shows"
        )),
        429 => what.throttled(),
        500..=599 => ApiFailure::Theirs(what.to_string()),
        _ => ApiFailure::Unknown(what.to_string()),
    })
}

fn an_hour() -> u64 {
    3600
}

/// The items in the answer to an items request: one for each that was asked.
///
/// An item that is neither there nor complained of is missing without a reason.
///
/// # Errors
///
/// [`ApiFailure`] when the answer has no items at all because of something else than the items.
pub fn items_of(
    status: u16,
    body: &str,
    asked: &[&str],
) -> Result<BTreeMap<String, Item>, ApiFailure> {
    let what = Complaint::of(status, body);
    if status != 200 {
        return Err(failure(status, &what));
    }
    let Ok(answer) = serde_json::from_str::<Items>(body) else {
        return Err(ApiFailure::Unknown("no JSON of items".to_owned()));
    };
    let mut items = BTreeMap::new();
    let found = answer.items_result.map(|result| result.items);
    for item in found.into_iter().flatten() {
        let asin = item.get("asin").and_then(Value::as_str);
        if let Some(asin) = asin.filter(|asin| asked.contains(asin)) {
            items.insert(asin.to_owned(), Item::Found(item));
        }
    }
    for asin in asked {
        if items.contains_key(*asin) {
            continue;
        }
        let error = answer.errors.iter().find(|error| error.is_about(asin));
        let words = match error {
            Some(error) => error.to_string(),
            None => "the answer has neither the item nor a word on it".to_owned(),
        };
        items.insert((*asin).to_owned(), Item::Missing(words));
    }
    Ok(items)
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Items {
    items_result: Option<ItemsResult>,
    #[serde(default)]
    errors: Vec<ItemError>,
}

#[derive(Deserialize)]
struct ItemsResult {
    #[serde(default)]
    items: Vec<Value>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ItemError {
    #[serde(default)]
    code: String,
    #[serde(default)]
    message: String,
    resource_id: Option<String>,
}

impl ItemError {
    fn is_about(&self, asin: &str) -> bool {
        self.resource_id.as_deref() == Some(asin) || self.message.contains(asin)
    }
}

impl std::fmt::Display for ItemError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.code, short(&self.message))
    }
}

/// What an answer complains of.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Complaint {
    #[serde(skip)]
    status: u16,
    #[serde(alias = "error_description")]
    message: Option<String>,
    #[serde(alias = "error")]
    reason: Option<String>,
    retry_after_seconds: Option<u64>,
}

impl Complaint {
    fn of(status: u16, body: &str) -> Self {
        let read: Self = serde_json::from_str(body).unwrap_or_default();
        Self { status, ..read }
    }

    fn throttled(&self) -> ApiFailure {
        let wait = self.retry_after_seconds.map(Duration::from_secs);
        ApiFailure::Throttled {
            wait: wait.unwrap_or(THROTTLED).min(MOST),
        }
    }
}

impl std::fmt::Display for Complaint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "status {}", self.status)?;
        if let Some(reason) = &self.reason {
            write!(f, ", {}", short(reason))?;
        }
        if let Some(message) = &self.message {
            write!(f, ": {}", short(message).trim_end_matches('.'))?;
        }
        Ok(())
    }
}

fn failure(status: u16, what: &Complaint) -> ApiFailure {
    match (status, what.reason.as_deref().unwrap_or_default()) {
        (_, "TokenExpired" | "InvalidToken") => ApiFailure::Token(what.to_string()),
        (_, "AssociateNotEligible") => ApiFailure::Account(
            "Amazon does not let this account use its API at present (AssociateNotEligible): it \
             takes 10 qualified sales in 30 days, and up to two days after them; choose another \
             `source` meanwhile"
                .to_owned(),
        ),
        (_, "InvalidPartnerTag" | "InvalidAssociate") => ApiFailure::Account(format!(
            "the partner tag does not belong to this account and marketplace ({what}); correct \
             `partner_tag`, or add the tag of the marketplace to `partner_tags`"
        )),
        (_, "InvalidIssuer") => ApiFailure::Account(format!(
            "the credential is of another region ({what}); correct `version`"
        )),
        (429, _) => what.throttled(),
        (500..=599, _) => ApiFailure::Theirs(what.to_string()),
        (401 | 403, _) => ApiFailure::Account(format!(
            "Amazon's API refuses this account ({what}); look at Tools, Creators API in \
             Associates Central"
        )),
        _ => ApiFailure::Unknown(what.to_string()),
    }
}

fn short(text: &str) -> String {
    let line: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= 160 {
        return line;
    }
    let start: String = line.chars().take(159).collect();
    format!("{start}…")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> Timestamp {
        "2026-12-01T08:00:00Z".parse().unwrap()
    }

    #[test]
    fn a_token_is_used_until_shortly_before_its_end() {
        let token = token_of(200, r#"{"access_token":"abc","expires_in":3600}"#, now()).unwrap();
        assert!(token.is_good(later(now(), Duration::from_secs(3479))));
        assert!(!token.is_good(later(now(), Duration::from_secs(3480))));
    }

    #[test]
    fn every_item_that_was_asked_has_an_answer() {
        let body = r#"{"itemsResult":{"items":[{"asin":"0132350882"},{"asin":"9999999999"}]},
            "errors":[{"code":"ItemNotAccessible",
                       "message":"The ItemId 1944098119 is not accessible through the API."}]}"#;
        let items = items_of(200, body, &["0132350882", "1944098119", "B0EXAMPLE1"]).unwrap();
        let shown: Vec<_> = items
            .iter()
            .map(|(asin, item)| match item {
                Item::Found(_) => format!("{asin} found"),
                Item::Missing(why) => format!("{asin} {why}"),
            })
            .collect();
        assert_eq!(
            shown,
            [
                "0132350882 found",
                "1944098119 ItemNotAccessible: The ItemId 1944098119 is not accessible through \
                 the API.",
                "B0EXAMPLE1 the answer has neither the item nor a word on it",
            ]
        );
    }

    #[track_caller]
    fn check(status: u16, body: &str, expected: &str) {
        let failure = items_of(status, body, &["0132350882"]).unwrap_err();
        assert_eq!(failure.to_string(), expected);
    }

    #[test]
    fn refusals_are_explained() {
        check(
            403,
            r#"{"message":"Your account does not currently meet the eligibility requirements.",
                "reason":"AssociateNotEligible","type":"AccessDeniedException"}"#,
            "Amazon does not let this account use its API at present (AssociateNotEligible): it \
             takes 10 qualified sales in 30 days, and up to two days after them; choose another \
             `source` meanwhile",
        );
        check(
            401,
            r#"{"message":"The token has expired.","reason":"TokenExpired",
                "type":"UnauthorizedException"}"#,
            "Amazon's API does not take its own token any more (status 401, TokenExpired: The \
             token has expired); it will be asked for a new one",
        );
        check(
            429,
            r#"{"message":"Slow down","type":"ThrottleException","retryAfterSeconds":7}"#,
            "Amazon's API asks for fewer requests; it is left alone for 7 seconds",
        );
        check(
            400,
            r#"{"message":"Bad tag","reason":"InvalidPartnerTag","type":"ValidationException"}"#,
            "the partner tag does not belong to this account and marketplace (status 400, \
             InvalidPartnerTag: Bad tag); correct `partner_tag`, or add the tag of the \
             marketplace to `partner_tags`",
        );
        check(
            502,
            "<html>Bad Gateway</html>",
            "Amazon's API had a fault of its own (status 502); it will be asked again",
        );
    }

    #[test]
    fn the_api_puts_us_off_for_a_day_at_most() {
        let body = r#"{"message":"Slow down","retryAfterSeconds":31536000}"#;
        let failure = items_of(429, body, &["0132350882"]).unwrap_err();
        assert!(matches!(failure, ApiFailure::Throttled { wait } if wait == MOST));
    }

    #[test]
    fn a_wrong_credential_is_explained() {
        let failure = token_of(
            401,
            r#"{"error":"invalid_client","error_description":"Client authentication failed"}"#,
            now(),
        );
        assert_eq!(
            failure.unwrap_err().to_string(),
            "Amazon gives no token for this credential (status 401, invalid_client: Client \
             authentication failed); compare `credential_id`, the secret and `version` with what \
             Associates Central shows"
        );
    }
}
