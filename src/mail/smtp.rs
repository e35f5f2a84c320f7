//! The SMTP dialogue, step by step.
//!
//! So it is known what the server refused, and whether a letter may have arrived although no answer
//! came. Only the code of an answer counts, and only an answer to what was asked.

mod line;

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::net::{TcpStream, lookup_host};
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

use super::message::Parcel;
use super::outbox::{Stage, Trouble};
use crate::config::plan::{Encryption, Secret};
use crate::text::host::is_this_machine;
use crate::text::words::{self, one_line};
use crate::tls::by_ring;
use line::{Line, NoReply, Reply};

/// How long the dialogue may take up to the letter itself. A tarpitting server is patient, but a
/// hanging one must not hold up a round.
const DIALOGUE: Duration = Duration::from_secs(60);

/// How long connecting to one address of the server may take: where it is silent, as a broken line of
/// IPv6 is, there must be time left for the next one.
const ADDRESS: Duration = Duration::from_secs(10);

/// How long the answer to the letter may take. RFC 5321 §4.5.3.2.6 advises ten minutes, since
/// giving up early means sending twice; two minutes have to do, and the Message-ID stays the same.
const ANSWER: Duration = Duration::from_secs(120);

/// How long saying goodbye may take; the letter's fate is known by then.
const GOODBYE: Duration = Duration::from_secs(5);

/// A mail server, and how to use it.
#[derive(Debug, Clone)]
pub struct SmtpServer {
    /// Its host name or address.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the line is protected.
    pub encryption: Encryption,
    /// User name and password, where the server wants them.
    pub login: Option<(String, Secret)>,
    /// Further certificates to trust (PEM), for a server of one's own.
    pub certificates: Option<Vec<u8>>,
    /// By which name we greet; the full name of this machine, or its address, where it is not given.
    pub hello: Option<String>,
    /// The most letters that it is asked to take within an hour.
    pub most_per_hour: Option<u32>,
    /// Shorter limits than the usual ones, for tests.
    pub patience: Option<Duration>,
}

/// A letter that the server has taken. What is left is to say goodbye, which can wait until the
/// delivery is recorded: the shorter the time between the two, the rarer a kill doubles a letter.
pub struct Sent {
    /// The server's answer to the letter.
    pub answer: String,
    line: Line,
}

impl Sent {
    /// Ends the dialogue. Nothing depends on it.
    pub async fn goodbye(self) {
        goodbye(self.line).await;
    }
}

/// A dialogue under way.
struct Dialogue {
    line: Line,
    /// What the server offers, a line each, in capitals.
    offers: Vec<String>,
}

impl SmtpServer {
    /// Sends one letter. Only an answer of 2yz to the letter itself counts as delivery.
    ///
    /// `is_ours` is asked when everything but the letter is said: a process that was stopped for a
    /// while may have lost its claim to another, and then sends nothing. `None`: it had.
    ///
    /// # Errors
    ///
    /// [`Trouble`] says at which stage it ended and with which answer.
    pub async fn send(
        &self,
        parcel: &Parcel,
        is_ours: impl AsyncFnOnce() -> bool,
    ) -> Result<Option<Sent>, Trouble> {
        let limit = self.patience.unwrap_or(DIALOGUE);
        let mut stage = Stage::Connect;
        let begun = timeout(limit, self.begin(&mut stage)).await;
        let mut dialogue = begun.map_err(|_| silence(stage, limit))??;
        let mut stage = Stage::Sender;
        let announced = timeout(limit, announce(&mut dialogue, parcel, &mut stage)).await;
        let taken = match announced.map_err(|_| silence(stage, limit)).flatten() {
            Ok(()) if !is_ours().await => Ok(None),
            Ok(()) => self.hand_over(&mut dialogue, parcel).await.map(Some),
            Err(trouble) => Err(trouble),
        };
        match taken {
            Ok(Some(answer)) => Ok(Some(Sent {
                answer,
                line: dialogue.line,
            })),
            // After `DATA` a goodbye would be part of a letter.
            Ok(None) => Ok(None),
            Err(trouble) => {
                // A server that answered hears us still.
                if trouble.stage < Stage::Data || trouble.code.is_some() {
                    goodbye(dialogue.line).await;
                }
                Err(self.without_secrets(trouble))
            }
        }
    }

