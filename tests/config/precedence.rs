//! Profile, region, endpoint, time-outs and start URL of a run: precedence of options, environment and files.
//!
//! Messages and precedence are those of recorded runs of AWS CLI 2.36.7; details after them are ours and name the
//! origin.

use std::path::Path;
use std::time::Duration;

use sso_oidc::internal::{AutoPrompt, Overrides, Service, auto_prompt, error_format, output_format, pager};
use sso_oidc::internal::{Error, Kind};

use super::Fixture;

fn failure<T>(outcome: Result<T, Error>) -> (Kind, String) {
    let error = outcome.err().expect("an error");
    (error.kind(), error.to_string())
}

#[test]
fn profile_precedence() {
    let files =
        "[default]\nregion = d\n[profile a]\nregion = a\n[profile b]\nregion = b\n[profile '']\nregion = nameless\n";
    let region = |fixture: &Fixture, option| fixture.load(option).unwrap().get("region").map(str::to_owned);
    assert_eq!(region(&Fixture::new(files), None).as_deref(), Some("d"));
    let fixture = Fixture::new(files).var("AWS_DEFAULT_PROFILE", "b");
    assert_eq!(region(&fixture, None).as_deref(), Some("b"));
    let fixture = fixture.var("AWS_PROFILE", "a");
    assert_eq!(region(&fixture, None).as_deref(), Some("a"));
    assert_eq!(region(&fixture, Some("b")).as_deref(), Some("b"));
    assert_eq!(region(&fixture, Some("")).as_deref(), Some("a"), "an empty option names no profile");
    assert!(fixture.load(Some("b")).unwrap().profile_was_named_by_option());
    assert!(!fixture.load(None).unwrap().profile_was_named_by_option());
    assert_eq!(region(&fixture.var("AWS_PROFILE", ""), None).as_deref(), Some("nameless"));
}

#[test]
fn a_named_profile_must_exist() {
    let fixture = Fixture::new("[p]\nregion = x\n").credentials("[only-keys]\nregion = k\n");
    let error = fixture.load(Some("nope")).err().unwrap();
    assert_eq!(error.to_string(), "The config profile (nope) could not be found");
    assert_eq!(error.kind(), Kind::Other);
    let error = fixture.load(Some("p")).err().unwrap();
    assert!(error.advice().unwrap().ends_with("it must be [profile p]"), "{error:?}");
    assert!(fixture.load(Some("default")).is_err(), "even default, once it is named");
    assert_eq!(fixture.load(None).unwrap().get("region"), None, "but it is not needed otherwise");
    assert_eq!(fixture.load(Some("only-keys")).unwrap().get("region"), Some("k"));
    let fixture = fixture.var("AWS_PROFILE", "");
    let error = fixture.load(None).err().unwrap();
    assert_eq!(error.to_string(), "The config profile () could not be found");
    assert!(error.advice().unwrap().contains("AWS_PROFILE"), "{error:?}");
}

#[test]
fn file_locations_from_environment() {
    let fixture = Fixture::new("[default]\nregion = usual\n");
    std::fs::write(fixture.home().join("other"), "[default]\nregion = other\n").unwrap();
    let at = |value: &str| {
        let fixture = Fixture::new("").var("DIR", &fixture.home().to_string_lossy()).var("AWS_CONFIG_FILE", value);
        let config = fixture.load(None).unwrap();
        (config.get("region").map(str::to_owned), config.config_path().to_path_buf(), fixture)
    };
    assert_eq!(at("$DIR/other").0.as_deref(), Some("other"));
    assert_eq!(at("${DIR}/other").0.as_deref(), Some("other"));
    assert_eq!(at("$DIRECTORY/other").0, None, "a longer name is another variable");
    assert_eq!(at("$NOT_SET/x").1, Path::new("$NOT_SET/x"));
    let (_, path, fixture) = at("~/nowhere/x");
    assert_eq!(path, fixture.home().join("nowhere/x"));
    assert_eq!(at("~user/x").1, Path::new("~user/x"));
    assert_eq!(at("").0, None, "an empty name is not a file");
    assert_eq!(at("$DIR").0, None, "a directory is not a file");
}

