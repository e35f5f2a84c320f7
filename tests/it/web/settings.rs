//! The settings say what is in force, and which line of the file says so.

use std::io::{Read as _, Write as _};
use std::time::Duration;

use super::{SALT_ROADS, TestSite, configuration};
use crate::hook_server::{Act, HookServer};
use crate::smtp_server::{Behaviour, Line, TestServer};

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

/// The site of an author with a mail server and a webhook.
fn with_ways(mail: u16, hook: &str) -> TestSite {
    TestSite::new(&configuration(&format!(
        "[mail]\nhost = \"127.0.0.1\"\nport = {mail}\nencryption = \"none\"\n\n[[webhook]]\n\
         name = \"desk\"\naddress = \"{hook}/take\"\n{SALT_ROADS}"
    )))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_test_letter_and_a_test_message_show_what_was_answered() {
    let refuses = Behaviour::Answer("RCPT", "550 5.1.1 no such mailbox");
    let mail = TestServer::start(Line::Plain, vec![refuses, Behaviour::Accept]).await;
    let hook = HookServer::start(vec![
        Act::Answer(200, "thank you"),
        Act::Answer(503, "closed"),
    ])
    .await;
    tokio::task::block_in_place(|| {
        let site = with_ways(mail.port, &hook.base);
        let settings = site.get("/settings").body;
        assert!(
            settings.contains("Send a test message to desk"),
            "{settings}"
        );
        assert!(mail.seen().letters.is_empty(), "a look sends nothing");
        let answer = site.post("/settings/test", "way=").body;
        assert!(
            answer.contains("550 while naming the recipient: 5.1.1 no such mailbox"),
            "{answer}"
        );
        let taken = site.post("/settings/test", "way=").body;
        assert!(taken.contains("took a test letter"), "{taken}");
        assert_eq!(mail.seen().letters.len(), 1);
        let posted = site.post("/settings/test", "way=webhook+desk").body;
        assert!(
            posted.contains("It took a test message: 200 thank you"),
            "{posted}"
        );
        let busy = site.post("/settings/test", "way=webhook+desk").body;
        assert!(
            busy.contains("503") && busy.contains("says wrong"),
            "{busy}"
        );
        assert_eq!(hook.seen().len(), 2);
        assert_eq!(
            site.post("/settings/test", "way=webhook+nobody").status,
            400
        );
        // Nobody else sends any.
        let elsewhere = [("Origin", "https://evil.example")];
        for path in ["/settings/test", "/settings/backup"] {
            assert_eq!(
                site.ask("POST", path, &elsewhere, "way=").status,
                403,
                "{path}"
            );
            assert_eq!(site.get(path).status, 405, "{path}: a look does nothing");
            assert_eq!(
                site.post(&format!("/share/x{path}"), "way=").status,
                405,
                "{path}"
            );
        }
        assert_eq!((mail.seen().letters.len(), hook.seen().len()), (1, 2));
    });
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_server_that_says_nothing_is_left_while_the_visitor_still_waits() {
    let mail = TestServer::start(Line::Plain, vec![Behaviour::FallSilent("RCPT")]).await;
    tokio::task::block_in_place(|| {
        let site = with_ways(mail.port, "http://127.0.0.1:1");
        let page = site.post("/settings/test", "way=").body;
        assert!(page.contains("No answer came within 8 seconds"), "{page}");
    });
}

#[test]
fn a_backup_is_downloaded_whole_and_nothing_is_left_beside_the_database() {
    let site = TestSite::salt_roads();
    let request = format!(
        "POST /settings/backup HTTP/1.1\r\nHost: {0}\r\nOrigin: http://{0}\r\nConnection: close\r\n\
         Content-Length: 0\r\n\r\n",
        site.address
    );
    let mut stream = std::net::TcpStream::connect(site.address).unwrap();
    stream
        .set_read_timeout(Some(Duration::from_secs(60)))
        .unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    let end = answer
        .windows(4)
        .position(|four| four == b"\r\n\r\n")
        .unwrap();
    let head = String::from_utf8_lossy(&answer[..end]).into_owned();
    assert!(head.starts_with("HTTP/1.1 200"), "{head}");
    assert!(
        head.contains("filename=\"pubwatch-2027-01-25.db\""),
        "{head}"
    );
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("copy.db");
    std::fs::write(&file, &answer[end + 4..]).unwrap();
    let copy = pubwatch::db::Db::open(&file).unwrap();
    let seen: i64 = copy
        .read(|connection| {
            connection.query_row("SELECT count(*) FROM observation", [], |row| row.get(0))
        })
        .unwrap();
    assert!(300 < seen, "{seen}");
    let beside = std::fs::read_dir(site.db.path().parent().unwrap()).unwrap();
    let beside: Vec<String> = beside
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .filter(|name| name.contains("download"))
        .collect();
    assert!(beside.is_empty(), "{beside:?}");
}
