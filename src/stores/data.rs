//! What the structured data of a page says of the edition: JSON-LD and microdata, each part for
//! the edition that it names.

use super::Look;
use crate::book::{Availability, Isbn13};
use crate::page::dates::{DayOrder, first_date};
use crate::page::identity::Found;
use crate::page::product::{Offer, Place, Product, Word, agreed};
use crate::page::{Reading, Says, json_ld, microdata};

/// The products of a page's data.
pub(super) struct Data {
    /// Of its JSON-LD.
    pub(super) json: Vec<Product>,
    /// Of its microdata.
    pub(super) micro: Vec<Product>,
}

/// What one kind of data says of the edition.
#[derive(Default)]
pub(super) struct Spoken<'p> {
    /// The product that speaks, or would if it had an offer.
    pub(super) product: Option<&'p Product>,
    /// What is offered.
    pub(super) offer: Option<Offer>,
    /// What offers say that say different things.
    disagreement: Option<String>,
}

impl Data {
    /// The data of the page. Blocks that cannot be read are said in the trace.
    pub(super) fn of(look: &mut Look<'_>) -> Self {
        let json_ld::Data { products, broken } = json_ld::data(look.tree);
        for (number, beginning) in broken {
            let place = format!("script[type=application/ld+json], no. {number}");
            let seen = format!("no JSON, left out: {beginning}");
            look.trace.saw("data/broken-json-ld", &place, &seen);
        }
        Self {
            json: products,
            micro: microdata::products(look.tree, look.currency),
        }
    }

    /// Both kinds.
    pub(super) fn all(&self) -> [&[Product]; 2] {
        [&self.json, &self.micro]
    }

    /// It is about books, none of which is the page's: what stands beside it may be theirs.
    pub(super) fn names_only_others(&self, found: &Found) -> bool {
        let products = self.all().into_iter().flatten();
        let own = products.filter(|product| product.place != Place::Mentioned);
        let mut named = own
            .filter(|product| product.all_isbns().next().is_some())
            .peekable();
        let is_page_s =
            |product: &Product| product.all_isbns().any(|isbn| found.isbns.contains(isbn));
        named.peek().is_some() && !named.any(is_page_s)
    }

    /// What the JSON-LD says of the edition.
    pub(super) fn by_json(&self, look: &Look<'_>, found: &Found) -> Spoken<'_> {
        spoken(look.wanted.isbn.as_ref(), &self.json, found)
    }

    /// What the microdata says of the edition. Where none of it names the edition, the only part
    /// that offers something without a number speaks, if the page is of the edition (`is_page_s`) and
    /// its heading is that part's: tiles of other books often have no numbers.
    pub(super) fn by_microdata(
        &self,
        look: &Look<'_>,
        found: &Found,
        is_page_s: bool,
    ) -> Spoken<'_> {
        let spoken = spoken(look.wanted.isbn.as_ref(), &self.micro, found);
        if spoken.product.is_some() || !is_page_s {
            return spoken;
        }
        let mut nameless = self
            .micro
            .iter()
            .filter(|product| product.place != Place::Mentioned)
            .filter(|product| product.all_isbns().next().is_none())
            .map(|product| (product, product.word(None)))
            .filter(|(_, word)| *word != Word::Nothing);
        match (nameless.next(), nameless.next()) {
            (Some(only), None) if only.0.is_headed => said_by(std::iter::once(only)),
            _ => spoken,
        }
    }
}

/// What the products that name the edition say of it together; without one, what the only product
/// with an offer says, or the one that the page names.
fn spoken<'p>(wanted: Option<&Isbn13>, products: &'p [Product], found: &Found) -> Spoken<'p> {
    let own = || products.iter().filter(|p| p.place != Place::Mentioned);
    let of = |isbn: &Isbn13| {
        let named: Vec<_> = own()
            .filter(|product| product.names(isbn))
            .map(|product| (product, product.word(Some(isbn))))
            .collect();
        said_by(named.into_iter())
    };
    if let Some(isbn) = wanted {
        return of(isbn);
    }
    let mut offered = own()
        .map(|product| (product, product.word(None)))
        .filter(|(_, word)| *word != Word::Nothing);
    match (offered.next(), offered.next(), found.isbns.as_slice()) {
        (Some(only), None, _) => said_by(std::iter::once(only)),
        (_, _, [only]) => of(only),
        _ => Spoken::default(),
    }
}

