//! Which listings are due, when the others will be, and why then.

use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, Transaction};

use crate::book::{EditionId, Launch, Source, StoreId};
use crate::config::plan::{EditionPlan, ListingPlan, Plan};
use crate::db::{Db, DbError};
use crate::fetch::ration::{spent_until, used_on};
use crate::fetch::{self, HostKey, creators_api};
use crate::history::sqlite::{Looks, keep_good_until, launch, looks};
use crate::history::{ListingId, Observation};
use crate::page::{UnreadReason, Wanted};
use crate::round::doors::{Closed, Doors};
use crate::round::{House, Task, Which, ways};
use crate::schedule::cadence::{self, Urgency};
use crate::schedule::due::{self, Due, Rhythm, Rules, Times};

/// What the schedule follows from: the configuration, what is stored, and since when a service has
/// been awake.
#[derive(Debug, Clone, Copy)]
pub struct Agenda<'a> {
    /// What to watch, and how often.
    pub plan: &'a Plan,
    /// What is stored.
    pub db: &'a Db,
    /// Since when a service has kept watch; `None` for everybody else.
    pub awake_since: Option<Timestamp>,
}

/// When a listing is looked at next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NextLook {
    /// The listing.
    pub listing: ListingId,
    /// When, and why then; `None` where only the user looks, by hand.
    pub due: Option<Due>,
}

/// The listings to ask now, in the order of the configuration. What a person asked for on the page
/// is among them, and when the next look will be due is told there.
pub(crate) fn due(house: &House, which: Which, now: Timestamp) -> Result<Vec<Task>, DbError> {
    // Taken first: a wish that cannot be fulfilled is not asked for again and again.
    let wanted = house.board.take();
    let agenda = Agenda::of(house);
    let doors = agenda.doors(now)?;
    let tasks = house.db.read(|connection| -> rusqlite::Result<_> {
        let mut tasks = Vec::new();
        let mut next: Option<Timestamp> = None;
        for plan in &agenda.plan.editions {
            let launch = launch(connection, plan)?;
            for listing in &plan.listings {
                let id = listing_id(plan, listing);
                if agenda.is_by_hand(&id, listing) {
                    continue;
                }
                let looks = looks(connection, &id)?;
                let is_due = match which {
                    Which::All => is_floor_over(house, &looks, now),
                    Which::Due => {
                        let closed = agenda.closed(&id, listing, &doors);
                        let due = agenda.next_look(
                            (plan.book(), &launch),
                            (listing, closed),
                            &looks,
                            now,
                        );
                        let is_wanted =
                            wanted.contains(&id.edition) && is_floor_over(house, &looks, now);
                        if !due.is_now(now) {
                            next = Some(next.map_or(due.at, |earlier| earlier.min(due.at)));
                        }
                        due.is_now(now) || is_wanted
                    }
                };
                if is_due {
                    let urgency = agenda.urgency(&launch, listing, &looks, now);
                    tasks.push((urgency, task(id, plan, listing, looks.last_try)));
                }
            }
        }
        if which == Which::Due {
            house.board.set_next_look(next);
        }
        Ok(tasks)
    })?;
    Ok(doors.ration_out(tasks))
}

/// When any page is looked at next; `None` when nothing is watched.
pub fn next_look_of_all(house: &House, now: Timestamp) -> Result<Option<Timestamp>, DbError> {
    let next = Agenda::of(house).next_looks(now)?.into_iter();
    Ok(next.filter_map(|next| next.due).map(|due| due.at).min())
}

/// When the next page of an edition is looked at, should every store be open.
pub(in crate::round) fn next_look_at_any(
    agenda: &Agenda<'_>,
    plan: &EditionPlan,
    connection: &Connection,
    now: Timestamp,
) -> rusqlite::Result<Option<Timestamp>> {
    let launch = launch(connection, plan)?;
    let mut next: Option<Timestamp> = None;
    for listing in &plan.listings {
        let looks = looks(connection, &listing_id(plan, listing))?;
        let at = (listing, Closed::default());
        let at = agenda
            .next_look((plan.book(), &launch), at, &looks, now)
            .at
            .max(now);
        next = Some(next.map_or(at, |earlier| earlier.min(at)));
    }
    Ok(next)
}

