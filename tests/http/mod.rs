//! HTTP: faults of the network, of TLS and of the services, against the client and against the commands.
//!
//! `fault_table` lists the faults; `faults` plays each of them to the program at each point of a flow.

mod client;
#[cfg(target_os = "linux")]
pub(crate) mod fault_table;
#[cfg(target_os = "linux")]
mod faults;
#[cfg(target_os = "linux")]
mod memory;
#[cfg(target_os = "linux")]
mod redirects;
#[cfg(target_os = "linux")]
mod tls_roots;
