//! A launch as it goes wrong in small ways and comes right: which shop shows what, from when on.

use jiff::civil::{Date, date};
use jiff::{SignedDuration, Timestamp};

use super::pages::{Book, Offer};
use crate::book::StoreId;
use crate::text::words;

/// What a shop shows to whoever asks for the book.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shows {
    /// No page: 404.
    Missing,
    /// The product page with an offer.
    Product(Offer),
    /// A bot check with status 200.
    BotCheck,
}

/// From this moment on, this shop shows that.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scene {
    /// Since when.
    pub from: Timestamp,
    /// Which shop.
    pub store: StoreId,
    /// What.
    pub shows: Shows,
    /// What happens, in a few words for whoever watches.
    pub caption: String,
}

/// A book, the shops that should sell it, and what they show over time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Script {
    /// The book.
    pub book: Book,
    /// The day on which distribution is enabled.
    pub enabled: Date,
    /// The first moment of the play.
    pub begins: Timestamp,
    /// When the author clicks "Publish" at KDP.
    pub kdp_published: Timestamp,
    /// The last moment of the play.
    pub ends: Timestamp,
    /// The shops, in the order in which people see them.
    pub stores: Vec<StoreId>,
    /// The scenes, in the order of time.
    pub scenes: Vec<Scene>,
}

const AMAZON: &str = "amazon.com";
const BARNES_NOBLE: &str = "barnesandnoble.com";
const BOOKSHOP: &str = "bookshop.org";

/// How long things take in a launch. The caption of each scene says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Delays {
    /// Hours from enabling until Barnes & Noble has a page.
    barnes_noble_lists: i64,
    /// Hours from enabling until Amazon has one, without a way to order.
    amazon_lists: i64,
    /// Hours from enabling until Bookshop.org has one.
    bookshop_lists: i64,
    /// Hours that Amazon shows "currently unavailable".
    amazon_unavailable: i64,
    /// Hours from Amazon's first pre-order until it asks whether we are a robot.
    bot_check_after: i64,
    /// Hours that it asks.
    bot_check: i64,
    /// Hours before publication day at which Barnes & Noble drops the pre-order label.
    early: i64,
    /// Hours that Amazon takes to go over from Ingram to KDP.
    switch: i64,
    /// Hours from publication day until Bookshop.org sells the book.
    late: i64,
}

impl Delays {
    /// Those of the launch that is told when nobody asks for another.
    const TOLD: Self = Self {
        barnes_noble_lists: 141,
        amazon_lists: 375,
        bookshop_lists: 479,
        amazon_unavailable: 348,
        bot_check_after: 201,
        bot_check: 24,
        early: 254,
        switch: 48,
        late: 129,
    };

    /// Others, as they are usual: each between a good and a bad case of `config/windows.toml`.
    /// They follow from the seed alone, and keep the order of what a store shows.
    fn drawn(seed: u64) -> Self {
        let mut chance = fastrand::Rng::with_seed(seed);
        let mut days = |from: i64, until: i64| chance.i64(from * 24..until * 24);
        Self {
            barnes_noble_lists: days(3, 12),
            amazon_lists: days(10, 24),
            bookshop_lists: days(12, 30),
            amazon_unavailable: days(2, 20),
            bot_check_after: days(2, 7),
            bot_check: days(1, 3),
            early: days(1, 12),
            switch: days(1, 4),
            late: days(1, 8),
        }
    }
}

/// Publication day begins so, for the shops: midnight UTC.
fn publication() -> Timestamp {
    winter(2, 9, 0)
}

/// What the shops show, in the order of time.
fn scenes(begins: Timestamp, delays: &Delays) -> Vec<Scene> {
    let listed = later(begins, delays.amazon_lists);
    let mut scenes = [
        at_amazon(listed, delays),
        at_barnes_noble(begins, delays),
        at_bookshop(begins, delays),
    ]
    .concat();
    scenes.sort_by_key(|scene| scene.from);
    scenes
}

fn at_amazon(listed: Timestamp, delays: &Delays) -> Vec<Scene> {
    let taken = later(listed, delays.amazon_unavailable);
    let asked = later(taken, delays.bot_check_after);
    let switched = later(publication(), 14);
    let waited = days(delays.amazon_unavailable);
    let product = |offer| Shows::Product(offer);
    vec![
        scene(
            (listed, AMAZON, product(Offer::OutOfStock)),
            "Amazon lists it as “currently unavailable”",
        ),
        scene(
            (taken, AMAZON, product(Offer::PreOrder)),
            format!("Amazon takes pre-orders, after {waited} of “unavailable”"),
        ),
        scene(
            (asked, AMAZON, Shows::BotCheck),
            "Amazon asks whether we are a robot",
        ),
        scene(
            (
                later(asked, delays.bot_check),
                AMAZON,
                product(Offer::PreOrder),
            ),
            "Amazon shows the page again",
        ),
        scene(
            (switched, AMAZON, product(Offer::OutOfStock)),
            "Publication day: Amazon goes over from Ingram to KDP",
        ),
        scene(
            (
                later(switched, delays.switch),
                AMAZON,
                product(Offer::InStock),
            ),
            "Amazon sells the book",
        ),
    ]
}