    /// Connects, secures the line, logs in, and says goodbye: everything but a letter.
    ///
    /// # Errors
    ///
    /// [`Trouble`] says at which stage it ended and with which answer.
    pub async fn greet(&self) -> Result<(), Trouble> {
        let limit = self.patience.unwrap_or(DIALOGUE);
        let mut stage = Stage::Connect;
        let begun = timeout(limit, self.begin(&mut stage)).await;
        let dialogue = begun.map_err(|_| silence(stage, limit))??;
        goodbye(dialogue.line).await;
        Ok(())
    }

    /// Connects, secures the line, and logs in.
    async fn begin(&self, stage: &mut Stage) -> Result<Dialogue, Trouble> {
        let held = self.held(stage).await;
        held.map_err(|trouble| self.without_secrets(trouble))
    }

    async fn held(&self, stage: &mut Stage) -> Result<Dialogue, Trouble> {
        if self.encryption == Encryption::None && !is_this_machine(&self.host) {
            return Err(plain(
                Stage::Connect,
                format!(
                    "`encryption = \"none\"` is only for a server on this machine, and {} is not",
                    self.host
                ),
            ));
        }
        let host = self.host.trim_start_matches('[').trim_end_matches(']');
        let addresses = lookup_host((host, self.port)).await;
        let addresses = addresses.map_err(|error| plain(Stage::Connect, error.to_string()))?;
        let addresses: Vec<SocketAddr> = addresses.collect();
        let stream = connected(&addresses, ADDRESS).await?;
        // A command is small, and its answer is waited for.
        let _ = stream.set_nodelay(true);
        let hello = self.hello(stream.local_addr().ok());
        let mut line = match self.encryption {
            Encryption::Tls => {
                *stage = Stage::Tls;
                let line = self.secured(Line::new(stream)).await?;
                *stage = Stage::Connect;
                line
            }
            Encryption::StartTls | Encryption::None => Line::new(stream),
        };
        done(*stage, line.hear().await)?;
        let mut offers = greeted(&mut line, &hello).await?;
        if self.encryption == Encryption::StartTls {
            *stage = Stage::Tls;
            if !offers.iter().any(|offer| offer == "STARTTLS") {
                return Err(plain(*stage, "the server offers no STARTTLS".to_owned()));
            }
            done(*stage, line.ask("STARTTLS").await)?;
            line = self.secured(line).await?;
            offers = greeted(&mut line, &hello).await?;
        }
        if let Some((user, password)) = &self.login {
            *stage = Stage::Login;
            log_in(&mut line, &offers, (user, password)).await?;
        }
        Ok(Dialogue { line, offers })
    }

    /// By which name we greet: what the configuration says, else the machine's full name, else the
    /// address that the server sees on this line (RFC 5321 §4.1.3).
    fn hello(&self, own: Option<SocketAddr>) -> String {
        let name = || {
            let system = rustix::system::uname();
            let name = system.nodename().to_string_lossy().into_owned();
            let is_full = name.contains('.') && !name.ends_with('.');
            let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.');
            (is_full && name.chars().all(is_plain)).then_some(name)
        };
        let literal = || match own.map(|own| own.ip().to_canonical()) {
            Some(IpAddr::V6(address)) => format!("[IPv6:{address}]"),
            Some(IpAddr::V4(address)) => format!("[{address}]"),
            None => "[127.0.0.1]".to_owned(),
        };
        self.hello.clone().or_else(name).unwrap_or_else(literal)
    }

    /// The line under TLS. What the server said in the clear beyond its answer ends it.
    async fn secured(&self, line: Line) -> Result<Line, Trouble> {
        let broken = |words: String| plain(Stage::Tls, one_line(&words));
        let stream = line.into_stream().ok_or_else(|| {
            broken("the server said more than it was asked before the line was secured".to_owned())
        })?;
        let host = self.host.trim_start_matches('[').trim_end_matches(']');
        let name = ServerName::try_from(host.to_owned())
            .map_err(|error| broken(format!("`host` is no name of a server: {error}")))?;
        by_ring();
        let config = ClientConfig::builder()
            .with_root_certificates(self.roots()?)
            .with_no_client_auth();
        let connector = TlsConnector::from(Arc::new(config));
        let secured = connector.connect(name, stream).await;
        Ok(Line::new(
            secured.map_err(|error| broken(error.to_string()))?,
        ))
    }

