//! A story as it is written in its file, and its entries checked one by one.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Deserializer, de};

use super::{Count, Expectation, Kind, OwnLook, PageChange, Said, StoryError};
use crate::book::{Availability, EditionId, Money, Note, NoteKind, Source, StoreId};
use crate::judge::Severity;
use crate::page::{OtherFormat, Reading, Says, UnreadReason};

/// A moment as TOML writes it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Moment(pub(super) Timestamp);

impl<'de> Deserialize<'de> for Moment {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let written = toml::value::Datetime::deserialize(deserializer)?;
        written.to_string().parse().map(Self).map_err(|_| {
            de::Error::custom(format!(
                "`{written}` needs a date, a time and a zone, as `2023-05-01T09:00:00Z`"
            ))
        })
    }
}

/// A date as TOML writes it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Day(Date);

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let written = toml::value::Datetime::deserialize(deserializer)?;
        written
            .to_string()
            .parse()
            .map(Self)
            .map_err(|_| de::Error::custom(format!("`{written}` is no date, as `2023-06-27`")))
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Written {
    pub(super) story: String,
    #[serde(default)]
    pub(super) from: String,
    pub(super) start: Moment,
    pub(super) end: Moment,
    pub(super) edition: Editions,
    #[serde(default)]
    pub(super) author: toml::Table,
    /// Whatever else a configuration may say, as `[configuration.judging]`.
    #[serde(default)]
    pub(super) configuration: toml::Table,
    #[serde(default)]
    pub(super) page: Vec<PageWritten>,
    #[serde(default)]
    pub(super) note: Vec<NoteWritten>,
    /// Stores that show programs nothing.
    #[serde(default)]
    pub(super) refuses: Vec<String>,
    #[serde(default)]
    pub(super) look: Vec<LookWritten>,
    #[serde(default)]
    pub(super) asleep: Vec<AsleepWritten>,
    #[serde(default)]
    pub(super) expect: Vec<ExpectWritten>,
}

/// The author looks at a page, and tells us what it says then.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LookWritten {
    at: Moment,
    store: Option<String>,
    /// `companion` where her browser hands the page over; else she tells it by hand.
    by: Option<String>,
}

impl LookWritten {
    pub(super) fn check(self) -> Result<OwnLook, StoryError> {
        let source = match self.by.as_deref() {
            None | Some("hand") => Source::ByHand,
            Some("companion") => Source::Companion,
            Some(by) => {
                return Err(StoryError::Entry(format!(
                    "`by = \"{by}\"` is neither `hand` nor `companion`"
                )));
            }
        };
        Ok(OwnLook {
            at: self.at.0,
            store: self.store.as_deref().map(StoreId::new),
            source,
        })
    }
}

/// The machine is asleep or switched off.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AsleepWritten {
    pub(super) from: Moment,
    pub(super) until: Moment,
}

/// `[edition]`, or several `[[edition]]`.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum Editions {
    One(toml::Table),
    Many(Vec<toml::Table>),
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PageWritten {
    at: Moment,
    store: String,
    #[serde(alias = "isbn")]
    edition: Option<String>,
    says: String,
    words: Option<String>,
    date: Option<Day>,
    /// In the minor unit of the store's currency, as `1699` for $16.99.
    price: Option<i64>,
    title: Option<String>,
    cover: Option<String>,
    seller: Option<String>,
    /// The formats that the page offers, the one it is about first, as `["Paperback", "Kindle"]`.
    #[serde(default)]
    formats: Vec<String>,
}

fn id_of(written: Option<&String>) -> Result<Option<EditionId>, StoryError> {
    written
        .map(|edition| edition.parse())
        .transpose()
        .map_err(|error: crate::book::EditionIdError| StoryError::Entry(format!("{error}")))
}

/// `Kindle: pre_order` or `Kindle`; the first one is the page's own.
fn formats_of(written: &[String]) -> Vec<OtherFormat> {
    let format = |(index, written): (usize, &String)| {
        let (name, state) = written.split_once(": ").unwrap_or((written, ""));
        OtherFormat {
            name: name.to_owned(),
            words: state.to_owned(),
            availability: state.parse().ok(),
            selected: index == 0,
        }
    };
    written.iter().enumerate().map(format).collect()
}