/// Until when a page gets no further look, as it stands in the database now.
pub(in crate::round) fn page_spent_until(
    house: &House,
    task: &Task,
) -> Result<Option<Timestamp>, DbError> {
    let looks = house
        .db
        .read(|connection| looks(connection, &task.listing))?;
    Ok(Agenda::of(house).looked_enough(&looks, house.clock.now()))
}

impl<'a> Agenda<'a> {
    /// The agenda of a house.
    pub fn of(house: &'a House) -> Self {
        Self {
            plan: &house.plan,
            db: &house.db,
            awake_since: house.awake_since(),
        }
    }

    /// When each listing is looked at next, in the order of the configuration.
    pub fn next_looks(&self, now: Timestamp) -> Result<Vec<NextLook>, DbError> {
        let doors = self.doors(now)?;
        self.db.read(|connection| {
            let mut all = Vec::new();
            for plan in &self.plan.editions {
                let launch = launch(connection, plan)?;
                for listing in &plan.listings {
                    let id = listing_id(plan, listing);
                    let closed = self.closed(&id, listing, &doors);
                    let looks = looks(connection, &id)?;
                    let due =
                        self.next_look((plan.book(), &launch), (listing, closed), &looks, now);
                    all.push(NextLook {
                        due: (!self.is_by_hand(&id, listing)).then_some(due),
                        listing: id,
                    });
                }
            }
            Ok(all)
        })
    }

    /// Nobody but the user looks.
    fn is_by_hand(&self, id: &ListingId, listing: &ListingPlan) -> bool {
        let ways = ways(self.plan, &id.edition, listing);
        ways.iter().all(|way| *way == Source::ByHand)
    }

    fn urgency(
        &self,
        launch: &Launch,
        listing: &ListingPlan,
        looks: &Looks,
        now: Timestamp,
    ) -> Urgency {
        let zone = &self.plan.author.zone;
        cadence::urgency(launch, &listing.store, looks.released, zone, now)
    }

    /// When a listing is looked at next, by the author's cron or by the phase of the launch. The
    /// formats of one book come due together at each store.
    fn next_look(
        &self,
        (book, launch): (&EditionId, &Launch),
        (listing, closed): (&ListingPlan, Closed),
        looks: &Looks,
        now: Timestamp,
    ) -> Due {
        let urgency = self.urgency(launch, listing, looks, now);
        let rhythm = rhythm(self.plan, urgency);
        let times = Times {
            last_try: looks.last_try,
            unconfirmed_since: looks.unconfirmed_since,
            sister_changed: looks.sister_changed,
            retry_at: looks.last_try.and_then(|last| retry_at(looks, last)),
            closed_until: closed.shut_until,
            store_spent_until: closed.spent_until,
            spent_until: self.looked_enough(looks, now),
        };
        let rules = Rules {
            floor: self.plan.manners.floor,
            confirm_after: self.plan.judging.confirm_after,
            awake_since: self.awake_since,
        };
        due::due((book, &listing.store), &times, rhythm, &rules, now)
    }

    /// Until when a page gets no further look, because those of the day are used up.
    fn looked_enough(&self, looks: &Looks, now: Timestamp) -> Option<Timestamp> {
        let used = used_on(looks.day, looks.looks, now);
        spent_until(used, self.plan.manners.looks_per_day, now)
    }

    fn doors(&self, now: Timestamp) -> Result<Doors, DbError> {
        let memories = fetch::sqlite::memories(self.db)?;
        let cap = self.plan.manners.requests_per_day;
        Ok(Doors::of(&memories, cap, now))
    }

    fn closed(&self, id: &ListingId, listing: &ListingPlan, doors: &Doors) -> Closed {
        let ways = ways(self.plan, &id.edition, listing);
        let api = self.plan.api.as_ref().and_then(creators_api::host);
        HostKey::of(&listing.ask)
            .map(|host| doors.closed(&host, &ways, api.as_ref()))
            .unwrap_or_default()
    }
}

