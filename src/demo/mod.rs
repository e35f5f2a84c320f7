//! The demonstration: a street of three bookshops on loopback, and a launch that plays there on a
//! virtual clock. Everything that looks at the shops is the real program.

pub mod pages;
pub mod script;
pub mod street;

pub use script::Script;
pub use street::Street;
