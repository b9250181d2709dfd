# shellcheck shell=sh
# Sourced by the other scripts: finds out what this machine lacks, and installs it on Debian and Ubuntu.
#
# It says what it does. It calls apt-get only where a package is missing, and sudo only where the caller is not root.
# Where it may not install, it prints the command and stops. On other systems it names the packages and goes on.

# To build: ALSA's headers, the tool that finds them, and a C linker. To run, nothing else is needed.
debian_build_packages="libasound2-dev pkg-config gcc libc6-dev"
# For the tests: a private sound server with a virtual microphone, control recorders, and a look at system calls.
debian_test_packages="pipewire pipewire-alsa pipewire-pulse pipewire-bin wireplumber dbus libasound2-plugins alsa-utils sox flac strace"
# For scripts/interop: programs that read exports. Lhotse stands on torch, whose own package is a hundred times as big.
debian_interop_packages="python3-venv python3-torch sphinxtrain sphinxbase-utils pocketsphinx"

say() {
    printf '%s\n' "$*" >&2
}

have() {
    command -v "$1" >/dev/null 2>&1
}

# system_is NAME...: whether this is one of these Linux distributions, or one derived from them.
system_is() {
    [ -r /etc/os-release ] || return 1
    system=$(sed -n -e 's/"//g' -e 's/^ID=//p' -e 's/^ID_LIKE=//p' /etc/os-release | tr '\n' ' ')
    for name in "$@"; do
        case " $system " in *" $name "*) return 0 ;; esac
    done
    return 1
}

is_debian() {
    system_is debian ubuntu && have apt-get && have dpkg-query
}

is_installed() {
    # shellcheck disable=SC2016 # dpkg-query fills this in, not the shell
    dpkg-query -W -f='${db:Status-Status}\n' "$1" 2>/dev/null | grep -qx installed
}

# missing_packages PACKAGE...: those that are not installed, on one line.
missing_packages() {
    missing=""
    for package in "$@"; do
        # Any C compiler will do as the linker.
        if [ "$package" = gcc ] && have cc; then continue; fi
        is_installed "$package" || missing="$missing $package"
    done
    printf '%s\n' "${missing# }"
}

# sudo_command: what a command needs before it to run as root; nothing for root. Fails where there is no way.
sudo_command() {
    if [ "$(id -u)" -eq 0 ]; then
        return 0
    elif ! have sudo; then
        return 1
    elif [ -t 0 ]; then
        echo sudo
    else
        # Nobody is there to be asked.
        echo sudo -n
    fi
}

# install_debian PACKAGE...: installs those that are missing, or says how to and exits with 1.
install_debian() {
    packages=$(missing_packages "$@")
    [ -n "$packages" ] || return 0
    say "Missing on this machine: $packages"
    if sudo=$(sudo_command) && install_as_root "$sudo" "$packages"; then
        say "Installed."
    else
        say "They could not be installed. Run this as root, then start again:"
        say "  apt-get update && apt-get install --no-install-recommends $packages"
        exit 1
    fi
}

# install_as_root SUDO PACKAGES
# shellcheck disable=SC2086 # one word a package, and sudo may be none or have an option
install_as_root() {
    say "Installing them with ${1:+$1 }apt-get install --no-install-recommends (about a minute)"
    $1 true || return 1
    $1 apt-get update -qq </dev/null || say "The package lists could not be updated. Trying with those that are here."
    $1 env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
        -o DPkg::Lock::Timeout=120 $2 </dev/null >/dev/null
}

