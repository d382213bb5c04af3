//! Peak memory stays below 20 MiB for any response.
//!
//! The program writes to a full pipe, so that it blocks after the response and before its end, and its `VmHWM` can be
//! read. A build with debug assertions takes 16 MiB before it does anything: there the limit is on what a response adds
//! to the peak of a run with a small one.

use std::fs;
use std::io::{ErrorKind, PipeReader, PipeWriter, Write as _};
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use rustix::fs::{OFlags, fcntl_setfl};

use crate::support::scripted_flow::{Point, good_body, reply, two_sessions};
use crate::support::scripted_server::{ScriptedServer, Step};
use crate::support::wait_until;

/// The promise, in KiB.
const LIMIT: u64 = 20 * 1024;

/// The memory that a response may add to the peak: three copies of its body (bytes, text, values), and the buffers below.
const GROWTH: u64 = 8 * 1024;

/// A full pipe.
fn full_pipe() -> (PipeReader, PipeWriter) {
    let (reader, mut writer) = std::io::pipe().unwrap();
    fcntl_setfl(&writer, OFlags::NONBLOCK).unwrap();
    for size in [4096, 1] {
        loop {
            match writer.write(&vec![b' '; size]) {
                Ok(_) => {}
                Err(error) if error.kind() == ErrorKind::WouldBlock => break,
                Err(error) => panic!("{error}"),
            }
        }
    }
    fcntl_setfl(&writer, OFlags::empty()).unwrap();
    (reader, writer)
}

/// The peak of a run against this step, in KiB.
fn peak(words: &[&str], step: Step) -> u64 {
    let server = ScriptedServer::plain(vec![step]);
    let env = two_sessions(&server.url(), 1);
    let (reader, writer) = full_pipe();
    let mut command = Command::new(env!("CARGO_BIN_EXE_sso-oidc"));
    env.apply_to(&mut command);
    command.args(words).stdin(Stdio::null()).stdout(writer.try_clone().unwrap()).stderr(writer);
    let mut child = command.spawn().unwrap();
    drop(command);
    let mut asleep = 0;
    // Asleep in eight checks after the response was sent: the program is blocked on the full pipe.
    wait_until(&format!("the end of {words:?}"), || {
        let status = fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap();
        let is_asleep =
            status.lines().any(|line| line.strip_prefix("State:").is_some_and(|state| state.trim().starts_with('S')));
        asleep = if is_asleep && server.served() == 1 { asleep + 1 } else { 0 };
        asleep == 8
    });
    let status = fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB")?.parse().ok());
    let _ = child.kill();
    let _ = child.wait();
    drop(reader);
    peak.expect("Linux counts it")
}

