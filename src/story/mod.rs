//! A story: one launch as the pages showed it, and what the author must hear. `written.rs` reads it,
//! `play.rs` plays it on a virtual clock, `expect.rs` holds what was sent against what must be.

pub mod expect;
pub mod play;
mod written;

use jiff::Timestamp;

use self::expect::Sent;
use self::written::{Editions, ExpectWritten, LookWritten, NoteWritten, PageWritten, Written};
use crate::book::{Availability, EditionId, Note, Source, StoreId};
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
    pub notes: Vec<Said>,
    /// The stores that show programs nothing: only the author's own looks see their pages.
    pub refuses: Vec<StoreId>,
    /// When the author looked at pages herself, in the order of time.
    pub looks: Vec<OwnLook>,
    /// When the machine is asleep: from, until.
    pub asleep: Vec<(Timestamp, Timestamp)>,
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
    /// The edition; `None` for every one of the story.
    pub edition: Option<EditionId>,
    /// What the page says.
    pub reading: Reading,
}

/// The author looks at pages herself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnLook {
    /// When.
    pub at: Timestamp,
    /// At which store; `None` for every one of the story.
    pub store: Option<StoreId>,
    /// By hand, or with the companion.
    pub source: Source,
}

/// What the author told us.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// The note.
    pub note: Note,
    /// The edition; `None` for every one of the story.
    pub edition: Option<EditionId>,
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
        let mut pages = all(written.page, PageWritten::check)?;
        pages.sort_by_key(|page| page.at);
        let mut looks = all(written.look, LookWritten::check)?;
        looks.sort_by_key(|look| look.at);
        let refuses = written.refuses.iter().map(|store| StoreId::new(store));
        let refuses: Vec<StoreId> = refuses.collect();
        let stores = plan.editions.iter().flat_map(|edition| &edition.listings);
        let stores: Vec<&StoreId> = stores.map(|listing| &listing.store).collect();
        let named = pages.iter().map(|page| &page.store).chain(&refuses);
        let mut named = named.chain(looks.iter().filter_map(|look| look.store.as_ref()));
        if let Some(store) = named.find(|store| !stores.contains(store)) {
            return Err(StoryError::Entry(format!(
                "an entry is of `{store}`, which is none of the edition's stores"
            )));
        }
        let is_watched = |edition: &EditionId| {
            let mut editions = plan.editions.iter();
            editions.any(|plan| plan.edition.id == *edition)
        };
        let mut notes = all(written.note, NoteWritten::check)?;
        notes.sort_by_key(|said| said.note.at);
        let named = pages.iter().filter_map(|page| page.edition.as_ref());
        let named = named.chain(notes.iter().filter_map(|said| said.edition.as_ref()));
        if let Some(edition) = named.into_iter().find(|edition| !is_watched(edition)) {
            return Err(StoryError::Entry(format!(
                "an entry is about {edition}, which is none of the editions"
            )));
        }
        Ok(Self {
            title: written.story,
            from: written.from,
            start,
            end: written.end.0,
            plan,
            pages,
            notes,
            refuses,
            looks,
            asleep: written
                .asleep
                .iter()
                .map(|asleep| (asleep.from.0, asleep.until.0))
                .collect(),
            expectations: all(written.expect, ExpectWritten::check)?,
        })
    }

    /// The expectations that were not met, in words, each with what was sent instead.
    pub fn unmet(&self, sent: &[Sent]) -> Vec<String> {
        let expectations = self.expectations.iter();
        expectations.filter_map(|one| one.unmet(sent)).collect()
    }

    /// The moment, or when the machine wakes if it sleeps then.
    pub fn awake(&self, moment: Timestamp) -> Timestamp {
        let mut asleep = self.asleep.iter();
        asleep
            .find(|(from, until)| *from <= moment && moment < *until)
            .map_or(moment, |(_, until)| *until)
    }

    /// What a program is shown of an edition's page at a store at `now`.
    pub fn shown_to_programs(
        &self,
        edition: &EditionId,
        store: &StoreId,
        now: Timestamp,
    ) -> Reading {
        if self.refuses.contains(store) {
            let reason = UnreadReason::Blocked;
            return Reading::unread(reason, "story", reason.words());
        }
        self.page(edition, store, now)
    }

    /// What an edition's page at a store says at `now`; before its first entry it is not listed.
    pub fn page(&self, edition: &EditionId, store: &StoreId, now: Timestamp) -> Reading {
        let newest = self.pages.iter().rev().find(|page| {
            page.store == *store
                && page.at <= now
                && page.edition.as_ref().is_none_or(|about| about == edition)
        });
        newest.map_or_else(
            || {
                let words = format!("No page for this {}", edition.kind());
                says(Availability::NotListed, &words)
            },
            |page| page.reading.clone(),
        )
    }
}

