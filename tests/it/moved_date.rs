//! A publication date that was moved, by a note or in the file, is moved in every text that a user can
//! get: the date before it stands nowhere, and nothing counts from it.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::process::Command;
use std::sync::Arc;

use jiff::civil::{Date, date};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use pubwatch::book::{EditionId, Note, NoteKind, StoreId};
use pubwatch::clock::Clock;
use pubwatch::config::check;
use pubwatch::db::DbError;
use pubwatch::demo::pages::{Book, Offer, missing, product};
use pubwatch::demo::street::{Asked, Shown, Street};
use pubwatch::history::sqlite::{add_note, view};
use pubwatch::judge::{SupportText, judge};
use pubwatch::mail::sqlite::{Show, entries};
use pubwatch::mail::support::{self, Case};
use pubwatch::round::{House, Stop, Which, round};
use pubwatch::service::context::Context;
use pubwatch::service::deliver::deliver;
use pubwatch::setup::data::{note_moved_dates, open_database};

use crate::home::Home;
use crate::web::TestSite;

const BEFORE: Date = date(2027, 2, 9);
const AFTER: Date = date(2027, 3, 15);
const ISBN: &str = "9781944098117";

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// How the date was moved.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Moved {
    ByNote,
    InTheFile,
}

/// Amazon takes orders for two weeks and then none until the new date; Barnes & Noble takes orders and
/// sells it from then on.
fn shop(asked: &Asked, now: Timestamp) -> Shown {
    if asked.path == "/robots.txt" {
        return Shown::text("User-agent: *\nDisallow: /cart\n");
    }
    let book = Book {
        title: "Salt Roads".to_owned(),
        author: "Jane Roe".to_owned(),
        isbn: ISBN.parse().unwrap(),
        publication_date: AFTER,
        price: "$16.99".to_owned(),
        publisher: "Lantern Hill Press".to_owned(),
    };
    let is_amazon = asked.store.as_str() == "amazon.com";
    let offer = if now < at("2026-12-22T00:00:00Z") {
        return Shown::page(404, missing());
    } else if at("2027-03-15T00:00:00Z") <= now {
        Offer::InStock
    } else if is_amazon && at("2027-01-04T00:00:00Z") <= now {
        Offer::OutOfStock
    } else {
        Offer::PreOrder
    };
    Shown::page(200, product(asked.store.family(), &book, offer))
}

pub(crate) struct World {
    pub(crate) folder: tempfile::TempDir,
    pub(crate) house: Arc<House>,
    street: Street,
    /// What the edition is known by.
    id: &'static str,
}

impl World {
    /// Two stores whose pages are the keeper's, and an edition that is watched there.
    pub(crate) async fn of(
        id: &'static str,
        edition: &str,
        keeper: fn(&Asked, Timestamp) -> Shown,
    ) -> Self {
        let clock = Clock::starting_at(at("2026-12-20T12:00:00Z"));
        let stores = ["amazon.com", "barnesandnoble.com"].map(StoreId::new);
        let watch = clock.clone();
        let keeper = Arc::new(move |asked: &Asked| keeper(asked, watch.now()));
        let street = Street::serve(clock.clone(), &stores, keeper).await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        let house = house(folder.path(), &street, edition, clock);
        Self {
            folder,
            house,
            street,
            id,
        }
    }

    fn move_date(&mut self, how: Moved) {
        let now = self.house.clock.now();
        match how {
            Moved::ByNote => {
                let note = Note {
                    kind: NoteKind::moved(AFTER),
                    at: now,
                    store: None,
                    ticket: None,
                    text: None,
                };
                let isbn: EditionId = ISBN.parse().unwrap();
                self.house
                    .db
                    .write(|tx| Ok::<_, DbError>(add_note(tx, &isbn, &note, now)?))
                    .unwrap();
            }
            Moved::InTheFile => {
                let clock = self.house.clock.clone();
                self.house = house(self.folder.path(), &self.street, &paperback(AFTER), clock);
            }
        }
    }

    /// Goes round twice a day until then.
    pub(crate) async fn live_until(&self, end: &str) {
        let (steps, _heard) = tokio::sync::mpsc::unbounded_channel();
        let stop = Stop::default();
        let clock = &self.house.clock;
        while clock.now() < at(end) {
            round(&self.house, Which::All, &stop, &steps).await.unwrap();
            deliver(&self.house, &stop).await.unwrap();
            clock.turn_to(clock.now() + SignedDuration::from_hours(12));
        }
    }

