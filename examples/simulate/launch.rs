//! One edition's launch: its dates, what its pages say from when on, and what the author tells; and
//! launches as a story. Pure.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use pubwatch::book::launch::midnight_gmt;
use pubwatch::book::{Availability, Distribution, Format, Money, Note, NoteKind, StoreId};
use pubwatch::demo::pages::isbn;
use pubwatch::page::{OtherFormat, Reading, Says, UnreadReason};
use pubwatch::story::{PageChange, Said, Story, StoryError};

/// The stores of a printed edition that Ingram brings there.
pub(crate) const STORES: [&str; 3] = ["amazon.com", "barnesandnoble.com", "bookshop.org"];

/// Where Amazon stands among an edition's stores, if it does.
pub(crate) const AMAZON: usize = 0;

/// What one page says from when on.
pub(crate) type Line = BTreeMap<Timestamp, Reading>;

/// A launch before it becomes a story.
#[derive(Debug, Clone)]
pub(crate) struct Launch {
    /// Its form.
    pub(crate) format: Format,
    /// The publication date and the on-sale date, in force at last.
    pub(crate) date: Date,
    /// The date before the author moved it, and when that was.
    pub(crate) moved: Option<(Date, Timestamp)>,
    /// The day on which distribution was enabled.
    pub(crate) enabled: Option<Date>,
    /// Who carries it.
    pub(crate) distribution: Distribution,
    /// KDP takes Amazon over on the date.
    pub(crate) is_switched: bool,
    /// It is a printed run.
    pub(crate) is_offset: bool,
    /// The author's zone.
    pub(crate) zone: &'static str,
    /// Its stores.
    pub(crate) stores: Vec<&'static str>,
    /// What the pages say, store by store.
    pub(crate) lines: Vec<Line>,
    /// What the author tells.
    pub(crate) notes: Vec<Note>,
    /// The clock begins here.
    pub(crate) start: Timestamp,
    /// The clock ends here.
    pub(crate) end: Timestamp,
}

fn stated(state: Availability) -> Says {
    Says::new(state, "simulate", state.word(), "simulate")
}

/// A reading with a state and nothing else.
pub(crate) fn says(state: Availability) -> Reading {
    Reading::Says(Box::new(stated(state)))
}

impl std::fmt::Display for Launch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(f, "{} of {}", self.format.name(), self.date)?;
        for note in &self.notes {
            writeln!(f, "  {} {:?}", note.at, note.kind)?;
        }
        for (store, line) in self.stores.iter().zip(&self.lines) {
            writeln!(f, "  {store}")?;
            for (at, reading) in line {
                match reading {
                    Reading::Says(says) => {
                        let (state, date) = (says.availability, says.date);
                        writeln!(f, "    {at} {} {date:?}", state.name())?;
                    }
                    Reading::Unread(unread) => writeln!(f, "    {at} {:?}", unread.reason)?,
                }
            }
        }
        Ok(())
    }
}

/// A reading with a state and a date.
pub(crate) fn dated(state: Availability, date: Date) -> Reading {
    let mut says = stated(state);
    says.date = Some(date);
    Reading::Says(Box::new(says))
}

/// A reading with a state, a price and a cover.
pub(crate) fn priced(state: Availability, cents: i64, cover: &str) -> Reading {
    let mut says = stated(state);
    says.price = Some(Money::new(cents, "USD"));
    says.cover = Some(cover.to_owned());
    Reading::Says(Box::new(says))
}

/// So many hours later.
pub(crate) fn after(at: Timestamp, hours: i64) -> Timestamp {
    at.saturating_add(SignedDuration::from_hours(hours))
        .unwrap_or(Timestamp::MAX)
}

