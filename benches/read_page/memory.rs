//! The peak of memory that reading one page takes: each is read in a process of its own, which
//! asks the system for its peak when it is done. Counting in the allocator instead would slow down
//! what is measured beside it.

use std::process::Command;

use super::corpus::{self, Sample, sample};

/// Set in the processes that read one page: `way page`.
const ASKED: &str = "PUBWATCH_BENCH_ONE";

/// A way to read a page, by its name.
type Way = (&'static str, fn(&Sample));

/// The ways that are measured.
pub(crate) const WAYS: [Way; 4] = [
    ("read", corpus::read),
    ("tree_alone", corpus::tree_alone),
    ("tree_and_read", corpus::tree_and_read),
    ("tokenizer_alone", corpus::tokenizer_alone),
];

/// This process is to read one page.
pub(crate) fn is_asked_for_one() -> bool {
    std::env::var_os(ASKED).is_some()
}

/// Reads the page that was asked for, and prints the peak before and after, in kB.
pub(crate) fn answer() {
    let asked = std::env::var(ASKED).unwrap_or_default();
    let Some((way, name)) = asked.split_once(' ') else {
        return;
    };
    // What is prepared once and for all pages is no part of it.
    let small = Sample {
        body: "<title>x</title><div id=desktop_buybox>In stock</div>".to_owned(),
        ..sample("")
    };
    corpus::read(&small);
    let page = sample(name);
    // Loading the page took memory that is free again: the system is to forget that peak.
    std::fs::write("/proc/self/clear_refs", "5").unwrap_or_default();
    let before = peak();
    if let Some((_, way)) = WAYS.iter().find(|(known, _)| *known == way) {
        way(&page);
    }
    let text = format!("{} {}", before, peak());
    std::io::Write::write_all(&mut std::io::stdout(), text.as_bytes()).unwrap_or_default();
}

/// The most memory that this process has had, in kB.
fn peak() -> u64 {
    std::fs::read_to_string("/proc/self/status")
        .unwrap_or_default()
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))
        .and_then(|value| value.split_whitespace().next()?.parse().ok())
        .unwrap_or_default()
}

/// By how much reading that page in that way raises the peak of a process that holds the page, in
/// kB; `None` where the system does not say.
pub(crate) fn of(way: &str, name: &str) -> Option<u64> {
    let program = std::env::current_exe().ok()?;
    let output = Command::new(program)
        .env(ASKED, format!("{way} {name}"))
        .output()
        .ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    let (before, after) = text.trim().split_once(' ')?;
    let before: u64 = before.parse().ok()?;
    let after: u64 = after.parse().ok()?;
    (after > 0).then(|| after.saturating_sub(before))
}
