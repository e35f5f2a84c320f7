//! The browser of this machine as a way in, with the real program: what is asked of it, what it may not
//! do, and that nothing of it is left.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use crate::loopback::{Reply, Server};
use crate::support::House;
use crate::ways::{ISBN, page};

/// What a store says of a page that is not there: a bare status may be of somebody between.
const GONE: &str = "<title>Page not found</title><body>We could not find that page.</body>";

/// A house that watches one page at a store, through a browser of this name on the search path.
struct World {
    house: House,
    browser: PathBuf,
}

impl World {
    fn new(server: &Server, ways: &str, browser: &str) -> Self {
        let house = House::new(&format!(
            "[author]\nname = 'Jane Roe'\nemail = 'jane@example.com'\ntimezone = 'UTC'\n\
             [data]\nfolder = 'data'\n\
             [politeness]\npause = '0s'\njitter = '0s'\ndeadline = '12s'\n\
             [[edition]]\ntitle = 'Salt Roads'\nisbn = '{ISBN}'\npublication_date = 2099-02-09\n\
             stores = ['books.example.com']\n\
             [[store]]\nname = 'books.example.com'\naddress = '/book/{{isbn13}}'\n\
             base = '{}'\nsource = {ways}\n",
            server.base
        ));
        let folder = house.path().join("bin");
        fs::create_dir_all(house.path().join("tmp")).unwrap();
        fs::create_dir(&folder).unwrap();
        let script = format!("#!/bin/sh\n{browser}\n");
        let browser = folder.join("chromium");
        fs::write(&browser, script).unwrap();
        fs::set_permissions(&browser, fs::Permissions::from_mode(0o755)).unwrap();
        Self { house, browser }
    }

    /// As root Chromium runs only without its sandbox.
    fn real(server: &Server) -> Self {
        let root = rustix::process::geteuid().is_root();
        let sandbox = if root { "--no-sandbox" } else { "" };
        let line = format!("exec /usr/bin/chromium {sandbox} \"$@\"");
        Self::new(server, "['browser']", &line)
    }

