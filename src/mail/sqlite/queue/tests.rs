use jiff::SignedDuration;

use super::*;
use crate::db::Db;
use crate::mail::LetterKind;
use crate::mail::sqlite::{EntryState, Show, damaged_letters, entries, entry, heads, parts};

fn at(minutes: i64) -> Timestamp {
    "2027-01-28T12:00:00Z".parse::<Timestamp>().unwrap() + SignedDuration::from_mins(minutes)
}

fn letter(id: &str) -> Letter {
    Letter {
        route: Route::Mail,
        message_id: format!("{id}@example.com"),
        references: Some("first@example.com".to_owned()),
        written: at(0),
        kind: LetterKind::Alert,
        severity: Some(Severity::Act),
        rule: Some("stuck".to_owned()),
        edition: Some("9780132350884".parse().unwrap()),
        stores: vec![StoreId::new("amazon.com"), StoreId::new("bookshop.org")],
        to_name: "Zoë".to_owned(),
        to: "zoe@example.com".to_owned(),
        subject: "Act".to_owned(),
        text: "text".to_owned(),
        html: "html".to_owned(),
    }
}

fn outbox(ids: &[&str]) -> (tempfile::TempDir, Db) {
    let folder = tempfile::tempdir().unwrap();
    let db = Db::open(&folder.path().join("pubwatch.db")).unwrap();
    for id in ids {
        assert!(write(&db, |tx| enqueue(tx, &letter(id), at(0))));
    }
    (folder, db)
}

fn write<T>(db: &Db, change: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<T>) -> T {
    db.write(change).unwrap()
}

fn claim(db: &Db, who: &str, minutes: i64) -> Option<i64> {
    claim_by(db, &Route::Mail, None, (who, minutes))
}

fn claim_by(
    db: &Db,
    route: &Route,
    most_per_hour: Option<u32>,
    (who, minutes): (&str, i64),
) -> Option<i64> {
    let claimant = Claimant {
        who,
        route,
        most_per_hour,
    };
    let (now, until) = (at(minutes), at(minutes + 15));
    let is_due = db.read(|c| is_due(c, route, most_per_hour, now, until));
    let claimed = write(db, |tx| claim_next(tx, claimant, now, until));
    // Who asks first whether there is something to claim hears the truth.
    assert_eq!(is_due.unwrap(), claimed.is_some());
    claimed.map(|claimed| claimed.id)
}

fn state(db: &Db, id: i64) -> EntryState {
    db.read(|connection| entry(connection, id))
        .unwrap()
        .unwrap()
        .state
}

#[test]
fn a_letter_comes_out_as_it_went_in() {
    let (_folder, db) = outbox(&["a"]);
    let entry = db.read(|connection| entry(connection, 1)).unwrap().unwrap();
    assert_eq!(entry.letter, letter("a"));
    assert_eq!(entry.state, EntryState::Waiting);
    assert_eq!(db.read(|c| entries(c, Show::All)).unwrap(), [entry]);
}

#[test]
fn the_same_message_id_is_queued_once() {
    let (_folder, db) = outbox(&["a"]);
    assert!(!write(&db, |tx| enqueue(tx, &letter("a"), at(9))));
    assert_eq!(db.read(|c| entries(c, Show::All)).unwrap().len(), 1);
}

#[test]
fn a_claimed_letter_is_nobody_elses_until_the_claim_runs_out() {
    let (_folder, db) = outbox(&["a"]);
    assert_eq!(claim(&db, "one", 0), Some(1));
    assert_eq!(claim(&db, "two", 1), None);
    assert_eq!(claim(&db, "two", 15), Some(1));
}

