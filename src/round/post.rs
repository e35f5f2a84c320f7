//! The letters that are about no single edition: the weekly digest, and the notice that our own
//! line is down. Each is queued in the transaction that finds it due, so that two processes at
//! once write one.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, Transaction};

use super::House;
use super::judge_edition::{Queued, blind_at_stores, watched};
use crate::alerts::lifecycle::{LineStep, key, line_step};
use crate::alerts::{Alert, mute, pause, sqlite as alerts};
use crate::book::{EditionId, StoreId};
use crate::config::plan::label;
use crate::config::plan::{EditionPlan, Plan};
use crate::history::View;
use crate::history::sqlite::{Depth, drifts, each_view, notes, view};
use crate::judge::blind::{is_our_own_line, notice_about};
use crate::judge::line::{line_down, reach};
use crate::judge::text::{Voice, said};
use crate::judge::{Finding, Judgement, judge};
use crate::mail::addressee::{desk_for, post_notice, reader};
use crate::mail::digest::{Item, digest, is_quiet, issues};
use crate::mail::notice::{notice, old_configuration};
use crate::mail::sqlite::{enqueue, last_digest, last_digest_to, spare_digest};
use crate::mail::{Desk, Letter};
use crate::round::health::health;
use crate::round::sqlite::running::running;
use crate::round::sqlite::{remark, vitals};
use crate::say::say;
use crate::schedule::cron::{has_come, next_after};
use crate::text::words;

/// The rule under which the notice about our own line is remembered.
pub const LINE_DOWN: &str = "line-down";

/// The rule under which the notice about a wrong configuration is remembered.
const OLD_CONFIGURATION: &str = "old-configuration";

/// Where the letters of a plan are written.
pub fn desk(plan: &Plan, next_look: Option<Timestamp>) -> Desk<'_> {
    let author = &plan.author;
    Desk {
        author,
        copy_of: None,
        also_to: &[],
        from: plan.mail.as_ref().map_or(&author.email, |mail| &mail.from),
        stores: &plan.stores,
        next_look,
        remind_every: plan.judging.remind_every,
        digest_always: plan.schedule.digest_always,
        site: plan.web.site(),
        signs: None,
        remarks: &[],
    }
}

/// Queues what is due. Gives the letters that were queued. While letters about every edition are
/// paused, these wait too.
pub(crate) fn queue(house: &House) -> rusqlite::Result<Vec<Queued>> {
    let now = house.clock.now();
    let isbns: Vec<&EditionId> = house
        .plan
        .editions
        .iter()
        .map(|one| &one.edition.id)
        .collect();
    if house
        .db
        .read(|connection| are_paused(&house.plan, &isbns, connection, now))?
    {
        return Ok(Vec::new());
    }
    let mut letters = Vec::new();
    letters.extend(line_notice(house, now)?);
    letters.extend(blind_notice(house, now)?);
    letters.extend(configuration_notice(house, now)?);
    if house
        .db
        .read(|connection| digest_is_due(house, connection, now))?
    {
        letters.extend(house.db.write(|tx| digests(house, tx, now))?);
    }
    let queued = |letter| Queued {
        letter,
        copies: 1,
        tellings: Vec::new(),
    };
    Ok(letters.into_iter().map(queued).collect())
}

/// Letters about every one of these editions are paused.
fn are_paused(
    plan: &Plan,
    isbns: &[&EditionId],
    connection: &Connection,
    now: Timestamp,
) -> rusqlite::Result<bool> {
    for edition in isbns {
        let notes = notes(connection, edition)?;
        if pause::in_force(&notes, &plan.author.zone, now).is_none() {
            return Ok(false);
        }
    }
    Ok(!isbns.is_empty())
}

/// One notice when no store answers any more, and none while that lasts.
fn line_notice(house: &House, now: Timestamp) -> rusqlite::Result<Option<Letter>> {
    house.db.write(|tx| {
        let stores = each_view(tx, &house.plan.editions, Depth::Newest, |views| {
            reach(views)
        })?;
        let finding = line_down(&stores, &house.settings.windows);
        let is_known = alerts::notice_is_open(tx, LINE_DOWN)?;
        match (line_step(is_known, finding.as_ref()), finding) {
            (LineStep::Tell, Some(finding)) => {
                let letter = queue_notice(house, tx, &finding, now)?;
                alerts::open_notice(tx, LINE_DOWN, now)?;
                Ok(Some(letter))
            }
            (LineStep::Over, _) => {
                alerts::end_notice(tx, LINE_DOWN, now)?;
                Ok(None)
            }
            (LineStep::Tell | LineStep::Nothing, _) => Ok(None),
        }
    })
}

