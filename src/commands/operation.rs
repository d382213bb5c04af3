//! The four operations: settings, input, request, response.
//!
//! All local errors are found before the request, because a code or a refresh token works only once. Checks are made in
//! the AWS CLI's order, so that the same one of two errors is reported. Skeletons come first and read no file.

use std::time::Duration;

use serde_json::Value;

use super::clients::{self, http_options};
use super::printing::Output;
use super::{auto_prompt, runtime};
use crate::cli::{self, GlobalArgs, OperationArgs};
use crate::config::{self, ClientSettings, Config, Located, Origin};
use crate::context::Context;
use crate::credentials::{self, Chain, Retrieval};
use crate::endpoint::Service;
use crate::error::{self, Error, ServiceError};
use crate::input::{self, Document, Files, Input, skeleton};
use crate::model::Operation;
use crate::oidc::{self, Failure, OidcClient, Signing};
use crate::output::{self, Format, QueryError, Style};
use crate::secret::{Secret, redacted};
use crate::services::{Endpoint, Services};

/// Calls the operation and prints its response, or prints the requested skeleton.
pub(super) fn run(args: OperationArgs, global: &GlobalArgs, context: &Context) -> anyhow::Result<()> {
    let OperationArgs { operation, mut given, input } = args;
    let made_up = match input.generate_cli_skeleton.as_deref() {
        None => false,
        Some("output") => true,
        Some(kind) => return template(operation, kind == "yaml-input", context),
    };
    let document = Document::of(input.cli_input_json.as_deref(), input.cli_input_yaml.as_deref())?;
    let config = Config::load(context, global.profile.as_deref());
    if document.is_none() && !made_up {
        let (on, off) = (global.cli_auto_prompt, global.no_cli_auto_prompt);
        let how = config::auto_prompt(context, config.as_ref().ok(), on, off);
        auto_prompt::fill(operation, &mut given, how, context)?;
    }
    if document.is_none() {
        let hint = cli::help_hint(Some(operation.command()), global.as_aws);
        input::require_options(operation, &given).map_err(|error| error.hint(hint))?;
    }
    let config = config?;
    let settings = config::client_settings(context, &config, &clients::overrides(global))?;
    let settings = with_region(settings, &config, context)?;
    let output = Output::resolve(global, &config, context)?;
    let expand = |path: &str| config::expand_path(path.as_ref(), context);
    let stdin = || context.read_stdin();
    let files = Files { expand: &expand, encoding: context.var_not_empty("AWS_CLI_FILE_ENCODING"), stdin: &stdin };
    let input = Input::load(given, document.as_ref(), &files)?;
    let services = Services::new(http_options(context, &settings), settings.clone());
    let Endpoint { url, region } =
        services.endpoint_in(Service::Oidc, settings.region.as_ref().ok_or_else(Error::no_region)?)?;
    let members = input.checked(operation)?;
    let answer = if made_up {
        skeleton::output(operation)
    } else {
        let service = OidcClient::new(services.http.clone(), url);
        runtime::block_on(context, async {
            let signing = signing(operation, &region, global, &config, &settings, context).await?;
            Ok(service.call(operation, &members, signing.as_ref()).await.map_err(explained)?)
        })?
    };
    let (sent, answer) = (Value::Object(members), Value::Object(answer));
    let secrets = [oidc::secrets(operation.input(), &sent), oidc::secrets(operation.output(), &answer)].concat();
    let secrets: Vec<Secret> = secrets.into_iter().map(Secret::new).collect();
    output.print(answer, operation.name(), context).map_err(|error| match error.downcast() {
        Ok(query) => hide(query, &secrets).into(),
        Err(error) => error,
    })
}

/// The settings, with the region of the EC2 instance if none is configured, as in the AWS CLI.
fn with_region(mut settings: ClientSettings, config: &Config, context: &Context) -> anyhow::Result<ClientSettings> {
    if settings.region.is_none() {
        let options = http_options(context, &settings);
        let find =
            async { Ok(credentials::region_of_instance(context, config, &options).await.map_err(without_name)?) };
        let region = runtime::block_on(context, find)?;
        settings.region = region.map(|region| Located::new(region, Origin::Instance));
    }
    Ok(settings)
}

/// The service's error. `CreateTokenWithIAM` refuses without a reason, so the usual ones are a hint.
fn explained(failure: Failure) -> Error {
    let is_signed =
        matches!(&failure, Failure::Fault(fault) if fault.operation == Operation::CreateTokenWithIam.name());
    let is_refusal = |answer: &ServiceError| {
        let codes = ["AccessDeniedException", "InvalidClientException"];
        let description = answer.details.get("error_description").and_then(Value::as_str).unwrap_or_default();
        codes.contains(&&*answer.code) && answer.message.is_empty() && description.is_empty()
    };
    let error = Error::from(failure);
    if !is_signed || !error.answer().is_some_and(is_refusal) {
        return error;
    }
    error.hint(
        "check that the user of the token exists in this Identity Center and is assigned to the application, that --region \
         is the region of the application, and that the application's credentials policy allows the identity that signs"
    )
}

/// The credentials to sign with; `None` if the operation is not signed, or with `--no-sign-request`.
async fn signing(
    operation: Operation,
    region: &str,
    global: &GlobalArgs,
    config: &Config,
    settings: &ClientSettings,
    context: &Context,
) -> anyhow::Result<Option<Signing>> {
    if !operation.is_signed() || global.no_sign_request {
        return Ok(None);
    }
    let settings_of_chain = config::client_settings(context, config, &clients::without_endpoint(global))?;
    let mut options = http_options(context, settings);
    options.proxies = options.proxies.direct_to_loopback();
    let services = Services::new(options, settings_of_chain);
    let chain = Chain { context, config, prefers_named_profile: false };
    let retrieval = Retrieval { context, config, services: &services, region, variable: None, is_for_operation: true };
    let found = async { chain.provider()?.credentials(&retrieval, Duration::ZERO).await };
    let credentials = found.await.map_err(without_name)?;
    Ok(Some(Signing::new(&credentials, region)))
}

/// Removes the secrets from the error of a query; the AWS CLI prints the whole value.
fn hide(error: QueryError, secrets: &[Secret]) -> QueryError {
    let secrets: Vec<&str> = secrets.iter().map(Secret::expose).collect();
    match error {
        QueryError::Evaluation(reason) => QueryError::Evaluation(redacted(&reason, &secrets)),
        QueryError::Syntax(_) | QueryError::Call(_) => error,
    }
}

/// Prints an input skeleton, never through a pager, and regardless of `--output` and `--query`.
fn template(operation: Operation, yaml: bool, context: &Context) -> anyhow::Result<()> {
    let bytes = if yaml {
        skeleton::yaml_input(operation).into_bytes()
    } else {
        output::render(&skeleton::input(operation), Format::Json, operation.name(), &Style::PLAIN)?
    };
    context.print(&bytes)?;
    Ok(())
}

/// Removes the kind from an error of the credential chain: the AWS CLI prints none there and exits with 255.
fn without_name(error: Error) -> Error {
    use error::Kind::{Configuration, HomeUnusable, LoginNeeded, Other};
    if matches!(error.kind(), Configuration | HomeUnusable | LoginNeeded) { error.as_kind(Other) } else { error }
}
