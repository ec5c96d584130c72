/**
 * The lock on a host: one small file, made and changed by a POSIX shell script, so that a bare host needs nothing.
 * A lock is created by linking a finished file to its name, which is all or nothing; whoever changes one that is
 * there holds `FILE.take` meanwhile, which is made the same way. Ages are told by the host's own clock alone.
 *
 *   $1 verb  $2 file  $3 run  $4 record (one line)  $5 ms after which it is stale  $6 `adopt`: our own is stale at once
 */
export const lockScript = `
verb=$1 f=$2 run=$3 record=$4 stale=$5 adopt=$6
now=$(date +%s) || exit 70
new="$f.$run.$$"
put() { printf '%s %s\\n%s\\n' "$run" "$now" "$record" > "$new"; }
say() { echo "$1"; if read -r holder stamp 2>/dev/null < "$f"; then echo "$((now - stamp))"; tail -n +2 "$f"; fi; }
take() {
  ln "$new" "$f.take" 2>/dev/null && return 0
  read -r _ since 2>/dev/null < "$f.take" && [ $(((now - since) * 1000)) -gt "$stale" ] && rm -f "$f.take"
  return 1
}
trap 'rm -f "$new"' EXIT
case $verb in
acquire)
  put || { echo failed; exit 0; }
  if ln "$new" "$f" 2>/dev/null; then say acquired; exit 0; fi
  read -r holder stamp < "$f" || { echo busy; exit 0; }
  old=0
  [ $(((now - stamp) * 1000)) -gt "$stale" ] && old=1
  [ "$holder" = "$run" ] && [ "$adopt" = adopt ] && old=1
  if [ $old = 0 ]; then say held; exit 0; fi
  take || { echo busy; exit 0; }
  read -r holder2 stamp2 2>/dev/null < "$f"
  if [ "$holder $stamp" = "$holder2 $stamp2" ]; then say taken; mv -f "$new" "$f"; else say held; fi
  rm -f "$f.take"
  ;;
keep)
  put || { echo failed; exit 0; }
  take || { echo busy; exit 0; }
  read -r holder _ 2>/dev/null < "$f"
  if [ "$holder" = "$run" ]; then mv -f "$new" "$f"; echo kept; else say lost; fi
  rm -f "$f.take"
  ;;
release)
  put || { echo failed; exit 0; }
  take || { echo busy; exit 0; }
  read -r holder _ 2>/dev/null < "$f"
  if [ "$holder" = "$run" ] || [ "$adopt" = force ]; then say released; rm -f "$f"; elif [ -e "$f" ]; then say other; else echo none; fi
  rm -f "$f.take"
  ;;
show) if [ -e "$f" ]; then say held; else echo none; fi ;;
esac
`

export type LockVerb = 'acquire' | 'keep' | 'release' | 'show'

/** Where the lock of a cluster lies on a host: a folder that every login can write to and that outlives a reboot. */
const lockFile = (cluster: string): string =>
  `/var/tmp/ringup-${cluster.replace(/[^A-Za-z0-9_-]/g, character => `.${character.codePointAt(0)!.toString(16)}.`)}.lock`

export const lockArgv = (
  verb: LockVerb,
  {
    cluster,
    run,
    record,
    stale,
    how = '',
  }: {cluster: string; run: string; record: string; stale: number; how?: 'adopt' | 'force' | ''},
): string[] => [
  'sh',
  '-c',
  lockScript,
  'ringup-lock',
  verb,
  lockFile(cluster),
  run,
  record,
  String(stale),
  how,
]
