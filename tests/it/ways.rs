//! The ways in, one after the other, as a whole program goes through them: each against a store on
//! loopback, with a real database.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use jiff::Timestamp;
use jiff::ToSpan as _;
use pubwatch::book::Source;
use pubwatch::clock::Clock;
use pubwatch::config;
use pubwatch::config::plan::Plan;
use pubwatch::db::Db;
use pubwatch::fetch::Fetcher;
use pubwatch::history::ListingId;
use pubwatch::history::sqlite::{evidence, observations, view};
use pubwatch::judge::Settings;
use pubwatch::page::Reading;
use pubwatch::round::sqlite::Agenda;
use pubwatch::round::{House, Stop, Which, round};

use crate::loopback::{Reply, Server, time};

pub(crate) const ISBN: &str = "9781944098117";

/// A program of the user's that prints a page, and where it stands.
fn program(folder: &std::path::Path, script: &str) -> String {
    use std::os::unix::fs::PermissionsExt as _;
    let path = folder.join("fetch.sh");
    std::fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    path.to_string_lossy().into_owned()
}

pub(crate) fn page(state: &str, button: &str) -> String {
    format!(
        "<html><head><title>Salt Roads | Example Books</title>\
         <script type='application/ld+json'>{{\"@context\": \"https://schema.org\", \
         \"@type\": \"Book\", \"name\": \"Salt Roads\", \"isbn\": \"{ISBN}\", \"offers\": \
         {{\"@type\": \"Offer\", \"availability\": \"https://schema.org/{state}\", \
         \"price\": \"16.99\", \"priceCurrency\": \"USD\"}}}}</script></head>\
         <body><main><h1>Salt Roads</h1><p>ISBN {ISBN}</p>{button}</main></body></html>"
    )
}

pub(crate) struct Watch {
    pub(crate) folder: tempfile::TempDir,
    pub(crate) clock: Clock,
    house: Arc<House>,
}

impl Watch {
    /// A watch on one edition at one store of the user's own, with these further lines in the
    /// store's table.
    pub(crate) fn new(server: &Server, lines: impl Fn(&std::path::Path) -> String) -> Self {
        Self::with(server, "", lines)
    }

    /// The same, with further lines in `[politeness]` too.
    fn with(server: &Server, manners: &str, lines: impl Fn(&std::path::Path) -> String) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let text = format!(
            "[author]
             name = 'Jane Roe'
             email = 'jane@example.com'
             timezone = 'UTC'
             [politeness]
             pause = '0s'
             jitter = '0s'
             deadline = '20s'
             {manners}
             [[edition]]
             title = 'Salt Roads'
             isbn = '{ISBN}'
             publication_date = 2027-02-09
             stores = ['books.example.com']
             [[store]]
             name = 'books.example.com'
             address = '/book/{{isbn13}}'
             base = '{}'
             {}",
            server.base,
            lines(folder.path())
        );
        let (plan, _) = config::check(&text, "pubwatch.toml", jiff::civil::date(2026, 12, 1))
            .unwrap_or_else(|problems| panic!("{problems:#?}"));
        let clock = Clock::starting_at(time("2026-12-01T08:00:00Z"));
        let house = Arc::new(Self::house(plan, folder.path(), &clock));
        Self {
            folder,
            clock,
            house,
        }
    }

    fn house(plan: Plan, folder: &std::path::Path, clock: &Clock) -> House {
        let db = Arc::new(Db::open(&folder.join("pubwatch.db")).unwrap());
        let settings = Settings::of(&plan).unwrap();
        let fetcher = Fetcher::new(Arc::clone(&db), clock.clone(), &plan.manners, &plan.stores)
            .unwrap()
            .with_api(plan.api.as_ref());
        House::new(plan, db, clock.clone(), settings, fetcher)
    }

    /// Goes round once, six hours after the last time.
    pub(crate) async fn round(&self) {
        self.round_now().await;
        self.clock.turn_to(self.clock.now() + 6.hours());
    }

    async fn round_now(&self) {
        let (steps, _listener) = tokio::sync::mpsc::unbounded_channel();
        round(&self.house, Which::All, &Stop::default(), &steps)
            .await
            .unwrap();
    }

    /// Each observation, as `http pre_order` or `http blocked`.
    pub(crate) fn seen(&self) -> Vec<String> {
        let listing = self.listing();
        let seen = self
            .house
            .db
            .read(|c| observations(c, &listing, Timestamp::MIN))
            .unwrap();
        seen.iter()
            .map(|seen| {
                let what = match &seen.reading {
                    Reading::Says(says) => says.availability.name(),
                    Reading::Unread(unread) => unread.reason.name(),
                };
                format!("{} {what}", seen.source.name())
            })
            .collect()
    }

    pub(crate) fn listing(&self) -> ListingId {
        ListingId {
            edition: ISBN.parse().unwrap(),
            store: self.house.plan.stores[0].id.clone(),
        }
    }

    /// Each spell, as `pre_order x3`.
    pub(crate) fn spells(&self) -> Vec<String> {
        let plan = &self.house.plan.editions[0];
        let view = self.house.db.read(|c| view(c, plan)).unwrap();
        let spells = &view.listings[0].spells;
        spells
            .iter()
            .map(|spell| format!("{} x{}", spell.availability, spell.readings))
            .collect()
    }

    pub(crate) fn evidence(&self) -> Vec<pubwatch::history::evidence::Evidence> {
        let listing = self.listing();
        self.house.db.read(|c| evidence(c, &listing)).unwrap()
    }
}

