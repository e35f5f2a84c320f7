//! Looks that the author asks for on the page: what he saw himself, a page that he saved, and a look
//! of ours.

use axum::Form;
use axum::extract::Path;
use jiff::Timestamp;

use super::actions::{LONGEST, done, listing};
use super::answer::{Answered, PageError, Visit, bad_request, conflict};
use super::router::{Filled, Parts};
use super::site::Site;
use crate::book::{Availability, Source, StoreId};
use crate::config::plan::{EditionPlan, ListingPlan};
use crate::db::DbError;
use crate::history::evidence::Evidence;
use crate::history::sqlite::looks;
use crate::history::{ListingId, saved};
use crate::page::{Reading, Says, UnreadReason};
use crate::round::by_hand;
use crate::round::judge_edition::judge_book;
use crate::round::sqlite::take_look_back;
use crate::text::words;

fn id(plan: &EditionPlan, store: &StoreId) -> ListingId {
    ListingId::new(&plan.edition.id, store)
}

/// Records what the author saw.
pub(super) fn told(
    visit: &Visit,
    (Path(isbn), Form(filled)): (Path<String>, Form<Filled>),
) -> Answered {
    let plan = visit.edition(&isbn)?;
    let listing = id(plan, &listing(plan, &filled.store)?.store);
    let state = filled.state.parse::<Availability>();
    let state = state.map_err(|_| bad_request("There is no such state."))?;
    let said = words::clipped(&filled.words, LONGEST);
    let said = if said.is_empty() { state.word() } else { &said };
    let says = Says::new(state, "by-hand/told", said, "seen by you");
    let reading = Reading::Says(Box::new(says));
    keep(&visit.site, plan, &listing, reading, None, visit.now)?;
    Ok(done(visit, plan, "recorded"))
}

/// Takes back what the author told last of a page.
pub(super) fn take_back(
    visit: &Visit,
    (Path(isbn), Form(filled)): (Path<String>, Form<Filled>),
) -> Answered {
    let (site, now) = (&visit.site, visit.now);
    let plan = visit.edition(&isbn)?;
    let listing = id(plan, &listing(plan, &filled.store)?.store);
    let taken = site.db.write(|transaction| {
        let taken = take_look_back(transaction, &site.plan, &listing, now)?;
        if taken.is_some() {
            judge_book(&site.judge_context(), plan, transaction, now)?;
        }
        Ok::<_, DbError>(taken)
    })?;
    let said = if taken.is_some() {
        "untold"
    } else {
        "nothing-told"
    };
    Ok(done(visit, plan, said))
}

/// Reads a page that the author saved, with the reader that reads what we ask for ourselves.
pub(super) fn saved(visit: &Visit, (Path(isbn), sent): (Path<String>, Parts)) -> Answered {
    let (site, now) = (&visit.site, visit.now);
    let plan = visit.edition(&isbn)?;
    let listing = listing(plan, &sent.text("store"))?;
    if sent.bytes("page").is_empty() {
        return Err(bad_request(
            "Choose the file of the page that you saved in your browser (“Webpage, HTML only”).",
        ));
    }
    let Ok(page) = saved::unwrapped(sent.bytes("page")) else {
        return Ok(done(visit, plan, "no-page"));
    };
    let (reading, evidence) = saved::read(&page.body, plan, listing, now, &site.lessons);
    let said = match &reading {
        Reading::Says(_) => "read",
        Reading::Unread(unread) if unread.reason == UnreadReason::WrongProduct => "other-product",
        Reading::Unread(_) => "unread",
    };
    if matches!(reading, Reading::Says(_)) {
        let listing = id(plan, &listing.store);
        keep(site, plan, &listing, reading, Some(evidence), now)?;
    }
    Ok(done(visit, plan, said))
}

/// Records a look by hand, and judges the edition by it.
fn keep(
    site: &Site,
    plan: &EditionPlan,
    listing: &ListingId,
    reading: Reading,
    evidence: Option<Evidence>,
    now: Timestamp,
) -> Result<(), DbError> {
    site.db.write(|transaction| {
        let of = (listing, now, Source::ByHand);
        let (_, at) = by_hand::keep(transaction, &site.plan, of, reading, evidence)?;
        judge_book(&site.judge_context(), plan, transaction, at)?;
        Ok(())
    })
}

/// Asks the service for a look now, unless every page was looked at within the floor.
pub(super) fn check(visit: &Visit, Path(isbn): Path<String>) -> Answered {
    let site = &visit.site;
    let plan = visit.edition(&isbn)?;
    heard(site)?;
    if !is_rested(visit, plan)? {
        return Ok(done(visit, plan, "too-soon"));
    }
    site.board.want(&plan.edition.id);
    Ok(done(visit, plan, "asked"))
}

/// Somebody goes round when it is asked for.
pub(super) fn heard(site: &Site) -> Result<(), PageError> {
    let why = "Nobody goes round here: `pubwatch run` serves a page that can.";
    site.board
        .is_heard()
        .then_some(())
        .ok_or_else(|| conflict(why))
}

/// One of its pages was not looked at within the floor.
pub(super) fn is_rested(visit: &Visit, plan: &EditionPlan) -> Result<bool, PageError> {
    let site = &visit.site;
    let tries = site.db.read(|connection| {
        let one =
            |listing: &ListingPlan| Ok(looks(connection, &id(plan, &listing.store))?.last_try);
        let all = plan.listings.iter().map(one);
        all.collect::<Result<Vec<_>, DbError>>()
    })?;
    let is_rested = |last: &Option<Timestamp>| {
        last.is_none_or(|last| site.plan.manners.floor <= visit.now.duration_since(last))
    };
    Ok(tries.iter().any(is_rested))
}
