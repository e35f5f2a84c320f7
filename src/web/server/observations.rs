//! What a companion asks and hands over: the pages that are watched, and what the author saw of one.

use super::answer::{Answered, PageError, Visit, bad_request, refusal};
use super::exports::told;
use super::site::Site;
use crate::config::plan::{EditionPlan, ListingPlan, label};
use crate::db::DbError;
use crate::history::evidence::Evidence;
use crate::history::saved::{self, Saved};
use crate::history::sqlite::looks;
use crate::history::{ListingId, Source};
use crate::judge::judge;
use crate::judge::text::outlook;
use crate::lock::locked;
use crate::page::{Reading, Says};
use crate::round::by_hand::{self, waiting};
use crate::round::judge_edition::judge_book;
use crate::stores;
use crate::text::words;
use crate::web::companion::{Handed, Heard, Outcome, Watched, WatchedPage, is_its_origin};
use crate::web::passes::{Pass, hash, sqlite};
use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode, header};
use jiff::{SignedDuration, Timestamp};

/// How old may be what is handed over: what is older says nothing of today.
const OLDEST: SignedDuration = SignedDuration::from_hours(7 * 24);

/// How often one companion may hand something over within an hour.
const MOST: u32 = 240;

/// The token of `Authorization: Bearer`.
fn token(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    Some(value.strip_prefix("Bearer ")?.trim())
}

/// The companion whose request this is.
///
/// # Errors
///
/// The answer for who has no token, a wrong one, or comes from elsewhere.
pub(super) fn companion(site: &Site, headers: &HeaderMap) -> Result<Pass, PageError> {
    let refused = |why: &str| refusal(StatusCode::UNAUTHORIZED, why);
    let token = token(headers).ok_or_else(|| refused("A companion's token is needed."))?;
    let known = site.db.read(|connection| {
        let known = sqlite::holding(connection, &hash(token))?;
        Ok::<_, DbError>(known)
    })?;
    // A client's link is no token.
    let known = known.filter(|pass| pass.client.is_none());
    let known = known.ok_or_else(|| refused("This token is unknown or withdrawn; pair anew."))?;
    let origin = headers.get(header::ORIGIN);
    let origin = origin.map(|origin| origin.to_str().unwrap_or_default());
    if !is_its_origin(origin, known.origin.as_deref()) {
        let why = "This token belongs to another extension.";
        return Err(refusal(StatusCode::FORBIDDEN, why));
    }
    Ok(known)
}

/// The pages that are watched, and which of them wait for the author's eyes
#[utoipa::path(get, path = "/api/v1/watched", tag = "companions", responses(
    (status = 200, description = "The pages, for a companion, with the parts of them that are read", body = Watched<'_>),
    (status = 401, description = "No companion of that token is paired", body = String, content_type = "text/plain"),
))]
pub(super) fn watched(visit: &Visit, (headers, _): (HeaderMap, Bytes)) -> Answered {
    let (site, now) = (&visit.site, visit.now);
    companion(site, &headers)?;
    let mut pages = Vec::new();
    for plan in &site.plan.editions {
        let view = site.view(plan)?;
        let due = waiting(&view, &site.settings, now);
        for (listing, seen) in plan.listings.iter().zip(&view.listings) {
            pages.push(WatchedPage {
                edition: plan.edition.id.as_str(),
                title: &plan.edition.title,
                format: plan.edition.format.name(),
                store: label(&listing.store, &site.plan.stores),
                address: listing.ask.as_str(),
                numbers: saved::numbers(plan, listing),
                parts: stores::parts_of(&listing.store, &site.lessons),
                due: due.contains(&listing.store),
                last: seen.now().map(|spell| spell.availability.word()),
                last_seen: seen.last_good,
            });
        }
    }
    let pause_seconds = site.plan.manners.pause.as_secs();
    Ok(told(&Watched {
        pause_seconds,
        pages,
    }))
}

