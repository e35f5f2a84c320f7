//! Which digests there are: one for each client of an imprint and one for all that is nobody's, to
//! each who gets letters about some of its editions. Pure.

use crate::book::EditionId;
use crate::config::plan::Plan;
use crate::config::telling::{Least, Recipient};

/// A digest that is to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issue {
    /// The client; `None` for the editions that are nobody's.
    pub client: Option<String>,
    /// Who gets it.
    pub recipient: Recipient,
    /// The editions in it, in the order of the configuration.
    pub editions: Vec<EditionId>,
}

/// The digests of a plan, in the order in which its editions first need them.
///
/// Who only wants to hear what to act on gets none. A plan without an edition has one all the same:
/// it says that there is nothing to watch.
pub fn issues(plan: &Plan) -> Vec<Issue> {
    let mut issues: Vec<Issue> = Vec::new();
    for edition in &plan.editions {
        let client = plan.client_of(edition).map(|client| client.name.clone());
        for recipient in plan.recipients(edition) {
            if recipient.least == Least::Act {
                continue;
            }
            let edition = edition.edition.id.clone();
            let same = issues.iter_mut().find(|issue| {
                issue.client == client
                    && issue
                        .recipient
                        .address
                        .eq_ignore_ascii_case(&recipient.address)
            });
            match same {
                Some(issue) => issue.editions.push(edition),
                None => issues.push(Issue {
                    client: client.clone(),
                    recipient,
                    editions: vec![edition],
                }),
            }
        }
    }
    if plan.editions.is_empty() {
        issues.push(Issue {
            client: None,
            recipient: plan.author_as_recipient(),
            editions: Vec::new(),
        });
    }
    issues
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::config::check;

    #[track_caller]
    fn check_issues(rest: &str, expected: &[&str]) {
        let text = format!(
            "[author]\nname = \"Jane\"\nemail = \"jane@example.com\"\ntimezone = \"UTC\"\n{rest}"
        );
        let (plan, _) = check(&text, "pubwatch.toml", date(2026, 11, 22)).unwrap();
        let found: Vec<String> = issues(&plan)
            .iter()
            .map(|issue| {
                let editions: Vec<&str> = issue.editions.iter().map(EditionId::as_str).collect();
                format!(
                    "{} to {}: {}",
                    issue.client.as_deref().unwrap_or("-"),
                    issue.recipient.address,
                    editions.join(" ")
                )
            })
            .collect();
        assert_eq!(found, expected);
    }

    fn edition(edition: &str, more: &str) -> String {
        format!(
            "[[edition]]\ntitle = \"A\"\nisbn = \"{edition}\"\npublication_date = 2027-02-09\nstores = \
             [\"amazon.com\"]\n{more}\n"
        )
    }

    #[test]
    fn without_clients_the_author_has_one_digest_of_everything() {
        let two = edition("9781944098117", "imprint = \"One\"")
            + &edition("9780132350884", "imprint = \"Two\"");
        check_issues(
            &two,
            &["- to jane@example.com: 9781944098117 9780132350884"],
        );
        check_issues("", &["- to jane@example.com: "]);
    }

    #[test]
    fn each_client_has_a_digest_of_its_own() {
        let three = edition("9781944098117", "imprint = \"One\"")
            + &edition("9780132350884", "imprint = \"Two\"")
            + &edition("9781944098223", "");
        check_issues(
            &format!(
                "{three}[[client]]\nname = \"One\"\nnotify = [\"one@example.com\", \
                 \"jane@example.com\"]\n[[client]]\nname = \"Two\"\n"
            ),
            &[
                "One to one@example.com: 9781944098117",
                "One to jane@example.com: 9781944098117",
                "Two to jane@example.com: 9780132350884",
                "- to jane@example.com: 9781944098223",
            ],
        );
    }

    #[test]
    fn who_only_wants_to_act_gets_none() {
        let one = edition(
            "9781944098117",
            "notify = [\"jane@example.com\", { to = \"press@example.com\", severity = \"act\" }]",
        );
        check_issues(&one, &["- to jane@example.com: 9781944098117"]);
    }
}
