//! What users taught the reader in their configuration, beside what it comes with.

#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "only the meanings that stand for a state are named"
)]

use std::collections::BTreeMap;
use std::ops::Range;

use crate::book::{Availability, EditionId, Family, Format, StoreId, storefront};
use crate::config::Problem;
use crate::config::plan::{Phrase, StorePlan};
use crate::config::presets::preset;
use crate::page::Wanted;
use crate::page::wording::{Hit, Meaning, PhraseText, Wording};

/// Words and places that users added, by store.
#[derive(Debug, Clone, Default)]
pub struct Lessons {
    stores: BTreeMap<StoreId, Taught>,
}

#[derive(Debug, Clone)]
struct Taught {
    wording: Option<Wording>,
    buy_area: Option<String>,
    currency: Option<String>,
    pattern: Option<String>,
}

impl Lessons {
    /// What the stores of a configuration say about their pages.
    pub fn of(stores: &[StorePlan]) -> Self {
        let stores = stores
            .iter()
            .map(|store| (store.id.clone(), taught(store)))
            .collect();
        Self { stores }
    }

    /// The words to look for at a store.
    pub fn wording(&self, store: &StoreId) -> &Wording {
        self.stores
            .get(store)
            .and_then(|taught| taught.wording.as_ref())
            .unwrap_or_else(|| Wording::shipped())
    }

    /// The part of the page in which a copy is bought, as a CSS selector.
    pub fn buy_area(&self, store: &StoreId) -> Option<&str> {
        self.stores.get(store)?.buy_area.as_deref()
    }

    /// The currency of a price whose mark many currencies share, ISO 4217.
    pub fn currency(&self, store: &StoreId) -> &str {
        self.stores
            .get(store)
            .and_then(|taught| taught.currency.as_deref())
            .or_else(|| Some(storefront::find(store.as_str())?.currency))
            .or_else(|| Some(preset(store)?.own.as_ref()?.currency.as_str()))
            .unwrap_or("USD")
    }

    /// The path and query of the edition's page that follow from its ISBN alone: what is asked for
    /// where nobody gave an address.
    pub(super) fn made_path(&self, store: &StoreId, wanted: &Wanted) -> Option<String> {
        let isbn = wanted.isbn.as_ref()?;
        if let Some(known) = storefront::find(store.as_str()) {
            let id = EditionId::from(isbn.clone());
            return known.path_for(&id, None, Format::Paperback).ok();
        }
        let taught = self.stores.get(store);
        let pattern = taught
            .and_then(|taught| taught.pattern.as_deref())
            .or_else(|| preset(store)?.own.as_ref()?.pattern.as_deref())?;
        let path = pattern.replace("{isbn13}", isbn.as_str());
        match isbn.to_isbn10() {
            Some(isbn10) => Some(path.replace("{isbn10}", isbn10.as_str())),
            None => Some(path),
        }
    }
}

fn taught(store: &StorePlan) -> Taught {
    let phrases: Vec<PhraseText> = store.phrases.iter().map(phrase).collect();
    Taught {
        wording: (!phrases.is_empty()).then(|| Wording::taught(&phrases)),
        buy_area: store.buy_area.clone(),
        currency: store.own.as_ref().map(|own| own.currency.clone()),
        pattern: store.own.as_ref().and_then(|own| own.pattern.clone()),
    }
}

fn phrase(phrase: &Phrase) -> PhraseText {
    PhraseText {
        means: meaning(phrase.availability),
        text: phrase.words.clone(),
        at: None,
        whole: false,
        source: None,
        unverified: false,
    }
}

/// The meaning that stands for a state in a user's phrase.
fn meaning(state: Availability) -> Meaning {
    match state {
        Availability::NotListed => Meaning::NotFound,
        Availability::Announced => Meaning::NotYetPublished,
        Availability::PreOrder => Meaning::PreOrder,
        Availability::InStock => Meaning::InStock,
        Availability::ShipsLater => Meaning::ShipsLater,
        Availability::BackOrder => Meaning::BackOrder,
        Availability::ThirdPartyOnly => Meaning::OtherSellers,
        Availability::OutOfStock => Meaning::OutOfStock,
        Availability::Discontinued => Meaning::Discontinued,
    }
}

