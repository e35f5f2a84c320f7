//! The real client against mail servers that are drawn at random: how the line is secured, what they
//! answer to whom, in which pieces, signs and times, and where they hang up. No letter is lost, none is
//! called delivered that the server did not take, none arrives twice but where the answer to it was
//! lost, and nothing but a greeting goes over a line that was to be secured and is not.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use fastrand::Rng;
use pubwatch::clock::Clock;
use pubwatch::config::plan::{Encryption, Secret};
use pubwatch::db::Db;
use pubwatch::mail::deliver::{Transport, deliver_due};
use pubwatch::mail::message::Sender;
use pubwatch::mail::smtp::SmtpServer;
use pubwatch::mail::sqlite::{Entry, EntryState, Show, entries};
use tokio::io::{AsyncBufReadExt as _, AsyncRead, AsyncWrite, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

use crate::delivery::{letter, queue, start};
use crate::smtp_server::{Line, certificates};

/// The client waits for no answer longer than this; securing a line takes a while.
fn patience(line: Line) -> Duration {
    match line {
        Line::Plain => Duration::from_millis(400),
        Line::StartTls | Line::Tls => Duration::from_millis(1500),
    }
}

/// A line, in the clear or secured.
trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}
impl<S: AsyncRead + AsyncWrite + Unpin + Send> Stream for S {}
type Wire = BufReader<Box<dyn Stream>>;

/// What a server says at one point of the dialogue.
#[derive(Clone)]
struct Say {
    bytes: Vec<u8>,
    /// The code that counts; `None`: it is no answer.
    code: Option<u16>,
}

impl std::fmt::Debug for Say {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let begins = self.bytes[..self.bytes.len().min(60)].escape_ascii();
        write!(f, "{:?} {begins}", self.code)
    }
}

