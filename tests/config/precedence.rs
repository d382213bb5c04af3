//! Which profile, region, endpoint, time-out and start URL a run gets: options, variables and files against each other.
//!
//! The texts and orders are those of recorded runs of AWS CLI 2.36.7; details behind them are ours and name the place.

use std::path::Path;
use std::time::Duration;

use sso_oidc::config::{AutoPrompt, Overrides, RetryMode, auto_prompt, error_format, output_format, pager};
use sso_oidc::error::{Error, Kind};

use super::World;

fn failure<T>(outcome: Result<T, Error>) -> (Kind, String) {
    let error = outcome.err().expect("an error");
    (error.kind(), error.to_string())
}

#[test]
fn the_profile_is_the_options_then_the_variables() {
    let files =
        "[default]\nregion = d\n[profile a]\nregion = a\n[profile b]\nregion = b\n[profile '']\nregion = nameless\n";
    let region = |world: &World, option| world.load(option).unwrap().get("region").map(str::to_owned);
    assert_eq!(region(&World::new(files), None).as_deref(), Some("d"));
    let world = World::new(files).var("AWS_DEFAULT_PROFILE", "b");
    assert_eq!(region(&world, None).as_deref(), Some("b"));
    let world = world.var("AWS_PROFILE", "a");
    assert_eq!(region(&world, None).as_deref(), Some("a"));
    assert_eq!(region(&world, Some("b")).as_deref(), Some("b"));
    assert_eq!(region(&world, Some("")).as_deref(), Some("a"), "an empty option names nobody");
    assert!(world.load(Some("b")).unwrap().profile_was_named_by_option());
    assert!(!world.load(None).unwrap().profile_was_named_by_option());
    assert_eq!(region(&world.var("AWS_PROFILE", ""), None).as_deref(), Some("nameless"));
}

#[test]
fn a_named_profile_must_exist() {
    let world = World::new("[p]\nregion = x\n").credentials("[only-keys]\nregion = k\n");
    let error = world.load(Some("nope")).unwrap_err();
    assert_eq!(error.to_string(), "The config profile (nope) could not be found");
    assert_eq!(error.kind(), Kind::Other);
    let error = world.load(Some("p")).unwrap_err();
    assert!(error.advice().unwrap().contains("its header must be [profile p]"), "{error:?}");
    assert!(world.load(Some("default")).is_err(), "even default, once it is named");
    assert_eq!(world.load(None).unwrap().get("region"), None, "but nobody needs it otherwise");
    assert_eq!(world.load(Some("only-keys")).unwrap().get("region"), Some("k"));
    let world = world.var("AWS_PROFILE", "");
    let error = world.load(None).unwrap_err();
    assert_eq!(error.to_string(), "The config profile () could not be found");
    assert!(error.advice().unwrap().contains("AWS_PROFILE"), "{error:?}");
}

#[test]
fn the_files_are_where_the_variables_say() {
    let world = World::new("[default]\nregion = usual\n");
    std::fs::write(world.home().join("other"), "[default]\nregion = other\n").unwrap();
    let at = |value: &str| {
        let world = World::new("").var("DIR", &world.home().to_string_lossy()).var("AWS_CONFIG_FILE", value);
        let config = world.load(None).unwrap();
        (config.get("region").map(str::to_owned), config.config_path().to_path_buf(), world)
    };
    assert_eq!(at("$DIR/other").0.as_deref(), Some("other"));
    assert_eq!(at("${DIR}/other").0.as_deref(), Some("other"));
    assert_eq!(at("$DIRECTORY/other").0, None, "a longer name is another variable");
    assert_eq!(at("$NOT_SET/x").1, Path::new("$NOT_SET/x"));
    let (_, path, world) = at("~/nowhere/x");
    assert_eq!(path, world.home().join("nowhere/x"));
    assert_eq!(at("~user/x").1, Path::new("~user/x"));
    assert_eq!(at("").0, None, "an empty name is no file");
    assert_eq!(at("$DIR").0, None, "a directory is no file");
}

