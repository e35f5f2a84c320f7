//! What a person can do about a page that Pubwatch cannot read: look, hand over a saved page, or
//! choose another way in. One wording for letters and commands.

use crate::book::{EditionId, Family, Source, StoreId};
use crate::page::UnreadReason;
use crate::say::say;

/// The command that tells what a person saw.
pub fn command(edition: &EditionId, store: &StoreId) -> String {
    format!("pubwatch look {edition} {store} --says …")
}

/// Another way in to pages that could not be read for these reasons, in sentences that follow
/// others and begin with a space, with the line for the store's `[[store]]` table. Empty where
/// there is none.
pub fn another(pages: &[(&StoreId, UnreadReason)]) -> String {
    let mut sentences = Vec::new();
    if pages
        .iter()
        .any(|(_, reason)| is_open(Source::Browser, *reason))
    {
        let ways = line(&[Source::Http, Source::Browser, Source::ByHand]);
        sentences.push(say!("other-way-browser", line = ways));
    }
    if pages
        .iter()
        .any(|(store, _)| store.family() == Family::Amazon)
    {
        sentences.push(say!("other-way-api"));
    }
    sentences.concat()
}

/// The way in that would work best where those of `tried` did not, in their order, with the line
/// that has it. `None`: only looking by hand is left.
///
/// 1. Amazon's own API comes first for those who have an account: it is asked instead of the page, so
///    that no robots.txt and no bot check is in its way. The others could not use it.
/// 2. A browser passes what only a script completes.
/// 3. A page that robots.txt forbids is forbidden to the browser as well.
pub fn better(
    store: &StoreId,
    tried: &[Source],
    reason: UnreadReason,
    has_account: bool,
) -> Option<(Source, String)> {
    let of_store: &[Source] = match store.family() {
        Family::Amazon if has_account => &[Source::Api, Source::Browser],
        Family::Amazon | Family::BarnesNoble | Family::Bookshop | Family::Other => {
            &[Source::Browser]
        }
    };
    let next = of_store
        .iter()
        .copied()
        .find(|way| !tried.contains(way) && is_open(*way, reason))?;
    let mut order: Vec<Source> = tried.to_vec();
    let hand = order.iter().position(|way| *way == Source::ByHand);
    let place = if next == Source::Api {
        0
    } else {
        hand.unwrap_or(order.len())
    };
    order.insert(place, next);
    Some((next, line(&order)))
}

/// Whether a way may be gone although a page was not read for this reason.
fn is_open(way: Source, reason: UnreadReason) -> bool {
    way == Source::Api || reason != UnreadReason::Robots
}

/// The `source` line of ways in this order.
pub fn line(order: &[Source]) -> String {
    let names: Vec<String> = order
        .iter()
        .map(|way| format!("\"{}\"", way.name().replace('_', "-")))
        .collect();
    format!("source = [{}]", names.join(", "))
}

#[cfg(test)]
mod tests {
    use Source::{Api, Browser, ByHand, Command, Http};
    use UnreadReason::{Blocked, NoEvidence, Robots};

    use super::*;

    const WITH_BROWSER: &str = "source = [\"http\", \"browser\"]";

    #[track_caller]
    fn check(
        store: &str,
        tried: &[Source],
        reason: UnreadReason,
        account: bool,
        expected: Option<&str>,
    ) {
        let found = better(&StoreId::new(store), tried, reason, account);
        assert_eq!(found.map(|(_, lines)| lines).as_deref(), expected);
    }

    #[test]
    fn the_next_way_is_one_that_was_not_tried_and_is_not_forbidden() {
        let with_api = "source = [\"api\", \"http\"]";
        check("amazon.com", &[Http], Blocked, true, Some(with_api));
        check("amazon.com", &[Http], Blocked, false, Some(WITH_BROWSER));
        check("amazon.com", &[Http], Robots, false, None);
        let all = better(
            &StoreId::new("amazon.de"),
            &[Api, Http, ByHand],
            Blocked,
            true,
        );
        let (way, lines) = all.unwrap();
        assert_eq!(way, Browser);
        assert_eq!(
            lines,
            "source = [\"api\", \"http\", \"browser\", \"by-hand\"]"
        );
        check("amazon.com", &[Api, Http], Robots, true, None);
        check(
            "bookshop.org",
            &[Http],
            NoEvidence,
            false,
            Some(WITH_BROWSER),
        );
        check("bookshop.org", &[Http], Robots, false, None);
        check("bookshop.org", &[Http, Browser], Blocked, true, None);
        let after_a_program = Some("source = [\"command\", \"browser\"]");
        check("bookshop.org", &[Command], Blocked, true, after_a_program);
    }

    /// What is between backticks is for pasting.
    fn pasted(text: &str) -> Vec<&str> {
        text.split('`').skip(1).step_by(2).collect()
    }

    #[test]
    fn what_is_told_can_be_pasted_and_is_taken() {
        for (store, reason) in [
            ("bookshop.org", Blocked),
            ("amazon.com", NoEvidence),
            ("amazon.com", Robots),
        ] {
            let told = another(&[(&StoreId::new(store), reason)]);
            // Amazon's line comes last, and stands for itself.
            let (browser, api) = told.split_once("Amazon's own API").unwrap_or((&told, ""));
            for lines in [pasted(browser), pasted(api)] {
                if lines.is_empty() {
                    continue;
                }
                let text = format!(
                    "[author]\nname = 'Jane Roe'\nemail = 'jane@example.com'\ntimezone = 'UTC'\n\
                     [amazon_api]\ncredential_id = 'id'\nversion = '3.1'\nsecret_env = 'PATH'\n\
                     partner_tag = 'example-20'\n\
                     [[edition]]\ntitle = 'Salt Roads'\nisbn = '9781944098117'\n\
                     publication_date = 2027-02-09\nstores = ['{store}']\n\
                     [[store]]\nname = '{store}'\n{}",
                    lines.join("\n")
                );
                let today = jiff::civil::date(2026, 11, 22);
                let (_, warnings) = crate::config::check(&text, "pubwatch.toml", today).unwrap();
                assert_eq!(warnings, [], "{text}");
            }
        }
        assert_eq!(another(&[(&StoreId::new("bookshop.org"), Robots)]), "");
        let api_alone = another(&[(&StoreId::new("amazon.com"), Robots)]);
        assert!(api_alone.contains("ten qualified sales") && !api_alone.contains("browser"));
    }
}
