//! Turns the text of a configuration into a plan, and collects every problem on the way.

mod calendar;
mod edition;
mod listing;
mod mail;
pub mod manners;
mod secret;
mod store;
mod telling;
mod ways;
mod web;
mod windows;

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::{Path, PathBuf};

use jiff::SignedDuration;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde_spanned::Spanned;
use toml::de::DeTable;

use super::findings::{Asked, Findings, Place};
use super::origins::Origins;
use super::plan::{Author, Judging, Plan, SchedulePlan};
use super::problem::{Problem, starred};
use super::syntax::syntax;
use super::table::{Table, Text};
use super::telling::PingPlan;
use super::{times, values};

/// What a configuration is read against.
#[derive(Debug, Clone, Copy)]
pub struct Surroundings<'a> {
    /// Relative paths in the file are taken from here.
    pub folder: &'a Path,
    /// The data folder when the file names none.
    pub data: &'a Path,
    /// What `~/` stands for.
    pub home: Option<&'a Path>,
    /// Today, in the author's part of the world; warnings about dates need it.
    pub today: Date,
}

/// A file that the configuration names, for those who may look at the disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct NamedFile {
    /// The key that names it.
    pub(super) key: &'static str,
    /// Where the name stands.
    pub(super) span: Range<usize>,
    /// The file.
    pub(super) path: PathBuf,
}

/// A configuration that was read.
#[derive(Debug)]
pub(super) struct Checked {
    /// The plan; `None` when some problem is an error.
    pub(super) plan: Option<Plan>,
    /// What is wrong or worth knowing, in the order of the file.
    pub(super) problems: Vec<Problem>,
    /// The files that must be readable.
    pub(super) files: Vec<NamedFile>,
}

/// What is asked of a configuration, by table, as far as this one brings it about.
pub(super) fn asked(text: &str) -> BTreeMap<Place, Asked> {
    let findings = Findings::default();
    let surroundings = Surroundings {
        folder: Path::new(""),
        data: Path::new(""),
        home: Some(Path::new("")),
        today: Date::ZERO,
    };
    check_into(text, &surroundings, &findings);
    findings.into_asked()
}

/// Checks a configuration.
pub(super) fn check(text: &str, surroundings: &Surroundings<'_>) -> Checked {
    let findings = Findings::default();
    let (mut plan, files) = check_into(text, surroundings, &findings);
    if let Some(plan) = &mut plan {
        plan.origins = Origins::of(text);
    }
    Checked {
        plan,
        problems: findings.into_problems(),
        files,
    }
}

fn check_into(
    text: &str,
    surroundings: &Surroundings<'_>,
    findings: &Findings,
) -> (Option<Plan>, Vec<NamedFile>) {
    let (tree, errors) = DeTable::parse_recoverable(text);
    let syntax = syntax(&starred(text), &errors);
    let mut files = Vec::new();
    if syntax.problems.is_empty() {
        let plan = sections(Table::root(&tree, findings), surroundings, &mut files);
        return (plan.filter(|_| findings.errors() == 0), files);
    }
    if !syntax.hopeless {
        // The rest of the file is understood: what is wrong there is said now, and not only
        // after the first correction.
        let rest = Findings::default();
        sections(Table::root(&tree, &rest), surroundings, &mut files);
        for problem in rest.into_problems() {
            if !syntax.explains(text, &problem) {
                findings.add(problem);
            }
        }
    }
    for problem in syntax.problems {
        findings.add(problem);
    }
    (None, files)
}

fn sections(
    mut root: Table<'_>,
    surroundings: &Surroundings<'_>,
    files: &mut Vec<NamedFile>,
) -> Option<Plan> {
    let author = author(&mut root);
    let paths = Paths { surroundings };
    let data = folder(&mut root, "data", &paths);
    let inbox = folder(&mut root, "inbox", &paths);
    let zone = author
        .as_ref()
        .map_or(TimeZone::UTC, |author| author.zone.clone());
    let email = author.as_ref().map(|author| author.email.as_str());
    let mail = root
        .table("mail")
        .map(|table| mail::mail(table, email, &paths, files));
    let (schedule, ping) = schedule(&mut root);
    let api = root
        .table("amazon_api")
        .map(|table| ways::api(table, &paths, files));
    let means = ways::Means { api: api.is_some() };
    let mut own_windows = Vec::new();
    let defined = store::stores(&mut root, means, &mut own_windows);
    let (editions, used) = edition::editions(
        &mut root,
        (&defined, means),
        (surroundings.today, &zone),
        &mut own_windows,
    );
    store::warn_of_unused(&defined, &used, root.findings());
    let clients = telling::clients(&mut root, &editions);
    let hooks = telling::hooks(&mut root, &paths, files);
    let manners = manners::manners(&mut root, &used, email);
    let judging = Judging {
        learned_windows: windows::windows(&mut root, &mut own_windows),
        ..judging(&mut root)
    };
    let web = web::web(&mut root);
    root.finish();
    Some(Plan {
        author: author?,
        data: data.ok()?.unwrap_or_else(|| surroundings.data.to_owned()),
        inbox: inbox.ok()?,
        mail: match mail {
            Some(mail) => Some(mail?),
            None => None,
        },
        schedule: schedule?,
        manners: manners?,
        stores: used,
        editions,
        judging,
        windows: own_windows,
        api: match api {
            Some(api) => Some(api?),
            None => None,
        },
        web: web?,
        clients,
        hooks,
        ping,
        origins: Origins::default(),
    })
}

