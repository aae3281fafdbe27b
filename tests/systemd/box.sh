#!/bin/sh
# SPDX-License-Identifier: MIT
# Boots a real systemd on a throw-away copy of this machine and runs a program in it.
#
#   box.sh INSTALLED TESTS PROGRAM
#
# INSTALLED is a tree as `cmake --install` makes it (with DESTDIR), laid over the copy; TESTS is seen inside as
# /box/tests, and PROGRAM is run by python3 from there, as root, once the box is up. Its output is ours, and so is
# its exit status; 125 says that it never ran. The copy is an overlay on a tmpfs in a mount namespace of its own:
# nothing of it is left when this ends. No network, and nothing of this machine's own services.
set -eu
if [ "${BOX_INSIDE_NAMESPACE:-}" != 1 ]; then
    BOX_INSIDE_NAMESPACE=1 exec unshare --mount --propagation private "$0" "$@"
fi
installed=$(realpath "$1")
tests=$(realpath "$2")
program=$3
name=laug-box-$$

# systemd wants a cgroup (version 2) of its own to boot in
cgroups=/sys/fs/cgroup
[ ! -d $cgroups/unified ] || cgroups=$cgroups/unified
# called by the trap
# shellcheck disable=SC2317
leave() {
    if [ -d "$cgroups/$name" ]; then
        echo $$ >"$cgroups/cgroup.procs" 2>/dev/null || :
        find "$cgroups/$name" -depth -type d -exec rmdir {} + 2>/dev/null || :
    fi
    if [ -d "/sys/fs/cgroup/systemd/$name" ]; then
        echo $$ >/sys/fs/cgroup/systemd/cgroup.procs 2>/dev/null || :
        find "/sys/fs/cgroup/systemd/$name" -depth -type d -exec rmdir {} + 2>/dev/null || :
    fi
    umount -R -l "$work" 2>/dev/null || :
    rmdir "$work" 2>/dev/null || :
}
work=$(mktemp -d "${TMPDIR:-/tmp}/laug-box.XXXXXX")
trap leave EXIT

mount -t tmpfs -o size=2g,mode=755 box "$work"
mkdir "$work/upper" "$work/scratch" "$work/root" "$work/said"
mount -t overlay box -o "lowerdir=/,upperdir=$work/upper,workdir=$work/scratch" "$work/root" || exit 125
root=$work/root

# what this machine does of its own accord stays outside
rm -rf "$root"/etc/systemd/system/*.wants "$root/var/log/journal" "$root/usr/sbin/policy-rc.d"
for unit in apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer e2scrub_all.timer man-db.timer \
    systemd-firstboot.service systemd-machine-id-commit.service systemd-networkd.socket systemd-timesyncd.service \
    systemd-update-utmp.service systemd-update-utmp-runlevel.service getty.target console-getty.service \
    dev-hugepages.mount modprobe@.service; do
    ln -sf /dev/null "$root/etc/systemd/system/$unit"
done
tr -d - </proc/sys/kernel/random/uuid >"$root/etc/machine-id"
mkdir -p "$root/etc/systemd/journald.conf.d"
printf '[Journal]\nStorage=volatile\nRateLimitBurst=0\n' >"$root/etc/systemd/journald.conf.d/box.conf"

cp -a "$installed"/* "$root/"
mkdir -p "$root/box/tests" "$root/box/said"
cat >"$root/etc/systemd/system/box.service" <<END
[Unit]
After=basic.target
[Service]
Type=exec
Environment=HOME=/root LC_ALL=C.UTF-8
ExecStart=/bin/sh -c '/usr/bin/python3 /box/tests/$program >/box/said/output 2>&1; echo \$? >/box/said/status; systemctl --no-block exit 0'
END
printf '[Unit]\nRequires=basic.target\nWants=box.service\nAllowIsolate=yes\n' >"$root/etc/systemd/system/box.target"

mkdir -p "$cgroups/$name"
echo $$ >"$cgroups/$name/cgroup.procs"
if [ -d /sys/fs/cgroup/systemd ]; then
    mkdir -p "/sys/fs/cgroup/systemd/$name"
    echo $$ >"/sys/fs/cgroup/systemd/$name/cgroup.procs"
fi
SYSTEMD_NSPAWN_UNIFIED_HIERARCHY=1 timeout -k 5 100 systemd-nspawn --quiet --register=no --keep-unit \
    --machine="$name" --directory="$root" --private-network --resolv-conf=off --timezone=off --link-journal=no \
    --kill-signal=SIGRTMIN+3 --console=pipe --bind-ro="$tests:/box/tests" --bind="$work/said:/box/said" \
    --boot systemd.unit=box.target >"$work/console" 2>&1 </dev/null || :
cat "$work/said/output" 2>/dev/null || :
if [ -s "$work/said/status" ]; then
    status=$(cat "$work/said/status")
    exit "$status"
fi
tail -n 30 "$work/console" >&2
exit 125
