#!/bin/sh
# Keeps a cluster's hosts and takes them down when the harness is gone. Its network namespace is the switch the hosts
# are plugged into. Each line on stdin names a host to start; the end of stdin means that the harness has ended,
# in whatever way: the kernel closes the pipe even after kill -9. Hosts die with the keeper, too.
#   keeper.sh FOLDER RELEASE
set -u
folder=$1 release=$2
here=$(dirname "$0")
guards=
# a signal ends the reading below; children must not inherit that it is ignored
trap : HUP INT TERM

while read -r name; do
  setpriv --pdeathsig KILL unshare --fork --kill-child=KILL --pid --mount --net --uts --ipc --propagation private \
    sh "$here/host.sh" "$folder/$name" "$release" </dev/null >"$folder/$name.log" 2>&1 &
  guards="$guards $!"
done

# a host's first process takes all others with it, and its guard ends when the last one is gone
for guard in $guards; do
  first=
  # no newline ends the file, so that reading it "fails"
  read -r first <"/proc/$guard/task/$guard/children" || [ -n "$first" ] && kill -KILL $first
done
wait
# the kernel removes a namespace's interfaces some time after its last process: this one can be seen, so at once
ip link delete uplink 2>/dev/null
for _ in 1 2 3 4 5; do rm -rf "$folder" && break; sleep 0.2; done
