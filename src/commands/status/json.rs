//! The status for programs.

use jiff::Timestamp;
use serde::Serialize;

use super::Status;
use crate::alerts::facts::{EditionFacts, Numbers};
use crate::book::StoreId;
use crate::fetch::ration::Ration;
use crate::history::drift::Drift;
use crate::history::{ListingView, Spell, View};
use crate::judge::{Judgement, Severity};
use crate::mail::sqlite::Counts;
use crate::page::UnreadReason;
use crate::round::health::HealthFacts;
use crate::service::context::Context;
use crate::terminal::coming::Coming;
use crate::web::api::ListingNow;

#[derive(Serialize)]
pub(super) struct StatusFacts<'a> {
    now: Timestamp,
    next_checks: Option<Vec<Timestamp>>,
    next_digests: Vec<Timestamp>,
    #[serde(flatten)]
    health: HealthFacts,
    nobody_looked: Option<Span>,
    drifts: &'a [Drift],
    editions: Vec<OneEdition<'a>>,
    requests_today: &'a [Ration],
    alerts: Vec<OpenAlert<'a>>,
    outbox: &'a Counts,
}

#[derive(Serialize)]
struct Span {
    from: Timestamp,
    to: Timestamp,
}

#[derive(Serialize)]
struct OneEdition<'a> {
    #[serde(flatten)]
    edition: EditionFacts<'a>,
    listings: Vec<Listing<'a>>,
}

#[derive(Serialize)]
struct Listing<'a> {
    #[serde(flatten)]
    now: ListingNow<'a>,
    confirmed: bool,
    words: Option<&'a str>,
    unread_reason: Option<UnreadReason>,
    unread_words: Option<&'a str>,
    next_look: Option<Timestamp>,
    next_look_why: Option<&'static str>,
}

#[derive(Serialize)]
struct OpenAlert<'a> {
    rule: &'static str,
    #[serde(flatten)]
    edition: Numbers<'a>,
    stores: &'a [StoreId],
    severity: Severity,
    since: Timestamp,
    opened: Timestamp,
}

impl Status {
    fn listing<'a>(
        &'a self,
        context: &Context,
        (view, judgement): (&View, &'a Judgement),
        listing: &'a ListingView,
    ) -> Listing<'a> {
        let spell = listing.seen(self.now);
        let unread = listing.blind.as_ref().map(|blind| &blind.unread);
        let next = self.next.iter().find(|next| {
            next.listing.edition == view.edition.id && next.listing.store == listing.store
        });
        let next = next.and_then(|next| next.due);
        Listing {
            now: ListingNow::of(listing, judgement, &self.voice(context, view)),
            confirmed: spell.is_some_and(Spell::is_confirmed),
            words: spell.map(|spell| spell.says.words.as_str()),
            unread_reason: unread.map(|unread| unread.reason),
            unread_words: unread.map(|unread| unread.words.as_str()),
            next_look: next.map(|due| due.at),
            next_look_why: next.map(|due| due.why.words()),
        }
    }

    pub(super) fn facts<'a>(&'a self, context: &Context) -> StatusFacts<'a> {
        let zone = &context.plan.author.zone;
        let coming = Coming::of(&context.plan, self.now);
        let editions = self.views.iter().zip(&self.judgements);
        let editions = editions.map(|(view, judgement)| {
            let listings = view.listings.iter();
            let listings = listings.map(|one| self.listing(context, (view, judgement), one));
            let edition = (&view.edition, &view.launch);
            OneEdition {
                edition: EditionFacts::of(edition, &view.notes, zone, self.now),
                listings: listings.collect(),
            }
        });
        let alerts = self.alerts.iter().map(|alert| OpenAlert {
            rule: alert.finding.kind.name(),
            edition: Numbers::of_id(&alert.key.edition),
            stores: &alert.key.stores,
            severity: alert.severity,
            since: alert.since,
            opened: alert.opened,
        });
        StatusFacts {
            now: self.now,
            next_checks: coming.checks,
            next_digests: coming.digests,
            health: self.health.facts(zone, self.now),
            nobody_looked: self.health.slept.map(|(from, to)| Span { from, to }),
            drifts: &self.drifts,
            editions: editions.collect(),
            requests_today: &self.rations,
            alerts: alerts.collect(),
            outbox: &self.outbox,
        }
    }
}
