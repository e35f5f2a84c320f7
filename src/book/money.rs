//! An amount of money, exact: minor units and an ISO 4217 code.

use std::fmt;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// An amount in the minor unit of its currency: cents for USD, whole yen for JPY.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
pub struct Money {
    /// The amount in minor units.
    pub minor: i64,
    /// The ISO 4217 code in capitals, as "USD".
    pub currency: String,
}

impl Money {
    /// An amount of `minor` units of `currency`.
    pub fn new(minor: i64, currency: &str) -> Self {
        Self {
            minor,
            currency: currency.to_ascii_uppercase(),
        }
    }

    /// How many decimals the currency has (ISO 4217): 0 for JPY, otherwise 2 for the stores that
    /// we read.
    pub fn decimals(currency: &str) -> u32 {
        if currency.eq_ignore_ascii_case("JPY") || currency.eq_ignore_ascii_case("VND") {
            0
        } else {
            2
        }
    }
}

impl fmt::Display for Money {
    /// As people in the trade write it: `$16.99`, `£8.90`, `€12.00`, `¥1,980`, `SEK 129.00`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let decimals = Self::decimals(&self.currency);
        let scale = 10_i64.pow(decimals);
        match self.currency.as_str() {
            "USD" => f.write_str("$")?,
            "GBP" => f.write_str("£")?,
            "EUR" => f.write_str("€")?,
            "JPY" => f.write_str("¥")?,
            other => write!(f, "{other} ")?,
        }
        if self.minor < 0 {
            f.write_str("-")?;
        }
        write!(f, "{}", grouped((self.minor / scale).unsigned_abs()))?;
        if decimals > 0 {
            write!(f, ".{:02}", (self.minor % scale).unsigned_abs())?;
        }
        Ok(())
    }
}

fn grouped(whole: u64) -> String {
    let digits = whole.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(minor: i64, currency: &str, expected: &str) {
        assert_eq!(Money::new(minor, currency).to_string(), expected);
    }

    #[test]
    fn amounts_print_as_people_write_them() {
        check(1699, "usd", "$16.99");
        check(890, "GBP", "£8.90");
        check(123_456, "EUR", "€1,234.56");
        check(1980, "JPY", "¥1,980");
        check(12_900, "SEK", "SEK 129.00");
        check(5, "USD", "$0.05");
        check(-5, "USD", "$-0.05");
    }
}
