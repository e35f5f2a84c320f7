//! How each store answers: one page, asked politely or looked at lately, and what came of it.

use std::iter;

use jiff::Timestamp;

use super::look::Look;
use crate::book::{EditionId, Source};
use crate::config::plan::{Plan, StorePlan, label};
use crate::config::presets::is_unverified;
use crate::db::Db;
use crate::fetch::command::has_browser;
use crate::history::sqlite::{drifts, observations, view};
use crate::history::{ListingId, ListingView};
use crate::judge::other_ways;
use crate::page::{Unread, UnreadReason, refused};
use crate::round::{House, Stop, one_page_of_each_store};
use crate::say::fixed;
use crate::text::words;

/// Lets the Chromium of this machine be tried as well, where our own request fails: it needs no account,
/// and nothing is to be set for it.
pub(super) fn try_browser(plan: &mut Plan) {
    if !has_browser() {
        return;
    }
    for store in &mut plan.stores {
        let ways = &mut store.ways;
        for order in iter::once(&mut ways.order).chain(ways.by_edition.values_mut()) {
            if order.contains(&Source::Http) && !order.contains(&Source::Browser) {
                order.push(Source::Browser);
            }
        }
    }
}

/// Asks one page of each store that may be asked, and tells of each how its newest look went. The house
/// may try more ways than the plan has.
pub(super) async fn look(house: &House, plan: &Plan) -> Vec<Look> {
    let mut looks = Vec::new();
    let began = house.clock.now();
    if let Err(error) = one_page_of_each_store(house, &Stop::default()).await {
        looks.push(Look::wrong("stores", format!("cannot ask: {error}")));
    }
    let views = house.db.read(|connection| {
        house
            .plan
            .editions
            .iter()
            .map(|plan| view(connection, plan))
            .collect::<rusqlite::Result<Vec<_>>>()
    });
    let views = match views {
        Ok(views) => views,
        Err(error) => {
            let why = format!("cannot read the history: {error}");
            looks.push(Look::wrong("stores", why));
            return looks;
        }
    };
    let now = house.clock.now();
    let drifts = house.db.read(|connection| drifts(connection, now));
    for drift in drifts.unwrap_or_default() {
        let label = label(&drift.store, &house.plan.stores);
        let said = drift.words(label, &house.plan.author.zone, now);
        looks.push(Look::wrong(label, said).next(drift.next_step()));
    }
    for (store, tried) in plan.stores.iter().zip(&house.plan.stores) {
        let newest = views
            .iter()
            .flat_map(|view| {
                let edition = &view.edition.id;
                view.listings.iter().map(move |listing| (edition, listing))
            })
            .filter(|(_, listing)| listing.store == store.id)
            .max_by_key(|(_, listing)| listing.last_try);
        looks.push(match newest {
            Some((edition, listing)) => {
                let page = Page {
                    store,
                    edition,
                    listing,
                    by: way_of(&house.db, edition, listing),
                    has_account: plan.api.is_some(),
                    tried: if Some(began) <= listing.last_try {
                        tried.ways.of(edition)
                    } else {
                        store.ways.of(edition)
                    },
                };
                of(&page, now)
            }
            None => Look::note(&store.label, "no edition is watched there"),
        });
    }
    looks
}

/// A page of a store, and how it was had when it was last looked at.
struct Page<'a> {
    store: &'a StorePlan,
    edition: &'a EditionId,
    listing: &'a ListingView,
    by: Option<Source>,
    /// There is an account for Amazon's API.
    has_account: bool,
    /// The ways that were tried, also some that nobody chose.
    tried: &'a [Source],
}

/// By which way the newest look was had; `None` where there is none, or it cannot be told.
fn way_of(db: &Db, edition: &EditionId, listing: &ListingView) -> Option<Source> {
    let id = ListingId::new(edition, &listing.store);
    let last = listing.last_try?;
    let newest = db.read(|connection| observations(connection, &id, last));
    // That it cannot be told is no news: the view could be read a moment ago.
    Some(newest.ok()?.last()?.source)
}

