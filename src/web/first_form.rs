//! The form of the first start: who the author is, how letters go out, the first book. What it holds,
//! what is wrong at which field, and how it is drawn. Pure.

use std::net::SocketAddr;

use askama::Template;
use serde::Deserialize;

use super::book_form::{BookForm, Field, Wrong, at_the_whole, wrong_at};
use super::first_choices::{Choice, FOLDER, OTHER, choices, zones};
use super::frame::{Frame, Place, Pulse};
use super::security::digest;
use crate::config::Plan;
use crate::config::plan::Secret;
use crate::config::providers::{self, Provider};
use crate::setup::answers::{self, LineProtection, Server};
use crate::setup::fresh::{Fresh, FreshMail};
use crate::text::host::is_this_machine;

/// What stands in the fields, as it was typed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct FirstForm {
    /// The author's name.
    pub name: String,
    /// The author's address.
    pub email: String,
    /// The time zone.
    pub timezone: String,
    /// How letters go out: a provider, `folder` or `other`.
    pub mail: String,
    /// The host of another mail server.
    pub host: String,
    /// Its port; empty: the usual one.
    pub port: String,
    /// How the line to it is protected.
    pub encryption: String,
    /// The name to log in with; empty: the author's address.
    pub username: String,
    /// The password there. It is never shown again.
    pub password: Secret,
    /// What is wished: `test` for a test letter, everything else to begin.
    pub wish: String,
    /// The first book.
    #[serde(flatten)]
    pub book: BookForm,
}

/// What the form comes to, without the first book.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answers {
    /// What is to be written; its mail server is without a login.
    pub fresh: Fresh,
    /// The name to log in with, where the mail server wants a login.
    pub username: Option<String>,
}

impl FirstForm {
    /// What holds, without a password.
    pub fn of(plan: &Plan) -> Self {
        let author = &plan.author;
        let mut form = Self {
            name: author.name.clone(),
            email: author.email.clone(),
            timezone: author.zone.iana_name().unwrap_or_default().to_owned(),
            mail: FOLDER.to_owned(),
            ..Self::default()
        };
        if let Some(mail) = &plan.mail {
            let encryption = LineProtection::of(mail.encryption);
            let is_it = |known: &Provider| {
                known.host == mail.host
                    && known.port == mail.port
                    && known.encryption == encryption.name()
            };
            let known = providers::all().into_iter().find(is_it);
            form.mail = known.map_or_else(|| OTHER.to_owned(), |known| known.name);
            form.host.clone_from(&mail.host);
            form.port = mail.port.to_string();
            encryption.name().clone_into(&mut form.encryption);
            form.username = mail.username.clone().unwrap_or_default();
        }
        form.book.was = digest(format!("{form:?}").as_bytes());
        form
    }

    /// There is something about a book in it.
    pub fn has_book(&self) -> bool {
        let book = &self.book;
        let mut typed = [&book.book, &book.title, &book.date].into_iter();
        typed.any(|text| !text.trim().is_empty())
    }

    /// What the first book lacks, or what of it cannot be understood; nothing where there is none.
    pub fn wrong_book(&self) -> Wrong {
        if !self.has_book() {
            return Wrong::new();
        }
        let book = &self.book;
        let needed = [
            ("book", &book.book),
            ("title", &book.title),
            ("date", &book.date),
        ];
        let missing = needed
            .into_iter()
            .filter(|(_, text)| text.trim().is_empty());
        let missing = missing.map(|(field, _)| (field, "this is needed".to_owned()));
        missing
            .chain(book.details().err().unwrap_or_default())
            .collect()
    }

