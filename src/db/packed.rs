//! Saved pages, pictures and the parts of letters, packed with zstd for keeping. Pure.

use std::io::{self, Read as _};

/// zstd's own default: a page's parts shrink to a fifth in a millisecond, a letter to a tenth.
const LEVEL: i32 = 3;

/// The most bytes that something may unpack to: the sieve keeps less of a page, and a digest of a
/// thousand titles has a tenth.
const MOST: u64 = 64 << 20;

/// Packs bytes, with a checksum, so that damage is noticed.
///
/// # Errors
///
/// When there is no memory for it.
pub fn pack(body: &[u8]) -> io::Result<Vec<u8>> {
    let mut compressor = zstd::bulk::Compressor::new(LEVEL)?;
    compressor.include_checksum(true)?;
    compressor.compress(body)
}

/// The bytes that were packed.
///
/// # Errors
///
/// When these are not what [`pack`] made.
pub fn unpack(packed: &[u8]) -> io::Result<Vec<u8>> {
    if packed.is_empty() {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    let mut body = Vec::new();
    zstd::stream::read::Decoder::new(packed)?
        .take(MOST)
        .read_to_end(&mut body)?;
    Ok(body)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_packed_comes_back() {
        for body in ["", "<p>x</p>", "Grüße\0\n", "日本"] {
            let packed = pack(body.as_bytes()).unwrap();
            assert_eq!(unpack(&packed).unwrap(), body.as_bytes(), "{body}");
        }
    }

    #[test]
    fn whatever_a_disk_makes_of_it_is_noticed() {
        let body = b"<p>In stock. Only 3 left: order soon, as we have no more.</p>";
        let sound = pack(body).unwrap();
        assert!(unpack(&[]).is_err());
        assert!(unpack(&vec![0; sound.len()]).is_err());
        assert!(unpack(&sound[..sound.len() - 5]).is_err());
        for place in 0..sound.len() {
            let mut harmed = sound.clone();
            harmed[place] ^= 0x20;
            // A few bits mean nothing; no other gives what was not packed.
            let read = unpack(&harmed).unwrap_or_else(|_| body.to_vec());
            assert_eq!(read, body, "byte {place}");
        }
    }
}
