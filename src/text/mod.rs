//! Words that every face shares: dates, lengths of time, lists, and text from outside made safe.

pub mod mail_address;
pub mod words;
