//! Whose page it is. What a page says of itself outranks what it mentions: its own numbers, its
//! address, its main entity. An ISBN in a list of recommendations, in a review or in the table of
//! a series proves nothing (jef/streetmerchant#954).

use scraper::ElementRef;

use super::Look;
use super::generic::heading;
use crate::book::{Family, Isbn13};
use crate::page::dom::{ancestry, elements, is_tag};
use crate::page::identity::{Found, Identity};
use crate::page::product::{Place, Product, isbn, isbns_of_address, isbns_of_value};
use crate::page::wording::plain;

/// What the words to search for are called in an address.
const SEARCHED_BY: [&str; 9] = [
    "k", "keyword", "keywords", "q", "query", "s", "search", "term", "text",
];

/// Whose page it is.
pub(super) struct Whose {
    /// The page's own identifiers.
    pub(super) found: Found,
    /// What the comparison with the edition says.
    pub(super) identity: Identity,
    /// The page is of another edition, or of several, and its data names ours as one of the same
    /// work: that part of the data speaks for ours, and nothing else does.
    pub(super) by_part: bool,
}

/// Products that stand within each other in the page's data: a work and its editions.
struct Kin {
    isbns: Vec<Isbn13>,
    names: Vec<String>,
    is_main: bool,
}

impl Kin {
    fn has_one_of(&self, isbns: &[Isbn13]) -> bool {
        isbns.iter().any(|isbn| self.isbns.contains(isbn))
    }
}

/// Whose page it is, by its own numbers (`own`: what the store's reader found where no other book
/// is named), else by its address and its data together, which must not contradict each other.
pub(super) fn whose(
    look: &mut Look<'_>,
    rule: &'static str,
    own: Found,
    data: &[&[Product]],
) -> Whose {
    let kins = kins(look, data);
    let address = address(look, !kins.is_empty());
    let mut found = own;
    let mut contradicts = false;
    if found.is_empty() && !address.is_empty() {
        contradicts = !kins.is_empty() && !kins.iter().any(|kin| kin.has_one_of(&address.isbns));
        found = address;
        if contradicts {
            for isbn in kins.iter().flat_map(|kin| &kin.isbns) {
                found.add_isbn(isbn.as_str());
            }
        }
    } else if found.is_empty()
        && let [only] = kins.as_slice()
    {
        for isbn in &only.isbns {
            found.add_isbn(isbn.as_str());
        }
    }
    let wanted = look.wanted.isbn.as_ref();
    let is_kin = kins.iter().any(|kin| {
        kin.has_one_of(&found.isbns) && wanted.is_some_and(|isbn| kin.isbns.contains(isbn))
    });
    let mut identity = found.compare(look.wanted);
    let is_several = found.isbns.len() > 1;
    let mut by_part = false;
    if contradicts && identity == Identity::Right {
        identity = Identity::Wrong(found.words());
    } else if is_kin && (is_several || matches!(identity, Identity::Wrong(_))) {
        identity = Identity::Right;
        by_part = true;
    }
    let words = identity.words();
    let words = match (by_part, kins.len()) {
        (true, _) => "it is one of the editions in the page's data, which alone speaks for it",
        (false, 2..) if found.is_empty() => "several books, and none is said to be the page's own",
        (false, _) => &words,
    };
    let places = "own numbers, address, main data";
    look.trace
        .saw(rule, places, &format!("{}; {words}", found.words()));
    Whose {
        found,
        identity,
        by_part,
    }
}

/// The form around a button names another book than the one that was asked for.
pub(super) fn is_for_another(button: ElementRef<'_>, look: &Look<'_>) -> bool {
    let Some(wanted) = &look.wanted.isbn else {
        return false;
    };
    let form = ancestry(button).find(|one| is_tag(*one, "form"));
    let inputs = form.into_iter().flat_map(elements);
    let inputs = inputs.filter(|one| is_tag(*one, "input"));
    let named: Vec<Isbn13> = inputs
        .filter_map(|one| Some((one.attr("name").unwrap_or_default(), one.attr("value")?)))
        .flat_map(|(name, value)| isbns_of_value(name, value))
        .collect();
    !named.is_empty() && !named.contains(wanted)
}

/// What the page's address says: the canonical one, else the one at which it was found. The one that
/// we asked for proves nothing by itself: the data must be there to confirm it or to contradict it
/// (`has_data`), or the page must name the book elsewhere.
fn address(look: &Look<'_>, has_data: bool) -> Found {
    let of = |address: &str| {
        let mut found = Found::default();
        found.add_address(address);
        for isbn in isbns_of_address(&without_search(address)) {
            found.add_isbn(isbn.as_str());
        }
        found
    };
    let canonical = look.tree.canonical().map(of);
    if let Some(found) = canonical.filter(|found| !found.isbns.is_empty()) {
        return found;
    }
    let Some(address) = look.page.address else {
        return Found::default();
    };
    let found = of(address);
    let proves = has_data
        || !is_as_asked(look, address)
        || found
            .isbns
            .iter()
            .any(|isbn| is_named_elsewhere(look, isbn));
    if proves { found } else { Found::default() }
}

