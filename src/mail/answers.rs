//! The answers to a letter that are links: one answer to one alert each, for a while, and signed, so
//! that nobody else can make one. Pure.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::civil::Date;
use jiff::{SignedDuration, Span, Timestamp};
use ring::hmac;
use serde_json::json;
use strum::{EnumString, IntoStaticStr};

use crate::alerts::AlertKey;
use crate::book::{Note, NoteKind, StoreId};
use crate::judge::Party;
use crate::say::{fixed, say};

/// So long after its letter a link can be used: 60 days.
pub const GOOD_FOR: SignedDuration = SignedDuration::from_hours(60 * 24);

/// For so many days [`Answer::Later`] is silent.
const LATER: i64 = 3;

/// What the author answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, IntoStaticStr, EnumString)]
#[strum(serialize_all = "kebab-case")]
pub enum Answer {
    /// IngramSpark was asked.
    AskedIngramspark,
    /// KDP was asked.
    AskedKdp,
    /// Another distributor or the store was asked.
    AskedStore,
    /// "Publish" was clicked at KDP.
    KdpPublished,
    /// New files were uploaded.
    RevisionStarted,
    /// It is meant to be so.
    Expected,
    /// Not now.
    Later,
}

impl Answer {
    /// Its name in addresses, and but for [`Answer::Later`] that of its note in commands.
    pub fn name(self) -> &'static str {
        self.into()
    }

    /// Who was asked, where a link says no more of it.
    pub fn whom(self) -> &'static str {
        match self {
            Self::AskedIngramspark => Party::IngramSpark.label(),
            Self::AskedKdp => Party::Kdp.label(),
            Self::AskedStore
            | Self::KdpPublished
            | Self::RevisionStarted
            | Self::Expected
            | Self::Later => fixed("answer-them"),
        }
    }

    /// What the author says by it; `whom` was asked.
    pub fn words(self, whom: &str) -> String {
        say!(self.sentences(), whom = whom, days = LATER)
    }

    fn sentences(self) -> &'static str {
        match self {
            Self::AskedIngramspark | Self::AskedKdp | Self::AskedStore => "answer-asked",
            Self::KdpPublished => "answer-kdp-published",
            Self::RevisionStarted => "answer-revision-started",
            Self::Expected => "answer-expected",
            Self::Later => "answer-later",
        }
    }

    /// When it is the right answer.
    pub fn when(self, whom: &str) -> String {
        say!(&format!("{}.when", self.sentences()), whom = whom)
    }

    /// What it does.
    pub fn then(self) -> &'static str {
        fixed(&format!("{}.then", self.sentences()))
    }

    /// The notes that say so of an alert, `today` where the author lives. A note names one store or
    /// none; what is meant to be so is so at the stores of the alert and at no others.
    pub fn notes(self, alert: &AlertKey, today: Date, now: Timestamp) -> Vec<Note> {
        let until = today.saturating_add(Span::new().days(LATER));
        let kind = match self {
            Self::AskedIngramspark => NoteKind::AskedIngramSpark,
            Self::AskedKdp => NoteKind::AskedKdp,
            Self::AskedStore => NoteKind::AskedStore,
            Self::KdpPublished => NoteKind::KdpPublished { on: None },
            Self::RevisionStarted => NoteKind::RevisionStarted,
            Self::Expected => NoteKind::Expected,
            Self::Later => NoteKind::Muted {
                until,
                cause: Some(alert.cause.name().to_owned()),
            },
        };
        let note = |store: Option<&StoreId>| Note {
            store: store.cloned(),
            ..Note::new(kind.clone(), now)
        };
        match alert.stores.as_slice() {
            stores @ [_, _, ..] if self == Self::Expected => {
                stores.iter().map(|store| note(Some(store))).collect()
            }
            [store] => vec![note(Some(store))],
            _ => vec![note(None)],
        }
    }
}

/// One answer to one alert, in a letter that was written then. Its signature is of all three.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// The edition that the alert is about, as it stands in the address.
    pub edition: String,
    /// The answer.
    pub answer: Answer,
    /// When the letter was written, in seconds.
    pub written: i64,
    /// The signature: HMAC-SHA256 (RFC 2104).
    pub tag: Vec<u8>,
}

impl Link {
    /// The link for an answer to `alert` in a letter of `written`.
    pub fn new(key: &hmac::Key, alert: &AlertKey, answer: Answer, written: Timestamp) -> Self {
        let written = written.as_second();
        let tag = hmac::sign(key, &signed(alert, answer, written));
        Self {
            edition: alert.edition.as_str().to_owned(),
            answer,
            written,
            tag: tag.as_ref().to_vec(),
        }
    }

    /// The link of an address; `None`: it is none of ours, or broken.
    pub fn from_path(edition: &str, answer: &str, written: &str, tag: &str) -> Option<Self> {
        Some(Self {
            edition: edition.to_owned(),
            answer: answer.parse().ok()?,
            written: written.parse().ok()?,
            tag: URL_SAFE_NO_PAD.decode(tag).ok()?,
        })
    }

