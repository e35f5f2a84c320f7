//! A story: one launch as the pages showed it, and what the author must hear.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Deserializer, de};

use crate::book::{Availability, Money, Note, NoteKind, StoreId};
use crate::config::problem::render_all;
use crate::config::{self, Plan, Problem};
use crate::judge::Severity;
use crate::page::{Reading, Says, UnreadReason};

/// A launch, and what must come of it.
#[derive(Debug, Clone)]
pub struct Story {
    /// The story in one sentence.
    pub title: String,
    /// Where it comes from.
    pub from: String,
    /// The clock begins here.
    pub start: Timestamp,
    /// The clock ends here.
    pub end: Timestamp,
    /// What to watch, as the configuration says it.
    pub plan: Plan,
    /// What the pages say, from when on, in the order of time.
    pub pages: Vec<PageChange>,
    /// What the author told us, in the order of time.
    pub notes: Vec<Note>,
    /// What must come of it.
    pub expectations: Vec<Expectation>,
}

/// From a moment on a store's page says this.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageChange {
    /// The moment.
    pub at: Timestamp,
    /// The store.
    pub store: StoreId,
    /// What the page says.
    pub reading: Reading,
}

/// What must come of a story, in a span of time with both ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expectation {
    /// How many letters.
    pub count: Count,
    /// Of which kind.
    pub kind: Kind,
    /// About this store.
    pub about: Option<StoreId>,
    /// With these words in it.
    pub says: Option<String>,
    /// The beginning.
    pub from: Timestamp,
    /// The end.
    pub until: Timestamp,
}

/// How many letters are expected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Count {
    /// One or more.
    Some,
    /// None.
    None,
    /// No more than so many; digests are not counted.
    AtMost(usize),
}

/// What a letter tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Anything.
    Any,
    /// Something of that severity.
    Of(Severity),
    /// It is the digest.
    Digest,
}

/// Why a story cannot be played.
#[derive(Debug, thiserror::Error)]
pub enum StoryError {
    /// It is no TOML, or not a story.
    #[error("it is no story: {0}")]
    Form(#[from] toml::de::Error),
    /// Its edition or its author is not as in a configuration.
    #[error("its edition is wrong:\n{0}")]
    Edition(String),
    /// An entry contradicts itself.
    #[error("{0}")]
    Entry(String),
}

impl Story {
    /// Reads a story.
    ///
    /// # Errors
    ///
    /// [`StoryError`] says what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, StoryError> {
        let written: Written = toml::from_str(text)?;
        let start = written.start.0;
        let plan = plan(&written, start)?;
        let mut pages = written
            .page
            .into_iter()
            .map(PageWritten::check)
            .collect::<Result<Vec<_>, _>>()?;
        let stores = plan.editions.iter().flat_map(|edition| &edition.listings);
        let stores: Vec<&StoreId> = stores.map(|listing| &listing.store).collect();
        if let Some(page) = pages.iter().find(|page| !stores.contains(&&page.store)) {
            return Err(StoryError::Entry(format!(
                "a page is of `{}`, which is none of the edition's stores",
                page.store
            )));
        }
        pages.sort_by_key(|page| page.at);
        let mut notes = written
            .note
            .into_iter()
            .map(NoteWritten::check)
            .collect::<Result<Vec<_>, _>>()?;
        notes.sort_by_key(|note| note.at);
        let expectations = written
            .expect
            .into_iter()
            .map(ExpectWritten::check)
            .collect::<Result<Vec<_>, _>>()?;
        Ok(Self {
            title: written.story,
            from: written.from,
            start,
            end: written.end.0,
            plan,
            pages,
            notes,
            expectations,
        })
    }

    /// What a store's page says at `now`; before the first entry it is not listed.
    #[must_use]
    pub fn page(&self, store: &StoreId, now: Timestamp) -> Reading {
        let newest = self
            .pages
            .iter()
            .rev()
            .find(|page| page.store == *store && page.at <= now);
        newest.map_or_else(
            || says(Availability::NotListed, "No page for this ISBN"),
            |page| page.reading.clone(),
        )
    }
}

fn says(state: Availability, words: &str) -> Reading {
    Reading::Says(Box::new(Says::new(state, "story", words, "story")))
}

/// The plan of a configuration with the story's edition in it.
fn plan(written: &Written, start: Timestamp) -> Result<Plan, StoryError> {
    let mut author = toml::Table::new();
    for (key, value) in [
        ("name", "Jane Roe"),
        ("email", "jane@example.com"),
        ("timezone", "UTC"),
    ] {
        author.insert(key.to_owned(), value.into());
    }
    author.extend(written.author.clone());
    let mut root = toml::Table::new();
    root.insert("author".to_owned(), author.into());
    root.insert(
        "edition".to_owned(),
        toml::Value::Array(vec![written.edition.clone().into()]),
    );
    let text = root.to_string();
    let today = start.to_zoned(jiff::tz::TimeZone::UTC).date();
    let problems =
        |problems: Vec<Problem>| StoryError::Edition(render_all(&problems, "story", &text, false));
    let (plan, _) = config::check(&text, "story", today).map_err(problems)?;
    Ok(plan)
}