#[test]
fn parse_errors_name_the_line_but_not_its_text() {
    for (text, line, word) in [
        ("[default]\nregion = a\n\nSecretWord\n", "line 4", "key = value"),
        ("[default]\nSecretWord = a\nregion = b\nsecretword = c\n", "line 4", "a second time"),
        ("[a]\n[b]\n[a]\n", "line 3", "a second time"),
        ("SecretWord = x\n", "line 1", "before the first section"),
        ("[default]\n= SecretWord\n", "line 2", "is missing"),
        ("[default\n", "line 1", "closing bracket"),
        ("[default]\ns3 =\n  a = b\n  SecretWord\n", "line 4", "nested block"),
    ] {
        let fixture = Fixture::new(text);
        let error = fixture.load(None).err().unwrap();
        assert_eq!(error.kind(), Kind::Other);
        assert_eq!(error.to_string(), format!("Unable to parse config file: {}", fixture.path("config").display()));
        let detail = error.advice().unwrap();
        assert!(detail.contains(line) && detail.contains(word), "{text:?}: {detail}");
        assert!(!detail.contains("SecretWord"), "{detail}");
        let fixture = Fixture::new("").credentials(text);
        let expected = format!("Unable to parse config file: {}", fixture.path("credentials").display());
        assert_eq!(fixture.load(None).err().unwrap().to_string(), expected);
    }
    let fixture = Fixture::new("");
    std::fs::write(fixture.path("config"), b"[default]\nregion = caf\xe9\n").unwrap();
    assert_eq!(fixture.load(None).err().unwrap().advice(), Some("line 2 is not UTF-8"));
    std::fs::File::create(fixture.path("config")).unwrap().set_len(65 << 20).unwrap();
    assert!(fixture.load(None).err().unwrap().advice().unwrap().contains("at most"));
}

#[test]
fn an_unreadable_file_counts_as_empty_with_a_warning() {
    let fixture = Fixture::new("");
    std::fs::remove_file(fixture.path("config")).unwrap();
    std::fs::create_dir(fixture.path("config")).unwrap();
    let detail = fixture.load(Some("p")).err().unwrap().advice().unwrap().to_owned();
    let expected = format!(
        "searched {} (which was not read: it is not a regular file) and {}",
        fixture.path("config").display(),
        fixture.path("credentials").display()
    );
    assert_eq!(detail, expected);
    assert!(fixture.load(None).is_ok());
}

#[test]
fn sections_record_lines_and_redact_values() {
    let fixture = Fixture::new("[default]\n\naws_secret_access_key =\n  \nregion = r\n[services x]\nsso =\n  endpoint_url = u\n[DEFAULT]\noutput = text\n")
        .credentials("[default]\naws_secret_access_key = canary\n");
    let config = fixture.load(None).unwrap();
    let profile = config.profile("default").unwrap();
    let path = fixture.path("config");
    assert_eq!(
        profile.located("region").unwrap().origin.to_string(),
        format!("`region` in [default] of {}, line 5", path.display())
    );
    assert_eq!(
        profile.located("output").unwrap().origin.to_string(),
        format!("`output` in [DEFAULT] of {}, line 10", path.display())
    );
    let credentials = fixture.path("credentials");
    let expected = format!("`aws_secret_access_key` in [default] of {}, line 2", credentials.display());
    assert_eq!(profile.located("aws_secret_access_key").unwrap().origin.to_string(), expected);
    assert_eq!(config.profile_in_config("default").unwrap().get("aws_secret_access_key"), Some(""));
    let services = config.services("x").unwrap();
    assert_eq!(services.nested("sso").unwrap().get("endpoint_url"), Some("u"));
    let endpoint = services.nested("sso").unwrap().located("endpoint_url").unwrap();
    assert_eq!(endpoint.origin.to_string(), format!("`endpoint_url` in [services x] of {}, line 8", path.display()));
    assert_eq!((services.get("sso"), services.nested("output").is_none()), (None, true));
}

