//! Who is told: one thing that is to be told becomes a letter for each recipient and a message for
//! each program elsewhere, of what each wants to hear. Pure.

use jiff::Timestamp;

use super::book::{Book, Topic};
use super::identity::copy_id;
use super::letter::compose;
use super::{Desk, Letter, Route, ntfy, webhook};
use crate::alerts::{Occasion, Telling};
use crate::config::plan::Author;
use crate::config::telling::{HookKind, HookPlan, Least, Recipient};
use crate::history::View;
use crate::judge::{ListingOutlook, Severity};
use crate::text::words;

/// Something to tell, and how much it weighs for those who only want to hear what weighs much.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Weighed {
    /// What is told.
    pub telling: Telling,
    /// Its severity; for an all-clear the highest one that had been told, so that whoever heard of
    /// a worry hears of its end.
    pub weight: Severity,
}

impl Weighed {
    /// Weighs a telling; `told` is the highest severity that letters had told of an alert that is
    /// over.
    pub fn new(telling: Telling, told: Option<Severity>) -> Self {
        let weight = match telling.occasion {
            Occasion::Closed { .. } => told.unwrap_or(telling.finding.severity),
            Occasion::Opened | Occasion::Escalated | Occasion::Reminded | Occasion::News => {
                telling.finding.severity
            }
        };
        Self { telling, weight }
    }
}

/// Who hears of an edition.
#[derive(Debug, Clone, Copy)]
pub struct Audience<'a> {
    /// People, by mail.
    pub recipients: &'a [Recipient],
    /// Programs elsewhere.
    pub hooks: &'a [HookPlan],
}

/// What was written about an edition, or about formats of one book.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// The letter as it tells everything; its Message-ID names the thread. It is one of `all` when
    /// somebody wants to hear everything.
    pub whole: Letter,
    /// The letters and messages to queue; never empty.
    pub all: Vec<Letter>,
}

/// Whether somebody with this limit hears of something of this weight.
pub fn hears(least: Least, weight: Severity) -> bool {
    match least {
        Least::Good => true,
        Least::Watch => weight >= Severity::Watch,
        Least::Act => weight >= Severity::Act,
    }
}

/// An edition, and what there is to tell of it.
#[derive(Debug, Clone, Copy)]
pub struct Matter<'a> {
    /// What is known of it.
    pub view: &'a View,
    /// What is thought of its pages.
    pub outlooks: &'a [ListingOutlook],
    /// What there is to tell.
    pub weighed: &'a [Weighed],
}

/// Writes to everybody who wants to hear of something in `matters`, which are formats of one book;
/// `desk` is the author's. `None`: there is nothing to tell, or nobody wants to hear it.
pub fn write(
    desk: &Desk<'_>,
    audience: Audience<'_>,
    matters: &[Matter<'_>],
    now: Timestamp,
) -> Option<Written> {
    let heard = |least: Least| Heard::of(matters, least);
    let hearers: Vec<(&Recipient, Heard<'_>)> = audience
        .recipients
        .iter()
        .map(|recipient| (recipient, heard(recipient.least)))
        .filter(|(_, heard)| !heard.is_empty())
        .collect();
    let whole = compose(desk, &heard(Least::Good).topics(), now)?;
    let mut all = Vec::new();
    for (recipient, heard) in &hearers {
        let others: Vec<String> = hearers
            .iter()
            .filter(|(other, _)| other.address != recipient.address)
            .map(|(other, _)| other.address.clone())
            .collect();
        let reader = reader(recipient, desk.author);
        let desk = desk_for(desk, &reader, &others);
        if let Some(mut letter) = compose(&desk, &heard.topics(), now) {
            own_identity(&mut letter, &whole, desk.copy_of.is_some());
            all.push(letter);
        }
    }
    // Who can read along at a program elsewhere is not to answer.
    let desk = &Desk {
        site: None,
        ..*desk
    };
    for hook in audience.hooks {
        let heard = heard(hook.least);
        let topics = heard.topics();
        if let (Some(letter), Some(book)) = (compose(desk, &topics, now), Book::new(&topics)) {
            let letter = for_hook(hook, &whole, letter);
            let text = match hook.kind {
                HookKind::Webhook => webhook::about_book(&letter, desk, &book),
                HookKind::Ntfy => ntfy::about_book(&letter, desk, &book),
            };
            all.push(Letter { text, ..letter });
        }
    }
    (!all.is_empty()).then_some(Written { whole, all })
}

/// What somebody hears of each edition.
struct Heard<'a>(Vec<(Matter<'a>, Vec<Telling>)>);