    /// Whom to trust: the system's authorities, and the file of the configuration.
    fn roots(&self) -> Result<RootCertStore, Trouble> {
        let mut roots = RootCertStore::empty();
        // An authority that cannot be read vouches for nobody.
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        if let Some(pem) = &self.certificates {
            for certificate in CertificateDer::pem_slice_iter(pem) {
                certificate
                    .map_err(|error| error.to_string())
                    .and_then(|one| roots.add(one).map_err(|error| error.to_string()))
                    .map_err(|error| {
                        let words = format!("`ca_file` holds no certificate: {error}");
                        plain(Stage::Tls, words)
                    })?;
            }
        }
        Ok(roots)
    }

    /// Sends the letter, and waits for the answer to it.
    async fn hand_over(&self, dialogue: &mut Dialogue, parcel: &Parcel) -> Result<String, Trouble> {
        // From here on a missing answer leaves it open whether the letter arrived.
        let limit = self.patience.unwrap_or(ANSWER);
        let line = &mut dialogue.line;
        let answered = timeout(limit, async {
            line.say(&on_the_line(&parcel.bytes)).await?;
            line.hear().await
        });
        let answered = answered.await.map_err(|_| silence(Stage::Answer, limit))?;
        let reply = done(Stage::Answer, answered)?;
        let answer = format!("{} {}", reply.code, reply.words());
        Ok(one_line(&self.starred(&answer)))
    }

    fn without_secrets(&self, mut trouble: Trouble) -> Trouble {
        trouble.words = self.starred(&trouble.words);
        trouble
    }

    /// Without what is secret: some servers repeat what they were told.
    fn starred(&self, words: &str) -> String {
        let Some((user, password)) = &self.login else {
            return words.to_owned();
        };
        // A response to a login is told to nobody, however it is written.
        let response = plain_response(user, password);
        words::starred(words, [response.trim_end_matches('='), password.reveal()])
    }
}

/// Connects to the first of the addresses that lets us, each tried for `limit` at most. The trouble is
/// that with the last one.
async fn connected(addresses: &[SocketAddr], limit: Duration) -> Result<TcpStream, Trouble> {
    let mut last = plain(Stage::Connect, "the server has no address".to_owned());
    for address in addresses {
        last = match timeout(limit, TcpStream::connect(address)).await {
            Ok(Ok(stream)) => return Ok(stream),
            Ok(Err(error)) => plain(Stage::Connect, error.to_string()),
            Err(_) => silence(Stage::Connect, limit),
        };
    }
    Err(last)
}

/// The answer to `AUTH PLAIN` (RFC 4616).
fn plain_response(user: &str, password: &Secret) -> String {
    BASE64.encode(format!("\0{user}\0{}", password.reveal()))
}

/// Says who we are; gives what the server offers.
async fn greeted(line: &mut Line, hello: &str) -> Result<Vec<String>, Trouble> {
    let reply = done(Stage::Connect, line.ask(&format!("EHLO {hello}")).await)?;
    let offers = reply.lines.into_iter().skip(1);
    Ok(offers
        .map(|offer| offer.trim().to_ascii_uppercase())
        .collect())
}

