//! What scripts and spreadsheets take along: CSV, the metrics of Prometheus, and badges.

use std::fmt::Write as _;

use jiff::Timestamp;

use super::changes::{Sources, newest_first};
use super::face::face;
use super::markup::{clipped, width};
use crate::book::{Asin, Isbn13};
use crate::history::View;
use crate::history::sqlite::Seen;
use crate::page::Reading;
use crate::text::words;

/// The changes of an edition as CSV (RFC 4180), oldest first.
pub fn changes_csv(view: &View, sources: &Sources) -> String {
    let mut csv = String::from(
        "id,isbn,asin,title,store,availability,since,until,last_seen,confirmed_at,readings,words,date,\
         price,currency,seller,rule,place,source\r\n",
    );
    let [id, isbn, asin] = numbers(view);
    for (listing, spell) in newest_first(view).into_iter().rev() {
        let store = &listing.store;
        let says = &spell.says;
        let source = sources.get(&(store.clone(), spell.since));
        let price = says.price.as_ref();
        row(
            &mut csv,
            &[
                id,
                isbn,
                asin,
                &view.edition.title,
                store.as_str(),
                spell.availability.name(),
                &spell.since.to_string(),
                &moment(spell.until),
                &spell.last_seen.to_string(),
                &moment(spell.confirmed_at),
                &spell.readings.to_string(),
                &says.words,
                &says.date.map_or_else(String::new, |date| date.to_string()),
                &price.map_or_else(String::new, |price| amount(price.minor, &price.currency)),
                price.map_or("", |price| price.currency.as_str()),
                says.seller.as_deref().unwrap_or_default(),
                &says.rule,
                &says.place,
                source.map_or("", |source| source.name()),
            ],
        );
    }
    csv
}

/// Every look at an edition as CSV (RFC 4180), store by store, oldest first.
pub fn observations_csv(view: &View, looks: &[Vec<Seen>]) -> String {
    let mut csv = String::from("id,isbn,asin,store,at,source,outcome,availability,words,rule\r\n");
    let [id, isbn, asin] = numbers(view);
    for (listing, looks) in view.listings.iter().zip(looks) {
        for look in looks {
            let (outcome, state, words, rule) = match &look.reading {
                Reading::Says(says) => ("says", says.availability.name(), &says.words, &says.rule),
                Reading::Unread(unread) => {
                    ("unread", unread.reason.name(), &unread.words, &unread.rule)
                }
            };
            row(
                &mut csv,
                &[
                    id,
                    isbn,
                    asin,
                    listing.store.as_str(),
                    &look.at.to_string(),
                    look.source.name(),
                    outcome,
                    state,
                    words,
                    rule,
                ],
            );
        }
    }
    csv
}

/// What the edition is known by, its ISBN and its ASIN; empty where it has none.
fn numbers(view: &View) -> [&str; 3] {
    let edition = &view.edition;
    [
        edition.id.as_str(),
        edition.id.isbn().map_or("", Isbn13::as_str),
        edition.asin().map_or("", Asin::as_str),
    ]
}

fn row(csv: &mut String, fields: &[&str]) {
    let fields: Vec<String> = fields.iter().map(|field| csv_field(field)).collect();
    // Writing to a string cannot fail.
    let _ = write!(csv, "{}\r\n", fields.join(","));
}

/// A field that no spreadsheet takes for a formula and no terminal for a command: on one line,
/// without control characters; what begins with `=`, `+`, `-` or `@` gets an apostrophe (OWASP, CSV
/// injection).
fn csv_field(text: &str) -> String {
    let mut safe = words::one_line(text);
    if safe.starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠']) {
        safe.insert(0, '\'');
    }
    if safe.contains([',', '"', ';', '\'']) {
        format!("\"{}\"", safe.replace('"', "\"\""))
    } else {
        safe
    }
}

fn moment(at: Option<Timestamp>) -> String {
    at.map_or_else(String::new, |at| at.to_string())
}

fn amount(minor: i64, currency: &str) -> String {
    let decimals = crate::book::Money::decimals(currency);
    if decimals == 0 {
        return minor.to_string();
    }
    let sign = if minor < 0 { "-" } else { "" };
    let minor = minor.unsigned_abs();
    format!("{sign}{}.{:02}", minor / 100, minor % 100)
}

