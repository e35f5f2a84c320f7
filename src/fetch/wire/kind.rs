//! Whether an answer is a page at all, by what its headers say of it, and a whole one.

use reqwest::header::{
    CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_TYPE, HeaderMap, TRANSFER_ENCODING,
};
use reqwest::{Response, Version};

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

/// Why what these headers announce is no page. An answer that does not say what it is may be one.
pub(super) fn no_page(headers: &HeaderMap) -> Option<String> {
    let text = |name| {
        let values = headers.get_all(name).iter();
        values.map(|value| String::from_utf8_lossy(value.as_bytes()).to_ascii_lowercase())
    };
    // A charset may stand alone in it, as `; charset=utf-8`.
    let essence = |value: String| {
        value
            .split([';', ','])
            .next()
            .unwrap_or_default()
            .trim()
            .to_owned()
    };
    let kinds = text(CONTENT_TYPE).map(essence);
    let strange = { kinds }.find(|kind| !kind.is_empty() && !PAGES.contains(&kind.as_str()));
    if let Some(kind) = strange {
        let kind: String = kind.chars().take(60).collect();
        return Some(format!(
            "what it sent is of the kind `{kind}`, which is no page"
        ));
    }
    let is_file = text(CONTENT_DISPOSITION).any(|value| essence(value) == "attachment");
    is_file.then(|| "what it sent is a file to save, which is no page".to_owned())
}

/// It is told where the body ends, so that one that breaks off is noticed.
pub(super) fn has_end(response: &Response) -> bool {
    let headers = response.headers();
    response.version() == Version::HTTP_2
        || headers.contains_key(CONTENT_LENGTH)
        || headers.contains_key(TRANSFER_ENCODING)
}

/// The page's own end is there.
pub(super) fn ends_as_a_page(body: &[u8]) -> bool {
    let last = &body[body.len().saturating_sub(LAST)..];
    last.windows(6)
        .any(|window| window.eq_ignore_ascii_case(b"</html"))
}
