//! What Open Library knows of a book. It is asked only when the user says so, once a book, with
//! all the courtesies that stores get: robots.txt, a pause, our name.
//!
//! Its record of an edition lies at `/isbn/NUMBER.json`, from where it redirects to the record
//! itself. The other form of the question, `/api/books`, is closed to programs by its robots.txt.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use jiff::civil::Date;
use serde_json::Value;
use url::Url;

use crate::book::{Format, Isbn13, StoreId};
use crate::clock::Clock;
use crate::config::plan::{ListingPlan, Manners, StorePlan};
use crate::db::Db;
use crate::fetch::{Fetched, Fetcher, Reception};
use crate::setup::details;
use crate::text::words;

/// Where it is, unless a test says otherwise.
pub const OPEN_LIBRARY: &str = "https://openlibrary.org";

/// The name under which its pause and its refusals are remembered.
const NAME: &str = "openlibrary.org";

/// Open Library asks for at most one request a second of programs that do not log in.
const PAUSE: Duration = Duration::from_secs(2);

/// What is known of an edition.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Record {
    /// Its title, without the subtitle.
    pub title: Option<String>,
    /// Its format.
    pub format: Option<Format>,
    /// When it was or will be published.
    pub published: Option<Published>,
}

/// A date of publication as a cataloguer writes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Published {
    /// On that day.
    On(Date),
    /// These words, which name no single day: a year, a month and a year.
    Words(String),
}

impl Record {
    /// The day of publication, where it names one.
    pub fn day(&self) -> Option<Date> {
        match self.published {
            Some(Published::On(day)) => Some(day),
            Some(Published::Words(_)) | None => None,
        }
    }

    /// It says what a new book can use.
    pub fn is_of_use(&self) -> bool {
        self.title.is_some() || self.format.is_some() || self.day().is_some()
    }

    /// What it says, in sentences.
    pub fn told(&self) -> String {
        let format = self.format.map(|format| format.name().to_owned());
        let day = self.day().map(|day| day.to_string());
        let known: Vec<String> = [self.title.clone(), format, day]
            .into_iter()
            .flatten()
            .collect();
        let first = if known.is_empty() {
            "Open Library knows it, but neither its title nor its format.".to_owned()
        } else {
            format!("Open Library has: {}.", known.join(", "))
        };
        match &self.published {
            Some(Published::On(_)) => first,
            Some(Published::Words(words)) => {
                format!("{first} Its date, “{words}”, names no single day.")
            }
            None => format!("{first} It names no day."),
        }
    }
}

/// Asks for the record of an edition, for at most `patience`.
///
/// # Errors
///
/// When nothing came back that can be used: a sentence that says so. Adding a book does not depend on
/// it.
pub fn ask(
    db: &Arc<Db>,
    manners: &Manners,
    (base, isbn): (&Url, &Isbn13),
    patience: Duration,
) -> anyhow::Result<Option<Record>> {
    let store = StoreId::new(NAME);
    let listing = ListingPlan {
        store: store.clone(),
        address: base.join(&format!("/isbn/{isbn}.json"))?,
        ask: base.join(&format!("/isbn/{isbn}.json"))?,
        asin: None,
        is_by_hand: false,
    };
    let library = StorePlan {
        pause: Some(PAUSE.min(manners.pause)),
        // Where the user puts it, it may be a machine of his own.
        base: (base.as_str().trim_end_matches('/') != OPEN_LIBRARY).then(|| base.clone()),
        ..StorePlan::plain(store)
    };
    // A person waits, for one book.
    let manners = Manners {
        jitter: Duration::ZERO,
        ..manners.clone()
    };
    let fetcher =
        Fetcher::new(Arc::clone(db), Clock::System, &manners, &[library])?.taking_records();
    let runtime = tokio::runtime::Runtime::new().context("starting the runtime")?;
    let answered = async { tokio::time::timeout(patience, fetcher.fetch(&listing)).await };
    let answered = runtime.block_on(answered).with_context(|| {
        format!(
            "it did not answer within {} seconds; try again",
            patience.as_secs()
        )
    })?;
    let got = match answered? {
        Fetched::Got(got) => got,
        Fetched::Nothing(why) => anyhow::bail!("{}", why.explanation),
    };
    let reception = match got.status {
        403 | 429 => Reception::Refused,
        _ => Reception::Welcome,
    };
    fetcher.remember(&got, reception)?;
    match got.status {
        200 => read(&got.body, isbn).map(Some),
        404 => Ok(None),
        status => anyhow::bail!("it answered with status {status}"),
    }
}

