//! "Is it normal, and until when?" in a line.

use jiff::Timestamp;

use super::Voice;
use crate::book::Availability;
use crate::judge::Cause;
use crate::judge::outlook::{ListingOutlook, Outlook};
use crate::say::{fixed, say};
use crate::text::words;

/// One line for a page: "as expected", "usual after a KDP switch, until Fri 12 February", "seen once,
/// a second look from 10:58 on", "not seen yet", "as expected · $15.49, list $16.99".
pub fn outlook(one: &ListingOutlook, voice: &Voice<'_>) -> String {
    let line = normal(&one.outlook, voice);
    match (&one.price, &one.list_price) {
        (Some(price), Some(list)) => say!(
            "outlook-price",
            line = line,
            price = price.to_string(),
            list = list.to_string()
        ),
        _ => line,
    }
}

fn normal(outlook: &Outlook, voice: &Voice<'_>) -> String {
    let brief = |at: &Timestamp| words::brief_moment(*at, voice.zone, voice.now);
    let last = |last: Availability| last.word().to_lowercase();
    let until = |why: &str, until| say!("outlook-usual-until", why = why, until = voice.day(until));
    match outlook {
        Outlook::NotSeen { since: None, .. } => say!("outlook-not-seen"),
        Outlook::NotSeen {
            since: Some(since), ..
        } => say!("outlook-not-seen-since", since = brief(since)),
        Outlook::NotReadable {
            last: state,
            last_seen,
            ..
        } => say!(
            "outlook-last-seen",
            at = brief(last_seen),
            state = last(*state)
        ),
        Outlook::LastSeen {
            last: state,
            last_seen,
        } => say!(
            "outlook-not-looked-since",
            at = brief(last_seen),
            state = last(*state)
        ),
        Outlook::SeenOnce { confirmed_from, .. } => {
            say!("outlook-seen-once", at = brief(confirmed_from))
        }
        Outlook::AsExpected { .. } => say!("outlook-as-expected"),
        Outlook::SaidExpected { .. } => say!("outlook-as-you-said"),
        Outlook::Usual {
            cause, until: end, ..
        } => {
            let why = cause.map_or_else(|| fixed("usual-not-unusual"), usual);
            match end {
                Some(end) if voice.now < *end => until(why, *end),
                Some(_) | None => why.to_owned(),
            }
        }
        Outlook::Watch {
            cause,
            usual_until: Some(end),
            ..
        } if voice.now < *end => until(usual(*cause), *end),
        Outlook::Watch { act_from, .. } => match act_from {
            Some(act) if voice.now < *act => {
                say!("outlook-longer-than-usual", until = voice.day(*act))
            }
            Some(_) | None => say!("outlook-unusual"),
        },
        Outlook::Act { .. } => say!("outlook-act"),
    }
}

/// Why it is usual.
#[expect(clippy::wildcard_enum_match_arm, reason = "the others are not unusual")]
fn usual(cause: Cause) -> &'static str {
    fixed(match cause {
        Cause::KdpNotLive | Cause::KdpPastOuterLimit => "usual-kdp-not-live",
        Cause::Missing => "usual-missing",
        Cause::StillPreOrder => "usual-still-pre-order",
        Cause::ShipsInWeeks | Cause::TemporarilyOutOfStock => "usual-ships-in-weeks",
        Cause::ThirdPartyOnly => "usual-third-party-only",
        Cause::WrongDate => "usual-wrong-date",
        Cause::LabelLost => "usual-label-lost",
        Cause::Vanished => "usual-vanished",
        Cause::StaleCover | Cause::StaleTitle => "usual-stale-cover",
        Cause::Unavailable => "usual-unavailable",
        _ => "usual-not-unusual",
    })
}
