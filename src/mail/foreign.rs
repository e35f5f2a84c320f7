//! Every kind of letter in a language that nobody speaks: what is plain there stands elsewhere than in
//! `say/en`.

use super::addressee::{Audience, Matter, Weighed, write};
use super::asked_together::text_for;
use super::example;
use super::support::{Case, joined};
use crate::alerts::{Occasion, Telling};
use crate::book::{Availability, ConfiguredDates, Format, Launch, Note, NoteKind};
use crate::config::plan::Secret;
use crate::config::telling::{HookKind, HookPlan, Least};
use crate::history::View;
use crate::judge::{Finding, FindingKind, NextStep, Party, Severity, SupportText};
use crate::say::pseudo::{plain, speaking};

/// What comes from elsewhere.
const DATA: &[&str] = &[
    // Stores, parties, numbers, zones and the program itself.
    "Amazon",
    "Barnes",
    "Noble",
    "Bookshop",
    "org",
    "IngramSpark",
    "ISBN",
    "EST",
    "Pubwatch",
    // Titles and names.
    "Salt",
    "Roads",
    "Field",
    "Guide",
    "Tides",
    "Jane",
    "Roe",
    "Pat",
    "Lund",
    "Gull",
    "The",
    "Lamplighter",
    "Almanac",
    "House",
    // Markup.
    "nbsp",
    "amp",
];

/// Texts from outside: words of pages, what happened in the example's week, subjects of letters that
/// were written before.
const TEXTS: &[&str] = &[
    "Act: Amazon shows \"Currently unavailable\"",
    "Watch: Bookshop.org's page could not be read",
    "Barnes & Noble was out of stock for 3 hours on Mon 25 January, and came back by itself.",
    "Currently unavailable. We don't know when or if this item will be back in stock",
    "Currently unavailable",
    "This title will be released on February 9, 2027",
    "In Stock",
    "Pre-order now",
    "Pre-order",
    "New pages settle within about ten days of their appearance",
    "IngramSpark help, and other authors' accounts",
];

/// The windows' own sentences and sources: `config/windows.toml` holds these words.
fn windows() -> Vec<&'static str> {
    let lines = include_str!("../../config/windows.toml").lines();
    let values = lines.filter_map(|line| {
        let value = line
            .strip_prefix("usual = \"")
            .or_else(|| line.strip_prefix("source = \""));
        // A sentence begins with a capital where it stands alone.
        value.map(|value| &value.trim_end_matches('"')[1..])
    });
    values.collect()
}

/// Without the parts from `from` to `to`.
fn without(text: &str, from: &str, to: &str) -> String {
    let mut parts = text.split(from);
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |kept, part| {
        kept + " " + part.split_once(to).map_or("", |(_, after)| after)
    })
}

/// What a reader sees: no markup, no commands, no addresses, no strips, no texts from outside.
fn seen(text: &str) -> String {
    let text = without(text, "<style", "</style>");
    let text = without(&text, "<code", "</code>");
    let text = without(&without(&text, "<!--", "-->"), "<", ">");
    let text = without(&text, "pubwatch ", "\n");
    let mut text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    for (entity, character) in [
        ("&#39;", "'"),
        ("&#34;", "\""),
        ("&#38;", "&"),
        ("&amp;", "&"),
    ] {
        text = text.replace(entity, character);
    }
    for known in TEXTS.iter().copied().chain(windows()) {
        text = text.replace(known, " ");
    }
    let is_address = |word: &str| word.contains("://") || word.contains('@');
    let is_strip = |word: &str| word.chars().all(|one| "NPALBTOX.-?".contains(one));
    let words = text
        .split(' ')
        .filter(|word| !is_address(word) && !is_strip(word));
    words.collect::<Vec<_>>().join(" ")
}

#[test]
fn no_sentence_of_a_letter_stands_elsewhere() {
    let letters = speaking(|| example::letters().unwrap());
    let mut faults = Vec::new();
    let mut checked = 0;
    for one in &letters {
        let letter = &one.letter;
        for (part, text) in [
            ("subject", &letter.subject),
            ("text", &letter.text),
            ("html", &letter.html),
        ] {
            let seen = seen(text);
            let plain = plain(&seen, DATA);
            if !plain.is_empty() {
                faults.push(format!("{} {part}: {plain:?}", one.name));
            }
        }
        checked += 1;
    }
    assert_eq!(faults, [""; 0]);
    assert!(12 <= checked, "{checked}");
}

const TO_SEND: [SupportText; 8] = [
    SupportText::ResendUnavailable,
    SupportText::NotListed,
    SupportText::WrongDate,
    SupportText::KdpNotLive,
    SupportText::RightsQuery,
    SupportText::FormatsNotLinked,
    SupportText::BarnesNobleFault,
    SupportText::StaleMetadata,
];

