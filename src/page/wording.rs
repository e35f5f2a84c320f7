//! The words that stores use, per language, and finding them in a text.
//!
//! The shipped words are data: `config/wording/<language>.toml`, one file a language, each phrase
//! with its source or the mark that nobody has verified it. Users add phrases of their own.
//!
//! Phrases of all languages are searched at once, in the order of [`Meaning`]: refusing ones come
//! before offering ones, so that "currently unavailable … back in stock" is never *in stock*, and
//! a page in another language than its store's is still understood.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use super::dom::collapse;
use super::pattern::Pattern;
use crate::book::Family;

/// What a phrase means, in the order in which meanings are looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Meaning {
    /// "This item cannot be shipped to your selected delivery location."
    NotShippedHere,
    /// "To buy, select size": the page does not say for which article.
    ChooseVariant,
    /// "Exclusively for Prime members": not offered to a visitor like us.
    PrimeOnly,
    /// No order, for good.
    Discontinued,
    /// No order.
    OutOfStock,
    /// Out of stock for a while; orderable at some stores as long as the button is there.
    TemporarilyOut,
    /// An order now, delivery from the date on.
    PreOrder,
    /// Not yet published, and nothing is said about orders.
    NotYetPublished,
    /// An order now although the stock is out: Bookshop.org, Barnes & Noble.
    BackOrder,
    /// Only other sellers have it.
    OtherSellers,
    /// "In stock on June 3, 2026": an order now, the stock comes later.
    RestockDate,
    /// "Usually ships within 1 to 3 weeks."
    ShipsLater,
    /// "Only 2 left in stock."
    LowStock,
    /// In stock.
    InStock,
    /// The label of the button that puts a copy into the cart.
    AddToCart,
    /// The label of the button that orders at once.
    BuyNow,
    /// The label of either button when the book is not yet out.
    PreOrderButton,
    /// The label of a button that orders nothing: "Notify me".
    NotifyMe,
    /// What stands before the seller's name.
    SoldBy,
    /// What stands before the shipper's name.
    ShipsFrom,
    /// What stands before a name that is both.
    ShippedAndSoldBy,
    /// What a captcha page asks.
    Captcha,
    /// What a page says that stands in for a missing one.
    NotFound,
}

impl Meaning {
    /// The meanings that say what is offered, in the order in which they are looked for.
    pub const STATES: [Self; 14] = [
        Self::NotShippedHere,
        Self::ChooseVariant,
        Self::PrimeOnly,
        Self::Discontinued,
        Self::OutOfStock,
        Self::TemporarilyOut,
        Self::PreOrder,
        Self::NotYetPublished,
        Self::BackOrder,
        Self::OtherSellers,
        Self::RestockDate,
        Self::ShipsLater,
        Self::LowStock,
        Self::InStock,
    ];

    /// What it stands for, in words.
    fn words(self) -> &'static str {
        match self {
            Self::NotShippedHere => "not delivered to where we ask from",
            Self::ChooseVariant => "that a variant must be chosen first",
            Self::PrimeOnly => "for members only",
            Self::Discontinued => "no order, for good",
            Self::OutOfStock => "no order",
            Self::TemporarilyOut => "out of stock for a while",
            Self::PreOrder => "pre-order",
            Self::NotYetPublished => "not yet published",
            Self::BackOrder => "an order although stock is out",
            Self::OtherSellers => "only other sellers",
            Self::RestockDate => "an order now, stock later",
            Self::ShipsLater => "a long way to delivery",
            Self::LowStock => "few copies in stock",
            Self::InStock => "in stock",
            Self::AddToCart => "a button that orders",
            Self::BuyNow => "a button that orders at once",
            Self::PreOrderButton => "a button for a pre-order",
            Self::NotifyMe => "a button for news",
            Self::SoldBy => "the seller",
            Self::ShipsFrom => "the shipper",
            Self::ShippedAndSoldBy => "the seller who also ships",
            Self::Captcha => "a wall",
            Self::NotFound => "a missing page",
        }
    }

    /// A negation before the phrase turns it round: "not in stock", "back in stock".
    fn is_undone_by_negation(self) -> bool {
        matches!(
            self,
            Self::InStock | Self::LowStock | Self::PreOrder | Self::ShipsLater | Self::BackOrder
        )
    }
}