/// A server for one connection.
#[derive(Debug, Clone)]
struct Script {
    /// Greeting, EHLO, AUTH, MAIL, RCPT, DATA, after the letter; EHLO and STARTTLS in the clear.
    says: [Say; 9],
    /// At this point the line drops, or nothing is said for too long.
    ends: Option<(usize, End)>,
    /// So many bytes go out at once.
    piece: usize,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum End {
    /// The line drops in place of the answer.
    Drop,
    /// The line drops in the middle of the answer.
    DropWithin,
    /// The answer comes after the client has given up.
    Late,
}

/// What became of a letter at a server.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
struct Taken {
    /// It took the letter and said so, whole and in time.
    said: usize,
    /// It took the letter, and the answer was lost.
    unheard: usize,
    /// A letter came that it had not asked for.
    unasked: usize,
    /// It refused the letter, or its recipient, for good.
    refused: usize,
}

/// What became of each letter, by its recipient in capitals; without one, what nobody was named for.
type Log = Mutex<BTreeMap<String, Taken>>;

const GOOD: [u16; 9] = [220, 250, 235, 250, 250, 354, 250, 250, 220];

/// What an answer to EHLO says last.
const OFFERS: [&str; 9] = ["", "AUTH PLAIN LOGIN", "", "", "", "", "", "STARTTLS", ""];

fn answer(rng: &mut Rng, place: usize) -> Say {
    let good = GOOD[place];
    let code = match rng.u8(..20) {
        0 => [421, 450, 451, 452, 454][rng.usize(..5)],
        1 => [500, 502, 504, 530, 535, 550, 552, 554, 571][rng.usize(..9)],
        2 => [220, 250, 334, 354, 251][rng.usize(..5)],
        _ => good,
    };
    let offers = OFFERS[place];
    // Now and then a server offers nothing, also no STARTTLS.
    let is_mute = offers.is_empty() || rng.u8(..12) == 0;
    let extra = if is_mute { "ok" } else { offers };
    let bytes = match rng.u8(..12) {
        0 if offers.is_empty() => format!("{code}\r\n").into_bytes(),
        1 => format!("{code}-eins\r\n{code}-zwei\r\n{code} {extra}\r\n").into_bytes(),
        2 => [
            format!("{code}-\u{fc}").as_bytes(),
            b"\xfc\xdf\r\n",
            format!("{code} {extra}\r\n").as_bytes(),
        ]
        .concat(),
        3 => format!("{code}-x\n{code} {extra}\n").into_bytes(),
        4 => format!("{code}-x\r\nnot a code\r\n{code} {extra}\r\n").into_bytes(),
        5 => {
            let more = format!("{code}-more\r\n").repeat(rng.usize(..100));
            format!("{code}-x\r\n{more}{code} {extra}\r\n").into_bytes()
        }
        _ => format!("{code}-5.7.1 x\r\n{code} {extra}\r\n").into_bytes(),
    };
    match rng.u8(..40) {
        // More than was asked before the line is secured: from whoever stands between.
        0..3 if place == 8 => Say {
            bytes: [&bytes[..], b"250 ok\r\n"].concat(),
            code: None,
        },
        0 => Say {
            bytes: b"HTTP/1.1 200 OK\r\n".to_vec(),
            code: None,
        },
        1 => Say {
            bytes: format!("{code}-endless\r\n").repeat(20_000).into_bytes(),
            code: None,
        },
        2 => Say {
            bytes: vec![b'2'; 100_000],
            code: None,
        },
        _ => Say {
            bytes,
            code: Some(code),
        },
    }
}

fn script(rng: &mut Rng) -> Script {
    let ends = match rng.u8(..10) {
        0..2 => {
            let end = [End::Drop, End::DropWithin, End::Late][rng.usize(..3)];
            Some((rng.usize(..9), end))
        }
        _ => None,
    };
    Script {
        says: std::array::from_fn(|place| answer(rng, place)),
        ends,
        piece: [1, 2, 7, 64, 4096, 1 << 20][rng.usize(..6)],
    }
}

/// A server that takes everything.
fn good() -> Script {
    Script {
        says: std::array::from_fn(|place| Say {
            bytes: if OFFERS[place].is_empty() {
                format!("{} ok\r\n", GOOD[place]).into_bytes()
            } else {
                format!("250-x\r\n250 {}\r\n", OFFERS[place]).into_bytes()
            },
            code: Some(GOOD[place]),
        }),
        ends: None,
        piece: 4096,
    }
}

/// The servers of a world: how their line is secured, and whom they never take a letter for.
#[derive(Clone)]
struct Servers {
    line: Line,
    acceptor: TlsAcceptor,
    /// In capitals.
    unknown: Option<String>,
    log: Arc<Log>,
}

/// Says what is to be said at a place; false when the line is no longer of use.
async fn say(line: &mut Wire, script: &Script, place: usize, kind: Line) -> bool {
    let bytes = &script.says[place].bytes;
    let whole = match script.ends {
        Some((at, End::Drop)) if at == place => return false,
        Some((at, End::DropWithin)) if at == place => {
            // Without the end of its last line it is no answer.
            let _ = line.get_mut().write_all(&bytes[..bytes.len() / 2]).await;
            let _ = line.get_mut().flush().await;
            return false;
        }
        Some((at, End::Late)) if at == place => {
            tokio::time::sleep(patience(kind) * 2).await;
            bytes
        }
        _ => bytes,
    };
    // Small pieces of long answers would take longer than a client's patience.
    for piece in whole.chunks(script.piece.max(whole.len() / 64).max(1)) {
        if line.get_mut().write_all(piece).await.is_err() {
            return false;
        }
    }
    line.get_mut().flush().await.is_ok()
}

impl Servers {
    /// Holds one dialogue by its script, and notes what became of the letter: it was heard of by a
    /// client that says goodbye after it, and by no other.
    async fn hold(self, stream: TcpStream, script: Script) {
        let mut taken_for = None;
        let said_goodbye = self.talk(stream, &script, &mut taken_for).await.is_some();
        if let Some(to) = taken_for {
            self.note(&to, |taken| {
                if said_goodbye {
                    taken.said += 1;
                } else {
                    taken.unheard += 1;
                }
            });
        }
    }

    fn note(&self, to: &str, change: impl FnOnce(&mut Taken)) {
        change(self.log.lock().unwrap().entry(to.to_owned()).or_default());
    }

    async fn secured(&self, stream: impl Stream + 'static) -> Option<Wire> {
        let stream = self.acceptor.accept(stream).await.ok()?;
        Some(BufReader::new(Box::new(stream)))
    }

