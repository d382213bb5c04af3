//! `configure`: profiles for the roles of a session, in the form of `aws configure sso`.
//!
//! This file combines the options. `roles` finds the roles and their profiles, with the lists of `accounts` and the
//! names of `names`; `config` writes all profiles at once.

mod accounts;
mod names;
mod roles;

use serde_json::{Value, json};

use super::printing::Output;
use super::prompt::Prompt;
use super::selection::Selection;
use super::{choices, clients, print_source, runtime, token};
use crate::cache::TokenCache;
use crate::cli::{ConfigureArgs, GlobalArgs, LoginArgs};
use crate::config::{self, Config, NewProfile, Origin, Saved, Session, SessionOptions, Setting, When};
use crate::context::{Context, Style};
use crate::error::Error;
use crate::login::LoginRequest;
use crate::login::notice::Notices;
use crate::text::{counted, for_terminal};
use accounts::Lister;
use names::Template;
use roles::{Listing, Roles};

/// Writes profiles, or prints them or the list of roles.
pub(super) fn run(args: &ConfigureArgs, global: &GlobalArgs, context: &Context) -> anyhow::Result<()> {
    let as_data = !global.as_aws && (global.output.is_some() || global.query.is_some());
    check(args, global, as_data)?;
    let template = Template::new(args.name.as_deref())?;
    let ConfigureArgs { no_browser, use_device_code, ref interactive, .. } = *args;
    let interactive = interactive.clone();
    let login = LoginArgs { use_device_code, no_browser, interactive, ..LoginArgs::default() };
    let choices = choices::of_login(&login, context)?;
    let (config, profile) = configuration(args.all || as_data, global, context)?;
    let output = as_data.then(|| Output::resolve(global, &config, context)).transpose()?;
    let services = clients::for_session(context, &config, global)?;
    let cache = TokenCache::in_home(context.require_home()?);
    let is_complete = args.all || as_data || args.account_id.is_some() && args.role_name.is_some();
    // `aws configure sso` asks, too.
    let prompt = if is_complete { None } else { Prompt::new(choices.interactive, false, context) };
    let options = SessionOptions { as_aws: false, ..token::options(&args.session, &config, global, context) };
    let (choices, services, cache, config) = (&choices, &services, &cache, &config);
    let session = &session(&Selection { prompt, services, cache, config, context }, options)?;
    if !as_data && !args.dry_run {
        config::check_writable(config)?;
    }
    let may_exist = args.overwrite || global.as_aws;
    if let Some(name) = profile.clone().filter(|_| !may_exist) {
        refuse_early(name, args, session, config)?;
    }
    crate::login::check(session, choices)?;
    services.check(&session.region)?;
    let notices = if global.as_aws { Notices::new(context, false, true) } else { Notices::on_stderr(context) };
    let request = LoginRequest { session, choices, services, cache, config, notices: &notices, context };
    let roles = Roles {
        args,
        profile: profile.as_deref(),
        region: given(global.region.as_deref()),
        may_exist,
        config,
        session,
        lister: Lister::new(request),
        prompt,
    };
    let profiles = runtime::block_on(context, async {
        if let Some(output) = output {
            output.print(document(&roles.listing().await?, session), "Configure", context)?;
            return Ok(Vec::new());
        }
        Ok(if args.all { roles.all(&template).await? } else { vec![roles.one(&template).await?] })
    })?;
    if as_data {
        return Ok(());
    }
    let new_region = roles.lister.new_region.take();
    if let (Some(region), Origin::File(_), false) = (&new_region, &session.region.origin, args.dry_run) {
        config::set_sso_region(config, session, region, context)?;
        notices.region_updated(region)?;
    }
    let region = new_region.unwrap_or_else(|| session.region.value.clone());
    Writing { args, global, config, session, region, context }.save(&profiles)
}

/// Refuses options that contradict each other.
fn check(args: &ConfigureArgs, global: &GlobalArgs, as_data: bool) -> Result<(), Error> {
    let writes = args.all || args.dry_run || args.overwrite || args.name.is_some() || args.output_format.is_some();
    if as_data && writes {
        let problem = "--output and --query print the accounts and roles and write no profile; they cannot be used with \
                       --all, --name, --output-format, --overwrite or --dry-run";
        return Err(Error::validation(problem));
    }
    if args.name.is_some() && given(global.profile.as_deref()).is_some() && !args.all {
        return Err(Error::validation("--name cannot be used with --profile, except with --all"));
    }
    given(global.region.as_deref()).map_or(Ok(()), crate::endpoint::check_region)
}

