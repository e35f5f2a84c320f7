//! What a page offers a buyer, and what the trade's vocabularies call it.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use strum::{IntoStaticStr, VariantArray};
use utoipa::ToSchema;

use super::every;
use crate::say::fixed;

/// What a page offers a buyer. The meaning of each state is fixed; how a page shows it is the
/// business of the store's reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[derive(Serialize, Deserialize, ToSchema, IntoStaticStr, VariantArray)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Availability {
    /// Nothing: 404, or the store's search knows no such ISBN.
    NotListed,
    /// A page, not yet published, no way to order.
    Announced,
    /// An order now, delivery on or after the date shown.
    PreOrder,
    /// An order now, prompt dispatch (also "only 3 left").
    InStock,
    /// An order now, long lead ("usually ships within 1 to 3 weeks").
    ShipsLater,
    /// An order now although temporarily out of stock.
    BackOrder,
    /// Only other sellers' or used copies.
    ThirdPartyOnly,
    /// No order: "currently unavailable", "out of stock online".
    OutOfStock,
    /// No order, for good: out of print, withdrawn.
    Discontinued,
}

impl Availability {
    /// Every state, in the order of the launch.
    pub const ALL: [Self; 9] = every(Self::VARIANTS);

    /// The name in code, tables and JSON.
    pub fn name(self) -> &'static str {
        self.into()
    }

    /// The word shown to people.
    pub fn word(self) -> &'static str {
        fixed(&format!("state-{}", self.name()))
    }

    /// The letter that stands for the state in a strip.
    pub fn letter(self) -> char {
        match self {
            Self::NotListed => '-',
            Self::Announced => 'N',
            Self::PreOrder => 'P',
            Self::InStock => 'A',
            Self::ShipsLater => 'L',
            Self::BackOrder => 'B',
            Self::ThirdPartyOnly => 'T',
            Self::OutOfStock => 'O',
            Self::Discontinued => 'X',
        }
    }

    /// A buyer can place an order with the store.
    pub fn is_orderable(self) -> bool {
        self == Self::PreOrder || self.is_released()
    }

    /// A buyer can place an order, and the book is out.
    pub fn is_released(self) -> bool {
        matches!(self, Self::InStock | Self::ShipsLater | Self::BackOrder)
    }

    /// There is a page, without any offer on it: unavailable, announced or ended.
    pub fn is_closed(self) -> bool {
        matches!(
            self,
            Self::OutOfStock | Self::Announced | Self::Discontinued
        )
    }

    /// A buyer cannot place an order with the store.
    pub fn is_off(self) -> bool {
        !self.is_orderable()
    }

    /// The state that a schema.org `ItemAvailability` names, in any of the forms that pages use:
    /// `https://schema.org/InStock`, `http://schema.org/instock`, `InStock`, `in_stock`.
    ///
    /// Source: schema.org and Google Merchant's `availability`; `InStoreOnly` and `Reserved` cannot
    /// be ordered online, so they are out of stock for us.
    pub fn from_schema_org(value: &str) -> Option<Self> {
        let name = value
            .trim()
            .trim_end_matches('/')
            .rsplit(['/', '#', ':'])
            .next()?;
        let plain: String = name
            .chars()
            .filter(char::is_ascii_alphanumeric)
            .map(|character| character.to_ascii_lowercase())
            .collect();
        Some(match plain.as_str() {
            "preorder" | "presale" => Self::PreOrder,
            "instock" | "onlineonly" | "limitedavailability" => Self::InStock,
            "madetoorder" => Self::ShipsLater,
            "backorder" => Self::BackOrder,
            "outofstock" | "soldout" | "instoreonly" | "reserved" => Self::OutOfStock,
            "discontinued" => Self::Discontinued,
            _ => return None,
        })
    }
}

impl fmt::Display for Availability {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Text that names no state.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no availability")]
pub struct UnknownAvailability(pub String);

impl FromStr for Availability {
    type Err = UnknownAvailability;

    /// Reads [`Availability::name`] as people type it: in any case, and with hyphens, blanks or nothing
    /// for its underscores.
    ///
    /// # Errors
    ///
    /// [`UnknownAvailability`] when it is no name of a state.
    fn from_str(text: &str) -> Result<Self, UnknownAvailability> {
        let called = |is_it: &dyn Fn(&str) -> bool| {
            let mut all = Self::ALL.into_iter();
            all.find(|state| is_it(state.name()))
        };
        let plain = |name: &str| name.replace(['_', '-', ' '], "").to_lowercase();
        // As it is kept, in the first place: the database is read far more often than people type.
        called(&|name| name == text)
            .or_else(|| {
                let wanted = plain(text);
                called(&|name| plain(name) == wanted)
            })
            .ok_or_else(|| UnknownAvailability(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_parses_back_and_every_letter_is_its_own() {
        let mut letters = std::collections::BTreeSet::new();
        for state in Availability::ALL {
            for between in ["_", "-", " ", ""] {
                let typed = state.name().replace('_', between);
                assert_eq!(typed.parse(), Ok(state));
                assert_eq!(typed.to_uppercase().parse(), Ok(state));
            }
            assert!(letters.insert(state.letter()));
            assert_ne!(state.is_orderable(), state.is_off());
        }
        for wrong in ["", "_", "sold", "pre_orders", "pre.order"] {
            assert!(wrong.parse::<Availability>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn schema_org_names_are_read_in_every_form() {
        for form in [
            "https://schema.org/PreOrder",
            "http://schema.org/preorder",
            "PreOrder",
            "pre_order",
        ] {
            assert_eq!(
                Availability::from_schema_org(form),
                Some(Availability::PreOrder),
                "{form}"
            );
        }
        assert_eq!(
            Availability::from_schema_org("schema:BackOrder"),
            Some(Availability::BackOrder)
        );
        assert_eq!(Availability::from_schema_org("https://schema.org/"), None);
        assert_eq!(Availability::from_schema_org("Refurbished"), None);
    }
}
