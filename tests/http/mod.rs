//! HTTP: faults of the network, of TLS and of the services, against the client and against the commands.
//!
//! `fault_table` lists the faults; `faults` plays each of them to the program at each point of a flow.

mod client;
pub(crate) mod fault_table;
mod faults;
#[cfg(target_os = "linux")]
mod memory;
mod proxy;
mod redirects;
mod tls_roots;
