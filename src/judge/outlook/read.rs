//! Outlooks as they are read back: all names of an object at once. What serde derives for an enum
//! inside another object holds every value back until it has found the tag; the overview of a thousand
//! editions reads three thousand of them.

use jiff::Timestamp;
use serde::Deserialize;

use super::{ListingOutlook, Outlook, Tag};
use crate::book::{Availability, Money, StoreId};
use crate::judge::cause::Cause;
use crate::page::UnreadReason;

/// Every name that one of them may have.
#[derive(Deserialize)]
pub(super) struct Flat {
    store: StoreId,
    outlook: Tag,
    state: Option<Availability>,
    last: Option<Availability>,
    last_seen: Option<Timestamp>,
    since: Option<Timestamp>,
    reason: Option<UnreadReason>,
    confirmed_from: Option<Timestamp>,
    cause: Option<Cause>,
    until: Option<Timestamp>,
    usual_until: Option<Timestamp>,
    act_from: Option<Timestamp>,
    seen_at: Option<Timestamp>,
    good_until: Option<Timestamp>,
    price: Option<Money>,
    list_price: Option<Money>,
}

impl TryFrom<Flat> for ListingOutlook {
    type Error = String;

    fn try_from(flat: Flat) -> Result<Self, String> {
        let outlook = flat.outlook().map_err(|name| format!("missing `{name}`"))?;
        Ok(Self {
            store: flat.store,
            outlook,
            seen_at: flat.seen_at,
            good_until: flat.good_until,
            price: flat.price,
            list_price: flat.list_price,
        })
    }
}

impl Flat {
    /// The name that is missing, where one is.
    fn outlook(&self) -> Result<Outlook, &'static str> {
        let state = self.state.ok_or("state");
        let since = self.since.ok_or("since");
        let last = self.last.ok_or("last");
        let last_seen = self.last_seen.ok_or("last_seen");
        let cause = self.cause.ok_or("cause");
        Ok(match self.outlook {
            Tag::NotSeen => Outlook::NotSeen {
                since: self.since,
                reason: self.reason,
            },
            Tag::NotReadable => Outlook::NotReadable {
                since: since?,
                reason: self.reason.ok_or("reason")?,
                last: last?,
                last_seen: last_seen?,
            },
            Tag::LastSeen => Outlook::LastSeen {
                last: last?,
                last_seen: last_seen?,
            },
            Tag::SeenOnce => Outlook::SeenOnce {
                state: state?,
                since: since?,
                confirmed_from: self.confirmed_from.ok_or("confirmed_from")?,
            },
            Tag::AsExpected => Outlook::AsExpected {
                state: state?,
                since: since?,
            },
            Tag::Usual => Outlook::Usual {
                state: state?,
                since: since?,
                cause: self.cause,
                until: self.until,
            },
            Tag::Watch => Outlook::Watch {
                state: state?,
                since: since?,
                cause: cause?,
                usual_until: self.usual_until,
                act_from: self.act_from,
            },
            Tag::Act => Outlook::Act {
                state: state?,
                since: since?,
                cause: cause?,
            },
            Tag::SaidExpected => Outlook::SaidExpected {
                state: state?,
                since: since?,
            },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(outlook: Outlook) {
        let kept = ListingOutlook {
            store: StoreId::new("amazon.com"),
            outlook,
            seen_at: Some(at(5)),
            good_until: None,
            price: Some(Money::new(1699, "USD")),
            list_price: None,
        };
        let text = serde_json::to_string(&kept).unwrap();
        assert_eq!(
            serde_json::from_str::<ListingOutlook>(&text).unwrap(),
            kept,
            "{text}"
        );
    }

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn every_outlook_is_read_back_as_it_was_kept() {
        let (state, last, cause) = (
            Availability::PreOrder,
            Availability::OutOfStock,
            Cause::Unavailable,
        );
        let (since, last_seen, reason) = (at(1), at(2), UnreadReason::Blocked);
        for (since, reason) in [(None, None), (Some(since), Some(reason))] {
            check(Outlook::NotSeen { since, reason });
        }
        check(Outlook::NotReadable {
            since,
            reason,
            last,
            last_seen,
        });
        check(Outlook::LastSeen { last, last_seen });
        check(Outlook::SeenOnce {
            state,
            since,
            confirmed_from: at(3),
        });
        check(Outlook::AsExpected { state, since });
        for (cause, until) in [(None, None), (Some(cause), Some(at(3)))] {
            check(Outlook::Usual {
                state,
                since,
                cause,
                until,
            });
            check(Outlook::Watch {
                state,
                since,
                cause: Cause::Unavailable,
                usual_until: until,
                act_from: until,
            });
        }
        check(Outlook::Act {
            state,
            since,
            cause,
        });
        check(Outlook::SaidExpected { state, since });
    }

    #[test]
    fn one_that_lacks_what_its_kind_has_is_refused_with_the_name() {
        for (outlook, missing) in [("as_expected", "state"), ("last_seen", "last")] {
            let text = format!(r#"{{"store":"amazon.com","outlook":"{outlook}"}}"#);
            let error = serde_json::from_str::<ListingOutlook>(&text).unwrap_err();
            assert!(
                error.to_string().contains(&format!("missing `{missing}`")),
                "{error}"
            );
        }
        let unknown = r#"{"store":"amazon.com","outlook":"rosy"}"#;
        assert!(serde_json::from_str::<ListingOutlook>(unknown).is_err());
    }
}
