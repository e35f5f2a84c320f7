//! What an edition is known by: its ISBN, or without one its ASIN, or a store's own number.
//!
//! An ebook that only KDP carries has no ISBN, and Audible's audiobooks have none: Amazon gives each
//! a number of its own, the ASIN, of ten capitals and digits. A printed book's ASIN is its ISBN-10;
//! all others begin with a B (help.kdp.amazon.com, "International Standard Book Number and Amazon
//! Standard Identification Number").

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Isbn10, Isbn13, IsbnError, StoreId};
use crate::say::say;

/// An ASIN that is no ISBN-10: ten capitals and digits, the first of them a B, and no word, as
/// `Bestseller` is. It parses in any case.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, ToSchema)]
pub struct Asin(String);

impl Asin {
    /// The ten characters.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A store's own number, and whose it is: `kobo.com:1230004567890`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OwnNumber(String);

impl OwnNumber {
    fn parts(&self) -> (&str, &str) {
        self.0.split_once(':').unwrap_or_default()
    }

    /// The store whose number it is.
    pub fn store(&self) -> StoreId {
        StoreId::new(self.parts().0)
    }

    /// The number alone, as it stands in the store's addresses.
    pub fn number(&self) -> &str {
        self.parts().1
    }
}

/// Why some text is no identity of an edition.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EditionIdError {
    /// It looks like an ISBN and is none.
    #[error(transparent)]
    Isbn(#[from] IsbnError),
    /// It is no ASIN.
    #[error("an ASIN is ten letters and digits, and begins with a B; a book's ISBN-10 is its ISBN")]
    Asin,
    /// It is no store with its number.
    #[error(
        "a store's own number is written `STORE:NUMBER`, as `kobo.com:1230004567890`: at most 40 \
         letters, digits, hyphens and underscores"
    )]
    Own,
}

/// The identity of an edition, everywhere: in files, tables, addresses, letters.
///
/// Its text is the key: thirteen digits, ten characters that begin with a B, or `store:number`. The
/// three cannot be taken for each other.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum EditionId {
    /// Its ISBN-13, wherever it has one.
    Isbn(Isbn13),
    /// Amazon's number, for what has no ISBN.
    Asin(Asin),
    /// Another store's number, for what has neither.
    Own(OwnNumber),
}

impl EditionId {
    /// The key.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Isbn(isbn) => isbn.as_str(),
            Self::Asin(asin) => &asin.0,
            Self::Own(own) => &own.0,
        }
    }

    /// The ISBN, where it is one.
    pub fn isbn(&self) -> Option<&Isbn13> {
        match self {
            Self::Isbn(isbn) => Some(isbn),
            Self::Asin(_) | Self::Own(_) => None,
        }
    }

    /// The ISBN-10 of the ISBN, where it is one and has one.
    pub fn to_isbn10(&self) -> Option<Isbn10> {
        self.isbn()?.to_isbn10()
    }

    /// The ASIN, where it is one.
    pub fn asin(&self) -> Option<&Asin> {
        match self {
            Self::Asin(asin) => Some(asin),
            Self::Isbn(_) | Self::Own(_) => None,
        }
    }

    /// What the number is, for people: "ISBN", "ASIN", "number at kobo.com".
    pub fn kind(&self) -> String {
        match self {
            Self::Isbn(_) => "ISBN".to_owned(),
            Self::Asin(_) => "ASIN".to_owned(),
            Self::Own(own) => say!("number-at", store = own.store().label()),
        }
    }

    /// The number with what it is, for people: "ISBN 978…", "ASIN B0…", "number at kobo.com 123…".
    pub fn named(&self) -> String {
        match self {
            Self::Isbn(_) | Self::Asin(_) => format!("{} {self}", self.kind()),
            Self::Own(own) => format!("{} {}", self.kind(), own.number()),
        }
    }
}

impl FromStr for Asin {
    type Err = EditionIdError;

