//! From the bytes of a saved page to its text.
//!
//! A page from the network is decoded by its `Content-Type`. A saved one has only itself: a byte
//! order mark, the encoding that its `<meta>` names, and whether the bytes are that at all.
//! Amazon's Brazilian pages name the wrong one, so what is valid UTF-8 is UTF-8.

use std::borrow::Cow;

use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};

/// So much of a page's beginning is searched for the encoding that it names, in bytes.
const HEAD: usize = 4096;

/// The text of a saved page. What cannot be decoded becomes U+FFFD; nothing fails.
#[must_use]
pub fn decode(bytes: &[u8]) -> Cow<'_, str> {
    if let Some((encoding, mark)) = Encoding::for_bom(bytes) {
        return encoding
            .decode_without_bom_handling(bytes.get(mark..).unwrap_or_default())
            .0;
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Cow::Borrowed(text);
    }
    let head = bytes.get(..bytes.len().min(HEAD)).unwrap_or_default();
    let named = named(head).filter(|encoding| *encoding != UTF_8);
    // A page that names UTF-8, or nothing, but has a few bad bytes is UTF-8 with damage; one with
    // many is of Western Europe.
    let lossy = String::from_utf8_lossy(bytes);
    let damage = lossy.matches('\u{fffd}').count();
    match named {
        Some(encoding) => encoding.decode_without_bom_handling(bytes).0,
        None if damage > lossy.chars().filter(|c| !c.is_ascii()).count() / 2 => {
            WINDOWS_1252.decode_without_bom_handling(bytes).0
        }
        None => lossy,
    }
}

/// The encoding that `charset=` names at the beginning of a page.
fn named(head: &[u8]) -> Option<&'static Encoding> {
    let head = String::from_utf8_lossy(head).to_ascii_lowercase();
    let (_, after) = head.split_once("charset=")?;
    let label: String = after
        .trim_start_matches(['"', '\''])
        .chars()
        .take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | ':' | '.'))
        .collect();
    Encoding::for_label(label.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(bytes: &[u8], expected: &str) {
        assert_eq!(decode(bytes), expected);
    }

    #[test]
    fn the_encoding_is_found_by_mark_by_name_or_by_the_bytes() {
        check("é 円".as_bytes(), "é 円");
        check(b"\xef\xbb\xbfok", "ok");
        check(b"\xff\xfeo\0k\0", "ok");
        check(
            b"<meta charset=\"shift_jis\">\x8d\xdd\x8c\xc9",
            "<meta charset=\"shift_jis\">在庫",
        );
        check(
            b"<meta charset=ISO-8859-1>\xe9",
            "<meta charset=ISO-8859-1>é",
        );
        check(b"caf\xe9", "café");
        check(b"", "");
    }

    #[test]
    fn utf_8_that_calls_itself_latin_1_is_utf_8() {
        let page = "<meta charset=\"iso-8859-1\">Em estoque, não";
        check(page.as_bytes(), page);
    }

    #[test]
    fn damage_is_marked_and_the_rest_is_read() {
        check(
            "Auf Lager für é ä \u{fffd}".as_bytes(),
            "Auf Lager für é ä \u{fffd}",
        );
        check(b"f\xc3\xbcr \xc3\xa4 \xc3\xb6 \xff!", "für ä ö \u{fffd}!");
    }
}
