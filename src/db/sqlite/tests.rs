use rusqlite::StatementStatus;

use super::*;

fn opened() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("pubwatch.db");
    Db::open(&path).unwrap();
    (folder, path)
}

#[test]
fn a_database_that_rested_answers_as_before() {
    let (_folder, path) = opened();
    let db = Db::open(&path).unwrap();
    let tables = || -> i64 {
        let count = "SELECT count(*) FROM sqlite_schema";
        let asked: rusqlite::Result<i64> = db.read(|connection| {
            connection
                .prepare_cached(count)?
                .query_row([], |row| row.get(0))
        });
        asked.unwrap()
    };
    let before = tables();
    db.rest().unwrap();
    assert_eq!(tables(), before);
    assert!(before > 0);
}

#[test]
fn a_statement_that_is_asked_again_with_other_values_is_not_compiled_again() {
    let (_folder, path) = opened();
    let db = Db::open(&path).unwrap();
    let again = db.read(|connection| {
        // As SQLite would do with this one if it were let.
        let sql = "SELECT r.body FROM listing l LEFT JOIN reading r ON r.id = l.blind_reading \
                   WHERE l.id = ?1";
        let mut again = 0;
        for number in 5..10 {
            let mut readings = connection.prepare_cached(sql)?;
            assert!(!readings.exists([number])?);
            again += readings.get_status(StatementStatus::RePrepare);
        }
        Ok::<_, rusqlite::Error>(again)
    });
    assert_eq!(again.unwrap(), 0);
}

#[test]
fn a_new_database_is_private_and_opens_again() {
    use std::os::unix::fs::PermissionsExt as _;
    let (_folder, path) = opened();
    assert_eq!(
        std::fs::metadata(&path).unwrap().permissions().mode() & 0o777,
        0o600
    );
    Db::open(&path).unwrap();
}

/// What happens to a file, and how that is called.
type Spoil = (&'static str, fn(&Path));

#[test]
fn a_file_that_is_gone_or_another_is_written_to_no_more() {
    let spoils: [Spoil; 4] = [
        ("deleted", |path| std::fs::remove_file(path).unwrap()),
        ("renamed", |path| {
            std::fs::rename(path, path.with_extension("old")).unwrap();
        }),
        ("replaced", |path| {
            std::fs::copy(path, path.with_extension("new")).unwrap();
            std::fs::rename(path.with_extension("new"), path).unwrap();
        }),
        ("emptied", |path| std::fs::write(path, "").unwrap()),
    ];
    for (how, spoil) in spoils {
        let (_folder, path) = opened();
        let db = Db::open(&path).unwrap();
        db.write(write_a_note).unwrap();
        spoil(&path);
        let error = db.write(write_a_note).unwrap_err();
        assert!(matches!(error, DbError::Gone(_)), "{how}: {error:?}");
        let error = db.write_lightly(write_a_note).unwrap_err();
        assert!(
            error
                .to_string()
                .contains("was deleted, renamed or replaced")
        );
    }
}

#[test]
fn an_empty_file_is_not_taken_for_a_new_database() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("pubwatch.db");
    std::fs::write(&path, "").unwrap();
    let error = Db::open(&path).unwrap_err();
    assert!(matches!(error, DbError::Empty), "{error:?}");
    assert_eq!(std::fs::metadata(&path).unwrap().len(), 0);
}

#[test]
fn text_that_is_none_is_told_as_damage() {
    let (_folder, path) = opened();
    let db = Db::open(&path).unwrap();
    let asked = db.read(|connection| -> Result<String, DbError> {
        let broken = "SELECT CAST(x'ff41' AS TEXT)";
        Ok(connection.query_row(broken, [], |row| row.get(0))?)
    });
    let error = asked.unwrap_err();
    assert!(error.to_string().contains("pubwatch restore"), "{error}");
}

fn write_a_note(transaction: &Transaction<'_>) -> Result<(), DbError> {
    transaction
        .execute_batch("CREATE TABLE IF NOT EXISTS noted (at); INSERT INTO noted VALUES (1)")?;
    Ok(())
}

