//! `[politeness]`: how we behave towards the stores, within limits that cannot be lifted.

use std::time::Duration;

use jiff::SignedDuration;

use crate::config::findings::Kind;
use crate::config::plan::{Manners, StorePlan};
use crate::config::problem::Problem;
use crate::config::table::{Table, Text};
use crate::config::values;

/// The shortest pause between two requests to a host (STORES §5.3: the hard floor of considerate
/// tools).
pub const LEAST_PAUSE: SignedDuration = SignedDuration::from_secs(1);
/// The most time that one request may be given.
pub const LONGEST_DEADLINE: SignedDuration = SignedDuration::from_mins(5);
/// The longest pause, and the most that is added to one.
pub const LONGEST_PAUSE: SignedDuration = SignedDuration::from_hours(1);
/// RFC 9309 §2.4: a cached robots.txt should not be used for more than 24 hours.
pub const LONGEST_ROBOTS_AGE: SignedDuration = SignedDuration::from_hours(24);
/// What a pause of ten seconds lets through in a day.
pub const MOST_REQUESTS: i64 = 8640;
/// What a floor of half an hour lets through in a day.
pub const MOST_LOOKS: i64 = 48;
/// The least time between two looks at one page.
pub const LEAST_FLOOR: SignedDuration = SignedDuration::from_mins(1);
const LEAST_BODY: usize = 64 << 10;
const LARGEST_BODY: usize = 64 << 20;

/// Reads the table, or takes the defaults of STORES §5.3.
pub(super) fn manners(
    root: &mut Table<'_>,
    used: &[StorePlan],
    author: Option<&str>,
) -> Option<Manners> {
    let mut manners = Manners {
        contact: author.unwrap_or_default().to_owned(),
        ..Manners::default()
    };
    let Some(mut table) = root.table("politeness") else {
        return author.is_some().then_some(manners);
    };
    let findings = table.findings();
    let is_our_own = all_on_loopback(used);
    let least = if is_our_own {
        SignedDuration::ZERO
    } else {
        LEAST_PAUSE
    };
    let zero = SignedDuration::ZERO;
    let second = SignedDuration::from_secs(1);
    let mut read = |key, least, most, value: &mut Duration| {
        *value = between(&mut table, key, least, most).unwrap_or(*value);
    };
    read("pause", least, LONGEST_PAUSE, &mut manners.pause);
    read("jitter", zero, LONGEST_PAUSE, &mut manners.jitter);
    read("deadline", second, LONGEST_DEADLINE, &mut manners.deadline);
    let mut read = |key, least, most, value: &mut SignedDuration| {
        let written = between(&mut table, key, least, most);
        *value = written
            .and_then(|one| one.try_into().ok())
            .unwrap_or(*value);
    };
    let floor = if is_our_own { least } else { LEAST_FLOOR };
    read("floor", floor, SignedDuration::MAX, &mut manners.floor);
    read(
        "robots_age",
        zero,
        LONGEST_ROBOTS_AGE,
        &mut manners.robots_age,
    );
    daily(&mut table, &mut manners, is_our_own);
    if let Some(cap) = body_cap(&mut table) {
        manners.body_cap = cap;
    }
    if let Some(contact) = table.text("contact") {
        if let Some(problem) = wrong_contact(&contact) {
            findings.add(problem);
        }
        manners.contact = contact.into_inner();
    }
    table.finish();
    (!manners.contact.is_empty()).then_some(manners)
}

/// The most of a day; as many as one likes of servers of one's own.
fn daily(table: &mut Table<'_>, manners: &mut Manners, is_our_own: bool) {
    let mut read = |key, limit: i64, value: &mut u32| {
        let most = if is_our_own {
            i64::from(u32::MAX)
        } else {
            limit
        };
        let written = table.whole(key, 1..=most, i64::from(*value));
        let written = written.and_then(|one| u32::try_from(one.into_inner()).ok());
        *value = written.unwrap_or(*value);
    };
    read(
        "requests_per_day",
        MOST_REQUESTS,
        &mut manners.requests_per_day,
    );
    read("looks_per_day", MOST_LOOKS, &mut manners.looks_per_day);
}

/// The pause of one store, as `[[store]]` may set it.
pub(super) fn store_pause(table: &mut Table<'_>, on_loopback: bool) -> Option<Duration> {
    let least = if on_loopback {
        SignedDuration::ZERO
    } else {
        LEAST_PAUSE
    };
    between(table, "pause", least, LONGEST_PAUSE)
}

fn between(
    table: &mut Table<'_>,
    key: &'static str,
    least: SignedDuration,
    most: SignedDuration,
) -> Option<Duration> {
    let findings = table.findings();
    let written = table.duration(key)?;
    let duration = *written.get_ref();
    if duration < least {
        findings.add(
            Problem::error(format!("`{key}` is less than {least:#}"))
                .at(written.span(), "")
                .because("the stores are other people's machines; this limit cannot be lifted")
                .remedy(format!("write `{key} = \"{least:#}\"` or more")),
        );
    }
    if most < duration {
        findings.add(
            Problem::error(format!("`{key}` is more than {most:#}"))
                .at(written.span(), "")
                .remedy(format!("write `{key} = \"{most:#}\"` or less")),
        );
    }
    Duration::try_from(duration).ok()
}

fn body_cap(table: &mut Table<'_>) -> Option<usize> {
    let value = table.value("body_cap", Kind::Size)?;
    let findings = table.findings();
    let size = findings.keep(values::bytes("body_cap", value))?;
    if !(LEAST_BODY..=LARGEST_BODY).contains(&size) {
        findings.add(
            Problem::error("`body_cap` must lie between 64 KB and 64 MB")
                .at(value.span(), "")
                .because("product pages are up to 2.5 MB large, and all of one is held in memory")
                .remedy("write `body_cap = \"8 MB\"`, or leave the line out"),
        );
    }
    Some(size)
}

/// The contact goes into headers: one line of printable ASCII.
fn wrong_contact(contact: &Text) -> Option<Problem> {
    let printable = |character: char| character.is_ascii_graphic() || character == ' ';
    if contact.get_ref().chars().all(printable) {
        return values::email("contact", contact).err();
    }
    Some(
        Problem::error("`contact` has characters that no header can carry")
            .at(contact.span(), "")
            .remedy("write an email address"),
    )
}

fn all_on_loopback(used: &[StorePlan]) -> bool {
    !used.is_empty() && used.iter().all(StorePlan::is_on_loopback)
}
