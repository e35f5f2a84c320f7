//! `pubwatch init`: a new configuration, from a few questions or from flags.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};

use super::doctor;
use crate::clock::Clock;
use crate::config::providers;
use crate::exit::Exit;
use crate::files;
use crate::service::signals;
use crate::setup::answers::{
    LineProtection, PASSWORD_FILE, Server, email_address, guessed_zone, server, zone,
};
use crate::setup::ask::{Asker, Question, some_text};
use crate::setup::data::open_database;
use crate::setup::fresh::{Fresh, FreshMail, text};
use crate::setup::loading::load;
use crate::setup::place;

/// What is said before the question how letters go out.
const WAYS_OUT: &str = "
How should letters go out? `folder` writes them into the data folder for now; or name your
mail provider (gmail, icloud, yahoo, fastmail, zoho, gmx, …), `local` for a mail server on
this machine, or the host of another mail server.";

/// Write a new configuration, from a few questions or from these flags.
///
/// On a terminal it asks for what no flag gives; elsewhere what is missing is an error. A
/// configuration that is there already is never written over.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Your name, for the greeting of letters
    #[arg(long)]
    name: Option<String>,

    /// Where letters go; stores see it as the contact
    #[arg(long, value_name = "ADDRESS")]
    email: Option<String>,

    /// Your time zone, as Europe/London [default: this machine's]
    #[arg(long, value_name = "ZONE")]
    timezone: Option<String>,

    /// How letters go out: `folder`, a provider (`gmail`, `icloud`, `fastmail`, …), or the host
    /// of your mail server
    #[arg(long, value_name = "HOW")]
    mail: Option<String>,

    /// The port of the mail server [default: by its encryption]
    #[arg(long, requires = "mail")]
    port: Option<u16>,

    /// How the line to the mail server is protected [default: starttls]
    #[arg(long, requires = "mail")]
    encryption: Option<LineProtection>,

    /// The name to log in with at the mail server [default: your address]
    #[arg(long, requires = "mail", value_name = "NAME")]
    username: Option<String>,

    /// The file whose first line is the password [default: smtp-password beside the configuration]
    #[arg(long, requires = "mail", value_name = "FILE")]
    password_file: Option<String>,

    /// The folder of the database and the letters [default: the usual one of this system]
    #[arg(long, value_name = "FOLDER")]
    data: Option<String>,

    /// Send a test letter to your address at once, to see that letters get through
    #[arg(long)]
    test_letter: bool,
}

/// Asks, writes the configuration, and says what comes next.
///
/// # Errors
///
/// When something is missing and nobody can be asked, or the place is taken.
pub fn run(arguments: &Arguments, config: Option<&Path>) -> anyhow::Result<Exit> {
    let path = place::for_a_new_one(config)?;
    if path.exists() {
        bail!(
            "{} is there already, and is not written over; `pubwatch add ISBN` adds a book to it, \
             or name another place with --config",
            path.display()
        );
    }
    let stdin = std::io::stdin();
    let (mut answers, mut questions) = (stdin.lock(), anstream::stderr());
    let mut asker = Asker::at(&mut answers, &mut questions);
    let fresh = ask(arguments, &mut asker)?;
    let text = text(&fresh);
    // The password comes last before the writing, so that nothing is left of a broken-off talk.
    let password = match &fresh.mail {
        Some(mail) if mail.login.is_some() && arguments.password_file.is_none() => {
            password(asker.is_there())?
        }
        Some(_) | None => None,
    };
    if !write(&path, &text, &fresh, password.as_deref())? {
        return Ok(Exit::Done);
    }
    let exit = if arguments.test_letter || wants_a_letter(&fresh, &mut asker)? {
        let typed = || password_again(&fresh, arguments, asker.is_there());
        let keep = |password: &str| keep_password(&path, &fresh, password);
        until_it_gets_through(|| test_letter(&path), typed, keep)?
    } else {
        Exit::Done
    };
    writeln!(
        anstream::stdout(),
        "Next: `pubwatch add ISBN` for each edition, which also takes the first look, and \
         `pubwatch doctor` to see that everything is in order."
    )?;
    Ok(exit)
}

