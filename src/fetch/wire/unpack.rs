//! A body as it came, out of the codings of its `Content-Encoding`.
//!
//! Done here and not in the HTTP client, because a client that knows a coding only in small
//! letters, or stops after the first member of a gzip file, gives half a page for a whole one. What
//! cannot be undone to its very end is no page: never is it taken for text.

use std::io::{self, Read};

use brotli_decompressor::{BrotliDecompressStream, BrotliResult, BrotliState, StandardAlloc};
use flate2::bufread::GzDecoder;
use flate2::{Decompress, FlushDecompress, Status};

/// What we say that we undo; `deflate` is undone as well, but nobody need use it.
pub(in crate::fetch) const ACCEPTED: &str = "zstd,gzip,br";

/// The most codings that are undone, one inside the other. Nobody uses more than one.
const MOST_CODINGS: usize = 4;

/// The largest window of zstd, as a power of two: what RFC 9659 allows on the web (8 MB).
const ZSTD_WINDOW: u32 = 23;

/// The least room for what comes next, in bytes.
const ROOM: usize = 32 * 1024;

/// How packed bytes begin, and with what they are packed.
const PACKED: &[(&[u8], &str)] = &[
    (b"\x1f\x8b\x08", "gzip"),
    (b"\x28\xb5\x2f\xfd", "zstd"),
    (b"\xfd7zXZ\0", "xz"),
    (b"BZh", "bzip2"),
];

/// Why a body could not be unpacked.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::fetch) enum Unpacking {
    /// It is longer than the cap, here or in between.
    TooLarge,
    /// In words, as the end of "its answer is …".
    Not(String),
}

/// The body without its codings, at most `most` bytes. `codings` are the values of
/// `Content-Encoding`, in the order in which they were applied.
///
/// With `is_start`, only the beginning of the body is at hand or wanted: what is beyond `most` is
/// dropped, and a packed body may end anywhere once there is enough of it.
pub(in crate::fetch) fn unpacked(
    mut body: Vec<u8>,
    codings: &str,
    most: usize,
    is_start: bool,
) -> Result<Vec<u8>, Unpacking> {
    let names: Vec<String> = codings
        .split(',')
        .map(|name| name.trim().to_ascii_lowercase())
        .filter(|name| !name.is_empty() && name != "identity")
        .collect();
    if MOST_CODINGS < names.len() {
        return Err(Unpacking::Not(format!("packed {} times", names.len())));
    }
    for name in names.iter().rev() {
        let mut out = Bounded {
            bytes: Vec::new(),
            most,
        };
        match undo(name, &body, &mut out) {
            Err(Unpacking::TooLarge) if is_start => {}
            outcome => outcome?,
        }
        body = out.bytes;
    }
    if let Some((_, name)) = PACKED.iter().find(|(mark, _)| body.starts_with(mark)) {
        let words = format!("still packed with {name}, and does not say so");
        return Err(Unpacking::Not(words));
    }
    if most < body.len() {
        if !is_start {
            return Err(Unpacking::TooLarge);
        }
        body.truncate(most);
    }
    Ok(body)
}

fn undo(name: &str, body: &[u8], out: &mut Bounded) -> Result<(), Unpacking> {
    match name {
        "gzip" | "x-gzip" => gzip(body, out),
        "deflate" => deflate(body, out),
        "br" => brotli(body, out),
        "zstd" => zstd(body, out),
        _ => {
            let name: String = name.chars().take(40).collect();
            let words = format!("packed with `{name}`, which we did not ask for and cannot undo");
            Err(Unpacking::Not(words))
        }
    }
}

/// What is unpacked, up to a bound.
struct Bounded {
    bytes: Vec<u8>,
    most: usize,
}

impl Bounded {
    /// All that a decoder gives.
    fn fill(&mut self, from: impl Read) -> Result<(), Unpacking> {
        // One byte more than there may be tells that there is more.
        let left = (self.most - self.bytes.len()) as u64 + 1;
        let outcome = from.take(left).read_to_end(&mut self.bytes);
        self.held()?;
        outcome.map(drop).map_err(|error| broken(&error))
    }

