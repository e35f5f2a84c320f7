//! One line a page and one for all, in processor time: the four ways one after the other, page by
//! page, so that whatever else the machine does strikes all of them alike.

use std::time::Duration;

use cpu_time::ThreadTime;

use super::corpus::{names, sample, what};
use super::memory::{self, WAYS};

/// How often each way reads each page.
const TIMES: usize = 9;

/// Pages larger than this are the ones that matter, in bytes.
const LARGE: usize = 500_000;

struct Row {
    name: String,
    bytes: usize,
    /// The median of each way, in the order of [`WAYS`].
    medians: Vec<Duration>,
    /// The peak of memory of `read` and of `tree_and_read`, in kB.
    peaks: [Option<u64>; 2],
}

fn row(name: &str) -> Row {
    let sample = sample(name);
    let mut taken = vec![Vec::new(); WAYS.len()];
    for _ in 0..TIMES {
        for ((_, way), taken) in WAYS.iter().zip(&mut taken) {
            let begun = ThreadTime::now();
            way(&sample);
            taken.push(begun.elapsed());
        }
    }
    let medians = taken.into_iter().map(|mut taken| {
        taken.sort();
        taken[taken.len() / 2]
    });
    Row {
        name: sample.name.clone(),
        bytes: sample.body.len(),
        medians: medians.collect(),
        peaks: [memory::of("read", name), memory::of("tree_and_read", name)],
    }
}

fn rate(bytes: usize, taken: Duration) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "sizes of pages are far below 2^52")]
    let bytes = bytes as f64;
    bytes / taken.as_secs_f64().max(1e-9) / 1e6
}

/// Prints the table and the summary.
#[expect(clippy::print_stdout, reason = "a benchmark prints what it measured")]
pub(crate) fn print() {
    let rows: Vec<Row> = names().map(row).collect();
    println!(
        "\n{} {}, processor time, median of {TIMES} times, one after the other",
        rows.len(),
        what()
    );
    println!(
        "{:<50} {:>6}  {:>16}  {:>16}  {:>16}  {:>16}  {:>7}  {:>7}",
        "page", "kB", "read", "tree alone", "tree and read", "tokenizer", "peak kB", "tree kB"
    );
    for row in &rows {
        let cells: Vec<String> = row
            .medians
            .iter()
            .map(|taken| {
                let millis = taken.as_secs_f64() * 1e3;
                format!("{millis:>6.2} ms {:>4.0}MB/s", rate(row.bytes, *taken))
            })
            .collect();
        let peak = |at: usize| row.peaks[at].map_or("-".to_owned(), |peak| peak.to_string());
        println!(
            "{:<50} {:>6}  {}  {:>7}  {:>7}",
            row.name,
            row.bytes / 1000,
            cells.join("  "),
            peak(0),
            peak(1)
        );
    }
    for (what, least) in [("all pages", 0), ("pages over 500 kB", LARGE)] {
        let rows: Vec<&Row> = rows.iter().filter(|row| row.bytes > least).collect();
        summarise(what, &rows);
    }
}

#[expect(clippy::print_stdout, reason = "a benchmark prints what it measured")]
fn summarise(what: &str, rows: &[&Row]) {
    let total = |way: usize| rows.iter().map(|row| row.medians[way]).sum::<Duration>();
    let bytes: usize = rows.iter().map(|row| row.bytes).sum();
    let times = |way: usize| total(way).as_secs_f64() / total(0).as_secs_f64().max(1e-9);
    let least = rows
        .iter()
        .map(|row| row.medians[1].as_secs_f64() / row.medians[0].as_secs_f64().max(1e-9))
        .fold(f64::INFINITY, f64::min);
    let most = |at: usize| rows.iter().filter_map(|row| row.peaks[at]).max();
    println!(
        "{what} ({}, {} MB): read {:.0} MB/s, tree alone {:.0}, tree and read {:.0}, tokenizer \
         {:.0}",
        rows.len(),
        bytes / 1_000_000,
        rate(bytes, total(0)),
        rate(bytes, total(1)),
        rate(bytes, total(2)),
        rate(bytes, total(3)),
    );
    println!(
        "{what}: {:.1} times faster than the tree alone (the page with the least: {least:.1}), \
         {:.1} times faster than reading from it; peak of memory at most {} kB beside {} kB",
        times(1),
        times(2),
        most(0).unwrap_or_default(),
        most(1).unwrap_or_default(),
    );
}