    /// Every text, with its name.
    pub(crate) fn texts(&self) -> Vec<(String, String)> {
        let mut texts = Vec::new();
        for arguments in [
            &["status"][..],
            &["status", "--json"],
            &["history"],
            &["history", "--json"],
            &["calendar"],
            &["calendar", "--json"],
            &["calendar", "--ics"],
        ] {
            let output = Command::new(env!("CARGO_BIN_EXE_pubwatch"))
                .arg("--config")
                .arg(self.folder.path().join("pubwatch.toml"))
                .args(arguments)
                .output()
                .unwrap();
            let said = String::from_utf8(output.stdout).unwrap();
            assert!(
                said.contains("Salt Roads") || said.contains(self.id),
                "{said}"
            );
            texts.push((arguments.join(" "), said));
        }
        let site = TestSite::of(self.folder.path());
        for path in [
            "/".to_owned(),
            "/alerts".to_owned(),
            format!("/editions/{}", self.id),
            format!("/editions/{}/report.html", self.id),
            format!("/editions/{}/timeline.svg", self.id),
            format!("/editions/{}/changes.csv", self.id),
            "/api/v1/editions".to_owned(),
            format!("/api/v1/editions/{}", self.id),
            "/api/v1/alerts".to_owned(),
            "/feed.atom".to_owned(),
            "/calendar.ics".to_owned(),
        ] {
            let answer = site.get(&path);
            assert_eq!(answer.status, 200, "{path}");
            texts.push((path, answer.body));
        }
        texts.extend(self.letters());
        texts.extend(self.ready_texts());
        texts
    }

    /// Letters of every kind and way. What was written before the date was moved, or on that very day,
    /// may name it.
    fn letters(&self) -> Vec<(String, String)> {
        let all = self.house.db.read(|c| entries(c, Show::All)).unwrap();
        let letters = all.into_iter().map(|entry| entry.letter);
        letters
            .filter(|letter| at("2026-12-29T00:00:00Z") < letter.written)
            .filter(|letter| letter.written.to_zoned(TimeZone::UTC).date() != BEFORE)
            .map(|letter| {
                // A strip has a cell for each of thirty days, which is named, whatever happens on it.
                let html = letter.html.replace("title=\"Tue 9 February", "title=\"Tue");
                (
                    format!("{} {}", letter.route.name(), letter.subject),
                    format!("{}\n{}\n{html}", letter.subject, letter.text),
                )
            })
            .collect()
    }

    /// The texts A to H for support.
    fn ready_texts(&self) -> Vec<(String, String)> {
        let plan = &self.house.plan;
        let view = self.house.db.read(|c| view(c, &plan.editions[0])).unwrap();
        let now = self.house.clock.now();
        let judgement = judge(&view, &self.house.settings, now);
        let mut texts = Vec::new();
        for text in [
            SupportText::ResendUnavailable,
            SupportText::NotListed,
            SupportText::WrongDate,
            SupportText::KdpNotLive,
            SupportText::RightsQuery,
            SupportText::FormatsNotLinked,
            SupportText::BarnesNobleFault,
            SupportText::StaleMetadata,
        ] {
            for finding in &judgement.findings {
                let case = Case {
                    view: &view,
                    finding,
                    stores: &plan.stores,
                    zone: &plan.author.zone,
                    now,
                };
                let ready = support::ready_text(text, &case);
                let paragraphs: Vec<String> = ready
                    .paragraphs
                    .iter()
                    .map(|one| support::joined(one))
                    .collect();
                let subject = ready.subject.unwrap_or_default();
                // Text C explains to support that the date was moved, and from which: nowhere else.
                let said = paragraphs
                    .join("\n")
                    .replace("Earlier the date was 9 February 2027", "");
                texts.push((format!("{text:?}"), format!("{subject}\n{said}")));
            }
        }
        texts
    }
}

fn paperback(day: Date) -> String {
    format!(
        "[[edition]]\ntitle = \"Salt Roads\"\nauthor = \"Jane Roe\"\nisbn = \"{ISBN}\"\n\
         publication_date = {day}\ndistribution_enabled = 2026-12-01\namazon_switch = true\n\
         list_price = \"16.99 USD\"\nstores = [\"amazon.com\", \"barnesandnoble.com\"]\n"
    )
}

