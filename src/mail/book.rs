//! What a letter is about: one edition, or several formats of one book of which the same is told.
//! Pure.

use std::mem::discriminant;

use jiff::Timestamp;

use super::Desk;
use crate::alerts::Telling;
use crate::book::StoreId;
use crate::history::View;
use crate::judge::text::{Said, Voice, said};
use crate::judge::{Finding, FindingKind, ListingOutlook, NextStep};
use crate::say::say;
use crate::text::words;

/// An edition, and what is told of it.
#[derive(Debug, Clone, Copy)]
pub struct Topic<'a> {
    /// What is known of it.
    pub view: &'a View,
    /// What is thought of its pages.
    pub outlooks: &'a [ListingOutlook],
    /// What is told of it.
    pub tellings: &'a [Telling],
}

/// The formats of one book of which a letter tells something, by what it tells.
#[derive(Debug, Clone)]
pub(super) struct Book<'a> {
    /// The editions, in the order of the configuration; never empty.
    pub topics: Vec<Topic<'a>>,
    /// What each is called beside the others, as "hardcover".
    names: Vec<String>,
    /// What is told, the most severe first; never empty.
    pub points: Vec<Point<'a>>,
}

/// One thing that is told, of one format or of several.
#[derive(Debug, Clone)]
pub(super) struct Point<'a> {
    /// The topics of which it is told, by their place, each with its telling; never empty.
    pub told: Vec<(usize, &'a Telling)>,
}

impl<'a> Point<'a> {
    /// The telling that speaks for all where one has to.
    pub(super) fn first(&self) -> Option<&'a Telling> {
        self.told.first().map(|(_, telling)| *telling)
    }
}

impl<'a> Topic<'a> {
    /// What is told of an edition of whose pages nothing is thought.
    pub fn new(view: &'a View, tellings: &'a [Telling]) -> Self {
        Self {
            view,
            outlooks: &[],
            tellings,
        }
    }
}

impl<'a> Book<'a> {
    /// Puts together what is told. `None`: there is nothing to tell.
    pub(super) fn new(topics: &[Topic<'a>]) -> Option<Self> {
        let topics: Vec<Topic<'a>> = topics
            .iter()
            .filter(|topic| !topic.tellings.is_empty())
            .copied()
            .collect();
        let mut ordered: Vec<(usize, &Telling)> = Vec::new();
        for (place, topic) in topics.iter().enumerate() {
            ordered.extend(topic.tellings.iter().map(|telling| (place, telling)));
        }
        // The sort is stable: equals stay in the order in which the rules are.
        ordered.sort_by_key(|(_, telling)| std::cmp::Reverse(telling.finding.severity));
        let mut points: Vec<Point<'a>> = Vec::new();
        for (place, telling) in ordered {
            let fits = |point: &Point<'_>, needs_same_stores: bool| {
                point.told.iter().all(|(other, _)| *other != place)
                    && point.first().is_some_and(|first| {
                        is_one_point(first, telling)
                            && (!needs_same_stores
                                || first.finding.stores == telling.finding.stores)
                    })
            };
            let same = points.iter().position(|point| fits(point, true));
            // Who is asked the same for other stores is asked once.
            let is_asked = telling.finding.ask().is_some();
            let asked = || points.iter().position(|point| fits(point, false));
            match same.or_else(|| is_asked.then(asked).flatten()) {
                Some(index) => {
                    if let Some(point) = points.get_mut(index) {
                        point.told.push((place, telling));
                    }
                }
                None => points.push(Point {
                    told: vec![(place, telling)],
                }),
            }
        }
        let names = names(&topics);
        (!points.is_empty()).then_some(Self {
            topics,
            names,
            points,
        })
    }

    /// What it tells first, with the place of its topic.
    pub(super) fn first(&self) -> Option<(usize, &'a Telling)> {
        self.points.first()?.told.first().copied()
    }

    /// The formats of which the first is told, as "paperback and hardcover"; in short, "2 formats".
    pub(super) fn formats_of_first(&self, in_short: bool) -> String {
        let told = self.points.first().map_or(&[][..], |first| &first.told);
        if in_short && 1 < told.len() {
            return words::counted(told.len(), "format");
        }
        self.names_of(&told.iter().map(|(place, _)| *place).collect::<Vec<_>>())
    }

    /// What a topic is called beside the others; `None` where it is the only one.
    pub(super) fn name(&self, place: usize) -> Option<&str> {
        let name = self.names.get(place).filter(|_| 1 < self.names.len());
        name.map(String::as_str)
    }

    /// A store in a line of its own, as "Amazon (hardcover)".
    pub(super) fn label(&self, place: usize, label: String) -> String {
        match self.name(place) {
            Some(name) => say!("with-more", what = label, more = name),
            None => label,
        }
    }

    /// What each telling of a point says, in words.
    pub(super) fn said(
        &self,
        desk: &Desk<'_>,
        point: &Point<'_>,
        now: Timestamp,
    ) -> Vec<(usize, Said)> {
        let topics = point.told.iter().filter_map(|(place, telling)| {
            let topic = self.topics.get(*place)?;
            let said = said(&telling.finding, &desk.voice(topic.view, now));
            Some((*place, said))
        });
        topics.collect()
    }

