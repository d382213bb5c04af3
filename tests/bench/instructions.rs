//! Instructions of a run, counted by callgrind; the load of the machine does not affect them.
//!
//! A count is the smallest of several runs, because the seeds of hash tables and the arrival of packets differ between
//! runs. Callgrind counts by object file, which separates the program's own code from libc and the dynamic linker, which
//! differ between distributions. Format: valgrind's manual, "Callgrind Format
//! Specification".

use std::collections::HashMap;
use std::error::Error;
use std::fs;
use std::process::Stdio;

use super::run::Run;

/// Instructions in user space.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Instructions {
    /// Instructions of the executable itself.
    pub(crate) own: u64,
    /// Instructions of all processes of the run, with libraries and the dynamic linker.
    pub(crate) all: u64,
}

/// The smallest count of several runs.
pub(crate) fn count(run: &Run, times: usize) -> Result<Instructions, Box<dyn Error>> {
    let mut least = Instructions { own: u64::MAX, all: u64::MAX };
    for _ in 0..times {
        let once = once(run)?;
        least = Instructions { own: least.own.min(once.own), all: least.all.min(once.all) };
    }
    Ok(least)
}

fn once(run: &Run) -> Result<Instructions, Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let mut command = run.command_under("valgrind")?;
    command.args(["--tool=callgrind", "--trace-children=yes"]);
    command.arg(format!("--callgrind-out-file={}/%p", folder.path().display()));
    command.arg(&run.program).args(&run.args);
    let output = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).output();
    let output = output.map_err(|error| format!("valgrind cannot be run ({error}): apt-get install valgrind"))?;
    if output.status.code() != Some(run.code) {
        let words = String::from_utf8_lossy(&output.stderr);
        return Err(format!("{run} ended with {}, not {}:\n{words}", output.status, run.code).into());
    }
    let program = run.program.display().to_string();
    let mut sum = Instructions::default();
    for file in fs::read_dir(folder.path())? {
        let of_process = read(&fs::read_to_string(file?.path())?, &program);
        sum = Instructions { own: sum.own + of_process.own, all: sum.all + of_process.all };
    }
    if sum.all == 0 {
        return Err(format!("callgrind counted nothing of {run}").into());
    }
    Ok(sum)
}

/// Parses the counts of a callgrind output file.
pub(super) fn read(text: &str, program: &str) -> Instructions {
    let mut names: HashMap<&str, &str> = HashMap::new();
    let (mut is_own, mut after_call) = (false, false);
    let mut sum = Instructions::default();
    for line in text.lines() {
        if let Some(object) = line.strip_prefix("ob=") {
            // A name is defined with a number, and later referred to by the number alone.
            let (number, name) = object.split_once(' ').unwrap_or((object, ""));
            if !name.is_empty() {
                names.insert(number, name);
            }
            is_own = names.get(number).is_some_and(|name| *name == program);
        } else if let Some(called) = line.strip_prefix("cob=") {
            if let Some((number, name)) = called.split_once(' ') {
                names.insert(number, name);
            }
        } else if line.starts_with("calls=") {
            after_call = true;
        } else if line.starts_with(|first: char| first.is_ascii_digit() || matches!(first, '+' | '-' | '*')) {
            let cost = line.split(' ').nth(1).and_then(|cost| cost.parse::<u64>().ok()).unwrap_or_default();
            // The line after a call is the cost of the called function, which is counted elsewhere.
            if !std::mem::take(&mut after_call) {
                sum.all += cost;
                sum.own += if is_own { cost } else { 0 };
            }
        }
    }
    sum
}

#[test]
fn instructions_are_attributed_to_objects_once() {
    let text = "version: 1\nsummary: 111\n\nob=(1) /lib/ld.so\nfl=(1) ???\nfn=(1) start\n0 1\ncob=(2) /bin/tool\n\
                cfn=(2) main\ncalls=1 0\n+3 110\n\nob=(2)\nfn=(2)\n* 10\n-2 20\ncob=(3) /lib/libc.so\ncfn=(3) copy\n\
                calls=2 0\n0 80\n\nob=(3)\nfn=(3)\n0 80\ntotals: 111\n";
    assert_eq!(read(text, "/bin/tool"), Instructions { own: 30, all: 111 });
    assert_eq!(read(text, "/bin/other"), Instructions { own: 0, all: 111 });
}
