//! The questions of the first login on a terminal: start URL, region and name of the session, which is saved afterwards.
//!
//! The region is not asked for if `login` finds it. How questions are asked is in `prompt`.

use url::Url;

use super::prompt::Prompt;
use crate::config::{self, Config, Located, Origin, SessionOptions};
use crate::context::Context;
use crate::endpoint::{self, REGIONS, Service};
use crate::error::Error;
use crate::login;
use crate::services::Services;

/// Asks for what the options leave open, and returns the session to sign in to.
pub(super) async fn ask(
    options: &SessionOptions<'_>,
    prompt: Prompt<'_>,
    services: &Services,
    config: &Config,
    context: &Context,
) -> Result<SessionOptions<'static>, Error> {
    config::check_writable(config)?;
    context.message(&format!("No sso-session is configured in {} yet.", config.config_path().display()));
    let title = "Start URL of your AWS access portal";
    let answer = prompt.ask(title, None, |url| canonical(url).map(drop)).await?;
    let start_url = canonical(&answer).map_err(Error::validation)?;
    if start_url != answer {
        context.message(&format!("Start URL: {start_url}"));
    }
    let region = match &options.region {
        Some(region) => region.clone(),
        None => region(&start_url, prompt, services, context).await?,
    };
    let name = prompt.ask("Session name", Some(&proposed_name(&start_url)), check_name).await?;
    let start_url = Some(Located::new(start_url, Origin::Answer));
    Ok(SessionOptions { name: Some(name.into()), start_url, region: Some(region), ..SessionOptions::default() })
}

/// The start URL as AWS documents it: without the slash and the fragment that a browser shows, which may show no scheme.
fn canonical(answer: &str) -> Result<String, String> {
    let has_scheme = answer.contains("://") || !answer.contains('.');
    let start_url = if has_scheme { answer.to_owned() } else { format!("https://{answer}") };
    let is_valid = !answer.contains('@') && endpoint::classify(&start_url, "-").is_ok();
    let canonical = endpoint::normalized_start_url(&start_url).filter(|_| is_valid);
    canonical.ok_or_else(|| "expected a URL like https://my-company.awsapps.com/start".to_owned())
}

/// The region of the Identity Center: found, or else chosen.
pub(super) async fn region(
    start_url: &str,
    prompt: Prompt<'_>,
    services: &Services,
    context: &Context,
) -> Result<Located<String>, Error> {
    let answer = |region| Located::new(region, Origin::Answer);
    let is_valid = |region: &str| services.endpoint(Service::Oidc, region).is_ok();
    if endpoint::region_of_start_url(start_url).is_none() {
        context.message("Detecting the region from the access portal ...");
    }
    if let Some(region) = login::find_region(&services.http, start_url).await.filter(|region| is_valid(region)) {
        context.message(&format!("Region: {region}"));
        return Ok(answer(region));
    }
    context.message("The access portal does not name its region.");
    let other = "another region".to_owned();
    let items: Vec<String> = REGIONS.iter().map(ToString::to_string).chain([other]).collect();
    let index = prompt.choose("Region of Identity Center", &items).await?;
    if let Some(region) = REGIONS.get(index) {
        return Ok(answer((*region).to_owned()));
    }
    let check =
        |region: &str| if is_valid(region) { Ok(()) } else { Err("expected a region like us-east-1".to_owned()) };
    prompt.ask("Region", None, check).await.map(answer)
}

/// A name from the start URL: `my-company` of my-company.awsapps.com, or the last part of the path if the host has none.
fn proposed_name(start_url: &str) -> String {
    let url = Url::parse(start_url).ok();
    let host = url.as_ref().and_then(Url::domain).unwrap_or_default();
    let label = host.split('.').next().filter(|label| !["", "start", "identitycenter", "localhost"].contains(label));
    let mut path = url.iter().filter_map(|url| url.path_segments()?.next_back());
    let name = label.or_else(|| path.find(|last| !["", "start"].contains(last)));
    name.filter(|name| check_name(name).is_ok()).unwrap_or("sso").to_owned()
}

fn check_name(name: &str) -> Result<(), String> {
    let is_plain = |c: char| c.is_alphanumeric() || " -_.@+".contains(c);
    if name.chars().all(is_plain) { Ok(()) } else { Err("expected letters, digits, spaces and - _ . @ +".to_owned()) }
}

#[cfg(test)]
mod tests {
    use super::{canonical, check_name, proposed_name};

    #[test]
    fn start_urls_are_checked_and_made_canonical() {
        for (answer, expected) in [
            ("https://my-company.awsapps.com/start", Some("https://my-company.awsapps.com/start")),
            ("https://My-Company.awsapps.com/start/#/?tab=accounts", Some("https://my-company.awsapps.com/start")),
            ("https://sso.example.com/", Some("https://sso.example.com")),
            ("http://my-company.awsapps.com/start", None),
            ("my-company.awsapps.com/start/#/", Some("https://my-company.awsapps.com/start")),
            ("sso.example.com:8443", Some("https://sso.example.com:8443")),
            ("me@example.com", None),
            ("a b.example.com", None),
            ("https://", None),
            ("my-company", None),
        ] {
            assert_eq!(canonical(answer).ok().as_deref(), expected, "{answer}");
        }
    }

    #[test]
    fn the_name_comes_from_the_host_or_the_path() {
        for (start_url, expected) in [
            ("https://my-company.awsapps.com/start", "my-company"),
            ("https://ssoins-1234.portal.eu-west-1.app.aws", "ssoins-1234"),
            ("https://start.us-gov-west-1.us-gov-home.awsapps.com/directory/my-company", "my-company"),
            ("https://identitycenter.amazonaws.com/ssoins-1234", "ssoins-1234"),
            ("https://127.0.0.1:8443/start", "sso"),
            ("https://start.home.awsapps.cn/a%20b", "sso"),
        ] {
            assert_eq!(proposed_name(start_url), expected, "{start_url}");
        }
        assert!(check_name("My Company").is_ok() && check_name("a]b").is_err() && check_name("a\"b").is_err());
    }
}
