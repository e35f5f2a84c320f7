//! Rows into editions: every fault by its line, nothing guessed. What an edition can do without is
//! left out where it cannot be read, and that is said; what it needs is a fault. Pure.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::compare::{Difference, difference};
use super::dates::{self, Order};
use super::forms::{self, Form};
use super::{Field, List, Row, Trouble, isbn};
use crate::book::day::in_a_life;
use crate::book::{
    Asin, ConfiguredDates, Distribution, Edition, EditionId, Family, Format, StoreId, storefront,
};
use crate::config::address;
use crate::config::edit::Entry;
use crate::config::plan::StorePlan;

/// A title of more characters than this is none.
const LONGEST_TITLE: usize = 500;

/// What holds where the list says nothing.
#[derive(Debug, Clone)]
pub struct Defaults {
    /// Where editions are watched.
    pub stores: Vec<StoreId>,
    /// The stores that the user has defined, which a list may name besides those that are known.
    pub own: Vec<StorePlan>,
    /// Who carries them to the stores.
    pub distribution: Distribution,
    /// The day on which distribution was enabled.
    pub enabled: Option<Date>,
    /// KDP Print takes Amazon over.
    pub amazon_switch: bool,
    /// How `02/09/2027` is meant; `None` to tell it from the list itself.
    pub order: Option<Order>,
}

impl Defaults {
    /// Ingram carries nothing that has no ISBN.
    fn distribution_of(&self, id: &EditionId, format: Format) -> Distribution {
        if self.distribution == Distribution::IngramSpark {
            Distribution::usual(id, format)
        } else {
            self.distribution
        }
    }
}

/// What became of a list.
#[derive(Debug, Clone, Default)]
pub struct Built {
    /// The editions that can be written, with the line of each.
    pub entries: Vec<(usize, Entry)>,
    /// What is wrong, by line: none of these lines is among the entries.
    pub troubles: Vec<Trouble>,
    /// What is not to be watched, and why.
    pub left_out: Vec<Trouble>,
    /// What is worth knowing, by line.
    pub notes: Vec<Trouble>,
    /// How many lines are of editions that the configuration has already.
    pub known: usize,
    /// Those of them that the list and the configuration tell differently.
    pub differences: Vec<Difference>,
}

/// The fields of dates, each with the order that its column tells.
type Orders = BTreeMap<Field, Option<Order>>;

/// The fields of days that people write.
pub(super) const DATES: [Field; 3] = [
    Field::PublicationDate,
    Field::OnSaleDate,
    Field::DistributionEnabled,
];

/// Makes editions of a list; `known` are those of the configuration.
#[must_use]
pub fn build(list: &List, known: &[Edition], defaults: &Defaults) -> Built {
    let known: BTreeMap<EditionId, &Edition> = known
        .iter()
        .flat_map(|one| one.numbers().map(move |number| (number, one)))
        .collect();
    let orders = orders(list, defaults.order);
    let mut built = Built {
        troubles: list.troubles.clone(),
        ..Built::default()
    };
    let mut firsts: BTreeMap<EditionId, &Row> = BTreeMap::new();
    for row in &list.rows {
        let is_of_another = |asin: &EditionId, id: &EditionId| {
            firsts.contains_key(asin) || known.get(asin).is_some_and(|one| one.id != *id)
        };
        let mut reading = Reading {
            row,
            orders: &orders,
            is_of_another: &is_of_another,
            troubles: row.faults.clone(),
            notes: row.notes.clone(),
        };
        let entry = reading.entry(defaults);
        let (mut troubles, notes) = (reading.troubles, reading.notes);
        let say = |message| row.say(message);
        if let Some(Step::LeaveOut(why)) = &entry {
            built.left_out.push(row.say(why.clone()));
            continue;
        }
        if let Some(Step::Edition(entry)) = &entry {
            let id = &entry.edition.id;
            match firsts.get(id) {
                Some(first) if first.values == row.values => {
                    let why = format!("it is the same as line {}", first.line);
                    built.left_out.push(row.say(why));
                    continue;
                }
                Some(first) => troubles.push(stands_already(id, first)),
                None => firsts.extend(entry.edition.numbers().map(|number| (number, row))),
            }
        }
        if !troubles.is_empty() {
            built.troubles.extend(troubles.into_iter().map(say));
            continue;
        }
        let Some(Step::Edition(entry)) = entry else {
            continue;
        };
        if let Some(configured) = known.get(&entry.edition.id) {
            built.known += 1;
            let differing = difference(row, &entry.edition, configured);
            built.differences.extend(differing);
        } else {
            built.notes.extend(notes.into_iter().map(say));
            built.entries.push((row.line, *entry));
        }
    }
    built.troubles.sort_by_key(|trouble| trouble.line);
    built
}