#[test]
fn who_lost_the_claim_cannot_put_the_letter_off() {
    let (_folder, db) = outbox(&["a"]);
    claim(&db, "one", 0);
    claim(&db, "two", 15);
    let failure = Failure {
        meaning: Meaning::Refused,
        words: "no".to_owned(),
        again: None,
    };
    write(&db, |tx| mark_failed(tx, 1, "one", &failure, at(16)));
    assert_eq!(state(&db, 1), EntryState::Waiting);
    write(&db, |tx| mark_delivered(tx, 1, "250 ok", at(17)));
    write(&db, |tx| mark_failed(tx, 1, "two", &failure, at(18)));
    assert_eq!(state(&db, 1), EntryState::Delivered(at(17)));
}

#[test]
fn trouble_with_the_server_holds_all_back_and_its_end_releases_them() {
    let (_folder, db) = outbox(&["a", "b", "c"]);
    write(&db, |tx| {
        hold_back(tx, &Route::Mail, Meaning::ServerLater, at(60))
    });
    assert_eq!(claim(&db, "one", 59), None);
    assert_eq!(claim(&db, "one", 60), Some(1));
    write(&db, |tx| mark_delivered(tx, 1, "250 ok", at(60)));
    write(&db, |tx| {
        hold_back(tx, &Route::Mail, Meaning::ServerLater, at(600))
    });
    assert_eq!(write(&db, |tx| release_all(tx, &Route::Mail, at(61))), 2);
    assert_eq!(claim(&db, "one", 61), Some(2));
}

#[test]
fn a_refused_or_dropped_letter_comes_back_when_someone_says_so() {
    let (_folder, db) = outbox(&["a", "b"]);
    claim(&db, "one", 0);
    let failure = Failure {
        meaning: Meaning::Refused,
        words: "no such user".to_owned(),
        again: None,
    };
    write(&db, |tx| mark_failed(tx, 1, "one", &failure, at(1)));
    assert_eq!(state(&db, 1), EntryState::Failed(at(1)));
    assert!(write(&db, |tx| drop_letter(tx, 2, at(2))));
    assert!(!write(&db, |tx| drop_letter(tx, 2, at(2))));
    assert_eq!(claim(&db, "one", 9), None);
    assert_eq!(write(&db, |tx| retry(tx, None, at(10))), 1);
    assert_eq!(claim(&db, "one", 10), Some(1));
    assert_eq!(write(&db, |tx| retry(tx, Some(2), at(11))), 1);
    assert_eq!(claim(&db, "one", 11), Some(2));
}

#[test]
fn each_way_has_troubles_of_its_own() {
    let (_folder, db) = outbox(&["a"]);
    let hook = Route::Hook(crate::config::telling::HookKind::Webhook, "mine".to_owned());
    let posted = Letter {
        route: hook.clone(),
        ..letter("b")
    };
    write(&db, |tx| enqueue(tx, &posted, at(0)));
    write(&db, |tx| {
        hold_back(tx, &hook, Meaning::ServerLater, at(600))
    });
    assert_eq!(claim_by(&db, &hook, None, ("one", 1)), None);
    assert_eq!(claim(&db, "one", 1), Some(1));
    assert_eq!(write(&db, |tx| release_all(tx, &Route::Mail, at(2))), 0);
    assert_eq!(write(&db, |tx| release_all(tx, &hook, at(2))), 1);
    assert_eq!(claim_by(&db, &hook, None, ("one", 3)), Some(2));
    let entry = db.read(|c| entry(c, 2)).unwrap().unwrap();
    assert_eq!(entry.letter, posted);
}

