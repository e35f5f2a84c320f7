//! A letter as the bytes of an Internet message (RFC 5322). Pure: the same letter and sender give
//! the same bytes, so that a second try sends exactly what the first one did.

use jiff::fmt::rfc2822;
use jiff::tz::TimeZone;
use lettre::Address;
use lettre::message::header::{ContentType, Header, HeaderName, HeaderValue};
use lettre::message::{Mailbox, Message, MultiPart, SinglePart};

use super::Letter;
use crate::text::mail_address::{NoAddress, to_ascii_domain};
use crate::text::words::one_line;

/// A letter in the form in which it travels.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parcel {
    /// Who sends, as it goes over the line.
    pub from: String,
    /// Who receives, as it goes over the line.
    pub to: String,
    /// Headers and body, lines ended by CRLF.
    pub bytes: Vec<u8>,
}

/// Why a letter cannot be put into the form of a message.
#[derive(Debug, thiserror::Error)]
pub enum MessageError {
    /// An address is none.
    #[error("`{address}` is no mail address: {cause}; correct it in the configuration")]
    Address {
        /// The text.
        address: String,
        /// What is wrong with it.
        cause: NoAddress,
    },
    /// The parts do not make a message.
    #[error("cannot build the message: {0}")]
    Build(#[from] lettre::error::Error),
    /// The day cannot be written.
    #[error("cannot write the date of the letter: {0}")]
    Date(#[from] jiff::Error),
}

/// `Auto-Submitted: auto-generated` (RFC 3834): keeps holiday answers from coming back.
#[derive(Debug, Clone)]
struct AutoSubmitted;

impl Header for AutoSubmitted {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_text: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}

/// Puts a letter into the form of a message from `from`, an address alone, with its date in `zone`.
///
/// Every header value is one line: text that came from a page or from the configuration cannot
/// begin a header of its own.
///
/// # Errors
///
/// [`MessageError`] when an address is none.
pub fn message(letter: &Letter, from: &str, zone: &TimeZone) -> Result<Parcel, MessageError> {
    let (sender, recipient) = (address(from)?, address(&letter.to)?);
    let (from, to) = (sender.to_string(), recipient.to_string());
    let name = Some(one_line(&letter.to_name)).filter(|name| !name.is_empty());
    let mut builder = Message::builder()
        .from(Mailbox::new(Some("Pubwatch".to_owned()), sender))
        .to(Mailbox::new(name, recipient))
        .subject(one_line(&letter.subject))
        .message_id(Some(bracketed(&letter.message_id)))
        .header(AutoSubmitted);
    if let Some(first) = &letter.references {
        builder = builder
            .in_reply_to(bracketed(first))
            .references(bracketed(first));
    }
    let body = MultiPart::alternative()
        .boundary(boundary(&letter.message_id))
        .singlepart(part(ContentType::TEXT_PLAIN, &letter.text))
        .singlepart(part(ContentType::TEXT_HTML, &letter.html));
    let mut message = builder.multipart(body)?;
    // The library writes dates in UTC only.
    let date = rfc2822::to_string(&letter.written.to_zoned(zone.clone()))?;
    let name = HeaderName::new_from_ascii_str("Date");
    message
        .headers_mut()
        .insert_raw(HeaderValue::new(name, date));
    Ok(Parcel {
        from,
        to,
        bytes: message.formatted(),
    })
}

fn part(kind: ContentType, text: &str) -> SinglePart {
    SinglePart::builder().header(kind).body(text.to_owned())
}

fn address(text: &str) -> Result<Address, MessageError> {
    let wrong = |cause| MessageError::Address {
        address: one_line(text),
        cause,
    };
    let address = to_ascii_domain(text).map_err(wrong)?;
    address.parse().map_err(|_| wrong(NoAddress::Form))
}

/// A Message-ID between its brackets, free of anything that could end them or the line.
fn bracketed(id: &str) -> String {
    let plain: String = id
        .chars()
        .filter(|character| character.is_ascii_graphic() && !matches!(character, '<' | '>'))
        .collect();
    format!("<{plain}>")
}

/// A boundary that cannot stand in a quoted-printable or base64 body ("=_" is in neither), and is
/// the same at every try.
fn boundary(id: &str) -> String {
    format!("=_pubwatch_{:016x}", super::identity::fingerprint(&[id]))
}

/// Whatever stood in its titles, a letter has the headers, lines and markup of a letter: nothing in
/// it begins a header, ends it early, draws on a terminal or comes alive.
#[cfg(test)]
pub(super) fn no_harm(letter: &Letter) {
    let is_plain = |text: &str| text.chars().all(|one| one == '\n' || !one.is_control());
    assert!(is_plain(&letter.subject) && !letter.subject.contains('\n'));
    assert!(is_plain(&letter.text), "{:?}", letter.text);
    assert!(is_plain(&letter.html), "{:?}", letter.html);
    let turns = ['\u{202a}', '\u{202b}', '\u{202d}', '\u{202e}'];
    for text in [&letter.subject, &letter.text, &letter.html] {
        assert!(!text.contains(turns), "{text}");
    }
    for line in letter.text.lines() {
        assert!(line != "." && !line.starts_with("Bcc:"), "{}", letter.text);
    }
    for tag in ["<script", "<img"] {
        assert!(!letter.html.contains(tag), "{}", letter.html);
    }
    let parcel = message(letter, "watch@example.com", &TimeZone::UTC).unwrap();
    let whole = String::from_utf8(parcel.bytes).unwrap();
    let headers = whole.split("\r\n\r\n").next().unwrap();
    for line in headers.split("\r\n") {
        assert!(!line.to_ascii_lowercase().starts_with("bcc"), "{line}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::{LetterKind, Route};

    fn letter() -> Letter {
        Letter {
            route: Route::Mail,
            message_id: "one@example.com".to_owned(),
            references: None,
            written: "2027-01-28T12:00:00Z".parse().unwrap(),
            kind: LetterKind::Alert,
            severity: None,
            rule: None,
            edition: None,
            stores: Vec::new(),
            to_name: "Jane Roe".to_owned(),
            to: "jane@example.com".to_owned(),
            subject: "Act: Salt Roads".to_owned(),
            text: "Hello\n".to_owned(),
            html: "<p>Hello</p>\n".to_owned(),
        }
    }

    fn headers(letter: &Letter) -> String {
        let zone = TimeZone::get("America/New_York").unwrap();
        let bytes = message(letter, "watch@example.com", &zone).unwrap().bytes;
        let text = String::from_utf8(bytes).unwrap();
        text.split("\r\n\r\n").next().unwrap().to_owned()
    }

    #[test]
    fn the_headers_are_what_a_mail_program_expects() {
        insta::assert_snapshot!(headers(&letter()).replace("\r\n", "\n"), @r#"
        From: Pubwatch <watch@example.com>
        To: "Jane Roe" <jane@example.com>
        Subject: Act: Salt Roads
        Message-ID: <one@example.com>
        Auto-Submitted: auto-generated
        MIME-Version: 1.0
        Date: Thu, 28 Jan 2027 07:00:00 -0500
        Content-Type: multipart/alternative; boundary="=_pubwatch_e2a2e5f409d4202a"
        "#);
    }

    #[test]
    fn later_letters_of_a_thread_refer_to_its_first() {
        let later = Letter {
            references: Some("first@example.com".to_owned()),
            ..letter()
        };
        let headers = headers(&later);
        assert!(headers.contains("\r\nIn-Reply-To: <first@example.com>\r\n"));
        assert!(headers.contains("\r\nReferences: <first@example.com>\r\n"));
    }

    #[test]
    fn nothing_from_outside_can_begin_a_header() {
        let evil = "x\r\nBcc: all@example.com\r\n\r\n<script>";
        let letter = Letter {
            message_id: format!("id{evil}"),
            references: Some(evil.to_owned()),
            to_name: evil.to_owned(),
            subject: evil.to_owned(),
            ..letter()
        };
        for line in headers(&letter).split("\r\n") {
            assert!(!line.to_ascii_lowercase().starts_with("bcc"), "{line}");
        }
    }

    #[test]
    fn an_address_that_is_none_is_said() {
        let letter = Letter {
            to: "jane@example.com\r\nRCPT TO:<x@example.com>".to_owned(),
            ..letter()
        };
        let error = message(&letter, "watch@example.com", &TimeZone::UTC).unwrap_err();
        assert!(error.to_string().contains("is no mail address"), "{error}");
    }

    #[test]
    fn names_and_subjects_of_every_script_survive() {
        let letter = Letter {
            to_name: "Zoë Ångström".to_owned(),
            subject: "Good news: 塩の道 \"Дорога соли\" 📚".to_owned(),
            ..letter()
        };
        let zone = TimeZone::get("Europe/Lisbon").unwrap();
        let bytes = || message(&letter, "watch@example.com", &zone).unwrap().bytes;
        assert!(bytes().is_ascii());
        assert_eq!(bytes(), bytes());
        let headers = headers(&letter);
        assert!(
            headers.contains("Subject: Good news: =?utf-8?b?"),
            "{headers}"
        );
        assert!(headers.contains("<jane@example.com>"), "{headers}");
    }
}
