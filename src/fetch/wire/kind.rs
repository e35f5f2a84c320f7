//! Whether an answer is a page at all, by what its headers say of it, and a whole one.

/// What a browser shows as a page (the WHATWG's MIME Sniffing, section 4.6: HTML and XML).
const PAGES: &[&str] = &[
    "text/html",
    "application/xhtml+xml",
    "application/xml",
    "text/xml",
];

/// Why an answer that may have broken off anywhere is not read.
pub(super) const CUT: &str = "its answer has neither a length nor the end of a page, so it may \
                              have broken off; it will be asked again";

/// So many bytes at the end of a page are searched for its end tag: some print a few comments of
/// their servers behind it.
const LAST: usize = 4096;

/// Why what its headers announce is no page: every `Content-Type` and `Content-Disposition` that it
/// has. An answer that does not say what it is may be one.
pub(super) fn no_page(kinds: &[String], dispositions: &[String]) -> Option<String> {
    // What comes before the parameters, which may stand alone, as `; charset=utf-8`.
    let essence = |value: &String| {
        let first = value.split(';').next().unwrap_or_default();
        first.trim().to_ascii_lowercase()
    };
    let strange = |kind: &String| !kind.is_empty() && !PAGES.contains(&kind.as_str());
    if let Some(kind) = kinds.iter().map(essence).find(strange) {
        let kind: String = kind.chars().take(60).collect();
        return Some(format!(
            "what it sent is of the kind `{kind}`, which is no page"
        ));
    }
    let is_file = dispositions
        .iter()
        .any(|value| essence(value) == "attachment");
    is_file.then(|| "what it sent is a file to save, which is no page".to_owned())
}

/// The page's own end is there.
pub(super) fn ends_as_a_page(body: &[u8]) -> bool {
    let last = &body[body.len().saturating_sub(LAST)..];
    last.windows(6)
        .any(|window| window.eq_ignore_ascii_case(b"</html"))
}