#[test]
fn letters_of_an_unknown_way_are_given_up_once_nobody_has_taken_them_for_a_day() {
    let day = 24 * 60;
    let (_folder, db) = outbox(&["a"]);
    let hook = Route::Hook(crate::config::telling::HookKind::Webhook, "mine".to_owned());
    let queue = |id, minutes| {
        let posted = Letter {
            route: hook.clone(),
            ..letter(id)
        };
        write(&db, |tx| enqueue(tx, &posted, at(minutes)));
    };
    let give_up = |minutes| {
        write(&db, |tx| {
            give_up_unknown_ways(tx, &[Route::Mail], at(minutes))
        })
    };
    queue("b", 0);
    assert_eq!(give_up(day), 0);
    assert_eq!(give_up(day + 1), 1);
    assert_eq!(state(&db, 2), EntryState::Failed(at(day + 1)));
    // The author has the webhook back, and says so.
    write(&db, |tx| retry(tx, Some(2), at(day + 2)));
    assert_eq!(give_up(day + 3), 0);
    assert_eq!(give_up(2 * day + 3), 1);
    // Queued by a clock that was three days ahead, and set back since.
    queue("c", 5 * day + 3);
    assert_eq!(give_up(2 * day + 3), 1);
    assert_eq!(state(&db, 1), EntryState::Waiting);
}

#[test]
fn nothing_is_due_while_another_sends_it_or_the_hour_is_full_or_its_next_try_is_later() {
    let (_folder, db) = outbox(&["a", "b"]);
    let is_due = |most_per_hour, minutes| {
        let (now, until) = (at(minutes), at(minutes + 15));
        db.read(|c| is_due(c, &Route::Mail, most_per_hour, now, until))
            .unwrap()
    };
    assert!(is_due(Some(1), 0));
    assert_eq!(claim(&db, "one", 0), Some(1));
    assert!(!is_due(Some(1), 59), "the hour has had its letter");
    assert!(is_due(Some(2), 1));
    assert!(is_due(Some(1), 60));
    assert_eq!(claim(&db, "two", 1), Some(2));
    assert!(!is_due(None, 14), "both are being sent");
    assert!(is_due(None, 15), "a claim has run out");
    write(&db, |tx| {
        hold_back(tx, &Route::Mail, Meaning::ServerLater, at(90))
    });
    assert!(!is_due(None, 89), "the server is in trouble");
    assert!(is_due(None, 90));
}

#[test]
fn an_hour_has_so_many_letters_and_no_more_whoever_asks() {
    let (_folder, db) = outbox(&["a", "b", "c"]);
    let most = Some(2);
    let try_at = |who, minutes| claim_by(&db, &Route::Mail, most, (who, minutes));
    assert_eq!(try_at("one", 0), Some(1));
    write(&db, |tx| mark_delivered(tx, 1, "250 ok", at(0)));
    assert_eq!(try_at("one", 30), Some(2));
    write(&db, |tx| mark_delivered(tx, 2, "250 ok", at(30)));
    // Another process, or this one after a restart, counts the same.
    assert_eq!(try_at("two", 59), None);
    assert_eq!(try_at("two", 60), Some(3));
}

#[test]
fn a_queued_letter_cannot_be_rewritten_or_deleted() {
    let (_folder, db) = outbox(&["a"]);
    for sql in [
        "UPDATE outbox SET subject = 'x'",
        "UPDATE outbox SET route = 'x'",
        "DELETE FROM outbox",
    ] {
        let result: rusqlite::Result<usize> = db.write(|tx| tx.execute(sql, []));
        assert!(result.is_err(), "{sql}");
    }
}

#[test]
fn a_letter_does_not_wait_for_the_times_of_a_clock_that_was_set_back() {
    let day = 24 * 60;
    let (_folder, db) = outbox(&["a"]);
    // Claimed by a process that was killed, when the clock was a day ahead.
    assert_eq!(claim(&db, "one", day), Some(1));
    assert_eq!(claim(&db, "two", 0), Some(1));
    assert_eq!(claim(&db, "three", 1), None, "it is being sent");
    // Tried a day ahead, to be tried again in an hour of that day.
    assert_eq!(claim(&db, "four", day), Some(1));
    let failure = |minutes| Failure {
        meaning: Meaning::ServerLater,
        words: "busy".to_owned(),
        again: Some(at(minutes)),
    };
    write(&db, |tx| {
        mark_failed(tx, 1, "four", &failure(day + 60), at(day))
    });
    assert_eq!(claim(&db, "five", 20), Some(1));
    // A pause that belongs to now is kept.
    write(&db, |tx| mark_failed(tx, 1, "five", &failure(60), at(20)));
    assert_eq!(claim(&db, "six", 59), None);
    assert_eq!(claim(&db, "six", 60), Some(1));
}

