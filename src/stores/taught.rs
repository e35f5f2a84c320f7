//! What a configuration teaches the reader: the user's own stores, and phrases for known ones.

use super::Lessons;
use super::rules::{StateWords, StoreRules};
use crate::book::{Availability, Family};
use crate::config::plan::StorePlan;
use crate::page::wording::{At, Meaning, PhraseText};

impl Lessons {
    /// The lessons of the stores of a plan.
    #[must_use]
    pub fn of(stores: &[StorePlan]) -> Self {
        let mut phrases = Vec::new();
        let mut rules = Vec::new();
        for store in stores {
            match family_with_reader(store) {
                Some(at) => phrases.extend(phrases_of(store, at)),
                None => rules.extend(rules_of(store)),
            }
        }
        Self::new(&phrases, rules)
    }
}

/// Where the phrases of a store with a reader of its own are looked for.
fn family_with_reader(store: &StorePlan) -> Option<At> {
    match store.id.family() {
        Family::Amazon => Some(At::Amazon),
        Family::BarnesNoble => Some(At::BarnesNoble),
        Family::Bookshop => Some(At::Bookshop),
        Family::Other => None,
    }
}

fn phrases_of(store: &StorePlan, at: At) -> impl Iterator<Item = PhraseText> {
    store.phrases.iter().map(move |phrase| PhraseText {
        means: meaning_of(phrase.availability),
        text: phrase.words.to_lowercase(),
        at: Some(at),
        whole: false,
        source: None,
        unverified: false,
    })
}

fn meaning_of(availability: Availability) -> Meaning {
    match availability {
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

fn rules_of(store: &StorePlan) -> Option<StoreRules> {
    let own = store.own.as_ref()?;
    let words = store.phrases.iter().map(|phrase| StateWords {
        state: phrase.availability,
        text: phrase.words.clone(),
    });
    Some(StoreRules {
        id: store.id.as_str().to_owned(),
        label: store.label.clone(),
        host: own.host.clone(),
        path: own.pattern.clone().unwrap_or_default(),
        currency: own.currency.clone(),
        buy_area: store.buy_area.clone(),
        words: words.collect(),
        unverified: false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::book::StoreId;
    use crate::config;
    use crate::page::{Page, Reading, Wanted};
    use crate::stores::read_closely;

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
    fn check(words: &str, expected: Option<Availability>) {
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
            isbn: Some(plan.editions[0].edition.isbn.clone()),
            ..Wanted::default()
        };
        let availability = match read_closely(&page, &wanted, &lessons).reading {
            Reading::Says(says) => Some(says.availability),
            Reading::Unread(_) => None,
        };
        assert_eq!(availability, expected, "{words}");
    }

    #[test]
    fn the_users_words_are_read_in_the_users_buy_area_only() {
        check("Bespeak your copy today", Some(Availability::PreOrder));
        check("On our shelves", Some(Availability::InStock));
        check("Something else", None);
    }
}
