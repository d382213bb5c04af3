//! Edits of the config file: the requested change is there afterwards, and nothing else differs.

use proptest::prelude::*;
use sso_oidc::internal::Kind;
use sso_oidc::internal::{Session, SessionOptions, save_profile, save_sso_session, set_sso_region};

use super::Fixture;
use crate::support::count;

fn session(fixture: &Fixture, profile: Option<&str>) -> Session {
    Session::resolve(&fixture.load(profile).unwrap(), &SessionOptions::default()).unwrap()
}

/// The config file after the region was found out to be `eu-west-3`.
fn with_region(config: &str, profile: Option<&str>) -> String {
    let fixture = Fixture::new(config);
    set_sso_region(&fixture.load(profile).unwrap(), &session(&fixture, profile), "eu-west-3", &fixture.context())
        .unwrap();
    assert_eq!(session(&fixture, profile).region.value, "eu-west-3");
    std::fs::read_to_string(fixture.path("config")).unwrap()
}

#[test]
fn a_region_is_replaced_in_place() {
    for (before, after) in [
        (
            "[default]\nsso_session = s\n[sso-session s]\nsso_start_url = u\nsso_region = us-east-1\n# end\n",
            "[default]\nsso_session = s\n[sso-session s]\nsso_start_url = u\nsso_region = eu-west-3\n# end\n",
        ),
        (
            "# mine\n[default]\n  SSO_Region:us-east-1   \n  sso_start_url = u",
            "# mine\n[default]\n  SSO_Region:eu-west-3\n  sso_start_url = u",
        ),
        (
            "[default]\r\nsso_start_url = u\r\nsso_region\t=\tus\r\n\r\n; end\r\n",
            "[default]\r\nsso_start_url = u\r\nsso_region\t=\teu-west-3\r\n\r\n; end\r\n",
        ),
        (
            "[default]\nsso_region = us-east-1\n    # note\n\n    tail\nsso_start_url = u\n[x]\n",
            "[default]\nsso_region = eu-west-3\n    # note\n\nsso_start_url = u\n[x]\n",
        ),
        (
            "[DEFAULT]\nsso_region = us-east-1\n[default]\nsso_start_url = u\n\n# about x\n[x]\n",
            "[DEFAULT]\nsso_region = us-east-1\n[default]\nsso_start_url = u\nsso_region = eu-west-3\n\n# about x\n[x]\n",
        ),
        (
            "[DEFAULT]\nsso_start_url = u\nsso_region = us-east-1\n[default]\n# none yet\n\n  [x]\n  y = z\n",
            "[DEFAULT]\nsso_start_url = u\nsso_region = us-east-1\n[default]\n  sso_region = eu-west-3\n# none yet\n\n  [x]\n  y = z\n",
        ),
    ] {
        assert_eq!(with_region(before, None), after);
    }
}

#[test]
fn the_effective_section_is_edited() {
    let keys = "sso_start_url = u\nsso_region = us-east-1\n";
    let changed = "sso_start_url = u\nsso_region = eu-west-3\n";
    assert_eq!(with_region(&format!("[default]\n{keys}"), None), format!("[default]\n{changed}"));
    assert_eq!(with_region(&format!("[profile default]\n{keys}"), None), format!("[profile default]\n{changed}"));
    assert_eq!(
        with_region(&format!("[default]\n{keys}[profile default]\n{keys}"), None),
        format!("[default]\n{keys}[profile default]\n{changed}")
    );
    assert_eq!(
        with_region(&format!("[profile default]\n{keys}[default]\n{keys}"), None),
        format!("[profile default]\n{keys}[default]\n{changed}")
    );
    assert_eq!(with_region(&format!("[profile 'a b']\n{keys}"), Some("a b")), format!("[profile 'a b']\n{changed}"));
}

#[test]
fn a_region_in_the_credentials_file_is_replaced() {
    let fixture = Fixture::new("[profile p]\nsso_start_url = u\nsso_region = hidden\n")
        .credentials("[p]\nsso_region = us-east-1\n");
    set_sso_region(&fixture.load(Some("p")).unwrap(), &session(&fixture, Some("p")), "eu-west-3", &fixture.context())
        .unwrap();
    assert_eq!(session(&fixture, Some("p")).region.value, "eu-west-3");
    assert_eq!(std::fs::read_to_string(fixture.path("credentials")).unwrap(), "[p]\nsso_region = eu-west-3\n");
}

