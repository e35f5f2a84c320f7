//! A launch as it goes wrong in small ways and comes right: which shop shows what, from when on.

use jiff::Timestamp;
use jiff::civil::{Date, date};

use super::pages::{Book, Offer};
use crate::book::StoreId;

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
    pub caption: &'static str,
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

/// Month, day and hour (UTC) of the winter 2026/27, the shop, what it shows, and the caption.
type Line = (i8, i8, i8, &'static str, Shows, &'static str);

const LAUNCH: &[Line] = &[
    (
        12,
        13,
        9,
        BARNES_NOBLE,
        Shows::Product(Offer::PreOrder),
        "Barnes & Noble lists the book, six days after enabling",
    ),
    (
        12,
        23,
        3,
        AMAZON,
        Shows::Product(Offer::OutOfStock),
        "Amazon lists it as “currently unavailable”",
    ),
    (
        12,
        27,
        11,
        BOOKSHOP,
        Shows::Product(Offer::PreOrder),
        "Bookshop.org lists it, as a pre-order",
    ),
    (
        1,
        6,
        15,
        AMAZON,
        Shows::Product(Offer::PreOrder),
        "Amazon takes pre-orders, after a fortnight of “unavailable”",
    ),
    (
        1,
        15,
        0,
        AMAZON,
        Shows::BotCheck,
        "Amazon asks whether we are a robot",
    ),
    (
        1,
        16,
        0,
        AMAZON,
        Shows::Product(Offer::PreOrder),
        "Amazon shows the page again",
    ),
    (
        1,
        29,
        10,
        BARNES_NOBLE,
        Shows::Product(Offer::InStock),
        "Barnes & Noble drops the pre-order label: copies ship early",
    ),
    (
        2,
        9,
        14,
        AMAZON,
        Shows::Product(Offer::OutOfStock),
        "Publication day: Amazon goes over from Ingram to KDP",
    ),
    (
        2,
        11,
        14,
        AMAZON,
        Shows::Product(Offer::InStock),
        "Amazon sells the book",
    ),
    (
        2,
        14,
        9,
        BOOKSHOP,
        Shows::Product(Offer::InStock),
        "Bookshop.org sells it too, five days late",
    ),
];

impl Script {
    /// The launch of the demonstration: ten and a half weeks, from enabling distribution on
    /// 7 December 2026 to a week and a half after publication on 9 February 2027.
    #[must_use]
    pub fn launch(book: Book) -> Self {
        let scenes = LAUNCH
            .iter()
            .map(|(month, day, hour, store, shows, caption)| Scene {
                from: winter(*month, *day, *hour),
                store: StoreId::new(store),
                shows: *shows,
                caption,
            });
        Self {
            book,
            enabled: date(2026, 12, 7),
            begins: winter(12, 7, 12),
            kdp_published: winter(2, 9, 13),
            ends: winter(2, 19, 12),
            stores: [AMAZON, BARNES_NOBLE, BOOKSHOP].map(StoreId::new).to_vec(),
            scenes: scenes.collect(),
        }
    }

    /// What a shop shows at a moment: the newest scene there, or no page before the first.
    #[must_use]
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
