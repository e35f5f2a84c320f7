//! How long a page takes to read, and what it takes of memory, beside the tree of the whole page.
//!
//! `cargo bench --profile dist --bench read_page` measures each page of a corpus four ways in the same run:
//! `read` (what a round does), the tree of the whole page alone, the same reading from that tree,
//! and the streaming tokenizer alone, which does nothing with what it finds. The corpus is the
//! folder `PUBWATCH_PAGES`, or `../shared/pages`; where there is none, our own fixtures, blown up
//! to the size that such pages have.

mod corpus;
mod memory;
mod summary;

use divan::Bencher;
use divan::counter::BytesCount;

use corpus::{Sample, names, sample};

fn main() {
    if memory::is_asked_for_one() {
        memory::answer();
        return;
    }
    divan::main();
    // `cargo test --benches` only sees that everything runs, and `--list` asks for names.
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if arguments.iter().all(|argument| argument == "--bench") && !arguments.is_empty() {
        summary::print();
    }
}

fn measure(bencher: Bencher<'_, '_>, name: &str, way: fn(&Sample)) {
    let sample = sample(name);
    bencher
        .counter(BytesCount::of_str(&sample.body))
        .bench_local(|| way(divan::black_box(&sample)));
}

#[divan::bench(args = names(), sample_count = 9, sample_size = 1)]
fn read(bencher: Bencher<'_, '_>, name: &str) {
    measure(bencher, name, corpus::read);
}

#[divan::bench(args = names(), sample_count = 9, sample_size = 1)]
fn tree_alone(bencher: Bencher<'_, '_>, name: &str) {
    measure(bencher, name, corpus::tree_alone);
}

#[divan::bench(args = names(), sample_count = 9, sample_size = 1)]
fn tree_and_read(bencher: Bencher<'_, '_>, name: &str) {
    measure(bencher, name, corpus::tree_and_read);
}

#[divan::bench(args = names(), sample_count = 9, sample_size = 1)]
fn tokenizer_alone(bencher: Bencher<'_, '_>, name: &str) {
    measure(bencher, name, corpus::tokenizer_alone);
}