/// At which stores a phrase is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum At {
    /// Amazon's marketplaces.
    Amazon,
    /// Barnes & Noble.
    BarnesNoble,
    /// Bookshop.org, US and UK.
    Bookshop,
    /// Any store without a reader of its own.
    Other,
}

impl At {
    fn family(self) -> Family {
        match self {
            Self::Amazon => Family::Amazon,
            Self::BarnesNoble => Family::BarnesNoble,
            Self::Bookshop => Family::Bookshop,
            Self::Other => Family::Other,
        }
    }
}

/// A phrase as a wording file or a user writes it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PhraseText {
    /// What it means.
    pub means: Meaning,
    /// The words, in lower case; `{n}` stands for a number, `{date}` and `{time}` for a date or a
    /// length of time, `{name}` for a name.
    pub text: String,
    /// Only there; everywhere when it is left out.
    #[serde(default)]
    pub at: Option<At>,
    /// The words must be all that the place says.
    #[serde(default)]
    pub whole: bool,
    /// Where they were seen.
    #[serde(default)]
    pub source: Option<String>,
    /// Nobody has seen them; a reading that rests on them is only likely.
    #[serde(default)]
    pub unverified: bool,
}

/// A phrase that is ready to be looked for.
#[derive(Debug, Clone)]
pub struct Phrase {
    /// The language, ISO 639-1; empty for a user's own phrase.
    pub language: String,
    /// The words as they were written.
    pub written: PhraseText,
    pattern: Pattern,
}

impl Phrase {
    /// Prepares a phrase.
    pub fn new(language: &str, written: PhraseText) -> Self {
        let pattern = Pattern::new(&plain(&written.text));
        Self {
            language: language.to_owned(),
            written,
            pattern,
        }
    }

    /// The phrase is looked for at stores of that family.
    pub fn is_for(&self, family: Family) -> bool {
        self.written.at.is_none_or(|at| at.family() == family)
    }

    /// The phrase would match nothing, or everything.
    pub fn is_empty(&self) -> bool {
        self.pattern.is_empty()
    }
}

/// A wording file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct WordingFile {
    language: String,
    /// Twelve lines, the names of each month in all forms, parted by spaces.
    months: Vec<String>,
    /// Words that turn a following phrase round.
    negations: Vec<String>,
    phrase: Vec<PhraseText>,
}

/// All the words that are known.
#[derive(Debug, Clone, Default)]
pub struct Wording {
    phrases: Vec<Phrase>,
    months: BTreeMap<String, i8>,
    negations: Vec<String>,
}

/// The shipped wording files, by language.
pub const FILES: &[(&str, &str)] = &[
    ("en", include_str!("../../config/wording/en.toml")),
    ("de", include_str!("../../config/wording/de.toml")),
    ("fr", include_str!("../../config/wording/fr.toml")),
    ("it", include_str!("../../config/wording/it.toml")),
    ("es", include_str!("../../config/wording/es.toml")),
    ("nl", include_str!("../../config/wording/nl.toml")),
    ("pt", include_str!("../../config/wording/pt.toml")),
    ("ja", include_str!("../../config/wording/ja.toml")),
    ("sv", include_str!("../../config/wording/sv.toml")),
    ("pl", include_str!("../../config/wording/pl.toml")),
    ("tr", include_str!("../../config/wording/tr.toml")),
    ("zh", include_str!("../../config/wording/zh.toml")),
    ("cs", include_str!("../../config/wording/cs.toml")),
    ("ar", include_str!("../../config/wording/ar.toml")),
];

static SHIPPED: LazyLock<Wording> = LazyLock::new(|| {
    let mut wording = Wording::default();
    for (_, text) in FILES {
        // The files are part of the program, and a test reads every one of them.
        if let Ok(file) = toml::from_str::<WordingFile>(text) {
            wording.add(file);
        }
    }
    wording
});

/// A phrase that was found, and where.
#[derive(Debug, Clone, Copy)]
pub struct Hit<'w> {
    /// The phrase.
    pub phrase: &'w Phrase,
    /// Where in the plain text it begins, in bytes.
    pub start: usize,
    /// Where in the plain text it ends, in bytes.
    pub end: usize,
}

