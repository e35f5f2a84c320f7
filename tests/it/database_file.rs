//! The file of the database in the hands of others, while the real service runs and before it
//! starts.

use std::os::unix::fs::{MetadataExt as _, chown, symlink};
use std::process::Stdio;
use std::time::Duration;

use pubwatch::db::Db;
use tokio::time::Instant;

use crate::delivery::{letter, queue};
use crate::service::{Service, configuration, follow, shops, signal, wait_for};
use crate::support::House;

#[tokio::test(flavor = "multi_thread")]
async fn a_service_whose_database_was_deleted_says_so_and_begins_nothing_new() {
    let street = shops().await;
    let house = House::new(&configuration(&street, ""));
    tokio::task::spawn_blocking(move || {
        let mut command = house.pubwatch(&["run"]);
        let started = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn();
        let mut service = Service(started.unwrap());
        let log = follow(&mut service.0);
        wait_for(&log, "round");
        let path = house.path().join("data/pubwatch.db");
        std::fs::remove_file(&path).unwrap();
        signal(&service.0, "HUP");
        wait_for(&log, "was deleted, renamed or replaced");
        // The next minute's turn says so by itself.
        let began = Instant::now();
        wait_for_turn(&log);
        assert!(began.elapsed() < Duration::from_secs(70));
        signal(&service.0, "TERM");
        assert_eq!(service.0.wait().unwrap().code(), Some(0));
        assert!(!path.exists(), "a new one was begun");
    })
    .await
    .unwrap();
}

