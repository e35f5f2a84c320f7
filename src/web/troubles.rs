//! What is wrong with watching itself: pages that cannot be read for long, letters that do not go
//! out, a round that does not come. Pure.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use super::frame::{Place, Pulse};
use super::overview::Judgements;
use super::survey::Glances;
use crate::judge::{FindingKind, Severity};
use crate::text::words;

/// Pages that cannot be read for longer than this are told of; a day without a page is no news.
const BLIND: SignedDuration = SignedDuration::from_hours(3 * 24);

/// A letter that was tried in vain for longer than this is told of.
const UNDELIVERED: SignedDuration = SignedDuration::from_hours(4);

/// What keeps letters from going out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Post {
    /// Letters that were refused for good, or given up.
    pub failed: u32,
    /// Letters that wait although they were tried.
    pub waiting: u32,
    /// Since when the oldest of both is there.
    pub since: Option<Timestamp>,
    /// The words of the newest failure.
    pub error: Option<String>,
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble {
    /// How much it matters.
    pub severity: Severity,
    /// The page that says more, below the site.
    pub page: &'static str,
    /// What it is about.
    pub what: String,
    /// What is wrong.
    pub headline: String,
    /// What to do.
    pub next_step: String,
}

/// Everything that is wrong, the most severe first.
#[must_use]
pub fn troubles(
    place: &Place<'_>,
    (glances, judgements): (&Glances, &Judgements),
    pulse: &Pulse,
    post: &Post,
) -> Vec<Trouble> {
    let mut all: Vec<Trouble> = late(place, pulse)
        .into_iter()
        .chain(undelivered(place, post))
        .chain(blind(place, glances, judgements))
        .collect();
    all.sort_by_key(|one| std::cmp::Reverse(one.severity));
    all
}

fn late(place: &Place<'_>, pulse: &Pulse) -> Option<Trouble> {
    pulse.late(place.now).map(|late| Trouble {
        severity: Severity::Act,
        page: "stores",
        what: "Nobody is watching".to_owned(),
        headline: format!("no round has read a page for {}", words::lasting(late)),
        next_step: "See that `pubwatch run` or your cron job still runs, and that this machine is \
                    on the network."
            .to_owned(),
    })
}

fn undelivered(place: &Place<'_>, post: &Post) -> Option<Trouble> {
    let since = post.since?;
    let lasted = place.now.duration_since(since);
    let is_long = UNDELIVERED < lasted;
    if post.failed == 0 && !(is_long && 0 < post.waiting) {
        return None;
    }
    let letters = words::count(i64::from(post.failed + post.waiting), "letter");
    let why = post.error.as_deref().map_or_else(String::new, |error| {
        format!(" The mail server said: {}", words::clipped(error, 120))
    });
    Some(Trouble {
        severity: Severity::Act,
        page: "letters",
        what: "Mail".to_owned(),
        headline: format!(
            "{letters} did not go out, the oldest for {}",
            words::lasting(lasted)
        ),
        next_step: format!("Read here what they say, and try `pubwatch doctor`.{why}"),
    })
}

/// The pages that cannot be read, but not those of which an alert speaks already.
fn blind(place: &Place<'_>, glances: &Glances, judgements: &Judgements) -> Vec<Trouble> {
    let mut stores: BTreeMap<_, (usize, Timestamp)> = BTreeMap::new();
    for ((isbn, store), glance) in glances {
        let Some(since) = glance.blind_since else {
            continue;
        };
        let is_told = judgements.get(isbn).is_some_and(|all| {
            all.findings
                .iter()
                .any(|one| matches!(one.kind, FindingKind::Unread(_)) && one.stores.contains(store))
        });
        if is_told || place.now.duration_since(since) <= BLIND {
            continue;
        }
        let entry = stores.entry(store).or_insert((0, since));
        entry.0 += 1;
        entry.1 = entry.1.min(since);
    }
    stores
        .into_iter()
        .map(|(store, (pages, since))| Trouble {
            severity: Severity::Watch,
            page: "stores",
            what: place.label(store),
            headline: format!(
                "{} could not be read, the first for {}",
                words::count(i64::try_from(pages).unwrap_or(i64::MAX), "page"),
                place.ago(since)
            ),
            next_step:
                "Save the page in your browser and drop it on the edition's page, or choose \
                        another way in."
                    .to_owned(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;

    use super::*;
    use crate::book::StoreId;
    use crate::web::survey::Glance;
    use crate::web::testing::at;

    #[track_caller]
    fn check(blind: Option<&str>, last_round: &str, post: &Post, expected: &[&str]) {
        let place = Place {
            base: "",
            zone: &TimeZone::UTC,
            now: at("2027-01-25T12:00:00Z"),
            stores: &[],
            may_log_out: false,
        };
        let glance = Glance {
            blind_since: blind.map(at),
            ..Glance::default()
        };
        let key = ("9781944098117".parse().unwrap(), StoreId::new("amazon.com"));
        let pulse = Pulse {
            last_good_round: Some(at(last_round)),
            ..Pulse::default()
        };
        let found: Vec<String> = troubles(
            &place,
            (&[(key, glance)].into(), &Judgements::new()),
            &pulse,
            post,
        )
        .into_iter()
        .map(|one| format!("{}: {}", one.what, one.headline))
        .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn what_is_wrong_with_watching_is_said_and_a_short_trouble_is_not() {
        let fine = Post::default();
        let fresh = "2027-01-25T08:00:00Z";
        check(None, fresh, &fine, &[]);
        check(Some("2027-01-23T12:00:00Z"), fresh, &fine, &[]);
        check(
            Some("2027-01-20T12:00:00Z"),
            fresh,
            &fine,
            &["Amazon: 1 page could not be read, the first for 5 days"],
        );
        check(
            None,
            "2027-01-23T12:00:00Z",
            &fine,
            &["Nobody is watching: no round has read a page for 2 days"],
        );
        let waiting = |since: &str| Post {
            waiting: 2,
            since: Some(at(since)),
            ..Post::default()
        };
        check(None, fresh, &waiting("2027-01-25T11:00:00Z"), &[]);
        check(
            None,
            fresh,
            &waiting("2027-01-24T12:00:00Z"),
            &["Mail: 2 letters did not go out, the oldest for 24 hours"],
        );
    }
}
