//! Whatever comes of looking, in any order: no face speaks in the present tense of a page that
//! nobody sees, and no day is drawn on which nobody saw it.

use std::fmt::Write as _;

use fastrand::Rng;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use pubwatch::book::Availability;
use pubwatch::config::plan::label;
use pubwatch::history::sqlite::{observations, view};
use pubwatch::history::{ListingId, ListingView, View};
use pubwatch::story::Story;
use pubwatch::story::play::play_before;

use pubwatch::mail::sqlite::{Show, entries};
use pubwatch::mail::strip::{Cell, days, strip};
use pubwatch::page::Reading;
use pubwatch::round::House;

use crate::each_day::faces;

/// A paperback, and an ebook that has only an ASIN, each with its stores.
const EDITIONS: [(&str, [&str; 3]); 2] = [
    (
        "isbn = \"9781944021481\"\nformat = \"paperback\"\ndistribution = \"ingramspark\"\n\
         distribution_enabled = 2027-02-01",
        ["amazon.com", "barnesandnoble.com", "bookshop.org"],
    ),
    (
        "asin = \"B0ALMANAC1\"\naddresses = { \"kobo.com\" = \"https://www.kobo.com/us/en/ebook/x\", \
         \"walmart.com\" = \"https://www.walmart.com/ip/17\" }",
        ["amazon.com", "kobo.com", "walmart.com"],
    ),
];

/// How texts call all of them.
const LABELS: [&str; 5] = [
    "Amazon",
    "Barnes & Noble",
    "Bookshop.org",
    "Kobo",
    "Walmart",
];

/// Sentences that say how a page is now.
const PRESENT: &[&str] = &[
    " sells it",
    " shows ",
    " takes orders",
    " still ",
    " sell it",
    " is on sale",
];

/// Words by which a sentence says that it was so when somebody last saw it, or that nobody did.
const PAST: &[&str] = &[
    "ast seen",
    "ot seen",
    "not been seen",
    "could not",
    "ot read",
    "Does the page",
    "A page that does not",
    "was over",
    " showed ",
    "you looked",
    "no state",
];

/// A launch of two weeks in which looks succeed, are refused, or are not taken, at random.
fn at_random(seed: u64) -> Story {
    let mut rng = Rng::with_seed(seed);
    let (edition, stores) = EDITIONS[rng.usize(..EDITIONS.len())];
    let start: Timestamp = "2027-05-10T09:00:00Z".parse().unwrap();
    let hours = |hours: i64| start + SignedDuration::from_hours(hours);
    let mut text = format!(
        "story = \"at random, {seed}\"\nfrom = \"nowhere\"\nstart = {start}\nend = {}\n\n[edition]\n\
         title = \"The Lamplighter's Almanac\"\n{edition}\npublication_date = 2027-05-18\n\
         amazon_switch = false\nstores = {stores:?}\n",
        hours(24 * 14)
    );
    if rng.bool() {
        let by_hand = stores[rng.usize(..stores.len())];
        writeln!(
            text,
            "\n[[configuration.store]]\nname = \"{by_hand}\"\nsource = [\"by-hand\"]"
        )
        .unwrap();
        for _ in 0..rng.usize(..3) {
            let at = hours(rng.i64(1..24 * 14));
            writeln!(text, "\n[[look]]\nat = {at}\nstore = \"{by_hand}\"").unwrap();
        }
    }
    for _ in 0..rng.usize(..2) {
        let from = rng.i64(24..24 * 11);
        let until = from + rng.i64(12..24 * 4);
        writeln!(
            text,
            "\n[[asleep]]\nfrom = {}\nuntil = {}",
            hours(from),
            hours(until)
        )
        .unwrap();
    }
    for store in stores {
        let mut at = 0;
        while at < 24 * 14 {
            let says = match rng.u8(..10) {
                0..4 => "blocked",
                4 => "unreachable",
                5 => "out_of_stock",
                _ if at < 24 * 8 => "pre_order",
                _ => "in_stock",
            };
            writeln!(
                text,
                "\n[[page]]\nat = {}\nstore = \"{store}\"\nsays = \"{says}\"",
                hours(at)
            )
            .unwrap();
            at += rng.i64(6..24 * 5);
        }
    }
    Story::parse(&text).unwrap_or_else(|error| panic!("{text}\n{error:#}"))
}

fn unseen(view: &View, now: Timestamp) -> Vec<&ListingView> {
    view.listings
        .iter()
        .filter(|one| one.seen(now).is_none())
        .collect()
}

/// The parts of a text that each speak of one store: from its name to the next one. What a text says
/// of another time in the beginning is said of all of it.
fn about<'a>(text: &'a str, label: &str) -> Vec<&'a str> {
    let is_as_of = text.contains(&format!("{label} last seen"));
    if is_as_of || text.contains("This is as it was last seen") {
        return Vec::new();
    }
    let mut parts = Vec::new();
    for (at, _) in text.match_indices(label) {
        let rest = &text[at + label.len()..];
        let end = LABELS.iter().filter_map(|other| rest.find(other)).min();
        parts.push(&text[at..at + label.len() + end.unwrap_or(rest.len())]);
    }
    parts
}