/// Large responses, and endless small ones.
fn floods() -> Vec<(&'static str, Step)> {
    let head = |rest: &str| format!("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n{rest}").into_bytes();
    let chunked = |rest: &str| head(&format!("Transfer-Encoding: chunked\r\n\r\n{rest}"));
    let full = |text: &str| reply(200, &["Content-Type: application/json"], text);
    let mebibyte = (1 << 20) - 64;
    let chunk = [b"10000\r\n".to_vec(), vec![b'x'; 0x10000], b"\r\n".to_vec()].concat();
    let (long, half) = ("x".repeat(1_000_000), "x".repeat(500_000));
    vec![
        ("a gigabyte", Step::Endless(head("Content-Length: 1073741824\r\n\r\n"), vec![b' '; 1 << 16])),
        ("no end", Step::Endless(head("\r\n"), vec![b'x'; 1 << 16])),
        ("chunks for ever", Step::Endless(chunked(""), chunk)),
        ("a chunk of 2^64 - 1", Step::Endless(chunked("ffffffffffffffff\r\n"), vec![b'x'; 1 << 16])),
        ("tens of thousands of small chunks", Step::Write(chunked(&"1\r\n \r\n".repeat(1 << 15)))),
        ("a chunk with an endless extension", Step::Endless(chunked("1;"), b"name=value;".repeat(1 << 10))),
        ("trailers for ever", Step::Endless(chunked("2\r\n{}\r\n0\r\n"), b"X-A: a\r\n".repeat(1 << 10))),
        ("a header without an end", Step::Endless(head("X-A: "), vec![b'a'; 1 << 16])),
        ("headers without an end", Step::Endless(head(""), b"X-A: a\r\n".repeat(1 << 10))),
        ("interim answers", Step::Write(b"HTTP/1.1 103 Early Hints\r\nLink: <x>\r\n\r\n".repeat(1 << 14))),
        (
            "a gzip bomb",
            Step::Write([head("Content-Encoding: gzip\r\nContent-Length: 1040000\r\n\r\n"), bomb()].concat()),
        ),
        ("half a million values", full(&format!("[{}0]", "0,".repeat(mebibyte / 2 - 2)))),
        ("a quarter of a million lists", full(&format!("[{}0]", "[[]],".repeat(mebibyte / 5 - 2)))),
        ("a hundred thousand members", full(&format!("{{{}\"a\":0}}", "\"abcd\":0,".repeat(mebibyte / 9 - 2)))),
        ("half a million brackets", full(&"[".repeat(mebibyte))),
        ("a string of a mebibyte", full(&format!("{{\"accessToken\": \"{half}\", \"clientId\": \"{half}\"}}"))),
        ("escapes", full(&format!("{{\"accessToken\": \"{}\"}}", "\\u0041".repeat(mebibyte / 6 - 8)))),
        ("a page of a mebibyte", reply(200, &["Content-Type: text/html"], &format!("<html>{long}"))),
        (
            "words of a mebibyte",
            reply(
                400,
                &["x-amzn-ErrorType: InvalidGrantException"],
                &format!("{{\"error_description\": \"{half}\", \"message\": \"{half}\"}}"),
            ),
        ),
        ("an error that is a mebibyte of text", reply(403, &[], &long)),
    ]
}

/// A mebibyte of stored deflate blocks, in place of a compressed gigabyte: the program must not inflate it.
fn bomb() -> Vec<u8> {
    let mut bytes = b"\x1f\x8b\x08\0\0\0\0\0\0\x03".to_vec();
    bytes.resize(1_040_000, 0);
    bytes
}

#[test]
fn peak_memory_stays_below_20_mib() {
    let create = ["create-token", "--client-id", "c", "--client-secret", "s", "--grant-type", "g", "--output"];
    let commands = [
        (vec!["token", "--sso-session", "old"], Point::Refresh),
        (vec!["export-credentials", "--profile", "dev"], Point::Role),
        ([&create[..], &["json"]].concat(), Point::Refresh),
        ([&create[..], &["table"]].concat(), Point::Refresh),
    ];
    let small: Vec<u64> = commands
        .iter()
        .map(|(words, point)| {
            peak(words, reply(200, &["Content-Type: application/json"], &good_body(*point).to_string()))
        })
        .collect();
    let every = crate::support::count("SSO_OIDC_TEST_FAULTS", 200) > 1000;
    let cases: Vec<_> = floods()
        .into_iter()
        .enumerate()
        .flat_map(|(at, flood)| (0..commands.len()).map(move |number| (at, number, flood.clone())))
        .filter(|(at, number, _)| every || (at + number) % commands.len() < 2)
        .collect();
    let (large, highest) = (Mutex::new(Vec::new()), AtomicU64::new(0));
    let play = &|some: &[(usize, usize, (&str, Step))]| {
        for (_, number, (name, step)) in some {
            let words = &commands[*number].0;
            let peak = peak(words, step.clone());
            highest.fetch_max(peak, Ordering::SeqCst);
            let limit = if cfg!(debug_assertions) { small[*number] + GROWTH } else { LIMIT };
            if peak > limit {
                large.lock().unwrap().push(format!("{name}, {words:?}: {peak} KiB of {limit}"));
            }
        }
    };
    thread::scope(|scope| {
        for some in cases.chunks(cases.len().div_ceil(4)) {
            scope.spawn(move || play(some));
        }
    });
    let (large, highest) = (large.into_inner().unwrap(), highest.into_inner());
    println!("small {small:?} KiB, highest {highest} KiB");
    assert!(large.is_empty(), "{}", large.join("\n"));
}
