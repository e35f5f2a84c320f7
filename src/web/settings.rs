//! The configuration in force: each value, and where it comes from. Secrets are only said to be
//! there.

use askama::Template;

use super::frame::{Frame, Place, Pulse};
use super::lists::{Field, plain};
use super::markup::coded;
use super::passes::{Pass, clients};
use super::settings_letters::digest_at;
use crate::config::plan::{Plan, SecretSource};
use crate::config::telling::HookPlan;
use crate::text::words;

/// A value: what it is, what it says, and the keys of the file that give it.
type Value = (&'static str, String, Origin);

/// Where a value comes from.
enum Origin {
    /// A key of the file, or else the default.
    Key(&'static str),
    /// Said in words.
    Said(String),
}

/// A pass that was made just now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Given {
    /// For which client; `None`: for a companion.
    pub client: Option<String>,
    /// The link or the code, with its secret, which is kept nowhere.
    pub shown: String,
}

/// What came of a test letter or a test message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tried {
    /// It went through.
    pub is_good: bool,
    /// What was answered, or why it did not, in a sentence.
    pub said: String,
}

/// The links for clients, and the companions.
#[derive(Debug, Clone, Copy)]
pub struct Passes<'a> {
    /// Those that were given, oldest first.
    pub all: &'a [Pass],
    /// The one that was made just now.
    pub given: Option<&'a Given>,
}

#[derive(Template)]
#[template(path = "web/templates/settings.html")]
struct Page {
    frame: Frame,
    /// As markup.
    lead: String,
    columns: &'static [&'static str],
    rows: Vec<Vec<Field>>,
    empty: &'static str,
    pages: Vec<(usize, bool)>,
    /// The link that was made just now, and for whom.
    given: Option<(String, String)>,
    /// The code of the companion that was paired just now.
    code: Option<String>,
    /// As markup.
    hint: Option<String>,
    clients: Vec<String>,
    links: Vec<Line>,
    companions: Vec<Line>,
    tried: Option<Tried>,
    /// The names of the webhooks and phones that can be tried, and what each is called.
    hooks: Vec<(String, String)>,
    /// Where letters go.
    email: String,
    has_editions: bool,
    /// Which letters are paused, if any.
    paused: Option<String>,
    tomorrow: String,
    next_week: String,
}

/// A pass.
struct Line {
    number: i64,
    client: String,
    made: String,
    heard: String,
    withdrawn: Option<String>,
}

/// The page.
pub fn page(
    place: &Place<'_>,
    plan: &Plan,
    passes: Passes<'_>,
    (paused, tried): (Option<String>, Option<Tried>),
    pulse: &Pulse,
) -> askama::Result<String> {
    let all = author(plan)
        .into_iter()
        .chain(mail(plan))
        .chain(manners(plan))
        .chain(web(plan));
    let file = plan.origins.file.as_ref();
    let clients = clients(&plan.editions);
    let (links, companions) = passes.all.iter().partition(|pass| pass.client.is_some());
    let [links, companions]: [Vec<&Pass>; 2] = [links, companions];
    let shown = |passes: Vec<&Pass>| passes.into_iter().map(|pass| line(place, pass)).collect();
    Page {
        frame: Frame::new(place, "settings", "Settings", pulse),
        lead: coded(&format!(
            "The configuration in force{}. Most of it is changed on these pages, books on their own, \
             the rest in the file; secrets are not shown.",
            file.map_or_else(String::new, |file| format!(", from {}", file.display()))
        )),
        columns: &["What", "Value", "From"],
        rows: all
            .map(|(what, value, origin)| {
                vec![plain(what), plain(value), plain(from(plan, &origin))]
            })
            .collect(),
        empty: "",
        pages: Vec::new(),
        given: passes.given.and_then(|given| {
            let client = given.client.as_ref()?;
            Some((words::one_line(client), given.shown.clone()))
        }),
        code: passes
            .given
            .filter(|given| given.client.is_none())
            .map(|given| given.shown.clone()),
        hint: hint(plan, clients.is_empty()).map(coded),
        clients: clients.into_iter().map(str::to_owned).collect(),
        links: shown(links),
        companions: shown(companions),
        tried,
        hooks: plan
            .hooks
            .iter()
            .map(|hook| (way(hook), hook.name.clone()))
            .collect(),
        email: plan.author.email.clone(),
        has_editions: !plan.editions.is_empty(),
        paused,
        tomorrow: place.in_days(1),
        next_week: place.in_days(7),
    }
    .render()
}

/// By what a form names a webhook or an ntfy.
pub fn way(hook: &HookPlan) -> String {
    format!("{} {}", hook.kind.name(), hook.name)
}

/// What stands in the way of a link that helps somebody.
fn hint(plan: &Plan, has_none: bool) -> Option<&'static str> {
    if has_none {
        return Some("No edition names an `imprint`: write the client's name there first.");
    }
    plan.web.address.is_none().then_some(
        "As things are, a link opens only where this page opens for you. First give this page its \
         public address, under Phones, webhooks, this page.",
    )
}