    /// Room for the next piece, at least one byte; the bound is passed by one byte at most.
    fn room(&mut self) -> usize {
        let room = (self.most + 1 - self.bytes.len()).min(ROOM.max(self.bytes.len()));
        self.bytes.reserve(room);
        room
    }

    fn held(&mut self) -> Result<(), Unpacking> {
        if self.most < self.bytes.len() {
            self.bytes.truncate(self.most);
            return Err(Unpacking::TooLarge);
        }
        Ok(())
    }
}

/// Every member of the file (RFC 1952, section 2.2), and nothing behind the last but zeros, with
/// which some fill up a block.
fn gzip(body: &[u8], out: &mut Bounded) -> Result<(), Unpacking> {
    let mut rest = body;
    loop {
        let mut member = GzDecoder::new(rest);
        out.fill(&mut member)?;
        rest = member.into_inner();
        if rest.iter().all(|byte| *byte == 0) {
            return Ok(());
        }
    }
}

/// RFC 9110 means zlib by it, and old servers send what is inside zlib: the first two bytes tell.
fn deflate(body: &[u8], out: &mut Bounded) -> Result<(), Unpacking> {
    let is_zlib = matches!(body, [first, second, ..]
        if first & 0x0f == 8 && (u16::from(*first) << 8 | u16::from(*second)) % 31 == 0);
    let mut state = Decompress::new(is_zlib);
    loop {
        let before = (state.total_in(), out.bytes.len());
        let at = usize::try_from(before.0).unwrap_or(usize::MAX);
        let rest = body.get(at..).unwrap_or_default();
        out.room();
        let status = state
            .decompress_vec(rest, &mut out.bytes, FlushDecompress::None)
            .map_err(|error| broken(&error.into()))?;
        out.held()?;
        if status == Status::StreamEnd {
            let at = usize::try_from(state.total_in()).unwrap_or(usize::MAX);
            return nothing_behind(body.get(at..).unwrap_or_default());
        }
        if (state.total_in(), out.bytes.len()) == before {
            return Err(cut());
        }
    }
}

fn brotli(body: &[u8], out: &mut Bounded) -> Result<(), Unpacking> {
    let alloc = StandardAlloc::default;
    // Strict: a window beyond RFC 7932's 16 MB is refused.
    let mut state = BrotliState::new_strict(alloc(), alloc(), alloc());
    let (mut left, mut at) = (body.len(), 0);
    loop {
        let start = out.bytes.len();
        let mut room = out.room();
        out.bytes.resize(start + room, 0);
        let (mut written, mut total) = (0, 0);
        let result = BrotliDecompressStream(
            &mut left,
            &mut at,
            body,
            &mut room,
            &mut written,
            &mut out.bytes[start..],
            &mut total,
            &mut state,
        );
        out.bytes.truncate(start + written);
        out.held()?;
        match result {
            BrotliResult::ResultSuccess => return nothing_behind(&body[at..]),
            BrotliResult::NeedsMoreOutput => {}
            BrotliResult::NeedsMoreInput => return Err(cut()),
            BrotliResult::ResultFailure => return Err(wrong()),
        }
    }
}

/// Every frame of it; what is no frame fails.
fn zstd(body: &[u8], out: &mut Bounded) -> Result<(), Unpacking> {
    if body.is_empty() {
        return Err(cut());
    }
    let mut frames =
        zstd::stream::read::Decoder::with_buffer(body).map_err(|error| broken(&error))?;
    frames
        .window_log_max(ZSTD_WINDOW)
        .map_err(|error| broken(&error))?;
    out.fill(frames)
}

fn nothing_behind(rest: &[u8]) -> Result<(), Unpacking> {
    if rest.iter().all(|byte| *byte == 0) {
        Ok(())
    } else {
        Err(wrong())
    }
}

fn broken(error: &io::Error) -> Unpacking {
    if error.kind() == io::ErrorKind::UnexpectedEof {
        cut()
    } else {
        wrong()
    }
}

fn cut() -> Unpacking {
    Unpacking::Not("packed and breaks off before its end".to_owned())
}

fn wrong() -> Unpacking {
    Unpacking::Not("packed wrongly and cannot be unpacked".to_owned())
}
