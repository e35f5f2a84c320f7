//! Pubwatch.
fn main() {}
