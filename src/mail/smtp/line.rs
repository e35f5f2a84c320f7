//! The line to a mail server: commands out, answers in, each within bounds.

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};

use crate::text::words::one_line;

/// The most bytes of an answer. RFC 5321 §4.5.3.1.5 has 512 for a line; greetings and refusals are
/// known to be longer.
const LONGEST: usize = 64 * 1024;

/// The most lines of an answer.
const MOST_LINES: usize = 256;

/// What a line can be made of: a socket, in the clear or secured.
pub(super) trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}

impl<S: AsyncRead + AsyncWrite + Send + Unpin> Stream for S {}

/// A line to a mail server.
pub(super) struct Line {
    stream: Box<dyn Stream>,
    /// What came and was not read yet.
    unread: Vec<u8>,
}

/// An answer of the server. The code decides; the words are for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Reply {
    /// The three digits.
    pub(super) code: u16,
    /// The words of each line, whatever their encoding was.
    pub(super) lines: Vec<String>,
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub(super) enum NoReply {
    #[error("the server closed the line")]
    Closed,
    #[error("the server's answer does not end")]
    Endless,
    #[error("the server answered something that is no answer of a mail server: {0}")]
    Garbage(String),
    #[error("{0}")]
    Broken(#[from] std::io::Error),
}

impl Reply {
    /// 2yz: done.
    pub(super) fn is_done(&self) -> bool {
        self.code / 100 == 2
    }

    /// The words on one line.
    pub(super) fn words(&self) -> String {
        one_line(&self.lines.join(" "))
    }
}

impl Line {
    pub(super) fn new(stream: impl Stream + 'static) -> Self {
        Self {
            stream: Box::new(stream),
            unread: Vec::new(),
        }
    }

    /// The stream, to be secured. `None` where the server said more than it was asked: whoever sits
    /// between us could have put it there, and it must not count afterwards.
    pub(super) fn into_stream(self) -> Option<Box<dyn Stream>> {
        self.unread.is_empty().then_some(self.stream)
    }

    /// Says a line and hears the answer.
    pub(super) async fn ask(&mut self, command: &str) -> Result<Reply, NoReply> {
        self.say(format!("{command}\r\n").as_bytes()).await?;
        self.hear().await
    }

    /// Says something whole.
    pub(super) async fn say(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        self.stream.write_all(bytes).await?;
        self.stream.flush().await
    }

    /// Hears an answer to its end, which is its last line.
    ///
    /// 1. The first three digits of a line are its code; a hyphen behind them says that more follows.
    ///    Anything else ends the answer, also nothing: a bare `250` is one (RFC 5321 §4.2).
    /// 2. Lines end with LF, with or without CR before it.
    /// 3. A line without a code between others is more words. The last code decides.
    pub(super) async fn hear(&mut self) -> Result<Reply, NoReply> {
        let mut lines = Vec::new();
        let mut room = LONGEST;
        loop {
            let line = self.line(room).await?;
            room -= line.len();
            let line = String::from_utf8_lossy(&line);
            let line = line.trim_end_matches(['\r', '\n']);
            match code(line) {
                Some(code) => {
                    let rest = line.get(3..).unwrap_or_default();
                    let is_last = !rest.starts_with('-');
                    lines.push(rest.trim_start_matches(['-', ' ']).to_owned());
                    if is_last {
                        return Ok(Reply { code, lines });
                    }
                }
                None if lines.is_empty() => {
                    let words: String = one_line(line).chars().take(100).collect();
                    return Err(NoReply::Garbage(words));
                }
                None => lines.push(line.to_owned()),
            }
            if MOST_LINES <= lines.len() {
                return Err(NoReply::Endless);
            }
        }
    }

    /// A line with its end, of at most so many bytes.
    async fn line(&mut self, room: usize) -> Result<Vec<u8>, NoReply> {
        let mut known = 0;
        loop {
            let end = self.unread.get(known..).unwrap_or_default();
            if let Some(end) = memchr::memchr(b'\n', end) {
                let line = self.unread.drain(..=known + end).collect::<Vec<u8>>();
                return if line.len() <= room {
                    Ok(line)
                } else {
                    Err(NoReply::Endless)
                };
            }
            known = self.unread.len();
            if room <= known {
                return Err(NoReply::Endless);
            }
            let mut more = [0; 4096];
            let count = self.stream.read(&mut more).await?;
            if count == 0 {
                return Err(NoReply::Closed);
            }
            self.unread
                .extend_from_slice(more.get(..count).unwrap_or_default());
        }
    }

    /// Says goodbye and closes, without waiting for what the server makes of it.
    pub(super) async fn goodbye(mut self) {
        // Nothing depends on it: the letter's fate is known by then.
        let _ = self.say(b"QUIT\r\n").await;
        let _ = self.stream.shutdown().await;
    }
}

/// The code at the beginning of a line: 2yz to 5yz.
fn code(line: &str) -> Option<u16> {
    let digits = line.get(..3)?;
    let is_code = digits.bytes().all(|digit| digit.is_ascii_digit());
    let code = digits.parse().ok().filter(|_| is_code)?;
    (200..600).contains(&code).then_some(code)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a server says, in pieces of so many bytes, and what is heard: "code words|words", or why
    /// nothing is.
    #[track_caller]
    fn check(said: &[u8], expected: &str) {
        for piece in [1, 3, said.len()] {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .build()
                .unwrap();
            let heard = runtime.block_on(async {
                let (mut theirs, ours) = tokio::io::duplex(64);
                let said = said.to_vec();
                let talk = tokio::spawn(async move {
                    for piece in said.chunks(piece) {
                        // We may have heard enough.
                        let _ = theirs.write_all(piece).await;
                    }
                });
                let heard = Line::new(ours).hear().await;
                talk.abort();
                heard
            });
            let heard = match heard {
                Ok(reply) => format!("{} {}", reply.code, reply.lines.join("|")),
                Err(none) => none.to_string(),
            };
            assert_eq!(heard, expected, "in pieces of {piece}");
        }
    }

    #[test]
    fn the_code_decides_whatever_the_words_are() {
        check(b"250 2.0.0 Ok\r\n", "250 2.0.0 Ok");
        check(b"250 2.0.0 \xfcber\r\n", "250 2.0.0 \u{fffd}ber");
        check(b"250\r\n", "250 ");
        check(b"250 ok\n", "250 ok");
        check(b"2500 x\r\n", "250 0 x");
        check(b"571 no\r\n", "571 no");
        check(b"250-a\r\n250-b\r\n250 c\r\n", "250 a|b|c");
        check(b"250-a\r\nnot a code\r\n550 no\r\n", "550 a|not a code|no");
    }

    #[test]
    fn what_is_no_answer_is_none() {
        let words = "the server answered something that is no answer of a mail server: ";
        check(
            b"HTTP/1.1 400 Bad Request\r\n",
            &format!("{words}HTTP/1.1 400 Bad Request"),
        );
        check(b"100 go on\r\n", &format!("{words}100 go on"));
        check(b"\xff\xfe\r\n", &format!("{words}\u{fffd}\u{fffd}"));
        check(b"250 o", "the server closed the line");
        check(b"250-a\r\n", "the server closed the line");
    }

    #[test]
    fn an_answer_has_bounds() {
        check(&b"220".repeat(40_000), "the server's answer does not end");
        check(
            &b"220-x\r\n".repeat(1_000),
            "the server's answer does not end",
        );
    }
}
