//! Rows into editions: every fault by its line, nothing guessed. Pure.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::compare::{Difference, difference};
use super::dates::{self, DateError, Order};
use super::{Field, List, Row, Trouble};
use crate::book::{
    ConfiguredDates, Distribution, Edition, Format, Isbn13, IsbnError, Money, StoreId, storefront,
};
use crate::config::edit::Entry;

/// What holds where the list says nothing.
#[derive(Debug, Clone)]
pub struct Defaults {
    /// Where editions are watched.
    pub stores: Vec<StoreId>,
    /// Who carries them to the stores.
    pub distribution: Distribution,
    /// The day on which distribution was enabled.
    pub enabled: Option<Date>,
    /// KDP Print takes Amazon over.
    pub amazon_switch: bool,
    /// How `02/09/2027` is meant; `None` to tell it from the list itself.
    pub order: Option<Order>,
}

/// What became of a list.
#[derive(Debug, Clone, Default)]
pub struct Built {
    /// The editions that can be written, with the line of each.
    pub entries: Vec<(usize, Entry)>,
    /// What is wrong, by line: none of these lines is among the entries.
    pub troubles: Vec<Trouble>,
    /// What is worth knowing, by line.
    pub notes: Vec<Trouble>,
    /// How many lines are of editions that the configuration has already.
    pub known: usize,
    /// Those of them that the list and the configuration tell differently.
    pub differences: Vec<Difference>,
}

/// Makes editions of a list; `known` are those of the configuration.
#[must_use]
pub fn build(list: &List, known: &[Edition], defaults: &Defaults) -> Built {
    let known: BTreeMap<&Isbn13, &Edition> = known.iter().map(|one| (&one.isbn, one)).collect();
    let dates = list.rows.iter().flat_map(|row| {
        let of = |field| row.values.get(&field).map(String::as_str);
        [
            of(Field::PublicationDate),
            of(Field::OnSaleDate),
            of(Field::DistributionEnabled),
        ]
    });
    let order = defaults.order.or_else(|| dates::order_of(dates.flatten()));
    let mut built = Built {
        troubles: list.troubles.clone(),
        ..Built::default()
    };
    let mut lines: BTreeMap<Isbn13, usize> = BTreeMap::new();
    for row in &list.rows {
        let mut reading = Reading {
            row,
            order,
            troubles: Vec::new(),
        };
        let entry = reading.entry(defaults, &mut built.notes);
        let mut troubles = reading.troubles;
        if let Some(Step::Edition(entry)) = &entry {
            let isbn = &entry.edition.isbn;
            if let Some(first) = lines.get(isbn) {
                troubles.push(format!(
                    "the ISBN {isbn} stands on line {first} already; an ISBN belongs to one edition"
                ));
            } else {
                lines.insert(isbn.clone(), row.line);
            }
        }
        let say = |message| Trouble::at(row.line, message);
        if !troubles.is_empty() {
            built.troubles.extend(troubles.into_iter().map(say));
            continue;
        }
        match entry {
            Some(Step::Edition(entry)) => match known.get(&entry.edition.isbn) {
                Some(configured) => {
                    built.known += 1;
                    let differs = difference(row, &entry.edition, configured);
                    built.differences.extend(differs);
                }
                None => built.entries.push((row.line, *entry)),
            },
            Some(Step::LeaveOut(why)) => built.notes.push(say(why)),
            None => {}
        }
    }
    built.troubles.sort_by_key(|trouble| trouble.line);
    built.notes.sort_by_key(|note| note.line);
    built
}

/// What a row is.
enum Step {
    Edition(Box<Entry>),
    LeaveOut(String),
}

/// A row while it is read, with everything that is wrong in it.
struct Reading<'a> {
    row: &'a Row,
    order: Option<Order>,
    troubles: Vec<String>,
}

