#![no_main]

use voicebooth::prompts::Format;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| voicebooth_fuzz::read_as(Some(Format::CommonVoice), bytes));
