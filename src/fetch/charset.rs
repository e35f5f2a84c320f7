//! From bytes to text: the HTTP header says how, and where it is silent, the page itself.

use std::borrow::Cow;

use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};

/// How far into a page its own word on its charset is looked for (the HTML standard says 1,024
/// bytes; pages that put a comment first go a little beyond).
const PRESCAN: usize = 4096;

/// The text of a body; `content_type` is `None` for a page that somebody saved. What cannot be
/// decoded becomes U+FFFD; reading never fails. Text that is UTF-8 already is not copied.
///
/// 1. A byte order mark decides.
/// 2. The header's `charset`. It goes before the page because pages declare the wrong one:
///    amazon.com.br says Latin-1 in its `<meta>` and sends UTF-8 (seen by calibre).
/// 3. What is valid UTF-8 is UTF-8, for the same reason: other text hardly ever is.
/// 4. The page's own `<meta>`.
/// 5. UTF-8 with some damage, or else Western Europe's.
pub fn decode<'a>(body: &'a [u8], content_type: Option<&str>) -> Cow<'a, str> {
    if let Some((encoding, mark)) = Encoding::for_bom(body) {
        let text = body.get(mark..).unwrap_or_default();
        return encoding.decode_without_bom_handling(text).0;
    }
    if let Some(encoding) = content_type.and_then(|value| parameter(value.as_bytes())) {
        return encoding.decode_without_bom_handling(body).0;
    }
    if let Ok(text) = std::str::from_utf8(body) {
        return Cow::Borrowed(text);
    }
    match declared(body).filter(|encoding| *encoding != UTF_8) {
        Some(encoding) => encoding.decode_without_bom_handling(body).0,
        None if is_hardly_utf8(body) => WINDOWS_1252.decode_without_bom_handling(body).0,
        None => String::from_utf8_lossy(body),
    }
}

/// The text of a body, as [`decode`] gives it, without a second copy of what is UTF-8 already: a page
/// is megabytes, and several are read at a time.
pub fn decoded(body: Vec<u8>, content_type: Option<&str>) -> String {
    let own = match decode(&body, content_type) {
        Cow::Borrowed(text) if text.len() == body.len() => None,
        text @ (Cow::Borrowed(_) | Cow::Owned(_)) => Some(text.into_owned()),
    };
    own.unwrap_or_else(|| {
        String::from_utf8(body)
            .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
    })
}

/// A page that declares UTF-8, or nothing, but has a few bad bytes is UTF-8 with damage; one with
/// many is of Western Europe. They are counted without a second copy of the page.
fn is_hardly_utf8(body: &[u8]) -> bool {
    let (mut good, mut bad) = (0_usize, 0_usize);
    for chunk in body.utf8_chunks() {
        good += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        bad += usize::from(!chunk.invalid().is_empty());
    }
    bad > good
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
        assert_eq!(decoded(body.to_vec(), content_type), expected);
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
        check(
            b"<meta charset=ISO-8859-1>\xe9",
            None,
            "<meta charset=ISO-8859-1>é",
        );
    }

    #[test]
    fn a_byte_order_mark_decides() {
        check(
            b"\xef\xbb\xbf\xc3\xa9",
            Some("text/html; charset=latin1"),
            "é",
        );
        check(b"\xff\xfeo\0k\0", None, "ok");
    }

    #[test]
    fn what_is_utf_8_is_utf_8_whatever_the_page_says() {
        let page = "<meta charset=\"iso-8859-1\">Em estoque, não";
        check(page.as_bytes(), None, page);
        check(
            "é 円".as_bytes(),
            Some("text/html; charset=klingon"),
            "é 円",
        );
        check(b"", None, "");
    }

    #[test]
    fn damage_is_marked_and_the_rest_is_read() {
        let damaged = "Auf Lager für é ä \u{fffd}";
        check(damaged.as_bytes(), None, damaged);
        check(
            b"f\xc3\xbcr \xc3\xa4 \xc3\xb6 \xff!",
            None,
            "für ä ö \u{fffd}!",
        );
    }

    #[test]
    fn bytes_of_western_europe_are_read_as_such() {
        check(b"caf\xe9", None, "café");
    }
}
