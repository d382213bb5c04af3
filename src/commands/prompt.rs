//! `--cli-auto-prompt`: what an operation lacks is asked for on the terminal, one line a member.
//!
//! The AWS CLI draws a screen for it; here the help text of each option is the question. Secrets are typed without echo.
//! Asked are required members and, when prompting is on for every command, then the others, which Enter leaves out. May
//! import everything.

use std::io::BufRead as _;

use super::runtime;
use crate::cli::GlobalArgs;
use crate::config::{AutoPrompt, Config, auto_prompt};
use crate::context::Context;
use crate::error::Error;
use crate::model::{Kind, Member, Operation, Words};

type Given = Vec<(&'static Member, Words)>;

/// How much is asked for: options before variables before the profile.
pub(super) fn wanted(global: &GlobalArgs, config: Option<&Config>, context: &Context) -> AutoPrompt {
    let from_options = || if global.cli_auto_prompt { AutoPrompt::On } else { AutoPrompt::Off };
    config.map_or_else(from_options, |config| {
        auto_prompt(context, config, global.cli_auto_prompt, global.no_cli_auto_prompt)
    })
}

/// Asks for what the call lacks.
pub(super) fn complete(
    operation: Operation,
    given: &mut Given,
    how: AutoPrompt,
    context: &Context,
) -> anyhow::Result<()> {
    let lacks_required = operation.input().iter().any(|member| member.required && !is_given(given, member));
    let also_optional = match how {
        AutoPrompt::Off => return Ok(()),
        AutoPrompt::OnPartial if !lacks_required => return Ok(()),
        AutoPrompt::OnPartial => false,
        AutoPrompt::On => true,
    };
    if !context.stdin_is_terminal || !context.stderr_is_terminal {
        let problem = "--cli-auto-prompt asks on the terminal, and standard input or standard error is none";
        return Err(Error::other(problem).into());
    }
    runtime::block_on(context, ask_all(operation, given, also_optional, context))
}

async fn ask_all(
    operation: Operation,
    given: &mut Given,
    also_optional: bool,
    context: &Context,
) -> anyhow::Result<()> {
    let members = operation.input();
    let (required, optional): (Vec<_>, Vec<_>) = members.iter().partition(|member| member.required);
    for member in required.into_iter().chain(optional.into_iter().filter(|_| also_optional)) {
        if !is_given(given, member)
            && let Some(words) = ask(member, context).await?
        {
            given.push((member, words));
        }
    }
    // In the order of the model, as if they had been options.
    given.sort_by_key(|(given, _)| members.iter().position(|member| member.name == given.name));
    Ok(())
}

fn is_given(given: &Given, member: &Member) -> bool {
    given.iter().any(|(given, _)| given.name == member.name)
}

/// The answer for one member; none for a member that may be left out and is.
async fn ask(member: &Member, context: &Context) -> anyhow::Result<Option<Words>> {
    let is_list = matches!(member.kind, Kind::Strings(_));
    let how = match (member.required, is_list) {
        (true, _) => "",
        (false, true) => " (words apart by spaces; Enter leaves it out)",
        (false, false) => " (Enter leaves it out)",
    };
    context.say(&format!("{}{how}", member.help));
    let prompt = format!("--{}: ", member.option);
    loop {
        let answer = line(member, &prompt, context).await?;
        if answer.is_empty() && member.required {
            continue;
        }
        return Ok(match (answer.is_empty(), is_list) {
            (true, _) => None,
            (false, true) => Some(Words::Many(answer.split_whitespace().map(str::to_owned).collect())),
            (false, false) => Some(Words::One(answer)),
        });
    }
}

/// One line; reading is on a thread of its own, so that Ctrl-C ends it like any other wait.
async fn line(member: &Member, prompt: &str, context: &Context) -> anyhow::Result<String> {
    if member.sensitive {
        let hidden = (context.hidden_input)(prompt)?;
        return Ok(tokio::task::spawn_blocking(hidden.line()).await??);
    }
    context.complain(prompt);
    let read = || {
        let mut line = String::new();
        match std::io::stdin().lock().read_line(&mut line)? {
            0 => Err(std::io::Error::from(std::io::ErrorKind::UnexpectedEof)),
            _ => Ok(line),
        }
    };
    Ok(tokio::task::spawn_blocking(read).await??.trim_end_matches(['\r', '\n']).to_owned())
}
