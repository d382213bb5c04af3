//! Questions on the terminal: a choice from a list, a line of text, yes or no.
//!
//! They are shown on standard error, and are asked only where a person can answer. The caller runs them inside the runtime, so
//! that a signal ends a question like any other wait. `--cli-auto-prompt` is in `auto_prompt`.

use std::io::{self, ErrorKind};

use console::{Key, Term, truncate_str};

use crate::context::{Context, KeyInput, Style, stdin_line};
use crate::error::{Error, Kind};
use crate::login::Interactive;
use crate::text;

/// The number of items above which the list says that typing filters it.
const SHORT_LIST: usize = 10;
/// The bytes of a filter from which on characters are ignored, so that a large paste by mistake takes no time.
const LONGEST_FILTER: usize = 256;

const NOT_SHOWN: &str = "the answer is too long, or has characters that cannot be shown, such as those of arrow keys";

/// A terminal with a person at it.
#[derive(Clone, Copy)]
pub(super) struct Prompt<'a> {
    context: &'a Context,
}

impl<'a> Prompt<'a> {
    /// `None` where no question may be asked: without a terminal on standard input and standard error, in CI, with
    /// `--interactive never`, on a terminal without cursor movement, or under the name `aws`, which never asks.
    pub(super) fn new(interactive: Interactive, as_aws: bool, context: &'a Context) -> Option<Self> {
        let is_wanted = interactive == Interactive::Always || interactive == Interactive::Auto && !context.is_ci();
        let is_dumb = || context.var("TERM").is_some_and(|term| term == "dumb");
        let can_answer = context.stdin_is_terminal && context.stderr_is_terminal && !is_dumb();
        (is_wanted && can_answer && !as_aws).then_some(Self { context })
    }

    /// Lets the person choose one of the items, of which there is at least one, and returns its index. The first is selected.
    pub(super) async fn choose(&self, title: &str, items: &[String]) -> Result<usize, Error> {
        let title = text::for_terminal(title);
        if !self.context.moves_cursor() && !cfg!(windows) {
            return self.number(&title, items).await;
        }
        let items: Vec<String> = items.iter().map(|item| text::for_terminal(item)).collect();
        let keys = KeyInput::start().map_err(|error| unanswered(&title, &error))?;
        let answer = select(&title, &items, &keys, self.context.colors_stderr()).await;
        drop(keys);
        let index = answer.map_err(|error| unanswered(&title, &error))?;
        self.context.styled_message(&format!("{title}: {}", self.context.paint(Style::Strong, &items[index])));
        Ok(index)
    }

    /// The same by the number of the item, on a terminal on which no list can be drawn.
    async fn number(&self, title: &str, items: &[String]) -> Result<usize, Error> {
        for (number, item) in (1..).zip(items) {
            self.context.message(&format!("{number:>4}  {}", text::for_terminal(item)));
        }
        let index = |answer: &str| answer.parse::<usize>().ok()?.checked_sub(1).filter(|index| *index < items.len());
        let expected = || format!("expected a number from 1 to {}", items.len());
        let answer = self.ask(title, Some("1"), |answer| index(answer).map(drop).ok_or_else(expected)).await?;
        Ok(index(&answer).unwrap_or_default())
    }

    /// Reads a line, which is trimmed; an empty one is the default. Asks again until the check accepts it; its error is the
    /// sentence to show.
    pub(super) async fn ask(
        &self,
        title: &str,
        default: Option<&str>,
        check: impl Fn(&str) -> Result<(), String>,
    ) -> Result<String, Error> {
        let title = text::for_terminal(title);
        let shown = default.map(|default| format!(" [{}]", text::for_terminal(default))).unwrap_or_default();
        loop {
            self.context.write_stderr(&format!("{title}{shown}: "));
            let line = tokio::task::spawn_blocking(stdin_line).await.map_err(io::Error::from).and_then(|line| line);
            let line = line.map_err(|error| unanswered(&title, &error))?;
            let Some(answer) = Some(line.trim()).filter(|line| !line.is_empty()).or(default) else { continue };
            let is_shown = text::for_terminal(answer) == answer;
            match if is_shown { check(answer) } else { Err(NOT_SHOWN.to_owned()) } {
                Ok(()) => return Ok(answer.to_owned()),
                Err(problem) => self.context.message(&problem),
            }
        }
    }