#[test]
fn a_broken_file_is_named_with_the_line_and_nothing_of_its_text() {
    for (text, line, word) in [
        ("[default]\nregion = a\n\nSecretWord\n", "line 4", "key = value"),
        ("[default]\nSecretWord = a\nregion = b\nsecretword = c\n", "line 4", "a second time"),
        ("[a]\n[b]\n[a]\n", "line 3", "a second time"),
        ("SecretWord = x\n", "line 1", "before the first section"),
        ("\u{feff}[default]\n", "line 1", "byte order mark"),
        ("[default]\n= SecretWord\n", "line 2", "no key"),
        ("[default\n", "line 1", "closing bracket"),
        ("[default]\ns3 =\n  a = b\n  SecretWord\n", "line 4", "nested block"),
    ] {
        let world = World::new(text);
        let error = world.load(None).unwrap_err();
        assert_eq!(error.kind(), Kind::Other);
        assert_eq!(error.to_string(), format!("Unable to parse config file: {}", world.path("config").display()));
        let detail = error.advice().unwrap();
        assert!(detail.contains(line) && detail.contains(word), "{text:?}: {detail}");
        assert!(!detail.contains("SecretWord"), "{detail}");
        let world = World::new("").credentials(text);
        let expected = format!("Unable to parse config file: {}", world.path("credentials").display());
        assert_eq!(world.load(None).unwrap_err().to_string(), expected);
    }
    let world = World::new("");
    std::fs::write(world.path("config"), b"[default]\nregion = caf\xe9\n").unwrap();
    assert_eq!(world.load(None).unwrap_err().advice(), Some("line 2 is not UTF-8"));
    std::fs::File::create(world.path("config")).unwrap().set_len(65 << 20).unwrap();
    assert!(world.load(None).unwrap_err().advice().unwrap().contains("at most"));
}

#[test]
fn a_file_that_cannot_be_read_is_empty_but_said_to_be() {
    let world = World::new("");
    std::fs::remove_file(world.path("config")).unwrap();
    std::fs::create_dir(world.path("config")).unwrap();
    let detail = world.load(Some("p")).unwrap_err().advice().unwrap().to_owned();
    let expected = format!(
        "neither {} (which was not read: it is no regular file) nor {} has it",
        world.path("config").display(),
        world.path("credentials").display()
    );
    assert_eq!(detail, expected);
    assert!(world.load(None).is_ok());
}

#[test]
fn a_section_knows_its_lines_and_its_debug_knows_no_values() {
    let world = World::new("[default]\n\naws_secret_access_key =\n  \nregion = r\n[services x]\nsso =\n  endpoint_url = u\n[DEFAULT]\noutput = text\n")
        .credentials("[default]\naws_secret_access_key = canary\n");
    let config = world.load(None).unwrap();
    let profile = config.profile("default").unwrap();
    assert_eq!(profile.line("region"), Some(5));
    let path = world.path("config");
    assert_eq!(
        profile.origin("region").unwrap().to_string(),
        format!("`region` in [default] of {}, line 5", path.display())
    );
    assert_eq!(
        profile.origin("output").unwrap().to_string(),
        format!("`output` in [DEFAULT] of {}, line 10", path.display())
    );
    let credentials = world.path("credentials");
    let expected = format!("`aws_secret_access_key` in [default] of {}, line 2", credentials.display());
    assert_eq!(profile.origin("aws_secret_access_key").unwrap().to_string(), expected);
    assert_eq!(config.profile_in_config("default").unwrap().get("aws_secret_access_key"), Some(""));
    let services = config.services("x").unwrap();
    assert_eq!(services.nested("sso").unwrap().get("endpoint_url"), Some("u"));
    assert_eq!(services.nested("sso").unwrap().line("endpoint_url"), Some(8));
    assert_eq!((services.get("sso"), services.nested("output").is_none()), (None, true));
    assert!(!format!("{config:?}").contains("canary"));
}

#[test]
fn the_region_is_the_options_the_variables_the_profiles() {
    let region = |world: &World, option: Option<&str>| {
        let overrides = Overrides { region: option.map(str::to_owned), ..Overrides::default() };
        world.settings(&overrides).unwrap().region.map(|found| (found.value, found.origin.to_string()))
    };
    let world = World::new("[default]\n");
    assert_eq!(region(&world, None), None);
    assert_eq!(
        failure(world.settings(&Overrides::default()).unwrap().require_region()),
        (
            Kind::NoRegion,
            "You must specify a region. You can also configure your region by running \"aws configure\".".to_owned()
        )
    );
    let world = World::new("[default]\nregion = file\n");
    let place = format!("`region` in [default] of {}, line 2", world.path("config").display());
    assert_eq!(region(&world, None), Some(("file".to_owned(), place)));
    let world = world.var("AWS_DEFAULT_REGION", "second");
    assert_eq!(region(&world, None).unwrap().1, "the environment variable AWS_DEFAULT_REGION");
    let world = world.var("AWS_REGION", "first");
    assert_eq!(region(&world, None).unwrap().0, "first");
    assert_eq!(region(&world, Some("option")), Some(("option".to_owned(), "the option --region".to_owned())));
    assert_eq!(region(&world, Some("")).unwrap().0, "", "an empty option counts");
    assert_eq!(region(&world.var("AWS_REGION", ""), None).unwrap().0, "", "so does an empty variable");
}

