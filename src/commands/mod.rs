//! One file per subcommand: its arguments, and what it does with them.
//!
//! A command reads the configuration, calls the stages, and prints. It holds no rule of its own.
//! What several commands share stands below them.

pub mod add;
pub mod backup;
pub mod calendar;
mod coming;
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

pub mod contents;
pub mod context;
pub mod deliver;
pub mod face;
mod following;
pub mod loading;
pub mod log;
pub mod page;
pub mod ping;
pub mod setup;
mod sight;
pub mod signals;
pub mod which;
