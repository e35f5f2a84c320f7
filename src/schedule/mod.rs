//! When to look: how often each listing deserves a look, and when it is due.
//!
//! What is due is decided from stored times and the clock, never from timers, so that a machine
//! that slept, was restarted, or whose clock was set, neither forgets a look nor doubles one.

pub mod cadence;
pub mod cron;
pub mod due;

pub use cadence::{Urgency, urgency};
pub use due::{Due, Rhythm, Rules, Times, Why, due};