    /// Reads all but the book; `has_password`: one was typed, now or before.
    ///
    /// # Errors
    ///
    /// Everything that cannot be understood, at its field.
    pub fn answers(&self, listen: SocketAddr, has_password: bool) -> Result<Answers, Wrong> {
        let mut wrong = Wrong::new();
        let mut keep = |field: &'static str, read: Result<String, String>| {
            read.unwrap_or_else(|why| {
                wrong.push((field, why));
                String::new()
            })
        };
        let needed = || Err("this is needed".to_owned());
        let name = match self.name.trim() {
            "" => needed(),
            name => Ok(name.to_owned()),
        };
        let name = keep("name", name);
        let email = match self.email.trim() {
            "" => needed(),
            email => answers::email_address(email),
        };
        let email = keep("email", email);
        let timezone = match self.timezone.trim() {
            "" => needed(),
            zone => answers::zone(zone),
        };
        let timezone = keep("timezone", timezone);
        let mail = self.mail_server(has_password).unwrap_or_else(|more| {
            wrong.extend(more);
            None
        });
        if !wrong.is_empty() {
            return Err(wrong);
        }
        let username = mail.as_ref().filter(|one| one.wants_login).map(|_| {
            let typed = Some(self.username.trim()).filter(|name| !name.is_empty());
            typed.unwrap_or(&email).to_owned()
        });
        let usual = crate::config::plan::WebPlan::default().listen;
        let fresh = Fresh {
            name,
            email,
            timezone,
            mail: mail.map(|server| server.mail),
            data: None,
            listen: Some(listen).filter(|place| usual != Some(*place)),
        };
        Ok(Answers { fresh, username })
    }

    /// The mail server, and whether it is to be logged in at; `None`: letters are written as files.
    fn mail_server(&self, has_password: bool) -> Result<Option<Server>, Wrong> {
        let at = |field: &'static str, why: &str| vec![(field, why.to_owned())];
        match self.mail.as_str() {
            "" => return Err(at("mail", "choose how letters reach you")),
            OTHER => return Ok(Some(self.other_server(has_password)?)),
            _ => {}
        }
        let server = answers::server(&self.mail).map_err(|why| vec![("mail", why)])?;
        match &server {
            Some(server) if server.wants_login && !has_password => {
                Err(at("password", "it takes letters only with a password"))
            }
            Some(_) | None => Ok(server),
        }
    }

    fn other_server(&self, has_password: bool) -> Result<Server, Wrong> {
        let host = self.host.trim();
        let at = |field: &'static str, why: String| vec![(field, why)];
        let named = match host {
            "" => Err("write the host of the mail server, as mail.example.com".to_owned()),
            host => answers::server(host),
        };
        let Some(Server { note, .. }) = named.map_err(|why| at("host", why))? else {
            return Err(at("host", format!("`{host}` is no host of a mail server")));
        };
        let encryption = LineProtection::named(&self.encryption);
        if encryption == LineProtection::None && !is_this_machine(host) {
            let why = "letters and the password would travel unprotected: without encryption only \
                       to a mail server on this machine";
            return Err(at("encryption", why.to_owned()));
        }
        let port = match self.port.trim() {
            "" => encryption.usual_port(),
            port => port.parse().map_err(|_| {
                at(
                    "port",
                    format!("`{port}` is no port; it is a number, as 587"),
                )
            })?,
        };
        let mail = FreshMail {
            host: host.to_owned(),
            port,
            encryption: encryption.name().to_owned(),
            login: None,
        };
        let has_name = !self.username.trim().is_empty();
        if has_name && !has_password {
            return Err(at("password", "with a name goes a password".to_owned()));
        }
        Ok(Server {
            mail,
            wants_login: has_password,
            note,
        })
    }
}

/// What is said above the button of the test letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Said {
    /// It went out: what was answered.
    Sent(String),
    /// It did not: why.
    NotSent(String),
}

#[derive(Template)]
#[template(path = "web/templates/first.html")]
struct Page<'a> {
    base: &'static str,
    file: &'a str,
    wrong: Vec<&'a str>,
    count: usize,
    you: Questions<'a>,
    book: Vec<Field>,
}

#[derive(Template)]
#[template(path = "web/templates/you_page.html")]
struct YouPage<'a> {
    frame: Frame,
    was: &'a str,
    wrong: Vec<&'a str>,
    you: Questions<'a>,
}

/// Who the author is, and how letters go out.
#[derive(Template)]
#[template(path = "web/templates/you.html")]
struct Questions<'a> {
    you: Vec<Field>,
    zones: Vec<String>,
    choices: Vec<Choice>,
    mail_wrong: Option<String>,
    server: Vec<Field>,
    login: Vec<Field>,
    said: Option<&'a Said>,
    may_test: bool,
}

