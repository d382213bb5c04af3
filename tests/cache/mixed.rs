//! Processes of sso-oidc, boto3 and the AWS CLI that need one expired token at the same time.
//!
//! The service retires a refresh token at its first use and takes up to half a second for each response; boto3 and the AWS
//! CLI use no locks. No round may lose the session, and every process of ours must succeed, unless a signal ends it.
//! `SSO_OIDC_TEST_ROUNDS` sets the number of rounds, `SSO_OIDC_TEST_PROCESSES` that of our processes in a round; there are a
//! tenth as many of each other tool. `SSO_OIDC_TEST_AWS` is the AWS CLI, otherwise version 2 on the `PATH` is used. Tools
//! that are not installed are left out.

use std::ffi::OsString;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::Command;
use std::thread;
use std::time::Duration;

use crate::support::environment::SESSION;
use crate::support::programs::{find, target, variable};
use crate::support::{Endpoint, IdentityCenter, Reply, Request, Rng, Run, Running, TestEnv, count};

/// The longest delay of a response.
const LONGEST_DELAY: Duration = Duration::from_millis(500);
/// The time in which the processes of sso-oidc start.
const STARTS: Duration = Duration::from_millis(500);
/// The time after the start of a process in which it gets its signal.
const SIGNALS: Duration = Duration::from_millis(700);

const COMMANDS: [&[&str]; 3] = [
    &["token", "--sso-session", SESSION],
    &["export-credentials", "--profile", "dev"],
    &["login", "--sso-session", SESSION, "--interactive", "never"],
];

/// A process of ours in a round: when it starts, its arguments, and a signal and when it is sent.
struct Plan {
    start: Duration,
    words: &'static [&'static str],
    signal: Option<(&'static str, Duration)>,
}

#[derive(Debug, Default)]
struct Totals {
    ours: usize,
    ended_by_signals: usize,
    others: usize,
    others_failed: usize,
    refreshes_of_ours: usize,
    refreshes_of_others: usize,
    lost_by_others: usize,
}

/// The other tools that are installed: program and arguments.
fn other_tools() -> Vec<(PathBuf, Vec<OsString>)> {
    let script = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/sdk/client.py");
    let python = Some(target().join("sdk/venv/bin/python")).filter(|python| python.exists());
    let aws = variable("SSO_OIDC_TEST_AWS").map(PathBuf::from).or_else(|| find(&["aws"]));
    let is_version_2 = |aws: &PathBuf| {
        let output = Command::new(aws).arg("--version").output();
        output.is_ok_and(|output| output.stdout.starts_with(b"aws-cli/2."))
    };
    let words = ["configure", "export-credentials", "--profile", "dev"].map(OsString::from);
    let tools = [
        ("boto3", python, vec![script.into(), "dev".into()]),
        ("version 2 of the AWS CLI", aws.filter(is_version_2), words.to_vec()),
    ];
    let installed = tools.into_iter().filter_map(|(name, program, words)| {
        if program.is_none() {
            let _ = writeln!(std::io::stderr(), "mixed processes: {name} is not installed and is left out");
        }
        Some((program?, words))
    });
    installed.collect()
}

fn part_of(whole: Duration, rng: &mut Rng) -> Duration {
    whole * u32::try_from(rng.below(1000)).unwrap() / 1000
}

/// The processes of ours. They start while the other tools do, which need most of their time before they read the token.
fn plans(ours: usize, others_take: Duration, with_signals: bool, rng: &mut Rng) -> Vec<Plan> {
    let first = part_of(others_take, rng);
    let mut plans = Vec::new();
    for at in 0..ours {
        let start = first + part_of(STARTS, rng);
        let signal = (["INT", "TERM"][rng.below(2)], part_of(SIGNALS, rng));
        let is_signalled = with_signals && rng.below(3) == 0;
        plans.push(Plan { start, words: COMMANDS[at % COMMANDS.len()], signal: is_signalled.then_some(signal) });
    }
    plans
}

/// Starts a process, sends its signal, and waits for its end.
fn run(env: &TestEnv, plan: &Plan) -> Run {
    thread::sleep(plan.start);
    let running = env.spawn(plan.words.iter().copied());
    if let Some((name, after)) = plan.signal {
        thread::sleep(after);
        running.signal(name);
    }
    running.finish()
}

