//! The config file: what is there stays, whatever happens meanwhile.

use super::{DEVELOPER, configure, section, session_section, signed_in};
use crate::support::environment::SESSION;
use crate::support::identity_center::{Endpoint, Gate, Reply};
use crate::support::{IdentityCenter, Rng, TestEnv, count};

fn sections() -> String {
    ["Developer", "ReadOnly"]
        .map(|role| section(&format!("profile Development.{role}"), "111122223333", role, "region = us-east-1\n"))
        .concat()
}

#[test]
fn line_endings_comments_and_order_stay() {
    let center = IdentityCenter::start();
    let env = signed_in(&center);
    let base = session_section(&center);
    for (before, after) in [
        (base.replace('\n', "\r\n"), (base.clone() + &sections()).replace('\n', "\r\n")),
        (format!("# a\n\n{base}\n\n; no newline"), format!("# a\n\n{base}\n\n; no newline\n{}", sections())),
        (format!("[default]\noutput=json\n\n{base}\n"), format!("[default]\noutput=json\n\n{base}{}", sections())),
    ] {
        env.config(&before);
        configure(&env, &["--all"]).ok();
        assert_eq!(env.read(".aws/config"), after);
        configure(&env, &["--all"]).ok();
        assert_eq!(env.read(".aws/config"), after);
    }
}

#[cfg(unix)]
#[test]
fn links_and_modes_stay() {
    use std::os::unix::fs::{PermissionsExt as _, symlink};
    let center = IdentityCenter::start();
    let env = signed_in(&center);
    let (path, target) = (env.home().join(".aws/config"), env.home().join("dotfiles"));
    std::fs::rename(&path, &target).unwrap();
    std::fs::set_permissions(&target, std::fs::Permissions::from_mode(0o640)).unwrap();
    symlink(&target, &path).unwrap();
    configure(&env, &["--all"]).ok();
    assert_eq!(std::fs::read_link(&path).unwrap(), target);
    assert_eq!((env.read("dotfiles"), env.mode("dotfiles")), (session_section(&center) + &sections(), 0o640));
}

#[test]
fn a_file_that_cannot_be_written_is_an_error() {
    let center = IdentityCenter::start();
    let mut env = signed_in(&center);
    std::fs::create_dir(env.home().join("folder")).unwrap();
    let url = center.start_url();
    let words = ["configure", "--all", "--sso-session", SESSION, "--start-url", &url, "--sso-region", "us-east-1"];
    // Before anyone signs in.
    let requests = center.requests().len();
    let login = ["login", "--sso-session", "new", "--start-url", &url, "--sso-region", "us-east-1", "--save"];
    let files = if cfg!(target_os = "linux") { &["folder", "/proc/config"][..] } else { &["folder"] };
    for file in files {
        env.set("AWS_CONFIG_FILE", env.home().join(file));
        for words in [&words[..], &login] {
            let run = env.run(words).expect(255);
            assert!(run.stderr.contains("Unable to write config file"), "{}", run.snapshot());
        }
    }
    env.set("AWS_CONFIG_FILE", "");
    let run = env.run(login).expect(255);
    assert!(run.stderr.contains("AWS_CONFIG_FILE is empty"), "{}", run.snapshot());
    assert_eq!(center.requests().len(), requests);
    env.config("[sso-session corp\n");
    env.unset("AWS_CONFIG_FILE");
    let run = env.run(words).expect(255);
    assert!(run.stderr.contains("Unable to parse config file"), "{}", run.snapshot());
    assert_eq!(env.read(".aws/config"), "[sso-session corp\n");
}

/// Two of them, held back until both have the lists.
#[test]
fn two_at_once_write_each_profile_once() {
    let center = IdentityCenter::start();
    let env = signed_in(&center);
    let gate = Gate::default();
    center.next_n(Endpoint::ListAccountRoles, 2, &Reply::genuine().hold(&gate));
    let words = ["configure", "--all", "--sso-session", SESSION];
    let runs = [env.spawn(words), env.spawn(words)];
    crate::support::wait_until("both ask for the roles", || center.requests_to(Endpoint::ListAccountRoles).len() == 2);
    gate.open();
    let errors = runs.map(|run| run.finish().ok().stderr).concat();
    assert_eq!(env.read(".aws/config"), session_section(&center) + &sections());
    assert!(errors.contains("added 2 profiles in") && errors.contains("2 unchanged"), "{errors}");
}

/// A profile that somebody else writes between the lists and the edit.
#[test]
fn a_profile_that_appears_meanwhile_is_kept() {
    for all in [true, false] {
        let center = IdentityCenter::start();
        let env = signed_in(&center);
        let gate = Gate::default();
        center.next(Endpoint::ListAccountRoles, Reply::genuine().hold(&gate));
        let options = if all { &["--all"][..] } else { &DEVELOPER };
        let words = ["configure", "--sso-session", SESSION].iter().chain(options).copied();
        let run = env.spawn(words);
        crate::support::wait_until("the roles are asked for", || {
            center.requests_to(Endpoint::ListAccountRoles).len() == 1
        });
        let own = session_section(&center) + "[profile Development.Developer]\nregion = x\n";
        env.config(&own);
        gate.open();
        let run = run.finish().expect(if all { 0 } else { 252 });
        assert!(run.stderr.contains("with different settings"), "{}", run.snapshot());
        assert!(env.read(".aws/config").starts_with(&own));
        assert_eq!(env.read(".aws/config") == own, !all);
    }
}

/// Killed at any moment the file is the old one or the new one.
#[cfg(unix)]
#[test]
fn a_kill_leaves_the_old_file_or_the_new_one() {
    let center = IdentityCenter::start();
    center.tolerate_everything();
    let names: Vec<String> = (0..30).map(|number| format!("{:012}", 100 + number)).collect();
    for id in &names {
        center.entitle_only(id, id, &["A", "B", "C"]);
    }
    let env = signed_in(&center);
    let old = "# mine\r\n".to_owned() + &session_section(&center);
    env.config(&old);
    let whole = configure(&env, &["--all"]).ok().duration;
    let new = env.read(".aws/config");
    assert_eq!(new.matches("[profile ").count(), 92);
    let mut rng = Rng(count("SSO_OIDC_TEST_SEED", 1) as u64);
    let (mut killed, kills) = (0, count("SSO_OIDC_TEST_KILLS", 5));
    for _ in 0..20 * kills {
        env.config(&old);
        let running = env.spawn(["configure", "--all", "--sso-session", SESSION]);
        std::thread::sleep(whole * u32::try_from(rng.below(1000)).unwrap() / 1000);
        running.signal("KILL");
        killed += usize::from(running.finish().status == -9);
        let found = env.read(".aws/config");
        assert!(found == old || found == new, "{found}");
        if killed == kills {
            return recovers(&env, &new);
        }
    }
    panic!("only {killed} were killed in time");
}

#[cfg(unix)]
fn recovers(env: &TestEnv, new: &str) {
    configure(env, &["--all"]).ok();
    assert_eq!(env.read(".aws/config"), new);
}
