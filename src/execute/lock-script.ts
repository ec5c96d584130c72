/**
 * The lock on a host, by one POSIX shell script, so that a bare host needs nothing. Each process that wants it makes a
 * file of its own, a claim, and never changes another's: so logins that may not touch each other's files share one lock.
 * A claim is made first and the others are looked for afterwards; of two who claim at once, at least one sees the other
 * and steps back. A claim is kept alive by its time stamp, and expires by that host's clock alone.
 *
 * Whatever another user can put there is never evaluated, followed or waited for: decisions are made from names, types
 * and times of files, which `find` tells; what a file says is only shown. What is no regular file is no claim.
 *
 *   $1 verb  $2 base of claims in the folder that an administrator has prepared  $3 base where there is none
 *   $4 token  $5 record (one line)  $6 minutes after which a claim has expired  $7 tokens of processes that are gone
 *   $8... words before riak, as sudo: for `clear`
 *
 * It answers its outcome, then a line `STATE TOKEN MODE UID TIME` for each file: a claim is `own`, `fresh` or `expired`,
 * and the first two lines of it follow as `text ...`; what is none is `other`. Then `where BASE`, `now TIME` and `end`.
 */
import type {NodeName} from '../ring/ring.ts'

export const lockScript = String.raw`
verb=$1 team=$2 f=$3 token=$4 record=$5 minutes=$6 gone=$7
shift 7
LC_ALL=C PATH="$PATH:/usr/bin:/bin"
export LC_ALL PATH
umask 022
within() { if command -v timeout >/dev/null; then timeout 2 "$@"; else "$@"; fi; }
finish() { echo "where $f"; echo "now $(date +%s)"; echo end; exit 0; }
d=${'$'}{team%/*}
if [ -e "$d" ] || [ -L "$d" ]; then
  f=$team
  if [ -L "$d" ] || [ ! -d "$d" ] || [ "$(find "$d" -prune -perm -002)" ]; then echo unsafe; finish; fi
  if [ "$verb" != show ] && [ ! -w "$d" ]; then echo denied; finish; fi
fi
own=$f.$token
touched() { stat -c %Y "$1" 2>/dev/null || stat -f %m "$1" 2>/dev/null; }
# by seconds: the find of busybox says it a minute later
old() {
  at=$(touched "$1")
  [ "$at" ] && [ $(($(date +%s) - at)) -gt $((minutes * 60)) ]
}
# claims of others that have not expired and whose process is not known to be gone; more than can be judged is one, too
others() {
  set -- "$f".*
  [ -e "$1" ] || [ -L "$1" ] || return 0
  if [ $# -gt 500 ]; then echo many; return 0; fi
  find "$@" -prune -type f ! -mmin +"$minutes" ! -name "${'$'}{own##*/}" 2>/dev/null | while IFS= read -r c; do
    u=${'$'}{c#"$f".}
    case " $gone " in *" $u "*) ;; *) if ! old "$c"; then echo one; break; fi ;; esac
  done
}
expired() {
  u=${'$'}{1#"$f".}
  case " $gone " in *" $u "*) return 0 ;; esac
  [ "$(find "$1" -prune -type f -mmin +"$minutes" 2>/dev/null)" ] || old "$1"
}
show() {
  n=0
  for c in "$f".*; do
    [ -e "$c" ] || [ -L "$c" ] || continue
    n=$((n + 1))
    if [ $n -gt 10 ]; then echo more; break; fi
    t=${'$'}{c#"$f".}
    case $t in *[!A-Za-z0-9.-]* | '') t='?' ;; esac
    state=other
    if [ ! -L "$c" ] && [ -f "$c" ]; then
      state=fresh
      if [ "$c" = "$own" ]; then state=own; elif expired "$c"; then state=expired; fi
    fi
    at=$(touched "$c")
    ls -ldn "$c" 2>/dev/null | { read -r mode _ uid _; echo "$state $t $mode $uid $at"; }
    if [ $state = other ]; then continue; fi
    within dd if="$c" bs=4096 count=1 2>/dev/null | tr -cd '\040-\176\n' | sed -n '1,2s/^/text /p'
    echo
  done
}
# made anew, never written over, and seen by the same means as those of others
claim() {
  (set -C; printf 'ringup lock 2\n%s\n' "$record" > "$own") 2>/dev/null &&
    [ "$(find "$own" -prune -type f ! -mmin +"$minutes" 2>/dev/null)" ]
}
case $verb in
acquire)
  if [ "$(others)" ]; then echo held; show; finish; fi
  if ! claim; then rm -f "$own"; echo failed; show; finish; fi
  if [ "$(others)" ]; then rm -f "$own"; echo busy; finish; fi
  echo acquired; show
  for c in "$f".*; do
    if [ "$c" != "$own" ] && [ ! -L "$c" ] && [ -f "$c" ] && expired "$c"; then rm -f "$c" 2>/dev/null </dev/null; fi
  done
  ;;
keep)
  if [ -L "$own" ] || [ ! -f "$own" ]; then echo lost; show; finish; fi
  if ! touch -c "$own" 2>/dev/null; then echo failed; finish; fi
  if [ "$(others)" ]; then rm -f "$own"; echo lost; show; else echo kept; fi
  ;;
release)
  if [ ! -f "$own" ]; then echo none; finish; fi
  rm -f "$own" 2>/dev/null
  if [ -e "$own" ]; then echo failed; show; else echo released; fi
  ;;
clear)
  before=$(show)
  for c in "$f".*; do
    [ -e "$c" ] || [ -L "$c" ] || continue
    rm -f "$c" 2>/dev/null </dev/null || rmdir "$c" 2>/dev/null
    if [ -e "$c" ] || [ -L "$c" ]; then
      if [ $# -gt 0 ]; then "$@" rm -f "$c" >/dev/null 2>&1 </dev/null || "$@" rmdir "$c" >/dev/null 2>&1 </dev/null; fi
    fi
  done
  after=$(show)
  if [ "$(others)" ]; then echo failed; show
  elif [ "$after" ]; then printf 'left\n%s\n' "$after"
  elif [ "$before" ]; then printf 'released\n%s\n' "$before"
  else echo none; fi
  ;;
show) echo shown; show ;;
esac
finish
`.trim()

export type LockVerb = 'acquire' | 'keep' | 'release' | 'clear' | 'show'

/**
 * Where claims on a node lie on its host. The node's name is the key, not what people call the cluster, so that whoever
 * changes this node excludes all others who would. The first folder is an administrator's, for a team alone; the second
 * is there everywhere, and every login of the host may claim in it (docs/decisions/0018-the-lock.md).
 */
export const claimBases = (node: NodeName): readonly [team: string, everybody: string] => [
  `/var/lib/ringup/${node}.lock`,
  `/var/tmp/ringup-${node}.lock`,
]

export type LockWords = {
  readonly node: NodeName
  readonly token: string
  readonly record: string
  /** minutes */
  readonly expiry: number
  /** tokens of processes that are known to be gone */
  readonly gone: readonly string[]
  /** words before riak, as `sudo` */
  readonly prefix: readonly string[]
}

export const lockArgv = (
  verb: LockVerb,
  {node, token, record, expiry, gone, prefix}: LockWords,
): string[] => [
  'sh',
  '-c',
  lockScript,
  'ringup-lock',
  verb,
  ...claimBases(node),
  token,
  record,
  String(expiry),
  gone.join(' '),
  ...(verb === 'clear' ? prefix : []),
]
