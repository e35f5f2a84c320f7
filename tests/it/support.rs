//! What several integration tests share: the real binary, its configuration, and little shops.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

/// A folder with a configuration in it, and the real binary to run there.
pub(crate) struct House {
    folder: TempDir,
}

impl House {
    /// A house with this configuration.
    pub(crate) fn new(configuration: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("pubwatch.toml"), configuration).unwrap();
        Self { folder }
    }

    /// Where it stands.
    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// A call of the binary, ready for more arguments. Its environment is empty but for what every
    /// program needs.
    pub(crate) fn pubwatch(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_pubwatch"));
        command
            .env_clear()
            .env("HOME", self.path())
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .arg("--config")
            .arg(self.path().join("pubwatch.toml"))
            .args(arguments)
            .current_dir(self.path());
        command
    }

    /// Runs the binary to its end.
    pub(crate) fn run(&self, arguments: &[&str]) -> Output {
        self.pubwatch(arguments).output().unwrap()
    }

    /// Runs the binary and gives what it printed, when it ended with `code`.
    #[track_caller]
    pub(crate) fn said(&self, arguments: &[&str], code: i32) -> String {
        let output = self.run(arguments);
        let mut said = String::from_utf8(output.stdout).unwrap();
        write!(said, "{}", String::from_utf8(output.stderr).unwrap()).unwrap();
        assert_eq!(
            output.status.code(),
            Some(code),
            "{arguments:?} said:\n{said}"
        );
        said
    }

    /// The letters in the mail folder, by name.
    pub(crate) fn letters(&self) -> Vec<(PathBuf, String)> {
        let mut letters = Vec::new();
        for entry in std::fs::read_dir(self.path().join("data/letters"))
            .into_iter()
            .flatten()
        {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|extension| extension == "eml") {
                let text = std::fs::read_to_string(&path).unwrap();
                letters.push((path, text));
            }
        }
        letters.sort();
        letters
    }
}