#[test]
fn fips_and_dualstack_are_true_for_one_word_only() {
    for (file, var, fips) in [
        ("", None, false),
        ("use_fips_endpoint = TRUE", None, true),
        ("use_fips_endpoint = yes", None, false),
        ("use_fips_endpoint = true", Some(""), false),
        ("use_fips_endpoint = false", Some("True"), true),
        ("", Some("1"), false),
    ] {
        let mut world = World::new(&format!("[default]\n{file}\nuse_dualstack_endpoint = true\n"));
        if let Some(value) = var {
            world = world.var("AWS_USE_FIPS_ENDPOINT", value);
        }
        let settings = world.settings(&Overrides::default()).unwrap();
        assert_eq!((settings.fips, settings.dualstack), (fips, true), "{file} {var:?}");
    }
}

#[test]
fn endpoints_are_found_in_the_aws_clis_order() {
    let files = "[default]\nendpoint_url = http://profile\nservices = s\n[services s]\nsso_oidc =\n  endpoint_url = http://services-oidc\n";
    let both = |world: &World, option: Option<&str>| {
        let overrides = Overrides { endpoint_url: option.map(str::to_owned), ..Overrides::default() };
        let settings = world.settings(&overrides).unwrap();
        let url = |found: Result<Option<&sso_oidc::config::Located<String>>, Error>| match found {
            Ok(found) => found.map_or("none".to_owned(), |found| found.value.clone()),
            Err(error) => error.to_string(),
        };
        [url(settings.oidc_endpoint_url()), url(settings.portal_endpoint_url())]
    };
    assert_eq!(both(&World::new("[default]\n"), None), ["none", "none"]);
    assert_eq!(both(&World::new(files), None), ["http://services-oidc", "http://profile"]);
    let world = World::new(files).var("AWS_ENDPOINT_URL", "http://general");
    assert_eq!(both(&world, None), ["http://general", "http://general"], "the general variable beats the file");
    let world = world.var("AWS_ENDPOINT_URL_SSO_OIDC", "http://oidc").var("AWS_ENDPOINT_URL_SSO", "");
    assert_eq!(both(&world, None), ["http://oidc", "http://general"], "an empty variable is passed over");
    assert_eq!(both(&world, Some("http://option")), ["http://option", "http://option"]);
    let world = world.var("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "TRUE");
    assert_eq!(both(&world, None), ["none", "none"]);
    assert_eq!(both(&world, Some("http://option")), ["http://option", "http://option"]);
    let ignoring = World::new(&files.replace("services = s", "ignore_configured_endpoint_urls = true"));
    assert_eq!(both(&ignoring, None), ["none", "none"]);
    let missing =
        "The profile is configured to use the services section but the \"zz\" services configuration does not exist.";
    let world = World::new("[default]\nservices = zz\n[services zz]\n");
    assert_eq!(both(&world, None), [missing, missing]);
    let world = world.var("AWS_ENDPOINT_URL_SSO_OIDC", "http://oidc");
    assert_eq!(both(&world, None), ["http://oidc", missing], "only who asks for it learns of it");
}

#[test]
fn an_endpoint_option_needs_a_scheme() {
    for (url, fine) in [("localhost", false), ("", false), ("://x", false), ("1http://x", false), ("localhost:1", true)]
    {
        let overrides = Overrides { endpoint_url: Some(url.to_owned()), ..Overrides::default() };
        let outcome = World::new("").settings(&overrides);
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
fn tls_roots_come_from_four_places_and_an_empty_name_is_none() {
    let found = |world: &World, option: Option<&str>| {
        let overrides = Overrides { ca_bundle: option.map(str::to_owned), ..Overrides::default() };
        world.settings(&overrides).unwrap().ca_bundle.map(|found| found.value)
    };
    let world = World::new("[default]\n").var("REQUESTS_CA_BUNDLE", "requests");
    assert_eq!(found(&world, None).as_deref(), Some("requests"));
    let world = World::new("[default]\nca_bundle = file\n").var("REQUESTS_CA_BUNDLE", "requests");
    assert_eq!(found(&world, None).as_deref(), Some("file"));
    let world = world.var("AWS_CA_BUNDLE", "variable");
    assert_eq!(found(&world, None).as_deref(), Some("variable"));
    assert_eq!(found(&world, Some("option")).as_deref(), Some("option"));
    assert_eq!(found(&world.var("AWS_CA_BUNDLE", ""), Some("")).as_deref(), Some("file"));
    let no_verify = Overrides { no_verify_ssl: true, ..Overrides::default() };
    assert!(!World::new("").settings(&no_verify).unwrap().verify_ssl);
}

#[test]
fn attempts_and_retry_modes_are_checked_before_any_request() {
    let with = |name: &str, value: &str| World::new("").var(name, value).settings(&Overrides::default());
    for (value, attempts) in [("1", 1), (" 5 ", 5), ("1_0", 10)] {
        let settings = with("AWS_MAX_ATTEMPTS", value).unwrap();
        assert!(settings.max_attempts.value == attempts && settings.max_attempts.is_explicit());
    }
    let unsaid = World::new("").settings(&Overrides::default()).unwrap();
    assert!(unsaid.max_attempts.value == 3 && !unsaid.max_attempts.is_explicit());
    let world = World::new("[default]\nmax_attempts = 7\nretry_mode = adaptive\n");
    let settings = world.settings(&Overrides::default()).unwrap();
    assert_eq!((settings.max_attempts.value, settings.retry_mode), (7, RetryMode::Adaptive));
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
    let format = World::new("[default]\ncli_timestamp_format = ISO8601\n").settings(&Overrides::default());
    let words = "Unknown cli_timestamp_format value: ISO8601, valid values are \"wire\" or \"iso8601\"";
    assert_eq!(failure(format), (Kind::Configuration, words.to_owned()));
    let format = World::new("[default]\ncli_binary_format = hex\n").settings(&Overrides::default());
    assert_eq!(failure(format), (Kind::Other, "'hex'".to_owned()));
}

#[test]
fn timeouts_are_whole_seconds_and_zero_is_for_ever() {
    let read = |text: &str| {
        let overrides = Overrides { read_timeout: Some(text.to_owned()), ..Overrides::default() };
        World::new("").settings(&overrides).map(|settings| settings.read_timeout.value)
    };
    assert_eq!(read("5"), Ok(Some(Duration::from_secs(5))));
    assert_eq!(read("0"), Ok(None));
    let unsaid = World::new("").settings(&Overrides::default()).unwrap();
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
    assert!(failure(World::new("").settings(&overrides)).1.starts_with("Attempted to set connect timeout to -3"));
}

#[test]
fn preferences_follow_option_variable_file() {
    let world =
        World::new("[default]\noutput = table\ncli_error_format = LEGACY\ncli_pager =\ncli_auto_prompt = ON-partial\n");
    let (context, config) = (world.context(), world.load(None).unwrap());
    assert_eq!(output_format(&context, &config, None).value, "table");
    assert_eq!(output_format(&context, &config, Some("text")).value, "text");
    assert_eq!(error_format(&context, Some(&config), None), "legacy");
    assert_eq!(error_format(&context, None, None), "enhanced");
    assert!(pager(&context, &config, false).is_none());
    assert_eq!(auto_prompt(&context, &config, false, false), AutoPrompt::OnPartial);
    assert_eq!(auto_prompt(&context, &config, true, false), AutoPrompt::On);
    assert_eq!(auto_prompt(&context, &config, false, true), AutoPrompt::Off);
    let world = world.var("AWS_DEFAULT_OUTPUT", "").var("AWS_CLI_ERROR_FORMAT", "").var("AWS_PAGER", "cat");
    let (context, config) = (world.context(), world.load(None).unwrap());
    assert_eq!(output_format(&context, &config, None).value, "");
    assert_eq!(error_format(&context, Some(&config), None), "enhanced");
    assert_eq!(pager(&context, &config, false).unwrap().value, "cat");
    assert!(pager(&context, &config, true).is_none());
    let world = World::new("").var("PAGER", "more -s").var("AWS_CLI_AUTO_PROMPT", "bogus");
    let (context, config) = (world.context(), world.load(None).unwrap());
    assert_eq!(pager(&context, &config, false).unwrap().value, "more -s");
    assert_eq!(output_format(&context, &config, None).value, "json");
    assert_eq!(auto_prompt(&context, &config, false, false), AutoPrompt::Off);
}
