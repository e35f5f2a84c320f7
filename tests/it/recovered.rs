//! What the manual says to do with a damaged database and no backup, done.

use std::io::{Seek as _, SeekFrom, Write as _};
use std::path::Path;

use jiff::SignedDuration;
use pubwatch::book::{Availability, Source, StoreId};
use pubwatch::db::Db;
use pubwatch::history::sqlite::{count_of_looks, record};
use pubwatch::history::{ListingId, Observation};
use pubwatch::page::{Reading, Says};

use crate::home::Home;

const LOOKS: i64 = 3000;

/// A page of 4096 bytes holds no more looks than this.
const LOOKS_ON_A_PAGE: i64 = 340;

/// Records an hourly look at one page, which always said the same.
fn look_hourly(database: &Path) {
    let db = Db::open(database).unwrap();
    let start: jiff::Timestamp = "2026-01-01T00:00:00Z".parse().unwrap();
    let says = Says::new(Availability::PreOrder, "test", "Pre-order", "test");
    let written: rusqlite::Result<()> = db.write(|transaction| {
        for hour in 0..LOOKS {
            let observation = Observation {
                listing: ListingId {
                    edition: "9781944098117".parse().unwrap(),
                    store: StoreId::new("amazon.com"),
                },
                at: start + SignedDuration::from_hours(hour),
                source: Source::Http,
                reading: Reading::Says(Box::new(says.clone())),
            };
            record(transaction, &observation, SignedDuration::from_hours(6))?;
        }
        Ok(())
    });
    written.unwrap();
}

/// Overwrites one of the pages that hold looks.
fn damage(database: &Path) {
    let connection = rusqlite::Connection::open(database).unwrap();
    let page: i64 = connection
        .query_row(
            "SELECT pageno FROM dbstat WHERE name = 'observation' AND pagetype = 'leaf' \
             LIMIT 1 OFFSET 3",
            [],
            |row| row.get(0),
        )
        .unwrap();
    drop(connection);
    let mut file = std::fs::OpenOptions::new()
        .write(true)
        .open(database)
        .unwrap();
    let from = u64::try_from((page - 1) * 4096).unwrap();
    file.seek(SeekFrom::Start(from)).unwrap();
    file.write_all(&[0xa5; 4096]).unwrap();
}

/// The lines of shell that a page of the manual gives for it.
fn lines_of(page: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(page);
    let text = std::fs::read_to_string(path).unwrap();
    let blocks = text.split("```sh\n").skip(1);
    let mut blocks = blocks.filter_map(|rest| Some(rest.split_once("```")?.0));
    let lines = blocks.find(|block| block.contains(".dump"));
    lines
        .unwrap_or_else(|| panic!("{page} does not say it"))
        .to_owned()
}

#[test]
#[ignore = "needs the sqlite3 shell"]
fn of_a_damaged_database_sqlites_shell_saves_all_but_the_damaged_page() {
    let home = Home::with_configuration();
    home.ok(&[
        "add",
        "9781944098117",
        "--title",
        "Salt Roads",
        "--date",
        "2027-02-09",
        "--no-look",
    ]);
    home.ok(&["note", "roads", "kdp-published", "--at", "2026-11-13"]);
    let database = home.path("data/pubwatch.db");
    look_hourly(&database);
    damage(&database);
    let said = home.ends(4, &["export", "--all"]);
    assert!(said.contains("is damaged"), "{said}");

    let lines = lines_of("docs/trouble.md");
    assert_eq!(lines, lines_of("docs/backup.md"));
    let output = home.shell(&format!("cd data\n{lines}"));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    let looks = Db::open(&database).unwrap().read(count_of_looks).unwrap();
    assert!((LOOKS - LOOKS_ON_A_PAGE..LOOKS).contains(&looks), "{looks}");
    assert!(home.ok(&["export", "--all"]).contains("kdp_published"));
    let history = home.ok(&["history", "roads"]);
    assert!(history.contains("3000"), "{history}");
}
