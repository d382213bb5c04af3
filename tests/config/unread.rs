//! Configuration files that cannot be read, and what the error of a missing setting says about them.

use crate::support::TestEnv;

const REGISTER: [&str; 5] = ["register-client", "--client-name", "n", "--client-type", "public"];

#[test]
fn an_error_about_a_missing_setting_names_files_that_were_not_read() {
    let env = TestEnv::new();
    env.write(".aws/config/file", "").write(".aws/credentials/file", "");
    let note = |name: &str| {
        format!("note: {} was not read: it is not a regular file\n", env.home().join(".aws").join(name).display())
    };
    let sign = "create-token-with-iam --client-id c --grant-type refresh_token --region us-east-1";
    for words in [REGISTER.join(" "), sign.to_owned(), "export-credentials".to_owned()] {
        let run = env.command(words.split(' ')).env("AWS_EC2_METADATA_DISABLED", "true").run().expect(253);
        assert!(run.stderr.ends_with(&(note("config") + &note("credentials"))), "{}", run.snapshot());
        let json = ["--cli-error-format", "json"];
        let run = env.command(words.split(' ').chain(json)).env("AWS_EC2_METADATA_DISABLED", "true").run().expect(253);
        assert!(!run.stderr.contains("note:"), "{}", run.snapshot());
    }
    // Once is enough.
    let run = env.run(["login", "--sso-session", "corp"]).expect(253);
    assert!(run.stderr.contains("(which was not read: ") && !run.stderr.contains("note:"), "{}", run.snapshot());
    for command in ["login", "token", "configure"] {
        let run = env.run([command]).expect(253);
        assert_eq!(run.stderr.matches("not a regular file").count(), 2, "{}", run.snapshot());
    }
    // An error about something else does not mention them.
    let run = env.run(REGISTER.into_iter().chain(["--region", "us-east-1", "--endpoint-url", "x://"])).expect(255);
    assert!(!run.stderr.contains("note:"), "{}", run.snapshot());
}

#[test]
fn utf_16_is_named() {
    let text = "[default]\nregion = us-east-1\n";
    let with_mark = || std::iter::once(0xfeff).chain(text.encode_utf16());
    for bytes in [
        with_mark().flat_map(u16::to_le_bytes).collect::<Vec<_>>(),
        with_mark().flat_map(u16::to_be_bytes).collect(),
        text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
        text.encode_utf16().flat_map(u16::to_be_bytes).collect(),
    ] {
        for name in ["config", "credentials"] {
            let env = TestEnv::new();
            env.write(&format!(".aws/{name}"), &bytes);
            let run = env.run(REGISTER).expect(255);
            let hint = "hint: the file is UTF-16; save it as UTF-8 without a byte order mark\n";
            assert!(
                run.stderr.contains("Unable to parse config file: ") && run.stderr.ends_with(hint),
                "{}",
                run.snapshot()
            );
        }
    }
}