impl Launch {
    /// What may go wrong with looking: one wrong look, a bot wall, our own line. The pages in `but`
    /// are left alone.
    ///
    /// | event | drawn from | DOMAIN |
    /// | --- | --- | --- |
    /// | one wrong look | a page says unavailable for up to 4 hours, in half of the launches | F10 |
    /// | a bot wall | in 2 of 10, for 1 to 10 days | promise 1 |
    /// | our own line is down | in 1 of 10, for 1 to 36 hours | complaints 14 |
    pub(crate) fn disturb(&mut self, but: &[usize], rng: &mut fastrand::Rng) {
        let hours = self.end.duration_since(self.start).as_hours();
        let (start, moment) = (self.start, |rng: &mut fastrand::Rng| rng.i64(0..hours));
        for index in (0..self.lines.len()).filter(|index| !but.contains(index)) {
            if rng.bool() {
                let from = after(start, moment(rng));
                let span = (from, after(from, rng.i64(1..5)));
                self.overlay(index, span, &says(Availability::OutOfStock));
            }
            if rng.u8(0..10) < 2 {
                let from = after(start, moment(rng));
                let wall = Reading::unread(UnreadReason::Blocked, "simulate", "a captcha");
                self.overlay(index, (from, after(from, rng.i64(24..240))), &wall);
            }
        }
        if but.is_empty() && rng.u8(0..10) == 0 {
            let from = after(start, moment(rng));
            let until = after(from, rng.i64(1..37));
            let down = Reading::unread(UnreadReason::Unreachable, "simulate", "no answer");
            for index in 0..self.lines.len() {
                self.overlay(index, (from, until), &down);
            }
        }
    }

    /// What a page says at a moment; before its first entry it is not listed.
    pub(crate) fn page(&self, index: usize, at: Timestamp) -> Reading {
        let newest = self.lines[index].range(..=at).next_back();
        newest.map_or_else(
            || says(Availability::NotListed),
            |(_, reading)| reading.clone(),
        )
    }

    /// For a while a page says something else, and then what it would have said.
    pub(crate) fn overlay(
        &mut self,
        index: usize,
        (from, until): (Timestamp, Timestamp),
        what: &Reading,
    ) {
        let truth = self.page(index, until);
        let line = &mut self.lines[index];
        line.retain(|at, _| *at < from || until < *at);
        line.insert(from, what.clone());
        line.insert(until, truth);
    }

    /// From a moment on a page says this and nothing else.
    pub(crate) fn then_on(&mut self, index: usize, at: Timestamp, what: Reading) {
        self.lines[index].retain(|other, _| *other < at);
        self.lines[index].insert(at, what);
    }

    /// When a page first said anything but that it is not there.
    pub(crate) fn listed_at(&self, index: usize) -> Timestamp {
        self.lines[index].keys().next().copied().unwrap_or(self.end)
    }

    /// Since when a page has said what it says at last.
    pub(crate) fn newest_state_since(&self, index: usize) -> Timestamp {
        let line = &self.lines[index];
        let newest = line.values().next_back().and_then(Reading::availability);
        let alike = line
            .iter()
            .rev()
            .take_while(|(_, reading)| reading.availability() == newest);
        alike.last().map_or(self.end, |(at, _)| *at)
    }

    /// Since when a page has sold the book to the end, with or without a wait.
    pub(crate) fn on_sale_since(&self, index: usize) -> Timestamp {
        let newest_first = self.lines[index].iter().rev();
        let sells = newest_first.take_while(|(_, reading)| {
            reading
                .availability()
                .is_some_and(Availability::is_released)
        });
        sells.last().map_or(self.end, |(at, _)| *at)
    }

    /// Since when the page has been out of stock at a moment, if it is.
    pub(crate) fn out_since(&self, index: usize, at: Timestamp) -> Option<Timestamp> {
        let before = self.lines[index].range(..=at).rev();
        let out = before
            .take_while(|(_, reading)| reading.availability() == Some(Availability::OutOfStock));
        out.last().map(|(since, _)| *since)
    }

    /// Adds a note, in the order of time.
    pub(crate) fn note(&mut self, kind: NoteKind, at: Timestamp) {
        self.notes.push(Note {
            kind,
            at,
            store: None,
            ticket: None,
            text: None,
        });
        self.notes.sort_by_key(|note| note.at);
    }

    /// When the author published at KDP, or sent it there for a day.
    pub(crate) fn published(&self) -> Option<Timestamp> {
        let mut notes = self.notes.iter();
        notes
            .find(|note| matches!(note.kind, NoteKind::KdpPublished { .. }))
            .map(|note| note.at)
    }

    /// The publication date as it begins at KDP.
    pub(crate) fn release_day(&self) -> Timestamp {
        midnight_gmt(self.date)
    }

