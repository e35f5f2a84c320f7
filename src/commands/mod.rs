//! One file or folder a subcommand, and nothing else: its arguments, and what it does with them.
//!
//! A command reads the configuration, calls the stages, and prints. It holds no rule of its own.
//! What several commands share stands in `service/`, `terminal/` and `setup/`.

pub mod add;
pub mod backup;
pub mod calendar;
pub mod changelog;
pub mod check;
pub mod completions;
pub mod config;
pub mod demo;
pub mod doctor;
pub mod edit;
pub mod evidence;
pub mod export;
pub mod history;
pub mod import;
pub mod init;
pub mod letters;
pub mod look;
pub mod note;
pub mod outbox;
pub mod password;
pub mod pause;
pub mod read;
pub mod remove;
pub mod replay;
pub mod report;
pub mod run;
pub mod service;
pub mod companion;
pub mod share;
pub mod status;
pub mod windows;
