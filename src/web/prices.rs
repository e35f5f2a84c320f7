//! What a page asked over time, and the least and the most of it. Pure.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::frame::Place;
use super::timeline::Prices;
use crate::book::{Money, StoreId};
use crate::history::View;
use crate::history::sqlite::Seen;
use crate::page::Reading;

/// Each price with the first look that showed it, oldest first. What could not be read changes none.
pub fn of(looks: &[Seen]) -> Prices {
    let mut prices = Prices::new();
    for look in looks {
        if let Reading::Says(says) = &look.reading
            && prices.last().is_none_or(|(_, last)| *last != says.price)
        {
            prices.push((look.at, says.price.clone()));
        }
    }
    prices
}

/// The first look that showed a price, its store, and the price.
type Asked<'a> = (&'a Money, &'a StoreId, Timestamp);

/// A sentence for each currency: the least and the most that was asked since the first look.
pub(super) fn extremes(place: &Place<'_>, view: &View, prices: &[Prices]) -> Vec<String> {
    let mut currencies: BTreeMap<&str, Vec<Asked<'_>>> = BTreeMap::new();
    for (listing, prices) in view.listings.iter().zip(prices) {
        for (at, price) in prices {
            if let Some(price) = price {
                let asked = currencies.entry(price.currency.as_str()).or_default();
                asked.push((price, &listing.store, *at));
            }
        }
    }
    if currencies.is_empty() {
        return vec!["No page has shown a price.".to_owned()];
    }
    let said = |(price, store, at): &Asked<'_>| {
        format!(
            "{price} at {}, from {}",
            place.label(store),
            place.moment(*at)
        )
    };
    currencies
        .into_iter()
        .filter_map(|(currency, asked)| {
            // Of equal ones the first that was seen.
            let least = asked
                .iter()
                .min_by_key(|(price, _, at)| (price.minor, *at))?;
            let most = asked
                .iter()
                .min_by_key(|(price, _, at)| (std::cmp::Reverse(price.minor), *at))?;
            Some(if least.0 == most.0 {
                format!("{currency}: always {}.", said(least))
            } else {
                format!("{currency}: least {}; most {}.", said(least), said(most))
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {

    use super::*;
    use crate::book::{Availability, Source};
    use crate::page::{Says, UnreadReason};
    use crate::web::testing::{at, place, view};

    fn look(when: &str, price: Option<i64>) -> Seen {
        let mut says = Says::new(Availability::InStock, "test", "In stock", "#availability");
        says.price = price.map(|minor| Money::new(minor, "USD"));
        Seen {
            at: at(when),
            source: Source::Http,
            reading: Reading::Says(Box::new(says)),
        }
    }

    #[test]
    fn a_price_stands_until_a_look_shows_another_and_least_and_most_are_named() {
        let mut dark = look("2027-01-04T08:00:00Z", None);
        dark.reading = Reading::unread(UnreadReason::Blocked, "refusal", "Robot?");
        let prices = of(&[
            look("2027-01-01T08:00:00Z", Some(1699)),
            look("2027-01-02T08:00:00Z", Some(1699)),
            look("2027-01-03T08:00:00Z", Some(1299)),
            dark,
            look("2027-01-05T08:00:00Z", Some(1299)),
            look("2027-01-06T08:00:00Z", None),
        ]);
        assert_eq!(
            prices.iter().map(|(at, _)| *at).collect::<Vec<_>>(),
            [
                at("2027-01-01T08:00:00Z"),
                at("2027-01-03T08:00:00Z"),
                at("2027-01-06T08:00:00Z")
            ]
        );
        let view = view(
            "2027-02-09",
            "amazon.com in_stock 2027-01-01T08:00:00Z\nbookshop.org in_stock 2027-01-01T08:00:00Z",
        );
        let place = place("2027-01-07T12:00:00Z");
        let euros = vec![(at("2027-01-02T08:00:00Z"), Some(Money::new(1550, "EUR")))];
        assert_eq!(
            extremes(&place, &view, &[prices, euros]),
            [
                "EUR: always €15.50 at Bookshop.org, from Sat 2 January, 08:00 UTC.",
                "USD: least $12.99 at Amazon, from Sun 3 January, 08:00 UTC; most $16.99 at Amazon, \
                 from Fri 1 January, 08:00 UTC."
            ]
        );
        assert_eq!(extremes(&place, &view, &[]), ["No page has shown a price."]);
    }
}