fn line(place: &Place<'_>, pass: &Pass) -> Line {
    Line {
        number: pass.number,
        client: words::one_line(pass.client.as_deref().unwrap_or_default()),
        made: place.moment(pass.made),
        heard: pass
            .heard
            .map_or_else(|| "never".to_owned(), |at| place.moment(at)),
        withdrawn: pass.withdrawn.map(|at| place.moment(at)),
    }
}

fn from(plan: &Plan, origin: &Origin) -> String {
    match origin {
        Origin::Said(said) => said.clone(),
        Origin::Key(key) => match plan.origins.line(key) {
            Some(line) => format!("line {line}, {key}"),
            None => "default".to_owned(),
        },
    }
}

fn author(plan: &Plan) -> Vec<Value> {
    let author = &plan.author;
    let zone = author.zone.iana_name().unwrap_or("fixed").to_owned();
    let stores: Vec<&str> = plan.stores.iter().map(|one| one.id.as_str()).collect();
    let folder = match plan.origins.line("data.folder") {
        Some(_) => Origin::Key("data.folder"),
        None => Origin::Said("default: XDG_DATA_HOME, or the home folder".to_owned()),
    };
    vec![
        ("author", author.name.clone(), Origin::Key("author.name")),
        (
            "letters go to",
            author.email.clone(),
            Origin::Key("author.email"),
        ),
        ("time zone", zone, Origin::Key("author.timezone")),
        ("data folder", plan.data.display().to_string(), folder),
        (
            "editions",
            plan.editions.len().to_string(),
            Origin::Key("edition"),
        ),
        ("stores", stores.join(", "), Origin::Key("edition")),
    ]
}

fn mail(plan: &Plan) -> Vec<Value> {
    let Some(mail) = &plan.mail else {
        let folder = "no server: letters are written to the data folder".to_owned();
        return vec![("mail", folder, Origin::Key("mail"))];
    };
    let secret = match &mail.password {
        None => Origin::Key("mail.password_file"),
        Some(SecretSource::File(file)) => Origin::Said(format!("the file {}", file.display())),
        Some(SecretSource::Env(name)) => Origin::Said(format!("the environment variable {name}")),
        Some(SecretSource::Command(command)) => Origin::Said(format!(
            "the command `{}`",
            words::clipped(command.first().map_or("", String::as_str), 80)
        )),
    };
    vec![
        (
            "mail server",
            format!("{}:{}, {:?}", mail.host, mail.port, mail.encryption),
            Origin::Key("mail.host"),
        ),
        (
            "mail user",
            mail.username.clone().unwrap_or_else(|| "none".to_owned()),
            Origin::Key("mail.username"),
        ),
        ("mail password", stars(mail.password.is_some()), secret),
        ("mail sender", mail.from.clone(), Origin::Key("mail.from")),
    ]
}

fn manners(plan: &Plan) -> Vec<Value> {
    let manners = &plan.manners;
    let check = plan.schedule.check.as_ref();
    vec![
        (
            "looks",
            check.map_or_else(
                || "by the phase of each launch".to_owned(),
                |cron| cron.pattern.to_string(),
            ),
            Origin::Key("schedule.check"),
        ),
        (
            "digest",
            digest_at(&plan.schedule.digest.pattern.to_string()),
            Origin::Key("schedule.digest"),
        ),
        (
            "least pause",
            format!("{} s", manners.pause.as_secs()),
            Origin::Key("politeness.pause"),
        ),
        (
            "requests a day",
            manners.requests_per_day.to_string(),
            Origin::Key("politeness.requests_per_day"),
        ),
        (
            "contact",
            manners.contact.clone(),
            Origin::Key("politeness.contact"),
        ),
        (
            "a change counts after",
            words::lasting(plan.judging.confirm_after),
            Origin::Key("judging.confirm_after"),
        ),
        (
            "reminders",
            format!("every {}", words::lasting(plan.judging.remind_every)),
            Origin::Key("judging.remind_every"),
        ),
    ]
}

fn web(plan: &Plan) -> Vec<Value> {
    let listen = plan
        .web
        .listen
        .map_or_else(|| "off".to_owned(), |at| at.to_string());
    let address = plan.web.address.as_ref();
    let address = address.map_or_else(|| "none".to_owned(), ToString::to_string);
    vec![
        ("page listens at", listen, Origin::Key("web.listen")),
        ("public address", address, Origin::Key("web.address")),
        (
            "page password",
            stars(plan.web.password_hash.is_some()),
            Origin::Key("web.password_hash"),
        ),
    ]
}

/// Whether there is a secret, and never which.
fn stars(is_there: bool) -> String {
    (if is_there { "***" } else { "none" }).to_owned()
}