#[test]
fn many_programs_may_open_a_new_database_at_once() {
    for _ in 0..40 {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("pubwatch.db");
        std::thread::scope(|scope| {
            let programs: Vec<_> = (0..8)
                .map(|_| scope.spawn(|| Db::open(&path)?.write(write_a_note)))
                .collect();
            for program in programs {
                program.join().unwrap().unwrap();
            }
        });
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn who_waits_for_another_program_holds_up_no_other_task() {
    let (_folder, path) = opened();
    let db = std::sync::Arc::new(Db::open(&path).unwrap());
    let holder = Connection::open(&path).unwrap();
    holder.execute_batch("BEGIN IMMEDIATE").unwrap();
    let waiting: Vec<_> = (0..4)
        .map(|_| std::sync::Arc::clone(&db))
        .map(|db| tokio::spawn(async move { db.write(write_a_note) }))
        .collect();
    tokio::time::sleep(Duration::from_millis(200)).await;
    let other = tokio::spawn(std::future::ready(()));
    tokio::time::timeout(Duration::from_secs(5), other)
        .await
        .unwrap()
        .unwrap();
    assert!(waiting.iter().all(|one| !one.is_finished()));
    holder.execute_batch("ROLLBACK").unwrap();
    for one in waiting {
        one.await.unwrap().unwrap();
    }
}

#[test]
fn a_database_from_the_future_is_refused_and_left_alone() {
    let (_folder, path) = opened();
    Connection::open(&path)
        .unwrap()
        .pragma_update(None, "user_version", 99)
        .unwrap();
    let error = Db::open(&path).unwrap_err();
    assert!(
        error.to_string().starts_with("the database has schema 99"),
        "{error}"
    );
    let version: i32 = Connection::open(&path)
        .unwrap()
        .query_row("PRAGMA user_version", [], |row| row.get(0))
        .unwrap();
    assert_eq!(version, 99);
}

#[test]
fn a_database_of_another_program_is_refused_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("other.db");
    Connection::open(&path)
        .unwrap()
        .execute_batch("CREATE TABLE recipes (name TEXT)")
        .unwrap();
    assert!(matches!(Db::open(&path), Err(DbError::Foreign)));
    let tables: i64 = Connection::open(&path)
        .unwrap()
        .query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))
        .unwrap();
    assert_eq!(tables, 1);
}

#[test]
fn an_error_inside_a_change_leaves_nothing_behind() {
    let (_folder, path) = opened();
    let db = Db::open(&path).unwrap();
    let result: Result<(), rusqlite::Error> = db.write(|transaction| {
        transaction.execute(
            "INSERT INTO listing (edition, store) VALUES ('9780132350884', 'a')",
            [],
        )?;
        Err(rusqlite::Error::QueryReturnedNoRows)
    });
    assert!(result.is_err());
    let rows: i64 = db
        .read(|connection| connection.query_row("SELECT count(*) FROM listing", [], |r| r.get(0)))
        .unwrap();
    assert_eq!(rows, 0);
}

#[test]
fn a_look_waits_for_no_change_and_no_other_look_and_sees_one_state() {
    let (_folder, path) = opened();
    let db = Db::open(&path).unwrap();
    let count = |connection: &Connection| -> rusqlite::Result<i64> {
        connection.query_row("SELECT count(*) FROM listing", [], |row| row.get(0))
    };
    let insert = |transaction: &Transaction<'_>, store: &str| {
        let insert = "INSERT INTO listing (edition, store) VALUES ('9780132350884', ?1)";
        transaction.execute(insert, [store])
    };
    // Each step is inside the one before it: with one connection the second would wait for ever.
    let all = db.read(|first| {
        let before = count(first)?;
        db.write(|transaction| {
            insert(transaction, "a")?;
            let during = db.read(count)?;
            Ok::<_, rusqlite::Error>((before, during))
        })
        .and_then(|(before, during)| Ok((before, during, count(first)?, db.read(count)?)))
    });
    assert_eq!(all.unwrap(), (0, 0, 0, 1));
    let forbidden = "DELETE FROM listing";
    db.read(|connection| connection.execute(forbidden, []))
        .unwrap_err();
    assert_eq!(db.read(count).unwrap(), 1);
}

#[test]
fn a_look_still_sees_the_file_that_was_opened_after_another_took_its_place() {
    let (_folder, path) = opened();
    let db = Db::open(&path).unwrap();
    let insert = "INSERT INTO listing (edition, store) VALUES ('9780132350884', 'a')";
    db.write(|transaction| transaction.execute(insert, []))
        .unwrap();
    let other = path.with_extension("other");
    Db::open(&other).unwrap();
    std::fs::rename(&other, &path).unwrap();
    db.rest().unwrap();
    let count = "SELECT count(*) FROM listing";
    let seen = db.read(|connection| connection.query_row(count, [], |row| row.get::<_, i64>(0)));
    assert_eq!(seen.unwrap(), 1);
}

#[test]
fn a_light_change_is_there_at_once_and_the_next_one_waits_for_the_disk_again() {
    let (_folder, path) = opened();
    let db = Db::open(&path).unwrap();
    let synchronous = || -> i64 {
        let setting: Result<i64, rusqlite::Error> =
            db.write(|connection| connection.query_row("PRAGMA synchronous", [], |row| row.get(0)));
        setting.unwrap()
    };
    let full = synchronous();
    let insert = "INSERT INTO listing (edition, store) VALUES ('9780132350884', 'a')";
    db.write_lightly(|transaction| transaction.execute(insert, []))
        .unwrap();
    assert_eq!(synchronous(), full);
    assert!(
        db.write_lightly(|transaction| transaction.execute(insert, []))
            .is_err()
    );
    assert_eq!(synchronous(), full, "after an error too");
    let rows: Result<i64, rusqlite::Error> = Db::open(&path)
        .unwrap()
        .read(|connection| connection.query_row("SELECT count(*) FROM listing", [], |r| r.get(0)));
    assert_eq!(rows.unwrap(), 1);
}
