//! Fetching a secret when it is needed: from a file, a variable, or a program of the user's, which
//! runs beside everything else and cannot hold it up.

use std::process::Stdio;
use std::time::Duration;

use tokio::io::AsyncReadExt as _;
use tokio::process::Command;
use tokio::time::timeout;

use super::files::{LONGEST_SECRET, SecretError, text_of};
use super::plan::{Secret, SecretSource};
use crate::group;

/// How long a password command may take. A person may have to touch a key or type a passphrase.
const LIMIT: Duration = Duration::from_secs(60);

/// Fetches a secret: the first line, without its end.
///
/// A program is ended with all that it started when its minute is over and when nobody waits for it
/// any more.
///
/// # Errors
///
/// [`SecretError`] when the source cannot be read or gives nothing.
pub async fn secret(source: &SecretSource) -> Result<Secret, SecretError> {
    let (text, from) = match source {
        SecretSource::Command(words) => match words.split_first() {
            Some((program, arguments)) => (
                printed(program, arguments, LIMIT).await?,
                format!("`{program}`"),
            ),
            None => text_of(source)?,
        },
        SecretSource::File(_) | SecretSource::Env(_) => text_of(source)?,
    };
    let line = text.lines().next().unwrap_or_default();
    if line.is_empty() {
        return Err(SecretError::Empty(from));
    }
    Ok(Secret::new(line.to_owned()))
}

/// What the program prints, when it ends well within `limit`.
async fn printed(
    program: &str,
    arguments: &[String],
    limit: Duration,
) -> Result<String, SecretError> {
    let start = |source| SecretError::Start {
        program: program.to_owned(),
        source,
    };
    let failed = |status: String| SecretError::Failed {
        program: program.to_owned(),
        status,
    };
    let mut command = Command::new(program);
    command.args(arguments).stdout(Stdio::piped());
    let (mut child, mut group) = group::start(&mut command).map_err(start)?;
    let output = child.stdout.take();
    let whole = async {
        let mut text = String::new();
        if let Some(output) = output {
            output
                .take(LONGEST_SECRET)
                .read_to_string(&mut text)
                .await?;
        }
        // Its end counts too: what closes its output and goes on has not said that all is well.
        child.wait().await.map(|status| (status, text))
    };
    let Ok(ended) = timeout(limit, whole).await else {
        drop(group);
        // The group is dead; this collects the leader.
        let _ = child.wait().await;
        return Err(failed(format!("no end within {} seconds", limit.as_secs())));
    };
    let (status, text) = ended.map_err(start)?;
    group.dissolve();
    if !status.success() {
        return Err(failed(status.to_string()));
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn command(script: &str) -> SecretSource {
        SecretSource::Command(["sh", "-c", script].map(str::to_owned).to_vec())
    }

    #[tokio::test]
    async fn a_secret_is_the_first_line_without_its_end() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("password");
        std::fs::write(&path, "  pass word \r\nnot this\n").unwrap();
        let secret_of_file = secret(&SecretSource::File(path)).await.unwrap();
        assert_eq!(secret_of_file.reveal(), "  pass word ");
        assert_eq!(format!("{secret_of_file:?}"), "***");
        let printed = secret(&command("echo hush; echo more")).await.unwrap();
        assert_eq!(printed.reveal(), "hush");
    }

    #[tokio::test]
    async fn a_secret_that_cannot_be_had_says_why_and_not_what() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("password");
        std::fs::write(&path, "\n").unwrap();
        let empty = secret(&SecretSource::File(path)).await.unwrap_err();
        assert!(empty.to_string().contains("is empty"), "{empty}");
        let missing = SecretSource::File(folder.path().join("none"));
        let missing = secret(&missing).await.unwrap_err().to_string();
        assert!(missing.contains("see that the path is right"), "{missing}");
        let failed = secret(&command("echo hush; exit 3")).await.unwrap_err();
        let failed = format!("{failed} {failed:?}");
        assert!(failed.contains("exit status: 3"), "{failed}");
        assert!(!failed.contains("hush"), "{failed}");
        let unset = SecretSource::Env("PUBWATCH_TEST_NOT_SET".to_owned());
        assert!(matches!(secret(&unset).await, Err(SecretError::Env(_))));
        let unnamed = SecretSource::Command(Vec::new());
        let unnamed = secret(&unnamed).await.unwrap_err();
        assert!(unnamed.to_string().contains("is empty"), "{unnamed}");
    }

    /// A program that writes the number of a helper of its own into a file, and then what `rest` says.
    fn with_helper(folder: &tempfile::TempDir, rest: &str) -> Vec<String> {
        let file = folder.path().join("helper");
        // Out of the group, and without a parent.
        let helper = format!("echo $$ >\"{}\"; exec sleep 600", file.display());
        let script = format!("setsid -f sh -c '{helper}'; {rest}");
        ["-c".to_owned(), script].to_vec()
    }

    async fn helper_is_gone(folder: &tempfile::TempDir) -> bool {
        let file = folder.path().join("helper");
        let mut number = String::new();
        for _ in 0..250 {
            number = std::fs::read_to_string(&file).unwrap_or_default();
            let state = std::fs::read_to_string(format!("/proc/{}/stat", number.trim()));
            // What nobody has collected yet is dead all the same.
            if number.ends_with('\n') && state.map_or(true, |state| state.contains(") Z ")) {
                return true;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        assert!(!number.is_empty(), "the program never began");
        false
    }

    #[tokio::test]
    async fn a_program_that_hangs_is_ended_at_its_time_with_all_that_it_started() {
        for rest in ["sleep 600", "exec >&-; sleep 600"] {
            let folder = tempfile::tempdir().unwrap();
            let limit = Duration::from_secs(1);
            let error = printed("sh", &with_helper(&folder, rest), limit).await;
            let words = error.unwrap_err().to_string();
            assert!(words.contains("no end within 1 seconds"), "{words}");
            assert!(helper_is_gone(&folder).await, "{rest}");
        }
    }

    #[tokio::test]
    async fn a_program_that_nobody_waits_for_any_more_is_ended_with_all_that_it_started() {
        let folder = tempfile::tempdir().unwrap();
        let arguments = with_helper(&folder, "sleep 600");
        let asked = printed("sh", &arguments, LIMIT);
        assert!(timeout(Duration::from_millis(500), asked).await.is_err());
        assert!(helper_is_gone(&folder).await);
    }
}
