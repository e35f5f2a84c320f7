//! What every face says on each day of a launch that nobody could see whole: the letters, `status`
//! and its exit code, `/healthz`, the pages and the badge, from one playing of the story.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::Request;
use jiff::civil::{Date, date};
use jiff::{SignedDuration, Timestamp};
use pubwatch::book::{Availability, StoreId};
use pubwatch::clock::Clock;
use pubwatch::commands::replay::read;
use pubwatch::commands::status;
use pubwatch::config;
use pubwatch::db::Db;
use pubwatch::fetch::Fetcher;
use pubwatch::history::sqlite::{keep_good_until, record};
use pubwatch::history::{ListingId, Observation, Source};
use pubwatch::judge::Settings;
use pubwatch::page::{Reading, Says};
use pubwatch::round::House;
use pubwatch::round::sqlite::running::{kept_out, taken_over};
use pubwatch::service::context::Context;
use pubwatch::story::expect::Sent;
use pubwatch::story::play::play_before;
use pubwatch::terminal::columns::Columns;
use pubwatch::web::server::{Guard, Live, Site, router};
use scraper::{Html, Selector};
use tower::ServiceExt as _;

/// What the faces say at one moment, without their letters.
pub(crate) fn faces(house: &House) -> String {
    let mut said = String::new();
    let context = Context {
        plan: house.plan.clone(),
        config: "pubwatch.toml".into(),
        db: Arc::clone(&house.db),
        clock: house.clock.clone(),
        moved: Vec::new(),
    };
    let arguments = status::Arguments {
        max_age: Some(SignedDuration::from_hours(12)),
        json: false,
    };
    let status = status::shown(&context, &arguments, Columns::ANY).unwrap();
    writeln!(
        said,
        "  status --max-age 12h ends with {}",
        status.exit.code()
    )
    .unwrap();
    let plain = anstream::adapter::strip_str(&status.out).to_string();
    for line in plain.lines().chain(status.err.lines()) {
        writeln!(said, "    {line}").unwrap();
    }
    of_the_page(&mut said, house);
    said
}

/// The page of that house.
pub(crate) fn router_of(house: &House) -> Router {
    let site = Site::new(
        house.plan.clone(),
        Arc::clone(&house.db),
        house.clock.clone(),
        house.settings.clone(),
        Arc::<Guard>::default(),
    );
    router(Arc::new(Live::new(site)))
}

/// The status and the body of what is answered there.
pub(crate) fn answered(router: &Router, path: &str) -> (u16, String) {
    let asked = Request::get(path).header("host", "127.0.0.1");
    let asked = asked.body(Body::empty()).unwrap();
    let answer = async {
        let answer = router.clone().oneshot(asked).await.unwrap();
        let status = answer.status().as_u16();
        let body = to_bytes(answer.into_body(), usize::MAX).await.unwrap();
        (status, String::from_utf8(body.to_vec()).unwrap())
    };
    // Some who ask have a runtime of their own, in which nobody may wait.
    std::thread::scope(|scope| {
        let mut runtime = tokio::runtime::Builder::new_current_thread();
        let waiting = scope.spawn(move || runtime.build().unwrap().block_on(answer));
        waiting.join().unwrap()
    })
}

/// What the page says, and what programs get from it.
fn of_the_page(said: &mut String, house: &House) {
    let router = router_of(house);
    let get = |path: &str| answered(&router, path);
    let (code, health) = get("/healthz");
    writeln!(said, "  /healthz {code} {health}").unwrap();
    let (_, overview) = get("/");
    let parts = [
        "p.pulse",
        "main > p.says",
        "h1",
        "ul.exceptions li",
        "table.editions tbody tr",
    ];
    page(said, "overview", &overview, &parts);
    for plan in &house.plan.editions {
        let path = format!("/editions/{}", plan.edition.id);
        let (_, edition) = get(&path);
        page(
            said,
            "edition",
            &edition,
            &[
                "h1",
                "section.box > h2",
                "section.box > p",
                "table.cards tbody tr",
            ],
        );
        let (_, badge) = get(&format!("{path}/badge.svg"));
        let (_, label) = badge.split_once("aria-label=\"").unwrap();
        writeln!(said, "  badge {}", label.split('"').next().unwrap()).unwrap();
    }
}

/// The words of some parts of a page, a line each.
fn page(said: &mut String, name: &str, html: &str, parts: &[&str]) {
    let page = Html::parse_document(html);
    writeln!(said, "  {name}").unwrap();
    for part in parts {
        for element in page.select(&Selector::parse(part).unwrap()) {
            let words: Vec<&str> = element.text().flat_map(str::split_whitespace).collect();
            writeln!(said, "    {}", words.join(" ")).unwrap();
        }
    }
}

/// A line without what changes from hour to hour.
fn without_times(line: &str) -> String {
    let is_time = |word: &&str| {
        let word = word.trim_matches(|c: char| c.is_ascii_punctuation());
        word.starts_with(|c: char| c.is_ascii_digit())
            || LENGTHS.contains(&word)
            || DAYS.contains(&word)
    };
    let words: Vec<&str> = line.split(' ').filter(|word| !is_time(word)).collect();
    words.join(" ")
}

const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const LENGTHS: [&str; 15] = [
    "minute", "minutes", "hour", "hours", "day", "days", "week", "weeks", "month", "months", "min",
    "h", "d", "less", "ago",
];

