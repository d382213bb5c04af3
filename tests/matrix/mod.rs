//! What is promised of the network, the callback, secrets, terminal and browser, held to every fault in a table.
//!
//! `rows` are the faults, `stage` plays one of them to the spawned program at one point of a flow, `network` is what must
//! come of it. The other modules are one promise each. RFC 6749, 8252, 8628; retries are those of AWS's standard mode.

mod callback;
mod followed;
mod memory;
mod network;
mod opener;
mod roots;
mod rows;
mod screen;
mod secrets;
mod stage;
