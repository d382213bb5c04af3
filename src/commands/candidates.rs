//! Completions of the last word: commands, options, and values from config files and folders.
//!
//! `cli` determines the kind of word to complete. Completion sends no request and reports no error: a file that cannot
//! be read yields no completions.

use std::path::{MAIN_SEPARATOR, is_separator};

use clap::{Arg, Command};

use crate::cli::{self, Cli, Place};
use crate::config::{self, Config, DEFAULT_SCOPE, Section};
use crate::context::Context;
use crate::endpoint;
use crate::login::{FlowChoice, Interactive};

/// A value and its description.
type Candidate = (String, String);

const GRANTS: [&str; 5] = [
    "authorization_code",
    "refresh_token",
    "urn:ietf:params:oauth:grant-type:device_code",
    "urn:ietf:params:oauth:grant-type:jwt-bearer",
    "urn:ietf:params:oauth:grant-type:token-exchange",
];
const FILES: [&str; 2] = ["file://", "fileb://"];

/// The completions of the last word.
pub(super) fn of(words: &[String], context: &Context) -> Vec<Candidate> {
    let cli = Cli::command();
    let typed = words.last().map_or("", String::as_str);
    match cli::place(&cli, words) {
        (_, Place::Command) => beginning(commands(&cli), typed),
        (command, Place::Option(free)) => beginning(options(&free, command.is_none()), typed),
        (command, Place::Value { of, before, typed }) => {
            let values = values(of, command, &typed, &cli, context);
            values.into_iter().map(|(value, help)| (before.clone() + &value, help)).collect()
        }
        (_, Place::Unknown) => Vec::new(),
    }
}

fn beginning(all: impl IntoIterator<Item = Candidate>, typed: &str) -> Vec<Candidate> {
    all.into_iter().filter(|(value, _)| value.starts_with(typed)).collect()
}

fn plain<'a>(values: impl IntoIterator<Item = &'a str>) -> Vec<Candidate> {
    values.into_iter().map(|value| (value.to_owned(), String::new())).collect()
}

fn commands(cli: &Command) -> Vec<Candidate> {
    let visible = cli.get_subcommands();
    let about = |command: &Command| command.get_about().map(ToString::to_string).unwrap_or_default();
    visible.map(|command| (command.get_name().to_owned(), about(command))).collect()
}

fn options(free: &[&Arg], before_the_command: bool) -> Vec<Candidate> {
    let named = free.iter().filter_map(|arg| Some((format!("--{}", arg.get_long()?), help(arg))));
    let mut all: Vec<Candidate> = named.collect();
    all.push(("--help".to_owned(), "Print help".to_owned()));
    if before_the_command {
        all.push(("--version".to_owned(), "Print version".to_owned()));
    }
    all
}

fn help(arg: &Arg) -> String {
    arg.get_help().map(ToString::to_string).unwrap_or_default()
}

/// Values of an option, or arguments of a command, that start with the typed text.
fn values(of: &Arg, command: Option<&Command>, typed: &str, cli: &Command, context: &Context) -> Vec<Candidate> {
    let is_input = command.is_some_and(|command| command.get_arguments().any(|arg| arg.get_id() == "cli_input_json"))
        && !of.is_global_set();
    if let Some(scheme) = FILES.iter().find(|scheme| is_input && typed.starts_with(**scheme)) {
        let paths = paths(&typed[scheme.len()..], context);
        return paths.into_iter().map(|(path, help)| (format!("{scheme}{path}"), help)).collect();
    }
    let id = of.get_id().as_str().replace('-', "_");
    let all = match id.as_str() {
        "profile" | "sso_session" | "account_id" | "role_name" | "start_url" | "issuer_url" => configured(&id, context),
        "region" | "sso_region" => plain(endpoint::REGIONS),
        "flow" => plain(FlowChoice::VALUES.map(|(name, _)| name)),
        "interactive" => plain(Interactive::VALUES.map(|(name, _)| name)),
        "grant_type" | "grant_types" => plain(GRANTS),
        "client_type" => plain(["public"]),
        "scope" | "scopes" => plain([DEFAULT_SCOPE]),
        "ca_bundle" => paths(typed, context),
        "command" => commands(cli),
        _ => {
            let choices = of.get_possible_values().into_iter();
            let help = |choice: &clap::builder::PossibleValue| choice.get_help().map(ToString::to_string);
            choices.map(|choice| (choice.get_name().to_owned(), help(&choice).unwrap_or_default())).collect()
        }
    };
    let mut all = beginning(all, typed);
    if is_input && !typed.is_empty() {
        all.extend(beginning(plain(FILES), typed));
    }
    all
}

/// Names and values of the config files.
fn configured(what: &str, context: &Context) -> Vec<Candidate> {
    let Ok(config) = Config::read(context, None) else { return Vec::new() };
    let value = |section: &Section<'_>, key| section.get(key).unwrap_or_default().to_owned();
    let mut all: Vec<Candidate> = match what {
        "profile" => {
            let role =
                |section: &Section<'_>| value(section, "sso_account_id") + " " + &value(section, "sso_role_name");
            config.profiles().map(|(name, section)| (name.to_owned(), role(&section).trim().to_owned())).collect()
        }
        "sso_session" => {
            config.sso_sessions().map(|(name, section)| (name.to_owned(), value(&section, "sso_start_url"))).collect()
        }
        key => {
            let key = format!("sso_{}", key.replace("issuer", "start"));
            let sections = config.sso_sessions().chain(config.profiles());
            sections.map(|(name, section)| (value(&section, &key), name.to_owned())).collect()
        }
    };
    let mut seen = std::collections::HashSet::new();
    all.retain(|(value, _)| !value.is_empty() && seen.insert(value.clone()));
    all
}

/// Files and folders, the latter with a trailing separator; hidden ones only after a typed dot.
fn paths(typed: &str, context: &Context) -> Vec<Candidate> {
    let (folder, name) = typed.split_at(typed.rfind(is_separator).map_or(0, |at| at + 1));
    let place = if folder.is_empty() { ".".into() } else { config::expand_path(folder.as_ref(), context) };
    let Ok(entries) = std::fs::read_dir(place) else { return Vec::new() };
    let found = entries.filter_map(|entry| {
        let entry = entry.ok()?;
        let found = entry.file_name().into_string().ok()?;
        if !found.starts_with(name) || found.starts_with('.') && !name.starts_with('.') {
            return None;
        }
        let end = if entry.path().is_dir() { String::from(MAIN_SEPARATOR) } else { String::new() };
        Some((format!("{folder}{found}{end}"), String::new()))
    });
    let mut found: Vec<Candidate> = found.collect();
    found.sort();
    found
}
