//! A command line that is measured: program, arguments, environment, and the expected exit code.
//!
//! The environment contains only the variables set here, so that the user's do not affect the measurement.

use std::error::Error;
use std::ffi::OsString;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use super::home::Sessions;

/// A command line to run repeatedly.
#[derive(Debug, Clone)]
pub(crate) struct Run {
    pub(crate) program: PathBuf,
    pub(crate) args: Vec<OsString>,
    pub(crate) environment: Vec<(String, OsString)>,
    /// What is written to the home before each run of a command that changes it.
    pub(crate) sessions: Option<Sessions>,
    /// The expected exit code; a run with another one is an error.
    pub(crate) code: i32,
}

/// The measurements of one run.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Taken {
    pub(crate) wall: Duration,
    pub(crate) processor: Duration,
    /// Peak resident memory, in KiB.
    pub(crate) memory: u64,
}

impl Run {
    /// A program with these arguments and this home.
    pub(crate) fn new<W: Into<OsString>>(program: &Path, home: &Path, args: impl IntoIterator<Item = W>) -> Self {
        let environment = vec![
            ("HOME".to_owned(), home.into()),
            ("PATH".to_owned(), "/usr/bin:/bin".into()),
            ("LC_ALL".to_owned(), "C.UTF-8".into()),
            ("AWS_EC2_METADATA_DISABLED".to_owned(), "true".into()),
        ];
        let args = args.into_iter().map(Into::into).collect();
        Self { program: program.to_owned(), args, environment, sessions: None, code: 0 }
    }

    /// The same command line of another program.
    pub(crate) fn of(&self, program: &Path) -> Self {
        Self { program: program.to_owned(), ..self.clone() }
    }

    /// Sets an environment variable.
    pub(crate) fn set(mut self, name: &str, value: impl Into<OsString>) -> Self {
        self.environment.push((name.to_owned(), value.into()));
        self
    }

    /// Expects an exit code other than 0.
    pub(crate) fn ends_with(mut self, code: i32) -> Self {
        self.code = code;
        self
    }

    /// Writes the home anew, if the command changes it, and sets the environment of this run on a command.
    pub(crate) fn command_under(&self, program: impl AsRef<std::ffi::OsStr>) -> io::Result<Command> {
        self.sessions.iter().try_for_each(Sessions::write)?;
        let mut command = Command::new(program);
        command.env_clear().envs(self.environment.iter().map(|(name, value)| (name, value))).current_dir("/");
        Ok(command)
    }

    /// Runs the command line once; `gauge` is the program that measures it.
    pub(crate) fn take(&self, gauge: &Path) -> Result<Taken, Box<dyn Error>> {
        let mut command = self.command_under(gauge)?;
        let output = command.arg(&self.program).args(&self.args).stdin(Stdio::null()).output()?;
        let text = String::from_utf8_lossy(&output.stdout);
        let numbers: Vec<i64> = text.split_whitespace().filter_map(|number| number.parse().ok()).collect();
        match numbers[..] {
            [wall, processor, memory, code] if code == i64::from(self.code) => Ok(Taken {
                wall: Duration::from_micros(wall.unsigned_abs()),
                processor: Duration::from_micros(processor.unsigned_abs()),
                memory: memory.unsigned_abs(),
            }),
            _ => Err(format!("{self}: {text}{}", String::from_utf8_lossy(&output.stderr)).into()),
        }
    }
}

impl fmt::Display for Run {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}", self.program.display())?;
        self.args.iter().try_for_each(|word| write!(formatter, " {}", word.display()))
    }
}

/// The median of each measurement.
pub(crate) fn median(taken: &[Taken]) -> Taken {
    let middle = |measure: fn(&Taken) -> u128| {
        let mut values: Vec<u128> = taken.iter().map(measure).collect();
        values.sort_unstable();
        u64::try_from(values[values.len() / 2]).unwrap_or(u64::MAX)
    };
    Taken {
        wall: Duration::from_micros(middle(|taken| taken.wall.as_micros())),
        processor: Duration::from_micros(middle(|taken| taken.processor.as_micros())),
        memory: middle(|taken| taken.memory.into()),
    }
}

#[test]
fn median_is_taken_per_measure() {
    let taken =
        |wall, memory| Taken { wall: Duration::from_millis(wall), processor: Duration::from_millis(wall / 2), memory };
    let middle = median(&[taken(30, 1), taken(10, 9), taken(20, 5)]);
    assert_eq!((middle.wall.as_millis(), middle.processor.as_millis(), middle.memory), (20, 10, 5));
}
