//! The measurements as tables and as a chart.

use std::collections::BTreeMap;
use std::error::Error;
use std::fs;

use crate::baseline::{Counts, HELLO};
use crate::cases::{Bench, Beside, Case, FEW, MANY, Target};
use crate::chart::{Bar, Group, Kind, svg};
use crate::instructions::{self, Instructions};
use crate::run::{Run, Taken, median};
use crate::scale;
use crate::table::{Table, as_float, megabytes, millions, milliseconds, times};

/// The number of runs of our program; the smallest count is used.
const TIMES: usize = 3;
const MOST_MEMORY: [(&str, u64); 2] = [("register-http", 5_500_000), ("register-https", 6_500_000)];
const LARGEST: u64 = 5_200_000;
const MOST_CRATES: usize = 170;

/// Counts of the other programs, by row.
pub(crate) type Others = BTreeMap<(String, Beside), u64>;

/// Counts our rows, and hello world.
pub(crate) fn count(bench: &Bench, cases: &[Case]) -> Result<Counts, Box<dyn Error>> {
    let mut counts =
        Counts::from([(HELLO.to_owned(), instructions::count(&bench.hello(&bench.programs.hello), TIMES)?)]);
    for case in cases {
        eprintln!("counting {}", case.name);
        counts.insert(case.id.clone(), instructions::count(&case.own, times_counted(case))?);
    }
    Ok(counts)
}

/// Once is enough for many sessions, whose count differs by 0.3 % between runs.
fn times_counted(case: &Case) -> usize {
    if case.own.sessions.is_some() { 1 } else { TIMES }
}

/// Counts the other programs.
pub(crate) fn count_others(cases: &[Case]) -> Result<Others, Box<dyn Error>> {
    let mut others = Others::new();
    for case in cases {
        for (beside, run) in &case.beside {
            eprintln!("counting {} for {}", beside.name(), case.name);
            others.insert((case.id.clone(), *beside), instructions::count(run, 1)?.all);
        }
    }
    Ok(others)
}

/// Counts the rows of the static program, and static hello world.
pub(crate) fn count_static(bench: &Bench, cases: &[Case]) -> Result<Counts, Box<dyn Error>> {
    let Some(linked) = &bench.programs.linked else { return Ok(Counts::new()) };
    let mut counts = Counts::from([(HELLO.to_owned(), instructions::count(&bench.hello(&linked.hello), TIMES)?)]);
    for case in cases {
        eprintln!("counting {}, static", case.name);
        counts.insert(case.id.clone(), instructions::count(&case.own.of(&linked.own), times_counted(case))?);
    }
    Ok(counts)
}

/// The cell of the static program: its count, compared with hello world if that is the target.
fn static_cell(case: &Case, linked: &Counts) -> Option<String> {
    let (count, hello) = (linked.get(&case.id)?.all, linked.get(HELLO)?.all);
    let with_hello = case.targets.iter().any(|target| matches!(target, Target::Times(Beside::Hello, _)));
    let beside = if with_hello { format!(", {} hello world", times(count, hello)) } else { String::new() };
    Some(millions(count) + &beside)
}

/// The table of instructions.
pub(crate) fn instructions_table(cases: &[Case], counts: &Counts, others: &Others, linked: &Counts) -> Table {
    let mut table = Table::new(["", "instructions, M", "our code", "static", "compared with", "target"]);
    let hello = counts.get(HELLO).copied().unwrap_or_default();
    for case in cases {
        let count = counts.get(&case.id).copied().unwrap_or_default();
        let mut beside: Vec<String> = case
            .beside
            .iter()
            .filter_map(|(beside, _)| {
                let other = others.get(&(case.id.clone(), *beside))?;
                Some(format!("{} {}", times(count.all, *other), beside.name()))
            })
            .collect();
        if beside.is_empty() && case.targets.iter().any(|target| matches!(target, Target::Times(Beside::Hello, _))) {
            beside.push(format!("{} hello world", times(count.all, hello.all)));
        }
        let targets = case
            .targets
            .iter()
            .filter_map(|target| judge(case, *target, counts, others))
            .map(|(target, is_met)| verdict(&target, is_met));
        table.row([
            case.name.clone(),
            millions(count.all),
            millions(count.own),
            static_cell(case, linked).unwrap_or_default(),
            beside.join(", "),
            targets.collect::<Vec<_>>().join(", "),
        ]);
    }
    table
}

/// A target and whether it is met; empty if the program to compare with is not installed.
fn judge(case: &Case, target: Target, counts: &Counts, others: &Others) -> Option<(String, bool)> {
    let count = counts.get(&case.id)?.all;
    Some(match target {
        Target::Count(limit) => (format!("≤ {} M", millions(limit)), count <= limit),
        Target::Over(row, limit) => {
            let over = count.saturating_sub(counts.get(row)?.all);
            (format!("≤ {} M over http, is {}", millions(limit), millions(over)), over <= limit)
        }
        Target::Linear(few, limit) => {
            let as_few = as_float(counts.get(few)?.all) * as_float((MANY / FEW) as u64);
            let ratio = as_float(count) / as_few;
            (format!("≤ {limit} × per session of {FEW}, is {ratio:.2}"), ratio <= limit)
        }
        Target::Times(beside, limit) => {
            let other = match beside {
                Beside::Hello => counts.get(HELLO)?.all,
                _ => *others.get(&(case.id.clone(), beside))?,
            };
            let ratio = as_float(count) / as_float(other.max(1));
            let is = if limit < 1.0 { format!(", is {ratio:.3}") } else { String::new() };
            (format!("≤ {limit} × {}{is}", beside.name()), ratio <= limit)
        }
    })
}

