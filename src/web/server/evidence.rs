//! The evidence of a look: what the page said, and the parts and the picture that were kept of it.

use axum::extract::Path;
use axum::response::Response;
use jiff::Timestamp;

use super::answer::{Answered, PageError, Visit, file, not_found, page as answer};
use crate::db::DbError;
use crate::history::ListingId;
use crate::history::sqlite::{evidence_at, look_at};
use crate::web::evidence::{self, Look};

/// The look that an address names.
fn named(
    visit: &Visit,
    isbn: &str,
    (store, at): (&str, &str),
) -> Result<(ListingId, Timestamp), PageError> {
    let plan = visit.edition(isbn)?;
    let mut listings = plan.listings.iter();
    let listing = listings.find(|one| one.store.as_str() == store);
    let listing = listing.ok_or_else(|| not_found("The edition is not watched at that store."))?;
    let at = at.parse().map_err(|_| no_look())?;
    let id = ListingId {
        edition: plan.edition.id.clone(),
        store: listing.store.clone(),
    };
    Ok((id, at))
}

fn no_look() -> PageError {
    not_found("Nobody looked at that moment.")
}

/// What the page said in that look, and how that differs from the look before.
pub(super) fn page(
    visit: &Visit,
    Path((isbn, store, at)): Path<(String, String, String)>,
) -> Answered {
    let (site, now) = (&visit.site, visit.now);
    let (listing, at) = named(visit, &isbn, (&store, &at))?;
    let (look, kept) = site.db.read(|connection| {
        let look = look_at(connection, &listing, at)?;
        Ok::<_, DbError>((look, evidence_at(connection, &listing, at)?))
    })?;
    let (seen, before) = look.ok_or_else(no_look)?;
    let view = site.view(visit.edition(&isbn)?)?;
    let (_, pulse) = site.survey(now)?;
    let look = Look {
        seen: &seen,
        before: before.as_ref(),
        kept: kept.as_ref(),
    };
    let of = (&view, &listing.store);
    Ok(answer(evidence::page(&site.place(now), of, &look, &pulse)?))
}

/// The picture that a browser drew in that look.
pub(super) fn picture(
    visit: &Visit,
    Path((isbn, store, at)): Path<(String, String, String)>,
) -> Answered {
    let (listing, at) = named(visit, &isbn, (&store, &at))?;
    let kept = visit
        .site
        .db
        .read(|connection| Ok::<_, DbError>(evidence_at(connection, &listing, at)?))?;
    let drawn = kept.and_then(|kept| kept.picture);
    let drawn = drawn.ok_or_else(|| not_found("No picture is kept of that look."))?;
    let response: Response = file("image/png", drawn, None);
    Ok(response)
}
