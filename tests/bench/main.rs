//! `cargo bench --profile dev`: measures the program and compares it with minimal programs, curl and the AWS CLI.
//!
//! It makes a release build, counts instructions with callgrind, measures time, memory and size, and prints tables.
//! `--check` compares the counts with `baseline.tsv` and is a step of `.ci/run`. Linux only, because of valgrind. The
//! benchmark itself is built without optimisation.

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::expect_used,
    reason = "a benchmark prints its results and may panic"
)]

#[allow(dead_code, unused_imports, reason = "its tests are compiled here, and run with all others")]
mod baseline;
mod cases;
#[allow(dead_code, unused_imports, reason = "its tests are compiled here, and run with all others")]
mod chart;
mod home;
#[path = "../support/identity_center/mod.rs"]
#[allow(dead_code, unused_imports, reason = "the tests use what the benchmark does not")]
mod identity_center;
#[allow(dead_code, unused_imports, reason = "its tests are compiled here, and run with all others")]
mod instructions;
mod programs;
mod report;
#[allow(dead_code, unused_imports, reason = "its tests are compiled here, and run with all others")]
mod run;
mod scale;
#[allow(dead_code, unused_imports, reason = "its tests are compiled here, and run with all others")]
mod table;

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use baseline::Counts;
use cases::Bench;
use programs::Extent;

/// The stored counts.
const BASELINE: &str = "tests/bench/baseline.tsv";

const USAGE: &str = "\
usage: cargo bench --profile dev [-- OPTION...]

  --check      only count our own instructions; fail if a count exceeds the baseline by more than 5 %, or is not linear
  --update     only count our own instructions; save them as the baseline
  --static     also build and measure a static program, like that of a release
  --write      update the tables in tests/bench/README.md and the chart
  --build      only time clean builds and the tests
  --rounds N   number of runs for time and memory, of which the median is shown [default: 15]
";

/// The task to run.
#[derive(Debug)]
enum Task {
    Measure,
    Check,
    Update,
    Build,
}

/// The parsed command line.
#[derive(Debug)]
struct Options {
    task: Task,
    with_static: bool,
    write: bool,
    rounds: usize,
}

fn main() -> ExitCode {
    let Some(options) = options(std::env::args().skip(1)) else {
        print!("{USAGE}");
        return ExitCode::from(252);
    };
    let outcome = match options.task {
        Task::Measure => measure(&options),
        Task::Check => check(),
        Task::Update => update(),
        Task::Build => build(options.write),
    };
    match outcome {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            println!("The benchmark failed: {error}");
            ExitCode::FAILURE
        }
    }
}

fn options(mut args: impl Iterator<Item = String>) -> Option<Options> {
    let mut options = Options { task: Task::Measure, with_static: false, write: false, rounds: 15 };
    while let Some(arg) = args.next() {
        match arg.as_str() {
            // Passed by cargo.
            "--bench" => {}
            "--check" => options.task = Task::Check,
            "--update" => options.task = Task::Update,
            "--static" => options.with_static = true,
            "--write" => options.write = true,
            "--build" => options.task = Task::Build,
            "--rounds" => options.rounds = args.next()?.parse().ok().filter(|rounds| *rounds > 0)?,
            _ => return None,
        }
    }
    Some(options)
}

/// A file of the project.
fn file(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// Counts our own instructions and prints them in the format of the baseline; also returns the rows that do not grow
/// linearly.
fn counts() -> Result<(Counts, Vec<String>), Box<dyn Error>> {
    let bench = Bench::new(Extent::Own)?;
    let cases = bench.cases()?;
    let counts = report::count(&bench, &cases)?;
    println!("{}", baseline::write(&counts));
    let not_linear = report::not_linear(&cases, &counts);
    Ok((counts, not_linear))
}

/// Saves new counts as the baseline.
fn update() -> Result<bool, Box<dyn Error>> {
    fs::write(file(BASELINE), baseline::write(&counts()?.0))?;
    Ok(true)
}

/// Compares new counts with the baseline.
fn check() -> Result<bool, Box<dyn Error>> {
    let (counts, not_linear) = counts()?;
    let mut outcome = baseline::compare(&baseline::read(&fs::read_to_string(file(BASELINE))?)?, &counts);
    outcome.failures.extend(not_linear);
    outcome.notes.iter().for_each(|note| println!("note: {note}"));
    outcome.failures.iter().for_each(|failure| println!("FAILED: {failure}"));
    if outcome.failures.is_empty() {
        println!("{} rows are within 5 % of the baseline", counts.len());
    } else {
        println!(
            "If this is intended, run cargo bench --profile dev -- --update and give the reason in the commit message."
        );
    }
    Ok(outcome.failures.is_empty())
}

/// Measures everything and prints it.
fn measure(options: &Options) -> Result<bool, Box<dyn Error>> {
    let bench = Bench::new(if options.with_static { Extent::Static } else { Extent::Beside })?;
    let cases = bench.cases()?;
    let counts = report::count(&bench, &cases)?;
    let linked = report::count_static(&bench, &cases)?;
    let others = report::count_others(&cases)?;
    let parts = [
        report::instructions_table(&cases, &counts, &others, &linked).markdown(),
        report::time_table(&bench, &cases, options.rounds)?.markdown(),
        report::scale_table(&bench, options.rounds.min(5))?.markdown(),
        beside(&bench),
    ];
    let text = parts.join("\n");
    println!("{text}");
    if options.write {
        show("performance", &text)?;
        fs::write(file("tests/bench/performance.svg"), report::picture(&cases, &counts, &others))?;
    }
    Ok(true)
}

/// Updates a marked part of tests/bench/README.md.
fn show(place: &str, text: &str) -> Result<(), Box<dyn Error>> {
    let readme = file("tests/bench/README.md");
    let document = table::replace_between(&fs::read_to_string(&readme)?, place, text)?;
    Ok(fs::write(readme, document)?)
}

/// The versions of the programs that ours is compared with.
fn beside(bench: &Bench) -> String {
    let programs = &bench.programs;
    let named = |name: &str, found: Option<&(PathBuf, String)>| {
        found.map_or(format!("{name} not installed"), |(_, version)| version.clone())
    };
    let python = if programs.python.is_some() { "botocore of `tests/sdk`" } else { "botocore not installed" };
    let linked = programs.linked.as_ref().map(|linked| format!(" Static: {}.", linked.triple));
    format!(
        "Compared with: {}, {}, {python}.{}\n",
        named("curl", programs.curl.as_ref()),
        named("AWS CLI", programs.aws.as_ref()),
        linked.unwrap_or_default()
    )
}

/// Times builds and the tests.
fn build(write: bool) -> Result<bool, Box<dyn Error>> {
    let processors = std::thread::available_parallelism()?;
    let mut table = table::Table::new(["", &format!("seconds, {processors} processors")]);
    for (name, time) in scale::build()? {
        table.row([name.to_owned(), format!("{:.0}", time.as_secs_f64())]);
    }
    println!("{}", table.markdown());
    if write {
        show("build", &table.markdown())?;
    }
    Ok(true)
}
