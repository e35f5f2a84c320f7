//! `pubwatch replay`: play a launch that was, or could be, and hear what would have been told.

pub mod expect;
pub mod story;