    /// Its address below that of the site.
    pub fn path(&self) -> String {
        format!(
            "/answer/{}/{}/{}/{}",
            self.edition,
            self.answer.name(),
            self.written,
            URL_SAFE_NO_PAD.encode(&self.tag)
        )
    }

    /// It was made with that key, for that alert.
    pub fn is_about(&self, key: &hmac::Key, alert: &AlertKey) -> bool {
        let signed = signed(alert, self.answer, self.written);
        hmac::verify(key, &signed, &self.tag).is_ok()
    }

    /// When it ends.
    pub fn ends(&self) -> Timestamp {
        let written = Timestamp::from_second(self.written).unwrap_or(Timestamp::MIN);
        written.saturating_add(GOOD_FOR).unwrap_or(Timestamp::MAX)
    }
}

/// What is signed. JSON keeps apart what stands side by side.
fn signed(alert: &AlertKey, answer: Answer, written: i64) -> Vec<u8> {
    let stores: Vec<&str> = alert.stores.iter().map(StoreId::as_str).collect();
    let edition = alert.edition.as_str();
    json!([edition, alert.cause.name(), stores, answer.name(), written])
        .to_string()
        .into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judge::Cause;
    use crate::mail::example::moment;

    fn key(byte: u8) -> hmac::Key {
        hmac::Key::new(hmac::HMAC_SHA256, &[byte; 32])
    }

    fn alert(stores: &[&str]) -> AlertKey {
        AlertKey {
            cause: Cause::Unavailable,
            edition: "9781944098117".parse().unwrap(),
            stores: stores.iter().map(|store| StoreId::new(store)).collect(),
        }
    }

    fn link() -> Link {
        let alert = alert(&["amazon.com"]);
        Link::new(&key(1), &alert, Answer::Expected, moment(0))
    }

    #[test]
    fn a_link_is_read_as_it_was_written() {
        let path = link().path();
        let parts: Vec<&str> = path.split('/').collect();
        let ["", "answer", edition, answer, written, tag] = parts[..] else {
            panic!("{path}");
        };
        assert_eq!((edition, answer), ("9781944098117", "expected"));
        let read = Link::from_path(edition, answer, written, tag);
        assert_eq!(read, Some(link()));
        for (answer, written, tag) in [
            ("muted", written, tag),
            ("expected", "soon", tag),
            ("expected", written, "%%%"),
        ] {
            let read = Link::from_path(edition, answer, written, tag);
            assert_eq!(read, None, "{answer} {written} {tag}");
        }
    }

    #[test]
    fn a_link_is_for_its_alert_its_answer_its_letter_and_its_key() {
        let amazon = alert(&["amazon.com"]);
        assert!(link().is_about(&key(1), &amazon));
        assert!(!link().is_about(&key(2), &amazon));
        for other in [
            alert(&[]),
            alert(&["bookshop.org"]),
            alert(&["amazon.com", "bookshop.org"]),
            AlertKey {
                cause: Cause::Missing,
                ..amazon.clone()
            },
            AlertKey {
                edition: "9781944098230".parse().unwrap(),
                ..amazon.clone()
            },
        ] {
            assert!(!link().is_about(&key(1), &other), "{other:?}");
        }
        let later = link().written + 1;
        let other = |change: fn(&mut Link, i64)| {
            let mut link = link();
            change(&mut link, later);
            link.is_about(&key(1), &amazon)
        };
        assert!(!other(|link, _| link.answer = Answer::Later));
        assert!(!other(|link, later| link.written = later));
        assert!(!other(|link, _| link.tag.truncate(31)));
        assert!(!other(|link, _| link.tag.clear()));
    }

    #[test]
    fn what_is_meant_to_be_so_is_said_of_the_stores_of_the_alert_and_of_no_others() {
        #[track_caller]
        fn check(answer: Answer, stores: &[&str], expected: &[Option<&str>]) {
            let today = "2027-01-28".parse().unwrap();
            let notes = answer.notes(&alert(stores), today, moment(0));
            let found = notes.iter().map(|note| note.store.as_ref());
            let found: Vec<Option<&str>> = found.map(|store| store.map(StoreId::as_str)).collect();
            assert_eq!(found, expected, "{answer:?} {stores:?}");
        }
        let two = ["amazon.com", "bookshop.org"];
        check(Answer::Expected, &two, &two.map(Some));
        check(Answer::Expected, &two[..1], &[Some("amazon.com")]);
        check(Answer::AskedKdp, &two, &[None]);
        check(Answer::Later, &two[..1], &[Some("amazon.com")]);
        check(Answer::KdpPublished, &[], &[None]);
    }

    #[test]
    fn in_three_days_means_the_third_day_from_today() {
        let today = "2027-01-28".parse().unwrap();
        let notes = Answer::Later.notes(&alert(&["amazon.com"]), today, moment(0));
        let kind = NoteKind::Muted {
            until: "2027-01-31".parse().unwrap(),
            cause: Some("unavailable".to_owned()),
        };
        assert_eq!(notes[0].kind, kind);
    }
}
