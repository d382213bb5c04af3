//! The recorder `record.py`, run with our program under the name `aws` in place of the AWS CLI.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use crate::support::programs::{find, or_skip};

use super::recording;

/// Runs with every kind of fixture in which our program has exactly the results of the AWS CLI.
const IDS: [&str; 6] = [
    "endpoint-fips",
    "file-string-text",
    "input-json-file",
    "op-create-token-with-iam-all",
    "sigint-during-request",
    "tty-table-auto-40cols",
];

#[test]
fn recorder_adds_results_to_invocations() {
    let tools = find(&["python3"]).zip(find(&["openssl"]));
    let Some((python, _)) = or_skip(tools, "recorder", "python3 or openssl is not installed") else { return };
    let folder = tempfile::TempDir::new().unwrap();
    let (aws, data) = (folder.path().join("aws"), folder.path().join("runs.jsonl"));
    std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_sso-oidc"), &aws).unwrap();
    let recorded: Vec<Value> = recording::lines().filter(|run| IDS.iter().any(|id| run["id"] == *id)).collect();
    assert_eq!(recorded.len(), IDS.len());
    let invocations: Vec<String> = recorded.iter().map(|run| invocation(run).to_string()).collect();
    fs::write(&data, invocations.join("\n") + "\n").unwrap();

    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/parity/record.py");
    let mut record = Command::new(python);
    record.arg(script).arg("--aws").arg(&aws).arg("--data").arg(folder.path());
    let output = record.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = fs::read_to_string(&data).unwrap();
    let completed: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(completed, recorded);

    fs::write(&data, text.replace("\"exit\": 0", "\"exit\": 1")).unwrap();
    let output = record.arg("--check").output().unwrap();
    assert!(!output.status.success(), "a changed result passes the check");
}

/// The run without its results, as written by hand to add it.
fn invocation(run: &Value) -> Value {
    let mut run = run.clone();
    for result in ["exit", "stdout", "stderr", "browser_url", "files_after"] {
        run.as_object_mut().unwrap().remove(result);
    }
    if let Some(exchanges) = run.get_mut("exchanges").and_then(Value::as_array_mut) {
        exchanges.retain(|exchange| exchange.get("reply").is_some());
        for exchange in exchanges {
            exchange["request"] = json!({"tls": exchange["request"]["tls"]});
        }
    }
    run
}
