//! Prices as stores write them: "$1,234.56", "1.234,56 €", "1 234,56 €" with any kind of space,
//! "￥1,980", "R$ 49,90", "129,00 kr", "EUR 12.34".
//!
//! The last separator is a decimal point when one or two digits follow it to the end of the
//! number and the currency has decimals; every other separator groups thousands. So no locale is
//! needed, and "1.234,56 €" can never become 1.23.

use crate::book::Money;

/// Symbols and codes, with the currency that they name. `None` stands for the store's own: a
/// dollar sign is Canadian at a Canadian store, and kr may be Swedish. Longer marks come first.
const MARKS: &[(&str, Option<&str>)] = &[
    ("R$", Some("BRL")),
    ("US$", Some("USD")),
    ("CA$", Some("CAD")),
    ("C$", Some("CAD")),
    ("A$", Some("AUD")),
    ("S$", Some("SGD")),
    ("MX$", Some("MXN")),
    ("USD", Some("USD")),
    ("GBP", Some("GBP")),
    ("EUR", Some("EUR")),
    ("CAD", Some("CAD")),
    ("AUD", Some("AUD")),
    ("JPY", Some("JPY")),
    ("SEK", Some("SEK")),
    ("PLN", Some("PLN")),
    ("INR", Some("INR")),
    ("BRL", Some("BRL")),
    ("MXN", Some("MXN")),
    ("SGD", Some("SGD")),
    ("AED", Some("AED")),
    ("SAR", Some("SAR")),
    ("EGP", Some("EGP")),
    ("TRY", Some("TRY")),
    ("VND", Some("VND")),
    ("zł", Some("PLN")),
    ("£", Some("GBP")),
    ("€", Some("EUR")),
    ("¥", Some("JPY")),
    ("￥", Some("JPY")),
    ("円", Some("JPY")),
    ("₹", Some("INR")),
    ("₺", Some("TRY")),
    ("₫", Some("VND")),
    ("Rs", Some("INR")),
    ("TL", Some("TRY")),
    ("kr", None),
    ("$", None),
];

/// The marks that stand before the number; the others mostly stand after it.
const LEADING: &[&str] = &[
    "R$", "US$", "CA$", "C$", "A$", "S$", "MX$", "£", "¥", "￥", "₹", "Rs", "$",
];

/// The first price in a text. `home` is the currency of the store, for marks that many share.
///
/// A number without a currency mark beside it is no price.
pub fn first_price(text: &str, home: &str) -> Option<Money> {
    MARKS
        .iter()
        .filter_map(|(mark, currency)| {
            let at = text.find(mark)?;
            Some((at, mark, currency.unwrap_or(home)))
        })
        // The earliest mark; of two at one place the longer, which comes first in the list.
        .min_by_key(|(at, _, _)| *at)
        .and_then(|(at, mark, currency)| {
            let after = || number_after(text.get(at + mark.len()..)?);
            let before = || number_before(text.get(..at)?);
            let number = if LEADING.contains(mark) {
                after().or_else(before)
            } else {
                before().or_else(after)
            }?;
            parse(&number, currency)
        })
}

/// An amount given apart from its currency, as in structured data ("16.99", "16,99", "1980"). There
/// a single full stop is always the decimal point, however many digits follow.
pub fn amount(number: &str, currency: &str) -> Option<Money> {
    let number = number.trim();
    match number.split_once('.') {
        Some((whole, fraction)) if !number.contains(',') && !fraction.contains('.') => {
            let fraction: String = fraction.chars().take(2).collect();
            parse(&format!("{whole}.{fraction}"), currency)
        }
        _ => parse(number, currency),
    }
}

/// The amount that a number as people write it stands for.
fn parse(number: &str, currency: &str) -> Option<Money> {
    let currency = currency.trim();
    if currency.len() != 3 || !currency.chars().all(|c| c.is_ascii_alphabetic()) {
        return None;
    }
    let decimals = usize::try_from(Money::decimals(currency)).ok()?;
    let number: String = number.chars().filter(|c| !is_space(*c)).collect();
    let number = number.trim_end_matches(['.', ',', '-', '–', '\'', '’']);
    let (whole, fraction) = match number.rfind(['.', ',']) {
        Some(at) if is_fraction(number, at, decimals) => (&number[..at], &number[at + 1..]),
        _ => (number, ""),
    };
    let mut digits: String = whole
        .chars()
        .filter(|c| !matches!(c, '.' | ',' | '\'' | '’'))
        .collect();
    if digits.is_empty() || !digits.chars().all(|c| c.is_ascii_digit()) {
        return None;
    }
    digits.push_str(&fraction[..fraction.len().min(decimals)]);
    for _ in fraction.len()..decimals {
        digits.push('0');
    }
    Some(Money::new(digits.parse().ok()?, currency))
}

/// What follows the separator at `at` is the decimal part: one or two digits, or more of them
/// (as "16.9900") where no second separator could make them thousands.
fn is_fraction(number: &str, at: usize, decimals: usize) -> bool {
    let fraction = &number[at + 1..];
    if fraction.is_empty() || !fraction.chars().all(|c| c.is_ascii_digit()) {
        return false;
    }
    // Without decimals the last group has three digits, so one or two are decimals all the same.
    let alone = number.matches(['.', ',']).count() == 1;
    match fraction.len() {
        1 | 2 => decimals > 0 || alone,
        3 => false,
        _ => alone,
    }
}

