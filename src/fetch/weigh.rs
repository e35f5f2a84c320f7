//! What an answer, or none, makes of what is thought of a host.

use jiff::Timestamp;

use super::breaker::Breaker;
use super::explain::Failure;
use super::way::Errand;
use super::wire::http::Answer;
use super::{retry_after, robots};

/// What an outcome makes of the breaker. A refused robots.txt is no refusal of its own: RFC 9309
/// reads it as "there is none", and the page that follows will tell.
pub(super) fn weigh(
    breaker: &mut Breaker,
    outcome: &Result<Answer, Failure>,
    at: Timestamp,
    errand: Errand,
    words: &str,
) {
    let answer = match outcome {
        Ok(answer) => answer,
        // The host is there; it only talks too much, or of something else.
        Err(Failure::TooLarge(_) | Failure::NoPage(_)) => return breaker.answered(),
        Err(Failure::Way { ours: true, .. }) => return,
        Err(Failure::Way { ours: false, .. } | Failure::Deadline(_) | Failure::Client(_)) => {
            return breaker.failed(at, None, words);
        }
    };
    let wait = answer
        .header("retry-after")
        .and_then(|value| retry_after::parse(value, at));
    let why = format!("it answered {}", answer.status);
    match (answer.status, errand) {
        (403, Errand::Page { .. }) | (429 | 430 | 503, _) => breaker.refused(at, wait, &why),
        (500..=599, _) => breaker.failed(at, wait, &why),
        _ => breaker.answered(),
    }
}

/// An answer as one about robots.txt.
pub(super) fn robots_of(answer: &Answer) -> robots::Answer {
    robots::answer(answer.status, || robots::decoded(&answer.body))
}
