//! Questions on the terminal: a choice from a list, a line of text, yes or no.
//!
//! They are shown on standard error, and are asked only where a person can answer. The caller runs them inside the runtime, so
//! that a signal ends a question like any other wait. `--cli-auto-prompt` is in `auto_prompt`.

use std::io::{self, ErrorKind};

use dialoguer::Select;
use dialoguer::console::{Term, measure_text_width, truncate_str};
use dialoguer::theme::{ColorfulTheme, SimpleTheme, Theme};

use crate::context::{Context, KeyInput, stdin_line};
use crate::error::{Error, Kind};
use crate::login::Interactive;
use crate::text;

/// The rows below which `dialoguer` draws no list.
const LEAST_ROWS: usize = 3;

/// A terminal with a person at it.
#[derive(Clone, Copy)]
pub(super) struct Prompt<'a> {
    context: &'a Context,
}

impl<'a> Prompt<'a> {
    /// `None` where no question may be asked: without a terminal on standard input and standard error, in CI, with
    /// `--interactive never`, on a terminal without cursor movement, or under the name `aws`, which never asks.
    pub(super) fn new(interactive: Interactive, as_aws: bool, context: &'a Context) -> Option<Self> {
        let is_wanted = match interactive {
            Interactive::Always => true,
            Interactive::Never => false,
            Interactive::Auto => !context.is_ci(),
        };
        let is_dumb = || context.var("TERM").is_some_and(|term| term == "dumb");
        let can_answer = context.stdin_is_terminal && context.stderr_is_terminal && !is_dumb();
        (is_wanted && can_answer && !as_aws).then_some(Self { context })
    }

    /// Lets the person choose one of the items, of which there is at least one, and returns its index. The first is selected.
    pub(super) async fn choose(&self, title: &str, items: &[String]) -> Result<usize, Error> {
        let title = text::for_terminal(title);
        let (columns, rows) = self.context.terminal_size().unwrap_or((80, 24));
        if rows < LEAST_ROWS || !self.context.moves_cursor() && !cfg!(windows) {
            return self.number(&title, items).await;
        }
        // An item that wraps would leave parts of itself on the screen.
        let columns = columns.saturating_sub(3);
        let items: Vec<String> = items.iter().map(|item| fitted(&text::for_terminal(item), columns)).collect();
        let keys = KeyInput::start().map_err(|error| unanswered(&title, &error))?;
        let (question, colors) = (title.clone(), self.context.colors_stderr());
        let answer = tokio::task::spawn_blocking(move || {
            let theme: &dyn Theme = if colors { &ColorfulTheme::default() } else { &SimpleTheme };
            let list = Select::with_theme(theme).with_prompt(question).items(&items).default(0).report(true);
            list.interact_on(&Term::stderr())
        });
        let answer = answer.await.map_err(io::Error::from).and_then(|answer| Ok(answer?));
        drop(keys);
        answer.map_err(|error| unanswered(&title, &error))
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
            let answer = Some(line.trim()).filter(|line| !line.is_empty()).or(default);
            let is_shown = |answer: &str| text::for_terminal(answer) == answer;
            let hidden = || {
                "the answer is too long, or has characters that cannot be shown, such as those of arrow keys".to_owned()
            };
            match answer.map(|answer| (answer, if is_shown(answer) { check(answer) } else { Err(hidden()) })) {
                Some((answer, Ok(()))) => return Ok(answer.to_owned()),
                Some((_, Err(problem))) => self.context.message(&problem),
                None => {}
            }
        }
    }

    /// Asks yes or no.
    pub(super) async fn confirm(&self, title: &str, default: bool) -> Result<bool, Error> {
        let yes_or_no = |answer: &str| match answer.to_lowercase().as_str() {
            "y" | "yes" => Some(true),
            "n" | "no" => Some(false),
            _ => None,
        };
        let check = |answer: &str| yes_or_no(answer).map(drop).ok_or_else(|| "please answer yes or no".to_owned());
        let answer = self.ask(&format!("{title} (y/n)"), Some(if default { "yes" } else { "no" }), check).await?;
        Ok(yes_or_no(&answer).unwrap_or(default))
    }
}

/// The start of a text that fits in these columns.
fn fitted(text: &str, columns: usize) -> String {
    if measure_text_width(text) > columns { truncate_str(text, columns, "…").into_owned() } else { text.to_owned() }
}

pub(super) fn unanswered(title: &str, error: &io::Error) -> Error {
    if matches!(error.kind(), ErrorKind::Interrupted | ErrorKind::UnexpectedEof) {
        // Ctrl-C where SIGINT is ignored, and on Windows; Ctrl-D.
        return Error::new(Kind::Signal(super::runtime::INTERRUPT), "interrupted");
    }
    Error::other(format!("cannot read the answer to `{title}`: {error}"))
}