fn of(page: &Page<'_>, now: Timestamp) -> Look {
    let (label, listing) = (&page.store.label, page.listing);
    let Some(last) = listing.last_try else {
        if page.store.ways.is_by_hand(page.edition) {
            return Look::note(label, "nobody has told what its page says yet").next(format!(
                "look yourself, and tell: `{}`",
                other_ways::command(page.edition, &listing.store)
            ));
        }
        return Look::note(
            label,
            "it was not asked: it asked us to stay away, or another Pubwatch is asking it now",
        )
        .next("`pubwatch history` shows more once there was a look");
    };
    let since = now.duration_since(last);
    let ago = if since.as_secs() < 60 {
        "just now".to_owned()
    } else {
        format!("{} ago", words::lasting(since))
    };
    if let Some(blind) = &listing.blind {
        let says = format!(
            "{ago}: not read: {} ({})\n{}",
            blind.unread.reason.words(),
            words::clipped(&blind.unread.words, 160),
            listing.address
        );
        return Look::wrong(label, says).next(advice(page, &blind.unread));
    }
    let Some(spell) = listing.now() else {
        return Look::note(label, format!("{ago}: nothing was read"));
    };
    let says = format!(
        "{ago}: {} (“{}”)",
        spell.availability.word(),
        words::clipped(&spell.says.words, 80)
    );
    match first_in_line(page) {
        None if is_unverified(&page.store.id) => Look::note(label, says).next(
            "nobody has verified how this store's pages read: open the address once, and compare",
        ),
        None => Look::good(label, says),
        Some((by, line)) => {
            let says = format!("{says}, {}, after another way could not", by.words());
            Look::note(label, says).next(format!(
                "if that stays so, put this way first, which asks the store less: `{line}`"
            ))
        }
    }
}

/// The way that read the page although it is not the first one, and the order with it in front.
/// What the author told beside the ways says nothing about them.
fn first_in_line(page: &Page<'_>) -> Option<(Source, String)> {
    let by = page.by.filter(|by| !by.is_a_persons())?;
    let order = page.store.ways.of(page.edition);
    if order.first() == Some(&by) || !page.tried.contains(&by) {
        return None;
    }
    let rest = order.iter().copied().filter(|way| *way != by);
    let better: Vec<Source> = iter::once(by).chain(rest).collect();
    Some((by, other_ways::line(&better)))
}

/// The next step for a page that could not be read.
fn advice(page: &Page<'_>, unread: &Unread) -> String {
    let listing = page.listing;
    match unread.reason {
        UnreadReason::Blocked | UnreadReason::Robots | UnreadReason::NoEvidence => {
            let why = refused::explain(unread).map_or_else(
                || why(unread.reason).to_owned(),
                |sentence| format!("{sentence}."),
            );
            let hand = other_ways::command(page.edition, &listing.store);
            let chosen = page.store.ways.of(page.edition);
            let is_extra = page.tried.iter().any(|way| !chosen.contains(way));
            let also = if is_extra {
                " The Chromium of this machine could not read it either."
            } else {
                ""
            };
            let own = format!(
                "`pubwatch companion FOLDER` lets your own browser hand over what you open there, \
                 `{hand}` tells what you saw"
            );
            match other_ways::better(&listing.store, page.tried, unread.reason, page.has_account) {
                Some((way, line)) => format!(
                    "{why}{also} What would work better: {}, by `{line}` in its [[store]] table. \
                     Or look yourself: {own}",
                    needs(way, page.has_account)
                ),
                None => format!("{why}{also} Look yourself: {own}"),
            }
        }
        UnreadReason::Unreachable => "see that this machine is on the network; if only this store \
             fails, wait: it is asked again by itself"
            .to_owned(),
        UnreadReason::WrongProduct => format!(
            "compare the address with the book's page in your browser, and give the right one: \
             `pubwatch edit {} --address ADDRESS`",
            page.edition
        ),
        UnreadReason::NotOfferedHere => {
            "the store does not deliver to where this machine is: look \
             from there, or leave the store out of `stores`"
                .to_owned()
        }
    }
}