/// A taught phrase that would do harm.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Objection {
    /// It is found in any text, or in none.
    #[error("`{phrase}` ({store}) has no words of its own, so it would be found anywhere")]
    Empty {
        /// The store.
        store: StoreId,
        /// The phrase.
        phrase: String,
        /// Where it stands in the file, in bytes.
        span: Range<usize>,
    },
    /// A shipped phrase is found in it, or it in a shipped phrase, which says something else.
    #[error(
        "`{phrase}` ({store}) is to mean {taught}, but the shipped phrase `{shipped}` means {known}"
    )]
    Contradiction {
        /// The store.
        store: StoreId,
        /// The phrase.
        phrase: String,
        /// What it should mean.
        taught: &'static str,
        /// The shipped phrase.
        shipped: String,
        /// What that one means.
        known: &'static str,
        /// Where the taught one stands in the file, in bytes.
        span: Range<usize>,
    },
}

impl Objection {
    /// The objection as a fault of the configuration, with its place and what to do.
    pub fn problem(&self) -> Problem {
        let problem = Problem::error(self.to_string());
        match self {
            Self::Empty { span, .. } => problem
                .at(span.clone(), "")
                .because("`{n}`, `{date}`, `{time}` and `{name}` stand for any words")
                .remedy("add words that the page always shows, as \"ships on {date}\""),
            Self::Contradiction { span, known, .. } => problem
                .at(span.clone(), "")
                .because("a page that says the one would be read as the other")
                .remedy(format!(
                    "write more of the sentence, or move it to `{known}`"
                ))
                .remedy("if the store really uses it so, please report it"),
        }
    }
}

/// Every taught phrase that would do harm, in the order of the configuration.
pub fn objections(stores: &[StorePlan]) -> Vec<Objection> {
    let of_store = |store: &StorePlan| {
        let found = store
            .phrases
            .iter()
            .filter_map(|phrase| objection(store, phrase));
        found.collect::<Vec<_>>()
    };
    stores.iter().flat_map(of_store).collect()
}

fn objection(store: &StorePlan, phrase: &Phrase) -> Option<Objection> {
    use crate::page::wording::Phrase as Ready;

    let written = phrase.words.clone();
    if Ready::new("", self::phrase(phrase)).is_empty() {
        return Some(Objection::Empty {
            store: store.id.clone(),
            phrase: written,
            span: phrase.span.clone(),
        });
    }
    let (shipped, known) = contradicted(&written, phrase, store.id.family())?;
    Some(Objection::Contradiction {
        store: store.id.clone(),
        phrase: written,
        taught: phrase.availability.name(),
        shipped,
        known: known.name(),
        span: phrase.span.clone(),
    })
}

/// The shipped phrase of another state that is found in this one, or that this one is found in:
/// "back in stock" is a part of "we don't know when this will be back in stock". What nobody has
/// verified contradicts nobody.
fn contradicted(written: &str, phrase: &Phrase, family: Family) -> Option<(String, Availability)> {
    let other = |meaning| state_of(meaning).filter(|known| *known != phrase.availability);
    let within = Wording::shipped()
        .state(written, family)
        .filter(Hit::is_verified)
        .and_then(|hit| Some((hit.phrase.written.text.clone(), other(hit.meaning())?)));
    within.or_else(|| {
        let alone = Wording::taught(&[self::phrase(phrase)]);
        Wording::shipped()
            .phrases()
            .iter()
            .filter(|known| known.is_for(family) && !known.written.unverified)
            .filter(|known| alone.own(&known.written.text).is_some())
            .find_map(|known| Some((known.written.text.clone(), other(known.written.means)?)))
    })
}