/// Reads a record, when it is of this edition.
fn read(json: &str, isbn: &Isbn13) -> anyhow::Result<Record> {
    let record: Value = serde_json::from_str(json).context("its answer is no record")?;
    let numbers = ["isbn_13", "isbn_10"]
        .iter()
        .filter_map(|key| record[*key].as_array())
        .flatten()
        .filter_map(Value::as_str)
        .filter_map(|number| number.parse::<Isbn13>().ok());
    let mut numbers = numbers.peekable();
    anyhow::ensure!(
        numbers.peek().is_none() || numbers.any(|number| number == *isbn),
        "its record is of another edition"
    );
    let text = |key: &str| {
        let text = words::one_line(record[key].as_str().unwrap_or_default());
        (!text.is_empty()).then_some(text)
    };
    Ok(Record {
        title: text("title"),
        format: text("physical_format").and_then(|words| format(&words)),
        published: text("publish_date").map(|written| published(&written)),
    })
}

/// The day that a cataloguer's words mean, or the words.
fn published(written: &str) -> Published {
    match details::date(written) {
        Ok(day) => Published::On(day),
        Err(_) => Published::Words(words::clipped(written, 40)),
    }
}

/// The format that a cataloguer's words mean; `None` where they mean none of ours, as an audio CD.
fn format(words: &str) -> Option<Format> {
    let words = words.to_ascii_lowercase();
    let says = |any: &[&str]| any.iter().any(|one| words.contains(one));
    if says(&["cd", "cassette", "large print"]) {
        None
    } else if says(&["audio"]) {
        Some(Format::Audiobook)
    } else if says(&[
        "hardcover",
        "hardback",
        "hard cover",
        "cloth",
        "library binding",
    ]) {
        Some(Format::Hardcover)
    } else if says(&["paperback", "softcover", "soft cover", "perfect"]) {
        Some(Format::Paperback)
    } else if says(&["ebook", "e-book", "kindle", "epub", "electronic"]) {
        Some(Format::Ebook)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(json: &str, title: Option<&str>, format: Option<Format>) {
        let isbn = "9781944098117".parse().unwrap();
        let record = read(json, &isbn).unwrap();
        assert_eq!((record.title.as_deref(), record.format), (title, format));
    }

    #[test]
    fn a_full_date_is_a_day_and_less_is_shown_as_it_is_written() {
        let isbn = "9781944098117".parse().unwrap();
        for (written, day, told) in [
            (
                "February 9, 2027",
                Some("2027-02-09"),
                "Open Library has: Salt, 2027-02-09.",
            ),
            (
                "2027-02-09",
                Some("2027-02-09"),
                "Open Library has: Salt, 2027-02-09.",
            ),
            (
                "2027",
                None,
                "Open Library has: Salt. Its date, “2027”, names no single day.",
            ),
            (
                "March 2027",
                None,
                "Open Library has: Salt. Its date, “March 2027”, names no single day.",
            ),
            (
                "02/09/2027",
                None,
                "Open Library has: Salt. Its date, “02/09/2027”, names no single day.",
            ),
            (
                "February 9, 1392",
                None,
                "Open Library has: Salt. Its date, “February 9, 1392”, names no single day.",
            ),
            ("", None, "Open Library has: Salt. It names no day."),
        ] {
            let json = format!("{{\"title\": \"Salt\", \"publish_date\": \"{written}\"}}");
            let record = read(&json, &isbn).unwrap();
            assert_eq!(
                record.day(),
                day.map(|day| day.parse().unwrap()),
                "{written}"
            );
            assert_eq!(record.told(), told, "{written}");
        }
        assert_eq!(
            Record::default().told(),
            "Open Library knows it, but neither its title nor its format. It names no day."
        );
    }

    #[test]
    fn a_record_gives_the_title_and_the_format_and_nothing_that_it_does_not_say() {
        check(
            r#"{"title": " Salt Roads ", "physical_format": "Paperback", "isbn_13": ["978-1-944098-11-7"]}"#,
            Some("Salt Roads"),
            Some(Format::Paperback),
        );
        check(
            r#"{"title": "Salt Roads", "isbn_10": ["1944098119"], "physical_format": "Kindle Edition"}"#,
            Some("Salt Roads"),
            Some(Format::Ebook),
        );
        check(
            r#"{"title": "", "physical_format": "Audio CD"}"#,
            None,
            None,
        );
        check("{}", None, None);
    }

    #[track_caller]
    fn refused(json: &str, why: &str) {
        let isbn = "9781944098117".parse().unwrap();
        let error = read(json, &isbn).unwrap_err().to_string();
        assert!(error.contains(why), "{error}");
    }

    #[test]
    fn a_record_of_another_edition_and_what_is_no_record_are_not_used() {
        refused(
            r#"{"title": "Other", "isbn_13": ["9780132350884"]}"#,
            "another edition",
        );
        refused("<html>busy</html>", "no record");
    }
}
