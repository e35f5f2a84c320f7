//! Whose page it is. What a page says of itself outranks what it mentions: its own numbers, its
//! address, its main entity. An ISBN in a list of recommendations, in a review or in the table of
//! a series proves nothing (jef/streetmerchant#954).

use scraper::ElementRef;

use super::Look;
use super::generic::heading;
use crate::book::Isbn13;
use crate::page::dom::{ancestry, elements, is_tag};
use crate::page::identity::{Found, Identity};
use crate::page::product::{Place, Product, isbns, isbns_of_address};
use crate::page::wording::plain;

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
    let address = address(look);
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
    let values = inputs.filter_map(|one| one.attr("value").filter(|_| is_tag(one, "input")));
    let named = isbns(values);
    !named.is_empty() && !named.contains(wanted)
}

/// What the page's address says: the canonical one, else the one at which it was found.
fn address(look: &Look<'_>) -> Found {
    let addresses = look.tree.canonical().into_iter().chain(look.page.address);
    for address in addresses {
        let mut found = Found::default();
        found.add_address(address);
        for isbn in isbns_of_address(address) {
            found.add_isbn(isbn.as_str());
        }
        if !found.isbns.is_empty() {
            return found;
        }
    }
    Found::default()
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
