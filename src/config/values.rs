//! Other values as people write them: sizes, prices, addresses, names out of a list.
//!
//! Every function takes what is written and gives the value or a [`Problem`] that says what is
//! wrong and how it is written right.

use serde_spanned::Spanned;
use toml::de::DeValue;
use url::{Host, Url};

use super::problem::{Problem, did_you_mean, one_of};
use super::table::{Text, wrong_kind};
use crate::book::Money;
use crate::text::mail_address;

/// A number of bytes: a whole number, or a text such as "8 MB".
pub(super) fn bytes(key: &str, value: &Spanned<DeValue<'_>>) -> Result<usize, Problem> {
    let written = match value.get_ref() {
        DeValue::Integer(number) => number.to_string(),
        DeValue::String(text) => text.trim().to_owned(),
        DeValue::Float(_)
        | DeValue::Boolean(_)
        | DeValue::Datetime(_)
        | DeValue::Array(_)
        | DeValue::Table(_) => return Err(wrong_kind(key, value, "a size", "\"8 MB\"")),
    };
    let digits = written.find(|character: char| !character.is_ascii_digit());
    let (number, unit) = written.split_at(digits.unwrap_or(written.len()));
    let scale = match unit.trim().to_ascii_lowercase().as_str() {
        "" | "b" | "bytes" => Some(1),
        "kb" | "kib" | "k" => Some(1 << 10),
        "mb" | "mib" | "m" => Some(1 << 20),
        _ => None,
    };
    let size = number.parse::<usize>().ok().zip(scale);
    size.and_then(|(number, scale)| number.checked_mul(scale))
        .ok_or_else(|| {
            Problem::error(format!("`{written}` is no size"))
                .at(value.span(), "")
                .remedy("write a whole number and a unit, as \"8 MB\" or \"512 KB\"")
        })
}

/// An amount of money: "16.99 USD", "USD 16.99", "$16.99", "£8.90", "€12".
pub(super) fn money(text: &Text) -> Result<Money, Problem> {
    let written = text.get_ref();
    parse_money(written).ok_or_else(|| {
        let problem = Problem::error(format!("`{written}` is no price")).at(text.span(), "");
        if written
            .chars()
            .all(|character| character.is_ascii_digit() || character == '.')
        {
            problem
                .because("a number alone does not say in which currency")
                .remedy(format!(
                    "write the currency behind it, as \"{written} USD\""
                ))
        } else {
            problem.remedy("write the amount with a point and the currency, as \"16.99 USD\"")
        }
    })
}

pub(super) fn parse_money(written: &str) -> Option<Money> {
    let (currency, amount) = if let Some(amount) = written.strip_prefix('$') {
        ("USD", amount)
    } else if let Some(amount) = written.strip_prefix('£') {
        ("GBP", amount)
    } else if let Some(amount) = written.strip_prefix('€') {
        ("EUR", amount)
    } else {
        let (first, second) = written.split_once(char::is_whitespace)?;
        if first.starts_with(|character: char| character.is_ascii_digit()) {
            (second.trim(), first)
        } else {
            (first, second)
        }
    };
    // Written exactly: no groups of thousands, no comma, no more decimals than the currency has.
    let decimals = usize::try_from(Money::decimals(currency)).ok()?;
    let amount = amount.trim();
    let (whole, fraction) = amount.split_once('.').unwrap_or((amount, ""));
    let mut digits = whole.bytes().chain(fraction.bytes());
    let is_exact = digits.all(|digit| digit.is_ascii_digit()) && fraction.len() <= decimals;
    is_exact
        .then(|| crate::text::money::amount(amount, currency))
        .flatten()
}

/// An email address, as a mail server would take it.
pub(super) fn email(key: &str, text: &Text) -> Result<String, Problem> {
    let written = text.get_ref();
    let Some(why) = mail_address::wrong(written) else {
        return Ok(written.clone());
    };
    Err(Problem::error(format!("`{written}` is no email address"))
        .at(text.span(), "")
        .because(why.to_string())
        .remedy(if written.contains('<') {
            format!("write the address alone, without a name, as `{key} = \"jane@example.com\"`")
        } else {
            format!("write it as `{key} = \"jane@example.com\"`")
        }))
}

/// The name by which a mail server is greeted: a full name, or an address in brackets.
pub(super) fn mail_name(text: &Text) -> Result<String, Problem> {
    let written = text.get_ref();
    let is_literal = written.starts_with('[') && written.ends_with(']');
    let is_name = matches!(Host::parse(written), Ok(Host::Domain(name)) if name == *written);
    if written.is_ascii() && (is_literal || is_name && written.contains('.')) {
        return Ok(written.clone());
    }
    Err(
        Problem::error(format!("`{written}` is no name for a mail server"))
            .at(text.span(), "")
            .because("mail servers are greeted with the full name of the machine (RFC 5321)")
            .remedy("write it as `hello = \"laptop.example.com\"`, or as \"[192.0.2.7]\""),
    )
}

/// A web address, with nothing said yet about whose.
pub(super) fn web_address(text: &Text) -> Result<Url, Problem> {
    let written = text.get_ref();
    let wrong = || {
        Problem::error(format!("`{written}` is no web address"))
            .at(text.span(), "")
            .remedy("write it in full, as \"https://www.example.com\"")
    };
    let url = Url::parse(written).map_err(|_| wrong())?;
    if !matches!(url.scheme(), "http" | "https") || url.host().is_none() {
        return Err(wrong());
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(
            Problem::error("a name or a password does not belong in an address")
                .at(text.span(), "")
                .remedy("leave out what stands before the `@`"),
        );
    }
    Ok(url)
}

/// One of some fixed names.
pub(super) fn choice<T: Copy>(
    what: &str,
    text: &Text,
    choices: &[(&'static str, T)],
) -> Result<T, Problem> {
    let written = text.get_ref();
    let found = choices
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case(written));
    if let Some((_, value)) = found {
        return Ok(*value);
    }
    let names = choices.iter().map(|(name, _)| *name);
    let meant = did_you_mean(written, names.clone());
    Err(Problem::error(format!("there is no {what} `{written}`"))
        .at(text.span(), "")
        .remedy(match meant {
            Some(meant) => format!("did you mean `{meant}`?"),
            None => format!("write {}", one_of(names)),
        }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(written: &str) -> Text {
        Spanned::new(0..written.len(), written.to_owned())
    }

    #[track_caller]
    fn check_money(written: &str, expected: Option<(i64, &str)>) {
        let expected = expected.map(|(minor, currency)| Money::new(minor, currency));
        assert_eq!(parse_money(written), expected, "{written}");
    }

    #[test]
    fn prices_are_exact() {
        check_money("16.99 USD", Some((1699, "USD")));
        check_money("USD 16.9", Some((1690, "USD")));
        check_money("£8.90", Some((890, "GBP")));
        check_money("€12", Some((1200, "EUR")));
        check_money("1980 jpy", Some((1980, "JPY")));
        check_money("19.80 JPY", None);
        check_money("16.999 USD", None);
        check_money("16,99 EUR", None);
        check_money("16.99", None);
        check_money("99999999999999999999 USD", None);
        check_money("-1 USD", None);
    }

    #[test]
    fn addresses_of_people_are_whole() {
        assert!(email("email", &text("jane@example.com")).is_ok());
        for written in ["jane", "jane@example", "Jane <jane@example.com>", "a@b@c.d"] {
            assert!(email("email", &text(written)).is_err(), "{written}");
        }
    }
}