fn is_space(character: char) -> bool {
    character.is_whitespace() || matches!(character, '\u{202f}' | '\u{2009}')
}

fn is_part(character: char) -> bool {
    character.is_ascii_digit() || matches!(character, '.' | ',' | '\'' | '’') || is_space(character)
}

fn number_after(text: &str) -> Option<String> {
    let number: String = text
        .trim_start_matches(is_space)
        .chars()
        .take_while(|character| is_part(*character))
        .take(24)
        .collect();
    first_group(&number)
}

fn number_before(text: &str) -> Option<String> {
    let mut number: Vec<char> = text
        .trim_end_matches(is_space)
        .chars()
        .rev()
        .take_while(|character| is_part(*character))
        .take(24)
        .collect();
    number.reverse();
    let number: String = number.into_iter().collect();
    last_group(&number)
}

/// The leading number, where a space joins groups of three digits only: "1 234,56" is one number,
/// "8,90 12,00" are two.
fn first_group(text: &str) -> Option<String> {
    let mut pieces = text.split(is_space).filter(|piece| !piece.is_empty());
    let mut number = pieces.next()?.to_owned();
    for piece in pieces {
        if number.contains(['.', ',']) || !continues(piece) {
            break;
        }
        number.push_str(piece);
    }
    number
        .starts_with(|c: char| c.is_ascii_digit())
        .then_some(number)
}

fn last_group(text: &str) -> Option<String> {
    let pieces: Vec<&str> = text
        .split(is_space)
        .filter(|piece| !piece.is_empty())
        .collect();
    let mut start = pieces.len().checked_sub(1)?;
    while start > 0
        && continues(pieces[start])
        && pieces[start - 1].len() <= 3
        && pieces[start - 1].chars().all(|c| c.is_ascii_digit())
    {
        start -= 1;
    }
    let number = pieces[start..].concat();
    number
        .starts_with(|c: char| c.is_ascii_digit())
        .then_some(number)
}

fn continues(piece: &str) -> bool {
    let digits = piece.chars().take_while(char::is_ascii_digit).count();
    digits == 3
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, home: &str, expected: &str) {
        let found = first_price(text, home).map(|price| price.to_string());
        assert_eq!(found.unwrap_or_default(), expected, "{text}");
    }

    #[test]
    fn each_marketplace_s_form_is_read() {
        check("$1,234.56", "USD", "$1,234.56");
        check("£8.90", "GBP", "£8.90");
        check("1.234,56 €", "EUR", "€1,234.56");
        check("1\u{202f}234,56\u{a0}€", "EUR", "€1,234.56");
        check("EUR 12,34", "EUR", "€12.34");
        check("￥1,980", "JPY", "¥1,980");
        check("1,980円", "JPY", "¥1,980");
        check("R$ 49,90", "BRL", "BRL 49.90");
        check("129,00\u{a0}kr", "SEK", "SEK 129.00");
        check("45,90 zł", "PLN", "PLN 45.90");
        check("₹499.00", "INR", "INR 499.00");
        check("$24.95", "CAD", "CAD 24.95");
        check("VND 1,234,567", "USD", "VND 1,234,567");
    }

    #[test]
    fn thousands_are_never_decimals() {
        check("1.234 €", "EUR", "€1,234.00");
        check("$7,450.00", "USD", "$7,450.00");
        check("1.234.567,89 €", "EUR", "€1,234,567.89");
        check("12,5 €", "EUR", "€12.50");
        check("12 €", "EUR", "€12.00");
    }

    #[test]
    fn the_first_price_of_several_is_taken() {
        check("£8.90 RRP: £9.99", "GBP", "£8.90");
        check("-34% £6.62", "GBP", "£6.62");
        check("8,90 € 12,00 €", "EUR", "€8.90");
    }

    #[test]
    fn a_number_alone_is_no_price() {
        check("Only 3 left", "USD", "");
        check("$", "USD", "");
        check("$ -", "USD", "");
        check("", "USD", "");
    }

    #[test]
    fn structured_amounts_have_their_currency_apart() {
        assert_eq!(amount("16.99", "USD"), Some(Money::new(1699, "USD")));
        assert_eq!(amount("16.9900", "USD"), Some(Money::new(1699, "USD")));
        assert_eq!(amount("1980.0", "JPY"), Some(Money::new(1980, "JPY")));
        assert_eq!(amount("16.990", "USD"), Some(Money::new(1699, "USD")));
        assert_eq!(
            amount("208926.515", "VND"),
            Some(Money::new(208_926, "VND"))
        );
        assert_eq!(amount("16,9", "EUR"), Some(Money::new(1690, "EUR")));
        assert_eq!(amount("", "EUR"), None);
        assert_eq!(amount("12", "dollars"), None);
        assert_eq!(amount("99999999999999999999", "USD"), None);
    }
}
