//! Start URL, region and scopes of a login: sso-session, profile, options, and the errors when one is missing.
//!
//! Messages and rules are those of recorded runs of `aws sso login` 2.36.7; options that replace configuration are
//! ours.

use super::Fixture;
use sso_oidc::internal::{Error, Kind};
use sso_oidc::internal::{Origin, Overrides, Service, Session, SessionOptions, client_settings};

const URL: &str = "https://d-1234567890.awsapps.com/start";
const SESSION: &str = "[profile p]\nsso_session = s1\nsso_start_url = https://own.awsapps.com/start\nsso_region = eu-west-1\n\
    [sso-session s1]\nsso_start_url = https://d-1234567890.awsapps.com/start\nsso_region = us-east-1\n";

#[expect(clippy::needless_pass_by_value, reason = "most options are temporary values")]
fn resolve(config: &str, profile: Option<&str>, options: SessionOptions<'_>) -> Result<Session, Error> {
    Session::resolve(&Fixture::new(config).load(profile).unwrap(), &options)
}

fn named(name: &str) -> SessionOptions<'_> {
    SessionOptions::new(Some(name), None, None)
}

fn configuration_error(outcome: Result<impl std::fmt::Debug, Error>) -> String {
    let error = outcome.unwrap_err();
    assert_eq!(error.kind(), Kind::Configuration, "{error:?}");
    error.to_string()
}

#[test]
fn sso_session_precedes_legacy_keys() {
    for found in
        [resolve(SESSION, Some("p"), SessionOptions::default()).unwrap(), resolve(SESSION, None, named("s1")).unwrap()]
    {
        assert_eq!((found.name.as_deref(), found.start_url.value.as_str()), (Some("s1"), URL));
        assert_eq!((found.region.value.as_str(), found.scopes), ("us-east-1", None));
    }
    let legacy = resolve(SESSION, Some("p"), named("")).unwrap();
    assert_eq!((legacy.name, legacy.region.value.as_str()), (None, "eu-west-1"), "an empty option skips the session");
    let legacy =
        resolve(&SESSION.replace("sso_session = s1", "sso_session ="), Some("p"), SessionOptions::default()).unwrap();
    assert_eq!(legacy.start_url.value, "https://own.awsapps.com/start");
    assert_eq!(legacy.profile, "p");
}

#[test]
fn scopes_are_split_at_commas_and_may_be_absent() {
    let scopes = |line: &str| {
        let config = format!("{SESSION}{line}\n");
        resolve(&config, None, named("s1")).unwrap().scopes
    };
    assert_eq!(scopes(""), None);
    assert_eq!(scopes("sso_registration_scopes ="), Some(vec![]));
    assert_eq!(scopes("sso_registration_scopes = ,"), Some(vec![]));
    let expected = ["a", "b b", "c:d"].map(str::to_owned).to_vec();
    assert_eq!(scopes("sso_registration_scopes =  a ,, b b, c:d ,"), Some(expected));
    assert_eq!(scopes("sso_registration_scopes = a,\n    b"), Some(vec!["a".to_owned(), "b".to_owned()]));
    let legacy = format!("[default]\nsso_start_url = {URL}\nsso_region = r\nsso_registration_scopes = a\n");
    assert_eq!(resolve(&legacy, None, SessionOptions::default()).unwrap().scopes, None);
}

#[test]
fn missing_keys_are_reported_like_the_aws_cli() {
    let legacy = " To make sure this profile is properly configured to use SSO, please run: aws configure sso";
    let as_aws = || SessionOptions { as_aws: true, ..SessionOptions::default() };
    let missing = |keys: &str| format!("Missing the following required SSO configuration values: {keys}.");
    for (config, options, text) in [
        ("", as_aws(), missing("sso_start_url, sso_region") + legacy),
        ("[default]\nsso_region = r\n", as_aws(), missing("sso_start_url") + legacy),
        ("[default]\nsso_start_url = u\n", as_aws(), missing("sso_region") + legacy),
        ("[default]\nsso_start_url = u\n", SessionOptions::default(), missing("sso_region")),
        ("", SessionOptions::default(), "The profile \"default\" has no IAM Identity Center settings".to_owned()),
        ("[sso-session s1]\nx = y\n", named("s1"), missing("sso_start_url, sso_region")),
        ("[sso-session s1]\nsso_start_url = u\n", named("s1"), missing("sso_region")),
        (
            "[default]\nsso_session = s1\n",
            SessionOptions::default(),
            "The specified sso-session does not exist: \"s1\"".to_owned(),
        ),
        ("", named("zz"), "The specified sso-session does not exist: \"zz\"".to_owned()),
    ] {
        assert_eq!(configuration_error(resolve(config, None, options)), text, "{config}");
    }
}

#[test]
fn errors_name_file_and_section() {
    let fixture = Fixture::new("[sso-session other]\n\n[sso-session s1]\nsso_start_url = u\n");
    let path = fixture.path("config");
    let config = fixture.load(None).unwrap();
    let detail = |options| Session::resolve(&config, &options).unwrap_err().advice().unwrap().to_owned();
    let place = format!("add sso_region to [sso-session s1] ({}, line 3)", path.display());
    assert_eq!(detail(named("s1")), place);
    let known = format!("the name comes from the option --sso-session; sso-sessions in {}: other, s1", path.display());
    assert_eq!(detail(named("zz")), known);
    assert_eq!(detail(SessionOptions::default()), "use --sso-session other, or --sso-session s1");
}

