//! One file per subcommand: its arguments, and what it does with them.
//!
//! A command reads the configuration, calls the stages, and prints. It holds no rule of its own.

pub mod init;
pub mod add;
pub mod edit;
pub mod remove;
pub mod import;
pub mod doctor;
pub mod service;
pub mod backup;
pub mod transfer;
pub mod completions;

pub mod calendar;
pub mod changelog;
pub mod config;
pub mod demo;
pub mod evidence;
pub mod history;
pub mod look;
pub mod page;
pub mod password;
pub mod picture;
pub mod ping;
pub mod letters;
pub mod note;
pub mod log;
pub mod outbox;
pub mod read;
pub mod replay;
pub mod salvage;
pub mod simulate;
pub mod report;
pub mod share;

pub mod contents;
pub mod context;
pub mod loading;
pub mod signals;
pub mod deliver;
pub mod status;
pub mod run;
pub mod check;
pub mod face;
pub mod setup;
mod sight;
pub mod which;
pub mod windows;
