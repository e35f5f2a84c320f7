#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| pubwatch_fuzz::bodies::reader(bytes));