    /// Talks until the client says goodbye; `None` where the line ended otherwise.
    async fn talk(
        &self,
        stream: TcpStream,
        script: &Script,
        taken_for: &mut Option<String>,
    ) -> Option<()> {
        let mut line: Wire = match self.line {
            Line::Tls => self.secured(stream).await?,
            Line::Plain | Line::StartTls => BufReader::new(Box::new(stream)),
        };
        let mut is_clear = self.line == Line::StartTls;
        let mut to = String::new();
        heard(say(&mut line, script, 0, self.line).await)?;
        loop {
            let command = command(&mut line).await?;
            let mut words = command.split([' ', ':', '\r']);
            let place = match words.next().unwrap_or_default() {
                "EHLO" if is_clear => 7,
                "EHLO" => 1,
                "STARTTLS" if is_clear => 8,
                "MAIL" if !is_clear => 3,
                "RCPT" if !is_clear => 4,
                "DATA" if !is_clear => 5,
                "QUIT" => return Some(()),
                "" => return None,
                // A header: a letter that was not asked for. Or what nobody may hear.
                "FROM" | "SUBJECT" => return self.unasked(&to),
                _ if is_clear => return self.unasked(&to),
                _ => 2,
            };
            if place == 4 {
                let address = command.split(['<', '>']).nth(1);
                to = address.unwrap_or_default().to_owned();
            }
            let code = script.says[place].code;
            // Too large is too large, said to the sender as well.
            let is_refused =
                matches!(place, 4 | 5) && code >= Some(500) || place == 3 && code == Some(552);
            self.note(&to, |taken| taken.refused += usize::from(is_refused));
            if place == 4 && self.unknown.as_deref() == Some(&*to) {
                self.note(&to, |taken| taken.refused += 1);
                line.get_mut()
                    .write_all(b"550 5.1.1 who is that\r\n")
                    .await
                    .ok()?;
                line.get_mut().flush().await.ok()?;
                continue;
            }
            heard(say(&mut line, script, place, self.line).await)?;
            // The client takes any yes for one.
            if place == 8 && matches!(code, Some(200..300)) {
                line = self.secured(line.into_inner()).await?;
                is_clear = false;
            }
            if place == 5 && code == Some(354) {
                while command_as_it_is(&mut line).await? != b".\r\n" {}
                match script.says[6].code {
                    // Whoever gives no answer may have taken it.
                    Some(200..300) | None => *taken_for = Some(to.clone()),
                    Some(500..) => self.note(&to, |taken| taken.refused += 1),
                    Some(_) => {}
                }
                heard(say(&mut line, script, 6, self.line).await)?;
            }
        }
    }

    fn unasked(&self, to: &str) -> Option<()> {
        self.note(to, |taken| taken.unasked += 1);
        None
    }
}

fn heard(is_heard: bool) -> Option<()> {
    is_heard.then_some(())
}

/// A line in capitals, empty at the end.
async fn command(line: &mut Wire) -> Option<String> {
    let bytes = command_as_it_is(line).await.unwrap_or_default();
    Some(String::from_utf8_lossy(&bytes).to_ascii_uppercase())
}

async fn command_as_it_is(line: &mut Wire) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    match line.read_until(b'\n', &mut bytes).await {
        Ok(1..) => Some(bytes),
        Ok(0) | Err(_) => None,
    }
}

/// The way to servers on this machine.
fn transport(port: u16, line: Line, (ca, logs_in): (&[u8], bool)) -> Transport {
    Transport::Smtp {
        server: SmtpServer {
            host: "127.0.0.1".to_owned(),
            port,
            encryption: match line {
                Line::Plain => Encryption::None,
                Line::StartTls => Encryption::StartTls,
                Line::Tls => Encryption::Tls,
            },
            login: logs_in.then(|| ("jane".to_owned(), Secret::new("hush".to_owned()))),
            certificates: Some(ca.to_vec()),
            hello: None,
            most_per_hour: None,
            patience: Some(patience(line)),
        },
        sender: Sender::new("watch@example.com", &jiff::tz::TimeZone::UTC),
    }
}

/// The letters, and what has become of them.
fn entries_of(db: &Db) -> Vec<Entry> {
    let all = db.read(|connection| entries(connection, Show::All));
    all.unwrap()
}