fn at_barnes_noble(begins: Timestamp, delays: &Delays) -> Vec<Scene> {
    let lists = later(begins, delays.barnes_noble_lists);
    let after = days(delays.barnes_noble_lists);
    vec![
        scene(
            (lists, BARNES_NOBLE, Shows::Product(Offer::PreOrder)),
            format!("Barnes & Noble lists the book, {after} after enabling"),
        ),
        scene(
            (
                later(publication(), -delays.early),
                BARNES_NOBLE,
                Shows::Product(Offer::InStock),
            ),
            "Barnes & Noble drops the pre-order label: copies ship early",
        ),
    ]
}

fn at_bookshop(begins: Timestamp, delays: &Delays) -> Vec<Scene> {
    let lists = later(begins, delays.bookshop_lists);
    let (after, late) = (days(delays.bookshop_lists), days(delays.late));
    vec![
        scene(
            (lists, BOOKSHOP, Shows::Product(Offer::PreOrder)),
            format!("Bookshop.org lists it as a pre-order, {after} after enabling"),
        ),
        scene(
            (
                later(publication(), delays.late),
                BOOKSHOP,
                Shows::Product(Offer::InStock),
            ),
            format!("Bookshop.org sells it too, {late} late"),
        ),
    ]
}

fn scene((from, store, shows): (Timestamp, &str, Shows), caption: impl Into<String>) -> Scene {
    Scene {
        from,
        store: StoreId::new(store),
        shows,
        caption: caption.into(),
    }
}

/// So many hours after a moment, or before it.
fn later(moment: Timestamp, hours: i64) -> Timestamp {
    moment + SignedDuration::from_hours(hours)
}

/// Hours as days, in words.
fn days(hours: i64) -> String {
    words::count((hours + 12) / 24, "day")
}

impl Script {
    /// The launch of the demonstration: ten and a half weeks, from enabling distribution on
    /// 7 December 2026 to a week and a half after publication on 9 February 2027.
    pub fn launch(book: Book) -> Self {
        Self::with(book, &Delays::TOLD)
    }

    /// Another launch of the same book: the stores take other times, which follow from the seed.
    pub fn drawn(book: Book, seed: u64) -> Self {
        Self::with(book, &Delays::drawn(seed))
    }

    fn with(book: Book, delays: &Delays) -> Self {
        let begins = winter(12, 7, 12);
        Self {
            book,
            enabled: date(2026, 12, 7),
            begins,
            kdp_published: winter(2, 9, 13),
            ends: winter(2, 19, 12),
            stores: [AMAZON, BARNES_NOBLE, BOOKSHOP].map(StoreId::new).to_vec(),
            scenes: scenes(begins, delays),
        }
    }

    /// What a shop shows at a moment: the newest scene there, or no page before the first.
    pub fn shown(&self, store: &StoreId, at: Timestamp) -> Shows {
        self.scenes
            .iter()
            .rev()
            .find(|scene| scene.store == *store && scene.from <= at)
            .map_or(Shows::Missing, |scene| scene.shows)
    }

    /// The scenes that begin after one moment and not after another.
    pub fn scenes_between(
        &self,
        after: Timestamp,
        until: Timestamp,
    ) -> impl Iterator<Item = &Scene> {
        self.scenes
            .iter()
            .filter(move |scene| after < scene.from && scene.from <= until)
    }
}

/// A moment of the winter 2026/27.
fn winter(month: i8, day: i8, hour: i8) -> Timestamp {
    let year = if month == 12 { 2026 } else { 2027 };
    date(year, month, day)
        .at(hour, 0, 0, 0)
        .to_zoned(jiff::tz::TimeZone::UTC)
        .map_or(Timestamp::UNIX_EPOCH, |moment| moment.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn book() -> Book {
        Book {
            title: "Salt Roads".to_owned(),
            author: "Jane Roe".to_owned(),
            publisher: "Saltmarsh Press".to_owned(),
            isbn: "978-1-944098-11-7".parse().unwrap(),
            price: "$16.99".to_owned(),
            publication_date: date(2027, 2, 9),
        }
    }

    /// What a store shows, one after the other.
    fn shown(script: &Script, store: &str) -> Vec<Shows> {
        let scenes = script.scenes.iter();
        let own = scenes.filter(|scene| scene.store.as_str() == store);
        own.map(|scene| scene.shows).collect()
    }

    #[test]
    fn every_drawn_launch_tells_the_same_story_in_its_own_time_and_ends_well() {
        let told = Script::launch(book());
        for seed in 0..500 {
            let script = Script::drawn(book(), seed);
            assert_eq!(script, Script::drawn(book(), seed));
            assert_ne!(script.scenes, told.scenes);
            for store in [AMAZON, BARNES_NOBLE, BOOKSHOP] {
                assert_eq!(shown(&script, store), shown(&told, store), "seed {seed}");
            }
            let last = script.scenes.last().map(|scene| scene.from);
            assert!(last < Some(script.ends), "seed {seed}");
            assert!(script.scenes.is_sorted_by_key(|scene| scene.from));
        }
    }
}
