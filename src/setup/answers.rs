//! What a new configuration is asked for, read from what a person writes: on the terminal and on the
//! page alike. Pure, but for the zone of this machine.

use clap::ValueEnum;
use strum::IntoStaticStr;

use super::fresh::FreshMail;
use crate::config::plan::Encryption;
use crate::config::providers;
use crate::text::mail_address;

/// The file of the password, beside the configuration.
pub const PASSWORD_FILE: &str = "smtp-password";

/// The values of `encryption`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum LineProtection {
    /// STARTTLS, required of the server
    Starttls,
    /// TLS from the first byte
    Tls,
    /// None, for a server on this machine
    None,
}

impl LineProtection {
    /// As the configuration has it.
    pub fn name(self) -> &'static str {
        self.into()
    }

    /// That of a configuration.
    pub fn of(encryption: Encryption) -> Self {
        match encryption {
            Encryption::StartTls => Self::Starttls,
            Encryption::Tls => Self::Tls,
            Encryption::None => Self::None,
        }
    }

    /// The port where it is usual.
    pub fn usual_port(self) -> u16 {
        match self {
            Self::Starttls => 587,
            Self::Tls => 465,
            Self::None => 25,
        }
    }

    /// The one of that name; STARTTLS for any other.
    pub fn named(name: &str) -> Self {
        match name {
            "tls" => Self::Tls,
            "none" => Self::None,
            _ => Self::Starttls,
        }
    }
}

/// The zone of this machine, where it can be told.
pub fn guessed_zone() -> Option<String> {
    let zone = jiff::tz::TimeZone::system();
    zone.iana_name()
        .filter(|name| *name != "Etc/Unknown")
        .map(str::to_owned)
}

/// The name of a time zone.
///
/// # Errors
///
/// A sentence that says how to write it.
pub fn zone(answer: &str) -> Result<String, String> {
    match jiff::tz::TimeZone::get(answer) {
        Ok(zone) => Ok(zone.iana_name().unwrap_or(answer).to_owned()),
        Err(_) => Err(format!(
            "`{answer}` is no time zone; write a region and a city, as Europe/London"
        )),
    }
}

/// An email address.
///
/// # Errors
///
/// A sentence that says what is wrong with it.
pub fn email_address(answer: &str) -> Result<String, String> {
    match mail_address::wrong(answer) {
        None => Ok(answer.to_owned()),
        Some(why) => Err(format!("`{answer}` is no email address: {why}")),
    }
}

/// A mail server that was named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Server {
    /// What is to be written of it; without a login.
    pub mail: FreshMail,
    /// It wants a login.
    pub wants_login: bool,
    /// What is to be known about it; may be empty.
    pub note: String,
}

/// The server that an answer names; `None` for the folder.
///
/// # Errors
///
/// A sentence, when it names none that can be used.
pub fn server(answer: &str) -> Result<Option<Server>, String> {
    let answer = answer.trim();
    if ["folder", "skip", "none"].contains(&answer.to_ascii_lowercase().as_str()) {
        return Ok(None);
    }
    if let Some(provider) = providers::named(answer) {
        if let Some(why) = provider.refused {
            return Err(why);
        }
        let mail = FreshMail {
            host: provider.host,
            port: provider.port,
            encryption: LineProtection::named(&provider.encryption)
                .name()
                .to_owned(),
            login: None,
        };
        return Ok(Some(Server {
            mail,
            wants_login: provider.login,
            note: match provider.page {
                Some(page) => format!("{} {page}", provider.note),
                None => provider.note,
            },
        }));
    }
    let is_host = answer.contains('.') || answer == "localhost" || answer.contains(':');
    let is_plain = |one: char| one.is_alphanumeric() || ".-:[]".contains(one);
    if !is_host || !answer.chars().all(is_plain) {
        return Err(format!(
            "`{answer}` is neither a known provider nor a host; known are {}",
            providers::all()
                .iter()
                .map(|provider| provider.name.as_str())
                .collect::<Vec<_>>()
                .join(", ")
        ));
    }
    let mail = FreshMail {
        host: answer.to_owned(),
        port: LineProtection::Starttls.usual_port(),
        encryption: LineProtection::Starttls.name().to_owned(),
        login: None,
    };
    Ok(Some(Server {
        wants_login: answer != "localhost" && !answer.starts_with("127."),
        note: String::new(),
        mail,
    }))
}
