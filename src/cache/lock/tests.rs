//! Tests of lock files: who holds a lock, and what its line records.

use time::macros::utc_datetime;

use super::{Acquired, Held, Lock, LockRecord, Outcome, PATIENCE};
use crate::error::Kind;
use crate::secret::Secret;

fn take(lock: &Lock) -> Held {
    lock.attempt().unwrap().unwrap()
}

async fn wait_for(lock: &Lock) -> Held {
    let Ok(Acquired::Lock(held)) = lock.wait(PATIENCE, || None::<()>).await else { panic!() };
    held
}

fn ended(outcome: Outcome) -> LockRecord {
    LockRecord { pid: 7, at: utc_datetime!(2026-01-01 00:00), about: None, outcome: Some(outcome) }
}

#[test]
fn one_process_holds_the_lock_and_the_next_reads_the_outcome() {
    let folder = tempfile::tempdir().unwrap();
    let lock = Lock::new(folder.path().join("new").join("x.lock"));
    let mut held = take(&lock);
    assert!(lock.attempt().unwrap().is_none());
    let record = ended(Outcome::Failed { kind: Kind::Service, message: "not\nnow".to_owned() });
    held.write(&record);
    let read = ended(Outcome::Failed { kind: Kind::Service, message: "not now".to_owned() });
    drop(held);
    assert_eq!(take(&lock).last(), Some(read));
}

/// The clock may be set back between the beginning of the wait and the outcome.
#[tokio::test]
async fn an_outcome_that_was_waited_for_is_told_from_an_old_one() {
    let folder = tempfile::tempdir().unwrap();
    let lock = Lock::new(folder.path().join("x.lock"));
    let (late, early) = (utc_datetime!(2026-01-01 10:00), utc_datetime!(2026-01-01 09:00));
    let mut held = take(&lock);
    held.begin(late);
    let end = async {
        tokio::task::yield_now().await;
        held.end(early, None, Outcome::Cancelled);
        drop(held);
    };
    let (mut next, ()) = tokio::join!(wait_for(&lock), end);
    assert_eq!(next.waited_for().and_then(|last| last.outcome), Some(Outcome::Cancelled));
    // The next holder writes nothing.
    let end = async {
        tokio::task::yield_now().await;
        drop(next);
    };
    let (mut last, ()) = tokio::join!(wait_for(&lock), end);
    assert_eq!(last.waited_for(), None);
    drop(last);
    let mut at_once = wait_for(&lock).await;
    assert_eq!(at_once.waited_for(), None);
}

/// As a child process does that has not executed its program yet. On Windows it inherits nothing.
#[cfg(unix)]
#[test]
fn a_lock_is_released_even_if_its_file_is_open_elsewhere() {
    let folder = tempfile::tempdir().unwrap();
    let lock = Lock::new(folder.path().join("x.lock"));
    let held = take(&lock);
    let inherited = held.file.as_ref().unwrap().try_clone().unwrap();
    drop(held);
    assert!(lock.attempt().unwrap().is_some());
    drop(inherited);
}

#[test]
fn a_long_outcome_is_cut_and_not_lost() {
    let folder = tempfile::tempdir().unwrap();
    let lock = Lock::new(folder.path().join("x.lock"));
    let mut held = take(&lock);
    let words = "\u{fc}".repeat(2000);
    held.write(&ended(Outcome::Failed { kind: Kind::Other, message: words.clone() }));
    let Some(Outcome::Failed { message, .. }) = lock.record().unwrap().outcome else { panic!("no outcome") };
    assert!(message.len() > 900 && words.starts_with(&message), "{message}");
    assert_eq!(held.last(), lock.record());
}

#[test]
fn the_line_is_not_json_and_comes_back() {
    let failed = Outcome::Failed { kind: Kind::LoginNeeded, message: "a b".to_owned() };
    for (outcome, line) in [
        (None, "holds"),
        (Some(Outcome::Done), "done"),
        (Some(Outcome::Cancelled), "cancelled"),
        (Some(Outcome::Unanswered(2)), "unanswered 2"),
        (Some(failed), "failed login-needed a b"),
    ] {
        for (about, words) in [(None, ""), (Some("0af1".to_owned()), "about 0af1 ")] {
            let record = LockRecord { pid: 4711, at: utc_datetime!(2026-01-01 00:00), about, outcome: outcome.clone() };
            let text = record.to_string();
            assert_eq!(text, format!("process 4711 2026-01-01T00:00:00Z {words}{line}\n"));
            assert!(serde_json::from_str::<serde_json::Value>(&text).is_err());
            assert_eq!(LockRecord::parse(&text), Some(record));
        }
    }
    for odd in ["", "5\n", "process x\n", "process 1 soon holds\n", "process 1 2026-01-01T00:00:00Z\n"] {
        assert_eq!(LockRecord::parse(odd), None, "{odd:?}");
    }
}

#[test]
fn an_outcome_is_about_one_token_and_does_not_contain_it() {
    let folder = tempfile::tempdir().unwrap();
    let lock = Lock::new(folder.path().join("x.lock"));
    take(&lock).end(utc_datetime!(2026-01-01 00:00), Some(&Secret::new("abc")), Outcome::Cancelled);
    let record = lock.record().unwrap();
    assert!(record.is_about(&Secret::new("abc")) && !record.is_about(&Secret::new("abd")));
    assert!(!std::fs::read_to_string(&lock.path).unwrap().contains("abc"));
}

#[test]
fn no_recorded_failure_is_success() {
    for name in ["closed-pipe", "interrupt", "hang-up", "terminate"] {
        let Outcome::Failed { kind, .. } = Outcome::parse(&format!("failed {name} x")) else { panic!("{name}") };
        assert_eq!(kind, Kind::Other, "{name}");
    }
}

#[test]
fn lines_of_earlier_versions_are_read() {
    let failed = |message: &str| Outcome::Failed { kind: Kind::Other, message: message.to_owned() };
    for (line, outcome) in [
        ("signed-in", Outcome::Done),
        ("refreshed", Outcome::Done),
        ("unanswered", Outcome::Unanswered(1)),
        ("failed 254 denied", failed("254 denied")),
        ("failed cannot connect", failed("cannot connect")),
        ("answered 400 InvalidGrantException", failed("400 InvalidGrantException")),
    ] {
        assert_eq!(Outcome::parse(line), outcome, "{line}");
    }
}