/// Queues a notice, and tells the programs and phones of it.
fn queue_notice(
    house: &House,
    transaction: &Transaction<'_>,
    finding: &Finding,
    now: Timestamp,
) -> rusqlite::Result<Letter> {
    let desk = desk(&house.plan, None);
    let letter = notice(&desk, finding, now);
    enqueue(transaction, &letter, now)?;
    let said = said(finding, &desk.plain_voice(now));
    let lines = [said.verdict, said.step];
    for post in post_notice(&house.plan.hooks, &letter, &lines) {
        enqueue(transaction, &post, now)?;
    }
    Ok(letter)
}

/// One notice about all stores whose pages can no longer be read for several editions, and none
/// while that lasts; when they can be read again there is nothing to say, as nothing was lost.
fn blind_notice(house: &House, now: Timestamp) -> rusqlite::Result<Option<Letter>> {
    house.db.write(|tx| {
        let blind = blind_at_stores(&house.plan, tx)?;
        let watched = watched(&house.plan);
        let is_line = is_our_own_line(&blind, &watched);
        let windows = &house.settings.windows;
        let mut stores: Vec<&StoreId> = watched.iter().map(|listing| &listing.store).collect();
        stores.sort();
        stores.dedup();
        let mut new = Vec::new();
        for store in stores {
            let rule = format!("stores-unread {store}");
            let found = blind.iter().find(|blind| blind.store == *store);
            let is_known = alerts::notice_is_open(tx, &rule)?;
            match found.filter(|found| is_known || !is_line && found.is_to_be_told(windows)) {
                Some(found) if !is_known => {
                    alerts::open_notice(tx, &rule, now)?;
                    new.push(found);
                }
                None if is_known => alerts::end_notice(tx, &rule, now)?,
                Some(_) | None => {}
            }
        }
        notice_about(&new, windows)
            .map(|finding| queue_notice(house, tx, &finding, now))
            .transpose()
    })
}

/// One notice while the service runs an older configuration than its file.
fn configuration_notice(house: &House, now: Timestamp) -> rusqlite::Result<Option<Letter>> {
    house.db.write(|tx| {
        let wrong = running(tx, now)?.and_then(|running| running.wrong);
        let is_known = alerts::notice_is_open(tx, OLD_CONFIGURATION)?;
        match wrong {
            Some(why) if !is_known => {
                let letter = old_configuration(&desk(&house.plan, None), &why, now);
                enqueue(tx, &letter, now)?;
                for post in post_notice(&house.plan.hooks, &letter, &[why]) {
                    enqueue(tx, &post, now)?;
                }
                alerts::open_notice(tx, OLD_CONFIGURATION, now)?;
                Ok(Some(letter))
            }
            None if is_known => {
                alerts::end_notice(tx, OLD_CONFIGURATION, now)?;
                Ok(None)
            }
            Some(_) | None => Ok(None),
        }
    })
}

/// Its time has come since the last one, or since the first round when there was none. One whose
/// time came while all letters were paused is left out: the end of a pause has its letters, and
/// the next digest says what stands.
fn digest_is_due(house: &House, connection: &Connection, now: Timestamp) -> rusqlite::Result<bool> {
    let Some(last) = last(house, connection, now)? else {
        return Ok(false);
    };
    let zone = &house.plan.author.zone;
    let resumed = all_paused_until(&house.plan, connection, now)?;
    let last = resumed.map_or(last, |resumed| last.max(resumed));
    Ok(has_come(&house.plan.schedule.digest, zone, last, now))
}

/// Until when letters about every edition were paused; `None`: about one they never were.
fn all_paused_until(
    plan: &Plan,
    connection: &Connection,
    now: Timestamp,
) -> rusqlite::Result<Option<Timestamp>> {
    let mut until: Option<Timestamp> = None;
    for edition in &plan.editions {
        let notes = notes(connection, &edition.edition.id)?;
        let Some(end) = pause::last_end(&notes, &plan.author.zone, now) else {
            return Ok(None);
        };
        until = Some(until.map_or(end, |until| until.min(end)));
    }
    Ok(until)
}

