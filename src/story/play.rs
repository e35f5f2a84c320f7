//! Playing a story: the real schedule, history, judgement, alerts and outbox on a virtual clock.
//! Only the fetch is replaced: at each look a page says what the story says that it says then.

use std::sync::Arc;

use anyhow::Context as _;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan as _};

use super::expect::{Sent, Told};
use super::{OwnLook, Story};
use crate::alerts::Alert;
use crate::alerts::sqlite::open_alerts;
use crate::book::StoreId;
use crate::clock::Clock;
use crate::db::Db;
use crate::fetch::Fetcher;
use crate::history::sqlite::add_note;
use crate::history::{ListingId, Observation, Source};
use crate::judge::{FindingKind, Settings, Severity};
use crate::mail::sqlite::{Show, entries, mark_delivered};
use crate::mail::{Letter, LetterKind};
use crate::page::Reading;
use crate::round::judge_edition::{Queued, judge_editions};
use crate::round::sqlite::{begin, due, end, next_look_of_all, take_in};
use crate::round::{House, Summary, Which, post};
use crate::schedule::cron::next_after;

/// A service judges by the clock this often.
const JUDGE_AGAIN_MINUTES: i64 = 15;

/// What came of a story.
#[derive(Debug, Clone)]
pub struct Played {
    /// The letters, in the order of time.
    pub sent: Vec<Sent>,
    /// The looks that were taken, in the order of time.
    pub looks: Vec<Look>,
}

/// A look that was taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Look {
    /// When.
    pub at: Timestamp,
    /// At which page.
    pub listing: ListingId,
}

/// Plays a story from its start to its end.
///
/// 1. The clock stands at the start; a database in memory knows nothing.
/// 2. At each turn: what the author tells us by then is noted, what is due is looked at, and the
///    edition is judged, which may queue a letter; so may the digest's hour, and our own line.
/// 3. The clock is turned to the next look, the next note or the next moment of the calendar,
///    whichever comes first.
///
/// # Errors
///
/// When the story's configuration sets a window that does not exist, or the database fails.
pub fn play(story: &Story) -> anyhow::Result<Played> {
    play_before(story, |_| {})
}

/// Plays a story before somebody who looks at the house after each turn.
pub fn play_before(story: &Story, mut watcher: impl FnMut(&House)) -> anyhow::Result<Played> {
    let house = house(story)?;
    let mut played = Played {
        sent: Vec::new(),
        looks: Vec::new(),
    };
    let mut notes = story.notes.iter().peekable();
    let mut own_looks = story.looks.iter().peekable();
    let mut next_turn_of_post = story.start;
    loop {
        let now = house.clock.now();
        while let Some(said) = notes.next_if(|said| said.note.at <= now) {
            for plan in &house.plan.editions {
                let edition = &plan.edition.id;
                if said.edition.as_ref().is_some_and(|about| about != edition) {
                    continue;
                }
                house
                    .db
                    .write(|transaction| add_note(transaction, edition, &said.note, now))?;
            }
        }
        while let Some(look) = own_looks.next_if(|look| look.at <= now) {
            look_herself(&house, story, look)?;
        }
        let has_unread = look_around(&house, story, &mut played.looks)?;
        let mut queued: Vec<Queued> =
            judge_editions(&house, house.plan.editions.iter()).collect::<Result<_, _>>()?;
        // What is about no single edition depends on the hour, and on pages that cannot be read.
        if has_unread || next_turn_of_post <= now {
            queued.extend(post::queue(&house)?);
            next_turn_of_post = next_of_post(&house, now);
        }
        played.sent.extend(queued.into_iter().map(sent));
        watcher(&house);
        deliver(&house)?;
        let next = [
            // What a look has brought forward is due at once: at the next beat of the heart.
            next_look_of_all(&house, now)?.map(|at| at.max(later(now, 1))),
            notes.peek().map(|said| said.note.at),
            own_looks.peek().map(|look| look.at),
            next_of_calendar(now, &house.plan.author.zone),
            Some(next_turn_of_post),
            is_something_held_back(&house)?.then(|| later(now, JUDGE_AGAIN_MINUTES)),
        ];
        match next.into_iter().flatten().min().map(|at| story.awake(at)) {
            Some(next) if next <= story.end => house.clock.turn_to(next),
            Some(_) | None => return Ok(played),
        }
    }
}

/// A house that watches the story's edition, on its clock, and knows nothing yet.
fn house(story: &Story) -> anyhow::Result<House> {
    let clock = Clock::starting_at(story.start);
    let db = Arc::new(Db::in_memory()?);
    let settings = Settings::of(&story.plan)?;
    let fetcher = Fetcher::new(
        Arc::clone(&db),
        clock.clone(),
        &story.plan.manners,
        &story.plan.stores,
    )
    .context("preparing the round")?;
    Ok(House::new(story.plan.clone(), db, clock, settings, fetcher))
}