impl PageWritten {
    pub(super) fn check(self) -> Result<PageChange, StoryError> {
        let store = StoreId::new(&self.store);
        let edition = id_of(self.edition.as_ref())?;
        let reading = if let Some(reason) = UnreadReason::from_name(&self.says) {
            let words = self.words.as_deref().unwrap_or(reason.words());
            Reading::unread(reason, "story", words)
        } else {
            let state: Availability = self.says.parse().map_err(|_| {
                StoryError::Entry(format!(
                    "`says = \"{}\"` is neither an availability nor a reason of an unread page",
                    self.says
                ))
            })?;
            let words = self.words.as_deref().unwrap_or(state.word());
            let mut says = Says::new(state, "story", words, "story");
            let currency = crate::book::storefront::find(store.as_str())
                .map_or("USD", |storefront| storefront.currency);
            says.date = self.date.map(|day| day.0);
            says.price = self.price.map(|minor| Money::new(minor, currency));
            says.title = self.title;
            says.cover = self.cover;
            says.seller = self.seller;
            says.formats = formats_of(&self.formats);
            Reading::Says(Box::new(says))
        };
        Ok(PageChange {
            at: self.at.0,
            store,
            edition,
            reading,
        })
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NoteWritten {
    at: Moment,
    what: String,
    to: Option<Day>,
    /// The day that a release is scheduled for, with `kdp_published`.
    #[serde(rename = "for")]
    on: Option<Day>,
    #[serde(alias = "isbn")]
    edition: Option<String>,
    /// With `paused`: what is to be acted on is told all the same.
    #[serde(default)]
    but_act: bool,
    store: Option<String>,
    ticket: Option<String>,
    text: Option<String>,
}

impl NoteWritten {
    pub(super) fn check(self) -> Result<Said, StoryError> {
        let edition = id_of(self.edition.as_ref())?;
        let is_published = NoteKind::KdpPublished { on: None }.name() == self.what;
        let (day, other) = if is_published {
            (self.on, self.to)
        } else {
            (self.to, self.on)
        };
        if other.is_some() {
            return Err(StoryError::Entry(format!(
                "a note of `{}` has no such day: `for` goes with `kdp_published`, and `to` with \
                 `date_changed`, `muted` and `paused`",
                self.what
            )));
        }
        let kind = NoteKind::from_name(&self.what, day.map(|day| day.0)).ok_or_else(|| {
            StoryError::Entry(format!(
                "`what = \"{}\"` is no note; `date_changed`, `muted` and `paused` need `to` as well",
                self.what
            ))
        })?;
        let kind = if let NoteKind::Paused { until, .. } = kind {
            let but_act = self.but_act;
            NoteKind::Paused {
                until,
                but_act,
                all: false,
            }
        } else if self.but_act {
            return Err(StoryError::Entry(
                "`but_act` goes with a note of `paused` only".to_owned(),
            ));
        } else {
            kind
        };
        Ok(Said {
            note: Note {
                kind,
                at: self.at.0,
                store: self.store.as_deref().map(StoreId::new),
                ticket: self.ticket,
                text: self.text,
            },
            edition,
        })
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ExpectWritten {
    letter: Option<String>,
    none: Option<String>,
    at_most: Option<usize>,
    about: Option<String>,
    says: Option<String>,
    from: Moment,
    until: Moment,
}

impl ExpectWritten {
    pub(super) fn check(self) -> Result<Expectation, StoryError> {
        let (count, kind) = match (&self.letter, &self.none, self.at_most) {
            (Some(kind), None, None) => (Count::Some, kind),
            (None, Some(kind), None) => (Count::None, kind),
            (Some(kind), None, Some(most)) => (Count::AtMost(most), kind),
            _ => {
                return Err(StoryError::Entry(
                    "an `expect` has either `letter`, or `none`, or `at_most` with `letter`"
                        .to_owned(),
                ));
            }
        };
        let kind = match kind.as_str() {
            "any" => Kind::Any,
            "digest" => Kind::Digest,
            name => Kind::Of(Severity::from_name(name).ok_or_else(|| {
                StoryError::Entry(format!(
                    "`{name}` is no kind of letter: act, to-do, watch, good, digest or any"
                ))
            })?),
        };
        Ok(Expectation {
            count,
            kind,
            about: self.about.as_deref().map(StoreId::new),
            says: self.says,
            from: self.from.0,
            until: self.until.0,
        })
    }
}