/// The invented book as it is, with much noted of it; and another format of it, of which little is
/// known.
fn formats() -> [View; 2] {
    let mut known = example::stuck().unwrap();
    let notes = [
        NoteKind::moved("2027-02-16".parse().unwrap()),
        NoteKind::RevisionDone,
        NoteKind::KdpPublished { on: None },
    ];
    known.notes.extend(notes.into_iter().map(|kind| Note {
        kind,
        at: example::moment(-25 * 24),
        store: None,
        ticket: None,
        text: None,
    }));
    let mut other = example::hardcover().unwrap();
    let edition = &mut other.edition;
    edition.id = "B0EBOOK123".parse().unwrap();
    edition.format = Format::Ebook;
    (edition.author, edition.imprint, edition.list_price) = (None, None, None);
    edition.dates = ConfiguredDates::new("2027-03-01".parse().unwrap(), None, None);
    for listing in &mut other.listings {
        let last = listing.spells.last_mut().unwrap();
        *last = example::spell(Availability::InStock, "In Stock", -200, Some(-100));
        last.until = None;
        listing.last_good = Some(last.last_seen);
    }
    for view in [&mut known, &mut other] {
        view.launch = Launch::new(&view.edition, &view.notes, &jiff::tz::TimeZone::UTC);
    }
    [known, other]
}

#[test]
fn no_sentence_of_a_text_to_send_stands_elsewhere() {
    let author = example::author();
    let mut finding = example::finding(Severity::Act);
    let unavailable = finding.kind.clone();
    let mut checked = 0;
    for text in TO_SEND {
        for kind in [unavailable.clone(), FindingKind::Unavailable] {
            for whom in [Party::Kdp, Party::IngramSpark] {
                finding.kind = kind.clone();
                finding.next = NextStep::ask(whom, text);
                let [known, other] = formats();
                for views in [[&known, &other], [&other, &known]] {
                    let cases = views.map(|view| case(view, &finding, &author.zone));
                    let said = speaking(|| text_for(&cases)).unwrap();
                    let mut lines: Vec<String> = said.subject.into_iter().collect();
                    lines.extend(said.paragraphs.iter().map(|one| joined(one)));
                    let seen = seen(&lines.join(" "));
                    assert_eq!(plain(&seen, TO_SEND_DATA), [""; 0], "{text:?}: {seen}");
                    checked += lines.len();
                }
            }
        }
    }
    assert!(200 < checked, "{checked}");
}

/// Beside what letters hold: an edition's numbers, and a marketplace.
const TO_SEND_DATA: &[&str] = &[
    "Amazon",
    "Barnes",
    "Noble",
    "Bookshop",
    "org",
    "amazon",
    "com",
    "IngramSpark",
    "EBOOK",
    "ISBN",
    "ASIN",
    "GMT",
    "Salt",
    "Roads",
    "Jane",
    "Roe",
    "Gull",
    "House",
];

fn case<'a>(view: &'a View, finding: &'a Finding, zone: &'a jiff::tz::TimeZone) -> Case<'a> {
    Case {
        view,
        finding,
        stores: &[],
        zone,
        now: example::moment(0),
    }
}

#[test]
fn no_sentence_of_a_post_to_a_phone_stands_elsewhere() {
    let author = example::author();
    let hooks = [HookPlan {
        kind: HookKind::Ntfy,
        name: "mine".to_owned(),
        address: Secret::new("https://example.com/secret".to_owned()),
        secret: None,
        least: Least::Good,
    }];
    let audience = Audience {
        recipients: &[],
        hooks: &hooks,
    };
    let findings = [
        example::finding(Severity::Act),
        example::blind(),
        example::appeared(),
        example::over(),
    ];
    let weighed = findings.map(|finding| {
        let telling = Telling {
            occasion: Occasion::Opened,
            finding,
            thread: None,
        };
        Weighed::new(telling, None)
    });
    let views = [example::stuck().unwrap(), example::hardcover().unwrap()];
    let matters = views.each_ref().map(|view| Matter {
        view,
        outlooks: &[],
        weighed: &weighed,
    });
    let desk = example::desk(&author);
    let written = speaking(|| write(&desk, audience, &matters, example::moment(0)));
    let [post] = &written.unwrap().all[..] else {
        panic!("one post");
    };
    let post: serde_json::Value = serde_json::from_str(&post.text).unwrap();
    for field in ["title", "message"] {
        let seen = seen(post[field].as_str().unwrap());
        assert!(!seen.is_empty(), "{post}");
        assert_eq!(plain(&seen, DATA), [""; 0], "{field}: {seen}");
    }
}
