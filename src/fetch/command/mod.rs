//! The user's own program as a way in: it gets a page's address as its last argument and prints
//! the page. It is started as it is, never through a shell, and it cannot hang or flood us.

pub(super) mod browser;
mod failure;

use std::io;
use std::path::Path;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt as _};
use tokio::process::{Child, Command};
use url::Url;

use super::explain::Failure;
use super::wire::http::Answer;
use crate::group::{self, secrets_of_ours};
pub use failure::CommandFailure;
use failure::last_words;

/// So much of the end of what the program says on its standard error is kept, in bytes.
const TAIL: usize = 2048;

/// The limits of one run.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// The most time that it may take.
    pub time: Duration,
    /// The most bytes that it may print.
    pub output: usize,
}

/// There is a Chromium on this machine, which may be a way in.
pub fn has_browser() -> bool {
    browser::program().is_some()
}

/// Runs the program with a page's address as its last argument, and gives what it printed.
///
/// It inherits none of our secrets: no variable `PUBWATCH_…` but those that hold none. It is ended
/// with all that it started when its time is over, when it prints too much, and when nobody waits for
/// it any more.
///
/// # Errors
///
/// [`CommandFailure`] in one sentence with a next step.
pub async fn run(
    words: &[String],
    address: &Url,
    limits: Limits,
) -> Result<Vec<u8>, CommandFailure> {
    run_at_home(words, address, limits, None).await
}

/// The same with a home folder of its own, in which it leaves what it likes, temporary files too; then
/// nothing that it started goes on when it has ended.
async fn run_at_home(
    words: &[String],
    address: &Url,
    limits: Limits,
    home: Option<&Path>,
) -> Result<Vec<u8>, CommandFailure> {
    let (program, arguments) = words.split_first().ok_or(CommandFailure::Unnamed)?;
    let ours = secrets_of_ours();
    let mut command = Command::new(program);
    for (name, _) in &ours {
        command.env_remove(name);
    }
    if let Some(home) = home {
        command.env("HOME", home).env("TMPDIR", home);
    }
    command
        .args(arguments)
        .arg(address.as_str())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let started = group::start(&mut command);
    let (mut child, mut group) = started.map_err(|source| CommandFailure::Start {
        program: program.clone(),
        source,
    })?;
    let mut said = Vec::new();
    let whole = attend(&mut child, limits.output, &mut said);
    let ended = tokio::time::timeout(limits.time, whole).await;
    let program = program.clone();
    let Ok(ended) = ended else {
        drop(group);
        // The group is dead; this collects the leader.
        let _ = child.wait().await;
        return Err(CommandFailure::TooSlow {
            program,
            limit: limits.time,
            said: last_words(&said, &ours),
        });
    };
    let (status, printed) = match ended {
        Ok(ended) => ended,
        Err(source) => return Err(CommandFailure::Read { program, source }),
    };
    let Some(status) = status else {
        drop(group);
        let _ = child.wait().await;
        return Err(CommandFailure::TooMuch {
            program,
            cap: limits.output,
        });
    };
    match home {
        None => group.dissolve(),
        Some(_) => group.end_rest(),
    }
    judge(program, status, printed, last_words(&said, &ours))
}

/// Runs the program as if it were the store: what it prints is the page, with status 200 unless it
/// says another one first.
pub(super) async fn exchange(
    words: &[String],
    address: &Url,
    limits: Limits,
) -> Result<Answer, Failure> {
    let body = run(words, address, limits).await;
    let body = body.map_err(|failure| Failure::Way {
        ours: failure.is_ours(),
        words: failure.to_string(),
    })?;
    let (status, body) = with_status(body);
    Ok(Answer {
        status,
        location: None,
        headers: Vec::new(),
        no_page: None,
        picture: None,
        body,
    })
}

/// The status that stands in front of a page, as `Status: 404` on the first line, and the page after
/// it; an empty line between them may be left out.
fn with_status(mut printed: Vec<u8>) -> (u16, Vec<u8>) {
    let end = printed.iter().position(|byte| *byte == b'\n');
    let line = printed.get(..end.unwrap_or(printed.len()));
    let line = line.and_then(|line| std::str::from_utf8(line).ok());
    let status = line
        .and_then(|line| line.split_once(':'))
        .filter(|(name, _)| name.eq_ignore_ascii_case("status"))
        .and_then(|(_, value)| value.split_whitespace().next()?.parse::<u16>().ok())
        .filter(|status| (200..=599).contains(status));
    let Some(status) = status else {
        return (200, printed);
    };
    printed.drain(..end.map_or(printed.len(), |end| end + 1));
    (status, printed)
}

