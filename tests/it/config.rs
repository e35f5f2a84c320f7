//! The configuration: what is wrong is said in full, with its place, cause and remedy.
//!
//! Every file of `config/` is one kind of bad input; what the user reads about it stands beside
//! it in `config/snapshots/`.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, Output};

use jiff::civil::{Date, date};
use proptest::prelude::{ProptestConfig, proptest};
use pubwatch::config::problem::render_all;
use pubwatch::config::{ConfigError, EXAMPLE, Problem, check, load};

use crate::home::Home;

const TODAY: Date = date(2026, 11, 22);

/// What the user reads, and whether the configuration can be used.
fn messages(text: &str, file_name: &str) -> String {
    match check(text, file_name, TODAY) {
        Ok((_, warnings)) => format!(
            "can be used\n\n{}",
            render_all(&warnings, file_name, text, false)
        ),
        Err(problems) => format!(
            "cannot be used\n\n{}",
            render_all(&problems, file_name, text, false)
        ),
    }
}

#[test]
fn every_kind_of_bad_input_has_its_message() {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("config/snapshots");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| {
        insta::glob!("config/*.toml", |path| {
            let text = fs::read_to_string(path).unwrap();
            let name = path.file_name().unwrap().to_string_lossy();
            insta::assert_snapshot!(messages(&text, &name));
        });
    });
}

#[test]
fn every_problem_says_what_to_do() {
    for entry in
        fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/config")).unwrap()
    {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "toml") {
            continue;
        }
        let text = fs::read_to_string(&path).unwrap();
        let problems = match check(&text, "x.toml", TODAY) {
            Ok((_, problems)) | Err(problems) => problems,
        };
        assert!(!problems.is_empty(), "{} shows nothing", path.display());
        for problem in problems {
            assert!(!problem.remedies.is_empty(), "{problem:?}");
            assert!(!problem.message.ends_with('.'), "{problem:?}");
        }
    }
}

#[tokio::test]
async fn paths_are_taken_from_the_folder_of_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("pubwatch.toml");
    let password = folder.path().join("secret");
    fs::write(&password, "hush\n").unwrap();
    fs::set_permissions(&password, fs::Permissions::from_mode(0o600)).unwrap();
    let text = format!(
        "{EXAMPLE}\n[data]\nfolder = \"kept/here\"\n[mail]\nhost = \"localhost\"\n\
         username = \"jane\"\npassword_file = \"secret\"\n"
    );
    fs::write(&path, text).unwrap();
    let loaded = load(Some(&path), TODAY).unwrap();
    assert_eq!(loaded.warnings, []);
    assert_eq!(loaded.plan.data, folder.path().join("kept/here"));
    let source = loaded.plan.mail.unwrap().password.unwrap();
    let secret = pubwatch::config::command::secret(&source).await.unwrap();
    assert_eq!(secret.reveal(), "hush");
}

#[test]
fn a_password_file_that_cannot_be_read_is_said_with_its_path_and_a_remedy() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("pubwatch.toml");
    let mail = "[mail]\nhost = \"smtp.example.com\"\nusername = \"jane\"\n\
                password_file = \"smtp-password\"\n";
    fs::write(&path, format!("{EXAMPLE}\n{mail}")).unwrap();
    let error = load(Some(&path), TODAY).unwrap_err();
    let ConfigError::Wrong { problems, text, .. } = &error else {
        panic!("{error:?}");
    };
    let [problem] = problems.as_slice() else {
        panic!("{problems:?}");
    };
    let missing = folder.path().join("smtp-password");
    assert_eq!(
        problem.message,
        format!("cannot read {}", missing.display())
    );
    assert_eq!(problem.remedies[0], "see that the path is right");
    let line = text.lines().count();
    assert_eq!(problem.position(text).unwrap().line, line);

    fs::write(&missing, "hush\n").unwrap();
    fs::set_permissions(&missing, fs::Permissions::from_mode(0o644)).unwrap();
    let loaded = load(Some(&path), TODAY).unwrap();
    let [warning]: [Problem; 1] = loaded.warnings.try_into().unwrap();
    assert_eq!(
        warning.message,
        format!("everybody on this machine can read {}", missing.display())
    );
}

#[test]
fn a_file_that_is_not_there_or_not_text_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("pubwatch.toml");
    let missing = load(Some(&path), TODAY).unwrap_err().to_string();
    assert!(missing.contains("see that the path is right"), "{missing}");
    fs::write(&path, b"[author]\nname = \"\xff\"\n").unwrap();
    let no_text = load(Some(&path), TODAY).unwrap_err().to_string();
    assert!(
        no_text.ends_with("save it as UTF-8 in your editor"),
        "{no_text}"
    );
    assert!(no_text.contains("(byte 17)"), "{no_text}");
    let is_folder = load(Some(folder.path()), TODAY).unwrap_err().to_string();
    assert!(is_folder.contains("not the folder"), "{is_folder}");
}

/// The program, at a home of its own, with nothing of this machine's in the environment.
fn program(home: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_pubwatch"))
        .args(arguments)
        .env_clear()
        .env("HOME", home)
        .output()
        .unwrap()
}