/// When the last digest was written. One from beyond the next two was written by a clock that has
/// been set back since, and is not believed: it would silence all of them until then.
fn last(
    house: &House,
    connection: &Connection,
    now: Timestamp,
) -> rusqlite::Result<Option<Timestamp>> {
    let next = |after| {
        let (cron, zone) = (&house.plan.schedule.digest, &house.plan.author.zone);
        next_after(cron, zone, after).unwrap_or(Timestamp::MAX)
    };
    if let Some(last) = last_digest(connection, next(next(now)))? {
        return Ok(Some(last));
    }
    let first: Option<i64> =
        connection.query_row("SELECT min(began) FROM round", [], |row| row.get(0))?;
    // A time out of range was never written by us.
    Ok(first.and_then(|milliseconds| Timestamp::from_millisecond(milliseconds).ok()))
}

/// Writes the digests that are due, one for each client of an imprint and one for all that is
/// nobody's, to each of their recipients about the editions that are theirs.
fn digests(
    house: &House,
    transaction: &Transaction<'_>,
    now: Timestamp,
) -> rusqlite::Result<Vec<Letter>> {
    // Another process may have written them between the look and this transaction.
    let Some(last) = last(house, transaction, now)? else {
        return Ok(Vec::new());
    };
    if !digest_is_due(house, transaction, now)? {
        return Ok(Vec::new());
    }
    let mut items = BTreeMap::new();
    for plan in &house.plan.editions {
        let item = item(house, transaction, plan, (last, now))?;
        items.insert(plan.edition.id.clone(), item);
    }
    let remarks = remarks(house, transaction, now)?;
    let mut letters = Vec::new();
    for issue in issues(&house.plan) {
        let isbns: Vec<&EditionId> = issue.editions.iter().collect();
        if are_paused(&house.plan, &isbns, transaction, now)? {
            continue;
        }
        let items: Vec<Item> = issue
            .editions
            .iter()
            .filter_map(|edition| items.get(edition).cloned())
            .collect();
        let reader = reader(&issue.recipient, &house.plan.author);
        let desk = Desk {
            remarks: &remarks,
            ..desk(&house.plan, None)
        };
        let desk = desk_for(&desk, &reader, &[]);
        let is_spared = !desk.digest_always
            && is_quiet(&desk, &items, now)
            && last_digest_to(transaction, &desk.author.email, now)?
                .is_some_and(|last| now.duration_since(last) < SIGN_OF_LIFE);
        if is_spared {
            continue;
        }
        let letter = digest(&desk, issue.client.as_deref(), &items, now);
        enqueue(transaction, &letter, now)?;
        letters.push(letter);
    }
    if letters.is_empty() {
        spare_digest(transaction, now)?;
    }
    Ok(letters)
}

/// Whoever has nothing to hear hears after so long that we are still watching: four weeks, less the
/// hours by which a digest may come late.
const SIGN_OF_LIFE: SignedDuration = SignedDuration::from_hours(27 * 24);

/// What the digest begins with: what is wrong with the watch, and that nobody looked for a while.
fn remarks(
    house: &House,
    connection: &Connection,
    now: Timestamp,
) -> rusqlite::Result<Vec<String>> {
    let zone = &house.plan.author.zone;
    let health = health(&vitals(connection, &house.plan, now)?, now);
    let ailments = health.ailments.iter().map(|one| {
        let (words, next) = (one.words(zone, now), one.next_step());
        format!("The watch is not well: {words}. {}.", words::capital(next))
    });
    let slept = remark(connection, zone, now)?;
    let drifts = drifts(connection, now)?;
    let drifts = drifts.iter().map(|drift| {
        let label = label(&drift.store, &house.plan.stores);
        let next = words::capital(&drift.next_step());
        format!("{}. {next}.", drift.words(label, zone, now))
    });
    Ok(ailments.chain(slept).chain(drifts).collect())
}

