import {unitArgv} from '../service.ts'

/**
 * All that a preflight wants to know of a host, by one POSIX shell script: one connection, one round trip. It only
 * looks. The cookie never leaves the host: what is told is its hash with a salt that is new for each question.
 * Ports are tried from here as Erlang would use them: the peer's epmd is asked for the node's port, and that port is
 * connected to. Every wait has an end, and peers are tried side by side.
 *
 *   $1 node  $2 data directory  $3 salt  $4 expression for riak eval, or nothing  $5 `new`: look for data that is
 *   there already; `size`: measure data; both; or nothing  $6 nodes to try, separated by blanks
 *   $7 riak  $8... words before it, as sudo
 *
 * It answers lines of `key=value`.
 */
export const factsScript = String.raw`
node=$1 data=$2 salt=$3 expression=$4 want=$5 peers=$6 riak=$7
shift 7
LC_ALL=C PATH="$PATH:/usr/local/bin:/usr/local/sbin:/usr/sbin:/sbin:/opt/riak/bin"
export LC_ALL PATH
say() { [ "$2" ] && printf '%s=%s\n' "$1" "$2"; }
flat() { tr '\n\r\t' '   ' | cut -c 1-4000; }
first_file() { awk '/^\// {print; found = 1; exit} {said = said $0 " "} END {if (!found) print said}'; }
within() { seconds=$1; shift; if command -v timeout >/dev/null; then timeout "$seconds" "$@"; else "$@"; fi; }
say start "$(date +%s.%N)"

where=$(command -v "$riak")
say riak "$where"
real=$(readlink -f "$where" 2>/dev/null)
home=$(dirname "$(dirname "$real")")
text=
for d in "$home/etc" /etc/riak /usr/local/etc/riak /opt/riak/etc; do
  [ -d "$d" ] || continue
  if [ -r "$d/riak.conf" ]; then text=$(cat "$d/riak.conf")
  elif [ -e "$d/riak.conf" ] || [ ! -x "$d" ]; then text=$("$@" cat "$d/riak.conf" 2>/dev/null </dev/null); fi
  [ "$text" ] || continue
  say config "$d/riak.conf"
  more=$(cat "$d/advanced.config" 2>/dev/null || "$@" cat "$d/advanced.config" 2>/dev/null </dev/null)
  break
done
settings=$(printf '%s\n' "$text" | sed -n 's/^[ 	]*\([a-z][a-z._]*\)[ 	]*=[ 	]*\(.*[^ 	]\)[ 	]*$/\1=\2/p' | tr -d '\r')
set_to() { printf '%s\n' "$settings" | sed -n "s/^$1=//p" | tail -n 1; }
for key in nodename ring_size storage_backend handoff.port handoff.ip platform_data_dir ring.state_dir target_n_val \
  choose_claim_fun erlang.distribution.port_range.minimum erlang.distribution.port_range.maximum; do
  say "conf.$key" "$(set_to "$(printf %s "$key" | sed 's/\./\\./g')")"
done
printf '%s\n' "$more" | sed 's/%.*//' | tr '\n' ' ' |
  grep -oE '\{ *(choose_claim_fun|target_n_val|ring_creation_size|handoff_port|storage_backend) *, *(\{[^{}]*\}|[^{},]*) *\}' |
  sed 's/^/advanced=/'
if [ "$text" ]; then
  cookie=$(set_to distributed_cookie)
  say cookie "$(printf '%s%s' "$salt" "$cookie" | if [ "$cookie" ]; then cat; else printf '%sriak' "$salt"; fi | sha256sum | cut -d ' ' -f 1)"
  cookie=
fi
for d in "$home/releases" /usr/lib/riak/releases /usr/lib64/riak/releases /opt/riak/releases; do
  [ -r "$d/start_erl.data" ] && say release "$(head -n 1 "$d/start_erl.data")" && break
done

configured=$(set_to platform_data_dir)
case $configured in /*) data=$configured ;; esac
handoff=$(set_to 'handoff\.port')
lowest=$(set_to 'erlang\.distribution\.port_range\.minimum')

dial() {
  said=$(within 3 bash -c 'exec 3<>"/dev/tcp/$0/$1"' "$1" "$2" 2>&1)
  case $?:$said in 0:*) echo open ;; 124:*) echo silent ;; *refused*) echo refused ;; *) echo "unreachable: $(printf %s "$said" | head -n 1 | sed 's/.*: //')" ;; esac
}
peer() {
  host=${'$'}{1#*@}
  case $host in *[!0-9.]*) at=$(within 3 getent ahosts "$host" | head -n 1 | cut -d ' ' -f 1) ;; *) at=$host ;; esac
  echo "peer=$1 address ${'$'}{at:-none}"
  [ "$at" ] || return
  echo "peer=$1 handoff ${'$'}{handoff:-8099} $(dial "$at" "${'$'}{handoff:-8099}")" &
  name=${'$'}{1%@*}
  said=$(within 3 bash -c 'exec 3<>"/dev/tcp/$0/4369" || exit; echo open; printf "\0\\$(printf %o $((${'$'}{#1} + 1)))z%s" "$1" >&3; od -An -tu1 -N 4 <&3' "$at" "$name" 2>&1)
  code=$?
  port=$lowest known=
  case $code:$said in
  *open*)
    echo "peer=$1 epmd 4369 open"
    set -- "$1" $(printf %s "$said" | tail -n 1)
    case "$4$5" in *[!0-9]*) set -- "$1" ;; esac
    if [ $# = 5 ] && [ "$2 $3" = '119 0' ]; then known=known port=$(($4 * 256 + $5)); fi ;;
  124:*) echo "peer=$1 epmd 4369 silent" ;;
  *refused*) echo "peer=$1 epmd 4369 refused" ;;
  *) echo "peer=$1 epmd 4369 unreachable: $(printf %s "$said" | head -n 1 | sed 's/.*: //')" ;;
  esac
  if [ "$port" ]; then echo "peer=$1 distribution $port $(dial "$at" "$port")"; fi
  if [ "$known" ]; then echo "peer=$1 registered $port"; fi
  wait
}
if command -v bash >/dev/null; then
  { n=0; for p in $peers; do peer "$p" & n=$((n + 1)); if [ $((n % 24)) = 0 ]; then wait; fi; done; wait; } 2>/dev/null &
else say bash none; fi

said=
if [ "$expression" ]; then
  said=$(within 20 "$@" env USE_NODETOOL=false "$riak" eval "$expression" 2>&1 </dev/null)
  case $said in *'{ringup_facts,'* | *'not responding to pings'* | *'Node is not running!'* | *'did not respond to ping!'*) ;; *) said=$(within 20 "$@" "$riak" eval "$expression" 2>&1 </dev/null) ;; esac
fi
case $said in *'{ringup_facts,'* | *'not responding to pings'* | *'Node is not running!'* | *'did not respond to ping!'*) ;; *) said=$(within 20 "$@" "$riak" ping 2>&1 </dev/null) || said="$said (exit $?)" ;; esac
say riak_says "$(printf %s "$said" | flat)"

d=$data
while [ ! -e "$d" ] && [ "$d" != / ]; do d=$(dirname "$d"); done
say data "$data"
disk=$(df -P -B1 "$d" 2>/dev/null | tail -n 1)
say df "$disk"
mount=$(printf %s "$disk" | awk '{print $6}')
say mount "$(awk -v m="$mount" '$2 == m {line = $1 " " $3 " " $4} END {print line}' /proc/mounts)"
device=$(awk -v m="$mount" '$2 == m {d = $1} END {print d}' /proc/mounts)
block=$(readlink -f "/sys/class/block/$(basename "$(readlink -f "$device")")" 2>/dev/null)
if [ -e "$block/partition" ]; then block=$(dirname "$block"); fi
say scheduler "$(cat "$block/queue/scheduler" 2>/dev/null)"
case " $want " in *' new '*)
  ring=$(set_to 'ring\.state_dir')
  case $ring in /*) ;; *) ring=$data/ring ;; esac
  say ring_file "$("$@" find "$ring" -name 'riak_core_ring*' -print -quit 2>&1 </dev/null | first_file)"
  say data_file "$("$@" find "$data" -mindepth 1 -type f -not -name '.*' -not -name 'riak_core_ring*' -print -quit 2>&1 </dev/null | first_file)" ;;
esac
case " $want " in *' size '*) say bytes "$(within 30 "$@" du -sb "$data" 2>/dev/null </dev/null | tail -n 1 | cut -f 1)" ;; esac
say memory "$(awk '/^MemTotal:/ {print $2}' /proc/meminfo)"
say swap "$(awk '/^SwapTotal:/ {print $2}' /proc/meminfo)"
say swappiness "$(cat /proc/sys/vm/swappiness 2>/dev/null)"
say thp "$(cat /sys/kernel/mm/transparent_hugepage/enabled 2>/dev/null)"
say login_files "$(ulimit -n)"
if command -v systemctl >/dev/null; then say unit_files "$(${unitArgv.join(' ')} 2>/dev/null | sort | flat)"; fi
wait
say end "$(date +%s.%N)"
`.trim()

