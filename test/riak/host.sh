#!/bin/sh
# The first process of a host: in namespaces of its own it makes a root out of the host's folder and this machine's
# /usr, starts sshd, and then only reaps. Nothing outside the folder can be written from in here.
#   host.sh FOLDER RELEASE
set -eu
root=$1 release=$2
name=${root##*/}
# as the machine numbers processes: /proc is not yet the host's own
read -r pid rest </proc/self/stat

hostname "$name"
ip link set lo up
mount --bind "$root" "$root"
cd "$root"
mount --bind -o ro /usr usr
mount -t tmpfs -o mode=755 tmpfs usr/local/bin
ln -s /opt/riak/bin/riak usr/local/bin/riak
mount -t proc proc proc
mount --rbind /dev dev
mount --bind -o ro /sys sys
for part in "$release"/*; do
  part=${part##*/}
  [ -e "opt/riak/$part" ] && continue
  mkdir "opt/riak/$part"
  mount --bind -o ro "$release/$part" "opt/riak/$part"
done
if [ -f "$root.ext4" ]; then mount -o loop "$root.ext4" var/lib/riak; fi
pivot_root . old
cd /
umount -l /old

/usr/sbin/sshd -E /var/log/sshd.log
echo "$pid" >/ready
sleep infinity &
# waits for the sleep and reaps every orphan meanwhile
while :; do wait; done
