//! Nothing that the program prints, logs, writes, sends or serves holds a secret; and what it
//! writes is for its owner only.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use clap::CommandFactory as _;
use pubwatch::cli::Cli;

use crate::injected::world::{Program, World};
use crate::smtp_server::{Behaviour, Line, TestServer};

const USER: &str = "jane@example.com";
const MAIL: &str = "tidewrack-lantern-4711";
const HOOK: &str = "harbour-glass-0815-key";
const DOOR: &str = "winter almanac salt roads";
const HOOK_PATH: &str = "hook-path-quayside-3390";
const PING_PATH: &str = "ping-path-causeway-7702";
const TOPIC: &str = "topic-estuary-5518";
const TOKEN: &str = "tk_spindrift6624";
const AMAZON: &str = "amazon-saltings-9047-secret";

/// What must be nowhere: each secret, and each as it goes over a line.
fn secrets(hash: &str) -> Vec<String> {
    let mut all = vec![hash.to_owned()];
    for secret in [MAIL, HOOK, DOOR, HOOK_PATH, PING_PATH, TOPIC, TOKEN, AMAZON] {
        all.push(secret.to_owned());
        all.push(STANDARD.encode(secret));
    }
    all.push(STANDARD.encode(format!("\0{USER}\0{MAIL}")));
    all.push(STANDARD.encode(format!("me:{DOOR}")));
    all
}

/// A world whose mail server wants a password, whose page has one, and which signs a webhook.
fn configure(world: &World, mail: &TestServer, port: u16, hash: &str) {
    let folder = world.folder.path();
    std::fs::write(folder.join("smtp-password"), format!("{MAIL}\n")).unwrap();
    std::fs::write(folder.join("hook-key"), format!("{HOOK}\n")).unwrap();
    std::fs::write(folder.join("ntfy-token"), format!("{TOKEN}\n")).unwrap();
    std::fs::write(folder.join("amazon-secret"), format!("{AMAZON}\n")).unwrap();
    std::fs::write(folder.join("ca.pem"), &mail.ca).unwrap();
    std::fs::write(folder.join("page.html"), "<p>In stock</p>").unwrap();
    let story = "tests/it/stories/a01-s1-2-watch-before-day-ten.toml";
    let story = Path::new(env!("CARGO_MANIFEST_DIR")).join(story);
    std::fs::copy(story, folder.join("story.toml")).unwrap();
    let text = std::fs::read_to_string(world.config()).unwrap();
    let plain = format!("port = {}\nencryption = \"none\"\n", world.mail.port);
    let secured = format!(
        "port = {}\nencryption = \"starttls\"\nusername = \"{USER}\"\n\
         password_file = \"smtp-password\"\nca_file = \"ca.pem\"\n",
        mail.port
    );
    assert!(text.contains(&plain));
    let hooks = format!(
        "listen = \"127.0.0.1:{port}\"\n{hash}\n\n[[webhook]]\nname = \"mine\"\n\
         address = \"http://127.0.0.1:9/{HOOK_PATH}\"\nsecret_file = \"hook-key\"\n\n\
         [[ntfy]]\nname = \"phone\"\naddress = \"http://127.0.0.1:9/{TOPIC}\"\n\
         token_file = \"ntfy-token\"\n\n[amazon_api]\n\
         credential_id = \"amzn1.application-oa2-client.0123\"\nversion = \"3.1\"\n\
         secret_file = \"amazon-secret\"\npartner_tag = \"example-20\"\nbase = \"http://127.0.0.1:9\"\n"
    );
    let ping = format!("[schedule]\nping_url = \"http://127.0.0.1:9/{PING_PATH}\"\n");
    let text = text
        .replace(&plain, &secured)
        .replace("listen = \"off\"\n", &hooks)
        .replace("[schedule]\n", &ping);
    std::fs::write(world.config(), text).unwrap();
}

