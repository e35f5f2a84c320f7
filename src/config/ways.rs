//! The ways in to a store's pages, as the user chose them: in which order they are tried, and
//! what each of them needs.

use std::collections::BTreeMap;

use url::Url;

use super::plan::SecretSource;
use crate::book::{EditionId, Source, StoreId};

/// By which ways a store's pages are had.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ways {
    /// The sources to try, in this order; never empty, each once.
    pub order: Vec<Source>,
    /// Other orders, for single editions.
    pub by_edition: BTreeMap<EditionId, Vec<Source>>,
    /// The user's own program and its arguments; there when [`Source::Command`] is tried.
    pub command: Option<Vec<String>>,
}

impl Default for Ways {
    /// Our own request, and nothing else.
    fn default() -> Self {
        Self {
            order: vec![Source::Http],
            by_edition: BTreeMap::new(),
            command: None,
        }
    }
}

impl Ways {
    /// The sources to try for an edition, in their order.
    pub fn of(&self, edition: &EditionId) -> &[Source] {
        self.by_edition.get(edition).unwrap_or(&self.order)
    }

    /// The edition's page is only ever looked at by the user: nothing asks the store for it.
    pub fn is_by_hand(&self, edition: &EditionId) -> bool {
        self.of(edition)
            .iter()
            .all(|source| *source == Source::ByHand)
    }
}

/// The name of a source in the configuration.
pub fn written(source: Source) -> &'static str {
    match source {
        Source::Http => "http",
        Source::Browser => "browser",
        Source::Command => "command",
        Source::Api => "api",
        Source::ByHand => "by-hand",
        Source::Companion => "companion",
    }
}

/// The user's account for Amazon's Creators API.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiPlan {
    /// The id of the credential, which is no secret.
    pub credential_id: String,
    /// Where the credential's secret is kept.
    pub secret: SecretSource,
    /// The version of the credential, as Amazon shows it beside the id.
    pub version: CredentialVersion,
    /// The partner tag where none is given for the marketplace.
    pub partner_tag: String,
    /// The partner tags of single marketplaces.
    pub partner_tags: BTreeMap<StoreId, String>,
    /// The API is asked here instead, for tests.
    pub base: Option<Url>,
}

impl ApiPlan {
    /// The partner tag for a marketplace.
    pub fn partner_tag_for(&self, store: &StoreId) -> &str {
        self.partner_tags.get(store).unwrap_or(&self.partner_tag)
    }
}

/// The version of a credential: it says where tokens are had and how they are sent. The second
/// number is the region.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum CredentialVersion {
    /// 2.x: tokens from Cognito.
    Two(Region),
    /// 3.x: tokens from Login with Amazon.
    Three(Region),
}

/// Where the account was opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Region {
    /// North America, `.1`.
    NorthAmerica,
    /// Europe, the Middle East, India, `.2`.
    Europe,
    /// The Far East and Australia, `.3`.
    FarEast,
}

impl CredentialVersion {
    /// Every version, by its number.
    pub const ALL: [(&'static str, Self); 6] = [
        ("2.1", Self::Two(Region::NorthAmerica)),
        ("2.2", Self::Two(Region::Europe)),
        ("2.3", Self::Two(Region::FarEast)),
        ("3.1", Self::Three(Region::NorthAmerica)),
        ("3.2", Self::Three(Region::Europe)),
        ("3.3", Self::Three(Region::FarEast)),
    ];

    /// Its number, as "3.1".
    pub fn number(self) -> &'static str {
        match self {
            Self::Two(Region::NorthAmerica) => "2.1",
            Self::Two(Region::Europe) => "2.2",
            Self::Two(Region::FarEast) => "2.3",
            Self::Three(Region::NorthAmerica) => "3.1",
            Self::Three(Region::Europe) => "3.2",
            Self::Three(Region::FarEast) => "3.3",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_edition_may_have_an_order_of_its_own() {
        let edition: EditionId = "9780132350884".parse().unwrap();
        let mut ways = Ways::default();
        assert_eq!(ways.of(&edition), [Source::Http]);
        assert!(!ways.is_by_hand(&edition));
        ways.by_edition
            .insert(edition.clone(), vec![Source::ByHand]);
        assert_eq!(ways.of(&edition), [Source::ByHand]);
        assert!(ways.is_by_hand(&edition));
    }

    #[test]
    fn every_version_has_its_number() {
        for (number, version) in CredentialVersion::ALL {
            assert_eq!(version.number(), number);
        }
    }
}
