//! A mail server on loopback that does as it is told: a script of behaviours, one a connection.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use tokio::io::{AsyncBufReadExt as _, AsyncRead, AsyncWrite, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

/// What the server does with one connection.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Behaviour {
    /// All goes well.
    Accept,
    /// The connection is closed at once.
    HangUp,
    /// It says this instead of its usual answer to that command (`RCPT`, `AUTH`, `.`, …).
    Answer(&'static str, &'static str),
    /// It says this to a `RCPT` that names this address, and takes the others.
    RefuseAddress(&'static str, &'static str),
    /// It takes the letter, and drops the line before it answers.
    TakeAndDrop,
    /// It drops the line when the letter begins, and keeps nothing.
    DropInData,
    /// It falls silent at that command, and keeps the line open.
    FallSilent(&'static str),
    /// Each answer takes this long.
    Slow(Duration),
}

/// What the server has seen.
#[derive(Debug, Default, Clone)]
pub(crate) struct Seen {
    /// How many connections there were.
    pub(crate) connections: usize,
    /// The commands, in order.
    pub(crate) commands: Vec<String>,
    /// The letters that it took responsibility for, or stored before it dropped the line.
    pub(crate) letters: Vec<String>,
}

impl Seen {
    /// The Message-IDs of the letters, in order.
    pub(crate) fn message_ids(&self) -> Vec<String> {
        self.letters
            .iter()
            .map(|letter| {
                let line = letter
                    .lines()
                    .find(|line| line.starts_with("Message-ID:"))
                    .unwrap_or("Message-ID: <>");
                line["Message-ID: <".len()..]
                    .trim_end_matches('>')
                    .to_owned()
            })
            .collect()
    }
}

/// A running server; it ends with the runtime of its test.
pub(crate) struct TestServer {
    /// Its port on 127.0.0.1.
    pub(crate) port: u16,
    /// The certificate to trust, PEM.
    pub(crate) ca: Vec<u8>,
    seen: Arc<Mutex<Seen>>,
    script: Arc<Mutex<Vec<Behaviour>>>,
}

/// How the line is protected at the server's end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Line {
    /// Plain, no STARTTLS on offer.
    Plain,
    /// STARTTLS on offer, AUTH only after it.
    StartTls,
    /// TLS from the first byte.
    Tls,
}

struct Session {
    behaviour: Behaviour,
    acceptor: TlsAcceptor,
    line: Line,
    seen: Arc<Mutex<Seen>>,
}

impl TestServer {
    /// Starts a server; its last behaviour repeats.
    pub(crate) async fn start(line: Line, script: Vec<Behaviour>) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (acceptor, ca) = certificates("localhost");
        let seen = Arc::new(Mutex::new(Seen::default()));
        let script = Arc::new(Mutex::new(script));
        let server = Self {
            port,
            ca,
            seen: Arc::clone(&seen),
            script: Arc::clone(&script),
        };
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let behaviour = {
                    let mut script = script.lock().unwrap();
                    if script.len() > 1 {
                        script.remove(0)
                    } else {
                        script[0].clone()
                    }
                };
                seen.lock().unwrap().connections += 1;
                let session = Session {
                    behaviour,
                    acceptor: acceptor.clone(),
                    line,
                    seen: Arc::clone(&seen),
                };
                tokio::spawn(async move { session.hold(stream).await });
            }
        });
        server
    }

    /// What it has seen so far.
    pub(crate) fn seen(&self) -> Seen {
        self.seen.lock().unwrap().clone()
    }

    /// What it does from now on.
    pub(crate) fn behave(&self, script: Vec<Behaviour>) {
        *self.script.lock().unwrap() = script;
    }
}

/// A certificate for `name` and the authority that vouches for it.
pub(crate) fn certificates(name: &str) -> (TlsAcceptor, Vec<u8>) {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
    let key = KeyPair::generate().unwrap();
    let params = CertificateParams::new(vec![name.to_owned(), "127.0.0.1".to_owned()]).unwrap();
    let certificate = params.signed_by(&key, &authority).unwrap();
    let config = ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(
            vec![certificate.der().clone()],
            PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der())),
        )
        .unwrap();
    (
        TlsAcceptor::from(Arc::new(config)),
        authority.pem().into_bytes(),
    )
}