impl Questions<'_> {
    /// The questions, filled, with what is wrong; `hint` is about the password.
    fn new(form: &FirstForm, wrong: &Wrong, hint: &'static str) -> Self {
        Questions {
            you: you(form, wrong),
            zones: zones(),
            choices: choices(&form.email, &form.mail),
            mail_wrong: wrong_at(wrong, "mail"),
            server: other(form, wrong),
            login: login(form, hint, wrong),
            said: None,
            may_test: false,
        }
    }
}

/// The same questions for who is set up already, filled with what holds.
pub fn you_page(
    place: &Place<'_>,
    form: &FirstForm,
    wrong: &Wrong,
    pulse: &Pulse,
) -> askama::Result<String> {
    let hint = "Empty: the one that holds, as long as the mail server is the same.";
    YouPage {
        frame: Frame::new(place, "settings", "You and your letters", pulse),
        was: &form.book.was,
        wrong: at_the_whole(wrong),
        you: Questions::new(form, wrong, hint),
    }
    .render()
}

/// The form, filled, with what is wrong; `file` is what it will be written into.
pub fn page(
    (form, has_password): (&FirstForm, bool),
    wrong: &Wrong,
    said: Option<&Said>,
    file: &str,
) -> askama::Result<String> {
    let whole = at_the_whole(wrong);
    let hint = if has_password {
        "It is kept from a moment ago: leave this empty, or type another."
    } else {
        "It is written into a file that only you can read, and never shown."
    };
    Page {
        base: "",
        file,
        count: wrong.len() - whole.len(),
        wrong: whole,
        you: Questions {
            said,
            may_test: true,
            ..Questions::new(form, wrong, hint)
        },
        book: book(form, wrong),
    }
    .render()
}

fn field(
    named: (&'static str, &str),
    (label, hint): (&'static str, &'static str),
    (kind, filled_as): (&'static str, &'static str),
    wrong: &Wrong,
) -> Field {
    Field {
        filled_as,
        ..Field::new(named, (label, kind, hint), wrong)
    }
}

fn you(form: &FirstForm, wrong: &Wrong) -> Vec<Field> {
    let mut fields = vec![
        field(
            ("name", &form.name),
            ("Your name", "For the greeting of letters."),
            ("text", "name"),
            wrong,
        ),
        field(
            ("email", &form.email),
            (
                "Your email address",
                "Letters go there. Stores see it too: every request names it as the contact.",
            ),
            ("email", "email"),
            wrong,
        ),
        Field {
            offers: "zones",
            ..field(
                ("timezone", &form.timezone),
                ("Your time zone", "A region and a city, as Europe/London."),
                ("text", "off"),
                wrong,
            )
        },
    ];
    for field in &mut fields {
        field.is_required = true;
    }
    fields
}

fn other(form: &FirstForm, wrong: &Wrong) -> Vec<Field> {
    let protections = [
        ("starttls", "STARTTLS"),
        ("tls", "TLS from the first byte"),
        ("none", "none: only to this machine"),
    ];
    vec![
        field(
            ("host", &form.host),
            (
                "Host of the mail server",
                "It stands in your provider’s help, as mail.example.com.",
            ),
            ("text", "off"),
            wrong,
        ),
        Field {
            choices: protections
                .map(|(name, label)| (name, label.to_owned()))
                .into(),
            ..field(
                ("encryption", &form.encryption),
                ("Encryption", ""),
                ("select", "off"),
                wrong,
            )
        },
        field(
            ("port", &form.port),
            ("Port", "Empty: 587 for STARTTLS, 465 for TLS, 25 for none."),
            ("text", "off"),
            wrong,
        ),
    ]
}

fn login(form: &FirstForm, hint: &'static str, wrong: &Wrong) -> Vec<Field> {
    vec![
        field(
            ("username", &form.username),
            ("Name to log in with", "Empty: your email address."),
            ("text", "username"),
            wrong,
        ),
        field(
            ("password", ""),
            ("Password, or app password", hint),
            ("password", "off"),
            wrong,
        ),
    ]
}

fn book(form: &FirstForm, wrong: &Wrong) -> Vec<Field> {
    let shown = [
        "book", "title", "format", "date", "enabled", "switch", "stores",
    ];
    let mut fields = form.book.fields(wrong, false);
    fields.retain(|field| shown.contains(&field.name));
    for field in &mut fields {
        field.is_required = false;
    }
    fields
}