/// Logs in, by `PLAIN` where that is offered and by `LOGIN` otherwise (RFC 4954).
async fn log_in(
    line: &mut Line,
    offers: &[String],
    (user, password): (&str, &Secret),
) -> Result<(), Trouble> {
    let has = |way: &str| {
        let mut auth = offers.iter().filter_map(|offer| {
            let ways = offer.strip_prefix("AUTH")?;
            ways.starts_with([' ', '=']).then_some(ways)
        });
        auth.any(|ways| ways.split([' ', '=']).any(|one| one == way))
    };
    let mut replies = if has("PLAIN") {
        vec![plain_response(user, password)]
    } else if has("LOGIN") {
        vec![BASE64.encode(password.reveal()), BASE64.encode(user)]
    } else {
        let words = "the server offers no way to log in that we know (PLAIN or LOGIN)";
        return Err(plain(Stage::Login, words.to_owned()));
    };
    let mut next = if has("PLAIN") {
        format!(
            "AUTH PLAIN {}",
            replies.first().cloned().unwrap_or_default()
        )
    } else {
        "AUTH LOGIN".to_owned()
    };
    loop {
        let reply = heard(Stage::Login, line.ask(&next).await)?;
        match (reply.code, replies.pop()) {
            (334, Some(more)) => next = more,
            _ => return done(Stage::Login, Ok(reply)).map(drop),
        }
    }
}

/// Names sender and recipient, and hears that the letter may come.
async fn announce(
    dialogue: &mut Dialogue,
    parcel: &Parcel,
    stage: &mut Stage,
) -> Result<(), Trouble> {
    let line = &mut dialogue.line;
    let is_plain = parcel.from.is_ascii() && parcel.to.is_ascii();
    let offers_more = dialogue.offers.iter().any(|offer| offer == "SMTPUTF8");
    // RFC 6531. The letter itself is always ASCII, so it needs no 8BITMIME.
    let parameter = match (is_plain, offers_more) {
        (true, _) => "",
        (false, true) => " SMTPUTF8",
        (false, false) => {
            let words = "the address has letters that this mail server cannot handle (no SMTPUTF8)";
            return Err(plain(Stage::Prepare, words.to_owned()));
        }
    };
    let sender = format!("MAIL FROM:<{}>{parameter}", parcel.from);
    done(*stage, line.ask(&sender).await)?;
    *stage = Stage::Recipient;
    done(*stage, line.ask(&format!("RCPT TO:<{}>", parcel.to)).await)?;
    *stage = Stage::Data;
    let reply = heard(*stage, line.ask("DATA").await)?;
    match reply.code {
        354 => Ok(()),
        400.. => done(*stage, Ok(reply)).map(drop),
        code => Err(plain(
            *stage,
            format!("the server answered {code} to DATA, not 354"),
        )),
    }
}

/// The letter as it goes over the line (RFC 5321 §4.5.2): dots at the beginning of lines doubled,
/// and the full stop that ends it.
///
/// Letter and full stop go out in one piece. In two, the second waits for the first to be
/// acknowledged, 40 ms on most systems, and a kill meanwhile leaves it open whether the letter
/// arrived.
fn on_the_line(bytes: &[u8]) -> Vec<u8> {
    let mut line_form = Vec::with_capacity(bytes.len() + 64);
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        if line.starts_with(b".") {
            line_form.push(b'.');
        }
        line_form.extend_from_slice(line);
    }
    if !line_form.ends_with(b"\r\n") {
        line_form.extend_from_slice(b"\r\n");
    }
    line_form.extend_from_slice(b".\r\n");
    line_form
}

async fn goodbye(line: Line) {
    let _ = timeout(GOODBYE, line.goodbye()).await;
}

/// An answer, whatever it says.
fn heard(stage: Stage, reply: Result<Reply, NoReply>) -> Result<Reply, Trouble> {
    reply.map_err(|none| plain(stage, one_line(&none.to_string())))
}

/// An answer that says that what was asked is done; any other is trouble. One that asks for more where
/// nothing more is to be said is none.
fn done(stage: Stage, reply: Result<Reply, NoReply>) -> Result<Reply, Trouble> {
    let reply = heard(stage, reply)?;
    if reply.is_done() {
        return Ok(reply);
    }
    Err(Trouble {
        stage,
        code: Some(reply.code).filter(|code| 400 <= *code),
        retry_after: None,
        words: reply.words(),
    })
}

fn silence(stage: Stage, limit: Duration) -> Trouble {
    let words = format!("no answer within {} seconds", limit.as_secs());
    plain(stage, words)
}

/// Trouble without an answer of the server's.
fn plain(stage: Stage, words: String) -> Trouble {
    Trouble {
        stage,
        code: None,
        retry_after: None,
        words,
    }
}

#[cfg(test)]
mod tests;
