//! The path that all four operations share: settings, input, request, answer.
//!
//! Everything that can be wrong on our side is found out before the request: a code or a refresh token works once. The
//! order of the checks is the AWS CLI's, so that of two mistakes the same one is reported. Templates come first and look
//! at nothing. May import everything.

use serde_json::{Map, Value};

use super::clients::{self, http_options};
use super::printing::Printing;
use super::prompt;
use super::{runtime, signing};
use crate::cli::{self, GlobalArgs, OperationArgs};
use crate::config::{self, Config, Located};
use crate::context::Context;
use crate::endpoint::Service;
use crate::error::Error;
use crate::input::{self, Document, Files, Input, skeleton};
use crate::model::{Kind, Member, Operation};
use crate::oidc::OidcClient;
use crate::output::{self, Format, QueryError, Style};
use crate::secret::redacted;
use crate::services::{Endpoint, Services};

/// Makes the call and prints its answer, or prints the template that was asked for.
pub(super) fn run(args: OperationArgs, global: &GlobalArgs, context: &Context) -> anyhow::Result<()> {
    refuse_contradictions(global)?;
    let OperationArgs { operation, mut given, input } = args;
    let made_up = match input.generate_cli_skeleton.as_deref() {
        None => false,
        Some("output") => true,
        Some(kind) => return template(operation, kind == "yaml-input", context),
    };
    let document = Document::of(input.cli_input_json.as_deref(), input.cli_input_yaml.as_deref())?;
    let config = Config::load(context, global.profile.as_deref());
    if document.is_none() && !made_up {
        prompt::complete(operation, &mut given, prompt::wanted(global, config.as_ref().ok(), context), context)?;
    }
    if document.is_none() {
        let hint = cli::help_hint(Some(operation.command()), global.as_aws);
        input::require_options(operation, &given).map_err(|error| error.hint(hint))?;
    }
    let config = config?;
    let settings = config::client_settings(context, &config, &clients::overrides(global))?;
    let settings = signing::located(settings, &config, context)?;
    let printing = Printing::settle(global, &config, context)?;
    let expand = |path: &str| config::expand_path(path, context);
    let stdin = || context.read_stdin();
    let files = Files { expand: &expand, encoding: context.var_not_empty("AWS_CLI_FILE_ENCODING"), stdin: &stdin };
    let input = Input::load(given, document.as_ref(), &files)?;
    let services = Services::new(http_options(context, &settings), settings.clone());
    let Endpoint { url, region } = endpoint(&services, settings.require_region()?)?;
    let members = input.checked(operation)?;
    let answer = if made_up {
        skeleton::output(operation)
    } else {
        let service = OidcClient::new(services.http().clone(), url);
        runtime::block_on(context, async {
            let signing = signing::of(operation, &region, global, &config, &settings, context).await?;
            Ok(service.call(operation, &members, signing.as_ref()).await?)
        })?
    };
    let secrets = secrets(operation.output(), &answer);
    printing.print(Value::Object(answer), operation.name(), context).map_err(|error| match error.downcast() {
        Ok(query) => hide(query, &secrets).into(),
        Err(error) => error,
    })
}

/// The secret texts of an answer.
fn secrets(members: &[Member], answer: &Map<String, Value>) -> Vec<String> {
    let of = |member: &Member| match (&member.kind, answer.get(member.name)) {
        (Kind::Structure(members), Some(Value::Object(inner))) => secrets(members, inner),
        (_, Some(Value::String(text))) if member.sensitive => vec![text.clone()],
        _ => Vec::new(),
    };
    members.iter().flat_map(of).collect()
}

/// The error of a query without the secrets of the response; the AWS CLI prints the whole value.
fn hide(error: QueryError, secrets: &[String]) -> QueryError {
    let secrets: Vec<&str> = secrets.iter().map(String::as_str).collect();
    match error {
        QueryError::Evaluation(reason) => QueryError::Evaluation(redacted(&reason, &secrets)),
        QueryError::Syntax(_) | QueryError::Call(_) => error,
    }
}

/// The endpoint of the service, and the region to sign for.
fn endpoint(services: &Services, region: &Located<String>) -> Result<Endpoint, Error> {
    services
        .endpoint(Service::Oidc, &region.value)
        .map_err(|error| if error.advice().is_some() { error } else { error.value_from(&region.origin) })
}

fn refuse_contradictions(global: &GlobalArgs) -> Result<(), Error> {
    if global.cli_auto_prompt && global.no_cli_auto_prompt {
        let problem = "Both --cli-auto-prompt and --no-cli-auto-prompt cannot be specified at the same time.";
        return Err(Error::validation(problem));
    }
    Ok(())
}

/// Prints a template of the input: never through a pager, whatever `--output` and `--query` say.
fn template(operation: Operation, yaml: bool, context: &Context) -> anyhow::Result<()> {
    let bytes = if yaml {
        skeleton::yaml_input(operation).into_bytes()
    } else {
        output::render(&skeleton::input(operation), Format::Json, operation.name(), &Style::PLAIN)?
    };
    context.print(&bytes)?;
    Ok(())
}