#[test]
fn a_letter_that_was_queued_by_a_clock_that_ran_ahead_goes_out_at_once() {
    let (_folder, db) = outbox(&[]);
    assert!(write(&db, |tx| enqueue(tx, &letter("a"), at(24 * 60))));
    assert_eq!(claim(&db, "one", 0), Some(1));
}

#[test]
fn the_parts_of_a_letter_are_kept_small_and_come_back_byte_for_byte() {
    let (_folder, db) = outbox(&[]);
    let html = "<p style=\"margin:0\">Grüße an alle, die es angeht</p>".repeat(400);
    let long = Letter {
        text: "Liebe Zoë\n".to_owned(),
        html: html.clone(),
        ..letter("long")
    };
    assert!(write(&db, |tx| enqueue(tx, &long, at(0))));
    let size: rusqlite::Result<i64> = db.read(|c| {
        let sum = "SELECT length(body_text) + length(body_html) FROM outbox";
        c.query_row(sum, [], |row| row.get(0))
    });
    assert!(usize::try_from(size.unwrap()).unwrap() * 50 < html.len());
    let parts = db.read(|c| parts(c, 1)).unwrap();
    assert_eq!(parts, (long.text.clone(), html));
    let kept = db.read(|c| entry(c, 1)).unwrap().unwrap();
    assert_eq!(kept.letter, long);
    let head = db.read(|c| heads(c, Show::All)).unwrap().remove(0).letter;
    assert_eq!(
        (head.subject, head.text, head.html),
        (long.subject, String::new(), String::new())
    );
}

#[test]
fn no_part_of_a_letter_is_ever_changed() {
    let (_folder, db) = outbox(&["a"]);
    for sql in [
        "UPDATE outbox SET body_text = x''",
        "UPDATE outbox SET body_html = x'00'",
        "UPDATE outbox SET subject = 'another'",
        "DELETE FROM outbox",
    ] {
        let done: rusqlite::Result<usize> = db.write(|tx| tx.execute(sql, []));
        assert!(done.is_err(), "{sql}");
    }
}

#[test]
fn a_letter_that_damage_has_hit_is_set_aside_and_the_next_one_goes() {
    let (_folder, db) = outbox(&["torn", "lost", "sound"]);
    let harmed: rusqlite::Result<()> = db.write(|tx| {
        tx.execute_batch(
            "DROP TRIGGER letter_is_never_rewritten; \
             UPDATE outbox SET body_html = zeroblob(40) WHERE id = 1; \
             UPDATE outbox SET body_text = x'' WHERE id = 2",
        )
    });
    harmed.unwrap();
    assert_eq!(db.read(damaged_letters).unwrap(), 2);
    assert_eq!(claim(&db, "one", 1), Some(3));
    let errors: Vec<Option<String>> = db
        .read(|c| heads(c, Show::Undelivered))
        .unwrap()
        .into_iter()
        .map(|head| head.last_error)
        .collect();
    for error in &errors[..2] {
        let error = error.as_deref().unwrap_or_default();
        assert!(error.contains("cannot be read"), "{errors:?}");
    }
    assert_eq!(errors[2], None);
}

#[test]
fn who_read_the_clock_before_another_does_not_take_what_that_one_has_claimed() {
    // Both wait for the database; the second to read the clock is the first to be let in.
    let (_folder, db) = outbox(&["a"]);
    assert_eq!(claim(&db, "two", 1), Some(1));
    assert_eq!(claim(&db, "one", 0), None);
    let failure = Failure {
        meaning: Meaning::ServerLater,
        words: "busy".to_owned(),
        again: Some(at(6)),
    };
    write(&db, |tx| mark_failed(tx, 1, "two", &failure, at(1)));
    assert_eq!(claim(&db, "one", 0), None, "it has just been tried");
}

