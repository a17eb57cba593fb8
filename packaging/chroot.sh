# What test-package and test-hosts share: bare Debian systems in build/chroot to try things in.
# shellcheck shell=bash

work=$PWD/build/chroot
here=$PWD/packaging/chroot
mirror=http://deb.debian.org/debian

say() { printf '\n== %s\n' "$*"; }
fail() {
    echo "$(basename "$0"): $*" >&2
    exit 1
}

# check_machine FOLDER: see that everything is there; sets out, deb and archive
check_machine() {
    out=$(realpath "$1")
    [ "$(id -u)" = 0 ] || fail 'this needs root: debootstrap, chroot and namespaces do.'
    deb=$(echo "$out"/lacuna_*.deb)
    archive=$(echo "$out"/lacuna-*-linux-*.tar.xz)
    [ -f "$deb" ] && [ -f "$archive" ] || fail "no packages in $out; make package makes them."
    command -v debootstrap >/dev/null || fail 'debootstrap is missing: apt-get install debootstrap.'
    unshare --net true 2>/dev/null || fail 'namespaces without a network cannot be made here.'
}

# make_root NAME SUITE: a fresh copy of the minimal system
make_root() {
    local minimal=$work/minimal-$2
    if [ ! -f "$minimal.tar" ]; then
        say "Making a minimal Debian ($2)"
        rm -rf "$minimal"
        mkdir -p "$work"
        debootstrap --variant=minbase "$2" "$minimal" "$mirror" >"$minimal.log"
        tar -C "$minimal" -cf "$minimal.part" .
        mv "$minimal.part" "$minimal.tar"
        rm -rf "$minimal"
    fi
    rm -rf "${work:?}/$1"
    mkdir "$work/$1"
    tar -C "$work/$1" -xf "$minimal.tar"
    cp /etc/resolv.conf "$work/$1/etc/resolv.conf"
    install -m 755 "$here"/* "$work/$1/usr/local/bin/"
}

# inside NAME COMMAND...: run with own mounts and processes, as root, with the network
inside() {
    local root=$work/$1
    shift
    # shellcheck disable=SC2016
    unshare --mount --pid --fork --kill-child sh -c '
        root=$1; shift
        mount --make-rprivate /
        mount -t proc proc "$root/proc"
        mount --rbind /dev "$root/dev"
        mount -t tmpfs tmpfs "$root/tmp"
        exec chroot "$root" "$@"' sh "$root" env -i \
        PATH=/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 "$@"
}

# offline NAME COMMAND...: the same without a network, as the ordinary user “user”
offline() {
    local root=$1
    shift
    inside "$root" unshare --net setpriv --reuid=1000 --regid=1000 --clear-groups \
        env HOME=/home/user USER=user "$@"
}

# get NAME PACKAGE...: install Debian's packages
get() {
    local root=$1
    shift
    inside "$root" sh -c 'apt-get -qq update
        DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends "$@" \
            >/var/log/got 2>&1 || { cat /var/log/got; exit 1; }
        apt-get -qq clean' sh "$@"
}

# install_in NAME: install the package as people do
install_in() {
    cp "$deb" "$work/$1/root/lacuna.deb"
    inside "$1" add-lacuna
    rm "$work/$1/root/lacuna.deb"
}
