//! Another clock for the program: faketime's library, loaded into it.
//!
//! The command `faketime` is not put before the program. It would stay between it and who started it,
//! who could then not kill it; and it ends with 1, as the program does that has something to say, where
//! a killed process has left behind the semaphore that its own number names.

use std::path::PathBuf;
use std::process::{Child, Command, Output};
use std::sync::LazyLock;

use jiff::Timestamp;
use pubwatch::clock::Clock;

/// Where the library is, as the command says to what it starts.
static LIBRARY: LazyLock<Option<String>> = LazyLock::new(|| {
    let ask = |_| {
        let mut command = Command::new("faketime");
        command.args(["-m", "-f", "+0s", "printenv", "LD_PRELOAD"]);
        let output = command.output().ok()?;
        let text = String::from_utf8(output.stdout).ok()?;
        (!text.trim().is_empty()).then(|| text.trim().to_owned())
    };
    // The next try has another number.
    (0..10).find_map(ask)
});

/// Whether a program can be given another clock here.
pub(crate) fn is_there() -> bool {
    LIBRARY.is_some()
}

/// The environment of a program whose clock stands there. The time for which a service sleeps is left
/// alone.
pub(crate) fn clock_at(time: Timestamp) -> [(&'static str, String); 3] {
    let library = LIBRARY.clone().unwrap();
    let seconds = time.duration_since(Clock::System.now()).as_secs();
    [
        ("LD_PRELOAD", library),
        ("FAKETIME", format!("{seconds:+}s")),
        ("FAKETIME_DONT_FAKE_MONOTONIC", "1".to_owned()),
    ]
}

/// Waits for the end of a program that may be killed, or that a shell has become.
pub(crate) fn end_of(child: Child) -> Output {
    let number = child.id();
    let output = child.wait_with_output().unwrap();
    clear_up_after(number);
    output
}

/// Takes away what the library has left of a process that it did not see end, and that the next one of
/// that number could take for its own.
pub(crate) fn clear_up_after(number: u32) {
    for name in ["sem.faketime_sem", "faketime_shm"] {
        let left = PathBuf::from(format!("/dev/shm/{name}_{number}"));
        // It is there only when the process had another clock.
        let _ = std::fs::remove_file(left);
    }
}
