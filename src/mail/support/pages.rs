//! What pages show, as sentences of a ready text.

use jiff::Timestamp;
use jiff::civil::Date;

use super::Case;
use crate::book::{Availability, Edition};
use crate::config::plan::label;
use crate::history::{ListingView, Spell};
use crate::judge::FindingKind;
use crate::say::{say, yes};
use crate::text::words;

impl<'a> Case<'a> {
    pub(super) fn label(&self, listing: &'a ListingView) -> String {
        words::one_line(label(&listing.store, self.stores))
    }

    pub(super) fn date_of(&self, at: Timestamp) -> Date {
        at.to_zoned(self.zone.clone()).date()
    }

    /// A date as a text names it, as "27 June 2023".
    pub(super) fn day(&self, at: Timestamp) -> String {
        words::short_date(self.date_of(at))
    }

    /// The listings that the finding names; all of them when it is about the edition.
    pub(super) fn concerned(&self) -> impl Iterator<Item = &'a ListingView> + Clone {
        let stores = &self.finding.stores;
        let listings = self.view.listings.iter();
        listings.filter(|listing| stores.is_empty() || stores.contains(&listing.store))
    }

    /// "Amazon (https://…)".
    pub(super) fn with_address(&self, listing: &'a ListingView) -> String {
        let address = words::one_line(&listing.address);
        say!("ready-page", store = self.label(listing), address = address)
    }

    /// "Amazon (https://…) has shown “…” since 4 May 2023.", or until when, if the page is not
    /// seen now; of each page of which something was ever read.
    pub(super) fn shown(&self) -> String {
        let shown = self.concerned().filter_map(|listing| {
            let spell = listing.confirmed().or_else(|| listing.now())?;
            let says = words::clipped(&spell.says.words, 200);
            let lasts = listing.seen(self.now).is_some() && spell.until.is_none();
            Some(say!(
                "ready-shown",
                page = self.with_address(listing),
                has_words = yes(!says.is_empty()),
                words = says,
                lasts = yes(lasts),
                since = self.day(spell.since),
                last = self.day(spell.last_seen)
            ))
        });
        sentences(shown)
    }

    /// What each page shows where the date is wrong.
    pub(super) fn dates(&self) -> String {
        let publication = self.view.launch.publication;
        let shown = self.concerned().filter_map(|listing| {
            let spell = listing.now()?;
            let date = spell.says.date.filter(|date| *date != publication);
            Some(say!(
                "ready-wrong-date-page",
                page = self.with_address(listing),
                has_date = yes(date.is_some()),
                date = date.map(words::short_date),
                state = spell.availability.word().to_lowercase(),
                words = words::clipped(&spell.says.words, 200),
                is_seen = yes(listing.seen(self.now).is_some()),
                seen = self.day(spell.last_seen)
            ))
        });
        sentences(shown)
    }

    /// Where there was no page when we looked.
    pub(super) fn not_listed(&self) -> String {
        let missing = self.concerned().filter_map(|listing| {
            let spell = listing.confirmed()?;
            let is_missing = spell.availability == Availability::NotListed && spell.until.is_none();
            is_missing.then(|| {
                say!(
                    "ready-no-page",
                    seen = self.day(spell.last_seen),
                    store = self.label(listing),
                    kind = self.view.edition.id.kind()
                )
            })
        });
        sentences(missing)
    }

    /// Until when pages were there that are not any more.
    pub(super) fn listed_until(&self) -> String {
        let was_listed = matches!(self.finding.kind, FindingKind::Vanished { .. });
        let pages = self.finding.pages.iter().filter(|_| was_listed);
        sentences(pages.map(|page| say!("ready-listed-until", since = self.day(page.since))))
    }

    /// "B&N (…) and Bookshop.org (…) take pre-orders with the right date.", where it is so.
    pub(super) fn others(&self) -> String {
        let sentence = |id: &str, passes: fn(Availability) -> bool| {
            let found = self.others_that(passes);
            let publication = Some(self.view.launch.publication);
            let has_date = found
                .iter()
                .all(|(_, spell)| spell.says.date == publication);
            let pages = words::list(found.iter().map(|(one, _)| self.with_address(one)));
            let many = found.len();
            (0 < many).then(|| say!(id, pages = pages, many = many, has_date = yes(has_date)))
        };
        let all = [
            sentence("ready-others-take-pre-orders", |state| {
                state == Availability::PreOrder
            }),
            sentence("ready-others-sell", Availability::is_released),
        ];
        sentences(all.into_iter().flatten())
    }

    /// The other listings that could be read lately and whose confirmed state passes.
    fn others_that(&self, passes: fn(Availability) -> bool) -> Vec<(&'a ListingView, &'a Spell)> {
        let listings = self.view.listings.iter();
        listings
            .filter(|listing| !self.finding.stores.contains(&listing.store))
            .filter(|listing| listing.seen(self.now).is_some())
            .filter_map(|listing| Some((listing, listing.now()?)))
            .filter(|(_, spell)| spell.is_confirmed() && passes(spell.availability))
            .collect()
    }

    /// The earliest time from which on one of the pages was not seen; `None` where all are seen now.
    pub(super) fn last_seen(&self) -> Option<Timestamp> {
        self.concerned()
            .filter(|listing| listing.seen(self.now).is_none())
            .filter_map(|listing| Some(listing.confirmed().or_else(|| listing.now())?.last_seen))
            .min()
    }

    /// The formats of the book that are watched at a store of the finding, as KDP knows them, and
    /// their pages.
    pub(super) fn formats(&self) -> (Vec<String>, Vec<String>) {
        let mut editions = vec![number_at_kdp(&self.view.edition)];
        let own = self.concerned().map(|listing| listing.address.as_str());
        let mut addresses: Vec<String> = own.map(words::one_line).collect();
        for sibling in &self.view.siblings {
            for page in &sibling.pages {
                if self.concerned().any(|listing| listing.store == page.store) {
                    let number = number_at_kdp(&sibling.edition);
                    if !editions.contains(&number) {
                        editions.push(number);
                    }
                    addresses.push(words::one_line(&page.address));
                }
            }
        }
        (editions, addresses)
    }
}

/// An edition as KDP knows it: print by its ISBN-10 where there is one, all else by its ASIN where
/// that is known.
fn number_at_kdp(edition: &Edition) -> String {
    let (asin, isbn10) = (edition.asin(), edition.id.to_isbn10());
    let by = if !edition.format.is_printed() {
        asin.map_or("number", |_| "asin")
    } else if isbn10.is_some() {
        "isbn10"
    } else {
        edition.id.isbn().map_or("named", |_| "isbn13")
    };
    say!(
        "ready-edition-at-kdp",
        by = by,
        format = edition.format.word(),
        number = edition.id.as_str(),
        named = edition.id.named(),
        asin = asin.map(ToString::to_string),
        isbn10 = isbn10.map(|isbn10| isbn10.to_string())
    )
}

fn sentences(all: impl Iterator<Item = String>) -> String {
    all.collect::<Vec<_>>().join(" ")
}
