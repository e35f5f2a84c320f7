//! What is remembered of hosts, in the database, so that a restart forgets no courtesy and two
//! processes keep one pause between them.
//!
//! The writes are light ones: should the power fail, the machine takes longer to come back than
//! the pause that was forgotten.

use std::time::Duration;

use jiff::Timestamp;
use jiff::civil::Date;
use rusqlite::{Connection, OptionalExtension as _, Row, params};

use super::breaker::{Breaker, Gate};
use super::politeness::{ask_at, later};
use super::ration::{Ration, day_of, spent_until, used_on};
use super::robots::{Answer, Robots};
use super::{HostKey, HostMemory, Lease};
use crate::db::column::unreadable;
use crate::db::{Db, DbError};

/// A lease that has longer to run than this was taken by a clock that has been set back since.
const LONGEST_LEASE: Duration = Duration::from_secs(60 * 60);

const COLUMNS: &str = "name, next_allowed, refusals, failures, shut_until, why, refused_at, day, \
                       requests, lease_holder, lease_until";

/// A wish to ask a host.
#[derive(Debug, Clone, Copy)]
pub struct Wish {
    /// When.
    pub now: Timestamp,
    /// How long the request may take, and so the lease.
    pub hold: Duration,
    /// The pause that follows, should we die before we know better.
    pub pause: Duration,
    /// The longest pause that there is.
    pub longest: Duration,
    /// What the breaker has to say to it.
    pub passage: Passage,
    /// The most requests that the host gets in a day.
    pub cap: u32,
}

/// Which requests the breaker stops.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Passage {
    /// None: a further hop of a page that was let through.
    Free,
    /// It must not be shut.
    Gated,
    /// It must not be shut, and where one page may try the host, this is the one.
    Trying,
}

/// What claiming a host gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Claim {
    /// It may be asked now, by the claimant alone.
    Ours,
    /// Nobody may ask it before that moment; claim it again then.
    NotYet(Timestamp),
    /// We stay away from it.
    Shut {
        /// Until when.
        until: Timestamp,
        /// What it has done to us.
        breaker: Box<Breaker>,
    },
    /// It has had all the requests that it gets today.
    Spent(Timestamp),
    /// Somebody else is asking it.
    Theirs(Lease),
}

/// The right to ask a host, given back when dropped, however the look ended.
#[derive(Debug)]
pub struct Hold<'a> {
    db: &'a Db,
    host: &'a HostKey,
    way: &'a HostKey,
    holder: &'a str,
}

impl<'a> Hold<'a> {
    /// A hold that has claimed nothing yet. No two looks have the same `holder`. The pause and the
    /// lease are the host's; how it has received us is remembered for each `way` in.
    pub fn new(db: &'a Db, host: &'a HostKey, way: &'a HostKey, holder: &'a str) -> Self {
        Self {
            db,
            host,
            way,
            holder,
        }
    }

    /// Claims the host, in one transaction, so that of several claimants one wins:
    ///
    /// 1. While the breaker is shut, nobody asks.
    /// 2. While somebody else's lease lasts, nobody else asks.
    /// 3. When the day's requests are used up, nobody asks before the next day, not even for a
    ///    further hop.
    /// 4. Before the pause is over nobody asks, and nobody holds a lease just to wait: so those
    ///    who wait have equal chances.
    /// 5. The lease begins, the request counts for the day, and the next pause is written down,
    ///    so that even our death leaves the host in peace.
    ///
    /// What is wished is asked for when the database is ours, which may be a while later: a lease
    /// dated before such a wait would be over when it is written.
    ///
    /// # Errors
    ///
    /// The database's.
    pub fn claim(&self, wish: impl FnOnce() -> Wish) -> Result<Claim, DbError> {
        self.db.write_lightly(|transaction| {
            let wish = wish();
            let mut memory = recall(transaction, self.host)?;
            if self.way != self.host {
                memory.breaker = recall(transaction, self.way)?.breaker;
            }
            let gate = memory.breaker.gate(wish.now);
            if let Gate::Shut { until } = gate
                && wish.passage != Passage::Free
            {
                let breaker = Box::new(memory.breaker);
                return Ok(Claim::Shut { until, breaker });
            }
            let longest = LONGEST_LEASE.max(wish.hold);
            if let Some(lease) = memory.lease.take()
                && lease.holder != self.holder
                && wish.now < lease.until
                && lease.until <= later(wish.now, longest)
            {
                return Ok(Claim::Theirs(lease));
            }
            let used = used_on(memory.day, memory.requests, wish.now);
            if let Some(until) = spent_until(used, wish.cap, wish.now) {
                return Ok(Claim::Spent(until));
            }
            let at = ask_at(memory.next_allowed, wish.now, wish.longest);
            if wish.now < at {
                if memory.next_allowed.is_none_or(|next| next <= at) {
                    return Ok(Claim::NotYet(at));
                }
                // A clock that has been set back since wrote that; left there, it would put us
                // off again and again until its day has come.
                let at = later(wish.now, wish.pause);
                put_right(transaction, self.host, at)?;
                return Ok(Claim::NotYet(at));
            }
            if gate == Gate::OneTry && wish.passage == Passage::Trying {
                memory.breaker.try_once(wish.now);
            }
            begin(transaction, self, wish)?;
            if self.way != self.host {
                transaction
                    .prepare_cached("INSERT OR IGNORE INTO host (name) VALUES (?1)")?
                    .execute([self.way.as_str()])?;
            }
            save_breaker(transaction, self.way, &memory.breaker)?;
            Ok(Claim::Ours)
        })
    }

