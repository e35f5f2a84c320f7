//! The text of a new configuration. Pure.

use std::fmt::Write as _;
use std::net::SocketAddr;

use toml_edit::Value;

/// What is to stand in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fresh {
    /// The author's name.
    pub name: String,
    /// The author's address.
    pub email: String,
    /// The time zone, as `Europe/London`.
    pub timezone: String,
    /// The mail server, if letters are to go out by mail.
    pub mail: Option<FreshMail>,
    /// A data folder other than the usual one.
    pub data: Option<String>,
    /// Where the page is served, when that is not the usual place.
    pub listen: Option<SocketAddr>,
}

/// A mail server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FreshMail {
    /// Its host.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// `starttls`, `tls` or `none`.
    pub encryption: String,
    /// User name and the file of the password, where the server wants them.
    pub login: Option<(String, String)>,
}

/// The configuration, with a comment for every key and room for the books.
pub fn text(fresh: &Fresh) -> String {
    let mut text = format!(
        "\
# Pubwatch's configuration. `pubwatch config example` prints every key with its explanation, and
# `pubwatch config check` says everything that is wrong in this file.

[author]
# The name in the greeting of letters.
name = {}
# Where letters go. Stores see it as well: every request names it as the contact.
email = {}
# Schedules, letters and pages use this time zone.
timezone = {}

",
        quoted(&fresh.name),
        quoted(&fresh.email),
        quoted(&fresh.timezone)
    );
    match &fresh.mail {
        Some(mail) => mail_table(&mut text, mail),
        None => text.push_str(
            "\
# Letters are written to the data folder, as .eml files. To get them by mail, take the `#` away
# and fill this in; the file `smtp-password` beside this one then holds the password.
# [mail]
# host = \"smtp.example.com\"
# port = 587
# encryption = \"starttls\"
# username = \"jane@example.com\"
# password_file = \"smtp-password\"

",
        ),
    }
    if let Some(folder) = &fresh.data {
        // Writing to a String cannot fail.
        let _ = write!(
            text,
            "[data]\n# The folder of the database and the letters.\nfolder = {}\n\n",
            quoted(folder)
        );
    }
    if let Some(place) = fresh.listen {
        let _ = write!(
            text,
            "[web]\n# Where the page is served.\nlisten = \"{place}\"\n\n"
        );
    }
    text.push_str(
        "\
# Pages are looked at by the phase of each edition: daily when nothing is expected, hourly on the
# publication date. The digest comes on Mondays at eight.
# [schedule]
# digest = \"0 8 * * MON\"

# The books: one table for each edition. `pubwatch add ISBN` writes them here.
",
    );
    text
}

fn mail_table(text: &mut String, mail: &FreshMail) {
    let _ = write!(
        text,
        "\
# Letters go out through this server. Without this table they are written to the data folder.
[mail]
host = {}
port = {}
# \"starttls\", \"tls\", or \"none\" (only for a server on this machine).
encryption = {}
",
        quoted(&mail.host),
        mail.port,
        quoted(&mail.encryption)
    );
    if let Some((username, file)) = &mail.login {
        let _ = write!(
            text,
            "\
username = {}
# The password is the first line of this file, which only you should be able to read.
password_file = {}
",
            quoted(username),
            quoted(file)
        );
    }
    text.push('\n');
}

fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fresh(mail: Option<FreshMail>) -> Fresh {
        Fresh {
            name: "Jane \"JR\" Roe".to_owned(),
            email: "jane@example.com".to_owned(),
            timezone: "America/New_York".to_owned(),
            mail,
            data: Some("data".to_owned()),
            listen: Some(SocketAddr::from(([127, 0, 0, 1], 7200))),
        }
    }

    #[test]
    fn what_is_written_can_be_read_back() {
        let mail = FreshMail {
            host: "smtp.example.com".to_owned(),
            port: 465,
            encryption: "tls".to_owned(),
            login: Some(("jane".to_owned(), "smtp-password".to_owned())),
        };
        let today = jiff::civil::date(2026, 11, 22);
        for mail in [None, Some(mail)] {
            let text = text(&fresh(mail.clone()));
            let (plan, warnings) = crate::config::check(&text, "/x/pubwatch.toml", today).unwrap();
            assert_eq!(plan.author.name, "Jane \"JR\" Roe");
            assert_eq!(plan.data, std::path::Path::new("/x/data"));
            assert_eq!(plan.web.listen.map(|place| place.port()), Some(7200));
            assert_eq!(plan.mail.map(|mail| mail.port), mail.map(|mail| mail.port));
            let messages: Vec<_> = warnings.iter().map(|w| &w.message).collect();
            assert_eq!(messages, ["there is no edition to watch"]);
        }
    }

    #[test]
    fn the_lines_that_are_commented_out_are_right_as_well() {
        let text = text(&fresh(None))
            .replace("# [mail]", "[mail]")
            .replace("# host", "host")
            .replace("# port", "port")
            .replace("# encryption", "encryption")
            .replace("# username", "username")
            .replace("# password_file", "password_file")
            .replace("# [schedule]", "[schedule]")
            .replace("# digest", "digest");
        let today = jiff::civil::date(2026, 11, 22);
        let (plan, _) = crate::config::check(&text, "/x/pubwatch.toml", today).unwrap();
        assert_eq!(plan.mail.unwrap().host, "smtp.example.com");
    }
}
