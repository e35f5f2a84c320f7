//! The settings say what is in force, and which line of the file says so.

use super::{SALT_ROADS, TestSite, configuration};

/// A configuration in which everything is set that the page names.
const TEXT: &str = r#"
[data]
folder = "data"
[mail]
host = "mail.example.com"
encryption = "tls"
username = "jane"
password_env = "NOT_SET_ANYWHERE"
from = "watch@example.com"
[schedule]
check = "0 */6 * * *"
digest = "0 8 * * MON"
[politeness]
pause = "20 s"
requests_per_day = 300
contact = "jane@example.com"
[judging]
confirm_after = "5 h"
remind_every = "6 days"
[web]
listen = "127.0.0.1:7117"
address = "http://localhost/"
"#;

/// The keys that it sets.
const KEYS: [&str; 17] = [
    "author.name",
    "author.email",
    "author.timezone",
    "data.folder",
    "mail.host",
    "mail.username",
    "mail.from",
    "schedule.check",
    "schedule.digest",
    "politeness.pause",
    "politeness.requests_per_day",
    "politeness.contact",
    "judging.confirm_after",
    "judging.remind_every",
    "web.listen",
    "web.address",
    "edition",
];

#[test]
fn each_setting_says_where_it_comes_from() {
    let whole = configuration(&format!("{TEXT}{SALT_ROADS}"));
    let site = TestSite::new(&whole);
    let page = site
        .ask("GET", "/settings", &[("Host", "localhost")], "")
        .body;
    for key in KEYS {
        let name = key.rsplit('.').next().unwrap();
        let is_it = |line: &str| line.starts_with(&format!("{name} =")) || line == "[[edition]]";
        let lines: Vec<usize> = (1..)
            .zip(whole.lines())
            .filter(|(_, line)| is_it(line))
            .map(|(number, _)| number)
            .collect();
        let said = |line: &usize| page.contains(&format!("<bdi>line {line}, {key}</bdi>"));
        assert!(lines.iter().any(said), "{key} at {lines:?}\n{page}");
    }
    assert!(
        page.contains("the environment variable NOT_SET_ANYWHERE"),
        "{page}"
    );
    let bare = TestSite::new(&configuration(SALT_ROADS))
        .get("/settings")
        .body;
    assert_eq!(bare.matches("<bdi>default</bdi>").count(), 11, "{bare}");
}
