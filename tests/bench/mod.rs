//! The rules of the benchmark, for the tests: when a count has grown too much, how lengths of bars and tables come about.
//!
//! What measures is `main.rs`, run by `cargo bench`; it is not part of the tests.

#![allow(dead_code, reason = "the benchmark uses what the tests do not")]

mod baseline;
mod chart;
mod instructions;
mod run;
mod table;
