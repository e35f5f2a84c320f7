//! Letters about Pubwatch itself: our line is down, or mail could not be delivered. Pure.

use jiff::Timestamp;

use super::identity::{Identity, message_id};
use super::text::{Lines, why_you_get_this};
use super::{Desk, Letter, LetterKind, Route, html};
use crate::judge::text::said;
use crate::judge::{Finding, Severity};
use crate::say::{fixed, say};
use crate::text::words;

/// What a notice says, in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct NoticeSheet {
    pub greeting: String,
    pub why: String,
    pub headline: String,
    pub paragraphs: Vec<String>,
    pub list: Vec<String>,
}

/// A letter that reached the author late.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Late {
    /// When it was written.
    pub written: Timestamp,
    /// Its subject.
    pub subject: String,
}

/// A notice of something that was found about our own work, as that the line is down.
pub fn notice(desk: &Desk<'_>, finding: &Finding, now: Timestamp) -> Letter {
    let since = words::brief_moment(finding.since, &desk.author.zone, now);
    let said = said(finding, &desk.plain_voice(now));
    let sheet = NoticeSheet {
        greeting: words::clipped(&desk.author.name, 60),
        why: why_you_get_this(desk),
        headline: words::clipped(&said.headline, 160),
        paragraphs: vec![
            words::one_line(&said.verdict),
            say!("notice-began", since = since),
            words::one_line(&said.step),
        ],
        list: Vec::new(),
    };
    Letter {
        stores: finding.stores.clone(),
        ..letter(
            desk,
            &sheet,
            (finding.kind.name(), Some(finding.severity)),
            now,
        )
    }
}

/// The configuration in the file cannot be taken over by the service that runs.
pub fn old_configuration(desk: &Desk<'_>, why: &str, now: Timestamp) -> Letter {
    let sheet = NoticeSheet {
        greeting: words::clipped(&desk.author.name, 60),
        why: why_you_get_this(desk),
        headline: say!("old-configuration.headline"),
        paragraphs: vec![
            say!("old-configuration.what"),
            words::one_line(why),
            say!("old-configuration.step"),
        ],
        list: Vec::new(),
    };
    letter(
        desk,
        &sheet,
        ("old-configuration", Some(Severity::ToDo)),
        now,
    )
}

/// "We could not mail you for three days, here is what you missed." It comes before the letters
/// themselves, which follow in their order. `None`: nothing was late.
pub fn missed(desk: &Desk<'_>, late: &[Late], now: Timestamp) -> Option<Letter> {
    let first = late.iter().map(|one| one.written).min()?;
    let days = words::lasting(now.duration_since(first));
    let count = words::counted(late.len(), "letter");
    let zone = &desk.author.zone;
    let sheet = NoticeSheet {
        greeting: words::clipped(&desk.author.name, 60),
        why: why_you_get_this(desk),
        headline: say!("mail-was-late.headline", days = days.as_str()),
        paragraphs: vec![
            say!("mail-was-late.what", days = days.as_str(), letters = count),
            say!("mail-was-late.how"),
        ],
        list: late
            .iter()
            .rev()
            .map(|one| {
                say!(
                    "mail-was-late.line",
                    day = words::day(one.written, zone, now),
                    subject = words::one_line(&one.subject)
                )
            })
            .collect(),
    };
    Some(letter(desk, &sheet, ("mail-was-late", None), now))
}

fn letter(
    desk: &Desk<'_>,
    sheet: &NoticeSheet,
    (rule, severity): (&str, Option<Severity>),
    now: Timestamp,
) -> Letter {
    let prefix = severity.map_or_else(|| fixed("notice-word"), Severity::word);
    let subject = say!(
        "notice-subject",
        word = prefix,
        headline = sheet.headline.as_str()
    );
    Letter {
        route: Route::Mail,
        message_id: message_id(&Identity {
            about: "notice",
            rules: &[rule],
            written: now,
            to: &desk.author.email,
            from: desk.from,
        }),
        references: None,
        written: now,
        kind: LetterKind::Notice,
        severity,
        rule: Some(rule.to_owned()),
        edition: None,
        stores: Vec::new(),
        to_name: words::one_line(&desk.author.name),
        to: desk.author.email.clone(),
        text: text(sheet),
        html: html::notice(sheet, &subject),
        subject,
    }
}

fn text(sheet: &NoticeSheet) -> String {
    let mut lines = Lines::default();
    lines.wrapped("", &words::hello(&sheet.greeting));
    lines.gap();
    lines.wrapped("", &format!("{}.", sheet.headline));
    for paragraph in &sheet.paragraphs {
        lines.gap();
        lines.wrapped("", paragraph);
    }
    lines.gap();
    for line in &sheet.list {
        lines.wrapped("  ", line);
    }
    lines.signature();
    lines.wrapped("", &sheet.why);
    lines.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::book::StoreId;
    use crate::judge::FindingKind;
    use crate::mail::example;

    #[test]
    fn a_notice_about_a_hostile_title_is_a_letter_like_any_other() {
        let evil = "Tide<script>alert(1)</script>\r\n.\r\nBcc: all@example.com\r\n\u{202e}\
                    \u{1b}[2J\0<img src=x onerror=alert(1)>\"'&";
        let author = example::author();
        let desk = example::desk(&author);
        let late = Late {
            written: example::moment(-96),
            subject: evil.to_owned(),
        };
        let letter = missed(&desk, &[late], example::moment(0)).unwrap();
        crate::mail::message::no_harm(&letter);
        assert!(letter.text.contains("Tide<script>"), "{}", letter.text);
        let words = FindingKind::WrongProduct {
            address: evil.to_owned(),
            words: evil.to_owned(),
        };
        let finding = Finding::new(words, vec![StoreId::new(evil)], example::moment(-4));
        let letter = notice(&desk, &finding, example::moment(0));
        crate::mail::message::no_harm(&letter);
        assert!(letter.text.contains("Tide<script>"), "{}", letter.text);
    }
}
