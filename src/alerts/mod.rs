//! One cause, one alert, one thread of letters: opened, reminded, closed.

//!
//! [`lifecycle`] decides, [`sqlite`] remembers.

pub mod facts;
pub mod lifecycle;
pub mod mute;
pub mod pause;
#[cfg(test)]
mod properties;
pub mod sqlite;

use jiff::{SignedDuration, Timestamp};

use crate::book::{EditionId, StoreId};
use crate::judge::{Cause, Finding, Severity};

/// What makes two findings the same alert: the cause, the edition and the stores.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct AlertKey {
    /// The cause.
    pub cause: Cause,
    /// The edition.
    pub edition: EditionId,
    /// The stores, in the edition's order; empty when it is about the edition as a whole.
    pub stores: Vec<StoreId>,
}

/// A finding that lasts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alert {
    /// Its identity.
    pub key: AlertKey,
    /// What was found when it was judged last: its facts.
    pub finding: Finding,
    /// When it was opened.
    pub opened: Timestamp,
    /// Since when the thing itself has lasted.
    pub since: Timestamp,
    /// How much it matters now; Quiet while something explains it and the page does not yet show
    /// what it should: quiet is not clear.
    pub severity: Severity,
    /// Since when it has been known to be Act; `None` while it is not.
    pub act_since: Option<Timestamp>,
    /// The highest severity that a letter has told, if any.
    pub told: Option<Severity>,
    /// When a letter last told of it.
    pub last_told: Option<Timestamp>,
    /// The Message-ID of its first letter, which the later ones refer to.
    pub thread: Option<String>,
    /// It had been over for less than the settling time when it came back: a flap.
    pub is_flap: bool,
}

/// What a letter tells of a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Occasion {
    /// It is told for the first time.
    Opened,
    /// It was Watch and is now Act.
    Escalated,
    /// It still lasts.
    Reminded,
    /// It is over: an all-clear.
    Closed {
        /// How long it lasted.
        lasted: SignedDuration,
    },
    /// News that needs no answer and leaves nothing open.
    News,
}

/// One thing that a letter tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Telling {
    /// Why it is told now.
    pub occasion: Occasion,
    /// What is told; for an all-clear [`FindingKind::AllClear`](crate::judge::FindingKind).
    pub finding: Finding,
    /// The alert's first Message-ID, when there has been a letter before.
    pub thread: Option<String>,
}
