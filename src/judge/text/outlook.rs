//! "Is it normal, and until when?" in a line.

use super::Voice;
use crate::judge::Cause;
use crate::judge::outlook::{ListingOutlook, Outlook};
use crate::text::words;

/// One line for a page: "as expected", "usual after a KDP switch, until Fri 12 February", "seen once,
/// a second look from 10:58 on", "not seen yet", "as expected · $15.49, list $16.99".
pub fn outlook(one: &ListingOutlook, voice: &Voice<'_>) -> String {
    let line = normal(&one.outlook, voice);
    match (&one.price, &one.list_price) {
        (Some(price), Some(list)) => format!("{line} · {price}, list {list}"),
        _ => line,
    }
}

fn normal(outlook: &Outlook, voice: &Voice<'_>) -> String {
    match outlook {
        Outlook::NotSeen { since: None, .. } => "not seen yet".to_owned(),
        Outlook::NotSeen {
            since: Some(since), ..
        } => format!("not seen yet, tried since {}", brief(*since, voice)),
        Outlook::NotReadable {
            last, last_seen, ..
        } => format!(
            "last seen {} as {}",
            brief(*last_seen, voice),
            last.word().to_lowercase()
        ),
        Outlook::LastSeen { last, last_seen } => format!(
            "last seen {} as {}; nobody has looked since",
            brief(*last_seen, voice),
            last.word().to_lowercase()
        ),
        Outlook::SeenOnce { confirmed_from, .. } => format!(
            "seen once, a second look counts from {} on",
            brief(*confirmed_from, voice)
        ),
        Outlook::AsExpected { .. } => "as expected".to_owned(),
        Outlook::SaidExpected { .. } => "as you said it should be".to_owned(),
        Outlook::Usual { cause, until, .. } => {
            let why = cause.map_or("not unusual", usual);
            match until {
                Some(until) if voice.now < *until => usual_until(why, *until, voice),
                Some(_) | None => why.to_owned(),
            }
        }
        Outlook::Watch {
            cause,
            usual_until: Some(until),
            ..
        } if voice.now < *until => usual_until(usual(*cause), *until, voice),
        Outlook::Watch { act_from, .. } => match act_from {
            Some(act) if voice.now < *act => format!(
                "longer than usual; waiting is right until {}",
                words::day(*act, voice.zone, voice.now)
            ),
            Some(_) | None => "unusual; nothing to do".to_owned(),
        },
        Outlook::Act { .. } => "something to do".to_owned(),
    }
}

fn usual_until(why: &str, until: jiff::Timestamp, voice: &Voice<'_>) -> String {
    format!("{why}, until {}", words::day(until, voice.zone, voice.now))
}

fn brief(at: jiff::Timestamp, voice: &Voice<'_>) -> String {
    words::brief_moment(at, voice.zone, voice.now)
}

/// Why it is usual.
fn usual(cause: Cause) -> &'static str {
    match cause {
        Cause::KdpNotLive | Cause::KdpPastOuterLimit => "usual after publishing at KDP",
        Cause::Missing => "usual: stores take their time to list a title",
        Cause::StillPreOrder => "usual in the days after the date",
        Cause::ShipsInWeeks | Cause::TemporarilyOutOfStock => "usual around the release",
        Cause::ThirdPartyOnly => "usual on a new page",
        Cause::WrongDate => "usual after a date was moved",
        Cause::LabelLost => "usual before the date",
        Cause::Vanished => "pages sometimes come back within hours",
        Cause::StaleCover | Cause::StaleTitle => "usual after a revision",
        Cause::Unavailable => "usual for now",
        _ => "not unusual",
    }
}
