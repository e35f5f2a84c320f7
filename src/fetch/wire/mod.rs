//! The line to the outside: one request, as it is, without any courtesy. Only `fetch/http.rs`
//! uses it.

pub(super) mod http;
mod kind;
mod unpack;
