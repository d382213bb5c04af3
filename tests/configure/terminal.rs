//! `configure` on a terminal: what the options leave open is asked. `aws configure sso` asks, too.

use std::os::unix::fs::symlink;

use super::{DEVELOPER, section, session_section, signed_in};
use crate::support::environment::SESSION;
use crate::support::identity_center::{Approval, Endpoint, Gate, Reply};
use crate::support::screen::Screen;
use crate::support::terminal::Terminal;
use crate::support::{IdentityCenter, TestEnv};

const DOWN: &str = "\u{1b}[B";

/// Gives each answer when its question is on the screen; the screen in the end.
fn answer(mut terminal: Terminal, answers: &[(&str, &str)]) -> String {
    for (question, answer) in answers {
        terminal.wait_for(|text| text.contains(question).then_some(()));
        terminal.type_in(answer);
    }
    let (code, text, echoes) = terminal.finish();
    assert!(code == 0 && echoes, "{code} {text}");
    text
}

#[test]
fn account_role_name_and_region_are_asked_for() {
    let center = IdentityCenter::start();
    center.entitle_only("444455556666", "Ünï & Co", &["Admin", "ReadOnly"]);
    let env = signed_in(&center);
    let taken = session_section(&center) + "[profile n-Co.ReadOnly]\nregion = x\n[profile b]\n";
    env.config(&taken);
    let text = answer(
        env.on_terminal(&["configure"]),
        &[
            ("Ünï & Co (444455556666)", &format!("{DOWN}\r")),
            ("ReadOnly", &format!("{DOWN}\r")),
            ("Profile name: ", "a\u{1b}[Db\n"),
            ("characters that cannot be shown", "b\n"),
            ("the profile b already exists; choose another name", "c\n"),
            ("Region [us-east-1]: ", "eu west\n"),
            ("Provided region_name", "eu-west-1\n"),
        ],
    );
    assert!(text.contains("saved [profile c] in ") && text.contains("try: aws s3 ls --profile c"), "{text}");
    let new = section("profile c", "444455556666", "ReadOnly", "region = eu-west-1\n");
    assert_eq!(env.read(".aws/config"), taken + &new);
}

#[test]
fn a_list_that_cannot_be_drawn_is_numbered() {
    let center = IdentityCenter::start();
    let env = signed_in(&center);
    let answers = [("   2  ReadOnly", "3\n"), ("from 1 to 2", "2\n"), ("Profile name", "\n"), ("Region", "\n")];
    let text = answer(env.on_terminal(&["configure", "--color", "off"]), &answers);
    assert!(text.contains("Choose the role [1]: ") && !text.contains('\u{1b}'), "{text:?}");
    let new = section("profile Development.ReadOnly", "111122223333", "ReadOnly", "region = us-east-1\n");
    assert!(env.read(".aws/config").ends_with(&new));
}

/// An Identity Center with 120 accounts, and an environment that is signed in to it.
fn many_accounts() -> (IdentityCenter, TestEnv) {
    let center = IdentityCenter::start();
    center.disentitle();
    for number in 1..=120 {
        let name = format!("{} 会社 {number}", if number % 2 == 0 { "Production" } else { "Test" });
        center.entitle_only(&format!("{number:012}"), &name, &["Admin"]);
    }
    let env = signed_in(&center);
    (center, env)
}

const CONFIGURE: [&str; 5] = ["configure", "--profile", "dev", "--region", "us-east-1"];

/// The rows on the screen.
fn shown(text: &str, columns: u16) -> Vec<String> {
    let mut screen = Screen::new(columns.into());
    screen.write(text);
    screen.lines()
}

#[test]
fn typing_filters_a_long_list() {
    let (_center, env) = many_accounts();
    let mut terminal = env.on_terminal_of(40, 10, &CONFIGURE);
    terminal.wait_for(|text| text.contains("type to filter").then_some(()));
    // Only text of what is pasted; no control characters, and no keys that the list does not know.
    terminal.type_in("\u{1b}[200~X\r\u{1b}[B\u{1b}[35m\u{1b}[201~\u{15}\u{85}\u{1b}[1;5C\u{1b}OP\u{1b}x\u{4}");
    terminal.wait_for(|text| text.contains("account: X ").then_some(()));
    let screen = shown(&terminal.text(), 40);
    assert_eq!(screen.last().unwrap(), "Choose the account: X   0/0");
    // There is nothing to choose.
    terminal.type_in("\r\u{7f}\u{7f}test 会社 11é\u{7f}");
    terminal.wait_for(|text| text.contains("1/6").then_some(()));
    terminal.type_in(DOWN);
    terminal.wait_for(|text| text.contains("2/6").then_some(()));
    let screen = shown(&terminal.text(), 40);
    let list =
        ["Choose the account: test 会社 11  2/6", "  Test 会社 11 (000000000011)", "> Test 会社 111 (000000000111)"];
    assert_eq!(screen[screen.len() - 7..][..3], list);
    terminal.type_in("\r");
    let (code, text, echoes) = terminal.finish();
    assert!(code == 0 && echoes, "{code} {text:?}");
    let screen = shown(&text, 40);
    let answer = ["Choose the account: Test 会社 111", "(000000000111)", "✓ saved [profile dev] in"];
    assert_eq!(screen[1..4], answer, "{screen:#?}");
    assert!(env.read(".aws/config").contains("sso_account_id = 000000000111\nsso_role_name = Admin\n"));
}

