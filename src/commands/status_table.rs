//! The table of `status` for a person: one row a session, in the columns that the terminal has room for.
//!
//! What carries least goes first: the path of the start URL, then the region or the rest of the URL, then both, whether the token can be
//! refreshed, and the profiles. Widths are columns of the terminal, which is not the number of characters.

use console::truncate_str;
use url::Url;

use super::session_status::State;
use crate::context::{Context, Style};
use crate::text;

const TITLES: [&str; 7] = ["SESSION", "STATE", "EXPIRES", "REFRESH", "PROFILES", "REGION", "START URL"];
const SESSION: usize = 0;
const STATE: usize = 1;
const REFRESH: usize = 3;
const PROFILES: usize = 4;
const REGION: usize = 5;
const START_URL: usize = 6;

/// The least columns of a list of profiles.
const SHORT_LIST: usize = 16;
/// The least columns of a name.
const SHORT_NAME: usize = 8;
const GAP: usize = 2;

/// The rows of the table; cells are cleaned for a terminal.
pub(super) struct Table {
    rows: Vec<(Option<State>, [String; TITLES.len()])>,
    shown: Vec<usize>,
}

impl Table {
    pub(super) fn new() -> Self {
        Self { rows: vec![(None, TITLES.map(str::to_owned))], shown: (0..TITLES.len()).collect() }
    }

    /// Adds a session.
    pub(super) fn add(&mut self, state: State, cells: [String; TITLES.len()]) {
        self.rows.push((Some(state), cells));
    }

    /// The table for a terminal of this width.
    pub(super) fn render(mut self, width: usize, context: &Context) -> String {
        let steps: [fn(&mut Self, usize); 8] = [
            |table, _| table.change(START_URL, |url| host(url).unwrap_or_else(|| url.to_owned())),
            |table, _| table.hide(REGION),
            |table, _| table.shown = (0..START_URL).collect(),
            |table, _| table.hide(REGION),
            |table, _| table.hide(REFRESH),
            |table, width| table.shorten(PROFILES, SHORT_LIST, width),
            |table, _| table.hide(PROFILES),
            |table, width| table.shorten(SESSION, SHORT_NAME, width),
        ];
        for step in steps {
            if self.width() > width {
                step(&mut self, width);
            }
        }
        let widths: Vec<usize> = self.shown.iter().map(|column| self.column_width(*column)).collect();
        let row = |(state, cells): &(Option<State>, [String; TITLES.len()])| {
            let mut line = String::new();
            for (column, width) in self.shown.iter().zip(&widths) {
                let cell = &cells[*column];
                let style = match state {
                    None => Some(Style::Secondary),
                    Some(state) => Some(style(*state)).filter(|_| *column == STATE),
                };
                line += &style.map_or_else(|| cell.clone(), |style| context.paint_output(style, cell));
                line += &" ".repeat(width + GAP - text::columns(cell));
            }
            line.trim_end().to_owned() + "\n"
        };
        self.rows.iter().map(row).collect()
    }

    fn hide(&mut self, column: usize) {
        self.shown.retain(|shown| *shown != column);
    }

    /// Cuts the cells of a column so that the table fits, but not below `least` columns.
    fn shorten(&mut self, column: usize, least: usize, width: usize) {
        let longest = (self.column_width(column) + width).saturating_sub(self.width()).max(least);
        self.change(column, |cell| truncate_str(cell, longest, "…").into_owned());
    }

    fn change(&mut self, column: usize, change: impl Fn(&str) -> String) {
        for (_, cells) in &mut self.rows {
            cells[column] = change(&cells[column]);
        }
    }

    fn column_width(&self, column: usize) -> usize {
        self.rows.iter().map(|(_, cells)| text::columns(&cells[column])).max().unwrap_or_default()
    }

    fn width(&self) -> usize {
        let columns: usize = self.shown.iter().map(|column| self.column_width(*column) + GAP).sum();
        columns.saturating_sub(GAP)
    }
}

/// The color of a state.
pub(super) fn style(state: State) -> Style {
    match state {
        State::Valid => Style::Good,
        State::Refreshable => Style::Caution,
        State::LoginNeeded | State::Damaged => Style::Bad,
    }
}

fn host(url: &str) -> Option<String> {
    Url::parse(url).ok()?.host_str().map(str::to_owned)
}
