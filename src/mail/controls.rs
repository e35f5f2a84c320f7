//! How the author answers a letter: links where there is a page, otherwise the commands that tell
//! Pubwatch what it cannot see. Pure.

use jiff::Timestamp;

use super::Desk;
use super::answers::{Answer, Link};
use super::book::Book;
use crate::alerts::Telling;
use crate::alerts::lifecycle::key;
use crate::book::Edition;
use crate::history::{ListingView, View};
use crate::judge::{Finding, FindingKind, Party, Severity};
use crate::say::say;
use crate::text::words;

/// A way to answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Control {
    /// The answer.
    pub answer: Answer,
    /// Who was asked, where that is the answer.
    pub whom: &'static str,
    /// The command; of several formats, each one's.
    pub commands: Vec<String>,
    /// The links, where the letter has them, each with what it is about.
    pub links: Vec<(String, String)>,
}

impl Control {
    /// What is answered, or when it is the right answer.
    pub fn what(&self) -> String {
        if self.links.is_empty() {
            self.answer.when(self.whom)
        } else {
            self.answer.words(self.whom)
        }
    }

    /// The links, each with what is answered, and about what where there are several.
    pub fn taps(&self) -> impl Iterator<Item = (String, &str)> {
        let is_one = self.links.len() == 1;
        self.links.iter().map(move |(about, address)| {
            let what = self.what();
            let shown = if is_one || about.is_empty() {
                what
            } else {
                say!("with-more", what = what, more = about.as_str())
            };
            (shown, address.as_str())
        })
    }
}

/// Adds the answers to a finding that stands open, each once; what answers for several has a
/// command or a link for each. `link` gives the address for an answer, and what it is about.
pub fn add_controls(
    controls: &mut Vec<Control>,
    view: &View,
    finding: &Finding,
    link: impl Fn(Answer) -> Option<(String, String)>,
) {
    for (answer, whom, command) in of(view, finding) {
        let link = link(answer);
        // The page of the edition takes all that an author can tell; three taps are enough.
        let is_left_out = if answer == Answer::RevisionStarted {
            link.is_some()
        } else {
            link.is_none() && command.is_none()
        };
        if is_left_out {
            continue;
        }
        let is_it = |known: &Control| (known.answer, known.whom) == (answer, whom);
        let place = controls.iter().position(is_it).unwrap_or(controls.len());
        if place == controls.len() {
            controls.push(Control {
                answer,
                whom,
                commands: Vec::new(),
                links: Vec::new(),
            });
        }
        if let Some(known) = controls.get_mut(place) {
            let command = command.filter(|command| !known.commands.contains(command));
            known.commands.extend(command);
            known.links.extend(link);
        }
    }
}

/// What the author may answer to a finding that stands open, and whom each answer names.
pub fn answers(view: &View, finding: &Finding) -> Vec<(Answer, &'static str)> {
    let all = of(view, finding).into_iter();
    all.map(|(answer, whom, _)| (answer, whom)).collect()
}

/// The editions' pages, each with its format where there are several.
pub(super) fn pages(desk: &Desk<'_>, book: &Book<'_>) -> Vec<(String, String)> {
    let topics = book.topics.iter().enumerate();
    let pages = topics.filter_map(|(place, topic)| {
        let page = desk.page_of(&topic.view.edition.id)?;
        Some((book.name(place).unwrap_or_default().to_owned(), page))
    });
    pages.collect()
}

/// The address of an answer to what is told of a topic, and what it is about.
pub(super) fn link(
    desk: &Desk<'_>,
    book: &Book<'_>,
    (place, telling): (usize, &Telling),
    answer: Answer,
    now: Timestamp,
) -> Option<(String, String)> {
    let (site, signs) = (desk.site?, desk.signs?);
    let alert = key(&book.topics.get(place)?.view.edition.id, &telling.finding);
    let voice = desk.plain_voice(now);
    let stores = words::list(alert.stores.iter().map(|one| voice.label(one)));
    let about = match book.name(place) {
        Some(name) if stores.is_empty() => name.to_owned(),
        Some(_) | None => book.label(place, stores),
    };
    let path = Link::new(signs, &alert, answer, now).path();
    Some((about, format!("{site}{path}")))
}

/// The answers, whom they name, and their commands.
fn of(view: &View, finding: &Finding) -> Vec<(Answer, &'static str, Option<String>)> {
    let edition = &view.edition;
    // A note names one store or none: of several stores, all are meant.
    let store = match finding.stores.as_slice() {
        [store] => format!(" --store {store}"),
        _ => String::new(),
    };
    let command = |answer: Answer, store: &str| {
        format!("pubwatch note {} {}{store}", edition.id, answer.name())
    };
    let mut answers = Vec::new();
    let mut add = |answer, whom, store: &str| {
        answers.push((answer, whom, Some(command(answer, store))));
    };
    let is_click = matches!(
        finding.kind,
        FindingKind::PublishAtKdp { .. } | FindingKind::PublishAtKdpMorning { .. }
    );
    // A look by hand is answered by a look, whose command is its step.
    let is_look = matches!(finding.kind, FindingKind::LookByHand(_));
    if is_click {
        add(Answer::KdpPublished, "", "");
    } else if !is_look {
        let asked = finding
            .ask()
            .filter(|_| finding.severity == Severity::Act)
            .map(|party| asked(party, edition));
        if let Some((answer, whom)) = asked {
            add(answer, whom, &store);
        }
        if !finding.stores.is_empty() {
            if is_off_sale(view, finding) {
                add(Answer::RevisionStarted, "", "");
            }
            add(Answer::Expected, "", &store);
        }
    }
    answers.push((Answer::Later, "", None));
    answers
}

/// A store of the finding takes no orders, which is what new files do to a page.
fn is_off_sale(view: &View, finding: &Finding) -> bool {
    view.listings
        .iter()
        .filter(|listing| finding.stores.contains(&listing.store) && listing.blind.is_none())
        .filter_map(ListingView::now)
        .any(|spell| spell.availability.is_off())
}

/// The answer that a party was asked, and how it is called.
fn asked(party: Party, edition: &Edition) -> (Answer, &'static str) {
    match party {
        Party::IngramSpark => (Answer::AskedIngramspark, party.label()),
        Party::Kdp => (Answer::AskedKdp, party.label()),
        Party::Distributor => (Answer::AskedStore, edition.distribution.label()),
        Party::Draft2Digital
        | Party::PublishDrive
        | Party::BarnesNoble
        | Party::Bookshop
        | Party::Store => (Answer::AskedStore, party.label()),
    }
}