/// A store that shows its page once and turns requests away from then on.
pub(crate) async fn store_that_closes() -> Server {
    let looks = AtomicUsize::new(0);
    Server::start(move |path| match path {
        "/robots.txt" => Reply::nothing(),
        _ if looks.fetch_add(1, Ordering::SeqCst) == 0 => {
            Reply::ok(&page("PreOrder", "<button>Pre-order</button>"))
        }
        _ => Reply::page("403 Forbidden", "", "<title>Access denied</title>"),
    })
    .await
}

#[tokio::test]
async fn where_our_request_is_refused_the_users_program_carries_the_spell_on() {
    let server = store_that_closes().await;
    let watch = Watch::new(&server, |folder| {
        std::fs::write(
            folder.join("page.html"),
            page("PreOrder", "<button>Pre-order</button>"),
        )
        .unwrap();
        let script = format!("cat {}/page.html", folder.display());
        format!(
            "source = ['http', 'command']
             command = ['{}']",
            program(folder, &script)
        )
    });
    for _ in 0..3 {
        watch.round().await;
    }
    assert_eq!(
        watch.seen(),
        ["http pre_order", "command pre_order", "command pre_order"]
    );
    assert_eq!(watch.spells(), ["pre_order x3"], "one unbroken spell");
}

#[tokio::test]
async fn where_nothing_reads_the_page_the_first_refusal_is_told() {
    let server = store_that_closes().await;
    let watch = Watch::new(&server, |folder| {
        format!(
            "source = ['http', 'command', 'by-hand']
             command = ['{}']",
            program(folder, "echo 'no session' >&2; exit 3")
        )
    });
    watch.round().await;
    watch.round().await;
    assert_eq!(watch.seen(), ["http pre_order", "http blocked"]);
}

#[tokio::test]
async fn a_host_that_asks_for_quiet_is_not_asked_another_way() {
    let server = Server::start(|path| match path {
        "/robots.txt" => Reply::nothing(),
        _ => Reply::page("429 Too Many Requests", "Retry-After: 60\r\n", "slower"),
    })
    .await;
    let watch = Watch::new(&server, |folder| {
        let script = format!("touch {}/was-run; echo '<html>'", folder.display());
        format!(
            "source = ['http', 'command']
             command = ['{}']",
            program(folder, &script)
        )
    });
    watch.round().await;
    assert_eq!(watch.seen(), ["http blocked"]);
    assert!(!watch.folder.path().join("was-run").exists());
}

#[tokio::test]
async fn robots_txt_binds_the_users_program_too() {
    let server = Server::start(|path| match path {
        "/robots.txt" => Reply::ok("User-agent: *\nDisallow: /book/\n"),
        _ => Reply::ok("never asked"),
    })
    .await;
    let watch = Watch::new(&server, |folder| {
        let script = format!("touch {}/was-run; echo '<html>'", folder.display());
        format!(
            "source = ['command']
             command = ['{}']",
            program(folder, &script)
        )
    });
    watch.round().await;
    assert_eq!(watch.seen(), ["command robots"]);
    assert!(!watch.folder.path().join("was-run").exists());
    assert_eq!(server.paths(), ["/robots.txt"]);
}

#[tokio::test]
async fn a_page_that_is_looked_at_by_hand_is_never_asked_for() {
    let server = Server::start(|_| Reply::ok("never asked")).await;
    let watch = Watch::new(&server, |_| "source = ['by-hand']".to_owned());
    watch.round().await;
    assert_eq!(watch.seen(), Vec::<String>::new());
    assert_eq!(server.paths(), Vec::<String>::new());
}