fn judge(
    program: String,
    status: ExitStatus,
    printed: Vec<u8>,
    said: String,
) -> Result<Vec<u8>, CommandFailure> {
    match status.code() {
        Some(0) if printed.trim_ascii().is_empty() => {
            Err(CommandFailure::Nothing { program, said })
        }
        Some(0) => Ok(printed),
        Some(code) => Err(CommandFailure::Code {
            program,
            code,
            said,
        }),
        None => Err(CommandFailure::Killed {
            program,
            status: status.to_string(),
            said,
        }),
    }
}

/// Reads both outputs to their ends and waits for the exit; no status when it printed too much.
async fn attend(
    child: &mut Child,
    cap: usize,
    said: &mut Vec<u8>,
) -> io::Result<(Option<ExitStatus>, Vec<u8>)> {
    let (output, errors) = (child.stdout.take(), child.stderr.take());
    let page = async {
        let mut printed = Vec::new();
        if let Some(output) = output {
            // One byte more than fits tells that there was more.
            let most = u64::try_from(cap).unwrap_or(u64::MAX).saturating_add(1);
            output.take(most).read_to_end(&mut printed).await?;
        }
        Ok::<_, io::Error>(printed)
    };
    let words = async {
        if let Some(errors) = errors {
            keep_tail(errors, said).await;
        }
    };
    tokio::pin!(words);
    tokio::pin!(page);
    // Who floods is stopped at once, without waiting for the end of its standard error.
    let (printed, all_said) = tokio::select! {
        printed = &mut page => (printed?, false),
        () = &mut words => (page.await?, true),
    };
    if cap < printed.len() {
        return Ok((None, printed));
    }
    let status = child.wait().await?;
    // What the program itself said is there already; a helper that it left running and that
    // still holds the line is not waited for.
    if !all_said {
        let _ = tokio::time::timeout(Duration::from_millis(50), words).await;
    }
    Ok((Some(status), printed))
}

