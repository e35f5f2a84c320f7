//! Is it normal, and until when? For every page, always, not only where something is wrong.

mod read;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use strum::EnumDiscriminants;
use utoipa::ToSchema;

use super::case::Case;
use super::cause::Cause;
use super::finding::{Finding, Severity};
use crate::book::{Availability, Money, NoteKind, StoreId};
use crate::history::{Blind, ListingView, Spell};
use crate::page::UnreadReason;

/// How a page is to be taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "read::Flat")]
pub struct ListingOutlook {
    /// The store.
    pub store: StoreId,
    /// Whether it is normal.
    #[serde(flatten)]
    pub outlook: Outlook,
    /// When the page was last seen.
    #[serde(default)]
    pub seen_at: Option<Timestamp>,
    /// Until when that may be spoken of as what is; `None`: for ever.
    #[serde(default)]
    pub good_until: Option<Timestamp>,
    /// What the page asks now.
    pub price: Option<Money>,
    /// The list price, where it is given in the same currency and is another.
    pub list_price: Option<Money>,
}

/// Whether a page is normal, and until when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema, EnumDiscriminants)]
#[strum_discriminants(name(Tag), vis(pub(self)), doc = "Which of them it is.")]
#[strum_discriminants(derive(Deserialize), serde(rename_all = "snake_case"))]
#[serde(tag = "outlook", rename_all = "snake_case", rename_all_fields = "snake_case")]
pub enum Outlook {
    /// No look could read it yet.
    NotSeen {
        /// Since when it was tried; `None`: not at all.
        since: Option<Timestamp>,
        /// Why not.
        reason: Option<UnreadReason>,
    },
    /// It was read before, and cannot be now.
    NotReadable {
        /// Since when.
        since: Timestamp,
        /// Why not.
        reason: UnreadReason,
        /// What it last offered.
        last: Availability,
        /// When it was last seen so.
        last_seen: Timestamp,
    },
    /// It could be read when somebody last looked, which is longer ago than was to be.
    LastSeen {
        /// What it offered.
        last: Availability,
        /// When it was last seen so.
        last_seen: Timestamp,
    },
    /// A change that was seen once: a second look will confirm it.
    SeenOnce {
        /// What it offers.
        state: Availability,
        /// Since when.
        since: Timestamp,
        /// From when on a second look counts.
        confirmed_from: Timestamp,
    },
    /// It shows what it should.
    AsExpected {
        /// What it offers.
        state: Availability,
        /// Since when.
        since: Timestamp,
    },
    /// It does not show what it should in the end, and that is usual for now.
    Usual {
        /// What it offers.
        state: Availability,
        /// Since when.
        since: Timestamp,
        /// What of; `None`: no rule says anything about it.
        cause: Option<Cause>,
        /// Until when.
        until: Option<Timestamp>,
    },
    /// It is worth a look, still usual or longer than that, and waiting is right.
    Watch {
        /// What it offers.
        state: Availability,
        /// Since when.
        since: Timestamp,
        /// What of.
        cause: Cause,
        /// Until when it is usual; `None`: it is not.
        #[serde(default)]
        usual_until: Option<Timestamp>,
        /// From when on acting is right.
        act_from: Option<Timestamp>,
    },
    /// There is something to do.
    Act {
        /// What it offers.
        state: Availability,
        /// Since when.
        since: Timestamp,
        /// What of.
        cause: Cause,
    },
    /// The author said that it is as it should be.
    SaidExpected {
        /// What it offers.
        state: Availability,
        /// Since when.
        since: Timestamp,
    },
}

impl Outlook {
    /// What is said of the page is seen: the newest looks could read it, and are not too long ago.
    pub fn is_seen(&self) -> bool {
        self.seen_state().is_some()
    }

    /// What the page offers, as far as that is seen.
    fn seen_state(&self) -> Option<Availability> {
        match self {
            Self::NotSeen { .. } | Self::NotReadable { .. } | Self::LastSeen { .. } => None,
            Self::SeenOnce { state, .. }
            | Self::AsExpected { state, .. }
            | Self::Usual { state, .. }
            | Self::Watch { state, .. }
            | Self::Act { state, .. }
            | Self::SaidExpected { state, .. } => Some(*state),
        }
    }

    /// The page shows what it should.
    pub fn is_as_expected(&self) -> bool {
        matches!(self, Self::AsExpected { .. } | Self::SaidExpected { .. })
    }

    /// A buyer is offered what should be, whatever else the page shows, as another price or date.
    pub fn offers_what_it_should(&self) -> bool {
        match self {
            Self::AsExpected { .. } | Self::SaidExpected { .. } => true,
            Self::Watch { state, cause, .. }
            | Self::Act { state, cause, .. }
            | Self::Usual {
                state,
                cause: Some(cause),
                ..
            } => state.is_orderable() && !cause.is_about_the_state(),
            Self::NotSeen { .. }
            | Self::NotReadable { .. }
            | Self::LastSeen { .. }
            | Self::SeenOnce { .. }
            | Self::Usual { cause: None, .. } => false,
        }
    }
}

