//! What an item of Amazon's Creators API says: the reader of the answers that
//! `fetch/creators_api` asks for.
//!
//! The API has its own words for availability, which mean what Amazon Ads' product metadata says
//! of them. The message beside them is the page's own sentence, and decides where the type is too
//! wide: "temporarily out of stock" takes orders at Amazon, "currently unavailable" does not.

use serde_json::Value;

use super::Lessons;
use crate::book::day::day;
use crate::book::{Availability, Family, Money, StoreId};
use crate::page::dates::{DayOrder, first_date};
use crate::page::identity::Found;
use crate::page::wording::{Meaning, Wording};
use crate::page::{Confidence, Reading, Says, UnreadReason, Wanted};

const RULE: &str = "creators-api/listing";

/// Reads an item, given as the JSON that the API sent for it. Never fails, never guesses.
///
/// 1. An item that the API does not give is unread, with the API's own words: some items that
///    Amazon sells are not accessible through it.
/// 2. Identity: the item's ASIN, ISBNs and EANs.
/// 3. The listing of the buy box, if it sells new copies; else the first that does.
/// 4. Its type, and its message where the type is too wide.
/// 5. Only used copies, or none in the buy box: other sellers.
/// 6. No listing at all says nothing: the API leaves offers out that the page has.
pub fn read(store: &StoreId, item: &str, wanted: &Wanted, lessons: &Lessons) -> Reading {
    let Ok(item) = serde_json::from_str::<Value>(item) else {
        let words = "the API's answer is no JSON";
        return Reading::unread(UnreadReason::NoEvidence, "creators-api/answer", words);
    };
    if let Some(why) = text(&item, "/missing") {
        return Reading::unread(UnreadReason::NoEvidence, "creators-api/missing", why);
    }
    let found = identifiers(&item);
    if let Some(refused) = found
        .compare(wanted)
        .refusal("creators-api/identity", wanted)
    {
        return refused;
    }
    let listings = item.pointer("/offersV2/listings").and_then(Value::as_array);
    let listings: Vec<&Value> = listings.into_iter().flatten().collect();
    let wording = lessons.wording(store);
    let reading = decide(&listings, wording);
    complete(reading, store, &item, &found, wording)
}

fn identifiers(item: &Value) -> Found {
    let mut found = Found::default();
    if let Some(asin) = text(item, "/asin") {
        found.add_asin(asin);
    }
    for list in ["isbns", "eans"] {
        let place = format!("/itemInfo/externalIds/{list}/displayValues");
        let values = item.pointer(&place).and_then(Value::as_array);
        for value in values.into_iter().flatten().filter_map(Value::as_str) {
            found.add_isbn(value);
        }
    }
    found
}

/// What is offered, and by which listing.
struct Offer<'a> {
    listing: &'a Value,
    state: Availability,
    words: String,
    confidence: Confidence,
}

fn decide<'a>(listings: &[&'a Value], wording: &Wording) -> Result<Offer<'a>, Reading> {
    let Some(first) = listings.first().copied() else {
        let words = "the API knows the item and lists no offer; its page may have some";
        return Err(Reading::unread(
            UnreadReason::NoEvidence,
            "creators-api/no-listing",
            words,
        ));
    };
    let is_new = |listing: &&&Value| {
        text(listing, "/condition/value").is_none_or(|condition| condition == "New")
    };
    let new: Vec<&Value> = listings.iter().filter(is_new).copied().collect();
    let wins =
        |listing: &&&Value| listing.get("isBuyBoxWinner").and_then(Value::as_bool) == Some(true);
    let knows_winner = listings
        .iter()
        .any(|listing| listing.get("isBuyBoxWinner").is_some());
    let main = match new.iter().find(wins) {
        Some(main) => Some(*main),
        // Where nobody is said to win, the first new one is all there is to go by.
        None if !knows_winner => new.first().copied(),
        None => None,
    };
    match main {
        Some(listing) => of_listing(listing, wording),
        None => Ok(of_others(first)),
    }
}

fn of_others(listing: &Value) -> Offer<'_> {
    let condition = text(listing, "/condition/value").unwrap_or("no condition given");
    let message = text(listing, "/availability/message").unwrap_or_default();
    Offer {
        listing,
        state: Availability::ThirdPartyOnly,
        words: format!("{message} ({condition}, not in the buy box)")
            .trim()
            .to_owned(),
        confidence: Confidence::Sure,
    }
}