    /// # Errors
    ///
    /// [`EditionIdError::Asin`].
    fn from_str(text: &str) -> Result<Self, EditionIdError> {
        let asin = text.trim().to_ascii_uppercase();
        let is_one = asin.len() == 10
            && asin.starts_with('B')
            && asin.contains(|one: char| one.is_ascii_digit())
            && asin.bytes().all(|byte| byte.is_ascii_alphanumeric());
        is_one.then_some(Self(asin)).ok_or(EditionIdError::Asin)
    }
}

impl FromStr for OwnNumber {
    type Err = EditionIdError;

    /// # Errors
    ///
    /// [`EditionIdError::Own`].
    fn from_str(text: &str) -> Result<Self, EditionIdError> {
        let (store, number) = text.trim().split_once(':').ok_or(EditionIdError::Own)?;
        let store = StoreId::new(store);
        let is_store = store.as_str().contains('.')
            && store
                .as_str()
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-'));
        let is_number = (1..=40).contains(&number.len())
            && number
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
        if is_store && is_number {
            Ok(Self(format!("{store}:{number}")))
        } else {
            Err(EditionIdError::Own)
        }
    }
}

impl FromStr for EditionId {
    type Err = EditionIdError;

    /// An ISBN in any form, an ASIN in any case, or a store's own number.
    ///
    /// # Errors
    ///
    /// [`EditionIdError`] says what is wrong with the one that it looks like.
    fn from_str(text: &str) -> Result<Self, EditionIdError> {
        if text.contains(':') {
            return Ok(Self::Own(text.parse()?));
        }
        match text.parse() {
            Ok(asin) => Ok(Self::Asin(asin)),
            Err(_) => Ok(Self::Isbn(text.parse::<Isbn13>()?)),
        }
    }
}

impl fmt::Display for Asin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for EditionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl From<Isbn13> for EditionId {
    fn from(isbn: Isbn13) -> Self {
        Self::Isbn(isbn)
    }
}

impl From<EditionId> for String {
    fn from(id: EditionId) -> Self {
        id.as_str().to_owned()
    }
}

impl TryFrom<String> for EditionId {
    type Error = EditionIdError;

    fn try_from(text: String) -> Result<Self, EditionIdError> {
        text.parse()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, key: &str, named: &str) {
        let id: EditionId = text.parse().unwrap();
        assert_eq!((id.as_str(), id.named().as_str()), (key, named), "{text}");
        assert_eq!(id.to_string().parse::<EditionId>().as_ref(), Ok(&id));
        let json = serde_json::to_string(&id).unwrap();
        assert_eq!(json, format!("\"{key}\""));
        assert_eq!(serde_json::from_str::<EditionId>(&json).unwrap(), id);
    }

    #[test]
    fn every_identity_has_one_text_that_gives_it_again() {
        check("978-1-944098-11-7", "9781944098117", "ISBN 9781944098117");
        check("1944098119", "9781944098117", "ISBN 9781944098117");
        check(" b0ebook123 ", "B0EBOOK123", "ASIN B0EBOOK123");
        check(
            "www.Kobo.com:123-a_B",
            "kobo.com:123-a_B",
            "number at kobo.com 123-a_B",
        );
    }

    #[test]
    fn what_is_none_says_of_what_it_looks_like() {
        let said = |text: &str| text.parse::<EditionId>().unwrap_err().to_string();
        assert_eq!(
            said("9781944098118"),
            "the check digit is `8`, but the other digits make it `7`"
        );
        assert!(said("B0EBOOK12").contains("does not belong in an ISBN"));
        for wrong in [
            "kobo.com:",
            "kobo:12",
            "kobo.com:1/2",
            ":12",
            "kobo.com:1 2",
        ] {
            assert!(said(wrong).contains("`STORE:NUMBER`"), "{wrong}");
        }
        for wrong in [
            "1944098119",
            "A0EBOOK123",
            "B0EBOOK-23",
            "B0EBOOK1234",
            "Bestseller",
        ] {
            assert_eq!(wrong.parse::<Asin>(), Err(EditionIdError::Asin), "{wrong}");
        }
    }
}
