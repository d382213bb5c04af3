//! The decision table of `token`: state of the cached token, refresh token, state of the client registration and
//! response of the service, in every combination. RFC 6749 section 6. Decisions about time have unit tests in
//! `session`.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use serde_json::{Value, json};

use crate::support::environment::{SESSION, token_document};
use crate::support::{Endpoint, IdentityCenter, Reply, TestEnv};

/// The state of the cached token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// An hour left.
    Lasts,
    /// Ten minutes left.
    EndsSoon,
    Expired,
    NoExpiry,
    Damaged,
    Absent,
}

/// The registration in the token file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Registration {
    Valid,
    Ended,
    Unknown,
}

/// The response to every request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Answer {
    Good,
    NoRefreshToken,
    InvalidGrant,
    InvalidRequest,
    Unavailable,
    CutOff,
    Silence,
    Nonsense,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Printed {
    Nothing,
    TheCached,
    TheNew,
}

/// The file afterwards.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum File {
    /// Byte for byte as before.
    Same,
    New,
    /// New, and the old refresh token in it.
    NewWithTheOldRefreshToken,
}

type Case = (State, bool, Registration, Answer);

/// Requests, standard output, exit code, file, and a part of standard error ("": empty).
type Row = (usize, Printed, i32, File, &'static str);

#[expect(clippy::match_same_arms, reason = "rows of the table, in its order")]
fn expected((state, has_refresh_token, registration, answer): Case) -> Row {
    use Answer::{CutOff, Good, InvalidGrant, InvalidRequest, NoRefreshToken, Nonsense, Silence, Unavailable};
    use File::{New, NewWithTheOldRefreshToken, Same};
    use Printed::{Nothing, TheCached, TheNew};
    use State::{Absent, Damaged, EndsSoon, Expired, Lasts, NoExpiry};
    let spared = "WARNING: the token could not be refreshed and expires in ";
    let is_refreshable = has_refresh_token && registration == Registration::Valid;
    #[rustfmt::skip]
    let row = match (state, is_refreshable, answer) {
        (Lasts, _, _)                       => (0, TheCached, 0, Same, ""),
        (EndsSoon, false, _)                => (0, TheCached, 0, Same, ""),
        (Expired, false, _)                 => (0, Nothing, 4, Same, "and cannot be refreshed"),
        (NoExpiry, _, _)                    => (0, Nothing, 4, Same, "damaged: it has no expiresAt"),
        (Damaged, _, _)                     => (0, Nothing, 4, Same, "damaged: it is not JSON"),
        (Absent, _, _)                      => (0, Nothing, 4, Same, "no cached token"),

        (EndsSoon | Expired, true, Good)           => (1, TheNew, 0, New, ""),
        (EndsSoon | Expired, true, NoRefreshToken) => (1, TheNew, 0, NewWithTheOldRefreshToken, ""),

        (EndsSoon, true, InvalidGrant | InvalidRequest) => (1, TheCached, 0, Same, spared),
        (EndsSoon, true, Unavailable | CutOff | Silence | Nonsense) => (1, TheCached, 0, Same, spared),

        (Expired, true, InvalidGrant)       => (1, Nothing, 4, Same, "refused to refresh the token: InvalidGrantException"),
        (Expired, true, InvalidRequest)     => (1, Nothing, 4, Same, "refused to refresh the token: InvalidRequestException"),
        (Expired, true, Unavailable)        => (3, Nothing, 254, Same, "cannot refresh the token: InternalServerException (status 500)"),
        (Expired, true, CutOff)             => (2, Nothing, 255, Same, "cut off after 20 bytes"),
        (Expired, true, Silence)            => (2, Nothing, 255, Same, "Read timeout on endpoint URL"),
        (Expired, true, Nonsense)           => (1, Nothing, 255, Same, "is not JSON"),
    };
    row
}

fn reply(answer: Answer) -> Reply {
    match answer {
        Answer::Good => Reply::genuine(),
        Answer::NoRefreshToken => Reply::genuine().without("refreshToken"),
        Answer::InvalidGrant => Reply::fault("InvalidGrantException"),
        Answer::InvalidRequest => Reply::fault("InvalidRequestException"),
        Answer::Unavailable => Reply::fault("InternalServerException"),
        Answer::CutOff => Reply::json(200, &json!({"accessToken": "half of an answer"})).cut(Some(20)),
        Answer::Silence => Reply::never(),
        Answer::Nonsense => Reply::body(200, "fine"),
    }
}

/// Writes the token of the case to the cache and returns its document.
fn set_up(env: &TestEnv, center: &IdentityCenter, (state, has_refresh_token, registration, _): Case) -> Value {
    let mut document = token_document(center, &center.issue());
    document["unknown"] = json!({"of": ["another", "tool"]});
    let members = document.as_object_mut().unwrap();
    if !has_refresh_token {
        members.shift_remove("refreshToken");
    }
    match registration {
        Registration::Valid => {}
        Registration::Ended => drop(members.insert("registrationExpiresAt".into(), json!("2020-01-01T00:00:00Z"))),
        Registration::Unknown => drop(members.shift_remove("registrationExpiresAt")),
    }
    if state == State::Absent {
        return document;
    }
    env.write_token(SESSION, &document);
    match state {
        State::EndsSoon => return env.let_expire_in(SESSION, 600),
        State::Expired => return env.let_expire_in(SESSION, -10),
        State::NoExpiry => {
            document.as_object_mut().unwrap().shift_remove("expiresAt");
            env.write_token(SESSION, &document);
        }
        State::Damaged => {
            let text = env.read(TestEnv::token_path(SESSION));
            env.write(&TestEnv::token_path(SESSION), &text[..text.len() - 1]);
        }
        State::Lasts | State::Absent => {}
    }
    document
}

/// Runs a case and returns what is wrong.
fn complaints(case: Case) -> Vec<String> {
    let (requests, printed, code, file, says) = expected(case);
    let center = IdentityCenter::start();
    let env = TestEnv::of(&center);
    center.access_token_lives(3600);
    let cached = set_up(&env, &center, case);
    let path = TestEnv::token_path(SESSION);
    let read = || std::fs::read_to_string(env.home().join(&path)).ok();
    let before = read();
    center.next_n(Endpoint::CreateToken, 5, &reply(case.3));
    // A slow machine must not time out where the service answers.
    let read_timeout = if case.3 == Answer::Silence { "3" } else { "60" };
    let run = env.run(["token", "--sso-session", SESSION, "--cli-read-timeout", read_timeout]);
    center.clear_script();
    let now: Value = serde_json::from_str(&read().unwrap_or_default()).unwrap_or_default();
    let is_stored = file == File::Same || {
        let mut kept = cached.clone();
        for name in ["accessToken", "expiresAt", "refreshToken"] {
            kept[name] = now[name].clone();
        }
        let is_genuine = center.accepts(now["accessToken"].as_str().unwrap_or_default());
        let is_old = now["refreshToken"] == cached["refreshToken"];
        kept == now && is_genuine && is_old == (file == File::NewWithTheOldRefreshToken)
    };
    let line = |token: &Value| format!("{}\n", token["accessToken"].as_str().unwrap_or_default());
    let stdout = match printed {
        Printed::Nothing => String::new(),
        Printed::TheCached => line(&cached),
        Printed::TheNew => line(&now),
    };
    let wrong = [
        (center.calls() != vec![Endpoint::CreateToken; requests], format!("{:?} were called", center.calls())),
        (run.status != code, format!("not exit code {code}")),
        (run.stdout != stdout, format!("not printed: {printed:?}")),
        ((file == File::Same) != (read() == before), "the file".to_owned()),
        (!is_stored, format!("what was stored: {now}")),
        (!run.stderr.contains(says) || run.stderr.is_empty() != says.is_empty(), format!("does not say: {says}")),
        (code == 4 && !run.stderr.contains("run: sso-oidc login --sso-session corp"), "no remedy".to_owned()),
        (code == 0 && run.stderr.lines().count() > 1, "more than a line".to_owned()),
    ];
    let mut wrong: Vec<String> = wrong.into_iter().filter(|(is_wrong, _)| *is_wrong).map(|(_, what)| what).collect();
    if !wrong.is_empty() {
        wrong.push(run.snapshot());
    }
    wrong
}

fn cases() -> Vec<Case> {
    use Answer::{CutOff, Good, InvalidGrant, InvalidRequest, NoRefreshToken, Nonsense, Silence, Unavailable};
    let mut cases = Vec::new();
    for state in [State::Lasts, State::EndsSoon, State::Expired, State::NoExpiry, State::Damaged, State::Absent] {
        for has_refresh_token in [true, false] {
            for registration in [Registration::Valid, Registration::Ended, Registration::Unknown] {
                let answers =
                    [Good, NoRefreshToken, InvalidGrant, InvalidRequest, Unavailable, CutOff, Silence, Nonsense];
                cases.extend(answers.map(|answer| (state, has_refresh_token, registration, answer)));
            }
        }
    }
    cases
}

#[test]
fn refresh_decision_table() {
    let cases = cases();
    let (next, failures) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                while let Some(case) = cases.get(next.fetch_add(1, Ordering::SeqCst)) {
                    let wrong = complaints(*case);
                    if !wrong.is_empty() {
                        failures.lock().unwrap().push(format!("## {case:?}: {}", wrong.join("\n  ")));
                    }
                }
            });
        }
    });
    let failures = failures.into_inner().unwrap();
    assert!(failures.is_empty(), "{} of {} cases:\n{}", failures.len(), cases.len(), failures.join("\n"));
}