fn run(world: &World, arguments: &[&str]) -> Output {
    let mut command = world.command(&[], arguments);
    command.env("PUBWATCH_LOG", "trace").output().unwrap()
}

fn hash(world: &World) -> String {
    let mut command = world.command(&[], &["password"]);
    let mut child = command.stdin(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(format!("{DOOR}\n").as_bytes()).unwrap();
    drop(stdin);
    let output = child.wait_with_output().unwrap();
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

fn get(port: u16, path: &str, password: &str) -> Option<Vec<u8>> {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).ok()?;
    let key = STANDARD.encode(format!("me:{password}"));
    write!(
        stream,
        "GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAuthorization: Basic {key}\r\n\
         Connection: close\r\n\r\n"
    )
    .unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    Some(answer)
}

/// What the service serves and logs.
fn serve(world: &World, port: u16) -> Vec<(String, Vec<u8>)> {
    let mut command = world.command(&[], &["run"]);
    let mut service = command.env("PUBWATCH_LOG", "trace").spawn().unwrap();
    let mut seen = Vec::new();
    while TcpStream::connect(("127.0.0.1", port)).is_err() {
        if service.try_wait().unwrap().is_some() {
            let said = service.wait_with_output().unwrap().stderr;
            panic!("the service has ended: {}", String::from_utf8_lossy(&said));
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    for path in [
        "/",
        "/letters",
        "/changes.atom",
        "/api/v1/editions",
        "/nowhere",
    ] {
        for password in [DOOR, "wrong"] {
            let answer = get(port, path, password).unwrap();
            let status = String::from_utf8_lossy(&answer[..12]).into_owned();
            if password == "wrong" {
                assert!(!status.ends_with("200"), "{path}: {status}");
            }
            seen.push((format!("GET {path} {status}"), answer));
        }
    }
    assert!(
        seen.iter().any(|(name, _)| name == "GET / HTTP/1.1 200"),
        "the page was served to nobody"
    );
    let pid = rustix::process::Pid::from_raw(i32::try_from(service.id()).unwrap());
    rustix::process::kill_process(pid.unwrap(), rustix::process::Signal::TERM).unwrap();
    let output = service.wait_with_output().unwrap();
    seen.push(("the log of the service".to_owned(), output.stderr));
    seen
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut all = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            all.extend(files(&path));
        } else {
            all.push(path);
        }
    }
    all
}

fn holds(bytes: &[u8], secret: &str) -> bool {
    bytes
        .windows(secret.len())
        .any(|window| window == secret.as_bytes())
}

#[tokio::test(flavor = "multi_thread")]
async fn no_output_of_a_run_with_known_secrets_holds_one_of_them() {
    let program = Program {
        path: PathBuf::from(env!("CARGO_BIN_EXE_pubwatch")),
        environment: Vec::new(),
    };
    let world = World::new(&program).await;
    let refuses = Behaviour::Answer("AUTH", "535 5.7.8 wrong");
    let mail = TestServer::start(Line::StartTls, vec![refuses, Behaviour::Accept]).await;
    tokio::task::block_in_place(|| look_everywhere(&world, &mail));
}

/// Called by themselves (`password`, `run`), or without any configuration (`demo`, `init`) and for
/// another one (`import`, which `add` stands for).
const ELSEWHERE: [&str; 5] = ["password", "run", "demo", "init", "import"];

/// Calls of every command, in an order in which each has something to do.
fn commands() -> Vec<Vec<&'static str>> {
    [
        "config check",
        // The password is wrong for the server the first time.
        "check --json",
        "outbox retry",
        "check",
        "outbox list --json",
        "outbox show 1",
        "outbox show 1 --html",
        "outbox drop 2",
        "letters preview",
        "status",
        "status --json",
        "history 9781944000004",
        "history 9781944000004 --json",
        "evidence 9781944000004",
        "note 9781944000004 asked-ingramspark",
        "look 9781944000004 bookshop.org --says pre_order",
        "read page.html --store bookshop.org",
        "doctor",
        "doctor --json",
        "calendar",
        "windows",
        "replay story.toml",
        "share",
        "companion",
        "pause",
        "export --all",
        "export --editions",
        "export --all --output all.jsonl",
        "report --all",
        "backup copy.db",
        "restore --yes copy.db",
        "service print system",
        "add 9781944000103 --title Sluice --date 2027-02-09 --store bookshop.org --no-look",
        "edit 9781944000103 --title Sluices",
        "remove 9781944000103 --yes",
        "completions bash",
        "man pages",
        "changelog",
        "check --nonsense",
    ]
    .map(|line| line.split(' ').collect())
    .into()
}