/// The entries of a kind, each checked.
fn all<W, T>(
    written: Vec<W>,
    check: impl Fn(W) -> Result<T, StoryError>,
) -> Result<Vec<T>, StoryError> {
    written.into_iter().map(check).collect()
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
    let editions = match &written.edition {
        Editions::One(edition) => vec![edition.clone().into()],
        Editions::Many(editions) => editions.iter().cloned().map(Into::into).collect(),
    };
    root.insert("edition".to_owned(), toml::Value::Array(editions));
    for (name, table) in &written.configuration {
        root.insert(name.clone(), table.clone());
    }
    let text = root.to_string();
    let today = start.to_zoned(jiff::tz::TimeZone::UTC).date();
    let problems =
        |problems: Vec<Problem>| StoryError::Edition(render_all(&problems, "story", &text, false));
    let (plan, _) = config::check(&text, "story", today).map_err(problems)?;
    Ok(plan)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::book::NoteKind;

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
        let edition = "9781944098117".parse().unwrap();
        let state = |at: &str| {
            let reading = story.page(&edition, &amazon, at.parse().unwrap());
            reading.availability()
        };
        assert_eq!(state("2023-05-01T11:59:00Z"), Some(Availability::NotListed));
        assert_eq!(state("2023-05-01T12:00:00Z"), Some(Availability::PreOrder));
    }

    #[track_caller]
    fn check(addition: &str, expected: &str) {
        let error = Story::parse(&format!("{STORY}\n{addition}")).unwrap_err();
        assert!(error.to_string().contains(expected), "{error}");
    }

    #[test]
    fn a_release_at_kdp_has_the_day_it_is_scheduled_for() {
        let note = "[[note]]\nat = 2023-06-20T15:00:00Z\nwhat = \"kdp_published\"";
        for (day, expected) in [("", None), ("\nfor = 2023-06-27", Some("2023-06-27"))] {
            let story = Story::parse(&format!("{STORY}\n{note}{day}")).unwrap();
            let on = expected.map(|day| day.parse().unwrap());
            assert_eq!(story.notes[0].note.kind, NoteKind::KdpPublished { on });
        }
    }

    #[test]
    fn a_thing_to_do_is_a_kind_of_letter() {
        let expect = "[[expect]]\nletter = \"to-do\"\nfrom = 2023-05-01T12:00:00Z\n\
                      until = 2023-05-01T12:00:00Z";
        let story = Story::parse(&format!("{STORY}\n{expect}")).unwrap();
        assert_eq!(story.expectations[0].kind, Kind::Of(Severity::ToDo));
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
            "need `to`",
        );
        check(
            "[[note]]\nat = 2023-05-01T12:00:00Z\nwhat = \"expected\"\nfor = 2023-06-27",
            "`for` goes with `kdp_published`",
        );
        check(
            "[[note]]\nat = 2023-05-01T12:00:00Z\nwhat = \"kdp_published\"\nto = 2023-06-27",
            "`for` goes with `kdp_published`",
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