    fn check(&self) -> Child {
        self.call(&["check"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap()
    }

    fn call(&self, arguments: &[&str]) -> Command {
        let bin = self.browser.parent().unwrap().display().to_string();
        let mut command = self.house.pubwatch(arguments);
        command
            .env("PATH", format!("{bin}:/usr/bin:/bin"))
            .env("TMPDIR", self.house.path().join("tmp"))
            .env("PUBWATCH_OWN_SECRET", "hush-hush");
        command
    }

    /// Each look, as `browser pre_order`, with its words.
    fn seen(&self) -> Vec<(String, String)> {
        let said = self
            .house
            .said(&["history", "salt", "--looks", "--json"], 0);
        let lines = said.lines().map(|line| serde_json::from_str(line).unwrap());
        lines
            .filter(|line: &serde_json::Value| line["kind"] == "look")
            .map(|look| {
                let reading = &look["reading"];
                let state = reading["availability"].as_str();
                let state = state.or(reading["reason"].as_str()).unwrap();
                let source = look["source"].as_str().unwrap();
                let words = reading["words"].as_str().unwrap().to_owned();
                (format!("{source} {state}"), words)
            })
            .collect()
    }

    /// Goes round once, and gives what was seen.
    fn look(&self) -> (String, String) {
        assert!(self.check().wait().unwrap().success());
        self.is_left_alone();
        self.seen().pop().unwrap()
    }

    /// Nothing of the browser runs any more, and its folder is gone.
    fn is_left_alone(&self) {
        for _ in 0..100 {
            if self.running().is_empty() {
                break;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        assert_eq!(self.running(), Vec::<(u32, String)>::new());
        let left: Vec<_> = fs::read_dir(self.house.path().join("tmp"))
            .unwrap()
            .collect();
        assert!(left.is_empty(), "{left:?}");
        for folder in ["Downloads", "."] {
            let file = self.house.path().join(folder).join("loot.bin");
            assert!(!file.exists(), "{}", file.display());
        }
    }

    /// What runs with our folder in its arguments, but for the program itself.
    fn running(&self) -> Vec<(u32, String)> {
        let ours = self.house.path().join("tmp").display().to_string();
        let mut found = Vec::new();
        for entry in fs::read_dir("/proc").unwrap().flatten() {
            let Ok(number) = entry.file_name().to_string_lossy().parse::<u32>() else {
                continue;
            };
            let line = fs::read(entry.path().join("cmdline")).unwrap_or_default();
            let line = String::from_utf8_lossy(&line).replace('\0', " ");
            if line.contains(&ours) {
                found.push((number, line));
            }
        }
        found
    }
}

/// A browser for which no Chromium is needed: it notes how it was called, and answers as it is told.
fn double(status: &str, folder: &Path) -> String {
    format!(
        "for one in \"$@\"; do case \"$one\" in --log-net-log=*) log=\"${{one#*=}}\";; esac; done
         printf '%s\\n' \"$HOME\" \"$@\" > {0}/called
         env > {0}/environment
         cp -r \"$HOME/profile\" {0}/profile
         sleep 600 >/dev/null 2>&1 & setsid -f sleep 600 >/dev/null 2>&1
         echo '{{\"events\":[{{\"params\":{{\"headers\":[\"HTTP/1.1 {status}\",\"Retry-After: 60\"]}}}}' >\"$log\"
         cat {0}/page.html",
        folder.display()
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_is_run_for_one_page_in_a_home_of_its_own_and_nothing_of_it_goes_on() {
    let server = Server::start(|_| Reply::nothing()).await;
    let shelf = tempfile::tempdir().unwrap();
    let written = page("PreOrder", "<button>Pre-order</button>");
    fs::write(shelf.path().join("page.html"), written).unwrap();
    let world = World::new(&server, "['browser']", &double("200 OK", shelf.path()));
    assert_eq!(world.look().0, "browser pre_order");
    let noted = |name: &str| fs::read_to_string(shelf.path().join(name)).unwrap();
    let called = noted("called");
    let lines: Vec<&str> = called.lines().collect();
    assert!(lines[0].starts_with(&world.house.path().join("tmp").display().to_string()));
    let profile = format!("--user-data-dir={}/profile", lines[0]);
    assert!(lines.contains(&&*profile), "{called}");
    assert!(lines.contains(&"--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"));
    assert!(
        lines.contains(&"--headless") && lines.contains(&"--dump-dom"),
        "{called}"
    );
    assert_eq!(
        *lines.last().unwrap(),
        format!("{}book/{ISBN}", server.base)
    );
    assert!(!called.contains("user-agent") && !called.contains("AutomationControlled"));
    assert!(!noted("environment").contains("hush-hush"));
    let asked = [
        "evidence",
        "salt",
        "books.example.com",
        "--picture",
        "page.png",
    ];
    let none = world.house.run(&asked);
    let why = String::from_utf8_lossy(&none.stderr);
    assert!(why.contains("no picture is kept of that change"), "{why}");
    assert!(noted("profile/Default/Preferences").contains("\"download_restrictions\": 3"));
    assert_eq!(
        server.paths(),
        ["/robots.txt"],
        "robots.txt by ourselves, the page by it"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_store_answered_the_browser_is_known_as_it_is_for_our_own_request() {
    for (status, expected) in [
        ("404 Not Found", "browser not_listed"),
        ("403 Forbidden", "browser blocked"),
        ("429 Too Many Requests", "browser blocked"),
    ] {
        let server = Server::start(|_| Reply::nothing()).await;
        let shelf = tempfile::tempdir().unwrap();
        fs::write(shelf.path().join("page.html"), GONE).unwrap();
        let world = World::new(&server, "['browser']", &double(status, shelf.path()));
        assert_eq!(world.look().0, expected, "{status}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_doctor_tries_the_browser_where_our_own_request_is_refused_and_says_whether_it_works() {
    for (status, expected) in [
        (
            "200 OK",
            "put this way first, which asks the store less: `source = [\"browser\", \"http\"]`",
        ),
        (
            "403 Forbidden",
            "The Chromium of this machine could not read it either. Look yourself: `pubwatch companion FOLDER`",
        ),
    ] {
        let server = Server::start(|path| match path {
            "/robots.txt" => Reply::nothing(),
            _ => Reply::page("403 Forbidden", "", "no programs"),
        })
        .await;
        let shelf = tempfile::tempdir().unwrap();
        fs::write(
            shelf.path().join("page.html"),
            page("PreOrder", "<button>Pre-order</button>"),
        )
        .unwrap();
        let world = World::new(&server, "['http']", &double(status, shelf.path()));
        let said = world.call(&["doctor", "--json"]).output().unwrap().stdout;
        let said: serde_json::Value = serde_json::from_slice(&said).unwrap();
        let findings = said["findings"].as_array().unwrap().iter();
        let mut of_store = findings.filter(|one| one["topic"] == "books.example.com");
        let one = of_store.next().unwrap();
        let words = format!("{} {}", one["says"], one["next"]).replace("\\\"", "\"");
        assert!(words.contains(expected), "{words}");
        world.is_left_alone();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn robots_txt_binds_the_browser_and_one_that_is_not_there_is_told() {
    let forbids = |path: &str| match path {
        "/robots.txt" => Reply::ok("User-agent: *\nDisallow: /book/\n"),
        _ => Reply::ok("never asked"),
    };
    let server = Server::start(forbids).await;
    let world = World::new(&server, "['browser']", "touch \"$HOME/../was-run\"");
    assert_eq!(world.look().0, "browser robots");
    assert_eq!(server.paths(), ["/robots.txt"]);

    let server = Server::start(|_| Reply::nothing()).await;
    let world = World::new(&server, "['browser']", "");
    fs::remove_file(&world.browser).unwrap();
    let nowhere = world.browser.parent().unwrap().display().to_string();
    let mut check = world.house.pubwatch(&["check"]);
    assert!(check.env("PATH", nowhere).status().unwrap().success());
    let (seen, words) = world.seen().pop().unwrap();
    assert_eq!(seen, "browser unreachable");
    assert!(words.contains("no Chromium is on this machine"), "{words}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_that_says_a_status_first_can_tell_that_there_is_no_page() {
    for (first, expected) in [
        ("Status: 404", "command not_listed"),
        ("Status: 403", "command blocked"),
    ] {
        let server = Server::start(|_| Reply::nothing()).await;
        let ways = format!(
            "['command']\ncommand = ['sh', '-c', 'echo {first}; echo; echo \"<title>Page not found</title>\"']"
        );
        let world = World::new(&server, &ways, "");
        assert_eq!(world.look().0, expected, "{first}");
    }
}

/// A page that a script draws, with what a browser must not ask for.
fn drawn(elsewhere: &str) -> String {
    let whole = page("PreOrder", "<button>Pre-order</button>");
    let whole = whole
        .replace("</script>", "<\\/script>")
        .replace('\'', "\\'");
    format!(
        "<html><body><img src='/pic.png'><script src='{elsewhere}/x.js'></script><script>\
         setTimeout(() => {{document.open();document.write('{whole}');document.close();}}, 300)\
         </script></body></html>"
    )
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium"]
async fn chromium_reads_what_only_a_script_completes_and_asks_nobody_but_the_store() {
    let other = Server::start(|_| Reply::ok("")).await;
    let elsewhere = other.base.to_string().replace("127.0.0.1", "localhost");
    let body = drawn(elsewhere.trim_end_matches('/'));
    let server = Server::start(move |path| match path {
        "/robots.txt" => Reply::nothing(),
        "/book/9781944098117" => Reply::redirect("/drawn"),
        _ => Reply::ok(&body),
    })
    .await;
    let world = World::real(&server);
    assert_eq!(world.look().0, "browser pre_order");
    let asked = server.paths();
    assert_eq!(asked[..3], ["/robots.txt", "/book/9781944098117", "/drawn"]);
    assert!(!asked.contains(&"/pic.png".to_owned()), "{asked:?}");
    assert_eq!(other.paths(), Vec::<String>::new());
    // How it looked is kept as evidence of the change.
    let kept = world.house.said(&["evidence", "salt"], 0);
    assert!(kept.contains(", a picture, "), "{kept}");
    let asked = [
        "evidence",
        "salt",
        "books.example.com",
        "--picture",
        "page.png",
    ];
    world.house.said(&asked, 0);
    let picture = fs::read(world.house.path().join("page.png")).unwrap();
    assert!(picture.starts_with(b"\x89PNG") && 2000 < picture.len());
    let again = world.house.run(&asked);
    assert!(!again.status.success(), "a file that is there stays");
    let seen = server.book.seen.lock().unwrap();
    assert!(seen[1].head.contains("HeadlessChrome"), "{}", seen[1].head);
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium"]
async fn chromium_is_let_do_no_harm_by_a_page_and_leaves_nothing() {
    let wall = "<title>Just a moment...</title><body>Checking your browser</body>";
    let pages: [(&str, &str, &str); 5] = [
        (
            "a page that loops",
            "<script>while (true) {}</script>",
            "browser unreachable",
        ),
        (
            "a dialog",
            "<script>alert(1); confirm(2)</script>",
            "browser unreachable",
        ),
        (
            "a download",
            "<script>location = '/loot'</script>",
            "browser unreachable",
        ),
        ("a challenge", wall, "browser blocked"),
        ("nothing", "<body>hello</body>", "browser no_evidence"),
    ];
    for (what, body, expected) in pages {
        let server = Server::start(move |path| match path {
            "/robots.txt" => Reply::nothing(),
            "/loot" => Reply::page(
                "200 OK",
                "Content-Type: application/octet-stream\r\n\
                 Content-Disposition: attachment; filename=loot.bin\r\n",
                "loot",
            ),
            _ => Reply::ok(body),
        })
        .await;
        let world = World::real(&server);
        let (seen, words) = world.look();
        assert_eq!(seen, expected, "{what}: {words}");
    }
    for (status, expected) in [
        ("404 Not Found", "browser not_listed"),
        ("403 Forbidden", "browser blocked"),
    ] {
        let server = Server::start(move |path| match path {
            "/robots.txt" => Reply::nothing(),
            _ => Reply::page(status, "Content-Type: text/html\r\n", GONE),
        })
        .await;
        assert_eq!(World::real(&server).look().0, expected);
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium"]
async fn chromium_that_is_killed_in_the_middle_leaves_no_child_and_no_state() {
    let server = Server::start(|path| match path {
        "/robots.txt" => Reply::nothing(),
        _ => Reply::ok("<script>while (true) {}</script>"),
    })
    .await;
    let world = World::real(&server);
    let mut check = world.check();
    let is_up = |running: &[(u32, String)]| {
        let draws = running
            .iter()
            .any(|(_, line)| line.contains("--type=renderer"));
        let main =
            |(_, line): &&(u32, String)| line.contains("--dump-dom") && !line.contains("--type=");
        running
            .iter()
            .rfind(main)
            .filter(|_| draws)
            .map(|(number, _)| *number)
    };
    let mut browser = None;
    for _ in 0..200 {
        browser = is_up(&world.running());
        if browser.is_some() {
            break;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    let number = i32::try_from(browser.expect("no browser came up")).unwrap();
    let process = rustix::process::Pid::from_raw(number).unwrap();
    rustix::process::kill_process(process, rustix::process::Signal::KILL).unwrap();
    assert!(check.wait().unwrap().success());
    world.is_left_alone();
    let (seen, words) = world.seen().pop().unwrap();
    assert_eq!(seen, "browser unreachable");
    assert!(words.contains("was ended from outside"), "{words}");
}