/// The value of an option; an empty one counts as absent.
fn given(value: Option<&str>) -> Option<&str> {
    value.filter(|value| !value.is_empty())
}

/// The configuration, and the profile to write if it is named: by `--profile`; called as `aws`, also by a variable. A
/// profile to write selects the session only if it has one. If several profiles are written, `--profile` selects the
/// session, as for other commands.
fn configuration(several: bool, global: &GlobalArgs, context: &Context) -> Result<(Config, Option<String>), Error> {
    if several {
        return Ok((Config::load(context, global.profile.as_deref())?, None));
    }
    let config = Config::read(context, global.profile.as_deref())?;
    let is_named = config.profile_was_named_by_option() || global.as_aws && config.profile_was_named();
    let name = is_named.then(|| config.profile_name().to_owned());
    if ["sso_session", "sso_start_url"].iter().any(|key| config.get(key).is_some()) {
        return Ok((config, name));
    }
    let config = Config::read(context, None)?;
    Ok((if config.selected().is_some() { config } else { config.with_default_profile() }, name))
}

/// The session that is selected, or chosen.
fn session(selection: &Selection<'_>, options: SessionOptions<'_>) -> anyhow::Result<Session> {
    let Selection { config, context, .. } = *selection;
    let session = Session::resolve(config, &selection.of(options)?.0)?;
    print_source(&session, config, context);
    Ok(session)
}

/// Whether the session has a name that the config file does not have yet.
fn is_new(session: &Session, config: &Config) -> bool {
    session.name.as_deref().is_some_and(|name| config.sso_session(name).is_none())
}

/// Fails if what is known of the only profile differs from what exists, before a login in vain.
fn refuse_early(name: String, args: &ConfigureArgs, session: &Session, config: &Config) -> Result<(), Error> {
    let known =
        [("sso_session", &session.name), ("sso_account_id", &args.account_id), ("sso_role_name", &args.role_name)];
    let setting = |(key, value): (_, &Option<String>)| Some(Setting { key, value: value.clone()?, when: When::Always });
    let known = [NewProfile { name, settings: known.into_iter().filter_map(setting).collect() }];
    refuse(args, config, &known, &config.preview(&known, false))
}

/// Fails if the only profile exists with other settings.
fn refuse(args: &ConfigureArgs, config: &Config, profiles: &[NewProfile], saved: &[Saved]) -> Result<(), Error> {
    let ([profile], [Saved::Kept], false) = (profiles, saved, args.all) else { return Ok(()) };
    let place = config.profile(&profile.name).map(|section| format!(": {}", section.place())).unwrap_or_default();
    let message = format!("the profile {} already exists with different settings{place}", profile.name);
    let hint = "pass --overwrite to replace them, or --profile to write another profile";
    Err(Error::validation(message).hint(hint))
}

/// The accounts and roles as data.
fn document(listing: &Listing, session: &Session) -> Value {
    let accounts = listing.iter().map(|(account, roles)| {
        json!({
            "accountId": account.id,
            "accountName": account.name,
            "emailAddress": account.email,
            "roles": roles,
        })
    });
    json!({
        "session": session.name,
        "startUrl": session.start_url.value,
        "accounts": accounts.collect::<Vec<_>>(),
    })
}

/// Profiles to write or to print.
struct Writing<'a> {
    args: &'a ConfigureArgs,
    global: &'a GlobalArgs,
    config: &'a Config,
    session: &'a Session,
    /// The region of the Identity Center instance.
    region: String,
    context: &'a Context,
}

