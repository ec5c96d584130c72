import {riakLog, within} from './log-script.ts'

/**
 * What a host's Riak has written of handoffs that failed, by one POSIX shell script that only looks.
 *
 *   $1 data directory  $2... words before riak, as sudo
 *
 * It answers the last such lines of Riak's log as `log LINE`, the host's `zone`, then `end`.
 */
export const troubleScript = `
data=$1
shift
LC_ALL=C
export LC_ALL
${within}
${riakLog('transfer of .* failed because|[Hh]andoff receiver .*(exited|timeout)|handoff of partition .* terminated|vnode (died|crashed)|max_concurrency|enospc|no space left')} | tail -n 40 | cut -c 1-600 | sed 's/^/log /'
date '+zone %z'
echo end
`.trim()