impl Reading<'_> {
    fn value(&self, field: Field) -> Option<&str> {
        self.row.values.get(&field).map(String::as_str)
    }

    /// Keeps what could be read, and remembers why not.
    fn keep<T>(&mut self, read: Result<T, String>) -> Option<T> {
        read.map_err(|why| self.troubles.push(why)).ok()
    }

    fn entry(&mut self, defaults: &Defaults, notes: &mut Vec<Trouble>) -> Option<Step> {
        if let Some(why) = self.value(Field::Status).and_then(is_over) {
            return Some(Step::LeaveOut(format!("left out: {why}")));
        }
        let format = match self.value(Field::Format).map(format_of) {
            None => Some(Format::Paperback),
            Some(Ok(Some(format))) => Some(format),
            Some(Ok(None)) => {
                let form = self.value(Field::Format).unwrap_or_default();
                return Some(Step::LeaveOut(format!("left out: `{form}` is no book")));
            }
            Some(Err(why)) => self.keep(Err(why)),
        };
        let isbn = self.isbn();
        let title = self
            .value(Field::Title)
            .map(str::to_owned)
            .ok_or_else(|| "the title is missing".to_owned());
        let title = self.keep(title);
        if self.value(Field::PublicationDate).is_none() {
            self.troubles
                .push("the publication date is missing".to_owned());
        }
        let publication = self.date(Field::PublicationDate);
        let on_sale = self.date(Field::OnSaleDate);
        let enabled = self.date(Field::DistributionEnabled).or(defaults.enabled);
        let distribution = match self.value(Field::Distribution).map(distribution_of) {
            None => Some(defaults.distribution),
            Some(read) => self.keep(read),
        };
        let amazon_switch = match self.value(Field::AmazonSwitch).map(flag_of) {
            None => Some(defaults.amazon_switch),
            Some(read) => self.keep(read),
        };
        let list_price = self.price();
        let (isbn, format, publication) = (isbn?, format?, publication?);
        let (stores, addresses) = self.places(&isbn, format, defaults, notes)?;
        Some(Step::Edition(Box::new(Entry {
            edition: Edition {
                isbn,
                title: title?,
                author: self.value(Field::Author).map(str::to_owned),
                format,
                dates: ConfiguredDates::new(publication, on_sale, enabled),
                distribution: distribution?,
                printing: None,
                amazon_switch: amazon_switch?,
                first_title: false,
                list_price,
                imprint: self.value(Field::Imprint).map(str::to_owned),
            },
            stores,
            addresses,
        })))
    }

    fn isbn(&mut self) -> Option<Isbn13> {
        let written = self.value(Field::Isbn).map(str::to_owned);
        let read = match &written {
            None => Err("the ISBN is missing".to_owned()),
            Some(written) if is_rounded(written) => Err(format!(
                "`{written}` is an ISBN that the spreadsheet has rounded; format the column as \
                 text there, and save it again"
            )),
            Some(written) => written.parse::<Isbn13>().map_err(|error| match error {
                IsbnError::Length(9 | 12) => format!(
                    "`{written}` is no ISBN: {error}; a zero at the start or the check digit may \
                     be lost"
                ),
                IsbnError::Character(_)
                | IsbnError::CheckDigit { .. }
                | IsbnError::Length(_)
                | IsbnError::Prefix(_) => format!("`{written}` is no ISBN: {error}"),
            }),
        };
        self.keep(read)
    }

    fn date(&mut self, field: Field) -> Option<Date> {
        let written = self.value(field)?;
        let read = dates::read(written, self.order)
            .map_err(|error: DateError| format!("the {}: {error}", field.label()));
        self.keep(read)
    }

    fn price(&mut self) -> Option<Money> {
        let written = self.value(Field::Price)?;
        let price = crate::config::price(written);
        if price.is_none() {
            let why = format!("`{written}` is no price; write it with its currency, as 16.99 USD");
            self.troubles.push(why);
        }
        price
    }

    /// Where it is watched, and addresses that do not follow from the ISBN. Stores that nobody
    /// named and whose page cannot be known yet are left out, with a note.
    fn places(
        &mut self,
        isbn: &Isbn13,
        format: Format,
        defaults: &Defaults,
        notes: &mut Vec<Trouble>,
    ) -> Option<Places> {
        let named: Vec<StoreId> = self
            .value(Field::Stores)
            .unwrap_or_default()
            .split([',', ';', ' ', '|', '\n'])
            .filter(|name| !name.is_empty())
            .map(StoreId::new)
            .collect();
        let is_named = !named.is_empty();
        let mut stores = if is_named {
            named
        } else {
            defaults.stores.clone()
        };
        stores.dedup();
        let page = match self.value(Field::Amazon).map(amazon_page) {
            None => None,
            Some(read) => Some(self.keep(read)?),
        };
        if let Some((store, _)) = &page
            && !stores.contains(store)
        {
            stores.push(store.clone());
        }
        let addresses: Vec<(StoreId, String)> = page
            .into_iter()
            .filter(|(_, address)| !ends_with_made(isbn, address))
            .collect();
        let mut left_out = Vec::new();
        stores.retain(|store| {
            let unknown = storefront::find(store.as_str())
                .and_then(|known| known.path_for(isbn, format).err())
                .filter(|_| !addresses.iter().any(|(other, _)| other == store));
            left_out.extend(unknown.map(|why| format!("{} is left out: {why}", store.label())));
            unknown.is_none()
        });
        if is_named || stores.is_empty() {
            let why = left_out.iter().map(|why| {
                format!("{why}; give its address in a column `amazon`, or leave the store out")
            });
            self.troubles.extend(why);
        } else {
            let line = self.row.line;
            notes.extend(left_out.into_iter().map(|why| Trouble::at(line, why)));
        }
        Some((stores, addresses))
    }
}

