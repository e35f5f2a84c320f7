//! A launch drawn at random: how ordinary ones go, after DOMAIN's table of what authors, services
//! and platforms report. Pure: the same seed draws the same launch.

#![expect(
    clippy::wildcard_enum_match_arm,
    clippy::too_many_lines,
    reason = "a table of courses and faults, with an arm for those that differ"
)]

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan as _};
use pubwatch::book::launch::midnight_gmt;
use pubwatch::book::{Availability, Distribution, Format, NoteKind};

use crate::launch::{AMAZON, Launch, Line, STORES, after, dated, says};

/// Days that are played after the publication date.
const DAYS_AFTER: i64 = 50;

/// How an edition comes to the stores.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Course {
    /// Printed, through Ingram; KDP may take Amazon over on the date.
    Print,
    /// The same, and the author moves the date.
    Moved,
    /// The same, and new files are sent once it is on sale.
    Revised,
    /// A printed run, which can be out of stock.
    Offset,
    /// Printed by KDP alone, published on the date.
    KdpOnly,
    /// Printed by KDP alone, with a scheduled release.
    Scheduled,
    /// A Kindle book in pre-order.
    Kindle,
    /// A Kindle book that is published on the date.
    KindleAtOnce,
    /// An ebook through Draft2Digital.
    Ebook,
}

/// Draws an ordinary book: the launches of its editions, with everything that is usual and no fault.
///
/// Of a hundred, 35 are printed through Ingram, 13 of the same move their date, 8 get new files, 8
/// are a printed run; 7 are KDP's alone and 7 scheduled there; 6 are Kindle books in pre-order, 2
/// without; 5 are ebooks of Draft2Digital's; 9 are a paperback and a Kindle book together.
pub(crate) fn book(rng: &mut fastrand::Rng) -> Vec<Launch> {
    let course = match rng.u8(0..100) {
        0..=34 => Course::Print,
        35..=47 => Course::Moved,
        48..=55 => Course::Revised,
        56..=63 => Course::Offset,
        64..=70 => Course::KdpOnly,
        71..=77 => Course::Scheduled,
        78..=83 => Course::Kindle,
        84 | 85 => Course::KindleAtOnce,
        86..=90 => Course::Ebook,
        _ => return formats(rng),
    };
    vec![draw(course, rng)]
}

/// Draws one launch.
pub(crate) fn draw(course: Course, rng: &mut fastrand::Rng) -> Launch {
    let first = jiff::civil::date(2027, 1, 1);
    let date = first.saturating_add(rng.i64(0..365).days());
    let zones = [
        "UTC",
        "America/New_York",
        "America/Los_Angeles",
        "Europe/London",
        "Australia/Sydney",
    ];
    drawn(course, (date, zones[rng.usize(0..zones.len())]), rng)
}

/// A paperback and a Kindle book of one date, which Amazon joins within a week.
fn formats(rng: &mut fastrand::Rng) -> Vec<Launch> {
    let mut paperback = draw(Course::Print, rng);
    let mut kindle = drawn(Course::Kindle, (paperback.date, paperback.zone), rng);
    let both = paperback
        .on_sale_since(AMAZON)
        .max(kindle.on_sale_since(AMAZON));
    let joined = after(both, rng.i64(24..6 * 24));
    for (launch, own, other) in [
        (&mut paperback, "Paperback", "Kindle"),
        (&mut kindle, "Kindle", "Paperback"),
    ] {
        let listed = launch.listed_at(AMAZON);
        launch.offer_formats(listed, &[own]);
        launch.offer_formats(joined, &[own, other]);
    }
    vec![paperback, kindle]
}

