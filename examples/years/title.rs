//! One title of an imprint that never was: its edition, and what its pages say until today. Pure:
//! the same seed draws the same title.

use std::fmt::Write as _;

use jiff::civil::Date;
use jiff::{SignedDuration, Span, Timestamp};

use pubwatch::book::{Availability, Isbn13, Money, StoreId};
use pubwatch::page::{Reading, UnreadReason};

use crate::drawn::{Launch, Line, STORES, after, says};

/// What a store calls itself as a seller.
const SELLERS: [&str; 3] = ["Amazon.com", "Barnes & Noble", "Bookshop.org"];

/// A title with its pages.
#[derive(Debug, Clone)]
pub(crate) struct Title {
    /// Its number.
    pub(crate) isbn: Isbn13,
    /// Its name.
    pub(crate) name: String,
    /// Its launch, moved to its date.
    pub(crate) launch: Launch,
    /// What its pages say, store by store, from when on.
    pub(crate) lines: [Line; 3],
}

impl Title {
    /// Draws a title whose book was published on `date`, as its pages were until `now`.
    ///
    /// After the launch, its life is drawn from:
    ///
    /// | event | how often |
    /// | --- | --- |
    /// | another price for good | every 2 to 8 months |
    /// | "Only 3 left" and the like | 4 times a year, for 2 to 9 days |
    /// | not to be had | every second year, for 1 to 20 days |
    /// | a bot wall | once a year, for 1 to 5 days |
    pub(crate) fn draw(
        number: u32,
        isbn: Isbn13,
        date: Date,
        now: Timestamp,
        rng: &mut fastrand::Rng,
    ) -> Self {
        let mut launch = Launch::draw(rng);
        launch.disturb(rng);
        let lines = std::mem::take(&mut launch.lines);
        let days = i64::from((date - launch.date).get_days());
        move_by(&mut launch, days);
        let name = name(number, rng);
        let lines = lines.map(|line| {
            let mut line = moved(line, days);
            live(&mut line, (launch.end, now), rng);
            line
        });
        let mut title = Self {
            isbn,
            name,
            launch,
            lines,
        };
        for index in 0..STORES.len() {
            title.dress(index, rng);
        }
        title
    }

    /// What a page said at a moment.
    pub(crate) fn page(&self, store: usize, at: Timestamp) -> Reading {
        let said = self.lines[store].range(..=at).next_back();
        said.map_or_else(
            || says(Availability::NotListed),
            |(_, reading)| reading.clone(),
        )
    }

    /// Its table in a configuration.
    pub(crate) fn table(&self) -> String {
        let mut text = String::new();
        // Writing to a string cannot fail.
        let _ = write!(
            text,
            "\n[[edition]]\ntitle = \"{}\"\nisbn = \"{}\"\nformat = \"paperback\"\n\
             list_price = \"16.99 USD\"\npublication_date = {}\ndistribution = \"{}\"\n\
             distribution_enabled = {}\namazon_switch = {}\nstores = [\"{}\"]\n",
            self.name,
            self.isbn,
            self.launch.date,
            self.launch.distribution.name(),
            self.launch.enabled,
            self.launch.is_switched,
            STORES.join("\", \"")
        );
        text
    }

    /// Gives every reading what a page shows besides its state.
    fn dress(&mut self, store: usize, rng: &mut fastrand::Rng) {
        let shop = StoreId::new(STORES[store]);
        let mut cents = 1699;
        let mut price_until = Timestamp::MIN;
        for (at, reading) in &mut self.lines[store] {
            if price_until < *at {
                cents = [1699, 1599, 1499, 1649, 1549][rng.usize(0..5)];
                price_until = after(*at, rng.i64(60 * 24..240 * 24));
            }
            let Reading::Says(said) = reading else {
                continue;
            };
            said.price = Some(Money::new(cents, "USD"));
            said.seller = Some(SELLERS[store].to_owned());
            said.title = Some(self.name.clone());
            said.isbn = Some(self.isbn.clone());
            said.cover = Some(format!("https://images.{shop}/{}.jpg", self.isbn));
            said.canonical = Some(format!("https://{shop}/book/{}", self.isbn));
        }
    }
}

