//! `--cli-auto-prompt`: what an operation lacks is asked for on the terminal, one line a member.
//!
//! The AWS CLI draws a screen for it; here the help text of each option is the question. Secrets are typed without echo.
//! Asked are required members and, when prompting is on for every command, then the others, which Enter leaves out. May
//! import everything.

use std::io::BufRead as _;

use super::operation::{Call, help_of};
use super::runtime;
use crate::Context;
use crate::cli::{Cli, GlobalArgs};
use crate::config::{AutoPrompt, Config, auto_prompt};
use crate::error::Error;
use crate::input::{Words, option_of};
use crate::oidc::{Kind, Member};

/// How much is asked for: options before variables before the profile.
pub(super) fn wanted(global: &GlobalArgs, config: Option<&Config>, context: &Context) -> AutoPrompt {
    let from_options = || if global.cli_auto_prompt { AutoPrompt::On } else { AutoPrompt::Off };
    config.map_or_else(from_options, |config| {
        auto_prompt(context, config, global.cli_auto_prompt, global.no_cli_auto_prompt)
    })
}

/// Asks for what the call lacks.
pub(super) fn complete(call: &mut Call, how: AutoPrompt, context: &Context) -> anyhow::Result<()> {
    let lacks_required = call.operation.input().iter().any(|member| member.required && !is_given(call, member));
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
    runtime::block_on(context, ask_all(call, also_optional, context))
}

async fn ask_all(call: &mut Call<'_>, also_optional: bool, context: &Context) -> anyhow::Result<()> {
    let program = Cli::command();
    let members = call.operation.input();
    let (required, optional): (Vec<_>, Vec<_>) = members.iter().partition(|member| member.required);
    for member in required.into_iter().chain(optional.into_iter().filter(|_| also_optional)) {
        if !is_given(call, member)
            && let Some(words) = ask(member, &help_of(&program, call.operation, member.name), context).await?
        {
            call.given.push((member.name, words));
        }
    }
    // In the order of the model, as if they had been options.
    call.given.sort_by_key(|(name, _)| members.iter().position(|member| member.name == *name));
    Ok(())
}

fn is_given(call: &Call, member: &Member) -> bool {
    call.given.iter().any(|(name, _)| *name == member.name)
}

/// The answer for one member; none for a member that may be left out and is.
async fn ask(member: &Member, hint: &str, context: &Context) -> anyhow::Result<Option<Words>> {
    let is_list = matches!(member.kind, Kind::Strings(_));
    let how = match (member.required, is_list) {
        (true, _) => "",
        (false, true) => " (words apart by spaces; Enter leaves it out)",
        (false, false) => " (Enter leaves it out)",
    };
    context.say(&format!("{hint}{how}"));
    let prompt = format!("{}: ", option_of(member.name));
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
