//! The status for programs.

use serde_json::json;

use super::Status;
use crate::alerts::pause;
use crate::history::{ListingView, View};
use crate::judge::Judgement;
use crate::judge::text::outlook;
use crate::service::context::Context;
use crate::terminal::coming::Coming;

impl Status {
    #[expect(clippy::too_many_lines, reason = "one object, field by field")]
    pub(super) fn json(&self, context: &Context) -> serde_json::Value {
        let listing = |view: &View, judgement: &Judgement, listing: &ListingView| {
            let edition = &view.edition.id;
            let known = judgement
                .outlooks
                .iter()
                .find(|one| one.store == listing.store);
            let normal = known.map(|one| outlook(one, &self.voice(context, view)));
            let spell = listing.seen(self.now);
            let next = self.next.iter().find(|next| {
                next.listing.edition == *edition && next.listing.store == listing.store
            });
            let next = next.and_then(|next| next.due);
            json!({
                "store": listing.store,
                "address": listing.address,
                "availability": spell.map(|spell| spell.availability),
                "since": spell.map(|spell| spell.since),
                "confirmed": spell.is_some_and(crate::history::Spell::is_confirmed),
                "words": spell.map(|spell| &spell.says.words),
                "last_try": listing.last_try,
                "last_good": listing.last_good,
                "last_availability": listing.now().map(|spell| spell.availability),
                "unseen_since": listing.unseen_since(self.now),
                "unread_since": listing.blind.as_ref().map(|blind| blind.since),
                "unread_reason": listing.blind.as_ref().map(|blind| blind.unread.reason),
                "unread_words": listing.blind.as_ref().map(|blind| &blind.unread.words),
                "next_look": next.map(|due| due.at),
                "next_look_why": next.map(|due| due.why.words()),
                "outlook": known.map(|one| &one.outlook),
                "outlook_words": normal,
            })
        };
        let zone = &context.plan.author.zone;
        let pause_of = |view: &View| pause::in_force(&view.notes, zone, self.now);
        let coming = Coming::of(&context.plan, self.now);
        json!({
            "now": self.now,
            "next_checks": coming.checks,
            "next_digests": coming.digests,
            "last_check": self.health.last_check,
            "last_good_check": self.health.last_good_check,
            "nobody_looked": self.health.slept.map(|(from, to)| json!({ "from": from, "to": to })),
            "ailments": self.health.ailments.iter().map(|one| json!({
                "name": one.name(),
                "words": one.words(&context.plan.author.zone, self.now),
            })).collect::<Vec<_>>(),
            "drifts": self.drifts,
            "editions": self.views.iter().zip(&self.judgements).map(|(view, judgement)| json!({
                "id": view.edition.id,
                "isbn": view.edition.id.isbn(),
                "asin": view.edition.asin(),
                "title": view.edition.title,
                "format": view.edition.format,
                "publication_date": view.launch.publication,
                "paused_until": pause_of(view).map(|pause| pause.until),
                "paused_but_act": pause_of(view).is_some_and(|pause| pause.but_act),
                "listings": view
                    .listings
                    .iter()
                    .map(|one| listing(view, judgement, one))
                    .collect::<Vec<_>>(),
            })).collect::<Vec<_>>(),
            "requests_today": self.rations.iter().map(|ration| json!({
                "host": ration.host.as_str(),
                "used": ration.used,
                "cap": ration.cap,
            })).collect::<Vec<_>>(),
            "alerts": self.alerts.iter().map(|alert| json!({
                "rule": alert.finding.kind.name(),
                "id": alert.key.edition,
                "isbn": alert.key.edition.isbn(),
                "asin": alert.key.edition.asin(),
                "stores": alert.key.stores,
                "severity": alert.severity.name(),
                "since": alert.since,
                "opened": alert.opened,
            })).collect::<Vec<_>>(),
            "outbox": {
                "waiting": self.outbox.waiting,
                "failed": self.outbox.failed,
                "delivered": self.outbox.delivered,
                "last_error": self.outbox.last_error,
            },
        })
    }
}