/// Takes what the author saw of a page
#[utoipa::path(post, path = "/api/v1/observations", tag = "companions", request_body = Handed, responses(
    (status = 200, description = "What became of it, for a companion", body = Outcome<'_>),
    (status = 400, description = "It is no observation, or an old one", body = String, content_type = "text/plain"),
    (status = 401, description = "No companion of that token is paired", body = String, content_type = "text/plain"),
    (status = 403, description = "The token belongs to another extension", body = String, content_type = "text/plain"),
    (status = 413, description = "It has more than 1 MB", body = String, content_type = "text/plain"),
    (status = 429, description = "More than 240 came within an hour", body = String, content_type = "text/plain"),
))]
pub(super) fn observe(visit: &Visit, (headers, body): (HeaderMap, Bytes)) -> Answered {
    let (site, now) = (&visit.site, visit.now);
    let from = companion(site, &headers)?;
    if !locked(&site.guard.pace).may(from.number, MOST, now) {
        let why = "That is more than somebody sees in an hour; try again later.";
        return Err(refusal(StatusCode::TOO_MANY_REQUESTS, why));
    }
    let handed: Handed = serde_json::from_slice(&body)
        .map_err(|error| bad_request(&format!("This is no observation: {error}.")))?;
    if OLDEST < now.duration_since(handed.seen_at) {
        return Err(bad_request("It was seen more than seven days ago."));
    }
    let at = Timestamp::from_millisecond(handed.seen_at.min(now).as_millisecond());
    let at = at.unwrap_or(now);
    let seen = match (handed.html, handed.state) {
        (Some(body), None) => {
            let page = Saved {
                body,
                address: Some(handed.address),
            };
            let found = saved::find(&page, &site.plan, at, &site.lessons);
            found.map(|found| (found.listing, found.reading, Some(found.evidence)))
        }
        (None, Some(state)) => {
            let says = Says::new(state, "companion/told", state.word(), "as you saw it");
            let reading = Reading::Says(Box::new(says));
            by_address(site, &handed.address)
                .map(|listing| (listing, reading, None))
                .ok_or_else(|| "no page of that address is watched".to_owned())
        }
        (Some(_), Some(_)) | (None, None) => {
            return Err(bad_request("It needs either `html` or `state`."));
        }
    };
    let origin = headers
        .get(header::ORIGIN)
        .and_then(|one| one.to_str().ok());
    let answer = match seen {
        Ok(seen) => keep(site, seen, (&from, origin), (at, now))?,
        Err(why) => Outcome::NotRead { why },
    };
    Ok(told(&answer))
}

fn by_address(site: &Site, address: &str) -> Option<ListingId> {
    let is_it = |listing: &&ListingPlan| {
        listing.ask.as_str() == address || listing.address.as_str() == address
    };
    site.plan.editions.iter().find_map(|plan| {
        let listing = plan.listings.iter().find(is_it)?;
        Some(ListingId::new(&plan.edition.id, &listing.store))
    })
}

/// Records it, judges the book by it, and says what was read and whether that is normal. What was handed
/// over before, or seen before the page was read last, changes nothing.
fn keep<'a>(
    site: &'a Site,
    (listing, reading, evidence): (ListingId, Reading, Option<Evidence>),
    (from, origin): (&Pass, Option<&str>),
    (at, now): (Timestamp, Timestamp),
) -> Result<Outcome<'a>, PageError> {
    let plan = site.edition(listing.edition.as_str());
    let plan = plan.ok_or_else(|| bad_request("No such edition is watched."))?;
    let evidence = evidence.map(|evidence| Evidence {
        source: Source::Companion,
        ..evidence
    });
    let said = reading.clone();
    let recorded = site.db.write(|transaction| {
        sqlite::note_heard(transaction, from.number, (origin, now))?;
        let last = looks(transaction, &listing)?.last_good;
        if last.is_some_and(|last| at <= last) {
            return Ok::<_, DbError>(None);
        }
        let of = (&listing, at, Source::Companion);
        let (recorded, _) = by_hand::keep(transaction, &site.plan, of, reading, evidence)?;
        judge_book(&site.judge_context(), plan, transaction, now)?;
        Ok(Some(recorded.changed))
    })?;
    let Reading::Says(says) = said else {
        let why = "it names no state".to_owned();
        return Ok(Outcome::NotRead { why });
    };
    let heard = Heard {
        edition: plan.edition.id.as_str(),
        title: &plan.edition.title,
        store: label(&listing.store, &site.plan.stores).to_owned(),
        availability: says.availability,
        state: says.availability.word(),
        words: says.words,
        changed: recorded.unwrap_or_default(),
        verdict: verdict(site, plan, &listing, now)?,
    };
    Ok(match recorded {
        Some(_) => Outcome::Read(heard),
        None => Outcome::Known(heard),
    })
}

/// Whether what the page shows is normal, in a sentence.
fn verdict(
    site: &Site,
    plan: &EditionPlan,
    listing: &ListingId,
    now: Timestamp,
) -> Result<Option<String>, PageError> {
    let view = site.view(plan)?;
    let place = site.place(now);
    let voice = place.voice(&plan.edition, &view.launch);
    let judged = judge(&view, &site.settings, now);
    let one = judged.outlook(&listing.store);
    Ok(one.map(|one| format!("{}.", words::capital(&outlook(one, &voice)))))
}
