//! Styles and escape sequences of text for people: when they are used, and what each color means.
//!
//! They are for terminals only, except that `CLICOLOR_FORCE` colors standard error in a pipe, too. The AWS CLI's tables have
//! their own colors, in `output`.

use std::fmt::Write as _;

use anstyle::AnsiColor;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;

use super::Context;
use crate::text;

/// `--color`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Color {
    /// On a terminal, unless a variable says otherwise.
    #[default]
    Auto,
    /// On every terminal that has color.
    On,
    /// Never, and no other escape sequence either.
    Off,
}

impl Color {
    /// The value of `--color`.
    pub fn named(name: Option<&str>) -> Self {
        match name {
            Some("on") => Self::On,
            Some("off") => Self::Off,
            _ => Self::Auto,
        }
    }
}

/// How a piece of text is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// Success, and what is valid: green.
    Good,
    /// What still works, and warnings: yellow.
    Caution,
    /// Failure, and what needs a login: red.
    Bad,
    /// What the reader needs: bold.
    Strong,
    /// What the reader may skip: dim.
    Secondary,
}

impl Style {
    /// The text in this style (ECMA-48, SGR).
    pub fn apply(self, text: &str) -> String {
        let style = match self {
            Self::Good => AnsiColor::Green.on_default(),
            Self::Caution => AnsiColor::Yellow.on_default(),
            Self::Bad => AnsiColor::Red.on_default(),
            Self::Strong => anstyle::Style::new().bold(),
            Self::Secondary => anstyle::Style::new().dimmed(),
        };
        format!("{style}{text}{style:#}")
    }
}

/// Variables that terminals with links (OSC 8) set.
const LINK_VARIABLES: [&str; 4] = ["WT_SESSION", "KONSOLE_VERSION", "KITTY_WINDOW_ID", "WEZTERM_PANE"];
/// Values of `TERM_PROGRAM` of terminals with links.
const LINK_PROGRAMS: [&str; 5] = ["iTerm.app", "WezTerm", "vscode", "ghostty", "Hyper"];
/// The first version of VTE, on which GNOME's terminals are built, that shows links reliably.
const LINKS_SINCE_VTE: u32 = 5_000;

impl Context {
    /// Untrusted text for standard error, cleaned and in this style.
    pub fn paint(&self, style: Style, text: &str) -> String {
        let text = text::for_terminal(text);
        if self.colors_stderr() { style.apply(&text) } else { text }
    }

    /// The same for standard output.
    pub fn paint_output(&self, style: Style, text: &str) -> String {
        let text = text::for_terminal(text);
        if self.colors_output() { style.apply(&text) } else { text }
    }

    /// Whether text and tables on standard output have styles.
    pub fn colors_output(&self) -> bool {
        self.stdout_is_terminal && self.has_sequences() && self.wants_color()
    }

    /// Whether text on standard error has styles.
    pub fn colors_stderr(&self) -> bool {
        let is_forced = || self.var("CLICOLOR_FORCE").is_some_and(|value| !value.is_empty() && value != "0");
        let is_terminal = || self.stderr_is_terminal && self.has_sequences();
        self.color.get() != Color::Off && (is_terminal() || is_forced()) && self.wants_color()
    }

    /// Whether escape sequences other than colors may be written to standard error.
    pub fn moves_cursor(&self) -> bool {
        self.stderr_is_terminal && self.has_sequences()
    }

    fn wants_color(&self) -> bool {
        let is_off =
            || self.var_not_empty("NO_COLOR").is_some() || self.var("CLICOLOR").is_some_and(|value| value == "0");
        match self.color.get() {
            Color::On => true,
            Color::Off => false,
            Color::Auto => !is_off(),
        }
    }

    /// Whether the terminal interprets escape sequences.
    fn has_sequences(&self) -> bool {
        let term = self.var_not_empty("TERM");
        let is_capable = term.map_or_else(|| self.var_not_empty("WT_SESSION").is_some(), |term| term != "dumb");
        is_capable && self.color.get() != Color::Off
    }

    /// A URL for standard error, a link (OSC 8) where the terminal is known to have links. The URL must be clean.
    pub fn link(&self, url: &str) -> String {
        if self.moves_cursor() && self.has_links() {
            return format!("\x1b]8;;{url}\x1b\\{url}\x1b]8;;\x1b\\");
        }
        url.to_owned()
    }

    fn has_links(&self) -> bool {
        let is_set = |name: &str| self.var_not_empty(name).is_some();
        let is_multiplexed = is_set("TMUX") || is_set("STY");
        let program = self.var("TERM_PROGRAM").unwrap_or_default();
        let vte = self.var("VTE_VERSION").and_then(|version| version.parse::<u32>().ok());
        let is_known = LINK_VARIABLES.into_iter().any(is_set) || LINK_PROGRAMS.contains(&&*program);
        !is_multiplexed && (is_known || vte.is_some_and(|version| version >= LINKS_SINCE_VTE))
    }

    /// Asks the terminal to put a text on the clipboard (OSC 52); `false` where there is no such terminal.
    pub fn copy(&self, text: &str) -> bool {
        if !self.moves_cursor() {
            return false;
        }
        self.write_stderr(&format!("\x1b]52;c;{}\x07", BASE64_STANDARD.encode(text)));
        true
    }

    /// Writes the text of an error: on a terminal its lines are wrapped, and its labels stand out.
    pub fn report(&self, report: &str) {
        let columns = self.terminal_size().map(|(columns, _)| columns);
        let labels = [("[ERROR]", Style::Bad), ("hint:", Style::Strong), ("note:", Style::Strong)];
        let labels = if self.colors_stderr() { &labels[..] } else { &[] };
        let mut text = String::new();
        for line in report.lines() {
            let mut line = columns.map_or_else(|| line.to_owned(), |columns| text::wrapped(line, columns));
            for (label, style) in labels {
                if let Some((before, after)) = line.split_once(label)
                    && before.len() <= LONGEST_PROGRAM
                {
                    line = format!("{before}{}{after}", style.apply(label));
                }
            }
            // Writing to a String cannot fail.
            let _ = writeln!(text, "{line}");
        }
        self.write_stderr(&text);
    }
}

/// The program's name and a colon precede the first label of an error.
const LONGEST_PROGRAM: usize = "sso-oidc: ".len();