#[track_caller]
fn check_words(seed: u64, text: &str, house: &House, view: &View) {
    let now = house.clock.now();
    let unseen = unseen(view, now);
    let has_number = view.edition.id.isbn().is_some() || !text.contains("ISBN");
    assert!(has_number, "seed {seed}, {now}: it has no ISBN\n{text}");
    let all = [
        "Both stores sell it",
        "All 3 stores sell it",
        "sale everywhere",
        "ll as expected",
    ];
    for words in all {
        assert!(
            unseen.is_empty() || !text.contains(words),
            "seed {seed}, {now}: “{words}” while {} pages are not seen\n{text}",
            unseen.len()
        );
    }
    for listing in unseen {
        for part in about(text, label(&listing.store, &house.plan.stores)) {
            let is_present = PRESENT.iter().any(|words| part.contains(words))
                || Availability::ALL.iter().any(|state| {
                    // Subjects have them in small letters.
                    part.to_lowercase().contains(&state.word().to_lowercase())
                });
            assert!(
                !is_present || PAST.iter().any(|words| part.contains(words)),
                "seed {seed}, {now}: {} is not seen, and it is said: {part}\n{text}",
                listing.store
            );
        }
    }
}

/// A day shows a state only if somebody saw the page on it, or shortly before: two looks a day apart
/// and an hour, three days by hand.
#[track_caller]
fn check_strips(seed: u64, view: &View, good: &[(String, Timestamp)], now: Timestamp) {
    let days = days(now, &TimeZone::UTC, 14);
    for listing in &view.listings {
        for (day, cell) in days.iter().zip(strip(listing, &days, now)) {
            let Cell::State(_) = cell else { continue };
            let day = day.date;
            let begins = day.to_zoned(TimeZone::UTC).unwrap().timestamp();
            let (from, to) = (
                begins - SignedDuration::from_hours(73),
                begins + SignedDuration::from_hours(25),
            );
            assert!(
                good.iter()
                    .any(|(store, at)| store == listing.store.as_str() && (from..to).contains(at)),
                "seed {seed}: {} on {day} is drawn as {}, and nobody saw it",
                listing.store,
                cell.word()
            );
        }
    }
}

/// When a page was had that named a state, at which store.
fn good_looks(house: &House, view: &View) -> Vec<(String, Timestamp)> {
    let mut good = Vec::new();
    for listing in &view.listings {
        let id = ListingId {
            edition: view.edition.id.clone(),
            store: listing.store.clone(),
        };
        let looks = house
            .db
            .read(|connection| observations(connection, &id, Timestamp::MIN));
        let said = looks
            .unwrap()
            .into_iter()
            .filter(|look| matches!(look.reading, Reading::Says(_)));
        good.extend(said.map(|look| (listing.store.to_string(), look.at)));
    }
    good
}

/// Plays a launch, and reads every letter when it is written, and every face at noon.
fn play_out(seed: u64) {
    let mut last_day = None;
    let played = play_before(&at_random(seed), |house| {
        let now = house.clock.now();
        let plan = &house.plan.editions[0];
        let view = house.db.read(|connection| view(connection, plan)).unwrap();
        let written = house
            .db
            .read(|connection| entries(connection, Show::Undelivered));
        for entry in written.unwrap() {
            check_words(seed, &entry.letter.subject, house, &view);
            // The strips are days, not sentences.
            let text = entry.letter.text.split("\n\n");
            for paragraph in text.filter(|one| !one.starts_with("The last 30 days")) {
                check_words(seed, &paragraph.replace('\n', " "), house, &view);
            }
        }
        let at = now.to_zoned(TimeZone::UTC);
        if 12 <= at.hour() && last_day.is_none_or(|day| day < at.date()) {
            last_day = Some(at.date());
            // The table of changes tells what was, and that of alerts what is over, each since when
            // or until when.
            let is_past = |line: &&str| {
                line.contains("Evidence")
                    || line.contains(" told as ")
                    || line.ends_with(" no letter")
            };
            let faces = faces(house);
            for line in faces.lines().filter(|line| !is_past(line)) {
                check_words(seed, line, house, &view);
            }
            check_strips(seed, &view, &good_looks(house, &view), now);
        }
    });
    played.unwrap();
}

#[test]
fn no_face_speaks_of_a_page_that_nobody_sees_as_if_it_were_seen() {
    // More of them: PUBWATCH_LAUNCHES=300.
    let launches = std::env::var("PUBWATCH_LAUNCHES");
    let launches = launches.map_or(8, |number| number.parse().unwrap());
    for seed in 1..=launches {
        play_out(seed);
    }
}