impl Writing<'_> {
    fn save(&self, profiles: &[NewProfile]) -> anyhow::Result<()> {
        let overwrite = self.args.overwrite || self.global.as_aws;
        for profile in profiles.iter().filter(|_| overwrite) {
            self.check_replaceable(&profile.name)?;
        }
        let planned = self.config.preview(profiles, overwrite);
        refuse(self.args, self.config, profiles, &planned)?;
        let session = &self.session;
        let scopes = session.scopes.as_deref().unwrap_or_default().join(",");
        let keys = [
            ("sso_start_url", session.start_url.value.as_str()),
            ("sso_region", &self.region),
            ("sso_registration_scopes", &scopes),
        ];
        let new_session = session.name.as_deref().filter(|_| is_new(session, self.config));
        if self.args.dry_run {
            let session = new_session.map(|name| config::session_section(name, &keys));
            let written =
                profiles.iter().zip(&planned).filter(|(_, what)| matches!(what, Saved::Added | Saved::Replaced));
            let sections: Vec<_> = session.into_iter().chain(written.map(|(profile, _)| profile.section())).collect();
            self.context.print_text(&sections.join("\n"))?;
            self.report(profiles, &planned);
            return Ok(());
        }
        let session = new_session.map(|name| (name, &keys[..]));
        let saved = config::save_profiles(self.config, session, profiles, overwrite, self.context)?;
        refuse(self.args, self.config, profiles, &saved)?;
        self.report(profiles, &saved);
        let is_new = |what: &Saved| matches!(what, Saved::Added | Saved::Replaced);
        let first_new = saved.iter().position(is_new).or((!self.args.all).then_some(0));
        first_new.map_or(Ok(()), |at| self.next_step(&profiles[at].name))
    }

    /// Refuses a profile in which the new keys would have no effect.
    fn check_replaceable(&self, name: &str) -> Result<(), Error> {
        let Some(present) = self.config.profile(name) else { return Ok(()) };
        let key = match self.session.name {
            _ if present.has_role() => "role_arn",
            None if present.get("sso_session").is_some() => "sso_session",
            _ => return Ok(()),
        };
        let message = format!("cannot write the profile {name}: its {key} would take precedence over the new settings");
        Err(Error::validation(message).hint(format!("remove {key} from {}, or use another name", present.place())))
    }

    /// Prints what has happened, or what would happen.
    fn report(&self, profiles: &[NewProfile], saved: &[Saved]) {
        let path = self.config.config_path().display();
        let (done, planned) = (["saved", "added", "replaced"], ["would save", "would add", "replace"]);
        let [save, add, replace] = if self.args.dry_run { planned } else { done };
        if let ([profile], [what]) = (profiles, saved) {
            let name = &profile.name;
            self.success(&match what {
                Saved::Added | Saved::Replaced => format!("{save} [profile {name}] in {path}"),
                Saved::Unchanged | Saved::Kept => format!("[profile {name}] in {path} is up to date"),
            });
            return;
        }
        let names =
            |which| profiles.iter().zip(saved).filter(move |(_, what)| **what == which).map(|(it, _)| &*it.name);
        let count = |which| names(which).count();
        let (replaced, unchanged, kept) = (count(Saved::Replaced), count(Saved::Unchanged), count(Saved::Kept));
        let replaced = if replaced > 0 { format!(", {replace} {replaced}") } else { String::new() };
        let unchanged = if unchanged > 0 { format!(", {unchanged} unchanged") } else { String::new() };
        let added = counted(count(Saved::Added), "profile");
        self.success(&format!("{add} {added}{replaced}{unchanged} in {path}"));
        if kept > 0 {
            let (kept, names) = (counted(kept, "profile"), names(Saved::Kept).collect::<Vec<_>>().join(", "));
            let line = format!("kept {kept} with different settings: {names}; pass --overwrite to replace them");
            self.context.message(&for_terminal(&line));
        }
    }

    /// Prints a line about a success, with a mark on a terminal.
    fn success(&self, line: &str) {
        let is_marked = self.context.stderr_is_terminal && !self.args.dry_run;
        let mark = if is_marked { self.context.paint(Style::Good, "✓") + " " } else { String::new() };
        self.context.styled_message(&(mark + &for_terminal(line)));
    }

    /// Prints what to do next, in AWS's words if the program was called as `aws`.
    fn next_step(&self, name: &str) -> anyhow::Result<()> {
        let option = config::profile_option(name);
        if !self.global.as_aws {
            let indent = if self.context.stderr_is_terminal { "  " } else { "" };
            let step = self.context.paint(Style::Secondary, &format!("{indent}try: aws s3 ls{option}"));
            self.context.styled_message(&step);
            return Ok(());
        }
        let words = match name {
            "default" => {
                "The AWS CLI is now configured to use the default profile.\nRun the following command to verify \
                          your configuration:"
            }
            _ => "To use this profile, specify the profile name using --profile, as shown:",
        };
        Ok(self.context.print_text(&format!("{words}\n\naws sts get-caller-identity{option}\n"))?)
    }
}
