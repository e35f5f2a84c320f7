//! A letter as the bytes of an Internet message (RFC 5322). Pure: the same letter and sender give
//! the same bytes, so that a second try sends exactly what the first one did.

use jiff::fmt::rfc2822;
use jiff::tz::TimeZone;
use lettre::Address;
use lettre::message::header::{ContentType, Header, HeaderName, HeaderValue};
use lettre::message::{Mailbox, Message, MultiPart, SinglePart};

use super::Letter;
use crate::config::plan::Plan;
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

/// Who sends letters.
#[derive(Debug, Clone)]
pub struct Sender {
    /// The address.
    pub from: String,
    /// The zone in which letters are dated.
    pub zone: TimeZone,
    /// Who finds the page, and where it makes letters fewer.
    pub quieter: Option<(String, String)>,
}

impl Sender {
    /// One without a page.
    pub fn new(from: &str, zone: &TimeZone) -> Self {
        Self {
            from: from.to_owned(),
            zone: zone.clone(),
            quieter: None,
        }
    }

    /// That of a plan. The page of the settings is one's way to be quieter only where everybody who
    /// reads the letter can open it, over HTTPS (RFC 8058 §3.1 asks that of an address in the
    /// header).
    pub fn of(plan: &Plan) -> Self {
        let author = &plan.author;
        let from = plan.mail.as_ref().map_or(&author.email, |mail| &mail.from);
        let site = plan.web.site().filter(|site| site.starts_with("https://"));
        Self {
            quieter: site.map(|site| (author.email.clone(), format!("{site}/settings"))),
            ..Self::new(from, &author.zone)
        }
    }
}

/// `List-Unsubscribe: <…>` (RFC 2369 §3.2): where letters are made fewer. It has no
/// `List-Unsubscribe-Post`, since nothing there does that without being asked again.
#[derive(Debug, Clone)]
struct ListUnsubscribe(String);

impl Header for ListUnsubscribe {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("List-Unsubscribe")
    }

    fn parse(text: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self(text.to_owned()))
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), self.0.clone())
    }
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

/// Puts a letter into the form of a message.
///
/// Every header value is one line: text that came from a page or from the configuration cannot
/// begin a header of its own.
///
/// # Errors
///
/// [`MessageError`] when an address is none.
pub fn message(letter: &Letter, by: &Sender) -> Result<Parcel, MessageError> {
    let (sender, recipient) = (address(&by.from)?, address(&letter.to)?);
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
    let quieter = by.quieter.as_ref();
    let is_read_by = |who: &str| who.eq_ignore_ascii_case(&letter.to);
    if let Some((_, address)) = quieter.filter(|(who, _)| is_read_by(who)) {
        builder = builder.header(ListUnsubscribe(bracketed(address)));
    }
    let body = MultiPart::alternative()
        .boundary(boundary(&letter.message_id))
        .singlepart(part(ContentType::TEXT_PLAIN, &letter.text))
        .singlepart(part(ContentType::TEXT_HTML, &letter.html));
    let mut message = builder.multipart(body)?;
    // The library writes dates in UTC only.
    let date = rfc2822::to_string(&letter.written.to_zoned(by.zone.clone()))?;
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
    let parcel = message(letter, &Sender::new("watch@example.com", &TimeZone::UTC)).unwrap();
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

    /// Of no password that anybody uses.
    const HASH: &str = "$argon2id$v=19$m=19456,t=2,p=1$BwcHBwcHBwcHBwcHBwcHBw$\
                        AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

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
        headers_by(letter, &Sender::new("watch@example.com", &zone))
    }

    fn headers_by(letter: &Letter, sender: &Sender) -> String {
        let bytes = message(letter, sender).unwrap().bytes;
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

    fn served(web: &str) -> Plan {
        let author = "name = 'Jane Roe'\nemail = 'jane@example.com'\ntimezone = 'UTC'";
        let text = format!("[author]\n{author}\n[web]\npassword_hash = '{HASH}'\n{web}");
        let today = "2027-02-01".parse().unwrap();
        let (plan, _) = crate::config::check(&text, "pubwatch.toml", today).unwrap();
        plan
    }

    #[test]
    fn the_way_to_fewer_letters_is_named_to_who_can_go_there_and_to_nobody_else() {
        #[track_caller]
        fn check(plan: &Plan, to: &str, expected: Option<&str>) {
            let letter = Letter {
                to: to.to_owned(),
                ..letter()
            };
            let headers = headers_by(&letter, &Sender::of(plan));
            let mut lines = headers.split("\r\n");
            let found = lines.find_map(|line| line.strip_prefix("List-Unsubscribe"));
            assert_eq!(found, expected, "{headers}");
        }
        let public = served("address = 'https://books.example.com/watch/'");
        let there = Some(": <https://books.example.com/watch/settings>");
        check(&public, "Jane@example.com", there);
        check(&public, "max@example.com", None);
        for elsewhere in [
            "",
            "address = 'http://books.example.com'",
            "address = 'https://books.example.com'\nlisten = 'off'",
        ] {
            check(&served(elsewhere), "jane@example.com", None);
        }
    }

    #[test]
    fn an_address_that_is_none_is_said() {
        let letter = Letter {
            to: "jane@example.com\r\nRCPT TO:<x@example.com>".to_owned(),
            ..letter()
        };
        let error =
            message(&letter, &Sender::new("watch@example.com", &TimeZone::UTC)).unwrap_err();
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
        let bytes = || {
            message(&letter, &Sender::new("watch@example.com", &zone))
                .unwrap()
                .bytes
        };
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