#[test]
fn region_precedence() {
    let region = |fixture: &Fixture, option: Option<&str>| {
        let overrides = Overrides { region: option.map(str::to_owned), ..Overrides::default() };
        fixture.settings(&overrides).unwrap().region.map(|found| (found.value, found.origin.to_string()))
    };
    let fixture = Fixture::new("[default]\n");
    assert_eq!(region(&fixture, None), None);
    assert_eq!(
        failure(fixture.settings(&Overrides::default()).unwrap().region.ok_or_else(Error::no_region)),
        (
            Kind::NoRegion,
            "You must specify a region. You can also configure your region by running \"aws configure\".".to_owned()
        )
    );
    let fixture = Fixture::new("[default]\nregion = file\n");
    let place = format!("`region` in [default] of {}, line 2", fixture.path("config").display());
    assert_eq!(region(&fixture, None), Some(("file".to_owned(), place)));
    let fixture = fixture.var("AWS_DEFAULT_REGION", "second");
    assert_eq!(region(&fixture, None).unwrap().1, "the environment variable AWS_DEFAULT_REGION");
    let fixture = fixture.var("AWS_REGION", "first");
    assert_eq!(region(&fixture, None).unwrap().0, "first");
    assert_eq!(region(&fixture, Some("option")), Some(("option".to_owned(), "the option --region".to_owned())));
    assert_eq!(region(&fixture, Some("")).unwrap().0, "", "an empty option counts");
    assert_eq!(region(&fixture.var("AWS_REGION", ""), None).unwrap().0, "", "so does an empty variable");
}

#[test]
fn fips_and_dualstack_accept_only_true() {
    for (file, var, fips) in [
        ("", None, false),
        ("use_fips_endpoint = TRUE", None, true),
        ("use_fips_endpoint = yes", None, false),
        ("use_fips_endpoint = true", Some(""), false),
        ("use_fips_endpoint = false", Some("True"), true),
        ("", Some("1"), false),
    ] {
        let mut fixture = Fixture::new(&format!("[default]\n{file}\nuse_dualstack_endpoint = true\n"));
        if let Some(value) = var {
            fixture = fixture.var("AWS_USE_FIPS_ENDPOINT", value);
        }
        let settings = fixture.settings(&Overrides::default()).unwrap();
        assert_eq!((settings.fips, settings.dualstack), (fips, Some(true)), "{file} {var:?}");
    }
}