/// | event | drawn from | DOMAIN |
/// | --- | --- | --- |
/// | enabled | 42 to 75 days before the date; 75 to 100 where the date moves | §3 |
/// | B&N lists it | 3 to 20 days after enabling, mostly about a week | §1.1 A |
/// | Amazon lists it | 2 to 26 days | §1.1 A |
/// | Bookshop lists it | 1 to 10 days after B&N | §1.1 A |
/// | Amazon begins as unavailable | in 3 of 10, for 1 to 8 days, in the last two weeks for 2 at most | F1, §1.1 A, §1.3 |
/// | a page shows the day before or after | in 1 of 10 | F21 |
/// | the label goes in the last 10 days | in 3 of 10, of printed ones | F19 |
/// | the date moves | by 2 to 8 weeks later or 1 to 3 weeks earlier, at least 37 days ahead | §1.1 B, §3 |
/// | pages follow | 1 to 6 weeks later, and a week before the store would sell on the old date | §1.1 B |
/// | stores change over | 0 to 60 hours after the date; a Kindle pre-order within a day | §1.1 C |
/// | KDP published, live | 0 to 12 hours after the date, 6 to 66 hours later | §1.1 D |
/// | just live at KDP | in 1 of 4 unavailable for up to a day, within the 72 hours | §1.1 D |
/// | a scheduled release | named 5 to 40 days ahead, 0 to 12 hours after its day begins | §3 |
/// | KDP's Expanded Distribution | in 3 of 10 of KDP's own titles, at Bookshop 21 to 49 days later | §1.1 A |
/// | a Kindle pre-order | appears within 24 to 72 hours, its file is sent 4 to 20 days ahead | §3, §9 |
/// | wording jumps about | up to 3 times in the first two weeks, 12 to 60 hours each | §1.1 G |
/// | new files | three weeks after the date; done after 1 to 7 days, back within 3 more | §1.1 F, §9 |
/// | a printed run is out | in half of them, for 1 to 13 days at one store | §1.2 |
fn drawn(course: Course, (date, zone): (Date, &'static str), rng: &mut fastrand::Rng) -> Launch {
    let is_kdp = matches!(
        course,
        Course::KdpOnly | Course::Scheduled | Course::Kindle | Course::KindleAtOnce
    );
    let is_ebook = matches!(
        course,
        Course::Kindle | Course::KindleAtOnce | Course::Ebook
    );
    let distribution = match (course, rng.u8(0..10)) {
        _ if is_kdp => Distribution::Kdp,
        (Course::Ebook, _) | (Course::Print | Course::Moved | Course::Revised, 7 | 8) => {
            Distribution::Draft2Digital
        }
        (Course::Offset, 0..=4) => Distribution::Other,
        (Course::Print | Course::Moved | Course::Revised, 9) => Distribution::PublishDrive,
        _ => Distribution::IngramSpark,
    };
    let may_switch = distribution == Distribution::IngramSpark && course != Course::Offset;
    let is_expanded = course == Course::KdpOnly && rng.u8(0..10) < 3;
    let stores: &[&str] = match course {
        Course::Ebook => &STORES[1..],
        _ if is_expanded => &["amazon.com", "bookshop.org"],
        _ if is_kdp => &STORES[..1],
        _ => &STORES,
    };
    let lead = match course {
        Course::Moved => rng.i64(75..=100),
        Course::Kindle => rng.i64(30..=90),
        Course::KdpOnly | Course::KindleAtOnce => rng.i64(10..=30),
        _ => rng.i64(42..=75),
    };
    let begun = date.saturating_sub(lead.days());
    let mut launch = Launch {
        format: if is_ebook {
            Format::Ebook
        } else {
            Format::Paperback
        },
        date,
        moved: None,
        enabled: (!is_kdp).then_some(begun),
        distribution,
        is_switched: may_switch && rng.u8(0..10) < 7,
        is_offset: course == Course::Offset,
        zone,
        stores: stores.to_vec(),
        lines: vec![Line::new(); stores.len()],
        notes: Vec::new(),
        start: after(midnight_gmt(begun), rng.i64(6..20)),
        end: Timestamp::MAX,
    };
    if course == Course::Moved {
        move_date(&mut launch, begun, rng);
    }
    let days_after = DAYS_AFTER + if is_expanded { 10 } else { 0 };
    launch.end = after(midnight_gmt(launch.date), days_after * 24);
    if is_kdp {
        at_kdp(&mut launch, course, rng);
    } else {
        list(&mut launch, begun, rng);
        release(&mut launch, rng);
    }
    if is_expanded {
        let published = launch.published().unwrap_or(launch.end);
        let listed = after(published, rng.i64(21 * 24..49 * 24));
        launch.lines[1].insert(listed, says(Availability::InStock));
    }
    if !is_ebook {
        settle(&mut launch, is_expanded, rng);
    }
    match course {
        Course::Revised => revise(&mut launch, rng),
        Course::Offset if rng.bool() => {
            let out = after(launch.release_day(), rng.i64(20 * 24..28 * 24));
            let span = (out, after(out, rng.i64(24..13 * 24)));
            launch.overlay(rng.usize(0..3), span, &says(Availability::OutOfStock));
        }
        _ => {}
    }
    launch
}

/// The author moves the date while IngramSpark still lets it be moved.
fn move_date(launch: &mut Launch, begun: Date, rng: &mut fastrand::Rng) {
    let before = launch.date;
    let is_later = rng.u8(0..3) < 2;
    let days = if is_later {
        rng.i64(14..=56)
    } else {
        -rng.i64(7..=21)
    };
    launch.date = before.saturating_add(days.days());
    let nearest = i64::from((before.min(launch.date) - begun).get_days());
    let at = after(midnight_gmt(begun), rng.i64(15 * 24..(nearest - 37) * 24));
    launch.moved = Some((before, at));
    launch.note(NoteKind::moved(launch.date), at);
}

/// When a page that showed the old date shows the new one.
fn follows(launch: &Launch, before: Date, moved: Timestamp, rng: &mut fastrand::Rng) -> Timestamp {
    let nearest = midnight_gmt(before.min(launch.date));
    let latest = nearest.duration_since(moved).as_hours() - 8 * 24;
    after(moved, rng.i64(7 * 24..latest.min(41 * 24)))
}

/// Between enabling and the date.
fn list(launch: &mut Launch, begun: Date, rng: &mut fastrand::Rng) {
    let enabled = midnight_gmt(begun);
    let date = midnight_gmt(launch.date);
    let at_bn = (rng.i64(3 * 24..14 * 24) + rng.i64(0..6 * 24)).min(20 * 24);
    let at_amazon = rng.i64(2 * 24..26 * 24);
    let at_bookshop = at_bn + rng.i64(24..10 * 24);
    for index in 0..launch.lines.len() {
        let store = launch.stores[index];
        let is_amazon = store == "amazon.com";
        let mut listed = after(
            enabled,
            match store {
                "amazon.com" => at_amazon,
                "barnesandnoble.com" => at_bn,
                _ => at_bookshop,
            },
        );
        let shown = match rng.u8(0..20) {
            0 => launch.date.saturating_sub(1.day()),
            1 => launch.date.saturating_add(1.day()),
            _ => launch.date,
        };
        if is_amazon && rng.u8(0..10) < 3 {
            launch.lines[index].insert(listed, says(Availability::OutOfStock));
            let takes_orders = after(listed, rng.i64(24..8 * 24));
            // In the last two weeks more than three days are no longer usual.
            let last_weeks = after(date, -14 * 24);
            listed = takes_orders.min(after(listed, 48).max(last_weeks));
        }
        if let Some((before, moved)) = launch.moved.filter(|(_, moved)| listed < *moved) {
            let old = dated(Availability::PreOrder, before);
            launch.lines[index].insert(listed, old);
            listed = follows(launch, before, moved, rng);
        }
        launch.lines[index].insert(listed, dated(Availability::PreOrder, shown));
        let is_print = launch.format != Format::Ebook;
        if is_print && !is_amazon && rng.u8(0..10) < 3 {
            let lost = after(date, -rng.i64(24..10 * 24)).max(after(listed, 24));
            launch.lines[index].insert(lost, says(Availability::InStock));
        }
    }
}

/// The date, and the switchover.
fn release(launch: &mut Launch, rng: &mut fastrand::Rng) {
    let date = midnight_gmt(launch.date);
    for index in 0..launch.lines.len() {
        if index == AMAZON && launch.is_switched {
            let published = after(date, rng.i64(0..12));
            let live = after(published, rng.i64(6..66));
            let meanwhile = [
                Availability::OutOfStock,
                Availability::BackOrder,
                Availability::PreOrder,
            ];
            let state = meanwhile[rng.usize(0..meanwhile.len())];
            launch.lines[index].insert(after(published, rng.i64(1..6)), says(state));
            launch.lines[index].insert(live, says(Availability::InStock));
            launch.note(NoteKind::KdpPublished { on: None }, published);
        } else {
            let sold = after(date, rng.i64(0..60));
            launch.lines[index].insert(sold, says(Availability::InStock));
        }
    }
}

/// Amazon's page where KDP alone brings the book there.
fn at_kdp(launch: &mut Launch, course: Course, rng: &mut fastrand::Rng) {
    let date = midnight_gmt(launch.date);
    let (note, live, at_the_latest) = match course {
        Course::Kindle => {
            let listed = after(launch.start, rng.i64(24..72));
            let pre_order = dated(Availability::PreOrder, launch.date);
            launch.lines[AMAZON].insert(listed, pre_order);
            let sent = after(date, -rng.i64(4 * 24..20 * 24));
            launch.note(NoteKind::KdpPublished { on: None }, sent);
            let sold = after(date, rng.i64(0..24));
            launch.lines[AMAZON].insert(sold, says(Availability::InStock));
            return;
        }
        Course::Scheduled => {
            let sent = after(date, -rng.i64(5 * 24..40 * 24));
            let on = (rng.u8(0..10) < 7).then_some(launch.date);
            let live = after(date, rng.i64(0..12));
            (NoteKind::KdpPublished { on }, (sent, live), after(date, 66))
        }
        _ => {
            let published = after(date, rng.i64(0..12));
            let live = after(published, rng.i64(6..66));
            let note = NoteKind::KdpPublished { on: None };
            (note, (published, live), after(published, 66))
        }
    };
    let (sent, mut live) = live;
    launch.note(note, sent);
    if rng.u8(0..4) == 0 {
        launch.lines[AMAZON].insert(live, says(Availability::OutOfStock));
        live = after(live, rng.i64(6..24)).min(at_the_latest.max(after(live, 1)));
    }
    launch.lines[AMAZON].insert(live, says(Availability::InStock));
}

/// The first two weeks on sale.
fn settle(launch: &mut Launch, is_expanded: bool, rng: &mut fastrand::Rng) {
    let date = midnight_gmt(launch.date);
    let stores = if is_expanded { 1 } else { launch.lines.len() };
    for index in 0..stores {
        let mut at = after(date, 4 * 24);
        for _ in 0..rng.u8(0..4) {
            at = after(at, rng.i64(12..60));
            let state = [Availability::BackOrder, Availability::ShipsLater][rng.usize(0..2)];
            launch.lines[index].insert(at, says(state));
            at = after(at, rng.i64(12..60));
            launch.lines[index].insert(at, says(Availability::InStock));
        }
    }
}

/// New files at Ingram: what it feeds is off sale while they are processed.
fn revise(launch: &mut Launch, rng: &mut fastrand::Rng) {
    let started = after(launch.release_day(), rng.i64(20 * 24..26 * 24));
    let done = after(started, rng.i64(24..7 * 24));
    launch.note(NoteKind::RevisionStarted, started);
    launch.note(NoteKind::RevisionDone, done);
    for index in 0..launch.lines.len() {
        let is_kdps = index == AMAZON && launch.is_switched;
        if is_kdps || rng.u8(0..5) == 0 {
            continue;
        }
        let off = after(started, rng.i64(2..20));
        let back = after(done, rng.i64(12..72));
        let state = [Availability::OutOfStock, Availability::BackOrder][rng.usize(0..2)];
        launch.overlay(index, (off, back), &says(state));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::launch::story;

    const ALL: [Course; 9] = [
        Course::Print,
        Course::Moved,
        Course::Revised,
        Course::Offset,
        Course::KdpOnly,
        Course::Scheduled,
        Course::Kindle,
        Course::KindleAtOnce,
        Course::Ebook,
    ];

    #[test]
    fn no_ordinary_page_is_unavailable_for_days_in_the_last_two_weeks() {
        for seed in 0..2000 {
            let launch = draw(Course::Print, &mut fastrand::Rng::with_seed(seed));
            let last_weeks = after(midnight_gmt(launch.date), -14 * 24);
            let mut pages = launch.lines[AMAZON].iter();
            let (Some((since, first)), Some((until, _))) = (pages.next(), pages.next()) else {
                panic!("Amazon never lists it, with seed {seed}");
            };
            if first.availability() == Some(Availability::OutOfStock) && last_weeks < *until {
                let hours = until.duration_since(*since).as_hours();
                assert!(hours <= 48, "{hours} hours with seed {seed}");
            }
        }
    }

    #[test]
    fn the_same_seed_draws_the_same_book() {
        let pages = |seed| {
            let mut rng = fastrand::Rng::with_seed(seed);
            let mut editions = book(&mut rng);
            for launch in &mut editions {
                launch.disturb(&[], &mut rng);
            }
            story("drawn", &editions).unwrap().pages
        };
        assert_eq!(pages(7), pages(7));
        assert_ne!(pages(7), pages(8));
    }

    #[test]
    fn every_ordinary_launch_ends_on_sale_everywhere() {
        for (seed, course) in (0..450).zip(ALL.into_iter().cycle()) {
            let launch = draw(course, &mut fastrand::Rng::with_seed(seed));
            for line in &launch.lines {
                let (at, last) = line.iter().next_back().unwrap();
                assert_eq!(
                    last.availability(),
                    Some(Availability::InStock),
                    "{course:?}"
                );
                assert!(*at < launch.end, "{course:?} with seed {seed}");
            }
            story("drawn", &[launch]).unwrap();
        }
    }

    #[test]
    fn pages_follow_a_moved_date_within_six_weeks_and_before_the_nearer_of_the_two_dates() {
        for seed in 0..500 {
            let launch = draw(Course::Moved, &mut fastrand::Rng::with_seed(seed));
            let (before, moved) = launch.moved.unwrap();
            let nearest = midnight_gmt(before.min(launch.date));
            let limit = after(moved, 42 * 24).min(after(nearest, -7 * 24));
            for line in &launch.lines {
                let is_old = |reading: &pubwatch::page::Reading| matches!(reading, pubwatch::page::Reading::Says(says) if says.date == Some(before));
                let shown = line
                    .iter()
                    .skip_while(|(_, reading)| !is_old(reading))
                    .nth(1);
                if let Some((followed, _)) = shown {
                    assert!(*followed < limit, "seed {seed}: {followed}");
                }
            }
        }
    }
}
