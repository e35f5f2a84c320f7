//! What keeps watch, as the service or for one check: the heartbeat, the loop, the page, what is sent
//! after a round, and how all of it begins, follows its configuration and ends.
//!
//! Begin at `watch.rs`, which joins the parts, and `daemon.rs`, the loop.

pub mod context;
pub mod daemon;
pub mod deliver;
pub mod first_start;
pub mod log;
pub mod page;
pub mod ping;
pub mod signals;
pub mod watch;

mod awake;
pub(crate) mod following;
mod ticker;
pub mod units;