fn of_listing<'a>(listing: &'a Value, wording: &Wording) -> Result<Offer<'a>, Reading> {
    let kind = text(listing, "/availability/type").unwrap_or_default();
    let message = text(listing, "/availability/message").unwrap_or_default();
    let words = if message.is_empty() { kind } else { message };
    let meaning = wording
        .state(message, Family::Amazon)
        .map(|hit| hit.meaning());
    let state = match kind {
        "IN_STOCK" | "IN_STOCK_SCARCE" => Availability::InStock,
        "LEADTIME" | "AVAILABLE_DATE" => Availability::ShipsLater,
        "PREORDER" => Availability::PreOrder,
        "OUT_OF_STOCK" if meaning == Some(Meaning::TemporarilyOut) => Availability::BackOrder,
        "OUT_OF_STOCK" | "UNAVAILABLE" => Availability::OutOfStock,
        _ => {
            let words = format!("the API gives the availability `{kind}` ({message})");
            let rule = "creators-api/unknown-type";
            return Err(Reading::unread(UnreadReason::NoEvidence, rule, &words));
        }
    };
    Ok(Offer {
        listing,
        state,
        words: words.to_owned(),
        confidence: Confidence::Sure,
    })
}

fn complete(
    offer: Result<Offer<'_>, Reading>,
    store: &StoreId,
    item: &Value,
    found: &Found,
    wording: &Wording,
) -> Reading {
    let offer = match offer {
        Ok(offer) => offer,
        Err(unread) => return unread,
    };
    let order = match store.as_str() {
        "amazon.com" => DayOrder::MonthFirst,
        _ => DayOrder::DayFirst,
    };
    let place = "offersV2.listings.availability";
    let mut says = Says::new(offer.state, RULE, &offer.words, place);
    says.confidence = offer.confidence;
    says.published = civil_date(item, "/itemInfo/contentInfo/publicationDate/displayValue");
    let released = civil_date(item, "/itemInfo/productInfo/releaseDate/displayValue");
    let in_words = first_date(&offer.words, wording, order);
    says.date = match offer.state {
        Availability::PreOrder => in_words.or(released).or(says.published),
        Availability::ShipsLater | Availability::BackOrder => in_words,
        Availability::NotListed
        | Availability::Announced
        | Availability::InStock
        | Availability::ThirdPartyOnly
        | Availability::OutOfStock
        | Availability::Discontinued => None,
    };
    says.price = price(offer.listing);
    says.seller = text(offer.listing, "/merchantInfo/name").map(str::to_owned);
    says.title = text(item, "/itemInfo/title/displayValue").map(str::to_owned);
    says.isbn = found.isbns.first().cloned();
    says.cover = text(item, "/images/primary/large/url").map(str::to_owned);
    says.canonical = text(item, "/detailPageURL").map(without_tag);
    Reading::Says(Box::new(says))
}

/// The price as the API gives it: an amount in whole units and an ISO 4217 code.
fn price(listing: &Value) -> Option<Money> {
    let money = listing.pointer("/price/money")?;
    let currency = money.get("currency")?.as_str()?;
    let amount = money.get("amount")?;
    let number = amount
        .as_str()
        .map_or_else(|| amount.to_string(), str::to_owned);
    crate::text::money::amount(&number, currency)
}

fn civil_date(item: &Value, place: &str) -> Option<jiff::civil::Date> {
    day(text(item, place)?.get(..10)?).ok()
}

/// The address without the partner tag.
fn without_tag(address: &str) -> String {
    address
        .split(['?', '#'])
        .next()
        .unwrap_or_default()
        .to_owned()
}

