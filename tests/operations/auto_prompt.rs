//! `--cli-auto-prompt` on a terminal: the prompts, what is shown, what is sent.
#![cfg(unix)]

use serde_json::json;

use crate::support::identity_center::{Endpoint, Reply};
use crate::support::{IdentityCenter, TestEnv};

fn env_of(center: &IdentityCenter) -> TestEnv {
    let mut env = TestEnv::of(center);
    env.set("AWS_REGION", center.region()).set("AWS_PAGER", "");
    env
}

#[test]
fn missing_members_are_prompted_and_secrets_hidden() {
    let center = IdentityCenter::start();
    center.next(Endpoint::CreateToken, Reply::json(200, &json!({"tokenType": "Bearer"})));
    let env = env_of(&center);
    let words = ["create-token", "--cli-auto-prompt", "--grant-type", "g", "--redirect-uri", "u"];
    let mut terminal = env.on_terminal(&words);
    for (question, echoes, answer) in [
        ("--client-id: ", true, "my client"),
        ("--client-secret: ", false, "hunter2"),
        ("--device-code: ", false, ""),
        ("--code: ", false, "hunter3"),
        ("--refresh-token: ", false, ""),
        ("--scope: ", true, "one  two"),
        ("--code-verifier: ", false, ""),
    ] {
        terminal.wait_for(|text| text.ends_with(question).then_some(()));
        assert_eq!(terminal.echoes(), echoes, "{question}");
        terminal.type_in(&format!("{answer}\n"));
    }
    let (code, text, echoes) = terminal.finish();
    assert!(code == 0 && echoes && text.contains("\"tokenType\": \"Bearer\""), "{text}");
    assert!(text.contains("Client secret from register-client") && !text.contains("hunter"), "{text}");
    assert_eq!(
        String::from_utf8(center.requests()[0].body.clone()).unwrap(),
        r#"{"clientId": "my client", "clientSecret": "hunter2", "grantType": "g", "code": "hunter3", "scope": ["one", "two"], "redirectUri": "u"}"#
    );
}

#[test]
fn on_partial_prompts_for_required_members_only() {
    let center = IdentityCenter::start();
    let mut env = env_of(&center);
    env.set("AWS_CLI_AUTO_PROMPT", "on-partial");
    let mut terminal = env.on_terminal(&["register-client", "--client-name", "n"]);
    terminal.wait_for(|text| text.ends_with("--client-type: ").then_some(()));
    terminal.type_in("\npublic\n");
    let (code, text, _) = terminal.finish();
    assert!(code == 0 && text.contains("clientSecret"), "{text}");
    let (code, text, _) =
        env.on_terminal(&["register-client", "--client-name", "n", "--client-type", "public"]).finish();
    assert!(code == 0 && !text.contains(": \r\n"), "{text}");
    assert_eq!(center.requests().len(), 2);
}

#[test]
fn keys_that_end_a_question_restore_the_terminal() {
    let center = IdentityCenter::start();
    let env = env_of(&center);
    for (words, option, keys) in [
        (&["create-token", "--client-id", "c"][..], "--client-secret: ", "hun\u{3}"),
        (&["create-token", "--client-id", "c"], "--client-secret: ", "\u{4}"),
        (&["register-client"], "--client-name: ", "\u{4}"),
    ] {
        let mut terminal = env.on_terminal(&[words, &["--cli-auto-prompt"]].concat());
        terminal.wait_for(|text| text.ends_with(option).then_some(()));
        terminal.type_in(keys);
        let (code, text, echoes) = terminal.finish();
        assert!(code == 130 && echoes && !text.contains("[ERROR]"), "{text}");
    }
    assert!(center.requests().is_empty());
}

#[test]
fn auto_prompt_without_a_terminal_fails() {
    let center = IdentityCenter::start();
    let mut env = env_of(&center);
    let words = ["register-client", "--client-name", "n", "--client-type", "public"];
    let run = env.run(words.into_iter().chain(["--cli-auto-prompt"])).expect(255);
    assert!(run.stderr.contains("--cli-auto-prompt"), "{}", run.stderr);
    env.set("AWS_CLI_AUTO_PROMPT", "on");
    env.run(words).expect(255);
    assert!(center.requests().is_empty());
    env.run(words.into_iter().chain(["--no-cli-auto-prompt"])).ok();
    env.set("AWS_CLI_AUTO_PROMPT", "on-partial");
    env.run(words).ok();
}
