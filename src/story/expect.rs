//! Holding what was sent against what must be sent.

use std::fmt::Write as _;

use jiff::Timestamp;
use serde::Serialize;

use super::{Count, Expectation, Kind};
use crate::book::{EditionId, StoreId};
use crate::judge::Severity;

/// A letter as a story looks at it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sent {
    /// When it was queued.
    pub at: Timestamp,
    /// The edition that it is about; `None` for the digest and for notices.
    pub edition: Option<EditionId>,
    /// It is the digest.
    pub is_digest: bool,
    /// What it tells, the most severe first; empty for a digest.
    pub tells: Vec<Told>,
    /// Its subject.
    pub subject: String,
    /// Its text.
    pub text: String,
}

/// One thing that a letter tells.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Told {
    /// How much it matters.
    pub severity: Severity,
    /// The rule.
    pub rule: String,
    /// The stores that it is about.
    pub stores: Vec<StoreId>,
    /// It is an all-clear: something is over, and the pages show what they should.
    #[serde(skip)]
    pub is_clear: bool,
}

impl Sent {
    /// The letter on one line: date, severity, rule, stores, subject.
    pub fn line(&self) -> String {
        let first = self.tells.first();
        let severity = first.map_or("digest", |told| told.severity.name());
        let rule = first.map_or("digest", |told| &told.rule);
        let mut stores: Vec<&str> = Vec::new();
        for store in self.tells.iter().flat_map(|told| &told.stores) {
            if !stores.contains(&store.as_str()) {
                stores.push(store.as_str());
            }
        }
        let stores = if stores.is_empty() {
            "-".to_owned()
        } else {
            stores.join(",")
        };
        format!(
            "{} {severity:6} {rule} {stores} {}",
            self.at.strftime("%Y-%m-%dT%H:%MZ"),
            self.subject
        )
    }

    /// The letter is one of those that an expectation is about.
    ///
    /// A letter may tell several things: it is an Act letter about a store when one of them is Act
    /// and about that store.
    fn is_meant(&self, expectation: &Expectation) -> bool {
        let is_kind = match expectation.kind {
            Kind::Digest => self.is_digest,
            Kind::Any => !self.is_digest && self.tells_of(None, expectation.about.as_ref()),
            Kind::Of(severity) => self.tells_of(Some(severity), expectation.about.as_ref()),
        };
        let says = expectation
            .says
            .as_ref()
            .is_none_or(|words| self.contains(words));
        is_kind && says && expectation.from <= self.at && self.at <= expectation.until
    }

    /// Words stand in the letter, wherever its lines end.
    fn contains(&self, words: &str) -> bool {
        let plain = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        let words = plain(words);
        plain(&self.text).contains(&words) || plain(&self.subject).contains(&words)
    }

    fn tells_of(&self, severity: Option<Severity>, about: Option<&StoreId>) -> bool {
        if severity.is_none() && about.is_none() {
            return true;
        }
        self.tells.iter().any(|told| {
            severity.is_none_or(|severity| told.severity == severity)
                && about.is_none_or(|store| told.stores.contains(store))
        })
    }
}

impl Expectation {
    /// The expectation in words.
    pub fn words(&self) -> String {
        let kind = match self.kind {
            Kind::Any => "letter of any kind".to_owned(),
            Kind::Of(severity) => format!("{} letter", severity.name()),
            Kind::Digest => "digest".to_owned(),
        };
        let mut words = match self.count {
            Count::Some if kind.starts_with('a') => format!("an {kind}"),
            Count::Some => format!("a {kind}"),
            Count::None => format!("no {kind}"),
            Count::AtMost(most) => format!("at most {most} of: {kind}"),
        };
        if let Some(store) = &self.about {
            // Writing to a string cannot fail.
            let _ = write!(words, " about {store}");
        }
        if let Some(says) = &self.says {
            let _ = write!(words, " that says \"{says}\"");
        }
        let _ = write!(
            words,
            " between {} and {}",
            self.from.strftime("%Y-%m-%dT%H:%MZ"),
            self.until.strftime("%Y-%m-%dT%H:%MZ")
        );
        words
    }