    /// Asks yes or no.
    pub(super) async fn confirm(&self, title: &str, default: bool) -> Result<bool, Error> {
        let check = |answer: &str| match &*answer.to_lowercase() {
            "y" | "yes" | "n" | "no" => Ok(()),
            _ => Err("please answer yes or no".to_owned()),
        };
        let answer = self.ask(&format!("{title} (y/n)"), Some(if default { "yes" } else { "no" }), check).await?;
        Ok(answer.to_lowercase().starts_with('y'))
    }
}

/// Draws a list until one of its items is chosen with Enter, and returns its index. Typed words filter the list.
///
/// The cursor stays in the first row, from which `KeyInput` clears the screen, whatever the size of the terminal is by then.
async fn select(question: &str, items: &[String], keys: &KeyInput, colors: bool) -> io::Result<usize> {
    let term = Term::stderr();
    let paint = |style: Style, text: &str| if colors { style.apply(text) } else { text.to_owned() };
    let lowercase: Vec<String> = items.iter().map(|item| item.to_lowercase()).collect();
    let (mut filter, mut position) = (String::new(), 0);
    // Of an escape sequence (ECMA-48) that `console` does not know, it reads only the start.
    let is_open = |s: &str| s.starts_with(['[', 'O']) && (s.len() == 1 || !s.ends_with(|c| matches!(c, '@'..='~')));
    let (mut escape, mut is_paste) = (String::new(), false);
    loop {
        let typed = filter.to_lowercase();
        let words: Vec<&str> = typed.split_whitespace().collect();
        let matches = |index: &usize| words.iter().all(|word| lowercase[*index].contains(word));
        let found: Vec<usize> = (0..items.len()).filter(matches).collect();
        let (rows, columns) = term.size();
        let (page, columns) = (usize::from(rows).saturating_sub(1).max(1), usize::from(columns).saturating_sub(1));
        let hint = match (&*filter, found.len()) {
            ("", ..=SHORT_LIST) => String::new(),
            ("", count) => format!("type to filter, {}/{count}", position + 1),
            (_, count) => format!("  {}/{count}", count.min(position + 1)),
        };
        let fitted = |line: &str| truncate_str(line, columns, "…").into_owned();
        let mut lines = vec![fitted(&format!("{question}: {filter}{}", paint(Style::Secondary, &hint)))];
        for (number, index) in found.iter().enumerate().skip(position / page * page).take(page) {
            let mark = if number == position { "> " } else { "  " };
            let line = fitted(&format!("{mark}{}", items[*index]));
            lines.push(if number == position { paint(Style::Strong, &line) } else { line });
        }
        term.clear_to_end_of_screen()?;
        term.write_str(&lines.join("\n"))?;
        term.move_cursor_up(lines.len() - 1)?;
        let last = found.len().saturating_sub(1);
        match keys.next().await? {
            Key::UnknownEscSeq(start) => escape = String::from_iter(start),
            // The rest of a sequence may arrive later.
            Key::Escape => escape = String::from("\u{1b}"),
            Key::Char('[') if escape == "\u{1b}" => escape = String::from("["),
            Key::Char(key) if is_open(&escape) => {
                escape.push(key);
                is_paste = (is_paste || escape == "[200~") && escape != "[201~";
            }
            Key::Char(_) if filter.len() >= LONGEST_FILTER => {}
            Key::Char(key) if !text::for_terminal(key.encode_utf8(&mut [0; 4])).is_empty() => {
                // A lone Escape begins no sequence.
                escape.clear();
                filter.push(key);
                position = 0;
            }
            // The end of a pasted line chooses nothing.
            Key::Enter | Key::Tab if is_paste && filter.len() < LONGEST_FILTER => filter.push(' '),
            _ if is_paste => {}
            Key::Enter if !found.is_empty() => return Ok(found[position]),
            Key::ArrowDown | Key::Tab => position = if position < last { position + 1 } else { 0 },
            Key::ArrowUp | Key::BackTab => position = position.checked_sub(1).unwrap_or(last),
            Key::ArrowRight | Key::PageDown => position = last.min(position + page),
            Key::ArrowLeft | Key::PageUp => position = position.saturating_sub(page),
            Key::Backspace => (_, position) = (filter.pop(), 0),
            _ => {}
        }
    }
}

pub(super) fn unanswered(title: &str, error: &io::Error) -> Error {
    if matches!(error.kind(), ErrorKind::Interrupted | ErrorKind::UnexpectedEof) {
        // Ctrl-C where SIGINT is ignored, and on Windows; Ctrl-D.
        return Error::new(Kind::Signal(super::runtime::INTERRUPT), "interrupted");
    }
    Error::other(format!("cannot read the answer to `{title}`: {error}"))
}
