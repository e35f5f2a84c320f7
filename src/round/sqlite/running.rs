//! What the service that keeps watch runs, for those who are not it.

use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, OptionalExtension as _, Transaction, params};

/// A service gives a sign of life each minute; one that gave none for so long does not run.
const ALIVE: SignedDuration = SignedDuration::from_mins(3);

/// A file may be half-written for so long before it is called wrong.
const HALF_WRITTEN: SignedDuration = SignedDuration::from_mins(2);

/// A service that runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Running {
    /// Its configuration.
    pub file: String,
    /// Since when it is in force as it is.
    pub since: Timestamp,
    /// Why the file is not in force as it is now, where it has been wrong for minutes.
    pub wrong: Option<String>,
}

/// The service that runs; `None` where none has given a sign of life lately.
pub fn running(connection: &Connection, now: Timestamp) -> rusqlite::Result<Option<Running>> {
    let time = |milliseconds: i64| Timestamp::from_millisecond(milliseconds).unwrap_or(now);
    let alive = now.checked_sub(ALIVE).unwrap_or(Timestamp::MIN);
    let patient = now.checked_sub(HALF_WRITTEN).unwrap_or(Timestamp::MIN);
    connection
        .prepare_cached(
            "SELECT file, since, iif(wrong_since <= ?2, wrong, NULL) FROM running WHERE ?1 <= beat",
        )?
        .query_row([alive.as_millisecond(), patient.as_millisecond()], |row| {
            Ok(Running {
                file: row.get(0)?,
                since: time(row.get(1)?),
                wrong: row.get(2)?,
            })
        })
        .optional()
}

/// The service has taken over the configuration as it is in the file.
pub fn taken_over(
    transaction: &Transaction<'_>,
    file: &str,
    now: Timestamp,
) -> rusqlite::Result<()> {
    transaction.execute(
        "INSERT INTO running (id, file, since, beat) VALUES (1, ?1, ?2, ?2) ON CONFLICT (id) \
         DO UPDATE SET file = ?1, since = ?2, beat = ?2, wrong = NULL, wrong_since = NULL",
        params![file, now.as_millisecond()],
    )?;
    Ok(())
}

/// The file cannot be taken over, for that reason: what was in force stays.
pub fn kept_out(transaction: &Transaction<'_>, why: &str, now: Timestamp) -> rusqlite::Result<()> {
    transaction.execute(
        "UPDATE running SET wrong = ?1, wrong_since = coalesce(wrong_since, ?2), beat = ?2",
        params![why, now.as_millisecond()],
    )?;
    Ok(())
}

/// A sign of life.
pub fn beat(transaction: &Transaction<'_>, file: &str, now: Timestamp) -> rusqlite::Result<()> {
    transaction.execute(
        "INSERT INTO running (id, file, since, beat) VALUES (1, ?1, ?2, ?2) ON CONFLICT (id) \
         DO UPDATE SET beat = ?2",
        params![file, now.as_millisecond()],
    )?;
    Ok(())
}

/// The service of that configuration has stopped.
pub fn stopped(transaction: &Transaction<'_>, file: &str) -> rusqlite::Result<()> {
    transaction.execute("DELETE FROM running WHERE file = ?1", [file])?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::Db;

    #[test]
    fn a_file_that_is_wrong_for_minutes_is_told_while_the_service_lives() {
        let db = Db::in_memory().unwrap();
        let start: Timestamp = "2027-02-01T08:00:00Z".parse().unwrap();
        let at = |minutes: i64| start + SignedDuration::from_mins(minutes);
        let wrong = |minutes: i64| {
            let running = db.read(|c| running(c, at(minutes))).unwrap();
            running.map(|running| running.wrong)
        };
        assert_eq!(wrong(0), None);
        db.write(|tx| taken_over(tx, "pubwatch.toml", at(0)))
            .unwrap();
        assert_eq!(wrong(1), Some(None));
        db.write(|tx| kept_out(tx, "line 3", at(2))).unwrap();
        assert_eq!(wrong(3), Some(None));
        db.write(|tx| kept_out(tx, "line 4", at(4))).unwrap();
        assert_eq!(wrong(4), Some(Some("line 4".to_owned())));
        db.write(|tx| taken_over(tx, "pubwatch.toml", at(5)))
            .unwrap();
        assert_eq!(wrong(5), Some(None));
        assert_eq!(wrong(9), None);
        db.write(|tx| beat(tx, "pubwatch.toml", at(9))).unwrap();
        assert_eq!(wrong(9), Some(None));
        db.write(|tx| stopped(tx, "pubwatch.toml")).unwrap();
        assert_eq!(wrong(9), None);
    }
}
