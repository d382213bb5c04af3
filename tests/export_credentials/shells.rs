//! Exported credentials and the state of a session in real shells: bash, zsh, fish. PowerShell is not run here; its
//! lines are compared in `export_credentials`.

use crate::support::environment::SESSION;
use crate::support::programs::{find, or_skip};
use crate::support::{IdentityCenter, Run, TestEnv};

/// Runs a script in a shell with the program on the `PATH`; `None` if the shell is not installed.
fn run(env: &TestEnv, shell: &str, script: &str) -> Option<Run> {
    let shell = or_skip(find(&[shell]), &format!("{shell} reads our output"), &format!("{shell} is not installed"))?;
    std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_sso-oidc"), env.bin().join("sso-oidc")).unwrap();
    let no_files = if shell.ends_with("fish") { "--no-config" } else { "-f" };
    Some(env.program(&shell, [no_files, "-c", script]).run())
}

fn signed_in() -> (IdentityCenter, TestEnv) {
    let center = IdentityCenter::start();
    let env = TestEnv::of(&center);
    env.sign_in(&center, SESSION);
    (center, env)
}

const SHOW: &str = "printf '%s\\n' \"$AWS_ACCESS_KEY_ID\" \"$AWS_SECRET_ACCESS_KEY\" \"$AWS_SESSION_TOKEN\" \
                    \"$AWS_CREDENTIAL_EXPIRATION\"";

/// The output of `--format process`, one value per line.
fn expected(env: &TestEnv) -> String {
    let document = env.run(["export-credentials", "--profile", "dev"]).ok().json();
    ["AccessKeyId", "SecretAccessKey", "SessionToken", "Expiration"]
        .map(|name| document[name].as_str().expect("it has all four").to_owned() + "\n")
        .concat()
}

fn exports(shell: &str, script: &str) {
    let (_center, env) = signed_in();
    let Some(run) = run(&env, shell, script) else { return };
    assert_eq!(run.ok().stdout, expected(&env));
}

#[test]
fn bash_evaluates_the_exports() {
    exports(
        "bash",
        &format!("eval \"$(sso-oidc export-credentials --profile dev --format env)\"; /bin/sh -c '{}'", inner()),
    );
    exports("bash", &format!("eval \"$(sso-oidc export-credentials --profile dev --format env-no-export)\"; {SHOW}"));
}

#[test]
fn zsh_evaluates_the_exports() {
    exports(
        "zsh",
        &format!("eval \"$(sso-oidc export-credentials --profile dev --format env)\"; /bin/sh -c '{}'", inner()),
    );
    exports("zsh", &format!("eval \"$(sso-oidc export-credentials --profile dev --format env-no-export)\"; {SHOW}"));
}

#[test]
fn fish_evaluates_the_exports() {
    exports(
        "fish",
        &format!("sso-oidc export-credentials --profile dev --format fish | source; /bin/sh -c '{}'", inner()),
    );
    exports(
        "fish",
        &format!("eval (sso-oidc export-credentials --profile dev --format fish | string collect); {SHOW}"),
    );
}

/// The same for a child of the shell, in single quotes.
fn inner() -> String {
    SHOW.replace('\'', "'\\''")
}

/// A prompt that shows whether a login is needed, by the exit code alone.
fn prompts(shell: &str, function: &str) {
    let (_center, env) = signed_in();
    let script = format!("{function}\nprompt; mv $HOME/.aws/sso $HOME/.aws/gone; prompt");
    let script = script.replace("mv ", "/bin/mv ");
    let Some(run) = run(&env, shell, &script) else { return };
    let run = run.ok();
    assert_eq!((run.stdout.as_str(), run.stderr.as_str()), ("corp $\ncorp (login) $\n", ""));
}

#[test]
fn status_in_bash_and_zsh_prompts() {
    let function = "prompt() { local mark=; sso-oidc status --sso-session corp >/dev/null || mark=' (login)'; \
                    echo \"corp$mark $\"; }";
    prompts("bash", function);
    prompts("zsh", function);
}

#[test]
fn status_in_a_fish_prompt() {
    let function = "function prompt; set -l mark ''; sso-oidc status --sso-session corp >/dev/null; or set mark ' (login)'; \
                    echo \"corp$mark \\$\"; end";
    prompts("fish", function);
}