/// A moment as TOML writes it.
#[derive(Debug, Clone, Copy)]
struct Moment(Timestamp);

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
struct Day(Date);

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
struct Written {
    story: String,
    #[serde(default)]
    from: String,
    start: Moment,
    end: Moment,
    edition: toml::Table,
    #[serde(default)]
    author: toml::Table,
    #[serde(default)]
    page: Vec<PageWritten>,
    #[serde(default)]
    note: Vec<NoteWritten>,
    #[serde(default)]
    expect: Vec<ExpectWritten>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct PageWritten {
    at: Moment,
    store: String,
    says: String,
    words: Option<String>,
    date: Option<Day>,
    /// In the minor unit of the store's currency, as `1699` for $16.99.
    price: Option<i64>,
    title: Option<String>,
    cover: Option<String>,
    seller: Option<String>,
}

impl PageWritten {
    fn check(self) -> Result<PageChange, StoryError> {
        let store = StoreId::new(&self.store);
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
            Reading::Says(Box::new(says))
        };
        Ok(PageChange {
            at: self.at.0,
            store,
            reading,
        })
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct NoteWritten {
    at: Moment,
    what: String,
    to: Option<Day>,
    store: Option<String>,
    ticket: Option<String>,
    text: Option<String>,
}

impl NoteWritten {
    fn check(self) -> Result<Note, StoryError> {
        let kind = NoteKind::from_name(&self.what, self.to.map(|day| day.0)).ok_or_else(|| {
            StoryError::Entry(format!(
                "`what = \"{}\"` is no note; `date_changed` needs `to` as well",
                self.what
            ))
        })?;
        Ok(Note {
            kind,
            at: self.at.0,
            store: self.store.as_deref().map(StoreId::new),
            ticket: self.ticket,
            text: self.text,
        })
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ExpectWritten {
    letter: Option<String>,
    none: Option<String>,
    at_most: Option<usize>,
    about: Option<String>,
    says: Option<String>,
    from: Moment,
    until: Moment,
}

impl ExpectWritten {
    fn check(self) -> Result<Expectation, StoryError> {
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
                    "`{name}` is no kind of letter: act, watch, good, digest or any"
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

#[cfg(test)]
mod tests {
    use super::*;

    const STORY: &str = r#"
        story = "one page"
        start = 2023-05-01T09:00:00Z
        end = 2023-05-02T09:00:00Z

        [edition]
        title = "Salt Roads"
        isbn = "9781944098117"
        format = "paperback"
        publication_date = 2023-06-27
        distribution = "ingramspark"
        distribution_enabled = 2023-05-01
        stores = ["amazon.com"]

        [[page]]
        at = 2023-05-01T12:00:00Z
        store = "amazon.com"
        says = "pre_order"
        date = 2023-06-27
    "#;

    #[test]
    fn before_its_first_entry_a_page_is_not_listed() {
        let story = Story::parse(STORY).unwrap();
        let amazon = StoreId::new("amazon.com");
        let state = |at: &str| story.page(&amazon, at.parse().unwrap()).availability();
        assert_eq!(state("2023-05-01T11:59:00Z"), Some(Availability::NotListed));
        assert_eq!(state("2023-05-01T12:00:00Z"), Some(Availability::PreOrder));
    }

    #[track_caller]
    fn check(addition: &str, expected: &str) {
        let error = Story::parse(&format!("{STORY}\n{addition}")).unwrap_err();
        assert!(error.to_string().contains(expected), "{error}");
    }

    #[test]
    fn what_is_wrong_is_said() {
        check(
            "[[page]]\nat = 2023-05-01T12:00:00Z\nstore = \"amazon.com\"\nsays = \"sold\"",
            "`says = \"sold\"` is neither",
        );
        check(
            "[[page]]\nat = 2023-05-01T12:00:00Z\nstore = \"example.com\"\nsays = \"in_stock\"",
            "none of the edition's stores",
        );
        check(
            "[[note]]\nat = 2023-05-01T12:00:00Z\nwhat = \"date_changed\"",
            "needs `to`",
        );
        check(
            "[[note]]\nat = 2023-05-01\nwhat = \"expected\"",
            "needs a date, a time and a zone",
        );
        check(
            "[[expect]]\nfrom = 2023-05-01T12:00:00Z\nuntil = 2023-05-01T12:00:00Z",
            "an `expect` has either",
        );
        check(
            "[[expect]]\nletter = \"red\"\nfrom = 2023-05-01T12:00:00Z\nuntil = 2023-05-01T12:00:00Z",
            "`red` is no kind",
        );
    }
}
