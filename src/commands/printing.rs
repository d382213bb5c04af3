//! Prints the result of a command. Query, format and pager are resolved before a request is sent.
//!
//! A response can contain a token that is issued only once, so errors in these options are found before the request
//! (the AWS CLI finds them afterwards and loses the token). Data is cleaned for a terminal, and raw in a pipe or a
//! file.

use serde_json::Value;

use super::pager::Pager;
use crate::cli::GlobalArgs;
use crate::config::{self, Config, Origin};
use crate::context::Context;
use crate::error::Error;
use crate::output::{self, Format, Query, QueryError, Style};
use crate::text;

/// The output of one run.
pub(super) struct Output {
    format: Format,
    query: Option<Query>,
    pager: Option<Pager>,
    style: Style,
}

impl Output {
    /// Options take precedence over variables, and variables over the profile.
    pub(super) fn resolve(global: &GlobalArgs, config: &Config, context: &Context) -> anyhow::Result<Self> {
        let format = config::output_format(context, config, global.output.as_deref());
        let format = Format::named(&format.value).ok_or_else(|| {
            Error::other(format!("Unknown output type: {}", format.value)).value_from(&format.source())
        })?;
        let query = global.query.as_deref().map(compile).transpose()?;
        let pager = match config::pager(context, config, global.no_cli_pager) {
            Some(line) if context.stdout_is_terminal && format != Format::Off => {
                match Pager::of(&line.value, context) {
                    // The default pager may be missing.
                    Err(_) if line.origin == Origin::Default => None,
                    pager => pager?,
                }
            }
            _ => None,
        };
        let resets = pager.is_none();
        Ok(Self { format, query, pager, style: Style { resets, ..style(global, context) } })
    }

    /// Prints a response; `title` heads a table.
    pub(super) fn print(&self, mut answer: Value, title: &str, context: &Context) -> anyhow::Result<()> {
        if self.format == Format::Off {
            // Like the AWS CLI, without evaluating the query.
            return Ok(());
        }
        if context.stdout_is_terminal {
            text::change_all(&mut answer, &|text| *text = text::data_for_terminal(text));
        }
        if let Some(query) = &self.query {
            answer = query.search(&answer)?;
        }
        let (mut bytes, failure) = match output::render(&answer, self.format, title, &self.style) {
            Ok(bytes) => (bytes, None),
            Err(error) => (error.printed.clone(), Some(error)),
        };
        if self.format != Format::Table && context.stdout_is_terminal {
            // Member names come from the query, which may have been pasted.
            bytes = text::data_for_terminal(&String::from_utf8_lossy(&bytes)).into_bytes();
        }
        if self.format == Format::Table && self.style.color && self.pager.is_none() && context.stdout_is_terminal {
            // The AWS CLI resets the color at the end.
            bytes.extend_from_slice(b"\x1b[0m");
        }
        match &self.pager {
            Some(pager) if !bytes.is_empty() => pager.show(&bytes, context)?,
            _ => context.print(&bytes)?,
        }
        failure.map_or(Ok(()), |error| Err(error.into()))
    }
}

/// Color and width of tables on standard output without a pager; errors omit the resets.
pub(crate) fn style(global: &GlobalArgs, context: &Context) -> Style {
    let color = match global.color.as_deref() {
        Some("on") => true,
        Some("off") => false,
        _ => context.colors_output(),
    };
    Style { color, width: (context.columns)(), resets: false }
}

/// Compiles a query. A syntax error names the option; other errors are reported like by the AWS CLI.
fn compile(expression: &str) -> anyhow::Result<Query> {
    Query::compile(expression).map_err(|error| match error {
        QueryError::Syntax(reason) => Error::validation(format!("Bad value for --query {expression}: {reason}")).into(),
        other => other.into(),
    })
}
