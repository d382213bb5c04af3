//! How the result of a command reaches its reader: query, format, pager, all settled before anything is sent.
//!
//! An answer can hold a token that is handed out once; so nothing that can be wrong with its printing is found out
//! afterwards (the AWS CLI does, and loses it). Data on a terminal is cut down to what a terminal may show, data on a
//! pipe or in a file is raw. May import everything.

use serde_json::Value;

use super::pager::Pager;
use crate::cli::GlobalArgs;
use crate::config::{self, Config, Located, Origin};
use crate::context::Context;
use crate::error::Error;
use crate::output::{self, Format, Query, QueryError, Style};
use crate::text;

/// The way to print, of one run.
pub(super) struct Printing {
    format: Format,
    query: Option<Query>,
    pager: Option<Pager>,
    style: Style,
}

impl Printing {
    /// Settles everything: options before variables before the profile.
    pub(super) fn settle(global: &GlobalArgs, config: &Config, context: &Context) -> anyhow::Result<Self> {
        let format = config::output_format(context, config, global.output.as_deref());
        let format = Format::named(&format.value).ok_or_else(|| unknown_format(&format))?;
        let query = global.query.as_deref().map(compile).transpose()?;
        let pager = match config::pager(context, config, global.no_cli_pager) {
            Some(line) if context.stdout_is_terminal && format != Format::Off => {
                match Pager::of(&line.value, context) {
                    // Nobody asked for it and it is not installed: then without.
                    Err(_) if line.origin == Origin::Default => None,
                    pager => pager?,
                }
            }
            _ => None,
        };
        let resets = pager.is_none();
        Ok(Self { format, query, pager, style: Style { resets, ..style(global, context) } })
    }

    /// Prints an answer; `title` heads a table.
    pub(super) fn print(&self, mut answer: Value, title: &str, context: &Context) -> anyhow::Result<()> {
        if self.format == Format::Off {
            // The AWS CLI does not even evaluate the query.
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
            // Names that a query makes are the person's own words, and may have been pasted.
            bytes = text::data_for_terminal(&String::from_utf8_lossy(&bytes)).into_bytes();
        }
        if self.format == Format::Table && self.style.color && self.pager.is_none() && context.stdout_is_terminal {
            // The AWS CLI's last word to a terminal that it has coloured.
            bytes.extend_from_slice(b"\x1b[0m");
        }
        match &self.pager {
            Some(pager) if !bytes.is_empty() => pager.show(&bytes)?,
            _ => context.print(&bytes)?,
        }
        failure.map_or(Ok(()), |error| Err(error.into()))
    }
}

/// Colour and width of tables, for standard output without a pager; errors do without the resets.
pub(crate) fn style(global: &GlobalArgs, context: &Context) -> Style {
    let color = match global.color.as_deref() {
        Some("on") => true,
        Some("off") => false,
        _ => context.stdout_is_terminal,
    };
    Style { color, width: (context.columns)(), resets: false }
}

/// Syntax is a usage error and names the option; an unknown function or a wrong number of arguments is said as it is.
fn compile(expression: &str) -> anyhow::Result<Query> {
    Query::compile(expression).map_err(|error| match error {
        QueryError::Syntax(reason) => Error::validation(format!("Bad value for --query {expression}: {reason}")).into(),
        other => other.into(),
    })
}

fn unknown_format(format: &Located<String>) -> Error {
    Error::other(format!("Unknown output type: {}; it comes from {}", format.value, format.origin))
}
