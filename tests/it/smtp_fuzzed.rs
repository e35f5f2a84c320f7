//! The real client against mail servers that are drawn at random: what they answer, in which pieces,
//! signs and times, and where they hang up. No letter is lost, none is called delivered that the
//! server did not take, and none arrives twice but where the answer to it was lost.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use fastrand::Rng;
use pubwatch::clock::Clock;
use pubwatch::config::plan::{Encryption, Secret};
use pubwatch::db::Db;
use pubwatch::mail::deliver::{Transport, deliver_due};
use pubwatch::mail::smtp::SmtpServer;
use pubwatch::mail::sqlite::{Entry, EntryState, Show, entries};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};

use crate::delivery::{letter, queue, start};

/// The client waits for no answer longer than this.
const PATIENCE: Duration = Duration::from_millis(400);

/// What a server says at one point of the dialogue.
#[derive(Debug, Clone)]
struct Say {
    bytes: Vec<u8>,
    /// The code that counts; `None`: it is no answer.
    code: Option<u16>,
}

/// A server for one connection.
#[derive(Debug, Clone)]
struct Script {
    /// Greeting, EHLO, AUTH, MAIL, RCPT, DATA, and after the letter.
    says: [Say; 7],
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

const GOOD: [u16; 7] = [220, 250, 235, 250, 250, 354, 250];

fn answer(rng: &mut Rng, place: usize) -> Say {
    let good = GOOD[place];
    let code = match rng.u8(..20) {
        0 => [421, 450, 451, 452, 454][rng.usize(..5)],
        1 => [500, 502, 504, 530, 535, 550, 552, 554, 571][rng.usize(..9)],
        2 => [220, 250, 334, 354, 251][rng.usize(..5)],
        _ => good,
    };
    let extra = if place == 1 { "AUTH PLAIN LOGIN" } else { "ok" };
    let bytes = match rng.u8(..12) {
        0 if place != 1 => format!("{code}\r\n").into_bytes(),
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
            Some((rng.usize(..7), end))
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
            bytes: if place == 1 {
                b"250-x\r\n250 AUTH PLAIN\r\n".to_vec()
            } else {
                format!("{} ok\r\n", GOOD[place]).into_bytes()
            },
            code: Some(GOOD[place]),
        }),
        ends: None,
        piece: 4096,
    }
}