fn author(root: &mut Table<'_>) -> Option<Author> {
    root.must_have("author");
    let Some(mut table) = root.table("author") else {
        if !root.has("author") {
            root.findings().add(
                Problem::error("the table `[author]` is missing")
                    .because("letters need a name, an address and a time zone")
                    .remedy(
                        "begin the file with `[author]`, and below it `name = \"Jane Roe\"`, \
                         `email = \"jane@example.com\"` and `timezone = \"America/New_York\"`",
                    ),
            );
        }
        return None;
    };
    let findings = table.findings();
    let name = table.required("name", "\"Jane Roe\"");
    let email = table
        .required("email", "\"jane@example.com\"")
        .and_then(|text| findings.keep(values::email("email", &text)));
    let zone = table
        .required("timezone", "\"America/New_York\"")
        .and_then(|text| findings.keep(times::zone(&text)));
    table.finish();
    Some(Author {
        name: name?.into_inner(),
        email: email?,
        zone: zone?,
    })
}

/// The folder that a table names: `None` without the table, an error where the table is wrong.
fn folder(
    root: &mut Table<'_>,
    name: &'static str,
    paths: &Paths<'_>,
) -> Result<Option<PathBuf>, ()> {
    let Some(mut table) = root.table(name) else {
        return if root.has(name) { Err(()) } else { Ok(None) };
    };
    let findings = table.findings();
    let folder = table.required("folder", "\"data\"");
    table.finish();
    let folder = folder.and_then(|folder| findings.keep(paths.resolve(&folder)));
    folder.map(Some).ok_or(())
}

/// The schedule, and who is told after every round.
fn schedule(root: &mut Table<'_>) -> (Option<SchedulePlan>, Option<PingPlan>) {
    const DIGEST: &str = "0 8 * * MON";
    let default = Spanned::new(0..0, DIGEST.to_owned());
    let Some(mut table) = root.table("schedule") else {
        let digest = times::cron("digest", &default).ok();
        let plan = digest.map(|digest| SchedulePlan {
            check: None,
            steady: DAILY,
            digest,
            digest_always: false,
        });
        return (plan, None);
    };
    let findings = table.findings();
    let check = table
        .text("check")
        .map(|text| findings.keep(times::cron("check", &text)));
    let steady = steady(&mut table);
    let digest = table.text("digest").unwrap_or(default);
    let digest = findings.keep(times::cron("digest", &digest));
    let choices = [("needed", false), ("always", true)];
    let digest_always = table.choice(("digest_when", "digest_when"), &choices, &[]);
    let ping = telling::ping(&mut table);
    table.finish();
    let plan = match (check, digest) {
        (Some(None), _) | (_, None) => None,
        (check, Some(digest)) => Some(SchedulePlan {
            check: check.flatten(),
            steady: steady.unwrap_or(DAILY),
            digest,
            digest_always: digest_always.is_some_and(Spanned::into_inner),
        }),
    };
    (plan, ping)
}

/// A page of which nothing is expected is looked at once a day, unless the user says otherwise.
const DAILY: SignedDuration = SignedDuration::from_hours(24);
const WEEKLY: SignedDuration = SignedDuration::from_hours(7 * 24);

fn steady(table: &mut Table<'_>) -> Option<SignedDuration> {
    let written = table.duration("steady")?;
    if !(DAILY..=WEEKLY).contains(written.get_ref()) {
        let problem = Problem::error("`steady` must lie between a day and a week")
            .at(written.span(), "")
            .because("nothing is expected of these pages, so more often only burdens the stores")
            .remedy("write `steady = \"24h\"` or `steady = \"7 days\"`");
        table.findings().add(problem);
        return None;
    }
    Some(written.into_inner())
}

fn judging(root: &mut Table<'_>) -> Judging {
    let mut judging = Judging::default();
    let Some(mut table) = root.table("judging") else {
        return judging;
    };
    let findings = table.findings();
    let mut read = |key: &'static str, least: &str, value: &mut SignedDuration| {
        let Some(duration) = table.duration(key) else {
            return;
        };
        if duration.get_ref().is_zero() {
            findings.add(
                Problem::error(format!("`{key}` cannot be zero"))
                    .at(duration.span(), "")
                    .remedy(format!("write a length of time, as `{key} = \"{least}\"`")),
            );
        }
        *value = duration.into_inner();
    };
    read("confirm_after", "6h", &mut judging.confirm_after);
    read("remind_every", "7 days", &mut judging.remind_every);
    table.finish();
    judging
}

/// How paths in the file are understood.
pub(super) struct Paths<'a> {
    surroundings: &'a Surroundings<'a>,
}