/// The author's schedule, or what the urgency calls for.
fn rhythm(plan: &Plan, urgency: Urgency) -> Rhythm<'_> {
    let zone = &plan.author.zone;
    if let Some(cron) = &plan.schedule.check {
        return Rhythm::Cron { cron, zone };
    }
    let is_steady = urgency == Urgency::Steady;
    let steady = Some(plan.schedule.steady).filter(|_| is_steady);
    Rhythm::Every(steady.unwrap_or(urgency.interval()))
}

/// Keeps until when what a look saw may be spoken of as what is.
pub(crate) fn promise(
    transaction: &Transaction<'_>,
    plan: &Plan,
    observation: &Observation,
) -> rusqlite::Result<()> {
    let (id, at) = (&observation.listing, observation.at);
    let mut editions = plan.editions.iter();
    let Some(edition) = editions.find(|one| one.edition.id == id.edition) else {
        return Ok(());
    };
    let released = looks(transaction, id)?.released;
    let launch = launch(transaction, edition)?;
    let until = if observation.source.is_a_persons() {
        let zone = &plan.author.zone;
        cadence::good_by_hand(cadence::urgency(&launch, &id.store, released, zone, at), at)
    } else {
        good_until(plan, &launch, (&id.store, released), at)
    };
    keep_good_until(transaction, id, until)
}

/// Until two looks of the rhythm were missed: of the one at `at`, or of the slower one that it passes
/// into meanwhile.
fn good_until(
    plan: &Plan,
    launch: &Launch,
    (store, released): (&StoreId, Option<Timestamp>),
    at: Timestamp,
) -> Timestamp {
    let by_the_rhythm_of = |time| {
        let urgency = cadence::urgency(launch, store, released, &plan.author.zone, time);
        rhythm(plan, urgency).good_until(at)
    };
    let until = by_the_rhythm_of(at);
    until.max(by_the_rhythm_of(until))
}

/// Between two checks, one after the other, a page should have been looked at twice by its rhythm: the
/// machine was off or asleep, or nobody began a check.
pub(super) fn is_too_late(
    connection: &Connection,
    plan: &Plan,
    (last, now): (Timestamp, Timestamp),
) -> rusqlite::Result<bool> {
    if now.duration_since(last) < due::GOOD_FOR {
        return Ok(false);
    }
    for edition in &plan.editions {
        let launch = launch(connection, edition)?;
        let listings = edition.listings.iter().filter(|one| !one.is_by_hand);
        for listing in listings {
            let looks = looks(connection, &listing_id(edition, listing))?;
            let Some(at) = looks.last_try else { continue };
            let until = good_until(plan, &launch, (&listing.store, looks.released), at);
            if last <= until && until < now {
                return Ok(true);
            }
        }
    }
    Ok(false)
}

/// A look that a person asks for is only bound by the floor. A last look far ahead is one of a clock
/// that was set back; one just ahead was taken by another process while this one waited for the
/// database with the time in its hand.
fn is_floor_over(house: &House, looks: &Looks, now: Timestamp) -> bool {
    looks
        .last_try
        .is_none_or(|last| house.plan.manners.floor <= now.duration_since(last).abs())
}

/// A look that failed for a passing reason is repeated after an hour, then after two, four, until
/// the rhythm is quicker.
fn retry_at(looks: &Looks, last_try: Timestamp) -> Option<Timestamp> {
    let passing = [UnreadReason::Blocked, UnreadReason::Unreachable];
    looks
        .blind_reason
        .filter(|reason| passing.contains(reason))?;
    let doublings = looks.blind_attempts.saturating_sub(1).min(6);
    last_try
        .checked_add(SignedDuration::from_hours(1_i64 << doublings))
        .ok()
}

pub(in crate::round) fn listing_id(plan: &EditionPlan, listing: &ListingPlan) -> ListingId {
    ListingId::new(&plan.edition.id, &listing.store)
}

fn task(
    listing: ListingId,
    edition: &EditionPlan,
    plan: &ListingPlan,
    last_try: Option<Timestamp>,
) -> Task {
    Task {
        listing,
        plan: plan.clone(),
        wanted: Wanted::of(&edition.edition, plan.asin.as_deref()),
        last_try,
    }
}
