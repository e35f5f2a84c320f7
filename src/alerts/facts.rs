//! What programs are told of an edition, a page, a finding and a note: the same by `--json`, by the interface
//! and by webhooks. Fields are only ever added.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::Serialize;
use utoipa::ToSchema;

use super::pause;
use crate::book::{
    Asin, Availability, Distribution, Edition, EditionId, Format, Isbn13, Launch, Note, NoteKind,
    StoreId,
};
use crate::history::ListingView;
use crate::judge::text::{Voice, said};
use crate::judge::{Finding, FindingKind, Severity};

/// What an edition is known by.
#[derive(Debug, Serialize, ToSchema)]
pub struct Numbers<'a> {
    /// Its ISBN-13, digits alone; its ASIN; or `store:number`.
    #[schema(value_type = String)]
    pub id: &'a EditionId,
    /// The ISBN-13, digits alone; null where it has none.
    pub isbn: Option<&'a Isbn13>,
    /// Amazon's number, where it is known by that; otherwise null.
    pub asin: Option<&'a Asin>,
}

impl<'a> Numbers<'a> {
    /// What an edition is known by, with the ASIN that its configuration names.
    pub fn of(edition: &'a Edition) -> Self {
        Self {
            asin: edition.asin(),
            ..Self::of_id(&edition.id)
        }
    }

    /// As far as the identity says it.
    pub fn of_id(id: &'a EditionId) -> Self {
        Self {
            id,
            isbn: id.isbn(),
            asin: id.asin(),
        }
    }
}

/// An edition, with what is in force for it now.
#[derive(Debug, Serialize, ToSchema)]
pub struct EditionFacts<'a> {
    /// What it is known by.
    #[serde(flatten)]
    pub numbers: Numbers<'a>,
    /// The title.
    pub title: &'a str,
    /// The author, where it is another than the configuration's.
    pub author: Option<&'a str>,
    /// The form.
    pub format: Format,
    /// The date in force: a note may have moved the configured one.
    pub publication_date: Date,
    /// The one in force.
    pub on_sale_date: Date,
    /// Who carries it to the stores.
    pub distribution: Distribution,
    /// The imprint.
    pub imprint: Option<&'a str>,
    /// The day on which letters about it begin again; null: they are not paused.
    pub paused_until: Option<Date>,
    /// Letters are paused, but what is to be acted on is told all the same.
    pub paused_but_act: bool,
}

impl<'a> EditionFacts<'a> {
    /// The facts of an edition; `notes` are those that stand.
    pub fn of(
        (edition, launch): (&'a Edition, &Launch),
        notes: &[Note],
        zone: &TimeZone,
        now: Timestamp,
    ) -> Self {
        let pause = pause::in_force(notes, zone, now);
        Self {
            numbers: Numbers::of(edition),
            title: &edition.title,
            author: edition.author.as_deref(),
            format: edition.format,
            publication_date: launch.publication,
            on_sale_date: launch.on_sale,
            distribution: edition.distribution,
            imprint: edition.imprint.as_deref(),
            paused_until: pause.as_ref().map(|pause| pause.until),
            paused_but_act: pause.is_some_and(|pause| pause.but_act),
        }
    }
}

/// How a store's page stands.
#[derive(Debug, Serialize, ToSchema)]
pub struct PageState<'a> {
    /// The store.
    pub store: &'a StoreId,
    /// The address, clean of tracking.
    pub address: &'a str,
    /// What it offers, as far as that is seen now.
    pub availability: Option<Availability>,
    /// Since when it offers that.
    pub since: Option<Timestamp>,
    /// The newest attempt, whatever it gave.
    pub last_try: Option<Timestamp>,
    /// The newest reading that named a state.
    pub last_good: Option<Timestamp>,
    /// What it offered when it was last seen.
    pub last_availability: Option<Availability>,
    /// Since when nobody has seen it: it cannot be read, or was not looked at for too long.
    pub unseen_since: Option<Timestamp>,
    /// Since when it cannot be read.
    pub unread_since: Option<Timestamp>,
}

impl<'a> PageState<'a> {
    /// How a page stands at a time.
    pub fn of(listing: &'a ListingView, now: Timestamp) -> Self {
        let spell = listing.seen(now);
        Self {
            store: &listing.store,
            address: &listing.address,
            availability: spell.map(|spell| spell.availability),
            since: spell.map(|spell| spell.since),
            last_try: listing.last_try,
            last_good: listing.last_good,
            last_availability: listing.now().map(|spell| spell.availability),
            unseen_since: listing.unseen_since(now),
            unread_since: listing.blind.as_ref().map(|blind| blind.since),
        }
    }
}

/// What a rule found, as facts and in words.
#[derive(Debug, Serialize, ToSchema)]
pub struct FindingFacts<'a> {
    /// The rule.
    pub rule: &'static str,
    /// What was found, as data: its `kind`, and the fields of that kind.
    #[schema(value_type = Object)]
    pub facts: &'a FindingKind,
    /// How much it matters now.
    pub severity: Severity,
    /// The stores that it is about; none where it is about the edition.
    pub stores: &'a [StoreId],
    /// Since when it has lasted.
    pub since: Timestamp,
    /// What happened, in a line.
    pub headline: String,
    /// Whether that is within what is usual.
    pub verdict: String,
    /// How long it usually takes, with its source.
    pub usual: Option<&'a str>,
    /// From when on acting is right.
    pub act_from: Option<Timestamp>,
    /// What to do next.
    pub next_step: String,
}

impl<'a> FindingFacts<'a> {
    /// A finding, in this voice.
    pub fn of(finding: &'a Finding, voice: &Voice<'_>) -> Self {
        let said = said(finding, voice);
        Self {
            rule: finding.kind.name(),
            facts: &finding.kind,
            severity: finding.severity,
            stores: &finding.stores,
            since: finding.since,
            headline: said.headline,
            verdict: said.verdict,
            usual: finding.usual.as_ref().map(|usual| usual.sentence.as_str()),
            act_from: finding.act_from,
            next_step: said.step,
        }
    }
}

/// What the author said.
#[derive(Debug, Serialize, ToSchema)]
pub struct NoteFacts<'a> {
    /// Since when it holds.
    pub at: Timestamp,
    /// What it says, by its name.
    pub kind: &'static str,
    /// The store that it is about; null: all of them.
    pub store: Option<&'a StoreId>,
    /// The number of the support request.
    pub ticket: Option<&'a str>,
    /// Free words.
    pub text: Option<&'a str>,
    /// The date that it was moved to.
    pub to: Option<Date>,
    /// The day on which a mute or a pause ends.
    pub until: Option<Date>,
    /// What a mute is about; null: everything.
    pub cause: Option<&'a str>,
}

impl<'a> NoteFacts<'a> {
    /// The facts of a note.
    pub fn of(note: &'a Note) -> Self {
        let (mut to, mut until, mut cause) = (None, None, None);
        if let NoteKind::DateChanged { to: day, .. } = &note.kind {
            to = Some(*day);
        } else if let NoteKind::Muted {
            until: day,
            cause: of,
        } = &note.kind
        {
            (until, cause) = (Some(*day), of.as_deref());
        } else if let NoteKind::Paused { until: day, .. } = &note.kind {
            until = Some(*day);
        }
        Self {
            at: note.at,
            kind: note.kind.name(),
            store: note.store.as_ref(),
            ticket: note.ticket.as_deref(),
            text: note.text.as_deref(),
            to,
            until,
            cause,
        }
    }
}