#[tokio::test]
async fn a_change_keeps_its_evidence_and_an_unchanged_page_none() {
    let looks = AtomicUsize::new(0);
    let server = Server::start(move |path| match path {
        "/robots.txt" => Reply::nothing(),
        _ if looks.fetch_add(1, Ordering::SeqCst) < 2 => {
            Reply::ok(&page("PreOrder", "<button>Pre-order</button>"))
        }
        _ => Reply::ok(&page("InStock", "<button>Add to cart</button>")),
    })
    .await;
    let watch = Watch::new(&server, |_| String::new());
    for _ in 0..4 {
        watch.round().await;
    }
    assert_eq!(watch.spells(), ["pre_order x2", "in_stock x2"]);
    let evidence = watch.evidence();
    assert_eq!(evidence.len(), 2);
    assert!(
        evidence[0].parts.contains("schema.org/PreOrder"),
        "{}",
        evidence[0].parts
    );
    assert!(
        evidence[1].parts.contains("schema.org/InStock"),
        "{}",
        evidence[1].parts
    );
    assert_eq!(
        (evidence[0].source, evidence[0].status),
        (Source::Http, Some(200))
    );
    assert!(evidence[0].address.ends_with("/book/9781944098117"));
}

#[tokio::test]
async fn a_page_gets_its_looks_of_the_day_and_no_more_even_when_somebody_insists() {
    let server = Server::start(|path| match path {
        "/robots.txt" => Reply::nothing(),
        _ => Reply::ok(&page("PreOrder", "<button>Pre-order</button>")),
    })
    .await;
    let watch = Watch::with(&server, "floor = '1 min'\nlooks_per_day = 3", |_| {
        String::new()
    });
    for _ in 0..5 {
        watch.round_now().await;
        watch.clock.turn_to(watch.clock.now() + 1.hours());
    }
    assert_eq!(server.paths().len(), 4, "robots.txt, and three looks");
    let next = Agenda::of(&watch.house)
        .next_looks(watch.clock.now())
        .unwrap();
    let due = next[0].due.unwrap();
    assert_eq!(
        format!("{} {}", due.at, due.why.words()),
        "2026-12-02T00:00:00Z it has had its looks of the day"
    );
    watch.clock.turn_to(time("2026-12-02T00:00:00Z"));
    watch.round().await;
    assert_eq!(watch.seen().len(), 4);
}

/// A store that gives its page a tag, and sends the page again only where the tag is another.
/// Its fifth answer about the page is what `fifth` says.
async fn store_with_tags(fifth: impl Fn() -> Option<Reply> + Send + Sync + 'static) -> Server {
    let looks = AtomicUsize::new(0);
    Server::minding_heads(move |path, head| {
        if path == "/robots.txt" {
            return Reply::nothing();
        }
        if looks.fetch_add(1, Ordering::SeqCst) == 4
            && let Some(reply) = fifth()
        {
            return reply;
        }
        if head.contains("if-none-match: \"a1\"") {
            return Reply::page("304 Not Modified", "ETag: \"a1\"\r\n", "");
        }
        let body = page("PreOrder", "<button>Pre-order</button>");
        Reply::page(
            "200 OK",
            "Content-Type: text/html\r\nETag: \"a1\"\r\n",
            body,
        )
    })
    .await
}

/// Of each request for the page, whether it asked for it only if it has changed.
fn conditions(server: &Server) -> Vec<bool> {
    let seen = server.book.seen.lock().unwrap();
    let pages = seen.iter().filter(|seen| seen.path != "/robots.txt");
    pages
        .map(|seen| seen.head.to_lowercase().contains("if-none-match"))
        .collect()
}

#[tokio::test]
async fn an_unchanged_page_is_not_sent_again_but_a_change_is_confirmed_with_our_own_eyes() {
    let server = store_with_tags(|| None).await;
    let watch = Watch::new(&server, |_| String::new());
    for _ in 0..7 {
        watch.round().await;
    }
    // The first look, the one that confirms it, and one after a day are in full.
    assert_eq!(
        conditions(&server),
        [false, false, true, true, true, false, true]
    );
    assert_eq!(watch.seen(), vec!["http pre_order"; 7]);
    assert_eq!(watch.spells(), ["pre_order x7"]);
    assert_eq!(watch.evidence().len(), 1);
}

#[tokio::test]
async fn after_a_refusal_nothing_is_taken_as_unchanged() {
    for (refusal, expected) in [
        (
            ("403 Forbidden", "<title>Access denied</title>"),
            "http blocked",
        ),
        // A bot check that comes with success, and with a tag of its own.
        (
            (
                "200 OK",
                "<title>Robot Check</title><form action='/errors/validateCaptcha'>\
                 <h4>Enter the characters you see below</h4></form>",
            ),
            "http blocked",
        ),
    ] {
        let (status, body) = refusal;
        let server =
            store_with_tags(move || Some(Reply::page(status, "ETag: \"b2\"\r\n", body))).await;
        let watch = Watch::new(&server, |_| String::new());
        for _ in 0..6 {
            watch.round().await;
        }
        assert_eq!(
            conditions(&server),
            [false, false, true, true, true, false],
            "{body}"
        );
        let seen = watch.seen();
        assert_eq!(seen[4..], [expected, "http pre_order"], "{body}");
        assert_eq!(watch.spells(), ["pre_order x5"], "{body}");
    }
}
