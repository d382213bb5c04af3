//! `login`: options and configuration in, a stored token and its words out.
//!
//! Which sessions are meant and what the options mean together is here. The order of a login is in `login`, its words are
//! in `login::notice`, and the settings of a session are in `config::session`.

use std::time::Duration;

use crate::cache::TokenCache;
use crate::cli::{GlobalArgs, LoginArgs};
use crate::config::{self, Config, DEFAULT_SCOPE, Located, Origin, Session, SessionOptions};
use crate::context::Context;
use crate::error::Error;
use crate::login::notice::{LoggedIn, Notices};
use crate::login::{self, Flow, FlowChoice, Interactive, Login, LoginError, LoginRequest, Silent};
use crate::output::Style;
use crate::report;
use crate::services::Services;
use crate::session::{LoginNeeded, Wanted};

use super::{clients, duration, runtime, wanted, wants_events};

/// Signs in to one session, or to several; the exit code is that of the worst. Whatever fails is an event, too.
pub(super) fn run(args: &LoginArgs, global: &GlobalArgs, context: &Context) -> anyhow::Result<u8> {
    let notices = Notices::new(context, wants_events(global, context));
    sign_in(args, global, context, &notices).inspect_err(|error| {
        let session = if let [name] = &args.sso_session[..] { Some(name.as_str()) } else { None };
        tell_program(&notices, session, error);
    })
}

fn sign_in(args: &LoginArgs, global: &GlobalArgs, context: &Context, notices: &Notices<'_>) -> anyhow::Result<u8> {
    let config = Config::load(context, global.profile.as_deref())?;
    let options = Options::read(args, context)?;
    let names = session_names(args, &config)?;
    let services = clients::for_session(context, &config, global)?;
    let run = Run {
        context,
        config: &config,
        services: &services,
        cache: TokenCache::in_home(context.require_home()?),
        notices,
        options,
        args,
    };
    if let [name] = names[..] {
        let settings = run.settings(name)?;
        let login = runtime::block_on(context, run.one(&settings))?;
        run.finish(&settings, &login)?;
        return Ok(0);
    }
    runtime::block_on(context, run.many(&names))
}

/// Which sessions are meant; `None` is the profile's own.
fn session_names<'a>(args: &'a LoginArgs, config: &'a Config) -> anyhow::Result<Vec<Option<&'a str>>> {
    if args.all {
        let names: Vec<_> = config.sso_sessions().map(|(name, _)| Some(name)).collect();
        if names.is_empty() {
            let hint = format!("{} has no [sso-session NAME] section", config.described());
            return Err(Error::configuration("No sso-sessions are configured.").hint(hint).into());
        }
        return Ok(names);
    }
    if args.sso_session.len() > 1 && args.start_url.is_some() {
        return Err(Error::validation("--start-url cannot be used with more than one --sso-session").into());
    }
    let mut names: Vec<Option<&str>> = Vec::new();
    for name in &args.sso_session {
        if !names.contains(&Some(name)) {
            names.push(Some(name));
        }
    }
    Ok(if names.is_empty() { vec![None] } else { names })
}

/// What the options say, checked before anything happens.
struct Options {
    min_ttl: Duration,
    timeout: Option<Duration>,
    redirect_port: Option<u16>,
    interactive: Interactive,
    flow: Option<FlowChoice>,
}

impl Options {
    fn read(args: &LoginArgs, context: &Context) -> anyhow::Result<Self> {
        let min_ttl = duration("--min-ttl", args.min_ttl.as_deref())?;
        let timeout = duration("--timeout", args.timeout.as_deref())?;
        let port = args.redirect_port.as_deref().map(|text| {
            let port = text.parse().ok().filter(|port| *port != 0);
            port.ok_or_else(|| bad_value("--redirect-port", text, "give a number from 1 to 65535"))
        });
        let interactive = choice(args.interactive.as_deref(), "--interactive", "SSO_OIDC_INTERACTIVE", context);
        let interactive = interactive
            .map(|(name, text)| text.parse().map_err(|()| bad_value(name, &text, "choose auto, always or never")));
        let flow = choice(args.flow.as_deref(), "--flow", "SSO_OIDC_FLOW", context).map(|(name, text)| {
            text.parse().map_err(|_| bad_value(name, &text, "choose auto, authorization-code or device-code"))
        });
        let flow = flow.transpose()?;
        Ok(Self {
            min_ttl: min_ttl.unwrap_or_default(),
            timeout,
            redirect_port: port.transpose()?,
            interactive: interactive.transpose()?.unwrap_or_default(),
            flow: if args.use_device_code { Some(FlowChoice::Fixed(Flow::DeviceCode)) } else { flow },
        })
    }
}