    /// The date in force at a moment.
    pub(crate) fn date_at(&self, at: Timestamp) -> Date {
        match self.moved {
            Some((before, moved)) if at < moved => before,
            _ => self.date,
        }
    }

    /// From a moment on Amazon's page names the formats it offers, its own first.
    pub(crate) fn offer_formats(&mut self, at: Timestamp, names: &[&str]) {
        let said = self.page(AMAZON, at);
        let line = &mut self.lines[AMAZON];
        line.insert(at, said);
        for reading in line.range_mut(at..).map(|(_, reading)| reading) {
            if let Reading::Says(said) = reading {
                said.formats = names
                    .iter()
                    .enumerate()
                    .map(|(index, name)| OtherFormat {
                        name: (*name).to_owned(),
                        words: String::new(),
                        availability: None,
                        selected: index == 0,
                    })
                    .collect();
            }
        }
    }

    /// Its table in a story; the `number`-th edition of the book.
    fn table(&self, number: usize) -> String {
        let format = self.format.name();
        let before = self.moved.map_or(self.date, |(before, _)| before);
        let stores = self.stores.join("\", \"");
        let mut text = format!(
            "\n[[edition]]\ntitle = \"Salt Roads\"\n{} = \"{}\"\nformat = \"{format}\"\n\
             list_price = \"16.99 USD\"\npublication_date = {before}\ndistribution = \"{}\"\n\
             amazon_switch = {}\nstores = [\"{stores}\"]\n",
            if self.is_kindle() { "asin" } else { "isbn" },
            self.id(number),
            self.distribution.name(),
            self.is_switched,
        );
        // Writing to a string cannot fail.
        if let Some(enabled) = self.enabled {
            let _ = writeln!(text, "distribution_enabled = {enabled}");
        }
        if self.is_offset {
            text.push_str("printing = \"offset\"\n");
        }
        text
    }

    /// A Kindle book has no ISBN, but an ASIN.
    fn is_kindle(&self) -> bool {
        self.format == Format::Ebook && self.stores[AMAZON] == "amazon.com"
    }

    /// What it is known by, as the `number`-th edition of the book.
    pub(crate) fn id(&self, number: usize) -> String {
        if self.is_kindle() {
            format!("B0EXAMPLE{number}")
        } else {
            isbn(number)
        }
    }
}

/// The editions of one book as a story without expectations.
///
/// # Errors
///
/// [`StoryError`] when the configuration would not take an edition.
pub(crate) fn story(title: &str, editions: &[Launch]) -> Result<Story, StoryError> {
    let start = editions.iter().map(|one| one.start).min();
    let end = editions.iter().map(|one| one.end).max();
    let mut text = format!(
        "story = \"{title}\"\nstart = {}\nend = {}\n\n[author]\ntimezone = \"{}\"\n",
        start.unwrap_or_default(),
        end.unwrap_or_default(),
        editions.first().map_or("UTC", |one| one.zone),
    );
    text.extend((0..).zip(editions).map(|(number, one)| one.table(number)));
    let mut story = Story::parse(&text)?;
    for (number, edition) in editions.iter().enumerate() {
        let own = story.plan.editions[number].edition.id.clone();
        for (line, name) in edition.lines.iter().zip(&edition.stores) {
            let pages = line.iter().map(|(at, reading)| PageChange {
                at: *at,
                store: StoreId::new(name),
                edition: Some(own.clone()),
                reading: reading.clone(),
            });
            story.pages.extend(pages);
        }
        story.notes.extend(edition.notes.iter().map(|note| Said {
            note: note.clone(),
            edition: Some(own.clone()),
        }));
    }
    story.pages.sort_by_key(|page| page.at);
    story.notes.sort_by_key(|said| said.note.at);
    Ok(story)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draw::{Course, draw};

    #[test]
    fn after_a_disturbance_the_page_says_what_it_would_have_said() {
        let mut launch = draw(Course::Print, &mut fastrand::Rng::with_seed(1));
        let date = launch.release_day();
        let wall = Reading::unread(UnreadReason::Blocked, "simulate", "a captcha");
        launch.overlay(1, (after(date, -48), after(date, 96)), &wall);
        let state = |hours| launch.page(1, after(date, hours)).availability();
        assert_eq!(state(-47), None);
        assert_eq!(state(95), None);
        assert_eq!(state(96), Some(Availability::InStock));
    }
}