# name_build_packages: where something to build with is missing and we cannot install it, says what it is called here.
name_build_packages() {
    [ "$(uname -s)" = Linux ] || return 0
    if have cc && have pkg-config && pkg-config --exists alsa; then return 0; fi
    say "To build voicebooth this machine needs a C linker, pkg-config and ALSA's headers. Their packages:"
    if system_is fedora rhel; then
        say "  dnf install gcc pkgconf-pkg-config alsa-lib-devel"
    elif system_is arch; then
        say "  pacman -S gcc pkgconf alsa-lib"
    elif system_is suse opensuse; then
        say "  zypper install gcc pkg-config alsa-devel"
    else
        say "  Debian, Ubuntu: $debian_build_packages"
        say "  Fedora: gcc pkgconf-pkg-config alsa-lib-devel    Arch: gcc pkgconf alsa-lib    openSUSE: gcc pkg-config alsa-devel"
    fi
    say "Trying to build all the same."
}

# name_test_packages: the same for what the tests need beyond that.
name_test_packages() {
    [ "$(uname -s)" = Linux ] || return 0
    if have pipewire && have pw-link && have wireplumber && have dbus-run-session && have arecord && have sox && have strace; then
        return 0
    fi
    say "Some tests are skipped without PipeWire and its ALSA plugin, pw-cat and pw-link, WirePlumber, dbus-run-session,"
    say "alsa-utils, sox and strace. Their packages:"
    if system_is fedora rhel; then
        say "  dnf install pipewire pipewire-alsa pipewire-utils wireplumber dbus-daemon alsa-utils sox flac strace"
    elif system_is arch; then
        say "  pacman -S pipewire pipewire-alsa pipewire-audio wireplumber dbus alsa-utils sox flac strace"
    elif system_is suse opensuse; then
        say "  zypper install pipewire pipewire-alsa pipewire-tools wireplumber dbus-1 alsa-utils sox flac strace"
    else
        say "  Debian, Ubuntu: $debian_test_packages"
    fi
}

prepare_build() {
    if is_debian; then
        # shellcheck disable=SC2086 # one word a package
        install_debian $debian_build_packages
    else
        name_build_packages
    fi
}

prepare_tests() {
    if is_debian; then
        # shellcheck disable=SC2086 # one word a package
        install_debian $debian_build_packages $debian_test_packages
    else
        name_build_packages
        name_test_packages
    fi
}

prepare_interop() {
    if is_debian; then
        # shellcheck disable=SC2086 # one word a package
        install_debian $debian_interop_packages
    elif ! have python3 || ! have sphinxtrain; then
        say "To read the exports this machine needs Python with venv, and SphinxTrain with PocketSphinx 0.8. On Debian and"
        say "Ubuntu these are: $debian_interop_packages"
    fi
}

# need_rust MANIFEST: finds cargo, and exits with 1 where there is none or it is older than the manifest asks for.
need_rust() {
    # A shell that was open before Rust was installed does not have it in its PATH yet.
    have cargo || PATH="${CARGO_HOME:-${HOME:-}/.cargo}/bin:$PATH"
    if ! have cargo; then
        say "Rust is missing: there is no cargo on this machine. Install it as https://rustup.rs says, then start again."
        exit 1
    fi
    wanted=$(sed -n 's/^rust-version = "\(.*\)"$/\1/p' "$1")
    found=$(cargo --version | cut -d ' ' -f 2)
    wanted_minor=$(printf '%s' "$wanted" | cut -d . -f 2)
    found_minor=$(printf '%s' "$found" | cut -d . -f 2)
    if [ -n "$found_minor" ] && [ "$found_minor" -lt "$wanted_minor" ]; then
        say "This Rust is too old: cargo $found, and voicebooth needs $wanted. Run 'rustup update', or install a newer one as"
        say "https://rustup.rs says; the one of the distribution may be older."
        exit 1
    fi
}

# mention_pipewire: a PipeWire server is reached best through its Pulse side; ALSA's plugin costs a quarter of a core.
mention_pipewire() {
    if is_debian && [ -S "${XDG_RUNTIME_DIR:-/nowhere}/pipewire-0" ] && ! is_installed pipewire-pulse; then
        say "PipeWire runs here without pipewire-pulse. Recording is best with it: apt-get install pipewire-pulse"
    fi
}