impl Paths<'_> {
    /// The path that a text names: from the folder of the file, or from the home folder.
    fn resolve(&self, text: &Text) -> Result<PathBuf, Problem> {
        let written = text.get_ref();
        let Some(rest) = written.strip_prefix("~/") else {
            return Ok(self.surroundings.folder.join(written));
        };
        let Some(home) = self.surroundings.home else {
            return Err(Problem::error("`~` stands for no folder here")
                .at(text.span(), "")
                .because("the environment variable HOME is not set")
                .remedy("write the path in full"));
        };
        Ok(home.join(rest))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use toml::de::DeValue;

    use super::*;
    use crate::config::EXAMPLE;
    use crate::config::schema::every_key;

    /// Tables whose keys are the user's own: stores, windows, states.
    const FREE: [&str; 7] = [
        "amazon_api.partner_tags",
        "edition.addresses",
        "edition.sources",
        "edition.windows",
        "store.windows",
        "store.words",
        "windows",
    ];

    type Keys = BTreeMap<String, BTreeSet<String>>;

    fn surroundings() -> Surroundings<'static> {
        Surroundings {
            folder: Path::new("/home/jane/.config/pubwatch"),
            data: Path::new("/home/jane/.local/share/pubwatch"),
            home: Some(Path::new("/home/jane")),
            today: jiff::civil::date(2026, 11, 22),
        }
    }

    fn keys_of(text: &str) -> Keys {
        let tree = DeTable::parse(text).unwrap();
        let mut keys = Keys::new();
        for (name, value) in tree.get_ref() {
            collect(name.get_ref(), value.get_ref(), &mut keys);
        }
        keys
    }

    fn collect(name: &str, value: &DeValue<'_>, keys: &mut Keys) {
        match value {
            DeValue::Table(table) => {
                for (key, value) in table {
                    if value.get_ref().is_table() && !FREE.contains(&name) {
                        collect(&format!("{name}.{}", key.get_ref()), value.get_ref(), keys);
                    } else if value.get_ref().is_table() {
                        collect(name, value.get_ref(), keys);
                    }
                    if let DeValue::Array(items) = value.get_ref() {
                        for item in items.iter().filter(|item| item.get_ref().is_table()) {
                            let inner = format!("{name}.{}", key.get_ref());
                            collect(&inner, item.get_ref(), keys);
                        }
                    }
                    let is_free = FREE.contains(&name)
                        && !["quiet", "act", "learned"].contains(&&**key.get_ref());
                    if !is_free {
                        keys.entry(name.to_owned())
                            .or_default()
                            .insert(key.get_ref().clone().into_owned());
                    }
                }
            }
            DeValue::Array(items) => {
                for item in items.iter().filter(|item| item.get_ref().is_table()) {
                    collect(name, item.get_ref(), keys);
                }
            }
            DeValue::String(_)
            | DeValue::Integer(_)
            | DeValue::Float(_)
            | DeValue::Boolean(_)
            | DeValue::Datetime(_) => {}
        }
    }

    fn known_keys() -> Keys {
        let mut known = Keys::new();
        for ((name, _), asked) in asked(&every_key()) {
            let keys = asked.keys.into_keys().map(str::to_owned);
            known.entry(name).or_default().extend(keys);
        }
        known.remove("");
        known.retain(|_, keys| !keys.is_empty());
        known
    }

    #[test]
    fn the_example_is_a_working_configuration_without_a_warning() {
        let checked = check(EXAMPLE, &surroundings());
        assert_eq!(checked.problems, []);
        let plan = checked.plan.unwrap();
        assert_eq!(plan.editions[0].listings.len(), 3);
        assert_eq!(plan.data, Path::new("/home/jane/.local/share/pubwatch"));
    }

    #[test]
    fn the_full_example_has_three_sources_of_each_secret_and_no_other_fault() {
        let checked = check(&every_key(), &surroundings());
        let messages: Vec<&str> = checked
            .problems
            .iter()
            .map(|problem| problem.message.as_str())
            .collect();
        assert_eq!(
            messages,
            [
                "the password is to come from two places",
                "the secret is to come from two places",
                "`number` is for an edition that has neither an ISBN nor an ASIN",
                "the secret is to come from two places",
                "the token is to come from two places",
                "no edition is watched at `books.example.com`"
            ]
        );
    }

    #[test]
    fn the_example_has_every_key_that_is_known_and_no_other() {
        assert_eq!(keys_of(&every_key()), known_keys());
    }

    #[test]
    fn the_manual_has_every_key_that_is_known_and_no_other() {
        let manual = include_str!("../../../docs/configuration.md");
        let mut keys = Keys::new();
        let mut table = String::new();
        for line in manual.lines() {
            if let Some(heading) = line.strip_prefix("## `[") {
                heading
                    .trim_end_matches(['`', ']'])
                    .trim_start_matches('[')
                    .clone_into(&mut table);
            } else if let Some(row) = line.strip_prefix("| `") {
                let key = row.split('`').next().unwrap_or_default();
                keys.entry(table.clone())
                    .or_default()
                    .insert(key.to_owned());
            }
        }
        assert_eq!(keys, known_keys());
    }
}
