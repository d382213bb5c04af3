//! The protocol of the token file as a model, and the search through all interleavings of three actors.
//!
//! Each step of an actor stands for code, named at the step in `model`; change both together. The service retires a
//! refresh token at its first use. A signal may arrive between any two steps of each actor, and one SIGKILL. What the code
//! does is a set of `Rules`; with a rule taken back, the search must find the loss that the rule prevents.

mod actors;
mod model;

use std::collections::{HashMap, VecDeque};

use actors::Life::{Long, Over, Short};
use actors::{Kind, RULES, Rules};
use model::{State, Violation};

/// The shortest way to a violation: a line for each state.
fn way(problem: Violation, state: &State, from: &HashMap<State, Option<State>>) -> String {
    let mut way = vec![state.clone()];
    while let Some(Some(before)) = way.last().and_then(|state| from.get(state)) {
        way.push(before.clone());
    }
    let lines = way
        .iter()
        .rev()
        .map(|state| format!("  {:?} {:?}", state.actors.map(|actor| (actor.kind, actor.step)), state.file));
    format!("{problem}:\n{}", lines.collect::<Vec<_>>().join("\n"))
}

/// The number of states that can be reached, or the shortest way to a violation.
fn search(start: State, rules: Rules) -> Result<usize, String> {
    let mut from: HashMap<State, Option<State>> = HashMap::from([(start.clone(), None)]);
    let mut open = VecDeque::from([start]);
    while let Some(state) = open.pop_front() {
        let next = state.next(rules);
        if next.is_empty()
            && let Err(problem) = state.check_end()
        {
            return Err(way(problem, &state, &from));
        }
        for next in next {
            match next {
                Err(problem) => return Err(way(problem, &state, &from)),
                Ok(next) if !from.contains_key(&next) => {
                    from.insert(next.clone(), Some(state.clone()));
                    open.push_back(next);
                }
                Ok(_) => {}
            }
        }
    }
    Ok(from.len())
}

/// Every three actors, with one start URL or two, each life of the token, a cache that can be written or not.
fn starts() -> Vec<State> {
    let mut all = Vec::new();
    for (a, one) in Kind::ALL.into_iter().enumerate() {
        for (b, two) in Kind::ALL.into_iter().enumerate().skip(a) {
            for three in Kind::ALL.into_iter().skip(b) {
                for (life, writable) in [(Over, true), (Short, true), (Long, true), (Over, false), (Short, false)] {
                    for urls in [[0, 0, 0], [0, 0, 1], [0, 1, 1]] {
                        all.push(State::start([one, two, three], urls, life, writable));
                    }
                }
            }
        }
    }
    all
}

#[test]
fn no_interleaving_loses_or_revives_a_session() {
    let states: usize =
        starts().into_iter().map(|start| search(start, RULES).unwrap_or_else(|way| panic!("{way}"))).sum();
    assert!(states > 100_000, "{states} states");
    println!("{states} states");
}

#[test]
fn each_rule_prevents_a_loss() {
    for (rules, problem) in [
        (Rules { stores_only_over_what_was_refreshed: false, ..RULES }, "a later sign-in is replaced by an older one"),
        (Rules { absent_means_signed_out: false, ..RULES }, "a session that was signed out is stored"),
        (
            Rules { roles_need_their_session: false, ..RULES },
            "role credentials of a session that was signed out are stored",
        ),
        (Rules { waiters_check_the_session: false, ..RULES }, "a token of another start URL is served"),
        (Rules { watches_after_a_refusal: false, ..RULES }, "a login is needed while another tool stores a new token"),
        (Rules { probes_before_the_request: false, ..RULES }, "a refresh token is spent that cannot be replaced"),
        (Rules { finishes_a_request_that_is_out: false, ..RULES }, "the only good refresh token is lost"),
        (Rules { looks_again_before_the_rename: false, ..RULES }, "a session that was signed out is stored"),
        (Rules { looks_again_after_a_failure: false, ..RULES }, "a token of a session that was signed out is served"),
    ] {
        let found =
            starts().into_iter().find_map(|start| search(start, rules).err().filter(|way| way.starts_with(problem)));
        assert!(found.is_some(), "nothing leads to: {problem}");
    }
}
