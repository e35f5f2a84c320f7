//! What a user writes, and how it becomes a [`plan::Plan`]: everything wrong is reported at once.

pub mod plan;
