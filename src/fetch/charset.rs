//! From bytes to text: the HTTP header says how, and where it does not, the page itself.

use encoding_rs::{Encoding, UTF_8};

/// How far into a page its own word on its charset is looked for (the HTML standard says 1,024
/// bytes; pages that put a comment first go a little beyond).
const PRESCAN: usize = 4096;

/// The text of a body. A byte order mark decides first, then the header's `charset`, then the
/// page's `<meta>`, then UTF-8. What cannot be decoded becomes U+FFFD; reading never fails.
///
/// The header goes before the page because pages declare the wrong one: amazon.com.br says
/// Latin-1 in its `<meta>` and sends UTF-8 (seen by calibre).
#[must_use]
pub fn decode(body: &[u8], content_type: Option<&str>) -> String {
    let encoding = content_type
        .and_then(|value| parameter(value.as_bytes()))
        .or_else(|| declared(body))
        .unwrap_or(UTF_8);
    let (text, _, _) = encoding.decode(body);
    text.into_owned()
}

fn declared(body: &[u8]) -> Option<&'static Encoding> {
    let start = body.get(..PRESCAN).unwrap_or(body);
    start
        .split(|byte| *byte == b'<')
        .filter(|tag| {
            tag.get(..4)
                .is_some_and(|name| name.eq_ignore_ascii_case(b"meta"))
        })
        .filter_map(|tag| tag.split(|byte| *byte == b'>').next())
        .find_map(parameter)
        // A page that was read as ASCII this far cannot be UTF-16, whatever it says.
        .map(|encoding| {
            if encoding.is_ascii_compatible() {
                encoding
            } else {
                UTF_8
            }
        })
}

/// The encoding that follows `charset=` in a header or a tag.
fn parameter(text: &[u8]) -> Option<&'static Encoding> {
    const NAME: &[u8] = b"charset";
    let at = text
        .windows(NAME.len())
        .position(|window| window.eq_ignore_ascii_case(NAME))?;
    let rest = text.get(at + NAME.len()..)?.trim_ascii_start();
    let value = rest.strip_prefix(b"=")?.trim_ascii_start();
    let value = value
        .strip_prefix(b"\"")
        .or_else(|| value.strip_prefix(b"'"))
        .unwrap_or(value);
    let label = value.split(|byte| b"\"'; />\t".contains(byte)).next()?;
    Encoding::for_label(label)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(body: &[u8], content_type: Option<&str>, expected: &str) {
        assert_eq!(decode(body, content_type), expected);
    }

    #[test]
    fn the_header_goes_before_the_page() {
        check(
            b"<meta charset=latin1>pr\xc3\xa9-venda",
            Some("text/html; charset=UTF-8"),
            "<meta charset=latin1>pré-venda",
        );
        check(b"caf\xe9", Some("text/html;charset=\"iso-8859-1\""), "café");
    }

    #[test]
    fn the_page_speaks_where_the_header_is_silent() {
        check(
            b"<META Charset = 'windows-1252'>12,90\xa0\x80",
            Some("text/html"),
            "<META Charset = 'windows-1252'>12,90\u{a0}€",
        );
        check(
            b"<meta http-equiv=Content-Type content=\"text/html; charset=Shift_JIS\">\x97\x5c\x96\xf1",
            None,
            "<meta http-equiv=Content-Type content=\"text/html; charset=Shift_JIS\">予約",
        );
        check(
            b"<meta charset=utf-16>\xc3\xa9",
            None,
            "<meta charset=utf-16>é",
        );
    }

    #[test]
    fn a_byte_order_mark_decides_and_the_rest_is_utf_8() {
        check(
            b"\xef\xbb\xbf\xc3\xa9",
            Some("text/html; charset=latin1"),
            "é",
        );
        check(b"\xc3\xa9", None, "é");
        check(b"\xc3\xa9", Some("text/html; charset=klingon"), "é");
        check(b"a\xffb", None, "a\u{fffd}b");
        check(b"", None, "");
    }
}