/// Runs all processes of a round: the results of ours, and of the others.
fn round(env: &TestEnv, tools: &[(PathBuf, Vec<OsString>)], plans: &[Plan]) -> (Vec<Run>, Vec<Run>) {
    thread::scope(|scope| {
        let tools = tools.iter().flat_map(|tool| std::iter::repeat_n(tool, plans.len() / 10));
        let others: Vec<Running> = tools.map(|(program, words)| env.program(program, words.clone()).spawn()).collect();
        let ours: Vec<_> = plans.iter().map(|plan| scope.spawn(move || run(env, plan))).collect();
        let ours = ours.into_iter().map(|thread| thread.join().unwrap()).collect();
        (ours, others.into_iter().map(Running::finish).collect())
    })
}

fn is_ours(request: &Request) -> bool {
    request.header("user-agent").is_some_and(|agent| agent.starts_with("sso-oidc/"))
}

fn storm(with_signals: bool) {
    let tools = other_tools();
    let (rounds, ours) = (count("SSO_OIDC_TEST_ROUNDS", 1), count("SSO_OIDC_TEST_PROCESSES", 20));
    let mut rng = Rng(count("SSO_OIDC_TEST_SEED", 1) as u64);
    let center = IdentityCenter::start();
    center.tolerate_everything();
    let env = TestEnv::of(&center);
    env.sign_in(&center, SESSION);
    let mut totals = Totals::default();
    let mut others_take = Duration::from_secs(1);
    for _ in 0..rounds {
        env.let_expire_in(SESSION, -10);
        let _ = std::fs::remove_dir_all(env.home().join(".aws/cli"));
        center.clear_script();
        center.clear_requests();
        for endpoint in [Endpoint::CreateToken, Endpoint::GetRoleCredentials] {
            let delays = (0..2 * ours).map(|_| Reply::genuine().delay(part_of(LONGEST_DELAY, &mut rng)));
            center.script(endpoint, delays.collect::<Vec<_>>());
        }
        let plans = plans(ours, others_take, with_signals, &mut rng);
        let (ours, others) = round(&env, &tools, &plans);
        for (run, plan) in ours.iter().zip(&plans) {
            let is_ended = plan.signal.is_some() && [130, -2, -15].contains(&run.status);
            assert!(run.status == 0 || is_ended, "{}\n{:#?}", run.snapshot(), refreshes(&center));
            totals.ended_by_signals += usize::from(is_ended);
        }
        totals.ours += ours.len();
        totals.others += others.len();
        totals.others_failed += others.iter().filter(|run| run.status != 0).count();
        others_take = others.iter().map(|run| run.duration).min().unwrap_or(others_take);
        check_session(&center, &env, &mut totals);
    }
    super::print_count(&format!("{rounds} rounds, signals: {with_signals}: {totals:?}"));
}

/// The refreshes of a round: the tool, and the status of the response.
fn refreshes(center: &IdentityCenter) -> Vec<(String, u16)> {
    let requests = center.requests_to(Endpoint::CreateToken);
    let tool = |request: &Request| request.header("user-agent").unwrap_or_default().to_owned();
    requests.iter().map(|request| (tool(request), request.status)).collect()
}

/// Fails the test if the session was lost, unless the log of the service shows that another tool has lost it: that tool
/// has sent the last refresh token that was accepted.
fn check_session(center: &IdentityCenter, env: &TestEnv, totals: &mut Totals) {
    let requests = center.requests_to(Endpoint::CreateToken);
    let of_ours = requests.iter().filter(|request| is_ours(request)).count();
    totals.refreshes_of_ours += of_ours;
    totals.refreshes_of_others += requests.len() - of_ours;
    if center.accepts_refresh(env.token(SESSION)["refreshToken"].as_str().unwrap()) {
        return;
    }
    let last = requests.iter().rfind(|request| request.status == 200);
    assert!(last.is_some_and(|request| !is_ours(request)), "the session is lost: {:#?}", refreshes(center));
    totals.lost_by_others += 1;
    env.sign_in(center, SESSION);
}

#[test]
fn mixed_processes_keep_the_session() {
    storm(false);
}

#[test]
fn mixed_processes_and_signals_keep_the_session() {
    storm(true);
}