/// Whether to send a test letter: somebody is there to say so, and letters go out by mail.
fn wants_a_letter(fresh: &Fresh, asker: &mut Asker<'_>) -> anyhow::Result<bool> {
    if fresh.mail.is_none() || !asker.is_there() {
        return Ok(false);
    }
    let question = format!("Send a test letter to {} now?", fresh.email);
    Ok(asker.yes(&question, true)?)
}

/// Sends the test letter of `pubwatch doctor`, and says what came of it. The configuration stays:
/// what is wrong with the mail is corrected in it.
fn test_letter(path: &Path) -> anyhow::Result<Exit> {
    let loaded = load(Some(path), place::today())?;
    // The data folder is made for its owner only, before a letter is written there.
    open_database(&loaded.plan.data)?;
    let runtime = tokio::runtime::Runtime::new().context("starting the runtime")?;
    let now = Clock::System.now();
    let asked = doctor::mail::server(&loaded.plan, true, now);
    let looks = runtime.block_on(signals::unless_interrupted(asked))?;
    write!(anstream::stdout(), "{}", doctor::lines(&looks))?;
    let is_wrong = looks.iter().any(doctor::look::Look::is_wrong);
    Ok(Exit::attention_if(is_wrong))
}

/// Sends the test letter; as long as it does not get through, another password may be typed, which is
/// kept: a wrong one is the usual reason.
fn until_it_gets_through(
    mut send: impl FnMut() -> anyhow::Result<Exit>,
    mut typed: impl FnMut() -> anyhow::Result<Option<String>>,
    mut keep: impl FnMut(&str) -> anyhow::Result<()>,
) -> anyhow::Result<Exit> {
    loop {
        let exit = send()?;
        if exit == Exit::Done {
            return Ok(exit);
        }
        let Some(password) = typed()? else {
            return Ok(exit);
        };
        keep(&password)?;
    }
}

/// The password that somebody types anew, where it is ours to keep.
fn password_again(
    fresh: &Fresh,
    arguments: &Arguments,
    somebody_is_there: bool,
) -> anyhow::Result<Option<String>> {
    let has_login = fresh.mail.as_ref().is_some_and(|mail| mail.login.is_some());
    if !has_login || arguments.password_file.is_some() || !somebody_is_there {
        return Ok(None);
    }
    prompted("The password again (not shown; empty: leave it as it is): ")
}

fn keep_password(path: &Path, fresh: &Fresh, password: &str) -> anyhow::Result<()> {
    let Some(file) = secret_of(path, fresh) else {
        return Ok(());
    };
    files::write_whole(&file, format!("{password}\n").as_bytes(), 0o600)
        .with_context(|| format!("writing {}", file.display()))
}

/// The file of the password that the configuration at `path` names.
fn secret_of(path: &Path, fresh: &Fresh) -> Option<PathBuf> {
    let (_, file) = fresh.mail.as_ref()?.login.as_ref()?;
    Some(beside(path, file))
}