    /// What happened, in a line: each headline with its formats, where there are several in the
    /// letter.
    pub(super) fn headline(&self, said: &[(usize, Said)]) -> String {
        let of_all = grouped(said.iter().map(|(place, said)| (*place, &said.headline)));
        let lines = of_all.iter().map(|(places, headline)| {
            if self.topics.len() < 2 {
                (*headline).clone()
            } else {
                let formats = self.names_of(places);
                say!("with-more", what = headline.as_str(), more = formats)
            }
        });
        lines.collect::<Vec<_>>().join("; ")
    }

    /// What is told first, for a subject, which names the formats anyway; where the same is told of
    /// several stores, of all of them.
    pub(super) fn brief_headline(&self, desk: &Desk<'_>, now: Timestamp) -> String {
        let Some((place, telling)) = self.first() else {
            return String::new();
        };
        let mut finding = telling.finding.clone();
        // Of the same at other stores only: something else is told in the letter.
        let told = self.points.iter().flat_map(|point| &point.told);
        let same = told.filter(|(_, one)| is_one_kind(&one.finding, &telling.finding));
        for (_, other) in same {
            for store in &other.finding.stores {
                if !finding.stores.contains(store) {
                    finding.stores.push(store.clone());
                }
            }
            if let (
                FindingKind::AllClear { now: of_all, .. },
                FindingKind::AllClear { now: of_one, .. },
            ) = (&mut finding.kind, &other.finding.kind)
            {
                let is_new = |one: &&(StoreId, _)| of_all.iter().all(|(known, _)| *known != one.0);
                let new: Vec<_> = of_one.iter().filter(is_new).cloned().collect();
                of_all.extend(new);
            }
        }
        self.topics.get(place).map_or_else(String::new, |topic| {
            let voice = Voice {
                brief: true,
                ..desk.voice(topic.view, now)
            };
            said(&finding, &voice).headline
        })
    }

    /// What is the same for all that it is said of, once; otherwise each with its formats.
    pub(super) fn by_format(&self, said: &[(usize, String)]) -> Vec<String> {
        let grouped = grouped(said.iter().map(|(place, text)| (*place, text)));
        let is_one = grouped.len() < 2;
        let spoken = grouped.iter().filter(|(_, text)| !text.is_empty());
        let texts = spoken.map(|(places, text)| {
            if is_one {
                (*text).clone()
            } else {
                format!("{}: {text}", capital(&self.names_of(places)))
            }
        });
        texts.collect()
    }

    fn names_of(&self, places: &[usize]) -> String {
        let names = places.iter().filter_map(|place| self.names.get(*place));
        words::list(names)
    }
}

/// Equal texts together, in the order of their first.
fn grouped<'s>(said: impl Iterator<Item = (usize, &'s String)>) -> Vec<(Vec<usize>, &'s String)> {
    let mut groups: Vec<(Vec<usize>, &String)> = Vec::new();
    for (place, text) in said {
        match groups.iter_mut().find(|(_, known)| *known == text) {
            Some((places, _)) => places.push(place),
            None => groups.push((vec![place], text)),
        }
    }
    groups
}

/// The formats' names, with the number where two of the editions are of one format.
fn names(topics: &[Topic<'_>]) -> Vec<String> {
    let named = topics.iter().map(|topic| {
        let edition = &topic.view.edition;
        let same = topics
            .iter()
            .filter(|other| other.view.edition.format == edition.format);
        if same.count() == 1 {
            edition.format.word().to_owned()
        } else {
            format!("{} {}", edition.format.word(), edition.id)
        }
    });
    named.collect()
}

/// The first letter as a capital.
fn capital(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(characters).collect()
    })
}

/// Of two formats the same is told: of one kind, for the same reason now, as grave, with the same
/// next step.
fn is_one_point(one: &Telling, other: &Telling) -> bool {
    discriminant(&one.occasion) == discriminant(&other.occasion)
        && one.finding.severity == other.finding.severity
        && one.finding.usual == other.finding.usual
        && is_one_kind(&one.finding, &other.finding)
        && is_one_step(&one.finding.next, &other.finding.next)
}

fn is_one_kind(one: &Finding, other: &Finding) -> bool {
    match (&one.kind, &other.kind) {
        (FindingKind::AllClear { was: one, .. }, FindingKind::AllClear { was: other, .. }) => {
            is_one_kind(one, other)
        }
        // What was clicked at different times is waited for differently.
        (FindingKind::KdpNotLive(one), FindingKind::KdpNotLive(other))
        | (FindingKind::KdpPastOuterLimit(one), FindingKind::KdpPastOuterLimit(other)) => {
            one == other
        }
        (
            FindingKind::Milestone { which: one, .. },
            FindingKind::Milestone { which: other, .. },
        ) => one == other,
        (one, other) => discriminant(one) == discriminant(other),
    }
}

fn is_one_step(one: &NextStep, other: &NextStep) -> bool {
    match (one, other) {
        (NextStep::Ask { .. }, NextStep::Ask { .. })
        | (NextStep::Do { .. }, NextStep::Do { .. }) => one == other,
        (one, other) => discriminant(one) == discriminant(other),
    }
}
