//! The `table` format: boxes in the AWS CLI's layout.
//!
//! The value is split into sections (`section`), one per object or list, each with a title and a level of nesting,
//! which are then drawn with the same width. A table wider than the terminal shows sections of a single row as name and
//! value.

mod section;

use anstyle::{AnsiColor, Reset};
use serde_json::Value;

use section::{Section, sections};

use super::width::columns;
use super::{OutputError, Style};

const VALUE_COLOR: anstyle::Style = AnsiColor::Blue.on_default().bold();
const NESTING_COLOR: anstyle::Style = AnsiColor::Yellow.on_default().dimmed();

/// The number of spaces around the text of a cell.
const PADDING: usize = 4;

/// Formats a value as boxes under the title; null, false, zero and empty values print nothing.
pub(super) fn render(value: &Value, title: &str, style: &Style) -> Result<String, OutputError> {
    let mut sections = sections(value, title).map_err(|reason| OutputError { reason, printed: Vec::new() })?;
    if sections.is_empty() {
        return Ok(String::new());
    }
    let width = |sections: &[Section]| sections.iter().map(Section::width).max().unwrap_or(0);
    if width(&sections) > style.width {
        for section in &mut sections {
            section.turn();
        }
    }
    let width = width(&sections);
    let mut drawing = Drawing { text: String::new(), style: *style, level: 0 };
    drawing.write(&format!("{}\n", "-".repeat(width)));
    for section in &sections {
        drawing.level = section.level;
        drawing.section(section, width - 2 * section.level);
    }
    Ok(drawing.text)
}

struct Drawing {
    text: String,
    style: Style,
    /// The nesting level of the section that is being drawn: the number of bars on both sides of each line.
    level: usize,
}

impl Drawing {
    fn section(&mut self, section: &Section, width: usize) {
        if let Some(title) = section.title.as_deref().filter(|title| !title.is_empty()) {
            let title = centered(title, width, "|");
            self.line(&title);
            if section.headers.is_empty() && section.rows.is_empty() {
                self.line(&format!("+{}+", "-".repeat(width - 2)));
            }
        }
        let widths = scaled(&section.widest, width);
        if !section.headers.is_empty() {
            self.rule(&widths);
            let cells = section.headers.iter().zip(&widths).enumerate();
            let line: String = cells.map(|(i, (header, width))| centered(header, *width, edge(i))).collect();
            self.line(&line);
        }
        if section.rows.is_empty() || widths.is_empty() {
            return;
        }
        self.rule(&widths);
        for row in &section.rows {
            let cells = row.iter().zip(&widths).enumerate();
            let line: String = cells.map(|(i, (cell, width))| self.cell(cell, *width, edge(i))).collect();
            self.line(&line);
        }
        self.rule(&widths);
    }

    /// A value, indented by two spaces if it fits in its column.
    fn cell(&self, text: &str, width: usize, left_edge: &str) -> String {
        let taken = left_edge.len() + columns(text) + 1;
        let indent = if taken + 2 <= width { 2 } else { 0 };
        let padding = " ".repeat(width.saturating_sub(taken + indent));
        let indent = " ".repeat(indent);
        if self.style.color {
            format!("{left_edge}{indent}{VALUE_COLOR}{text}{Reset}{padding}|")
        } else {
            format!("{left_edge}{indent}{text}{padding}|")
        }
    }

    fn rule(&mut self, widths: &[usize]) {
        let rule = |(i, width): (usize, &usize)| match i {
            0 => format!("+{}+", "-".repeat(width.saturating_sub(2))),
            _ => format!("{}+", "-".repeat(width.saturating_sub(1))),
        };
        self.line(&widths.iter().enumerate().map(rule).collect::<String>());
    }

    /// Draws a line between the bars of its level, in the AWS CLI's four writes.
    fn line(&mut self, text: &str) {
        let bar = if self.style.color { format!("{NESTING_COLOR}|{Reset}") } else { "|".to_owned() };
        let bars = bar.repeat(self.level);
        self.write(&bars);
        self.write(text);
        self.write(&bars);
        self.write("\n");
    }