/// The address without what it asks a search for, as in `/search?q=9781944098117`: that is what we
/// asked, whatever was found.
fn without_search(address: &str) -> String {
    let (path, query) = address.split_once('?').unwrap_or((address, ""));
    if path.split('/').any(|piece| piece.starts_with("search")) {
        return String::new();
    }
    let is_asked = |pair: &&str| {
        let name = pair.split('=').next().unwrap_or_default();
        SEARCHED_BY.contains(&name.to_ascii_lowercase().as_str())
    };
    let kept: Vec<&str> = query.split('&').filter(|pair| !is_asked(pair)).collect();
    format!("{path}?{}", kept.join("&"))
}

/// The address is, or holds, the one that follows from the ISBN alone. We made that: whatever a store
/// answers, also that it has no such book, it may answer there.
pub(super) fn is_as_asked(look: &Look<'_>, address: &str) -> bool {
    match look.page.store.family() {
        // Where its own addresses name a number, they name the work first: `/w/<words>/<digits>`.
        Family::BarnesNoble => {
            let path = address.split(['?', '#']).next().unwrap_or_default();
            let mut pieces = path.trim_end_matches('/').rsplit('/');
            let work = pieces.next().unwrap_or_default();
            let words = pieces.next().unwrap_or_default();
            let is_work = !work.is_empty() && work.bytes().all(|byte| byte.is_ascii_digit());
            !(is_work && !words.is_empty() && pieces.next() == Some("w"))
        }
        Family::Amazon | Family::Bookshop | Family::Other => {
            let made = look.made_path.as_deref();
            made.is_some_and(|path| address.contains(path))
        }
    }
}

/// The page names that number besides: in the address by which it is shared, in the name of its
/// cover, or in a form that sends it.
fn is_named_elsewhere(look: &Look<'_>, wanted: &Isbn13) -> bool {
    let metas = ["og:url", "og:image"];
    let mut metas = metas.iter().filter_map(|name| look.tree.page_meta(name));
    let main = look.tree.find(|element| is_tag(element, "main"));
    let is_sent = |element: ElementRef<'_>| {
        let mut around = ancestry(element).filter(|around| is_tag(*around, "form"));
        let method = around.next().and_then(|form| form.attr("method"));
        is_tag(element, "input")
            && element.attr("type") == Some("hidden")
            && method.is_some_and(|method| method.eq_ignore_ascii_case("post"))
    };
    // Where to return to after the form was sent is the address once more, so the value counts
    // only where it is the number.
    let is_number = |element: ElementRef<'_>| {
        let name = element.attr("name").unwrap_or_default();
        let value = element.attr("value").unwrap_or_default();
        isbn(name, value).as_ref() == Some(wanted)
    };
    metas.any(|text| isbns_of_address(text).contains(wanted))
        || elements(main.unwrap_or(look.tree.root())).any(|one| is_sent(one) && is_number(one))
}

/// The works that the data is about. Where there are several, the one that the page calls its main
/// entity counts, else the one that is named as the page is headed.
fn kins(look: &Look<'_>, data: &[&[Product]]) -> Vec<Kin> {
    let mut kins: Vec<Kin> = Vec::new();
    for products in data {
        let mut of_source: Vec<(usize, Kin)> = Vec::new();
        for product in products.iter().filter(|p| p.place != Place::Mentioned) {
            let known = of_source
                .iter()
                .position(|(family, _)| *family == product.family);
            let index = known.unwrap_or_else(|| {
                let kin = Kin {
                    isbns: Vec::new(),
                    names: Vec::new(),
                    is_main: false,
                };
                of_source.push((product.family, kin));
                of_source.len() - 1
            });
            if let Some((_, kin)) = of_source.get_mut(index) {
                kin.isbns.extend(product.all_isbns().cloned());
                kin.names.extend(product.name.as_deref().map(plain));
                kin.is_main |= product.place == Place::Main;
            }
        }
        for (_, kin) in of_source {
            join(&mut kins, kin);
        }
    }
    kins.retain(|kin| !kin.isbns.is_empty());
    if kins.iter().any(|kin| kin.is_main) {
        kins.retain(|kin| kin.is_main);
    }
    if kins.len() > 1
        && let Some(heading) = heading(look.tree).as_deref().map(plain)
        && kins.iter().any(|kin| kin.names.contains(&heading))
    {
        kins.retain(|kin| kin.names.contains(&heading));
        // Of one name, they are editions of one book.
        let all = std::mem::take(&mut kins);
        let joined = all.into_iter().reduce(united);
        kins.extend(joined);
    }
    kins
}

/// Adds a work, to the one that it shares a number with where there is one.
fn join(kins: &mut Vec<Kin>, mut kin: Kin) {
    kin.isbns.sort();
    kin.isbns.dedup();
    match kins.iter().position(|known| known.has_one_of(&kin.isbns)) {
        Some(index) => {
            let known = kins.swap_remove(index);
            kins.push(united(known, kin));
        }
        None => kins.push(kin),
    }
}

fn united(mut one: Kin, other: Kin) -> Kin {
    one.isbns.extend(other.isbns);
    one.isbns.sort();
    one.isbns.dedup();
    one.names.extend(other.names);
    one.is_main |= other.is_main;
    one
}