/// Says what is to be said at a place; false when the line is no longer of use.
async fn say(line: &mut BufReader<TcpStream>, script: &Script, place: usize) -> bool {
    let bytes = &script.says[place].bytes;
    let whole = match script.ends {
        Some((at, End::Drop)) if at == place => return false,
        Some((at, End::DropWithin)) if at == place => {
            // Without the end of its last line it is no answer.
            let _ = line.get_mut().write_all(&bytes[..bytes.len() / 2]).await;
            return false;
        }
        Some((at, End::Late)) if at == place => {
            tokio::time::sleep(PATIENCE * 2).await;
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

/// Holds one dialogue by its script, and notes what became of the letter: it was heard of by a client
/// that says goodbye after it, and by no other.
async fn hold(stream: TcpStream, script: &Script, taken: &Mutex<Taken>) {
    let mut line = BufReader::new(stream);
    let is_taken = talk(&mut line, script, taken).await;
    let mut taken = taken.lock().unwrap();
    match is_taken {
        Some(true) => taken.said += 1,
        Some(false) => taken.unheard += 1,
        None => {}
    }
}

/// Talks; gives whether the letter that it took was heard of.
async fn talk(
    line: &mut BufReader<TcpStream>,
    script: &Script,
    taken: &Mutex<Taken>,
) -> Option<bool> {
    let mut is_taken: Option<()> = None;
    if !say(line, script, 0).await {
        return None;
    }
    loop {
        let command = command(line).await?;
        let place = match command.split([' ', ':', '\r']).next().unwrap_or_default() {
            "EHLO" => 1,
            "MAIL" => 3,
            "RCPT" => 4,
            "DATA" => 5,
            "QUIT" => return is_taken.map(|()| true),
            "" => return is_taken.map(|()| false),
            // A header: a letter that was not asked for.
            "FROM" | "SUBJECT" => {
                taken.lock().unwrap().unasked += 1;
                return is_taken.map(|()| false);
            }
            _ => 2,
        };
        let code = script.says[place].code;
        // Too large is too large, said to the sender as well.
        let is_refused =
            matches!(place, 4 | 5) && code >= Some(500) || place == 3 && code == Some(552);
        taken.lock().unwrap().refused += usize::from(is_refused);
        if !say(line, script, place).await {
            return is_taken.map(|()| false);
        }
        if place == 5 && code == Some(354) {
            while command_as_it_is(line).await? != b".\r\n" {}
            match script.says[6].code {
                // Whoever gives no answer may have taken it.
                Some(200..300) | None => is_taken = Some(()),
                Some(500..) => taken.lock().unwrap().refused += 1,
                Some(_) => {}
            }
            if !say(line, script, 6).await {
                return is_taken.map(|()| false);
            }
        }
    }
}

/// A line in capitals, empty at the end.
async fn command(line: &mut BufReader<TcpStream>) -> Option<String> {
    let bytes = command_as_it_is(line).await.unwrap_or_default();
    Some(String::from_utf8_lossy(&bytes).to_ascii_uppercase())
}

async fn command_as_it_is(line: &mut BufReader<TcpStream>) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    match line.read_until(b'\n', &mut bytes).await {
        Ok(1..) => Some(bytes),
        Ok(0) | Err(_) => None,
    }
}

/// The way to a server on this machine.
fn transport(port: u16, logs_in: bool) -> Transport {
    Transport::Smtp {
        server: SmtpServer {
            host: "127.0.0.1".to_owned(),
            port,
            encryption: Encryption::None,
            login: logs_in.then(|| ("jane".to_owned(), Secret::new("hush".to_owned()))),
            certificates: None,
            hello: None,
            most_per_hour: None,
            patience: Some(PATIENCE),
        },
        from: "watch@example.com".to_owned(),
        zone: jiff::tz::TimeZone::UTC,
    }
}

/// The letter, and what has become of it.
fn entry_of(db: &Db) -> Entry {
    let all = db.read(|connection| entries(connection, Show::All));
    all.unwrap().remove(0)
}

/// Plays one letter against servers at random, and then a good one. Gives how many there were.
async fn play(seed: u64) -> usize {
    let mut rng = Rng::with_seed(seed);
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let scripts: Vec<Script> = (0..rng.usize(1..8)).map(|_| script(&mut rng)).collect();
    let count = scripts.len();
    let taken = Arc::new(Mutex::new(Taken::default()));
    let (noted, held) = (Arc::clone(&taken), scripts.clone());
    let server = tokio::spawn(async move {
        let mut scripts = held.into_iter();
        while let Ok((stream, _)) = listener.accept().await {
            let script = scripts.next().unwrap_or_else(good);
            let noted = Arc::clone(&noted);
            tokio::spawn(async move { hold(stream, &script, &noted).await });
        }
    });
    let db = Db::in_memory().unwrap();
    queue(&db, &[letter("one", "jane@example.com")]);
    let clock = Clock::starting_at(start());
    let transport = transport(port, rng.bool());
    let is_waiting = || entry_of(&db).state == EntryState::Waiting;
    // On a machine that is busy a good server may be too late as well.
    for _ in 0..count + 20 {
        if !is_waiting() {
            break;
        }
        deliver_due(&db, &transport, &clock, 10, || false)
            .await
            .unwrap();
        clock.sleep(Duration::from_secs(13 * 3600)).await;
    }
    // The last goodbye may still be on its way to a server that is busy.
    let is_delivered = matches!(entry_of(&db).state, EntryState::Delivered(_));
    for _ in 0..100 {
        if !is_delivered || 0 < taken.lock().unwrap().said {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    server.abort();
    let taken = *taken.lock().unwrap();
    let entry = entry_of(&db);
    let told = format!(
        "seed {seed}: {taken:?} {:?} {:?}\n{scripts:#?}",
        entry.state, entry.last_error
    );
    assert_eq!(taken.unasked, 0, "{told}");
    assert!(taken.said <= 1, "twice, and both were heard of: {told}");
    match entry.state {
        EntryState::Delivered(_) => assert_eq!(taken.said, 1, "not taken, and delivered: {told}"),
        EntryState::Failed(_) => {
            assert_eq!(taken.said, 0, "taken, and given up: {told}");
            assert!(0 < taken.refused, "nobody refused it: {told}");
        }
        EntryState::Waiting | EntryState::Dropped(_) => panic!("lost: {told}"),
    }
    count
}

/// Plays so many servers, from a seed on.
async fn play_all(servers: usize, seed: u64) {
    let mut played = 0;
    let mut seed = seed;
    while played < servers {
        let mut worlds = tokio::task::JoinSet::new();
        for _ in 0..24 {
            worlds.spawn(play(seed));
            seed += 1;
        }
        while let Some(count) = worlds.join_next().await {
            played += count.unwrap();
        }
    }
    println!("{played} servers, seeds up to {seed}");
}

#[tokio::test(flavor = "multi_thread")]
async fn no_letter_is_lost_doubled_or_called_delivered_by_servers_at_random() {
    // More of them: PUBWATCH_SERVERS=10000.
    let servers = std::env::var("PUBWATCH_SERVERS");
    play_all(servers.map_or(300, |number| number.parse().unwrap()), 1).await;
}