    /// What is wrong, with the letters that show it; `None` when it is met.
    pub fn unmet(&self, sent: &[Sent]) -> Option<String> {
        let meant: Vec<&Sent> = sent.iter().filter(|letter| letter.is_meant(self)).collect();
        let is_met = match self.count {
            Count::Some => !meant.is_empty(),
            Count::None => meant.is_empty(),
            Count::AtMost(most) => meant.len() <= most,
        };
        if is_met {
            return None;
        }
        let mut words = format!("expected {}\n", self.words());
        let shown: Vec<&Sent> = if self.count == Count::Some {
            sent.iter()
                .filter(|letter| self.from <= letter.at && letter.at <= self.until)
                .collect()
        } else {
            meant
        };
        if shown.is_empty() {
            words.push_str("     got nothing in that time\n");
        }
        for letter in shown {
            let _ = writeln!(words, "     got {}", letter.line());
        }
        Some(words)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(hour: u8, tells: &[(Severity, &str)]) -> Sent {
        Sent {
            at: format!("2023-05-01T{hour:02}:00:00Z").parse().unwrap(),
            edition: None,
            is_digest: tells.is_empty(),
            tells: tells
                .iter()
                .map(|(severity, store)| Told {
                    severity: *severity,
                    rule: "stuck".into(),
                    stores: vec![StoreId::new(store)],
                    is_clear: false,
                })
                .collect(),
            subject: "Act: Amazon".into(),
            text: "write to\n  Draft2Digital".into(),
        }
    }

    fn expectation(count: Count, kind: Kind) -> Expectation {
        Expectation {
            count,
            kind,
            about: None,
            says: None,
            from: "2023-05-01T09:00:00Z".parse().unwrap(),
            until: "2023-05-01T12:00:00Z".parse().unwrap(),
        }
    }

    #[track_caller]
    fn check(expectation: &Expectation, letters: &[Sent], is_met: bool) {
        assert_eq!(expectation.unmet(letters).is_none(), is_met);
    }

    #[test]
    fn both_ends_of_the_span_belong_to_it() {
        let act = expectation(Count::Some, Kind::Of(Severity::Act));
        let at = |hour| [sent(hour, &[(Severity::Act, "amazon.com")])];
        check(&act, &at(8), false);
        check(&act, &at(9), true);
        check(&act, &at(12), true);
        check(&act, &at(13), false);
    }

    #[test]
    fn a_letter_of_two_things_is_about_each_in_its_own_severity() {
        let letters = [sent(
            10,
            &[
                (Severity::Act, "amazon.com"),
                (Severity::GoodNews, "bookshop.org"),
            ],
        )];
        let about = |kind, store: &str| Expectation {
            about: Some(StoreId::new(store)),
            ..expectation(Count::Some, kind)
        };
        check(
            &about(Kind::Of(Severity::Act), "amazon.com"),
            &letters,
            true,
        );
        check(
            &about(Kind::Of(Severity::Act), "bookshop.org"),
            &letters,
            false,
        );
        check(
            &about(Kind::Of(Severity::GoodNews), "bookshop.org"),
            &letters,
            true,
        );
        check(&about(Kind::Any, "bookshop.org"), &letters, true);
    }

    #[test]
    fn digests_are_not_counted_and_words_are_looked_for() {
        let letters = [sent(10, &[]), sent(11, &[(Severity::Act, "amazon.com")])];
        check(&expectation(Count::AtMost(1), Kind::Any), &letters, true);
        check(&expectation(Count::AtMost(0), Kind::Any), &letters, false);
        check(&expectation(Count::Some, Kind::Digest), &letters, true);
        let says = |words: &str| Expectation {
            says: Some(words.into()),
            ..expectation(Count::Some, Kind::Any)
        };
        check(&says("write to Draft2Digital"), &letters, true);
        check(&says("IngramSpark"), &letters, false);
    }

    #[test]
    fn what_is_unmet_is_shown_beside_what_was_sent() {
        let unmet = expectation(Count::None, Kind::Of(Severity::Act))
            .unmet(&[sent(10, &[(Severity::Act, "amazon.com")])]);
        assert_eq!(
            unmet.unwrap(),
            "expected no act letter between 2023-05-01T09:00Z and 2023-05-01T12:00Z\n     \
             got 2023-05-01T10:00Z act    stuck amazon.com Act: Amazon\n"
        );
    }
}