/// Plays letters against servers at random, and then good ones. Gives how many there were, and of
/// which line.
async fn play(seed: u64) -> (usize, Line) {
    let mut rng = Rng::with_seed(seed);
    let line = [Line::Plain, Line::Plain, Line::StartTls, Line::Tls][rng.usize(..4)];
    let (acceptor, ca) = certificates("localhost");
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let scripts: Vec<Script> = (0..rng.usize(1..8)).map(|_| script(&mut rng)).collect();
    let count = scripts.len();
    let to: Vec<String> = (0..rng.usize(1..4))
        .map(|number| format!("jane{number}@example.com"))
        .collect();
    let servers = Servers {
        line,
        acceptor,
        unknown: (rng.u8(..3) == 0).then(|| to[0].to_ascii_uppercase()),
        log: Arc::default(),
    };
    let (shared, mut left) = (servers.clone(), scripts.clone().into_iter());
    let server = tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let script = left.next().unwrap_or_else(good);
            tokio::spawn(shared.clone().hold(stream, script));
        }
    });
    let db = Db::in_memory().unwrap();
    let letters: Vec<_> = to.iter().map(|to| letter(to, to)).collect();
    queue(&db, &letters);
    let clock = Clock::starting_at(start());
    let transport = transport(port, line, (&ca, rng.bool()));
    let is_waiting = |entry: &Entry| entry.state == EntryState::Waiting;
    // On a machine that is busy a good server may be too late as well.
    for _ in 0..count + 20 {
        if !entries_of(&db).iter().any(is_waiting) {
            break;
        }
        deliver_due(&db, &transport, &clock, 10, || false)
            .await
            .unwrap();
        clock.sleep(Duration::from_secs(13 * 3600)).await;
    }
    let is_told = |entry: &Entry| {
        let log = servers.log.lock().unwrap();
        let taken = log.get(&entry.letter.to.to_ascii_uppercase());
        !matches!(entry.state, EntryState::Delivered(_)) || taken.is_some_and(|one| 0 < one.said)
    };
    // The last goodbye may still be on its way to a server that is busy.
    for _ in 0..100 {
        if entries_of(&db).iter().all(is_told) {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    server.abort();
    let told = format!("seed {seed}, {line:?}: {scripts:#?}");
    for entry in entries_of(&db) {
        is_as_it_should_be(&entry, &servers, &told);
    }
    (count, line)
}

/// What became of a letter is what its servers did with it.
fn is_as_it_should_be(entry: &Entry, servers: &Servers, told: &str) {
    let log = servers.log.lock().unwrap();
    let name = entry.letter.to.to_ascii_uppercase();
    let taken = log.get(&name).copied().unwrap_or_default();
    let of_nobody = log.get("").copied().unwrap_or_default();
    let told = format!("{log:?} {:?} {:?}\n{told}", entry.state, entry.last_error);
    assert_eq!(taken.unasked + of_nobody.unasked, 0, "{told}");
    assert!(taken.said <= 1, "twice, and both were heard of: {told}");
    match entry.state {
        EntryState::Delivered(_) => {
            assert_eq!(taken.said, 1, "not taken, and delivered: {told}");
            assert_ne!(servers.unknown, Some(name), "nobody took it: {told}");
        }
        EntryState::Failed(_) => {
            assert_eq!(taken.said, 0, "taken, and given up: {told}");
            let refused = taken.refused + of_nobody.refused;
            assert!(0 < refused, "nobody refused it: {told}");
        }
        EntryState::Waiting | EntryState::Dropped(_) => panic!("lost: {told}"),
    }
}

/// Plays so many servers, from a seed on.
async fn play_all(servers: usize, seed: u64) {
    let mut played = 0;
    let mut seed = seed;
    let mut by_line = BTreeMap::new();
    while played < servers {
        let mut worlds = tokio::task::JoinSet::new();
        for _ in 0..24 {
            worlds.spawn(play(seed));
            seed += 1;
        }
        while let Some(world) = worlds.join_next().await {
            let (count, line) = world.unwrap();
            played += count;
            *by_line.entry(format!("{line:?}")).or_insert(0) += count;
        }
    }
    println!("{played} servers, seeds up to {seed}: {by_line:?}");
    assert_eq!(by_line.len(), 3, "a kind of line was never drawn");
}

#[tokio::test(flavor = "multi_thread")]
async fn no_letter_is_lost_doubled_or_called_delivered_by_servers_at_random() {
    // More of them: PUBWATCH_SERVERS=10000.
    let servers = std::env::var("PUBWATCH_SERVERS");
    play_all(servers.map_or(300, |number| number.parse().unwrap()), 1).await;
}