fn ask(arguments: &Arguments, asker: &mut Asker<'_>) -> anyhow::Result<Fresh> {
    asker.say("A few questions; Enter takes what stands in brackets.\n")?;
    let name = asker.value(
        arguments.name.clone(),
        &Question {
            ask: "Your name",
            what: "your name",
            flag: "--name NAME",
        },
        None,
        &some_text,
    )?;
    let email = asker.value(
        arguments.email.clone(),
        &Question {
            ask: "Your email address (letters go there; stores see it as the contact)",
            what: "your email address",
            flag: "--email ADDRESS",
        },
        None,
        &email_address,
    )?;
    let email = email_address(&email).map_err(|why| anyhow::anyhow!("--email: {why}"))?;
    let guess = guessed_zone();
    let timezone = asker.value(
        arguments.timezone.clone(),
        &Question {
            ask: "Your time zone",
            what: "your time zone",
            flag: "--timezone ZONE",
        },
        guess.as_deref().map(|zone| (zone, zone.to_owned())),
        &zone,
    )?;
    let timezone = zone(&timezone).map_err(|why| anyhow::anyhow!("--timezone: {why}"))?;
    let mail = mail(arguments, &email, asker)?;
    Ok(Fresh {
        name,
        email,
        timezone,
        mail,
        data: arguments.data.clone(),
        listen: None,
    })
}

fn mail(
    arguments: &Arguments,
    email: &str,
    asker: &mut Asker<'_>,
) -> anyhow::Result<Option<FreshMail>> {
    let guess = providers::of_address(email);
    if let (None, Some(why)) = (
        &arguments.mail,
        guess.as_ref().and_then(|one| one.refused.as_ref()),
    ) {
        asker.say(&format!("\n{why}"))?;
    }
    let guess = guess.filter(|one| one.refused.is_none());
    let suggestion = guess.as_ref().map_or("folder", |one| one.name.as_str());
    // Where nobody is asked, nothing is sent anywhere that was not named.
    let default = if asker.is_there() {
        suggestion
    } else {
        "folder"
    };
    if arguments.mail.is_none() {
        asker.say(WAYS_OUT)?;
    }
    let how = asker.value(
        arguments.mail.clone(),
        &Question {
            ask: "Letters by",
            what: "how letters go out",
            flag: "--mail HOW",
        },
        Some((default, default.to_owned())),
        &|answer| server(answer).map(|_| answer.to_owned()),
    )?;
    let Some(Server {
        mail: mut server,
        wants_login,
        note,
    }) = server(&how).map_err(|why| anyhow::anyhow!("--mail: {why}"))?
    else {
        return Ok(None);
    };
    if !note.is_empty() {
        asker.say(&format!("\n{note}"))?;
    }
    if let Some(encryption) = arguments.encryption {
        encryption.name().clone_into(&mut server.encryption);
        server.port = encryption.usual_port();
    }
    server.port = arguments.port.unwrap_or(server.port);
    if wants_login || arguments.username.is_some() {
        let username = asker.value(
            arguments.username.clone(),
            &Question {
                ask: "The name to log in with",
                what: "the name to log in with",
                flag: "--username NAME",
            },
            Some((email, email.to_owned())),
            &some_text,
        )?;
        let file = arguments.password_file.as_deref().unwrap_or(PASSWORD_FILE);
        server.login = Some((username, file.to_owned()));
    }
    Ok(Some(server))
}

/// Asks for the password, unseen; `None` when it is to be put into its file later.
fn password(somebody_is_there: bool) -> anyhow::Result<Option<String>> {
    if !somebody_is_there {
        return Ok(None);
    }
    prompted("The password there (not shown; empty: later): ")
}

fn prompted(question: &str) -> anyhow::Result<Option<String>> {
    let typed = rpassword::prompt_password(question)
        .context("cannot ask for the password on this terminal; use --password-file")?;
    Ok(Some(typed).filter(|typed| !typed.is_empty()))
}

/// Writes the configuration and the password; says whether it can be used as it is.
fn write(path: &Path, text: &str, fresh: &Fresh, password: Option<&str>) -> anyhow::Result<bool> {
    let secret = secret_of(path, fresh);
    let is_missing = match (&secret, password) {
        (Some(file), Some(password)) => {
            place::create(file, format!("{password}\n").as_bytes())?;
            false
        }
        (Some(file), None) => !file.exists(),
        (None, _) => false,
    };
    place::create(path, text.as_bytes())?;
    let mut out = anstream::stdout().lock();
    writeln!(out, "Wrote {}", path.display())?;
    if let Some(file) = secret.filter(|_| is_missing) {
        writeln!(
            out,
            "Put the password of your mail account into {} (its first line), and run \
             `chmod 600` on it.\n\
             Next: `pubwatch doctor --letter` sends a test letter, and `pubwatch add ISBN` adds \
             an edition.",
            file.display()
        )?;
        return Ok(false);
    }
    // What was written must be usable; if it is not, this says why.
    load(Some(path), place::today())?;
    Ok(true)
}

