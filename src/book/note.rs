//! What the author told us. A note changes what is expected; it is never deleted, only taken back.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use strum::IntoStaticStr;

use super::StoreId;
use super::day::nearest;

/// What a note says.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, IntoStaticStr)]
#[serde(tag = "what", rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum NoteKind {
    /// Distribution was enabled.
    DistributionEnabled,
    /// "Publish your paperback" was clicked at KDP, or a release was scheduled there.
    KdpPublished {
        /// The day that the release is scheduled for, where one was named.
        #[serde(default, rename = "for", skip_serializing_if = "Option::is_none")]
        on: Option<Date>,
    },
    /// KDP asked for proof of the rights; there is a limit of five days.
    KdpRightsQuery,
    /// New files are being processed; the book may be off sale.
    RevisionStarted,
    /// The revision is through.
    RevisionDone,
    /// The author has written to IngramSpark.
    #[serde(rename = "asked_ingramspark")]
    #[strum(serialize = "asked_ingramspark")]
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
        /// The new on-sale date; the publication date's day unless given.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        on_sale: Option<Date>,
        /// The publication date before, where it is known.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        from: Option<Date>,
    },
    /// No letters about it until a day comes. What is found is still shown, and told then if it
    /// lasts.
    Muted {
        /// From the beginning of this day, in the author's zone, it is told again.
        until: Date,
        /// The cause of the one alert that is muted, as `unavailable`; `None`: everything.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        cause: Option<String>,
    },
    /// No letters at all about the edition until a day comes: what is due waits, and is told then.
    Paused {
        /// From the beginning of this day, in the author's zone, letters go out again.
        until: Date,
        /// What is to be acted on is told all the same.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        but_act: bool,
        /// It was asked for all editions: one that is added meanwhile is paused too.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        all: bool,
    },
    /// A pause is ended before its day.
    Resumed,
}

impl NoteKind {
    /// The same with days that a calendar can count on from; a note that is kept may have others.
    pub fn believable(mut self) -> Self {
        match &mut self {
            Self::DateChanged { to, on_sale, from } => {
                *to = nearest(*to);
                *on_sale = on_sale.map(nearest);
                *from = from.map(nearest);
            }
            Self::KdpPublished { on } => *on = on.map(nearest),
            Self::Muted { until, .. } | Self::Paused { until, .. } => *until = nearest(*until),
            Self::DistributionEnabled
            | Self::KdpRightsQuery
            | Self::RevisionStarted
            | Self::RevisionDone
            | Self::AskedIngramSpark
            | Self::AskedKdp
            | Self::AskedStore
            | Self::Expected
            | Self::Resumed => {}
        }
        self
    }

    /// The publication date was moved to that day, and the on-sale date with it.
    pub fn moved(to: Date) -> Self {
        Self::DateChanged {
            to,
            on_sale: None,
            from: None,
        }
    }

    /// The name as words for people.
    pub fn words(&self) -> String {
        let plain = self.name().replace('_', " ");
        plain
            .replace("ingramspark", "IngramSpark")
            .replace("kdp", "KDP")
    }

    /// The name in commands, stories and tables.
    pub fn name(&self) -> &'static str {
        self.into()
    }

    /// The note of that name; a moved date needs the new date, a mute and a pause need their end,
    /// and the others have none.
    pub fn from_name(name: &str, to: Option<Date>) -> Option<Self> {
        let dated = to.map(|to| {
            let muted = Self::Muted {
                until: to,
                cause: None,
            };
            let published = Self::KdpPublished { on: Some(to) };
            let paused = Self::Paused {
                until: to,
                but_act: false,
                all: false,
            };
            [Self::moved(to), published, muted, paused]
        });
        [
            Self::DistributionEnabled,
            Self::KdpPublished { on: None },
            Self::KdpRightsQuery,
            Self::RevisionStarted,
            Self::RevisionDone,
            Self::AskedIngramSpark,
            Self::AskedKdp,
            Self::AskedStore,
            Self::Expected,
            Self::Resumed,
        ]
        .into_iter()
        .filter(|_| to.is_none())
        .chain(dated.into_iter().flatten())
        .find(|kind| kind.name() == name)
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

impl Note {
    /// A note about every store, without a word more.
    pub fn new(kind: NoteKind, at: Timestamp) -> Self {
        Self {
            kind,
            at,
            store: None,
            ticket: None,
            text: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(name: &str, to: Option<&str>, expected: Option<&NoteKind>) {
        let to = to.map(|to| to.parse().unwrap());
        assert_eq!(NoteKind::from_name(name, to).as_ref(), expected);
    }

    #[test]
    fn only_a_moved_date_a_mute_and_a_pause_have_a_date() {
        let to = "2027-03-02".parse().unwrap();
        check(
            "kdp_published",
            None,
            Some(&NoteKind::KdpPublished { on: None }),
        );
        check("asked_ingramspark", None, Some(&NoteKind::AskedIngramSpark));
        check(
            "date_changed",
            Some("2027-03-02"),
            Some(&NoteKind::moved(to)),
        );
        let muted = NoteKind::Muted {
            until: to,
            cause: None,
        };
        check("muted", Some("2027-03-02"), Some(&muted));
        let paused = NoteKind::Paused {
            until: to,
            but_act: false,
            all: false,
        };
        check("paused", Some("2027-03-02"), Some(&paused));
        check("resumed", None, Some(&NoteKind::Resumed));
        check("date_changed", None, None);
        check("muted", None, None);
        check("paused", None, None);
        check(
            "kdp_published",
            Some("2027-03-02"),
            Some(&NoteKind::KdpPublished { on: Some(to) }),
        );
        check("revision_done", Some("2027-03-02"), None);
        check("sold_out", None, None);
    }
}
