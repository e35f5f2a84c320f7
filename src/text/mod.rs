//! Words that every face shares: dates, lengths of time, lists, and text from outside made safe; and
//! what people write, read: amounts and mail addresses.

pub mod host;
pub mod mail_address;
pub mod money;
pub mod words;
