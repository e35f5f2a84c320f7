//! Which characters the bytes of a list are. Pure.

use std::borrow::Cow;

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

use super::ImportError;

/// How far into a file its own word on its encoding stands.
const DECLARED_WITHIN: usize = 256;

/// The text of a list, and what is to be known of how it was read.
///
/// 1. A byte order mark decides.
/// 2. Then the one that the user names, then what an XML declaration says.
/// 3. Then what two-byte text without a mark looks like; then UTF-8.
/// 4. Where it is none of these, what Excel writes without asking in Western Europe, which is said.
///
/// What cannot be read in the encoding becomes U+FFFD, which is a fault of the line that has it.
///
/// # Errors
///
/// [`ImportError::Encoding`] when the declared one is unknown.
pub(super) fn decoded<'a>(
    bytes: &'a [u8],
    named: Option<&'static Encoding>,
) -> Result<(Cow<'a, str>, Option<String>), ImportError> {
    if let Some((encoding, mark)) = Encoding::for_bom(bytes) {
        let text = encoding.decode_without_bom_handling(&bytes[mark..]).0;
        return Ok((text, None));
    }
    let declared = match declared(bytes) {
        Some(label) => match Encoding::for_label(label.as_bytes()) {
            Some(encoding) => Some(encoding),
            None => return Err(ImportError::Encoding(label)),
        },
        None => None,
    };
    if let Some(encoding) = named.or(two_bytes(bytes)).or(declared) {
        let text = encoding.decode_without_bom_handling(bytes).0;
        let how = (encoding != UTF_8).then(|| format!("Read as {}.", encoding.name()));
        return Ok((text, how));
    }
    Ok(match std::str::from_utf8(bytes) {
        Ok(text) => (Cow::Borrowed(text), None),
        Err(_) => (
            WINDOWS_1252.decode_without_bom_handling(bytes).0,
            Some(
                "The file is not UTF-8; it was read as Windows-1252. See that accents are right, or \
                 name another with `--encoding`."
                    .to_owned(),
            ),
        ),
    })
}

/// What the XML declaration says, in a file whose first characters are ASCII. One that can be read
/// as ASCII is not in UTF-16, whatever it says.
fn declared(bytes: &[u8]) -> Option<String> {
    let start = bytes.get(..DECLARED_WITHIN).unwrap_or(bytes);
    let start = String::from_utf8_lossy(start);
    let declaration = start.trim_start().strip_prefix("<?xml")?;
    let (declaration, _) = declaration.split_once("?>")?;
    let (_, value) = declaration.split_once("encoding")?;
    let value = value.trim_start().strip_prefix('=')?.trim_start();
    let quote = value
        .chars()
        .next()
        .filter(|one| matches!(one, '"' | '\''))?;
    let label = value[1..].split(quote).next()?.trim();
    Some(
        if label.to_ascii_lowercase().starts_with("utf-16") {
            "utf-8"
        } else {
            label
        }
        .to_owned(),
    )
}

/// UTF-16 without a mark, whose first character is of ASCII.
fn two_bytes(bytes: &[u8]) -> Option<&'static Encoding> {
    match bytes {
        [0, one, 0, two, ..] if *one != 0 && *two != 0 => Some(UTF_16BE),
        [one, 0, two, 0, ..] if *one != 0 && *two != 0 => Some(UTF_16LE),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(bytes: &[u8], expected: &str) {
        let (text, _) = decoded(bytes, None).unwrap();
        assert!(text.ends_with(expected), "{text}");
    }

    #[test]
    fn the_encoding_that_a_file_declares_is_obeyed() {
        let xml = |label: &str, rest: &[u8]| {
            [
                format!("<?xml version='1.0' encoding='{label}'?>").as_bytes(),
                rest,
            ]
            .concat()
        };
        check(
            &xml("ISO-8859-2", b"\xaf\xf3\xb3ta \xb3\xf3d\xbc"),
            "Żółta łódź",
        );
        check(&xml("iso-8859-15", b"\xa4"), "€");
        check(&xml("windows-1250", b"\x8a\xe1rka"), "Šárka");
        check(&xml("windows-1251", b"\xd1\xee\xeb\xfc"), "Соль");
        check(&xml("Shift_JIS", b"\x89\x96"), "塩");
        check(&xml("UTF-8", "塩".as_bytes()), "塩");
        check(&xml("UTF-16", "塩".as_bytes()), "塩");
        let unknown = decoded(&xml("klingon", b""), None).unwrap_err();
        assert!(unknown.to_string().contains("`klingon`"), "{unknown}");
    }

    #[test]
    fn two_byte_text_is_known_with_a_mark_and_without() {
        for text in ["\u{feff}ISBN,塩", "ISBN,塩"] {
            let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
            let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
            check(&little, "ISBN,塩");
            check(&big, "ISBN,塩");
        }
    }

    #[test]
    fn the_user_names_what_the_file_does_not_say() {
        let bytes = b"ISBN,\xaf\xf3\xb3ta";
        let named = Encoding::for_label(b"iso-8859-2");
        assert_eq!(decoded(bytes, named).unwrap().0, "ISBN,Żółta");
        let (text, how) = decoded(bytes, None).unwrap();
        assert_eq!(text, "ISBN,¯ó³ta");
        assert!(how.unwrap().contains("--encoding"));
    }
}
