import {riakLog, within} from './log-script.ts'

/**
 * What lies on a host's data volume, by one POSIX shell script: one connection, one round trip. It only looks.
 *
 *   $1 data directory  $2... words before riak, as sudo
 *
 * It answers `df KIBS USED AVAILABLE`, then `du KIBS FOLDER/INDEX` for each folder that is named by a partition's
 * index, two levels down as all backends have them, then `log FROM TO SIZE UNIT RATE UNIT` for the last transfers that
 * Riak's own log tells of, then `end`: an answer without it was cut off.
 */
export const storageScript = String.raw`
data=$1
shift
LC_ALL=C PATH="$PATH:/usr/sbin:/sbin"
export LC_ALL PATH
${within}
d=$data
while [ ! -e "$d" ] && [ "$d" != / ]; do d=$(dirname "$d"); done
df -P -k "$d" | awk 'NR > 1 {print "df", $(NF - 4), $(NF - 3), $(NF - 2)}'
if [ "$d" = "$data" ]; then
  { within "$@" du -k -d 2 "$data" 2>/dev/null || within du -k -d 2 "$data" 2>/dev/null; } </dev/null |
    awk -F '\t' '{n = split($2, part, "/")} part[n] ~ /^[0-9]+$/ && !seen[$2]++ {print "du", $1, part[n - 1] "/" part[n]}'
fi
${riakLog('ownership transfer of riak_kv_vnode .* completed: sent ')} | tail -n 40 | sed -n "s/.* from '\([^' ]*\)' .* to '\([^' ]*\)' .* sent \([0-9.]*\) \([KMGT]*B\) .* (\([0-9.]*\) \([KMGT]*B\)\/second).*/log \1 \2 \3 \4 \5 \6/p"
echo end
`.trim()