impl ListingOutlook {
    /// As it is to be taken at a later time, when nobody has looked since.
    pub(super) fn aged(self, at: Timestamp) -> Self {
        let is_old = self.good_until.is_some_and(|until| until < at);
        let last = self.outlook.seen_state().zip(self.seen_at);
        match last.filter(|_| is_old) {
            Some((last, last_seen)) => Self {
                outlook: Outlook::LastSeen { last, last_seen },
                price: None,
                list_price: None,
                ..self
            },
            None => self,
        }
    }
}

/// The outlook of every page of an edition, in its order; `findings` are those of every rule, what is
/// within the usual among them.
///
/// 1. Never read: not seen yet. Read before, and not now: not readable. Not looked at for longer than
///    was to be: last seen.
/// 2. The newest state was seen once only, and another was confirmed before, or none: seen once.
/// 3. The gravest that a rule found of it, be it within what is usual.
/// 4. Nothing was found: as expected where a buyer can order it or nothing is expected yet.
pub(super) fn outlooks(case: &Case<'_>, findings: &[Finding]) -> Vec<ListingOutlook> {
    let listings = case.view.listings.iter();
    listings
        .map(|listing| {
            let price = shown_price(case, listing);
            let list = case.view.edition.list_price.as_ref();
            let differs = |list: &&Money| {
                price
                    .as_ref()
                    .is_some_and(|price| price.currency == list.currency && price != *list)
            };
            ListingOutlook {
                store: listing.store.clone(),
                outlook: outlook(case, listing, findings),
                seen_at: listing.last_good,
                good_until: listing.good_until,
                list_price: list.filter(differs).cloned(),
                price,
            }
            .aged(case.now)
        })
        .collect()
}

/// No page is expected before the date where none was ever seen and no rule waits for one.
fn is_not_expected_yet(case: &Case<'_>, listing: &ListingView) -> bool {
    let date = case.view.launch.released_at(&listing.store);
    let never_listed = |spell: &Spell| spell.availability == Availability::NotListed;
    listing.last_good < Some(date) && listing.spells.iter().all(never_listed)
}

fn shown_price(case: &Case<'_>, listing: &ListingView) -> Option<Money> {
    let now = listing.seen(case.now)?;
    let price = now.says.price.clone();
    price.filter(|_| now.availability.is_orderable())
}

#[expect(clippy::too_many_lines, reason = "the order of the questions is the rule")]
fn outlook(case: &Case<'_>, listing: &ListingView, findings: &[Finding]) -> Outlook {
    let blind = listing.blind.as_ref();
    let is_unread = |blind: &&Blind| listing.last_good < Some(blind.since);
    let Some(now) = listing.now() else {
        return Outlook::NotSeen {
            since: blind.map(|blind| blind.since),
            reason: blind.map(|blind| blind.unread.reason),
        };
    };
    if let Some(blind) = blind.filter(is_unread) {
        return Outlook::NotReadable {
            since: blind.since,
            reason: blind.unread.reason,
            last: now.availability,
            last_seen: now.last_seen,
        };
    }
    let (state, since) = (now.availability, now.since);
    if !now.is_confirmed() {
        let confirmed_from = since.saturating_add(case.settings.confirm_after);
        return Outlook::SeenOnce {
            state,
            since,
            confirmed_from: confirmed_from.unwrap_or(since),
        };
    }
    let about_it = findings
        .iter()
        .filter(|finding| finding.stores.contains(&listing.store))
        .filter(|finding| finding.severity == Severity::Quiet || finding.severity.is_trouble())
        .filter(|finding| finding.severity != Severity::ToDo);
    let gravest = about_it.max_by_key(|finding| finding.severity);
    let is_said = case.view.notes.iter().any(|note| {
        note.kind == NoteKind::Expected
            && note
                .store
                .as_ref()
                .is_none_or(|store| *store == listing.store)
            && since <= note.at
    });
    match gravest {
        Some(_) if is_said => Outlook::SaidExpected { state, since },
        Some(finding) => {
            let why = finding.kind.cause();
            match finding.severity {
                Severity::Act => Outlook::Act {
                    state,
                    since,
                    cause: why,
                },
                Severity::Watch => Outlook::Watch {
                    state,
                    since,
                    cause: why,
                    usual_until: finding.usual_until,
                    act_from: finding.act_from,
                },
                Severity::Quiet | Severity::GoodNews | Severity::ToDo => Outlook::Usual {
                    state,
                    since,
                    cause: Some(why),
                    until: finding.usual_until,
                },
            }
        }
        None if state.is_orderable() || is_not_expected_yet(case, listing) => {
            Outlook::AsExpected { state, since }
        }
        None => Outlook::Usual {
            state,
            since,
            cause: None,
            until: None,
        },
    }
}