/// What every command prints and logs.
fn call_every_command(world: &World) -> Vec<(String, Vec<u8>)> {
    let mut seen = Vec::new();
    let every_command = commands();
    for arguments in &every_command {
        let output = run(world, arguments);
        let name = arguments.join(" ");
        // Every command must have done its work, but for the one that is none.
        let is_meant = match output.status.code() {
            Some(0 | 1) => !name.contains("--nonsense"),
            Some(2) => name.contains("--nonsense"),
            Some(_) | None => false,
        };
        assert!(
            is_meant,
            "{name}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        seen.push((format!("{name}, printed"), output.stdout));
        seen.push((format!("{name}, logged"), output.stderr));
    }
    for command in Cli::command().get_subcommands() {
        let name = command.get_name();
        let is_here = every_command.iter().any(|one| one[0] == name);
        assert!(
            is_here || ELSEWHERE.contains(&name),
            "`{name}` is not looked at"
        );
    }
    seen
}

fn look_everywhere(world: &World, mail: &TestServer) {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let hash = hash(world);
    configure(world, mail, port, &hash);
    let mut seen = call_every_command(world);
    let logged: usize = seen.iter().map(|(_, bytes)| bytes.len()).sum();
    assert!(
        20_000 < logged,
        "only {logged} bytes were printed and logged"
    );
    seen.extend(serve(world, port));
    let kept_on_purpose = [
        "smtp-password",
        "hook-key",
        "ntfy-token",
        "amazon-secret",
        "pubwatch.toml",
        "ca.pem",
    ];
    for path in files(world.folder.path()) {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if !kept_on_purpose.contains(&name.as_str()) {
            seen.push((path.display().to_string(), std::fs::read(&path).unwrap()));
        }
    }
    for letter in mail.seen().letters {
        seen.push(("a letter".to_owned(), letter.into_bytes()));
    }
    assert!(seen.iter().any(|(name, _)| name == "a letter"));
    for (name, bytes) in &seen {
        for secret in secrets(
            hash.trim_start_matches("password_hash = ")
                .trim_matches('"'),
        ) {
            assert!(!holds(bytes, &secret), "{name} holds {secret}");
        }
    }
    for path in ["all.jsonl", "copy.db", "data/pubwatch.db"] {
        let mode = std::fs::metadata(world.folder.path().join(path)).unwrap();
        assert_eq!(mode.permissions().mode() & 0o777, 0o600, "{path}");
    }
}

#[test]
fn a_first_round_writes_a_folder_and_files_that_only_their_owner_can_read() {
    let house = crate::support::House::new(
        "[author]\nname = \"Jane Roe\"\nemail = \"jane@example.com\"\ntimezone = \"UTC\"\n\
         [data]\nfolder = \"data\"\n[[edition]]\ntitle = \"Salt Roads\"\nisbn = \"9780132350884\"\n\
         publication_date = 2027-02-09\nstores = [\"amazon.com\"]\n\
         [[store]]\nname = \"amazon.com\"\nbase = \"http://127.0.0.1:9\"\n",
    );
    house.run(&["check", "--quiet"]);
    let data = house.path().join("data");
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&data), 0o700);
    let written = files(&data);
    assert!(!written.is_empty());
    for path in written {
        assert_eq!(mode(&path), 0o600, "{}", path.display());
    }
}