impl Hit<'_> {
    /// What the phrase means.
    pub fn meaning(&self) -> Meaning {
        self.phrase.written.means
    }

    /// The phrase, whose it is, and what it means, for people who ask why.
    pub fn described(&self) -> String {
        let written = &self.phrase.written;
        let origin = match (self.phrase.language.as_str(), written.unverified) {
            ("", _) => "your own phrase",
            (_, true) => "a shipped phrase that nobody has verified",
            (_, false) => "a shipped phrase",
        };
        let meaning = written.means.words();
        format!("“{}” means {meaning} ({origin})", written.text)
    }

    /// Somebody has seen these words at a store.
    pub fn is_verified(&self) -> bool {
        !self.phrase.written.unverified
    }
}

impl Wording {
    /// The words that come with the program.
    pub fn shipped() -> &'static Self {
        &SHIPPED
    }

    /// The shipped words and a user's own, which are looked for first within their meaning.
    pub fn taught(own: &[PhraseText]) -> Self {
        let mut wording = Self::shipped().clone();
        let own = own.iter().cloned().map(|text| Phrase::new("", text));
        wording.phrases.splice(0..0, own);
        wording
    }

    fn add(&mut self, file: WordingFile) {
        for (number, names) in (1..=12).zip(&file.months) {
            for name in names.split_whitespace() {
                self.months.insert(name.to_lowercase(), number);
            }
        }
        self.negations.extend(file.negations);
        for text in file.phrase {
            self.phrases.push(Phrase::new(&file.language, text));
        }
    }

    /// Every phrase, a user's own first.
    pub fn phrases(&self) -> &[Phrase] {
        &self.phrases
    }

    /// The number of the month of that name, in any of the languages.
    pub fn month(&self, name: &str) -> Option<i8> {
        self.months.get(name).copied()
    }

    /// The first phrase in the text that says what is offered, refusing meanings first.
    pub fn state(&self, text: &str, family: Family) -> Option<Hit<'_>> {
        self.find(text, family, &Meaning::STATES)
    }

    /// The first of the user's own phrases, in their order, that the text holds.
    pub fn own(&self, text: &str) -> Option<Hit<'_>> {
        let text = plain(text);
        self.phrases
            .iter()
            .take_while(|phrase| phrase.language.is_empty())
            .find_map(|phrase| self.find_one(phrase, &text))
    }

    /// The text says that, somewhere.
    pub fn says(&self, text: &str, family: Family, meaning: Meaning) -> bool {
        self.find(text, family, &[meaning]).is_some()
    }

    /// The first phrase with one of these meanings, in the order given.
    pub fn find(&self, text: &str, family: Family, meanings: &[Meaning]) -> Option<Hit<'_>> {
        let text = plain(text);
        if text.is_empty() {
            return None;
        }
        meanings.iter().find_map(|meaning| {
            self.phrases
                .iter()
                .filter(|phrase| phrase.written.means == *meaning && phrase.is_for(family))
                .find_map(|phrase| self.find_one(phrase, &text))
        })
    }

    fn find_one<'w>(&'w self, phrase: &'w Phrase, text: &str) -> Option<Hit<'w>> {
        let mut from = 0;
        while let Some((start, end)) = phrase.pattern.find(text, from) {
            let negated = phrase.written.means.is_undone_by_negation()
                && self.is_negation(text.get(..start).unwrap_or_default());
            let whole = !phrase.written.whole || is_all(text, start, end);
            if !negated && whole {
                return Some(Hit { phrase, start, end });
            }
            from = start + text[start..].chars().next().map_or(1, char::len_utf8);
        }
        None
    }

    /// One of the last two words is a negation.
    fn is_negation(&self, before: &str) -> bool {
        before
            .split(|character: char| !character.is_alphanumeric() && character != '\'')
            .rev()
            .filter(|word| !word.is_empty())
            .take(2)
            .any(|word| self.negations.iter().any(|negation| negation == word))
    }
}

fn is_all(text: &str, start: usize, end: usize) -> bool {
    let outside = |part: Option<&str>| {
        part.unwrap_or_default()
            .chars()
            .all(|character| !character.is_alphanumeric())
    };
    outside(text.get(..start)) && outside(text.get(end..))
}

/// The form in which texts are compared: lower case, white space collapsed, typographic
/// apostrophes and dashes made plain.
pub fn plain(text: &str) -> String {
    collapse(text)
        .chars()
        .flat_map(char::to_lowercase)
        .map(|character| match character {
            '’' | '‘' | 'ʼ' | '´' => '\'',
            '–' | '—' | '‑' | '‐' => '-',
            other => other,
        })
        .collect()
}

#[cfg(test)]
mod tests;
