//! The device code's URL as a QR code, for a phone, on a terminal that has room for it.
//!
//! Each character cell shows two modules, black on white regardless of the terminal's colors, with the quiet zone that
//! readers need.

use fast_qr::{ECL, QRBuilder, QRCode};

use crate::context::Context;

/// The width of the white border, in modules. The standard requires four; two are enough to scan a screen.
const QUIET: usize = 2;
const BLACK_ON_WHITE: &str = "\x1b[30;107m";
const RESET: &str = "\x1b[0m";

/// Rows of the screen besides the QR code and the text before it: the command line, why this flow is used, an empty line,
/// and the spinner.
const OTHER_ROWS: usize = 6;

/// The lines to show, if standard error is a terminal with room for them below so many rows of text, and nothing scrolls off.
pub(super) fn lines(context: &Context, url: &str, shown: usize) -> Option<String> {
    if !context.moves_cursor() {
        return None;
    }
    let (columns, rows) = context.terminal_size()?;
    let code = QRBuilder::new(url).ecl(ECL::L).build().ok()?;
    let side = code.size + 2 * QUIET;
    (side <= columns && side.div_ceil(2) + shown + OTHER_ROWS <= rows).then(|| draw(&code))
}

fn draw(code: &QRCode) -> String {
    let side = code.size + 2 * QUIET;
    let is_dark = |row: usize, column: usize| {
        let inside = |at: usize| (QUIET..QUIET + code.size).contains(&at);
        inside(row) && inside(column) && code[row - QUIET][column - QUIET].value()
    };
    let mut text = String::new();
    for row in (0..side).step_by(2) {
        text.push_str(BLACK_ON_WHITE);
        text.extend((0..side).map(|column| match (is_dark(row, column), is_dark(row + 1, column)) {
            (true, true) => '█',
            (true, false) => '▀',
            (false, true) => '▄',
            (false, false) => ' ',
        }));
        text.push_str(RESET);
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use fast_qr::QRBuilder;

    use std::ffi::OsString;

    use super::{QUIET, draw, lines};
    use crate::context::Context;

    #[test]
    fn the_code_is_shown_on_a_terminal_that_has_room_for_it() {
        // This code and its border are 37 modules wide, which are 19 rows.
        for (terminal_size, shown, expected) in [
            ((|| Some((37, 35))) as fn() -> _, 10, true),
            (|| Some((36, 35)), 10, false),
            (|| Some((37, 34)), 10, false),
            (|| Some((37, 25)), 0, true),
            (|| Some((37, 24)), 0, false),
            (|| None, 0, false),
        ] {
            let context = |stderr_is_terminal, term: &'static str| Context {
                env: Box::new(move |name| (name == "TERM").then(|| OsString::from(term))),
                stderr_is_terminal,
                terminal_size,
                ..Context::real()
            };
            let url = "https://device.sso.us-east-1.amazonaws.com/?user_code=ABCD-EFGH";
            let is_shown = |context: &Context| lines(context, url, shown).is_some();
            assert_eq!(is_shown(&context(true, "xterm")), expected, "{:?} below {shown} rows", terminal_size());
            assert!(!is_shown(&context(false, "xterm")) && !is_shown(&context(true, "dumb")));
        }
    }

    #[test]
    fn the_code_is_square_and_framed_in_white() {
        let code = QRBuilder::new("https://device.sso.us-east-1.amazonaws.com/?user_code=ABCD-EFGH").build().unwrap();
        let text = draw(&code);
        let plain = text.replace(super::BLACK_ON_WHITE, "").replace(super::RESET, "");
        let side = code.size + 2 * QUIET;
        assert_eq!(plain.lines().count(), side.div_ceil(2));
        assert!(plain.lines().all(|line| line.chars().count() == side));
        assert!(plain.lines().all(|line| line.starts_with("  ") && line.ends_with("  ")));
        // The finder pattern in the upper left corner begins with seven dark modules.
        assert!(plain.lines().nth(1).unwrap().starts_with("  █▀▀▀▀▀█ "), "{plain}");
    }
}
