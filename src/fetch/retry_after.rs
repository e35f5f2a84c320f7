//! `Retry-After`, in both of its forms (RFC 9110, section 10.2.3).

use std::time::Duration;

use jiff::Timestamp;

/// The most that we let a server put us off with one answer: a day. A longer wish is met by the
/// breaker, which will ask again with one page.
pub const MOST: Duration = Duration::from_secs(24 * 60 * 60);

/// How long the server asks us to stay away, from `now` on, at most [`MOST`]. A moment that has
/// passed is no wait at all; `None` when the value is in neither form.
pub fn parse(value: &str, now: Timestamp) -> Option<Duration> {
    let value = value.trim();
    if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) {
        // More digits than a number holds are still a wish to stay away for long.
        let seconds = value.parse().unwrap_or(u64::MAX);
        return Some(Duration::from_secs(seconds).min(MOST));
    }
    let moment = Timestamp::try_from(httpdate::parse_http_date(value).ok()?).ok()?;
    let wait = Duration::try_from(moment.duration_since(now)).unwrap_or(Duration::ZERO);
    Some(wait.min(MOST))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(value: &str, seconds: Option<u64>) {
        let now = "2027-02-09T12:00:00Z".parse().unwrap();
        assert_eq!(parse(value, now), seconds.map(Duration::from_secs));
    }

    #[test]
    fn seconds_are_read() {
        check("120", Some(120));
        check(" 0 ", Some(0));
    }

    #[test]
    fn every_form_of_http_date_is_read() {
        check("Tue, 09 Feb 2027 12:05:00 GMT", Some(300));
        check("Tuesday, 09-Feb-27 12:05:00 GMT", Some(300));
        check("Tue Feb  9 12:05:00 2027", Some(300));
        check("Tue, 09 Feb 2027 11:00:00 GMT", Some(0));
    }

    #[test]
    fn nobody_puts_us_off_for_more_than_a_day() {
        check("31536000", Some(86_400));
        check("99999999999999999999999999", Some(86_400));
        check("Wed, 09 Feb 2028 12:00:00 GMT", Some(86_400));
    }

    #[test]
    fn nonsense_is_no_wish() {
        for value in ["", "soon", "-5", "1.5", "12 parsecs"] {
            check(value, None);
        }
    }
}