fn name(number: u32, rng: &mut fastrand::Rng) -> String {
    let of = ["Salt", "Tide", "Lantern", "Harbour", "Winter", "Glass"];
    let what = ["Roads", "Tables", "Almanac", "Letters", "Garden", "House"];
    format!(
        "The {} {}, volume {number}",
        of[rng.usize(0..of.len())],
        what[rng.usize(0..what.len())]
    )
}

fn days_later(date: Date, days: i64) -> Date {
    date.saturating_add(Span::new().days(days.clamp(-100_000, 100_000)))
}

fn move_by(launch: &mut Launch, days: i64) {
    launch.date = days_later(launch.date, days);
    launch.enabled = days_later(launch.enabled, days);
    launch.start = after(launch.start, days * 24);
    launch.end = after(launch.end, days * 24);
    for note in &mut launch.notes {
        note.at = after(note.at, days * 24);
    }
}

fn moved(line: Line, days: i64) -> Line {
    line.into_iter()
        .map(|(at, mut reading)| {
            if let Reading::Says(said) = &mut reading {
                said.date = said.date.map(|date| days_later(date, days));
            }
            (after(at, days * 24), reading)
        })
        .collect()
}

/// What happens to a page after its launch.
fn live(line: &mut Line, (from, until): (Timestamp, Timestamp), rng: &mut fastrand::Rng) {
    let in_stock = says(Availability::InStock);
    let mut at = from;
    loop {
        // Five and a half events a year, and a page as usual between them.
        at = after(at, rng.i64(10 * 24..122 * 24));
        if until <= at {
            return;
        }
        let (reading, hours) = match rng.u8(0..11) {
            0 => (says(Availability::OutOfStock), rng.i64(24..20 * 24)),
            1 | 2 => (
                Reading::unread(UnreadReason::Blocked, "years", "a captcha"),
                rng.i64(24..5 * 24),
            ),
            _ => (few_left(rng.u8(1..9)), rng.i64(48..9 * 24)),
        };
        line.insert(at, reading);
        at = after(at, hours);
        line.insert(at, in_stock.clone());
    }
}

fn few_left(count: u8) -> Reading {
    let mut reading = says(Availability::InStock);
    if let Reading::Says(said) = &mut reading {
        said.words = format!("Only {count} left in stock - order soon.");
    }
    reading
}

/// How long until the next look is repeated when nothing could be read: an hour, two, four …
pub(crate) fn patience(attempts: u32) -> SignedDuration {
    SignedDuration::from_hours(1_i64 << attempts.min(6))
}

#[cfg(test)]
mod tests {
    use pubwatch::demo::pages::isbn;

    use super::*;

    fn drawn(seed: u64) -> Title {
        let mut rng = fastrand::Rng::with_seed(seed);
        let now = "2026-11-22T00:00:00Z".parse().unwrap();
        let isbn = isbn(7).parse().unwrap();
        Title::draw(7, isbn, jiff::civil::date(2020, 3, 3), now, &mut rng)
    }

    #[test]
    fn the_same_seed_draws_the_same_title_and_another_another() {
        assert_eq!(drawn(3).lines, drawn(3).lines);
        assert_ne!(drawn(3).lines, drawn(4).lines);
    }

    #[test]
    fn a_title_is_on_sale_long_after_its_launch_and_shows_its_own_date_before() {
        let title = drawn(5);
        let years_later = "2026-11-20T00:00:00Z".parse().unwrap();
        for store in 0..STORES.len() {
            let days_around = |at: Date| (at - title.launch.date).get_days().abs();
            let dates: Vec<Date> = title.lines[store]
                .values()
                .filter_map(|reading| match reading {
                    Reading::Says(said) => said.date,
                    Reading::Unread(_) => None,
                })
                .collect();
            assert!(
                dates.iter().all(|date| days_around(*date) <= 1),
                "{dates:?}"
            );
            assert_ne!(
                title.page(store, years_later).availability(),
                Some(Availability::PreOrder)
            );
        }
    }
}
