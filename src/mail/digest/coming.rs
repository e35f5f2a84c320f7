//! The days that come, as a digest names them. Pure.

use jiff::civil::Date;

use super::{Item, title};
use crate::judge::rules::calendar::MILESTONES;
use crate::say::say;
use crate::text::words;

/// How far ahead milestones are named.
const AHEAD_DAYS: i64 = 21;

/// A day that comes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::mail) struct Coming {
    pub day: String,
    pub titles: String,
    pub what: String,
    pub why: String,
}

/// The days that come, each once for all the editions that it concerns.
pub(super) fn milestones(items: &[Item], today: Date) -> Vec<Coming> {
    let mut coming: Vec<(Date, &str, &str, Vec<String>)> = Vec::new();
    for item in items {
        let edition = &item.view.edition;
        let launch = &item.view.launch;
        for milestone in MILESTONES {
            let date = milestone.day(launch.publication);
            let days = today
                .until(date)
                .map_or(-1, |span| i64::from(span.get_days()));
            if !(0..=AHEAD_DAYS).contains(&days) || !milestone.concerns(edition, launch) {
                continue;
            }
            let same = coming
                .iter_mut()
                .find(|(other, what, ..)| *other == date && *what == milestone.what());
            match same {
                Some((.., titles)) => titles.push(title(item)),
                None => coming.push((date, milestone.what(), milestone.why(), vec![title(item)])),
            }
        }
    }
    coming.sort_by_key(|(date, ..)| *date);
    coming
        .into_iter()
        .map(|(date, what, why, titles)| Coming {
            day: words::date(date),
            titles: several(&titles),
            what: what.to_owned(),
            why: why.to_owned(),
        })
        .collect()
}

/// A few titles by name, the others by number.
pub(super) fn several(titles: &[String]) -> String {
    const NAMED: usize = 4;
    let mut named: Vec<&str> = titles.iter().take(NAMED).map(String::as_str).collect();
    let more = titles.len().saturating_sub(NAMED);
    let rest = say!("digest-more", more = more);
    if more > 0 {
        named.push(&rest);
    }
    words::list(&named)
}
