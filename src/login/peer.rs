//! The account of the machine that sent a response to the redirect listener.
//!
//! Another account can read state and code challenge in the browser's arguments, and send a response with a code of its
//! own. Linux lists the owner of each socket in `/proc/net`. An owner that the system does not show is accepted: other
//! systems, and a browser outside this network namespace, such as one on Windows.

use std::io;

use tokio::net::TcpStream;

use crate::cache::TokenCache;
use crate::context::Context;

/// The accounts whose responses are accepted.
pub(super) struct TrustedAccounts(#[cfg_attr(not(target_os = "linux"), expect(dead_code))] Vec<u32>);

#[cfg(target_os = "linux")]
impl TrustedAccounts {
    /// This account, root, the account that ran `sudo`, and for root the owner of the cache (a mounted home).
    pub(super) fn new(context: &Context, cache: &TokenCache) -> Self {
        use std::os::unix::fs::MetadataExt as _;
        let effective = rustix::process::geteuid();
        let sudo = context.var("SUDO_UID").and_then(|uid| uid.parse().ok());
        let owner = || std::fs::metadata(&cache.dir).ok().map(|folder| folder.uid());
        let owner = if effective.is_root() { owner() } else { None };
        let own = [effective.as_raw(), rustix::process::getuid().as_raw(), 0];
        Self(own.into_iter().chain(sudo).chain(owner).collect())
    }

    /// The account at the other end of the connection, if it is known and not trusted. An error if that end was closed:
    /// the kernel forgets the owner then, and a browser would wait for the page.
    pub(super) fn stranger(&self, stream: &TcpStream) -> io::Result<Option<u32>> {
        let (local, peer) = (stream.local_addr()?, stream.peer_addr()?);
        let tables = ["/proc/net/tcp", "/proc/net/tcp6"];
        let tables = tables.map(|path| std::fs::read_to_string(path).unwrap_or_default()).concat();
        let owner = sockets::owner_of_peer(&tables, local, peer)?;
        // A connection that was reset meanwhile has no row, as if the system did not show it.
        stream.peer_addr()?;
        let is_unmapped = |uid| sockets::is_unmapped(uid, std::fs::read_to_string("/proc/self/uid_map"));
        Ok(owner.filter(|uid| !self.0.contains(uid) && !is_unmapped(*uid)))
    }
}

#[cfg(not(target_os = "linux"))]
impl TrustedAccounts {
    pub(super) fn new(_: &Context, _: &TokenCache) -> Self {
        Self(Vec::new())
    }

    pub(super) fn stranger(&self, _: &TcpStream) -> io::Result<Option<u32>> {
        Ok(None)
    }
}

/// The tables of TCP sockets, as in proc(5).
#[cfg(target_os = "linux")]
mod sockets {
    use std::io;
    use std::net::{IpAddr, SocketAddr};

    /// The state of a connection that neither side has closed.
    const ESTABLISHED: &str = "01";
    /// The account that stands for all that a user namespace does not have.
    const OVERFLOW: u32 = 65534;

    struct Row<'a> {
        state: &'a str,
        uid: u32,
        inode: &'a str,
    }

    /// The owner of the other end; `None` if it is not in the tables. An error if that end was closed.
    pub(super) fn owner_of_peer(tables: &str, local: SocketAddr, peer: SocketAddr) -> io::Result<Option<u32>> {
        let closed = || Err(io::ErrorKind::ConnectionAborted.into());
        match (row(tables, peer, local), row(tables, local, peer)) {
            // A socket without a process.
            (Some(row), _) if row.inode == "0" => closed(),
            (Some(row), _) => Ok(Some(row.uid)),
            (None, Some(ours)) if ours.state != ESTABLISHED => closed(),
            (None, _) => Ok(None),
        }
    }

    /// The socket at `local` that is connected to `remote`.
    fn row(tables: &str, local: SocketAddr, remote: SocketAddr) -> Option<Row<'_>> {
        let (local, remote) = (spellings(local)?, spellings(remote)?);
        tables.lines().find_map(|line| {
            let columns: Vec<&str> = line.split_whitespace().collect();
            let [_, at, to, state, _, _, _, uid, _, inode, ..] = columns[..] else { return None };
            let is_it = local.iter().zip(&remote).any(|(local, remote)| at == local && to == remote);
            is_it.then_some(Row { state, uid: uid.parse().ok()?, inode })
        })
    }

    /// An address in the table of IPv4 and, mapped, in that of IPv6: words of 32 bits in the order of the processor.
    fn spellings(address: SocketAddr) -> Option<[String; 2]> {
        let IpAddr::V4(ip) = address.ip() else { return None };
        let (ip, port) = (u32::from_ne_bytes(ip.octets()), address.port());
        let mapped = u32::from_ne_bytes([0, 0, 0xff, 0xff]);
        Some([format!("{ip:08X}:{port:04X}"), format!("{:016X}{mapped:08X}{ip:08X}:{port:04X}", 0)])
    }

    /// Whether this is not an account but one that our user namespace, which has this map, has no number for.
    pub(super) fn is_unmapped(uid: u32, map: io::Result<String>) -> bool {
        let maps_all = |map: String| map.split_whitespace().eq(["0", "0", "4294967295"]);
        uid == OVERFLOW && !map.is_ok_and(maps_all)
    }

    #[cfg(test)]
    mod tests {
        use tokio::net::{TcpListener, TcpStream};

        use super::super::TrustedAccounts;
        use super::{OVERFLOW, is_unmapped, owner_of_peer};

        #[tokio::test]
        async fn the_sender_is_a_stranger_unless_its_account_is_trusted() {
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            let _sender = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
            let (stream, _) = listener.accept().await.unwrap();
            let uid = rustix::process::geteuid().as_raw();
            assert_eq!(TrustedAccounts(vec![uid]).stranger(&stream).unwrap(), None);
            assert_eq!(TrustedAccounts(vec![uid + 1]).stranger(&stream).unwrap(), Some(uid));
        }

        #[test]
        fn the_account_of_all_others_is_one_where_every_account_has_a_number() {
            let map = |text: &str| Ok(text.to_owned());
            let all = "         0          0 4294967295\n";
            let few = "         0       1000          1\n         1     100000      65536\n";
            for (uid, map, expected) in [
                (OVERFLOW, map(all), false),
                (OVERFLOW, map(few), true),
                (OVERFLOW, map(""), true),
                (OVERFLOW, Err(std::io::ErrorKind::NotFound.into()), true),
                (1000, map(all), false),
                (1000, map(few), false),
            ] {
                let of = format!("{uid} in {map:?}");
                assert_eq!(is_unmapped(uid, map), expected, "{of}");
            }
        }

        /// The rows of a connection from port 4660 to our port 22136.
        fn owner(rows: &[&str]) -> Result<Option<u32>, std::io::ErrorKind> {
            let tables = format!("  sl  local_address rem_address   st …\n{}\n", rows.join("\n"));
            // The order of the bytes on a processor that begins with the lowest.
            let tables = if cfg!(target_endian = "little") { tables } else { tables.replace("0100007F", "7F000001") };
            let at = |port| ([127, 0, 0, 1], port).into();
            owner_of_peer(&tables, at(0x5678), at(0x1234)).map_err(|error| error.kind())
        }

        const OURS: &str =
            "   7: 0100007F:5678 0100007F:1234 01 00000000:00000000 00:00000000 00000000  1000        0 70 1";
        const THEIRS: &str =
            "   8: 0100007F:1234 0100007F:5678 01 00000000:00000000 00:00000000 00000000  1001        0 71 1";

        #[test]
        fn the_owner_is_that_of_the_other_end() {
            assert_eq!(owner(&[OURS, THEIRS]), Ok(Some(1001)));
            let mapped = THEIRS.replace("0100007F", "0000000000000000FFFF00000100007F");
            if cfg!(target_endian = "little") {
                assert_eq!(owner(&[OURS, &mapped]), Ok(Some(1001)));
            }
            // The same port connected to another one.
            assert_eq!(owner(&[OURS, &THEIRS.replace(":5678", ":5679")]), Ok(None));
        }

        #[test]
        fn an_owner_that_is_not_shown_is_unknown() {
            for rows in [&[][..], &[OURS], &["no table", ""]] {
                assert_eq!(owner(rows), Ok(None), "{rows:?}");
            }
        }

        #[test]
        fn a_closed_end_has_no_owner() {
            let orphan = THEIRS.replace("1001        0 71", "   0        0 0").replace(" 01 ", " 05 ");
            let half_closed = OURS.replace(" 01 ", " 08 ");
            for rows in [&[OURS, &orphan][..], &[&half_closed, &orphan], &[&half_closed]] {
                assert_eq!(owner(rows), Err(std::io::ErrorKind::ConnectionAborted), "{rows:?}");
            }
        }
    }
}
