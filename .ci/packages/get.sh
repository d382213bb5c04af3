#!/bin/sh
# Downloads a release of sso-oidc, verifies its checksum, and installs program, manual pages and completions.
#
#   curl -fsSL https://github.com/OWNER/sso-oidc/releases/latest/download/get.sh | sh
#   sh get.sh uninstall
#
# Variables: PREFIX (~/.local), VERSION (the latest release), RELEASES (the URL of the releases). Needs curl or wget, and
# root permission only for a PREFIX of root. To verify also where the release was built: gh attestation verify.
set -eu
umask 022

fail() {
    echo "get.sh: $*" >&2
    exit 1
}

# Prints the target of the release for this machine.
target() {
    case $(uname -s)-$(uname -m) in
    Linux-x86_64 | Linux-amd64) echo x86_64-unknown-linux-musl ;;
    Linux-aarch64 | Linux-arm64) echo aarch64-unknown-linux-musl ;;
    Darwin-arm64 | Darwin-aarch64) echo aarch64-apple-darwin ;;
    Darwin-x86_64) echo x86_64-apple-darwin ;;
    MINGW*-x86_64 | MSYS*-x86_64 | CYGWIN*-x86_64) echo x86_64-pc-windows-msvc ;;
    *) fail "no release for $(uname -s) on $(uname -m); build it with: cargo install --locked sso-oidc" ;;
    esac
}

# download URL FILE
download() {
    if command -v curl >/dev/null; then
        case $1 in https:*) set -- "$1" "$2" --proto =https ;; esac
        url=$1 file=$2
        shift 2
        curl --fail --silent --show-error --location --retry 3 "$@" --output "$file" "$url" || fail "cannot download $url"
    elif command -v wget >/dev/null; then
        wget -q -O "$2" "$1" || fail "cannot download $1"
    else
        fail "curl or wget is required"
    fi
}

# Reads a line of SHA256SUMS and compares the file in this directory.
verify() {
    if command -v sha256sum >/dev/null; then
        sha256sum -c - >/dev/null 2>&1
    else
        shasum -a 256 -c - >/dev/null 2>&1
    fi
}

# Unpacks an archive in this directory and moves its content to `unpacked`.
unpack() {
    case $1 in
    *.zip) unzip -q "$1" ;;
    *) tar -xzf "$1" ;;
    esac
    mv "${1%"$2"}" unpacked
}

# A script that was cut off while it was piped into the shell does nothing, because the call is its last line.
main() {
    action=${1:-install}
    prefix=${PREFIX:-${HOME:?is not set}/.local}
    releases=${RELEASES:-https://github.com/OWNER/sso-oidc/releases}
    if [ -n "${VERSION:-}" ]; then from=$releases/download/v${VERSION#v}; else from=$releases/latest/download; fi
    target=$(target)
    case $target in *windows*) end=.zip ;; *) end=.tar.gz ;; esac
    folder=$(mktemp -d)
    trap 'rm -rf "$folder"' EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM HUP
    cd "$folder"
    download "$from/SHA256SUMS" SHA256SUMS
    line=$(grep -e "-$target$end\$" SHA256SUMS) || fail "$from has no archive for $target"
    archive=${line##* }
    case $archive in */* | *' '*) fail "invalid file name in SHA256SUMS: $archive" ;; esac
    download "$from/$archive" "$archive"
    echo "$line" | verify || fail "the checksum of $archive is wrong; nothing was installed"
    unpack "$archive" "$end"
    if [ -e unpacked/install ]; then
        PREFIX=$prefix sh unpacked/install "$action"
    else
        mkdir -p "$prefix/bin"
        if [ "$action" = uninstall ]; then
            rm -f "$prefix/bin/sso-oidc.exe"
        else
            cp unpacked/sso-oidc.exe "$prefix/bin/"
        fi
    fi
    [ "$action" = install ] || return 0
    echo "Installed $("$prefix/bin/sso-oidc" --version) in $prefix/bin"
    case :$PATH: in
    *:"$prefix/bin":*) ;;
    *) echo "Add it to PATH: export PATH=\"$prefix/bin:\$PATH\"" ;;
    esac
}

main "$@"
