//! Programs of the user's that ours starts: they hold nothing up, are started for a reason only, and
//! are told no secret of ours. And the limit on files that whoever starts ours may set.

use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use tokio::time::Instant;

use crate::injected::world::{Program, World};
use crate::loopback::{Reply, Server};
use crate::service::Service;
use crate::support::House;

const SECRET: &str = "tidewrack-lantern-4711";

/// Whether a file of the folder holds these words.
fn is_kept(folder: &Path, words: &str) -> bool {
    std::fs::read_dir(folder).unwrap().any(|entry| {
        let path = entry.unwrap().path();
        if path.is_dir() {
            return is_kept(&path, words);
        }
        let bytes = std::fs::read(path).unwrap();
        bytes
            .windows(words.len())
            .any(|part| part == words.as_bytes())
    })
}

/// Waits until `is_so`, for ten seconds at most, and says whether it came so far.
fn in_time(is_so: impl Fn() -> bool) -> bool {
    (0..500).any(|_| {
        std::thread::sleep(Duration::from_millis(20));
        is_so()
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stores_command_is_told_no_secret_and_what_it_says_of_one_is_not_kept() {
    let server = Server::start(|_| Reply::nothing()).await;
    let base = server.base.as_str().trim_end_matches('/').to_owned();
    tokio::task::spawn_blocking(move || {
        // The secret is told on its standard error although it was not inherited: it is in the
        // script, as in a file that a program may read.
        let script = format!("env > seen; echo no session for {SECRET} >&2; exit 3");
        let house = House::new(&format!(
            "[author]\nname = \"Jane Roe\"\nemail = \"jane@example.com\"\ntimezone = \"UTC\"\n\
             [data]\nfolder = \"data\"\n[politeness]\npause = \"0s\"\njitter = \"0s\"\n\
             [web]\nlisten = \"off\"\n[[store]]\nname = \"amazon.com\"\n\
             base = \"{base}\"\nsource = \"command\"\n\
             command = [\"sh\", \"fetch.sh\"]\n[[edition]]\ntitle = \"Salt Roads\"\n\
             isbn = \"9780132350884\"\npublication_date = 2027-02-09\n\
             stores = [\"amazon.com\"]\n"
        ));
        std::fs::write(house.path().join("fetch.sh"), script).unwrap();
        let mut check = house.pubwatch(&["check"]);
        let output = check
            .env("PUBWATCH_SMTP_PASSWORD", SECRET)
            .env("PUBWATCH_LOG", "trace")
            .env("SESSION", "kept for the program")
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned()
            + &String::from_utf8_lossy(&output.stdout);
        let seen = std::fs::read_to_string(house.path().join("seen"));
        let seen = seen.unwrap_or_else(|error| panic!("the command was not run ({error}): {said}"));
        assert!(seen.contains("SESSION=kept for the program"), "{seen}");
        assert!(!seen.contains(SECRET), "{seen}");
        assert!(!said.contains(SECRET), "{said}");
        let data = house.path().join("data");
        assert!(is_kept(&data, "no session for ***"), "{said}");
        assert!(!is_kept(&data, SECRET));
    })
    .await
    .unwrap();
}

/// The world's configuration with a login whose password a shell prints.
fn with_password_from(world: &World, script: &str) {
    let plain = "encryption = \"none\"\n";
    let text = std::fs::read_to_string(world.config()).unwrap();
    assert!(text.contains(plain));
    let login =
        format!("{plain}username = \"jane\"\npassword_command = [\"sh\", \"-c\", '{script}']\n");
    std::fs::write(world.config(), text.replace(plain, &login)).unwrap();
}

/// A password command that hangs, under a running service that has letters to send.
fn hangs(world: &World) {
    let folder = world.folder.path().to_owned();
    // Its helper leaves the group, and its parent.
    let helper = r#"setsid -f sh -c "echo \$\$ >helper; exec sleep 600""#;
    with_password_from(world, &format!("{helper}; sleep 600"));
    let mut service = Service(world.start(&["run"]));
    let helper = || std::fs::read_to_string(folder.join("helper")).unwrap_or_default();
    assert!(in_time(|| helper().ends_with('\n')), "it was never asked");
    let begun = Instant::now();
    let id = service.0.id().to_string();
    let told = Command::new("kill").args(["-TERM", &id]).status().unwrap();
    assert!(told.success());
    service.0.wait().unwrap();
    let took = begun.elapsed();
    assert!(took < Duration::from_secs(5), "{took:?}");
    assert!(
        in_time(|| is_gone(&helper())),
        "what it had started goes on"
    );
}

/// The process of that number runs no more; nobody need have collected it yet.
fn is_gone(number: &str) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{}/stat", number.trim()));
    stat.map_or(true, |stat| stat.contains(") Z "))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_command_that_hangs_keeps_no_service_from_stopping_and_is_run_for_a_letter_only()
{
    let program = Program {
        path: PathBuf::from(env!("CARGO_BIN_EXE_pubwatch")),
        environment: Vec::new(),
    };
    let world = World::new(&program).await;
    let plain = std::fs::read_to_string(world.config()).unwrap();
    tokio::task::block_in_place(|| {
        hangs(&world);
        std::fs::write(world.config(), plain).unwrap();
        world.run(&["outbox", "retry"]);
        // The claim of the service that was stopped is none: it never came to a letter.
        assert_eq!(world.run(&["check", "--quiet"]).status.code(), Some(0));
        assert!(!world.mail.seen().letters.is_empty());
        with_password_from(&world, "touch was-run; echo hush");
        assert_eq!(world.run(&["check", "--quiet"]).status.code(), Some(0));
        let was_run = world.folder.path().join("was-run");
        assert!(!was_run.exists(), "asked for a password for no letter");
    });
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_command_is_not_run_while_the_hour_has_had_its_letters() {
    let program = Program {
        path: PathBuf::from(env!("CARGO_BIN_EXE_pubwatch")),
        environment: Vec::new(),
    };
    let world = World::new(&program).await;
    tokio::task::block_in_place(|| {
        let plain = std::fs::read_to_string(world.config()).unwrap();
        let (many, one) = ("most_per_hour = 10000", "most_per_hour = 1");
        assert!(plain.contains(many));
        std::fs::write(world.config(), plain.replace(many, one)).unwrap();
        assert_eq!(world.run(&["check", "--quiet"]).status.code(), Some(0));
        assert_eq!(world.mail.seen().letters.len(), 1);
        with_password_from(&world, "touch was-run; echo hush");
        let was_run = || world.folder.path().join("was-run").exists();
        assert_eq!(world.run(&["check", "--quiet"]).status.code(), Some(0));
        assert!(!was_run(), "asked for a password, and no letter may go");
        // The others were waiting all the time.
        let text = std::fs::read_to_string(world.config()).unwrap();
        std::fs::write(world.config(), text.replace(one, many)).unwrap();
        world.run(&["check", "--quiet"]);
        assert!(was_run(), "no letter was waiting");
    });
}

#[tokio::test(flavor = "multi_thread")]
async fn an_interrupt_of_doctor_ends_the_program_that_it_runs() {
    let program = Program {
        path: PathBuf::from(env!("CARGO_BIN_EXE_pubwatch")),
        environment: Vec::new(),
    };
    let world = World::new(&program).await;
    tokio::task::block_in_place(|| {
        let folder = world.folder.path().to_owned();
        with_password_from(&world, "echo $$ >asking; sleep 600; :");
        let mut doctor = Service(world.start(&["doctor"]));
        let asking = || std::fs::read_to_string(folder.join("asking")).unwrap_or_default();
        assert!(in_time(|| asking().ends_with('\n')), "it was never asked");
        let id = doctor.0.id().to_string();
        let told = Command::new("kill").args(["-INT", &id]).status().unwrap();
        assert!(told.success());
        assert_eq!(doctor.0.wait().unwrap().code(), Some(5));
        assert!(in_time(|| is_gone(&asking())), "its program goes on");
    });
}

#[test]
fn a_limit_on_the_size_of_files_ends_in_a_sentence_and_not_by_a_signal() {
    let house = House::new(
        "[author]\nname = \"Jane Roe\"\nemail = \"jane@example.com\"\ntimezone = \"UTC\"\n\
         [data]\nfolder = \"data\"\n[[edition]]\ntitle = \"Salt Roads\"\nisbn = \"9780132350884\"\n\
         publication_date = 2027-02-09\nstores = [\"amazon.com\"]\n\
         [[store]]\nname = \"amazon.com\"\nbase = \"http://127.0.0.1:9\"\n",
    );
    let check = house.pubwatch(&["check"]);
    let output = Command::new("sh")
        .args(["-c", "ulimit -f 8; exec \"$0\" \"$@\""])
        .arg(check.get_program())
        .args(check.get_args())
        .current_dir(house.path())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.signal(), None, "{said}");
    assert_ne!(output.status.code(), Some(0), "{said}");
    assert!(
        said.contains("the disk is full") && said.contains("nothing that was recorded is lost"),
        "{said}"
    );
}