#[test]
fn a_new_section_is_appended() {
    let pairs = [("sso_start_url", "https://d-1.awsapps.com/start"), ("sso_region", "us-east-1")];
    let section = "sso_start_url = https://d-1.awsapps.com/start\nsso_region = us-east-1\n";
    for (before, name, after) in [
        ("", "s", format!("[sso-session s]\n{section}")),
        ("[default]\na = b", "s", format!("[default]\na = b\n\n[sso-session s]\n{section}")),
        ("[default]\na = b\n\n", "my dev", format!("[default]\na = b\n\n[sso-session \"my dev\"]\n{section}")),
        (
            "[default]\r\n",
            "q\"\\",
            format!("[default]\r\n\r\n[sso-session \"q\\\"\\\\\"]\n{section}").replace("]\n", "]\r\n"),
        ),
    ] {
        let fixture = Fixture::new(before);
        save_sso_session(&fixture.load(None).unwrap(), name, &pairs, &fixture.context()).unwrap();
        let found = std::fs::read_to_string(fixture.path("config")).unwrap();
        assert_eq!(found.replace("\r\n", "\n"), after.replace("\r\n", "\n"));
        assert_eq!(found.contains("\r\n"), found.matches('\n').count() == found.matches("\r\n").count());
        let config = fixture.load(None).unwrap();
        assert_eq!(config.sso_session(name).unwrap().get("sso_region"), Some("us-east-1"));
    }
    let fixture = Fixture::new("[profile a]\n");
    save_profile(&fixture.load(None).unwrap(), "default", &[("region", "r")], &fixture.context()).unwrap();
    save_profile(&fixture.load(None).unwrap(), "b", &[("region", "r")], &fixture.context()).unwrap();
    let expected = "[profile a]\n\n[default]\nregion = r\n\n[profile b]\nregion = r\n";
    assert_eq!(std::fs::read_to_string(fixture.path("config")).unwrap(), expected);
}

#[test]
fn values_that_ini_cannot_hold_are_refused() {
    let text = "[sso-session s]\na = b\n";
    for (name, key, value) in [
        ("s", "sso_region", "x\n[profile evil]\ncredential_process = sh"),
        ("s", "sso_region", "x\n  more"),
        ("s", "sso_region", " padded "),
        ("s", "sso region\n", "x"),
        ("s", "a=b", "x"),
        ("s", "#key", "x"),
        ("s", "UPPER", "x"),
        ("new\n[profile evil]\n", "sso_region", "x"),
        ("new\rname", "sso_region", "x"),
    ] {
        let fixture = Fixture::new(text);
        let error =
            save_sso_session(&fixture.load(None).unwrap(), name, &[(key, value)], &fixture.context()).unwrap_err();
        assert_eq!(error.kind(), Kind::Other, "{name:?} {key:?} {value:?}");
        assert_eq!(std::fs::read_to_string(fixture.path("config")).unwrap(), text);
    }
}

#[test]
fn a_broken_file_is_not_edited() {
    let fixture = Fixture::new("[sso-session s]\nsso_start_url = u\nsso_region = r\n");
    let config = fixture.load(None).unwrap();
    let broken = "[sso-session s]\nsso_region = r\nsso_region = r\n";
    std::fs::write(fixture.path("config"), broken).unwrap();
    let error = save_sso_session(&config, "s", &[("sso_region", "x")], &fixture.context()).unwrap_err();
    assert_eq!(error.kind(), Kind::Other);
    assert_eq!(std::fs::read_to_string(fixture.path("config")).unwrap(), broken);
}

#[test]
fn the_start_url_of_a_session_is_not_changed() {
    let fixture = Fixture::new("");
    let config = fixture.load(None).unwrap();
    let save = |url| save_sso_session(&config, "s", &[("sso_start_url", url), ("sso_region", "r")], &fixture.context());
    save("https://one.example").unwrap();
    let saved = std::fs::read_to_string(fixture.path("config")).unwrap();
    let error = save("https://two.example").unwrap_err();
    let hint = "[sso-session s] now has the start URL https://one.example; choose another name";
    assert_eq!(error.advice(), Some(hint));
    save("https://one.example").unwrap();
    assert_eq!(std::fs::read_to_string(fixture.path("config")).unwrap(), saved);
}

