//! Python as the second opinion: one child process for the whole of a target, questions and answers as lines of JSON.
//!
//! Needed is a Python with botocore, that of `tests/sdk/install` or the machine's. Where there is none the target is
//! skipped, which in CI is a failure. What Python answers is in `oracle.py`.

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
        let python = or_skip(python(), name, "there is no Python with botocore")?;
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

    /// An answer for each question, in their order.
    pub(super) fn answers(&mut self, questions: &[Value]) -> Vec<Value> {
        let lines = questions.iter().fold(String::new(), |lines, question| lines + &question.to_string() + "\n");
        let (to, from) = (&mut self.to, &mut self.from);
        std::thread::scope(|scope| {
            // The empty line asks for what is still in Python's buffer.
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