    /// Takes back what [`Hold::claim`] wrote down, when the turn has come and nothing is to be asked
    /// any more: no request went out, so none counts, nobody waits for a pause after it, and the one
    /// try of a host that we stayed away from is still to be had.
    ///
    /// # Errors
    ///
    /// The database's.
    pub fn give_back(&self, now: Timestamp) -> Result<(), DbError> {
        self.db.write_lightly(|transaction| {
            let given = transaction
                .prepare_cached(
                    "UPDATE host SET requests = max(requests - 1, 0), next_allowed = ?3, \
                         lease_holder = NULL, lease_until = NULL \
                     WHERE name = ?1 AND lease_holder = ?2",
                )?
                .execute(params![
                    self.host.as_str(),
                    self.holder,
                    now.as_millisecond()
                ])?;
            if given == 1 {
                transaction
                    .prepare_cached("UPDATE host SET shut_until = NULL WHERE name = ?1")?
                    .execute([self.way.as_str()])?;
            }
            Ok(())
        })
    }
}

fn put_right(transaction: &Connection, host: &HostKey, at: Timestamp) -> rusqlite::Result<usize> {
    transaction
        .prepare_cached("UPDATE host SET next_allowed = ?2 WHERE name = ?1")?
        .execute(params![host.as_str(), at.as_millisecond()])
}

fn begin(transaction: &Connection, hold: &Hold<'_>, wish: Wish) -> rusqlite::Result<usize> {
    let until = later(wish.now, wish.hold);
    transaction
        .prepare_cached(
            "INSERT INTO host (name, lease_holder, lease_until, next_allowed, day, requests) \
             VALUES (?1, ?2, ?3, ?4, ?5, 1) \
             ON CONFLICT (name) DO UPDATE SET lease_holder = ?2, lease_until = ?3, \
                 next_allowed = ?4, requests = iif(day IS ?5, requests, 0) + 1, day = ?5",
        )?
        .execute(params![
            hold.host.as_str(),
            hold.holder,
            until.as_millisecond(),
            later(until, wish.pause).as_millisecond(),
            day_of(wish.now).to_string()
        ])
}

impl Drop for Hold<'_> {
    fn drop(&mut self) {
        let released = self.db.write_lightly(|transaction| {
            transaction
                .prepare_cached(
                    "UPDATE host SET lease_holder = NULL, lease_until = NULL \
                     WHERE name = ?1 AND lease_holder = ?2",
                )?
                .execute(params![self.host.as_str(), self.holder])
        });
        // It ends by itself; until then others wait.
        if let Err(error) = released {
            tracing::warn!(host = %self.host, %error, "could not give the host back");
        }
    }
}

/// Writes down what came of a request, and what that makes of the breaker.
///
/// # Errors
///
/// The database's.
pub fn answered(
    db: &Db,
    host: &HostKey,
    next_allowed: Option<Timestamp>,
    change: impl FnOnce(&mut Breaker),
) -> Result<(), DbError> {
    db.write_lightly(|transaction| {
        let mut breaker = recall(transaction, host)?.breaker;
        change(&mut breaker);
        transaction
            .prepare_cached(
                "INSERT INTO host (name, next_allowed) VALUES (?1, ?2) ON CONFLICT (name) \
                 DO UPDATE SET next_allowed = coalesce(?2, next_allowed)",
            )?
            .execute(params![
                host.as_str(),
                next_allowed.map(Timestamp::as_millisecond)
            ])?;
        save_breaker(transaction, host, &breaker)?;
        Ok(())
    })
}