impl Session {
    async fn hold(self, stream: TcpStream) {
        if self.behaviour == Behaviour::HangUp {
            return;
        }
        if self.line == Line::Tls {
            if let Ok(stream) = self.acceptor.accept(stream).await {
                self.talk(stream, true, true).await;
            }
            return;
        }
        let Some(stream) = self.talk(stream, false, true).await else {
            return;
        };
        if let Ok(stream) = self.acceptor.accept(stream).await {
            self.talk(stream, true, false).await;
        }
    }

    /// Holds the dialogue; hands the stream back when it is to be secured.
    async fn talk<S>(&self, stream: S, secure: bool, greet: bool) -> Option<S>
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        let mut stream = BufReader::new(stream);
        if greet {
            self.say(&mut stream, "220 test ESMTP").await?;
        }
        loop {
            let mut line = String::new();
            if stream.read_line(&mut line).await.ok()? == 0 {
                return None;
            }
            let line = line.trim_end().to_owned();
            self.seen.lock().unwrap().commands.push(line.clone());
            let verb = line
                .split([' ', ':'])
                .next()
                .unwrap_or("")
                .to_ascii_uppercase();
            if self.behaviour == Behaviour::FallSilent("any")
                || matches!(self.behaviour, Behaviour::FallSilent(at) if at == verb)
            {
                tokio::time::sleep(Duration::from_secs(3600)).await;
            }
            if let Behaviour::Answer(at, answer) = self.behaviour
                && at == verb
            {
                self.say(&mut stream, answer).await?;
                continue;
            }
            match verb.as_str() {
                "EHLO" => self.say(&mut stream, &self.offers(secure)).await?,
                "STARTTLS" => {
                    self.say(&mut stream, "220 go ahead").await?;
                    return Some(stream.into_inner());
                }
                "AUTH" => self.say(&mut stream, "235 welcome").await?,
                "RCPT" => self.say(&mut stream, self.recipient(&line)).await?,
                "DATA" => {
                    self.say(&mut stream, "354 go on").await?;
                    if self.behaviour == Behaviour::DropInData {
                        return None;
                    }
                    self.take_letter(&mut stream).await?;
                }
                "QUIT" => {
                    self.say(&mut stream, "221 bye").await?;
                    return None;
                }
                _ => self.say(&mut stream, "250 ok").await?,
            }
        }
    }

    fn offers(&self, secure: bool) -> String {
        match (self.line, secure) {
            (Line::StartTls, false) => "250-test\r\n250 STARTTLS".to_owned(),
            (_, true) => "250-test\r\n250-SIZE 100000\r\n250 AUTH PLAIN LOGIN".to_owned(),
            (_, false) => "250-test\r\n250 AUTH PLAIN".to_owned(),
        }
    }

    fn recipient(&self, line: &str) -> &'static str {
        if let Behaviour::RefuseAddress(address, answer) = self.behaviour
            && line.contains(address)
        {
            return answer;
        }
        "250 ok"
    }

    async fn take_letter<S>(&self, stream: &mut BufReader<S>) -> Option<()>
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        let mut letter = String::new();
        loop {
            let mut line = String::new();
            if stream.read_line(&mut line).await.ok()? == 0 {
                return None;
            }
            if line == ".\r\n" {
                break;
            }
            letter.push_str(line.strip_prefix('.').unwrap_or(&line));
        }
        if let Behaviour::Answer(".", answer) = self.behaviour {
            return self.say(stream, answer).await;
        }
        self.seen.lock().unwrap().letters.push(letter);
        if self.behaviour == Behaviour::TakeAndDrop {
            return None;
        }
        if self.behaviour == Behaviour::FallSilent(".") {
            tokio::time::sleep(Duration::from_secs(3600)).await;
        }
        self.say(stream, "250 taken").await
    }

    async fn say<S>(&self, stream: &mut BufReader<S>, text: &str) -> Option<()>
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        if let Behaviour::Slow(pause) = self.behaviour {
            tokio::time::sleep(pause).await;
        }
        stream
            .write_all(format!("{text}\r\n").as_bytes())
            .await
            .ok()?;
        stream.flush().await.ok()
    }
}
