//! The parts of the benchmark that have unit tests.
//!
//! `main.rs` measures; `cargo bench` runs it, `cargo test` does not.

#![allow(dead_code, reason = "the benchmark uses what the tests do not")]

mod baseline;
mod chart;
mod home;
mod instructions;
mod run;
mod table;