fn beside(path: &Path, file: &str) -> PathBuf {
    path.parent().unwrap_or(Path::new("")).join(file)
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use super::*;

    const EMPTY: Arguments = Arguments {
        name: None,
        email: None,
        timezone: None,
        mail: None,
        port: None,
        encryption: None,
        username: None,
        password_file: None,
        data: None,
        test_letter: false,
    };

    fn talk(answers: &str) -> (anyhow::Result<Fresh>, String) {
        let mut input = answers.as_bytes();
        let mut output = Vec::new();
        let mut asker = Asker::somebody(&mut input, &mut output);
        let fresh = ask(&EMPTY, &mut asker);
        (fresh, String::from_utf8(output).unwrap())
    }

    #[test]
    fn the_provider_is_guessed_from_the_address() {
        let (fresh, said) = talk("Jane Roe\njane@gmail.com\nEurope/London\n\n\n");
        let mail = fresh.unwrap().mail.unwrap();
        assert_eq!(mail.host, "smtp.gmail.com");
        assert_eq!(
            mail.login.unwrap(),
            ("jane@gmail.com".to_owned(), "smtp-password".to_owned())
        );
        assert!(said.contains("Letters by [gmail]: "), "{said}");
        assert!(said.contains("app password"), "{said}");
    }

    #[test]
    fn a_provider_that_takes_no_password_says_so_and_letters_go_to_the_folder() {
        let (fresh, said) = talk("Jane\njane@hotmail.com\neurope/london\noutlook\n\n");
        let fresh = fresh.unwrap();
        assert_eq!(fresh.mail, None);
        assert_eq!(fresh.timezone, "Europe/London");
        assert!(said.matches("takes no password").count() == 2, "{said}");
    }

    #[test]
    fn a_wrong_answer_is_asked_for_again() {
        let (fresh, said) = talk(
            "\nJane\njane\njane@example.com\nAtlantis\nEurope/London\npigeon\nmail.example.com\njane\n",
        );
        assert_eq!(fresh.unwrap().mail.unwrap().host, "mail.example.com");
        for why in [
            "please write",
            "is no email",
            "is no time zone",
            "neither a known",
        ] {
            assert!(said.contains(why), "{why}: {said}");
        }
    }

    #[test]
    fn a_password_is_typed_again_until_the_letter_gets_through_or_nobody_types_one() {
        #[track_caller]
        fn check(typed: &[&str], expected: Exit, kept: &str) {
            let holds = RefCell::new("wrong".to_owned());
            let mut typed = typed.iter();
            let exit = until_it_gets_through(
                || Ok(Exit::attention_if(*holds.borrow() != "right")),
                || Ok(typed.next().map(|&one| one.to_owned())),
                |password| {
                    password.clone_into(&mut holds.borrow_mut());
                    Ok(())
                },
            );
            assert_eq!(exit.unwrap(), expected);
            assert_eq!(*holds.borrow(), kept);
        }
        check(&["worse", "right", "never asked for"], Exit::Done, "right");
        check(&["worse"], Exit::Attention, "worse");
        check(&[], Exit::Attention, "wrong");
    }

    #[test]
    fn a_talk_that_is_broken_off_gives_nothing() {
        let (fresh, _) = talk("Jane\n");
        let error = fresh.unwrap_err().to_string();
        assert!(error.contains("nothing was written"), "{error}");
    }
}