#[cfg(unix)]
#[test]
fn file_modes_are_kept_and_new_files_are_private() {
    use std::os::unix::fs::{PermissionsExt as _, symlink};
    let mode = |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o7777;
    let fixture = Fixture::new("[default]\n");
    let path = fixture.path("config");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
    save_sso_session(&fixture.load(None).unwrap(), "s", &[("sso_region", "r")], &fixture.context()).unwrap();
    assert_eq!(mode(&path), 0o644);

    std::fs::rename(&path, fixture.path("elsewhere")).unwrap();
    symlink("elsewhere", &path).unwrap();
    save_sso_session(&fixture.load(None).unwrap(), "t", &[("sso_region", "r")], &fixture.context()).unwrap();
    assert!(std::fs::symlink_metadata(&path).unwrap().is_symlink());
    assert!(std::fs::read_to_string(fixture.path("elsewhere")).unwrap().contains("[sso-session t]"));

    let fixture = Fixture::new("").var("AWS_CONFIG_FILE", "~/.new/folder/config");
    save_sso_session(&fixture.load(None).unwrap(), "s", &[("sso_region", "r")], &fixture.context()).unwrap();
    let path = fixture.path("../.new/folder/config");
    assert_eq!((mode(&path), mode(path.parent().unwrap())), (0o600, 0o700));
    assert_eq!(std::fs::read_dir(path.parent().unwrap()).unwrap().count(), 1, "no temporary file stays");
}

fn any_config() -> impl Strategy<Value = String> {
    let line = prop_oneof![
        4 => "[a-c] ?[=:] ?[a-z]{0,3}",
        2 => "[ \t]{1,4}[a-z]{1,3}( = [a-z]{0,2})?",
        2 => "(  )?\\[(profile |sso-session )?[a-cs]\\]",
        1 => "[ ]{0,2}[#;].{0,5}",
        1 => Just("[DEFAULT]".to_owned()),
        2 => Just(String::new()),
    ];
    let ending = prop_oneof![8 => Just("\n"), 2 => Just("\r\n"), 1 => Just("\r")];
    proptest::collection::vec((line, ending), 0..14)
        .prop_map(|lines| lines.into_iter().map(|(line, ending)| line + ending).collect())
}

proptest! {
    // Each case writes and syncs files, so there are fewer than of properties in memory.
    #![proptest_config(ProptestConfig::with_cases(u32::try_from(count("SSO_OIDC_TEST_EDITS", 256)).unwrap()))]

    #[test]
    fn edits_are_exact_or_refused(text in any_config(), key in "[a-d]", value in "[a-z=:#\\[\\] ]{0,6}", name in "[a-ds]") {
        let fixture = Fixture::new(&text);
        let Ok(before) = fixture.load(None) else { return Ok(()) };
        let outcome = save_sso_session(&before, &name, &[(&key, &value)], &fixture.context());
        let Ok(()) = outcome else {
            prop_assert_eq!(std::fs::read_to_string(fixture.path("config")).unwrap(), text.as_str());
            // A value in [DEFAULT] that should be a block is an error only if a section inherits it.
            let first_section = text.contains("[DEFAULT]") && before.sso_session(&name).is_none();
            prop_assert!(value.trim() != value || first_section, "refused {:?}", (key, value, name));
            return Ok(());
        };
        let after = fixture.load(None).unwrap();
        prop_assert_eq!(after.sso_session(&name).unwrap().get(&key), Some(value.as_str()));
        let sessions = before.sso_sessions().map(|(found, section)| (true, found, section));
        let profiles = before.profiles().map(|(found, section)| (false, found, section));
        for (is_session, found, section) in sessions.chain(profiles) {
            let same = if is_session { after.sso_session(found) } else { after.profile(found) }.unwrap();
            for other in section.keys() {
                if !(is_session && found == name && other == key) {
                    prop_assert_eq!(section.get(other), same.get(other));
                    prop_assert_eq!(section.nested(other).map(|it| it.keys()), same.nested(other).map(|it| it.keys()));
                }
            }
        }
        let comments = |text: &str| text.split(['\n', '\r']).filter(|line| line.trim().starts_with(['#', ';'])).count();
        prop_assert_eq!(comments(&text), comments(&std::fs::read_to_string(fixture.path("config")).unwrap()));
    }
}

/// Every process reads, changes and replaces the whole file.
#[test]
fn concurrent_edits_are_all_kept() {
    let fixture = Fixture::new("# mine\n[default]\nregion = r\n");
    std::thread::scope(|scope| {
        for thread in 0..20 {
            let fixture = &fixture;
            scope.spawn(move || {
                for section in 0..5 {
                    let (name, value) = (format!("s{thread}-{section}"), format!("r{section}"));
                    save_sso_session(
                        &fixture.load(None).unwrap(),
                        &name,
                        &[("sso_region", &value)],
                        &fixture.context(),
                    )
                    .unwrap();
                }
            });
        }
    });
    let config = fixture.load(None).unwrap();
    let names = config.sso_sessions().count();
    assert_eq!(names, 100, "{names} of 100 sections are left");
    let files = std::fs::read_dir(fixture.path("")).unwrap().count();
    // Windows cannot remove a lock while it is held.
    let locks = usize::from(cfg!(windows));
    assert_eq!(files, 1 + locks, "no lock and no temporary file stays");
}
