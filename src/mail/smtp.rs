//! The SMTP dialogue. It is held step by step, so that it is known what the server refused, and
//! whether a letter may have arrived although no answer came.

use std::net::IpAddr;
use std::time::Duration;

use lettre::address::{Address, Envelope};
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{AsyncSmtpConnection, Certificate, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::extension::{ClientId, Extension, MailParameter};
use tokio::time::timeout;

use super::message::Parcel;
use super::outbox::{Stage, Trouble};
use crate::config::plan::{Encryption, Secret};
use crate::text::words::one_line;

/// How long the dialogue may take up to the letter itself. A tarpitting server is patient, but a
/// hanging one must not hold up a round.
const DIALOGUE: Duration = Duration::from_secs(60);

/// How long the answer to the letter may take. RFC 5321 §4.5.3.2.6 advises ten minutes, since
/// giving up early means sending twice; two minutes have to do, and the Message-ID stays the same.
const ANSWER: Duration = Duration::from_secs(120);

/// How long a polite goodbye may take; the letter's fate is known by then.
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
    connection: AsyncSmtpConnection,
    limit: Duration,
}

impl Sent {
    /// Ends the dialogue. Nothing depends on it.
    pub async fn goodbye(mut self) {
        let _ = timeout(self.limit, self.connection.abort()).await;
    }
}