fn stands_already(id: &EditionId, first: &Row) -> String {
    let (number, line) = (id.named(), first.line);
    format!("the {number} stands on line {line} already; it belongs to one edition")
}

/// The order of day and month in each column of dates: as the user says, as the column itself tells,
/// or as the other columns do.
fn orders(list: &List, given: Option<Order>) -> Orders {
    let of = |field: Field| {
        let values = list
            .rows
            .iter()
            .filter_map(move |row| row.values.get(&field));
        values.map(String::as_str)
    };
    let together = dates::order_of(DATES.into_iter().flat_map(of));
    let one = |field| given.or_else(|| dates::order_of(of(field))).or(together);
    DATES.into_iter().map(|field| (field, one(field))).collect()
}

/// What a row is.
enum Step {
    Edition(Box<Entry>),
    LeaveOut(String),
}

/// A row while it is read, with everything that is wrong in it.
struct Reading<'a> {
    row: &'a Row,
    orders: &'a Orders,
    /// An ASIN is that of another edition than this one.
    is_of_another: &'a dyn Fn(&EditionId, &EditionId) -> bool,
    troubles: Vec<String>,
    notes: Vec<String>,
}

/// Stores, and the addresses that do not follow from its numbers.
type Places = (Vec<StoreId>, Vec<(StoreId, String)>);

