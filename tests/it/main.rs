//! The integration tests: one binary, one file per feature.
//!
//! `#[cfg(test)]` on each line tells clippy that these are tests, which may unwrap and print.

#[cfg(test)]
mod any_bytes;
#[cfg(test)]
mod broken_answers;
#[cfg(test)]
mod buy_areas;
#[cfg(test)]
mod cmd;
#[cfg(test)]
mod config;
#[cfg(test)]
mod config_schema;
#[cfg(test)]
mod corpus;
#[cfg(test)]
mod daemon;
#[cfg(test)]
mod each_day;
#[cfg(test)]
mod database_file;
#[cfg(test)]
mod delivery;
#[cfg(test)]
mod docs;
#[cfg(test)]
mod doctor;
#[cfg(test)]
mod drifting;
#[cfg(test)]
mod faults;
#[cfg(test)]
mod first_hour;
#[cfg(test)]
mod first_look;
#[cfg(test)]
mod follows;
#[cfg(test)]
mod fixtures;
#[cfg(test)]
mod fuzzed;
#[cfg(test)]
mod home;
#[cfg(test)]
mod hook_server;
#[cfg(test)]
mod hooks;
#[cfg(test)]
mod injected;
#[cfg(test)]
mod inbox;
#[cfg(test)]
mod injected_shortly;
#[cfg(test)]
mod judging;
#[cfg(test)]
mod killed;
#[cfg(test)]
mod killed_round;
#[cfg(test)]
mod letters;
#[cfg(test)]
mod letters_drawn;
#[cfg(test)]
mod lists;
#[cfg(test)]
mod lists_as_they_come;
#[cfg(test)]
mod lists_in_workbooks;
#[cfg(test)]
mod lists_without_isbn;
#[cfg(test)]
mod look;
#[cfg(test)]
mod loopback;
#[cfg(test)]
mod manners;
#[cfg(test)]
mod manners_day;
#[cfg(test)]
mod memory;
#[cfg(test)]
mod moved_date;
#[cfg(test)]
mod mutated_pages;
#[cfg(test)]
mod names;
#[cfg(test)]
mod overwritten;
#[cfg(test)]
mod own_stores;
#[cfg(test)]
mod packed;
#[cfg(test)]
mod programs;
#[cfg(test)]
mod real_mta;
#[cfg(test)]
mod recovered;
#[cfg(test)]
mod refusals;
#[cfg(test)]
mod refused_month;
#[cfg(test)]
mod reloaded;
#[cfg(test)]
mod robots_files;
#[cfg(test)]
mod secrets;
#[cfg(test)]
mod seen_and_not;
#[cfg(test)]
mod sentences;
#[cfg(test)]
mod service;
#[cfg(test)]
mod smtp_fuzzed;
#[cfg(test)]
mod smtp_server;
#[cfg(test)]
mod stories;
#[cfg(test)]
mod street;
#[cfg(test)]
mod support;
#[cfg(test)]
mod switch;
#[cfg(test)]
mod telling;
#[cfg(test)]
mod threats;
#[cfg(test)]
mod tidy;
#[cfg(test)]
mod upgrade;
#[cfg(test)]
mod usual;
#[cfg(test)]
mod ways;
#[cfg(test)]
mod ways_api;
#[cfg(test)]
mod ways_browser;
#[cfg(test)]
mod web;
#[cfg(test)]
mod whole_round;
#[cfg(test)]
mod tls;
#[cfg(test)]
mod without_isbn;
#[cfg(test)]
mod wordings;
#[cfg(test)]
mod wordings_around;
