//! `source` of a store and of an edition, and `[amazon_api]`: the ways in.

use std::collections::BTreeMap;

use serde_spanned::Spanned;
use toml::de::DeValue;

use super::secret::{self, Keys};
use super::{NamedFile, Paths};
use crate::book::{Family, Source, StoreId};
use crate::config::findings::Kind;
use crate::config::plan::StorePlan;
use crate::config::problem::Problem;
use crate::config::table::{Table, Text, text_of, wrong_kind};
use crate::config::values;
use crate::config::ways::{ApiPlan, CredentialVersion, written};

const SECRETS: Keys = Keys {
    what: "secret",
    file: "secret_file",
    env: "secret_env",
    command: "secret_command",
};

/// The ways in that can be chosen. What a person's browser hands over is taken at any store.
const WAYS: [Source; 5] = [
    Source::Http,
    Source::Browser,
    Source::Command,
    Source::Api,
    Source::ByHand,
];

/// An example of an order of sources.
const ORDER: &str = "[\"http\", \"by-hand\"]";

/// What a way in needs, and whether it is there.
#[derive(Debug, Clone, Copy)]
pub(super) struct Means {
    /// There is an `[amazon_api]` table.
    pub(super) api: bool,
}

fn way() -> Kind {
    Kind::Choice(WAYS.map(written).to_vec(), Vec::new())
}

/// Reads a list of sources, each with its place; each is there once.
pub(super) fn sources(table: &mut Table<'_>) -> Option<Vec<Spanned<Source>>> {
    let texts = table.texts("source", way(), ORDER)?;
    let span = table.key_span("source");
    order(table, texts, span)
}

fn order(
    table: &Table<'_>,
    texts: Vec<Text>,
    span: std::ops::Range<usize>,
) -> Option<Vec<Spanned<Source>>> {
    let findings = table.findings();
    let mut sources: Vec<Spanned<Source>> = Vec::new();
    if texts.is_empty() {
        findings.add(
            Problem::error("this names no source")
                .at(span, "")
                .remedy(format!("write it as `{ORDER}`, or leave the line out")),
        );
    }
    for text in texts {
        let choices = WAYS.map(|source| (written(source), source));
        let Some(source) = findings.keep(values::choice("source", &text, &choices)) else {
            continue;
        };
        if let Some(first) = sources.iter().find(|first| *first.get_ref() == source) {
            findings.add(
                Problem::error(format!("`{}` is there twice", written(source)))
                    .at(text.span(), "again here")
                    .at(first.span(), "first here")
                    .remedy("keep one"),
            );
            continue;
        }
        sources.push(Spanned::new(text.span(), source));
    }
    (!sources.is_empty()).then_some(sources)
}

/// Reads `command` of a store: the program and its arguments.
pub(super) fn command(table: &mut Table<'_>) -> Option<Vec<String>> {
    let (words, _) = secret::program(table, "command", "[\"/usr/local/bin/my-fetcher\"]")?;
    Some(words.into_iter().map(Spanned::into_inner).collect())
}

/// Reports sources that cannot work at a store.
pub(super) fn check_means(
    table: &Table<'_>,
    store: &StorePlan,
    sources: &[Spanned<Source>],
    means: Means,
) {
    for source in sources {
        let problem = match source.get_ref() {
            Source::Api if store.id.family() != Family::Amazon => Problem::error(format!(
                "{} has no API that shows availability",
                store.label
            ))
            .remedy("leave `api` out; only Amazon has one"),
            Source::Api if !means.api => Problem::error("`api` needs an account with Amazon")
                .remedy("add an `[amazon_api]` table, or leave `api` out"),
            Source::Command if store.ways.command.is_none() => Problem::error(
                "`command` needs a program",
            )
            .remedy(format!(
                "add `command = [\"/usr/local/bin/my-fetcher\"]` to the `[[store]]` of `{}`, or \
                     write `\"browser\"` for the Chromium of this machine",
                store.id
            )),
            Source::Http
            | Source::Browser
            | Source::Command
            | Source::Api
            | Source::ByHand
            | Source::Companion => {
                continue;
            }
        };
        table.findings().add(problem.at(source.span(), ""));
    }
}

/// Reads the `sources` of an edition: an order of sources by store.
pub(super) fn by_store(table: &mut Table<'_>) -> Vec<(Text, Vec<Spanned<Source>>)> {
    let Some(sources) = table.table("sources") else {
        return Vec::new();
    };
    let findings = sources.findings();
    let mut all = Vec::new();
    for (store, value) in sources.entries(Kind::List(Box::new(way())), &[]) {
        let one = std::slice::from_ref(value);
        let items = match value.get_ref() {
            DeValue::Array(items) => items.iter().as_slice(),
            DeValue::String(_) => one,
            DeValue::Integer(_)
            | DeValue::Float(_)
            | DeValue::Boolean(_)
            | DeValue::Datetime(_)
            | DeValue::Table(_) => {
                let name = format!("\"{}\"", store.get_ref());
                findings.add(wrong_kind(&name, value, "a list of sources", ORDER));
                continue;
            }
        };
        let texts: Vec<Text> = items
            .iter()
            .filter_map(|item| findings.keep(text_of(store.get_ref(), item)))
            .collect();
        if let Some(order) = order(&sources, texts, value.span()) {
            all.push((store, order));
        }
    }
    all
}

