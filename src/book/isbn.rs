//! ISBN-13 and ISBN-10, parsed once and right ever after.
//!
//! Sources: the ISBN Users' Manual (check digits), and for the rule that a print book's address
//! at Amazon is its ISBN-10 and that 979 numbers have none: internetarchive/openlibrary,
//! `core/vendors.py`.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Why some text is not an ISBN.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IsbnError {
    /// A character that stands in no ISBN.
    #[error("`{0}` does not belong in an ISBN: only digits, hyphens and spaces do")]
    Character(char),
    /// The last digit does not follow from the others.
    #[error("the check digit is `{found}`, but the other digits make it `{expected}`")]
    CheckDigit {
        /// The digit that was written.
        found: char,
        /// The digit that the others require.
        expected: char,
    },
    /// Neither ten nor thirteen digits.
    #[error("it has {0} digits: an ISBN has 13, or 10 in its old form")]
    Length(usize),
    /// Thirteen digits of some other kind of product.
    #[error("it begins with `{0}`: an ISBN-13 begins with 978 or 979")]
    Prefix(String),
}

/// A valid ISBN-13: thirteen digits that begin with 978 or 979, with the right check digit.
///
/// It parses from ISBN-13 or ISBN-10, with or without hyphens and spaces, and prints its thirteen
/// digits alone.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "String", into = "String")]
pub struct Isbn13(String);

impl Isbn13 {
    /// The thirteen digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The old ISBN-10 of the same edition, which only 978 numbers have.
    pub fn to_isbn10(&self) -> Option<Isbn10> {
        let core = self.0.strip_prefix("978")?.get(..9)?;
        Some(Isbn10(format!("{core}{}", check_digit_10(core))))
    }
}

/// A valid ISBN-10: nine digits and a check digit, which may be `X`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Isbn10(String);

impl Isbn10 {
    /// The ten characters.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Isbn10 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for Isbn13 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<Isbn13> for String {
    fn from(isbn: Isbn13) -> Self {
        isbn.0
    }
}

impl TryFrom<String> for Isbn13 {
    type Error = IsbnError;

    fn try_from(text: String) -> Result<Self, IsbnError> {
        text.parse()
    }
}

impl FromStr for Isbn13 {
    type Err = IsbnError;

    /// # Errors
    ///
    /// [`IsbnError`] says which character, digit, length or prefix is wrong.
    fn from_str(text: &str) -> Result<Self, IsbnError> {
        let digits = digits_of(text)?;
        match digits.len() {
            10 => from_isbn10(&digits),
            13 => from_isbn13(digits),
            length => Err(IsbnError::Length(length)),
        }
    }
}

fn digits_of(text: &str) -> Result<String, IsbnError> {
    let mut digits = String::with_capacity(13);
    for character in text.trim().chars() {
        match character {
            '0'..='9' => digits.push(character),
            'x' | 'X' if digits.len() == 9 => digits.push('X'),
            // Hyphens as people paste them: also the non-breaking hyphen and the dashes.
            '-' | ' ' | '\u{a0}' | '\u{2010}'..='\u{2015}' => {}
            other => return Err(IsbnError::Character(other)),
        }
    }
    Ok(digits)
}

fn from_isbn10(digits: &str) -> Result<Isbn13, IsbnError> {
    let (core, found) = digits.split_at(9);
    let expected = check_digit_10(core);
    let found = found.chars().next().unwrap_or_default();
    if found != expected {
        return Err(IsbnError::CheckDigit { found, expected });
    }
    let core = format!("978{core}");
    Ok(Isbn13(format!("{core}{}", check_digit_13(&core))))
}

fn from_isbn13(digits: String) -> Result<Isbn13, IsbnError> {
    if let Some(x) = digits.chars().find(|c| !c.is_ascii_digit()) {
        return Err(IsbnError::Character(x));
    }
    if !digits.starts_with("978") && !digits.starts_with("979") {
        return Err(IsbnError::Prefix(digits[..3].to_owned()));
    }
    let (core, found) = digits.split_at(12);
    let expected = check_digit_13(core);
    let found = found.chars().next().unwrap_or_default();
    if found != expected {
        return Err(IsbnError::CheckDigit { found, expected });
    }
    Ok(Isbn13(digits))
}

fn values(core: &str) -> impl Iterator<Item = u32> {
    core.bytes().map(|byte| u32::from(byte.wrapping_sub(b'0')))
}

fn check_digit_10(core: &str) -> char {
    let sum: u32 = values(core)
        .zip((2..=10).rev())
        .map(|(digit, weight)| digit * weight)
        .sum();
    match (11 - sum % 11) % 11 {
        10 => 'X',
        digit => char::from_digit(digit, 10).unwrap_or_default(),
    }
}

fn check_digit_13(core: &str) -> char {
    let sum: u32 = values(core)
        .zip([1, 3].into_iter().cycle())
        .map(|(digit, weight)| digit * weight)
        .sum();
    char::from_digit((10 - sum % 10) % 10, 10).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, isbn13: &str, isbn10: Option<&str>) {
        let isbn: Isbn13 = text.parse().unwrap();
        assert_eq!(isbn.as_str(), isbn13);
        assert_eq!(isbn.to_isbn10().as_ref().map(Isbn10::as_str), isbn10);
    }

    #[track_caller]
    fn check_error(text: &str, message: &str) {
        assert_eq!(text.parse::<Isbn13>().unwrap_err().to_string(), message);
    }

    #[test]
    fn both_forms_parse_with_or_without_hyphens() {
        check("9780132350884", "9780132350884", Some("0132350882"));
        check("978-0-7432-7356-5", "9780743273565", Some("0743273567"));
        check("080442957X", "9780804429573", Some("080442957X"));
        check("0-8044-2957-x", "9780804429573", Some("080442957X"));
        check(" 978 1250125903 ", "9781250125903", Some("1250125901"));
    }

    #[test]
    fn a_979_number_has_no_isbn_10() {
        check("979-8-89675-773-3", "9798896757733", None);
    }

    #[test]
    fn what_is_wrong_is_said() {
        check_error(
            "9780132350885",
            "the check digit is `5`, but the other digits make it `4`",
        );
        check_error(
            "0132350883",
            "the check digit is `3`, but the other digits make it `2`",
        );
        check_error(
            "97801323",
            "it has 8 digits: an ISBN has 13, or 10 in its old form",
        );
        check_error(
            "ISBN 9780132350884",
            "`I` does not belong in an ISBN: only digits, hyphens and spaces do",
        );
        check_error(
            "5012345678900",
            "it begins with `501`: an ISBN-13 begins with 978 or 979",
        );
        check_error("", "it has 0 digits: an ISBN has 13, or 10 in its old form");
    }
}
