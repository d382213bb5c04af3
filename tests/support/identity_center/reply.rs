//! Scripted replies: the response to the next request of an endpoint, in place of the genuine one or a change of it.
//!
//! A reply is the genuine response, a fault of the model, or any status and body, and can be late, slow, cut off,
//! reset, or have more or fewer members and headers. A genuine response has its effect (a code is spent, a refresh
//! token retired); other replies have none.

use std::time::Duration;

use serde_json::Value;

use super::fault::Fault;
use super::http::{Ending, Gate, HttpAnswer};

/// The answer to one request.
#[derive(Debug, Clone)]
#[must_use = "a reply does nothing until an Identity Center is told to give it"]
pub(crate) struct Reply {
    source: Source,
    changes: Vec<Change>,
}

#[derive(Debug, Clone)]
enum Source {
    Genuine,
    Fixed(HttpAnswer),
}

#[derive(Debug, Clone)]
enum Change {
    Status(u16),
    Member(String, Value),
    NoMember(String),
    Header(String, String),
    NoHeader(String),
    Delay(Duration),
    Gate(Gate),
    Pace(Duration),
    Ending(Ending),
}

impl Reply {
    /// The normal response of the Identity Center, with its effect.
    pub(crate) fn genuine() -> Self {
        Self { source: Source::Genuine, changes: Vec::new() }
    }

    /// Any status with a JSON body.
    pub(crate) fn json(status: u16, body: &Value) -> Self {
        Self::fixed(HttpAnswer::new(status, "application/json", body.to_string()))
    }

    /// Any status with any body and `Content-Type: text/html`, as of a captive portal or a proxy.
    pub(crate) fn html(status: u16, body: &str) -> Self {
        Self::fixed(HttpAnswer::new(status, "text/html", body))
    }

    /// Any status with any body under `Content-Type: application/json`.
    pub(crate) fn body(status: u16, body: impl Into<Vec<u8>>) -> Self {
        Self::fixed(HttpAnswer::new(status, "application/json", body))
    }

    /// These bytes in place of an HTTP answer, then the end of the connection.
    pub(crate) fn raw(bytes: impl Into<Vec<u8>>) -> Self {
        let mut answer = HttpAnswer::new(0, "", "");
        answer.raw = Some(bytes.into());
        Self::fixed(answer)
    }

    /// An error of the OIDC service's model, by its code: `InvalidGrantException`.
    pub(crate) fn fault(code: &str) -> Self {
        Self::from(Fault::new(code, &format!("{code} was asked for by a test")))
    }

    /// The person has not decided yet.
    pub(crate) fn pending() -> Self {
        Self::fault("AuthorizationPendingException")
    }

    /// The client polls too often.
    pub(crate) fn slow_down() -> Self {
        Self::fault("SlowDownException")
    }

    /// The end of the connection, before any byte of an answer and without any effect.
    pub(crate) fn hang_up() -> Self {
        Self::body(200, "").cut(None)
    }

    /// A TCP reset, before any byte of an answer and without any effect.
    pub(crate) fn reset_connection() -> Self {
        Self::body(200, "").reset(None)
    }

    /// No response until the client or the test gives up.
    pub(crate) fn never() -> Self {
        Self::hang_up().hold(&Gate::default())
    }

    fn fixed(answer: HttpAnswer) -> Self {
        Self { source: Source::Fixed(answer), changes: Vec::new() }
    }

    fn change(mut self, change: Change) -> Self {
        self.changes.push(change);
        self
    }

    /// Another status.
    pub(crate) fn status(self, status: u16) -> Self {
        self.change(Change::Status(status))
    }

    /// A member of the JSON body more, or another value for it.
    pub(crate) fn with(self, member: &str, value: Value) -> Self {
        self.change(Change::Member(member.into(), value))
    }

    /// A member of the JSON body less: `Reply::genuine().without("refreshToken")`.
    pub(crate) fn without(self, member: &str) -> Self {
        self.change(Change::NoMember(member.into()))
    }

    /// A header more, or another value for it.
    pub(crate) fn header(self, name: &str, value: &str) -> Self {
        self.change(Change::Header(name.into(), value.into()))
    }

    /// A header less: `Reply::pending().without_header("x-amzn-ErrorType")`.
    pub(crate) fn without_header(self, name: &str) -> Self {
        self.change(Change::NoHeader(name.into()))
    }

    /// Waits before the first byte.
    pub(crate) fn delay(self, time: Duration) -> Self {
        self.change(Change::Delay(time))
    }

    /// Waits until the gate is open before the first byte.
    pub(crate) fn hold(self, gate: &Gate) -> Self {
        self.change(Change::Gate(gate.clone()))
    }

    /// Sends the body a byte at a time and waits after each.
    pub(crate) fn pace(self, time: Duration) -> Self {
        self.change(Change::Pace(time))
    }

    /// Closes the connection after so many bytes of the body, or before any byte of the answer.
    pub(crate) fn cut(self, body_bytes: Option<usize>) -> Self {
        self.change(Change::Ending(Ending::Cut(body_bytes)))
    }

    /// Resets the connection after so many bytes of the body, or before any byte of the answer.
    pub(crate) fn reset(self, body_bytes: Option<usize>) -> Self {
        self.change(Change::Ending(Ending::Reset(body_bytes)))
    }

    pub(super) fn is_genuine(&self) -> bool {
        matches!(self.source, Source::Genuine)
    }

    pub(super) fn is_fault(&self, code: &str) -> bool {
        let Source::Fixed(answer) = &self.source else { return false };
        answer.headers.iter().any(|(name, value)| name == "x-amzn-ErrorType" && value == code)
    }

    /// The scripted response; `genuine` creates the normal one if this reply needs it.
    pub(super) fn answer(self, genuine: Option<HttpAnswer>) -> HttpAnswer {
        let mut answer = match (self.source, genuine) {
            (Source::Fixed(answer), _) | (Source::Genuine, Some(answer)) => answer,
            (Source::Genuine, None) => HttpAnswer::new(500, "text/plain", "no genuine answer"),
        };
        for change in self.changes {
            apply(change, &mut answer);
        }
        answer
    }
}

impl From<Fault> for Reply {
    fn from(fault: Fault) -> Self {
        Self::fixed(fault.answer())
    }
}

fn apply(change: Change, answer: &mut HttpAnswer) {
    match change {
        Change::Status(status) => answer.status = status,
        Change::Member(name, value) => edit(answer, |body| {
            body.insert(name, value);
        }),
        Change::NoMember(name) => edit(answer, |body| {
            body.shift_remove(&name);
        }),
        Change::Header(name, value) => answer.set_header(&name, &value),
        Change::NoHeader(name) => answer.remove_header(&name),
        Change::Delay(time) => answer.delay = time,
        Change::Gate(gate) => answer.gate = Some(gate),
        Change::Pace(time) => answer.pace = time,
        Change::Ending(ending) => answer.ending = ending,
    }
}

fn edit(answer: &mut HttpAnswer, change: impl FnOnce(&mut serde_json::Map<String, Value>)) {
    if let Ok(Value::Object(mut body)) = serde_json::from_slice(&answer.body) {
        change(&mut body);
        answer.body = Value::Object(body).to_string().into_bytes();
    } else {
        panic!(
            "a member is changed in a response that is not a JSON object: {}",
            String::from_utf8_lossy(&answer.body)
        );
    }
}
