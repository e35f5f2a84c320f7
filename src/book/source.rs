//! How a reading was had: the ways in to a store's page.

use serde::{Deserialize, Serialize};

/// How a reading was had.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// Our own polite request.
    Http,
    /// The Chromium of this machine, run for one page.
    Browser,
    /// The user's own program.
    Command,
    /// The store's official API.
    Api,
    /// The user looked, or saved the page.
    ByHand,
    /// The user opened the page, and his browser's extension handed it over.
    Companion,
}

impl Source {
    /// Every source.
    pub const ALL: [Self; 6] = [
        Self::Http,
        Self::Browser,
        Self::Command,
        Self::Api,
        Self::ByHand,
        Self::Companion,
    ];

    /// A person saw the page, whoever read it: no program asked for it.
    #[must_use]
    pub fn is_a_persons(self) -> bool {
        matches!(self, Self::ByHand | Self::Companion)
    }

    /// The name in tables and JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Browser => "browser",
            Self::Command => "command",
            Self::Api => "api",
            Self::ByHand => "by_hand",
            Self::Companion => "companion",
        }
    }

    /// The source of that name. People write `by-hand` in the configuration; both forms are taken.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        let plain = name.replace('-', "_");
        Self::ALL.into_iter().find(|source| source.name() == plain)
    }

    /// What people read: "through your own program".
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Http => "by a request of its own",
            Self::Browser => "through the browser of this machine",
            Self::Command => "through your own program",
            Self::Api => "through the store's API",
            Self::ByHand => "by hand",
            Self::Companion => "in your own browser",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_found_again_in_both_forms() {
        for source in Source::ALL {
            assert_eq!(Source::from_name(source.name()), Some(source));
            let written = source.name().replace('_', "-");
            assert_eq!(Source::from_name(&written), Some(source));
        }
        assert_eq!(Source::from_name("telepathy"), None);
    }
}