#[test]
fn the_configuration_is_found_where_it_may_be() {
    let home = tempfile::tempdir().unwrap();
    let none = program(home.path(), &["config", "path"]);
    assert_eq!(none.status.code(), Some(3));
    let message = String::from_utf8(none.stderr).unwrap();
    assert!(
        message.contains(".config/pubwatch/pubwatch.toml"),
        "{message}"
    );

    let folder = home.path().join(".config/pubwatch");
    fs::create_dir_all(&folder).unwrap();
    let path = folder.join("pubwatch.toml");
    fs::write(&path, program(home.path(), &["config", "example"]).stdout).unwrap();
    let found = program(home.path(), &["config", "path"]);
    assert_eq!(found.status.code(), Some(0));
    assert_eq!(
        String::from_utf8(found.stdout).unwrap().trim_end(),
        path.to_string_lossy()
    );

    let checked = program(home.path(), &["config", "check", "--json"]);
    assert_eq!(checked.status.code(), Some(0));
    let checked: serde_json::Value = serde_json::from_slice(&checked.stdout).unwrap();
    assert_eq!(checked["usable"], true);
    assert_eq!(
        checked["data"],
        home.path().join(".local/share/pubwatch").to_str().unwrap()
    );
    assert_eq!(
        checked["editions"][0]["listings"][0]["address"],
        "https://www.amazon.com/dp/1944098119"
    );
}

#[test]
fn a_wrong_configuration_ends_with_3_and_says_so_in_either_form() {
    let home = tempfile::tempdir().unwrap();
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/config/password_in_clear.toml");
    let path = path.to_str().unwrap();
    let shown = program(home.path(), &["config", "check", "--config", path]);
    assert_eq!(shown.status.code(), Some(3));
    assert_eq!(shown.stdout, b"");
    let shown = String::from_utf8(shown.stderr).unwrap();
    assert!(shown.starts_with("error: a password does not belong in this file"));
    assert!(!shown.contains('\u{1b}'), "no colour where nobody sees it");
    assert!(!shown.contains("correct horse"));

    let json = program(
        home.path(),
        &["config", "check", "--json", "--config", path],
    );
    assert_eq!(json.status.code(), Some(3));
    let json: serde_json::Value = serde_json::from_slice(&json.stdout).unwrap();
    assert_eq!(json["usable"], false);
    assert_eq!(json["problems"][0]["line"], 9);
    assert_eq!(json["problems"][0]["gravity"], "error");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_either_a_plan_or_a_list_of_problems(text in "\\PC{0,200}") {
        messages(&text, "any.toml");
    }

    #[test]
    fn a_damaged_example_is_either_a_plan_or_a_list_of_problems(
        at in 0..EXAMPLE.len(), length in 0..40_usize, inserted in "[\\[\\]=\"'#{}\n a-z0-9é.-]{0,8}"
    ) {
        let start = (0..=at).rev().find(|at| EXAMPLE.is_char_boundary(*at)).unwrap();
        let end = (start + length..=EXAMPLE.len()).find(|at| EXAMPLE.is_char_boundary(*at));
        let rest = end.map_or("", |end| &EXAMPLE[end..]);
        let shown = messages(&format!("{}{inserted}{rest}", &EXAMPLE[..start]), "damaged.toml");
        assert!(shown.starts_with("can"));
    }
}

#[test]
fn words_that_would_do_harm_are_refused_with_their_place_by_every_command() {
    let home = Home::with_configuration();
    let taught = |words: &str| {
        format!(
            "{}\n[[edition]]\ntitle = 'Salt Roads'\nisbn = '9781944098117'\n\
             publication_date = 2027-02-09\ndistribution_enabled = 2026-12-01\n\
             stores = ['books.example.com']\n[[store]]\nname = 'books.example.com'\n\
             address = '/book/{{isbn13}}'\n[store.selectors]\nbuy_area = '#buy'\n\
             [store.words]\nin_stock = [\n  'on our shelves',\n  '{words}',\n]\n",
            home.config()
        )
    };
    let path = home.path("taught.toml");
    let named = path.to_string_lossy().into_owned();
    let line = taught("").lines().position(|line| line == "  '',").unwrap() + 1;
    for (words, message) in [
        ("{date} {name}", "has no words of its own"),
        ("currently unavailable", "means out_of_stock"),
        ("back in stock", "is to mean in_stock"),
        ("available for pre-order", "means pre_order"),
    ] {
        fs::write(&path, taught(words)).unwrap();
        for command in [
            &["config", "check"][..],
            &["check"],
            &["status"],
            &["add", "9780132350884"],
        ] {
            let said = home.ends(3, &[&["--config", &named], command].concat());
            assert!(said.contains(message), "{words}, {command:?}: {said}");
            let place = format!("taught.toml:{line}:3");
            assert!(said.contains(&place), "{place}, {command:?}: {said}");
        }
        let shown = home.ends(3, &["--config", &named, "config", "check", "--json"]);
        assert!(shown.contains(&format!("\"line\":{line}")), "{shown}");
    }
    fs::write(&path, taught("ready to be sent to you")).unwrap();
    home.ok(&["--config", &named, "config", "check"]);
}