/// What the digest is told of an edition: what stands, and what came and went since the last one
/// without a letter.
fn item(
    house: &House,
    connection: &Connection,
    plan: &EditionPlan,
    (last, now): (Timestamp, Timestamp),
) -> rusqlite::Result<Item> {
    let view = view(connection, plan)?;
    let Judgement {
        mut findings,
        outlooks,
    } = thought(house, connection, &view, now)?;
    findings.retain(|finding| finding.severity.is_trouble());
    let zone = &house.plan.author.zone;
    let desk = desk(&house.plan, None);
    let voice = desk.voice(&view, now);
    let muted = take_muted(&mut findings, &view, &voice);
    let open = alerts::open_alerts(connection, &plan.edition.id)?;
    // It goes on, with other stores beside it or with fewer.
    let goes_on = |over: &Alert| {
        open.iter().any(|one| {
            let mut stores = over.key.stores.iter();
            one.key.cause == over.key.cause && stores.any(|store| one.key.stores.contains(store))
        })
    };
    let lines = alerts::over_since(connection, &plan.edition.id, last)?
        .into_iter()
        .filter(|(alert, _)| !goes_on(alert))
        .filter(|(alert, _)| alert.told.is_none() || alert.is_flap)
        // A day of the calendar does not come and go, it passes.
        .filter(|(alert, _)| !alert.finding.kind.goes_by_the_clock())
        .map(|(alert, over): (Alert, Timestamp)| {
            let voice = Voice { now: over, ..voice };
            say!(
                "digest-came-and-went",
                headline = said(&alert.finding, &voice).headline,
                since = words::brief_moment(alert.since, zone, now),
                lasting = words::lasting(over.duration_since(alert.since))
            )
        })
        .chain(muted)
        .collect();
    Ok(Item {
        view,
        findings,
        outlooks,
        lines,
    })
}

/// What was thought of the edition when it was judged last; it is judged now where it never was.
fn thought(
    house: &House,
    connection: &Connection,
    view: &View,
    now: Timestamp,
) -> rusqlite::Result<Judgement> {
    let kept = alerts::judgement(connection, &view.edition.id, now)?;
    Ok(kept.map_or_else(|| judge(view, &house.settings, now), |(kept, _)| kept))
}

/// Takes out what the author muted, and says in a line each that it stands.
fn take_muted(findings: &mut Vec<Finding>, view: &View, voice: &Voice<'_>) -> Vec<String> {
    let mut lines = Vec::new();
    findings.retain(|finding| {
        let key = key(&view.edition.id, finding);
        let Some(until) = mute::until(&key, &view.notes, voice.zone, voice.now) else {
            return true;
        };
        lines.push(say!(
            "digest-muted",
            headline = said(finding, voice).headline,
            until = words::date(until)
        ));
        false
    });
    lines
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use jiff::SignedDuration;

    use super::*;
    use crate::clock::Clock;
    use crate::config;
    use crate::db::Db;
    use crate::fetch::Fetcher;
    use crate::judge::Settings;
    use crate::round::sqlite::running::{kept_out, taken_over};

    fn house(start: Timestamp) -> House {
        let text = "[author]\nname = 'Jane Roe'\nemail = 'jane@example.com'\ntimezone = 'UTC'\n";
        let today = "2027-02-01".parse().unwrap();
        let (plan, _) = config::check(text, "pubwatch.toml", today).unwrap();
        let (db, clock) = (
            Arc::new(Db::in_memory().unwrap()),
            Clock::starting_at(start),
        );
        let settings = Settings::of(&plan).unwrap();
        let fetcher =
            Fetcher::new(Arc::clone(&db), clock.clone(), &plan.manners, &plan.stores).unwrap();
        House::new(plan, db, clock, settings, fetcher)
    }

    #[test]
    fn a_wrong_configuration_is_told_once_and_again_when_it_is_wrong_again() {
        let start: Timestamp = "2027-02-01T08:00:00Z".parse().unwrap();
        let house = house(start);
        let at = |minutes: i64| start + SignedDuration::from_mins(minutes);
        let write = |minutes: i64, why: Option<&str>| {
            let noted = house.db.write(|tx| match why {
                Some(why) => kept_out(tx, why, at(minutes)),
                None => taken_over(tx, "pubwatch.toml", at(minutes)),
            });
            noted.unwrap();
        };
        let told = |minutes: i64| configuration_notice(&house, at(minutes)).unwrap();
        write(0, None);
        write(1, Some("line 3 is wrong"));
        assert_eq!(told(2), None, "it may be half-written");
        write(4, Some("line 3 is wrong"));
        let letter = told(4).unwrap();
        assert!(letter.text.contains("line 3 is wrong"), "{}", letter.text);
        write(6, Some("line 4 is wrong"));
        assert_eq!(told(6), None);
        write(7, None);
        assert_eq!(told(7), None);
        write(8, Some("line 5 is wrong"));
        write(11, Some("line 5 is wrong"));
        assert!(told(11).is_some());
    }
}