/** What a running node tells of itself, for `riak eval`. `salt` is hexadecimal. */
export const factsExpression = (salt: string): string =>
  [
    'T=fun(F)->try F() catch _:_->unknown end end,',
    'E=fun(A,K)->application:get_env(A,K) end,',
    '{ringup_facts,1,[{node,node()},',
    `{cookie,T(fun()->lists:flatten([io_lib:format("~2.16.0b",[B])||B<-binary_to_list(crypto:hash(sha256,["${salt}",atom_to_list(erlang:get_cookie())]))]) end)},`,
    '{version,T(fun()->[V]=[X||{_,X,_,permanent}<-release_handler:which_releases()],V end)},',
    '{otp,erlang:system_info(otp_release)},',
    '{ring,T(fun()->{ok,R}=riak_core_ring_manager:get_raw_ring(),{riak_core_ring:num_partitions(R),[N||{N,S}<-riak_core_ring:all_member_status(R),S=/=invalid]} end)},',
    '{backend,E(riak_kv,storage_backend)},{handoff_port,E(riak_core,handoff_port)},{handoff_ip,E(riak_core,handoff_ip)},',
    '{data_dir,E(riak_core,platform_data_dir)},{target_n,E(riak_core,target_n_val)},{claim,E(riak_core,choose_claim_fun)},',
    '{files,T(fun()->proplists:get_value(max_fds,lists:flatten(erlang:system_info(check_io))) end)}]}.',
  ].join('')