#[test]
fn an_escape_sequence_may_arrive_in_parts() {
    let (_center, env) = many_accounts();
    let mut terminal = env.on_terminal_of(80, 10, &CONFIGURE);
    terminal.wait_for(|text| text.contains("type to filter").then_some(()));
    let last = terminal.text().len();
    terminal.type_in("\u{1b}");
    terminal.wait_for(|text| text[last..].contains("[0J").then_some(()));
    // That was a lone Escape.
    terminal.type_in("x[");
    terminal.wait_for(|text| text.contains("account: x[").then_some(()));
    terminal.type_in("\u{7f}\u{7f}\u{1b}[200~test\t会社\r119");
    terminal.wait_for(|text| text.contains("119\u{1b}[2m  1/1").then_some(()));
    // The end of the paste.
    for part in ["\u{1b}", "[201~"] {
        let last = terminal.text().len();
        terminal.type_in(part);
        terminal.wait_for(|text| text[last..].contains("[0J").then_some(()));
    }
    terminal.type_in("\r");
    let (code, text, echoes) = terminal.finish();
    assert!(code == 0 && echoes, "{code} {text:?}");
    assert!(env.read(".aws/config").contains("sso_account_id = 000000000119\n"));
}

#[test]
fn a_list_fits_a_terminal_of_any_size() {
    let (_center, env) = many_accounts();
    for (columns, rows) in [(80, 2), (80, 1), (7, 3), (1, 1)] {
        let mut terminal = env.on_terminal_of(40, 10, &[&CONFIGURE[..], &["--overwrite"]].concat());
        terminal.wait_for(|text| text.contains("type to filter").then_some(()));
        terminal.resize(columns, rows);
        let last = terminal.text().len();
        terminal.type_in(DOWN);
        terminal.wait_for(|text| text[last..].contains("[0J").then_some(()));
        terminal.type_in("\r");
        let (code, text, echoes) = terminal.finish();
        assert!(code == 0 && echoes && text.contains("\u{1b}[?2004l\u{1b}[?25h"), "{code} {text:?}");
        assert!(env.read(".aws/config").contains("sso_account_id = 000000000100\n"), "{columns} {rows}");
    }
}

#[test]
fn a_signal_while_keys_are_typed_restores_the_terminal() {
    let (_center, env) = many_accounts();
    for _ in 0..30 {
        let mut terminal = env.on_terminal_of(40, 10, &CONFIGURE);
        terminal.wait_for(|text| text.contains("type to filter").then_some(()));
        terminal.type_in(&"x\u{7f}".repeat(50));
        terminal.signal("TERM");
        let (_, text, echoes) = terminal.finish();
        let (_, after) = text.split_once("\u{1b}[?2004l\u{1b}[?25h").unwrap();
        // The terminal itself shows keys that arrive later.
        assert!(echoes && !after.contains("Choose"), "{echoes} {text:?}");
    }
}

#[test]
fn what_has_one_answer_is_not_asked() {
    let center = IdentityCenter::start();
    center.entitle_only("111122223333", "Development", &["Admin"]);
    let env = signed_in(&center);
    let text = answer(
        env.on_terminal(&["configure", "--region", "eu-west-1"]),
        &[("Profile name [Development.Admin]: ", "\n")],
    );
    assert!(!text.contains("Choose"), "{text}");
    // Options that are complete ask nothing.
    answer(
        env.on_terminal(&[&["configure", "--profile", "a"][..], &DEVELOPER[..2], &["--role-name", "Admin"]].concat()),
        &[],
    );
    answer(env.on_terminal(&["configure", "--all", "--dry-run"]), &[]);
    let expected = section("profile Development.Admin", "111122223333", "Admin", "region = eu-west-1\n")
        + &section("profile a", "111122223333", "Admin", "region = us-east-1\n");
    assert_eq!(env.read(".aws/config"), session_section(&center) + &expected);
}