fn said_by<'p>(words: impl Iterator<Item = (&'p Product, Word)>) -> Spoken<'p> {
    let mut spoken = Spoken::default();
    let mut offers = Vec::new();
    for (product, word) in words {
        match word {
            Word::Nothing => {}
            Word::Disagrees(words) => spoken.disagreement = Some(words),
            Word::Says(offer) => {
                if offers.is_empty() {
                    spoken.product = Some(product);
                }
                offers.push(*offer);
            }
        }
        spoken.product = spoken.product.or(Some(product));
    }
    match agreed(offers.iter()) {
        Word::Says(offer) if spoken.disagreement.is_none() => spoken.offer = Some(*offer),
        Word::Disagrees(words) => spoken.disagreement = Some(words),
        Word::Says(_) | Word::Nothing => {}
    }
    spoken
}

/// What the JSON-LD of the edition says.
pub(super) fn from_json_ld(look: &mut Look<'_>, spoken: &Spoken<'_>) -> Option<Reading> {
    let place = "script[type=application/ld+json]";
    reading(look, spoken, "data/json-ld", "JSON-LD of the ISBN", place)
}

/// What the microdata of the edition says.
pub(super) fn from_microdata(look: &mut Look<'_>, spoken: &Spoken<'_>) -> Option<Reading> {
    let place = "[itemprop=availability]";
    reading(look, spoken, "data/microdata", place, place)
}

fn reading(
    look: &mut Look<'_>,
    spoken: &Spoken<'_>,
    rule: &'static str,
    looked: &str,
    place: &str,
) -> Option<Reading> {
    let said = spoken.offer.as_ref();
    let words = said.and_then(|offer| offer.availability.clone());
    let disagreement = spoken.disagreement.as_ref();
    let seen = disagreement.map(|words| format!("offers that say different things: {words}"));
    look.trace
        .look(rule, looked, words.as_deref().or(seen.as_deref()));
    let offer = said?;
    let state = dated(offer.state()?, offer, spoken.product?, look);
    let says = Says::new(state, rule, &words?, place);
    Some(Reading::Says(Box::new(says)))
}

/// Out of stock with a release date that its own offer begins later is *announced*: only where the
/// data itself says when it starts.
fn dated(state: Availability, offer: &Offer, product: &Product, look: &Look<'_>) -> Availability {
    let date = |text: &str| first_date(text, look.wording, DayOrder::DayFirst);
    let starts = offer.starts.as_deref().and_then(date);
    let published = product.published.as_deref().and_then(date);
    match (state, starts, published) {
        (Availability::OutOfStock, Some(starts), Some(published)) if starts >= published => {
            Availability::Announced
        }
        (state, _, _) => state,
    }
}

#[cfg(test)]
mod tests {
    use crate::book::StoreId;
    use crate::page::{Page, Wanted};
    use crate::stores::{Lessons, read_closely};

    #[test]
    fn a_block_that_is_no_json_is_said_to_those_who_ask_why() {
        let store = StoreId::new("books.example.com");
        let body = "<script type='application/ld+json'>{\"name\":\"The \"Salt\" Roads\"}</script>";
        let page = Page {
            store: &store,
            address: None,
            status: 200,
            headers: &[],
            body,
        };
        let read = read_closely(&page, &Wanted::default(), &Lessons::default());
        let step = read
            .trace
            .steps()
            .iter()
            .find(|step| step.rule == "data/broken-json-ld");
        let seen = step.and_then(|step| step.seen.clone());
        assert_eq!(
            seen.as_deref(),
            Some("no JSON, left out: {\"name\":\"The \"Salt\" Roads\"}")
        );
    }
}