/// The rows with many sessions whose count per session is too large.
pub(crate) fn not_linear(cases: &[Case], counts: &Counts) -> Vec<String> {
    let mut rows = Vec::new();
    for case in cases {
        let linear = case.targets.iter().find(|target| matches!(target, Target::Linear(..)));
        let judged = linear.and_then(|target| judge(case, *target, counts, &Others::new()));
        rows.extend(judged.filter(|(_, is_met)| !is_met).map(|(target, _)| format!("{}: {target}", case.id)));
    }
    rows
}

/// A target, marked if it is missed.
fn verdict(target: &str, is_met: bool) -> String {
    if is_met { target.to_owned() } else { format!("{target}: **missed**") }
}

/// The table of time and memory. Each round runs all programs in turn.
pub(crate) fn time_table(bench: &Bench, cases: &[Case], rounds: usize) -> Result<Table, Box<dyn Error>> {
    let mut runs: Vec<(String, Option<u64>, Run)> = Vec::new();
    for case in cases.iter().filter(|case| case.timed) {
        let limit = MOST_MEMORY.iter().find(|(id, _)| *id == case.id).map(|(_, bytes)| *bytes);
        runs.push((case.name.clone(), limit, case.own.clone()));
        let linked = bench.programs.linked.iter();
        runs.extend(linked.map(|linked| (format!("{}: static", case.name), limit, case.own.of(&linked.own))));
        let beside = case.beside.iter();
        runs.extend(beside.map(|(beside, run)| (format!("{}: {}", case.name, beside.name()), None, run.clone())));
    }
    let mut taken: Vec<Vec<Taken>> = vec![Vec::new(); runs.len()];
    for round in 0..=rounds {
        for ((_, _, run), taken) in runs.iter().zip(&mut taken) {
            let once = run.take(&bench.programs.gauge)?;
            // The first round warms the system's caches.
            if round > 0 {
                taken.push(once);
            }
        }
    }
    let mut table = Table::new(["", "wall, ms", "CPU, ms", "peak memory, MB", "target"]);
    for ((name, limit, _), taken) in runs.into_iter().zip(&taken) {
        let middle = median(taken);
        let bytes = middle.memory * 1024;
        let target = limit.map(|limit| verdict(&format!("≤ {} MB", as_float(limit) / 1e6), bytes <= limit));
        table.row([
            name,
            milliseconds(middle.wall),
            milliseconds(middle.processor),
            megabytes(bytes),
            target.unwrap_or_default(),
        ]);
    }
    Ok(table)
}

/// The table of everything else: size, crates, many processes.
pub(crate) fn scale_table(bench: &Bench, rounds: usize) -> Result<Table, Box<dyn Error>> {
    let mut table = Table::new(["", "measured", "target"]);
    let linked = bench.programs.linked.iter().map(|linked| ("binary, static", &linked.own));
    for (name, path) in std::iter::once(("binary", &bench.programs.own)).chain(linked) {
        let bytes = fs::metadata(path)?.len();
        table.row([name.to_owned(), format!("{} MB", megabytes(bytes)), verdict("≤ 5.2 MB", bytes <= LARGEST)]);
    }
    let crates = scale::crates()?;
    table.row(["crates".to_owned(), crates.to_string(), verdict("≤ 170", crates <= MOST_CRATES)]);
    let storm = scale::storm(bench, rounds)?;
    let ratio = storm.refreshing.as_secs_f64() / storm.reading.as_secs_f64();
    table.row([
        "200 `token` processes at once: one refresh, compared with a valid token".to_owned(),
        format!(
            "{} ms, {} ms: {ratio:.2} ×; refreshes: {}",
            milliseconds(storm.refreshing),
            milliseconds(storm.reading),
            storm.refreshes
        ),
        verdict("≤ 1.5 ×, one refresh", ratio <= 1.5 && storm.refreshes == 1),
    ]);
    Ok(table)
}

/// The chart: one call, compared with other programs.
pub(crate) fn picture(cases: &[Case], counts: &Counts, others: &Others) -> String {
    let groups = cases.iter().filter(|case| case.timed && !case.beside.is_empty()).map(|case| {
        let count = |id: &str| counts.get(id).map_or(0, |count: &Instructions| count.all);
        let mut bars = vec![Bar { name: "sso-oidc".to_owned(), kind: Kind::Own, value: count(&case.id) }];
        for (beside, _) in &case.beside {
            let kind = match beside {
                Beside::Hello | Beside::Socket | Beside::Rustls => Kind::Floor,
                _ => Kind::Other,
            };
            let value = others.get(&(case.id.clone(), *beside)).copied().unwrap_or_default();
            bars.push(Bar { name: beside.name().to_owned(), kind, value });
        }
        Group { title: case.name.replace('`', ""), bars }
    });
    svg("Instructions of one run", "instructions of the whole process, logarithmic", &groups.collect::<Vec<_>>())
}
