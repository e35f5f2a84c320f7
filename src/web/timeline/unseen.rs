//! When nobody could see a page: stretches without a good look, made from the looks themselves.

use jiff::{SignedDuration, Timestamp};

/// A stretch of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stretch {
    /// Its first instant.
    pub from: Timestamp,
    /// Its last instant.
    pub to: Timestamp,
}

/// A look at a page, good or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Look {
    /// When.
    pub at: Timestamp,
    /// It named a state.
    pub good: bool,
}

/// The stretches in which nobody could see a page, oldest first.
///
/// 1. From the first unread look after a good one until the next good one, when that is at least
///    half of `patience`: one refused look between two good ones is no gap.
/// 2. Between two looks that are further apart than `patience` and half as much again: nobody
///    looked. It begins one `patience` after the first of them, for so long its word is good.
/// 3. After the last look, until `now`, by the same rules.
#[must_use]
pub fn unseen(looks: &[Look], patience: SignedDuration, now: Timestamp) -> Vec<Stretch> {
    let mut stretches = Vec::new();
    let mut blind_since: Option<Timestamp> = None;
    let mut previous: Option<Timestamp> = None;
    let end = Look {
        at: now,
        good: true,
    };
    for look in looks.iter().copied().chain([end]) {
        if let Some(before) = previous
            && blind_since.is_none()
            && look.at.duration_since(before) >= patience + patience / 2
        {
            blind_since = Some(before + patience);
        }
        if look.good {
            if let Some(from) = blind_since.take()
                && (look.at.duration_since(from) >= patience / 2)
            {
                stretches.push(Stretch { from, to: look.at });
            }
        } else if blind_since.is_none() {
            blind_since = Some(look.at);
        }
        previous = Some(look.at);
    }
    stretches
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Looks as "hour" or "hour?" for an unread one; stretches as "from-to" in hours.
    #[track_caller]
    fn check(looks: &str, now: i64, expected: &str) {
        let start: Timestamp = "2027-01-01T00:00:00Z".parse().unwrap();
        let hour = |hour: i64| start + SignedDuration::from_hours(hour);
        let looks: Vec<Look> = looks
            .split_whitespace()
            .map(|look| Look {
                at: hour(look.trim_end_matches('?').parse().unwrap()),
                good: !look.ends_with('?'),
            })
            .collect();
        let found: Vec<String> = unseen(&looks, SignedDuration::from_hours(24), hour(now))
            .iter()
            .map(|stretch| {
                let hours = |at: Timestamp| at.duration_since(start).as_hours();
                format!("{}-{}", hours(stretch.from), hours(stretch.to))
            })
            .collect();
        assert_eq!(found.join(" "), expected);
    }

    #[test]
    fn one_refused_look_between_good_ones_is_no_gap() {
        check("0 6 12? 18 24", 30, "");
    }

    #[test]
    fn refused_looks_in_a_row_are_a_gap_until_the_next_good_one() {
        check("0 6 12? 18? 24? 30? 36 42", 48, "12-36");
    }

    #[test]
    fn a_gap_lasts_until_now_while_nothing_can_be_seen() {
        check("0 6 12? 18? 24? 30? 36?", 40, "12-40");
        check("0? 12? 24?", 30, "0-30");
    }

    #[test]
    fn time_in_which_nobody_looked_is_a_gap_as_well() {
        check("0 12 96 100", 104, "36-96");
        check("0 12", 200, "36-200");
        check("0 24 48 72", 96, "");
    }
}