fn text<'a>(value: &'a Value, place: &str) -> Option<&'a str> {
    value.pointer(place)?.as_str().map(str::trim)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn item(listings: &Value) -> Value {
        json!({
            "asin": "1944098119",
            "detailPageURL": "https://www.amazon.com/dp/1944098119?tag=example-20&linkCode=ogi",
            "itemInfo": {
                "title": { "displayValue": "Salt Roads" },
                "externalIds": { "eans": { "displayValues": ["9781944098117"] } },
                "contentInfo": { "publicationDate": { "displayValue": "2027-02-09T00:00:01Z" } },
            },
            "offersV2": { "listings": listings },
        })
    }

    fn listing(kind: &str, message: &str) -> Value {
        json!({
            "isBuyBoxWinner": true,
            "condition": { "value": "New" },
            "availability": { "type": kind, "message": message },
            "merchantInfo": { "id": "A1EXAMPLE", "name": "Amazon.com" },
            "price": { "money": { "amount": 16.99, "currency": "USD" } },
        })
    }

    fn read_item(item: &Value) -> Reading {
        let wanted = Wanted {
            isbn: Some("9781944098117".parse().unwrap()),
            asin: Some("1944098119".to_owned()),
            ..Wanted::default()
        };
        let store = StoreId::new("amazon.com");
        read(&store, &item.to_string(), &wanted, &Lessons::default())
    }

    #[track_caller]
    fn check(listings: &Value, expected: &str) {
        let reading = read_item(&item(listings));
        let shown = match &reading {
            Reading::Says(says) => {
                let date = says.date.map(|date| format!(" {date}")).unwrap_or_default();
                format!("{}{date}: {}", says.availability, says.words)
            }
            Reading::Unread(unread) => format!("{}: {}", unread.reason.name(), unread.words),
        };
        assert_eq!(shown, expected);
    }

    #[test]
    fn every_type_is_a_state() {
        for (kind, message, expected) in [
            ("IN_STOCK", "In Stock", "in_stock: In Stock"),
            (
                "IN_STOCK_SCARCE",
                "Only 3 left in stock",
                "in_stock: Only 3 left in stock",
            ),
            (
                "LEADTIME",
                "Usually ships within 2 to 3 weeks",
                "ships_later: Usually ships within 2 to 3 weeks",
            ),
            (
                "AVAILABLE_DATE",
                "In stock on March 4, 2027.",
                "ships_later 2027-03-04: In stock on March 4, 2027.",
            ),
            ("PREORDER", "", "pre_order 2027-02-09: PREORDER"),
            (
                "PREORDER",
                "This title will be released on March 2, 2027.",
                "pre_order 2027-03-02: This title will be released on March 2, 2027.",
            ),
            (
                "OUT_OF_STOCK",
                "Currently unavailable.",
                "out_of_stock: Currently unavailable.",
            ),
            (
                "OUT_OF_STOCK",
                "Temporarily out of stock.",
                "back_order: Temporarily out of stock.",
            ),
            ("UNAVAILABLE", "", "out_of_stock: UNAVAILABLE"),
            (
                "UNKNOWN",
                "",
                "no_evidence: the API gives the availability `UNKNOWN` ()",
            ),
        ] {
            check(&json!([listing(kind, message)]), expected);
        }
    }

    #[test]
    fn used_copies_and_offers_outside_the_buy_box_are_other_sellers() {
        let mut used = listing("IN_STOCK", "In Stock");
        used["condition"]["value"] = json!("Used");
        check(
            &json!([used.clone()]),
            "third_party_only: In Stock (Used, not in the buy box)",
        );
        let mut loser = listing("IN_STOCK", "In Stock");
        loser["isBuyBoxWinner"] = json!(false);
        check(
            &json!([loser]),
            "third_party_only: In Stock (New, not in the buy box)",
        );
        check(
            &json!([used, listing("PREORDER", "Pre-order")]),
            "pre_order 2027-02-09: Pre-order",
        );
    }

    #[test]
    fn no_offer_is_no_evidence() {
        check(
            &json!([]),
            "no_evidence: the API knows the item and lists no offer; its page may have some",
        );
    }

    #[test]
    fn an_item_of_another_book_is_not_believed() {
        let mut other = item(&json!([listing("IN_STOCK", "In Stock")]));
        other["asin"] = json!("0132350882");
        other["itemInfo"]["externalIds"]["eans"]["displayValues"] = json!(["9780132350884"]);
        let Reading::Unread(unread) = read_item(&other) else {
            panic!()
        };
        assert_eq!(unread.reason, UnreadReason::WrongProduct);
    }

    #[test]
    fn the_particulars_come_along() {
        let Reading::Says(says) = read_item(&item(&json!([listing("IN_STOCK", "In Stock")])))
        else {
            panic!()
        };
        assert_eq!(says.price, Some(Money::new(1699, "USD")));
        assert_eq!(says.seller.as_deref(), Some("Amazon.com"));
        assert_eq!(says.title.as_deref(), Some("Salt Roads"));
        assert_eq!(
            says.canonical.as_deref(),
            Some("https://www.amazon.com/dp/1944098119")
        );
        assert_eq!(says.published, Some(jiff::civil::date(2027, 2, 9)));
        assert_eq!(says.isbn.unwrap().as_str(), "9781944098117");
    }
}