fn save_breaker(
    connection: &Connection,
    host: &HostKey,
    breaker: &Breaker,
) -> rusqlite::Result<usize> {
    connection
        .prepare_cached(
            "UPDATE host SET refusals = ?2, failures = ?3, shut_until = ?4, why = ?5, \
                             refused_at = ?6 WHERE name = ?1",
        )?
        .execute(params![
            host.as_str(),
            breaker.refusals,
            breaker.failures,
            breaker.shut_until.map(Timestamp::as_millisecond),
            breaker.why,
            breaker.refused_at.map(Timestamp::as_millisecond)
        ])
}

/// Everything that is remembered, in the order of the hosts' names.
///
/// # Errors
///
/// The database's.
pub fn memories(db: &Db) -> Result<Vec<(HostKey, HostMemory)>, DbError> {
    db.read(|connection| {
        let mut statement =
            connection.prepare_cached(&format!("SELECT {COLUMNS} FROM host ORDER BY name"))?;
        let rows =
            statement.query_map([], |row| Ok((HostKey(row.get("name")?), memory_of(row)?)))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    })
}

/// What every host that was ever asked has had today, in the order of their names, when each gets
/// `cap` requests in a day. The other ways in to a host count as the host's own.
///
/// # Errors
///
/// The database's.
pub fn rations(db: &Db, cap: u32, now: Timestamp) -> Result<Vec<Ration>, DbError> {
    let memories = memories(db)?.into_iter();
    // A host that has no day was never asked: its row remembers how another way in was received.
    let asked = memories.filter(|(_, memory)| memory.day.is_some());
    Ok(asked
        .map(|(host, memory)| Ration {
            host,
            used: used_on(memory.day, memory.requests, now),
            cap,
        })
        .collect())
}

fn recall(connection: &Connection, host: &HostKey) -> rusqlite::Result<HostMemory> {
    let memory = connection
        .prepare_cached(&format!("SELECT {COLUMNS} FROM host WHERE name = ?1"))?
        .query_row([host.as_str()], memory_of)
        .optional()?;
    Ok(memory.unwrap_or_default())
}

fn memory_of(row: &Row<'_>) -> rusqlite::Result<HostMemory> {
    let lease = match (row.get("lease_holder")?, moment(row, "lease_until")?) {
        (Some(holder), Some(until)) => Some(Lease { holder, until }),
        _ => None,
    };
    let day: Option<String> = row.get("day")?;
    let day = day.map(|day| day.parse::<Date>()).transpose();
    Ok(HostMemory {
        next_allowed: moment(row, "next_allowed")?,
        breaker: Breaker {
            refusals: row.get("refusals")?,
            failures: row.get("failures")?,
            shut_until: moment(row, "shut_until")?,
            why: row.get("why")?,
            refused_at: moment(row, "refused_at")?,
        },
        day: day.map_err(|error| unreadable(0, error))?,
        requests: row.get("requests")?,
        lease,
    })
}

fn moment(row: &Row<'_>, column: &str) -> rusqlite::Result<Option<Timestamp>> {
    let milliseconds: Option<i64> = row.get(column)?;
    milliseconds
        .map(Timestamp::from_millisecond)
        .transpose()
        .map_err(|error| unreadable(0, error))
}

/// The robots.txt of an origin, as it was last had.
///
/// # Errors
///
/// The database's.
pub fn robots(db: &Db, origin: &str) -> Result<Option<Robots>, DbError> {
    db.read(|connection| {
        let robots = connection
            .prepare_cached("SELECT status, body, fetched_at FROM robots WHERE origin = ?1")?
            .query_row([origin], |row| {
                let (status, body): (u16, String) = (row.get("status")?, row.get("body")?);
                let answer = match status {
                    0 => Answer::Unreachable { why: body },
                    200..=299 => Answer::File(body),
                    status => Answer::Missing { status },
                };
                let fetched_at = moment(row, "fetched_at")?.unwrap_or(Timestamp::MIN);
                Ok(Robots { answer, fetched_at })
            })
            .optional()?;
        Ok(robots)
    })
}

/// Keeps the robots.txt of an origin.
///
/// # Errors
///
/// The database's.
pub fn save_robots(db: &Db, origin: &str, robots: &Robots) -> Result<(), DbError> {
    let (status, body) = match &robots.answer {
        Answer::File(text) => (200, text.as_str()),
        Answer::Missing { status } => (*status, ""),
        Answer::Unreachable { why } => (0, why.as_str()),
    };
    db.write_lightly(|transaction| {
        transaction
            .prepare_cached(
                "INSERT OR REPLACE INTO robots (origin, status, body, fetched_at) \
                 VALUES (?1, ?2, ?3, ?4)",
            )?
            .execute(params![
                origin,
                status,
                body,
                robots.fetched_at.as_millisecond()
            ])?;
        Ok(())
    })
}
