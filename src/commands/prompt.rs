//! `--cli-auto-prompt`: prompts on the terminal for members that an operation lacks, one line each.
//!
//! The AWS CLI draws a screen for it; here the prompt is the help of each option. Secrets are typed without echo.
//! Required members come first; optional ones follow unless prompting is partial, and Enter skips them.

use std::io::BufRead as _;

use super::runtime;
use crate::cli::GlobalArgs;
use crate::config::{AutoPrompt, Config, auto_prompt};
use crate::context::Context;
use crate::error::Error;
use crate::model::{Kind, Member, Operation, Words};

type Given = Vec<(&'static Member, Words)>;

/// What is prompted for, by options, then variables, then the profile.
pub(super) fn wanted(global: &GlobalArgs, config: Option<&Config>, context: &Context) -> AutoPrompt {
    let from_options = || if global.cli_auto_prompt { AutoPrompt::On } else { AutoPrompt::Off };
    config.map_or_else(from_options, |config| {
        auto_prompt(context, config, global.cli_auto_prompt, global.no_cli_auto_prompt)
    })
}

/// Prompts for the members that are not given.
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
        let problem = "--cli-auto-prompt needs a terminal on standard input and standard error";
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

/// The value typed for one member; none for an optional member that is skipped.
async fn ask(member: &Member, context: &Context) -> anyhow::Result<Option<Words>> {
    let is_list = matches!(member.kind, Kind::Strings(_));
    let how = match (member.required, is_list) {
        (true, _) => "",
        (false, true) => " (space-separated; press Enter to skip)",
        (false, false) => " (press Enter to skip)",
    };
    context.message(&format!("{}{how}", member.help));
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
    context.write_stderr(prompt);
    let read = || {
        let mut line = String::new();
        match std::io::stdin().lock().read_line(&mut line)? {
            0 => Err(std::io::Error::from(std::io::ErrorKind::UnexpectedEof)),
            _ => Ok(line),
        }
    };
    Ok(tokio::task::spawn_blocking(read).await??.trim_end_matches(['\r', '\n']).to_owned())
}