/// Stores, and the addresses that do not follow from the ISBN.
type Places = (Vec<StoreId>, Vec<(StoreId, String)>);

/// A page at Amazon, from its address or its ASIN.
fn amazon_page(written: &str) -> Result<(StoreId, String), String> {
    let is_asin = written.len() == 10 && written.chars().all(|one| one.is_ascii_alphanumeric());
    if is_asin {
        return Ok((
            StoreId::new("amazon.com"),
            format!("https://www.amazon.com/dp/{}", written.to_ascii_uppercase()),
        ));
    }
    let host = written.split("://").last().unwrap_or(written);
    let host = host.split('/').next().unwrap_or_default();
    match storefront::find(host) {
        Some(store) if written.contains('/') => Ok((StoreId::new(store.id), written.to_owned())),
        Some(_) | None => Err(format!(
            "`{written}` is neither an ASIN nor the address of a page at Amazon"
        )),
    }
}

/// The address is the one that the ISBN gives anyway.
fn ends_with_made(isbn: &Isbn13, address: &str) -> bool {
    isbn.to_isbn10()
        .is_some_and(|asin| address.contains(&format!("/dp/{asin}")))
}

fn is_rounded(written: &str) -> bool {
    let number = written.replace(',', ".");
    (number.contains("E+") || number.contains("e+")) && number.parse::<f64>().is_ok()
}

/// The format that a list names: ONIX list 150, or the words of printers. `None` for what is no
/// book: audio, calendars.
fn format_of(written: &str) -> Result<Option<Format>, String> {
    let plain: String = written
        .chars()
        .filter(|one| one.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect();
    let has = |words: &[&str]| words.iter().any(|word| plain.contains(word));
    if ["bc", "b1", "pb", "tp"].contains(&plain.as_str())
        || has(&[
            "paperback",
            "softcover",
            "perfect",
            "saddle",
            "softback",
            "tradepaper",
        ])
    {
        return Ok(Some(Format::Paperback));
    }
    if ["bb", "hb", "hc"].contains(&plain.as_str())
        || has(&[
            "hardcover",
            "hardback",
            "caselaminate",
            "cloth",
            "casebound",
            "jacket",
        ])
    {
        return Ok(Some(Format::Hardcover));
    }
    if ["ea", "eb", "ec", "ed"].contains(&plain.as_str())
        || has(&["ebook", "epub", "kindle", "digital"])
    {
        return Ok(Some(Format::Ebook));
    }
    let is_audio_code = plain.len() == 2 && (plain.starts_with('a') || plain.starts_with('p'));
    if is_audio_code || has(&["audio", "calendar", "poster", "journal"]) {
        return Ok(None);
    }
    Err(format!(
        "`{written}` is no format that Pubwatch knows; write paperback, hardcover or ebook"
    ))
}

fn distribution_of(written: &str) -> Result<Distribution, String> {
    let plain = written.to_lowercase().replace([' ', '-'], "");
    match plain.as_str() {
        "ingram" | "lightningsource" => return Ok(Distribution::IngramSpark),
        "d2d" => return Ok(Distribution::Draft2Digital),
        "amazon" | "kdpprint" => return Ok(Distribution::Kdp),
        _ => {}
    }
    Distribution::ALL
        .into_iter()
        .find(|distribution| distribution.name() == plain)
        .ok_or_else(|| {
            format!(
                "`{written}` is no way of distribution; write one of {}",
                Distribution::ALL.map(Distribution::name).join(", ")
            )
        })
}

fn flag_of(written: &str) -> Result<bool, String> {
    match written.to_lowercase().as_str() {
        "y" | "yes" | "true" | "1" | "x" => Ok(true),
        "n" | "no" | "false" | "0" | "-" => Ok(false),
        _ => Err(format!("`{written}` is neither yes nor no")),
    }
}

/// Why an edition is not to be watched any more, by what the list says of its state: ONIX list 64,
/// or words.
fn is_over(status: &str) -> Option<String> {
    let meaning = match status.to_lowercase().as_str() {
        "01" | "cancelled" | "canceled" => "cancelled",
        "03" | "postponed" | "postponed indefinitely" => "postponed indefinitely",
        "05" => "no longer our product",
        "07" | "out of print" => "out of print",
        "08" | "inactive" => "inactive",
        "11" | "withdrawn" | "withdrawn from sale" => "withdrawn from sale",
        "12" | "15" | "recalled" => "recalled",
        "17" => "withdrawn for good",
        "deleted record" => "the record is a deletion",
        _ => return None,
    };
    Some(if meaning.starts_with("the ") {
        meaning.to_owned()
    } else {
        format!("its status is `{status}`, {meaning}")
    })
}

#[cfg(test)]
mod tests;