    fn write(&mut self, text: &str) {
        self.text.push_str(text);
        if self.style.color && self.style.resets {
            self.text.push_str(&Reset.render().to_string());
        }
    }
}

/// The left edge of a cell: only the first column draws one.
fn edge(column: usize) -> &'static str {
    if column == 0 { "|" } else { "" }
}

/// Centers text in a column: the midpoints of both, rounded down, are aligned.
fn centered(text: &str, width: usize, left_edge: &str) -> String {
    let length = columns(text);
    // Signed: text that is too long starts left of the column, and the right padding compensates.
    let start = (width / 2).cast_signed() - (length / 2).cast_signed() - 1;
    let right = width.cast_signed() - 1 - (left_edge.len() + length).cast_signed() - start;
    let spaces = |count: isize| " ".repeat(usize::try_from(count).unwrap_or(0));
    format!("{left_edge}{}{text}{}|", spaces(start), spaces(right))
}

/// Scales column widths to the width of the table. The rounding error is subtracted from the leftmost or added to the
/// rightmost columns, one by one.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "table widths"
)]
fn scaled(widest: &[usize], width: usize) -> Vec<usize> {
    let unscaled: Vec<usize> = widest.iter().map(|column| column + PADDING).collect();
    let factor = width as f64 / unscaled.iter().sum::<usize>() as f64;
    let mut scaled: Vec<usize> =
        unscaled.iter().map(|column| (factor * *column as f64).round_ties_even() as usize).collect();
    let (sum, columns) = (scaled.iter().sum::<usize>(), 0..scaled.len());
    for column in columns.clone().cycle().take(sum.saturating_sub(width)) {
        scaled[column] -= 1;
    }
    for column in columns.rev().cycle().take(width.saturating_sub(sum)) {
        scaled[column] += 1;
    }
    scaled
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{Style, render};

    fn table(value: &Value, width: usize) -> String {
        render(value, "Title", &Style { color: false, width, resets: false }).unwrap()
    }

    #[test]
    fn a_row_too_wide_for_the_terminal_becomes_names_and_values() {
        let value = json!({"b": 1, "a": "xyz"});
        let wide = "\
--------------
|    Title   |
+------+-----+
|   a  |  b  |
+------+-----+
|  xyz |  1  |
+------+-----+
";
        let narrow = "\
--------------
|    Title   |
+----+-------+
|  a |  xyz  |
|  b |  1    |
+----+-------+
";
        assert_eq!(table(&value, 14), wide);
        assert_eq!(table(&value, 13), narrow);
    }

    #[test]
    fn nested_values_follow_between_bars() {
        let value = json!({"n": {"x": [1, "é"]}, "a": null});
        let expected = "\
---------------
|    Title    |
+----+--------+
|  a |  None  |
+----+--------+
||     n     ||
|+-----------+|
|||    x    |||
||+---------+||
|||  1      |||
|||  é     |||
||+---------+||
";
        assert_eq!(table(&value, 80), expected);
    }

    #[test]
    fn values_that_are_false_in_python_print_nothing() {
        for value in [json!(null), json!(false), json!(0), json!(0.0), json!(""), json!([]), json!({})] {
            assert_eq!(table(&value, 80), "");
        }
    }

    #[test]
    fn values_and_bars_are_colored_and_every_write_can_be_reset() {
        let value = json!({"a": {"b": 1}});
        let colored = render(&value, "Title", &Style { color: true, width: 80, resets: false }).unwrap();
        assert!(
            colored.contains(
                "\u{1b}[2m\u{1b}[33m|\u{1b}[0m|  \u{1b}[1m\u{1b}[34mb\u{1b}[0m |  \u{1b}[1m\u{1b}[34m1\u{1b}[0m  |"
            ),
            "{colored}"
        );
        let reset = render(&value, "Title", &Style { color: true, width: 80, resets: true }).unwrap();
        assert!(
            reset.starts_with("--------------\n\u{1b}[0m\u{1b}[0m|    Title   |\u{1b}[0m\u{1b}[0m\n\u{1b}[0m"),
            "{reset}"
        );
    }
}
