//! How each store answers: one page, asked politely or looked at lately, and what came of it.

use jiff::Timestamp;

use super::look::Look;
use crate::history::ListingView;
use crate::history::sqlite::view;
use crate::mail::words;
use crate::page::UnreadReason;
use crate::round::{House, Stop, one_page_of_each_store};

/// Asks one page of each store that may be asked, and tells of each how its newest look went.
pub(super) async fn look(house: &House) -> Vec<Look> {
    let mut looks = Vec::new();
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
            looks.push(Look::wrong(
                "stores",
                format!("cannot read the history: {error}"),
            ));
            return looks;
        }
    };
    let now = house.clock.now();
    for store in &house.plan.stores {
        let newest = views
            .iter()
            .flat_map(|view| view.listings.iter())
            .filter(|listing| listing.store == store.id)
            .max_by_key(|listing| listing.last_try);
        looks.push(match newest {
            Some(listing) => of(&store.label, listing, now),
            None => Look::note(&store.label, "no edition is watched there"),
        });
    }
    looks
}

fn of(label: &str, listing: &ListingView, now: Timestamp) -> Look {
    let Some(last) = listing.last_try else {
        return Look::note(
            label,
            "it was not asked: it asked us to stay away, or another \
            Pubwatch is asking it now",
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
        return Look::wrong(label, says).next(advice(blind.unread.reason));
    }
    match listing.now() {
        Some(spell) => Look::good(
            label,
            format!(
                "{ago}: {} (“{}”)",
                spell.availability.word(),
                words::clipped(&spell.says.words, 80)
            ),
        ),
        None => Look::note(label, format!("{ago}: nothing was read")),
    }
}

/// The next step for a page that could not be read.
fn advice(reason: UnreadReason) -> &'static str {
    match reason {
        UnreadReason::Blocked | UnreadReason::Robots => {
            "the store does not want programs there: set another way in with `source` in its \
             [[store]] table (docs/configuration.md), or save the page in your browser"
        }
        UnreadReason::Unreachable => {
            "see that this machine is on the network; if only this store fails, wait: it is asked \
             again by itself"
        }
        UnreadReason::WrongProduct => {
            "compare the address with the book's page in your browser, and give the right one: \
             `pubwatch edit ISBN --address ADDRESS`"
        }
        UnreadReason::NotOfferedHere => {
            "the store does not deliver to where this machine is: look from there, or leave the \
             store out of `stores`"
        }
        UnreadReason::NoEvidence => {
            "the page may not be there yet, or the store has changed its pages; open the address \
             in your browser, and add its words under [store.words] if it is a store of your own"
        }
    }
}