/// The option, else the variable, with its name.
fn choice(
    option: Option<&str>,
    name: &'static str,
    variable: &'static str,
    context: &Context,
) -> Option<(&'static str, String)> {
    option.map(|text| (name, text.to_owned())).or_else(|| Some((variable, context.var_not_empty(variable)?)))
}

fn bad_value(name: &str, text: &str, choices: &str) -> Error {
    Error::validation(format!("argument {name}: invalid value '{text}'; {choices}"))
}

/// Everything that the sessions of one command share.
struct Run<'a> {
    context: &'a Context,
    config: &'a Config,
    services: &'a Services,
    cache: TokenCache,
    notices: &'a Notices<'a>,
    options: Options,
    args: &'a LoginArgs,
}

/// A session that waits for a person, and why.
type Pending<'a> = (Option<&'a str>, Session, Option<Box<LoginNeeded>>);

impl Run<'_> {
    fn settings(&self, name: Option<&str>) -> anyhow::Result<Session> {
        let (start_url, region) = (self.args.start_url.as_deref(), self.args.sso_region.as_deref());
        let mut settings = Session::resolve(self.config, SessionOptions { name, start_url, region })?;
        if self.args.save && settings.name.is_some() {
            // With what is about to be saved, or the next login would find other scopes and ask again.
            settings.scopes.get_or_insert_with(|| vec![DEFAULT_SCOPE.to_owned()]);
        }
        login::start_url::check(&settings.start_url.value, &settings.region.value).map_err(LoginError::from)?;
        self.services.check(&settings.region.value)?;
        Ok(settings)
    }

    /// One session, silently or by asking.
    async fn one(&self, settings: &Session) -> anyhow::Result<Login> {
        match self.silently(settings).await? {
            Silent::Login(login) => Ok(*login),
            Silent::PersonNeeded(why) => self.asking(settings, why).await,
        }
    }

    async fn silently(&self, settings: &Session) -> anyhow::Result<Silent> {
        self.with_request(settings, async |request| Ok(login::silently(request, self.context).await?)).await
    }

    async fn asking(&self, settings: &Session, why: Option<Box<LoginNeeded>>) -> anyhow::Result<Login> {
        self.with_request(settings, async |request| Ok(login::asking(request, self.context, why).await?)).await
    }

    async fn with_request<T>(
        &self,
        settings: &Session,
        then: impl AsyncFnOnce(&LoginRequest<'_>) -> anyhow::Result<T>,
    ) -> anyhow::Result<T> {
        let request = LoginRequest {
            wanted: Wanted { min_ttl: self.options.min_ttl, ..wanted::of(settings) },
            flow: self.flow(settings)?,
            redirect_port: self.options.redirect_port.or(settings.redirect_port()?),
            opens_browser: !self.args.no_browser,
            browser_command: self.args.browser_command.clone().or_else(|| settings.browser_command.clone()),
            shows_qr: !self.args.no_qr,
            force: self.args.force,
            new_session: self.args.new_session,
            interactive: self.options.interactive,
            timeout: self.options.timeout,
            settings: settings.described(),
            cache: &self.cache,
            client: &|region: &str| self.services.oidc(region),
            portal: &|region: &str| self.services.portal(region),
            http: self.services.http(),
            notices: self.notices,
            exit_code: report::login_exit_code,
        };
        then(&request).await
    }

    /// Option, variable, the session's key, else what fits.
    fn flow(&self, settings: &Session) -> anyhow::Result<FlowChoice> {
        if let Some(flow) = self.options.flow {
            return Ok(flow);
        }
        let Some(Located { value, origin }) = &settings.flow else { return Ok(FlowChoice::Auto) };
        value.parse().map_err(|error| {
            let error = Error::configuration(format!("Bad sso_login_flow: {error}"));
            error.value_from(origin).into()
        })
    }

    /// Several sessions: the silent ones first, then those that need a person, one after another. A failure does not keep
    /// the others from their turn.
    async fn many(&self, names: &[Option<&str>]) -> anyhow::Result<u8> {
        let mut tally = Tally::default();
        let mut pending: Vec<Pending<'_>> = Vec::new();
        for &name in names {
            let silent = async {
                let settings = self.settings(name)?;
                let silent = self.silently(&settings).await?;
                anyhow::Ok((settings, silent))
            };
            match silent.await {
                Ok((settings, Silent::PersonNeeded(why))) => pending.push((name, settings, why)),
                Ok((settings, Silent::Login(login))) => self.conclude(name, Ok((settings, *login)), &mut tally)?,
                Err(error) => self.conclude(name, Err(error), &mut tally)?,
            }
        }
        for (name, settings, why) in pending {
            let outcome = self.asking(&settings, why).await.map(|login| (settings, login));
            self.conclude(name, outcome, &mut tally)?;
        }
        self.context.say(&format!("{} of {} sessions are signed in", tally.signed_in, names.len()));
        Ok(tally.worst)
    }

    fn conclude(
        &self,
        name: Option<&str>,
        outcome: anyhow::Result<(Session, Login)>,
        tally: &mut Tally,
    ) -> anyhow::Result<()> {
        let outcome = outcome.and_then(|(settings, login)| {
            tally.signed_in += 1;
            self.finish(&settings, &login)
        });
        match outcome {
            Ok(()) => {}
            // Nobody reads our output any more.
            Err(error) if report::is_silent(&error) => return Err(error),
            Err(error) => {
                tell_program(self.notices, name, &error);
                let label = name.unwrap_or("the profile");
                self.context.say(&format!(
                    "{label}: {}",
                    report::render(&error, report::ErrorFormat::default(), &Style::PLAIN, true).trim()
                ));
                tally.worst = worse(tally.worst, report::exit_code(&error));
            }
        }
        Ok(())
    }

    /// What is written after a login: the region that the start URL led to, what was to be saved, the last line.
    fn finish(&self, settings: &Session, login: &Login) -> anyhow::Result<()> {
        let region = login.new_region.as_deref().unwrap_or(&settings.region.value);
        if self.args.save {
            self.save(settings, region)?;
        } else if let (Some(region), Origin::File(_)) = (&login.new_region, &settings.region.origin) {
            config::set_sso_region(self.config, settings, region)?;
            self.notices.region_updated(region)?;
        }
        self.notices.logged_in(&LoggedIn {
            start_url: &settings.start_url.value,
            session: settings.name.as_deref(),
            region,
            expires_at: login.token.expires_at,
            how: login.how,
        })?;
        Ok(())
    }

    fn save(&self, settings: &Session, region: &str) -> anyhow::Result<()> {
        let mut pairs = vec![("sso_start_url", settings.start_url.value.as_str()), ("sso_region", region)];
        let path = self.config.config_path().display();
        if let Some(name) = &settings.name {
            let scopes = settings.scopes.as_deref().unwrap_or_default().join(",");
            pairs.push(("sso_registration_scopes", &scopes));
            config::save_sso_session(self.config, name, &pairs)?;
            self.context.say(&format!("saved [sso-session {name}] in {path}"));
        } else {
            config::save_profile(self.config, &settings.profile, &pairs)?;
            self.context.say(&format!("saved the start URL in the profile {} of {path}", settings.profile));
        }
        Ok(())
    }
}

/// The event of a failure; a program that does not listen any more is not told.
fn tell_program(notices: &Notices<'_>, session: Option<&str>, error: &anyhow::Error) {
    let _ = notices.failed(session, report::exit_code(error), &error.to_string());
}

/// How several logins ended.
#[derive(Default)]
struct Tally {
    signed_in: usize,
    worst: u8,
}

/// Of two exit codes the worse: 130, 255, 254, 253, 4, 0.
fn worse(one: u8, other: u8) -> u8 {
    const ORDER: [u8; 6] = [130, 255, 254, 253, 4, 0];
    let rank = |code| ORDER.iter().position(|known| *known == code).unwrap_or(1);
    if rank(one) <= rank(other) { one } else { other }
}
