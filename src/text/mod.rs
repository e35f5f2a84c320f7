//! Words that every face shares: dates, lengths of time, lists, prices, and text from outside made safe.

pub mod money;
pub mod words;