/// A badge: "Salt Roads | 2 of 3 stores take orders". It brings its colours with it.
pub fn badge(view: &View, now: Timestamp) -> String {
    let all = view.listings.len();
    let seen = view.listings.iter().filter_map(|one| one.seen(now));
    let states: Vec<_> = seen.collect();
    let unseen = all - states.len();
    let orderable = states
        .iter()
        .filter(|spell| spell.availability.is_orderable())
        .count();
    let stores = words::counted(all, "store");
    let said = match unseen {
        0 => format!("{orderable} of {stores} take orders"),
        unseen if unseen == all => "not seen at present".to_owned(),
        unseen => format!("{orderable} of {stores} take orders, {unseen} not seen"),
    };
    let class = match orderable {
        0 => crate::book::Availability::OutOfStock,
        some if some == all => crate::book::Availability::InStock,
        _ => crate::book::Availability::ShipsLater,
    };
    let colour = if states.is_empty() {
        "#59636e"
    } else {
        face(class).light
    };
    let title = words::clipped(&view.edition.title, 40);
    let pixels = |label: &str| width(label) * 12 / 100 + 20;
    let (left, right) = (pixels(&title), pixels(&said));
    format!(
        r##"<svg xmlns="http://www.w3.org/2000/svg" width="{all}" height="24" role="img" aria-label="{name}: {said}"><rect width="{all}" height="24" rx="4" fill="{colour}"/><path d="M4 0h{inner}v24H4a4 4 0 0 1-4-4V4a4 4 0 0 1 4-4z" fill="#24292f"/><g fill="#ffffff" font-family="Verdana,DejaVu Sans,Arial,sans-serif" font-size="11" text-anchor="middle"><text x="{x1}" y="16">{name}</text><text x="{x2}" y="16">{said}</text></g></svg>"##,
        all = left + right,
        inner = left - 4,
        name = clipped(&title, 40),
        x1 = left / 2,
        x2 = left + right / 2,
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::testing::{at, view};

    #[test]
    fn no_field_becomes_a_formula_or_breaks_its_row() {
        #[track_caller]
        fn check(field: &str, expected: &str) {
            assert_eq!(csv_field(field), expected);
        }
        check("plain", "plain");
        check("=1+1", "\"'=1+1\"");
        check("@SUM(A1)", "\"'@SUM(A1)\"");
        check("-2+3", "\"'-2+3\"");
        check("a,b", "\"a,b\"");
        check("say \"hi\"", "\"say \"\"hi\"\"\"");
        check("two\nlines", "two lines");
        check("\n=1+1", "\"'=1+1\"");
        check("a\u{1b}[31m\0\u{7}b\u{9b}c\u{202e}d", "a [31m b cd");
        check("", "");
    }

    #[test]
    fn changes_are_rows_in_the_order_of_time() {
        let view = view(
            "2027-01-28",
            "amazon.com out_of_stock 2027-01-02T00:00:00Z .. 2027-01-10T00:00:00Z
             amazon.com pre_order 2027-01-10T00:00:00Z ..",
        );
        let csv = changes_csv(&view, &Sources::new());
        let rows: Vec<&str> = csv.split("\r\n").collect();
        assert_eq!(rows.len(), 4);
        assert!(rows[1].starts_with(
            "9781944098117,9781944098117,,Salt Roads,amazon.com,out_of_stock,2027-01-02T00:00:00Z,2027-01-10T00:00:00Z"
        ), "{csv}");
        assert!(
            rows[2].contains(",pre_order,2027-01-10T00:00:00Z,,"),
            "{csv}"
        );
    }

    #[test]
    fn amounts_are_decimal_numbers() {
        assert_eq!(amount(1699, "USD"), "16.99");
        assert_eq!(amount(-5, "USD"), "-0.05");
        assert_eq!(amount(1980, "JPY"), "1980");
    }

    #[test]
    fn a_badge_counts_the_stores_that_take_orders() {
        let mut view = view(
            "2027-01-28",
            "amazon.com out_of_stock 2027-01-02T00:00:00Z ..
             bookshop.org pre_order 2027-01-02T00:00:00Z ..",
        );
        view.edition.title = "<b>&".to_owned();
        let badge = badge(&view, at("2027-01-25T12:00:00Z"));
        assert!(
            badge.contains("&lt;b&gt;&amp;: 1 of 2 stores take orders"),
            "{badge}"
        );
        assert!(!badge.contains("<b>"), "{badge}");
    }
}