#[test]
fn options_replace_configuration() {
    let both = SessionOptions::new(None, Some(URL), Some("ap-south-1"));
    let found = resolve("", None, both.clone()).unwrap();
    assert_eq!((found.name, found.start_url.value.as_str(), found.region.value.as_str()), (None, URL, "ap-south-1"));
    assert_eq!(found.start_url.origin, Origin::Option("--start-url"));
    assert_eq!(found.region.origin, Origin::Option("--sso-region"));

    let found = resolve(SESSION, Some("p"), both.clone()).unwrap();
    assert_eq!(found.name, None, "without a name there is no session, even if the profile has one");

    let named = SessionOptions { name: Some("new".into()), ..both };
    assert_eq!(resolve("", None, named).unwrap().name.as_deref(), Some("new"));

    let same = SessionOptions::new(Some("s1"), Some(URL), None);
    assert_eq!(resolve(SESSION, None, same).unwrap().region.value, "us-east-1");

    let other = SessionOptions::new(Some("s1"), Some("https://other.awsapps.com/start"), None);
    let error = resolve(SESSION, None, other).unwrap_err();
    assert_eq!(error.kind(), Kind::Validation);
    assert!(error.to_string().contains(URL), "{error}");

    let region = SessionOptions::new(Some("s1"), None, Some("ap-south-1"));
    assert_eq!(resolve(SESSION, None, region).unwrap().region.value, "ap-south-1");

    let lonely = SessionOptions::new(None, Some(URL), None);
    assert!(resolve(SESSION, Some("p"), lonely).unwrap_err().advice().unwrap().contains("--sso-region"));
}

#[test]
fn own_keys_are_read_from_the_section_with_the_start_url() {
    let keys = "sso_login_flow = device-code\nsso_redirect_port = 8400\nsso_browser_command = firefox %s\n";
    let found = resolve(&format!("{SESSION}{keys}"), None, named("s1")).unwrap();
    assert_eq!(found.flow.as_ref().unwrap().value, "device-code");
    assert_eq!(found.redirect_port().unwrap(), Some(8400));
    assert_eq!(found.browser_command.unwrap(), "firefox %s");
    for bad in ["0", "65536", "x", "-1", ""] {
        let outcome = resolve(&format!("{SESSION}sso_redirect_port = {bad}\n"), None, named("s1"));
        let outcome = outcome.and_then(|session| session.redirect_port());
        assert!(configuration_error(outcome).contains(&format!("Invalid value `{bad}` for sso_redirect_port")));
    }
}

#[test]
fn all_lists_sessions_and_legacy_profiles() {
    let fixture = Fixture::new(&format!(
        "{SESSION}[default]\nregion = x\n[profile old]\nsso_start_url = u\nsso_region = r\n[profile half]\nsso_start_url = u\n\
         [sso-session s2]\nsso_region = r\n"
    ))
    .credentials("[in-credentials]\nsso_start_url = v\nsso_region = r\n");
    let all = Session::all(&fixture.load(None).unwrap());
    let said: Vec<_> = all
        .iter()
        .map(|found| match found {
            Ok(found) => (found.name.as_deref().unwrap_or("-"), found.start_url.value.as_str()),
            Err(error) => ("!", error.advice().unwrap()),
        })
        .collect();
    assert_eq!(said.len(), 5, "{said:?}");
    assert_eq!((said[0], said[2], said[4]), (("s1", URL), ("-", "u"), ("-", "v")));
    assert!(said[1].1.starts_with("add sso_start_url to [sso-session s2] ("), "{said:?}");
    assert!(said[3].1.starts_with("add sso_region to [profile half] ("), "{said:?}");
    assert_eq!(all[2].as_ref().unwrap().profile, "old");
}

#[test]
fn headers_that_name_no_section_are_explained() {
    let hint = |fixture: &Fixture, kind: &str, name: &str| match kind {
        "profile" => fixture.load(Some(name)).err().unwrap(),
        "services" => {
            let config = fixture.load(None).unwrap();
            let settings = client_settings(&fixture.context(), &config, &Overrides::default()).unwrap();
            settings.endpoint_url(Service::Oidc).unwrap_err()
        }
        _ => Session::resolve(&fixture.load(None).unwrap(), &named(name)).unwrap_err(),
    };
    for (header, name, expected) in [
        ("profile My Dev", "My Dev", "profile \"My Dev\""),
        ("Profile dev", "dev", "profile dev"),
        ("profile 'dev", "dev", "profile dev"),
        ("dev", "dev", "profile dev"),
        ("sso-session My Corp", "My Corp", "sso-session \"My Corp\""),
        ("SSO-Session corp", "corp", "sso-session corp"),
        ("corp", "corp", "sso-session corp"),
        ("services My Dev", "My Dev", "services \"My Dev\""),
    ] {
        let kind = expected.split(' ').next().unwrap();
        let fixture = Fixture::new(&format!("[default]\nservices = {name}\n\n[{header}]\nsso_region = r\n"));
        let error = hint(&fixture, kind, name);
        let path = fixture.path("config").display().to_string();
        let problem = format!("line 4 of {path}, [{header}], is not a valid section; it must be [{expected}]");
        assert!(error.advice().unwrap().ends_with(&problem), "{error:?}");
    }
    for (header, kind, name) in [("profile dev", "profile", "dev"), ("sso-session corp", "sso-session", "corp")] {
        let fixture = Fixture::new("").credentials(&format!("[{header}]\nsso_region = r\n"));
        let error = hint(&fixture, kind, name);
        let (path, main) = (fixture.path("credentials"), fixture.path("config"));
        let place = format!("line 1 of {}, [{header}], is not a valid section; it must be ", path.display());
        let expected =
            if kind == "profile" { "[dev]".to_owned() } else { format!("[{header}] and be in {}", main.display()) };
        assert!(error.advice().unwrap().ends_with(&(place + &expected)), "{error:?}");
    }
}
