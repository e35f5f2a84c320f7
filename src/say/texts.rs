//! The texts of a language, each with its name.

/// What is read when the first sentence is said.
pub(super) const USUAL: &[(&str, &str)] = &[
    ("dates", include_str!("en/dates.ftl")),
    ("words", include_str!("en/words.ftl")),
    ("names", include_str!("en/names.ftl")),
    ("contacts", include_str!("en/contacts.ftl")),
    ("answers", include_str!("en/answers.ftl")),
    ("calendar", include_str!("en/calendar.ftl")),
    ("windows", include_str!("en/windows.ftl")),
    ("letter", include_str!("en/letter.ftl")),
    ("digest", include_str!("en/digest.ftl")),
    ("pause", include_str!("en/pause.ftl")),
    ("notice", include_str!("en/notice.ftl")),
    ("good-news", include_str!("en/findings/good-news.ftl")),
    ("kdp", include_str!("en/findings/kdp.ftl")),
    (
        "launch-report",
        include_str!("en/findings/launch-report.ftl"),
    ),
    ("missing", include_str!("en/findings/missing.ftl")),
    ("outlook", include_str!("en/findings/outlook.ftl")),
    ("page", include_str!("en/findings/page.ftl")),
    ("steps", include_str!("en/findings/steps.ftl")),
    ("unavailable", include_str!("en/findings/unavailable.ftl")),
    ("unread", include_str!("en/findings/unread.ftl")),
    ("wrong-date", include_str!("en/findings/wrong-date.ftl")),
];

/// What is read when a sentence is none of the others: most runs say nothing of it.
pub(super) const SELDOM: &[(&str, &str)] = &[
    ("refusals", include_str!("en/refusals.ftl")),
    ("outbox", include_str!("en/outbox.ftl")),
    ("ready", include_str!("en/ready/parts.ftl")),
    (
        "to-barnes-noble",
        include_str!("en/ready/to-barnes-noble.ftl"),
    ),
    (
        "to-distributor",
        include_str!("en/ready/to-distributor.ftl"),
    ),
    ("to-kdp", include_str!("en/ready/to-kdp.ftl")),
];
