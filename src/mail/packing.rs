//! Letters made small for keeping: all come from a few templates, so that against a dictionary of
//! such letters a fiftieth of one is left.
//!
//! Dictionaries are numbered and never changed, as migrations are: what was packed with one can only
//! be unpacked with the same. They are part of the program, so that no damage to a database can take
//! them with it. Where the templates have moved far from the newest, a further one is added.
//!
//! The first was trained by `zstd --train --maxdict=32768` on the letters (text, then HTML, a file
//! each) of `pubwatch simulate --years 3 --editions 30`, and on three copies of every letter of
//! `pubwatch letters preview`.

use zstd::bulk::{Compressor, Decompressor};

/// The dictionaries, from number 1 on.
const DICTIONARIES: &[&[u8]] = &[include_bytes!("packing/letters_1.zdict")];

/// What is packed now is packed with this one.
const NEWEST: u32 = 1;

/// Beyond this level letters hardly become smaller; one takes a millisecond.
const LEVEL: i32 = 9;

/// The most bytes that both parts of a letter may unpack to: a digest of a thousand titles has a
/// tenth.
const MOST_UNPACKED: usize = 64 << 20;

/// The parts of a letter, packed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Packed {
    /// The number of the dictionary.
    pub dictionary: u32,
    /// So many bytes of what it unpacks to are the text part; the rest is the HTML part.
    pub text_bytes: u32,
    /// A frame of zstd's.
    pub frame: Vec<u8>,
}

/// Why a letter cannot be packed or unpacked.
#[derive(Debug, thiserror::Error)]
pub enum PackingError {
    /// A newer program packed it.
    #[error("the letter was packed with dictionary {0}, which this version of Pubwatch lacks")]
    Dictionary(u32),
    /// It does not unpack to two parts of text.
    #[error("the packed letter is damaged")]
    Damaged,
    /// No letter is that large.
    #[error("the letter is larger than any letter is")]
    TooLarge,
    /// zstd's own words.
    #[error("the letter can be neither packed nor unpacked: {0}")]
    Zstd(#[from] std::io::Error),
}

/// Packs the parts of a letter, and sees that they come back byte for byte.
///
/// # Errors
///
/// [`PackingError`]; then the letter is to be kept as it is.
pub fn pack(text: &str, html: &str) -> Result<Packed, PackingError> {
    let both = [text.as_bytes(), html.as_bytes()].concat();
    if MOST_UNPACKED < both.len() {
        return Err(PackingError::TooLarge);
    }
    let mut compressor = Compressor::with_dictionary(LEVEL, dictionary(NEWEST)?)?;
    compressor.include_checksum(true)?;
    let packed = Packed {
        dictionary: NEWEST,
        text_bytes: u32::try_from(text.len()).map_err(|_| PackingError::TooLarge)?,
        frame: compressor.compress(&both)?,
    };
    let (text_again, html_again) = unpack(&packed)?;
    if text_again == text && html_again == html {
        Ok(packed)
    } else {
        Err(PackingError::Damaged)
    }
}

/// The text and the HTML part of a packed letter, byte for byte as they were.
///
/// # Errors
///
/// [`PackingError`] when it is not what [`pack`] made.
pub fn unpack(packed: &Packed) -> Result<(String, String), PackingError> {
    let mut decompressor = Decompressor::with_dictionary(dictionary(packed.dictionary)?)?;
    let both = decompressor.decompress(&packed.frame, MOST_UNPACKED)?;
    let mut text = String::from_utf8(both).map_err(|_| PackingError::Damaged)?;
    let end = usize::try_from(packed.text_bytes).map_err(|_| PackingError::Damaged)?;
    if !text.is_char_boundary(end) {
        return Err(PackingError::Damaged);
    }
    let html = text.split_off(end);
    Ok((text, html))
}

fn dictionary(number: u32) -> Result<&'static [u8], PackingError> {
    let index = usize::try_from(number)
        .ok()
        .and_then(|number| number.checked_sub(1));
    index
        .and_then(|index| DICTIONARIES.get(index).copied())
        .ok_or(PackingError::Dictionary(number))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::example::letters;

    #[track_caller]
    fn check(text: &str, html: &str) -> Packed {
        let packed = pack(text, html).unwrap();
        let (text_again, html_again) = unpack(&packed).unwrap();
        assert_eq!((text_again.as_str(), html_again.as_str()), (text, html));
        packed
    }

    #[test]
    fn whatever_a_letter_says_comes_back() {
        check("", "");
        check("", "<p>x</p>");
        check("Grüße\0\n", "");
        check("日本", "本日");
    }

    #[test]
    fn a_letter_of_ours_takes_a_small_part_of_its_size() {
        let (mut plain, mut small) = (0, 0);
        for letter in letters().unwrap().into_iter().map(|example| example.letter) {
            let packed = check(&letter.text, &letter.html);
            plain += letter.text.len() + letter.html.len();
            small += packed.frame.len();
        }
        // Where this fails, the templates have moved far from the newest dictionary: train another.
        assert!(small * 12 < plain, "{small} of {plain} bytes");
    }

    #[test]
    fn what_was_packed_with_the_first_dictionary_unpacks_for_ever() {
        let packed = Packed {
            dictionary: 1,
            text_bytes: 14,
            frame: vec![
                0x28, 0xb5, 0x2f, 0xfd, 0x23, 0xd8, 0x47, 0x1a, 0x2a, 0x23, 0x85, 0x00, 0x00, 0x30,
                0x3c, 0x70, 0x3e, 0x2f, 0x70, 0x3e, 0x02, 0xcc, 0x34, 0x83, 0xf9, 0xdd, 0x39, 0xda,
                0x02,
            ],
        };
        let (text, html) = unpack(&packed).unwrap();
        assert_eq!(
            (text.as_str(), html.as_str()),
            ("Hello Jane Roe", "<p>Hello Jane Roe</p>")
        );
    }

    #[test]
    fn damage_is_found_and_named() {
        let packed = pack("Hello", "<p>Hello</p>").unwrap();
        let foreign = Packed {
            dictionary: 2,
            ..packed.clone()
        };
        assert!(matches!(unpack(&foreign), Err(PackingError::Dictionary(2))));
        let longer = Packed {
            text_bytes: 1000,
            ..packed.clone()
        };
        assert!(matches!(unpack(&longer), Err(PackingError::Damaged)));
        let torn = Packed {
            frame: packed.frame[..packed.frame.len() / 2].to_vec(),
            ..packed
        };
        assert!(matches!(unpack(&torn), Err(PackingError::Zstd(_))));
    }
}