fn house(folder: &std::path::Path, street: &Street, edition: &str, clock: Clock) -> Arc<House> {
    let mut text = format!(
        "[author]\nname = \"Jane Roe\"\nemail = \"jane@example.com\"\ntimezone = \"UTC\"\n\
         [data]\nfolder = {:?}\n[[webhook]]\nname = \"mine\"\naddress = \"http://127.0.0.1:1/hook\"\n",
        folder.join("data")
    );
    for (store, base) in street.shops() {
        write!(text, "[[store]]\nname = \"{store}\"\nbase = \"{base}\"\n").unwrap();
    }
    text.push_str(edition);
    let file = folder.join("pubwatch.toml");
    std::fs::write(&file, &text).unwrap();
    let today = clock.now().to_zoned(TimeZone::UTC).date();
    let (plan, _) =
        check(&text, "pubwatch.toml", today).unwrap_or_else(|problems| panic!("{problems:#?}"));
    let db = open_database(&plan.data).unwrap();
    let moved = note_moved_dates(&db, &plan, clock.now()).unwrap();
    let context = Context {
        moved,
        plan,
        config: file,
        db,
        clock,
    };
    Arc::new(context.into_house().unwrap())
}

/// The date before and counts from it, in every way in which they are written.
fn forbidden(now: Timestamp) -> BTreeSet<String> {
    let forms = ["%Y-%m-%d", "%-d %B", "%B %-d", "%-d %b", "%b %-d", "%Y%m%d"];
    let mut words: BTreeSet<String> = forms
        .into_iter()
        .map(|form| BEFORE.strftime(form).to_string())
        .collect();
    // Pages count from the turned clock, commands from the machine's.
    for now in [now, Clock::System.now()] {
        let today = now.to_zoned(TimeZone::UTC).date();
        let count = |day: Date| today.until(day).unwrap().get_days();
        let (wrong, right) = (count(BEFORE), count(AFTER));
        if wrong.abs() < 2 || wrong.abs() == right.abs() {
            continue;
        }
        let days = wrong.abs();
        words.extend([
            format!("{days} days before publication"),
            format!("{days} days after publication"),
            format!("{days} days to go"),
            format!("publishes in {days} days"),
            format!("in {days} d<"),
        ]);
    }
    words
}

#[track_caller]
fn hold(world: &World) {
    let words = forbidden(world.house.clock.now());
    let mut found = Vec::new();
    for (name, text) in world.texts() {
        for word in &words {
            for (place, _) in text.match_indices(word.as_str()) {
                let is_part_of_a_number = text[..place].ends_with(|c: char| c.is_ascii_digit())
                    || (word.ends_with(|c: char| c.is_ascii_digit())
                        && text[place + word.len()..].starts_with(|c: char| c.is_ascii_digit()));
                if !is_part_of_a_number {
                    let around: String = text[..place].chars().rev().take(60).collect();
                    let around: String = around.chars().rev().collect();
                    found.push(format!("{name}: {around}{word}"));
                }
            }
        }
    }
    assert_eq!(found, [""; 0], "at {}", world.house.clock.now());
}

#[track_caller]
fn check_every_text(how: Moved) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let mut world = runtime.block_on(World::of(ISBN, &paperback(BEFORE), shop));
    runtime.block_on(world.live_until("2026-12-28T12:00:00Z"));
    {
        let _inside = runtime.enter();
        world.move_date(how);
    }
    // Before the old date, between the two, and days after the new one.
    for end in [
        "2027-01-27T12:00:00Z",
        "2027-02-19T12:00:00Z",
        "2027-03-23T12:00:00Z",
    ] {
        runtime.block_on(world.live_until(end));
        hold(&world);
    }
    let letters = world.letters();
    for kind in ["Act: ", "Launch report", "Digest", "webhook:mine"] {
        let names: Vec<&str> = letters.iter().map(|(name, _)| name.as_str()).collect();
        let is_there = names.iter().any(|name| name.contains(kind));
        assert!(is_there, "no {kind}: {names:?}");
    }
    runtime.block_on(world.street.stop());
}

#[test]
fn a_date_that_a_note_moved_stands_in_no_text() {
    check_every_text(Moved::ByNote);
}

#[test]
fn a_date_that_was_changed_in_the_file_stands_in_no_text_as_it_was() {
    check_every_text(Moved::InTheFile);
}

#[test]
fn the_date_of_the_file_is_given_to_the_command_over_one_that_was_noted_and_holds_again() {
    let home = Home::with_configuration();
    let day = ["--date", "2027-02-09"];
    home.ok(&[
        "add",
        ISBN,
        "--title",
        "Salt Roads",
        day[0],
        day[1],
        "--no-look",
    ]);
    home.ok(&["note", "Salt Roads", "date-changed", "--to", "2027-03-15"]);
    let before = home.config();
    let said = home.ok(&["edit", "Salt Roads", day[0], day[1]]);
    assert!(said.contains("Noted: Salt Roads was moved from"), "{said}");
    assert_eq!(home.config(), before);
    let again = home.ok(&["edit", "Salt Roads", day[0], day[1]]);
    assert!(!again.contains("Noted:"), "{again}");
}