#[test]
fn a_new_letter_waits_with_those_that_are_held_back_and_is_released_with_them() {
    let hook = Route::Hook(crate::config::telling::HookKind::Webhook, "mine".to_owned());
    let meaning = Meaning::LoginRefused;
    let (_folder, db) = outbox(&["a"]);
    claim(&db, "one", 0);
    let failure = |again| Failure {
        meaning,
        words: "no".to_owned(),
        again: Some(at(again)),
    };
    write(&db, |tx| mark_failed(tx, 1, "one", &failure(60), at(0)));
    write(&db, |tx| enqueue(tx, &letter("b"), at(10)));
    let posted = Letter {
        route: hook.clone(),
        ..letter("c")
    };
    write(&db, |tx| enqueue(tx, &posted, at(10)));
    assert_eq!(claim_by(&db, &hook, None, ("two", 11)), Some(3));
    assert_eq!(claim(&db, "two", 59), None, "{meaning:?}");
    assert_eq!(claim(&db, "two", 60), Some(1));
    write(&db, |tx| {
        mark_failed(tx, 1, "two", &failure(120), at(60))?;
        hold_back(tx, &Route::Mail, meaning, at(120))
    });
    assert_eq!(write(&db, |tx| release_all(tx, &Route::Mail, at(61))), 2);
    assert_eq!(claim(&db, "three", 61), Some(1));
    assert_eq!(claim(&db, "three", 61), Some(2));
    // Nothing is held any more.
    write(&db, |tx| enqueue(tx, &letter("d"), at(62)));
    assert_eq!(claim(&db, "three", 62), Some(4));
}

#[test]
fn a_new_letter_waits_for_no_other_letters_trouble_and_for_no_clock_that_was_set_back() {
    #[track_caller]
    fn check(meaning: Meaning, (tried, again): (i64, i64), is_held: bool) {
        let (_folder, db) = outbox(&["a"]);
        assert_eq!(claim(&db, "one", tried), Some(1));
        let failure = Failure {
            meaning,
            words: "no".to_owned(),
            again: Some(at(again)),
        };
        write(&db, |tx| mark_failed(tx, 1, "one", &failure, at(tried)));
        write(&db, |tx| enqueue(tx, &letter("b"), at(10)));
        let second = db.read(|c| entry(c, 2)).unwrap().unwrap();
        let expected = if is_held {
            (at(again), Some(meaning))
        } else {
            (at(10), None)
        };
        assert_eq!((second.next_try, second.last_meaning), expected);
    }
    check(Meaning::ServerLater, (0, 60), false);
    check(Meaning::LoginRefused, (0, 60), true);
    check(Meaning::LetterLater, (0, 60), false);
    check(Meaning::Unknown, (0, 60), false);
    check(Meaning::LoginRefused, (0, 9), false);
    check(Meaning::LoginRefused, (0, 26 * 60), false);
    check(Meaning::LoginRefused, (24 * 60, 24 * 60 + 60), false);
}

#[test]
fn who_says_retry_begins_the_tries_anew() {
    let (_folder, db) = outbox(&["a"]);
    claim(&db, "one", 0);
    claim(&db, "one", 15);
    write(&db, |tx| retry(tx, Some(1), at(30)));
    let tries = |minutes| {
        let claimant = Claimant {
            who: "one",
            route: &Route::Mail,
            most_per_hour: None,
        };
        write(&db, |tx| {
            claim_next(tx, claimant, at(minutes), at(minutes + 15))
        })
        .map(|claimed| claimed.tries)
    };
    assert_eq!(tries(30), Some(1));
}
