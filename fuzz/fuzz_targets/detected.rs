#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| voicebooth_fuzz::read_as(None, bytes));