/// The state that a phrase stands for by itself; `None` where a button beside it decides.
pub(super) fn state_of(meaning: Meaning) -> Option<Availability> {
    Availability::ALL
        .into_iter()
        .filter(|state| *state != Availability::NotListed)
        .find(|state| self::meaning(*state) == meaning)
        .or(match meaning {
            Meaning::LowStock => Some(Availability::InStock),
            Meaning::RestockDate => Some(Availability::BackOrder),
            _ => None,
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config;
    use crate::page::{Page, Reading, Wanted};
    use crate::stores::read_closely;

    fn store(id: &str, state: Availability, words: &str) -> StorePlan {
        let mut store = StorePlan::plain(StoreId::new(id));
        store.phrases.push(Phrase {
            availability: state,
            words: words.to_owned(),
            span: 0..0,
        });
        store
    }

    #[track_caller]
    fn check(id: &str, state: Availability, words: &str, expected: Option<&str>) {
        let found = objections(&[store(id, state, words)]);
        let found = found.first().map(ToString::to_string);
        match expected {
            None => assert_eq!(found, None),
            Some(part) => assert!(found.clone().unwrap().contains(part), "{found:?}"),
        }
    }

    #[test]
    fn phrases_that_would_do_harm_are_refused() {
        check(
            "books.example",
            Availability::InStock,
            "in our warehouse",
            None,
        );
        check("amazon.com", Availability::InStock, "in stock now", None);
        check(
            "books.example",
            Availability::InStock,
            "{n}",
            Some("no words of its own"),
        );
        check(
            "amazon.com",
            Availability::InStock,
            "currently unavailable",
            Some("means out_of_stock"),
        );
        check(
            "books.example",
            Availability::InStock,
            "back in stock",
            Some("is to mean in_stock"),
        );
        check(
            "books.example",
            Availability::OutOfStock,
            "no copies left",
            None,
        );
    }

    #[test]
    fn a_store_is_read_with_its_own_words_and_currency() {
        let plan = store("books.example", Availability::OutOfStock, "gone fishing");
        let lessons = Lessons::of(&[plan]);
        let own = StoreId::new("books.example");
        let hit = lessons.wording(&own).own("Sorry, gone fishing.").unwrap();
        assert_eq!(hit.meaning(), Meaning::OutOfStock);
        assert!(
            lessons
                .wording(&StoreId::new("amazon.com"))
                .own("gone fishing")
                .is_none()
        );
        assert_eq!(lessons.currency(&StoreId::new("amazon.co.jp")), "JPY");
    }

    const TAUGHT: &str = "
        [author]
        name = 'Jane Roe'
        email = 'jane@example.com'
        timezone = 'UTC'
        [[edition]]
        title = 'Salt Roads'
        isbn = '9781944098117'
        publication_date = 2027-02-09
        distribution_enabled = 2026-12-01
        stores = ['books.example.com', 'barnesandnoble.com']
        [[store]]
        name = 'books.example.com'
        address = '/book/{isbn13}'
        [store.selectors]
        buy_area = '#buy'
        [store.words]
        pre_order = ['bespeak your copy']
        in_stock = ['on our shelves']
    ";

    #[track_caller]
    fn check_taught(words: &str, expected: Option<Availability>) {
        let today = jiff::civil::date(2026, 12, 24);
        let (plan, _) = config::check(TAUGHT, "pubwatch.toml", today).unwrap();
        let lessons = Lessons::of(&plan.stores);
        let store = StoreId::new("books.example.com");
        let body = format!(
            "<html><head><title>Salt Roads</title>\
             <meta property='book:isbn' content='9781944098117'></head>\
             <body><h1>Salt Roads</h1><p>On our shelves: other books</p>\
             <div id='buy'><span>{words}</span></div></body></html>"
        );
        let page = Page {
            store: &store,
            address: None,
            status: 200,
            headers: &[],
            body: &body,
        };
        let wanted = Wanted {
            isbn: plan.editions[0].edition.id.isbn().cloned(),
            ..Wanted::default()
        };
        let availability = match read_closely(&page, &wanted, &lessons).reading {
            Reading::Says(says) => Some(says.availability),
            Reading::Unread(_) => None,
        };
        assert_eq!(availability, expected, "{words}");
    }

    #[test]
    fn the_path_that_follows_from_the_number_is_known_of_every_kind_of_store() {
        let today = jiff::civil::date(2026, 12, 24);
        let (plan, _) = config::check(TAUGHT, "pubwatch.toml", today).unwrap();
        let lessons = Lessons::of(&plan.stores);
        let wanted = Wanted {
            isbn: "9781944098117".parse().ok(),
            ..Wanted::default()
        };
        let check = |store: &str, expected: Option<&str>| {
            let path = lessons.made_path(&StoreId::new(store), &wanted);
            assert_eq!(path.as_deref(), expected, "{store}");
        };
        check("books.example.com", Some("/book/9781944098117"));
        check("blackwells.co.uk", Some("/bookshop/product/9781944098117"));
        check("barnesandnoble.com", Some("/w/?ean=9781944098117"));
        check("thalia.de", None);
        let store = StoreId::new("bookshop.org");
        assert_eq!(lessons.made_path(&store, &Wanted::default()), None);
    }

    #[test]
    fn the_users_words_are_read_in_the_users_buy_area_only() {
        check_taught("Bespeak your copy today", Some(Availability::PreOrder));
        check_taught("On our shelves", Some(Availability::InStock));
        check_taught("Something else", None);
    }
}