#[test]
fn endpoint_precedence_matches_the_aws_cli() {
    let files = "[default]\nendpoint_url = http://profile\nservices = s\n[services s]\nsso_oidc =\n  endpoint_url = http://services-oidc\n";
    let both = |fixture: &Fixture, option: Option<&str>| {
        let overrides = Overrides { endpoint_url: option.map(str::to_owned), ..Overrides::default() };
        let settings = fixture.settings(&overrides).unwrap();
        let url = |found: Result<Option<&sso_oidc::internal::Located<String>>, Error>| match found {
            Ok(found) => found.map_or("none".to_owned(), |found| found.value.clone()),
            Err(error) => error.to_string(),
        };
        [url(settings.endpoint_url(Service::Oidc)), url(settings.endpoint_url(Service::Portal))]
    };
    assert_eq!(both(&Fixture::new("[default]\n"), None), ["none", "none"]);
    assert_eq!(both(&Fixture::new(files), None), ["http://services-oidc", "http://profile"]);
    let fixture = Fixture::new(files).var("AWS_ENDPOINT_URL", "http://general");
    assert_eq!(both(&fixture, None), ["http://general", "http://general"], "the general variable beats the file");
    let fixture = fixture.var("AWS_ENDPOINT_URL_SSO_OIDC", "http://oidc").var("AWS_ENDPOINT_URL_SSO", "");
    assert_eq!(both(&fixture, None), ["http://oidc", "http://general"], "an empty variable is passed over");
    assert_eq!(both(&fixture, Some("http://option")), ["http://option", "http://option"]);
    let fixture = fixture.var("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "TRUE");
    assert_eq!(both(&fixture, None), ["none", "none"]);
    assert_eq!(both(&fixture, Some("http://option")), ["http://option", "http://option"]);
    let ignoring = Fixture::new(&files.replace("services = s", "ignore_configured_endpoint_urls = true"));
    assert_eq!(both(&ignoring, None), ["none", "none"]);
    let missing =
        "The profile is configured to use the services section but the \"zz\" services configuration does not exist.";
    let fixture = Fixture::new("[default]\nservices = zz\n[services zz]\n");
    assert_eq!(both(&fixture, None), [missing, missing]);
    let fixture = fixture.var("AWS_ENDPOINT_URL_SSO_OIDC", "http://oidc");
    assert_eq!(both(&fixture, None), ["http://oidc", missing], "only who asks for it learns of it");
}

#[test]
fn endpoint_url_requires_a_scheme() {
    for (url, fine) in [("localhost", false), ("", false), ("://x", false), ("1http://x", false), ("localhost:1", true)]
    {
        let overrides = Overrides { endpoint_url: Some(url.to_owned()), ..Overrides::default() };
        let outcome = Fixture::new("").settings(&overrides);
        if fine {
            assert!(outcome.is_ok(), "{url}");
            continue;
        }
        let text = format!(
            "Bad value for --endpoint-url \"{url}\": scheme is missing.  Must be of the form http://<hostname>/ or https://<hostname>/"
        );
        assert_eq!(failure(outcome), (Kind::Validation, text));
    }
}

#[test]
fn ca_bundle_precedence() {
    let found = |fixture: &Fixture, option: Option<&str>| {
        let overrides = Overrides { ca_bundle: option.map(str::to_owned), ..Overrides::default() };
        fixture.settings(&overrides).unwrap().ca_bundle.map(|found| found.value.display().to_string())
    };
    let fixture = Fixture::new("[default]\n").var("REQUESTS_CA_BUNDLE", "requests");
    assert_eq!(found(&fixture, None).as_deref(), Some("requests"));
    let fixture = Fixture::new("[default]\nca_bundle = file\n").var("REQUESTS_CA_BUNDLE", "requests");
    assert_eq!(found(&fixture, None).as_deref(), Some("file"));
    let fixture = fixture.var("AWS_CA_BUNDLE", "variable");
    assert_eq!(found(&fixture, None).as_deref(), Some("variable"));
    assert_eq!(found(&fixture, Some("option")).as_deref(), Some("option"));
    assert_eq!(found(&fixture.var("AWS_CA_BUNDLE", ""), Some("")).as_deref(), Some("file"));
    let no_verify = Overrides { no_verify_ssl: true, ..Overrides::default() };
    assert!(!Fixture::new("").settings(&no_verify).unwrap().verify_ssl);
}

#[test]
fn retry_settings_are_validated() {
    let with = |name: &str, value: &str| Fixture::new("").var(name, value).settings(&Overrides::default());
    for (value, attempts) in [("1", 1), (" 5 ", 5), ("1_0", 10)] {
        let settings = with("AWS_MAX_ATTEMPTS", value).unwrap();
        assert!(settings.max_attempts.value == attempts && settings.max_attempts.is_explicit());
    }
    let unsaid = Fixture::new("").settings(&Overrides::default()).unwrap();
    assert!(unsaid.max_attempts.value == 3 && !unsaid.max_attempts.is_explicit());
    let fixture = Fixture::new("[default]\nmax_attempts = 7\nretry_mode = adaptive\n");
    let settings = fixture.settings(&Overrides::default()).unwrap();
    assert_eq!(settings.max_attempts.value, 7);
    for (name, value, text) in [
        (
            "AWS_MAX_ATTEMPTS",
            "0",
            "Value provided to \"max_attempts\": 0 must be an integer greater than or equal to one.",
        ),
        (
            "AWS_MAX_ATTEMPTS",
            "-2",
            "Value provided to \"max_attempts\": -2 must be an integer greater than or equal to one.",
        ),
        ("AWS_MAX_ATTEMPTS", "x", "invalid literal for int() with base 10: 'x'"),
        ("AWS_MAX_ATTEMPTS", "", "invalid literal for int() with base 10: ''"),
        (
            "AWS_RETRY_MODE",
            "legacy",
            "Invalid value provided to \"mode\": \"legacy\" must be one of: \"standard\" or \"adaptive\"",
        ),
        (
            "AWS_RETRY_MODE",
            "Standard",
            "Invalid value provided to \"mode\": \"Standard\" must be one of: \"standard\" or \"adaptive\"",
        ),
    ] {
        let outcome = with(name, value);
        assert!(outcome.as_ref().unwrap_err().advice().unwrap().contains(name));
        assert_eq!(failure(outcome), (Kind::Other, text.to_owned()));
    }
    let format = Fixture::new("[default]\ncli_timestamp_format = ISO8601\n").settings(&Overrides::default());
    let words = "Unknown cli_timestamp_format value: ISO8601, valid values are \"wire\" or \"iso8601\"";
    assert_eq!(failure(format), (Kind::Configuration, words.to_owned()));
    let format = Fixture::new("[default]\ncli_binary_format = hex\n").settings(&Overrides::default());
    assert_eq!(failure(format), (Kind::Other, "'hex'".to_owned()));
}

#[test]
fn timeouts_are_whole_seconds_and_zero_disables() {
    let read = |text: &str| {
        let overrides = Overrides { read_timeout: Some(text.to_owned()), ..Overrides::default() };
        Fixture::new("").settings(&overrides).map(|settings| settings.read_timeout.value)
    };
    assert_eq!(read("5"), Ok(Some(Duration::from_secs(5))));
    assert_eq!(read("0"), Ok(None));
    let unsaid = Fixture::new("").settings(&Overrides::default()).unwrap();
    assert_eq!((unsaid.read_timeout.value, unsaid.read_timeout.is_explicit()), (Some(Duration::from_mins(1)), false));
    for (text, message) in [
        ("x", "invalid literal for int() with base 10: 'x'"),
        ("1.5", "invalid literal for int() with base 10: '1.5'"),
        (
            "-1",
            "Attempted to set read timeout to -1, but the timeout cannot be set to a value less than or equal to 0.",
        ),
    ] {
        assert_eq!(failure(read(text)), (Kind::Other, message.to_owned()));
    }
    let overrides = Overrides { connect_timeout: Some("-3".to_owned()), ..Overrides::default() };
    assert!(failure(Fixture::new("").settings(&overrides)).1.starts_with("Attempted to set connect timeout to -3"));
}

#[test]
fn preferences_precedence() {
    let fixture = Fixture::new(
        "[default]\noutput = table\ncli_error_format = LEGACY\ncli_pager =\ncli_auto_prompt = ON-partial\n",
    );
    let (context, config) = (fixture.context(), fixture.load(None).unwrap());
    assert_eq!(output_format(&context, &config, None).value, "table");
    assert_eq!(output_format(&context, &config, Some("text")).value, "text");
    assert_eq!(error_format(&context, Some(&config), None), "legacy");
    assert_eq!(error_format(&context, None, None), "enhanced");
    assert!(pager(&context, &config, false).is_none());
    assert_eq!(auto_prompt(&context, Some(&config), false, false), AutoPrompt::OnPartial);
    assert_eq!(auto_prompt(&context, Some(&config), true, false), AutoPrompt::On);
    assert_eq!(auto_prompt(&context, Some(&config), false, true), AutoPrompt::Off);
    let fixture = fixture.var("AWS_DEFAULT_OUTPUT", "").var("AWS_CLI_ERROR_FORMAT", "").var("AWS_PAGER", "cat");
    let (context, config) = (fixture.context(), fixture.load(None).unwrap());
    assert_eq!(output_format(&context, &config, None).value, "");
    assert_eq!(error_format(&context, Some(&config), None), "enhanced");
    assert_eq!(pager(&context, &config, false).unwrap().value, "cat");
    assert!(pager(&context, &config, true).is_none());
    let fixture = Fixture::new("").var("PAGER", "more -s").var("AWS_CLI_AUTO_PROMPT", "bogus");
    let (context, config) = (fixture.context(), fixture.load(None).unwrap());
    assert_eq!(pager(&context, &config, false).unwrap().value, "more -s");
    assert_eq!(output_format(&context, &config, None).value, "json");
    assert_eq!(auto_prompt(&context, Some(&config), false, false), AutoPrompt::Off);
}
