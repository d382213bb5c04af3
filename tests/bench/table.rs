//! Markdown tables, readable numbers, and replacing a marked part of a document.

use std::time::Duration;

/// A table with a header; all rows have the same number of cells.
#[derive(Debug, Clone, Default)]
pub(crate) struct Table {
    rows: Vec<Vec<String>>,
}

impl Table {
    pub(crate) fn new<const N: usize>(head: [&str; N]) -> Self {
        Self { rows: vec![head.map(str::to_owned).to_vec()] }
    }

    /// Adds a row.
    pub(crate) fn row<const N: usize>(&mut self, cells: [String; N]) {
        assert_eq!(self.rows[0].len(), N, "{cells:?}");
        self.rows.push(cells.into());
    }

    /// Formats the table as Markdown. Columns that are empty in all rows are left out.
    pub(crate) fn markdown(&self) -> String {
        let columns: Vec<usize> = (0..self.rows[0].len())
            .filter(|column| self.rows.len() == 1 || self.rows[1..].iter().any(|row| !row[*column].is_empty()))
            .collect();
        let mut text = String::new();
        for (at, row) in self.rows.iter().enumerate() {
            let cells: Vec<&str> = columns.iter().map(|column| row[*column].as_str()).collect();
            text.extend(["| ", &cells.join(" | "), " |\n"]);
            if at == 0 {
                text.extend(["|", &"---|".repeat(columns.len()), "\n"]);
            }
        }
        text
    }
}

/// Formats instructions in millions, with three significant digits.
pub(crate) fn millions(count: u64) -> String {
    let millions = as_float(count) / 1e6;
    match millions {
        ..10.0 => format!("{millions:.2}"),
        10.0..100.0 => format!("{millions:.1}"),
        _ => format!("{millions:.0}"),
    }
}

/// Formats the ratio of two counts: `4.1 ×`, `1/25`.
pub(crate) fn times(one: u64, other: u64) -> String {
    let ratio = as_float(one) / as_float(other.max(1));
    if ratio >= 10.0 {
        format!("{ratio:.0} ×")
    } else if ratio >= 0.5 {
        format!("{ratio:.2} ×")
    } else {
        format!("1/{:.0}", 1.0 / ratio.max(1e-9))
    }
}

/// Formats a duration in milliseconds.
pub(crate) fn milliseconds(time: Duration) -> String {
    let milliseconds = time.as_secs_f64() * 1e3;
    if milliseconds < 100.0 { format!("{milliseconds:.1}") } else { format!("{milliseconds:.0}") }
}

/// Formats bytes in megabytes.
pub(crate) fn megabytes(bytes: u64) -> String {
    format!("{:.2}", as_float(bytes) / 1e6)
}

/// Converts a count to a float.
#[expect(clippy::cast_precision_loss, reason = "measured values have far fewer digits than a float")]
pub(crate) fn as_float(count: u64) -> f64 {
    count as f64
}

/// The document with a new text between `<!-- name -->` and `<!-- /name -->`.
pub(crate) fn replace_between(document: &str, name: &str, text: &str) -> Result<String, String> {
    let (start, end) = (format!("<!-- {name} -->\n"), format!("<!-- /{name} -->"));
    let (before, rest) = document.split_once(&start).ok_or_else(|| format!("`{start}` is missing"))?;
    let (_, after) = rest.split_once(&end).ok_or_else(|| format!("`{end}` is missing"))?;
    Ok(format!("{before}{start}{text}{end}{after}"))
}

#[cfg(test)]
mod tests {
    use super::{Table, megabytes, millions, replace_between, times};

    #[test]
    fn empty_columns_are_omitted() {
        let mut table = Table::new(["a", "b", "c"]);
        table.row(["1".into(), String::new(), "2".into()]);
        table.row([String::new(), String::new(), "3".into()]);
        assert_eq!(table.markdown(), "| a | c |\n|---|---|\n| 1 | 2 |\n|  | 3 |\n");
    }

    #[test]
    fn numbers_are_rounded() {
        assert_eq!([millions(427_312), millions(15_650_000), millions(1_887_400_000)], ["0.43", "15.7", "1887"]);
        assert_eq!([times(3, 2), times(40, 2), times(1, 25), times(0, 0)], ["1.50 ×", "20 ×", "1/25", "1/1000000000"]);
        assert_eq!(megabytes(6_287_072), "6.29");
    }

    #[test]
    fn only_text_between_markers_is_replaced() {
        let document = "a\n<!-- x -->\nold\n<!-- /x -->\nb\n";
        let replaced = replace_between(document, "x", "new\n");
        assert_eq!(replaced.as_deref(), Ok("a\n<!-- x -->\nnew\n<!-- /x -->\nb\n"));
        assert!(replace_between(document, "y", "").is_err());
        assert!(replace_between("<!-- x -->\n", "x", "").is_err());
    }
}
