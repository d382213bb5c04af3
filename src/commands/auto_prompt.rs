//! `--cli-auto-prompt`: prompts on the terminal for the missing members of an operation, one line each.
//!
//! The AWS CLI uses a full screen; here the prompt is the help text of each option. Secrets are typed without echo.
//! Required members come first; optional ones follow unless prompting is partial, and Enter skips them.

use super::{prompt::unanswered, runtime};
use crate::config::AutoPrompt;
use crate::context::{Context, stdin_line};
use crate::error::Error;
use crate::model::{Kind, Member, Operation, Words};

type Given = Vec<(&'static Member, Words)>;

/// Prompts for the missing members.
pub(super) fn fill(operation: Operation, given: &mut Given, how: AutoPrompt, context: &Context) -> anyhow::Result<()> {
    let members = operation.input();
    let is_missing = |member: &&Member| !given.iter().any(|(given, _)| given.name == member.name);
    let (required, optional): (Vec<_>, Vec<_>) = members.iter().filter(is_missing).partition(|member| member.required);
    let asked = match how {
        AutoPrompt::Off => return Ok(()),
        AutoPrompt::OnPartial if required.is_empty() => return Ok(()),
        AutoPrompt::OnPartial => required,
        AutoPrompt::On => [required, optional].concat(),
    };
    if !context.stdin_is_terminal || !context.stderr_is_terminal {
        let problem = "--cli-auto-prompt needs a terminal on standard input and standard error";
        return Err(Error::other(problem).into());
    }
    runtime::block_on(context, async {
        for member in asked {
            given.extend(ask(member, context).await?.map(|words| (member, words)));
        }
        // In the model's order, like options.
        given.sort_by_key(|(given, _)| members.iter().position(|member| member.name == given.name));
        Ok(())
    })
}

/// Prompts for one member; `None` if an optional member is skipped.
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
        return Ok(match (answer.is_empty(), is_list) {
            (true, _) if member.required => continue,
            (true, _) => None,
            (false, true) => Some(Words::Many(answer.split_whitespace().map(str::to_owned).collect())),
            (false, false) => Some(Words::One(answer)),
        });
    }
}

/// Reads a line on a separate thread, so that Ctrl-C interrupts it like any other wait.
async fn line(member: &Member, prompt: &str, context: &Context) -> anyhow::Result<String> {
    let line = if member.sensitive {
        let hidden = (context.hidden_input)(prompt)?;
        tokio::task::spawn_blocking(hidden.line()).await?
    } else {
        context.write_stderr(prompt);
        tokio::task::spawn_blocking(stdin_line).await?
    };
    line.map_err(|error| unanswered(member.option, &error).into())
}