impl Reading<'_> {
    fn value(&self, field: Field) -> Option<&str> {
        self.row.values.get(&field).map(String::as_str)
    }

    /// Keeps what could be read, and remembers why not.
    fn keep<T>(&mut self, read: Result<T, String>) -> Option<T> {
        read.map_err(|why| self.troubles.push(why)).ok()
    }

    /// Keeps what could be read of something that is not needed, and says why not.
    fn keep_or_leave<T>(&mut self, read: Result<T, String>) -> Option<T> {
        read.map_err(|why| self.notes.push(format!("{why}; left out")))
            .ok()
    }

    /// A value on one line; one with characters that could not be read is none.
    fn line(&self, field: Field) -> Option<Result<String, String>> {
        let value = self.value(field)?;
        let label = field.label();
        if value.contains('\u{fffd}') {
            return Some(Err(format!(
                "the {label} has characters that cannot be read, `{value}`; save the file as UTF-8"
            )));
        }
        if LONGEST_TITLE < value.chars().take(LONGEST_TITLE + 1).count() {
            return Some(Err(format!(
                "the {label} has more than {LONGEST_TITLE} characters"
            )));
        }
        let line = value.split_whitespace().collect::<Vec<_>>().join(" ");
        if line.contains(char::is_control) {
            let shown = line.escape_debug();
            return Some(Err(format!(
                "the {label} has a control character, `{shown}`; write it anew"
            )));
        }
        Some(Ok(line))
    }

    fn entry(&mut self, defaults: &Defaults) -> Option<Step> {
        let over = self.value(Field::Status).and_then(forms::is_over);
        let over = over.or_else(|| {
            self.value(Field::Availability)
                .and_then(forms::is_unavailable)
        });
        if let Some(why) = over {
            return Some(Step::LeaveOut(why));
        }
        let id = self.id(&defaults.own);
        let usual = id.as_ref().map_or(Format::Paperback, Format::usual);
        let format = match self.format(usual.name()) {
            Ok(format) => format,
            Err(left_out) => return Some(left_out),
        };
        let id = self.keep(id);
        let title = self.line(Field::Title);
        let title = self.keep(title.unwrap_or_else(|| Err("the title is missing".to_owned())));
        let dates = self.dates(defaults);
        let author = self.optional_line(Field::Author);
        let imprint = self.optional_line(Field::Imprint);
        let distribution = self.optional(Field::Distribution, forms::distribution);
        let amazon_switch = self.optional(Field::AmazonSwitch, forms::flag);
        let first_title = self
            .optional(Field::FirstTitle, forms::flag)
            .unwrap_or_default();
        let printing = self.optional(Field::Printing, forms::printing);
        let list_price = self.optional(Field::Price, forms::price);
        self.embargoes();
        let (id, format, dates) = (id?, format?, dates?);
        let asin = self.asin_beside(&id);
        let (stores, addresses) = self.places((&id, asin.as_ref()), format, defaults)?;
        Some(Step::Edition(Box::new(Entry {
            edition: Edition {
                id: id.clone(),
                asin,
                title: title?,
                author,
                format,
                dates,
                distribution: distribution.unwrap_or_else(|| defaults.distribution_of(&id, format)),
                printing,
                amazon_switch: amazon_switch.unwrap_or(defaults.amazon_switch),
                first_title,
                list_price,
                imprint,
            },
            stores,
            addresses,
        })))
    }

    /// Its ISBN; without one what its pages are numbered with, as the ASIN.
    fn id(&self, own: &[StorePlan]) -> Result<EditionId, String> {
        if let Some(written) = self.value(Field::Isbn) {
            return isbn::read(written);
        }
        let mut why = "the ISBN is missing, and so is an ASIN".to_owned();
        let pages = self.value(Field::Address).unwrap_or_default();
        for page in pages.split_whitespace() {
            let pasted = address::pasted(page, own);
            let told = || pasted.as_ref().ok()?.id.clone();
            if let Some(id) = page.parse().ok().or_else(told) {
                return Ok(id);
            }
            if let Err(error) = pasted {
                why = format!("{why}; `{page}`: {error}; {}", error.remedy());
            }
        }
        Err(why)
    }

    /// The ASIN that stands among its pages beside an ISBN; all of its addresses at Amazon are made
    /// from it.
    fn asin_beside(&self, id: &EditionId) -> Option<Asin> {
        id.isbn()?;
        let pages = self.value(Field::Address)?.split_whitespace();
        pages
            .filter_map(|page| page.parse().ok())
            .find(|asin: &Asin| !(self.is_of_another)(&EditionId::Asin(asin.clone()), id))
    }

    /// The format, or the one that is `usual`; where it is no book, why the row is left out.
    fn format(&mut self, usual: &str) -> Result<Option<Format>, Step> {
        let written = self.value(Field::Format).unwrap_or(usual).to_owned();
        match forms::form(&written) {
            Ok(Form::Is(format)) => Ok(Some(format)),
            Ok(Form::Nearest(what, format)) => {
                let name = format.name();
                let why = format!("`{written}` is {what}, and is watched as a {name}");
                self.notes.push(why);
                Ok(Some(format))
            }
            Ok(Form::NoBook(what)) => {
                let why = format!("`{written}` is {what}, and has no page to watch");
                Err(Step::LeaveOut(why))
            }
            Err(why) => Ok(self.keep(Err(why))),
        }
    }

    fn optional_line(&mut self, field: Field) -> Option<String> {
        let line = self.line(field)?;
        self.keep_or_leave(line)
    }

    fn optional<T>(&mut self, field: Field, read: impl Fn(&str) -> Result<T, String>) -> Option<T> {
        let read = self.value(field).map(read)?;
        self.keep_or_leave(read)
    }

    /// Published, on sale, enabled. A list that has the first day of sale alone means the
    /// publication by it.
    fn dates(&mut self, defaults: &Defaults) -> Option<ConfiguredDates> {
        let on_sale = self.date(Field::OnSaleDate);
        let on_sale = on_sale.and_then(|read| self.keep_or_leave(read));
        let enabled = self.date(Field::DistributionEnabled);
        let enabled = enabled
            .and_then(|read| self.keep_or_leave(read))
            .or(defaults.enabled);
        let missing = || "the publication date is missing".to_owned();
        let alone = || on_sale.ok_or_else(|| self.row.undated.clone().unwrap_or_else(missing));
        let publication = self.date(Field::PublicationDate).unwrap_or_else(alone);
        let publication = self.keep(publication);
        Some(ConfiguredDates::new(publication?, on_sale, enabled))
    }

    fn date(&self, field: Field) -> Option<Result<Date, String>> {
        let written = self.value(field)?;
        let order = self.orders.get(&field).copied().flatten();
        let read = dates::read(written, order).map_err(|error| error.to_string());
        let read = read.and_then(|date| in_a_life(written, date));
        Some(read.map_err(|error| format!("the {}: {error}", field.label())))
    }

    /// Days before which stores are not to show it or to take orders.
    fn embargoes(&mut self) {
        let told = [
            (Field::Announcement, "not to be announced before"),
            (Field::PreOrders, "no pre-orders before"),
        ];
        for (field, what) in told {
            if let Some(day) = self.value(field) {
                self.notes
                    .push(format!("{what} {day}; stores may show nothing until then"));
            }
        }
    }

    /// Where it is watched, and addresses that do not follow from its numbers. Stores that nobody
    /// named and whose page cannot be known yet are left out, with a note.
    fn places(
        &mut self,
        (id, asin): (&EditionId, Option<&Asin>),
        format: Format,
        defaults: &Defaults,
    ) -> Option<Places> {
        let named = self.stores(defaults)?;
        let is_named = !named.is_empty();
        let mut stores = if is_named {
            named
        } else {
            defaults.stores.clone()
        };
        let mut addresses: Vec<(StoreId, String)> = Vec::new();
        let pages = self.value(Field::Address).unwrap_or_default().to_owned();
        for written in pages.split_whitespace() {
            let other = written.parse::<Asin>().ok();
            if let Some(other) = other.filter(|other| Some(other) != id.asin().or(asin)) {
                self.notes
                    .push(format!("{other} is the ASIN of another edition; left out"));
                continue;
            }
            let (store, address) = match page(written, &stores, &defaults.own) {
                Ok(page) => page,
                Err(why) => {
                    self.notes.push(format!("{why}; left out"));
                    continue;
                }
            };
            if !stores.contains(&store) {
                stores.push(store.clone());
            }
            let is_needed = address::leads_elsewhere(&store, (id, asin), format, &address);
            if is_needed && !addresses.iter().any(|(other, _)| *other == store) {
                addresses.push((store, address));
            }
        }
        let mut left_out = Vec::new();
        stores.retain(|store| {
            let unknown = address::unknown_page(store, &defaults.own, (id, asin), format)
                .filter(|_| !addresses.iter().any(|(other, _)| other == store));
            let is_known = unknown.is_none();
            left_out.extend(unknown.map(|why| format!("{} is left out: {why}", store.label())));
            is_known
        });
        if stores.is_empty() {
            let why = left_out.iter().map(|why| {
                format!("{why}; give its address in a column `addresses`, or name another store")
            });
            self.troubles.extend(why);
        } else {
            self.notes.extend(left_out);
        }
        Some((stores, addresses))
    }

    /// The stores that the row names: names, hosts or labels. Nothing when it names none; a fault
    /// when it names none that is known.
    fn stores(&mut self, defaults: &Defaults) -> Option<Vec<StoreId>> {
        let known = |name: &str| {
            let own = || {
                defaults
                    .own
                    .iter()
                    .find(|own| {
                        own.id == StoreId::new(name) || own.label.eq_ignore_ascii_case(name)
                    })
                    .map(|own| own.id.clone())
            };
            storefront::called(name)
                .map(|store| StoreId::new(store.id))
                .or_else(own)
        };
        let written = self.value(Field::Stores).unwrap_or_default().to_owned();
        let mut stores: Vec<StoreId> = Vec::new();
        let mut unknown = Vec::new();
        for part in written.split([',', ';', '|', '\n']).map(str::trim) {
            let words: Vec<&str> = match known(part) {
                Some(_) => vec![part],
                None => part.split_whitespace().collect(),
            };
            for word in words {
                match known(word) {
                    Some(store) if !stores.contains(&store) => stores.push(store),
                    Some(_) => {}
                    None => unknown.push(format!("there is no store `{word}`")),
                }
            }
        }
        if stores.is_empty() && !unknown.is_empty() {
            self.troubles.extend(unknown);
            return None;
        }
        self.notes
            .extend(unknown.into_iter().map(|why| format!("{why}; left out")));
        Some(stores)
    }
}

/// A page at a store, from its address; from an ASIN at the first store of Amazon's among `stores`.
fn page(written: &str, stores: &[StoreId], own: &[StorePlan]) -> Result<(StoreId, String), String> {
    let is_asin = written.len() == 10
        && written.contains(|one: char| one.is_ascii_digit())
        && written.chars().all(|one| one.is_ascii_alphanumeric());
    if is_asin {
        let amazon = stores
            .iter()
            .find(|store| store.family() == Family::Amazon)
            .cloned();
        let amazon = amazon.unwrap_or_else(|| StoreId::new("amazon.com"));
        let address = format!("https://www.{amazon}/dp/{}", written.to_ascii_uppercase());
        return Ok((amazon, address));
    }
    if written.contains(char::is_control) {
        let shown = written.escape_debug();
        return Err(format!(
            "the address `{shown}` has a control character; copy it anew from the address bar"
        ));
    }
    let pasted = address::pasted(written, own)
        .map_err(|error| format!("`{written}`: {error}; {}", error.remedy()))?;
    Ok((pasted.store, pasted.address))
}

#[cfg(test)]
mod tests;
