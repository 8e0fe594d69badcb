#![no_main]
libfuzzer_sys::fuzz_target!(|bytes: &[u8]| gatewright_fuzz::attestation(bytes));
