//! Pubwatch watches a book's pages at the stores, records what they say, judges it against the
//! calendar of this book, and writes to the author when there is something to know.
//!
//! The modules are the stages, in the order in which the data flows; a stage may use the types of
//! earlier stages, never of later ones. `ARCHITECTURE.md` has the map.

pub mod say;
pub mod book;
pub mod text;
pub mod config;
pub mod schedule;
pub mod fetch;
pub mod page;
pub mod stores;
pub mod history;
pub mod judge;
pub mod alerts;
pub mod mail;
pub mod web;

pub mod clock;
pub mod files;
pub mod group;
mod lock;
pub mod tls;
pub mod db;

pub mod round;
pub mod service;

pub mod terminal;
pub mod setup;
pub mod demo;
pub mod story;
pub mod exit;
pub mod commands;
pub mod cli;