/// Looks at every page that is due. True when one of them could not be read.
fn look_around(house: &House, story: &Story, looks: &mut Vec<Look>) -> anyhow::Result<bool> {
    let now = house.clock.now();
    let tasks = due(house, Which::Due, now)?;
    let round = begin(house, now, tasks.len())?;
    let mut summary = Summary::default();
    for task in tasks {
        let reading = story.shown_to_programs(&task.listing.edition, &task.listing.store, now);
        match reading {
            Reading::Says(_) => summary.read += 1,
            Reading::Unread(_) => summary.unread += 1,
        }
        looks.push(Look {
            at: now,
            listing: task.listing.clone(),
        });
        let observation = Observation {
            listing: task.listing,
            at: now,
            source: Source::Http,
            reading,
        };
        take_in(house, &observation, None)?;
    }
    end(house, round, &summary)?;
    Ok(0 < summary.unread)
}

/// The author looks at the pages of a store, or of all.
fn look_herself(house: &House, story: &Story, look: &OwnLook) -> anyhow::Result<()> {
    let now = house.clock.now();
    for plan in &house.plan.editions {
        let listings = plan.listings.iter().map(|listing| &listing.store);
        let is_meant = |store: &&StoreId| look.store.as_ref().is_none_or(|one| one == *store);
        for store in listings.filter(is_meant) {
            let edition = plan.edition.id.clone();
            let reading = story.page(&edition, store, now);
            let observation = Observation {
                listing: ListingId {
                    edition,
                    store: store.clone(),
                },
                at: now,
                source: look.source,
                reading,
            };
            take_in(house, &observation, None)?;
        }
    }
    Ok(())
}

/// The mail server takes every letter at once.
fn deliver(house: &House) -> rusqlite::Result<()> {
    let now = house.clock.now();
    house.db.write(|transaction| {
        for entry in entries(transaction, Show::Undelivered)? {
            mark_delivered(transaction, entry.id, "250 taken", now)?;
        }
        Ok(())
    })
}

/// The next hour of the digest, or the next midnight of the author's.
fn next_of_post(house: &House, now: Timestamp) -> Timestamp {
    let zone = &house.plan.author.zone;
    let digest = next_after(&house.plan.schedule.digest, zone, now);
    digest
        .into_iter()
        .chain(next_of_calendar(now, zone))
        .min()
        .unwrap_or(Timestamp::MAX)
}

/// The next moment at which the calendar alone may bring something: midnight and 9 o'clock of the
/// author's, and midnight in KDP's clock.
fn next_of_calendar(now: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
    let moments = |zone: &TimeZone, hour: i8| {
        let today = now.to_zoned(zone.clone()).date();
        [today, today.saturating_add(1.day())]
            .map(|day| day.at(hour, 0, 0, 0).to_zoned(zone.clone()))
            .into_iter()
            .flatten()
            .map(|moment| moment.timestamp())
            .find(|moment| now < *moment)
    };
    [
        moments(zone, 0),
        moments(zone, 9),
        moments(&TimeZone::UTC, 0),
    ]
    .into_iter()
    .flatten()
    .min()
}

/// Something to act on is known and not told: its letter waits for other pages, or for the day.
fn is_something_held_back(house: &House) -> rusqlite::Result<bool> {
    house.db.read(|connection| {
        for plan in &house.plan.editions {
            let open = open_alerts(connection, &plan.edition.id)?;
            let is_held_back = |alert: &Alert| {
                alert.severity == Severity::Act && alert.told != Some(Severity::Act)
            };
            if open.iter().any(is_held_back) {
                return Ok(true);
            }
        }
        Ok(false)
    })
}

fn later(at: Timestamp, minutes: i64) -> Timestamp {
    at.saturating_add(SignedDuration::from_mins(minutes))
        .unwrap_or(Timestamp::MAX)
}

fn sent(queued: Queued) -> Sent {
    let Letter {
        written,
        kind,
        severity,
        rule,
        edition,
        stores,
        subject,
        text,
        ..
    } = queued.letter;
    let notice = queued.tellings.is_empty().then_some(severity).flatten();
    let mut tells: Vec<Told> = queued
        .tellings
        .into_iter()
        .map(|telling| Told {
            severity: telling.finding.severity,
            rule: telling.finding.kind.name().to_owned(),
            is_clear: matches!(
                telling.finding.kind,
                FindingKind::AllClear { is_clear: true, .. }
            ),
            stores: telling.finding.stores,
        })
        .collect();
    // A notice tells of Pubwatch itself: of no edition, but perhaps of stores.
    tells.extend(notice.map(|severity| Told {
        severity,
        rule: rule.unwrap_or_default(),
        stores,
        is_clear: false,
    }));
    tells.sort_by_key(|told| std::cmp::Reverse(told.severity));
    Sent {
        at: written,
        edition,
        is_digest: kind == LetterKind::Digest,
        tells,
        subject,
        text,
    }
}
