//! The `pubwatch` program: everything is in the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    pubwatch::cli::run().into()
}
