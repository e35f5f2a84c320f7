//! Looks that the author asks for on the page: what he saw himself, a page that he saved, and a look
//! of ours.

use jiff::{SignedDuration, Timestamp};

use super::actions::{LONGEST, done, listing};
use super::answer::{Answer, Asked, refusal};
use super::site::{PageError, Site};
use crate::book::{Availability, StoreId};
use crate::config::plan::EditionPlan;
use crate::db::DbError;
use crate::history::evidence::Evidence;
use crate::history::sqlite::{keep_evidence, looks, record};
use crate::history::{ListingId, Observation, Source, saved};
use crate::page::{Reading, Says};
use crate::round::judge_edition::judge_book;
use crate::round::sqlite::{promise, set_future_aside, take_look_back};
use crate::text::words;

fn id(plan: &EditionPlan, store: &StoreId) -> ListingId {
    ListingId {
        isbn: plan.edition.isbn.clone(),
        store: store.clone(),
    }
}

/// Records what the author saw.
pub(super) fn told(
    site: &Site,
    plan: &EditionPlan,
    asked: &Asked,
    now: Timestamp,
) -> Result<Answer, PageError> {
    let Some(listing) = listing(plan, asked) else {
        return Ok(refusal(400, "The edition is not watched at that store."));
    };
    let Ok(state) = asked.field("state").parse::<Availability>() else {
        return Ok(refusal(400, "There is no such state."));
    };
    let said = words::clipped(&asked.field("words"), LONGEST);
    if said.is_empty() {
        return Ok(refusal(
            400,
            "Without its exact words a look is no evidence.",
        ));
    }
    let says = Says::new(state, "by-hand/page", &said, "as you saw it");
    let listing = id(plan, &listing.store);
    keep(
        site,
        plan,
        &listing,
        Reading::Says(Box::new(says)),
        None,
        now,
    )?;
    Ok(done(site, plan, "recorded"))
}

/// Takes back what the author told last of a page.
pub(super) fn take_back(
    site: &Site,
    plan: &EditionPlan,
    asked: &Asked,
    now: Timestamp,
) -> Result<Answer, PageError> {
    let Some(listing) = listing(plan, asked) else {
        return Ok(refusal(400, "The edition is not watched at that store."));
    };
    let taken = site.db.write(|transaction| {
        let taken = take_look_back(transaction, &site.plan, &id(plan, &listing.store), now)?;
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
    Ok(done(site, plan, said))
}

/// Reads a page that the author saved, with the reader that reads what we ask for ourselves.
pub(super) fn saved(
    site: &Site,
    plan: &EditionPlan,
    asked: &Asked,
    now: Timestamp,
) -> Result<Answer, PageError> {
    let Some(listing) = listing(plan, asked) else {
        return Ok(refusal(400, "The edition is not watched at that store."));
    };
    let bytes = asked.bytes("page");
    if bytes.is_empty() {
        return Ok(refusal(
            400,
            "Choose the file of the page that you saved in your browser (“Webpage, HTML only”).",
        ));
    }
    let (reading, evidence) = saved::read(&bytes, (plan, listing), now, &site.lessons);
    let said = match &reading {
        Reading::Says(_) => "read",
        Reading::Unread(_) => "unread",
    };
    let listing = id(plan, &listing.store);
    keep(site, plan, &listing, reading, Some(evidence), now)?;
    Ok(done(site, plan, said))
}

/// Records a look by hand, with its evidence where it changes something, and judges the edition by
/// it. It lies after the last look, because what was seen is only ever added to.
fn keep(
    site: &Site,
    plan: &EditionPlan,
    listing: &ListingId,
    reading: Reading,
    evidence: Option<Evidence>,
    now: Timestamp,
) -> Result<(), DbError> {
    let confirm_after = site.plan.judging.confirm_after;
    site.db.write(|transaction| {
        set_future_aside(transaction, &site.plan, (listing, now))?;
        let last = looks(transaction, listing)?.last_try;
        let after = last.map(|last| last.saturating_add(SignedDuration::from_millis(1)));
        let at = match after.transpose() {
            Ok(after) => after.map_or(now, |after| after.max(now)),
            Err(_) => now,
        };
        let observation = Observation {
            listing: listing.clone(),
            at,
            source: Source::ByHand,
            reading,
        };
        let recorded = record(transaction, &observation, confirm_after)?;
        if matches!(observation.reading, Reading::Says(_)) {
            promise(transaction, &site.plan, &observation)?;
        }
        if let Some(evidence) = evidence.filter(|_| recorded.changed) {
            keep_evidence(transaction, listing, &Evidence { at, ..evidence })?;
        }
        judge_book(&site.judge_context(), plan, transaction, at)?;
        Ok(())
    })
}

/// Asks the service for a look now, unless every page was looked at within the floor.
pub(super) fn check(site: &Site, plan: &EditionPlan, now: Timestamp) -> Result<Answer, PageError> {
    if !site.board.is_heard() {
        return Ok(refusal(
            409,
            "Nobody goes round here: `pubwatch run` serves a page that can.",
        ));
    }
    let tries = site.db.read(|connection| {
        let one = |listing: &crate::config::plan::ListingPlan| {
            Ok(looks(connection, &id(plan, &listing.store))?.last_try)
        };
        plan.listings
            .iter()
            .map(one)
            .collect::<Result<Vec<_>, DbError>>()
    })?;
    let is_rested = |last: &Option<Timestamp>| {
        last.is_none_or(|last| site.plan.manners.floor <= now.duration_since(last))
    };
    if !tries.iter().any(is_rested) {
        return Ok(done(site, plan, "too-soon"));
    }
    site.board.want(&plan.edition.isbn);
    Ok(done(site, plan, "asked"))
}