/// What a reason comes to, where the store itself said nothing.
fn why(reason: UnreadReason) -> &'static str {
    match reason {
        UnreadReason::Robots => "the store does not want programs at that page.",
        UnreadReason::NoEvidence => {
            "the page may not be there yet, or the store has changed it: open the address in your \
             browser; the words of a store of your own stand under [store.words]."
        }
        UnreadReason::Blocked
        | UnreadReason::Unreachable
        | UnreadReason::WrongProduct
        | UnreadReason::NotOfferedHere => "the store does not want programs there.",
    }
}

/// A way in, with what it takes.
fn needs(way: Source, has_account: bool) -> &'static str {
    match way {
        Source::Api if has_account => "Amazon's own API, for which you have the account",
        Source::Api => fixed("api-for-whom"),
        Source::Browser => "the Chromium of this machine",
        Source::Command => "a program of yours",
        Source::Http => "Pubwatch's own request",
        Source::ByHand | Source::Companion => "your own look",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::book::StoreId;
    use crate::judge::script::Script;

    #[track_caller]
    fn check(pages: &str, order: &[Source], by: Source, state: &str, next: Option<&str>) {
        let found = looked(pages, (order, by), false);
        assert_eq!(serde_json::to_value(&found).unwrap()["state"], state);
        match next {
            None => assert_eq!(found.next, None),
            Some(words) => assert!(found.next.as_ref().unwrap().contains(words), "{found:?}"),
        }
    }

    fn looked(pages: &str, (order, by): (&[Source], Source), has_account: bool) -> Look {
        tried(pages, (order, &[], by), has_account)
    }

    fn tried(
        pages: &str,
        (order, tried, by): (&[Source], &[Source], Source),
        has_account: bool,
    ) -> Look {
        let view = Script::new("2027-02-09").pages(pages).view();
        let mut store = StorePlan::plain(StoreId::new("amazon.com"));
        store.ways.order = order.to_vec();
        let listing = view.listings.iter().find(|one| one.store == store.id);
        let page = Page {
            store: &store,
            edition: &view.edition.id,
            listing: listing.unwrap(),
            by: Some(by),
            has_account,
            tried: if tried.is_empty() { order } else { tried },
        };
        of(&page, "2027-01-06T09:00:00Z".parse().unwrap())
    }

    #[test]
    fn what_was_tried_beside_the_chosen_ways_is_offered_if_it_works_and_only_then() {
        use Source::{Browser, Http};
        let both: &[Source] = &[Http, Browser];
        let read = "2027-01-04T00:00 amazon.com pre_order";
        let works = tried(read, (&[Http], both, Browser), false).next.unwrap();
        assert!(
            works.contains("`source = [\"browser\", \"http\"]`"),
            "{works}"
        );
        let blocked = "2027-01-04T00:00 amazon.com pre_order\n2027-01-05T08:00 amazon.com blocked";
        let not = tried(blocked, (&[Http], both, Http), false).next.unwrap();
        assert!(
            not.contains("Chromium of this machine could not read it either"),
            "{not}"
        );
        assert!(
            not.contains("pubwatch companion") && !not.contains("source ="),
            "{not}"
        );
    }

    #[test]
    fn the_way_that_would_work_better_is_named() {
        use Source::{Api, ByHand, Http};
        let blocked = "2027-01-04T00:00 amazon.com pre_order\n2027-01-05T08:00 amazon.com blocked";
        let better = "What would work better: the Chromium of this machine, by `source = [\"http\", \
                      \"browser\"]`";
        check(blocked, &[Http], Http, "wrong", Some(better));
        let with_account = looked(blocked, (&[Http], Http), true).next.unwrap();
        let better = "What would work better: Amazon's own API, for which you have the account, by \
                      `source = [\"api\", \"http\"]`";
        assert!(with_account.contains(better), "{with_account}");
        let read = "2027-01-04T00:00 amazon.com pre_order";
        check(read, &[Http], Http, "good", None);
        check(read, &[Http], ByHand, "good", None);
        let first = "put this way first, which asks the store less: `source = [\"api\", \"http\"]`";
        check(read, &[Http, Api], Api, "note", Some(first));
    }
}