/// Reads `[amazon_api]`.
pub(super) fn api(
    mut table: Table<'_>,
    paths: &Paths<'_>,
    files: &mut Vec<NamedFile>,
) -> Option<ApiPlan> {
    let findings = table.findings();
    let before = findings.errors();
    let credential_id = table.required("credential_id", "\"amzn1.application-oa2-client.0123\"");
    for key in ["secret", "credential_secret"] {
        table.refuse(key, |span| {
            Problem::error("a secret does not belong in this file")
                .at(span, "")
                .because("configurations are copied, mailed and put under version control")
                .remedy(
                    "put it alone into a file that only you can read (`chmod 600`), and write \
                     `secret_file = \"amazon-secret\"`",
                )
                .remedy("or use `secret_env` or `secret_command`")
        });
    }
    let secret = secret::source(&mut table, &SECRETS, paths, files);
    if secret.is_none() && !SECRETS.are_in(&table) {
        findings.add(table.missing("secret_file", "\"amazon-secret\""));
    }
    table.require("version", "\"3.1\"");
    let version = table.choice(("version", "version"), &CredentialVersion::ALL, &[]);
    let partner_tag = table.required("partner_tag", "\"example-20\"");
    let partner_tags = partner_tags(&mut table);
    let base = table
        .text("base")
        .and_then(|text| findings.keep(values::web_address(&text)));
    table.finish();
    if findings.errors() > before {
        return None;
    }
    Some(ApiPlan {
        credential_id: credential_id?.into_inner(),
        secret: secret?.into_inner(),
        version: version?.into_inner(),
        partner_tag: partner_tag?.into_inner(),
        partner_tags,
        base,
    })
}

fn partner_tags(table: &mut Table<'_>) -> BTreeMap<StoreId, String> {
    let Some(tags) = table.table("partner_tags") else {
        return BTreeMap::new();
    };
    let findings = tags.findings();
    let mut by_store = BTreeMap::new();
    for (store, value) in tags.entries(Kind::Text, &[]) {
        let id = StoreId::new(store.get_ref());
        if id.family() != Family::Amazon {
            findings.add(
                Problem::error(format!(
                    "`{}` is no marketplace of Amazon's",
                    store.get_ref()
                ))
                .at(store.span(), "")
                .remedy("write it as `\"amazon.co.uk\" = \"example-21\"`"),
            );
            continue;
        }
        if let Some(tag) = findings.keep(text_of(store.get_ref(), value)) {
            by_store.insert(id, tag.into_inner());
        }
    }
    by_store
}

#[cfg(test)]
mod tests {
    use crate::book::{EditionId, Source};
    use crate::config::plan::{Plan, SecretSource};
    use crate::config::{self, ways::CredentialVersion};

    const BEGINNING: &str = "
        [author]
        name = 'Jane Roe'
        email = 'jane@example.com'
        timezone = 'UTC'
        [[edition]]
        title = 'Salt Roads'
        isbn = '9781944098117'
        publication_date = 2027-02-09
        stores = ['amazon.com', 'bookshop.org']
    ";

    fn read(rest: &str) -> Result<Plan, Vec<String>> {
        let text = format!("{BEGINNING}{rest}");
        let today = jiff::civil::date(2026, 11, 22);
        match config::check(&text, "pubwatch.toml", today) {
            Ok((plan, _)) => Ok(plan),
            Err(problems) => Err(problems
                .into_iter()
                .filter(config::Problem::is_error)
                .map(|problem| problem.message)
                .collect()),
        }
    }

    #[track_caller]
    fn check(rest: &str, expected: &[&str]) {
        assert_eq!(read(rest).map(drop).unwrap_err(), expected);
    }

    const API: &str = "
        [amazon_api]
        credential_id = 'id'
        version = '3.2'
        secret_env = 'PATH'
        partner_tag = 'example-20'
    ";

    #[test]
    fn the_order_is_the_users_and_an_edition_may_have_its_own() {
        let plan = read(&format!(
            "sources = {{ 'bookshop.org' = 'by-hand' }}
             {API}
             [[store]]
             name = 'amazon.com'
             source = ['api', 'http', 'command']
             command = ['/usr/local/bin/fetch', '--quiet']"
        ))
        .unwrap();
        let isbn: EditionId = "9781944098117".parse().unwrap();
        let ways = &plan.stores[0].ways;
        assert_eq!(ways.of(&isbn), [Source::Api, Source::Http, Source::Command]);
        assert_eq!(ways.command.as_ref().unwrap()[1], "--quiet");
        assert!(plan.stores[1].ways.is_by_hand(&isbn));
        let api = plan.api.unwrap();
        assert_eq!(api.version, CredentialVersion::ALL[4].1);
        assert_eq!(api.secret, SecretSource::Env("PATH".to_owned()));
    }

    #[test]
    fn a_source_that_cannot_work_is_reported() {
        check(
            "[[store]]
             name = 'bookshop.org'
             source = ['api', 'command']",
            &[
                "Bookshop.org has no API that shows availability",
                "`command` needs a program",
            ],
        );
        check(
            "[[store]]
             name = 'amazon.com'
             source = ['api', 'http', 'http']",
            &[
                "`api` needs an account with Amazon",
                "`http` is there twice",
            ],
        );
        check(
            "[[store]]
             name = 'amazon.com'
             source = ['htpp']
             command = 'fetch'",
            &[
                "there is no source `htpp`",
                "`command` must be a list: the program, then each argument",
            ],
        );
        check(
            "sources = { 'amazon.de' = ['http'] }",
            &["sources for `amazon.de`, which is not in `stores`"],
        );
    }

    #[test]
    fn an_account_without_its_secret_is_reported() {
        check(
            "[amazon_api]
             credential_id = 'id'
             version = '4.1'
             secret = 'hush'
             partner_tag = 'example-20'",
            &[
                "`secret_file` is missing",
                "there is no version `4.1`",
                "a secret does not belong in this file",
            ],
        );
    }
}