impl SmtpServer {
    /// Sends one letter. Only an answer to the letter itself counts as delivery.
    ///
    /// # Errors
    ///
    /// [`Trouble`] says at which stage it ended and with which answer.
    pub async fn send(&self, parcel: &Parcel) -> Result<Sent, Trouble> {
        let limit = self.patience.unwrap_or(DIALOGUE);
        let mut stage = Stage::Connect;
        let mut connection = timeout(limit, self.begin(&mut stage))
            .await
            .map_err(|_| silence(stage, limit))??;
        let goodbye = self.patience.unwrap_or(GOODBYE);
        match self.hand_over(&mut connection, parcel, limit).await {
            Ok(answer) => Ok(Sent {
                answer,
                connection,
                limit: goodbye,
            }),
            Err(trouble) => {
                let _ = timeout(goodbye, connection.abort()).await;
                Err(trouble)
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
        let mut connection = timeout(limit, self.begin(&mut stage))
            .await
            .map_err(|_| silence(stage, limit))??;
        // Nothing depends on the goodbye.
        let _ = timeout(self.patience.unwrap_or(GOODBYE), connection.abort()).await;
        Ok(())
    }

    /// Connects, secures the line, and logs in.
    async fn begin(&self, stage: &mut Stage) -> Result<AsyncSmtpConnection, Trouble> {
        if self.encryption == Encryption::None && !is_loopback(&self.host) {
            return Err(Trouble {
                stage: Stage::Connect,
                code: None,
                retry_after: None,
                words: format!(
                    "`encryption = \"none\"` is only for a server on this machine, and {} is not",
                    self.host
                ),
            });
        }
        let hello = ClientId::default();
        let tls = match self.encryption {
            Encryption::None => None,
            Encryption::StartTls | Encryption::Tls => Some(self.tls_parameters()?),
        };
        let wrapper = (self.encryption == Encryption::Tls)
            .then(|| tls.clone())
            .flatten();
        let mut connection = AsyncSmtpConnection::connect_tokio1(
            (self.host.as_str(), self.port),
            None,
            &hello,
            wrapper,
            None,
        )
        .await
        .map_err(|error| trouble(if error.is_tls() { Stage::Tls } else { *stage }, &error))?;
        if self.encryption == Encryption::StartTls
            && let Some(parameters) = tls
        {
            *stage = Stage::Tls;
            connection
                .starttls(parameters, &hello)
                .await
                .map_err(|error| trouble(*stage, &error))?;
        }
        if let Some((user, password)) = &self.login {
            *stage = Stage::Login;
            let credentials = Credentials::new(user.clone(), password.reveal().to_owned());
            connection
                .auth(&[Mechanism::Plain, Mechanism::Login], &credentials)
                .await
                .map_err(|error| trouble(*stage, &error))?;
        }
        Ok(connection)
    }

    fn tls_parameters(&self) -> Result<TlsParameters, Trouble> {
        let broken = |words: String| Trouble {
            stage: Stage::Tls,
            code: None,
            retry_after: None,
            words,
        };
        let mut builder = TlsParameters::builder(self.host.clone());
        if let Some(pem) = &self.certificates {
            let certificate = Certificate::from_pem(pem)
                .map_err(|error| broken(format!("`ca_file` holds no certificate: {error}")))?;
            builder = builder.add_root_certificate(certificate);
        }
        builder
            .build_rustls()
            .map_err(|error| broken(one_line(&error.to_string())))
    }

    /// Names sender and recipient, sends the letter, and waits for the answer to it.
    async fn hand_over(
        &self,
        connection: &mut AsyncSmtpConnection,
        parcel: &Parcel,
        limit: Duration,
    ) -> Result<String, Trouble> {
        let mut stage = Stage::Sender;
        timeout(limit, announce(connection, parcel, &mut stage))
            .await
            .map_err(|_| silence(stage, limit))??;
        // From here on a missing answer leaves it open whether the letter arrived.
        let limit = self.patience.unwrap_or(ANSWER);
        let response = timeout(limit, connection.command(on_the_line(&parcel.bytes)))
            .await
            .map_err(|_| silence(Stage::Answer, limit))?
            .map_err(|error| trouble(Stage::Answer, &error))?;
        Ok(one_line(&format!(
            "{} {}",
            response.code(),
            response.message().collect::<Vec<_>>().join(" ")
        )))
    }
}

/// The letter as it goes over the line (RFC 5321 §4.5.2): dots at the beginning of lines doubled,
/// and the full stop that ends it.
///
/// Letter and full stop go out in one piece. In two, the second waits for the first to be
/// acknowledged, 40 ms on most systems, and a kill meanwhile leaves it open whether the letter
/// arrived.
fn on_the_line(bytes: &[u8]) -> String {
    // The builder encodes whatever is not ASCII, so nothing is lost here.
    let letter = String::from_utf8_lossy(bytes);
    let mut line_form = String::with_capacity(letter.len() + 64);
    for line in letter.split_inclusive("\r\n") {
        if line.starts_with('.') {
            line_form.push('.');
        }
        line_form.push_str(line);
    }
    if !line_form.ends_with("\r\n") {
        line_form.push_str("\r\n");
    }
    line_form.push_str(".\r\n");
    line_form
}

async fn announce(
    connection: &mut AsyncSmtpConnection,
    parcel: &Parcel,
    stage: &mut Stage,
) -> Result<(), Trouble> {
    let parameters = parameters(connection, &parcel.envelope)?;
    connection
        .command(Mail::new(parcel.envelope.from().cloned(), parameters))
        .await
        .map_err(|error| trouble(*stage, &error))?;
    *stage = Stage::Recipient;
    for recipient in parcel.envelope.to() {
        connection
            .command(Rcpt::new(recipient.clone(), Vec::new()))
            .await
            .map_err(|error| trouble(*stage, &error))?;
    }
    *stage = Stage::Data;
    connection
        .command(Data)
        .await
        .map_err(|error| trouble(*stage, &error))?;
    Ok(())
}

/// What is said with `MAIL FROM`: SMTPUTF8 where an address needs it (RFC 6531). The letter itself
/// is always ASCII, so it needs no 8BITMIME.
fn parameters(
    connection: &AsyncSmtpConnection,
    envelope: &Envelope,
) -> Result<Vec<MailParameter>, Trouble> {
    let is_ascii = |address: &Address| AsRef::<str>::as_ref(address).is_ascii();
    if envelope.to().iter().chain(envelope.from()).all(is_ascii) {
        return Ok(Vec::new());
    }
    if connection
        .server_info()
        .supports_feature(Extension::SmtpUtfEight)
    {
        return Ok(vec![MailParameter::SmtpUtfEight]);
    }
    Err(Trouble {
        stage: Stage::Prepare,
        code: None,
        retry_after: None,
        words: "the address has letters that this mail server cannot handle (no SMTPUTF8)"
            .to_owned(),
    })
}

fn is_loopback(host: &str) -> bool {
    host.eq_ignore_ascii_case("localhost")
        || host
            .trim_start_matches('[')
            .trim_end_matches(']')
            .parse::<IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

fn silence(stage: Stage, limit: Duration) -> Trouble {
    Trouble {
        stage,
        code: None,
        retry_after: None,
        words: format!("no answer within {} seconds", limit.as_secs()),
    }
}

/// The trouble behind an error of the library: its code, and the innermost words, which are the
/// server's or the operating system's.
fn trouble(stage: Stage, error: &lettre::transport::smtp::Error) -> Trouble {
    let mut words = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(inner) = source {
        words = inner.to_string();
        source = inner.source();
    }
    if words == "incomplete response" {
        "the server closed the line".clone_into(&mut words);
    }
    Trouble {
        stage,
        code: error.status().map(u16::from),
        retry_after: None,
        words: one_line(&words),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dots_at_the_beginning_of_lines_are_doubled_and_the_last_one_ends_the_letter() {
        for (letter, expected) in [
            ("a\r\n.\r\n..b\r\n", "a\r\n..\r\n...b\r\n.\r\n"),
            (".", "..\r\n.\r\n"),
            ("a.b", "a.b\r\n.\r\n"),
        ] {
            assert_eq!(on_the_line(letter.as_bytes()), expected);
        }
    }

    #[test]
    fn only_this_machine_is_loopback() {
        for host in [
            "localhost",
            "LOCALHOST",
            "127.0.0.1",
            "127.8.8.8",
            "::1",
            "[::1]",
        ] {
            assert!(is_loopback(host), "{host}");
        }
        for host in ["localhost.example.com", "192.168.0.1", "mail", "0.0.0.0"] {
            assert!(!is_loopback(host), "{host}");
        }
    }
}
