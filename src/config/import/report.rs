//! What is told of a list before anything is written: how it was understood, what will be written,
//! what is left out, what is wrong. Plain values that a terminal, a program and a page show alike.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::Serialize;

use super::{Built, Column, List, Trouble};
use crate::book::{Asin, Distribution, EditionId, Format, StoreId};
use crate::config::edit::{self, Entry};

/// A list as it was read, and what would become of it. Nothing of it is written yet.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// What the file is: `CSV`, `Excel`, `OpenDocument`, `ONIX`.
    pub kind: &'static str,
    /// How it was understood, in sentences.
    pub understood: Vec<String>,
    /// What each column was taken for, in their order; ONIX has none.
    pub columns: Vec<ColumnRead>,
    /// The editions that would be written, in the order of the list.
    pub editions: Vec<Listed>,
    /// How many pages would be asked of each store from then on, besides those of today.
    pub asked: BTreeMap<StoreId, usize>,
    /// What is not to be watched, and why.
    pub left_out: Vec<Trouble>,
    /// What was left out of editions, or read in a way that is worth a look.
    pub notes: Vec<Trouble>,
    /// How many are in the configuration already.
    pub known: usize,
    /// Those of them that differ.
    pub differing: Vec<Differing>,
    /// What is wrong, by line: none of these lines is written.
    pub wrong: Vec<Trouble>,
}

/// A column, and what it was taken for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ColumnRead {
    /// Its name in the file; its number from one where it has none.
    pub name: String,
    /// What it tells; nothing when it is not used.
    pub tells: Option<String>,
}

/// An edition as it would be written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Listed {
    /// The line of the file, from one.
    pub line: usize,
    /// What it is known by: ISBN-13, ASIN, or a store's own number.
    pub id: EditionId,
    /// The ASIN that is written beside an ISBN.
    pub asin: Option<Asin>,
    /// The title.
    pub title: String,
    /// The author.
    pub author: Option<String>,
    /// Paperback, hardcover, ebook.
    pub format: Format,
    /// The publication date.
    pub publication_date: Date,
    /// The first day of sale.
    pub on_sale_date: Date,
    /// Who distributes it.
    pub distribution: Distribution,
    /// As `16.99 USD`.
    pub list_price: Option<String>,
    /// The imprint or client.
    pub imprint: Option<String>,
    /// Where it would be watched.
    pub stores: Vec<StoreId>,
    /// Addresses that do not follow from its numbers, by store.
    pub addresses: BTreeMap<StoreId, String>,
}

/// An edition that the list and the configuration tell differently.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Differing {
    /// The line of the file, from one.
    pub line: usize,
    /// What it is known by: ISBN-13, ASIN, or a store's own number.
    pub id: EditionId,
    /// The title in the configuration.
    pub title: String,
    /// What differs: the field, as configured, as listed.
    pub values: Vec<(&'static str, String, String)>,
    /// Whether dates among it are taken over.
    pub is_updated: bool,
    /// All of it in a sentence.
    pub message: String,
}

impl Report {
    /// The report of a list; `is_update` when moved dates are to be taken over.
    #[must_use]
    pub fn of(list: &List, built: &Built, is_update: bool) -> Self {
        let mut asked: BTreeMap<StoreId, usize> = BTreeMap::new();
        for store in built.entries.iter().flat_map(|(_, entry)| &entry.stores) {
            *asked.entry(store.clone()).or_default() += 1;
        }
        let differing = built.differences.iter().map(|one| Differing {
            line: one.line,
            id: one.id.clone(),
            title: one.title.clone(),
            values: one
                .values
                .iter()
                .map(|(field, known, new)| (field.label(), known.clone(), new.clone()))
                .collect(),
            is_updated: is_update && !one.dates.is_empty(),
            message: one.told(is_update).message,
        });
        Self {
            kind: list.kind,
            understood: list.understood.clone(),
            columns: columns(&list.columns),
            editions: built
                .entries
                .iter()
                .map(|(line, entry)| listed(*line, entry))
                .collect(),
            asked,
            left_out: built.left_out.clone(),
            notes: built.notes.clone(),
            known: built.known,
            differing: differing.collect(),
            wrong: built.troubles.clone(),
        }
    }

    /// How many lines are wrong.
    #[must_use]
    pub fn wrong_lines(&self) -> usize {
        let mut lines: Vec<usize> = self.wrong.iter().map(|one| one.line).collect();
        lines.sort_unstable();
        lines.dedup();
        lines.len()
    }
}

fn columns(columns: &[Column]) -> Vec<ColumnRead> {
    let read = columns
        .iter()
        .enumerate()
        .map(|(index, column)| ColumnRead {
            name: if column.name.is_empty() {
                (index + 1).to_string()
            } else {
                column.name.clone()
            },
            tells: column.field.map(|field| match column.format {
                Some(format) => format!("{} of the {format}", field.label()),
                None => field.label().to_owned(),
            }),
        });
    read.collect()
}

fn listed(line: usize, entry: &Entry) -> Listed {
    let edition = &entry.edition;
    let (publication, on_sale, _) = edition.dates.as_written();
    Listed {
        line,
        id: edition.id.clone(),
        asin: edition.asin.clone(),
        title: edition.title.clone(),
        author: edition.author.clone(),
        format: edition.format,
        publication_date: publication,
        on_sale_date: on_sale,
        distribution: edition.distribution,
        list_price: edition.list_price.as_ref().map(edit::money),
        imprint: edition.imprint.clone(),
        stores: entry.stores.clone(),
        addresses: entry.addresses.iter().cloned().collect(),
    }
}
