/**
 * Copies of chains on a host, by two POSIX shell scripts: one only looks, the other writes. They lie beside the lock, in
 * the folder that an administrator has prepared for the team, else in `/var/tmp`. Each process has a file of its own and
 * never changes another's, so logins that may not touch each other's files share what they know. Nothing that another
 * user can put there is evaluated, followed or waited for: names, types and sizes decide, and what files say is judged
 * by who asked.
 */
import type {NodeName} from '../ring/ring.ts'

export type ChainKind = 'run' | 'limits' | 'approval'

/** files of a kind that a host keeps */
const kept = 80

/** blocks of 512 bytes: a larger file is no copy */
const mostBlocks = 200

/** bytes of a copy: with all files of a kind it is less than an answer may have */
export const mostCopyBytes = 80_000

const begin = `
LC_ALL=C PATH="$PATH:/usr/bin:/bin"
export LC_ALL PATH
d=${'$'}{team%/*}
`.trim()

/**
 *   $1 base of copies in the prepared folder  $2 base where there is none  $3 heads that are known  $4 how many runs
 *
 * It answers for each file `file PATH MTIME UID MODE`, then its lines behind `| `, or `= NUMBER HEAD` where the head is
 * known; `more PATH...` for what is passed over; `prepared` or `shared` for where new copies go; then `uid`, `now`, `end`.
 */
export const readScript = `
team=$1 f=$2 known=$3 most=$4
${begin}
list() {
  find "$@" -prune -type f -size -${mostBlocks} ! -name '*[!A-Za-z0-9@._-]*' -exec stat -c 'stat %Y %u %a %n' {} + 2>/dev/null
  find "$@" -prune -type f -size -${mostBlocks} ! -name '*[!A-Za-z0-9@._-]*' -exec awk -v known=" $known " '
    function out(  i, p) {
      if (n) { split(t[n], p, " "); if (length(p[2]) == 24 && index(known, " " p[2] " ")) print "= " p[1] " " p[2]; else for (i = 1; i <= n; i++) print "| " t[i] }
      n = 0
    }
    FNR == 1 { out(); print "file " FILENAME }
    { t[++n] = $0 }
    END { out() }' {} + 2>/dev/null
}
for b in "$team" "$f"; do
  for kind in approval limits run; do
    set -- "$b.$kind"-*
    [ -e "$1" ] || [ -L "$1" ] || continue
    if [ $# -gt "$most" ]; then echo "more $b.$kind"; shift $(($# - most)); fi
    list "$@"
  done
done
if [ -d "$d" ] && [ ! -L "$d" ]; then
  if [ "$(find "$d" -prune -perm -002)" ]; then echo unsafe; elif [ -w "$d" ]; then echo prepared; else echo denied; fi
else echo shared; fi
echo "uid $(id -u)"
echo "now $(date +%s)"
echo end
`.trim()

/**
 *   $1 base of copies in the prepared folder  $2 base where there is none  $3 name of the copy
 *   $4 bytes it has; 0: it is made anew  $5 lines to append; none: only its time is touched
 *
 * It answers `kept BYTES`, `at BYTES` where it has others, or `failed`, `denied`, `unsafe`; then `end`.
 */
export const keepScript = String.raw`
team=$1 f=$2 name=$3 from=$4 data=$5
${begin}
finish() { echo end; exit 0; }
umask 022
if [ -e "$d" ] || [ -L "$d" ]; then
  f=$team
  if [ -L "$d" ] || [ ! -d "$d" ] || [ "$(find "$d" -prune -perm -002)" ]; then echo unsafe; finish; fi
  if [ ! -w "$d" ]; then echo denied; finish; fi
  umask 027
fi
own=$f.$name
size() { if [ -f "$own" ] && [ ! -L "$own" ]; then wc -c < "$own"; else echo 0; fi; }
if [ "$from" = 0 ]; then
  rm -f "$own" 2>/dev/null
  if ! (set -C; : > "$own") 2>/dev/null; then echo failed; finish; fi
elif s=$(size) && [ "$s" -ne "$from" ]; then echo "at $s"; finish; fi
if [ "$data" ]; then
  if ! (printf '%s\n' "$data" >> "$own") 2>/dev/null; then echo "failed $(size)"; finish; fi
  dd if=/dev/null of="$own" conv=notrunc,fsync 2>/dev/null
else touch -c "$own" 2>/dev/null
fi
echo "kept $(size)"
if [ "$from" = 0 ]; then
  set -- "$f.${'$'}{name%%-*}"-*
  while [ $# -gt ${kept} ]; do
    rm -f "$1" 2>/dev/null </dev/null
    shift
  done
fi
finish
`.trim()

/** Where copies lie on the host of a node: beside its lock. */
const copyBases = (node: NodeName): readonly [team: string, everybody: string] => [
  `/var/lib/ringup/${node}.record`,
  `/var/tmp/ringup-${node}.record`,
]

/** @param most files of a kind, the newest */
export const readArgv = (node: NodeName, known: readonly string[], most = kept): string[] => [
  'sh',
  '-c',
  readScript,
  'ringup-records',
  ...copyBases(node),
  known.join(' '),
  String(most),
]

export const keepArgv = (node: NodeName, name: string, from: number, lines: string): string[] => [
  'sh',
  '-c',
  keepScript,
  'ringup-record',
  ...copyBases(node),
  name,
  String(from),
  lines,
]
