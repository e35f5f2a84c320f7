//! Which edition a person means: its number in any form, or enough of its title.

use crate::book::{EditionId, StoreId, storefront};
use crate::config::plan::{EditionPlan, ListingPlan, Plan};

/// Why words name no single edition.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WhichError {
    /// None matches.
    #[error(
        "no edition is called `{words}`; the configuration has {known}; give an ISBN, an ASIN or a part of \
         the title"
    )]
    Nobody {
        /// What was asked for.
        words: String,
        /// The titles there are.
        known: String,
    },
    /// The edition is not watched there.
    #[error("it is not watched at `{words}`; it is watched at {known}")]
    NotThere {
        /// What was asked for.
        words: String,
        /// Where it is watched.
        known: String,
    },
    /// More than one matches.
    #[error("`{words}` may be {choices}; give the number")]
    Several {
        /// What was asked for.
        words: String,
        /// Those that match, with their numbers.
        choices: String,
    },
}

/// The edition that the words name.
///
/// # Errors
///
/// [`WhichError`] names the choices.
pub fn edition<'plan>(plan: &'plan Plan, words: &str) -> Result<&'plan EditionPlan, WhichError> {
    if let Ok(id) = words.parse::<EditionId>()
        && let Some(found) = plan.editions.iter().find(|one| {
            one.edition.id == id || one.edition.asin() == id.asin() && id.asin().is_some()
        })
    {
        return Ok(found);
    }
    let wanted = words.to_lowercase();
    let matches: Vec<&EditionPlan> = plan
        .editions
        .iter()
        .filter(|one| {
            let edition = &one.edition;
            format!("{} {}", edition.title, edition.format.name())
                .to_lowercase()
                .contains(&wanted)
        })
        .collect();
    let named = |editions: &[&EditionPlan]| {
        let names: Vec<String> = editions
            .iter()
            .map(|one| {
                let edition = &one.edition;
                format!(
                    "{} ({}, {})",
                    edition.title,
                    edition.format.name(),
                    edition.id
                )
            })
            .collect();
        if names.is_empty() {
            "no edition".to_owned()
        } else {
            names.join(", ")
        }
    };
    match matches.as_slice() {
        [one] => Ok(one),
        [] => {
            let all: Vec<&EditionPlan> = plan.editions.iter().collect();
            Err(WhichError::Nobody {
                words: words.to_owned(),
                known: named(&all),
            })
        }
        several => Err(WhichError::Several {
            words: words.to_owned(),
            choices: named(several),
        }),
    }
}

/// The listing of an edition at the store that the words name: its name, or as people call it.
///
/// # Errors
///
/// [`WhichError::NotThere`] names the stores.
pub fn listing<'plan>(
    edition: &'plan EditionPlan,
    words: &str,
) -> Result<&'plan ListingPlan, WhichError> {
    let known = storefront::called(words).map_or(words, |store| store.id);
    let id = StoreId::new(known);
    let named = |listing: &&ListingPlan| listing.store == id;
    edition.listings.iter().find(named).ok_or_else(|| {
        let known: Vec<&str> = edition
            .listings
            .iter()
            .map(|listing| listing.store.as_str())
            .collect();
        WhichError::NotThere {
            words: words.to_owned(),
            known: known.join(", "),
        }
    })
}
