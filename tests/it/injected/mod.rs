//! Faults injected into the real program while it goes about its business, and what became of the
//! looks and the letters. `cargo run --release --example faults` plays a thousand of them;
//! `tests/it/injected_shortly.rs` a few of each kind.

pub(crate) mod bad;
pub(crate) mod clocks;
pub(crate) mod damage;
pub(crate) mod disk;
pub(crate) mod ends;
pub(crate) mod faketime;
pub(crate) mod imprint;
pub(crate) mod inject;
pub(crate) mod month;
pub(crate) mod posts;
pub(crate) mod shop;
pub(crate) mod tally;
pub(crate) mod world;