/// Plays a story, and writes down what is said at nine o'clock of the author's on each day, and when
/// the machine wakes.
fn diary(name: &str) -> String {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/it/stories/{name}.toml"));
    let story = read(&file).unwrap();
    let zone = story.plan.author.zone.clone();
    let mut days: Vec<(Date, String)> = Vec::new();
    let played = play_before(&story, |house| {
        let now = house.clock.now().to_zoned(zone.clone());
        let is_new = days.last().is_none_or(|(day, _)| *day < now.date());
        if is_new && 9 <= now.hour() {
            days.push((now.date(), faces(house)));
        }
    });
    let played = played.unwrap();
    let mut letters = played.sent.iter().peekable();
    let mut diary = String::new();
    let mut before = BTreeSet::new();
    for (day, said) in days {
        let until = day.tomorrow().unwrap();
        let of_day = |letter: &&Sent| letter.at.to_zoned(zone.clone()).date() < until;
        writeln!(diary, "{}", day.strftime("%a %-d %B %Y")).unwrap();
        while let Some(letter) = letters.next_if(of_day) {
            writeln!(diary, "  letter {}", letter.subject).unwrap();
            let opening = letter.text.split("\n\n").skip(1).take(3);
            for line in opening.flat_map(str::lines) {
                writeln!(diary, "    {line}").unwrap();
            }
        }
        // What only counts on is left out.
        let is_new = |line: &&str| !before.contains(&without_times(line));
        let new: Vec<&str> = said.lines().filter(is_new).collect();
        for line in &new {
            writeln!(diary, "{line}").unwrap();
        }
        if new.is_empty() {
            writeln!(diary, "  as on the day before, but for the times").unwrap();
        }
        before = said.lines().map(without_times).collect();
    }
    diary
}

#[test]
fn every_face_tells_seen_from_not_seen_on_each_day() {
    for name in [
        "h01-every-store-refuses-from-day-one",
        "h02-a-store-behind-a-captcha-that-was-seen-selling",
        "h03-asleep-over-the-date",
        "h04-blind-for-nine-days-in-launch-week",
        "h05-one-store-by-hand",
    ] {
        insta::assert_snapshot!(name, diary(name));
    }
}

/// A house of a configuration with so many books, over a database that is there.
fn configured(books: &[&str], db: &Arc<Db>, clock: &Clock) -> House {
    let mut text =
        "[author]\nname = 'Jane Roe'\nemail = 'jane@example.com'\ntimezone = 'UTC'\n".to_owned();
    for isbn in books {
        let _ = write!(
            text,
            "[[edition]]\ntitle = 'Book {isbn}'\nisbn = '{isbn}'\npublication_date = 2027-06-15\n\
             distribution_enabled = 2027-02-01\nstores = ['bookshop.org']\n"
        );
    }
    let (plan, _) = config::check(&text, "pubwatch.toml", date(2027, 5, 1)).unwrap();
    let settings = Settings::of(&plan).unwrap();
    let fetcher = Fetcher::new(Arc::clone(db), clock.clone(), &plan.manners, &plan.stores).unwrap();
    House::new(plan, Arc::clone(db), clock.clone(), settings, fetcher)
}

/// The pages of these books are looked at, in one check.
fn look_at(house: &House) {
    let now = house.clock.now();
    house
        .db
        .write(|tx| {
            tx.execute(
                "INSERT INTO round (began, ended, asked, read) VALUES (?1, ?1, 1, 1)",
                [now.as_millisecond()],
            )?;
            for plan in &house.plan.editions {
                let listing = ListingId {
                    edition: plan.edition.id.clone(),
                    store: StoreId::new("bookshop.org"),
                };
                let says = Says::new(Availability::PreOrder, "test", "Pre-order", "#buy");
                let observation = Observation {
                    listing: listing.clone(),
                    at: now,
                    source: Source::Http,
                    reading: Reading::Says(Box::new(says)),
                };
                record(tx, &observation, SignedDuration::from_hours(6))?;
                keep_good_until(tx, &listing, now + SignedDuration::from_hours(49))?;
            }
            Ok::<_, rusqlite::Error>(())
        })
        .unwrap();
}

#[test]
fn every_face_tells_that_a_service_does_not_run_what_its_file_says() {
    let (first, second) = ("9780132350884", "9780306406157");
    let db = Arc::new(Db::in_memory().unwrap());
    let clock = Clock::starting_at("2027-05-01T09:00:00Z".parse().unwrap());
    let day = |days: i64| {
        let start: Timestamp = "2027-05-01T09:00:00Z".parse().unwrap();
        clock.turn_to(start + SignedDuration::from_hours(24 * days));
    };
    let note = |wrong: Option<&str>, minutes_ago: i64| {
        let at = clock.now() - SignedDuration::from_mins(minutes_ago);
        let noted = db.write(|tx| match wrong {
            Some(why) => kept_out(tx, why, at),
            None => taken_over(tx, "pubwatch.toml", at),
        });
        noted.unwrap();
    };
    let mut diary = String::new();
    let mut tell = |what: &str, house: &House| {
        writeln!(diary, "{what}\n{}", faces(house)).unwrap();
    };
    let house = configured(&[first], &db, &clock);
    note(None, 0);
    look_at(&house);
    tell("One book is watched", &house);
    day(1);
    note(None, 0);
    look_at(&house);
    let house = configured(&[first, second], &db, &clock);
    note(None, 0);
    tell("Another one is added, and was not looked at yet", &house);
    day(2);
    look_at(&house);
    note(Some("line 12: `publication_dat` is no key"), 60);
    note(Some("line 12: `publication_dat` is no key"), 1);
    tell("The file is wrong for an hour", &house);
    day(3);
    look_at(&house);
    note(None, 0);
    tell("The file is right again", &house);
    insta::assert_snapshot!("h06-a-service-and-its-file", diary);
}
