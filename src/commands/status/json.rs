//! The status for programs.

use jiff::Timestamp;
use serde::Serialize;
use serde_json::json;

use super::Status;
use crate::alerts::facts::{EditionFacts, Numbers, PageState};
use crate::history::{ListingView, Spell, View};
use crate::judge::text::outlook;
use crate::judge::{Judgement, Outlook};
use crate::page::UnreadReason;
use crate::service::context::Context;
use crate::terminal::coming::Coming;

#[derive(Serialize)]
struct OneEdition<'a> {
    #[serde(flatten)]
    edition: EditionFacts<'a>,
    listings: Vec<Listing<'a>>,
}

#[derive(Serialize)]
struct Listing<'a> {
    #[serde(flatten)]
    page: PageState<'a>,
    confirmed: bool,
    words: Option<&'a str>,
    unread_reason: Option<UnreadReason>,
    unread_words: Option<&'a str>,
    next_look: Option<Timestamp>,
    next_look_why: Option<&'static str>,
    outlook: Option<&'a Outlook>,
    outlook_words: Option<String>,
}

impl Status {
    fn listing<'a>(
        &'a self,
        context: &Context,
        (view, judgement): (&View, &'a Judgement),
        listing: &'a ListingView,
    ) -> Listing<'a> {
        let mut outlooks = judgement.outlooks.iter();
        let known = outlooks.find(|one| one.store == listing.store);
        let spell = listing.seen(self.now);
        let unread = listing.blind.as_ref().map(|blind| &blind.unread);
        let next = self.next.iter().find(|next| {
            next.listing.edition == view.edition.id && next.listing.store == listing.store
        });
        let next = next.and_then(|next| next.due);
        Listing {
            page: PageState::of(listing, self.now),
            confirmed: spell.is_some_and(Spell::is_confirmed),
            words: spell.map(|spell| spell.says.words.as_str()),
            unread_reason: unread.map(|unread| unread.reason),
            unread_words: unread.map(|unread| unread.words.as_str()),
            next_look: next.map(|due| due.at),
            next_look_why: next.map(|due| due.why.words()),
            outlook: known.map(|one| &one.outlook),
            outlook_words: known.map(|one| outlook(one, &self.voice(context, view))),
        }
    }

    pub(super) fn json(&self, context: &Context) -> serde_json::Value {
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
        let alerts = self.alerts.iter().map(|alert| {
            let numbers = Numbers::of_id(&alert.key.edition);
            json!({
                "rule": alert.finding.kind.name(),
                "id": numbers.id,
                "isbn": numbers.isbn,
                "asin": numbers.asin,
                "stores": alert.key.stores,
                "severity": alert.severity,
                "since": alert.since,
                "opened": alert.opened,
            })
        });
        json!({
            "now": self.now,
            "next_checks": coming.checks,
            "next_digests": coming.digests,
            "last_check": self.health.last_check,
            "last_good_check": self.health.last_good_check,
            "nobody_looked": self.health.slept.map(|(from, to)| json!({ "from": from, "to": to })),
            "ailments": self.health.ailments.iter().map(|one| json!({
                "name": one.name(),
                "words": one.words(zone, self.now),
            })).collect::<Vec<_>>(),
            "drifts": self.drifts,
            "editions": editions.collect::<Vec<_>>(),
            "requests_today": self.rations,
            "alerts": alerts.collect::<Vec<_>>(),
            "outbox": self.outbox,
        })
    }
}
