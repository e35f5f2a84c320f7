//! What the fuzz targets do with the bytes they are given. The test suite runs the same bodies over
//! the seeds and mutations of them, so that they are compiled and used without the fuzzer.

pub mod bodies;