/// Waits for the turn that a minute begins.
fn wait_for_turn(log: &std::sync::mpsc::Receiver<String>) {
    let mut seen = Vec::new();
    while let Ok(line) = log.recv_timeout(Duration::from_secs(70)) {
        if line.contains("the round failed") && line.contains("was deleted, renamed or replaced") {
            return;
        }
        seen.push(line);
    }
    panic!(
        "no turn said that the database is gone:\n{}",
        seen.join("\n")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_database_is_told_and_a_backup_goes_back_over_it() {
    let street = shops().await;
    let house = House::new(&configuration(&street, ""));
    tokio::task::spawn_blocking(move || {
        house.said(&["check"], 0);
        house.said(&["backup", "copy.db"], 0);
        let path = house.path().join("data/pubwatch.db");
        for log in ["-wal", "-shm"] {
            // They are there only when the last program was killed.
            let _ = std::fs::remove_file(format!("{}{log}", path.display()));
        }
        std::fs::write(&path, "").unwrap();
        for command in ["status", "check"] {
            let said = house.said(&[command], 4);
            assert!(said.contains("empty (0 bytes)"), "{said}");
            assert!(said.contains("pubwatch restore"), "{said}");
        }
        let said = house.said(&["restore", "copy.db", "--yes"], 0);
        assert!(said.contains("Restored copy.db"), "{said}");
        let said = house.said(&["status"], 0);
        assert!(said.contains("last good check"), "{said}");
    })
    .await
    .unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn links_planted_in_the_data_folder_are_told_and_lead_nothing_elsewhere() {
    let street = shops().await;
    let house = House::new(&configuration(&street, ""));
    tokio::task::spawn_blocking(move || {
        let at = |name: &str| house.path().join(name);
        // The folder that was configured may be a link.
        std::fs::create_dir_all(at("elsewhere")).unwrap();
        let _ = std::fs::remove_dir(at("data"));
        symlink(at("elsewhere"), at("data")).unwrap();
        house.said(&["check"], 0);
        assert!(at("elsewhere/pubwatch.db").is_file());
        house.said(&["backup", "copy.db"], 0);
        let theirs = at("theirs");
        std::fs::write(&theirs, "precious").unwrap();
        for name in ["pubwatch.db", "pubwatch.db-wal", "pubwatch.db-journal"] {
            let (place, aside) = (at("data").join(name), at("aside"));
            let is_there = std::fs::rename(&place, &aside).is_ok();
            symlink(&theirs, &place).unwrap();
            for command in [
                &["check"][..],
                &["status"],
                &["restore", "copy.db", "--yes"],
            ] {
                let said = house.said(command, 4);
                assert!(said.contains(&format!("{name} is a link")), "{said}");
                assert!(said.contains("take it away"), "{said}");
            }
            assert_eq!(std::fs::read(&theirs).unwrap(), b"precious");
            std::fs::remove_file(&place).unwrap();
            if is_there {
                std::fs::rename(&aside, &place).unwrap();
            }
        }
        let _ = std::fs::remove_dir_all(at("data/letters"));
        std::fs::create_dir(at("hole")).unwrap();
        symlink(at("hole"), at("data/letters")).unwrap();
        let said = house.said(&["doctor", "--letter"], 1);
        assert!(said.contains("letters is a link"), "{said}");
        assert_eq!(std::fs::read_dir(at("hole")).unwrap().count(), 0);
    })
    .await
    .unwrap();
}

#[test]
fn a_round_that_fails_holds_up_no_letter() {
    let house = House::new(
        "[author]\nname = \"Jane Roe\"\nemail = \"jane@example.com\"\ntimezone = \"UTC\"\n\
         [data]\nfolder = \"data\"\n",
    );
    house.said(&["check"], 0);
    let before = house.letters().len();
    let db = Db::open(&house.path().join("data/pubwatch.db")).unwrap();
    queue(&db, &[letter("one", "zoe@example.com")]);
    let harmed: rusqlite::Result<()> = db.write(|tx| {
        tx.execute_batch(
            "DELETE FROM round; CREATE TRIGGER no_round BEFORE INSERT ON round \
             BEGIN SELECT RAISE (ABORT, 'as the test wants'); END",
        )
    });
    harmed.unwrap();
    drop(db);
    let said = house.said(&["check"], 4);
    assert!(said.contains("as the test wants"), "{said}");
    assert_eq!(house.letters().len(), before + 1);
}

#[test]
fn what_has_no_end_is_no_backup_and_no_file_of_any_other_kind() {
    let house = House::new(
        "[author]\nname = \"Jane Roe\"\nemail = \"jane@example.com\"\ntimezone = \"UTC\"\n\
         [data]\nfolder = \"data\"\n",
    );
    let restore = ["restore", "/dev/zero", "--yes"];
    let calls: [(&[&str], &str); 4] = [
        (&restore, "no ordinary file"),
        (&["replay", "/dev/zero"], "larger than 256 MB"),
        (&["import", "/dev/zero"], "larger than 256 MB"),
        (
            &["read", "--store", "amazon.com", "/dev/zero"],
            "larger than 64 MB",
        ),
    ];
    for (arguments, words) in calls {
        let said = house.said(arguments, 5);
        assert!(said.contains(words), "{arguments:?}: {said}");
    }
    for arguments in [&["password"][..], &["init"]] {
        let mut command = house.pubwatch(arguments);
        let endless = std::fs::File::open("/dev/zero").unwrap();
        let output = command.stdin(endless).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert_ne!(output.status.code(), Some(0), "{arguments:?}: {said}");
        assert_ne!(output.status.code(), None, "{arguments:?}: {said}");
    }
}

#[test]
#[ignore = "needs root, to be two users"]
fn root_sees_in_doctor_what_the_services_user_sees() {
    let house = House::new(
        "[author]\nname = \"Jane Roe\"\nemail = \"jane@example.com\"\ntimezone = \"UTC\"\n\
         [data]\nfolder = \"data\"\n",
    );
    let nobody = 65_534;
    let data = house.path().join("data");
    house.said(&["doctor", "--offline"], 0);
    assert_eq!(std::fs::metadata(&data).unwrap().uid(), 0);
    let open = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    std::fs::set_permissions(house.path(), open).unwrap();
    let readable = std::os::unix::fs::PermissionsExt::from_mode(0o644);
    std::fs::set_permissions(house.path().join("pubwatch.toml"), readable).unwrap();
    // The folder is the service's, the file in it was made by root.
    chown(&data, Some(nobody), Some(nobody)).unwrap();
    let said = house.said(&["doctor", "--offline"], 1);
    assert!(said.contains("Looking as user 65534"), "{said}");
    assert!(
        said.contains("belongs to root, and this is user 65534"),
        "{said}"
    );
}
