//! What the author told us. A note changes what is expected; it is never deleted, only taken back.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::StoreId;

/// What a note says.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum NoteKind {
    /// Distribution was enabled.
    DistributionEnabled,
    /// "Publish your paperback" was clicked at KDP.
    KdpPublished,
    /// KDP asked for proof of the rights; there is a limit of five days.
    KdpRightsQuery,
    /// New files are being processed; the book may be off sale.
    RevisionStarted,
    /// The revision is through.
    RevisionDone,
    /// The author has written to IngramSpark.
    #[serde(rename = "asked_ingramspark")]
    AskedIngramSpark,
    /// The author has written to KDP.
    AskedKdp,
    /// The author has written to the distributor (Draft2Digital and the like) or to a store.
    AskedStore,
    /// What the pages show is meant to be so.
    Expected,
    /// The publication date was moved.
    DateChanged {
        /// The new publication date.
        to: Date,
    },
}

impl NoteKind {
    /// The name in commands, stories and tables.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::DistributionEnabled => "distribution_enabled",
            Self::KdpPublished => "kdp_published",
            Self::KdpRightsQuery => "kdp_rights_query",
            Self::RevisionStarted => "revision_started",
            Self::RevisionDone => "revision_done",
            Self::AskedIngramSpark => "asked_ingramspark",
            Self::AskedKdp => "asked_kdp",
            Self::AskedStore => "asked_store",
            Self::Expected => "expected",
            Self::DateChanged { .. } => "date_changed",
        }
    }
}

/// One thing the author told us.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// What it says.
    pub kind: NoteKind,
    /// Since when it holds.
    pub at: Timestamp,
    /// The store it is about; `None` for all.
    pub store: Option<StoreId>,
    /// The number of the support request, where there is one.
    pub ticket: Option<String>,
    /// Free words of the author's.
    pub text: Option<String>,
}
