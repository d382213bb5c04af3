//! The stored instruction counts, and the comparison of new counts with them.
//!
//! A row may grow by 5 %. The program's own code is compared everywhere. The share of libc and the dynamic linker
//! differs between distributions, so the whole process, less the cost of hello world, is compared only if hello
//! world still has the same cost.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::instructions::Instructions;

/// The allowed growth, in percent.
const GROWTH: u64 = 5;
/// The largest difference of hello world, in percent, on a machine with the same libc.
const SAME_LIBC: u64 = 1;
/// The row that the others are compared with.
pub(crate) const HELLO: &str = "hello";

const HEAD: &str = "\
# Instructions of each run. `cargo bench --profile dev -- --check` compares, `-- --update` writes this file.
# row\town code\twhole process
";

/// Counts by row.
pub(crate) type Counts = BTreeMap<String, Instructions>;

/// The result of a comparison.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Outcome {
    /// Rows that exceed the limit, and rows that exist on one side only.
    pub(crate) failures: Vec<String>,
    /// Other differences.
    pub(crate) notes: Vec<String>,
}

/// Formats the baseline file.
pub(crate) fn write(counts: &Counts) -> String {
    counts.iter().fold(HEAD.to_owned(), |mut text, (row, count)| {
        let _ = writeln!(text, "{row}\t{}\t{}", count.own, count.all);
        text
    })
}

/// Parses the baseline file.
pub(crate) fn read(text: &str) -> Result<Counts, String> {
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    lines
        .map(|line| {
            let mut cells = line.split('\t');
            let row = cells.next().filter(|row| !row.is_empty());
            let mut number = || cells.next()?.parse().ok();
            match (row, number(), number()) {
                (Some(row), Some(own), Some(all)) => Ok((row.to_owned(), Instructions { own, all })),
                _ => Err(format!("`{line}` is not a row name and two numbers")),
            }
        })
        .collect()
}

/// Compares new counts with the baseline.
pub(crate) fn compare(kept: &Counts, now: &Counts) -> Outcome {
    let mut outcome = Outcome::default();
    let hello = |counts: &Counts| counts.get(HELLO).map_or(0, |count| count.all);
    let (hello_kept, hello_now) = (hello(kept), hello(now));
    let is_same_libc = hello_kept.abs_diff(hello_now) * 100 <= hello_kept * SAME_LIBC;
    if !is_same_libc {
        outcome.notes.push(format!(
            "hello world takes {hello_now} instructions instead of {hello_kept}; libc is different, so only our own code is compared"
        ));
    }
    for (row, kept) in kept {
        let Some(now) = now.get(row) else {
            outcome.failures.push(format!("{row}: in the baseline, but not measured"));
            continue;
        };
        if row == HELLO {
            continue;
        }
        let whole = |count: &Instructions, hello: u64| count.all.saturating_sub(hello);
        let (whole_kept, whole_now) = (whole(kept, hello_kept), whole(now, hello_now));
        let compared = [
            ("the program's own code", kept.own, now.own, true),
            ("the process without hello world", whole_kept, whole_now, is_same_libc),
        ];
        for (what, kept, now, _) in compared.into_iter().filter(|(_, _, _, counts)| *counts) {
            let line = format!("{row}: {what} went from {kept} to {now} instructions ({})", change(kept, now));
            if now * 100 > kept * (100 + GROWTH) {
                outcome.failures.push(line);
            } else if now * 100 < kept * (100 - GROWTH) {
                outcome.notes.push(line);
            }
        }
    }
    let new = now.keys().filter(|row| !kept.contains_key(*row));
    outcome.failures.extend(new.map(|row| format!("{row}: measured, but not in the baseline")));
    outcome
}

/// A change in percent.
fn change(from: u64, to: u64) -> String {
    let tenths = to.abs_diff(from).saturating_mul(1000) / from.max(1);
    let sign = if to < from { '-' } else { '+' };
    format!("{sign}{}.{} %", tenths / 10, tenths % 10)
}

#[cfg(test)]
mod tests {
    use super::{Counts, HELLO, Instructions, compare, read, write};

    const KEPT: Instructions = Instructions { own: 100_000, all: 480_000 };

    fn counts(hello: u64, row: Instructions) -> Counts {
        let hello = Instructions { own: 2_000, all: hello };
        Counts::from([(HELLO.to_owned(), hello), ("status".to_owned(), row)])
    }

    #[test]
    fn four_percent_growth_passes_and_six_percent_fails() {
        let kept = counts(280_000, KEPT);
        for (own, all, fails) in [
            (100_000, 480_000, false),
            (104_000, 480_000, false),
            (106_000, 480_000, true),
            // 200,000 above hello world: 8,000 are 4 %, 12,000 are 6 %.
            (100_000, 488_000, false),
            (100_000, 492_000, true),
            (50_000, 380_000, false),
        ] {
            let outcome = compare(&kept, &counts(280_000, Instructions { own, all }));
            assert_eq!(!outcome.failures.is_empty(), fails, "{own} {all}: {outcome:?}");
        }
        let outcome = compare(&kept, &counts(280_000, Instructions { own: 106_000, ..KEPT }));
        assert_eq!(
            outcome.failures,
            ["status: the program's own code went from 100000 to 106000 instructions (+6.0 %)"]
        );
        let outcome = compare(&kept, &counts(280_000, Instructions { own: 90_000, ..KEPT }));
        assert_eq!(outcome.notes.len(), 1, "an improvement is reported: {outcome:?}");
    }

    #[test]
    fn another_libc_is_tolerated_and_own_growth_is_found() {
        let kept = counts(280_000, KEPT);
        let outcome = compare(&kept, &counts(400_000, Instructions { all: 700_000, ..KEPT }));
        assert!(outcome.failures.is_empty() && outcome.notes.len() == 1, "{outcome:?}");
        let outcome = compare(&kept, &counts(400_000, Instructions { own: 106_000, all: 700_000 }));
        assert_eq!(outcome.failures.len(), 1, "{outcome:?}");
    }

    #[test]
    fn missing_and_new_rows_fail() {
        let kept = counts(280_000, KEPT);
        let hello = Counts::from([(HELLO.to_owned(), kept[HELLO])]);
        assert_eq!(compare(&kept, &hello).failures, ["status: in the baseline, but not measured"]);
        assert_eq!(compare(&hello, &kept).failures, ["status: measured, but not in the baseline"]);
    }

    #[test]
    fn baseline_round_trips() {
        let kept = counts(280_000, KEPT);
        assert_eq!(read(&write(&kept)), Ok(kept));
        assert!(read("status\t12").is_err());
    }
}
