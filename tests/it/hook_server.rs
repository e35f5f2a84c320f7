//! A small HTTP server on loopback that takes posts and misbehaves on demand.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// What the server does with a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Act {
    /// Answers with this status and these words.
    Answer(u16, &'static str),
    /// Answers with this status, and wants to be left alone for so many seconds.
    Busy(u16, u32),
    /// Answers with a redirect to there.
    Redirect(String),
    /// Reads the request and never answers.
    Hang,
    /// Reads the request and drops the line.
    Drop,
    /// Answers 200 after so long.
    Slow(Duration),
}

/// A request that came.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    /// As `POST /hook?x=1`.
    pub(crate) line: String,
    /// By names in lower case.
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) body: String,
}

/// The server; it ends with the test's runtime.
#[derive(Debug)]
pub(crate) struct HookServer {
    pub(crate) base: String,
    seen: Arc<Mutex<Vec<Request>>>,
    acts: Arc<Mutex<Vec<Act>>>,
}

impl HookServer {
    /// Serves on a free port; each request takes the next act, and the last one stays.
    pub(crate) async fn start(acts: Vec<Act>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let server = Self {
            base,
            seen: Arc::default(),
            acts: Arc::new(Mutex::new(acts)),
        };
        let (seen, acts) = (Arc::clone(&server.seen), Arc::clone(&server.acts));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, Arc::clone(&seen), Arc::clone(&acts)));
            }
        });
        server
    }

    pub(crate) fn behave(&self, acts: Vec<Act>) {
        *self.acts.lock().unwrap() = acts;
    }

    pub(crate) fn seen(&self) -> Vec<Request> {
        self.seen.lock().unwrap().clone()
    }
}

async fn serve(mut stream: TcpStream, seen: Arc<Mutex<Vec<Request>>>, acts: Arc<Mutex<Vec<Act>>>) {
    let Some(request) = read(&mut stream).await else {
        return;
    };
    seen.lock().unwrap().push(request);
    let act = {
        let mut acts = acts.lock().unwrap();
        if acts.len() > 1 {
            acts.remove(0)
        } else {
            acts[0].clone()
        }
    };
    let answer = match act {
        Act::Answer(status, words) => reply(status, "", words),
        Act::Busy(status, seconds) => reply(status, &format!("Retry-After: {seconds}\r\n"), ""),
        Act::Redirect(to) => reply(307, &format!("Location: {to}\r\n"), ""),
        Act::Hang => {
            tokio::time::sleep(Duration::from_secs(60)).await;
            return;
        }
        Act::Drop => return,
        Act::Slow(pause) => {
            tokio::time::sleep(pause).await;
            reply(200, "", "late but here")
        }
    };
    // The client may be gone; then nobody needs the answer.
    let _ = stream.write_all(answer.as_bytes()).await;
}

fn reply(status: u16, headers: &str, words: &str) -> String {
    format!(
        "HTTP/1.1 {status} X\r\n{headers}Content-Length: {}\r\nConnection: close\r\n\r\n{words}",
        words.len()
    )
}

async fn read(stream: &mut TcpStream) -> Option<Request> {
    let mut bytes = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        let whole = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = whole.split_once("\r\n\r\n") {
            let mut lines = head.lines();
            let line = lines.next()?.trim_end_matches(" HTTP/1.1").to_owned();
            let headers: BTreeMap<String, String> = lines
                .filter_map(|line| line.split_once(": "))
                .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
                .collect();
            let length = headers
                .get("content-length")
                .map_or(0, |length| length.parse().unwrap());
            if length <= body.len() {
                return Some(Request {
                    line,
                    headers,
                    body: body.to_owned(),
                });
            }
        }
        let read = stream.read(&mut buffer).await.ok()?;
        if read == 0 {
            return None;
        }
        bytes.extend_from_slice(&buffer[..read]);
    }
}