/// Reads to the end and keeps the last [`TAIL`] bytes, so that the program never blocks on it.
async fn keep_tail(mut errors: impl AsyncRead + Unpin, said: &mut Vec<u8>) {
    let mut chunk = [0; 1024];
    // An error ends it like an end: the words are only for people.
    while let Ok(read @ 1..) = errors.read(&mut chunk).await {
        said.extend(chunk.iter().take(read));
        let surplus = said.len().saturating_sub(TAIL);
        said.drain(..surplus);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limits() -> Limits {
        Limits {
            time: Duration::from_secs(10),
            output: 100_000,
        }
    }

    fn shell(script: &str) -> Vec<String> {
        // `$1` is the address: `sh -c SCRIPT NAME ADDRESS`.
        ["sh", "-c", script, "fetch"].map(str::to_owned).to_vec()
    }

    async fn run_with(words: &[String], limits: Limits) -> Result<String, String> {
        let address = Url::parse("http://127.0.0.1/dp/1?a=$(id)&b=;ls").unwrap();
        run(words, &address, limits)
            .await
            .map(|printed| String::from_utf8(printed).unwrap())
            .map_err(|failure| failure.to_string())
    }

    #[track_caller]
    fn check(outcome: &Result<String, String>, expected: Result<&str, &str>) {
        assert_eq!(
            outcome.as_ref().map(String::as_str).map_err(String::as_str),
            expected
        );
    }

    #[tokio::test]
    async fn the_address_is_an_argument_and_nothing_more() {
        let outcome = run_with(&shell("printf '%s|%s' \"$#\" \"$1\""), limits()).await;
        check(&outcome, Ok("1|http://127.0.0.1/dp/1?a=$(id)&b=;ls"));
    }

    #[test]
    fn a_status_in_front_of_the_page_is_taken_and_one_within_it_is_not() {
        let check = |printed: &str, status: u16, page: &str| {
            let found = with_status(printed.as_bytes().to_vec());
            assert_eq!(found, (status, page.as_bytes().to_vec()), "{printed:?}");
        };
        check("Status: 404\n", 404, "");
        check("Status: 404", 404, "");
        check("status:  403 Forbidden\r\n\r\n<html>", 403, "\r\n<html>");
        check("Status: 200\n<html>", 200, "<html>");
        check("<html>\nStatus: 404\n", 200, "<html>\nStatus: 404\n");
        check("Status: shipped\n", 200, "Status: shipped\n");
        check("Status: 99\n", 200, "Status: 99\n");
    }

    #[tokio::test]
    async fn an_exit_code_is_explained_with_the_last_words() {
        let script = "echo '<html>'; printf 'no\\nsession\\033[0m' >&2; exit 3";
        check(
            &run_with(&shell(script), limits()).await,
            Err(
                "`sh` ended with exit code 3; run it by hand with the address to see why; it \
                 said: no session [0m",
            ),
        );
        check(
            &run_with(&shell("exec /nonexistent/curl"), limits())
                .await
                .map_err(|words| {
                    words
                        .split("; it said")
                        .next()
                        .unwrap_or_default()
                        .to_owned()
                }),
            Err(
                "`sh` ended with exit code 127, which means that something it starts is not \
                 there; give full paths",
            ),
        );
    }

    #[tokio::test]
    async fn a_program_that_prints_nothing_is_told_so() {
        check(
            &run_with(&shell("echo ''"), limits()).await,
            Err(
                "`sh` ended well but printed nothing; it must print the page's HTML on its \
                 standard output",
            ),
        );
    }

    #[tokio::test]
    async fn a_program_that_is_not_there_is_named() {
        let outcome = run_with(&["/nonexistent/fetch".to_owned()], limits()).await;
        let words = outcome.unwrap_err();
        assert!(
            words.starts_with("`/nonexistent/fetch` could not be started ("),
            "{words}"
        );
        assert!(words.contains("give its full path"), "{words}");
        check(
            &run_with(&[], limits()).await,
            Err("no program is named; add `command = [\"…\"]` to the store"),
        );
    }

    #[tokio::test]
    async fn a_program_that_floods_is_stopped() {
        let outcome = run_with(&shell("yes in stock"), limits()).await;
        check(
            &outcome,
            Err(
                "`sh` printed more than 100 kB and was stopped; it must print the page and \
                 nothing else, or `body_cap` must be raised",
            ),
        );
    }

    #[tokio::test]
    async fn a_program_that_floods_its_standard_error_does_no_harm() {
        let script = "yes oops | head -c 1000000 >&2; echo '<html>'";
        check(&run_with(&shell(script), limits()).await, Ok("<html>\n"));
    }

    #[tokio::test]
    async fn a_program_that_hangs_is_stopped_with_all_that_it_started_wherever_that_went() {
        let ways = [
            "sleep 600 & echo $! >pid",
            // Out of the group; and without a parent as well, as a browser detaches itself.
            "setsid sh -c 'echo $$ >pid; exec sleep 600' &",
            "setsid -f sh -c 'echo $$ >pid; exec sleep 600'",
            "setsid -f sh -c 'sleep 600 & echo $! >pid; wait'",
            // Out of the group and without our environment, while its parent lives.
            "setsid env -i sh -c 'echo $$ >pid; sleep 600; :' &",
            "setsid -f sh -c 'setsid env -i sh -c \"echo \\$\\$ >pid; sleep 600; :\" & wait'",
        ];
        for way in ways {
            is_stopped_with_what_it_started(way).await;
        }
    }

    async fn is_stopped_with_what_it_started(way: &str) {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().display();
        let script = format!("cd '{place}'\n{way}\necho busy >&2; sleep 600; :");
        let short = Limits {
            time: Duration::from_secs(1),
            ..limits()
        };
        let words = run_with(&shell(&script), short).await.unwrap_err();
        assert_eq!(
            words,
            "`sh` did not end within 1 seconds and was stopped; make it give up earlier, or raise \
             `deadline`; it said: busy"
        );
        let child = std::fs::read_to_string(folder.path().join("pid")).unwrap();
        assert!(child.trim().parse::<u32>().is_ok(), "{way}: {child}");
        // The kernel takes a moment to end what it was told to end.
        let is_gone = || {
            let state = std::fs::read_to_string(format!("/proc/{}/stat", child.trim()));
            state.map_or(true, |state| state.contains(") Z"))
        };
        for _ in 0..200 {
            if is_gone() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("{way}: {child} outlived who started it");
    }

    #[tokio::test]
    async fn a_helper_that_keeps_the_line_open_costs_only_the_time() {
        let script = "echo '<html>'; sleep 600 &";
        let short = Limits {
            time: Duration::from_millis(500),
            ..limits()
        };
        let words = run_with(&shell(script), short).await.unwrap_err();
        assert!(words.contains("did not end within"), "{words}");
    }
}