#[test]
fn an_interrupted_question_writes_nothing() {
    let center = IdentityCenter::start();
    let env = signed_in(&center);
    let before = env.read(".aws/config");
    for questions in [&["Developer"][..], &["Developer", "Profile name"], &["Developer", "Profile name", "Region"]] {
        let mut terminal = env.on_terminal(&["configure"]);
        for (at, question) in questions.iter().enumerate() {
            terminal.wait_for(|text| text.contains(question).then_some(()));
            let end = if *question == "Region" { "\u{4}" } else { "\u{3}" };
            terminal.type_in(if at + 1 == questions.len() { end } else { "\r" });
        }
        let (code, text, echoes) = terminal.finish();
        assert!(code == 130 && echoes, "{code} {text}");
        assert_eq!(env.read(".aws/config"), before);
    }
}

#[test]
fn nothing_is_asked_where_nobody_answers() {
    let center = IdentityCenter::start();
    let mut env = signed_in(&center);
    let silent = |env: &TestEnv, words: &[&str]| {
        let (code, text, _) = env.on_terminal(words).finish();
        assert!(code == 252 && text.contains("Missing --role-name"), "{code} {text}");
    };
    silent(&env, &["configure", "--interactive", "never"]);
    env.set("CI", "true");
    silent(&env, &["configure"]);
}

#[test]
fn aws_configure_sso_comes_here() {
    let center = IdentityCenter::start();
    center.approval(Approval::AfterPolls(1));
    let mut env = TestEnv::of(&center);
    env.config(&session_section(&center));
    let aws = env.bin().join("aws");
    symlink(env!("CARGO_BIN_EXE_sso-oidc"), &aws).unwrap();
    let words = ["configure", "sso", "--no-browser", "--use-device-code", "--profile", "dev"];
    let text = answer(
        env.program_on_terminal(&aws, &words),
        &[("Please visit the following URL:", ""), ("Developer", "\r"), ("Region [us-east-1]: ", "\n")],
    );
    let next = "To use this profile, specify the profile name using --profile, as shown:";
    assert!(text.contains(next) && text.contains("aws sts get-caller-identity --profile dev"), "{text}");
    let dev = |role| section("profile dev", "111122223333", role, "region = us-east-1\n");
    assert_eq!(env.read(".aws/config"), session_section(&center) + &dev("Developer"));
    // The named profile is updated, as by AWS; a variable names it, too.
    env.set("AWS_PROFILE", "dev");
    let words = ["configure", "sso", "--account-id", "111122223333", "--role-name", "ReadOnly"];
    let run = env.program(&aws, words).run().ok();
    assert_eq!(run.stdout, format!("{next}\n\naws sts get-caller-identity --profile dev\n"));
    assert_eq!(env.read(".aws/config"), session_section(&center) + &dev("ReadOnly"));
    let run = env.program(&aws, ["configure", "sso", "--profile", "default", "--role-name", "ReadOnly"]).run().ok();
    assert!(run.stdout.ends_with("verify your configuration:\n\naws sts get-caller-identity\n"), "{}", run.snapshot());
    assert!(env.read(".aws/config").contains("\n[default]\nsso_session = corp\n"));
}

#[test]
fn a_wait_for_the_lists_says_how_far_it_is() {
    let center = IdentityCenter::start();
    center.entitle_only("444455556666", "Other", &["Admin"]);
    let env = signed_in(&center);
    let gate = Gate::default();
    center.script(Endpoint::ListAccountRoles, [Reply::genuine(), Reply::genuine().hold(&gate)]);
    let mut terminal = env.on_terminal(&["configure", "--all", "--sso-session", SESSION]);
    terminal.wait_for(|text| text.contains("listing the roles: 1 of 2 accounts").then_some(()));
    gate.open();
    let (code, text, _) = terminal.finish();
    assert!(code == 0 && text.contains("added 3 profiles"), "{code} {text}");
}

#[test]
fn a_wait_for_the_config_file_is_announced() {
    let center = IdentityCenter::start();
    let env = signed_in(&center);
    for (holder, shown) in [("", "another process is changing "), ("123\n", "process 123 is changing ")] {
        let lock = env.path(".aws/config.lock");
        std::fs::write(&lock, holder).unwrap();
        let lock = std::fs::File::open(lock).unwrap();
        lock.lock().unwrap();
        let options = [&["configure", "--overwrite"], &DEVELOPER[..]].concat();
        let mut terminal = env.on_terminal_of(300, 50, &options);
        terminal.wait_for(|text| text.contains(shown).then_some(()));
        lock.unlock().unwrap();
        let (code, text, _) = terminal.finish();
        assert!(code == 0 && text.contains("/.aws/config; waiting for it\r\n"), "{code} {text}");
        assert!(!env.path(".aws/config.lock").exists());
    }
}
