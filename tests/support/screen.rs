//! What a terminal shows after a program wrote to it: wrapped and overwritten lines.
//!
//! Interprets the control characters and sequences that the program uses (ECMA-48) and fails at any other.

/// A terminal with a number of columns and unlimited rows.
pub(crate) struct Screen {
    columns: usize,
    rows: Vec<Vec<Cell>>,
    line: usize,
    column: usize,
    style: u8,
}

/// A character and how it is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Cell {
    pub(crate) character: char,
    /// The number of its style (ECMA-48, SGR): 0 plain, 1 bold, 2 dim, 31 to 33 red, green, yellow, 36 cyan.
    pub(crate) style: u8,
}

impl Screen {
    pub(crate) fn new(columns: usize) -> Self {
        Self { columns, rows: vec![Vec::new()], line: 0, column: 0, style: 0 }
    }

    /// Interprets output.
    pub(crate) fn write(&mut self, text: &str) {
        let mut rest = text;
        while let Some(character) = rest.chars().next() {
            rest = &rest[character.len_utf8()..];
            match character {
                '\r' => self.column = 0,
                '\n' => self.move_down(),
                '\u{1b}' => {
                    let end = rest.find(|letter: char| letter.is_ascii_alphabetic()).expect("a sequence ends");
                    self.control(&rest[..=end]);
                    rest = &rest[end + 1..];
                }
                _ => self.put(character),
            }
        }
    }

    /// The rows from the top, without blanks at their ends.
    pub(crate) fn rows(&self) -> Vec<&[Cell]> {
        let end = |row: &[Cell]| row.iter().rposition(|cell| cell.character != ' ').map_or(0, |last| last + 1);
        self.rows.iter().map(|row| &row[..end(row)]).collect()
    }

    /// The text of the rows.
    pub(crate) fn lines(&self) -> Vec<String> {
        self.rows().into_iter().map(|row| row.iter().map(|cell| cell.character).collect()).collect()
    }

    fn put(&mut self, character: char) {
        assert!(!character.is_control(), "what {character:?} does is not known");
        if self.column == self.columns {
            self.move_down();
            self.column = 0;
        }
        let (column, cell) = (self.column, Cell { character, style: self.style });
        let row = self.row();
        row.resize(row.len().max(column + 1), Cell { character: ' ', style: 0 });
        row[column] = cell;
        self.column += 1;
    }

    fn control(&mut self, sequence: &str) {
        match sequence {
            "[2K" => self.row().clear(),
            "[0J" => {
                let column = self.column;
                self.row().truncate(column);
                self.rows.truncate(self.line + 1);
            }
            // The cursor is not drawn, and no key is pressed.
            "[?25l" | "[?25h" | "[?1l" | "[?2004h" | "[?2004l" => {}
            // Black on white, of the QR code.
            "[30;107m" => self.style = 0,
            _ => {
                let unknown = || -> ! { panic!("what {sequence:?} does is not known") };
                let (number, letter) = sequence.trim_start_matches('[').split_at(sequence.len() - 2);
                let number: usize = number.parse().unwrap_or_else(|_| unknown());
                match (letter, number) {
                    ("A", _) => self.line = self.line.saturating_sub(number),
                    ("B", _) => (0..number).for_each(|_| self.move_down()),
                    ("m", 0..=2 | 31..=33 | 36) => self.style = u8::try_from(number).unwrap_or_default(),
                    _ => unknown(),
                }
            }
        }
    }

    fn move_down(&mut self) {
        self.line += 1;
        if self.line == self.rows.len() {
            self.rows.push(Vec::new());
        }
    }

    fn row(&mut self) -> &mut Vec<Cell> {
        &mut self.rows[self.line]
    }
}

#[test]
fn lines_wrap_and_are_overwritten() {
    let mut screen = Screen::new(4);
    screen.write("abcd\r\n12345\r\n| wait\r\u{1b}[2K\u{1b}[1mx\u{1b}[0m y \r\nab\rc\r\nxy\r\n2\u{1b}[1A\u{1b}[0J");
    assert_eq!(screen.lines(), ["abcd", "1234", "5", "| wa", "x y", "cb", "x"]);
    assert_eq!((screen.rows()[4][0].style, screen.rows()[4][2].style), (1, 0));
}
