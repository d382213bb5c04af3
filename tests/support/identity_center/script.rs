//! What a test scripted and what came: replies, expected errors, the log, unexpected requests.

use std::collections::{HashMap, VecDeque};

use super::call::{Endpoint, Request};
use super::fault::Fault;
use super::reply::Reply;

#[derive(Debug, Default)]
pub(super) struct Script {
    pub(super) replies: HashMap<Endpoint, VecDeque<Reply>>,
    /// Expected errors that were not returned yet.
    pub(super) expected: Vec<(Endpoint, String)>,
    /// Requests and faults that no test announced.
    pub(super) unexpected: Vec<String>,
    pub(super) log: Vec<Request>,
    pub(super) tolerates_everything: bool,
}

impl Script {
    pub(super) fn next_reply(&mut self, endpoint: Endpoint) -> Option<Reply> {
        self.replies.get_mut(&endpoint)?.pop_front()
    }

    /// A genuine error is about to be answered.
    pub(super) fn note_fault(&mut self, endpoint: Endpoint, fault: &Fault, request: &Request) {
        if matches!(fault.code.as_str(), "AuthorizationPendingException" | "TooManyRequestsException") {
            return;
        }
        let announced = self.expected.iter().position(|(at, code)| *at == endpoint && *code == fault.code);
        if let Some(index) = announced {
            self.expected.remove(index);
            return;
        }
        let words = fault.body.get("error_description").or_else(|| fault.body.get("message"));
        let words = words.and_then(|words| words.as_str()).unwrap_or_default();
        self.unexpected.push(format!("{} {} got {}: {words}", request.method, request.target, fault.code));
    }

    pub(super) fn complaints(&self) -> Vec<String> {
        if self.tolerates_everything {
            return Vec::new();
        }
        let left = self.replies.iter().filter(|(_, replies)| !replies.is_empty());
        let left = left.map(|(at, replies)| format!("{} scripted replies of {at:?} were not asked for", replies.len()));
        let missed = self.expected.iter().map(|(at, code)| format!("{at:?} never answered {code}"));
        self.unexpected.iter().cloned().chain(left).chain(missed).collect()
    }
}
