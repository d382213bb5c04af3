//! Runs `oracle.py`: one child process for a target, which reads questions and writes answers as lines of JSON.
//!
//! Requires a Python with botocore, from `tests/sdk/install` or the system. Without it the target is skipped, which is a
//! failure in CI.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde_json::Value;

use super::programs::{or_skip, target};

pub(super) struct Oracle {
    child: Child,
    to: ChildStdin,
    from: BufReader<ChildStdout>,
}

impl Oracle {
    pub(super) fn start(name: &str, subject: &str) -> Option<Self> {
        let python = or_skip(python(), name, "Python with botocore is not installed")?;
        let mut child = Command::new(python)
            .args(["-W".as_ref(), "ignore".as_ref(), script().as_os_str(), subject.as_ref()])
            .env("PYTHONUTF8", "1")
            .env("AWS_EC2_METADATA_DISABLED", "true")
            .env("AWS_CONFIG_FILE", "/nonexistent")
            .env("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let (to, from) = (child.stdin.take().unwrap(), BufReader::new(child.stdout.take().unwrap()));
        Some(Self { child, to, from })
    }

    /// The answer to each question, in order.
    pub(super) fn answers(&mut self, questions: &[Value]) -> Vec<Value> {
        let lines = questions.iter().fold(String::new(), |lines, question| lines + &question.to_string() + "\n");
        let (to, from) = (&mut self.to, &mut self.from);
        std::thread::scope(|scope| {
            // An empty line makes Python flush its output.
            let writing = scope.spawn(move || writeln!(to, "{lines}").and_then(|()| to.flush()));
            let mut answers = Vec::with_capacity(questions.len());
            for question in questions {
                let mut line = String::new();
                from.read_line(&mut line).unwrap();
                let answer = serde_json::from_str(&line);
                answers
                    .push(answer.unwrap_or_else(|error| panic!("{error} in Python's answer {line:?} to {question}")));
            }
            writing.join().unwrap().unwrap();
            answers
        })
    }
}

impl Drop for Oracle {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn script() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fuzz/oracle.py")
}

fn python() -> Option<PathBuf> {
    let has_botocore = |python: &PathBuf| {
        let import = Command::new(python).args(["-c", "import botocore, dateutil"]).stderr(Stdio::null()).status();
        import.is_ok_and(|status| status.success())
    };
    let candidates = [target().join("sdk/venv/bin/python"), "python3".into(), "python".into()];
    candidates.into_iter().find(has_botocore)
}
