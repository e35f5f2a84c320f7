//! A bare home folder, and the built program run in it as a person types.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output};

/// A bare home folder.
pub(crate) struct Home(pub(crate) tempfile::TempDir);

impl Home {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    /// A home with a configuration made by `init`.
    pub(crate) fn with_configuration() -> Self {
        let home = Self::new();
        home.ok(&[
            "init",
            "--name",
            "Jane Roe",
            "--email",
            "jane@example.com",
            "--timezone",
            "America/New_York",
            "--data",
            "data",
        ]);
        home
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub(crate) fn config(&self) -> String {
        fs::read_to_string(self.path("pubwatch.toml")).unwrap()
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Output {
        // Adding a book looks at its pages, and no test may ask a real store.
        let adds = arguments.first() == Some(&"add") && !arguments.contains(&"--help");
        assert!(!adds || arguments.contains(&"--no-look"), "{arguments:?}");
        Command::new(env!("CARGO_BIN_EXE_pubwatch"))
            .args(arguments)
            .env_clear()
            .env("HOME", self.0.path())
            .env("PUBWATCH_CONFIG", self.path("pubwatch.toml"))
            .env("PATH", "/usr/bin:/bin")
            .current_dir(self.0.path())
            .stdin(std::process::Stdio::null())
            .output()
            .unwrap()
    }

    /// Runs lines of shell, with the program in the path; the first that fails ends it.
    pub(crate) fn shell(&self, lines: &str) -> Output {
        let program = PathBuf::from(env!("CARGO_BIN_EXE_pubwatch"));
        let folder = program.parent().unwrap().display().to_string();
        Command::new("sh")
            .args(["-e", "-c", lines])
            .env_clear()
            .env("HOME", self.0.path())
            .env("PUBWATCH_CONFIG", self.path("pubwatch.toml"))
            .env("PATH", format!("{folder}:/usr/bin:/bin"))
            .current_dir(self.0.path())
            .stdin(std::process::Stdio::null())
            .output()
            .unwrap()
    }

    #[track_caller]
    pub(crate) fn ok(&self, arguments: &[&str]) -> String {
        self.ends(0, arguments)
    }

    /// What it says on both outputs, when it ends as expected.
    #[track_caller]
    pub(crate) fn ends(&self, code: i32, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        let said = format!(
            "{}{}",
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        );
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {said}");
        said
    }
}

/// A valid ISBN-13 in 978 for a number.
pub(crate) fn isbn(number: u32) -> String {
    let core = format!("978194{number:06}");
    let sum: u32 = core
        .chars()
        .enumerate()
        .map(|(index, digit)| digit.to_digit(10).unwrap() * if index % 2 == 0 { 1 } else { 3 })
        .sum();
    format!("{core}{}", (10 - sum % 10) % 10)
}