impl<'a> Heard<'a> {
    fn of(matters: &[Matter<'a>], least: Least) -> Self {
        let heard = matters.iter().map(|matter| {
            let weighed = matter.weighed.iter();
            let heard = weighed.filter(|one| hears(least, one.weight));
            (*matter, heard.map(|one| one.telling.clone()).collect())
        });
        Self(heard.collect())
    }

    fn is_empty(&self) -> bool {
        self.0.iter().all(|(_, tellings)| tellings.is_empty())
    }

    fn topics(&self) -> Vec<Topic<'_>> {
        let topics = self.0.iter().map(|(matter, tellings)| Topic {
            view: matter.view,
            outlooks: matter.outlooks,
            tellings,
        });
        topics.collect()
    }
}

/// A recipient as the one whom a letter greets; the author's own name is known.
pub fn reader(recipient: &Recipient, author: &Author) -> Author {
    let is_author = is_author(recipient, author);
    let name = recipient
        .name
        .clone()
        .or_else(|| is_author.then(|| author.name.clone()));
    Author {
        name: name.unwrap_or_default(),
        email: recipient.address.clone(),
        zone: author.zone.clone(),
    }
}

/// The desk at which a letter to `reader` is written, in the author's place or as a copy.
pub fn desk_for<'a>(desk: &Desk<'a>, reader: &'a Author, others: &'a [String]) -> Desk<'a> {
    let is_author = reader.email.eq_ignore_ascii_case(&desk.author.email);
    Desk {
        author: reader,
        copy_of: (!is_author).then_some(desk.author),
        also_to: others,
        // The page is the author's, and so are the answers.
        site: desk.site.filter(|_| is_author),
        ..*desk
    }
}

fn is_author(recipient: &Recipient, author: &Author) -> bool {
    recipient.address.eq_ignore_ascii_case(&author.email)
}

/// The author's letter has the thread's name itself, also when it tells only a part; copies have
/// names made from it.
fn own_identity(letter: &mut Letter, whole: &Letter, is_copy: bool) {
    letter.message_id.clone_from(&whole.message_id);
    if is_copy {
        let to = letter.to.clone();
        name_as_copy(letter, &to);
    }
}

/// Makes names for who gets a copy, so that copies make threads among themselves.
fn name_as_copy(letter: &mut Letter, to: &str) {
    letter.message_id = copy_id(&letter.message_id, to);
    letter.references = letter.references.as_ref().map(|first| copy_id(first, to));
}

/// What a program elsewhere is told of something that is no edition's, as that our line is down.
/// `lines` is the same in a few sentences.
pub fn post_notice(hooks: &[HookPlan], letter: &Letter, lines: &[String]) -> Vec<Letter> {
    hooks
        .iter()
        .filter(|hook| {
            letter
                .severity
                .is_none_or(|severity| hears(hook.least, severity))
        })
        .map(|hook| {
            let letter = for_hook(hook, letter, letter.clone());
            let text = match hook.kind {
                HookKind::Webhook => webhook::about(&letter),
                HookKind::Ntfy => ntfy::about(&letter, lines),
            };
            Letter { text, ..letter }
        })
        .collect()
}

/// The letter as that hook gets it, still with its own words.
fn for_hook(hook: &HookPlan, whole: &Letter, letter: Letter) -> Letter {
    let route = Route::Hook(hook.kind, hook.name.clone());
    let mut letter = Letter {
        message_id: whole.message_id.clone(),
        to_name: String::new(),
        to: words::one_line(&route.name()),
        html: String::new(),
        ..letter
    };
    name_as_copy(&mut letter, &route.name());
    Letter { route, ..letter }
}

#[cfg(test)]
mod tests;
